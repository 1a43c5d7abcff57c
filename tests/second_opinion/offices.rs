//! 审计、任期、交流、回避: of the posts that people hold.

use crate::days::{Day, plus_months, ymd};
use crate::words::*;
use crate::world::{Row, Said, World, level};

/// The spells of a person that stand for posts judged: what is said of each.
fn each_spell<'a>(w: &World<'a>, person: &Row, judge: impl Fn(&Spell<'a>) -> Option<&'static str>) -> Vec<Said> {
    let all = spells(w, person.id());
    all.iter().filter_map(|s| Some(said(s.id(), "", judge(s)?))).collect()
}

const COUNTED: [&str; 7] = ["党委工作部门", "政府工作部门", "群团", "乡镇", "街道", "事业单位", "国有企业"];

/// Who leaves as chief is audited.
pub fn sj002(w: &World<'_>, person: &Row) -> Vec<Said> {
    let audits = w.of("audit", "person_id", person.id());
    each_spell(w, person, |spell| {
        let ended = w.by(spell.last, "end", w.as_of - 1);
        if !ended || !chief_post(w, spell.last) || !COUNTED.contains(&unit_kind(w, spell.last)) {
            return None;
        }
        let end = w.date(spell.last, "end");
        let due = plus_months(end, 6);
        let met = audits.iter().filter(|a| a.raw("unit_id") == spell.last.raw("unit_id")).any(|a| {
            let within = |day: Option<Day>, from: Day, to: Day| day.is_some_and(|d| from <= d && d <= to);
            let (entrusted, reported) = (w.day(a, "entrusted"), w.day(a, "reported"));
            match a.raw("kind") {
                "离任" => within(entrusted, spell.start(w), due) || within(reported, spell.start(w), due),
                "任中" => within(reported, plus_months(end, -12), end),
                _ => false,
            }
        });
        deadline(w, due, false, met, ADVICE, Some(30))
    })
}

pub fn sj003(w: &World<'_>, person: &Row) -> Vec<Said> {
    let audits = w.of("audit", "person_id", person.id());
    each_spell(w, person, |spell| {
        let asked = spell.is_current(w) && chief_post(w, spell.last) && spell.after(w, 36) <= w.as_of;
        let met = || audits.iter().any(|a| w.day(a, "reported").is_some_and(|d| d > spell.start(w)));
        unless(!asked || met(), ADVICE)
    })
}

/// Posts on which the terms of office bind, beside those of the leadership of committees and governments the chiefs of other organs.
fn bound(w: &World<'_>, post: &Row, other: impl Fn(&str) -> bool) -> bool {
    let kind = unit_kind(w, post);
    let post = w.get("post", "post_id", post.id()).expect("it is there");
    w.level(post) <= level("县处级副职") && (["党委", "政府"].contains(&kind) && leader_post(w, post) || other(kind) && chief_post(w, post))
}

const JUSTICE: [&str; 3] = ["纪委监委", "法院", "检察院"];

pub fn rq001(w: &World<'_>, person: &Row) -> Vec<Said> {
    each_spell(w, person, |spell| {
        let asked = spell.is_current(w) && bound(w, spell.last, |kind| JUSTICE.contains(&kind));
        if asked { deadline(w, spell.after(w, 120), true, false, BREACH, Some(180)) } else { None }
    })
}

pub fn jl001(w: &World<'_>, person: &Row) -> Vec<Said> {
    each_spell(w, person, |spell| {
        let name = w.get("unit", "unit_id", spell.last.raw("unit_id")).map_or("", |u| u.raw("name"));
        let others = |kind: &str| JUSTICE.contains(&kind) || kind == "党委工作部门" && name.contains("组织部");
        let asked = spell.is_current(w) && bound(w, spell.last, others);
        if asked { deadline(w, spell.after(w, 120), true, false, BREACH, None) } else { None }
    })
}

pub fn rq005(w: &World<'_>, person: &Row) -> Vec<Said> {
    each_spell(w, person, |spell| {
        let asked = spell.is_current(w) && leader_post(w, spell.last) && [8, 9].contains(&w.level(spell.last));
        if asked { deadline(w, spell.after(w, 120), true, false, ADVICE, None) } else { None }
    })
}

