//! What rules ask of parts, as conditions and numbers with a bit or a number for each part.

use super::super::super::quick::compared;
use super::super::super::value::Truth;
use super::super::asks::turned;
use super::super::lanes::widened;
use super::super::lower::{Env, Lowering};
use super::super::plan::{SUBJECTS, SetId, TruthAt, TruthOp, ValueAt, ValueOp};
use super::{AmountAt, AmountOp, Asked, Ladder, LadderAt, MOST_PARTS, Mask, MaskAt, MaskOp};
use crate::rules::ir::{Cmp, Node, NodeId, Program, Set};
use crate::rules::{Body, Each, Rule};

/// The parts that a rule judges apart.
struct Parts {
    /// The variable that is bound to each, and what it is bound to.
    var: u8,
    elements: Vec<i64>,
    /// By node: whether it depends on the part, and whether on nothing else.
    depends: Vec<bool>,
    closed: Vec<bool>,
}

impl Parts {
    fn new(program: &Program, var: u8, elements: Vec<i64>) -> Self {
        let mut parts = Self { var, elements, depends: Vec::new(), closed: Vec::new() };
        // A node is made of earlier ones.
        for node in &program.nodes {
            let (mut depends, mut closed) = (*node == Node::Var(var), !speaks_of_rows(node, var));
            node.each_part(|part| {
                depends |= parts.depends(part);
                closed &= parts.closed.get(part as usize).is_some_and(|c| *c);
            });
            parts.depends.push(depends);
            parts.closed.push(closed);
        }
        parts
    }

    fn depends(&self, node: NodeId) -> bool {
        self.depends.get(node as usize).is_none_or(|d| *d)
    }

    fn is_closed(&self, node: NodeId) -> bool {
        self.closed.get(node as usize).is_some_and(|c| *c)
    }
}

/// Whether a node itself speaks of rows, or of another variable.
fn speaks_of_rows(node: &Node, var: u8) -> bool {
    match node {
        Node::Var(other) => *other != var,
        Node::Slot(_) | Node::AllRows(_) | Node::Def(..) | Node::AnyOf(..) | Node::AllOf(..) | Node::PickOf(..) => true,
        node => node.set().is_some(),
    }
}

impl Lowering<'_, '_> {
    /// What a rule asks of the elements of a list, all at once. None where blocks have no way to ask that.
    pub fn asked_of_parts(&mut self, rule: &Rule, env: &Env) -> Option<Asked> {
        let (Some(Each::List { list, var, .. }), [version]) = (&rule.each, rule.versions.as_slice()) else { return None };
        let Body::Checks(checks) = &version.body else { return None };
        // Where the anchor picks no version, a subject has one verdict however many parts it has; and so where no part is asked anything.
        if rule.dated || checks.is_empty() {
            return None;
        }
        let elements = self.elements(*list, env).filter(|all| (1..=MOST_PARTS).contains(&all.len()))?;
        let parts = &Parts::new(&self.cx.rules.program, *var, elements);
        let mut asked = |node: NodeId| self.mask(node, parts, env).filter(|mask| self.plan.set_of_mask(*mask) == SUBJECTS);
        let when = version.when.map(&mut asked);
        let once = version.once.map(&mut asked);
        let each = checks.iter().map(|check| (check.when.map(&mut asked), asked(check.require)));
        let each: Vec<(Option<Option<MaskAt>>, Option<MaskAt>)> = each.collect();
        let known = |mask: Option<Option<MaskAt>>| mask.map_or(Some(None), |mask| mask.map(Some));
        let checks = each.into_iter().map(|(when, require)| Some((known(when)?, require?))).collect::<Option<_>>()?;
        Some(Asked { parts: parts.elements.len(), when: known(when)?, once: known(once)?, checks })
    }

