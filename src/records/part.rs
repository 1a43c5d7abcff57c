//! What a sheet has read: rows of one table of one file, ready to be put together with others.

use super::correct::Stood;
use super::fill::Fill;
use super::origin::Origins;
use super::problem::Problem;
use super::schema::{FieldId, TableId};
use super::text::{Keys, Sym};
use std::collections::BTreeMap;

/// Some rows of one table, all from one file.
#[derive(Debug)]
pub(super) struct Part {
    pub table: TableId,
    pub file: String,
    pub fills: Vec<Fill>,
    pub keys: Keys,
    pub origins: Origins,
    /// Rows refused; empty if none is.
    pub ghost: Vec<bool>,
    /// Ghosts that stand for rows their source does not tell; empty if none does.
    pub open_rows: Vec<bool>,
    /// How many these are.
    pub open: usize,
    /// Rows that said again what one of these says.
    pub merged: u64,
    /// Tells apart sheets of one file and table whose columns are headed otherwise.
    pub variant: u32,
    /// What its rows are counted under, if not the file.
    pub counted_as: Option<String>,
    /// Its rows are named by their keys.
    pub by_key: bool,
    pub len: usize,
    pub refused: u64,
    /// Rows refused by what was found wrong first.
    pub reasons: BTreeMap<&'static str, u64>,
    pub problems: Vec<Problem>,
    /// Where the rows stood that these stand for.
    pub corrected: Vec<Stood>,
    /// Cells that say outright that there is nothing.
    pub attested: Vec<(u32, FieldId)>,
    /// The source it is of, if not the one being read.
    pub source: Option<u32>,
    /// Rows that are no records, by what they are.
    pub aside: BTreeMap<&'static str, u64>,
}

impl Part {
    /// No rows.
    pub(super) fn new(table: TableId, file: &str) -> Self {
        Self {
            table,
            file: file.to_owned(),
            fills: Vec::new(),
            keys: Keys::default(),
            origins: Origins::default(),
            ghost: Vec::new(),
            open_rows: Vec::new(),
            open: 0,
            merged: 0,
            variant: 0,
            counted_as: None,
            by_key: false,
            len: 0,
            refused: 0,
            reasons: BTreeMap::new(),
            problems: Vec::new(),
            corrected: Vec::new(),
            attested: Vec::new(),
            source: None,
            aside: BTreeMap::new(),
        }
    }

    /// Gives its texts the numbers they have in other texts.
    pub(super) fn renumber(&mut self, numbers: &[Sym]) {
        self.fills.iter_mut().for_each(|fill| fill.renumber(numbers));
    }
}
