//! `regulations.toml`: the law, edition by edition, and which edition is cited on a day.

use crate::dates::Day;
use crate::diagnostic::{Diagnostic, Source};
use crate::document;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every regulation and edition.
#[derive(Debug, Default)]
pub struct Regulations {
    editions: BTreeMap<String, Edition>,
    places: BTreeMap<String, (Arc<Source>, std::ops::Range<usize>)>,
}

/// One edition of a regulation.
#[derive(Clone, Debug, Default)]
pub struct Edition {
    /// Editions of one regulation share a family.
    pub family: String,
    /// The title.
    pub title: String,
    /// The edition, usually a year.
    pub version: Option<String>,
    /// The document number.
    pub number: Option<String>,
    /// When it was adopted.
    pub adopted: Option<Day>,
    /// In force from, inclusive.
    pub from: Option<Day>,
    /// In force until, inclusive.
    pub until: Option<Day>,
    /// A local mechanism, whose parts have names rather than numbers.
    pub local: bool,
    /// Whether the text was checked.
    pub verified: bool,
    /// What is uncertain.
    pub note: Option<String>,
    /// The articles cited, by number ("42", "8(3)").
    pub articles: BTreeMap<String, Article>,
}

/// An article.
#[derive(Clone, Debug)]
pub struct Article {
    /// What it says, in our words.
    pub text: String,
    /// Whether its number was checked.
    pub verified: bool,
}

/// A reference to an article: `tj2019#42`, with `?` where the number is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The edition's key.
    pub edition: String,
    /// The article, if one is named.
    pub article: Option<String>,
    /// Whether the author marked it as unsure.
    pub unsure: bool,
}

/// What is cited on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The regulation's title.
    pub title: String,
    /// The edition.
    pub version: Option<String>,
    /// 第四十二条.
    pub article: Option<String>,
    /// Whether the article's number is verified for the edition in force that day.
    pub verified: bool,
}

impl Regulations {
    /// Reads a regulations file into these.
    pub fn read(&mut self, source: &Arc<Source>, sink: &mut Vec<Diagnostic>) {
        let doc = match document::parse(source) {
            Ok(doc) => doc,
            Err(error) => return sink.push(*error),
        };
        for (key, value) in doc.entries() {
            let Some(table) = document::table(source, value, sink) else { continue };
            let edition = read_edition(source, &key.value, table, sink);
            let place = (Arc::clone(source), key.span.clone());
            if let Some((first, span)) = self.places.insert(key.value.clone(), place) {
                let twice = Diagnostic::new("rule::twice", source, key.span.clone(), format!("“{}”出现了两次", key.value));
                sink.push(twice.also(&first, span, "先登记的"));
            }
            self.editions.insert(key.value.clone(), edition);
        }
    }

    /// The edition of a key.
    pub fn edition(&self, key: &str) -> Option<&Edition> {
        self.editions.get(key)
    }

    /// Every edition.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Edition)> {
        self.editions.iter().map(|(k, e)| (k.as_str(), e))
    }

    /// Checks a reference, and offers the nearest key for an unknown one.
    pub fn check(&self, text: &str, source: &Arc<Source>, span: std::ops::Range<usize>, sink: &mut Vec<Diagnostic>) -> Option<Reference> {
        let (bare, unsure) = match text.strip_suffix('?') {
            Some(bare) => (bare, true),
            None => (text, false),
        };
        let (key, article) = match bare.split_once('#') {
            Some((key, article)) => (key, Some(article)),
            None => (bare, None),
        };
        let Some(edition) = self.editions.get(key) else {
            let known = self.editions.keys().map(String::as_str);
            sink.push(Diagnostic::new("rule::unknown-regulation", source, span, format!("法规目录中没有“{key}”")).nearest(key, known));
            return None;
        };
        if let Some(article) = article
            && !edition.articles.contains_key(article)
        {
            let known = edition.articles.keys().map(String::as_str);
            sink.push(
                Diagnostic::new("rule::unknown-article", source, span, format!("{key} 没有登记“{article}”条")).nearest(article, known),
            );
            return None;
        }
        Some(Reference { edition: key.to_owned(), article: article.map(str::to_owned), unsure })
    }

    /// What is cited on a day: of each family the edition in force; where only another edition's article is known, that one, not verified.
    pub fn cite(&self, references: &[Reference], on: Day) -> Vec<Citation> {
        let mut families: Vec<&str> = Vec::new();
        let mut citations = Vec::new();
        for reference in references {
            let Some(edition) = self.editions.get(&reference.edition) else { continue };
            if families.contains(&edition.family.as_str()) {
                continue;
            }
            families.push(&edition.family);
            let same: Vec<&Reference> =
                references.iter().filter(|r| self.editions.get(&r.edition).is_some_and(|e| e.family == edition.family)).collect();
            let current: Vec<&&Reference> = same.iter().filter(|r| self.editions.get(&r.edition).is_some_and(|e| e.in_force(on))).collect();
            if current.is_empty() {
                // The edition of that day, if there was one, has a number that is not known here.
                citations.extend(same.first().map(|r| self.citation(r, false)));
            } else {
                citations.extend(current.into_iter().map(|r| self.citation(r, true)));
            }
        }
        citations
    }

    /// How an article is cited on a day when its edition is in force.
    pub fn cite_in_force(&self, reference: &Reference) -> Citation {
        self.citation(reference, true)
    }

    fn citation(&self, reference: &Reference, right_edition: bool) -> Citation {
        let unknown = Edition::default();
        let edition = self.editions.get(&reference.edition).unwrap_or(&unknown);
        let known = reference.article.as_ref().and_then(|a| edition.articles.get(a));
        let numbered = reference.article.as_deref().is_none_or(|a| a.starts_with(|c: char| c.is_ascii_digit() || c == '第'));
        // Where the law itself counts articles, a chapter or a matter is no article number.
        let sure = known.map_or(edition.verified, |a| a.verified) && (numbered || edition.local);
        Citation {
            title: edition.title.clone(),
            version: edition.version.clone(),
            article: reference.article.as_deref().map(article_name),
            verified: right_edition && sure && !reference.unsure,
        }
    }
}

