//! Which rules are in force: what a layer switches off and on, and what its own rules take the place of.

use super::{Resolver, Switched, Who};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::{self, Placed};
use crate::rules::profile::file::shown;
use crate::rules::profile::packs::pack_of;
use crate::rules::profile::{Keys, Parsed, Switch, Told};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

impl Resolver<'_> {
    /// Rules of a pack that take the place of others.
    pub(super) fn replacements(&mut self, who: Who, keys: &Keys<'_>) {
        let rules = self.rules;
        for (index, rule) in rules.iter().enumerate().filter(|(_, r)| pack_of(self.profile, &r.path) == Some(who)) {
            let Some(code) = &rule.code else { continue };
            let Some(overrides) = rule.doc.get("overrides") else {
                self.refuse_twin(index, code);
                continue;
            };
            let Some(target) = document::text(&rule.source, overrides, self.sink).map(str::to_owned) else { continue };
            let text = |key: &str, sink: &mut Vec<Diagnostic>| {
                rule.doc
                    .get(key)
                    .and_then(|v| Some(Placed { value: document::text(&rule.source, v, sink)?.to_owned(), span: v.span.clone() }))
            };
            let (reason, over) = (text("reason", self.sink), text("over", self.sink));
            let reason = reason.map(|r| r.value.trim().to_owned()).unwrap_or_default();
            if reason.is_empty() {
                let help = "写明 reason：为什么用本地规则代替它";
                self.sink.push(Diagnostic::new("profile::no-reason", &rule.source, overrides.span.clone(), "没有写明理由").help(help));
            }
            let mut found: Vec<usize> = (0..rules.len()).filter(|&i| i != index && self.is_code(i, &target)).collect();
            found.retain(|&i| rules.get(i).is_some_and(|r| pack_of(self.profile, &r.path).is_none_or(|p| p < who)));
            let subject = |i: usize| rules.get(i).and_then(|r| r.doc.peek("subject")).map(|v| shown(&v.value));
            if found.iter().any(|&i| subject(i) == subject(index)) {
                // Several files may share a code, each for a subject of its own.
                found.retain(|&i| subject(i) == subject(index));
            }
            if found.is_empty() {
                let known: BTreeSet<&str> = rules.iter().filter_map(|r| r.code.as_ref()).map(|c| c.value.as_str()).collect();
                let message = format!("要代替的规则 {target} 不存在");
                self.sink
                    .push(Diagnostic::new("profile::unknown-rule", &rule.source, overrides.span.clone(), message).nearest(&target, known));
            }
            for old in found {
                let place = Place { source: Arc::clone(&rule.source), span: overrides.span.clone(), what: "代替它的规则".into() };
                self.stale_whole(rule, old, keys);
                if self.touched(old, who, over.as_ref(), &place) {
                    continue;
                }
                let told = Told {
                    what: "代替".into(),
                    version: None,
                    was: target.clone(),
                    now: code.value.clone(),
                    by: self.title(who),
                    file: rule.source.name.clone(),
                    line: place.line(),
                    reason: reason.clone(),
                };
                self.changes.entry(index).or_default().told.push(told.clone());
                let switched = Switched { on: false, by: who, place, told, replaced_by: Some(code.value.clone()) };
                self.switched.insert(old, switched);
            }
        }
    }

    /// A code that another pack uses already would give two rules one name.
    fn refuse_twin(&mut self, index: usize, code: &Placed<String>) {
        let rules = self.rules;
        let Some(rule) = rules.get(index) else { return };
        let twin = rules.iter().find(|r| r.pack != rule.pack && r.code.as_ref().is_some_and(|c| c.value == code.value));
        if let Some((twin, span)) = twin.and_then(|t| Some((t, t.code.as_ref()?.span.clone()))) {
            let message = format!("编号 {} 已经有了", code.value);
            self.sink.push(
                Diagnostic::new("pack::code-taken", &rule.source, code.span.clone(), message)
                    .also(&twin.source, span, "已有的规则")
                    .help(format!("换一个编号；要代替它的，写 overrides = \"{}\" 和 reason", code.value)),
            );
        }
    }

    /// `was` of a rule that replaces another: parameters of its newest version.
    fn stale_whole(&mut self, rule: &Parsed, old: usize, keys: &Keys<'_>) {
        let Some(was) = rule.doc.get("was").and_then(|v| document::table(&rule.source, v, self.sink)) else { return };
        let newest = self.versions(old).into_iter().max_by_key(|(_, from, _)| *from).map(|(i, ..)| i).unwrap_or(0);
        for (name, value) in was.entries() {
            match self.now(old, newest, &name.value, keys) {
                Some(now) if shown(&now.value) == shown(&value.value) => {}
                Some(now) => {
                    let message = format!("{} 现在是{}，不是{}：被代替的规则已经变了", name.value, shown(&now.value), shown(&value.value));
                    let help = "核对新规定，再改 was 和本规则";
                    self.sink.push(
                        Diagnostic::new("profile::stale", &rule.source, value.span.clone(), message)
                            .also(&now.place.source, now.place.span, now.place.what)
                            .help(help),
                    );
                }
                None => {
                    let message = format!("被代替的规则没有参数“{}”", name.value);
                    self.sink.push(Diagnostic::new("profile::unknown-parameter", &rule.source, name.span.clone(), message));
                }
            }
        }
    }

    pub(super) fn only(&mut self) {
        let Some(only) = &self.profile.only else { return };
        let who = self.profile.packs.len();
        let mut kept = BTreeSet::new();
        for selector in &only.rules {
            kept.extend(self.named(selector, who));
        }
        let span = only.rules.first().map_or(0..0, |r| r.span.clone());
        for rule in (0..self.rules.len()).filter(|i| !kept.contains(i)) {
            if self.switched.get(&rule).is_none_or(|s| s.on) {
                self.switch_off(rule, who, &span, &only.reason);
            }
        }
    }

    fn switch_off(&mut self, rule: usize, who: Who, span: &Range<usize>, reason: &str) {
        let source = self.source(who);
        let place = Place { source: Arc::clone(&source), span: span.clone(), what: "在这里停用".into() };
        let told = Told {
            what: "停用".into(),
            version: None,
            was: "在用".into(),
            now: "不用".into(),
            by: self.title(who),
            file: source.name.clone(),
            line: place.line(),
            reason: reason.to_owned(),
        };
        self.switched.insert(rule, Switched { on: false, by: who, place, told, replaced_by: None });
    }

    pub(super) fn switch(&mut self, who: Who, switch: &Switch) {
        let source = self.source(who);
        for selector in &switch.rules {
            let here = Place { source: Arc::clone(&source), span: selector.span.clone(), what: String::new() };
            let found = self.named(selector, who);
            let (mut hits, mut idle) = (0, None);
            for rule in found {
                let code = self.rules.get(rule).and_then(|r| r.code.as_ref()).map_or_else(String::new, |c| c.value.clone());
                let state = self.switched.get(&rule).map(|s| (s.on, s.by, s.place.clone(), s.replaced_by.clone()));
                match (switch.on, state) {
                    (false, Some((false, _, place, _))) => idle = Some((format!("{code} 已经停用"), place)),
                    (false, _) => {
                        hits += 1;
                        if !self.touched(rule, who, switch.over.as_ref(), &here) {
                            self.switch_off(rule, who, &selector.span, &switch.reason);
                        }
                    }
                    (true, Some((false, _, place, Some(by)))) => idle = Some((format!("{code} 已由 {by} 代替，不能启用"), place)),
                    (true, Some((false, by, place, None))) => {
                        hits += 1;
                        if by == who || !self.unless_over(switch.over.as_ref(), by, &here, place) {
                            let place = Place { what: "在这里启用".into(), ..here.clone() };
                            let told = Told {
                                what: "启用".into(),
                                version: None,
                                was: "不用".into(),
                                now: "在用".into(),
                                by: self.title(who),
                                file: source.name.clone(),
                                line: here.line(),
                                reason: switch.reason.clone(),
                            };
                            self.changes.entry(rule).or_default().told.push(told.clone());
                            self.switched.insert(rule, Switched { on: true, by: who, place, told, replaced_by: None });
                        }
                    }
                    (true, _) => {
                        let rule = self.rules.get(rule);
                        let place = rule.and_then(|r| Some((Arc::clone(&r.source), r.code.as_ref()?.span.clone())));
                        idle = place.map(|(source, span)| (format!("{code} 本来就在用"), Place { source, span, what: "这条规则".into() }));
                    }
                }
            }
            // A prefix may name some that are off already; an order that does nothing at all is a mistake.
            if let (0, Some((message, place))) = (hits, idle) {
                self.against("profile::no-change", who, &selector.span, message, place, "删去这一项");
            }
        }
    }
}
