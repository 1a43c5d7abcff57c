//! Names and texts as people write them, compared: blanks, width and case do not count.

use crate::dates::spelled::half_width;
use crate::records::{Cell, squeeze};
use std::borrow::Cow;

/// A header, name or code without blanks, in half width and lower case.
pub(super) fn folded(text: &str) -> String {
    let half = half_width(&squeeze(text));
    half.chars()
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            '：' => ':',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

/// Names of source tables; `*` stands for any letters.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    folded: Vec<String>,
    /// As written.
    pub shown: Vec<String>,
}

impl Names {
    pub(super) fn new(shown: Vec<String>) -> Self {
        Self { folded: shown.iter().map(|n| folded(n)).collect(), shown }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Whether a source table of this name is meant. A database's schema may stand before it: `public.a01`.
    pub(super) fn mean(&self, name: &str) -> bool {
        let name = folded(name);
        let plain = name.rsplit('.').next().unwrap_or(&name);
        self.folded.iter().any(|n| fits(n, &name) || fits(n, plain))
    }
}

/// Whether a text is as a pattern says.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or("");
    for piece in pieces {
        match text.find(piece) {
            Some(at) => text = text.get(at + piece.len()..).unwrap_or(""),
            None => return false,
        }
    }
    text.ends_with(last)
}

/// What a cell may hold for a condition to be met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Blank,
    /// Something.
    Anything,
    /// This, folded; `*` in it stands for any letters.
    Text(String),
}

impl Said {
    /// As written in a mapping.
    pub(super) fn parse(text: &str) -> Self {
        match text.trim() {
            "" => Self::Blank,
            "*" => Self::Anything,
            text => Self::Text(folded(text)),
        }
    }

    /// Whether a text meets it.
    pub(super) fn is(&self, text: &str) -> bool {
        match self {
            Self::Blank => text.is_empty(),
            Self::Anything => !text.is_empty(),
            // Most are written alike.
            Self::Text(said) => said == text || fits(said, &folded(text)),
        }
    }
}

/// The text of a cell without blanks around it; empty for a blank one, none for one that is no text or has lost its last digits.
pub(super) fn said<'c>(cell: &Cell<'c>) -> Option<Cow<'c, str>> {
    Some(match *cell {
        Cell::Blank => Cow::Borrowed(""),
        Cell::Text(text) => Cow::Borrowed(text.trim()),
        Cell::Int(i) => Cow::Owned(i.to_string()),
        // A floating-point number holds fifteen digits for certain.
        Cell::Real(x) if x.is_finite() && x.abs() < 1e15 => Cow::Owned(x.to_string()),
        Cell::Bool(b) => Cow::Borrowed(if b { "是" } else { "否" }),
        Cell::Day(day) => Cow::Owned(day.to_string()),
        Cell::Real(_) | Cell::Garbled | Cell::Uncomputed => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_blanks_and_width() {
        let names = Names::new(vec!["A01".into(), "*任免*".into(), "a1*".into()]);
        for yes in ["A01", "a01", " A０1 ", "public.A01", "2024任免名单", "任免", "A1", "A14"] {
            assert!(names.mean(yes), "{yes}");
        }
        for no in ["A011", "B01", "任职", ""] {
            assert!(!names.mean(no), "{no}");
        }
        assert_eq!(folded("专业技术类（公务员）\n任职资格"), "专业技术类(公务员)任职资格");
    }

    #[test]
    fn a_condition_is_met_by_text_beginning_blank_or_anything() {
        assert!(Said::parse("02*").is("02110") && !Said::parse("02*").is("01115"));
        assert!(Said::parse("").is("") && !Said::parse("").is("0"));
        assert!(Said::parse("*").is("0") && !Said::parse("*").is(""));
        assert!(Said::parse("党委（党组）").is("党委(党组)"));
    }
}
