//! What the parts of a run come to together: findings in order, verdicts counted, what leaves many subjects undecided told once.

use super::context::Context;
use super::finding::{Failure, Finding, Missing, Outcome, RuleCount, Unexported, sort};
use super::report;
use super::said::Said;
use super::verdict::Verdict;
use crate::records::{RowId, TableId};
use crate::rules::Rule;
use std::collections::BTreeMap;

/// How often a script may use up its steps within a chunk before its rule fails for the rest of it.
const PATIENCE: u32 = 3;

/// What one chunk comes to.
#[derive(Default)]
pub(super) struct Part {
    pub findings: Vec<Finding>,
    /// What is kept of each row judged, where that was asked for.
    pub kept: Option<KeptRows>,
    pub shared: BTreeMap<usize, SharedLack>,
    pub counts: BTreeMap<usize, [u64; 8]>,
    pub failures: BTreeMap<usize, Failure>,
    /// How often the script of a rule used up what it may.
    pub exhausted: BTreeMap<usize, u32>,
}

impl Part {
    /// Whether a script is not worth running on more rows of the chunk. Counted within a chunk, so that the answer does not depend
    /// on how many threads there are.
    pub fn is_exhausted(&self, rule: usize) -> bool {
        !self.exhausted.is_empty() && self.exhausted.get(&rule).is_some_and(|n| *n >= PATIENCE)
    }
}

/// What is kept of each row judged.
#[derive(Default)]
pub(super) struct KeptRows {
    /// Their table.
    pub table: TableId,
    /// The rows, in order.
    pub rows: Vec<RowId>,
    /// By rule (its place in the set): what was said of each row.
    pub said: Vec<(usize, Vec<Said>)>,
    /// The rule and the row of each finding.
    pub from: Vec<(usize, RowId)>,
    /// What is said of a row together with others, or only for the day asked: by rule and row. It is to be asked again every night.
    pub daily: Vec<(usize, RowId)>,
}

impl KeptRows {
    pub fn say(&mut self, rule: usize, row: RowId, counts: &[u32; 8]) {
        let Ok(at) = self.rows.binary_search(&row) else { return };
        let of_rule = self.said.iter_mut().find(|(known, _)| *known == rule).and_then(|(_, said)| said.get_mut(at));
        of_rule.into_iter().for_each(|said| *said = Said::of(counts));
    }
}

/// What leaves many subjects of a rule undecided.
pub(super) struct SharedLack {
    /// The first of the rows, whose finding it is like.
    pub row: RowId,
    pub like: Finding,
    pub missing: Vec<Missing>,
    pub subjects: u64,
}

pub(super) fn gather(cx: &Context<'_>, chosen: &[usize], parts: Vec<Part>) -> Outcome {
    gather_with(cx, chosen, parts, Known::default())
}

/// What is known of rows that were not judged.
#[derive(Default)]
pub(super) struct Known {
    /// What was found of them.
    pub findings: Vec<Finding>,
    /// How many of their parts had each verdict, by rule.
    pub counts: BTreeMap<usize, [u64; 8]>,
}

/// The outcome of some parts and of what is known already.
pub(super) fn gather_with(cx: &Context<'_>, chosen: &[usize], parts: Vec<Part>, known: Known) -> Outcome {
    let mut outcome = Outcome { findings: known.findings, ..Outcome::default() };
    let mut shared: BTreeMap<usize, SharedLack> = BTreeMap::new();
    let mut counts: BTreeMap<usize, [u64; 8]> = chosen.iter().map(|&r| (r, [0; 8])).collect();
    for (rule, these) in known.counts {
        counts.entry(rule).or_default().iter_mut().zip(these).for_each(|(t, n)| *t += n);
    }
    let mut failures: BTreeMap<usize, Failure> = BTreeMap::new();
    // A finding is large: they are moved but once.
    outcome.findings.reserve(parts.iter().map(|part| part.findings.len()).sum());
    for part in parts {
        outcome.findings.extend(part.findings);
        for (rule, these) in part.counts {
            let total = counts.entry(rule).or_default();
            total.iter_mut().zip(these).for_each(|(t, n)| *t += n);
        }
        for (rule, lack) in part.shared {
            match shared.get_mut(&rule) {
                Some(known) => {
                    if lack.row < known.row {
                        (known.row, known.like) = (lack.row, lack.like);
                    }
                    known.missing.extend(lack.missing);
                    known.missing.sort();
                    known.missing.dedup();
                    known.subjects += lack.subjects;
                }
                None => {
                    shared.insert(rule, lack);
                }
            }
        }
        for (rule, failure) in part.failures {
            match failures.get_mut(&rule) {
                Some(known) => known.subjects += failure.subjects,
                None => {
                    failures.insert(rule, failure);
                }
            }
        }
    }
    for (rule, lack) in shared {
        if let Some(rule) = cx.rules.rules.get(rule) {
            outcome.unexported.push(unexported(rule, lack.missing.clone(), lack.subjects));
            outcome.findings.push(report::shared(cx, rule, lack.like, lack.missing, lack.subjects));
        }
    }
    sort(&mut outcome.findings);
    drop_doubled(cx, &mut outcome.findings, &mut counts);
    // Rules of one code over different subjects are counted together.
    for (rule, verdicts) in counts {
        let Some(rule) = cx.rules.rules.get(rule) else { continue };
        match outcome.counts.last_mut().filter(|c| c.code == rule.code) {
            Some(known) => known.verdicts.iter_mut().zip(verdicts).for_each(|(t, n)| *t += n),
            None => outcome.counts.push(RuleCount { code: rule.code.clone(), title: rule.title.clone(), verdicts }),
        }
    }
    for rule in chosen.iter().filter_map(|&r| cx.rules.rules.get(r)).filter(|r| !cx.store.rows(r.subject).exported) {
        let subjects = Missing { table: rule.subject_name.clone(), id: None, field: None };
        outcome.unexported.push(unexported(rule, vec![subjects], 0));
    }
    outcome.unexported.sort();
    outcome.failures = failures.into_values().collect();
    outcome.failures.sort();
    outcome
}

fn unexported(rule: &Rule, missing: Vec<Missing>, subjects: u64) -> Unexported {
    Unexported { code: rule.code.clone(), title: rule.title.clone(), table: rule.subject_name.clone(), missing, subjects }
}

/// A derived row and the doubtful part of it have one key: what was found of the whole stands for both.
fn drop_doubled(cx: &Context<'_>, findings: &mut Vec<Finding>, counts: &mut BTreeMap<usize, [u64; 8]>) {
    let mut dropped: Vec<(String, Verdict)> = Vec::new();
    findings.dedup_by(|next, kept| {
        let same = next.fingerprint == kept.fingerprint && next.subject == kept.subject;
        if same {
            if kept.verdict == Verdict::Unverified {
                std::mem::swap(next, kept);
            }
            dropped.push((next.code.clone(), next.verdict));
        }
        same
    });
    for (code, verdict) in dropped {
        let mut of_code = counts.iter_mut().filter(|(rule, _)| cx.rules.rules.get(**rule).is_some_and(|r| r.code == code));
        let count = of_code.find_map(|(_, verdicts)| verdicts.get_mut(verdict as usize).filter(|n| **n > 0));
        count.into_iter().for_each(|n| *n -= 1);
    }
}
