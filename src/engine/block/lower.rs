//! Compiled rules as expressions over lanes. Definitions and named values are put in where they are used; what blocks do not work out
//! is left open.

use super::super::context::Context;
use super::super::quick::{compared, in_codes};
use super::super::value::{Span, Truth};
use super::plan::{CellOf, Plan, RowAt, RowOp, SetId, TruthAt, TruthOp, ValueAt, ValueOp};
use crate::records::{BAD_CODE, BLANK_CODE, Column, FieldId, FieldType, Filled, NONE_CODE, TableId};
use crate::rules::ir::{Cmp, Node, NodeId};
use std::cmp::Ordering;

mod keyed;
mod rows;
mod texts;
mod values;

/// What is bound where an expression stands.
#[derive(Clone)]
pub struct Env {
    /// The deepest lanes that may be spoken of.
    pub at: SetId,
    /// Rows by slot.
    pub slots: Vec<(u8, RowAt)>,
    /// Values by variable.
    pub vars: Vec<(u8, ValueAt)>,
    /// Texts by variable, by their number in the program.
    pub texts: Vec<(u8, u32)>,
}

impl Env {
    /// With the row of lanes made of others bound to a slot: of what is bound around, these lanes know only what their owners know.
    pub fn within(&self, lanes: SetId, plan: &Plan, slot: u8, row: RowAt) -> Self {
        let known = |row: RowAt| plan.made(lanes).is_some_and(|made| plan.is_above(plan.set_of_row(row), made.parent));
        let mut slots: Vec<(u8, RowAt)> = self.slots.iter().copied().filter(|&(s, row)| s != slot && known(row)).collect();
        slots.push((slot, row));
        Self { at: lanes, slots, ..self.clone() }
    }

    /// With a value bound to a variable.
    pub fn with_value(&self, var: u8, value: ValueAt) -> Self {
        let mut vars = self.vars.clone();
        vars.retain(|(v, _)| *v != var);
        vars.push((var, value));
        Self { vars, ..self.clone() }
    }
}

/// Makes the plan of the rules over one table.
pub struct Lowering<'l, 'c> {
    /// The rules bound to records.
    pub cx: &'l Context<'c>,
    /// What has been made.
    pub plan: Plan,
    /// Whether something was spoken of that the lanes at hand know nothing of.
    pub escaped: bool,
}

