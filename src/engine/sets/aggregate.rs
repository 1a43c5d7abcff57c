//! How many rows a set has, and what their values come to together.

use super::super::eval::{Eval, Val};
use super::super::probe::{Lack, Probe};
use super::super::value::{RowVal, Span, TextVal, Truth};
use crate::records::Sym;
use crate::rules::ir::{Node, NodeId, Set};
use std::ops::ControlFlow;

impl<'c, P: Probe> Eval<'c, P> {
    pub(in crate::engine) fn aggregate(&mut self, id: NodeId) -> Span {
        match self.node(id) {
            Node::Count(set) => {
                let (mut least, mut most) = (0, 0);
                let known = self.each(set, |_, _, holds| {
                    least += i64::from(holds == Truth::True);
                    most += 1;
                    ControlFlow::Continue(())
                });
                Span { lo: least, hi: if known { most } else { i64::MAX } }
            }
            Node::Sum(set, value) => self.sum(set, *value),
            Node::Least(set, value) => self.extreme(set, *value, Span::ABSENT, |a, b| a.min(b)),
            Node::Greatest(set, value) => self.extreme(set, *value, Span::ABSENT, |a, b| a.max(b)),
            Node::Distinct(set, keys) => self.distinct(set, keys),
            Node::HeldMonths(..) | Node::Reaches(..) => self.duration(id),
            _ => Span::UNKNOWN,
        }
    }

    /// The value of a node whose type is seen from what it is.
    pub(in crate::engine) fn any_value(&mut self, node: NodeId) -> Val<'c> {
        match self.node(node) {
            Node::TextCell(..) | Node::Text(_) | Node::Key(..) => Val::Text(self.text(node)),
            Node::Follow(..) | Node::Slot(_) | Node::Pick(..) | Node::RowIf(..) => Val::Row(self.row(node)),
            Node::Bool(..) | Node::And(_) | Node::Or(_) | Node::Not(_) | Node::Compare(..) => Val::Truth(self.truth(node)),
            Node::Var(var) => self.variable(*var),
            _ => Val::Span(self.span(node)),
        }
    }

    fn sum(&mut self, set: &Set, value: NodeId) -> Span {
        let mut total = Span::exact(0);
        let known = self.each(set, |s, _, holds| {
            let value = s.span(value);
            let value = match holds {
                Truth::True => value,
                _ => value.hull(Span::exact(0)),
            };
            total = if value.is_unknown() {
                // Amounts are not negative: a blank one can only add.
                Span { lo: total.lo, hi: i64::MAX }
            } else {
                Span { lo: total.lo.saturating_add(value.lo), hi: total.hi.saturating_add(value.hi) }
            };
            ControlFlow::Continue(())
        });
        if known { total } else { Span { lo: total.lo, hi: i64::MAX } }
    }

    /// The least or greatest value over the rows that count; rows that may count widen it.
    fn extreme(&mut self, set: &Set, value: NodeId, none: Span, choose: impl Fn(i64, i64) -> i64) -> Span {
        let mut sure: Option<Span> = None;
        let mut maybe: Option<Span> = None;
        let known = self.each(set, |s, _, holds| {
            let value = s.span(value);
            if value.is_absent() || value == Span::exact(-1) {
                return ControlFlow::Continue(());
            }
            let slot = if holds == Truth::True { &mut sure } else { &mut maybe };
            *slot = Some(match *slot {
                None => value,
                Some(old) if holds == Truth::True => Span { lo: choose(old.lo, value.lo), hi: choose(old.hi, value.hi) },
                Some(old) => old.hull(value),
            });
            ControlFlow::Continue(())
        });
        match (sure, maybe) {
            _ if !known => Span::UNKNOWN,
            (None, None) => {
                self.probe.lack(Lack::NoRow(set.table));
                none
            }
            (Some(sure), None) => sure,
            (None, Some(_)) => Span::UNKNOWN,
            (Some(sure), Some(maybe)) => {
                let with = Span { lo: choose(sure.lo, maybe.lo), hi: choose(sure.hi, maybe.hi) };
                sure.hull(with)
            }
        }
    }

    fn distinct(&mut self, set: &Set, keys: &[NodeId]) -> Span {
        let mut sure: Vec<Vec<Key>> = Vec::new();
        let mut maybe = 0;
        let known = self.each(set, |s, _, holds| {
            let key: Vec<Key> = keys.iter().map(|&k| s.key_of(k)).collect();
            if holds != Truth::True || key.contains(&Key::Unknown) {
                maybe += 1;
            } else if !sure.contains(&key) {
                sure.push(key);
            }
            ControlFlow::Continue(())
        });
        let count = sure.len() as i64;
        // A row with an unknown part is at least one combination, if it is the only one.
        Span { lo: count, hi: if known { count + maybe } else { i64::MAX } }
    }

    fn key_of(&mut self, node: NodeId) -> Key {
        // Where the table was not exported, two references still tell whether they are one.
        if let Node::Follow(row, table, field) = self.node(node)
            && let RowVal::Row(row) = self.row(*row)
            && let Some(Some(far)) = self.cx.store.rows(*table).far.get(*field)
            && let Some(key) = far.get(row as usize).filter(|key| key.is_text())
        {
            return Key::Far(*key);
        }
        match self.any_value(node) {
            Val::Span(s) if s.is_exact() => Key::Number(s.lo),
            Val::Text(TextVal::Known(t)) => Key::Text(t.to_owned()),
            Val::Text(TextVal::None) => Key::None,
            Val::Row(RowVal::Row(r)) => Key::Number(i64::from(r)),
            Val::Row(RowVal::Absent) => Key::None,
            Val::Truth(Truth::True) => Key::Number(1),
            Val::Truth(Truth::False) => Key::Number(0),
            _ => Key::Unknown,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Number(i64),
    Text(String),
    Far(Sym),
    None,
    Unknown,
}
