//! Progress of long runs, on standard error of a terminal only.

use crate::ingest;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// What the program is doing.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Shown or silent.
    pub fn new(shown: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if shown {
            // A style that does not parse leaves the default one.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg} {human_pos}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar }
    }

    /// Says what is being done now.
    pub fn say(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
    }

    /// Counts subjects judged.
    pub fn judged(&self, subjects: u64) {
        self.bar.inc(subjects);
    }

    /// Wipes the line.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}

impl ingest::Progress for Progress {
    fn file(&self, name: &str) {
        self.say(format!("读取 {name}"));
    }

    fn rows(&self, count: u64) {
        self.bar.inc(count);
    }
}
