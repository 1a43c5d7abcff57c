//! The sample county is held to what its EXPECTED.csv says: nothing missed, nothing extra.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

#[path = "../examples/county/sets.rs"]
mod sets;

use guiju::engine::{Options, check};
use guiju::ingest;
use guiju::rules::{Files, load};
use sets::Fields;
use std::collections::BTreeSet;
use std::path::Path;

/// Code, table, id, year, part, verdict.
type Line = (String, String, String, String, String, String);

fn expected(folder: &str) -> BTreeSet<Line> {
    let text = std::fs::read_to_string(format!("{folder}/EXPECTED.csv")).expect("EXPECTED.csv can be read");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let cell = |row: &csv::StringRecord, i: usize| row.get(i).unwrap_or_default().to_owned();
    let rows = reader.records().map(|row| row.expect("EXPECTED.csv is CSV"));
    rows.map(|r| (cell(&r, 0), cell(&r, 1), cell(&r, 2), cell(&r, 3), cell(&r, 4), cell(&r, 5))).collect()
}

fn found(folder: &str) -> BTreeSet<Line> {
    let rules = load(&Files::built_in()).unwrap_or_else(|errors| panic!("{}", errors[0].message));
    let store = ingest::read(&[folder.to_owned()], &rules.schema, &rules.wanted(), &ingest::Silent).expect("the sample can be read");
    assert!(store.problems.is_empty(), "{:?}", store.problems);
    let outcome = check(&rules, &store, &Options::on("2026-06-30".parse().expect("a day")));
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let text = |o: Option<String>| o.unwrap_or_default();
    let lines = outcome.findings.into_iter();
    lines
        .map(|f| (f.code, f.subject.table, f.subject.id, text(f.subject.year.map(|y| y.to_string())), text(f.part), f.verdict.to_string()))
        .collect()
}

fn compare(folder: &str) {
    let (expected, found) = (expected(folder), found(folder));
    let missed: Vec<String> = expected.difference(&found).map(|l| format!("missed {l:?}")).collect();
    let extra: Vec<String> = found.difference(&expected).map(|l| format!("extra  {l:?}")).collect();
    assert!(
        missed.is_empty() && extra.is_empty(),
        "{} missed, {} extra:\n{}\n{}",
        missed.len(),
        extra.len(),
        missed.join("\n"),
        extra.join("\n")
    );
}

#[test]
fn the_county_has_exactly_the_faults_planted_in_it() {
    compare("samples/county");
}

#[test]
fn the_sample_case_has_exactly_the_faults_planted_in_it() {
    compare("samples/case");
}

/// The fields that the information sets have a place for.
const TOLD: [(&str, &[&str]); 7] = [
    ("unit", &["unit_id", "name", "parent_id", "level"]),
    (
        "person",
        &[
            "person_id",
            "name",
            "id_number",
            "gender",
            "ethnicity",
            "native_place",
            "birthplace",
            "hometown",
            "birth",
            "party",
            "party_date",
            "work_date",
            "education",
            "unit_id",
            "category",
            "status",
            "grassroots_two_years",
        ],
    ),
    ("post", &["post_id", "person_id", "unit_id", "title", "level", "leader", "chief", "start", "end"]),
    ("rank", &["rank_id", "person_id", "rank", "start", "end"]),
    ("sanction", &["sanction_id", "person_id", "kind", "date", "ends"]),
    ("kin", &["kin_id", "person_id", "relation", "name", "title"]),
    ("assessment", &["assessment_id", "person_id", "year", "result"]),
];

fn rows(folder: &str, table: &str) -> Vec<Fields> {
    let mut reader = csv::Reader::from_path(format!("{folder}/{table}.csv")).expect("the table can be read");
    reader.deserialize().map(|row| row.expect("the table is CSV")).collect()
}

fn write(path: &Path, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let mut file = csv::Writer::from_path(path).expect("a file");
    file.write_record(header).expect("a row");
    rows.into_iter().for_each(|row| file.write_record(row).expect("a row"));
    file.flush().expect("a file");
}

/// What the sets say of a field, in the words of the records.
fn as_told(field: &str, value: &str) -> String {
    match (field, value) {
        ("education", "博士研究生" | "硕士研究生") => "研究生",
        // What is none of the systems' states is no value of the records' either.
        ("status", other) if !["在职", "退休", "调出", "去世"].contains(&other) => "其他人员",
        (_, value) => value,
    }
    .to_owned()
}

