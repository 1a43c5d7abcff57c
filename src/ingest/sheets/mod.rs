//! Sheets as people make them, known by their headers: 干部任免审批表, 干部名册, 讨论任免干部名单, 年度考核表, 领导职数配备情况表, 全程纪实表. They have no codes; a person is
//! known as in forms, and what a sheet does not say is left unknown. Sheets of all sources are gathered first, for they tell of the same
//! people, and entered together.

mod columns;
mod dates;
mod enter;
mod life;
mod matters;
mod page;
pub(super) mod paper;
mod people;
mod person;
mod quota;
mod twice;
mod yearly;

use super::forms::Relative;
use super::layout::{self, Aside, Head, Kind, Merge, Numbered, Reading};
use super::parts::Extras;
use super::value::Value;
use crate::records::{Builder, Problem, Schema};
use columns::{Columns, Template};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the user says of sheets that do not say it themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The year that assessments are of.
    pub year: Option<i32>,
    /// The year the question is asked in: a year of two digits lies in the hundred years up to it.
    pub now: Option<i32>,
}

/// How many rows are looked through for headers.
pub(super) const LEADING: usize = 12;

/// A sheet known by its headers, read.
#[derive(Debug)]
pub(super) struct Sheet {
    /// `名单.xlsx/名册`.
    cited: String,
    /// What the sheet is called, and what stands above its headers.
    above: Vec<String>,
    template: Template,
    columns: Columns,
    records: Vec<Record>,
    /// Rows that are no records, by what they are.
    aside: BTreeMap<&'static str, u64>,
    notes: Vec<Problem>,
}

/// A row of a sheet.
#[derive(Debug)]
struct Record {
    line: u32,
    /// The unit named above it.
    group: Option<String>,
    cells: Vec<Value>,
    /// Of a form, the line of each cell; of a table all stand on one.
    lines: Vec<u32>,
    /// The relatives that a form lists, each with its line.
    kin: Vec<(u32, Relative)>,
}

impl Record {
    /// The line of a cell.
    fn line_of(&self, column: usize) -> u32 {
        self.lines.get(column).copied().unwrap_or(self.line)
    }
}

/// A sheet being read.
pub(super) struct Sheeting<'s> {
    extras: &'s Extras,
    cited: String,
    head: &'s Head,
    columns: Columns,
    template: Template,
    schema: &'s Schema,
    reading: Reading<'s>,
    records: Vec<Record>,
}

/// The headers of a sheet, if it is one of those known.
pub(super) fn recognise(schema: &Schema, leading: &[Numbered], merges: &[Merge]) -> Option<Head> {
    let head = layout::find(leading, merges, &|header| columns::is_known(schema, header))?;
    Template::of(&Columns::new(schema, &head.headers)).map(|_| head)
}

impl<'s> Sheeting<'s> {
    /// Reads a sheet below its headers. None if it is none of those known after all.
    pub(super) fn new(schema: &'s Schema, cited: String, head: &'s Head, merges: &'s [Merge], extras: &'s Extras) -> Option<Self> {
        let columns = Columns::new(schema, &head.headers);
        let template = Template::of(&columns)?;
        let named = columns.named().collect();
        let reading = Reading::new(schema, head.headers.clone(), merges.to_vec(), named);
        Some(Self { extras, cited, head, columns, template, schema, reading, records: Vec::new() })
    }

    /// A row with cells; those up to the headers are passed over.
    pub(super) fn row(&mut self, line: u32, cells: &[Value]) {
        if line <= self.head.line || cells.iter().all(Value::is_blank) && !self.extras.uncomputed.iter().any(|(row, _)| *row == line) {
            return;
        }
        let mut cells = cells.to_vec();
        if !self.extras.uncomputed.is_empty() {
            for column in 0..self.head.headers.len() {
                if self.extras.uncomputed.contains(&(line, column)) {
                    cells.resize(cells.len().max(column + 1), Value::Blank);
                    if let Some(cell) = cells.get_mut(column) {
                        *cell = Value::Uncomputed;
                    }
                }
            }
        }
        if self.reading.row(line, &cells) == Kind::Record {
            self.records.push(Record { line, group: self.reading.group.clone(), cells, lines: Vec::new(), kin: Vec::new() });
        }
    }

    /// What to do about columns that are not used: some may be headed otherwise than they should be.
    fn may_be_meant(&self, unused: &[&str]) -> String {
        let strange = unused.iter().filter(|h| !columns::is_known(self.schema, h));
        let near = strange.filter_map(|h| Some(format!("“{h}”是否就是“{}”？", self.columns.nearest(self.schema, self.template, h)?)));
        let near: Vec<String> = near.collect();
        let lacking = self.columns.lacking(self.schema, self.template);
        if lacking.is_empty() {
            return "不必改动".to_owned();
        }
        let near = if near.is_empty() { String::new() } else { format!("{}是的，请改表头；", near.concat()) };
        format!("{near}没有认出这些栏：{}，表上有的，请按此改表头", lacking.join("、"))
    }

