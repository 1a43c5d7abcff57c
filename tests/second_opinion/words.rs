//! The words that several rules use: promotion, decision, tenure, posts held.

use crate::days::{Day, plus_months, whole_months};
use crate::world::{LEVELS, Row, Said, World, level};

pub const BREACH: &str = "违规";
pub const ADVICE: &str = "提醒";
pub const OPEN: &str = "待核";
pub const WARNING: &str = "预警";

/// What is said of the subject itself, if anything.
pub fn say(row: &Row, verdict: Option<&'static str>) -> Vec<Said> {
    verdict.map(|verdict| said(row.id(), "", verdict)).into_iter().collect()
}

pub fn said(id: &str, part: &str, verdict: &'static str) -> Said {
    Said { id: id.to_owned(), part: part.to_owned(), verdict }
}

pub fn unless(met: bool, verdict: &'static str) -> Option<&'static str> {
    (!met).then_some(verdict)
}

/// A deadline: breached after the day (a limit: on the day itself), due soon some days before.
pub fn deadline(w: &World<'_>, due: Day, limit: bool, met: bool, verdict: &'static str, remind: Option<Day>) -> Option<&'static str> {
    let past = w.as_of > due || limit && w.as_of == due;
    match (met, past) {
        (true, _) => None,
        (_, true) => Some(verdict),
        _ => remind.filter(|days| w.as_of >= due - days).map(|_| WARNING),
    }
}

// Steps.

pub fn steps<'a>(w: &World<'a>, case: &Row, kinds: &[&str]) -> Vec<&'a Row> {
    let all = w.of("step", "case_id", case.id());
    all.into_iter().filter(|s| kinds.contains(&s.raw("kind"))).collect()
}

/// The latest of some kinds: by start, then end, then key.
pub fn latest<'a>(w: &World<'a>, case: &Row, kinds: &[&str]) -> Option<&'a Row> {
    steps(w, case, kinds).into_iter().max_by_key(|s| (w.first(s, "start"), w.first(s, "end"), s.id()))
}

pub fn start(w: &World<'_>, step: Option<&Row>) -> Option<Day> {
    step.map(|s| w.date(s, "start"))
}

pub fn end(w: &World<'_>, step: Option<&Row>) -> Option<Day> {
    step.map(|s| w.date(s, "end"))
}

/// The latest 讨论决定 or 复议, unless it came out against.
pub fn decision<'a>(w: &World<'a>, case: &Row) -> Option<&'a Row> {
    latest(w, case, &["讨论决定", "复议"]).filter(|d| !["未通过", "不同意"].contains(&d.raw("result")))
}

pub fn decided(w: &World<'_>, case: &Row) -> Option<Day> {
    end(w, decision(w, case))
}

pub fn appointment<'a>(w: &World<'a>, case: &Row) -> Option<&'a Row> {
    latest(w, case, &["任职通知"])
}

// Cases.

pub fn promotion(w: &World<'_>, case: &Row) -> bool {
    case.raw("kind") == "提拔" && w.yes(case, "leader")
}

pub fn person<'a>(w: &World<'a>, row: &Row) -> &'a Row {
    w.get("person", "person_id", row.raw("person_id")).expect("its person")
}

/// Promotions of the person decided before a day, other than this case, with that day.
pub fn earlier_promotions<'a>(w: &World<'a>, case: &Row, before: Day) -> Vec<(&'a Row, Day)> {
    let others = w.of("case", "person_id", case.raw("person_id")).into_iter().filter(|c| c.id() != case.id());
    let decided = others.filter(|c| promotion(w, c)).filter_map(|c| Some((c, decided(w, c)?)));
    decided.filter(|(_, day)| *day < before).collect()
}

pub fn previous<'a>(w: &World<'a>, case: &Row, before: Day) -> Option<(&'a Row, Day)> {
    earlier_promotions(w, case, before).into_iter().max_by_key(|(_, day)| *day)
}

/// Filled on probation (the clause on a post that ended early left out).
pub fn on_probation(w: &World<'_>, case: &Row) -> bool {
    promotion(w, case)
        && appointment(w, case).is_some()
        && ["委任", "公开选拔", "竞争上岗"].contains(&w.code(case, "mode"))
        && w.level(case) >= level("厅局级正职")
        && !case.has("committee")
        && !w.yes(case, "chief")
}

// Posts.

pub fn office(w: &World<'_>, post: &Row) -> bool {
    let post = w.get("post", "post_id", post.id()).expect("it is there");
    ["任职", "主持工作", "试任"].contains(&w.code(post, "kind"))
}

pub fn leader_post(w: &World<'_>, post: &Row) -> bool {
    office(w, post) && w.yes(post, "leader")
}

pub fn chief_post(w: &World<'_>, post: &Row) -> bool {
    leader_post(w, post) && w.yes(post, "chief")
}

pub fn held_on(w: &World<'_>, row: &Row, day: Day) -> bool {
    w.by(row, "start", day) && !w.by(row, "end", day - 1)
}

pub fn gone(person: &Row) -> bool {
    ["退休", "调出", "辞职", "辞退", "开除", "去世"].contains(&person.raw("status"))
}

pub fn serving(person: &Row) -> bool {
    ["", "在职"].contains(&person.raw("status"))
}

pub fn current(w: &World<'_>, post: &Row) -> bool {
    !gone(person(w, post)) && held_on(w, post, w.as_of)
}

