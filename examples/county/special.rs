//! What is out of the ordinary and yet in order: exceptions approved, reshuffles, cases under way or broken off, secondments, removals,
//! notices over holidays. They exercise the rules' conditions without giving findings.

use crate::case::{self, Matter, Subject};
use crate::county::{AS_OF, County};
use crate::day::{Day, ymd};
use crate::life;
use crate::person::{self, Ending, Profile, Stage, Written};
use crate::rng::Rng;
use crate::table::{Cell, T, row};
use crate::units::{CHIEF_TOWN, DEPUTY_COUNTY, DEPUTY_TOWN, STAFF, unit};

pub fn write(county: &mut County) {
    let mut rng = Rng::named(county.seed, "special");
    exceptions(county);
    unusual_procedures(county);
    under_way(county);
    broken_off(county);
    reconsidered(county);
    objections(county);
    moves(county);
    acting(county);
    removed(county, &mut rng);
    departed(county, &mut rng);
    waiting(county);
    seconded(county, &mut rng);
    traced_back(county, &mut rng);
    audited_on_the_spot(county);
}

/// The usual way up to a level, in posts of no chief: staff, then each level in turn, ending with the stage given.
pub fn climb(top: Stage) -> Vec<Stage> {
    climb_from(top, 48)
}

/// The same with a number of months in the post before the last.
pub fn climb_from(top: Stage, months: i32) -> Vec<Stage> {
    let mut stages = vec![top.clone()];
    let mut since = top.start;
    let mut add = |stage: fn(Day) -> Stage, months: i32| {
        since = since.months(-months);
        stages.push(stage(since));
    };
    match top.level {
        STAFF => add(|d| Stage::staff(unit("林业局"), d), months),
        DEPUTY_TOWN => add(|d| Stage::staff(unit("双桥铺镇"), d), months.max(40)),
        CHIEF_TOWN => {
            add(
                |d| Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, d),
                months,
            );
            add(|d| Stage::staff(unit("双桥铺镇"), d), 66);
        }
        DEPUTY_COUNTY => {
            add(
                |d| Stage::leader(unit("竹岭乡"), "人大主席", CHIEF_TOWN, d),
                months,
            );
            add(
                |d| Stage::leader(unit("雁落乡"), "人大主席", CHIEF_TOWN, d),
                40,
            );
            add(
                |d| Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, d),
                44,
            );
            add(|d| Stage::staff(unit("双桥铺镇"), d), 66);
        }
        _ => {
            add(
                |d| Stage::leader(unit("政协"), "政协副主席", DEPUTY_COUNTY, d),
                months,
            );
            add(
                |d| Stage::leader(unit("人大"), "人大常委会副主任", DEPUTY_COUNTY, d),
                36,
            );
            add(
                |d| Stage::leader(unit("竹岭乡"), "人大主席", CHIEF_TOWN, d),
                40,
            );
            add(
                |d| Stage::leader(unit("雁落乡"), "人大主席", CHIEF_TOWN, d),
                40,
            );
            add(
                |d| Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, d),
                44,
            );
            add(|d| Stage::staff(unit("双桥铺镇"), d), 66);
        }
    }
    stages.reverse();
    stages
}

fn deputy(office: &str, start: Day) -> Stage {
    Stage::leader(unit(office), "副局长", DEPUTY_TOWN, start)
}

fn usual(county: &mut County, top: Stage) -> Written {
    person::write(county, &Profile::default(), &climb(top))
}

/// Early promotions that were approved above, and one over two levels.
fn exceptions(county: &mut County) {
    for (office, start) in [("教育局", ymd(2018, 5, 16)), ("住建局", ymd(2023, 4, 12))] {
        let matter = Matter {
            exception: Some("破格"),
            ..Matter::promotion()
        };
        let mut stages = climb(deputy(office, start).by(matter));
        // Thirty months as staff would be too few otherwise.
        stages[0].start = start.months(-30);
        person::write(county, &Profile::default(), &stages);
    }
    let matter = Matter {
        exception: Some("越级"),
        ..Matter::promotion()
    };
    let stages = vec![
        Stage::staff(unit("石门渡镇"), ymd(2013, 7, 1)),
        Stage::leader(unit("柳溪镇"), "人大主席", CHIEF_TOWN, ymd(2021, 9, 15)).by(matter),
    ];
    person::write(county, &Profile::default(), &stages);
}

