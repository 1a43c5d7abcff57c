//! `clauses/*.toml`: the regulations article by article: what each demands, and which rules judge it, in full, in part or not at all.
//!
//! A rule and the article it cites must name each other: what [`Clauses::read`] gives is what the rules really judge.

use super::files::Files;
use super::load::RuleSet;
use super::regulations::article_name;
use super::rule::Rule;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Placed, Table};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// How each article of each regulation is judged, in the order of the files.
#[derive(Debug, Default)]
pub struct Clauses {
    /// The regulations.
    pub regulations: Vec<Coverage>,
}

/// One edition, article by article.
#[derive(Debug)]
pub struct Coverage {
    /// The edition's key in `regulations.toml`.
    pub key: String,
    /// How many articles the text has, if that is known.
    pub articles: Option<u32>,
    /// Whether every article is listed; otherwise only those that are known are.
    pub whole: bool,
    /// What is uncertain about the list.
    pub note: Option<String>,
    /// The articles.
    pub clauses: Vec<Clause>,
    place: (Arc<Source>, Range<usize>),
}

/// One article, a part of one, or a matter or chapter whose number is not known.
#[derive(Debug)]
pub struct Clause {
    /// `42`, `8(3)`, `45-49`, or a name.
    pub article: String,
    /// What it demands, in our words.
    pub text: String,
    /// Whether number and text were both read.
    pub verified: bool,
    /// How far rules judge it.
    pub judged: Judged,
    /// The codes of the rules.
    pub rules: Vec<String>,
    /// As what the rules cite it: the chapter, where the number of the article is not verified.
    pub cited_as: Option<String>,
    /// What is not judged, and why.
    pub why: Option<String>,
    codes: Vec<Placed<String>>,
    place: (Arc<Source>, Range<usize>),
}

/// How far rules judge an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judged {
    /// All that it demands.
    Full,
    /// Some of it.
    Part,
    /// Nothing: it is not for a machine, or not in the records.
    None,
}

/// How many articles are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Articles (or matters) listed.
    pub listed: u32,
    /// Judged in full.
    pub full: u32,
    /// Judged in part.
    pub part: u32,
    /// Not judged.
    pub none: u32,
}

impl Judged {
    const WORDS: [(&'static str, Self, &'static str); 3] =
        [("full", Self::Full, "可判"), ("part", Self::Part, "部分可判"), ("none", Self::None, "不宜机判")];

    /// The word in Chinese.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, judged, _)| *judged == self).map_or("", |(_, _, word)| word)
    }
}

impl Clauses {
    /// Reads the clause files and checks them against the rules: both ways, every article that a rule cites names the rule.
    ///
    /// # Errors
    /// Everything wrong in any of the files. Regulations without a clause file are not checked.
    pub fn read(files: &Files, rules: &RuleSet) -> Result<Self, Vec<Diagnostic>> {
        let mut sink = Vec::new();
        let mut clauses = Self::default();
        for (_, source) in files.all().filter(|(path, _)| path.starts_with("clauses/") && path.ends_with(".toml")) {
            match document::parse(source) {
                Ok(doc) => clauses.read_file(source, &doc, rules, &mut sink),
                Err(error) => sink.push(*error),
            }
        }
        clauses.regulations.iter().for_each(|coverage| coverage.check(rules, &mut sink));
        if sink.is_empty() { Ok(clauses) } else { Err(sink) }
    }

    /// The list of a regulation.
    pub fn of(&self, key: &str) -> Option<&Coverage> {
        self.regulations.iter().find(|c| c.key == key)
    }

    fn read_file(&mut self, source: &Arc<Source>, doc: &Table, rules: &RuleSet, sink: &mut Vec<Diagnostic>) {
        for (key, value) in doc.entries() {
            let Some(table) = document::table(source, value, sink) else { continue };
            if rules.regulations.edition(&key.value).is_none() {
                let known = rules.regulations.all().map(|(k, _)| k);
                let message = format!("法规目录中没有“{}”", key.value);
                sink.push(Diagnostic::new("rule::unknown-regulation", source, key.span.clone(), message).nearest(&key.value, known));
                continue;
            }
            if self.of(&key.value).is_some() {
                sink.push(Diagnostic::new("rule::twice", source, key.span.clone(), format!("“{}”出现了两次", key.value)));
                continue;
            }
            let coverage = read_coverage(source, key, table, rules, sink);
            self.regulations.push(coverage);
        }
    }
}

