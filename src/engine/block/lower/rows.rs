//! Rows as expressions over lanes.

use super::super::super::quick::Quick;
use super::super::plan::{By, RowAt, RowOp, SUBJECTS};
use super::{Env, Lowering};
use crate::records::{Column, FieldId, TableId};
use crate::rules::ir::{Node, NodeId};

impl Lowering<'_, '_> {
    /// A row.
    pub fn row(&mut self, id: NodeId, env: &Env) -> RowAt {
        let Some(node) = self.node(id).cloned() else { return self.open_row() };
        if let Some(Quick::Latest(kinds, owner, codes)) = self.cx.shortcuts.of.get(id as usize)
            && !matches!(node, Node::Def(..))
        {
            let owner = self.row(*owner, env);
            let table = self.plan.kinds(owner, *kinds);
            return self.plan.row(RowOp::Latest(table, codes.clone()), self.plan.set_of_row(owner));
        }
        match node {
            Node::Slot(slot) => match env.slots.iter().find(|(s, _)| *s == slot) {
                Some((_, row)) => *row,
                None => {
                    self.escaped = true;
                    self.open_row()
                }
            },
            Node::Follow(row, table, field) => self.follow(row, table, field, env),
            Node::Pick(pick, set, by) => self.pick(pick, &set, by, env),
            Node::RowIf(row, cond) => {
                let (row, cond) = (self.row(row, env), self.truth(cond, env));
                let set = self.deeper(self.plan.set_of_row(row), self.plan.set_of_truth(cond));
                let (row, cond) = (self.plan.lift_row(row, set), self.plan.lift_truth(cond, set));
                self.plan.row(RowOp::RowIf(row, cond), set)
            }
            Node::FirstOf(items) => {
                let items: Vec<RowAt> = items.iter().map(|&i| self.row(i, env)).collect();
                let set = items.iter().map(|r| self.plan.set_of_row(*r)).fold(SUBJECTS, |a, b| self.deeper(a, b));
                let items = items.into_iter().map(|r| self.plan.lift_row(r, set)).collect();
                self.plan.row(RowOp::FirstOf(items), set)
            }
            Node::If(cond, yes, no) => {
                let (cond, yes, no) = (self.truth(cond, env), self.row(yes, env), self.row(no, env));
                let set = self.deeper(self.plan.set_of_truth(cond), self.deeper(self.plan.set_of_row(yes), self.plan.set_of_row(no)));
                let cond = self.plan.lift_truth(cond, set);
                let (yes, no) = (self.plan.lift_row(yes, set), self.plan.lift_row(no, set));
                self.plan.row(RowOp::If(cond, yes, no), set)
            }
            Node::Def(def, row) => {
                let row = self.row(row, env);
                let Some(definition) = self.cx.rules.program.definitions.get(def as usize) else { return self.open_row() };
                let (body, inner) = (definition.body, self.frame(row));
                let found = self.row(body, &inner);
                if matches!(self.plan.row_op(row), RowOp::Lane) {
                    return found;
                }
                let set = self.deeper(self.plan.set_of_row(row), self.plan.set_of_row(found));
                let (row, found) = (self.plan.lift_row(row, set), self.plan.lift_row(found, set));
                self.plan.row(RowOp::Of(row, found), set)
            }
            Node::Let(_, body) => self.row(body, env),
            _ => self.open_row(),
        }
    }

    fn follow(&mut self, row: NodeId, table: TableId, field: FieldId, env: &Env) -> RowAt {
        let cell = self.cell(row, table, field, env);
        let set = self.plan.set_of_row(cell.row);
        // The rows that refer to a row refer to that row.
        if matches!(self.plan.row_op(cell.row), RowOp::Lane)
            && let Some(made) = self.plan.made(set)
            && (made.by, made.table, made.field) == (By::Reference, table, field)
        {
            return made.owner;
        }
        match self.cx.store.rows(table).column(field) {
            Some(Column::Ref(_)) => self.plan.row(RowOp::Follow(cell), set),
            _ => self.open_row(),
        }
    }
}
