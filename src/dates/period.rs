//! Lengths of time and the arithmetic of days, months and years.

use std::fmt;

use super::calendar::Calendar;
use super::day::{Day, month_len};
use super::months::Month;

/// A length of time as the law writes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Period {
    /// 日 or 天: calendar days.
    Days(i32),
    /// 个工作日: working days of the official calendar.
    Workdays(i32),
    /// 个月: calendar months.
    Months(i32),
    /// 年: calendar years.
    Years(i32),
}

impl Period {
    /// Whether it leads back in time.
    pub fn is_negative(self) -> bool {
        let (Self::Days(n) | Self::Workdays(n) | Self::Months(n) | Self::Years(n)) = self;
        n < 0
    }

    /// Reads `30日`, `90天`, `5个工作日`, `2个月`, `1年`, with a leading `-` for a negative one. `None` for any other text:
    /// `2月` is a month of the year, not a length.
    pub fn parse(text: &str) -> Option<Period> {
        let digits_end = text.find(|c: char| c != '-' && !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits_end);
        let number = number.parse().ok()?;
        match unit {
            "日" | "天" => Some(Period::Days(number)),
            "个工作日" => Some(Period::Workdays(number)),
            "个月" => Some(Period::Months(number)),
            "年" => Some(Period::Years(number)),
            _ => None,
        }
    }
}

/// As [`Period::parse`] reads it; calendar days are written 日.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Days(n) => write!(f, "{n}日"),
            Period::Workdays(n) => write!(f, "{n}个工作日"),
            Period::Months(n) => write!(f, "{n}个月"),
            Period::Years(n) => write!(f, "{n}年"),
        }
    }
}

/// `n` calendar months after `d` (before, when negative). A missing corresponding day falls on the month's last day:
/// 2024-01-31 + 1 = 2024-02-29. `PAST` and `FUTURE` stay what they are, and the result saturates at them.
#[inline]
pub fn add_months(d: Day, n: i32) -> Day {
    shift_months(d, i64::from(n))
}

#[inline]
fn shift_months(d: Day, n: i64) -> Day {
    match Month::of(d).and_then(|(month, before)| Some((month.later(n)?, before))) {
        Some((month, before)) => month.day_after(before),
        None => shift_months_far(d, n),
    }
}

/// As [`shift_months`], for any day.
#[inline(never)]
fn shift_months_far(d: Day, n: i64) -> Day {
    if !d.is_finite() {
        return d;
    }
    let (y, m, day) = d.to_ymd();
    let month = month_index(y, m) + n;
    let (y, m) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
    // i32 years reach far beyond what day numbers hold: settle those before the calendar formula.
    if y > 2_000_000 {
        return Day::FUTURE;
    }
    if y < -2_000_000 {
        return Day::PAST;
    }
    Day::from_civil(y, m, day.min(month_len(y, m)))
}

#[inline]
fn month_index(y: i32, m: u32) -> i64 {
    i64::from(y) * 12 + i64::from(m) - 1
}

/// The day a period after `d`. Working days: the n-th working day after `d`, `d` not counted (before it, when `n < 0`;
/// `d` itself when `n = 0`). `None` only for working days, when a year between has no calendar.
/// `PAST` and `FUTURE` stay what they are.
#[inline]
pub fn add(d: Day, period: Period, calendar: &Calendar) -> Option<Day> {
    match period {
        Period::Days(n) => Some(d.add_days(n)),
        Period::Months(n) => Some(add_months(d, n)),
        Period::Years(n) => Some(shift_months(d, i64::from(n) * 12)),
        Period::Workdays(n) => calendar.nth_workday(d, n),
    }
}

/// Whole calendar months from `a` to `b`: the largest `n` with `add_months(a, n) <= b`. Never more than the months
/// between for `b < a` either, so one day short of `a` is -1, not 0. From or to `PAST` and `FUTURE` it is some number of
/// millions, beyond any length the law asks for; between equal days it is 0.
#[inline]
pub fn months_between(a: Day, b: Day) -> i32 {
    match (Month::of(a), Month::of(b)) {
        (Some((from, after)), Some((to, until))) => to.since(from) - i32::from(after.min(to.len() - 1) > until),
        _ => months_between_far(a, b),
    }
}

