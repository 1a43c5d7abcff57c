//! Conditions and numbers of all parts of many lanes at once.

use super::super::super::compute::arithmetic;
use super::super::super::quick::compared;
use super::super::super::value::{Span, Truth};
use super::super::lanes::{ABSENT, Block, FALSE, OPEN_VALUE};
use super::super::plan::{SetId, ValueAt};
use super::super::which::{Which, keep};
use super::{Amount, AmountAt, AmountOp, Mask, MaskAt, MaskOp};
use crate::rules::ir::Cmp;
use std::mem::take;

impl Amount {
    const NONE: Self = Self { lo: 0, hi: 0 };
    const OPEN: Self = Self { lo: i32::MIN, hi: i32::MAX };

    fn exact(value: i32) -> Self {
        Self { lo: value, hi: value }
    }

    /// What holds a span. Of no value nothing is said.
    fn holding(span: Span) -> Self {
        if span.is_absent() {
            return Self::OPEN;
        }
        Self { lo: i32::try_from(span.lo).unwrap_or(i32::MIN), hi: i32::try_from(span.hi).unwrap_or(i32::MAX) }
    }

    fn is_exact(self) -> bool {
        self.lo == self.hi
    }

    fn span(self) -> Span {
        let lo = if self.lo == i32::MIN { i64::MIN } else { i64::from(self.lo) };
        let hi = if self.hi == i32::MAX { i64::MAX } else { i64::from(self.hi) };
        Span { lo, hi }
    }
}

/// Adds one to the amounts of some parts.
#[inline]
fn add_one(amounts: &mut [Amount], mask: Mask) {
    let mut left = mask.may;
    while left != 0 {
        let part = left.trailing_zeros();
        left &= left - 1;
        let Some(amount) = amounts.get_mut(part as usize) else { break };
        amount.lo += i32::from(mask.yes >> part & 1 == 1);
        amount.hi = amount.hi.saturating_add(1);
    }
}

/// Any number more may belong to some parts.
fn add_any(amounts: &mut [Amount], mask: Mask) {
    for (part, amount) in amounts.iter_mut().enumerate() {
        if mask.may >> part & 1 == 1 {
            amount.hi = i32::MAX;
        }
    }
}

