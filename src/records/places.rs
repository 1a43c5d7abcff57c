//! How places are named: the file, the line, and the column as it is headed there. Rows copied into a database have the place
//! they had before.

use super::origin::Origins;
use super::schema::{FieldId, TableId};
use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::Arc;

/// What knows where the rows of a copied table came from. Asked only when a place is shown: most rows never are.
pub trait Copied: fmt::Debug + Send + Sync {
    /// The file and line of the row that stands on this line of the copy.
    fn row(&self, line: u32) -> Option<(String, u32)>;
    /// How that file heads the column of a field (by ASCII name).
    fn header(&self, file: &str, field: &str) -> Option<String>;
}

/// The files read, by number, and what it takes to name a place in them.
#[derive(Debug, Default)]
pub struct Places {
    /// Their names, as findings cite them.
    pub files: Vec<String>,
    headers: FxHashMap<(TableId, u16, FieldId), String>,
    copies: FxHashMap<u16, Arc<dyn Copied>>,
}

impl Places {
    /// The number of a file, which it gets when first met.
    pub(super) fn file(&mut self, name: &str) -> u16 {
        let at = self.files.iter().position(|f| f == name).unwrap_or_else(|| {
            self.files.push(name.to_owned());
            self.files.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// A file is a copy, whose rows were somewhere else before.
    pub(super) fn is_copied(&mut self, file: &str, copied: Arc<dyn Copied>) {
        let file = self.file(file);
        self.copies.insert(file, copied);
    }

    /// Whether the rows of a file were somewhere else before.
    pub(super) fn is_copy(&self, file: u16) -> bool {
        self.copies.contains_key(&file)
    }

    /// How a file heads a column.
    pub(super) fn head(&mut self, table: TableId, file: u16, field: FieldId, header: &str) {
        self.headers.insert((table, file, field), header.to_owned());
    }

    /// The file and line of a row.
    pub fn row(&self, origins: &Origins, row: usize) -> Option<(String, u32)> {
        let (file, line) = origins.get(row)?;
        match self.copies.get(&file) {
            Some(copied) => copied.row(line),
            None => Some((self.files.get(usize::from(file))?.clone(), line)),
        }
    }

    /// How the column of a field is headed where a row came from; none where the file has no such column.
    pub fn header(&self, origins: &Origins, row: usize, table: TableId, (field, name): (FieldId, &str)) -> Option<String> {
        let (file, line) = origins.get(row)?;
        match self.copies.get(&file) {
            Some(copied) => copied.header(&copied.row(line)?.0, name),
            None => self.headers.get(&(table, file, field)).cloned(),
        }
    }
}