/// As [`months_between`], for any days.
#[inline(never)]
fn months_between_far(a: Day, b: Day) -> i32 {
    let (ya, ma, da) = a.to_ymd();
    let (yb, mb, db) = b.to_ymd();
    let months = month_index(yb, mb) - month_index(ya, ma);
    let short = da.min(month_len(i64::from(yb), mb)) > db;
    (months - i64::from(short)) as i32
}

/// Whole calendar years from `a` to `b`: the largest `n` with `a` + n年 `<= b`, rounding down as [`months_between`].
#[inline]
pub fn years_between(a: Day, b: Day) -> i32 {
    months_between(a, b).div_euclid(12)
}

/// Whole calendar months of the half-open span `[start, end)`: the largest `n >= 0` with `start` + n个月 `<= end`;
/// 0 when the span is empty. 2020-03-10 to 2022-03-10 is 24, to 2022-03-09 it is 23.
#[inline]
pub fn months_of_span(start: Day, end: Day) -> i32 {
    months_between(start, end).max(0)
}

/// The last day of an impact period (影响期) of `months >= 0` from `d`: the day before the corresponding day; where the
/// month has no corresponding day, its last day. That day is inside. `PAST` and `FUTURE` stay what they are.
#[inline]
pub fn impact_end(d: Day, months: i32) -> Day {
    let (_, _, day) = d.to_ymd();
    let target = add_months(d, months);
    let (_, _, reached) = target.to_ymd();
    if reached == day { target.add_days(-1) } else { target }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Fuzzy;
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn periods_are_read_as_the_law_writes_them() {
        assert_eq!(Period::parse("30日"), Some(Period::Days(30)));
        assert_eq!(Period::parse("90天"), Some(Period::Days(90)));
        assert_eq!(Period::parse("5个工作日"), Some(Period::Workdays(5)));
        assert_eq!(Period::parse("2个月"), Some(Period::Months(2)));
        assert_eq!(Period::parse("1年"), Some(Period::Years(1)));
        assert_eq!(Period::parse("-6个月"), Some(Period::Months(-6)));
        for text in ["", "5", "日", "2月", "一年", "1.5年", "5 日", "5工作日", "-日", "1年2个月", "3-日", "99999999999日"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
        for text in ["30日", "5个工作日", "2个月", "1年", "-1年"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_missing_corresponding_day_falls_on_the_months_last() {
        assert_eq!(add_months(day("2024-01-31"), 1), day("2024-02-29"));
        assert_eq!(add_months(day("2023-01-31"), 1), day("2023-02-28"));
        assert_eq!(add_months(day("2024-03-31"), -1), day("2024-02-29"));
        assert_eq!(add_months(day("2024-08-31"), 6), day("2025-02-28"));
        assert_eq!(add_months(day("2024-12-15"), 1), day("2025-01-15"));
        assert_eq!(add_months(day("2024-01-15"), -1), day("2023-12-15"));
        let leap = add(day("2024-02-29"), Period::Years(1), &Calendar::empty());
        assert_eq!(leap, Some(day("2025-02-28")));
        let leap = add(day("2024-02-29"), Period::Years(4), &Calendar::empty());
        assert_eq!(leap, Some(day("2028-02-29")));
    }

    #[test]
    fn past_and_future_stay_and_sums_saturate() {
        for period in [Period::Days(1), Period::Workdays(1), Period::Months(1), Period::Years(1)] {
            for d in [Day::PAST, Day::FUTURE, Fuzzy::UNKNOWN.lo, Fuzzy::UNKNOWN.hi] {
                assert_eq!(add(d, period, &Calendar::empty()), Some(d));
            }
        }
        let d = day("2024-01-31");
        assert_eq!(add_months(d, i32::MAX), Day::FUTURE);
        assert_eq!(add_months(d, i32::MIN), Day::PAST);
        assert_eq!(add(d, Period::Years(i32::MAX), &Calendar::empty()), Some(Day::FUTURE));
        assert_eq!(add(d, Period::Years(i32::MIN), &Calendar::empty()), Some(Day::PAST));
    }

    #[test]
    fn within_the_years_of_data_months_are_what_they_are_in_any_year() {
        for n in (0..4000).map(|i| day("1900-01-01").0 + i * 27) {
            for months in [-700, -13, -1, 0, 1, 2, 3, 11, 12, 60, 1200, 5000] {
                let later = add_months(Day(n), months);
                assert_eq!(later, shift_months_far(Day(n), months.into()), "{} + {months}", Day(n));
                assert_eq!(months_between(Day(n), later), months_between_far(Day(n), later));
                let before = Day(later.0 - 1);
                assert_eq!(months_between(Day(n), before), months_between_far(Day(n), before));
            }
        }
    }

    #[test]
    fn whole_months_count_up_to_the_corresponding_day() {
        assert_eq!(months_of_span(day("2020-03-10"), day("2022-03-10")), 24);
        assert_eq!(months_of_span(day("2020-03-10"), day("2022-03-09")), 23);
        assert_eq!(months_of_span(day("2023-01-31"), day("2023-02-28")), 1);
        assert_eq!(months_of_span(day("2024-01-31"), day("2024-02-28")), 0);
        assert_eq!(months_of_span(day("2024-03-10"), day("2024-03-10")), 0);
        assert_eq!(months_of_span(day("2024-03-10"), day("2023-03-10")), 0);
    }

    #[test]
    fn months_back_round_down() {
        assert_eq!(months_between(day("2024-03-10"), day("2024-03-09")), -1);
        assert_eq!(months_between(day("2024-03-10"), day("2024-02-10")), -1);
        assert_eq!(months_between(day("2024-03-10"), day("2024-02-09")), -2);
        assert_eq!(years_between(day("2019-06-01"), day("2024-05-31")), 4);
        assert_eq!(years_between(day("2019-06-01"), day("2024-06-01")), 5);
        assert_eq!(years_between(day("2024-02-29"), day("2025-02-28")), 1);
        assert_eq!(years_between(day("2024-03-10"), day("2024-03-09")), -1);
    }

    #[test]
    fn months_to_the_open_end_exceed_any_term() {
        assert!(months_between(day("2024-03-10"), Day::FUTURE) > 1_000_000);
        assert!(months_between(Day::PAST, day("2024-03-10")) > 1_000_000);
        assert!(months_between(Day::FUTURE, day("2024-03-10")) < -1_000_000);
        assert_eq!(months_between(Day::FUTURE, Day::FUTURE), 0);
        assert!(months_between(Fuzzy::UNKNOWN.lo, Fuzzy::UNKNOWN.hi) > 1_000_000);
    }

    #[test]
    fn impact_period_ends_the_day_before_the_corresponding_day() {
        assert_eq!(impact_end(day("2023-03-15"), 12), day("2024-03-14"));
        assert_eq!(impact_end(day("2024-01-01"), 1), day("2024-01-31"));
        assert_eq!(impact_end(day("2024-03-01"), 12), day("2025-02-28"));
        assert_eq!(impact_end(day("2023-03-01"), 12), day("2024-02-29"));
    }

    #[test]
    fn impact_period_without_a_corresponding_day_ends_on_the_months_last() {
        assert_eq!(impact_end(day("2024-02-29"), 12), day("2025-02-28"));
        assert_eq!(impact_end(day("2024-03-31"), 6), day("2024-09-30"));
        assert_eq!(impact_end(day("2023-08-30"), 6), day("2024-02-29"));
        assert_eq!(impact_end(day("2022-08-29"), 6), day("2023-02-28"));
        assert_eq!(impact_end(Day::FUTURE, 6), Day::FUTURE);
        assert_eq!(impact_end(Day::PAST, 6), Day::PAST);
    }
}
