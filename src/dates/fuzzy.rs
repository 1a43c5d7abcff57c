//! A date with the precision it was recorded at.

use std::fmt;

use super::day::{DateError, Day, month_len};

/// A date with the precision it was recorded at, as the closed interval of days it may stand for: `lo <= hi`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fuzzy {
    /// The earliest day it may stand for.
    pub lo: Day,
    /// The latest day it may stand for.
    pub hi: Day,
}

impl Fuzzy {
    /// Nothing is known: any day at all, or none.
    pub const UNKNOWN: Fuzzy = Fuzzy { lo: Day(i32::MIN), hi: Day(i32::MAX) };
    /// Known to be since ever.
    pub const PAST: Fuzzy = Fuzzy::exact(Day::PAST);
    /// Known not to have happened, or to have no end.
    pub const FUTURE: Fuzzy = Fuzzy::exact(Day::FUTURE);

    /// One day, known exactly.
    pub const fn exact(day: Day) -> Fuzzy {
        Fuzzy { lo: day, hi: day }
    }

    /// Some day of a month; `None` outside the years 1900..=2200 and months 1..=12.
    #[inline]
    pub fn month(y: i32, m: u32) -> Option<Fuzzy> {
        Fuzzy::checked_month(y, m).ok()
    }

    /// Some day of a year; `None` outside 1900..=2200.
    #[inline]
    pub fn year(y: i32) -> Option<Fuzzy> {
        Fuzzy::checked_year(y).ok()
    }

    /// Whether it stands for one day only.
    #[inline]
    pub fn is_exact(self) -> bool {
        self.lo == self.hi
    }

    /// Whether nothing is known of it.
    #[inline]
    pub fn is_unknown(self) -> bool {
        self == Fuzzy::UNKNOWN
    }

    /// Reads a date. Canonical: `YYYY-MM-DD`, `YYYY-MM`, `YYYY`.
    ///
    /// Also read: `/` or `.` between the parts, months and days of one digit, `2019年3月5日`, a time of day after a full
    /// date (`2019-03-05 00:00:00`; the time is dropped), and compact `YYYYMMDD` and `YYYYMM`. Blanks around are dropped.
    ///
    /// # Errors
    /// Never guesses and never clamps: see [`DateError`]. `1990.1` is [`DateError::LostZero`],
    /// since a cell typed as a number loses October's zero; `1990.4` can be April only.
    pub fn parse(text: &str) -> Result<Fuzzy, DateError> {
        let text = text.trim();
        if let Some(date) = parse_fast(text.as_bytes()) {
            return Ok(date);
        }
        if text.is_empty() {
            return Err(DateError::Empty);
        }
        match text.split_once([' ', 'T']) {
            Some((date, time)) if is_clock(time) => {
                let date = parse_date(date)?;
                if date.is_exact() { Ok(date) } else { Err(DateError::NotADate) }
            }
            Some(_) => Err(DateError::NotADate),
            None => parse_date(text),
        }
    }

    #[inline]
    fn checked_month(y: i32, m: u32) -> Result<Fuzzy, DateError> {
        let lo = Day::checked(y, m, 1)?;
        let hi = Day(lo.0 + month_len(i64::from(y), m) as i32 - 1);
        Ok(Fuzzy { lo, hi })
    }

    #[inline]
    fn checked_year(y: i32) -> Result<Fuzzy, DateError> {
        Ok(Fuzzy { lo: Day::checked(y, 1, 1)?, hi: Day::checked(y, 12, 31)? })
    }
}

/// Reads `YYYY-MM-DD`, `YYYY-MM` and `YYYY` only, without allocating: the way a million rows are loaded.
/// `None`: not one of these, or no such date; [`Fuzzy::parse`] reads the other forms and says what is wrong.
#[inline]
pub fn parse_fast(text: &[u8]) -> Option<Fuzzy> {
    match *text {
        [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] => {
            let y = digits4([y0, y1, y2, y3])?;
            Day::ymd(y as i32, digits2([m0, m1])?, digits2([d0, d1])?).map(Fuzzy::exact)
        }
        [y0, y1, y2, y3, b'-', m0, m1] => {
            let y = digits4([y0, y1, y2, y3])?;
            Fuzzy::month(y as i32, digits2([m0, m1])?)
        }
        [y0, y1, y2, y3] => Fuzzy::year(digits4([y0, y1, y2, y3])? as i32),
        _ => None,
    }
}

#[inline]
fn digits2(b: [u8; 2]) -> Option<u32> {
    let [a, b] = b.map(|c| u32::from(c.wrapping_sub(b'0')));
    (a <= 9 && b <= 9).then_some(a * 10 + b)
}

#[inline]
fn digits4([a, b, c, d]: [u8; 4]) -> Option<u32> {
    Some(digits2([a, b])? * 100 + digits2([c, d])?)
}

