//! SQLite files with the tables of the schema, opened read-only while another process may be writing.
//!
//! Tables are split by rowid over several connections, which must see the same state: `PRAGMA data_version` on a further
//! connection tells whether anybody committed between the first beginning to read and the last.

mod rows;

pub(super) use self::rows::Rows;
use super::error::IngestError;
use super::past::Past;
use super::refused::{self, Original};
use super::source::Named;
use super::write::{MARK, OPEN, REFUSED};
use super::{Progress, header};
use crate::records::{Batch, Builder, Fate, FieldId, Problem, Schema, TableId, Tally};
use rayon::prelude::*;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long another process may hold the database locked.
const PATIENCE: Duration = Duration::from_secs(20);
/// More connections than this gain nothing: they read one file.
const MOST_CONNECTIONS: usize = 4;
/// A table of fewer rows is not worth splitting.
const WORTH_SPLITTING: i64 = 2048;
/// Rows that room is made for in advance at the most: rowids may have wide gaps.
const MOST_ROOM: usize = 4 << 20;

/// What begins so in an imported database is no table of the records.
const OURS: &str = "guiju_";

/// A table of the database that is a table of the schema.
#[derive(Debug)]
pub(super) struct Found {
    pub table: TableId,
    /// Its name in the database.
    pub name: String,
    /// As findings cite it: `people.db/step`.
    pub file: String,
    /// The wanted columns by their names in the database.
    pub columns: Vec<(FieldId, String)>,
    /// Its rows were refused when they were imported.
    pub refused: bool,
    /// Its rows stand for what the source then did not tell.
    pub open: bool,
    /// What was wrong with its rows has been told.
    told: bool,
    /// How the rowid is called, and the first and last; none for a view, a table without rowids, or one without rows.
    pub rowids: Option<(&'static str, i64, i64)>,
}

/// Reads every known table that has not been taken as of one moment: a writer at work changes nothing half-way.
pub(super) fn read(file: &Named, taken: &[String], builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
    let connections = connect(file)?;
    read_by(connections, file, taken, builder, progress).map(|_| ())
}

/// The same over connections that all read the same state, which are given back.
pub(super) fn read_by(
    connections: Vec<Connection>,
    file: &Named,
    taken: &[String],
    builder: &mut Builder,
    progress: &dyn Progress,
) -> Result<Vec<Connection>, IngestError> {
    let fail = |e: rusqlite::Error| error(&file.name, &e);
    let first = connections.first().ok_or_else(|| IngestError::Busy { file: file.name.clone() })?;
    let (found, past) = tables(first, file, taken, builder)?;
    let schema = Arc::clone(builder.schema());
    let n = connections.len();
    let read: Result<Vec<(Batch, Connection)>, rusqlite::Error> = connections
        .into_par_iter()
        .enumerate()
        .map(|(part, connection)| {
            let mut batch = Batch::new(&schema);
            let taking = Rows::of(&connection)?;
            for (order, table) in found.iter().enumerate() {
                let Some(rows) = share(table, part, n) else { continue };
                if part == 0 {
                    progress.file(&table.file);
                }
                let mut sheet = batch.sheet(table.table, &table.file, table.columns.clone());
                sheet.reserve(expected(table, rows));
                batch.add(order * n + part, taking.take(table, rows, sheet, progress)?);
            }
            Ok((batch, connection))
        })
        .collect();
    let (batches, connections): (Vec<Batch>, Vec<Connection>) = read.map_err(fail)?.into_iter().unzip();
    builder.absorb(batches);
    match past {
        None => Ok(connections),
        Some(past) => {
            connections.into_iter().next().into_iter().for_each(|connection| past.keep(connection));
            Ok(Vec::new())
        }
    }
}

/// Some rows as they stand. Of an imported database there are none: they stand in its sources.
pub(super) fn originals(file: &Named, schema: &Schema, wanted: &refused::Lines, found: &mut Vec<Original>) -> Result<(), IngestError> {
    let fail = |e: rusqlite::Error| error(&file.name, &e);
    let db = open(file)?;
    for (cited, lines) in wanted {
        let Some(name) = cited.strip_prefix(&file.name).and_then(|rest| rest.strip_prefix('/')) else { continue };
        if schema.table_called(name).is_none() {
            continue;
        }
        let columns = columns(&db, name).map_err(fail)?;
        let Some((id, ..)) = rowids(&db, name, &columns) else { continue };
        let list = columns.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", ");
        let mut original = Original { file: cited.clone(), headers: columns.clone(), rows: BTreeMap::new() };
        let mut row_of = db.prepare(&format!("SELECT {list} FROM {} WHERE {id} = ?1", quoted(name))).map_err(fail)?;
        for &line in lines {
            let read = row_of.query_row([line], |row| (0..columns.len()).map(|i| Ok(shown(row.get_ref(i)?))).collect());
            if let Some(cells) = read.optional().map_err(fail)? {
                original.rows.insert(line, cells);
            }
        }
        found.push(original);
    }
    Ok(())
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => String::new(),
        ValueRef::Integer(i) => i.to_string(),
        ValueRef::Real(x) => x.to_string(),
        ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned(),
    }
}

