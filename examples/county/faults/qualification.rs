//! Faults of qualification (ZG): years of work and tenure, education, party age, exams, exceptions, levels.

use super::kit::*;

pub fn plant(c: &mut County) {
    experience(c);
    tenure(c);
    standing(c);
    sections(c);
    exams(c);
    exceptions(c);
    levels(c);
}

const BASE: Profile =
    Profile { birth: None, male: None, work: None, party: None, education: "", ending: Ending::Still, status: "在职", coming: None };

fn vice(start: Day) -> Stage {
    Stage::leader(unit("政协"), "政协副主席", DEPUTY_COUNTY, start).by(Matter::promotion())
}

fn experience(c: &mut County) {
    let doctor = |c: &mut County, begun: Day, start: Day| {
        let stages = [
            Stage::leader(unit("城市投资公司"), "总经理助理", CHIEF_TOWN, begun),
            Stage::leader(unit("经济开发区"), "党工委委员", CHIEF_TOWN, begun.months(24)),
            vice(start),
        ];
        let profile = Profile { birth: Some(begun.months(-29 * 12).plus(40)), education: "博士研究生", ..BASE };
        person::write(c, &profile, &stages)
    };
    let one = doctor(c, ymd(2018, 6, 4), ymd(2023, 3, 15));
    expect(c, "ZG001", &one, BREACH, "工龄不满5年提任县处级副职");
    let one = doctor(c, ymd(2019, 6, 3), ymd(2024, 3, 20));
    c.set(T::Person, &one.person, "work_date", "2019");
    expect(c, "ZG001", &one, UNKNOWN, "参加工作时间只知2019年，工龄是否满5年不明");

    for (flag, verdict, why) in [
        (Cell::Bool(false), BREACH, "没有两年以上基层工作经历"),
        (Cell::Blank, UNKNOWN, "基层工作经历不足24个月，两年以上基层经历一栏未填"),
    ] {
        let one = person::write(c, &BASE, &climb(vice(ymd(2022, 5, 18))));
        for row in c.of_mut(T::Post).iter_mut().filter(|r| r.get("person_id").is(&one.person)) {
            row.set("grassroots", false);
        }
        c.set(T::Person, &one.person, "grassroots_two_years", flag);
        expect(c, "ZG002", &one, verdict, why);
    }

    let mut stages = climb(vice(ymd(2021, 12, 15)));
    // One long spell at the level below instead of two.
    let second = stages.len() - 2;
    let begun = stages[second - 1].start;
    stages.remove(second - 1);
    stages[second - 1].start = begun;
    let one = person::write(c, &BASE, &stages);
    expect(c, "ZG003", &one, ADVICE, "提任县处级副职前只任过一个乡科级正职岗位");
}

fn tenure(c: &mut County) {
    let secretary = |start| Stage::leader(unit("中共云泽县委员会"), "县委副书记（正处长级）", CHIEF_COUNTY, start).by(Matter::promotion());
    let start = ymd(2023, 3, 29);
    let short = spells(climb(secretary(start)), [ymd(2021, 7, 14), ymd(2022, 5, 18)]);
    let one = person::write(c, &BASE, &short);
    expect(c, "ZG004", &one, BREACH, "任县处级副职不满2年提任正职");
    let edge = spells(climb(secretary(start)), [ymd(2021, 3, 10), ymd(2022, 5, 18)]);
    let one = person::write(c, &BASE, &edge);
    let first = one.posts[one.posts.len() - 3].clone();
    c.set(T::Post, &first, "start", "2021-03");
    expect(c, "ZG004", &one, UNKNOWN, "任县处级副职只知起于2021年3月，2023年3月讨论决定时是否满2年不明");

    let short = spells(climb(vice(start)), [ymd(2020, 9, 16), ymd(2021, 12, 15)]);
    let one = person::write(c, &BASE, &short);
    expect(c, "ZG005", &one, BREACH, "任乡科级正职不满3年提任县处级副职");
    let edge = spells(climb(vice(start)), [ymd(2020, 3, 11), ymd(2021, 12, 15)]);
    let one = person::write(c, &BASE, &edge);
    let first = one.posts[one.posts.len() - 3].clone();
    c.set(T::Post, &first, "start", "2020-03");
    expect(c, "ZG005", &one, UNKNOWN, "任乡科级正职只知起于2020年3月，2023年3月讨论决定时是否满3年不明");
}

