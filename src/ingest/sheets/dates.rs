//! Dates of rosters, where a year may have two digits. Whatever is not certain is left as it stands, and told where it is entered.

use crate::dates::spelled::half_width;
use crate::ingest::value::Value;

/// A cell of a column of months: who types 1982年3月 into a spreadsheet gets the first of that month, so of that only the month is believed.
pub(super) fn month(cell: &Value) -> Value {
    match cell {
        Value::Day(day) if day.to_ymd().2 == 1 => Value::Text(day.to_string().get(..7).unwrap_or_default().to_owned()),
        cell => cell.clone(),
    }
}

/// The text of a date cell, its year with four digits if `now` tells the century.
pub(super) fn text(cell: &Value, now: Option<i32>) -> String {
    let shown = half_width(&cell.shown());
    let plain = shown.trim().trim_start_matches('\'').trim_start();
    match widened(plain, now) {
        Some(wide) => wide,
        None => plain.to_owned(),
    }
}

/// `76.06` as `1976.06`; none if it is no date of a year of two digits, or nobody can tell the century. That nobody can tell the month of
/// `76.1` is told where it is entered.
fn widened(text: &str, now: Option<i32>) -> Option<String> {
    let (year, rest) = text.split_at_checked(2).filter(|(y, _)| y.bytes().all(|b| b.is_ascii_digit()))?;
    let separator = rest.chars().next().filter(|c| matches!(c, '.' | '-' | '/' | '年'))?;
    let after = rest.get(separator.len_utf8()..)?.trim_start();
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let year = century(year.parse().ok()?, now)?;
    Some(format!("{year}{separator}{after}"))
}

/// The year of two digits that lies in the hundred years up to now. Without a now, those that do whenever it is asked.
fn century(year: i32, now: Option<i32>) -> Option<i32> {
    /// Nobody in office today did anything before.
    const FIRST: i32 = 1930;
    match now {
        Some(now) => {
            let this = now - now.rem_euclid(100) + year;
            Some(if this > now { this - 100 } else { this }).filter(|y| *y >= FIRST)
        }
        None if year >= 40 => Some(1900 + year),
        None if year <= 24 => Some(2000 + year),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, now: Option<i32>) -> String {
        super::text(&Value::Text(text.to_owned()), now)
    }

    #[test]
    fn a_year_of_two_digits_lies_in_the_hundred_years_up_to_now() {
        let now = Some(2026);
        for (written, means) in [
            ("76.06", "1976.06"),
            ("00.06", "2000.06"),
            ("13.04 正科", "2013.04 正科"),
            ("26.05", "2026.05"),
            ("30.05", "1930.05"),
            ("９８．１２", "1998.12"),
            ("98年7月", "1998年7月"),
            ("1976.06", "1976.06"),
            ("197606", "197606"),
        ] {
            assert_eq!(read(written, now), means, "{written}");
        }
    }

    #[test]
    fn of_the_first_of_a_month_only_the_month_is_believed() {
        let day = |d| crate::dates::Day::ymd(1982, 3, d).map(Value::Day).unwrap_or(Value::Blank);
        assert_eq!(month(&day(1)), Value::Text("1982-03".to_owned()));
        assert_eq!(month(&day(2)), day(2));
    }

    #[test]
    fn what_is_not_certain_is_left_as_it_stands() {
        assert_eq!(read("30.06", None), "30.06");
        // Asked of the past, or of the year to come: nobody can say.
        assert_eq!(read("13.04", Some(2010)), "13.04");
        assert_eq!(read("27.05", Some(2026)), "27.05");
        // Of the century, that is; of the month of 1976.1 nobody is.
        assert_eq!(read("76.1", Some(2026)), "1976.1");
        assert_eq!(text(&Value::Real(76.1), Some(2026)), "1976.1");
        assert_eq!(text(&Value::Real(76.06), Some(2026)), "1976.06");
        assert_eq!(text(&Value::Real(1990.1), Some(2026)), "1990.1");
        assert_eq!(read("不详", Some(2026)), "不详");
    }
}
