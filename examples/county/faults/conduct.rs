//! Faults that follow sanctions (CF), reports of personal affairs (BG), files (DA), petitions (XF) and feedback to put right (XC).

use super::kit::*;
use crate::life;

pub fn plant_sanctions(c: &mut County) {
    let mut rng = Rng::named(c.seed, "conduct");
    for (conduct, verdict, why) in [
        (Cell::Day(ymd(2010, 3, 1)), ADVICE, "带病提拔，处分后3个月内未启动倒查"),
        (Cell::Blank, UNKNOWN, "违纪行为起始未填，是否在提拔之前不明"),
    ] {
        let top = deputy(c, ymd(2012, 5, 16)).by(Matter::promotion());
        let ending = Ending::Left(ymd(2022, 6, 15), "开除", None);
        let one = person::write(c, &Profile { ending, ..Profile::default() }, &climb(top));
        let id = life::sanction(c, &mut rng, &one, "政务开除", ymd(2022, 6, 15));
        c.set(T::Sanction, &id, "conduct_start", conduct);
        c.expect("CF001", T::Sanction, &id, "", verdict, why);
    }
    for (months, why) in [(8, "问责免职不满一年又任领导职务"), (18, "问责免职不满两年提拔到更高层次")] {
        let one = promoted(c, ymd(2023, 9, 13));
        let t = *one.days();
        life::sanction(c, &mut rng, &one, "问责免职", t.decided.months(-months));
        let reported = c.days.before(t.decided, 4);
        let new = row(T::Step).with("case_id", one.case().to_string()).with("kind", "事项报告").with("start", reported);
        c.push(new.with("organ", "岚州市委组织部").with("result", "同意"));
        expect(c, "CF002", &one, BREACH, why);
    }
}

pub fn plant_disclosures(c: &mut County) {
    let vice = |c: &mut County| {
        let top = Stage::leader(unit("人大"), "人大常委会副主任", DEPUTY_COUNTY, ymd(2021, 11, 17));
        person::write(c, &Profile::default(), &climb(top))
    };
    let of_year = |c: &County, one: &Written, year: i64| {
        let found = c.of(T::Disclosure).iter().find(|r| r.get("person_id").is(&one.person) && *r.get("year") == Cell::Int(year));
        found.map(|r| r.id()).unwrap_or_else(|| panic!("no report of {} for {year}", one.person))
    };
    let one = vice(c);
    let id = of_year(c, &one, 2024);
    c.of_mut(T::Disclosure).retain(|r| r.id() != id);
    c.expect_year("BG001", T::Person, &one.person, 2024, BREACH, "未见2024年度个人有关事项报告");
    let one = vice(c);
    let id = of_year(c, &one, 2023);
    c.set(T::Disclosure, &id, "date", ymd(2024, 2, 19));
    c.expect_year("BG001", T::Person, &one.person, 2023, BREACH, "2023年度报告晚于2024-01-31");

    for (changed, date, verdict, why) in [
        (Cell::Day(ymd(2024, 3, 4)), ymd(2024, 5, 20), ADVICE, "事项变化30日后才报告"),
        (Cell::Code("2024-03"), ymd(2024, 4, 15), UNKNOWN, "变化只知2024年3月，报告是否在30日内不明"),
    ] {
        let one = vice(c);
        let new = row(T::Disclosure).with("person_id", &one.person).with("kind", "变化报告").with("year", 2024).with("changed", changed);
        let id = c.push(new.with("date", date).with("result", "未查核"));
        c.expect("BG002", T::Disclosure, &id, "", verdict, why);
    }
    for (months, cell, verdict, why) in
        [(6, None, BREACH, "瞒报个人有关事项不满一年提拔"), (12, Some(()), UNKNOWN, "查核瞒报只知到月，提拔时是否已满一年不明")]
    {
        let one = noticed(c, (ymd(2023, 11, 20), ymd(2023, 11, 27)), ymd(2023, 11, 29));
        let verified = one.days().decided.months(-months);
        let cell = cell.map_or(Cell::Day(verified), |()| month(verified));
        let new =
            row(T::Disclosure).with("person_id", &one.person).with("kind", "新任报告").with("year", 2022).with("date", ymd(2022, 1, 20));
        c.push(new.with("verified", cell).with("result", "瞒报"));
        expect(c, "BG003", &one, verdict, why);
    }
}

