//! Rule files that somebody broke, or meant to break the program with: whatever they hold, loading ends, and says where it is wrong.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::diagnostic::Diagnostic;
use guiju::engine::run_tests;
use guiju::rules::{Files, RuleSet, functions, load, load_some};
use proptest::prelude::*;

/// The schema and the law; of the shared words a few, since loading them all takes its time.
fn empty() -> Files {
    let all = Files::built_in();
    let mut files = Files::default();
    for path in ["schema.toml", "regulations.toml"] {
        files.add(path, &all.get(path).expect("a shipped file").text);
    }
    files.add(
        "definitions.toml",
        "[case]\nlast = \"latest(step, kind == '任职通知')\"\nof_kind = { args = [\"k\"], is = \"any(step, kind == k)\" }\n",
    );
    files
}

/// Loads; every complaint must lie in its file.
fn tried(files: &Files) -> Result<RuleSet, Vec<Diagnostic>> {
    let result = load(files);
    for error in result.as_ref().err().into_iter().flatten() {
        let len = error.source.text.len();
        assert!(
            error.span.start <= error.span.end && error.span.end <= len,
            "{} {:?} of {len}: {}",
            error.source.name,
            error.span,
            error.message
        );
        assert!(
            error.source.text.is_char_boundary(error.span.start) && error.source.text.is_char_boundary(error.span.end),
            "{:?} {}",
            error.span,
            error.message
        );
        assert!(!error.message.is_empty() && files.get(&error.source.name).is_some(), "{}", error.source.name);
    }
    if let Err(errors) = &result {
        assert!(!errors.is_empty(), "refused without a word");
    }
    result
}

fn complaints(files: &Files) -> Vec<String> {
    tried(files).err().into_iter().flatten().map(|e| format!("{}:{} {}", e.source.name, e.line(), e.message)).collect()
}

/// A rule with one condition.
fn asking(require: &str) -> Files {
    let mut files = empty();
    let quoted = format!("{require:?}").replace("\\u{", "\\\\u{").replace("\\'", "'");
    files.add(
        "local/ZZ/ZZ001.toml",
        &format!(
            "code = \"ZZ001\"\nslug = \"s\"\ntitle = \"t\"\nsubject = \"post\"\nremedy = \"r\"\nanchor = \"as_of\"\n\n[[version]]\n\
             basis = [\"local-secondment#定期备案\"]\nseverity = \"违规\"\nrequire = {quoted}\nmessage = \"m\"\n"
        ),
    );
    files
}

fn with_script(script: &str) -> Files {
    let mut files = empty();
    files.add(
        "local/ZZ/ZZ001.toml",
        "code = \"ZZ001\"\nslug = \"s\"\ntitle = \"t\"\nsubject = \"post\"\nremedy = \"r\"\nanchor = \"as_of\"\nscript = \"ZZ001.rhai\"\n\n[[version]]\n\
         basis = [\"local-secondment#定期备案\"]\nseverity = \"违规\"\n",
    );
    files.add("local/ZZ/ZZ001.rhai", script);
    files
}

/// The shipped rule and script files, to be broken.
fn victims() -> Vec<(String, String)> {
    let all = Files::built_in();
    let wanted = [
        "local/JL/JL002.toml",
        "local/JL/JL002.rhai",
        "national/GS/GS002.toml",
        "national/SX/SX001.toml",
        "local/HF/HF001.toml",
        "definitions.toml",
        "schema.toml",
        "regulations.toml",
        "calendar/holidays.csv",
    ];
    let found: Vec<(String, String)> = wanted.iter().filter_map(|p| all.get(p).map(|s| ((*p).to_owned(), s.text.clone()))).collect();
    assert!(found.len() >= 7, "{:?}", found.iter().map(|f| &f.0).collect::<Vec<_>>());
    found
}

/// The rules that the broken file belongs to, and no others: the rest would only take time.
fn around(path: &str, text: &str) -> Files {
    let mut files = empty();
    let all = Files::built_in();
    for beside in ["local/JL/JL002.toml", "local/JL/JL002.rhai"] {
        if let Some(source) = all.get(beside) {
            files.add(beside, &source.text);
        }
    }
    files.add(path, text);
    files
}

