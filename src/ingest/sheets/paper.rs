//! 全程纪实表 as it is printed: labels, and what is filled in beside or below them; one case a sheet. It becomes the one row of the table
//! of the same name, each cell on the line it stands on.

use super::columns::{Columns, Template, is_known};
use super::{Record, Sheet};
use crate::dates::spelled;
use crate::ingest::layout::{Merge, Numbered, plain};
use crate::ingest::value::Value;
use crate::records::{Problem, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// A printed form has so many labels, on so many rows: a table has them on two at most.
const LEAST_LABELS: usize = 6;
const LEAST_ROWS: usize = 4;

/// Whether a text above a sheet says that it is such a form.
pub(in crate::ingest) fn is_titled(schema: &Schema, leading: &[Numbered]) -> bool {
    let titles = schema.headings("record");
    let mut texts = leading.iter().flat_map(|(_, row)| row).filter(|v| !v.is_blank()).map(|v| plain(v.text()));
    texts.any(|text| titles.iter().any(|t| text.contains(t.as_str())))
}

/// The form, if the sheet is one.
pub(in crate::ingest) fn read(schema: &Schema, cited: &str, name: &str, rows: &[Numbered], merges: &[Merge]) -> Option<Sheet> {
    let page = Page { schema, rows: rows.iter().map(|(line, row)| (*line, row.as_slice())).collect(), merges, parts: parts(schema) };
    let labels: Vec<(u32, usize, String)> = page.cells().filter_map(|(line, column, v)| Some((line, column, page.label(v)?))).collect();
    let of_rows: BTreeSet<u32> = labels.iter().map(|(line, ..)| *line).collect();
    if labels.len() < LEAST_LABELS || of_rows.len() < LEAST_ROWS {
        return None;
    }
    let mut filled = Filled::default();
    let mut unused: Vec<(u32, String)> = Vec::new();
    for (line, column, value) in page.cells().filter(|(.., v)| page.label(v).is_none()) {
        match page.header_of(line, column) {
            Some(header) => filled.add(schema, header, line, value),
            None => unused.extend(page.left(line, column).into_iter().next().map(|label| (line, label))),
        }
    }
    // A label with nothing beside it: the form asks, and nobody answered.
    for (line, column, label) in &labels {
        // Below the header of a list stand its rows.
        if page
            .rows
            .range(line + 1..)
            .next()
            .is_some_and(|(_, row)| row.get(*column).is_some_and(|v| !v.is_blank() && page.label(v).is_none()))
        {
            continue;
        }
        let next = page.row(*line).iter().enumerate().skip(column + 1).find(|(_, v)| !v.is_blank());
        if is_known(schema, label) && next.is_none_or(|(_, v)| page.label(v).is_some()) {
            filled.headers.entry(label.clone()).or_insert((*line, Value::Blank));
        }
    }
    let columns = Columns::new(schema, &filled.headers.keys().cloned().collect::<Vec<_>>());
    if !columns.has("name") || !["proposed", "removed", "moved"].iter().any(|of| columns.has(of)) {
        return None;
    }
    let line = filled.headers.get(columns.header("name")).map_or(0, |(line, _)| *line);
    let (lines, cells) = filled.headers.into_values().unzip();
    let record = Record { line, group: None, cells, lines };
    let recognised = Problem::noted(cited, "sheet::recognised", "按纸质样式的全程纪实表读取，一表一件", "不是这种表的，请改标题");
    let mut notes = vec![recognised.at_row(line)];
    unused.dedup();
    if let Some((first, _)) = unused.first() {
        let all: Vec<String> = unused.iter().map(|(line, label)| format!("第{line}行“{label}”")).collect();
        let why = format!("这些栏没有用到：{}", all.join("、"));
        notes.push(Problem::noted(cited, "sheet::unused-columns", why, "不必改动").at_row(*first));
    }
    let above = std::iter::once(name.to_owned()).collect();
    Some(Sheet {
        cited: cited.to_owned(),
        above,
        template: Template::Process,
        columns,
        records: vec![record],
        aside: BTreeMap::new(),
        notes,
    })
}

/// What is filled in, by header.
#[derive(Default)]
struct Filled {
    headers: BTreeMap<String, (u32, Value)>,
}

impl Filled {
    /// Takes a cell; a second of one header (a row of a list of several) is not the form's.
    fn add(&mut self, schema: &Schema, header: String, line: u32, value: &Value) {
        let (starts, ends) = (schema.headings("notice_start"), schema.headings("notice_end"));
        let last = header.rsplit('/').next().unwrap_or("");
        let is_period = schema.headings("notice_period").iter().any(|w| w == last || *w == header);
        if let (true, Some(start), Some(end)) = (is_period, starts.first(), ends.first()) {
            let shown = value.shown();
            let whole = |text: &str| spelled::whole(text.trim()).ok();
            if let Some((first, second)) = shown.split_once('至').filter(|(a, b)| whole(a).is_some() && whole(b).is_some()) {
                self.headers.entry(start.clone()).or_insert((line, Value::Text(first.trim().to_owned())));
                self.headers.entry(end.clone()).or_insert((line, Value::Text(second.trim().to_owned())));
            } else {
                self.headers.entry(start.clone()).or_insert((line, value.clone()));
            }
            return;
        }
        self.headers.entry(header).or_insert((line, value.clone()));
    }
}

/// A sheet as a page of labels and values.
struct Page<'p> {
    schema: &'p Schema,
    rows: BTreeMap<u32, &'p [Value]>,
    merges: &'p [Merge],
    /// What stands before and after the bar in headers of two rows.
    parts: BTreeSet<&'p str>,
}