impl Block<'_> {
    /// What a condition says of each lane's parts, where it was worked out.
    #[inline]
    pub(super) fn masks_of(&self, at: MaskAt) -> &[Mask] {
        &self.parts.masks[at.0 as usize]
    }

    /// Works out a condition on the parts of some lanes.
    pub(super) fn mask(&mut self, at: MaskAt, lanes: &[u32]) {
        let plan = self.plan;
        let expr = &plan.parts.masks.all[at.0 as usize];
        let mut out = take(&mut self.parts.masks[at.0 as usize]);
        out.resize(self.len(expr.set), Mask::UNSET);
        let mut left = self.room();
        Which::Some(lanes).select(&mut left, |lane| out[lane] == Mask::UNSET);
        if !left.is_empty() {
            self.work_mask(&expr.op, expr.set, &left, &mut out);
        }
        self.put_away(left);
        self.parts.masks[at.0 as usize] = out;
    }

    fn work_mask(&mut self, op: &MaskOp, set: SetId, lanes: &[u32], out: &mut [Mask]) {
        let which = Which::Some(lanes);
        match op {
            MaskOp::Const(mask) => which.fill(out, *mask),
            MaskOp::Plain(truth) => {
                self.truth(*truth, lanes);
                which.map(self.truths_of(*truth), out, Mask::of);
            }
            MaskOp::Against(cmp, value, ladder) => {
                self.value(*value, lanes);
                let (values, ladder) = (self.values_of(*value), &self.plan.parts.ladders[ladder.0 as usize]);
                which.each(|lane| {
                    out[lane] = match values[lane] {
                        OPEN_VALUE | ABSENT => self.span_at(*value, lane).map_or(Mask::OPEN, |span| ladder.vague(*cmp, span)),
                        known => ladder.exact(*cmp, known),
                    };
                });
            }
            MaskOp::Compare(cmp, a, b) => self.compare_amounts(*cmp, *a, *b, lanes, out),
            MaskOp::And(plain, items) => {
                let mut left = self.room();
                left.extend_from_slice(lanes);
                which.fill(out, Mask::ALL);
                if let Some(plain) = plain {
                    self.truth(*plain, lanes);
                    let truths = self.truths_of(*plain);
                    which.map(truths, out, Mask::of);
                    keep(&mut left, |lane| truths[lane] != FALSE);
                }
                for item in items {
                    self.mask(*item, &left);
                    let masks = self.masks_of(*item);
                    keep(&mut left, |lane| {
                        out[lane] = out[lane].and(masks[lane]);
                        out[lane].may != 0
                    });
                }
                self.put_away(left);
            }
            MaskOp::Or(items) => {
                which.fill(out, Mask::NONE);
                for item in items {
                    self.mask(*item, lanes);
                    which.join(self.masks_of(*item), out, Mask::or);
                }
            }
            MaskOp::Not(one) => {
                self.mask(*one, lanes);
                which.map(self.masks_of(*one), out, Mask::not);
            }
            MaskOp::Any(of, cond) => {
                let plan = self.plan;
                if let Some(look) = plan.parts.looks.get(&(*of, *cond)) {
                    return self.look(*of, look, lanes, |_, owner, mask, open| match mask {
                        None => out[owner] = if open { Mask::OPEN } else { Mask::NONE },
                        Some(mask) => out[owner] = out[owner].or(mask),
                    });
                }
                let inner = self.expand(*of, lanes);
                self.mask(*cond, &inner);
                self.put_away(inner);
                let (masks, of) = (self.masks_of(*cond), &self.sets[of.0 as usize]);
                which.each(|owner| {
                    let none = if of.is_open(owner as u32) { Mask::OPEN } else { Mask::NONE };
                    out[owner] = masks[of.range(owner as u32)].iter().fold(none, |any, mask| any.or(*mask));
                });
            }
            MaskOp::All(of, cond, must) => {
                let mut inner = self.expand(*of, lanes);
                self.mask(*cond, &inner);
                let masks = self.masks_of(*cond);
                keep(&mut inner, |lane| masks[lane].may != 0);
                self.mask(*must, &inner);
                let (conds, musts, of) = (self.masks_of(*cond), self.masks_of(*must), &self.sets[of.0 as usize]);
                which.each(|owner| out[owner] = if of.is_open(owner as u32) { Mask::OPEN } else { Mask::ALL });
                for &lane in &inner {
                    let all = &mut out[of.owner[lane as usize] as usize];
                    *all = all.and(conds[lane as usize].not().or(musts[lane as usize]));
                }
                self.put_away(inner);
            }
            MaskOp::Lift(above) => {
                let owners = self.owners(set, lanes);
                self.mask(*above, &owners);
                self.put_away(owners);
                let from = self.masks_of(*above);
                which.map(&self.sets[set.0 as usize].owner, out, |owner| from[owner as usize]);
            }
        }
    }

    fn compare_amounts(&mut self, cmp: Cmp, a: AmountAt, b: AmountAt, lanes: &[u32], out: &mut [Mask]) {
        self.amount(a, lanes);
        self.amount(b, lanes);
        let parts = self.plan.parts.amounts.all[a.0 as usize].op.1;
        for &lane in lanes {
            let mut mask = Mask::NONE;
            for part in 0..parts {
                let (a, b) = (self.amount_of(a, lane as usize, part), self.amount_of(b, lane as usize, part));
                let holds = compared(cmp, a.span(), b.span());
                mask.yes |= u64::from(holds == Truth::True) << part;
                mask.may |= u64::from(holds != Truth::False) << part;
            }
            out[lane as usize] = mask;
        }
    }

    /// A number of a lane's part, where it was worked out.
    #[inline]
    fn amount_of(&self, at: AmountAt, lane: usize, part: usize) -> Amount {
        let (op, parts) = &self.plan.parts.amounts.all[at.0 as usize].op;
        match op {
            AmountOp::Const(values) => values.get(part).map_or(Amount::OPEN, |&value| Amount::exact(value)),
            AmountOp::Plain(value) => self.plain_amount(*value, lane),
            _ => self.parts.amounts[at.0 as usize].1[lane * parts + part],
        }
    }

    fn plain_amount(&self, at: ValueAt, lane: usize) -> Amount {
        match self.values_of(at)[lane] {
            OPEN_VALUE | ABSENT => self.span_at(at, lane).map_or(Amount::OPEN, Amount::holding),
            known => Amount::exact(known),
        }
    }

    /// Works out a number for each part of some lanes.
    fn amount(&mut self, at: AmountAt, lanes: &[u32]) {
        let plan = self.plan;
        let expr = &plan.parts.amounts.all[at.0 as usize];
        let (op, parts) = &expr.op;
        match op {
            AmountOp::Const(_) => return,
            AmountOp::Plain(value) => return self.value(*value, lanes),
            _ => {}
        }
        let (mut done, mut out) = take(&mut self.parts.amounts[at.0 as usize]);
        let count = self.len(expr.set);
        done.resize(count, false);
        out.resize(count * parts, Amount::NONE);
        let mut left = self.room();
        Which::Some(lanes).select(&mut left, |lane| !done[lane]);
        Which::Some(lanes).fill(&mut done, true);
        match op {
            AmountOp::Count(of, cond, below) => self.count_parts((*of, *cond), *below, *parts, &left, &mut out),
            AmountOp::Arithmetic(op, a, b) => {
                self.amount(*a, &left);
                self.amount(*b, &left);
                for &lane in &left {
                    for (part, out) in out[lane as usize * parts..][..*parts].iter_mut().enumerate() {
                        let (a, b) = (self.amount_of(*a, lane as usize, part), self.amount_of(*b, lane as usize, part));
                        *out = reckoned(*op, a, b);
                    }
                }
            }
            AmountOp::Lift(above) => {
                let owners = self.owners(expr.set, &left);
                self.amount(*above, &owners);
                self.put_away(owners);
                let owner = &self.sets[expr.set.0 as usize].owner;
                for &lane in &left {
                    for (part, out) in out[lane as usize * parts..][..*parts].iter_mut().enumerate() {
                        *out = self.amount_of(*above, owner[lane as usize] as usize, part);
                    }
                }
            }
            AmountOp::Const(_) | AmountOp::Plain(_) => {}
        }
        self.put_away(left);
        self.parts.amounts[at.0 as usize] = (done, out);
    }

    /// Counts the lanes of a set by part, or those of another made of them.
    fn count_parts(
        &mut self,
        (of, cond): (SetId, MaskAt),
        below: Option<(SetId, MaskAt)>,
        parts: usize,
        owners: &[u32],
        out: &mut [Amount],
    ) {
        let plan = self.plan;
        if let (None, Some(look)) = (below, plan.parts.looks.get(&(of, cond))) {
            return self.look(of, look, owners, |_, owner, mask, open| match mask {
                None if open => out[owner * parts..][..parts].fill(Amount::OPEN),
                Some(mask) if !open => add_one(&mut out[owner * parts..][..parts], mask),
                _ => {}
            });
        }
        let mut lanes = self.expand(of, owners);
        self.mask(cond, &lanes);
        let masks = self.masks_of(cond);
        keep(&mut lanes, |lane| masks[lane].may != 0);
        if let Some((below, look)) = below.and_then(|below| Some((below.0, plan.parts.looks.get(&below)?))) {
            self.look(below, look, &lanes, |s, lane, mask, open| {
                let amounts = &mut out[s.sets[of.0 as usize].owner[lane] as usize * parts..][..parts];
                let counts = s.masks_of(cond)[lane];
                match mask {
                    None if open => add_any(amounts, counts),
                    None => {}
                    Some(mask) => add_one(amounts, counts.and(mask)),
                }
            });
        } else if let Some((below, of_these)) = below {
            let inner = self.expand(below, &lanes);
            self.mask(of_these, &inner);
            let (masks, inner_masks) = (self.masks_of(cond), self.masks_of(of_these));
            let (outer, sets) = (&self.sets[of.0 as usize].owner, &self.sets[below.0 as usize]);
            for &lane in &inner {
                let middle = sets.owner[lane as usize] as usize;
                add_one(&mut out[outer[middle] as usize * parts..][..parts], masks[middle].and(inner_masks[lane as usize]));
            }
            for &lane in lanes.iter().filter(|&&lane| sets.is_open(lane)) {
                add_any(&mut out[outer[lane as usize] as usize * parts..][..parts], masks[lane as usize]);
            }
            self.put_away(inner);
        } else {
            let (masks, outer) = (self.masks_of(cond), &self.sets[of.0 as usize].owner);
            for &lane in &lanes {
                add_one(&mut out[outer[lane as usize] as usize * parts..][..parts], masks[lane as usize]);
            }
        }
        let of = &self.sets[of.0 as usize];
        for &owner in owners.iter().filter(|&&owner| of.is_open(owner)) {
            out[owner as usize * parts..][..parts].fill(Amount::OPEN);
        }
        self.put_away(lanes);
    }
}

/// A sum, difference or product.
#[inline]
fn reckoned(op: char, a: Amount, b: Amount) -> Amount {
    if a.is_exact() && b.is_exact() {
        let exact = match op {
            '+' => a.lo.checked_add(b.lo),
            '-' => a.lo.checked_sub(b.lo),
            '*' => a.lo.checked_mul(b.lo),
            _ => None,
        };
        if let Some(exact) = exact {
            return Amount::exact(exact);
        }
    }
    Amount::holding(arithmetic(op, a.span(), b.span()))
}