    /// A condition on each part.
    fn mask(&mut self, id: NodeId, parts: &Parts, env: &Env) -> Option<MaskAt> {
        if !parts.depends(id) {
            let truth = self.truth(id, env);
            return Some(self.plan.plain(truth));
        }
        match self.node(id)?.clone() {
            Node::And(items) => {
                let items = items.iter().map(|&item| self.mask(item, parts, env)).collect::<Option<_>>()?;
                Some(self.all_masks(items))
            }
            Node::Or(items) => {
                let items = items.iter().map(|&item| self.mask(item, parts, env)).collect::<Option<Vec<_>>>()?;
                let set = items.iter().map(|&item| self.plan.set_of_mask(item)).fold(SUBJECTS, |a, b| self.deeper(a, b));
                let items = items.into_iter().map(|item| self.plan.lift_mask(item, set)).collect();
                Some(self.plan.mask(MaskOp::Or(items), set))
            }
            Node::Not(one) => {
                let one = self.mask(one, parts, env)?;
                Some(self.plan.mask(MaskOp::Not(one), self.plan.set_of_mask(one)))
            }
            Node::Compare(cmp, a, b) => {
                let (a, b) = (self.amount(a, parts, env)?, self.amount(b, parts, env)?);
                Some(self.compare_amounts(cmp, a, b))
            }
            Node::Any(set) => {
                let (lanes, cond, _) = self.set_of_parts(&set, None, parts, env)?;
                Some(self.plan.mask(MaskOp::Any(lanes, cond), self.plan.parent(lanes)))
            }
            Node::All(set, must) => {
                let (lanes, cond, must) = self.set_of_parts(&set, Some(must), parts, env)?;
                Some(self.plan.mask(MaskOp::All(lanes, cond, must?), self.plan.parent(lanes)))
            }
            Node::Let(_, body) => self.mask(body, parts, env),
            _ => None,
        }
    }

    /// All of some conditions: what does not depend on the part first, what walks rows last.
    fn all_masks(&mut self, items: Vec<MaskAt>) -> MaskAt {
        let set = items.iter().map(|&item| self.plan.set_of_mask(item)).fold(SUBJECTS, |a, b| self.deeper(a, b));
        let (mut plain, mut masks) = (Vec::new(), Vec::new());
        for item in items {
            let item = self.plan.lift_mask(item, set);
            match self.plan.mask_op(item) {
                MaskOp::Const(Mask::ALL) => {}
                MaskOp::Plain(truth) => plain.push(*truth),
                MaskOp::And(truth, more) => {
                    plain.extend(truth);
                    masks.extend_from_slice(more);
                }
                _ => masks.push(item),
            }
        }
        masks.sort_by_key(|&mask| match self.plan.mask_op(mask) {
            MaskOp::Const(_) | MaskOp::Against(..) => 0,
            MaskOp::Any(..) | MaskOp::All(..) => 2,
            _ => 1,
        });
        let plain = (!plain.is_empty()).then(|| self.all_of(plain)).map(|truth| self.plan.lift_truth(truth, set));
        match (plain, masks.as_slice()) {
            (None, []) => self.plan.mask(MaskOp::Const(Mask::ALL), set),
            (Some(truth), []) => self.plan.plain(truth),
            (None, [one]) => *one,
            (plain, _) => self.plan.mask(MaskOp::And(plain, masks), set),
        }
    }

    /// Lanes of a set's rows, on which parts each counts, and what must hold.
    fn set_of_parts(&mut self, set: &Set, must: Option<NodeId>, parts: &Parts, env: &Env) -> Option<(SetId, MaskAt, Option<MaskAt>)> {
        let (lanes, cond, must) = self.said_of_parts(set, parts, env, |s, inside| must.map(|must| s.mask(must, parts, inside)))?;
        let must = match must {
            Some(must) => Some(self.plan.lift_mask(must?, lanes)),
            None => None,
        };
        Some((lanes, cond, must))
    }