/// Everything found, but where it stands.
fn judged(sources: &[&Path], mapping: Option<&str>) -> BTreeSet<(Line, String)> {
    let rules = load(&Files::built_in()).unwrap_or_else(|errors| panic!("{}", errors[0].message));
    let mapping = mapping.map(|name| ingest::shipped(name, &rules.schema).expect("it is shipped").expect("it loads"));
    let sources: Vec<String> = sources.iter().map(|source| source.display().to_string()).collect();
    let store = ingest::read_mapped(&sources, mapping.as_ref(), &rules.schema, &rules.wanted(), &ingest::Silent).expect("it can be read");
    let outcome = check(&rules, &store, &Options::on("2026-06-30".parse().expect("a day")));
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let text = |o: Option<String>| o.unwrap_or_default();
    let lines = outcome.findings.into_iter().map(|f| {
        let subject = (f.subject.table, f.subject.id, text(f.subject.year.map(|y| y.to_string())), text(f.part), f.verdict.to_string());
        ((f.code, subject.0, subject.1, subject.2, subject.3, subject.4), f.message)
    });
    lines.collect()
}

#[test]
fn the_county_as_information_sets_gives_what_its_own_tables_give() {
    let county = "samples/county";
    let (as_sets, plain) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for entry in std::fs::read_dir(county).expect("the sample") {
        let path = entry.expect("the sample").path();
        let (name, stem) = (path.file_name().expect("a file"), path.file_stem().expect("a file").to_string_lossy().into_owned());
        if path.extension().is_some_and(|e| e == "csv") && !TOLD.iter().any(|(t, _)| *t == stem) {
            std::fs::copy(&path, as_sets.path().join(name)).expect("a copy");
            std::fs::copy(&path, plain.path().join(name)).expect("a copy");
        }
    }
    for set in sets::sets(&|table| rows(county, table)) {
        write(&as_sets.path().join(format!("{}.csv", set.name)), &set.header, set.rows);
    }
    for (table, fields) in TOLD {
        let told = rows(county, table).into_iter().filter(|r| sets::is_told(table, r));
        let cells = told.map(|r| fields.iter().map(|f| as_told(f, &r[*f])).collect());
        write(&plain.path().join(format!("{table}.csv")), fields, cells);
    }
    let (mapped, own) = (judged(&[as_sets.path()], Some("a01")), judged(&[plain.path()], None));
    let missed: Vec<_> = own.difference(&mapped).take(5).collect();
    let extra: Vec<_> = mapped.difference(&own).take(5).collect();
    assert!(own.len() > 100 && missed.is_empty() && extra.is_empty(), "missed {missed:#?}\nextra {extra:#?}");
}

/// Every other column of these tables stands in the one source, the rest in the other, which may well be named first: merged cell by cell
/// they are the county again. Key and owner stand in both.
#[test]
fn the_county_cut_in_two_gives_what_it_gives_whole() {
    const CUT: [&str; 7] = ["person", "post", "case", "step", "unit", "sanction", "disclosure"];
    let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for entry in std::fs::read_dir("samples/county").expect("the sample") {
        let path = entry.expect("the sample").path();
        let (name, stem) = (path.file_name().expect("a file"), path.file_stem().expect("a file").to_string_lossy().into_owned());
        if !CUT.contains(&stem.as_str()) {
            std::fs::copy(&path, one.path().join(name)).expect("a copy");
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the table can be read");
        let mut table = csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut halves = [&one, &other].map(|folder| csv::Writer::from_path(folder.path().join(name)).expect("a file"));
        for row in table.records().map(|row| row.expect("the table is CSV")) {
            for (half, file) in halves.iter_mut().enumerate() {
                let cells = row.iter().enumerate().filter(|(i, _)| *i < 2 || i % 2 == half).map(|(_, cell)| cell);
                file.write_record(cells).expect("a row");
            }
        }
    }
    let whole = judged(&[Path::new("samples/county")], None);
    assert!(whole.len() > 100);
    for sources in [[one.path(), other.path()], [other.path(), one.path()]] {
        let merged = judged(&sources, None);
        let missed: Vec<_> = whole.difference(&merged).take(5).collect();
        let extra: Vec<_> = merged.difference(&whole).take(5).collect();
        assert!(missed.is_empty() && extra.is_empty(), "missed {missed:#?}\nextra {extra:#?}");
    }
}

#[test]
fn what_is_said_of_a_ratio_shows_whose_results_it_rests_on() {
    let rules = load(&Files::built_in()).unwrap_or_else(|errors| panic!("{}", errors[0].message));
    let store =
        ingest::read(&["samples/county".to_owned()], &rules.schema, &rules.wanted(), &ingest::Silent).expect("the sample can be read");
    let ratio: Vec<usize> = (0..rules.rules.len()).filter(|&r| rules.rules[r].code == "KH004").collect();
    let options = Options { rules: Some(&ratio), ..Options::on("2026-06-30".parse().expect("a day")) };
    let outcome = check(&rules, &store, &options);
    assert!(!outcome.findings.is_empty());
    for finding in &outcome.findings {
        let (_, rest) = finding.message.split_once("优秀").expect("how many");
        let told: usize = rest.split_once('人').and_then(|(n, _)| n.parse().ok()).expect("a number");
        let shown = finding.evidence.iter().filter(|e| e.field == "result" && e.value.as_deref() == Some("优秀"));
        assert_eq!(shown.count(), told, "{}", finding.message);
    }
}
