//! The engine: rules × subjects → verdicts. No I/O, no clock: the day the question is asked on is an argument.

mod block;
mod check;
mod compute;
mod context;
mod deadline;
mod due;
mod eval;
mod exercise;
mod finding;
mod id_number;
mod interpret;
mod judge;
mod probe;
mod quick;
mod report;
mod ruling;
mod say;
mod script;
mod sequence;
mod sets;
mod settle;
mod trace;
mod trial;
mod value;
mod verdict;

pub use check::{Limits, Options, check};
pub use context::Context;
pub use due::{Due, due};
pub use exercise::{Branch, Unnoticed, exercised, unnoticed};
pub use finding::{Basis, Evidence, Failure, Finding, Missing, Outcome, RuleCount, Subject, Unexported, Waived, fingerprint, sort};
pub use trace::{Mark, Trace, TraceLine, trace};
pub use trial::{Trial, run_tests, run_tests_under};
pub use value::{Span, Truth};
pub use verdict::Verdict;