pub fn jl003(w: &World<'_>, person: &Row) -> Vec<Said> {
    each_spell(w, person, |spell| {
        let sensitive = ["组织人事", "财务", "审计", "纪检监察"].contains(&spell.last.raw("duties"));
        let asked = sensitive && spell.is_current(w) && leader_post(w, spell.last);
        if asked { deadline(w, spell.after(w, 60), true, false, ADVICE, None) } else { None }
    })
}

/// Fifteen years at one level.
pub fn rq002(w: &World<'_>, person: &Row) -> Vec<Said> {
    let Some(top) = top(w, person.id()).filter(|t| *t <= level("乡科级副职")) else { return vec![] };
    let posts = posts(w, person.id());
    let spans: Vec<(Day, Day)> = posts.iter().filter(|p| leader_post(w, p) && w.level(p) == top).map(|p| span(w, p)).collect();
    let held_by = |day: Day| months_in(spans.clone(), day) >= 180;
    if held_by(w.as_of) {
        let binding = posts.iter().any(|p| current(w, p) && bound(w, p, |kind| JUSTICE.contains(&kind)));
        return say(person, Some(if binding { BREACH } else { ADVICE }));
    }
    say(person, held_by(w.as_of + 180).then_some(WARNING))
}

/// A chief of a township, committee or government stays three years.
pub fn rq003(w: &World<'_>, case: &Row) -> Vec<Said> {
    if !["平级调整", "交流"].contains(&case.raw("kind")) {
        return vec![];
    }
    let Some(decided) = decided(w, case) else { return vec![] };
    let spells = spells(w, case.raw("person_id"));
    let asked = |p: &Row| chief_post(w, p) && ["乡镇", "党委", "政府"].contains(&unit_kind(w, p));
    let left: Vec<&Spell<'_>> = if case.has("from_post_id") {
        let Some(from) = w.get("post", "post_id", case.raw("from_post_id")) else { return vec![] };
        let same = |s: &&Spell<'_>| s.last.raw("unit_id") == from.raw("unit_id") && s.last.raw("title") == from.raw("title");
        spells.iter().filter(same).filter(|s| s.first.id() == from.id() || s.held_on(w, w.date(from, "start"))).collect()
    } else {
        spells.iter().filter(|s| s.last.raw("case_id") != case.id() && s.held_on(w, decided)).collect()
    };
    let short = left.into_iter().any(|s| asked(s.last) && s.after(w, 36) > decided);
    let agreed = steps(w, case, &["事项报告"]).into_iter().any(|s| s.raw("result") == "同意" && w.date(s, "end") < decided);
    say(case, unless(!short || agreed, ADVICE))
}

/// Past the age of retirement, with the delay that has begun in 2025.
pub fn rq004(w: &World<'_>, person: &Row) -> Vec<Said> {
    let Some(top) = top(w, person.id()).filter(|_| serving(person)) else { return vec![] };
    let birth = w.day(person, "birth").expect("never a fact");
    let woman = top > level("县处级副职") && w.code(person, "gender") == "女";
    let (age, first) = if woman { (55, (1970, 1)) } else { (60, (1965, 1)) };
    let (y, m, _) = crate::days::civil(birth);
    let months = (y - first.0) * 12 + m - first.1;
    let delay = if months < 0 { 0 } else { (months / 4 + 1).min(36) };
    say(person, deadline(w, plus_months(birth, age * 12 + delay), true, false, ADVICE, Some(365)))
}

/// A report at least every three months of a secondment: what is said names the checkpoint before the gap.
pub fn jl002(w: &World<'_>, post: &Row) -> Vec<Said> {
    let post = w.get("post", "post_id", post.id()).expect("it is there");
    let from = w.date(post, "start");
    if w.code(post, "kind") != "挂职" || from > w.as_of {
        return vec![];
    }
    let last = w.day(post, "end").map_or(w.as_of, |e| e.min(w.as_of));
    let reports = w.of("secondment_report", "post_id", post.id());
    let mut points: Vec<(Day, &str)> = reports.into_iter().map(|r| (w.date(r, "date"), r.raw("date"))).collect();
    points.retain(|(day, _)| from <= *day && *day <= last);
    points.sort_unstable();
    points.insert(0, (from, post.raw("start")));
    points.push((last, ""));
    let gaps = points.windows(2).filter(|p| p[1].0 > plus_months(p[0].0, 3));
    gaps.map(|p| said(post.id(), p[0].1, ADVICE)).collect()
}

