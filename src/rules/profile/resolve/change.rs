//! What a layer changes in a rule: parameters, weights, the day from which it holds.

use super::{Now, Resolver, Who};
use crate::dates::{Day, Period};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::{self, Node, Placed, Value};
use crate::rules::profile::file::shown;
use crate::rules::profile::state::{Hold, ParamChange};
use crate::rules::profile::{Change, Keys, Told};
use crate::rules::rule::Grade;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

impl Resolver<'_> {
    pub(super) fn change(&mut self, who: Who, change: &Change, keys: &Keys<'_>) {
        let rules: Vec<usize> = (0..self.rules.len()).filter(|&i| self.is_code(i, &change.rule.value)).collect();
        if rules.is_empty() {
            let known: BTreeSet<&str> = self.rules.iter().filter_map(|r| r.code.as_ref()).map(|c| c.value.as_str()).collect();
            let message = format!("没有规则“{}”", change.rule.value);
            let diagnostic = Diagnostic::new("profile::unknown-rule", &self.source(who), change.rule.span.clone(), message);
            self.sink.push(diagnostic.nearest(&change.rule.value, known));
            return;
        }
        let (on, off): (Vec<usize>, Vec<usize>) = rules.iter().partition(|i| self.switched.get(i).is_none_or(|s| s.on));
        if let (true, Some(switched)) = (on.is_empty(), off.first().and_then(|i| self.switched.get(i))) {
            let place = switched.place.clone();
            let message = format!("{} 不在用，改了也不起作用", change.rule.value);
            self.against("profile::not-in-force", who, &change.rule.span, message, place, "");
            return;
        }
        let Some(versions) = self.chosen_versions(who, change, &on) else { return };
        for (name, value) in &change.set {
            self.set(who, change, (name, value), &versions, keys);
        }
        if let Some(grade) = &change.severity {
            self.weigh(who, change, grade, &versions, keys);
        }
        if let Some(from) = &change.from {
            self.hold(who, change, from, &on, keys);
        }
        for (name, _) in &change.was {
            let asked = change.set.iter().any(|(n, _)| n.value == name.value)
                || name.value == "severity" && change.severity.is_some()
                || name.value == "from" && change.from.is_some();
            if !asked {
                let names = change.set.iter().map(|(n, _)| n.value.as_str());
                let message = format!("was 里的“{}”没有要改", name.value);
                let diagnostic = Diagnostic::new("profile::stale", &self.source(who), name.span.clone(), message);
                self.sink.push(diagnostic.nearest(&name.value, names.chain(["severity", "from"])));
            }
        }
    }

    /// The versions that a change is meant for: rule and version.
    fn chosen_versions(&mut self, who: Who, change: &Change, rules: &[usize]) -> Option<Vec<(usize, usize)>> {
        let all: Vec<(usize, usize, Option<Day>)> =
            rules.iter().flat_map(|&r| self.versions(r).into_iter().map(move |(v, from, _)| (r, v, from))).collect();
        let Some(wanted) = &change.version else { return Some(all.into_iter().map(|(r, v, _)| (r, v)).collect()) };
        let found: Vec<(usize, usize)> = all.iter().filter(|(.., from)| *from == Some(wanted.value)).map(|(r, v, _)| (*r, *v)).collect();
        if !found.is_empty() {
            return Some(found);
        }
        let days: Vec<String> = all.iter().filter_map(|(.., from)| *from).map(|d| d.to_string()).collect();
        let help = if days.is_empty() {
            "这条规则不分时期，删去 version".to_owned()
        } else {
            format!("version 写某一版本的施行首日：{}", days.join("、"))
        };
        let message = format!("{} 没有 {} 起的版本", change.rule.value, wanted.value);
        let place =
            rules.first().and_then(|&r| self.rules.get(r)).and_then(|r| Some((Arc::clone(&r.source), r.code.as_ref()?.span.clone())));
        if let Some((source, span)) = place {
            let what = "这条规则".into();
            self.against("profile::unknown-version", who, &wanted.span, message, Place { source, span, what }, &help);
        }
        None
    }

    fn set(&mut self, who: Who, change: &Change, (name, value): (&Placed<String>, &Value), versions: &[(usize, usize)], keys: &Keys<'_>) {
        let found: Vec<(usize, usize, Now)> =
            versions.iter().filter_map(|&(r, v)| Some((r, v, self.now(r, v, &name.value, keys)?))).collect();
        if found.is_empty() {
            return self.unknown_parameter(who, change, name, versions, keys);
        }
        if self.ambiguous(who, change, &name.span, &found) {
            return;
        }
        let new = &value.value;
        let Some((.., first)) = found.first() else { return };
        if kind(new) != kind(&first.value) {
            let message = format!("{} 应与原来的一样是{}", name.value, kind(&first.value));
            let place = first.place.clone();
            self.against("profile::bad-value", who, &value.span, message, place, "");
            return;
        }
        let was = change.was.iter().find(|(n, _)| n.value == name.value).map(|(_, v)| v);
        self.put(who, change, (&name.value, &name.span, &value.span), new, was, &found);
        for (rule, version, _) in found {
            let source = self.source(who);
            let param = ParamChange { version, name: name.clone(), value: value.clone(), source };
            self.changes.entry(rule).or_default().params.push(param);
        }
    }

    /// Checks one value against what it is now, and notes it.
    fn put(
        &mut self,
        who: Who,
        change: &Change,
        (item, key, span): (&str, &Range<usize>, &Range<usize>),
        new: &Node,
        was: Option<&Value>,
        found: &[(usize, usize, Now)],
    ) {
        let source = self.source(who);
        let here = Place { source: Arc::clone(&source), span: key.clone(), what: "已在这里改过".into() };
        let told_as = match item {
            "severity" => "等级",
            "from" => "执行日期",
            other => other,
        };
        let spaced = if told_as.is_ascii() { format!(" {told_as} ") } else { told_as.to_owned() };
        let mut told: Vec<(usize, Told)> = Vec::new();
        let (mut spoken, mut nothing) = (false, false);
        for (rule, version, now) in found {
            let value = shown(&now.value);
            let complaint = if now.by == Some(who) {
                Some(("profile::twice", format!("{}改了两次", spaced.trim_start()), "只留一处".to_owned()))
            } else if let Some(was) = was.filter(|w| shown(&w.value) != value) {
                let message = format!("{} 的{spaced}现在是{value}，不是{}：原规则已经变了", change.rule.value, shown(&was.value));
                Some(("profile::stale", message, "核对新规定，再改 was 和要改成的值".to_owned()))
            } else if value == shown(new) {
                let message = format!("{} 的{spaced}本来就是{value}，改了等于没改", change.rule.value);
                Some(("profile::no-change", message, "删去这一项".to_owned()))
            } else {
                None
            };
            if let Some((code, message, help)) = complaint {
                if !spoken {
                    let at = was.filter(|_| code == "profile::stale").map_or(span, |w| &w.span);
                    self.against(code, who, at, message, now.place.clone(), &help);
                }
                spoken = true;
                continue;
            }
            if let Some(by) = now.by {
                if !spoken && self.unless_over(change.over.as_ref(), by, &here, now.place.clone()) {
                    spoken = true;
                }
            } else {
                nothing = true;
            }
            let whole = found.len() > 1 && found.iter().all(|(r, _, n)| r != rule || n.place.span == now.place.span);
            let version_day = self.versions(*rule).into_iter().find(|(v, ..)| v == version).and_then(|(_, from, _)| from);
            let several = self.versions(*rule).len() > 1;
            let entry = Told {
                what: told_as.to_owned(),
                version: version_day.filter(|_| several && !whole && item != "from").map(|d| d.to_string()),
                was: value,
                now: shown(new),
                by: self.title(who),
                file: source.name.clone(),
                line: here.line(),
                reason: change.reason.clone(),
            };
            if !told.iter().any(|(r, t)| r == rule && *t == entry) {
                told.push((*rule, entry));
            }
            let place =
                Place {
                    source: Arc::clone(&source), span: span.clone(), what: format!("“{}”在这里改成{}", self.title(who), shown(new))
                };
            self.items.insert((*rule, *version, item.to_owned()), Now { value: new.clone(), place, by: Some(who) });
        }
        if nothing && change.over.is_some() && !spoken && !found.iter().any(|(.., n)| n.by.is_some()) {
            self.nothing_over(who, change.over.as_ref(), &here);
        }
        for (rule, entry) in told {
            self.changes.entry(rule).or_default().told.push(entry);
        }
    }

    /// A change that says no version must mean the same in all of them.
    fn ambiguous(&mut self, who: Who, change: &Change, span: &Range<usize>, found: &[(usize, usize, Now)]) -> bool {
        let Some((.., first)) = found.first() else { return false };
        let Some((.., other)) = found.iter().find(|(.., n)| shown(&n.value) != shown(&first.value)) else { return false };
        let days: Vec<String> = found
            .iter()
            .filter_map(|(r, v, n)| Some((self.versions(*r).into_iter().find(|(i, ..)| i == v)?.1?, shown(&n.value))))
            .map(|(day, value)| format!("{day}（{value}）"))
            .collect();
        let help = format!("用 version 写明改哪一版本：{}", days.join("、"));
        let message = format!("{} 各版本的这一项不同，没有写明改哪一个", change.rule.value);
        let place = other.place.clone();
        self.against("profile::which-version", who, span, message, place, &help);
        true
    }

    fn unknown_parameter(&mut self, who: Who, change: &Change, name: &Placed<String>, versions: &[(usize, usize)], keys: &Keys<'_>) {
        let mut known: BTreeSet<String> = BTreeSet::new();
        for &(rule, version) in versions {
            known.extend(self.parameters(rule, version, keys));
        }
        let message = format!("{} 没有参数“{}”", change.rule.value, name.value);
        let mut diagnostic = Diagnostic::new("profile::unknown-parameter", &self.source(who), name.span.clone(), message);
        let list = if known.is_empty() {
            "这条规则没有参数".to_owned()
        } else {
            format!("它的参数：{}", known.iter().cloned().collect::<Vec<_>>().join("、"))
        };
        diagnostic = match crate::diagnostic::nearest(&name.value, known.iter().map(String::as_str)) {
            Some(near) => diagnostic.help(format!("是否想写“{near}”？{list}")),
            None => diagnostic.help(list),
        };
        let rule = versions.first().and_then(|(r, _)| self.rules.get(*r));
        if let Some((source, span)) = rule.and_then(|r| Some((&r.source, r.code.as_ref()?.span.clone()))) {
            diagnostic = diagnostic.also(source, span, "这条规则");
        }
        self.sink.push(diagnostic);
    }

    fn weigh(&mut self, who: Who, change: &Change, grade: &Placed<Grade>, versions: &[(usize, usize)], keys: &Keys<'_>) {
        let found: Vec<(usize, usize, Now)> =
            versions.iter().filter_map(|&(r, v)| Some((r, v, self.now(r, v, "severity", keys)?))).collect();
        if found.is_empty() {
            let rule = versions.first().and_then(|(r, _)| self.rules.get(*r));
            let place = rule.and_then(|r| Some((Arc::clone(&r.source), r.code.as_ref()?.span.clone())));
            if let Some((source, span)) = place {
                let message = format!("{} 的结论是待核（数据自相矛盾），等级不能改", change.rule.value);
                self.against("profile::severity", who, &grade.span, message, Place { source, span, what: "这条规则".into() }, "");
            }
            return;
        }
        if self.ambiguous(who, change, &grade.span, &found) {
            return;
        }
        let was = change.was.iter().find(|(n, _)| n.value == "severity").map(|(_, v)| v);
        let new = Node::Text(grade.value.word().to_owned());
        self.put(who, change, ("severity", &grade.span, &grade.span), &new, was, &found);
        for (rule, version, _) in found {
            self.changes.entry(rule).or_default().severities.push((version, grade.value));
        }
    }

    /// From which day a local rule holds. What the whole country is bound by holds since its own day.
    fn hold(&mut self, who: Who, change: &Change, from: &Placed<Day>, rules: &[usize], keys: &Keys<'_>) {
        for &rule in rules {
            let Some(parsed) = self.rules.get(rule) else { continue };
            let head = self.files.get(&format!("{}/pack.toml", parsed.pack));
            let national = head.and_then(|source| {
                let doc = document::parse(source).ok()?;
                let layer = doc.peek("layer")?;
                (shown(&layer.value) == "全国").then(|| Place {
                    source: Arc::clone(source),
                    span: layer.span.clone(),
                    what: "全国性规定".into(),
                })
            });
            if let Some(place) = national {
                let message = format!("{} 依据全国性规定，不能另定执行日期", change.rule.value);
                self.against("profile::national", who, &from.span, message, place, "");
                continue;
            }
            let Some(now) = self.now(rule, 0, "from", keys) else { continue };
            let was = change.was.iter().find(|(n, _)| n.value == "from").map(|(_, v)| v);
            let earlier = matches!(&now.value, Node::Date(d) if d.parse::<Day>().is_ok_and(|d| from.value < d));
            if earlier {
                let message = format!("{} 自{}起才有，早不到{}", change.rule.value, shown(&now.value), from.value);
                self.against("profile::no-change", who, &from.span, message, now.place.clone(), "");
                continue;
            }
            let new = Node::Date(from.value.to_string());
            self.put(who, change, ("from", &from.span, &from.span), &new, was, &[(rule, 0, now)]);
            let source = self.source(who);
            self.changes.entry(rule).or_default().hold = Some(Hold { from: from.clone(), by: change.by.clone(), source });
        }
    }
}

/// The kind of a value, for people.
fn kind(value: &Node) -> &'static str {
    match value {
        Node::Text(t) if Period::parse(t).is_some() => "时长（如 5个工作日、2个月）",
        Node::Text(t) if t.parse::<Day>().is_ok() => "日期",
        Node::Text(_) => "文字",
        Node::Int(_) | Node::Float(_) => "数字",
        Node::Bool(_) => "true 或 false",
        Node::Date(_) => "日期",
        Node::List(_) => "列表",
        Node::Table(_) => "表",
    }
}
