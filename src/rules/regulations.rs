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
    /// What must be said with it: that the text came later, or that only another edition's number is known.
    pub note: Option<String>,
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

    /// The days on which some edition comes into force or is out of force for the first time, in order: between two of them the same is
    /// cited on every day, and about a matter of any day.
    pub fn turns(&self) -> Vec<Day> {
        let turns = self.editions.values().flat_map(|e| [e.from, e.until.map(|until| until.add_days(1))]);
        let mut turns: Vec<Day> = turns.flatten().collect();
        turns.sort_unstable();
        turns.dedup();
        turns
    }

    /// What is cited on a day about a matter: of each family the edition in force that day. Where none of those named was in force, the
    /// edition that was is cited, without a number that only another is known to have; where there was none at all, that is what is said.
    /// A text is never cited as though it had been in force when it was not.
    pub fn cite(&self, references: &[Reference], on: Day, matter: Option<Day>) -> Vec<Citation> {
        let known: Vec<(&Reference, &Edition)> = references.iter().filter_map(|r| Some((r, self.editions.get(&r.edition)?))).collect();
        let mut families: Vec<&str> = Vec::new();
        for (_, edition) in &known {
            if !families.contains(&edition.family.as_str()) {
                families.push(&edition.family);
            }
        }
        let of = |family: &str| known.iter().filter(move |(_, e)| e.family == family).copied().collect::<Vec<_>>();
        let later = |edition: &Edition| {
            let from = edition.from.filter(|from| matter.is_some_and(|matter| matter < *from));
            from.map(|from| format!("{from}起施行，晚于所涉事项"))
        };
        let in_force = |(reference, edition): (&Reference, &Edition)| Citation { note: later(edition), ..self.citation(reference, true) };
        let current: Vec<Citation> = families.iter().flat_map(|family| of(family)).filter(|(_, e)| e.in_force(on)).map(in_force).collect();
        if !current.is_empty() {
            return current;
        }
        let unnumbered = |family: &&str| {
            let (reference, named) = of(family).into_iter().next()?;
            let edition = self.editions.values().find(|e| e.family == **family && e.in_force(on))?;
            let version = named.version.as_ref().map(|v| format!("{v}年版"));
            let elsewhere =
                version.zip(reference.article.as_deref()).map(|(version, article)| format!("{version}为{}", article_name(article)));
            let said: Vec<String> = elsewhere.into_iter().chain(later(edition)).collect();
            let note = (!said.is_empty()).then(|| said.join("，"));
            Some(Citation { title: edition.title.clone(), version: edition.version.clone(), article: None, verified: false, note })
        };
        let unnumbered: Vec<Citation> = families.iter().filter_map(unnumbered).collect();
        if !unnumbered.is_empty() {
            return unnumbered;
        }
        families.iter().filter_map(|family| absent(&of(family), on)).collect()
    }

    /// The first day on which some edition of what these editions (by key) belong to is in force; none where one of them has no
    /// beginning that is known.
    pub fn first_day<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Option<Day> {
        let known: Vec<&Edition> = keys.into_iter().filter_map(|key| self.editions.get(key)).collect();
        let akin = |e: &&Edition| known.iter().any(|k| k.family == e.family);
        let mut days = self.editions.values().filter(akin).map(|e| e.from);
        let first = days.next()??;
        days.try_fold(first, |first, day| Some(first.min(day?)))
    }

    /// Whether some edition of what these editions (by key) belong to is in force on a day.
    pub fn any_in_force<'k>(&self, keys: impl IntoIterator<Item = &'k str>, on: Day) -> bool {
        let known: Vec<&Edition> = keys.into_iter().filter_map(|key| self.editions.get(key)).collect();
        self.editions.values().any(|e| e.in_force(on) && known.iter().any(|k| k.family == e.family))
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
            note: None,
        }
    }
}