#[test]
fn a_good_condition_loads() {
    assert_eq!(complaints(&asking("start <= as_of")), Vec::<String>::new());
    assert_eq!(complaints(&with_script("if start > as_of { violation('x'); }")), Vec::<String>::new());
}

/// A rule with other keys; what stands above the version, and in it.
fn written(top: &str, version: &str) -> Files {
    let mut files = empty();
    let head = "code = \"ZZ001\"\nslug = \"s\"\ntitle = \"t\"\nsubject = \"person\"\nremedy = \"r\"\n";
    files.add("local/ZZ/ZZ001.toml", &format!("{head}{top}\n[[version]]\nbasis = [\"local-secondment#定期备案\"]\n{version}\n"));
    files
}

#[test]
fn what_would_be_passed_over_in_silence_is_refused() {
    let asks = "severity = \"违规\"\nrequire = \"has(birth)\"\nmessage = \"m\"";
    let due = "[deadline]\nstarts = \"birth\"\nwithin = \"30日\"\nmet = \"birth\"\nmessage = { absent = \"a\" }\n";
    assert_eq!(complaints(&written("", asks)), [] as [String; 0]);
    assert_eq!(complaints(&written(due, "severity = \"提醒\"")), [] as [String; 0]);
    let each = |more: &str| format!("[each]\nname = \"k\"\nin = \"kin\"\n{more}");
    assert_eq!(complaints(&written(&each("part = \"k.kin_id\""), asks)), [] as [String; 0]);
    let refused = [
        (written(&each(""), asks), "each 没有写明怎样把各项分开"),
        (written(due, asks), "有 deadline 的规则不看 require"),
        (written(&due.replace("30日", "-30日"), "severity = \"提醒\""), "时长不能是负的"),
        (written("limit = \"-1个月\"\n", &asks.replace("has(birth)", "has(birth) && birth + limit > birth")), "时长不能是负的"),
        (written("", &format!("from = 2018-01-01\nuntil = 2017-12-31\n{asks}")), "until 早于 from"),
        (written("", &asks.replace("\"违规\"", "[{ when = \"has(birth)\", is = \"违规\" }]")), "最后一个等级也有条件"),
    ];
    for (files, why) in refused {
        let said = complaints(&files);
        assert!(said.iter().any(|line| line.contains(why)), "{why}: {said:?}");
    }
}

#[test]
fn constants_that_cannot_be_are_refused() {
    for (require, why) in [
        ("start <= date(2019, 2, 30)", "没有 date(2019, 2, 30) 这一天"),
        ("start <= date(2023, 2, 29)", "没有 date(2023, 2, 29) 这一天"),
        ("start <= date(year(start), 4, 31)", "这一天"),
        ("start <= date(year(start), 2, 30)", "这一天"),
        ("start <= date(2019, 13, month(start))", "这一天"),
        ("start <= date(2019, month(start), 0)", "这一天"),
        ("has(below(level, 12))", "代码表 level 只有12级"),
        ("year(start) / 0 == 1", "不能除以0"),
    ] {
        let said = complaints(&asking(require));
        assert!(said.len() == 1 && said[0].contains(why), "{require}: {said:?}");
    }
    for require in ["start <= date(2024, 2, 29)", "start <= date(year(start), 2, 29)", "start <= date(year(start), month(start), 31)"] {
        assert_eq!(complaints(&asking(require)), [] as [String; 0], "{require}");
    }
}

#[test]
fn words_that_hold_one_another_come_to_an_end() {
    let with_words = |words: &str, require: &str| {
        let mut files = asking(require);
        files.add("definitions.toml", &format!("[post]\n{words}"));
        complaints(&files)
    };
    // Each holds the one before it twice.
    let doubled = |count: usize| {
        let first = "w0 = { args = [\"x\"], is = \"steps(level, '乡科级正职') > x\" }\n".to_owned();
        (1..count).fold(first, |words, n| format!("{words}w{n} = {{ args = [\"x\"], is = \"w{0}(x) && !w{0}(x + 1)\" }}\n", n - 1))
    };
    assert_eq!(with_words(&doubled(6), "w5(1)"), [] as [String; 0]);
    let said = with_words(&doubled(40), "w39(1)");
    assert!(!said.is_empty() && said.len() < 100 && said.iter().all(|line| line.contains("展开后太大")), "{said:?}");
    // Round and round.
    let said = with_words("a = { args = [\"x\"], is = \"leader && b(x)\" }\nb = { args = [\"x\"], is = \"a(x)\" }\n", "a(1)");
    assert!(said.len() == 1 && said[0].contains("绕回了自己"), "{said:?}");
    let said = with_words("a = { args = [\"x\"], is = \"any(person.post, a(x))\" }\n", "a(1)");
    assert!(said.len() == 1 && said[0].contains("绕回了自己"), "{said:?}");
}

