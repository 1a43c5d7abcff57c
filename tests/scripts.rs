//! Scripts: lowered and interpreted they say the same; hostile ones cost their own rule only.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::{Finding, Options, Outcome, check, run_tests};
use guiju::ingest;
use guiju::records::Store;
use guiju::rules::{Files, Interpret, Loading, RuleSet, load_as};

#[path = "scripts/data.rs"]
mod data;
#[path = "scripts/written.rs"]
mod written;

fn load(files: &Files, interpret: Interpret) -> RuleSet {
    load_as(files, &Loading { interpret, ..Loading::default() }).unwrap_or_else(|errors| panic!("{}", complaints(&errors)))
}

fn complaints(errors: &[guiju::diagnostic::Diagnostic]) -> String {
    errors.iter().map(|e| format!("{}:{} {}", e.source.name, e.line(), e.message)).collect::<Vec<_>>().join("\n")
}

/// Lowered, interpreted, and interpreted with every comparison and sum left to rhai.
fn three(files: &Files) -> (RuleSet, RuleSet, RuleSet) {
    (load(files, Interpret::WhereNeeded), load(files, Interpret::Always), load(files, Interpret::Plainly))
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
    let head = format!(
        "code = \"{code}\"\nslug = \"s\"\ntitle = \"t\"\nsubject = \"{subject}\"\nremedy = \"r\"\nanchor = \"as_of\"\nscript = \"{code}.rhai\"\n"
    );
    files.add(
        &format!("local/ZZ/{code}.toml"),
        &format!("{head}[[version]]\nbasis = [\"local-secondment#定期备案\"]\nseverity = \"违规\"\n{keys}\n"),
    );
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
    let mut all: Vec<String> =
        findings.iter().map(|f| format!("{} {} {} {} {}", f.code, f.subject.id, text(&f.part), f.verdict, f.message)).collect();
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
        let rules = load(&one(subject, keys, script), Interpret::WhereNeeded);
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
    let (lowered, interpreted, plainly) = three(&files);
    assert!(interpreted.rules.iter().all(|r| r.script.as_ref().is_some_and(|s| s.interpreted.is_some())));
    let mut findings = 0;
    for seed in 0..150 {
        let store = data::store(&lowered.schema, seed);
        let a = run(&lowered, &store);
        findings += a.findings.len();
        same(&a, &run(&interpreted, &store), &format!("seed {seed}"));
        same(&a, &run(&plainly, &store), &format!("seed {seed}, plainly"));
    }
    assert!(findings > 5000, "only {findings} findings");
}

#[test]
fn shipped_scripts_say_the_same_both_ways_over_generated_records_and_the_county() {
    let files = Files::built_in();
    let (lowered, interpreted, plainly) = three(&files);
    let scripts: Vec<usize> = (0..lowered.rules.len()).filter(|&i| lowered.rules[i].script.is_some()).collect();
    assert!(!scripts.is_empty());
    let options = || Options { rules: Some(&scripts), ..Options::on("2026-06-30".parse().expect("a day")) };
    for seed in 0..400 {
        let store = data::store(&lowered.schema, seed);
        let a = check(&lowered, &store, &options());
        same(&a, &check(&interpreted, &store, &options()), &format!("seed {seed}"));
        same(&a, &check(&plainly, &store, &options()), &format!("seed {seed}, plainly"));
    }
    let folder = "samples/county".to_owned();
    let store = ingest::read(&[folder], &lowered.schema, &lowered.wanted(), &ingest::Silent).expect("the sample can be read");
    same(&check(&lowered, &store, &options()), &check(&interpreted, &store, &options()), "county");
}

#[test]
fn shipped_scripts_pass_their_own_tests_interpreted() {
    let files = Files::built_in();
    let rules = load(&files, Interpret::Always);
    let trials = run_tests(&files, &rules, &|r| r.script.is_some());
    assert!(!trials.is_empty());
    for trial in trials {
        assert!(trial.failures.is_empty(), "{} {}：{}", trial.file, trial.name, trial.failures.join("；"));
    }
}

/// Verdicts and messages of a script on the posts of one person: P1 held 甲 from 2020-01-10 to 2021-06-30 and 乙 since 2021-07-01.
fn on_posts(script: &str) -> Outcome {
    on_posts_with("", script)
}

fn on_posts_with(keys: &str, script: &str) -> Outcome {
    let rules = load(&one("person", keys, script), Interpret::WhereNeeded);
    let why = rules.rules[0].script.as_ref().and_then(|s| s.interpreted.clone());
    assert!(why.is_some(), "this script should need the interpreter");
    run(&rules, &two_posts(&rules))
}

