//! 省, 市, 县: every layer changes what stands above it, and says which layer it overrides.

use crate::kit::{CITY, COUNTY, RULE, load, outcome, sound, told};
use guiju::rules::load as load_plain;
use guiju::rules::{Body, Files, Grade};

const HARDEN: &str = "[[change]]\nrule = 'HF001'\nseverity = '违规'\nreason = '市里的理由'\n";
const SOFTEN: &str = "[[change]]\nrule = 'HF001'\nseverity = '提醒'\nreason = '县里的理由'\n";

fn both(city: &str, county: &str) -> Result<guiju::rules::RuleSet, Vec<guiju::diagnostic::Diagnostic>> {
    let city = format!("{CITY}{city}");
    let county = format!("{}parent = 'lanzhou-shi'\n{county}", COUNTY);
    // Listed in the wrong order on purpose: the parent counts, not the list.
    load("title = 't'\npacks = ['county', 'city']\n", &[("city/pack.toml", &city), ("county/pack.toml", &county)])
}

#[test]
fn two_layers_that_change_one_thing_must_say_which_overrides_which() {
    let errors = told(&both(HARDEN, SOFTEN).err().unwrap_or_default());
    assert!(errors.len() == 1 && errors[0].starts_with("profile::conflict pack.toml:7 ↔ pack.toml:6"), "{errors:?}");
    let rules = both(HARDEN, &SOFTEN.replace("reason", "over = 'lanzhou-shi'\nreason")).expect("it says whom it overrides");
    let rule = rules.of_code("HF001").next().expect("the rule");
    let told: Vec<String> = rule.changes.iter().map(|t| format!("{} {}→{} {}", t.by, t.was, t.now, t.reason)).collect();
    assert_eq!(told, ["岚州市 提醒→违规 市里的理由", "云泽县 违规→提醒 县里的理由"]);
    assert!(matches!(&rule.versions[0].body, Body::Deadline(d) if d.severity.0.iter().all(|(_, g)| *g == Grade::Advice)));
}

#[test]
fn an_override_of_what_the_layer_above_no_longer_changes_is_stale() {
    let errors =
        told(&both("", &SOFTEN.replace("提醒", "违规").replace("reason", "over = 'lanzhou-shi'\nreason")).err().unwrap_or_default());
    assert!(errors.len() == 1 && errors[0].starts_with("profile::stale pack.toml:8"), "{errors:?}");
}

#[test]
fn a_layer_may_put_back_in_force_what_the_one_above_switched_off() {
    let off = "[[off]]\nrules = ['BC']\nreason = 'r'\n";
    let errors = told(&both(off, "[[on]]\nrules = ['BC001']\nreason = 'r'\n").err().unwrap_or_default());
    assert!(errors.len() == 1 && errors[0].starts_with("profile::conflict"), "{errors:?}");
    let rules = both(off, "[[on]]\nrules = ['BC001']\nover = 'lanzhou-shi'\nreason = 'r'\n").expect("it says whom it overrides");
    let of = |code: &str| rules.of_code(code).count();
    assert_eq!((of("BC001"), of("BC002")), (1, 0));
}

#[test]
fn a_rule_that_replaces_another_stands_alone() {
    let rule = format!("overrides = 'GS002'\nreason = '细则'\nwas = {{ minimum = 5 }}\n{}", RULE.replace("NAME", "YZ101"));
    let rules = sound("title = 't'\npacks = ['a']\n", &[("a/pack.toml", COUNTY), ("a/YZ/YZ101.toml", &rule)]);
    assert_eq!((rules.of_code("GS002").count(), rules.of_code("YZ101").count()), (0, 1));
    let off = &rules.in_force.as_ref().expect("a profile").off;
    assert_eq!(off.iter().map(|o| (o.code.as_str(), o.replaced_by.as_deref())).collect::<Vec<_>>(), [("GS002", Some("YZ101"))]);
    // The same code may be kept: then old findings keep their identity.
    let same = rule.replace("YZ101", "GS002");
    let rules = sound("title = 't'\npacks = ['a']\n", &[("a/pack.toml", COUNTY), ("a/YZ/YZ101.toml", &same)]);
    assert_eq!(rules.of_code("GS002").map(|r| r.pack.as_str()).collect::<Vec<_>>(), ["yunze"]);
}

