//! The rows of one table while a store is being filled: parts come in one after another, and rows are put in order, refused, or joined.

use super::column::{BAD_ROW, Column};
use super::correct::Stood;
use super::fill::Filled;
use super::origin::Origins;
use super::part::Part;
use super::schema::FieldId;
use super::text::{Keys, RefKeys};
use std::collections::{BTreeMap, BTreeSet};

/// The rows of one table so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// A source had the table, even if it holds no row.
    pub declared: bool,
    /// A source had columns that were not wanted.
    pub unseen: bool,
    pub keys: Keys,
    pub columns: Vec<Option<Column>>,
    /// References by key, before they are resolved.
    pub refs: Vec<Option<RefKeys>>,
    /// Rows refused; empty if none is.
    pub ghost: Vec<bool>,
    /// Ghosts that stand for rows their source does not tell; empty if none does.
    pub open: Vec<bool>,
    pub origins: Origins,
    pub len: usize,
    /// Where the rows stood that rows of a file stand for.
    pub corrected: Vec<(u32, Stood)>,
    /// Cells that say outright that there is nothing.
    pub attested: BTreeSet<(u32, FieldId)>,
    /// Imprecise dates like those that their blanks would stand for: two days, not one.
    pub apart: BTreeSet<(u32, FieldId)>,
    /// The source of each row.
    pub sources: Sources,
    /// Cells that were taken from another row of the same key: the file and line they stand in.
    pub taken: BTreeMap<(u32, FieldId), (u32, u32)>,
}

impl Draft {
    /// Takes in the rows of a part. A column that only one of the two has is unknown in the rows of the other.
    pub(super) fn add(&mut self, part: Part, file: u32) {
        self.corrected.extend(part.corrected.into_iter().map(|stood| (file, stood)));
        let (before, rows) = (self.len, part.len);
        self.sources.add(before, rows, part.source.unwrap_or(0));
        self.attested.extend(part.attested.iter().map(|&(row, field)| (row + before as u32, field)));
        for fill in part.fills {
            let field = fill.field;
            match fill.done() {
                Filled::Key => {}
                Filled::Refs(refs) => self.add_refs(field, refs),
                Filled::Column(column) => self.add_column(field, column),
            }
        }
        if before == 0 {
            self.keys = part.keys;
        } else {
            self.keys.append(&part.keys);
        }
        self.origins.append_as(file, &part.origins);
        if !part.ghost.is_empty() || !self.ghost.is_empty() {
            self.ghost.resize(before, false);
            self.ghost.extend(part.ghost);
        }
        if !part.open_rows.is_empty() || !self.open.is_empty() {
            self.open.resize(before, false);
            self.open.extend(part.open_rows);
        }
        self.grow(rows);
    }

    /// So many rows have come of which the cells, keys and places are there: what none of them gives is unknown in them.
    pub(super) fn grow(&mut self, rows: usize) {
        self.len += rows;
        for refs in self.refs.iter_mut().flatten() {
            refs.at.resize(self.len, BAD_ROW);
        }
        for column in self.columns.iter_mut().flatten() {
            column.push_bad(self.len - column.len());
        }
        for flags in [&mut self.ghost, &mut self.open] {
            if !flags.is_empty() {
                flags.resize(self.len, false);
            }
        }
    }

    /// The references of rows that come; unknown in the rows before, if those had none.
    pub(super) fn add_refs(&mut self, field: FieldId, refs: RefKeys) {
        let before = self.len;
        let Some(slot) = self.refs.get_mut(field) else { return };
        match slot {
            Some(all) => all.append(&refs),
            None if before == 0 => *slot = Some(refs),
            None => {
                let mut all = RefKeys::default();
                all.at.resize(before, BAD_ROW);
                all.append(&refs);
                *slot = Some(all);
            }
        }
    }

    /// The cells of rows that come; unknown in the rows before, if those had none.
    pub(super) fn add_column(&mut self, field: FieldId, column: Column) {
        let before = self.len;
        let Some(slot) = self.columns.get_mut(field) else { return };
        match slot {
            Some(all) => all.append(column),
            None if before == 0 => *slot = Some(column),
            None => *slot = Some(column.after_bad(before)),
        }
    }

    /// Refuses a row; whether it stood until now.
    pub(super) fn refuse(&mut self, row: usize) -> bool {
        if self.ghost.is_empty() {
            self.ghost.resize(self.len, false);
        }
        self.ghost.get_mut(row).is_some_and(|g| !std::mem::replace(g, true))
    }

    /// Whether a row is refused.
    pub(super) fn is_ghost(&self, row: usize) -> bool {
        self.ghost.get(row).copied().unwrap_or(false)
    }

    pub(super) fn reorder(&mut self, order: &[u32]) {
        self.keys = self.keys.reordered(order);
        self.sources.reorder(order);
        if !self.taken.is_empty() {
            let cells = |row: u32| self.taken.range((row, 0)..=(row, FieldId::MAX)).map(|(&(_, field), &at)| (field, at));
            self.taken = (0u32..).zip(order).flat_map(|(new, &old)| cells(old).map(move |(field, at)| ((new, field), at))).collect();
        }
        for column in self.columns.iter_mut().flatten() {
            *column = column.reordered(order);
        }
        for refs in self.refs.iter_mut().flatten() {
            refs.reorder(order);
        }
        if !self.ghost.is_empty() {
            self.ghost = order.iter().filter_map(|&i| self.ghost.get(i as usize).copied()).collect();
        }
        for marked in [&mut self.attested, &mut self.apart] {
            if !marked.is_empty() {
                let fields = |row: u32| marked.range((row, 0)..=(row, FieldId::MAX)).map(|&(_, field)| field);
                *marked = (0u32..).zip(order).flat_map(|(new, &old)| fields(old).map(move |field| (new, field))).collect();
            }
        }
        if !self.open.is_empty() {
            self.open = order.iter().filter_map(|&i| self.open.get(i as usize).copied()).collect();
        }
        self.origins = self.origins.reordered(order);
        self.len = order.len();
    }
}

/// The source of each row, by number: mostly one for all.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// That of all rows, until there is another.
    one: u32,
    each: Vec<u32>,
}

impl Sources {
    /// The source of a row.
    pub(super) fn of(&self, row: usize) -> u32 {
        self.each.get(row).copied().unwrap_or(self.one)
    }

    /// Whether rows are of several sources.
    pub(super) fn are_several(&self) -> bool {
        !self.each.is_empty()
    }

    fn add(&mut self, before: usize, rows: usize, source: u32) {
        if before == 0 {
            self.one = source;
        } else if self.one != source || self.are_several() {
            self.each.resize(before, self.one);
            self.each.resize(before + rows, source);
        }
    }

    fn reorder(&mut self, order: &[u32]) {
        if self.are_several() {
            self.each = order.iter().map(|&row| self.of(row as usize)).collect();
        }
    }
}
