//! One calendar day as a day number.

use super::months::Month;
use std::fmt;
use std::str::FromStr;

/// Day number: days since 1970-01-01 in the proleptic Gregorian calendar.
///
/// Days read from data lie in the years 1900..=2200 ([`Day::ymd`] makes no others); arithmetic may leave that range and
/// saturates at [`Day::PAST`] and [`Day::FUTURE`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub i32);

/// Why a text is not a date. Carries none of the text: a misplaced cell may hold an ID number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum DateError {
    /// Nothing but blanks.
    #[error("日期为空")]
    Empty,
    /// Not a form that is read as a date.
    #[error("不是日期，应写作 2019-03-05、2019-03 或 2019")]
    NotADate,
    /// A year of two digits, whose century would be a guess.
    #[error("年份只有两位，无法确定世纪，应写四位年份")]
    TwoDigitYear,
    /// A number with one decimal digit: a cell typed as a number shows October (`1990.10`) as `1990.1`.
    #[error("月份只有一位小数，可能丢了末尾的 0（1990.1 分不清 1 月还是 10 月），应写两位月份")]
    LostZero,
    /// A year outside 1900..=2200.
    #[error("年份不在 1900 至 2200 之间")]
    Year,
    /// A month outside 1..=12.
    #[error("月份不在 1 至 12 之间")]
    Month,
    /// A day that the month does not have.
    #[error("该月没有这一天")]
    DayOfMonth,
}

/// Years that data may hold.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Days of 400 years, after which the Gregorian calendar repeats.
const ERA: u64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Eras added to make any year that i32 days and i32 months can reach positive, so that plain unsigned division serves.
const SHIFT: u64 = 1_000_000;

impl Day {
    /// Since ever: earlier than every real day.
    pub const PAST: Day = Day(i32::MIN / 4);
    /// Not happened, or no end: later than every real day.
    pub const FUTURE: Day = Day(i32::MAX / 4);

    /// The day of a year (1900..=2200), month (1..=12) and day of the month; `None` when there is no such day.
    #[inline]
    pub fn ymd(y: i32, m: u32, d: u32) -> Option<Day> {
        Day::checked(y, m, d).ok()
    }

    /// As [`Day::ymd`], saying which part is wrong.
    #[inline]
    pub(super) fn checked(y: i32, m: u32, d: u32) -> Result<Day, DateError> {
        if !YEARS.contains(&y) {
            return Err(DateError::Year);
        }
        if !(1..=12).contains(&m) {
            return Err(DateError::Month);
        }
        let month = Month::ymd(y, m).filter(|month| (1..=month.len()).contains(&d));
        month.map(|month| month.day_after(d - 1)).ok_or(DateError::DayOfMonth)
    }

    /// The day number of a valid civil date of any year, saturating at `PAST` and `FUTURE`.
    /// (H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.)
    #[inline]
    pub(super) fn from_civil(y: i64, m: u32, d: u32) -> Day {
        // Years run from March, so that the leap day is the last of its year.
        let y = (y - i64::from(m <= 2) + (400 * SHIFT) as i64) as u64;
        let of_year = (153 * u64::from((m + 9) % 12) + 2) / 5 + u64::from(d) - 1;
        let n = 365 * y + y / 4 - y / 100 + y / 400 + of_year;
        let n = n as i64 - (SHIFT * ERA) as i64 - EPOCH;
        Day(n.clamp(i64::from(Day::PAST.0), i64::from(Day::FUTURE.0)) as i32)
    }

    /// Year, month (1..=12), day of the month (1..=31).
    #[inline]
    pub fn to_ymd(self) -> (i32, u32, u32) {
        match Month::of(self) {
            Some((month, before)) => {
                let (y, m) = month.year_and_month();
                (y, m, before + 1)
            }
            None => self.by_formula(),
        }
    }

    /// As [`Day::to_ymd`], for any day.
    #[inline(never)]
    pub(super) fn by_formula(self) -> (i32, u32, u32) {
        let z = (i64::from(self.0) + EPOCH + (SHIFT * ERA) as i64) as u64;
        let of_era = z % ERA;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march = (5 * of_year + 2) / 153;
        let d = of_year - (153 * march + 2) / 5 + 1;
        let m = if march < 10 { march + 3 } else { march - 9 };
        let y = (z / ERA * 400 + year_of_era) as i64 - (400 * SHIFT) as i64 + i64::from(m <= 2);
        (y as i32, m as u32, d as u32)
    }

    /// The calendar year.
    #[inline]
    pub fn year(self) -> i32 {
        self.to_ymd().0
    }

    /// Day of the week: 1 = Monday .. 7 = Sunday.
    #[inline]
    pub fn weekday(self) -> u8 {
        // Day 0 was a Thursday.
        ((self.0.rem_euclid(7) + 3) % 7 + 1) as u8
    }

    /// `n` calendar days later (earlier when negative); `PAST` and `FUTURE` stay, and the result saturates at them.
    #[inline]
    pub fn add_days(self, n: i32) -> Day {
        if !self.is_finite() {
            return self;
        }
        Day(self.0.saturating_add(n).clamp(Day::PAST.0, Day::FUTURE.0))
    }

