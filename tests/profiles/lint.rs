//! `rules lint`: the shipped rules are clean, and each carelessness is seen.

use crate::kit::{sample, told};
use guiju::rules::{Files, lint, load};

const HEAD: &str = "code = 'XX001'\nslug = 's'\ntitle = 't'\nsubject = 'case'\nremedy = '改正'\n";
const TESTS: &str = "[[test]]\nname = 'a'\nexpect = '提醒'\n[[test]]\nname = 'b'\nexpect = '合规'\n[[test]]\nname = 'c'\nexpect = '待核'\n";

fn version(lines: &str) -> String {
    format!("[[version]]\nbasis = ['local-visit#两个月回访']\nseverity = '提醒'\nmessage = 'm'\n{lines}")
}

/// What is said of one rule beside the shipped ones.
fn of(rule: &str) -> Vec<String> {
    let mut files = Files::built_in();
    files.add("national/XX/XX001.toml", rule);
    let rules = load(&files).unwrap_or_else(|errors| panic!("{}", told(&errors).join("\n")));
    told(&lint(&files, &rules, &|r| r.code == "XX001"))
}

fn says(rule: &str, expected: &str) {
    let found = of(rule);
    assert!(found.len() == 1 && found[0].starts_with(expected), "expected {expected}\ngot {found:?}");
}

#[test]
fn the_shipped_rules_and_the_samples_are_clean() {
    let files = Files::built_in();
    let rules = load(&files).expect("the rules load");
    assert_eq!(told(&lint(&files, &rules, &|_| true)), Vec::<String>::new());
    let (files, _, rules) = sample("yunze.toml");
    assert_eq!(told(&lint(&files, &rules, &|_| true)), Vec::<String>::new());
}

#[test]
fn a_careful_rule_is_clean() {
    assert_eq!(of(&format!("{HEAD}when = 'leader'\n{}{TESTS}", version("require = 'has(notice)'\n"))), Vec::<String>::new());
}

#[test]
fn a_rule_without_law_remedy_or_tests_is_seen() {
    let good = version("require = 'has(notice)'\n");
    says(&format!("{HEAD}{}{TESTS}", good.replace("'local-visit#两个月回访'", "")), "lint::no-basis XX001.toml:6");
    says(&format!("{}{good}{TESTS}", HEAD.replace("改正", " ")), "lint::no-remedy XX001.toml:5");
    says(&format!("{HEAD}{good}"), "lint::untested XX001.toml:1 XX001 没有得出提醒、合规、待核的测试");
}

#[test]
fn unused_names_are_seen_in_the_version_that_has_them() {
    says(&format!("{HEAD}let.early = 'notice.start'\n{}{TESTS}", version("require = 'has(notice)'\n")), "lint::unused XX001.toml:6");
    says(&format!("{HEAD}{}{TESTS}", version("let.early = 'notice.start'\nrequire = 'has(notice)'\n")), "lint::unused XX001.toml:10");
    // Used in one version, left over in the other.
    let two = format!(
        "{HEAD}{}until = 2019-12-31\nleast = 3\n{}from = 2020-01-01\nleast = 3\n{TESTS}",
        version("require = 'days(notice.start, notice.end) >= least'\n"),
        version("require = 'has(notice)'\n"),
    );
    says(&two, "lint::unused XX001.toml:19");
}

#[test]
fn a_name_that_a_rows_own_field_hides_is_seen() {
    let rule = format!("{HEAD}{}{TESTS}", version("target = '县长'\nrequire = \"any(step, organ == target) && title == target\"\n"));
    let found = of(&rule);
    assert!(found.iter().any(|f| f.starts_with("lint::shadow XX001.toml:11")), "{found:?}");
    says(
        &format!(
            "{HEAD}{}{TESTS}",
            version("days = 'ladder'\nlet.ladder = 'days(notice.start, notice.end)'\nlet.days = '3'\nrequire = 'ladder >= days'\n")
        ),
        "lint::shadow",
    );
}

#[test]
fn a_condition_that_cannot_hold_is_seen() {
    let with = |when: &str| format!("{HEAD}when = \"{when}\"\n{}{TESTS}", version("require = 'has(notice)'\n"));
    for never in [
        "kind == '提拔' && kind == '交流'",
        "kind in ['提拔', '交流'] && kind in ['免职']",
        "promotion && kind == '免职'",
        "leader && !leader",
        "false",
        "(kind == '提拔' || kind == '交流') && kind == '免职'",
        "decided >= date(2020, 1, 1) && decided < date(2019, 1, 1)",
        "level >= '县处级副职' && level < '乡科级正职'",
    ] {
        says(&with(never), "lint::never XX001.toml:6");
    }
    for fine in
        ["kind == '提拔' && !(kind == '交流')", "kind == '提拔' || kind == '交流'", "level >= '县处级副职' && level <= '县处级正职'"]
    {
        assert_eq!(of(&with(fine)), Vec::<String>::new(), "{fine}");
    }
}

#[test]
fn a_gap_between_versions_inside_the_life_of_what_they_cite_is_seen() {
    let one = version("until = 2018-12-31\nrequire = 'has(notice)'\n").replace("local-visit#两个月回访", "tj2014#41");
    let two = version("from = 2020-01-01\nrequire = 'has(notice)'\n").replace("local-visit#两个月回访", "tj2019#42");
    says(&format!("{HEAD}{one}{two}{TESTS}"), "lint::gap XX001.toml:12 ↔ XX001.toml:6");
    // Nothing cited was in force between 2019-03-02 and 2019-03-03: there is no day between.
    let (one, two) = (one.replace("2018-12-31", "2019-03-02"), two.replace("2020-01-01", "2019-03-03"));
    assert_eq!(of(&format!("{HEAD}{one}{two}{TESTS}")), Vec::<String>::new());
}

#[test]
fn a_word_that_no_rule_uses_is_seen() {
    let mut files = Files::built_in();
    files.add("own.definitions.toml", "[case]\nidle = 'kind == \"提拔\"'\n");
    let rules = load(&files).expect("the rules load");
    let found = told(&lint(&files, &rules, &|_| true));
    assert!(found.len() == 1 && found[0].starts_with("lint::unused own.definitions.toml:2"), "{found:?}");
}

#[test]
fn a_version_older_than_all_that_it_cites_is_seen() {
    let rule = |head: &str, from: &str| {
        let law = format!("[[version]]\nfrom = {from}\nbasis = ['ch2017#4']\nseverity = '提醒'\nmessage = 'm'\nrequire = 'has(notice)'\n");
        format!("{HEAD}{head}{law}{TESTS}")
    };
    says(
        &rule("", "2017-02-07"),
        "lint::too-early XX001.toml:6 XX001 的这个版本自 2017-02-07 起，所引条文那时都不在施行，最早自 2017-02-08 施行",
    );
    assert_eq!(of(&rule("", "2017-02-08")), Vec::<String>::new());
    assert_eq!(of(&rule("timeless = '各个时期都这样要求'\n", "2011-01-01")), Vec::<String>::new());
}
