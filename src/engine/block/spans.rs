//! What is not known to the day may still settle a question: a month in 1999 lies before every day of 2005. Lanes hold exact values;
//! where one is open, what it may be is worked out here, for that lane alone, as whoever walks the rule would.

use super::super::compute::{arithmetic, between, impact_end, month_of, moved, plus_months, year_of};
use super::super::sets::{self, held_months};
use super::super::value::{Span, Truth};
use super::lanes::{Block, FALSE, NO_ROW, OPEN, OPEN_ROW, OPEN_VALUE, TRUE, UNSET_ROW, UNSET_VALUE, narrowed, widened};
use super::plan::{One, SetId, Stretch, Two, ValueAt, ValueOp};
use super::which::Which;
use crate::dates;
use crate::records::Column;

/// So many lanes are looked at together.
const STRETCH: usize = 64;

impl Block<'_> {
    /// Looks once more at what is open, if anything is.
    pub(super) fn settle<O: Copy + PartialEq>(
        &self,
        which: Which<'_>,
        out: &mut [O],
        open: O,
        settled: impl Fn(&Self, usize) -> Option<O>,
    ) {
        let again = |lane: usize, known: &mut O| {
            if *known == open
                && let Some(settled) = settled(self, lane)
            {
                *known = settled;
            }
        };
        match which {
            Which::All(count) => {
                // Little is open: most stretches of lanes are looked at as a whole.
                for (first, some) in (0..).step_by(STRETCH).zip(out[..count].chunks_mut(STRETCH)) {
                    if some.contains(&open) {
                        some.iter_mut().enumerate().for_each(|(i, known)| again(first + i, known));
                    }
                }
            }
            Which::Some(lanes) => {
                if out.contains(&open) {
                    lanes.iter().for_each(|&lane| again(lane as usize, &mut out[lane as usize]));
                }
            }
        }
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
            ValueOp::HeldMonths(stretches, until) => {
                let until = self.span_at(*until, lane).filter(|until| !until.is_absent() && !until.is_unknown())?;
                let mut held = Vec::new();
                for stretch in stretches {
                    self.may_be_held(stretch, lane, &mut held)?;
                }
                Some(held_months(&held, until))
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

    /// What the stretches of an owner may be. None where that is not known of one of them.
    fn may_be_held(&self, stretch: &Stretch, owner: usize, held: &mut Vec<sets::Stretch>) -> Option<()> {
        let of = &self.sets[stretch.set.0 as usize];
        if of.is_open(owner as u32) {
            return None;
        }
        let truths = self.truths_of(stretch.cond);
        for lane in of.range(owner as u32) {
            let counts = match truths.get(lane).copied() {
                Some(FALSE) => continue,
                Some(TRUE) => Truth::True,
                Some(OPEN) => Truth::Unknown,
                _ => return None,
            };
            held.push(sets::Stretch { start: self.span_at(stretch.start, lane)?, end: self.span_at(stretch.end, lane)?, counts });
        }
        Some(())
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
