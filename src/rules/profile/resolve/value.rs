//! What an item of a rule is, after the layers so far.

use super::{Now, Resolver};
use crate::dates::{Day, Period};
use crate::diagnostic::Place;
use crate::document::{Node, Table, Value};
use crate::rules::definitions::Shared;
use crate::rules::profile::file::shown;
use crate::rules::profile::{Keys, Parsed};
use crate::rules::rule::Grade;
use std::ops::Range;
use std::sync::Arc;

impl Resolver<'_> {
    /// The versions of a rule in the order of the file: number, first day, place.
    pub(super) fn versions(&self, rule: usize) -> Vec<(usize, Option<Day>, Range<usize>)> {
        let Some(doc) = self.rules.get(rule).map(|r| &r.doc) else { return Vec::new() };
        let day = |t: &Table| match t.peek("from").map(|v| &v.value) {
            Some(Node::Date(d) | Node::Text(d)) => d.parse().ok(),
            _ => None,
        };
        version_tables(doc).into_iter().enumerate().map(|(i, (t, span))| (i, day(t), span)).collect()
    }

    /// What an item of a version is now: a parameter, `severity` or `from`.
    pub(super) fn now(&self, rule: usize, version: usize, item: &str, keys: &Keys<'_>) -> Option<Now> {
        if let Some(now) = self.items.get(&(rule, version, item.to_owned())) {
            return Some(now.clone());
        }
        let parsed = self.rules.get(rule)?;
        let place =
            |span: &Range<usize>, what: &str| Place { source: Arc::clone(&parsed.source), span: span.clone(), what: what.to_owned() };
        let (table, _) = version_tables(&parsed.doc).into_iter().nth(version)?;
        match item {
            "severity" => {
                let mut grades = Vec::new();
                collect_grades(table, &mut grades);
                let at = grades.first()?.1.clone();
                let mut words: Vec<&str> = grades.iter().map(|(g, _)| g.word()).collect();
                words.dedup();
                Some(Now { value: Node::Text(words.join("、")), place: place(&at, "规则原来的等级"), by: None })
            }
            "from" => {
                let first = self.versions(rule).into_iter().min_by_key(|(_, from, _)| *from)?;
                let value = first.1.map_or_else(|| Node::Text("不分时期".into()), |d| Node::Date(d.to_string()));
                Some(Now { value, place: place(&first.2, "规则最早的版本"), by: None })
            }
            _ => {
                let of = |table: &Table, known: &[&str]| -> Option<Now> {
                    if known.contains(&item) {
                        let Some(Node::Table(deadline)) = table.peek("deadline").map(|v| &v.value) else { return None };
                        let value = deadline.peek(item).filter(|_| DEADLINE.contains(&item)).filter(|v| is_period(&v.value))?;
                        return Some(Now { value: value.value.clone(), place: place(&value.span, "规则原来的值"), by: None });
                    }
                    let value = table.peek(item).filter(|v| !matches!(v.value, Node::Table(_)))?;
                    Some(Now { value: value.value.clone(), place: place(&value.span, "规则原来的值"), by: None })
                };
                let shared = self.shared(parsed, table).into_iter().rev().find_map(|shared| {
                    let value = shared.terms.peek(item).filter(|v| !matches!(v.value, Node::Table(_)))?;
                    let place =
                        Place { source: Arc::clone(&shared.source), span: value.span.clone(), what: "几条规则共用的值".into() };
                    Some(Now { value: value.value.clone(), place, by: None })
                });
                of(table, &with_deadline(keys.version)).or_else(|| of(&parsed.doc, &with_deadline(keys.rule))).or(shared)
            }
        }
    }

    /// The terms that a version shares with other rules.
    fn shared(&self, rule: &Parsed, version: &Table) -> Vec<&Shared> {
        let mut found = Vec::new();
        for value in [rule.doc.peek("shares"), version.peek("shares")].into_iter().flatten() {
            let names = match &value.value {
                Node::List(items) => items.iter().collect(),
                _ => vec![value],
            };
            found.extend(names.into_iter().filter_map(|n| self.definitions.shared(&shown(&n.value))));
        }
        found
    }

    /// The names of the parameters of a version.
    pub(super) fn parameters(&self, rule: usize, version: usize, keys: &Keys<'_>) -> Vec<String> {
        let Some(parsed) = self.rules.get(rule) else { return Vec::new() };
        let table = version_tables(&parsed.doc).into_iter().nth(version).map(|(t, _)| t);
        let mut names: Vec<String> = DEADLINE.map(str::to_owned).to_vec();
        let pairs = [(Some(&parsed.doc), keys.rule), (table, keys.version)];
        for (table, known) in pairs.into_iter().filter_map(|(t, k)| Some((t?, k))) {
            names.extend(table.peek_all().map(|(k, _)| k.value.clone()).filter(|k| !known.contains(&k.as_str())));
        }
        for shared in table.into_iter().flat_map(|t| self.shared(parsed, t)) {
            names.extend(shared.terms.peek_all().map(|(k, _)| k.value.clone()));
        }
        names.retain(|n| self.now(rule, version, n, keys).is_some());
        names
    }
}

/// Lengths of time of a deadline, which are changed like parameters.
const DEADLINE: [&str; 2] = ["within", "remind"];

fn with_deadline<'a>(keys: &[&'a str]) -> Vec<&'a str> {
    keys.iter().copied().chain(DEADLINE).collect()
}

fn is_period(value: &Node) -> bool {
    matches!(value, Node::Text(t) if Period::parse(t).is_some())
}

fn version_tables(doc: &Table) -> Vec<(&Table, Range<usize>)> {
    match doc.peek("version").map(|v| (&v.value, &v.span)) {
        Some((Node::List(items), _)) => {
            items.iter().filter_map(|v| if let Node::Table(t) = &v.value { Some((t, v.span.clone())) } else { None }).collect()
        }
        Some((Node::Table(table), span)) => vec![(table, span.clone())],
        _ => Vec::new(),
    }
}

/// The weights that a version or one of its checks names, 待核 left out.
fn collect_grades(table: &Table, into: &mut Vec<(Grade, Range<usize>)>) {
    let mut add = |value: &Value| {
        if let Node::Text(text) = &value.value {
            into.extend(Grade::from_word(text).filter(|g| *g != Grade::Unverified).map(|g| (g, value.span.clone())));
        }
    };
    match table.peek("severity").map(|v| (&v.value, v)) {
        Some((Node::Text(_), value)) => add(value),
        Some((Node::List(steps), _)) => steps.iter().for_each(|step| {
            if let Node::Table(step) = &step.value {
                step.peek("is").into_iter().for_each(&mut add);
            }
        }),
        _ => {}
    }
    if let Some(Node::List(checks)) = table.peek("check").map(|v| &v.value) {
        for check in checks {
            if let Node::Table(check) = &check.value {
                collect_grades(check, into);
            }
        }
    }
}
