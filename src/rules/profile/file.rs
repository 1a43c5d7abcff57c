//! Profiles and `pack.toml` as they are written. Everything wrong is reported at once, with its place.

use super::packs::{From, read_packs};
use super::{Change, Limit, Orders, Profile, Switch, Waivers};
use crate::dates::{Day, Period};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Placed, Table, Value};
use crate::rules::files::Files;
use crate::rules::rule::Grade;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The word for findings that may not be waived at all.
const NEVER: &str = "不得豁免";
/// Keys of a change.
const CHANGE_KEYS: [&str; 9] = ["rule", "version", "set", "was", "severity", "from", "by", "over", "reason"];

/// Reads a profile, and mounts the packs it stands on among the files of the rules. `folder` is where the profile lies.
///
/// # Errors
/// A profile that is no TOML, and everything wrong in the heads of its packs. What else is wrong in the profile is told when rules are
/// loaded under it, together with what they say of it.
pub fn read_profile(source: &Arc<Source>, folder: &Path, files: &mut Files) -> Result<Profile, Vec<Diagnostic>> {
    read(source, (folder, From::Disk), files)
}

/// Reads a profile that was in force once, its packs being among the files of the rules as they were mounted then.
///
/// # Errors
/// Those of [`read_profile`].
pub fn recall_profile(source: &Arc<Source>, folder: &Path, files: &mut Files) -> Result<Profile, Vec<Diagnostic>> {
    read(source, (folder, From::Mounted), files)
}

fn read(source: &Arc<Source>, place: (&Path, From), files: &mut Files) -> Result<Profile, Vec<Diagnostic>> {
    let doc = document::parse(source).map_err(|error| vec![*error])?;
    let mut sink = Vec::new();
    let reader = Reader { source };
    let title = reader.need_text(&doc, "title", 0..0, &mut sink);
    let paths = doc.get("packs").map(|v| document::texts(source, v, &mut sink)).unwrap_or_default();
    let packs = read_packs(source, place, &paths, files, &mut sink);
    // Without all of its packs nothing can be said of what it changes.
    let whole = sink.iter().all(|d| Arc::ptr_eq(&d.source, source) && !d.code.starts_with("pack::"));
    let only = doc.get("only").and_then(|v| document::table(source, v, &mut sink).map(|t| (t, v.span.clone())));
    let only = only.map(|(table, span)| reader.switch(table, &span, true, &mut sink));
    let orders = reader.orders(&doc, &mut sink);
    let limits = reader.limits(&doc, &mut sink);
    let waivers = doc.get("waiver").and_then(|v| reader.waivers(v, &mut sink));
    document::report_unknown_keys(source, &doc, &["title", "packs", "only", "off", "on", "change", "scope", "waiver"], &mut sink);
    if !whole {
        return Err(sink);
    }
    let title = title.map_or_else(String::new, |t| t.value);
    Ok(Profile { title, source: Arc::clone(source), packs, only, orders, limits, waivers, complaints: sink })
}

/// Reads entries of one file.
pub(super) struct Reader<'a> {
    pub source: &'a Arc<Source>,
}

