//! What is asked of each element of a list: the elements, and sets whose rows are told apart by them.

use super::super::plan::{RowOp, SetId, ValueOp};
use super::super::tallies::TallyAt;
use super::{Env, Lowering};
use crate::rules::ir::{Cmp, Node, NodeId, Set};

impl Lowering<'_, '_> {
    /// The elements of a list of codes or numbers, where they are the same for every subject.
    pub fn elements(&mut self, list: NodeId, env: &Env) -> Option<Vec<i64>> {
        match self.node(list)?.clone() {
            Node::CodeList(codes) => Some(codes.iter().map(|&c| i64::from(c)).collect()),
            Node::IntList(ints) => Some(ints),
            Node::Years(from, to) => {
                let (from, to) = (self.known(from, env)?, self.known(to, env)?);
                Some((from..=to.min(from.saturating_add(200))).collect())
            }
            // Where several days are asked about, what blocks settle is settled whatever the day.
            Node::LastYears(_) if self.cx.until != self.cx.as_of => None,
            Node::LastYears(count) => {
                let (count, year) = (self.known(count, env)?, i64::from(self.cx.as_of.year()));
                Some((year - count.clamp(0, 200)..year).collect())
            }
            _ => None,
        }
    }

    /// A number that is the same for every subject.
    fn known(&mut self, node: NodeId, env: &Env) -> Option<i64> {
        let value = self.value(node, env);
        match self.plan.value_op(value) {
            ValueOp::Const(known) => super::super::lanes::widened(*known).filter(|v| v.is_exact()).map(|v| v.lo),
            _ => None,
        }
    }

    /// A set whose rows must have a list's element in a cell, as the tally of its rows by that cell: of all elements at once. None where
    /// it is no such set.
    pub(in crate::engine::block) fn tallied(&mut self, set: &Set, env: &Env) -> Option<(SetId, TallyAt, u32)> {
        if env.vars.is_empty() {
            return None;
        }
        let mut conds = Vec::new();
        self.conjuncts(set.cond?, &mut conds);
        let (at, cell, key) = conds.iter().enumerate().find_map(|(at, &cond)| {
            let (cell, key) = self.is_element(cond, set.slot, env)?;
            Some((at, cell, key))
        })?;
        conds.remove(at);
        let (lanes, within, (rest, key_of)) = self.within(&Set { cond: None, ..*set }, env, |s, inside| {
            let rest = conds.iter().map(|&cond| s.truth(cond, inside)).collect();
            (s.all_of(rest), s.value(cell, inside))
        })?;
        let is_own = matches!(self.plan.value_op(key_of), ValueOp::Cell(cell) if *self.plan.row_op(cell.row) == RowOp::Lane);
        if !is_own || self.plan.set_of_value(key_of) != lanes {
            return None;
        }
        let cond = self.all_of(vec![within, rest]);
        let cond = self.plan.lift_truth(cond, lanes);
        let (tally, place) = self.plan.tally(lanes, cond, key_of, key)?;
        Some((lanes, tally, place))
    }

    pub(in crate::engine::block) fn conjuncts(&self, cond: NodeId, all: &mut Vec<NodeId>) {
        match self.node(cond) {
            Some(Node::And(items)) => items.iter().for_each(|&item| self.conjuncts(item, all)),
            _ => all.push(cond),
        }
    }

    /// The cell of a set's row that a condition wants to be a list's element, and that element.
    fn is_element(&self, cond: NodeId, slot: u8, env: &Env) -> Option<(NodeId, i32)> {
        let Node::Compare(Cmp::Eq, a, b) = self.node(cond)? else { return None };
        let own = |node: NodeId| matches!(self.node(node), Some(Node::Cell(row, ..)) if self.node(*row) == Some(&Node::Slot(slot)));
        let element = |node: NodeId| {
            let Some(Node::Var(var)) = self.node(node) else { return None };
            let (_, value) = env.vars.iter().find(|(v, _)| v == var)?;
            match self.plan.value_op(*value) {
                ValueOp::Const(key) => Some(*key),
                _ => None,
            }
        };
        match (own(*a), own(*b)) {
            (true, false) => Some((*a, element(*b)?)),
            (false, true) => Some((*b, element(*a)?)),
            _ => None,
        }
    }
}
