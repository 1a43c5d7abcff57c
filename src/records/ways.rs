//! Ways from row to row, and what can be read at their ends: of each row a number that is the same as it was where all that can be read
//! so is what it was. 64 bits: not proof against forgery, nor meant to be.

use super::column::{BAD_ROW, BLANK_ROW, Column};
use super::digest::{hashes, mixed};
use super::groups::{add, whole};
use super::schema::{FieldId, FieldType, TableId};
use super::store::Store;
use super::text::Sym;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// A step from a row to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// To the row that a field of this table refers to.
    Follow(TableId, FieldId),
    /// To the rows of this table that refer here through a field.
    Children(TableId, FieldId),
    /// To the rows of this table with the same text in a field.
    Peers(TableId, FieldId),
    /// To every row of this table.
    All(TableId),
}

/// Ways from the rows of a table, each with the fields that are read at its end.
pub type Ways = BTreeMap<Vec<Hop>, BTreeSet<FieldId>>;

/// The ways that go on from somewhere: what is left of each.
type Rest<'w> = Vec<(&'w [Hop], &'w BTreeSet<FieldId>)>;

/// Of each row of a table: what can be read on these ways, their ends with all that is known of them besides their other cells.
pub(super) fn told(store: &Store, table: TableId, ways: &Ways) -> Vec<u64> {
    onward(store, table, ways.iter().map(|(way, fields)| (way.as_slice(), fields)).collect())
}

fn onward(store: &Store, from: TableId, ways: Rest<'_>) -> Vec<u64> {
    let mut by_hop: BTreeMap<Hop, Rest<'_>> = BTreeMap::new();
    for (way, fields) in ways {
        if let Some((hop, rest)) = way.split_first() {
            by_hop.entry(*hop).or_default().push((rest, fields));
        }
    }
    let mut sums = vec![0u64; store.rows(from).len];
    for (number, (hop, rest)) in (1..).zip(by_hop) {
        let Some(to) = target(store, hop) else { continue };
        let ends = ends(store, to, rest);
        let mut there = vec![0u64; sums.len()];
        match hop {
            Hop::Follow(table, field) => {
                let Some(Column::Ref(refs)) = store.rows(table).column(field) else { continue };
                for (here, row) in there.iter_mut().zip(refs) {
                    *here = ends.get(*row as usize).copied().unwrap_or(u64::from(*row));
                }
            }
            Hop::Children(table, field) => {
                let Some(Column::Ref(refs)) = store.rows(table).column(field) else { continue };
                refs.iter().zip(&ends).for_each(|(row, end)| add(&mut there, *row, *end));
                perhaps(store, (table, field), from, &ends, &mut there);
            }
            Hop::Peers(table, field) => {
                let Some(Column::Text(texts)) = store.rows(table).column(field) else { continue };
                let mut of: FxHashMap<Sym, u64> = FxHashMap::default();
                for (text, end) in texts.iter().zip(&ends) {
                    let sum = of.entry(*text).or_default();
                    *sum = sum.wrapping_add(*end);
                }
                there.iter_mut().zip(texts).for_each(|(here, text)| *here = of.get(text).copied().unwrap_or_default());
            }
            Hop::All(_) => there.fill(ends.iter().fold(0, |sum: u64, end| sum.wrapping_add(*end))),
        }
        sums.iter_mut().zip(there).for_each(|(sum, here)| *sum = sum.wrapping_add(mixed(number, here)));
    }
    sums
}

/// Adds the rows whose reference is blank or could not be read to all that they may refer to: to those of their own owner. Where it is
/// not known whose they are they concern everybody, and are told apart.
fn perhaps(store: &Store, (table, field): (TableId, FieldId), to: TableId, ends: &[u64], there: &mut [u64]) {
    let owners = |t: TableId| match store.rows(t).column(store.schema.tables.get(t)?.owner?) {
        Some(Column::Ref(owners)) => Some(owners),
        _ => None,
    };
    let own = store.schema.tables.get(table).and_then(|def| def.owner);
    let (Some(Column::Ref(refs)), Some(theirs), Some(owners)) = (store.rows(table).column(field), owners(table), owners(to)) else {
        return;
    };
    if own == Some(field) {
        return;
    }
    let mut loose: FxHashMap<u32, u64> = FxHashMap::default();
    for ((_, owner), end) in refs.iter().zip(theirs).zip(ends).filter(|((row, _), _)| matches!(**row, BLANK_ROW | BAD_ROW)) {
        let sum = loose.entry(*owner).or_default();
        *sum = sum.wrapping_add(*end);
    }
    if !loose.is_empty() {
        there.iter_mut().zip(owners).for_each(|(here, owner)| *here = mixed(*here, loose.get(owner).copied().unwrap_or_default()));
    }
}

/// What can be read of each row at the end of a hop, there and further on.
fn ends(store: &Store, table: TableId, rest: Rest<'_>) -> Vec<u64> {
    let fields: BTreeSet<FieldId> = rest.iter().filter(|(way, _)| way.is_empty()).flat_map(|(_, fields)| fields.iter().copied()).collect();
    let mut here = rows(store, table, &fields);
    let beyond = onward(store, table, rest);
    here.iter_mut().zip(beyond).for_each(|(here, beyond)| *here = mixed(*here, beyond));
    here
}

/// Some cells of each row, with its place and what is known of it besides.
fn rows(store: &Store, table: TableId, fields: &BTreeSet<FieldId>) -> Vec<u64> {
    let known = store.rows(table);
    let mut all = hashes(store, table, &|field| fields.contains(&field));
    (0u32..).zip(&mut all).for_each(|(row, hash)| *hash = whole(known, row, *hash));
    for ((row, hash), (first, last)) in (0u32..).zip(&mut all).zip(&known.made_of) {
        let from = store.schema.tables.get(table).and_then(|def| def.joined.as_ref()).map(|joined| &store.rows(joined.from).origin);
        for base in [first, last] {
            let (file, line) = from.and_then(|origin| origin.get(*base as usize)).unwrap_or((u32::MAX, u32::MAX));
            *hash = mixed(*hash, u64::from(file) << 32 | u64::from(line));
        }
        *hash = mixed(*hash, u64::from(known.is_doubtful(row)));
    }
    for &(row, base, field) in &known.open {
        add(&mut all, row, mixed(u64::from(base), field as u64));
    }
    all
}

fn target(store: &Store, hop: Hop) -> Option<TableId> {
    match hop {
        Hop::Follow(table, field) => match store.schema.tables.get(table)?.fields.get(field)?.ty {
            FieldType::Ref(to) => Some(to),
            _ => None,
        },
        Hop::Children(table, _) | Hop::Peers(table, _) | Hop::All(table) => Some(table),
    }
}
