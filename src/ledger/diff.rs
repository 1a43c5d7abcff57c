//! Two runs compared: what came, changed and went between them, and why.

use super::cause::{Cause, Causes};
use super::error::LedgerError;
use super::open::Ledger;
use super::runs::{self, RunRow, Standing};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Two runs compared.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The earlier run.
    pub from: RunRow,
    /// The later run.
    pub to: RunRow,
    /// What came, changed and went, by code and subject.
    pub items: Vec<Item>,
}

/// How a finding differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Change {
    /// It was not found before.
    #[serde(rename = "新增")]
    Came,
    /// It is found otherwise than before.
    #[serde(rename = "变化")]
    Changed,
    /// It is found no more.
    #[serde(rename = "消失")]
    Gone,
}

impl Change {
    /// The Chinese word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Came => "新增",
            Self::Changed => "变化",
            Self::Gone => "消失",
        }
    }
}

/// A finding that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// How.
    pub change: Change,
    /// Which.
    pub fingerprint: String,
    /// The rule's code.
    pub code: String,
    /// Why.
    pub causes: Causes,
    /// The verdict before.
    pub before: Option<String>,
    /// The verdict now.
    pub after: Option<String>,
    /// Whether a waiver held before and holds now.
    pub waived: [bool; 2],
    /// Cells it rested on before and rests on now whose values differ.
    pub cells: Vec<CellChange>,
    /// What was said of it before, where that is other than now.
    pub was: Option<String>,
    /// The rule's title.
    pub title: String,
    /// The finding as it was last seen.
    pub finding: Value,
}

/// A cell whose value differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// The table.
    pub table: String,
    /// The row's key.
    pub id: String,
    /// The field.
    pub field: String,
    /// As it was; none where it was blank.
    pub before: Option<String>,
    /// As it is; none where it is blank.
    pub after: Option<String>,
}

/// Compares two runs, the earlier with the later.
///
/// # Errors
/// The ledger cannot be read.
pub fn diff(ledger: &Ledger, one: &RunRow, other: &RunRow) -> Result<Difference, LedgerError> {
    let (from, to) = if one.id <= other.id { (one, other) } else { (other, one) };
    let (old, new) = (runs::standing(ledger, from)?, runs::standing(ledger, to)?);
    let causes = causes_between(ledger, from, to)?;
    let mut items = Vec::new();
    for fingerprint in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (old.get(fingerprint), new.get(fingerprint));
        let change = match (before, after) {
            (None, Some(_)) => Change::Came,
            (Some(_), None) => Change::Gone,
            (Some(b), Some(a)) if b.state != a.state => Change::Changed,
            _ => continue,
        };
        let causes = match &causes {
            Some(known) => known.get(fingerprint).cloned().unwrap_or_default(),
            None => unsettled(from, to),
        };
        items.push(item(ledger, change, fingerprint, (before, after), causes)?);
    }
    let place = |i: &Item| {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        (i.change, i.code.clone(), text(&i.finding["subject"]["id"]), i.finding["subject"]["year"].as_i64(), text(&i.finding["part"]))
    };
    items.sort_by_cached_key(|item| (place(item), item.fingerprint.clone()));
    Ok(Difference { from: from.clone(), to: to.clone(), items })
}

