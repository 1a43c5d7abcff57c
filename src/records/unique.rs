//! One row a key: rows of one source must be identical, those of several may complete one another.

use super::book::{Book, Lost, Recount};
use super::column::{BAD_DATE, BLANK_DATE, Column};
use super::draft::Draft;
use super::problem::Fate;
use super::schema::{Blank, Table, TableId};
use super::text::{Texts, hash};
use super::unite::unite;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of rows with one key all are refused, unless they are identical: then the first is kept. Who refers to a refused key learns only what
/// all its rows say alike, whatever their order. Returns the tables of which rows were taken for identical though not all their columns
/// were read.
pub(super) fn make_unique(drafts: &mut [Draft], book: &mut Book, texts: &Texts) -> Vec<TableId> {
    let schema = Arc::clone(&book.schema);
    let found: Vec<Vec<Vec<u32>>> = drafts
        .par_iter_mut()
        .zip(&schema.tables)
        .map(|(draft, def)| {
            let is_last = !draft.sources.are_several();
            fill_same_as(draft, def, (true, is_last));
            draft.same_keys()
        })
        .collect();
    let mut unseen = Vec::new();
    for (table, (draft, groups)) in drafts.iter_mut().zip(found).enumerate() {
        let Some(def) = schema.tables.get(table) else { continue };
        let mut merged: Vec<u32> = Vec::new();
        for rows in groups {
            let first = rows.first().copied().unwrap_or(0);
            // What an import refused, told apart by cells that it did not keep.
            let was_refused = rows.iter().any(|&r| book.was_told(&draft.origins, r, draft.is_ghost(r as usize)));
            if !was_refused && rows.iter().all(|&r| draft.identical(r as usize, first as usize)) {
                merged.extend(rows.iter().skip(1));
                continue;
            }
            if draft.sources.are_several() && unite(table, draft, &rows, book, texts) {
                merged.extend(rows.iter().skip(1));
                continue;
            }
            draft.forget_differences(&rows);
            let of_several = rows.iter().any(|&r| draft.sources.of(r as usize) != draft.sources.of(first as usize));
            let (why, right) = match of_several {
                true => (
                    format!("几个来源里这个编码的行（共{}行）互相矛盾", rows.len()),
                    "请核对原件，改正写错的一处；不是同一件事的，更正编码",
                ),
                false => (format!("编码重复（共{}行），内容不一致", rows.len()), "同一编码只能有一行"),
            };
            for &row in &rows {
                if book.was_told(&draft.origins, row, draft.is_ghost(row as usize)) {
                    continue;
                }
                let lost = Lost {
                    row,
                    field: def.key,
                    code: "data::duplicate-key",
                    fate: Fate::Refused,
                    value: draft.keys.get(row as usize).to_owned(),
                    why: why.clone(),
                    right: right.to_owned(),
                };
                book.tell(table, &lost, &draft.origins);
                if draft.refuse(row as usize) {
                    book.recount(table, row, &draft.origins, Recount::Refused(lost.code));
                }
            }
        }
        if draft.sources.are_several() {
            fill_same_as(draft, def, (false, true));
        }
        if merged.is_empty() {
            continue;
        }
        merged.sort_unstable();
        for &row in &merged {
            if draft.open.get(row as usize).is_some_and(|&open| open) {
                continue;
            }
            let what = if draft.is_ghost(row as usize) { Recount::GhostMerged } else { Recount::Merged };
            book.recount(table, row, &draft.origins, what);
        }
        if draft.unseen {
            unseen.push(table);
        }
        let keep: Vec<u32> = (0..draft.len as u32).filter(|r| merged.binary_search(r).is_err()).collect();
        draft.reorder(&keep);
    }
    unseen
}

/// Blanks that stand for another date of the row take it. Where that is unknown another source may still know it: until the last they
/// stay blank, and then are unknown. An imprecise date that is like it was written out, if it is so at first.
fn fill_same_as(draft: &mut Draft, def: &Table, (is_first, is_last): (bool, bool)) {
    for (f, field) in def.fields.iter().enumerate() {
        let Blank::SameAs(other) = field.blank else { continue };
        let Some(Some(Column::Date(mut cells))) = draft.columns.get_mut(f).map(Option::take) else { continue };
        if let Some(Some(Column::Date(same))) = draft.columns.get(other) {
            for ((cell, same), row) in cells.iter_mut().zip(same).zip(0u32..) {
                if *cell == BLANK_DATE && (is_last || *same != BAD_DATE) {
                    *cell = *same;
                } else if is_first && cell.lo != cell.hi && cell == same {
                    draft.apart.insert((row, f));
                }
            }
        }
        if let Some(slot) = draft.columns.get_mut(f) {
            *slot = Some(Column::Date(cells));
        }
    }
}

impl Draft {
    /// Rows that share a key, by key in the order of their first rows.
    fn same_keys(&self) -> Vec<Vec<u32>> {
        if self.keys.ascending() {
            return Vec::new();
        }
        let key = |row: u32| self.keys.get(row as usize);
        let mut first: HashTable<u32> = HashTable::with_capacity(self.len);
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for row in (0..self.len as u32).filter(|&r| !key(r).is_empty()) {
            let entry = first.entry(hash(key(row)), |&other| key(other) == key(row), |&other| hash(key(other)));
            match entry {
                Entry::Occupied(seen) => groups.entry(*seen.get()).or_insert_with(|| vec![*seen.get()]).push(row),
                Entry::Vacant(slot) => {
                    slot.insert(row);
                }
            }
        }
        groups.into_values().collect()
    }

    /// Of rows with one key: what they hold differently cannot be known. Each keeps what it refers to, so that it stays open of those
    /// named in one of them, and not of everybody.
    fn forget_differences(&mut self, rows: &[u32]) {
        let Some((&first, rest)) = rows.split_first() else { return };
        for column in self.columns.iter_mut().flatten() {
            if rest.iter().any(|&row| !column.same(row as usize, first as usize)) {
                column.spoil(rows);
            }
        }
    }

    fn identical(&self, a: usize, b: usize) -> bool {
        self.refs.iter().flatten().all(|r| r.same(a, b))
            && self.columns.iter().flatten().all(|c| c.same(a, b))
            && self.is_ghost(a) == self.is_ghost(b)
    }
}
