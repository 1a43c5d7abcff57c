//! The forecast: every open deadline of the deadline rules, asked of the same rules that find the breach when it is too late.

use super::check::{Options, chunks, in_period, judge_watched};
use super::context::Context;
use super::eval::Eval;
use super::finding::{Finding, sort};
use super::judge::judge;
use super::probe::{Noting, Watcher};
use super::report;
use super::ruling::{Ruling, Rulings};
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{RowId, Store};
use crate::rules::{Body, Rule, RuleSet};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What falls due, and what is past due.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// Open deadlines with a due date from today to the last day asked for: 未到节点 or 预警.
    pub open: Vec<Finding>,
    /// Deadlines past due: 违规 or 提醒.
    pub overdue: Vec<Finding>,
    /// Rules that could not tell of some subjects whether and when anything falls due: by code, how many subjects. None of a rule
    /// whose subjects' table was not exported.
    pub undecided: BTreeMap<String, Option<u64>>,
}

impl Due {
    fn take_in(&mut self, other: Self) {
        self.open.extend(other.open);
        self.overdue.extend(other.overdue);
        for (code, subjects) in other.undecided {
            let all = self.undecided.entry(code).or_insert(Some(0));
            *all = all.zip(subjects).map(|(a, b)| a + b);
        }
    }
}

/// Lists the deadlines that fall due from as-of to `until`, and those past due.
pub fn due(rules: &RuleSet, store: &Store, options: &Options<'_>, until: Day) -> Due {
    let cx = Context::new(rules, store, options.as_of);
    let chosen: Vec<usize> = options.rules.map_or_else(|| (0..rules.rules.len()).collect(), <[usize]>::to_vec);
    let deadlines: Vec<usize> = chosen.into_iter().filter(|&r| rules.rules.get(r).is_some_and(is_deadline)).collect();
    let parts: Vec<Due> = chunks(&cx, &deadlines)
        .par_iter()
        .map_init(
            || (Eval::new(&cx, Noting), Rulings::default()),
            |(eval, rulings), chunk| {
                let mut due = Due::default();
                for rule in chunk.rules.iter().filter_map(|&r| rules.rules.get(r)) {
                    for row in chunk.rows.clone() {
                        one(&cx, eval, rulings, rule, row as RowId, (options, until), &mut due);
                    }
                }
                due
            },
        )
        .collect();
    let mut all = Due::default();
    for rule in deadlines.iter().filter_map(|&r| rules.rules.get(r)).filter(|r| !store.rows(r.subject).exported) {
        all.undecided.insert(rule.code.clone(), None);
    }
    parts.into_iter().for_each(|part| all.take_in(part));
    sort(&mut all.open);
    sort(&mut all.overdue);
    all
}

/// Whether any version of a rule is a deadline.
pub fn is_deadline(rule: &Rule) -> bool {
    rule.versions.iter().any(|v| matches!(v.body, Body::Deadline(_)))
}

/// What is said of a deadline for which its rule has no words before it has passed: no more than that it has not.
fn not_yet(rule: &Rule, ruling: &Ruling, due: &str) -> String {
    let strict = rule.versions.get(ruling.version).is_some_and(|v| matches!(&v.body, Body::Deadline(d) if d.strict));
    let last = if strict { format!("到{due}当日") } else { format!("过了{due}（当日不算）") };
    format!("尚未到期；{last}仍没有办理的，即为“{}”", rule.title)
}

fn one(
    cx: &Context<'_>,
    eval: &mut Eval<'_, Noting>,
    rulings: &mut Rulings,
    rule: &Rule,
    row: RowId,
    (options, until): (&Options<'_>, Day),
    due: &mut Due,
) {
    let rows = cx.store.rows(rule.subject);
    if rows.is_ghost(row)
        || rows.is_doubtful(row)
        || options.scope.is_some_and(|s| !s(rule.subject, row))
        || options.limits.is_some_and(|l| !l(rule, row))
    {
        return;
    }
    rulings.clear();
    judge(eval, rule, row, rulings);
    let wanted = |rulings: &Rulings| {
        rulings.list.iter().any(|r| match (r.verdict, r.due) {
            (Some(Verdict::Pending | Verdict::Warning), Some(due)) => due.lo <= i64::from(until.0) && due.hi >= i64::from(cx.as_of.0),
            (Some(Verdict::Breach | Verdict::Advice), Some(_)) => true,
            _ => false,
        })
    };
    let is_open = |rulings: &Rulings| rulings.list.iter().any(|r| r.verdict == Some(Verdict::Unverified));
    if !(wanted(rulings) || is_open(rulings)) || !in_period(rulings, options) {
        return;
    }
    let (watched, _) = judge_watched(cx, rule, row, Watcher::default());
    if is_open(&watched) {
        let subjects = due.undecided.entry(rule.code.clone()).or_insert(Some(0));
        *subjects = subjects.map(|n| n + 1);
    }
    for ruling in watched.list.iter().filter(|r| r.due.is_some_and(|d| !d.is_absent())) {
        let (mut finding, _) = report::finding(cx, rule, row, &watched, ruling);
        match finding.verdict {
            Verdict::Pending | Verdict::Warning => {
                finding.days = None;
                if finding.message.is_empty() {
                    finding.message = not_yet(rule, ruling, finding.due.as_deref().unwrap_or_default());
                }
                if ruling.unsure {
                    finding.message.push_str("（是否适用待核）");
                }
                due.open.push(finding);
            }
            Verdict::Breach | Verdict::Advice => due.overdue.push(finding),
            Verdict::Unverified | Verdict::Compliant | Verdict::NotApplicable | Verdict::Failed => {}
        }
    }
}
