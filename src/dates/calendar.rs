//! Working days: Monday to Friday, less the State Council's days off, plus its make-up days.

use std::collections::{BTreeMap, BTreeSet};

use super::day::Day;
use super::fuzzy::Fuzzy;

/// The official calendar of the years it was loaded for. A year is loaded when any row of it exists; for other years
/// every answer is `None`, since weekends alone would be a guess.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// 1 January of the first loaded year.
    base: i32,
    /// Entry `i`: totals over the `i` days from `base` on. Runs to 31 December of the last loaded year; empty when no
    /// year is loaded.
    totals: Vec<Totals>,
    /// The working days of the loaded years, in order.
    workdays: Vec<Day>,
    /// The days the notices name.
    marks: BTreeMap<Day, Mark>,
    years: BTreeSet<i32>,
}

/// What a day is, for a strip of days in a trace.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DayKind<'a> {
    /// An ordinary working day.
    Workday,
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// Off by the State Council's notice (be it a weekday or not), with the holiday's name.
    Holiday(&'a str),
    /// A Saturday or Sunday worked by the notice, with the name of the holiday it makes up for.
    MakeUp(&'a str),
}

/// A calendar file that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("日历第 {line} 行：{why}")]
pub struct CalendarError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong with it, in Chinese.
    pub why: String,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Totals {
    workdays: i32,
    /// Days of years that are not loaded.
    unknown: i32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Mark {
    off: bool,
    name: String,
}

impl Calendar {
    /// A calendar of no year.
    pub fn empty() -> Calendar {
        Calendar::default()
    }

    /// Reads `date,kind,name` rows: kind `off` (a day off) or `work` (a make-up working day). A header line, blank lines
    /// and lines starting with `#` are passed over.
    ///
    /// # Errors
    /// The first row that is not of this shape, has no full date or names a day a second time.
    pub fn parse_csv(text: &str) -> Result<Calendar, CalendarError> {
        let mut marks = BTreeMap::new();
        let text = text.trim_start_matches('\u{feff}');
        for (index, row) in text.lines().enumerate() {
            let row = row.trim();
            if row.is_empty() || row.starts_with('#') || row == "date,kind,name" {
                continue;
            }
            let refuse = |why| CalendarError { line: index + 1, why };
            let (day, mark) = parse_row(row).map_err(refuse)?;
            if marks.insert(day, mark).is_some() {
                return Err(refuse(format!("{day} 重复出现")));
            }
        }
        Ok(Calendar::from_marks(marks))
    }

    fn from_marks(marks: BTreeMap<Day, Mark>) -> Calendar {
        let years: BTreeSet<i32> = marks.keys().map(|d| d.year()).collect();
        let (Some(&first), Some(&last)) = (years.first(), years.last()) else {
            return Calendar::empty();
        };
        let base = Day::from_civil(i64::from(first), 1, 1).0;
        let end = Day::from_civil(i64::from(last) + 1, 1, 1).0;
        let mut sum = Totals::default();
        let mut totals = vec![sum];
        let mut workdays = Vec::new();
        for day in (base..end).map(Day) {
            if !years.contains(&day.year()) {
                sum.unknown += 1;
            } else if marks.get(&day).map_or(day.weekday() <= 5, |mark| !mark.off) {
                sum.workdays += 1;
                workdays.push(day);
            }
            totals.push(sum);
        }
        Calendar { base, totals, workdays, marks, years }
    }

    /// Whether the calendar of a year is loaded.
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Whether a day is a working day; `None` when its year has no calendar.
    #[inline]
    pub fn is_workday(&self, day: Day) -> Option<bool> {
        self.workdays(day, day).map(|n| n == 1)
    }

    /// Working days from `lo` to `hi`, both ends counted, in constant time; 0 when `hi < lo`.
    /// `None` when any year in the span has no calendar.
    #[inline]
    pub fn workdays(&self, lo: Day, hi: Day) -> Option<i32> {
        if hi < lo {
            return Some(0);
        }
        let before = self.totals_before(lo)?;
        let through = self.totals_through(hi)?;
        (before.unknown == through.unknown).then_some(through.workdays - before.workdays)
    }

    /// The n-th working day after `day` (before it, when `n < 0`), `day` itself not counted and its own year not needed
    /// unless the count runs through it. `day` when `n = 0`. `None` when a year on the way has no calendar.
    pub(super) fn nth_workday(&self, day: Day, n: i32) -> Option<Day> {
        if n == 0 || !day.is_finite() {
            return Some(day);
        }
        let n = isize::try_from(n).ok()?;
        let (start, target) = if n > 0 {
            let start = day.add_days(1);
            let passed = self.totals_before(start)?.workdays;
            (start, usize::try_from(passed).ok()?.checked_add_signed(n - 1)?)
        } else {
            let start = day.add_days(-1);
            let passed = self.totals_through(start)?.workdays;
            (start, usize::try_from(passed).ok()?.checked_add_signed(n)?)
        };
        let found = *self.workdays.get(target)?;
        let (lo, hi) = if n > 0 { (start, found) } else { (found, start) };
        self.workdays(lo, hi)?;
        Some(found)
    }

    /// What a day is; `None` when its year has no calendar.
    pub fn day_kind(&self, day: Day) -> Option<DayKind<'_>> {
        let workday = self.is_workday(day)?;
        let weekend = day.weekday() > 5;
        Some(match self.marks.get(&day) {
            Some(mark) if mark.off => DayKind::Holiday(&mark.name),
            Some(mark) if weekend => DayKind::MakeUp(&mark.name),
            _ if workday => DayKind::Workday,
            _ => DayKind::Weekend,
        })
    }

    /// The days from `lo` to `hi`, both ends included, each with what it is; days of years without a calendar are left out.
    pub fn strip(&self, lo: Day, hi: Day) -> Vec<(Day, DayKind<'_>)> {
        let last = self.base.saturating_add(self.totals.len() as i32 - 2);
        (lo.0.max(self.base)..=hi.0.min(last)).map(Day).filter_map(|day| Some((day, self.day_kind(day)?))).collect()
    }

    /// Totals over the days from `base` to the day before `day`.
    #[inline]
    fn totals_before(&self, day: Day) -> Option<Totals> {
        let index = usize::try_from(day.0.checked_sub(self.base)?).ok()?;
        self.totals.get(index).copied()
    }

    /// Totals over the days from `base` to `day`.
    #[inline]
    fn totals_through(&self, day: Day) -> Option<Totals> {
        self.totals_before(Day(day.0.checked_add(1)?))
    }
}

/// One `date,kind,name` row. No field can hold a comma, so quotes are only what a spreadsheet may put around one.
fn parse_row(row: &str) -> Result<(Day, Mark), String> {
    let fields: Vec<&str> = row.split(',').map(|field| field.trim().trim_matches('"')).collect();
    let [date, kind, name] = fields[..] else {
        return Err("应有 date,kind,name 三列".to_owned());
    };
    let date = Fuzzy::parse(date).map_err(|why| why.to_string())?;
    if !date.is_exact() {
        return Err("日期应精确到日".to_owned());
    }
    let off = match kind {
        "off" => true,
        "work" => false,
        _ => return Err("kind 应为 off 或 work".to_owned()),
    };
    if name.is_empty() {
        return Err("缺少节日名称".to_owned());
    }
    let name = name.to_owned();
    Ok((date.lo, Mark { off, name }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Period, add};
    use super::*;

    /// 2023 with its National Day, and 2025 with one day off: 2024 is missing between.
    const TEXT: &str = "\
date,kind,name
2023-09-29,off,中秋节
2023-09-30,off,中秋节
2023-10-01,off,国庆节
2023-10-02,off,国庆节
2023-10-03,off,国庆节
2023-10-04,off,国庆节
2023-10-05,off,国庆节
2023-10-06,off,国庆节
2023-10-07,work,国庆节
2023-10-08,work,国庆节
2025-01-01,off,元旦
";

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        Calendar::parse_csv(TEXT).unwrap()
    }

    #[test]
    fn notice_over_national_day_counts_make_up_days() {
        let (from, to) = (day("2023-09-27"), day("2023-10-08"));
        assert_eq!(calendar().workdays(from, to), Some(4), "27, 28, and the weekend of 7 and 8");
    }

    #[test]
    fn days_are_what_the_notice_says_before_what_the_week_says() {
        let calendar = calendar();
        let kind = |d: &str| calendar.day_kind(day(d));
        assert_eq!(kind("2023-09-28"), Some(DayKind::Workday));
        assert_eq!(kind("2023-09-30"), Some(DayKind::Holiday("中秋节")), "a Saturday off by name");
        assert_eq!(kind("2023-10-06"), Some(DayKind::Holiday("国庆节")));
        assert_eq!(kind("2023-10-07"), Some(DayKind::MakeUp("国庆节")));
        assert_eq!(kind("2023-10-14"), Some(DayKind::Weekend));
        assert_eq!(kind("2024-10-14"), None);
        assert_eq!(calendar.is_workday(day("2023-10-07")), Some(true));
        assert_eq!(calendar.is_workday(day("2023-10-06")), Some(false));
        assert_eq!(calendar.is_workday(day("2024-10-14")), None);
    }

    #[test]
    fn a_year_without_a_calendar_is_not_counted_through() {
        let calendar = calendar();
        assert!(calendar.covers(2023) && !calendar.covers(2024) && calendar.covers(2025));
        assert_eq!(calendar.workdays(day("2023-12-29"), day("2023-12-31")), Some(1));
        assert_eq!(calendar.workdays(day("2023-12-29"), day("2024-01-01")), None);
        assert_eq!(calendar.workdays(day("2023-12-29"), day("2025-01-02")), None);
        assert_eq!(calendar.workdays(day("2022-12-31"), day("2023-01-01")), None);
        assert_eq!(calendar.workdays(day("2025-12-31"), day("2026-01-01")), None);
        assert_eq!(calendar.workdays(day("2025-01-01"), day("2025-01-02")), Some(1));
        assert_eq!(calendar.workdays(day("2024-05-02"), day("2024-05-01")), Some(0), "empty span");
        assert_eq!(calendar.workdays(Day::PAST, Day::FUTURE), None);
        assert_eq!(calendar.workdays(Day(i32::MIN), Day(i32::MAX)), None);
        assert_eq!(Calendar::empty().workdays(day("2023-01-01"), day("2023-01-02")), None);
    }

    #[test]
    fn the_nth_working_day_does_not_count_the_first_day() {
        let calendar = calendar();
        let after = |d: &str, n| add(day(d), Period::Workdays(n), &calendar);
        assert_eq!(after("2023-09-27", 1), Some(day("2023-09-28")));
        assert_eq!(after("2023-09-28", 1), Some(day("2023-10-07")));
        assert_eq!(after("2023-09-30", 2), Some(day("2023-10-08")));
        assert_eq!(after("2023-10-08", -1), Some(day("2023-10-07")));
        assert_eq!(after("2023-10-07", -1), Some(day("2023-09-28")));
        assert_eq!(after("2023-10-01", 0), Some(day("2023-10-01")));
    }

    #[test]
    fn the_nth_working_day_needs_the_years_it_counts_through() {
        let calendar = calendar();
        let after = |d: &str, n| add(day(d), Period::Workdays(n), &calendar);
        assert_eq!(after("2022-12-31", 1), Some(day("2023-01-02")), "2022 itself is not counted");
        assert_eq!(after("2022-12-30", 1), None);
        assert_eq!(after("2023-12-28", 1), Some(day("2023-12-29")));
        assert_eq!(after("2023-12-28", 2), None, "2024 is missing");
        assert_eq!(after("2024-12-31", 1), Some(day("2025-01-02")));
        assert_eq!(after("2025-01-02", -1), None);
        assert_eq!(after("2024-01-01", -1), Some(day("2023-12-29")));
        assert_eq!(after("2025-12-31", 1), None);
        assert_eq!(after("2026-01-01", -1), Some(day("2025-12-31")));
        assert_eq!(after("2023-01-02", -1), None);
        assert_eq!(after("2023-06-01", i32::MAX), None);
        assert_eq!(after("2023-06-01", i32::MIN), None);
        assert_eq!(after("2024-06-01", 0), Some(day("2024-06-01")));
    }

    #[test]
    fn a_strip_shows_each_day_and_leaves_out_unknown_ones() {
        let calendar = calendar();
        let strip = calendar.strip(day("2023-10-06"), day("2023-10-09"));
        let expected = [
            (day("2023-10-06"), DayKind::Holiday("国庆节")),
            (day("2023-10-07"), DayKind::MakeUp("国庆节")),
            (day("2023-10-08"), DayKind::MakeUp("国庆节")),
            (day("2023-10-09"), DayKind::Workday),
        ];
        assert_eq!(strip, expected);
        assert_eq!(calendar.strip(day("2023-12-31"), day("2025-01-01")).len(), 2);
        assert_eq!(calendar.strip(Day::PAST, Day::FUTURE).len(), 730);
        assert!(Calendar::empty().strip(Day::PAST, Day::FUTURE).is_empty());
        assert!(calendar.strip(day("2023-10-09"), day("2023-10-06")).is_empty());
    }

    #[test]
    fn a_file_saved_by_a_spreadsheet_is_read() {
        let text = "\u{feff}date,kind,name\r\n\r\n# 国办通知\r\n2023/10/7,\"work\",国庆节\r\n";
        let calendar = Calendar::parse_csv(text).unwrap();
        assert_eq!(calendar.day_kind(day("2023-10-07")), Some(DayKind::MakeUp("国庆节")));
    }

    #[test]
    fn a_bad_row_is_refused_with_its_line() {
        let cases = [
            ("date,kind,name\n2023-10-07,work,国庆节\n2023-10-07,off,国庆节\n", 3, "2023-10-07 重复出现"),
            ("2023-10-07,rest,国庆节\n", 1, "kind 应为 off 或 work"),
            ("2023-10,off,国庆节\n", 1, "日期应精确到日"),
            ("\n2023-02-29,off,国庆节\n", 2, "该月没有这一天"),
            ("2023-10-07,off\n", 1, "应有 date,kind,name 三列"),
            ("2023-10-07,off,\n", 1, "缺少节日名称"),
        ];
        for (text, line, why) in cases {
            let expected = CalendarError { line, why: why.to_owned() };
            assert_eq!(Calendar::parse_csv(text), Err(expected), "{text}");
        }
    }
}
