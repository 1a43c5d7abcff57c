//! Rows that cannot count do not become lanes: tests on a row's own cells, asked while lanes are made.

use super::super::quick::Quick;
use super::lower::{Env, Lowering};
use super::plan::{Expansion, RowAt, RowOp, SetId, TruthAt, TruthOp, ValueOp};
use crate::dates::Fuzzy;
use crate::records::{Column, FieldId, FieldType, NONE_CODE, RowId, Rows, TableId};
use crate::rules::ir::{Cmp, Node, NodeId};

/// Which of a plan's filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FilterAt(pub u32);

/// Tests on cells of a row: one that fails any of them cannot count.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter(Vec<Test>);

#[derive(Debug, PartialEq, Eq)]
enum Test {
    /// The bytes that a code or yes/no cell may hold.
    Byte(FieldId, Box<[bool; 256]>),
    /// A date may lie so far on, or further.
    Since(FieldId, i32),
}

impl Test {
    fn field(&self) -> FieldId {
        match self {
            Self::Byte(field, _) | Self::Since(field, _) => *field,
        }
    }
}

/// A filter bound to the columns of a table.
pub struct Passes<'c>(Vec<Bound<'c>>);

enum Bound<'c> {
    Byte(&'c [u8], &'c [bool; 256]),
    Since(&'c [Fuzzy], i32),
}

impl Filter {
    /// The tests on the columns of a table.
    pub fn bound<'c>(&'c self, rows: &'c Rows) -> Passes<'c> {
        let bound = self.0.iter().filter_map(|test| match (test, rows.column(test.field())?) {
            (Test::Byte(_, kept), Column::Bool(cells) | Column::Code(cells)) => Some(Bound::Byte(cells, kept)),
            (Test::Since(_, day), Column::Date(cells)) => Some(Bound::Since(cells, *day)),
            _ => None,
        });
        Passes(bound.collect())
    }

    /// The fields of one byte that are tested, and the bytes that they may hold.
    pub fn bytes(&self) -> impl Iterator<Item = (FieldId, &[bool; 256])> {
        self.0.iter().filter_map(|test| match test {
            Test::Byte(field, kept) => Some((*field, kept.as_ref())),
            Test::Since(..) => None,
        })
    }
}

impl Passes<'_> {
    /// Adds those rows that pass.
    #[inline]
    pub fn add(&self, list: &mut Vec<RowId>, rows: impl ExactSizeIterator<Item = RowId>) {
        let first = list.len();
        list.extend(rows);
        for test in &self.0 {
            // One test after the other, so that each has a loop of its own.
            match test {
                Bound::Byte(cells, kept) => {
                    keep_from(list, first, |row| cells.get(row as usize).is_none_or(|&cell| kept[usize::from(cell)]));
                }
                Bound::Since(cells, day) => {
                    keep_from(list, first, |row| cells.get(row as usize).is_none_or(|date| (date.hi.0 >= *day) | (date.lo.0 == i32::MIN)))
                }
            }
        }
    }
}

/// Keeps some rows of those that a list has from a place on.
#[inline(always)]
fn keep_from(list: &mut Vec<RowId>, first: usize, keep: impl Fn(RowId) -> bool) {
    let mut at = first;
    for i in first..list.len() {
        let row = list[i];
        list[at] = row;
        at += usize::from(keep(row));
    }
    list.truncate(at);
}

impl Lowering<'_, '_> {
    /// The tests that some conditions make of a set's rows, each condition with the slot of the row and what is bound around it. None
    /// where they would drop few.
    pub(super) fn filter(&mut self, made: Expansion, conds: &[(u8, NodeId, Env)]) -> Option<FilterAt> {
        let outside = self.escaped;
        let lanes = self.plan.set(made);
        let lane = self.plan.row(RowOp::Lane, lanes);
        let mut tests = Vec::new();
        for (slot, cond, around) in conds {
            let around = around.within(lanes, &self.plan, *slot, lane);
            self.tests_of(*cond, *slot, &around, (made.table, lane), &mut tests);
        }
        self.escaped = outside;
        tests.sort_by_key(Test::field);
        if tests.is_empty() {
            return None;
        }
        let filter = Filter(tests);
        let known = self.plan.filters.iter().position(|known| *known == filter);
        let at = known.unwrap_or_else(|| {
            self.plan.filters.push(filter);
            self.plan.filters.len() - 1
        });
        Some(FilterAt(at as u32))
    }

