//! Cells that read as unknown though nothing is wrong with them: their source does not say it.

use super::problem::{Fate, Problem};
use super::schema::{FieldId, TableId};
use super::store::{RowId, Store};
use std::collections::HashSet;

impl Store {
    /// Whether a cell that reads as unknown was told to be wrong; else its source only does not say it, and a blank would say something
    /// else.
    pub fn is_told_wrong(&self, table: TableId, row: RowId, field: FieldId) -> bool {
        let told =
            self.told_wrong.get_or_init(|| self.problems.iter().filter(|p| p.fate == Fate::Blanked).map(place).collect::<HashSet<_>>());
        !told.is_empty() && told.contains(&self.place(table, row, field))
    }
}

/// The place of a cell, as [`Store::place`] names it.
fn place(p: &Problem) -> String {
    match (p.key.as_str(), p.row) {
        ("", 0) => format!("{}:{}", p.file, p.column),
        ("", row) => format!("{}:{row}:{}", p.file, p.column),
        (key, _) => format!("{}:{key}:{}", p.file, p.column),
    }
}
