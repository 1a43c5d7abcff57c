//! Rules about rules: what loads may still be careless. Each finding has its place; nothing here changes a rule.

mod names;
mod satisfy;

use super::files::Files;
use super::load::RuleSet;
use super::profile::pack_of_in_force;
use super::rule::{Body, Grade, Rule};
use crate::dates::Day;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Everything careless in the rules chosen, and in the shared words beside them.
pub fn lint(files: &Files, rules: &RuleSet, chosen: &dyn Fn(&Rule) -> bool) -> Vec<Diagnostic> {
    let mut sink = Vec::new();
    for rule in rules.rules.iter().filter(|r| chosen(r)) {
        // The rule loaded, so its text parses.
        let Ok(doc) = document::parse(&rule.source) else { continue };
        law(rule, &doc, &mut sink);
        too_early(rules, rule, &mut sink);
        tests(rule, &doc, &mut sink);
        gaps(rules, rule, &mut sink);
        names::lint(rules, rule, &doc, &mut sink);
        conditions(rules, rule, &doc, &mut sink);
    }
    words(files, rules, &mut sink);
    sink.sort_by(|a, b| (&a.source.name, a.span.start, a.code).cmp(&(&b.source.name, b.span.start, b.code)));
    sink
}

fn complain(code: &'static str, source: &Arc<Source>, span: &Range<usize>, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(code, source, span.clone(), message).help(help)
}

/// Every version has a basis, every rule says what to do.
fn law(rule: &Rule, doc: &Table, sink: &mut Vec<Diagnostic>) {
    for version in rule.versions.iter().filter(|v| v.basis.is_empty()) {
        sink.push(complain("lint::no-basis", &rule.source, &version.span, format!("{} 的这个版本没有依据", rule.code), "写明 basis"));
    }
    if rule.remedy.trim().is_empty() {
        let span = doc.peek("remedy").map_or_else(|| rule.span.clone(), |v| v.span.clone());
        sink.push(complain("lint::no-remedy", &rule.source, &span, format!("{} 没有处理意见", rule.code), "写明 remedy"));
    }
}

/// What a version cites is in force on its first day, unless the rule says why it does not wait for that. (One that names no first day
/// waits by itself.)
fn too_early(rules: &RuleSet, rule: &Rule, sink: &mut Vec<Diagnostic>) {
    for version in rule.versions.iter().filter(|v| rule.timeless.is_none() && !v.basis.is_empty()) {
        let cited = || version.basis.iter().map(|r| r.edition.as_str());
        let Some(from) = version.from.filter(|from| !rules.regulations.any_in_force(cited(), *from)) else { continue };
        let first = rules.regulations.first_day(cited()).map_or_else(String::new, |day| format!("，最早自 {day} 施行"));
        let message = format!("{} 的这个版本自 {from} 起，所引条文那时都不在施行{first}", rule.code);
        let help = "改 from，或者补上当时的依据；规则确实不分时期的，用 timeless 写明理由";
        sink.push(complain("lint::too-early", &rule.source, &version.span, message, help));
    }
}

/// Every weight that the rule gives is shown by a test, and so are 合规 and 待核.
fn tests(rule: &Rule, doc: &Table, sink: &mut Vec<Diagnostic>) {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for test in tables(doc, "test") {
        match test.peek("expect").map(|v| &v.value) {
            Some(Node::Text(text)) => shown.extend([text.clone()]),
            Some(Node::List(items)) => {
                shown.extend(items.iter().filter_map(|v| if let Node::Text(t) = &v.value { Some(t.clone()) } else { None }));
            }
            _ => {}
        }
    }
    let mut wanted: Vec<&str> = grades(doc).into_iter().map(Grade::word).collect();
    if !is_plain_limit(rule) {
        wanted.push("合规");
    }
    if !wanted.contains(&"待核") {
        wanted.push("待核");
    }
    let lacking: Vec<&str> = wanted.into_iter().filter(|w| !shown.contains(*w)).collect();
    if !lacking.is_empty() {
        let message = format!("{} 没有得出{}的测试", rule.code, lacking.join("、"));
        sink.push(complain("lint::untested", &rule.source, &rule.span, message, "各举一例，特别是刚好够和差一天的"));
    }
}

/// A limit that nothing meets: it is not reached yet, or it is passed.
fn is_plain_limit(rule: &Rule) -> bool {
    rule.versions.iter().all(|v| matches!(&v.body, Body::Deadline(d) if d.evidence.is_empty()))
}

