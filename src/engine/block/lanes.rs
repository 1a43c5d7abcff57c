//! What is known of the lanes of a block: a vector for each expression, filled where it was asked for.

use super::super::context::Context;
use super::super::value::Span;
use super::latest::LatestRows;
use super::light::are_many;
use super::orders::Passed;
use super::parts::Known;
use super::plan::{Plan, RowAt, RowOp, SUBJECTS, SetId, TruthAt, ValueAt};
use super::tallies::Tallied;
use super::which::Which;
use crate::records::{RowId, TableId};
use std::mem::take;
use std::sync::Arc;

/// It is not so.
pub const FALSE: u8 = 0;
/// Blocks do not know. It is any of the three that whoever walks the rule may find.
pub const OPEN: u8 = 1;
/// It is so.
pub const TRUE: u8 = 2;
/// Not yet worked out.
pub const UNSET: u8 = 3;

/// Not yet worked out.
pub const UNSET_VALUE: i32 = i32::MIN;
/// A value that blocks do not know.
pub const OPEN_VALUE: i32 = i32::MIN + 1;
/// No value.
pub const ABSENT: i32 = i32::MAX;

/// Not yet worked out.
pub const UNSET_ROW: RowId = RowId::MAX;
/// A row that blocks do not know.
pub const OPEN_ROW: RowId = RowId::MAX - 1;
/// No row.
pub const NO_ROW: RowId = RowId::MAX - 2;

/// A span as a value of a lane: open where it is not exact, or too large.
#[inline]
pub fn narrowed(span: Span) -> i32 {
    if span.is_exact() {
        i32::try_from(span.lo).ok().filter(|&v| v > OPEN_VALUE && v < ABSENT).unwrap_or(OPEN_VALUE)
    } else if span.is_absent() {
        ABSENT
    } else {
        OPEN_VALUE
    }
}

/// A value of a lane as a span; none where it is open.
#[inline]
pub fn widened(value: i32) -> Option<Span> {
    match value {
        OPEN_VALUE | UNSET_VALUE => None,
        ABSENT => Some(Span::ABSENT),
        value => Some(Span::exact(i64::from(value))),
    }
}

/// The lanes of a set.
#[derive(Debug, Default)]
pub struct Lanes {
    /// The row of each.
    pub rows: Vec<RowId>,
    /// The lane that each belongs to.
    pub owner: Vec<u32>,
    /// By owner: the first of its lanes (or [`UNSET_ROW`]), how many there are, and whether there may be others.
    pub of: Vec<(u32, u32, bool)>,
}

impl Lanes {
    fn clear(&mut self) {
        self.rows.clear();
        self.owner.clear();
        self.of.clear();
    }

    /// The lanes of an owner.
    #[inline]
    pub fn range(&self, owner: u32) -> std::ops::Range<usize> {
        let (first, count, _) = self.of[owner as usize];
        first as usize..(first + count) as usize
    }

    /// Whether an owner may have others.
    #[inline]
    pub fn is_open(&self, owner: u32) -> bool {
        self.of[owner as usize].2
    }
}

/// What is known of a block.
pub struct Block<'c> {
    pub(super) cx: &'c Context<'c>,
    pub(super) plan: &'c Plan,
    pub(super) truths: Vec<Vec<u8>>,
    pub(super) values: Vec<Vec<i32>>,
    pub(super) rows: Vec<Vec<RowId>>,
    pub(super) sets: Vec<Lanes>,
    pub(super) kinds: Vec<LatestRows>,
    pub(super) tallies: Vec<Tallied>,
    pub(super) parts: Known,
    spare: Vec<Vec<u32>>,
    /// The lanes from the first on, as many as any set had so far.
    every: Arc<[u32]>,
    /// Of how many lanes each truth, value and row is known, where it is known of all that there were.
    whole: [Vec<usize>; 3],
    /// Subjects of whom it is asked whether they are in order; how many others are outside every rule, and who may not exist.
    pub(super) sound: Vec<u32>,
    pub(super) void: usize,
    /// The first of the subjects, where their rows lie one after the other.
    first: Option<RowId>,
    pub(super) doubtful: Vec<u32>,
    /// Room for stretches of time.
    pub(super) stretches: Vec<(crate::dates::Day, crate::dates::Day)>,
    /// How far each subject has come in an order of stages.
    pub(super) passed: Passed,
}

