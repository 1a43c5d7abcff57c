//! Waivers: accepted exceptions that say why, by whom and until when, and hold for nothing else.

use super::kit::World;
use serde_json::Value;

const DATA: [&str; 5] = ["data", "--rules", "rules", "--as-of", "2024-04-10"];
const SAID: [&str; 8] = ["--reason", "机构改革过渡期", "--document", "组〔2024〕3号", "--approver", "王五", "--waivers", "w.toml"];

/// Adds a waiver.
fn add(world: &World, target: &str, more: &[&str]) -> (Option<i32>, String) {
    let out = world.run(&[&["waive", "add", target][..], &DATA, &SAID, more].concat());
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
}

/// The fingerprint of a finding.
fn fingerprint(world: &World, code: &str, id: &str) -> String {
    world.run(&[&["check", "--format", "json", "-o", "out.json"], &DATA[..]].concat());
    let report = world.report();
    let found = report["findings"].as_array().expect("findings");
    let of = |f: &&Value| f["code"] == code && f["subject"]["id"] == id;
    found.iter().find(of).and_then(|f| f["fingerprint"].as_str()).expect("the finding").to_owned()
}

/// Checks on a day with the waivers: the exit code, what is waived, and the codes of the notices.
fn check(world: &World, as_of: &str, more: &[&str]) -> (i32, Vec<String>, Vec<String>) {
    let flags = ["check", "data", "--rules", "rules", "--as-of", as_of, "--waivers", "w.toml", "--format", "json", "-o", "out.json"];
    let out = world.run(&[&flags[..], more].concat());
    let report = world.report();
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let waived = list(&report["findings"]).into_iter().filter(|f| f["waived"].is_object());
    let waived = waived.map(|f| format!("{} {}", text(&f["code"]), text(&f["subject"]["id"]))).collect();
    (out.status.code().expect("an exit code"), waived, list(&report["notices"]).iter().map(|n| text(&n["code"])).collect())
}

/// The world with C1's notice waived until 2024-09-30.
fn waived(world: World) -> World {
    let print = fingerprint(&world, "GS002", "C1");
    let (code, err) = add(&world, &print, &["--expires", "2024-09-30"]);
    assert_eq!(code, Some(0), "{err}");
    world
}

#[test]
fn a_waived_finding_is_judged_counted_and_shown_but_fails_nothing() {
    let world = waived(World::new());
    assert_eq!(check(&world, "2024-04-10", &[]), (0, vec!["GS002 C1".to_owned()], vec![]));
    let report = world.report();
    assert_eq!(report["run"]["verdicts"]["违规"], 1);
    let found = report["findings"].as_array().expect("findings").iter().find(|f| f["code"] == "GS002").expect("it").clone();
    let expected = serde_json::json!({
        "reason": "机构改革过渡期", "document": "组〔2024〕3号", "approver": "王五", "approved": "2024-04-10", "expires": "2024-09-30",
    });
    assert_eq!(found["waived"], expected);
    for format in ["text", "table", "markdown", "csv", "jsonl"] {
        let flags = ["check", "--waivers", "w.toml", "--format", format];
        let out = world.run(&[&flags[..], &DATA].concat());
        assert!(String::from_utf8_lossy(&out.stdout).contains("组〔2024〕3号"), "{format} does not show the waiver");
    }
}

#[test]
fn a_waiver_holds_on_its_last_day_and_no_longer() {
    let world = waived(World::new());
    assert_eq!(check(&world, "2024-09-30", &[]), (0, vec!["GS002 C1".to_owned()], vec!["waiver::expires-soon".to_owned()]));
    assert_eq!(check(&world, "2024-10-01", &[]), (1, vec![], vec!["waiver::expired".to_owned()]));
    // Thirty days before its end it is announced, thirty-one days before it is not.
    assert_eq!(check(&world, "2024-08-31", &[]).2, ["waiver::expires-soon"]);
    assert!(check(&world, "2024-08-30", &[]).2.is_empty());
    // Before it was approved it does not hold.
    assert_eq!(check(&world, "2024-04-09", &[]), (1, vec![], vec!["waiver::not-yet".to_owned()]));
}

