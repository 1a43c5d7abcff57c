//! Values under uncertainty: three truths, and intervals of what a number or date may be.

use crate::dates::{Day, Fuzzy};

/// True, false, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It is not so, whatever the unknown cells may hold.
    False,
    /// It depends on what is not known.
    Unknown,
    /// It is so, whatever the unknown cells may hold.
    True,
}

impl Truth {
    /// A known truth.
    #[inline]
    pub fn of(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }

    /// Both: the lesser of the two.
    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either: the greater of the two.
    #[inline]
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Self;
    #[inline]
    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

/// What a date, number or code may be: every whole number from `lo` to `hi`. An empty interval is the absence of a value (what is
/// read from a row that does not exist).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The least it may be.
    pub lo: i64,
    /// The greatest it may be.
    pub hi: i64,
}

impl Span {
    /// Anything.
    pub const UNKNOWN: Self = Self { lo: i64::MIN, hi: i64::MAX };
    /// Nothing.
    pub const ABSENT: Self = Self { lo: i64::MAX, hi: i64::MIN };

    /// One value.
    #[inline]
    pub const fn exact(value: i64) -> Self {
        Self { lo: value, hi: value }
    }

    /// Whether it is one value.
    #[inline]
    pub fn is_exact(self) -> bool {
        self.lo == self.hi
    }

    /// Whether there is no value.
    #[inline]
    pub fn is_absent(self) -> bool {
        self.lo > self.hi
    }

    /// Whether nothing at all is known of it.
    #[inline]
    pub fn is_unknown(self) -> bool {
        self.lo == i64::MIN && self.hi == i64::MAX
    }

    /// The least span that holds both.
    #[inline]
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// A date cell.
    #[inline]
    pub fn of_date(date: Fuzzy) -> Self {
        if date.lo.0 == i32::MIN { Self::UNKNOWN } else { Self { lo: i64::from(date.lo.0), hi: i64::from(date.hi.0) } }
    }

    /// As a date, for showing.
    pub fn as_date(self) -> Fuzzy {
        let day = |n: i64| Day(i32::try_from(n).unwrap_or(if n < 0 { i32::MIN } else { i32::MAX }));
        Fuzzy { lo: day(self.lo), hi: day(self.hi) }
    }

    /// Applies a function that keeps order to both ends. Absence stays.
    #[inline]
    #[must_use]
    pub fn map(self, f: impl Fn(i64) -> i64) -> Self {
        if self.is_absent() || self.is_unknown() { self } else { Self { lo: f(self.lo), hi: f(self.hi) } }
    }
}

/// A comparison of two spans; comparing an absent value is not decided.
#[inline]
pub fn less(a: Span, b: Span) -> Truth {
    if a.is_absent() || b.is_absent() {
        Truth::Unknown
    } else if a.hi < b.lo {
        Truth::True
    } else if a.lo >= b.hi {
        Truth::False
    } else {
        Truth::Unknown
    }
}

/// Whether two spans are one and the same value.
#[inline]
pub fn equal(a: Span, b: Span) -> Truth {
    if a.is_absent() || b.is_absent() {
        Truth::Unknown
    } else if a.is_exact() && a == b {
        Truth::True
    } else if a.hi < b.lo || b.hi < a.lo {
        Truth::False
    } else {
        Truth::Unknown
    }
}

/// A row, none, or not known which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowVal {
    /// This row.
    Row(u32),
    /// None.
    Absent,
    /// Not known.
    Unknown,
}

/// A text, none, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextVal<'a> {
    /// This text.
    Known(&'a str),
    /// Blank, and the blank means there is none.
    None,
    /// Not known.
    Unknown,
}