#[test]
fn one_mistake_is_told_once() {
    let asks = "severity = \"违规\"\nmessage = \"{full}\"\n";
    let all = [
        // What a named value asks for is not there; it is used in three places.
        written("", &format!("minimum = \"5年\"\nlet.full = \"brith + minimum\"\nrequire = \"full <= as_of && has(full)\"\n{asks}")),
        // Another named value is made of it, and a length of time.
        written("", &format!("let.a = \"person_idd\"\nlet.full = \"birth\"\nrequire = \"a == a && birth + a > full\"\n{asks}")),
        written("limit = \"-1个月\"\n", &format!("let.full = \"birth + limit\"\nrequire = \"full <= as_of\"\n{asks}")),
        written(
            "[each]\nname = \"k\"\nin = \"kinn\"\npart = \"k.kin_id\"\n",
            "severity = \"违规\"\nrequire = \"has(k.name)\"\nmessage = \"{k.title}\"",
        ),
        written(
            "[deadline]\nstarts = \"brith\"\ndue = \"starts + '1年'\"\nmessage = { absent = \"{starts}{due}\" }\n",
            "severity = \"提醒\"",
        ),
    ];
    for files in all {
        let said = complaints(&files);
        assert_eq!(said.len(), 1, "{said:?}");
    }
    // A word that cannot be read, and a table of words that there is not.
    for words in ["[person]\nfull = \"brith\"\n", "[person]\nfull = 3\n", "[persons]\nfull = \"birth\"\n"] {
        let mut files = written("", &format!("require = \"has(full) && full <= as_of\"\n{asks}"));
        files.add("definitions.toml", words);
        let said = complaints(&files);
        assert_eq!(said.len(), 1, "{words}: {said:?}");
    }
}

#[test]
fn a_test_that_names_a_part_that_there_is_not_is_refused_with_its_place() {
    let checks = |part: &str| {
        let check = |name: &str, asks: &str| {
            format!("[[version.check]]\npart = \"{name}\"\nseverity = \"提醒\"\nrequire = \"has({asks})\"\nmessage = \"m\"\n")
        };
        let test = format!(
            "[[test]]\nname = \"n\"\nperson = [{{ person_id = \"P1\", birth = \"1980-01-01\" }}]\nexpect = \"合规\"\npart = \"{part}\"\n"
        );
        written("", &[check("生日", "birth"), check("工作", "work_date"), test].concat())
    };
    let tried = |files: &Files| {
        let rules = load(files).unwrap_or_else(|errors| panic!("{}", errors[0].message));
        let trials = run_tests(files, &rules, &|_| true);
        assert_eq!(trials.len(), 1);
        trials.into_iter().flat_map(|t| t.mistakes.into_iter().map(|m| (m.code, m.line()))).collect::<Vec<_>>()
    };
    assert_eq!(tried(&checks("生日")), []);
    let written_at =
        checks("没有的").get("local/ZZ/ZZ001.toml").map(|s| s.text.lines().position(|l| l.contains("没有的")).expect("a line") + 1);
    assert_eq!(tried(&checks("没有的")), [("rule::unknown-part", written_at.expect("the rule"))]);
}

#[test]
fn a_rule_file_with_an_ending_that_is_not_read_is_refused() {
    for name in ["QH001.toml.txt", "QH001.TOML", "QH001.rhai.txt"] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("local/QH")).expect("a folder");
        std::fs::write(folder.path().join("local/QH").join(name), "").expect("a file");
        let refused = Files::folder(folder.path()).expect_err(name);
        assert!(refused.to_string().contains(name) && refused.to_string().contains("改名"), "{refused}");
    }
}