impl<'c> Block<'c> {
    /// Room for blocks of a plan's lanes.
    pub fn new(cx: &'c Context<'c>, plan: &'c Plan) -> Self {
        let empty = |n: usize| (0..n).map(|_| Vec::new()).collect();
        Self {
            cx,
            plan,
            truths: (0..plan.truths.all.len()).map(|_| Vec::new()).collect(),
            values: (0..plan.values.all.len()).map(|_| Vec::new()).collect(),
            rows: empty(plan.rows.all.len()),
            sets: (0..=plan.sets.len()).map(|_| Lanes::default()).collect(),
            kinds: plan.kinds.iter().map(|_| LatestRows::default()).collect(),
            tallies: plan.tallies.iter().map(|_| Tallied::default()).collect(),
            parts: Known::new(&plan.parts),
            spare: Vec::new(),
            every: Arc::from([]),
            whole: [plan.truths.all.len(), plan.values.all.len(), plan.rows.all.len()].map(|n| vec![0; n]),
            sound: Vec::new(),
            void: 0,
            first: None,
            doubtful: Vec::new(),
            stretches: Vec::new(),
            passed: Passed::default(),
        }
    }

    /// Forgets everything, and takes up the rows of a block.
    pub fn begin(&mut self, table: TableId, rows: &[RowId]) {
        self.truths.iter_mut().for_each(Vec::clear);
        self.values.iter_mut().for_each(Vec::clear);
        self.rows.iter_mut().for_each(Vec::clear);
        self.sets.iter_mut().for_each(Lanes::clear);
        self.kinds.iter_mut().for_each(LatestRows::clear);
        self.tallies.iter_mut().for_each(Tallied::clear);
        self.parts.clear();
        self.whole.iter_mut().for_each(|known| known.fill(0));
        self.sets[SUBJECTS.0 as usize].rows.extend_from_slice(rows);
        self.first = rows.first().copied().filter(|&first| (first..).zip(rows).all(|(next, &row)| next == row));
        self.void = 0;
        self.sound.clear();
        self.doubtful.clear();
        let known = self.cx.store.rows(table);
        for (lane, &row) in (0u32..).zip(rows) {
            if known.is_void(row) {
                self.void += 1;
            } else if known.is_doubtful(row) || known.may_be_void(row) {
                self.doubtful.push(lane);
            } else {
                self.sound.push(lane);
            }
        }
    }

    /// The subjects of the block.
    pub fn subjects(&self) -> &[RowId] {
        &self.sets[SUBJECTS.0 as usize].rows
    }

    /// What a truth says of each lane, where it was worked out.
    #[inline]
    pub fn truths_of(&self, at: TruthAt) -> &[u8] {
        &self.truths[at.0 as usize]
    }

    /// What a value is for each lane, where it was worked out.
    #[inline]
    pub fn values_of(&self, at: ValueAt) -> &[i32] {
        &self.values[at.0 as usize]
    }

    /// Which row each lane has, where it was worked out.
    #[inline]
    pub fn rows_of(&self, at: RowAt) -> &[RowId] {
        match self.plan.rows.all[at.0 as usize] {
            super::plan::Expr { op: RowOp::Lane, set, .. } => &self.sets[set.0 as usize].rows,
            _ => &self.rows[at.0 as usize],
        }
    }

    /// What the cells of a column say of each lane's row; `none`: where there is no row, `open`: where it is not known which.
    #[inline(always)]
    pub(super) fn read<C: Copy, O: Copy>(
        &self,
        cells: &[C],
        row: RowAt,
        which: Which<'_>,
        out: &mut [O],
        (none, open): (O, O),
        of: impl Fn(C) -> O,
    ) {
        let own = matches!(self.plan.rows.all[row.0 as usize], super::plan::Expr { op: RowOp::Lane, set: SUBJECTS, .. });
        if let (Which::All(count), Some(first), true) = (which, self.first, own)
            && let Some(together) = cells.get(first as usize..first as usize + count)
        {
            for (&cell, out) in together.iter().zip(out) {
                *out = of(cell);
            }
            return;
        }
        let Some(last) = cells.len().checked_sub(1) else { return which.fill(out, open) };
        which.map(self.rows_of(row), out, |row| {
            let said = of(cells[(row as usize).min(last)]);
            let said = if row as usize > last { open } else { said };
            if row == NO_ROW { none } else { said }
        });
    }

    /// Works out a truth for some lanes.
    pub fn truth(&mut self, at: TruthAt, lanes: &[u32]) {
        let expr = &self.plan.truths.all[at.0 as usize];
        let count = self.len(expr.set);
        if lanes.is_empty() || self.whole[0][at.0 as usize] == count {
            return;
        }
        let mut out = take(&mut self.truths[at.0 as usize]);
        let fresh = out.is_empty();
        out.resize(count, UNSET);
        if fresh && lanes.len() == count || expr.light && are_many(lanes.len(), count) {
            let every = self.every(count);
            self.work_truth(&expr.op, expr.set, &every[..count], Which::All(count), &mut out);
            self.whole[0][at.0 as usize] = count;
        } else if fresh {
            self.work_truth(&expr.op, expr.set, lanes, Which::Some(lanes), &mut out);
        } else {
            let mut left = self.room();
            Which::Some(lanes).select(&mut left, |lane| out[lane] == UNSET);
            if !left.is_empty() {
                self.work_truth(&expr.op, expr.set, &left, Which::Some(&left), &mut out);
            }
            self.put_away(left);
        }
        self.truths[at.0 as usize] = out;
    }

