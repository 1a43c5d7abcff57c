//! From what packs and a profile say to what changes in which rule file: layer by layer, the highest first. Whatever contradicts the
//! rules or another layer is reported with both places.

use super::file::shown;
use super::state::FileChanges;
use super::{Off, Orders, Profile, Told, names_rule};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::document::{Node, Placed, Table};
use crate::rules::definitions::Definitions;
use crate::rules::files::Files;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

mod change;
mod layer;
mod switch;
mod value;

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

    fn orders(&mut self, who: Who, orders: &Orders, keys: &Keys<'_>) {
        for switch in &orders.switches {
            self.switch(who, switch);
        }
        for change in &orders.changes {
            self.change(who, change, keys);
        }
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
