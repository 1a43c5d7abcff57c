//! Truths of many lanes at once.

use super::super::quick::in_codes;
use super::super::value::Span;
use super::lanes::{ABSENT, Block, FALSE, NO_ROW, OPEN, OPEN_ROW, OPEN_VALUE, TRUE, Which};
use super::plan::{CellOf, SetId, TruthAt, TruthOp, ValueAt};
use crate::dates::Day;
use crate::records::{Column, Filled, RowId, TableId};
use crate::rules::ir::Cmp;

fn of(known: bool) -> u8 {
    if known { TRUE } else { FALSE }
}

impl Block<'_> {
    pub(super) fn work_truth(&mut self, op: &TruthOp, set: SetId, lanes: Which<'_>, out: &mut [u8]) {
        match op {
            TruthOp::Open => lanes.iter().for_each(|&lane| out[lane as usize] = OPEN),
            TruthOp::Const(known) => lanes.iter().for_each(|&lane| out[lane as usize] = of(*known)),
            TruthOp::Byte(cell, truths, none) => self.byte(cell, truths, *none, lanes, out),
            TruthOp::Filled(cell) => self.filled(cell, lanes, out),
            TruthOp::And(items) => self.joined(items, lanes, out, TRUE, FALSE, u8::min),
            TruthOp::Or(items) => self.joined(items, lanes, out, FALSE, TRUE, u8::max),
            TruthOp::Not(one) => {
                self.truth(*one, lanes);
                let one = self.truths_of(*one);
                lanes.iter().for_each(|&lane| out[lane as usize] = TRUE - one[lane as usize]);
            }
            TruthOp::Compare(cmp, a, b) => self.compared(*cmp, *a, *b, lanes, out),
            TruthOp::CompareTo(cmp, a, b) => self.compared_to(*cmp, *a, *b, lanes, out),
            TruthOp::InCodes(code, mask) => self.of_value(*code, lanes, out, |v| match v {
                OPEN_VALUE | ABSENT => OPEN,
                code => in_codes(Span::exact(i64::from(code)), mask) as u8,
            }),
            TruthOp::InInts(value, list) => self.of_value(*value, lanes, out, |v| match v {
                OPEN_VALUE | ABSENT => OPEN,
                value => of(list.contains(&i64::from(value))),
            }),
            TruthOp::HasRow(row) => {
                self.row(*row, lanes);
                let rows = self.rows_of(*row);
                lanes.iter().for_each(|&lane| {
                    out[lane as usize] = match rows[lane as usize] {
                        NO_ROW => FALSE,
                        OPEN_ROW => OPEN,
                        _ => TRUE,
                    };
                });
            }
            TruthOp::HasValue(value) => self.of_value(*value, lanes, out, |v| match v {
                OPEN_VALUE => OPEN,
                value => of(value != ABSENT && value != Day::FUTURE.0 && value != Day::PAST.0),
            }),
            TruthOp::Dated(value) => self.of_value(*value, lanes, out, |v| match v {
                OPEN_VALUE => OPEN,
                value => of(value != ABSENT),
            }),
            TruthOp::SameRow(a, b) => {
                self.row(*a, lanes);
                self.row(*b, lanes);
                let (a, b) = (self.rows_of(*a), self.rows_of(*b));
                lanes.iter().for_each(|&lane| {
                    out[lane as usize] = match (a[lane as usize], b[lane as usize]) {
                        (OPEN_ROW, _) | (_, OPEN_ROW) => OPEN,
                        (NO_ROW, _) | (_, NO_ROW) => FALSE,
                        (a, b) => of(a == b),
                    };
                });
            }
            TruthOp::If(cond, yes, no) => {
                let (then, otherwise) = self.branches(*cond, lanes, |lane| out[lane as usize] = OPEN);
                self.truth(*yes, &then);
                let from = self.truths_of(*yes);
                then.iter().for_each(|&lane| out[lane as usize] = from[lane as usize]);
                self.truth(*no, &otherwise);
                let from = self.truths_of(*no);
                otherwise.iter().for_each(|&lane| out[lane as usize] = from[lane as usize]);
                self.put_away(then);
                self.put_away(otherwise);
            }
            TruthOp::Sound(table, cond) => self.sound(*table, *cond, set, lanes, out),
            TruthOp::Any(lanes_of, cond) => self.any(*lanes_of, *cond, lanes, out),
            TruthOp::All(lanes_of, cond, must) => self.all(*lanes_of, *cond, *must, lanes, out),
            TruthOp::Of(row, truth) => {
                let there = self.there(*row, lanes, |lane, _| out[lane as usize] = OPEN);
                self.truth(*truth, &there);
                let from = self.truths_of(*truth);
                there.iter().for_each(|&lane| out[lane as usize] = from[lane as usize]);
                self.put_away(there);
            }
            TruthOp::Lift(above) => {
                let owners = self.owners(set, lanes);
                self.truth(*above, &owners);
                self.put_away(owners);
                let (from, owner) = (self.truths_of(*above), &self.sets[set.0 as usize].owner);
                lanes.iter().for_each(|&lane| out[lane as usize] = from[owner[lane as usize] as usize]);
            }
        }
    }

    /// The lanes of a true and of a false condition; the others are open.
    pub(super) fn branches(&mut self, cond: TruthAt, lanes: Which<'_>, mut open: impl FnMut(u32)) -> (Vec<u32>, Vec<u32>) {
        self.truth(cond, lanes);
        let (mut then, mut otherwise) = (self.room(), self.room());
        let cond = self.truths_of(cond);
        for &lane in lanes {
            match cond[lane as usize] {
                TRUE => then.push(lane),
                FALSE => otherwise.push(lane),
                _ => open(lane),
            }
        }
        (then, otherwise)
    }

    /// The lanes that have a row; what is said of the others depends on whether there is none.
    pub(super) fn there(&mut self, row: super::plan::RowAt, lanes: Which<'_>, mut other: impl FnMut(u32, RowId)) -> Vec<u32> {
        self.row(row, lanes);
        let mut there = self.room();
        let rows = self.rows_of(row);
        for &lane in lanes {
            match rows[lane as usize] {
                row @ (NO_ROW | OPEN_ROW) => other(lane, row),
                _ => there.push(lane),
            }
        }
        there
    }

    fn byte(&mut self, cell: &CellOf, truths: &[u8; 256], none: u8, lanes: Which<'_>, out: &mut [u8]) {
        self.row(cell.row, lanes);
        let Some(Column::Bool(cells) | Column::Code(cells)) = self.cx.store.rows(cell.table).column(cell.field) else {
            return lanes.iter().for_each(|&lane| out[lane as usize] = OPEN);
        };
        let rows = self.rows_of(cell.row);
        for &lane in lanes {
            out[lane as usize] = match rows[lane as usize] {
                NO_ROW => none,
                row => cells.get(row as usize).map_or(OPEN, |&cell| truths[usize::from(cell)]),
            };
        }
    }

    fn filled(&mut self, cell: &CellOf, lanes: Which<'_>, out: &mut [u8]) {
        self.row(cell.row, lanes);
        let column = self.cx.store.rows(cell.table).column(cell.field);
        let rows = self.rows_of(cell.row);
        for &lane in lanes {
            out[lane as usize] = match (rows[lane as usize], column) {
                (NO_ROW, _) => FALSE,
                (OPEN_ROW, _) | (_, None) => OPEN,
                (row, Some(column)) => match column.filled(row as usize) {
                    Filled::Yes => TRUE,
                    Filled::No => FALSE,
                    Filled::Unknown => OPEN,
                },
            };
        }
    }

    /// `start` where none of the items says `end`, which settles a lane.
    fn joined(&mut self, items: &[TruthAt], lanes: Which<'_>, out: &mut [u8], start: u8, end: u8, join: impl Fn(u8, u8) -> u8) {
        lanes.iter().for_each(|&lane| out[lane as usize] = start);
        let mut left = self.room();
        for (i, &item) in items.iter().enumerate() {
            if i == 0 {
                self.truth(item, lanes);
                let truths = self.truths_of(item);
                for &lane in lanes {
                    let truth = truths[lane as usize];
                    out[lane as usize] = truth;
                    if truth != end {
                        left.push(lane);
                    }
                }
            } else {
                self.truth(item, &left);
                let truths = self.truths_of(item);
                left.retain(|&lane| {
                    let truth = join(out[lane as usize], truths[lane as usize]);
                    out[lane as usize] = truth;
                    truth != end
                });
            }
            if left.is_empty() {
                break;
            }
        }
        self.put_away(left);
    }

    fn of_value(&mut self, value: ValueAt, lanes: Which<'_>, out: &mut [u8], truth: impl Fn(i32) -> u8) {
        self.value(value, lanes);
        let values = self.values_of(value);
        lanes.iter().for_each(|&lane| out[lane as usize] = truth(values[lane as usize]));
    }

    fn compared(&mut self, cmp: Cmp, a: ValueAt, b: ValueAt, lanes: Which<'_>, out: &mut [u8]) {
        self.value(a, lanes);
        self.value(b, lanes);
        let (a, b) = (self.values_of(a), self.values_of(b));
        let mut each = |holds: fn(i32, i32) -> bool| {
            for &lane in lanes {
                let (a, b) = (a[lane as usize], b[lane as usize]);
                let open = a == OPEN_VALUE || b == OPEN_VALUE || a == ABSENT || b == ABSENT;
                out[lane as usize] = if open { OPEN } else { of(holds(a, b)) };
            }
        };
        match cmp {
            Cmp::Eq => each(|a, b| a == b),
            Cmp::Ne => each(|a, b| a != b),
            Cmp::Lt => each(|a, b| a < b),
            Cmp::Le => each(|a, b| a <= b),
            Cmp::Gt => each(|a, b| a > b),
            Cmp::Ge => each(|a, b| a >= b),
        }
    }

    fn compared_to(&mut self, cmp: Cmp, a: ValueAt, b: i32, lanes: Which<'_>, out: &mut [u8]) {
        if b == ABSENT {
            return lanes.iter().for_each(|&lane| out[lane as usize] = OPEN);
        }
        let truth = |a: i32, holds: bool| if a == OPEN_VALUE || a == ABSENT { OPEN } else { of(holds) };
        match cmp {
            Cmp::Eq => self.of_value(a, lanes, out, |a| truth(a, a == b)),
            Cmp::Ne => self.of_value(a, lanes, out, |a| truth(a, a != b)),
            Cmp::Lt => self.of_value(a, lanes, out, |a| truth(a, a < b)),
            Cmp::Le => self.of_value(a, lanes, out, |a| truth(a, a <= b)),
            Cmp::Gt => self.of_value(a, lanes, out, |a| truth(a, a > b)),
            Cmp::Ge => self.of_value(a, lanes, out, |a| truth(a, a >= b)),
        }
    }

    fn sound(&mut self, table: TableId, cond: TruthAt, set: SetId, lanes: Which<'_>, out: &mut [u8]) {
        self.truth(cond, lanes);
        let (truths, of) = (self.truths_of(cond), &self.sets[set.0 as usize].rows);
        let rows = self.cx.store.rows(table);
        for &lane in lanes {
            let truth = truths[lane as usize];
            let row = of[lane as usize];
            let open = truth == TRUE && (rows.is_ghost(row) || rows.is_doubtful(row));
            out[lane as usize] = if open { OPEN } else { truth };
        }
    }

    fn any(&mut self, set: SetId, cond: TruthAt, owners: Which<'_>, out: &mut [u8]) {
        let lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        self.put_away(lanes);
        let (truths, of) = (self.truths_of(cond), &self.sets[set.0 as usize]);
        for &owner in owners {
            let start = if of.is_open(owner) { OPEN } else { FALSE };
            out[owner as usize] = of.range(owner).fold(start, |t, lane| t.max(truths[lane]));
        }
    }

    fn all(&mut self, set: SetId, cond: TruthAt, must: TruthAt, owners: Which<'_>, out: &mut [u8]) {
        let mut lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        let truths = self.truths_of(cond);
        lanes.retain(|&lane| truths[lane as usize] != FALSE);
        self.truth(must, &lanes);
        self.put_away(lanes);
        let (conds, musts, of) = (self.truths_of(cond), self.truths_of(must), &self.sets[set.0 as usize]);
        for &owner in owners {
            let start = if of.is_open(owner) { OPEN } else { TRUE };
            out[owner as usize] = of.range(owner).fold(start, |t, lane| match conds[lane] {
                FALSE => t,
                TRUE => t.min(musts[lane]),
                // A lane that may or may not count can spoil the answer, not make it.
                _ => t.min(musts[lane].max(OPEN)),
            });
        }
    }
}
