//! 讨论决定、次序、公示、试用、谈话、回访.

use crate::days::{Day, plus_months, ymd};
use crate::words::*;
use crate::world::{Row, Said, World, level};

pub fn jd001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = ["提拔", "进一步使用", "平级调整", "交流", "免职", "降职"].contains(&case.raw("kind"));
    let Some(day) = start(w, latest(w, case, &["讨论决定"])).filter(|_| asked) else { return vec![] };
    let met = steps(w, case, &["酝酿"]).into_iter().any(|s| w.date(s, "end") <= day);
    say(case, unless(met, BREACH))
}

/// Two thirds of those due came.
pub fn jd003(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(meeting) = latest(w, case, &["讨论决定"]) else { return vec![] };
    if !meeting.has("due") || !meeting.has("present") {
        return say(case, Some(OPEN));
    }
    say(case, unless(w.number(meeting, "present") * 3.0 >= w.number(meeting, "due") * 2.0, BREACH))
}

/// More than half of those due agreed.
pub fn jd004(w: &World<'_>, case: &Row) -> Vec<Said> {
    let meeting = latest(w, case, &["讨论决定"]).filter(|m| !["未通过", "不同意"].contains(&m.raw("result")));
    let Some(meeting) = meeting else { return vec![] };
    if !meeting.has("due") || !meeting.has("ayes") {
        return say(case, Some(OPEN));
    }
    say(case, unless(w.number(meeting, "ayes") * 2.0 > w.number(meeting, "due"), BREACH))
}

/// Each stage begins no sooner than the one before it ended.
pub fn sx001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let one = |kind: &'static str| {
        let step = latest(w, case, &[kind]);
        step.map(|s| (kind, w.date(s, "start"), w.date(s, "end")))
    };
    let meeting = one("会议推荐");
    let talks = one("谈话推荐");
    let both = [meeting, talks].into_iter().flatten().reduce(|a, b| ("", a.1.min(b.1), a.2.max(b.2))).map(|(_, s, e)| ("推荐", s, e));
    let notice = if w.yes(case, "reshuffle") { None } else { one("任前公示") };
    let stages = [one("动议"), both, one("确定考察对象"), one("考察"), one("讨论决定"), notice, one("任职通知")];
    let present: Vec<(&str, Day, Day)> = stages.into_iter().flatten().collect();
    let broken = present.windows(2).filter(|p| p[1].1 < p[0].2);
    broken.map(|p| said(case.id(), &format!("{}→{}", p[0].0, p[1].0), BREACH)).collect()
}

const BEFORE_APPOINTMENT: [&str; 15] = [
    "动议",
    "会议推荐",
    "谈话推荐",
    "确定考察对象",
    "考察预告",
    "考察公示",
    "考察",
    "档案审核",
    "个人事项查核",
    "廉洁意见",
    "破格报批",
    "事项报告",
    "酝酿",
    "讨论决定",
    "复议",
];

pub fn sx002(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(day) = start(w, appointment(w, case)) else { return vec![] };
    let mut before = steps(w, case, &BEFORE_APPOINTMENT);
    before.extend(steps(w, case, &["任前公示"]));
    say(case, unless(before.into_iter().all(|s| w.date(s, "start") <= day), BREACH))
}

fn notice<'a>(w: &World<'a>, case: &Row) -> Option<&'a Row> {
    latest(w, case, &["任前公示"])
}

pub fn gs001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(day) = start(w, appointment(w, case)) else { return vec![] };
    let asked = promotion(w, case) && !w.yes(case, "special_post") && !w.yes(case, "reshuffle") && day >= ymd(2002, 7, 9);
    say(case, unless(notice(w, case).is_some() || !asked || w.level(case) < level("厅局级正职"), BREACH))
}

/// Five working days, or (2002) as a rule seven days.
pub fn gs002(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(notice) = notice(w, case) else { return vec![] };
    let (from, to) = (w.date(notice, "start"), w.date(notice, "end"));
    let verdict = match from {
        d if d >= ymd(2014, 1, 14) => match w.calendar.between(from, to) {
            Some(days) => unless(days >= 5, BREACH),
            None => Some(OPEN),
        },
        d if d >= ymd(2002, 7, 9) => unless(to - from + 1 >= 7, ADVICE),
        _ => None,
    };
    say(case, verdict)
}

