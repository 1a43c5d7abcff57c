//! One rule file: read, checked and compiled. Every mistake of the file is reported.

use super::compile::{Bound, Compiler, Env, text_origin};
use super::ir::{Given, Message, Node, NodeId, Ty, Unit};
use super::load::Interpret;
use super::regulations::Regulations;
use super::rule::{Body, Check, DayUnit, Days, Each, Grade, Rule, ScriptText, Severity, TEST_HEADER, Version};
use super::syntax::{self, Expr, Kind, Origin};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Placed, Table, Value};
use crate::records::TableId;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

mod shapes;

/// Keys of a rule that are not parameters.
const RULE_KEYS: [&str; 16] = [
    "code", "slug", "title", "subject", "let", "when", "once", "anchor", "remedy", "version", "deadline", "sequence", "script", "each",
    "test", "note",
];
/// Keys of a version that are not parameters.
const VERSION_KEYS: [&str; 12] =
    ["from", "until", "basis", "severity", "require", "message", "days", "when", "let", "check", "deadline", "note"];

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
    /// Which scripts are interpreted.
    pub interpret: Interpret,
    /// Scripts by file name, beside the rule.
    pub scripts: &'a dyn Fn(&str) -> Option<Arc<Source>>,
}

/// The names of one rule while it is compiled.
struct Draft<'a> {
    source: &'a Arc<Source>,
    doc: &'a Table,
    setting: &'a Setting<'a>,
    table: TableId,
    env: Env,
}

