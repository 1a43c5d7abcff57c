//! Which column of a sheet holds what, and which kind of sheet that makes it.

use super::Record;
use crate::ingest::value::Value;
use crate::records::Schema;
use std::collections::BTreeMap;

/// The kinds of sheets, in the order in which they tell of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Template {
    /// Offices and how many leaders they may have.
    Quota,
    /// People and their posts.
    Roster,
    /// People and the posts they are to take up or leave.
    Slate,
    /// People, the posts they take up, and every step on the way.
    Process,
    /// People and how a year was assessed.
    Yearly,
}

/// Words of `[headings]` that are no headers.
const NO_HEADERS: [&str; 4] = ["total", "note", "taking", "leaving"];

fn is_heading(of: &str) -> bool {
    !NO_HEADERS.contains(&of) && !of.starts_with("office ")
}

/// Whether a header is one that any kind of sheet has.
pub(super) fn is_known(schema: &Schema, header: &str) -> bool {
    schema.headings.iter().any(|(of, words)| is_heading(of) && words.iter().any(|w| w == header))
        || schema.sheet_steps.iter().any(|(.., words)| words.iter().any(|w| w == header))
}

/// The columns of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    headers: Vec<String>,
    at: BTreeMap<String, usize>,
    /// Of steps: the kind, the field, the column.
    steps: Vec<(String, String, usize)>,
}

impl Columns {
    pub(super) fn new(schema: &Schema, headers: &[String]) -> Self {
        let find = |words: &[String]| words.iter().find_map(|w| headers.iter().position(|h| h == w));
        let at =
            schema.headings.iter().filter(|(of, _)| is_heading(of)).filter_map(|(of, words)| Some((of.clone(), find(words)?))).collect();
        let steps =
            schema.sheet_steps.iter().filter_map(|(kind, field, words)| Some((kind.clone(), field.clone(), find(words)?))).collect();
        Self { headers: headers.to_vec(), at, steps }
    }

    /// Whether the sheet has such a column.
    pub(super) fn has(&self, of: &str) -> bool {
        self.at.contains_key(of)
    }

    /// The cell of a column; blank where there is none.
    pub(super) fn cell<'r>(&self, record: &'r Record, of: &str) -> &'r Value {
        self.at.get(of).and_then(|&i| record.cells.get(i)).unwrap_or(&Value::Blank)
    }

    /// What a column is headed; empty where there is none.
    pub(super) fn header(&self, of: &str) -> &str {
        self.at.get(of).and_then(|&i| self.headers.get(i)).map_or("", String::as_str)
    }

    /// The header of a column by its place.
    pub(super) fn header_at(&self, column: usize) -> &str {
        self.headers.get(column).map_or("", String::as_str)
    }

    /// The columns of steps: kind, field, place.
    pub(super) fn steps(&self) -> &[(String, String, usize)] {
        &self.steps
    }

    /// The columns that tell whose row it is.
    pub(super) fn named(&self) -> impl Iterator<Item = usize> {
        let of = if self.has("name") { "name" } else { "unit" };
        self.at.get(of).copied().into_iter()
    }

    /// Headers of columns from which such a sheet takes nothing.
    pub(super) fn unused(&self, template: Template) -> impl Iterator<Item = &str> {
        let steps = if template == Template::Process { self.steps.as_slice() } else { &[] };
        let plain = self.at.iter().filter(|(of, _)| template.uses(of)).map(|(_, column)| *column);
        let used: Vec<usize> = plain.chain(steps.iter().map(|(.., column)| *column)).collect();
        let unused = self.headers.iter().enumerate().filter(move |(i, h)| !h.is_empty() && !used.contains(i));
        unused.map(|(_, h)| h.as_str())
    }
}

impl Template {
    /// The kind of sheet that has these columns.
    pub(super) fn of(columns: &Columns) -> Option<Self> {
        let any = |of: &[&str]| of.iter().any(|o| columns.has(o));
        let known = ["birth", "gender", "current", "party_date", "work_date", "ethnicity", "id_number", "native_place"];
        if !columns.has("name") {
            return (columns.has("unit") && any(&["chief_approved", "deputy_approved"])).then_some(Self::Quota);
        }
        if columns.steps.len() >= 3 && any(&["proposed", "removed", "moved"]) {
            Some(Self::Process)
        } else if any(&["proposed", "removed", "moved"]) {
            Some(Self::Slate)
        } else if columns.has("result") {
            Some(Self::Yearly)
        } else {
            (known.iter().filter(|of| columns.has(of)).count() >= 2).then_some(Self::Roster)
        }
    }

    /// What such a sheet is called.
    pub(super) fn zh(self) -> &'static str {
        match self {
            Self::Quota => "领导职数配备情况表",
            Self::Roster => "干部名册",
            Self::Slate => "讨论任免干部名单",
            Self::Process => "全程纪实表",
            Self::Yearly => "年度考核表",
        }
    }

    /// Whether something is taken from such a column.
    fn uses(self, of: &str) -> bool {
        let matter = matches!(of, "proposed" | "removed" | "moved");
        match self {
            Self::Quota => matches!(of, "number" | "unit" | "unit_level" | "chief_approved" | "deputy_approved"),
            Self::Yearly => matches!(of, "number" | "name" | "id_number" | "birth" | "current" | "result" | "year"),
            Self::Roster => {
                !matter && !matches!(of, "result" | "year" | "level_since") && !of.starts_with("unit") && !of.ends_with("approved")
            }
            Self::Slate | Self::Process => matter || Self::Roster.uses(of),
        }
    }
}
