//! How places are named: the file, the line, and the column as it is headed there. Rows copied into a database have the place
//! they had before.

use super::origin::Origins;
use super::schema::{FieldId, TableId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What knows where the rows of a copied table came from. Asked only when a place is shown: most rows never are.
pub trait Copied: fmt::Debug + Send + Sync {
    /// The file and line of the row that stands on this line of the copy.
    fn row(&self, line: u32) -> Option<(String, u32)>;
    /// The number of that file: rows of one number have the same headers.
    fn file(&self, line: u32) -> Option<i64>;
    /// How the file of the row on this line heads the column of a field (by ASCII name).
    fn header(&self, line: u32, field: &str) -> Option<String>;
    /// The file, line and header of a cell of the row on this line, by field, if it was taken from another row than the rest.
    fn cell(&self, line: u32, field: &str) -> Option<(String, u32, Option<String>)>;
    /// Whether the row on this line is named by its key.
    fn is_by_key(&self, line: u32) -> bool;
}

/// The files read, by number, and what it takes to name a place in them.
#[derive(Debug, Default)]
pub struct Places {
    /// Their names, as findings cite them.
    pub files: Vec<String>,
    numbers: FxHashMap<(String, u32), u32>,
    /// What the rows of a file are counted under, if not the file.
    counted_as: FxHashMap<u32, String>,
    headers: FxHashMap<(TableId, u32, FieldId), String>,
    copies: FxHashMap<u32, Arc<dyn Copied>>,
    /// Files whose rows are named by their keys.
    by_key: FxHashSet<u32>,
}

impl Places {
    /// The number of a file, which it gets when first met.
    pub(super) fn file(&mut self, name: &str) -> u32 {
        self.file_as(name, 0)
    }

    /// The same of one of several sheets of the file, whose columns are headed otherwise.
    pub(super) fn file_as(&mut self, name: &str, variant: u32) -> u32 {
        if let Some(&number) = self.numbers.get(&(name.to_owned(), variant)) {
            return number;
        }
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(name.to_owned());
        self.numbers.insert((name.to_owned(), variant), number);
        number
    }

    /// A file is a copy, whose rows were somewhere else before.
    pub(super) fn is_copied(&mut self, file: &str, copied: Arc<dyn Copied>) {
        let file = self.file(file);
        self.copies.insert(file, copied);
    }

    /// Whether the rows of a file were somewhere else before.
    pub(super) fn is_copy(&self, file: u32) -> bool {
        self.copies.contains_key(&file)
    }

    /// The rows of a file are counted under another name: forms under that of their folder.
    pub(super) fn count_as(&mut self, file: u32, name: &str) {
        self.counted_as.insert(file, name.to_owned());
    }

    /// What the rows of the file of a row are counted under.
    pub(super) fn counted_as(&self, origins: &Origins, row: usize) -> Option<String> {
        let (file, _) = origins.get(row)?;
        match self.counted_as.get(&file) {
            Some(name) => Some(name.clone()),
            None => self.row(origins, row).map(|(file, _)| file),
        }
    }

    /// The file, line and header of a cell of a copy that stood in another row than the rest.
    pub(super) fn copied_cell(&self, file: u32, line: u32, field: &str) -> Option<(String, u32, Option<String>)> {
        self.copies.get(&file)?.cell(line, field)
    }

    /// The rows of a file are named by their keys.
    pub(super) fn name_by_key(&mut self, file: u32) {
        self.by_key.insert(file);
    }

    /// Whether any rows are named by their keys.
    pub(super) fn names_by_key(&self) -> bool {
        !self.by_key.is_empty()
    }

    /// The file and line of a row that is named by its key and is no copy.
    pub(super) fn keyed_row(&self, origins: &Origins, row: usize) -> Option<(&str, u32)> {
        let (file, line) = origins.get(row).filter(|(file, _)| self.by_key.contains(file))?;
        Some((self.files.get(file as usize)?, line))
    }

    /// Whether a row is named by its key, here or where it was before.
    pub fn is_by_key(&self, origins: &Origins, row: usize) -> bool {
        let Some((file, line)) = origins.get(row) else { return false };
        match self.copies.get(&file) {
            Some(copied) => copied.is_by_key(line),
            None => self.by_key.contains(&file),
        }
    }

    /// How a file heads a column.
    pub(super) fn head(&mut self, table: TableId, file: u32, field: FieldId, header: &str) {
        self.headers.insert((table, file, field), header.to_owned());
    }

    /// The file and line of a row.
    pub fn row(&self, origins: &Origins, row: usize) -> Option<(String, u32)> {
        self.named_row(origins, row).map(|(file, line)| (file.into_owned(), line))
    }

    /// The same, with the file's name where it is kept.
    pub(super) fn named_row(&self, origins: &Origins, row: usize) -> Option<(Cow<'_, str>, u32)> {
        let (file, line) = origins.get(row)?;
        self.named_at(file, line)
    }

    /// The same of a line of a file.
    pub(super) fn at(&self, file: u32, line: u32) -> Option<(String, u32)> {
        self.named_at(file, line).map(|(file, line)| (file.into_owned(), line))
    }

    fn named_at(&self, file: u32, line: u32) -> Option<(Cow<'_, str>, u32)> {
        match self.copies.get(&file) {
            Some(copied) => copied.row(line).map(|(file, line)| (Cow::Owned(file), line)),
            None => Some((Cow::Borrowed(self.files.get(file as usize)?), line)),
        }
    }

    /// What the rows of one file with the same headers have in common.
    pub fn file_of(&self, origins: &Origins, row: usize) -> Option<(u32, i64)> {
        let (file, line) = origins.get(row)?;
        match self.copies.get(&file) {
            Some(copied) => Some((file, copied.file(line)?)),
            None => Some((file, 0)),
        }
    }

    /// How the column of a field is headed where a row came from; none where the file has no such column.
    pub fn header(&self, origins: &Origins, row: usize, table: TableId, field: (FieldId, &str)) -> Option<String> {
        self.header_at(origins.get(row)?, table, field)
    }

    /// The same on a line of a file.
    pub(super) fn header_at(&self, at: (u32, u32), table: TableId, field: (FieldId, &str)) -> Option<String> {
        self.named_header(at, table, field).map(Cow::into_owned)
    }

    /// The same, where it is kept.
    pub(super) fn named_header(&self, (file, line): (u32, u32), table: TableId, (field, name): (FieldId, &str)) -> Option<Cow<'_, str>> {
        match self.copies.get(&file) {
            Some(copied) => copied.header(line, name).map(Cow::Owned),
            None => self.headers.get(&(table, file, field)).map(|header| Cow::Borrowed(header.as_str())),
        }
    }
}
