//! Days, months and working days of the second opinion, reckoned from its own reading of the calendar file.

use std::collections::BTreeMap;

/// Days since 1970-01-01.
pub type Day = i32;

/// The day of a civil date (years that begin in March, so that the leap day comes last).
pub const fn ymd(year: i32, month: i32, day: i32) -> Day {
    let y = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (y.div_euclid(400), y.rem_euclid(400));
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * ((month + 9) % 12) + 2) / 5 + day - 1 - 719_468
}

/// Year, month and day: the year and month whose first day is the last not after it.
pub fn civil(day: Day) -> (i32, i32, i32) {
    let mut year = 1970 + day.div_euclid(366);
    while ymd(year + 1, 1, 1) <= day {
        year += 1;
    }
    let month = (1..=12).rev().find(|m| ymd(year, *m, 1) <= day).unwrap_or(1);
    (year, month, day - ymd(year, month, 1) + 1)
}

pub fn year(day: Day) -> i32 {
    civil(day).0
}

fn month_length(year: i32, month: i32) -> i32 {
    if month == 12 { 31 } else { ymd(year, month + 1, 1) - ymd(year, month, 1) }
}

/// So many calendar months later; a missing day falls on the month's last.
pub fn plus_months(day: Day, months: i32) -> Day {
    let (y, m, d) = civil(day);
    let at = y * 12 + m - 1 + months;
    let (y, m) = (at.div_euclid(12), at.rem_euclid(12) + 1);
    ymd(y, m, d.min(month_length(y, m)))
}

/// The most whole months that fit between two days.
pub fn whole_months(from: Day, to: Day) -> i32 {
    let mut n = ((to - from) / 31).max(0);
    while plus_months(from, n + 1) <= to {
        n += 1;
    }
    n
}

/// The last day of a period of so many months from a day: the day before the corresponding one; where there is none, the month's last.
pub fn period_end(day: Day, months: i32) -> Day {
    let end = plus_months(day, months);
    if civil(end).2 == civil(day).2 { end - 1 } else { end }
}

/// First and last day of a date as it is written; none for a blank.
pub fn read(text: &str) -> Option<(Day, Day)> {
    let part: Vec<i32> = text.split('-').map_while(|p| p.parse().ok()).collect();
    match part[..] {
        [y, m, d] => Some((ymd(y, m, d), ymd(y, m, d))),
        [y, m] => Some((ymd(y, m, 1), ymd(y, m, month_length(y, m)))),
        [y] => Some((ymd(y, 1, 1), ymd(y, 12, 31))),
        _ => None,
    }
}

/// The days off and the make-up days of the State Council.
pub struct Calendar(BTreeMap<Day, bool>);

impl Calendar {
    pub fn load() -> Calendar {
        let text = std::fs::read_to_string("rules/calendar/holidays.csv").expect("the calendar is there");
        let lines = text.lines().skip(1).filter_map(|line| {
            let mut cells = line.split(',');
            Some((read(cells.next()?)?.0, cells.next()? == "work"))
        });
        Calendar(lines.collect())
    }

    /// None: the calendar of the year is not known.
    fn works(&self, day: Day) -> Option<bool> {
        let first = ymd(year(day), 1, 1);
        self.0.range(first..first + 365).next()?;
        // 1970-01-01 was a Thursday.
        Some(self.0.get(&day).copied().unwrap_or((day + 3).rem_euclid(7) < 5))
    }

    /// Working days from the first to the last, both counted.
    pub fn between(&self, first: Day, last: Day) -> Option<usize> {
        (first..=last).map(|d| self.works(d)).try_fold(0, |n, works| Some(n + usize::from(works?)))
    }

    /// The n-th working day after a day.
    pub fn after(&self, day: Day, n: usize) -> Option<Day> {
        let mut left = n;
        for day in day + 1.. {
            left -= usize::from(self.works(day)?);
            if left == 0 {
                return Some(day);
            }
        }
        None
    }
}
