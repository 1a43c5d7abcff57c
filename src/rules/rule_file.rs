//! One rule file: read, checked and compiled. Every mistake of the file is reported.

use super::compile::{Compiler, Env, text_origin};
use super::ir::{Given, Message, NodeId, Ty};
use super::load::Interpret;
use super::profile::{FileChanges, Parsed};
use super::regulations::Regulations;
use super::rule::{Body, Rule, ScriptText, TEST_HEADER};
use super::syntax::{self, Expr, Kind, Origin};
use crate::dates::Day;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Placed, Table, Value};
use crate::records::TableId;
use std::sync::Arc;
use version::Built;

mod check;
mod each;
mod hold;
mod shapes;
mod version;

pub(super) use version::{RULE_KEYS, VERSION_KEYS};

/// Keys of a rule that only packs have.
const PACK_KEYS: [&str; 4] = ["overrides", "reason", "over", "was"];

/// What a rule file is read against.
pub struct Setting<'a> {
    /// The law.
    pub regulations: &'a Regulations,
    /// The pack: the first folder.
    pub pack: String,
    /// The family: the second folder.
    pub family: String,
    /// Parameters set from outside, in place of the file's.
    pub overrides: &'a [(String, document::Value)],
    /// What packs and a profile change.
    pub changes: &'a FileChanges,
    /// Whether the rule is a county's own.
    pub is_own: bool,
    /// Which scripts are interpreted.
    pub interpret: Interpret,
    /// Scripts by file name, beside the rule.
    pub scripts: &'a dyn Fn(&str) -> Option<Arc<Source>>,
}

/// Parses one rule file, up to its tests.
pub fn parse_file(path: &str, source: &Arc<Source>, sink: &mut Vec<Diagnostic>) -> Option<Parsed> {
    let doc = match document::parse(&without_tests(source)) {
        Ok(doc) => doc,
        Err(error) => {
            sink.push(*error);
            return None;
        }
    };
    let code = doc.peek("code").and_then(|v| match &v.value {
        document::Node::Text(text) => Some(Placed { value: text.clone(), span: v.span.clone() }),
        _ => None,
    });
    let mut parts = path.split('/').map(str::to_owned);
    let (pack, family) = (parts.next()?, parts.next()?);
    Some(Parsed { path: path.to_owned(), source: Arc::clone(source), doc, code, pack, family })
}

/// Compiles one rule file. Nothing comes of a file without code, title and subject; of other mistakes the sink tells.
pub fn read(source: &Arc<Source>, doc: &Table, setting: &Setting<'_>, compiler: &mut Compiler<'_>) -> Option<Rule> {
    if !setting.is_own {
        for (key, _) in doc.peek_all().filter(|(k, _)| PACK_KEYS.contains(&k.value.as_str())) {
            let message = format!("“{}”只能写在规则包的规则里", key.value);
            let help = "规则包由口径文件（--profile）的 packs 列出";
            compiler.sink.push(Diagnostic::new("pack::not-a-pack", source, key.span.clone(), message).help(help));
        }
    }
    let mut head = |key: &str| required_text(source, doc, key, &mut compiler.sink);
    let (code, slug, title, subject, remedy) = (head("code"), head("slug"), head("title"), head("subject"), head("remedy"));
    let (code, subject) = (code?, subject?);
    let Some(table) = compiler.schema.table(&subject.value) else {
        let names = compiler.schema.tables.iter().map(|t| t.name.as_str());
        compiler.sink.push(
            Diagnostic::new("rule::unknown-table", source, subject.span.clone(), format!("没有“{}”这个表", subject.value))
                .nearest(&subject.value, names),
        );
        return None;
    };
    let row = compiler.slot_row(0);
    let env = Env::of(source, table, row);
    let mut draft = Draft { source, doc, setting, table, env };
    let each = draft.each(compiler);
    let mut versions = draft.versions(compiler);
    let anchor = match draft.hold(&mut versions, compiler) {
        Some(anchor) => Some(anchor),
        None => draft.anchor(&versions, compiler),
    };
    let begun = draft.begun(compiler);
    let dated = versions.iter().any(|v| v.version.from.is_some() || v.version.until.is_some());
    let since = draft.wait_for_the_law(&mut versions, dated);
    let script = versions.iter().find_map(|v| match &v.version.body {
        Body::Script(_) => {
            Some(ScriptText { source: v.script.clone().unwrap_or_else(|| Arc::clone(source)), interpreted: v.why_interpreted.clone() })
        }
        _ => None,
    });
    let mut reason = |key: &str| reason(source, doc, key, &mut compiler.sink);
    let (confidential, timeless) = (reason("confidential"), reason("timeless"));
    let base = compiler.schema.tables[table].joined.as_ref().map_or(table, |j| j.from);
    Some(Rule {
        code: code.value,
        slug: slug.map_or_else(String::new, |p| p.value),
        title: title.map_or_else(String::new, |p| p.value),
        remedy: remedy.map_or_else(String::new, |p| p.value),
        confidential,
        timeless,
        pack: setting.pack.clone(),
        family: setting.family.clone(),
        subject: table,
        subject_name: compiler.schema.tables[base].name.clone(),
        source: Arc::clone(source),
        span: code.span,
        each,
        anchor,
        begun,
        dated,
        since,
        lets: versions.iter().map(|v| v.lets).max().unwrap_or(0),
        versions: versions.into_iter().map(|v| v.version).collect(),
        script,
        changes: setting.changes.told.clone(),
    })
}

