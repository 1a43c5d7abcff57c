//! Faults of inspection (KC): assessments, teams, notices, checks, opinions, sanctions, families abroad.

use super::kit::*;
use crate::fates::assessment;
use crate::life;

pub fn plant(c: &mut County) {
    assessments(c);
    procedures(c);
    checks(c);
    opinions(c);
    petitions(c);
    sanctions(c);
    families(c);
}

fn opinion(c: &County, one: &Written, office: &str) -> String {
    c.find(T::Opinion, &[("case_id", one.case()), ("office", office)])
}

fn county_level(c: &mut County, start: Day) -> Written {
    let top = Stage::leader(unit("政协"), "政协副主席", DEPUTY_COUNTY, start).by(Matter::promotion());
    person::write(c, &Profile::default(), &climb(top))
}

fn assessments(c: &mut County) {
    for (start, year, why) in
        [(ymd(2022, 9, 21), 2021, "上一年度考核基本称职"), (ymd(2017, 9, 20), 2015, "2014年条例期间，近三年有年度考核基本称职")]
    {
        let one = promoted(c, start);
        let mark = assessment(c, &one, year);
        c.set(T::Assessment, &mark, "result", "基本称职");
        expect(c, "KC001", &one, BREACH, why);
    }
    let one = promoted(c, ymd(2022, 6, 15));
    let mark = assessment(c, &one, 2021);
    c.of_mut(T::Assessment).retain(|r| r.id() != mark);
    expect(c, "KC001", &one, UNKNOWN, "上一年度没有考核记录");
}

fn procedures(c: &mut County) {
    for (team, verdict, why) in [(Cell::Int(1), BREACH, "考察组只有1人"), (Cell::Blank, UNKNOWN, "考察组人数未填")] {
        let one = promoted(c, ymd(2023, 5, 31));
        set_step(c, &one, "考察", "team", team);
        expect(c, "KC002", &one, verdict, why);
    }
    let one = promoted(c, ymd(2021, 7, 14));
    drop_step(c, &one, "考察预告");
    expect(c, "KC003", &one, ADVICE, "考察前未见考察预告");
    let one = promoted(c, ymd(2022, 3, 30));
    drop_step(c, &one, "考察公示");
    expect(c, "KC016", &one, ADVICE, "未见考察公示");
    let one = promoted(c, ymd(2024, 2, 28));
    drop_step(c, &one, "考察");
    expect(c, "KC017", &one, BREACH, "未见考察即讨论决定");
}

fn checks(c: &mut County) {
    for (result, verdict, why) in [(Cell::Code("不合格"), BREACH, "档案审核不合格仍提交讨论"), (Cell::Blank, UNKNOWN, "档案审核结果未填")]
    {
        let one = promoted(c, ymd(2023, 6, 28));
        set_step(c, &one, "档案审核", "result", result);
        expect(c, "KC004", &one, verdict, why);
    }
    let one = county_level(c, ymd(2022, 4, 20));
    drop_step(c, &one, "个人事项查核");
    expect(c, "KC005", &one, BREACH, "未查核个人有关事项报告");
    let one = county_level(c, ymd(2017, 11, 15));
    drop_step(c, &one, "个人事项查核");
    expect(c, "KC005", &one, ADVICE, "2019年条例之前未查核个人有关事项报告");
    let one = county_level(c, ymd(2023, 9, 27));
    set_step(c, &one, "个人事项查核", "result", Cell::Blank);
    expect(c, "KC005", &one, UNKNOWN, "个人事项查核结果未填");
    for (signed, verdict, why) in
        [(Cell::Bool(false), BREACH, "廉洁意见缺纪委书记签字"), (Cell::Blank, UNKNOWN, "廉洁意见是否有纪委书记签字未填")]
    {
        let one = promoted(c, ymd(2022, 5, 11));
        set_step(c, &one, "廉洁意见", "discipline_signed", signed);
        expect(c, "KC008", &one, verdict, why);
    }
}

