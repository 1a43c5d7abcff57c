//! Texts: short strings held once, and the keys of rows held end to end.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A text's number in [`Texts`], or a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sym(pub u32);

impl Sym {
    /// Could not be read.
    pub const BAD: Self = Self(u32::MAX);
    /// Was blank.
    pub const BLANK: Self = Self(u32::MAX - 1);
    /// Is blank, and the blank means "none".
    pub const NONE: Self = Self(u32::MAX - 2);

    /// Whether it is a text, not a marker.
    pub fn is_text(self) -> bool {
        self.0 < Self::NONE.0
    }
}

pub(super) fn hash(text: &str) -> u64 {
    hash_bytes(text.as_bytes())
}

#[inline]
fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Every text of the records, each held once, end to end.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: Keys,
    index: HashTable<u32>,
}

impl Texts {
    /// The number of a text, which is added if new. [`Sym::BAD`] once four billion bytes are full.
    #[inline]
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = hash(text);
        if let Some(&id) = self.index.find(hash, |&id| self.all.get(id as usize) == text) {
            return Sym(id);
        }
        let id = self.all.len();
        if !self.all.try_push(text) {
            return Sym::BAD;
        }
        let id = id as u32;
        let all = &self.all;
        self.index.insert_unique(hash, id, |&other| self::hash(all.get(other as usize)));
        Sym(id)
    }

    /// The number of a text, if it occurs at all.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.find_bytes(text.as_bytes())
    }

    /// The number of the text of these bytes, if it occurs at all.
    #[inline]
    pub(super) fn find_bytes(&self, bytes: &[u8]) -> Option<Sym> {
        self.index.find(hash_bytes(bytes), |&id| self.all.bytes(id as usize) == bytes).map(|&id| Sym(id))
    }

    /// The text of a number; markers have none.
    pub fn get(&self, sym: Sym) -> Option<&str> {
        let row = sym.0 as usize;
        (row < self.all.len()).then(|| self.all.get(row))
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes in all texts of another set; the result says which number each has here.
    pub(super) fn take_in(&mut self, other: &Self) -> Vec<Sym> {
        (0..other.len()).map(|i| self.intern(other.all.get(i))).collect()
    }

    /// All texts, by their numbers.
    pub(super) fn all(&self) -> &Keys {
        &self.all
    }

    /// Texts, each once, by their numbers.
    pub(super) fn of(all: Keys) -> Self {
        let mut index = HashTable::with_capacity(all.len());
        for id in 0..all.len() as u32 {
            index.insert_unique(hash(all.get(id as usize)), id, |&other| hash(all.get(other as usize)));
        }
        Self { all, index }
    }

    /// Gives up what only filling needs room for.
    pub(super) fn shrink(&mut self) {
        self.all.shrink();
    }
}

/// Strings held end to end, one a row.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    bytes: String,
    ends: Vec<u32>,
}

impl Keys {
    /// Adds the next row's string; an empty one when four billion bytes are full.
    #[inline]
    pub fn push(&mut self, key: &str) {
        if !self.try_push(key) {
            self.ends.push(self.bytes.len() as u32);
        }
    }

    /// Adds the next row's string if there is room for it.
    #[inline]
    fn try_push(&mut self, key: &str) -> bool {
        // Markers of `Sym` and of row numbers stay free, too.
        let room = u32::MAX as usize - 16;
        if self.bytes.len() + key.len() > room || self.ends.len() >= room {
            return false;
        }
        self.bytes.push_str(key);
        self.ends.push(self.bytes.len() as u32);
        true
    }

    /// The string of a row; empty beyond the end.
    #[inline]
    pub fn get(&self, row: usize) -> &str {
        self.bytes.get(self.place(row)).unwrap_or("")
    }

    /// The bytes of a row's string.
    #[inline]
    fn bytes(&self, row: usize) -> &[u8] {
        self.bytes.as_bytes().get(self.place(row)).unwrap_or(&[])
    }

