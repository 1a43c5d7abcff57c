//! Dates, numbers and codes as expressions over lanes.

use super::super::super::compute::{arithmetic, date_of, year_of};
use super::super::super::value::Span;
use super::super::lanes::{ABSENT, OPEN_VALUE, narrowed, widened};
use super::super::plan::{CellOf, One, RowOp, SUBJECTS, Two, ValueAt, ValueOp};
use super::{Env, Lowering};
use crate::records::Column;
use crate::rules::ir::{Node, NodeId};

impl Lowering<'_, '_> {
    /// A date, number or code.
    pub fn value(&mut self, id: NodeId, env: &Env) -> ValueAt {
        let Some(node) = self.node(id).cloned() else { return self.open_value() };
        match node {
            Node::Int(i) => self.constant(i),
            Node::Absent => self.plan.value(ValueOp::Const(ABSENT), SUBJECTS),
            Node::AsOf => self.today(),
            Node::Cell(row, table, field) => {
                let cell = self.cell(row, table, field, env);
                match self.cx.store.rows(table).column(field) {
                    Some(Column::Date(_) | Column::Int(_) | Column::Number(_) | Column::Code(_)) => {
                        self.plan.value(ValueOp::Cell(cell), self.plan.set_of_row(cell.row))
                    }
                    _ => self.open_value(),
                }
            }
            Node::BlankAs(cell, other) => {
                let Some(&Node::Cell(row, table, field)) = self.node(cell) else { return self.open_value() };
                let (place, cell, other) = (self.cell(row, table, field, env), self.value(cell, env), self.value(other, env));
                let sets = [self.plan.set_of_row(place.row), self.plan.set_of_value(cell), self.plan.set_of_value(other)];
                let set = sets.into_iter().fold(SUBJECTS, |a, b| self.deeper(a, b));
                let place = CellOf { row: self.plan.lift_row(place.row, set), ..place };
                let (cell, other) = (self.plan.lift_value(cell, set), self.plan.lift_value(other, set));
                self.plan.value(ValueOp::BlankAs(place, cell, other), set)
            }
            Node::If(cond, yes, no) => {
                let (cond, yes, no) = (self.truth(cond, env), self.value(yes, env), self.value(no, env));
                let set = self.deeper(self.plan.set_of_truth(cond), self.deeper(self.plan.set_of_value(yes), self.plan.set_of_value(no)));
                let cond = self.plan.lift_truth(cond, set);
                let (yes, no) = (self.plan.lift_value(yes, set), self.plan.lift_value(no, set));
                self.plan.value(ValueOp::If(cond, yes, no), set)
            }
            Node::FirstOf(items) => self.several(&items, env, ValueOp::FirstOf),
            Node::Min(items) => self.several(&items, env, ValueOp::Min),
            Node::Max(items) => self.several(&items, env, ValueOp::Max),
            Node::AddPeriod(date, period) => {
                let date = self.value(date, env);
                self.plan.value(ValueOp::AddPeriod(date, period), self.plan.set_of_value(date))
            }
            Node::YearOf(date) => self.one(One::Year, date, env),
            Node::MonthOf(date) => self.one(One::Month, date, env),
            Node::Shift(code, by, len) => self.one(One::Shift(by, len), code, env),
            Node::Lookup(code, table, _) => self.one(One::Lookup(table), code, env),
            Node::PlusMonths(a, b) => self.two(Two::PlusMonths, a, b, env),
            Node::ImpactEnd(a, b) => self.two(Two::ImpactEnd, a, b, env),
            Node::Arithmetic(op, a, b) => self.two(Two::Arithmetic(op), a, b, env),
            Node::DaysBetween(a, b) => self.two(Two::Days, a, b, env),
            Node::WorkdaysBetween(a, b) => self.two(Two::Workdays, a, b, env),
            Node::MonthsBetween(a, b) => self.two(Two::Months, a, b, env),
            Node::YearsBetween(a, b) => self.two(Two::Years, a, b, env),
            Node::DateOf(y, m, d) => {
                let [y, m, d] = [y, m, d].map(|n| self.value(n, env));
                let set = [y, m, d].into_iter().map(|v| self.plan.set_of_value(v)).fold(SUBJECTS, |a, b| self.deeper(a, b));
                let [y, m, d] = [y, m, d].map(|v| self.plan.lift_value(v, set));
                let known = [y, m, d].map(|v| self.constant_of(v));
                match known {
                    [Some(y), Some(m), Some(d)] => self.folded(date_of(y, m, d)),
                    _ => self.plan.value(ValueOp::DateOf(y, m, d), set),
                }
            }
            Node::Count(_) | Node::Sum(..) | Node::Least(..) | Node::Greatest(..) | Node::HeldMonths(..) | Node::Reaches(..) => {
                self.aggregate(&node, env)
            }
            Node::IdBirth(text) => match self.text_cell(text, env) {
                Some(cell) => self.plan.value(ValueOp::IdBirth(cell), self.plan.set_of_row(cell.row)),
                None => self.open_value(),
            },
            Node::Def(def, row) => {
                let row = self.row(row, env);
                let Some(definition) = self.cx.rules.program.definitions.get(def as usize) else { return self.open_value() };
                let (body, inner) = (definition.body, self.frame(row));
                let value = self.value(body, &inner);
                if matches!(self.plan.row_op(row), RowOp::Lane) {
                    return value;
                }
                let set = self.deeper(self.plan.set_of_row(row), self.plan.set_of_value(value));
                let (row, value) = (self.plan.lift_row(row, set), self.plan.lift_value(value, set));
                self.plan.value(ValueOp::Of(row, value), set)
            }
            Node::Let(_, body) => self.value(body, env),
            Node::Var(var) => match env.vars.iter().find(|(v, _)| *v == var) {
                Some((_, value)) => *value,
                None => self.open_value(),
            },
            _ => self.open_value(),
        }
    }

