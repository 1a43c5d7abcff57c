//! The draft before the rules: everything that is said of it.

use super::date::date;
use super::paragraph::{Paragraph, paragraphs};
use super::people::{Found, people};
use super::period::period;
use super::records::{Span, store};
use super::words::{Words, find};
use super::{Period, Person, Read, Unread};
use crate::dates::Day;
use crate::engine::{self, Basis, Finding, Options, Parameters, Subject, Verdict, fingerprint, sort};
use crate::ingest::Draft;
use crate::rules::{Reference, RuleSet};
use serde::Serialize;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The draft's name.
    pub file: &'a str,
    /// The day of posting, if it was given.
    pub posted: Option<Day>,
    /// The day whose edition asks for the contents where the draft has no date at all.
    pub today: Day,
    /// The level of the posts proposed, if it was given.
    pub level: Option<&'a str>,
}

/// What is said of a draft.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The draft's name.
    pub file: String,
    /// What the numbers of places count, in Chinese.
    #[serde(skip)]
    pub counts: &'static str,
    /// The day by which the rules were chosen.
    pub as_of: String,
    /// What was read of the notice as a whole.
    pub read: Vec<Read>,
    /// The candidates, and what was read of each.
    pub people: Vec<Person>,
    /// What was not read.
    pub unread: Vec<Unread>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Whether something that the answer may hang on was not read, or a rule failed.
    pub in_part: bool,
}

/// Reads and judges a draft. `chosen`: the rules that were not left out, by their place.
pub fn check(draft: &Draft, rules: &RuleSet, chosen: &[usize], words: &Words, asked: Asked<'_>) -> Judged {
    let all = paragraphs(draft);
    let Found { people, mut unread, taken } = people(&all, words);
    let rest: Vec<&Paragraph> = all.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(p, _)| p).collect();
    let foot = foot(&rest);
    let mut read: Vec<Read> = foot
        .iter()
        .map(|(day, line, text)| Read { item: "落款日期".to_owned(), value: format!("{day}（“{text}”）"), line: *line })
        .collect();
    let posted = asked.posted.or(foot.as_ref().map(|f| f.0));
    let (found, more) = period(&rest, &words.words, posted, &rules.calendar);
    unread.extend(more);
    read.splice(0..0, found.iter().flat_map(|p| p.read.clone()));
    // The trigger of the rules is the first day: it must not lie ahead of the day the question is asked on.
    let start = found.as_ref().map(|p| p.start);
    let as_of = start.into_iter().chain(posted).max().unwrap_or(asked.today);
    let own = Own { rules, words, as_of };
    let mut findings = Vec::new();
    own.period(found.as_ref(), asked.posted, &mut findings);
    own.contacts(&rest, &mut read, &mut findings);
    own.blanks(&all, &mut findings);
    let mut failed = false;
    if people.is_empty() {
        findings.extend(own.finding("no_person", None, "没有读出一名人选".to_owned()));
    } else {
        let span = Span { start: start.unwrap_or(as_of), end: None, period: found.as_ref() };
        let (judged, wrong) = judge(rules, chosen, words, asked, &people, span, as_of);
        failed = wrong;
        findings.extend(judged);
    }
    sort(&mut findings);
    unread.sort_by_key(|u| u.line);
    let in_part = failed || people.is_empty() || found.as_ref().is_none_or(|p| p.ends.is_empty()) || !unread.is_empty();
    Judged { file: asked.file.to_owned(), counts: draft.counts, as_of: as_of.to_string(), read, people, unread, findings, in_part }
}

/// The date at the foot.
fn foot(paragraphs: &[&Paragraph]) -> Option<(Day, u32, String)> {
    paragraphs.iter().rev().take(3).find_map(|p| {
        let (at, (written, _)) = p.text.char_indices().find_map(|(at, _)| {
            let rest = p.text.get(at..)?;
            super::date::begins(&p.text, at).then(|| date(rest)).flatten().filter(|(_, n)| *n == rest.len()).map(|d| (at, d))
        })?;
        // A sentence that ends with a date is no foot.
        let before = p.text.get(..at)?;
        let is_foot = before.chars().count() <= 30 && !before.contains(['，', '。', '至', '：']);
        (is_foot && written.year.is_some())
            .then(|| written.near(None))
            .flatten()
            .map(|day| (day, p.line(at), p.text.get(at..).unwrap_or("").to_owned()))
    })
}

