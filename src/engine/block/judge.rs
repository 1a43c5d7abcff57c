//! Rules judged a block of subjects at a time: who is in order, whom nothing is asked of, whose matter has not come so far. Whoever
//! something may be found of is left to be judged alone.

use super::super::said::Said;
use super::super::verdict::Verdict;
use super::lanes::{ABSENT, Block, FALSE, OPEN, OPEN_VALUE, TRUE};
use super::laws::{Asks, Due, Edition, Law};
use super::plan::{SetId, TruthAt, ValueAt, ValueOp};
use super::which::{Which, keep, part, part_with};
use crate::dates::Day;

/// From and to which days matters count, if only some do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Period {
    /// First day, if any.
    pub since: Option<Day>,
    /// Last day, if any.
    pub until: Option<Day>,
}

impl Period {
    fn is_all(self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    fn holds(self, day: i32) -> bool {
        self.since.is_none_or(|s| s.0 <= day) && self.until.is_none_or(|u| day <= u.0)
    }
}

/// What blocks made of a rule.
#[derive(Debug, Default)]
pub struct Judged {
    /// How many parts had each verdict.
    pub counts: [u64; 8],
    /// The lanes that are to be judged alone: something is open.
    pub left: Vec<u32>,
    /// The lanes of which something is found.
    pub found: Vec<u32>,
    /// By lane, what is said of it if it is neither left nor found; empty where nobody asks.
    pub said: Vec<Said>,
}

impl Judged {
    /// What is said of some lanes, unless a later step says something else of them.
    pub(super) fn say(&mut self, lanes: &[u32], verdict: Verdict) {
        if self.said.is_empty() {
            return;
        }
        for &lane in lanes {
            if let Some(said) = self.said.get_mut(lane as usize) {
                *said = Said::one(verdict);
            }
        }
    }

    /// Nothing is said of some lanes so far.
    fn unsay(&mut self, lanes: &[u32]) {
        if !self.said.is_empty() {
            lanes.iter().for_each(|&lane| self.said.get_mut(lane as usize).into_iter().for_each(|said| *said = Said::default()));
        }
    }

    /// One thing more is said of each of some lanes.
    fn say_more(&mut self, lanes: &[u32], verdict: impl Fn(u32) -> Verdict) {
        if !self.said.is_empty() {
            lanes.iter().for_each(|&lane| self.said.get_mut(lane as usize).into_iter().for_each(|said| said.add(verdict(lane))));
        }
    }

    /// Puts aside what was said of the parts before.
    fn begin_part(&mut self) -> Vec<Said> {
        let fresh = vec![Said::one(Verdict::NotApplicable); self.said.len()];
        std::mem::replace(&mut self.said, fresh)
    }

    /// Adds what was said of a part of some lanes to what was said of those before.
    fn end_part(&mut self, mut before: Vec<Said>, lanes: &[u32], first: bool) {
        if before.is_empty() {
            return;
        }
        for &lane in lanes {
            if let (Some(all), Some(part)) = (before.get_mut(lane as usize), self.said.get(lane as usize)) {
                *all = if first { *part } else { all.plus(*part) };
            }
        }
        self.said = before;
    }

    /// A lane that does not fulfil what is asked, or perhaps not.
    fn put_aside(&mut self, lane: u32, met: u8) {
        if met == OPEN { &mut self.left } else { &mut self.found }.push(lane);
    }

    pub(super) fn count(&mut self, verdict: Verdict, lanes: usize) {
        if let Some(count) = self.counts.get_mut(verdict as usize) {
            *count += lanes as u64;
        }
    }
}

impl Block<'_> {
    /// Judges the subjects of the block by a rule; tells of each what was said of it if asked to.
    pub fn judge(&mut self, law: &Law, period: Period, each: bool) -> Judged {
        let mut out = Judged { left: self.doubtful.clone(), ..Judged::default() };
        if each {
            out.said = vec![Said::one(Verdict::NotApplicable); self.subjects().len()];
        }
        if period.is_all() {
            out.count(Verdict::NotApplicable, self.void);
        }
        let mut asked = self.room();
        asked.extend_from_slice(&self.sound);
        if self.in_period(law, period, &mut asked, &mut out) {
            match (&law.at_once, law.rows) {
                (Some(all), _) => self.judge_asked(all, &asked, &mut out),
                (None, Some(rows)) => self.judge_rows(rows, &asked, &mut out),
                (None, None) => self.judge_parts(law, &mut asked, &mut out),
            }
        }
        self.put_away(asked);
        out.left.sort_unstable();
        out.found.sort_unstable();
        out
    }

