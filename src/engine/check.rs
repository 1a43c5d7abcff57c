//! All rules over all subjects, on all cores, with the same answer in the same order whatever their number.

use super::block::{Blocks, Judge, Period};
use super::context::Context;
use super::eval::{BLOCK, Eval};
use super::finding::{Failure, Missing, Outcome, Subject};
use super::gather::{KeptRows, Part, SharedLack, gather};
use super::judge::judge;
use super::probe::{Blind, Watcher};
use super::report;
use super::ruling::Rulings;
use super::said::Said;
use super::settle;
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{RowId, Store, TableId};
use crate::rules::{Rule, RuleSet};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Subjects judged in one go: few enough that what many rules share stays in the cache.
const CHUNK: usize = 1024;

/// Of so few rules, twice as many: a step costs something however few subjects it is taken for.
const FEW_RULES: usize = 16;

/// Says which subjects a rule looks at.
pub type Limits<'a> = dyn Fn(&Rule, RowId) -> bool + Sync + 'a;

/// What is said of a rule that panicked.
const INTERRUPTED: &str = "规则执行中断";

/// What is asked of a run.
pub struct Options<'a> {
    /// The day the question is asked on.
    pub as_of: Day,
    /// Which rules, by their place in the set; none: all.
    pub rules: Option<&'a [usize]>,
    /// Which subjects are in scope, by table and row; none: all.
    pub scope: Option<&'a (dyn Fn(TableId, RowId) -> bool + Sync)>,
    /// Which of these each rule looks at; none: all.
    pub limits: Option<&'a Limits<'a>>,
    /// Only matters whose anchor lies from this day …
    pub since: Option<Day>,
    /// … to this day.
    pub until: Option<Day>,
    /// Called with the number of subjects just judged.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
    /// Judges every subject alone: slower, with the same answer. For those who want to see that it is the same.
    #[doc(hidden)]
    pub one_by_one: bool,
}

/// What is judged of a run, and what is kept of each row judged.
#[derive(Clone, Copy)]
pub(super) struct Share<'a> {
    /// The rules.
    pub rules: &'a [usize],
    /// Which rows; none: all.
    pub rows: Option<&'a (dyn Fn(TableId, RowId) -> bool + Sync)>,
    /// Whether it is kept what each rule says of each row.
    pub each: bool,
}

impl Options<'_> {
    /// Everything, on a day.
    pub fn on(as_of: Day) -> Self {
        Self { as_of, rules: None, scope: None, limits: None, since: None, until: None, progress: None, one_by_one: false }
    }
}

/// Runs the rules over the records.
pub fn check(rules: &RuleSet, store: &Store, options: &Options<'_>) -> Outcome {
    let cx = Context::new(rules, store, options.as_of);
    let chosen = chosen(rules, options);
    let parts = parts(&cx, Share { rules: &chosen, rows: None, each: false }, options);
    gather(&cx, &chosen, parts)
}

/// The rules of a run.
pub(super) fn chosen(rules: &RuleSet, options: &Options<'_>) -> Vec<usize> {
    options.rules.map_or_else(|| (0..rules.rules.len()).collect(), <[usize]>::to_vec)
}

/// Judges some rows by some rules.
pub(super) fn parts(cx: &Context<'_>, share: Share<'_>, options: &Options<'_>) -> Vec<Part> {
    let chunks = match share.rows {
        None => chunks(cx, share.rules),
        Some(rows) => chunks_of(cx, share.rules, rows),
    };
    let blocks = if options.one_by_one { Blocks::default() } else { Blocks::new(cx, share.rules) };
    chunks.par_iter().map_init(|| Judging::new(cx, &blocks), |judging, chunk| judge_chunk(judging, chunk, share, options)).collect()
}

/// Some rows of a table, and the rules that judge them.
pub(super) struct Chunk {
    pub table: TableId,
    pub rows: std::ops::Range<usize>,
    pub rules: Vec<usize>,
}

