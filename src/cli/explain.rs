//! `explain`: what a rule demands, since when, by which article, how it is computed, an example each way.

use super::args::{Common, Explain};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{output, run};
use crate::document::{self, Node, Table, Value};
use crate::engine::Verdict;
use crate::report::{Names, Paint};
use crate::rules::{Reference, Rule, RuleSet};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

/// Explains a rule.
pub(super) fn run(args: &Explain, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&[], &args.rules, None, common)?;
    let rules = run::rules(&settings)?.set;
    let code = run::known_code(&rules, &args.code)?;
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| {
        for rule in rules.of_code(&code) {
            explain(&rules, rule, paint, out)?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}

fn explain(rules: &RuleSet, rule: &Rule, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let names = Names { schema: Some(Arc::clone(&rules.schema)), ..Names::default() };
    writeln!(out, "{} {}  {}", paint.bold(&rule.code), paint.bold(&rule.title), paint.dim(&rule.slug))?;
    line(paint, "对象", &format!("每{}{}", names.table(&rule.subject_name), if rule.each.is_some() { "，逐项" } else { "" }), out)?;
    line(paint, "规则", &format!("{}（{}）", rule.source.name, rule.pack), out)?;
    line(paint, "处理", &rule.remedy, out)?;
    // The rule loaded, so its text parses.
    let Ok(doc) = document::parse(&rule.source) else { return Ok(()) };
    for key in ["when", "once", "anchor"] {
        if let Some(value) = doc.get(key) {
            line(paint, asked(key), &show(value), out)?;
        }
    }
    named_values(&doc, paint, out)?;
    let mut versions = tables(&doc, "version");
    versions.sort_by_key(|v| std::cmp::Reverse(v.get("from").map(show)));
    if versions.is_empty() {
        versions.push(&doc);
    }
    for version in versions {
        writeln!(out)?;
        self::version(rules, &doc, version, paint, out)?;
    }
    if let Some(script) = &rule.script {
        writeln!(out, "\n{}", paint.bold(&format!("脚本 {}", script.source.name)))?;
        indented(&script.source.text, out)?;
    }
    shared_words(rules, rule, &names, paint, out)?;
    examples(&names, &doc, paint, out)?;
    writeln!(out)
}

/// The shared definitions that the rule names, and those that these name, as written.
fn shared_words(rules: &RuleSet, rule: &Rule, names: &Names, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let text = rule.source.text.split("[[test]]").next().unwrap_or_default();
    let mut texts = vec![text, rule.script.as_ref().map_or("", |s| s.source.text.as_str())];
    let mut named = Vec::new();
    while let Some(text) = texts.pop() {
        let used: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        for definition in rules.program.definitions.iter().filter(|d| used.contains(d.name.as_str())) {
            let key = (definition.table, definition.name.as_str());
            if !named.iter().any(|(seen, _)| *seen == key) {
                named.push((key, definition.text.as_str()));
                texts.push(&definition.text);
            }
        }
    }
    named.sort_unstable();
    if !named.is_empty() {
        writeln!(out, "\n{}", paint.bold("── 用语 ──"))?;
    }
    for ((table, name), text) in named {
        let table = rules.schema.tables.get(table).map_or("", |t| names.table(&t.name));
        writeln!(out, "  {} = {}  {}", paint.label(name), text.trim(), paint.dim(&format!("（{table}）")))?;
    }
    Ok(())
}

fn version(rules: &RuleSet, doc: &Table, version: &Table, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let day = |key: &str| version.get(key).map(show);
    let when = match (day("from"), day("until")) {
        (Some(from), Some(until)) => format!("{from} 至 {until}"),
        (Some(from), None) => format!("{from} 起"),
        (None, Some(until)) => format!("{until} 以前"),
        (None, None) => "不分时期".to_owned(),
    };
    writeln!(out, "{}", paint.bold(&format!("── {when} ──")))?;
    for (i, reference) in list(version.get("basis").or_else(|| doc.get("basis"))).iter().enumerate() {
        let (cited, words) = basis(rules, reference);
        line(paint, if i == 0 { "依据" } else { "    " }, &cited, out)?;
        if let Some(words) = words {
            line(paint, "    ", &paint.dim(&words), out)?;
        }
    }
    let shaped = [
        "from", "until", "basis", "let", "when", "once", "severity", "require", "message", "days", "check", "deadline", "script",
        "sequence",
    ];
    let params: Vec<String> = version
        .entries()
        .filter(|(k, _)| !std::ptr::eq(version, doc) && !shaped.contains(&k.value.as_str()))
        .map(|(k, v)| format!("{} = {}", k.value, show(v)))
        .collect();
    line(paint, "参数", &params.join("；"), out)?;
    for key in ["when", "once"] {
        if let Some(value) = version.get(key).filter(|_| !std::ptr::eq(version, doc)) {
            line(paint, asked(key), &show(value), out)?;
        }
    }
    if !std::ptr::eq(version, doc) {
        named_values(version, paint, out)?;
    }
    demands(doc, version, paint, out)
}

fn demands(doc: &Table, version: &Table, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let either = |key: &str| version.get(key).or_else(|| doc.get(key));
    for (key, label) in [("require", "要求"), ("severity", "否则"), ("message", "表述"), ("script", "脚本")] {
        if let Some(value) = either(key) {
            line(paint, label, &show(value), out)?;
        }
    }
    for check in tables(version, "check") {
        for (key, label) in [("part", "分项"), ("when", "适用"), ("require", "要求"), ("severity", "否则"), ("message", "表述")] {
            if let Some(value) = check.get(key) {
                line(paint, label, &show(value), out)?;
            }
        }
    }
    for key in ["deadline", "sequence"] {
        for part in [doc, version] {
            let Some(Node::Table(shape)) = part.get(key).map(|v| &v.value) else { continue };
            line(paint, if key == "deadline" { "期限" } else { "次序" }, "", out)?;
            for (key, value) in shape.entries() {
                let rows = tables(shape, &key.value);
                if rows.is_empty() {
                    line(paint, "    ", &format!("{} = {}", key.value, show(value)), out)?;
                }
                for row in rows {
                    let cells: Vec<String> = row.entries().map(|(k, v)| format!("{} = {}", k.value, show(v))).collect();
                    line(paint, "    ", &format!("{}：{}", key.value, cells.join("；")), out)?;
                }
            }
            if std::ptr::eq(doc, version) {
                break;
            }
        }
    }
    Ok(())
}

/// 《title》（edition）article, and what the article says.
fn basis(rules: &RuleSet, reference: &str) -> (String, Option<String>) {
    let (bare, unsure) = reference.strip_suffix('?').map_or((reference, false), |bare| (bare, true));
    let (key, number) = bare.split_once('#').map_or((bare, None), |(key, number)| (key, Some(number)));
    let Some(edition) = rules.regulations.edition(key) else { return (reference.to_owned(), None) };
    let article = number.and_then(|n| edition.articles.get(n));
    let cited = rules.regulations.cite_in_force(&Reference { edition: key.to_owned(), article: number.map(str::to_owned), unsure });
    let version = cited.version.map(|v| format!("（{v}）")).unwrap_or_default();
    let doubt = if cited.verified { "" } else { "（条号未核实）" };
    let cited = format!("《{}》{version}{}{doubt}", cited.title, cited.article.unwrap_or_default());
    (cited, article.map(|a| a.text.clone()).filter(|t| !t.is_empty()))
}

/// One test for each verdict a finding or its absence can have.
fn examples(names: &Names, doc: &Table, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let tests = tables(doc, "test");
    let verdict = |test: &Table| list(test.get("expect")).first().and_then(|w| Verdict::from_word(w));
    let shown: Vec<_> = Verdict::ALL.into_iter().filter_map(|v| Some((v, tests.iter().find(|t| verdict(t) == Some(v))?))).collect();
    if !shown.is_empty() {
        writeln!(out, "\n{}", paint.bold("── 举例（取自规则自带的测试）──"))?;
    }
    for (verdict, test) in shown {
        let name = test.get("name").map(show).unwrap_or_default();
        writeln!(out, "  {}  {}", paint.verdict(verdict, verdict.word()), paint.dim(&name))?;
        for (table, value) in test.entries() {
            let Node::List(rows) = &value.value else { continue };
            for row in rows {
                let Node::Table(row) = &row.value else { continue };
                let cells: Vec<String> =
                    row.entries().map(|(f, v)| format!("{} {}", names.field(&table.value, &f.value), show(v))).collect();
                writeln!(out, "        {}：{}", names.table(&table.value), cells.join("，"))?;
            }
        }
        if let Some(absent) = test.get("absent").or_else(|| test.get("fields_absent")) {
            writeln!(out, "        未导出：{}", show(absent))?;
        }
        if let Some(message) = test.get("message") {
            writeln!(out, "        → {}", show(message))?;
        }
    }
    Ok(())
}

fn named_values(table: &Table, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let Some(Node::Table(lets)) = table.get("let").map(|v| &v.value) else { return Ok(()) };
    for (name, value) in lets.entries() {
        line(paint, "其中", &format!("{} = {}", name.value, show(value)), out)?;
    }
    Ok(())
}

fn asked(key: &str) -> &'static str {
    match key {
        "when" => "适用",
        "once" => "节点",
        _ => "时点",
    }
}

