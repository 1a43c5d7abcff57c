//! Which versions of a rule a subject's anchor may pick.

use super::super::value::Span;
use crate::rules::{Rule, Version};

/// The versions that an anchor may pick.
pub(super) enum Candidates {
    One(usize),
    /// Some of these; and whether on some days none is in force.
    Several(Vec<usize>, bool),
    /// None in force on that day.
    None,
    /// There is no anchor (yet).
    NotYet,
}

pub(super) fn versions(rule: &Rule, anchor: Span) -> Candidates {
    if !rule.dated {
        let known = !anchor.is_absent() && !anchor.is_unknown();
        return match rule.since.map(|day| i64::from(day.0)).filter(|_| known) {
            _ if rule.versions.is_empty() => Candidates::None,
            Some(since) if anchor.hi < since => Candidates::None,
            Some(since) if anchor.lo < since => Candidates::Several(vec![0], true),
            _ => Candidates::One(0),
        };
    }
    if anchor.is_absent() {
        return Candidates::NotYet;
    }
    let bounds = |v: &Version| (v.from.map_or(i64::MIN, |d| i64::from(d.0)), v.until.map_or(i64::MAX, |d| i64::from(d.0)));
    let reaches = |i: &usize| {
        let (from, until) = bounds(&rule.versions[*i]);
        from <= anchor.hi && anchor.lo <= until
    };
    let mut reaching = (0..rule.versions.len()).filter(reaches);
    // Nearly always one, and the whole of the anchor in it.
    if let (Some(one), None) = (reaching.next(), reaching.next())
        && bounds(&rule.versions[one]).0 <= anchor.lo
        && anchor.hi <= bounds(&rule.versions[one]).1
    {
        return Candidates::One(one);
    }
    let reached: Vec<usize> = (0..rule.versions.len()).filter(reaches).collect();
    // Days of the anchor that no version covers.
    let mut uncovered = anchor.lo;
    for &i in &reached {
        let (from, until) = bounds(&rule.versions[i]);
        if from > uncovered {
            return Candidates::Several(reached, true);
        }
        uncovered = until.saturating_add(1);
    }
    let gap = uncovered <= anchor.hi && uncovered != i64::MAX;
    match (reached.as_slice(), gap) {
        ([], _) => Candidates::None,
        ([one], false) => Candidates::One(*one),
        _ => Candidates::Several(reached, gap),
    }
}