/// The names of one rule while it is compiled.
struct Draft<'a> {
    source: &'a Arc<Source>,
    doc: &'a Table,
    setting: &'a Setting<'a>,
    table: TableId,
    env: Env,
}

/// The shared terms that a rule or one of its versions takes.
pub fn shares(doc: &Table) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = vec![doc];
    while let Some(table) = open.pop() {
        for (key, value) in table.peek_all() {
            let items = match &value.value {
                document::Node::List(items) => items.iter().collect(),
                _ => vec![value],
            };
            for item in items {
                match &item.value {
                    document::Node::Text(text) if key.value == "shares" => found.push(text.as_str()),
                    document::Node::Table(inner) if key.value == "version" => open.push(inner),
                    _ => {}
                }
            }
        }
    }
    found
}

/// The file up to its tests, if they all stand at its end (as they do): they are most of it, and only test runs read them.
fn without_tests(source: &Arc<Source>) -> Arc<Source> {
    let text = source.text.as_str();
    let Some(start) = text.find(&format!("\n{TEST_HEADER}")) else { return Arc::clone(source) };
    let (head, tests) = text.split_at(start + 1);
    let only_tests =
        tests.lines().filter(|line| line.starts_with('[')).all(|line| line.starts_with("[[test]]") || line.starts_with("[test."));
    if only_tests { Arc::new(Source { name: source.name.clone(), text: head.to_owned() }) } else { Arc::clone(source) }
}

