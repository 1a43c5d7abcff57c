//! The exit codes: a contract that scripts and nightly jobs lean on.

use std::process::ExitCode;

/// How a run ended. The numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Every rule ran over every row; nothing at or above the gate (`--fail-on`).
    Clean = 0,
    /// Every rule ran over every row; findings at or above the gate. Also failed tests of rules.
    Found = 1,
    /// Wrong usage.
    Usage = 2,
    /// A rule, schema or configuration file is wrong: nothing was checked.
    Rules = 3,
    /// The records could not be read: nothing was checked.
    Records = 4,
    /// Checked in part: rows or cells were rejected, or a rule failed on some subject. Beats [`Exit::Found`].
    Partial = 5,
    /// The result could not be written.
    Output = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