/// The forms besides the canonical ones; no blanks and no time of day.
fn parse_date(text: &str) -> Result<Fuzzy, DateError> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return parse_compact(text);
    }
    if let Some((y, rest)) = text.split_once('年') {
        return parse_chinese(y, rest);
    }
    let separator = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.')).ok_or(DateError::NotADate)?;
    let mut parts = text.split(separator);
    let (y, m, d) = (parts.next(), parts.next(), parts.next());
    let (Some(y), Some(m), None) = (y, m, parts.next()) else {
        return Err(DateError::NotADate);
    };
    let lost_zero = separator == '.' && d.is_none() && m == "1";
    let date = assemble(y, Some(m), d)?;
    if lost_zero { Err(DateError::LostZero) } else { Ok(date) }
}

/// `YYYY`, `YYYYMM`, `YYYYMMDD`.
fn parse_compact(digits: &str) -> Result<Fuzzy, DateError> {
    match digits.len() {
        4 => assemble(digits, None, None),
        6 => assemble(&digits[..4], Some(&digits[4..]), None),
        8 => assemble(&digits[..4], Some(&digits[4..6]), Some(&digits[6..])),
        _ => Err(DateError::NotADate),
    }
}

/// `2019年`, `2019年3月`, `2019年3月5日`, given what stands before and after 年.
fn parse_chinese(y: &str, rest: &str) -> Result<Fuzzy, DateError> {
    if rest.is_empty() {
        return assemble(y, None, None);
    }
    let (m, rest) = rest.split_once('月').ok_or(DateError::NotADate)?;
    if rest.is_empty() {
        return assemble(y, Some(m), None);
    }
    let d = rest.strip_suffix('日').ok_or(DateError::NotADate)?;
    assemble(y, Some(m), Some(d))
}

fn assemble(y: &str, m: Option<&str>, d: Option<&str>) -> Result<Fuzzy, DateError> {
    let year = number(y).ok_or(DateError::NotADate)?;
    let part = |p: &str| number(p).filter(|_| p.len() <= 2).ok_or(DateError::NotADate);
    let m = m.map(part).transpose()?;
    let d = d.map(part).transpose()?;
    match y.len() {
        4 => {}
        2 => return Err(DateError::TwoDigitYear),
        _ => return Err(DateError::NotADate),
    }
    let year = year as i32;
    match (m, d) {
        (None, _) => Fuzzy::checked_year(year),
        (Some(m), None) => Fuzzy::checked_month(year, m),
        (Some(m), Some(d)) => Day::checked(year, m, d).map(Fuzzy::exact),
    }
}

/// One to four ASCII digits.
fn number(text: &str) -> Option<u32> {
    let ok = matches!(text.len(), 1..=4) && text.bytes().all(|b| b.is_ascii_digit());
    if ok { text.parse().ok() } else { None }
}

/// `HH:MM`, `HH:MM:SS`, `HH:MM:SS.fff`. A zone is refused: it could move the date.
fn is_clock(text: &str) -> bool {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let within = |part: Option<&str>, max: u32| part.is_some_and(|p| p.len() <= 2 && number(p).is_some_and(|n| n <= max));
    if !within(parts.next(), 23) || !within(parts.next(), 59) {
        return false;
    }
    let second = parts.next();
    if parts.next().is_some() || (second.is_some() && !within(second, 59)) {
        return false;
    }
    match fraction {
        Some(f) => second.is_some() && !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit()),
        None => true,
    }
}

