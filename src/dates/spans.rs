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
    spans.iter().map(|&(start, end)| months_of_span(start, end)).fold(0, i32::saturating_add)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn spans(texts: &[(&str, &str)]) -> Vec<(Day, Day)> {
        let day = |text: &str| match text {
            "" => Day::FUTURE,
            _ => text.parse().unwrap(),
        };
        texts.iter().map(|&(a, b)| (day(a), day(b))).collect()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn touching_spans_are_one_and_their_part_months_join() {
        let mut touching = spans(&[("2020-06-15", "2021-01-01"), ("2020-01-01", "2020-06-15")]);
        assert_eq!(merged_months(&mut touching), 12);
        assert_eq!(touching, spans(&[("2020-01-01", "2021-01-01")]));
    }

    #[test]
    fn months_of_separate_spans_are_added_without_their_part_months() {
        let mut apart = spans(&[("2020-01-01", "2020-06-15"), ("2020-06-16", "2021-01-01")]);
        assert_eq!(merged_months(&mut apart), 5 + 6);
    }

    #[test]
    fn overlapping_and_contained_spans_count_once() {
        let mut all = spans(&[
            ("2020-01-01", "2022-01-01"),
            ("2020-03-01", "2020-09-01"),
            ("2021-07-01", "2023-01-01"),
            ("2019-01-01", "2019-01-01"),
            ("2025-01-01", "2024-01-01"),
        ]);
        assert_eq!(merged_months(&mut all), 36);
        assert_eq!(merged_months(&mut Vec::new()), 0);
    }

    #[test]
    fn joining_at_a_months_end_may_cost_a_month() {
        assert_eq!(merged_months(&mut spans(&[("2023-01-31", "2023-02-28")])), 1);
        assert_eq!(merged_months(&mut spans(&[("2023-02-28", "2023-03-28")])), 1);
        let mut joined = spans(&[("2023-01-31", "2023-02-28"), ("2023-02-28", "2023-03-28")]);
        assert_eq!(merged_months(&mut joined), 1);
    }

    #[test]
    fn a_term_is_reached_on_the_corresponding_day() {
        let held = [("2010-03-10", "")];
        assert_eq!(reaches(&mut spans(&held), 180), Some(day("2025-03-10")));
        let broken = [("2020-01-01", "2020-06-15"), ("2021-01-01", "")];
        assert_eq!(reaches(&mut spans(&broken), 5), Some(day("2020-06-01")));
        assert_eq!(reaches(&mut spans(&broken), 6), Some(day("2021-02-01")));
    }

    #[test]
    fn a_term_never_reached_has_no_day() {
        assert_eq!(reaches(&mut spans(&[("2020-01-01", "2022-01-01")]), 24), Some(day("2022-01-01")));
        assert_eq!(reaches(&mut spans(&[("2020-01-01", "2021-12-31")]), 24), None);
        assert_eq!(reaches(&mut Vec::new(), 1), None);
        assert_eq!(reaches(&mut Vec::new(), 0), Some(Day::PAST));
        assert_eq!(reaches(&mut vec![(Day::PAST, Day::FUTURE)], 180), Some(Day::PAST));
    }
}
