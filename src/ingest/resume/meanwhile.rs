//! What happened meanwhile: （其间：2012.09--2015.01在某校学习；2014.05任三级主任科员）, with or without 其间.

use super::head::{self, Head};
use super::lines::Joined;

/// One thing that happened within an entry.
#[derive(Debug)]
pub(super) struct Piece {
    pub line: u32,
    pub head: Result<Head, String>,
    /// What follows the head.
    pub text: String,
    /// The whole of it, as written.
    pub whole: String,
}

/// The text of an entry from `from` on without what stands in brackets as having happened meanwhile, and that, piece by piece.
/// Brackets that say something else (正科级) stay in the text.
pub(super) fn split(joined: &Joined, from: usize) -> (String, Vec<Piece>) {
    let all = joined.plain();
    let (mut title, mut pieces) = (String::new(), Vec::new());
    let mut at = from;
    while let Some(open) = all.get(at..).and_then(|rest| rest.find('（')).map(|i| at + i) {
        title.push_str(all.get(at..open).unwrap_or(""));
        let inner = open + '（'.len_utf8();
        let end = matching(all, inner);
        let content = all.get(inner..end).unwrap_or("");
        let after = end + all.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        match happened(content) {
            Some(skip) => pieces.extend(pieces_of(joined, inner + skip, end)),
            None => title.push_str(all.get(open..after).unwrap_or("")),
        }
        at = after;
    }
    title.push_str(all.get(at..).unwrap_or(""));
    (title, pieces)
}

/// Where the bracket opened before `from` is closed; the end if it is not.
fn matching(text: &str, from: usize) -> usize {
    let mut depth = 1u32;
    for (i, c) in text.get(from..).unwrap_or("").char_indices() {
        match c {
            '（' => depth += 1,
            '）' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return from + i;
        }
    }
    text.len()
}

/// Whether a bracket tells what happened meanwhile: how many bytes of it are only the word for that.
fn happened(content: &str) -> Option<usize> {
    let blank = content.len() - content.trim_start().len();
    let body = content.trim_start();
    if let Some(word) = ["其间", "期间", "其中"].into_iter().find(|w| body.starts_with(w)) {
        let rest = body.get(word.len()..).unwrap_or("");
        return Some(content.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '，' | ',')).len());
    }
    // A date alone says when, not what: （2014.05）.
    head::read(body).filter(|h| body.get(h.length..).is_some_and(|rest| !rest.trim().is_empty())).map(|_| blank)
}

fn pieces_of(joined: &Joined, from: usize, end: usize) -> Vec<Piece> {
    let all = joined.plain();
    let mut pieces: Vec<(usize, usize)> = Vec::new();
    for (start, stop) in stretches(all, from, end) {
        let begins = all.get(start..stop).and_then(head::read).is_some();
        match pieces.last_mut() {
            // What follows a semicolon without a time of its own belongs to what stands before it.
            Some(last) if !begins => last.1 = stop,
            _ => pieces.push((start, stop)),
        }
    }
    let piece = |(start, stop): (usize, usize)| {
        let whole = all.get(start..stop).unwrap_or("");
        let head = head::read(whole);
        let text = head.as_ref().and_then(|h| whole.get(h.length..)).unwrap_or("").to_owned();
        let line = joined.line_at(start);
        Piece { line, head: head.ok_or_else(|| "没有起止时间".to_owned()), text, whole: whole.trim().to_owned() }
    };
    pieces.into_iter().map(piece).collect()
}

/// The parts of a bracket: between semicolons, and before a comma that a span of time follows.
fn stretches(all: &str, from: usize, end: usize) -> Vec<(usize, usize)> {
    let (mut parts, mut start, mut depth) = (Vec::new(), from, 0u32);
    for (i, c) in all.get(from..end).unwrap_or("").char_indices() {
        let (at, after) = (from + i, from + i + c.len_utf8());
        let cuts = match c {
            '（' => {
                depth += 1;
                false
            }
            '）' => {
                depth = depth.saturating_sub(1);
                false
            }
            '；' | ';' | '。' => depth == 0,
            '，' | ',' | '、' => depth == 0 && all.get(after..end).and_then(head::read).is_some_and(|h| h.is_span),
            _ => false,
        };
        if cuts {
            parts.push((start, at));
            start = after;
        }
    }
    parts.push((start, end));
    parts.retain(|&(start, stop)| all.get(start..stop).is_some_and(|t| !t.trim().is_empty()));
    parts
}
