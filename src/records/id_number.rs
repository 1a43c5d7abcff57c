//! ID numbers by their form: which texts may say who somebody is.

use super::schema::squeeze;
use crate::dates::spelled::half_width;

/// An ID number as all spell it, if a text has the form of one: 17 digits and a digit or X, or 15 digits. Whether it is right is not
/// asked. Words for none, and numbers of which digits are covered, are nobody's.
pub fn whole_id_number(text: &str) -> Option<String> {
    let text = half_width(&squeeze(text)).to_uppercase();
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let whole = match text.len() {
        15 => digits(&text),
        18 => text.strip_suffix(|c: char| c.is_ascii_digit() || c == 'X').is_some_and(digits),
        _ => false,
    };
    whole.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::whole_id_number;

    #[test]
    fn only_whole_numbers_say_who_somebody_is() {
        assert_eq!(whole_id_number("９９９９９９ 19900307001x").as_deref(), Some("99999919900307001X"));
        assert_eq!(whole_id_number("999999900307001").as_deref(), Some("999999900307001"));
        for none in ["", "无", "不详", "999999********0017", "99999919900307001", "99999919900307X017", "身份证号码不详"] {
            assert_eq!(whole_id_number(none), None, "{none}");
        }
    }
}
