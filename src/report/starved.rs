//! Rules that lack data: which cells, for how many subjects, and how well the column is filled at all.

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

/// The rules of an outcome that lack data, by code.
pub fn starved(outcome: &Outcome, store: &Store) -> Vec<Starved> {
    type Lacks = BTreeMap<(String, Option<String>), u64>;
    let mut rules: BTreeMap<(&str, &str), (u64, Lacks)> = BTreeMap::new();
    for finding in outcome.findings.iter().filter(|f| f.verdict == Verdict::Unverified && !f.missing.is_empty()) {
        let (findings, lacks) = rules.entry((&finding.code, &finding.title)).or_default();
        *findings += 1;
        let mut cells: Vec<_> = finding.missing.iter().map(|m| (m.table.clone(), m.field.clone())).collect();
        cells.sort();
        cells.dedup();
        for cell in cells {
            *lacks.entry(cell).or_default() += 1;
        }
    }
    rules
        .into_iter()
        .map(|((code, title), (unverified, lacks))| Starved {
            code: code.to_owned(),
            title: title.to_owned(),
            unverified,
            lacks: lacks.into_iter().map(|((table, field), n)| lack(store, table, field, n)).collect(),
        })
        .collect()
}

fn lack(store: &Store, table: String, field: Option<String>, findings: u64) -> Lack {
    let at = store.schema.table(&table);
    let exported = match (at, &field) {
        (Some(t), None) => store.rows(t).exported,
        (Some(t), Some(name)) => {
            let field = store.schema.tables.get(t).and_then(|def| def.field(name));
            store.rows(t).exported && field.is_some_and(|f| store.rows(t).column(f).is_some())
        }
        (None, _) => false,
    };
    let fill = at.zip(field.as_ref()).and_then(|(t, name)| fill_rate(store, t, name));
    Lack { table, field, exported, findings, fill }
}

/// The share of a table's rows with a field filled.
fn fill_rate(store: &Store, table: usize, name: &str) -> Option<f64> {
    let field = store.schema.tables.get(table)?.field(name)?;
    let (filled, rows) = filled_of(store, table, field)?;
    (rows > 0).then(|| (filled as f64 / rows as f64 * 10_000.0).round() / 10_000.0)
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
