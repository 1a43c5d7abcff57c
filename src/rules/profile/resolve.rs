//! From what packs and a profile say to what changes in which rule file: layer by layer, the highest first. Whatever contradicts the
//! rules or another layer is reported with both places.

use super::file::shown;
use super::packs::pack_of;
use super::state::{FileChanges, Hold, ParamChange};
use super::{Change, Off, Orders, Profile, Switch, Told, names_rule};
use crate::dates::{Day, Period};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::document::{self, Node, Placed, Table, Value};
use crate::rules::definitions::{Definitions, Shared};
use crate::rules::files::Files;
use crate::rules::rule::Grade;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// A rule file, parsed and not yet compiled.
pub struct Parsed {
    /// Its path among the files.
    pub path: String,
    /// The file.
    pub source: Arc<Source>,
    /// Its text up to the tests.
    pub doc: Table,
    /// The rule's code, if it has one.
    pub code: Option<Placed<String>>,
    /// The pack: the first folder.
    pub pack: String,
    /// The family: the second folder.
    pub family: String,
}

/// What is changed, and what is not in force.
#[derive(Debug, Default)]
pub struct Resolved {
    /// By path.
    pub changes: BTreeMap<String, FileChanges>,
    /// The rules not in force.
    pub off: Vec<Off>,
    /// Their paths.
    pub off_paths: BTreeSet<String>,
}

/// Whose order something is: a pack's, or (after all of them) the profile's.
type Who = usize;

/// A value as it stands after the layers so far.
#[derive(Clone)]
struct Now {
    value: Node,
    place: Place,
    by: Option<Who>,
}

/// A rule that is switched off, or was.
struct Switched {
    on: bool,
    by: Who,
    place: Place,
    told: Told,
    replaced_by: Option<String>,
}

struct Resolver<'a> {
    profile: &'a Profile,
    files: &'a Files,
    definitions: &'a Definitions,
    rules: &'a [Parsed],
    items: BTreeMap<(usize, usize, String), Now>,
    switched: BTreeMap<usize, Switched>,
    changes: BTreeMap<usize, FileChanges>,
    sink: &'a mut Vec<Diagnostic>,
}

/// Keys of a rule that are not parameters, and those of a version.
pub struct Keys<'a> {
    pub rule: &'a [&'a str],
    pub version: &'a [&'a str],
}

