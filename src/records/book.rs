//! What is entered about rows after they were read: problems, and the tallies of their files.

use super::origin::Origins;
use super::problem::{Fate, Problem, Tally, shown};
use super::schema::{FieldId, Schema, TableId};
use super::store::Rows;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What is entered, and what it takes to say where.
pub(super) struct Book {
    pub schema: Arc<Schema>,
    pub files: Vec<String>,
    pub problems: Vec<Problem>,
    pub tallies: Vec<Tally>,
    pub headers: FxHashMap<(TableId, u16, FieldId), String>,
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
                    self.recount(table, one.row, &rows.origin, Recount::Refused);
                }
            }
        }
    }

    pub fn tell(&mut self, table: TableId, lost: &Lost, origins: &Origins) {
        let (file, row) = origins.get(lost.row as usize).unwrap_or((u16::MAX, 0));
        let Some(def) = self.schema.tables.get(table) else { return };
        self.problems.push(Problem {
            file: self.files.get(usize::from(file)).cloned().unwrap_or_default(),
            table: def.name.clone(),
            row,
            column: match self.headers.get(&(table, file, lost.field)) {
                Some(header) => header.clone(),
                None => def.fields.get(lost.field).map(|f| f.zh.clone()).unwrap_or_default(),
            },
            code: lost.code,
            fate: lost.fate,
            value: shown(&lost.value),
            why: lost.why.clone(),
            right: lost.right.clone(),
        });
    }

    pub fn recount(&mut self, table: TableId, row: u32, origins: &Origins, what: Recount) {
        let Some((file, _)) = origins.get(row as usize) else { return };
        let (Some(file), Some(def)) = (self.files.get(usize::from(file)), self.schema.tables.get(table)) else { return };
        let Some(tally) = self.tallies.iter_mut().find(|t| t.table == def.name && t.file == *file) else { return };
        match what {
            Recount::Refused => (tally.kept, tally.refused) = (tally.kept.saturating_sub(1), tally.refused + 1),
            Recount::Merged => (tally.kept, tally.merged) = (tally.kept.saturating_sub(1), tally.merged + 1),
            Recount::GhostMerged => (tally.refused, tally.merged) = (tally.refused.saturating_sub(1), tally.merged + 1),
        }
    }
}

/// A row counted as kept (or, a ghost, as refused) turns out to be something else.
pub(super) enum Recount {
    Refused,
    Merged,
    GhostMerged,
}
