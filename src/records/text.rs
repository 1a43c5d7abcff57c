//! Texts: short strings held once, and the keys of rows held end to end.

use rustc_hash::FxHashMap;

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

/// Every text of the records, each held once.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    index: FxHashMap<Box<str>, u32>,
    all: Vec<Box<str>>,
}

impl Texts {
    /// The number of a text, which is added if new.
    pub fn intern(&mut self, text: &str) -> Sym {
        if let Some(&id) = self.index.get(text) {
            return Sym(id);
        }
        let id = u32::try_from(self.all.len()).unwrap_or(Sym::BAD.0);
        self.index.insert(text.into(), id);
        self.all.push(text.into());
        Sym(id)
    }

    /// The number of a text, if it occurs at all.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.index.get(text).map(|&id| Sym(id))
    }

    /// The text of a number; markers have none.
    pub fn get(&self, sym: Sym) -> Option<&str> {
        self.all.get(sym.0 as usize).map(AsRef::as_ref)
    }
}

/// Strings held end to end, one a row: keys, and references not yet resolved.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    bytes: String,
    ends: Vec<u32>,
}

impl Keys {
    /// Adds the next row's string.
    pub fn push(&mut self, key: &str) {
        self.bytes.push_str(key);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    /// The string of a row; empty beyond the end.
    pub fn get(&self, row: usize) -> &str {
        let start = match row.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(0),
            None => 0,
        };
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.bytes.get(start as usize..end as usize).unwrap_or("")
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The same rows in another order.
    #[must_use]
    pub fn reordered(&self, order: &[u32]) -> Self {
        let mut keys = Self { bytes: String::with_capacity(self.bytes.len()), ends: Vec::with_capacity(order.len()) };
        order.iter().for_each(|&i| keys.push(self.get(i as usize)));
        keys
    }

    /// Whether every key is greater than the one before: then no two are equal.
    pub fn ascending(&self) -> bool {
        (1..self.len()).all(|i| self.get(i - 1) < self.get(i))
    }
}