#[test]
fn only_what_is_chosen_is_in_force() {
    let rules = sound("title = 't'\n[only]\nrules = ['GS', 'HF001']\nreason = 'r'\n", &[]);
    assert!(rules.rules.iter().all(|r| r.code.starts_with("GS") || r.code == "HF001"));
    assert!(rules.of_code("HF001").count() == 1 && rules.of_code("GS002").count() == 1);
}

#[test]
fn what_a_pack_adds_is_seen_by_its_own_rules_only() {
    // `any(step, … level …)` of a national rule means the case's level; a county's own `step.level` must not capture it, nor a parameter's name.
    let schema = "[table.step]\nlevel = 'code:level 层次'\nminimum = 'int 最少'\n[table.case]\nminimum = 'int 最少'\nwindow = 'text 期限'\n\
        [table.own]\nown_id = 'id+ 编码'\nperson_id = 'ref:person+ 人员编码'\n[names]\nown = '自有'\n";
    let uses = RULE.replace("NAME", "YZ101").replace("when = 'has(notice)'", "when = 'has(notice) && has(minimum) && any(person.own)'");
    let packs = [("a/pack.toml", COUNTY), ("a/schema.toml", schema), ("a/YZ/YZ101.toml", uses.as_str())];
    let rules = sound("title = 't'\npacks = ['a']\n[[off]]\nrules = ['yunze']\nreason = 'r'\n", &packs);
    let plain = load_plain(&Files::built_in()).expect("the rules load");
    assert_eq!(outcome(&rules, "samples/county").findings, outcome(&plain, "samples/county").findings);
    assert_eq!(sound("title = 't'\npacks = ['a']\n", &packs).of_code("YZ101").count(), 1);
}

#[test]
fn a_changed_word_changes_every_rule_that_uses_it() {
    let words =
        "[case]\npromotion = { is = \"kind == '提拔'\", overrides = true, reason = '县里口径', was = \"kind == '提拔' && leader\" }\n";
    let rules = sound("title = 't'\npacks = ['a']\n", &[("a/pack.toml", COUNTY), ("a/definitions.toml", words)]);
    let told = &rules.in_force.as_ref().expect("a profile").words;
    assert_eq!((told.len(), told[0].what.as_str(), told[0].line), (1, "case.promotion", 2));
    assert!(rules.program.definitions.iter().any(|d| d.name == "promotion" && d.text == "kind == '提拔'"));
}

#[test]
fn a_weight_that_a_profile_changes_is_that_of_what_a_script_advises() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    put("unit.csv", "unit_id,name\nU1,青石县\n");
    put("person.csv", "person_id,name,unit_id\nP1,王示例,U1\n");
    put("post.csv", "post_id,person_id,kind,title,start,end\nS1,P1,挂职,副科长,2024-01-10,2024-10-10\n");
    // The first report is a day later than three months after the start.
    put("secondment_report.csv", "report_id,post_id,date\nR1,S1,2024-04-11\nR2,S1,2024-07-11\n");
    let weights = |rules: &guiju::rules::RuleSet| -> Vec<String> {
        let found = outcome(rules, &folder.path().display().to_string()).findings;
        found.iter().filter(|f| f.code == "JL002").map(|f| f.verdict.to_string()).collect()
    };
    assert_eq!(weights(&sound("title = 't'\n", &[])), ["提醒"]);
    let harder = "title = 't'\n[[change]]\nrule = 'JL002'\nseverity = '违规'\nreason = '本县更严'\n";
    assert_eq!(weights(&sound(harder, &[])), ["违规"]);
}