pub(super) fn chunks(cx: &Context<'_>, chosen: &[usize]) -> Vec<Chunk> {
    let mut by_table: BTreeMap<TableId, Vec<usize>> = BTreeMap::new();
    for &rule in chosen {
        if let Some(r) = cx.rules.rules.get(rule) {
            by_table.entry(r.subject).or_default().push(rule);
        }
    }
    let mut chunks = Vec::new();
    for (table, rules) in by_table {
        let len = cx.store.rows(table).len;
        let size = if rules.len() <= FEW_RULES { 2 * CHUNK } else { CHUNK };
        for start in (0..len).step_by(size) {
            chunks.push(Chunk { table, rows: start..(start + size).min(len), rules: rules.clone() });
        }
    }
    chunks
}

/// The same of some rows, as many of them to a chunk.
fn chunks_of(cx: &Context<'_>, chosen: &[usize], wanted: &(dyn Fn(TableId, RowId) -> bool + Sync)) -> Vec<Chunk> {
    let mut few = Vec::new();
    for Chunk { table, rows, rules } in chunks(cx, chosen) {
        let count = rows.clone().filter(|&row| wanted(table, row as RowId)).count();
        match few.last_mut() {
            _ if count == 0 => {}
            Some((before, Chunk { table: t, rows: range, .. })) if *t == table && *before + count <= CHUNK => {
                *before += count;
                range.end = rows.end;
            }
            _ => few.push((count, Chunk { table, rows, rules })),
        }
    }
    few.into_iter().map(|(_, chunk)| chunk).collect()
}

/// Whoever judges chunks one after another.
struct Judging<'c> {
    cx: &'c Context<'c>,
    blocks: &'c Blocks,
    block: Option<Judge<'c>>,
    alone: Eval<'c, Blind>,
    watched: Eval<'c, Watcher>,
    rulings: Rulings,
}

impl<'c> Judging<'c> {
    fn new(cx: &'c Context<'c>, blocks: &'c Blocks) -> Self {
        Self {
            cx,
            blocks,
            block: None,
            alone: Eval::new(cx, Blind),
            watched: Eval::new(cx, Watcher::default()),
            rulings: Rulings::default(),
        }
    }

    /// Takes up the rows of a chunk.
    fn begin(&mut self, table: TableId, rows: &[RowId]) {
        if self.block.as_ref().is_none_or(|block| block.table() != table) {
            self.block = Judge::new(self.cx, self.blocks, table);
        }
        if let Some(block) = &mut self.block {
            block.begin(rows);
        }
    }
}

/// Judges a chunk of rows by each rule in turn: all of them at once as far as blocks say what is so, the others alone.
fn judge_chunk(judging: &mut Judging<'_>, chunk: &Chunk, share: Share<'_>, options: &Options<'_>) -> Part {
    let mut part = Part::default();
    let cx = judging.cx;
    let known = cx.store.rows(chunk.table);
    let in_scope = |row: &RowId| {
        !known.is_ghost(*row) && options.scope.is_none_or(|s| s(chunk.table, *row)) && share.rows.is_none_or(|rows| rows(chunk.table, *row))
    };
    let rows: Vec<RowId> = chunk.rows.clone().map(|row| row as RowId).filter(in_scope).collect();
    // Where a period is asked for, what does not apply counts only if its date lies in it.
    let screened = options.since.is_none() && options.until.is_none();
    let period = Period { since: options.since, until: options.until };
    judging.begin(chunk.table, &rows);
    let mut kept = share.each.then(|| KeptRows { table: chunk.table, rows: rows.clone(), ..KeptRows::default() });
    let each = |found: Vec<RowId>| found.into_iter().map(|row| (row, false)).collect();
    let by_block = |&index: &usize| {
        // A block is judged as a whole: rules that look at some of its rows judge these alone.
        if let (Some(limits), Some(rule)) = (options.limits, cx.rules.rules.get(index)) {
            let left: Vec<RowId> = rows.iter().copied().filter(|row| limits(rule, *row)).collect();
            if left.len() < rows.len() {
                return Alone { index, counts: [0; 8], left: each(left), screened };
            }
        }
        let judged = judging.block.as_mut().and_then(|block| block.judge(index, period, kept.is_some()));
        if let Some(kept) = &mut kept {
            let nothing = || vec![Said::one(Verdict::NotApplicable); rows.len()];
            kept.said.push((index, judged.as_ref().map_or_else(nothing, |judged| judged.said.clone())));
        }
        match judged {
            Some(judged) => Alone { index, counts: judged.counts, left: judged.alone, screened: false },
            None => Alone { index, counts: [0; 8], left: each(rows.clone()), screened },
        }
    };
    let mut alone: Vec<Alone> = chunk.rules.iter().map(by_block).collect();
    part.kept = kept;
    judge_alone(judging, chunk, options, &mut alone, &mut part);
    part.counts.extend(alone.into_iter().map(|rule| (rule.index, rule.counts)));
    if let Some(progress) = options.progress {
        progress(chunk.rows.len() as u64);
    }
    part
}