/// What is said of a regulation no edition of which was in force on a day.
fn absent(editions: &[(&Reference, &Edition)], on: Day) -> Option<Citation> {
    let (_, first) = editions.iter().min_by_key(|(_, e)| e.from)?;
    let from = editions.iter().filter_map(|(_, e)| e.from).filter(|from| *from > on).min();
    let note = match (from, first.until) {
        (Some(from), _) => format!("{from}起施行，当时尚未施行"),
        (None, Some(until)) => format!("施行至{until}，当时已不施行"),
        (None, None) => "当时不在施行".to_owned(),
    };
    Some(Citation { title: first.title.clone(), version: None, article: None, verified: false, note: Some(note) })
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
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_named_as_the_law_names_them() {
        let named = ["8", "10", "18", "20", "42", "107", "8(3)", "24(5)"].map(article_name);
        let expected = ["第八条", "第十条", "第十八条", "第二十条", "第四十二条", "第一百零七条", "第八条(三)", "第二十四条(五)"];
        assert_eq!(named, expected);
    }

    const EDITIONS: &str = "
        [a2005]\nfamily = 'a'\ntitle = '甲法'\nversion = '2005'\nfrom = 2006-01-01\nuntil = 2019-05-31\nverified = true
        [a2018]\nfamily = 'a'\ntitle = '甲法'\nversion = '2018'\nfrom = 2019-06-01\nverified = true
        [a2018.articles]\n'46' = { text = '次序', verified = true }
        [b2017]\ntitle = '乙办法'\nversion = '2017'\nfrom = 2017-02-08\nverified = true
        [b2017.articles]\n'4' = { text = '查核', verified = true }
        [c]\ntitle = '丙制度'\nkind = 'local'\nverified = true";

    /// Title, edition, article, whether it was verified, and what is to be said of it.
    type Cited = (String, Option<String>, Option<String>, bool, Option<String>);

    fn cited(basis: &[&str], on: &str, matter: Option<&str>) -> Vec<Cited> {
        let mut sink = Vec::new();
        let mut regulations = Regulations::default();
        let source = Arc::new(Source { name: "regulations.toml".into(), text: EDITIONS.into() });
        regulations.read(&source, &mut sink);
        let references: Vec<Reference> = basis.iter().filter_map(|b| regulations.check(b, &source, 0..0, &mut sink)).collect();
        assert!(sink.is_empty(), "{sink:?}");
        let day = |text: &str| text.parse().expect("a day");
        let cited = regulations.cite(&references, day(on), matter.map(day)).into_iter();
        cited.map(|c| (c.title, c.version, c.article, c.verified, c.note)).collect()
    }

    #[test]
    fn only_what_was_in_force_that_day_is_cited() {
        let text = |t: &str| Some(t.to_owned());
        let both = ["a2018#46", "b2017#4"];
        let law = |version: &str, article, verified, note| ("甲法".to_owned(), text(version), article, verified, note);
        let way = |version, article, verified, note| ("乙办法".to_owned(), version, article, verified, note);
        let now = [law("2018", text("第四十六条"), true, None), way(text("2017"), text("第四条"), true, None)];
        assert_eq!(cited(&both, "2020-01-01", None), now);
        // Where one was in force, what was not is left out.
        assert_eq!(cited(&both, "2018-01-01", None), now[1..]);
        // Where only another edition's number is known, that is said.
        assert_eq!(cited(&both, "2010-01-01", None), [law("2005", None, false, text("2018年版为第四十六条"))]);
        // Where there was nothing at all, nothing is cited as though there had been.
        let none = [
            ("甲法".to_owned(), None, None, false, text("2019-06-01起施行，当时尚未施行")),
            way(None, None, false, text("2017-02-08起施行，当时尚未施行")),
        ];
        assert_eq!(cited(&both, "2003-01-01", None), none);
        // What came after the matter says so.
        let later = [way(text("2017"), text("第四条"), true, text("2017-02-08起施行，晚于所涉事项"))];
        assert_eq!(cited(&["b2017#4"], "2020-01-01", Some("2017-02-07")), later);
        assert_eq!(cited(&["b2017#4"], "2020-01-01", Some("2017-02-08")), now[1..]);
    }

    #[test]
    fn the_first_day_is_that_of_the_oldest_edition() {
        let mut sink = Vec::new();
        let mut regulations = Regulations::default();
        regulations.read(&Arc::new(Source { name: "regulations.toml".into(), text: EDITIONS.into() }), &mut sink);
        let first = |keys: &[&str]| regulations.first_day(keys.iter().copied()).map(|day| day.to_string());
        assert_eq!(first(&["a2018"]).as_deref(), Some("2006-01-01"));
        assert_eq!(first(&["b2017", "a2018"]).as_deref(), Some("2006-01-01"));
        // What has no beginning that is known sets none.
        assert_eq!(first(&["b2017", "c"]), None);
        assert_eq!(first(&[]), None);
    }

    #[test]
    fn from_one_turn_of_the_law_to_the_next_the_same_is_cited() {
        let mut sink = Vec::new();
        let mut regulations = Regulations::default();
        regulations.read(&Arc::new(Source { name: "regulations.toml".into(), text: EDITIONS.into() }), &mut sink);
        let turns: Vec<String> = regulations.turns().iter().map(Day::to_string).collect();
        assert_eq!(turns, ["2006-01-01", "2017-02-08", "2019-06-01"]);
        let between =
            [("1990-01-01", "2005-12-31"), ("2006-01-01", "2017-02-07"), ("2017-02-08", "2019-05-31"), ("2019-06-01", "2026-06-30")];
        for basis in [["a2018#46", "b2017#4"].as_slice(), &["a2018#46"], &["a2005"], &["b2017#4"], &["c"]] {
            for (first, last) in between {
                assert_eq!(cited(basis, first, None), cited(basis, last, None), "{basis:?} on {last}");
                assert_eq!(cited(basis, first, Some("2010-03-01")), cited(basis, last, Some("2010-03-01")), "{basis:?} on {last}");
                let about = |matter| cited(basis, "2020-01-01", Some(matter));
                assert_eq!(about(first), about(last), "{basis:?} about {last}");
            }
        }
    }
}
