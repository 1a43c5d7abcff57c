//! The months of the years that data may hold, by a table of their first days: a few reads where the formulas for any year take a dozen
//! multiplications, one waiting for the other. The formulas stay for all other years, and are what the table is tested against.

use super::day::{Day, YEARS, month_len};

/// Months in the table.
const MONTHS: usize = (*YEARS.end() - *YEARS.start() + 1) as usize * 12;
/// 1900-01-01, the first day of the first month.
const FIRST: i32 = -25_567;

/// By month, from January 1900: the days before it, counted from the first month. One more at the end: where the last month ends.
static BEFORE: [u32; MONTHS + 1] = before();

const fn before() -> [u32; MONTHS + 1] {
    let mut all = [0; MONTHS + 1];
    let mut month = 0;
    while month < MONTHS {
        let (year, of_year) = (*YEARS.start() as i64 + month as i64 / 12, month as u32 % 12 + 1);
        all[month + 1] = all[month] + month_len(year, of_year);
        month += 1;
    }
    all
}

/// A month of the table, counted from January 1900.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month(u32);

impl Month {
    /// The month of a day, and how many days of the month lie before the day; none for days before and after the table.
    #[inline]
    pub(super) fn of(day: Day) -> Option<(Self, u32)> {
        let n = day.0.wrapping_sub(FIRST) as u32;
        if n >= BEFORE[MONTHS] {
            return None;
        }
        // A month has 30.44 days on average: a little less than one in every 65536 / 2153 days gives the month or the one before.
        let guess = ((n * 2153) >> 16) as usize;
        let month = guess + usize::from(*BEFORE.get(guess + 1)? <= n);
        Some((Self(month as u32), n - BEFORE.get(month)?))
    }

    /// A month (1..=12) of a year; none outside the table.
    #[inline]
    pub(super) fn ymd(year: i32, month: u32) -> Option<Self> {
        let known = YEARS.contains(&year) && (1..=12).contains(&month);
        known.then(|| Self((year - YEARS.start()) as u32 * 12 + month - 1))
    }

    /// So many months later (earlier, when negative); none outside the table.
    #[inline]
    pub(super) fn later(self, months: i64) -> Option<Self> {
        let to = i64::from(self.0) + months;
        (0..MONTHS as i64).contains(&to).then_some(Self(to as u32))
    }

    /// Months from another to this one.
    #[inline]
    pub(super) fn since(self, other: Self) -> i32 {
        self.0 as i32 - other.0 as i32
    }

    /// The year, and the month (1..=12).
    #[inline]
    pub(super) fn year_and_month(self) -> (i32, u32) {
        ((self.0 / 12) as i32 + YEARS.start(), self.0 % 12 + 1)
    }

    /// The day of the month that comes after so many others, or the last.
    #[inline]
    pub(super) fn day_after(self, others: u32) -> Day {
        let (first, len) = self.extent();
        Day(first + others.min(len - 1) as i32)
    }

    /// How many days it has.
    #[inline]
    pub(super) fn len(self) -> u32 {
        self.extent().1
    }

    /// The first day, and how many there are.
    #[inline]
    fn extent(self) -> (i32, u32) {
        let at = self.0 as usize;
        // Months are made within the table only.
        match BEFORE.get(at..at + 2) {
            Some(&[start, end]) => (FIRST + start as i32, end - start),
            _ => (FIRST, 31),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_of_every_day_what_the_formula_says() {
        let (first, last) = (Day::from_civil((*YEARS.start()).into(), 1, 1), Day::from_civil((*YEARS.end()).into(), 12, 31));
        assert_eq!(first, Day(FIRST));
        for day in (first.0..=last.0).map(Day) {
            let (month, before) = Month::of(day).unwrap();
            let (y, m) = month.year_and_month();
            assert_eq!((y, m, before + 1), day.by_formula());
            assert_eq!(Month::ymd(y, m), Some(month));
            assert_eq!(month.day_after(before), day);
            assert_eq!(month.len(), month_len(y.into(), m));
        }
    }

    #[test]
    fn nothing_outside_the_years_of_data_is_in_the_table() {
        let (first, last) = (Day::from_civil((*YEARS.start()).into(), 1, 1), Day::from_civil((*YEARS.end()).into(), 12, 31));
        for day in [first.0 - 1, last.0 + 1, Day::PAST.0, Day::FUTURE.0, i32::MIN, i32::MAX] {
            assert_eq!(Month::of(Day(day)), None, "{day}");
        }
        for (y, m) in [(YEARS.start() - 1, 12), (YEARS.end() + 1, 1), (2024, 0), (2024, 13), (i32::MIN, 1), (i32::MAX, 1)] {
            assert_eq!(Month::ymd(y, m), None, "{y}-{m}");
        }
        let (month, _) = Month::of(last).unwrap();
        assert_eq!(month.later(1), None);
        assert_eq!(month.later(i64::from(i32::MIN)), None);
        assert_eq!(month.later(1 - MONTHS as i64), Month::ymd(*YEARS.start(), 1));
    }

    #[test]
    fn a_day_beyond_the_month_is_its_last() {
        let february = Month::ymd(2024, 2).unwrap();
        assert_eq!(february.day_after(30), Day::from_civil(2024, 2, 29));
        assert_eq!(february.since(Month::ymd(2023, 12).unwrap()), 2);
    }
}
