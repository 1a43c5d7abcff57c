//! Faults of terms of office (RQ) and exchange (JL).

use super::kit::*;

pub fn plant_terms(c: &mut County) {
    same_post(c);
    same_level(c);
    within_term(c);
    retirement(c);
    section_posts(c);
}

/// Someone in a post since the day given, with no case in the county's files.
fn since(c: &mut County, top: Stage) -> Written {
    person::write(c, &Profile::default(), &climb(top))
}

/// Makes the start of the present post known to the year only.
fn blur_start(c: &mut County, one: &Written, year: &'static str) {
    c.set(T::Post, one.post(), "start", year);
    let before = one.posts[one.posts.len() - 2].clone();
    let last: i32 = year.parse().unwrap_or_default();
    c.set(T::Post, &before, "end", ymd(last, 12, 31));
}

fn on_post(c: &mut County, code: &'static str, one: &Written, verdict: &'static str, why: &str) {
    let post = one.post().to_string();
    c.expect(code, T::Post, &post, "", verdict, why);
}

fn on_person(c: &mut County, code: &'static str, one: &Written, verdict: &'static str, why: &str) {
    c.expect(code, T::Person, &one.person, "", verdict, why);
}

fn same_post(c: &mut County) {
    let magistrate = |start| Stage::leader(unit("县人民政府"), "副县长", DEPUTY_COUNTY, start);
    let one = since(c, magistrate(ymd(2016, 3, 16)));
    on_post(c, "RQ001", &one, BREACH, "政府领导成员任同一职务满10年");
    on_post(c, "JL001", &one, BREACH, "政府领导成员任同一职务满10年应当交流");

    let one = since(c, Stage::leader(unit("检察院"), "检察长", DEPUTY_COUNTY, ymd(2015, 9, 16)).chief());
    on_post(c, "RQ001", &one, BREACH, "检察院正职任同一职务满10年");
    on_post(c, "JL001", &one, BREACH, "检察院正职任同一职务满10年应当交流");

    let one = since(c, magistrate(ymd(2016, 9, 14)));
    on_post(c, "RQ001", &one, SOON, "2026-09-14任同一职务满10年");

    let one = since(c, magistrate(ymd(2016, 6, 15)));
    blur_start(c, &one, "2016");
    on_post(c, "RQ001", &one, UNKNOWN, "任职起始只知2016年，是否满10年不明");
    on_post(c, "JL001", &one, UNKNOWN, "任职起始只知2016年，是否满10年不明");
}

fn same_level(c: &mut County) {
    let mut stages = climb(Stage::leader(unit("双桥铺镇"), "副镇长", DEPUTY_TOWN, ymd(2009, 3, 18)));
    stages.push(Stage::leader(unit("教育局"), "副局长", DEPUTY_TOWN, ymd(2015, 4, 15)));
    stages.push(Stage::leader(unit("工商联"), "副主席", DEPUTY_TOWN, ymd(2020, 4, 15)));
    let one = person::write(c, &Profile::default(), &stages);
    on_person(c, "RQ002", &one, ADVICE, "任乡科级副职领导职务累计满15年");

    let mut stages = climb(Stage::leader(unit("政协"), "政协副主席", DEPUTY_COUNTY, ymd(2010, 5, 19)));
    stages.push(Stage::leader(unit("县人民政府"), "副县长", DEPUTY_COUNTY, ymd(2018, 5, 16)));
    let one = person::write(c, &Profile::default(), &stages);
    on_person(c, "RQ002", &one, BREACH, "任县处级副职领导职务累计满15年，现任政府领导成员");

    let mut stages = climb(Stage::leader(unit("双桥铺镇"), "副镇长", DEPUTY_TOWN, ymd(2011, 10, 12)));
    stages.push(Stage::leader(unit("水利局"), "副局长", DEPUTY_TOWN, ymd(2018, 3, 14)));
    let one = person::write(c, &Profile::default(), &stages);
    on_person(c, "RQ002", &one, SOON, "2026-10-12任乡科级副职领导职务满15年");

    let mut stages = climb(Stage::leader(unit("双桥铺镇"), "副镇长", DEPUTY_TOWN, ymd(2011, 7, 13)));
    stages.push(Stage::leader(unit("交通运输局"), "副局长", DEPUTY_TOWN, ymd(2018, 10, 17)));
    let one = person::write(c, &Profile::default(), &stages);
    let (staff, deputy) = (one.posts[0].clone(), one.posts[1].clone());
    c.set(T::Post, &staff, "end", ymd(2011, 12, 31));
    c.set(T::Post, &deputy, "start", "2011");
    on_person(c, "RQ002", &one, UNKNOWN, "首任乡科级副职只知2011年，是否满15年不明");
}

fn within_term(c: &mut County) {
    let one = moved_chief(c, "白鹭镇", "镇长", ymd(2021, 3, 17), ymd(2023, 5, 17), "交流");
    expect(c, "RQ003", &one, ADVICE, "乡镇正职任职不满3年即交流，未见事前报告");

    let one = moved_chief(c, "石门渡镇", "镇长", ymd(2020, 5, 13), ymd(2023, 5, 24), "交流");
    let post = one.posts[one.posts.len() - 2].clone();
    c.set(T::Post, &post, "start", "2020-05");
    expect(c, "RQ003", &one, UNKNOWN, "乡镇正职任职起始只知2020年5月，2023年5月中旬交流时是否满3年不明");
}

