//! The papers say what the program does today: made parts are as they would be made, no code or option is missing from the manual.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

#[path = "../examples/papers/papers.rs"]
mod papers;

use guiju::rules::functions;
use papers::Papers;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_guiju");
const MANUAL: &str = "README.zh-CN.md";
/// Codes that nobody is shown: what cannot be lowered becomes the reason why a script is interpreted.
const UNSEEN: [&str; 1] = ["rule::only-interpreted"];

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).expect("the paper can be read")
}

#[test]
fn what_the_papers_show_is_what_the_program_prints() {
    let papers = Papers::new(Path::new(ROOT), Path::new(PROGRAM), &[]).expect("the rules load");
    for name in papers::NAMES {
        let text = read(name);
        let current = papers.current(&text).expect("every part can be made");
        let differs = text.lines().zip(current.lines()).enumerate().find(|(_, (shown, made))| shown != made);
        if let Some((i, (shown, made))) = differs {
            panic!("{name}:{} shows\n{shown}\nand should show\n{made}\nrun: cargo run --example papers", i + 1);
        }
        assert!(text == current, "{name} has parts of another length; run: cargo run --example papers");
    }
}

#[test]
fn every_error_code_is_in_the_manual_and_no_other() {
    let mut known = BTreeSet::new();
    codes_of_folder(&Path::new(ROOT).join("src"), &mut known);
    known.retain(|code| !UNSEEN.contains(&code.as_str()));
    assert!(known.len() > 50, "found only {known:?}");
    let manual = read(MANUAL);
    let listed: BTreeSet<String> = manual.lines().filter_map(|l| l.strip_prefix("| `")).filter_map(|l| code(l, '`')).collect();
    let missing: Vec<_> = known.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&known).collect();
    assert!(missing.is_empty() && gone.is_empty(), "{MANUAL} lacks {missing:?} and lists {gone:?}, which are gone");
}

#[test]
fn every_code_of_a_problem_survives_an_import() {
    let mut known = BTreeSet::new();
    codes_of_folder(&Path::new(ROOT).join("src"), &mut known);
    known.retain(|code| ["data::", "form::", "merge::", "sheet::"].iter().any(|f| code.starts_with(f)));
    assert_eq!(known, guiju::records::CODES.iter().map(|c| (*c).to_owned()).collect());
}

#[test]
fn every_function_of_the_rule_language_is_in_the_manual() {
    for paper in [MANUAL, "rules/README.md"] {
        let text = read(paper);
        for name in functions::names() {
            let told =
                text.match_indices(&format!("{name}(")).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            assert!(told, "{paper} does not tell of {name}()");
        }
    }
}

#[test]
fn every_command_and_option_is_in_the_manual() {
    let manual = read(MANUAL);
    let commands = [
        "check",
        "due",
        "trace",
        "case",
        "explain",
        "import",
        "profile",
        "rules list",
        "rules test",
        "rules lint",
        "rules coverage",
        "nightly",
        "baseline write",
        "baseline shrink",
        "waive add",
        "waive list",
        "waive remove",
        "notice check",
        "mapping suggest",
        "mapping check",
        "history",
        "diff",
        "ledger verify",
        "ledger user",
        "rectify list",
        "rectify show",
        "rectify assign",
        "rectify progress",
        "rectify close",
        "rectify reopen",
        "rectify attach",
        "rectify draft",
        "rectify import",
        "rectify rates",
        "completions",
    ];
    let help = help("");
    for command in commands {
        assert!(help.contains(command.split(' ').next().unwrap_or(command)), "there is no command {command}");
        assert!(manual.contains(&format!("guiju {command}")), "{MANUAL} does not say how to use {command}");
        let text = self::help(command);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        for option in words.filter(|w| w.strip_prefix("--").is_some_and(|o| !o.is_empty())) {
            assert!(manual.contains(option), "{MANUAL} does not mention {option} of {command}");
        }
    }
    let shown = help.lines().skip_while(|l| *l != "命令:").skip(1).take_while(|l| l.starts_with("  "));
    for command in shown.filter_map(|l| l.split_whitespace().next()) {
        assert!(commands.iter().any(|c| c.split(' ').next() == Some(command)), "{command} is a new command: describe it in {MANUAL}");
    }
}

fn help(command: &str) -> String {
    let args = command.split(' ').filter(|a| !a.is_empty()).chain(["--help"]);
    let done = Command::new(PROGRAM).args(args).output().expect("guiju can be run");
    String::from_utf8(done.stdout).expect("help is UTF-8")
}

/// Every error code that the sources name outside their tests.
fn codes_of_folder(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the sources can be read") {
        let path = entry.expect("the sources can be read").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() {
            codes_of_folder(&path, into);
        } else if name.ends_with(".rs") && name != "tests.rs" && name != "sample.rs" {
            let text = fs::read_to_string(&path).expect("the sources can be read");
            let end = text.find("#[cfg(test)]").unwrap_or(text.len());
            let text = text.get(..end).unwrap_or_default();
            into.extend(text.match_indices('"').filter_map(|(i, _)| code(text.get(i + 1..)?, '"')));
        }
    }
}

/// `family::what-is-wrong` before `end`, at the beginning of a text.
fn code(text: &str, end: char) -> Option<String> {
    let (code, _) = text.split_once(end)?;
    let (family, rest) = code.split_once("::")?;
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    (plain(family) && plain(rest)).then(|| code.to_owned())
}
