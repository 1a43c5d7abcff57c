//! What each kind of node comes to: a condition, a date or number, a text, a row.

use super::super::compute::covers;
use super::super::id_number::{self, IdNumber};
use super::super::probe::{Lack, Probe};
use super::super::quick::{compared, in_codes};
use super::super::value::{RowVal, Span, TextVal, Truth, equal};
use super::{Eval, Val};
use crate::dates::Day;
use crate::records::{Column, Sym};
use crate::rules::ir::{Node, NodeId};

impl<'c, P: Probe> Eval<'c, P> {
    pub(super) fn truth_of(&mut self, id: NodeId) -> Truth {
        match self.node(id) {
            Node::Truth(b) => Truth::of(*b),
            Node::And(items) => {
                let mut all = Truth::True;
                for &item in items {
                    all = all.and(self.truth(item));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Node::Or(items) => {
                let mut any = Truth::False;
                for &item in items {
                    any = any.or(self.truth(item));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Node::Not(one) => !self.truth(*one),
            Node::Compare(cmp, a, b) => {
                let (a, b) = (self.span(*a), self.span(*b));
                compared(*cmp, a, b)
            }
            Node::InCodes(code, mask) => in_codes(self.span(*code), mask),
            Node::InInts(value, list) => {
                let value = self.span(*value);
                list.iter().fold(Truth::False, |t, &i| t.or(equal(value, Span::exact(i))))
            }
            Node::Bool(row, table, field) => self.bool_cell(id, *row, *table, *field),
            Node::HasRow(row) => match self.row(*row) {
                RowVal::Row(_) => Truth::True,
                RowVal::Absent => Truth::False,
                RowVal::Unknown => Truth::Unknown,
            },
            Node::HasCell(row, table, field) => self.has_cell(id, *row, *table, *field),
            Node::HasValue(value) => {
                let value = self.span(*value);
                if value.is_absent() || value == Span::exact(i64::from(Day::FUTURE.0)) || value == Span::exact(i64::from(Day::PAST.0)) {
                    Truth::False
                } else if value.is_unknown() {
                    Truth::Unknown
                } else {
                    Truth::True
                }
            }
            Node::SameText(a, b) => self.compare_texts(*a, *b, |a, b| a == b),
            Node::TextBefore(a, b) => self.compare_texts(*a, *b, |a, b| a < b),
            Node::SameTextLoosely(a, b) => self.compare_texts(*a, *b, |a, b| squeezed(a).eq(squeezed(b))),
            Node::Overlaps(a, b) => self.compare_texts(*a, *b, |a, b| {
                let (a, b): (String, String) = (squeezed(a).collect(), squeezed(b).collect());
                a.contains(&b) || b.contains(&a)
            }),
            Node::IdValid(text) => self.id_number(*text, |n| Truth::of(n.is_some())),
            Node::IdMale(text) => self.id_number(*text, |n| n.map_or(Truth::Unknown, |n| Truth::of(n.male))),
            Node::Covers(date, day) => covers(self.span(*date), self.span(*day)),
            Node::Exported(table, field) => {
                let rows = self.cx.store.rows(*table);
                Truth::of(rows.exported && field.is_none_or(|f| rows.column(f).is_some()))
            }
            Node::Contains(a, b) => self.compare_texts(*a, *b, |a, b| a.contains(b)),
            Node::InTexts(text, list) => match self.text(*text) {
                TextVal::Known(text) => Truth::of(list.iter().any(|&t| self.constant(t) == text)),
                TextVal::None => Truth::False,
                TextVal::Unknown => Truth::Unknown,
            },
            Node::SameRow(a, b) => match (self.row(*a), self.row(*b)) {
                (RowVal::Unknown, _) | (_, RowVal::Unknown) => Truth::Unknown,
                (RowVal::Row(a), RowVal::Row(b)) => Truth::of(a == b),
                _ => Truth::False,
            },
            Node::Any(set) => self.any(set),
            Node::All(set, must) => self.all(set, *must),
            Node::AnyOf(list, var, cond) => self.over_list(*list, *var, *cond, Truth::False),
            Node::AllOf(list, var, cond) => self.over_list(*list, *var, *cond, Truth::True),
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.truth(*yes),
                Truth::False => self.truth(*no),
                Truth::Unknown => {
                    let (yes, no) = (self.truth(*yes), self.truth(*no));
                    if yes == no { yes } else { Truth::Unknown }
                }
            },
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Truth(t)) => t,
                _ => Truth::Unknown,
            },
            Node::Let(slot, body) => match self.named(*slot, |s| Val::Truth(s.truth(*body))) {
                Val::Truth(t) => t,
                _ => Truth::Unknown,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Truth(t) => t,
                _ => Truth::Unknown,
            },
            _ => Truth::Unknown,
        }
    }

    pub(super) fn span_of(&mut self, id: NodeId) -> Span {
        match self.node(id) {
            Node::Int(i) => Span::exact(*i),
            Node::Absent => Span::ABSENT,
            Node::AsOf => self.cx.today(),
            Node::Cell(row, table, field) => self.cell(id, *row, *table, *field),
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.span(*yes),
                Truth::False => self.span(*no),
                Truth::Unknown => self.span(*yes).hull(self.span(*no)),
            },
            Node::FirstOf(items) => {
                let mut found = Span::ABSENT;
                for &item in items {
                    found = self.span(item);
                    if !found.is_absent() {
                        break;
                    }
                }
                found
            }
            Node::Min(items) => self.merged(items, |a, b| Span { lo: a.lo.min(b.lo), hi: a.hi.min(b.hi) }),
            Node::Max(items) => self.merged(items, |a, b| Span { lo: a.lo.max(b.lo), hi: a.hi.max(b.hi) }),
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Span(s)) => s,
                Some(_) => Span::UNKNOWN,
                None => Span::ABSENT,
            },
            Node::Let(slot, body) => match self.named(*slot, |s| Val::Span(s.span(*body))) {
                Val::Span(s) => s,
                _ => Span::UNKNOWN,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Span(s) => s,
                _ => Span::UNKNOWN,
            },
            Node::BlankAs(cell, other) => self.blank_as(*cell, *other),
            Node::Count(_)
            | Node::Distinct(..)
            | Node::Sum(..)
            | Node::Least(..)
            | Node::Greatest(..)
            | Node::HeldMonths(..)
            | Node::Reaches(..) => self.aggregate(id),
            Node::Size(list) => self.list_size(*list),
            Node::IdBirth(text) => match self.text(*text) {
                TextVal::Known(text) => id_number::read(text).map_or(Span::ABSENT, |n| Span::exact(i64::from(n.birth.0))),
                TextVal::None => Span::ABSENT,
                TextVal::Unknown => Span::UNKNOWN,
            },
            _ => self.computed(id),
        }
    }

    pub(super) fn text_of(&mut self, id: NodeId) -> TextVal<'c> {
        match self.node(id) {
            Node::Text(t) => TextVal::Known(self.constant(*t)),
            Node::TextCell(row, table, field) => {
                let Some(row) = self.cell_row(*row, *table) else { return TextVal::Unknown };
                if P::WATCH {
                    self.probe.cell(*table, row, *field);
                }
                let sym = match self.cx.column(id) {
                    Some(Column::Text(v)) => v.get(row as usize).copied().unwrap_or(Sym::BAD),
                    _ => {
                        self.probe.lack(Lack::Column(*table, *field));
                        return TextVal::Unknown;
                    }
                };
                match self.cx.store.texts.get(sym) {
                    Some(text) => TextVal::Known(text),
                    None if sym == Sym::NONE => TextVal::None,
                    None => {
                        self.probe.lack(Lack::Cell(*table, row, *field));
                        TextVal::Unknown
                    }
                }
            }
            Node::Key(row, table) => match self.row(*row) {
                RowVal::Row(row) => TextVal::Known(self.cx.store.key(*table, row)),
                RowVal::Absent => TextVal::None,
                RowVal::Unknown => TextVal::Unknown,
            },
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Text(t)) => t,
                _ => TextVal::Unknown,
            },
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.text(*yes),
                Truth::False => self.text(*no),
                Truth::Unknown => TextVal::Unknown,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Text(t) => t,
                _ => TextVal::Unknown,
            },
            _ => TextVal::Unknown,
        }
    }

    pub(super) fn row_of(&mut self, id: NodeId) -> RowVal {
        match self.node(id) {
            Node::Slot(slot) => RowVal::Row(self.rows[self.base + usize::from(*slot)]),
            Node::Follow(row, table, field) => self.follow(id, *row, *table, *field),
            Node::Pick(pick, set, by) => self.pick(*pick, set, *by),
            Node::RowIf(row, cond) => match self.row(*row) {
                RowVal::Absent => RowVal::Absent,
                found => match self.truth(*cond) {
                    Truth::True => found,
                    Truth::False => RowVal::Absent,
                    Truth::Unknown => RowVal::Unknown,
                },
            },
            Node::FirstOf(items) => {
                let mut found = RowVal::Absent;
                for &item in items {
                    found = self.row(item);
                    if found != RowVal::Absent {
                        break;
                    }
                }
                found
            }
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.row(*yes),
                Truth::False => self.row(*no),
                Truth::Unknown => {
                    let (yes, no) = (self.row(*yes), self.row(*no));
                    if yes == no { yes } else { RowVal::Unknown }
                }
            },
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Row(r)) => r,
                Some(_) => RowVal::Unknown,
                None => RowVal::Absent,
            },
            Node::Let(slot, body) => match self.named(*slot, |s| Val::Row(s.row(*body))) {
                Val::Row(r) => r,
                _ => RowVal::Unknown,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Row(r) => r,
                _ => RowVal::Unknown,
            },
            _ => RowVal::Unknown,
        }
    }

    fn merged(&mut self, items: &[NodeId], both: impl Fn(Span, Span) -> Span) -> Span {
        let mut result = Span::ABSENT;
        for &item in items {
            let value = self.span(item);
            result = match (result.is_absent(), value.is_absent()) {
                (true, _) => value,
                (_, true) => result,
                _ => both(result, value),
            };
        }
        result
    }

    fn compare_texts(&mut self, a: NodeId, b: NodeId, holds: impl Fn(&str, &str) -> bool) -> Truth {
        match (self.text(a), self.text(b)) {
            (TextVal::Unknown, _) | (_, TextVal::Unknown) => Truth::Unknown,
            (TextVal::Known(a), TextVal::Known(b)) => Truth::of(holds(a, b)),
            _ => Truth::False,
        }
    }

    fn id_number(&mut self, text: NodeId, says: impl Fn(Option<IdNumber>) -> Truth) -> Truth {
        match self.text(text) {
            TextVal::Known(text) => says(id_number::read(text)),
            TextVal::None => says(None),
            TextVal::Unknown => Truth::Unknown,
        }
    }
}

fn squeezed(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}
