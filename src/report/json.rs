//! Everything, for programs: one JSON object.

use super::{Notice, ProfileRun, Report, Run, Starved};
use crate::engine::{Failure, Finding, Verdict};
use crate::records::{FieldTally, Problem, Tally};
use serde::Serialize;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// Writes the whole report.
pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let whole = Whole {
        run: summary(report),
        findings: &report.outcome.findings,
        rejected: report.rejected().collect(),
        notes: report.problems.iter().filter(|p| p.fate == crate::records::Fate::Noted).collect(),
        failures: &report.outcome.failures,
        notices: &report.notices,
        starved: &report.starved,
    };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Whole<'a> {
    run: Summary<'a>,
    findings: &'a [Finding],
    rejected: Vec<&'a Problem>,
    notes: Vec<&'a Problem>,
    failures: &'a [Failure],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notices: &'a [Notice],
    starved: &'a [Starved],
}

/// The run with its counts.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    guiju: &'a str,
    rules: &'a str,
    data: Option<&'a str>,
    as_of: &'a str,
    sources: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a ProfileRun>,
    rule_count: usize,
    verdicts: Map<String, Value>,
    #[serde(skip_serializing_if = "is_none")]
    hidden: u64,
    by_rule: Vec<RuleLine<'a>>,
    tallies: &'a [Tally],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    form_fields: &'a [FieldTally],
    assumed_blank: &'a [String],
    seconds: f64,
}

#[derive(Serialize)]
struct RuleLine<'a> {
    code: &'a str,
    title: &'a str,
    verdicts: Map<String, Value>,
}

/// The `run` section.
pub(super) fn summary(report: &Report) -> Summary<'_> {
    let Run { guiju, rules, data, as_of, sources, profile, rule_count, seconds } = &report.run;
    let by_rule =
        report.outcome.counts.iter().map(|c| RuleLine { code: &c.code, title: &c.title, verdicts: verdicts(&c.verdicts) }).collect();
    Summary {
        guiju,
        rules,
        data: data.as_deref(),
        as_of,
        sources,
        profile: profile.as_ref(),
        rule_count: *rule_count,
        verdicts: verdicts(&report.verdicts()),
        hidden: report.hidden,
        by_rule,
        tallies: &report.tallies,
        form_fields: &report.field_tallies,
        assumed_blank: &report.assumed_blank,
        seconds: *seconds,
    }
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

fn verdicts(counts: &[u64; 8]) -> Map<String, Value> {
    Verdict::ALL.iter().zip(counts).map(|(v, n)| (v.word().to_owned(), Value::from(*n))).collect()
}