fn read_coverage(source: &Arc<Source>, key: &Placed<String>, table: &Table, rules: &RuleSet, sink: &mut Vec<Diagnostic>) -> Coverage {
    let articles = match table.get("articles").map(|v| &v.value) {
        Some(document::Node::Int(n)) => u32::try_from(*n).ok(),
        _ => None,
    };
    let whole = table.get("whole").and_then(|v| document::boolean(source, v, sink)).unwrap_or(false);
    let note = table.get("note").and_then(|v| document::text(source, v, sink)).map(str::to_owned);
    let rows = table.get("clause").map(|v| document::tables(source, v, sink)).unwrap_or_default();
    let clauses = rows.into_iter().filter_map(|(t, span)| read_clause(source, &key.value, t, span, rules, sink)).collect();
    document::report_unknown_keys(source, table, &["articles", "whole", "note", "clause"], sink);
    Coverage { key: key.value.clone(), articles, whole, note, clauses, place: (Arc::clone(source), key.span.clone()) }
}

fn read_clause(
    source: &Arc<Source>,
    key: &str,
    table: &Table,
    span: Range<usize>,
    rules: &RuleSet,
    sink: &mut Vec<Diagnostic>,
) -> Option<Clause> {
    let Some(number) = table.get("article") else {
        sink.push(Diagnostic::new("rule::missing-key", source, span, "缺少 article（条号或名称）"));
        return None;
    };
    let article = document::text(source, number, sink)?.to_owned();
    let registered = rules.regulations.edition(key).and_then(|e| e.articles.get(&article));
    let own = table.get("text").and_then(|v| document::text(source, v, sink)).map(str::to_owned);
    let verified = table.get("verified").and_then(|v| document::boolean(source, v, sink));
    if registered.is_some() && (own.is_some() || verified.is_some()) {
        let message = format!("“{article}”的要求和是否核实已登记在法规目录中，这里不再写");
        sink.push(Diagnostic::new("clause::said-twice", source, number.span.clone(), message));
    }
    let text = registered.map(|a| a.text.clone()).or(own).unwrap_or_default();
    if text.is_empty() {
        sink.push(Diagnostic::new("rule::missing-key", source, number.span.clone(), "缺少 text（条文要求什么）"));
    }
    let judged = table.get("judged").and_then(|v| {
        let word = document::text(source, v, sink)?;
        let known = Judged::WORDS.iter().map(|(word, ..)| *word);
        let found = Judged::WORDS.iter().find(|(w, ..)| *w == word).map(|(_, judged, _)| *judged);
        if found.is_none() {
            let message = "judged 应为 full、part 或 none";
            sink.push(Diagnostic::new("clause::judged", source, v.span.clone(), message).nearest(word, known));
        }
        found
    })?;
    let codes = table.get("rules").map(|v| document::texts(source, v, sink)).unwrap_or_default();
    let why = table.get("why").and_then(|v| document::text(source, v, sink)).map(str::to_owned);
    let wrong = match judged {
        Judged::Full | Judged::Part if codes.is_empty() => Some("可判的条文须写明由哪些规则（rules）判"),
        Judged::None if !codes.is_empty() => Some("不宜机判的条文不应列规则（rules）"),
        Judged::Part | Judged::None if why.is_none() => Some("没有全部判定的条文须写明缘由（why）"),
        _ => None,
    };
    if let Some(message) = wrong {
        sink.push(Diagnostic::new("clause::judged", source, number.span.clone(), message));
    }
    let cited_as = table.get("cited_as").and_then(|v| document::text(source, v, sink)).map(str::to_owned);
    document::report_unknown_keys(source, table, &["article", "text", "verified", "judged", "rules", "cited_as", "why"], sink);
    Some(Clause {
        article,
        text,
        verified: registered.map_or(verified.unwrap_or(false), |a| a.verified),
        judged,
        rules: codes.iter().map(|c| c.value.clone()).collect(),
        cited_as,
        why,
        codes,
        place: (Arc::clone(source), number.span.clone()),
    })
}

