//! Derived tables: consecutive rows of one owner read as one (a post held on under a new row is one post).

use super::build::Wanted;
use super::column::Column;
use super::schema::{Joined, TableId};
use super::store::{RowId, Rows, Store};
use crate::dates::{Day, Fuzzy};
use std::sync::OnceLock;

/// Builds a derived table from its base.
///
/// Rows equal in the `by` fields are joined while each starts no later than the day after the one before ends. Where imprecise dates
/// leave open whether two rows join, they are read as joined with a start as wide as the doubt, and the earlier rows alone
/// are kept beside it as a doubtful row.
pub(super) fn build(store: &Store, table: TableId, wanted: &Wanted) -> Rows {
    let def = &store.schema.tables[table];
    let Some(spec) = &def.joined else { return Rows::default() };
    let base = store.rows(spec.from);
    let mut runs: Vec<Run> = Vec::new();
    let owners = match def.owner.and_then(|f| base.column(f)) {
        Some(Column::Ref(v)) => v.as_slice(),
        _ => &[],
    };
    let mut row = 0;
    while row < base.len {
        let owner = owners.get(row).copied();
        let end = (row..base.len).find(|&r| owners.get(r).copied() != owner).unwrap_or(base.len);
        join_owner(base, spec, row as RowId..end as RowId, &mut runs);
        row = end;
    }
    assemble(store, table, spec, base, &runs, wanted)
}

/// Rows joined into one.
struct Run {
    first: RowId,
    last: RowId,
    start: Fuzzy,
    doubtful: bool,
}

fn join_owner(base: &Rows, spec: &Joined, rows: std::ops::Range<RowId>, runs: &mut Vec<Run>) {
    let (Some(Column::Date(starts)), ends) = (base.column(spec.start), base.column(spec.end)) else { return };
    let start = |r: RowId| starts.get(r as usize).copied().unwrap_or(Fuzzy::UNKNOWN);
    let end = |r: RowId| match ends {
        Some(Column::Date(v)) => v.get(r as usize).copied().unwrap_or(Fuzzy::UNKNOWN),
        _ => Fuzzy::UNKNOWN,
    };
    let mut left: Vec<RowId> = rows.filter(|&r| base.is_sound(r)).collect();
    left.sort_by_key(|&r| (start(r).lo, end(r).lo, r));
    while let Some(&seed) = left.first() {
        let (same, rest): (Vec<RowId>, Vec<RowId>) = left.iter().partition(|&&r| equal(base, spec, seed, r));
        left = rest;
        let mut run = Run { first: seed, last: seed, start: start(seed), doubtful: false };
        for &next in same.iter().skip(1) {
            let (before, begins) = (end(run.last), start(next));
            let (earliest, latest) = (day_after(before.lo), day_after(before.hi));
            if begins.lo > latest {
                runs.push(run);
                run = Run { first: next, last: next, start: begins, doubtful: false };
            } else if begins.hi > earliest {
                runs.push(Run { doubtful: true, ..run });
                run = Run { first: run.first, last: next, start: Fuzzy { lo: run.start.lo, hi: begins.hi }, doubtful: false };
            } else {
                run.last = next;
            }
        }
        runs.push(run);
    }
}

fn day_after(day: Day) -> Day {
    if day.is_finite() { day.add_days(1) } else { day }
}

fn equal(base: &Rows, spec: &Joined, a: RowId, b: RowId) -> bool {
    let (i, j) = (a as usize, b as usize);
    a == b
        || spec.by.iter().all(|&f| match base.column(f) {
            Some(Column::Text(v)) => v.get(i).is_some_and(|s| s.is_text() && v.get(j) == Some(s)),
            Some(Column::Ref(v)) => v.get(i).is_some_and(|r| (*r as usize) < u32::MAX as usize - 3 && v.get(j) == Some(r)),
            Some(Column::Code(v)) => v.get(i) == v.get(j),
            _ => false,
        })
}

fn assemble(store: &Store, table: TableId, spec: &Joined, base: &Rows, runs: &[Run], wanted: &Wanted) -> Rows {
    let def = &store.schema.tables[table];
    let firsts: Vec<u32> = runs.iter().map(|r| r.first).collect();
    let lasts: Vec<u32> = runs.iter().map(|r| r.last).collect();
    let from = |field: usize| if spec.first.contains(&field) { &firsts } else { &lasts };
    let mut columns: Vec<Option<Column>> =
        (0..def.fields.len()).map(|f| base.column(f).filter(|_| wanted.has(table, f)).map(|c| c.reordered(from(f)))).collect();
    if let Some(Some(Column::Date(v))) = columns.get_mut(spec.start) {
        v.iter_mut().zip(runs).for_each(|(cell, run)| *cell = run.start);
    }
    Rows {
        exported: base.exported,
        len: runs.len(),
        columns,
        keys: base.keys.reordered(from(def.key)),
        far: (0..def.fields.len()).map(|_| None).collect(),
        made_of: runs.iter().map(|r| (r.first, r.last)).collect(),
        doubtful: if runs.iter().any(|r| r.doubtful) { runs.iter().map(|r| r.doubtful).collect() } else { Vec::new() },
        links: (0..def.fields.len()).map(|_| OnceLock::new()).collect(),
        ..Rows::default()
    }
}
