//! Shortcuts bound once a run: conditions on one yes/no or code cell answered from a table of every value it may have, dates read
//! straight from their column, comparisons of such dates with each other, and the latest row of a kind found for all kinds in one go.
//! They say what the nodes say; a watched
//! evaluation, which must see each step, does not take them.

use super::value::{Span, Truth, equal, less};
use crate::dates::{Fuzzy, Period};
use crate::records::{Column, FAR_ROW, FieldId, FieldType, Link, NONE_CODE, NONE_ROW, RowId, Store, TableId};
use crate::rules::ir::{Cmp, Node, NodeId, Pick, Program, Set};
use crate::rules::{Rule, RuleSet, Version};
use bind::Binder;

mod bind;

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
    /// The field of the kind.
    pub kind: FieldId,
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
