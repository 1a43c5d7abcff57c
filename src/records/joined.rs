//! Derived tables: consecutive rows of one owner read as one (a post held on under a new row is one post).

use super::column::{BAD_ROW, BLANK_ROW, Column, FAR_ROW, NONE_ROW};
use super::schema::{FieldId, Joined, TableId};
use super::store::{RowId, Rows, Store};
use super::text::Sym;
use super::wanted::Wanted;
use crate::dates::{Day, Fuzzy};
use std::sync::OnceLock;

/// Builds a derived table from its base.
///
/// Rows equal in the `by` fields are joined while each starts no later than the day after the one before ends; a row without end is
/// joined by every later one. Where imprecise dates or blank `by` fields leave open whether two rows join, they are read as joined with
/// a start as wide as the doubt, and the earlier rows alone are kept beside it as a doubtful row of the same key.
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
#[derive(Clone)]
struct Run {
    first: RowId,
    last: RowId,
    start: Fuzzy,
    /// One of the rows has no end.
    open_ended: bool,
    doubtful: bool,
    /// What leaves the joining open.
    causes: Vec<(RowId, FieldId)>,
}

fn join_owner(base: &Rows, spec: &Joined, rows: std::ops::Range<RowId>, runs: &mut Vec<Run>) {
    let (Some(Column::Date(starts)), ends) = (base.column(spec.start), base.column(spec.end)) else { return };
    let start = |r: RowId| starts.get(r as usize).copied().unwrap_or(Fuzzy::UNKNOWN);
    let end = |r: RowId| match ends {
        Some(Column::Date(v)) => v.get(r as usize).copied().unwrap_or(Fuzzy::UNKNOWN),
        _ => Fuzzy::UNKNOWN,
    };
    let open_ended = |r: RowId| end(r).lo >= Day::FUTURE;
    let alone = |r: RowId| Run { first: r, last: r, start: start(r), open_ended: open_ended(r), doubtful: false, causes: Vec::new() };
    let mut left: Vec<RowId> = rows.filter(|&r| base.is_sound(r)).collect();
    left.sort_by(|&a, &b| (start(a).lo, end(a).lo, base.keys.get(a as usize)).cmp(&(start(b).lo, end(b).lo, base.keys.get(b as usize))));
    let made = runs.len();
    while let Some(&seed) = left.first() {
        let (same, rest): (Vec<RowId>, Vec<RowId>) = left.iter().partition(|&&r| matches!(compare(base, spec, seed, r), Likeness::Same));
        left = rest;
        let mut run = alone(seed);
        for &next in same.iter().skip(1) {
            let (before, begins) = (end(run.last), start(next));
            let (earliest, latest) = (day_after(before.lo), day_after(before.hi));
            if !run.open_ended && begins.lo > latest {
                runs.push(std::mem::replace(&mut run, alone(next)));
            } else if !run.open_ended && begins.hi > earliest {
                let mut causes = run.causes.clone();
                causes.extend((before.lo != before.hi).then_some((run.last, spec.end)));
                causes.extend((begins.lo != begins.hi).then_some((next, spec.start)));
                let wide = Fuzzy { lo: run.start.lo, hi: begins.hi };
                let joined = Run { first: run.first, last: next, start: wide, open_ended: open_ended(next), doubtful: false, causes };
                let earlier = std::mem::replace(&mut run, joined);
                runs.push(Run { doubtful: true, causes: run.causes.clone(), ..earlier });
            } else {
                run.last = next;
                run.open_ended |= open_ended(next);
            }
        }
        runs.push(run);
    }
    if let Some(own) = runs.get_mut(made..).filter(|own| own.len() > 1) {
        doubt_unlike(base, spec, end, own);
    }
}

