//! Faults of the year of probation (SY).

use super::kit::*;

const TRIAL: &[&str] = &["试用期满考核", "试用期满公示", "正式任职"];

pub fn plant(c: &mut County) {
    reviews(c);
    cut_short(c);
    confirmations(c);
    moved_in_probation(c);
}

/// Drops what there is of the steps that end a probation.
fn drop_trial(c: &mut County, one: &Written, kinds: &[&str]) {
    c.of_mut(T::Step).retain(|s| !(s.get("case_id").is(one.case()) && kinds.iter().any(|k| s.get("kind").is(k))));
}

fn reviews(c: &mut County) {
    let one = promoted(c, ymd(2023, 5, 17));
    move_step(c, &one, "试用期满考核", ymd(2024, 7, 1), ymd(2024, 7, 1));
    move_step(c, &one, "试用期满公示", ymd(2024, 7, 3), ymd(2024, 7, 10));
    move_step(c, &one, "正式任职", ymd(2024, 7, 12), ymd(2024, 7, 12));
    expect(c, "SY001", &one, ADVICE, "试用期2024-05-17届满，应于2024-06-16前考核，2024-07-01才考核");

    let one = promoted(c, ymd(2023, 9, 13));
    drop_trial(c, &one, TRIAL);
    expect(c, "SY001", &one, ADVICE, "试用期满已过30日，未见试用期满考核");

    let one = promoted(c, ymd(2025, 6, 10));
    drop_trial(c, &one, TRIAL);
    expect(c, "SY001", &one, SOON, "试用期满考核须在2026-07-10前进行");

    let one = promoted(c, ymd(2023, 10, 18));
    drop_trial(c, &one, TRIAL);
    let case = one.case().to_string();
    c.set(T::Case, &case, "chief", Cell::Blank);
    expect(c, "SY001", &one, UNKNOWN, "未见试用期满考核，拟任是否正职未填，无法判定是否适用试用期");
}

fn cut_short(c: &mut County) {
    let one = promoted(c, ymd(2022, 3, 16));
    move_step(c, &one, "试用期满考核", ymd(2023, 1, 10), ymd(2023, 1, 11));
    move_step(c, &one, "试用期满公示", ymd(2023, 1, 12), ymd(2023, 1, 19));
    move_step(c, &one, "正式任职", ymd(2023, 2, 1), ymd(2023, 2, 1));
    expect(c, "SY002", &one, BREACH, "试用不满一年即考核并正式任职");

    let one = promoted(c, ymd(2022, 4, 13));
    drop_trial(c, &one, &["试用期满公示", "正式任职"]);
    move_step(c, &one, "试用期满考核", ymd(2023, 3, 1), ymd(2023, 3, 2));
    set_step(c, &one, "试用期满考核", "result", Cell::Blank);
    expect(c, "SY002", &one, UNKNOWN, "试用不满一年即考核，考核结果未填，不知是否因不合格提前考核");
}

fn confirmations(c: &mut County) {
    let one = promoted(c, ymd(2022, 5, 18));
    move_step(c, &one, "试用期满公示", ymd(2023, 5, 19), ymd(2023, 5, 26));
    move_step(c, &one, "正式任职", ymd(2023, 5, 30), ymd(2023, 5, 30));
    move_step(c, &one, "试用期满考核", ymd(2023, 6, 5), ymd(2023, 6, 6));
    expect(c, "SY003", &one, BREACH, "先正式任职，后做试用期满考核");

    let one = promoted(c, ymd(2021, 5, 19));
    set_step(c, &one, "试用期满考核", "result", Cell::Blank);
    expect(c, "SY003", &one, UNKNOWN, "正式任职前的试用期满考核结果未填");

    let one = promoted(c, ymd(2022, 10, 19));
    drop_trial(c, &one, &["试用期满公示"]);
    expect(c, "SY004", &one, ADVICE, "正式任职前未见试用期满公示");

    let one = promoted(c, ymd(2023, 3, 15));
    move_step(c, &one, "试用期满考核", ymd(2024, 3, 18), ymd(2024, 3, 19));
    move_step(c, &one, "试用期满公示", ymd(2024, 3, 20), ymd(2024, 3, 25));
    move_step(c, &one, "正式任职", ymd(2024, 3, 28), ymd(2024, 3, 28));
    expect(c, "SY004", &one, ADVICE, "试用期满公示2024-03-20至03-25仅4个工作日");

    let one = promoted(c, ymd(2023, 4, 19));
    move_step(c, &one, "试用期满考核", ymd(2024, 4, 24), ymd(2024, 4, 25));
    move_step(c, &one, "试用期满公示", ymd(2024, 5, 6), ymd(2024, 5, 31));
    set_step(c, &one, "试用期满公示", "start", "2024-05");
    move_step(c, &one, "正式任职", ymd(2024, 6, 5), ymd(2024, 6, 5));
    expect(c, "SY004", &one, UNKNOWN, "试用期满公示开始日期只到月，是否满5个工作日不明");
}

fn moved_in_probation(c: &mut County) {
    let one = moved_twice(c, ymd(2022, 3, 16), ymd(2022, 11, 16));
    expect(c, "SY005", &one, ADVICE, "试用期内交流到另一岗位");

    let one = moved_twice(c, ymd(2021, 11, 15), ymd(2022, 12, 1));
    let new = row(T::Step).with("case_id", one.cases[0].0.clone()).with("kind", "试用期满考核").with("start", ymd(2022, 11, 16));
    c.push(new.with("organ", "县委组织部").with("result", "合格"));
    move_step(c, &one, "动议", ymd(2022, 10, 17), ymd(2022, 10, 17));
    move_step(c, &one, "考察", ymd(2022, 10, 24), ymd(2022, 10, 27));
    move_step(c, &one, "酝酿", ymd(2022, 10, 31), ymd(2022, 10, 31));
    set_step(c, &one, "讨论决定", "start", "2022-11");
    expect(c, "SY005", &one, UNKNOWN, "交流的讨论决定只知2022年11月，可能在2022-11-15试用期满之前");
}

/// Promoted, then moved at the same level.
fn moved_twice(c: &mut County, first: Day, second: Day) -> Written {
    let mut stages = climb(Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, first).by(Matter::promotion()));
    stages.push(Stage::leader(unit("工商联"), "副主席", DEPUTY_TOWN, second).by(Matter::of("交流")));
    person::write(c, &Profile::default(), &stages)
}
