//! Every number, length of time and date that a rule decides by, moved by one: what the tests of the rule should notice.
//!
//! Moved are parameters, the numbers, lengths and dates in conditions and scripts, and the days from and until which a version holds.
//! Years move by a month, everything else by one of what it counts. What only words a finding is left alone.

use super::files::Files;
use super::load::RuleSet;
use super::rule::Rule;
use crate::dates::{Day, Period};
use crate::diagnostic::Source;
use crate::document::{self, Node, Table, Value};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// One change of a rule.
#[derive(Clone, Debug)]
pub struct Move {
    /// The file changed, by its path among the rule files.
    pub path: String,
    /// The line in it.
    pub line: usize,
    /// What the change is part of, on one line.
    pub around: String,
    /// What stands there.
    pub from: String,
    /// What is put there.
    pub to: String,
    span: Range<usize>,
}

impl Move {
    /// The files with this change made.
    pub fn made(&self, files: &Files) -> Files {
        let mut moved = files.clone();
        if let Some(source) = files.get(&self.path) {
            let mut text = source.text.clone();
            text.replace_range(self.span.clone(), &self.to);
            moved.add_as(&self.path, &source.name, &text);
        }
        moved
    }
}

/// Every move of a rule.
pub fn moves(files: &Files, rule: &Rule) -> Vec<Move> {
    let Some(path) = path_of(files, &rule.source) else { return Vec::new() };
    let Ok(doc) = document::parse(&rule.source) else { return Vec::new() };
    let mut gather = Gather { path, source: &rule.source, moves: Vec::new() };
    gather.table(&doc);
    let mut moves = gather.moves;
    if let Some(script) = rule.script.as_ref().filter(|s| !Arc::ptr_eq(&s.source, &rule.source))
        && let Some(path) = path_of(files, &script.source)
    {
        let mut gather = Gather { path, source: &script.source, moves: Vec::new() };
        gather.expression(0..script.source.text.len());
        moves.append(&mut gather.moves);
    }
    moves
}

/// Every move of the shared definitions, each with the name of the word or of the shared table that it is part of.
pub fn definition_moves(files: &Files) -> Vec<(String, Move)> {
    let mut all = Vec::new();
    for (path, source) in files.all().filter(|(path, _)| path.ends_with("definitions.toml")) {
        let Ok(doc) = document::parse(source) else { continue };
        for (_, value) in doc.entries().filter(|(key, _)| key.value != "lookup") {
            let Node::Table(words) = &value.value else { continue };
            for (word, value) in words.entries() {
                let mut gather = Gather { path: path.to_owned(), source, moves: Vec::new() };
                gather.value(&word.value, value);
                all.extend(gather.moves.into_iter().map(|m| (word.value.clone(), m)));
            }
        }
    }
    all
}

/// The rules that use a word, straight or by another word.
pub fn rules_using<'a>(files: &Files, rules: &'a RuleSet, word: &str) -> Vec<&'a Rule> {
    let names = |text: &str, known: &BTreeSet<String>| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| known.contains(w));
    let definitions: Vec<(String, String)> = files
        .all()
        .filter(|(path, _)| path.ends_with("definitions.toml"))
        .filter_map(|(_, source)| Some((source, document::parse(source).ok()?)))
        .flat_map(|(source, doc)| {
            let tables: Vec<Table> =
                doc.entries().filter_map(|(_, v)| if let Node::Table(t) = &v.value { Some(t.clone()) } else { None }).collect();
            let text = |value: &Value| source.text.get(value.span.clone()).unwrap_or_default().to_owned();
            // A table written under a heading of its own spans only the heading.
            let whole = |value: &Value| match &value.value {
                Node::Table(t) => t.entries().map(|(_, v)| text(v)).collect::<Vec<_>>().join(" "),
                _ => text(value),
            };
            tables.iter().flat_map(|t| t.entries().map(|(k, v)| (k.value.clone(), whole(v))).collect::<Vec<_>>()).collect::<Vec<_>>()
        })
        .collect();
    let mut known = BTreeSet::from([word.to_owned()]);
    loop {
        let more: Vec<&String> =
            definitions.iter().filter(|(name, text)| !known.contains(name) && names(text, &known)).map(|(name, _)| name).collect();
        if more.is_empty() {
            break;
        }
        known.extend(more.into_iter().cloned().collect::<Vec<_>>());
    }
    let uses = |rule: &&Rule| names(rule.head(), &known) || rule.script.as_ref().is_some_and(|s| names(&s.source.text, &known));
    rules.rules.iter().filter(uses).collect()
}

fn path_of(files: &Files, source: &Arc<Source>) -> Option<String> {
    files.all().find(|(_, s)| Arc::ptr_eq(s, source)).map(|(path, _)| path.to_owned())
}

/// Keys whose values decide nothing.
const WORDING: [&str; 16] = [
    "code", "slug", "title", "subject", "remedy", "test", "note", "basis", "message", "late", "absent", "soon", "missing", "part", "name",
    "days",
];

struct Gather<'a> {
    path: String,
    source: &'a Arc<Source>,
    moves: Vec<Move>,
}

