//! Faults of the talks that are due on changes and troubles, and of their follow-up (TH).

use super::kit::*;
use crate::life;

pub fn plant(c: &mut County) {
    on_change(c);
    on_events(c);
    on_leaving(c);
    on_sanctions(c);
    inquiries(c);
    admonitions(c);
}

fn on_change(c: &mut County) {
    let one = moved(c, ymd(2023, 7, 12), "交流");
    c.drop_rows(T::Talk, &[("case_id", one.case())]);
    expect(c, "TH001", &one, ADVICE, "交流任职前后15日内未见谈话");

    let one = noticed(c, (ymd(2024, 5, 6), ymd(2024, 5, 24)), ymd(2024, 5, 28));
    let talk = talk_of(c, &one);
    c.set(T::Talk, &talk, "date", ymd(2024, 5, 7));
    expect(c, "TH001", &one, ADVICE, "任前谈话在任职通知21日之前");

    let one = moved(c, ymd(2024, 5, 8), "平级调整");
    let talk = talk_of(c, &one);
    c.set(T::Talk, &talk, "date", "2024-05");
    expect(c, "TH001", &one, UNKNOWN, "谈话只知2024年5月，是否在任职前后15日内不明");
}

/// An event and what followed: the talk's kind and date, the code and the verdict.
type Plan = (&'static str, Day, Option<(&'static str, Cell)>, &'static str, &'static str, &'static str);

fn on_events(c: &mut County) {
    let plans: &[Plan] = &[
        ("苗头性问题", ymd(2024, 4, 8), None, "TH002", ADVICE, "出现苗头性问题15日内未见谈话"),
        ("苗头性问题", ymd(2023, 9, 11), Some(("提醒", Cell::Day(ymd(2023, 10, 9)))), "TH002", ADVICE, "苗头性问题28日后才提醒"),
        (
            "苗头性问题",
            ymd(2024, 5, 13),
            Some(("苗头谈话", Cell::Code("2024-05"))),
            "TH002",
            UNKNOWN,
            "谈话只知2024年5月，是否在15日内不明",
        ),
        ("重大困难", ymd(2023, 2, 20), None, "TH005", ADVICE, "遇重大困难15日内未见谈话"),
        ("家庭变故", ymd(2024, 3, 11), Some(("困难谈话", Cell::Code("2024-03"))), "TH005", UNKNOWN, "谈话只知2024年3月，是否在15日内不明"),
        ("突出成绩", ymd(2024, 1, 15), None, "TH006", ADVICE, "取得突出成绩30日内未见谈话"),
        (
            "重大挫折",
            ymd(2024, 6, 12),
            Some(("成绩挫折谈话", Cell::Code("2024-07"))),
            "TH006",
            UNKNOWN,
            "谈话只知2024年7月，是否在30日内不明",
        ),
        ("离任", ymd(2022, 8, 22), None, "TH003", ADVICE, "离任前后15日内未见离任谈话"),
        (
            "离任",
            ymd(2024, 5, 15),
            Some(("离任谈话", Cell::Code("2024-05"))),
            "TH003",
            UNKNOWN,
            "谈话只知2024年5月，是否在离任前后15日内不明",
        ),
    ];
    for (kind, date, talk, code, verdict, why) in plans {
        let one = staff(c, ymd(2016, 8, 1));
        let event = life::event(c, &one, kind, *date, "见谈话记录");
        if let Some((kind, when)) = talk {
            let id = life::talk(c, &one.person, kind, *date, Some(&event));
            c.set(T::Talk, &id, "date", when.clone());
        }
        c.expect(code, T::Event, &event, "", verdict, why);
    }
    let one = staff(c, ymd(2016, 8, 1));
    let event = life::event(c, &one, "苗头性问题", ymd(2025, 3, 10), "当事人未登记");
    c.set(T::Event, &event, "person_id", Cell::Blank);
    c.expect("TH002", T::Event, &event, "", UNKNOWN, "苗头性问题的当事人未填，无法核对谈话");
}

