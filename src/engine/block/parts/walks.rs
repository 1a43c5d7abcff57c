//! Conditions on the parts of rows asked while these are walked, with no lanes made of them.

use super::super::asks::Ask;
use super::super::lanes::{Block, OPEN_VALUE};
use super::super::plan::SetId;
use super::super::scans::{Bound, Cells};
use super::super::which::Which;
use super::{AmountOp, LadderAt, Mask, MaskAt, MaskOp};
use crate::records::{FieldId, RowId, TableId};
use crate::rules::ir::Cmp;

/// On which parts a row counts, from its own cells and from what its owner's lane knows.
#[derive(Debug)]
pub enum Look {
    /// The same on all.
    Plain(Ask),
    /// A cell against a value for each part.
    Against(Cmp, FieldId, LadderAt),
    /// What the owner's lane says.
    Owner(MaskAt),
    /// Known.
    Const(Mask),
    /// All of them.
    All(Vec<Look>),
    /// One of them.
    One(Vec<Look>),
    /// The opposite.
    Not(Box<Look>),
}

impl super::super::plan::Plan {
    /// A condition on a set's rows as one to be asked while they are walked. None where they have to become lanes.
    fn look(&self, cond: MaskAt) -> Option<Look> {
        let all = |items: &[MaskAt]| items.iter().map(|&item| self.look(item)).collect::<Option<Vec<Look>>>();
        match self.mask_op(cond) {
            MaskOp::Const(mask) => Some(Look::Const(*mask)),
            MaskOp::Plain(truth) => Some(Look::Plain(self.ask(*truth)?)),
            MaskOp::Against(cmp, value, ladder) => Some(Look::Against(*cmp, self.own_value(*value)?, *ladder)),
            MaskOp::And(plain, items) => {
                let mut looks = Vec::new();
                if let Some(truth) = plain {
                    looks.push(Look::Plain(self.ask(*truth)?));
                }
                looks.extend(all(items)?);
                Some(Look::All(looks))
            }
            MaskOp::Or(items) => Some(Look::One(all(items)?)),
            MaskOp::Not(one) => Some(Look::Not(Box::new(self.look(*one)?))),
            MaskOp::Lift(above) => Some(Look::Owner(*above)),
            MaskOp::Compare(..) | MaskOp::Any(..) | MaskOp::All(..) => None,
        }
    }

    /// The sets of whose rows parts are asked.
    pub(in super::super) fn sets_of_parts(&self) -> impl Iterator<Item = SetId> + '_ {
        let masks = self.parts.masks.all.iter().filter_map(|expr| match expr.op {
            MaskOp::Any(set, _) | MaskOp::All(set, ..) => Some(set),
            _ => None,
        });
        let amounts = self.parts.amounts.all.iter().flat_map(|expr| match expr.op.0 {
            AmountOp::Count(set, _, below) => [Some(set), below.map(|(below, _)| below)],
            _ => [None, None],
        });
        masks.chain(amounts.flatten())
    }

    /// Finds out for which sets no lanes need be made to ask of parts.
    pub(in super::super) fn find_looks(&mut self) {
        let any = self.parts.masks.all.iter().filter_map(|expr| match expr.op {
            MaskOp::Any(set, cond) => Some((set, cond)),
            _ => None,
        });
        let counts = self.parts.amounts.all.iter().filter_map(|expr| match expr.op.0 {
            AmountOp::Count(set, cond, below) => Some(below.unwrap_or((set, cond))),
            _ => None,
        });
        let looks = any.chain(counts).filter(|(set, _)| self.may_walk(*set));
        self.parts.looks = looks.filter_map(|(set, cond)| Some(((set, cond), self.look(cond)?))).collect();
    }
}

/// A condition on parts bound to the columns of a table and to what is known of the owners.
pub enum BoundLook<'b> {
    Plain(Bound<'b>),
    Against(Cmp, Cells<'b>, &'b super::Ladder),
    Owner(&'b [Mask]),
    Const(Mask),
    All(Vec<BoundLook<'b>>),
    One(Vec<BoundLook<'b>>),
    Not(Box<BoundLook<'b>>),
}

impl BoundLook<'_> {
    /// What it says of a row of an owner's.
    #[inline]
    fn of(&self, block: &Block<'_>, row: RowId, owner: usize) -> Mask {
        match self {
            Self::Plain(bound) => Mask::of(bound.of(block, row, owner)),
            Self::Against(cmp, cells, ladder) => match cells.at(row) {
                OPEN_VALUE => cells.span_at(row).map_or(Mask::OPEN, |span| ladder.vague(*cmp, span)),
                known => ladder.exact(*cmp, known),
            },
            Self::Owner(masks) => masks[owner],
            Self::Const(mask) => *mask,
            Self::All(items) => {
                let mut all = Mask::ALL;
                for item in items {
                    all = all.and(item.of(block, row, owner));
                    if all.may == 0 {
                        break;
                    }
                }
                all
            }
            Self::One(items) => items.iter().fold(Mask::NONE, |any, item| any.or(item.of(block, row, owner))),
            Self::Not(one) => one.of(block, row, owner).not(),
        }
    }
}

impl Block<'_> {
    fn prepare_look(&mut self, look: &Look, owners: &[u32]) {
        match look {
            Look::Plain(ask) => self.prepare(ask, owners),
            Look::Owner(mask) => self.mask(*mask, owners),
            Look::All(items) | Look::One(items) => items.iter().for_each(|item| self.prepare_look(item, owners)),
            Look::Not(one) => self.prepare_look(one, owners),
            Look::Against(..) | Look::Const(_) => {}
        }
    }

    fn bound_look<'b>(&'b self, look: &'b Look, table: TableId) -> BoundLook<'b> {
        let all = |items: &'b [Look]| items.iter().map(|item| self.bound_look(item, table)).collect();
        match look {
            Look::Plain(ask) => BoundLook::Plain(self.bound(ask, table)),
            Look::Against(cmp, field, ladder) => match Cells::of(self.cx.store.rows(table), *field) {
                Some(cells) => BoundLook::Against(*cmp, cells, &self.plan.parts.ladders[ladder.0 as usize]),
                None => BoundLook::Const(Mask::OPEN),
            },
            Look::Owner(mask) => BoundLook::Owner(self.masks_of(*mask)),
            Look::Const(mask) => BoundLook::Const(*mask),
            Look::All(items) => BoundLook::All(all(items)),
            Look::One(items) => BoundLook::One(all(items)),
            Look::Not(one) => BoundLook::Not(Box::new(self.bound_look(one, table))),
        }
    }

    /// Tells of each row of some owners on which parts it counts; and first of each owner, with no row, whether it may have others.
    pub(super) fn look(&mut self, set: SetId, look: &Look, owners: &[u32], mut seen: impl FnMut(&Self, usize, Option<Mask>, bool)) {
        let plan = self.plan;
        let Some(made) = plan.made(set) else { return };
        self.row(made.owner, owners);
        self.prepare_look(look, owners);
        let bound = self.bound_look(look, made.table);
        self.walk(made, Which::Some(owners), |owner, open, rows| {
            seen(self, owner, None, open);
            for row in rows {
                let mask = bound.of(self, row, owner);
                if mask.may != 0 {
                    seen(self, owner, Some(mask), open);
                }
            }
        });
    }
}