    /// Whether a truth has been worked out for all of so many lanes.
    #[inline]
    pub(super) fn is_whole(&self, at: TruthAt, count: usize) -> bool {
        self.whole[0][at.0 as usize] == count
    }

    /// Whether a value has been worked out for all lanes.
    #[inline]
    pub(super) fn is_whole_value(&self, at: ValueAt) -> bool {
        self.whole[1][at.0 as usize] == self.len(self.plan.set_of_value(at))
    }

    /// Works out a value for some lanes.
    pub fn value(&mut self, at: ValueAt, lanes: &[u32]) {
        let expr = &self.plan.values.all[at.0 as usize];
        let count = self.len(expr.set);
        if lanes.is_empty() || self.whole[1][at.0 as usize] == count {
            return;
        }
        let mut out = take(&mut self.values[at.0 as usize]);
        let fresh = out.is_empty();
        out.resize(count, UNSET_VALUE);
        if fresh && lanes.len() == count || expr.light && are_many(lanes.len(), count) {
            let every = self.every(count);
            self.work_value(&expr.op, expr.set, &every[..count], Which::All(count), &mut out);
            self.whole[1][at.0 as usize] = count;
        } else if fresh {
            self.work_value(&expr.op, expr.set, lanes, Which::Some(lanes), &mut out);
        } else {
            let mut left = self.room();
            Which::Some(lanes).select(&mut left, |lane| out[lane] == UNSET_VALUE);
            if !left.is_empty() {
                self.work_value(&expr.op, expr.set, &left, Which::Some(&left), &mut out);
            }
            self.put_away(left);
        }
        self.values[at.0 as usize] = out;
    }

    /// Works out a row for some lanes.
    pub fn row(&mut self, at: RowAt, lanes: &[u32]) {
        let expr = &self.plan.rows.all[at.0 as usize];
        let count = self.len(expr.set);
        if expr.op == RowOp::Lane || lanes.is_empty() || self.whole[2][at.0 as usize] == count {
            return;
        }
        let mut out = take(&mut self.rows[at.0 as usize]);
        let fresh = out.is_empty();
        out.resize(count, UNSET_ROW);
        if fresh && lanes.len() == count || expr.light && are_many(lanes.len(), count) {
            let every = self.every(count);
            self.work_row(&expr.op, expr.set, &every[..count], Which::All(count), &mut out);
            self.whole[2][at.0 as usize] = count;
        } else if fresh {
            self.work_row(&expr.op, expr.set, lanes, Which::Some(lanes), &mut out);
        } else {
            let mut left = self.room();
            Which::Some(lanes).select(&mut left, |lane| out[lane] == UNSET_ROW);
            if !left.is_empty() {
                self.work_row(&expr.op, expr.set, &left, Which::Some(&left), &mut out);
            }
            self.put_away(left);
        }
        self.rows[at.0 as usize] = out;
    }

    /// The lanes from the first on, at least so many.
    pub(super) fn every(&mut self, count: usize) -> Arc<[u32]> {
        if self.every.len() < count {
            self.every = (0..count.next_power_of_two() as u32).collect();
        }
        Arc::clone(&self.every)
    }

    /// How many lanes a set has so far.
    #[inline]
    pub(super) fn len(&self, set: SetId) -> usize {
        self.sets[set.0 as usize].rows.len()
    }

    /// An empty list of lanes.
    pub(super) fn room(&mut self) -> Vec<u32> {
        self.spare.pop().unwrap_or_default()
    }

    /// Keeps a list for later use.
    pub(super) fn put_away(&mut self, mut list: Vec<u32>) {
        list.clear();
        self.spare.push(list);
    }

    /// The owners of some lanes, each once where its lanes lie together.
    pub(super) fn owners(&mut self, set: SetId, lanes: &[u32]) -> Vec<u32> {
        let mut owners = self.room();
        owners.resize(lanes.len(), 0);
        let of = &self.sets[set.0 as usize].owner;
        let (mut at, mut last) = (0, u32::MAX);
        for &lane in lanes {
            let owner = of[lane as usize];
            at += usize::from(owner != last);
            last = owner;
            owners[at - 1] = owner;
        }
        owners.truncate(at);
        owners
    }
}
