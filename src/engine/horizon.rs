//! Until when a verdict holds if the records stay as they are: the question is asked about many days at once, and whatever comes out the
//! same for all of them needs not be asked again before they are over.

use super::block::{Blocks, Judge, Period};
use super::context::Context;
use super::eval::{Doubt, Eval};
use super::gather::KeptRows;
use super::judge::judge;
use super::probe::Timing;
use super::ruling::Rulings;
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{RowId, TableId};
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many days ahead is asked, the furthest first: what may change within one may hold for the next.
const AHEAD: [i32; 3] = [112, 28, 7];

/// How many days what no day concerns is remembered: all is judged anew now and then.
const FOREVER: i32 = 3650;

/// Rules over records, asked about the days ahead.
pub struct Ahead<'c> {
    exact: &'c Context<'c>,
    /// By how many days ahead.
    days: Vec<(Day, Context<'c>)>,
    /// By rule: whether the day can matter to it at all.
    timed: &'c [bool],
}

impl<'c> Ahead<'c> {
    /// The days ahead of a run.
    pub fn new(exact: &'c Context<'c>, timed: &'c [bool]) -> Self {
        let days = AHEAD.iter().map(|n| exact.as_of.add_days(*n));
        let days = days.map(|until| (until, Context::within(exact.rules, exact.store, exact.as_of, until))).collect();
        Self { exact, days, timed }
    }

    /// Of each row judged: until when what was said of it holds.
    pub(super) fn until(&self, judged: &[&KeptRows]) -> Vec<Holds> {
        let Some((_, furthest)) = self.days.first() else { return Vec::new() };
        let is_timed = |rule: &usize| self.timed.get(*rule).copied().unwrap_or(true);
        let rules: Vec<usize> = judged.first().map_or_else(Vec::new, |_| (0..self.exact.rules.rules.len()).filter(is_timed).collect());
        let blocks = Blocks::new(furthest, &rules);
        let new = || Asking {
            block: None,
            ahead: self.days.iter().map(|(until, cx)| (*until, Eval::new(cx, Timing))).collect(),
            exact: Eval::new(self.exact, Timing),
        };
        judged.par_iter().map_init(new, |asking, rows| self.of_rows(asking, &blocks, rows)).collect()
    }

    fn of_rows<'a>(&'a self, asking: &mut Asking<'a>, blocks: &'a Blocks, judged: &KeptRows) -> Holds {
        let rows = &judged.rows;
        let mut daily = judged.daily.clone();
        // Where no rule minds the day.
        let mut until = vec![self.exact.as_of.add_days(FOREVER); rows.len()];
        let mut limit = |row: RowId, day: Day| {
            if let Some(known) = rows.binary_search(&row).ok().and_then(|at| until.get_mut(at)) {
                *known = (*known).min(day);
            }
        };
        if let Some((_, furthest)) = self.days.first() {
            asking.begin(furthest, blocks, judged.table, rows);
        }
        for &(rule, _) in judged.said.iter().filter(|(rule, _)| self.timed.get(*rule).copied().unwrap_or(true)) {
            let share = asking.block.as_mut().and_then(|block| block.judge(rule, Period::default(), false));
            // Whom blocks settle without knowing the day, the day does not concern.
            let open: Vec<RowId> = share.map_or_else(|| rows.clone(), |share| share.alone.into_iter().map(|(row, _)| row).collect());
            for row in open {
                match asking.holds_until(rule, row) {
                    Some(day) => limit(row, day),
                    None => daily.push((rule, row)),
                }
            }
        }
        daily.sort_unstable_by_key(|&(rule, row)| (row, rule));
        daily.dedup();
        Holds { until, daily }
    }
}

/// Until when what was said of some rows holds.
pub(super) struct Holds {
    /// By row: the last day until which it holds, but for what is told daily.
    pub until: Vec<Day>,
    /// What may be another tomorrow, by rule and row; in the order of rows, then rules.
    pub daily: Vec<(usize, RowId)>,
}

/// Whoever asks about the days ahead.
struct Asking<'a> {
    block: Option<Judge<'a>>,
    ahead: Vec<(Day, Eval<'a, Timing>)>,
    exact: Eval<'a, Timing>,
}

impl<'a> Asking<'a> {
    fn begin(&mut self, cx: &'a Context<'a>, blocks: &'a Blocks, table: TableId, rows: &[RowId]) {
        if self.block.as_ref().is_none_or(|block| block.table() != table) {
            self.block = Judge::new(cx, blocks, table);
        }
        self.block.iter_mut().for_each(|block| block.begin(rows));
    }

    /// The last day until which a rule says the same of a row; none if that cannot be told.
    fn holds_until(&mut self, rule: usize, row: RowId) -> Option<Day> {
        let Self { ahead, exact, .. } = self;
        for (until, eval) in ahead {
            if holds(eval, exact, rule, row) {
                return Some(*until);
            }
        }
        None
    }
}

/// Whether a rule says the same of a row on all days that are asked about.
fn holds(eval: &mut Eval<'_, Timing>, exact: &mut Eval<'_, Timing>, rule: usize, row: RowId) -> bool {
    let Some(rulings) = asked(eval, rule, row, false) else { return false };
    if !rulings.found() {
        return true;
    }
    // What is found is told with its cells and in words: every step on the way must be the same. What is not known is tried out in ways
    // that the day may have a part in.
    if rulings.anchor.is_none() || rulings.counts.get(Verdict::Unverified as usize).is_none_or(|n| *n > 0) {
        return false;
    }
    match (asked(eval, rule, row, true), asked(exact, rule, row, true)) {
        (Some(ahead), Some(now)) => ahead.counts == now.counts && ahead.list == now.list && ahead.anchor == now.anchor,
        _ => false,
    }
}

/// What a rule says of a row; none where it may say something else on another day, or fails.
fn asked(eval: &mut Eval<'_, Timing>, rule: usize, row: RowId, strict: bool) -> Option<Rulings> {
    let cx = eval.cx;
    let rule = cx.rules.rules.get(rule)?;
    let mut rulings = Rulings::default();
    (eval.strict, eval.doubt) = (strict, Doubt::None);
    let done = catch_unwind(AssertUnwindSafe(|| judge(eval, rule, row, &mut rulings)));
    (done.is_ok() && rulings.failure.is_none() && eval.doubt == Doubt::None).then_some(rulings)
}
