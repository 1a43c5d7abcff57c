//! Faults of what comes round each year: training (PX), assessment (KH), evaluation (PY), reserves (BC), and of ranks (ZJ).

use super::kit::*;
use crate::fates::assessment;

fn on_person(c: &mut County, code: &'static str, one: &Written, verdict: &'static str, why: &str) {
    c.expect(code, T::Person, &one.person, "", verdict, why);
}

/// Sets a field of all the person's courses begun in one of the years.
fn courses(c: &mut County, one: &Written, years: std::ops::RangeInclusive<i32>, field: &str, value: Cell) {
    for row in c.of_mut(T::Training).iter_mut().filter(|r| r.get("person_id").is(&one.person)) {
        if years.contains(&row.day("start").year()) {
            row.set(field, value.clone());
        }
    }
}

pub fn plant_training(c: &mut County) {
    for (hours, verdict, why) in
        [(Cell::Int(20), ADVICE, "2021至2025年培训不足550学时"), (Cell::Blank, UNKNOWN, "部分培训学时未填，已知学时不足550")]
    {
        let top = Stage::leader(unit("人大"), "人大常委会副主任", DEPUTY_COUNTY, ymd(2020, 11, 18));
        let one = person::write(c, &Profile::default(), &climb(top));
        courses(c, &one, 2022..=2024, "hours", hours);
        on_person(c, "PX001", &one, verdict, why);
    }
    for (hours, verdict, why) in [(Cell::Int(30), ADVICE, "2025年培训不足90学时"), (Cell::Blank, UNKNOWN, "2025年培训学时未填")]
    {
        let top = deputy(c, ymd(2020, 11, 18));
        let one = person::write(c, &Profile::default(), &climb(top));
        courses(c, &one, 2025..=2025, "hours", hours);
        on_person(c, "PX002", &one, verdict, why);
    }
    after_promotion(c);
    for (credits, verdict, why) in [(Cell::Int(4), ADVICE, "2025年学分不足18且未补训"), (Cell::Blank, UNKNOWN, "2025年学分未填")]
    {
        let one = staff(c, ymd(2014, 7, 1));
        courses(c, &one, 2025..=2025, "credits", credits);
        on_person(c, "PX004", &one, verdict, why);
    }
    let one = person::write(c, &Profile { status: "待岗", ..Profile::default() }, &[Stage::staff(unit("城东街道"), ymd(2013, 7, 1))]);
    let mark = assessment(c, &one, 2025);
    c.set(T::Assessment, &mark, "result", "基本称职");
    on_person(c, "PX005", &one, ADVICE, "待岗后未参加培训");
}

fn after_promotion(c: &mut County) {
    let induction = |c: &County, one: &Written| c.find(T::Training, &[("person_id", &one.person), ("course", "新任领导干部任职培训班")]);
    let one = promoted(c, ymd(2023, 5, 24));
    let id = induction(c, &one);
    c.of_mut(T::Training).retain(|r| r.id() != id);
    expect(c, "PX003", &one, ADVICE, "任职前后一年内未见培训");
    let one = promoted(c, ymd(2022, 5, 25));
    let id = induction(c, &one);
    c.set(T::Training, &id, "hours", Cell::Blank);
    expect(c, "PX003", &one, UNKNOWN, "任职培训学时未填");

    // Not trained in all of the last year either; the credits were made up for without hours.
    let one = promoted(c, ymd(2025, 8, 13));
    c.drop_rows(T::Training, &[("person_id", &one.person)]);
    let new = row(T::Training).with("person_id", &one.person).with("course", "学分补训").with("start", ymd(2026, 4, 13));
    c.push(new.with("hours", 0).with("credits", 18).with("makeup", true));
    expect(c, "PX003", &one, SOON, "须在2026-08-13前完成任职培训");
    on_person(c, "PX002", &one, ADVICE, "2025年没有培训学时");
}

pub fn plant_assessments(c: &mut County) {
    let one = staff(c, ymd(2015, 7, 1));
    let mark = assessment(c, &one, 2024);
    c.of_mut(T::Assessment).retain(|r| r.id() != mark);
    c.expect_year("KH001", T::Person, &one.person, 2024, ADVICE, "2024年度没有考核记录");
    let one = staff(c, ymd(2024, 3, 1));
    c.set(T::Post, one.post(), "start", "2024");
    let mark = assessment(c, &one, 2024);
    c.of_mut(T::Assessment).retain(|r| r.id() != mark);
    c.expect_year("KH001", T::Person, &one.person, 2024, UNKNOWN, "任职起始只知2024年，是否任满全年不明，2024年度没有考核记录");

    let one = staff(c, ymd(2013, 7, 1));
    for year in [2022, 2023] {
        let mark = assessment(c, &one, year);
        c.set(T::Assessment, &mark, "result", "不称职");
    }
    on_person(c, "KH002", &one, BREACH, "2022、2023年度连续考核不称职仍在职");

    let one = staff(c, ymd(2013, 7, 1));
    let mark = assessment(c, &one, 2024);
    c.set(T::Assessment, &mark, "class", "三类");
    c.expect("KH003", T::Assessment, &mark, "", ADVICE, "三类干部未在次年6月30日前诫勉");
    let one = moved(c, ymd(2025, 10, 22), "平级调整");
    let mark = assessment(c, &one, 2024);
    c.set(T::Assessment, &mark, "class", "四类");
    c.expect("KH003", T::Assessment, &mark, "", ADVICE, "四类干部次年6月30日之后才调整");
    for _ in 0..6 {
        person::write(c, &Profile::default(), &[Stage::staff(unit("人民医院"), HIRED)]);
    }
}