    /// Keeps those whose anchor lies in the period, or is not asked for.
    fn in_period(&mut self, law: &Law, period: Period, asked: &mut Vec<u32>, out: &mut Judged) -> bool {
        let Some(anchor) = law.anchor.filter(|_| law.dated || law.since.is_some() || !period.is_all()) else {
            // Without an anchor nothing lies in any period.
            return period.is_all();
        };
        let all = period.is_all();
        if all && law.since.is_none() && self.same_day(anchor).is_some() {
            return true;
        }
        self.value(anchor, asked);
        let anchors = self.values_of(anchor);
        let lies_in = |lane: usize| match anchors[lane] {
            OPEN_VALUE => false,
            ABSENT => all,
            day => all || period.holds(day),
        };
        part(asked, &mut out.left, lies_in, |lane| anchors[lane] == OPEN_VALUE);
        if let Some(since) = law.since {
            let before = asked.len();
            keep(asked, |lane| anchors[lane] >= since.0);
            out.count(Verdict::NotApplicable, before - asked.len());
        }
        true
    }

    /// Of whom no row that is a part is asked anything.
    fn judge_rows(&mut self, (rows, when): (SetId, TruthAt), asked: &[u32], out: &mut Judged) {
        let lanes = self.expand(rows, asked);
        self.truth(when, &lanes);
        self.put_away(lanes);
        let (truths, of) = (self.truths_of(when), &self.sets[rows.0 as usize]);
        for &lane in asked {
            let range = of.range(lane);
            if of.is_open(lane) || range.clone().any(|lane| truths[lane] != FALSE) {
                out.left.push(lane);
                continue;
            }
            // Of no part at all one thing is said.
            let parts = range.len().max(1);
            out.count(Verdict::NotApplicable, parts);
            if let Some(said) = out.said.get_mut(lane as usize) {
                let mut counts = [0; 8];
                counts[Verdict::NotApplicable as usize] = parts as u32;
                *said = Said::of(&counts);
            }
        }
    }

    /// The anchor, where it is the same day for every subject.
    fn same_day(&self, anchor: ValueAt) -> Option<i32> {
        match *self.plan.value_op(anchor) {
            ValueOp::Const(day) => Some(day).filter(|&day| day != ABSENT),
            _ => None,
        }
    }

    /// Judges the parts of each subject. Whoever is left or found in one of them is judged alone in all: what was counted of their
    /// parts before goes.
    fn judge_parts(&mut self, law: &Law, asked: &mut Vec<u32>, out: &mut Judged) {
        let mut gone: Vec<(u32, usize)> = Vec::new();
        for (at, editions) in law.parts.iter().enumerate() {
            let (left, found) = (out.left.len(), out.found.len());
            let before = (law.parts.len() > 1).then(|| out.begin_part());
            self.judge_dated(law, editions, asked, out);
            before.into_iter().for_each(|before| out.end_part(before, asked, at == 0));
            if law.parts.len() > 1 && out.left.len() + out.found.len() > left + found {
                let mut these: Vec<u32> = out.left.iter().skip(left).chain(out.found.iter().skip(found)).copied().collect();
                these.sort_unstable();
                drop_those(asked, &these);
                gone.extend(these.into_iter().map(|lane| (lane, at)));
            }
        }
        gone.sort_unstable();
        for (at, editions) in law.parts.iter().enumerate() {
            let counted: Vec<u32> = gone.iter().filter(|(_, last)| *last > at).map(|(lane, _)| *lane).collect();
            if counted.is_empty() {
                break;
            }
            let mut before = Judged::default();
            self.judge_dated(law, editions, &counted, &mut before);
            out.counts.iter_mut().zip(before.counts).for_each(|(all, n)| *all = all.saturating_sub(n));
        }
    }

