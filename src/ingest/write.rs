//! Writing a store into one SQLite file that reads back as the same records: the same tables and columns, dates in their
//! precision, what was refused or unreadable still known to be so, and the sources remembered (see [`super::past`]).
//!
//! Refused rows go to tables of their own, `guiju_refused_<table>`: their absence from the records would read as "not recorded".
//! So do rows that stand for what a source does not tell, `guiju_open_<table>`.
//! A cell that could not be read is the blob `?`, which no reader takes for a blank.

use super::past;
use super::sqlite::quoted;
use crate::dates::Fuzzy;
use crate::records::{Column, FieldId, FieldType, Filled, RowId, Rows, Store, Sym, Table, TableId};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Marks a database written here: a table without rows is one that was exported without rows.
pub(super) const MARK: &str = "guiju_import";
/// Before the name of a table of refused rows.
pub(super) const REFUSED: &str = "guiju_refused_";
/// Before the name of a table of rows that stand for what a source does not tell.
pub(super) const OPEN: &str = "guiju_open_";
/// A cell that could not be read.
pub(super) const UNREADABLE: &[u8] = b"?";

/// The database could not be written; exit code 6. Displayed in Chinese.
#[derive(Debug, thiserror::Error)]
#[error("写不出“{path}”：{why}")]
pub struct WriteError {
    /// Where to.
    pub path: String,
    /// In Chinese.
    pub why: String,
}

impl WriteError {
    /// A stable code, listed in the manual.
    pub fn code(&self) -> &'static str {
        "ingest::write"
    }

    /// What to do about it, in Chinese.
    pub fn advice(&self) -> &'static str {
        "请检查文件夹是否存在、有无写权限、磁盘是否已满"
    }
}

/// Writes a store into a SQLite file; a file of that name is replaced once the new one is complete.
///
/// # Errors
/// The folder or the disk does not allow it; then nothing has changed.
pub fn write_store(store: &Store, path: &Path) -> Result<(), WriteError> {
    let draft = draft_beside(path);
    let written = write_file(store, &draft).and_then(|()| {
        let put = File::open(&draft).and_then(|f| f.sync_all()).and_then(|()| fs::rename(&draft, path));
        put.map_err(|e| io_reason(&e))
    });
    written.map_err(|why| {
        // What is left of the draft is of no use; if it cannot be removed either, the first error says more.
        let _ = fs::remove_file(&draft);
        WriteError { path: path.display().to_string(), why }
    })
}

/// Whether a file is a database that [`write_store`] wrote.
pub fn is_store(path: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).and_then(|db| db.table_exists(None, MARK)).unwrap_or(false)
}

fn draft_beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "文件夹不存在".to_owned(),
        std::io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        std::io::ErrorKind::StorageFull => "磁盘已满".to_owned(),
        std::io::ErrorKind::IsADirectory => "它是文件夹".to_owned(),
        _ => "写入出错".to_owned(),
    }
}

fn sqlite_reason(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "磁盘已满".to_owned(),
        Some(ErrorCode::CannotOpen) => "文件夹不存在或没有权限".to_owned(),
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => "没有权限".to_owned(),
        _ => "写入出错".to_owned(),
    }
}

fn write_file(store: &Store, path: &Path) -> Result<(), String> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(io_reason(&e)),
    }
    let write = || -> rusqlite::Result<()> {
        let db = Connection::open(path)?;
        // Nobody sees the file before it is complete, so there is nothing to roll back to.
        db.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
        db.execute_batch(&format!("CREATE TABLE {MARK}(format INTEGER NOT NULL); INSERT INTO {MARK} VALUES({})", past::FORMAT))?;
        past::write(&db, store)?;
        for (id, def) in store.schema.tables.iter().enumerate() {
            let rows = store.rows(id);
            if def.joined.is_none() && rows.exported {
                write_table(&db, store, id, def)?;
            }
        }
        db.execute_batch("COMMIT")?;
        db.close().map_err(|(_, e)| e)
    };
    write().map_err(|e| sqlite_reason(&e))
}

