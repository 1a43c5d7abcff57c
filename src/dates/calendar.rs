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
    pub line: u64,
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
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut marks = BTreeMap::new();
        for (index, record) in reader.records().enumerate() {
            let record = record.map_err(|e| CalendarError {
                line: e.position().map_or(0, csv::Position::line),
                why: "不是规范的 CSV".to_owned(),
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let fields: Vec<&str> = record.iter().collect();
            if index == 0 && fields == ["date", "kind", "name"] {
                continue;
            }
            let (day, mark) = parse_row(&fields).map_err(|why| CalendarError { line, why })?;
            if marks.insert(day, mark).is_some() {
                let why = format!("{day} 重复出现");
                return Err(CalendarError { line, why });
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
        Calendar {
            base,
            totals,
            workdays,
            marks,
            years,
        }
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
            (
                start,
                usize::try_from(passed).ok()?.checked_add_signed(n - 1)?,
            )
        } else {
            let start = day.add_days(-1);
            let passed = self.totals_through(start)?.workdays;
            (start, usize::try_from(passed).ok()?.checked_add_signed(n)?)
        };
        let found = *self.workdays.get(target)?;
        let (lo, hi) = if n > 0 {
            (start, found)
        } else {
            (found, start)
        };
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
        (lo.0.max(self.base)..=hi.0.min(last))
            .map(Day)
            .filter_map(|day| Some((day, self.day_kind(day)?)))
            .collect()
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

fn parse_row(fields: &[&str]) -> Result<(Day, Mark), String> {
    let &[date, kind, name] = fields else {
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
