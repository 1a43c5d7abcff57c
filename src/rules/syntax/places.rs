//! From rhai's line and character to bytes of the file.

use rhai::Position;
use std::ops::Range;

/// From rhai's line and character to bytes of the file.
pub(in crate::rules) struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
    offset: usize,
}

impl<'a> Places<'a> {
    pub(in crate::rules) fn new(text: &'a str, offset: usize) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { text, lines, offset }
    }

    /// The token that starts at a position.
    pub(in crate::rules) fn token(&self, at: Position) -> Range<usize> {
        let start = at.line().and_then(|l| self.lines.get(l.checked_sub(1)?)).map(|&line| {
            let rest = self.text.get(line..).unwrap_or_default();
            let column = at.position().unwrap_or(1).saturating_sub(1);
            line + rest.char_indices().nth(column).map_or(rest.len(), |(i, _)| i)
        });
        let start = start.unwrap_or_default();
        let rest = self.text.get(start..).unwrap_or_default();
        let len = match rest.chars().next() {
            Some(quote @ ('\'' | '"' | '`')) => {
                rest.char_indices().skip(1).find(|(_, c)| *c == quote).map_or(rest.len(), |(i, c)| i + c.len_utf8())
            }
            Some(c) if c.is_alphanumeric() || c == '_' => {
                rest.char_indices().find(|(_, c)| !c.is_alphanumeric() && *c != '_').map_or(rest.len(), |(i, _)| i)
            }
            Some(c) => c.len_utf8(),
            None => 0,
        };
        self.offset + start..self.offset + start + len
    }
}
