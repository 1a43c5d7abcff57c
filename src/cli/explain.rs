//! `explain`: what a rule demands, since when, by which article, how it is computed, an example each way.

use super::args::{Common, Explain};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{in_force as profile, output, run};
use crate::dates::Day;
use crate::document::{self, Node, Table, Value};
use crate::engine::Verdict;
use crate::notice::{Check, Words, cite};
use crate::records::TableId;
use crate::report::{Names, Paint, cited, clauses::in_force};
use crate::rules::{Files, Reader, Reference, Rule, RuleSet};
use aloud::Aloud;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

mod aloud;

/// Explains a rule.
pub(super) fn run(args: &Explain, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&[], &args.rules, None, common)?;
    settings::plain_text(&args.output)?;
    let run::Rules { set: rules, files, .. } = run::rules(&settings)?;
    // What is found of a draft notice is no rule over records. Rules of one's own may come without the words for it.
    if let Some(check) = Words::read(&files).ok().and_then(|words| words.check_of_code(&args.code).cloned()) {
        let paint = screen.result(&args.output);
        output::write(args.output.output.as_deref(), |out| of_a_draft(&rules, &check, settings.as_of, paint, out))?;
        return Ok(Exit::Clean);
    }
    let code = run::known_code(&rules, &args.code)?;
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| {
        for rule in rules.of_code(&code) {
            explain(&rules, &files, rule, paint, out)?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}

fn of_a_draft(rules: &RuleSet, check: &Check, as_of: Day, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} {}", paint.bold(&check.code), paint.bold(&check.title))?;
    line(paint, "对象", "任前公示稿，张贴之前用 guiju notice check 核对；不核查记录，不列入台账，不能豁免", out)?;
    line(paint, "规则", "notice.toml", out)?;
    line(paint, "级别", &check.severity, out)?;
    let basis: Vec<String> = cite(rules, &check.basis, as_of).iter().map(cited).collect();
    line(paint, "依据", &basis.join("；"), out)?;
    line(paint, "处理", &check.remedy, out)
}

fn explain(rules: &RuleSet, files: &Files, rule: &Rule, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let names = Names { schema: Some(Arc::clone(&rules.schema)), ..Names::default() };
    writeln!(out, "{} {}  {}", paint.bold(&rule.code), paint.bold(&rule.title), paint.dim(&rule.slug))?;
    line(paint, "说明", &remarks(rule.head()), out)?;
    line(paint, "对象", &format!("每{}{}", subject(rules, rule, &names), if rule.each.is_some() { "，逐项" } else { "" }), out)?;
    line(paint, "规则", &format!("{}（{}）", rule.source.name, rule.pack), out)?;
    line(paint, "处理", &rule.remedy, out)?;
    line(paint, "保密", rule.confidential.as_deref().unwrap_or_default(), out)?;
    for told in rule.changes.iter().filter(|t| t.version.is_none()) {
        line(paint, "变动", &profile::sentence(told), out)?;
    }
    // The rule loaded, so its text parses.
    let Ok(doc) = document::parse(&rule.source) else { return Ok(()) };
    let mut aloud = Aloud { reader: Reader::new(files, rules).of_rule(&rule.code), rule, paint };
    if let Some(Node::Table(each)) = doc.get("each").map(|v| &v.value) {
        let over = each.get("in").map(show).unwrap_or_default();
        line(paint, "逐项", &aloud.reader.read(rule.subject, &over), out)?;
        aloud.reader.give_element(rule.subject, &each.get("name").map(show).unwrap_or_default(), &over);
    }
    for key in ["when", "once", "anchor"] {
        if let Some(value) = doc.get(key) {
            aloud.asked(asked(key), value, out)?;
        }
    }
    aloud.named_values(&doc, out)?;
    aloud.shared_terms(files, &doc, out)?;
    let mut versions = tables(&doc, "version");
    versions.sort_by_key(|v| std::cmp::Reverse(v.get("from").map(show)));
    if versions.is_empty() {
        versions.push(&doc);
    }
    for version in versions {
        writeln!(out)?;
        self::version(rules, files, &doc, version, &mut aloud, out)?;
    }
    if let Some(script) = &rule.script {
        writeln!(out, "\n{}", paint.bold(&format!("脚本 {}", script.source.name)))?;
        indented(&script.source.text, out)?;
    }
    shared_words(rules, files, &aloud, &names, out)?;
    examples(&names, &doc, !rule.changes.is_empty(), paint, out)?;
    writeln!(out)
}

/// What the first lines of a rule's file say of it.
fn remarks(head: &str) -> String {
    head.lines().map_while(|l| l.strip_prefix('#')).map(str::trim).collect::<Vec<_>>().join("\n")
}