fn on_leaving(c: &mut County) {
    let start = ymd(2022, 5, 18);
    let mut stages = climb(Stage::leader(unit("桃源岭镇"), "人大主席", CHIEF_TOWN, start.months(-50)));
    let after = Stage { leader: false, ..Stage::leader(unit("农业农村局"), "干部", CHIEF_TOWN, start) };
    stages.push(after.by(Matter::of("免职")));
    let one = person::write(c, &Profile::default(), &stages);
    c.drop_rows(T::Talk, &[("case_id", one.case())]);
    expect(c, "TH003", &one, ADVICE, "免职前后15日内未见离任谈话");
}

fn on_sanctions(c: &mut County) {
    let mut rng = Rng::named(c.seed, "sanctioned");
    let one = staff(c, ymd(2015, 9, 1));
    let id = life::sanction(c, &mut rng, &one, "通报批评", ymd(2023, 12, 4));
    c.drop_rows(T::Talk, &[("person_id", &one.person)]);
    c.expect("TH004", T::Sanction, &id, "", ADVICE, "处分后15日内未见处分谈话");

    let one = staff(c, ymd(2015, 9, 1));
    let id = life::sanction(c, &mut rng, &one, "批评教育", ymd(2024, 3, 12));
    c.set(T::Sanction, &id, "date", "2024-03");
    let talk = c.find(T::Talk, &[("person_id", &one.person)]);
    c.set(T::Talk, &talk, "date", ymd(2024, 3, 20));
    c.expect("TH004", T::Sanction, &id, "", UNKNOWN, "处理决定只知2024年3月，谈话是否在其后15日内不明");
}

fn plant_talk(c: &mut County, kind: &'static str, date: Day, replied: Cell, followed: Cell, finding: (&'static str, &'static str, &str)) {
    let one = staff(c, ymd(2001, 7, 2));
    let id = life::talk(c, &one.person, kind, date, None);
    c.set(T::Talk, &id, "replied", replied);
    c.set(T::Talk, &id, "followed_up", followed);
    c.expect(finding.0, T::Talk, &id, "", finding.1, finding.2);
}

fn inquiries(c: &mut County) {
    let date = ymd(2024, 3, 4);
    plant_talk(c, "函询", date, ymd(2024, 4, 1).into(), Cell::Blank, ("TH007", ADVICE, "函询15个工作日（2024-03-25）后才书面回复"));
    plant_talk(c, "函询", ymd(2025, 3, 3), Cell::Blank, Cell::Blank, ("TH007", ADVICE, "函询15个工作日后仍未书面回复"));
    let unloaded = ("TH007", UNKNOWN, "2003年没有工作日历，15个工作日的期限无法计算");
    plant_talk(c, "函询", ymd(2003, 6, 10), ymd(2003, 7, 4).into(), Cell::Blank, unloaded);
}

fn admonitions(c: &mut County) {
    let date = ymd(2024, 3, 4);
    let (replied, followed) = (ymd(2024, 3, 8), ymd(2024, 9, 16));
    plant_talk(
        c,
        "诫勉",
        date,
        ymd(2024, 3, 14).into(),
        followed.into(),
        ("TH008", ADVICE, "诫勉后5个工作日（2024-03-11）内未交书面检查，03-14才交"),
    );
    plant_talk(c, "诫勉", date, "2024-03".into(), followed.into(), ("TH008", UNKNOWN, "书面检查只知2024年3月，是否在5个工作日内不明"));
    plant_talk(c, "诫勉", date, replied.into(), ymd(2024, 11, 1).into(), ("TH009", ADVICE, "诫勉7个月后才跟踪了解"));
    plant_talk(c, "诫勉", date, replied.into(), Cell::Blank, ("TH009", ADVICE, "诫勉已过7个月，未见跟踪了解"));
    plant_talk(c, "诫勉", date, replied.into(), ymd(2024, 8, 20).into(), ("TH009", ADVICE, "诫勉不满6个月即跟踪了解，期满后未再了解"));
    plant_talk(c, "诫勉", date, replied.into(), "2024-10".into(), ("TH009", UNKNOWN, "跟踪了解只知2024年10月，是否在7个月内不明"));
}
