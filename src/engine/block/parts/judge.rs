//! Rules judged over all parts of many subjects at once.

use super::super::super::said::Said;
use super::super::super::verdict::Verdict;
use super::super::judge::Judged;
use super::super::lanes::Block;
use super::{Asked, Mask, MaskAt};

/// So many subjects are judged together: what is worked out of the rows of so many stays in the cache.
const TOGETHER: usize = 128;

/// How far a subject has come.
#[derive(Clone, Copy, Default)]
struct Progress {
    /// The parts that are asked, so far.
    asked: u64,
    /// How many parts are not come so far, how many conditions are met, and how many are not asked.
    counts: [u32; 3],
    open: bool,
    found: bool,
}

impl Block<'_> {
    /// Judges the parts of some subjects. Whoever something of a part is open of, or found, is judged alone in all.
    pub(in super::super) fn judge_asked(&mut self, asked: &Asked, lanes: &[u32], out: &mut Judged) {
        lanes.chunks(TOGETHER).for_each(|these| self.judge_some(asked, these, out));
    }

    fn judge_some(&mut self, asked: &Asked, these: &[u32], out: &mut Judged) {
        let all = u64::MAX >> (u64::BITS as usize - asked.parts.clamp(1, 64));
        let mut progress = vec![Progress { asked: all, ..Progress::default() }; self.subjects().len()];
        let mut left = self.room();
        left.extend_from_slice(these);
        if let Some(when) = asked.when {
            self.pass(when, &mut left, &mut progress, 2);
        }
        if let Some(once) = asked.once {
            self.pass(once, &mut left, &mut progress, 0);
        }
        for (when, require) in &asked.checks {
            self.check(*when, *require, &left, &mut progress);
        }
        self.put_away(left);
        for &lane in these {
            let Progress { open, found, counts: [pending, met, idle], .. } = progress[lane as usize];
            if found {
                out.found.push(lane);
            } else if open {
                out.left.push(lane);
            } else {
                let mut counts = [0; 8];
                counts[Verdict::Pending as usize] = pending;
                counts[Verdict::Compliant as usize] = met;
                counts[Verdict::NotApplicable as usize] = idle;
                out.counts.iter_mut().zip(counts).for_each(|(all, n)| *all += u64::from(n));
                out.said.get_mut(lane as usize).into_iter().for_each(|said| *said = Said::of(&counts));
            }
        }
    }

    /// Keeps those with parts of which a condition holds; the others' parts are counted.
    fn pass(&mut self, cond: MaskAt, left: &mut Vec<u32>, progress: &mut [Progress], counted: usize) {
        self.mask(cond, left);
        let masks = self.masks_of(cond);
        left.retain(|&lane| {
            let (mask, so_far): (Mask, _) = (masks[lane as usize], &mut progress[lane as usize]);
            so_far.open |= so_far.asked & mask.may & !mask.yes != 0;
            so_far.counts[counted] += (so_far.asked & !mask.may).count_ones();
            so_far.asked &= mask.yes;
            so_far.asked != 0 && !so_far.open
        });
    }

    /// Asks a condition of the parts that are asked.
    fn check(&mut self, when: Option<MaskAt>, require: MaskAt, lanes: &[u32], progress: &mut [Progress]) {
        let mut these = self.room();
        these.extend_from_slice(lanes);
        if let Some(when) = when {
            self.mask(when, &these);
            let masks = self.masks_of(when);
            these.retain(|&lane| {
                let (mask, so_far): (Mask, _) = (masks[lane as usize], &mut progress[lane as usize]);
                so_far.open |= so_far.asked & mask.may & !mask.yes != 0;
                so_far.counts[2] += (so_far.asked & !mask.may).count_ones();
                so_far.asked & mask.yes != 0
            });
        }
        self.mask(require, &these);
        for &lane in &these {
            let asked = when.map_or(Mask::ALL, |when| self.masks_of(when)[lane as usize]).yes;
            let (mask, so_far): (Mask, _) = (self.masks_of(require)[lane as usize], &mut progress[lane as usize]);
            let asked = asked & so_far.asked;
            so_far.found |= asked & !mask.may != 0;
            so_far.open |= asked & mask.may & !mask.yes != 0;
            so_far.counts[1] += (asked & mask.yes).count_ones();
        }
        self.put_away(these);
    }
}
