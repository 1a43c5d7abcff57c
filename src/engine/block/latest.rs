//! The latest rows by kind: found for every kind in one go, and the latest of some kinds picked from those.

use super::super::quick::Kinds;
use super::lanes::{Block, NO_ROW, OPEN_ROW, UNSET_ROW};
use super::plan::{Expansion, KindsAt, RowAt, SetId};
use super::which::Which;
use crate::records::{Children, NONE_CODE, RowId};
use std::mem::{replace, take};

/// The latest rows by kind of some lanes' rows.
#[derive(Debug, Default)]
pub struct LatestRows {
    /// By lane: whether it was looked for.
    pub done: Vec<bool>,
    /// How many lanes it was looked for of.
    pub known: usize,
    /// By kind, and by lane; [`OPEN_ROW`] for every kind where one is not known.
    pub rows: Vec<Vec<RowId>>,
    /// By lane: a bit for each kind of which there are several rows. Kinds from the last bit on share it.
    several: Vec<u64>,
}

impl LatestRows {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.done.clear();
        self.known = 0;
        self.rows.iter_mut().for_each(Vec::clear);
        self.several.clear();
    }
}

/// The rows of an owner that may be of the kinds asked.
pub enum Sifted {
    /// There are none.
    None,
    /// There is one.
    One(RowId),
    /// They are to be looked for among all.
    Any,
}

/// The bit of a kind.
#[inline]
fn bit(kind: u8) -> u64 {
    1 << kind.min(63)
}

/// The kinds of which a set's rows must be, and the latest rows of these and of others.
pub struct KindsAsked<'b> {
    known: &'b LatestRows,
    /// Each with the latest row of each lane.
    asked: Vec<(u8, &'b [RowId])>,
}

impl KindsAsked<'_> {
    /// The rows of an owner that are of these kinds.
    #[inline]
    pub fn sifted(&self, owner: u32) -> Sifted {
        let lane = owner as usize;
        if self.known.done.get(lane) != Some(&true) {
            return Sifted::Any;
        }
        let several = self.known.several.get(lane).copied().unwrap_or(u64::MAX);
        let mut sifted = Sifted::None;
        for &(kind, latest) in &self.asked {
            sifted = match (latest.get(lane), sifted) {
                (Some(&NO_ROW), sifted) => sifted,
                (Some(&row), Sifted::None) if row != OPEN_ROW && several & bit(kind) == 0 => Sifted::One(row),
                _ => return Sifted::Any,
            };
        }
        sifted
    }
}

impl Block<'_> {
    /// The kinds of which a set's rows must be, where the rows of its owners were looked for by kind.
    pub(super) fn kinds_asked(&self, made: &Expansion) -> Option<KindsAsked<'_>> {
        let filter = self.plan.filters.get(made.filter?.0 as usize)?;
        filter.bytes().find_map(|(field, kept)| {
            let kinds = &self.cx.shortcuts.kinds;
            let same = |&(owner, of): &(RowAt, usize)| owner == made.owner && kinds[of].are_of(made.table, made.field, field);
            let at = self.plan.kinds.iter().position(same)?;
            let known = &self.kinds[at];
            let latest = (0..=u8::MAX).zip(&known.rows).filter(|(kind, _)| kept[usize::from(*kind)]);
            // A row whose kind is "none" is of no kind.
            (!kept[usize::from(NONE_CODE)])
                .then(|| KindsAsked { known, asked: latest.map(|(kind, rows)| (kind, rows.as_slice())).collect() })
        })
    }

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
        found.rows.resize_with(kinds.count, Vec::new);
        found.rows.iter_mut().for_each(|rows| rows.resize(count, NO_ROW));
        found.several.resize(count, 0);
        let owners = self.rows_of(owner);
        for &lane in lanes {
            if replace(&mut found.done[lane as usize], true) {
                continue;
            }
            found.known += 1;
            let lane = lane as usize;
            let latest = (&mut found.rows[..], &mut found.several[lane]);
            let known = match owners[lane] {
                NO_ROW => true,
                OPEN_ROW | UNSET_ROW => false,
                owner => match kinds.link.children(owner) {
                    Children::Range(together) => self.latest_of(kinds, together, lane, latest),
                    Children::List(listed) => self.latest_of(kinds, listed.copied(), lane, latest),
                },
            };
            if !known {
                found.rows.iter_mut().for_each(|rows| rows[lane] = OPEN_ROW);
            }
        }
        self.kinds[at.0 as usize] = found;
    }

    /// The latest of a lane's rows, by kind, and of which kinds there are several. Says whether all of these are known.
    #[inline]
    fn latest_of(
        &self,
        kinds: &Kinds<'_>,
        rows: impl Iterator<Item = RowId>,
        lane: usize,
        (latest, several): (&mut [Vec<RowId>], &mut u64),
    ) -> bool {
        for row in rows {
            let kind = kinds.cells.get(row as usize).copied().unwrap_or(u8::MAX);
            match latest.get_mut(usize::from(kind)) {
                Some(of_kind) => {
                    let known = &mut of_kind[lane];
                    *several |= if *known == NO_ROW { 0 } else { bit(kind) };
                    if *known == NO_ROW || self.cx.compare(kinds.table, *known, row).is_lt() {
                        *known = row;
                    }
                }
                // A code that is blank or could not be read may be any; one that means "none" is none of them.
                None if kind == NONE_CODE => {}
                None => return false,
            }
        }
        true
    }

    /// The latest row of some kinds, from those of every kind.
    pub(super) fn latest(&self, kinds: KindsAt, codes: &[u8], which: Which<'_>, out: &mut [RowId]) {
        let of = &self.cx.shortcuts.kinds[self.plan.kinds[kinds.0 as usize].1];
        let found = &self.kinds[kinds.0 as usize].rows;
        let mut asked = codes.iter().filter_map(|&code| found.get(usize::from(code)));
        let Some(first) = asked.next() else { return which.fill(out, OPEN_ROW) };
        which.map(first, out, |row| row);
        for rows in asked {
            which.join(rows, out, |best, row| {
                let is_better = row != NO_ROW && best != OPEN_ROW && (best == NO_ROW || self.cx.compare(of.table, best, row).is_lt());
                if is_better { row } else { best }
            });
        }
    }
}
