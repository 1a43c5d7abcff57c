//! A sheet as a page of labels, and what is filled in beside or below them.

use super::columns::is_known;
use crate::dates::spelled::half_width;
use crate::ingest::forms::{Relative, says_none};
use crate::ingest::layout::{Merge, Numbered, plain};
use crate::ingest::value::Value;
use crate::records::Schema;
use std::collections::{BTreeMap, BTreeSet};

/// Headings of `[headings]` that only stand on printed forms.
const LABELS: [&str; 5] = ["form", "notice_period", "votes", "kin", "relation"];

/// No label is longer, in bytes.
const LONGEST_LABEL: usize = 200;

/// A sheet as it is printed.
pub(super) struct Page<'p> {
    schema: &'p Schema,
    rows: BTreeMap<u32, &'p [Value]>,
    merges: &'p [Merge],
    /// The labels, by where they stand.
    labels: BTreeMap<(u32, usize), String>,
}

/// The relatives that a page lists, and the lines they take, header and all.
#[derive(Default)]
pub(super) struct Relatives {
    pub all: Vec<(u32, Relative)>,
    pub lines: BTreeSet<u32>,
}

impl<'p> Page<'p> {
    pub(super) fn new(schema: &'p Schema, rows: &'p [Numbered], merges: &'p [Merge]) -> Self {
        let words = schema.sheet_steps.iter().flat_map(|(.., words)| words).chain(schema.headings("notice_period"));
        let parts: BTreeSet<&str> = words.filter_map(|w| w.split_once('/')).flat_map(|(a, b)| [a, b]).collect();
        let rows = rows.iter().map(|(line, row)| (*line, row.as_slice())).collect();
        let mut page = Self { schema, rows, merges, labels: BTreeMap::new() };
        page.labels = page.cells().filter_map(|(line, column, v)| Some(((line, column), page.read_label(v, &parts)?))).collect();
        page
    }

    pub(super) fn row(&self, line: u32) -> &[Value] {
        self.rows.get(&line).copied().unwrap_or(&[])
    }

    /// Every cell with something in it.
    pub(super) fn cells(&self) -> impl Iterator<Item = (u32, usize, &Value)> {
        let all = self.rows.iter().flat_map(|(line, row)| row.iter().enumerate().map(move |(column, v)| (*line, column, v)));
        all.filter(|(.., v)| !v.is_blank())
    }

    /// The label that a cell is, if it is one. What stands in brackets after it only explains: 出生年月（岁）.
    fn read_label(&self, value: &Value, parts: &BTreeSet<&str>) -> Option<String> {
        let Value::Text(text) = value else { return None };
        if text.len() > LONGEST_LABEL {
            return None;
        }
        let text = plain(text);
        let is_label = |text: &str| is_known(self.schema, text) || parts.contains(text) || LABELS.iter().any(|of| self.is_called(of, text));
        if is_label(&text) {
            return Some(text);
        }
        let (before, _) = text.split_once('（')?;
        is_label(before).then(|| before.to_owned())
    }

    /// Every label with its place, line by line.
    pub(super) fn labels(&self) -> impl Iterator<Item = (u32, usize, &str)> {
        self.labels.iter().map(|((line, column), label)| (*line, *column, label.as_str()))
    }

    /// The label that stands at a place, if one does.
    pub(super) fn label(&self, line: u32, column: usize) -> Option<&str> {
        self.labels.get(&(line, column)).map(String::as_str)
    }

    fn is_called(&self, of: &str, text: &str) -> bool {
        self.schema.headings(of).iter().any(|w| w == text)
    }

    /// Whether the next row holds something under a place that is no label: then what stands there heads a column.
    pub(super) fn heads_column(&self, line: u32, column: usize) -> bool {
        let below = self.rows.range(line + 1..).next();
        below.is_some_and(|(below, row)| row.get(column).is_some_and(|v| !v.is_blank()) && self.label(*below, column).is_none())
    }

    /// Where what a place shows stands: of merged cells in the first.
    fn shown_from(&self, line: u32, column: usize) -> (u32, usize) {
        let merge = self.merges.iter().find(|m| {
            let row = line.saturating_sub(1);
            (m.rows.0..=m.rows.1).contains(&row) && (m.columns.0..=m.columns.1).contains(&column)
        });
        merge.map_or((line, column), |m| (m.rows.0 + 1, m.columns.0))
    }

    /// The label that a place shows.
    fn label_shown(&self, line: u32, column: usize) -> Option<&str> {
        let (line, column) = self.shown_from(line, column);
        self.label(line, column)
    }

