//! Loops over lanes, written without branches that depend on cells: a processor guesses those wrong as often as right.

/// Some lanes of a set.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All of so many.
    All(usize),
    /// These.
    Some(&'a [u32]),
}

impl Which<'_> {
    /// Does something for each.
    #[inline(always)]
    pub fn each(self, mut f: impl FnMut(usize)) {
        match self {
            Self::All(count) => {
                for lane in 0..count {
                    f(lane);
                }
            }
            Self::Some(lanes) => {
                for &lane in lanes {
                    f(lane as usize);
                }
            }
        }
    }

    /// Makes something of what each has.
    #[inline(always)]
    pub fn map<A: Copy, O>(self, from: &[A], out: &mut [O], f: impl Fn(A) -> O) {
        match self {
            Self::All(count) => {
                for (&a, out) in from[..count].iter().zip(&mut out[..count]) {
                    *out = f(a);
                }
            }
            Self::Some(lanes) => {
                for lane in lanes.iter().map(|&lane| lane as usize) {
                    out[lane] = f(from[lane]);
                }
            }
        }
    }

    /// Makes something of two things that each has.
    #[inline(always)]
    pub fn map_both<A: Copy, B: Copy, O>(self, a: &[A], b: &[B], out: &mut [O], f: impl Fn(A, B) -> O) {
        match self {
            Self::All(count) => {
                for ((&a, &b), out) in a[..count].iter().zip(&b[..count]).zip(&mut out[..count]) {
                    *out = f(a, b);
                }
            }
            Self::Some(lanes) => {
                for lane in lanes.iter().map(|&lane| lane as usize) {
                    out[lane] = f(a[lane], b[lane]);
                }
            }
        }
    }

    /// Joins what each has to what there is.
    #[inline(always)]
    pub fn join<A: Copy, O: Copy>(self, from: &[A], out: &mut [O], f: impl Fn(O, A) -> O) {
        match self {
            Self::All(count) => {
                for (&a, out) in from[..count].iter().zip(&mut out[..count]) {
                    *out = f(*out, a);
                }
            }
            Self::Some(lanes) => {
                for lane in lanes.iter().map(|&lane| lane as usize) {
                    out[lane] = f(out[lane], from[lane]);
                }
            }
        }
    }

    /// Gives all the same.
    #[inline]
    pub fn fill<O: Copy>(self, out: &mut [O], value: O) {
        match self {
            Self::All(count) => out[..count].fill(value),
            Self::Some(lanes) => lanes.iter().for_each(|&lane| out[lane as usize] = value),
        }
    }

    /// Adds those to a list that are to be kept.
    #[inline(always)]
    pub fn select(self, into: &mut Vec<u32>, keep: impl Fn(usize) -> bool) {
        let mut at = into.len();
        into.resize(at + self.len(), 0);
        self.each(|lane| {
            into[at] = lane as u32;
            at += usize::from(keep(lane));
        });
        into.truncate(at);
    }

    /// How many there are.
    #[inline]
    pub fn len(self) -> usize {
        match self {
            Self::All(count) => count,
            Self::Some(lanes) => lanes.len(),
        }
    }
}

/// Keeps some lanes of a list.
#[inline(always)]
pub fn keep(list: &mut Vec<u32>, mut keep: impl FnMut(usize) -> bool) {
    let mut at = 0;
    for i in 0..list.len() {
        let lane = list[i];
        list[at] = lane;
        at += usize::from(keep(lane as usize));
    }
    list.truncate(at);
}

/// Parts a list in one go: keeps those that the first says, and adds those to a second list, few as a rule, that the other says.
#[inline(always)]
pub fn part(list: &mut Vec<u32>, few: &mut Vec<u32>, keep: impl Fn(usize) -> bool, is_apart: impl Fn(usize) -> bool) {
    let mut at = 0;
    for i in 0..list.len() {
        let lane = list[i];
        list[at] = lane;
        at += usize::from(keep(lane as usize));
        if is_apart(lane as usize) {
            few.push(lane);
        }
    }
    list.truncate(at);
}

/// Parts a list in one go: keeps some, and hands over the others, few as a rule.
#[inline(always)]
pub fn part_with(list: &mut Vec<u32>, keep: impl Fn(usize) -> bool, mut others: impl FnMut(u32)) {
    let mut at = 0;
    for i in 0..list.len() {
        let lane = list[i];
        list[at] = lane;
        let kept = keep(lane as usize);
        at += usize::from(kept);
        if !kept {
            others(lane);
        }
    }
    list.truncate(at);
}
