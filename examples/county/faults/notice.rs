//! Faults of the public notice before appointment (GS).

use super::kit::*;

pub fn plant(c: &mut County) {
    missing(c);
    length(c);
    order(c);
    contents(c);
    petitions(c);
}

fn missing(c: &mut County) {
    let one = promoted(c, ymd(2024, 6, 12));
    drop_step(c, &one, "任前公示");
    expect(c, "GS001", &one, BREACH, "提拔担任领导职务，已发任职通知而未见任前公示记录");

    let one = promoted(c, ymd(2023, 11, 8));
    drop_step(c, &one, "任前公示");
    let case = one.case().to_string();
    c.set(T::Case, &case, "leader", Cell::Blank);
    expect(c, "GS001", &one, UNKNOWN, "未见任前公示，是否提任领导职务未填，无法判定是否须公示");
}

fn length(c: &mut County) {
    let one = noticed(c, (ymd(2024, 3, 4), ymd(2024, 3, 7)), ymd(2024, 3, 11));
    expect(c, "GS002", &one, BREACH, "公示2024-03-04至03-07仅4个工作日");

    let one = noticed(c, (ymd(2023, 9, 27), ymd(2023, 10, 8)), ymd(2023, 10, 11));
    expect(c, "GS002", &one, BREACH, "公示跨国庆假期，含10月7日、8日调休上班仍只有4个工作日");

    let one = promoted_and_left(c, (ymd(2009, 4, 13), ymd(2009, 4, 18)), ymd(2009, 4, 21));
    expect(c, "GS002", &one, ADVICE, "2002年条例期间公示6天，不足7天");

    let one = noticed(c, (ymd(2024, 3, 1), ymd(2024, 3, 29)), ymd(2024, 4, 2));
    set_step(c, &one, "任前公示", "start", "2024-03");
    expect(c, "GS002", &one, UNKNOWN, "公示开始日期只到月，工作日数可能不足5个也可能足够");

    let one = promoted_and_left(c, (ymd(2008, 5, 12), ymd(2008, 5, 27)), ymd(2008, 5, 29));
    expect(c, "GS003", &one, ADVICE, "2002年条例期间公示16天，超过15天");
}

fn order(c: &mut County) {
    let one = noticed(c, (ymd(2023, 5, 10), ymd(2023, 5, 17)), ymd(2023, 5, 17));
    expect(c, "GS004", &one, BREACH, "任职通知与公示截止同日");

    let notice = Some((ymd(2024, 4, 22), ymd(2024, 5, 1)));
    let one = promoted_by(c, ymd(2024, 5, 16), Matter { notice, mode: "选任", ..Matter::promotion() });
    set_step(c, &one, "任职通知", "start", "2024-05");
    let talk = talk_of(c, &one);
    c.set(T::Talk, &talk, "date", ymd(2024, 5, 16));
    expect(c, "GS004", &one, UNKNOWN, "公示截止2024-05-01，任职通知只知2024年5月，可能就在当日");

    let one = promoted(c, ymd(2023, 6, 14));
    let early = c.days.before(one.days().decided, 1);
    set_step(c, &one, "任前公示", "start", early);
    expect(c, "GS005", &one, BREACH, "公示早于讨论决定一个工作日");
    let case = one.case().to_string();
    c.expect("SX001", T::Case, &case, "讨论决定→任前公示", BREACH, "公示早于讨论决定，次序颠倒");

    let one = noticed(c, (ymd(2022, 6, 1), ymd(2022, 6, 10)), ymd(2022, 6, 15));
    let new = row(T::Step).with("case_id", one.case().to_string()).with("kind", "复议").with("start", ymd(2022, 6, 2));
    let new = new.with("organ", "县委").with("form", "常委会").with("due", 11).with("present", 11).with("ayes", 10).with("nays", 1);
    c.push(new.with("abstain", 0).with("ballot", true).with("result", "通过"));
    expect(c, "GS005", &one, BREACH, "复议通过在后，公示早于最终决定");

    let notice = Some((ymd(2026, 3, 2), ymd(2026, 3, 9)));
    let coming = deputy(c, ymd(2026, 7, 1)).by(Matter { notice, ..Matter::promotion() });
    let mut stages = climb(coming);
    let coming = stages.pop();
    let one = person::write(c, &Profile { coming, ..Profile::default() }, &stages);
    expect(c, "GS006", &one, ADVICE, "公示2026-03-09截止已逾90日，事项仍为公示中且未任职");
}

fn contents(c: &mut County) {
    let one = promoted(c, ymd(2024, 9, 11));
    set_step(c, &one, "任前公示", "fields", "姓名、性别、民族、出生年月、学历学位、参加工作时间、现任职务、主要简历、拟任职务");
    let case = one.case().to_string();
    c.expect("GS007", T::Case, &case, "公示内容", ADVICE, "公示内容缺少政治面貌");

    let one = promoted_by(c, ymd(2022, 9, 14), Matter { exception: Some("破格"), ..Matter::promotion() });
    set_step(c, &one, "任前公示", "fields", crate::case::NOTICE_FIELDS);
    let case = one.case().to_string();
    c.expect("GS007", T::Case, &case, "破格理由", BREACH, "破格提拔的公示未列破格理由");

    let one = promoted(c, ymd(2021, 12, 15));
    set_step(c, &one, "任前公示", "channels", "张榜");
    expect(c, "GS009", &one, ADVICE, "只张榜公示，没有其他渠道");
}

fn petitions(c: &mut County) {
    let one = promoted(c, ymd(2023, 8, 9));
    let days = *one.days();
    let new =
        row(T::Petition).with("person_id", &one.person).with("received", days.notice.0.plus(1)).with("specific", true).with("named", false);
    c.push(new.with("concluded", days.appointed.plus(20)).with("result", "不属实"));
    expect(c, "GS008", &one, BREACH, "公示期内收到的举报在任职通知之后才办结");

    let one = noticed(c, (ymd(2024, 9, 9), ymd(2024, 9, 20)), ymd(2024, 9, 24));
    let new = row(T::Petition).with("person_id", &one.person).with("received", "2024-09").with("specific", false).with("named", false);
    c.push(new.with("concluded", ymd(2024, 10, 18)).with("result", "无法查证"));
    expect(c, "GS008", &one, UNKNOWN, "举报受理只知2024年9月，可能在公示期内，任职前未办结");
}
