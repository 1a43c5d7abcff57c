//! Conditions on texts as expressions over lanes: texts held against constants, their items, and keys.

use super::super::plan::{CellOf, TextTest, TruthAt, TruthOp};
use super::{Env, Lowering};
use crate::records::Column;
use crate::rules::ir::{Cmp, Node, NodeId};
use std::cmp::Ordering;

impl Env {
    /// With a text bound to a variable.
    fn with_text(&self, var: u8, text: u32) -> Self {
        let mut texts = self.texts.clone();
        texts.retain(|(v, _)| *v != var);
        texts.push((var, text));
        Self { texts, ..self.clone() }
    }
}

impl Lowering<'_, '_> {
    /// The cell of a text.
    pub(super) fn text_cell(&mut self, node: NodeId, env: &Env) -> Option<CellOf> {
        let &Node::TextCell(row, table, field) = self.node(node)? else { return None };
        let Column::Text(_) = self.cx.store.rows(table).column(field)? else { return None };
        Some(self.cell(row, table, field, env))
    }

    fn of_text(&mut self, cell: CellOf, test: TextTest) -> TruthAt {
        self.plan.truth(TruthOp::OfText(cell, test), self.plan.set_of_row(cell.row))
    }

    /// A condition on a text.
    pub(super) fn text(&mut self, node: &Node, env: &Env) -> TruthAt {
        let (text, test) = match node {
            Node::IdValid(text) => (*text, TextTest::IdValid),
            Node::IdMale(text) => (*text, TextTest::IdMale),
            Node::InTexts(text, list) => match self.bound_text(*text, env) {
                Some(known) => return self.plan.truth(TruthOp::Const(self.is_among(known, list)), super::super::plan::SUBJECTS),
                None => (*text, TextTest::Among(list.clone())),
            },
            Node::Contains(text, other) => match self.node(*other) {
                Some(Node::Text(other)) => (*text, TextTest::Holds(*other)),
                _ => return self.open_truth(),
            },
            Node::Covers(date, day) => {
                let (date, day) = (self.value(*date, env), self.value(*day, env));
                let set = self.deeper(self.plan.set_of_value(date), self.plan.set_of_value(day));
                let (date, day) = (self.plan.lift_value(date, set), self.plan.lift_value(day, set));
                return self.plan.truth(TruthOp::Covers(date, day), set);
            }
            _ => return self.open_truth(),
        };
        match self.text_cell(text, env) {
            Some(cell) => self.of_text(cell, test),
            None => self.open_truth(),
        }
    }

    /// The text that a variable is bound to.
    fn bound_text(&self, node: NodeId, env: &Env) -> Option<u32> {
        let Node::Var(var) = self.node(node)? else { return None };
        env.texts.iter().find(|(v, _)| v == var).map(|(_, text)| *text)
    }

    fn is_among(&self, text: u32, list: &[u32]) -> bool {
        let texts = &self.cx.rules.program.texts;
        texts.get(text as usize).is_some_and(|text| list.iter().any(|&t| texts.get(t as usize) == Some(text)))
    }

    /// What holds of any (or of all) of a text's items, or of those that it lacks.
    pub(super) fn over_texts(&mut self, list: NodeId, var: u8, cond: NodeId, all: bool, env: &Env) -> TruthAt {
        let truth = match self.node(list).cloned() {
            Some(Node::Items(text)) => self.over_items(text, var, cond, all, env),
            Some(Node::Lacking(text, wanted)) => self.over_lacking(text, wanted, var, cond, all, env),
            _ => None,
        };
        truth.unwrap_or_else(|| self.open_truth())
    }

    fn over_items(&mut self, text: NodeId, var: u8, cond: NodeId, all: bool, env: &Env) -> Option<TruthAt> {
        let (inside, among) = match self.node(cond)? {
            Node::Not(one) => (false, *one),
            _ => (true, cond),
        };
        let Node::InTexts(item, list) = self.node(among)?.clone() else { return None };
        if *self.node(item)? != Node::Var(var) {
            return None;
        }
        let cell = self.text_cell(text, env)?;
        // All are so if none is not so.
        let any = self.of_text(cell, TextTest::AnyItem(inside != all, list));
        Some(if all { self.not(any) } else { any })
    }

    fn over_lacking(&mut self, text: NodeId, wanted: NodeId, var: u8, cond: NodeId, all: bool, env: &Env) -> Option<TruthAt> {
        let Node::TextList(items) = self.node(wanted)?.clone() else { return None };
        let cell = self.text_cell(text, env)?;
        // Items of which the same is asked are looked for at once.
        let mut alike: Vec<(TruthAt, Vec<u32>)> = Vec::new();
        for item in items {
            let asked = self.truth(cond, &env.with_text(var, item));
            match alike.iter_mut().find(|(known, _)| *known == asked) {
                Some((_, items)) => items.push(item),
                None => alike.push((asked, vec![item])),
            }
        }
        // A text that is not known lacks one does not know what.
        let unknown = self.of_text(cell, TextTest::Lacks(Vec::new()));
        let mut parts = vec![if all { self.not(unknown) } else { unknown }];
        for (asked, items) in alike {
            let lacks = self.of_text(cell, TextTest::Lacks(items));
            let part = if all {
                let holds = self.not(lacks);
                self.one_of(vec![holds, asked])
            } else {
                self.all_of(vec![lacks, asked])
            };
            parts.push(part);
        }
        Some(if all { self.all_of(parts) } else { self.one_of(parts) })
    }

    /// Whether a text lacks none of some items, where that is what a comparison of a list's size asks.
    pub(super) fn none_lacking(&mut self, cmp: Cmp, size: NodeId, zero: NodeId, env: &Env) -> Option<TruthAt> {
        let (&Node::Size(list), &Node::Int(0)) = (self.node(size)?, self.node(zero)?) else { return None };
        let &Node::Lacking(text, wanted) = self.node(list)? else { return None };
        let Node::TextList(items) = self.node(wanted)?.clone() else { return None };
        let cell = self.text_cell(text, env)?;
        let lacks = self.of_text(cell, TextTest::Lacks(items));
        match cmp {
            Cmp::Eq => Some(self.not(lacks)),
            Cmp::Ne | Cmp::Gt => Some(lacks),
            _ => None,
        }
    }

    /// How the keys of two rows compare.
    pub(super) fn keys(&mut self, order: Ordering, a: NodeId, b: NodeId, env: &Env) -> Option<TruthAt> {
        let (&Node::Key(a, s), &Node::Key(b, t)) = (self.node(a)?, self.node(b)?) else { return None };
        let (a, b) = (self.row(a, env), self.row(b, env));
        let set = self.deeper(self.plan.set_of_row(a), self.plan.set_of_row(b));
        let (a, b) = (self.plan.lift_row(a, set), self.plan.lift_row(b, set));
        Some(self.plan.truth(TruthOp::Keys(order, (s, a), (t, b)), set))
    }
}
