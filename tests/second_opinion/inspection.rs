//! 考察、处分影响期、报告.

use crate::days::{Day, period_end, plus_months, year, ymd};
use crate::words::*;
use crate::world::{Row, Said, World, level};

/// Graded too low in the last year (2019), or in the last three (2014).
pub fn kc001(w: &World<'_>, case: &Row) -> Vec<Said> {
    if !promotion(w, case) {
        return vec![];
    }
    let Some(anchor) = start(w, latest(w, case, &["确定考察对象"]).or(latest(w, case, &["考察"]))) else { return vec![] };
    let back = match anchor {
        d if d >= ymd(2019, 3, 3) => 1,
        d if d >= ymd(2014, 1, 14) => 3,
        _ => return vec![],
    };
    let window = year(anchor) - back..year(anchor);
    let rows: Vec<(i32, &str)> = w
        .of("assessment", "person_id", case.raw("person_id"))
        .into_iter()
        .map(|a| (w.number(a, "year") as i32, a.raw("result")))
        .filter(|(y, _)| window.contains(y))
        .collect();
    if rows.iter().any(|(_, result)| ["基本称职", "不称职"].contains(result)) {
        return say(case, Some(BREACH));
    }
    let lacks = |y: &i32| rows.iter().all(|(known, _)| known != y);
    let mut unknown = window.filter(lacks).peekable();
    if unknown.peek().is_none() {
        return vec![];
    }
    let begun = year(w.day(person(w, case), "work_date").expect("never a fact"));
    say(case, unless(unknown.all(|y| y < begun), OPEN))
}

/// The latest check of a kind that ended by the decision: there, and not against.
fn checked(w: &World<'_>, case: &Row, kind: &str, decided: Day, verdict: &'static str) -> Option<&'static str> {
    let by_then = steps(w, case, &[kind]).into_iter().filter(|s| w.date(s, "end") <= decided);
    match by_then.max_by_key(|s| (w.first(s, "start"), w.first(s, "end"), s.id())).map(|s| s.raw("result")) {
        Some("") => Some(OPEN),
        Some(result) if !["不合格", "有影响", "不同意", "未通过"].contains(&result) => None,
        _ => Some(verdict),
    }
}

pub fn kc004(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|d| promotion(w, case) && *d >= ymd(2014, 1, 14)) else { return vec![] };
    say(case, checked(w, case, "档案审核", decided, BREACH))
}

pub fn kc005(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|d| promotion(w, case) && *d >= ymd(2015, 1, 1)) else { return vec![] };
    let verdict = checked(w, case, "个人事项查核", decided, if decided < ymd(2019, 3, 3) { ADVICE } else { BREACH });
    let county = level("县处级副职");
    if verdict.is_none() || w.level(case) <= county {
        return say(case, verdict);
    }
    let held = level_held(w, case.raw("person_id"), decided, case.id());
    say(case, held.map_or(Some(OPEN), |held| verdict.filter(|_| held <= county)))
}

pub fn kc009(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = promotion(w, case) && latest(w, case, &["讨论决定"]).is_some();
    let Some(decided) = decided(w, case).filter(|_| asked) else { return vec![] };
    let received = w.of("petition", "person_id", case.raw("person_id")).into_iter().filter(|p| w.date(p, "received") <= decided);
    let open = |p: &Row| w.day(p, "concluded").is_none_or(|d| d > decided) && w.yes(p, "specific");
    let mut received = received;
    say(case, unless(!received.any(open), BREACH))
}