/// Judges some rows each by some of the rules: by rule and row, rows of a table together and in order.
pub(super) fn parts_of(cx: &Context<'_>, pairs: &[(usize, RowId)], options: &Options<'_>) -> Vec<Part> {
    let blocks = Blocks::default();
    let judge = |judging: &mut Judging<'_>, pairs: &[(usize, RowId)]| {
        let mut part = Part::default();
        for &(index, row) in pairs {
            let Some(rule) = cx.rules.rules.get(index) else { continue };
            let counted = match cx.is_screened_out(index, row) {
                true => Said::one(Verdict::NotApplicable).counts(),
                false => judge_row(judging, (index, rule, row), options, &mut part),
            };
            part.counts.entry(index).or_default().iter_mut().zip(counted).for_each(|(total, n)| *total += u64::from(n));
        }
        part
    };
    pairs.par_chunks(CHUNK / 4).map_init(|| Judging::new(cx, &blocks), judge).collect()
}

/// What blocks leave of a rule.
struct Alone {
    index: usize,
    /// How many parts had each verdict so far.
    counts: [u64; 8],
    /// Who is to be judged alone, in order; and whether something is found of them for sure.
    left: Vec<(RowId, bool)>,
    /// Whether the cells of a row may show that nothing is asked of it.
    screened: bool,
}

/// Judges rows one by one: some rows by each rule in turn, so that what the rules share of a row is worked out once.
fn judge_alone(judging: &mut Judging<'_>, chunk: &Chunk, options: &Options<'_>, alone: &mut [Alone], part: &mut Part) {
    let cx = judging.cx;
    let mut done = vec![0; alone.len()];
    for start in chunk.rows.clone().step_by(BLOCK) {
        for (Alone { index, counts, left, screened }, done) in alone.iter_mut().zip(&mut done) {
            let Some(rule) = cx.rules.rules.get(*index) else { continue };
            while let Some(&(row, found)) = left.get(*done).filter(|(row, _)| (*row as usize) < start + BLOCK) {
                *done += 1;
                if found {
                    let counted = explain_found(part, &mut judging.watched, *index, rule, row);
                    part.kept.iter_mut().for_each(|kept| kept.say(*index, row, &counted));
                    counts.iter_mut().zip(counted).for_each(|(total, n)| *total += u64::from(n));
                    continue;
                }
                if *screened && cx.is_screened_out(*index, row) {
                    counts[Verdict::NotApplicable as usize] += 1;
                    continue;
                }
                let counted = judge_row(judging, (*index, rule, row), options, part);
                part.kept.iter_mut().for_each(|kept| kept.say(*index, row, &counted));
                counts.iter_mut().zip(counted).for_each(|(total, n)| *total += u64::from(n));
            }
        }
    }
}

/// One rule on one row; gives how many parts had each verdict.
fn judge_row(judging: &mut Judging<'_>, (index, rule, row): (usize, &Rule, RowId), options: &Options<'_>, part: &mut Part) -> [u32; 8] {
    let Judging { cx, alone: eval, watched, rulings, .. } = judging;
    if part.is_exhausted(index) {
        return fail(part, index, cx, rule, row, "");
    }
    rulings.clear();
    // A rule that panics costs itself only.
    let done = catch_unwind(AssertUnwindSafe(|| judge(eval, rule, row, rulings)));
    if done.is_err() {
        rulings.clear();
        rulings.failure = Some(INTERRUPTED.to_owned());
    }
    if let Some(why) = rulings.failure.take() {
        if rulings.exhausted {
            *part.exhausted.entry(index).or_default() += 1;
        }
        return fail(part, index, cx, rule, row, &why);
    }
    if !in_period(rulings, options) {
        return [0; 8];
    }
    if rulings.found() { explain(part, watched, index, rule, row) } else { rulings.counts }
}

