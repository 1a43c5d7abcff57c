//! Which column of a sheet holds what, and which kind of sheet that makes it.

use super::Record;
use crate::diagnostic::nearest;
use crate::ingest::value::Value;
use crate::records::Schema;
use std::collections::BTreeMap;

/// The kinds of sheets, in the order in which they tell of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Template {
    /// Offices and how many leaders they may have.
    Quota,
    /// 干部任免审批表, one a sheet: a person's life, and the post to be taken up or left.
    Approval,
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
const NO_HEADERS: [&str; 13] = [
    "total",
    "note",
    "taking",
    "leaving",
    "record",
    "approval",
    "form",
    "kin",
    "relation",
    "votes",
    "notice_period",
    "notice_start",
    "notice_end",
];

/// What the words of headers begin with that name a field of a step but not the step: that of the date to their left.
const BARE: &str = "bare ";

fn is_heading(of: &str) -> bool {
    !NO_HEADERS.contains(&of) && !of.starts_with("office ") && !of.starts_with(BARE)
}

/// Whether a header of one row or two is so called: 任前公示开始时间 as 任前公示/开始时间.
fn is_called(header: &str, word: &str) -> bool {
    header == word || (word.contains('/') && header.chars().eq(word.chars().filter(|c| *c != '/')))
}

/// Whether a header is one that any kind of sheet has.
pub(super) fn is_known(schema: &Schema, header: &str) -> bool {
    schema.headings.iter().any(|(of, words)| is_heading(of) && words.iter().any(|w| is_called(header, w)))
        || schema.sheet_steps.iter().any(|(.., words)| words.iter().any(|w| is_called(header, w)))
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
        let find = |words: &[String]| words.iter().find_map(|w| headers.iter().position(|h| is_called(h, w)));
        let at =
            schema.headings.iter().filter(|(of, _)| is_heading(of)).filter_map(|(of, words)| Some((of.clone(), find(words)?))).collect();
        let mut steps: Vec<(String, String, usize)> =
            schema.sheet_steps.iter().filter_map(|(kind, field, words)| Some((kind.clone(), field.clone(), find(words)?))).collect();
        for (column, field) in headers.iter().enumerate().filter_map(|(column, header)| Some((column, bare(schema, header)?))) {
            // 讨论决定时间、应到人数、同意: the counts are those of the step whose date stands before them, if it has such a count.
            let of_step = steps.iter().filter(|(.., at)| *at < column).max_by_key(|(.., at)| *at).map(|(kind, ..)| kind.clone());
            let of_step = of_step.filter(|kind| schema.sheet_steps.iter().any(|(k, f, _)| k == kind && f == field));
            if let Some(kind) = of_step.filter(|kind| !steps.iter().any(|(k, f, at)| *at == column || (k == kind && f == field))) {
                steps.push((kind, field.to_owned(), column));
            }
        }
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

    /// The line of the cell of a column.
    pub(super) fn line(&self, record: &Record, of: &str) -> u32 {
        self.at.get(of).map_or(record.line, |&i| record.line_of(i))
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

    /// The nearest header that such a sheet might have and this one has not.
    pub(super) fn nearest<'s>(&self, schema: &'s Schema, template: Template, header: &str) -> Option<&'s str> {
        let plain = schema.headings.iter().filter(|(of, _)| is_heading(of) && template.uses(of) && !self.has(of)).map(|(_, words)| words);
        let lacks = |kind: &str, field: &str| !self.steps.iter().any(|(k, f, _)| k == kind && f == field);
        let of_steps = schema.sheet_steps.iter().filter(|(k, f, _)| template == Template::Process && lacks(k, f)).map(|(.., words)| words);
        nearest(header, plain.chain(of_steps).flatten().map(String::as_str))
    }

    /// What such a sheet should have and this one has not, by the name it usually has.
    pub(super) fn lacking<'s>(&self, schema: &'s Schema, template: Template) -> Vec<&'s str> {
        let first = |words: &'s [String]| words.first().map(String::as_str);
        let plain = template.needs().iter().filter(|of| !self.has(of)).filter_map(|of| first(schema.headings(of)));
        let has = |kind: &str, field: &str| self.steps.iter().any(|(k, f, _)| k == kind && f == field);
        let of_steps = schema.sheet_steps.iter().filter(|(k, f, _)| template == Template::Process && f != "document" && !has(k, f));
        plain.chain(of_steps.filter_map(|(.., words)| first(words))).collect()
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

/// The field of a step that a header names without naming the step.
fn bare<'s>(schema: &'s Schema, header: &str) -> Option<&'s str> {
    let named = schema.headings.iter().filter_map(|(of, words)| Some((of.strip_prefix(BARE)?, words)));
    named.filter(|(_, words)| words.iter().any(|w| w == header)).map(|(field, _)| field).next()
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
            Self::Approval => "干部任免审批表",
            Self::Roster => "干部名册",
            Self::Slate => "讨论任免干部名单",
            Self::Process => "全程纪实表",
            Self::Yearly => "年度考核表",
        }
    }

    /// The columns that such a sheet should have, steps aside.
    fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Quota => &["unit_level", "chief_approved", "deputy_approved"],
            Self::Roster => &["gender", "birth", "work_date", "party_date", "current", "post_since"],
            Self::Approval | Self::Slate | Self::Process | Self::Yearly => &["current"],
        }
    }

    /// Whether something is taken from such a column.
    fn uses(self, of: &str) -> bool {
        let matter = matches!(of, "proposed" | "removed" | "moved");
        match self {
            Self::Quota => matches!(of, "number" | "unit" | "unit_level" | "total_approved" | "chief_approved" | "deputy_approved"),
            Self::Yearly => matches!(of, "number" | "name" | "id_number" | "birth" | "current" | "result" | "year"),
            Self::Roster => {
                !matter && !matches!(of, "result" | "year" | "level_since") && !of.starts_with("unit") && !of.ends_with("approved")
            }
            Self::Approval => matter || of == "result" || Self::Roster.uses(of),
            Self::Slate | Self::Process => matter || Self::Roster.uses(of),
        }
    }
}
