//! How long spans of time last together.

use super::super::eval::Eval;
use super::super::probe::Probe;
use super::super::value::{Span, Truth};
use crate::dates::{Day, merged_months, reaches};
use crate::rules::ir::{Node, NodeId};
use std::ops::ControlFlow;

impl<'c, P: Probe> Eval<'c, P> {
    /// How many months spans come to together, or the day on which they come to so many.
    pub(super) fn duration(&mut self, id: NodeId) -> Span {
        match self.node(id) {
            Node::HeldMonths(spans, until) => {
                let until = self.span(*until);
                if until.is_absent() {
                    return Span::ABSENT;
                }
                match self.stretches(*spans) {
                    Some(list) if !until.is_unknown() => held_months(&list, until),
                    _ => Span { lo: 0, hi: i64::MAX },
                }
            }
            Node::Reaches(spans, months) => {
                let months = self.span(*months);
                let never = i64::from(Day::FUTURE.0);
                match self.stretches(*spans) {
                    Some(list) if months.is_exact() => {
                        let n = i32::try_from(months.lo).unwrap_or(i32::MAX);
                        let day = |d: Option<Day>| d.map_or(never, |d| i64::from(d.0));
                        let lo = day(reaches(&mut longest(&list, i64::MAX), n));
                        let hi = if all_sure(&list) { lo } else { day(reaches(&mut shortest(&list, i64::MAX), n)) };
                        Span { lo, hi }
                    }
                    _ => Span::UNKNOWN,
                }
            }
            _ => Span::UNKNOWN,
        }
    }

    fn stretches(&mut self, spans: NodeId) -> Option<Vec<Stretch>> {
        match self.node(spans) {
            Node::Spans(set, start, end) => {
                let mut list = Vec::new();
                let known = self.each(set, |s, _, counts| {
                    let (start, end) = (s.span(*start), s.span(*end));
                    list.push(Stretch { start, end, counts });
                    ControlFlow::Continue(())
                });
                known.then_some(list)
            }
            Node::Join(a, b) => {
                let (mut a, b) = (self.stretches(*a), self.stretches(*b));
                if let (Some(a), Some(b)) = (&mut a, b) {
                    a.extend(b);
                    return Some(std::mem::take(a));
                }
                None
            }
            _ => None,
        }
    }
}

/// A span of time with uncertain ends, and whether it counts at all.
pub(in crate::engine) struct Stretch {
    /// Its first day.
    pub start: Span,
    /// Its last day.
    pub end: Span,
    /// Whether it counts.
    pub counts: Truth,
}

/// How many months spans come to together until a day.
pub(in crate::engine) fn held_months(list: &[Stretch], until: Span) -> Span {
    let lo = i64::from(merged_months(&mut shortest(list, until.lo)));
    let sure = until.is_exact() && all_sure(list);
    let hi = if sure { lo } else { i64::from(merged_months(&mut longest(list, until.hi))) };
    Span { lo, hi }
}

/// Whether every span counts and is known to the day.
fn all_sure(list: &[Stretch]) -> bool {
    list.iter().all(|s| s.counts == Truth::True && s.start.is_exact() && s.end.is_exact())
}

/// The least that spans may come to: only those that surely count, from their latest start to the day after their earliest end.
fn shortest(list: &[Stretch], until: i64) -> Vec<(Day, Day)> {
    let sure = list.iter().filter(|s| s.counts == Truth::True);
    sure.filter_map(|s| half_open(s.start.hi, s.end.lo, until)).collect()
}

/// The most that spans may come to.
fn longest(list: &[Stretch], until: i64) -> Vec<(Day, Day)> {
    list.iter().filter_map(|s| half_open(s.start.lo, s.end.hi, until)).collect()
}

/// [start, end + 1日) cut at `until`; none when nothing is left.
pub(in crate::engine) fn half_open(start: i64, end: i64, until: i64) -> Option<(Day, Day)> {
    let (past, future) = (i64::from(Day::PAST.0), i64::from(Day::FUTURE.0));
    let after = if end >= future { future } else { end.saturating_add(1) };
    let end = after.min(until).clamp(past, future);
    let start = start.clamp(past, future);
    let day = |n: i64| Day(i32::try_from(n).unwrap_or(Day::FUTURE.0));
    (start < end).then(|| (day(start), day(end)))
}