impl Gather<'_> {
    fn table(&mut self, table: &Table) {
        for (key, value) in table.entries().filter(|(key, _)| !WORDING.contains(&key.value.as_str())) {
            self.value(&key.value, value);
        }
    }

    fn value(&mut self, key: &str, value: &Value) {
        match &value.value {
            Node::Int(n) => self.number(*n, value.span.clone()),
            Node::Date(text) => self.bound(key, text, value.span.clone()),
            Node::Text(text) => match Period::parse(text) {
                Some(period) => self.period(period, inside(value.span.clone())),
                None if key == "script" => {}
                None => self.expression(value.span.clone()),
            },
            Node::List(items) => items.iter().for_each(|item| match &item.value {
                // A list of texts is a list of codes or names.
                Node::Text(_) => {}
                _ => self.value(key, item),
            }),
            Node::Table(table) => self.table(table),
            Node::Float(_) | Node::Bool(_) => {}
        }
    }

    /// A version holds from a day later, until a day earlier: other moves would overlap with the next version.
    fn bound(&mut self, key: &str, text: &str, span: Range<usize>) {
        let by = match key {
            "from" => 1,
            "until" => -1,
            _ => return,
        };
        if let Ok(day) = text.parse::<Day>() {
            self.add(span, day.add_days(by).to_string());
        }
    }

    fn number(&mut self, n: i64, span: Range<usize>) {
        for moved in [n.checked_sub(1).filter(|_| n > 0), n.checked_add(1)].into_iter().flatten() {
            self.add(span.clone(), moved.to_string());
        }
    }

    fn period(&mut self, period: Period, span: Range<usize>) {
        for by in [-1, 1] {
            let moved = match period {
                Period::Days(n) => Period::Days(n.saturating_add(by)),
                Period::Workdays(n) => Period::Workdays(n.saturating_add(by)),
                Period::Months(n) => Period::Months(n.saturating_add(by)),
                Period::Years(n) => Period::Months(n.saturating_mul(12).saturating_add(by)),
            };
            self.add(span.clone(), moved.to_string());
        }
    }

    /// Numbers, lengths of time and dates in an expression or a script, as it stands in the file.
    fn expression(&mut self, span: Range<usize>) {
        let Some(text) = self.source.text.get(span.clone()) else { return };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = text.get(at..).unwrap_or_default();
            let step = match byte {
                b'/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                b'`' => 2 + rest.get(1..).and_then(|r| r.find('`')).unwrap_or(rest.len()),
                b'\'' => {
                    let length = rest.get(1..).and_then(|r| r.find('\'')).unwrap_or(0);
                    if let Some(period) = rest.get(1..=length).and_then(Period::parse) {
                        self.period(period, span.start + at + 1..span.start + at + 1 + length);
                    }
                    length + 2
                }
                b'd' if rest.starts_with("date(") && !before_is_name(bytes, at) => self.date(rest, span.start + at),
                b'0'..=b'9' => {
                    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                    if let Some(n) = rest.get(..digits).and_then(|d| d.parse().ok()).filter(|_| !before_is_name(bytes, at)) {
                        self.number(n, span.start + at..span.start + at + digits);
                    }
                    digits
                }
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            at += step.max(1);
        }
    }

    /// `date(2019, 3, 3)`, one day either way. Gives how much of the text is done with. The first and last day of some year are no
    /// threshold, they are what a year is.
    fn date(&mut self, rest: &str, start: usize) -> usize {
        const CALL: usize = "date(".len();
        let Some(end) = rest.find(')') else { return CALL };
        let parts: Vec<u32> = rest.get(CALL..end).unwrap_or_default().split(',').filter_map(|p| p.trim().parse().ok()).collect();
        let [year, month, day] = parts.as_slice() else { return CALL.max(self.first_or_last_of_year(rest, start)) };
        let Some(day) = i32::try_from(*year).ok().and_then(|year| Day::ymd(year, *month, *day)) else { return CALL };
        for by in [-1, 1] {
            let (year, month, day) = day.add_days(by).to_ymd();
            self.add(start..start + end + 1, format!("date({year}, {month}, {day})"));
        }
        end + 1
    }

    /// `date(y + 1, 1, 1)`: what stands for the year is looked at; gives how much of the text that was.
    fn first_or_last_of_year(&mut self, rest: &str, start: usize) -> usize {
        const CALL: usize = "date(".len();
        let ends = [", 1, 1)", ", 12, 31)"].into_iter().filter_map(|end| Some((rest.find(end)?, end.len())));
        let Some((end, length)) = ends.min().filter(|(end, _)| !rest.get(..*end).unwrap_or_default().contains(',')) else { return CALL };
        self.expression(start + CALL..start + end);
        end + length
    }

    fn add(&mut self, span: Range<usize>, to: String) {
        let text = &self.source.text;
        let before = text.get(..span.start).unwrap_or_default();
        let begin = before.rfind('\n').map_or(0, |i| i + 1);
        let end = text.get(span.end..).and_then(|t| t.find('\n')).map_or(text.len(), |i| span.end + i);
        self.moves.push(Move {
            path: self.path.clone(),
            line: 1 + before.matches('\n').count(),
            around: text.get(begin..end).unwrap_or_default().trim().to_owned(),
            from: text.get(span.clone()).unwrap_or_default().to_owned(),
            to,
            span,
        });
    }
}

/// A text without its quotes.
fn inside(span: Range<usize>) -> Range<usize> {
    span.start + 1..span.end.saturating_sub(1)
}

/// Whether a number is the end of a name.
fn before_is_name(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80)
}
