//! Cells as they stand, noted, or read as something tried: what intervals leave open is open only if some value of the cells says so.

use super::columns::Place;
use super::span::Span;
use guiju::engine::Verdict;
use std::cell::RefCell;

/// Combinations tried at most.
const MOST: usize = 4096;

/// How cells are read.
pub trait Eye {
    /// The value of a cell, given what stands in it.
    fn see(&self, place: Place, row: u32, stands: Span) -> Span;
}

/// As they stand.
pub struct Plain;

impl Eye for Plain {
    #[inline(always)]
    fn see(&self, _: Place, _: u32, stands: Span) -> Span {
        stands
    }
}

/// Notes the cells that are not exact but can be but few things.
#[derive(Default)]
pub struct Noting(RefCell<Vec<(Place, u32, Span)>>);

impl Eye for Noting {
    fn see(&self, place: Place, row: u32, stands: Span) -> Span {
        let few = stands.hi.checked_sub(stands.lo).is_some_and(|n| (1..=366).contains(&n));
        let mut cells = self.0.borrow_mut();
        if few && cells.iter().all(|c| (c.0, c.1) != (place, row)) {
            cells.push((place, row, stands));
        }
        stands
    }
}

/// Reads some cells as something.
pub struct Trying(Vec<(Place, u32, i32)>);

impl Eye for Trying {
    fn see(&self, place: Place, row: u32, stands: Span) -> Span {
        let tried = self.0.iter().find(|c| (c.0, c.1) == (place, row));
        tried.map_or(stands, |c| Span::exact(c.2))
    }
}

/// The verdict on which all values of the cells noted agree; else it cannot be verified.
pub fn settle(note: impl Fn(&Noting) -> Option<Verdict>, judge: impl Fn(&Trying) -> Option<Verdict>) -> Option<Verdict> {
    let noting = Noting::default();
    note(&noting);
    let cells = noting.0.into_inner();
    let size = |c: &(Place, u32, Span)| (c.2.hi - c.2.lo + 1) as usize;
    let Some(many) = cells.iter().try_fold(1usize, |n, c| n.checked_mul(size(c)).filter(|n| *n <= MOST)) else {
        return Some(Verdict::Unverified);
    };
    let mut agreed = None;
    for mut n in 0..many {
        let one = |c: &(Place, u32, Span)| {
            let value = c.2.lo + (n % size(c)) as i32;
            n /= size(c);
            (c.0, c.1, value)
        };
        let verdict = judge(&Trying(cells.iter().map(one).collect()));
        if verdict == Some(Verdict::Unverified) || *agreed.get_or_insert(verdict) != verdict {
            return Some(Verdict::Unverified);
        }
    }
    agreed.flatten()
}
