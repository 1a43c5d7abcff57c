//! Arithmetic of dates and numbers under uncertainty, and lists.

use super::eval::{Eval, Val};
use super::probe::{Lack, Probe};
use super::value::{Span, TextVal, Truth};
use crate::dates::{self, Calendar, Day, Period};
use crate::rules::ir::{Node, NodeId};

impl<'c, P: Probe> Eval<'c, P> {
    /// Nodes that compute a span from spans.
    pub(super) fn computed(&mut self, id: NodeId) -> Span {
        match self.node(id) {
            Node::AddPeriod(date, period) => {
                let date = self.span(*date);
                self.shifted(date, *period)
            }
            Node::PlusMonths(date, months) => plus_months(self.span(*date), self.span(*months)),
            Node::ImpactEnd(date, months) => impact_end(self.span(*date), self.span(*months)),
            Node::Arithmetic(op, a, b) => {
                let (a, b) = (self.span(*a), self.span(*b));
                arithmetic(*op, a, b)
            }
            Node::DaysBetween(a, b) => self.between(*a, *b, |a, b| Some(i64::from(b.days_since(a)) + 1)),
            Node::WorkdaysBetween(a, b) => {
                let calendar = self.cx.calendar();
                self.between(*a, *b, |a, b| calendar.workdays(a, b).map(i64::from))
            }
            Node::MonthsBetween(a, b) => self.between(*a, *b, |a, b| Some(i64::from(dates::months_between(a, b)))),
            Node::YearsBetween(a, b) => self.between(*a, *b, |a, b| Some(i64::from(dates::years_between(a, b)))),
            Node::YearOf(date) => year_of(self.span(*date)),
            Node::MonthOf(date) => month_of(self.span(*date)),
            Node::DateOf(y, m, d) => date_of(self.span(*y), self.span(*m), self.span(*d)),
            Node::Shift(code, by, len) => shift(self.span(*code), *by, *len),
            Node::Lookup(code, table, _) => lookup(self.span(*code), table),
            _ => Span::UNKNOWN,
        }
    }

    /// A date some time later.
    pub(super) fn shifted(&mut self, date: Span, period: Period) -> Span {
        let moved = moved(date, period, self.cx.calendar());
        if moved.is_unknown() && !date.is_unknown() {
            self.probe.lack(Lack::Calendar(uncovered(self.cx.calendar(), date, date)));
        }
        moved
    }

    /// A count from one date to another.
    fn between(&mut self, a: NodeId, b: NodeId, count: impl Fn(Day, Day) -> Option<i64>) -> Span {
        let (a, b) = (self.span(a), self.span(b));
        let count = between(a, b, count);
        if count.is_unknown() && are_finite(a, b) {
            self.probe.lack(Lack::Calendar(uncovered(self.cx.calendar(), a, b)));
        }
        count
    }

    /// The elements of a list; none where it is not known.
    pub(super) fn elements(&mut self, list: NodeId) -> Option<Vec<Val<'c>>> {
        self.hardened(|s| s.elements_of(list))
    }

    fn elements_of(&mut self, list: NodeId) -> Option<Vec<Val<'c>>> {
        let span = |i: i64| Val::Span(Span::exact(i));
        match self.node(list) {
            Node::CodeList(codes) => Some(codes.iter().map(|&c| span(i64::from(c))).collect()),
            Node::IntList(ints) => Some(ints.iter().map(|&i| span(i)).collect()),
            Node::TextList(texts) => Some(texts.iter().map(|&t| Val::Text(TextVal::Known(self.constant(t)))).collect()),
            Node::Years(from, to) => {
                let (from, to) = (self.span(*from), self.span(*to));
                let exact = from.is_exact() && to.is_exact();
                exact.then(|| (from.lo..=to.lo.min(from.lo.saturating_add(200))).map(span).collect())
            }
            Node::LastYears(count) => {
                let (count, year) = (self.span(*count), i64::from(self.cx.as_of.year()));
                if year != i64::from(self.cx.until.year()) {
                    return None;
                }
                Some((year - count.lo.clamp(0, 200)..year).map(span).collect())
            }
            Node::PickOf(list, var, cond) => {
                let (var, cond) = (*var, *cond);
                let all = self.elements(*list)?;
                let outer = self.variable(var);
                let mut picked = Vec::new();
                for value in all {
                    self.bind_var(var, value);
                    if self.truth(cond) == Truth::True {
                        picked.push(value);
                    }
                }
                self.bind_var(var, outer);
                Some(picked)
            }
            Node::Items(text) => match self.text(*text) {
                TextVal::Known(text) => Some(items(text).map(|t| Val::Text(TextVal::Known(t))).collect()),
                TextVal::None => Some(Vec::new()),
                TextVal::Unknown => None,
            },
            Node::Lacking(text, wanted) => {
                let wanted = self.elements(*wanted)?;
                let held: Vec<&str> = match self.text(*text) {
                    TextVal::Known(text) => items(text).collect(),
                    TextVal::None => Vec::new(),
                    TextVal::Unknown => return None,
                };
                let absent = |v: &Val<'c>| matches!(v, Val::Text(TextVal::Known(t)) if !t.split('|').any(|t| held.contains(&t)));
                Some(wanted.into_iter().filter(absent).collect())
            }
            _ => None,
        }
    }

    pub(super) fn list_size(&mut self, list: NodeId) -> Span {
        self.elements(list).map_or(Span::UNKNOWN, |all| Span::exact(all.len() as i64))
    }

    /// `any` (starting from false) or `all` (starting from true) over a list.
    pub(super) fn over_list(&mut self, list: NodeId, var: u8, cond: NodeId, start: Truth) -> Truth {
        let Some(elements) = self.elements(list) else { return Truth::Unknown };
        let outer = self.variable(var);
        let mut result = start;
        for value in elements {
            self.bind_var(var, value);
            let holds = self.truth(cond);
            result = if start == Truth::True { result.and(holds) } else { result.or(holds) };
            if result == !start {
                break;
            }
        }
        self.bind_var(var, outer);
        result
    }
}

