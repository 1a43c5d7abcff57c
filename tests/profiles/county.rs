//! The profiles that are shipped, held to what the sample county's files say when they are counted another way.

use crate::kit::{outcome, sample, sound};
use guiju::engine::{Finding, run_tests_under};
use guiju::rules::{Files, load};
use std::collections::{BTreeMap, BTreeSet};

type Key = (String, String, Option<String>, String);

fn keys(findings: &[Finding]) -> BTreeSet<Key> {
    findings.iter().map(|f| (f.code.clone(), f.subject.id.clone(), f.part.clone(), f.verdict.to_string())).collect()
}

fn plain() -> Vec<Finding> {
    outcome(&load(&Files::built_in()).expect("the rules load"), "samples/county").findings
}

/// The rows of a table, by column.
fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(format!("samples/county/{name}.csv")).expect("the sample can be read");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().expect("a header").clone();
    let row = |r: csv::StringRecord| heads.iter().map(str::to_owned).zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| row(r.expect("CSV"))).collect()
}

/// Days since 1970-01-01 of a full date, by counting (Howard Hinnant's days_from_civil).
fn day(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-').map(|p| p.parse::<i64>().ok());
    let (y, m, d) = (parts.next()??, parts.next()??, parts.next()??);
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + d - 1;
    Some(era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468)
}

/// Working days from one date to another, both counted, by the calendar's own lines.
fn workdays(from: &str, to: &str) -> Option<usize> {
    let text = std::fs::read_to_string("rules/calendar/holidays.csv").expect("the calendar can be read");
    let lines = text.lines().filter_map(|l| Some((day(l.split(',').next()?)?, l.split(',').nth(1)? == "work")));
    let special: BTreeMap<i64, bool> = lines.collect();
    // 1970-01-01 was a Thursday.
    let works = |d: i64| special.get(&d).copied().unwrap_or((d + 3).rem_euclid(7) < 5);
    Some((day(from)?..=day(to)?).filter(|d| works(*d)).count())
}

/// Of each case its latest notice, and how many working days it lasted.
fn notices() -> BTreeMap<String, (String, usize)> {
    let mut latest: BTreeMap<String, (String, String, String)> = BTreeMap::new();
    for row in table("step").into_iter().filter(|r| r["kind"] == "任前公示") {
        let end = if row["end"].is_empty() { row["start"].clone() } else { row["end"].clone() };
        let this = (row["start"].clone(), end, row["step_id"].clone());
        let slot = latest.entry(row["case_id"].clone()).or_insert_with(|| this.clone());
        *slot = slot.clone().max(this);
    }
    let live: BTreeSet<String> = table("case").into_iter().filter(|r| r["status"] != "终止").map(|r| r["case_id"].clone()).collect();
    let lasting = latest.into_iter().filter(|(case, _)| live.contains(case));
    lasting.filter_map(|(case, (start, end, _))| Some((case, (start.clone(), workdays(&start, &end)?)))).collect()
}

#[test]
fn a_profile_that_changes_nothing_finds_what_none_finds() {
    let empty = sound("title = 't'\n", &[]);
    assert_eq!(outcome(&empty, "samples/county").findings, plain());
    assert_eq!(
        outcome(&empty, "samples/case").findings,
        outcome(&load(&Files::built_in()).expect("the rules load"), "samples/case").findings
    );
}

#[test]
fn the_strict_profile_finds_exactly_what_the_longer_notice_and_the_harder_weights_add() {
    let (_, profile, rules) = sample("strict.toml");
    let before = keys(&plain());
    let after = keys(&outcome(&rules, "samples/county").findings);
    // Notices of the editions since 2014 that last five or six working days are too short now.
    let short = notices().into_iter().filter(|(_, (start, days))| start.as_str() >= "2014-01-14" && (5..7).contains(days));
    let mut expected: BTreeSet<Key> = short.map(|(case, _)| ("GS002".to_owned(), case, None, "违规".to_owned())).collect();
    assert!(expected.len() > 10, "the sample has enough of them: {}", expected.len());
    let mut gone = BTreeSet::new();
    for (code, id, part, verdict) in &before {
        if (code == "HF001" || code == "XF001") && verdict == "提醒" {
            gone.insert((code.clone(), id.clone(), part.clone(), verdict.clone()));
            expected.insert((code.clone(), id.clone(), part.clone(), "违规".to_owned()));
        }
    }
    assert_eq!(after.difference(&before).cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(before.difference(&after).cloned().collect::<BTreeSet<_>>(), gone);
    let waivers = profile.waivers.expect("a cap");
    assert_eq!(waivers.caps.iter().map(|(g, p)| (g.word(), p.is_some())).collect::<Vec<_>>(), [("违规", false), ("提醒", true)]);
}

#[test]
fn the_countys_own_rule_finds_exactly_the_short_notices_of_chiefs() {
    let (_, _, rules) = sample("yunze.toml");
    let found = outcome(&rules, "samples/county").findings;
    let chiefs: BTreeSet<String> = table("case").into_iter().filter(|r| r["chief"] == "是").map(|r| r["case_id"].clone()).collect();
    let short = notices().into_iter().filter(|(case, (start, days))| chiefs.contains(case) && start.as_str() >= "2024-01-01" && *days < 7);
    let expected: BTreeSet<String> = short.map(|(case, _)| case).collect();
    let own: Vec<&Finding> = found.iter().filter(|f| f.code == "YZ101").collect();
    assert!(!expected.is_empty());
    assert_eq!(own.iter().map(|f| f.subject.id.clone()).collect::<BTreeSet<_>>(), expected);
    assert!(own.iter().all(|f| f.pack == "yunze" && f.verdict.word() == "提醒"));
    // The county's column is in no export yet: the rule says so, and guesses nothing.
    let talk: Vec<&Finding> = found.iter().filter(|f| f.code == "YZ102").collect();
    assert!(talk.len() == 1 && talk[0].verdict.word() == "待核" && talk[0].missing.iter().all(|m| m.field.as_deref() == Some("recorded")));
    assert!(!found.iter().any(|f| f.code.starts_with("BC")));
    // Before the day it holds from, the rule asks nothing.
    let decided: BTreeSet<String> = found.iter().filter(|f| f.code == "TH001").map(|f| f.subject.id.clone()).collect();
    let old = plain().into_iter().filter(|f| f.code == "TH001").map(|f| f.subject.id).collect::<BTreeSet<_>>();
    assert!(decided.is_subset(&old));
}

#[test]
fn the_tests_of_the_countys_rules_pass() {
    let (files, profile, rules) = sample("yunze.toml");
    let trials = run_tests_under(&files, Some(&profile), &rules, &|r| r.pack == "yunze");
    assert_eq!(trials.len(), 12);
    let failed: Vec<_> = trials.iter().filter(|t| !t.failures.is_empty()).collect();
    assert!(failed.is_empty(), "{failed:?}");
}
