//! Lanes made of lanes: the rows around each lane's row.

use super::asks::Ask;
use super::filters::Passes;
use super::lanes::{Block, FALSE, Lanes, NO_ROW, OPEN, OPEN_ROW, UNSET_ROW};
use super::latest::{KindsAsked, Sifted};
use super::plan::{By, Expansion, SetId};
use crate::records::{Children, Column, Link, RowId, Sym};
use std::mem::take;

impl Block<'_> {
    /// Makes the lanes of a set for some owners; gives them in order.
    pub(super) fn expand(&mut self, set: SetId, owners: &[u32]) -> Vec<u32> {
        let mut found = self.room();
        let plan = self.plan;
        let Some(made) = plan.made(set) else { return found };
        self.row(made.owner, owners);
        made.guard.into_iter().for_each(|guard| self.truth(guard, owners));
        let screen = plan.screens.get(&set);
        screen.into_iter().for_each(|ask| self.prepare(ask, owners));
        let count = self.len(made.parent);
        let mut lanes = take(&mut self.sets[set.0 as usize]);
        lanes.of.resize(count, (UNSET_ROW, 0, false));
        match made.by {
            By::Reference => self.add_referring(made, screen, owners, &mut lanes),
            By::Text => self.add_alike(made, owners, &mut lanes),
        }
        let asked: usize = owners.iter().map(|&owner| lanes.of[owner as usize].1 as usize).sum();
        if asked == lanes.rows.len() {
            found.extend_from_slice(&self.every(asked)[..asked]);
        } else {
            for &owner in owners {
                let (first, count, _) = lanes.of[owner as usize];
                found.extend(first..first + count);
            }
        }
        self.sets[set.0 as usize] = lanes;
        found
    }

    /// The rows that refer to each owner's row.
    fn add_referring(&self, made: &Expansion, screen: Option<&Ask>, owners: &[u32], lanes: &mut Lanes) {
        let link = self.cx.store.link(made.table, made.field);
        let loose = link.is_some_and(|link| !link.loose().is_empty());
        let passes = self.passes(made);
        let kinds = self.kinds_asked(made);
        let screen = screen.map(|ask| self.bound(ask, made.table));
        self.add(made, owners, lanes, |lanes, owner, row| {
            let Some(link) = link else { return true };
            let first = lanes.len();
            match (children(link, kinds.as_ref(), owner, row), &passes) {
                (Children::Range(together), None) => lanes.extend(together),
                (Children::List(listed), None) => lanes.extend(listed),
                (Children::Range(together), Some(passes)) => passes.add(lanes, together),
                (Children::List(listed), Some(passes)) => passes.add(lanes, listed.copied()),
            }
            if let Some(screen) = &screen {
                keep_rows(lanes, first, |row| screen.of(self, row, owner as usize) != FALSE);
            }
            loose && !self.cx.loose(made.table, made.field, row).is_empty()
        });
    }

    /// The rows with the text of each owner's row.
    fn add_alike(&self, made: &Expansion, owners: &[u32], lanes: &mut Lanes) {
        let Some(Column::Text(texts)) = self.cx.store.rows(made.table).column(made.field) else {
            return self.add(made, owners, lanes, |_, _, _| true);
        };
        let passes = self.passes(made);
        self.add(made, owners, lanes, |lanes, _, row| {
            let text = texts.get(row as usize).copied().unwrap_or(Sym::BAD);
            let peers = self.cx.peers(made.table, made.field, text);
            match &passes {
                None => lanes.extend_from_slice(peers),
                Some(passes) => passes.add(lanes, peers.iter().copied()),
            }
            text == Sym::BAD
        });
    }

    /// The tests that a set's rows have to pass.
    fn passes(&self, made: &Expansion) -> Option<Passes<'_>> {
        let filter = self.plan.filters.get(made.filter?.0 as usize)?;
        Some(filter.bound(self.cx.store.rows(made.table)))
    }

    /// Adds the lanes of owners that have none yet; what adds the rows of one says whether there may be others.
    fn add(&self, made: &Expansion, owners: &[u32], lanes: &mut Lanes, mut add: impl FnMut(&mut Vec<RowId>, u32, RowId) -> bool) {
        let rows = self.rows_of(made.owner);
        let guard = made.guard.map(|guard| self.truths_of(guard));
        for &owner in owners {
            if lanes.of[owner as usize].0 != UNSET_ROW {
                continue;
            }
            let first = lanes.rows.len() as u32;
            let open = match rows[owner as usize] {
                NO_ROW => false,
                OPEN_ROW | UNSET_ROW => true,
                row => add(&mut lanes.rows, owner, row),
            };
            let open = open || guard.is_some_and(|guard| guard[owner as usize] == OPEN);
            lanes.owner.resize(lanes.rows.len(), owner);
            lanes.of[owner as usize] = (first, lanes.rows.len() as u32 - first, open);
        }
    }
}

/// The rows that refer to an owner's row, less such as are of none of the kinds asked.
#[inline]
pub(super) fn children<'l>(link: &'l Link, kinds: Option<&KindsAsked<'_>>, owner: u32, row: RowId) -> Children<'l> {
    match kinds.map_or(Sifted::Any, |kinds| kinds.sifted(owner)) {
        Sifted::None => Children::Range(0..0),
        Sifted::One(row) => Children::Range(row..row + 1),
        Sifted::Any => link.children(row),
    }
}

/// Keeps some of the last rows of a list.
#[inline]
fn keep_rows(rows: &mut Vec<RowId>, first: usize, keep: impl Fn(RowId) -> bool) {
    let mut at = first;
    for i in first..rows.len() {
        let row = rows[i];
        rows[at] = row;
        at += usize::from(keep(row));
    }
    rows.truncate(at);
}
