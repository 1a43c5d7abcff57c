//! A finding keeps its identity while rows are re-sorted, files are merged and columns are renamed; and no two findings share one.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::{Finding, Options, Subject, check, fingerprint};
use guiju::ingest;
use guiju::rules::{Files, RuleSet, load};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

fn findings(rules: &RuleSet, folder: &Path) -> Vec<Finding> {
    let source = folder.to_str().expect("a path of text").to_owned();
    let store = ingest::read(&[source], &rules.schema, &rules.wanted(), &ingest::Silent).expect("the sample can be read");
    check(rules, &store, &Options::on("2026-06-30".parse().expect("a day"))).findings
}

/// Identity, verdict and sentence.
type Essence = (String, String, String);

/// What of a finding may not change when only places do.
fn essence(findings: &[Finding]) -> Vec<Essence> {
    findings.iter().map(|f| (f.fingerprint.clone(), f.verdict.to_string(), f.message.clone())).collect()
}

fn assert_same(before: &[Essence], after: &[Essence]) {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    let (gone, new): (Vec<_>, Vec<_>) = (a.difference(&b).collect(), b.difference(&a).collect());
    assert!(gone.is_empty() && new.is_empty(), "gone: {gone:#?}\nnew: {new:#?}");
}

fn copied(change: impl Fn(&str, Vec<String>) -> Vec<String>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir("samples/county").expect("the sample").map(|e| e.expect("an entry").path()) {
        let name = entry.file_name().and_then(|n| n.to_str()).expect("a name").to_owned();
        if name == "EXPECTED.csv" || !name.ends_with(".csv") {
            continue;
        }
        let text = std::fs::read_to_string(&entry).expect("a file of text");
        let lines = change(&name, text.lines().map(str::to_owned).collect());
        std::fs::write(folder.path().join(&name), lines.join("\n") + "\n").expect("a copy");
    }
    folder
}

#[test]
fn no_two_findings_share_an_identity() {
    let rules = load(&Files::built_in()).expect("the shipped rules load");
    let found = findings(&rules, Path::new("samples/county"));
    let identities: BTreeSet<&str> = found.iter().map(|f| f.fingerprint.as_str()).collect();
    assert_eq!(identities.len(), found.len());
}

#[test]
fn findings_outlive_the_order_of_rows() {
    let rules = load(&Files::built_in()).expect("the shipped rules load");
    let before = essence(&findings(&rules, Path::new("samples/county")));
    let reversed = copied(|_, mut lines| {
        lines[1..].reverse();
        lines
    });
    assert_same(&before, &essence(&findings(&rules, reversed.path())));
    let riffled = copied(|_, lines| {
        let (head, rows) = lines.split_at(1);
        let (odd, even): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|(i, _)| i % 2 == 1);
        head.iter().cloned().chain(odd.into_iter().chain(even).map(|(_, row)| row.clone())).collect()
    });
    assert_same(&before, &essence(&findings(&rules, riffled.path())));
}

proptest! {
    #[test]
    fn an_identity_is_of_the_code_and_the_natural_keys_alone(
        code in "[A-Z]{2}[0-9]{3}", id in ".{0,12}", year in proptest::option::of(1990i32..2030), part in proptest::option::of(".{0,12}"),
        other in ".{0,12}",
    ) {
        let subject = |id: &str, year| Subject { table: "case".into(), id: id.into(), year };
        let one = fingerprint(&code, &subject(&id, year), part.as_deref());
        prop_assert_eq!(&one, &fingerprint(&code, &subject(&id, year), part.as_deref()));
        prop_assert!(one.starts_with("gj1:") && one.len() == 36);
        prop_assert_eq!(one == fingerprint(&code, &subject(&other, year), part.as_deref()), id == other);
        // Keys are told apart even where they run into each other.
        let joined = format!("{id}{}", part.clone().unwrap_or_default());
        if !part.clone().unwrap_or_default().is_empty() {
            prop_assert_ne!(one, fingerprint(&code, &subject(&joined, year), None));
        }
    }
}
