//! The nightly run: everything in one command, one at a time, and whole or not at all however it ends.

use super::kit::{World, program};
use rusqlite::Connection;
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const NIGHT: [&str; 8] = ["nightly", "data", "--rules", "rules", "--ledger", "l.db", "--as-of", "2024-04-10"];

#[test]
fn one_night_checks_compares_reports_and_records() {
    let world = World::new();
    let reports = ["--report", "json=all.json", "--report", "xlsx=all.xlsx", "--report", "csv=all.csv"];
    let out = world.run(&[&NIGHT[..], &reports].concat());
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    let all: Value = serde_json::from_str(&world.text("all.json")).expect("JSON");
    assert_eq!(all["findings"].as_array().map(Vec::len), Some(2));
    assert!(world.path("all.xlsx").exists() && world.text("all.csv").contains("GS002"));
    world.edit("data/step.csv", "2024-03-04,2024-03-07", "2024-03-04,2024-03-08");
    let out = world.run(&[&NIGHT[..], &["--new-only"]].concat());
    assert_eq!(out.status.code(), Some(0));
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.contains("消失 1") && text.contains("数据变化"), "{text}");
    assert!(world.verifies());
}

#[test]
fn a_night_needs_a_ledger_and_reports_it_can_write() {
    let world = World::new();
    assert_eq!(world.run(&["nightly", "data"]).status.code(), Some(2));
    for report in ["xlsx", "xslx=a.xlsx", "json="] {
        assert_eq!(world.run(&[&NIGHT[..], &["--report", report]].concat()).status.code(), Some(2), "{report}");
    }
    // What could not be reported is not recorded: the next night tells it again.
    assert_eq!(world.run(&[&NIGHT[..], &["--report", "json=none/all.json"]].concat()).status.code(), Some(6));
    assert_eq!(world.run(&[&NIGHT[..], &["--new-only"]].concat()).status.code(), Some(1));
}