impl Coverage {
    /// How many articles are judged: the parts of one article count as one, a range as many.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for clause in &self.clauses {
            let whole = clause.number();
            if !seen.insert(whole) {
                continue;
            }
            let parts: BTreeSet<Judged> = self.clauses.iter().filter(|c| c.number() == whole).map(|c| c.judged).collect();
            let n = clause.count();
            tally.listed += n;
            match parts.first() {
                Some(Judged::Full) if parts.len() == 1 => tally.full += n,
                Some(Judged::None) => tally.none += n,
                _ => tally.part += n,
            }
        }
        tally
    }

    fn check(&self, rules: &RuleSet, sink: &mut Vec<Diagnostic>) {
        let mut seen = BTreeSet::new();
        for clause in &self.clauses {
            let (source, span) = &clause.place;
            if !seen.insert(&clause.article) {
                sink.push(Diagnostic::new("rule::twice", source, span.clone(), format!("“{}”出现了两次", clause.article)));
            }
            for code in &clause.codes {
                let mut of_code = rules.of_code(&code.value).peekable();
                if of_code.peek().is_none() {
                    let known = rules.rules.iter().map(|r| r.code.as_str());
                    let message = format!("没有规则“{}”", code.value);
                    sink.push(Diagnostic::new("clause::unknown-rule", source, code.span.clone(), message).nearest(&code.value, known));
                } else if !of_code.any(|rule| cites(rule, &self.key, clause.cited())) {
                    let message = format!("规则 {} 没有以 {}#{} 为依据", code.value, self.key, clause.cited());
                    sink.push(Diagnostic::new("clause::not-cited", source, code.span.clone(), message));
                }
            }
        }
        for rule in &rules.rules {
            let cited = rule.versions.iter().flat_map(|v| &v.basis).filter(|r| r.edition == self.key);
            let articles: BTreeSet<&str> = cited.map(|r| r.article.as_deref().unwrap_or("")).collect();
            for article in articles {
                if self.clauses.iter().any(|c| c.cited() == article && c.rules.contains(&rule.code)) {
                    continue;
                }
                let named = self.clauses.iter().find(|c| c.cited() == article);
                let (source, span) = named.map_or(&self.place, |c| &c.place);
                let article =
                    if article.is_empty() { "（未指明条文）".to_owned() } else { format!("“{}”", article_name(article)) };
                let message = format!("规则 {} 以 {} {article}为依据，这里没有列出", rule.code, self.key);
                sink.push(Diagnostic::new("clause::not-listed", source, span.clone(), message));
            }
        }
    }
}

fn cites(rule: &Rule, key: &str, article: &str) -> bool {
    rule.versions.iter().flat_map(|v| &v.basis).any(|r| r.edition == key && r.article.as_deref().unwrap_or("") == article)
}

/// What stands for a regulation cited without any article.
const WHOLE: &str = "全文";

impl Clause {
    /// 第四十二条, 第四十五条至第四十九条, or the name.
    pub fn name(&self) -> String {
        match self.range() {
            Some((from, to)) => format!("{}至{}", article_name(&from.to_string()), article_name(&to.to_string())),
            None => article_name(&self.article),
        }
    }

    /// As what rules cite it.
    fn cited(&self) -> &str {
        match &self.cited_as {
            Some(name) => name,
            None if self.article == WHOLE => "",
            None => &self.article,
        }
    }

    /// The article without its part.
    fn number(&self) -> &str {
        self.article.split_once('(').map_or(self.article.as_str(), |(number, _)| number)
    }

    fn range(&self) -> Option<(u32, u32)> {
        let (from, to) = self.article.split_once('-')?;
        Some((from.parse().ok()?, to.parse().ok()?))
    }

    fn count(&self) -> u32 {
        self.range().map_or(1, |(from, to)| to.saturating_sub(from) + 1)
    }
}
