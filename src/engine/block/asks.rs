//! Conditions that are asked of rows while they are walked, with no lanes made of them: where a row counts by its own cells, held against
//! constants and against what is known of the lane around which it lies. Pairs of rows, of which there are many more than rows, are
//! compared so.

use super::plan::{By, CellOf, Plan, RowAt, RowOp, SetId, TruthAt, TruthOp, ValueAt, ValueOp};
use crate::records::{FieldId, TableId};
use crate::rules::ir::Cmp;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// A condition on a row, from its own cells and from what its owner's lane knows.
#[derive(Debug)]
pub enum Ask {
    /// What the owner's lane says.
    Owner(TruthAt),
    /// By what a cell of one byte holds.
    Byte(FieldId, Box<[u8; 256]>),
    /// A date, number or code against another value.
    Compare(Cmp, FieldId, Side),
    /// The row is that which the owner's lane knows.
    Same(RowAt),
    /// Its key comes so to that of a row which the owner's lane knows.
    Key(Ordering, TableId, RowAt),
    /// All of them.
    All(Vec<Ask>),
    /// One of them.
    One(Vec<Ask>),
    /// The opposite.
    Not(Box<Ask>),
    /// Open where the row was refused or may not exist, if it is true.
    Sound(Box<Ask>),
}

impl Ask {
    /// Whether few rows are likely to fulfil it: a cell has to be one value of many.
    fn is_for_few(&self) -> bool {
        matches!(self, Self::Compare(Cmp::Eq, ..))
    }

    /// Whether it says the same of a row whoever its owner is.
    fn is_closed(&self) -> bool {
        match self {
            Self::Owner(_) | Self::Same(_) | Self::Key(..) | Self::Compare(_, _, Side::Owner(_)) => false,
            Self::Byte(..) | Self::Compare(..) => true,
            Self::All(items) | Self::One(items) => items.iter().all(Self::is_closed),
            Self::Not(one) | Self::Sound(one) => one.is_closed(),
        }
    }
}

/// What a cell is held against.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// A constant.
    Const(i32),
    /// What the owner's lane has.
    Owner(ValueAt),
    /// Another cell of the row.
    Own(FieldId),
}

impl Plan {
    /// A set's condition as one to be asked while its rows are walked. None where its rows have to become lanes.
    pub fn ask(&self, cond: TruthAt) -> Option<Ask> {
        let all = |items: &[TruthAt]| items.iter().map(|&item| self.ask(item)).collect::<Option<Vec<Ask>>>();
        match self.truth_op(cond) {
            TruthOp::Byte(cell, truths, _) => Some(Ask::Byte(self.own_cell(cell)?, truths.clone())),
            TruthOp::And(items) => Some(Ask::All(all(items)?)),
            TruthOp::Or(items) => Some(Ask::One(all(items)?)),
            TruthOp::Not(one) => Some(Ask::Not(Box::new(self.ask(*one)?))),
            TruthOp::CompareTo(cmp, value, other) => Some(Ask::Compare(*cmp, self.own_value(*value)?, Side::Const(*other))),
            TruthOp::Compare(cmp, a, b) => match (self.own_value(*a), self.own_value(*b)) {
                (Some(a), Some(b)) => Some(Ask::Compare(*cmp, a, Side::Own(b))),
                (Some(a), None) => Some(Ask::Compare(*cmp, a, Side::Owner(self.lifted_value(*b)?))),
                (None, Some(b)) => Some(Ask::Compare(turned(*cmp), b, Side::Owner(self.lifted_value(*a)?))),
                (None, None) => None,
            },
            TruthOp::SameRow(a, b) => match (self.row_op(*a), self.row_op(*b)) {
                (RowOp::Lane, RowOp::Lift(row)) | (RowOp::Lift(row), RowOp::Lane) => Some(Ask::Same(*row)),
                _ => None,
            },
            TruthOp::Keys(order, (_, a), (t, b)) => match (self.row_op(*a), self.row_op(*b)) {
                (RowOp::Lane, RowOp::Lift(row)) => Some(Ask::Key(*order, *t, *row)),
                _ => None,
            },
            TruthOp::Sound(_, one) => Some(Ask::Sound(Box::new(self.ask(*one)?))),
            TruthOp::Lift(above) => Some(Ask::Owner(*above)),
            _ => None,
        }
    }

    /// The field of a cell of the lane's own row.
    pub fn own_cell(&self, cell: &CellOf) -> Option<FieldId> {
        matches!(self.row_op(cell.row), RowOp::Lane).then_some(cell.field)
    }

