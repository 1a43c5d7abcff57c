//! A value against those of all parts at once: the days of all years, all levels.

use super::super::super::value::Span;
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
        let yes = self.holds(cmp, i64::from(value));
        Mask { yes, may: yes }
    }

    /// Of which parts a value that is not exact compares so: what it does at both its ends it does between.
    pub fn vague(&self, cmp: Cmp, value: Span) -> Mask {
        if value.is_absent() {
            return Mask { yes: 0, may: self.parts };
        }
        let (lo, hi) = (self.holds(cmp, value.lo), self.holds(cmp, value.hi));
        match cmp {
            Cmp::Lt | Cmp::Le => Mask { yes: hi, may: lo },
            Cmp::Gt | Cmp::Ge => Mask { yes: lo, may: hi },
            _ if value.is_exact() => Mask { yes: lo, may: lo },
            Cmp::Eq => Mask { yes: 0, may: self.within(value) },
            Cmp::Ne => Mask { yes: self.parts & !self.within(value), may: self.parts },
        }
    }

    /// The parts of which a value compares so.
    #[inline]
    fn holds(&self, cmp: Cmp, value: i64) -> u64 {
        let value = value.clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        let yes = match cmp {
            Cmp::Lt => from(self.below(value + 1)),
            Cmp::Le => from(self.below(value)),
            Cmp::Gt => !from(self.below(value)),
            Cmp::Ge => !from(self.below(value + 1)),
            Cmp::Eq => from(self.below(value)) & !from(self.below(value + 1)),
            Cmp::Ne => !from(self.below(value)) | from(self.below(value + 1)),
        };
        yes & self.parts
    }

    /// The parts whose values a span holds.
    fn within(&self, span: Span) -> u64 {
        self.holds(Cmp::Le, span.lo) & self.holds(Cmp::Ge, span.hi)
    }
}

/// The parts from one on.
#[inline]
fn from(part: u32) -> u64 {
    u64::MAX.checked_shl(part).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::super::super::quick::compared;
    use super::super::super::super::value::Truth;
    use super::*;

    #[test]
    fn a_table_says_what_comparing_with_each_says() {
        let ladder = Ladder::new(vec![-3, 0, 1, 7, 20]).unwrap();
        let each = |cmp: Cmp, value: Span| {
            let mut mask = Mask::NONE;
            for (part, &step) in ladder.steps.iter().enumerate() {
                let truth = compared(cmp, value, Span::exact(i64::from(step)));
                mask.yes |= u64::from(truth == Truth::True) << part;
                mask.may |= u64::from(truth != Truth::False) << part;
            }
            mask
        };
        for cmp in [Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge] {
            for lo in -6..24 {
                assert_eq!(ladder.exact(cmp, lo), each(cmp, Span::exact(i64::from(lo))), "{lo} {cmp:?}");
                for hi in lo..26 {
                    let span = Span { lo: i64::from(lo), hi: i64::from(hi) };
                    assert_eq!(ladder.vague(cmp, span), each(cmp, span), "{span:?} {cmp:?}");
                }
            }
            assert_eq!(ladder.vague(cmp, Span::ABSENT), each(cmp, Span::ABSENT), "{cmp:?}");
            assert_eq!(ladder.vague(cmp, Span::UNKNOWN), each(cmp, Span::UNKNOWN), "{cmp:?}");
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
