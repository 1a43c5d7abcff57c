use super::*;
use crate::rules::{Files, load};
use std::sync::LazyLock;

static RULES: LazyLock<(RuleSet, Words)> = LazyLock::new(|| {
    let files = Files::built_in();
    (load(&files).unwrap(), Words::read(&files).unwrap())
});

const PERSON: &str = "程远山，男，汉族，1980年4月出生，2002年7月参加工作，中共党员，大学学历，现任副局长，拟任局长。";
const RESUME: &str = "主要简历：2002年7月以来在县水利局工作。";
const CONTACT: &str = "受理电话：0000-12380，地址：人民路1号。";

fn judged(lines: &[&str], posted: Option<&str>, level: Option<&str>) -> Judged {
    let (rules, words) = &*RULES;
    let draft = Draft { lines: (1..).zip(lines.iter().map(|l| (*l).to_owned())).collect(), counts: "段" };
    let all: Vec<usize> = (0..rules.rules.len()).collect();
    let asked = Asked { file: "稿", posted: posted.map(|p| p.parse().unwrap()), today: "2024-03-04".parse().unwrap(), level };
    check(&draft, rules, &all, words, asked)
}

/// Verdict, code and days short of every finding.
fn found(judged: &Judged) -> Vec<String> {
    let days = |f: &Finding| f.days.map(|d| format!(" {d}")).unwrap_or_default();
    judged.findings.iter().map(|f| format!("{} {}{}", f.verdict.word(), f.code, days(f))).collect()
}

fn of_period(period: &str, posted: Option<&str>) -> Vec<String> {
    found(&judged(&[PERSON, RESUME, period, CONTACT], posted, Some("县处级正职")))
}

#[test]
fn the_period_is_judged_by_the_rules_and_the_calendar() {
    let posted = Some("2024-03-04");
    let nothing: [&str; 0] = [];
    assert_eq!(of_period("公示期为2024年3月4日至3月8日（5个工作日）。", None), nothing);
    assert_eq!(of_period("公示期为2024年3月4日至3月7日。", None), ["违规 GS002 -1"]);
    assert_eq!(of_period("公示期为2024年3月4日至3月7日（5个工作日）。", None), ["违规 GS002 -1", "提醒 NT002 -1"]);
    // 2024-04-28 (Sunday) and 05-11 (Saturday) are worked, 05-01 to 05-05 are off.
    assert_eq!(of_period("公示期为2024年4月26日至5月6日（5个工作日）。", None), nothing);
    assert_eq!(of_period("公示期为2024年4月29日至5月6日（5个工作日）。", None), ["违规 GS002 -2", "提醒 NT002 -2"]);
    // The first day counted or not: three or four, four or five, five or six working days.
    assert_eq!(of_period("公示期自即日起3个工作日。", posted), ["违规 GS002 -2"]);
    assert_eq!(of_period("公示期自即日起4个工作日。", posted), ["待核 GS002 -1"]);
    assert_eq!(of_period("公示期自即日起5个工作日。", posted), nothing);
    // No calendar for the year.
    assert_eq!(of_period("公示期为2040年3月5日至3月20日（12个工作日）。", None), ["待核 GS002", "待核 NT002"]);
    // Backwards: told as such, not as too short.
    assert_eq!(of_period("公示期为2024年3月8日至3月4日。", None), ["违规 NT001"]);
    assert_eq!(of_period("公示期为2024年3月4日至3月8日。", Some("2024-03-05")), ["提醒 NT007"]);
    // The 2002 edition: seven calendar days.
    assert_eq!(of_period("公示期为6天，自2010年3月1日至3月6日。", None), ["提醒 GS002 -1"]);
    assert_eq!(of_period("公示期为7天，自2010年3月1日至3月6日。", None), ["提醒 GS002 -1", "提醒 NT002 -1"]);
}

#[test]
fn a_period_that_is_not_read_is_not_judged() {
    let all = judged(&[PERSON, RESUME, "公示期自即日起5个工作日。", CONTACT], None, Some("县处级正职"));
    assert_eq!(found(&all), ["待核 NT004"]);
    assert!(all.in_part && all.unread.len() == 1);
    let open = judged(&[PERSON, RESUME, "公示期自2024年3月4日起。", CONTACT], None, Some("县处级正职"));
    assert_eq!(found(&open), ["待核 NT004"]);
    assert!(open.in_part);
}

const PERIOD: &str = "公示期为2024年3月4日至3月8日。";

#[test]
fn contents_are_judged_by_the_level_of_the_post() {
    let without_resume = |level| found(&judged(&[PERSON, PERIOD, CONTACT], None, level));
    assert_eq!(without_resume(Some("县处级正职")), ["提醒 GS007"]);
    assert!(without_resume(Some("乡科级正职")).is_empty());
    assert_eq!(without_resume(None), ["待核 GS007"], "at 乡科级 nobody asks for a résumé, and the level is not known");
    let bare = judged(&["程远山，男，现任副局长，拟任局长。", RESUME, PERIOD, CONTACT], None, None);
    assert_eq!(found(&bare), ["提醒 GS007"]);
    assert_eq!(
        bare.findings[0].message,
        "2024-03-04任前公示未载明：民族、出生年月、政治面貌、学历学位|学历、参加工作时间".replace("|学历", "")
    );
}

#[test]
fn what_could_not_be_read_may_be_what_seems_to_be_left_out() {
    let all = judged(
        &["程远山，男，汉，1980年4月出生，2002年7月参加工作，中共党员，大学学历，现任副局长，拟任局长。", RESUME, PERIOD, CONTACT],
        None,
        None,
    );
    assert_eq!(found(&all), ["待核 GS007"]);
    assert!(all.in_part);
}

#[test]
fn an_exception_needs_its_reason() {
    let with = |line: &str| found(&judged(&[PERSON, RESUME, line, PERIOD, CONTACT], None, Some("县处级正职")));
    assert_eq!(with("该同志属破格提拔。"), ["违规 GS007"]);
    assert!(with("因工作特殊需要破格提拔。").is_empty());
}

#[test]
fn dates_of_a_life_that_cannot_be_are_told() {
    let early = PERSON.replace("2002年7月", "1995年7月");
    let all = judged(&[&early, RESUME, PERIOD, CONTACT], None, None);
    assert_eq!(found(&all), ["待核 DA001"]);
    assert_eq!(all.findings[0].message, "1980-04出生，1995-07参加工作不满16年");
}

#[test]
fn a_notice_without_people_contacts_or_with_blanks_is_told() {
    assert_eq!(found(&judged(&["现将有关情况公示如下：", PERIOD, CONTACT], None, None)), ["待核 NT005"]);
    assert_eq!(found(&judged(&[PERSON, RESUME, PERIOD], None, None)), ["提醒 NT003"]);
    assert_eq!(found(&judged(&[PERSON, RESUME, PERIOD, "受理电话：××××××，地址：人民路1号。"], None, None)), ["提醒 NT003", "提醒 NT006"]);
}