#[test]
fn two_nights_at_once_come_one_after_the_other() {
    let world = World::new();
    many(&world, 300);
    let start = || Command::new(program()).args(NIGHT).current_dir(world.path(".")).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let children: Vec<_> = (0..3).map(|_| start().expect("guiju can be run")).collect();
    let codes: Vec<Option<i32>> = children.into_iter().map(|c| c.wait_with_output().expect("an end").status.code()).collect();
    assert_eq!(codes, [Some(1); 3]);
    let history = world.json(&["history", "--ledger", "l.db", "--format", "json"]);
    let came: Vec<i64> = history.as_array().expect("runs").iter().filter_map(|r| r["came"].as_i64()).collect();
    assert_eq!(came[1..], [0, 0]);
    // Only the first run is the first, however few are shown.
    let shown = world.run(&["history", "--last", "1", "--ledger", "l.db"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("数据未变") && !shown.contains("首次"), "{shown}");
    assert!(world.verifies());
}

/// Notices a day short, of as many cases.
fn many(world: &World, cases: usize) {
    let (mut case, mut step) = (String::from("case_id,person_id,unit_id,kind\n"), String::from("step_id,case_id,kind,start,end\n"));
    for i in 0..cases {
        case.push_str(&format!("N{i},P1,U2,平级调整\n"));
        step.push_str(&format!("NS{i},N{i},任前公示,2024-03-04,2024-03-07\n"));
    }
    world.write("data/case.csv", &case);
    world.write("data/step.csv", &step);
}

#[test]
fn a_run_killed_at_any_moment_leaves_the_last_complete_one() {
    let world = World::new();
    many(&world, 500);
    let flip = |night: usize| {
        // Every night all notices are of another length: everything changes.
        let text = world.text("data/step.csv");
        let (from, to) = if night.is_multiple_of(2) { ("2024-03-07", "2024-03-06") } else { ("2024-03-06", "2024-03-07") };
        world.write("data/step.csv", &text.replace(from, to));
    };
    let begun = Instant::now();
    assert_eq!(world.run(&NIGHT).status.code(), Some(1));
    let whole = begun.elapsed();
    let mut complete = 1;
    // A fixed sequence that lands all over the run, most of it in the second half, where the record is written.
    let mut seed: u64 = 0x9e37_79b9;
    for night in 0..20 {
        flip(night);
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = 0.3 + 0.8 * ((seed >> 40) as f64 / f64::from(1u32 << 24));
        let quiet = || Stdio::null();
        let mut child =
            Command::new(program()).args(NIGHT).current_dir(world.path(".")).stdout(quiet()).stderr(quiet()).spawn().expect("a run");
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
        // On Unix this is SIGKILL.
        child.kill().expect("a run to be killed");
        child.wait().expect("its end");
        assert!(world.verifies(), "night {night}, killed after {share:.2} of a run");
        let history = world.json(&["history", "--ledger", "l.db", "--format", "json"]);
        let runs = history.as_array().map_or(0, Vec::len);
        assert!(runs == complete || runs == complete + 1, "{runs} runs after {complete}");
        complete = runs;
    }
    // The next run is right: what it says of every finding is what a ledger never killed says.
    assert_eq!(world.run(&NIGHT).status.code(), Some(1));
    let stands = |ledger: &str| -> Vec<(String, String, String)> {
        let db = Connection::open(world.path(ledger)).expect("the ledger");
        let mut statement = db
            .prepare("SELECT f.fingerprint, s.verdict, s.cells, max(s.run) FROM sight s JOIN finding f ON f.id = s.finding GROUP BY f.id ORDER BY 1")
            .expect("a query");
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    };
    let mut fresh = NIGHT;
    fresh[5] = "fresh.db";
    assert_eq!(world.run(&fresh).status.code(), Some(1));
    assert_eq!(stands("l.db"), stands("fresh.db"));
    assert_eq!(stands("l.db").len(), 500);
    assert!(world.verifies());
}

#[test]
fn a_half_written_record_is_taken_back_by_a_reader() {
    let world = World::new();
    world.run(&NIGHT);
    // As a run killed within its transaction leaves it: pages written, the journal beside.
    let (copy, journal) = (world.path("copy.db"), world.path("copy.db-journal"));
    let db = Connection::open(world.path("l.db")).expect("the ledger");
    db.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE").expect("a transaction");
    for i in 0..200 {
        db.execute("INSERT INTO text VALUES (?1, ?2)", (format!("h{i}"), "x".repeat(4000))).expect("a row");
    }
    std::fs::copy(world.path("l.db"), &copy).expect("a copy");
    std::fs::copy(world.path("l.db-journal"), &journal).expect("its journal");
    db.execute_batch("ROLLBACK").expect("an end");
    let out = world.run(&["ledger", "verify", "--ledger", "copy.db"]);
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(!journal.exists());
}

#[test]
fn what_is_known_may_be_named_once_in_the_defaults_of_the_team() {
    let world = World::new();
    let code = |args: &[&str]| {
        let out = world.run(args);
        out.status.code().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&out.stderr)))
    };
    // Nothing is named: each command says what it lacks.
    for args in [&["nightly", "data"][..], &["history"], &["ledger", "verify"], &["waive", "list"]] {
        assert_eq!(code(args), 2, "{args:?}");
    }
    assert_eq!(code(&["baseline", "write", "known.txt", "data", "--rules", "rules", "--as-of", "2024-04-10"]), 0);
    world.write("waivers.toml", "");
    world
        .write("guiju.toml", "rules = 'rules'\nas_of = 2024-04-10\nledger = 'book.db'\nwaivers = 'waivers.toml'\nbaseline = 'known.txt'\n");
    // All of it is in the baseline.
    assert_eq!(code(&["check", "data", "--new-only"]), 0);
    assert_eq!(code(&["check", "data"]), 1);
    assert_eq!(code(&["nightly", "data", "--new-only"]), 0);
    assert_eq!(world.json(&["history", "--format", "json"]).as_array().map(Vec::len), Some(3));
    assert_eq!(code(&["diff"]), 0);
    assert_eq!(code(&["ledger", "verify"]), 0);
    assert_eq!(code(&["waive", "list"]), 0);
    // What is typed wins.
    assert_eq!(code(&["check", "data", "--ledger", "other.db"]), 1);
    assert_eq!(world.json(&["history", "--format", "json"]).as_array().map(Vec::len), Some(3));
    assert_eq!(world.json(&["history", "--ledger", "other.db", "--format", "json"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn a_night_judges_again_what_changed_or_fell_due_and_writes_what_a_full_check_writes() {
    let world = World::new();
    let night = |day: &str| {
        let args =
            ["nightly", "data", "--rules", "rules", "--ledger", "l.db", "--as-of", day, "--verify-full", "--report", "json=night.json"];
        let out = world.run(&args);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        world.run(&["check", "data", "--rules", "rules", "--as-of", day, "--format", "json", "-o", "full.json"]);
        let [night, full] = ["night.json", "full.json"].map(|name| {
            let mut report: Value = serde_json::from_str(&world.text(name)).expect("JSON");
            report["run"]["seconds"] = Value::Null;
            report
        });
        assert_eq!(night, full, "{day}");
        said.lines().find(|line| line.starts_with("核查")).unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    // P1, P2, U1 and U2.
    assert_eq!(night("2024-03-21"), "核查  没有可用的上次结果，4 组记录全部判过；与全部重判的结果一致");
    assert_eq!(night("2024-03-22"), "核查  4 组记录中重判 0 组，其余沿用；与全部重判的结果一致");
    world.edit("data/step.csv", "S1,C1,任前公示,2024-03-04,2024-03-07", "S1,C1,任前公示,2024-03-04,2024-03-08");
    assert_eq!(night("2024-03-23"), "核查  4 组记录中重判 1 组，其余沿用；与全部重判的结果一致");
    // C3's talk falls due on 2024-04-04: from the 5th on it is missing.
    assert!(night("2024-04-05").contains("重判 1 组"));
    // Other rules, and everybody is judged.
    world.edit("rules/local/GS/GS002.toml", "minimum  = 5", "minimum  = 6");
    assert!(night("2024-04-05").contains("没有可用的上次结果"));
    // A part only, and nothing is remembered.
    let out = world.run(&[&NIGHT[..], &["--unit", "U1"]].concat());
    assert!(String::from_utf8_lossy(&out.stderr).contains("全部重判"), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(night("2024-04-05").contains("重判 0 组") && world.verifies());
}

#[test]
fn what_a_night_remembers_may_be_lost_or_damaged_and_a_lie_in_it_is_found_out() {
    let world = World::new();
    let night = || world.run(&[&NIGHT[..], &["--verify-full"]].concat());
    let said = |out: &std::process::Output| String::from_utf8_lossy(&out.stderr).into_owned();
    let runs = || world.json(&["history", "--ledger", "l.db", "--format", "json"]).as_array().map(Vec::len);
    assert_eq!(night().status.code(), Some(1));
    let path = world.path("l.db.night");
    for broken in [None, Some(""), Some("gjnight1"), Some("not what it should be")] {
        match broken {
            None => std::fs::remove_file(&path).expect("it is there"),
            Some(text) => std::fs::write(&path, text).expect("it can be written"),
        }
        let out = night();
        assert!(out.status.code() == Some(1) && said(&out).contains("没有可用的上次结果"), "{broken:?}: {}", said(&out));
    }
    // Whole in itself, but not what was judged.
    let bytes = std::fs::read(&path).expect("it is there");
    let rest = bytes.get(40..).expect("a key");
    let (shift, len) = rest.iter().enumerate().fold((0, 0), |(done, len), (i, b)| match done {
        0 => (if *b < 0x80 { i + 1 } else { 0 }, len | usize::from(b & 0x7f) << (7 * i)),
        _ => (done, len),
    });
    let key = std::str::from_utf8(rest.get(shift..shift + len).expect("the key")).expect("text");
    let mut memory = guiju::ledger::recall(&path, key).expect("what was remembered");
    assert!(memory.groups.iter().any(|group| !group.findings.is_empty()));
    memory.groups.iter_mut().for_each(|group| group.findings.clear());
    guiju::ledger::keep_memory(&path, &world.path("l.db"), key, &memory).expect("it can be written");
    let before = runs();
    let out = night();
    assert!(out.status.code() == Some(6) && said(&out).contains("nightly::differs"), "{}", said(&out));
    assert_eq!(runs(), before);
    let out = night();
    assert!(out.status.code() == Some(1) && said(&out).contains("没有可用的上次结果"), "{}", said(&out));
    assert!(world.verifies());
}
