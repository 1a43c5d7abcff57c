//! Rules judged a block of subjects at a time: who is in order, whom nothing is asked of, whose matter has not come so far. Whoever
//! something may be found of is left to be judged alone.

use super::super::verdict::Verdict;
use super::lanes::{ABSENT, Block, FALSE, OPEN, OPEN_VALUE, TRUE, Which};
use super::laws::{Asks, Due, Edition, Law, Stage};
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
    /// The lanes that are to be judged alone.
    pub left: Vec<u32>,
}

impl Judged {
    fn count(&mut self, verdict: Verdict, lanes: usize) {
        if let Some(count) = self.counts.get_mut(verdict as usize) {
            *count += lanes as u64;
        }
    }
}

impl Block<'_> {
    /// Judges the subjects of the block by a rule.
    pub fn judge(&mut self, law: &Law, table: crate::records::TableId, period: Period) -> Judged {
        let mut out = Judged::default();
        let mut asked = self.room();
        let rows = self.cx.store.rows(table);
        for (lane, &row) in (0u32..).zip(self.subjects()) {
            if rows.is_void(row) {
                if period.is_all() {
                    out.count(Verdict::NotApplicable, 1);
                }
            } else if rows.is_doubtful(row) {
                out.left.push(lane);
            } else {
                asked.push(lane);
            }
        }
        self.judge_dated(law, period, &mut asked, &mut out);
        self.put_away(asked);
        out.left.sort_unstable();
        out
    }

    /// Which version is in force for whom.
    fn judge_dated(&mut self, law: &Law, period: Period, asked: &mut Vec<u32>, out: &mut Judged) {
        if let Some(anchor) = law.anchor
            && (law.dated || !period.is_all())
        {
            self.value(anchor, asked);
            let anchors = self.values_of(anchor);
            asked.retain(|&lane| match anchors[lane as usize] {
                OPEN_VALUE => {
                    out.left.push(lane);
                    false
                }
                ABSENT => period.is_all(),
                day => period.holds(day),
            });
        } else if !period.is_all() {
            // Without an anchor nothing lies in any period.
            return;
        }
        let Some(last) = law.editions.last() else { return out.count(Verdict::NotApplicable, asked.len()) };
        if !law.dated {
            return self.judge_edition(&law.editions[0], asked, out);
        }
        let mut not_yet = self.room();
        let mut by_edition: Vec<Vec<u32>> = law.editions.iter().map(|_| self.room()).collect();
        let anchors = law.anchor.map(|anchor| self.values_of(anchor));
        for &lane in asked.iter() {
            let Some(day) = anchors.map(|a| a[lane as usize]).filter(|&day| day != ABSENT) else {
                not_yet.push(lane);
                continue;
            };
            let in_force = |e: &Edition| e.from.is_none_or(|from| from.0 <= day) && e.until.is_none_or(|until| day <= until.0);
            let mut found = (0..).zip(&law.editions).filter(|(_, e)| in_force(e));
            match (found.next(), found.next()) {
                (None, _) => out.count(Verdict::NotApplicable, 1),
                (Some((edition, _)), None) => by_edition[edition].push(lane),
                _ => out.left.push(lane),
            }
        }
        // No anchor: not applicable if the rule asks nothing of the subject in any case, else not yet.
        let asked = self.asked(last, &not_yet, out);
        out.count(Verdict::Pending, asked.len());
        self.put_away(asked);
        self.put_away(not_yet);
        for (edition, lanes) in law.editions.iter().zip(by_edition) {
            self.judge_edition(edition, &lanes, out);
            self.put_away(lanes);
        }
    }

    /// Of whom a version asks something.
    fn asked(&mut self, edition: &Edition, lanes: Which<'_>, out: &mut Judged) -> Vec<u32> {
        let Some(when) = edition.when else {
            let mut all = self.room();
            all.extend_from_slice(lanes);
            return all;
        };
        let (asked, not) = self.branches(when, lanes, |lane| out.left.push(lane));
        out.count(Verdict::NotApplicable, not.len());
        self.put_away(not);
        asked
    }

    fn judge_edition(&mut self, edition: &Edition, lanes: Which<'_>, out: &mut Judged) {
        let mut asked = self.asked(edition, lanes, out);
        if let Some(once) = edition.once {
            let (reached, not) = self.branches(once, &asked, |lane| out.left.push(lane));
            out.count(Verdict::Pending, not.len());
            self.put_away(not);
            self.put_away(std::mem::replace(&mut asked, reached));
        }
        match &edition.asks {
            Asks::Open => out.left.extend_from_slice(&asked),
            Asks::Checks(checks) => self.judge_checks(checks, &asked, out),
            Asks::Deadline(due) => self.judge_deadline(due, &asked, out),
            Asks::Stages(stages, missing) => self.judge_stages(stages, *missing, &mut asked, out),
        }
        self.put_away(asked);
    }

    /// Of a subject every check is in order, or it is left.
    fn judge_checks(&mut self, checks: &[(Option<super::plan::TruthAt>, super::plan::TruthAt)], lanes: Which<'_>, out: &mut Judged) {
        if checks.is_empty() {
            return out.count(Verdict::NotApplicable, lanes.len());
        }
        let mut clean = self.room();
        clean.extend_from_slice(lanes);
        for (when, require) in checks {
            let mut asked = self.room();
            if let Some(when) = when {
                self.truth(*when, &clean);
                let when = self.truths_of(*when);
                clean.retain(|&lane| {
                    let truth = when[lane as usize];
                    match truth {
                        TRUE => asked.push(lane),
                        FALSE => {}
                        _ => out.left.push(lane),
                    }
                    truth != OPEN
                });
            } else {
                asked.extend_from_slice(&clean);
            }
            self.truth(*require, &asked);
            let met = self.truths_of(*require);
            let before = out.left.len();
            out.left.extend(asked.iter().filter(|&&lane| met[lane as usize] != TRUE));
            if out.left.len() > before {
                // Those asked are among the clean ones, in the same order.
                let mut gone = out.left[before..].iter().peekable();
                clean.retain(|lane| gone.next_if_eq(&lane).is_none());
            }
            self.put_away(asked);
        }
        for (when, _) in checks {
            let asked = when.map(|when| self.truths_of(when));
            let compliant = clean.iter().filter(|&&lane| asked.is_none_or(|a| a[lane as usize] == TRUE)).count();
            out.count(Verdict::Compliant, compliant);
            out.count(Verdict::NotApplicable, clean.len() - compliant);
        }
        self.put_away(clean);
    }

    fn judge_deadline(&mut self, deadline: &Due, lanes: Which<'_>, out: &mut Judged) {
        let mut left = self.room();
        left.extend_from_slice(lanes);
        if let Some((starts, started)) = deadline.starts {
            self.value(starts, &left);
            self.truth(started, &left);
            let (days, started) = (self.values_of(starts), self.truths_of(started));
            left.retain(|&lane| {
                let begun = if days[lane as usize] == ABSENT { FALSE } else { started[lane as usize] };
                match begun {
                    FALSE => out.count(Verdict::Pending, 1),
                    OPEN => out.left.push(lane),
                    _ => {}
                }
                begun == TRUE
            });
        }
        self.value(deadline.due, &left);
        let due = self.values_of(deadline.due);
        left.retain(|&lane| {
            match due[lane as usize] {
                ABSENT => out.count(Verdict::Pending, 1),
                OPEN_VALUE => out.left.push(lane),
                _ => return true,
            }
            false
        });
        let (met, unmet) = self.branches(deadline.met, &left, |lane| out.left.push(lane));
        out.count(Verdict::Compliant, met.len());
        self.truth(deadline.past, &unmet);
        self.truth(deadline.warned, &unmet);
        let (past, warned) = (self.truths_of(deadline.past), self.truths_of(deadline.warned));
        for &lane in &unmet {
            match (past[lane as usize], warned[lane as usize]) {
                (FALSE, FALSE) => out.count(Verdict::Pending, 1),
                _ => out.left.push(lane),
            }
        }
        [left, met, unmet].into_iter().for_each(|list| self.put_away(list));
    }

    fn judge_stages(&mut self, stages: &[Stage], missing: bool, lanes: &mut Vec<u32>, out: &mut Judged) {
        // When the stage before ended: absent where there was none, open where that is not known.
        let mut ended = vec![ABSENT; self.subjects().len()];
        for stage in stages {
            let mut counts = self.room();
            if let Some(skip) = stage.skip {
                self.truth(skip, lanes);
                let skip = self.truths_of(skip);
                lanes.retain(|&lane| {
                    match skip[lane as usize] {
                        FALSE => counts.push(lane),
                        OPEN => out.left.push(lane),
                        _ => {}
                    }
                    skip[lane as usize] != OPEN
                });
            } else {
                counts.extend_from_slice(lanes);
            }
            self.value(stage.start, &counts);
            self.value(stage.end, &counts);
            let (starts, ends) = (self.values_of(stage.start), self.values_of(stage.end));
            let before = out.left.len();
            for &lane in &counts {
                let (start, end, earlier) = (starts[lane as usize], ends[lane as usize], &mut ended[lane as usize]);
                let in_order = match (start, *earlier) {
                    (ABSENT, _) => !missing,
                    (OPEN_VALUE, _) | (_, OPEN_VALUE) => false,
                    (_, ABSENT) => true,
                    (start, earlier) => start >= earlier,
                };
                if !in_order {
                    out.left.push(lane);
                }
                if start != ABSENT {
                    *earlier = if end == ABSENT { OPEN_VALUE } else { end };
                }
            }
            if out.left.len() > before {
                let mut gone = out.left[before..].iter().peekable();
                lanes.retain(|lane| gone.next_if_eq(&lane).is_none());
            }
            self.put_away(counts);
        }
        out.count(Verdict::Compliant, lanes.len());
    }
}
