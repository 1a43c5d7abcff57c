//! The twelve rules. Each says what it makes of one row.

use super::columns::{
    APPOINTMENT, ARRIVAL, CANDIDATES, Columns, DISCUSSION, INSPECTION, MEETING, MOTION, NO_ROW, NOTICE, Posts, RECONSIDERATION, Steps, TALK,
};
use super::span::{Span, Truth};
use super::trial::Eye;
use guiju::dates::{Calendar, Day, merged_months, reaches};
use guiju::engine::Verdict;
use guiju::records::NONE_ROW;

/// What the rules look at.
pub struct Rules<'a> {
    pub columns: &'a Columns<'a>,
    pub calendar: &'a Calendar,
    pub as_of: i32,
    /// By case.
    pub steps: &'a [Steps],
}

/// Which tenure is asked for: of deputies who become chiefs, or of chiefs who become deputies a level higher.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Office {
    Deputy,
    Chief,
}

/// A set of codes, a bit each.
const fn codes<const N: usize>(list: [u8; N]) -> u64 {
    let mut mask = 0;
    let mut i = 0;
    while i < N {
        mask |= 1 << list[i];
        i += 1;
    }
    mask
}

// The lists of codes are a contract: they are never renumbered.
const PROMOTION: i32 = 0;
const EXCHANGE: i32 = 3;
/// 提拔 平级调整 交流.
const CHANGES: u64 = codes([0, 2, 3]);
/// 委任 公开选拔 竞争上岗.
const PROBATION_MODES: u64 = codes([0, 3, 4]);
/// 厅局级正职: the highest level that has a probation.
const HIGHEST_ON_PROBATION: i32 = 4;
const COUNTY_DEPUTY: i32 = 7;
const TOWN_DEPUTY: i32 = 9;
const LEVELS: i32 = 12;
/// 县处级正职 厅局级正职 省部级正职 国家级正职.
const CHIEF_LEVELS: u64 = codes([0, 2, 4, 6]);
/// 县处级副职 厅局级副职 省部级副职 国家级副职.
const DEPUTY_LEVELS: u64 = codes([1, 3, 5, 7]);
/// 任职 主持工作 试任.
const OFFICE: u64 = codes([0, 1, 4]);
/// 退休 调出 辞职 辞退 开除 去世.
const GONE: u64 = codes([3, 4, 5, 6, 7, 8]);
/// 未通过 不同意.
const REFUSED: u64 = codes([1, 3]);
/// 任前谈话 提拔谈话.
const TALKS_BEFORE: u64 = codes([0, 1]);
/// 任前谈话 提拔谈话 交流谈话 调整谈话.
const TALKS_ON_CHANGE: u64 = codes([0, 1, 2, 3]);
/// 任前.
const BEFORE_APPOINTMENT: i32 = 0;
/// 乡镇.
const TOWNSHIP: u64 = codes([10]);
/// 党委 政府.
const PARTY_AND_GOVERNMENT: u64 = codes([0, 2]);
/// 纪委监委 法院 检察院.
const DISCIPLINE_AND_COURTS: u64 = codes([4, 5, 6]);
/// The level of each rank.
const LEVEL_OF_RANK: [i32; 12] = [4, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 11];

/// 2014-01-14: five working days.
const EDITION_2014: i32 = 16_084;
/// 2002-07-09: seven days.
const EDITION_2002: i32 = 11_877;
/// 2001-02-06: the regulation on probation.
const PROBATION_REGULATION: i32 = 11_359;
/// 2006-06-10: the regulation on terms of office.
const TERMS_REGULATION: i32 = 13_309;

