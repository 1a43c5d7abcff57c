//! What an imported database remembers of the sources it was made of: where each row stood, how columns were headed there, how
//! many rows were read, and what was wrong. Kept so that checking the database says what checking the sources would.
//!
//! Where rows stood is not read until somebody asks: most rows are never shown.

use super::write::{MARK, OPEN, REFUSED};
use crate::records::{CODES, Copied, Fate, FieldTally, Problem, RowId, Store, Tally};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

/// The form of the database. Of an older one nothing is remembered.
pub(super) const FORMAT: i64 = 2;

/// Which columns of the database hold what is remembered.
const TABLES: &str = "
CREATE TABLE guiju_file(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE guiju_by_key(file INTEGER PRIMARY KEY);
CREATE TABLE guiju_header(tbl TEXT NOT NULL, file INTEGER NOT NULL, field TEXT NOT NULL, header TEXT NOT NULL);
CREATE TABLE guiju_origin(tbl TEXT NOT NULL, row INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL);
CREATE TABLE guiju_tally(file TEXT NOT NULL, tbl TEXT NOT NULL, read INTEGER, kept INTEGER, merged INTEGER, refused INTEGER,
    corrected INTEGER, reasons TEXT, aside TEXT);
CREATE TABLE guiju_cell(tbl TEXT NOT NULL, row INTEGER NOT NULL, field TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,
    header TEXT);
CREATE TABLE guiju_form_field(file TEXT NOT NULL, field TEXT NOT NULL, read INTEGER, kept INTEGER, refused INTEGER, untaken INTEGER);
CREATE TABLE guiju_problem(file TEXT, tbl TEXT, row INTEGER, header TEXT, code TEXT, fate TEXT, value TEXT, why TEXT, right TEXT,
    key TEXT);";

/// The file, line and header of a cell.
type Stood = (String, u32, Option<String>);

/// What an imported database remembers.
#[derive(Debug)]
pub(super) struct Past {
    /// Rows counted when they were first read.
    pub tallies: Vec<Tally>,
    /// The fields of forms, counted then.
    pub field_tallies: Vec<FieldTally>,
    /// What was wrong then.
    pub problems: Vec<Problem>,
    memory: Arc<Memory>,
}

/// What several tables share.
#[derive(Debug, Default)]
struct Memory {
    files: BTreeMap<i64, String>,
    /// By table, file and field.
    headers: BTreeMap<(String, i64, String), String>,
    /// Files whose rows are named by their keys.
    by_key: BTreeSet<i64>,
    /// Cells taken from another row than the rest of theirs, by table of the database, row and field.
    cells: BTreeMap<(String, u32, String), Stood>,
    /// The connection that read the rows, and so sees the state they were read in.
    connection: Mutex<Option<Connection>>,
}

/// Where the rows of one table of the database stood.
#[derive(Debug)]
struct Before {
    /// As the database calls it.
    stored: String,
    /// As the schema calls it.
    table: String,
    memory: Arc<Memory>,
    /// Stretches of rows: the first, and its file and line.
    runs: OnceLock<Vec<(u32, i64, u32)>>,
}

impl Past {
    /// What the database remembers; nothing if it was imported by an older version.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn read(db: &Connection) -> rusqlite::Result<Option<Self>> {
        let format: Option<i64> = db.query_row(&format!("SELECT format FROM {MARK}"), [], |r| r.get(0)).optional()?;
        if format != Some(FORMAT) {
            return Ok(None);
        }
        let files = all(db, "SELECT id, name FROM guiju_file", |r| Ok((r.get(0)?, r.get(1)?)))?.into_iter().collect();
        let headers = all(db, "SELECT tbl, file, field, header FROM guiju_header", |r| Ok(((r.get(0)?, r.get(1)?, r.get(2)?), r.get(3)?)))?;
        let tallies = |aside: &str| {
            all(db, &format!("SELECT file, tbl, read, kept, merged, refused, corrected, reasons, {aside} FROM guiju_tally"), |r| {
                let n = |i: usize| r.get::<_, i64>(i).map(|n| u64::try_from(n).unwrap_or(0));
                let codes = |i: usize| r.get::<_, String>(i).map(|text| serde_json::from_str(&text).unwrap_or_default());
                let (file, table, reasons, aside) = (r.get(0)?, r.get(1)?, codes(7)?, codes(8)?);
                Ok(Tally { file, table, read: n(2)?, kept: n(3)?, merged: n(4)?, refused: n(5)?, corrected: n(6)?, reasons, aside })
            })
        };
        let tallies = tallies("aside").or_else(|_| tallies("'{}'"))?;
        // A database imported before cells of several sources were put together has none that stood elsewhere.
        let cells = all(db, "SELECT tbl, row, field, file, line, header FROM guiju_cell", |r| {
            Ok(((r.get(0)?, r.get(1)?, r.get(2)?), (r.get(3)?, r.get(4)?, r.get(5)?)))
        });
        let cells = cells.unwrap_or_default().into_iter().collect();
        // A database imported before forms were read has no such table, and nothing to tell of them.
        let field_tallies = all(db, "SELECT file, field, read, kept, refused, untaken FROM guiju_form_field ORDER BY rowid", |r| {
            let n = |i: usize| r.get::<_, i64>(i).map(|n| u64::try_from(n).unwrap_or(0));
            Ok(FieldTally { file: r.get(0)?, field: r.get(1)?, read: n(2)?, kept: n(3)?, refused: n(4)?, untaken: n(5)? })
        })
        .unwrap_or_default();
        // Nor did it know of rows that are named by their keys.
        let by_key = all(db, "SELECT file FROM guiju_by_key", |r| r.get(0)).unwrap_or_default();
        let problems =
            |key| all(db, &format!("SELECT file, tbl, row, header, code, fate, value, why, right, {key} FROM guiju_problem"), problem);
        let problems = problems("key").or_else(|_| problems("''"))?;
        let (headers, by_key) = (headers.into_iter().collect(), by_key.into_iter().collect());
        let memory = Memory { files, headers, by_key, cells, connection: Mutex::new(None) };
        Ok(Some(Self { tallies, field_tallies, problems, memory: Arc::new(memory) }))
    }

    /// Where the rows of a table of the database stood.
    pub(super) fn of(&self, stored: &str, table: &str) -> Arc<dyn Copied> {
        let memory = Arc::clone(&self.memory);
        Arc::new(Before { stored: stored.to_owned(), table: table.to_owned(), memory, runs: OnceLock::new() })
    }

    /// Keeps a connection for those who ask later.
    pub(super) fn keep(&self, connection: Connection) {
        if let Ok(mut slot) = self.memory.connection.lock() {
            *slot = Some(connection);
        }
    }
}