    /// Which version is in force for whom.
    fn judge_dated(&mut self, law: &Law, editions: &[Edition], asked: &[u32], out: &mut Judged) {
        let Some(last) = editions.last() else { return out.count(Verdict::NotApplicable, asked.len()) };
        if !law.dated {
            return self.judge_edition(&editions[0], asked, out);
        }
        if let Some(day) = law.anchor.and_then(|anchor| self.same_day(anchor)) {
            return match editions.iter().find(|edition| edition.is_in_force(day)) {
                Some(edition) => self.judge_edition(edition, asked, out),
                None => out.count(Verdict::NotApplicable, asked.len()),
            };
        }
        // No anchor: not applicable if the rule asks nothing of the subject in any case, else not yet.
        let mut without = self.room();
        match law.anchor {
            Some(anchor) => {
                let anchors = self.values_of(anchor);
                Which::Some(asked).select(&mut without, |lane| anchors[lane] == ABSENT);
            }
            None => without.extend_from_slice(asked),
        }
        let pending = self.asked(last, &without, out);
        out.say(&pending, Verdict::Pending);
        out.count(Verdict::Pending, pending.len());
        self.put_away(pending);
        let mut rest = asked.len() - without.len();
        self.put_away(without);
        for edition in editions {
            let (Some(anchor), true) = (law.anchor, rest > 0) else { break };
            let mut lanes = self.room();
            let anchors = self.values_of(anchor);
            Which::Some(asked).select(&mut lanes, |lane| edition.is_in_force(anchors[lane]));
            rest -= lanes.len();
            self.judge_edition(edition, &lanes, out);
            self.put_away(lanes);
        }
        out.count(Verdict::NotApplicable, rest);
    }

    /// Of whom a version asks something.
    fn asked(&mut self, edition: &Edition, lanes: &[u32], out: &mut Judged) -> Vec<u32> {
        match edition.when {
            Some(when) => self.parted(when, lanes, Verdict::NotApplicable, out),
            None => {
                let mut all = self.room();
                all.extend_from_slice(lanes);
                all
            }
        }
    }

    /// Of whom a condition holds; those of whom it does not have a verdict, and the others are left.
    fn parted(&mut self, cond: TruthAt, lanes: &[u32], otherwise: Verdict, out: &mut Judged) -> Vec<u32> {
        self.truth(cond, lanes);
        out.say(lanes, otherwise);
        let mut held = self.room();
        held.extend_from_slice(lanes);
        let truths = self.truths_of(cond);
        let before = out.left.len();
        part(&mut held, &mut out.left, |lane| truths[lane] == TRUE, |lane| truths[lane] == OPEN);
        out.count(otherwise, lanes.len() - held.len() - (out.left.len() - before));
        held
    }

    fn judge_edition(&mut self, edition: &Edition, lanes: &[u32], out: &mut Judged) {
        if lanes.is_empty() {
            return;
        }
        let mut asked = self.asked(edition, lanes, out);
        if let Some(once) = edition.once {
            let reached = self.parted(once, &asked, Verdict::Pending, out);
            self.put_away(std::mem::replace(&mut asked, reached));
        }
        match &edition.asks {
            Asks::Open => out.left.extend_from_slice(&asked),
            Asks::Checks(checks) => self.judge_checks(checks, &asked, out),
            Asks::Deadline(due) => self.judge_deadline(due, &asked, out),
            Asks::Stages(stages, missing) => self.judge_stages(stages, *missing, &asked, out),
        }
        self.put_away(asked);
    }