fn two_posts(rules: &RuleSet) -> Store {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("person.csv", "person_id,name,birth,unit_id\nP1,某甲,1975-02-28,U1\n");
    write("unit.csv", "unit_id,name\nU1,某局\n");
    write(
        "post.csv",
        "post_id,person_id,unit_id,title,level,leader,kind,start,end\n\
         A,P1,U1,副科长,乡科级副职,是,任职,2020-01-10,2021-06-30\n\
         B,P1,U1,科长,乡科级正职,是,任职,2021-07-01,\n\
         C,P1,U1,组员,,否,挂职,2022-03,2022-05-31\n",
    );
    let folder = folder.path().display().to_string();
    ingest::read(&[folder], &rules.schema, &rules.wanted(), &ingest::Silent).expect("the records can be read")
}

fn sentences(outcome: &Outcome) -> Vec<String> {
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    outcome.findings.iter().map(|f| format!("{} {}", f.verdict, f.message)).collect()
}

#[test]
fn arrays_maps_functions_closures_and_texts_work() {
    let said = sentences(&on_posts(
        r#"
        fn longest(list) { let best = (); for p in list { if best == () || days(p.start, p.end) > days(best.start, best.end) { best = p; } } best }
        let ended = [];
        let by_kind = #{};
        for p in post { if has(p.end) { ended.push(p); by_kind[`${p.kind}`] = p.title; } }
        let best = longest(ended.filter(|p| p.leader));
        let limit = start_of(best);
        fn start_of(p) { p.start }
        let words = "最长：" + best.title;
        switch best.kind { "任职" => words += "（任职）", _ => words += "？" }
        let n = 0;
        loop { n += 1; if n * n > 50 { break; } }
        violation(`${words}，自${limit}，${by_kind.len()}类，${n}，${ended.map(|p| p.title)}`);
        "#,
    ));
    assert_eq!(said, ["违规 最长：副科长（任职），自2020-01-10，2类，8，副科长、组员"]);
}

#[test]
fn conditions_see_the_row_first_and_variables_after() {
    let said = sentences(&on_posts_with(
        "floor = '乡科级正职'\nshort = '3个月'",
        r#"
        let after = [date(2021, 1, 1), date(2023, 1, 1)];
        for d in after {
            // `start` and `level` are the post's, `d` is the script's.
            part(d);
            if any(post, start > d && level >= floor) { violation(`${d}以后任${latest(post, start > d && has(level)).title}`); }
            else if count(post, start > d) == 0 { advise(`${d + short}前未任职`); }
        }
        "#,
    ));
    assert_eq!(said, ["违规 2021-01-01以后任科长", "提醒 2023-04-01前未任职"]);
}

