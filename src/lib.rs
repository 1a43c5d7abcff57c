//! guiju

pub mod dates;
