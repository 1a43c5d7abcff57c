//! One finding a line, for programs. The run section and the rejections go elsewhere, so that every line is a finding.

use super::{Report, json};
use serde::Serialize;
use std::io::{self, Write};

/// Writes the findings.
pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.outcome.findings {
        line(finding, out)?;
    }
    Ok(())
}

/// Writes what is not a finding, one JSON object a line with a `type`: rejections, failures, starved rules and the run.
///
/// # Errors
/// What the writer says.
pub fn asides(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for problem in report.rejected() {
        aside("rejected", problem, out)?;
    }
    for problem in report.problems.iter().filter(|p| p.fate == crate::records::Fate::Noted) {
        aside("note", problem, out)?;
    }
    for failure in &report.outcome.failures {
        aside("failure", failure, out)?;
    }
    for starved in &report.starved {
        aside("starved", starved, out)?;
    }
    for notice in &report.notices {
        aside("notice", notice, out)?;
    }
    aside("run", &json::summary(report), out)
}

#[derive(Serialize)]
struct Aside<'a, T> {
    r#type: &'a str,
    value: &'a T,
}

fn aside<T: Serialize>(kind: &str, value: &T, out: &mut dyn Write) -> io::Result<()> {
    line(&Aside { r#type: kind, value }, out)
}

fn line<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
