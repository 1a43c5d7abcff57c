//! What a form becomes before it goes to the records: rows of tables with the field and line they were read from.

use super::form::Field;
use crate::dates::{Fuzzy, spelled};

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Row {
    pub table: &'static str,
    /// The field of the form it was read from, and the line in it, from 1; 0 where the field is the row's own.
    pub field: Field,
    pub line: u32,
    pub key: String,
    /// Cells by the names of their fields, key and owner aside. What is not here is blank.
    pub cells: Vec<(&'static str, Value)>,
    /// Why it cannot stand.
    pub refused: Option<Refusal>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Value {
    Text(String),
    Date(Fuzzy),
    Int(i32),
    /// The form does not say it, and its blank would say something else.
    Unknown,
    /// What the form says cannot be read: of which field, and why.
    Bad(Field, Refusal),
}

/// Why something cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Refusal {
    pub code: &'static str,
    /// As written.
    pub text: String,
    pub why: String,
    pub right: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, text: &str, why: impl Into<String>, right: impl Into<String>) -> Self {
        Self { code, text: text.to_owned(), why: why.into(), right: right.into() }
    }
}

impl Row {
    pub(super) fn new(table: &'static str, field: Field, line: u32, key: String) -> Self {
        Self { table, field, line, key, cells: Vec::new(), refused: None }
    }

    pub(super) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.cells.push((name, value));
        self
    }

    pub(super) fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Value::Text(text.into()))
    }

    pub(super) fn refuse(mut self, refusal: Refusal) -> Self {
        self.refused = Some(refusal);
        self
    }
}

/// Whether a field was filled with a word for nothing.
pub(in crate::ingest) fn says_none(text: &str) -> bool {
    let text = crate::records::squeeze(text);
    let text = text.trim_matches(['（', '）', '(', ')', '。', '.']);
    matches!(text, "" | "无" | "暂无" | "没有" | "/" | "-" | "—" | "——" | "--" | "无此类情况" | "无此情况" | "无此类情形" | "无此情形")
}

/// The date of a field; what is no date goes on as text, and is told as such where it is entered. An age in brackets may follow.
pub(super) fn date(text: &str) -> Value {
    if text.is_empty() {
        return Value::Text(String::new());
    }
    match spelled::whole(without_age(text)) {
        Ok(date) => Value::Date(date),
        Err(_) => Value::Text(text.to_owned()),
    }
}

/// `1978.04（46岁）` without the age, which nobody should believe.
fn without_age(text: &str) -> &str {
    let Some((date, rest)) = text.split_once(['（', '(']) else { return text };
    let age = rest.trim_end().trim_end_matches(['）', ')']);
    let is_age = age.strip_suffix('岁').is_some_and(|n| !n.is_empty() && n.trim().bytes().all(|b| b.is_ascii_digit()));
    if is_age { date.trim_end() } else { text }
}
