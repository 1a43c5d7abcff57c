//! What is sooner worked out for all lanes than picked out for many of them: cells of rows that are at hand, comparisons, sums, and what
//! is joined of these. Loops over all lanes read and write one place after the other, several at once.

use super::plan::{Plan, RowAt, RowOp, SUBJECTS, SetId, TruthAt, TruthOp, Two, ValueAt, ValueOp};
use crate::dates::Period;

/// One lane in so many asked for is reason enough to work out all of them.
const MANY: usize = 3;

/// Whether some lanes of so many are nearly as much work as all of them, if working out one is light.
#[inline]
pub fn are_many(lanes: usize, count: usize) -> bool {
    lanes * MANY >= count
}

impl Plan {
    /// Whether a truth is light. What it is made of is known already.
    pub(super) fn is_light_truth(&self, op: &TruthOp) -> bool {
        match op {
            TruthOp::Open | TruthOp::Const(_) => true,
            TruthOp::Byte(cell, ..) | TruthOp::Filled(cell) => self.light_row(cell.row),
            TruthOp::And(items) | TruthOp::Or(items) => items.iter().all(|&item| self.light_truth(item)),
            TruthOp::Not(one) | TruthOp::Lift(one) | TruthOp::Sound(_, one) => self.light_truth(*one),
            TruthOp::Compare(_, a, b) => self.light_value(*a) && self.light_value(*b),
            TruthOp::CompareTo(_, value, _)
            | TruthOp::InCodes(value, _)
            | TruthOp::InInts(value, _)
            | TruthOp::HasValue(value)
            | TruthOp::Dated(value) => self.light_value(*value),
            TruthOp::HasRow(row) => self.light_row(*row),
            TruthOp::SameRow(a, b) => self.light_row(*a) && self.light_row(*b),
            TruthOp::Of(row, truth) => self.light_row(*row) && self.light_truth(*truth),
            _ => false,
        }
    }

    /// Whether a value is light.
    pub(super) fn is_light_value(&self, op: &ValueOp) -> bool {
        match op {
            ValueOp::Open | ValueOp::Const(_) => true,
            ValueOp::Cell(cell) => self.light_row(cell.row),
            ValueOp::FirstOf(items) | ValueOp::Min(items) | ValueOp::Max(items) => items.iter().all(|&item| self.light_value(item)),
            ValueOp::AddPeriod(date, Period::Days(_) | Period::Months(_)) | ValueOp::Lift(date) => self.light_value(*date),
            ValueOp::Two(Two::Arithmetic('+' | '-' | '*'), a, b) => self.light_value(*a) && self.light_value(*b),
            ValueOp::Of(row, value) => self.light_row(*row) && self.light_value(*value),
            _ => false,
        }
    }

    /// Whether a row is light. The latest rows of the subjects are: nearly every rule over them asks for one.
    pub(super) fn is_light_row(&self, op: &RowOp, set: SetId) -> bool {
        match op {
            RowOp::Open | RowOp::Lane => true,
            RowOp::Follow(cell) => self.light_row(cell.row),
            RowOp::Latest(..) => set == SUBJECTS,
            RowOp::RowIf(row, cond) => self.light_row(*row) && self.light_truth(*cond),
            RowOp::Of(row, found) => self.light_row(*row) && self.light_row(*found),
            RowOp::Must(row) | RowOp::Lift(row) => self.light_row(*row),
            RowOp::Pick(..) | RowOp::FirstOf(_) | RowOp::If(..) => false,
        }
    }

    /// Whether a truth of the plan is light.
    pub fn light_truth(&self, at: TruthAt) -> bool {
        self.truths.all[at.0 as usize].light
    }

    /// Whether a value of the plan is light.
    pub fn light_value(&self, at: ValueAt) -> bool {
        self.values.all[at.0 as usize].light
    }

    /// Whether a row of the plan is light.
    pub fn light_row(&self, at: RowAt) -> bool {
        self.rows.all[at.0 as usize].light
    }
}
