//! One table of one file being read: cells come in row by row, are read by their field's type, and each row is kept or refused.
//! A sheet stands by itself, so that several can be filled at once; a [`super::Builder`] puts them together.

mod refuse;

use super::cell::{self, Bad, Cell};
use super::correct::Stood;
use super::fill::Fill;
use super::part::Part;
use super::problem::Problem;
use super::schema::{FieldId, FieldType, Schema, TableId};
use super::text::Texts;
use std::sync::Arc;

/// One table of one file being read: [`Sheet::start_row`], [`Sheet::cell`] for each column, [`Sheet::end_row`].
#[derive(Debug)]
pub struct Sheet {
    schema: Arc<Schema>,
    texts: Texts,
    part: Part,
    line: u32,
    /// How many cells of this row have been given.
    given: usize,
    /// Why this row is refused, if it is.
    refused: Option<&'static str>,
    /// The cells of this row are not in their places: what is wrong with them is not told.
    askew: bool,
}

impl Sheet {
    /// Starts a table of a file. `fields` are the fields that will be given, in the order of the cells, with their headers. Texts go
    /// on from those of an earlier sheet.
    pub(super) fn new(schema: &Arc<Schema>, table: TableId, file: &str, fields: Vec<(FieldId, String)>, texts: Texts) -> Self {
        let part = Part::new(table, file);
        let mut sheet = Self { schema: Arc::clone(schema), texts, part, line: 0, given: 0, refused: None, askew: false };
        for (field, header) in fields {
            sheet.column(field, header);
        }
        sheet
    }

    /// Adds a column, blank in the rows so far; its number for [`Sheet::cell`].
    pub fn column(&mut self, field: FieldId, header: String) -> usize {
        let Some(def) = self.schema.tables.get(self.part.table).and_then(|t| t.fields.get(field)) else {
            return usize::MAX;
        };
        let mut fill = Fill::new(def, field, header);
        let required = fill.required;
        (0..self.part.len).for_each(|_| fill.push_blank());
        self.part.fills.push(fill);
        if required && def.ty != FieldType::Id {
            self.refuse_all_before();
        }
        self.part.fills.len() - 1
    }

    /// One of several sheets of one file and table, whose fields stand in other columns of the file: cells are cited by those.
    pub fn variant(&mut self, number: u32) {
        self.part.variant = number;
    }

    /// It is of a source that was begun before.
    pub fn of_source(&mut self, source: u32) {
        self.part.source = Some(source);
    }

    /// It has so many rows that are no records, for what they are (a title, a total): counted, not read.
    pub fn set_aside(&mut self, what: &'static str, rows: u64) {
        if rows > 0 {
            *self.part.aside.entry(what).or_default() += rows;
        }
    }

    /// Its rows are counted under another name than the file's.
    pub fn counted_as(&mut self, name: &str) {
        self.part.counted_as = Some(name.to_owned());
    }

    /// So many more rows said again what others say, and went into those.
    pub fn merged(&mut self, rows: u64) {
        self.part.merged += rows;
    }

    /// Its rows are named by their keys: they have no lines that somebody could look up. Those without a key are named by the order they
    /// came in.
    pub fn by_key(&mut self) {
        self.part.by_key = true;
    }

    /// Makes room for so many rows, which are most likely to come.
    pub fn reserve(&mut self, rows: usize) {
        self.part.fills.iter_mut().for_each(|fill| fill.reserve(rows));
        self.part.keys.reserve(rows);
    }

    /// Serial numbers of days count from 1904, as in books of old Macintoshes.
    pub fn count_from_1904(&mut self) {
        self.part.fills.iter_mut().for_each(Fill::count_from_1904);
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.part.fills.len()
    }

    /// How many rows there are so far.
    pub fn rows(&self) -> usize {
        self.part.len
    }

    /// Starts the row on this physical line (or row number).
    #[inline]
    pub fn start_row(&mut self, line: u32) {
        self.line = line;
        self.given = 0;
        self.refused = None;
        self.askew = false;
    }

    /// Hands over the cell of the `index`-th column. Each column at most once a row; one left out is blank.
    // Inlined, so that a reader that knows what it has goes straight to it.
    #[inline(always)]
    pub fn cell(&mut self, index: usize, cell: Cell<'_>) {
        match cell {
            Cell::Blank => self.blank(index),
            Cell::Text(text) => self.text(index, text),
            cell => self.other(index, cell),
        }
    }

    #[inline(always)]
    fn blank(&mut self, index: usize) {
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        self.given += 1;
        fill.push_blank();
        if fill.required {
            self.lacking(index);
        }
    }

    /// A blank where there must be something: a key, or what the row cannot do without.
    #[cold]
    fn lacking(&mut self, index: usize) {
        if self.part.fills.get(index).is_some_and(Fill::is_key) {
            self.part.keys.push("");
        }
        self.reject(index, Cell::Blank, Bad::Missing);
    }

