//! Scripts that cannot be lowered, run by rhai's interpreter: one engine for all threads, one scope a run. What a script asks of the
//! records it asks of the evaluator at hand, which is lent to the thread while the script runs. A truth that is not decided stops the
//! script as 待核, unless the other side of an `&&` or `||` decides.

mod machine;
mod operators;
mod value;

use super::eval::{Eval, Val};
use super::judge::{Asking, grade, verdict_of};
use super::probe::Watched;
use super::ruling::Rulings;
use super::say;
use super::value::{RowVal, Span, TextVal, Truth};
use super::verdict::Verdict;
use crate::dates::Period;
use crate::rules::ir::{NodeId, Set, Ty, Unit};
use crate::rules::{Interpreted, Script};
use rhai::{Dynamic, EvalAltResult, ImmutableString, Scope};
use value::{Kind, Lacks, Rows, Stop, Value};

/// What a native function of the interpreter may fail with.
type Fallible<T> = Result<T, Box<EvalAltResult>>;

scoped_tls_hkt::scoped_thread_local!(static mut DESK: for<'a> &'a mut (dyn Desk + 'a));

/// What the interpreter asks of the evaluator it runs under.
trait Desk {
    /// Evaluates an island.
    fn island(&mut self, number: i64, inputs: &mut [Dynamic]) -> Fallible<Dynamic>;
    /// Reads a member of a row.
    fn member(&mut self, row: &Value, name: &str) -> Fallible<Dynamic>;
    /// Whether a member of a row is filled.
    fn has_member(&mut self, row: &Value, name: &str) -> Fallible<bool>;
    /// A date some time later.
    fn shift(&mut self, date: Span, period: Period) -> Span;
    /// The number of a code of a list.
    fn code(&self, list: usize, text: &str) -> Option<i64>;
    /// A value in words.
    fn show(&self, value: &Value) -> String;
    /// Whether anybody wants to know more than how many findings there are.
    fn keeps(&self) -> bool;
    /// Names the part that the next finding is about.
    fn part(&mut self, text: String);
    /// Reports a finding.
    fn find(&mut self, advice: bool, text: String);
}

/// Lends the desk to a native function.
fn desk<T>(ask: impl FnOnce(&mut dyn Desk) -> T) -> T {
    DESK.with(ask)
}

/// Interprets a script on the subject that is bound.
pub(super) fn run<P: Watched>(eval: &mut Eval<'_, P>, interpreted: &Interpreted, script: &Script, asking: &Asking, out: &mut Rulings) {
    let mut session = Session { eval, interpreted, script, asking, out, part: None, said: false };
    let mut scope = Scope::new();
    let ended = DESK.set(&mut session, || machine::engine().run_ast_with_scope(&mut scope, &interpreted.ast));
    match ended {
        Ok(()) if !session.said => {
            let ruling = asking.rule(session.eval, Verdict::Compliant);
            session.out.add(ruling, P::WATCH);
        }
        Ok(()) => {}
        Err(error) => match Stop::of(&error) {
            Some(stop) => {
                for lack in stop.lacks.iter() {
                    session.eval.probe.lack(*lack);
                }
                let mut ruling = asking.rule(session.eval, Verdict::Unverified);
                ruling.part = session.part.take().or(ruling.part);
                session.out.add(ruling, P::WATCH);
            }
            None if machine::is_exhausted(&error) => session.out.exhaust(machine::explain(&error)),
            None => session.out.failure = Some(machine::explain(&error)),
        },
    }
}

/// One run of a script.
struct Session<'s, 'c, P> {
    eval: &'s mut Eval<'c, P>,
    interpreted: &'s Interpreted,
    script: &'s Script,
    asking: &'s Asking,
    out: &'s mut Rulings,
    part: Option<String>,
    said: bool,
}

impl<P: Watched> Desk for Session<'_, '_, P> {
    fn island(&mut self, number: i64, inputs: &mut [Dynamic]) -> Fallible<Dynamic> {
        let island = usize::try_from(number).ok().and_then(|n| self.interpreted.islands.get(n));
        let Some(island) = island else { return Err("没有这个表达式".into()) };
        let mark = self.eval.probe.lacking();
        for ((var, ty), input) in island.inputs.iter().zip(inputs) {
            let value = self.input(input, *ty).ok_or_else(|| format!("{} 里的值不合要求", island.words))?;
            let before = self.eval.probe.lacking();
            for lack in value::lacks(input) {
                self.eval.probe.lack(lack);
            }
            self.eval.bind_var_since(*var, value, before);
        }
        read(self.eval, island.node, island.ty, mark)
    }

    fn member(&mut self, row: &Value, name: &str) -> Fallible<Dynamic> {
        let Kind::Row(found, table) = row.kind else { return Err(format!("这个值没有“{name}”").into()) };
        let Some(member) = self.interpreted.members.get(&(table, name.to_owned())).copied() else {
            return Err(format!("这一行没有“{name}”").into());
        };
        match found {
            RowVal::Row(at) => {
                let mark = self.eval.probe.lacking();
                self.eval.in_frame(at, |e| read(e, member.node, member.ty, mark))
            }
            RowVal::Absent => Ok(Value::nothing(member.ty).with(row).dynamic()),
            RowVal::Unknown => Value::unknown(member.ty).with(row).checked(),
        }
    }

    fn has_member(&mut self, row: &Value, name: &str) -> Fallible<bool> {
        let Kind::Row(found, table) = row.kind else { return Err(format!("这个值没有“{name}”").into()) };
        match (found, self.interpreted.members.get(&(table, name.to_owned())).and_then(|m| m.has)) {
            (RowVal::Absent, _) => Ok(false),
            (RowVal::Unknown, _) => Err(Stop::at([row]).error()),
            (RowVal::Row(_), None) => {
                let value = self.member(row, name)?;
                operators::has(&value)
            }
            (RowVal::Row(at), Some(has)) => {
                let mark = self.eval.probe.lacking();
                let value = self.eval.in_frame(at, |e| read(e, has, Ty::Truth, mark))?;
                Ok(value.as_bool().unwrap_or(false))
            }
        }
    }

    fn shift(&mut self, date: Span, period: Period) -> Span {
        self.eval.shifted(date, period)
    }

    fn code(&self, list: usize, text: &str) -> Option<i64> {
        self.eval.cx.store.schema.lists.get(list)?.code(text).map(i64::from)
    }

    fn show(&self, value: &Value) -> String {
        match &value.kind {
            Kind::Span(span, ty) => say::of_type(&self.eval.cx.store.schema, *span, *ty),
            Kind::Row(RowVal::Row(row), table) => self.eval.cx.store.key(*table, *row).to_owned(),
            Kind::Row(RowVal::Absent, _) | Kind::Text(false) => say::NONE.to_owned(),
            Kind::Row(RowVal::Unknown, _) | Kind::Text(true) => say::UNKNOWN.to_owned(),
        }
    }

    fn keeps(&self) -> bool {
        P::KEEPS
    }

    fn part(&mut self, text: String) {
        self.part = Some(text);
    }

    fn find(&mut self, advice: bool, text: String) {
        self.said = true;
        let verdict = if advice { verdict_of(self.script.advice) } else { grade(self.eval, &self.script.severity) };
        let mut ruling = self.asking.rule(self.eval, verdict);
        ruling.part = self.part.clone().or(ruling.part);
        if P::WATCH {
            ruling.message = text;
            ruling.evidence = self.eval.probe.evidence();
        }
        self.out.add(ruling, P::WATCH);
    }
}

impl<'c, P: Watched> Session<'_, 'c, P> {
    /// A value of the script as the engine keeps it. None where it is of another kind than the place wants.
    fn input(&self, input: &Dynamic, ty: Option<Ty>) -> Option<Val<'c>> {
        if let Some(value) = input.read_lock::<Value>() {
            return match (&value.kind, ty) {
                (Kind::Span(span, Ty::Number), Some(Ty::Number) | None) => Some(Val::Span(*span)),
                (Kind::Span(_, Ty::Number), _) => None,
                (Kind::Span(span, of), want) => want.is_none_or(|w| alike(*of, w)).then_some(Val::Span(*span)),
                (Kind::Row(row, of), want) => want.is_none_or(|w| w == Ty::Row(*of)).then_some(Val::Row(*row)),
                (Kind::Text(unknown), _) => Some(Val::Text(if *unknown { TextVal::Unknown } else { TextVal::None })),
            };
        }
        if input.is_unit() {
            return Some(match ty {
                Some(Ty::Row(_)) => Val::Row(RowVal::Absent),
                Some(Ty::Text) => Val::Text(TextVal::None),
                _ => Val::Span(Span::ABSENT),
            });
        }
        if let Ok(truth) = input.as_bool() {
            return matches!(ty, None | Some(Ty::Truth)).then_some(Val::Truth(Truth::of(truth)));
        }
        if let Ok(number) = input.as_int() {
            return match ty {
                None | Some(Ty::Int(_)) => Some(Val::Span(Span::exact(number))),
                Some(Ty::Number) => number.checked_mul(1000).map(|n| Val::Span(Span::exact(n))),
                _ => None,
            };
        }
        if let Ok(number) = input.as_float() {
            return matches!(ty, Some(Ty::Number)).then(|| Val::Span(Span::exact((number * 1000.0).round() as i64)));
        }
        let text = input.read_lock::<ImmutableString>()?;
        match ty {
            Some(Ty::Code(list)) => self.code(list, &text).map(|c| Val::Span(Span::exact(c))),
            Some(Ty::Date) => text.parse::<crate::dates::Day>().ok().map(|d| Val::Span(Span::exact(i64::from(d.0)))),
            None | Some(Ty::Text) => self.held(&text).map(|t| Val::Text(TextVal::Known(t))),
            _ => None,
        }
    }

    /// A text that the records or the rules hold: conditions cannot be asked of one that a script has made up.
    fn held(&self, text: &str) -> Option<&'c str> {
        let cx = self.eval.cx;
        let of_records = cx.store.texts.find(text).and_then(|sym| cx.store.texts.get(sym));
        of_records.or_else(|| cx.rules.program.texts.iter().find(|t| *t == text).map(String::as_str))
    }
}

