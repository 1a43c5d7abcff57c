//! Lengths of time and the arithmetic of days, months and years.

use std::fmt;

use super::calendar::Calendar;
use super::day::{Day, month_len};

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
    if reached == day {
        target.add_days(-1)
    } else {
        target
    }
}
