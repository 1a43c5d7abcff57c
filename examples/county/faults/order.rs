//! Faults of appointment (RZ), of the order of steps (SX), of recommendation (TJ) and of the visits after appointment (HF).

use super::kit::*;

pub fn plant_appointments(c: &mut County) {
    let one = promoted(c, ymd(2023, 6, 7));
    let talk = talk_of(c, &one);
    c.set(T::Talk, &talk, "date", one.days().arrived.plus(3));
    expect(c, "RZ001", &one, ADVICE, "到岗之后才任前谈话");

    let one = noticed(c, (ymd(2024, 5, 6), ymd(2024, 5, 13)), ymd(2024, 5, 16));
    let talk = talk_of(c, &one);
    c.set(T::Talk, &talk, "date", "2024-05");
    move_step(c, &one, "到岗", ymd(2024, 5, 20), ymd(2024, 5, 20));
    expect(c, "RZ001", &one, UNKNOWN, "任前谈话只知2024年5月，是否在到岗之前不明");

    let one = promoted(c, ymd(2022, 11, 9));
    c.drop_rows(T::Material, &[("case_id", one.case()), ("kind", "酝酿材料")]);
    expect(c, "RZ002", &one, ADVICE, "全程纪实材料缺酝酿材料");

    for (signed, verdict, why) in [(Cell::Bool(false), ADVICE, "会议记录未签字盖章"), (Cell::Blank, UNKNOWN, "会议记录是否签字盖章未填")]
    {
        let one = promoted(c, ymd(2023, 2, 15));
        let id = material(c, &one, "会议记录");
        c.set(T::Material, &id, "signed", signed);
        expect(c, "RZ002", &one, verdict, why);
    }

    let one = promoted(c, ymd(2024, 11, 13));
    let late = material(c, &one, "动议材料");
    let made = c.get(T::Material, &late).day("made");
    c.set(T::Material, &late, "archived", made.months(1).plus(12));
    c.expect("RZ003", T::Material, &late, "", ADVICE, "材料形成1个月后才归档");
    let absent = material(c, &one, "酝酿材料");
    c.set(T::Material, &absent, "archived", Cell::Blank);
    c.expect("RZ003", T::Material, &absent, "", ADVICE, "材料形成已逾1个月尚未归档");
    let unclear = material(c, &one, "任职文件");
    let due = c.get(T::Material, &unclear).day("made").months(1);
    c.set(T::Material, &unclear, "archived", month(due));
    c.expect("RZ003", T::Material, &unclear, "", UNKNOWN, "归档日期只到月，是否在1个月内不明");
}

fn material(c: &County, one: &Written, kind: &str) -> String {
    c.find(T::Material, &[("case_id", one.case()), ("kind", kind)])
}

fn out_of_order(c: &mut County, one: &Written, pair: &str, verdict: &'static str, why: &str) {
    let case = one.case().to_string();
    c.expect("SX001", T::Case, &case, pair, verdict, why);
}

pub fn plant_orders(c: &mut County) {
    let one = promoted(c, ymd(2023, 10, 11));
    let late = one.days().recommended;
    move_step(c, &one, "动议", late, late);
    out_of_order(c, &one, "动议→推荐", BREACH, "首次推荐早于动议");

    let one = promoted(c, ymd(2022, 8, 10));
    let late = c.days.after(one.days().inspected.0, 1);
    move_step(c, &one, "确定考察对象", late, late);
    out_of_order(c, &one, "确定考察对象→考察", BREACH, "考察早于确定考察对象");

    let one = noticed(c, (ymd(2024, 5, 20), ymd(2024, 5, 31)), ymd(2024, 6, 4));
    set_step(c, &one, "考察", "end", "2024-05");
    out_of_order(c, &one, "考察→讨论决定", UNKNOWN, "考察结束只知2024年5月，是否在讨论决定之前不明");

    let one = promoted(c, ymd(2023, 11, 15));
    let late = one.days().appointed.plus(12);
    move_step(c, &one, "考察公示", late, late.plus(5));
    expect(c, "SX002", &one, BREACH, "任职通知之后才补考察公示");

    let one = promoted(c, ymd(2021, 11, 10));
    let late = c.days.after(one.days().appointed, 5);
    move_step(c, &one, "动议", late, late);
    expect(c, "SX002", &one, BREACH, "任职通知之后才补动议");
    out_of_order(c, &one, "动议→推荐", BREACH, "推荐早于动议");

    let one = promoted(c, ymd(2024, 10, 16));
    set_step(c, &one, "考察公示", "start", "2024-10");
    set_step(c, &one, "考察公示", "end", ymd(2024, 10, 31));
    expect(c, "SX002", &one, UNKNOWN, "考察公示只知2024年10月，是否在任职通知之后不明");
}

