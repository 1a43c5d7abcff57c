//! Time held over several spans: terms and tenure.
//!
//! Spans are half-open `[start, end)`; a span without an end has `end` = [`Day::FUTURE`], empty ones count for nothing.

use super::day::Day;
use super::period::{add_months, months_of_span};

/// Total months of spans: those that touch or overlap are merged, each merged span gives its whole calendar months, and
/// the months are added. Leaves `spans` sorted and merged.
///
/// Not monotone in single days: joining two spans may cost a month at a month's end (2023-01-31..02-28 and
/// 2023-02-28..03-28 give 1 + 1 apart, but 1 merged, as 01-31 + 2个月 is 03-31).
pub fn merged_months(spans: &mut Vec<(Day, Day)>) -> i32 {
    merge(spans);
    spans
        .iter()
        .map(|&(start, end)| months_of_span(start, end))
        .fold(0, i32::saturating_add)
}

/// The first day `D` such that the spans cut at `D` (`D` itself not counted) hold `months` by [`merged_months`].
/// `Day::PAST` when `months <= 0` or a span held since ever reaches them; `None` when they are never reached.
/// Leaves `spans` sorted and merged.
pub fn reaches(spans: &mut Vec<(Day, Day)>, months: i32) -> Option<Day> {
    if months <= 0 {
        return Some(Day::PAST);
    }
    merge(spans);
    let mut owed = months;
    for &(start, end) in spans.iter() {
        let held = months_of_span(start, end);
        if held >= owed {
            return Some(add_months(start, owed));
        }
        owed -= held;
    }
    None
}

/// Sorts spans, drops empty ones and joins those that touch or overlap.
fn merge(spans: &mut Vec<(Day, Day)>) {
    spans.retain(|&(start, end)| start < end);
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let joined = next.0 <= kept.1;
        if joined {
            kept.1 = kept.1.max(next.1);
        }
        joined
    });
}
