//! What is not known to the day may still settle a question: a month in 1999 lies before every day of 2005. Lanes hold exact values;
//! where one is open, what it may be is worked out here, for that lane alone, as whoever walks the rule would.

use super::super::compute::{arithmetic, between, impact_end, month_of, moved, plus_months, year_of};
use super::super::value::Span;
use super::lanes::{Block, FALSE, NO_ROW, OPEN_ROW, OPEN_VALUE, TRUE, UNSET_ROW, UNSET_VALUE, narrowed, widened};
use super::plan::{One, SetId, Two, ValueAt, ValueOp};
use super::which::Which;
use crate::dates;
use crate::records::Column;

impl Block<'_> {
    /// Looks once more at what is open.
    pub(super) fn settle<O: Copy + PartialEq>(
        &self,
        which: Which<'_>,
        out: &mut [O],
        open: O,
        settled: impl Fn(&Self, usize) -> Option<O>,
    ) {
        which.each(|lane| {
            if out[lane] == open
                && let Some(known) = settled(self, lane)
            {
                out[lane] = known;
            }
        });
    }

    /// Looks once more at values that may be exact though what they are made of is not.
    pub(super) fn settle_exact(&self, op: &ValueOp, set: SetId, which: Which<'_>, out: &mut [i32]) {
        self.settle(which, out, OPEN_VALUE, |s, lane| s.span_of(op, set, lane).map(narrowed));
    }

    /// What a value may be for a lane. None where blocks do not know.
    pub(super) fn span_at(&self, at: ValueAt, lane: usize) -> Option<Span> {
        match self.values_of(at).get(lane).copied().unwrap_or(UNSET_VALUE) {
            UNSET_VALUE => None,
            OPEN_VALUE => {
                let expr = &self.plan.values.all[at.0 as usize];
                self.span_of(&expr.op, expr.set, lane)
            }
            known => widened(known),
        }
    }

    fn span_of(&self, op: &ValueOp, set: SetId, lane: usize) -> Option<Span> {
        match op {
            ValueOp::Const(value) => widened(*value),
            ValueOp::Cell(cell) => match self.rows_of(cell.row).get(lane).copied().unwrap_or(UNSET_ROW) {
                NO_ROW => Some(Span::ABSENT),
                OPEN_ROW | UNSET_ROW => None,
                row => match self.cx.store.rows(cell.table).column(cell.field) {
                    Some(Column::Date(cells)) => cells.get(row as usize).map(|date| Span::of_date(*date)),
                    _ => None,
                },
            },
            ValueOp::Min(items) => self.span_merged(items, lane, i64::min),
            ValueOp::Max(items) => self.span_merged(items, lane, i64::max),
            ValueOp::FirstOf(items) => {
                let mut items = items.iter();
                loop {
                    match items.next() {
                        None => return Some(Span::ABSENT),
                        Some(&item) => {
                            let value = self.span_at(item, lane)?;
                            if !value.is_absent() {
                                return Some(value);
                            }
                        }
                    }
                }
            }
            ValueOp::AddPeriod(date, period) => Some(moved(self.span_at(*date, lane)?, *period, self.cx.calendar())),
            ValueOp::One(One::Year, date) => Some(year_of(self.span_at(*date, lane)?)),
            ValueOp::One(One::Month, date) => Some(month_of(self.span_at(*date, lane)?)),
            ValueOp::Two(function, a, b) => {
                let (a, b) = (self.span_at(*a, lane)?, self.span_at(*b, lane)?);
                match function {
                    Two::PlusMonths => Some(plus_months(a, b)),
                    Two::ImpactEnd => Some(impact_end(a, b)),
                    Two::Arithmetic(op) => Some(arithmetic(*op, a, b)),
                    Two::Days => Some(between(a, b, |a, b| Some(i64::from(b.days_since(a) + 1)))),
                    Two::Months => Some(between(a, b, |a, b| Some(i64::from(dates::months_between(a, b))))),
                    Two::Years => Some(between(a, b, |a, b| Some(i64::from(dates::years_between(a, b))))),
                    Two::Workdays => None,
                }
            }
            ValueOp::If(cond, yes, no) => match self.truths_of(*cond).get(lane).copied() {
                Some(TRUE) => self.span_at(*yes, lane),
                Some(FALSE) => self.span_at(*no, lane),
                _ => None,
            },
            ValueOp::Of(row, value) => match self.rows_of(*row).get(lane).copied().unwrap_or(UNSET_ROW) {
                NO_ROW => Some(Span::ABSENT),
                OPEN_ROW | UNSET_ROW => None,
                _ => self.span_at(*value, lane),
            },
            ValueOp::Lift(above) => {
                let owner = self.sets[set.0 as usize].owner.get(lane)?;
                self.span_at(*above, *owner as usize)
            }
            _ => None,
        }
    }

    fn span_merged(&self, items: &[ValueAt], lane: usize, choose: impl Fn(i64, i64) -> i64) -> Option<Span> {
        let mut result = Span::ABSENT;
        for &item in items {
            let value = self.span_at(item, lane)?;
            result = match (result.is_absent(), value.is_absent()) {
                (true, _) => value,
                (_, true) => result,
                _ => Span { lo: choose(result.lo, value.lo), hi: choose(result.hi, value.hi) },
            };
        }
        Some(result)
    }
}
