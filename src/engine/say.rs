//! Sentences: values put into the words of a rule.

use super::eval::{Eval, Val};
use super::probe::Probe;
use super::value::{RowVal, Span, TextVal};
use crate::dates::Day;
use crate::rules::ir::{Given, NodeId, Piece, Template, Ty};

/// What the engine supplies to a sentence.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// The due date.
    pub due: Option<Span>,
    /// The late date.
    pub evidence: Option<Span>,
    /// Days past due, or of a shortfall (shown without sign).
    pub days: Option<i64>,
    /// The stage at fault.
    pub stage: Option<&'a str>,
    /// The earlier stage.
    pub earlier: Option<&'a str>,
    /// The later stage.
    pub later: Option<&'a str>,
    /// The later stage's start.
    pub start: Option<Span>,
    /// The earlier stage's end.
    pub end: Option<Span>,
}

/// What is written where a value is not known.
pub(super) const UNKNOWN: &str = "（不详）";
/// What is written where there is none.
pub(super) const NONE: &str = "（无）";

/// Room for a sentence: most need no more.
const ROOM: usize = 192;

/// Puts values into a sentence.
pub fn say<P: Probe>(eval: &mut Eval<'_, P>, template: &Template, facts: &Facts<'_>) -> String {
    let mut out = String::with_capacity(ROOM);
    for piece in &template.0 {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Value(node, ty) => out.push_str(&shown(eval, *node, *ty)),
            Piece::Given(given) => out.push_str(&supplied(*given, facts)),
        }
    }
    out
}

fn supplied(given: Given, facts: &Facts<'_>) -> String {
    let date = |s: Option<Span>| s.map_or_else(|| NONE.to_owned(), date);
    let text = |t: Option<&str>| t.unwrap_or(NONE).to_owned();
    match given {
        Given::Due => date(facts.due),
        Given::EvidenceDate => date(facts.evidence),
        Given::Days => facts.days.map_or_else(|| UNKNOWN.to_owned(), |d| d.abs().to_string()),
        Given::Stage => text(facts.stage),
        Given::Earlier => text(facts.earlier),
        Given::Later => text(facts.later),
        Given::Start => date(facts.start),
        Given::End => date(facts.end),
    }
}

/// A value in words.
pub fn shown<P: Probe>(eval: &mut Eval<'_, P>, node: NodeId, ty: Ty) -> String {
    match ty {
        Ty::Text => text(eval.text(node)),
        Ty::Row(table) => match eval.row(node) {
            RowVal::Row(row) => eval.cx.store.key(table, row).to_owned(),
            RowVal::Absent => NONE.to_owned(),
            RowVal::Unknown => UNKNOWN.to_owned(),
        },
        Ty::Truth => match eval.truth(node) {
            super::value::Truth::True => "是".to_owned(),
            super::value::Truth::False => "否".to_owned(),
            super::value::Truth::Unknown => UNKNOWN.to_owned(),
        },
        Ty::Codes(_) | Ty::Texts | Ty::Ints => {
            let Some(elements) = eval.elements(node) else { return UNKNOWN.to_owned() };
            let words: Vec<String> = elements.into_iter().map(|v| element(eval, v, ty)).collect();
            words.join("、")
        }
        Ty::Rows(_) | Ty::Spans => String::new(),
        _ => {
            let value = eval.span(node);
            of_type(&eval.cx.store.schema, value, ty)
        }
    }
}

fn element<P: Probe>(eval: &Eval<'_, P>, value: Val<'_>, list: Ty) -> String {
    match (value, list) {
        (Val::Text(t), _) => text(t).split('|').next().unwrap_or_default().to_owned(),
        (Val::Span(s), Ty::Codes(l)) => of_type(&eval.cx.store.schema, s, Ty::Code(l)),
        (Val::Span(s), _) => number(s),
        _ => UNKNOWN.to_owned(),
    }
}

fn text(value: TextVal<'_>) -> String {
    match value {
        TextVal::Known(t) => t.to_owned(),
        TextVal::None => NONE.to_owned(),
        TextVal::Unknown => UNKNOWN.to_owned(),
    }
}

/// A span of a type, in words.
pub fn of_type(schema: &crate::records::Schema, value: Span, ty: Ty) -> String {
    match ty {
        Ty::Date => date(value),
        Ty::Number if value.is_exact() => crate::records::show_thousandths(value.lo),
        Ty::Code(list) if value.is_exact() => {
            let code = u8::try_from(value.lo).ok();
            let found = code.and_then(|c| schema.lists.get(list)?.value(c));
            found.map_or_else(|| NONE.to_owned(), str::to_owned)
        }
        Ty::Code(_) if !value.is_absent() => UNKNOWN.to_owned(),
        _ => number(value),
    }
}

fn number(value: Span) -> String {
    if value.is_absent() {
        NONE.to_owned()
    } else if value.is_exact() {
        value.lo.to_string()
    } else if value.lo == i64::MIN || value.hi == i64::MAX {
        UNKNOWN.to_owned()
    } else {
        format!("{}至{}", value.lo, value.hi)
    }
}

/// A date in its own precision.
pub fn date(value: Span) -> String {
    let (past, future) = (i64::from(Day::PAST.0), i64::from(Day::FUTURE.0));
    if value.is_absent() || value == Span::exact(past) || value == Span::exact(future) {
        NONE.to_owned()
    } else if value.lo <= past || value.hi >= future {
        UNKNOWN.to_owned()
    } else {
        value.as_date().to_string()
    }
}
