//! Source text in pieces: what rhai gets of it, where the arguments of a call stand, how much of it there is.

use std::ops::Range;

/// The text rhai gets: single quotes made double (rhai keeps them for characters, which rules do not have), and names that rhai
/// reserves (`case`) spelt with a full-width first letter. Every character keeps its place.
pub fn prepared(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (_, piece) in Pieces::of(text) {
        match piece {
            Piece::Quoted(inner) => {
                out.push('"');
                out.extend(inner.chars().map(|c| if c == '"' { LOOKALIKE } else { c }));
                out.push('"');
            }
            Piece::Word(word) if RESERVED.contains(&word) => out.extend(widen(word)),
            Piece::Template(text, _) | Piece::Word(text) | Piece::Comment(text) | Piece::Sign(text) => out.push_str(text),
        }
    }
    out
}

/// The arguments of a call whose name starts at a byte; the last one ends where the closing parenthesis stands. A call without
/// arguments has one empty one.
pub(in crate::rules) fn arguments(text: &str, start: usize) -> Option<Vec<Range<usize>>> {
    let (mut depth, mut from, mut found) = (0usize, 0, Vec::new());
    for (at, piece) in Pieces::of(text.get(start..)?) {
        let at = start + at;
        match piece {
            Piece::Sign("(" | "[" | "{") => {
                depth += 1;
                if depth == 1 {
                    from = at + 1;
                }
            }
            Piece::Sign(")" | "]" | "}") => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    found.push(from..at);
                    return Some(found);
                }
            }
            Piece::Sign(",") if depth == 1 => {
                found.push(from..at);
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// A stretch of text with the brackets that it opens or closes.
pub(in crate::rules) fn balanced(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let (mut open, mut before) = (0usize, 0usize);
    for (_, piece) in Pieces::of(text.get(range.clone())?) {
        match piece {
            Piece::Sign("(" | "[") => open += 1,
            Piece::Sign(")" | "]") if open > 0 => open -= 1,
            Piece::Sign(")" | "]") => before += 1,
            _ => {}
        }
    }
    let (mut start, mut end) = (range.start, range.end);
    for _ in 0..before {
        start = text.get(..start)?.trim_end().strip_suffix(['(', '['])?.len();
    }
    for _ in 0..open {
        let rest = text.get(end..)?;
        end = text.len() - rest.trim_start().strip_prefix([')', ']'])?.len();
    }
    Some(start..end)
}

/// A text as its author wrote it.
pub(in crate::rules) fn unprepared(text: &str) -> String {
    text.replace(LOOKALIKE, "\"")
}

/// A name as its author wrote it.
pub(in crate::rules) fn narrow(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(c @ '\u{ff41}'..='\u{ff5a}') => char::from_u32(c as u32 - WIDE).into_iter().chain(chars).collect(),
        _ => word.to_owned(),
    }
}

/// The place where an expression has too many operators.
pub(super) fn endless(text: &str) -> Option<usize> {
    let mut operators = 0;
    for (at, piece) in Pieces::of(text) {
        match piece {
            Piece::Sign(";" | "{" | "}") => operators = 0,
            Piece::Sign("+" | "-" | "*" | "/" | "%" | "<" | ">" | "=" | "!" | "&" | "|" | "^" | "." | "?" | "[" | "(") => operators += 1,
            Piece::Word("in" | "else") => operators += 1,
            _ => {}
        }
        if operators > MOST_OPERATORS {
            return Some(at);
        }
    }
    None
}

/// A piece of source text, as far as it matters to what rhai gets.
enum Piece<'a> {
    /// What stands between quotes.
    Quoted(&'a str),
    /// Words of a template with the quote or brace at either end; true: an expression follows.
    Template(&'a str, bool),
    /// A name or number.
    Word(&'a str),
    /// A comment.
    Comment(&'a str),
    /// Any other character.
    Sign(&'a str),
}

/// The pieces of a text, and where each starts.
struct Pieces<'a> {
    text: &'a str,
    at: usize,
    /// How many braces are open within each `${` of a template.
    templates: Vec<usize>,
}

impl<'a> Pieces<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0, templates: Vec::new() }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (usize, Piece<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let (piece, after) = next_piece(rest, self.templates.last() == Some(&0))?;
        let at = self.at;
        self.at = self.text.len() - after.len();
        match (&piece, self.templates.last_mut()) {
            (Piece::Template(words, goes_on), _) => {
                if words.starts_with('}') {
                    self.templates.pop();
                }
                if *goes_on {
                    self.templates.push(0);
                }
            }
            (Piece::Sign("{"), Some(open)) => *open += 1,
            (Piece::Sign("}"), Some(open)) => *open = open.saturating_sub(1),
            _ => {}
        }
        Some((at, piece))
    }
}

/// Takes the first piece off a text. `closes`: a `}` here ends an expression inside a template.
fn next_piece(text: &str, closes: bool) -> Option<(Piece<'_>, &str)> {
    let mut chars = text.char_indices();
    let (_, first) = chars.next()?;
    let cut = |at: usize| (text.get(..at).unwrap_or(text), text.get(at..).unwrap_or_default());
    Some(match first {
        '\'' | '"' => {
            let mut escaped = false;
            let end = chars.find(|(_, c)| {
                let closes = *c == first && !escaped;
                escaped = *c == '\\' && !escaped;
                closes
            });
            match end {
                Some((at, _)) => (Piece::Quoted(text.get(1..at).unwrap_or_default()), text.get(at + 1..).unwrap_or_default()),
                None => (Piece::Comment(text), ""),
            }
        }
        '`' | '}' if first == '`' || closes => {
            let mut before = ' ';
            let end = chars.find_map(|(at, c)| {
                let found = (c == '`').then_some((at + 1, false)).or((before == '$' && c == '{').then_some((at + 1, true)));
                before = c;
                found
            });
            let (at, goes_on) = end.unwrap_or((text.len(), false));
            let (words, rest) = cut(at);
            (Piece::Template(words, goes_on), rest)
        }
        '/' if text.starts_with("//") => {
            let (comment, rest) = cut(text.find('\n').unwrap_or(text.len()));
            (Piece::Comment(comment), rest)
        }
        '/' if text.starts_with("/*") => {
            let (comment, rest) = cut(text.find("*/").map_or(text.len(), |at| at + 2));
            (Piece::Comment(comment), rest)
        }
        c if c.is_alphanumeric() || c == '_' => {
            let (word, rest) = cut(chars.find(|(_, c)| !c.is_alphanumeric() && *c != '_').map_or(text.len(), |(at, _)| at));
            (Piece::Word(word), rest)
        }
        c => {
            let (sign, rest) = cut(c.len_utf8());
            (Piece::Sign(sign), rest)
        }
    })
}

/// Stands for a double quote inside a text in single quotes until the text is parsed: a character nobody writes.
const LOOKALIKE: char = '\u{e022}';

/// How many operators one expression may have: trees lean to one side and are walked by recursion.
const MOST_OPERATORS: usize = 400;

/// Names that rhai reserves and rules may want.
const RESERVED: [&str; 24] = [
    "case",
    "var",
    "static",
    "goto",
    "exit",
    "match",
    "public",
    "protected",
    "new",
    "use",
    "with",
    "is",
    "module",
    "package",
    "super",
    "thread",
    "spawn",
    "go",
    "await",
    "async",
    "sync",
    "yield",
    "default",
    "void",
];

/// How far the full-width letters lie from the plain ones.
const WIDE: u32 = 0xfee0;

fn widen(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().enumerate().map(|(i, c)| if i == 0 { char::from_u32(c as u32 + WIDE).unwrap_or(c) } else { c })
}