pub fn plant_recommendations(c: &mut County) {
    let one = promoted(c, ymd(2024, 7, 17));
    drop_step(c, &one, "会议推荐");
    expect(c, "TJ001", &one, BREACH, "只有谈话推荐，未见会议推荐，也无免于会议推荐的理由");

    let one = promoted(c, ymd(2017, 10, 18));
    drop_step(c, &one, "会议推荐");
    set_step(c, &one, "谈话推荐", "exempt_reason", "单位人数较少");
    expect(c, "TJ001", &one, BREACH, "2014年条例没有免于会议推荐的规定");

    let one = promoted(c, ymd(2021, 9, 8));
    drop_step(c, &one, "谈话推荐");
    expect(c, "TJ002", &one, BREACH, "未见谈话推荐");

    for (kind, code) in [("会议推荐", "TJ001"), ("谈话推荐", "TJ002")] {
        let one = promoted(c, ymd(2023, 12, 13));
        drop_step(c, &one, kind);
        let case = one.case().to_string();
        c.set(T::Case, &case, "mode", Cell::Blank);
        expect(c, code, &one, UNKNOWN, &format!("未见{kind}，选任方式未填，不知是否竞争性选拔"));
    }
    expired(c);

    let one = promoted(c, ymd(2022, 6, 22));
    set_step(c, &one, "会议推荐", "target", "县财政局副局长");
    expect(c, "TJ004", &one, ADVICE, "推荐职位与拟任职务不一致");

    let one = promoted(c, ymd(2020, 7, 15));
    let case = one.case().to_string();
    c.set(T::Case, &case, "title", Cell::Blank);
    expect(c, "TJ004", &one, UNKNOWN, "拟任职务未填，无法与推荐职位比对");

    let one = promoted(c, ymd(2023, 4, 19));
    for (field, value) in [("due", 60), ("present", 39), ("ayes", 37), ("abstain", 2)] {
        set_step(c, &one, "会议推荐", field, value);
    }
    expect(c, "TJ005", &one, ADVICE, "会议推荐应到60人实到39人，不足三分之二");
}

/// Recommendations older than the year for which they hold.
fn expired(c: &mut County) {
    let one = promoted(c, ymd(2023, 9, 20));
    for kind in ["职数预审", "动议", "会议推荐", "谈话推荐"] {
        let id = step(c, &one, kind);
        let start = c.days.after(c.get(T::Step, &id).day("start").months(-13), 0);
        let end = if kind == "职数预审" { c.days.after(start, 1) } else { start };
        move_step(c, &one, kind, start, end);
    }
    // The precheck comes first as it should.
    let motion = step(c, &one, "动议");
    let before = c.days.before(c.get(T::Step, &motion).day("start"), 4);
    move_step(c, &one, "职数预审", before, c.days.after(before, 1));
    expect(c, "TJ003", &one, BREACH, "民主推荐结果超过一年仍用于确定考察对象");

    let one = noticed(c, (ymd(2024, 5, 13), ymd(2024, 5, 20)), ymd(2024, 5, 22));
    let candidates = one.days().candidates;
    assert!((2..=28).contains(&candidates.civil().2), "the month before last must straddle {candidates}");
    let recommended = candidates.months(-12);
    for kind in ["会议推荐", "谈话推荐"] {
        set_step(c, &one, kind, "start", month(recommended));
    }
    let first = c.days.before(recommended.first_of_month(), 8);
    move_step(c, &one, "动议", first, first);
    let before = c.days.before(first, 4);
    move_step(c, &one, "职数预审", before, c.days.after(before, 1));
    expect(c, "TJ003", &one, UNKNOWN, "民主推荐只知到月，确定考察对象时是否已过一年不明");
}

pub fn plant_visits(c: &mut County) {
    let one = promoted(c, ymd(2023, 7, 19));
    for row in c.of_mut(T::Visit).iter_mut().filter(|r| r.get("case_id").is(one.case())) {
        let date = row.day("date").plus(60);
        row.set("date", date);
    }
    expect(c, "HF001", &one, ADVICE, "到岗2个月后才首次回访");

    let one = moved(c, ymd(2024, 8, 21), "交流");
    c.drop_rows(T::Visit, &[("case_id", one.case())]);
    expect(c, "HF001", &one, ADVICE, "到岗已满2个月，未见回访");

    let one = promoted(c, ymd(2026, 4, 29));
    c.drop_rows(T::Visit, &[("case_id", one.case())]);
    move_step(c, &one, "到岗", ymd(2026, 5, 6), ymd(2026, 5, 6));
    expect(c, "HF001", &one, SOON, "须在2026-07-06前回访");

    let one = promoted(c, ymd(2024, 5, 15));
    visits(c, &one, ["2024-07", "2024-08-05", "2024-08-08", "2024-08-20", "2024-09-02"]);
    expect(c, "HF001", &one, UNKNOWN, "首次回访只知2024年7月，是否在到岗2个月内不明");

    let one = promoted(c, ymd(2022, 12, 7));
    c.drop_rows(T::Visit, &[("case_id", one.case()), ("kind", "反馈意见")]);
    procedure(c, &one, "反馈意见", ADVICE, "回访缺反馈意见程序");

    let one = promoted(c, ymd(2023, 3, 22));
    visits(c, &one, ["2023-04-20", "2023-04-26", "2023-04-24", "2023-05-10", "2023-05-30"]);
    procedure(c, &one, "实地了解", ADVICE, "实地了解早于个别谈话，程序颠倒");

    let one = promoted(c, ymd(2024, 5, 22));
    visits(c, &one, ["2024-06-20", "2024-06-21", "2024-06-25", "2024-06", "2024-07-16"]);
    procedure(c, &one, "反馈意见", UNKNOWN, "反馈意见只知2024年6月，是否在实地了解之后不明");
}

fn procedure(c: &mut County, one: &Written, kind: &str, verdict: &'static str, why: &str) {
    let case = one.case().to_string();
    c.expect("HF002", T::Case, &case, kind, verdict, why);
}

/// Sets the dates of the five visits, in the order of the procedures.
fn visits(c: &mut County, one: &Written, dates: [&'static str; 5]) {
    let kinds = ["征求意见", "个别谈话", "实地了解", "反馈意见", "整改提高"];
    for (kind, date) in kinds.into_iter().zip(dates) {
        let id = c.find(T::Visit, &[("case_id", one.case()), ("kind", kind)]);
        c.set(T::Visit, &id, "date", date);
    }
}
