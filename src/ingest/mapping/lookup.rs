//! What a mapping looks up in other source tables: they are read first, and of each no more is kept than what is asked for.

use super::bind::{Headers, Test};
use super::names::said;
use super::tables::{Askew, Visitor};
use super::{Lookup, Mapping, Pick};
use crate::records::Cell;
use rustc_hash::FxHashMap;

/// What a lookup found, by the values of the columns compared.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// A source table is there to look in.
    pub is_there: bool,
    pub cited: String,
    hits: FxHashMap<String, Hit>,
    /// None found where the highest is asked for means that there is none.
    pub may_be_none: bool,
}

/// What stands under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hit {
    Value(String),
    /// Rows contradict each other.
    Several,
    /// One of the values is none that has a place in the list: it might be the highest.
    Unlisted(String),
}

/// Stands between the values of a key of several columns.
const BETWEEN: char = '\u{1f}';

impl Found {
    /// What stands under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Hit> {
        self.hits.get(key)
    }
}

/// The key of some cells: empty where all are blank, none where one is no text.
pub(super) fn key_of(cells: &[Cell<'_>], columns: &[usize]) -> Option<String> {
    let mut key = String::new();
    let mut blank = true;
    for (i, &column) in columns.iter().enumerate() {
        let text = said(cells.get(column).unwrap_or(&Cell::Blank))?;
        blank &= text.is_empty();
        if i > 0 {
            key.push(BETWEEN);
        }
        key.push_str(&text);
    }
    Some(if blank { String::new() } else { key })
}

/// Fills all lookups of a mapping from the tables it is shown.
pub(super) struct Finding<'m> {
    lookups: &'m [Lookup],
    pub found: Vec<Found>,
    name: String,
    /// The lookups that look in the table at hand: their columns.
    at: Vec<At<'m>>,
}

struct At<'m> {
    lookup: usize,
    by: Vec<usize>,
    column: usize,
    only: Vec<Test<'m>>,
}

impl<'m> Finding<'m> {
    pub(super) fn new(mapping: &'m Mapping) -> Self {
        let empty = |l: &Lookup| Found { cited: l.cited.clone(), may_be_none: !matches!(l.pick, Pick::Only), ..Found::default() };
        Self { lookups: &mapping.lookups, found: mapping.lookups.iter().map(empty).collect(), name: String::new(), at: Vec::new() }
    }
}

impl Visitor for Finding<'_> {
    fn begin(&mut self, name: &str, _cited: &str) -> bool {
        name.clone_into(&mut self.name);
        self.at.clear();
        self.lookups.iter().any(|l| l.from.mean(name))
    }

    fn knows(&self, header: &str) -> bool {
        let header = super::names::folded(header);
        self.lookups.iter().any(|l| l.from.mean(&self.name) && (l.column == header || l.by.contains(&header)))
    }

    fn head(&mut self, _line: u32, headers: Headers) -> bool {
        for (i, lookup) in self.lookups.iter().enumerate().filter(|(_, l)| l.from.mean(&self.name)) {
            let by: Option<Vec<usize>> = lookup.by.iter().map(|c| headers.at(c)).collect();
            let (Some(by), Some(column)) = (by, headers.at(&lookup.column)) else { continue };
            if let Some(found) = self.found.get_mut(i) {
                found.is_there = true;
            }
            self.at.push(At { lookup: i, by, column, only: Test::all(&lookup.only, &headers) });
        }
        !self.at.is_empty()
    }

    fn needs(&self, column: usize) -> bool {
        self.at.iter().any(|a| a.column == column || a.by.contains(&column) || a.only.iter().any(|t| t.column == Some(column)))
    }

    fn row(&mut self, _line: u32, cells: &[Cell<'_>], wrong: Option<&Askew<'_>>) {
        if wrong.is_some() {
            return;
        }
        for at in &self.at {
            if at.only.iter().any(|t| t.holds(cells) != Some(true)) {
                continue;
            }
            let (Some(lookup), Some(found)) = (self.lookups.get(at.lookup), self.found.get_mut(at.lookup)) else { continue };
            let Some(key) = key_of(cells, &at.by).filter(|k| !k.is_empty()) else { continue };
            let value = said(cells.get(at.column).unwrap_or(&Cell::Blank));
            found.add(key, value.as_deref(), &lookup.pick);
        }
    }
}

impl Found {
    fn add(&mut self, key: String, value: Option<&str>, pick: &Pick) {
        let known = self.hits.get(&key);
        let hit = match pick {
            Pick::Only => match (known, value) {
                (_, None) | (Some(Hit::Several), _) => Hit::Several,
                (Some(_), Some("")) => return,
                (Some(Hit::Value(old)), Some(new)) if !old.is_empty() && old != new => Hit::Several,
                (_, Some(new)) => Hit::Value(new.to_owned()),
            },
            Pick::Highest { worth, values } => {
                let at = |text: &str| worth.get(&super::names::folded(text)).copied();
                match (known, value) {
                    (Some(Hit::Unlisted(_)), _) | (Some(_), Some("")) => return,
                    (None, Some("")) => return,
                    (_, None) => Hit::Unlisted(String::new()),
                    (known, Some(new)) => match at(new) {
                        None => Hit::Unlisted(new.to_owned()),
                        Some(new) => {
                            let old = known.and_then(|k| if let Hit::Value(old) = k { at(old) } else { None });
                            let best = old.map_or(new, |old| old.min(new));
                            Hit::Value(values.get(usize::from(best)).cloned().unwrap_or_default())
                        }
                    },
                }
            }
        };
        self.hits.insert(key, hit);
    }
}