/// Whether a day is one of those that a date may stand for.
pub(super) fn covers(date: Span, day: Span) -> Truth {
    if date.is_absent() || date.is_unknown() || !day.is_exact() {
        return Truth::Unknown;
    }
    Truth::of(date.lo <= day.lo && day.lo <= date.hi)
}

/// The items of a text separated by 、 ; ； , or ，.
pub(super) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(['、', ';', '；', ',', '，']).map(str::trim).filter(|t| !t.is_empty())
}

/// A date some time later: both ends move. Unknown where a calendar is lacking.
pub(super) fn moved(date: Span, period: Period, calendar: &Calendar) -> Span {
    if date.is_absent() || date.is_unknown() {
        return date;
    }
    let first = dates::add(as_day(date.lo), period, calendar);
    let last = if date.is_exact() { first } else { dates::add(as_day(date.hi), period, calendar) };
    match (first, last) {
        (Some(lo), Some(hi)) => Span { lo: day(lo), hi: day(hi) },
        _ => Span::UNKNOWN,
    }
}

/// The first year without a calendar from one date on, to the year after another.
fn uncovered(calendar: &Calendar, from: Span, to: Span) -> i32 {
    let (first, last) = (as_day(from.lo).year(), as_day(to.hi).year());
    (first..=last.saturating_add(1)).find(|&year| !calendar.covers(year)).unwrap_or(first)
}

/// A date some months later.
pub(super) fn plus_months(date: Span, months: Span) -> Span {
    both(date, months, |d, m| day(dates::add_months(as_day(d), small(m))))
}

/// The last day of an impact period of some months.
pub(super) fn impact_end(date: Span, months: Span) -> Span {
    both(date, months, |d, m| day(dates::impact_end(as_day(d), small(m))))
}

/// A count from one date to another: it grows with the second and shrinks with the first. Unknown where a date is, or a calendar is
/// lacking.
pub(super) fn between(a: Span, b: Span, count: impl Fn(Day, Day) -> Option<i64>) -> Span {
    if a.is_absent() || b.is_absent() {
        return Span::ABSENT;
    }
    if !are_finite(a, b) {
        return Span::UNKNOWN;
    }
    let least = count(as_day(a.hi), as_day(b.lo));
    let most = if a.is_exact() && b.is_exact() { least } else { count(as_day(a.lo), as_day(b.hi)) };
    match (least, most) {
        (Some(lo), Some(hi)) => Span { lo, hi },
        _ => Span::UNKNOWN,
    }
}

/// Whether both are dates that a count may begin or end with.
fn are_finite(a: Span, b: Span) -> bool {
    let finite = |s: Span| as_day(s.lo).is_finite() && as_day(s.hi).is_finite();
    !(a.is_absent() || b.is_absent() || a.is_unknown() || b.is_unknown()) && finite(a) && finite(b)
}

/// The year of a date.
pub(super) fn year_of(date: Span) -> Span {
    date.map(|d| i64::from(as_day(d).year()))
}

