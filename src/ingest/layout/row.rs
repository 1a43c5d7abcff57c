//! What each row below the headers is: a record, or something that people write between and below records.

use super::{Merge, plain};
use crate::ingest::value::Value;
use crate::records::Schema;
use std::collections::BTreeMap;

/// What a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Kind {
    /// A record.
    Record,
    /// No record, for this reason.
    Aside(Aside),
}

/// Rows that are no records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Aside {
    /// Names the unit of the rows below it.
    Group,
    /// Adds up rows above.
    Total,
    /// The headers again, as at the head of each page.
    Header,
    /// Explains something, or says who filled in the sheet.
    Note,
}

impl Aside {
    /// What such rows are counted as.
    pub(in crate::ingest) fn code(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Total => "total",
            Self::Header => "header",
            Self::Note => "note",
        }
    }
}

/// A sheet being read below its headers.
pub(in crate::ingest) struct Reading<'r> {
    schema: &'r Schema,
    headers: Vec<String>,
    merges: Vec<Merge>,
    /// Columns that tell whose row it is: names of people or offices.
    named: Vec<usize>,
    /// Columns of running numbers.
    numbers: Vec<usize>,
    /// The unit that the rows now belong to.
    pub group: Option<String>,
    /// The rows so far that are no records.
    pub aside: BTreeMap<Aside, Vec<u32>>,
    below: bool,
}

impl<'r> Reading<'r> {
    /// Reads below these headers; `named` are the columns that tell whose row it is.
    pub(in crate::ingest) fn new(schema: &'r Schema, headers: Vec<String>, merges: Vec<Merge>, named: Vec<usize>) -> Self {
        let is_number = |h: &String| schema.headings("number").iter().any(|w| w == h);
        let numbers = headers.iter().enumerate().filter(|(_, h)| is_number(h)).map(|(i, _)| i).collect();
        Self { schema, headers, merges, named, numbers, group: None, aside: BTreeMap::new(), below: false }
    }

    /// Whether a row is none of the records of a table with codes, remembered if so: a total, a note, or the headers again. A row that
    /// names a unit is not told from a record that lacks the rest.
    pub(in crate::ingest) fn is_aside(&mut self, number: u32, cells: &[Value]) -> bool {
        match self.kind(number, cells) {
            Kind::Aside(aside) if aside != Aside::Group => {
                self.aside.entry(aside).or_default().push(number);
                true
            }
            _ => false,
        }
    }

    /// What a row with cells is, remembered if it is no record.
    pub(in crate::ingest) fn row(&mut self, number: u32, cells: &[Value]) -> Kind {
        let kind = self.kind(number, cells);
        if let Kind::Aside(aside) = kind {
            self.aside.entry(aside).or_default().push(number);
        }
        kind
    }

    fn kind(&mut self, number: u32, cells: &[Value]) -> Kind {
        let filled: Vec<(usize, &Value)> = cells.iter().enumerate().filter(|(_, v)| !v.is_blank()).collect();
        let Some(&(first, cell)) = filled.first() else { return Kind::Aside(Aside::Note) };
        let text = plain(cell.text());
        let again = filled.iter().filter(|(column, v)| self.headers.get(*column).is_some_and(|h| !h.is_empty() && *h == plain(v.text())));
        if again.count() >= 3 {
            return Kind::Aside(Aside::Header);
        }
        // Totals stand in the first columns: nobody is called so, but somebody's remarks may begin so.
        let leading = filled.iter().take_while(|(column, _)| *column <= self.named.first().copied().unwrap_or(first).max(first));
        if leading.map(|(_, v)| plain(v.text())).any(|t| is_total(self.schema, &t)) {
            return Kind::Aside(Aside::Total);
        }
        let begins = |of: &str| self.schema.headings(of).iter().any(|w| text.starts_with(w.as_str()));
        let alone = filled.len() == 1;
        if alone && begins("note") {
            self.below = true;
            return Kind::Aside(Aside::Note);
        }
        let is_named = self.named.iter().any(|&c| cells.get(c).is_some_and(|v| !v.is_blank()));
        if self.below && (alone || !is_named) {
            return Kind::Aside(Aside::Note);
        }
        let wide = self.merges.iter().find(|m| m.covers(number.saturating_sub(1), first)).is_some_and(|m| m.columns.1 > m.columns.0 + 1);
        let length = text.chars().count();
        if alone && matches!(cell, Value::Text(_)) && (wide || !self.named.contains(&first) || length > 4) {
            if length > 30 {
                return Kind::Aside(Aside::Note);
            }
            self.group = Some(without_count(text.trim_start_matches(is_ordinal)).to_owned());
            return Kind::Aside(Aside::Group);
        }
        // 一 | 县委办公室
        if let [(a, number), (b, unit)] = filled.as_slice()
            && self.numbers.contains(a)
            && self.named.contains(b)
            && !number.text().is_empty()
            && number.text().trim().chars().all(is_ordinal)
        {
            self.group = Some(without_count(&plain(unit.text())).to_owned());
            return Kind::Aside(Aside::Group);
        }
        Kind::Record
    }
}

/// Whether a text is what totals begin with: 合计, 总计：3人.
pub(in crate::ingest) fn is_total(schema: &Schema, text: &str) -> bool {
    schema.headings("total").iter().any(|word| {
        let Some(rest) = text.strip_prefix(word.as_str()) else { return false };
        rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '：' | ':' | '（' | '人'))
    })
}

/// The unit of a group without how many people it has: 某局（3人）.
fn without_count(text: &str) -> &str {
    let counted = text.strip_suffix('）').and_then(|t| t.rsplit_once('（')).filter(|(_, count)| {
        let digits = count.trim_start_matches(['共', '计']).trim_end_matches(['人', '名']);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    });
    counted.map_or(text, |(unit, _)| unit)
}

/// Signs that number groups: 一、（二）3.
fn is_ordinal(c: char) -> bool {
    "一二三四五六七八九十（）、.．".contains(c) || c.is_ascii_digit()
}
