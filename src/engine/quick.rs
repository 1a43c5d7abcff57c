//! Shortcuts bound once a run: conditions on one yes/no or code cell answered from a table of every value it may have, dates read
//! straight from their column, comparisons of such dates with each other, and the latest row of a kind found for all kinds in one go.
//! They say what the nodes say; a watched
//! evaluation, which must see each step, does not take them.

use super::value::{Span, Truth, equal, less};
use crate::dates::{Fuzzy, Period};
use crate::records::{BAD_CODE, BLANK_CODE, Column, FAR_ROW, FieldId, FieldType, Filled, Link, NONE_CODE, NONE_ROW, RowId, Store, TableId};
use crate::rules::ir::{Cmp, Node, NodeId, Pick, Program, Set};
use crate::rules::{Rule, RuleSet, Version};

/// How a node may be answered without walking it.
#[derive(Debug)]
pub(super) enum Quick<'a> {
    /// It may not.
    No,
    /// Conditions on single cells, all of them.
    Tests(Vec<Test<'a>>),
    /// A condition on one cell of whatever row a node gives.
    Cell(NodeId, ByCode<'a>),
    /// A date of the row in a slot.
    Date(u8, &'a [Fuzzy]),
    /// A date of whatever row a node gives.
    DateOf(NodeId, &'a [Fuzzy]),
    /// A variable.
    Var(u8),
    /// A date some days, months or years later.
    Later(NodeId, Period),
    /// A comparison of two values.
    Compared(Cmp, NodeId, NodeId),
    /// Several conditions, some of them quick.
    All(&'a [NodeId]),
    /// The latest row of some kinds: by which [`Kinds`], of which owner, of which codes.
    Latest(usize, NodeId, Vec<u8>),
}

/// A condition on one cell of the row in a slot, or of the row that it refers to.
#[derive(Clone, Debug)]
pub(super) struct Test<'a> {
    /// Where the row is bound.
    pub slot: u8,
    kind: TestKind<'a>,
}

#[derive(Clone, Debug)]
enum TestKind<'a> {
    Own(ByCode<'a>),
    Referred(&'a [RowId], ByCode<'a>),
    Day(&'a [Fuzzy], Cmp, Span),
}

impl Test<'_> {
    /// What it says of a row.
    #[inline]
    pub fn of(&self, row: RowId) -> Truth {
        match &self.kind {
            TestKind::Own(table) => table.of(row),
            TestKind::Day(cells, cmp, day) => cells.get(row as usize).map_or(Truth::Unknown, |d| compared(*cmp, Span::of_date(*d), *day)),
            TestKind::Referred(refs, table) => match refs.get(row as usize) {
                Some(&NONE_ROW) => table.absent,
                Some(&to) if to < FAR_ROW => table.of(to),
                _ => Truth::Unknown,
            },
        }
    }
}

/// What a condition says for each byte that a cell may hold.
#[derive(Clone, Debug)]
pub(super) struct ByCode<'a> {
    cells: &'a [u8],
    truths: Box<[Truth; 256]>,
    /// Where there is no row.
    pub absent: Truth,
}

impl ByCode<'_> {
    /// What it says of a row.
    #[inline]
    pub fn of(&self, row: RowId) -> Truth {
        self.cells.get(row as usize).map_or(Truth::Unknown, |&cell| self.truths[usize::from(cell)])
    }
}

/// The rows of one table by owner and kind.
#[derive(Debug)]
pub(super) struct Kinds<'a> {
    /// Their table.
    pub table: TableId,
    /// Rows by owner.
    pub link: &'a Link,
    /// The kind of each row.
    pub cells: &'a [u8],
    /// How many kinds there are.
    pub count: usize,
    owner: FieldId,
    kind: FieldId,
}

impl Kinds<'_> {
    /// Whether these are the rows of a table by the field that refers to their owner and by that which holds their kind.
    pub fn are_of(&self, table: TableId, owner: FieldId, kind: FieldId) -> bool {
        (self.table, self.owner, self.kind) == (table, owner, kind)
    }
}

/// The shortcuts of a program over records.
#[derive(Debug, Default)]
pub(super) struct Shortcuts<'a> {
    /// By node.
    pub of: Vec<Quick<'a>>,
    /// What [`Quick::Latest`] refers to.
    pub kinds: Vec<Kinds<'a>>,
    /// By rule: conditions on the subject's cells without all of which no version asks anything of it.
    pub screens: Vec<Vec<Test<'a>>>,
}

impl<'a> Shortcuts<'a> {
    /// Binds rules to records.
    pub fn new(rules: &'a RuleSet, store: &'a Store, today: Span) -> Self {
        let program = &rules.program;
        let mut all = Self::default();
        // Children are earlier nodes: what they came to is known.
        for id in 0..program.nodes.len() {
            let quick = Binder { program, store, today, done: &all.of }.bind(id);
            let quick = quick.or_else(|| all.latest(program, store, id)).unwrap_or(Quick::No);
            all.of.push(quick);
        }
        all.screens = rules.rules.iter().map(|rule| all.screen(program, rule)).collect();
        all
    }