fn parts(schema: &Schema) -> BTreeSet<&str> {
    let words = schema.sheet_steps.iter().flat_map(|(.., words)| words).chain(schema.headings("notice_period"));
    words.filter_map(|w| w.split_once('/')).flat_map(|(a, b)| [a, b]).collect()
}

impl Page<'_> {
    fn row(&self, line: u32) -> &[Value] {
        self.rows.get(&line).copied().unwrap_or(&[])
    }

    /// Every cell with something in it.
    fn cells(&self) -> impl Iterator<Item = (u32, usize, &Value)> {
        let all = self.rows.iter().flat_map(|(line, row)| row.iter().enumerate().map(move |(column, v)| (*line, column, v)));
        all.filter(|(.., v)| !v.is_blank())
    }

    /// The label that a cell is, if it is one.
    fn label(&self, value: &Value) -> Option<String> {
        let Value::Text(text) = value else { return None };
        let text = plain(text);
        let is_label =
            is_known(self.schema, &text) || self.parts.contains(text.as_str()) || self.schema.headings("notice_period").contains(&text);
        is_label.then_some(text)
    }

    /// What a place shows: of merged cells what their first holds.
    fn at(&self, line: u32, column: usize) -> &Value {
        let merge = self.merges.iter().find(|m| {
            let row = line.saturating_sub(1);
            (m.rows.0..=m.rows.1).contains(&row) && (m.columns.0..=m.columns.1).contains(&column)
        });
        let (line, column) = merge.map_or((line, column), |m| (m.rows.0 + 1, m.columns.0));
        self.row(line).get(column).unwrap_or(&Value::Blank)
    }

    /// The labels to the left of a place, the nearest first.
    fn left(&self, line: u32, column: usize) -> Vec<String> {
        let mut found: Vec<String> = (0..column).rev().filter_map(|c| self.label(self.at(line, c))).collect();
        found.dedup();
        found
    }

    /// The nearest label above a place.
    fn above(&self, line: u32, column: usize) -> Option<String> {
        (1..line).rev().find_map(|l| self.label(self.at(l, column)))
    }

    /// The text that stands right before a value.
    fn beside(&self, line: u32, column: usize) -> Option<String> {
        (0..column).rev().map(|c| self.at(line, c)).find(|v| !v.is_blank()).map(|v| plain(v.text())).filter(|t| t.chars().count() < 20)
    }

    /// The header that a value stands under: by the labels to the left and above.
    fn header_of(&self, line: u32, column: usize) -> Option<String> {
        let known = |header: &String| is_known(self.schema, header) || self.schema.headings("notice_period").contains(header);
        let (left, above) = (self.left(line, column), self.above(line, column));
        let beside = self.beside(line, column);
        let is_beside = |label: &String| beside.as_ref() == Some(label);
        let grid = left.iter().flat_map(|l| above.iter().map(move |a| format!("{l}/{a}")));
        let sectioned = left.iter().skip(1).filter_map(|section| left.first().filter(|l| is_beside(l)).map(|l| format!("{section}/{l}")));
        let plainly = left.first().filter(|l| is_beside(l)).cloned();
        sectioned.chain(plainly).chain(grid).find(known)
    }
}
