//! The waiver file: TOML that people write or the program appends to. What it says is checked here as to its form alone.

use crate::dates::Day;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Table};
use crate::engine::Verdict;
use std::ops::Range;
use std::sync::Arc;

/// Every key of a waiver.
const KEYS: [&str; 12] =
    ["finding", "rule", "unit", "person", "case", "kind", "reason", "document", "approver", "approved", "expires", "granted"];

/// Waivers, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waivers {
    /// The waivers.
    pub list: Vec<Waiver>,
}

/// An accepted exception.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// What it accepts.
    pub target: Target,
    /// Why.
    pub reason: String,
    /// The document's number: 组〔2024〕3号.
    pub document: String,
    /// Who approved it.
    pub approver: String,
    /// When.
    pub approved: Day,
    /// The last day it holds.
    pub expires: Day,
    /// The findings there were when it was granted.
    pub granted: Vec<Granted>,
    /// Its line in the file.
    pub line: usize,
}

/// What a waiver accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One finding, by fingerprint.
    Finding(String),
    /// What a rule finds of some.
    Rule(String, Selector),
}

/// Of whom or what findings of a rule are accepted; all that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// The unit itself, without those below it.
    pub unit: Option<String>,
    /// The person.
    pub person: Option<String>,
    /// The matter.
    pub case: Option<String>,
    /// The kind of the matter, or what tells findings of one subject apart.
    pub kind: Option<String>,
}

/// A finding as it stood when a waiver was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The finding's identity.
    pub fingerprint: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// The hash of the cells it rested on.
    pub cells: String,
}

impl Waivers {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything wrong in it.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let doc = document::parse(source).map_err(|error| vec![*error])?;
        let mut sink = Vec::new();
        let tables = doc.get("waiver").map(|v| document::tables(source, v, &mut sink)).unwrap_or_default();
        let list: Vec<Waiver> = tables.into_iter().filter_map(|(table, span)| waiver(source, table, span, &mut sink)).collect();
        document::report_unknown_keys(source, &doc, &["waiver"], &mut sink);
        if sink.is_empty() { Ok(Self { list }) } else { Err(sink) }
    }
}

fn waiver(source: &Arc<Source>, table: &Table, span: Range<usize>, sink: &mut Vec<Diagnostic>) -> Option<Waiver> {
    let before = sink.len();
    let text = |key: &str, sink: &mut Vec<Diagnostic>| -> Option<String> {
        table.get(key).and_then(|v| document::text(source, v, sink)).map(|t| t.trim().to_owned())
    };
    let [finding, rule, unit, person, case, kind] =
        ["finding", "rule", "unit", "person", "case", "kind"].map(|key| text(key, sink).filter(|t| !t.is_empty()));
    let [reason, document, approver] = ["reason", "document", "approver"].map(|key| text(key, sink));
    let mut day = |key: &str| table.get(key).and_then(|v| document::day(source, v, sink));
    let (approved, expires) = (day("approved"), day("expires"));
    let granted = granted(source, table, sink);
    let selector = Selector { unit, person, case, kind };
    let mut wrong = |message: &str, help: &str| {
        sink.push(Diagnostic::new("waiver::incomplete", source, span.clone(), message.to_owned()).help(help.to_owned()));
    };
    let target = match (finding, rule) {
        (Some(finding), None) if selector == Selector::default() => Some(Target::Finding(finding)),
        (Some(_), None) => {
            wrong("豁免一个问题的，不再写 unit、person、case、kind", "只留 finding，或者改用 rule");
            None
        }
        (None, Some(_)) if selector == Selector::default() => {
            wrong("豁免不能及于整条规则", "用 unit、person、case、kind 中的一项或几项写明对谁");
            None
        }
        (None, Some(rule)) => Some(Target::Rule(rule, selector)),
        (Some(_), Some(_)) => {
            wrong("finding 与 rule 只能写一个", "豁免一个问题写 finding，豁免一条规则的某些对象写 rule");
            None
        }
        (None, None) => {
            wrong("没有写豁免什么", "写 finding = \"gj1:…\"，或者 rule = \"GS002\" 和 unit、person、case、kind");
            None
        }
    };
    for (key, value, what) in [("reason", &reason, "理由"), ("document", &document, "文号"), ("approver", &approver, "批准人")] {
        if value.as_deref().is_none_or(str::is_empty) && table.get(key).is_none_or(|v| matches!(v.value, Node::Text(_))) {
            wrong(&format!("没有写{what}（{key}）"), "豁免须写明理由、文号、批准人、批准日期和截止日期");
        }
    }
    for (key, what) in [("approved", "批准日期"), ("expires", "截止日期")] {
        if table.get(key).is_none() {
            wrong(&format!("没有写{what}（{key}）"), "写成 2026-06-30 的样子");
        }
    }
    if matches!(target, Some(Target::Finding(_))) && granted.is_empty() && table.get("granted").is_none() {
        wrong("没有写批准时的情况（granted）", "用 guiju waive add 添加，由程序填写；数据一变，豁免即失效");
    }
    document::report_unknown_keys(source, table, &KEYS, sink);
    if sink.len() > before {
        return None;
    }
    let line = Diagnostic::new("waiver::incomplete", source, span, "").line();
    Some(Waiver {
        target: target?,
        reason: reason?,
        document: document?,
        approver: approver?,
        approved: approved?,
        expires: expires?,
        granted,
        line,
    })
}

