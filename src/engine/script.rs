//! Lowered scripts: statements over the same nodes. A condition on something unknown ends the script as 待核; so does nothing else:
//! what it has said before stands.

use super::eval::{Eval, Val};
use super::judge::{Asking, grade, verdict_of};
use super::probe::Watched;
use super::ruling::Rulings;
use super::say::{Facts, say};
use super::value::Truth;
use super::verdict::Verdict;
use crate::rules::ir::{Action, NodeId, Set, Template, Ty};
use crate::rules::{Run as How, Script};
use std::ops::ControlFlow;

/// Statements one script may run for one subject.
pub(super) const MOST_STEPS: u32 = 200_000;

/// Why a script stopped early.
enum Stop {
    Break,
    Continue,
    Return,
    /// Something it had to know is not known.
    Unknown,
    /// Too many statements.
    TooLong,
    /// A number beyond what can be counted.
    Overflow,
}

struct Run<'a, 'o> {
    script: &'a Script,
    asking: &'a Asking,
    out: &'o mut Rulings,
    part: Option<String>,
    steps: u32,
    said: bool,
}

/// Runs a script on the subject that is bound.
pub(super) fn run<P: Watched>(eval: &mut Eval<'_, P>, script: &Script, asking: &Asking, out: &mut Rulings) {
    let actions = match &script.run {
        How::Lowered(actions) => actions,
        How::Interpreted(interpreted) => return super::interpret::run(eval, interpreted, script, asking, out),
    };
    let mut run = Run { script, asking, out, part: None, steps: 0, said: false };
    match block(eval, actions, &mut run) {
        ControlFlow::Break(Stop::Unknown) => {
            let mut ruling = asking.rule(eval, Verdict::Unverified);
            ruling.part = run.part.take().or(ruling.part);
            run.out.add(ruling, P::KEEPS);
        }
        ControlFlow::Break(Stop::TooLong) => run.out.exhaust(format!("脚本执行超过{MOST_STEPS}步")),
        ControlFlow::Break(Stop::Overflow) => run.out.failure = Some("脚本的计算溢出".to_owned()),
        _ if !run.said => {
            let ruling = asking.rule(eval, Verdict::Compliant);
            run.out.add(ruling, P::KEEPS);
        }
        _ => {}
    }
}

fn block<P: Watched>(eval: &mut Eval<'_, P>, actions: &[Action], run: &mut Run<'_, '_>) -> ControlFlow<Stop> {
    for action in actions {
        run.steps += 1;
        if run.steps > MOST_STEPS {
            return ControlFlow::Break(Stop::TooLong);
        }
        step(eval, action, run)?;
    }
    ControlFlow::Continue(())
}

fn step<P: Watched>(eval: &mut Eval<'_, P>, action: &Action, run: &mut Run<'_, '_>) -> ControlFlow<Stop> {
    match action {
        Action::Set(var, node, ty) => {
            let mark = eval.probe.lacking();
            let value = value_of(eval, *node, *ty);
            match value {
                Val::Truth(Truth::Unknown) => return ControlFlow::Break(Stop::Unknown),
                Val::Span(s) if s.is_exact() && matches!(s.lo, i64::MIN | i64::MAX) => return ControlFlow::Break(Stop::Overflow),
                _ => {}
            }
            eval.bind_var_since(*var, value, mark);
            ControlFlow::Continue(())
        }
        Action::If(cond, yes, no) => {
            let body = if decided(eval, *cond)? { yes } else { no };
            block(eval, body, run)
        }
        Action::ForRows(set, body) => for_rows(eval, set, body, run),
        Action::ForInts(var, from, to, body) => {
            let (from, to) = (eval.span(*from), eval.span(*to));
            if !from.is_exact() || !to.is_exact() {
                return ControlFlow::Break(Stop::Unknown);
            }
            for i in from.lo..to.lo {
                eval.bind_var(*var, Val::Span(super::value::Span::exact(i)));
                run.steps += 1;
                if run.steps > MOST_STEPS {
                    return ControlFlow::Break(Stop::TooLong);
                }
                if turn(block(eval, body, run))? {
                    break;
                }
            }
            ControlFlow::Continue(())
        }
        Action::ForList(var, list, body) => {
            let Some(elements) = eval.elements(*list) else { return ControlFlow::Break(Stop::Unknown) };
            for element in elements {
                eval.bind_var(*var, element);
                if turn(block(eval, body, run))? {
                    break;
                }
            }
            ControlFlow::Continue(())
        }
        Action::While(cond, body) => {
            while decided(eval, *cond)? {
                run.steps += 1;
                if run.steps > MOST_STEPS {
                    return ControlFlow::Break(Stop::TooLong);
                }
                if turn(block(eval, body, run))? {
                    break;
                }
            }
            ControlFlow::Continue(())
        }
        Action::Break => ControlFlow::Break(Stop::Break),
        Action::Continue => ControlFlow::Break(Stop::Continue),
        Action::Return => ControlFlow::Break(Stop::Return),
        Action::Part(template) => {
            // Counting needs no names.
            if P::KEEPS {
                run.part = Some(words(eval, template));
            }
            ControlFlow::Continue(())
        }
        Action::Violation(template) => {
            let verdict = grade(eval, &run.script.severity);
            find(eval, verdict, template, run);
            ControlFlow::Continue(())
        }
        Action::Advise(template) => {
            find(eval, verdict_of(run.script.advice), template, run);
            ControlFlow::Continue(())
        }
        Action::Unverified => ControlFlow::Break(Stop::Unknown),
    }
}