    /// The tests that a condition implies.
    fn tests_of(&mut self, cond: NodeId, slot: u8, around: &Env, of: (TableId, RowAt), tests: &mut Vec<Test>) {
        if let Some(Quick::Tests(quick)) = self.cx.shortcuts.of.get(cond as usize) {
            if quick.iter().any(|test| test.slot == slot) {
                let truth = self.truth(cond, around);
                self.tests_in(truth, of, tests);
            }
            return;
        }
        match self.node(cond).cloned() {
            Some(Node::And(items)) => items.iter().for_each(|&item| self.tests_of(item, slot, around, of, tests)),
            Some(Node::Let(_, body)) => self.tests_of(body, slot, around, of, tests),
            Some(Node::Def(def, row)) if self.node(row) == Some(&Node::Slot(slot)) => {
                if let Some(definition) = self.cx.rules.program.definitions.get(def as usize) {
                    let inner = self.frame(of.1);
                    self.tests_of(definition.body, 0, &inner, of, tests);
                }
            }
            Some(Node::Or(items)) => tests.extend(self.one_of_kinds(&items, slot, around, of)),
            Some(Node::SameRow(a, b)) => {
                let other = if self.node(a) == Some(&Node::Slot(slot)) { b } else { a };
                let is_own = [a, b].into_iter().any(|side| self.node(side) == Some(&Node::Slot(slot)));
                tests
                    .extend(self.kinds_of(other).filter(|kinds| is_own && kinds.0 == of.0).map(|(_, field, kept)| Test::Byte(field, kept)));
            }
            _ => {}
        }
    }

    /// Where each of some conditions wants a cell to hold one of some codes, one of which will do: that it holds any of these.
    fn one_of_kinds(&mut self, items: &[NodeId], slot: u8, around: &Env, of: (TableId, RowAt)) -> Option<Test> {
        let mut either: Option<(FieldId, Box<[bool; 256]>)> = None;
        for &item in items {
            let mut tests = Vec::new();
            self.tests_of(item, slot, around, of, &mut tests);
            let field = either.as_ref().map(|(field, _)| *field);
            let (field, kept) = tests.into_iter().find_map(|test| match test {
                Test::Byte(of, kept) if field.is_none_or(|field| field == of) => Some((of, kept)),
                _ => None,
            })?;
            match &mut either {
                None => either = Some((field, kept)),
                Some((_, known)) => known.iter_mut().zip(kept.iter()).for_each(|(known, kept)| *known |= kept),
            }
        }
        let (field, kept) = either?;
        self.drops_many(of.0, field, &kept).then_some(Test::Byte(field, kept))
    }

    /// The table, the field and the codes of which the row that a node gives has one: it is the latest row of some kinds. None where
    /// the kind of some row is not known, for that may be the latest.
    fn kinds_of(&self, row: NodeId) -> Option<(TableId, FieldId, Box<[bool; 256]>)> {
        if let Some(Quick::Latest(kinds, _, codes)) = self.cx.shortcuts.of.get(row as usize) {
            let kinds = self.cx.shortcuts.kinds.get(*kinds)?;
            let is_known = |&code: &u8| usize::from(code) < kinds.count || code == NONE_CODE;
            if !kinds.cells.iter().all(is_known) {
                return None;
            }
            let kept = std::array::from_fn(|code| codes.iter().any(|&c| usize::from(c) == code));
            return Some((kinds.table, kinds.kind, Box::new(kept)));
        }
        match *self.node(row)? {
            Node::Def(def, _) => self.kinds_of(self.cx.rules.program.definitions.get(def as usize)?.body),
            Node::Let(_, row) => self.kinds_of(row),
            _ => None,
        }
    }

    fn tests_in(&mut self, truth: TruthAt, (table, lane): (TableId, RowAt), tests: &mut Vec<Test>) {
        match self.plan.truth_op(truth) {
            TruthOp::And(items) => items.clone().into_iter().for_each(|item| self.tests_in(item, (table, lane), tests)),
            TruthOp::Byte(cell, truths, _) if cell.row == lane => {
                let kept: Box<[bool; 256]> = Box::new(std::array::from_fn(|i| truths[i] != super::lanes::FALSE));
                if self.drops_many(table, cell.field, &kept) {
                    tests.push(Test::Byte(cell.field, kept));
                }
            }
            TruthOp::CompareTo(Cmp::Ge, value, day) => match self.plan.value_op(*value) {
                ValueOp::Cell(cell) if cell.row == lane => {
                    if let Some(Column::Date(_)) = self.cx.store.rows(table).column(cell.field) {
                        tests.push(Test::Since(cell.field, *day));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Whether of the values that a cell may hold half or more are dropped.
    fn drops_many(&self, table: TableId, field: FieldId, kept: &[bool; 256]) -> bool {
        let schema = &self.cx.store.schema;
        let values = match schema.tables.get(table).and_then(|t| t.fields.get(field)).map(|f| f.ty) {
            Some(FieldType::Code(list)) => schema.lists.get(list).map_or(0, |list| list.values.len()),
            _ => 2,
        };
        kept.iter().take(values).filter(|kept| **kept).count() * 2 <= values
    }

    /// A set with the rows that may fulfil some conditions.
    pub(super) fn narrowed(&mut self, made: Expansion, conds: &[(u8, NodeId, Env)]) -> SetId {
        let filter = self.filter(made, conds);
        self.plan.set(Expansion { filter, ..made })
    }
}
