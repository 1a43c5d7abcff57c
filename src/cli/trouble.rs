//! What can go wrong for a user, each with its exit code, a stable code and advice; and how it is shown.

use super::exit::Exit;
use crate::diagnostic::Diagnostic;
use crate::ingest::without_secrets;
use crate::ledger::LedgerError;
use crate::report::Paint;
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::fmt::Write as _;

/// Why a command could not do its work. Codes and texts never hold names or ID numbers.
#[derive(Debug)]
pub enum Trouble {
    /// Wrong usage.
    Usage(Plain),
    /// Files that a person wrote are wrong, each mistake with its place.
    Files(Vec<Diagnostic>),
    /// Rules or calendars could not be loaded, with no place to show.
    Rules(Plain),
    /// The records could not be read.
    Records(Plain),
    /// The result could not be written.
    Output(Plain),
}

/// A message without a place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// A stable code, listed in the manual (`usage::unknown-rule`).
    pub code: &'static str,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to do about it, in Chinese.
    pub help: Option<String>,
}

impl Plain {
    /// A message without advice.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Self {
        let plain = Plain::new(error.code(), error.to_string()).help(error.advice());
        if error.is_refusal() { Self::Usage(plain) } else { Self::Output(plain) }
    }
}

impl Trouble {
    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Files(_) | Self::Rules(_) => Exit::Rules,
            Self::Records(_) => Exit::Records,
            Self::Output(_) => Exit::Output,
        }
    }

    /// The whole text for standard error.
    pub fn render(&self, paint: Paint) -> String {
        match self {
            Self::Usage(plain) | Self::Rules(plain) | Self::Records(plain) | Self::Output(plain) => self::plain(plain, paint),
            Self::Files(diagnostics) => self::diagnostics(diagnostics, paint),
        }
    }
}

/// A message and its advice.
pub(super) fn plain(plain: &Plain, paint: Paint) -> String {
    // What was typed is quoted here and there, and may hold a password.
    let message = without_secrets(&plain.message);
    let mut text = format!("{} {}\n", paint.error(&format!("错误[{}]", plain.code)), paint.bold(&message));
    if let Some(help) = &plain.help {
        text.push_str(&format!("  {}{}\n", paint.label("帮助："), help.replace('\n', "\n        ")));
    }
    text
}

/// Every diagnostic with its place underlined, and how many there were.
pub(super) fn diagnostics(diagnostics: &[Diagnostic], paint: Paint) -> String {
    let mut text = drawn(diagnostics, paint);
    let files: std::collections::BTreeSet<&str> = diagnostics.iter().map(|d| d.source.name.as_str()).collect();
    let _ = writeln!(text, "{} {} 个文件中有 {} 处错误", paint.error("错误"), files.len(), diagnostics.len());
    text
}

/// Every diagnostic with its place underlined, by file and place.
pub(super) fn drawn(diagnostics: &[Diagnostic], paint: Paint) -> String {
    let theme = if paint.on { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|d| (&d.source.name, d.span.start));
    for diagnostic in sorted {
        draw(diagnostic, &theme, paint, &mut text);
        if let Some(place) = &diagnostic.also {
            let other = Diagnostic::new("", &place.source, place.span.clone(), format!("对照：{}", place.what));
            draw(&other, &theme, paint, &mut text);
        }
    }
    text
}

fn draw(diagnostic: &Diagnostic, theme: &GraphicalTheme, paint: Paint, text: &mut String) {
    let help = diagnostic.help.as_ref().map(|h| format!("{}{h}", paint.label("帮助：")));
    let mut handler = GraphicalReportHandler::new_themed(theme.clone()).with_links(false).with_wrap_lines(false).with_context_lines(1);
    if let Some(help) = help {
        // The handler's own word for it is English; a footer is written as it stands.
        handler = handler.with_footer(help);
    }
    let bare = Diagnostic { help: None, ..diagnostic.clone() };
    if handler.render_report(text, &bare).is_err() {
        // A place outside its text cannot be drawn; the message still can.
        let _ = writeln!(text, "{}:{} {}", diagnostic.source.name, diagnostic.line(), diagnostic.message);
    }
}
