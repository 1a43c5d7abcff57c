//! Reading sources: what is kept, what is refused, and that the two add up.

#![allow(clippy::unwrap_used)]

use guiju::diagnostic::Source;
use guiju::ingest::{self, IngestError, Silent};
use guiju::records::{Fate, Schema, Store, Wanted, parse_schema};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

fn schema() -> Arc<Schema> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/schema.toml")).unwrap();
    Arc::new(parse_schema(&[Arc::new(Source { name: "schema.toml".into(), text })]).unwrap())
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn read(path: &Path) -> Result<Store, IngestError> {
    let schema = schema();
    let wanted = Wanted::all(&schema);
    ingest::read(&[path.display().to_string()], &schema, &wanted, &Silent)
}

/// Every row read is accounted for: kept, merged or refused.
fn assert_adds_up(store: &Store) {
    for t in &store.tallies {
        assert_eq!(t.read, t.kept + t.merged + t.refused, "{t:?}");
    }
}

fn text(store: &Store, table: &str, key: &str, field: &str) -> Option<String> {
    let t = store.schema.table(table).unwrap();
    let row = store.rows(t).find(key).unwrap();
    store.show(t, row, store.schema.tables[t].field(field).unwrap())
}

#[test]
fn a_folder_of_csv_is_read_by_table_name_and_chinese_name() {
    let dir = folder(&[
        ("person.csv", "person_id,姓  名,出生年月\nP1,张三,1970-05\n"),
        ("任免事项.csv", "\u{feff}case_id,person_id,任免类型\nC1,P1,提拔\n"),
        ("EXPECTED.csv", "code\nGS001\n"),
        ("guiju.toml", "x = 1"),
        ("stuff.csv", "a,b\n1,2\n"),
    ]);
    let store = read(dir.path()).unwrap();
    assert_eq!(text(&store, "person", "P1", "birth").as_deref(), Some("1970-05"));
    assert_eq!(text(&store, "case", "C1", "kind").as_deref(), Some("提拔"));
    let noted: Vec<_> = store.problems.iter().map(|p| (p.file.as_str(), p.code, p.fate)).collect();
    assert_eq!(noted, [("stuff.csv", "data::unknown-table", Fate::Noted)]);
    assert_adds_up(&store);
}

#[test]
fn a_sqlite_file_is_read_like_the_same_csv() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE person(person_id TEXT, name TEXT, birth TEXT); INSERT INTO person VALUES('P1','张三','1970-05');
         CREATE TABLE post(post_id TEXT, person_id TEXT, title TEXT, leader INTEGER, start TEXT);
         INSERT INTO post VALUES('A','P1','局长',1,'2010-01-02'),('B','P1','局长',NULL,'2010-13-02');",
    )
    .unwrap();
    let store = read(&path).unwrap();
    assert_eq!(text(&store, "person", "P1", "birth").as_deref(), Some("1970-05"));
    assert_eq!(text(&store, "post", "A", "leader").as_deref(), Some("是"));
    assert_eq!(store.problems.len(), 1);
    assert_eq!((store.problems[0].row, store.problems[0].column.as_str()), (2, "start"));
    assert_adds_up(&store);
}