impl Before {
    fn runs(&self) -> &[(u32, i64, u32)] {
        self.runs.get_or_init(|| {
            let Ok(connection) = self.memory.connection.lock() else { return Vec::new() };
            let Some(db) = connection.as_ref() else { return Vec::new() };
            let read = db
                .prepare("SELECT row, file, line FROM guiju_origin WHERE tbl = ?1 ORDER BY row")
                .and_then(|mut s| s.query_map([&self.stored], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect());
            read.unwrap_or_default()
        })
    }
}

impl Before {
    /// The stretch that a row is of.
    fn run(&self, line: u32) -> Option<(u32, i64, u32)> {
        let runs = self.runs();
        let at = runs.partition_point(|&(row, ..)| row <= line).checked_sub(1)?;
        runs.get(at).copied()
    }
}

impl Copied for Before {
    fn row(&self, line: u32) -> Option<(String, u32)> {
        let (row, file, first) = self.run(line)?;
        Some((self.memory.files.get(&file)?.clone(), first + (line - row)))
    }

    fn file(&self, line: u32) -> Option<i64> {
        self.run(line).map(|(_, file, _)| file)
    }

    fn header(&self, line: u32, field: &str) -> Option<String> {
        self.memory.headers.get(&(self.table.clone(), self.file(line)?, field.to_owned())).cloned()
    }

    fn cell(&self, line: u32, field: &str) -> Option<(String, u32, Option<String>)> {
        if self.memory.cells.is_empty() {
            return None;
        }
        self.memory.cells.get(&(self.stored.clone(), line, field.to_owned())).cloned()
    }

