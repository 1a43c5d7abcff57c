//! The tests inside the rule files.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::run_tests;
use guiju::rules::{Files, load};

#[test]
fn every_rule_says_what_its_tests_expect() {
    let files = Files::built_in();
    let rules = load(&files).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(|e| format!("{}:{} {}", e.source.name, e.line(), e.message)).collect();
        panic!("{}", lines.join("\n"))
    });
    let trials = run_tests(&files, &rules, &|_| true);
    let failed: Vec<String> = trials
        .iter()
        .filter(|t| !t.failures.is_empty())
        .map(|t| format!("{}:{} {} “{}”：{}", t.file, t.line, t.code, t.name, t.failures.join("；")))
        .collect();
    assert!(!trials.is_empty());
    assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), trials.len(), failed.join("\n"));
}
