//! The list of problems that goes to the units: by unit, several findings of one matter as one problem.

use super::words;
use crate::ledger::item::{Item, Line};
use std::collections::BTreeMap;

/// What a unit is sent.
#[derive(Clone, Debug)]
pub struct UnitDraft<'a> {
    /// What the unit is called, with its id.
    pub name: String,
    /// What it is called, for a letter.
    pub addressee: String,
    /// Its problems.
    pub problems: Vec<Problem<'a>>,
}

/// Findings of one matter that stand alike.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    /// The findings, by number; never none.
    pub lines: Vec<&'a Line>,
}

/// What people have put down: findings of one matter that differ in it are told apart, so that nothing is lost.
type Filled<'a> = [Option<&'a str>; 9];

impl Problem<'_> {
    /// The first of them: what people put down is the same in all.
    pub(super) fn item(&self) -> Option<&Item> {
        self.lines.first().map(|line| &line.item)
    }

    /// The mark by which a returned row is known: number, version and the head of the identity of each, `3@2~3f1c9a07`.
    pub(super) fn mark(&self) -> String {
        let one = |line: &&Line| format!("{}@{}~{}", line.item.id, line.item.version, head(&line.fingerprint));
        self.lines.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

/// The head of a fingerprint: a workbook made from another ledger is not taken for one of this.
pub fn head(fingerprint: &str) -> &str {
    let digits = fingerprint.split_once(':').map_or(fingerprint, |(_, digits)| digits);
    digits.get(..8).unwrap_or(digits)
}

/// Sorts items into what each unit is sent. Units by id, those of no unit last; problems by their first number.
pub fn by_unit(lines: &[Line]) -> Vec<UnitDraft<'_>> {
    let mut units: BTreeMap<(bool, Option<&str>), Vec<&Line>> = BTreeMap::new();
    for line in lines {
        let unit = line.item.unit.as_deref();
        units.entry((unit.is_none(), unit)).or_default().push(line);
    }
    units.into_values().filter_map(|lines| unit(&lines)).collect()
}

fn unit<'a>(lines: &[&'a Line]) -> Option<UnitDraft<'a>> {
    let first = lines.first()?;
    let mut groups: BTreeMap<(&str, Filled<'_>), Vec<&'a Line>> = BTreeMap::new();
    for line in lines {
        groups.entry((line.item.matter.as_str(), filled(&line.item))).or_default().push(line);
    }
    let mut problems: Vec<Problem<'a>> = groups.into_values().map(|lines| Problem { lines }).collect();
    problems.sort_by_key(|problem| problem.item().map(|item| item.id));
    let addressee = first.unit_name.clone().or_else(|| first.item.unit.clone()).unwrap_or_else(|| "未关联单位".to_owned());
    Some(UnitDraft { name: words::unit(first), addressee, problems })
}

fn filled(item: &Item) -> Filled<'_> {
    [
        Some(item.stage.word()),
        item.kind.map(crate::ledger::item::Kind::word),
        item.due.as_deref(),
        item.measures.as_deref(),
        item.owner_unit.as_deref(),
        item.leader.as_deref(),
        item.owner.as_deref(),
        item.progress.as_deref(),
        item.material.as_deref(),
    ]
}