#[test]
fn a_waiver_goes_stale_when_the_values_change() {
    let world = waived(World::new());
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03-06");
    assert_eq!(check(&world, "2024-04-10", &[]), (1, vec![], vec!["waiver::stale".to_owned()]));
}

#[test]
fn a_waiver_goes_stale_when_the_verdict_grows_worse() {
    let world = World::new();
    world.edit("rules/local/GS/GS002.toml", "\"违规\"", "\"提醒\"");
    let world = waived(world);
    assert_eq!(check(&world, "2024-04-10", &[]).1, ["GS002 C1"]);
    world.edit("rules/local/GS/GS002.toml", "\"提醒\"", "\"违规\"");
    assert_eq!(check(&world, "2024-04-10", &[]), (1, vec![], vec!["waiver::stale".to_owned()]));
}

#[test]
fn an_unused_waiver_is_told_where_everything_was_asked() {
    let world = waived(World::new());
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03-08");
    assert_eq!(check(&world, "2024-04-10", &[]).2, ["waiver::unused"]);
    assert!(check(&world, "2024-04-10", &["--select", "TH001"]).2.is_empty());
    assert!(check(&world, "2024-04-10", &["--unit", "U1"]).2.is_empty());
}

#[test]
fn a_rule_is_waived_for_whom_the_selector_names() {
    for (selector, expected) in [
        (&["--unit", "U2"][..], &["GS002 C1", "GS002 C2"][..]),
        (&["--person", "P2"], &["GS002 C2"]),
        (&["--case", "C1"], &["GS002 C1"]),
        (&["--kind", "平级调整"], &["GS002 C2"]),
        (&["--unit", "U2", "--kind", "提拔"], &["GS002 C1"]),
    ] {
        let world = World::new();
        world.edit("data/step.csv", "S2,C2,任前公示,2024-03-04", "S2,C2,任前公示,2024-03-05");
        let (code, err) = add(&world, "GS002", &[&["--expires", "2024-09-30"], selector].concat());
        assert_eq!(code, Some(0), "{err}");
        assert_eq!(check(&world, "2024-04-10", &[]).1, expected, "{selector:?}");
    }
}

#[test]
fn a_whole_rule_cannot_be_waived() {
    let (code, err) = add(&World::new(), "GS002", &["--expires", "2024-09-30"]);
    assert_eq!((code, err.contains("usage::cannot-waive"), err.contains("--unit")), (Some(2), true, true), "{err}");
}

#[test]
fn a_waiver_longer_than_allowed_is_refused_and_does_not_hold() {
    let world = World::new();
    let print = fingerprint(&world, "GS002", "C1");
    // Half a year from 2024-04-10 ends on 2024-10-10.
    let (code, err) = add(&world, &print, &["--expires", "2024-10-11"]);
    assert_eq!((code, err.contains("usage::cannot-waive"), err.contains("最迟到 2024-10-10")), (Some(2), true, true), "{err}");
    assert_eq!(add(&world, &print, &["--expires", "2024-10-10"]).0, Some(0));
    world.edit("w.toml", "2024-10-10", "2025-10-10");
    assert_eq!(check(&world, "2024-04-10", &[]), (1, vec![], vec!["waiver::too-long".to_owned()]));
}

#[test]
fn a_wrong_waiver_file_stops_the_run() {
    let world = World::new();
    let full = "finding = \"gj1:00\"\nreason = \"r\"\ndocument = \"d\"\napprover = \"a\"\napproved = 2024-01-01\nexpires = 2024-02-01\ngranted = []\n";
    for (text, code) in [
        ("[[waiver]", "toml::syntax"),
        ("[[waivers]]", "toml::unknown-key"),
        (&full.replace("reason = \"r\"\n", ""), "waiver::incomplete"),
        (&full.replace("document = \"d\"", "document = \" \""), "waiver::incomplete"),
        (&full.replace("expires = 2024-02-01\n", ""), "waiver::incomplete"),
        (&full.replace("granted = []\n", ""), "waiver::incomplete"),
        (&full.replace("finding = \"gj1:00\"", "rule = \"GS002\""), "waiver::incomplete"),
        (&full.replace("approver", "aprover"), "toml::unknown-key"),
        (&full.replace("2024-02-01", "\"soon\""), "toml::wrong-type"),
    ] {
        let text = if text.starts_with('[') { text.to_owned() } else { format!("[[waiver]]\n{text}") };
        world.write("w.toml", &text);
        let out = world.run(&[&["check", "--waivers", "w.toml"], &DATA[..]].concat());
        let err = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!((out.status.code(), err.contains(code)), (Some(3), true), "{text}\n{err}");
    }
    let out = world.run(&[&["check", "--waivers", "none.toml"], &DATA[..]].concat());
    assert_eq!(out.status.code(), Some(3));
}

