//! `rules list`: every rule, its versions, and how it runs. `rules test`: the tests beside the rules.

use super::args::Common;
use super::args_rules::{RulesList, RulesTest};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{in_force, output, run};
use crate::diagnostic::Diagnostic;
use crate::engine::{Trial, run_tests, run_tests_under};
use crate::report::{Align, Grid, Paint};
use crate::rules::{Body, Grade, Off, Rule, Severity, Told, Version, load};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Table,
    Json,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    code: &'a str,
    slug: &'a str,
    title: &'a str,
    pack: &'a str,
    family: &'a str,
    subject: &'a str,
    severity: Vec<&'static str>,
    versions: Vec<Span>,
    tests: usize,
    /// `native`, `lowered` (a script run as native code) or `interpreted`.
    runs: &'static str,
    /// Why a script is interpreted.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    /// Only with a profile: whether the rule is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force: Option<bool>,
    /// What packs and the profile changed in it, by which file and line, and why.
    #[serde(skip_serializing_if = "<[Told]>::is_empty")]
    changes: &'a [Told],
}

#[derive(Debug, Serialize)]
struct Span {
    from: Option<String>,
    until: Option<String>,
}

/// Lists the rules.
pub(super) fn list(args: &RulesList, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&[], &args.rules, None, common)?;
    let known = [("table", Format::Table), ("json", Format::Json)];
    let format = settings::format(args.format.as_deref(), &args.output, Format::Table, &known, |_| false)?;
    let rules = run::rules(&settings)?.set;
    run::check_selectors_or_off(&rules, &settings)?;
    let profile = rules.in_force.as_ref();
    let told = |line| Line { in_force: profile.map(|_| true), ..line };
    let lines: Vec<Line<'_>> = rules.rules.iter().filter(|r| run::selected(r, &settings)).map(line).map(told).collect();
    output::write(args.output.output.as_deref(), |out| {
        if format == Format::Json {
            let off = profile.iter().flat_map(|p| &p.off).filter(|off| run::selects(&settings, &off.code, &off.pack)).map(off_line);
            let mut all: Vec<Line<'_>> = lines.into_iter().chain(off).collect();
            all.sort_by_key(|l| (l.code, l.in_force == Some(false)));
            serde_json::to_writer_pretty(&mut *out, &all)?;
            return writeln!(out);
        }
        let left = Align::Left;
        let mut grid = Grid::new([
            ("编码", left),
            ("名称", left),
            ("规则包", left),
            ("对象", left),
            ("结论", left),
            ("版本", left),
            ("测试", Align::Right),
            ("执行", left),
        ]);
        for l in &lines {
            let runs = match (l.runs, l.why) {
                ("interpreted", Some(why)) => format!("解释执行（{why}）"),
                ("lowered", _) => "脚本，已编译".to_owned(),
                _ => "已编译".to_owned(),
            };
            grid.row([
                l.code.to_owned(),
                l.title.to_owned(),
                l.pack.to_owned(),
                l.subject.to_owned(),
                l.severity.join("/"),
                versions(&l.versions),
                l.tests.to_string(),
                runs,
            ]);
        }
        grid.render(screen.result(&args.output), out)?;
        writeln!(out, "\n共 {} 条", codes(&lines))?;
        profile.map_or(Ok(()), |p| in_force::tell(p, &rules.rules, screen.result(&args.output), out))
    })?;
    Ok(Exit::Clean)
}

