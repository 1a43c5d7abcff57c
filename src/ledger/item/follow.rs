//! What a run makes of what is to be mended: new findings are entered, those found no more go to be verified, those back again return,
//! those waived are told so. Nothing is closed by a run.

use super::row::{self, Item, difference};
use super::stage::Stage;
use crate::engine::{Finding, Verdict};
use crate::ledger::error::LedgerError;
use crate::ledger::log::{self, Act, Entry};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a run saw, as far as mending is concerned.
pub struct Seen<'a> {
    /// Everything it found, waived or not.
    pub findings: &'a [Finding],
    /// Whether it could have found this again: the rule (code) ran, decided, and this subject (table, key) was in scope and there.
    pub judged: &'a dyn Fn(&str, &str, &str) -> bool,
    /// The matter a finding is told under: `case/C1`.
    pub matter: &'a dyn Fn(&Finding) -> String,
    /// Names of persons and of units, by id.
    pub called: [&'a BTreeMap<String, String>; 2],
}

/// The run that is being recorded.
pub(in crate::ledger) struct ThisRun<'a> {
    pub id: i64,
    pub series: &'a str,
    pub as_of: &'a str,
    /// Findings that came or changed.
    pub moved: BTreeSet<&'a str>,
    /// Why findings went, in words, by fingerprint.
    pub gone: BTreeMap<&'a str, String>,
}

/// Moves everything as the run says, in one entry of the log. Gives how many items it moved; none where it looks back.
pub(in crate::ledger) fn follow(
    tx: &Transaction<'_>,
    path: &Path,
    act: &Act<'_>,
    run: &ThisRun<'_>,
    seen: &Seen<'_>,
) -> Result<Option<usize>, LedgerError> {
    let fail = |e: rusqlite::Error| LedgerError::of(path, &e);
    name(tx, seen).map_err(fail)?;
    // A look back at an earlier day tells nothing of how things stand.
    let latest: Option<String> = tx.query_row("SELECT max(as_of) FROM run WHERE id < ?1", [run.id], |row| row.get(0)).map_err(fail)?;
    if latest.is_some_and(|latest| latest.as_str() > run.as_of) {
        return Ok(None);
    }
    let changes = changes(tx, act, run, seen).map_err(fail)?;
    if changes.is_empty() {
        return Ok(Some(0));
    }
    let (mut before, mut after) = (Map::new(), Map::new());
    for (was, is) in &changes {
        row::put(tx, is).map_err(fail)?;
        match was {
            None => drop(after.insert(is.id.to_string(), Value::Object(is.fields()))),
            Some(was) => {
                let (from, to) = difference(was, is);
                before.insert(is.id.to_string(), Value::Object(from));
                after.insert(is.id.to_string(), Value::Object(to));
            }
        }
    }
    let (id, before, after) = (format!("run {}", run.id), Value::Object(before).to_string(), Value::Object(after).to_string());
    let entry = Entry { action: "follow", kind: "items", id: &id, why: None, before: Some(&before), after: Some(&after) };
    log::append(tx, path, act, &entry).map(|_| Some(changes.len()))
}

/// Where a finding that is seen leaves its mending. `moved`: its verdict or values are not what they were.
fn stage_seen(item: &Item, waived: bool, moved: bool) -> Stage {
    let open = if item.is_assigned() { Stage::Assigned } else { Stage::Unclaimed };
    match item.stage {
        _ if waived => Stage::Waived,
        Stage::Waived => open,
        // Found all the while: the unit's word stands until somebody verifies it.
        Stage::Verifying if item.found => Stage::Verifying,
        Stage::Verifying if item.is_assigned() => Stage::Working,
        Stage::Verifying => Stage::Unclaimed,
        Stage::Closed if !item.found || moved => Stage::Returned,
        other => other,
    }
}

/// Where a finding that is found no more leaves its mending.
fn stage_gone(item: &Item) -> Stage {
    match item.stage {
        Stage::Closed | Stage::Lasting | Stage::Verifying => item.stage,
        _ => Stage::Verifying,
    }
}