fn opinions(c: &mut County) {
    let one = promoted(c, ymd(2021, 3, 10));
    c.drop_rows(T::Opinion, &[("case_id", one.case()), ("office", "所在单位纪检机构")]);
    expect(c, "KC006", &one, BREACH, "未征求所在单位纪检机构意见");

    let one = promoted(c, ymd(2022, 7, 27));
    let id = opinion(c, &one, "同级纪检监察机关");
    c.set(T::Opinion, &id, "replied", one.days().decided.plus(3));
    expect(c, "KC007", &one, BREACH, "同级纪检监察机关意见在讨论决定之后才回复");
    expect(c, "KC011", &one, ADVICE, "联审会审缺同级纪检监察机关意见");

    let one = noticed(c, (ymd(2024, 8, 19), ymd(2024, 8, 26)), ymd(2024, 8, 28));
    let id = opinion(c, &one, "同级纪检监察机关");
    c.set(T::Opinion, &id, "replied", "2024-08");
    expect(c, "KC007", &one, UNKNOWN, "回复只知2024年8月，是否在讨论决定之前不明");
    expect(c, "KC011", &one, UNKNOWN, "回复只知2024年8月，是否在讨论决定之前不明");

    let one = promoted(c, ymd(2023, 10, 25));
    c.drop_rows(T::Opinion, &[("case_id", one.case()), ("office", "税务")]);
    expect(c, "KC011", &one, ADVICE, "联审会审缺税务部门意见");

    for (result, verdict, why) in
        [(Cell::Code("有异议"), BREACH, "部门提出异议，未经核实即讨论决定"), (Cell::Blank, UNKNOWN, "部门已回复，意见未填")]
    {
        let one = promoted(c, ymd(2024, 1, 24));
        let id = opinion(c, &one, "生态环境");
        c.set(T::Opinion, &id, "result", result);
        expect(c, "KC012", &one, verdict, why);
    }
}

fn petitions(c: &mut County) {
    for (specific, verdict, why) in
        [(Cell::Bool(true), BREACH, "线索具体的举报未查清即讨论决定"), (Cell::Blank, UNKNOWN, "举报未办结，线索是否具体未填")]
    {
        let one = promoted(c, ymd(2022, 10, 12));
        let decided = one.days().decided;
        let new = row(T::Petition).with("person_id", &one.person).with("received", decided.plus(-30)).with("specific", specific);
        c.push(new.with("named", false).with("concluded", decided.plus(40)).with("result", "不属实"));
        expect(c, "KC009", &one, verdict, why);
    }
}

fn sanctions(c: &mut County) {
    let mut rng = Rng::named(c.seed, "inspected");
    for (kind, months, verdict, why) in [
        ("党内警告", 8, BREACH, "党内警告影响期内提拔"),
        ("诫勉", 4, ADVICE, "诫勉影响期内提拔"),
        ("留党察看", 40, UNKNOWN, "留党察看期限未记录，影响期36至48个月之间不明"),
    ] {
        let one = promoted(c, ymd(2023, 4, 26));
        life::sanction(c, &mut rng, &one, kind, one.days().decided.months(-months));
        expect(c, "KC013", &one, verdict, why);
    }
    let one = promoted(c, ymd(2022, 11, 23));
    let id = life::sanction(c, &mut rng, &one, "通报批评", one.days().decided.plus(60));
    c.set(T::Sanction, &id, "filed", one.days().decided.plus(-20));
    expect(c, "KC014", &one, BREACH, "立案审查期间提拔");
    let one = promoted(c, ymd(2021, 10, 13));
    let id = life::sanction(c, &mut rng, &one, "政务警告", one.days().decided.plus(60));
    c.set(T::Sanction, &id, "filed", Cell::Blank);
    expect(c, "KC014", &one, UNKNOWN, "讨论决定之后受处分，立案日期未填");
}

fn families(c: &mut County) {
    for (abroad, verdict, why) in
        [(Cell::Bool(true), BREACH, "配偶子女移居国（境）外仍提拔"), (Cell::Blank, UNKNOWN, "配偶子女是否移居国（境）外未填")]
    {
        let one = promoted(c, ymd(2023, 1, 4));
        c.set(T::Person, &one.person, "family_abroad", abroad);
        expect(c, "KC015", &one, verdict, why);
    }
}