fn write_table(db: &Connection, store: &Store, id: TableId, def: &Table) -> rusqlite::Result<()> {
    let rows = store.rows(id);
    let fields = exported_fields(store, def, rows);
    if rows.len == 0 || (0..rows.len).any(|r| !rows.is_ghost(r as RowId)) {
        let mut insert = create(db, def, &def.name, &fields)?;
        for row in (0..rows.len as RowId).filter(|&r| !rows.is_ghost(r)) {
            write_row(&mut insert, store, id, row, &fields)?;
        }
    }
    for (prefix, open) in [(REFUSED, false), (OPEN, true)] {
        let ghosts: Vec<RowId> = (0..rows.len as RowId).filter(|&r| rows.is_ghost(r) && rows.is_open(r) == open).collect();
        if !ghosts.is_empty() {
            let mut insert = create(db, def, &format!("{prefix}{}", def.name), &fields)?;
            ghosts.iter().try_for_each(|&row| write_row(&mut insert, store, id, row, &fields))?;
        }
    }
    Ok(())
}

/// The fields a source had; those only taken for blank stay away.
fn exported_fields(store: &Store, def: &Table, rows: &Rows) -> Vec<FieldId> {
    let assumed = |f: FieldId| def.fields.get(f).is_some_and(|field| store.assumed_blank.contains(&format!("{}.{}", def.name, field.name)));
    (0..def.fields.len()).filter(|&f| f == def.key || (rows.column(f).is_some() && !assumed(f))).collect()
}

fn create<'d>(db: &'d Connection, def: &Table, name: &str, fields: &[FieldId]) -> rusqlite::Result<Statement<'d>> {
    let columns: Vec<String> = fields
        .iter()
        .filter_map(|&f| def.fields.get(f))
        .map(|field| {
            let ty = match field.ty {
                FieldType::Int | FieldType::Bool => "INTEGER",
                FieldType::Number => "NUMERIC",
                FieldType::Id | FieldType::Text | FieldType::Date | FieldType::Code(_) | FieldType::Ref(_) => "TEXT",
            };
            format!("{} {ty}", quoted(&field.name))
        })
        .collect();
    let name = quoted(name);
    db.execute_batch(&format!("CREATE TABLE {name}({})", columns.join(", ")))?;
    let places = vec!["?"; fields.len()].join(", ");
    db.prepare(&format!("INSERT INTO {name} VALUES({places})"))
}

fn write_row(insert: &mut Statement<'_>, store: &Store, id: TableId, row: RowId, fields: &[FieldId]) -> rusqlite::Result<()> {
    for (place, &field) in (1..).zip(fields) {
        insert.raw_bind_parameter(place, Written(store, id, row, field))?;
    }
    insert.raw_execute().map(|_| ())
}

/// One cell on its way into the database.
struct Written<'s>(&'s Store, TableId, RowId, FieldId);

impl ToSql for Written<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let Written(store, table, row, field) = *self;
        let rows = store.rows(table);
        let r = row as usize;
        let null = ToSqlOutput::Borrowed(ValueRef::Null);
        let text = |t| ToSqlOutput::Borrowed(ValueRef::Text(str::as_bytes(t)));
        let Some(column) = rows.column(field) else {
            let key = store.key(table, row);
            return Ok(if key.is_empty() { null } else { text(key) });
        };
        if let Some(said) = store.attested(table, row, field) {
            return Ok(text(said));
        }
        match column.filled(r) {
            Filled::No => return Ok(null),
            Filled::Unknown => return Ok(ToSqlOutput::Borrowed(ValueRef::Blob(UNREADABLE))),
            Filled::Yes => {}
        }
        let own = |value| ToSqlOutput::Owned(value);
        Ok(match column {
            // Written out, a blank that stands for an imprecise date would be another day of the same month.
            Column::Date(v) if v.get(r).is_some_and(|d| d.lo != d.hi) && store.stands_for(table, row, field).is_some() => null,
            Column::Date(v) => v.get(r).map_or(null, |d| own(Value::Text(Fuzzy::to_string(d)))),
            Column::Int(v) => v.get(r).map_or(null, |n| own(Value::Integer(i64::from(*n)))),
            Column::Bool(v) => v.get(r).map_or(null, |b| own(Value::Integer(i64::from(*b)))),
            Column::Number(v) => {
                v.get(r).map_or(null, |n| own(if n % 1000 == 0 { Value::Integer(n / 1000) } else { Value::Real(*n as f64 / 1000.0) }))
            }
            Column::Text(v) => v.get(r).copied().filter(|s: &Sym| s.is_text()).and_then(|s| store.texts.get(s)).map_or(null, text),
            Column::Code(_) | Column::Ref(_) => store.show(table, row, field).map_or(null, |t| own(Value::Text(t))),
        })
    }
}
