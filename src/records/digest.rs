//! What the records hold of each person, unit and matter, as a number: equal numbers show that nothing of it changed. The order of
//! rows, the names of files and the numbers of lines are no part of it. 64 bits: not proof against forgery, nor meant to be.

use super::column::Column;
use super::schema::{FieldId, FieldType, TableId};
use super::store::{RowId, Store};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// By subject (table and key), what is held of it with all that belongs to it; sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    all: Vec<(u64, [u64; 2])>,
}

/// How much of a subject is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Its own row.
    Row,
    /// Its row, the rows that refer to it, those that refer to them, and so on.
    Everything,
}

impl Digest {
    /// Of the records.
    pub fn of(store: &Store) -> Self {
        let own = all_rows(store);
        let deep = gathered(store, own);
        let mut all = Vec::new();
        for t in subjects(store) {
            let name = text(&store.schema.tables[t].name);
            let pairs = own[t].iter().zip(&deep[t]).zip(key_hashes(store, t));
            all.extend(pairs.map(|((own, deep), key)| (mixed(name, *key), [*own, *deep])));
        }
        // Everything, for what is found of all subjects together.
        let whole = own.iter().zip(&store.schema.tables).filter(|(_, def)| def.joined.is_none());
        let whole = whole.fold(0, |sum: u64, (rows, def)| {
            let table = text(&def.name);
            rows.iter().fold(sum, |sum, row| sum.wrapping_add(mixed(table, *row)))
        });
        all.push((text("*"), [whole; 2]));
        all.sort_unstable();
        Self { all }
    }

    /// What is held of a subject; none where it is not among the records.
    pub fn get(&self, table: &str, key: &str, depth: Depth) -> Option<u64> {
        self.at(mixed(text(table), text(key)), depth)
    }

    /// What is held of everything.
    pub fn whole(&self) -> Option<u64> {
        self.at(text("*"), Depth::Everything)
    }

    fn at(&self, subject: u64, depth: Depth) -> Option<u64> {
        let i = self.all.binary_search_by_key(&subject, |(s, _)| *s).ok()?;
        let [own, deep] = self.all.get(i)?.1;
        Some(match depth {
            Depth::Row => own,
            Depth::Everything => deep,
        })
    }

    /// As bytes, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.all.iter().flat_map(|(subject, [own, deep])| [*subject, *own, *deep]).flat_map(u64::to_le_bytes).collect()
    }

    /// From bytes; none where they are not whole.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut numbers = bytes.chunks_exact(8).filter_map(|c| Some(u64::from_le_bytes(c.try_into().ok()?)));
        if !bytes.len().is_multiple_of(24) {
            return None;
        }
        let mut all = Vec::with_capacity(bytes.len() / 24);
        while let (Some(subject), Some(own), Some(deep)) = (numbers.next(), numbers.next(), numbers.next()) {
            all.push((subject, [own, deep]));
        }
        Some(Self { all })
    }
}

/// The columns that were read: records of which other columns were read cannot be compared by their digests.
pub fn columns(store: &Store) -> Vec<String> {
    let mut names = Vec::new();
    for (t, def) in store.schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none()) {
        let read = def.fields.iter().enumerate().filter(|(f, _)| store.rows(t).column(*f).is_some());
        names.extend(read.map(|(_, field)| format!("{}.{}", def.name, field.name)));
    }
    names.sort();
    names
}

/// The tables that others refer to and that are not derived.
fn subjects(store: &Store) -> BTreeSet<TableId> {
    let tables = &store.schema.tables;
    let referred = tables.iter().flat_map(|def| &def.fields).filter_map(|f| match f.ty {
        FieldType::Ref(target) => Some(target),
        _ => None,
    });
    referred.filter(|&t| tables[t].joined.is_none()).collect()
}

/// The hash of each row by itself, by table.
pub(super) fn all_rows(store: &Store) -> &[Vec<u64>] {
    let derived = |t: TableId| store.schema.tables[t].joined.is_some();
    let rows = |t| if derived(t) { Vec::new() } else { hashes(store, t, &|_| true) };
    store.hashes.get_or_init(|| (0..store.schema.tables.len()).into_par_iter().map(rows).collect())
}

/// The hash of each key of a table.
pub(super) fn key_hashes(store: &Store, table: TableId) -> &[u64] {
    let rows = store.rows(table);
    rows.key_hashes.get_or_init(|| (0..rows.len).map(|r| text(rows.keys.get(r))).collect())
}

