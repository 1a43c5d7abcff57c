//! Why a rule judged as it did: every condition with its value, every cell with its place, every count of working days drawn.

use super::{Names, Paint, strip, words};
use crate::dates::{Calendar, Day};
use crate::engine::{Basis, Evidence, Missing, Subject, Verdict};
use std::io::{self, Write};

/// How a condition came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It is not known.
    Unknown,
    /// It is no condition.
    Value,
}

/// One step.
#[derive(Clone, Debug)]
pub struct TraceLine {
    /// How deep it lies, from 0.
    pub depth: usize,
    /// As written in the rule, or the row it stands for.
    pub text: String,
    /// What it came to, in words.
    pub value: String,
    /// How it came out.
    pub mark: Mark,
    /// The cells it read.
    pub cells: Vec<Evidence>,
    /// The days it counted.
    pub days: Option<(Day, Day)>,
}

/// A rule's whole way to its verdict on a subject, or on a part of it.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The rule's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Whom it judged.
    pub subject: Subject,
    /// Which part.
    pub part: Option<String>,
    /// What came out.
    pub verdict: Verdict,
    /// The sentence of a finding, or why there is none.
    pub message: String,
    /// The edition of the rule: from and until.
    pub version: Option<String>,
    /// The articles.
    pub basis: Vec<Basis>,
    /// What is lacking.
    pub missing: Vec<Missing>,
    /// The steps, by section of the rule (`适用`, `要求`, …).
    pub sections: Vec<(String, Vec<TraceLine>)>,
}

/// Writes a trace.
///
/// # Errors
/// What the writer says.
pub fn render_trace(trace: &Trace, names: &Names, calendar: &Calendar, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let part = trace.part.as_ref().map(|p| format!(" · {p}")).unwrap_or_default();
    let whom = words::subject(names, &trace.subject);
    writeln!(out, "{} {} · {whom}{part} → {}", paint.bold(&trace.code), paint.bold(&trace.title), paint.verdict(trace.verdict, trace.verdict.word()))?;
    if !trace.message.is_empty() {
        writeln!(out, "  {}", trace.message)?;
    }
    if let Some(version) = &trace.version {
        writeln!(out, "  {}  {version}", paint.label("版本"))?;
    }
    for basis in &trace.basis {
        writeln!(out, "  {}  {}", paint.label("依据"), words::basis(basis))?;
    }
    for missing in &trace.missing {
        writeln!(out, "  {}  {}", paint.label("缺少"), words::missing(names, missing))?;
    }
    for (section, lines) in &trace.sections {
        writeln!(out, "\n  {}", paint.bold(section))?;
        for l in lines {
            line(l, names, calendar, paint, out)?;
        }
    }
    writeln!(out)
}

fn line(l: &TraceLine, names: &Names, calendar: &Calendar, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let indent = 4 + 2 * l.depth;
    let pad = " ".repeat(indent);
    let mark = match l.mark {
        Mark::Holds => paint.good("✓"),
        Mark::Fails => paint.error("✗"),
        Mark::Unknown => paint.verdict(Verdict::Unverified, "?"),
        Mark::Value => "·".to_owned(),
    };
    let value = if l.value.is_empty() { String::new() } else { format!(" = {}", paint.bold(&l.value)) };
    writeln!(out, "{pad}{mark} {}{value}", l.text)?;
    for cell in &l.cells {
        writeln!(out, "{pad}    {}  {}  {}", words::cell(names, cell), words::value(cell), paint.dim(&cell.source))?;
    }
    if let Some((lo, hi)) = l.days {
        strip(calendar, lo, hi, indent + 4, paint, out)?;
    }
    Ok(())
}