/// The weights that a rule names, wherever it does.
fn grades(doc: &Table) -> BTreeSet<Grade> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Table> = tables(doc, "version");
    while let Some(table) = open.pop() {
        match table.peek("severity").map(|v| &v.value) {
            Some(Node::Text(text)) => found.extend(Grade::from_word(text)),
            Some(Node::List(_)) => {
                let steps = tables(table, "severity").into_iter().filter_map(|s| s.peek("is"));
                found.extend(steps.filter_map(|v| if let Node::Text(t) = &v.value { Grade::from_word(t) } else { None }));
            }
            _ => {}
        }
        open.extend(tables(table, "check"));
    }
    found
}

/// The versions of a rule leave no time out in which what they cite was in force.
fn gaps(rules: &RuleSet, rule: &Rule, sink: &mut Vec<Diagnostic>) {
    let mut cited: BTreeMap<&str, ()> = BTreeMap::new();
    rule.versions.iter().flat_map(|v| &v.basis).for_each(|r| {
        cited.insert(&r.edition, ());
    });
    for pair in rule.versions.windows(2) {
        let [earlier, later] = pair else { continue };
        let (Some(until), Some(from)) = (earlier.until, later.from) else { continue };
        let (first, last) = (Day(until.0.saturating_add(1)), Day(from.0.saturating_sub(1)));
        if first > last {
            continue;
        }
        let in_force = cited
            .keys()
            .filter_map(|key| Some((*key, rules.regulations.edition(key)?)))
            .find(|(_, e)| e.from.is_some_and(|f| f <= last) && e.until.is_none_or(|u| u >= first));
        if let Some((key, edition)) = in_force {
            let message = format!("{} 在 {first} 至 {last} 没有版本，而《{}》（{key}）当时有效", rule.code, edition.title);
            let diagnostic = complain("lint::gap", &rule.source, &later.span, message, "补上这段时间的版本，或者改 from、until");
            sink.push(diagnostic.also(&rule.source, earlier.span.clone(), "上一个版本"));
        }
    }
}

/// Every condition can hold.
fn conditions(rules: &RuleSet, rule: &Rule, doc: &Table, sink: &mut Vec<Diagnostic>) {
    let span = |key: &str| doc.peek(key).map(|v| v.span.clone());
    let versions = tables(doc, "version");
    for version in &rule.versions {
        let asked: Vec<_> = version.when.into_iter().chain(version.once).collect();
        if !asked.is_empty() && !satisfy::possible(&rules.program, &asked) {
            let own = versions.iter().filter_map(|t| t.peek("when")).map(|v| v.span.clone()).find(|s| version.span.contains(&s.start));
            let place = own.or_else(|| span("when")).or_else(|| span("once")).unwrap_or_else(|| version.span.clone());
            let message = format!("{} 的适用条件不可能成立", rule.code);
            sink.push(complain("lint::never", &rule.source, &place, message, "检查同一个字段是否要求了两个不同的值"));
            continue;
        }
        let Body::Checks(checks) = &version.body else { continue };
        for check in checks {
            let Some(when) = check.when else { continue };
            let all: Vec<_> = asked.iter().copied().chain([when]).collect();
            if !satisfy::possible(&rules.program, &all) {
                let part = check.part.as_deref().unwrap_or_default();
                let message = format!("{} 的分项“{part}”不可能适用", rule.code);
                sink.push(complain("lint::never", &rule.source, &version.span, message, "检查同一个字段是否要求了两个不同的值"));
            }
        }
    }
}

/// Shared words and lookups that no rule uses. Those of the program are not the business of another folder's rules.
fn words(files: &Files, rules: &RuleSet, sink: &mut Vec<Diagnostic>) {
    let path = |source: &Arc<Source>| files.all().find(|(_, s)| Arc::ptr_eq(s, source)).map(|(p, _)| p);
    for place in &rules.unused {
        let own = path(&place.source).is_some_and(|p| match &rules.in_force {
            // A profile may put the rules that use a word out of force.
            Some(in_force) => pack_of_in_force(in_force, p),
            None => !files.is_borrowed(p),
        });
        if own {
            let message = format!("{} 没有规则用到", place.what);
            sink.push(complain("lint::unused", &place.source, &place.span, message, "删去，或者检查名字是否写错"));
        }
    }
}

/// The tables of a key: `[[key]]`, or one table.
fn tables<'a>(doc: &'a Table, key: &str) -> Vec<&'a Table> {
    match doc.peek(key).map(|v| &v.value) {
        Some(Node::List(items)) => items.iter().filter_map(|v| if let Node::Table(t) = &v.value { Some(t) } else { None }).collect(),
        Some(Node::Table(table)) => vec![table],
        _ => Vec::new(),
    }
}
