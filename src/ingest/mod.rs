//! Readers: CSV folders, workbooks, SQLite files, NDJSON and forms (干部任免审批表) become records. All that is wrong is told, nothing is guessed:
//! a source that cannot be read is an [`IngestError`], a bad row or cell a [`crate::records::Problem`].
//!
//! Readers know the records and nothing above them. They never judge and never print.

mod csv;
mod decode;
mod draft;
mod error;
mod forms;
mod header;
mod kinds;
mod ndjson;
mod past;
mod refused;
mod resume;
mod source;
mod sqlite;
mod steady;
mod workbook;
mod write;

pub use draft::{Draft, draft};
pub use error::IngestError;
pub use refused::{Refused, RefusedRow, RefusedRows, refused};
pub use write::{WriteError, write_store};

use crate::records::{Builder, Schema, Store, Wanted};
use source::Source;
use std::sync::Arc;

/// Told how reading goes on; for a progress bar. Called from several threads.
pub trait Progress: Sync {
    /// A file, sheet or database table is begun.
    fn file(&self, name: &str) {
        let _ = name;
    }
    /// So many more rows have been read.
    fn rows(&self, count: u64) {
        let _ = count;
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}

/// Reads all sources into one store: folders of CSV, single CSV files, workbooks, SQLite files, forms and folders and zips of
/// them, and `-` for NDJSON on standard input. Only wanted fields are read; keys, owners and required fields always are.
///
/// # Errors
/// A source that cannot be opened or understood at all. Wrong rows and cells are no error: see [`Store::problems`].
pub fn read(sources: &[String], schema: &Arc<Schema>, wanted: &Wanted, progress: &dyn Progress) -> Result<Store, IngestError> {
    let sources = source::find(sources, schema)?;
    let before = steady::Stamps::take(&sources);
    let store = before.unless_changed(read_all(&sources, schema, wanted, progress))?;
    if store.unseen_merges.is_empty() {
        return Ok(store);
    }
    // Rows that agree in the wanted columns may differ in others; whether they are one row is for all columns to say.
    let mut wanted = wanted.clone();
    store.unseen_merges.iter().for_each(|&t| wanted.add_table(t));
    drop(store);
    before.unless_changed(read_all(&sources, schema, &wanted, progress))
}

fn read_all(sources: &[Source], schema: &Arc<Schema>, wanted: &Wanted, progress: &dyn Progress) -> Result<Store, IngestError> {
    let mut builder = Builder::new(Arc::clone(schema), wanted.clone());
    // Two forms may be of one person wherever they lie, so all are read together.
    let forms: Vec<&forms::FormFiles> = sources.iter().filter_map(|s| if let Source::Forms(f) = s { Some(f) } else { None }).collect();
    for source in sources {
        match source {
            Source::Csv(files) => csv::read(files, &mut builder, progress)?,
            Source::Sqlite(file) => sqlite::read(file, &mut builder, progress)?,
            Source::Workbook(file) => workbook::read(file, &mut builder, progress)?,
            Source::Ndjson(text, name) => ndjson::read(text, name, &mut builder, progress)?,
            Source::Forms(_) => {}
        }
    }
    if !forms.is_empty() {
        forms::read(&forms, &mut builder, progress)?;
    }
    Ok(builder.finish())
}
