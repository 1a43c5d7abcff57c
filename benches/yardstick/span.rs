//! Three truths, and what a date, number or code may be.

use guiju::dates::{self, Day, Fuzzy};

/// No, perhaps, yes; in this order, so that `min` is "and" and `max` is "or".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    No,
    Maybe,
    Yes,
}

impl Truth {
    #[inline(always)]
    pub fn of(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
    #[inline(always)]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
    #[inline(always)]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
    #[inline(always)]
    pub fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

/// Every whole number (a day number, a code) from `lo` to `hi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub lo: i32,
    pub hi: i32,
}

impl Span {
    pub const UNKNOWN: Self = Self { lo: i32::MIN, hi: i32::MAX };

    #[inline(always)]
    pub const fn exact(value: i32) -> Self {
        Self { lo: value, hi: value }
    }

    /// A date cell; one that is blank or unreadable may be any day.
    #[inline(always)]
    pub fn of(date: Fuzzy) -> Self {
        if date.lo.0 == i32::MIN { Self::UNKNOWN } else { Self { lo: date.lo.0, hi: date.hi.0 } }
    }

    #[inline(always)]
    pub fn is_exact(self) -> bool {
        self.lo == self.hi
    }

    #[inline(always)]
    pub fn is_unknown(self) -> bool {
        self == Self::UNKNOWN
    }

    #[inline(always)]
    pub fn before(self, other: Self) -> Truth {
        if self.hi < other.lo {
            Truth::Yes
        } else if self.lo >= other.hi {
            Truth::No
        } else {
            Truth::Maybe
        }
    }

    /// No later than.
    #[inline(always)]
    pub fn by(self, other: Self) -> Truth {
        other.before(self).not()
    }

    #[inline(always)]
    pub fn equals(self, other: Self) -> Truth {
        if self.is_exact() && self == other {
            Truth::Yes
        } else if self.hi < other.lo || other.hi < self.lo {
            Truth::No
        } else {
            Truth::Maybe
        }
    }

    /// Whether a code is among some (a bit each).
    #[inline(always)]
    pub fn among(self, codes: u64) -> Truth {
        let holds = |c: i32| (0..64).contains(&c) && codes >> c & 1 == 1;
        if self.is_exact() {
            return Truth::of(holds(self.lo));
        }
        let (mut some, mut all) = (false, true);
        for code in self.lo.max(-1)..=self.hi.min(64) {
            some |= holds(code);
            all &= holds(code);
        }
        match (some, all) {
            (_, true) => Truth::Yes,
            (true, false) => Truth::Maybe,
            (false, false) => Truth::No,
        }
    }

    /// Both ends moved by a function that keeps their order.
    #[inline(always)]
    pub fn moved(self, f: impl Fn(Day) -> Day) -> Self {
        if self.is_unknown() { self } else { Self { lo: f(Day(self.lo)).0, hi: f(Day(self.hi)).0 } }
    }

    #[inline(always)]
    pub fn days_later(self, days: i32) -> Self {
        self.moved(|d| d.add_days(days))
    }

    #[inline(always)]
    pub fn months_later(self, months: i32) -> Self {
        self.moved(|d| dates::add_months(d, months))
    }

    /// Both, where either may be meant.
    #[inline(always)]
    pub fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }
}