#[test]
fn waivers_that_cannot_hold_are_told_and_do_not() {
    let world = waived(World::new());
    world.edit("w.toml", "2024-09-30", "2024-04-09");
    assert_eq!(check(&world, "2024-04-10", &[]), (1, vec![], vec!["waiver::invalid".to_owned()]));
    let world = World::new();
    add(&world, "GS002", &["--unit", "U2", "--expires", "2024-09-30"]);
    world.edit("w.toml", "GS002", "GS999");
    assert!(check(&world, "2024-04-10", &[]).2.contains(&"waiver::unknown-rule".to_owned()));
}

#[test]
fn waivers_are_listed_and_removed() {
    let world = World::new();
    let print = fingerprint(&world, "GS002", "C1");
    add(&world, &print, &["--expires", "2024-09-30"]);
    add(&world, "TH001", &["--person", "P2", "--expires", "2025-03-31"]);
    world.edit("w.toml", "[[waiver]]\nrule", "# 第二项\n[[waiver]]\nrule");
    let list = |as_of: &str| {
        let out = world.run(&["waive", "list", "--waivers", "w.toml", "--as-of", as_of]);
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    assert!(list("2024-05-01").contains("未到期"));
    assert!(list("2024-09-20").contains("还有 10 天"));
    assert!(list("2024-10-01").contains("已到期"));
    assert_eq!(world.run(&["waive", "remove", "3", "--waivers", "w.toml"]).status.code(), Some(2));
    assert_eq!(world.run(&["waive", "remove", "1", "--waivers", "w.toml"]).status.code(), Some(0));
    let left = world.text("w.toml");
    assert!(!left.contains(&print) && left.contains("TH001") && left.contains("# 第二项"), "{left}");
    // Nothing there to be waived.
    assert_eq!(add(&world, "gj1:00", &["--expires", "2024-09-30"]).0, Some(2));
}

#[test]
fn who_granted_a_waiver_is_in_the_log() {
    let world = World::new();
    let print = fingerprint(&world, "GS002", "C1");
    let acting = ["--expires", "2024-09-30", "--ledger", "l.db", "--as", "赵六"];
    assert_eq!(add(&world, &print, &acting).0, Some(6));
    world.run(&["ledger", "user", "赵六", "--post", "科长", "--ledger", "l.db"]);
    assert!(!world.path("w.toml").exists());
    assert_eq!(add(&world, &print, &acting).0, Some(0));
    assert!(world.verifies());
    let db = rusqlite::Connection::open(world.path("l.db")).expect("the ledger");
    let logged: (String, String) =
        db.query_row("SELECT user, why FROM log WHERE kind = 'waiver'", [], |r| Ok((r.get(0)?, r.get(1)?))).expect("an entry");
    assert_eq!(logged, ("赵六".to_owned(), "机构改革过渡期".to_owned()));
}

#[test]
fn runs_tell_why_a_finding_is_waived_or_no_longer() {
    let world = World::new();
    world.check("2024-04-10", &["--select", "GS002"]);
    let world = waived(world);
    let with = ["--select", "GS002", "--waivers", "w.toml"];
    world.check("2024-04-10", &with);
    assert_eq!(world.diff(), ["变化 GS002 C1 豁免变化"]);
    world.check("2024-10-01", &with);
    assert_eq!(world.diff(), ["变化 GS002 C1 时间推移"]);
    world.check("2024-10-02", &["--select", "GS002"]);
    assert_eq!(world.diff(), Vec::<String>::new());
    assert!(world.verifies());
}
