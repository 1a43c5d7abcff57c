//! Rows of a set that must refer to a row known beforehand are looked for among the few that refer to it, rather than among all of the
//! set: the visits of a person that belong to a case are those that refer to the case and are the person's.

use super::lower::{Env, Lowering};
use super::plan::{By, CellOf, RowAt, RowOp, SetId, TruthAt, TruthOp};
use super::sources::Source;
use crate::records::{Column, FieldId, TableId};
use crate::rules::ir::{Node, NodeId, Set};

/// That rows belong to a set: they refer to its owner, or have its text.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// Whose rows they are.
    pub owner: RowAt,
    field: FieldId,
    by: By,
}

impl Member {
    /// The same of an owner that deeper lanes speak of.
    pub fn of(self, owner: RowAt) -> Self {
        Self { owner, ..self }
    }
}

impl Lowering<'_, '_> {
    /// The same set, looked for from another row, and what is left to ask of its rows. None where that would not be the same, or not
    /// be shorter.
    pub(super) fn joined_elsewhere(&mut self, source: &Source, set: &Set, conds: &[NodeId], env: &Env) -> Option<(Source, Vec<NodeId>)> {
        if !source.conds.is_empty() || source.member.is_some() {
            return None;
        }
        let (at, field, row) = conds.iter().enumerate().find_map(|(at, &cond)| {
            let (field, row) = self.refers_to(cond, set)?;
            self.is_shorter(source, field).then_some((at, field, row))
        })?;
        let outside = std::mem::take(&mut self.escaped);
        let owner = self.row(row, env);
        let escaped = std::mem::replace(&mut self.escaped, outside);
        if escaped || *self.plan.row_op(owner) == RowOp::Open {
            return None;
        }
        let member = Some(Member { owner: source.owner, field: source.field, by: source.by });
        let mut rest = conds.to_vec();
        rest.remove(at);
        Some((Source { owner, table: source.table, field, by: By::Reference, conds: Vec::new(), member }, rest))
    }

    /// The field by which a condition wants a set's row to refer to another row, and that row.
    fn refers_to(&self, cond: NodeId, set: &Set) -> Option<(FieldId, NodeId)> {
        let &Node::SameRow(a, b) = self.node(cond)? else { return None };
        let own = |node: NodeId| match self.node(node)? {
            Node::Follow(row, table, field) if *table == set.table && self.node(*row) == Some(&Node::Slot(set.slot)) => Some(*field),
            _ => None,
        };
        match (own(a), own(b)) {
            (Some(field), None) if !self.speaks_of(b, set.slot) => Some((field, b)),
            (None, Some(field)) if !self.speaks_of(a, set.slot) => Some((field, a)),
            _ => None,
        }
    }

    fn speaks_of(&self, node: NodeId, slot: u8) -> bool {
        let Some(known) = self.node(node) else { return true };
        let mut found = *known == Node::Slot(slot);
        known.each_part(|part| found |= self.speaks_of(part, slot));
        found
    }

    /// Whether both ways lead to the same rows, and the other to fewer of them: every row is sound and refers to what it does for sure.
    fn is_shorter(&self, source: &Source, field: FieldId) -> bool {
        let store = self.cx.store;
        let rows = store.rows(source.table);
        let is_sure = |field: FieldId| store.link(source.table, field).is_some_and(|link| link.loose().is_empty());
        let is_sound = || ![&rows.ghost, &rows.doubtful, &rows.void].into_iter().any(|unsound| unsound.contains(&true));
        let fewer = match source.by {
            By::Reference => match (self.targets(source.table, field), self.targets(source.table, source.field)) {
                (Some(these), Some(those)) => field != source.field && these > those && is_sure(source.field),
                _ => false,
            },
            By::Text => self.targets(source.table, field).is_some_and(|these| these >= rows.len / 2),
        };
        fewer && is_sure(field) && matches!(rows.column(field), Some(Column::Ref(_))) && is_sound()
    }

    /// How many rows a field may refer to.
    fn targets(&self, table: TableId, field: FieldId) -> Option<usize> {
        match self.cx.store.schema.tables.get(table)?.fields.get(field)?.ty {
            crate::records::FieldType::Ref(target) => Some(self.cx.store.rows(target).len),
            _ => None,
        }
    }

    /// What is open where it cannot be known which rows are members.
    pub(super) fn guard(&mut self, member: Member, table: TableId) -> TruthAt {
        let set = self.plan.set_of_row(member.owner);
        let cell = CellOf { row: member.owner, table, field: member.field };
        match member.by {
            By::Reference => self.plan.truth(TruthOp::HasRow(member.owner), set),
            By::Text => self.plan.truth(TruthOp::SameText(cell, cell), set),
        }
    }

    /// That the rows of lanes are members.
    pub(super) fn membership(&mut self, member: Member, table: TableId, lanes: SetId) -> TruthAt {
        let lane = self.plan.row(RowOp::Lane, lanes);
        let above = self.plan.lift_row(member.owner, lanes);
        let own = CellOf { row: lane, table, field: member.field };
        match member.by {
            By::Reference => {
                let follow = self.plan.row(RowOp::Follow(own), lanes);
                self.plan.truth(TruthOp::SameRow(follow, above), lanes)
            }
            By::Text => self.plan.truth(TruthOp::SameText(own, CellOf { row: above, ..own }), lanes),
        }
    }
}