fn unusual_procedures(county: &mut County) {
    // No public notice: special posts, and reshuffles where it was given at the inspection.
    for (office, start) in [("公安局", ymd(2020, 6, 10)), ("公安局", ymd(2022, 8, 17))] {
        let one = usual(
            county,
            deputy(office, start).by(Matter {
                special_post: true,
                ..Matter::promotion()
            }),
        );
        if start.year() == 2022 {
            county.set(T::Person, &one.person, "family_abroad", true);
            county.set(
                T::Person,
                &one.person,
                "family_abroad_since",
                ymd(2019, 8, 1),
            );
        }
    }
    for (town, start) in [
        ("青石镇", ymd(2021, 6, 9)),
        ("河湾镇", ymd(2021, 6, 9)),
        ("松坪镇", ymd(2021, 6, 10)),
        ("白鹭镇", ymd(2016, 7, 13)),
    ] {
        let one = usual(
            county,
            Stage::leader(unit(town), "副镇长", DEPUTY_TOWN, start).by(Matter {
                reshuffle: true,
                ..Matter::promotion()
            }),
        );
        if town == "青石镇" {
            // Its notice was given while the inspection went on, before the decision.
            let days = *one.days();
            let from = days.inspected.0;
            let new = row(T::Step)
                .with("case_id", one.case().to_string())
                .with("kind", "任前公示")
                .with("start", from)
                .with("end", county.days.after(from, 5));
            county.push(
                new.with("organ", "县委组织部")
                    .with("channels", "张榜、县政府网站")
                    .with("fields", case::NOTICE_FIELDS),
            );
        }
    }
    for (office, start) in [("民政局", ymd(2021, 10, 20)), ("妇联", ymd(2024, 3, 13))] {
        let title = if office == "妇联" {
            "副主席"
        } else {
            "副局长"
        };
        let matter = Matter {
            no_meeting_recommendation: true,
            ..Matter::promotion()
        };
        usual(
            county,
            Stage::leader(unit(office), title, DEPUTY_TOWN, start).by(matter),
        );
    }
    // Over the National Day and the Spring Festival, with make-up days.
    let notices = [
        (ymd(2023, 9, 25), ymd(2023, 10, 8)),
        (ymd(2015, 9, 28), ymd(2015, 10, 10)),
        (ymd(2024, 2, 5), ymd(2024, 2, 19)),
    ];
    for (from, to) in notices {
        let start = county.days.after(to, 2);
        let matter = Matter {
            notice: Some((from, to)),
            ..Matter::promotion()
        };
        // Ten years in one post would be too long.
        let ending = if from.year() < 2017 {
            Ending::Left(ymd(2021, 7, 14), "调出", None)
        } else {
            Ending::Still
        };
        let stages = climb(deputy("水利局", start).by(matter));
        person::write(
            county,
            &Profile {
                ending,
                ..Profile::default()
            },
            &stages,
        );
    }
    // A talk known to the month that is in time on every day of it.
    let one = usual(
        county,
        deputy("司法局", ymd(2024, 5, 16)).by(Matter {
            notice: Some((ymd(2024, 5, 6), ymd(2024, 5, 13))),
            ..Matter::promotion()
        }),
    );
    let case = one.case().to_string();
    let talk = county.find(T::Talk, &[("case_id", &case)]);
    county.set(T::Talk, &talk, "date", "2024-05");
    for kind in ["讨论决定", "到岗"] {
        let step = county.find(T::Step, &[("case_id", &case), ("kind", kind)]);
        county.set(
            T::Step,
            &step,
            "start",
            if kind == "到岗" {
                ymd(2024, 5, 31)
            } else {
                ymd(2024, 4, 30)
            },
        );
    }
    // The family moved abroad after the decision.
    let one = usual(
        county,
        deputy("文旅局", ymd(2019, 10, 16)).by(Matter::promotion()),
    );
    county.set(T::Person, &one.person, "family_abroad", true);
    county.set(T::Person, &one.person, "family_abroad_since", "2023-07");
}

