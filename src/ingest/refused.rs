//! Refused rows as their sources hold them, cell for cell, so that somebody can correct and read them again. The sources are opened
//! once more: nobody keeps the text of a row on the chance that it be refused.

use super::error::IngestError;
use super::mapping::{self, Choice, Mapping};
use super::source::Source;
use super::{csv, postgres, source, sqlite, workbook};
use crate::records::{Fate, RowId, Schema, Stood, Store};
use std::collections::{BTreeMap, BTreeSet};

/// Refused rows of one file or sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRows {
    /// The table, by Chinese name; a mapped one by the name it has in its source.
    pub table: String,
    /// The columns, as the file heads them.
    pub headers: Vec<String>,
    /// The rows, in order.
    pub rows: Vec<RefusedRow>,
}

/// A refused row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its cells as they stand.
    pub cells: Vec<String>,
    /// Why it was refused, in Chinese.
    pub why: String,
    /// Where it stood.
    pub stood: Stood,
}

/// All refused rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// By file or sheet.
    pub files: Vec<RefusedRows>,
    /// How many rows are in no table of rows and columns (standard input, JSON lines, forms, a database imported from elsewhere).
    pub elsewhere: u64,
}

/// Columns and some rows of one file or sheet, by line.
pub(super) struct Original {
    pub file: String,
    pub headers: Vec<String>,
    pub rows: BTreeMap<u32, Vec<String>>,
}

/// Lines wanted of each file.
pub(super) type Lines = BTreeMap<String, BTreeSet<u32>>;

/// The keys of lines wanted of each file whose rows are named by their keys.
pub(super) type Keyed = BTreeMap<String, BTreeMap<u32, String>>;

/// The refused rows of a store, from the sources it was read from.
///
/// # Errors
/// A source that cannot be opened any more.
pub fn refused(sources: &[String], store: &Store) -> Result<Refused, IngestError> {
    refused_mapped(sources, None, store)
}

/// The same of a store read through a mapping.
///
/// # Errors
/// Those of [`refused`].
pub fn refused_mapped(sources: &[String], mapping: Option<&Mapping>, store: &Store) -> Result<Refused, IngestError> {
    let mut wanted: BTreeMap<String, BTreeMap<u32, (usize, Stood)>> = BTreeMap::new();
    let (mut found, mut keyed) = (Refused::default(), Keyed::new());
    for (t, _) in store.schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none()) {
        let rows = store.rows(t);
        for row in (0..rows.len as RowId).filter(|&r| rows.is_ghost(r) && !rows.is_open(r)) {
            let Some((file, line)) = store.places.row(&rows.origin, row as usize) else { continue };
            let stood = Stood { file: file.clone(), line, key: store.key(t, row).to_owned() };
            if rows.origin.get(row as usize).is_some() && store.places.is_by_key(&rows.origin, row as usize) {
                keyed.entry(file.clone()).or_default().insert(line, stood.key.clone());
            }
            wanted.entry(file).or_default().insert(line, (t, stood));
            found.elsewhere += 1;
        }
    }
    let lines: Lines = wanted.iter().map(|(file, rows)| (file.clone(), rows.keys().copied().collect())).collect();
    let reasons = reasons(store);
    for (called, original) in originals(sources, mapping, &store.schema, (&lines, &keyed))? {
        let Some(of_file) = wanted.get(&original.file) else { continue };
        let mut table = String::new();
        let mut rows = Vec::new();
        for (line, cells) in original.rows {
            let Some((t, stood)) = of_file.get(&line) else { continue };
            let Some(def) = store.schema.tables.get(*t) else { continue };
            table.clone_from(called.as_ref().unwrap_or(&def.zh));
            let why = reasons.get(&(original.file.as_str(), line)).map_or_else(String::new, |all| all.join("；"));
            rows.push(RefusedRow { cells, why, stood: stood.clone() });
        }
        found.elsewhere = found.elsewhere.saturating_sub(rows.len() as u64);
        if !rows.is_empty() {
            found.files.push(RefusedRows { table, headers: original.headers, rows });
        }
    }
    Ok(found)
}

/// Why each row was refused: the column, what is wrong, what would be right.
fn reasons(store: &Store) -> BTreeMap<(&str, u32), Vec<String>> {
    let mut all: BTreeMap<(&str, u32), Vec<String>> = BTreeMap::new();
    for p in store.problems.iter().filter(|p| p.fate != Fate::Noted && p.row > 0) {
        let column = if p.column.is_empty() { String::new() } else { format!("{}：", p.column) };
        let right = if p.right.is_empty() { String::new() } else { format!("（{}）", p.right) };
        all.entry((&p.file, p.row)).or_default().push(format!("{column}{}{right}", p.why));
    }
    all
}

/// Each with the name of its table in the source, where a mapping knows it by that.
fn originals(
    sources: &[String],
    mapping: Option<&Mapping>,
    schema: &Schema,
    (lines, keyed): (&Lines, &Keyed),
) -> Result<Vec<(Option<String>, Original)>, IngestError> {
    let (mut found, mut mapped) = (Vec::new(), Vec::new());
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let sources = source::find_again(sources, schema, mapping)?;
    let choice = Choice::new(mapping, &sources, schema)?;
    let is_mapped_server = |(number, source): (usize, &Source)| matches!(source, Source::Postgres(_)) && choice.of(number).is_some();
    // Keys may be looked up as well.
    let ready = sources.iter().enumerate().any(is_mapped_server).then(|| choice.prepare(&sources)).transpose()?;
    for (number, source) in sources.into_iter().enumerate() {
        if let Some(mapping) = choice.of(number) {
            mapping::originals(mapping, &source, lines, &mut mapped)?;
        }
        match source {
            Source::Csv(files) => csv::originals(&files, schema, lines, &mut found)?,
            Source::Workbook { file, .. } => workbook::originals(&file, schema, lines, &mut found)?,
            Source::Sqlite(file) => sqlite::originals(&file, schema, lines, &mut found)?,
            Source::Postgres(server) => match ready.as_ref().and_then(|r| r.of(number)) {
                Some(prepared) => prepared.originals_by_key(&server, schema, keyed, &mut mapped)?,
                None => postgres::originals(&server, schema, keyed, &mut found)?,
            },
            Source::Package(_) | Source::Ndjson(..) | Source::Sheet(_) | Source::Forms(_) => {}
        }
    }
    found.retain(|o: &Original| !mapped.iter().any(|(_, m)| m.file == o.file));
    let mapped = mapped.into_iter().map(|(name, original)| (Some(name), original));
    Ok(mapped.chain(found.into_iter().map(|original| (None, original))).collect())
}
