//! Readers: CSV folders, workbooks, SQLite files, PostgreSQL, NDJSON and forms (干部任免审批表) become records. All that is wrong is told, nothing is guessed:
//! a source that cannot be read is an [`IngestError`], a bad row or cell a [`crate::records::Problem`].
//!
//! Readers know the records and nothing above them. They never judge and never print.

mod again;
mod bytes;
mod csv;
mod decode;
mod draft;
mod endings;
mod error;
mod forms;
mod gbk;
mod header;
mod kinds;
mod layout;
mod mapping;
mod ndjson;
mod package;
mod pages;
mod parts;
mod past;
mod postgres;
mod refused;
mod resume;
mod sheets;
mod sidecar;
mod source;
mod sqlite;
mod steady;
mod value;
mod workbook;
mod write;

pub use again::Anew;
pub use bytes::{Hash, hash_of};
pub use draft::{Draft, draft};
pub use endings::may_be_export;
pub use error::IngestError;
pub use mapping::{Mapping, Suggestion, parse_mapping, shipped, shipped_names, suggest};
pub use postgres::{is_server, read_copied, shown_source, without_secrets};
pub use refused::{Refused, RefusedRow, RefusedRows, refused, refused_mapped};
pub use sheets::Asked;
pub use sidecar::Keep;
pub use source::files_of;
pub use workbook::{MOST_CELLS, too_much, too_wide};
pub use write::{WriteError, is_store, write_store};

use crate::records::{Builder, Schema, Store, Wanted};
use mapping::{Choice, Ready};
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

/// Reads all sources into one store: folders of CSV, single CSV files, workbooks, SQLite files, `postgres://` addresses, unpacked packages
/// (hzb, zb3), forms and folders and zips of them, and `-` for NDJSON on standard input. Only wanted fields are read; keys, owners and
/// required fields always are.
///
/// # Errors
/// A source that cannot be opened or understood at all. Wrong rows and cells are no error: see [`Store::problems`].
pub fn read(sources: &[String], schema: &Arc<Schema>, wanted: &Wanted, progress: &dyn Progress) -> Result<Store, IngestError> {
    read_mapped(sources, None, schema, wanted, progress)
}

/// The same through a mapping: tables that it names are read as it says, the others as they are.
///
/// # Errors
/// Those of [`read`].
pub fn read_mapped(
    sources: &[String],
    mapping: Option<&Mapping>,
    schema: &Arc<Schema>,
    wanted: &Wanted,
    progress: &dyn Progress,
) -> Result<Store, IngestError> {
    read_asked(sources, mapping, Asked::default(), schema, wanted, progress)
}

/// The same, told what sheets that people make may not say themselves.
///
/// # Errors
/// Those of [`read`].
pub fn read_asked(
    sources: &[String],
    mapping: Option<&Mapping>,
    asked: Asked,
    schema: &Arc<Schema>,
    wanted: &Wanted,
    progress: &dyn Progress,
) -> Result<Store, IngestError> {
    let sources = source::find(sources, schema, mapping)?;
    let before = steady::Stamps::take(&sources);
    let choice = Choice::new(mapping, &sources, schema)?;
    let ready = before.unless_changed(choice.prepare(&sources))?;
    let wanted = &with_identity(wanted, schema, sources.len());
    let store = before.unless_changed(read_all(&sources, &ready, asked, schema, wanted, progress))?;
    if store.unseen_merges.is_empty() {
        return Ok(store);
    }
    // Rows that agree in the wanted columns may differ in others; whether they are one row is for all columns to say.
    let mut wanted = wanted.clone();
    store.unseen_merges.iter().for_each(|&t| wanted.add_table(t));
    drop(store);
    before.unless_changed(read_all(&sources, &ready, asked, schema, &wanted, progress))
}

