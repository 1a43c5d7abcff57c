//! Days and the official calendar of working days, reckoned apart from the program's own dates, so that the county's
//! expectations do not lean on what they are meant to check.

use std::fmt;

/// A calendar day: days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Day(pub i32);

/// The day of a civil date. The date is taken as it is; callers pass real dates.
pub const fn ymd(year: i32, month: i32, day: i32) -> Day {
    // Howard Hinnant's days_from_civil: years begin in March, so that the leap day comes last.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Day(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

impl Day {
    /// Year, month, day.
    pub fn civil(self) -> (i32, i32, i32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let m = (5 * of_year + 2) / 153;
        let day = of_year - (153 * m + 2) / 5 + 1;
        let month = if m < 10 { m + 3 } else { m - 9 };
        (year + era * 400 + i32::from(month <= 2), month, day)
    }

    pub fn year(self) -> i32 {
        self.civil().0
    }

    pub fn plus(self, days: i32) -> Day {
        Day(self.0 + days)
    }

    /// Calendar months later; a missing day falls on the month's last.
    pub fn months(self, n: i32) -> Day {
        let (y, m, d) = self.civil();
        let at = y * 12 + (m - 1) + n;
        let (y, m) = (at.div_euclid(12), at.rem_euclid(12) + 1);
        ymd(y, m, d.min(month_days(y, m)))
    }

    /// Monday 0 … Sunday 6; 1970-01-01 was a Thursday.
    pub fn weekday(self) -> i32 {
        (self.0 + 3).rem_euclid(7)
    }

    pub fn first_of_month(self) -> Day {
        let (y, m, _) = self.civil();
        ymd(y, m, 1)
    }
}

impl Day {
    /// YYYY-MM-DD; written out by hand because a large county has tens of millions of them.
    pub fn text(self) -> String {
        let (y, m, d) = self.civil();
        let digits = [y / 1000, y / 100 % 10, y / 10 % 10, y % 10, m / 10, m % 10, d / 10, d % 10];
        let mut text = String::with_capacity(10);
        for (at, digit) in digits.into_iter().enumerate() {
            if at == 4 || at == 6 {
                text.push('-');
            }
            text.push(char::from(b'0' + digit as u8));
        }
        text
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn month_days(year: i32, month: i32) -> i32 {
    let next = if month == 12 { ymd(year + 1, 1, 1) } else { ymd(year, month + 1, 1) };
    next.0 - ymd(year, month, 1).0
}

/// Which days the offices work; a plain Monday-to-Friday week outside the years of the calendar.
pub struct Workdays {
    first: Day,
    works: Vec<bool>,
}

impl Workdays {
    pub fn load() -> Workdays {
        let (first, last) = (ymd(1950, 1, 1), ymd(2030, 12, 31));
        let mut works: Vec<bool> = (first.0..=last.0).map(|d| Day(d).weekday() < 5).collect();
        for line in include_str!("../../rules/calendar/holidays.csv").lines().skip(1) {
            let mut cells = line.split(',');
            let (Some(date), Some(kind)) = (cells.next(), cells.next()) else {
                continue;
            };
            let part: Vec<i32> = date.split('-').filter_map(|p| p.parse().ok()).collect();
            if let [y, m, d] = part[..] {
                works[(ymd(y, m, d).0 - first.0) as usize] = kind == "work";
            }
        }
        Workdays { first, works }
    }

    pub fn works(&self, day: Day) -> bool {
        self.works[(day.0 - self.first.0) as usize]
    }

    /// The n-th working day after the day; with 0, the day itself or the next that works.
    pub fn after(&self, day: Day, n: i32) -> Day {
        self.walk(day, n, 1)
    }

    /// The n-th working day before the day; with 0, the day itself or the last that worked.
    pub fn before(&self, day: Day, n: i32) -> Day {
        self.walk(day, n, -1)
    }

    /// Working days from one day to another, both counted.
    #[allow(dead_code)]
    pub fn count(&self, from: Day, to: Day) -> i32 {
        (from.0..=to.0).filter(|&d| self.works(Day(d))).count() as i32
    }

    fn walk(&self, day: Day, n: i32, step: i32) -> Day {
        let mut at = day;
        let mut left = n;
        while left > 0 || !self.works(at) {
            at = at.plus(step);
            if left > 0 && self.works(at) {
                left -= 1;
            }
        }
        at
    }
}
