//! A run recorded: all of it or nothing. What a finding is and how it stands is written only where it differs from the run before.

use super::cause::Causes;
use super::error::LedgerError;
use super::item::{self, Seen, ThisRun};
use super::log::{self, Act, Entry, absorb, hex};
use super::open::Ledger;
use super::runs::{self, RunRow, Standing};
use super::state::State;
use super::texts::{self, Kept};
use crate::engine::Finding;
use rusqlite::{Connection, Transaction, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// A run to be recorded.
#[derive(Clone, Debug)]
pub struct NewRun<'a> {
    /// The day the question was asked on.
    pub as_of: &'a str,
    /// The program's version.
    pub program: &'a str,
    /// The rule files in force.
    pub rules: &'a [Kept],
    /// The profile in force.
    pub profile: Option<&'a Kept>,
    /// The waivers in force.
    pub waivers: Option<&'a str>,
    /// The hash of the sources' bytes.
    pub data: Option<&'a str>,
    /// The hash of the names of the columns read.
    pub columns: &'a str,
    /// The scope and the choice of rules, as JSON; what makes a series.
    pub scope: &'a str,
    /// The sources as named, as JSON.
    pub sources: &'a str,
    /// Findings and subjects by verdict, as JSON.
    pub counts: &'a str,
    /// Whether something could not be read or judged.
    pub partial: bool,
    /// How long it took.
    pub seconds: f64,
    /// What the records hold, for the next run to compare with; none where that is what the run before kept.
    pub held: Option<&'a [u8]>,
}

/// What differs from the run before, by fingerprint: what came, changed (with how it stood) and went.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// Not found before.
    pub came: Vec<&'a Finding>,
    /// Found before, standing otherwise.
    pub changed: Vec<(&'a Finding, Standing)>,
    /// Found no more.
    pub gone: Vec<(String, Standing)>,
}

/// What was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The run's number.
    pub run: i64,
    /// The run it was compared with.
    pub previous: Option<i64>,
    /// How many findings came.
    pub came: usize,
    /// How many changed.
    pub changed: usize,
    /// How many went.
    pub gone: usize,
    /// How many items of what is to be mended it moved; none where it looked back at an earlier day, and so moves nothing.
    pub items: Option<usize>,
}

/// A finding as it is kept.
#[derive(Serialize)]
struct Body<'a> {
    title: &'a str,
    finding: &'a Finding,
}

/// The name of the series of a scope.
pub fn series_of(scope: &str) -> String {
    texts::text_hash(scope).get(..16).unwrap_or_default().to_owned()
}

/// What differs between how findings stood and how they are found.
pub fn changes<'a>(before: &BTreeMap<String, Standing>, findings: &'a [Finding]) -> Changes<'a> {
    let mut changes = Changes::default();
    let mut left: BTreeMap<&str, &Standing> = before.iter().map(|(k, v)| (k.as_str(), v)).collect();
    for finding in findings {
        match left.remove(finding.fingerprint.as_str()) {
            None => changes.came.push(finding),
            Some(stood) if stood.state != State::of(finding) => changes.changed.push((finding, stood.clone())),
            Some(_) => {}
        }
    }
    changes.gone = left.into_iter().map(|(fingerprint, stood)| (fingerprint.to_owned(), stood.clone())).collect();
    changes
}

/// Records a run that was compared with `previous`. `why` gives the causes of what came, changed or went, by fingerprint;
/// `seen` is what moves what is to be mended.
///
/// # Errors
/// Another run of the series was recorded since, or the ledger cannot be written.
pub fn record(
    ledger: &mut Ledger,
    act: &Act<'_>,
    new: &NewRun<'_>,
    previous: Option<i64>,
    changes: &Changes<'_>,
    why: &BTreeMap<String, Causes>,
    seen: &Seen<'_>,
) -> Result<Recorded, LedgerError> {
    let series = series_of(new.scope);
    ledger.transaction(|tx, path| {
        let last = runs::last_of(tx, path, &series)?.map(|r| r.id);
        if last != previous {
            return Err(LedgerError::Overtaken { file: path.display().to_string() });
        }
        let run = put_run(tx, path, act, new, &series, previous)?;
        let fail = |e: rusqlite::Error| LedgerError::of(path, &e);
        put_sights(tx, &series, run, changes, why).map_err(fail)?;
        match new.held {
            Some(held) => tx.execute("INSERT OR REPLACE INTO held VALUES (?1, ?2, ?3)", params![series, run, held]),
            None => tx.execute("UPDATE held SET run = ?2 WHERE series = ?1 AND run = ?3", params![series, run, previous]),
        }
        .map_err(fail)?;
        let row = runs::by_id(tx, path, run)?.ok_or_else(|| LedgerError::UnknownRun { run: run.to_string() })?;
        let content = content(tx, &row).map_err(fail)?;
        let (came, changed, gone) = (changes.came.len(), changes.changed.len(), changes.gone.len());
        let recorded = Recorded { run, previous, came, changed, gone, items: None };
        let after = serde_json::json!({
            "content": content, "came": recorded.came, "changed": recorded.changed, "gone": recorded.gone,
        });
        let (id, after) = (run.to_string(), after.to_string());
        let entry = Entry { action: "record", kind: "run", id: &id, why: None, before: None, after: Some(&after) };
        log::append(tx, path, act, &entry)?;
        let items = item::follow(tx, path, act, &this_run(run, &series, new, changes, why), seen)?;
        Ok(Recorded { items, ..recorded })
    })
}

