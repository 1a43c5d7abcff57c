//! From a text to its entries: which lines begin one, which go on from the line before, which stand for themselves.

use super::head::{self, Head};
use crate::dates::spelled;

/// Wrapped lines are indented; standard forms by eighteen blanks, some writers by seventeen, hand-made ones by a few.
const INDENT: usize = 2;

/// An entry before it is taken apart: its head, or why it has none.
#[derive(Debug)]
pub(super) struct Item {
    pub head: Result<Head, String>,
    pub text: Joined,
}

/// Lines joined to one text, which still knows where each began.
#[derive(Clone, Debug, Default)]
pub(super) struct Joined {
    text: String,
    /// Where in the text each line begins.
    starts: Vec<(usize, u32)>,
}

impl Joined {
    fn of(line: u32, text: &str) -> Self {
        Self { text: text.to_owned(), starts: vec![(0, line)] }
    }

    fn add(&mut self, line: u32, text: &str) {
        self.starts.push((self.text.len(), line));
        self.text.push_str(text);
    }

    /// The text.
    pub(super) fn plain(&self) -> &str {
        &self.text
    }

    /// The line a place in the text stands on.
    pub(super) fn line_at(&self, at: usize) -> u32 {
        let before = self.starts.partition_point(|&(start, _)| start <= at);
        before.checked_sub(1).and_then(|i| self.starts.get(i)).map_or(0, |(_, line)| *line)
    }
}

/// The entries of a text, every line that is not blank in one of them.
pub(super) fn items(text: &str) -> Vec<Item> {
    let text = line_breaks(text);
    let mut reading = Reading::default();
    let only_line = text.lines().filter(|l| !l.trim().is_empty()).count() == 1;
    for (number, raw) in (1u32..).zip(text.lines()) {
        let line = brackets(&spelled::half_width(raw));
        let pieces = if only_line { one_line(&line) } else { vec![line.as_str()] };
        pieces.into_iter().for_each(|piece| reading.line(number, piece));
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    items: Vec<Item>,
    /// Lines without time or indent: of the entry before if another entry follows, else of the résumé as a whole.
    loose: Vec<(u32, String)>,
}

impl Reading {
    fn line(&mut self, number: u32, line: &str) {
        let body = line.trim();
        if body.is_empty() {
            return;
        }
        let indented = line.len() - line.trim_start().len() >= INDENT;
        let head = head::read(body);
        let last = self.items.last().map(|item| item.text.plain());
        // A bracket left open goes on in an indented line, or where the line before breaks off.
        let within = last.is_some_and(|text| open_bracket(text) && (indented || breaks_off(text)));
        let begins = head.as_ref().is_some_and(|h| !within && (h.is_span || !indented));
        match (head, last) {
            (Some(head), _) if begins => {
                self.keep_loose();
                self.items.push(Item { head: Ok(head), text: Joined::of(number, body) });
            }
            (_, Some(text)) if indented || within || body.starts_with('（') || open_bracket(text) => {
                self.keep_loose();
                self.go_on(number, body);
            }
            _ if begins_like_a_date(body) => {
                self.keep_loose();
                self.unread(number, body, "时间看不懂，应写作 2003.05--2007.11");
            }
            (_, None) => self.unread(number, body, "没有起止时间"),
            _ => self.loose.push((number, body.to_owned())),
        }
    }

    fn unread(&mut self, number: u32, body: &str, why: &str) {
        self.items.push(Item { head: Err(why.to_owned()), text: Joined::of(number, body) });
    }

    fn go_on(&mut self, number: u32, body: &str) {
        if let Some(last) = self.items.last_mut() {
            last.text.add(number, body);
        }
    }

    /// Another entry follows: the loose lines go on from the one before, headings aside.
    fn keep_loose(&mut self) {
        for (number, body) in std::mem::take(&mut self.loose) {
            if ["：", ":", "经历", "简历"].iter().any(|end| body.ends_with(end)) {
                self.unread(number, &body, "没有起止时间");
            } else {
                self.go_on(number, &body);
            }
        }
    }

    fn finish(mut self) -> Vec<Item> {
        for (number, body) in std::mem::take(&mut self.loose) {
            self.unread(number, &body, "没有起止时间");
        }
        self.items
    }
}

/// 98.07--01.03 is meant for a time, and goes on from nothing.
fn begins_like_a_date(body: &str) -> bool {
    let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let next = body.get(digits..).and_then(|rest| rest.chars().next());
    (1..=8).contains(&digits) && next.is_none_or(|c| matches!(c, '.' | '-' | '/' | '年' | ' ' | '—' | '－' | '~' | '至'))
}

fn breaks_off(text: &str) -> bool {
    text.ends_with(['：', '；', '，', '、', ':', ';', ',', '（'])
}

/// Whether a bracket is still open at the end of a text.
fn open_bracket(text: &str) -> bool {
    let depth = text.chars().fold(0u32, |depth, c| match c {
        '（' => depth + 1,
        '）' => depth.saturating_sub(1),
        _ => depth,
    });
    depth > 0
}

/// Line breaks of every kind as one kind.
fn line_breaks(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{85}'], "\n");
    for tag in ["<br>", "<br/>", "<br />", "<BR>", "<BR/>", "<BR />"] {
        text = text.replace(tag, "\n");
    }
    text
}

fn brackets(line: &str) -> String {
    line.replace('(', "（").replace(')', "）")
}

/// A résumé that lost its line breaks: it breaks before each span of time that stands outside brackets.
fn one_line(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut from, mut depth, mut next) = (0, 0u32, 0);
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if at < next {
            continue;
        }
        match c {
            '（' => depth += 1,
            '）' => depth = depth.saturating_sub(1),
            _ if c.is_ascii_digit() && !before.is_ascii_digit() && depth == 0 => {
                if let Some(head) = line.get(at..).and_then(head::read).filter(|h| h.is_span) {
                    if line.get(from..at).is_some_and(|t| !t.trim().is_empty()) {
                        pieces.push(line.get(from..at).unwrap_or(""));
                        from = at;
                    }
                    next = at + head.length;
                }
            }
            _ => {}
        }
        before = c;
    }
    pieces.push(line.get(from..).unwrap_or(""));
    pieces
}
