//! The ledger: one SQLite file that keeps what runs found and what people did about it. It reads no clock and judges nothing.

mod error;
mod log;
mod open;
mod users;
mod verify;

pub use error::LedgerError;
pub use log::{Act, Entry, Logged, append, of as logged};
pub use open::{Held, Ledger, hold};
pub use users::{User, acting, keep_user, users};
pub use verify::{Broken, Verified, verify};
