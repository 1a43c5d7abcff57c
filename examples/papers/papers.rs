//! The parts of the papers that are made, not written: outputs of commands, the record tables, the catalogue of rules, a rule file.
//! Each stands after a comment line that says what it is made of; what follows that line is replaced.
//!
//! - `<!-- output: first -->`, `<!-- output: last -->`: a fenced block with the beginning and the end of the main command's output
//! - `<!-- run: ARGS -->`: a fenced block with what `guiju ARGS` prints; `TMP/x` in ARGS is a file in a folder of its own. After ARGS may
//!   stand `| head N` (N lines, and on to the next blank one), `| tail N`, or `| from WORDS` (from the first line that starts with them)
//! - `<!-- file: PATH -->`: a fenced block with a file; `<!-- rule: PATH -->`: a rule's file up to its first test
//! - `<!-- tables: begin -->` … `<!-- tables: end -->`, and the same with `rules`, `clauses` (every article) and `clause-counts`: Markdown

use guiju::diagnostic::Diagnostic;
use guiju::records::{Blank, Field, FieldType, Schema, Table};
use guiju::report::clauses;
use guiju::rules::{Body, Clauses, Files, Grade, Reference, Rule, RuleSet, load};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The papers that hold made parts.
pub const NAMES: [&str; 3] = ["README.md", "README.zh-CN.md", "docs/clauses.md"];
/// The command that README.md opens with.
const MAIN: &str = "check samples/county --as-of 2026-06-30";
/// The first block shows whole findings, and at least so many lines.
const SCREENFUL: usize = 24;

/// What the parts are made of.
pub struct Papers {
    root: PathBuf,
    program: PathBuf,
    before: Vec<String>,
    rules: RuleSet,
    clauses: Clauses,
}

impl Papers {
    /// `program`, called with `before` ahead of the arguments, is guiju; `root` is the project's folder.
    ///
    /// # Errors
    /// The built-in rules do not load.
    pub fn new(root: &Path, program: &Path, before: &[&str]) -> io::Result<Self> {
        let wrong = |e: Vec<Diagnostic>| io::Error::other(e.first().map(|d| d.message.clone()).unwrap_or_default());
        let files = Files::built_in();
        let rules = load(&files).map_err(wrong)?;
        let clauses = Clauses::read(&files, &rules).map_err(wrong)?;
        let before = before.iter().map(|s| (*s).to_owned()).collect();
        Ok(Self { root: root.to_owned(), program: program.to_owned(), before, rules, clauses })
    }

    /// The text with every made part as it should be.
    ///
    /// # Errors
    /// A part that cannot be made, or a block that is missing or not closed.
    pub fn current(&self, text: &str) -> io::Result<String> {
        let mut out = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let _ = writeln!(out, "{line}");
            let Some((kind, what)) = line.strip_prefix("<!-- ").and_then(|l| l.strip_suffix(" -->")).and_then(|l| l.split_once(": "))
            else {
                continue;
            };
            if what == "begin" {
                let end = format!("<!-- {kind}: end -->");
                let made = match kind {
                    "tables" => tables(&self.rules.schema),
                    "rules" => catalogue(&self.rules),
                    "clauses" => made(|out| clauses::markdown(&self.clauses, &self.rules.regulations, out))?,
                    "clause-counts" => made(|out| clauses::summaries(&self.clauses, &self.rules.regulations, out))?,
                    _ => return Err(io::Error::other(format!("nothing makes {line}"))),
                };
                lines.by_ref().find(|l| *l == end).ok_or_else(|| io::Error::other(format!("{end} is missing")))?;
                let _ = writeln!(out, "{made}{end}");
                continue;
            }
            let made = match kind {
                "output" => self.main_output(what)?,
                "run" => self.run(what)?,
                "file" => std::fs::read_to_string(self.root.join(what))?,
                "rule" => to_first_test(&std::fs::read_to_string(self.root.join(what))?),
                _ => continue,
            };
            let open = lines.next().filter(|l| l.starts_with("```")).ok_or_else(|| io::Error::other(format!("no block after {line}")))?;
            lines.by_ref().find(|l| *l == "```").ok_or_else(|| io::Error::other(format!("the block after {line} is not closed")))?;
            let _ = write!(out, "{open}\n{made}```\n");
        }
        Ok(out)
    }

    fn main_output(&self, which: &str) -> io::Result<String> {
        let text = self.print(MAIN)?;
        if which == "last" {
            let at = text.rfind("── 汇总 ──").ok_or_else(|| io::Error::other("the output has no tally"))?;
            return Ok(text[at..].to_owned());
        }
        Ok(head(&text, SCREENFUL))
    }

    /// What is left out shows as an ellipsis.
    fn run(&self, what: &str) -> io::Result<String> {
        let (args, cut) = what.split_once(" | ").map_or((what, ""), |(args, cut)| (args, cut));
        let text = self.print(args)?;
        let wrong = || io::Error::other(format!("cannot cut: {what}"));
        let after = |start: Option<usize>| start.and_then(|i| text.get(i..)).map(|t| format!("……\n{t}")).ok_or_else(wrong);
        let lines = |n: &str| n.parse::<usize>().map_err(|_| wrong());
        match cut.split_once(' ') {
            None => Ok(text),
            Some(("head", n)) => Ok(head(&text, lines(n)?) + "……\n"),
            Some(("tail", n)) => after(text.rmatch_indices('\n').nth(lines(n)?).map(|(i, _)| i + 1)),
            Some(("from", words)) => after(text.find(&format!("\n{words}")).map(|i| i + 1)),
            Some(_) => Err(wrong()),
        }
    }

    /// What guiju prints, standard error after standard output.
    fn print(&self, args: &str) -> io::Result<String> {
        let folder = tempfile::tempdir()?;
        let tmp = format!("{}/", folder.path().display());
        let args: Vec<String> = args.split(' ').map(|a| a.replace("TMP/", &tmp)).collect();
        let done = Command::new(&self.program).current_dir(&self.root).args(&self.before).args(args).env("NO_COLOR", "1").output()?;
        let mut text = String::from_utf8_lossy(&done.stdout).replace(&tmp, "");
        text.push_str(&String::from_utf8_lossy(&done.stderr).replace(&tmp, ""));
        // A blank line at the end would be lost between fences.
        Ok(format!("{}\n", text.trim_end_matches('\n')))
    }
}