    #[inline]
    fn place(&self, row: usize) -> std::ops::Range<usize> {
        let start = match row.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(0),
            None => 0,
        };
        start as usize..self.ends.get(row).copied().unwrap_or(start) as usize
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The rows of another after these.
    pub(super) fn append(&mut self, other: &Self) {
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        let fits = self.bytes.len() + other.bytes.len() < u32::MAX as usize - 16;
        if !fits {
            (0..other.len()).for_each(|i| self.push(other.get(i)));
            return;
        }
        let shift = self.bytes.len() as u32;
        self.bytes.push_str(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| end + shift));
    }

    /// No rows yet, and room for so many.
    pub(super) fn with_room(rows: usize, bytes: usize) -> Self {
        Self { bytes: String::with_capacity(bytes), ends: Vec::with_capacity(rows) }
    }

    /// All of them, end to end.
    pub(super) fn all(&self) -> &str {
        &self.bytes
    }

    /// Strings given end to end with their lengths after these; none where there is no room or the lengths do not fit.
    pub(super) fn append_text(&mut self, text: &str, lengths: impl Iterator<Item = u32>) -> Option<()> {
        let room = u32::MAX as usize - 16;
        if self.bytes.len() + text.len() > room {
            return None;
        }
        let mut end = self.bytes.len() as u32;
        self.bytes.push_str(text);
        self.ends.extend(lengths.map(|length| {
            end = end.wrapping_add(length);
            end
        }));
        (end as usize == self.bytes.len() && self.ends.len() < room).then_some(())
    }

    /// Some rows of another after these; none where there is no room.
    pub(super) fn append_rows(&mut self, other: &Self, rows: std::ops::Range<usize>) -> Option<()> {
        let start = if rows.start == 0 { 0 } else { *other.ends.get(rows.start - 1)? };
        let ends = other.ends.get(rows)?;
        let text = other.bytes.get(start as usize..ends.last().copied().unwrap_or(start) as usize)?;
        let mut before = start;
        let lengths = ends.iter().map(|&end| end.wrapping_sub(std::mem::replace(&mut before, end)));
        self.append_text(text, lengths)
    }

    /// The same rows in another order.
    #[must_use]
    pub fn reordered(&self, order: &[u32]) -> Self {
        let mut keys = Self { bytes: String::with_capacity(self.bytes.len()), ends: Vec::with_capacity(order.len()) };
        order.iter().for_each(|&i| keys.push(self.get(i as usize)));
        keys
    }

    /// Whether every key is greater than the one before, shorter ones first: then no two are equal.
    pub fn ascending(&self) -> bool {
        let before = |a: &str, b: &str| (a.len(), a) < (b.len(), b);
        (1..self.len()).all(|i| before(self.get(i - 1), self.get(i)))
    }

    /// Makes room for so many rows more.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.ends.reserve(rows);
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The rows by their keys; of equal keys the first.
    pub(super) fn index(&self) -> KeyIndex<'_> {
        let mut index = HashTable::with_capacity(self.len());
        for row in 0..self.len() as u32 {
            let key = self.get(row as usize);
            let same = |&other: &u32| self.get(other as usize) == key;
            index.entry(hash(key), same, |&other| hash(self.get(other as usize))).or_insert(row);
        }
        KeyIndex { keys: self, index }
    }
}

/// Rows by key.
#[derive(Debug)]
pub(super) struct KeyIndex<'k> {
    keys: &'k Keys,
    index: HashTable<u32>,
}

impl KeyIndex<'_> {
    /// The first row of a key.
    #[inline]
    pub(super) fn get(&self, key: &str) -> Option<u32> {
        self.index.find(hash(key), |&row| self.keys.get(row as usize) == key).copied()
    }
}

/// References not yet resolved, one a row: a number in `distinct`, or one of the markers of a [`super::Column::Ref`].
/// Rows of one owner mostly follow one another: a key equal to the one before is held once.
#[derive(Clone, Debug, Default)]
pub(super) struct RefKeys {
    pub distinct: Keys,
    pub at: Vec<u32>,
}

