//! The ledger: one SQLite file that keeps what runs found and what people did about it. It reads no clock and judges nothing.

mod baseline;
mod cause;
mod diff;
mod error;
pub mod item;
mod log;
mod memory;
mod open;
mod record;
mod runs;
mod state;
mod texts;
mod users;
mod verify;
mod waiver;

pub use baseline::{Baseline, Slack};
pub use cause::{Cause, Causes, Corners, Known, Records, causes};
pub use diff::{CellChange, Change, Difference, Item, diff, movements};
pub use error::LedgerError;
pub use log::{Act, Entry, Logged, append, of as logged};
pub use memory::{forget, keep_memory, memory_path, recall, rows_path};
pub use open::{Held, Ledger, hold};
pub use record::{Changes, NewRun, Recorded, changes, record, series_of};
pub use runs::{RunRow, Standing, body, find_run, held_at, is_held_at, last_run, profile_of, rules_of, runs, standing, text_of};
pub use state::{State, cells, states};
pub use texts::{Kept, files_hash, text_hash};
pub use users::{User, acting, keep_user, users};
pub use verify::{Broken, Verified, verify};
pub use waiver::{
    About, Cap, Caps, Granted, Refusal, Selector, Target, Told, Waiver, WaiverStanding, Waivers, append as append_waiver, last_day,
    named_by, refusal, remove as remove_waiver, waive, waiver_standing,
};
