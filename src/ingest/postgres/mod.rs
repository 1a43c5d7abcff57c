//! PostgreSQL databases with the tables of the schema, and those that speak its protocol. Everything is read in one read-only
//! transaction that sees one state, table by table through `COPY … TO STDOUT`: a row at a time, whatever the size of the table.

mod address;
mod catalog;
mod copy;
mod error;
mod password;
mod rows;
mod tls;

pub use address::{is_server, shown_source, without_secrets};

use super::error::IngestError;
use super::mapping::{Headers, Visitor};
use super::refused::{Keyed, Original};
use super::{Progress, Silent};
use crate::records::{Batch, Builder, Schema, Store, Wanted};
use address::{Address, Host, Trust};
use catalog::Kind;
use error::Wrong;
use rows::Rows;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{self, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config};

/// What the session must have: dates as the year, month and day they are, in the one time zone that the country has.
const NEEDED: &str = "SET datestyle = 'ISO, YMD'; SET timezone = 'Asia/Shanghai'; SET standard_conforming_strings = on";
/// What it should have, where the server knows of it. Rows hidden from the user would read as rows not recorded: `row_security`
/// off makes an error of them. A table may be locked by others for as long as a SQLite file may.
const WISHED: [&str; 4] = ["SET row_security = off", "SET statement_timeout = 0", "SET lock_timeout = '20s'", "SET extra_float_digits = 3"];
const BEGIN: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// A connection that nothing is heard on for so long is asked whether it lives.
const ASKED_AFTER: Duration = Duration::from_secs(30);

/// A server, and the connection to it once somebody asked for it: all that is read through it is as of one moment.
pub(super) struct Server {
    address: Address,
    session: Mutex<Option<Session>>,
}

struct Session {
    runtime: Runtime,
    client: Client,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)
    }
}

impl Server {
    /// The server at an address, which is not connected to yet.
    ///
    /// # Errors
    /// The address is not as it should be.
    pub fn at(source: &str) -> Result<Self, IngestError> {
        let address = Address::parse(source).map_err(Wrong::of_unknown)?;
        Ok(Self { address, session: Mutex::new(None) })
    }

    fn with<T>(&self, ask: impl AsyncFnOnce(&Client) -> Result<T, IngestError>) -> Result<T, IngestError> {
        let mut slot = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let session = match slot.take() {
            Some(session) => session,
            None => Session::open(&self.address)?,
        };
        let answer = session.runtime.block_on(ask(&session.client))?;
        // A session that failed is of no more use.
        *slot = Some(session);
        Ok(answer)
    }
}

impl Session {
    fn open(address: &Address) -> Result<Self, IngestError> {
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|e| IngestError::io(Path::new(&address.to_string()), &e))?;
        let client = runtime.block_on(connect(address)).map_err(|w| w.of(address))?;
        Ok(Self { runtime, client })
    }
}

/// Reads every known table that has not been taken as of one moment. Where anything fails, nothing has been read.
pub(super) fn read(server: &Server, taken: &[String], builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
    let address = &server.address;
    server.with(async |client| {
        let found = catalog::tables(client, address, taken, builder).await?;
        let mut batch = Batch::new(&Arc::clone(builder.schema()));
        for (order, table) in found.iter().enumerate() {
            progress.file(&table.file);
            let mut sheet = batch.sheet(table.table, &table.file, table.fields());
            sheet.by_key();
            let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
            let mut rows = Rows::new(&table.columns, &mut sheet);
            let copied = copy::lines(client, &table.name, &names, progress, &mut |line, text| rows.row(line, text)).await;
            copied.map_err(|w| w.of(address))?;
            batch.add(order, sheet);
        }
        builder.absorb(vec![batch]);
        Ok(())
    })
}

/// The rows of one table as a server sends them, without the server: its columns, each with the number of its type, and the messages of
/// `COPY … TO STDOUT`. For whoever keeps such messages, and for tests.
///
/// # Errors
/// The table is not one of the schema, or the messages are not such rows.
pub fn read_copied(table: &str, columns: &[(&str, u32)], messages: &[&[u8]], schema: &Arc<Schema>) -> Result<Store, IngestError> {
    let Some(id) = schema.table_called(table) else {
        return Err(IngestError::NoTable { path: table.to_owned(), found: String::new() });
    };
    let mut builder = Builder::new(Arc::clone(schema), Wanted::all(schema));
    let columns = columns.iter().map(|&(name, oid)| (name.to_owned(), catalog::kind(Some(oid), ""))).collect();
    let columns = catalog::wanted(id, table, columns, &mut builder);
    let mut batch = Batch::new(schema);
    let mut sheet = batch.sheet(id, table, columns.iter().map(|c| (c.field, c.name.clone())).collect());
    sheet.by_key();
    let mut rows = Rows::new(&columns, &mut sheet);
    let mut lines = copy::Lines::default();
    let mut take = |line: u32, text: &[u8]| rows.row(line, text);
    let read = messages.iter().try_for_each(|message| lines.take(message, &mut take)).and_then(|()| lines.end());
    read.map_err(Wrong::of_unknown)?;
    batch.add(0, sheet);
    builder.absorb(vec![batch]);
    Ok(builder.finish())
}

