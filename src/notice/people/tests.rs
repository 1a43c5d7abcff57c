use super::*;
use crate::ingest::Draft;
use crate::notice::paragraph::paragraphs;
use crate::rules::Files;

fn read(text: &str) -> Found {
    let draft = Draft { lines: (1..).zip(text.lines().map(str::to_owned)).collect(), counts: "行" };
    people(&paragraphs(&draft), &Words::read(&Files::built_in()).unwrap())
}

/// Name, items, and whether all was read.
fn shown(person: &Person) -> (String, String, bool) {
    let items: Vec<String> = person.items.iter().map(|r| r.item.clone()).collect();
    (person.name.clone(), items.join(" "), person.in_part)
}

#[test]
fn people_are_read_in_every_form() {
    let sentence = "姓名 性别 民族 出生年月 参加工作时间 政治面貌 学历学位 现任职务 拟任职务";
    let cases = [
        (
            "程远山，男，汉族，1980年4月出生，2002年7月参加工作，2004年6月加入中国共产党，大学学历，现任云泽县水利局副局长，拟任局长。",
            "程远山",
            sentence,
        ),
        (
            "一、程远山同志，男、汉族，1980年4月生，2002年7月参加工作，中共党员，省委党校研究生，现任县政府党组成员，县水利局副局长，拟提名为副县长人选",
            "程远山",
            sentence,
        ),
        ("（1）程远山：男，汉族，1980.04出生，2002.07参加工作，2004.06入党，大学，现任副局长；拟任局长", "程远山", sentence),
        ("程 远 男 汉族 1980年4月出生 2002年7月参加工作 中共党员 大学学历 现任副局长 拟任局长", "程远", sentence),
        (
            "姓名：程远山，性别：男，民族：汉族，出生年月：1980年4月，参加工作时间：2002年7月，政治面貌：中共党员，学历：大学，现任职务：副局长，拟任职务：局长",
            "程远山",
            sentence,
        ),
        (
            "姓名\t程远山\t性别\t男\t民族\t汉族\n出生年月\t1980.04\t参加工作时间\t2002.07\t政治面貌\t中共党员\n学历\t大学\t现任职务\t副局长\t拟任职务\t局长",
            "程远山",
            sentence,
        ),
        (
            "姓名\t性别\t民族\t出生年月\t参加工作时间\t政治面貌\t学历\t现任职务\t拟任职务\n程远山\t男\t汉族\t1980.04\t2002.07\t中共党员\t大学\t副局长\t局长",
            "程远山",
            sentence,
        ),
    ];
    for (text, name, items) in cases {
        let found = read(text);
        let all: Vec<_> = found.people.iter().map(shown).collect();
        assert_eq!(all, [(name.to_owned(), items.to_owned(), false)], "{text}\n{:?}", found.unread);
        assert!(found.unread.is_empty(), "{text}");
    }
}

#[test]
fn what_is_said_of_a_person_goes_on_in_the_paragraphs_after() {
    let found = read(
        "程远山，男，现任副局长，拟任局长。\n主要简历：\n2002.07—2015.05 县水利局科员\n2015.05— 县水利局副局长\n任职理由：因工作需要破格提拔。\n公示期为2024年3月4日至3月8日。\n2024年3月4日",
    );
    let all: Vec<_> = found.people.iter().map(shown).collect();
    assert_eq!(all, [("程远山".to_owned(), "姓名 性别 现任职务 拟任职务 简历 破格理由".to_owned(), false)]);
    assert_eq!(found.taken, [true, true, true, true, true, false, false]);
}

#[test]
fn a_piece_that_is_no_item_is_told_and_makes_the_rest_unsure() {
    let found = read("程远山，男，汉族，身体健康，出生年月：一九八〇年，现任副局长，拟任局长。");
    let told: Vec<(&str, &str)> = found.unread.iter().map(|u| (u.text.as_str(), u.why.as_str())).collect();
    assert_eq!(told, [("身体健康", "不知道是哪一项"), ("一九八〇年", "“出生年月”读不出日期")]);
    assert!(found.people.iter().all(|p| p.in_part));
}

#[test]
fn a_candidate_without_a_name_is_told_not_passed_over() {
    let found = read("现任县水利局副局长的程远山，拟任县水利局局长。");
    assert!(found.people.is_empty());
    assert_eq!(found.unread.len(), 1);
    let second = read("程远山，男，现任副局长，拟任局长。\n现任县司法局副局长的何秋月，拟任县司法局局长。");
    assert_eq!(
        second.people.iter().map(shown).collect::<Vec<_>>(),
        [("程远山".to_owned(), "姓名 性别 现任职务 拟任职务".to_owned(), false)]
    );
    assert_eq!(second.unread.len(), 1);
}