    /// What was read, with what should be told of it.
    pub(super) fn close(self, name: &str) -> Sheet {
        let mut notes = Vec::new();
        let note = |row: u32, code, why: String, right: &str| Problem::noted(&self.cited, code, why, right).at_row(row);
        let title = format!("按{}读取，表头在第{}行，数据 {} 行", self.template.zh(), self.head.line, self.records.len());
        notes.push(note(self.head.line, "sheet::recognised", title, "不是这种表的，请改工作表名或表头"));
        notes.extend(notes_below(&self.cited, "", &self.reading));
        let aside = aside(self.head.titles, &self.reading);
        let unused: Vec<&str> = self.columns.unused(self.template).collect();
        if !unused.is_empty() {
            let why = format!("这些列没有用到：{}", unused.join("、"));
            let right = self.may_be_meant(&unused);
            notes.push(note(self.head.line, "sheet::unused-columns", why, &right));
        }
        let hidden = self.head.headers.iter().enumerate().filter(|(i, h)| !h.is_empty() && self.extras.hides(*i));
        let hidden: Vec<&str> = hidden.map(|(_, h)| h.as_str()).collect();
        if !hidden.is_empty() {
            let why = format!("有隐藏的列：{}，照样读取", hidden.join("、"));
            notes.push(note(self.head.line, "sheet::hidden", why, "不该交来的，请删去而不是隐藏"));
        }
        let hidden: Vec<u32> = self.records.iter().map(|r| r.line).filter(|l| self.extras.hidden_rows.contains(l)).collect();
        if !hidden.is_empty() {
            let why = format!("有隐藏的行 {} 行，照样读取：{}", hidden.len(), lines(&hidden));
            notes.push(note(hidden[..].first().copied().unwrap_or(0), "sheet::hidden", why, "不该交来的，请删去而不是隐藏"));
        }
        let above = std::iter::once(name.to_owned()).chain(self.head.above.iter().cloned()).collect();
        Sheet { cited: self.cited, above, template: self.template, columns: self.columns, records: self.records, aside, notes }
    }
}

impl Sheet {
    /// Something more to be told of it.
    pub(super) fn tell(&mut self, note: Option<Problem>) {
        self.notes.extend(note);
    }
}

/// Rows that are no records, by what they are.
pub(super) fn aside(titles: u64, reading: &Reading<'_>) -> BTreeMap<&'static str, u64> {
    let below = reading.aside.iter().map(|(aside, rows)| (aside.code(), rows.len() as u64));
    std::iter::once(("title", titles)).chain(below).filter(|(_, rows)| *rows > 0).collect()
}

/// Tells of rows taken for notes: one of them might be a record all the same.
pub(super) fn notes_below(cited: &str, table: &str, reading: &Reading<'_>) -> Option<Problem> {
    let rows = reading.aside.get(&Aside::Note)?;
    Some(set_aside(cited, table, "说明行", rows, "请看一眼，其中确有记录的，移到说明之前"))
}

/// Tells of totals in a table with codes.
pub(super) fn totals(cited: &str, table: &str, rows: &[u32]) -> Option<Problem> {
    (!rows.is_empty()).then(|| set_aside(cited, table, "合计行", rows, "不必改动"))
}

fn set_aside(cited: &str, table: &str, what: &str, rows: &[u32], right: &str) -> Problem {
    let why = format!("{what} {} 行，不是记录，没有作为数据：{}", rows.len(), lines(rows));
    Problem::noted(cited, "sheet::set-aside", why, right).of_table(table).at_row(rows.first().copied().unwrap_or(0))
}

/// `第4、9行`, at most ten of them.
fn lines(rows: &[u32]) -> String {
    let some: Vec<String> = rows.iter().take(10).map(u32::to_string).collect();
    let more = if rows.len() > some.len() { "等" } else { "" };
    format!("第{}行{more}", some.join("、"))
}

/// Enters all sheets.
pub(super) fn enter(mut sheets: Vec<Sheet>, asked: Asked, builder: &mut Builder) {
    let schema = Arc::clone(builder.schema());
    let mut made = enter::Making::default();
    let mut people = people::People::new(&schema);
    // Those that tell most of a person come first: what they say holds.
    sheets.sort_by_key(|sheet| sheet.template);
    for (number, sheet) in sheets.iter().enumerate() {
        match sheet.template {
            Template::Quota => quota::rows(number, sheet, &schema, &mut made),
            Template::Yearly => yearly::rows(number, sheet, &schema, asked, &mut people, &mut made),
            _ => matters::rows(number, sheet, &schema, asked, &mut people, &mut made),
        }
    }
    people.close(&sheets, &mut made, builder);
    for sheet in &sheets {
        sheet.notes.iter().for_each(|n| builder.note(n.clone()));
    }
    enter::enter(made, &sheets, builder);
}
