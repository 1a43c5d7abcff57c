//! A deadline judged: met in time, met late, past due, due soon, or not yet.

use super::eval::Eval;
use super::judge::{Asking, grade, sentence};
use super::probe::Watched;
use super::ruling::Rulings;
use super::say::Facts;
use super::value::{Span, Truth, less};
use super::verdict::Verdict;
use crate::dates::Day;
use crate::rules::{DayUnit, Deadline};

/// Judges a deadline of the part that is bound.
pub(super) fn judge_deadline<P: Watched>(eval: &mut Eval<'_, P>, deadline: &Deadline, asking: &Asking, out: &mut Rulings) {
    let today = eval.cx.today();
    let starts = deadline.starts.map(|node| eval.span(node));
    let started = match starts {
        Some(starts) if starts.is_absent() => Truth::False,
        Some(starts) => !less(today, starts),
        None => Truth::True,
    };
    let matter = starts.filter(|s| s.is_exact() && !deadline.evidence.is_empty()).and_then(|s| i32::try_from(s.lo).ok()).map(Day);
    let due = if started == Truth::False { Span::ABSENT } else { eval.span(deadline.due) };
    if started == Truth::False || due.is_absent() {
        return out.tell::<P>(Verdict::Pending, || asking.blank());
    }
    let (met, late) = evidence(eval, deadline, due);
    eval.unsure(started);
    let past = if deadline.strict { !less(today, due) } else { less(due, today) };
    let warned = deadline.warn.map_or(Truth::False, |w| {
        let from = eval.span(w);
        !less(today, from)
    });
    [past, warned].into_iter().for_each(|truth| eval.unsure(truth));
    let verdict = match (met, started.and(past)) {
        (Truth::True, _) => Verdict::Compliant,
        (Truth::False, Truth::True) => grade(eval, &deadline.severity),
        (_, Truth::True | Truth::Unknown) => Verdict::Unverified,
        (_, Truth::False) => match (warned, met) {
            (Truth::True, Truth::False) => Verdict::Warning,
            (Truth::False, _) => Verdict::Pending,
            _ => Verdict::Unverified,
        },
    };
    if !P::KEEPS {
        return out.count(asking.weighed(verdict));
    }
    let mut ruling = asking.rule(eval, verdict);
    ruling.due = Some(due);
    ruling.matter = matter;
    // An open deadline is worded too: the forecast lists it.
    if (P::WATCH || P::TIMED) && ruling.verdict.is_some_and(|v| v.is_finding() || v == Verdict::Pending) {
        let until = if late.is_absent() { today } else { late };
        let past_days = (due.is_exact() && until.is_exact()).then(|| until.lo - due.lo);
        let overdue = !matches!(ruling.verdict, Some(Verdict::Warning | Verdict::Pending));
        ruling.days = past_days.filter(|_| overdue);
        ruling.unit = Some(DayUnit::Calendar);
        let message = match (&deadline.soon, &deadline.late) {
            (soon, _) if !overdue => soon.as_ref(),
            (_, Some(message)) if !late.is_absent() => Some(message),
            _ => Some(&deadline.absent),
        };
        let facts = Facts { due: Some(due), evidence: Some(late), days: past_days, ..Facts::default() };
        ruling.message = message.map_or_else(String::new, |m| sentence(eval, m, &facts));
        ruling.evidence = eval.probe.evidence();
    }
    out.add(ruling, P::KEEPS);
}

/// Whether evidence came in time, and the first that came late.
fn evidence<P: Watched>(eval: &mut Eval<'_, P>, deadline: &Deadline, due: Span) -> (Truth, Span) {
    let mut met = Truth::False;
    let mut late = Span::ABSENT;
    for evidence in &deadline.evidence {
        let mut dates = std::mem::take(&mut eval.spare);
        dates.clear();
        let known = match &evidence.dates {
            crate::rules::Dates::One(node) => {
                let date = eval.span(*node);
                dates.push((date, Truth::True));
                true
            }
            crate::rules::Dates::OfRows(set, nodes) => eval.each(set, |s, _, holds| {
                for &node in nodes {
                    dates.push((s.span(node), holds));
                }
                std::ops::ControlFlow::Continue(())
            }),
        };
        let opens = evidence.opens.map(|o| eval.span(o));
        let closes = evidence.closes.map_or(due, |c| eval.span(c));
        for (date, counts) in dates.drain(..) {
            if date.is_absent() {
                continue;
            }
            let open = opens.map_or(Truth::True, |o| !less(date, o));
            let in_time = counts.and(open).and(!less(closes, date));
            eval.unsure(in_time);
            if in_time == Truth::True {
                eval.probe.pass(evidence);
            }
            met = met.or(in_time);
            let future = i64::from(Day::FUTURE.0);
            let after = counts.and(open).and(less(due, date));
            eval.unsure(after);
            let is_late = after == Truth::True && date.lo < future;
            if evidence.closes.is_none() && is_late && (late.is_absent() || date.lo < late.lo) {
                late = date;
            }
        }
        eval.spare = dates;
        if !known {
            met = met.or(Truth::Unknown);
        }
    }
    (met, late)
}
