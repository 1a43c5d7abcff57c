//! What a rule asks, as expressions over lanes: the part of it that blocks answer.

use super::super::context::Context;
use super::lanes::ABSENT;
use super::lower::{Env, Lowering, subject_env};
use super::parts::Asked;
use super::plan::{Plan, SUBJECTS, SetId, TruthAt, TruthOp, ValueAt};
use crate::dates::Day;
use crate::rules::ir::{Cmp, Set};
use crate::rules::{Body, Check, Dates, Deadline, Each, Rule, Sequence, Version};

/// So many parts of a subject blocks judge apart. More would make a plan that is larger than what it saves.
const MOST_PARTS: usize = 64;

/// What a rule asks.
#[derive(Debug)]
pub struct Law {
    /// The date that picks the version.
    pub anchor: Option<ValueAt>,
    /// Whether any version has a date.
    pub dated: bool,
    /// The day before which nothing is judged, where no version has a date.
    pub since: Option<Day>,
    /// What is asked of each part of a subject: one where nothing is judged apart. The versions, oldest first.
    pub parts: Vec<Vec<Edition>>,
    /// What is asked of all parts at once; nothing then of each.
    pub at_once: Option<Asked>,
    /// The rows that are the parts, and of which of them anything is asked; nothing then of each.
    pub rows: Option<(SetId, TruthAt)>,
}

/// What is asked in a time.
#[derive(Debug)]
pub struct Edition {
    /// First day, if any.
    pub from: Option<Day>,
    /// Last day, if any.
    pub until: Option<Day>,
    /// Whether anything is asked.
    pub when: Option<TruthAt>,
    /// Whether the matter has come so far.
    pub once: Option<TruthAt>,
    /// What is asked.
    pub asks: Asks,
}

impl Edition {
    /// Whether it is in force on a day.
    #[inline]
    pub fn is_in_force(&self, day: i32) -> bool {
        let (from, until) = (self.from.map_or(i32::MIN, |day| day.0), self.until.map_or(ABSENT - 1, |day| day.0));
        (from <= day) & (day <= until)
    }
}

/// What is asked.
#[derive(Debug)]
pub enum Asks {
    /// Not for blocks to say.
    Open,
    /// Conditions: when asked, and what must hold.
    Checks(Vec<(Option<TruthAt>, TruthAt)>),
    /// A deadline.
    Deadline(Box<Due>),
    /// An order of stages.
    Stages(Vec<Stage>, bool),
}

/// A deadline.
#[derive(Debug)]
pub struct Due {
    /// Whether it has begun, and the day; none for a plain due date.
    pub starts: Option<(ValueAt, TruthAt)>,
    /// The due date.
    pub due: ValueAt,
    /// Whether it was met.
    pub met: TruthAt,
    /// Whether it has passed.
    pub past: TruthAt,
    /// Whether it is warned of.
    pub warned: TruthAt,
}

/// A stage of a sequence.
#[derive(Debug)]
pub struct Stage {
    /// When it is left out.
    pub skip: Option<TruthAt>,
    /// When it starts.
    pub start: ValueAt,
    /// When it ends.
    pub end: ValueAt,
}

/// The plan of some rules over one table, and what each of them asks; none for those that blocks have nothing to say of.
pub fn laws<'r>(cx: &Context<'_>, rules: impl Iterator<Item = (usize, &'r Rule)>) -> (Plan, Vec<(usize, Law)>) {
    let mut lowering = Lowering { cx, plan: Plan::default(), escaped: false };
    let (env, _) = subject_env(&mut lowering.plan);
    let mut laws = Vec::new();
    for (index, rule) in rules.filter(|(_, rule)| rule.script.is_none()) {
        let anchor = rule.anchor.map(|node| lowering.value(node, &env));
        if let Some(asked) = lowering.asked_of_parts(rule, &env) {
            laws.push((index, Law { anchor, dated: false, since: rule.since, parts: Vec::new(), at_once: Some(asked), rows: None }));
            continue;
        }
        if let Some(rows) = lowering.rows_asked(rule, &env) {
            laws.push((index, Law { anchor, dated: false, since: rule.since, parts: Vec::new(), at_once: None, rows: Some(rows) }));
            continue;
        }
        let Some(around) = lowering.parts(rule, &env) else { continue };
        let parts: Vec<Vec<Edition>> = around.iter().map(|env| rule.versions.iter().map(|v| lowering.edition(v, env)).collect()).collect();
        if parts.iter().all(|editions| !overlap(editions)) && parts.iter().flatten().any(|e| lowering.says_something(e)) {
            laws.push((index, Law { anchor, dated: rule.dated, since: rule.since, parts, at_once: None, rows: None }));
        }
    }
    let counted: Vec<SetId> = laws.iter().filter_map(|(_, law)| Some(law.rows?.0)).collect();
    lowering.plan.find_walks(&counted);
    lowering.plan.find_looks();
    (lowering.plan, laws)
}

/// Whether on some day two versions are in force.
fn overlap(editions: &[Edition]) -> bool {
    let begins_within = |a: &Edition, b: &Edition| {
        let from = a.from.unwrap_or(Day::PAST);
        b.from.unwrap_or(Day::PAST) <= from && b.until.is_none_or(|until| from <= until)
    };
    let apart = |(i, a): (usize, &Edition)| editions.iter().skip(i + 1).all(|b| !begins_within(a, b) && !begins_within(b, a));
    editions.len() > 1 && !editions.iter().enumerate().all(apart)
}