/// Rows as they stand now under the keys they had when they were refused. Where there are more or fewer of a key than were refused, or
/// there is no key, nobody can say which row was meant.
pub(super) fn originals(server: &Server, schema: &Schema, wanted: &Keyed, found: &mut Vec<Original>) -> Result<(), IngestError> {
    let address = &server.address;
    server.with(async |client| {
        for relation in catalog::relations(client, address).await.map_err(|w| w.of(address))? {
            let cited = address.cite(&relation.name);
            let def = schema.table_called(&relation.name).and_then(|t| schema.tables.get(t));
            let (Some(lines), Some(def)) = (wanted.get(&cited), def) else { continue };
            let columns = catalog::columns(client, &relation).await.map_err(|w| w.of(address))?;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let kinds: Vec<Kind> = columns.iter().map(|(_, kind)| *kind).collect();
            let Some(key) = names.iter().position(|n| def.field_called(n) == Some(def.key)) else { continue };
            let mut of_key: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
            lines.iter().filter(|(_, key)| !key.is_empty()).for_each(|(line, key)| of_key.entry(key).or_default().push(*line));
            let mut there: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
            let table = (relation.schema.clone(), relation.name.clone());
            let mut keep = |_: u32, text: &[u8]| {
                let cells = rows::texts(text, &kinds)?;
                let its_key = cells.get(key).map(|k| k.trim().to_owned()).unwrap_or_default();
                if of_key.contains_key(its_key.as_str()) {
                    there.entry(its_key).or_default().push(cells);
                }
                Ok(())
            };
            copy::lines(client, &table, &names, &Silent, &mut keep).await.map_err(|w| w.of(address))?;
            let mut original = Original { file: cited, headers: names.iter().map(|n| (*n).to_owned()).collect(), rows: BTreeMap::new() };
            for (key, lines) in of_key {
                let rows = there.remove(key).filter(|rows| rows.len() == lines.len()).unwrap_or_default();
                original.rows.extend(lines.into_iter().zip(rows));
            }
            found.push(original);
        }
        Ok(())
    })
}

/// Shows every table as it stands, for a mapping to make something of.
pub(super) fn visit(server: &Server, to: &mut dyn Visitor, progress: &dyn Progress) -> Result<(), IngestError> {
    let address = &server.address;
    server.with(async |client| {
        for relation in catalog::relations(client, address).await.map_err(|w| w.of(address))? {
            let cited = address.cite(&relation.name);
            if !to.begin(&relation.name, &cited) {
                continue;
            }
            to.by_key();
            progress.file(&cited);
            let columns = catalog::columns(client, &relation).await.map_err(|w| w.of(address))?;
            if to.head(0, Headers::new(columns.iter().map(|(name, _)| name.as_str()))) {
                // Photographs and the like are not fetched.
                let needed: Vec<bool> = (0..columns.len()).map(|i| to.needs(i)).collect();
                let names: Vec<&str> = columns.iter().zip(&needed).map(|((name, _), &n)| if n { name.as_str() } else { "" }).collect();
                let table = (relation.schema.clone(), relation.name.clone());
                let kinds: Vec<Kind> = columns.iter().map(|(_, kind)| *kind).collect();
                let copied = copy::lines(client, &table, &names, progress, &mut |line, text| rows::show(line, text, &kinds, to)).await;
                copied.map_err(|w| w.of(address))?;
            }
            to.end();
        }
        Ok(())
    })
}

/// A connection within a transaction.
async fn connect(address: &Address) -> Result<Client, Wrong> {
    let mut config = Config::new();
    let user = password::user(address)?;
    match &address.host {
        Host::Name(name) => config.host(name),
        Host::Socket(folder) => config.host_path(folder),
    };
    let password = password::password(address, &user);
    config.port(address.port).user(user).dbname(&address.database).application_name("guiju").connect_timeout(address.patience);
    config.keepalives_idle(ASKED_AFTER).keepalives_interval(ASKED_AFTER).keepalives_retries(3);
    config.ssl_mode(if address.trust == Trust::Plain { SslMode::Disable } else { SslMode::Require });
    if let Some(password) = password {
        config.password(password.0);
    }
    let wrong = |e: tokio_postgres::Error| Wrong::connecting(&e, address);
    let answer = tokio::time::timeout(address.patience, config.connect(tls::connector(address)?)).await;
    let (client, connection) = answer.map_err(|_| Wrong::silent())?.map_err(wrong)?;
    // What becomes of it is told to whoever waits for an answer.
    tokio::spawn(async { drop(connection.await) });
    let wrong = |e: tokio_postgres::Error| Wrong::reading(&e, None);
    client.batch_execute(NEEDED).await.map_err(wrong)?;
    for setting in WISHED {
        match client.batch_execute(setting).await {
            // A server that has no such setting does without.
            Err(e) if e.code().is_none() => return Err(wrong(e)),
            _ => {}
        }
    }
    client.batch_execute(BEGIN).await.map_err(wrong)?;
    Ok(client)
}