    /// The field whose cell of the lane's own row a value is.
    pub fn own_value(&self, value: ValueAt) -> Option<FieldId> {
        match self.value_op(value) {
            ValueOp::Cell(cell) => self.own_cell(cell),
            _ => None,
        }
    }

    fn lifted_value(&self, value: ValueAt) -> Option<ValueAt> {
        match self.value_op(value) {
            ValueOp::Lift(above) => Some(*above),
            _ => None,
        }
    }

    /// Whether the rows of a set may be walked: they refer to the owner's row, and nothing else has to be known of it.
    pub fn may_walk(&self, set: SetId) -> bool {
        self.made(set).is_some_and(|made| made.by == By::Reference && made.guard.is_none())
    }

    /// Finds out for which sets no lanes need be made, and of which rows. Where several ask the same few rows, they had better be lanes.
    /// Of some sets all rows are counted.
    pub fn find_walks(&mut self, counted: &[SetId]) {
        let mut asked: Vec<(SetId, Option<TruthAt>)> = counted.iter().flat_map(|&set| [(set, None); 2]).collect();
        let mut walked = Vec::new();
        for expr in &self.truths.all {
            match expr.op {
                TruthOp::Any(set, cond) => {
                    asked.push((set, Some(cond)));
                    walked.push((set, cond));
                }
                TruthOp::All(set, cond, _) => asked.push((set, Some(cond))),
                _ => {}
            }
        }
        for expr in &self.values.all {
            match &expr.op {
                ValueOp::Count(set, cond) => {
                    asked.push((*set, Some(*cond)));
                    walked.push((*set, *cond));
                }
                ValueOp::Sum(set, cond, _) | ValueOp::Least(set, cond, _) | ValueOp::Greatest(set, cond, _) => {
                    asked.push((*set, Some(*cond)));
                }
                ValueOp::HeldMonths(all, _) | ValueOp::Reaches(all, _) => asked.extend(all.iter().map(|of| (of.set, Some(of.cond)))),
                _ => {}
            }
        }
        asked.extend(self.rows.all.iter().filter_map(|expr| match expr.op {
            RowOp::Pick(_, set, cond, _) => Some((set, Some(cond))),
            _ => None,
        }));
        asked.extend(self.tallies.iter().map(|tally| (tally.set, Some(tally.cond))));
        asked.extend(self.sets_of_parts().map(|set| (set, None)));
        let mut times = vec![0; self.sets.len() + 1];
        asked.iter().for_each(|(set, _)| times.get_mut(set.0 as usize).into_iter().for_each(|n| *n += 1));
        let once = |set: SetId| times.get(set.0 as usize) == Some(&1);
        let is_worth_it = |set: SetId| self.may_walk(set) && (once(set) || self.made(set).is_some_and(|made| made.filter.is_none()));
        // Rows with one text are the same for everyone who has it: they are gone through once.
        let is_alike = |set: SetId| self.made(set).is_some_and(|made| made.by == By::Text && made.guard.is_none());
        let walks = walked.iter().filter_map(|&(set, cond)| {
            let ask = self.ask(cond).filter(|ask| is_worth_it(set) || is_alike(set) && ask.is_closed())?;
            Some(((set, cond), ask))
        });
        let walks: FxHashMap<_, _> = walks.collect();
        let screened = asked.iter().filter_map(|&(set, cond)| Some((set, cond?))).filter(|at| once(at.0) && !walks.contains_key(at));
        self.screens = screened.filter_map(|(set, cond)| Some((set, self.screen(set, cond)?))).collect();
        self.walks = walks;
    }

    /// What a condition implies that may be asked while rows are walked.
    fn screen(&self, set: SetId, cond: TruthAt) -> Option<Ask> {
        if !self.made(set).is_some_and(|made| made.by == By::Reference) {
            return None;
        }
        match self.truth_op(cond) {
            TruthOp::And(items) => {
                // What speaks of the owner alone is asked when it matters.
                let asks = items.iter().filter_map(|&item| self.ask(item)).filter(|ask| !matches!(ask, Ask::Owner(_)));
                let asks: Vec<Ask> = asks.collect();
                asks.iter().any(Ask::is_for_few).then_some(Ask::All(asks))
            }
            _ => self.ask(cond).filter(Ask::is_for_few),
        }
    }
}

/// The comparison that says the same with its sides exchanged.
pub fn turned(cmp: Cmp) -> Cmp {
    match cmp {
        Cmp::Lt => Cmp::Gt,
        Cmp::Le => Cmp::Ge,
        Cmp::Gt => Cmp::Lt,
        Cmp::Ge => Cmp::Le,
        same => same,
    }
}
