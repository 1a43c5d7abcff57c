//! A list that came back from a unit, taken into the ledger: all of it, or nothing where it conflicts with what was done meanwhile.

use super::act::{change_within, move_to, sound};
use super::proof::at_version;
use super::row::{self, Item, difference};
use super::stage::{Kind, Stage};
use crate::ledger::error::LedgerError;
use crate::ledger::log::Act;
use crate::ledger::{Ledger, users};
use rusqlite::Transaction;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// What a row of the list is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The item's number.
    pub id: i64,
    /// Its version when the list was made.
    pub version: i64,
    /// The head of the finding's identity: eight digits.
    pub head: String,
}

/// A row of the list. What is none was left blank, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The items it is about.
    pub marks: Vec<Mark>,
    /// 整改状态.
    pub stage: Option<Stage>,
    /// 整改类型.
    pub kind: Option<Kind>,
    /// 整改时限.
    pub due: Option<String>,
    /// 整改措施.
    pub measures: Option<String>,
    /// 责任单位.
    pub owner_unit: Option<String>,
    /// 责任领导.
    pub leader: Option<String>,
    /// 责任人.
    pub owner: Option<String>,
    /// 完成情况.
    pub progress: Option<String>,
    /// 佐证材料.
    pub material: Option<String>,
}

/// What to do about rows whose items were changed since the list was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Change nothing at all.
    Neither,
    /// Leave those items as the ledger has them.
    Ledger,
    /// Change them as the list says.
    List,
}

/// A field that the list would change in an item changed since the list was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which row, by its place in what was given.
    pub row: usize,
    /// The item.
    pub item: i64,
    /// The field's name.
    pub field: String,
    /// What the ledger has.
    pub ledger: String,
    /// What the list has.
    pub list: String,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// How many items were changed.
    pub changed: usize,
    /// How many the list leaves as they are.
    pub same: usize,
    /// How many were left as they are because they were changed meanwhile.
    pub kept: usize,
    /// Where list and ledger disagree.
    pub conflicts: Vec<Conflict>,
    /// Rows that cannot be taken, by their place, and why.
    pub refused: Vec<(usize, LedgerError)>,
}

impl Merged {
    /// Whether nothing was written, for rows that cannot be taken or conflicts that nobody decided.
    pub fn is_refused(&self, take: Take) -> bool {
        !self.refused.is_empty() || (take == Take::Neither && !self.conflicts.is_empty())
    }
}

/// Takes a list into the ledger, `why` saying which; or says what stands against it, and writes nothing. With `dry`, writes nothing.
///
/// # Errors
/// Nobody who may act, or the ledger cannot be written.
pub fn merge(ledger: &mut Ledger, act: &Act<'_>, why: &str, given: &[Given], take: Take, dry: bool) -> Result<Merged, LedgerError> {
    ledger.transaction(|tx, path| {
        users::acting(tx, path, act.user.ok_or(LedgerError::Nobody)?)?;
        let mut merged = Merged::default();
        let mut wanted: BTreeMap<i64, Item> = BTreeMap::new();
        let drafted = drafted(tx, given).map_err(|e| LedgerError::of(path, &e))?;
        for (row, given) in given.iter().enumerate() {
            for mark in &given.marks {
                weigh(tx, path, (row, given, mark), (take, drafted.get(&mark.id)), &mut merged, &mut wanted)?;
            }
        }
        if dry || merged.is_refused(take) {
            return Ok(merged);
        }
        let ids: Vec<i64> = wanted.keys().copied().collect();
        merged.changed = change_within(tx, path, act, ("import", Some(why)), &ids, |item| {
            if let Some(want) = wanted.get(&item.id) {
                item.clone_from(want);
            }
            Ok(())
        })?;
        Ok(merged)
    })
}

/// What those items that were changed since the list was made held then.
fn drafted(tx: &Transaction<'_>, given: &[Given]) -> rusqlite::Result<BTreeMap<i64, Map<String, Value>>> {
    let mut changed = BTreeMap::new();
    for mark in given.iter().flat_map(|given| &given.marks) {
        if row::get(tx, mark.id)?.is_some_and(|item| item.version != mark.version) {
            changed.insert(mark.id, mark.version);
        }
    }
    at_version(tx, &changed)
}