/// Runs the rules under every reading of the last day. What comes out differently is 待核.
fn judge(
    rules: &RuleSet,
    chosen: &[usize],
    words: &Words,
    asked: Asked<'_>,
    people: &[Person],
    span: Span<'_>,
    as_of: Day,
) -> (Vec<Finding>, bool) {
    // That there is no last day, or one before the first, is told of itself.
    let has_period = span.period.is_some_and(|p| p.ends.iter().any(|e| *e >= p.start));
    let is_asked = |code: &String| words.contents_rules.contains(code) || (has_period && words.period_rules.contains(code));
    let run: Vec<usize> = chosen.iter().copied().filter(|&i| rules.rules.get(i).is_some_and(|r| is_asked(&r.code))).collect();
    let ends: Vec<Option<Day>> = match span.period.map(|p| p.ends.as_slice()) {
        Some(ends) if !ends.is_empty() => ends.iter().map(|e| Some(*e)).collect(),
        _ => vec![None],
    };
    let mut readings = Vec::new();
    let mut failed = false;
    for end in &ends {
        let store = store(&rules.schema, asked.file, people, Span { end: *end, ..span }, asked.level, words);
        let outcome = engine::check(rules, &store, &Options { rules: Some(&run), ..Options::on(as_of) });
        failed |= !outcome.failures.is_empty();
        readings.push(outcome.findings);
    }
    let mut agreed = agreed(readings, &ends);
    for f in &mut agreed {
        let person = f.subject.id.parse::<usize>().ok().and_then(|n| people.get(n.checked_sub(1)?));
        if person.is_some_and(|p| p.in_part) && f.code == words.complete_rule && f.verdict != Verdict::Unverified {
            f.verdict = Verdict::Unverified;
            f.message.push_str("；但有文字没有读出，缺的可能就在其中");
        }
        // What the rule says of a notice that was posted is too late for one that was not.
        if let Some(remedy) = words.remedy.get(&f.code) {
            f.remedy = remedy.as_str().into();
        }
    }
    (agreed, failed)
}

/// What every reading comes to; where they differ, that nobody can say.
fn agreed(readings: Vec<Vec<Finding>>, ends: &[Option<Day>]) -> Vec<Finding> {
    let same = |a: &Finding, b: &Finding| a.fingerprint == b.fingerprint;
    let mut all: Vec<Finding> = Vec::new();
    for finding in readings.iter().flatten() {
        if all.iter().any(|f| same(f, finding)) {
            continue;
        }
        let mut finding = finding.clone();
        if !readings.iter().all(|r| r.iter().any(|f| same(f, &finding) && f.verdict == finding.verdict)) {
            let days: Vec<String> = ends.iter().flatten().map(Day::to_string).collect();
            finding.verdict = Verdict::Unverified;
            finding.message = format!("截止日期可以读作{}，结论不同：{}", days.join("或"), finding.message);
        }
        all.push(finding);
    }
    all
}

/// What is found of the draft itself.
struct Own<'a> {
    rules: &'a RuleSet,
    words: &'a Words,
    as_of: Day,
}

