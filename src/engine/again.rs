//! Judging again: whose records are what they were, and whose date has not come, keeps what was said; all others are judged anew. The
//! outcome is that of judging everybody.
//!
//! What is remembered of a group (a person or a unit with all rows of theirs) carries a number that tells what was read of it and of
//! the groups next to it, and the last day on which it holds. Where rules look further than that it tells what can be read on the ways
//! that they look; those of which it cannot be told are asked of everybody every time.

use super::check::{Options, Share, chosen, parts, parts_of};
use super::context::Context;
use super::finding::{Finding, Outcome};
use super::gather::{KeptRows, Known, Part, gather, gather_with};
use super::horizon::{Ahead, Holds};
use super::said::Said;
use crate::dates::Day;
use crate::records::{Beyond, FieldType, Groups, RowId, Store, TableId, Ways};
use crate::rules::{Reach, RuleSet, reach, timed};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// How many steps from group to group a rule may look for what was said to be remembered: those next to it.
const NEAR: u32 = 1;

/// For how many days what may be another tomorrow is asked each night without asking whether it still may.
const DAILY: i32 = 42;

/// What is remembered of all groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// The groups, by key.
    pub groups: Vec<Remembered>,
    /// What was said of rows: each way once.
    pub patterns: Vec<Pattern>,
}

/// What is remembered of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remembered {
    /// What tells it from all others.
    pub key: u64,
    /// What was read of it and of those next to it.
    pub read: u64,
    /// The day on which it was judged.
    pub since: i32,
    /// The last day on which what was said holds if nothing is read otherwise.
    pub until: i32,
    /// What was said of its rows that were judged, table by table, by number; but for what is asked daily.
    pub patterns: Vec<u32>,
    /// What is asked every night: the rule, and the place of the row among those judged.
    pub daily: Vec<(u32, u32)>,
    /// What else was found, with the rule that found it (its place in the set).
    pub findings: Vec<(u32, Finding)>,
}

/// What the rules said of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The table of the row.
    pub table: u32,
    /// What each rule that is remembered and judges rows of this table said, in their order: see [`super::said::Said`].
    pub said: Box<[u64]>,
}

/// The outcome, what is to be remembered, and how much was judged.
#[derive(Debug)]
pub struct Again {
    /// What judging everybody would have come to.
    pub outcome: Outcome,
    /// What to remember; none where a rule failed on somebody.
    pub memory: Option<Memory>,
    /// How many groups were judged anew …
    pub judged: usize,
    /// … of how many.
    pub groups: usize,
}

/// Judges again, with what is remembered of a run by the same program, rules, options and columns.
///
/// The options may name rules, but no scope, limits or period: with these everybody is to be judged by [`super::check`].
pub fn again(rules: &RuleSet, store: &Store, options: &Options<'_>, before: Memory) -> Again {
    let cx = Context::new(rules, store, options.as_of);
    let chosen = chosen(rules, options);
    let timed = timed(&rules.program);
    let reaches: Vec<(usize, Reach)> = chosen.iter().filter_map(|&r| Some((r, reach(rules, rules.rules.get(r)?, &timed)))).collect();
    let (near, far): (Vec<_>, Vec<_>) = reaches.into_iter().partition(|(_, reach)| reach.steps <= NEAR || reach.ways.is_some());
    let groups = Groups::of(store, &beyond(rules, &near));
    let mut stays = stays(&groups, &before, options.as_of);
    let mut is_timed = vec![false; rules.rules.len()];
    near.iter().for_each(|(rule, reach)| is_timed.get_mut(*rule).into_iter().for_each(|t| *t = reach.timed));
    let near: Vec<usize> = near.into_iter().map(|(rule, _)| rule).collect();
    let far: Vec<usize> = far.into_iter().map(|(rule, _)| rule).collect();
    let daily = daily(&near, rules, store, &groups, &before, &mut stays);
    // A byte a group: it is asked of every row.
    let is_fresh: Vec<bool> = stays.iter().map(Option::is_none).collect();
    let anew = |table, row| is_fresh.get(groups.group(table, row)).copied().unwrap_or(true);
    let mut all = parts(&cx, Share { rules: &far, rows: None, each: false }, options);
    let mut some = parts(&cx, Share { rules: &near, rows: Some(&anew), each: true }, options);
    let nightly = parts_of(&cx, &daily, options);
    let judged = stays.iter().filter(|stays| stays.is_none()).count();
    if some.iter().chain(&nightly).any(|part| !part.failures.is_empty()) {
        // How often a rule fails before it is given up depends on who is judged together.
        all.extend(parts(&cx, Share { rules: &near, rows: None, each: false }, options));
        return Again { outcome: gather(&cx, &chosen, all), memory: None, judged: groups.len(), groups: groups.len() };
    }
    let ahead = Ahead::new(&cx, &is_timed);
    let kept: Vec<KeptRows> = some.iter_mut().filter_map(|part| part.kept.take()).collect();
    let until = ahead.until(&kept.iter().collect::<Vec<_>>());
    let (known, memory) = remember(&near, rules, &groups, before, stays, &kept, &until, &some, options.as_of);
    all.append(&mut some);
    all.extend(nightly);
    Again { outcome: gather_with(&cx, &chosen, all, known), memory: Some(memory), judged, groups: groups.len() }
}