impl Rules<'_> {
    /// A move up to a leading post.
    #[inline(always)]
    pub fn promotion(&self, eye: &impl Eye, case: u32) -> Truth {
        let c = self.columns;
        if c.case_kind.at(eye, case) != Span::exact(PROMOTION) { Truth::No } else { c.case_leader.at(eye, case) }
    }

    /// Whether a case was decided, and when.
    #[inline(always)]
    fn decided(&self, eye: &impl Eye, case: u32) -> (Truth, Span) {
        let c = self.columns;
        let latest = &self.steps[case as usize].latest;
        let step = match (latest[DISCUSSION], latest[RECONSIDERATION]) {
            (one, NO_ROW) | (NO_ROW, one) => one,
            (a, b) => {
                if c.comes_after(b, a) {
                    b
                } else {
                    a
                }
            }
        };
        if step == NO_ROW {
            return (Truth::No, Span::UNKNOWN);
        }
        match self.refused(eye, step) {
            Truth::Yes => (Truth::No, Span::UNKNOWN),
            Truth::Maybe => (Truth::Maybe, Span::UNKNOWN),
            Truth::No => (Truth::Yes, c.step_end(eye, step)),
        }
    }

    /// Whether a step ended in refusal; a blank result counts as passed.
    #[inline(always)]
    fn refused(&self, eye: &impl Eye, step: u32) -> Truth {
        let c = self.columns;
        match c.step_result.filled(step) {
            Truth::No => Truth::No,
            filled => filled.and(c.step_result.at(eye, step).among(REFUSED)),
        }
    }

    /// GS002: a notice of at least five working days, formerly of seven days.
    pub fn gs002(&self, eye: &impl Eye, case: u32) -> Option<Verdict> {
        let c = self.columns;
        let notice = self.steps[case as usize].latest[NOTICE];
        if notice == NO_ROW {
            return Some(Verdict::NotApplicable);
        }
        let (start, end) = (c.step_start.at(eye, notice), c.step_end(eye, notice));
        let workdays = |from: i32, to: i32| self.calendar.workdays(Day(from), Day(to));
        let new = || match (workdays(start.hi, end.lo), workdays(start.lo, end.hi)) {
            (Some(least), Some(most)) => at_least(least, most, 5, Verdict::Breach),
            _ => Verdict::Unverified,
        };
        let old = || at_least(end.lo - start.hi + 1, end.hi - start.lo + 1, 7, Verdict::Advice);
        if start.lo >= EDITION_2014 {
            return Some(new());
        }
        if start.hi < EDITION_2002 {
            return Some(Verdict::NotApplicable);
        }
        if start.lo >= EDITION_2002 && start.hi < EDITION_2014 {
            return Some(old());
        }
        // Which edition was in force is open: what all that may have been say stands.
        let uncovered = start.lo < EDITION_2002;
        let said = match start.hi < EDITION_2014 {
            true => [old(), old()],
            false => [old(), new()],
        };
        let found = said.iter().any(|v| v.is_finding());
        Some(match said[0] == said[1] && !(uncovered && found) {
            true => said[0],
            false if found => Verdict::Unverified,
            false => Verdict::Pending,
        })
    }

    /// SY001: a review within a year and thirty days of the appointment.
    pub fn sy001(&self, eye: &impl Eye, case: u32) -> Option<Verdict> {
        let c = self.columns;
        let appointment = self.steps[case as usize].latest[APPOINTMENT];
        if appointment == NO_ROW {
            return Some(Verdict::Pending);
        }
        let mut applies = self.promotion(eye, case).and(c.case_mode.at(eye, case).among(PROBATION_MODES));
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        applies = applies
            .and(Span::exact(HIGHEST_ON_PROBATION).by(c.case_level.at(eye, case)))
            .and(c.case_committee.filled(case).not())
            .and(c.case_chief.at(eye, case).not());
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let starts = c.step_start.at(eye, appointment);
        if starts.hi < PROBATION_REGULATION {
            return Some(Verdict::NotApplicable);
        }
        let full = starts.months_later(12);
        let left = c.given(case).map(|p| c.post.end.at(eye, p).before(full)).fold(Truth::No, Truth::or);
        applies = applies.and(left.not());
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let today = Span::exact(self.as_of);
        let started = starts.by(today);
        if started == Truth::No {
            return Some(Verdict::Pending);
        }
        let due = full.days_later(30);
        let met = c.reviews(case).map(|s| c.step_start.at(eye, s).by(due)).fold(Truth::No, Truth::or);
        let past = due.before(today);
        let warned = due.days_later(-30).by(today);
        let verdict = asked(applies, deadline(met, started.and(past), warned, Verdict::Advice));
        // Before the regulation nothing was asked.
        let open = starts.lo < PROBATION_REGULATION && verdict.is_finding();
        Some(if open { Verdict::Unverified } else { verdict })
    }

    /// JD003: two thirds of those who should be there were there.
    pub fn jd003(&self, case: u32) -> Option<Verdict> {
        let c = self.columns;
        let step = self.steps[case as usize].latest[DISCUSSION];
        if step == NO_ROW {
            return None;
        }
        match (c.step_due.at(step), c.step_present.at(step)) {
            (Some(due), Some(present)) => (present * 3 < due * 2).then_some(Verdict::Breach),
            _ => Some(Verdict::Unverified),
        }
    }

    /// JD004: more than half of those who should be there agreed.
    pub fn jd004(&self, case: u32) -> Option<Verdict> {
        let c = self.columns;
        let step = self.steps[case as usize].latest[DISCUSSION];
        if step == NO_ROW {
            return None;
        }
        let asked = self.refused(&super::trial::Plain, step).not();
        let met = match (c.step_due.at(step), c.step_ayes.at(step)) {
            (Some(due), Some(ayes)) => Truth::of(ayes * 2 > due),
            _ => Truth::Maybe,
        };
        match (asked, met) {
            (Truth::No, _) | (_, Truth::Yes) => None,
            (Truth::Yes, Truth::No) => Some(Verdict::Breach),
            _ => Some(Verdict::Unverified),
        }
    }

    /// SX001: each stage begins no earlier than the one before ends. Tells the pairs that do not.
    pub fn sx001(&self, case: u32, mut broken: impl FnMut(u8, Verdict)) {
        let c = self.columns;
        let steps = &self.steps[case as usize];
        if steps.count < 2 {
            return;
        }
        let eye = &super::trial::Plain;
        let one = |kind: usize| {
            let step = steps.latest[kind];
            (step != NO_ROW).then(|| (c.step_start.at(eye, step), c.step_end(eye, step)))
        };
        let recommended = match (one(MEETING), one(TALK)) {
            (Some((s, e)), Some((t, f))) => {
                Some((Span { lo: s.lo.min(t.lo), hi: s.hi.min(t.hi) }, Span { lo: e.lo.max(f.lo), hi: e.hi.max(f.hi) }))
            }
            (one, other) => one.or(other),
        };
        let notice = if c.case_reshuffle.at(eye, case) == Truth::Yes { None } else { one(NOTICE) };
        let stages = [one(MOTION), recommended, one(CANDIDATES), one(INSPECTION), one(DISCUSSION), notice, one(APPOINTMENT)];
        let mut earlier: Option<(u8, Span)> = None;
        for (stage, times) in (0u8..).zip(stages) {
            let Some((start, end)) = times else { continue };
            if let Some((before, ended)) = earlier {
                match start.before(ended) {
                    Truth::No => {}
                    Truth::Maybe => broken(before * 10 + stage, Verdict::Unverified),
                    Truth::Yes => broken(before * 10 + stage, Verdict::Breach),
                }
            }
            earlier = Some((stage, end));
        }
    }

    /// RZ001: a talk between the decision and taking office.
    pub fn rz001(&self, eye: &impl Eye, case: u32) -> Option<Verdict> {
        let c = self.columns;
        let promoted = self.promotion(eye, case);
        if promoted == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let latest = &self.steps[case as usize].latest;
        if latest[APPOINTMENT] == NO_ROW {
            return Some(Verdict::Pending);
        }
        let last_day = match latest[ARRIVAL] {
            NO_ROW => c.step_start.at(eye, latest[APPOINTMENT]).days_later(15),
            arrival => c.step_start.at(eye, arrival),
        };
        let (has_decision, decided) = self.decided(eye, case);
        let in_time = |talk: u32| {
            if c.talk_kind.at(eye, talk).among(TALKS_BEFORE) == Truth::No {
                return Truth::No;
            }
            let date = c.talk_date.at(eye, talk);
            let after = if has_decision == Truth::No { Truth::Yes } else { has_decision.not().or(decided.by(date)) };
            c.talk_kind.at(eye, talk).among(TALKS_BEFORE).and(date.by(last_day)).and(after)
        };
        let talked = c.talks(c.case_person[case as usize]).map(in_time).fold(Truth::No, Truth::or);
        let reached = talked.or(last_day.before(Span::exact(self.as_of)));
        Some(match (reached, talked) {
            (Truth::No, _) => Verdict::Pending,
            (_, Truth::Yes) => Verdict::Compliant,
            (Truth::Yes, Truth::No) => asked(promoted, Verdict::Advice),
            _ => Verdict::Unverified,
        })
    }

    /// ZG004 and ZG005: two years as deputy before becoming chief, three as chief before becoming deputy a level higher.
    pub fn tenure(&self, eye: &impl Eye, case: u32, office: Office) -> Option<Verdict> {
        let c = self.columns;
        let (targets, months) = match office {
            Office::Deputy => (CHIEF_LEVELS, 24),
            Office::Chief => (DEPUTY_LEVELS, 36),
        };
        let level = c.case_level.at(eye, case);
        let mut applies = level.among(targets);
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        applies = applies.and(self.promotion(eye, case)).and(c.case_exception.filled(case).not());
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let (has_decision, decided) = self.decided(eye, case);
        if has_decision == Truth::No {
            return Some(Verdict::Pending);
        }
        let below = |code: i32| (code + 1).min(LEVELS - 1);
        let lower = Span { lo: below(level.lo), hi: below(level.hi) };
        applies = applies.and(self.held_level(eye, case, decided).map_or(Truth::Maybe, |held| held.equals(lower)));
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let served = self.months_at(eye, c.case_person[case as usize], lower, decided);
        Some(asked(applies.and(has_decision), at_least(served.lo, served.hi, months, Verdict::Breach)))
    }

    /// The highest level held on the day of the decision, by other posts than the case gave, and by ranks.
    fn held_level(&self, eye: &impl Eye, case: u32, decided: Span) -> Option<Span> {
        let c = self.columns;
        let person = c.case_person[case as usize];
        let mut posts = Highest::default();
        for post in c.posts(person) {
            let own = match c.post_case[post as usize] {
                this if this == case => Truth::Yes,
                unknown if unknown > NONE_ROW || unknown == guiju::records::FAR_ROW => Truth::Maybe,
                _ => Truth::No,
            };
            let mut held = c.post.start.at(eye, post).by(decided).and(own.not());
            if held == Truth::No {
                continue;
            }
            held = held.and(decided.by(c.post.end.at(eye, post))).and(c.post.kind.at(eye, post).among(OFFICE));
            posts.add(held, c.post.level.at(eye, post));
        }
        let mut ranks = Highest::default();
        for rank in c.ranks(person) {
            let held = c.rank_start.at(eye, rank).by(decided).and(decided.by(c.rank_end.at(eye, rank)));
            ranks.add(held, as_level(c.rank.at(eye, rank)));
        }
        match (posts.get(), ranks.get()) {
            (Some(a), Some(b)) => Some(Span { lo: a.lo.min(b.lo), hi: a.hi.min(b.hi) }),
            (one, other) => one.or(other),
        }
    }

    /// Whole months in posts (from the decision on each, where known) and ranks of a level, until a day.
    fn months_at(&self, eye: &impl Eye, person: u32, level: Span, until: Span) -> Span {
        let c = self.columns;
        if until.is_unknown() {
            return Span { lo: 0, hi: i32::MAX };
        }
        let mut held = Held::default();
        for post in c.posts(person) {
            let counts = c.post.level.at(eye, post).equals(level).and(c.post.kind.at(eye, post).among(OFFICE));
            if counts == Truth::No {
                continue;
            }
            let start = match c.post_case[post as usize] {
                NONE_ROW => c.post.start.at(eye, post),
                unknown if unknown >= guiju::records::FAR_ROW => Span::UNKNOWN,
                case => match self.decided(eye, case) {
                    (Truth::No, _) => c.post.start.at(eye, post),
                    (_, decided) => decided,
                },
            };
            held.add(counts, start, c.post.end.at(eye, post));
        }
        for rank in c.ranks(person) {
            let counts = as_level(c.rank.at(eye, rank)).equals(level);
            held.add(counts, c.rank_start.at(eye, rank), c.rank_end.at(eye, rank));
        }
        let mut spans = Vec::with_capacity(held.0.len());
        held.shortest(until.lo, &mut spans);
        let lo = merged_months(&mut spans);
        held.longest(until.hi, &mut spans);
        Span { lo, hi: merged_months(&mut spans) }
    }

    /// Whether somebody is still there; a blank status counts as there.
    #[inline(always)]
    fn active(&self, eye: &impl Eye, person: u32) -> Truth {
        let c = self.columns;
        match c.person_status.filled(person) {
            Truth::No => Truth::Yes,
            filled => filled.and(c.person_status.at(eye, person).among(GONE)).not(),
        }
    }

    #[inline(always)]
    fn leads(&self, eye: &impl Eye, posts: &Posts<'_>, post: u32) -> Truth {
        posts.leader.at(eye, post).and(posts.kind.at(eye, post).among(OFFICE))
    }

    #[inline(always)]
    fn current(&self, eye: &impl Eye, posts: &Posts<'_>, post: u32) -> Truth {
        let today = Span::exact(self.as_of);
        let held = today.by(posts.end.at(eye, post)).and(posts.start.at(eye, post).by(today));
        if held == Truth::No { held } else { held.and(self.active(eye, posts.person[post as usize])) }
    }

    /// Whether the regulation on terms of office binds a post.
    fn term_post(&self, eye: &impl Eye, posts: &Posts<'_>, post: u32) -> Truth {
        let c = self.columns;
        let mut bound = self.current(eye, posts, post);
        if bound == Truth::No {
            return bound;
        }
        bound = bound.and(self.leads(eye, posts, post)).and(posts.level.at(eye, post).by(Span::exact(COUNTY_DEPUTY)));
        if bound == Truth::No {
            return bound;
        }
        let (all, chiefs) = match posts.unit[post as usize] {
            unknown if unknown >= guiju::records::FAR_ROW => (Truth::Maybe, Truth::Maybe),
            unit => {
                let kind = c.unit_kind.at(eye, unit);
                (kind.among(PARTY_AND_GOVERNMENT), kind.among(DISCIPLINE_AND_COURTS))
            }
        };
        bound.and(all.or(chiefs.and(posts.chief.at(eye, post))))
    }

    /// RQ001: ten years in one post.
    pub fn rq001(&self, eye: &impl Eye, spell: u32) -> Option<Verdict> {
        let c = self.columns;
        let today = Span::exact(self.as_of);
        let mut applies = if self.as_of < TERMS_REGULATION { Truth::No } else { self.term_post(eye, &c.spell, spell) };
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        if c.is_doubtful(spell) {
            applies = Truth::Maybe;
        }
        let starts = c.spell.start.at(eye, spell);
        let started = starts.by(today);
        if started == Truth::No {
            return Some(Verdict::Pending);
        }
        let due = starts.months_later(120);
        let past = due.by(today);
        Some(asked(applies, deadline(Truth::No, started.and(past), due.days_later(-180).by(today), Verdict::Breach)))
    }

    /// RQ002: fifteen years in leading posts of one level.
    pub fn rq002(&self, eye: &impl Eye, person: u32) -> Option<Verdict> {
        let c = self.columns;
        let today = Span::exact(self.as_of);
        let mut some = Truth::No;
        let mut highest = Highest::default();
        for post in c.posts(person) {
            let mut leads = self.current(eye, &c.post, post);
            if leads != Truth::No {
                leads = leads.and(self.leads(eye, &c.post, post));
                some = some.or(leads);
                highest.add(leads, c.post.level.at(eye, post));
            }
        }
        if some == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let top = highest.get();
        let applies = some.and(top.map_or(Truth::Maybe, |t| t.by(Span::exact(TOWN_DEPUTY))));
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let mut held = Held::default();
        for post in c.posts(person) {
            let counts = top.map_or(Truth::Maybe, |t| t.equals(c.post.level.at(eye, post)));
            if counts != Truth::No {
                let counts = counts.and(self.leads(eye, &c.post, post));
                held.add(counts, c.post.start.at(eye, post), c.post.end.at(eye, post));
            }
        }
        let mut spans = Vec::with_capacity(held.0.len());
        let never = |day: Option<Day>| day.unwrap_or(Day::FUTURE).0;
        held.longest(i32::MAX, &mut spans);
        let lo = never(reaches(&mut spans, 180));
        held.shortest(i32::MAX, &mut spans);
        let due = Span { lo, hi: never(reaches(&mut spans, 180)) };
        let past = due.by(today);
        let warned = due.days_later(-180).by(today);
        if past == Truth::No && warned == Truth::No {
            return Some(Verdict::Pending);
        }
        let bound = c.posts(person).map(|p| self.term_post(eye, &c.post, p)).fold(Truth::No, Truth::or);
        let worst = match bound {
            Truth::Yes => Verdict::Breach,
            Truth::No => Verdict::Advice,
            Truth::Maybe => Verdict::Unverified,
        };
        Some(asked(applies, deadline(Truth::No, past, warned, worst)))
    }

    /// TH001: a talk within fifteen days of the appointment.
    pub fn th001(&self, eye: &impl Eye, case: u32) -> Option<Verdict> {
        let c = self.columns;
        let applies = c.case_kind.at(eye, case).among(CHANGES);
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let appointment = self.steps[case as usize].latest[APPOINTMENT];
        if appointment == NO_ROW {
            return Some(Verdict::Pending);
        }
        let today = Span::exact(self.as_of);
        let starts = c.step_start.at(eye, appointment);
        let started = starts.by(today);
        if started == Truth::No {
            return Some(Verdict::Pending);
        }
        let (opens, due) = (starts.days_later(-15), starts.days_later(15));
        let in_time = |talk: u32| match c.talk_kind.at(eye, talk).among(TALKS_ON_CHANGE) {
            Truth::No => Truth::No,
            kind => {
                let date = c.talk_date.at(eye, talk);
                kind.and(opens.by(date)).and(date.by(due))
            }
        };
        let met = c.talks(c.case_person[case as usize]).map(in_time).fold(Truth::No, Truth::or);
        Some(asked(applies, deadline(met, started.and(due.before(today)), Truth::No, Verdict::Advice)))
    }

    /// SJ001: an audit reported in the year before a township's chief is decided on.
    pub fn sj001(&self, eye: &impl Eye, case: u32) -> Option<Verdict> {
        let c = self.columns;
        let exchanged = c.case_kind.at(eye, case).equals(Span::exact(EXCHANGE));
        let mut applies = self.promotion(eye, case).or(exchanged);
        if applies != Truth::No {
            applies = applies.and(c.case_chief.at(eye, case));
        }
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        applies = applies.and(match c.case_unit[case as usize] {
            unknown if unknown >= guiju::records::FAR_ROW => Truth::Maybe,
            unit => c.unit_kind.at(eye, unit).among(TOWNSHIP),
        });
        if applies == Truth::No {
            return Some(Verdict::NotApplicable);
        }
        let (has_decision, decided) = self.decided(eye, case);
        if has_decision == Truth::No {
            return Some(Verdict::Pending);
        }
        let opens = decided.months_later(-12);
        let in_time = |audit: u32| {
            let reported = c.audit_reported.at(eye, audit);
            let kind = c.audit_kind.at(eye, audit).equals(Span::exact(BEFORE_APPOINTMENT));
            kind.and(reported.by(decided)).and(opens.by(reported))
        };
        Some(match c.audits(c.case_person[case as usize]).map(in_time).fold(Truth::No, Truth::or) {
            Truth::Yes => Verdict::Compliant,
            Truth::No => asked(applies.and(has_decision), Verdict::Advice),
            Truth::Maybe => Verdict::Unverified,
        })
    }
}

