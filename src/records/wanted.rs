//! Which fields are read at all: what no rule asks for is left out.

use super::schema::{Blank, FieldId, Schema, TableId};

/// Which fields are wanted: the rest are not read. By table, then field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(Vec<Vec<bool>>);

impl Wanted {
    /// Everything.
    pub fn all(schema: &Schema) -> Self {
        Self(schema.tables.iter().map(|t| vec![true; t.fields.len()]).collect())
    }

    /// Keys, owners and what is required only; rules then ask for more.
    pub fn keys(schema: &Schema) -> Self {
        let mut wanted = Self(schema.tables.iter().map(|t| vec![false; t.fields.len()]).collect());
        for (id, table) in schema.tables.iter().enumerate() {
            let required = (0..table.fields.len()).filter(|&f| table.fields[f].required);
            required.chain([table.key]).chain(table.owner).for_each(|f| wanted.add(id, f));
            // The dates that order the rows of a table order its `latest`.
            table.order.iter().for_each(|&f| wanted.add(id, f));
            if let Some(void) = &table.void {
                wanted.add(id, void.field);
                for &child in &void.rows {
                    // What is void with its row here must be known to belong to it.
                    let leads_here = schema.tables[child].link_to(id);
                    leads_here.into_iter().for_each(|f| wanted.add(child, f));
                }
            }
            if let Some(joined) = &table.joined {
                let made_of = joined.by.iter().chain([&joined.start, &joined.end]);
                made_of.for_each(|&f| wanted.add(joined.from, f));
            }
        }
        wanted
    }

    /// Asks for a field.
    pub fn add(&mut self, table: TableId, field: FieldId) {
        if let Some(slot) = self.0.get_mut(table).and_then(|t| t.get_mut(field)) {
            *slot = true;
        }
    }

    /// Asks for every field of a table.
    pub fn add_table(&mut self, table: TableId) {
        if let Some(fields) = self.0.get_mut(table) {
            fields.fill(true);
        }
    }

    /// Whether a field is wanted.
    pub fn has(&self, table: TableId, field: FieldId) -> bool {
        self.0.get(table).and_then(|t| t.get(field)).copied().unwrap_or(false)
    }

    /// With what the wanted fields are made of: a derived table's fields come from its base, and some blanks stand for another field.
    pub(super) fn completed(mut self, schema: &Schema) -> Self {
        for (id, table) in schema.tables.iter().enumerate() {
            for (f, field) in table.fields.iter().enumerate() {
                if !self.has(id, f) {
                    continue;
                }
                if let Blank::SameAs(other) = field.blank {
                    self.add(id, other);
                }
                if let Some(joined) = &table.joined {
                    self.add(joined.from, f);
                }
            }
        }
        self
    }
}
