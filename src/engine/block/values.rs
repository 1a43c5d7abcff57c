//! Dates, numbers and codes of many lanes at once. What a function makes of its arguments is worked out by the functions that everybody
//! uses.

use super::super::compute::{arithmetic, between, date_of, impact_end, lookup, month_of, moved, plus_months, shift, year_of};
use super::super::value::Span;
use super::lanes::{ABSENT, Block, NO_ROW, OPEN_VALUE, TRUE, Which, narrowed, widened};
use super::plan::{CellOf, One, SetId, TruthAt, Two, ValueAt, ValueOp};
use crate::dates;
use crate::records::{BAD_CODE, BAD_INT, BAD_NUMBER, BLANK_CODE, BLANK_INT, BLANK_NUMBER, Column, Filled, NONE_CODE};

impl Block<'_> {
    pub(super) fn work_value(&mut self, op: &ValueOp, set: SetId, lanes: Which<'_>, out: &mut [i32]) {
        match op {
            ValueOp::Open => lanes.iter().for_each(|&lane| out[lane as usize] = OPEN_VALUE),
            ValueOp::Const(value) => lanes.iter().for_each(|&lane| out[lane as usize] = *value),
            ValueOp::Cell(cell) => self.cell(cell, lanes, out),
            ValueOp::BlankAs(cell, value, other) => self.blank_as(cell, *value, *other, lanes, out),
            ValueOp::FirstOf(items) => self.first_of(items, lanes, out),
            ValueOp::Min(items) => self.merged(items, lanes, out, i32::min),
            ValueOp::Max(items) => self.merged(items, lanes, out, i32::max),
            ValueOp::AddPeriod(date, period) => {
                let calendar = self.cx.calendar();
                self.of_one(*date, lanes, out, |date| moved(date, *period, calendar));
            }
            ValueOp::One(One::Year, date) => self.of_one(*date, lanes, out, year_of),
            ValueOp::One(One::Month, date) => self.of_one(*date, lanes, out, month_of),
            ValueOp::One(One::Shift(by, len), code) => self.of_one(*code, lanes, out, |code| shift(code, *by, *len)),
            ValueOp::One(One::Lookup(table), code) => self.of_one(*code, lanes, out, |code| lookup(code, table)),
            ValueOp::Two(function, a, b) => self.two(*function, *a, *b, lanes, out),
            ValueOp::DateOf(y, m, d) => {
                [y, m, d].into_iter().for_each(|&at| self.value(at, lanes));
                let [y, m, d] = [y, m, d].map(|&at| self.values_of(at));
                for &lane in lanes {
                    let [y, m, d] = [y, m, d].map(|v| widened(v[lane as usize]));
                    out[lane as usize] = match (y, m, d) {
                        (Some(y), Some(m), Some(d)) => narrowed(date_of(y, m, d)),
                        _ => OPEN_VALUE,
                    };
                }
            }
            ValueOp::If(cond, yes, no) => {
                let (then, otherwise) = self.branches(*cond, lanes, |lane| out[lane as usize] = OPEN_VALUE);
                self.copy_value(*yes, &then, out);
                self.copy_value(*no, &otherwise, out);
                self.put_away(then);
                self.put_away(otherwise);
            }
            ValueOp::Count(of, cond) => self.count(*of, *cond, lanes, out),
            ValueOp::Sum(of, cond, value) => self.over((*of, *cond, *value), 0, lanes, out, |total, value| match value {
                ABSENT => OPEN_VALUE,
                value => narrowed(Span::exact(i64::from(total) + i64::from(value))),
            }),
            ValueOp::Least(of, cond, value) => self.over((*of, *cond, *value), ABSENT, lanes, out, |a, b| extreme(a, b, i32::min)),
            ValueOp::Greatest(of, cond, value) => self.over((*of, *cond, *value), ABSENT, lanes, out, |a, b| extreme(a, b, i32::max)),
            ValueOp::HeldMonths(stretches, until) => self.held_months(stretches, *until, lanes, out),
            ValueOp::Reaches(stretches, months) => self.reaches(stretches, *months, lanes, out),
            ValueOp::Of(row, value) => {
                let there = self.there(*row, lanes, |lane, row| out[lane as usize] = if row == NO_ROW { ABSENT } else { OPEN_VALUE });
                self.copy_value(*value, &there, out);
                self.put_away(there);
            }
            ValueOp::Lift(above) => {
                let owners = self.owners(set, lanes);
                self.value(*above, &owners);
                self.put_away(owners);
                let (from, owner) = (self.values_of(*above), &self.sets[set.0 as usize].owner);
                lanes.iter().for_each(|&lane| out[lane as usize] = from[owner[lane as usize] as usize]);
            }
        }
    }

    fn copy_value(&mut self, at: ValueAt, lanes: Which<'_>, out: &mut [i32]) {
        self.value(at, lanes);
        let from = self.values_of(at);
        lanes.iter().for_each(|&lane| out[lane as usize] = from[lane as usize]);
    }

    fn cell(&mut self, cell: &CellOf, lanes: Which<'_>, out: &mut [i32]) {
        self.row(cell.row, lanes);
        let rows = self.rows_of(cell.row);
        let mut each = |value: &dyn Fn(usize) -> i32| {
            for &lane in lanes {
                out[lane as usize] = match rows[lane as usize] {
                    NO_ROW => ABSENT,
                    row => value(row as usize),
                };
            }
        };
        match self.cx.store.rows(cell.table).column(cell.field) {
            Some(Column::Date(cells)) => {
                // By far the most frequent: without a call for each cell.
                for &lane in lanes {
                    out[lane as usize] = match rows[lane as usize] {
                        NO_ROW => ABSENT,
                        row => match cells.get(row as usize) {
                            Some(date) if date.lo == date.hi && date.lo.0 > OPEN_VALUE => date.lo.0,
                            _ => OPEN_VALUE,
                        },
                    };
                }
            }
            Some(Column::Int(cells)) => each(&|row| match cells.get(row).copied() {
                None | Some(BAD_INT | BLANK_INT | ABSENT) => OPEN_VALUE,
                Some(value) => value,
            }),
            Some(Column::Number(cells)) => each(&|row| match cells.get(row).copied() {
                None | Some(BAD_NUMBER | BLANK_NUMBER) => OPEN_VALUE,
                Some(value) => narrowed(Span::exact(value)),
            }),
            Some(Column::Code(cells)) => each(&|row| match cells.get(row).copied() {
                Some(NONE_CODE) => -1,
                None | Some(BAD_CODE | BLANK_CODE) => OPEN_VALUE,
                Some(code) => i32::from(code),
            }),
            _ => lanes.iter().for_each(|&lane| out[lane as usize] = OPEN_VALUE),
        }
    }

    fn blank_as(&mut self, cell: &CellOf, value: ValueAt, other: ValueAt, lanes: Which<'_>, out: &mut [i32]) {
        self.copy_value(value, lanes, out);
        self.row(cell.row, lanes);
        let mut left = self.room();
        let rows = self.rows_of(cell.row);
        let column = self.cx.store.rows(cell.table).column(cell.field);
        left.extend(lanes.iter().filter(|&&lane| {
            let blank = column.is_some_and(|c| c.filled(rows[lane as usize] as usize) == Filled::No);
            out[lane as usize] == ABSENT || blank
        }));
        self.copy_value(other, &left, out);
        self.put_away(left);
    }

    fn first_of(&mut self, items: &[ValueAt], lanes: Which<'_>, out: &mut [i32]) {
        lanes.iter().for_each(|&lane| out[lane as usize] = ABSENT);
        let mut left = self.room();
        left.extend_from_slice(lanes);
        for &item in items {
            self.copy_value(item, &left, out);
            left.retain(|&lane| out[lane as usize] == ABSENT);
            if left.is_empty() {
                break;
            }
        }
        self.put_away(left);
    }

    fn merged(&mut self, items: &[ValueAt], lanes: Which<'_>, out: &mut [i32], both: impl Fn(i32, i32) -> i32) {
        lanes.iter().for_each(|&lane| out[lane as usize] = ABSENT);
        for &item in items {
            self.value(item, lanes);
            let values = self.values_of(item);
            for &lane in lanes {
                let known = &mut out[lane as usize];
                *known = match (*known, values[lane as usize]) {
                    (OPEN_VALUE, _) | (_, OPEN_VALUE) => OPEN_VALUE,
                    (ABSENT, other) | (other, ABSENT) => other,
                    (a, b) => both(a, b),
                };
            }
        }
    }

    fn of_one(&mut self, at: ValueAt, lanes: Which<'_>, out: &mut [i32], function: impl Fn(Span) -> Span) {
        self.value(at, lanes);
        let values = self.values_of(at);
        for &lane in lanes {
            out[lane as usize] = match values[lane as usize] {
                OPEN_VALUE => OPEN_VALUE,
                value => widened(value).map_or(OPEN_VALUE, |v| narrowed(function(v))),
            };
        }
    }

    fn two(&mut self, function: Two, a: ValueAt, b: ValueAt, lanes: Which<'_>, out: &mut [i32]) {
        let days = |f: fn(dates::Day, dates::Day) -> i32| move |a, b| Some(i64::from(f(a, b)));
        match function {
            Two::PlusMonths => self.of_two(a, b, lanes, out, plus_months),
            Two::ImpactEnd => self.of_two(a, b, lanes, out, impact_end),
            Two::Arithmetic(op) => self.of_two(a, b, lanes, out, |a, b| arithmetic(op, a, b)),
            Two::Days => self.of_two(a, b, lanes, out, |a, b| between(a, b, days(|a, b| b.days_since(a) + 1))),
            Two::Workdays => {
                let calendar = self.cx.calendar();
                self.of_two(a, b, lanes, out, |a, b| between(a, b, |a, b| calendar.workdays(a, b).map(i64::from)));
            }
            Two::Months => self.of_two(a, b, lanes, out, |a, b| between(a, b, days(dates::months_between))),
            Two::Years => self.of_two(a, b, lanes, out, |a, b| between(a, b, days(dates::years_between))),
        }
    }

    fn of_two(&mut self, a: ValueAt, b: ValueAt, lanes: Which<'_>, out: &mut [i32], function: impl Fn(Span, Span) -> Span) {
        self.value(a, lanes);
        self.value(b, lanes);
        let (a, b) = (self.values_of(a), self.values_of(b));
        for &lane in lanes {
            out[lane as usize] = match (widened(a[lane as usize]), widened(b[lane as usize])) {
                (Some(a), Some(b)) => narrowed(function(a, b)),
                _ => OPEN_VALUE,
            };
        }
    }

    fn count(&mut self, set: SetId, cond: TruthAt, owners: Which<'_>, out: &mut [i32]) {
        let lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        self.put_away(lanes);
        let (truths, of) = (self.truths_of(cond), &self.sets[set.0 as usize]);
        for &owner in owners {
            let range = of.range(owner);
            let known = !of.is_open(owner) && !truths[range.clone()].contains(&super::lanes::OPEN);
            let count = truths[range].iter().filter(|&&t| t == TRUE).count();
            out[owner as usize] = if known { i32::try_from(count).unwrap_or(OPEN_VALUE) } else { OPEN_VALUE };
        }
    }

    /// Folds the values of the lanes that count.
    fn over(
        &mut self,
        (set, cond, value): (SetId, TruthAt, ValueAt),
        start: i32,
        owners: Which<'_>,
        out: &mut [i32],
        fold: impl Fn(i32, i32) -> i32,
    ) {
        let mut lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        let truths = self.truths_of(cond);
        lanes.retain(|&lane| truths[lane as usize] == TRUE);
        self.value(value, &lanes);
        self.put_away(lanes);
        let (truths, values, of) = (self.truths_of(cond), self.values_of(value), &self.sets[set.0 as usize]);
        for &owner in owners {
            let start = if of.is_open(owner) { OPEN_VALUE } else { start };
            out[owner as usize] = of.range(owner).fold(start, |total, lane| match (truths[lane], total) {
                (super::lanes::FALSE, total) => total,
                (_, OPEN_VALUE) => OPEN_VALUE,
                (TRUE, total) if values[lane] != OPEN_VALUE => fold(total, values[lane]),
                _ => OPEN_VALUE,
            });
        }
    }
}

/// The better of two; absent ones, and codes that mean "none", do not count.
fn extreme(best: i32, value: i32, choose: fn(i32, i32) -> i32) -> i32 {
    match (best, value) {
        (best, ABSENT | -1) => best,
        (ABSENT, value) => value,
        (best, value) => choose(best, value),
    }
}