/// The run as what is to be mended follows it.
fn this_run<'a>(id: i64, series: &'a str, new: &NewRun<'a>, changes: &'a Changes<'_>, why: &BTreeMap<String, Causes>) -> ThisRun<'a> {
    let moved = changes.came.iter().copied().chain(changes.changed.iter().map(|(f, _)| *f)).map(|f| f.fingerprint.as_str());
    let words = |fingerprint: &str| why.get(fingerprint).map(Causes::words).unwrap_or_default();
    let gone = changes.gone.iter().map(|(fingerprint, _)| (fingerprint.as_str(), words(fingerprint))).collect();
    ThisRun { id, series, as_of: new.as_of, moved: moved.collect(), gone }
}

fn put_run(
    tx: &Transaction<'_>,
    path: &Path,
    act: &Act<'_>,
    new: &NewRun<'_>,
    series: &str,
    previous: Option<i64>,
) -> Result<i64, LedgerError> {
    let rules = texts::put_files(tx, path, new.rules)?;
    let profile = new.profile.map(|file| texts::put_files(tx, path, std::slice::from_ref(file))).transpose()?;
    let waivers = new.waivers.map(|t| texts::put(tx, path, t)).transpose()?;
    tx.prepare_cached(
        "INSERT INTO run (series, previous, at, as_of, program, rules, profile, waivers, data, columns, scope, sources, counts, partial, seconds)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )
    .and_then(|mut s| {
        s.insert(params![
            series, previous, act.at, new.as_of, new.program, rules, profile, waivers, new.data, new.columns, new.scope, new.sources,
            new.counts, new.partial, new.seconds
        ])
    })
    .map_err(|e| LedgerError::of(path, &e))
}

fn put_sights(tx: &Transaction<'_>, series: &str, run: i64, changes: &Changes<'_>, why: &BTreeMap<String, Causes>) -> rusqlite::Result<()> {
    let mut known = tx.prepare("SELECT id FROM finding WHERE fingerprint = ?1")?;
    let mut add = tx.prepare("INSERT INTO finding (fingerprint, code, subject, key, year, part) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut sight = tx.prepare(
        "INSERT INTO sight (series, run, finding, change, verdict, cells, waived, causes, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let causes = |fingerprint: &str| json(&why.get(fingerprint).cloned().unwrap_or_default());
    let seen = changes.came.iter().map(|f| ("came", *f)).chain(changes.changed.iter().map(|(f, _)| ("changed", *f)));
    for (change, f) in seen {
        let id: Option<i64> = rusqlite::OptionalExtension::optional(known.query_row([&f.fingerprint], |row| row.get(0)))?;
        let s = &f.subject;
        let id = match id {
            Some(id) => id,
            None => add.insert(params![f.fingerprint, f.code, s.table, s.id, s.year, f.part])?,
        };
        let state = State::of(f);
        let waived = f.waived.as_ref().map(json);
        let body = json(&Body { title: &f.title, finding: f });
        sight.execute(params![series, run, id, change, state.verdict, state.cells, waived, causes(&f.fingerprint), body])?;
    }
    for (fingerprint, stood) in &changes.gone {
        let none: Option<&str> = None;
        sight.execute(params![series, run, stood.finding, "gone", none, none, none, causes(fingerprint), none])?;
    }
    Ok(())
}

/// The hash of everything recorded of a run.
pub(super) fn content(connection: &Connection, run: &RunRow) -> rusqlite::Result<String> {
    let mut hash = Sha256::new();
    absorb(&mut hash, Some(&json(run)));
    let mut statement = connection.prepare_cached(
        "SELECT f.fingerprint, f.code, f.subject, f.key, CAST(f.year AS TEXT), f.part,
                s.series, s.change, s.verdict, s.cells, s.waived, s.causes, s.body
         FROM sight s JOIN finding f ON f.id = s.finding WHERE s.run = ?1 ORDER BY s.id",
    )?;
    let mut rows = statement.query([run.id])?;
    while let Some(row) = rows.next()? {
        for column in 0..13 {
            absorb(&mut hash, row.get_ref(column)?.as_str_or_null()?);
        }
    }
    Ok(hex(&hash.finalize()))
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
