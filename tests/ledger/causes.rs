//! Why findings come and go is found by crossing old and new: one world, changed in one way or in two.

use super::kit::World;

#[test]
fn records_that_change_bring_and_end_findings() {
    let world = World::new();
    assert_eq!(world.check("2024-04-01", &[]), 1);
    world.edit("data/step.csv", "S1,C1,任前公示,2024-03-04,2024-03-07", "S1,C1,任前公示,2024-03-04,2024-03-08");
    world.edit("data/step.csv", "S2,C2,任前公示,2024-03-04,2024-03-08", "S2,C2,任前公示,2024-03-05,2024-03-08");
    world.check("2024-04-01", &[]);
    assert_eq!(world.diff(), ["新增 GS002 C2 数据变化", "消失 GS002 C1 数据变化"]);
}

#[test]
fn a_value_that_changes_is_told_with_both_values() {
    let world = World::new();
    world.check("2024-04-01", &[]);
    world.edit("data/step.csv", "2024-03-07", "2024-03-06");
    world.check("2024-04-01", &[]);
    assert_eq!(world.diff(), ["变化 GS002 C1 数据变化"]);
    let diff = world.json(&["diff", "--ledger", "l.db", "--format", "json"]);
    let cell = &diff["items"][0]["cells"][0];
    assert_eq!(
        (cell["id"].as_str(), cell["before"].as_str(), cell["after"].as_str()),
        (Some("S1"), Some("2024-03-07"), Some("2024-03-06"))
    );
}

#[test]
fn time_alone_makes_a_deadline_pass() {
    let world = World::new();
    world.check("2024-04-01", &["--select", "TH001"]);
    world.check("2024-04-10", &["--select", "TH001"]);
    assert_eq!(world.diff(), ["新增 TH001 C3 时间推移"]);
}

#[test]
fn rules_alone_bring_and_end_findings() {
    let world = World::new();
    world.check("2024-04-01", &["--select", "GS002"]);
    world.edit("rules/local/GS/GS002.toml", "minimum  = 5", "minimum  = 6");
    world.check("2024-04-01", &["--select", "GS002"]);
    assert_eq!(world.diff(), ["新增 GS002 C2 规则变化", "新增 GS002 C3 规则变化"]);
    world.edit("rules/local/GS/GS002.toml", "minimum  = 6", "minimum  = 4");
    world.check("2024-04-01", &["--select", "GS002"]);
    assert_eq!(world.diff(), ["消失 GS002 C1 规则变化", "消失 GS002 C2 规则变化", "消失 GS002 C3 规则变化"]);
}

#[test]
fn causes_are_told_apart_where_all_change_at_once() {
    let world = World::new();
    world.check("2024-03-21", &[]);
    // C1 is mended in the records; six days are asked for from now on, which C2 and C3 lack; C3's talk falls due.
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03-11");
    world.edit("rules/local/GS/GS002.toml", "minimum  = 5", "minimum  = 6");
    world.check("2024-04-10", &[]);
    assert_eq!(world.diff(), ["新增 GS002 C2 规则变化", "新增 GS002 C3 规则变化", "新增 TH001 C3 时间推移", "消失 GS002 C1 数据变化"]);
    assert!(world.verifies());
}

#[test]
fn several_causes_of_one_finding_are_all_named() {
    let world = World::new();
    world.check("2024-03-21", &["--select", "TH001"]);
    // The matter is entered late, and by then its talk is overdue; on the day before it was not.
    world.edit("data/case.csv", "C3,P2,U1,提拔\n", "C3,P2,U1,提拔\nC4,P2,U1,提拔\n");
    world.edit("data/step.csv", "S4,C3", "S5,C4,任职通知,2024-04-01,\nS4,C3");
    world.check("2024-05-10", &["--select", "TH001"]);
    let diff = world.diff();
    assert!(diff.contains(&"新增 TH001 C4 数据变化、时间推移".to_owned()), "{diff:?}");
}

#[test]
fn two_runs_far_apart_name_what_happened_between() {
    let world = World::new();
    world.check("2024-04-01", &["--select", "GS002"]);
    world.check("2024-04-02", &["--select", "GS002"]);
    world.edit("rules/local/GS/GS002.toml", "minimum  = 5", "minimum  = 6");
    world.check("2024-04-03", &["--select", "GS002"]);
    world.check("2024-04-04", &["--select", "GS002"]);
    assert_eq!(world.diff(), Vec::<String>::new());
    assert_eq!(world.diff_of("1", "last"), ["新增 GS002 C2 规则变化", "新增 GS002 C3 规则变化"]);
    assert_eq!(world.diff_of("4", "1"), world.diff_of("1", "4"));
}