    fn said_of_parts<R>(&mut self, set: &Set, parts: &Parts, env: &Env, said: impl Fn(&mut Self, &Env) -> R) -> Option<(SetId, MaskAt, R)> {
        if parts.depends(set.rows) {
            return None;
        }
        let rows = Set { cond: None, ..*set };
        let inner = |s: &mut Self, inside: &Env| (set.cond.map(|cond| s.mask(cond, parts, inside)), said(s, inside));
        let (lanes, sound, (cond, said)) = self.within_narrowed(&rows, set.cond, env, inner)?;
        let mut all = vec![self.plan.plain(sound)];
        if let Some(cond) = cond {
            all.push(cond?);
        }
        let cond = self.all_masks(all);
        Some((lanes, self.plan.lift_mask(cond, lanes), said))
    }

    /// A number for each part.
    fn amount(&mut self, id: NodeId, parts: &Parts, env: &Env) -> Option<AmountAt> {
        let count = parts.elements.len();
        if parts.is_closed(id)
            && let Some(values) = self.values_of_parts(id, parts, env)
        {
            return Some(self.plan.amount(AmountOp::Const(values), count, SUBJECTS));
        }
        if !parts.depends(id) {
            let value = self.value(id, env);
            return Some(self.plan.amount(AmountOp::Plain(value), count, self.plan.set_of_value(value)));
        }
        match self.node(id)?.clone() {
            Node::Count(set) => {
                let (lanes, cond, _) = self.set_of_parts(&set, None, parts, env)?;
                Some(self.plan.amount(AmountOp::Count(lanes, cond, None), count, self.plan.parent(lanes)))
            }
            Node::Sum(set, value) => {
                let (lanes, cond, value) = self.said_of_parts(&set, parts, env, |s, inside| s.amount(value, parts, inside))?;
                match self.plan.amount_op(value?) {
                    &AmountOp::Count(below, of_these, None) if self.plan.parent(below) == lanes => {
                        let op = AmountOp::Count(lanes, cond, Some((below, of_these)));
                        Some(self.plan.amount(op, count, self.plan.parent(lanes)))
                    }
                    _ => None,
                }
            }
            Node::Arithmetic(op @ ('+' | '-' | '*'), a, b) => {
                let (a, b) = (self.amount(a, parts, env)?, self.amount(b, parts, env)?);
                let set = self.deeper(self.plan.set_of_amount(a), self.plan.set_of_amount(b));
                let (a, b) = (self.plan.lift_amount(a, set), self.plan.lift_amount(b, set));
                Some(self.plan.amount(AmountOp::Arithmetic(op, a, b), count, set))
            }
            Node::Let(_, body) => self.amount(body, parts, env),
            _ => None,
        }
    }

    /// What a value is for each part, where it depends on nothing else.
    fn values_of_parts(&mut self, id: NodeId, parts: &Parts, env: &Env) -> Option<Vec<i32>> {
        let each = parts.elements.iter().map(|&element| {
            let bound = self.constant(element);
            let value = self.value(id, &env.with_value(parts.var, bound));
            match *self.plan.value_op(value) {
                ValueOp::Const(known) => widened(known).filter(|span| span.is_exact()).map(|_| known),
                _ => None,
            }
        });
        each.collect()
    }

    fn compare_amounts(&mut self, cmp: Cmp, a: AmountAt, b: AmountAt) -> MaskAt {
        match (self.plan.amount_op(a).clone(), self.plan.amount_op(b).clone()) {
            (AmountOp::Const(a), AmountOp::Const(b)) => {
                let mut mask = Mask::NONE;
                for (part, (&a, &b)) in a.iter().zip(&b).enumerate() {
                    let holds = widened(a).zip(widened(b)).map_or(Truth::Unknown, |(a, b)| compared(cmp, a, b));
                    mask.yes |= u64::from(holds == Truth::True) << part;
                    mask.may |= u64::from(holds != Truth::False) << part;
                }
                return self.plan.mask(MaskOp::Const(mask), SUBJECTS);
            }
            (AmountOp::Plain(value), AmountOp::Const(steps)) => {
                if let Some(ladder) = self.plan.ladder(&steps) {
                    return self.plan.mask(MaskOp::Against(cmp, value, ladder), self.plan.set_of_value(value));
                }
            }
            (AmountOp::Const(steps), AmountOp::Plain(value)) => {
                if let Some(ladder) = self.plan.ladder(&steps) {
                    return self.plan.mask(MaskOp::Against(turned(cmp), value, ladder), self.plan.set_of_value(value));
                }
            }
            _ => {}
        }
        let set = self.deeper(self.plan.set_of_amount(a), self.plan.set_of_amount(b));
        let (a, b) = (self.plan.lift_amount(a, set), self.plan.lift_amount(b, set));
        self.plan.mask(MaskOp::Compare(cmp, a, b), set)
    }
}

