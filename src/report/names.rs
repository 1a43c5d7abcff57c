//! Names for ids: what a table, a field, a person or a unit is called by people.

use super::Report;
use crate::engine::Finding;
use crate::records::{Schema, Store, TableId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names for ids.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Tables and fields.
    pub schema: Option<Arc<Schema>>,
    /// Of persons, by id.
    pub persons: BTreeMap<String, String>,
    /// Of units, by id.
    pub units: BTreeMap<String, String>,
    /// The tables that a source had, by ASCII name: what these lack is rows.
    pub exported: BTreeSet<String>,
}

impl Names {
    /// Names of whoever the findings are about, from the records.
    pub fn of(findings: &[Finding], store: &Store) -> Self {
        let persons: BTreeSet<&str> = findings.iter().filter_map(|f| f.person_id.as_deref()).collect();
        let units: BTreeSet<&str> = findings.iter().filter_map(|f| f.unit_id.as_deref()).collect();
        Self { persons: look_up(store, "person", &persons), units: look_up(store, "unit", &units), ..Self::of_tables(store) }
    }

    /// Names of tables and fields alone.
    pub fn of_tables(store: &Store) -> Self {
        let exported = store.schema.tables.iter().enumerate().filter(|(t, _)| store.rows(*t).exported).map(|(_, def)| def.name.clone());
        Self { schema: Some(Arc::clone(&store.schema)), exported: exported.collect(), ..Self::default() }
    }

    /// A table's Chinese name.
    pub fn table<'a>(&'a self, table: &'a str) -> &'a str {
        match table {
            // Not a table of the records: what a year without a calendar is missing from.
            "calendar" => "工作日安排文件 calendar/holidays.csv",
            _ => self.find(table).map_or(table, |(schema, t)| schema.tables.get(t).map_or(table, |t| t.zh.as_str())),
        }
    }

    /// A field's Chinese name.
    pub fn field<'a>(&'a self, table: &str, field: &'a str) -> &'a str {
        self.find(table)
            .and_then(|(schema, t)| schema.tables.get(t))
            .and_then(|t| t.fields.get(t.field(field)?))
            .map_or(field, |f| f.zh.as_str())
    }

    /// A person: id and name.
    pub fn person(&self, id: &str) -> String {
        with_name(id, self.persons.get(id))
    }

    /// A unit: id and name.
    pub fn unit(&self, id: &str) -> String {
        with_name(id, self.units.get(id))
    }

    fn find(&self, table: &str) -> Option<(&Schema, TableId)> {
        let schema = self.schema.as_deref()?;
        Some((schema, schema.table(table)?))
    }
}

fn with_name(id: &str, name: Option<&String>) -> String {
    name.map_or_else(|| id.to_owned(), |name| format!("{id} {name}"))
}

fn look_up(store: &Store, table: &str, ids: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let Some(t) = store.schema.table(table) else { return BTreeMap::new() };
    let Some(name) = store.schema.tables.get(t).and_then(|def| def.field("name")) else { return BTreeMap::new() };
    let rows = store.rows(t);
    (0..rows.len)
        .filter(|&row| ids.contains(rows.keys.get(row)))
        .filter_map(|row| {
            let row = u32::try_from(row).ok()?;
            Some((store.key(t, row).to_owned(), store.show(t, row, name)?))
        })
        .collect()
}

impl Report {
    /// The unit of a finding as people call it.
    pub(super) fn unit_of(&self, finding: &Finding) -> String {
        finding.unit_id.as_deref().map_or_else(|| "未关联单位".to_owned(), |id| self.names.unit(id))
    }
}
