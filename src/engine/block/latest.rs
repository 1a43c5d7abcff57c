//! The latest rows by kind: found for every kind in one go, and the latest of some kinds picked from those.

use super::super::quick::Kinds;
use super::lanes::{Block, NO_ROW, OPEN_ROW, UNSET_ROW};
use super::plan::{KindsAt, SetId};
use super::which::Which;
use crate::records::{Children, RowId};
use std::mem::{replace, take};

/// The latest rows by kind of some lanes' rows.
#[derive(Debug, Default)]
pub struct LatestRows {
    /// By lane: whether it was looked for.
    pub done: Vec<bool>,
    /// How many lanes it was looked for of.
    pub known: usize,
    /// By lane and kind; [`OPEN_ROW`] throughout where a kind is not known.
    pub rows: Vec<RowId>,
}

impl Block<'_> {
    /// Looks for the latest rows by kind of some lanes' rows.
    pub(super) fn find_latest(&mut self, at: KindsAt, set: SetId, lanes: &[u32]) {
        let (owner, kinds) = self.plan.kinds[at.0 as usize];
        self.row(owner, lanes);
        let kinds = &self.cx.shortcuts.kinds[kinds];
        let count = self.len(set);
        if self.kinds[at.0 as usize].known == count {
            return;
        }
        let mut found = take(&mut self.kinds[at.0 as usize]);
        found.done.resize(count, false);
        found.rows.resize(count * kinds.count, NO_ROW);
        for &lane in lanes {
            if replace(&mut found.done[lane as usize], true) {
                continue;
            }
            found.known += 1;
            let of_lane = &mut found.rows[lane as usize * kinds.count..][..kinds.count];
            match self.rows_of(owner)[lane as usize] {
                NO_ROW => {}
                OPEN_ROW | UNSET_ROW => of_lane.fill(OPEN_ROW),
                owner => match kinds.link.children(owner) {
                    Children::Range(together) => self.latest_of(kinds, together, of_lane),
                    Children::List(listed) => self.latest_of(kinds, listed.copied(), of_lane),
                },
            }
        }
        self.kinds[at.0 as usize] = found;
    }

    /// The latest of some rows, by kind.
    #[inline]
    fn latest_of(&self, kinds: &Kinds<'_>, rows: impl Iterator<Item = RowId>, latest: &mut [RowId]) {
        for row in rows {
            let kind = kinds.cells.get(row as usize).copied().unwrap_or(u8::MAX);
            match latest.get_mut(usize::from(kind)) {
                Some(known) if *known == NO_ROW => *known = row,
                Some(&mut OPEN_ROW) => {}
                Some(known) if self.cx.compare(kinds.table, *known, row).is_lt() => *known = row,
                Some(_) => {}
                // A code that is blank or could not be read may be any; one that means "none" is none of them.
                None if kind == crate::records::NONE_CODE => {}
                None => return latest.fill(OPEN_ROW),
            }
        }
    }

    /// The latest row of some kinds, from those of every kind.
    pub(super) fn latest(&self, kinds: KindsAt, codes: &[u8], which: Which<'_>, out: &mut [RowId]) {
        let of = &self.cx.shortcuts.kinds[self.plan.kinds[kinds.0 as usize].1];
        let found = &self.kinds[kinds.0 as usize].rows;
        let row_of = |lane: usize, code: u8| found.get(lane * of.count + usize::from(code)).copied().unwrap_or(NO_ROW);
        let mut codes = codes.iter().copied().filter(|&code| usize::from(code) < of.count);
        let Some(first) = codes.next() else { return which.fill(out, OPEN_ROW) };
        which.each(|lane| out[lane] = row_of(lane, first));
        for code in codes {
            which.each(|lane| {
                let (best, row) = (out[lane], row_of(lane, code));
                if row != NO_ROW && best != OPEN_ROW && (best == NO_ROW || self.cx.compare(of.table, best, row).is_lt()) {
                    out[lane] = row;
                }
            });
        }
    }
}
