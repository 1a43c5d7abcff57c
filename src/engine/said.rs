//! What was said of one subject by one rule, small enough to be kept for every subject: how many of its parts had each verdict.

use super::verdict::Verdict;

/// How many parts had each verdict, a byte each in the order of [`Verdict::ALL`]; all bits set where they are too many to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Said(pub u64);

impl Said {
    /// Too much to be kept.
    pub const TOO_MUCH: Self = Self(u64::MAX);

    /// One part with one verdict.
    #[inline]
    pub fn one(verdict: Verdict) -> Self {
        Self(1 << (8 * verdict as u64))
    }

    /// One part more.
    #[inline]
    pub fn add(&mut self, verdict: Verdict) {
        let mut counts = self.counts();
        if let Some(count) = counts.get_mut(verdict as usize) {
            *count += 1;
        }
        *self = Self::of(&counts);
    }

    /// This and more.
    pub fn plus(self, other: Self) -> Self {
        if self == Self::TOO_MUCH || other == Self::TOO_MUCH {
            return Self::TOO_MUCH;
        }
        let (mut counts, more) = (self.counts(), other.counts());
        counts.iter_mut().zip(more).for_each(|(n, more)| *n += more);
        Self::of(&counts)
    }

    /// From counts.
    pub fn of(counts: &[u32; 8]) -> Self {
        let bytes = counts.map(|n| u8::try_from(n).unwrap_or(u8::MAX));
        if bytes.contains(&u8::MAX) { Self::TOO_MUCH } else { Self(u64::from_le_bytes(bytes)) }
    }

    /// The counts.
    pub fn counts(self) -> [u32; 8] {
        self.0.to_le_bytes().map(u32::from)
    }
}
