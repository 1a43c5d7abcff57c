//! A finding: one rule's answer on one subject, with its law, its evidence and its remedy. The fields and their order are the
//! contract of `--format jsonl`.

use super::shared::{Parameters, Shared};
use super::verdict::Verdict;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Identity over runs: made of the code and the subject's natural keys only.
    pub fingerprint: String,
    /// The rule's code: `GS002`.
    pub code: String,
    /// The rule's slug: `notice-too-short`.
    pub rule: Shared,
    /// The pack: `national`.
    pub pack: Shared,
    /// 违规, 提醒, 待核 or 预警.
    pub verdict: Verdict,
    /// Whom or what it is about.
    pub subject: Subject,
    /// The person concerned, where there is one.
    pub person_id: Option<String>,
    /// The case's unit, else the subject's, else the person's.
    pub unit_id: Option<String>,
    /// What tells findings of one subject apart (a step pair, a kind, a gap's start, a kin id).
    pub part: Option<String>,
    /// The sentence of fact, in Chinese.
    pub message: String,
    /// Actual less required, in days: negative for a shortfall; for deadlines the days past due.
    pub days: Option<i64>,
    /// The articles in force on that day.
    pub basis: Vec<Basis>,
    /// The parameters of the version that judged, in the order of the rule file.
    pub parameters: Parameters,
    /// The cells it rests on.
    pub evidence: Vec<Evidence>,
    /// For 待核: the cells lacking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// For deadline rules: the due date.
    pub due: Option<String>,
    /// What to do.
    pub remedy: Shared,
    /// The waiver, where one holds.
    pub waived: Option<Waived>,
    /// Only present, and true, where the office itself must settle it: it is not sent to the unit concerned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confidential: bool,
    /// The rule's title, for renderers; not part of the contract.
    #[serde(skip)]
    pub title: Shared,
}

/// The waiver that holds for a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Why it was granted.
    pub reason: String,
    /// The document's number.
    pub document: String,
    /// Who approved it.
    pub approver: String,
    /// The day it was approved.
    pub approved: String,
    /// The last day it holds.
    pub expires: String,
}

/// Whom or what a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// The table's ASCII name.
    pub table: String,
    /// The row's key; `*` for all subjects that a table or column not exported leaves undecided.
    pub id: String,
    /// For yearly rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
}

/// An article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The regulation's title.
    pub regulation: Shared,
    /// The edition, usually a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Shared>,
    /// 第四十二条.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<Shared>,
    /// Only present, and false, where the article's number is not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// What must be said with it, in Chinese: that the text came later than the matter, or that only another edition's number is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Shared>,
}

/// A cell a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The table's ASCII name.
    pub table: Shared,
    /// The row's key.
    pub id: String,
    /// The field's ASCII name.
    pub field: Shared,
    /// The value; null where the cell is blank.
    pub value: Option<String>,
    /// File, line and field: `step.csv:412:end`.
    pub source: String,
    /// Whether the cell holds something that could not be read, for renderers; not part of the contract.
    #[serde(skip)]
    pub unreadable: bool,
    /// Whether the source has no such column at all, or, where it has, does not say what the cell would; for renderers, not part of the
    /// contract.
    #[serde(skip)]
    pub absent: bool,
}

/// A cell that is lacking. No id: the whole column or table. No field: the row or table itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// The table's ASCII name (`calendar` for a year without one).
    pub table: String,
    /// The row's key; the year without a calendar.
    pub id: Option<String>,
    /// The field's ASCII name.
    pub field: Option<String>,
}

/// A rule that could not be run to its end on a subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failure {
    /// The rule's code.
    pub code: String,
    /// The subject it failed on first.
    pub subject: Subject,
    /// Why, in Chinese.
    pub why: String,
    /// On how many subjects it failed.
    pub subjects: u64,
}

/// Everything a run says.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Findings, by code, table, id, year, part, in bytes.
    pub findings: Vec<Finding>,
    /// How many subjects of each rule (in order of code) had each verdict, in the order of [`Verdict::ALL`].
    pub counts: Vec<RuleCount>,
    /// Rules that failed somewhere.
    pub failures: Vec<Failure>,
    /// Rules that cannot decide, because a table or column was not exported.
    pub unexported: Vec<Unexported>,
}

/// A rule that cannot decide some of its subjects, because something was not exported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unexported {
    /// The rule's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The table of its subjects.
    pub table: String,
    /// The tables and columns.
    pub missing: Vec<Missing>,
    /// How many subjects it cannot decide. None where their table was not exported: then it judged nothing, which is not the same as
    /// having found nothing.
    pub subjects: u64,
}

/// Verdicts of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// By the order of [`Verdict::ALL`].
    pub verdicts: [u64; 8],
}

/// The identity of a finding: the code and the subject's natural keys, never rows, wording, parameters, versions or the run's date.
pub fn fingerprint(code: &str, subject: &Subject, part: Option<&str>) -> String {
    let mut hash = Sha256::new();
    let year = subject.year.map(|y| y.to_string());
    for piece in [code, &subject.table, &subject.id, year.as_deref().unwrap_or(""), part.unwrap_or("")] {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece.as_bytes());
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(36);
    text.push_str("gj1:");
    for byte in digest.iter().take(16) {
        text.extend([byte >> 4, byte & 15].into_iter().filter_map(|half| char::from_digit(u32::from(half), 16)));
    }
    text
}

/// The order of findings: by code, table, id, year, part, in bytes.
pub fn sort(findings: &mut [Finding]) {
    // A finding is large: its place is sorted, and then it moves but once.
    let key = |at: usize| findings.get(at).map(|f| (&f.code, &f.subject.table, &f.subject.id, f.subject.year, &f.part));
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|&a, &b| key(a).cmp(&key(b)));
    for to in 0..order.len() {
        // What stood there may have been moved on to the place of another by now.
        let mut from = order[to];
        while from < to {
            from = order[from];
        }
        order[to] = from;
        findings.swap(to, from);
    }
}