/// `granted = ["gj1:… 违规 5f3a…"]`.
fn granted(source: &Arc<Source>, table: &Table, sink: &mut Vec<Diagnostic>) -> Vec<Granted> {
    let Some(value) = table.get("granted") else { return Vec::new() };
    let mut all = Vec::new();
    for line in document::texts(source, value, sink) {
        let words: Vec<&str> = line.value.split_whitespace().collect();
        let entry = match words.as_slice() {
            [fingerprint, verdict, cells] => Verdict::from_word(verdict).filter(|v| v.is_finding()).map(|verdict| Granted {
                fingerprint: (*fingerprint).to_owned(),
                verdict,
                cells: (*cells).to_owned(),
            }),
            _ => None,
        };
        if entry.is_none() {
            let wrong = Diagnostic::new("waiver::incomplete", source, line.span.clone(), "不是批准时情况的写法");
            sink.push(wrong.help("每项写作“指纹 结论 数值哈希”，由 guiju waive add 填写"));
        }
        all.extend(entry);
    }
    all
}

impl Waiver {
    /// As it is written in the file.
    pub fn text(&self) -> String {
        let mut text = String::from("[[waiver]]\n");
        let mut put = |key: &str, value: &str| text.push_str(&format!("{key:<8} = {}\n", quoted(value)));
        match &self.target {
            Target::Finding(fingerprint) => put("finding", fingerprint),
            Target::Rule(rule, selector) => {
                put("rule", rule);
                let parts = [("unit", &selector.unit), ("person", &selector.person), ("case", &selector.case), ("kind", &selector.kind)];
                parts.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?))).for_each(|(key, value)| put(key, value));
            }
        }
        put("reason", &self.reason);
        put("document", &self.document);
        put("approver", &self.approver);
        text.push_str(&format!("approved = {}\nexpires  = {}\n", self.approved, self.expires));
        if !self.granted.is_empty() || matches!(self.target, Target::Finding(_)) {
            text.push_str("granted  = [\n");
            for g in &self.granted {
                text.push_str(&format!("    {},\n", quoted(&format!("{} {} {}", g.fingerprint, g.verdict, g.cells))));
            }
            text.push_str("]\n");
        }
        text
    }
}

/// A file with one more waiver at its end.
pub fn append(text: &str, waiver: &Waiver) -> String {
    let gap = if text.is_empty() {
        ""
    } else if text.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    format!("{text}{gap}{}", waiver.text())
}

/// A file without its n-th waiver (from 0): its lines, from its head to the next.
pub fn remove(text: &str, n: usize) -> Option<String> {
    let is_head = |line: &str| line.trim_start().starts_with("[[waiver]]");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let heads: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| is_head(line)).map(|(i, _)| i).collect();
    let from = *heads.get(n)?;
    let to = heads.get(n + 1).copied().unwrap_or(lines.len());
    // Remarks right above the next waiver are of it.
    let remarks = lines.get(from..to)?.iter().rev().take_while(|line| line.trim_start().starts_with('#')).count();
    let to = if to < lines.len() { to - remarks } else { to };
    Some(lines.iter().enumerate().filter(|(i, _)| *i < from || *i >= to).map(|(_, line)| *line).collect())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.replace(['\n', '\r'], " ")).to_string()
}
