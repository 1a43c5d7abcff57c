//! Records that contradict themselves: nothing crashes, somebody is told, and no rule builds a verdict on what cannot be so.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::{Finding, Options, Verdict, check};
use guiju::ingest;
use guiju::records::Problem;
use guiju::rules::{Files, RuleSet, load};
use std::path::Path;

/// What is said of the sample case after a change.
struct Said {
    problems: Vec<Problem>,
    findings: Vec<Finding>,
}

impl Said {
    fn verdicts(&self, code: &str) -> Vec<Verdict> {
        self.findings.iter().filter(|f| f.code == code).map(|f| f.verdict).collect()
    }

    /// The rules say 待核, and each names the cell.
    fn left_open(&self, codes: &[&str], field: &str) {
        for code in codes {
            assert_eq!(self.verdicts(code), [Verdict::Unverified], "{code}");
            let named = |f: &Finding| f.missing.iter().any(|m| m.field.as_deref() == Some(field));
            assert!(self.findings.iter().any(|f| f.code == *code && named(f)), "{code} does not name {field}");
        }
    }

    /// The cell was reported as lying before the one it follows.
    fn reported(&self, table: &str, column: &str) {
        let told = self.problems.iter().any(|p| p.code == "data::reversed" && p.table == table && p.column == column);
        assert!(told, "{table}.{column} was not reported: {:?}", self.problems);
    }
}

/// Copies the sample case with some lines of its tables changed, and has every rule judge it.
fn after(changes: &[(&str, &str, &str)]) -> Said {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir("samples/case").expect("the sample") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).expect("a name").to_owned();
        if path.extension().is_none_or(|e| e != "csv") || name == "EXPECTED.csv" {
            continue;
        }
        let mut text = std::fs::read_to_string(&path).expect("a table");
        for (_, from, to) in changes.iter().filter(|(table, ..)| name == format!("{table}.csv")) {
            assert!(text.contains(from), "{name} has no “{from}”");
            text = text.replacen(from, to, 1);
        }
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    judge(folder.path())
}

fn rules() -> RuleSet {
    load(&Files::built_in()).unwrap_or_else(|errors| panic!("{}", errors[0].message))
}

fn judge(folder: &Path) -> Said {
    let rules = rules();
    let source = folder.display().to_string();
    let store = ingest::read(&[source], &rules.schema, &rules.wanted(), &ingest::Silent).expect("it can be read");
    let outcome = check(&rules, &store, &Options::on("2026-06-30".parse().expect("a day")));
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    Said { problems: store.problems, findings: outcome.findings }
}

#[test]
fn the_sample_as_it_is_contradicts_nothing() {
    let said = after(&[]);
    assert_eq!(said.problems, []);
    assert_eq!(said.verdicts("GS002"), [Verdict::Breach]);
    assert_eq!(said.verdicts("ZG005"), []);
}

#[test]
fn a_matter_that_may_be_over_breaks_nothing() {
    // 终止 would put it outside every rule; what is written there is no status.
    let said = after(&[("case", "W0004,已任职", "W0004,已经终止了")]);
    assert!(said.problems.iter().any(|p| p.code == "data::bad-code" && p.column == "status"), "{:?}", said.problems);
    said.left_open(&["GS002"], "status");
    let of_case = |f: &&Finding| f.subject.table == "case" || f.subject.table == "material";
    let sure: Vec<_> = said.findings.iter().filter(of_case).filter(|f| f.verdict != Verdict::Unverified).collect();
    assert!(sure.is_empty(), "{sure:?}");
    // What is in order is so whether it is asked or not.
    assert_eq!(said.verdicts("GS001"), []);
}

#[test]
fn a_notice_that_ends_before_it_begins_has_no_length() {
    let said = after(&[("step", "任前公示,2025-04-07,2025-04-10", "任前公示,2025-04-07,2025-04-01")]);
    said.reported("step", "end");
    // Neither too short, nor over in time.
    said.left_open(&["GS002", "GS004"], "end");
}

#[test]
fn a_post_that_ends_before_it_begins_is_neither_no_time_nor_all_time() {
    let said = after(&[
        ("rank", "2019-06-01,2025-04-15", "2023-06-01,2025-04-15"),
        ("post", "2018-09-12,2025-04-15,", "2018-09-12,2015-04-15,"),
        ("post", "2014-06-18,2018-09-11,", "2016-06-18,2015-09-11,"),
    ]);
    said.reported("post", "end");
    said.left_open(&["ZG005"], "end");
}

