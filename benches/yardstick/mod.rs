//! The yardstick: twelve rules by hand, in plain Rust over plain columns, as one would write them if there were only these twelve.
//!
//! It reads the same store as the engine and means the same: dates as intervals, blanks that leave an answer open, the latest step
//! of a kind, posts on probation, deadlines that warn before they are missed. It says who is at fault by which rule and how surely; it
//! writes no sentences. Records with refused rows, or without one of the columns read, are not its business ([`Columns::of`] gives none).
#![allow(dead_code, missing_docs, clippy::unwrap_used, reason = "shared by benchmarks and a test, each of which uses a part")]

mod columns;
mod rules;
mod span;
mod trial;

pub use columns::Columns;

use guiju::dates::{Calendar, Day};
use guiju::engine::Verdict;
use rayon::prelude::*;
use rules::{Office, Rules};
use span::Truth;
use trial::Plain;

/// The twelve rules.
pub const CODES: [&str; 12] = ["GS002", "SY001", "JD003", "JD004", "SX001", "RZ001", "ZG004", "ZG005", "RQ001", "RQ002", "TH001", "SJ001"];

/// A rule that is not content with a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which of [`CODES`].
    pub rule: usize,
    /// The row of the rule's subject table: a case; for RQ001 a post as held, for RQ002 a person.
    pub row: u32,
    /// Of SX001, the pair of stages: ten times the earlier and the later.
    pub part: u8,
    /// How bad.
    pub verdict: Verdict,
}

/// Cases, posts or people judged in one go.
const CHUNK: usize = 1024;

/// What a rule finds on a row; what intervals leave open is tried out.
macro_rules! decide {
    ($rules:expr, $rule:ident, $($argument:expr),*) => {
        match $rules.$rule(&Plain, $($argument),*) {
            Some(Verdict::Unverified) => trial::settle(|eye| $rules.$rule(eye, $($argument),*), |eye| $rules.$rule(eye, $($argument),*)),
            other => other,
        }
    };
}

/// Judges the twelve rules over all records.
pub fn judge(columns: &Columns<'_>, calendar: &Calendar, as_of: Day) -> Vec<Found> {
    let steps = in_chunks(columns.cases(), |row, all| all.push(columns.steps_of(row)));
    let rules = Rules { columns, calendar, as_of: as_of.0, steps: &steps };
    let mut found = in_chunks(columns.cases(), |row, found| of_case(&rules, row, found));
    found.extend(in_chunks(columns.spells(), |row, found| keep(found, 8, row, decide!(rules, rq001, row))));
    found.extend(in_chunks(columns.people(), |row, found| keep(found, 9, row, decide!(rules, rq002, row))));
    found
}

/// Every row, a chunk at a time on every thread, in order.
fn in_chunks<T: Send + Clone>(len: usize, one: impl Fn(u32, &mut Vec<T>) + Sync) -> Vec<T> {
    let starts: Vec<usize> = (0..len).step_by(CHUNK).collect();
    let chunk = |start: usize| {
        let mut out = Vec::new();
        (start..(start + CHUNK).min(len)).for_each(|row| one(row as u32, &mut out));
        out
    };
    let parts: Vec<Vec<T>> = starts.into_par_iter().map(chunk).collect();
    parts.concat()
}

fn of_case(rules: &Rules<'_>, row: u32, found: &mut Vec<Found>) {
    if rules.columns.is_void_case(row) {
        return;
    }
    keep(found, 0, row, decide!(rules, gs002, row));
    keep(found, 2, row, rules.jd003(row));
    keep(found, 3, row, rules.jd004(row));
    rules.sx001(row, |part, verdict| found.push(Found { rule: 4, row, part, verdict }));
    if rules.promotion(&Plain, row) != Truth::No {
        keep(found, 1, row, decide!(rules, sy001, row));
        keep(found, 5, row, decide!(rules, rz001, row));
        keep(found, 6, row, decide!(rules, tenure, row, Office::Deputy));
        keep(found, 7, row, decide!(rules, tenure, row, Office::Chief));
    }
    keep(found, 10, row, decide!(rules, th001, row));
    keep(found, 11, row, decide!(rules, sj001, row));
}

fn keep(found: &mut Vec<Found>, rule: usize, row: u32, verdict: Option<Verdict>) {
    if let Some(verdict) = verdict.filter(|v| v.is_finding()) {
        found.push(Found { rule, row, part: 0, verdict });
    }
}
