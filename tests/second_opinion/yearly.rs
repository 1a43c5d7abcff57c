//! 培训、考核、报告、后备、职级、整改: what comes round every year, and ranks.

use crate::days::{Day, plus_months, whole_months, year, ymd};
use crate::words::*;
use crate::world::{Row, Said, World, level};

/// The last three complete years.
fn last_years(w: &World<'_>) -> std::ops::Range<i32> {
    year(w.as_of) - 3..year(w.as_of)
}

fn of_year(person: &Row, year: i32, verdict: Option<&'static str>) -> Vec<Said> {
    verdict.map(|v| said(person.id(), &year.to_string(), v)).into_iter().collect()
}

/// Hours of five years.
pub fn px001(w: &World<'_>, person: &Row) -> Vec<Said> {
    let asked = serving(person) && w.as_of >= ymd(2023, 10, 1) && top(w, person.id()).is_some_and(|t| t <= level("县处级副职"));
    if !asked {
        return vec![];
    }
    let window = year(w.as_of) - 5..year(w.as_of);
    let courses = w.of("training", "person_id", person.id()).into_iter().filter(|t| window.contains(&year(w.date(t, "start"))));
    let (known, blank): (Vec<&Row>, Vec<&Row>) = courses.partition(|t| t.has("hours"));
    let enough = known.into_iter().map(|t| w.number(t, "hours")).sum::<f64>() >= 550.0;
    say(person, unless(enough, if blank.is_empty() { ADVICE } else { OPEN }))
}

/// An assessment for every year all of which was spent in posts.
pub fn kh001(w: &World<'_>, person: &Row) -> Vec<Said> {
    if !serving(person) {
        return vec![];
    }
    let each = last_years(w).flat_map(|y| {
        let seen = w.of("assessment", "person_id", person.id()).into_iter().any(|a| w.number(a, "year") as i32 == y);
        let asked = || {
            let (first, past) = (ymd(y, 1, 1), ymd(y + 1, 1, 1));
            let mut spans: Vec<(Day, Day)> = posts(w, person.id()).into_iter().map(|p| span(w, p)).collect();
            merge(&mut spans, past);
            w.as_of >= ymd(y + 1, 4, 1) && spans.iter().any(|s| s.0 <= first && s.1 >= past)
        };
        of_year(person, y, unless(seen || !asked(), ADVICE))
    });
    each.collect()
}

pub fn kh002(w: &World<'_>, person: &Row) -> Vec<Said> {
    let unfit = |a: &&Row| a.raw("result") == "不称职";
    let years: Vec<i32> =
        w.of("assessment", "person_id", person.id()).into_iter().filter(unfit).map(|a| w.number(a, "year") as i32).collect();
    say(person, unless(!serving(person) || !years.iter().any(|y| years.contains(&(y + 1))), BREACH))
}

/// A report of personal matters by the end of January, from those who led on the last day of the year.
pub fn bg001(w: &World<'_>, person: &Row) -> Vec<Said> {
    if !serving(person) {
        return vec![];
    }
    let each = last_years(w).flat_map(|y| {
        let due = ymd(y + 1, 1, 31);
        let reports = w.of("disclosure", "person_id", person.id()).into_iter().filter(|d| d.raw("kind") == "年度报告");
        let mut reports = reports.filter(|d| w.number(d, "year") as i32 == y);
        let led = |p: &&Row| {
            leader_post(w, p)
                && held_on(w, p, ymd(y, 12, 31))
                && w.level(w.get("post", "post_id", p.id()).expect("it is there")) <= level("县处级副职")
        };
        let met = w.as_of <= due || reports.any(|d| w.date(d, "date") <= due);
        of_year(person, y, unless(met || !posts(w, person.id()).iter().any(led), BREACH))
    });
    each.collect()
}

/// At most a fifth excellent, by the unit of the main post at the end of the year. One year at a time.
pub fn kh004(w: &World<'_>, unit: &Row) -> Vec<Said> {
    let y = FIRST_ASSESSED + w.nth as i32;
    let mut people: Vec<&str> = w.of("post", "unit_id", unit.id()).into_iter().map(|p| p.raw("person_id")).collect();
    people.extend(w.of("person", "unit_id", unit.id()).into_iter().map(Row::id));
    people.sort_unstable();
    people.dedup();
    let assessments = people.into_iter().flat_map(|p| w.of("assessment", "person_id", p));
    let assessments: Vec<&Row> = assessments.filter(|a| w.number(a, "year") as i32 == y).collect();
    if assessments.iter().all(|a| a.raw("result") != "优秀") {
        return vec![];
    }
    let (mut all, mut best) = (0, 0);
    for assessment in assessments {
        let who = person(w, assessment);
        let then = posts(w, who.id()).into_iter().filter(|p| held_on(w, p, ymd(y, 12, 31)) && office(w, p));
        let mut then: Vec<&Row> = then.collect();
        let top = if then.len() < 2 { None } else { then.iter().map(|p| w.level(p)).min() };
        then.retain(|p| top.is_none_or(|top| w.level(p) == top));
        let main = if then.len() < 2 { then.pop() } else { then.into_iter().min_by_key(|p| (-w.date(p, "start"), p.id())) };
        if main.unwrap_or(who).raw("unit_id") == unit.id() {
            all += 1;
            best += i32::from(assessment.raw("result") == "优秀");
        }
    }
    of_year(unit, y, unless(all < 5 || best * 5 <= all, ADVICE))
}

