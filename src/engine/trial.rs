//! The tests inside rule files: small records, and what the rule must say of them.

use super::check::judge_watched;
use super::context::Context;
use super::eval::Eval;
use super::probe::{Kept, Watcher};
use super::report;
use super::ruling::Rulings;
use super::say;
use super::value::Truth;
use super::verdict::Verdict;
use crate::diagnostic::Diagnostic;
use crate::document::{Node, Table, Value};
use crate::records::RowId;
use crate::rules::{Body, Files, Loading, Profile, Rule, RuleSet, load_as};
use records::{placed, records};

mod records;

/// How one test went.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The rule's code.
    pub code: String,
    /// The rule file.
    pub file: String,
    /// The line of the test.
    pub line: usize,
    /// The test's name.
    pub name: String,
    /// The verdict expected first (to count what kinds of tests a rule has).
    pub expected: Vec<String>,
    /// What was not as expected; none: it passed.
    pub failures: Vec<String>,
    /// What is wrong in the test itself, with its place: then it was not run. Each is among the failures, too.
    pub mistakes: Vec<Diagnostic>,
}

/// The day tests are asked on unless they say otherwise.
const DEFAULT_DAY: &str = "2026-06-30";

/// Runs the tests of the rules chosen.
pub fn run_tests(files: &Files, rules: &RuleSet, chosen: &dyn Fn(&Rule) -> bool) -> Vec<Trial> {
    run_tests_under(files, None, rules, chosen)
}

/// Runs the tests of the rules chosen, with a profile in force.
pub fn run_tests_under(files: &Files, profile: Option<&Profile>, rules: &RuleSet, chosen: &dyn Fn(&Rule) -> bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate().filter(|(_, r)| chosen(r)) {
        let tests = match rule.tests() {
            Ok(tests) => tests,
            Err(error) => {
                let file = rule.source.name.clone();
                let failures = vec![error.message.clone()];
                trials.push(Trial {
                    code: rule.code.clone(),
                    file,
                    line: error.line(),
                    name: String::new(),
                    expected: Vec::new(),
                    failures,
                    mistakes: vec![error],
                });
                continue;
            }
        };
        for (table, span) in &tests {
            let line = 1 + rule.source.text.get(..span.start).unwrap_or_default().matches('\n').count();
            let text = |key: &str| match table.get(key).map(|v| &v.value) {
                Some(Node::Text(t)) => Some(t.clone()),
                _ => None,
            };
            let name = text("name").unwrap_or_default();
            let failures = tried(files, profile, rules, index, table, Minding::Everything);
            let mut mistakes = Vec::new();
            if !failures.is_empty() {
                // What is wrong in the test itself, if anything is, with its place.
                records(&rules.schema, &rule.source, table, &mut mistakes);
                unknown_parts(rule, table, &failures, &mut mistakes);
            }
            let expected = texts(table.get("expect"));
            trials.push(Trial { code: rule.code.clone(), file: rule.source.name.clone(), line, name, expected, failures, mistakes });
        }
    }
    trials
}

/// What of a test's expectations counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Minding {
    /// All of them.
    Everything,
    /// The verdict and the due date: what is decided, not how it is worded.
    Decisions,
}

fn tried(files: &Files, profile: Option<&Profile>, rules: &RuleSet, index: usize, test: &Table, minding: Minding) -> Vec<String> {
    let Some(rule) = rules.rules.get(index) else { return Vec::new() };
    match overridden(files, profile, rule, test) {
        Some(Ok(other)) => match other.rules.iter().position(|r| r.subject == rule.subject) {
            Some(index) => run(&other, index, test, minding, &mut |_, _| ()),
            None => vec!["规则未能载入".to_owned()],
        },
        Some(Err(why)) => vec![why],
        None => run(rules, index, test, minding, &mut |_, _| ()),
    }
}

/// How the tests of a rule notice that it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Some verdict or due date is another.
    Decision,
    /// Only what is said is.
    Wording,
    /// Not at all.
    None,
}