pub fn posts<'a>(w: &World<'a>, person_id: &str) -> Vec<&'a Row> {
    w.of("post", "person_id", person_id)
}

pub fn unit_kind<'a>(w: &World<'a>, row: &Row) -> &'a str {
    w.get("unit", "unit_id", row.raw("unit_id")).map_or("", |u| w.code(u, "kind"))
}

/// The office level that a rank stands for.
pub fn rank_level(rank: &Row) -> usize {
    level(match rank.raw("rank") {
        "一级巡视员" => "厅局级正职",
        "二级巡视员" => "厅局级副职",
        "一级调研员" | "二级调研员" => "县处级正职",
        "三级调研员" | "四级调研员" => "县处级副职",
        "一级主任科员" | "二级主任科员" => "乡科级正职",
        "三级主任科员" | "四级主任科员" => "乡科级副职",
        "一级科员" => "科员级",
        _ => "办事员级",
    })
}

/// The highest level held on a day, the posts of one case left out.
pub fn level_held(w: &World<'_>, person_id: &str, day: Day, but: &str) -> Option<usize> {
    let posts =
        posts(w, person_id).into_iter().filter(|p| (but.is_empty() || p.raw("case_id") != but) && office(w, p) && held_on(w, p, day));
    let ranks = w.of("rank", "person_id", person_id).into_iter().filter(|r| held_on(w, r, day));
    posts.map(|p| w.level(p)).chain(ranks.map(rank_level)).min()
}

/// The highest level of the leading posts held now.
pub fn top(w: &World<'_>, person_id: &str) -> Option<usize> {
    let now = posts(w, person_id).into_iter().filter(|p| leader_post(w, p) && current(w, p));
    now.map(|p| w.level(p)).min()
}

/// Whole months of spans [from, to) merged where they touch, cut at a day.
pub fn months_in(mut spans: Vec<(Day, Day)>, until: Day) -> i32 {
    merge(&mut spans, until);
    spans.iter().map(|(from, to)| whole_months(*from, *to)).sum()
}

pub fn merge(spans: &mut Vec<(Day, Day)>, until: Day) {
    spans.iter_mut().for_each(|s| s.1 = s.1.min(until));
    spans.retain(|s| s.0 < s.1);
    spans.sort_unstable();
    let mut merged: Vec<(Day, Day)> = Vec::new();
    for (from, to) in spans.drain(..) {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    *spans = merged;
}

pub fn span(w: &World<'_>, row: &Row) -> (Day, Day) {
    (w.date(row, "start"), w.day(row, "end").map_or(Day::MAX, |e| e + 1))
}

/// Months in posts and ranks of a level, from the decision on each where it is known.
pub fn tenure(w: &World<'_>, person_id: &str, at: usize, until: Day) -> i32 {
    let mut spans = Vec::new();
    for post in posts(w, person_id).into_iter().filter(|p| office(w, p) && w.level(p) == at) {
        let (from, to) = span(w, post);
        let own = w.get("case", "case_id", post.raw("case_id")).and_then(|c| decided(w, c));
        spans.push((own.unwrap_or(from), to));
    }
    spans.extend(w.of("rank", "person_id", person_id).into_iter().filter(|r| rank_level(r) == at).map(|r| span(w, r)));
    months_in(spans, until)
}

/// Whether a level is that of a chief; the one below in the list is then its deputy's.
pub fn is_chief_level(at: usize) -> bool {
    LEVELS[at].ends_with("正职")
}

/// Posts in one unit under one title that follow each other without a gap: start and key are those of the first, all else of the last.
pub struct Spell<'a> {
    pub first: &'a Row,
    pub last: &'a Row,
    /// One of them has no end, so that every later one joins.
    endless: bool,
}

pub fn spells<'a>(w: &World<'a>, person_id: &str) -> Vec<Spell<'a>> {
    let mut posts = posts(w, person_id);
    posts.sort_by_key(|p| (w.first(p, "start"), if p.has("end") { w.first(p, "end") } else { Day::MAX }, p.id()));
    let mut all: Vec<Spell<'a>> = Vec::new();
    for post in posts {
        let endless = !post.has("end");
        let same = |s: &&mut Spell<'_>| s.last.raw("unit_id") == post.raw("unit_id") && s.last.raw("title") == post.raw("title");
        match all.iter_mut().rev().find(same) {
            Some(spell) if spell.endless || w.date(post, "start") <= w.date(spell.last, "end") + 1 => {
                (spell.last, spell.endless) = (post, spell.endless || endless);
            }
            _ => all.push(Spell { first: post, last: post, endless }),
        }
    }
    all
}

impl Spell<'_> {
    pub fn id(&self) -> &str {
        self.first.id()
    }

    pub fn start(&self, w: &World<'_>) -> Day {
        w.date(self.first, "start")
    }

    pub fn held_on(&self, w: &World<'_>, day: Day) -> bool {
        w.by(self.first, "start", day) && !w.by(self.last, "end", day - 1)
    }

    pub fn is_current(&self, w: &World<'_>) -> bool {
        self.held_on(w, w.as_of) && !gone(person(w, self.last))
    }

    /// The day on which it has lasted so many months.
    pub fn after(&self, w: &World<'_>, months: i32) -> Day {
        plus_months(self.start(w), months)
    }
}