fn tables<'a>(doc: &'a Table, key: &str) -> Vec<&'a Table> {
    match doc.get(key).map(|v| &v.value) {
        Some(Node::List(items)) => items.iter().filter_map(|v| if let Node::Table(t) = &v.value { Some(t) } else { None }).collect(),
        Some(Node::Table(table)) => vec![table],
        _ => Vec::new(),
    }
}

fn list(value: Option<&Value>) -> Vec<String> {
    match value.map(|v| &v.value) {
        Some(Node::List(items)) => items.iter().map(show).collect(),
        Some(_) => value.map(show).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A value as written, without quotes.
fn show(value: &Value) -> String {
    match &value.value {
        Node::Text(t) | Node::Date(t) => t.clone(),
        Node::Int(n) => n.to_string(),
        Node::Float(x) => x.to_string(),
        Node::Bool(b) => if *b { "是" } else { "否" }.to_owned(),
        Node::List(items) => items.iter().map(show).collect::<Vec<_>>().join("、"),
        Node::Table(table) => table.entries().map(|(k, v)| format!("{}：{}", k.value, show(v))).collect::<Vec<_>>().join("；"),
    }
}

fn line(paint: Paint, label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() && !matches!(label, "期限" | "次序") {
        return Ok(());
    }
    let text = text.trim_end().replace('\n', "\n        ");
    writeln!(out, "{}", format!("  {}  {text}", paint.label(label)).trim_end())
}

fn indented(text: &str, out: &mut dyn Write) -> io::Result<()> {
    text.lines().try_for_each(|l| writeln!(out, "{}", format!("    {l}").trim_end()))
}