impl Reader<'_> {
    /// A text that must be there.
    pub fn need_text(&self, table: &Table, key: &str, span: Range<usize>, sink: &mut Vec<Diagnostic>) -> Option<Placed<String>> {
        let Some(value) = table.get(key) else {
            sink.push(Diagnostic::new("profile::missing-key", self.source, span, format!("缺少 {key}")));
            return None;
        };
        let text = document::text(self.source, value, sink)?;
        Some(Placed { value: text.to_owned(), span: value.span.clone() })
    }

    /// Why: a change without a reason is refused.
    fn reason(&self, table: &Table, span: &Range<usize>, sink: &mut Vec<Diagnostic>) -> String {
        let reason =
            table.get("reason").map(|v| (document::text(self.source, v, sink).unwrap_or_default().trim().to_owned(), v.span.clone()));
        match reason {
            Some((text, _)) if !text.is_empty() => text,
            other => {
                let span = other.map_or_else(|| span.clone(), |(_, span)| span);
                let help = "写明 reason：为什么这样改，如文号、会议";
                sink.push(Diagnostic::new("profile::no-reason", self.source, span, "没有写明理由").help(help));
                String::new()
            }
        }
    }

    fn optional_text(&self, table: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Option<Placed<String>> {
        let value = table.get(key)?;
        document::text(self.source, value, sink).map(|t| Placed { value: t.to_owned(), span: value.span.clone() })
    }

    fn texts(&self, table: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Vec<Placed<String>> {
        table.get(key).map(|v| document::texts(self.source, v, sink)).unwrap_or_default()
    }

    fn day(&self, table: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Option<Placed<Day>> {
        let value = table.get(key)?;
        document::day(self.source, value, sink).map(|day| Placed { value: day, span: value.span.clone() })
    }

    /// `[[off]]`, `[[on]]`, `[[change]]`.
    pub fn orders(&self, doc: &Table, sink: &mut Vec<Diagnostic>) -> Orders {
        let mut orders = Orders::default();
        for (key, on) in [("off", false), ("on", true)] {
            for (table, span) in self.entries(doc, key, sink) {
                let switch = self.switch(table, &span, on, sink);
                orders.switches.push(switch);
            }
        }
        for (table, span) in self.entries(doc, "change", sink) {
            orders.changes.extend(self.change(table, &span, sink));
        }
        orders
    }

    fn entries<'t>(&self, doc: &'t Table, key: &str, sink: &mut Vec<Diagnostic>) -> Vec<(&'t Table, Range<usize>)> {
        doc.get(key).map(|v| document::tables(self.source, v, sink)).unwrap_or_default()
    }

    fn switch(&self, table: &Table, span: &Range<usize>, on: bool, sink: &mut Vec<Diagnostic>) -> Switch {
        let rules = self.texts(table, "rules", sink);
        if rules.is_empty() {
            let help = "写明 rules：编码、前缀（如 GS）或者规则包";
            sink.push(Diagnostic::new("profile::missing-key", self.source, span.clone(), "缺少 rules").help(help));
        }
        let over = self.optional_text(table, "over", sink);
        let reason = self.reason(table, span, sink);
        document::report_unknown_keys(self.source, table, &["rules", "over", "reason"], sink);
        Switch { on, rules, over, reason }
    }

    fn change(&self, table: &Table, span: &Range<usize>, sink: &mut Vec<Diagnostic>) -> Option<Change> {
        let rule = self.need_text(table, "rule", span.clone(), sink);
        let version = self.day(table, "version", sink);
        let pairs = |key: &str, sink: &mut Vec<Diagnostic>| -> Vec<(Placed<String>, Value)> {
            let table = table.get(key).and_then(|v| document::table(self.source, v, sink));
            table.map(|t| t.entries().map(|(k, v)| (k.clone(), v.clone())).collect()).unwrap_or_default()
        };
        let (set, was) = (pairs("set", sink), pairs("was", sink));
        let severity = table.get("severity").and_then(|v| self.grade(v, sink));
        let from = self.day(table, "from", sink);
        let by = table.get("by").filter(|v| document::text(self.source, v, sink).is_some()).cloned();
        let over = self.optional_text(table, "over", sink);
        let reason = self.reason(table, span, sink);
        document::report_unknown_keys(self.source, table, &CHANGE_KEYS, sink);
        if set.is_empty() && table.get("severity").is_none() && table.get("from").is_none() {
            let help = "用 set 改参数，用 severity 改等级，用 from 写明从哪天起执行";
            sink.push(Diagnostic::new("profile::missing-key", self.source, span.clone(), "没有写要改什么").help(help));
        }
        Some(Change { rule: rule?, version, set, was, severity, from, by, over, reason, span: span.clone() })
    }

    fn grade(&self, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<Placed<Grade>> {
        let text = document::text(self.source, value, sink)?;
        match Grade::from_word(text) {
            Some(grade) if grade != Grade::Unverified => Some(Placed { value: grade, span: value.span.clone() }),
            _ => {
                let message = format!("等级不能改为“{text}”");
                sink.push(
                    Diagnostic::new("profile::severity", self.source, value.span.clone(), message)
                        .help("可以是违规、提醒；待核说明数据不足，不是等级，不能改成它"),
                );
                None
            }
        }
    }

    fn limits(&self, doc: &Table, sink: &mut Vec<Diagnostic>) -> Vec<Limit> {
        let mut limits = Vec::new();
        for (table, span) in self.entries(doc, "scope", sink) {
            let (rules, units, posts) =
                (self.texts(table, "rules", sink), self.texts(table, "units", sink), self.texts(table, "posts", sink));
            let reason = self.reason(table, &span, sink);
            document::report_unknown_keys(self.source, table, &["rules", "units", "posts", "reason"], sink);
            if units.is_empty() && posts.is_empty() {
                let help = "用 units 列单位编码，用 posts 列职务名称";
                sink.push(Diagnostic::new("profile::missing-key", self.source, span.clone(), "没有写范围").help(help));
            }
            limits.push(Limit { rules, units, posts, reason, source: Arc::clone(self.source), span });
        }
        limits
    }

    fn waivers(&self, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<Waivers> {
        let table = document::table(self.source, value, sink)?;
        let reason = self.reason(table, &value.span, sink);
        let mut caps = Vec::new();
        for word in Grade::ALL.map(Grade::word) {
            let Some(value) = table.get(word) else { continue };
            let Some(text) = document::text(self.source, value, sink) else { continue };
            let longest = Period::parse(text);
            if longest.is_none() && text != NEVER {
                let help = format!("写“{NEVER}”，或者最长多久，如“6个月”");
                let message = format!("“{text}”不是时长");
                sink.push(Diagnostic::new("profile::bad-value", self.source, value.span.clone(), message).help(help));
            }
            caps.extend(Grade::from_word(word).map(|grade| (grade, longest)));
        }
        document::report_unknown_keys(self.source, table, &["违规", "提醒", "待核", "reason"], sink);
        Some(Waivers { caps, reason })
    }
}

/// A value as it is shown to people.
pub(super) fn shown(value: &Node) -> String {
    match value {
        Node::Text(t) | Node::Date(t) => t.clone(),
        Node::Int(n) => n.to_string(),
        Node::Float(x) => x.to_string(),
        Node::Bool(b) => if *b { "是" } else { "否" }.to_owned(),
        Node::List(items) => items.iter().map(|v| shown(&v.value)).collect::<Vec<_>>().join("、"),
        Node::Table(_) => "表".to_owned(),
    }
}
