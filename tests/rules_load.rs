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
