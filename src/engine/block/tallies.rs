//! Lanes counted by key: where a rule asks the same of each of several codes or years, the rows are walked once for all of them.

use super::lanes::{Block, FALSE, OPEN, OPEN_VALUE, TRUE};
use super::plan::{Plan, SetId, TruthAt, ValueAt};
use super::which::{Which, keep};

/// Keys may lie so far apart, for they are looked up by place.
const WIDTH: i32 = 512;

/// Which of a plan's tallies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TallyAt(pub u32);

/// The lanes of a set that fulfil a condition, by key.
#[derive(Debug)]
pub struct Tally {
    /// The lanes.
    pub set: SetId,
    /// Which of them.
    pub cond: TruthAt,
    /// What they are told apart by.
    pub key: ValueAt,
    /// The keys that are asked for.
    keys: Vec<i32>,
    /// The least key, and for each number from it on the place of that key.
    first: i32,
    places: Vec<Option<u32>>,
}

impl Tally {
    /// The place of a key, which is asked for from now on. None where it lies too far from the others.
    fn ask(&mut self, key: i32) -> Option<u32> {
        if let Some(known) = self.place(key) {
            return Some(known);
        }
        let (first, last) = self.keys.iter().fold((key, key), |(first, last), &k| (first.min(k), last.max(k)));
        if last.checked_sub(first)? >= WIDTH {
            return None;
        }
        self.keys.push(key);
        self.first = first;
        self.places = (first..=last).map(|n| self.keys.iter().position(|&k| k == n).map(|at| at as u32)).collect();
        self.place(key)
    }

    #[inline]
    fn place(&self, key: i32) -> Option<u32> {
        let at = usize::try_from(i64::from(key) - i64::from(self.first)).ok()?;
        self.places.get(at).copied().flatten()
    }
}

impl Plan {
    /// The place of a key in the tally of some lanes. None where it lies too far from other keys.
    pub fn tally(&mut self, set: SetId, cond: TruthAt, key: ValueAt, asked: i32) -> Option<(TallyAt, u32)> {
        let known = self.tallies.iter().position(|t| (t.set, t.cond, t.key) == (set, cond, key));
        let at = known.unwrap_or_else(|| {
            self.tallies.push(Tally { set, cond, key, keys: Vec::new(), first: 0, places: Vec::new() });
            self.tallies.len() - 1
        });
        let place = self.tallies.get_mut(at)?.ask(asked)?;
        Some((TallyAt(at as u32), place))
    }
}

/// What was counted: for each owner and key how many lanes have it for sure, and whether others may.
#[derive(Debug, Default)]
pub struct Tallied {
    done: Vec<bool>,
    counts: Vec<u16>,
}

/// Set where other lanes may have the key too.
const MAYBE: u16 = 1 << 15;

impl Tallied {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.done.clear();
        self.counts.clear();
    }
}

impl Block<'_> {
    /// Counts the lanes of some owners.
    pub(super) fn tally(&mut self, at: TallyAt, owners: &[u32]) {
        let plan = self.plan;
        let tally = &plan.tallies[at.0 as usize];
        let (keys, owned) = (tally.keys.len(), plan.made(tally.set).map_or(0, |made| self.len(made.parent)));
        let mut known = std::mem::take(&mut self.tallies[at.0 as usize]);
        known.done.resize(owned, false);
        known.counts.resize(owned * keys, 0);
        let mut left = self.room();
        Which::Some(owners).select(&mut left, |owner| !known.done[owner]);
        if !left.is_empty() {
            let mut lanes = self.expand(tally.set, &left);
            self.truth(tally.cond, &lanes);
            let truths = self.truths_of(tally.cond);
            keep(&mut lanes, |lane| truths[lane] != FALSE);
            self.value(tally.key, &lanes);
            let (truths, values, of) = (self.truths_of(tally.cond), self.values_of(tally.key), &self.sets[tally.set.0 as usize]);
            for &owner in &left {
                known.done[owner as usize] = true;
                if of.is_open(owner) {
                    known.counts[owner as usize * keys..][..keys].fill(MAYBE);
                }
            }
            for &lane in &lanes {
                let counts = &mut known.counts[of.owner[lane as usize] as usize * keys..][..keys];
                match values[lane as usize] {
                    OPEN_VALUE => counts.iter_mut().for_each(|count| *count |= MAYBE),
                    value => {
                        if let Some(count) = tally.place(value).and_then(|place| counts.get_mut(place as usize)) {
                            // More than there is room for is not known how many.
                            let full = (*count & !MAYBE) == !MAYBE;
                            *count = if truths[lane as usize] == TRUE && !full { *count + 1 } else { *count | MAYBE };
                        }
                    }
                }
            }
            self.put_away(lanes);
        }
        self.put_away(left);
        self.tallies[at.0 as usize] = known;
    }

    /// Whether some lane has a key, of owners whose lanes were counted.
    pub(super) fn any_tallied(&self, at: TallyAt, place: u32, which: Which<'_>, out: &mut [u8]) {
        self.tallied(at, place, which, out, |count| match count {
            0 => FALSE,
            MAYBE => OPEN,
            _ => TRUE,
        });
    }

    /// How many lanes have a key, of owners whose lanes were counted.
    pub(super) fn count_tallied(&self, at: TallyAt, place: u32, which: Which<'_>, out: &mut [i32]) {
        self.tallied(at, place, which, out, |count| if count & MAYBE == 0 { i32::from(count) } else { OPEN_VALUE });
    }

    fn tallied<O>(&self, at: TallyAt, place: u32, which: Which<'_>, out: &mut [O], said: impl Fn(u16) -> O) {
        let (keys, counts) = (self.plan.tallies[at.0 as usize].keys.len(), &self.tallies[at.0 as usize].counts);
        which.each(|lane| out[lane] = said(counts[lane * keys + place as usize]));
    }
}