#[test]
fn cut_files_are_refused_or_whole() {
    for (path, text) in victims() {
        for part in 1..24 {
            let mut at = text.len() * part / 24;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let _ = tried(&around(&path, &text[..at]));
        }
    }
}

#[test]
fn deep_nesting_is_refused_with_a_place() {
    let nested: [(&str, &str, &str); 12] = [
        ("(", "start <= as_of", ")"),
        ("!(", "leader", ")"),
        ("!", "leader", ""),
        ("-", "1 == 1", ""),
        ("[", "1", "]"),
        ("any(person.post, ", "leader", ")"),
        ("if leader { ", "chief", " } else { leader }"),
        ("has(", "end", ")"),
        ("person.", "post", ""),
        ("first_of(start, ", "end", ") <= as_of"),
        ("{", "leader", "}"),
        ("#{a: ", "1", "}"),
    ];
    for (open, inner, close) in nested {
        for depth in [10, 60, 70, 500, 20_000] {
            let text = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
            let said = complaints(&asking(&text));
            assert!(depth < 500 || !said.is_empty(), "{open} × {depth} was taken");
            let script = format!("let x = {text};");
            let _ = tried(&with_script(&script));
            let _ = tried(&with_script(&format!("let a = []; fn f(p) {{ {text} }} f(1);")));
        }
    }
}

#[test]
fn long_chains_are_refused_with_a_place() {
    for (first, link) in [
        ("1", " + 1"),
        ("leader", " && leader"),
        ("leader", " || !chief"),
        ("start", " + '1日'"),
        ("person", ".unit.parent"),
        ("kind", " == kind"),
    ] {
        for count in [10, 399, 5000, 100_000] {
            let text = format!("{first}{}", link.repeat(count));
            let said = complaints(&asking(&text));
            assert!(count < 5000 || !said.is_empty(), "{first}{link} × {count} was taken");
            let _ = tried(&with_script(&format!("let x = {text};")));
        }
    }
    let chain = format!("if leader {{ }} {}", "else if chief { }".repeat(20_000));
    let _ = tried(&with_script(&chain));
    let blocks = format!("{}{}", "if leader { ".repeat(5000), "}".repeat(5000));
    assert!(!complaints(&with_script(&blocks)).is_empty());
    let loops = format!("{}{}", "for p in person.post { ".repeat(300), "}".repeat(300));
    assert!(!complaints(&with_script(&loops)).is_empty());
    let statements = "let a = 1;\n".repeat(20_000);
    let _ = tried(&with_script(&statements));
    let tables = format!("{}x = 1\n", (0..500).map(|n| format!("[a{}]\n", ".b".repeat(n))).collect::<String>());
    assert!(!complaints(&around("local/ZZ/ZZ001.toml", &tables)).is_empty());
    let arrays = format!("code = {}{}\n", "[".repeat(50_000), "]".repeat(50_000));
    assert!(!complaints(&around("local/ZZ/ZZ001.toml", &arrays)).is_empty());
}

#[test]
fn megabyte_texts_do_no_harm() {
    let long = "长".repeat(350_000);
    assert!(!complaints(&asking(&format!("kind == '{long}'"))).is_empty());
    assert!(!complaints(&asking(&long)).is_empty());
    assert!(!complaints(&with_script(&format!("if {long} {{ }}"))).is_empty());
    let _ = tried(&with_script(&format!("/* {long}")));
    assert!(!complaints(&with_script(&format!("violation(`{long}"))).is_empty());
    assert_eq!(complaints(&with_script(&format!("if leader {{ violation('{long}'); }}"))), Vec::<String>::new());
    assert!(!complaints(&around("local/ZZ/ZZ001.toml", &format!("code = \"{long}\"\nsubject = \"{long}\"\n"))).is_empty());
    assert!(!complaints(&around("definitions.toml", &format!("[case]\n{long} = \"1\"\n"))).is_empty());
}

