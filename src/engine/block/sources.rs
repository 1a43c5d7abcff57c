//! Sets of rows as lanes of their own, and what is said of all of them together.

use super::joins::Member;
use super::lower::{Env, Lowering};
use super::plan::{By, Expansion, RowAt, RowOp, SUBJECTS, SetId, Stretch, TruthAt, TruthOp, ValueAt, ValueOp};
use crate::records::{FieldId, TableId};
use crate::rules::ir::{Node, NodeId, Pick, Set};

/// Where the rows of a set come from: those of a table that refer to a row or have its text, less those that do not fulfil some conditions.
pub(super) struct Source {
    pub owner: RowAt,
    pub table: TableId,
    pub field: FieldId,
    pub by: By,
    /// Each with the slot of the row and what is bound around it.
    pub conds: Vec<(u8, NodeId, Env)>,
    /// Of which set they are to be members, where they are looked for elsewhere.
    pub member: Option<Member>,
}

/// What is asked of a set's rows.
struct Asked {
    /// Where the row is bound.
    slot: u8,
    /// All of these.
    conds: Vec<NodeId>,
    /// What is known of those that count besides.
    narrow: Option<NodeId>,
}

impl Lowering<'_, '_> {
    /// Makes lanes of a set's rows, and what is said of each. None where blocks do not know the rows.
    pub(super) fn within<R>(&mut self, set: &Set, env: &Env, said: impl Fn(&mut Self, &Env) -> R) -> Option<(SetId, TruthAt, R)> {
        self.within_narrowed(set, None, env, said)
    }

    /// The same where it is known besides that no row counts that does not fulfil a condition.
    pub(super) fn within_narrowed<R>(
        &mut self,
        set: &Set,
        narrow: Option<NodeId>,
        env: &Env,
        said: impl Fn(&mut Self, &Env) -> R,
    ) -> Option<(SetId, TruthAt, R)> {
        let mut source = self.source(set.rows, env)?;
        let mut asked = Asked { slot: set.slot, conds: Vec::new(), narrow };
        set.cond.into_iter().for_each(|cond| self.conjuncts(cond, &mut asked.conds));
        if let Some((elsewhere, rest)) = self.joined_elsewhere(&source, set, &asked.conds, env) {
            (source, asked.conds) = (elsewhere, rest);
        }
        let outside = std::mem::take(&mut self.escaped);
        let known = source.member.map_or(source.owner, |member| member.owner);
        let at = self.deeper(self.plan.set_of_row(source.owner), self.plan.set_of_row(known));
        let near = self.lanes(&source, at, &asked, env, &said);
        if !std::mem::replace(&mut self.escaped, outside) {
            return Some(near);
        }
        // It speaks of more than the owner: the lanes are made anew for each of what is bound here.
        Some(self.lanes(&source, env.at, &asked, env, &said))
    }

    fn lanes<R>(
        &mut self,
        source: &Source,
        parent: SetId,
        asked: &Asked,
        env: &Env,
        said: &impl Fn(&mut Self, &Env) -> R,
    ) -> (SetId, TruthAt, R) {
        let owner = self.plan.lift_row(source.owner, parent);
        let mut made = Expansion { parent, owner, table: source.table, field: source.field, by: source.by, filter: None, guard: None };
        let mut narrow = source.conds.clone();
        narrow.extend(asked.conds.iter().chain(&asked.narrow).map(|&cond| (asked.slot, cond, env.clone())));
        let member = source.member.map(|member| member.of(self.plan.lift_row(member.owner, parent)));
        if let Some(member) = member {
            made.guard = Some(self.guard(member, source.table));
        }
        let lanes = self.narrowed(made, &narrow);
        let lane = self.plan.row(RowOp::Lane, lanes);
        let mut conds = Vec::new();
        if let Some(member) = member {
            conds.push(self.membership(member, source.table, lanes));
        }
        for (slot, cond, around) in &source.conds {
            let around = around.within(lanes, &self.plan, *slot, lane);
            conds.push(self.truth(*cond, &around));
        }
        let inside = env.within(lanes, &self.plan, asked.slot, lane);
        for &cond in &asked.conds {
            conds.push(self.truth(cond, &inside));
        }
        let cond = self.all_of(conds);
        let mut cond = self.plan.lift_truth(cond, lanes);
        let rows = self.cx.store.rows(source.table);
        if rows.ghost.contains(&true) || rows.doubtful.contains(&true) {
            cond = self.plan.truth(TruthOp::Sound(source.table, cond), lanes);
        }
        (lanes, cond, said(self, &inside))
    }

    fn source(&mut self, rows: NodeId, env: &Env) -> Option<Source> {
        match self.cx.rules.program.nodes.get(rows as usize)? {
            Node::Children(owner, table, field) => {
                let known = self.cx.store.rows(*table);
                let there = known.exported && known.column(*field).is_some();
                let owner = self.row(*owner, env);
                there.then_some(Source { owner, table: *table, field: *field, by: By::Reference, conds: Vec::new(), member: None })
            }
            Node::Peers(owner, table, field) => {
                let there = matches!(self.cx.store.rows(*table).column(*field), Some(crate::records::Column::Text(_)));
                let owner = self.row(*owner, env);
                there.then_some(Source { owner, table: *table, field: *field, by: By::Text, conds: Vec::new(), member: None })
            }
            Node::Rows(inner) => {
                let mut source = self.source(inner.rows, env)?;
                source.conds.extend(inner.cond.map(|cond| (inner.slot, cond, env.clone())));
                Some(source)
            }
            Node::Def(def, owner) => {
                let owner = self.row(*owner, env);
                let body = self.cx.rules.program.definitions.get(*def as usize)?.body;
                let set = self.plan.set_of_row(owner);
                let owner = if matches!(self.plan.row_op(owner), RowOp::Lane) { owner } else { self.plan.row(RowOp::Must(owner), set) };
                let inner = self.frame(owner);
                self.source(body, &inner)
            }
            _ => None,
        }
    }