/// What is judged one by one; of rows that are put together first, how.
fn subject(rules: &RuleSet, rule: &Rule, names: &Names) -> String {
    let named = names.table(&rule.subject_name);
    let Some((table, joined)) = rules.schema.tables.get(rule.subject).and_then(|t| Some((t, t.joined.as_ref()?))) else {
        return named.to_owned();
    };
    let base = rules.schema.tables.get(joined.from);
    let alike: Vec<&str> = joined.by.iter().filter_map(|&f| base?.fields.get(f)).map(|f| f.zh.trim_end_matches("编码")).collect();
    format!("{}（{}相同、前后相接的{named}合为一段）", table.zh, alike.join("、"))
}

/// The lines of a rule that say something of the records: not its remarks, nor what it and its cure are called.
fn expressions(head: &str) -> String {
    let silent = |l: &&str| !["#", "code", "slug", "title", "remedy", "confidential", "timeless"].iter().any(|w| l.starts_with(w));
    head.lines().filter(silent).map(|l| l.split_once(" # ").map_or(l, |(said, _)| said)).collect::<Vec<_>>().join("\n")
}

/// A shared word: whose, its name, its expression.
struct SharedWord {
    table: TableId,
    name: String,
    text: String,
}

fn all_words(rules: &RuleSet, files: &Files) -> Vec<SharedWord> {
    let mut all = Vec::new();
    for (_, source) in files.all().filter(|(path, _)| path.ends_with("definitions.toml")) {
        let Ok(doc) = document::parse(source) else { continue };
        for (table, words) in doc.entries() {
            let (Some(table), Node::Table(words)) = (rules.schema.table(&table.value), &words.value) else { continue };
            all.extend(words.entries().map(|(name, value)| {
                // A word with arguments is a table of its own.
                let text = if let Node::Table(word) = &value.value { word.get("is").map(show) } else { Some(show(value)) };
                SharedWord { table, name: name.value.clone(), text: text.unwrap_or_default() }
            }));
        }
    }
    all
}

/// The shared definitions that the rule names, and those that these name, in words.
fn shared_words(rules: &RuleSet, files: &Files, aloud: &Aloud<'_>, names: &Names, out: &mut dyn Write) -> io::Result<()> {
    let (rule, paint) = (aloud.rule, aloud.paint);
    let all = all_words(rules, files);
    let head = expressions(rule.head());
    let mut texts = vec![head.as_str(), rule.script.as_ref().map_or("", |s| s.source.text.as_str())];
    let mut named: Vec<&SharedWord> = Vec::new();
    while let Some(text) = texts.pop() {
        let used: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        // The words of derived rows matter to the rules over these only, where they stand for those of the rows that they are made of.
        let own = rules.schema.tables.get(rule.subject).and_then(|t| t.joined.as_ref());
        let doubled =
            |w: &&SharedWord| own.is_some_and(|j| j.from == w.table) && all.iter().any(|o| o.table == rule.subject && o.name == w.name);
        let derived =
            |w: &&SharedWord| w.table != rule.subject && rules.schema.tables.get(w.table).is_some_and(|t| t.joined.is_some()) || doubled(w);
        for word in all.iter().filter(|w| used.contains(w.name.as_str()) && !derived(w)) {
            if !named.iter().any(|seen| std::ptr::eq(*seen, word)) {
                named.push(word);
                texts.push(&word.text);
            }
        }
    }
    named.sort_unstable_by_key(|w| (w.table, w.name.as_str()));
    if !named.is_empty() {
        writeln!(out, "\n{}", paint.bold("── 用语 ──"))?;
    }
    for word in named {
        let table = rules.schema.tables.get(word.table).map_or("", |t| t.name.as_str());
        let meaning = aloud.reader.read(word.table, &word.text);
        let called = paint.label(aloud.reader.word_of(table, &word.name));
        writeln!(out, "  {called}：{meaning}  {}", paint.dim(&format!("（{}，{}）", names.table(table), word.name)))?;
    }
    Ok(())
}