fn item(
    ledger: &Ledger,
    change: Change,
    fingerprint: &str,
    (before, after): (Option<&Standing>, Option<&Standing>),
    causes: Causes,
) -> Result<Item, LedgerError> {
    let body = |s: Option<&Standing>| s.map_or(Ok(Value::Null), |s| runs::body(ledger, s.sight));
    let (was, is) = (body(before)?, body(after)?);
    let cells = if change == Change::Changed { changed_cells(&was["finding"], &is["finding"]) } else { Vec::new() };
    let said = |body: &Value| body["finding"]["message"].as_str().map(str::to_owned);
    let was_said = said(&was).filter(|_| change == Change::Changed && said(&was) != said(&is));
    // Of what stands as it stood, only days have passed.
    let alike = before.zip(after).is_some_and(|(b, a)| b.state.same_judged(&a.state));
    let was_said = was_said.filter(|_| !alike);
    let shown = if is.is_null() { was } else { is };
    Ok(Item {
        change,
        fingerprint: fingerprint.to_owned(),
        code: after.or(before).map(|s| s.code.clone()).unwrap_or_default(),
        causes,
        before: before.map(|s| s.state.verdict.clone()),
        after: after.map(|s| s.state.verdict.clone()),
        waived: [before, after].map(|s| s.is_some_and(|s| s.state.waived)),
        cells,
        was: was_said,
        title: shown["title"].as_str().unwrap_or_default().to_owned(),
        finding: shown["finding"].clone(),
    })
}

/// The causes of every change of the series between two runs; none where the runs are of different series.
fn causes_between(ledger: &Ledger, from: &RunRow, to: &RunRow) -> Result<Option<BTreeMap<String, Causes>>, LedgerError> {
    if from.series != to.series {
        return Ok(None);
    }
    let read = || -> rusqlite::Result<BTreeMap<String, Causes>> {
        let mut statement = ledger.connection().prepare(
            "SELECT f.fingerprint, s.causes FROM sight s JOIN finding f ON f.id = s.finding
             WHERE s.series = ?1 AND s.run > ?2 AND s.run <= ?3 ORDER BY s.run",
        )?;
        let mut rows = statement.query(rusqlite::params![from.series, from.id, to.id])?;
        let mut all: BTreeMap<String, Causes> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let causes: Causes = serde_json::from_str(row.get_ref(1)?.as_str()?).unwrap_or_default();
            let known = all.entry(row.get(0)?).or_default();
            *known = std::mem::take(known).and(causes);
        }
        Ok(all)
    };
    read().map(Some).map_err(|e| ledger.error(&e))
}

/// Runs of different series were never crossed: whatever differs between them may be why.
fn unsettled(from: &RunRow, to: &RunRow) -> Causes {
    let mut possible = vec![Cause::Scope];
    if from.data.is_none() || from.data != to.data {
        possible.push(Cause::Data);
    }
    if from.rules != to.rules || from.profile != to.profile {
        possible.push(Cause::Rules);
    }
    if from.as_of != to.as_of {
        possible.push(Cause::Time);
    }
    if from.program != to.program {
        possible.push(Cause::Program);
    }
    possible.sort();
    Causes { proved: Vec::new(), possible }
}

fn changed_cells(was: &Value, is: &Value) -> Vec<CellChange> {
    type Cell = (String, String, String);
    let cells = |finding: &Value| -> BTreeMap<Cell, Option<String>> {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let all = finding["evidence"].as_array().cloned().unwrap_or_default();
        all.iter().map(|e| ((text(&e["table"]), text(&e["id"]), text(&e["field"])), e["value"].as_str().map(str::to_owned))).collect()
    };
    let (was, is) = (cells(was), cells(is));
    // A cell read only once did not change: another reason was found, or another version of the rule asks for other things.
    let both = was.into_iter().filter_map(|(cell, before)| Some((is.get(&cell)?.clone(), cell, before)));
    both.filter(|(after, _, before)| before != after)
        .map(|(after, (table, id, field), before)| CellChange { table, id, field, before, after })
        .collect()
}

/// How many findings came, changed and went in each run.
///
/// # Errors
/// The ledger cannot be read.
pub fn movements(ledger: &Ledger) -> Result<BTreeMap<i64, [i64; 3]>, LedgerError> {
    let read = || -> rusqlite::Result<BTreeMap<i64, [i64; 3]>> {
        let mut statement = ledger.connection().prepare(
            "SELECT run, sum(change = 'came'), sum(change = 'changed'), sum(change = 'gone') FROM sight GROUP BY run ORDER BY run",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?])))?;
        rows.collect()
    };
    read().map_err(|e| ledger.error(&e))
}
