//! Mutated, cut and nonsensical sources: never a panic, never a silent drop.

use super::*;
use proptest::prelude::*;

const STEP: &str = "step_id,case_id,kind,start,end,present,note\nS1,C1,动议,2020-01-02,,9,无\nS2,C1,讨论决定,2020-03,2020-03-04,11,\"引用,逗号\"\nS3,C2,任前公示,2020-05-06,2020-05-12,,\"换\n行\"\nS4,C2,任职通知,2020/5/20,,x,\n";

/// Reads a folder with these bytes as step.csv; every data line is accounted for.
fn read_step(bytes: &[u8]) {
    let dir = folder(&[PERSON, CASE]);
    fs::write(dir.path().join("step.csv"), bytes).unwrap();
    match read(dir.path()) {
        Ok(store) => {
            for p in store.problems.iter().filter(|p| p.fate != Fate::Noted) {
                assert!(p.row > 0 && !p.file.is_empty() && !p.why.is_empty() && !p.right.is_empty(), "{p:?}");
                assert!(p.value.chars().count() <= 41, "{p:?}");
            }
        }
        Err(error) => assert!(error.code().starts_with("ingest::") && !error.advice().is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn changed_bytes_of_csv(changes in prop::collection::vec((0..STEP.len(), any::<u8>()), 1..6)) {
        let mut bytes = STEP.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        read_step(&bytes);
    }

    #[test]
    fn cut_and_doubled_csv(from in 0..STEP.len(), len in 0..STEP.len(), at in 0..STEP.len()) {
        let bytes = STEP.as_bytes();
        let piece = &bytes[from..(from + len).min(bytes.len())];
        read_step(piece);
        read_step(&[&bytes[..at], piece, &bytes[at..]].concat());
    }

    #[test]
    fn csv_of_special_characters(text in "([,\"\n\r\t;是0-9 \u{3000}]|S1|C1|动议|2020-01){0,60}") {
        read_step(format!("step_id,case_id,kind,start,end,present,note\n{text}").as_bytes());
        read_step(text.as_bytes());
    }

    #[test]
    fn lines_of_ndjson(text in "([{}\\[\\]:,\"\n ]|person_id|name|post|case|\"P1\"|null|1e999|-1|table|rows){0,40}") {
        let dir = folder(&[("p.ndjson", &text)]);
        let _ = read(&dir.path().join("p.ndjson"));
        let line = format!("{{\"person_id\":\"P1\",\"name\":\"x\",\"post\":[{{\"post_id\":{}}}]}}", serde_json::Value::String(text));
        let dir = folder(&[("p.ndjson", &line)]);
        read(&dir.path().join("p.ndjson")).unwrap();
    }

    #[test]
    fn any_bytes_as_a_table(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_step(&bytes);
    }
}

/// A deterministic stream of numbers.
fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    }
}

#[test]
fn damaged_databases() {
    let dir = tempfile::tempdir().unwrap();
    let good = dir.path().join("good.db");
    let db = rusqlite::Connection::open(&good).unwrap();
    db.execute_batch(
        "CREATE TABLE person(person_id TEXT, name TEXT, birth TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO person SELECT 'P' || i, '人' || i, '1970-01-02' FROM n;",
    )
    .unwrap();
    drop(db);
    let bytes = fs::read(&good).unwrap();
    let mut next = numbers(7);
    for round in 0..150 {
        let mut broken = bytes.clone();
        for _ in 0..1 + round % 20 {
            let at = next() as usize % broken.len();
            broken[at] = next() as u8;
        }
        if round % 5 == 0 {
            broken.truncate(next() as usize % bytes.len());
        }
        let path = dir.path().join("broken.db");
        fs::write(&path, &broken).unwrap();
        if let Err(error) = read(&path) {
            assert!(error.code().starts_with("ingest::"), "{error}");
        }
    }
}

#[test]
fn damaged_workbooks() {
    let dir = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("person").unwrap();
    sheet.write_row(0, 0, ["person_id", "name", "birth"]).unwrap();
    for r in 1..50 {
        sheet.write_row(r, 0, [format!("P{r}"), "张三".to_owned(), "1970-01".to_owned()]).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let mut next = numbers(3);
    for round in 0..150 {
        let mut broken = bytes.clone();
        for _ in 0..1 + round % 12 {
            let at = next() as usize % broken.len();
            broken[at] = next() as u8;
        }
        let path = dir.path().join(if round % 3 == 0 { "broken.xls" } else { "broken.xlsx" });
        fs::write(&path, &broken).unwrap();
        if let Err(error) = read(&path) {
            assert!(error.code().starts_with("ingest::"), "{error}");
        }
    }
    for name in ["a.xlsx", "a.xls", "a.ods"] {
        let noise: Vec<u8> = (0..5000).map(|_| next() as u8).collect();
        fs::write(dir.path().join(name), noise).unwrap();
        assert_eq!(read(&dir.path().join(name)).unwrap_err().code(), "ingest::workbook");
    }
}

#[test]
fn cells_of_ten_megabytes() {
    let huge = "长".repeat(3_500_000);
    let digits = "9".repeat(10_000_000);
    let store = csv(&[
        PERSON,
        CASE,
        (
            "step.csv",
            &format!("step_id,case_id,kind,start,present,note\nS1,C1,动议,2020-01-02,{digits},{huge}\n{huge},C1,{huge},{huge},1,\n"),
        ),
    ]);
    assert_eq!(cell(&store, "step", "S1", "note").map(|t| t.len()), Some(huge.len()));
    assert_eq!(tally(&store, "step"), (2, 1, 0, 1));
    assert!(store.problems.iter().all(|p| p.value.chars().count() <= 41));
}

#[test]
fn names_that_are_no_names() {
    let wide = (0..3000).map(|i| format!("列{i}")).collect::<Vec<_>>().join(",");
    let store = csv(&[("person.csv", &format!("person_id,name,{wide}\nP1,张三{}\n", ",".repeat(3000)))]);
    assert_eq!(tally(&store, "person"), (1, 1, 0, 0));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("odd.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("CREATE TABLE person(\"person_id\" TEXT, \"na\"\"me; DROP TABLE person\" TEXT, 姓名 TEXT); INSERT INTO person VALUES('P1','x','张三')").unwrap();
    assert_eq!(cell(&read(&path).unwrap(), "person", "P1", "name").as_deref(), Some("张三"));
}
