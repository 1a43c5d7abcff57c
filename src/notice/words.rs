//! `notice.toml`: the words by which a notice is read, and what it is checked by.

use crate::rules::Files;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The file of the rules that this is.
const FILE: &str = "notice.toml";

/// The words and checks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Codes of the rules on the period.
    pub period_rules: Vec<String>,
    /// Codes of the rules on what is said of a person.
    pub contents_rules: Vec<String>,
    /// The rule that asks whether anything is left out.
    pub complete_rule: String,
    pub(super) record: Record,
    pub(super) words: Lists,
    pub(super) contact: Vec<Contact>,
    pub(super) item: Vec<Item>,
    /// What to do about a finding before the notice is posted, by the rule's code.
    pub(super) remedy: BTreeMap<String, String>,
    check: BTreeMap<String, Check>,
}

/// What the records say of a draft.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub case_kind: String,
    pub step_kind: String,
    pub exception: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub period: Vec<String>,
    pub length: Vec<String>,
    pub from_now: Vec<String>,
    pub workdays: Vec<String>,
    pub days: Vec<String>,
    pub by: Vec<String>,
    pub exception: Vec<String>,
    pub blanks: Vec<String>,
    pub proposed: Vec<String>,
    pub present: Vec<String>,
}

/// Something by which people can answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    pub name: String,
    pub words: Vec<String>,
    /// Digits in a row that must stand beside the word.
    pub digits: usize,
}

/// An item of a person.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Item {
    pub field: String,
    pub labels: Vec<String>,
    pub whole: Vec<String>,
    pub after: Vec<String>,
    pub starts: Vec<String>,
    pub ends: Vec<String>,
    pub holds: Vec<String>,
    pub with: Vec<String>,
    pub opens: Vec<String>,
    pub column: String,
    /// Worth nothing without a date.
    pub dated: bool,
    /// The lines that begin with a date belong to it.
    pub resume: bool,
}

/// What is found of the draft itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// `NT001`.
    pub code: String,
    /// What it finds.
    pub title: String,
    /// The verdict's word.
    pub severity: String,
    /// The articles, as rules write them.
    pub basis: Vec<String>,
    /// What to do.
    pub remedy: String,
}

/// The file is wrong.
#[derive(Debug, thiserror::Error)]
#[error("notice.toml 有误：{0}")]
pub struct WordsError(String);

impl Words {
    /// Reads them from the files of the rules.
    ///
    /// # Errors
    /// There is no such file, or it is not of this form.
    pub fn read(files: &Files) -> Result<Self, WordsError> {
        let source = files.get(FILE).ok_or_else(|| WordsError("没有这个文件".to_owned()))?;
        let words: Self = toml::from_str(&source.text).map_err(|e| WordsError(e.message().to_owned()))?;
        let missing = ["end_before_start", "days_differ", "no_contact", "no_period", "no_person", "left_blank", "posted_late"]
            .into_iter()
            .find(|name| !words.check.contains_key(*name));
        missing.map_or(Ok(words), |name| Err(WordsError(format!("没有 [check.{name}]"))))
    }

    /// The check of a code, however its letters are written.
    pub fn check_of_code(&self, code: &str) -> Option<&Check> {
        self.check.values().find(|check| check.code.eq_ignore_ascii_case(code))
    }

    pub(super) fn check(&self, name: &str) -> Option<&Check> {
        self.check.get(name)
    }
}

/// The first word of a list that a text holds, and where.
pub(super) fn find<'w>(text: &str, words: &'w [String]) -> Option<(usize, &'w str)> {
    words.iter().filter_map(|w| text.find(w.as_str()).map(|at| (at, w.as_str()))).min_by_key(|(at, w)| (*at, usize::MAX - w.len()))
}

/// The longest word of a list that a text begins with.
pub(super) fn leads<'w>(text: &str, words: &'w [String]) -> Option<&'w str> {
    words.iter().map(String::as_str).filter(|w| text.starts_with(w)).max_by_key(|w| w.len())
}