/// Connections that all read the same state of the database; but one if a writer never pauses.
pub(super) fn connect(file: &Named) -> Result<Vec<Connection>, IngestError> {
    let fail = |e: rusqlite::Error| error(&file.name, &e);
    let n = rayon::current_num_threads().clamp(1, MOST_CONNECTIONS);
    let watch = open(file)?;
    let version = || watch.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).map_err(fail);
    for _ in 0..5 {
        let before = version()?;
        let all: Vec<Connection> = (0..n).map(|_| begin(file)).collect::<Result<_, _>>()?;
        if n == 1 || version()? == before {
            return Ok(all);
        }
    }
    begin(file).map(|one| vec![one])
}

fn open(file: &Named) -> Result<Connection, IngestError> {
    let fail = |e: rusqlite::Error| error(&file.name, &e);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&file.path, flags).map_err(fail)?;
    connection.busy_timeout(PATIENCE).map_err(fail)?;
    // Views and triggers of a file from elsewhere run no functions but harmless ones.
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON").map_err(fail)?;
    Ok(connection)
}

/// A connection within a transaction that has begun to read.
pub(super) fn begin(file: &Named) -> Result<Connection, IngestError> {
    let connection = open(file)?;
    let begun = connection
        .execute_batch("BEGIN")
        .and_then(|()| connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)));
    begun.map_err(|e| error(&file.name, &e))?;
    Ok(connection)
}

/// The tables and views of the database that the schema knows, in the schema's order; and what it remembers if it was imported.
pub(super) fn tables(
    connection: &Connection,
    file: &Named,
    taken: &[String],
    builder: &mut Builder,
) -> Result<(Vec<Found>, Option<Past>), IngestError> {
    let fail = |e: rusqlite::Error| error(&file.name, &e);
    let names: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
        .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
        .map_err(fail)?;
    let schema = Arc::clone(builder.schema());
    let mut found = Vec::new();
    let imported = names.iter().any(|n| n == MARK);
    let past = if imported { Past::read(connection).map_err(fail)? } else { None };
    if let Some(past) = &past {
        past.tallies.iter().for_each(|t| builder.count(t.clone()));
        builder.count_fields(past.field_tallies.clone());
        let problems: Vec<Problem> = past.problems.iter().filter(|p| is_read(p, &past.tallies, builder)).cloned().collect();
        problems.into_iter().for_each(|p| builder.note(p));
    }
    for name in names.iter().filter(|n| !n.starts_with("sqlite_") && *n != MARK && !taken.contains(n)) {
        let refused = if imported { name.strip_prefix(REFUSED) } else { None };
        let open = if imported { name.strip_prefix(OPEN) } else { None };
        if imported && refused.is_none() && open.is_none() && name.starts_with(OURS) {
            continue;
        }
        let plain = refused.or(open).unwrap_or(name);
        let cited = format!("{}/{plain}", file.name);
        let Some(table) = schema.table_called(plain) else {
            builder.note(header::unknown_table(&schema, &cited, name));
            continue;
        };
        let columns = columns(connection, name).map_err(fail)?;
        let rowids = rowids(connection, name, &columns);
        let understood = header::understand(&schema, table, &cited, 0, columns.iter().map(String::as_str));
        if past.is_none() {
            let lacking = header::lacking(&schema, table, &cited, 0, &understood, columns.iter().map(String::as_str));
            lacking.into_iter().for_each(|n| builder.note(n));
        }
        understood.notes.into_iter().for_each(|n| builder.note(n));
        let columns = understood
            .fields
            .iter()
            .zip(columns)
            .filter_map(|(field, name)| field.filter(|&f| builder.wants(table, f)).map(|f| (f, name)))
            .collect();
        if imported {
            builder.declare(table);
        }
        let mut cited = cited;
        if let Some(past) = &past {
            // Rows kept and rows refused are numbered apart.
            cited = format!("{}/{name}", file.name);
            builder.is_copied(&cited, past.of(name, plain));
        }
        let told = past.is_some();
        found.push(Found {
            table,
            name: name.clone(),
            file: cited,
            columns,
            refused: refused.is_some(),
            open: open.is_some(),
            told,
            rowids,
        });
    }
    if found.is_empty() && taken.is_empty() {
        let seen = if names.is_empty() {
            "（数据库是空的）".to_owned()
        } else {
            format!("（有 {} 个表，表名都不认得）", names.len())
        };
        return Err(IngestError::NoTable { path: file.name.clone(), found: seen });
    }
    found.sort_by(|a, b| (a.table, &a.name).cmp(&(b.table, &b.name)));
    Ok((found, past))
}

