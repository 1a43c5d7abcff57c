//! Rules that lack data: which cells, for how many subjects, and how well the column is filled at all.

use super::{Names, words};
use crate::engine::{Outcome, Verdict};
use crate::records::{Filled, Store};
use serde::Serialize;
use std::collections::BTreeMap;

/// A rule that could not decide some subjects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Starved {
    /// The rule's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Findings it could not decide.
    pub unverified: u64,
    /// What it lacked, by table and field.
    pub lacks: Vec<Lack>,
}

impl Starved {
    /// Whether it lacks a whole table or column.
    pub fn is_blind(&self) -> bool {
        self.lacks.iter().any(|l| !l.exported)
    }
}

/// A column that rules lack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lack {
    /// The table's ASCII name.
    pub table: String,
    /// The field's ASCII name; none for whole rows or tables.
    pub field: Option<String>,
    /// Whether it was exported at all.
    pub exported: bool,
    /// Findings that lack it.
    pub findings: u64,
    /// The share of rows with this cell filled, 0 to 1; none where it was not exported or has no rows.
    pub fill: Option<f64>,
}

impl Lack {
    /// The column by its Chinese name, with its fill rate.
    pub fn words(&self, names: &Names) -> String {
        words::lack(names, self)
    }
}

/// A table and, unless whole rows are lacking, a field of it.
type Cell<'a> = (&'a str, Option<&'a str>);

/// Findings of a rule that could not be decided, and how many of them lack each cell.
type Lacking<'a> = (u64, BTreeMap<Cell<'a>, u64>);

/// The rules of an outcome that lack data, by code.
pub fn starved(outcome: &Outcome, store: &Store) -> Vec<Starved> {
    let mut rules: BTreeMap<(&str, &str), Lacking<'_>> = BTreeMap::new();
    let mut cells: Vec<Cell<'_>> = Vec::new();
    for finding in outcome.findings.iter().filter(|f| f.verdict == Verdict::Unverified && !f.missing.is_empty()) {
        let (findings, lacks) = rules.entry((&finding.code, &finding.title)).or_default();
        *findings += 1;
        cells.clear();
        cells.extend(finding.missing.iter().map(|m| (m.table.as_str(), m.field.as_deref())));
        cells.sort_unstable();
        cells.dedup();
        for cell in &cells {
            *lacks.entry(*cell).or_default() += 1;
        }
    }
    for rule in outcome.unexported.iter().filter(|rule| rule.subjects == 0) {
        let (_, lacks) = rules.entry((&rule.code, &rule.title)).or_default();
        lacks.entry((&rule.table, None)).or_default();
    }
    // Many rules lack the same column, whose cells are counted once.
    let mut rates: BTreeMap<Cell<'_>, (bool, Option<f64>)> = BTreeMap::new();
    rules
        .into_iter()
        .map(|((code, title), (unverified, lacks))| Starved {
            code: code.to_owned(),
            title: title.to_owned(),
            unverified,
            lacks: lacks
                .into_iter()
                .map(|(cell, findings)| {
                    let (exported, fill) = *rates.entry(cell).or_insert_with(|| state(store, cell));
                    Lack { table: cell.0.to_owned(), field: cell.1.map(str::to_owned), exported, findings, fill }
                })
                .collect(),
        })
        .collect()
}

/// Whether a table or column was exported, and the share of its cells that are filled.
fn state(store: &Store, (table, field): Cell<'_>) -> (bool, Option<f64>) {
    // What is no table of the records (a year without a calendar) was not left out of an export.
    let Some(t) = store.schema.table(table) else { return (true, None) };
    let exported = store.rows(t).exported;
    let Some(name) = field else { return (exported, None) };
    let column = store.schema.tables.get(t).and_then(|def| def.field(name));
    match column.and_then(|f| filled_of(store, t, f)) {
        Some((filled, rows)) if rows > 0 => (exported, Some((filled as f64 / rows as f64 * 10_000.0).round() / 10_000.0)),
        Some(_) => (exported, None),
        None => (false, None),
    }
}

/// How many rows of a table have a field filled, of how many; none where it was not exported.
pub fn filled_of(store: &Store, table: usize, field: usize) -> Option<(u64, u64)> {
    let rows = store.rows(table);
    let column = rows.column(field)?;
    let kept = (0..rows.len).filter(|&r| u32::try_from(r).is_ok_and(|r| !rows.is_ghost(r)));
    let (mut filled, mut all) = (0, 0);
    for row in kept {
        all += 1;
        filled += u64::from(column.filled(row) == Filled::Yes);
    }
    Some((filled, all))
}
