//! Rows of many lanes at once, and stretches of time.

use super::super::sets::half_open;
use super::lanes::{ABSENT, Block, FALSE, NO_ROW, OPEN_ROW, OPEN_VALUE, TRUE};
use super::plan::{CellOf, RowAt, RowOp, SetId, Stretch, TruthAt, ValueAt};
use super::which::{Which, keep};
use crate::dates::{Day, merged_months, reaches};
use crate::records::{Column, FAR_ROW, NONE_ROW, RowId, TableId};
use crate::rules::ir::Pick;
use std::cmp::Ordering;

impl Block<'_> {
    pub(super) fn work_row(&mut self, op: &RowOp, set: SetId, lanes: &[u32], which: Which<'_>, out: &mut [RowId]) {
        match op {
            RowOp::Open | RowOp::Lane => which.fill(out, OPEN_ROW),
            RowOp::Follow(cell) => {
                self.row(cell.row, lanes);
                self.follow(cell, which, out);
            }
            RowOp::Latest(kinds, codes) => {
                self.find_latest(*kinds, set, lanes);
                self.latest(*kinds, codes, which, out);
            }
            RowOp::Pick(pick, of, cond, by) => self.pick(*pick, (*of, *cond, *by), lanes, out),
            RowOp::RowIf(row, cond) if self.plan.light_truth(*cond) => {
                self.row(*row, lanes);
                self.truth(*cond, lanes);
                which.map_both(self.rows_of(*row), self.truths_of(*cond), out, |row, truth| {
                    let kept = if truth == TRUE { row } else { OPEN_ROW };
                    let kept = if truth == FALSE { NO_ROW } else { kept };
                    if row >= NO_ROW { row } else { kept }
                });
            }
            RowOp::RowIf(row, cond) => {
                let there = self.there(*row, lanes, which);
                which.map(self.rows_of(*row), out, |row| row);
                self.truth(*cond, &there);
                let truths = self.truths_of(*cond);
                Which::Some(&there).each(|lane| {
                    let row = if truths[lane] == TRUE { out[lane] } else { OPEN_ROW };
                    out[lane] = if truths[lane] == FALSE { NO_ROW } else { row };
                });
                self.put_away(there);
            }
            RowOp::FirstOf(items) => {
                which.fill(out, NO_ROW);
                let mut left = self.room();
                left.extend_from_slice(lanes);
                for &item in items {
                    self.copy_row(item, &left, out);
                    keep(&mut left, |lane| out[lane] == NO_ROW);
                }
                self.put_away(left);
            }
            RowOp::If(cond, yes, no) => {
                let (then, otherwise) = self.branches(*cond, lanes, out, OPEN_ROW);
                self.copy_row(*yes, &then, out);
                self.copy_row(*no, &otherwise, out);
                self.put_away(then);
                self.put_away(otherwise);
            }
            RowOp::Of(row, found) if self.plan.light_row(*found) => {
                self.row(*row, lanes);
                self.row(*found, lanes);
                which.map_both(self.rows_of(*row), self.rows_of(*found), out, |row, found| if row >= NO_ROW { row } else { found });
            }
            RowOp::Of(row, found) => {
                let there = self.there(*row, lanes, which);
                which.map(self.rows_of(*row), out, |row| row);
                self.copy_row(*found, &there, out);
                self.put_away(there);
            }
            RowOp::Must(row) => {
                self.row(*row, lanes);
                which.map(self.rows_of(*row), out, |row| if row == NO_ROW { OPEN_ROW } else { row });
            }
            RowOp::Lift(above) => {
                let owners = self.owners(set, lanes);
                self.row(*above, &owners);
                self.put_away(owners);
                let from = self.rows_of(*above);
                which.map(&self.sets[set.0 as usize].owner, out, |owner| from[owner as usize]);
            }
        }
    }

    fn copy_row(&mut self, at: RowAt, lanes: &[u32], out: &mut [RowId]) {
        self.row(at, lanes);
        Which::Some(lanes).map(self.rows_of(at), out, |row| row);
    }

    fn follow(&self, cell: &CellOf, which: Which<'_>, out: &mut [RowId]) {
        let Some(Column::Ref(cells)) = self.cx.store.rows(cell.table).column(cell.field) else { return which.fill(out, OPEN_ROW) };
        self.read(cells, cell.row, which, out, (NO_ROW, OPEN_ROW), |to| {
            let known = if to < FAR_ROW { to } else { OPEN_ROW };
            if to == NONE_ROW { NO_ROW } else { known }
        });
    }

    fn pick(&mut self, pick: Pick, (set, cond, by): (SetId, TruthAt, Option<ValueAt>), owners: &[u32], out: &mut [RowId]) {
        let mut lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        let truths = self.truths_of(cond);
        keep(&mut lanes, |lane| truths[lane] == TRUE);
        if let Some(by) = by {
            self.value(by, &lanes);
        }
        self.put_away(lanes);
        let Some(table) = self.plan.made(set).map(|made| made.table) else { return };
        let (truths, of) = (self.truths_of(cond), &self.sets[set.0 as usize]);
        let at = by.map(|by| self.values_of(by));
        for &owner in owners {
            let range = of.range(owner);
            let mut best: Option<(RowId, i32)> = None;
            let mut open = of.is_open(owner);
            for lane in range.filter(|&lane| truths[lane] != FALSE) {
                let this = (of.rows[lane], if truths[lane] == TRUE { at.map_or(0, |at| at[lane]) } else { OPEN_VALUE });
                open |= matches!(this.1, OPEN_VALUE | ABSENT);
                if open {
                    break;
                }
                if best.is_none_or(|old| self.is_picked(pick, table, old, this)) {
                    best = Some(this);
                }
            }
            out[owner as usize] = match best {
                _ if open => OPEN_ROW,
                Some((row, _)) => row,
                None => NO_ROW,
            };
        }
    }

    fn is_picked(&self, pick: Pick, table: TableId, old: (RowId, i32), new: (RowId, i32)) -> bool {
        let order = old.1.cmp(&new.1).then_with(|| self.cx.compare(table, old.0, new.0));
        match pick {
            Pick::Latest => order == Ordering::Less,
            Pick::Earliest => order == Ordering::Greater,
        }
    }

    pub(super) fn held_months(&mut self, stretches: &[Stretch], until: ValueAt, lanes: &[u32], out: &mut [i32]) {
        self.value(until, lanes);
        let mut left = self.room();
        for &lane in lanes {
            match self.values_of(until)[lane as usize] {
                unknown @ (ABSENT | OPEN_VALUE) => out[lane as usize] = unknown,
                _ => left.push(lane),
            }
        }
        self.stretched(stretches, &left);
        for &lane in &left {
            let until = i64::from(self.values_of(until)[lane as usize]);
            out[lane as usize] = self.gathered(stretches, lane, until).map_or(OPEN_VALUE, |mut all| {
                let months = merged_months(&mut all);
                self.stretches = all;
                months
            });
        }
        self.put_away(left);
    }

    pub(super) fn reaches(&mut self, stretches: &[Stretch], months: ValueAt, lanes: &[u32], out: &mut [i32]) {
        self.value(months, lanes);
        let mut left = self.room();
        for &lane in lanes {
            match self.values_of(months)[lane as usize] {
                ABSENT | OPEN_VALUE => out[lane as usize] = OPEN_VALUE,
                _ => left.push(lane),
            }
        }
        self.stretched(stretches, &left);
        for &lane in &left {
            let months = self.values_of(months)[lane as usize];
            out[lane as usize] = self.gathered(stretches, lane, i64::MAX).map_or(OPEN_VALUE, |mut all| {
                let day = reaches(&mut all, months).unwrap_or(Day::FUTURE);
                self.stretches = all;
                day.0
            });
        }
        self.put_away(left);
    }

    /// Works out the stretches of some owners.
    fn stretched(&mut self, stretches: &[Stretch], owners: &[u32]) {
        for stretch in stretches {
            let mut lanes = self.expand(stretch.set, owners);
            self.truth(stretch.cond, &lanes);
            let truths = self.truths_of(stretch.cond);
            keep(&mut lanes, |lane| truths[lane] == TRUE);
            self.value(stretch.start, &lanes);
            self.value(stretch.end, &lanes);
            self.put_away(lanes);
        }
    }

    /// The stretches of an owner; none where they are not all known to the day.
    fn gathered(&mut self, stretches: &[Stretch], owner: u32, until: i64) -> Option<Vec<(Day, Day)>> {
        let mut all = std::mem::take(&mut self.stretches);
        all.clear();
        for stretch in stretches {
            let of = &self.sets[stretch.set.0 as usize];
            let (truths, starts, ends) = (self.truths_of(stretch.cond), self.values_of(stretch.start), self.values_of(stretch.end));
            if of.is_open(owner) {
                return None;
            }
            for lane in of.range(owner).filter(|&lane| truths[lane] != FALSE) {
                let unknown = |v: i32| matches!(v, ABSENT | OPEN_VALUE);
                if truths[lane] != TRUE || unknown(starts[lane]) || unknown(ends[lane]) {
                    return None;
                }
                all.extend(half_open(i64::from(starts[lane]), i64::from(ends[lane]), until));
            }
        }
        Some(all)
    }
}