/// The value of a node, with what it lacks taken off the watcher: it counts only if the value is asked for.
fn read<P: Watched>(eval: &mut Eval<'_, P>, node: NodeId, ty: Ty, mark: usize) -> Fallible<Dynamic> {
    let value = match ty {
        Ty::Truth => match eval.truth(node) {
            Truth::Unknown => return Err(Stop { lacks: taken(eval, mark) }.error()),
            truth => Dynamic::from_bool(truth == Truth::True),
        },
        Ty::Text => match eval.text(node) {
            TextVal::Known(text) => Dynamic::from(ImmutableString::from(text)),
            blank => Value { kind: Kind::Text(blank == TextVal::Unknown), lacks: taken(eval, mark) }.dynamic(),
        },
        Ty::Row(table) => {
            let row = eval.row(node);
            Value { kind: Kind::Row(row, table), lacks: taken(eval, mark) }.dynamic()
        }
        Ty::Rows(table) => {
            let set = Set { rows: node, table, slot: LISTING, cond: None };
            let list = eval.ordered(&set);
            Dynamic::from(Rows::new(table, list, taken(eval, mark)))
        }
        Ty::Codes(_) | Ty::Texts | Ty::Ints => {
            let of = if let Ty::Codes(list) = ty { Ty::Code(list) } else { Ty::Int(Unit::Plain) };
            match eval.elements(node) {
                Some(elements) => Dynamic::from_array(elements.into_iter().map(|e| element(e, of)).collect()),
                None => return Err(Stop { lacks: taken(eval, mark) }.error()),
            }
        }
        Ty::Spans => return Err("时间段只能直接用在 held_months、reaches 里".into()),
        _ => {
            let span = eval.span(node);
            if !span.is_exact() {
                return Ok(Value { kind: Kind::Span(span, ty), lacks: taken(eval, mark) }.dynamic());
            }
            value::exact(span.lo, ty)
        }
    };
    eval.probe.forget_lacks(mark);
    Ok(value)
}

/// What has been lacking since a mark, taken off the watcher.
fn taken<P: Watched>(eval: &mut Eval<'_, P>, mark: usize) -> Lacks {
    let lacks = eval.probe.lacks_since(mark);
    eval.probe.forget_lacks(mark);
    lacks.into()
}

/// The slot of a set that is only listed: the last of a frame.
const LISTING: u8 = 15;

fn element(value: Val<'_>, ty: Ty) -> Dynamic {
    match value {
        Val::Text(TextVal::Known(text)) => Dynamic::from(ImmutableString::from(text)),
        Val::Text(other) => Value::new(Kind::Text(other == TextVal::Unknown)).dynamic(),
        Val::Span(span) if span.is_exact() => value::exact(span.lo, ty),
        Val::Span(span) => Value::new(Kind::Span(span, ty)).dynamic(),
        Val::Truth(truth) => Dynamic::from_bool(truth == Truth::True),
        Val::Row(_) => Dynamic::UNIT,
    }
}

fn alike(a: Ty, b: Ty) -> bool {
    a == b || matches!((a, b), (Ty::Int(_), Ty::Int(_)))
}
