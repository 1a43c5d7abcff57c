//! Ways of serving and leaving that are out of the ordinary and in order: moves within a term with leave, standing in for a chief,
//! removal, secondment, discipline traced back.

use crate::case::{self, Matter, Subject};
use crate::climb::climb;
use crate::county::{AS_OF, County};
use crate::day::{Day, ymd};
use crate::life;
use crate::person::{self, Ending, Profile, Stage, Written};
use crate::rng::Rng;
use crate::table::{Cell, T, row};
use crate::units::{CHIEF_TOWN, DEPUTY_TOWN, unit};

pub fn write(county: &mut County) {
    let mut rng = Rng::named(county.seed, "special");
    moves(county);
    acting(county);
    removed(county, &mut rng);
    departed(county, &mut rng);
    waiting(county);
    seconded(county, &mut rng);
    traced_back(county, &mut rng);
    audited_on_the_spot(county);
}

fn deputy(office: &str, start: Day) -> Stage {
    Stage::leader(unit(office), "副局长", DEPUTY_TOWN, start)
}

fn usual(county: &mut County, top: Stage) -> Written {
    person::write(county, &Profile::default(), &climb(top))
}

/// Moves at a level: into heavier posts, and out of a town within three years with leave from above.
fn moves(county: &mut County) {
    for (at, start) in [ymd(2015, 4, 15), ymd(2016, 10, 12), ymd(2020, 12, 16), ymd(2022, 7, 13), ymd(2024, 9, 11), ymd(2025, 11, 12)]
        .into_iter()
        .enumerate()
    {
        let before = Stage::leader(unit("桃源岭镇"), "人大主席", CHIEF_TOWN, start.months(-30));
        let mut stages = climb(before);
        if start < ymd(2017, 1, 1) {
            stages.push(Stage::leader(unit("工商联"), "党组副书记", CHIEF_TOWN, start).by(Matter::of("进一步使用")));
            stages.push(Stage::leader(unit("政协"), "提案委主任", CHIEF_TOWN, ymd(2019, 5, 15)).by(Matter::of("平级调整")));
        } else {
            stages.push(
                Stage::leader(unit("经济开发区"), if at % 2 == 0 { "管委会副主任" } else { "党工委委员" }, CHIEF_TOWN, start)
                    .by(Matter::of("进一步使用")),
            );
        }
        person::write(county, &Profile::default(), &stages);
    }
    let chief = Stage::leader(unit("松坪镇"), "镇长", CHIEF_TOWN, ymd(2018, 3, 14)).chief();
    let mut stages = climb(chief);
    stages.push(Stage::leader(unit("政协"), "农业委主任", CHIEF_TOWN, ymd(2020, 5, 13)).by(Matter::of("交流")));
    let one = person::write(county, &Profile::default(), &stages);
    let t = *one.days();
    let reported = county.days.before(t.decided, 5);
    let new = row(T::Step).with("case_id", one.case().to_string()).with("kind", "事项报告").with("start", reported);
    county.push(new.with("organ", "岚州市委组织部").with("result", "同意").with("note", "任职不满三年调整"));
}

/// Deputies who stood in for a chief and were then promoted.
fn acting(county: &mut County) {
    for (start, months) in [(ymd(2021, 5, 12), 9), (ymd(2023, 8, 16), 15)] {
        let top = Stage::leader(unit("城西街道"), "人大工委主任", CHIEF_TOWN, start).by(Matter::promotion());
        let mut stages = climb(top);
        let last = stages.len() - 1;
        let stand_in = Stage {
            kind: "主持工作",
            ..Stage::leader(unit("卫生健康局"), "副局长（主持工作）", DEPUTY_TOWN, start.months(-months))
        };
        stages.insert(last, stand_in);
        person::write(county, &Profile::default(), &stages);
    }
}

fn removed(county: &mut County, rng: &mut Rng) {
    for start in [ymd(2013, 5, 15), ymd(2017, 9, 13), ymd(2020, 10, 14), ymd(2023, 3, 15), ymd(2025, 4, 16)] {
        let mut stages = climb(Stage::leader(unit("桃源岭镇"), "人大主席", CHIEF_TOWN, start.months(-50)));
        let after = Stage { leader: false, ..Stage::leader(unit("农业农村局"), "干部", CHIEF_TOWN, start) };
        stages.push(after.by(Matter::of("免职")));
        person::write(county, &Profile::default(), &stages);
    }
    // Put back a level after a year's assessment, which the follow-up asked for.
    let start = ymd(2024, 4, 17);
    let mut stages = climb(deputy("教育局", start.months(-40)));
    stages.push(Stage::staff(unit("林业局"), start).by(Matter::of("降职")));
    let one = person::write(county, &Profile::default(), &stages);
    let mark = assessment(county, &one, 2023);
    county.set(T::Assessment, &mark, "result", "不称职");
    county.set(T::Assessment, &mark, "class", "四类");
    county.set(T::Assessment, &mark, "followed_up", start);
    let one = usual(county, deputy("商务局", ymd(2019, 8, 14)));
    let mark = assessment(county, &one, 2024);
    county.set(T::Assessment, &mark, "result", "基本称职");
    county.set(T::Assessment, &mark, "class", "三类");
    county.set(T::Assessment, &mark, "followed_up", ymd(2025, 3, 12));
    let talk = life::talk(county, &one.person, "诫勉", ymd(2025, 3, 12), None);
    county.set(T::Talk, &talk, "replied", ymd(2025, 3, 17));
    county.set(T::Talk, &talk, "followed_up", ymd(2025, 9, 20));
    life::sanction(county, rng, &one, "责令检查", ymd(2025, 3, 12));
}