impl RefKeys {
    /// Adds the next row's reference.
    #[inline]
    pub(super) fn push(&mut self, key: &str) {
        let last = self.distinct.len().wrapping_sub(1);
        if last == usize::MAX || self.distinct.get(last) != key {
            self.distinct.push(key);
        }
        self.at.push((self.distinct.len() - 1) as u32);
    }

    /// Adds the next row's reference if it is that of the row before; whether it is.
    #[inline]
    pub(super) fn push_again(&mut self, key: &[u8]) -> bool {
        let last = self.distinct.len().wrapping_sub(1);
        let again = last != usize::MAX && self.distinct.bytes(last) == key;
        if again {
            self.at.push(last as u32);
        }
        again
    }

    /// Adds a marker for the next row.
    #[inline]
    pub(super) fn mark(&mut self, marker: u32) {
        self.at.push(marker);
    }

    /// The key of a row; empty for markers.
    pub(super) fn get(&self, row: usize) -> &str {
        self.at.get(row).map_or("", |&i| self.distinct.get(i as usize))
    }

    pub(super) fn append(&mut self, other: &Self) {
        let shift = self.distinct.len() as u32;
        let known = other.distinct.len() as u32;
        self.distinct.append(&other.distinct);
        self.at.extend(other.at.iter().map(|&i| if i < known { i + shift } else { i }));
    }

    /// Whether two rows refer to the same, or say alike that they do not.
    pub(super) fn same(&self, a: usize, b: usize) -> bool {
        match (self.at.get(a), self.at.get(b)) {
            (Some(x), Some(y)) => x == y || (self.get(a) == self.get(b) && !self.get(a).is_empty()),
            _ => false,
        }
    }

    /// Some rows of another, which are in the order in which they were read, after these; none where there is no room.
    pub(super) fn append_rows(&mut self, other: &Self, rows: std::ops::Range<usize>) -> Option<()> {
        let known = other.distinct.len() as u32;
        let at = other.at.get(rows)?;
        let keys = at.iter().copied().filter(|&at| at < known);
        let (Some(first), Some(last)) = (keys.clone().min(), keys.max()) else {
            self.at.extend_from_slice(at);
            return Some(());
        };
        let have = self.distinct.len() as u32;
        self.distinct.append_rows(&other.distinct, first as usize..last as usize + 1)?;
        self.at.extend(at.iter().map(|&at| if at < known { at - first + have } else { at }));
        Some(())
    }

    pub(super) fn reorder(&mut self, order: &[u32]) {
        self.at = order.iter().filter_map(|&i| self.at.get(i as usize).copied()).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_held_once_and_found_again() {
        let mut texts = Texts::default();
        let numbers: Vec<Sym> = (0..1000).map(|i| texts.intern(&format!("文号{}", i % 300))).collect();
        assert_eq!(texts.len(), 300);
        assert_eq!(numbers[0], numbers[300]);
        assert_eq!(texts.get(numbers[299]), Some("文号299"));
        assert_eq!(texts.find("文号7"), Some(numbers[7]));
        assert_eq!(texts.get(Sym::BLANK), None);
    }

    #[test]
    fn keys_counted_up_are_ascending_with_and_without_zeros_in_front() {
        let keys = |all: &[&str]| {
            let mut keys = Keys::default();
            all.iter().for_each(|k| keys.push(k));
            keys
        };
        assert!(keys(&["S8", "S9", "S10"]).ascending());
        assert!(keys(&["P001", "P002"]).ascending());
        assert!(!keys(&["P1", "P1"]).ascending());
        assert!(!keys(&["S10", "S9"]).ascending());
    }

    #[test]
    fn references_joined_from_two_parts_keep_their_keys() {
        let (mut a, mut b) = (RefKeys::default(), RefKeys::default());
        ["x", "x", "y"].iter().for_each(|k| a.push(k));
        b.push("y");
        b.mark(u32::MAX);
        b.push("z");
        a.append(&b);
        let all: Vec<&str> = (0..6).map(|i| a.get(i)).collect();
        assert_eq!(all, ["x", "x", "y", "y", "", "z"]);
    }
}
