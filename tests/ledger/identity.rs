//! What does not disturb a finding's identity: nothing of it is new to the ledger.

use super::kit::World;
use std::fs;

/// Two runs with something done between them that changes no fact.
fn undisturbed(between: impl FnOnce(&World)) {
    let world = World::new();
    world.check("2024-04-10", &[]);
    between(&world);
    world.check("2024-04-10", &[]);
    assert_eq!(world.diff(), Vec::<String>::new());
}

#[test]
fn renamed_files() {
    undisturbed(|world| {
        fs::rename(world.path("data/step.csv"), world.path("data/程序节点.csv")).expect("a file renamed");
        fs::rename(world.path("data/case.csv"), world.path("data/任免事项.csv")).expect("a file renamed");
    });
}

#[test]
fn rows_in_another_order() {
    undisturbed(|world| {
        for name in ["data/step.csv", "data/case.csv", "data/person.csv"] {
            let text = world.text(name);
            let mut lines: Vec<&str> = text.lines().collect();
            lines[1..].reverse();
            world.write(name, &(lines.join("\n") + "\n"));
        }
    });
}

#[test]
fn other_wording() {
    undisturbed(|world| {
        world.edit("rules/local/GS/GS002.toml", "任前公示期不足", "公示天数不够");
        world.edit("rules/local/GS/GS002.toml", "少于{minimum}个工作日", "不足{minimum}个工作日");
        world.edit("rules/local/GS/GS002.toml", "重新公示", "撤回通知后重新公示");
    });
}

#[test]
fn other_parameters() {
    // Four days are short of five and of six; C2 and C3 are new findings, C1 is the old one.
    let world = World::new();
    world.check("2024-04-10", &["--select", "GS002"]);
    world.edit("rules/local/GS/GS002.toml", "minimum  = 5", "minimum  = 6");
    world.check("2024-04-10", &["--select", "GS002"]);
    assert!(world.diff().iter().all(|line| !line.contains("C1")), "{:?}", world.diff());
}

#[test]
fn another_severity() {
    let world = World::new();
    world.check("2024-04-10", &["--select", "GS002"]);
    world.edit("rules/local/GS/GS002.toml", "severity = \"违规\"", "severity = \"提醒\"");
    world.check("2024-04-10", &["--select", "GS002"]);
    // The same finding with another verdict, not one gone and one come.
    assert_eq!(world.diff(), ["变化 GS002 C1 规则变化"]);
}

#[test]
fn another_file_of_rules_and_another_day() {
    undisturbed(|world| {
        let text = world.text("rules/local/GS/GS002.toml");
        fs::remove_file(world.path("rules/local/GS/GS002.toml")).expect("a file removed");
        world.write("rules/local/GS/notice.toml", &text);
    });
    let world = World::new();
    world.check("2024-04-10", &[]);
    world.check("2024-04-11", &[]);
    // A day more overdue is nothing new.
    assert_eq!(world.diff(), Vec::<String>::new());
}
