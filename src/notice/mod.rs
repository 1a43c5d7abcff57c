//! A draft 任前公示, read and judged before it is posted: its text becomes records, and the rules that judge a notice judge these.
//! What could not be read is told, and what hangs on it is 待核.

mod check;
mod date;
mod paragraph;
mod people;
mod period;
mod records;
mod words;

pub use check::{Asked, Judged, check, cite};
pub use words::{Check, Words, WordsError};

use crate::dates::Day;
use serde::Serialize;

/// Something that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Read {
    /// What it is, in Chinese.
    pub item: String,
    /// What stands there.
    pub value: String,
    /// The line or paragraph, from 1.
    pub line: u32,
}

/// Something that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The line or paragraph, from 1.
    pub line: u32,
    /// What stands there.
    pub text: String,
    /// Why, in Chinese.
    pub why: String,
}

/// A candidate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The name, without blanks.
    pub name: String,
    /// Where the text on the person begins.
    pub line: u32,
    /// What is said, in the order of the text.
    pub items: Vec<Read>,
    /// Whether a piece of the text could not be read: what seems to be left out may stand there.
    pub in_part: bool,
}

/// A number of days that the notice states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// How many.
    pub count: u32,
    /// Working days, not calendar days.
    pub working: bool,
}

/// The period as the notice has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: Day,
    /// Every day that the last one may be meant to be, the earliest first; none where it is not said.
    pub ends: Vec<Day>,
    /// The number of days stated.
    pub stated: Option<Stated>,
    /// As written, and how it was read.
    pub read: Vec<Read>,
}
