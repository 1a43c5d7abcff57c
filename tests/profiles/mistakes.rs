//! Every mistake that a profile or a pack can hold is refused with its place; where two places contradict each other, with both.

use crate::kit::{CITY, COUNTY, RULE, load, told};
use guiju::diagnostic::Source;
use guiju::rules::{Files, read_profile};
use std::fs;
use std::sync::Arc;

/// Expects exactly one complaint, which begins so.
fn refused(profile: &str, packs: &[(&str, &str)], expected: &str) {
    let errors = load(profile, packs).err().unwrap_or_default();
    let told = told(&errors);
    assert!(told.len() == 1 && told[0].starts_with(expected), "expected {expected}\ngot {}", told.join("\n    "));
}

fn change(lines: &str) -> String {
    format!("title = 't'\n[[change]]\n{lines}reason = 'r'\n")
}

#[test]
fn everything_wrong_in_a_profile_is_told_at_once() {
    let profile = "titel = 't'\n[[change]]\nrule = 'GS002'\nversion = 2014-01-14\nset = { minimum = 7 }\n[[off]]\nreason = ''\n[waiver]\n'违规' = '永远'\nreason = 'r'\n";
    let errors = load(profile, &[]).err().unwrap_or_default();
    let mut codes: Vec<(&str, usize)> = errors.iter().map(|d| (d.code, d.line())).collect();
    codes.sort_unstable();
    let expected = [
        ("profile::bad-value", 9),
        ("profile::missing-key", 1),
        ("profile::missing-key", 6),
        ("profile::no-reason", 2),
        ("profile::no-reason", 7),
        ("toml::unknown-key", 1),
    ];
    assert_eq!(codes, expected, "{:?}", told(&errors));
    assert!(told(&errors).iter().any(|t| t.contains("是否想写“title”")));
}

#[test]
fn a_change_without_a_reason_is_refused() {
    refused("title = 't'\n[[change]]\nrule = 'HF001'\nseverity = '违规'\n", &[], "profile::no-reason profile.toml:2");
    refused("title = 't'\n[only]\nrules = ['GS']\n", &[], "profile::no-reason profile.toml:2");
    refused("title = 't'\n[[scope]]\nunits = ['U1']\n", &[], "profile::no-reason profile.toml:2");
    refused("title = 't'\n[waiver]\n'违规' = '不得豁免'\n", &[], "profile::no-reason profile.toml:2");
}