#[test]
fn a_rank_that_ends_before_it_begins_leaves_years_open() {
    let said = after(&[(
        "rank",
        "R0001,P0001,一级主任科员,2019-06-01,2025-04-15",
        "R0001,P0001,二级主任科员,2021-06-01,2020-04-15\nR0002,P0001,一级主任科员,2023-07-01,",
    )]);
    said.reported("rank", "end");
    let breach = said.verdicts("ZJ001").contains(&Verdict::Breach);
    assert!(!breach, "{:?}", said.verdicts("ZJ001"));
}

#[test]
fn an_impact_period_recorded_as_over_before_it_began_bars_nobody_and_clears_nobody() {
    let said = after(&[(
        "sanction",
        "批评教育,2016-05-03,2016-05-20,2016-01-08,2016-02-01,,",
        "党内警告,2025-01-03,2025-01-20,2016-01-08,2016-02-01,2024-01-20,",
    )]);
    said.reported("sanction", "ends");
    said.left_open(&["KC013"], "ends");
}

#[test]
fn conduct_that_ended_before_it_began_does_not_shorten_a_period() {
    // Fourteen months before the decision: within the eighteen months, beyond the twelve of conduct that was over by 2016.
    let said = after(&[(
        "sanction",
        "批评教育,2016-05-03,2016-05-20,2016-01-08,2016-02-01,,",
        "党内严重警告,2024-01-03,2024-02-02,2016-03-08,2015-02-01,,",
    )]);
    said.reported("sanction", "conduct_end");
    said.left_open(&["KC013"], "conduct_end");
}

#[test]
fn a_quota_that_ends_before_it_begins_is_not_known_to_be_in_force() {
    let said = after(&[("quota", "县处级副职,1,2019-01-01,,", "县处级副职,0,2019-01-01,2018-01-01,")]);
    said.reported("quota", "end");
    said.left_open(&["ZS001", "ZS002"], "end");
}

#[test]
fn more_votes_than_members_are_a_finding() {
    let said = after(&[("step", "讨论决定,2025-04-02,,县委,常委会,11,7,7,0,0", "讨论决定,2025-04-02,,县委,常委会,11,15,14,0,0")]);
    assert_eq!(said.verdicts("JD008"), [Verdict::Breach]);
    let told = said.findings.iter().find(|f| f.code == "JD008").map(|f| f.message.clone());
    assert_eq!(told.as_deref(), Some("2025-04-02讨论决定登记应到11人、实到15人，实到多于应到"));
    // Fewer came than voted.
    let said = after(&[("step", "讨论决定,2025-04-02,,县委,常委会,11,7,7,0,0", "讨论决定,2025-04-02,,县委,常委会,11,8,9,0,0")]);
    assert_eq!(said.verdicts("JD008"), [Verdict::Breach]);
}

#[test]
fn two_chief_posts_at_once_are_a_finding() {
    let said = after(&[(
        "post",
        "W0004,P0001,U27,局长,乡科级正职,是,是,任职,否,,2018-09-12,2025-04-15,",
        "W0004,P0001,U27,局长,乡科级正职,是,是,任职,否,,2018-09-12,,\nW0006,P0001,U42,乡长,乡科级正职,是,是,任职,是,,2020-01-01,,",
    )]);
    assert_eq!(said.verdicts("DA003"), [Verdict::Advice]);
}

#[test]
fn ages_below_zero_are_named_cell_by_cell() {
    let said = after(&[(
        "person",
        "女,汉族,岚州市云泽县,岚州市云泽县,岚州市云泽县,1981-04-24",
        "女,汉族,岚州市云泽县,岚州市云泽县,岚州市云泽县,2031-04-24",
    )]);
    let ages = said.findings.iter().find(|f| f.code == "DA001").expect("a data finding");
    assert_eq!(ages.verdict, Verdict::Unverified);
    let named: Vec<&str> = ages.missing.iter().filter_map(|m| m.field.as_deref()).collect();
    assert!(["birth", "work_date", "party_date", "start"].iter().all(|f| named.contains(f)), "{named:?}");
    // The number on the identity card says otherwise, too.
    assert_eq!(said.verdicts("DA002"), [Verdict::Unverified]);
    assert_eq!(said.verdicts("RQ004"), []);
}

