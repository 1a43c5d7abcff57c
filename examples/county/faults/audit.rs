//! Faults of the audits of economic responsibility (SJ), and of the audit before inspection (KC010).

use super::kit::*;

pub fn plant(c: &mut County) {
    before_a_town(c);
    on_leaving(c);
    in_post(c);
    rectified(c);
    on_the_spot(c);
}

fn drop_audits(c: &mut County, one: &Written, kinds: &[&str]) {
    c.of_mut(T::Audit).retain(|a| !(a.get("person_id").is(&one.person) && kinds.iter().any(|k| a.get("kind").is(k))));
}

/// Adds an audit that found nothing.
fn audit(c: &mut County, one: &Written, unit: usize, kind: &'static str, entrusted: Day, reported: impl Into<Cell>) -> String {
    let new = row(T::Audit).with("person_id", &one.person).with("unit_id", c.unit_id(unit)).with("kind", kind);
    c.push(new.with("entrusted", entrusted).with("reported", reported).with("problems", 0))
}

fn expect_post(c: &mut County, code: &'static str, post: &str, verdict: &'static str, why: &str) {
    c.expect(code, T::Post, post, "", verdict, why);
}

fn before_a_town(c: &mut County) {
    let one = promoted_chief(c, "松坪镇", "镇长", ymd(2024, 5, 15), None);
    drop_audits(c, &one, &["任前"]);
    expect(c, "SJ001", &one, ADVICE, "提任乡镇正职前未见任前审计");

    let one = promoted_chief(c, "白鹭镇", "镇长", ymd(2024, 8, 14), None);
    drop_audits(c, &one, &["任前"]);
    let reported = one.days().decided.months(-12).plus(-10);
    audit(c, &one, unit("九渡镇"), "任前", reported.plus(-40), reported);
    expect(c, "SJ001", &one, ADVICE, "任前审计报告早于讨论决定12个月以上");

    let one = promoted_chief(c, "桃源岭镇", "镇长", ymd(2025, 3, 26), Some((ymd(2025, 3, 17), ymd(2025, 3, 24))));
    drop_audits(c, &one, &["任前"]);
    audit(c, &one, unit("九渡镇"), "任前", ymd(2024, 2, 1), "2024-03");
    expect(c, "SJ001", &one, UNKNOWN, "任前审计报告只知2024年3月，是否在讨论决定前12个月内不明");
}

fn on_leaving(c: &mut County) {
    let one = moved_chief(c, "审计局", "局长", ymd(2019, 4, 17), ymd(2024, 5, 15), "平级调整");
    drop_audits(c, &one, &["离任"]);
    expect_post(c, "SJ002", &chief_post(&one), ADVICE, "离任正职已过6个月，未见离任审计");

    let one = moved_chief(c, "文旅局", "局长", ymd(2018, 4, 18), ymd(2023, 5, 17), "平级调整");
    drop_audits(c, &one, &["离任"]);
    audit(c, &one, unit("文旅局"), "离任", ymd(2023, 12, 6), ymd(2024, 1, 18));
    expect_post(c, "SJ002", &chief_post(&one), ADVICE, "离任6个月后才委托离任审计");

    let one = moved_chief(c, "卫生健康局", "局长", ymd(2021, 6, 16), ymd(2026, 1, 16), "平级调整");
    drop_audits(c, &one, &["离任"]);
    expect_post(c, "SJ002", &chief_post(&one), SOON, "离任审计须在2026-07-15前委托");

    let one = moved_chief(c, "应急管理局", "局长", ymd(2021, 4, 14), ymd(2026, 1, 6), "平级调整");
    drop_audits(c, &one, &["离任"]);
    c.set(T::Post, &chief_post(&one), "end", "2025-12");
    expect_post(c, "SJ002", &chief_post(&one), UNKNOWN, "离任只知2025年12月，6个月期限是否已过不明");
}

/// The post before the last, which was the chief's.
fn chief_post(one: &Written) -> String {
    one.posts[one.posts.len() - 2].clone()
}