fn under_way(county: &mut County) {
    let coming = [
        ymd(2026, 7, 2),
        ymd(2026, 7, 6),
        ymd(2026, 7, 9),
        ymd(2026, 7, 15),
        ymd(2026, 7, 22),
        ymd(2026, 7, 30),
        ymd(2026, 8, 5),
        ymd(2026, 8, 12),
    ];
    for (at, start) in coming.into_iter().enumerate() {
        let office = ["统计局", "信访局", "林业局", "商务局"][at % 4];
        let top = deputy(office, start).by(Matter::promotion());
        let mut stages = climb_from(top, 60 + at as i32);
        let coming = stages.pop();
        person::write(
            county,
            &Profile {
                coming,
                ..Profile::default()
            },
            &stages,
        );
    }
}

/// Cases that were stopped halfway, out of order and incomplete as they were left.
fn broken_off(county: &mut County) {
    for (at, start) in [ymd(2012, 5, 16), ymd(2018, 9, 12), ymd(2024, 10, 16)]
        .into_iter()
        .enumerate()
    {
        let coming = deputy("交通运输局", start).by(Matter::promotion());
        let stages = vec![Stage::staff(
            unit("云台镇"),
            ymd(2004 + at as i32 * 4, 8, 1),
        )];
        let one = person::write(
            county,
            &Profile {
                coming: Some(coming),
                ..Profile::default()
            },
            &stages,
        );
        let case = one.case().to_string();
        county.set(T::Case, &case, "status", "终止");
        for kind in [
            "任职通知",
            "到岗",
            "试用期满考核",
            "试用期满公示",
            "正式任职",
            "酝酿",
        ] {
            county.drop_rows(T::Step, &[("case_id", &case), ("kind", kind)]);
        }
        for table in [T::Talk, T::Visit, T::Material] {
            county.drop_rows(table, &[("case_id", &case)]);
        }
        let motion = county.find(T::Step, &[("case_id", &case), ("kind", "动议")]);
        county.set(T::Step, &motion, "start", one.days().decided);
    }
}

/// Voted down at first, carried on reconsideration.
fn reconsidered(county: &mut County) {
    let one = usual(
        county,
        deputy("审计局", ymd(2022, 11, 16)).by(Matter::promotion()),
    );
    let (case, t) = (one.case().to_string(), *one.days());
    let step = county.find(T::Step, &[("case_id", &case), ("kind", "讨论决定")]);
    for (field, value) in [("due", 11), ("present", 10), ("ayes", 5), ("nays", 5)] {
        county.set(T::Step, &step, field, value);
    }
    county.set(T::Step, &step, "result", "未通过");
    county.set(T::Step, &step, "start", county.days.before(t.decided, 1));
    let new = row(T::Step)
        .with("case_id", case)
        .with("kind", "复议")
        .with("start", t.decided)
        .with("organ", "县委")
        .with("form", "常委会");
    county.push(
        new.with("due", 11)
            .with("present", 11)
            .with("ayes", 9)
            .with("nays", 2)
            .with("abstain", 0)
            .with("ballot", true)
            .with("result", "通过"),
    );
}

