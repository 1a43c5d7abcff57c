//! What the findings of a run have in common, made once: names of tables and fields, what a rule says in all of its findings, and the
//! articles that a version cites.

use super::context::Context;
use super::finding::Basis;
use super::probe::place;
use super::report::parameters;
use super::shared::{Parameters, Shared};
use crate::dates::Day;
use crate::records::{FieldId, Schema, TableId};
use crate::rules::{Citation, DayUnit, Rule, Version};
use rustc_hash::FxHashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The texts of a run.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// By table: its name, and those of its fields.
    names: OnceLock<Vec<(Shared, Vec<Shared>)>>,
    /// The days between which the same is cited.
    turns: OnceLock<Vec<Day>>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By rule.
    rules: FxHashMap<usize, Words>,
    /// By version, and by what its days count.
    parameters: FxHashMap<(usize, Option<DayUnit>), Parameters>,
    /// By version, and by how many turns of the law the day and the matter lie after.
    cited: FxHashMap<(usize, usize, Option<usize>), Vec<Basis>>,
}

/// What a rule says in all of its findings.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub title: Shared,
    pub slug: Shared,
    pub pack: Shared,
    pub remedy: Shared,
}

fn names(schema: &Schema) -> Vec<(Shared, Vec<Shared>)> {
    let of_table = |table: &crate::records::Table| {
        let fields = table.fields.iter().map(|field| Shared::from(field.name.as_str()));
        (Shared::from(table.name.as_str()), fields.collect())
    };
    schema.tables.iter().map(of_table).collect()
}

impl Context<'_> {
    /// The names of a table and one of its fields.
    pub(super) fn names_of(&self, table: TableId, field: FieldId) -> Option<(Shared, Shared)> {
        let (name, fields) = self.texts.names.get_or_init(|| names(&self.store.schema)).get(table)?;
        Some((name.clone(), fields.get(field)?.clone()))
    }

    /// What a rule of the run says in all of its findings.
    pub(super) fn words_of(&self, rule: &Rule) -> Words {
        let mut known = self.texts.known.lock().unwrap_or_else(PoisonError::into_inner);
        let words = || Words {
            title: rule.title.as_str().into(),
            slug: rule.slug.as_str().into(),
            pack: rule.pack.as_str().into(),
            remedy: rule.remedy.as_str().into(),
        };
        known.rules.entry(place(rule)).or_insert_with(words).clone()
    }

    /// The parameters of a version of a rule of the run, and what its days count.
    pub(super) fn parameters_of(&self, version: &Version, unit: Option<DayUnit>) -> Parameters {
        let mut known = self.texts.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.parameters.entry((place(version), unit)).or_insert_with(|| parameters(&version.params, unit).into()).clone()
    }

    /// The articles that a version of a rule of the run cites on a day about a matter.
    pub(super) fn cited(&self, version: &Version, on: Day, matter: Option<Day>) -> Vec<Basis> {
        let law = &self.rules.regulations;
        let turns = self.texts.turns.get_or_init(|| law.turns());
        let passed = |day: Day| turns.partition_point(|turn| *turn <= day);
        let cite = || law.cite(&version.basis, on, matter).into_iter().map(Basis::from).collect();
        let mut known = self.texts.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.cited.entry((place(version), passed(on), matter.map(passed))).or_insert_with(cite).clone()
    }
}

impl From<Citation> for Basis {
    fn from(c: Citation) -> Self {
        Self {
            regulation: c.title.into(),
            version: c.version.map(Shared::from),
            article: c.article.map(Shared::from),
            verified: (!c.verified).then_some(false),
            note: c.note.map(Shared::from),
        }
    }
}