/// At the recorded precision: `2019-03-05`, `2019-03`, `2019`; any other interval as `lo..hi`.
impl fmt::Display for Fuzzy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_exact() {
            return self.lo.fmt(f);
        }
        let (y, m, d) = self.lo.to_ymd();
        let text = if d == 1 && Fuzzy::month(y, m) == Some(*self) {
            format!("{y:04}-{m:02}")
        } else if d == 1 && Fuzzy::year(y) == Some(*self) {
            format!("{y:04}")
        } else {
            format!("{}..{}", self.lo, self.hi)
        };
        f.pad(&text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[track_caller]
    fn reads(text: &str, lo: &str, hi: &str) {
        let expected = Fuzzy { lo: day(lo), hi: day(hi) };
        assert_eq!(Fuzzy::parse(text), Ok(expected), "{text}");
    }

    #[test]
    fn a_month_stands_for_its_days_and_a_year_for_its_own() {
        reads("2019-03", "2019-03-01", "2019-03-31");
        reads("2024-02", "2024-02-01", "2024-02-29");
        reads("2023-02", "2023-02-01", "2023-02-28");
        reads("2019", "2019-01-01", "2019-12-31");
    }

    #[test]
    fn every_written_form_is_read_at_its_precision() {
        let days = "1990-01-05 1990/1/5 1990.1.5 1990.01.05 1990年1月5日 1990年01月05日 19900105 1990-1-5";
        for form in days.split(' ') {
            reads(form, "1990-01-05", "1990-01-05");
        }
        for form in ["1990-1", "1990/01", "1990.01", "1990年1月", "1990年01月", "199001"] {
            reads(form, "1990-01-01", "1990-01-31");
        }
        for form in ["1990", "1990年", " 1990 "] {
            reads(form, "1990-01-01", "1990-12-31");
        }
        reads("1990.10", "1990-10-01", "1990-10-31");
    }

    #[test]
    fn a_time_of_day_after_a_full_date_is_dropped() {
        for time in ["00:00", "00:00:00", "23:59:59", "00:00:00.000"] {
            reads(&format!("1990/01/01 {time}"), "1990-01-01", "1990-01-01");
        }
        reads("1990-01-01T08:30:00", "1990-01-01", "1990-01-01");
        let wrong = [
            "1990-01 00:00:00",
            "1990-01-01 24:00:00",
            "1990-01-01 00",
            "1990-01-01 00:00:",
            "1990-01-01T16:00:00Z",
            "1990-01-01T16:00:00.",
            "1990-01-01 16:00.5",
            "1990-01-01 16:00:00+08:00",
        ];
        for text in wrong {
            assert_eq!(Fuzzy::parse(text), Err(DateError::NotADate), "{text}");
        }
    }

    #[test]
    fn one_decimal_digit_cannot_tell_january_from_october() {
        assert_eq!(Fuzzy::parse("1990.1"), Err(DateError::LostZero));
        assert_eq!(Fuzzy::parse("2013.4"), Ok(Fuzzy::month(2013, 4).unwrap()));
        assert_eq!(Fuzzy::parse("1990.0"), Err(DateError::Month));
    }

    #[test]
    fn what_is_no_date_is_refused_and_never_clamped() {
        let cases = [
            ("", DateError::Empty),
            ("　", DateError::Empty),
            ("76.06", DateError::TwoDigitYear),
            ("00-06-01", DateError::TwoDigitYear),
            ("76年6月", DateError::TwoDigitYear),
            ("199013", DateError::Month),
            ("199000", DateError::Month),
            ("1990-13", DateError::Month),
            ("1990-00-10", DateError::Month),
            ("19900230", DateError::DayOfMonth),
            ("2023-02-29", DateError::DayOfMonth),
            ("2023-02-00", DateError::DayOfMonth),
            ("1990年2月30日", DateError::DayOfMonth),
            ("1899", DateError::Year),
            ("2201-01-01", DateError::Year),
            ("000000", DateError::Year),
            ("32874", DateError::NotADate),
            ("199", DateError::NotADate),
            ("6", DateError::NotADate),
            ("199001015", DateError::NotADate),
            ("1990-01/05", DateError::NotADate),
            ("1990-01-", DateError::NotADate),
            ("1990-01-05-", DateError::NotADate),
            ("1990-001", DateError::NotADate),
            ("1990--01", DateError::NotADate),
            ("-1990-01", DateError::NotADate),
            ("+199-01-01", DateError::NotADate),
            ("1990年1月5", DateError::NotADate),
            ("1990年1", DateError::NotADate),
            ("1990年月", DateError::NotADate),
            ("1990. 1", DateError::NotADate),
            ("2013.04 正科", DateError::NotADate),
            ("至今", DateError::NotADate),
            ("１９９０", DateError::NotADate),
            ("4.5E+17", DateError::NotADate),
            ("199001.0", DateError::NotADate),
        ];
        for (text, why) in cases {
            assert_eq!(Fuzzy::parse(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn the_fast_path_reads_canonical_dates_only() {
        for text in ["2019-03-05", "2024-02-29", "2019-03", "2019", "1900", "2200-12-31"] {
            assert_eq!(parse_fast(text.as_bytes()), Fuzzy::parse(text).ok(), "{text}");
            assert!(parse_fast(text.as_bytes()).is_some(), "{text}");
        }
        let others = "2019/03/05 2019-3-5 20190305 201903 2019-02-29 2019-13 2019-00 1899 2201 201a 2019-0a 2019-03-0: 2019.03";
        for text in others.split(' ') {
            assert_eq!(parse_fast(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_fast(b""), None);
    }

    #[test]
    fn text_keeps_the_precision() {
        for text in ["2019", "2019-03", "2024-02", "2019-03-05", "2019-12-01", "2019-01"] {
            assert_eq!(Fuzzy::parse(text).unwrap().to_string(), text);
        }
        let quarter = Fuzzy { lo: day("2019-01-01"), hi: day("2019-03-31") };
        assert_eq!(quarter.to_string(), "2019-01-01..2019-03-31");
        assert_eq!(Fuzzy::UNKNOWN.to_string(), "-∞..+∞");
        assert_eq!(Fuzzy::FUTURE.to_string(), "+∞");
    }

    #[test]
    fn unknown_is_neither_past_nor_future() {
        assert!(Fuzzy::UNKNOWN.is_unknown() && !Fuzzy::UNKNOWN.is_exact());
        assert!(Fuzzy::PAST.is_exact() && Fuzzy::FUTURE.is_exact());
        assert!(Fuzzy::UNKNOWN.lo < Day::PAST && Day::FUTURE < Fuzzy::UNKNOWN.hi);
    }
}
