//! One cell: from what a reader found to a typed value, or to why it cannot stand. Nothing is guessed.

use super::column::BLANK_INT;
use crate::dates::{DateError, Day, Fuzzy, parse_fast};

/// A cell as a reader found it.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Nothing there.
    Blank,
    /// Text, as in CSV.
    Text(&'a str),
    /// A whole number, as in SQLite.
    Int(i64),
    /// A fraction, or a whole number of a format that knows no others.
    Real(f64),
    /// Yes or no, as in JSON.
    Bool(bool),
    /// A day, as a workbook's date cell.
    Day(Day),
    /// Something is there that is no text and no value: bytes of no encoding, a formula's error.
    Garbled,
    /// A formula whose result was not saved.
    Uncomputed,
}

/// Why a cell cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// Blank, but required.
    Missing,
    /// Not a value of the list.
    Code,
    /// Not a date.
    Date(DateError),
    /// Not a whole number.
    Int,
    /// Not a number of up to three decimals.
    Number,
    /// Not yes or no.
    Bool,
    /// A long number that went through a floating-point cell: its last digits are gone.
    LostDigits,
    /// No text at all.
    Garbled,
    /// A formula whose result was not saved.
    Uncomputed,
}

impl Bad {
    /// A stable code, listed in the manual.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Missing => "data::missing",
            Self::Code => "data::bad-code",
            Self::Date(DateError::LostZero) => "data::ambiguous-date",
            Self::Date(_) => "data::bad-date",
            Self::Int => "data::bad-int",
            Self::Number => "data::bad-number",
            Self::Bool => "data::bad-bool",
            Self::LostDigits => "data::lost-digits",
            Self::Garbled => "data::garbled",
            Self::Uncomputed => "data::no-result",
        }
    }

    /// In Chinese.
    pub(super) fn why(self) -> String {
        match self {
            Self::Missing => "必填项为空".to_owned(),
            Self::Code => "不在代码表中".to_owned(),
            Self::Date(error) => error.to_string(),
            Self::Int => "不是整数".to_owned(),
            Self::Number => "不是数字".to_owned(),
            Self::Bool => "不是“是/否”".to_owned(),
            Self::LostDigits => "长编码存成了数字，末几位已经丢失".to_owned(),
            Self::Garbled => "内容不是可读的文字".to_owned(),
            Self::Uncomputed => "只有公式，文件里没有存下结果".to_owned(),
        }
    }
}

/// A text without blanks around it.
#[inline]
pub(super) fn trimmed(text: &str) -> &str {
    // Most texts begin and end with a visible ASCII character or an ideograph, which is told by a byte.
    let ideograph = |b: &u8| matches!(b, 0xe4..=0xe9);
    let bytes = text.as_bytes();
    let starts_plain = bytes.first().is_some_and(|b| b.is_ascii_graphic() || ideograph(b));
    let ends_plain = match bytes {
        [.., last] if last.is_ascii_graphic() => true,
        [.., lead, _, _] => ideograph(lead),
        _ => false,
    };
    if starts_plain && ends_plain { text } else { text.trim() }
}

/// Calls `with` with the text of a cell that is not blank.
#[inline]
pub(super) fn text<T>(cell: Cell<'_>, with: impl FnOnce(&str) -> T) -> Result<T, Bad> {
    match cell {
        Cell::Text(t) if is_scientific(t) => Err(Bad::LostDigits),
        Cell::Text(t) => Ok(with(unquoted(t))),
        Cell::Blank => Ok(with("")),
        Cell::Int(i) => Ok(with(&i.to_string())),
        // A floating-point number holds fifteen digits for certain.
        Cell::Real(x) if x.abs() >= 1e15 => Err(Bad::LostDigits),
        Cell::Real(x) if !x.is_finite() => Err(Bad::Garbled),
        Cell::Real(x) => Ok(with(&x.to_string())),
        Cell::Bool(b) => Ok(with(if b { "是" } else { "否" })),
        Cell::Day(day) => Ok(with(&day.to_string())),
        Cell::Garbled => Err(Bad::Garbled),
        Cell::Uncomputed => Err(Bad::Uncomputed),
    }
}

/// `1.10105E+17`: a long number as a spreadsheet shows it.
#[inline]
fn is_scientific(text: &str) -> bool {
    if !text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    let digits = |s: &str, also: u8| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit() || b == also);
    digits(mantissa, b'.') && digits(exponent, b'0')
}