/// Whether what was wrong then concerns a column that is read now: as if the source were read again, which tells of no other.
fn is_read(problem: &Problem, tallies: &[Tally], builder: &Builder) -> bool {
    let Some(table) = builder.schema().table(&problem.table) else { return true };
    let field = builder.schema().tables.get(table).and_then(|t| t.field_called(&problem.column));
    // Whether rows are one is for all their columns to say: then all are read.
    let whole = || tallies.iter().any(|t| t.table == problem.table && t.merged > 0);
    problem.fate == Fate::Noted || field.is_none_or(|f| builder.reads(table, f)) || whole()
}

/// The columns of a table.
pub(super) fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut names = connection.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    names.query_map([table], |row| row.get(0))?.collect()
}

/// How a table's rowid is called, the first and the last; none where it is no number a row can be cited by, so that rows are counted.
pub(super) fn rowids(connection: &Connection, table: &str, columns: &[String]) -> Option<(&'static str, i64, i64)> {
    // A column may bear one of its names, and is meant by it then.
    let free = |name: &&str| !columns.iter().any(|c| c.eq_ignore_ascii_case(name));
    let name = ["rowid", "_rowid_", "oid"].into_iter().find(free)?;
    // Asked together, they would be found by reading the whole table.
    let sql = format!("SELECT (SELECT min({name}) FROM {0}), (SELECT max({name}) FROM {0})", quoted(table));
    let found: (i64, i64) = connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
    (found.0 > 0 && found.1 <= i64::from(u32::MAX)).then_some((name, found.0, found.1))
}

/// The number a row is cited by: its rowid, else how many rows were read with it. In a damaged file a row may have another rowid than the
/// first and the last allow.
pub(super) fn place(rowid: ValueRef<'_>, count: u64) -> u32 {
    let number = if let ValueRef::Integer(i) = rowid { u32::try_from(i).ok().filter(|i| *i > 0) } else { None };
    number.unwrap_or_else(|| u32::try_from(count).unwrap_or(u32::MAX))
}

/// Which rows of a table one of `n` connections reads: those of a range of rowids, all of them, or none.
fn share(table: &Found, part: usize, n: usize) -> Option<Option<(i64, i64)>> {
    let Some((_, low, high)) = table.rowids.filter(|(_, low, high)| n > 1 && high.saturating_sub(*low) >= WORTH_SPLITTING) else {
        return (part == 0).then_some(None);
    };
    let cut = |i: usize| {
        let at = i128::from(low) + (i128::from(high) - i128::from(low)) * i as i128 / n as i128;
        i64::try_from(at).unwrap_or(high)
    };
    let from = if part == 0 { low } else { cut(part).saturating_add(1) };
    let until = if part + 1 == n { high } else { cut(part + 1) };
    (from <= until).then_some(Some((from, until)))
}

/// How many rows a share most likely holds: as many as its rowids, where few are left out. Room for more is not made in advance.
fn expected(table: &Found, rows: Option<(i64, i64)>) -> usize {
    let ids = rows.or(table.rowids.map(|(_, low, high)| (low, high))).map_or(0, |(from, until)| until.saturating_sub(from));
    usize::try_from(ids).unwrap_or(0).min(MOST_ROOM)
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What SQLite says, in Chinese; never its own words, which may hold values.
pub(super) fn error(file: &str, error: &rusqlite::Error) -> IngestError {
    use rusqlite::ErrorCode;
    let file = file.to_owned();
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => return IngestError::Busy { file },
        Some(ErrorCode::NotADatabase) => "不是 SQLite 数据库，或已加密".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "数据库文件已损坏".to_owned(),
        Some(ErrorCode::CannotOpen) => "打不开文件".to_owned(),
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => "没有权限".to_owned(),
        Some(ErrorCode::SystemIoFailure) => "磁盘读取出错".to_owned(),
        Some(ErrorCode::DiskFull) => "磁盘已满".to_owned(),
        Some(ErrorCode::OutOfMemory) => "内存不足".to_owned(),
        _ => "读取出错".to_owned(),
    };
    IngestError::Database { file, why }
}
