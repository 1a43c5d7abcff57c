//! Which findings are new: not in the baseline, or not seen by the run before.

use super::args_ledger::KnownFlags;
use super::baseline;
use super::record::Book;
use super::scope::Scope;
use super::trouble::{Plain, Trouble};
use crate::engine::{Finding, Verdict, sort};
use crate::ledger::Baseline;
use crate::report::{Notice, Report};

/// What is known already.
pub(super) struct Newness {
    baseline: Option<(String, Baseline)>,
    new_only: bool,
}

/// Puts back what was taken out, for the record.
pub(super) fn restore(report: &mut Report, known: Vec<Finding>) {
    if !known.is_empty() {
        report.outcome.findings.extend(known);
        sort(&mut report.outcome.findings);
    }
}

/// What the flags ask for.
///
/// # Errors
/// `--new-only` with nothing to be newer than, or a baseline that is none.
pub(super) fn newness(flags: &KnownFlags) -> Result<Newness, Trouble> {
    if flags.new_only && flags.baseline.is_none() && flags.ledger.is_none() {
        return Err(Trouble::Usage(
            Plain::new("usage::nothing-known", "--new-only 要有基线或者台账，才知道哪些是新问题")
                .help("加上 --baseline 文件 或者 --ledger 文件"),
        ));
    }
    let baseline = match &flags.baseline {
        Some(path) => Some((path.display().to_string(), baseline::read(path)?)),
        None => None,
    };
    Ok(Newness { baseline, new_only: flags.new_only })
}

impl Newness {
    /// Says what is known and what of the baseline is not needed any more; leaves only what is new, if asked to. Gives what it takes
    /// out.
    pub(super) fn apply(&self, report: &mut Report, book: Option<&Book>, scope: &Scope) -> Vec<Finding> {
        if let Some((file, baseline)) = &self.baseline {
            let known = report.outcome.findings.iter().filter(|f| baseline.knows(f)).count();
            let new = report.outcome.findings.len().saturating_sub(known);
            let said = format!("基线 {file} 已知 {} 个；本次发现的问题中 {known} 个在基线内，{new} 个是新的", baseline.len());
            report.notices.push(Notice::new("baseline::known", said));
            // Of what was not looked at nothing is known to be mended.
            if scope.is_everything() && !report.is_partial() {
                let slack = baseline.slack(&report.outcome.findings, &baseline::asked(report));
                if slack.gone + slack.lighter > 0 {
                    let said =
                        format!("基线 {file} 中 {} 个已不再发现、{} 个已减轻，可用 guiju baseline shrink 收缩", slack.gone, slack.lighter);
                    report.notices.push(Notice::new("baseline::can-shrink", said));
                }
            }
        }
        if !self.new_only {
            return Vec::new();
        }
        let all = std::mem::take(&mut report.outcome.findings);
        let (new, known): (Vec<Finding>, Vec<Finding>) = all.into_iter().partition(|f| self.is_new(f, book));
        report.outcome.findings = new;
        report.hidden = known.len() as u64;
        known
    }

    /// Whether nobody knew of it, or it grew worse.
    fn is_new(&self, finding: &Finding, book: Option<&Book>) -> bool {
        if let Some((_, baseline)) = &self.baseline {
            return !baseline.knows(finding);
        }
        let stood = book.and_then(|book| book.before.get(&finding.fingerprint));
        let before = stood.and_then(|stood| Verdict::from_word(&stood.state.verdict).map(|v| (v, stood.state.waived)));
        match before {
            // The order of verdicts is the order of weight. What is waived no more counts again.
            Some((verdict, waived)) => finding.verdict < verdict || (waived && finding.waived.is_none()),
            None => true,
        }
    }
}
