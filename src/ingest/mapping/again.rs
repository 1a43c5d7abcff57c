//! Refused rows of a mapped database server, found again by the keys that the mapping makes of them: a server's rows have no lines.

use super::Mapping;
use super::bind::{Bound, Headers, Test};
use super::lookup::Finds;
use super::names;
use super::tables::{Askew, Visitor};
use crate::ingest::refused::{Keyed, Original};
use crate::records::{Cell, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// Copies the rows of some keys.
pub(super) struct ByKey<'k> {
    pub mapping: &'k Mapping,
    pub schema: &'k Schema,
    pub found: &'k Finds,
    pub keyed: &'k Keyed,
    pub name: String,
    pub cited: String,
    /// The keys wanted of the table at hand.
    pub wanted: BTreeSet<String>,
    /// What makes keys of the rows of the table at hand.
    pub keys: Vec<Making<'k>>,
    pub headers: Vec<String>,
    /// The rows there are now, by key.
    pub there: BTreeMap<String, Vec<Vec<String>>>,
    pub originals: Vec<(String, Original)>,
}

/// What makes the key of a row of one table of the records.
pub(super) struct Making<'k> {
    only: Vec<Test<'k>>,
    except: Vec<Test<'k>>,
    key: Bound<'k>,
}

impl Making<'_> {
    /// The key of a row, if it is one of the table's.
    fn key(&self, cells: &[Cell<'_>]) -> Option<String> {
        // A row whose conditions cannot be read was refused all the same.
        let is_one = self.only.iter().all(|t| t.holds(cells) != Some(false)) && !self.except.iter().any(|t| t.holds(cells) == Some(true));
        is_one.then(|| self.key.key(cells)).flatten()
    }
}

impl Visitor for ByKey<'_> {
    fn begin(&mut self, name: &str, cited: &str) -> bool {
        name.clone_into(&mut self.name);
        cited.clone_into(&mut self.cited);
        self.wanted = self.keyed.get(cited).into_iter().flat_map(|of| of.values()).filter(|k| !k.is_empty()).cloned().collect();
        self.keyed.contains_key(cited) && self.mapping.takes(name) != Some(false)
    }

    fn knows(&self, header: &str) -> bool {
        self.mapping.names_column(&self.name, header)
    }

    fn head(&mut self, _line: u32, headers: Headers) -> bool {
        let (mapping, schema, found) = (self.mapping, self.schema, self.found);
        let makings = mapping.blocks_of(&self.name, &headers).filter_map(|block| {
            let key = schema.tables.get(block.to)?.key;
            let bound = block.bound(&headers, schema, found, &|_, field| field == key);
            let (only, except) = (Test::all(&block.only, &headers), Test::all(&block.except, &headers));
            bound.into_iter().next().map(|key| Making { only, except, key })
        });
        self.keys = makings.collect();
        self.headers = headers.plain;
        self.there.clear();
        !self.keys.is_empty()
    }

    fn needs(&self, _column: usize) -> bool {
        true
    }

    fn row(&mut self, _line: u32, cells: &[Cell<'_>], _wrong: Option<&Askew<'_>>) {
        if let Some(key) = self.keys.iter().find_map(|made| made.key(cells).filter(|key| self.wanted.contains(key))) {
            let texts = cells.iter().map(|c| names::said(c).unwrap_or_default().into_owned()).collect();
            self.there.entry(key).or_default().push(texts);
        }
    }

    /// Where there are more or fewer rows of a key than were refused, nobody can say which one was meant.
    fn end(&mut self) {
        let Some(wanted) = self.keyed.get(&self.cited) else { return };
        let mut of_key: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        wanted.iter().for_each(|(line, key)| of_key.entry(key).or_default().push(*line));
        let mut original = Original { file: self.cited.clone(), headers: std::mem::take(&mut self.headers), rows: BTreeMap::new() };
        for (key, lines) in of_key {
            let rows = self.there.remove(key).filter(|rows| rows.len() == lines.len()).unwrap_or_default();
            original.rows.extend(lines.into_iter().zip(rows));
        }
        self.originals.push((self.name.clone(), original));
    }
}
