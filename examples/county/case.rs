//! One matter (任免事项) with every step, opinion, paper, talk and visit that it should have. Days are reckoned backwards from the day
//! the notice of appointment is dated; what would fall after as-of is left out, which is how a case comes to be under way.

use crate::county::{AS_OF, County};
use crate::day::{Day, Workdays, ymd};
use crate::rng::Rng;
use crate::steps;
use crate::table::{Cell, T, row};
use crate::units::LEVELS;

/// The kind of a matter and what sets it apart from the usual.
#[derive(Clone, Default)]
pub struct Matter {
    pub kind: &'static str,
    /// Blank stands for 委任.
    pub mode: &'static str,
    pub committee: Option<&'static str>,
    pub exception: Option<&'static str>,
    pub special_post: bool,
    pub reshuffle: bool,
    /// First and last day of the public notice, where they matter.
    pub notice: Option<(Day, Day)>,
    /// Decided more than a month after the authority in charge on the other side was asked.
    pub dual: bool,
    pub rank: Option<&'static str>,
    pub no_meeting_recommendation: bool,
}

impl Matter {
    pub fn of(kind: &'static str) -> Matter {
        Matter { kind, mode: "委任", ..Matter::default() }
    }

    pub fn promotion() -> Matter {
        Matter::of("提拔")
    }
}

/// Who is appointed to what.
pub struct Subject<'s> {
    pub person: &'s str,
    pub from_post: Option<&'s str>,
    pub unit: usize,
    pub title: &'s str,
    pub level: usize,
    pub leader: bool,
    pub chief: bool,
    /// The person held a level of 县处级副职 or higher before.
    pub reports_affairs: bool,
    /// The last day in the post, if it was left.
    pub left: Option<Day>,
}

/// The days of a case that later records lean on.
#[derive(Clone, Copy, Debug)]
pub struct Timeline {
    pub motion: Day,
    pub recommended: Day,
    pub candidates: Day,
    pub inspected: (Day, Day),
    pub consulted: Day,
    pub decided: Day,
    pub notice: (Day, Day),
    pub appointed: Day,
    pub arrived: Day,
}

/// The days of a case whose appointment is dated `appointed`.
pub fn timeline(days: &Workdays, rng: &mut Rng, appointed: Day, matter: &Matter) -> Timeline {
    let notice = matter.notice.unwrap_or_else(|| {
        let end = days.before(appointed, rng.between(1, 3));
        // The edition of 2002 asks for 7 to 15 days, those since 2014-01-14 for five working days.
        let start = if end < ymd(2014, 1, 14) {
            days.before(end.plus(-rng.between(7, 10)), 0).max(end.plus(-14))
        } else {
            days.before(end, rng.between(4, 6))
        };
        (start, end)
    });
    let decided = if matter.kind == "提拔" || matter.kind == "职级晋升" {
        days.before(notice.0, rng.between(1, 2))
    } else {
        days.before(appointed, rng.between(3, 6))
    };
    let consulted = days.before(decided, rng.between(3, 5));
    let inspected_to = days.before(consulted, rng.between(2, 3));
    let inspected_from = days.before(inspected_to, rng.between(2, 4));
    let candidates = days.before(inspected_from, 4);
    let recommended = days.before(candidates, rng.between(1, 3));
    let motion = days.before(recommended, rng.between(4, 6));
    let arrived = days.after(appointed, rng.between(2, 5));
    Timeline { motion, recommended, candidates, inspected: (inspected_from, inspected_to), consulted, decided, notice, appointed, arrived }
}

pub const OFFICES: &[&str] = &[
    "所在单位纪检机构",
    "同级纪检监察机关",
    "公安",
    "法院",
    "检察院",
    "审计",
    "信访",
    "税务",
    "市场监管",
    "生态环境",
    "应急管理",
    "卫生健康",
    "自然资源",
    "人社",
    "综治",
    "民政",
];
pub const NOTICE_FIELDS: &str = "姓名、性别、民族、出生年月、政治面貌、学历学位、参加工作时间、现任职务、主要简历、拟任职务";

/// Writes the case and all that belongs to it; returns its key and its days.
pub fn write(county: &mut County, rng: &mut Rng, who: &Subject, matter: &Matter, appointed: Day) -> (String, Timeline) {
    let t = timeline(county.days, rng, appointed, matter);
    let case = county.case_id(t.decided.year());
    let batch = county.batch_id(t.decided);
    let status = match () {
        () if t.appointed <= AS_OF => "已任职",
        () if t.notice.0 <= AS_OF && matter.kind == "提拔" => "公示中",
        () if t.decided <= AS_OF => "已决定",
        () => "酝酿中",
    };
    let new = row(T::Case)
        .with("case_id", &case)
        .with("person_id", who.person.to_string())
        .with("kind", matter.kind)
        .with("mode", matter.mode)
        .with("batch_id", batch)
        .with("unit_id", county.unit_id(who.unit))
        .with("title", who.title.to_string())
        .with("level", LEVELS[who.level])
        .with("leader", who.leader)
        .with("chief", who.chief)
        .with("rank", matter.rank)
        .with("committee", matter.committee)
        .with("exception", matter.exception)
        .with("special_post", matter.special_post)
        .with("reshuffle", matter.reshuffle)
        .with("from_post_id", who.from_post.map(str::to_string))
        .with("status", status);
    county.push(new);
    steps::write(county, rng, &case, who, matter, &t);
    (case, t)
}

/// Whether the appointment is on trial for a year (SY001's scope).
pub fn on_probation(who: &Subject, matter: &Matter) -> bool {
    who.leader && matter.kind == "提拔" && matter.mode != "选任" && matter.mode != "聘任" && matter.committee.is_none() && !who.chief
}

/// A date known to the month.
pub fn month(day: Day) -> Cell {
    Cell::Text(day.to_string()[..7].to_string())
}
