//! What a recorded run leaves behind.

use super::kit::World;
use rusqlite::Connection;

#[test]
fn runs_are_recorded_with_how_they_were_made() {
    let world = World::new();
    world.check("2024-04-01", &[]);
    world.check("2024-04-10", &[]);
    let history = world.json(&["history", "--ledger", "l.db", "--format", "json"]);
    let [first, second] = history.as_array().expect("runs").as_slice() else { panic!("{history}") };
    assert_eq!((first["as_of"].as_str(), second["as_of"].as_str()), (Some("2024-04-01"), Some("2024-04-10")));
    assert_eq!((second["previous"].as_i64(), second["data"].as_str()), (Some(1), first["data"].as_str()));
    assert_eq!(first["counts"]["findings"]["违规"], 1);
    assert_eq!(second["counts"]["findings"]["提醒"], 1);
    assert_eq!(world.report()["findings"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["guiju"].as_str(), Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn nothing_new_costs_a_run_and_no_more() {
    let world = World::new();
    world.check("2024-04-01", &[]);
    let sights = || -> i64 {
        let db = Connection::open(world.path("l.db")).expect("the ledger");
        db.query_row("SELECT count(*) FROM sight", [], |row| row.get(0)).expect("a count")
    };
    let before = sights();
    world.check("2024-04-01", &[]);
    assert_eq!(sights(), before);
}

#[test]
fn a_ledger_tampered_with_is_found_out() {
    let tampered = [
        ("UPDATE run SET as_of = '2020-01-01' WHERE id = 1", "DROP TRIGGER run_no_update", "第 1 次运行的记录被改动"),
        ("UPDATE sight SET verdict = '提醒' WHERE id = 1", "DROP TRIGGER sight_no_update", "第 1 次运行的记录被改动"),
        ("DELETE FROM sight WHERE id = 1", "DROP TRIGGER sight_no_delete", "第 1 次运行的记录被改动"),
        ("UPDATE finding SET code = 'XX001'", "DROP TRIGGER finding_no_update", "第 1 次运行的记录被改动"),
        ("UPDATE text SET body = replace(body, '5', '4')", "DROP TRIGGER text_no_update", "原文"),
        ("DELETE FROM log WHERE seq = 2", "DROP TRIGGER log_no_delete", "第 2 条缺失"),
    ];
    for (change, first, told) in tampered {
        let world = World::new();
        world.check("2024-04-01", &[]);
        world.check("2024-04-10", &[]);
        assert!(world.verifies());
        let db = Connection::open(world.path("l.db")).expect("the ledger");
        db.execute_batch("PRAGMA foreign_keys = OFF").expect("a setting");
        assert!(db.execute_batch(change).is_err(), "nothing refuses {change}");
        db.execute_batch(&format!("{first}; {change}")).expect("a change");
        drop(db);
        let out = world.run(&["ledger", "verify", "--ledger", "l.db"]);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(out.status.code(), Some(1), "{change}: {text}");
        assert!(text.lines().next().is_some_and(|line| line.contains(told)), "{change}: {text}");
    }
}

#[test]
fn a_ledger_that_cannot_be_written_fails_the_run() {
    let world = World::new();
    world.write("l.db", "not a ledger");
    assert_eq!(world.check("2024-04-01", &[]), 6);
    assert_eq!(world.text("l.db"), "not a ledger");
    let out = world.run(&["diff", "--ledger", "none.db"]);
    assert_eq!(out.status.code(), Some(6));
}

#[test]
fn a_run_that_is_not_there_is_told() {
    let world = World::new();
    world.check("2024-04-01", &[]);
    for args in [["diff", "1", "7"], ["diff", "prev", "last"], ["diff", "first", "last"]] {
        let out = world.run(&[&args[..], &["--ledger", "l.db"]].concat());
        assert_eq!(out.status.code(), Some(6));
        assert!(String::from_utf8_lossy(&out.stderr).contains("ledger::unknown-run"));
    }
}