/// What the rules that are remembered read beyond the group asked about.
fn beyond(rules: &RuleSet, reaches: &[(usize, Reach)]) -> Beyond {
    let schema = &rules.schema;
    let mut beyond = Beyond::default();
    let mut ways: BTreeMap<TableId, Ways> = BTreeMap::new();
    for (rule, reach) in reaches {
        beyond.gathered.extend(&reach.gathered);
        match (&reach.ways, rules.rules.get(*rule)) {
            (Some(further), Some(rule)) if reach.steps > NEAR => {
                let ways = ways.entry(rule.subject).or_default();
                further.iter().for_each(|(way, fields)| ways.entry(way.clone()).or_default().extend(fields));
            }
            _ => beyond.tables.extend(&reach.elsewhere),
        }
    }
    beyond.ways = ways.into_iter().collect();
    // A finding names the unit of the person that its subject leads to.
    for field in schema.tables.iter().flat_map(|t| &t.fields).filter(|f| f.name == "person_id") {
        if let FieldType::Ref(people) = field.ty {
            beyond.tables.insert(people);
        }
    }
    beyond
}

/// By group: what is remembered of it, by its place, if it stays.
fn stays(groups: &Groups, before: &Memory, as_of: Day) -> Vec<Option<usize>> {
    let mut places: FxHashMap<u64, usize> = FxHashMap::default();
    places.reserve(before.groups.len());
    before.groups.iter().enumerate().for_each(|(at, group)| {
        places.insert(group.key, at);
    });
    let mut stays: Vec<Option<usize>> = Vec::with_capacity(groups.len());
    for group in 0..groups.len() {
        let stay = groups.state(group).and_then(|(key, read)| {
            let at = *places.get(&key)?;
            let known = before.groups.get(at)?;
            (known.read == read && known.since <= as_of.0 && as_of.0 <= known.until).then_some(at)
        });
        stays.push(stay);
    }
    stays
}

