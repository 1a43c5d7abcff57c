//! The tests of the shipped rules reach everything that the rules say, and notice when a threshold moves by one.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::{exercised, unnoticed};
use guiju::rules::{Files, RuleSet, load, moves};
use serde::Deserialize;
use std::path::Path;

fn shipped() -> (Files, RuleSet) {
    let files = Files::built_in();
    let rules = load(&files).expect("the rules load");
    (files, rules)
}

#[derive(Deserialize)]
struct Excused {
    #[serde(rename = "move")]
    moves: Vec<Excuse>,
}

#[derive(Deserialize)]
struct Excuse {
    name: String,
    around: String,
    from: String,
    to: Vec<String>,
    why: String,
}

#[test]
fn every_version_sentence_severity_and_condition_is_exercised() {
    let (_, rules) = shipped();
    let branches = exercised(&rules, &|_| true, None);
    assert!(branches.len() > 900, "only {} branches are known", branches.len());
    let idle: Vec<String> =
        branches.iter().filter(|b| !b.exercised).map(|b| format!("{} {} ({}:{})", b.code, b.what, b.file, b.line)).collect();
    assert!(idle.is_empty(), "no test exercises:\n{}", idle.join("\n"));
}

#[test]
fn every_threshold_that_moves_is_noticed_but_those_excused() {
    let (files, rules) = shipped();
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/coverage/unnoticed.toml")).expect("the list is there");
    let excused: Excused = toml::from_str(&text).expect("the list is TOML");
    let (count, escaped) = unnoticed(&files, &rules, &|_| true);
    assert!(count > 350, "only {count} moves are known");
    let excuses = |u: &guiju::engine::Unnoticed, e: &Excuse| {
        e.name == u.name && u.what.around.contains(&e.around) && e.from == u.what.from && e.to.contains(&u.what.to)
    };
    let missed: Vec<String> = escaped
        .iter()
        .filter(|u| !excused.moves.iter().any(|e| excuses(u, e)))
        .map(|u| format!("{} {} → {} ({}:{})", u.name, u.what.from, u.what.to, u.what.path, u.what.line))
        .collect();
    assert!(missed.is_empty(), "no test decides otherwise by:\n{}", missed.join("\n"));
    for excuse in &excused.moves {
        assert!(!excuse.why.is_empty(), "{} has no reason", excuse.name);
        for to in &excuse.to {
            let one = escaped.iter().any(|u| u.what.to == *to && excuses(u, excuse));
            assert!(one, "{} {} → {to} is noticed now: take it off the list", excuse.name, excuse.from);
        }
    }
}

/// What stands in the rule's file, and what is put there.
fn moved(code: &str) -> Vec<(String, String)> {
    let (files, rules) = shipped();
    let rule = rules.of_code(code).next().expect("the rule is there");
    moves(&files, rule).into_iter().map(|m| (m.from, m.to)).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn numbers_and_the_days_of_versions_move_by_one_and_never_overlap() {
    let made = moved("GS002");
    for one in pairs(&[
        ("5", "4"),
        ("5", "6"),
        ("7", "6"),
        ("7", "8"),
        ("2014-01-14", "2014-01-15"),
        ("2002-07-09", "2002-07-10"),
        ("2014-01-13", "2014-01-12"),
    ]) {
        assert!(made.contains(&one), "{one:?} is not among {made:?}");
    }
    assert_eq!(made.len(), 7);
}

#[test]
fn years_move_by_a_month_and_days_by_a_day() {
    let made = moved("SY001");
    for one in pairs(&[("1年", "11个月"), ("1年", "13个月"), ("30日", "29日"), ("30日", "31日"), ("2001-02-06", "2001-02-07")]) {
        assert!(made.contains(&one), "{one:?} is not among {made:?}");
    }
}

#[test]
fn a_move_changes_its_file_there_only() {
    let (files, rules) = shipped();
    let rule = rules.of_code("GS002").next().expect("the rule is there");
    let one = moves(&files, rule).into_iter().find(|m| m.to == "6").expect("five becomes six");
    let changed = one.made(&files);
    let (before, after) = (&files.get(&one.path).expect("it is there").text, &changed.get(&one.path).expect("it is there").text);
    let differ: Vec<(&str, &str)> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
    let [(old, new)] = differ.as_slice() else { panic!("one line differs, not {differ:?}") };
    assert!(old.starts_with("minimum  = 5 ") && new.starts_with("minimum  = 6 "), "{old} became {new}");
}