/// Every item that the run changes: as it was, and as it is.
fn changes(tx: &Transaction<'_>, act: &Act<'_>, run: &ThisRun<'_>, seen: &Seen<'_>) -> rusqlite::Result<Vec<(Option<Item>, Item)>> {
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    let mut next = 1;
    let mut prints = tx.prepare("SELECT fingerprint FROM finding WHERE id = ?1")?;
    for item in row::all(tx)? {
        next = next.max(item.id.saturating_add(1));
        items.insert(prints.query_row([item.finding], |row| row.get(0))?, item);
    }
    let mut sights = tx.prepare(
        "SELECT s.finding, s.id FROM sight s JOIN finding f ON f.id = s.finding
         WHERE f.fingerprint = ?1 AND s.series = ?2 AND s.body IS NOT NULL ORDER BY s.run DESC LIMIT 1",
    )?;
    let mut changes = Vec::new();
    // What falls due soon is no fault yet.
    for f in seen.findings.iter().filter(|f| f.verdict != Verdict::Warning) {
        let (was, moved) = (items.remove(&f.fingerprint), run.moved.contains(f.fingerprint.as_str()));
        // A row refused for a night tells nothing of those it may concern: it is to be exported again, not to be mended by them.
        if is_left_open_by_a_refused_row(f) {
            continue;
        }
        if was.as_ref().is_some_and(|i| i.found && i.gone.is_none() && !moved && (i.stage == Stage::Waived) == f.waived.is_some()) {
            continue;
        }
        let Some((finding, sight)) = sights.query_row([&f.fingerprint, run.series], |r| Ok((r.get(0)?, r.get(1)?))).optional()? else {
            continue;
        };
        let mut is = was.clone().unwrap_or_else(|| {
            let id = next;
            next += 1;
            fresh(id, finding, sight, act)
        });
        is.stage = stage_seen(&is, f.waived.is_some(), moved);
        (is.sight, is.found, is.gone) = (sight, true, None);
        is.verdict = f.verdict.word().to_owned();
        (is.unit, is.person) = (f.unit_id.clone(), f.person_id.clone());
        is.matter = (seen.matter)(f);
        if is.stage == Stage::Returned {
            is.forced = false;
        }
        push(&mut changes, was, is);
    }
    let mut known = tx.prepare(
        "SELECT f.code, f.subject, f.key FROM finding f WHERE f.id = ?1 AND EXISTS (SELECT 1 FROM sight WHERE series = ?2 AND finding = ?1)",
    )?;
    // What is left was not found now. It counts as gone where this series has seen it and could have seen it again.
    for (fingerprint, was) in items.into_iter().filter(|(_, i)| i.found) {
        let of = |r: &rusqlite::Row<'_>| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, String>(2)?));
        let Some((code, table, key)) = known.query_row(params![was.finding, run.series], of).optional()? else { continue };
        if !(seen.judged)(&code, &table, &key) {
            if run.gone.contains_key(fingerprint.as_str()) {
                let gone = format!("第 {} 次运行（{}）没有核查到", run.id, run.as_of);
                let is = Item { gone: Some(gone), ..was.clone() };
                push(&mut changes, Some(was), is);
            }
            continue;
        }
        let causes = run.gone.get(fingerprint.as_str()).filter(|w| !w.is_empty()).map(|w| format!("，{w}")).unwrap_or_default();
        let mut is = Item { stage: stage_gone(&was), found: false, forced: false, ..was.clone() };
        is.gone = Some(format!("第 {} 次运行（{}）起不再发现{causes}", run.id, run.as_of));
        push(&mut changes, Some(was), is);
    }
    Ok(changes)
}

/// Whether a row that was refused leaves it undecided.
fn is_left_open_by_a_refused_row(finding: &Finding) -> bool {
    finding.verdict == Verdict::Unverified && finding.missing.iter().any(|m| m.id.is_some() && m.field.is_none())
}

/// Keeps a change that is one and that a run may make.
fn push(changes: &mut Vec<(Option<Item>, Item)>, was: Option<Item>, mut is: Item) {
    if was.as_ref() == Some(&is) || was.as_ref().is_some_and(|was| !was.stage.may_by_run(is.stage)) {
        return;
    }
    is.version = is.version.saturating_add(1);
    changes.push((was, is));
}

/// A new item; the run says the rest.
fn fresh(id: i64, finding: i64, sight: i64, act: &Act<'_>) -> Item {
    Item {
        id,
        version: 0,
        finding,
        sight,
        stage: Stage::Unclaimed,
        verdict: String::new(),
        found: true,
        forced: false,
        unit: None,
        person: None,
        matter: String::new(),
        opened: act.at.get(..10).unwrap_or(act.at).to_owned(),
        gone: None,
        kind: None,
        due: None,
        measures: None,
        owner_unit: None,
        leader: None,
        owner: None,
        progress: None,
        material: None,
        files: Vec::new(),
        closed_by: None,
        closed_on: None,
        document: None,
        opinion: None,
    }
}

/// Keeps what persons and units are called.
fn name(connection: &Connection, seen: &Seen<'_>) -> rusqlite::Result<()> {
    let mut put =
        connection.prepare("INSERT INTO called VALUES (?1, ?2, ?3) ON CONFLICT (kind, id) DO UPDATE SET name = ?3 WHERE name <> ?3")?;
    for (kind, names) in ["person", "unit"].into_iter().zip(seen.called) {
        for (id, name) in names {
            put.execute([kind, id, name])?;
        }
    }
    Ok(())
}