    /// Calendar days from `earlier` to this day (negative when this day is the earlier), saturating.
    #[inline]
    pub fn days_since(self, earlier: Day) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether this is a day of the calendar: neither `PAST` or before, nor `FUTURE` or after.
    #[inline]
    pub fn is_finite(self) -> bool {
        Day::PAST < self && self < Day::FUTURE
    }
}

/// Days of a month (1..=12).
#[inline]
pub(super) const fn month_len(y: i64, m: u32) -> u32 {
    if m == 2 {
        28 + (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) as u32
    } else {
        // Odd months up to July and even ones after it have 31.
        30 | (m ^ (m >> 3))
    }
}

/// `YYYY-MM-DD`; `-∞` and `+∞` for `PAST` and `FUTURE`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self <= Day::PAST {
            return f.pad("-∞");
        }
        if *self >= Day::FUTURE {
            return f.pad("+∞");
        }
        let (y, m, d) = self.to_ymd();
        if !(0..=9999).contains(&y) {
            return f.pad(&format!("{y:04}-{m:02}-{d:02}"));
        }
        let digit = |n: u32| b'0' + (n % 10) as u8;
        let year = y.unsigned_abs();
        let [a, b, c, e] = [year / 1000, year / 100, year / 10, year].map(digit);
        let text = [a, b, c, e, b'-', digit(m / 10), digit(m), b'-', digit(d / 10), digit(d)];
        f.pad(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// Strict: `YYYY-MM-DD` and nothing else.
impl FromStr for Day {
    type Err = DateError;

    fn from_str(s: &str) -> Result<Day, DateError> {
        match super::parse_fast(s.as_bytes()) {
            Some(date) if s.len() == 10 => Ok(date.lo),
            Some(_) => Err(DateError::NotADate),
            None if s.is_empty() => Err(DateError::Empty),
            None => match super::Fuzzy::parse(s) {
                // A date in another form, or imprecise: right elsewhere, not here.
                Ok(_) => Err(DateError::NotADate),
                Err(why) => Err(why),
            },
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn day_numbers_count_from_1970() {
        assert_eq!(day("1970-01-01"), Day(0));
        assert_eq!(day("1969-12-31"), Day(-1));
        assert_eq!(day("2000-03-01"), Day(11_017));
        assert_eq!(Day(11_016).to_ymd(), (2000, 2, 29));
    }

    #[test]
    fn only_days_of_the_calendar_exist() {
        assert_eq!(Day::ymd(2019, 2, 29), None);
        assert_eq!(Day::ymd(1900, 2, 29), None, "1900 is no leap year");
        assert!(Day::ymd(2000, 2, 29).is_some(), "2000 is a leap year");
        assert_eq!(Day::ymd(2019, 4, 31), None);
        assert_eq!(Day::ymd(2019, 13, 1), None);
        assert_eq!(Day::ymd(2019, 0, 1), None);
        assert_eq!(Day::ymd(2019, 1, 0), None);
        assert_eq!(Day::ymd(1899, 12, 31), None);
        assert_eq!(Day::ymd(2201, 1, 1), None);
        assert!(Day::ymd(1900, 1, 1).is_some() && Day::ymd(2200, 12, 31).is_some());
    }

    #[test]
    fn weekdays_run_from_monday() {
        assert_eq!(day("2024-03-04").weekday(), 1);
        assert_eq!(day("2024-03-10").weekday(), 7);
        assert_eq!(day("1949-10-01").weekday(), 6);
        assert!((1..=7).contains(&Day(i32::MAX).weekday()));
        assert!((1..=7).contains(&Day(i32::MIN).weekday()));
    }

    #[test]
    fn text_is_strict() {
        assert_eq!(day("2019-03-05").to_string(), "2019-03-05");
        for wrong in ["2019-3-5", "2019/03/05", "2019-03", "2019-03-05 ", "20190305"] {
            assert_eq!(wrong.parse::<Day>(), Err(DateError::NotADate), "{wrong}");
        }
        assert_eq!("2019-02-29".parse::<Day>(), Err(DateError::DayOfMonth));
        assert_eq!("".parse::<Day>(), Err(DateError::Empty));
    }

    #[test]
    fn past_and_future_enclose_every_day_and_stay() {
        assert!(Day::PAST < day("1900-01-01") && day("2200-12-31") < Day::FUTURE);
        assert_eq!(Day::PAST.add_days(1), Day::PAST);
        assert_eq!(Day::FUTURE.add_days(-1), Day::FUTURE);
        assert_eq!(day("2024-02-28").add_days(2), day("2024-03-01"));
        assert_eq!(day("2024-01-01").add_days(i32::MAX), Day::FUTURE);
        assert_eq!(day("2024-01-01").add_days(i32::MIN), Day::PAST);
        assert_eq!(Day(i32::MAX).days_since(Day(i32::MIN)), i32::MAX);
        assert_eq!(format!("{} {}", Day::PAST, Day::FUTURE), "-∞ +∞");
        assert_eq!(format!("[{:<11}]", day("2024-01-01")), "[2024-01-01 ]");
    }
}
