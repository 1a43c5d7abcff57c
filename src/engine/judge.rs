//! One rule on one subject: which version, whether it applies, whether it is met, and what is said when it is not.

use super::eval::{Eval, Val};
use super::probe::Watched;
use super::ruling::{Ruling, Rulings};
use super::say::{Facts, say};
use super::value::{Span, Truth};
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{RowId, TableId};
use crate::rules::{Body, Each, Rule, Version};
use applicable::{Candidates, versions};
pub(super) use check::{grade, sentence, verdict_of};

mod applicable;
mod check;

/// Judges a rule on a row of its subject table.
pub fn judge<P: Watched>(eval: &mut Eval<'_, P>, rule: &Rule, subject: RowId, out: &mut Rulings) {
    judge_subject(eval, rule, subject, out);
    if P::KEEPS
        && out.anchor.is_none()
        && out.found()
        && let Some(begun) = rule.begun
    {
        eval.begin(subject);
        let mark = eval.probe.lacking();
        let begun = eval.span(begun);
        eval.probe.forget_lacks(mark);
        let known = !begun.is_absent() && !begun.is_unknown();
        out.begun = i32::try_from(begun.lo).ok().filter(|_| known).map(Day);
    }
}

fn judge_subject<P: Watched>(eval: &mut Eval<'_, P>, rule: &Rule, subject: RowId, out: &mut Rulings) {
    let rows = eval.cx.store.rows(rule.subject);
    if rows.is_void(subject) {
        out.tell::<P>(Verdict::NotApplicable, Ruling::default);
        return;
    }
    eval.begin(subject);
    let anchor = rule.anchor.map_or(Span::ABSENT, |node| eval.span(node));
    if !anchor.is_absent() && !anchor.is_unknown() {
        out.anchor = i32::try_from(anchor.lo).ok().map(Day);
    }
    // A row that exists only if an imprecise join does not hold, or may be outside every rule: all it says is open.
    let exists = if rows.is_doubtful(subject) || rows.may_be_void(subject) { Truth::Unknown } else { Truth::True };
    let mark = eval.probe.lacking();
    let candidates = versions(rule, anchor);
    match candidates {
        Candidates::One(version) => {
            eval.probe.forget_lacks(mark);
            judge_parts(eval, rule, version, subject, exists, out);
        }
        Candidates::None => out.tell::<P>(Verdict::NotApplicable, Ruling::default),
        Candidates::NotYet => {
            // No anchor: not applicable if the rule asks nothing of the subject in any case, else not yet.
            let applies = rule.versions.last().map_or(Truth::True, |v| applies(eval, v, exists));
            let verdict = if applies == Truth::False { Verdict::NotApplicable } else { Verdict::Pending };
            out.tell::<P>(verdict, Ruling::default);
        }
        Candidates::Several(versions, gap) => undecided_version(eval, rule, &versions, gap, subject, exists, out),
    }
}

/// What is asked of a part: whether it is asked at all, and what was lacking in knowing that.
pub(super) struct Asking {
    /// True or unknown.
    pub asked: Truth,
    mark: usize,
    version: usize,
    label: Label,
}

impl Asking {
    /// What a verdict comes to where it is open whether anything is asked.
    #[inline]
    pub(super) fn weighed(&self, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Breach | Verdict::Advice | Verdict::Unverified | Verdict::Warning if self.asked == Truth::Unknown => {
                Verdict::Unverified
            }
            other => other,
        }
    }

    /// A ruling of this part, still without a verdict.
    pub(super) fn blank(&self) -> Ruling {
        self.label.ruling(self.version)
    }

    /// A ruling of this part: unmet and surely asked stands; unmet and perhaps asked is 待核.
    pub fn rule<P: Watched>(&self, eval: &Eval<'_, P>, verdict: Verdict) -> Ruling {
        let verdict = self.weighed(verdict);
        let lacks = if verdict == Verdict::Unverified { eval.probe.lacks_since(self.mark) } else { Vec::new() };
        Ruling { verdict: Some(verdict), lacks, unsure: self.asked == Truth::Unknown, ..self.blank() }
    }
}

/// The anchor does not decide the version: each is tried; what comes out the same in all stands, else it is 待核.
fn undecided_version<P: Watched>(
    eval: &mut Eval<'_, P>,
    rule: &Rule,
    versions: &[usize],
    gap: bool,
    subject: RowId,
    exists: Truth,
    out: &mut Rulings,
) {
    let mut tried: Vec<Rulings> = Vec::new();
    for &version in versions {
        let mut one = Rulings::default();
        eval.forget();
        judge_parts(eval, rule, version, subject, exists, &mut one);
        tried.push(one);
    }
    let first = tried.first().map(|r| r.counts);
    let same = tried.iter().all(|r| Some(r.counts) == first);
    let found = tried.iter().any(Rulings::found);
    if same && !(gap && found) {
        let failure = tried.iter_mut().find_map(|r| r.failure.take());
        let exhausted = tried.iter().any(|r| r.exhausted);
        if let Some(mut one) = tried.into_iter().next() {
            out.counts = one.counts;
            out.list.append(&mut one.list);
            out.failure = failure;
            out.exhausted = exhausted;
        }
        return;
    }
    if !found {
        out.tell::<P>(Verdict::Pending, Ruling::default);
        return;
    }
    let mark = eval.probe.lacking();
    if let Some(anchor) = rule.anchor {
        eval.span(anchor);
    }
    // The newest of them is told of.
    let version = versions.last().copied().unwrap_or(0);
    let lacks = eval.probe.lacks_since(mark);
    out.add(Ruling { version, verdict: Some(Verdict::Unverified), lacks, ..Ruling::default() }, P::KEEPS);
}