/// What a row makes of one item. `drafted` is what the item held when the list was made, if it was changed since: what the row leaves as
/// it was then asks for nothing.
fn weigh(
    tx: &Transaction<'_>,
    path: &Path,
    (row, given, mark): (usize, &Given, &Mark),
    (take, drafted): (Take, Option<&Map<String, Value>>),
    merged: &mut Merged,
    wanted: &mut BTreeMap<i64, Item>,
) -> Result<(), LedgerError> {
    let fail = |e: rusqlite::Error| LedgerError::of(path, &e);
    let Some(was) = row::get(tx, mark.id).map_err(fail)?.filter(|item| is_it(tx, item, mark)) else {
        merged.refused.push((row, LedgerError::UnknownItem { item: mark.id.to_string() }));
        return Ok(());
    };
    let changed_meanwhile = was.version != mark.version;
    let given = drafted.map_or_else(|| given.clone(), |drafted| beyond(given, drafted));
    let mut is = was.clone();
    if let Err(why) = apply(&given, &mut is) {
        if !changed_meanwhile || take == Take::List {
            merged.refused.push((row, why));
            return Ok(());
        }
        let list = given.stage.map(Stage::word).unwrap_or_default().to_owned();
        merged.conflicts.push(Conflict { row, item: was.id, field: "stage".to_owned(), ledger: was.stage.word().to_owned(), list });
        merged.kept += usize::from(take == Take::Ledger);
        return Ok(());
    }
    if is == was {
        merged.same += 1;
        return Ok(());
    }
    if changed_meanwhile {
        let (from, to) = difference(&was, &is);
        let shown = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or_default().to_owned();
        // Both changed it. What only the list changed is taken.
        let both = |field: &str| drafted.is_none_or(|d| d.get(field).unwrap_or(&Value::Null) != from.get(field).unwrap_or(&Value::Null));
        let before = merged.conflicts.len();
        merged.conflicts.extend(to.iter().filter(|(field, _)| both(field)).map(|(field, v)| Conflict {
            row,
            item: was.id,
            field: field.clone(),
            ledger: shown(from.get(field)),
            list: shown(Some(v)),
        }));
        if take == Take::Ledger && merged.conflicts.len() > before {
            merged.kept += 1;
            return Ok(());
        }
    }
    wanted.insert(was.id, is);
    Ok(())
}

/// What a row says beyond what the list said when it went out.
fn beyond(given: &Given, drafted: &Map<String, Value>) -> Given {
    let held = |field: &str| drafted.get(field).and_then(Value::as_str);
    let new = |field: &str, to: &Option<String>| to.clone().filter(|to| held(field) != Some(to.as_str()));
    Given {
        marks: given.marks.clone(),
        stage: given.stage.filter(|stage| held("stage") != Some(stage.word())),
        kind: given.kind.filter(|kind| held("kind") != Some(kind.word())),
        due: new("due", &given.due),
        measures: new("measures", &given.measures),
        owner_unit: new("owner_unit", &given.owner_unit),
        leader: new("leader", &given.leader),
        owner: new("owner", &given.owner),
        progress: new("progress", &given.progress),
        material: new("material", &given.material),
    }
}

/// Whether a mark means this item of this ledger.
fn is_it(tx: &Transaction<'_>, item: &Item, mark: &Mark) -> bool {
    let print: rusqlite::Result<String> =
        tx.prepare_cached("SELECT fingerprint FROM finding WHERE id = ?1").and_then(|mut s| s.query_row([item.finding], |row| row.get(0)));
    let is_head =
        |print: String| !mark.head.is_empty() && print.split(':').next_back().is_some_and(|digits| digits.starts_with(&mark.head));
    print.is_ok_and(is_head)
}

/// Puts down what a row says. Who names those responsible for what nobody has taken on, takes it on.
fn apply(given: &Given, item: &mut Item) -> Result<(), LedgerError> {
    let set = |field: &mut Option<String>, to: &Option<String>| {
        if to.is_some() {
            field.clone_from(to);
        }
    };
    set(&mut item.measures, &given.measures);
    set(&mut item.owner_unit, &given.owner_unit);
    set(&mut item.leader, &given.leader);
    set(&mut item.owner, &given.owner);
    set(&mut item.due, &given.due);
    set(&mut item.progress, &given.progress);
    set(&mut item.material, &given.material);
    item.kind = given.kind.or(item.kind);
    let untaken = matches!(item.stage, Stage::Unclaimed | Stage::Returned);
    let drafted = item.stage;
    let names = given.owner_unit.is_some() || given.owner.is_some();
    if untaken && names {
        move_to(item, Stage::Assigned)?;
    }
    // The state as it was drafted asks for nothing, nor does the one that it has by now.
    let asked = given.stage.filter(|stage| *stage != drafted && *stage != item.stage);
    if let Some(stage) = asked {
        if !Stage::REPORTED.contains(&stage) {
            return Err(LedgerError::IllegalMove { item: item.id, from: item.stage, to: stage });
        }
        move_to(item, stage)?;
    }
    sound(item)
}