/// A finding on what was perhaps not asked cannot be verified.
#[inline(always)]
fn asked(applies: Truth, verdict: Verdict) -> Verdict {
    if applies == Truth::Maybe && verdict.is_finding() { Verdict::Unverified } else { verdict }
}

/// Whether a number is reached that may be anything from `least` to `most`.
#[inline(always)]
fn at_least(least: i32, most: i32, wanted: i32, worst: Verdict) -> Verdict {
    if least >= wanted {
        Verdict::Compliant
    } else if most < wanted {
        worst
    } else {
        Verdict::Unverified
    }
}

/// What a deadline comes to.
#[inline(always)]
fn deadline(met: Truth, past: Truth, warned: Truth, worst: Verdict) -> Verdict {
    match (met, past, warned) {
        (Truth::Yes, ..) => Verdict::Compliant,
        (Truth::No, Truth::Yes, _) => worst,
        (_, Truth::Yes | Truth::Maybe, _) => Verdict::Unverified,
        (_, Truth::No, Truth::No) => Verdict::Pending,
        (Truth::No, Truth::No, Truth::Yes) => Verdict::Warning,
        _ => Verdict::Unverified,
    }
}

fn as_level(rank: Span) -> Span {
    let level = |code: i32| LEVEL_OF_RANK.get(code as usize).copied().unwrap_or(-1);
    Span { lo: level(rank.lo), hi: level(rank.hi) }
}

