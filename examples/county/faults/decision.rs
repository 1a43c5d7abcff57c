//! Faults of consultation and decision (JD).

use super::kit::*;

pub fn plant(c: &mut County) {
    consultation(c);
    counts(c);
    meetings(c);
}

/// Sets the counts of a meeting: due, present, ayes, nays, abstentions.
fn tally(c: &mut County, one: &Written, kind: &str, counts: [i32; 5]) {
    for (field, value) in ["due", "present", "ayes", "nays", "abstain"].into_iter().zip(counts) {
        set_step(c, one, kind, field, value);
    }
}

fn consultation(c: &mut County) {
    let one = promoted(c, ymd(2024, 4, 17));
    drop_step(c, &one, "酝酿");
    expect(c, "JD001", &one, BREACH, "未经酝酿即讨论决定");

    let one = noticed(c, (ymd(2024, 5, 20), ymd(2024, 5, 31)), ymd(2024, 6, 5));
    set_step(c, &one, "酝酿", "start", "2024-05");
    expect(c, "JD001", &one, UNKNOWN, "酝酿只知2024年5月，是否在讨论决定之前不明");

    let one = promoted_by(c, ymd(2023, 6, 21), Matter { dual: true, ..Matter::promotion() });
    let opinion = c.find(T::Opinion, &[("case_id", one.case()), ("office", "协管方")]);
    c.set(T::Opinion, &opinion, "replied", one.days().decided.plus(5));
    expect(c, "JD002", &one, BREACH, "协管方意见未回复且征求未满1个月即讨论决定");

    let one = promoted_by(c, ymd(2022, 3, 23), Matter { dual: true, ..Matter::promotion() });
    let opinion = c.find(T::Opinion, &[("case_id", one.case()), ("office", "协管方")]);
    c.set(T::Opinion, &opinion, "requested", Cell::Blank);
    c.set(T::Opinion, &opinion, "replied", Cell::Blank);
    expect(c, "JD002", &one, UNKNOWN, "协管方意见的征求和回复日期均未填");
}

fn counts(c: &mut County) {
    let one = promoted(c, ymd(2023, 8, 23));
    tally(c, &one, "讨论决定", [11, 7, 6, 1, 0]);
    expect(c, "JD003", &one, BREACH, "应到11人实到7人，不足三分之二");

    let one = promoted(c, ymd(2022, 7, 20));
    set_step(c, &one, "讨论决定", "present", Cell::Blank);
    expect(c, "JD003", &one, UNKNOWN, "讨论决定的实到人数未填");

    let one = promoted(c, ymd(2024, 1, 17));
    tally(c, &one, "讨论决定", [11, 9, 5, 4, 0]);
    expect(c, "JD004", &one, BREACH, "应到11人同意5人，未超过半数");

    let one = promoted(c, ymd(2021, 8, 18));
    set_step(c, &one, "讨论决定", "ayes", Cell::Blank);
    expect(c, "JD004", &one, UNKNOWN, "讨论决定的同意票数未填");

    let one = promoted(c, ymd(2021, 4, 21));
    set_step(c, &one, "讨论决定", "due", Cell::Blank);
    expect(c, "JD003", &one, UNKNOWN, "讨论决定的应到人数未填");
    expect(c, "JD004", &one, UNKNOWN, "讨论决定的应到人数未填");

    let one = noticed(c, (ymd(2023, 11, 6), ymd(2023, 11, 13)), ymd(2023, 11, 15));
    let new = row(T::Step).with("case_id", one.case().to_string()).with("kind", "复议").with("start", ymd(2023, 11, 6));
    let new = new.with("organ", "县委").with("form", "常委会").with("due", 11).with("present", 10).with("ayes", 5).with("nays", 4);
    c.push(new.with("abstain", 1).with("ballot", true).with("result", "通过"));
    expect(c, "JD005", &one, BREACH, "复议应到11人同意5人，未超过半数");

    let one = promoted(c, ymd(2022, 12, 14));
    tally(c, &one, "讨论决定", [11, 12, 12, 0, 0]);
    expect(c, "JD008", &one, BREACH, "讨论决定实到12人多于应到11人");

    let one = promoted(c, ymd(2020, 11, 18));
    tally(c, &one, "会议推荐", [50, 45, 44, 3, 0]);
    expect(c, "JD008", &one, BREACH, "会议推荐票数47多于实到45人");
}

fn meetings(c: &mut County) {
    let one = promoted_chief(c, "云台镇", "镇长", ymd(2024, 6, 19), None);
    set_step(c, &one, "讨论决定", "form", "常委会");
    tally(c, &one, "讨论决定", [11, 11, 11, 0, 0]);
    expect(c, "JD006", &one, ADVICE, "乡镇正职由常委会决定，未经全委会票决");

    let one = promoted_chief(c, "柳溪镇", "镇长", ymd(2025, 3, 19), None);
    set_step(c, &one, "讨论决定", "ballot", Cell::Blank);
    expect(c, "JD006", &one, UNKNOWN, "全委会是否无记名票决未填");

    let one = promoted(c, ymd(2023, 1, 11));
    set_step(c, &one, "讨论决定", "form", "书记办公会");
    expect(c, "JD007", &one, BREACH, "以书记办公会代替集体讨论决定");

    let one = promoted(c, ymd(2024, 12, 11));
    set_step(c, &one, "讨论决定", "form", Cell::Blank);
    expect(c, "JD007", &one, UNKNOWN, "讨论决定的会议形式未填");

    let one = moved(c, ymd(2022, 9, 21), "平级调整");
    drop_step(c, &one, "讨论决定");
    expect(c, "JD009", &one, BREACH, "已发任职通知而未见讨论决定");
}