/// Reads one rule file. Nothing comes of a file without code, title and subject; of other mistakes the sink tells.
pub fn read(source: &Arc<Source>, setting: &Setting<'_>, compiler: &mut Compiler<'_>) -> Option<Rule> {
    let doc = match document::parse(&without_tests(source)) {
        Ok(doc) => doc,
        Err(error) => {
            compiler.sink.push(*error);
            return None;
        }
    };
    let mut head = |key: &str| required_text(source, &doc, key, &mut compiler.sink);
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
    let mut draft = Draft { source, doc: &doc, setting, table, env };
    let each = draft.each(compiler);
    let versions = draft.versions(compiler);
    let anchor = draft.anchor(&versions, compiler);
    let script = versions.iter().find_map(|v| match &v.version.body {
        Body::Script(_) => {
            Some(ScriptText { source: v.script.clone().unwrap_or_else(|| Arc::clone(source)), interpreted: v.why_interpreted.clone() })
        }
        _ => None,
    });
    let base = compiler.schema.tables[table].joined.as_ref().map_or(table, |j| j.from);
    Some(Rule {
        code: code.value,
        slug: slug.map_or_else(String::new, |p| p.value),
        title: title.map_or_else(String::new, |p| p.value),
        remedy: remedy.map_or_else(String::new, |p| p.value),
        pack: setting.pack.clone(),
        family: setting.family.clone(),
        subject: table,
        subject_name: compiler.schema.tables[base].name.clone(),
        source: Arc::clone(source),
        span: code.span,
        each,
        anchor,
        dated: versions.iter().any(|v| v.version.from.is_some() || v.version.until.is_some()),
        lets: versions.iter().map(|v| v.lets).max().unwrap_or(0),
        versions: versions.into_iter().map(|v| v.version).collect(),
        script,
    })
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

/// A version and what its compiling left behind.
struct Built {
    version: Version,
    env: Env,
    lets: u8,
    script: Option<Arc<Source>>,
    why_interpreted: Option<String>,
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

impl Draft<'_> {
    /// Parses an expression that a key holds.
    fn parse(&self, value: &Value, compiler: &mut Compiler<'_>) -> Option<Expr> {
        let text = document::text(self.source, value, &mut compiler.sink)?;
        let origin = Origin { source: self.source, offset: text_origin(self.source, value, text) };
        match syntax::parse_expr(text, origin) {
            Ok(expr) => Some(expr),
            Err(error) => {
                compiler.sink.push(*error);
                None
            }
        }
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

    fn each(&mut self, compiler: &mut Compiler<'_>) -> Option<Each> {
        let value = self.doc.get("each")?;
        let table = document::table(self.source, value, &mut compiler.sink)?;
        let name = table.get("name").and_then(|v| document::text(self.source, v, &mut compiler.sink)).unwrap_or("each").to_owned();
        let over = self.parse(table.get("in")?, compiler)?;
        // `of` names the code list that the elements of a literal list are of.
        let list = table.get("of").and_then(|v| document::text(self.source, v, &mut compiler.sink)).and_then(|l| compiler.schema.list(l));
        let (node, ty) = compiler.expr(&self.env, &over, list.map(Ty::Codes))?;
        let year = table.get("year").and_then(|v| document::boolean(self.source, v, &mut compiler.sink)).unwrap_or(false);
        let part = table.get("part").cloned();
        let under = table.get("subject").and_then(|v| document::text(self.source, v, &mut compiler.sink)).map(str::to_owned);
        document::report_unknown_keys(self.source, table, &["name", "in", "year", "part", "subject", "of"], &mut compiler.sink);
        let made = match ty {
            Ty::Rows(rows_table) => {
                let slot = self.env.next_slot;
                let row = compiler.slot_row(slot);
                self.env.next_slot = slot.saturating_add(1);
                self.env.names.push((name, Bound::Value(row, Ty::Row(rows_table))));
                Each::Rows { rows: node, table: rows_table, slot, part: None }
            }
            Ty::Ints | Ty::Codes(_) | Ty::Texts => {
                let var = self.env.next_var;
                self.env.next_var = var.saturating_add(1);
                let element = match ty {
                    Ty::Codes(l) => Ty::Code(l),
                    Ty::Texts => Ty::Text,
                    _ => Ty::Int(Unit::Plain),
                };
                self.env.names.push((name.clone(), Bound::Variable(var, element)));
                let under = under.map(|table| {
                    let node = compiler.program.add(Node::Var(var), name);
                    (table, super::ir::Template(vec![super::ir::Piece::Value(node, element)]))
                });
                Each::List { list: node, var, year, under, part: None }
            }
            _ => {
                compiler.complain(&self.env, over.span, "rule::type", "each 的 in 应为若干行或列表");
                return None;
            }
        };
        // The part is a value, not a sentence: `part = "k.kin_id"`.
        let template = part.and_then(|v| {
            let expr = self.parse(&v, compiler)?;
            let (node, ty) = compiler.expr(&self.env, &expr, Some(Ty::Text))?;
            Some(super::ir::Template(vec![super::ir::Piece::Value(node, ty)]))
        });
        Some(match made {
            Each::Rows { rows, table, slot, .. } => Each::Rows { rows, table, slot, part: template },
            Each::List { list, var, year, under, .. } => Each::List { list, var, year, under, part: template },
        })
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

    fn versions(&self, compiler: &mut Compiler<'_>) -> Vec<Built> {
        let sink = &mut compiler.sink;
        let tables = self.doc.get("version").map(|v| document::tables(self.source, v, sink)).unwrap_or_default();
        if tables.is_empty() {
            let end = self.source.text.find('\n').unwrap_or(self.source.text.len());
            sink.push(Diagnostic::new("rule::missing-key", self.source, 0..end, "缺少 [[version]]"));
        }
        let used: Rc<RefCell<BTreeSet<String>>> = Rc::default();
        let mut built: Vec<Built> = tables.into_iter().filter_map(|(t, span)| self.version(t, span, &used, compiler)).collect();
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
        table: &Table,
        span: std::ops::Range<usize>,
        used: &Rc<RefCell<BTreeSet<String>>>,
        compiler: &mut Compiler<'_>,
    ) -> Option<Built> {
        let sink = &mut compiler.sink;
        let from = table.get("from").and_then(|v| document::day(self.source, v, sink));
        let until = table.get("until").and_then(|v| document::day(self.source, v, sink));
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
        for (keys, source) in [(&RULE_KEYS[..], self.doc), (&VERSION_KEYS[..], table)] {
            self.parameters(source, keys, &mut env, &mut params, compiler);
        }
        // The length of a deadline is shown like a parameter, and may stand in sentences.
        let within = [table, self.doc].into_iter().filter_map(|t| t.get("deadline")).find_map(|v| match &v.value {
            document::Node::Table(t) => t.get("within"),
            _ => None,
        });
        if let Some(document::Node::Text(text)) = within.map(|v| &v.value)
            && crate::dates::Period::parse(text).is_some()
        {
            env.names.push(("within".into(), Bound::Literal(Kind::Text(text.clone()))));
            params.push(("within".into(), document::Node::Text(text.clone())));
        }
        let lets = self.lets(table, &mut env, compiler);
        let when = [self.doc.get("when"), table.get("when")];
        let when: Vec<NodeId> = when.into_iter().filter_map(|v| self.condition(&env, v, compiler)).collect();
        let when = match when.as_slice() {
            [] => None,
            [one] => Some(*one),
            _ => Some(compiler.program.add(Node::And(when), "")),
        };
        let once = self.condition(&env, self.doc.get("once"), compiler);
        let (body, script, why_interpreted) = self.body(table, &span, &env, compiler)?;
        self.report_unused(table, &VERSION_KEYS, used, compiler);
        let version = Version { from, until, basis, params, when, once, body, span };
        Some(Built { version, env, lets, script, why_interpreted })
    }

    fn parameters(
        &self,
        table: &Table,
        keys: &[&str],
        env: &mut Env,
        params: &mut Vec<(String, document::Node)>,
        compiler: &mut Compiler<'_>,
    ) {
        for (key, value) in table.rest_of(keys) {
            let changed = self.setting.overrides.iter().find(|(name, _)| *name == key.value);
            let value = changed.map_or(value, |(_, v)| v);
            match literal(value) {
                Some(_) if compiler.has_own_member(self.table, &key.value) => {
                    compiler.complain(env, key.span.clone(), "rule::shadow", format!("“{}”已是字段或共用定义的名字", key.value));
                }
                Some(kind) => {
                    env.names.push((key.value.clone(), Bound::Literal(kind)));
                    params.retain(|(name, _)| *name != key.value);
                    params.push((key.value.clone(), value.value.clone()));
                }
                None => compiler.sink.push(
                    Diagnostic::new("toml::unknown-key", self.source, key.span.clone(), format!("不认识的键“{}”", key.value))
                        .nearest(&key.value, keys.iter().copied()),
                ),
            }
        }
    }

    /// Named values: each may use those before it. Values that are read more than once are computed once a subject.
    fn lets(&self, version: &Table, env: &mut Env, compiler: &mut Compiler<'_>) -> u8 {
        let mut count = 0u8;
        for table in [self.doc.get("let"), version.get("let")].into_iter().flatten() {
            let Some(table) = document::table(self.source, table, &mut compiler.sink) else { continue };
            for (key, value) in table.entries() {
                if compiler.has_own_member(self.table, &key.value) {
                    compiler.complain(env, key.span.clone(), "rule::shadow", format!("“{}”已是字段或共用定义的名字", key.value));
                    continue;
                }
                let Some(expr) = self.parse(value, compiler) else { continue };
                let Some((node, ty)) = compiler.expr(env, &expr, None) else { continue };
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
        count
    }

    fn report_unused(&self, table: &Table, keys: &[&str], used: &Rc<RefCell<BTreeSet<String>>>, compiler: &mut Compiler<'_>) {
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

    fn severity(&self, env: &Env, table: &Table, compiler: &mut Compiler<'_>) -> Option<Severity> {
        let value = table.get("severity")?;
        let grade = |text: &Placed<String>, compiler: &mut Compiler<'_>| match text.value.as_str() {
            "违规" => Some(Grade::Breach),
            "提醒" => Some(Grade::Advice),
            "待核" => Some(Grade::Unverified),
            other => {
                let message = format!("没有“{other}”这个等级");
                compiler
                    .sink
                    .push(Diagnostic::new("rule::severity", self.source, text.span.clone(), message).help("可用：违规、提醒、待核"));
                None
            }
        };
        if let document::Node::Text(text) = &value.value {
            let placed = Placed { value: text.clone(), span: value.span.clone() };
            return Some(Severity(vec![(None, grade(&placed, compiler)?)]));
        }
        let mut steps = Vec::new();
        for (step, span) in document::tables(self.source, value, &mut compiler.sink) {
            let when = self.condition(env, step.get("when"), compiler);
            let is = step.get("is").and_then(|v| document::text(self.source, v, &mut compiler.sink).map(str::to_owned));
            let is = is.map(|value| Placed { value, span });
            steps.extend(is.and_then(|is| grade(&is, compiler)).map(|g| (when, g)));
            document::report_unknown_keys(self.source, step, &["when", "is"], &mut compiler.sink);
        }
        Some(Severity(steps))
    }

    /// The severity of a table, which must have one.
    fn need_severity(&self, env: &Env, table: &Table, span: &std::ops::Range<usize>, compiler: &mut Compiler<'_>) -> Severity {
        if let Some(severity) = self.severity(env, table, compiler) {
            return severity;
        }
        if table.get("severity").is_none() {
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, span.clone(), "缺少 severity（等级）"));
        }
        Severity(vec![(None, Grade::Unverified)])
    }

    fn check(
        &self,
        env: &Env,
        table: &Table,
        fallback: Option<&Severity>,
        span: &std::ops::Range<usize>,
        compiler: &mut Compiler<'_>,
    ) -> Option<Check> {
        let severity = match (table.get("severity").is_some(), fallback) {
            (false, Some(severity)) => severity.clone(),
            _ => self.need_severity(env, table, span, compiler),
        };
        let part = table.get("part").and_then(|v| document::text(self.source, v, &mut compiler.sink)).map(str::to_owned);
        let when = if fallback.is_some() { self.condition(env, table.get("when"), compiler) } else { None };
        let Some(require) = table.get("require") else {
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, span.clone(), "缺少 require（要求）"));
            return None;
        };
        let expr = self.parse(require, compiler)?;
        let node = compiler.truth(env, &expr);
        let days = match table.get("days") {
            Some(value) => self.value(env, Some(value), Ty::Int(Unit::Plain), compiler).map(Days::Value),
            None => node.and_then(|_| difference(&expr, env, compiler)),
        };
        let message = self.sentence(env, table.get("message"), &[("days", Given::Days)], compiler);
        if message.is_none() && table.get("message").is_none() {
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, span.clone(), "缺少 message（事实表述）"));
        }
        Some(Check { part, when, require: node?, severity, message: message?, days })
    }
}

/// The two sides of a comparison of days, working days or dates: their difference is the shortfall.
fn difference(expr: &Expr, env: &Env, compiler: &mut Compiler<'_>) -> Option<Days> {
    let Kind::Operator("<" | "<=" | ">" | ">=", sides) = &expr.kind else { return None };
    let [a, b] = sides.as_slice() else { return None };
    let complaints = compiler.sink.len();
    let pair = (|| {
        let (x, ty) = compiler.expr(env, a, None)?;
        let (y, other) = compiler.expr(env, b, Some(ty))?;
        let unit = match (ty, other) {
            (Ty::Int(Unit::Workdays), _) | (_, Ty::Int(Unit::Workdays)) => DayUnit::Working,
            (Ty::Int(Unit::Days), _) | (_, Ty::Int(Unit::Days)) | (Ty::Date, Ty::Date) => DayUnit::Calendar,
            _ => return None,
        };
        Some(Days::Difference(x, y, unit))
    })();
    // What is wrong in them has been said when the condition itself was compiled.
    compiler.sink.truncate(complaints);
    pair
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
