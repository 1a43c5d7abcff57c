//! A version of a rule: when it is in force, its parameters and named values.

use super::super::compile::{Bound, Compiler, Env};
use super::super::definitions::Shared;
use super::super::ir::{Node, NodeId, Ty};
use super::super::rule::Version;
use super::super::syntax::{Expr, Kind};
use super::{Draft, parse};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Placed, Table, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Keys of a rule that are not parameters.
pub const RULE_KEYS: [&str; 23] = [
    "code",
    "slug",
    "title",
    "subject",
    "let",
    "when",
    "once",
    "anchor",
    "remedy",
    "confidential",
    "timeless",
    "version",
    "deadline",
    "sequence",
    "script",
    "each",
    "test",
    "note",
    "shares",
    "overrides",
    "reason",
    "over",
    "was",
];
/// Keys of a version that are not parameters.
pub const VERSION_KEYS: [&str; 13] =
    ["from", "until", "basis", "severity", "require", "message", "days", "when", "let", "check", "deadline", "note", "shares"];
/// Keys of shared terms that are not parameters.
const SHARED_KEYS: [&str; 1] = ["let"];

/// A version and what its compiling left behind.
pub(super) struct Built {
    pub(super) version: Version,
    pub(super) env: Env,
    pub(super) lets: u8,
    pub(super) script: Option<Arc<Source>>,
    pub(super) why_interpreted: Option<String>,
}