/// Objections that were settled before the decision.
fn objections(county: &mut County) {
    for (office, start, same_office) in [
        ("财政局", ymd(2021, 3, 17), true),
        ("人社局", ymd(2023, 11, 15), false),
    ] {
        let one = usual(county, deputy(office, start).by(Matter::promotion()));
        let (case, t) = (one.case().to_string(), *one.days());
        let opinion = county.find(T::Opinion, &[("case_id", &case), ("office", "生态环境")]);
        county.set(T::Opinion, &opinion, "result", "有异议");
        county.set(T::Opinion, &opinion, "replied", t.inspected.1);
        if same_office {
            let new = row(T::Opinion)
                .with("case_id", case)
                .with("office", "生态环境")
                .with("requested", t.inspected.1);
            county.push(new.with("replied", t.consulted).with("result", "无异议"));
        } else {
            let step = county.find(T::Step, &[("case_id", &case), ("kind", "酝酿")]);
            county.set(
                T::Step,
                &step,
                "note",
                "就生态环境部门所提异议作了核查，不影响使用",
            );
        }
    }
}

/// Moves at a level: into heavier posts, and out of a town within three years with leave from above.
fn moves(county: &mut County) {
    for (at, start) in [
        ymd(2015, 4, 15),
        ymd(2016, 10, 12),
        ymd(2020, 12, 16),
        ymd(2022, 7, 13),
        ymd(2024, 9, 11),
        ymd(2025, 11, 12),
    ]
    .into_iter()
    .enumerate()
    {
        let before = Stage::leader(unit("桃源岭镇"), "人大主席", CHIEF_TOWN, start.months(-30));
        let mut stages = climb(before);
        if start < ymd(2017, 1, 1) {
            stages.push(
                Stage::leader(unit("工商联"), "党组副书记", CHIEF_TOWN, start)
                    .by(Matter::of("进一步使用")),
            );
            stages.push(
                Stage::leader(unit("政协"), "提案委主任", CHIEF_TOWN, ymd(2019, 5, 15))
                    .by(Matter::of("平级调整")),
            );
        } else {
            stages.push(
                Stage::leader(
                    unit("经济开发区"),
                    if at % 2 == 0 {
                        "管委会副主任"
                    } else {
                        "党工委委员"
                    },
                    CHIEF_TOWN,
                    start,
                )
                .by(Matter::of("进一步使用")),
            );
        }
        person::write(county, &Profile::default(), &stages);
    }
    let chief = Stage::leader(unit("松坪镇"), "镇长", CHIEF_TOWN, ymd(2018, 3, 14)).chief();
    let mut stages = climb(chief);
    stages.push(
        Stage::leader(unit("政协"), "农业委主任", CHIEF_TOWN, ymd(2020, 5, 13))
            .by(Matter::of("交流")),
    );
    let one = person::write(county, &Profile::default(), &stages);
    let t = *one.days();
    let reported = county.days.before(t.decided, 5);
    let new = row(T::Step)
        .with("case_id", one.case().to_string())
        .with("kind", "事项报告")
        .with("start", reported);
    county.push(
        new.with("organ", "岚州市委组织部")
            .with("result", "同意")
            .with("note", "任职不满三年调整"),
    );
}

/// Deputies who stood in for a chief and were then promoted.
fn acting(county: &mut County) {
    for (start, months) in [(ymd(2021, 5, 12), 9), (ymd(2023, 8, 16), 15)] {
        let top = Stage::leader(unit("城西街道"), "人大工委主任", CHIEF_TOWN, start)
            .by(Matter::promotion());
        let mut stages = climb(top);
        let last = stages.len() - 1;
        let stand_in = Stage {
            kind: "主持工作",
            ..Stage::leader(
                unit("卫生健康局"),
                "副局长（主持工作）",
                DEPUTY_TOWN,
                start.months(-months),
            )
        };
        stages.insert(last, stand_in);
        person::write(county, &Profile::default(), &stages);
    }
}