#[test]
fn unknown_names_are_told_with_the_nearest() {
    refused(&change("rule = 'HF01'\nseverity = '违规'\n"), &[], "profile::unknown-rule profile.toml:3 没有规则“HF01”（是否想写“HF001”");
    refused(
        "title = 't'\n[[off]]\nrules = ['natoinal']\nreason = 'r'\n",
        &[],
        "profile::unknown-rule profile.toml:3 没有规则“natoinal”（是否想写“national”",
    );
    refused(
        &change("rule = 'GS002'\nversion = 2014-01-14\nset = { minimun = 7 }\n"),
        &[],
        "profile::unknown-parameter profile.toml:5 ↔ GS002.toml:2 GS002 没有参数“minimun”（是否想写“minimum”",
    );
    refused(
        &change("rule = 'GS002'\nversion = 2014-01-15\nset = { minimum = 7 }\n"),
        &[],
        "profile::unknown-version profile.toml:4 ↔ GS002.toml:2",
    );
    refused(&change("rule = 'HF001'\nseverity = '违规'\nover = 'yunzhe'\n"), &[], "pack::unknown profile.toml:5");
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_both_places() {
    let gs = "rule = 'GS002'\nversion = 2014-01-14\n";
    refused(
        &change(&format!("{gs}set = {{ minimum = '七' }}\n")),
        &[],
        "profile::bad-value profile.toml:5 ↔ GS002.toml:14 minimum 应与原来的一样是数字",
    );
    refused(&change("rule = 'HF001'\nset = { window = '很久' }\n"), &[], "profile::bad-value profile.toml:4 ↔ HF001.toml:");
    // Of the right kind, but no level there is.
    let level = load(&change("rule = 'SJ003'\nset = { floor = '县级' }\n"), &[]).err().unwrap_or_default();
    let level = told(&level);
    assert!(
        level.len() == 1 && (level[0].starts_with("profile::bad-value") || level[0].starts_with("profile::unknown-parameter")),
        "{level:?}"
    );
}

#[test]
fn a_severity_is_a_breach_or_an_advice_and_unsound_data_stay_so() {
    refused(&change("rule = 'HF001'\nseverity = '待核'\n"), &[], "profile::severity profile.toml:4");
    refused(&change("rule = 'HF001'\nseverity = '严重'\n"), &[], "profile::severity profile.toml:4");
    refused(&change("rule = 'DA001'\nseverity = '违规'\n"), &[], "profile::severity profile.toml:4 ↔ DA001.toml:2");
}

#[test]
fn what_changes_nothing_is_refused_with_both_places() {
    refused(&change("rule = 'HF001'\nseverity = '提醒'\n"), &[], "profile::no-change profile.toml:4 ↔ HF001.toml:");
    refused(
        &change("rule = 'GS002'\nversion = 2014-01-14\nset = { minimum = 5 }\n"),
        &[],
        "profile::no-change profile.toml:5 ↔ GS002.toml:14",
    );
    let off = "title = 't'\n[[off]]\nrules = ['BC']\nreason = 'r'\n[[off]]\nrules = ['BC001']\nreason = 'r'\n";
    refused(off, &[], "profile::no-change profile.toml:6 ↔ profile.toml:3 BC001 已经停用");
    refused("title = 't'\n[[on]]\nrules = ['BC001']\nreason = 'r'\n", &[], "profile::no-change profile.toml:3 ↔ BC001.toml:2");
    refused("title = 't'\n[[change]]\nrule = 'HF001'\nreason = 'r'\n", &[], "profile::missing-key profile.toml:2 没有写要改什么");
}

#[test]
fn a_stale_override_is_refused_with_both_places() {
    let stale = "rule = 'GS002'\nversion = 2014-01-14\nset = { minimum = 7 }\nwas = { minimum = 6 }\n";
    refused(&change(stale), &[], "profile::stale profile.toml:6 ↔ GS002.toml:14 GS002 的 minimum 现在是5，不是6");
    refused(
        &change("rule = 'HF001'\nseverity = '违规'\nwas = { severity = '违规' }\n"),
        &[],
        "profile::stale profile.toml:5 ↔ HF001.toml:",
    );
    refused(
        &change("rule = 'HF001'\nseverity = '违规'\nwas = { window = '2个月' }\n"),
        &[],
        "profile::stale profile.toml:5 was 里的“window”没有要改",
    );
}

#[test]
fn a_change_that_may_mean_either_version_is_refused() {
    refused(&change("rule = 'GS002'\nset = { minimum = 9 }\n"), &[], "profile::which-version profile.toml:4 ↔ GS002.toml:");
    refused(&change("rule = 'GS002'\nseverity = '违规'\n"), &[], "profile::which-version profile.toml:4 ↔ GS002.toml:");
}

#[test]
fn a_change_twice_or_of_a_rule_out_of_force_is_refused() {
    let twice = "title = 't'\n[[change]]\nrule = 'HF001'\nseverity = '违规'\nreason = 'r'\n[[change]]\nrule = 'HF001'\nseverity = '违规'\nreason = 'r'\n";
    refused(twice, &[], "profile::twice profile.toml:8 ↔ profile.toml:4");
    let off = "title = 't'\n[[off]]\nrules = ['HF']\nreason = 'r'\n[[change]]\nrule = 'HF001'\nseverity = '违规'\nreason = 'r'\n";
    refused(off, &[], "profile::not-in-force profile.toml:6 ↔ profile.toml:3");
    let scopes = "title = 't'\n[[scope]]\nunits = ['U1']\nreason = 'r'\n[[scope]]\nrules = ['GS']\nunits = ['U2']\nreason = 'r'\n";
    refused(scopes, &[], "profile::twice profile.toml:5 ↔ profile.toml:2");
}

#[test]
fn a_local_rule_holds_from_a_day_and_a_national_one_since_its_own() {
    refused(&change("rule = 'GS002'\nfrom = 2020-01-01\n"), &[], "profile::national profile.toml:4 ↔ pack.toml:");
    refused(&change("rule = 'XF001'\nfrom = 2020-01-01\n"), &[], "profile::needs-by profile.toml:4 ↔ XF001.toml:");
    let unknown = load(&change("rule = 'XF001'\nfrom = 2020-01-01\nby = 'recieved'\n"), &[]).err().unwrap_or_default();
    assert!(told(&unknown).iter().any(|t| t.starts_with("rule::unknown-name profile.toml:5")), "{:?}", told(&unknown));
    load(&change("rule = 'XF001'\nfrom = 2020-01-01\nby = 'received'\n"), &[]).expect("a date of the subject");
    load(&change("rule = 'TH001'\nfrom = 2020-01-01\n"), &[]).expect("a case has its own date");
}

#[test]
fn packs_are_found_named_and_layered() {
    refused("title = 't'\npacks = ['nowhere']\n", &[], "pack::unreadable profile.toml:2");
    refused(
        "title = 't'\npacks = ['a']\n",
        &[("a/pack.toml", "name = 'Yunze'\ntitle = 't'\nlayer = '县'\n")],
        "pack::bad-name pack.toml:1",
    );
    refused(
        "title = 't'\npacks = ['a']\n",
        &[("a/pack.toml", "name = 'national'\ntitle = 't'\nlayer = '县'\n")],
        "pack::taken pack.toml:1",
    );
    refused("title = 't'\npacks = ['a']\n", &[("a/pack.toml", "name = 'a'\ntitle = 't'\nlayer = '乡'\n")], "pack::layer pack.toml:3");
    refused(
        "title = 't'\npacks = ['a', 'b']\n",
        &[("a/pack.toml", COUNTY), ("b/pack.toml", COUNTY)],
        "pack::taken pack.toml:1 ↔ pack.toml:1",
    );
    let child = format!("{COUNTY}parent = 'lanzhou'\n");
    refused("title = 't'\npacks = ['a']\n", &[("a/pack.toml", &child)], "pack::no-parent pack.toml:4");
    let above = format!("{CITY}parent = 'yunze'\n");
    refused(
        "title = 't'\npacks = ['a', 'b']\n",
        &[("a/pack.toml", &above), ("b/pack.toml", COUNTY)],
        "pack::layer pack.toml:4 ↔ pack.toml:1",
    );
    // A rule outside its family's folder would never be read.
    refused(
        "title = 't'\npacks = ['a']\n",
        &[("a/pack.toml", COUNTY), ("a/YZ101.toml", "code = 'YZ101'\n")],
        "pack::stray-file YZ101.toml:1",
    );
}

#[test]
fn a_pack_adds_to_the_records_and_changes_nothing_of_them() {
    let with = |schema: &str, expected: &str| {
        refused("title = 't'\npacks = ['a']\n", &[("a/pack.toml", COUNTY), ("a/schema.toml", schema)], expected);
    };
    with("[table.talk]\ndate = 'text 日期'\n", "pack::redeclared schema.toml:2 ↔ schema.toml:");
    with("[table.talk]\nrecorded = 'date+ 登记日期'\n", "pack::required schema.toml:2");
    with("[codes]\ntalk_kind = ['诫勉']\n", "pack::redeclared schema.toml:2 ↔ schema.toml:");
    with("[codes]\nlevel = ['股级']\n", "pack::ordered-list schema.toml:2");
    with("[blank]\nnone = ['case.level']\n", "pack::foreign schema.toml:2");
}

#[test]
fn a_rule_of_a_pack_replaces_another_only_when_it_says_so_and_why() {
    let with = |rule: &str, expected: &str| {
        refused("title = 't'\npacks = ['a']\n", &[("a/pack.toml", COUNTY), ("a/YZ/YZ101.toml", rule)], expected);
    };
    with(&RULE.replace("NAME", "GS002"), "pack::code-taken YZ101.toml:1 ↔ GS002.toml:2");
    let own = RULE.replace("NAME", "YZ101");
    with(&format!("overrides = 'GS002'\n{own}"), "profile::no-reason YZ101.toml:1");
    with(&format!("overrides = 'GS02'\nreason = 'r'\n{own}"), "profile::unknown-rule YZ101.toml:1 要代替的规则 GS02 不存在（是否想写“GS00");
    with(&format!("overrides = 'GS002'\nreason = 'r'\nwas = {{ minimum = 3 }}\n{own}"), "profile::stale YZ101.toml:3 ↔ GS002.toml:14");
    let files = [("rules/national/GS/GS002.toml", format!("overrides = 'GS001'\n{}", RULE.replace("NAME", "GS002")))];
    let mut built_in = guiju::rules::Files::built_in();
    built_in.add("national/GS/GS002.toml", &files[0].1);
    let errors = guiju::rules::load(&built_in).err().unwrap_or_default();
    assert!(told(&errors).iter().any(|t| t.starts_with("pack::not-a-pack GS002.toml:1")), "{:?}", told(&errors));
}

#[test]
fn a_shared_word_is_replaced_only_when_the_pack_says_so_and_why() {
    let with = |text: &str, expected: &str| {
        refused("title = 't'\npacks = ['a']\n", &[("a/pack.toml", COUNTY), ("a/definitions.toml", text)], expected);
    };
    with("[case]\ndecided = 'decision.start'\n", "rule::twice definitions.toml:2 ↔ definitions.toml:");
    with("[case]\ndecided = { is = 'decision.start', overrides = true }\n", "profile::no-reason definitions.toml:2");
    with(
        "[case]\ndecided = { is = 'decision.end', overrides = true, reason = 'r' }\n",
        "profile::no-change definitions.toml:2 ↔ definitions.toml:",
    );
    let stale = "[case]\ndecided = { is = 'decision.start', overrides = true, reason = 'r', was = 'discussion.end' }\n";
    with(stale, "profile::stale definitions.toml:2 ↔ definitions.toml:");
    with(
        "[case]\ndecidedd = { is = 'decision.start', overrides = true, reason = 'r' }\n",
        "profile::stale definitions.toml:2 没有可以代替的共用说法",
    );
}

#[test]
fn a_pack_with_a_file_that_cannot_be_read_is_refused_where_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("a/YZ")).expect("a folder");
    fs::write(folder.path().join("a/pack.toml"), COUNTY).expect("a file");
    // The head can be read; a rule is in GBK, as old editors save it.
    fs::write(folder.path().join("a/YZ/YZ101.toml"), b"title = '\xb1\xbe\xb5\xd8'\n").expect("a file");
    let source = Arc::new(Source { name: "profile.toml".into(), text: "title = 't'\npacks = ['a']\n".into() });
    let errors = read_profile(&source, folder.path(), &mut Files::built_in()).err().unwrap_or_default();
    let told = told(&errors);
    assert!(told.len() == 1 && told[0].starts_with("pack::unreadable profile.toml:2"), "{told:?}");
    assert!(told[0].contains("YZ101.toml") && told[0].contains("不是 UTF-8 文本"), "{told:?}");
}
