//! Dates as the law counts them: days, imprecise dates, periods, working days and months held.
//!
//! Everything here is a plain `Copy` value over day numbers, so that rules can run it millions of times; only
//! [`Calendar`] owns memory. Nothing here does I/O or reads the clock: the day a question is asked on is an argument.
//!
//! - [`Day`]: one calendar day. [`Day::PAST`] and [`Day::FUTURE`] stand for "since ever" and "not happened, no end";
//!   arithmetic leaves those two as they are.
//! - [`Fuzzy`]: a date as recorded (day, month or year), the closed interval of days it may stand for.
//! - [`spelled`]: dates as they stand in forms and résumés.
//! - [`Period`]: 日, 工作日, 个月, 年; [`add`], [`add_months`], [`months_between`], [`impact_end`].
//! - [`Calendar`]: which days are working days, from the State Council's yearly notices.
//! - [`merged_months`], [`reaches`]: time held over several spans.

mod calendar;
mod day;
mod fuzzy;
mod months;
mod period;
mod spans;
pub mod spelled;

pub use calendar::{Calendar, CalendarError, DayKind};
pub use day::{DateError, Day};
pub use fuzzy::{Fuzzy, parse_fast};
pub use period::{Period, add, add_months, impact_end, months_between, months_of_span, years_between};
pub use spans::{merged_months, reaches};
