//! The shipped rules load.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]
use guiju::rules::{Files, load};

#[test]
fn shipped_rules_load_without_complaint() {
    if let Err(errors) = load(&Files::built_in()) {
        for e in &errors {
            let at = e.source.text.get(e.span.clone()).unwrap_or_default();
            println!("{}:{} [{}] {} 〔{}〕 {}", e.source.name, e.line(), e.code, e.message, at, e.help.clone().unwrap_or_default());
        }
        panic!("{} 处错误", errors.len());
    }
}

#[test]
fn a_key_that_says_why_does_not_go_without() {
    for key in ["confidential", "timeless"] {
        let mut files = Files::built_in();
        let rule = "code = 'XX001'\nslug = 's'\ntitle = 't'\nsubject = 'case'\nremedy = '改正'\n";
        let version = "[[version]]\nbasis = ['tj2019#42']\nseverity = '提醒'\nmessage = 'm'\nrequire = 'has(notice)'\n";
        files.add("national/XX/XX001.toml", &format!("{rule}{key} = ' '\n{version}"));
        let errors = load(&files).expect_err("no reason is given");
        assert!(errors.len() == 1 && errors[0].code == "rule::no-reason" && errors[0].line() == 6, "{errors:?}");
    }
}
