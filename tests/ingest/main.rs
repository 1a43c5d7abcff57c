//! Reading sources: what is kept, what is refused, that the two add up, and that nothing brings a reader down.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod accounting;
#[path = "../../fuzz/src/adds_up.rs"]
mod adds_up;
mod bad_input;
mod book;
mod county;
mod dates;
mod formats;
mod forms;
mod hostile;
mod import;
mod mapping;
mod merge;
mod package;
mod printed;
mod refused;
mod sheets;
mod spells;

use adds_up::adds_up;
use guiju::diagnostic::Source;
use guiju::ingest::{self, IngestError, Silent};
use guiju::records::{Fate, Problem, RowId, Schema, Store, Wanted, parse_schema};
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/schema.toml")).unwrap();
    Arc::new(parse_schema(&[Arc::new(Source { name: "schema.toml".into(), text })]).unwrap())
});

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn read(path: &Path) -> Result<Store, IngestError> {
    read_all(&[path])
}

/// Reads everything; every row read is accounted for, and every refusal names its row.
fn read_all(paths: &[&Path]) -> Result<Store, IngestError> {
    let sources: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let store = ingest::read(&sources, &SCHEMA, &Wanted::all(&SCHEMA), &Silent)?;
    adds_up(&store);
    Ok(store)
}

fn csv(files: &[(&str, &str)]) -> Store {
    let dir = folder(files);
    read(dir.path()).unwrap()
}

fn row(store: &Store, table: &str, key: &str) -> RowId {
    store.rows(store.schema.table(table).unwrap()).find(key).unwrap_or_else(|| panic!("no {table} {key}"))
}

fn cell(store: &Store, table: &str, key: &str, field: &str) -> Option<String> {
    let t = store.schema.table(table).unwrap();
    store.show(t, row(store, table, key), store.schema.tables[t].field(field).unwrap())
}

/// Code, row, column and fate of each problem.
fn told(store: &Store) -> Vec<(&str, u32, &str, Fate)> {
    store.problems.iter().map(|p: &Problem| (p.code, p.row, p.column.as_str(), p.fate)).collect()
}

fn tally(store: &Store, table: &str) -> (u64, u64, u64, u64) {
    let all = store.tallies.iter().filter(|t| t.table == table);
    all.fold((0, 0, 0, 0), |s, t| (s.0 + t.read, s.1 + t.kept, s.2 + t.merged, s.3 + t.refused))
}

const PERSON: (&str, &str) = ("person.csv", "person_id,name\nP1,张三\nP2,李四\n");
const CASE: (&str, &str) = ("case.csv", "case_id,person_id,kind,status\nC1,P1,提拔,已任职\nC2,P2,提拔,终止\n");
