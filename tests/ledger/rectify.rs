//! What is to be mended, from being found to being struck off: moved by runs, moved by people, and held against the log.

use super::kit::World;
use rusqlite::Connection;
use serde_json::Value;
use std::process::Output;

/// C1's notice is a day short (item 1); C3's talk is overdue (item 2).
pub fn found() -> World {
    let world = World::new();
    world.check("2024-04-10", &[]);
    world.run(&["ledger", "user", "王五", "--post", "干部监督科科长", "--ledger", "l.db"]);
    world
}

pub fn rectify(world: &World, args: &[&str]) -> Output {
    let (command, rest) = args.split_first().expect("a command");
    world.run(&[&["rectify", command], rest, &["--ledger", "l.db"]].concat())
}

/// In 王五's name; must be done.
pub fn done(world: &World, args: &[&str]) {
    let out = rectify(world, &[args, &["--as", "王五"]].concat());
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
}

/// In 王五's name; must be refused with this code, and change nothing.
fn refused(world: &World, args: &[&str], code: &str) {
    let before = items(world);
    let out = rectify(world, &[args, &["--as", "王五"]].concat());
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(2) && text.contains(code), "{args:?}: {text}");
    assert_eq!(items(world), before);
}

pub fn items(world: &World) -> Vec<Value> {
    let list = world.json(&["rectify", "list", "--ledger", "l.db", "--as-of", "2024-05-01", "--format", "json"]);
    list["items"].as_array().expect("items").clone()
}

pub fn stages(world: &World) -> Vec<String> {
    items(world).iter().map(|i| i["stage"].as_str().expect("a state").to_owned()).collect()
}

pub fn mend(world: &World) {
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03-08");
}

fn spoil(world: &World) {
    world.edit("data/step.csv", "S1,C1,任前公示,2024-03-04,2024-03-08", "S1,C1,任前公示,2024-03-04,2024-03-07");
}