/// What is written, between blank lines.
fn made(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<String> {
    let mut out = Vec::new();
    write(&mut out)?;
    Ok(format!("\n{}\n\n", String::from_utf8_lossy(&out).trim_end()))
}

/// At least so many lines, and on to the next blank one.
fn head(text: &str, least: usize) -> String {
    let lines = text.lines().enumerate().take_while(|(i, line)| *i < least || !line.is_empty());
    lines.fold(String::new(), |all, (_, line)| all + line + "\n")
}

/// A rule's text to the end of its first test.
fn to_first_test(text: &str) -> String {
    let mut made = String::new();
    let mut tests = 0;
    for line in text.lines() {
        tests += usize::from(line == "[[test]]");
        if tests == 2 {
            break;
        }
        let _ = writeln!(made, "{line}");
    }
    format!("{}\n", made.trim_end())
}

/// The chapter on tables, fields and code lists.
fn tables(schema: &Schema) -> String {
    let mut out = String::new();
    for table in schema.tables.iter().filter(|t| t.joined.is_none()) {
        let _ = write!(out, "\n#### {zh}（{name}）\n\n文件名：`{name}.csv` 或 `{zh}.csv`", zh = table.zh, name = table.name);
        if let Some(void) = &table.void {
            let value = table.fields.get(void.field).map(|f| f.zh.as_str()).unwrap_or_default();
            let code = match table.fields.get(void.field).map(|f| f.ty) {
                Some(FieldType::Code(list)) => schema.lists.get(list).and_then(|l| l.value(void.code)).unwrap_or_default(),
                _ => "",
            };
            let rows: Vec<&str> = void.rows.iter().filter_map(|&t| schema.tables.get(t)).map(|t| t.zh.as_str()).collect();
            let _ = write!(out, "。{value}为“{code}”的，连同所属的{}不参加核查", rows.join("、"));
        }
        out.push_str("。\n\n| 字段 | 中文名 | 类型 | 必填 | 空白表示 | 也认得的列名 |\n|---|---|---|---|---|---|\n");
        for field in &table.fields {
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | {} | {} | {} |",
                field.name,
                field.zh,
                type_of(schema, field.ty),
                if field.required || field.ty == FieldType::Id { "是" } else { "" },
                blank_of(table, field),
                field.aliases.join("、")
            );
        }
    }
    out.push_str("\n#### 代码表\n\n| 代码表 | 取值 | 也认得的写法 |\n|---|---|---|\n");
    for list in &schema.lists {
        let order = if list.ordered { "（由高到低）" } else { "" };
        let written: Vec<String> = (0u8..)
            .zip(&list.values)
            .filter_map(|(code, value)| {
                let all: Vec<&str> = list.aliases_of(code).collect();
                (!all.is_empty()).then(|| format!("{}＝{value}", all.join("、")))
            })
            .collect();
        let _ = writeln!(out, "| `{}`{order} | {} | {} |", list.name, list.values.join("、"), written.join("；"));
    }
    out.push('\n');
    out
}