/// The first year of which the counties have assessments.
pub const FIRST_ASSESSED: i32 = 1995;

// 后备、整改.

pub fn bc001(w: &World<'_>, reserve: &Row) -> Vec<Said> {
    let inspected = w.day(reserve, "inspected").into_iter();
    again(w, reserve, inspected.chain([w.date(reserve, "entered")]).max(), 12)
}

pub fn bc002(w: &World<'_>, reserve: &Row) -> Vec<Said> {
    again(w, reserve, w.day(reserve, "adjusted").or(Some(w.date(reserve, "entered"))), 24)
}

fn again(w: &World<'_>, reserve: &Row, last: Option<Day>, months: i32) -> Vec<Said> {
    let last = last.filter(|d| !reserve.has("left") && *d <= w.as_of);
    say(reserve, last.and_then(|d| deadline(w, plus_months(d, months), false, false, ADVICE, None)))
}

pub fn xc001(w: &World<'_>, issue: &Row) -> Vec<Said> {
    if !issue.has("deadline") {
        return vec![];
    }
    let due = w.date(issue, "deadline");
    let met = w.day(issue, "closed").is_some_and(|d| d <= due);
    say(issue, deadline(w, due, false, met, ADVICE, Some(15)))
}

// 职级.

const RANKS: [&str; 12] = [
    "一级巡视员",
    "二级巡视员",
    "一级调研员",
    "二级调研员",
    "三级调研员",
    "四级调研员",
    "一级主任科员",
    "二级主任科员",
    "三级主任科员",
    "四级主任科员",
    "一级科员",
    "二级科员",
];

/// The months asked for below each rank, and the office whose time counts as well.
fn asked_below(rank: &str) -> (i32, Option<&'static str>) {
    match rank {
        "一级巡视员" => (48, Some("厅局级副职")),
        "二级巡视员" => (48, None),
        "一级调研员" => (36, Some("县处级正职")),
        "三级调研员" => (24, Some("县处级副职")),
        "四级调研员" | "一级主任科员" => (24, Some("乡科级正职")),
        "三级主任科员" => (24, Some("乡科级副职")),
        _ => (24, None),
    }
}

fn number(rank: &Row) -> usize {
    RANKS.iter().position(|r| *r == rank.raw("rank")).expect("a rank")
}

/// How many steps up from the rank before, where that was lower; from June 2019 on.
fn raised<'a>(w: &World<'a>, rank: &'a Row) -> Option<(usize, Vec<&'a Row>)> {
    let start = w.date(rank, "start");
    let all = w.of("rank", "person_id", rank.raw("person_id"));
    let before = all.iter().filter(|r| r.id() != rank.id() && w.date(r, "start") < start).max_by_key(|r| (w.date(r, "start"), r.id()));
    let steps = number(before?).checked_sub(number(rank)).filter(|n| *n > 0)?;
    (w.as_of >= ymd(2019, 6, 1)).then_some((steps, all))
}

pub fn zj002(w: &World<'_>, rank: &Row) -> Vec<Said> {
    let rank = w.get("rank", "rank_id", rank.id()).expect("it is there");
    say(rank, raised(w, rank).and_then(|(steps, _)| unless(steps == 1, BREACH)))
}

/// Years in the rank below and the office that counts like it, less half a year for every excellent one wholly inside.
pub fn zj001(w: &World<'_>, rank: &Row) -> Vec<Said> {
    let rank = w.get("rank", "rank_id", rank.id()).expect("it is there");
    let Some((_, ranks)) = raised(w, rank) else { return vec![] };
    let (asked, office) = asked_below(rank.raw("rank"));
    let mut spans: Vec<(Day, Day)> = ranks.into_iter().filter(|r| number(r) == number(rank) + 1).map(|r| span(w, r)).collect();
    if let Some(office) = office {
        let posts = posts(w, rank.raw("person_id"));
        spans.extend(posts.into_iter().filter(|p| leader_post(w, p) && w.level(p) == level(office)).map(|p| span(w, p)));
    }
    merge(&mut spans, w.date(rank, "start"));
    let held: i32 = spans.iter().map(|s| whole_months(s.0, s.1)).sum();
    let inside = |y: &i32| spans.iter().any(|s| s.0 <= ymd(*y, 1, 1) && ymd(*y + 1, 1, 1) <= s.1);
    let best = w.of("assessment", "person_id", rank.raw("person_id")).into_iter().filter(|a| a.raw("result") == "优秀");
    let mut years: Vec<i32> = best.map(|a| w.number(a, "year") as i32).filter(inside).collect();
    years.sort_unstable();
    years.dedup();
    say(rank, unless(held >= asked - 6 * years.len() as i32, BREACH))
}
