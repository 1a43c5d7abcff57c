//! The one type for what is wrong in a file a person wrote: a rule, a schema, a definition, a configuration.
//!
//! It carries the text and the place, so that the reader sees the very characters underlined. Wrong cells of records are
//! [`crate::records::Problem`]s: they come by the thousand and are tallied, not drawn.

use std::ops::Range;
use std::sync::Arc;

/// A text file as it was read: its name for people, and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's name as shown, relative to the pack or the working folder.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// Something wrong at a place in a [`Source`].
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// A stable code, listed in the manual (`rule::unknown-name`).
    pub code: &'static str,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What the underlined text is.
    pub label: String,
    /// What to do about it, in Chinese.
    pub help: Option<String>,
    /// Where: the file.
    pub source: Arc<Source>,
    /// Where: bytes of the file's text.
    pub span: Range<usize>,
    /// The other place of a contradiction between two, if it is one.
    pub also: Option<Box<Place>>,
}

/// A place in a file, and what stands there.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes of the file's text.
    pub span: Range<usize>,
    /// What stands there, in Chinese.
    pub what: String,
}

impl Place {
    /// The line number (from 1) on which the place starts.
    pub fn line(&self) -> usize {
        line_of(&self.source.text, self.span.start)
    }
}

impl Diagnostic {
    /// A diagnostic whose label repeats nothing and whose help is empty.
    pub fn new(code: &'static str, source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        let span = within(&source.text, span);
        Self { code, message: message.into(), label: "这里".into(), help: None, source: Arc::clone(source), span, also: None }
    }

    /// The same with the other place that it contradicts.
    #[must_use]
    pub fn also(mut self, source: &Arc<Source>, span: Range<usize>, what: impl Into<String>) -> Self {
        let span = within(&source.text, span);
        self.also = Some(Box::new(Place { source: Arc::clone(source), span, what: what.into() }));
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with the nearest of the known names offered, if one is near.
    #[must_use]
    pub fn nearest<'a>(self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(wrong, known) {
            Some(name) => self.help(format!("是否想写“{name}”？")),
            None => self,
        }
    }

    /// The line number (from 1) on which the place starts.
    pub fn line(&self) -> usize {
        line_of(&self.source.text, self.span.start)
    }
}

/// The line number (from 1) of a byte.
pub fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at.min(text.len())).filter(|&&b| b == b'\n').count()
}

/// Letters of the longest word that is taken for a mistyped name.
const LONGEST_NAME: usize = 64;

/// A place that lies in the text and cuts no character: places reckoned from text with escapes may miss by a little.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    let end = boundary(span.end);
    boundary(span.start.min(end))..end
}

/// The known name nearest to a wrong one, if it is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.chars().nth(LONGEST_NAME).is_some() {
        return None;
    }
    known
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(wrong, name), name))
        .filter(|(score, name)| {
            *score >= 0.5 || (wrong.chars().count() >= 2 && (name.contains(wrong) || wrong.contains(name)) && !name.is_empty())
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

impl miette::Diagnostic for Diagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(self.code) as Box<dyn std::fmt::Display>)
    }
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn std::fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(self)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let len = self.span.end.saturating_sub(self.span.start);
        Some(Box::new(std::iter::once(miette::LabeledSpan::new(Some(self.label.clone()), self.span.start, len))))
    }
}

impl miette::SourceCode for Diagnostic {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        let inner = self.source.text.as_str().read_span(span, before, after)?;
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.source.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}