    /// Of a subject every check is in order, or it is left.
    fn judge_checks(&mut self, checks: &[(Option<TruthAt>, TruthAt)], lanes: &[u32], out: &mut Judged) {
        if checks.is_empty() {
            out.say(lanes, Verdict::NotApplicable);
            return out.count(Verdict::NotApplicable, lanes.len());
        }
        let mut clean = self.room();
        clean.extend_from_slice(lanes);
        for (when, require) in checks {
            let Some(when) = when else {
                self.truth(*require, &clean);
                let met = self.truths_of(*require);
                part_with(&mut clean, |lane| met[lane] == TRUE, |lane| out.put_aside(lane, met[lane as usize]));
                continue;
            };
            self.truth(*when, &clean);
            let asks = self.truths_of(*when);
            part(&mut clean, &mut out.left, |lane| asks[lane] != OPEN, |lane| asks[lane] == OPEN);
            let mut asked = self.room();
            let asks = self.truths_of(*when);
            Which::Some(&clean).select(&mut asked, |lane| asks[lane] == TRUE);
            self.truth(*require, &asked);
            let (asks, met) = (self.truths_of(*when), self.truths_of(*require));
            // Where nobody is asked, nothing was worked out.
            if !asked.is_empty() {
                let is_clean = |lane: usize| (asks[lane] != TRUE) | (met[lane] == TRUE);
                part_with(&mut clean, is_clean, |lane| out.put_aside(lane, met[lane as usize]));
            }
            self.put_away(asked);
        }
        out.unsay(&clean);
        for (when, _) in checks {
            let asked = when.map(|when| self.truths_of(when));
            let is_asked = |lane: u32| asked.is_none_or(|a| a[lane as usize] == TRUE);
            let compliant = asked.map_or(clean.len(), |_| clean.iter().filter(|&&lane| is_asked(lane)).count());
            out.say_more(&clean, |lane| if is_asked(lane) { Verdict::Compliant } else { Verdict::NotApplicable });
            out.count(Verdict::Compliant, compliant);
            out.count(Verdict::NotApplicable, clean.len() - compliant);
        }
        self.put_away(clean);
    }

    fn judge_deadline(&mut self, deadline: &Due, lanes: &[u32], out: &mut Judged) {
        let mut left = self.room();
        left.extend_from_slice(lanes);
        if let Some((starts, started)) = deadline.starts {
            self.value(starts, &left);
            self.truth(started, &left);
            let (days, started) = (self.values_of(starts), self.truths_of(started));
            out.say(&left, Verdict::Pending);
            let (all, before) = (left.len(), out.left.len());
            let begun = |lane: usize| if days[lane] == ABSENT { FALSE } else { started[lane] };
            part(&mut left, &mut out.left, |lane| begun(lane) == TRUE, |lane| begun(lane) == OPEN);
            out.count(Verdict::Pending, all - left.len() - (out.left.len() - before));
        }
        self.value(deadline.due, &left);
        let (all, mut open) = (left.len(), self.room());
        let due = self.values_of(deadline.due);
        out.say(&left, Verdict::Pending);
        let is_known = |lane: usize| (due[lane] != OPEN_VALUE) & (due[lane] != ABSENT);
        part(&mut left, &mut open, is_known, |lane| due[lane] == OPEN_VALUE);
        out.count(Verdict::Pending, all - left.len() - open.len());
        self.judge_vaguely_due(deadline, open, out);
        self.truth(deadline.met, &left);
        out.say(&left, Verdict::Compliant);
        let (all, before) = (left.len(), out.left.len());
        let met = self.truths_of(deadline.met);
        part(&mut left, &mut out.left, |lane| met[lane] == FALSE, |lane| met[lane] == OPEN);
        out.count(Verdict::Compliant, all - left.len() - (out.left.len() - before));
        out.say(&left, Verdict::Pending);
        self.truth(deadline.past, &left);
        self.truth(deadline.warned, &left);
        let (past, warned) = (self.truths_of(deadline.past), self.truths_of(deadline.warned));
        let (all, before) = (left.len(), out.left.len());
        // What has passed speaks; what has not, whether it is warned of.
        let speaks = |lane: usize| if past[lane] == FALSE { warned[lane] } else { past[lane] };
        part(&mut left, &mut out.left, |lane| speaks(lane) == TRUE, |lane| speaks(lane) == OPEN);
        out.found.extend_from_slice(&left);
        out.count(Verdict::Pending, all - left.len() - (out.left.len() - before));
        self.put_away(left);
    }

    /// What is due at a time not known to the day may still be not due for long.
    fn judge_vaguely_due(&mut self, deadline: &Due, mut lanes: Vec<u32>, out: &mut Judged) {
        for never in [deadline.past, deadline.warned, deadline.met] {
            self.truth(never, &lanes);
            let truths = self.truths_of(never);
            part(&mut lanes, &mut out.left, |lane| truths[lane] == FALSE, |lane| truths[lane] != FALSE);
        }
        out.count(Verdict::Pending, lanes.len());
        self.put_away(lanes);
    }
}

/// Drops some lanes of a list, both in the same order.
fn drop_those(list: &mut Vec<u32>, gone: &[u32]) {
    if gone.is_empty() {
        return;
    }
    let mut gone = gone.iter().peekable();
    list.retain(|lane| gone.next_if_eq(&lane).is_none());
}