/// Every chief, and whoever has been acting for a year, has been audited in the post.
pub fn kc010(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|d| promotion(w, case) && *d >= ymd(2019, 3, 3)) else { return vec![] };
    let audits = w.of("audit", "person_id", case.raw("person_id"));
    let audited = |p: &Row| audits.iter().any(|a| w.day(a, "reported").is_some_and(|d| w.date(p, "start") < d && d <= decided));
    let asked = |p: &Row| {
        let post = w.get("post", "post_id", p.id()).expect("it is there");
        let acting = w.code(post, "kind") == "主持工作" && plus_months(w.date(p, "start"), 12) <= decided;
        held_on(w, p, decided) && (chief_post(w, p) && w.level(post) <= level("乡科级正职") || acting)
    };
    let own = posts(w, case.raw("person_id")).into_iter().filter(|p| p.raw("case_id") != case.id());
    let met = own.into_iter().all(|p| audited(p) || !asked(p));
    say(case, unless(met, BREACH))
}

/// An adverse opinion is settled before the decision.
pub fn kc012(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case) else { return vec![] };
    let opinions = w.of("opinion", "case_id", case.id());
    let noted: Vec<&Row> =
        w.of("step", "case_id", case.id()).into_iter().filter(|s| s.raw("kind") != "讨论决定" && s.has("note")).collect();
    let mut worst = None;
    for opinion in &opinions {
        let replied = w.day(opinion, "replied");
        let doubtful = match (opinion.raw("result"), replied) {
            ("有异议", None) => true,
            ("", Some(day)) if day <= decided => true,
            ("有异议", Some(day)) if day <= decided => false,
            _ => continue,
        };
        let later = |o: &&Row| {
            let after = match (replied, w.day(o, "replied")) {
                (Some(this), Some(that)) => that > this && that <= decided,
                (None, Some(that)) => that <= decided && w.day(o, "requested") > w.day(opinion, "requested"),
                _ => false,
            };
            o.raw("office") == opinion.raw("office") && o.has("result") && o.raw("result") != "有异议" && after
        };
        let dealt_with = |s: &&Row| replied.is_some_and(|day| w.date(s, "start") >= day && w.date(s, "end") <= decided);
        if !opinions.iter().any(later) && !noted.iter().any(dealt_with) {
            worst = if doubtful && worst != Some(BREACH) { Some(OPEN) } else { Some(BREACH) };
        }
    }
    say(case, worst)
}

/// Impact periods.
pub fn kc013(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case) else { return vec![] };
    match case.raw("kind") {
        "提拔" | "职级晋升" => {}
        "进一步使用" if decided >= ymd(2024, 1, 1) => {}
        _ => return vec![],
    }
    let mut found: Vec<&'static str> = Vec::new();
    for sanction in w.of("sanction", "person_id", case.raw("person_id")) {
        let Some(from) = w.day(sanction, "date") else { continue };
        let ends = w.day(sanction, "ends");
        let inside = |months: i32| from <= decided && decided <= ends.unwrap_or_else(|| period_end(from, months));
        let hit = match sanction.raw("kind") {
            "政务警告" => inside(6).then_some(BREACH),
            "党内警告" | "政务记过" => inside(12).then_some(BREACH),
            "政务记大过" => inside(18).then_some(BREACH),
            "撤销党内职务" | "政务降级" | "政务撤职" => inside(24).then_some(BREACH),
            "开除党籍" => inside(60).then_some(BREACH),
            "政务开除" => (from <= decided && ends.is_none_or(|e| decided <= e)).then_some(BREACH),
            "党内严重警告" => {
                // Only between the shorter and the longer period does it matter when the conduct ended.
                let old = || w.day(sanction, "conduct_end").is_some_and(|d| d < ymd(2016, 1, 1));
                (inside(12) || inside(18) && !old()).then_some(BREACH)
            }
            "留党察看" if inside(36) => Some(BREACH),
            "留党察看" if inside(48) => Some(OPEN),
            "诫勉" => inside(6).then_some(ADVICE),
            "调离岗位" => (case.raw("kind") == "提拔" && decided >= ymd(2019, 3, 3) && inside(12)).then_some(ADVICE),
            _ => None,
        };
        found.extend(hit);
    }
    say(case, [BREACH, OPEN, ADVICE].into_iter().find(|v| found.contains(v)))
}