/// How the tests of a rule notice that it was changed. A test that is worded otherwise only shows the change, and judges nothing by it.
pub(super) fn noticed(files: &Files, rules: &RuleSet, index: usize) -> Notice {
    let tests = rules.rules.get(index).and_then(|r| r.tests().ok()).unwrap_or_default();
    let fails = |minding| tests.iter().any(|(test, _)| !tried(files, None, rules, index, test, minding).is_empty());
    if fails(Minding::Decisions) {
        Notice::Decision
    } else if fails(Minding::Everything) {
        Notice::Wording
    } else {
        Notice::None
    }
}

/// Judges what the tests of a rule judge, with everything watched. Tests that set parameters judge another rule, and are left out.
pub(super) fn each_judged(rules: &RuleSet, index: usize, see: &mut Seeing<'_>) {
    let tests = rules.rules.get(index).and_then(|r| r.tests().ok()).unwrap_or_default();
    for (test, _) in tests.iter().filter(|(test, _)| test.get("params").is_none()) {
        run(rules, index, test, Minding::Everything, see);
    }
}

/// What looks on while a test is judged.
type Seeing<'a> = dyn FnMut(&Rulings, &Eval<'_, Watcher>) + 'a;

/// The rule loaded again with the parameters the test sets.
fn overridden(files: &Files, profile: Option<&Profile>, rule: &Rule, test: &Table) -> Option<Result<RuleSet, String>> {
    let Node::Table(params) = &test.get("params")?.value else { return None };
    let known = |name: &str| rule.versions.iter().flat_map(|v| &v.params).any(|(param, _)| param == name);
    if let Some((unknown, _)) = params.entries().find(|(key, _)| !known(&key.value)) {
        return Some(Err(format!("params 里的“{}”不是这条规则的参数", unknown.value)));
    }
    let changes: Vec<(String, Value)> = params.entries().map(|(k, v)| (k.value.clone(), v.clone())).collect();
    let wanted = |path: &str| files.get(path).is_some_and(|file| file.name == rule.source.name);
    let loaded = load_as(files, &Loading { wanted: &wanted, overrides: &changes, profile, ..Loading::default() });
    Some(loaded.map_err(|errors| errors.first().map_or_else(String::new, |e| e.message.clone())))
}

fn run(rules: &RuleSet, index: usize, test: &Table, minding: Minding, see: &mut Seeing<'_>) -> Vec<String> {
    let Some(rule) = rules.rules.get(index) else { return Vec::new() };
    let mut failures = Vec::new();
    let mut mistakes = Vec::new();
    let Some(store) = records(&rules.schema, &rule.source, test, &mut mistakes) else {
        return mistakes.iter().map(|m| m.message.clone()).collect();
    };
    let as_of = match test.get("as_of").map(|v| &v.value) {
        Some(Node::Date(d) | Node::Text(d)) => d.parse().ok(),
        _ => DEFAULT_DAY.parse().ok(),
    };
    let Some(as_of) = as_of else { return vec!["as_of 不是日期".to_owned()] };
    let cx = Context::new(rules, &store, as_of);
    let expected = texts(test.get("expect"));
    let subjects = texts(test.get("subjects"));
    let parts = texts(test.get("parts"));
    for verdict in expected.iter().filter(|word| Verdict::from_word(word).is_none()) {
        failures.push(format!("没有“{verdict}”这种结论，可用：{}", Verdict::ALL.map(Verdict::word).join("、")));
    }
    for (i, verdict) in expected.iter().enumerate().filter(|(_, word)| Verdict::from_word(word).is_some()) {
        let subject = subjects.get(i).cloned().or_else(|| texts(test.get("subject")).pop());
        let part = parts.get(i).cloned().or_else(|| texts(test.get("part")).pop());
        one(&cx, rule, test, Wanting { subject: subject.as_deref(), part: part.as_deref(), verdict, minding }, see, &mut failures);
    }
    if expected.is_empty() {
        failures.push("缺少 expect".to_owned());
    }
    failures
}

