//! Names: every parameter and named value is used, in every version that has it; none hides another.

use super::{complain, tables};
use crate::diagnostic::Diagnostic;
use crate::document::{Node, Placed, Table, Value};
use crate::rules::load::RuleSet;
use crate::rules::rule::Rule;
use crate::rules::rule_file::{self, RULE_KEYS, VERSION_KEYS};
use crate::rules::syntax::{self, Expr, Kind, Origin};
use std::collections::{BTreeMap, BTreeSet};

/// Keys whose text is no expression.
const PLAIN: [&str; 17] = [
    "confidential",
    "timeless",
    "shares",
    "code",
    "slug",
    "title",
    "subject",
    "remedy",
    "basis",
    "note",
    "name",
    "from",
    "until",
    "overrides",
    "reason",
    "over",
    "test",
];
/// Keys whose text is a sentence with values in it.
const SENTENCES: [&str; 6] = ["message", "is", "late", "absent", "soon", "missing"];
/// Functions whose first argument is a set of rows, in whose conditions the rows' own fields come first.
const SETS: [&str; 20] = [
    "any",
    "none",
    "all",
    "count",
    "where",
    "latest",
    "earliest",
    "latest_by",
    "earliest_by",
    "highest",
    "lowest",
    "first_date",
    "last_date",
    "sum",
    "distinct",
    "spans",
    "row_if",
    "pick",
    "peers",
    "rows_of",
];
/// What the engine supplies to sentences.
const GIVEN: [&str; 1] = ["days"];
const GIVEN_TO_DEADLINES: [&str; 3] = ["starts", "due", "evidence"];
const GIVEN_TO_SEQUENCES: [&str; 5] = ["stage", "earlier", "later", "start", "end"];

/// Unused and hidden names of a rule.
pub fn lint(rules: &RuleSet, rule: &Rule, doc: &Table, sink: &mut Vec<Diagnostic>) {
    let script = rule.script.as_ref().map_or("", |s| s.source.text.as_str());
    let script: BTreeSet<&str> = script.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let top = Owned::of(doc, &RULE_KEYS);
    let versions: Vec<(&Table, Owned<'_>)> = tables(doc, "version").into_iter().map(|t| (t, Owned::of(t, &VERSION_KEYS))).collect();
    let mut shared = texts(rule, doc, Some("version"));
    // What shared terms ask for is used, too.
    for terms in rule_file::shares(doc).into_iter().filter_map(|n| rules.shared.get(n)) {
        shared.extend(texts(rule, terms, None));
    }
    let in_versions: Vec<Vec<Text>> = versions.iter().map(|(t, _)| texts(rule, t, None)).collect();
    let used = |name: &Placed<String>, text: &[Text]| text.iter().any(|t| t.of != name.span.start && t.names.contains(&name.value));
    for name in top.all() {
        if !used(name, &shared) && !in_versions.iter().any(|v| used(name, v)) && !script.contains(name.value.as_str()) {
            sink.push(unused(rule, name));
        }
    }
    for ((_, owned), text) in versions.iter().zip(&in_versions) {
        for name in owned.all().filter(|n| !used(n, text) && !used(n, &shared) && !script.contains(n.value.as_str())) {
            sink.push(unused(rule, name));
        }
        hidden(rules, rule, doc, &top, owned, shared.iter().chain(text), sink);
    }
}

fn unused(rule: &Rule, name: &Placed<String>) -> Diagnostic {
    let message = format!("“{}”没有用到", name.value);
    complain("lint::unused", &rule.source, &name.span, message, "删去，或者检查名字是否写错")
}

/// The names that a table gives.
struct Owned<'a> {
    params: Vec<&'a Placed<String>>,
    lets: Vec<&'a Placed<String>>,
}

impl<'a> Owned<'a> {
    fn of(table: &'a Table, keys: &[&str]) -> Self {
        let params = table.peek_all().filter(|(k, v)| !keys.contains(&k.value.as_str()) && !matches!(v.value, Node::Table(_)));
        let lets = match table.peek("let").map(|v| &v.value) {
            Some(Node::Table(lets)) => lets.peek_all().map(|(k, _)| k).collect(),
            _ => Vec::new(),
        };
        Self { params: params.map(|(k, _)| k).collect(), lets }
    }

    fn all(&self) -> impl Iterator<Item = &'a Placed<String>> {
        self.params.iter().chain(&self.lets).copied()
    }
}

/// A text of a rule with the names in it, and where the name that it defines stands, if it defines one.
struct Text {
    of: usize,
    names: BTreeSet<String>,
    exprs: Vec<Expr>,
}

/// Every expression of a table, those in sentences included.
fn texts(rule: &Rule, table: &Table, except: Option<&str>) -> Vec<Text> {
    let mut found = Vec::new();
    for (key, value) in table.peek_all().filter(|(k, _)| Some(k.value.as_str()) != except) {
        gather(rule, key, value, &mut found);
    }
    found
}

