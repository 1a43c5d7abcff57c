//! What the text of a row means: `\N` for none, letters after backslashes for control characters, each column by its type.

use super::catalog::{Column, Kind};
use super::error::Wrong;
use crate::ingest::mapping::Visitor;
use crate::records::{Cell, Sheet};
use memchr::memchr;
use std::borrow::Cow;

/// Rows on their way into a sheet.
pub(super) struct Rows<'s> {
    columns: &'s [Column],
    sheet: &'s mut Sheet,
    /// A cell without its escapes.
    plain: Vec<u8>,
}

impl<'s> Rows<'s> {
    pub fn new(columns: &'s [Column], sheet: &'s mut Sheet) -> Self {
        Self { columns, sheet, plain: Vec::new() }
    }

    pub fn row(&mut self, line: u32, text: &[u8]) -> Result<(), Wrong> {
        self.sheet.start_row(line);
        if !self.columns.is_empty() {
            let (sheet, plain) = (&mut *self.sheet, &mut self.plain);
            each(text, self.columns.iter().enumerate(), |(index, column), cell| cell_of(sheet, plain, index, column.kind, cell))?;
        }
        self.sheet.end_row();
        Ok(())
    }
}

/// Hands over each cell of a row with its column.
#[inline]
fn each<'t, C>(line: &'t [u8], columns: impl Iterator<Item = C>, mut to: impl FnMut(C, &'t [u8])) -> Result<(), Wrong> {
    let mut rest = Some(line);
    for column in columns {
        let text = rest.ok_or_else(Wrong::protocol)?;
        let (cell, after) = match memchr(b'\t', text) {
            Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
            None => (text, None),
        };
        rest = after;
        to(column, cell);
    }
    if rest.is_some() { Err(Wrong::protocol()) } else { Ok(()) }
}

/// Shows a row to a mapping. What is no time of the day is the day alone.
pub(super) fn show(line: u32, text: &[u8], kinds: &[Kind], to: &mut dyn Visitor) -> Result<(), Wrong> {
    let mut texts: Vec<(Kind, Option<Cow<'_, [u8]>>)> = Vec::with_capacity(kinds.len());
    each(text, kinds.iter(), |&kind, cell| texts.push((kind, whole(cell))))?;
    let cells: Vec<Cell<'_>> = texts.iter().map(|(kind, text)| text.as_ref().map_or(Cell::Blank, |t| shown(*kind, t))).collect();
    to.row(line, &cells, None);
    Ok(())
}

/// The cells of a row as somebody would write them.
pub(super) fn texts(text: &[u8], kinds: &[Kind]) -> Result<Vec<String>, Wrong> {
    let mut texts = Vec::with_capacity(kinds.len());
    each(text, kinds.iter(), |&kind, cell| {
        let cell = whole(cell);
        texts.push(match cell.as_ref().map_or(Cell::Blank, |t| shown(kind, t)) {
            Cell::Text(text) => text.to_owned(),
            Cell::Int(n) => n.to_string(),
            Cell::Real(x) => x.to_string(),
            Cell::Bool(b) => b.to_string(),
            Cell::Day(day) => day.to_string(),
            Cell::Blank | Cell::Garbled | Cell::Uncomputed => String::new(),
        });
    })?;
    Ok(texts)
}

/// The text of a cell without its escapes; none for NULL.
fn whole(cell: &[u8]) -> Option<Cow<'_, [u8]>> {
    match memchr(b'\\', cell) {
        _ if cell == b"\\N" => None,
        None => Some(Cow::Borrowed(cell)),
        Some(_) => {
            let mut plain = Vec::new();
            unescape(cell, &mut plain);
            Some(Cow::Owned(plain))
        }
    }
}

