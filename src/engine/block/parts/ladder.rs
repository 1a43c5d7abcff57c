//! A value against those of all parts at once: the days of all years, all levels.

use super::super::super::quick::compared;
use super::super::super::value::{Span, Truth};
use super::{MOST_PARTS, Mask};
use crate::rules::ir::Cmp;

/// The greatest and the least may lie so far apart: a century in days.
const WIDTH: i32 = 40_000;

/// A value for each part, in ascending order.
#[derive(Debug)]
pub struct Ladder {
    /// The values.
    pub steps: Vec<i32>,
    /// For each number from the least value to the one after the greatest: how many values lie below it.
    below: Vec<u8>,
    /// A bit for each part.
    parts: u64,
}

impl Ladder {
    /// Of some values. None where they are not in order, or too far apart.
    pub fn new(steps: Vec<i32>) -> Option<Self> {
        let (first, last) = (*steps.first()?, *steps.last()?);
        let ascending = steps.is_sorted_by(|a, b| a < b);
        if !ascending || steps.len() > MOST_PARTS || last.checked_sub(first).is_none_or(|width| width > WIDTH) {
            return None;
        }
        let below = (first..=last.checked_add(1)?).map(|n| steps.partition_point(|&step| step < n) as u8).collect();
        let parts = !from(steps.len() as u32);
        Some(Self { steps, below, parts })
    }

    /// How many values lie below a number.
    #[inline]
    fn below(&self, value: i64) -> u32 {
        let first = self.steps.first().map_or(0, |&first| i64::from(first));
        let at = (value - first).clamp(0, self.below.len() as i64 - 1);
        self.below.get(at as usize).map_or(0, |&below| u32::from(below))
    }

    /// Of which parts an exact value compares so.
    #[inline]
    pub fn exact(&self, cmp: Cmp, value: i32) -> Mask {
        let value = i64::from(value);
        let yes = match cmp {
            Cmp::Lt => from(self.below(value + 1)),
            Cmp::Le => from(self.below(value)),
            Cmp::Gt => !from(self.below(value)),
            Cmp::Ge => !from(self.below(value + 1)),
            Cmp::Eq => from(self.below(value)) & !from(self.below(value + 1)),
            Cmp::Ne => !from(self.below(value)) | from(self.below(value + 1)),
        };
        Mask { yes: yes & self.parts, may: yes & self.parts }
    }

    /// Of which parts a value that is not exact compares so.
    pub fn vague(&self, cmp: Cmp, value: Span) -> Mask {
        let mut mask = Mask::NONE;
        for (part, &step) in self.steps.iter().enumerate() {
            let truth = compared(cmp, value, Span::exact(i64::from(step)));
            mask.yes |= u64::from(truth == Truth::True) << part;
            mask.may |= u64::from(truth != Truth::False) << part;
        }
        mask
    }
}

/// The parts from one on.
#[inline]
fn from(part: u32) -> u64 {
    u64::MAX.checked_shl(part).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_what_comparing_with_each_says() {
        let ladder = Ladder::new(vec![-3, 0, 1, 7, 20]).unwrap();
        for cmp in [Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge] {
            for value in -6..24 {
                assert_eq!(ladder.exact(cmp, value), ladder.vague(cmp, Span::exact(i64::from(value))), "{value} {cmp:?}");
            }
        }
    }

    #[test]
    fn what_is_not_in_order_or_too_far_apart_is_no_ladder() {
        assert!(Ladder::new(vec![2, 1]).is_none());
        assert!(Ladder::new(vec![1, 1]).is_none());
        assert!(Ladder::new(vec![0, WIDTH + 1]).is_none());
        assert!(Ladder::new(Vec::new()).is_none());
        assert!(Ladder::new((0..65).collect()).is_none());
    }
}