/// The same with what was kept of the last time: of a SQLite file, only the rows in pages that have changed are read. Also tells how
/// it was read.
///
/// # Errors
/// Those of [`read`].
pub fn read_again(
    sources: &[String],
    mapping: Option<&Mapping>,
    asked: Asked,
    schema: &Arc<Schema>,
    wanted: &Wanted,
    progress: &dyn Progress,
    keep: &Keep<'_>,
) -> Result<(Store, Anew), IngestError> {
    if let ([source], None) = (sources, mapping)
        && let [Source::Sqlite(file)] = source::find(std::slice::from_ref(source), schema, None)?.as_slice()
    {
        let mut builder = Builder::new(Arc::clone(schema), wanted.clone());
        let anew = again::read(file, &mut builder, progress, keep)?;
        let store = builder.finish();
        if store.unseen_merges.is_empty() {
            return Ok((store, anew));
        }
    }
    // What was kept is of no use.
    keep.forget();
    read_asked(sources, mapping, asked, schema, wanted, progress).map(|store| (store, Anew::default()))
}

/// Of several sources, what tells who is who is read as well.
fn with_identity(wanted: &Wanted, schema: &Schema, sources: usize) -> Wanted {
    let mut wanted = wanted.clone();
    let told = |i: &crate::records::Identity| wanted.has(i.told.table, i.told.field);
    if let Some(identity) = schema.identity.as_ref().filter(|i| sources > 1 || told(i)) {
        wanted.add(identity.table, identity.id_number);
    }
    if let Some(identity) = schema.identity.as_ref().filter(|_| sources > 1) {
        let ((units, unit_name), (posts, unit, title)) = (identity.unit_name, identity.posts);
        let person = [identity.name, identity.birth, identity.unit].map(|field| (identity.table, field));
        person.into_iter().chain([(units, unit_name), (posts, unit), (posts, title)]).for_each(|(t, f)| wanted.add(t, f));
    }
    wanted
}

fn read_all(
    sources: &[Source],
    ready: &Ready<'_>,
    asked: Asked,
    schema: &Arc<Schema>,
    wanted: &Wanted,
    progress: &dyn Progress,
) -> Result<Store, IngestError> {
    let mut builder = Builder::new(Arc::clone(schema), wanted.clone());
    // Two forms may be of one person wherever they lie, so all are read together.
    let forms: Vec<&forms::FormFiles> = sources.iter().filter_map(|s| if let Source::Forms(f) = s { Some(f) } else { None }).collect();
    // Sheets known by their headers tell of the same people wherever they lie, too.
    let mut known = Vec::new();
    let (mut read_any, mut without_table) = (false, None);
    ready.tell(&mut builder);
    for (number, source) in sources.iter().enumerate() {
        builder.next_source(false);
        let mapped = ready.of(number);
        match source {
            Source::Csv(files) => {
                mapped.map_or(Ok(()), |m| m.csv(&files.mapped, &mut builder, progress))?;
                csv::read(files, &mut builder, progress)?;
            }
            Source::Sqlite(file) => {
                let taken = mapped.map_or_else(|| Ok(Vec::new()), |m| m.database(file, &mut builder, progress))?;
                sqlite::read(file, &taken, &mut builder, progress)?;
            }
            Source::Workbook { file, in_folder } => {
                let taken = mapped.map_or_else(|| Ok(Vec::new()), |m| m.workbook(file, &mut builder, progress))?;
                match workbook::read(file, &taken, &mut builder, &mut known, progress) {
                    // A list of findings may lie beside the tables it was made of.
                    Err(IngestError::NoTable { path, found }) if *in_folder => {
                        builder.note(workbook::no_table(file, &found));
                        without_table.get_or_insert(IngestError::NoTable { path, found });
                        continue;
                    }
                    read => read?,
                }
            }
            Source::Postgres(server) => {
                let taken = mapped.map_or_else(|| Ok(Vec::new()), |m| m.server(server, &mut builder, progress))?;
                postgres::read(server, &taken, &mut builder, progress)?;
            }
            Source::Package(package) => mapped.map_or(Ok(()), |m| m.package(package, &mut builder, progress))?,
            Source::Ndjson(text, name) => ndjson::read(text, name, &mut builder, progress)?,
            Source::Sheet(file) => known.extend(csv::sheet(file, schema, progress)?),
            Source::Forms(_) => {}
        }
        read_any = true;
    }
    if let Some(error) = without_table.filter(|_| !read_any) {
        return Err(error);
    }
    if !forms.is_empty() {
        builder.next_source(true);
        forms::read(&forms, &mut builder, progress)?;
    }
    if !known.is_empty() {
        sheets::enter(known, asked, &mut builder);
    }
    Ok(builder.finish())
}
