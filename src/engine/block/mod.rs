//! Blocks: a rule asked of many subjects at once, a step at a time, over whatever is known exactly.
//!
//! Blocks answer the easy cases only: they say that a rule asks nothing of a subject, that its matter has not come so far, or that it is
//! in order. Whoever something is found of, and everything that an imprecise date, a blank or bad cell, a refused or doubtful row, a
//! table not exported or an operation unknown to blocks leaves open, is judged alone by [`super::judge`], which stays the one source of
//! truth. What a block says of a lane is either exactly what walking the rule would say, or [`lanes::OPEN`]. So blocks neither invent
//! a finding nor hide one.

mod asks;
mod expand;
mod filters;
mod joins;
mod judge;
mod lanes;
mod latest;
mod laws;
mod light;
mod lower;
mod orders;
mod parts;
mod plan;
mod rows;
mod scans;
mod sources;
mod spans;
mod tallies;
mod texts;
mod truths;
mod values;
mod which;

pub use judge::Period;

use super::context::Context;
use super::said::Said;
use crate::records::{RowId, TableId};
use lanes::Block;
use laws::Law;
use plan::Plan;
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What blocks can say of the rules of a run.
#[derive(Debug, Default)]
pub struct Blocks {
    plans: FxHashMap<TableId, (Plan, FxHashMap<usize, Law>)>,
}

impl Blocks {
    /// The plans of some rules, by their place in the set.
    pub fn new(cx: &Context<'_>, chosen: &[usize]) -> Self {
        let mut plans = FxHashMap::default();
        for &table in chosen.iter().filter_map(|&r| cx.rules.rules.get(r)).map(|r| &r.subject) {
            if plans.contains_key(&table) {
                continue;
            }
            let over = chosen.iter().filter_map(|&r| Some((r, cx.rules.rules.get(r)?))).filter(|(_, r)| r.subject == table);
            let (plan, laws) = laws::laws(cx, over);
            plans.insert(table, (plan, laws.into_iter().collect()));
        }
        Self { plans }
    }
}

/// What blocks make of a rule, and what they leave.
#[derive(Debug)]
pub struct Share {
    /// How many parts had each verdict.
    pub counts: [u64; 8],
    /// Who is to be judged alone, in order; and whether something is found of them for sure.
    pub alone: Vec<(RowId, bool)>,
    /// What is said of each row of the block that is not to be judged alone; empty where nobody asks.
    pub said: Vec<Said>,
}

/// Judges blocks of one table's rows, one after another.
pub struct Judge<'c> {
    table: TableId,
    cx: &'c Context<'c>,
    plan: &'c Plan,
    laws: &'c FxHashMap<usize, Law>,
    block: Block<'c>,
}

impl<'c> Judge<'c> {
    /// A judge of a table's rows; none where blocks have nothing to say of them.
    pub fn new(cx: &'c Context<'c>, blocks: &'c Blocks, table: TableId) -> Option<Self> {
        let (plan, laws) = blocks.plans.get(&table).filter(|(_, laws)| !laws.is_empty())?;
        Some(Self { table, cx, plan, laws, block: Block::new(cx, plan) })
    }

    /// Whose rows it judges.
    pub fn table(&self) -> TableId {
        self.table
    }

    /// Takes up the rows of a block.
    pub fn begin(&mut self, rows: &[RowId]) {
        self.block.begin(self.table, rows);
    }

    /// Judges the block by a rule; tells of each row what is said of it if asked to. None where it has nothing to say.
    pub fn judge(&mut self, rule: usize, period: Period, each: bool) -> Option<Share> {
        let law = self.laws.get(&rule)?;
        let judged = catch_unwind(AssertUnwindSafe(|| self.block.judge(law, period, each)));
        let Ok(judged) = judged else {
            // What panicked half way is not to be relied on.
            let rows = self.block.subjects().to_vec();
            self.block = Block::new(self.cx, self.plan);
            self.begin(&rows);
            return None;
        };
        let rows = self.block.subjects();
        let row = |lane: u32, found: bool| Some((*rows.get(lane as usize)?, found));
        let open = judged.left.iter().filter_map(|&lane| row(lane, false));
        let mut alone: Vec<(RowId, bool)> = open.chain(judged.found.iter().filter_map(|&lane| row(lane, true))).collect();
        alone.sort_unstable();
        Some(Share { counts: judged.counts, alone, said: judged.said })
    }
}