#[test]
fn what_is_not_decided_is_left_open_and_its_cell_is_named() {
    // The third post began some day of March 2022: after the 10th or before?
    let open = on_posts("let days = []; for p in post { if p.start > date(2022, 3, 10) { days.push(p); } } violation(`${days.len()}`);");
    let [finding] = open.findings.as_slice() else { panic!("{:?}", open.findings) };
    assert_eq!(finding.verdict.to_string(), "待核");
    let missing: Vec<_> = finding.missing.iter().map(|m| (m.table.as_str(), m.id.as_deref(), m.field.as_deref())).collect();
    assert_eq!(missing, [("post", Some("C"), Some("start"))]);
    // February or April: decided, whatever the day.
    let said = sentences(&on_posts(
        "let n = []; for p in post { if p.start > date(2022, 2, 28) { n.push(1); } } if n.len() == 1 { violation('一'); }",
    ));
    assert_eq!(said, ["违规 一"]);
    // One side decides what the other leaves open; a blank cell is asked for by has().
    let said = sentences(&on_posts(
        "let n = []; for p in post { if p.start > date(2022, 3, 10) && !p.leader { continue; } if p.kind == '任职' || p.start > date(2022, 3, 10) { n.push(1); } }
         for p in n.filter(|x| x == 1) { } let r = post.to_array(); if !has(r[2].level) { violation(`${n.len()}`); }",
    ).clone());
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn hostile_scripts_fail_alone_and_say_why() {
    let hostile = [
        ("loop { }", "执行超过"),
        ("let x = 1; while x > 0 { x += 1; if x > 5 { x = 1; } }", "执行超过"),
        ("fn f(x) { f(x + 1) } f(1);", "嵌套超过"),
        ("let s = 'ab'; loop { s += s; }", "文本太大"),
        ("let a = [1]; loop { a.append(a); }", "数组太大"),
        ("let a = []; loop { a.push(a); }", "太大"),
        ("let m = #{}; for i in 0..1000000 { m[`${i}`] = 'x'.pad_it(); }", "pad_it"),
        ("let x = 9223372036854775807; let a = []; a.push(x + 1);", "溢出"),
        ("let a = []; a[3] = 1;", "下标"),
        ("let a = #{}; let b = a.len + 1; violation(`${b}`);", ""),
        ("let a = [1, 2]; a.sort(|x, y| x.nothing_here_at_all(y));", "nothing_here_at_all"),
    ];
    // As deep as expressions may be, within functions that call themselves. The deepest are refused when they are read.
    let deep: Vec<String> = (4..20)
        .flat_map(|n| {
            let nested = |open: &str, close: &str| format!("{}f(x + 1){}", open.repeat(n), close.repeat(n));
            [
                format!("fn f(x) {{ {} }} f(1);", nested("-(1 + ", ")")),
                format!("fn f(x) {{ let g = |x| {}; [x].map(g) }} f(1);", nested("[", "]")),
                format!("fn f(x) {{ {} }} f(1);", nested("if x > 0 { ", " }")),
            ]
        })
        .collect();
    for (script, why) in hostile.into_iter().chain(deep.iter().map(|s| (s.as_str(), "嵌套"))) {
        let mut files = one("person", "", script);
        add(&mut files, "ZZ002", "person", "", "let a = [1]; violation(`${a.len()}`);");
        let rules = match load_as(&files, &Loading::default()) {
            Ok(rules) => rules,
            // Refused at load is as good.
            Err(errors) => {
                assert!(complaints(&errors).contains(why), "{script}: {}", complaints(&errors));
                continue;
            }
        };
        let outcome = run(&rules, &two_posts(&rules));
        let [failure] = outcome.failures.as_slice() else { panic!("{script}: {:?}", outcome.failures) };
        assert_eq!((failure.code.as_str(), failure.subjects), ("ZZ001", 1));
        assert!(failure.why.contains(why) && failure.why.contains("脚本"), "{script}: {}", failure.why);
        assert_eq!(outcome.findings.len(), 1, "the other rule is judged");
    }
}

#[test]
fn lowered_scripts_have_the_same_limits() {
    for (script, why) in [
        ("let n = 0; while n < 1 { n = 0; }", "执行超过"),
        ("for i in 0..9223372036854775807 { }", "执行超过"),
        ("let n = 9223372036854775806; for i in 0..9 { n += 1; }", "溢出"),
    ] {
        let rules = load(&one("person", "", script), Interpret::WhereNeeded);
        assert_eq!(rules.rules[0].script.as_ref().and_then(|s| s.interpreted.clone()), None, "{script}");
        let outcome = run(&rules, &two_posts(&rules));
        assert!(outcome.failures.iter().any(|f| f.why.contains(why)), "{script}: {:?}", outcome.failures);
    }
}

#[test]
fn a_script_that_never_ends_costs_little_even_over_many_subjects() {
    let rules = load(&one("person", "", "let a = []; loop { }"), Interpret::WhereNeeded);
    let folder = tempfile::tempdir().expect("a folder");
    let rows: String = (0..5000).map(|n| format!("P{n},某甲\n")).collect();
    std::fs::write(folder.path().join("person.csv"), format!("person_id,name\n{rows}")).expect("a file");
    let store = ingest::read(&[folder.path().display().to_string()], &rules.schema, &rules.wanted(), &ingest::Silent).expect("records");
    let outcome = run(&rules, &store);
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(outcome.failures[0].subjects, 5000);
}

#[test]
fn what_scripts_may_not_do_is_refused_at_load() {
    let refused = [
        ("let a = []; eval('1');", "语法"),
        ("let a = []; print('x');", "print"),
        ("let a = []; sleep(5);", "sleep"),
        ("let a = []; import 'x' as x;", "import"),
        ("try { let a = 1; } catch { }", "try"),
        ("let a = []; throw 1;", "throw"),
        ("let a = []; __island(0);", "__island"),
    ];
    for (script, why) in refused {
        let errors = load_as(&one("person", "", script), &Loading::default()).expect_err(script);
        assert!(complaints(&errors).contains(why), "{script}: {}", complaints(&errors));
    }
}

#[test]
fn unknown_names_are_refused_with_place_and_nearest_name() {
    let wrong = [
        ("let a = [];\nif brth < as_of { violation('x'); }", 2, "birth"),
        ("let a = [];\nfor p in pst { a.push(p); }", 2, "post"),
        ("let a = [];\nfor p in post { a.push(p.strt); }", 2, "start"),
        ("let a = [];\nlet b = a.psh(1);", 2, "push"),
        ("let a = [];\nif any(post, knd == '任职') { violation('x'); }", 2, "kind"),
        ("let a = [];\nif latst(post).start < as_of { violation('x'); }", 2, "latest"),
        ("let a = [];\nfor p in post { if p.kind == '任指' { a.push(p); } }", 2, "任职"),
        ("fn f(p) {\n p.titel }\nviolation(f(latest(post)));", 2, "title"),
    ];
    for (script, line, near) in wrong {
        let errors = load_as(&one("person", "", script), &Loading::default()).expect_err(script);
        let said = errors.iter().find(|e| e.line() == line && e.source.name.ends_with(".rhai"));
        let help = said.and_then(|e| e.help.clone()).unwrap_or_default();
        assert!(help.contains(near), "{script}: {} / {help}", complaints(&errors));
    }
}
