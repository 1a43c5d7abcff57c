//! Colours, or none. Whoever opens the output decides; renderers only say what a piece of text is.

use crate::engine::Verdict;
use anstyle::{AnsiColor, Style};

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    /// Colours are written.
    pub on: bool,
}

impl Paint {
    /// No colours.
    pub const PLAIN: Self = Self { on: false };

    /// A verdict's word, or a text in its colour.
    pub fn verdict(self, verdict: Verdict, text: &str) -> String {
        let colour = match verdict {
            Verdict::Breach | Verdict::Failed => AnsiColor::Red,
            Verdict::Advice => AnsiColor::Yellow,
            Verdict::Unverified => AnsiColor::Magenta,
            Verdict::Warning => AnsiColor::Cyan,
            Verdict::Compliant => AnsiColor::Green,
            Verdict::NotApplicable | Verdict::Pending => return self.dim(text),
        };
        self.put(Style::new().bold().fg_color(Some(colour.into())), text)
    }

    /// A heading.
    pub fn bold(self, text: &str) -> String {
        self.put(Style::new().bold(), text)
    }

    /// What is there for reference.
    pub fn dim(self, text: &str) -> String {
        self.put(Style::new().dimmed(), text)
    }

    /// A label at the left.
    pub fn label(self, text: &str) -> String {
        self.put(Style::new().fg_color(Some(AnsiColor::Blue.into())), text)
    }

    /// Something wrong.
    pub fn error(self, text: &str) -> String {
        self.put(Style::new().bold().fg_color(Some(AnsiColor::Red.into())), text)
    }

    /// Something in order.
    pub fn good(self, text: &str) -> String {
        self.put(Style::new().fg_color(Some(AnsiColor::Green.into())), text)
    }

    fn put(self, style: Style, text: &str) -> String {
        if self.on && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