/// Applies every order to the rules it names.
pub fn resolve(
    profile: &Profile,
    files: &Files,
    definitions: &Definitions,
    rules: &[Parsed],
    keys: &Keys<'_>,
    sink: &mut Vec<Diagnostic>,
) -> Resolved {
    let (items, switched, changes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut resolver = Resolver { profile, files, definitions, rules, items, switched, changes, sink };
    for who in 0..profile.packs.len() {
        resolver.replacements(who, keys);
        if let Some(pack) = profile.packs.get(who) {
            resolver.orders(who, &pack.orders, keys);
        }
    }
    resolver.only();
    resolver.orders(profile.packs.len(), &profile.orders, keys);
    resolver.limits();
    resolver.done()
}

impl Resolver<'_> {
    /// The file of a layer.
    fn source(&self, who: Who) -> Arc<Source> {
        Arc::clone(self.profile.packs.get(who).map_or(&self.profile.source, |p| &p.source))
    }

    /// What people call a layer.
    fn title(&self, who: Who) -> String {
        self.profile.packs.get(who).map_or(&self.profile.title, |p| &p.title).clone()
    }

    /// What orders call a layer.
    fn name(&self, who: Who) -> String {
        self.profile.packs.get(who).map_or_else(|| "（口径文件）".to_owned(), |p| p.name.clone())
    }

    /// Complains of an order that contradicts another place.
    fn against(&mut self, code: &'static str, who: Who, span: &Range<usize>, message: String, other: Place, help: &str) {
        let mut diagnostic = Diagnostic::new(code, &self.source(who), span.clone(), message);
        diagnostic.also = Some(Box::new(other));
        self.sink.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Rules of a pack that take the place of others.
    fn replacements(&mut self, who: Who, keys: &Keys<'_>) {
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

    /// Whether a rule was changed or switched by another layer that this order does not name: then it says so.
    fn touched(&mut self, rule: usize, who: Who, over: Option<&Placed<String>>, here: &Place) -> bool {
        let switched = self.switched.get(&rule).map(|s| (s.by, s.place.clone(), s.on));
        let changed = self.items.iter().filter(|((r, ..), n)| *r == rule && n.by.is_some()).map(|(_, n)| n.clone()).next();
        let code = self.rules.get(rule).and_then(|r| r.code.as_ref()).map_or_else(String::new, |c| c.value.clone());
        match (switched, changed) {
            (Some((_, place, false)), _) => {
                let message = format!("{code} 已经不在用了");
                self.sink.push(Diagnostic::new("profile::not-in-force", &here.source, here.span.clone(), message).also(
                    &place.source,
                    place.span,
                    place.what,
                ));
                true
            }
            (Some((by, place, true)), _) if by != who => self.unless_over(over, by, here, place),
            (_, Some(now)) if now.by != Some(who) => self.unless_over(over, now.by.unwrap_or(who), here, now.place),
            _ => {
                self.nothing_over(who, over, here);
                false
            }
        }
    }

    /// Two layers change one thing: the later must name the earlier.
    fn unless_over(&mut self, over: Option<&Placed<String>>, by: Who, here: &Place, other: Place) -> bool {
        let name = self.name(by);
        if over.is_some_and(|o| o.value == name) {
            return false;
        }
        let message = match over {
            None => format!("“{}”已经改过这里，没有写明以谁为准", self.title(by)),
            Some(over) => format!("改过这里的是“{name}”，不是“{}”", over.value),
        };
        self.sink.push(
            Diagnostic::new("profile::conflict", &here.source, here.span.clone(), message)
                .also(&other.source, other.span, other.what)
                .help(format!("以这里为准的，写 over = \"{name}\"；否则删去")),
        );
        true
    }

    /// An order that overrides nobody's order.
    fn nothing_over(&mut self, who: Who, over: Option<&Placed<String>>, here: &Place) {
        let Some(over) = over else { return };
        let known: Vec<&str> = self.profile.packs.iter().take(who).map(|p| p.name.as_str()).collect();
        let diagnostic = if known.contains(&over.value.as_str()) {
            let message = format!("“{}”没有改过这里", over.value);
            Diagnostic::new("profile::stale", &here.source, over.span.clone(), message).help("删去 over")
        } else {
            Diagnostic::new("pack::unknown", &here.source, over.span.clone(), format!("没有规则包“{}”", over.value))
                .nearest(&over.value, known)
        };
        self.sink.push(diagnostic);
    }

    fn is_code(&self, rule: usize, code: &str) -> bool {
        self.rules.get(rule).and_then(|r| r.code.as_ref()).is_some_and(|c| c.value == code)
    }

    /// The rules that a selector names; it must name one.
    fn named(&mut self, selector: &Placed<String>, who: Who) -> Vec<usize> {
        let rules = self.rules;
        let hit = |r: &Parsed| r.code.as_ref().is_some_and(|c| names_rule(&selector.value, &c.value, &r.pack));
        let found: Vec<usize> = rules.iter().enumerate().filter(|(_, r)| hit(r)).map(|(i, _)| i).collect();
        if found.is_empty() {
            let known = rules.iter().filter_map(|r| r.code.as_ref()).map(|c| c.value.as_str());
            let known = known.chain(rules.iter().flat_map(|r| [r.family.as_str(), r.pack.as_str()]));
            let message = format!("没有规则“{}”", selector.value);
            let diagnostic = Diagnostic::new("profile::unknown-rule", &self.source(who), selector.span.clone(), message);
            self.sink.push(diagnostic.nearest(&selector.value, known.collect::<BTreeSet<_>>()));
        }
        found
    }

    fn only(&mut self) {
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

    fn orders(&mut self, who: Who, orders: &Orders, keys: &Keys<'_>) {
        for switch in &orders.switches {
            self.switch(who, switch);
        }
        for change in &orders.changes {
            self.change(who, change, keys);
        }
    }

    fn switch(&mut self, who: Who, switch: &Switch) {
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

    fn change(&mut self, who: Who, change: &Change, keys: &Keys<'_>) {
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

    /// The versions of a rule in the order of the file: number, first day, place.
    fn versions(&self, rule: usize) -> Vec<(usize, Option<Day>, Range<usize>)> {
        let Some(doc) = self.rules.get(rule).map(|r| &r.doc) else { return Vec::new() };
        let day = |t: &Table| match t.peek("from").map(|v| &v.value) {
            Some(Node::Date(d) | Node::Text(d)) => d.parse().ok(),
            _ => None,
        };
        version_tables(doc).into_iter().enumerate().map(|(i, (t, span))| (i, day(t), span)).collect()
    }

    /// What an item of a version is now: a parameter, `severity` or `from`.
    fn now(&self, rule: usize, version: usize, item: &str, keys: &Keys<'_>) -> Option<Now> {
        if let Some(now) = self.items.get(&(rule, version, item.to_owned())) {
            return Some(now.clone());
        }
        let parsed = self.rules.get(rule)?;
        let place =
            |span: &Range<usize>, what: &str| Place { source: Arc::clone(&parsed.source), span: span.clone(), what: what.to_owned() };
        let (table, _) = version_tables(&parsed.doc).into_iter().nth(version)?;
        match item {
            "severity" => {
                let mut grades = Vec::new();
                collect_grades(table, &mut grades);
                let at = grades.first()?.1.clone();
                let mut words: Vec<&str> = grades.iter().map(|(g, _)| g.word()).collect();
                words.dedup();
                Some(Now { value: Node::Text(words.join("、")), place: place(&at, "规则原来的等级"), by: None })
            }
            "from" => {
                let first = self.versions(rule).into_iter().min_by_key(|(_, from, _)| *from)?;
                let value = first.1.map_or_else(|| Node::Text("不分时期".into()), |d| Node::Date(d.to_string()));
                Some(Now { value, place: place(&first.2, "规则最早的版本"), by: None })
            }
            _ => {
                let of = |table: &Table, known: &[&str]| -> Option<Now> {
                    if known.contains(&item) {
                        let Some(Node::Table(deadline)) = table.peek("deadline").map(|v| &v.value) else { return None };
                        let value = deadline.peek(item).filter(|_| DEADLINE.contains(&item)).filter(|v| is_period(&v.value))?;
                        return Some(Now { value: value.value.clone(), place: place(&value.span, "规则原来的值"), by: None });
                    }
                    let value = table.peek(item).filter(|v| !matches!(v.value, Node::Table(_)))?;
                    Some(Now { value: value.value.clone(), place: place(&value.span, "规则原来的值"), by: None })
                };
                let shared = self.shared(parsed, table).into_iter().rev().find_map(|shared| {
                    let value = shared.terms.peek(item).filter(|v| !matches!(v.value, Node::Table(_)))?;
                    let place =
                        Place { source: Arc::clone(&shared.source), span: value.span.clone(), what: "几条规则共用的值".into() };
                    Some(Now { value: value.value.clone(), place, by: None })
                });
                of(table, &with_deadline(keys.version)).or_else(|| of(&parsed.doc, &with_deadline(keys.rule))).or(shared)
            }
        }
    }

    /// The terms that a version shares with other rules.
    fn shared(&self, rule: &Parsed, version: &Table) -> Vec<&Shared> {
        let mut found = Vec::new();
        for value in [rule.doc.peek("shares"), version.peek("shares")].into_iter().flatten() {
            let names = match &value.value {
                Node::List(items) => items.iter().collect(),
                _ => vec![value],
            };
            found.extend(names.into_iter().filter_map(|n| self.definitions.shared(&shown(&n.value))));
        }
        found
    }

    /// The names of the parameters of a version.
    fn parameters(&self, rule: usize, version: usize, keys: &Keys<'_>) -> Vec<String> {
        let Some(parsed) = self.rules.get(rule) else { return Vec::new() };
        let table = version_tables(&parsed.doc).into_iter().nth(version).map(|(t, _)| t);
        let mut names: Vec<String> = DEADLINE.map(str::to_owned).to_vec();
        let pairs = [(Some(&parsed.doc), keys.rule), (table, keys.version)];
        for (table, known) in pairs.into_iter().filter_map(|(t, k)| Some((t?, k))) {
            names.extend(table.peek_all().map(|(k, _)| k.value.clone()).filter(|k| !known.contains(&k.as_str())));
        }
        for shared in table.into_iter().flat_map(|t| self.shared(parsed, t)) {
            names.extend(shared.terms.peek_all().map(|(k, _)| k.value.clone()));
        }
        names.retain(|n| self.now(rule, version, n, keys).is_some());
        names
    }

    /// Which units and posts are looked at: every selector names rules, and no rule is limited twice.
    fn limits(&mut self) {
        let who = self.profile.packs.len();
        let mut seen: BTreeMap<usize, Range<usize>> = BTreeMap::new();
        for limit in &self.profile.limits {
            let mut rules: BTreeSet<usize> = if limit.rules.is_empty() { (0..self.rules.len()).collect() } else { BTreeSet::new() };
            for selector in &limit.rules {
                rules.extend(self.named(selector, who));
            }
            let clash = rules.iter().find_map(|r| Some((*r, seen.get(r)?.clone())));
            if let Some((rule, span)) = clash {
                let code = self.rules.get(rule).and_then(|r| r.code.as_ref()).map_or("", |c| c.value.as_str());
                let message = format!("{code} 的范围写了两次");
                let place = Place { source: self.source(who), span, what: "先写的范围".into() };
                self.against("profile::twice", who, &limit.span, message, place, "每条规则只能在一个 [[scope]] 里");
            }
            seen.extend(rules.into_iter().map(|r| (r, limit.span.clone())));
        }
    }

    fn done(self) -> Resolved {
        let mut resolved = Resolved::default();
        for (index, switched) in self.switched.into_iter().filter(|(_, s)| !s.on) {
            let Some(rule) = self.rules.get(index) else { continue };
            let text = |key: &str| rule.doc.peek(key).map_or_else(String::new, |v| shown(&v.value));
            resolved.off_paths.insert(rule.path.clone());
            resolved.off.push(Off {
                code: text("code"),
                title: text("title"),
                pack: rule.pack.clone(),
                family: rule.family.clone(),
                file: rule.source.name.clone(),
                replaced_by: switched.replaced_by,
                told: switched.told,
            });
        }
        resolved.off.sort_by(|a, b| (&a.code, &a.file).cmp(&(&b.code, &b.file)));
        for (index, changes) in self.changes {
            if let Some(rule) = self.rules.get(index) {
                resolved.changes.insert(rule.path.clone(), changes);
            }
        }
        resolved
    }
}

/// Lengths of time of a deadline, which are changed like parameters.
const DEADLINE: [&str; 2] = ["within", "remind"];

fn with_deadline<'a>(keys: &[&'a str]) -> Vec<&'a str> {
    keys.iter().copied().chain(DEADLINE).collect()
}

fn is_period(value: &Node) -> bool {
    matches!(value, Node::Text(t) if Period::parse(t).is_some())
}

fn version_tables(doc: &Table) -> Vec<(&Table, Range<usize>)> {
    match doc.peek("version").map(|v| (&v.value, &v.span)) {
        Some((Node::List(items), _)) => {
            items.iter().filter_map(|v| if let Node::Table(t) = &v.value { Some((t, v.span.clone())) } else { None }).collect()
        }
        Some((Node::Table(table), span)) => vec![(table, span.clone())],
        _ => Vec::new(),
    }
}

/// The weights that a version or one of its checks names, 待核 left out.
fn collect_grades(table: &Table, into: &mut Vec<(Grade, Range<usize>)>) {
    let mut add = |value: &Value| {
        if let Node::Text(text) = &value.value {
            into.extend(Grade::from_word(text).filter(|g| *g != Grade::Unverified).map(|g| (g, value.span.clone())));
        }
    };
    match table.peek("severity").map(|v| (&v.value, v)) {
        Some((Node::Text(_), value)) => add(value),
        Some((Node::List(steps), _)) => steps.iter().for_each(|step| {
            if let Node::Table(step) = &step.value {
                step.peek("is").into_iter().for_each(&mut add);
            }
        }),
        _ => {}
    }
    if let Some(Node::List(checks)) = table.peek("check").map(|v| &v.value) {
        for check in checks {
            if let Node::Table(check) = &check.value {
                collect_grades(check, into);
            }
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
