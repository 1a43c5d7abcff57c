//! Records by whom they are about: a person or a unit with all rows that belong to it is a group. Of each group a number tells what can
//! be read of it and of those next to it: where the number is the same as it was, so are the records. 64 bits: not proof against forgery.

use super::column::{BAD_ROW, BLANK_ROW, Column};
use super::digest::{all_rows, key_hashes, mixed, text};
use super::schema::{FieldId, FieldType, TableId};
use super::store::{RowId, Rows, Store};
use super::ways::{self, Ways};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What is read of records beyond the group that is asked about.
#[derive(Clone, Debug, Default)]
pub struct Beyond {
    /// The tables read in groups next to it: those that a reference leads to or comes from.
    pub tables: BTreeSet<TableId>,
    /// The references that are gone through backwards: a row in which one is blank may belong to anybody.
    pub gathered: BTreeSet<(TableId, FieldId)>,
    /// Ways that lead further than next to it: the table of the rows that they begin at, and the ways.
    pub ways: Vec<(TableId, Ways)>,
}

/// The groups.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// By table and row: the group.
    of: Vec<Vec<u32>>,
    /// By group: what tells it from all others.
    keys: Vec<u64>,
    /// By group: what can be read of it.
    read: Vec<u64>,
}

impl Groups {
    /// The groups of the records. What was read is told with the places it was read from, since findings name them.
    pub fn of(store: &Store, beyond: &Beyond) -> Self {
        let mut groups = Self { of: vec![Vec::new(); store.schema.tables.len()], ..Self::default() };
        for t in outward(store) {
            groups.divide(store, t);
        }
        let hashes = all_rows(store);
        let (mut own, mut far) = (vec![0u64; groups.keys.len()], vec![0u64; groups.keys.len()]);
        for (t, hashes) in hashes.iter().enumerate().filter(|(_, hashes)| !hashes.is_empty()) {
            let (known, name, is_read) = (store.rows(t), text(&store.schema.tables[t].name), beyond.tables.contains(&t));
            for ((row, hash), &group) in (0u32..).zip(hashes).zip(&groups.of[t]) {
                let hash = mixed(name, whole(known, row, *hash));
                add(&mut own, group, hash);
                if is_read {
                    add(&mut far, group, hash);
                }
            }
        }
        let anybody = anybodys(store, beyond, hashes);
        groups.read = own;
        groups.read.iter_mut().for_each(|read| *read = mixed(anybody, *read));
        groups.look_around(store, &far);
        groups.look_along(store, &beyond.ways);
        groups
    }

    /// The group of a row.
    #[inline]
    pub fn group(&self, table: TableId, row: RowId) -> usize {
        self.of.get(table).and_then(|of| of.get(row as usize)).map_or(usize::MAX, |&group| group as usize)
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What tells a group from all others, and what can be read of it.
    pub fn state(&self, group: usize) -> Option<(u64, u64)> {
        Some((*self.keys.get(group)?, *self.read.get(group)?))
    }

    /// Puts the rows of a table into groups: those of their owners, which are known already.
    fn divide(&mut self, store: &Store, table: TableId) {
        let def = &store.schema.tables[table];
        let known = store.rows(table);
        if let Some(joined) = &def.joined {
            let base = &self.of[joined.from];
            self.of[table] = known.made_of.iter().map(|(first, _)| base.get(*first as usize).copied().unwrap_or(u32::MAX)).collect();
            return;
        }
        let name = text(&def.name);
        let owners = def.owner.and_then(|field| match (def.fields[field].ty, known.column(field)) {
            (FieldType::Ref(target), Some(Column::Ref(owners))) if target != table => Some((target, owners)),
            _ => None,
        });
        let mut of = Vec::with_capacity(known.len);
        for (row, key) in key_hashes(store, table).iter().enumerate() {
            let owner = owners.and_then(|(target, owners)| self.of[target].get(*owners.get(row)? as usize).copied());
            of.push(owner.unwrap_or_else(|| {
                self.keys.push(mixed(name, *key));
                (self.keys.len() - 1) as u32
            }));
        }
        self.of[table] = of;
    }

    /// Adds to each group what can be read of the groups next to it.
    fn look_around(&mut self, store: &Store, far: &[u64]) {
        for (t, def) in store.schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none()) {
            for (f, field) in def.fields.iter().enumerate().filter(|(f, _)| def.owner != Some(*f)) {
                let (FieldType::Ref(target), Some(Column::Ref(refs))) = (field.ty, store.rows(t).column(f)) else { continue };
                let name = mixed(text(&def.name), text(&field.name));
                for (row, &to) in refs.iter().enumerate() {
                    let (Some(&here), Some(&there)) = (self.of[t].get(row), self.of[target].get(to as usize)) else { continue };
                    if here == there {
                        continue;
                    }
                    let at = |group: u32| far.get(group as usize).copied().unwrap_or_default();
                    add(&mut self.read, here, mixed(name, at(there)));
                    add(&mut self.read, there, mixed(name.rotate_left(7), at(here)));
                }
            }
        }
    }