#[test]
fn runs_of_another_scope_are_no_predecessors() {
    let world = World::new();
    world.check("2024-04-01", &[]);
    world.check("2024-04-01", &["--unit", "U1"]);
    world.check("2024-04-01", &["--select", "TH001"]);
    let history = world.json(&["history", "--ledger", "l.db", "--format", "json"]);
    assert!(history.as_array().expect("runs").iter().all(|run| run["previous"].is_null()));
    let across = world.diff_of("1", "3");
    assert_eq!(across, ["消失 GS002 C1 ?范围变化"]);
}

#[test]
fn records_of_others_are_ruled_out_and_those_of_the_same_person_are_not() {
    let world = World::new();
    world.check("2024-04-01", &["--select", "TH001"]);
    // Another person's records change; C3's talk falls due.
    world.edit("data/case.csv", "C1,P1,U2,提拔", "C1,P1,U2,交流");
    world.check("2024-04-10", &["--select", "TH001"]);
    assert_eq!(world.diff(), ["新增 TH001 C3 时间推移"]);
    let world = World::new();
    world.check("2024-04-01", &["--select", "TH001"]);
    // A run over the same records in between keeps what they held.
    world.check("2024-04-02", &["--select", "TH001"]);
    world.edit("data/case.csv", "C1,P1,U2,提拔", "C1,P1,U2,交流");
    world.check("2024-04-10", &["--select", "TH001"]);
    assert_eq!(world.diff(), ["新增 TH001 C3 时间推移"]);
    let world = World::new();
    world.check("2024-04-01", &["--select", "TH001"]);
    // Another matter of the same person: it had no part in it, but the ledger cannot know.
    world.edit("data/case.csv", "C1,P1,U2,提拔", "C9,P2,U1,交流\nC1,P1,U2,提拔");
    world.check("2024-04-10", &["--select", "TH001"]);
    assert_eq!(world.diff(), ["新增 TH001 C3 时间推移?数据变化"]);
}

#[test]
fn rules_that_ask_for_other_columns_are_crossed_with_the_records_read_again() {
    let world = World::new();
    world.check("2024-04-01", &["--select", "GS002"]);
    // The new rule reads a column that the old one did not.
    world.edit("rules/local/GS/GS002.toml", "when    = \"has(notice)\"", "when    = \"has(notice) && kind == '平级调整'\"");
    world.edit("rules/local/GS/GS002.toml", "minimum  = 5", "minimum  = 6");
    world.check("2024-04-01", &["--select", "GS002"]);
    assert_eq!(world.diff(), ["新增 GS002 C2 规则变化", "消失 GS002 C1 规则变化"]);
}

#[test]
fn a_profile_that_changes_is_a_change_of_the_rules() {
    let world = World::new();
    let profile = |minimum: u32| {
        let change =
            format!("[[change]]\nrule = \"GS002\"\nset = {{ minimum = {minimum} }}\nwas = {{ minimum = 5 }}\nreason = \"专项检查\"\n");
        world.write("p.toml", &format!("title = \"从严\"\n{change}\n[waiver]\n\"违规\" = \"不得豁免\"\nreason = \"专项检查\"\n"));
    };
    let with = ["--select", "GS002", "--profile", "p.toml"];
    profile(6);
    world.check("2024-04-01", &with);
    profile(7);
    world.check("2024-04-01", &with);
    // Cases with five days are short of six and of seven.
    assert_eq!(world.diff(), Vec::<String>::new());
    world.edit("data/step.csv", "S2,C2,任前公示,2024-03-04,2024-03-08", "S2,C2,任前公示,2024-03-04,2024-03-11");
    profile(6);
    world.check("2024-04-02", &with);
    let diff = world.diff();
    assert_eq!(diff, ["消失 GS002 C2 数据变化、规则变化"], "six days are in order by the new profile alone");
    // The old profile's limit is remembered: back to it, and the finding is back for that reason alone.
    profile(7);
    world.check("2024-04-02", &with);
    assert_eq!(world.diff(), ["新增 GS002 C2 规则变化"]);
    world.check("2024-04-02", &["--select", "GS002"]);
    assert_eq!(world.diff(), ["消失 GS002 C2 规则变化", "消失 GS002 C3 规则变化"]);
    assert!(world.verifies());
    let said = ["--reason", "r", "--document", "d", "--approver", "a", "--expires", "2024-05-01", "--waivers", "w.toml"];
    let add = ["waive", "add", "GS002", "data", "--case", "C1", "--rules", "rules", "--as-of", "2024-04-10", "--profile", "p.toml"];
    let out = world.run(&[&add[..], &said].concat());
    assert!(String::from_utf8_lossy(&out.stderr).contains("不得豁免"), "{}", String::from_utf8_lossy(&out.stderr));
}