fn shown(kind: Kind, text: &[u8]) -> Cell<'_> {
    let text = match kind {
        Kind::Decimal => without_zeros(text),
        Kind::Day if text.get(10..19).is_none_or(|time| time == b" 00:00:00") => day(text),
        // Without fractions of a second and the time zone.
        Kind::Day if day(text).len() < text.len() => text.get(..19).unwrap_or(text),
        _ => text,
    };
    let Ok(text) = std::str::from_utf8(text) else { return Cell::Garbled };
    match kind {
        Kind::Unreadable => Cell::Garbled,
        Kind::Bool if text == "t" => Cell::Bool(true),
        Kind::Bool if text == "f" => Cell::Bool(false),
        Kind::Int => text.parse().map_or(Cell::Text(text), Cell::Int),
        Kind::Real => text.parse().map_or(Cell::Text(text), Cell::Real),
        _ if text.is_empty() => Cell::Blank,
        _ => Cell::Text(text),
    }
}

#[inline]
fn cell_of(sheet: &mut Sheet, plain: &mut Vec<u8>, index: usize, kind: Kind, text: &[u8]) {
    if text == b"\\N" {
        return sheet.cell(index, Cell::Blank);
    }
    let text = if memchr(b'\\', text).is_some() {
        unescape(text, plain);
        plain.as_slice()
    } else {
        text
    };
    let number = || std::str::from_utf8(text).ok();
    match kind {
        Kind::Text => {}
        Kind::Bool => match text {
            b"t" => return sheet.cell(index, Cell::Bool(true)),
            b"f" => return sheet.cell(index, Cell::Bool(false)),
            _ => {}
        },
        Kind::Int => {
            if let Some(n) = number().and_then(|t| t.parse().ok()) {
                return sheet.cell(index, Cell::Int(n));
            }
        }
        Kind::Real => {
            if let Some(x) = number().and_then(|t| t.parse().ok()) {
                return sheet.cell(index, Cell::Real(x));
            }
        }
        Kind::Decimal => {
            sheet.bytes(index, without_zeros(text));
            return;
        }
        Kind::Day => {
            sheet.bytes(index, day(text));
            return;
        }
        Kind::Unreadable => return sheet.cell(index, Cell::Garbled),
    }
    sheet.bytes(index, text);
}

/// A text without the escapes of `COPY`.
fn unescape(text: &[u8], plain: &mut Vec<u8>) {
    plain.clear();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(b'v') => 11,
                Some(other) => other,
                None => b'\\',
            },
            other => other,
        });
    }
}

/// A decimal number without the zeros that its column adds: `3.00` is 3. So `1990.10` is 1990.1, of which nobody knows whether it
/// was January or October.
fn without_zeros(text: &[u8]) -> &[u8] {
    if memchr(b'.', text).is_none() {
        return text;
    }
    let end = text.iter().rposition(|b| *b != b'0').map_or(0, |last| last + 1);
    let text = text.get(..end).unwrap_or_default();
    text.strip_suffix(b".").unwrap_or(text)
}

/// The day of a date or time; what is none (`infinity`, a year before Christ or of five digits) as it stands, to be refused.
fn day(text: &[u8]) -> &[u8] {
    let shape = |day: &[u8]| day.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
    match text.split_at_checked(10) {
        Some((day, rest)) if shape(day) && (rest.is_empty() || rest.starts_with(b" ")) && !rest.ends_with(b"BC") => day,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let mut plain = Vec::new();
        unescape(br"a\tb\nc\\N\\d\v", &mut plain);
        assert_eq!(plain, b"a\tb\nc\\N\\d\x0b");
    }

    #[test]
    fn a_decimal_keeps_what_was_written() {
        for (text, plain) in [("3.00", "3"), ("66.670", "66.67"), ("1990.10", "1990.1"), ("100", "100"), ("0.00", "0"), ("NaN", "NaN")] {
            assert_eq!(without_zeros(text.as_bytes()), plain.as_bytes());
        }
    }

    #[test]
    fn a_time_is_of_a_day() {
        assert_eq!(day(b"2024-03-04"), b"2024-03-04");
        assert_eq!(day(b"2024-03-04 23:59:59.5+08"), b"2024-03-04");
        for none in ["infinity", "0044-03-15 BC", "0044-03-15 00:00:00 BC", "12024-03-04", "2024-3-4 00:00"] {
            assert_eq!(day(none.as_bytes()), none.as_bytes());
        }
    }
}