/// Runs of which it is not known whether they are alike, since a `by` field is blank: they may be one.
fn doubt_unlike(base: &Rows, spec: &Joined, end: impl Fn(RowId) -> Fuzzy, runs: &mut [Run]) {
    if !runs.iter().any(|run| vague(base, spec, run.last).is_some()) {
        return;
    }
    runs.sort_by_key(|run| (run.start.lo, run.first));
    for later in 1..runs.len() {
        let (before, after) = runs.split_at_mut(later);
        let Some(next) = after.first_mut() else { return };
        let near = before.iter_mut().rev().find_map(|run| match compare(base, spec, run.last, next.first) {
            Likeness::Perhaps(cause) if run.open_ended || next.start.lo <= day_after(end(run.last).hi) => Some((run, cause)),
            _ => None,
        });
        if let Some((run, cause)) = near {
            run.doubtful = true;
            run.causes.push(cause);
            next.start.lo = next.start.lo.min(run.start.lo);
            next.first = run.first;
            next.causes.push(cause);
        }
    }
}

fn day_after(day: Day) -> Day {
    if day.is_finite() { day.add_days(1) } else { day }
}

/// Whether two rows are equal in the `by` fields.
enum Likeness {
    Same,
    Different,
    /// This cell does not say.
    Perhaps((RowId, FieldId)),
}

fn compare(base: &Rows, spec: &Joined, a: RowId, b: RowId) -> Likeness {
    if a == b {
        return Likeness::Same;
    }
    let (i, j) = (a as usize, b as usize);
    let differ = spec.by.iter().any(|&f| match base.column(f) {
        Some(Column::Text(v)) => v.get(i).zip(v.get(j)).is_some_and(|(x, y)| x.is_text() && y.is_text() && x != y),
        Some(Column::Ref(v)) => match (v.get(i).copied(), v.get(j).copied()) {
            (Some(NONE_ROW), _) | (_, Some(NONE_ROW)) => true,
            (Some(BLANK_ROW | BAD_ROW), _) | (_, Some(BLANK_ROW | BAD_ROW)) => false,
            (Some(FAR_ROW), Some(FAR_ROW)) => base.far.get(f).and_then(Option::as_ref).is_none_or(|far| far.get(i) != far.get(j)),
            (x, y) => x != y,
        },
        Some(Column::Code(v)) => v.get(i) != v.get(j),
        Some(_) => true,
        None => false,
    });
    match vague(base, spec, a).or_else(|| vague(base, spec, b)) {
        _ if differ => Likeness::Different,
        Some(cause) => Likeness::Perhaps(cause),
        None => Likeness::Same,
    }
}

/// A `by` field of the row that is blank, unreadable or was not exported.
fn vague(base: &Rows, spec: &Joined, row: RowId) -> Option<(RowId, FieldId)> {
    let i = row as usize;
    let says = |f: FieldId| match base.column(f) {
        Some(Column::Text(v)) => v.get(i).is_some_and(|s| s.is_text()),
        Some(Column::Ref(v)) => !matches!(v.get(i), None | Some(&(BLANK_ROW | BAD_ROW))),
        Some(_) => true,
        None => false,
    };
    spec.by.iter().find(|&&f| !says(f)).map(|&f| (row, f))
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
        far: (0..def.fields.len()).map(|f| base.far.get(f)?.as_ref().map(|far| reordered(far, from(f)))).collect(),
        made_of: runs.iter().map(|r| (r.first, r.last)).collect(),
        open: (0..).zip(runs).flat_map(|(row, run)| run.causes.iter().map(move |&(from, field)| (row, from, field))).collect(),
        doubtful: if runs.iter().any(|r| r.doubtful) { runs.iter().map(|r| r.doubtful).collect() } else { Vec::new() },
        links: (0..def.fields.len()).map(|_| OnceLock::new()).collect(),
        ..Rows::default()
    }
}

fn reordered(far: &[Sym], order: &[RowId]) -> Vec<Sym> {
    order.iter().map(|&r| far.get(r as usize).copied().unwrap_or(Sym::NONE)).collect()
}
