//! The engine and the yardstick of the benchmarks agree: the same findings from the same records, however imprecise.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first thing that is not as it should be")]

#[path = "../benches/yardstick/mod.rs"]
mod yardstick;

use guiju::engine::{Options, check};
use guiju::ingest;
use guiju::records::Store;
use guiju::rules::{Files, RuleSet, load_some};
use std::collections::BTreeSet;
use std::path::Path;
use yardstick::{CODES, Columns};

/// Code, subject, part, verdict.
type Line = (String, String, String, String);

/// How often the sample county is repeated, each time with other cells spoilt.
const COPIES: u64 = 8;

/// Stages of SX001, as the yardstick numbers them.
const STAGES: [&str; 7] = ["动议", "推荐", "确定考察对象", "考察", "讨论决定", "任前公示", "任职通知"];

#[test]
fn the_yardstick_finds_what_the_engine_finds() {
    let rules = twelve_rules();
    let folder = tempfile::tempdir().unwrap();
    write_counties(Path::new("samples/county"), folder.path());
    let source = folder.path().to_str().unwrap().to_owned();
    let store = ingest::read(&[source], &rules.schema, &rules.wanted(), &ingest::Silent).unwrap();
    let day = "2026-06-30".parse().unwrap();
    let columns = Columns::of(&store).unwrap_or_else(|| panic!("a column is not there"));
    let by_hand: Vec<Line> = yardstick::judge(&columns, &rules.calendar, day).iter().map(|f| line(&store, &rules, *f)).collect();
    let outcome = check(&rules, &store, &Options::on(day));
    let by_rule: Vec<Line> = outcome
        .findings
        .iter()
        .map(|f| (f.code.clone(), f.subject.id.clone(), f.part.clone().unwrap_or_default(), f.verdict.to_string()))
        .collect();
    let (a, b): (BTreeSet<&Line>, BTreeSet<&Line>) = (by_hand.iter().collect(), by_rule.iter().collect());
    let only = |x: &BTreeSet<&Line>, y: &BTreeSet<&Line>| x.difference(y).take(40).map(|l| format!("{l:?}")).collect::<Vec<_>>().join("\n");
    assert!(a == b, "by hand only:\n{}\nby rule only:\n{}", only(&a, &b), only(&b, &a));
    assert_eq!(by_hand.len(), by_rule.len());
    for code in CODES {
        let of = |verdict: &str| by_rule.iter().filter(|l| l.0 == code && l.3 == verdict).count();
        assert!(of("违规") + of("提醒") > 0, "no fault of {code}");
        assert!(of("待核") > 0, "nothing of {code} left open");
    }
}

fn twelve_rules() -> RuleSet {
    let wanted = |path: &str| CODES.iter().any(|c| path.ends_with(&format!("/{c}.toml")));
    load_some(&Files::built_in(), &wanted, &[]).unwrap_or_else(|errors| panic!("{}", errors[0].message))
}

fn line(store: &Store, rules: &RuleSet, found: yardstick::Found) -> Line {
    let code = CODES[found.rule];
    let rule = rules.of_code(code).next().unwrap();
    let part = match code {
        "SX001" => format!("{}→{}", STAGES[usize::from(found.part / 10)], STAGES[usize::from(found.part % 10)]),
        _ => String::new(),
    };
    (code.to_owned(), store.key(rule.subject, found.row).to_owned(), part, found.verdict.to_string())
}

/// Several counties in one folder: the sample's, with some dates made imprecise and some cells emptied.
fn write_counties(from: &Path, to: &Path) {
    for table in ["unit", "person", "post", "rank", "case", "step", "talk", "audit"] {
        let mut reader = csv::Reader::from_path(from.join(format!("{table}.csv"))).unwrap();
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let mut writer = csv::Writer::from_path(to.join(format!("{table}.csv"))).unwrap();
        writer.write_record(&header).unwrap();
        for copy in 0..COPIES {
            for (row, cells) in rows.iter().enumerate() {
                let spoilt = cells.iter().zip(&header).map(|(cell, name)| {
                    let name = name.trim_start_matches('\u{feff}');
                    let id = name.ends_with("_id");
                    let chance = if copy == 0 { 1000 } else { chance(&format!("{copy} {table} {row} {name}")) };
                    match spoil(table, name, cell, chance) {
                        kept if id && !kept.is_empty() => format!("{copy}-{kept}"),
                        kept => kept.to_owned(),
                    }
                });
                writer.write_record(spoilt).unwrap();
            }
        }
        writer.flush().unwrap();
    }
}

/// A cell made imprecise or empty, by a chance of 0..1000.
fn spoil<'a>(table: &str, name: &str, cell: &'a str, chance: u64) -> &'a str {
    let date = cell.len() == 10 && cell.as_bytes()[4] == b'-';
    let may_be_blank = matches!(
        (table, name),
        ("case", "leader" | "chief" | "level" | "mode" | "reshuffle" | "unit_id" | "exception" | "committee")
            | ("post", "leader" | "chief" | "level" | "kind" | "unit_id" | "case_id" | "end")
            | ("step", "due" | "present" | "ayes" | "result" | "end")
            | ("audit", "reported")
            | ("person", "status")
            | ("unit", "kind")
    );
    match chance {
        0..25 if date => &cell[..7],
        25..30 if date => &cell[..4],
        30..45 if may_be_blank => "",
        _ => cell,
    }
}

/// A number of 0..1000 that a text stands for (FNV-1a, mixed).
fn chance(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    ((hash ^ hash >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % 1000
}