impl Lowering<'_, '_> {
    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.cx.rules.program.nodes.get(id as usize)
    }

    /// A condition.
    pub fn truth(&mut self, id: NodeId, env: &Env) -> TruthAt {
        let Some(node) = self.node(id).cloned() else { return self.open_truth() };
        match node {
            Node::Truth(b) => self.plan.truth(TruthOp::Const(b), super::plan::SUBJECTS),
            Node::And(items) => {
                let items = items.iter().map(|&i| self.truth(i, env)).collect();
                self.all_of(items)
            }
            Node::Or(items) => {
                let items = items.iter().map(|&i| self.truth(i, env)).collect();
                self.one_of(items)
            }
            Node::Not(one) => {
                let one = self.truth(one, env);
                self.not(one)
            }
            Node::Compare(cmp, a, b) => self.compare(cmp, a, b, env),
            Node::InCodes(cell, mask) => match self.byte_of_code(cell, env, |code| in_codes(code, &mask)) {
                Some(truth) => truth,
                None => {
                    let value = self.value(cell, env);
                    self.plan.truth(TruthOp::InCodes(value, mask), self.plan.set_of_value(value))
                }
            },
            Node::InInts(value, list) => {
                let value = self.value(value, env);
                self.plan.truth(TruthOp::InInts(value, list), self.plan.set_of_value(value))
            }
            Node::Bool(row, table, field) => {
                let of = |cell: u8| match cell {
                    0 => Truth::False,
                    1 => Truth::True,
                    _ => Truth::Unknown,
                };
                match self.cx.store.rows(table).column(field) {
                    Some(Column::Bool(_)) => self.byte(row, table, field, env, of, Truth::Unknown),
                    _ => self.open_truth(),
                }
            }
            Node::HasRow(row) => {
                let row = self.row(row, env);
                self.plan.truth(TruthOp::HasRow(row), self.plan.set_of_row(row))
            }
            Node::HasCell(row, table, field) => self.has_cell(row, table, field, env),
            Node::HasValue(value) => {
                let value = self.value(value, env);
                self.plan.truth(TruthOp::HasValue(value), self.plan.set_of_value(value))
            }
            Node::Exported(table, field) => {
                let rows = self.cx.store.rows(table);
                let known = rows.exported && field.is_none_or(|f| rows.column(f).is_some());
                self.plan.truth(TruthOp::Const(known), super::plan::SUBJECTS)
            }
            Node::SameRow(a, b) => {
                let (a, b) = (self.row(a, env), self.row(b, env));
                let set = self.deeper(self.plan.set_of_row(a), self.plan.set_of_row(b));
                let (a, b) = (self.plan.lift_row(a, set), self.plan.lift_row(b, set));
                self.plan.truth(TruthOp::SameRow(a, b), set)
            }
            Node::SameText(a, b) => self.same_text(a, b, env),
            Node::TextBefore(a, b) => self.keys(Ordering::Less, a, b, env).unwrap_or_else(|| self.open_truth()),
            Node::IdValid(_) | Node::IdMale(_) | Node::InTexts(..) | Node::Contains(..) | Node::Covers(..) => self.text(&node, env),
            Node::Any(set) => self.any(&set, env),
            Node::All(set, must) => self.all(&set, must, env),
            Node::AnyOf(list, var, cond) => match self.each_of(list, var, cond, env) {
                Some(items) => self.one_of(items),
                None => self.over_texts(list, var, cond, false, env),
            },
            Node::AllOf(list, var, cond) => match self.each_of(list, var, cond, env) {
                Some(items) => self.all_of(items),
                None => self.over_texts(list, var, cond, true, env),
            },
            Node::If(cond, yes, no) => {
                let [cond, yes, no] = [cond, yes, no].map(|n| self.truth(n, env));
                let set =
                    [cond, yes, no].into_iter().map(|t| self.plan.set_of_truth(t)).fold(super::plan::SUBJECTS, |a, b| self.deeper(a, b));
                let [cond, yes, no] = [cond, yes, no].map(|t| self.plan.lift_truth(t, set));
                self.plan.truth(TruthOp::If(cond, yes, no), set)
            }
            Node::Def(def, row) => {
                let row = self.row(row, env);
                let Some(definition) = self.cx.rules.program.definitions.get(def as usize) else { return self.open_truth() };
                let (body, inner) = (definition.body, self.frame(row));
                let truth = self.truth(body, &inner);
                if matches!(self.plan.row_op(row), RowOp::Lane) {
                    return truth;
                }
                let set = self.deeper(self.plan.set_of_row(row), self.plan.set_of_truth(truth));
                let (row, truth) = (self.plan.lift_row(row, set), self.plan.lift_truth(truth, set));
                self.plan.truth(TruthOp::Of(row, truth), set)
            }
            Node::Let(_, body) => self.truth(body, env),
            _ => self.open_truth(),
        }
    }

    /// All of some truths.
    pub fn all_of(&mut self, items: Vec<TruthAt>) -> TruthAt {
        self.joined(items, true)
    }

    /// One of some truths.
    pub fn one_of(&mut self, items: Vec<TruthAt>) -> TruthAt {
        self.joined(items, false)
    }

    /// Conditions on one and the same cell become one; constants go.
    fn joined(&mut self, items: Vec<TruthAt>, all: bool) -> TruthAt {
        let set = items.iter().map(|t| self.plan.set_of_truth(*t)).fold(super::plan::SUBJECTS, |a, b| self.deeper(a, b));
        let mut kept: Vec<TruthAt> = Vec::new();
        for item in items {
            let item = self.plan.lift_truth(item, set);
            if matches!(self.plan.truth_op(item), TruthOp::Const(b) if *b == all) {
                continue;
            }
            let mut merged = None;
            for (place, known) in kept.iter().enumerate() {
                if let (TruthOp::Byte(a, x, none), TruthOp::Byte(b, y, no_row)) = (self.plan.truth_op(*known), self.plan.truth_op(item))
                    && a == b
                {
                    let join = |x: u8, y: u8| if all { x.min(y) } else { x.max(y) };
                    let truths = std::array::from_fn(|i| join(x[i], y[i]));
                    merged = Some((place, TruthOp::Byte(*a, Box::new(truths), join(*none, *no_row))));
                    break;
                }
            }
            match merged {
                Some((place, op)) => kept[place] = self.plan.truth(op, set),
                None => kept.push(item),
            }
        }
        match kept.as_slice() {
            [] => self.plan.truth(TruthOp::Const(all), set),
            [one] => *one,
            _ => self.plan.truth(if all { TruthOp::And(kept) } else { TruthOp::Or(kept) }, set),
        }
    }

    /// The opposite.
    pub fn not(&mut self, one: TruthAt) -> TruthAt {
        let opposite = |t: u8| super::lanes::TRUE - t;
        let op = match self.plan.truth_op(one) {
            TruthOp::Byte(cell, truths, none) => {
                TruthOp::Byte(*cell, Box::new(std::array::from_fn(|i| opposite(truths[i]))), opposite(*none))
            }
            TruthOp::Const(b) => TruthOp::Const(!b),
            _ => TruthOp::Not(one),
        };
        self.plan.truth(op, self.plan.set_of_truth(one))
    }

    /// A comparison of values.
    pub fn compare_values(&mut self, cmp: Cmp, a: ValueAt, b: ValueAt) -> TruthAt {
        if let (Some(a), Some(b)) = (self.constant_of(a), self.constant_of(b)) {
            let op = match compared(cmp, a, b) {
                Truth::Unknown => TruthOp::Open,
                known => TruthOp::Const(known == Truth::True),
            };
            return self.plan.truth(op, super::plan::SUBJECTS);
        }
        if let ValueOp::Const(b) = *self.plan.value_op(b) {
            return self.plan.truth(TruthOp::CompareTo(cmp, a, b), self.plan.set_of_value(a));
        }
        let set = self.deeper(self.plan.set_of_value(a), self.plan.set_of_value(b));
        let (a, b) = (self.plan.lift_value(a, set), self.plan.lift_value(b, set));
        self.plan.truth(TruthOp::Compare(cmp, a, b), set)
    }

    /// The deeper of two sets, one of which lies above the other.
    pub fn deeper(&self, a: SetId, b: SetId) -> SetId {
        if self.plan.depth(a) >= self.plan.depth(b) { a } else { b }
    }

    pub(super) fn open_truth(&mut self) -> TruthAt {
        self.plan.truth(TruthOp::Open, super::plan::SUBJECTS)
    }

    pub(super) fn open_value(&mut self) -> ValueAt {
        self.plan.value(ValueOp::Open, super::plan::SUBJECTS)
    }

    pub(super) fn open_row(&mut self) -> RowAt {
        self.plan.row(RowOp::Open, super::plan::SUBJECTS)
    }

    /// A frame of its own for a definition of a row.
    pub(super) fn frame(&self, row: RowAt) -> Env {
        Env { at: self.plan.set_of_row(row), slots: vec![(0, row)], vars: Vec::new(), texts: Vec::new() }
    }

    fn compare(&mut self, cmp: Cmp, a: NodeId, b: NodeId, env: &Env) -> TruthAt {
        let other = match self.node(b) {
            Some(Node::Int(i)) => Some(Span::exact(*i)),
            _ => None,
        };
        if let Some(other) = other
            && let Some(truth) = self.byte_of_code(a, env, |code| compared(cmp, code, other))
        {
            return truth;
        }
        if let Some(truth) = self.none_lacking(cmp, a, b, env) {
            return truth;
        }
        let (a, b) = (self.value(a, env), self.value(b, env));
        self.compare_values(cmp, a, b)
    }

    /// A condition on a code cell.
    fn byte_of_code(&mut self, cell: NodeId, env: &Env, truth: impl Fn(Span) -> Truth) -> Option<TruthAt> {
        let &Node::Cell(row, table, field) = self.node(cell)? else { return None };
        let Column::Code(_) = self.cx.store.rows(table).column(field)? else { return None };
        let FieldType::Code(list) = self.cx.store.schema.tables.get(table)?.fields.get(field)?.ty else { return None };
        let any = Span { lo: 0, hi: self.cx.store.schema.lists.get(list)?.values.len() as i64 - 1 };
        let of = |cell: u8| match cell {
            NONE_CODE => truth(Span::exact(-1)),
            BLANK_CODE | BAD_CODE => truth(any),
            code => truth(Span::exact(i64::from(code))),
        };
        Some(self.byte(row, table, field, env, of, truth(Span::ABSENT)))
    }

    fn byte(&mut self, row: NodeId, table: TableId, field: FieldId, env: &Env, of: impl Fn(u8) -> Truth, none: Truth) -> TruthAt {
        let cell = self.cell(row, table, field, env);
        let truths = std::array::from_fn(|i| of(i as u8) as u8);
        self.plan.truth(TruthOp::Byte(cell, Box::new(truths), none as u8), self.plan.set_of_row(cell.row))
    }

    fn has_cell(&mut self, row: NodeId, table: TableId, field: FieldId, env: &Env) -> TruthAt {
        let column = self.cx.store.rows(table).column(field);
        let of = |filled: Filled| match filled {
            Filled::Yes => Truth::True,
            Filled::No => Truth::False,
            Filled::Unknown => Truth::Unknown,
        };
        match column {
            Some(Column::Code(_)) => self.byte(row, table, field, env, |c| of(Column::Code(vec![c]).filled(0)), Truth::False),
            Some(Column::Bool(_)) => self.byte(row, table, field, env, |c| of(Column::Bool(vec![c]).filled(0)), Truth::False),
            Some(_) => {
                let cell = self.cell(row, table, field, env);
                self.plan.truth(TruthOp::Filled(cell), self.plan.set_of_row(cell.row))
            }
            None => self.open_truth(),
        }
    }

    pub(super) fn cell(&mut self, row: NodeId, table: TableId, field: FieldId, env: &Env) -> CellOf {
        CellOf { row: self.row(row, env), table, field }
    }

    /// Whether two cells hold the same text. Texts are stored once, so that no text need be looked at.
    fn same_text(&mut self, a: NodeId, b: NodeId, env: &Env) -> TruthAt {
        if let Some(same) = self.keys(Ordering::Equal, a, b, env) {
            return same;
        }
        let (Some(&Node::TextCell(a, s, f)), Some(&Node::TextCell(b, t, g))) = (self.node(a), self.node(b)) else {
            return self.open_truth();
        };
        let is_text = |t, f| matches!(self.cx.store.rows(t).column(f), Some(Column::Text(_)));
        if !is_text(s, f) || !is_text(t, g) {
            return self.open_truth();
        }
        let (a, b) = (self.cell(a, s, f, env), self.cell(b, t, g, env));
        let set = self.deeper(self.plan.set_of_row(a.row), self.plan.set_of_row(b.row));
        let a = CellOf { row: self.plan.lift_row(a.row, set), ..a };
        let b = CellOf { row: self.plan.lift_row(b.row, set), ..b };
        self.plan.truth(TruthOp::SameText(a, b), set)
    }

    /// The condition for each element of a list of constants.
    fn each_of(&mut self, list: NodeId, var: u8, cond: NodeId, env: &Env) -> Option<Vec<TruthAt>> {
        let each = self.elements(list, env)?.into_iter().map(|element| {
            let value = self.constant(element);
            self.truth(cond, &env.with_value(var, value))
        });
        Some(each.collect())
    }
}

/// A lane's row is bound to a subject's slot.
pub fn subject_env(plan: &mut Plan) -> (Env, RowAt) {
    let row = plan.row(RowOp::Lane, super::plan::SUBJECTS);
    (Env { at: super::plan::SUBJECTS, slots: vec![(0, row)], vars: Vec::new(), texts: Vec::new() }, row)
}
