//! The head of an entry: `2003.05--2007.11`, `2019.05--`, `1998年7月至今`, `2014.05任`, `--2001.03`.

use super::End;
use crate::dates::{DateError, Fuzzy, spelled};

/// The span of time an entry begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// When it began; none where the head is open at its start.
    pub start: Option<Result<Fuzzy, DateError>>,
    /// When it ended.
    pub end: End,
    /// Whether it names two times, or one with a dash beside it, rather than one alone.
    pub is_span: bool,
    /// Its length in bytes, with the blanks after it.
    pub length: usize,
}

/// Reads the head of a text of half width; none if it begins with no time.
pub(super) fn read(text: &str) -> Option<Head> {
    let blank = blanks(text, 0);
    if let Some(after) = dashes(text, blank) {
        let (date, length) = spelled::leading(text.get(after..)?)?;
        return Some(Head { start: None, end: at(date, ""), is_span: true, length: filler(text, after + length) });
    }
    let (start, length) = spelled::leading(text.get(blank..)?)?;
    let after = blank + length;
    let year_alone = text.get(blank..after).is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()) && t.len() == 4);
    let start = Some(start);
    let tail = blanks(text, after);
    if let Some(end) = dashes(text, tail).or_else(|| until(text, tail)) {
        let to = blanks(text, end);
        let rest = text.get(to..).unwrap_or("");
        if let Some((date, length)) = spelled::leading(rest) {
            let written = rest.get(..length).unwrap_or("");
            return Some(Head { start, end: at(date, written), is_span: true, length: filler(text, to + length) });
        }
        let open = ["至今", "今", "现在", "目前"].into_iter().find(|w| rest.starts_with(w));
        // 98 is a year that wants its century; taken for words, it would leave the entry open.
        if open.is_none() && rest.starts_with(|c: char| c.is_ascii_digit()) {
            let number = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '/'))).unwrap_or(rest.len());
            let written = rest.get(..number).unwrap_or("").to_owned();
            return Some(Head { start, end: End::Bad(written), is_span: true, length: filler(text, to + number) });
        }
        return Some(Head { start, end: End::Open, is_span: true, length: filler(text, to + open.map_or(0, str::len)) });
    }
    if let Some(word) = ["起", "以来", "开始"].into_iter().find(|w| text.get(tail..).is_some_and(|t| t.starts_with(w))) {
        return Some(Head { start, end: End::Unsaid, is_span: false, length: filler(text, tail + word.len()) });
    }
    // 2008 and no more may be a number as well.
    (!year_alone).then(|| Head { start, end: End::Unsaid, is_span: false, length: filler(text, after) })
}

fn at(date: Result<Fuzzy, DateError>, written: &str) -> End {
    date.map_or_else(|_| End::Bad(written.to_owned()), End::At)
}

/// Whether a character joins two times.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '─' | '━' | '－' | '~' | '〜' | '～' | '∼')
}

/// Where dashes at a place end; none if there are none.
fn dashes(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let end = rest.find(|c: char| !is_dash(c)).unwrap_or(rest.len());
    (end > 0).then_some(at + end)
}

/// Where 至 or 到 ends, if a time follows it: in 至某局挂职 it is no word for an end.
fn until(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    if rest.starts_with("至今") {
        return Some(at);
    }
    let word = ["至", "到"].into_iter().find(|w| rest.starts_with(w))?;
    let after = at + word.len();
    let next = text.get(blanks(text, after)..)?;
    let time = next.starts_with(|c: char| c.is_ascii_digit()) || ["今", "现在", "目前"].iter().any(|w| next.starts_with(w));
    time.then_some(after)
}

fn blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.len() - rest.trim_start().len()
}

/// Past the blanks and marks between a head and its text.
fn filler(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '，' | ',' | '、' | '。' | '.')).len()
}