// 回避.

/// One leads in the other's unit, or in the one right above the unit that the other leads.
pub fn hb001(w: &World<'_>, person: &Row) -> Vec<Said> {
    kin(w, person, |kin, own, theirs| {
        let leads_over = |upper: &[&Row], lower: &[&Row]| {
            upper.iter().any(|u| {
                lower.iter().any(|l| {
                    let same = l.raw("unit_id") == u.raw("unit_id") && w.yes(u, "leader");
                    let parent = || w.get("unit", "unit_id", l.raw("unit_id")).map_or("", |unit| unit.raw("parent_id"));
                    same || parent() == u.raw("unit_id") && w.yes(u, "leader") && leader_post(w, l)
                })
            })
        };
        kin.raw("relation") != "其他" && (leads_over(own, theirs) || leads_over(theirs, own))
    })
}

/// A sensitive duty in a unit that the relative leads.
pub fn hb002(w: &World<'_>, person: &Row) -> Vec<Said> {
    kin(w, person, |_, own, theirs| {
        let sensitive = |p: &&&Row| ["组织人事", "纪检监察", "审计", "财务"].contains(&p.raw("duties"));
        own.iter().filter(sensitive).any(|p| theirs.iter().any(|t| t.raw("unit_id") == p.raw("unit_id") && leader_post(w, t)))
    })
}

fn kin<'a>(w: &World<'a>, person: &Row, breached: impl Fn(&Row, &[&'a Row], &[&'a Row]) -> bool) -> Vec<Said> {
    let now = |id: &str| -> Vec<&'a Row> { posts(w, id).into_iter().filter(|p| current(w, p)).collect() };
    let own = now(person.id());
    let all = w.of("kin", "person_id", person.id()).into_iter().filter(|k| k.has("relative_id"));
    all.filter(|k| breached(k, &own, &now(k.raw("relative_id")))).map(|k| said(person.id(), k.id(), BREACH)).collect()
}

/// Two chief's posts at once, in units that have nothing to do with each other.
pub fn da003(w: &World<'_>, person: &Row) -> Vec<Said> {
    let heads: Vec<&Row> = posts(w, person.id()).into_iter().filter(|p| p.raw("kind") == "任职" || !p.has("kind")).collect();
    let heads: Vec<&Row> = heads.into_iter().filter(|p| w.code(p, "kind") == "任职" && current(w, p) && chief_post(w, p)).collect();
    let parent = |p: &Row| w.get("unit", "unit_id", p.raw("unit_id")).map_or("", |u| u.raw("parent_id"));
    let apart = |a: &Row, b: &Row| a.raw("unit_id") != b.raw("unit_id") && parent(a) != b.raw("unit_id") && parent(b) != a.raw("unit_id");
    say(person, unless(!heads.iter().any(|a| heads.iter().any(|b| apart(a, b))), ADVICE))
}

/// More than three months between posts.
pub fn da004(w: &World<'_>, person: &Row) -> Vec<Said> {
    let mut posts: Vec<(Day, Option<Day>)> = posts(w, person.id()).into_iter().map(|p| (w.date(p, "start"), w.day(p, "end"))).collect();
    if posts.len() < 2 {
        return vec![];
    }
    posts.sort_unstable();
    let begun = w.day(person, "work_date").expect("never a fact");
    let mut last = begun;
    let mut gap = false;
    for (n, (start, end)) in posts.into_iter().enumerate() {
        gap |= n > 0 && start > plus_months(last, 3);
        last = last.max(end.unwrap_or(ymd(9000, 1, 1)));
    }
    say(person, unless(!gap, ADVICE))
}