impl Draft<'_> {
    pub(super) fn versions(&self, compiler: &mut Compiler<'_>) -> Vec<Built> {
        let sink = &mut compiler.sink;
        let tables = self.doc.get("version").map(|v| document::tables(self.source, v, sink)).unwrap_or_default();
        if tables.is_empty() {
            let end = self.source.text.find('\n').unwrap_or(self.source.text.len());
            sink.push(Diagnostic::new("rule::missing-key", self.source, 0..end, "缺少 [[version]]"));
        }
        let used: Rc<RefCell<BTreeSet<String>>> = Rc::default();
        let mut built: Vec<Built> =
            tables.into_iter().enumerate().filter_map(|(i, (t, span))| self.version(i, t, span, &used, compiler)).collect();
        self.report_unused(self.doc, &RULE_KEYS, &used, compiler);
        built.sort_by_key(|b| b.version.from);
        for pair in built.windows(2) {
            if let [a, b] = pair
                && a.version.until.is_none_or(|u| b.version.from.is_none_or(|f| f <= u))
            {
                compiler.complain(&self.env, b.version.span.clone(), "rule::overlap", "两个版本的时间重叠");
            }
        }
        built
    }

    fn version(
        &self,
        index: usize,
        table: &Table,
        span: std::ops::Range<usize>,
        used: &Rc<RefCell<BTreeSet<String>>>,
        compiler: &mut Compiler<'_>,
    ) -> Option<Built> {
        let sink = &mut compiler.sink;
        let from = table.get("from").and_then(|v| document::day(self.source, v, sink));
        let until = table.get("until").and_then(|v| document::day(self.source, v, sink));
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            sink.push(Diagnostic::new("rule::overlap", self.source, span.clone(), "until 早于 from，这个版本没有一天施行"));
        }
        let basis = match table.get("basis") {
            Some(value) => document::texts(self.source, value, sink)
                .iter()
                .filter_map(|p| self.setting.regulations.check(&p.value, self.source, p.span.clone(), sink))
                .collect(),
            None => {
                sink.push(Diagnostic::new("rule::missing-key", self.source, span.clone(), "缺少 basis（依据）"));
                Vec::new()
            }
        };
        let mut env = self.env.clone();
        env.used = Rc::clone(used);
        let mut params = Vec::new();
        let shared = self.shared(table, compiler);
        let shared_terms = shared.iter().map(|s| (&s.source, &s.terms, &SHARED_KEYS[..]));
        let own = [(self.source, self.doc, &RULE_KEYS[..]), (self.source, table, &VERSION_KEYS[..])];
        for terms in shared_terms.chain(own) {
            self.parameters(index, terms, &mut env, &mut params, compiler);
        }
        // The length of a deadline is shown like a parameter, and may stand in sentences.
        let within = [table, self.doc].into_iter().filter_map(|t| t.get("deadline")).find_map(|v| match &v.value {
            document::Node::Table(t) => t.get("within"),
            _ => None,
        });
        let within = within.map(|v| self.setting.changes.param(index, "within").unwrap_or(v));
        if let Some(document::Node::Text(text)) = within.map(|v| &v.value)
            && crate::dates::Period::parse(text).is_some()
        {
            env.names.push(("within".into(), Bound::Literal(Kind::Text(text.clone()))));
            params.push(("within".into(), document::Node::Text(text.clone())));
        }
        let lets = self.lets(table, &shared, &mut env, compiler);
        let when = [self.doc.get("when"), table.get("when")];
        let when: Vec<NodeId> = when.into_iter().filter_map(|v| self.condition(&env, v, compiler)).collect();
        let when = match when.as_slice() {
            [] => None,
            [one] => Some(*one),
            _ => Some(compiler.program.add(Node::And(when), "")),
        };
        let once = self.condition(&env, self.doc.get("once"), compiler);
        let (mut body, script, why_interpreted) = self.body(index, table, &span, &env, compiler)?;
        self.setting.changes.weigh(index, &mut body);
        self.report_unused(table, &VERSION_KEYS, used, compiler);
        let version = Version { from, until, basis, params, when, once, body, span };
        Some(Built { version, env, lets, script, why_interpreted })
    }

    /// The terms that the rule or the version shares with other rules.
    fn shared<'c>(&self, version: &Table, compiler: &mut Compiler<'c>) -> Vec<&'c Shared> {
        let definitions = compiler.definitions;
        let mut found = Vec::new();
        for value in [self.doc.get("shares"), version.get("shares")].into_iter().flatten() {
            for name in document::texts(self.source, value, &mut compiler.sink) {
                match definitions.shared(&name.value) {
                    Some(shared) => found.push(shared),
                    None => compiler.sink.push(
                        Diagnostic::new("rule::unknown-shared", self.source, name.span, format!("没有“{}”这组共用参数", name.value))
                            .nearest(&name.value, definitions.shared_names()),
                    ),
                }
            }
        }
        found
    }

    fn parameters(
        &self,
        index: usize,
        (source, table, keys): (&Arc<Source>, &Table, &[&str]),
        env: &mut Env,
        params: &mut Vec<(String, document::Node)>,
        compiler: &mut Compiler<'_>,
    ) {
        for (key, value) in table.rest_of(keys) {
            let changed = self.setting.overrides.iter().find(|(name, _)| *name == key.value);
            let value = changed.map(|(_, v)| v).or_else(|| self.setting.changes.param(index, &key.value)).unwrap_or(value);
            match literal(value) {
                Some(_) if compiler.has_own_member(self.table, &key.value) => {
                    compiler.sink.push(shadow(source, key));
                }
                Some(Kind::Text(text)) if crate::dates::Period::parse(&text).is_some_and(|period| period.is_negative()) => {
                    compiler.sink.push(Diagnostic::new("rule::period", source, value.span.clone(), "时长不能是负的"));
                    env.names.push((key.value.clone(), Bound::Failed));
                }
                Some(kind) => {
                    env.names.push((key.value.clone(), Bound::Literal(kind)));
                    params.retain(|(name, _)| *name != key.value);
                    params.push((key.value.clone(), value.value.clone()));
                }
                None => compiler.sink.push(
                    Diagnostic::new("toml::unknown-key", source, key.span.clone(), format!("不认识的键“{}”", key.value))
                        .nearest(&key.value, keys.iter().copied()),
                ),
            }
        }
    }

    /// Named values, of the rule, of what it shares, of the version: each may use those before it. Values that are read more than
    /// once are computed once a subject.
    fn lets(&self, version: &Table, shared: &[&Shared], env: &mut Env, compiler: &mut Compiler<'_>) -> u8 {
        let mut count = 0u8;
        let shared = shared.iter().map(|s| (&s.source, s.terms.get("let")));
        let tables = std::iter::once((self.source, self.doc.get("let"))).chain(shared).chain([(self.source, version.get("let"))]);
        for (source, table) in tables {
            let Some(table) = table.and_then(|t| document::table(source, t, &mut compiler.sink)) else { continue };
            // Complaints about a value belong to the file that it is written in.
            env.source = Arc::clone(source);
            for (key, value) in table.entries() {
                if compiler.has_own_member(self.table, &key.value) {
                    compiler.sink.push(shadow(source, key));
                    continue;
                }
                let made = parse(source, value, compiler).and_then(|expr| compiler.expr(env, &expr, None));
                let Some((node, ty)) = made else {
                    env.names.push((key.value.clone(), Bound::Failed));
                    continue;
                };
                let node = match ty {
                    Ty::Truth | Ty::Date | Ty::Int(_) | Ty::Number | Ty::Code(_) | Ty::Row(_) if count < u8::MAX => {
                        count += 1;
                        compiler.program.add(Node::Let(count - 1, node), key.value.clone())
                    }
                    _ => node,
                };
                env.names.push((key.value.clone(), Bound::Value(node, ty)));
            }
        }
        env.source = Arc::clone(self.source);
        count
    }

    fn report_unused(&self, table: &Table, keys: &[&str], used: &Rc<RefCell<BTreeSet<String>>>, compiler: &mut Compiler<'_>) {
        // What could not be made out may use any of them.
        let told_of = ["rule::missing-key", "rule::unused", "toml::unknown-key"];
        if compiler.sink.iter().any(|d| Arc::ptr_eq(&d.source, self.source) && !told_of.contains(&d.code)) {
            return;
        }
        let used = used.borrow();
        for (key, value) in table.rest_of(keys) {
            if literal(value).is_some() && !used.contains(&key.value) {
                compiler.sink.push(
                    Diagnostic::new("rule::unused", self.source, key.span.clone(), format!("参数“{}”没有用到", key.value))
                        .nearest(&key.value, keys.iter().copied()),
                );
            }
        }
    }
}

fn shadow(source: &Arc<Source>, key: &Placed<String>) -> Diagnostic {
    Diagnostic::new("rule::shadow", source, key.span.clone(), format!("“{}”已是字段或共用定义的名字", key.value))
}

/// A parameter's value as a literal of the language.
fn literal(value: &Value) -> Option<Kind> {
    Some(match &value.value {
        document::Node::Text(t) => Kind::Text(t.clone()),
        document::Node::Int(i) => Kind::Int(*i),
        document::Node::Float(x) => Kind::Number((x * 1000.0).round() as i64),
        document::Node::Bool(b) => Kind::Bool(*b),
        document::Node::Date(d) => Kind::Text(d.clone()),
        document::Node::List(items) => {
            let items = items.iter().map(|v| Some(Expr { kind: literal(v)?, span: v.span.clone() })).collect::<Option<Vec<_>>>()?;
            Kind::List(items)
        }
        document::Node::Table(_) => return None,
    })
}