    /// Adds to each group what can be read from its rows on ways that lead further.
    fn look_along(&mut self, store: &Store, ways: &[(TableId, Ways)]) {
        let told: Vec<Vec<u64>> = ways.par_iter().map(|(table, ways)| ways::told(store, *table, ways)).collect();
        for (number, ((table, _), told)) in (1..).zip(ways.iter().zip(told)) {
            let of = self.of.get(*table).map(Vec::as_slice).unwrap_or_default();
            let rows = of.iter().zip(key_hashes(store, *table)).zip(told);
            rows.for_each(|((&group, key), told)| add(&mut self.read, group, mixed(number, mixed(*key, told))));
        }
    }
}

/// Adds to one of some sums.
pub(super) fn add(sums: &mut [u64], group: u32, more: u64) {
    if let Some(sum) = sums.get_mut(group as usize) {
        *sum = sum.wrapping_add(more);
    }
}

/// Tables whose owners come before them.
fn outward(store: &Store) -> Vec<TableId> {
    let tables = &store.schema.tables;
    let mut done: Vec<TableId> = Vec::new();
    while done.len() < tables.len() {
        let ready = |t: &TableId| {
            let def = &tables[*t];
            let after = def.joined.as_ref().map(|j| j.from).or_else(|| match def.fields[def.owner?].ty {
                FieldType::Ref(target) if target != *t => Some(target),
                _ => None,
            });
            !done.contains(t) && after.is_none_or(|after| done.contains(&after))
        };
        // In a circle, any.
        let next = (0..tables.len()).find(ready).or_else(|| (0..tables.len()).find(|t| !done.contains(t)));
        done.extend(next);
    }
    done
}

/// The hash of a row with its place and with all that is known of it besides its cells.
pub(super) fn whole(known: &Rows, row: RowId, hash: u64) -> u64 {
    let (file, line) = known.origin.get(row as usize).unwrap_or((u32::MAX, u32::MAX));
    let mut hash = mixed(mixed(hash, u64::from(file) << 32 | u64::from(line)), u64::from(known.is_open(row)));
    for (marked, kind) in [(&known.attested, 0), (&known.apart, 1 << 32)] {
        if !marked.is_empty() {
            hash = marked.range((row, 0)..=(row, FieldId::MAX)).fold(hash, |hash, (_, field)| mixed(hash, (*field as u64 + 1) | kind));
        }
    }
    hash
}

/// The rows that may be anybody's: those in which a reference that is gone through backwards is blank or could not be read, unless it
/// is known whose they are all the same.
fn anybodys(store: &Store, beyond: &Beyond, hashes: &[Vec<u64>]) -> u64 {
    let tables = &store.schema.tables;
    let mut sum = 0u64;
    for &(t, f) in &beyond.gathered {
        let base = tables.get(t).and_then(|def| def.joined.as_ref()).map_or(t, |joined| joined.from);
        let (Some(def), Some(Column::Ref(refs)), Some(hashes)) = (tables.get(base), store.rows(base).column(f), hashes.get(base)) else {
            continue;
        };
        let FieldType::Ref(target) = def.fields[f].ty else { continue };
        let whose = |t: TableId| tables[t].owner.map(|owner| tables[t].fields[owner].ty);
        let known_otherwise = def.owner.is_some_and(|own| own != f) && whose(target).is_some() && whose(target) == whose(base);
        let name = mixed(text(&def.name), f as u64);
        for (row, (to, hash)) in (0u32..).zip(refs.iter().zip(hashes)) {
            if !matches!(*to, BLANK_ROW | BAD_ROW) {
                continue;
            }
            let owner = def.owner.filter(|_| known_otherwise).and_then(|own| store.follow(base, row, own));
            if owner.is_none() {
                sum = sum.wrapping_add(mixed(name, whole(store.rows(base), row, *hash)));
            }
        }
    }
    sum
}
