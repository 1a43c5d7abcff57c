//! SQLite files with the tables of the schema, opened read-only while another process may be writing.

use super::error::IngestError;
use super::source::Named;
use super::{Progress, header};
use crate::records::{Builder, Cell, FieldId, TableId};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::time::Duration;

/// A table of the database that is a table of the schema.
#[derive(Debug)]
struct Found {
    table: TableId,
    /// Its name in the database.
    name: String,
    /// As findings cite it: `people.db/step`.
    file: String,
    /// The wanted columns by their names in the database.
    columns: Vec<(FieldId, String)>,
}

/// Reads every known table in one transaction: a writer at work changes nothing half-way.
pub(super) fn read(file: &Named, builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
    let fail = |e: rusqlite::Error| error(&file.name, &e);
    let connection = open(file)?;
    connection.execute_batch("BEGIN").map_err(fail)?;
    let found = tables(&connection, file, builder)?;
    for table in &found {
        progress.file(&table.file);
        read_table(&connection, table, builder, progress).map_err(fail)?;
    }
    Ok(())
}

fn open(file: &Named) -> Result<Connection, IngestError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&file.path, flags).map_err(|e| error(&file.name, &e))?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(|e| error(&file.name, &e))?;
    Ok(connection)
}

/// The tables and views of the database that the schema knows, in the schema's order.
fn tables(connection: &Connection, file: &Named, builder: &mut Builder) -> Result<Vec<Found>, IngestError> {
    let fail = |e: rusqlite::Error| error(&file.name, &e);
    let names: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
        .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
        .map_err(fail)?;
    let schema = std::sync::Arc::clone(builder.schema());
    let mut found = Vec::new();
    for name in names.iter().filter(|n| !n.starts_with("sqlite_") && !n.starts_with("guiju_")) {
        let cited = format!("{}/{name}", file.name);
        let Some(table) = schema.table_called(name) else {
            builder.note(header::unknown_table(&schema, &cited, name));
            continue;
        };
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")
            .and_then(|mut s| s.query_map([name], |row| row.get(0))?.collect())
            .map_err(fail)?;
        let understood = header::understand(&schema, table, &cited, 0, columns.iter().map(String::as_str));
        understood.notes.into_iter().for_each(|n| builder.note(n));
        let columns = understood
            .fields
            .iter()
            .zip(columns)
            .filter_map(|(field, name)| field.filter(|&f| builder.wants(table, f)).map(|f| (f, name)))
            .collect();
        found.push(Found { table, name: name.clone(), file: cited, columns });
    }
    if found.is_empty() {
        let seen = if names.is_empty() { "（数据库是空的）".to_owned() } else { format!("（有 {} 个表，表名都不认得）", names.len()) };
        return Err(IngestError::NoTable { path: file.name.clone(), found: seen });
    }
    found.sort_by(|a, b| (a.table, &a.name).cmp(&(b.table, &b.name)));
    Ok(found)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn read_table(connection: &Connection, table: &Found, builder: &mut Builder, progress: &dyn Progress) -> rusqlite::Result<()> {
    let columns: Vec<String> = table.columns.iter().map(|(_, name)| quoted(name)).collect();
    let list = columns.iter().map(|c| format!(", {c}")).collect::<String>();
    let name = quoted(&table.name);
    // A view, or a table without rowid, is counted instead.
    let by_rowid = connection.prepare(&format!("SELECT rowid{list} FROM {name}"));
    let (mut statement, numbered) = match by_rowid {
        Ok(statement) => (statement, true),
        Err(_) => (connection.prepare(&format!("SELECT NULL{list} FROM {name}"))?, false),
    };
    let mut reading = builder.reading(table.table, &table.file, table.columns.clone());
    let mut rows = statement.query([])?;
    let mut count = 0u64;
    while let Some(row) = rows.next()? {
        count += 1;
        let place = match row.get_ref(0)? {
            ValueRef::Integer(i) if numbered => u32::try_from(i).unwrap_or(0),
            _ => u32::try_from(count).unwrap_or(0),
        };
        reading.start_row(place);
        for i in 0..columns.len() {
            let cell = match row.get_ref(i + 1)? {
                ValueRef::Null => Cell::Blank,
                ValueRef::Integer(i) => Cell::Int(i),
                ValueRef::Real(x) => Cell::Real(x),
                ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_or(Cell::Blank, Cell::Text),
                ValueRef::Blob(_) => Cell::Blank,
            };
            reading.cell(i, cell);
        }
        reading.end_row();
        if count.is_multiple_of(4096) {
            progress.rows(4096);
        }
    }
    progress.rows(count % 4096);
    Ok(())
}

/// What SQLite says, in Chinese; never its own words, which may hold values.
fn error(file: &str, error: &rusqlite::Error) -> IngestError {
    use rusqlite::ErrorCode;
    let file = file.to_owned();
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => return IngestError::Busy { file },
        Some(ErrorCode::NotADatabase) => "不是 SQLite 数据库，或已加密".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "数据库文件已损坏".to_owned(),
        Some(ErrorCode::CannotOpen) => "打不开文件".to_owned(),
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => "没有权限".to_owned(),
        Some(ErrorCode::SystemIoFailure) => "磁盘读取出错".to_owned(),
        _ => "读取出错".to_owned(),
    };
    IngestError::Database { file, why }
}