#[test]
fn the_dead_hold_no_post() {
    let said = after(&[("person", "公务员,在职,", "公务员,去世,"), ("case", "W0004,已任职", "W0004,公示中")]);
    let now = ["RQ001", "RQ002", "RQ004", "RQ005", "JL001", "JL003", "SJ003", "SJ005", "HB003", "KH001", "BG001", "PX001", "DA003"];
    for code in now {
        assert_eq!(said.verdicts(code), [], "{code}");
    }
    // What was done wrong in life stays so.
    assert_eq!(said.verdicts("GS002"), [Verdict::Breach]);
}

/// A folder of these tables, judged.
fn of(tables: &[(&str, &str)]) -> Said {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in tables {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    judge(folder.path())
}

#[test]
fn a_rank_that_could_not_be_read_may_lie_between_two() {
    let ranks = |between: &str| {
        let rows = format!("R1,P1,四级主任科员,2018-03-10\n{between}R3,P1,二级主任科员,2024-05-10\n");
        of(&[("person.csv", "person_id,name\nP1,甲\n"), ("rank.csv", &format!("rank_id,person_id,rank,start\n{rows}"))])
    };
    assert_eq!(ranks("").verdicts("ZJ002"), [Verdict::Breach]);
    assert_eq!(ranks("R2,P1,三级主任科员,2021-05-10\n").verdicts("ZJ002"), []);
    // Refused for its date, or for its rank: the step may have been taken.
    for bad in ["R2,P1,三级主任科员,2021-13-10\n", "R2,P1,三级主任,2021-05-10\n"] {
        assert!(ranks(bad).verdicts("ZJ002").iter().all(|v| *v == Verdict::Unverified), "{bad}");
    }
}

#[test]
fn a_form_that_lists_some_ranks_may_leave_out_those_between() {
    let resume = "2012.08--2018.03  某县某局科员\n2018.03--         某县某局副局长\n                  （2019.06任四级主任科员；2024.05任二级主任科员）";
    let form = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><Person><XingMing>江远</XingMing><JianLi>{resume}</JianLi></Person>");
    let verdicts = of(&[("江远.lrmx", &form)]).verdicts("ZJ002");
    assert!(!verdicts.is_empty() && verdicts.iter().all(|v| *v == Verdict::Unverified), "{verdicts:?}");
}

#[test]
fn a_year_whose_result_could_not_be_read_may_be_the_one_to_train_after() {
    let person = |result: &str| {
        of(&[
            ("person.csv", "person_id,name,status\nP1,甲,待岗\n"),
            ("assessment.csv", &format!("assessment_id,person_id,year,result\nK1,P1,2022,不称职\nK2,P1,2024,{result}\n")),
            ("training.csv", "training_id,person_id,course,start\nX1,P1,待岗培训,2023-05-06\n"),
        ])
    };
    assert_eq!(person("称职").verdicts("PX005"), []);
    assert_eq!(person("不称职").verdicts("PX005"), [Verdict::Advice]);
    assert_eq!(person("不称").verdicts("PX005"), [Verdict::Unverified]);
}

#[test]
fn what_was_never_decided_is_held_to_the_law_of_the_day_it_began() {
    let said = of(&[
        ("person.csv", "person_id,name\nP1,某\n"),
        ("case.csv", "case_id,person_id,kind,leader,level,reshuffle,status\nC1,P1,提拔,是,乡科级正职,否,已任职\n"),
        (
            "step.csv",
            "step_id,case_id,kind,start,end,result\nS1,C1,动议,2018-01-08,,\nS2,C1,考察,2018-01-02,,\nS3,C1,任前公示,2018-02-05,2018-02-12,\nS4,C1,任职通知,2018-02-12,,\n",
        ),
        ("training.csv", "training_id,person_id,start,hours\nT1,P1,2010-01-01,8\n"),
    ]);
    for (code, verdict) in [("GS004", Verdict::Breach), ("SX001", Verdict::Breach), ("PX003", Verdict::Advice)] {
        assert_eq!(said.verdicts(code), [verdict], "{code}");
        let cited = said.findings.iter().filter(|f| f.code == code).flat_map(|f| &f.basis);
        let later: Vec<_> = cited.filter(|b| b.version.as_deref().is_none_or(|v| v > "2018")).collect();
        assert!(later.is_empty(), "{code} cites {later:?}");
    }
}