/// A deputy of a given birth, promoted late.
fn born(c: &mut County, birth: Day, male: bool) -> Written {
    let stages = [
        Stage::staff(unit("双桥铺镇"), birth.months(22 * 12).first_of_month()),
        Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, ymd(2013, 4, 17)),
        Stage::leader(unit("统计局"), "副局长", DEPUTY_TOWN, ymd(2018, 9, 12)),
    ];
    person::write(c, &Profile { birth: Some(birth), male: Some(male), ..Profile::default() }, &stages)
}

fn retirement(c: &mut County) {
    let one = born(c, ymd(1965, 10, 12), true);
    on_person(c, "RQ004", &one, ADVICE, "1965-10-12出生，2026-01-12已到退休年龄（60岁延迟3个月）");

    let one = born(c, ymd(1970, 11, 5), false);
    on_person(c, "RQ004", &one, ADVICE, "女，1970-11-05出生，2026-02-05已到退休年龄（55岁延迟3个月）");

    let one = born(c, ymd(1966, 8, 20), true);
    on_person(c, "RQ004", &one, SOON, "2027-01-20到退休年龄（60岁延迟5个月）");

    let one = born(c, ymd(1966, 3, 9), true);
    c.set(T::Person, &one.person, "birth", "1966");
    on_person(c, "RQ004", &one, UNKNOWN, "出生日期只知1966年，是否已到退休年龄不明");
}

fn section_posts(c: &mut County) {
    let one = since(c, Stage::leader(unit("民政局"), "副局长", DEPUTY_TOWN, ymd(2015, 5, 13)));
    on_post(c, "RQ005", &one, ADVICE, "任同一乡科级职务满10年");

    let one = since(c, Stage::leader(unit("司法局"), "副局长", DEPUTY_TOWN, ymd(2016, 6, 15)));
    blur_start(c, &one, "2016");
    on_post(c, "RQ005", &one, UNKNOWN, "任职起始只知2016年，是否满10年不明");
}

pub fn plant_exchanges(c: &mut County) {
    let one = since(c, Stage::leader(unit("组织部"), "部长", DEPUTY_COUNTY, ymd(2015, 6, 17)).chief());
    on_post(c, "JL001", &one, BREACH, "组织部门正职任同一职务满10年应当交流");
    seconded(c);

    let discipline = |start| Stage::leader(unit("柳溪镇"), "纪委书记", DEPUTY_TOWN, start).with_duties("纪检监察");
    let one = since(c, discipline(ymd(2020, 9, 16)));
    checked(c, &one);
    on_post(c, "JL003", &one, ADVICE, "分管纪检监察工作满5年未轮岗");

    let one = since(c, discipline(ymd(2021, 6, 16)));
    checked(c, &one);
    blur_start(c, &one, "2021");
    on_post(c, "JL003", &one, UNKNOWN, "任职起始只知2021年，是否满5年不明");
}

/// An audit within three years, so that only the rotation is wanting.
fn checked(c: &mut County, one: &Written) {
    let new = row(T::Audit).with("person_id", &one.person).with("unit_id", c.unit_id(one.unit)).with("kind", "点穴式");
    c.push(new.with("entrusted", ymd(2025, 2, 10)).with("reported", ymd(2025, 4, 15)).with("problems", 0));
}

fn seconded(c: &mut County) {
    let mut rng = Rng::named(c.seed, "seconded");
    let one = staff(c, ymd(2017, 7, 3));
    let post = crate::fates::secondment(c, &mut rng, &one, ymd(2023, 11, 15), Some(ymd(2024, 11, 14)));
    let reports: Vec<(String, Day)> =
        c.of(T::SecondmentReport).iter().filter(|r| r.get("post_id").is(&post)).map(|r| (r.id(), r.day("date"))).collect();
    c.of_mut(T::SecondmentReport).retain(|r| r.id() != reports[1].0);
    let gap = reports[0].1.to_string();
    c.expect("JL002", T::Post, &post, &gap, ADVICE, "挂职期间两次实绩备案相隔超过3个月");

    let one = staff(c, ymd(2018, 7, 2));
    let post = crate::fates::secondment(c, &mut rng, &one, ymd(2024, 1, 10), Some(ymd(2025, 1, 9)));
    c.of_mut(T::SecondmentReport).retain(|r| !r.get("post_id").is(&post));
    for date in [Cell::Day(ymd(2024, 3, 20)), Cell::Code("2024-06"), Cell::Day(ymd(2024, 8, 26)), Cell::Day(ymd(2024, 11, 20))] {
        c.push(row(T::SecondmentReport).with("post_id", &post).with("date", date));
    }
    c.expect("JL002", T::Post, &post, "2024-03-20", UNKNOWN, "下一次备案只知2024年6月，是否在3个月内不明");
}