/// Runs the tests beside the rules.
pub(super) fn test(args: &RulesTest, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&[], &args.rules, None, common)?;
    let rules = run::rules(&settings)?;
    run::check_selectors(&rules.set, &settings)?;
    let trials = match &rules.profile {
        None => run_tests(&rules.files, &rules.set, &|rule| run::selected(rule, &settings)),
        Some(profile) => {
            // What the program's own rules say of their tests is said of their own values; a county's rules are tested as they are in force.
            let own = |pack: &str| profile.packs.iter().any(|p| p.name == pack);
            let base = rules.files.without(|path| path.split_once('/').is_some_and(|(top, _)| own(top)));
            let above = load(&base).map_err(Trouble::Files)?;
            let mut trials = run_tests(&base, &above, &|rule| run::selected(rule, &settings));
            let theirs = |rule: &Rule| own(&rule.pack) && run::selected(rule, &settings);
            trials.extend(run_tests_under(&rules.files, Some(profile), &rules.set, &theirs));
            trials
        }
    };
    let mistakes: Vec<Diagnostic> = trials.iter().flat_map(|t| t.mistakes.iter().cloned()).collect();
    if !mistakes.is_empty() {
        return Err(Trouble::Files(mistakes));
    }
    output::write(None, |out| trial_report(&trials, screen.out, out))?;
    Ok(if trials.iter().all(|t| t.failures.is_empty()) { Exit::Clean } else { Exit::Found })
}

fn trial_report(trials: &[Trial], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let failed: Vec<&Trial> = trials.iter().filter(|t| !t.failures.is_empty()).collect();
    for trial in &failed {
        writeln!(
            out,
            "{} {} {}  {}",
            paint.error("未通过"),
            paint.bold(&trial.code),
            trial.name,
            paint.dim(&format!("{}:{}", trial.file, trial.line))
        )?;
        for failure in &trial.failures {
            writeln!(out, "    {failure}")?;
        }
    }
    let rules: BTreeSet<&str> = trials.iter().map(|t| t.code.as_str()).collect();
    let passed = trials.len() - failed.len();
    writeln!(out, "{} 条规则，{} 个测试：通过 {passed}，未通过 {}", rules.len(), trials.len(), failed.len())
}

fn line(rule: &Rule) -> Line<'_> {
    let mut grades: Vec<Grade> = rule.versions.iter().flat_map(severities).flat_map(|s| s.0.iter().map(|(_, grade)| *grade)).collect();
    grades.sort_unstable();
    grades.dedup();
    let why = rule.script.as_ref().and_then(|s| s.interpreted.as_deref());
    let runs = match (&rule.script, why) {
        (None, _) => "native",
        (Some(_), None) => "lowered",
        (Some(_), Some(_)) => "interpreted",
    };
    Line {
        code: &rule.code,
        slug: &rule.slug,
        title: &rule.title,
        pack: &rule.pack,
        family: &rule.family,
        subject: &rule.subject_name,
        severity: grades.into_iter().map(Grade::word).collect(),
        versions: rule
            .versions
            .iter()
            .map(|v| Span { from: v.from.map(|d| d.to_string()), until: v.until.map(|d| d.to_string()) })
            .collect(),
        tests: rule.test_count(),
        runs,
        why,
        in_force: None,
        changes: &rule.changes,
    }
}

/// A rule that is not in force.
fn off_line(off: &Off) -> Line<'_> {
    Line {
        code: &off.code,
        slug: "",
        title: &off.title,
        pack: &off.pack,
        family: &off.family,
        subject: "",
        severity: Vec::new(),
        versions: Vec::new(),
        tests: 0,
        runs: "off",
        why: None,
        in_force: Some(false),
        changes: std::slice::from_ref(&off.told),
    }
}

fn severities(version: &Version) -> Vec<&Severity> {
    match &version.body {
        Body::Checks(checks) => checks.iter().map(|c| &c.severity).collect(),
        Body::Deadline(deadline) => vec![&deadline.severity],
        Body::Sequence(sequence) => vec![&sequence.severity],
        Body::Script(script) => vec![&script.severity],
    }
}

/// 2002-07-09…2014-01-13、2014-01-14…
fn versions(spans: &[Span]) -> String {
    let one = |s: &Span| match (&s.from, &s.until) {
        (None, None) => "不分时期".to_owned(),
        (from, until) => format!("{}…{}", from.as_deref().unwrap_or(""), until.as_deref().unwrap_or("")),
    };
    spans.iter().map(one).collect::<Vec<_>>().join("、")
}

/// How many rules there are: one may stand in two files, each for subjects of its own.
fn codes(lines: &[Line<'_>]) -> usize {
    lines.iter().map(|line| line.code).collect::<BTreeSet<_>>().len()
}
