//! Properties of date arithmetic, held against chrono, against naive walks day by day, and against the official calendar
//! of every day of 2004-2026.

#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{Datelike, Days, Months, NaiveDate};
use guiju::dates::{
    Calendar, Day, DayKind, Fuzzy, Period, add, add_months, impact_end, merged_months, months_between, months_of_span, parse_fast, reaches,
    years_between,
};
use proptest::prelude::*;

const HOLIDAYS: &str = include_str!("../rules/calendar/holidays.csv");

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::parse_csv(HOLIDAYS).unwrap());

/// Each day of 2004-01-01..=2026-12-31 with whether it is worked, from the rows and chrono's weekdays alone.
static DAYS: LazyLock<Vec<(Day, bool)>> = LazyLock::new(|| {
    let rows: HashMap<&str, &str> =
        HOLIDAYS.lines().skip(1).map(|row| row.split_at(10)).map(|(date, rest)| (date, rest.split(',').nth(1).unwrap())).collect();
    let mut date = NaiveDate::from_ymd_opt(2004, 1, 1).unwrap();
    let mut days = Vec::new();
    while date.year() <= 2026 {
        let worked = match rows.get(date.to_string().as_str()) {
            Some(&"off") => false,
            Some(&"work") => true,
            _ => date.weekday().number_from_monday() <= 5,
        };
        days.push((of(date), worked));
        date = date.succ_opt().unwrap();
    }
    days
});

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn of(date: NaiveDate) -> Day {
    Day::ymd(date.year(), date.month(), date.day()).unwrap()
}

