//! Profiles and packs: what a province, a city, a county changes in the rules, and why. Everything here is data of TOML files; each
//! change carries its reason and is refused where it contradicts the rules or another layer.

mod file;
mod packs;
mod resolve;
mod state;

pub use file::{read_profile, recall_profile};
pub(super) use packs::{Visible, check_schemas, pack_of, visible};
pub(super) use resolve::{Keys, Parsed, Resolved, resolve};
pub(super) use state::{FileChanges, ParamChange};

use super::rule::Grade;
use crate::dates::{Day, Period};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{Placed, Value};
use std::ops::Range;
use std::sync::Arc;

/// A profile as written, with the packs it stands on.
#[derive(Clone, Debug)]
pub struct Profile {
    /// What people call it.
    pub title: String,
    /// The file.
    pub source: Arc<Source>,
    /// The packs, those above first.
    pub packs: Vec<Pack>,
    /// Only these rules are in force, if it says so.
    pub only: Option<Switch>,
    /// What it changes.
    pub orders: Orders,
    /// Which units and posts are looked at.
    pub limits: Vec<Limit>,
    /// How long findings may be waived.
    pub waivers: Option<Waivers>,
    /// What is wrong in the file itself: told together with what the rules say of it.
    pub(super) complaints: Vec<Diagnostic>,
}

/// A pack of a county's own rules.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its name, which findings carry: `yunze`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// 省, 市 or 县.
    pub layer: Layer,
    /// The pack right above, if there is one: its place among the packs.
    pub parent: Option<usize>,
    /// `pack.toml`.
    pub source: Arc<Source>,
    /// Where its name stands.
    pub span: Range<usize>,
    /// What it changes.
    pub orders: Orders,
}

/// Whose pack it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// 省.
    Province,
    /// 市.
    City,
    /// 县.
    County,
}

impl Layer {
    /// All of them, the highest first.
    pub const ALL: [Self; 3] = [Self::Province, Self::City, Self::County];

    /// Its name in `pack.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Province => "省",
            Self::City => "市",
            Self::County => "县",
        }
    }
}

/// What one file changes.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// Rules switched off and on.
    pub switches: Vec<Switch>,
    /// Values changed.
    pub changes: Vec<Change>,
}

/// Rules switched off or on.
#[derive(Clone, Debug)]
pub struct Switch {
    /// On, rather than off.
    pub on: bool,
    /// Codes, prefixes, packs.
    pub rules: Vec<Placed<String>>,
    /// The pack whose order this one overrides.
    pub over: Option<Placed<String>>,
    /// Why.
    pub reason: String,
}

/// Values of a rule changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// The rule's code.
    pub rule: Placed<String>,
    /// The version meant, by its first day.
    pub version: Option<Placed<Day>>,
    /// Parameters, and what they are to be.
    pub set: Vec<(Placed<String>, Value)>,
    /// What they were when this was written.
    pub was: Vec<(Placed<String>, Value)>,
    /// How bad a finding is to be.
    pub severity: Option<Placed<Grade>>,
    /// From which day the rule holds.
    pub from: Option<Placed<Day>>,
    /// The date of a subject that decides whether the rule holds for it.
    pub by: Option<Value>,
    /// The pack whose change this one overrides.
    pub over: Option<Placed<String>>,
    /// Why.
    pub reason: String,
    /// The whole entry.
    pub span: Range<usize>,
}

/// Units and posts that rules look at.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Which rules: codes, prefixes, packs; empty for all.
    pub rules: Vec<Placed<String>>,
    /// Units, each with all below it.
    pub units: Vec<Placed<String>>,
    /// Titles of posts.
    pub posts: Vec<Placed<String>>,
    /// Why.
    pub reason: String,
    /// The file.
    pub source: Arc<Source>,
    /// The whole entry.
    pub span: Range<usize>,
}

/// How long findings may be waived, by weight.
#[derive(Clone, Debug)]
pub struct Waivers {
    /// The longest that a finding of this weight may be waived; none: not at all. A weight not named is not limited.
    pub caps: Vec<(Grade, Option<Period>)>,
    /// Why.
    pub reason: String,
}

/// A change as it is told: what, by whom, why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    /// The parameter, 等级, 施行日期, …
    pub what: String,
    /// The first day of the version, where one was meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it was.
    pub was: String,
    /// What it is.
    pub now: String,
    /// What the pack or the profile is called.
    pub by: String,
    /// Its file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Why.
    pub reason: String,
}

/// A rule that is not in force.
#[derive(Clone, Debug)]
pub struct Off {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its pack.
    pub pack: String,
    /// Its family.
    pub family: String,
    /// Its file.
    pub file: String,
    /// The rule in its place, if another took it.
    pub replaced_by: Option<String>,
    /// By whom, why.
    pub told: Told,
}

/// What a profile puts in force, for those who ask.
#[derive(Clone, Debug)]
pub struct InForce {
    /// What people call the profile.
    pub title: String,
    /// Its file.
    pub file: String,
    /// Its packs, those above first.
    pub packs: Vec<Pack>,
    /// The rules not in force.
    pub off: Vec<Off>,
    /// The shared words changed.
    pub words: Vec<Told>,
    /// Which units and posts are looked at.
    pub limits: Vec<Limit>,
    /// How long findings may be waived.
    pub waivers: Option<Waivers>,
}

/// Whether a file belongs to one of the packs in force.
pub(super) fn pack_of_in_force(in_force: &InForce, path: &str) -> bool {
    path.split_once('/').is_some_and(|(top, _)| in_force.packs.iter().any(|p| p.name == top))
}

/// Whether a code, a prefix of codes or a pack names a rule.
pub fn names_rule(selector: &str, code: &str, pack: &str) -> bool {
    let prefix = code.get(..selector.len());
    !selector.is_empty() && prefix.is_some_and(|p| p.eq_ignore_ascii_case(selector)) || pack == selector
}