/// One expectation of a test.
struct Wanting<'a> {
    subject: Option<&'a str>,
    part: Option<&'a str>,
    verdict: &'a str,
    minding: Minding,
}

fn one(cx: &Context<'_>, rule: &Rule, test: &Table, wanting: Wanting<'_>, see: &mut Seeing<'_>, failures: &mut Vec<String>) {
    let Wanting { subject, part, verdict, minding } = wanting;
    let rows = cx.store.rows(rule.subject);
    let first = || test_first(cx, rule, test);
    let row = match subject {
        Some(key) => rows.find(key),
        None => first(),
    };
    let Some(row) = row else {
        failures.push(format!("找不到对象 {}", subject.unwrap_or("（首行）")));
        return;
    };
    let watcher = if minding == Minding::Everything { Watcher::tracing() } else { Watcher::default() };
    let (rulings, eval) = judge_watched(cx, rule, row, watcher);
    see(&rulings, &eval);
    if let Some(why) = &rulings.failure {
        failures.push(format!("规则出错：{why}"));
        return;
    }
    let year = match test.get("year").map(|v| &v.value) {
        Some(Node::Int(y)) => i32::try_from(*y).ok(),
        _ => None,
    };
    let chosen: Vec<_> = rulings
        .list
        .iter()
        .filter(|r| part.is_none_or(|p| r.part.as_deref() == Some(p)) && year.is_none_or(|y| r.year == Some(y)))
        .cloned()
        .collect();
    if let Some(part) = part.filter(|part| chosen.is_empty() && !may_be_in_order(rule, part)) {
        failures.push(no_part(part));
        return;
    }
    let got = match chosen.iter().filter_map(|r| r.verdict).min() {
        Some(v) if part.is_some() || year.is_some() => v,
        _ if part.is_some() => Verdict::Compliant,
        _ => rulings.verdict(),
    };
    let shown: Vec<&str> = rulings.list.iter().map(|r| r.message.as_str()).filter(|m| !m.is_empty()).collect();
    if got.word() != verdict {
        let said = if shown.is_empty() { String::new() } else { format!("（{}）", shown.join("；")) };
        failures.push(format!("应为{verdict}，得到{got}{said}"));
    }
    let only = Rulings { list: chosen, ..rulings.clone() };
    let findings = report::findings(cx, rule, row, &only);
    let finding = findings.iter().map(|(f, _)| f).find(|f| f.verdict.word() == verdict);
    let want = |key: &str| test.get(key).map(|v| scalar(&v.value));
    let due = only.list.iter().find_map(|r| r.due).map(say::date);
    if minding == Minding::Decisions {
        if let Some(wanted) = want("due").filter(|w| due.as_ref() != Some(w)) {
            failures.push(format!("due 应为“{wanted}”"));
        }
        return;
    }
    for (key, actual) in
        [("message", finding.map(|f| f.message.clone())), ("days", finding.and_then(|f| f.days).map(|d| d.to_string())), ("due", due)]
    {
        if let Some(wanted) = want(key)
            && actual.as_deref() != Some(wanted.as_str())
        {
            failures.push(format!("{key} 应为“{wanted}”，得到“{}”", actual.unwrap_or_default()));
        }
    }
    if test.get("missing").is_some() {
        let mut wanted = texts(test.get("missing"));
        let mut actual: Vec<String> = finding.map_or_else(Vec::new, |f| {
            f.missing.iter().map(|m| m.field.as_ref().map_or_else(|| m.table.clone(), |field| format!("{}.{field}", m.table))).collect()
        });
        wanted.sort();
        actual.sort();
        actual.dedup();
        if wanted != actual {
            failures.push(format!("missing 应为{wanted:?}，得到{actual:?}"));
        }
    }
    if let Some(wanted) = want("trace") {
        check_trace(cx, &eval, &wanted, failures);
    }
}

