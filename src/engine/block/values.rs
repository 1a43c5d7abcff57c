//! Dates, numbers and codes of many lanes at once. What a function makes of its arguments is worked out by the functions that everybody
//! uses.

use super::super::compute::{arithmetic, date_of, impact_end, lookup, month_of, moved, plus_months, shift, year_of};
use super::super::value::Span;
use super::lanes::{ABSENT, Block, FALSE, NO_ROW, OPEN, OPEN_ROW, OPEN_VALUE, TRUE, narrowed, widened};
use super::plan::{By, CellOf, One, SetId, TruthAt, TruthOp, Two, ValueAt, ValueOp};
use super::which::{Which, keep};
use crate::dates::{self, Day, Fuzzy, Period};
use crate::records::{BAD_CODE, BAD_INT, BAD_NUMBER, BLANK_CODE, BLANK_INT, BLANK_NUMBER, Column, Filled, NONE_CODE};

impl Block<'_> {
    pub(super) fn work_value(&mut self, op: &ValueOp, set: SetId, lanes: &[u32], which: Which<'_>, out: &mut [i32]) {
        match op {
            ValueOp::Open => which.fill(out, OPEN_VALUE),
            ValueOp::Const(value) => which.fill(out, *value),
            ValueOp::Cell(cell) => {
                self.row(cell.row, lanes);
                self.cell(cell, which, out);
            }
            ValueOp::IdBirth(cell) => {
                self.row(cell.row, lanes);
                self.id_birth(cell, which, out);
            }
            ValueOp::BlankAs(cell, value, other) => self.blank_as(cell, *value, *other, lanes, out),
            ValueOp::FirstOf(items) if items.iter().all(|&item| self.plan.light_value(item)) => {
                self.first_at_once(items, lanes, which, out)
            }
            ValueOp::FirstOf(items) => self.first_of(items, lanes, out),
            ValueOp::Min(items) => {
                self.merged(items, lanes, which, out, i32::min);
                self.settle_exact(op, set, which, out);
            }
            ValueOp::Max(items) => {
                self.merged(items, lanes, which, out, i32::max);
                self.settle_exact(op, set, which, out);
            }
            ValueOp::AddPeriod(date, period) => {
                let calendar = self.cx.calendar();
                match *period {
                    // Without a calendar, every date has another that is later by so much.
                    Period::Days(n) => self.later(*date, lanes, which, out, |day| day.add_days(n)),
                    Period::Months(n) => self.later(*date, lanes, which, out, |day| dates::add_months(day, n)),
                    Period::Years(_) | Period::Workdays(_) => self.of_one(*date, lanes, which, out, |date| moved(date, *period, calendar)),
                }
            }
            ValueOp::One(One::Year, date) => {
                self.of_one(*date, lanes, which, out, year_of);
                self.settle_exact(op, set, which, out);
            }
            ValueOp::One(One::Month, date) => {
                self.of_one(*date, lanes, which, out, month_of);
                self.settle_exact(op, set, which, out);
            }
            ValueOp::One(One::Shift(by, len), code) => self.of_one(*code, lanes, which, out, |code| shift(code, *by, *len)),
            ValueOp::One(One::Lookup(table), code) => self.of_one(*code, lanes, which, out, |code| lookup(code, table)),
            ValueOp::Two(function, a, b) => self.two(*function, (*a, *b), lanes, which, out),
            ValueOp::DateOf(y, m, d) => {
                [y, m, d].into_iter().for_each(|&at| self.value(at, lanes));
                let [y, m, d] = [y, m, d].map(|&at| self.values_of(at));
                which.each(|lane| {
                    let [y, m, d] = [y, m, d].map(|v| widened(v[lane]));
                    out[lane] = match (y, m, d) {
                        (Some(y), Some(m), Some(d)) => narrowed(date_of(y, m, d)),
                        _ => OPEN_VALUE,
                    };
                });
            }
            ValueOp::If(cond, yes, no) => {
                let (then, otherwise) = self.branches(*cond, lanes, out, OPEN_VALUE);
                self.copy_value(*yes, &then, out);
                self.copy_value(*no, &otherwise, out);
                self.put_away(then);
                self.put_away(otherwise);
            }
            ValueOp::Count(of, cond) => self.count(*of, *cond, lanes, which, out),
            ValueOp::Tallied(tally, place) => {
                self.tally(*tally, lanes);
                self.count_tallied(*tally, *place, which, out);
            }
            ValueOp::Sum(of, cond, value) => {
                self.each_of((*of, *cond, *value), (0, Some(0)), lanes, which, out, |total, value| match value {
                    ABSENT => OPEN_VALUE,
                    value => narrowed(Span::exact(i64::from(total) + i64::from(value))),
                });
            }
            ValueOp::Least(of, cond, value) => {
                self.each_of((*of, *cond, *value), (ABSENT, None), lanes, which, out, |best, value| extreme(best, value, i32::min));
            }
            ValueOp::Greatest(of, cond, value) => {
                self.each_of((*of, *cond, *value), (ABSENT, None), lanes, which, out, |best, value| extreme(best, value, i32::max));
            }
            ValueOp::HeldMonths(stretches, until) => self.held_months(stretches, *until, lanes, out),
            ValueOp::Reaches(stretches, months) => self.reaches(stretches, *months, lanes, out),
            ValueOp::Of(row, value) if self.plan.light_value(*value) => {
                self.row(*row, lanes);
                self.value(*value, lanes);
                which.map_both(self.rows_of(*row), self.values_of(*value), out, |row, value| {
                    let known = if row == NO_ROW { ABSENT } else { OPEN_VALUE };
                    if row >= NO_ROW { known } else { value }
                });
            }
            ValueOp::Of(row, value) => {
                let there = self.there(*row, lanes, which);
                which.map(self.rows_of(*row), out, |row| if row == NO_ROW { ABSENT } else { OPEN_VALUE });
                self.copy_value(*value, &there, out);
                self.put_away(there);
            }
            ValueOp::Lift(above) => {
                if !self.is_whole_value(*above) {
                    let owners = self.owners(set, lanes);
                    self.value(*above, &owners);
                    self.put_away(owners);
                }
                let from = self.values_of(*above);
                which.map(&self.sets[set.0 as usize].owner, out, |owner| from[owner as usize]);
            }
        }
    }

    fn copy_value(&mut self, at: ValueAt, lanes: &[u32], out: &mut [i32]) {
        self.value(at, lanes);
        Which::Some(lanes).map(self.values_of(at), out, |value| value);
    }

    fn cell(&self, cell: &CellOf, which: Which<'_>, out: &mut [i32]) {
        let without = (ABSENT, OPEN_VALUE);
        match self.cx.store.rows(cell.table).column(cell.field) {
            Some(Column::Date(cells)) => self.read(cells, cell.row, which, out, without, date_value),
            Some(Column::Int(cells)) => self.read(cells, cell.row, which, out, without, int_value),
            Some(Column::Number(cells)) => self.read(cells, cell.row, which, out, without, amount_value),
            Some(Column::Code(cells)) => self.read(cells, cell.row, which, out, without, code_value),
            _ => which.fill(out, OPEN_VALUE),
        }
    }

    fn blank_as(&mut self, cell: &CellOf, value: ValueAt, other: ValueAt, lanes: &[u32], out: &mut [i32]) {
        self.copy_value(value, lanes, out);
        self.row(cell.row, lanes);
        let mut left = self.room();
        let rows = self.rows_of(cell.row);
        let column = self.cx.store.rows(cell.table).column(cell.field);
        let is_blank = |row: u32| row < OPEN_ROW.min(NO_ROW) && column.is_some_and(|c| c.filled(row as usize) == Filled::No);
        Which::Some(lanes).select(&mut left, |lane| out[lane] == ABSENT || is_blank(rows[lane]));
        self.copy_value(other, &left, out);
        self.put_away(left);
    }

    fn first_of(&mut self, items: &[ValueAt], lanes: &[u32], out: &mut [i32]) {
        Which::Some(lanes).fill(out, ABSENT);
        let mut left = self.room();
        left.extend_from_slice(lanes);
        for &item in items {
            self.copy_value(item, &left, out);
            keep(&mut left, |lane| out[lane] == ABSENT);
            if left.is_empty() {
                break;
            }
        }
        self.put_away(left);
    }

    /// The same of items that are sooner worked out for all lanes.
    fn first_at_once(&mut self, items: &[ValueAt], lanes: &[u32], which: Which<'_>, out: &mut [i32]) {
        which.fill(out, ABSENT);
        for &item in items {
            self.value(item, lanes);
            which.join(self.values_of(item), out, |first, value| if first == ABSENT { value } else { first });
        }
    }

    fn merged(&mut self, items: &[ValueAt], lanes: &[u32], which: Which<'_>, out: &mut [i32], both: impl Fn(i32, i32) -> i32) {
        which.fill(out, ABSENT);
        for &item in items {
            self.value(item, lanes);
            which.join(self.values_of(item), out, |known, value| {
                let merged = if known == ABSENT { value } else { both(known, value) };
                let merged = if value == ABSENT { known } else { merged };
                if (known == OPEN_VALUE) | (value == OPEN_VALUE) { OPEN_VALUE } else { merged }
            });
        }
    }

    fn of_one(&mut self, at: ValueAt, lanes: &[u32], which: Which<'_>, out: &mut [i32], function: impl Fn(Span) -> Span) {
        self.value(at, lanes);
        which.map(self.values_of(at), out, |value| widened(value).map_or(OPEN_VALUE, |v| narrowed(function(v))));
    }

    fn later(&mut self, at: ValueAt, lanes: &[u32], which: Which<'_>, out: &mut [i32], function: impl Fn(Day) -> Day) {
        self.value(at, lanes);
        which.map(self.values_of(at), out, |value| {
            if (value == OPEN_VALUE) | (value == ABSENT) {
                return value;
            }
            let day = function(Day(value)).0;
            if (day > OPEN_VALUE) & (day < ABSENT) { day } else { OPEN_VALUE }
        });
    }

    fn two(&mut self, function: Two, of: (ValueAt, ValueAt), lanes: &[u32], which: Which<'_>, out: &mut [i32]) {
        match function {
            Two::PlusMonths => self.of_two(of, lanes, which, out, plus_months),
            Two::ImpactEnd => self.of_two(of, lanes, which, out, impact_end),
            // The sums that most rules need, without a call for each: exact numbers that fit.
            Two::Arithmetic('+') => self.summed(of, lanes, which, out, |a, b| a + b),
            Two::Arithmetic('-') => self.summed(of, lanes, which, out, |a, b| a - b),
            Two::Arithmetic('*') => self.summed(of, lanes, which, out, |a, b| a * b),
            Two::Arithmetic(op) => self.of_two(of, lanes, which, out, |a, b| arithmetic(op, a, b)),
            Two::Days => self.counted(of, lanes, which, out, |a, b| Some(b.days_since(a) + 1)),
            Two::Workdays => {
                let calendar = self.cx.calendar();
                self.counted(of, lanes, which, out, |a, b| calendar.workdays(a, b));
            }
            Two::Months => self.counted(of, lanes, which, out, |a, b| Some(dates::months_between(a, b))),
            Two::Years => self.counted(of, lanes, which, out, |a, b| Some(dates::years_between(a, b))),
        }
    }

    fn summed(&mut self, (a, b): (ValueAt, ValueAt), lanes: &[u32], which: Which<'_>, out: &mut [i32], sum: impl Fn(i64, i64) -> i64) {
        self.value(a, lanes);
        self.value(b, lanes);
        which.map_both(self.values_of(a), self.values_of(b), out, |a, b| {
            let sum = sum(i64::from(a), i64::from(b));
            let fits = (sum > i64::from(OPEN_VALUE)) & (sum < i64::from(ABSENT));
            let open = !fits | (a == OPEN_VALUE) | (b == OPEN_VALUE);
            let sum = if open { OPEN_VALUE } else { sum as i32 };
            let absent = ((a == ABSENT) | (b == ABSENT)) & (a != OPEN_VALUE) & (b != OPEN_VALUE);
            if absent { ABSENT } else { sum }
        });
    }

    /// What lies between two days, as [`super::super::compute::between`] counts it.
    fn counted(
        &mut self,
        (a, b): (ValueAt, ValueAt),
        lanes: &[u32],
        which: Which<'_>,
        out: &mut [i32],
        count: impl Fn(Day, Day) -> Option<i32>,
    ) {
        self.value(a, lanes);
        self.value(b, lanes);
        which.map_both(self.values_of(a), self.values_of(b), out, |a, b| {
            if (a <= OPEN_VALUE) | (b <= OPEN_VALUE) {
                return OPEN_VALUE;
            }
            if (a == ABSENT) | (b == ABSENT) {
                return ABSENT;
            }
            let (a, b) = (Day(a), Day(b));
            let counted = if a.is_finite() && b.is_finite() { count(a, b) } else { None };
            counted.filter(|&n| n > OPEN_VALUE && n < ABSENT).unwrap_or(OPEN_VALUE)
        });
    }

    fn of_two(
        &mut self,
        (a, b): (ValueAt, ValueAt),
        lanes: &[u32],
        which: Which<'_>,
        out: &mut [i32],
        function: impl Fn(Span, Span) -> Span,
    ) {
        self.value(a, lanes);
        self.value(b, lanes);
        which.map_both(self.values_of(a), self.values_of(b), out, |a, b| match (widened(a), widened(b)) {
            (Some(a), Some(b)) => narrowed(function(a, b)),
            _ => OPEN_VALUE,
        });
    }

    fn count(&mut self, set: SetId, cond: TruthAt, owners: &[u32], which: Which<'_>, out: &mut [i32]) {
        let by_reference = self.plan.made(set).is_some_and(|made| made.by == By::Reference);
        if by_reference && *self.plan.truth_op(cond) == TruthOp::Const(true) {
            return self.count_all(set, owners, which, out);
        }
        let plan = self.plan;
        if let Some(ask) = plan.walks.get(&(set, cond)) {
            return self.count_walked(set, ask, owners, which, out);
        }
        let mut lanes = self.expand(set, owners);
        self.truth(cond, &lanes);
        let (truths, of) = (self.truths_of(cond), &self.sets[set.0 as usize]);
        which.map(&of.of, out, |(_, _, open)| if open { OPEN_VALUE } else { 0 });
        keep(&mut lanes, |lane| truths[lane] != FALSE);
        for &lane in &lanes {
            let (truth, count) = (truths[lane as usize], &mut out[of.owner[lane as usize] as usize]);
            let open = (truth == OPEN) | (*count == OPEN_VALUE);
            *count = if open { OPEN_VALUE } else { *count + i32::from(truth == TRUE) };
        }
        self.put_away(lanes);
    }

    /// How many rows refer to each owner's: for that they need no lanes.
    fn count_all(&mut self, set: SetId, owners: &[u32], which: Which<'_>, out: &mut [i32]) {
        let Some(made) = self.plan.made(set).filter(|made| made.by == By::Reference) else { return which.fill(out, OPEN_VALUE) };
        self.row(made.owner, owners);
        let rows = self.rows_of(made.owner);
        let link = self.cx.store.link(made.table, made.field);
        which.map(rows, out, |row| match (row, link) {
            (NO_ROW, _) => 0,
            (OPEN_ROW, _) | (_, None) => OPEN_VALUE,
            (row, Some(link)) if link.loose().is_empty() || self.cx.loose(made.table, made.field, row).is_empty() => {
                narrowed(Span::exact(link.children(row).len() as i64))
            }
            _ => OPEN_VALUE,
        });
    }

    /// Folds the values of the lanes that count.
    fn each_of(
        &mut self,
        (set, cond, value): (SetId, TruthAt, ValueAt),
        (start, idle): (i32, Option<i32>),
        owners: &[u32],
        which: Which<'_>,
        out: &mut [i32],
        fold: impl Fn(i32, i32) -> i32,
    ) {
        let mut lanes = self.expand(set, owners);
        // Nothing is added by nothing, whether it counts or not: where amounts lie ready, the condition is asked of the others only.
        if let (Some(idle), ValueOp::Tallied(..)) = (idle, self.plan.value_op(value)) {
            self.value(value, &lanes);
            let values = self.values_of(value);
            keep(&mut lanes, |lane| values[lane] != idle);
        }
        self.truth(cond, &lanes);
        let (truths, of) = (self.truths_of(cond), &self.sets[set.0 as usize]);
        which.map(&of.of, out, |(_, _, open)| if open { OPEN_VALUE } else { start });
        keep(&mut lanes, |lane| {
            let total = &mut out[of.owner[lane] as usize];
            *total = if truths[lane] == OPEN { OPEN_VALUE } else { *total };
            truths[lane] == TRUE
        });
        self.value(value, &lanes);
        let (values, of) = (self.values_of(value), &self.sets[set.0 as usize]);
        for &lane in &lanes {
            let (value, total) = (values[lane as usize], &mut out[of.owner[lane as usize] as usize]);
            let open = (value == OPEN_VALUE) | (*total == OPEN_VALUE);
            *total = if open { OPEN_VALUE } else { fold(*total, value) };
        }
        self.put_away(lanes);
    }
}

/// What the cell of a date holds: open where it is not exact.
#[inline]
pub(super) fn date_value(date: Fuzzy) -> i32 {
    let exact = (date.lo == date.hi) & (date.lo.0 > OPEN_VALUE);
    if exact { date.lo.0 } else { OPEN_VALUE }
}

/// What the cell of a number, in thousandths, holds.
#[inline]
pub(super) fn amount_value(cell: i64) -> i32 {
    let unknown = (cell == BAD_NUMBER) | (cell == BLANK_NUMBER);
    if unknown { OPEN_VALUE } else { narrowed(Span::exact(cell)) }
}

/// What a cell of a whole number holds.
#[inline]
pub(super) fn int_value(cell: i32) -> i32 {
    if (cell == BAD_INT) | (cell == BLANK_INT) | (cell == ABSENT) { OPEN_VALUE } else { cell }
}

/// What a cell of a code holds; one that means "none" is less than all of them.
#[inline]
pub(super) fn code_value(cell: u8) -> i32 {
    match cell {
        NONE_CODE => -1,
        BAD_CODE | BLANK_CODE => OPEN_VALUE,
        code => i32::from(code),
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
