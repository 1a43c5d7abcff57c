//! The sample county is held to what its EXPECTED.csv says: nothing missed, nothing extra.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::{Options, check};
use guiju::ingest;
use guiju::rules::{Files, load};
use std::collections::BTreeSet;

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
