//! The latest or earliest row of a set.

use super::super::eval::Eval;
use super::super::probe::Probe;
use super::super::value::{RowVal, Span, Truth};
use crate::records::{RowId, TableId};
use crate::rules::ir::{NodeId, Pick, Set};
use std::cmp::Ordering;
use std::ops::ControlFlow;

impl<'c, P: Probe> Eval<'c, P> {
    /// The latest or earliest row. A row that may count and would come first leaves it unknown.
    pub(in crate::engine) fn pick(&mut self, pick: Pick, set: &Set, by: Option<NodeId>) -> RowVal {
        let mut best: Option<(RowId, Span)> = None;
        let mut maybe: Vec<(RowId, Span, Option<bool>)> = Vec::new();
        let mut rivals: Vec<(RowId, Span)> = Vec::new();
        let known = self.each(set, |s, row, holds| {
            let at = by.map_or(Span::ABSENT, |by| s.span(by));
            if holds == Truth::True {
                if by.is_some() {
                    rivals.push((row, at));
                }
                let better = best.is_none_or(|(old, old_at)| s.before(pick, set.table, (old, old_at), (row, at)));
                if better {
                    best = Some((row, at));
                }
            } else {
                let ghost = s.cx.store.rows(set.table).is_ghost(row);
                maybe.push((row, at, ghost.then_some(s.surely_meant)));
            }
            ControlFlow::Continue(())
        });
        if !known {
            return RowVal::Unknown;
        }
        let Some(best) = best else {
            return if maybe.is_empty() { RowVal::Absent } else { RowVal::Unknown };
        };
        let open = maybe.into_iter().any(|(row, at, ghost)| match ghost {
            // A refused row that is surely of the kind may be the one; of one that may be anything only its absence would decide.
            Some(surely_meant) => surely_meant,
            None => self.before(pick, set.table, best, (row, at)) || overlapping(best.1, at),
        });
        // By a date that is asked for, which of two imprecise ones comes last is not known.
        if open || rivals.into_iter().any(|(row, at)| row != best.0 && overlapping(best.1, at)) {
            RowVal::Unknown
        } else {
            RowVal::Row(best.0)
        }
    }

    /// Whether `new` is picked rather than `old`.
    fn before(&self, pick: Pick, table: TableId, old: (RowId, Span), new: (RowId, Span)) -> bool {
        let order = old.1.lo.cmp(&new.1.lo).then_with(|| self.cx.compare(table, old.0, new.0));
        match pick {
            Pick::Latest => order == Ordering::Less,
            Pick::Earliest => order == Ordering::Greater,
        }
    }
}

/// Whether two dates, one of them imprecise, may fall either way round.
fn overlapping(a: Span, b: Span) -> bool {
    !(a.is_absent() || b.is_absent() || (a.is_exact() && b.is_exact())) && a.lo <= b.hi && b.lo <= a.hi
}