/// The hash of each row by itself, of some of its fields.
pub(super) fn hashes(store: &Store, table: TableId, wanted: &dyn Fn(FieldId) -> bool) -> Vec<u64> {
    let def = &store.schema.tables[table];
    let rows = store.rows(table);
    let state = |r: usize| u64::from(rows.is_ghost(r as RowId)) * 2 + u64::from(rows.is_void(r as RowId));
    let mut hashes: Vec<u64> = key_hashes(store, table).iter().enumerate().map(|(r, key)| mixed(*key, state(r))).collect();
    for (f, field) in def.fields.iter().enumerate().filter(|(f, _)| wanted(*f)) {
        let Some(column) = rows.column(f) else { continue };
        let name = text(&field.name);
        let mut add = |r: usize, value: u64| {
            if let Some(hash) = hashes.get_mut(r) {
                *hash = hash.wrapping_add(mixed(name, value));
            }
        };
        match column {
            Column::Date(v) => v.iter().enumerate().for_each(|(r, d)| add(r, mixed(d.lo.0 as u64, d.hi.0 as u64))),
            Column::Int(v) => v.iter().enumerate().for_each(|(r, n)| add(r, *n as u64)),
            Column::Number(v) => v.iter().enumerate().for_each(|(r, n)| add(r, *n as u64)),
            Column::Bool(v) => v.iter().enumerate().for_each(|(r, b)| add(r, u64::from(*b))),
            Column::Code(v) => {
                // By its word: a list may be put in another order.
                let FieldType::Code(list) = field.ty else { continue };
                let words: Vec<u64> =
                    (0..=u8::MAX).map(|c| store.schema.lists.get(list).and_then(|l| l.value(c)).map_or(u64::from(c), text)).collect();
                v.iter().enumerate().for_each(|(r, c)| add(r, words.get(usize::from(*c)).copied().unwrap_or(0)));
            }
            Column::Text(v) => {
                v.iter().enumerate().for_each(|(r, s)| add(r, store.texts.get(*s).map_or(u64::from(s.0), text)));
            }
            Column::Ref(v) => {
                let FieldType::Ref(target) = field.ty else { continue };
                let known = key_hashes(store, target);
                let far = rows.far.get(f).and_then(Option::as_ref);
                for (r, &to) in v.iter().enumerate() {
                    let beyond = || far.and_then(|far| store.texts.get(*far.get(r)?)).map_or(u64::from(to), text);
                    add(r, known.get(to as usize).copied().unwrap_or_else(beyond));
                }
            }
        }
    }
    hashes
}

/// Each row that others may refer to with all that refers to it: tables from which nothing leads on come last.
fn gathered(store: &Store, own: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let tables = &store.schema.tables;
    let mut deep: Vec<Vec<u64>> = vec![Vec::new(); tables.len()];
    subjects(store).into_iter().for_each(|t| deep[t].clone_from(&own[t]));
    let mut left: BTreeSet<TableId> = (0..tables.len()).filter(|&t| tables[t].joined.is_none()).collect();
    while let Some(&first) = left.first() {
        // One that no table left refers to; in a circle, any.
        let refers = |t: TableId, to: TableId| t != to && tables[t].fields.iter().any(|f| f.ty == FieldType::Ref(to));
        let next = left.iter().copied().find(|&t| !left.iter().any(|&other| refers(other, t))).unwrap_or(first);
        left.remove(&next);
        let mut here = std::mem::take(&mut deep[next]);
        for (f, field) in tables[next].fields.iter().enumerate() {
            let (FieldType::Ref(target), Some(Column::Ref(v))) = (field.ty, store.rows(next).column(f)) else { continue };
            let name = mixed(text(&tables[next].name), text(&field.name));
            let put = |to: &mut [u64], from: &[u64]| {
                for (&to_row, from) in v.iter().zip(from) {
                    if let Some(hash) = to.get_mut(to_row as usize) {
                        *hash = hash.wrapping_add(mixed(name, *from));
                    }
                }
            };
            match target == next {
                // Rows of the same table: as they were before, so that a chain of them counts each once.
                true => put(&mut here, &own[next]),
                false if here.is_empty() => put(&mut deep[target], &own[next]),
                false => put(&mut deep[target], &here),
            }
        }
        deep[next] = here;
    }
    deep
}

/// A text as a number.
pub(super) fn text(text: &str) -> u64 {
    let mut hash = mixed(0x5bd1_e995, text.len() as u64);
    for chunk in text.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word.iter_mut().zip(chunk).for_each(|(w, b)| *w = *b);
        hash = mixed(hash, u64::from_le_bytes(word));
    }
    hash
}

/// Two numbers as one in which every bit of either tells.
pub(super) fn mixed(a: u64, b: u64) -> u64 {
    let mut x = a.rotate_left(29).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_add(0xd1b5_4a32_d192_ed03);
    x = (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x = (x ^ (x >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ (x >> 32)
}
