//! A baseline: findings known on a day, of which no more is made. It never grows by itself; what is mended can be taken off it.
//!
//! A file of lines, so that people can read it and see in a version control what was taken off.

use crate::diagnostic::{Diagnostic, Source};
use crate::engine::{Finding, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How the first line begins.
const MARK: &str = "# guiju baseline 1";

/// Findings known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// By fingerprint.
    known: BTreeMap<String, Known>,
}

/// A finding known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    verdict: Verdict,
    code: String,
    /// For the reader: `case/C1`.
    subject: String,
}

/// What a baseline could lose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slack {
    /// Findings found no more.
    pub gone: usize,
    /// Findings of a lighter verdict than they are known by.
    pub lighter: usize,
}

impl Baseline {
    /// Today's findings.
    pub fn of(findings: &[Finding]) -> Self {
        Self { known: findings.iter().map(|f| (f.fingerprint.clone(), known(f))).collect() }
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether a finding is known, with this verdict or a weightier one: what grew worse is new.
    pub fn knows(&self, finding: &Finding) -> bool {
        // The order of verdicts is the order of weight.
        self.known.get(&finding.fingerprint).is_some_and(|known| known.verdict <= finding.verdict)
    }

    /// What could be taken off, of the rules that were asked.
    pub fn slack(&self, findings: &[Finding], asked: &BTreeSet<&str>) -> Slack {
        let shrunk = self.shrunk(findings, asked);
        let lighter = self.known.iter().filter(|(f, known)| shrunk.known.get(*f).is_some_and(|s| s.verdict > known.verdict)).count();
        Slack { gone: self.len().saturating_sub(shrunk.len()), lighter }
    }

    /// The same without what is found no more by the rules that were asked, each with the lighter of its verdicts. Nothing is added.
    #[must_use]
    pub fn shrunk(&self, findings: &[Finding], asked: &BTreeSet<&str>) -> Self {
        let found: BTreeMap<&str, Verdict> = findings.iter().map(|f| (f.fingerprint.as_str(), f.verdict)).collect();
        let keep = |(fingerprint, known): (&String, &Known)| match found.get(fingerprint.as_str()) {
            Some(&verdict) => Some((fingerprint.clone(), Known { verdict: verdict.max(known.verdict), ..known.clone() })),
            None if asked.contains(known.code.as_str()) => None,
            None => Some((fingerprint.clone(), known.clone())),
        };
        Self { known: self.known.iter().filter_map(keep).collect() }
    }

    /// As it is written: by code and subject.
    pub fn text(&self) -> String {
        let mut lines: Vec<(&str, &str, &str, &str)> =
            self.known.iter().map(|(f, k)| (k.code.as_str(), k.subject.as_str(), f.as_str(), k.verdict.word())).collect();
        lines.sort_unstable();
        let mut text = format!("{MARK}\n# 已知问题的基线：只减不增。每行：指纹、结论、规则、对象，以制表符分隔。\n");
        for (code, subject, fingerprint, verdict) in lines {
            text.push_str(&format!("{fingerprint}\t{verdict}\t{code}\t{subject}\n"));
        }
        text
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// Every line that is none.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let first = source.text.lines().next().unwrap_or_default();
        if first.trim() != MARK {
            let wrong = Diagnostic::new("baseline::not-a-baseline", source, 0..first.len(), "不是基线文件");
            return Err(vec![wrong.help("基线由 guiju baseline write 写出")]);
        }
        let (mut known, mut sink, mut at) = (BTreeMap::new(), Vec::new(), 0);
        for line in source.text.split_inclusive('\n') {
            let (start, text) = (at, line.trim_end_matches(['\n', '\r']));
            at += line.len();
            if text.starts_with('#') || text.trim().is_empty() {
                continue;
            }
            match entry(text) {
                Some((fingerprint, entry)) => {
                    known.insert(fingerprint, entry);
                }
                None => {
                    let wrong = Diagnostic::new("baseline::bad-line", source, start..start + text.len(), "这一行不是基线的写法");
                    sink.push(wrong.help("每行：指纹、结论、规则、对象，以制表符分隔"));
                }
            }
        }
        if sink.is_empty() { Ok(Self { known }) } else { Err(sink) }
    }
}

fn known(finding: &Finding) -> Known {
    let s = &finding.subject;
    let mut subject = format!("{}/{}", s.table, s.id);
    if let Some(year) = s.year {
        subject.push_str(&format!("@{year}"));
    }
    if let Some(part) = &finding.part {
        subject.push_str(&format!(" {part}"));
    }
    Known { verdict: finding.verdict, code: finding.code.clone(), subject: subject.replace(['\t', '\n', '\r'], " ") }
}

fn entry(line: &str) -> Option<(String, Known)> {
    let mut cells = line.split('\t');
    let (fingerprint, verdict, code, subject) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let verdict = Verdict::from_word(verdict).filter(|v| v.is_finding())?;
    let sound = fingerprint.starts_with("gj1:") && !code.is_empty() && cells.next().is_none();
    sound.then(|| (fingerprint.to_owned(), Known { verdict, code: code.to_owned(), subject: subject.to_owned() }))
}