fn required_text(source: &Arc<Source>, doc: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Option<Placed<String>> {
    match doc.get(key) {
        Some(value) => document::text(source, value, sink).map(|t| Placed { value: t.to_owned(), span: value.span.clone() }),
        None => {
            let end = source.text.find('\n').unwrap_or(source.text.len());
            sink.push(Diagnostic::new("rule::missing-key", source, 0..end, format!("缺少 {key}")));
            None
        }
    }
}

/// A key whose value says why; it does not go without.
fn reason(source: &Arc<Source>, doc: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Option<String> {
    let value = doc.get(key)?;
    let text = document::text(source, value, sink)?;
    if text.trim().is_empty() {
        let message = format!("{key} 没有写明理由");
        sink.push(Diagnostic::new("rule::no-reason", source, value.span.clone(), message).help("写明理由，或者删去这一行"));
    }
    Some(text.to_owned())
}

/// Parses an expression that a key of a file holds.
fn parse(source: &Arc<Source>, value: &Value, compiler: &mut Compiler<'_>) -> Option<Expr> {
    let text = document::text(source, value, &mut compiler.sink)?;
    let origin = Origin { source, offset: text_origin(source, value, text) };
    match syntax::parse_expr(text, origin) {
        Ok(expr) => Some(expr),
        Err(error) => {
            compiler.sink.push(*error);
            None
        }
    }
}

impl Draft<'_> {
    /// Parses an expression that a key holds.
    fn parse(&self, value: &Value, compiler: &mut Compiler<'_>) -> Option<Expr> {
        parse(self.source, value, compiler)
    }

    fn condition(&self, env: &Env, value: Option<&Value>, compiler: &mut Compiler<'_>) -> Option<NodeId> {
        let expr = self.parse(value?, compiler)?;
        compiler.truth(env, &expr)
    }

    fn value(&self, env: &Env, value: Option<&Value>, ty: Ty, compiler: &mut Compiler<'_>) -> Option<NodeId> {
        let expr = self.parse(value?, compiler)?;
        compiler.expect(env, &expr, ty)
    }

    /// One sentence, or several by condition.
    fn sentence(&self, env: &Env, value: Option<&Value>, given: &[(&str, Given)], compiler: &mut Compiler<'_>) -> Option<Message> {
        let value = value?;
        if let document::Node::Text(text) = &value.value {
            let template = compiler.template(env, text, text_origin(self.source, value, text), given);
            return Some(Message(vec![(None, template)]));
        }
        let mut choices = Vec::new();
        for (choice, span) in document::tables(self.source, value, &mut compiler.sink) {
            let when = self.condition(env, choice.get("when"), compiler);
            let Some(is) = choice.get("is") else {
                compiler.complain(env, span, "rule::missing-key", "缺少 is");
                continue;
            };
            let Some(text) = document::text(self.source, is, &mut compiler.sink) else { continue };
            choices.push((when, compiler.template(env, text, text_origin(self.source, is, text), given)));
            document::report_unknown_keys(self.source, choice, &["when", "is"], &mut compiler.sink);
        }
        Some(Message(choices))
    }

    /// Lets a version that names no first day hold from the day on which the first of what it cites came into force; gives that day where
    /// no version has a date.
    fn wait_for_the_law(&self, versions: &mut [Built], dated: bool) -> Option<Day> {
        let first = versions.first_mut().filter(|v| v.version.from.is_none() && self.doc.peek("timeless").is_none())?;
        let day = self.setting.regulations.first_day(first.version.basis.iter().map(|r| r.edition.as_str()))?;
        if !dated {
            return Some(day);
        }
        first.version.from = first.version.until.is_none_or(|until| day <= until).then_some(day);
        None
    }

    fn anchor(&self, versions: &[Built], compiler: &mut Compiler<'_>) -> Option<NodeId> {
        if let Some(value) = self.doc.get("anchor") {
            // The names of the last version: the anchor may use the rule's own named values.
            let env = versions.last().map_or(&self.env, |v| &v.env);
            return self.value(env, Some(value), Ty::Date, compiler);
        }
        // A case is judged by the law of the day it was decided; everything else by today's.
        let decided = Expr { kind: Kind::Name("decided".into()), span: 0..0 };
        let base = compiler.schema.tables.get(self.table)?;
        if compiler.definitions.has(&base.name, "decided") {
            compiler.expect(&self.env, &decided, Ty::Date)
        } else {
            compiler.expect(&self.env, &Expr { kind: Kind::Name("as_of".into()), span: 0..0 }, Ty::Date)
        }
    }

    /// The day by which the law is cited of what has no anchor: that on which it began, where there is a word for it.
    fn begun(&self, compiler: &mut Compiler<'_>) -> Option<NodeId> {
        let base = compiler.schema.tables.get(self.table)?;
        let is_told = self.doc.peek("anchor").is_none() && compiler.definitions.has(&base.name, "opened");
        let opened = Expr { kind: Kind::Name("opened".into()), span: 0..0 };
        is_told.then(|| compiler.expect(&self.env, &opened, Ty::Date)).flatten()
    }
}
