//! How each node of a program is bound to columns, if it may be answered without walking it. Nodes before it are bound already.

use super::{ByCode, Quick, Test, TestKind, compared, in_codes};
use crate::dates::Period;
use crate::engine::value::{Span, Truth};
use crate::records::{BAD_CODE, BLANK_CODE, Column, FieldType, Filled, NONE_CODE, RowId, Store};
use crate::rules::ir::{Cmp, Node, NodeId, Program};

/// Binds the nodes of a program.
pub(super) struct Binder<'p, 'a> {
    pub program: &'a Program,
    pub store: &'a Store,
    pub today: Span,
    /// What the nodes before came to.
    pub done: &'p [Quick<'a>],
}

impl<'a> Binder<'_, 'a> {
    /// How a node may be answered.
    pub fn bind(&self, id: usize) -> Option<Quick<'a>> {
        match self.node(id as NodeId)? {
            Node::Cell(row, table, field) => match (self.node(*row)?, self.store.rows(*table).column(*field)?) {
                (Node::Slot(slot), Column::Date(cells)) => Some(Quick::Date(*slot, cells)),
                (_, Column::Date(cells)) => Some(Quick::DateOf(*row, cells)),
                _ => None,
            },
            Node::Bool(row, table, field) => {
                let Column::Bool(cells) = self.store.rows(*table).column(*field)? else { return None };
                let truth = |cell: u8| match cell {
                    0 => Truth::False,
                    1 => Truth::True,
                    _ => Truth::Unknown,
                };
                Some(self.of_row(*row, by_code(cells, truth, Truth::Unknown)))
            }
            Node::HasCell(row, table, field) => self.has_cell(*row, self.store.rows(*table).column(*field)?),
            Node::InCodes(cell, mask) => self.on_code(*cell, |code| in_codes(code, mask)),
            Node::Compare(cmp, a, b) => self.on_constant(*cmp, *a, *b).or_else(|| {
                let quick = [a, b].into_iter().any(|side| self.is_value(*side));
                quick.then_some(Quick::Compared(*cmp, *a, *b))
            }),
            Node::Var(var) => Some(Quick::Var(*var)),
            Node::AddPeriod(date, period @ (Period::Days(_) | Period::Months(_) | Period::Years(_))) => Some(Quick::Later(*date, *period)),
            Node::Not(one) => match self.done.get(*one as usize)? {
                Quick::Cell(row, table) => Some(Quick::Cell(*row, opposite(table))),
                Quick::Tests(tests) => match tests.as_slice() {
                    [Test { slot, kind: TestKind::Own(table) }] => Some(test(*slot, TestKind::Own(opposite(table)))),
                    [Test { slot, kind: TestKind::Referred(refs, table) }] => Some(test(*slot, TestKind::Referred(refs, opposite(table)))),
                    _ => None,
                },
                _ => None,
            },
            Node::And(items) => self.on_one_cell(items, Truth::and).or_else(|| self.all_tests(items)).or_else(|| self.all_of(items)),
            Node::Or(items) => self.on_one_cell(items, Truth::or),
            Node::Def(def, row) => self.inlined(self.program.definitions.get(*def as usize)?.body, *row),
            _ => None,
        }
    }

    fn node(&self, id: NodeId) -> Option<&'a Node> {
        self.program.nodes.get(id as usize)
    }

    /// A comparison of a cell with what is the same for all rows.
    fn on_constant(&self, cmp: Cmp, cell: NodeId, other: NodeId) -> Option<Quick<'a>> {
        let other = match self.node(other)? {
            Node::Int(i) => Span::exact(*i),
            Node::AsOf => self.today,
            _ => return None,
        };
        match self.done.get(cell as usize)? {
            Quick::Date(slot, cells) => Some(Quick::Tests(vec![Test { slot: *slot, kind: TestKind::Day(cells, cmp, other) }])),
            _ => self.on_code(cell, |code| compared(cmp, code, other)),
        }
    }

    /// Whether a value is read or reckoned in a few steps.
    fn is_value(&self, node: NodeId) -> bool {
        matches!(self.done.get(node as usize), Some(Quick::Date(..) | Quick::Var(_) | Quick::Later(..)))
    }

    /// Conditions that are all quick, though not all on cells.
    fn all_of(&self, items: &'a [NodeId]) -> Option<Quick<'a>> {
        let quick = |id: &NodeId| !matches!(self.done.get(*id as usize), None | Some(Quick::No));
        items.iter().all(quick).then_some(Quick::All(items))
    }

    fn has_cell(&self, row: NodeId, column: &'a Column) -> Option<Quick<'a>> {
        let (Column::Code(cells) | Column::Bool(cells)) = column else { return None };
        let filled = |cell: u8| match column {
            Column::Code(_) => Column::Code(vec![cell]).filled(0),
            _ => Column::Bool(vec![cell]).filled(0),
        };
        let truth = |cell: u8| match filled(cell) {
            Filled::Yes => Truth::True,
            Filled::No => Truth::False,
            Filled::Unknown => Truth::Unknown,
        };
        Some(self.of_row(row, by_code(cells, truth, Truth::False)))
    }

    /// A condition on a code cell.
    fn on_code(&self, cell: NodeId, truth: impl Fn(Span) -> Truth) -> Option<Quick<'a>> {
        let Node::Cell(row, table, field) = self.node(cell)? else { return None };
        let Column::Code(cells) = self.store.rows(*table).column(*field)? else { return None };
        let FieldType::Code(list) = self.store.schema.tables.get(*table)?.fields.get(*field)?.ty else { return None };
        let any = Span { lo: 0, hi: self.store.schema.lists.get(list)?.values.len() as i64 - 1 };
        let of = |cell: u8| match cell {
            NONE_CODE => Span::exact(-1),
            BLANK_CODE | BAD_CODE => any,
            code => Span::exact(i64::from(code)),
        };
        Some(self.of_row(*row, by_code(cells, |c| truth(of(c)), truth(Span::ABSENT))))
    }

    /// A condition on a cell of the row that a node gives.
    fn of_row(&self, row: NodeId, table: ByCode<'a>) -> Quick<'a> {
        match self.node(row) {
            Some(Node::Slot(slot)) => test(*slot, TestKind::Own(table)),
            Some(Node::Follow(..)) => match self.reference(row) {
                Some((slot, refs)) => test(slot, TestKind::Referred(refs, table)),
                None => Quick::Cell(row, table),
            },
            _ => Quick::Cell(row, table),
        }
    }

    /// The slot and the references that a node follows.
    fn reference(&self, row: NodeId) -> Option<(u8, &'a [RowId])> {
        let Node::Follow(from, table, field) = self.node(row)? else { return None };
        match (self.node(*from)?, self.store.rows(*table).column(*field)?) {
            (Node::Slot(slot), Column::Ref(refs)) => Some((*slot, refs)),
            _ => None,
        }
    }

    /// Conditions on one and the same cell are one condition.
    fn on_one_cell(&self, items: &[NodeId], join: impl Fn(Truth, Truth) -> Truth) -> Option<Quick<'a>> {
        let of_slot = |id: &NodeId| match self.done.get(*id as usize) {
            Some(Quick::Tests(tests)) => match tests.as_slice() {
                [Test { slot, kind: TestKind::Own(table) }] => Some((*slot, table)),
                _ => None,
            },
            _ => None,
        };
        if let Some(tables) = items.iter().map(of_slot).collect::<Option<Vec<_>>>() {
            let slot = tables.first()?.0;
            let table = joined(&tables.iter().map(|t| t.1).collect::<Vec<_>>(), join)?;
            return tables.iter().all(|t| t.0 == slot).then(|| test(slot, TestKind::Own(table)));
        }
        let of_node = |id: &NodeId| match self.done.get(*id as usize) {
            Some(Quick::Cell(row, table)) => Some((*row, table)),
            _ => None,
        };
        let tables = items.iter().map(of_node).collect::<Option<Vec<_>>>()?;
        let row = tables.first()?.0;
        let table = joined(&tables.iter().map(|t| t.1).collect::<Vec<_>>(), join)?;
        tables.iter().all(|t| self.node(t.0) == self.node(row)).then_some(Quick::Cell(row, table))
    }

    /// Several conditions on cells.
    fn all_tests(&self, items: &[NodeId]) -> Option<Quick<'a>> {
        let mut all = Vec::new();
        for &item in items {
            match self.done.get(item as usize) {
                Some(Quick::Tests(tests)) => all.extend(tests.iter().cloned()),
                _ => return None,
            }
        }
        Some(Quick::Tests(all))
    }

    /// A definition's shortcut, taken of another row than the one in slot 0 of the definition's own frame.
    fn inlined(&self, body: NodeId, row: NodeId) -> Option<Quick<'a>> {
        match (self.done.get(body as usize)?, self.node(row)?) {
            (Quick::Latest(kinds, owner, codes), _) if self.node(*owner) == Some(&Node::Slot(0)) => {
                Some(Quick::Latest(*kinds, row, codes.clone()))
            }
            (Quick::Tests(tests), Node::Slot(slot)) if tests.iter().all(|t| t.slot == 0) => {
                Some(Quick::Tests(tests.iter().map(|t| Test { slot: *slot, kind: t.kind.clone() }).collect()))
            }
            (Quick::Tests(tests), _) => match tests.as_slice() {
                // Of no row a definition says nothing.
                [Test { slot: 0, kind: TestKind::Own(table) }] => {
                    Some(self.of_row(row, ByCode { absent: Truth::Unknown, ..table.clone() }))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

fn test(slot: u8, kind: TestKind<'_>) -> Quick<'_> {
    Quick::Tests(vec![Test { slot, kind }])
}

fn by_code<'a>(cells: &'a [u8], truth: impl Fn(u8) -> Truth, absent: Truth) -> ByCode<'a> {
    let mut truths = Box::new([Truth::Unknown; 256]);
    (0..=u8::MAX).zip(truths.iter_mut()).for_each(|(cell, place)| *place = truth(cell));
    ByCode { cells, truths, absent }
}

fn opposite<'a>(table: &ByCode<'a>) -> ByCode<'a> {
    by_code(table.cells, |c| !table.truths[usize::from(c)], !table.absent)
}

/// Conditions on one column as one; none when they are on several.
fn joined<'a>(tables: &[&ByCode<'a>], join: impl Fn(Truth, Truth) -> Truth) -> Option<ByCode<'a>> {
    let (first, rest) = tables.split_first()?;
    let truth = |c: u8| rest.iter().fold(first.truths[usize::from(c)], |t, next| join(t, next.truths[usize::from(c)]));
    let absent = rest.iter().fold(first.absent, |t, next| join(t, next.absent));
    rest.iter().all(|t| std::ptr::eq(t.cells, first.cells)).then(|| by_code(first.cells, truth, absent))
}