impl Own<'_> {
    fn period(&self, found: Option<&Period>, posted: Option<Day>, findings: &mut Vec<Finding>) {
        let Some(p) = found else {
            findings.extend(self.finding("no_period", None, "没有读出公示的起止日期，公示期够不够无法判定".to_owned()));
            return;
        };
        if let Some(posted) = posted.filter(|posted| p.start < *posted) {
            findings.extend(self.finding("posted_late", None, format!("公示期从{}起，而{posted}才张贴", p.start)));
        }
        if p.ends.is_empty() {
            findings.extend(self.finding("no_period", None, format!("公示期从{}起，没有读出截止日期", p.start)));
        }
        let [end] = p.ends.as_slice() else { return };
        if *end < p.start {
            findings.extend(self.finding("end_before_start", None, format!("公示期{}至{end}，截止早于开始", p.start)));
            return;
        }
        let Some(stated) = p.stated else { return };
        let (unit, counted) = if stated.working {
            ("个工作日", self.rules.calendar.workdays(p.start, *end))
        } else {
            ("天", Some(end.days_since(p.start) + 1))
        };
        let count = i64::from(stated.count);
        match counted.map(i64::from) {
            Some(counted) if counted != count => {
                let message = format!("写明{count}{unit}，而{}至{end}是{counted}{unit}", p.start);
                findings.extend(self.finding("days_differ", Some(counted - count), message));
            }
            Some(_) => {}
            None => {
                let message = format!("没有{}年的工作日日历，写明的{count}{unit}与起止日期是否相符无法核对", end.year());
                findings.extend(self.finding("days_differ", None, message).map(|f| Finding { verdict: Verdict::Unverified, ..f }));
            }
        }
    }

    fn contacts(&self, paragraphs: &[&Paragraph], read: &mut Vec<Read>, findings: &mut Vec<Finding>) {
        let mut lacks: Vec<&str> = Vec::new();
        for contact in &self.words.contact {
            let of = |p: &Paragraph| {
                let (at, _) = find(&p.text, &contact.words)?;
                let mut sentences = p.text.split_inclusive(['。', '；']).scan(0, |from, s| {
                    *from += s.len();
                    Some((*from, s))
                });
                let said = sentences.find(|(end, _)| at < *end).map_or(p.text.as_str(), |(_, s)| s);
                let digits =
                    p.text.split(|c: char| !c.is_ascii_digit() && c != '-').map(|d| d.chars().filter(char::is_ascii_digit).count());
                let is_told = digits.max().unwrap_or(0) >= contact.digits;
                is_told.then(|| Read { item: contact.name.clone(), value: said.to_owned(), line: p.line(at) })
            };
            match paragraphs.iter().find_map(|p| of(p)) {
                Some(found) => read.push(found),
                None => lacks.push(&contact.name),
            }
        }
        if !lacks.is_empty() {
            findings.extend(self.finding("no_contact", None, format!("没有写明{}", lacks.join("、"))));
        }
    }

    fn blanks(&self, paragraphs: &[Paragraph], findings: &mut Vec<Finding>) {
        let blanks = paragraphs.iter().filter_map(|p| find(&p.text, &self.words.words.blanks).map(|(at, word)| (p.line(at), word)));
        let places: Vec<String> = blanks.map(|(line, word)| format!("第{line}处（{word}）")).collect();
        if !places.is_empty() {
            findings.extend(self.finding("left_blank", None, format!("还有没有填写的地方：{}", places.join("、"))));
        }
    }

    fn finding(&self, name: &str, days: Option<i64>, message: String) -> Option<Finding> {
        let check = self.words.check(name)?;
        let subject = Subject { table: "notice".to_owned(), id: "*".to_owned(), year: None };
        Some(Finding {
            fingerprint: fingerprint(&check.code, &subject, None),
            code: check.code.clone(),
            rule: name.replace('_', "-").into(),
            pack: "notice".into(),
            verdict: Verdict::from_word(&check.severity).unwrap_or(Verdict::Unverified),
            subject,
            person_id: None,
            unit_id: None,
            part: None,
            message,
            days,
            basis: cite(self.rules, &check.basis, self.as_of),
            parameters: Parameters::default(),
            evidence: Vec::new(),
            missing: Vec::new(),
            due: None,
            remedy: check.remedy.as_str().into(),
            waived: None,
            confidential: false,
            title: check.title.as_str().into(),
        })
    }
}

/// Articles as people cite them, in the editions in force on a day.
pub fn cite(rules: &RuleSet, basis: &[String], as_of: Day) -> Vec<Basis> {
    let references: Vec<Reference> = basis.iter().map(|b| reference(b)).collect();
    rules.regulations.cite(&references, as_of, None).into_iter().map(Basis::from).collect()
}

fn reference(text: &str) -> Reference {
    let (bare, unsure) = text.strip_suffix('?').map_or((text, false), |t| (t, true));
    let (edition, article) = bare.split_once('#').map_or((bare, None), |(e, a)| (e, Some(a.to_owned())));
    Reference { edition: edition.to_owned(), article, unsure }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
