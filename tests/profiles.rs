//! Profiles and packs: what they change, what they must not change, and every mistake in them, with its place.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

#[path = "profiles/county.rs"]
mod county;
#[path = "profiles/kit.rs"]
mod kit;
#[path = "profiles/layers.rs"]
mod layers;
#[path = "profiles/lint.rs"]
mod lint;
#[path = "profiles/mistakes.rs"]
mod mistakes;
