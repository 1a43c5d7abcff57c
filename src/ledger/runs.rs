//! The runs recorded: how each was made, and how findings stood after it.

use super::error::LedgerError;
use super::open::Ledger;
use super::state::State;
use super::texts::{self, Kept};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A recorded run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunRow {
    /// Its number, from 1.
    pub id: i64,
    /// Runs of one series are compared with each other: same scope, same choice of rules.
    pub series: String,
    /// The run of the series before it.
    pub previous: Option<i64>,
    /// When it was recorded.
    pub at: String,
    /// The day the question was asked on.
    pub as_of: String,
    /// The program's version.
    pub program: String,
    /// The hash of the list of rule files.
    pub rules: String,
    /// The hash of the profile.
    pub profile: Option<String>,
    /// The hash of the waivers.
    pub waivers: Option<String>,
    /// The hash of the sources' bytes.
    pub data: Option<String>,
    /// The hash of the names of the columns read.
    pub columns: String,
    /// The scope and the choice of rules, as JSON.
    pub scope: String,
    /// The sources as named, as JSON.
    pub sources: String,
    /// Findings and subjects by verdict, as JSON.
    pub counts: String,
    /// Whether something could not be read or judged.
    pub partial: bool,
    /// How long it took.
    pub seconds: f64,
}

/// How a finding stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The finding's number.
    pub finding: i64,
    /// The sight that says so.
    pub sight: i64,
    /// The run that saw it so first.
    pub run: i64,
    /// How.
    pub state: State,
    /// The rule's code.
    pub code: String,
    /// The table of whom or what it is about.
    pub table: String,
    /// Its key.
    pub key: String,
}

/// Every run, in order.
///
/// # Errors
/// The ledger cannot be read.
pub fn runs(ledger: &Ledger) -> Result<Vec<RunRow>, LedgerError> {
    let read = |c: &Connection| c.prepare("SELECT * FROM run ORDER BY id")?.query_map([], read_run)?.collect::<rusqlite::Result<Vec<_>>>();
    read(ledger.connection()).map_err(|e| ledger.error(&e))
}

/// The run that a person names: its number, `last`, or `prev`, the one before the last of its series.
///
/// # Errors
/// There is none, or the ledger cannot be read.
pub fn find_run(ledger: &Ledger, name: &str) -> Result<RunRow, LedgerError> {
    let unknown = || LedgerError::UnknownRun { run: name.to_owned() };
    let connection = ledger.connection();
    let last = || -> Result<Option<RunRow>, LedgerError> {
        connection.query_row("SELECT * FROM run ORDER BY id DESC LIMIT 1", [], read_run).optional().map_err(|e| ledger.error(&e))
    };
    let id = match name {
        "last" => return last()?.ok_or_else(unknown),
        "prev" => last()?.and_then(|run| run.previous).ok_or_else(unknown)?,
        number => number.parse().map_err(|_| unknown())?,
    };
    by_id(connection, ledger.path(), id)?.ok_or_else(unknown)
}

/// The last run of a series.
///
/// # Errors
/// The ledger cannot be read.
pub fn last_run(ledger: &Ledger, series: &str) -> Result<Option<RunRow>, LedgerError> {
    last_of(ledger.connection(), ledger.path(), series)
}

/// How findings stood after a run, by fingerprint.
///
/// # Errors
/// The ledger cannot be read.
pub fn standing(ledger: &Ledger, run: &RunRow) -> Result<BTreeMap<String, Standing>, LedgerError> {
    standing_at(ledger.connection(), ledger.path(), &run.series, run.id)
}

/// The rule files in force in a run; none where they are not whole.
///
/// # Errors
/// The ledger cannot be read.
pub fn rules_of(ledger: &Ledger, run: &RunRow) -> Result<Option<Vec<Kept>>, LedgerError> {
    texts::get_files(ledger.connection(), ledger.path(), &run.rules)
}

/// The profile in force in a run; none where there was none, or it is not whole.
///
/// # Errors
/// The ledger cannot be read.
pub fn profile_of(ledger: &Ledger, run: &RunRow) -> Result<Option<Kept>, LedgerError> {
    let Some(hash) = &run.profile else { return Ok(None) };
    let files = texts::get_files(ledger.connection(), ledger.path(), hash)?;
    Ok(files.and_then(|files| files.into_iter().next()))
}