fn type_of(schema: &Schema, ty: FieldType) -> String {
    match ty {
        FieldType::Id => "编码（本表内不重复）".to_owned(),
        FieldType::Text => "文字".to_owned(),
        FieldType::Date => "日期".to_owned(),
        FieldType::Int => "整数".to_owned(),
        FieldType::Number => "数字".to_owned(),
        FieldType::Bool => "是/否".to_owned(),
        FieldType::Code(list) => format!("代码 `{}`", schema.lists.get(list).map(|l| l.name.as_str()).unwrap_or_default()),
        FieldType::Ref(table) => format!("{}的编码", schema.tables.get(table).map(|t| t.zh.as_str()).unwrap_or_default()),
    }
}

fn blank_of(table: &Table, field: &Field) -> String {
    let meaning = match field.blank {
        Blank::Unknown => String::new(),
        Blank::NotHappened => "至今没有（未发生、无终止）".to_owned(),
        Blank::SinceEver => "一向如此".to_owned(),
        Blank::SameAs(other) => format!("与{}相同", table.fields.get(other).map(|f| f.zh.as_str()).unwrap_or_default()),
        Blank::None => if field.ty == FieldType::Bool { "否" } else { "没有" }.to_owned(),
    };
    if field.even_unexported { format!("{meaning}；整列未导出时同样") } else { meaning }
}

/// The catalogue of rules, family by family.
fn catalogue(rules: &RuleSet) -> String {
    let mut families: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in &rules.rules {
        families.entry(&rule.family).or_default().push(rule);
    }
    let codes: std::collections::BTreeSet<&str> = rules.rules.iter().map(|r| r.code.as_str()).collect();
    let mut out = format!("\n共 {} 条。\n\n| 编码 | 名称 | 包 | 对象 | 结论 | 依据 |\n|---|---|---|---|---|---|\n", codes.len());
    for rule in families.into_values().flatten() {
        let table = rules.schema.tables.iter().find(|t| t.name == rule.subject_name);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            rule.code,
            rule.title,
            rule.pack,
            table.map_or(rule.subject_name.as_str(), |t| t.zh.as_str()),
            grades(rule),
            basis(rules, rule)
        );
    }
    out.push('\n');
    out
}

fn grades(rule: &Rule) -> String {
    let of = |body: &Body| -> Vec<Grade> {
        let all = match body {
            Body::Checks(checks) => checks.iter().map(|c| &c.severity).collect(),
            Body::Deadline(deadline) => vec![&deadline.severity],
            Body::Sequence(sequence) => vec![&sequence.severity],
            Body::Script(script) => vec![&script.severity],
        };
        all.into_iter().flat_map(|s| s.0.iter().map(|(_, grade)| *grade)).collect()
    };
    let mut grades: Vec<Grade> = rule.versions.iter().flat_map(|v| of(&v.body)).collect();
    grades.sort_unstable();
    grades.dedup();
    let words: Vec<&str> = grades
        .into_iter()
        .map(|g| match g {
            Grade::Breach => "违规",
            Grade::Advice => "提醒",
            Grade::Unverified => "待核",
        })
        .collect();
    words.join("、")
}

/// 《title》（2019）第四十二条、（2014）第四十一条, in the order of the rule's versions, the newest first.
fn basis(rules: &RuleSet, rule: &Rule) -> String {
    let mut seen: Vec<&Reference> = Vec::new();
    for reference in rule.versions.iter().rev().flat_map(|v| &v.basis) {
        if !seen.contains(&reference) {
            seen.push(reference);
        }
    }
    let mut titles: Vec<(String, Vec<String>)> = Vec::new();
    for reference in seen {
        let citation = rules.regulations.cite_in_force(reference);
        let version = citation.version.map(|v| format!("（{v}）")).unwrap_or_default();
        let doubt = if citation.verified { "" } else { "（条号未核实）" };
        let cited = format!("{version}{}{doubt}", citation.article.unwrap_or_default());
        match titles.iter_mut().find(|(title, _)| *title == citation.title) {
            Some((_, all)) if all.contains(&cited) => {}
            Some((_, all)) => all.push(cited),
            None => titles.push((citation.title, vec![cited])),
        }
    }
    let all: Vec<String> = titles.into_iter().map(|(title, cited)| format!("《{title}》{}", cited.join("、"))).collect();
    all.join("；")
}