#[test]
fn the_built_in_rules_still_load_beside_a_broken_one() {
    let mut files = Files::built_in();
    files.add("local/ZZ/ZZ001.toml", "code = ");
    let said = complaints(&files);
    assert!(said.len() == 1 && said[0].starts_with("local/ZZ/ZZ001.toml:1"), "{said:?}");
    assert!(load_some(&files, &|p| p.contains("/GS/"), &[]).is_ok());
}

/// Bits of the language, put together by chance.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "start",
            "end",
            "as_of",
            "self",
            "kind",
            "level",
            "leader",
            "person",
            "unit",
            "case",
            "post",
            "step",
            "it",
            "nothing",
            "1",
            "0",
            "-1",
            "9223372036854775807",
            "'任职'",
            "'厅局级正职'",
            "'2个月'",
            "'5个工作日'",
            "''",
            "true",
            "()",
            "1.5",
            "2024-01-01",
            "`a${start}`",
            "#{}",
            "[]",
            "['任职', 1]",
            "person.post",
            "person.talk",
            "a.b.c",
            "|x| x",
            "case.step",
            "💥",
            "'",
            "\"",
            "}",
        ])
        .prop_map(str::to_owned),
        "[a-z_]{1,8}",
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        // The functions there are, one that is not, a shared word and two of rhai's that scripts may not have.
        let function = functions::names().chain(["nosuch", "of_kind", "curry", "Fn"]);
        let function = prop::sample::select(function.collect::<Vec<_>>());
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in", "..", "??", ".", "=", ";",
        ]);
        prop_oneof![
            (function, prop::collection::vec(inner.clone(), 0..4)).prop_map(|(f, args)| format!("{f}({})", args.join(", "))),
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("if {a} {{ {b} }} else {{ {c} }}")),
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.clone().prop_map(|a| format!("({a}).start")),
            inner.clone().prop_map(|a| format!("[{a}, {a}]")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{a}[{b}]")),
        ]
    })
}

fn statement() -> impl Strategy<Value = String> {
    let plain = expression().prop_flat_map(|e| {
        prop::sample::select(vec![
            format!("let v = {e};"),
            format!("v = {e};"),
            format!("v += {e};"),
            format!("violation({e});"),
            format!("part({e});"),
            format!("return {e};"),
            format!("{e};"),
            format!("switch {e} {{ 1 => 2, _ => v }}"),
            format!("v.push({e});"),
            format!("let g = |x| {e};"),
            format!("if has({e}) {{ unverified(); }}"),
        ])
    });
    plain.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (expression(), prop::collection::vec(inner.clone(), 0..3)).prop_map(|(e, s)| format!("if {e} {{ {} }}", s.join(" "))),
            (expression(), prop::collection::vec(inner.clone(), 0..3)).prop_map(|(e, s)| format!("for r in {e} {{ {} }}", s.join(" "))),
            (expression(), prop::collection::vec(inner.clone(), 0..3)).prop_map(|(e, s)| format!("while {e} {{ {} break; }}", s.join(" "))),
            (expression(), prop::collection::vec(inner, 0..3)).prop_map(|(e, s)| format!("fn f(a) {{ {} {e} }}", s.join(" "))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn any_condition_loads_or_is_refused_with_a_place(text in expression()) {
        let _ = tried(&asking(&text));
    }

    #[test]
    fn any_script_loads_or_is_refused_with_a_place(statements in prop::collection::vec(statement(), 1..5)) {
        let _ = tried(&with_script(&statements.join("\n")));
    }

    #[test]
    fn any_text_is_no_script_or_one(text in "\\PC{0,80}") {
        let _ = tried(&with_script(&text));
        let _ = tried(&around("local/ZZ/ZZ001.toml", &text));
    }

    #[test]
    fn mutated_files_are_refused_with_a_place(
        victim in 0usize..7,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, prop::sample::select(vec!["", "\"", "'", "[", "]", "{", "}", "=", "\n", "[[", "🀄", "\u{0}", "9", "`", "${", "#", "\\", "when", "version"])), 1..6),
    ) {
        let (path, mut text) = victims().swap_remove(victim);
        for (at, drop, put) in cuts {
            let chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len().max(1)).min(chars.len());
            let end = (at + drop).min(chars.len());
            text = chars[..at].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&chars[end..]).collect();
        }
        let _ = tried(&around(&path, &text));
    }
}
