//! One condition asked of a part: met or not, how grave, and the sentence that says so.

use super::super::eval::Eval;
use super::super::probe::Watched;
use super::super::ruling::Rulings;
use super::super::say::{Facts, say};
use super::super::value::Truth;
use super::super::verdict::Verdict;
use super::Asking;
use crate::rules::ir::{Message, Template};
use crate::rules::{Check, DayUnit, Days, Grade, Severity};

pub(super) fn judge_check<P: Watched>(eval: &mut Eval<'_, P>, check: &Check, asking: &Asking, out: &mut Rulings) {
    let when = check.when.map_or(Truth::True, |w| eval.truth(w));
    if when == Truth::False {
        return out.tell::<P>(Verdict::NotApplicable, || asking.blank());
    }
    let met = eval.truth(check.require);
    let verdict = match met {
        Truth::True => Verdict::Compliant,
        Truth::False if when == Truth::True => grade(eval, &check.severity),
        _ => Verdict::Unverified,
    };
    if !P::KEEPS {
        return out.count(asking.weighed(verdict));
    }
    let mut ruling = asking.rule(eval, verdict);
    ruling.part = check.part.clone().or(ruling.part);
    if (P::WATCH || P::TIMED) && ruling.verdict.is_some_and(Verdict::is_finding) {
        let (days, unit) = days(eval, check.days);
        (ruling.days, ruling.unit) = (days, unit);
        let facts = Facts { days, ..Facts::default() };
        ruling.message = if met == Truth::False && verdict == Verdict::Unverified {
            contradiction(eval, &check.message, &facts)
        } else {
            sentence(eval, &check.message, &facts)
        };
        ruling.evidence = eval.probe.evidence();
    }
    out.add(ruling, P::KEEPS);
}

/// The verdict of a weight.
pub(in crate::engine) fn verdict_of(grade: Grade) -> Verdict {
    match grade {
        Grade::Breach => Verdict::Breach,
        Grade::Advice => Verdict::Advice,
        Grade::Unverified => Verdict::Unverified,
    }
}

/// The severity that applies; 待核 where it is unknown which of two.
pub(in crate::engine) fn grade<P: Watched>(eval: &mut Eval<'_, P>, severity: &Severity) -> Verdict {
    let mut possible: Option<Verdict> = None;
    for arm in &severity.0 {
        let (when, grade) = arm;
        let holds = when.map_or(Truth::True, |w| eval.truth(w));
        if holds == Truth::False {
            continue;
        }
        let this = verdict_of(*grade);
        match possible {
            Some(other) if other != this => return Verdict::Unverified,
            _ => possible = Some(this),
        }
        if holds == Truth::True {
            eval.probe.pass(arm);
            break;
        }
    }
    possible.unwrap_or(Verdict::Unverified)
}

/// The first sentence whose condition holds; unknown counts as no.
pub(in crate::engine) fn sentence<P: Watched>(eval: &mut Eval<'_, P>, message: &Message, facts: &Facts) -> String {
    let mark = eval.probe.lacking();
    let mut chosen: Option<&Template> = None;
    for (when, template) in &message.0 {
        if when.is_none_or(|w| eval.truth(w) == Truth::True) {
            eval.probe.pass(template);
            chosen = Some(template);
            break;
        }
    }
    let text = chosen.map_or_else(String::new, |t| say(eval, t, facts));
    eval.probe.forget_lacks(mark);
    text
}

/// The sentence of data that contradict each other: the cells that do are those that it, or the condition that chose it, reads.
fn contradiction<P: Watched>(eval: &mut Eval<'_, P>, message: &Message, facts: &Facts) -> String {
    let mark = eval.probe.lacking();
    let mut text = String::new();
    for (when, template) in &message.0 {
        eval.probe.clear_evidence();
        if when.is_none_or(|w| eval.truth(w) == Truth::True) {
            eval.probe.pass(template);
            text = say(eval, template, facts);
            break;
        }
    }
    eval.probe.forget_lacks(mark);
    text
}

fn days<P: Watched>(eval: &mut Eval<'_, P>, days: Option<Days>) -> (Option<i64>, Option<DayUnit>) {
    match days {
        Some(Days::Difference(a, b, unit)) => {
            let (a, b) = (eval.span(a), eval.span(b));
            let difference = (a.is_exact() && b.is_exact()).then(|| a.lo.saturating_sub(b.lo));
            (difference.filter(|d| d.abs() < 1_000_000), Some(unit))
        }
        Some(Days::Value(node)) => {
            let value = eval.span(node);
            (value.is_exact().then_some(value.lo), None)
        }
        None => (None, None),
    }
}