pub fn gs004(w: &World<'_>, case: &Row) -> Vec<Said> {
    let (Some(notice), Some(day)) = (notice(w, case), start(w, appointment(w, case))) else { return vec![] };
    say(case, unless(day > w.date(notice, "end"), BREACH))
}

pub fn gs005(w: &World<'_>, case: &Row) -> Vec<Said> {
    let (Some(notice), Some(decided)) = (notice(w, case), decided(w, case)) else { return vec![] };
    say(case, unless(w.date(notice, "start") >= decided || w.yes(case, "reshuffle"), BREACH))
}

/// What was reported while the notice hung was dealt with first.
pub fn gs008(w: &World<'_>, case: &Row) -> Vec<Said> {
    let (Some(notice), Some(day)) = (notice(w, case), start(w, appointment(w, case))) else { return vec![] };
    let open = |p: &Row| {
        let received = w.date(p, "received");
        w.day(p, "concluded").is_none_or(|d| d >= day) && w.date(notice, "start") <= received && received <= w.date(notice, "end")
    };
    let petitions = w.of("petition", "person_id", case.raw("person_id"));
    say(case, unless(!petitions.into_iter().any(open), BREACH))
}

// 试用.

/// A review by the end of the year on probation and thirty days.
pub fn sy001(w: &World<'_>, case: &Row) -> Vec<Said> {
    if !on_probation(w, case) {
        return vec![];
    }
    let from = start(w, appointment(w, case)).unwrap_or(Day::MAX);
    if from > w.as_of || from < ymd(2001, 2, 6) {
        return vec![];
    }
    let year = plus_months(from, 12);
    let own = w.of("post", "case_id", case.id());
    if own.into_iter().any(|p| w.day(p, "end").is_some_and(|e| e < year)) {
        return vec![];
    }
    let met = steps(w, case, &["试用期满考核"]).into_iter().any(|s| w.date(s, "start") <= year + 30);
    say(case, deadline(w, year + 30, false, met, ADVICE, Some(30)))
}

/// Nothing that ends the probation before its year is out, but a review that was failed.
pub fn sy002(w: &World<'_>, case: &Row) -> Vec<Said> {
    if !on_probation(w, case) {
        return vec![];
    }
    let year = plus_months(start(w, appointment(w, case)).unwrap_or(Day::MIN), 12);
    let early =
        steps(w, case, &["试用期满考核", "正式任职"]).into_iter().filter(|s| w.date(s, "start") < year && s.raw("result") != "不合格");
    let verdicts: Vec<&'static str> =
        early.map(|s| if s.raw("kind") == "试用期满考核" && !s.has("result") { OPEN } else { BREACH }).collect();
    say(case, [BREACH, OPEN].into_iter().find(|v| verdicts.contains(v)))
}

pub fn sy003(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(day) = start(w, latest(w, case, &["正式任职"])) else { return vec![] };
    let reviews = steps(w, case, &["试用期满考核"]).into_iter().filter(|s| w.date(s, "end") <= day);
    let results: Vec<&str> = reviews.map(|s| s.raw("result")).collect();
    say(case, if results.contains(&"合格") { None } else { Some(if results.contains(&"") { OPEN } else { BREACH }) })
}

// 谈话、回访.

fn talks(w: &World<'_>, person: &str, kinds: &[&str]) -> Vec<Day> {
    let all = w.of("talk", "person_id", person).into_iter();
    all.filter(|t| kinds.contains(&t.raw("kind"))).map(|t| w.date(t, "date")).collect()
}

/// A talk from some days before the trigger to some days after it.
fn talk_near(w: &World<'_>, row: &Row, day: Day, before: Day, after: Day, kinds: &[&str]) -> Vec<Said> {
    if day > w.as_of {
        return vec![];
    }
    let met = talks(w, row.raw("person_id"), kinds).into_iter().any(|d| day - before <= d && d <= day + after);
    say(row, deadline(w, day + after, false, met, ADVICE, None))
}

