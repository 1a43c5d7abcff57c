//! Rules judged a block of subjects at a time: who is in order, whom nothing is asked of, whose matter has not come so far. Whoever
//! something may be found of is left to be judged alone.

use super::super::said::Said;
use super::super::verdict::Verdict;
use super::lanes::{ABSENT, Block, FALSE, OPEN, OPEN_VALUE, TRUE};
use super::laws::{Asks, Due, Edition, Law, Stage};
use super::plan::{SetId, TruthAt};
use super::which::{Which, part};
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
    fn say(&mut self, lanes: &[u32], verdict: Verdict) {
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

    fn count(&mut self, verdict: Verdict, lanes: usize) {
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
        self.value(anchor, asked);
        let anchors = self.values_of(anchor);
        let all = period.is_all();
        let lies_in = |lane: usize| match anchors[lane] {
            OPEN_VALUE => false,
            ABSENT => all,
            day => all || period.holds(day),
        };
        part(asked, &mut out.left, lies_in, |lane| anchors[lane] == OPEN_VALUE);
        if let Some(since) = law.since {
            let before = asked.len();
            asked.retain(|&lane| anchors[lane as usize] >= since.0);
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
            if of.is_open(lane) || truths[range.clone()].iter().any(|&truth| truth != FALSE) {
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
            let from = edition.from.map_or(i32::MIN, |day| day.0);
            let until = edition.until.map_or(ABSENT - 1, |day| day.0);
            let mut lanes = self.room();
            let anchors = self.values_of(anchor);
            Which::Some(asked).select(&mut lanes, |lane| (from <= anchors[lane]) & (anchors[lane] <= until));
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
            let mut asked = self.room();
            if let Some(when) = when {
                self.truth(*when, &clean);
                let when = self.truths_of(*when);
                Which::Some(&clean).select(&mut asked, |lane| when[lane] == TRUE);
                part(&mut clean, &mut out.left, |lane| when[lane] != OPEN, |lane| when[lane] == OPEN);
            } else {
                asked.extend_from_slice(&clean);
            }
            self.truth(*require, &asked);
            let met = self.truths_of(*require);
            let (open, found) = (out.left.len(), out.found.len());
            Which::Some(&asked).select(&mut out.left, |lane| met[lane] == OPEN);
            Which::Some(&asked).select(&mut out.found, |lane| met[lane] == FALSE);
            drop_those(&mut clean, out.left.get(open..).unwrap_or_default());
            drop_those(&mut clean, out.found.get(found..).unwrap_or_default());
            self.put_away(asked);
        }
        out.unsay(&clean);
        for (when, _) in checks {
            let asked = when.map(|when| self.truths_of(when));
            let is_asked = |lane: u32| asked.is_none_or(|a| a[lane as usize] == TRUE);
            let compliant = clean.iter().filter(|&&lane| is_asked(lane)).count();
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

    fn judge_stages(&mut self, stages: &[Stage], missing: bool, lanes: &[u32], out: &mut Judged) {
        let mut so_far = vec![Passed { ended: ABSENT, order: TRUE }; self.subjects().len()];
        for stage in stages {
            let mut counts = self.room();
            if let Some(skip) = stage.skip {
                self.truth(skip, lanes);
                let skip = self.truths_of(skip);
                Which::Some(lanes).select(&mut counts, |lane| skip[lane] == FALSE);
                Which::Some(lanes).each(|lane| so_far[lane].comes_to(if skip[lane] == OPEN { OPEN } else { TRUE }));
            } else {
                counts.extend_from_slice(lanes);
            }
            self.value(stage.start, &counts);
            self.value(stage.end, &counts);
            let (starts, ends) = (self.values_of(stage.start), self.values_of(stage.end));
            Which::Some(&counts).each(|lane| so_far[lane].pass(starts[lane], ends[lane], missing));
            self.put_away(counts);
        }
        let mut orderly = self.room();
        Which::Some(lanes).select(&mut orderly, |lane| so_far[lane].order == TRUE);
        Which::Some(lanes).select(&mut out.left, |lane| so_far[lane].order == OPEN);
        Which::Some(lanes).select(&mut out.found, |lane| so_far[lane].order == FALSE);
        out.say(&orderly, Verdict::Compliant);
        out.count(Verdict::Compliant, orderly.len());
        self.put_away(orderly);
    }
}

/// How far a lane has come in an order of stages.
#[derive(Clone, Copy)]
struct Passed {
    /// When the stage before ended: absent where there was none, open where that is not known.
    ended: i32,
    /// Whether it is in order so far. The first that is not decides.
    order: u8,
}

impl Passed {
    #[inline]
    fn comes_to(&mut self, order: u8) {
        self.order = if self.order == TRUE { order } else { self.order };
    }

    /// The next stage begins and ends; `missing`: a stage that is not there is out of order.
    #[inline]
    fn pass(&mut self, start: i32, end: i32, missing: bool) {
        let there = start != ABSENT;
        let open = there & ((start == OPEN_VALUE) | (self.ended == OPEN_VALUE));
        let early = there & (self.ended != ABSENT) & (start < self.ended);
        let found = if early | (!there & missing) { FALSE } else { TRUE };
        self.comes_to(if open { OPEN } else { found });
        let end = if end == ABSENT { OPEN_VALUE } else { end };
        self.ended = if there { end } else { self.ended };
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