pub fn kc014(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = ["提拔", "交流", "职级晋升", "退休"].contains(&case.raw("kind"));
    let Some(decided) = decided(w, case).filter(|d| asked && *d >= ymd(2020, 7, 1)) else { return vec![] };
    let mut found: Vec<&'static str> = Vec::new();
    for sanction in w.of("sanction", "person_id", case.raw("person_id")) {
        if w.day(sanction, "date").is_some_and(|d| d <= decided) {
            continue;
        }
        let kind = sanction.raw("kind");
        let discipline = kind.starts_with("党内") || kind.starts_with("政务") || ["撤销党内职务", "留党察看", "开除党籍"].contains(&kind);
        match sanction.has("filed") {
            true => found.extend((w.date(sanction, "filed") <= decided).then_some(BREACH)),
            false => found.extend(discipline.then_some(OPEN)),
        }
    }
    say(case, [BREACH, OPEN].into_iter().find(|v| found.contains(v)))
}

pub fn kc015(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|d| promotion(w, case) && *d >= ymd(2014, 1, 14)) else { return vec![] };
    let who = person(w, case);
    let since = w.day(who, "family_abroad_since").is_none_or(|d| d <= decided);
    say(case, unless(w.yes(case, "special_post") || !(since && w.yes(who, "family_abroad")), BREACH))
}

/// After a resignation or removal for cause: a year in no leading post, two in no higher one.
pub fn cf002(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = ["提拔", "进一步使用", "平级调整", "交流"].contains(&case.raw("kind")) && w.yes(case, "leader");
    let Some(decided) = decided(w, case).filter(|_| asked) else { return vec![] };
    let mut found: Vec<&'static str> = Vec::new();
    for sanction in w.of("sanction", "person_id", case.raw("person_id")) {
        let Some(from) = w.day(sanction, "date").filter(|_| ["引咎辞职", "责令辞职", "问责免职"].contains(&sanction.raw("kind")))
        else {
            continue;
        };
        if from <= decided && decided <= period_end(from, 12) {
            found.push(BREACH);
        } else if from <= decided && decided <= period_end(from, 24) && case.raw("kind") == "提拔" {
            match level_held(w, case.raw("person_id"), from, "") {
                Some(held) => found.extend((w.level(case) < held).then_some(BREACH)),
                None => found.push(OPEN),
            }
        }
    }
    say(case, [BREACH, OPEN].into_iter().find(|v| found.contains(v)))
}

/// Concealed in the disclosure of personal matters.
pub fn bg003(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(decided) = decided(w, case).filter(|_| promotion(w, case)) else { return vec![] };
    let concealed = w.of("disclosure", "person_id", case.raw("person_id")).into_iter().filter(|d| d.raw("result") == "瞒报");
    let mut found = concealed.map(|d| if d.has("verified") { w.date(d, "verified") } else { w.date(d, "date") });
    say(case, unless(!found.any(|d| d <= decided && decided <= period_end(d, 12)), BREACH))
}

/// Promoted with the fault already there: look into how.
pub fn cf001(w: &World<'_>, sanction: &Row) -> Vec<Said> {
    let grave = ["撤销党内职务", "留党察看", "开除党籍", "政务撤职", "政务开除"].contains(&sanction.raw("kind"));
    let Some(date) = w.day(sanction, "date").filter(|d| grave && *d <= w.as_of) else { return vec![] };
    let cases = w.of("case", "person_id", sanction.raw("person_id")).into_iter().filter(|c| promotion(w, c));
    let promoted: Vec<Day> = cases.filter_map(|c| decided(w, c)).filter(|d| *d <= date).collect();
    if promoted.is_empty() || !promoted.iter().any(|d| w.date(sanction, "conduct_start") < *d) {
        return vec![];
    }
    let due = plus_months(date, 3);
    let events = w.of("event", "person_id", sanction.raw("person_id")).into_iter().filter(|e| e.raw("kind") == "倒查启动");
    let met = events.map(|e| w.date(e, "date")).any(|d| date <= d && d <= due);
    say(sanction, deadline(w, due, false, met, ADVICE, None))
}