fn in_post(c: &mut County) {
    let one = promoted_chief(c, "商务局", "局长", ymd(2022, 3, 16), None);
    drop_audits(c, &one, &["任前", "任中"]);
    expect_post(c, "SJ003", one.post(), ADVICE, "任正职满3年，任期内未见审计");

    let one = promoted_chief(c, "统计局", "局长", ymd(2022, 3, 16), None);
    drop_audits(c, &one, &["任前", "任中"]);
    audit(c, &one, unit("统计局"), "任中", ymd(2022, 2, 21), "2022-03");
    expect_post(c, "SJ003", one.post(), UNKNOWN, "审计报告只知2022年3月，是否在任职之后不明");
}

fn rectified(c: &mut County) {
    let cases = [
        ("林业局", ymd(2024, 4, 17), Cell::Int(3), None, ADVICE, "审计发现3个问题，报告6个月后仍未整改"),
        ("商务局", ymd(2020, 10, 14), Cell::Int(2), Some(220), ADVICE, "审计问题逾6个月才完成整改"),
        ("统计局", ymd(2021, 1, 13), Cell::Blank, None, UNKNOWN, "审计报告已过6个月，发现问题数未填"),
    ];
    for (office, left, problems, after, verdict, why) in cases {
        let one = moved_chief(c, office, "局长", left.months(-50), left, "平级调整");
        let id = c.find(T::Audit, &[("person_id", &one.person), ("kind", "离任")]);
        let reported = c.get(T::Audit, &id).day("reported");
        c.set(T::Audit, &id, "problems", problems);
        c.set(T::Audit, &id, "rectified", after.map(|d| reported.plus(d)));
        c.expect("SJ004", T::Audit, &id, "", verdict, why);
    }
}

fn on_the_spot(c: &mut County) {
    let money = |office, start| Stage::staff(unit(office), start).with_duties("财务");
    let one = person::write(c, &Profile::default(), &[money("水利局", ymd(2018, 7, 2))]);
    expect_post(c, "SJ005", one.post(), ADVICE, "分管财务满5年，近3年未见审计");

    let one = person::write(c, &Profile::default(), &[money("商务局", ymd(2021, 5, 6))]);
    c.set(T::Post, one.post(), "start", "2021");
    expect_post(c, "SJ005", one.post(), UNKNOWN, "任职起始只知2021年，是否满5年不明");
}

pub fn plant_before_inspection(c: &mut County) {
    let one = head_of_office(c, "市场监管局", ymd(2023, 3, 15), None);
    expect(c, "KC010", &one, BREACH, "现任正职提拔，任期内未见经济责任审计报告");

    let one = head_of_office(c, "信访局", ymd(2024, 5, 30), Some((ymd(2024, 5, 20), ymd(2024, 5, 28))));
    audit(c, &one, unit("信访局"), "任前", ymd(2024, 4, 8), "2024-05");
    expect(c, "KC010", &one, UNKNOWN, "审计报告只知2024年5月，是否在讨论决定之前不明");

    let start = ymd(2022, 12, 14);
    let mut stages = climb(Stage::leader(unit("城东街道"), "人大工委主任", CHIEF_TOWN, start).by(Matter::promotion()));
    let last = stages.len() - 1;
    let acting = Stage::leader(unit("信访局"), "副局长（主持工作）", DEPUTY_TOWN, start.months(-16));
    stages.insert(last, Stage { kind: "主持工作", ..acting });
    let one = person::write(c, &Profile::default(), &stages);
    drop_audits(c, &one, &["任前"]);
    expect(c, "KC010", &one, BREACH, "主持工作满一年提拔，未见经济责任审计报告");
}

/// The head of an office, promoted above it; the audit on leaving came after the appointment.
fn head_of_office(c: &mut County, office: &str, start: Day, notice: Option<(Day, Day)>) -> Written {
    let matter = Matter { notice, ..Matter::promotion() };
    let mut stages = climb(Stage::leader(unit("政协"), "政协副主席", DEPUTY_COUNTY, start).by(matter));
    let at = stages.len() - 2;
    stages[at] = Stage::leader(unit(office), "局长", CHIEF_TOWN, stages[at].start).chief();
    let one = person::write(c, &Profile::default(), &stages);
    drop_audits(c, &one, &["任前", "任中", "离任"]);
    audit(c, &one, unit(office), "离任", start.plus(10), start.plus(80));
    one
}
