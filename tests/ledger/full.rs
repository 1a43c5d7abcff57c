//! A disk that takes no more, a folder that may not be written: a clear message, exit code 6, and the ledger as it was.
#![cfg(unix)]

use super::kit::{World, program};
use std::fs;
use std::process::{Command, Output};

/// Runs the program where no file may grow past so many blocks of 512 bytes. A file that would is refused as on a disk that is full.
fn confined(world: &World, blocks: u64, args: &str) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{}' {args}", program().display());
    Command::new("sh").args(["-c", &script]).current_dir(world.path(".")).output().expect("a shell")
}

/// Notices a day short, of as many cases; `until` is the day they end on.
fn many(world: &World, until: &str) {
    let (mut case, mut step) = (String::from("case_id,person_id,unit_id,kind\n"), String::from("step_id,case_id,kind,start,end\n"));
    for i in 0..300 {
        case.push_str(&format!("N{i},P1,U2,平级调整\n"));
        step.push_str(&format!("NS{i},N{i},任前公示,2024-03-04,{until}\n"));
    }
    world.write("data/case.csv", &case);
    world.write("data/step.csv", &step);
}

const NIGHT: &str = "nightly data --rules rules --ledger l.db --as-of 2024-04-10";

#[test]
fn a_ledger_that_cannot_grow_stays_as_it_was() {
    let world = World::new();
    many(&world, "2024-03-07");
    // Where nothing can be begun, nothing is left that is no ledger.
    let out = confined(&world, 8, NIGHT);
    told(&out, "ledger::io");
    assert_eq!(world.run(&NIGHT.split(' ').collect::<Vec<_>>()).status.code(), Some(1));
    let before = fs::read(world.path("l.db")).expect("the ledger");
    many(&world, "2024-03-06");
    let out = confined(&world, before.len() as u64 / 512, NIGHT);
    told(&out, "ledger::io");
    assert_eq!(fs::read(world.path("l.db")).expect("the ledger"), before);
    assert!(world.verifies());
    // With room again the same night is told whole.
    let out = world.run(&NIGHT.split(' ').collect::<Vec<_>>());
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.code() == Some(1) && text.contains("变化 300"), "{text}");
    assert!(world.verifies());
}

#[test]
fn what_people_do_is_kept_whole_or_not_at_all() {
    let world = World::new();
    many(&world, "2024-03-07");
    world.run(&NIGHT.split(' ').collect::<Vec<_>>());
    world.run(&["ledger", "user", "王五", "--post", "科长", "--ledger", "l.db"]);
    let before = fs::read(world.path("l.db")).expect("the ledger");
    let long = "措".repeat(3000);
    let out =
        confined(&world, before.len() as u64 / 512, &format!("rectify assign 1-300 --to U2 --measures {long} --ledger l.db --as 王五"));
    told(&out, "ledger::io");
    assert_eq!(fs::read(world.path("l.db")).expect("the ledger"), before);
    assert!(world.verifies());
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_may_not_be_written_is_told() {
    let world = World::new();
    // Nobody makes files there, whoever he is.
    for (folder, code) in [("/sys", "ledger::read-only"), ("none", "ledger::cannot-open")] {
        let out = world.run(&["nightly", "data", "--rules", "rules", "--ledger", &format!("{folder}/l.db"), "--as-of", "2024-04-10"]);
        told(&out, code);
    }
}

fn told(out: &Output, code: &str) {
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.code() == Some(6) && err.contains(code) && err.contains("帮助"), "{:?}: {err}", out.status.code());
}
