//! Stages judged: each after the one before it, and none left out that must be there.

use super::eval::Eval;
use super::judge::{Asking, grade, sentence};
use super::probe::Watched;
use super::ruling::Rulings;
use super::say::Facts;
use super::value::{Span, Truth, less};
use super::verdict::Verdict;
use crate::rules::Sequence;

/// Judges a sequence of the part that is bound.
pub(super) fn judge_sequence<P: Watched>(eval: &mut Eval<'_, P>, sequence: &Sequence, asking: &Asking, out: &mut Rulings) {
    let mut earlier: Option<(&str, Span, Truth)> = None;
    let mut earlier_evidence = Vec::new();
    let mut any = false;
    for stage in &sequence.stages {
        eval.probe.clear_evidence();
        // A stage that may have to be left out decides nothing against anybody.
        let counts = stage.skip.map_or(Truth::True, |s| !eval.truth(s));
        if counts == Truth::False {
            continue;
        }
        let start = eval.span(stage.start);
        if start.is_absent() {
            if let Some(missing) = &sequence.missing {
                any = true;
                let verdict = grade(eval, &sequence.severity);
                let mut ruling = asking.rule(eval, verdict);
                ruling.part = Some(stage.name.clone());
                if P::WATCH || P::TIMED {
                    let facts = Facts { stage: Some(&stage.name), ..Facts::default() };
                    ruling.message = sentence(eval, missing, &facts);
                    ruling.evidence = eval.probe.evidence();
                }
                out.add(ruling, P::KEEPS);
            }
            continue;
        }
        eval.probe.pass(stage);
        if let Some((name, end, counted)) = earlier {
            let early = less(start, end);
            eval.unsure(early);
            let verdict = match (early, counts.and(counted)) {
                (Truth::True, Truth::True) => Some(grade(eval, &sequence.severity)),
                (Truth::True | Truth::Unknown, _) => Some(Verdict::Unverified),
                (Truth::False, _) => None,
            };
            if let Some(verdict) = verdict {
                any = true;
                if !P::KEEPS {
                    out.count(asking.weighed(verdict));
                    earlier = Some((&stage.name, eval.span(stage.end), counts));
                    continue;
                }
                let mut ruling = asking.rule(eval, verdict);
                ruling.part = Some(if sequence.by_stage { stage.name.clone() } else { format!("{name}→{}", stage.name) });
                if P::WATCH || P::TIMED {
                    ruling.days = (start.is_exact() && end.is_exact()).then(|| start.lo - end.lo);
                    let facts = Facts {
                        stage: Some(&stage.name),
                        earlier: Some(name),
                        later: Some(&stage.name),
                        start: Some(start),
                        end: Some(end),
                        days: ruling.days,
                        ..Facts::default()
                    };
                    ruling.message = sentence(eval, &sequence.message, &facts);
                    ruling.evidence = earlier_evidence.clone();
                    ruling.evidence.extend(eval.probe.evidence());
                }
                out.add(ruling, P::KEEPS);
            }
        }
        eval.probe.clear_evidence();
        earlier = Some((&stage.name, eval.span(stage.end), counts));
        earlier_evidence = eval.probe.evidence();
    }
    if !any {
        out.tell::<P>(Verdict::Compliant, || asking.blank());
    }
}
