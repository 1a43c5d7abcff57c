//! Values that are remembered: of lets for a subject, of definitions and latest rows for the rows around it.

use super::super::probe::{Lack, Probe};
use super::super::value::{RowVal, Truth};
use super::{BLOCK, Eval, Val};
use crate::records::{BAD_CODE, BLANK_CODE, RowId};
use crate::rules::ir::{DefId, Node, NodeId, Ty};

/// Remembered values of each definition: a power of two. Subjects come one after another, each with the rows around it.
pub(super) const REMEMBERED: usize = 2 * BLOCK;
/// Owners whose rows by kind are remembered: a power of two.
const OWNERS: usize = 2 * BLOCK;

/// The latest row of each kind of one owner.
#[derive(Clone, Debug)]
pub(super) struct Latest {
    owner: RowId,
    /// Whether a row's kind is not known: then the shortcut is none.
    open: bool,
    /// By kind; `RowId::MAX` where there is none.
    rows: Vec<RowId>,
}

impl Latest {
    pub(super) fn none(kinds: usize) -> Self {
        Self { owner: RowId::MAX, open: false, rows: vec![RowId::MAX; kinds] }
    }
}

impl<'c, P: Probe> Eval<'c, P> {
    #[inline]
    pub(super) fn named(&mut self, slot: u8, make: impl FnOnce(&mut Self) -> Val<'c>) -> Val<'c> {
        let (generation, value) = self.lets[usize::from(slot)];
        // A watcher wants to see how the value came about, each time it is used.
        if P::QUICK && generation == self.generation {
            return value;
        }
        let value = make(self);
        self.lets[usize::from(slot)] = (self.generation, value);
        value
    }

    /// The latest row of some kinds of an owner; none where that has to be found out the long way.
    pub(super) fn latest_of(&mut self, kinds: usize, owner: NodeId, codes: &[u8]) -> Option<RowVal> {
        let owner = match self.node(owner) {
            Node::Slot(slot) => self.rows[self.base + usize::from(*slot)],
            _ => match self.row_walked(owner) {
                RowVal::Row(row) => row,
                other => return Some(other),
            },
        };
        let at = owner as usize & (OWNERS - 1);
        if self.latest[kinds].is_empty() {
            self.latest[kinds] = vec![Latest::none(self.cx.shortcuts.kinds[kinds].count); OWNERS];
        }
        if self.latest[kinds][at].owner != owner {
            self.find_latest(kinds, owner, at);
        }
        let known = &self.latest[kinds][at];
        if known.open {
            return None;
        }
        if let [code] = codes {
            let row = known.rows.get(usize::from(*code)).copied().unwrap_or(RowId::MAX);
            return Some(if row == RowId::MAX { RowVal::Absent } else { RowVal::Row(row) });
        }
        let table = self.cx.shortcuts.kinds[kinds].table;
        let mut best = RowId::MAX;
        for row in codes.iter().filter_map(|&code| known.rows.get(usize::from(code)).copied()).filter(|&row| row != RowId::MAX) {
            if best == RowId::MAX || self.cx.compare(table, best, row).is_lt() {
                best = row;
            }
        }
        Some(if best == RowId::MAX { RowVal::Absent } else { RowVal::Row(best) })
    }

    /// A definition's value for a row; none for no row. Remembered by row: many rules ask the same.
    pub(super) fn definition(&mut self, def: DefId, row: NodeId) -> Option<Val<'c>> {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            RowVal::Absent => {
                self.probe.lack(Lack::NoRow(self.cx.rules.program.definitions[def as usize].table));
                return None;
            }
            RowVal::Unknown => return Some(Val::Truth(Truth::Unknown)),
        };
        let at = row as usize & (REMEMBERED - 1);
        let remembers = P::QUICK;
        if remembers {
            let memory = &mut self.memory[def as usize];
            if memory.is_empty() {
                memory.resize(REMEMBERED, (RowId::MAX, Val::Truth(Truth::Unknown)));
            }
            let (known, value) = memory[at];
            if known == row {
                return Some(value);
            }
        }
        let definition = &self.cx.rules.program.definitions[def as usize];
        let value = self.in_frame(row, |s| match definition.ty {
            Ty::Truth => Val::Truth(s.truth(definition.body)),
            Ty::Text => Val::Text(s.text(definition.body)),
            Ty::Row(_) => Val::Row(s.row(definition.body)),
            _ => Val::Span(s.span(definition.body)),
        });
        if remembers {
            self.memory[def as usize][at] = (row, value);
        }
        Some(value)
    }

    #[inline(never)]
    fn find_latest(&mut self, kinds: usize, owner: RowId, at: usize) {
        let cx = self.cx;
        let kinds_of = &cx.shortcuts.kinds[kinds];
        let mut found = std::mem::replace(&mut self.latest[kinds][at], Latest::none(0));
        (found.owner, found.open) = (owner, false);
        found.rows.fill(RowId::MAX);
        for row in kinds_of.link.children(owner) {
            let kind = kinds_of.cells.get(row as usize).copied().unwrap_or(BAD_CODE);
            found.open |= matches!(kind, BAD_CODE | BLANK_CODE);
            if let Some(known) = found.rows.get_mut(usize::from(kind))
                && (*known == RowId::MAX || self.cx.compare(kinds_of.table, *known, row).is_lt())
            {
                *known = row;
            }
        }
        self.latest[kinds][at] = found;
    }
}
