//! The regulations article by article: what is listed and what the rules cite agree.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use guiju::rules::{Clauses, Files, RuleSet, load};

fn shipped() -> (Files, RuleSet) {
    let files = Files::built_in();
    let rules = load(&files).expect("the rules load");
    (files, rules)
}

/// The shipped clauses with one file changed.
fn complaints(path: &str, change: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let (mut files, rules) = shipped();
    let text = files.get(path).expect("the file is there").text.clone();
    let changed = change(&text);
    assert_ne!(text, changed, "the change found its place");
    files.add(path, &changed);
    match Clauses::read(&files, &rules) {
        Ok(_) => Vec::new(),
        Err(all) => all.iter().map(|d| (d.code.to_owned(), d.source.text.get(d.span.clone()).unwrap_or_default().to_owned())).collect(),
    }
}

#[test]
fn every_regulation_is_listed_and_agrees_with_the_rules() {
    let (files, rules) = shipped();
    let clauses = Clauses::read(&files, &rules).unwrap_or_else(|all| {
        let lines: Vec<String> = all.iter().map(|d| format!("{}:{} {}", d.source.name, d.line(), d.message)).collect();
        panic!("{}", lines.join("\n"))
    });
    let unlisted: Vec<&str> = rules.regulations.all().map(|(key, _)| key).filter(|key| clauses.of(key).is_none()).collect();
    assert!(unlisted.is_empty(), "no clauses of {unlisted:?}");
    for coverage in &clauses.regulations {
        let tally = coverage.tally();
        assert_eq!(tally.listed, tally.full + tally.part + tally.none, "{}", coverage.key);
        if coverage.whole {
            assert_eq!(Some(tally.listed), coverage.articles, "{} is listed as a whole", coverage.key);
        }
        // Every registered article is listed, cited or not.
        let edition = rules.regulations.edition(&coverage.key).expect("it is in the catalogue");
        for article in edition.articles.keys() {
            let listed = coverage
                .clauses
                .iter()
                .any(|c| c.article == *article || c.cited_as.as_deref() == Some(article) || c.article.starts_with(&format!("{article}(")));
            assert!(listed, "{}#{article} is registered and not listed", coverage.key);
        }
    }
}

#[test]
fn the_2014_edition_is_listed_whole_and_its_notice_is_judged() {
    let (files, rules) = shipped();
    let clauses = Clauses::read(&files, &rules).expect("they agree");
    let edition = clauses.of("tj2014").expect("it is listed");
    assert_eq!(edition.tally().listed, 71);
    let notice = edition.clauses.iter().find(|c| c.article == "41").expect("article 41 is there");
    assert!(notice.verified && notice.rules.iter().any(|r| r == "GS002"));
}

#[test]
fn a_rule_that_is_not_listed_is_missed_where_its_article_stands() {
    let got = complaints("clauses/02-tj2014.toml", |t| t.replace("rules   = [\"KC002\"]", "rules   = [\"KC017\"]"));
    assert_eq!(got, [("clause::not-cited".into(), "\"KC017\"".into()), ("clause::not-listed".into(), "\"33\"".into())]);
}

#[test]
fn a_code_that_is_no_rule_is_underlined() {
    let got = complaints("clauses/02-tj2014.toml", |t| t.replace("rules   = [\"KC002\"]", "rules   = [\"KC002\", \"KC02\"]"));
    assert_eq!(got, [("clause::unknown-rule".into(), "\"KC02\"".into())]);
}

#[test]
fn an_article_that_is_gone_misses_its_rules() {
    let got = complaints("clauses/02-tj2014.toml", |t| t.replace("article = \"33\"", "article = \"96\"\ntext = \"…\""));
    assert_eq!(got, [("clause::not-cited".into(), "\"KC002\"".into()), ("clause::not-listed".into(), "tj2014".into())]);
}

#[test]
fn what_is_not_judged_in_full_has_a_reason() {
    let none = complaints("clauses/01-tj2019.toml", |t| {
        t.replacen("judged  = \"none\"\nwhy     = ", "judged  = \"none\"\nrules = [\"ZG001\"]\nwhy     = ", 1)
    });
    assert_eq!(none.first().map(|(code, _)| code.as_str()), Some("clause::judged"));
    let word = complaints("clauses/01-tj2019.toml", |t| t.replacen("judged  = \"none\"", "judged  = \"never\"", 1));
    assert_eq!(word, [("clause::judged".into(), "\"never\"".into())]);
    let twice = complaints("clauses/02-tj2014.toml", |t| t.replace("article = \"33\"", "article = \"33\"\ntext = \"…\""));
    assert_eq!(twice, [("clause::said-twice".into(), "\"33\"".into())]);
}
