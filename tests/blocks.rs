//! Judging blocks of subjects at a time says what judging each alone says: the same findings and the same counts, whatever is imprecise,
//! blank, bad, refused, in doubt, missing or not exported.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first thing that is not as it should be")]

use guiju::engine::{Finding, Options, Outcome, check};
use guiju::ingest;
use guiju::records::Store;
use guiju::rules::{Files, RuleSet, load};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::path::Path;

/// How the copies of the county are spoilt.
#[derive(Clone, Copy)]
struct Spoilt {
    /// Of a thousand dates so many lose their day, and a fifth as many their month.
    vague: u64,
    /// Of a thousand cells so many are emptied.
    blank: u64,
    /// Of a thousand cells so many become something that cannot be read.
    bad: u64,
    /// Of a thousand rows of tables below people and cases so many are left out.
    gone: u64,
    /// Of a thousand cells so many take the value of the same column some rows further down.
    mixed: u64,
}

const CLEAN: Spoilt = Spoilt { vague: 0, blank: 0, bad: 0, gone: 0, mixed: 0 };

#[test]
fn a_clean_county() {
    agree("clean", CLEAN, 0..3, &[], &[]);
}

#[test]
fn children_missing_and_values_mixed_up() {
    agree("mixed", Spoilt { gone: 80, mixed: 60, ..CLEAN }, 3..7, &[], &[]);
}

#[test]
fn imprecise_dates_and_blanks() {
    agree("vague", Spoilt { vague: 40, blank: 20, ..CLEAN }, 0..2, &[], &[]);
    agree("very vague", Spoilt { vague: 200, blank: 100, mixed: 30, ..CLEAN }, 7..8, &[], &[]);
}

#[test]
fn bad_cells_and_refused_rows() {
    agree("bad", Spoilt { vague: 10, blank: 10, bad: 15, gone: 20, mixed: 20 }, 4..6, &[], &[]);
}

#[test]
fn tables_and_columns_not_exported() {
    let few = Spoilt { gone: 20, mixed: 20, ..CLEAN };
    for absent in ["step", "post", "rank", "person", "unit", "case", "talk", "audit", "assessment", "opinion"] {
        agree(absent, few, 6..7, &[absent], &[]);
    }
    for column in ["step.end", "post.case_id", "post.level", "case.person_id", "case.kind", "post.unit_id", "person.status", "unit.kind"] {
        agree(column, few, 7..8, &[], &[column]);
    }
}

#[test]
fn some_subjects_and_some_years_only() {
    let (rules, store) = county(Spoilt { vague: 20, blank: 10, bad: 5, gone: 20, mixed: 20 }, 2..3, &[], &[]);
    let day = |text: &str| Some(text.parse().unwrap());
    let some = |table: usize, row: u32| !(table as u32 + row).is_multiple_of(3);
    for (since, until) in [(day("2020-01-01"), None), (None, day("2018-06-30")), (day("2015-03-01"), day("2022-12-31"))] {
        compare("years of some", &rules, &store, &Options { since, until, scope: Some(&some), ..Options::on(today()) });
    }
    compare("some", &rules, &store, &Options { scope: Some(&some), ..Options::on(today()) });
    compare("another day", &rules, &store, &Options::on("2013-11-07".parse().unwrap()));
}

fn today() -> guiju::dates::Day {
    "2026-06-30".parse().unwrap()
}

fn agree(name: &str, spoilt: Spoilt, slices: Range<u64>, without: &[&str], columns_without: &[&str]) {
    let (rules, store) = county(spoilt, slices, without, columns_without);
    compare(name, &rules, &store, &Options::on(today()));
}

fn compare(name: &str, rules: &RuleSet, store: &Store, options: &Options<'_>) {
    let run = |one_by_one: bool| {
        let Options { as_of, rules: chosen, scope, limits, since, until, progress, .. } = *options;
        check(rules, store, &Options { as_of, rules: chosen, scope, limits, since, until, progress, one_by_one })
    };
    let (blocks, alone) = (run(false), run(true));
    let unlike = blocks.counts.iter().zip(&alone.counts).filter(|(a, b)| a != b);
    let unlike: Vec<String> = unlike.map(|(a, b)| format!("{}: {:?} by blocks, {:?} alone", a.code, a.verdicts, b.verdicts)).collect();
    assert!(unlike.is_empty() && blocks.counts.len() == alone.counts.len(), "{name}:\n{}", unlike.join("\n"));
    let (a, b) = (lines(&blocks), lines(&alone));
    let only = |x: &BTreeSet<String>, y: &BTreeSet<String>| x.difference(y).take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(a == b, "{name}: by blocks only:\n{}\nalone only:\n{}", only(&a, &b), only(&b, &a));
    assert_eq!(blocks.findings.len(), alone.findings.len(), "{name}");
    assert!(blocks.findings == alone.findings, "{name}: another order");
    assert_eq!(blocks.failures, alone.failures, "{name}");
    assert_eq!(blocks.unexported, alone.unexported, "{name}");
}