fn gather(rule: &Rule, key: &Placed<String>, value: &Value, found: &mut Vec<Text>) {
    if PLAIN.contains(&key.value.as_str()) {
        return;
    }
    match &value.value {
        Node::Text(text) => {
            let sentence = SENTENCES.contains(&key.value.as_str());
            let parts: Vec<&str> = if sentence { placeholders(text) } else { vec![text.as_str()] };
            let origin = Origin { source: &rule.source, offset: value.span.start };
            let at = |part: &str| Origin {
                offset: value.span.start + rule.source.text.get(value.span.clone()).and_then(|t| t.find(part)).unwrap_or(0),
                ..origin
            };
            let exprs: Vec<Expr> = parts.into_iter().filter_map(|p| syntax::parse_expr(p, at(p)).ok()).collect();
            let mut names = BTreeSet::new();
            exprs.iter().for_each(|e| collect(e, &mut names));
            found.push(Text { of: key.span.start, names, exprs });
        }
        Node::List(items) => items.iter().for_each(|v| gather(rule, key, v, found)),
        Node::Table(table) => table.peek_all().for_each(|(k, v)| gather(rule, k, v, found)),
        _ => {}
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|t| t.split_once('}')).map(|(inner, _)| inner).collect()
}

fn collect(expr: &Expr, into: &mut BTreeSet<String>) {
    if let Kind::Name(name) | Kind::Call(name, _) = &expr.kind {
        into.insert(name.clone());
    }
    children(expr).into_iter().for_each(|e| collect(e, into));
}

fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        Kind::Int(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Text(_) | Kind::Name(_) => Vec::new(),
        Kind::Template(all) | Kind::List(all) | Kind::Call(_, all) | Kind::And(all) | Kind::Or(all) | Kind::Operator(_, all) => {
            all.iter().collect()
        }
        Kind::Field(left, _) => vec![left],
        Kind::In(a, b) => vec![a, b],
        Kind::If(a, b, c) => vec![a, b, c],
    }
}

/// Names that hide others, or are hidden where they are meant.
fn hidden<'t>(
    rules: &RuleSet,
    rule: &Rule,
    doc: &Table,
    top: &Owned<'_>,
    own: &Owned<'_>,
    text: impl Iterator<Item = &'t Text>,
    sink: &mut Vec<Diagnostic>,
) {
    let mut given: Vec<&str> = GIVEN.to_vec();
    if doc.peek("deadline").is_some() {
        given.extend(GIVEN_TO_DEADLINES);
    }
    if doc.peek("sequence").is_some() {
        given.extend(GIVEN_TO_SEQUENCES);
    }
    let each = match doc.peek("each").map(|v| &v.value) {
        Some(Node::Table(each)) => each.peek("name").and_then(|v| if let Node::Text(t) = &v.value { Some(t.as_str()) } else { None }),
        _ => None,
    };
    let mut seen: BTreeMap<&str, bool> = BTreeMap::new();
    let names = top.params.iter().map(|n| (n, false)).chain(top.lets.iter().map(|n| (n, true)));
    let names = names.chain(own.params.iter().map(|n| (n, false))).chain(own.lets.iter().map(|n| (n, true)));
    for (name, is_let) in names {
        // A version's own parameter in place of the rule's is what versions are for.
        let twice = seen.insert(&name.value, is_let).is_some_and(|before| before || is_let);
        if twice || given.contains(&name.value.as_str()) || each == Some(&name.value) {
            let message = format!("“{}”遮住了同名的另一个名字", name.value);
            sink.push(complain("lint::shadow", &rule.source, &name.span, message, "换一个名字"));
        }
    }
    let mine: BTreeSet<&str> = top.all().chain(own.all()).map(|n| n.value.as_str()).collect();
    for expr in text.flat_map(|t| &t.exprs) {
        captured(rules, rule, expr, &mine, sink);
    }
}

/// A name of the rule inside a condition over rows that have a field of this name: the field is what is read.
fn captured(rules: &RuleSet, rule: &Rule, expr: &Expr, mine: &BTreeSet<&str>, sink: &mut Vec<Diagnostic>) {
    if let Kind::Call(function, args) = &expr.kind
        && SETS.contains(&function.as_str())
        && let Some((set, conditions)) = args.split_first()
        && let Some(table) = set_table(rules, set)
    {
        let mut names = Vec::new();
        conditions.iter().for_each(|c| bare_names(c, &mut names));
        for (name, span) in names.into_iter().filter(|(n, _)| mine.contains(n.as_str()) && table.field(n).is_some()) {
            let message = format!("“{name}”在这里指{}的字段，不是规则里的“{name}”", table.zh);
            let said = sink.iter().any(|d| d.source.name == rule.source.name && d.span == span && d.code == "lint::shadow");
            if !said {
                sink.push(complain("lint::shadow", &rule.source, &span, message, "规则里的名字换一个"));
            }
        }
    }
    children(expr).into_iter().for_each(|e| captured(rules, rule, e, mine, sink));
}

fn set_table<'a>(rules: &'a RuleSet, set: &Expr) -> Option<&'a crate::records::Table> {
    let name = match &set.kind {
        Kind::Name(name) | Kind::Field(_, name) => name,
        _ => return None,
    };
    rules.schema.tables.get(rules.schema.table(name)?)
}

fn bare_names(expr: &Expr, into: &mut Vec<(String, std::ops::Range<usize>)>) {
    if let Kind::Name(name) = &expr.kind {
        into.push((name.clone(), expr.span.clone()));
    }
    children(expr).into_iter().for_each(|e| bare_names(e, into));
}
