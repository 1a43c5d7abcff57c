//! 规矩 guiju: rules of how officials are appointed, run over the records of how they were.
//!
//! Records flow one way; each module knows only those named before it: `dates`, `records`, `rules`, `engine`, then what reports.

mod beside;
pub mod cli;
pub mod dates;
pub mod diagnostic;
pub mod document;
pub mod engine;
pub mod ingest;
pub mod ledger;
pub mod notice;
pub mod records;
pub mod report;
pub mod rules;
