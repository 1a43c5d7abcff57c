//! What can only be written once everyone is known: quotas that fit the posts held, and the marks of 优秀.

use std::collections::{BTreeMap, BTreeSet};

use crate::county::{AS_OF, County};
use crate::day::{Day, ymd};
use crate::table::{Cell, Row, T, row};
use crate::units::{LEVELS, UNITS};

/// Quotas of two periods for every level of post that a unit has leaders in: enough for today's holders and, on the day each
/// promotion was first considered, for one more.
pub fn write_quotas(county: &mut County) {
    let periods = [(ymd(2003, 1, 1), Some(ymd(2018, 12, 31))), (ymd(2019, 1, 1), None)];
    let held: Vec<Held> = county.of(T::Post).iter().filter_map(held).collect();
    let mut need: BTreeMap<(String, usize, usize), usize> = BTreeMap::new();
    for key in held.iter().filter(|h| h.from <= AS_OF && h.to >= AS_OF) {
        *need.entry((key.unit.clone(), key.level, 1)).or_default() += 1;
    }
    let motions: BTreeMap<String, Day> = county
        .of(T::Step)
        .iter()
        .filter(|s| s.get("kind").is("动议"))
        .filter_map(|s| s.get("start").days().map(|d| (s.get("case_id").text(), d.0)))
        .collect();
    for case in county.of(T::Case).iter().filter(|c| c.get("kind").is("提拔")) {
        let (Some(&day), Some(level)) = (motions.get(&case.id()), level(case)) else {
            continue;
        };
        let period = usize::from(day >= ymd(2019, 1, 1));
        let unit = case.get("unit_id").text();
        let others =
            held.iter().filter(|h| h.unit == unit && h.level == level && h.from <= day && h.to >= day && h.case != case.id()).count();
        let entry = need.entry((unit, level, period)).or_default();
        *entry = (*entry).max(others + 1);
    }
    for ((unit, level, period), approved) in need {
        let (start, end) = periods[period];
        let new = row(T::Quota).with("unit_id", unit).with("level", LEVELS[level]).with("approved", approved as i32);
        county.push(new.with("start", start).with("end", end).with("document", format!("云编〔{}〕{}号", start.year(), level + 7)));
    }
}

/// A leader's post, over the widest span that its dates allow.
struct Held {
    unit: String,
    level: usize,
    case: String,
    from: Day,
    to: Day,
}

fn held(post: &Row) -> Option<Held> {
    let counts = *post.get("leader") == Cell::Bool(true) && ["任职", "主持工作", "试任"].iter().any(|k| post.get("kind").is(k));
    if !counts {
        return None;
    }
    let from = post.get("start").days()?.0;
    let to = post.get("end").days().map_or(ymd(9999, 12, 31), |d| d.1);
    Some(Held { unit: post.get("unit_id").text(), level: level(post)?, case: post.get("case_id").text(), from, to })
}

fn level(row: &Row) -> Option<usize> {
    LEVELS.iter().position(|l| row.get("level").is(l))
}

/// Marks one in six of each unit's 称职 of each year as 优秀: below the fifth that is allowed, even should one person less count.
pub fn mark_excellent(county: &mut County) {
    let home: BTreeMap<String, String> = county.of(T::Person).iter().map(|p| (p.id(), p.get("unit_id").text())).collect();
    let mut posts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, post) in county.of(T::Post).iter().enumerate() {
        posts.entry(post.get("person_id").text()).or_default().push(at);
    }
    // Those who were marked down or are watched for something else keep what they have.
    let noted: BTreeSet<String> = county.of(T::Sanction).iter().chain(county.of(T::Rank)).map(|r| r.get("person_id").text()).collect();
    let mut groups: BTreeMap<(String, i32), Vec<usize>> = BTreeMap::new();
    for (at, mark) in county.of(T::Assessment).iter().enumerate() {
        let Cell::Int(year) = mark.get("year") else {
            continue;
        };
        let year = *year as i32;
        let person = mark.get("person_id").text();
        let close = ymd(year, 12, 31);
        let on_the_day = |at: &usize| {
            let post = &county.of(T::Post)[*at];
            let from = post.get("start").days().map_or(close, |d| d.0);
            let to = post.get("end").days().map_or(close, |d| d.1);
            from <= close && to >= close && !post.get("kind").is("挂职") && !post.get("kind").is("兼职")
        };
        let best = posts.get(&person).into_iter().flatten().copied().filter(on_the_day).max_by_key(|at| {
            let post = &county.of(T::Post)[*at];
            (level(post), post.get("start").days(), std::cmp::Reverse(post.id()))
        });
        let unit = best.map_or_else(|| home.get(&person).cloned().unwrap_or_default(), |at| county.of(T::Post)[at].get("unit_id").text());
        groups.entry((unit, year)).or_default().push(at);
    }
    for marks in groups.values() {
        let allowed = marks.len() / 6;
        let fit: Vec<usize> = marks.iter().copied().filter(|at| fit(&county.of(T::Assessment)[*at], &noted)).take(allowed).collect();
        for at in fit {
            county.of_mut(T::Assessment)[at].set("result", "优秀");
        }
    }
}

fn fit(mark: &Row, noted: &BTreeSet<String>) -> bool {
    mark.get("result").is("称职") && !noted.contains(&mark.get("person_id").text())
}

/// Evaluations of the county's committees by those who attend, year by year.
pub fn write_evaluations(county: &mut County) {
    for unit in (0..UNITS.len()).filter(|u| UNITS[*u].1 == "党委") {
        for year in 2012..=2025 {
            let satisfied = 88 + (year * 7 + unit as i32 * 3) % 11;
            let new = row(T::Evaluation).with("unit_id", county.unit_id(unit)).with("year", year).with("date", ymd(year + 1, 1, 12));
            county.push(new.with("satisfied", satisfied).with("dissatisfied", (100 - satisfied) / 2));
        }
    }
}