fn naive(day: Day) -> NaiveDate {
    let (y, m, d) = day.to_ymd();
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

/// Any day of 1950..=2100, one in three of them at a month's end or start, where the traps are.
fn any_day() -> impl Strategy<Value = Day> {
    let plain = (day("1950-01-01").0..=day("2100-12-31").0).prop_map(Day);
    let edge = (1950..=2100i32, 1..=12u32, -3..=1i32).prop_map(|(y, m, shift)| {
        let first = Day::ymd(y, m, 1).unwrap();
        add_months(first, 1).add_days(shift)
    });
    prop_oneof![2 => plain, 1 => edge]
}

fn near(start: Day, length: i32) -> impl Strategy<Value = (Day, Day)> {
    (start.0..start.0 + length, start.0..start.0 + length).prop_map(|(a, b)| (Day(a), Day(b)))
}

/// Spans over a few years, some touching, overlapping or empty, the last one sometimes without an end.
fn any_spans() -> impl Strategy<Value = Vec<(Day, Day)>> {
    let closed = prop::collection::vec(near(day("2019-12-25"), 1500), 0..6);
    let open = prop::option::of(near(day("2023-06-01"), 400));
    (closed, open, any::<bool>()).prop_map(|(mut spans, open, touch)| {
        if touch && let [first, second, ..] = &mut spans[..] {
            second.0 = first.1;
        }
        spans.extend(open.map(|(start, _)| (start, Day::FUTURE)));
        spans
    })
}

/// Whole months held before `end`, by marking every day: runs of marked days, each counted month by month.
fn months_by_day_walk(spans: &[(Day, Day)], end: Day) -> i32 {
    let held = |d: Day| d < end && spans.iter().any(|&(a, b)| a <= d && d < b);
    let Some(first) = spans.iter().map(|s| s.0).min() else {
        return 0;
    };
    let last = spans.iter().map(|s| s.1).max().unwrap().min(end);
    let mut total = 0;
    let mut start = None;
    for d in (first.0..=last.0).map(Day) {
        match (start, held(d)) {
            (None, true) => start = Some(d),
            (Some(from), false) => {
                let mut months = 0;
                while of(naive(from) + Months::new(months as u32 + 1)) <= d {
                    months += 1;
                }
                total += months;
                start = None;
            }
            _ => {}
        }
    }
    total
}

#[test]
fn every_day_of_1900_to_2200_is_the_one_of_the_gregorian_calendar() {
    let mut date = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    while date.year() <= 2200 {
        let day = of(date);
        assert_eq!(i64::from(day.0), (date - epoch).num_days(), "{date}");
        assert_eq!(day.to_ymd(), (date.year(), date.month(), date.day()));
        assert_eq!(u32::from(day.weekday()), date.weekday().number_from_monday(), "{date}");
        let text = date.to_string();
        assert_eq!(day.to_string(), text);
        assert_eq!(parse_fast(text.as_bytes()), Some(Fuzzy::exact(day)));
        date = date.succ_opt().unwrap();
    }
}

#[test]
fn no_day_number_overflows() {
    for n in [i32::MIN, i32::MIN + 1, Day::PAST.0, Day::FUTURE.0, i32::MAX - 1, i32::MAX] {
        let (y, m, d) = Day(n).to_ymd();
        assert!((-6_000_000..=6_000_000).contains(&y) && (1..=12).contains(&m) && (1..=31).contains(&d));
        assert_eq!(add_months(Day(n), 7), Day(n));
    }
}

#[test]
fn working_days_match_a_naive_count_from_every_day_of_2004_to_2026() {
    for (i, &(lo, _)) in DAYS.iter().enumerate() {
        let mut count = 0;
        for &(hi, worked) in DAYS[i..].iter().take(200) {
            count += i32::from(worked);
            assert_eq!(CALENDAR.workdays(lo, hi), Some(count), "{lo}..{hi}");
        }
    }
}

#[test]
fn working_days_are_weekdays_less_days_off_plus_make_up_days() {
    let (weekend, off, make_up) = DAYS.iter().fold((0, 0, 0), |(weekend, off, make_up), &(d, worked)| {
        let is_weekend = d.weekday() > 5;
        (weekend + i32::from(is_weekend), off + i32::from(!is_weekend && !worked), make_up + i32::from(is_weekend && worked))
    });
    assert_eq!(make_up, 151, "make-up days the notices of 2004-2026 name");
    let first = DAYS.first().unwrap().0;
    let last = DAYS.last().unwrap().0;
    let expected = DAYS.len() as i32 - weekend - off + make_up;
    assert_eq!(CALENDAR.workdays(first, last), Some(expected));
}

#[test]
fn each_day_of_2004_to_2026_is_what_the_notices_say() {
    for &(d, worked) in DAYS.iter() {
        assert_eq!(CALENDAR.is_workday(d), Some(worked), "{d}");
        let kind = CALENDAR.day_kind(d).unwrap();
        let works = matches!(kind, DayKind::Workday | DayKind::MakeUp(_));
        assert_eq!(works, worked, "{d}");
        match kind {
            DayKind::Workday => assert!(d.weekday() <= 5, "{d}"),
            DayKind::Weekend | DayKind::MakeUp(_) => assert!(d.weekday() > 5, "{d}"),
            DayKind::Holiday(name) => assert!(!name.is_empty(), "{d}"),
        }
    }
    assert!((2004..=2026).all(|y| CALENDAR.covers(y)));
    assert!(!CALENDAR.covers(2003) && !CALENDAR.covers(2027));
}

#[test]
fn the_nth_working_day_matches_a_walk_from_every_day_of_2004_to_2026() {
    for (i, &(d, _)) in DAYS.iter().enumerate() {
        let after = DAYS[i + 1..].iter().filter(|x| x.1).map(|x| x.0);
        for (n, found) in (1..=20).zip(after) {
            assert_eq!(add(d, Period::Workdays(n), &CALENDAR), Some(found), "{d} + {n}");
        }
        let before = DAYS[..i].iter().rev().filter(|x| x.1).map(|x| x.0);
        for (n, found) in (1..=20).zip(before) {
            assert_eq!(add(d, Period::Workdays(-n), &CALENDAR), Some(found), "{d} - {n}");
        }
    }
}

#[test]
fn working_days_outside_the_calendars_are_not_known() {
    assert_eq!(CALENDAR.workdays(day("2026-12-28"), day("2027-01-04")), None);
    assert_eq!(CALENDAR.workdays(day("2003-12-29"), day("2004-01-05")), None);
    assert_eq!(add(day("2026-12-31"), Period::Workdays(1), &CALENDAR), None);
    assert_eq!(add(day("2003-12-31"), Period::Workdays(1), &CALENDAR), Some(day("2004-01-02")));
}

#[test]
fn days_that_packages_get_wrong_are_right_here() {
    let worked = "2005-12-31 2011-12-31 2013-04-07 2013-10-12 2015-09-06 2024-02-09";
    for d in worked.split(' ') {
        assert_eq!(CALENDAR.is_workday(day(d)), Some(true), "{d}");
    }
    let off = "2007-12-31 2020-01-31 2020-02-01 2020-02-02 2015-09-03 2015-09-04 2015-09-05";
    for d in off.split(' ') {
        assert_eq!(CALENDAR.is_workday(day(d)), Some(false), "{d}");
    }
}

#[test]
fn notice_over_national_day_counts_make_up_days() {
    // Mid-Autumn and National Day 2023: off 09-29..10-06, worked on the weekend of 10-07 and 10-08.
    assert_eq!(CALENDAR.workdays(day("2023-09-25"), day("2023-10-08")), Some(6));
}

#[test]
fn notice_counts_both_its_first_and_its_last_day() {
    assert_eq!(CALENDAR.workdays(day("2024-03-04"), day("2024-03-08")), Some(5));
    assert_eq!(CALENDAR.workdays(day("2014-12-19"), day("2014-12-25")), Some(5));
    assert_eq!(CALENDAR.workdays(day("2015-11-23"), day("2015-11-27")), Some(5));
    assert_eq!(CALENDAR.workdays(day("2015-11-23"), day("2015-11-26")), Some(4));
}

#[test]
fn notice_over_the_extended_spring_festival_of_2020_stands_still() {
    // Off 01-24..02-02, worked on Sunday 01-19.
    assert_eq!(CALENDAR.workdays(day("2020-01-19"), day("2020-02-03")), Some(6));
    assert_eq!(add(day("2020-01-23"), Period::Workdays(1), &CALENDAR), Some(day("2020-02-03")));
}

#[test]
fn tenure_of_two_years_is_full_on_the_day_itself() {
    assert_eq!(months_of_span(day("2020-03-10"), day("2022-03-10")), 24);
    assert_eq!(months_of_span(day("2020-03-10"), day("2022-03-09")), 23);
}

#[test]
fn impact_period_from_every_day_ends_before_the_corresponding_day() {
    let mut date = NaiveDate::from_ymd_opt(2019, 1, 1).unwrap();
    while date.year() < 2025 {
        for months in 1..=24u32 {
            let (years, month0) = ((date.month0() + months) / 12, (date.month0() + months) % 12);
            let (y, m) = (date.year() + years as i32, month0 + 1);
            let expected = match NaiveDate::from_ymd_opt(y, m, date.day()) {
                Some(corresponding) => corresponding - Days::new(1),
                None => (28..=30).rev().find_map(|d| NaiveDate::from_ymd_opt(y, m, d)).unwrap(),
            };
            assert_eq!(impact_end(of(date), months as i32), of(expected), "{date} + {months}");
        }
        date = date.succ_opt().unwrap();
    }
}

proptest! {
    #[test]
    fn months_added_are_those_of_chrono(d in any_day(), n in 0..600u32) {
        prop_assert_eq!(add_months(d, n as i32), of(naive(d) + Months::new(n)));
        prop_assert_eq!(add_months(d, -(n as i32)), of(naive(d) - Months::new(n)));
    }

    #[test]
    fn months_added_then_taken_away_return_unless_the_day_was_missing(d in any_day(), n in -600..600i32) {
        let there = add_months(d, n);
        let back = add_months(there, -n);
        if there.to_ymd().2 == d.to_ymd().2 {
            prop_assert_eq!(back, d);
        } else {
            // Fell on a shorter month's last day.
            prop_assert_eq!(there.add_days(1).to_ymd().2, 1);
            prop_assert!(back < d && d.days_since(back) <= 3);
        }
    }

    #[test]
    fn days_added_then_taken_away_return(d in any_day(), n in -100_000..100_000i32) {
        prop_assert_eq!(d.add_days(n).add_days(-n), d);
        prop_assert_eq!(d.add_days(n).days_since(d), n);
    }

    #[test]
    fn years_are_twelve_months(d in any_day(), n in -40..40i32) {
        prop_assert_eq!(add(d, Period::Years(n), &CALENDAR), Some(add_months(d, 12 * n)));
    }

    #[test]
    fn later_days_never_have_earlier_deadlines(d in any_day(), n in -60..60i32) {
        let next = d.add_days(1);
        prop_assert!(add_months(d, n) <= add_months(next, n));
        prop_assert!(impact_end(d, n.abs()) <= impact_end(next, n.abs()));
    }

    #[test]
    fn a_months_end_stays_one_when_the_month_is_shorter(y in 1950..2100i32, m in 1..=12u32, n in -60..60i32) {
        let last = add_months(Day::ymd(y, m, 1).unwrap(), 1).add_days(-1);
        let there = add_months(last, n);
        let next = there.add_days(1);
        prop_assert!(next.to_ymd().2 == 1 || there.to_ymd().2 == last.to_ymd().2);
    }

    #[test]
    fn months_between_is_the_largest_that_fits(a in any_day(), b in any_day()) {
        let n = months_between(a, b);
        prop_assert!(add_months(a, n) <= b);
        prop_assert!(add_months(a, n + 1) > b);
        prop_assert_eq!(months_of_span(a, b), n.max(0));
        let years = years_between(a, b);
        prop_assert!(add_months(a, 12 * years) <= b && add_months(a, 12 * (years + 1)) > b);
    }

    #[test]
    fn a_month_later_is_a_month_held(d in any_day(), n in 0..600i32) {
        prop_assert_eq!(months_of_span(d, add_months(d, n)), n);
        prop_assert_eq!(months_of_span(d, add_months(d, n + 1).add_days(-1)), n);
    }

    #[test]
    fn the_impact_period_is_as_long_as_its_months(d in any_day(), months in 1..60i32) {
        let end = impact_end(d, months);
        prop_assert!(end < add_months(d, months).add_days(1));
        prop_assert!(add_months(d, months).days_since(end) <= 1);
        // The first day outside is the corresponding day, or the first of the next month where there is none.
        let outside = end.add_days(1);
        prop_assert!(outside.to_ymd().2 == d.to_ymd().2 || outside.to_ymd().2 == 1);
    }

    #[test]
    fn merged_months_match_a_day_walk(spans in any_spans(), cut in near(day("2020-01-01"), 2000)) {
        let end = cut.0;
        let mut cut_spans: Vec<_> = spans.iter().map(|&(a, b)| (a, b.min(end))).collect();
        prop_assert_eq!(merged_months(&mut cut_spans), months_by_day_walk(&spans, end));
    }

    #[test]
    fn merged_months_do_not_depend_on_the_order_or_on_repeats(spans in any_spans()) {
        let mut forward = spans.clone();
        let mut doubled: Vec<_> = spans.iter().rev().chain(&spans).copied().collect();
        prop_assert_eq!(merged_months(&mut forward), merged_months(&mut doubled));
        prop_assert_eq!(&forward, &doubled);
        let again = merged_months(&mut doubled);
        prop_assert_eq!(merged_months(&mut forward), again);
    }

    #[test]
    fn a_term_is_reached_on_the_first_day_its_months_are_held(spans in any_spans(), months in 1..60i32) {
        let held_at = |end: Day| {
            merged_months(&mut spans.iter().map(|&(a, b)| (a, b.min(end))).collect())
        };
        match reaches(&mut spans.clone(), months) {
            Some(d) => {
                prop_assert!(held_at(d) >= months, "held on {}", d);
                prop_assert!(held_at(d.add_days(-1)) < months, "not before {}", d);
            }
            None => prop_assert!(held_at(Day::FUTURE) < months),
        }
    }

    #[test]
    fn working_days_add_up_over_a_cut(a in 0..8000usize, b in 0..8000usize, c in 0..8000usize) {
        let mut ends = [a, b, c].map(|i| DAYS[i].0);
        ends.sort();
        let [a, b, c] = ends;
        let count = |lo, hi| CALENDAR.workdays(lo, hi).unwrap();
        prop_assert_eq!(count(a, c), count(a, b) + count(b.add_days(1), c));
        prop_assert_eq!(count(a, c), count(a, b) + count(b, c) - count(b, b));
    }

    #[test]
    fn working_days_added_are_working_days_counted(i in 400..8000usize, n in 1..200i32) {
        let d = DAYS[i].0;
        let after = add(d, Period::Workdays(n), &CALENDAR).unwrap();
        prop_assert_eq!(CALENDAR.is_workday(after), Some(true));
        prop_assert_eq!(CALENDAR.workdays(d.add_days(1), after), Some(n));
        // Back again from a working day lands on the day itself, or on the last working day before it.
        let back = add(after, Period::Workdays(-n), &CALENDAR).unwrap();
        let landed = if DAYS[i].1 { d } else { add(d, Period::Workdays(-1), &CALENDAR).unwrap() };
        prop_assert_eq!(back, landed);
    }

    #[test]
    fn text_is_read_back_at_its_precision(d in any_day()) {
        let (y, m, _) = d.to_ymd();
        for date in [Fuzzy::exact(d), Fuzzy::month(y, m).unwrap(), Fuzzy::year(y).unwrap()] {
            let text = date.to_string();
            prop_assert_eq!(Fuzzy::parse(&text), Ok(date));
            prop_assert_eq!(parse_fast(text.as_bytes()), Some(date));
            prop_assert!(date.lo <= d && d <= date.hi);
        }
    }

    #[test]
    fn the_fast_path_never_differs_from_the_full_one(text in "[0-9]{4}(-[0-9]{2}){0,2}") {
        prop_assert_eq!(parse_fast(text.as_bytes()), Fuzzy::parse(&text).ok());
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,14}|[0-9年月日./ :T-]{0,22}") {
        if let Ok(date) = Fuzzy::parse(&text) {
            prop_assert!(day("1900-01-01") <= date.lo && date.lo <= date.hi && date.hi <= day("2200-12-31"));
        }
        let _ = (parse_fast(text.as_bytes()), Period::parse(&text), text.parse::<Day>());
    }
}