impl Lowering<'_, '_> {
    /// What is bound around each part of a subject. None where blocks do not know the parts before they see the subject.
    fn parts(&mut self, rule: &Rule, env: &Env) -> Option<Vec<Env>> {
        let (list, var) = match &rule.each {
            None => return Some(vec![env.clone()]),
            Some(Each::List { list, var, .. }) => (*list, *var),
            Some(Each::Rows { .. }) => return None,
        };
        // Where the anchor picks no version, a subject has one verdict however many parts it has; and so where no part is asked anything.
        let no_checks = |v: &Version| matches!(&v.body, Body::Checks(checks) if checks.is_empty());
        if rule.dated || rule.versions.iter().any(no_checks) {
            return None;
        }
        let elements = self.elements(list, env).filter(|all| (1..=MOST_PARTS).contains(&all.len()))?;
        let bound = elements.into_iter().map(|element| {
            let value = self.constant(element);
            env.with_value(var, value)
        });
        Some(bound.collect())
    }

    /// The rows that are a subject's parts, and of which anything is asked.
    fn rows_asked(&mut self, rule: &Rule, env: &Env) -> Option<(SetId, TruthAt)> {
        let (Some(Each::Rows { rows, table, slot, .. }), [version]) = (&rule.each, rule.versions.as_slice()) else { return None };
        let when = version.when.filter(|_| !rule.dated)?;
        let set = Set { rows: *rows, table: *table, slot: *slot, cond: None };
        let (lanes, _, when) = self.within(&set, env, |s, inside| s.truth(when, inside))?;
        Some((lanes, self.plan.lift_truth(when, lanes)))
    }

    /// Whether there are lanes of which blocks may decide.
    fn says_something(&self, edition: &Edition) -> bool {
        let open = |t: Option<TruthAt>| t.is_some_and(|t| *self.plan.truth_op(t) == TruthOp::Open);
        !(open(edition.when) || edition.when.is_none() && open(edition.once))
    }

    fn edition(&mut self, version: &Version, env: &Env) -> Edition {
        let when = version.when.map(|node| self.asked(node, env));
        let once = version.once.map(|node| self.asked(node, env));
        let asks = match &version.body {
            Body::Checks(checks) => Asks::Checks(checks.iter().map(|c| self.check(c, env)).collect()),
            Body::Deadline(deadline) => Asks::Deadline(Box::new(self.deadline(deadline, env))),
            Body::Sequence(sequence) => self.sequence(sequence, env),
            Body::Script(_) => Asks::Open,
        };
        Edition { from: version.from, until: version.until, when, once, asks }
    }

    fn asked(&mut self, node: u32, env: &Env) -> TruthAt {
        let truth = self.truth(node, env);
        self.plan.lift_truth(truth, SUBJECTS)
    }

    fn check(&mut self, check: &Check, env: &Env) -> (Option<TruthAt>, TruthAt) {
        (check.when.map(|w| self.asked(w, env)), self.asked(check.require, env))
    }

    fn deadline(&mut self, deadline: &Deadline, env: &Env) -> Due {
        let today = self.today();
        let starts = deadline.starts.map(|node| {
            let starts = self.value(node, env);
            (starts, self.compare_values(Cmp::Le, starts, today))
        });
        let due = self.value(deadline.due, env);
        let past = self.compare_values(if deadline.strict { Cmp::Le } else { Cmp::Lt }, due, today);
        let warned = match deadline.warn {
            Some(node) => {
                let from = self.value(node, env);
                self.compare_values(Cmp::Le, from, today)
            }
            None => self.plan.truth(TruthOp::Const(false), SUBJECTS),
        };
        let mut met = Vec::new();
        for evidence in &deadline.evidence {
            let opens = evidence.opens.map(|node| self.value(node, env));
            let closes = evidence.closes.map_or(due, |node| self.value(node, env));
            match &evidence.dates {
                Dates::One(node) => {
                    let date = self.value(*node, env);
                    met.push(self.in_time(date, opens, closes));
                }
                Dates::OfRows(set, nodes) => met.push(self.any_that(set, env, |s, inside| {
                    let each = nodes.iter().map(|&node| {
                        let date = s.value(node, inside);
                        s.in_time(date, opens, closes)
                    });
                    let each = each.collect();
                    s.one_of(each)
                })),
            }
        }
        let met = self.one_of(met);
        Due { starts, due, met, past, warned }
    }

    /// Whether a date is there, not before one day and not after another.
    fn in_time(&mut self, date: ValueAt, opens: Option<ValueAt>, closes: ValueAt) -> TruthAt {
        let set = self.plan.set_of_value(date);
        let mut all = vec![self.plan.truth(TruthOp::Dated(date), set)];
        all.extend(opens.map(|opens| self.compare_values(Cmp::Ge, date, opens)));
        all.push(self.compare_values(Cmp::Le, date, closes));
        self.all_of(all)
    }

    fn sequence(&mut self, sequence: &Sequence, env: &Env) -> Asks {
        let stages = sequence.stages.iter().map(|stage| Stage {
            skip: stage.skip.map(|node| self.asked(node, env)),
            start: self.value(stage.start, env),
            end: self.value(stage.end, env),
        });
        Asks::Stages(stages.collect(), sequence.missing.is_some())
    }
}