fn lines(outcome: &Outcome) -> BTreeSet<String> {
    let line = |f: &Finding| format!("{} {:?} {:?} {} {} {:?}", f.code, f.subject, f.part, f.verdict, f.message, f.missing);
    outcome.findings.iter().map(line).collect()
}

fn county(spoilt: Spoilt, slices: Range<u64>, without: &[&str], columns_without: &[&str]) -> (RuleSet, Store) {
    let rules = load(&Files::built_in()).unwrap_or_else(|errors| panic!("{}", errors[0].message));
    let folder = tempfile::tempdir().unwrap();
    write(Path::new("samples/county"), folder.path(), spoilt, slices, without, columns_without);
    let source = folder.path().to_str().unwrap().to_owned();
    let store = ingest::read(&[source], &rules.schema, &rules.wanted(), &ingest::Silent).unwrap();
    (rules, store)
}

/// Some slices of the sample county, spoilt: of people an eighth each, with what is theirs.
fn write(from: &Path, to: &Path, spoilt: Spoilt, slices: Range<u64>, without: &[&str], columns_without: &[&str]) {
    let mut reader = csv::Reader::from_path(from.join("case.csv")).unwrap();
    let all = reader.records().map(Result::unwrap);
    let cases: HashSet<String> = all.filter(|case| slices.contains(&slice(&case[1]))).map(|case| case[0].to_owned()).collect();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap().path();
        let table = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if file.extension().is_none_or(|e| e != "csv") || table == "EXPECTED" || without.contains(&table.as_str()) {
            continue;
        }
        let mut reader = csv::Reader::from_path(&file).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(|h| h.trim_start_matches('\u{feff}').to_owned()).collect();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let kept: Vec<usize> =
            (0..header.len()).filter(|&i| !columns_without.contains(&format!("{table}.{}", header[i]).as_str())).collect();
        let mut writer = csv::Writer::from_path(to.join(format!("{table}.csv"))).unwrap();
        writer.write_record(kept.iter().map(|&i| &header[i])).unwrap();
        let column = |name: &str| header.iter().position(|h| h == name);
        let (person, case) = (column("person_id"), column("case_id"));
        for (row, cells) in rows.iter().enumerate() {
            let is_kept = match (person, case) {
                (Some(person), _) => slices.contains(&slice(&cells[person])),
                (_, Some(case)) => cases.contains(&cells[case]),
                _ => true,
            };
            let place = format!("{table} {row}");
            let may_go = !matches!(table.as_str(), "person" | "unit" | "case");
            if !is_kept || may_go && chance(&place) < spoilt.gone {
                continue;
            }
            let cells = kept.iter().map(|&i| {
                let name = header[i].as_str();
                // The key itself is left alone: who has none is refused, and all that belongs to them with them.
                let key = i == 0;
                let place = format!("{place} {name}");
                let cell = match chance(&format!("mixed {place}")) < spoilt.mixed && !name.ends_with("_id") && name != "id_number" && !key {
                    true => rows[(row + 3) % rows.len()].get(i).unwrap_or_default(),
                    false => cells.get(i).unwrap_or_default(),
                };
                if key { cell } else { spoil(cell, chance(&place), spoilt) }
            });
            writer.write_record(cells).unwrap();
        }
        writer.flush().unwrap();
    }
}

/// Which eighth of the county somebody belongs to.
fn slice(person: &str) -> u64 {
    chance(person) % 8
}

/// A cell made imprecise, empty or unreadable, by a chance of 0..1000.
fn spoil(cell: &str, chance: u64, spoilt: Spoilt) -> &str {
    let date = cell.len() == 10 && cell.as_bytes()[4] == b'-';
    let (month, year) = (spoilt.vague, spoilt.vague + spoilt.vague / 5);
    match chance {
        c if date && c < month => &cell[..7],
        c if date && c < year => &cell[..4],
        c if (year..year + spoilt.blank).contains(&c) => "",
        c if (year + spoilt.blank..year + spoilt.blank + spoilt.bad).contains(&c) => "?",
        _ => cell,
    }
}

/// A number of 0..1000 that a text stands for (FNV-1a, mixed).
fn chance(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    ((hash ^ hash >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % 1000
}
