//! A rule's expressions, sentences, deadlines and sequences, read aloud in Chinese words.

use super::{line, list, show, tables};
use crate::document::{self, Node, Table, Value};
use crate::report::Paint;
use crate::rules::{Files, Reader, Rule};
use std::io::{self, Write};

/// Reads a rule's expressions aloud.
pub(super) struct Aloud<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) rule: &'a Rule,
    pub(super) paint: Paint,
}

impl Aloud<'_> {
    fn words(&self, value: &Value) -> String {
        self.reader.read(self.rule.subject, &show(value))
    }

    pub(super) fn asked(&self, label: &str, value: &Value, out: &mut dyn Write) -> io::Result<()> {
        line(self.paint, label, &self.words(value), out)
    }

    pub(super) fn named_values(&mut self, table: &Table, out: &mut dyn Write) -> io::Result<()> {
        let Some(Node::Table(lets)) = table.get("let").map(|v| &v.value) else { return Ok(()) };
        for (name, value) in lets.entries() {
            let meaning = self.reader.give_value(self.rule.subject, &name.value, &show(value));
            line(self.paint, "其中", &format!("{}：{meaning}", self.reader.word(&name.value)), out)?;
        }
        Ok(())
    }

    /// The parameters and named values that several rules share.
    pub(super) fn shared_terms(&mut self, files: &Files, table: &Table, out: &mut dyn Write) -> io::Result<()> {
        let wanted = list(table.get("shares"));
        for (_, source) in files.all().filter(|(path, _)| path.ends_with("definitions.toml")).filter(|_| !wanted.is_empty()) {
            let Ok(doc) = document::parse(source) else { continue };
            let Some(Node::Table(shared)) = doc.get("shared").map(|v| &v.value) else { continue };
            for name in &wanted {
                let Some(Node::Table(terms)) = shared.get(name).map(|v| &v.value) else { continue };
                let params: Vec<(&str, String)> =
                    terms.entries().filter(|(k, _)| k.value != "let").map(|(k, v)| (k.value.as_str(), show(v))).collect();
                self.params(&params, out)?;
                self.named_values(terms, out)?;
            }
        }
        Ok(())
    }

    pub(super) fn params(&mut self, params: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
        let called = |name: &str| self.reader.word_of_parameter(name).map_or_else(|| " ".to_owned(), |w| format!("（{w}）"));
        let shown: Vec<String> = params.iter().map(|(name, value)| format!("{name}{}= {value}", called(name))).collect();
        params.iter().for_each(|(name, value)| self.reader.give(name, value));
        line(self.paint, "参数", &shown.join("；"), out)
    }

    /// What is asked, as it is computed and as it is written.
    fn require(&self, value: &Value, out: &mut dyn Write) -> io::Result<()> {
        self.asked("要求", value, out)?;
        let written = show(value).split_whitespace().collect::<Vec<_>>().join(" ");
        line(self.paint, "    ", &self.paint.dim(&format!("算式：{written}")), out)
    }

    /// A sentence or a severity, or several by condition: 当…时：….
    fn choices(&self, label: &str, value: &Value, sentences: bool, out: &mut dyn Write) -> io::Result<()> {
        let said = |v: &Value| if sentences { self.reader.sentence(self.rule.subject, &show(v)) } else { show(v) };
        let Node::List(arms) = &value.value else { return line(self.paint, label, &said(value), out) };
        for (i, arm) in arms.iter().enumerate() {
            let Node::Table(arm) = &arm.value else { continue };
            let when = arm.get("when").map_or_else(|| "其余：".to_owned(), |w| format!("当{}时：", self.words(w)));
            let is = arm.get("is").map(said).unwrap_or_default();
            line(self.paint, if i == 0 { label } else { "    " }, &format!("{when}{is}"), out)?;
        }
        Ok(())
    }

    pub(super) fn demands(&self, doc: &Table, version: &Table, out: &mut dyn Write) -> io::Result<()> {
        let either = |key: &str| version.get(key).or_else(|| doc.get(key));
        if let Some(value) = either("require") {
            self.require(value, out)?;
        }
        for (key, label, sentences) in [("severity", "否则", false), ("message", "表述", true)] {
            if let Some(value) = either(key) {
                self.choices(label, value, sentences, out)?;
            }
        }
        if let Some(now) = super::changed(self.rule, version, "等级") {
            // What stands in the file is what it was.
            line(self.paint, "现为", &now, out)?;
        }
        if let Some(value) = either("script") {
            line(self.paint, "脚本", &show(value), out)?;
        }
        for check in tables(version, "check") {
            if let Some(value) = check.get("part") {
                line(self.paint, "分项", &show(value), out)?;
            }
            if let Some(value) = check.get("when") {
                self.asked("适用", value, out)?;
            }
            if let Some(value) = check.get("require") {
                self.require(value, out)?;
            }
            for (key, label, sentences) in [("severity", "否则", false), ("message", "表述", true)] {
                if let Some(value) = check.get(key) {
                    self.choices(label, value, sentences, out)?;
                }
            }
        }
        for part in [doc, version] {
            if let Some(Node::Table(shape)) = part.get("deadline").map(|v| &v.value) {
                self.deadline(shape, out)?;
            }
            if let Some(Node::Table(shape)) = part.get("sequence").map(|v| &v.value) {
                self.sequence(shape, out)?;
            }
            if std::ptr::eq(doc, version) {
                break;
            }
        }
        Ok(())
    }

    fn deadline(&self, shape: &Table, out: &mut dyn Write) -> io::Result<()> {
        for (key, label) in [("starts", "起算"), ("within", "期限"), ("due", "到期"), ("remind", "预警")] {
            if let Some(value) = shape.get(key) {
                let words = self.words(value);
                line(self.paint, label, &if key == "remind" { format!("到期前{words}") } else { words }, out)?;
            }
        }
        if matches!(shape.get("strict").map(|v| &v.value), Some(Node::Bool(true))) {
            line(self.paint, "    ", "到期日当天即算超过", out)?;
        }
        if let Some(value) = shape.get("met") {
            self.asked("办理", value, out)?;
        }
        for evidence in tables(shape, "evidence") {
            line(self.paint, "办理", &self.evidence(evidence), out)?;
        }
        let Some(Node::Table(messages)) = shape.get("message").map(|v| &v.value) else { return Ok(()) };
        for (key, label) in [("absent", "逾期未办"), ("late", "逾期办理"), ("soon", "将要到期")] {
            if let Some(value) = messages.get(key) {
                self.choices(label, value, true, out)?;
            }
        }
        Ok(())
    }

    /// What counts as done: 有…，其…在…至…之间.
    fn evidence(&self, evidence: &Table) -> String {
        let rows = evidence.get("rows").or_else(|| evidence.get("date")).map(show).unwrap_or_default();
        let set = match evidence.get("where") {
            Some(cond) => format!("where({rows}, {})", show(cond)),
            None => rows,
        };
        let on: Vec<String> = list(evidence.get("on")).iter().map(|f| self.reader.read_of(self.rule.subject, &set, f)).collect();
        let opens = evidence.get("opens").map(|v| format!("，不早于{}", self.words(v))).unwrap_or_default();
        let closes = evidence.get("closes").map_or_else(|| "到期日".to_owned(), |v| self.words(v));
        let on = if on.is_empty() { String::new() } else { format!("，按{}", on.join("、")) };
        format!("{}{on}{opens}，不晚于{closes}", self.reader.read(self.rule.subject, &set))
    }

    fn sequence(&self, shape: &Table, out: &mut dyn Write) -> io::Result<()> {
        let stages: Vec<String> = tables(shape, "stages")
            .iter()
            .map(|stage| {
                let name = stage.get("name").map(show).unwrap_or_default();
                stage.get("skip").map_or_else(|| name.clone(), |skip| format!("{name}（{}的除外）", self.words(skip)))
            })
            .collect();
        line(self.paint, "次序", &stages.join(" → "), out)?;
        for (key, label) in [("missing", "缺少"), ("message", "表述")] {
            if let Some(value) = shape.get(key) {
                self.choices(label, value, true, out)?;
            }
        }
        Ok(())
    }
}
