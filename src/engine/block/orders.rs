//! Orders of stages: how far each subject of a block has come, a stage at a time.

use super::super::verdict::Verdict;
use super::judge::Judged;
use super::lanes::{ABSENT, Block, FALSE, OPEN, OPEN_VALUE, TRUE};
use super::laws::Stage;
use super::light::are_many;
use super::which::Which;
use std::mem::take;

/// How far lanes have come in an order of stages.
#[derive(Debug, Default)]
pub struct Passed {
    /// When the stage before ended: absent where there was none, open where that is not known.
    ended: Vec<i32>,
    /// Whether it is in order so far. The first that is not decides.
    order: Vec<u8>,
}

impl Passed {
    /// Nobody has come anywhere.
    fn begin(&mut self, lanes: usize) {
        self.ended.clear();
        self.ended.resize(lanes, ABSENT);
        self.order.clear();
        self.order.resize(lanes, TRUE);
    }

    /// Some have passed a stage; `missing`: a stage that is not there is out of order.
    fn pass(&mut self, which: Which<'_>, starts: &[i32], ends: &[i32], missing: bool) {
        match which {
            Which::All(count) => {
                let known = self.ended.iter_mut().zip(&mut self.order);
                known.zip(starts.iter().zip(ends)).take(count).for_each(|((ended, order), (&start, &end))| {
                    (*ended, *order) = after((*ended, *order), start, end, missing);
                });
            }
            Which::Some(lanes) => {
                for lane in lanes.iter().map(|&lane| lane as usize) {
                    (self.ended[lane], self.order[lane]) = after((self.ended[lane], self.order[lane]), starts[lane], ends[lane], missing);
                }
            }
        }
    }
}

/// What an order comes to when a stage begins and ends.
#[inline(always)]
fn after((ended, order): (i32, u8), start: i32, end: i32, missing: bool) -> (i32, u8) {
    let there = start != ABSENT;
    let open = there & ((start == OPEN_VALUE) | (ended == OPEN_VALUE));
    let early = there & (ended != ABSENT) & (start < ended);
    let found = if early | (!there & missing) { FALSE } else { TRUE };
    let end = if end == ABSENT { OPEN_VALUE } else { end };
    (if there { end } else { ended }, comes_to(order, if open { OPEN } else { found }))
}

#[inline(always)]
fn comes_to(order: u8, next: u8) -> u8 {
    if order == TRUE { next } else { order }
}

impl Block<'_> {
    pub(super) fn judge_stages(&mut self, stages: &[Stage], missing: bool, lanes: &[u32], out: &mut Judged) {
        let subjects = self.subjects().len();
        let mut passed = take(&mut self.passed);
        passed.begin(subjects);
        // Of nearly all subjects it is asked of all: what comes out of the others is not looked at.
        let many = are_many(lanes.len(), subjects);
        for stage in stages {
            let mut counts = self.room();
            if let Some(skip) = stage.skip {
                self.truth(skip, lanes);
                let skip = self.truths_of(skip);
                Which::Some(lanes).select(&mut counts, |lane| skip[lane] == FALSE);
                Which::Some(lanes)
                    .each(|lane| passed.order[lane] = comes_to(passed.order[lane], if skip[lane] == OPEN { OPEN } else { TRUE }));
            } else {
                counts.extend_from_slice(lanes);
            }
            self.value(stage.start, &counts);
            self.value(stage.end, &counts);
            let which = if many && stage.skip.is_none() { Which::All(subjects) } else { Which::Some(&counts) };
            passed.pass(which, self.values_of(stage.start), self.values_of(stage.end), missing);
            self.put_away(counts);
        }
        let mut orderly = self.room();
        let order = &passed.order;
        Which::Some(lanes).select(&mut orderly, |lane| order[lane] == TRUE);
        if orderly.len() < lanes.len() {
            out.left.extend(lanes.iter().filter(|&&lane| order[lane as usize] == OPEN));
            out.found.extend(lanes.iter().filter(|&&lane| order[lane as usize] == FALSE));
        }
        out.say(&orderly, Verdict::Compliant);
        out.count(Verdict::Compliant, orderly.len());
        self.put_away(orderly);
        self.passed = passed;
    }
}
