//! Which subjects are in scope: a unit with all below it, a person, a batch, an audit period.

use super::args::ScopeFlags;
use super::settings;
use super::trouble::{Plain, Trouble};
use crate::dates::Day;
use crate::records::{FieldId, FieldType, RowId, Schema, Store, TableId, Wanted};
use std::collections::BTreeSet;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// A unit's id.
    pub unit: Option<String>,
    /// A person's id.
    pub person: Option<String>,
    /// A batch.
    pub batch: Option<String>,
    /// The first day of the audit period.
    pub since: Option<Day>,
    /// Its last day.
    pub until: Option<Day>,
}

/// Says of a row whether it is in scope.
pub(super) type RowsInScope<'s> = dyn Fn(TableId, RowId) -> bool + Sync + 's;

/// What the flags ask for.
///
/// # Errors
/// A date that is none, or a period that ends before it starts.
pub(super) fn scope(flags: &ScopeFlags) -> Result<Scope, Trouble> {
    let (since, until) = settings::period(flags)?;
    Ok(Scope { unit: flags.unit.clone(), person: flags.person.clone(), batch: flags.batch.clone(), since, until })
}

impl Scope {
    /// Asks for the fields that the scope reads.
    pub(super) fn want(&self, schema: &Schema, wanted: &mut Wanted) {
        let mut ask = |table: &str, field: &str| {
            if let Some(t) = schema.table(table)
                && let Some(f) = schema.tables.get(t).and_then(|def| def.field(field))
            {
                wanted.add(t, f);
            }
        };
        if self.unit.is_some() {
            ask("unit", "parent_id");
        }
        if self.batch.is_some() {
            ask("case", "batch_id");
        }
    }

    /// Whether nothing is left out.
    pub(super) fn is_everything(&self) -> bool {
        self.unit.is_none() && self.person.is_none() && self.batch.is_none() && self.since.is_none() && self.until.is_none()
    }

    /// The rows in scope; none where every row is.
    ///
    /// # Errors
    /// A unit, person or batch that the records do not hold: a slip of the pen must not look like a clean result.
    pub(super) fn rows<'s>(&self, store: &'s Store) -> Result<Option<Box<RowsInScope<'s>>>, Trouble> {
        if self.unit.is_none() && self.person.is_none() && self.batch.is_none() {
            return Ok(None);
        }
        let units = self.unit.as_deref().map(|id| subtree(store, id)).transpose()?;
        let person = self.person.clone();
        if let Some(id) = &person {
            known(store, "person", id, "人员")?;
        }
        let batch = self.batch.clone();
        if let Some(id) = &batch {
            let case = store.schema.table("case").and_then(|t| Some((t, store.schema.tables.get(t)?.field("batch_id")?)));
            let found = case.is_some_and(|(t, f)| {
                (0..store.rows(t).len).any(|r| RowId::try_from(r).is_ok_and(|r| store.show(t, r, f).as_ref() == Some(id)))
            });
            if !found {
                return Err(nothing("批次", id));
            }
        }
        Ok(Some(Box::new(move |table, row| {
            units.as_ref().is_none_or(|all| cell(store, table, row, "unit_id").is_some_and(|u| all.contains(&u)))
                && person.as_ref().is_none_or(|p| cell(store, table, row, "person_id").as_ref() == Some(p))
                && batch.as_ref().is_none_or(|b| cell(store, table, row, "batch_id").as_ref() == Some(b))
        })))
    }
}

/// A cell of the row, else of the matter it belongs to, else of its person. For a key, the row's own.
pub(super) fn cell(store: &Store, table: TableId, row: RowId, name: &str) -> Option<String> {
    let def = store.schema.tables.get(table)?;
    // What belongs to a matter concerns whom the matter concerns.
    let owner = def.owner.filter(|&f| matches!(def.fields.get(f).map(|f| f.ty), Some(FieldType::Ref(t)) if owned(store, t)));
    if let Some(owner) = owner
        && let Some((target, up)) = up(store, table, row, owner)
    {
        return cell(store, target, up, name);
    }
    let own = def.field(name).and_then(|f| store.show(table, row, f));
    own.or_else(|| {
        let (target, up) = up(store, table, row, def.field("person_id")?)?;
        cell(store, target, up, name)
    })
}

/// Whether rows of a table belong to rows of another.
fn owned(store: &Store, table: TableId) -> bool {
    store.schema.tables.get(table).is_some_and(|t| t.owner.is_some())
}

pub(super) fn up(store: &Store, table: TableId, row: RowId, field: FieldId) -> Option<(TableId, RowId)> {
    let FieldType::Ref(target) = store.schema.tables.get(table)?.fields.get(field)?.ty else { return None };
    Some((target, store.follow(table, row, field)?))
}

/// A unit and all below it.
pub(super) fn subtree(store: &Store, id: &str) -> Result<BTreeSet<String>, Trouble> {
    let (table, row) = known(store, "unit", id, "单位")?;
    let mut all = BTreeSet::new();
    let mut open = vec![row];
    let parent = store.schema.tables.get(table).and_then(|t| t.field("parent_id"));
    let link = parent.and_then(|f| store.link(table, f));
    while let Some(unit) = open.pop() {
        // Units that lead back to themselves are met once.
        if all.insert(store.key(table, unit).to_owned()) {
            open.extend(link.into_iter().flat_map(|l| l.children(unit)));
        }
    }
    Ok(all)
}

fn known(store: &Store, table: &str, id: &str, what: &str) -> Result<(TableId, RowId), Trouble> {
    store.schema.table(table).and_then(|t| Some((t, store.rows(t).find(id)?))).ok_or_else(|| nothing(what, id))
}

fn nothing(what: &str, id: &str) -> Trouble {
    Trouble::Usage(Plain::new("usage::unknown-scope", format!("记录中没有{what}“{id}”")).help("请核对编码"))
}
