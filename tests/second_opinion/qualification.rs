//! 资格、职数、动议、推荐.

use crate::days::{plus_months, ymd};
use crate::words::*;
use crate::world::{LEVELS, Row, Said, World, level};

/// decided − work_date ≥ 5年.
pub fn zg001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = promotion(w, case) && [6, 7].contains(&w.level(case)) && !case.has("exception");
    let Some(decided) = decided(w, case).filter(|_| asked) else { return vec![] };
    let met = w.day(person(w, case), "work_date").is_some_and(|d| plus_months(d, 60) <= decided);
    say(case, unless(met, BREACH))
}

/// 24 months at the grass roots.
pub fn zg002(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = promotion(w, case) && [6, 7].contains(&w.level(case)) && !case.has("exception");
    let Some(decided) = decided(w, case).filter(|_| asked) else { return vec![] };
    let posts = posts(w, case.raw("person_id")).into_iter().filter(|p| w.yes(p, "grassroots"));
    let met = months_in(posts.map(|p| span(w, p)).collect(), decided) >= 24 || w.yes(person(w, case), "grassroots_two_years");
    say(case, unless(met, BREACH))
}

/// Two posts one step below.
pub fn zg003(w: &World<'_>, case: &Row) -> Vec<Said> {
    if !promotion(w, case) || w.level(case) > level("县处级副职") {
        return vec![];
    }
    let Some(decided) = decided(w, case) else { return vec![] };
    let below = w.level(case) + 1;
    let posts = posts(w, case.raw("person_id")).into_iter().filter(|p| w.date(p, "start") < decided && w.level(p) == below);
    let mut seen: Vec<(&str, &str)> = posts.map(|p| (p.raw("unit_id"), p.raw("title"))).collect();
    let ranks = w.of("rank", "person_id", case.raw("person_id")).into_iter();
    seen.extend(ranks.filter(|r| rank_level(r) == below && w.date(r, "start") < decided).map(|r| ("rank", r.raw("rank"))));
    seen.sort_unstable();
    seen.dedup();
    say(case, unless(seen.len() >= 2, ADVICE))
}

/// From a level to the one just above: so many months at the lower.
fn step_up(w: &World<'_>, case: &Row, to_chief: bool, months: i32) -> Vec<Said> {
    let asked =
        promotion(w, case) && w.level(case) <= level("县处级副职") && is_chief_level(w.level(case)) == to_chief && !case.has("exception");
    let Some(decided) = decided(w, case).filter(|_| asked) else { return vec![] };
    let below = w.level(case) + 1;
    if tenure(w, case.raw("person_id"), below, decided) >= months {
        return vec![];
    }
    say(
        case,
        match level_held(w, case.raw("person_id"), decided, case.id()) {
            None => Some(OPEN),
            Some(held) => (held == below).then_some(BREACH),
        },
    )
}

pub fn zg004(w: &World<'_>, case: &Row) -> Vec<Said> {
    step_up(w, case, true, 24)
}

pub fn zg005(w: &World<'_>, case: &Row) -> Vec<Said> {
    step_up(w, case, false, 36)
}

/// Section levels.
pub fn zg008(w: &World<'_>, case: &Row) -> Vec<Said> {
    if !promotion(w, case) || case.has("exception") {
        return vec![];
    }
    let (below, months) = match LEVELS[w.level(case)] {
        "乡科级正职" => ("乡科级副职", 24),
        "乡科级副职" => ("科员级", 36),
        _ => return vec![],
    };
    let Some(decided) = decided(w, case) else { return vec![] };
    say(case, unless(tenure(w, case.raw("person_id"), level(below), decided) >= months, ADVICE))
}

/// An exception agreed to above.
pub fn zg010(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|_| case.has("exception")) else { return vec![] };
    let inspected = start(w, latest(w, case, &["考察"]));
    let in_time = |s: &&Row| {
        let end = w.date(s, "end");
        end < decided && (case.raw("exception") != "越级" || inspected.is_none_or(|day| end < day))
    };
    let results: Vec<&str> = steps(w, case, &["破格报批"]).into_iter().filter(in_time).map(|s| s.raw("result")).collect();
    say(case, if results.contains(&"同意") { None } else { Some(if results.contains(&"") { OPEN } else { BREACH }) })
}

/// No exception on probation or within a year of the promotion before.
pub fn zg011(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|d| case.has("exception") && *d >= ymd(2014, 1, 14)) else { return vec![] };
    let on_trial = earlier_promotions(w, case, decided).into_iter().any(|(c, _)| in_trial_year(w, c, decided));
    let soon = previous(w, case, decided).is_some_and(|(_, before)| decided < plus_months(before, 12));
    say(case, unless(!on_trial && !soon, BREACH))
}

fn in_trial_year(w: &World<'_>, case: &Row, day: i32) -> bool {
    on_probation(w, case) && start(w, appointment(w, case)).is_some_and(|from| from <= day && day < plus_months(from, 12))
}

pub fn zg012(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|d| case.has("exception") && *d >= ymd(2014, 1, 14)) else { return vec![] };
    say(case, unless(!previous(w, case, decided).is_some_and(|(c, _)| c.has("exception")), BREACH))
}

/// Steps skipped.
pub fn zg013(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|_| promotion(w, case)) else { return vec![] };
    let Some(held) = level_held(w, case.raw("person_id"), decided, case.id()) else { return say(case, Some(OPEN)) };
    let up = held as i32 - w.level(case) as i32;
    say(case, unless(up <= 1 || up == 2 && case.raw("exception") == "越级", BREACH))
}