fn for_rows<P: Watched>(eval: &mut Eval<'_, P>, set: &Set, body: &[Action], run: &mut Run<'_, '_>) -> ControlFlow<Stop> {
    let mark = eval.probe.lacking();
    let mut rows = eval.lists.pop().unwrap_or_default();
    let known = eval.ordered_into(set, &mut rows);
    // What is lacking to know a row counts only if the loop gets as far as that row.
    let lacks = eval.probe.lacks_since(mark);
    eval.probe.forget_lacks(mark);
    let stop = |eval: &mut Eval<'_, P>| {
        lacks.iter().for_each(|lack| eval.probe.lack(*lack));
        ControlFlow::Break(Stop::Unknown)
    };
    if !known {
        return stop(eval);
    }
    for &(row, counts) in &rows {
        if counts != Truth::True {
            return stop(eval);
        }
        eval.bind_row(set.slot, row);
        if turn(block(eval, body, run))? {
            break;
        }
    }
    rows.clear();
    eval.lists.push(rows);
    ControlFlow::Continue(())
}

/// Whether a loop ends; other stops go on outwards.
fn turn(flow: ControlFlow<Stop>) -> ControlFlow<Stop, bool> {
    match flow {
        ControlFlow::Break(Stop::Break) => ControlFlow::Continue(true),
        ControlFlow::Break(Stop::Continue) | ControlFlow::Continue(()) => ControlFlow::Continue(false),
        ControlFlow::Break(other) => ControlFlow::Break(other),
    }
}

fn decided<P: Watched>(eval: &mut Eval<'_, P>, cond: NodeId) -> ControlFlow<Stop, bool> {
    match eval.truth(cond) {
        Truth::True => ControlFlow::Continue(true),
        Truth::False => ControlFlow::Continue(false),
        Truth::Unknown => ControlFlow::Break(Stop::Unknown),
    }
}

fn value_of<'c, P: Watched>(eval: &mut Eval<'c, P>, node: NodeId, ty: Ty) -> Val<'c> {
    match ty {
        Ty::Truth => Val::Truth(eval.truth(node)),
        Ty::Text => Val::Text(eval.text(node)),
        Ty::Row(_) => Val::Row(eval.row(node)),
        _ => Val::Span(eval.span(node)),
    }
}

fn find<P: Watched>(eval: &mut Eval<'_, P>, verdict: Verdict, template: &Template, run: &mut Run<'_, '_>) {
    run.said = true;
    eval.probe.pass(template);
    let mut ruling = run.asking.rule(eval, verdict);
    ruling.part = run.part.clone().or(ruling.part);
    if P::WATCH || P::TIMED {
        ruling.message = words(eval, template);
        ruling.evidence = eval.probe.evidence();
    }
    run.out.add(ruling, P::KEEPS);
}

/// A sentence; what it lacks leaves nothing undecided.
fn words<P: Watched>(eval: &mut Eval<'_, P>, template: &Template) -> String {
    let mark = eval.probe.lacking();
    let text = say(eval, template, &Facts::default());
    eval.probe.forget_lacks(mark);
    text
}