/// A text in force by its hash.
///
/// # Errors
/// The ledger cannot be read.
pub fn text_of(ledger: &Ledger, hash: &str) -> Result<Option<String>, LedgerError> {
    texts::get(ledger.connection(), ledger.path(), hash)
}

/// The finding as a sight keeps it; null where it is not kept.
///
/// # Errors
/// The ledger cannot be read.
pub fn body(ledger: &Ledger, sight: i64) -> Result<Value, LedgerError> {
    let body: Option<String> = ledger
        .connection()
        .prepare_cached("SELECT body FROM sight WHERE id = ?1")
        .and_then(|mut s| s.query_row([sight], |row| row.get(0)).optional())
        .map_err(|e| ledger.error(&e))?
        .flatten();
    Ok(body.and_then(|b| serde_json::from_str(&b).ok()).unwrap_or(Value::Null))
}

/// What the records held when the last run of a series was made, if `run` is that one.
///
/// # Errors
/// The ledger cannot be read.
pub fn held_at(ledger: &Ledger, run: &RunRow) -> Result<Option<Vec<u8>>, LedgerError> {
    ledger
        .connection()
        .query_row("SELECT body FROM held WHERE series = ?1 AND run = ?2", rusqlite::params![run.series, run.id], |row| row.get(0))
        .optional()
        .map_err(|e| ledger.error(&e))
}

/// Whether it is kept what the records held when a run was made.
///
/// # Errors
/// The ledger cannot be read.
pub fn is_held_at(ledger: &Ledger, run: &RunRow) -> Result<bool, LedgerError> {
    let mut known =
        ledger.connection().prepare_cached("SELECT 1 FROM held WHERE series = ?1 AND run = ?2").map_err(|e| ledger.error(&e))?;
    known.exists(rusqlite::params![run.series, run.id]).map_err(|e| ledger.error(&e))
}

pub(super) fn last_of(connection: &Connection, path: &Path, series: &str) -> Result<Option<RunRow>, LedgerError> {
    connection
        .query_row("SELECT * FROM run WHERE series = ?1 ORDER BY id DESC LIMIT 1", [series], read_run)
        .optional()
        .map_err(|e| LedgerError::of(path, &e))
}

pub(super) fn by_id(connection: &Connection, path: &Path, id: i64) -> Result<Option<RunRow>, LedgerError> {
    connection.query_row("SELECT * FROM run WHERE id = ?1", [id], read_run).optional().map_err(|e| LedgerError::of(path, &e))
}

pub(super) fn standing_at(connection: &Connection, path: &Path, series: &str, run: i64) -> Result<BTreeMap<String, Standing>, LedgerError> {
    let read = || -> rusqlite::Result<BTreeMap<String, Standing>> {
        // Of each finding the last sight up to the run; SQLite takes the other columns from the row of the maximum.
        let mut statement = connection.prepare_cached(
            "SELECT f.fingerprint, f.id, s.id, max(s.run), s.verdict, s.cells, s.waived IS NOT NULL, s.change,
                    f.code, f.subject, f.key
             FROM sight s JOIN finding f ON f.id = s.finding WHERE s.series = ?1 AND s.run <= ?2 GROUP BY s.finding",
        )?;
        let mut rows = statement.query(rusqlite::params![series, run])?;
        let mut all = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if row.get_ref(7)?.as_str()? == "gone" {
                continue;
            }
            let state = State { verdict: row.get(4)?, cells: row.get(5)?, waived: row.get(6)? };
            let standing = Standing {
                finding: row.get(1)?,
                sight: row.get(2)?,
                run: row.get(3)?,
                state,
                code: row.get(8)?,
                table: row.get(9)?,
                key: row.get(10)?,
            };
            all.insert(row.get(0)?, standing);
        }
        Ok(all)
    };
    read().map_err(|e| LedgerError::of(path, &e))
}

pub(super) fn read_run(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: row.get("id")?,
        series: row.get("series")?,
        previous: row.get("previous")?,
        at: row.get("at")?,
        as_of: row.get("as_of")?,
        program: row.get("program")?,
        rules: row.get("rules")?,
        profile: row.get("profile")?,
        waivers: row.get("waivers")?,
        data: row.get("data")?,
        columns: row.get("columns")?,
        scope: row.get("scope")?,
        sources: row.get("sources")?,
        counts: row.get("counts")?,
        partial: row.get("partial")?,
        seconds: row.get("seconds")?,
    })
}
