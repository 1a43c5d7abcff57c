//! Cells of the library become values; of a date, as much as its format shows.

use crate::dates::{Day, Fuzzy};
use crate::ingest::value::Value;
use calamine::{Data, DataRef, ExcelDateTime};

pub(super) trait FromData<'d> {
    fn from_data(data: &'d Data) -> Self;
}

impl<'d> FromData<'d> for DataRef<'d> {
    fn from_data(data: &'d Data) -> Self {
        match data {
            Data::Int(i) => Self::Int(*i),
            Data::Float(x) => Self::Float(*x),
            Data::String(t) => Self::SharedString(t),
            Data::Bool(b) => Self::Bool(*b),
            Data::DateTime(d) => Self::DateTime(*d),
            Data::DateTimeIso(t) => Self::DateTimeIso(t.clone()),
            Data::DurationIso(t) => Self::DurationIso(t.clone()),
            Data::Error(e) => Self::Error(e.clone()),
            Data::Empty => Self::Empty,
        }
    }
}

pub(super) fn value_of(data: &DataRef<'_>, shown: Precision) -> Value {
    match data {
        DataRef::Empty => Value::Blank,
        DataRef::Int(i) => Value::Int(*i),
        DataRef::Float(x) => Value::Real(*x),
        DataRef::String(t) => Value::Text(t.clone()),
        DataRef::SharedString(t) => Value::Text((*t).to_owned()),
        DataRef::Bool(b) => Value::Bool(*b),
        DataRef::DateTime(date) => day_of(date, shown),
        DataRef::DateTimeIso(t) => Value::Text(t.clone()),
        DataRef::DurationIso(_) | DataRef::Error(_) => Value::Garbled,
    }
}

/// What the format of a date cell shows of it. Who types 2019-03 gets a cell that holds the first of March and shows the month:
/// the day was never recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Day,
    Month,
    Year,
}

impl Precision {
    pub(super) fn of(format: &str) -> Self {
        // What stands in quotes or brackets, or after a backslash, is not part of the date.
        let mut letters = String::new();
        let (mut quoted, mut bracket, mut escaped) = (false, false, false);
        for c in format.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                '[' if !quoted => bracket = true,
                ']' if !quoted => bracket = false,
                ';' if !quoted => break,
                c if !quoted && !bracket => letters.push(c.to_ascii_lowercase()),
                _ => {}
            }
        }
        if letters == "general" {
            return Self::Day;
        }
        let has = |c: char| letters.contains(c);
        match (has('y') || has('e'), has('m'), has('d') || has('h')) {
            (true, true, false) => Self::Month,
            (true, false, false) => Self::Year,
            _ => Self::Day,
        }
    }
}

fn day_of(date: &ExcelDateTime, shown: Precision) -> Value {
    if !date.is_datetime() {
        return Value::Garbled;
    }
    let (y, m, d, ..) = date.to_ymd_hms_milli();
    let day = Day::ymd(i32::from(y), u32::from(m), u32::from(d));
    let text = |fuzzy: Option<Fuzzy>| fuzzy.map_or(Value::Garbled, |f| Value::Text(f.to_string()));
    match shown {
        Precision::Day => day.map_or(Value::Garbled, Value::Day),
        Precision::Month => text(Fuzzy::month(i32::from(y), u32::from(m))),
        Precision::Year => text(Fuzzy::year(i32::from(y))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_without_a_day_shows_a_month() {
        for month in ["yyyy-mm", "yyyy\"年\"m\"月\"", "yyyy/m;@", "[$-804]yyyy\"年\"m\"月\";@", "mmm-yy", "yyyy\\-mm"] {
            assert_eq!(Precision::of(month), Precision::Month, "{month}");
        }
        for day in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "m/d/yy", "General", "yyyy/m/d h:mm", "h:mm"] {
            assert_eq!(Precision::of(day), Precision::Day, "{day}");
        }
        assert_eq!(Precision::of("yyyy"), Precision::Year);
    }
}
