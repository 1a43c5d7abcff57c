//! Tables into files: a folder of CSV, or one SQLite file.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql};

use crate::county::Expected;
use crate::table::{ALL, Cell, Row, T};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where rows go, a county at a time.
pub trait Sink {
    fn rows(&mut self, table: T, rows: &[Row]) -> Result<(), Failure>;
    fn finish(self: Box<Self>) -> Result<(), Failure>;
}

/// One CSV file a table in a folder, for the tables that have rows; header: the fields' names.
pub struct Folder {
    dir: PathBuf,
    files: Vec<Option<csv::Writer<fs::File>>>,
}

impl Folder {
    pub fn create(dir: &Path) -> Result<Folder, Failure> {
        fs::create_dir_all(dir)?;
        Ok(Folder { dir: dir.to_path_buf(), files: ALL.iter().map(|_| None).collect() })
    }
}

impl Sink for Folder {
    fn rows(&mut self, table: T, rows: &[Row]) -> Result<(), Failure> {
        if rows.is_empty() {
            return Ok(());
        }
        let at = &mut self.files[table as usize];
        let file = match at {
            Some(file) => file,
            None => {
                let mut file = csv::Writer::from_path(self.dir.join(format!("{}.csv", table.name())))?;
                file.write_record(table.fields())?;
                at.insert(file)
            }
        };
        for row in rows {
            for cell in &row.cells {
                file.write_field(cell.text())?;
            }
            file.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Failure> {
        for file in self.files.iter_mut().flatten() {
            file.flush()?;
        }
        Ok(())
    }
}

/// One SQLite file: a table a table, dates and codes as text, numbers and 1/0 as integers.
pub struct Database(Connection);

impl Database {
    pub fn create(path: &Path) -> Result<Database, Failure> {
        if path.exists() {
            fs::remove_file(path)?;
        }
        let db = Connection::open(path)?;
        // Written once by one process: a crash means making it again.
        db.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -64000;",
        )?;
        for table in ALL {
            let columns: Vec<String> = table.fields().iter().map(|f| format!("\"{f}\" {}", sql_type(f))).collect();
            db.execute_batch(&format!("CREATE TABLE \"{}\" ({})", table.name(), columns.join(", ")))?;
        }
        db.execute_batch("BEGIN")?;
        db.set_prepared_statement_cache_capacity(ALL.len());
        Ok(Database(db))
    }
}

fn sql_type(field: &str) -> &'static str {
    match field {
        "approved"
        | "due"
        | "present"
        | "ayes"
        | "nays"
        | "abstain"
        | "team"
        | "problems"
        | "year"
        | "leader"
        | "chief"
        | "grassroots"
        | "special_post"
        | "reshuffle"
        | "ballot"
        | "signed"
        | "secretary_signed"
        | "discipline_signed"
        | "makeup"
        | "passed"
        | "specific"
        | "named"
        | "family_abroad"
        | "grassroots_two_years" => "INTEGER",
        "hours" | "credits" | "satisfied" | "dissatisfied" => "REAL",
        _ => "TEXT",
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Blank => ToSqlOutput::Borrowed(ValueRef::Null),
            Cell::Code(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Cell::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Cell::Day(v) => ToSqlOutput::Owned(Value::Text(v.text())),
            Cell::Int(v) => ToSqlOutput::Owned(Value::Integer(*v)),
            Cell::Bool(v) => ToSqlOutput::Owned(Value::Integer(i64::from(*v))),
        })
    }
}

impl Sink for Database {
    fn rows(&mut self, table: T, rows: &[Row]) -> Result<(), Failure> {
        let places = vec!["?"; table.fields().len()].join(", ");
        let mut insert = self.0.prepare_cached(&format!("INSERT INTO \"{}\" VALUES ({places})", table.name()))?;
        for row in rows {
            insert.execute(rusqlite::params_from_iter(&row.cells))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.0.execute_batch("COMMIT")?;
        Ok(())
    }
}

/// The findings that the county is to give, in the order in which findings are listed.
pub fn expected(path: &Path, expected: &[Expected]) -> Result<(), Failure> {
    let mut rows = expected.to_vec();
    rows.sort();
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(["code", "table", "id", "year", "part", "verdict", "why"])?;
    for e in rows {
        file.write_record([e.code, e.table, &e.id, &e.year, &e.part, e.verdict, &e.why])?;
    }
    file.flush()?;
    Ok(())
}