    /// The labels to the left of a place with their columns, the nearest first.
    pub(super) fn left(&self, line: u32, column: usize) -> Vec<(usize, &str)> {
        let mut found: Vec<(usize, &str)> = (0..column).rev().filter_map(|c| Some((c, self.label_shown(line, c)?))).collect();
        found.dedup_by(|a, b| a.1 == b.1);
        found
    }

    /// The nearest label above a place.
    fn above(&self, line: u32, column: usize) -> Option<&str> {
        self.rows.range(1..line).rev().find_map(|(l, _)| self.label_shown(*l, column))
    }

    /// The text that stands right before a value, as a label if it is one.
    fn beside(&self, line: u32, column: usize) -> Option<String> {
        let cell = |(line, column): (u32, usize)| Some((line, column, self.row(line).get(column).filter(|v| !v.is_blank())?));
        let (line, column, before) = (0..column).rev().find_map(|c| cell(self.shown_from(line, c)))?;
        let text = self.label(line, column).map_or_else(|| plain(before.text()), str::to_owned);
        Some(text).filter(|t| t.chars().count() < 20)
    }

    /// Whether a text that is no label heads the row between two columns: in 讨论决定 | 组织部门研究 | 2025.04.01 the day is that of
    /// another meeting than the one the label names.
    fn is_of_other_row(&self, line: u32, label: usize, column: usize) -> bool {
        let between = self.row(line).iter().enumerate().take(column).skip(label + 1);
        let first = between.filter(|(c, v)| !v.is_blank() && self.label(line, *c).is_none()).map(|(_, v)| v).next();
        first.is_some_and(|v| {
            let text = half_width(v.text());
            let text = text.trim();
            !text.is_empty() && !says_none(text) && !text.starts_with(|c: char| c.is_ascii_digit())
        })
    }

    /// The header that a value stands under: by the labels to the left and above.
    pub(super) fn header_of(&self, line: u32, column: usize) -> Option<String> {
        let last_is =
            |header: &str, of: &str| self.is_called(of, header) || self.is_called(of, header.rsplit('/').next().unwrap_or(header));
        let known = |header: &String| is_known(self.schema, header) || self.is_called("notice_period", header) || last_is(header, "votes");
        let (left, above) = (self.left(line, column), self.above(line, column));
        let beside = self.beside(line, column);
        let is_beside = |label: &&str| beside.as_deref() == Some(*label);
        // The row is headed by the nearest label, not by one farther off.
        let of_row = left.first().filter(|(at, _)| !self.is_of_other_row(line, *at, column));
        let grid = of_row.zip(above).map(|((_, row), above)| format!("{row}/{above}"));
        let first = left.first().map(|(_, l)| *l).filter(is_beside);
        let sectioned = left.iter().skip(1).filter_map(|(_, section)| first.map(|l| format!("{section}/{l}")));
        sectioned.chain(first.map(str::to_owned)).chain(grid).find(known)
    }

    /// The relatives listed below a row of labels that names relation and name.
    pub(super) fn relatives(&self) -> Relatives {
        let mut found = Relatives::default();
        let in_line = |line: u32| self.labels.range((line, 0)..=(line, usize::MAX));
        let place = |line: u32, is: &dyn Fn(&str) -> bool| in_line(line).find(|(_, label)| is(label)).map(|((_, column), _)| *column);
        let of = |heading: &'static str| move |label: &str| self.is_called(heading, label);
        let heads = self.rows.keys().find_map(|&line| {
            let (relation, name) = (place(line, &of("relation"))?, place(line, &of("name"))?);
            Some((line, relation, name, place(line, &of("birth")), place(line, &of("party")), place(line, &of("current"))))
        });
        let Some((head, relation, name, birth, party, work)) = heads else { return found };
        found.lines.insert(head);
        let below = self.rows.range(head + 1..).take_while(|(line, _)| in_line(**line).next().is_none());
        for (&line, row) in below {
            let text = |column: Option<usize>| column.and_then(|c| row.get(c)).map_or(String::new(), |v| v.shown().trim().to_owned());
            if text(Some(relation)).is_empty() && text(Some(name)).is_empty() {
                break;
            }
            let relative = Relative {
                relation: text(Some(relation)),
                name: text(Some(name)),
                birth: text(birth),
                party: text(party),
                work: text(work),
            };
            found.lines.insert(line);
            if !(says_none(&relative.relation) && says_none(&relative.name)) {
                found.all.push((line, relative));
            }
        }
        found
    }
}
