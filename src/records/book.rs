//! What is entered about rows after they were read: problems, and the tallies of their files.

use super::origin::Origins;
use super::places::Places;
use super::problem::{Fate, Problem, Tally};
use super::schema::{FieldId, Schema, TableId};
use super::store::Rows;
use super::unite::United;
use std::sync::Arc;

/// What is entered, and what it takes to say where.
pub(super) struct Book {
    pub schema: Arc<Schema>,
    pub places: Places,
    pub problems: Vec<Problem>,
    pub tallies: Vec<Tally>,
    /// What became of cells of rows that several sources have.
    pub united: United,
}

/// A reference that leads nowhere, or a key that stands twice.
pub(super) struct Lost {
    pub row: u32,
    pub field: FieldId,
    pub code: &'static str,
    pub fate: Fate,
    pub value: String,
    pub why: String,
    pub right: String,
}

impl Book {
    /// Enters what was lost of a table's rows, and refuses those that cannot stand.
    pub fn enter(&mut self, table: TableId, lost: &[Lost], rows: &mut Rows) {
        for one in lost {
            self.tell(table, one, &rows.origin);
            if one.fate == Fate::Refused {
                let len = rows.len;
                rows.ghost.resize(len, false);
                let stood = rows.ghost.get_mut(one.row as usize).is_some_and(|g| !std::mem::replace(g, true));
                if stood {
                    self.recount(table, one.row, &rows.origin, Recount::Refused(one.code));
                }
            }
        }
    }

    /// Whether a row was refused, and told to be so, before it was copied.
    pub fn was_told(&self, origins: &Origins, row: u32, is_ghost: bool) -> bool {
        is_ghost && origins.get(row as usize).is_some_and(|(file, _)| self.places.is_copy(file))
    }

    pub fn tell(&mut self, table: TableId, lost: &Lost, origins: &Origins) {
        let Some(def) = self.schema.tables.get(table) else { return };
        let (file, row) = self.places.row(origins, lost.row as usize).unwrap_or_default();
        let Some(field) = def.fields.get(lost.field) else { return };
        let column = self.places.header(origins, lost.row as usize, table, (lost.field, &field.name)).unwrap_or_else(|| field.zh.clone());
        let problem = Problem::noted(file, lost.code, &lost.why, &lost.right).of_table(&def.name).at_row(row);
        self.problems.push(problem.in_column(column).of_value(&lost.value).fated(lost.fate));
    }

    pub fn recount(&mut self, table: TableId, row: u32, origins: &Origins, what: Recount) {
        let (Some((file, line)), Some(def)) = (self.places.row(origins, row as usize), self.schema.tables.get(table)) else { return };
        let Some(counted_as) = self.places.counted_as(origins, row as usize) else { return };
        let problems = &self.problems;
        // Of a row refused before, what was found wrong first.
        let first = || {
            let of_row = problems.iter().find(|p| p.fate == Fate::Refused && (&p.table, &p.file, p.row) == (&def.name, &file, line));
            of_row.map_or("", |p| p.code)
        };
        let Some(tally) = self.tallies.iter_mut().find(|t| t.table == def.name && t.file == counted_as) else { return };
        match what {
            Recount::Refused(code) => {
                tally.kept = tally.kept.saturating_sub(1);
                tally.refuse(code);
            }
            Recount::SetAside(code) => {
                tally.kept = tally.kept.saturating_sub(1);
                tally.set_aside(code, 1);
            }
            Recount::Merged => (tally.kept, tally.merged) = (tally.kept.saturating_sub(1), tally.merged + 1),
            Recount::GhostMerged => {
                tally.forgive(first());
                tally.merged += 1;
            }
            Recount::Corrected => (tally.kept, tally.corrected) = (tally.kept.saturating_sub(1), tally.corrected + 1),
            Recount::GhostCorrected => {
                tally.forgive(first());
                tally.corrected += 1;
            }
        }
    }
}

/// A row counted as kept (or, a ghost, as refused) turns out to be something else.
pub(super) enum Recount {
    Refused(&'static str),
    SetAside(&'static str),
    Merged,
    GhostMerged,
    Corrected,
    GhostCorrected,
}