/// What is to be asked of groups that stay, by rule and row: rows of a table together and in order. Groups whose rows are not those
/// remembered do not stay.
fn daily(
    near: &[usize],
    rules: &RuleSet,
    store: &Store,
    groups: &Groups,
    before: &Memory,
    stays: &mut [Option<usize>],
) -> Vec<(usize, RowId)> {
    let asked = |at: &Option<usize>| at.and_then(|at| before.groups.get(at)).filter(|known| !known.daily.is_empty());
    let by_group: Vec<Option<&Remembered>> = stays.iter().map(asked).collect();
    let mut met = vec![0u32; by_group.len()];
    let mut pairs: Vec<(TableId, RowId, usize, usize)> = Vec::new();
    let tables: BTreeSet<TableId> = near.iter().filter_map(|&rule| rules.rules.get(rule)).map(|rule| rule.subject).collect();
    for table in tables {
        let rows = store.rows(table);
        for row in 0..rows.len as RowId {
            let group = groups.group(table, row);
            let (Some(Some(known)), Some(met)) = (by_group.get(group), met.get_mut(group)) else { continue };
            if rows.is_ghost(row) {
                continue;
            }
            let of_row = known.daily.iter().filter(|(_, place)| place == met);
            pairs.extend(of_row.map(|(rule, _)| (table, row, *rule as usize, group)));
            *met += 1;
        }
    }
    for ((known, met), stays) in by_group.iter().zip(met).zip(stays.iter_mut()) {
        if known.is_some_and(|known| known.patterns.len() != met as usize) {
            *stays = None;
        }
    }
    pairs.retain(|&(.., group)| stays.get(group).is_some_and(Option::is_some));
    pairs.into_iter().map(|(_, row, rule, _)| (rule, row)).collect()
}

/// What is known of those who stay, and what to remember of all.
#[allow(clippy::too_many_arguments)]
fn remember(
    near: &[usize],
    rules: &RuleSet,
    groups: &Groups,
    before: Memory,
    stays: Vec<Option<usize>>,
    kept: &[KeptRows],
    until: &[Holds],
    parts: &[Part],
    as_of: Day,
) -> (Known, Memory) {
    let mut patterns = Patterns::new(before.patterns);
    let mut old: Vec<Option<Remembered>> = before.groups.into_iter().map(Some).collect();
    let mut all: Vec<Option<Remembered>> = Vec::with_capacity(groups.len());
    let mut known = Known::default();
    let fresh: Vec<bool> = stays.iter().map(Option::is_none).collect();
    for (group, stays) in stays.into_iter().enumerate() {
        let stayed = stays.and_then(|at| old.get_mut(at)?.take());
        if let Some(stayed) = &stayed {
            stayed.patterns.iter().for_each(|&pattern| patterns.used(pattern));
            known.findings.extend(stayed.findings.iter().map(|(_, finding)| finding.clone()));
        }
        let fresh =
            || groups.state(group).map(|(key, read)| Remembered { key, read, since: as_of.0, until: i32::MAX, ..Remembered::default() });
        all.push(stayed.or_else(fresh));
    }
    known.counts = patterns.counts(near, rules);
    // Two rows of a group may have one key: then which finding stands is for their order to say. So of a group a rule is asked daily
    // of all rows that it finds something of, or of none.
    let mut asked: FxHashSet<(usize, usize)> = FxHashSet::default();
    for (kept, holds) in kept.iter().zip(until) {
        asked.extend(holds.daily.iter().map(|&(rule, row)| (groups.group(kept.table, row), rule)));
    }
    let with_parts = parts.iter().zip(kept).zip(until);
    for ((part, kept), holds) in with_parts {
        let found = kept.from.iter().filter(|&&(rule, row)| asked.contains(&(groups.group(kept.table, row), rule)));
        let mut all_daily: Vec<(usize, RowId)> = holds.daily.iter().chain(found).copied().collect();
        all_daily.sort_unstable_by_key(|&(rule, row)| (row, rule));
        all_daily.dedup();
        let mut daily = all_daily.iter().peekable();
        for (at, &row) in kept.rows.iter().enumerate() {
            let mut of_row: Vec<usize> = Vec::new();
            while let Some(&(rule, _)) = daily.next_if(|(_, r)| *r <= row) {
                of_row.push(rule);
            }
            let Some(Some(group)) = all.get_mut(groups.group(kept.table, row)) else { continue };
            let place = group.patterns.len() as u32;
            group.daily.extend(of_row.iter().map(|rule| (*rule as u32, place)));
            let told = |(rule, said): &(usize, Vec<Said>)| if of_row.contains(rule) { Some(0) } else { said.get(at).map(|s| s.0) };
            let said: Option<Box<[u64]>> = kept.said.iter().map(told).collect();
            let day = holds.until.get(at).map_or(i32::MIN, |day| day.0);
            match said.filter(|said| !said.contains(&Said::TOO_MUCH.0)) {
                Some(said) => group.patterns.push(patterns.number(Pattern { table: kept.table as u32, said })),
                None => group.until = i32::MIN,
            }
            group.until = group.until.min(day);
        }
        for (finding, &(rule, row)) in part.findings.iter().zip(&kept.from) {
            if all_daily.binary_search_by_key(&(row, rule), |&(rule, row)| (row, rule)).is_ok() {
                continue;
            }
            if let Some(Some(group)) = all.get_mut(groups.group(kept.table, row)) {
                group.findings.push((rule as u32, finding.clone()));
            }
        }
    }
    for (group, _) in all.iter_mut().zip(fresh).filter(|(_, fresh)| *fresh) {
        // Not all on one day: earlier is always right.
        if let Some(group) = group.as_mut().filter(|group| group.until > as_of.0) {
            if !group.daily.is_empty() {
                group.until = group.until.min(as_of.0 + DAILY);
            }
            let span = i64::from(group.until).saturating_sub(i64::from(as_of.0)).clamp(0, 3650);
            group.until = as_of.0 + span as i32 - (group.key % (span as u64 / 3 + 1)) as i32;
        }
    }
    let mut groups: Vec<Remembered> = all.into_iter().flatten().collect();
    groups.sort_by_key(|group| group.key);
    // Of two with one key nothing is remembered.
    let twice: Vec<u64> =
        groups.windows(2).filter(|w| matches!(w, [a, b] if a.key == b.key)).filter_map(|w| w.first()).map(|g| g.key).collect();
    groups.retain(|group| group.since <= group.until && twice.binary_search(&group.key).is_err());
    let patterns = patterns.renumbered(&mut groups);
    (known, Memory { groups, patterns })
}