/// Whether nothing is said of a part because it is in order: of stages only what is wrong is said, and of a check that is not asked nothing.
/// The parts of rows are said, whatever comes of them; those of scripts only where something is found.
fn may_be_in_order(rule: &Rule, part: &str) -> bool {
    let of_body = |body: &Body| match body {
        Body::Checks(checks) => checks.iter().any(|check| check.part.as_deref() == Some(part)),
        Body::Sequence(sequence) => {
            let is_stage = |name: &str| sequence.stages.iter().any(|stage| stage.name == name);
            let is_pair = || part.split_once('→').is_some_and(|(earlier, later)| is_stage(earlier) && is_stage(later));
            (sequence.by_stage || sequence.missing.is_some()) && is_stage(part) || !sequence.by_stage && is_pair()
        }
        Body::Deadline(_) | Body::Script(_) => false,
    };
    rule.versions.iter().any(|version| of_body(&version.body))
}

fn no_part(part: &str) -> String {
    format!("没有得出名为“{part}”的一项（part）")
}

/// Parts that a test names and nothing was said of, with their places.
fn unknown_parts(rule: &Rule, test: &Table, failures: &[String], mistakes: &mut Vec<Diagnostic>) {
    for (part, span) in ["part", "parts"].into_iter().flat_map(|key| placed(test.get(key))) {
        let message = no_part(&part);
        if failures.contains(&message) {
            let help = "写规则里各项要求的 part、前后环节（“甲→乙”）、[each] 各行的 part，或者脚本得出结论时所用的 part";
            mistakes.push(Diagnostic::new("rule::unknown-part", &rule.source, span, message).help(help));
        }
    }
}

/// `trace = "notice_days = 4"`: somewhere this was evaluated to that.
fn check_trace(cx: &Context<'_>, eval: &Eval<'_, Watcher>, wanted: &str, failures: &mut Vec<String>) {
    let Some((words, value)) = wanted.split_once(" = ") else {
        failures.push("trace 应写作“表达式 = 值”".to_owned());
        return;
    };
    let steps = eval.probe.steps.as_deref().unwrap_or_default();
    let values: Vec<String> = steps
        .iter()
        .filter(|s| cx.rules.program.words.get(s.node as usize).is_some_and(|w| w == words))
        .flat_map(|s| kept(&s.value))
        .collect();
    if !values.iter().any(|v| v == value) {
        failures.push(format!("trace 中“{words}”应为 {value}，得到 {}", values.join("、")));
    }
}

fn kept(value: &Kept) -> Vec<String> {
    match value {
        Kept::Truth(Truth::True) => vec!["true".into()],
        Kept::Truth(Truth::False) => vec!["false".into()],
        Kept::Truth(Truth::Unknown) => vec!["unknown".into()],
        Kept::Span(s) if s.is_exact() => vec![s.lo.to_string(), say::date(*s)],
        Kept::Text(Some(t)) => vec![t.clone()],
        _ => Vec::new(),
    }
}

/// The first row of the subject table that the test lists; of a derived table, the first.
fn test_first(cx: &Context<'_>, rule: &Rule, test: &Table) -> Option<RowId> {
    let def = cx.store.schema.tables.get(rule.subject)?;
    let key_name = &def.fields.get(def.key)?.name;
    let listed = match test.get(&rule.subject_name).map(|v| &v.value) {
        Some(Node::List(rows)) => rows.first().and_then(|r| match &r.value {
            Node::Table(t) => t.get(key_name).map(|v| scalar(&v.value)),
            _ => None,
        }),
        _ => None,
    };
    match listed {
        Some(key) => cx.store.rows(rule.subject).find(&key),
        None => (cx.store.rows(rule.subject).len > 0).then_some(0),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value.map(|v| &v.value) {
        Some(Node::List(items)) => items.iter().map(|v| scalar(&v.value)).collect(),
        Some(other) => vec![scalar(other)],
        None => Vec::new(),
    }
}

fn scalar(node: &Node) -> String {
    match node {
        Node::Text(t) | Node::Date(t) => t.clone(),
        Node::Int(i) => i.to_string(),
        Node::Float(x) => x.to_string(),
        Node::Bool(b) => b.to_string(),
        Node::List(_) | Node::Table(_) => String::new(),
    }
}