/// Whether an ID number lost its last digits on the way through a spreadsheet, which keeps fifteen: three zeros stand for them, and the
/// check digit (GB 11643, ISO 7064 MOD 11-2) does not fit. One number in eleven thousand ends so by itself, with a digit that fits.
pub(super) fn is_rounded_id(text: &str) -> bool {
    let digits = text.as_bytes();
    if digits.len() != 18 || !digits.ends_with(b"000") || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    // The sum of the digits, each weighed with a power of two, leaves 1 by 11 where the check digit fits.
    let sum = digits.iter().fold(0u32, |sum, digit| (sum * 2 + u32::from(digit - b'0')) % 11);
    sum != 1
}

/// A long number without the sign that spreadsheets put before what is to stay text: `'110105194912310021`.
fn unquoted(text: &str) -> &str {
    let number = |t: &&str| t.len() >= 5 && t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'X' | b'x'));
    text.strip_prefix('\'').filter(number).unwrap_or(text)
}

/// A date as a table should hold it; see [`super::date::written`] for how else it may be written.
#[inline]
pub(super) fn date(cell: Cell<'_>) -> Result<Fuzzy, Bad> {
    let read = |text: &str| match parse_fast(text.as_bytes()) {
        Some(date) => Ok(date),
        None => Fuzzy::parse(text).map_err(Bad::Date),
    };
    match cell {
        Cell::Text(t) => read(t),
        Cell::Day(day) => Ok(Fuzzy::exact(day)),
        // 2019, 201903 or 20190305 stored as a number; 1990.1 cannot tell January from October, which `parse` refuses.
        Cell::Int(i) => read(&i.to_string()),
        Cell::Real(x) if x.abs() < 1e9 => read(&x.to_string()),
        Cell::Garbled => Err(Bad::Garbled),
        Cell::Uncomputed => Err(Bad::Uncomputed),
        Cell::Real(_) | Cell::Bool(_) | Cell::Blank => Err(Bad::Date(DateError::NotADate)),
    }
}

#[inline]
pub(super) fn int(cell: Cell<'_>) -> Result<i32, Bad> {
    let value = match cell {
        Cell::Int(i) => i32::try_from(i).ok(),
        Cell::Real(x) if x.fract() == 0.0 && x.abs() < 1e9 => Some(x as i32),
        Cell::Text(t) => t.parse().ok().or_else(|| t.strip_suffix(".0").or_else(|| year(t)).and_then(|t| t.parse().ok())),
        _ => None,
    };
    value.filter(|&v| v > BLANK_INT).ok_or(Bad::Int)
}

/// A year as people write it: 2023年, 2023年度.
fn year(text: &str) -> Option<&str> {
    text.strip_suffix("年度").or_else(|| text.strip_suffix('年')).filter(|y| y.len() == 4)
}

/// A number in thousandths.
#[inline]
pub(super) fn number(cell: Cell<'_>) -> Result<i64, Bad> {
    match cell {
        Cell::Int(i) if i.unsigned_abs() < 1_000_000_000_000 => Ok(i * 1000),
        Cell::Real(x) => match (x * 1000.0).round() {
            // The nearest number to so many thousandths: nobody wrote another with three decimals.
            n if n.abs() < 1e12 && n / 1000.0 == x => Ok(n as i64),
            _ => thousandths(&x.to_string()),
        },
        Cell::Text(t) => thousandths(t.strip_suffix(['%', '％']).unwrap_or(t)),
        _ => Err(Bad::Number),
    }
}

/// A decimal text as thousandths; more decimals than three are refused rather than rounded across a threshold.
fn thousandths(text: &str) -> Result<i64, Bad> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 3 || !plain(whole) || !plain(part) {
        return Err(Bad::Number);
    }
    let read = |digits: &str| digits.bytes().fold(0i64, |n, b| n * 10 + i64::from(b - b'0'));
    let scale = [1000, 100, 10, 1].get(part.len()).copied().unwrap_or(1);
    let value = read(whole) * 1000 + read(part) * scale;
    Ok(if negative { -value } else { value })
}

