//! The engine: rules × subjects → verdicts. No I/O, no clock: the day the question is asked on is an argument.

mod finding;
mod verdict;

pub use finding::{Basis, Evidence, Failure, Finding, Missing, Outcome, RuleCount, Subject, fingerprint, sort};
pub use verdict::Verdict;