#[test]
fn a_finding_lives_from_being_found_to_being_struck_off_and_back() {
    let world = found();
    assert_eq!(stages(&world), ["待认领", "待认领"]);
    done(&world, &["assign", "1", "--to", "青石镇", "--person", "赵六", "--kind", "限期整改", "--due", "2024-04-30"]);
    assert_eq!(stages(&world), ["已分派", "待认领"]);
    done(&world, &["progress", "1", "--state", "整改中", "--progress", "已重新公示"]);
    world.check("2024-04-11", &[]);
    assert_eq!(stages(&world), ["整改中", "待认领"], "still found: nothing moves");
    mend(&world);
    world.check("2024-04-12", &[]);
    assert_eq!(stages(&world), ["待核验", "待认领"]);
    let item = &items(&world)[0];
    assert_eq!(item["found"], false);
    assert!(item["gone"].as_str().is_some_and(|t| t.contains("第 3 次运行（2024-04-12）起不再发现，数据变化")), "{item}");
    done(&world, &["close", "1", "--opinion", "经核验已整改到位", "--document", "组〔2024〕8号"]);
    let item = &items(&world)[0];
    assert_eq!((item["stage"].as_str(), item["closed_by"].as_str(), item["forced"].as_bool()), (Some("已销号"), Some("王五"), Some(false)));
    world.check("2024-04-13", &[]);
    assert_eq!(stages(&world), ["已销号", "待认领"]);
    spoil(&world);
    world.check("2024-04-14", &[]);
    assert_eq!(stages(&world), ["重新出现", "待认领"]);
    assert!(world.verifies());
    let shown = world.json(&["rectify", "show", "1", "--ledger", "l.db", "--format", "json"]);
    let deeds: Vec<_> = shown["log"].as_array().expect("a log").iter().map(|e| e["action"].as_str().expect("a verb").to_owned()).collect();
    assert_eq!(deeds, ["follow", "assign", "progress", "follow", "close", "follow"]);
    assert_eq!((shown["log"][2]["before"]["stage"].as_str(), shown["log"][2]["after"]["stage"].as_str()), (Some("已分派"), Some("整改中")));
    assert_eq!(shown["log"][4]["user"], "王五");
    let text = rectify(&world, &["show", "1"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("状态  整改中 → 待核验"), "{}", String::from_utf8_lossy(&text.stdout));
}

#[test]
fn what_was_done_to_many_at_once_is_shown_of_each() {
    let world = found();
    done(&world, &["assign", "1-2", "--person", "赵六"]);
    done(&world, &["progress", "1", "--state", "整改中"]);
    for (id, stages) in [("1", vec!["已分派", "整改中"]), ("2", vec!["已分派"])] {
        let shown = world.json(&["rectify", "show", id, "--ledger", "l.db", "--format", "json"]);
        let log: Vec<_> = shown["log"].as_array().expect("a log").iter().filter(|e| e["user"] == "王五").collect();
        assert_eq!(log.iter().map(|e| e["after"]["stage"].as_str().expect("a state")).collect::<Vec<_>>(), stages);
        assert_eq!((log[0]["before"]["stage"].as_str(), log[0]["after"]["owner"].as_str()), (Some("待认领"), Some("赵六")));
    }
}

#[test]
fn what_comes_back_before_it_was_verified_is_mended_further() {
    let world = found();
    done(&world, &["assign", "1", "--person", "赵六"]);
    mend(&world);
    world.check("2024-04-12", &[]);
    spoil(&world);
    world.check("2024-04-13", &[]);
    assert_eq!(stages(&world), ["整改中", "待认领"]);
    // Put up by the unit while still found: its word stands until somebody verifies it, but it is not struck off.
    done(&world, &["progress", "1", "--state", "待核验"]);
    world.check("2024-04-14", &[]);
    assert_eq!(stages(&world), ["待核验", "待认领"]);
    refused(&world, &["close", "1", "--opinion", "已整改"], "rectify::still-found");
    done(&world, &["reopen", "1", "--reason", "核验未通过"]);
    assert_eq!(stages(&world), ["整改中", "待认领"]);
}

#[test]
fn a_time_limit_that_has_passed_is_put_down_and_said() {
    let world = found();
    let assign = |due: &str| rectify(&world, &["assign", "1", "--to", "青石镇", "--due", due, "--as", "王五"]);
    let said = |out: Output| (out.status.success(), String::from_utf8_lossy(&out.stderr).into_owned());
    let (done, past) = said(assign("2024-04-30"));
    assert!(done && past.contains("2024-04-30 已经过去"), "{past}");
    assert_eq!(said(assign("2190-04-30")), (true, String::new()));
}

#[test]
fn moves_that_the_table_does_not_permit_are_refused() {
    let world = found();
    refused(&world, &["progress", "1", "--state", "整改中"], "rectify::illegal-move");
    refused(&world, &["close", "1", "--opinion", "已整改"], "rectify::illegal-move");
    refused(&world, &["progress", "1", "--state", "已销号"], "rectify::illegal-move");
    refused(&world, &["reopen", "1", "--reason", "x"], "rectify::illegal-move");
    refused(&world, &["assign", "1", "--kind", "限期整改"], "rectify::no-day");
    refused(&world, &["assign", "1", "--leader", "钱七"], "rectify::no-owner");
    refused(&world, &["assign", "7", "--to", "青石镇"], "rectify::unknown-item");
    // All or nothing.
    refused(&world, &["assign", "1", "7", "--to", "青石镇"], "rectify::unknown-item");
    refused(&world, &["assign", "1", "--due", "2024-02-30"], "usage::bad-date");
    refused(&world, &["assign", "1", "--kind", "立即"], "usage::bad-value");
    refused(&world, &["assign", "x", "--to", "青石镇"], "usage::bad-value");
    refused(&world, &["assign", "1"], "usage::missing-argument");
    refused(&world, &["close", "1", "--opinion", "x", "--force"], "usage::missing-argument");
    refused(&world, &["attach", "1", "none.png"], "rectify::unreadable-file");
    let nobody = rectify(&world, &["assign", "1", "--to", "青石镇"]);
    assert_eq!(nobody.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("rectify::nobody"));
    let stranger = rectify(&world, &["assign", "1", "--to", "青石镇", "--as", "赵六"]);
    assert!(String::from_utf8_lossy(&stranger.stderr).contains("ledger::unknown-user"));
    assert_eq!(stages(&world), ["待认领", "待认领"]);
}

#[test]
fn what_is_struck_off_by_force_shows_until_it_is_found_no_more() {
    let world = found();
    done(&world, &["assign", "1", "--to", "青石镇"]);
    done(&world, &["close", "1", "--opinion", "历史遗留", "--force", "--reason", "经部务会研究不再整改"]);
    world.check("2024-04-12", &[]);
    let item = &items(&world)[0];
    assert_eq!((item["stage"].as_str(), item["forced"].as_bool()), (Some("已销号"), Some(true)));
    let forced = String::from_utf8(rectify(&world, &["list", "--forced"]).stdout).expect("UTF-8");
    assert!(forced.contains("强制销号，仍在发现") && forced.contains("共 1 项"), "{forced}");
    let rates = world.json(&["rectify", "rates", "--ledger", "l.db", "--format", "json"]);
    assert_eq!(
        (rates["all"]["done"].as_u64(), rates["all"]["forced"].as_u64(), rates["all"]["rate"].as_str()),
        (Some(1), Some(1), Some("50.00%"))
    );
    // Worse than it was when it was struck off.
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03-05");
    world.check("2024-04-13", &[]);
    assert_eq!(stages(&world)[0], "重新出现");
    assert!(world.verifies());
}

#[test]
fn only_a_run_that_could_have_found_it_says_that_it_is_gone() {
    let world = found();
    mend(&world);
    // Other rules, another unit, another day, a period, and the matter's own row refused.
    world.check("2024-04-12", &["--select", "TH"]);
    world.check("2024-04-12", &["--unit", "U1"]);
    world.check("2024-04-12", &["--person", "P2"]);
    world.check("2024-01-01", &[]);
    assert_eq!(stages(&world), ["待认领", "待认领"]);
    let cases = world.text("data/case.csv");
    world.edit("data/case.csv", "C1,P1,U2,提拔\n", "C1,P1,U2,提拔\nC1,P2,U2,提拔\n");
    world.check("2024-04-12", &[]);
    assert_eq!(stages(&world), ["待认领", "待认领"], "the matter was refused, not mended");
    world.write("data/case.csv", &cases);
    world.check("2024-04-12", &[]);
    assert_eq!(stages(&world), ["待核验", "待认领"], "found no more by the first run that judges it again");
}

#[test]
fn what_a_waiver_covers_is_waived_as_long_as_it_holds() {
    let world = found();
    let print = items(&world)[0]["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let granted = [
        "waive",
        "add",
        &print,
        "data",
        "--rules",
        "rules",
        "--as-of",
        "2024-04-10",
        "--waivers",
        "w.toml",
        "--reason",
        "过渡期",
        "--document",
        "组〔2024〕3号",
        "--approver",
        "王五",
        "--expires",
        "2024-04-20",
    ];
    let out = world.run(&granted);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    world.check("2024-04-12", &["--waivers", "w.toml"]);
    assert_eq!(stages(&world), ["已豁免", "待认领"]);
    refused(&world, &["assign", "1", "--to", "青石镇"], "rectify::illegal-move");
    world.check("2024-04-21", &["--waivers", "w.toml"]);
    assert_eq!(stages(&world), ["待认领", "待认领"]);
    assert!(world.verifies());
}

#[test]
fn lists_tell_what_is_overdue_and_what_falls_due_soon() {
    let world = found();
    done(&world, &["assign", "1", "--to", "青石镇", "--kind", "限期整改", "--due", "2024-04-30"]);
    done(&world, &["assign", "2", "--to", "青石县", "--kind", "立行立改", "--due", "2024-05-10"]);
    let ids = |more: &[&str]| -> Vec<i64> {
        let args = [&["rectify", "list", "--ledger", "l.db", "--format", "json"], more].concat();
        world.json(&args)["items"].as_array().expect("items").iter().filter_map(|i| i["id"].as_i64()).collect()
    };
    assert_eq!(ids(&["--overdue", "--as-of", "2024-04-30"]), Vec::<i64>::new(), "the day itself still counts");
    assert_eq!(ids(&["--overdue", "--as-of", "2024-05-01"]), [1]);
    assert_eq!(ids(&["--within", "10d", "--as-of", "2024-05-01"]), [2]);
    assert_eq!(ids(&["--unit", "U2"]), [1]);
    assert_eq!(ids(&["--state", "已分派", "--limit", "1"]), [1]);
    assert_eq!(items(&world)[0]["overdue_days"], 1);
    let table = String::from_utf8(rectify(&world, &["list", "--as-of", "2024-05-03"]).stdout).expect("UTF-8");
    assert!(table.contains("超期3天"), "{table}");
    let csv = String::from_utf8(rectify(&world, &["list", "--format", "csv", "--limit", "1"]).stdout).expect("UTF-8");
    assert!(csv.starts_with("\u{feff}序号,反馈问题,结论"), "{csv}");
    assert!(csv.contains("王示例（P1），C1：任前公示2024-03-04至2024-03-07"), "{csv}");
}

#[test]
fn proof_is_attached_by_its_hash_and_copied_only_when_asked() {
    let world = found();
    world.write("公示.txt", "abc");
    done(&world, &["attach", "1", "公示.txt"]);
    let item = &items(&world)[0];
    // SHA-256 of "abc", from FIPS 180-2.
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((item["files"][0]["name"].as_str(), item["files"][0]["sha256"].as_str()), (Some("公示.txt"), Some(hash)));
    assert_eq!(item["files"][0]["size"], 3);
    done(&world, &["attach", "1", "公示.txt"]);
    assert_eq!(items(&world)[0]["files"].as_array().map(Vec::len), Some(1));
    std::fs::create_dir(world.path("proof")).expect("a folder");
    done(&world, &["attach", "2", "公示.txt", "--copy", "proof"]);
    assert_eq!(world.text(&format!("proof/{hash}.txt")), "abc");
}

#[test]
fn an_item_changed_behind_the_logs_back_is_named() {
    let tampered = [
        ("UPDATE item SET stage = '已销号', closed_by = '王五' WHERE id = 1", "整改事项 1 与日志所记不符"),
        ("UPDATE item SET due = '2030-01-01' WHERE id = 2", "整改事项 2 与日志所记不符"),
        ("UPDATE item SET stage = '没有这个状态' WHERE id = 2", "整改事项 2 与日志所记不符"),
        ("DELETE FROM item WHERE id = 2", "整改事项 2 已被删去"),
        ("UPDATE item SET id = 3 WHERE id = 2", "整改事项 3 没有记入日志"),
        ("DROP TRIGGER log_no_update; UPDATE log SET after = replace(after, '青石镇', '青石县') WHERE kind = 'item'", "条内容被改动"),
    ];
    for (change, told) in tampered {
        let world = found();
        done(&world, &["assign", "1", "--to", "青石镇"]);
        assert!(world.verifies());
        Connection::open(world.path("l.db")).expect("the ledger").execute_batch(change).expect("a change");
        let out = world.run(&["ledger", "verify", "--ledger", "l.db"]);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(out.status.code(), Some(1), "{change}: {text}");
        assert!(text.lines().next().is_some_and(|line| line.contains(told)), "{change}: {text}");
    }
}

#[test]
fn a_ledger_of_the_first_version_gets_its_items_with_the_next_run() {
    let world = found();
    let db = Connection::open(world.path("l.db")).expect("the ledger");
    db.execute_batch(
        "DROP TABLE item; DROP TABLE called; DROP TRIGGER log_no_delete; DELETE FROM log WHERE seq > 2;
         CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'append-only: log'); END;
         DELETE FROM user; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'log'; PRAGMA user_version = 1;",
    )
    .expect("a ledger as it was");
    drop(db);
    let older = rectify(&world, &["list"]);
    assert!(String::from_utf8_lossy(&older.stderr).contains("ledger::older"));
    world.check("2024-04-10", &[]);
    assert_eq!(stages(&world), ["待认领", "待认领"], "what was known before is to be mended too");
    assert!(world.verifies());
}