    fn is_by_key(&self, line: u32) -> bool {
        !self.memory.by_key.is_empty() && self.file(line).is_some_and(|file| self.memory.by_key.contains(&file))
    }
}

fn all<T>(db: &Connection, sql: &str, read: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> rusqlite::Result<Vec<T>> {
    db.prepare(sql)?.query_map([], |r| read(r))?.collect()
}

fn problem(r: &Row<'_>) -> rusqlite::Result<Problem> {
    let fate = match r.get::<_, String>(5)?.as_str() {
        "refused" => Fate::Refused,
        "blanked" => Fate::Blanked,
        _ => Fate::Noted,
    };
    let code: String = r.get(4)?;
    // A code of a newer version still says what became of the row.
    let code = CODES.into_iter().find(|c| *c == code).unwrap_or(match fate {
        Fate::Refused => "data::refused-at-import",
        Fate::Blanked | Fate::Noted => "data::unreadable-at-import",
    });
    let (file, table, row, column) = (r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?);
    Ok(Problem { file, table, row, key: r.get(9)?, column, code, fate, value: r.get(6)?, why: r.get(7)?, right: r.get(8)? })
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Refused => "refused",
        Fate::Blanked => "blanked",
        Fate::Noted => "noted",
    }
}

/// Writes down what is to be remembered.
///
/// # Errors
/// SQLite's.
pub(super) fn write(db: &Connection, store: &Store) -> rusqlite::Result<()> {
    db.execute_batch(TABLES)?;
    let mut files = Files { insert: db.prepare("INSERT INTO guiju_file VALUES(?1, ?2)")?, ids: BTreeMap::new() };
    origins(db, store, &mut files)?;
    let mut insert = db.prepare("INSERT INTO guiju_tally VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for t in &store.tallies {
        let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let reasons = serde_json::to_string(&t.reasons).unwrap_or_default();
        let aside = serde_json::to_string(&t.aside).unwrap_or_default();
        insert.execute(params![t.file, t.table, n(t.read), n(t.kept), n(t.merged), n(t.refused), n(t.corrected), reasons, aside])?;
    }
    let mut insert = db.prepare("INSERT INTO guiju_form_field VALUES(?1, ?2, ?3, ?4, ?5, ?6)")?;
    for t in &store.field_tallies {
        let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        insert.execute(params![t.file, t.field, n(t.read), n(t.kept), n(t.refused), n(t.untaken)])?;
    }
    let mut insert = db.prepare("INSERT INTO guiju_problem VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    for p in &store.problems {
        insert.execute(params![p.file, p.table, p.row, p.column, p.code, fate(p.fate), p.value, p.why, p.right, p.key])?;
    }
    Ok(())
}

/// Files get a number when they are first met; one whose columns are headed otherwise for some of its rows gets several.
struct Files<'d> {
    insert: rusqlite::Statement<'d>,
    ids: BTreeMap<Which, i64>,
}

/// A file by name, and what its rows with the same headers have in common.
type Which = (String, (u32, i64));

impl Files<'_> {
    fn id(&mut self, which: &Which) -> rusqlite::Result<i64> {
        if let Some(id) = self.ids.get(which) {
            return Ok(*id);
        }
        let id = i64::try_from(self.ids.len()).unwrap_or(i64::MAX);
        self.insert.execute(params![id, which.0])?;
        self.ids.insert(which.clone(), id);
        Ok(id)
    }
}

/// Where rows stand, in stretches of lines that follow one another; and how the columns of those files are headed.
fn origins(db: &Connection, store: &Store, files: &mut Files<'_>) -> rusqlite::Result<()> {
    let mut origin = db.prepare("INSERT INTO guiju_origin VALUES(?1, ?2, ?3, ?4)")?;
    let mut by_key = db.prepare("INSERT OR IGNORE INTO guiju_by_key VALUES(?1)")?;
    let mut header = db.prepare("INSERT INTO guiju_header VALUES(?1, ?2, ?3, ?4)")?;
    let mut cell = db.prepare("INSERT INTO guiju_cell VALUES(?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (id, def) in store.schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none()) {
        let rows = store.rows(id);
        // One row of each file tells how that file heads its columns.
        let mut of_file: BTreeMap<Which, usize> = BTreeMap::new();
        for (prefix, refused, open) in [("", false, false), (REFUSED, true, false), (OPEN, true, true)] {
            let stored = format!("{prefix}{}", def.name);
            let (mut place, mut last) = (0u32, None);
            for row in (0..rows.len as RowId).filter(|&r| rows.is_ghost(r) == refused && rows.is_open(r) == open) {
                place += 1;
                for (&(_, field), _) in rows.taken.range((row, 0)..=(row, usize::MAX)) {
                    let Some((file, line, head)) = store.taken_from(id, row, field) else { continue };
                    let name = def.fields.get(field).map_or("", |f| f.name.as_str());
                    cell.execute(params![stored, place, name, file, line, head])?;
                }
                let Some((file, line)) = store.places.row(&rows.origin, row as usize) else { continue };
                let Some(of) = store.places.file_of(&rows.origin, row as usize) else { continue };
                let file: Which = (file, of);
                let goes_on = last.as_ref().is_some_and(|(f, l): &(Which, u32)| *f == file && *l + 1 == line);
                if !goes_on {
                    origin.execute(params![stored, place, files.id(&file)?, line])?;
                    of_file.entry(file.clone()).or_insert(row as usize);
                }
                last = Some((file, line));
            }
        }
        for (file, row) in of_file {
            if store.places.is_by_key(&rows.origin, row) {
                by_key.execute([files.id(&file)?])?;
            }
            for (f, field) in def.fields.iter().enumerate() {
                if let Some(head) = store.places.header(&rows.origin, row, id, (f, &field.name)) {
                    header.execute(params![def.name, files.id(&file)?, field.name, head])?;
                }
            }
        }
    }
    Ok(())
}
