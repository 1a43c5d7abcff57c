//! Rows of sets: which are meant, and what holds of some or all.

use super::eval::Eval;
use super::probe::{Lack, Probe};
use super::value::{RowVal, Truth};
use crate::records::{Children, Column, RowId, Sym, TableId};
use crate::rules::ir::{Node, NodeId, Set};
use std::ops::ControlFlow;

mod aggregate;
mod duration;
mod pick;

pub(super) use duration::{Stretch, half_open, held_months};

/// Where the rows of a set come from.
enum Source<'a> {
    /// Not known: a table or column was not exported.
    Unknown,
    /// The rows that refer to one row.
    Children(Children<'a>),
    /// The same, and rows that may refer to it: whose reference is blank or could not be read.
    Perhaps(Children<'a>, Vec<RowId>),
    /// Every row of a table that is not void.
    All(TableId),
    /// Rows, each with the truth of its belonging.
    Listed(Vec<(RowId, Truth)>),
}

impl<'c, P: Probe> Eval<'c, P> {
    /// Calls `visit` for each row of a set with the truth of its condition, rows of false conditions left out. False when the set is
    /// not wholly known.
    pub(super) fn each(&mut self, set: &Set, mut visit: impl FnMut(&mut Self, RowId, Truth) -> ControlFlow<()>) -> bool {
        let source = self.source(set.rows);
        // A named value used inside the condition may itself walk a set in this slot.
        let outer = self.bound_row(set.slot);
        let mut known = true;
        match source {
            Source::Unknown => known = false,
            Source::Children(rows) => {
                for row in rows {
                    if self.visit(set, row, Truth::True, &mut visit).is_break() {
                        break;
                    }
                }
            }
            Source::Perhaps(rows, loose) => {
                let rows = rows.map(|r| (r, Truth::True)).chain(loose.into_iter().map(|r| (r, Truth::Unknown)));
                for (row, belongs) in rows {
                    if self.visit(set, row, belongs, &mut visit).is_break() {
                        break;
                    }
                }
            }
            Source::All(table) => {
                let rows = self.cx.store.rows(table);
                for row in (0..rows.len as RowId).filter(|&r| !rows.is_void(r)) {
                    if self.visit(set, row, Truth::True, &mut visit).is_break() {
                        break;
                    }
                }
            }
            Source::Listed(rows) => {
                for (row, belongs) in rows {
                    if self.visit(set, row, belongs, &mut visit).is_break() {
                        break;
                    }
                }
            }
        }
        self.bind_row(set.slot, outer);
        known
    }

    /// The rows of a set in the table's order, for scripts. None when not wholly known.
    pub(super) fn ordered(&mut self, set: &Set) -> Option<Vec<(RowId, Truth)>> {
        let mut list = Vec::new();
        self.ordered_into(set, &mut list).then_some(list)
    }

    /// Puts the rows of a set, in the table's order, into a list that is empty. False when not wholly known.
    pub(super) fn ordered_into(&mut self, set: &Set, list: &mut Vec<(RowId, Truth)>) -> bool {
        let known = self.each(set, |_, row, holds| {
            list.push((row, holds));
            ControlFlow::Continue(())
        });
        // Mostly they lie in order.
        if !list.is_sorted_by(|a, b| self.cx.compare(set.table, a.0, b.0).is_le()) {
            list.sort_by(|a, b| self.cx.compare(set.table, a.0, b.0));
        }
        known
    }

    pub(super) fn any(&mut self, set: &Set) -> Truth {
        let mut found = Truth::False;
        let known = self.each(set, |_, _, holds| {
            found = found.or(holds);
            if found == Truth::True { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if known { found } else { found.or(Truth::Unknown) }
    }

    pub(super) fn all(&mut self, set: &Set, must: NodeId) -> Truth {
        let mut result = Truth::True;
        let table = set.table;
        let known = self.each(set, |s, row, holds| {
            if P::WATCH {
                s.probe.enter_row(table, row);
            }
            let met = s.truth(must);
            if P::WATCH {
                s.probe.leave_row();
            }
            // A row that may or may not count can spoil the answer, not make it.
            let one = if holds == Truth::Unknown && met == Truth::False { Truth::Unknown } else { met };
            result = result.and(one);
            if result == Truth::False { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if known { result } else { result.and(Truth::Unknown) }
    }

    #[inline]
    fn visit(
        &mut self,
        set: &Set,
        row: RowId,
        belongs: Truth,
        visit: &mut impl FnMut(&mut Self, RowId, Truth) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.bind_row(set.slot, row);
        let cond = match set.cond {
            None => Truth::True,
            Some(cond) if P::WATCH => {
                self.probe.enter_row(set.table, row);
                let cond = self.condition_of_row(cond);
                self.probe.leave_row();
                cond
            }
            Some(cond) => self.truth(cond),
        };
        let mut holds = cond.and(belongs);
        if holds == Truth::False {
            return ControlFlow::Continue(());
        }
        if P::WATCH && belongs == Truth::Unknown {
            self.lack_reference(set.rows, row);
        }
        let rows = self.cx.store.rows(set.table);
        self.surely_meant = holds == Truth::True;
        if rows.is_ghost(row) || rows.is_doubtful(row) {
            // What can be read of a refused row proves nothing.
            holds = Truth::Unknown;
            if !self.lack_joining(set.table, row) {
                self.probe.lack(Lack::Row(set.table, row));
            }
        }
        visit(self, row, holds)
    }

    fn source(&mut self, rows: NodeId) -> Source<'c> {
        let store = self.cx.store;
        match self.node(rows) {
            Node::Children(owner, child, field) => {
                if !store.rows(*child).exported {
                    self.probe.lack(Lack::Table(*child));
                    return Source::Unknown;
                }
                let owner = match self.row(*owner) {
                    RowVal::Row(row) => row,
                    RowVal::Absent => return Source::Listed(Vec::new()),
                    RowVal::Unknown => return Source::Unknown,
                };
                if store.rows(*child).column(*field).is_none() {
                    self.probe.lack(Lack::Column(*child, *field));
                    return Source::Unknown;
                }
                let Some(link) = store.link(*child, *field) else { return Source::Unknown };
                let rows = link.children(owner);
                if link.loose().is_empty() { Source::Children(rows) } else { Source::Perhaps(rows, self.cx.loose(*child, *field, owner)) }
            }
            Node::AllRows(all) => {
                if !store.rows(*all).exported {
                    self.probe.lack(Lack::Table(*all));
                    return Source::Unknown;
                }
                Source::All(*all)
            }
            Node::Peers(owner, of, field) => {
                let RowVal::Row(row) = self.row(*owner) else { return Source::Unknown };
                let Some(Column::Text(texts)) = store.rows(*of).column(*field) else {
                    self.probe.lack(Lack::Column(*of, *field));
                    return Source::Unknown;
                };
                let text = texts.get(row as usize).copied().unwrap_or(Sym::BAD);
                if text == Sym::BAD {
                    self.probe.lack(Lack::Cell(*of, row, *field));
                    return Source::Unknown;
                }
                Source::Listed(self.cx.peers(*of, *field, text).iter().map(|&r| (r, Truth::True)).collect())
            }
            Node::Rows(inner) => {
                let mut list = Vec::new();
                let known = self.each(inner, |_, row, holds| {
                    list.push((row, holds));
                    ControlFlow::Continue(())
                });
                if known { Source::Listed(list) } else { Source::Unknown }
            }
            Node::Def(def, owner) => {
                let (def, owner) = (*def, *owner);
                let RowVal::Row(row) = self.row(owner) else { return Source::Unknown };
                let body = self.cx.rules.program.definitions[def as usize].body;
                self.in_frame(row, |s| s.source(body))
            }
            _ => Source::Unknown,
        }
    }

    fn lack_reference(&mut self, rows: NodeId, row: RowId) {
        if let Node::Children(_, child, field) = self.node(rows) {
            self.probe.lack(Lack::Cell(*child, row, *field));
        }
    }
}