fn version(rules: &RuleSet, files: &Files, doc: &Table, version: &Table, aloud: &mut Aloud<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (paint, rule) = (aloud.paint, aloud.rule);
    let day = |key: &str| version.get(key).map(show);
    let when = match (day("from"), day("until")) {
        (Some(from), Some(until)) => format!("{from} 至 {until}"),
        (Some(from), None) => format!("{from} 起"),
        (None, Some(until)) => format!("{until} 以前"),
        (None, None) => "不分时期".to_owned(),
    };
    let when = match (day("from"), &rule.timeless) {
        (None, Some(why)) => format!("{when}（{why}）"),
        (None, None) => since(rules, version, doc).map_or(when, |from| match day("until") {
            Some(until) => format!("{from} 至 {until}（所引条文施行之日起）"),
            None => format!("{from} 起（所引条文施行之日起）"),
        }),
        _ => when,
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
        "sequence", "shares", "note",
    ];
    let params: Vec<(&str, String)> = version
        .entries()
        .filter(|(k, _)| !std::ptr::eq(version, doc) && !shaped.contains(&k.value.as_str()))
        .map(|(k, v)| (k.value.as_str(), changed(rule, version, &k.value).unwrap_or_else(|| show(v))))
        .collect();
    aloud.params(&params, out)?;
    for told in rule.changes.iter().filter(|t| t.version.is_some() && t.version == day("from")) {
        line(paint, "变动", &profile::sentence(told), out)?;
    }
    for key in ["when", "once"] {
        if let Some(value) = version.get(key).filter(|_| !std::ptr::eq(version, doc)) {
            aloud.asked(asked(key), value, out)?;
        }
    }
    if !std::ptr::eq(version, doc) {
        aloud.shared_terms(files, version, out)?;
        aloud.named_values(version, out)?;
    }
    aloud.demands(doc, version, out)
}

/// The first day on which anything that a version cites was in force: it judges nothing older.
fn since(rules: &RuleSet, version: &Table, doc: &Table) -> Option<String> {
    let cited = list(version.get("basis").or_else(|| doc.get("basis")));
    let keys = cited.iter().filter_map(|reference| reference.split(['#', '?']).next());
    rules.regulations.first_day(keys).map(|day| day.to_string())
}

/// What a parameter of a version is now, if a pack or the profile changed it.
fn changed(rule: &Rule, version: &Table, param: &str) -> Option<String> {
    let from = version.get("from").map(show);
    let told = rule.changes.iter().rev().find(|t| t.what == param && (t.version.is_none() || t.version == from))?;
    Some(told.now.clone())
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
    let force = in_force(edition);
    let force = if force.is_empty() { String::new() } else { format!("  施行：{force}") };
    let cited = format!("《{}》{version}{}{doubt}{force}", cited.title, cited.article.unwrap_or_default());
    (cited, article.map(|a| a.text.clone()).filter(|t| !t.is_empty()))
}

/// One test for each verdict a finding or its absence can have.
fn examples(names: &Names, doc: &Table, original: bool, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let tests = tables(doc, "test");
    let verdict = |test: &Table| list(test.get("expect")).first().and_then(|w| Verdict::from_word(w));
    let shown: Vec<_> = Verdict::ALL.into_iter().filter_map(|v| Some((v, tests.iter().find(|t| verdict(t) == Some(v))?))).collect();
    if !shown.is_empty() {
        let whose = if original { "，按规则原来的值" } else { "" };
        writeln!(out, "\n{}", paint.bold(&format!("── 举例（取自规则自带的测试{whose}）──")))?;
    }
    for (verdict, test) in shown {
        let day = test.get("as_of").map(|d| format!("截至{}", show(d))).unwrap_or_default();
        writeln!(out, "{}", format!("  {}  {}", paint.verdict(verdict, verdict.word()), paint.dim(&day)).trim_end())?;
        for (table, value) in test.entries() {
            let Node::List(rows) = &value.value else { continue };
            for row in rows {
                let Node::Table(row) = &row.value else { continue };
                let cells: Vec<String> =
                    row.entries().map(|(f, v)| format!("{} {}", names.field(&table.value, &f.value), show(v))).collect();
                writeln!(out, "        {}：{}", names.table(&table.value), cells.join("，"))?;
            }
        }
        let unexported = list(test.get("absent")).into_iter().chain(list(test.get("fields_absent")));
        let unexported: Vec<String> = unexported
            .map(|name| match name.split_once('.') {
                Some((table, field)) => format!("{}的{}", names.table(table), names.field(table, field)),
                None => names.table(&name).to_owned(),
            })
            .collect();
        if !unexported.is_empty() {
            writeln!(out, "        没有导出：{}", unexported.join("、"))?;
        }
        let missing: Vec<String> = list(test.get("missing"))
            .iter()
            .map(|name| {
                name.split_once('.')
                    .map_or_else(|| names.table(name).to_owned(), |(t, f)| format!("{}的{}", names.table(t), names.field(t, f)))
            })
            .collect();
        if !missing.is_empty() {
            writeln!(out, "        缺少：{}", missing.join("、"))?;
        }
        if let Some(message) = test.get("message") {
            writeln!(out, "        → {}", show(message))?;
        }
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
    if text.is_empty() {
        return Ok(());
    }
    let text = text.trim_end().replace('\n', "\n        ");
    writeln!(out, "{}", format!("  {}  {text}", paint.label(label)).trim_end())
}

fn indented(text: &str, out: &mut dyn Write) -> io::Result<()> {
    text.lines().try_for_each(|l| writeln!(out, "{}", format!("    {l}").trim_end()))
}