impl Edition {
    /// Whether it is in force on a day.
    pub fn in_force(&self, on: Day) -> bool {
        self.from.is_none_or(|f| f <= on) && self.until.is_none_or(|u| on <= u)
    }
}

fn read_edition(source: &Arc<Source>, key: &str, table: &document::Table, sink: &mut Vec<Diagnostic>) -> Edition {
    let text = |name: &str, sink: &mut Vec<Diagnostic>| table.get(name).and_then(|v| document::text(source, v, sink)).map(str::to_owned);
    let day = |name: &str, sink: &mut Vec<Diagnostic>| table.get(name).and_then(|v| document::day(source, v, sink));
    let mut edition = Edition {
        family: text("family", sink).unwrap_or_else(|| key.to_owned()),
        title: text("title", sink).unwrap_or_else(|| key.to_owned()),
        version: text("version", sink),
        number: text("number", sink),
        adopted: day("adopted", sink),
        from: day("from", sink),
        until: day("until", sink),
        local: table.get("kind").and_then(|v| document::text(source, v, sink)) == Some("local"),
        verified: table.get("verified").and_then(|v| document::boolean(source, v, sink)).unwrap_or(false),
        note: text("note", sink),
        articles: BTreeMap::new(),
    };
    if let Some(articles) = table.get("articles").and_then(|v| document::table(source, v, sink)) {
        for (number, value) in articles.entries() {
            let Some(article) = document::table(source, value, sink) else { continue };
            let words = article.get("text").and_then(|v| document::text(source, v, sink)).unwrap_or_default().to_owned();
            let verified = article.get("verified").and_then(|v| document::boolean(source, v, sink)).unwrap_or(false);
            document::report_unknown_keys(source, article, &["text", "verified"], sink);
            edition.articles.insert(number.value.clone(), Article { text: words, verified });
        }
    }
    let known = ["family", "title", "version", "number", "adopted", "from", "until", "verified", "note", "articles", "kind"];
    document::report_unknown_keys(source, table, &known, sink);
    edition
}

/// `42` as 第四十二条, `8(3)` as 第八条(三).
pub fn article_name(number: &str) -> String {
    let (article, item) = match number.split_once('(') {
        Some((a, i)) => (a, i.strip_suffix(')')),
        None => (number, None),
    };
    let Ok(n) = article.parse::<u32>() else { return number.to_owned() };
    let item = item.map_or_else(String::new, |i| format!("({})", i.parse::<u32>().map_or_else(|_| i.to_owned(), numeral)));
    format!("第{}条{item}", numeral(n))
}

/// A number below 1000 in Chinese.
fn numeral(n: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |d: u32| DIGITS.get(d as usize).copied().unwrap_or("");
    let (hundreds, tens, ones) = (n / 100 % 10, n / 10 % 10, n % 10);
    let mut out = String::new();
    if hundreds > 0 {
        out.push_str(digit(hundreds));
        out.push('百');
        if tens == 0 && ones > 0 {
            out.push('零');
        }
    }
    if tens > 0 {
        if tens > 1 || hundreds > 0 {
            out.push_str(digit(tens));
        }
        out.push('十');
    }
    out.push_str(digit(ones));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_named_as_the_law_names_them() {
        let named = ["8", "10", "18", "20", "42", "107", "8(3)", "24(5)"].map(article_name);
        let expected = ["第八条", "第十条", "第十八条", "第二十条", "第四十二条", "第一百零七条", "第八条(三)", "第二十四条(五)"];
        assert_eq!(named, expected);
    }
}
