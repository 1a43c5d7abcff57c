//! Dates as exports hold them where they are not written as a table should: full-width digits, blanks between the parts, words after
//! them, serial numbers of spreadsheets. Told, where something was left out or worked out; never guessed.

use super::cell::{Bad, Cell};
use super::schema::Schema;
use crate::dates::{DateError, Day, Fuzzy, spelled};

/// How a date was read, where somebody should be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Remark {
    /// From the serial number of a day.
    Serial,
    /// From the head of a text that goes on.
    Words,
    /// The cell says that the date is not known, where a blank would say that there is none.
    Unknown,
}

impl Remark {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Serial, Self::Words, Self::Unknown];

    /// A stable code, listed in the manual.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Serial => "data::serial-date",
            Self::Words => "data::date-words",
            Self::Unknown => "data::unknown-date",
        }
    }

    /// What was done with so many cells, in Chinese.
    pub(super) fn why(self, count: u64) -> String {
        match self {
            Self::Serial => format!("这一列有 {count} 格是电子表格的日期序号，已换算成日期"),
            Self::Words => format!("这一列有 {count} 格在日期后面还有文字，只取了日期"),
            Self::Unknown => format!("这一列有 {count} 格写明不知道，按未知处理，不当作没有"),
        }
    }

    /// What would be right, in Chinese.
    pub(super) fn right(self) -> &'static str {
        match self {
            Self::Serial => "正逢每月一日的只取年月；请抽查几格，导出时把这一列设为文本更稳妥",
            Self::Words => "这些文字另有用处的，请另列一栏",
            Self::Unknown => "查清以后填上日期；没有这回事的，留空",
        }
    }
}

/// What a date cell that is not written as a table should may say.
pub(super) enum Written {
    /// A date, and what should be told of how it was read.
    Date(Fuzzy, Option<Remark>),
    /// A word for "up to now": as a blank, where a blank says so.
    Still,
    /// A stroke or a word for nothing: as a blank, where a blank is no other statement.
    Nothing,
    /// A word for "not known": never as a blank that says something.
    Unknown,
}

/// Serial numbers of days that are taken for such: 1927 to 2119.
const SERIALS: std::ops::RangeInclusive<i64> = 10_000..=80_000;
/// How many days the count of the one calendar of spreadsheets lies behind that of the other.
pub(super) const SINCE_1904: i64 = 1462;

/// Reads a date cell that was not read strictly, for `strict` was wrong. `behind` is added to serial numbers: see [`SINCE_1904`].
///
/// # Errors
/// The cell holds no date; what the strict reading found, unless there is more to say.
#[cold]
pub(super) fn written(cell: Cell<'_>, strict: Bad, schema: &Schema, behind: i64) -> Result<Written, Bad> {
    match cell {
        Cell::Int(i) => serial(i, behind).ok_or(strict),
        // The fraction of a day is its time.
        Cell::Real(x) if (10_000.0..80_001.0).contains(&x) => serial(x as i64, behind).ok_or(strict),
        Cell::Text(text) => spelt(text, strict, schema, behind),
        _ => Err(strict),
    }
}

fn spelt(text: &str, strict: Bad, schema: &Schema, behind: i64) -> Result<Written, Bad> {
    let half = spelled::half_width(text);
    let text = half.trim().trim_start_matches('\'').trim();
    if schema.still.iter().any(|w| w == text) {
        return Ok(Written::Still);
    }
    if schema.unknown.iter().any(|w| w == text) {
        return Ok(Written::Unknown);
    }
    if schema.nothing.iter().any(|w| w == text) {
        return Ok(Written::Nothing);
    }
    // A number that went through a program which writes 199001.0.
    let text = text.strip_suffix(".0").filter(|t| t.len() >= 5 && t.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text);
    if text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().and_then(|n| serial(n, behind)).ok_or(strict);
    }
    // The strict reading knows better what is wrong with a date of half width.
    if let Bad::Date(DateError::LostZero | DateError::TwoDigitYear) = strict {
        return Err(strict);
    }
    let Some((date, length)) = spelled::leading(text) else { return Err(strict) };
    let rest = text.get(length..).unwrap_or("").trim();
    let remark = match rest {
        "" => None,
        rest if schema.after_date.iter().any(|w| w == rest) => Some(Remark::Words),
        _ => return Err(strict),
    };
    date.map(|d| Written::Date(d, remark)).map_err(Bad::Date)
}