    pub(super) fn any(&mut self, set: &Set, env: &Env) -> TruthAt {
        if let Some((lanes, tally, place)) = self.tallied(set, env) {
            return self.truth_of_set(lanes, TruthOp::AnyTallied(tally, place));
        }
        match self.within(set, env, |_, _| ()) {
            Some((lanes, cond, ())) => self.truth_of_set(lanes, TruthOp::Any(lanes, cond)),
            None => self.open_truth(),
        }
    }

    /// Whether a condition holds of some row of a set.
    pub(super) fn any_that(&mut self, set: &Set, env: &Env, said: impl Fn(&mut Self, &Env) -> TruthAt) -> TruthAt {
        let Some((lanes, cond, said)) = self.within(set, env, said) else { return self.open_truth() };
        let both = self.all_of(vec![cond, said]);
        let both = self.plan.lift_truth(both, lanes);
        self.truth_of_set(lanes, TruthOp::Any(lanes, both))
    }

    pub(super) fn all(&mut self, set: &Set, must: NodeId, env: &Env) -> TruthAt {
        match self.within(set, env, |s, env| s.truth(must, env)) {
            Some((lanes, cond, must)) => {
                let must = self.plan.lift_truth(must, lanes);
                self.truth_of_set(lanes, TruthOp::All(lanes, cond, must))
            }
            None => self.open_truth(),
        }
    }

    pub(super) fn pick(&mut self, pick: Pick, set: &Set, by: Option<NodeId>, env: &Env) -> RowAt {
        match self.within(set, env, |s, env| by.map(|by| s.value(by, env))) {
            Some((lanes, cond, by)) => {
                let by = by.map(|by| self.plan.lift_value(by, lanes));
                let parent = self.parent(lanes);
                self.plan.row(RowOp::Pick(pick, lanes, cond, by), parent)
            }
            None => self.open_row(),
        }
    }

    pub(super) fn aggregate(&mut self, node: &Node, env: &Env) -> ValueAt {
        match node {
            Node::Count(set) => match self.tallied(set, env) {
                Some((lanes, tally, place)) => self.value_of_set(lanes, ValueOp::Tallied(tally, place)),
                None => match self.within(set, env, |_, _| ()) {
                    Some((lanes, cond, ())) => self.value_of_set(lanes, ValueOp::Count(lanes, cond)),
                    None => self.open_value(),
                },
            },
            Node::Sum(set, value) => self.over(set, *value, env, ValueOp::Sum),
            Node::Least(set, value) => self.over(set, *value, env, ValueOp::Least),
            Node::Greatest(set, value) => self.over(set, *value, env, ValueOp::Greatest),
            Node::HeldMonths(spans, until) => self.stretched(*spans, *until, env, ValueOp::HeldMonths),
            Node::Reaches(spans, months) => self.stretched(*spans, *months, env, ValueOp::Reaches),
            _ => self.open_value(),
        }
    }

    fn over(&mut self, set: &Set, value: NodeId, env: &Env, op: impl Fn(SetId, TruthAt, ValueAt) -> ValueOp) -> ValueAt {
        match self.within(set, env, |s, env| s.value(value, env)) {
            Some((lanes, cond, value)) => {
                let value = self.plan.lift_value(value, lanes);
                self.value_of_set(lanes, op(lanes, cond, value))
            }
            None => self.open_value(),
        }
    }

    fn stretched(&mut self, spans: NodeId, by: NodeId, env: &Env, op: impl Fn(Vec<Stretch>, ValueAt) -> ValueOp) -> ValueAt {
        let mut all = Vec::new();
        let known = self.stretches(spans, env, &mut all);
        let by = self.value(by, env);
        let parent = all.first().map_or(SUBJECTS, |s| self.parent(s.set));
        let together = all.iter().all(|s| self.parent(s.set) == parent) && self.plan.is_above(self.plan.set_of_value(by), parent);
        if known.is_none() || !together {
            return self.open_value();
        }
        let by = self.plan.lift_value(by, parent);
        self.plan.value(op(all, by), parent)
    }

    fn stretches(&mut self, spans: NodeId, env: &Env, all: &mut Vec<Stretch>) -> Option<()> {
        match self.cx.rules.program.nodes.get(spans as usize)? {
            Node::Spans(set, start, end) => {
                let (lanes, cond, (start, end)) = self.within(set, env, |s, env| (s.value(*start, env), s.value(*end, env)))?;
                let (start, end) = (self.plan.lift_value(start, lanes), self.plan.lift_value(end, lanes));
                all.push(Stretch { set: lanes, cond, start, end });
                Some(())
            }
            Node::Join(a, b) => {
                self.stretches(*a, env, all)?;
                self.stretches(*b, env, all)
            }
            _ => None,
        }
    }

    fn truth_of_set(&mut self, lanes: SetId, op: TruthOp) -> TruthAt {
        let parent = self.parent(lanes);
        self.plan.truth(op, parent)
    }

    fn value_of_set(&mut self, lanes: SetId, op: ValueOp) -> ValueAt {
        let parent = self.parent(lanes);
        self.plan.value(op, parent)
    }

    fn parent(&self, lanes: SetId) -> SetId {
        self.plan.made(lanes).map_or(SUBJECTS, |made| made.parent)
    }
}