/// Patterns by number.
struct Patterns {
    all: Vec<Pattern>,
    numbers: FxHashMap<Pattern, u32>,
    /// How many rows that stay have each.
    uses: Vec<u64>,
}

impl Patterns {
    fn new(all: Vec<Pattern>) -> Self {
        let numbers = all.iter().cloned().zip(0u32..).collect();
        Self { uses: vec![0; all.len()], all, numbers }
    }

    fn used(&mut self, pattern: u32) {
        self.uses.get_mut(pattern as usize).into_iter().for_each(|n| *n += 1);
    }

    /// How many parts of the rows counted so far had each verdict, by rule.
    fn counts(&self, near: &[usize], rules: &RuleSet) -> BTreeMap<usize, [u64; 8]> {
        let mut counts: BTreeMap<usize, [u64; 8]> = BTreeMap::new();
        for (pattern, uses) in self.all.iter().zip(&self.uses).filter(|(_, uses)| **uses > 0) {
            let of_table = near.iter().filter(|&&r| rules.rules.get(r).is_some_and(|rule| rule.subject == pattern.table as usize));
            for (&rule, said) in of_table.zip(&pattern.said) {
                let counted = Said(*said).counts();
                counts.entry(rule).or_default().iter_mut().zip(counted).for_each(|(total, n)| *total += u64::from(n) * uses);
            }
        }
        counts
    }

    fn number(&mut self, pattern: Pattern) -> u32 {
        if let Some(&number) = self.numbers.get(&pattern) {
            return number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(pattern.clone());
        self.numbers.insert(pattern, number);
        number
    }

    /// Only those that some group still has.
    fn renumbered(self, groups: &mut [Remembered]) -> Vec<Pattern> {
        let mut new: Vec<Option<u32>> = vec![None; self.all.len()];
        let mut left = Vec::new();
        for number in groups.iter_mut().flat_map(|group| &mut group.patterns) {
            let (Some(slot), Some(pattern)) = (new.get_mut(*number as usize), self.all.get(*number as usize)) else { continue };
            *number = *slot.get_or_insert_with(|| {
                left.push(pattern.clone());
                (left.len() - 1) as u32
            });
        }
        left
    }
}
