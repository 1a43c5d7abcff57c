//! Scripts: lowered and interpreted they say the same; hostile ones cost their own rule only.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::{Finding, Options, Outcome, check, run_tests};
use guiju::ingest;
use guiju::records::Store;
use guiju::rules::{Files, Loading, RuleSet, load_as};

#[path = "scripts/data.rs"]
mod data;
#[path = "scripts/written.rs"]
mod written;

fn load(files: &Files, interpret: bool) -> RuleSet {
    load_as(files, &Loading { interpret, ..Loading::default() }).unwrap_or_else(|errors| panic!("{}", complaints(&errors)))
}

fn complaints(errors: &[guiju::diagnostic::Diagnostic]) -> String {
    errors.iter().map(|e| format!("{}:{} {}", e.source.name, e.line(), e.message)).collect::<Vec<_>>().join("\n")
}

/// The schema, the shared words and the calendar, without any rule.
fn empty() -> Files {
    let all = Files::built_in();
    let mut files = Files::default();
    for (path, source) in all.all().filter(|(p, _)| !p.contains('/') || p.starts_with("calendar/")) {
        files.add(path, &source.text);
    }
    files
}

fn add(files: &mut Files, code: &str, subject: &str, keys: &str, script: &str) {
    let head = format!("code = \"{code}\"\nslug = \"s\"\ntitle = \"t\"\nsubject = \"{subject}\"\nremedy = \"r\"\nanchor = \"as_of\"\nscript = \"{code}.rhai\"\n");
    files.add(&format!("local/ZZ/{code}.toml"), &format!("{head}[[version]]\nbasis = [\"local-secondment#定期备案\"]\nseverity = \"违规\"\n{keys}\n"));
    files.add(&format!("local/ZZ/{code}.rhai"), script);
}

fn one(subject: &str, keys: &str, script: &str) -> Files {
    let mut files = empty();
    add(&mut files, "ZZ001", subject, keys, script);
    files
}

fn run(rules: &RuleSet, store: &Store) -> Outcome {
    check(rules, store, &Options::on("2026-06-30".parse().expect("a day")))
}

/// What must not differ: who, which part, which verdict, which words.
fn said(findings: &[Finding]) -> Vec<String> {
    let text = |o: &Option<String>| o.clone().unwrap_or_default();
    let mut all: Vec<String> = findings
        .iter()
        .map(|f| format!("{} {} {} {} {}", f.code, f.subject.id, text(&f.part), f.verdict, f.message))
        .collect();
    all.sort();
    all
}

fn same(lowered: &Outcome, interpreted: &Outcome, what: &str) {
    let (a, b) = (said(&lowered.findings), said(&interpreted.findings));
    let only = |a: &[String], b: &[String]| a.iter().filter(|l| !b.contains(l)).cloned().collect::<Vec<_>>();
    assert!(a == b, "{what}\nlowered only:     {:#?}\ninterpreted only: {:#?}", only(&a, &b), only(&b, &a));
    for (a, b) in lowered.counts.iter().zip(&interpreted.counts) {
        assert_eq!((&a.code, a.verdicts), (&b.code, b.verdicts), "{what}");
    }
    assert_eq!(lowered.failures, interpreted.failures, "{what}");
}

#[test]
fn every_written_script_is_lowered() {
    for (name, subject, keys, script) in written::LOWERED {
        let rules = load(&one(subject, keys, script), false);
        let why = rules.rules[0].script.as_ref().and_then(|s| s.interpreted.clone());
        assert_eq!(why, None, "{name}");
    }
}

#[test]
fn written_scripts_say_the_same_both_ways_over_generated_records() {
    let mut files = empty();
    for (n, (_, subject, keys, script)) in written::LOWERED.iter().enumerate() {
        add(&mut files, &format!("ZZ{n:03}"), subject, keys, script);
    }
    let (lowered, interpreted) = (load(&files, false), load(&files, true));
    assert!(interpreted.rules.iter().all(|r| r.script.as_ref().is_some_and(|s| s.interpreted.is_some())));
    let mut findings = 0;
    for seed in 0..150 {
        let store = data::store(&lowered.schema, seed);
        let (a, b) = (run(&lowered, &store), run(&interpreted, &store));
        findings += a.findings.len();
        same(&a, &b, &format!("seed {seed}"));
    }
    assert!(findings > 5000, "only {findings} findings");
}

#[test]
fn shipped_scripts_say_the_same_both_ways_over_generated_records_and_the_county() {
    let files = Files::built_in();
    let (lowered, interpreted) = (load(&files, false), load(&files, true));
    let scripts: Vec<usize> = (0..lowered.rules.len()).filter(|&i| lowered.rules[i].script.is_some()).collect();
    assert!(!scripts.is_empty());
    let options = || Options { rules: Some(&scripts), ..Options::on("2026-06-30".parse().expect("a day")) };
    for seed in 0..400 {
        let store = data::store(&lowered.schema, seed);
        same(&check(&lowered, &store, &options()), &check(&interpreted, &store, &options()), &format!("seed {seed}"));
    }
    let folder = "samples/county".to_owned();
    let store = ingest::read(&[folder], &lowered.schema, &lowered.wanted(), &ingest::Silent).expect("the sample can be read");
    same(&check(&lowered, &store, &options()), &check(&interpreted, &store, &options()), "county");
}

#[test]
fn shipped_scripts_pass_their_own_tests_interpreted() {
    let files = Files::built_in();
    let rules = load(&files, true);
    let trials = run_tests(&files, &rules, &|r| r.script.is_some());
    assert!(!trials.is_empty());
    for trial in trials {
        assert!(trial.failures.is_empty(), "{} {}：{}", trial.file, trial.name, trial.failures.join("；"));
    }
}