/// The month of a date.
pub(super) fn month_of(date: Span) -> Span {
    let (a, b) = (as_day(date.lo).to_ymd(), as_day(date.hi).to_ymd());
    if date.is_absent() || date.is_unknown() {
        date
    } else if a.0 == b.0 {
        Span { lo: i64::from(a.1), hi: i64::from(b.1) }
    } else {
        Span { lo: 1, hi: 12 }
    }
}

/// The day of a year, month and day.
pub(super) fn date_of(y: Span, m: Span, d: Span) -> Span {
    if !(y.is_exact() && m.is_exact() && d.is_exact()) {
        return if y.is_absent() { Span::ABSENT } else { Span::UNKNOWN };
    }
    let made = Day::ymd(small(y.lo), small(m.lo).unsigned_abs(), small(d.lo).unsigned_abs());
    made.map_or(Span::UNKNOWN, |d| Span::exact(day(d)))
}

/// A code some steps lower in its list of so many. Beyond either end of the list there is no such code.
pub(super) fn shift(code: Span, by: i64, len: u8) -> Span {
    let top = i64::from(len) - 1;
    if code.is_exact() && (code.lo < 0 || !(0..=top).contains(&(code.lo + by))) {
        return Span::exact(-1);
    }
    code.map(|c| (c + by).clamp(-1, top))
}

/// A code by a table: −1 where there is none.
pub(super) fn lookup(code: Span, table: &[i16]) -> Span {
    if code.is_absent() {
        return code;
    }
    let range = code.lo.max(0)..=code.hi.min(table.len() as i64 - 1);
    let values = range.filter_map(|c| table.get(c as usize)).map(|&v| Span::exact(i64::from(v)));
    let found = values.fold(Span::ABSENT, Span::hull);
    if found.is_absent() { Span::exact(-1) } else { found }
}

fn as_day(n: i64) -> Day {
    Day(i32::try_from(n).unwrap_or(if n < 0 { Day::PAST.0 } else { Day::FUTURE.0 }))
}

fn day(d: Day) -> i64 {
    i64::from(d.0)
}

fn small(n: i64) -> i32 {
    i32::try_from(n.clamp(-1_000_000, 1_000_000)).unwrap_or(0)
}

/// A function that grows with both arguments.
fn both(a: Span, b: Span, f: impl Fn(i64, i64) -> i64) -> Span {
    if a.is_absent() || b.is_absent() {
        Span::ABSENT
    } else if a.is_unknown() || b.is_unknown() {
        Span::UNKNOWN
    } else {
        Span { lo: f(a.lo, b.lo), hi: f(a.hi, b.hi) }
    }
}

pub(super) fn arithmetic(op: char, a: Span, b: Span) -> Span {
    if a.is_absent() || b.is_absent() {
        return Span::ABSENT;
    }
    match op {
        '+' => Span { lo: lower(a.lo, b.lo, i64::saturating_add), hi: upper(a.hi, b.hi, i64::saturating_add) },
        '-' => Span { lo: lower(a.lo, negated(b.hi), i64::saturating_add), hi: upper(a.hi, negated(b.lo), i64::saturating_add) },
        _ if a.is_unknown() || b.is_unknown() => Span::UNKNOWN,
        '*' => corners(a, b, i64::checked_mul),
        '/' if b.lo <= 0 && b.hi >= 0 => Span::UNKNOWN,
        '/' => corners(a, b, i64::checked_div_euclid),
        _ => Span::UNKNOWN,
    }
}

/// The lower end of a sum: no end at all where a part has none.
fn lower(a: i64, b: i64, sum: impl Fn(i64, i64) -> i64) -> i64 {
    if a == i64::MIN || b == i64::MIN { i64::MIN } else { sum(a, b) }
}

/// The upper end of a sum.
fn upper(a: i64, b: i64, sum: impl Fn(i64, i64) -> i64) -> i64 {
    if a == i64::MAX || b == i64::MAX { i64::MAX } else { sum(a, b) }
}

/// The opposite, of an open end too.
fn negated(n: i64) -> i64 {
    match n {
        i64::MIN => i64::MAX,
        i64::MAX => i64::MIN,
        n => -n,
    }
}

/// The extremes of a product or quotient; numbers too large are not guessed at.
fn corners(a: Span, b: Span, f: impl Fn(i64, i64) -> Option<i64>) -> Span {
    if a.is_exact() && b.is_exact() {
        return f(a.lo, b.lo).map_or(Span::UNKNOWN, Span::exact);
    }
    let all = [f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)];
    let all: Option<Vec<i64>> = all.into_iter().collect();
    all.map_or(Span::UNKNOWN, |v| v.into_iter().map(Span::exact).fold(Span::ABSENT, Span::hull))
}
