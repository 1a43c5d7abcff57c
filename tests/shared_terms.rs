//! Parameters and named values that rules share: written once, used as though each rule had them itself.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::engine::run_tests;
use guiju::rules::{Files, RuleSet, load};

/// Two rules over one group of terms, the second with a limit of its own.
const TERMS: &str = "[shared.terms]\nlimit = 3\nlet.reached = \"months >= limit\"\n";

fn rule(code: &str, own: &str, tests: &str) -> String {
    format!(
        "code = \"{code}\"\nslug = \"s\"\ntitle = \"t\"\nsubject = \"post\"\nremedy = \"r\"\nanchor = \"as_of\"\n\
         let.months = \"whole_months(start, as_of)\"\n{own}\n[[version]]\nbasis = [\"local-secondment#定期备案\"]\n\
         severity = \"违规\"\nrequire = \"!reached\"\nmessage = \"{{months}}个月，满{{limit}}个月\"\n{tests}"
    )
}

fn test(day: &str, expect: &str, more: &str) -> String {
    format!("\n[[test]]\nname = \"{day}\"\nas_of = {day}\npost = [{{ start = \"2024-01-01\" }}]\nexpect = \"{expect}\"\n{more}")
}

fn files(terms: &str, rules: &[(&str, String)]) -> Files {
    let all = Files::built_in();
    let mut files = Files::default();
    for path in ["schema.toml", "regulations.toml"] {
        files.add(path, &all.get(path).expect("a shipped file").text);
    }
    files.add("definitions.toml", terms);
    for (code, text) in rules {
        files.add(&format!("local/ZZ/{code}.toml"), text);
    }
    files
}

fn loaded(files: &Files) -> RuleSet {
    load(files).unwrap_or_else(|e| panic!("{:?}", e.iter().map(|d| (&d.source.name, d.line(), &d.message)).collect::<Vec<_>>()))
}

fn complaints(files: &Files) -> Vec<(String, usize, &'static str)> {
    load(files).err().into_iter().flatten().map(|d| (d.source.name.clone(), d.line(), d.code)).collect()
}

#[test]
fn shared_terms_count_as_the_rules_own_and_its_own_go_before() {
    let shared = [test("2024-03-31", "合规", ""), test("2024-04-01", "违规", "message = \"3个月，满3个月\"\n")];
    let own = [test("2024-05-31", "合规", ""), test("2024-06-01", "违规", "message = \"5个月，满5个月\"\n")];
    let changed = test("2024-03-01", "违规", "params = { limit = 2 }\nmessage = \"2个月，满2个月\"\n");
    let files = files(
        TERMS,
        &[
            ("ZZ001", rule("ZZ001", "shares = \"terms\"", &(shared.concat() + changed.as_str()))),
            ("ZZ002", rule("ZZ002", "shares = [\"terms\"]\nlimit = 5", &own.concat())),
        ],
    );
    let rules = loaded(&files);
    let trials = run_tests(&files, &rules, &|_| true);
    let failed: Vec<_> = trials.iter().filter(|t| !t.failures.is_empty()).map(|t| (&t.code, &t.name, &t.failures)).collect();
    assert!(trials.len() == 5 && failed.is_empty(), "{failed:?}");
    // Shown like the rule's own, once.
    let params: Vec<_> = rules.rules.iter().map(|r| r.versions[0].params.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>()).collect();
    assert_eq!(params, [["limit"], ["limit"]]);
}

#[test]
fn what_is_wrong_in_shared_terms_is_shown_where_it_stands() {
    let taking = |own: &str| rule("ZZ001", own, "");
    let of = |terms: &str, own: &str| complaints(&files(terms, &[("ZZ001", taking(own))]));
    let rule_file = || "local/ZZ/ZZ001.toml".to_owned();
    let shared_file = || "definitions.toml".to_owned();
    assert_eq!(of(TERMS, "shares = \"trems\"").first(), Some(&(rule_file(), 8, "rule::unknown-shared")));
    let mistaken = "[shared.terms]\nlimit = 3\nlet.reached = \"months >= limt\"\n";
    assert_eq!(of(mistaken, "shares = \"terms\"").first(), Some(&(shared_file(), 3, "rule::unknown-name")));
    let hiding = "[shared.terms]\nlimit = 3\nstart = 1\nlet.reached = \"months >= limit\"\n";
    assert_eq!(of(hiding, "shares = \"terms\""), [(shared_file(), 3, "rule::shadow")]);
    let nested = "[shared.terms]\nlimit = 3\nlet.reached = \"months >= limit\"\ndeep = { a = 1 }\n";
    assert_eq!(of(nested, "shares = \"terms\""), [(shared_file(), 4, "toml::unknown-key")]);
}