pub(super) fn in_period(rulings: &Rulings, options: &Options<'_>) -> bool {
    if options.since.is_none() && options.until.is_none() {
        return true;
    }
    rulings.anchor.is_some_and(|a| options.since.is_none_or(|s| s <= a) && options.until.is_none_or(|u| a <= u))
}

fn fail(part: &mut Part, index: usize, cx: &Context<'_>, rule: &Rule, row: RowId, why: &str) -> [u32; 8] {
    let subject = Subject { table: rule.subject_name.clone(), id: cx.store.key(rule.subject, row).to_owned(), year: None };
    part.kept.iter_mut().for_each(|kept| kept.daily.push((index, row)));
    let new = Failure { code: rule.code.clone(), subject, why: why.to_owned(), subjects: 0 };
    part.failures.entry(index).or_insert(new).subjects += 1;
    let mut counts = [0; 8];
    counts[Verdict::Failed as usize] = 1;
    counts
}

/// Judges with everything watched where blocks have seen that something is found. A rule that panics costs itself only.
fn explain_found(part: &mut Part, eval: &mut Eval<'_, Watcher>, index: usize, rule: &Rule, row: RowId) -> [u32; 8] {
    let done = catch_unwind(AssertUnwindSafe(|| explain(part, eval, index, rule, row)));
    done.unwrap_or_else(|_| fail(part, index, eval.cx, rule, row, INTERRUPTED))
}

/// Judges again with everything watched, to say what was found. Gives the counts, which trying out imprecise cells may settle.
fn explain(part: &mut Part, eval: &mut Eval<'_, Watcher>, index: usize, rule: &Rule, row: RowId) -> [u32; 8] {
    let cx = eval.cx;
    let watcher = std::mem::take(&mut eval.probe).cleared();
    eval.watched_by(watcher);
    let rulings = watch(eval, rule, row);
    // Several parts and years of one subject may lack the same.
    let mut subjects: Vec<String> = Vec::new();
    if let Some(kept) = part.kept.as_mut().filter(|_| rulings.anchor.is_none() && rulings.found()) {
        kept.daily.push((index, row));
    }
    for (finding, is_shared) in report::findings(cx, rule, row, &rulings) {
        if !is_shared {
            part.kept.iter_mut().for_each(|kept| kept.from.push((index, row)));
            part.findings.push(finding);
            continue;
        }
        part.kept.iter_mut().for_each(|kept| kept.daily.push((index, row)));
        let is_new = !subjects.contains(&finding.subject.id);
        if is_new {
            subjects.push(finding.subject.id.clone());
        }
        let missing: Vec<Missing> = finding.missing.iter().filter(|m| m.id.is_none()).cloned().collect();
        let lack = part.shared.entry(index).or_insert_with(|| SharedLack { row, like: finding, missing: Vec::new(), subjects: 0 });
        lack.missing.extend(missing);
        lack.missing.sort();
        lack.missing.dedup();
        lack.subjects += u64::from(is_new);
    }
    rulings.counts
}

/// Judges with everything watched; what imprecise cells leave open is tried out.
pub(super) fn judge_watched<'c>(cx: &'c Context<'c>, rule: &Rule, row: RowId, watcher: Watcher) -> (Rulings, Eval<'c, Watcher>) {
    let mut eval = Eval::new(cx, watcher);
    let rulings = watch(&mut eval, rule, row);
    (rulings, eval)
}

fn watch(eval: &mut Eval<'_, Watcher>, rule: &Rule, row: RowId) -> Rulings {
    let mut rulings = Rulings::default();
    judge(eval, rule, row, &mut rulings);
    settle::settle(eval.cx, rule, row, &mut rulings);
    rulings
}