/// The assessment of the person for the year.
pub fn assessment(county: &County, one: &Written, year: i32) -> String {
    let found = county.of(T::Assessment).iter().find(|r| r.get("person_id").is(&one.person) && *r.get("year") == Cell::Int(year.into()));
    found.map(|r| r.id()).unwrap_or_else(|| panic!("no assessment of {} for {year}", one.person))
}

fn departed(county: &mut County, rng: &mut Rng) {
    let endings = [
        ("调出", None),
        ("调出", None),
        ("调出", None),
        ("辞职", Some("辞职")),
        ("辞职", Some("辞职")),
        ("辞退", None),
        ("去世", None),
        ("去世", None),
    ];
    for (at, (status, kind)) in endings.into_iter().enumerate() {
        let left = county.days.after(ymd(2016 + at as i32, rng.between(2, 11), 10), 0);
        let stages = vec![Stage::staff(unit("河湾镇"), left.months(-70))];
        person::write(county, &Profile { ending: Ending::Left(left, status, kind), ..Profile::default() }, &stages);
    }
}

/// Waiting for a post after a poor year, and trained since; newly hired, on trial.
fn waiting(county: &mut County) {
    for start in [ymd(2011, 7, 1), ymd(2014, 9, 1)] {
        let one = person::write(county, &Profile { status: "待岗", ..Profile::default() }, &[Stage::staff(unit("城东街道"), start)]);
        let mark = assessment(county, &one, 2024);
        county.set(T::Assessment, &mark, "result", "基本称职");
    }
    for start in [ymd(2025, 8, 1), ymd(2025, 8, 1), ymd(2025, 9, 1)] {
        person::write(county, &Profile { status: "试用", ..Profile::default() }, &[Stage::staff(unit("云台镇"), start)]);
    }
}

fn seconded(county: &mut County, rng: &mut Rng) {
    let spells = [
        (ymd(2019, 4, 17), Some(ymd(2020, 4, 16))),
        (ymd(2021, 6, 16), Some(ymd(2022, 6, 15))),
        (ymd(2023, 3, 15), Some(ymd(2024, 3, 14))),
        (ymd(2024, 10, 16), Some(ymd(2025, 10, 15))),
        (ymd(2025, 9, 17), None),
        (ymd(2026, 5, 13), None),
    ];
    for (start, end) in spells {
        let one = person::write(county, &Profile::default(), &[Stage::staff(unit("发展和改革局"), start.months(-50))]);
        secondment(county, rng, &one, start, end);
    }
}

/// A secondment beside the post held, its results reported at least every three months. Returns the key of its post.
pub fn secondment(county: &mut County, rng: &mut Rng, one: &Written, start: Day, end: Option<Day>) -> String {
    let town = unit("雁落乡");
    let who = Subject {
        person: &one.person,
        from_post: Some(one.post()),
        unit: town,
        title: "挂职副乡长",
        level: DEPUTY_TOWN,
        leader: true,
        chief: false,
        reports_affairs: false,
        left: end,
    };
    let (case, _) = case::write(county, rng, &who, &Matter::of("挂职"), start);
    let new = row(T::Post)
        .with("person_id", &one.person)
        .with("unit_id", county.unit_id(town))
        .with("title", "挂职副乡长")
        .with("level", "乡科级副职")
        .with("leader", true)
        .with("chief", false)
        .with("kind", "挂职")
        .with("grassroots", true)
        .with("start", start)
        .with("end", end)
        .with("case_id", case);
    let post = county.push(new);
    let mut at = county.days.before(start.plus(85), 0);
    while at < end.unwrap_or(AS_OF) {
        county.push(row(T::SecondmentReport).with("post_id", &post).with("date", at));
        at = county.days.before(at.plus(85), 0);
    }
    post
}

/// Disciplined long after a promotion, whose making was then traced back.
fn traced_back(county: &mut County, rng: &mut Rng) {
    let left = ymd(2021, 3, 17);
    let top = deputy("自然资源局", ymd(2012, 5, 16)).by(Matter::promotion());
    let ending = Ending::Left(left, "开除", None);
    let one = person::write(county, &Profile { ending, ..Profile::default() }, &climb(top));
    let sanction = life::sanction(county, rng, &one, "开除党籍", left);
    county.set(T::Sanction, &sanction, "conduct_start", "2010-06");
    life::event(county, &one, "倒查启动", ymd(2021, 4, 20), "倒查选拔任用过程");
}

/// Long in charge of money, audited within three years.
fn audited_on_the_spot(county: &mut County) {
    for (office, reported) in [("财政局", ymd(2024, 6, 14)), ("教育局", ymd(2025, 10, 17))] {
        let stage = Stage::staff(unit(office), ymd(2015, 7, 1)).with_duties("财务");
        let one = person::write(county, &Profile::default(), &[stage]);
        let new = row(T::Audit).with("person_id", &one.person).with("unit_id", county.unit_id(one.unit)).with("kind", "点穴式");
        county.push(new.with("entrusted", reported.plus(-45)).with("reported", reported).with("problems", 0));
    }
}
