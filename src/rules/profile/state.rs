//! What is changed in one rule file, as the compiler asks for it.

use super::Told;
use crate::dates::Day;
use crate::diagnostic::Source;
use crate::document::{Placed, Value};
use crate::rules::rule::{Body, Grade, Severity};
use std::sync::Arc;

/// The changes of one rule file.
#[derive(Clone, Debug, Default)]
pub struct FileChanges {
    /// Parameters of versions.
    pub params: Vec<ParamChange>,
    /// Weights of versions, by their place in the file.
    pub severities: Vec<(usize, Grade)>,
    /// From which day the rule holds.
    pub hold: Option<Hold>,
    /// All of them as they are told.
    pub told: Vec<Told>,
}

/// One parameter of one version.
#[derive(Clone, Debug)]
pub struct ParamChange {
    /// The version's place in the file.
    pub version: usize,
    /// The parameter.
    pub name: Placed<String>,
    /// What it is to be.
    pub value: Value,
    /// Where that is written.
    pub source: Arc<Source>,
}

/// From which day a rule holds.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The day.
    pub from: Placed<Day>,
    /// The date of a subject that decides; none: the rule's own.
    pub by: Option<Value>,
    /// Where that is written.
    pub source: Arc<Source>,
}

impl FileChanges {
    /// What a parameter of a version is changed to.
    pub fn param(&self, version: usize, name: &str) -> Option<&Value> {
        self.params.iter().rev().find(|p| p.version == version && p.name.value == name).map(|p| &p.value)
    }

    /// The same with one parameter's change only.
    pub fn only(&self, change: &ParamChange) -> Self {
        Self { params: vec![change.clone()], ..Self::default() }
    }

    /// Gives the findings of a version their changed weight. What is 待核 stays so: no order makes data sound.
    pub fn weigh(&self, version: usize, body: &mut Body) {
        let Some((_, grade)) = self.severities.iter().rev().find(|(v, _)| *v == version) else { return };
        let weigh = |severity: &mut Severity| {
            severity.0.iter_mut().filter(|(_, g)| *g != Grade::Unverified).for_each(|(_, g)| *g = *grade);
        };
        match body {
            Body::Checks(checks) => checks.iter_mut().for_each(|c| weigh(&mut c.severity)),
            Body::Deadline(deadline) => weigh(&mut deadline.severity),
            Body::Sequence(sequence) => weigh(&mut sequence.severity),
            Body::Script(script) => {
                weigh(&mut script.severity);
                script.advice = *grade;
            }
        }
    }
}
