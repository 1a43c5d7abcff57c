//! What the columns of a table look like.

use crate::dates::{Fuzzy, spelled};
use crate::ingest::mapping::bind::Headers;
use crate::ingest::mapping::names::said;
use crate::ingest::mapping::tables::{Askew, Visitor};
use crate::records::{Cell, Schema, squeeze, whole_id_number};

/// Rows looked at.
const ROWS: u32 = 2000;
/// Distinct values kept of a column: a code list is shorter.
const VALUES: usize = 60;

/// A source table.
#[derive(Clone, Debug, Default)]
pub(super) struct Looked {
    pub name: String,
    pub cited: String,
    pub rows: u32,
    pub columns: Vec<Column>,
}

/// One column.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    /// As headed, without blanks.
    pub header: String,
    pub filled: u32,
    /// Its values, each once, in the order met.
    pub values: Vec<String>,
    /// There are more.
    pub more: bool,
    pub dates: u32,
    pub ints: u32,
    pub id_numbers: u32,
}

impl Column {
    fn add(&mut self, text: &str) {
        self.filled += 1;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        self.dates += u32::from(Fuzzy::parse(text).is_ok() || spelled::whole(text).is_ok());
        self.ints += u32::from(digits && text.len() < 10);
        self.id_numbers += u32::from(whole_id_number(text).is_some());
        if self.values.iter().any(|v| v == text) {
            return;
        }
        if self.values.len() < VALUES {
            self.values.push(text.to_owned());
        } else {
            self.more = true;
        }
    }
}

/// Looks at every table it is shown.
pub(super) struct Looking<'s> {
    schema: &'s Schema,
    pub tables: Vec<Looked>,
    now: Looked,
}

impl<'s> Looking<'s> {
    pub(super) fn new(schema: &'s Schema) -> Self {
        Self { schema, tables: Vec::new(), now: Looked::default() }
    }
}

impl Visitor for Looking<'_> {
    fn begin(&mut self, name: &str, cited: &str) -> bool {
        self.now = Looked { name: name.to_owned(), cited: cited.to_owned(), ..Looked::default() };
        true
    }

    fn knows(&self, header: &str) -> bool {
        self.schema.tables.iter().any(|t| t.field_called(header).is_some())
    }

    fn head(&mut self, _line: u32, headers: Headers) -> bool {
        self.now.columns = headers.plain.iter().map(|h| Column { header: squeeze(h), ..Column::default() }).collect();
        true
    }

    fn needs(&self, _column: usize) -> bool {
        self.now.rows < ROWS
    }

    fn row(&mut self, _line: u32, cells: &[Cell<'_>], wrong: Option<&Askew<'_>>) {
        self.now.rows += 1;
        if wrong.is_some() || self.now.rows > ROWS {
            return;
        }
        for (column, cell) in self.now.columns.iter_mut().zip(cells) {
            if let Some(text) = said(cell).filter(|t| !t.is_empty()) {
                column.add(&text);
            }
        }
    }

    fn end(&mut self) {
        let table = std::mem::take(&mut self.now);
        if table.columns.iter().any(|c| !c.header.is_empty()) {
            self.tables.push(table);
        }
    }
}