/// The day of a serial number. Who types a month gets the number of its first day, so of that only the month is believed.
fn serial(number: i64, behind: i64) -> Option<Written> {
    if !SERIALS.contains(&number) {
        return None;
    }
    let epoch = Day::ymd(1970, 1, 1)?;
    // Number 25569 is the first of January 1970.
    let day = Day(epoch.0.checked_add(i32::try_from(number - 25_569 + behind).ok()?)?);
    let (y, m, d) = day.to_ymd();
    let date = if d == 1 { Fuzzy::month(y, m)? } else { Fuzzy::exact(Day::ymd(y, m, d)?) };
    Some(Written::Date(date, Some(Remark::Serial)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect();
        Schema {
            still: words(&["至今", "今"]),
            nothing: words(&["-", "—", "无"]),
            unknown: words(&["不详"]),
            after_date: words(&["起", "正科"]),
            ..Schema::default()
        }
    }

    /// As the records read a cell: strictly first.
    fn read(cell: Cell<'_>) -> Result<String, Bad> {
        let strict = match super::super::cell::date(cell) {
            Ok(date) => return Ok(date.to_string()),
            Err(strict) => strict,
        };
        written(cell, strict, &schema(), 0).map(|w| match w {
            Written::Date(date, None) => date.to_string(),
            Written::Date(date, Some(remark)) => format!("{date} {remark:?}"),
            Written::Still => "still".to_owned(),
            Written::Nothing => "nothing".to_owned(),
            Written::Unknown => "unknown".to_owned(),
        })
    }

    #[test]
    fn every_form_that_exports_write_is_read_at_its_precision() {
        let forms = [
            ("199001", "1990-01"),
            ("19900115", "1990-01-15"),
            ("1990", "1990"),
            ("1990.01", "1990-01"),
            ("1990.01.15", "1990-01-15"),
            ("1990-01", "1990-01"),
            ("1990-1-5", "1990-01-05"),
            ("1990/1/1", "1990-01-01"),
            ("1990/01/01 00:00:00", "1990-01-01"),
            ("1990-01-15 08:30:00.123", "1990-01-15"),
            ("1990年1月", "1990-01"),
            ("1990年01月15日", "1990-01-15"),
            ("1990年", "1990"),
            ("1990 年 1 月", "1990-01"),
            ("１９９０．０１", "1990-01"),
            ("１９９０－０１－１５", "1990-01-15"),
            ("'199001", "1990-01"),
            ("199001.0", "1990-01"),
            ("19900115.0", "1990-01-15"),
            ("2013.04 正科", "2013-04 Words"),
            ("2019.05起", "2019-05 Words"),
            ("32874", "1990-01 Serial"),
            ("32888", "1990-01-15 Serial"),
            ("32888.0", "1990-01-15 Serial"),
            ("至今", "still"),
            ("—", "nothing"),
            ("不详", "unknown"),
        ];
        for (text, means) in forms {
            assert_eq!(read(Cell::Text(text)), Ok(means.to_owned()), "{text}");
        }
        assert_eq!(read(Cell::Real(32_888.5)), Ok("1990-01-15 Serial".to_owned()));
        assert_eq!(read(Cell::Int(32_874)), Ok("1990-01 Serial".to_owned()));
    }

    #[test]
    fn january_and_october_are_not_told_apart_where_a_zero_may_be_lost() {
        let lost = Err(Bad::Date(DateError::LostZero));
        for cell in [Cell::Real(1990.1), Cell::Text("1990.1"), Cell::Text("１９９０．１"), Cell::Text("1990.1 正科")] {
            assert_eq!(read(cell), lost, "{cell:?}");
        }
        // A number holds no blank: this was typed, with a blank in the place of the zero.
        assert_eq!(read(Cell::Text("1990. 1")), Ok("1990-01".to_owned()));
        assert_eq!(read(Cell::Text("1990. 4")), Ok("1990-04".to_owned()));
    }

    #[test]
    fn what_is_no_date_stays_none() {
        let none = ["199013", "19900230", "76.06", "1990.13", "约1990年", "1990.05前", "1990.05左右", "80001", "09999", "199", "4.5E+17"];
        for text in none {
            assert!(read(Cell::Text(text)).is_err(), "{text}");
        }
        assert_eq!(read(Cell::Text("１９９０．１３")), Err(Bad::Date(DateError::Month)));
        assert!(read(Cell::Int(9_999)).is_err());
        assert!(read(Cell::Real(80_001.5)).is_err());
        assert!(read(Cell::Bool(true)).is_err());
    }

    #[test]
    fn the_other_calendar_of_spreadsheets_counts_from_1904() {
        let strict = Bad::Date(DateError::NotADate);
        // 2020-01-15 is day 43845 of the one and 42383 of the other.
        for (number, behind) in [(43_845, 0), (42_383, SINCE_1904)] {
            let read = written(Cell::Int(number), strict, &schema(), behind);
            assert!(matches!(read, Ok(Written::Date(d, _)) if d.to_string() == "2020-01-15"), "{number}");
        }
    }
}
