//! Careers that led to each leader's post, those of the retired, and the staff: every promotion with the years, posts and papers it asks for.

use std::collections::BTreeMap;

use crate::case::{self, Matter, Subject};
use crate::county::{AS_OF, County};
use crate::day::{Day, Workdays, ymd};
use crate::person::{self, Ending, Profile, Stage, Written};
use crate::rng::Rng;
use crate::table::{T, row};
use crate::units::{self, CHIEF_COUNTY, CHIEF_TOWN, DEPUTY_COUNTY, DEPUTY_TOWN, STAFF, Slot};

/// Since when the earliest known holder has held each chief's post: whoever held it before must have left by then.
pub struct Chiefs(BTreeMap<(usize, &'static str), Day>);

impl Chiefs {
    /// A chief's post of a township level that was free until `end`, in another unit; taken from `start` on.
    fn take(&mut self, rng: &mut Rng, start: Day, end: Day, not: usize) -> Option<(usize, &'static str)> {
        let open: Vec<_> = self.0.iter().filter(|((unit, _), free)| *unit != not && **free >= end).map(|(key, _)| *key).collect();
        if open.is_empty() {
            return None;
        }
        let key = *rng.pick(&open);
        self.0.insert(key, start);
        Some(key)
    }
}

/// How many people besides the holders of the leaders' posts.
pub struct Sizes {
    pub retired: usize,
    pub staff: usize,
    /// Share of leaders who moved at their level once, in percent.
    pub moved: u32,
    /// Share of deputies of townships and offices whose promotion is not in the county's files, in percent.
    pub from_elsewhere: u32,
    /// Fill the posts too that the sample keeps open for its faults.
    pub every_slot: bool,
}

/// Writes the leaders, the retired and the staff.
pub fn write(county: &mut County, sizes: &Sizes) -> Vec<Written> {
    let mut rng = Rng::named(county.seed, "careers");
    let filled: Vec<(Slot, Day, bool)> = units::slots()
        .into_iter()
        .filter(|s| sizes.every_slot || !units::kept_open(s))
        .map(|slot| open(&mut rng, county.days, slot, sizes))
        .collect();
    let mut chiefs = Chiefs(BTreeMap::new());
    for (slot, start, _) in filled.iter().filter(|(s, ..)| s.chief && s.level == CHIEF_TOWN) {
        chiefs.0.insert((slot.unit, slot.title), *start);
    }
    let mut all = Vec::new();
    for (slot, start, lateral) in filled {
        all.push(leader(county, &mut rng, &mut chiefs, slot, start, lateral, sizes));
    }
    for _ in 0..sizes.retired {
        all.push(retired(county, &mut rng, &mut chiefs));
    }
    for _ in 0..sizes.staff {
        all.push(staff(county, &mut rng));
    }
    all
}

/// When the present holder came, and whether by a move at the same level.
fn open(rng: &mut Rng, days: &Workdays, slot: Slot, sizes: &Sizes) -> (Slot, Day, bool) {
    let lateral = rng.percent(sizes.moved) && slot.level > STAFF && slot.level < CHIEF_COUNTY;
    // Five years is the limit in a post with sensitive duties, ten in any.
    let first = if slot.duties.is_some() {
        ymd(2021, 9, 1)
    } else if lateral {
        ymd(2018, 3, 1)
    } else {
        ymd(2017, 4, 1)
    };
    let start = quiet(days, Day(rng.between(first.0, AS_OF.0 - 12)));
    (slot, start, lateral)
}

/// A working day near the one given on which a case can end without falling across an edge of the law or of as-of.
fn quiet(days: &Workdays, day: Day) -> Day {
    let day = match () {
        () if (ymd(2014, 1, 1)..ymd(2014, 3, 10)).contains(&day) => day.plus(75),
        // A review due within a month of as-of would be warned of.
        () if (ymd(2025, 5, 1)..ymd(2025, 7, 10)).contains(&day) => day.plus(85),
        () => day,
    };
    days.after(day, 0)
}

fn leader(county: &mut County, rng: &mut Rng, chiefs: &mut Chiefs, slot: Slot, start: Day, lateral: bool, sizes: &Sizes) -> Written {
    let days = county.days;
    let matter = if lateral {
        Matter::of(if rng.percent(50) { "平级调整" } else { "交流" })
    } else {
        entry(rng, slot.level, slot.unit, slot.chief)
    };
    // Some came from other counties, whose files stayed there.
    let known = lateral || slot.level != DEPUTY_TOWN || !rng.percent(sizes.from_elsewhere);
    let mut top = Stage::leader(slot.unit, slot.title, slot.level, start);
    top.matter = known.then_some(matter);
    top.chief = slot.chief;
    top.duties = slot.duties;
    let mut stages = vec![top];
    let mut since = start;
    if lateral {
        since = quiet(days, start.months(-rng.between(39, 58)));
        let (before, matter) = (before(rng, chiefs, slot.level, since, start, slot.unit), county_promotion(rng, since));
        stages.push(Stage { matter, ..before });
    }
    descend(rng, days, chiefs, &mut stages, slot.level, since);
    stages.reverse();
    let born = stages[0].start;
    let male = if born < ymd(1999, 6, 1) { Some(true) } else { None };
    person::write(county, &Profile { male, ..Profile::default() }, &stages)
}

/// How one comes to a leader's post of the level: chiefs of the county are elected, members of its committee are of the committee.
fn entry(rng: &mut Rng, level: usize, unit: usize, chief: bool) -> Matter {
    let mode = match () {
        () if level == CHIEF_COUNTY => "选任",
        () if level <= DEPUTY_TOWN && rng.percent(6) => "竞争上岗",
        () if level <= DEPUTY_TOWN && rng.percent(4) => "公开选拔",
        () => "委任",
    };
    let committee = (unit == 0 && !chief).then_some("县级党委委员");
    Matter { mode, committee, dual: rng.percent(6), ..Matter::promotion() }
}

/// A promotion recorded in the county's files; older ones, and some made elsewhere, are not.
fn county_promotion(rng: &mut Rng, day: Day) -> Option<Matter> {
    let recorded = day >= ymd(2003, 6, 1) && rng.percent(recorded_share(day));
    recorded.then(Matter::promotion)
}

/// Files of the early years are fuller: those of later promotions below the present post lie with other counties more often.
fn recorded_share(day: Day) -> u32 {
    if day < ymd(2012, 1, 1) { 85 } else { 55 }
}

/// The posts below a promotion to `level` at `start`, added latest first.
fn descend(rng: &mut Rng, days: &Workdays, chiefs: &mut Chiefs, stages: &mut Vec<Stage>, level: usize, start: Day) {
    let mut level = level;
    let mut since = start;
    while level > STAFF {
        let below = level - 1;
        let spells = match below {
            STAFF => 1 + rng.below(3),
            DEPUTY_TOWN => 1,
            _ => 2,
        };
        for spell in (0..spells).rev() {
            let months = match below {
                STAFF => rng.between(48, 84) / spells as i32,
                DEPUTY_TOWN => rng.between(36, 60),
                _ => rng.between(38, 52),
            };
            let begun = since.months(-months);
            let begun = if below == STAFF { begun.first_of_month() } else { quiet(days, begun) };
            let not = stages[stages.len() - 1].unit;
            let mut stage = before(rng, chiefs, below, begun, since, not);
            if below > STAFF {
                // Only the first spell at a level begins with a promotion.
                let moved = begun >= ymd(2003, 6, 1) && rng.percent(35);
                stage.matter = if spell == 0 { county_promotion(rng, begun) } else { moved.then(|| Matter::of("交流")) };
            }
            stages.push(stage);
            since = begun;
        }
        level = below;
    }
}

/// An earlier post of the level, somewhere else.
fn before(rng: &mut Rng, chiefs: &mut Chiefs, level: usize, start: Day, end: Day, not: usize) -> Stage {
    let towns = units::unit("青石镇")..=units::unit("雁落乡");
    let offices = units::unit("政府办公室")..=units::unit("林业局");
    let mut other = |range: std::ops::RangeInclusive<usize>| loop {
        let unit = rng.between(*range.start() as i32, *range.end() as i32) as usize;
        if unit != not {
            return unit;
        }
    };
    let (town, office) = (other(towns), other(offices));
    match level {
        STAFF => Stage::staff(if rng.percent(50) { town } else { office }, start),
        DEPUTY_TOWN if rng.percent(50) => Stage::leader(town, "副镇长", level, start),
        DEPUTY_TOWN => Stage::leader(office, "副局长", level, start),
        CHIEF_TOWN => match rng.percent(60).then(|| chiefs.take(rng, start, end, not)).flatten() {
            Some((unit, title)) => Stage::leader(unit, title, level, start).chief(),
            None => Stage::leader(town, "人大主席", level, start),
        },
        _ => {
            let posts = [(1, "人大常委会副主任"), (2, "副县长"), (3, "政协副主席")];
            let open: Vec<_> = posts.iter().filter(|(unit, _)| *unit != not).collect();
            let (unit, title) = **rng.pick(&open);
            Stage::leader(unit, title, level, start)
        }
    }
}

/// Someone who retired from a leader's post at sixty.
fn retired(county: &mut County, rng: &mut Rng, chiefs: &mut Chiefs) -> Written {
    let days = county.days;
    let left = days.after(Day(rng.between(ymd(2009, 3, 1).0, ymd(2024, 11, 30).0)), 0);
    let level = [DEPUTY_TOWN, CHIEF_TOWN, CHIEF_TOWN, DEPUTY_COUNTY][rng.below(4)];
    let start = quiet(days, left.months(-rng.between(40, 110)));
    let stage = before(rng, chiefs, level, start, left, usize::MAX);
    let mut stages = vec![Stage { matter: county_promotion(rng, start), ..stage }];
    descend(rng, days, chiefs, &mut stages, level, start);
    stages.reverse();
    let birth = left.months(-720).plus(-rng.between(3, 25));
    stages[0].start = birth.months(22 * 12).first_of_month();
    let profile =
        Profile { birth: Some(birth), male: Some(true), ending: Ending::Left(left, "退休", Some("退休")), ..Profile::default() };
    person::write(county, &profile, &stages)
}

const RANKS: &[&str] = &["二级科员", "一级科员", "四级主任科员", "三级主任科员", "二级主任科员", "一级主任科员", "四级调研员"];

/// Someone who leads nothing, with one or two posts and, in the public service, ranks.
fn staff(county: &mut County, rng: &mut Rng) -> Written {
    let begun = ymd(rng.between(2003, 2025), rng.between(1, 12), 1);
    let unit = rng.below(units::UNITS.len());
    let mut stages = vec![Stage::staff(unit, begun)];
    if begun < ymd(2019, 1, 1) && rng.percent(60) {
        let moved = quiet(county.days, Day(rng.between(begun.months(40).0, AS_OF.0 - 400)));
        let next = (unit + 1 + rng.below(units::UNITS.len() - 1)) % units::UNITS.len();
        let stage = Stage::staff(next, moved);
        stages.push(if rng.percent(15) { stage.by(Matter::of("平级调整")) } else { stage });
    }
    let mut written = person::write(county, &Profile::default(), &stages);
    if !matches!(units::kind(written.unit), "事业单位" | "国有企业") {
        ranks(county, rng, &mut written, begun);
    }
    written
}

/// Ranks since 2019-06, each held for more than two years; the later ones by a case.
fn ranks(county: &mut County, rng: &mut Rng, written: &mut Written, begun: Day) {
    let seniority = (2019 - begun.year()).max(0) as usize;
    let mut at = (seniority / 4 + 1).min(4);
    let mut start = begun.months(12).max(ymd(2019, 6, 1));
    while start <= AS_OF {
        let next = quiet(county.days, start.months(rng.between(27, 44)));
        let ends = next <= AS_OF && at + 1 < RANKS.len();
        let new = row(T::Rank).with("person_id", &written.person).with("rank", RANKS[at]).with("start", start);
        county.push(new.with("end", ends.then_some(next.plus(-1))));
        if !ends {
            break;
        }
        at += 1;
        start = next;
        if rng.percent(12) && county.get(T::Post, written.post()).get("start").days().is_some_and(|(_, to)| to < start.months(-3)) {
            let who = Subject {
                person: &written.person,
                from_post: Some(written.post()),
                unit: written.unit,
                title: RANKS[at],
                level: STAFF,
                leader: false,
                chief: false,
                reports_affairs: false,
                left: None,
            };
            let matter = Matter { rank: Some(RANKS[at]), ..Matter::of("职级晋升") };
            let done = case::write(county, rng, &who, &matter, start);
            written.cases.push(done);
        }
    }
}
