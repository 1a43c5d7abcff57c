//! Reports: what a run found, for the people and programs that read it. Renderers only render: they choose words and
//! places, and decide nothing. Each format has its file.

mod calendar;
mod case;
pub mod clauses;
mod csv;
mod diff;
mod due;
mod history;
mod json;
mod jsonl;
mod markdown;
mod names;
mod notice;
mod paint;
mod profile;
pub mod rectify;
mod refused;
mod starved;
mod strip;
mod supplement;
mod table;
mod tally;
mod text;
mod trace;
mod unexported;
mod words;
mod xlsx;

pub use case::{CasePage, CaseStep, Demand, render_case};
pub use diff::{diff_json, diff_table, render_diff};
pub use due::{DueFormat, render_due, sort_due};
pub use history::{history_json, render_history};
pub use jsonl::asides as jsonl_asides;
pub use names::Names;
pub use notice::{NoticeFormat, render_notice};
pub use paint::Paint;
pub use profile::{FieldLine, Profile, ProfileFormat, Starver, Starving, TableLine, profile, render_profile};
pub use refused::{refused_csv, refused_names, refused_xlsx};
pub use starved::{Lack, Starved, filled_of, starved};
pub use strip::strip;
pub use supplement::{Wanted, supplement, supplement_xlsx};
pub use table::{Align, Grid};
pub use tally::closing;
pub use text::render_reading;
pub use trace::render_trace;
pub use words::basis as cited;

use crate::engine::Outcome;
use crate::records::{Fate, FieldTally, Problem, Tally};
use serde::Serialize;
use std::io::{self, Write};

/// Everything a run says, with what is needed to say it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings, verdicts counted, rules that failed.
    pub outcome: Outcome,
    /// How the run was made.
    pub run: Run,
    /// What was wrong in the data, sorted.
    pub problems: Vec<Problem>,
    /// Rows counted, by file and table.
    pub tallies: Vec<Tally>,
    /// The fields of forms, counted.
    pub field_tallies: Vec<FieldTally>,
    /// Columns not exported that read as blank all the same ("case.status").
    pub assumed_blank: Vec<String>,
    /// Columns that no chosen rule reads were not read: what is wrong in them is not told.
    pub is_partly_read: bool,
    /// What the reader should know of baselines and waivers.
    pub notices: Vec<Notice>,
    /// Findings known already, which are not shown.
    pub hidden: u64,
    /// Rules that lack data.
    pub starved: Vec<Starved>,
    /// Chinese names of tables and fields, names of persons and units.
    pub names: Names,
}

/// Something the reader should know that is no finding and no error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// A stable code, listed in the manual (`baseline::can-shrink`).
    pub code: &'static str,
    /// What, in Chinese.
    pub message: String,
}

impl Notice {
    /// A notice.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// How a run was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Run {
    /// This program's version.
    pub guiju: String,
    /// Hash of every rule file.
    pub rules: String,
    /// Hash of every source file; none where there is no file (standard input).
    pub data: Option<String>,
    /// The day the question is asked on.
    pub as_of: String,
    /// The sources as named.
    pub sources: Vec<String>,
    /// The profile, if one was in force.
    pub profile: Option<ProfileRun>,
    /// How many rules ran.
    pub rule_count: usize,
    /// Wall time.
    pub seconds: f64,
}

/// The profile of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProfileRun {
    /// What people call it.
    pub title: String,
    /// The file.
    pub file: String,
    /// The packs it stands on, those above first.
    pub packs: Vec<PackRun>,
    /// How many limits of units and posts it sets.
    pub limits: usize,
}

/// A pack of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PackRun {
    /// Its name, which findings carry.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// 省, 市 or 县.
    pub layer: String,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For reading on a screen.
    Text,
    /// One line a finding, in columns.
    Table,
    /// Everything, for programs.
    Json,
    /// One finding a line, for programs.
    Jsonl,
    /// One finding a line, for Excel.
    Csv,
    /// A workbook to hand over.
    Xlsx,
    /// For notes and merge requests.
    Markdown,
}

impl Format {
    /// All of them, in the order shown in help.
    pub const ALL: [Self; 7] = [Self::Text, Self::Table, Self::Json, Self::Jsonl, Self::Csv, Self::Xlsx, Self::Markdown];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Markdown => "markdown",
        }
    }

    /// The format of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// Whether it is bytes that no terminal should be sent.
    pub fn is_binary(self) -> bool {
        self == Self::Xlsx
    }
}

/// Writes a report.
///
/// # Errors
/// What the writer says.
pub fn render(report: &Report, format: Format, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::render(report, paint, out),
        Format::Table => table::render(report, paint, out),
        Format::Json => json::render(report, out),
        Format::Jsonl => jsonl::render(report, out),
        Format::Csv => csv::render(report, out),
        Format::Xlsx => xlsx::render(report, out),
        Format::Markdown => markdown::render(report, out),
    }
}

impl Report {
    /// Rows refused and cells blanked: what makes a check partial.
    pub fn rejected(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.fate != Fate::Noted)
    }

    /// Whether something could not be read, or a rule not be run.
    pub fn is_partial(&self) -> bool {
        self.rejected().next().is_some() || !self.outcome.failures.is_empty()
    }
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
