//! What `explain` says is in Chinese: every shared word is called something, and expressions are read aloud.
#![allow(clippy::expect_used, reason = "a test says what went wrong by panicking")]

use guiju::rules::{Files, Reader, RuleSet, load};

fn shipped() -> (Files, RuleSet) {
    let files = Files::built_in();
    let rules = load(&files).expect("the rules load");
    (files, rules)
}

#[test]
fn every_shared_word_is_called_something() {
    let (files, rules) = shipped();
    let reader = Reader::new(&files, &rules);
    let doc: toml::Table = toml::from_str(&files.get("definitions.toml").expect("it is there").text).expect("it is TOML");
    let tables = doc.iter().filter(|(table, _)| rules.schema.table(table).is_some());
    let nameless: Vec<String> = tables
        .filter_map(|(table, words)| Some((table, words.as_table()?)))
        .flat_map(|(table, words)| words.keys().map(move |word| (table, word)))
        .filter(|(table, word)| !reader.knows(table, word))
        .map(|(table, word)| format!("{table}.{word}"))
        .collect();
    assert!(nameless.is_empty(), "rules/words.toml lacks {nameless:?}");
}

#[test]
fn expressions_are_read_aloud() {
    let (files, rules) = shipped();
    let mut reader = Reader::new(&files, &rules);
    let cases = rules.schema.table("case").expect("there are cases");
    reader.give("minimum", "5");
    for (written, read) in [
        ("has(notice)", "有任前公示"),
        ("!has(exception)", "破格情形未填"),
        ("workdays(notice.start, notice.end) >= minimum", "任前公示的开始日期至任前公示的结束日期的工作日数（首尾都算）不少于5"),
        ("kind in ['提拔', '交流'] && leader", "任免类型为提拔、交流之一，且拟任是否领导职务为是"),
        ("kind == '提拔' || !leader && chief", "任免类型为提拔，或者（拟任是否领导职务为否，且拟任是否正职为是）"),
        ("none(step, kind == '动议' && end < decided)", "没有程序节点（节点类型为动议，且结束日期早于决定日）"),
        ("decided <= appointment.start + '1年'", "决定日不晚于任职通知的开始日期之后1年"),
        ("level >= '县处级副职'", "拟任职务层次在县处级副职以上（含）"),
        ("latest(person.post, chief_post).start", "最近的人员的任职经历（是正职领导职务）的任职起始"),
        // Neither, not both, the other way round.
        ("!(leader && decided < as_of)", "拟任是否领导职务为否，或者决定日不早于截至日"),
        ("chief && !(leader && decided < as_of)", "拟任是否正职为是，且（拟任是否领导职务为否，或者决定日不早于截至日）"),
        ("!any(step, kind == '动议')", "没有程序节点（节点类型为动议）"),
        // What is known only from the value is known to have ranks.
        ("top < '县处级副职'", "所取的职务层次低于县处级副职"),
        ("tenure_at(level) >= 24", "任该层次的整月数（该层次为拟任职务层次）不少于24"),
        ("exported(training.credits)", "导出了培训的学分"),
        ("no such thing(", "no such thing("),
    ] {
        assert_eq!(reader.read(cases, written), read, "{written}");
    }
    assert_eq!(reader.sentence(cases, "{decided}决定，不足{minimum}日"), "〔决定日〕决定，不足〔5〕日");
}

#[test]
fn every_named_value_and_parameter_is_called_something() {
    let (files, rules) = shipped();
    let told = ["from", "until", "basis", "let", "when", "once", "severity", "require", "message", "days", "check", "deadline", "shares"];
    let mut nameless = Vec::new();
    for (path, source) in files.all().filter(|(path, _)| path.starts_with("national/") || path.starts_with("local/")) {
        let Ok(doc) = source.text.parse::<toml::Table>() else { continue };
        let Some(code) = doc.get("code").and_then(toml::Value::as_str) else { continue };
        let reader = Reader::new(&files, &rules).of_rule(code);
        let versions = doc.get("version").and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table);
        for table in std::iter::once(&doc).chain(versions.clone()) {
            let values = table.get("let").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
            nameless.extend(values.filter(|name| reader.word_of_parameter(name).is_none()).map(|name| format!("{path}: {name}")));
        }
        let parameters = versions.flat_map(toml::Table::keys).filter(|key| !told.contains(&key.as_str()));
        nameless.extend(parameters.filter(|name| reader.word_of_parameter(name).is_none()).map(|name| format!("{path}: {name}")));
    }
    assert!(nameless.is_empty(), "rules/words.toml lacks {nameless:?}");
}

#[test]
fn a_word_of_one_rule_is_not_that_of_another() {
    let (files, rules) = shipped();
    let called = |code: &str| Reader::new(&files, &rules).of_rule(code).word("full").to_owned();
    assert_eq!(called("SY002"), "试用期满之日");
    assert_eq!(called("ZG001"), "工龄满之日");
}

#[test]
fn an_element_is_known_for_what_it_is() {
    let (files, rules) = shipped();
    let mut reader = Reader::new(&files, &rules);
    let people = rules.schema.table("person").expect("there are people");
    reader.give_element(people, "k", "kin");
    assert_eq!(reader.read(people, "k.relation != '其他'"), "该亲属关系的称谓不为其他");
    assert_eq!(reader.read(people, "any(k.relative.post, leader)"), "有该亲属关系的亲属人员的任职经历（是否领导职务为是）");
}
