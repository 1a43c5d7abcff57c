//! Rows walked, and asked while they are: the rows of each lane are gone through until one settles the matter.

use super::super::quick::compared;
use super::super::value::Span;
use super::asks::{Ask, Side};
use super::expand::children;
use super::lanes::{ABSENT, Block, FALSE, NO_ROW, OPEN, OPEN_ROW, OPEN_VALUE, TRUE, UNSET_ROW, widened};
use super::plan::{By, Expansion, SetId, ValueAt};
use super::values::{amount_value, code_value, date_value, int_value};
use super::which::Which;
use crate::dates::Fuzzy;
use crate::records::{Children, Column, FieldId, RowId, Rows, Sym, TableId};
use crate::rules::ir::Cmp;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// A condition bound to the columns of a table and to what is known of the owners.
pub enum Bound<'b> {
    Owner(&'b [u8]),
    Byte(&'b [u8], &'b [u8; 256]),
    Dates(Cmp, &'b [Fuzzy], BoundSide<'b>),
    /// Numbers and codes.
    Numbers(Cmp, Cells<'b>, BoundSide<'b>),
    Same(&'b [RowId]),
    Key(Ordering, (TableId, TableId), &'b [RowId]),
    All(Vec<Bound<'b>>),
    One(Vec<Bound<'b>>),
    Not(Box<Bound<'b>>),
    Sound(&'b Rows, Box<Bound<'b>>),
    Open,
}

/// What cells are held against, bound.
pub enum BoundSide<'b> {
    Const(i32),
    Owner(ValueAt, &'b [i32]),
    Own(Cells<'b>),
}

/// Cells as values.
#[derive(Clone, Copy)]
pub enum Cells<'b> {
    Dates(&'b [Fuzzy]),
    Ints(&'b [i32]),
    Amounts(&'b [i64]),
    Codes(&'b [u8]),
}

impl<'b> Cells<'b> {
    /// The cells of a column that holds dates, numbers or codes.
    pub fn of(rows: &'b Rows, field: FieldId) -> Option<Self> {
        match rows.column(field)? {
            Column::Date(cells) => Some(Self::Dates(cells)),
            Column::Int(cells) => Some(Self::Ints(cells)),
            Column::Number(cells) => Some(Self::Amounts(cells)),
            Column::Code(cells) => Some(Self::Codes(cells)),
            _ => None,
        }
    }

    /// What a cell holds: open where it is not exact.
    #[inline]
    pub fn at(&self, row: RowId) -> i32 {
        let value = match self {
            Self::Dates(cells) => cells.get(row as usize).map(|&date| date_value(date)),
            Self::Ints(cells) => cells.get(row as usize).map(|&cell| int_value(cell)),
            Self::Amounts(cells) => cells.get(row as usize).map(|&cell| amount_value(cell)),
            Self::Codes(cells) => cells.get(row as usize).map(|&cell| code_value(cell)),
        };
        value.unwrap_or(OPEN_VALUE)
    }

    /// What a cell may hold. None where blocks do not know.
    pub fn span_at(&self, row: RowId) -> Option<Span> {
        match self {
            Self::Dates(cells) => cells.get(row as usize).map(|date| Span::of_date(*date)),
            _ => widened(self.at(row)),
        }
    }
}

#[inline]
fn holds(cmp: Cmp, a: i32, b: i32) -> u8 {
    let holds = match cmp {
        Cmp::Eq => a == b,
        Cmp::Ne => a != b,
        Cmp::Lt => a < b,
        Cmp::Le => a <= b,
        Cmp::Gt => a > b,
        Cmp::Ge => a >= b,
    };
    if holds { TRUE } else { FALSE }
}

impl Bound<'_> {
    /// What it says of a row of an owner's.
    #[inline]
    pub fn of(&self, block: &Block<'_>, row: RowId, owner: usize) -> u8 {
        match self {
            Self::Owner(truths) => truths[owner],
            Self::Byte(cells, truths) => cells.get(row as usize).map_or(OPEN, |&cell| truths[usize::from(cell)]),
            Self::Dates(cmp, cells, side) => {
                let value = cells.get(row as usize).map_or(OPEN_VALUE, |date| date_value(*date));
                block.holds(*cmp, (Cells::Dates(cells), value), side, row, owner)
            }
            Self::Numbers(cmp, cells, side) => block.holds(*cmp, (*cells, cells.at(row)), side, row, owner),
            Self::Same(rows) => match rows[owner] {
                OPEN_ROW | UNSET_ROW => OPEN,
                other if other == row => TRUE,
                _ => FALSE,
            },
            Self::Key(order, (own, other), rows) => block.key_comes(*order, (*own, row), (*other, rows[owner])),
            Self::All(items) => {
                let mut least = TRUE;
                for item in items {
                    least = least.min(item.of(block, row, owner));
                    if least == FALSE {
                        break;
                    }
                }
                least
            }
            Self::One(items) => {
                let mut most = FALSE;
                for item in items {
                    most = most.max(item.of(block, row, owner));
                    if most == TRUE {
                        break;
                    }
                }
                most
            }
            Self::Not(one) => TRUE - one.of(block, row, owner),
            Self::Sound(rows, one) => match one.of(block, row, owner) {
                TRUE if rows.is_ghost(row) || rows.is_doubtful(row) => OPEN,
                truth => truth,
            },
            Self::Open => OPEN,
        }
    }
}

impl Block<'_> {
    /// Works out what a condition asks of owners.
    pub(super) fn prepare(&mut self, ask: &Ask, owners: &[u32]) {
        match ask {
            Ask::Owner(truth) => self.truth(*truth, owners),
            Ask::Compare(_, _, Side::Owner(value)) => self.value(*value, owners),
            Ask::Same(row) | Ask::Key(_, _, row) => self.row(*row, owners),
            Ask::All(items) | Ask::One(items) => items.iter().for_each(|item| self.prepare(item, owners)),
            Ask::Not(one) | Ask::Sound(one) => self.prepare(one, owners),
            Ask::Byte(..) | Ask::Compare(..) => {}
        }
    }

    /// A condition bound to the rows of a table, where what it asks of owners was worked out.
    pub(super) fn bound<'b>(&'b self, ask: &'b Ask, table: TableId) -> Bound<'b> {
        let rows = self.cx.store.rows(table);
        let all = |items: &'b [Ask]| items.iter().map(|item| self.bound(item, table)).collect();
        match ask {
            Ask::Owner(truth) => Bound::Owner(self.truths_of(*truth)),
            Ask::Byte(field, truths) => match rows.column(*field) {
                Some(Column::Bool(cells) | Column::Code(cells)) => Bound::Byte(cells, truths),
                _ => Bound::Open,
            },
            Ask::Compare(cmp, field, side) => {
                let side = match side {
                    Side::Const(value) => Some(BoundSide::Const(*value)),
                    Side::Owner(value) => Some(BoundSide::Owner(*value, self.values_of(*value))),
                    Side::Own(other) => Cells::of(rows, *other).map(BoundSide::Own),
                };
                match (Cells::of(rows, *field), side) {
                    (Some(Cells::Dates(cells)), Some(side)) => Bound::Dates(*cmp, cells, side),
                    (Some(cells), Some(side)) => Bound::Numbers(*cmp, cells, side),
                    _ => Bound::Open,
                }
            }
            Ask::Same(row) => Bound::Same(self.rows_of(*row)),
            Ask::Key(order, other, row) => Bound::Key(*order, (table, *other), self.rows_of(*row)),
            Ask::All(items) => Bound::All(all(items)),
            Ask::One(items) => Bound::One(all(items)),
            Ask::Not(one) => Bound::Not(Box::new(self.bound(one, table))),
            Ask::Sound(one) => Bound::Sound(rows, Box::new(self.bound(one, table))),
        }
    }

    #[inline]
    fn holds(&self, cmp: Cmp, (cells, value): (Cells<'_>, i32), side: &BoundSide<'_>, row: RowId, owner: usize) -> u8 {
        let other = match side {
            BoundSide::Const(other) => *other,
            BoundSide::Owner(_, values) => values[owner],
            BoundSide::Own(cells) => cells.at(row),
        };
        let open = |v: i32| (v == OPEN_VALUE) | (v == ABSENT);
        if open(value) | open(other) { self.may_hold(cmp, cells, side, row, owner) } else { holds(cmp, value, other) }
    }

    /// What is not known to the day may still settle a question.
    #[cold]
    fn may_hold(&self, cmp: Cmp, cells: Cells<'_>, side: &BoundSide<'_>, row: RowId, owner: usize) -> u8 {
        let other = match side {
            BoundSide::Const(other) => widened(*other),
            BoundSide::Owner(at, _) => self.span_at(*at, owner),
            BoundSide::Own(cells) => cells.span_at(row),
        };
        cells.span_at(row).zip(other).map_or(OPEN, |(a, b)| compared(cmp, a, b) as u8)
    }

    /// Goes through the rows of some owners; tells of each whether it may have others.
    #[inline]
    pub(super) fn walk(&self, made: &Expansion, which: Which<'_>, mut walked: impl FnMut(usize, bool, Children<'_>)) {
        let link = self.cx.store.link(made.table, made.field);
        let loose = link.is_some_and(|link| !link.loose().is_empty());
        let (rows, kinds) = (self.rows_of(made.owner), self.kinds_asked(made));
        which.each(|owner| match (rows[owner], link) {
            (NO_ROW, _) => walked(owner, false, Children::Range(0..0)),
            (OPEN_ROW | UNSET_ROW, _) | (_, None) => walked(owner, true, Children::Range(0..0)),
            (row, Some(link)) => {
                let open = loose && !self.cx.loose(made.table, made.field, row).is_empty();
                walked(owner, open, children(link, kinds.as_ref(), owner as u32, row));
            }
        });
    }

    /// How many rows of a set fulfil a condition.
    pub(super) fn count_walked(&mut self, set: SetId, ask: &Ask, owners: &[u32], which: Which<'_>, out: &mut [i32]) {
        let join = |count: i32, truth: u8| if truth == OPEN { OPEN_VALUE } else { count + i32::from(truth == TRUE) };
        let fold = Fold { none: 0, open: OPEN_VALUE, join, is_settled: |count| count == OPEN_VALUE };
        self.walk_set((set, ask), owners, which, out, fold);
    }

    /// Whether some row of a set fulfils a condition.
    pub(super) fn any_walked(&mut self, set: SetId, ask: &Ask, owners: &[u32], which: Which<'_>, out: &mut [u8]) {
        let fold = Fold { none: FALSE, open: OPEN, join: u8::max, is_settled: |most| most == TRUE };
        self.walk_set((set, ask), owners, which, out, fold);
    }

    fn walk_set<T: Copy>(
        &mut self,
        (set, ask): (SetId, &Ask),
        owners: &[u32],
        which: Which<'_>,
        out: &mut [T],
        fold: Fold<T, impl Fn(T, u8) -> T, impl Fn(T) -> bool>,
    ) {
        let plan = self.plan;
        let Some(made) = plan.made(set) else { return };
        self.row(made.owner, owners);
        self.prepare(ask, owners);
        let bound = self.bound(ask, made.table);
        if made.by == By::Reference {
            return self.walk(made, which, |owner, is_open, rows| {
                let start = if is_open { fold.open } else { fold.none };
                out[owner] = fold.over(start, rows.map(|row| bound.of(self, row, owner)));
            });
        }
        let texts = match self.cx.store.rows(made.table).column(made.field) {
            Some(Column::Text(texts)) => texts.as_slice(),
            _ => &[],
        };
        let rows = self.rows_of(made.owner);
        let mut known: FxHashMap<Sym, T> = FxHashMap::default();
        which.each(|owner| {
            let text = match rows[owner] {
                NO_ROW => return out[owner] = fold.none,
                row => texts.get(row as usize).copied().unwrap_or(Sym::BAD),
            };
            let start = if text == Sym::BAD { fold.open } else { fold.none };
            let peers = || self.cx.peers(made.table, made.field, text).iter().map(|&row| bound.of(self, row, owner));
            out[owner] = *known.entry(text).or_insert_with(|| fold.over(start, peers()));
        });
    }
}

/// How what a condition says of rows is joined, until that settles the matter.
struct Fold<T, J, S> {
    /// What is so of none, where all rows are known.
    none: T,
    /// What is so of none, where there may be others.
    open: T,
    join: J,
    is_settled: S,
}

impl<T: Copy, J: Fn(T, u8) -> T, S: Fn(T) -> bool> Fold<T, J, S> {
    #[inline]
    fn over(&self, start: T, truths: impl Iterator<Item = u8>) -> T {
        let mut so_far = start;
        for truth in truths {
            if (self.is_settled)(so_far) {
                break;
            }
            so_far = (self.join)(so_far, truth);
        }
        so_far
    }
}
