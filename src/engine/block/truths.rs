//! Truths of many lanes at once.

use super::super::compute::covers;
use super::super::quick::{compared, in_codes};
use super::super::value::Span;
use super::lanes::{ABSENT, Block, FALSE, NO_ROW, OPEN, OPEN_ROW, OPEN_VALUE, TRUE, widened};
use super::light::are_many;
use super::plan::{CellOf, RowAt, SetId, TruthAt, TruthOp, ValueAt};
use super::which::{Which, keep};
use crate::dates::Day;
use crate::records::{Column, Filled, RowId, Sym, TableId};
use crate::rules::ir::Cmp;

#[inline]
fn of(known: bool) -> u8 {
    if known { TRUE } else { FALSE }
}

#[inline]
fn unless(open: bool, known: bool) -> u8 {
    if open { OPEN } else { of(known) }
}

impl Block<'_> {
    pub(super) fn work_truth(&mut self, op: &TruthOp, set: SetId, lanes: &[u32], which: Which<'_>, out: &mut [u8]) {
        match op {
            TruthOp::Open => which.fill(out, OPEN),
            TruthOp::Const(known) => which.fill(out, of(*known)),
            TruthOp::Byte(cell, truths, none) => {
                self.row(cell.row, lanes);
                self.byte(cell, truths, *none, which, out);
            }
            TruthOp::Filled(cell) => {
                self.row(cell.row, lanes);
                self.filled(cell, which, out);
            }
            TruthOp::And(items) => self.joined(items, lanes, which, out, FALSE, u8::min),
            TruthOp::Or(items) => self.joined(items, lanes, which, out, TRUE, u8::max),
            TruthOp::Not(one) => {
                self.truth(*one, lanes);
                which.map(self.truths_of(*one), out, |truth| TRUE - truth);
            }
            TruthOp::Compare(cmp, a, b) => {
                self.value(*a, lanes);
                self.value(*b, lanes);
                self.compared(*cmp, *a, *b, which, out);
                self.settle(which, out, OPEN, |s, lane| Some(compared(*cmp, s.span_at(*a, lane)?, s.span_at(*b, lane)?) as u8));
            }
            TruthOp::CompareTo(cmp, a, b) => {
                self.value(*a, lanes);
                self.compared_to(*cmp, *a, *b, which, out);
                let other = widened(*b);
                self.settle(which, out, OPEN, |s, lane| Some(compared(*cmp, s.span_at(*a, lane)?, other?) as u8));
            }
            TruthOp::InCodes(code, mask) => {
                self.value(*code, lanes);
                which.map(self.values_of(*code), out, |v| match v {
                    OPEN_VALUE | ABSENT => OPEN,
                    code => in_codes(Span::exact(i64::from(code)), mask) as u8,
                });
            }
            TruthOp::InInts(value, list) => {
                self.value(*value, lanes);
                which.map(self.values_of(*value), out, |v| unless(v == OPEN_VALUE || v == ABSENT, list.contains(&i64::from(v))));
            }
            TruthOp::HasRow(row) => {
                self.row(*row, lanes);
                which.map(self.rows_of(*row), out, |row| unless(row == OPEN_ROW, row != NO_ROW));
            }
            TruthOp::HasValue(value) => {
                self.value(*value, lanes);
                let there = |v: i32| v != ABSENT && v != Day::FUTURE.0 && v != Day::PAST.0;
                which.map(self.values_of(*value), out, |v| unless(v == OPEN_VALUE, there(v)));
            }
            TruthOp::Dated(value) => {
                self.value(*value, lanes);
                which.map(self.values_of(*value), out, |v| unless(v == OPEN_VALUE, v != ABSENT));
            }
            TruthOp::SameRow(a, b) => {
                self.row(*a, lanes);
                self.row(*b, lanes);
                which.map_both(self.rows_of(*a), self.rows_of(*b), out, |a, b| {
                    unless((a == OPEN_ROW) | (b == OPEN_ROW), (a == b) & (a != NO_ROW))
                });
            }
            TruthOp::SameText(a, b) => {
                self.row(a.row, lanes);
                self.row(b.row, lanes);
                which.each(|lane| {
                    // A row that is not there has no text that could be compared; a blank that means "none" is no text's equal.
                    out[lane] = match (self.text_at(a, lane), self.text_at(b, lane)) {
                        (Sym::BAD, _) | (_, Sym::BAD) => OPEN,
                        (a, b) => of(a == b && a != Sym::NONE),
                    };
                });
            }
            TruthOp::OfText(cell, test) => {
                self.row(cell.row, lanes);
                self.of_text(cell, test, which, out);
            }
            TruthOp::Keys(order, a, b) => {
                self.row(a.1, lanes);
                self.row(b.1, lanes);
                self.keys(*order, *a, *b, which, out);
            }
            TruthOp::Covers(date, day) => {
                self.value(*date, lanes);
                self.value(*day, lanes);
                which.fill(out, OPEN);
                self.settle(which, out, OPEN, |s, lane| Some(covers(s.span_at(*date, lane)?, s.span_at(*day, lane)?) as u8));
            }
            TruthOp::If(cond, yes, no) => {
                let (then, otherwise) = self.branches(*cond, lanes, out, OPEN);
                self.copy_truth(*yes, &then, out);
                self.copy_truth(*no, &otherwise, out);
                self.put_away(then);
                self.put_away(otherwise);
            }
            TruthOp::Sound(table, cond) => {
                self.truth(*cond, lanes);
                self.sound(*table, *cond, set, which, out);
            }
            TruthOp::AnyTallied(tally, place) => {
                self.tally(*tally, lanes);
                self.any_tallied(*tally, *place, which, out);
            }
            TruthOp::Any(lanes_of, cond) => self.any(*lanes_of, *cond, lanes, which, out),
            TruthOp::All(lanes_of, cond, must) => self.all((*lanes_of, *cond, *must), lanes, which, out),
            TruthOp::Of(row, truth) if self.plan.light_truth(*truth) => {
                self.row(*row, lanes);
                self.truth(*truth, lanes);
                which.map_both(self.rows_of(*row), self.truths_of(*truth), out, |row, truth| if row >= NO_ROW { OPEN } else { truth });
            }
            TruthOp::Of(row, truth) => {
                let there = self.there(*row, lanes, which);
                which.fill(out, OPEN);
                self.copy_truth(*truth, &there, out);
                self.put_away(there);
            }
            TruthOp::Lift(above) => {
                if !self.is_whole(*above, self.len(self.plan.set_of_truth(*above))) {
                    let owners = self.owners(set, lanes);
                    self.truth(*above, &owners);
                    self.put_away(owners);
                }
                let from = self.truths_of(*above);
                which.map(&self.sets[set.0 as usize].owner, out, |owner| from[owner as usize]);
            }
        }
    }

    fn copy_truth(&mut self, at: TruthAt, lanes: &[u32], out: &mut [u8]) {
        self.truth(at, lanes);
        Which::Some(lanes).map(self.truths_of(at), out, |truth| truth);
    }

    /// The lanes of a true and of a false condition; the others are open.
    pub(super) fn branches<O: Copy>(&mut self, cond: TruthAt, lanes: &[u32], out: &mut [O], open: O) -> (Vec<u32>, Vec<u32>) {
        self.truth(cond, lanes);
        let (mut then, mut otherwise) = (self.room(), self.room());
        let cond = self.truths_of(cond);
        let which = Which::Some(lanes);
        which.select(&mut then, |lane| cond[lane] == TRUE);
        which.select(&mut otherwise, |lane| cond[lane] == FALSE);
        if then.len() + otherwise.len() < lanes.len() {
            which.each(|lane| out[lane] = open);
        }
        (then, otherwise)
    }

    /// The lanes that have a row.
    pub(super) fn there(&mut self, row: RowAt, lanes: &[u32], which: Which<'_>) -> Vec<u32> {
        self.row(row, lanes);
        let mut there = self.room();
        let rows = self.rows_of(row);
        which.select(&mut there, |lane| (rows[lane] != NO_ROW) & (rows[lane] != OPEN_ROW));
        there
    }

    fn byte(&self, cell: &CellOf, truths: &[u8; 256], none: u8, which: Which<'_>, out: &mut [u8]) {
        let Some(Column::Bool(cells) | Column::Code(cells)) = self.cx.store.rows(cell.table).column(cell.field) else {
            return which.fill(out, OPEN);
        };
        self.read(cells, cell.row, which, out, (none, OPEN), |cell| truths[usize::from(cell)]);
    }

    /// The text of a cell: bad where it is not known, or there is no row.
    #[inline]
    pub(super) fn text_at(&self, cell: &CellOf, lane: usize) -> Sym {
        match self.cx.store.rows(cell.table).column(cell.field) {
            Some(Column::Text(texts)) => {
                texts.get(self.rows_of(cell.row)[lane] as usize).copied().filter(|t| t.is_text() || *t == Sym::NONE)
            }
            _ => None,
        }
        .unwrap_or(Sym::BAD)
    }

    fn filled(&self, cell: &CellOf, which: Which<'_>, out: &mut [u8]) {
        let column = self.cx.store.rows(cell.table).column(cell.field);
        which.map(self.rows_of(cell.row), out, |row| match (row, column) {
            (NO_ROW, _) => FALSE,
            (OPEN_ROW, _) | (_, None) => OPEN,
            (row, Some(column)) => match column.filled(row as usize) {
                Filled::Yes => TRUE,
                Filled::No => FALSE,
                Filled::Unknown => OPEN,
            },
        });
    }

    /// Joins truths until they come to `end`, which settles a lane.
    fn joined(&mut self, items: &[TruthAt], lanes: &[u32], which: Which<'_>, out: &mut [u8], end: u8, join: impl Fn(u8, u8) -> u8) {
        let Some((first, rest)) = items.split_first() else { return which.fill(out, TRUE - end) };
        self.truth(*first, lanes);
        which.map(self.truths_of(*first), out, |truth| truth);
        // While it matters for many, light truths are joined for all at once: that takes less than finding out for whom it matters.
        let mut rest = rest;
        if let Which::All(count) = which {
            while let Some((&item, later)) = rest.split_first() {
                let matters = out[..count].iter().filter(|&&truth| truth != end).count();
                if matters == 0 {
                    return;
                }
                let at_once = self.is_whole(item, count) || self.plan.light_truth(item) && are_many(matters, count);
                if !at_once {
                    break;
                }
                self.truth(item, lanes);
                which.join(self.truths_of(item), out, &join);
                rest = later;
            }
        }
        if rest.is_empty() {
            return;
        }
        let mut left = self.room();
        which.select(&mut left, |lane| out[lane] != end);
        for &item in rest {
            if left.is_empty() {
                break;
            }
            self.truth(item, &left);
            let truths = self.truths_of(item);
            keep(&mut left, |lane| {
                let truth = join(out[lane], truths[lane]);
                out[lane] = truth;
                truth != end
            });
        }
        self.put_away(left);
    }

    fn compared(&self, cmp: Cmp, a: ValueAt, b: ValueAt, which: Which<'_>, out: &mut [u8]) {
        let (a, b) = (self.values_of(a), self.values_of(b));
        let open = |a: i32, b: i32| (a == OPEN_VALUE) | (b == OPEN_VALUE) | (a == ABSENT) | (b == ABSENT);
        match cmp {
            Cmp::Eq => which.map_both(a, b, out, |a, b| unless(open(a, b), a == b)),
            Cmp::Ne => which.map_both(a, b, out, |a, b| unless(open(a, b), a != b)),
            Cmp::Lt => which.map_both(a, b, out, |a, b| unless(open(a, b), a < b)),
            Cmp::Le => which.map_both(a, b, out, |a, b| unless(open(a, b), a <= b)),
            Cmp::Gt => which.map_both(a, b, out, |a, b| unless(open(a, b), a > b)),
            Cmp::Ge => which.map_both(a, b, out, |a, b| unless(open(a, b), a >= b)),
        }
    }

    fn compared_to(&self, cmp: Cmp, a: ValueAt, b: i32, which: Which<'_>, out: &mut [u8]) {
        let a = self.values_of(a);
        let open = |a: i32| (a == OPEN_VALUE) | (a == ABSENT) | (b == ABSENT);
        match cmp {
            Cmp::Eq => which.map(a, out, |a| unless(open(a), a == b)),
            Cmp::Ne => which.map(a, out, |a| unless(open(a), a != b)),
            Cmp::Lt => which.map(a, out, |a| unless(open(a), a < b)),
            Cmp::Le => which.map(a, out, |a| unless(open(a), a <= b)),
            Cmp::Gt => which.map(a, out, |a| unless(open(a), a > b)),
            Cmp::Ge => which.map(a, out, |a| unless(open(a), a >= b)),
        }
    }

    fn sound(&self, table: TableId, cond: TruthAt, set: SetId, which: Which<'_>, out: &mut [u8]) {
        let rows = self.cx.store.rows(table);
        let doubt = |row: RowId| rows.is_ghost(row) || rows.is_doubtful(row);
        which.map_both(
            self.truths_of(cond),
            &self.sets[set.0 as usize].rows,
            out,
            |truth, row| {
                if truth == TRUE && doubt(row) { OPEN } else { truth }
            },
        );
    }

    fn any(&mut self, set: SetId, cond: TruthAt, owners: &[u32], which: Which<'_>, out: &mut [u8]) {
        let plan = self.plan;
        if let Some(ask) = plan.walks.get(&(set, cond)) {
            return self.any_walked(set, ask, owners, which, out);
        }
        let mut lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        let (truths, of) = (self.truths_of(cond), &self.sets[set.0 as usize]);
        which.map(&of.of, out, |(_, _, open)| unless(open, false));
        keep(&mut lanes, |lane| truths[lane] != FALSE);
        for lane in lanes.iter().map(|&lane| lane as usize) {
            let most = &mut out[of.owner[lane] as usize];
            *most = (*most).max(truths[lane]);
        }
        self.put_away(lanes);
    }

    fn all(&mut self, (set, cond, must): (SetId, TruthAt, TruthAt), owners: &[u32], which: Which<'_>, out: &mut [u8]) {
        let mut lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        let truths = self.truths_of(cond);
        keep(&mut lanes, |lane| truths[lane] != FALSE);
        self.truth(must, &lanes);
        let (conds, musts, of) = (self.truths_of(cond), self.truths_of(must), &self.sets[set.0 as usize]);
        which.map(&of.of, out, |(_, _, open)| unless(open, true));
        for &lane in &lanes {
            let known = &mut out[of.owner[lane as usize] as usize];
            // A lane that may or may not count can spoil the answer, not make it.
            let must = musts[lane as usize];
            *known = (*known).min(if conds[lane as usize] == TRUE { must } else { must.max(OPEN) });
        }
        self.put_away(lanes);
    }
}