impl super::super::plan::Plan {
    fn mask(&mut self, op: MaskOp, set: SetId) -> MaskAt {
        MaskAt(self.parts.masks.add(op, set))
    }

    fn amount(&mut self, op: AmountOp, parts: usize, set: SetId) -> AmountAt {
        AmountAt(self.parts.amounts.add((op, parts), set))
    }

    fn ladder(&mut self, steps: &[i32]) -> Option<LadderAt> {
        let known = self.parts.ladders.iter().position(|ladder| ladder.steps == steps);
        let at = match known {
            Some(at) => at,
            None => {
                self.parts.ladders.push(Ladder::new(steps.to_vec())?);
                self.parts.ladders.len() - 1
            }
        };
        Some(LadderAt(at as u32))
    }

    /// A truth that is the same of every part.
    fn plain(&mut self, truth: TruthAt) -> MaskAt {
        let op = match self.truth_op(truth) {
            TruthOp::Const(true) => MaskOp::Const(Mask::ALL),
            TruthOp::Const(false) => MaskOp::Const(Mask::NONE),
            TruthOp::Open => MaskOp::Const(Mask::OPEN),
            _ => MaskOp::Plain(truth),
        };
        self.mask(op, self.set_of_truth(truth))
    }

    pub(super) fn mask_op(&self, at: MaskAt) -> &MaskOp {
        &self.parts.masks.all[at.0 as usize].op
    }

    fn amount_op(&self, at: AmountAt) -> &AmountOp {
        &self.parts.amounts.all[at.0 as usize].op.0
    }

    fn set_of_mask(&self, at: MaskAt) -> SetId {
        self.parts.masks.all[at.0 as usize].set
    }

    fn set_of_amount(&self, at: AmountAt) -> SetId {
        self.parts.amounts.all[at.0 as usize].set
    }

    /// The lanes that those of a set are made of.
    fn parent(&self, set: SetId) -> SetId {
        self.made(set).map_or(SUBJECTS, |made| made.parent)
    }

    fn lift_mask(&mut self, at: MaskAt, to: SetId) -> MaskAt {
        match (self.set_of_mask(at) == to, self.mask_op(at), self.made(to).map(|m| m.parent)) {
            (true, ..) | (.., None) => at,
            (_, &MaskOp::Const(mask), _) => self.mask(MaskOp::Const(mask), to),
            (_, &MaskOp::Plain(truth), _) => {
                let truth = self.lift_truth(truth, to);
                self.plain(truth)
            }
            (.., Some(parent)) => {
                let above = self.lift_mask(at, parent);
                self.mask(MaskOp::Lift(above), to)
            }
        }
    }

    fn lift_amount(&mut self, at: AmountAt, to: SetId) -> AmountAt {
        let parts = self.parts.amounts.all[at.0 as usize].op.1;
        match (self.set_of_amount(at) == to, self.amount_op(at), self.made(to).map(|m| m.parent)) {
            (true, ..) | (.., None) => at,
            (_, AmountOp::Const(values), _) => {
                let op = AmountOp::Const(values.clone());
                self.amount(op, parts, to)
            }
            (_, &AmountOp::Plain(value), _) => {
                let value: ValueAt = self.lift_value(value, to);
                self.amount(AmountOp::Plain(value), parts, to)
            }
            (.., Some(parent)) => {
                let above = self.lift_amount(at, parent);
                self.amount(AmountOp::Lift(above), parts, to)
            }
        }
    }
}
