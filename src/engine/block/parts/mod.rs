//! Parts of subjects, all at once: where a rule asks the same of each year or level, a condition is a bit for each part of a lane, and a
//! number is one for each part. What does not depend on the part is worked out once, as a truth or value like any other; a date is held
//! against the days of all years by one look at a table.
//!
//! Unlike other lanes, those of parts know what a number may be at least and at most, so that one row in doubt does not leave open
//! what many others settle.

mod judge;
mod ladder;
mod lower;
mod walks;
mod work;

use super::lanes::{FALSE, TRUE};
use super::plan::{Exprs, SetId, TruthAt, ValueAt};
use crate::rules::ir::Cmp;
pub use ladder::Ladder;
use rustc_hash::FxHashMap;

/// So many parts have a bit each.
pub const MOST_PARTS: usize = 64;

/// Of which parts something is so for sure, and of which it may be. The first are among the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    /// It is so.
    pub yes: u64,
    /// It is so, or blocks do not know.
    pub may: u64,
}

impl Mask {
    /// Of none.
    pub const NONE: Self = Self { yes: 0, may: 0 };
    /// Of all.
    pub const ALL: Self = Self { yes: u64::MAX, may: u64::MAX };
    /// Blocks do not know of which.
    pub const OPEN: Self = Self { yes: 0, may: u64::MAX };
    /// Not yet worked out.
    const UNSET: Self = Self { yes: u64::MAX, may: 0 };

    /// The same of all parts.
    #[inline]
    fn of(truth: u8) -> Self {
        match truth {
            TRUE => Self::ALL,
            FALSE => Self::NONE,
            _ => Self::OPEN,
        }
    }

    #[inline]
    fn and(self, other: Self) -> Self {
        Self { yes: self.yes & other.yes, may: self.may & other.may }
    }

    #[inline]
    fn or(self, other: Self) -> Self {
        Self { yes: self.yes | other.yes, may: self.may | other.may }
    }

    #[inline]
    fn not(self) -> Self {
        Self { yes: !self.may, may: !self.yes }
    }
}

/// A condition on each part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaskAt(u32);

/// A number for each part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AmountAt(u32);

/// Which of a plan's ladders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LadderAt(u32);

/// How a condition on parts comes about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MaskOp {
    /// The same for every lane.
    Const(Mask),
    /// The same for every part.
    Plain(TruthAt),
    /// A value against one for each part.
    Against(Cmp, ValueAt, LadderAt),
    /// Numbers against each other.
    Compare(Cmp, AmountAt, AmountAt),
    /// All of them.
    And(Option<TruthAt>, Vec<MaskAt>),
    /// One of them.
    Or(Vec<MaskAt>),
    /// The opposite.
    Not(MaskAt),
    /// Some lane of a set.
    Any(SetId, MaskAt),
    /// All lanes of a set that fulfil the first fulfil the second.
    All(SetId, MaskAt, MaskAt),
    /// What a shallower lane says.
    Lift(MaskAt),
}

/// How a number for each part comes about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AmountOp {
    /// The same for every lane.
    Const(Vec<i32>),
    /// The same for every part.
    Plain(ValueAt),
    /// How many lanes of a set there are; or how many lanes of a second set made of these.
    Count(SetId, MaskAt, Option<(SetId, MaskAt)>),
    /// Sum, difference, product.
    Arithmetic(char, AmountAt, AmountAt),
    /// What a shallower lane says.
    Lift(AmountAt),
}

/// A number that is at least and at most so much. [`i32::MIN`] and [`i32::MAX`]: no limit is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    lo: i32,
    hi: i32,
}

/// What the rules over one table ask of parts.
#[derive(Debug, Default)]
pub struct Plan {
    masks: Exprs<MaskOp>,
    /// Each with the number of parts.
    amounts: Exprs<(AmountOp, usize)>,
    ladders: Vec<Ladder>,
    /// Conditions on the rows of sets that are asked while these are walked.
    looks: FxHashMap<(SetId, MaskAt), walks::Look>,
}

/// What is known of the parts of a block's lanes.
#[derive(Debug, Default)]
pub struct Known {
    masks: Vec<Vec<Mask>>,
    /// By lane: whether its amounts were worked out; and by lane and part the amounts.
    amounts: Vec<(Vec<bool>, Vec<Amount>)>,
}

impl Known {
    /// Room for what a plan asks of parts.
    pub fn new(plan: &Plan) -> Self {
        Self {
            masks: plan.masks.all.iter().map(|_| Vec::new()).collect(),
            amounts: plan.amounts.all.iter().map(|_| (Vec::new(), Vec::new())).collect(),
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.masks.iter_mut().for_each(Vec::clear);
        for (done, amounts) in &mut self.amounts {
            done.clear();
            amounts.clear();
        }
    }
}

/// What a rule asks of the parts of a subject.
#[derive(Debug)]
pub struct Asked {
    /// How many parts there are.
    pub parts: usize,
    /// Of which anything is asked.
    pub when: Option<MaskAt>,
    /// Whose matter has come so far.
    pub once: Option<MaskAt>,
    /// When each condition is asked, and what must hold.
    pub checks: Vec<(Option<MaskAt>, MaskAt)>,
}