fn applies<P: Watched>(eval: &mut Eval<'_, P>, version: &Version, exists: Truth) -> Truth {
    version.when.map_or(exists, |when| exists.and(eval.truth(when)))
}

/// Judges each part of the subject under one version.
fn judge_parts<P: Watched>(eval: &mut Eval<'_, P>, rule: &Rule, version: usize, subject: RowId, exists: Truth, out: &mut Rulings) {
    let Some(law) = rule.versions.get(version) else { return };
    let rows = eval.cx.store.rows(rule.subject);
    let doubtful = (rows.is_doubtful(subject) || rows.may_be_void(subject)).then_some((rule.subject, subject));
    match &rule.each {
        None => judge_one(eval, law, version, exists, Label { doubtful, ..Label::default() }, out),
        Some(Each::Rows { rows, table, slot, part }) => {
            let set = crate::rules::ir::Set { rows: *rows, table: *table, slot: *slot, cond: None };
            let Some(list) = eval.ordered(&set) else {
                let lacks = eval.probe.lacks_since(0);
                out.add(Ruling { version, verdict: Some(Verdict::Unverified), lacks, ..Ruling::default() }, P::KEEPS);
                return;
            };
            for (row, counts) in list {
                let step = eval.probe.steps_taken();
                eval.begin(subject);
                eval.bind_row(*slot, row);
                let part = part.as_ref().map(|p| say(eval, p, &Facts::default()));
                judge_one(eval, law, version, exists.and(counts), Label { part, doubtful, step, ..Label::default() }, out);
            }
        }
        Some(Each::List { list, var, year, under, part }) => {
            let Some(elements) = eval.elements(*list) else {
                let lacks = eval.probe.lacks_since(0);
                out.add(Ruling { version, verdict: Some(Verdict::Unverified), lacks, ..Ruling::default() }, P::KEEPS);
                return;
            };
            for element in elements {
                let step = eval.probe.steps_taken();
                eval.begin(subject);
                eval.bind_var(*var, element);
                let number = match element {
                    Val::Span(s) if *year => i32::try_from(s.lo).ok(),
                    _ => None,
                };
                let part = part.as_ref().map(|p| say(eval, p, &Facts::default()));
                let under = under.as_ref().map(|(_, element)| say(eval, element, &Facts::default()));
                judge_one(eval, law, version, exists, Label { part, year: number, under, doubtful, step }, out);
            }
        }
    }
    if out.counts.iter().all(|n| *n == 0) && out.failure.is_none() {
        out.add(Ruling { version, verdict: Some(Verdict::NotApplicable), ..Ruling::default() }, P::KEEPS);
    }
}

/// What tells a part apart.
#[derive(Default)]
struct Label {
    part: Option<String>,
    year: Option<i32>,
    under: Option<String>,
    /// The subject, where it may not exist.
    doubtful: Option<(TableId, RowId)>,
    /// With which step of a trace it begins.
    step: usize,
}

impl Label {
    /// A ruling of this part, still without a verdict.
    fn ruling(&self, version: usize) -> Ruling {
        let Self { part, year, under, step, .. } = self;
        Ruling { version, part: part.clone(), year: *year, under: under.clone(), step: *step, ..Ruling::default() }
    }
}

fn judge_one<P: Watched>(eval: &mut Eval<'_, P>, law: &Version, version: usize, exists: Truth, label: Label, out: &mut Rulings) {
    let mark = eval.probe.lacking();
    if let Some((table, subject)) = label.doubtful {
        eval.lack_joining(table, subject);
    }
    let applies = applies(eval, law, exists);
    if applies == Truth::False {
        return out.tell::<P>(Verdict::NotApplicable, || label.ruling(version));
    }
    let reached = law.once.map_or(Truth::True, |once| eval.truth(once));
    if reached == Truth::False {
        return out.tell::<P>(Verdict::Pending, || label.ruling(version));
    }
    let asked = applies.and(reached);
    let asking = Asking { asked, mark, version, label };
    // A finding rests on what is asked, not on what made the rule apply.
    eval.probe.clear_evidence();
    match &law.body {
        Body::Checks(checks) => checks.iter().for_each(|check| check::judge_check(eval, check, &asking, out)),
        Body::Deadline(deadline) => super::deadline::judge_deadline(eval, deadline, &asking, out),
        Body::Sequence(sequence) => super::sequence::judge_sequence(eval, sequence, &asking, out),
        Body::Script(script) => super::script::run(eval, script, &asking, out),
    }
}