pub fn th001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = ["提拔", "交流", "平级调整"].contains(&case.raw("kind"));
    let Some(day) = start(w, appointment(w, case)).filter(|_| asked) else { return vec![] };
    talk_near(w, case, day, 15, 15, &["任前谈话", "提拔谈话", "交流谈话", "调整谈话"])
}

pub fn th003(w: &World<'_>, case: &Row) -> Vec<Said> {
    let asked = ["免职", "辞职", "退休"].contains(&case.raw("kind"));
    let day = start(w, appointment(w, case)).or_else(|| decided(w, case));
    let Some(day) = day.filter(|_| asked) else { return vec![] };
    talk_near(w, case, day, 15, 15, &["离任谈话"])
}

pub fn th003_event(w: &World<'_>, event: &Row) -> Vec<Said> {
    if event.raw("kind") != "离任" {
        return vec![];
    }
    let found = talk_near(w, event, w.date(event, "date"), 15, 15, &["离任谈话"]);
    // Nobody knows whose talk it would have been.
    if event.has("person_id") { found } else { found.into_iter().map(|s| Said { verdict: OPEN, ..s }).collect() }
}

pub fn th004(w: &World<'_>, sanction: &Row) -> Vec<Said> {
    let Some(day) = w.day(sanction, "date") else { return vec![] };
    talk_near(w, sanction, day, 0, 15, &["处分谈话"])
}

/// A reply within fifteen working days.
pub fn th007(w: &World<'_>, talk: &Row) -> Vec<Said> {
    let date = w.date(talk, "date");
    if talk.raw("kind") != "函询" || date > w.as_of {
        return vec![];
    }
    let Some(due) = w.calendar.after(date, 15) else { return say(talk, Some(OPEN)) };
    let met = w.day(talk, "replied").is_some_and(|d| d <= due);
    say(talk, deadline(w, due, false, met, ADVICE, None))
}

/// Followed up between six and seven months later.
pub fn th009(w: &World<'_>, talk: &Row) -> Vec<Said> {
    let date = w.date(talk, "date");
    if talk.raw("kind") != "诫勉" || date > w.as_of {
        return vec![];
    }
    let (opens, due) = (plus_months(date, 6), plus_months(date, 7));
    let met = w.day(talk, "followed_up").is_some_and(|d| opens <= d && d <= due);
    say(talk, deadline(w, due, false, met, ADVICE, None))
}

fn in_office(w: &World<'_>, case: &Row) -> Option<Day> {
    let asked = ["提拔", "交流", "平级调整"].contains(&case.raw("kind"));
    let step = latest(w, case, &["到岗"]).or(appointment(w, case));
    start(w, step.filter(|_| asked))
}

pub fn hf001(w: &World<'_>, case: &Row) -> Vec<Said> {
    let Some(day) = in_office(w, case).filter(|d| *d <= w.as_of) else { return vec![] };
    let due = plus_months(day, 2);
    let met = w.of("visit", "case_id", case.id()).into_iter().any(|v| w.date(v, "date") <= due);
    say(case, deadline(w, due, false, met, ADVICE, Some(15)))
}

const VISITS: [&str; 5] = ["征求意见", "个别谈话", "实地了解", "反馈意见", "整改提高"];

/// All five procedures, each no sooner than the nearest before it.
pub fn hf002(w: &World<'_>, case: &Row) -> Vec<Said> {
    let visits = w.of("visit", "case_id", case.id());
    let first = |kind: &str| visits.iter().filter(|v| v.raw("kind") == kind).map(|v| w.date(v, "date")).min();
    let settled = || start(w, latest(w, case, &["到岗"]).or(appointment(w, case))).is_some_and(|d| w.as_of > plus_months(d, 6));
    if visits.is_empty() || first("整改提高").is_none() && !settled() {
        return vec![];
    }
    let mut found = Vec::new();
    let mut before: Option<Day> = None;
    for kind in VISITS {
        let this = first(kind);
        if this.is_none_or(|d| before.is_some_and(|b| d < b)) {
            found.push(said(case.id(), kind, ADVICE));
        }
        before = this.or(before);
    }
    found
}