#[inline]
pub(super) fn yes_no(cell: Cell<'_>) -> Result<u8, Bad> {
    match cell {
        Cell::Bool(b) => Ok(u8::from(b)),
        Cell::Int(1) | Cell::Text("是" | "true" | "TRUE" | "True" | "1" | "Y" | "y") => Ok(1),
        Cell::Int(0) | Cell::Text("否" | "false" | "FALSE" | "False" | "0" | "N" | "n") => Ok(0),
        Cell::Real(1.0) => Ok(1),
        Cell::Real(0.0) => Ok(0),
        _ => Err(Bad::Bool),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_decimals_and_refuse_more() {
        assert_eq!(number(Cell::Text("66.667")), Ok(66_667));
        assert_eq!(number(Cell::Text("-0.5%")), Ok(-500));
        assert_eq!(number(Cell::Real(33.3)), Ok(33_300));
        assert_eq!(number(Cell::Real(-0.001)), Ok(-1));
        assert_eq!(number(Cell::Real(66.6667)), Err(Bad::Number));
        assert_eq!(number(Cell::Int(90)), Ok(90_000));
        assert_eq!(number(Cell::Text("66.6667")), Err(Bad::Number));
        for wrong in ["", ".", "-", "1.2.3", "1e3", "１２", "9999999999999", "NaN"] {
            assert_eq!(number(Cell::Text(wrong)), Err(Bad::Number), "{wrong}");
        }
        assert_eq!(number(Cell::Real(f64::INFINITY)), Err(Bad::Number));
        assert_eq!(number(Cell::Int(i64::MIN)), Err(Bad::Number));
    }

    #[test]
    fn a_long_number_out_of_a_floating_point_cell_is_no_text() {
        let read = |cell| text(cell, str::to_owned);
        assert_eq!(read(Cell::Real(1.1010519491231e17)), Err(Bad::LostDigits));
        assert_eq!(read(Cell::Text("1.10105E+17")), Err(Bad::LostDigits));
        assert_eq!(read(Cell::Int(110_105_194_912_310_025)), Ok("110105194912310025".to_owned()));
        assert_eq!(read(Cell::Real(1001.0)), Ok("1001".to_owned()));
        assert_eq!(read(Cell::Text("PLAN E+1")), Ok("PLAN E+1".to_owned()));
    }

    #[test]
    fn three_zeros_in_the_place_of_the_last_digits_are_not_believed() {
        assert!(is_rounded_id("110105194912310000"));
        assert!(!is_rounded_id("11010519491231002X"));
        assert!(!is_rounded_id("110105194912310"));
        // Of the numbers of one day and place that end so, those whose check digit is 0.
        let fits: Vec<u32> = (0..10).filter(|n| !is_rounded_id(&format!("11010519491231{n}000"))).collect();
        assert!(fits.len() <= 1, "{fits:?}");
    }

    #[test]
    fn a_year_may_be_called_one() {
        for text in ["2023", "2023年", "2023年度", "2023.0"] {
            assert_eq!(int(Cell::Text(text)), Ok(2023), "{text}");
        }
        for text in ["23年", "20230年", "约2023年"] {
            assert_eq!(int(Cell::Text(text)), Err(Bad::Int), "{text}");
        }
    }

    #[test]
    fn the_sign_that_keeps_a_number_text_is_no_part_of_it() {
        let read = |t: &str| text(Cell::Text(t), str::to_owned);
        assert_eq!(read("'11010519491231002X"), Ok("11010519491231002X".to_owned()));
        for other in ["'甲'", "'12", "O'Neil", "'"] {
            assert_eq!(read(other), Ok(other.to_owned()));
        }
    }

    #[test]
    fn a_number_is_a_date_only_where_it_can_be_but_one() {
        let month = Fuzzy::month(1990, 10);
        assert_eq!(date(Cell::Real(199_010.0)).ok(), month);
        assert_eq!(date(Cell::Int(199_010)).ok(), month);
        assert_eq!(date(Cell::Real(1990.12)).ok(), Fuzzy::month(1990, 12));
        // 1990.10 typed as a number shows as 1990.1.
        assert_eq!(date(Cell::Real(1990.1)), Err(Bad::Date(DateError::LostZero)));
        assert_eq!(date(Cell::Text("1990.1")), Err(Bad::Date(DateError::LostZero)));
        // A serial number is none strictly.
        assert!(date(Cell::Int(32_874)).is_err());
        assert!(date(Cell::Text("2024-02-30")).is_err());
    }

    #[test]
    fn yes_and_no_as_people_write_them() {
        for yes in [Cell::Text("是"), Cell::Text("Y"), Cell::Int(1), Cell::Bool(true), Cell::Real(1.0)] {
            assert_eq!(yes_no(yes), Ok(1));
        }
        for no in [Cell::Text("否"), Cell::Text("n"), Cell::Int(0), Cell::Bool(false), Cell::Real(0.0)] {
            assert_eq!(yes_no(no), Ok(0));
        }
        assert_eq!(yes_no(Cell::Text("有")), Err(Bad::Bool));
        assert_eq!(yes_no(Cell::Int(2)), Err(Bad::Bool));
    }

    #[test]
    fn blanks_of_every_width_are_trimmed() {
        assert_eq!(trimmed("\u{3000}局长\u{a0} "), "局长");
        assert_eq!(trimmed(" \t\u{3000}"), "");
        assert_eq!(trimmed("P1"), "P1");
    }
}
