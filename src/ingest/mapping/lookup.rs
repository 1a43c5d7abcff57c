//! What a mapping looks up in other source tables: they are read first, and of each no more is kept than what is asked for.

use super::bind::{Headers, Test, any_holds};
use super::names::said;
use super::people::{People, PersonAt};
use super::tables::{Askew, Visitor};
use super::{Block, Lookup, Mapping, Pick};
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

/// What the sources of a mapping are asked before they are read: what is looked up in them, and who the people are.
#[derive(Debug, Default)]
pub(super) struct Finds {
    /// By number of the lookup.
    pub lookups: Vec<Found>,
    pub people: People,
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
    mapping: &'m Mapping,
    pub found: Finds,
    name: String,
    cited: String,
    /// The lookups that look in the table at hand: their columns.
    at: Vec<At<'m>>,
    /// The blocks by which the table at hand lists people.
    lists: Vec<List<'m>>,
}

struct At<'m> {
    lookup: usize,
    by: Vec<usize>,
    column: usize,
    only: Vec<Test<'m>>,
}

struct List<'m> {
    person: PersonAt,
    /// What the column of names is headed.
    header: String,
    only: Vec<Test<'m>>,
    except: Vec<Test<'m>>,
}

impl<'m> Finding<'m> {
    pub(super) fn new(mapping: &'m Mapping) -> Self {
        let empty = |l: &Lookup| Found { cited: l.cited.clone(), may_be_none: !matches!(l.pick, Pick::Only), ..Found::default() };
        let found = Finds { lookups: mapping.lookups.iter().map(empty).collect(), people: People::default() };
        Self { mapping, found, name: String::new(), cited: String::new(), at: Vec::new(), lists: Vec::new() }
    }

    /// Whether there is anything to find.
    pub(super) fn is_needed(&self) -> bool {
        !self.mapping.lookups.is_empty() || self.mapping.blocks.iter().any(|b| b.lists_people)
    }
}

impl Visitor for Finding<'_> {
    fn begin(&mut self, name: &str, cited: &str) -> bool {
        name.clone_into(&mut self.name);
        cited.clone_into(&mut self.cited);
        self.at.clear();
        self.lists.clear();
        let may_list = |b: &Block| b.lists_people && (b.from.is_empty() || b.from.mean(name));
        self.mapping.lookups.iter().any(|l| l.from.mean(name)) || self.mapping.blocks.iter().any(may_list)
    }

    fn knows(&self, header: &str) -> bool {
        self.mapping.names_column(&self.name, header)
    }

    fn head(&mut self, _line: u32, headers: Headers) -> bool {
        for (i, lookup) in self.mapping.lookups.iter().enumerate().filter(|(_, l)| l.from.mean(&self.name)) {
            let by: Option<Vec<usize>> = lookup.by.iter().map(|c| headers.at(c)).collect();
            let (Some(by), Some(column)) = (by, headers.at(&lookup.column)) else { continue };
            if let Some(found) = self.found.lookups.get_mut(i) {
                found.is_there = true;
            }
            self.at.push(At { lookup: i, by, column, only: Test::all(&lookup.only, &headers) });
        }
        for block in self.mapping.blocks_of(&self.name, &headers) {
            let Some(person) = block.person_at(&headers) else { continue };
            let header = person.name().and_then(|c| headers.plain.get(c)).cloned().unwrap_or_default();
            let (only, except) = (Test::all(&block.only, &headers), Test::all(&block.except, &headers));
            self.lists.push(List { person, header, only, except });
        }
        !self.at.is_empty() || !self.lists.is_empty()
    }

    fn needs(&self, column: usize) -> bool {
        let tested = |tests: &[Test<'_>]| tests.iter().any(|t| t.column == Some(column));
        self.at.iter().any(|a| a.column == column || a.by.contains(&column) || tested(&a.only))
            || self.lists.iter().any(|l| l.person.columns().any(|c| c == column) || tested(&l.only) || tested(&l.except))
    }

    fn row(&mut self, line: u32, cells: &[Cell<'_>], wrong: Option<&Askew<'_>>) {
        if wrong.is_some() {
            return;
        }
        for at in &self.at {
            if at.only.iter().any(|t| t.holds(cells) != Some(true)) {
                continue;
            }
            let (Some(lookup), Some(found)) = (self.mapping.lookups.get(at.lookup), self.found.lookups.get_mut(at.lookup)) else {
                continue;
            };
            let Some(key) = key_of(cells, &at.by).filter(|k| !k.is_empty()) else { continue };
            let value = said(cells.get(at.column).unwrap_or(&Cell::Blank));
            found.add(key, value.as_deref(), &lookup.pick);
        }
        for list in &self.lists {
            if list.only.iter().any(|t| t.holds(cells) != Some(true)) || any_holds(&list.except, cells) {
                continue;
            }
            // What is wrong with it is told where the row is read.
            if let Ok(who) = list.person.who(cells) {
                self.found.people.meet(&who, (&self.cited, line), &list.header);
            }
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
