//! Numbers of identity cards: GB 11643-1999, and the fifteen digits in use before it.

use crate::dates::Day;

/// What a number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdNumber {
    /// The day of birth.
    pub birth: Day,
    /// The sequence number is odd: a man's.
    pub male: bool,
}

/// Reads a number: eighteen characters whose last is right for the rest, or fifteen digits (born in the twentieth century). None where it
/// is neither, or its day does not exist or lies before all records.
pub fn read(text: &str) -> Option<IdNumber> {
    let bytes = text.as_bytes();
    let (birth, sequence) = match bytes {
        [_, _, _, _, _, _, birth @ .., a, b, c, check] if bytes.len() == 18 && checked(bytes)? == check.to_ascii_uppercase() => {
            (number(birth)?, number(&[*a, *b, *c])?)
        }
        [region @ .., _, _, _, _, _, _, a, b, c] if bytes.len() == 15 => {
            number(region)?;
            (19_000_000 + number(bytes.get(6..12)?)?, number(&[*a, *b, *c])?)
        }
        _ => return None,
    };
    let year = i32::try_from(birth / 10_000).ok()?;
    Some(IdNumber { birth: Day::ymd(year, birth / 100 % 100, birth % 100)?, male: sequence % 2 == 1 })
}

/// The character that must stand last (ISO 7064, MOD 11-2): the digits weighed by powers of two modulo eleven.
fn checked(bytes: &[u8]) -> Option<u8> {
    const CHECKS: [u8; 11] = *b"10X98765432";
    let digits = bytes.get(..17)?;
    let sum = digits.iter().try_fold(0usize, |sum, b| b.is_ascii_digit().then(|| (sum + usize::from(b - b'0')) * 2 % 11))?;
    CHECKS.get(sum).copied()
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n.checked_mul(10)?.checked_add(u32::from(b - b'0')))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<(String, bool)> {
        read(text).map(|n| (n.birth.to_string(), n.male))
    }

    #[test]
    fn the_examples_of_the_standard() {
        // The appendix of GB 11643-1999; the second is of a day before all records.
        assert_eq!(told("11010519491231002X"), Some(("1949-12-31".into(), false)));
        assert_eq!(checked(b"44052418800101001"), Some(b'4'));
        assert_eq!(told("440524198001010013"), Some(("1980-01-01".into(), true)));
    }

    #[test]
    fn a_small_x_will_do() {
        assert!(read("11010519491231002x").is_some());
    }

    #[test]
    fn another_last_character_is_wrong() {
        for last in "0123456789".chars() {
            assert_eq!(read(&format!("11010519491231002{last}")), None);
        }
    }

    #[test]
    fn two_digits_changed_about_are_noticed() {
        assert_eq!(read("11010519491213002X"), None);
    }

    #[test]
    fn the_old_fifteen_digits() {
        assert_eq!(told("110105491231002"), Some(("1949-12-31".into(), false)));
        assert_eq!(told("110105491231003"), Some(("1949-12-31".into(), true)));
        assert_eq!(read("1101054912310X2"), None);
        assert_eq!(read("11010X491231002"), None);
    }

    #[test]
    fn a_day_that_does_not_exist() {
        assert_eq!(read("110105490231002"), None);
    }

    #[test]
    fn other_lengths_and_letters() {
        for text in ["", "11010519491231002", "11010519491231002X0", "1101051949123１02X", "A1010519491231002X"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