fn removed(county: &mut County, rng: &mut Rng) {
    for start in [
        ymd(2013, 5, 15),
        ymd(2017, 9, 13),
        ymd(2020, 10, 14),
        ymd(2023, 3, 15),
        ymd(2025, 4, 16),
    ] {
        let mut stages = climb(Stage::leader(
            unit("桃源岭镇"),
            "人大主席",
            CHIEF_TOWN,
            start.months(-50),
        ));
        let after = Stage {
            leader: false,
            ..Stage::leader(unit("农业农村局"), "干部", CHIEF_TOWN, start)
        };
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
    let found = county
        .of(T::Assessment)
        .iter()
        .find(|r| r.get("person_id").is(&one.person) && *r.get("year") == Cell::Int(year.into()));
    found
        .map(|r| r.id())
        .unwrap_or_else(|| panic!("no assessment of {} for {year}", one.person))
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
        let left = county
            .days
            .after(ymd(2016 + at as i32, rng.between(2, 11), 10), 0);
        let stages = vec![Stage::staff(unit("河湾镇"), left.months(-70))];
        person::write(
            county,
            &Profile {
                ending: Ending::Left(left, status, kind),
                ..Profile::default()
            },
            &stages,
        );
    }
}

/// Waiting for a post after a poor year, and trained since; newly hired, on trial.
fn waiting(county: &mut County) {
    for start in [ymd(2011, 7, 1), ymd(2014, 9, 1)] {
        let one = person::write(
            county,
            &Profile {
                status: "待岗",
                ..Profile::default()
            },
            &[Stage::staff(unit("城东街道"), start)],
        );
        let mark = assessment(county, &one, 2024);
        county.set(T::Assessment, &mark, "result", "基本称职");
    }
    for start in [ymd(2025, 8, 1), ymd(2025, 8, 1), ymd(2025, 9, 1)] {
        person::write(
            county,
            &Profile {
                status: "试用",
                ..Profile::default()
            },
            &[Stage::staff(unit("云台镇"), start)],
        );
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
        let one = person::write(
            county,
            &Profile::default(),
            &[Stage::staff(unit("发展和改革局"), start.months(-50))],
        );
        secondment(county, rng, &one, start, end);
    }
}

/// A secondment beside the post held, its results reported at least every three months. Returns the key of its post.
pub fn secondment(
    county: &mut County,
    rng: &mut Rng,
    one: &Written,
    start: Day,
    end: Option<Day>,
) -> String {
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
        county.push(
            row(T::SecondmentReport)
                .with("post_id", &post)
                .with("date", at),
        );
        at = county.days.before(at.plus(85), 0);
    }
    post
}

/// Disciplined long after a promotion, whose making was then traced back.
fn traced_back(county: &mut County, rng: &mut Rng) {
    let left = ymd(2021, 3, 17);
    let top = deputy("自然资源局", ymd(2012, 5, 16)).by(Matter::promotion());
    let ending = Ending::Left(left, "开除", None);
    let one = person::write(
        county,
        &Profile {
            ending,
            ..Profile::default()
        },
        &climb(top),
    );
    let sanction = life::sanction(county, rng, &one, "开除党籍", left);
    county.set(T::Sanction, &sanction, "conduct_start", "2010-06");
    life::event(
        county,
        &one,
        "倒查启动",
        ymd(2021, 4, 20),
        "倒查选拔任用过程",
    );
}

/// Long in charge of money, audited within three years.
fn audited_on_the_spot(county: &mut County) {
    for (office, reported) in [("财政局", ymd(2024, 6, 14)), ("教育局", ymd(2025, 10, 17))] {
        let stage = Stage::staff(unit(office), ymd(2015, 7, 1)).with_duties("财务");
        let one = person::write(county, &Profile::default(), &[stage]);
        let new = row(T::Audit)
            .with("person_id", &one.person)
            .with("unit_id", county.unit_id(one.unit))
            .with("kind", "点穴式");
        county.push(
            new.with("entrusted", reported.plus(-45))
                .with("reported", reported)
                .with("problems", 0),
        );
    }
}
