//! Rows by their keys, for those who ask for many: a table is gone through once, when its first key is asked for.

use super::schema::TableId;
use super::store::{RowId, Store};
use std::cell::OnceCell;
use std::collections::HashMap;

/// Finds rows by key; says what [`super::Rows::find`] says.
#[derive(Debug)]
pub struct Lookup<'s> {
    store: &'s Store,
    tables: Vec<OnceCell<HashMap<&'s str, RowId>>>,
}

impl<'s> Lookup<'s> {
    /// Nothing is gone through yet.
    pub fn new(store: &'s Store) -> Self {
        Self { store, tables: store.schema.tables.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The records.
    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// The row of a key that was not refused.
    pub fn find(&self, table: TableId, key: &str) -> Option<RowId> {
        self.tables.get(table)?.get_or_init(|| index(self.store, table)).get(key).copied()
    }
}

fn index(store: &Store, table: TableId) -> HashMap<&str, RowId> {
    let rows = store.rows(table);
    let mut all = HashMap::with_capacity(rows.len);
    for row in (0..rows.len).filter_map(|r| RowId::try_from(r).ok()).filter(|r| !rows.is_ghost(*r)) {
        let kept = all.entry(store.key(table, row)).or_insert(row);
        // Of two rows the first that is not in doubt.
        if rows.is_doubtful(*kept) && !rows.is_doubtful(row) {
            *kept = row;
        }
    }
    all
}