pub fn plant_files(c: &mut County) {
    let one = staff(c, ymd(2008, 7, 1));
    let birth = ymd(1994, 5, 6);
    let male = c.get(T::Person, &one.person).get("gender").is("男");
    let number = crate::names::id_number(&mut Rng::named(c.seed, "young"), birth, male);
    c.set(T::Person, &one.person, "birth", birth);
    c.set(T::Person, &one.person, "id_number", number);
    c.set(T::Person, &one.person, "party_date", "2016-06");
    c.expect("DA001", T::Person, &one.person, "", UNKNOWN, "1994年出生，2008年参加工作时14岁");

    let one = staff(c, ymd(2012, 7, 2));
    let mut number = c.get(T::Person, &one.person).get("id_number").text();
    let last = if number.ends_with('3') { '4' } else { '3' };
    number.pop();
    number.push(last);
    c.set(T::Person, &one.person, "id_number", number);
    c.expect("DA002", T::Person, &one.person, "", UNKNOWN, "身份证号校验码不符");

    let top = Stage::leader(unit("卫生健康局"), "局长", CHIEF_TOWN, ymd(2024, 9, 11)).chief();
    let one = person::write(c, &Profile::default(), &climb(top));
    let new = row(T::Post)
        .with("person_id", &one.person)
        .with("unit_id", c.unit_id(unit("人民医院")))
        .with("title", "院长")
        .with("level", "乡科级正职");
    let new = new.with("leader", true).with("chief", true).with("kind", "任职").with("grassroots", false).with("start", ymd(2025, 3, 19));
    c.push(new);
    c.expect("DA003", T::Person, &one.person, "", ADVICE, "同时任两个单位正职");

    for (end, verdict, why) in [
        (Cell::Day(ymd(2018, 3, 31)), ADVICE, "两段任职经历之间间断5个月"),
        (Cell::Code("2018-05"), UNKNOWN, "前段任职只知2018年5月止，间断是否超过3个月不明"),
    ] {
        let stages = [Stage::staff(unit("青石镇"), ymd(2012, 7, 2)), Stage::staff(unit("统计局"), ymd(2018, 8, 20))];
        let one = person::write(c, &Profile::default(), &stages);
        c.set(T::Post, &one.posts[0], "end", end);
        c.expect("DA004", T::Person, &one.person, "", verdict, why);
    }
}

pub fn plant_petitions(c: &mut County) {
    let received = ymd(2024, 2, 26);
    let plans = [
        ("XF001", Cell::Bool(true), false, Some(130), None, ADVICE, "线索具体的举报90日后才办结"),
        ("XF001", Cell::Bool(true), false, None, None, ADVICE, "线索具体的举报逾90日未办结"),
        ("XF001", Cell::Blank, false, Some(130), None, UNKNOWN, "90日后才办结，线索是否具体未填"),
        ("XF002", Cell::Bool(true), true, Some(50), Some(40), ADVICE, "办结15日后才向实名举报人反馈"),
        ("XF002", Cell::Bool(true), true, Some(50), None, ADVICE, "办结后未向实名举报人反馈"),
    ];
    for (code, specific, named, concluded, fed_back, verdict, why) in plans {
        let one = staff(c, ymd(2010, 7, 1));
        let done = concluded.map(|n| received.plus(n));
        let new =
            row(T::Petition).with("person_id", &one.person).with("received", received).with("specific", specific).with("named", named);
        let new = new.with("concluded", done).with("result", done.map(|_| "不属实"));
        let id = c.push(new.with("fed_back", done.and_then(|d| fed_back.map(|n| d.plus(n)))));
        c.expect(code, T::Petition, &id, "", verdict, why);
    }
}

pub fn plant_issues(c: &mut County) {
    let plans = [
        ("XC001", ymd(2024, 9, 30), Some(ymd(2024, 11, 8)), true, ADVICE, "逾期销号"),
        ("XC001", ymd(2026, 4, 30), None, true, ADVICE, "逾期未销号"),
        ("XC001", ymd(2026, 7, 10), None, true, SOON, "整改须在2026-07-10前完成"),
        ("XC002", ymd(2025, 3, 31), Some(ymd(2025, 3, 12)), false, ADVICE, "已销号而无佐证材料"),
    ];
    for (code, deadline, closed, shown, verdict, why) in plans {
        let new = row(T::Issue).with("unit_id", c.unit_id(unit("教育局"))).with("source", "巡察").with("summary", "干部考察材料要素不全");
        let new = new.with("found", deadline.months(-3)).with("deadline", deadline).with("closed", closed);
        let id = c.push(new.with("evidence", (shown && closed.is_some()).then_some("整改报告")));
        c.expect(code, T::Issue, &id, "", verdict, why);
    }
}