/// Sets when the two posts before the last began.
fn spells(mut stages: Vec<Stage>, begun: [Day; 2]) -> Vec<Stage> {
    let at = stages.len() - 3;
    stages[at].start = begun[0];
    stages[at + 1].start = begun[1];
    stages
}

fn standing(c: &mut County) {
    let one = promoted(c, ymd(2021, 6, 16));
    c.set(T::Person, &one.person, "education", "高中");
    expect(c, "ZG006", &one, ADVICE, "学历低于大学专科");
    let one = promoted(c, ymd(2022, 2, 23));
    c.set(T::Person, &one.person, "education", Cell::Blank);
    expect(c, "ZG006", &one, UNKNOWN, "最高学历未填");

    let start = ymd(2022, 10, 26);
    let member = || {
        let matter = Matter { committee: Some("县级党委委员"), ..Matter::promotion() };
        climb(Stage::leader(unit("中共云泽县委员会"), "县委常委", DEPUTY_COUNTY, start).by(matter))
    };
    let one = person::write(c, &Profile { party: Some(ymd(2020, 7, 1)), ..BASE }, &member());
    expect(c, "ZG007", &one, ADVICE, "党龄不满3年任县级党委委员");
    let one = person::write(c, &BASE, &member());
    c.set(T::Person, &one.person, "party_date", Cell::Blank);
    expect(c, "ZG007", &one, UNKNOWN, "入党时间未填");
}

fn sections(c: &mut County) {
    let head = |start| Stage::leader(unit("雁落乡"), "人大主席", CHIEF_TOWN, start).by(Matter::promotion());
    let start = ymd(2023, 5, 24);
    let mut stages = climb(head(start));
    stages[1].start = start.months(-20);
    let one = person::write(c, &BASE, &stages);
    expect(c, "ZG008", &one, ADVICE, "任乡科级副职20个月提任乡科级正职");

    let top = deputy(c, start).by(Matter::promotion());
    let mut stages = climb(top);
    stages[0].start = start.months(-30).first_of_month();
    let one = person::write(c, &BASE, &stages);
    expect(c, "ZG008", &one, ADVICE, "任科员级不满36个月提任乡科级副职");

    let mut stages = climb(head(start));
    stages[1].start = ymd(2021, 5, 12);
    let one = person::write(c, &BASE, &stages);
    c.set(T::Post, &one.posts[1], "start", "2021-05");
    expect(c, "ZG008", &one, UNKNOWN, "任乡科级副职只知起于2021年5月，2023年5月讨论决定时是否满2年不明");
}

fn exams(c: &mut County) {
    let one = promoted(c, ymd(2023, 9, 6));
    c.drop_rows(T::Exam, &[("person_id", &one.person)]);
    expect(c, "ZG009", &one, ADVICE, "未见任职资格考试合格记录");

    let one = promoted(c, ymd(2022, 4, 27));
    let exam = c.find(T::Exam, &[("person_id", &one.person)]);
    c.set(T::Exam, &exam, "date", ymd(2018, 9, 15));
    c.set(T::Exam, &exam, "valid_until", ymd(2021, 9, 15));
    expect(c, "ZG009", &one, ADVICE, "任职资格考试证书已过有效期");

    let one = noticed(c, (ymd(2024, 7, 22), ymd(2024, 7, 29)), ymd(2024, 7, 31));
    let exam = c.find(T::Exam, &[("person_id", &one.person)]);
    c.set(T::Exam, &exam, "date", "2024-07");
    c.set(T::Exam, &exam, "valid_until", ymd(2027, 7, 31));
    expect(c, "ZG009", &one, UNKNOWN, "考试只知2024年7月，是否在讨论决定之前不明");
}

