//! What is to be mended (整改台账): one item for the life of a finding, from being found to being struck off. Runs move items by what
//! they see, people by what they do; either way the log tells it.

mod act;
mod follow;
mod list;
mod merge;
mod proof;
mod rates;
mod row;
mod stage;

pub use act::{Assignment, Closing, Progress, assign, attach, close, progress, reopen};
pub use follow::Seen;
pub(super) use follow::{ThisRun, follow};
pub use list::{Filter, Line, item, items};
pub use merge::{Conflict, Given, Mark, Merged, Take, merge};
pub(super) use proof::Replay;
pub use rates::{ByUnit, Rates, rates};
pub use row::{Attached, Item};
pub use stage::{Kind, Stage};
