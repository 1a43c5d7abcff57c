//! 全程纪实表 and 干部任免审批表 as they are printed: labels, and what is filled in beside or below them; one case a sheet. Such a form becomes
//! the one row of a table of the same headers, each cell on the line it stands on.

use super::columns::{Columns, Template, is_known};
use super::page::Page;
use super::{Record, Sheet};
use crate::dates::spelled;
use crate::ingest::layout::{Merge, Numbered, plain};
use crate::ingest::value::Value;
use crate::records::{Problem, Schema, squeeze};
use std::collections::{BTreeMap, BTreeSet};

/// A printed form has so many labels, on so many rows: a table has them on two at most.
const LEAST_LABELS: usize = 6;
const LEAST_ROWS: usize = 4;
/// No printed form is wider, in columns.
const WIDEST: usize = 128;

/// The form that a text above a sheet says it is.
pub(in crate::ingest) fn titled(schema: &Schema, leading: &[Numbered]) -> Option<Template> {
    let texts: Vec<String> = leading.iter().flat_map(|(_, row)| row).filter(|v| !v.is_blank()).map(|v| plain(v.text())).collect();
    let says = |of: &str| schema.headings(of).iter().any(|title| texts.iter().any(|text| text.contains(title.as_str())));
    [("record", Template::Process), ("approval", Template::Approval)].into_iter().find(|(of, _)| says(of)).map(|(_, template)| template)
}

/// The form, if the sheet is one.
pub(in crate::ingest) fn read(
    schema: &Schema,
    (template, cited, name): (Template, &str, &str),
    rows: &[Numbered],
    merges: &[Merge],
) -> Option<Sheet> {
    if rows.iter().any(|(_, row)| row.iter().skip(WIDEST).any(|v| !v.is_blank())) {
        return None;
    }
    let page = Page::new(schema, rows, merges);
    let labels: Vec<(u32, usize, &str)> = page.labels().collect();
    let of_rows: BTreeSet<u32> = labels.iter().map(|(line, ..)| *line).collect();
    let first_line = *of_rows.first()?;
    if labels.len() < LEAST_LABELS || of_rows.len() < LEAST_ROWS {
        return None;
    }
    let relatives = page.relatives();
    let mut filled = Filled::default();
    let mut unused: Vec<(u32, String)> = Vec::new();
    for (line, column, value) in page.cells().filter(|(l, c, _)| page.label(*l, *c).is_none() && !relatives.lines.contains(l)) {
        let taken = page.header_of(line, column).is_some_and(|header| filled.add(schema, header, line, value));
        // What stands above the first label is the title, and what begins like a note is one.
        let is_note = schema.headings("note").iter().any(|w| plain(value.text()).starts_with(w.as_str()));
        if !taken && line > first_line && !is_note {
            unused.push((line, page.left(line, column).into_iter().next().map_or(String::new(), |(_, label)| label.to_owned())));
        }
    }
    // A label with nothing beside it: the form asks, and nobody answered.
    for (line, column, label) in labels.iter().filter(|(line, ..)| !relatives.lines.contains(line)) {
        // Below the header of a list stand its rows.
        if page.heads_column(*line, *column) {
            continue;
        }
        let next = page.row(*line).iter().enumerate().skip(column + 1).find(|(_, v)| !v.is_blank());
        if is_known(schema, label) && next.is_none_or(|(c, _)| page.label(*line, c).is_some()) {
            filled.headers.entry((*label).to_owned()).or_insert((*line, Value::Blank));
        }
    }
    let columns = Columns::new(schema, &filled.headers.keys().cloned().collect::<Vec<_>>());
    if !columns.has("name") || !["proposed", "removed", "moved"].iter().any(|of| columns.has(of)) {
        return None;
    }
    let line = filled.headers.get(columns.header("name")).map_or(0, |(line, _)| *line);
    let (lines, cells) = filled.headers.into_values().unzip();
    let record = Record { line, group: None, cells, lines, kin: relatives.all };
    let title = format!("按纸质样式的{}读取，一表一件", template.zh());
    let mut notes = vec![Problem::noted(cited, "sheet::recognised", title, "不是这种表的，请改标题").at_row(line)];
    unused.dedup();
    if let Some((first, _)) = unused.first() {
        let shown = |label: &String| if label.is_empty() { "没有栏目名的内容".to_owned() } else { format!("“{label}”") };
        let all: Vec<String> = unused.iter().map(|(line, label)| format!("第{line}行{}", shown(label))).collect();
        let why = format!("这些栏没有用到：{}", all.join("、"));
        notes.push(Problem::noted(cited, "sheet::unused-columns", why, "不必改动").at_row(*first));
    }
    let above = std::iter::once(name.to_owned()).collect();
    Some(Sheet { cited: cited.to_owned(), above, template, columns, records: vec![record], aside: BTreeMap::new(), notes })
}

/// What is filled in, by header.
#[derive(Default)]
struct Filled {
    headers: BTreeMap<String, (u32, Value)>,
}

impl Filled {
    /// Takes a cell; a second of one header (a row of a list of several) is not the form's. Whether it was taken whole.
    fn add(&mut self, schema: &Schema, header: String, line: u32, value: &Value) -> bool {
        let (starts, ends) = (schema.headings("notice_start"), schema.headings("notice_end"));
        let (section, last) = header.rsplit_once('/').unwrap_or(("", &header));
        let is = |of: &str| schema.headings(of).iter().any(|w| w == last || *w == header);
        if let (true, Some(start), Some(end)) = (is("notice_period"), starts.first(), ends.first()) {
            let shown = value.shown();
            let whole = |text: &str| spelled::whole(text.trim()).ok();
            if let Some((first, second)) = shown.split_once('至').filter(|(a, b)| whole(a).is_some() && whole(b).is_some()) {
                self.headers.entry(start.clone()).or_insert((line, Value::Text(first.trim().to_owned())));
                self.headers.entry(end.clone()).or_insert((line, Value::Text(second.trim().to_owned())));
            } else {
                self.headers.entry(start.clone()).or_insert((line, value.clone()));
            }
            return true;
        }
        if is("votes") {
            let (votes, whole) = votes(schema, section, &value.shown());
            for (header, count) in votes {
                self.headers.entry(header).or_insert((line, Value::Text(count)));
            }
            return whole;
        }
        match self.headers.entry(header) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert((line, value.clone()));
                true
            }
            std::collections::btree_map::Entry::Occupied(_) => false,
        }
    }
}

/// 应到11人，实到9人，同意9票: the counts by the headers they would have in columns of their own, and whether that is all it says.
fn votes(schema: &Schema, section: &str, text: &str) -> (Vec<(String, String)>, bool) {
    let (mut found, mut whole) = (Vec::new(), true);
    let text = squeeze(&spelled::half_width(text));
    for clause in text.split(['，', ',', '、', '；', ';', '。']).filter(|c| !c.is_empty()) {
        let at = clause.find(|c: char| c.is_ascii_digit()).unwrap_or(clause.len());
        let (word, count) = clause.split_at(at);
        let (word, count) = (word.trim_end_matches(['：', ':']), count.trim_end_matches(['人', '票', '名']));
        let header = schema.headings.iter().filter(|(of, words)| of.starts_with("bare ") && words.iter().any(|w| w == word));
        let header = header.flat_map(|(_, words)| words).map(|w| format!("{section}/{w}")).find(|h| is_known(schema, h));
        match header.filter(|_| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit())) {
            Some(header) => found.push((header, count.to_owned())),
            None => whole = false,
        }
    }
    (found, whole)
}
