use super::*;
use crate::ingest::Draft;
use crate::notice::Words;
use crate::notice::paragraph::paragraphs;
use crate::rules::{Files, load};

/// The period of a text: first day, last days, days stated, and how much was not read.
fn read(text: &str, posted: Option<&str>) -> (String, usize) {
    let files = Files::built_in();
    let rules = load(&files).unwrap();
    let words = Words::read(&files).unwrap();
    let draft = Draft { lines: (1..).zip(text.lines().map(str::to_owned)).collect(), counts: "行" };
    let all = paragraphs(&draft);
    let all: Vec<&Paragraph> = all.iter().collect();
    let (period, unread) = period(&all, &words.words, posted.map(|p| p.parse().unwrap()), &rules.calendar);
    let shown = period.map_or_else(
        || "无".to_owned(),
        |p| {
            let ends: Vec<String> = p.ends.iter().map(Day::to_string).collect();
            let stated = p.stated.map(|s| format!(" {}{}", s.count, if s.working { "工" } else { "天" })).unwrap_or_default();
            format!("{}..{}{stated}", p.start, ends.join("|"))
        },
    );
    (shown, unread.len())
}

#[test]
fn periods_are_read_as_they_are_written() {
    // 2024-03-04 is a Monday; 2014-12-20 a Saturday. 2026-02-28 and 2026-05-09 are Saturdays worked, 2026-05-01 to 05-05 are off.
    let cases: [(&str, Option<&str>, &str); 22] = [
        ("公示期为2024年3月4日至3月8日（5个工作日）。", None, "2024-03-04..2024-03-08 5工"),
        ("公示期为2024年3月4日至2024年3月8日。", None, "2024-03-04..2024-03-08"),
        ("公示时间：2024年3月4日—8日", None, "2024-03-04..2024-03-08"),
        ("公示期限5个工作日（12月20日至12月26日）", Some("2014-12-19"), "2014-12-20..2014-12-26 5工"),
        ("在公示期5个工作日内（12月30日至1月6日）向我部反映", Some("2025-12-29"), "2025-12-30..2026-01-06 5工"),
        ("公示期自2024年12月30日起至1月6日止", None, "2024-12-30..2025-01-06"),
        ("公示时间：2024.3.4-2024.3.8", None, "2024-03-04..2024-03-08"),
        ("公示时间：2024-03-04 至 2024-03-08", None, "2024-03-04..2024-03-08"),
        ("公示期：２０２４年３月４日至３月８日", None, "2024-03-04..2024-03-08"),
        ("公示期：二〇二四年三月四日至三月十二日", None, "2024-03-04..2024-03-12"),
        ("公示时间：2024年3月4日（星期一）上午8:00至3月8日（星期五）下午5:30", None, "2024-03-04..2024-03-08"),
        ("公示期自即日起至3月8日", Some("2024-03-04"), "2024-03-04..2024-03-08"),
        // Whether the first day counts is not said: Friday the 8th, or Monday the 11th.
        ("公示期自即日起5个工作日", Some("2024-03-04"), "2024-03-04..2024-03-08|2024-03-11 5工"),
        ("公示期从2026年4月30日起，为期五个工作日", None, "2026-04-30..2026-05-09|2026-05-11 5工"),
        ("公示期为7天，自2010年3月1日起", None, "2010-03-01..2010-03-07|2010-03-08 7天"),
        ("如有问题，请于2月15日下午5:00前向我部反映", Some("2024-02-05"), "2024-02-05..2024-02-15"),
        // Whether "before" takes in the day itself is not said.
        ("如有问题，请于2月15日前向我部反映", Some("2024-02-05"), "2024-02-05..2024-02-14|2024-02-15"),
        ("公示期为2024年3月8日至3月4日", None, "2024-03-08..2024-03-04"),
        ("公示期自发布之日起至2024年3月12日", Some("2024-03-05"), "2024-03-05..2024-03-12"),
        ("公示期为2024年3月4日至3\n月8日", None, "无"),
        ("现将有关情况予以公示，公示期为2024年3月4日至3\n月8日", None, "2024-03-04..2024-03-08"),
        ("公示期自2024年3月4日开始", None, "2024-03-04.."),
    ];
    for (text, posted, expected) in cases {
        assert_eq!(read(text, posted).0, expected, "{text}");
    }
}

#[test]
fn what_is_not_sure_is_not_read() {
    let cases = [
        // No day of posting to count from.
        ("公示期自即日起5个工作日", 1),
        ("请于2月15日下午5:00前反映", 1),
        // No year to be had.
        ("公示期为12月20日至12月26日", 1),
        // No such day.
        ("公示期为2024年2月26日至2月30日", 1),
        // Two periods.
        ("公示期为2024年3月4日至3月8日。\n公示时间：2024年3月4日至3月11日", 1),
        // So many days, from nobody knows when.
        ("公示期为5个工作日", 1),
        // Nothing at all.
        ("经县委研究，现将拟任人选公示如下：", 0),
    ];
    for (text, unread) in cases {
        assert_eq!(read(text, None), ("无".to_owned(), unread), "{text}");
    }
}

#[test]
fn the_same_period_said_twice_is_one_and_days_that_differ_are_told() {
    let twice = "公示期为2024年3月4日至3月8日（5个工作日）。\n请在公示期（2024年3月4日至3月8日，7个工作日）内反映。";
    assert_eq!(read(twice, None), ("2024-03-04..2024-03-08 5工".to_owned(), 1));
}