fn exceptional(kind: &'static str) -> Matter {
    Matter { exception: Some(kind), ..Matter::promotion() }
}

fn exceptions(c: &mut County) {
    let one = promoted_by(c, ymd(2023, 5, 10), exceptional("破格"));
    drop_step(c, &one, "破格报批");
    expect(c, "ZG010", &one, BREACH, "破格提拔未见报批");

    let over = [
        Stage::staff(unit("双桥铺镇"), ymd(2012, 7, 2)),
        Stage::leader(unit("竹岭乡"), "人大主席", CHIEF_TOWN, ymd(2022, 8, 24)).by(exceptional("越级")),
    ];
    let one = person::write(c, &BASE, &over);
    let late = one.days().inspected.1;
    move_step(c, &one, "破格报批", c.days.before(late, 1), late);
    expect(c, "ZG010", &one, BREACH, "越级提拔在考察之后才报批同意");

    let one = promoted_by(c, ymd(2021, 3, 24), exceptional("破格"));
    set_step(c, &one, "破格报批", "result", Cell::Blank);
    expect(c, "ZG010", &one, UNKNOWN, "破格报批结果未填");

    // A chief is on no probation, so that only the year since the last promotion counts.
    let first = Stage::leader(unit("融媒体中心"), "主任", DEPUTY_TOWN, ymd(2022, 3, 16)).chief();
    let one = twice(c, first, Matter::promotion(), ymd(2022, 12, 14));
    expect(c, "ZG011", &one, BREACH, "上次提拔不满一年又破格提拔");
    let first = Stage::leader(unit("河湾镇"), "副镇长", DEPUTY_TOWN, ymd(2022, 3, 16));
    let one = twice(c, first, Matter::promotion(), ymd(2022, 12, 14));
    expect(c, "ZG011", &one, BREACH, "试用期内破格提拔");
    expect(c, "SY005", &one, ADVICE, "试用期内提拔");

    let first = Stage::leader(unit("河湾镇"), "副镇长", DEPUTY_TOWN, ymd(2018, 5, 16));
    let one = twice(c, first, exceptional("破格"), ymd(2022, 5, 25));
    expect(c, "ZG012", &one, BREACH, "连续两次破格提拔");
}

/// Promoted to a deputy's post as given, then by an exception to the level above.
fn twice(c: &mut County, first: Stage, how: Matter, second: Day) -> Written {
    let mut stages = climb(first.by(how));
    stages.push(Stage::leader(unit("竹岭乡"), "人大主席", CHIEF_TOWN, second).by(exceptional("破格")));
    person::write(c, &BASE, &stages)
}

fn levels(c: &mut County) {
    let top = Stage::leader(unit("九渡镇"), "人大主席", CHIEF_TOWN, ymd(2023, 7, 26)).by(Matter::promotion());
    let one = person::write(c, &BASE, &[Stage::staff(unit("双桥铺镇"), ymd(2012, 7, 2)), top]);
    expect(c, "ZG013", &one, BREACH, "由科员级越两级提任乡科级正职，未按越级办理");
    expect(c, "ZG008", &one, ADVICE, "未任过乡科级副职即提任乡科级正职");

    let one = promoted(c, ymd(2024, 3, 27));
    let decided = one.days().decided;
    c.set(T::Post, &one.posts[0], "end", decided.plus(-10));
    // Whether the level held before asks for it is not known either: it was done.
    let at = one.days().consulted;
    let new = row(T::Step).with("case_id", one.case().to_string()).with("kind", "个人事项查核").with("start", at);
    c.push(new.with("organ", "县委组织部").with("result", "一致"));
    expect(c, "ZG013", &one, UNKNOWN, "讨论决定当日没有在任职务或职级，原层次不明");
}