    fn text(&mut self, index: usize, text: &str) {
        let text = cell::trimmed(text);
        if text.is_empty() {
            return self.blank(index);
        }
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        if fill.may_be_none && self.schema.attests_none(text) {
            self.part.attested.push((self.part.len as u32, fill.field));
            return self.blank(index);
        }
        self.given += 1;
        if let Err(bad) = fill.put(Cell::Text(text), &mut self.part.keys, &mut self.texts, &self.schema) {
            self.reject(index, Cell::Text(text), bad);
        }
    }

    /// Hands over the cell of the `index`-th column as bytes that ought to be UTF-8; false if they are not, and no text. Dates, codes
    /// and what was read before need no proof of it.
    pub fn bytes(&mut self, index: usize, bytes: &[u8]) -> bool {
        let Some(fill) = self.part.fills.get_mut(index) else { return true };
        if fill.put_bytes(bytes, &mut self.part.keys, &self.texts, &self.schema) {
            self.given += 1;
            return true;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                self.text(index, text);
                true
            }
            Err(_) => {
                self.other(index, Cell::Garbled);
                false
            }
        }
    }

    fn other(&mut self, index: usize, cell: Cell<'_>) {
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        self.given += 1;
        if matches!(cell, Cell::Uncomputed) {
            fill.push_bad(&mut self.part.keys);
            return self.reject(index, cell, Bad::Uncomputed);
        }
        if let Err(bad) = fill.put(cell, &mut self.part.keys, &mut self.texts, &self.schema) {
            self.reject(index, cell, bad);
        }
    }

    /// The cell of the `index`-th column is not there at all: unknown.
    pub fn lost(&mut self, index: usize) {
        if let Some(fill) = self.part.fills.get_mut(index) {
            self.given += 1;
            fill.push_bad(&mut self.part.keys);
            if fill.required {
                self.refused.get_or_insert(Bad::Missing.code());
            }
        }
    }

    /// The cell of the `index`-th column is known to be unreadable, which was told before: it reads as unknown, and no more is made of it.
    pub fn unknown(&mut self, index: usize) {
        if let Some(fill) = self.part.fills.get_mut(index) {
            self.given += 1;
            fill.push_bad(&mut self.part.keys);
        }
    }

    /// Notes something of the file as a whole or a column of it.
    pub fn note(&mut self, problem: Problem) {
        self.part.problems.push(problem);
    }

    /// The current row stands for one that was refused, and stood there.
    pub fn corrects(&mut self, stood: Stood) {
        self.part.corrected.push(stood);
    }

    /// Ends the row: it is now kept or refused.
    #[inline]
    pub fn end_row(&mut self) {
        let row = self.part.len;
        self.close_row();
        if let Some(code) = self.refused {
            self.part.refused += 1;
            *self.part.reasons.entry(code).or_default() += 1;
            self.part.ghost.resize(row, false);
            self.part.ghost.push(true);
        }
    }

    #[inline]
    fn close_row(&mut self) {
        let row = self.part.len;
        if self.given < self.part.fills.len() {
            self.blank_rest();
        }
        if self.part.keys.len() == row {
            self.no_key();
        }
        self.part.origins.push(0, self.line);
        self.part.len += 1;
    }

    /// Adds a row that stands for rows of `owner` that the source does not tell, as a form lists recent years only: what their absence
    /// would decide is unknown. It has a key of its own and an owner, proves nothing and is counted nowhere.
    pub fn open_row(&mut self, line: u32, key: &str, owner: &str) {
        self.start_row(line);
        let of = |field: FieldId| self.schema.tables.get(self.part.table).is_some_and(|t| t.owner == Some(field));
        let owners: Vec<bool> = self.part.fills.iter().map(|f| of(f.field)).collect();
        for (index, is_owner) in owners.into_iter().enumerate() {
            if self.part.fills.get(index).is_some_and(Fill::is_key) {
                self.cell(index, Cell::Text(key));
            } else if is_owner {
                self.cell(index, Cell::Text(owner));
            } else {
                self.unknown(index);
            }
        }
        self.end_open_row();
    }

    /// Ends a row as [`Sheet::open_row`] does.
    pub fn end_open_row(&mut self) {
        let row = self.part.len;
        self.close_row();
        // Whatever its cells are: it is not counted among the refused either.
        self.refused = None;
        self.part.ghost.resize(row, false);
        self.part.ghost.push(true);
        self.part.open_rows.resize(row, false);
        self.part.open_rows.push(true);
        self.part.open += 1;
    }

    /// Cells not given are blank.
    #[cold]
    fn blank_rest(&mut self) {
        let row = self.part.len;
        for index in 0..self.part.fills.len() {
            if self.part.fills.get(index).is_some_and(|f| f.len() == row) {
                self.cell(index, Cell::Blank);
            }
        }
    }

    /// What has been read, and the texts for the next sheet.
    pub(super) fn close(mut self) -> (Part, Texts) {
        if !self.part.ghost.is_empty() {
            self.part.ghost.resize(self.part.len, false);
        }
        (self.part, self.texts)
    }
}
