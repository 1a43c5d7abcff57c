//! What was exercised of a rule: which versions, sentences, severities, conditions and evidence ever came into play.

use super::check::judge_watched;
use super::context::Context;
use super::eval::Eval;
use super::probe::{Kept, Watcher, place};
use super::ruling::Rulings;
use super::trial::{Notice, each_judged, noticed};
use super::value::Truth;
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{RowId, Store};
use crate::rules::ir::{Action, Message, NodeId};
use crate::rules::{
    Body, Deadline, Files, Move, Rule, RuleSet, Run, Sequence, Severity, Version, definition_moves, load_some, moves, rules_using,
};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Something of a rule that a test or a sample can exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The rule's code.
    pub code: String,
    /// The rule file.
    pub file: String,
    /// The version's first line in the file.
    pub line: usize,
    /// What it is, in Chinese.
    pub what: String,
    /// Whether it was ever exercised.
    pub exercised: bool,
}

/// How a branch shows that it was exercised.
enum Sign {
    /// A version that judged something.
    Version(usize),
    /// A condition that came out so.
    Outcome(NodeId, bool),
    /// A condition of several versions that came out so in one of them.
    Either(Vec<NodeId>, bool),
    /// Something was not due yet.
    Pending,
    /// A place that was passed.
    Passed(usize),
}

/// What was seen of one rule.
#[derive(Default)]
struct Seen {
    versions: BTreeSet<usize>,
    outcomes: BTreeSet<(NodeId, bool)>,
    passed: BTreeSet<usize>,
    pending: bool,
}

impl Seen {
    fn take(&mut self, rulings: &Rulings, eval: &Eval<'_, Watcher>) {
        self.pending |= rulings.list.iter().any(|r| r.verdict == Some(Verdict::Pending));
        let judged = rulings.list.iter().filter(|r| !matches!(r.verdict, None | Some(Verdict::NotApplicable)));
        self.versions.extend(judged.map(|r| r.version));
        self.passed.extend(&eval.probe.passed);
        for step in eval.probe.steps.iter().flatten() {
            match step.value {
                Kept::Truth(Truth::True) => self.outcomes.insert((step.node, true)),
                Kept::Truth(Truth::False) => self.outcomes.insert((step.node, false)),
                _ => continue,
            };
        }
    }

    fn shows(&self, sign: &Sign) -> bool {
        match sign {
            Sign::Version(v) => self.versions.contains(v),
            Sign::Outcome(node, value) => self.outcomes.contains(&(*node, *value)),
            Sign::Either(nodes, value) => nodes.iter().any(|node| self.outcomes.contains(&(*node, *value))),
            Sign::Pending => self.pending,
            Sign::Passed(place) => self.passed.contains(place),
        }
    }
}

/// Every branch of the chosen rules, and whether the rules' own tests, or the records given, exercise it.
pub fn exercised(rules: &RuleSet, chosen: &dyn Fn(&Rule) -> bool, records: Option<(&Store, Day)>) -> Vec<Branch> {
    let cx = records.map(|(store, as_of)| Context::new(rules, store, as_of));
    let mut branches = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate().filter(|(_, r)| chosen(r)) {
        let mut seen = Seen::default();
        each_judged(rules, index, &mut |rulings, eval| seen.take(rulings, eval));
        if let Some(cx) = &cx {
            let rows = cx.store.rows(rule.subject);
            for row in (0..rows.len).filter_map(|r| RowId::try_from(r).ok()).filter(|&r| rows.is_sound(r)) {
                let (rulings, eval) = judge_watched(cx, rule, row, Watcher::tracing());
                seen.take(&rulings, &eval);
            }
        }
        for (line, what, sign) in signs(rules, rule) {
            let exercised = seen.shows(&sign);
            branches.push(Branch { code: rule.code.clone(), file: rule.source.name.clone(), line, what, exercised });
        }
    }
    branches
}