    fn screen(&self, program: &Program, rule: &Rule) -> Vec<Test<'a>> {
        let mut tests = Vec::new();
        // What a rule over parts of a subject asks is asked of the part.
        if let ([Version { when: Some(when), .. }], None) = (rule.versions.as_slice(), &rule.each) {
            self.conjuncts(program, *when, &mut tests);
        }
        tests
    }

    /// The conditions on cells of the row in slot 0 that a condition implies.
    fn conjuncts(&self, program: &Program, node: NodeId, tests: &mut Vec<Test<'a>>) {
        if let Some(Quick::Tests(found)) = self.of.get(node as usize) {
            tests.extend(found.iter().filter(|t| t.slot == 0).cloned());
            return;
        }
        match program.nodes.get(node as usize) {
            Some(Node::And(items)) => items.iter().for_each(|&item| self.conjuncts(program, item, tests)),
            Some(Node::Let(_, body)) => self.conjuncts(program, *body, tests),
            Some(Node::Def(def, row)) if program.nodes.get(*row as usize) == Some(&Node::Slot(0)) => {
                if let Some(definition) = program.definitions.get(*def as usize) {
                    self.conjuncts(program, definition.body, tests);
                }
            }
            _ => {}
        }
    }

    fn latest(&mut self, program: &Program, store: &'a Store, id: usize) -> Option<Quick<'a>> {
        let Node::Pick(Pick::Latest, Set { rows, table, slot, cond: Some(cond) }, None) = program.nodes.get(id)? else { return None };
        let Node::Children(owner, child, field) = program.nodes.get(*rows as usize)? else { return None };
        let (cell, codes) = codes_asked(program, *cond)?;
        let Node::Cell(of, _, kind) = program.nodes.get(cell as usize)? else { return None };
        let known = store.rows(*child);
        let Some(Column::Code(cells)) = known.column(*kind) else { return None };
        let link = store.link(*child, *field)?;
        let sound = known.exported && !known.ghost.contains(&true) && !known.doubtful.contains(&true) && link.loose().is_empty();
        if !sound || child != table || known.column(*field).is_none() || program.nodes.get(*of as usize) != Some(&Node::Slot(*slot)) {
            return None;
        }
        let FieldType::Code(list) = store.schema.tables.get(*child)?.fields.get(*kind)?.ty else { return None };
        let count = store.schema.lists.get(list)?.values.len();
        let same = |k: &Kinds<'_>| k.are_of(*table, *field, *kind);
        let group = self.kinds.iter().position(same).unwrap_or_else(|| {
            self.kinds.push(Kinds { table: *table, link, cells, count, owner: *field, kind: *kind });
            self.kinds.len() - 1
        });
        Some(Quick::Latest(group, *owner, codes))
    }
}

/// The cell and the codes of a condition that asks whether a cell is one of some codes.
fn codes_asked(program: &Program, cond: NodeId) -> Option<(NodeId, Vec<u8>)> {
    match program.nodes.get(cond as usize)? {
        Node::Compare(Cmp::Eq, cell, code) => match program.nodes.get(*code as usize)? {
            Node::Int(code) => Some((*cell, vec![u8::try_from(*code).ok()?])),
            _ => None,
        },
        Node::InCodes(cell, mask) => Some((*cell, (0..NONE_CODE).filter(|c| holds(mask, i64::from(*c))).collect())),
        _ => None,
    }
}

struct Binder<'p, 'a> {
    program: &'a Program,
    store: &'a Store,
    today: Span,
    done: &'p [Quick<'a>],
}

impl<'a> Binder<'_, 'a> {
    fn bind(&self, id: usize) -> Option<Quick<'a>> {
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

/// A comparison of two spans.
#[inline]
pub(super) fn compared(cmp: Cmp, a: Span, b: Span) -> Truth {
    match cmp {
        Cmp::Eq => equal(a, b),
        Cmp::Ne => !equal(a, b),
        Cmp::Lt => less(a, b),
        Cmp::Ge => !less(a, b),
        Cmp::Gt => less(b, a),
        Cmp::Le => !less(b, a),
    }
}

fn holds(mask: &[u64; 4], code: i64) -> bool {
    (0..256).contains(&code) && mask.get((code / 64) as usize).is_some_and(|w| w >> (code % 64) & 1 == 1)
}

/// Whether a code is among some.
pub(super) fn in_codes(code: Span, mask: &[u64; 4]) -> Truth {
    if code.is_exact() {
        return Truth::of(holds(mask, code.lo));
    }
    if code.is_absent() {
        return Truth::Unknown;
    }
    let (lo, hi) = (code.lo.max(-1), code.hi.min(255));
    let (mut any, mut all) = (false, true);
    for c in lo..=hi {
        let inside = holds(mask, c);
        any |= inside;
        all &= inside;
    }
    match (any, all) {
        (_, true) => Truth::True,
        (true, false) => Truth::Unknown,
        (false, false) => Truth::False,
    }
}