/// Nobody on probation is moved.
pub fn sy005(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = ["提拔", "平级调整", "交流"].contains(&case.raw("kind"));
    let Some(decided) = decided(w, case).filter(|_| asked) else { return vec![] };
    let on_trial = earlier_promotions(w, case, decided).into_iter().any(|(c, _)| in_trial_year(w, c, decided));
    say(case, unless(!on_trial, ADVICE))
}

// 职数.

fn in_force<'a>(w: &World<'a>, unit: &str, at: usize, day: i32) -> Option<&'a Row> {
    let all = w.of("quota", "unit_id", unit).into_iter().filter(|q| w.level(q) == at);
    let now = all.filter(|q| w.day(q, "start").is_none_or(|s| s <= day) && w.day(q, "end").is_none_or(|e| e >= day));
    now.max_by_key(|q| (w.first(q, "start"), q.id()))
}

fn leading<'a>(w: &World<'a>, unit: &str, at: usize, held: impl Fn(&Row) -> bool) -> Vec<&'a Row> {
    let all = w.of("post", "unit_id", unit).into_iter();
    all.filter(|p| held(p) && w.level(p) == at && leader_post(w, p)).collect()
}

/// Over the quota. One level at a time.
pub fn zs001(w: &World<'_>, unit: &Row) -> Vec<Said> {
    let held = leading(w, unit.id(), w.nth, |p| current(w, p)).len();
    let quota = in_force(w, unit.id(), w.nth, w.as_of);
    level_said(w, unit, unless(quota.is_none_or(|q| held as f64 <= w.number(q, "approved")), BREACH))
}

/// No quota recorded. A post whose level is blank asks for none.
pub fn zs003(w: &World<'_>, unit: &Row) -> Vec<Said> {
    let mut posts = w.of("post", "unit_id", unit.id()).into_iter().filter(|p| p.raw("level") == LEVELS[w.nth]);
    let held = posts.any(|p| current(w, p) && leader_post(w, p));
    level_said(w, unit, unless(!held || in_force(w, unit.id(), w.nth, w.as_of).is_some(), ADVICE))
}

fn level_said(w: &World<'_>, unit: &Row, verdict: Option<&'static str>) -> Vec<Said> {
    verdict.map(|v| said(&format!("{}/{}", unit.id(), LEVELS[w.nth]), "", v)).into_iter().collect()
}

/// No vacancy on the day of the motion.
pub fn zs002(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(day) = start(w, latest(w, case, &["动议"])).filter(|_| promotion(w, case)) else { return vec![] };
    let (unit, at) = (case.raw("unit_id"), w.level(case));
    let Some(quota) = in_force(w, unit, at, day) else { return vec![] };
    let batch = if case.has("batch_id") { w.rows("case") } else { &[] };
    let batch: Vec<&Row> = batch.iter().filter(|c| c.raw("batch_id") == case.raw("batch_id")).collect();
    let leaves = |post: &Row| {
        batch.iter().any(|c| match c.raw("from_post_id") {
            // It may be any post of this person.
            "" if c.raw("person_id") == post.raw("person_id") => {
                let own = posts(w, c.raw("person_id"));
                own.get(w.one_of(c, "from_post_id", own.len() + 1)).is_some_and(|p| p.id() == post.id())
            }
            from => from == post.id(),
        })
    };
    let held = leading(w, unit, at, |p| p.raw("case_id") != case.id() && held_on(w, p, day)).into_iter().filter(|p| !leaves(p)).count();
    say(case, unless(held as f64 + 1.0 <= w.number(quota, "approved"), BREACH))
}

// 动议、推荐.

const RECOMMENDED: [&str; 2] = ["会议推荐", "谈话推荐"];

pub fn dy001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let later = steps(w, case, &["会议推荐", "谈话推荐", "确定考察对象", "考察", "讨论决定", "任职通知"]);
    let Some(anchor) = later.into_iter().map(|s| w.date(s, "start")).min() else { return vec![] };
    let asked = promotion(w, case) && anchor >= ymd(2014, 1, 14);
    say(case, unless(!asked || latest(w, case, &["动议"]).is_some(), BREACH))
}

/// The meeting's recommendation, or leave to do without it (2019).
pub fn tj001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let (inspection, discussion) = (latest(w, case, &["考察"]), latest(w, case, &["讨论决定"]));
    if !promotion(w, case) || ["公开选拔", "竞争上岗"].contains(&w.code(case, "mode")) {
        return vec![];
    }
    let anchor = decision(w, case).or(inspection).or(appointment(w, case)).or(discussion);
    let Some(anchor) = start(w, anchor) else { return vec![] };
    let excused = anchor >= ymd(2019, 3, 3) && steps(w, case, &["谈话推荐"]).iter().any(|s| s.has("exempt_reason"));
    say(case, unless(excused || latest(w, case, &["会议推荐"]).is_some(), BREACH))
}

/// A recommendation holds for a year.
pub fn tj003(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(last) = steps(w, case, &RECOMMENDED).into_iter().map(|s| w.date(s, "end")).max() else { return vec![] };
    let Some(chosen) = start(w, latest(w, case, &["确定考察对象"]).or(latest(w, case, &["考察"]))) else { return vec![] };
    say(case, unless(chosen <= plus_months(last, 12), BREACH))
}
