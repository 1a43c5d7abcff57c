//! The ledger from outside: runs recorded, compared, and proved unaltered.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

mod baseline;
mod causes;
mod full;
mod identity;
mod kit;
mod nightly;
mod record;
mod rectify;
mod rectify_lists;
mod waivers;