/// A change of a rule, or of a word that rules share, by which no test decides otherwise.
#[derive(Clone, Debug)]
pub struct Unnoticed {
    /// The rule's code, or the word.
    pub name: String,
    /// What was changed.
    pub what: Move,
    /// Whether some test at least says otherwise.
    pub worded: bool,
}

/// Moves everything that the chosen rules decide by, one after the other. Gives how many moves there were, and those by which no test
/// decides otherwise. A shared word is moved when all the rules that use it are chosen.
pub fn unnoticed(files: &Files, rules: &RuleSet, chosen: &(dyn Fn(&Rule) -> bool + Sync)) -> (usize, Vec<Unnoticed>) {
    let of_rules = rules
        .rules
        .iter()
        .filter(|r| chosen(r))
        .flat_map(|rule| moves(files, rule).into_iter().map(move |m| (rule.code.clone(), m, vec![rule])));
    let of_words = definition_moves(files).into_iter().map(|(word, m)| {
        let using = rules_using(files, rules, &word);
        (word, m, using)
    });
    let of_words = of_words.filter(|(_, _, using)| !using.is_empty() && using.iter().all(|r| chosen(r)));
    let all: Vec<(String, Move, Vec<&Rule>)> = of_rules.chain(of_words).collect();
    let escaped = |(name, what, using): &(String, Move, Vec<&Rule>)| {
        let moved = what.made(files);
        let wanted = |path: &str| moved.get(path).is_some_and(|s| using.iter().any(|r| r.source.name == s.name));
        // A file that no longer loads is noticed by everybody.
        let loaded = load_some(&moved, &wanted, &[]).ok()?;
        let mut worded = false;
        for rule in using {
            let index = loaded.rules.iter().position(|r| r.code == rule.code && r.subject == rule.subject)?;
            match noticed(&moved, &loaded, index) {
                Notice::Decision => return None,
                Notice::Wording => worded = true,
                Notice::None => {}
            }
        }
        Some(Unnoticed { name: name.clone(), what: what.clone(), worded })
    };
    (all.len(), all.par_iter().filter_map(escaped).collect())
}

/// Gathers the branches of one rule.
struct Gather<'a> {
    rules: &'a RuleSet,
    line: usize,
    /// 「2014-01-14 起」, where a rule has several versions.
    label: String,
    found: Vec<(usize, String, Sign)>,
}

fn signs(rules: &RuleSet, rule: &Rule) -> Vec<(usize, String, Sign)> {
    let mut gather = Gather { rules, line: 1, label: String::new(), found: Vec::new() };
    for (i, version) in rule.versions.iter().enumerate() {
        gather.line = 1 + rule.source.text.get(..version.span.start).unwrap_or_default().matches('\n').count();
        gather.label = if rule.versions.len() > 1 { format!("版本{}：", in_force(version)) } else { String::new() };
        gather.add("从未判定".to_owned(), Sign::Version(i));
        match &version.body {
            Body::Checks(checks) => {
                for check in checks {
                    gather.both("分项适用", check.when);
                    gather.both("要求", Some(check.require));
                    gather.severity(&check.severity);
                    gather.message("表述", &check.message);
                }
            }
            Body::Deadline(deadline) => gather.deadline(deadline),
            Body::Sequence(sequence) => gather.sequence(sequence),
            Body::Script(script) => {
                gather.severity(&script.severity);
                if let Run::Lowered(actions) = &script.run {
                    gather.actions(actions);
                }
            }
        }
    }
    gather.line = 1;
    gather.label = String::new();
    gather.gates(rule);
    gather.found
}

fn in_force(version: &Version) -> String {
    let day = |d: Option<Day>| d.map(|d| d.to_string()).unwrap_or_default();
    format!("{}…{}", day(version.from), day(version.until))
}

