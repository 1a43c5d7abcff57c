//! A baseline: what is known counts no more, what is new does, and it only shrinks.

use super::kit::World;
use serde_json::Value;

const DATA: [&str; 5] = ["data", "--rules", "rules", "--as-of", "2024-04-10"];

/// Checks against the baseline; gives the exit code and what is shown.
fn new(world: &World, more: &[&str]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let flags = ["check", "--baseline", "base.txt", "--new-only", "--format", "json", "-o", "out.json"];
    let out = world.run(&[&flags, &DATA[..], more].concat());
    let report = world.report();
    let texts = |list: &Value, of: &dyn Fn(&Value) -> String| list.as_array().map_or_else(Vec::new, |all| all.iter().map(of).collect());
    let shown =
        texts(&report["findings"], &|f| format!("{} {}", f["code"].as_str().unwrap_or(""), f["subject"]["id"].as_str().unwrap_or("")));
    let notices = texts(&report["notices"], &|n| n["code"].as_str().unwrap_or("").to_owned());
    (out.status.code(), shown, notices)
}

fn baseline(world: &World, what: &str, more: &[&str]) -> Option<i32> {
    world.run(&[&["baseline", what, "base.txt"], &DATA[..], more].concat()).status.code()
}

#[test]
fn what_is_known_fails_no_run_and_what_is_new_does() {
    let world = World::new();
    assert_eq!(baseline(&world, "write", &[]), Some(0));
    assert_eq!(new(&world, &[]), (Some(0), vec![], vec!["baseline::known".to_owned()]));
    assert_eq!(world.report()["run"]["hidden"], 2);
    world.edit("data/step.csv", "S2,C2,任前公示,2024-03-04", "S2,C2,任前公示,2024-03-05");
    assert_eq!(new(&world, &[]).1, ["GS002 C2"]);
    assert_eq!(new(&world, &[]).0, Some(1));
}

#[test]
fn what_grew_worse_is_new() {
    let world = World::new();
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03");
    baseline(&world, "write", &[]);
    world.edit("data/step.csv", "2024-03-04,2024-03\n", "2024-03-04,2024-03-07\n");
    assert_eq!(new(&world, &[]).1, ["GS002 C1"]);
}

#[test]
fn a_baseline_says_when_it_could_shrink_and_shrinks_only_when_told() {
    let world = World::new();
    baseline(&world, "write", &[]);
    let before = world.text("base.txt");
    assert_eq!(before.lines().filter(|l| !l.starts_with('#')).count(), 2);
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03-08");
    world.edit("data/step.csv", "S2,C2,任前公示,2024-03-04", "S2,C2,任前公示,2024-03-05");
    assert_eq!(new(&world, &[]).2, ["baseline::known", "baseline::can-shrink"]);
    assert_eq!(world.text("base.txt"), before);
    // Rules that were not asked prove nothing mended.
    assert_eq!(new(&world, &["--select", "TH001"]).2, ["baseline::known"]);
    assert_eq!(baseline(&world, "shrink", &["--select", "TH001"]), Some(0));
    assert_eq!(world.text("base.txt"), before);
    assert_eq!(baseline(&world, "shrink", &[]), Some(0));
    let after = world.text("base.txt");
    assert_eq!(after.lines().filter(|l| !l.starts_with('#')).count(), 1);
    // What is new did not get in.
    assert!(!after.contains("case/C2"), "{after}");
}

#[test]
fn a_run_that_could_not_see_everything_shrinks_nothing() {
    let world = World::new();
    baseline(&world, "write", &[]);
    let before = world.text("base.txt");
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-13");
    assert_eq!(baseline(&world, "shrink", &[]), Some(5));
    assert_eq!(world.text("base.txt"), before);
}

#[test]
fn a_baseline_is_not_written_over() {
    let world = World::new();
    baseline(&world, "write", &[]);
    assert_eq!(baseline(&world, "write", &[]), Some(2));
    assert_eq!(baseline(&world, "write", &["--replace"]), Some(0));
}

#[test]
fn a_wrong_baseline_stops_the_run() {
    let world = World::new();
    world.write("base.txt", "gj1:00\t违规\tGS002\tcase/C1\n");
    assert_eq!(world.run(&[&["check", "--baseline", "base.txt"], &DATA[..]].concat()).status.code(), Some(3));
    world.write("base.txt", "# guiju baseline 1\ngj1:00 违规\n");
    let out = world.run(&[&["check", "--baseline", "base.txt"], &DATA[..]].concat());
    assert_eq!(out.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&out.stderr).contains("baseline::bad-line"));
    let out = world.run(&[&["check", "--baseline", "none.txt"], &DATA[..]].concat());
    assert_eq!(out.status.code(), Some(3));
}

#[test]
fn new_only_needs_something_to_be_newer_than() {
    let world = World::new();
    assert_eq!(world.run(&[&["check", "--new-only"], &DATA[..]].concat()).status.code(), Some(2));
}

#[test]
fn without_a_baseline_new_is_what_the_run_before_did_not_see() {
    let world = World::new();
    assert_eq!(world.check("2024-04-10", &["--new-only"]), 1);
    assert_eq!(world.check("2024-04-10", &["--new-only"]), 0);
    assert_eq!(world.report()["findings"].as_array().map(Vec::len), Some(0));
    world.edit("data/step.csv", "S2,C2,任前公示,2024-03-04", "S2,C2,任前公示,2024-03-05");
    assert_eq!(world.check("2024-04-10", &["--new-only"]), 1);
    // All of them were recorded, shown or not.
    let history = world.json(&["history", "--ledger", "l.db", "--format", "json"]);
    assert_eq!(history[2]["counts"]["findings"]["违规"], 2);
}