/// The highest level (the least code) of posts that count; those that may count widen it.
#[derive(Default)]
struct Highest {
    sure: Option<Span>,
    maybe: Option<Span>,
}

impl Highest {
    #[inline(always)]
    fn add(&mut self, counts: Truth, level: Span) {
        if counts == Truth::Yes {
            let least = |old: Span| Span { lo: old.lo.min(level.lo), hi: old.hi.min(level.hi) };
            self.sure = Some(self.sure.map_or(level, least));
        } else if counts == Truth::Maybe {
            self.maybe = Some(self.maybe.map_or(level, |old| old.hull(level)));
        }
    }

    fn get(&self) -> Option<Span> {
        match (self.sure, self.maybe) {
            (sure, None) => sure,
            (None, Some(_)) => Some(Span::UNKNOWN),
            (Some(sure), Some(maybe)) => Some(sure.hull(Span { lo: sure.lo.min(maybe.lo), hi: sure.hi.min(maybe.hi) })),
        }
    }
}

/// Stretches of time held.
#[derive(Default)]
struct Held(Vec<(Truth, Span, Span)>);

impl Held {
    #[inline(always)]
    fn add(&mut self, counts: Truth, start: Span, end: Span) {
        if counts != Truth::No {
            self.0.push((counts, start, end));
        }
    }

    /// The least that they may come to.
    fn shortest(&self, until: i32, spans: &mut Vec<(Day, Day)>) {
        spans.clear();
        let sure = self.0.iter().filter(|s| s.0 == Truth::Yes);
        spans.extend(sure.filter_map(|s| half_open(s.1.hi, s.2.lo, until)));
    }

    /// The most.
    fn longest(&self, until: i32, spans: &mut Vec<(Day, Day)>) {
        spans.clear();
        spans.extend(self.0.iter().filter_map(|s| half_open(s.1.lo, s.2.hi, until)));
    }
}

/// From `start` to the day after `end`, cut at `until`.
#[inline(always)]
fn half_open(start: i32, end: i32, until: i32) -> Option<(Day, Day)> {
    let (past, future) = (Day::PAST.0, Day::FUTURE.0);
    let after = if end >= future { future } else { end.saturating_add(1) };
    let (start, end) = (start.clamp(past, future), after.min(until).clamp(past, future));
    (start < end).then_some((Day(start), Day(end)))
}
