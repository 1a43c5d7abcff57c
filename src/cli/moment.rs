//! Now, and who sits at the machine: what the ledger is told, as it reads neither by itself.

use crate::dates::Day;
use crate::ledger::Act;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds by which Beijing is ahead.
const BEIJING: u64 = 8 * 3600;

/// Seconds since 1970 in Beijing's time. The only place that reads the clock.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()).saturating_add(BEIJING)
}

/// Today in Beijing, by which the law counts its days wherever the machine stands.
pub(super) fn today() -> Day {
    Day(i32::try_from(now() / 86_400).unwrap_or(0))
}

/// The moment and the machine's user.
pub(super) struct Moment {
    at: String,
    machine: String,
}

impl Moment {
    /// Now.
    pub(super) fn now() -> Self {
        let now = now();
        let day = Day(i32::try_from(now / 86_400).unwrap_or(0));
        let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60);
        let of = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let machine = of("USER").or_else(|| of("LOGNAME")).or_else(|| of("USERNAME")).unwrap_or_else(|| "未知".to_owned());
        Self { at: format!("{day}T{hour:02}:{minute:02}:{second:02}+08:00"), machine }
    }

    /// As the ledger takes it.
    pub(super) fn act<'a>(&'a self, user: Option<&'a str>) -> Act<'a> {
        Act { at: &self.at, machine: &self.machine, user }
    }
}