impl Gather<'_> {
    fn add(&mut self, what: String, sign: Sign) {
        self.found.push((self.line, format!("{}{what}", self.label), sign));
    }

    fn words(&self, node: NodeId) -> String {
        let words = self.rules.program.words.get(node as usize).map(String::as_str).unwrap_or_default();
        let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > 60 { format!("{}…", line.chars().take(60).collect::<String>()) } else { line }
    }

    fn both(&mut self, label: &str, node: Option<NodeId>) {
        let Some(node) = node else { return };
        let words = self.words(node);
        self.add(format!("{label}“{words}”从未成立"), Sign::Outcome(node, true));
        self.add(format!("{label}“{words}”从未不成立"), Sign::Outcome(node, false));
    }

    /// Whether the rule applies, and whether the matter has come so far. What all versions ask is asked once: without an anchor only the
    /// last version is asked, and whether it has come so far not at all.
    fn gates(&mut self, rule: &Rule) {
        let mut whens: Vec<(String, Vec<NodeId>)> = Vec::new();
        for node in rule.versions.iter().filter_map(|v| v.when) {
            let words = self.words(node);
            match whens.iter_mut().find(|(known, _)| *known == words) {
                Some((_, nodes)) => nodes.push(node),
                None => whens.push((words, vec![node])),
            }
        }
        for (words, nodes) in whens {
            self.add(format!("适用“{words}”从未成立"), Sign::Either(nodes.clone(), true));
            self.add(format!("适用“{words}”从未不成立"), Sign::Either(nodes, false));
        }
        let onces: Vec<NodeId> = rule.versions.iter().filter_map(|v| v.once).collect();
        if let Some(once) = onces.first() {
            let words = self.words(*once);
            self.add(format!("节点“{words}”从未成立"), Sign::Either(onces, true));
            self.add(format!("节点“{words}”从未不成立"), Sign::Pending);
        }
    }

    fn severity(&mut self, severity: &Severity) {
        if severity.0.len() < 2 {
            return;
        }
        for arm in &severity.0 {
            let when = arm.0.map_or_else(|| "其余".to_owned(), |node| self.words(node));
            self.add(format!("结论“{when}”从未用到"), Sign::Passed(place(arm)));
        }
    }

    fn message(&mut self, label: &str, message: &Message) {
        for (when, template) in &message.0 {
            let when = match when {
                Some(node) => format!("“{}”", self.words(*node)),
                None if message.0.len() > 1 => "“其余”".to_owned(),
                None => String::new(),
            };
            self.add(format!("{label}{when}从未用到"), Sign::Passed(place(template)));
        }
    }

    fn deadline(&mut self, deadline: &Deadline) {
        for (label, message) in [("逾期办理的表述", &deadline.late), ("将到期的表述", &deadline.soon)] {
            if let Some(message) = message {
                self.message(label, message);
            }
        }
        self.message("逾期未办的表述", &deadline.absent);
        self.severity(&deadline.severity);
        for (i, evidence) in deadline.evidence.iter().enumerate() {
            self.add(format!("第{}种凭据从未按期", i + 1), Sign::Passed(place(evidence)));
        }
    }

    fn sequence(&mut self, sequence: &Sequence) {
        self.message("次序颠倒的表述", &sequence.message);
        if let Some(missing) = &sequence.missing {
            self.message("缺少环节的表述", missing);
        }
        self.severity(&sequence.severity);
        for stage in &sequence.stages {
            self.add(format!("环节“{}”从未有过", stage.name), Sign::Passed(place(stage)));
            self.both(&format!("环节“{}”略去", stage.name), stage.skip);
        }
    }

    fn actions(&mut self, actions: &[Action]) {
        for action in actions {
            match action {
                Action::If(cond, yes, no) => {
                    self.both("脚本中", Some(*cond));
                    self.actions(yes);
                    self.actions(no);
                }
                Action::ForRows(_, body) | Action::ForInts(_, _, _, body) | Action::ForList(_, _, body) => self.actions(body),
                Action::While(cond, body) => {
                    self.both("脚本中", Some(*cond));
                    self.actions(body);
                }
                Action::Violation(template) | Action::Advise(template) => {
                    self.add("脚本的一句表述从未用到".to_owned(), Sign::Passed(place(template)));
                }
                _ => {}
            }
        }
    }
}