/// When those whose marks are too good came to their unit.
const HIRED: Day = ymd(2019, 7, 1);

/// Too many marks of 优秀 in one unit and year, once the fair ones are given.
pub fn finish_assessments(c: &mut County) {
    let hospital = c.unit_id(unit("人民医院"));
    let here = |p: &&crate::table::Row| p.get("unit_id").is(&hospital) && *p.get("start") == Cell::Day(HIRED);
    let people: Vec<String> = c.of(T::Post).iter().filter(here).map(|p| p.get("person_id").text()).collect();
    for row in c.of_mut(T::Assessment).iter_mut() {
        if *row.get("year") == Cell::Int(2022) && people.iter().any(|p| row.get("person_id").is(p)) && row.get("result").is("称职") {
            row.set("result", "优秀");
        }
    }
    c.expect_year("KH004", T::Unit, &hospital, 2022, ADVICE, "2022年度优秀比例超过20%");
}

pub fn plant_evaluations(c: &mut County) {
    let one = promoted(c, ymd(2023, 8, 30));
    c.drop_rows(T::Evaluation, &[("person_id", &one.person)]);
    expect(c, "PY002", &one, ADVICE, "2023年提拔，当年及次年均未列入评议");
    let one = promoted(c, ymd(2024, 5, 29));
    let id = c.find(T::Evaluation, &[("person_id", &one.person)]);
    c.set(T::Evaluation, &id, "satisfied", 62);
    c.set(T::Evaluation, &id, "dissatisfied", 21);
    c.expect("PY003", T::Evaluation, &id, "", ADVICE, "满意率62%，低于70%");
}

/// A year without evaluation, once the others are written.
pub fn finish_evaluations(c: &mut County) {
    let zone = c.unit_id(unit("经济开发区"));
    c.of_mut(T::Evaluation).retain(|e| !(e.get("unit_id").is(&zone) && *e.get("year") == Cell::Int(2024)));
    c.expect_year("PY001", T::Unit, &zone, 2024, BREACH, "2024年度未开展一报告两评议");
}

pub fn plant_reserves(c: &mut County) {
    for (code, inspected, adjusted, why) in
        [("BC001", ymd(2025, 4, 10), ymd(2025, 9, 10), "一年内未考察"), ("BC002", ymd(2025, 11, 12), ymd(2024, 3, 20), "两年内未调整")]
    {
        let one = staff(c, ymd(2014, 7, 1));
        let new = row(T::Reserve).with("person_id", &one.person).with("level", "乡科级副职").with("entered", ymd(2022, 3, 16));
        let id = c.push(new.with("inspected", inspected).with("adjusted", adjusted));
        c.expect(code, T::Reserve, &id, "", ADVICE, why);
    }
}

pub fn plant_ranks(c: &mut County) {
    let mut ranked = |first: &'static str, since: Day, second: &'static str, then: Day| {
        let units = [unit("民政局"), unit("司法局")];
        let at = units[c.of(T::Person).len() % 2];
        let one = person::write(c, &Profile::default(), &[Stage::staff(at, ymd(2012, 7, 2))]);
        let new = row(T::Rank).with("person_id", &one.person).with("rank", first).with("start", since);
        c.push(new.with("end", then.plus(-1)));
        c.push(row(T::Rank).with("person_id", &one.person).with("rank", second).with("start", then))
    };
    let short = ranked("四级主任科员", ymd(2020, 3, 16), "三级主任科员", ymd(2021, 9, 15));
    let skipped = ranked("四级主任科员", ymd(2019, 6, 1), "二级主任科员", ymd(2023, 9, 13));
    c.expect("ZJ001", T::Rank, &short, "", BREACH, "任四级主任科员18个月即晋升三级主任科员");
    c.expect("ZJ002", T::Rank, &skipped, "", BREACH, "由四级主任科员越级晋升二级主任科员");
    c.expect("ZJ001", T::Rank, &skipped, "", BREACH, "未任过三级主任科员即晋升二级主任科员");
}
