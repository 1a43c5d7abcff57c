//! Waivers: accepted exceptions. Each says what it accepts, why, by which document, who approved it and until when; and it holds only
//! for what was there when it was granted.

mod file;
mod hold;

pub use file::{Granted, Selector, Target, Waiver, Waivers, append, remove};
pub use hold::{
    About, Cap, Caps, Refusal, Standing as WaiverStanding, Told, last_day, named_by, refusal, standing as waiver_standing, waive,
};