    /// A constant number.
    pub fn constant(&mut self, value: i64) -> ValueAt {
        self.always(Span::exact(value))
    }

    /// The day on which the question is asked; open where it is several.
    pub fn today(&mut self) -> ValueAt {
        self.always(self.cx.today())
    }

    fn always(&mut self, value: Span) -> ValueAt {
        let op = match narrowed(value) {
            OPEN_VALUE => ValueOp::Open,
            value => ValueOp::Const(value),
        };
        self.plan.value(op, SUBJECTS)
    }

    /// What a constant is.
    pub(super) fn constant_of(&self, at: ValueAt) -> Option<Span> {
        match self.plan.value_op(at) {
            ValueOp::Const(value) => widened(*value),
            _ => None,
        }
    }

    /// What was worked out of constants: with years as constants, the days made of them are ones too.
    fn folded(&mut self, value: Span) -> ValueAt {
        let op = match narrowed(value) {
            OPEN_VALUE => ValueOp::Open,
            value => ValueOp::Const(value),
        };
        self.plan.value(op, SUBJECTS)
    }

    fn several(&mut self, items: &[NodeId], env: &Env, op: impl Fn(Vec<ValueAt>) -> ValueOp) -> ValueAt {
        let items: Vec<ValueAt> = items.iter().map(|&i| self.value(i, env)).collect();
        let set = items.iter().map(|v| self.plan.set_of_value(*v)).fold(SUBJECTS, |a, b| self.deeper(a, b));
        let items = items.into_iter().map(|v| self.plan.lift_value(v, set)).collect();
        self.plan.value(op(items), set)
    }

    fn one(&mut self, function: One, of: NodeId, env: &Env) -> ValueAt {
        let of = self.value(of, env);
        if let (One::Year, Some(date)) = (&function, self.constant_of(of)) {
            return self.folded(year_of(date));
        }
        self.plan.value(ValueOp::One(function, of), self.plan.set_of_value(of))
    }

    fn two(&mut self, function: Two, a: NodeId, b: NodeId, env: &Env) -> ValueAt {
        let (a, b) = (self.value(a, env), self.value(b, env));
        if let (Two::Arithmetic(op), Some(a), Some(b)) = (function, self.constant_of(a), self.constant_of(b)) {
            return self.folded(arithmetic(op, a, b));
        }
        let set = self.deeper(self.plan.set_of_value(a), self.plan.set_of_value(b));
        let (a, b) = (self.plan.lift_value(a, set), self.plan.lift_value(b, set));
        self.plan.value(ValueOp::Two(function, a, b), set)
    }
}
