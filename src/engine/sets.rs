//! Rows of sets: which are meant, what holds of some or all, how many, which is the latest, how long they last together.

use super::eval::{Eval, Val};
use super::probe::{Lack, Probe};
use super::value::{RowVal, Span, TextVal, Truth};
use crate::dates::{Day, merged_months, reaches};
use crate::records::{Children, Column, FieldId, FieldType, RowId, Sym, TableId};
use crate::rules::ir::{Node, NodeId, Pick, Set};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// Where the rows of a set come from.
enum Source<'a> {
    /// Not known: a table or column was not exported.
    Unknown,
    /// The rows that refer to one row.
    Children(Children<'a>),
    /// The same, and rows that may refer to it: whose reference is blank or could not be read.
    Perhaps(Children<'a>, Vec<RowId>),
    /// Every row of a table that is not void.
    All(TableId),
    /// Rows, each with the truth of its belonging.
    Listed(Vec<(RowId, Truth)>),
}

/// A span of time with uncertain ends, and whether it counts at all.
struct Stretch {
    start: Span,
    end: Span,
    counts: Truth,
}

impl<'c, P: Probe> Eval<'c, P> {
    /// Calls `visit` for each row of a set with the truth of its condition, rows of false conditions left out. False when the set is
    /// not wholly known.
    pub(super) fn each(&mut self, set: &Set, mut visit: impl FnMut(&mut Self, RowId, Truth) -> ControlFlow<()>) -> bool {
        let source = self.source(set.rows);
        // A named value used inside the condition may itself walk a set in this slot.
        let outer = self.bound_row(set.slot);
        let mut known = true;
        match source {
            Source::Unknown => known = false,
            Source::Children(rows) => {
                for row in rows {
                    if self.visit(set, row, Truth::True, &mut visit).is_break() {
                        break;
                    }
                }
            }
            Source::Perhaps(rows, loose) => {
                let rows = rows.map(|r| (r, Truth::True)).chain(loose.into_iter().map(|r| (r, Truth::Unknown)));
                for (row, belongs) in rows {
                    if self.visit(set, row, belongs, &mut visit).is_break() {
                        break;
                    }
                }
            }
            Source::All(table) => {
                let rows = self.cx.store.rows(table);
                for row in (0..rows.len as RowId).filter(|&r| !rows.is_void(r)) {
                    if self.visit(set, row, Truth::True, &mut visit).is_break() {
                        break;
                    }
                }
            }
            Source::Listed(rows) => {
                for (row, belongs) in rows {
                    if self.visit(set, row, belongs, &mut visit).is_break() {
                        break;
                    }
                }
            }
        }
        self.bind_row(set.slot, outer);
        known
    }

    #[inline]
    fn visit(
        &mut self,
        set: &Set,
        row: RowId,
        belongs: Truth,
        visit: &mut impl FnMut(&mut Self, RowId, Truth) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.bind_row(set.slot, row);
        let cond = match set.cond {
            None => Truth::True,
            Some(cond) if P::WATCH => {
                self.probe.enter_row(set.table, row);
                let cond = self.truth(cond);
                self.probe.leave_row();
                cond
            }
            Some(cond) => self.truth(cond),
        };
        let mut holds = cond.and(belongs);
        if holds == Truth::False {
            return ControlFlow::Continue(());
        }
        if P::WATCH && belongs == Truth::Unknown {
            self.lack_reference(set.rows, row);
        }
        let rows = self.cx.store.rows(set.table);
        self.surely_meant = holds == Truth::True;
        if rows.is_ghost(row) || rows.is_doubtful(row) {
            // What can be read of a refused row proves nothing.
            holds = Truth::Unknown;
            if !self.lack_joining(set.table, row) {
                self.probe.lack(Lack::Row(set.table, row));
            }
        }
        visit(self, row, holds)
    }

    fn source(&mut self, rows: NodeId) -> Source<'c> {
        let store = self.cx.store;
        match self.node(rows) {
            Node::Children(owner, child, field) => {
                if !store.rows(*child).exported {
                    self.probe.lack(Lack::Table(*child));
                    return Source::Unknown;
                }
                let owner = match self.row(*owner) {
                    RowVal::Row(row) => row,
                    RowVal::Absent => return Source::Listed(Vec::new()),
                    RowVal::Unknown => return Source::Unknown,
                };
                if store.rows(*child).column(*field).is_none() {
                    self.probe.lack(Lack::Column(*child, *field));
                    return Source::Unknown;
                }
                let Some(link) = store.link(*child, *field) else { return Source::Unknown };
                let rows = link.children(owner);
                if link.loose().is_empty() { Source::Children(rows) } else { Source::Perhaps(rows, self.loose(*child, *field, owner)) }
            }
            Node::AllRows(all) => {
                if !store.rows(*all).exported {
                    self.probe.lack(Lack::Table(*all));
                    return Source::Unknown;
                }
                Source::All(*all)
            }
            Node::Peers(owner, of, field) => {
                let RowVal::Row(row) = self.row(*owner) else { return Source::Unknown };
                let Some(Column::Text(texts)) = store.rows(*of).column(*field) else {
                    self.probe.lack(Lack::Column(*of, *field));
                    return Source::Unknown;
                };
                let text = texts.get(row as usize).copied().unwrap_or(Sym::BAD);
                if text == Sym::BAD {
                    self.probe.lack(Lack::Cell(*of, row, *field));
                    return Source::Unknown;
                }
                Source::Listed(self.cx.peers(rows, *of, *field, text).iter().map(|&r| (r, Truth::True)).collect())
            }
            Node::Rows(inner) => {
                let mut list = Vec::new();
                let known = self.each(inner, |_, row, holds| {
                    list.push((row, holds));
                    ControlFlow::Continue(())
                });
                if known { Source::Listed(list) } else { Source::Unknown }
            }
            Node::Def(def, owner) => {
                let (def, owner) = (*def, *owner);
                let RowVal::Row(row) = self.row(owner) else { return Source::Unknown };
                let body = self.cx.rules.program.definitions[def as usize].body;
                self.in_frame(row, |s| s.source(body))
            }
            _ => Source::Unknown,
        }
    }

    /// The rows whose reference is blank or unreadable and that may be `owner`'s: not those that are known to be another person's.
    fn loose(&self, child: TableId, field: FieldId, owner: RowId) -> Vec<RowId> {
        let store = self.cx.store;
        let Some(link) = store.link(child, field) else { return Vec::new() };
        let schema = &store.schema;
        let ty = |t: TableId, f: FieldId| schema.tables.get(t).and_then(|d| d.fields.get(f)).map(|f| f.ty);
        let (Some(FieldType::Ref(target)), Some(own)) = (ty(child, field), schema.tables.get(child).and_then(|d| d.owner)) else {
            return link.loose().to_vec();
        };
        // A visit of nobody knows which case is at most the visit of a case of the same person.
        let whose = schema.tables.get(target).and_then(|d| d.owner).filter(|_| own != field);
        let Some(whose) = whose.filter(|&w| ty(target, w) == ty(child, own)) else { return link.loose().to_vec() };
        let Some(theirs) = store.follow(target, owner, whose) else { return link.loose().to_vec() };
        let Some(siblings) = store.link(child, own) else { return link.loose().to_vec() };
        siblings.children(theirs).filter(|r| link.is_loose(*r)).collect()
    }

    fn lack_reference(&mut self, rows: NodeId, row: RowId) {
        if let Node::Children(_, child, field) = self.node(rows) {
            self.probe.lack(Lack::Cell(*child, row, *field));
        }
    }

    /// The rows of a set in the table's order, for scripts. None when not wholly known.
    pub(super) fn ordered(&mut self, set: &Set) -> Option<Vec<(RowId, Truth)>> {
        let mut list = Vec::new();
        let known = self.each(set, |_, row, holds| {
            list.push((row, holds));
            ControlFlow::Continue(())
        });
        list.sort_by(|a, b| self.compare(set.table, a.0, b.0));
        known.then_some(list)
    }

    pub(super) fn any(&mut self, set: &Set) -> Truth {
        let mut found = Truth::False;
        let known = self.each(set, |_, _, holds| {
            found = found.or(holds);
            if found == Truth::True { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if known { found } else { found.or(Truth::Unknown) }
    }

    pub(super) fn all(&mut self, set: &Set, must: NodeId) -> Truth {
        let mut result = Truth::True;
        let table = set.table;
        let known = self.each(set, |s, row, holds| {
            if P::WATCH {
                s.probe.enter_row(table, row);
            }
            let met = s.truth(must);
            if P::WATCH {
                s.probe.leave_row();
            }
            // A row that may or may not count can spoil the answer, not make it.
            let one = if holds == Truth::Unknown && met == Truth::False { Truth::Unknown } else { met };
            result = result.and(one);
            if result == Truth::False { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if known { result } else { result.and(Truth::Unknown) }
    }

    /// The latest or earliest row. A row that may count and would come first leaves it unknown.
    pub(super) fn pick(&mut self, pick: Pick, set: &Set, by: Option<NodeId>) -> RowVal {
        let mut best: Option<(RowId, Span)> = None;
        let mut maybe: Vec<(RowId, Span, Option<bool>)> = Vec::new();
        let mut rivals: Vec<(RowId, Span)> = Vec::new();
        let known = self.each(set, |s, row, holds| {
            let at = by.map_or(Span::ABSENT, |by| s.span(by));
            if holds == Truth::True {
                if by.is_some() {
                    rivals.push((row, at));
                }
                let better = best.is_none_or(|(old, old_at)| s.before(pick, set.table, (old, old_at), (row, at)));
                if better {
                    best = Some((row, at));
                }
            } else {
                let ghost = s.cx.store.rows(set.table).is_ghost(row);
                maybe.push((row, at, ghost.then_some(s.surely_meant)));
            }
            ControlFlow::Continue(())
        });
        if !known {
            return RowVal::Unknown;
        }
        let Some(best) = best else {
            return if maybe.is_empty() { RowVal::Absent } else { RowVal::Unknown };
        };
        let open = maybe.into_iter().any(|(row, at, ghost)| match ghost {
            // A refused row that is surely of the kind may be the one; of one that may be anything only its absence would decide.
            Some(surely_meant) => surely_meant,
            None => self.before(pick, set.table, best, (row, at)) || overlapping(best.1, at),
        });
        // By a date that is asked for, which of two imprecise ones comes last is not known.
        if open || rivals.into_iter().any(|(row, at)| row != best.0 && overlapping(best.1, at)) {
            RowVal::Unknown
        } else {
            RowVal::Row(best.0)
        }
    }

    /// Whether `new` is picked rather than `old`.
    fn before(&self, pick: Pick, table: TableId, old: (RowId, Span), new: (RowId, Span)) -> bool {
        let order = old.1.lo.cmp(&new.1.lo).then_with(|| self.compare(table, old.0, new.0));
        match pick {
            Pick::Latest => order == Ordering::Less,
            Pick::Earliest => order == Ordering::Greater,
        }
    }

    /// The table's order: its dates (imprecise ones by their first day), then the key.
    pub(super) fn compare(&self, table: TableId, a: RowId, b: RowId) -> Ordering {
        for column in self.cx.order(table) {
            if let Column::Date(v) = column {
                let first = |r: RowId| v.get(r as usize).map_or(Day(i32::MIN), |d| d.lo);
                match first(a).cmp(&first(b)) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
        }
        self.cx.store.key(table, a).cmp(self.cx.store.key(table, b))
    }

    pub(super) fn aggregate(&mut self, id: NodeId) -> Span {
        match self.node(id) {
            Node::Count(set) => {
                let (mut least, mut most) = (0, 0);
                let known = self.each(set, |_, _, holds| {
                    least += i64::from(holds == Truth::True);
                    most += 1;
                    ControlFlow::Continue(())
                });
                Span { lo: least, hi: if known { most } else { i64::MAX } }
            }
            Node::Sum(set, value) => self.sum(set, *value),
            Node::Least(set, value) => self.extreme(set, *value, Span::ABSENT, |a, b| a.min(b)),
            Node::Greatest(set, value) => self.extreme(set, *value, Span::ABSENT, |a, b| a.max(b)),
            Node::Distinct(set, keys) => self.distinct(set, keys),
            Node::HeldMonths(spans, until) => {
                let until = self.span(*until);
                if until.is_absent() {
                    return Span::ABSENT;
                }
                match self.stretches(*spans) {
                    Some(list) if !until.is_unknown() => {
                        let lo = i64::from(merged_months(&mut shortest(&list, until.lo)));
                        let sure = until.is_exact() && all_sure(&list);
                        let hi = if sure { lo } else { i64::from(merged_months(&mut longest(&list, until.hi))) };
                        Span { lo, hi }
                    }
                    _ => Span { lo: 0, hi: i64::MAX },
                }
            }
            Node::Reaches(spans, months) => {
                let months = self.span(*months);
                let never = i64::from(Day::FUTURE.0);
                match self.stretches(*spans) {
                    Some(list) if months.is_exact() => {
                        let n = i32::try_from(months.lo).unwrap_or(i32::MAX);
                        let day = |d: Option<Day>| d.map_or(never, |d| i64::from(d.0));
                        let lo = day(reaches(&mut longest(&list, i64::MAX), n));
                        let hi = if all_sure(&list) { lo } else { day(reaches(&mut shortest(&list, i64::MAX), n)) };
                        Span { lo, hi }
                    }
                    _ => Span::UNKNOWN,
                }
            }
            _ => Span::UNKNOWN,
        }
    }

    fn sum(&mut self, set: &Set, value: NodeId) -> Span {
        let mut total = Span::exact(0);
        let known = self.each(set, |s, _, holds| {
            let value = s.span(value);
            let value = match holds {
                Truth::True => value,
                _ => value.hull(Span::exact(0)),
            };
            total = if value.is_unknown() {
                // Amounts are not negative: a blank one can only add.
                Span { lo: total.lo, hi: i64::MAX }
            } else {
                Span { lo: total.lo.saturating_add(value.lo), hi: total.hi.saturating_add(value.hi) }
            };
            ControlFlow::Continue(())
        });
        if known { total } else { Span { lo: total.lo, hi: i64::MAX } }
    }

    /// The least or greatest value over the rows that count; rows that may count widen it.
    fn extreme(&mut self, set: &Set, value: NodeId, none: Span, choose: impl Fn(i64, i64) -> i64) -> Span {
        let mut sure: Option<Span> = None;
        let mut maybe: Option<Span> = None;
        let known = self.each(set, |s, _, holds| {
            let value = s.span(value);
            if value.is_absent() || value == Span::exact(-1) {
                return ControlFlow::Continue(());
            }
            let slot = if holds == Truth::True { &mut sure } else { &mut maybe };
            *slot = Some(match *slot {
                None => value,
                Some(old) if holds == Truth::True => Span { lo: choose(old.lo, value.lo), hi: choose(old.hi, value.hi) },
                Some(old) => old.hull(value),
            });
            ControlFlow::Continue(())
        });
        match (sure, maybe) {
            _ if !known => Span::UNKNOWN,
            (None, None) => {
                self.probe.lack(Lack::NoRow(set.table));
                none
            }
            (Some(sure), None) => sure,
            (None, Some(_)) => Span::UNKNOWN,
            (Some(sure), Some(maybe)) => {
                let with = Span { lo: choose(sure.lo, maybe.lo), hi: choose(sure.hi, maybe.hi) };
                sure.hull(with)
            }
        }
    }

    fn distinct(&mut self, set: &Set, keys: &[NodeId]) -> Span {
        let mut sure: Vec<Vec<Key>> = Vec::new();
        let mut maybe = 0;
        let known = self.each(set, |s, _, holds| {
            let key: Vec<Key> = keys.iter().map(|&k| s.key_of(k)).collect();
            if holds != Truth::True || key.contains(&Key::Unknown) {
                maybe += 1;
            } else if !sure.contains(&key) {
                sure.push(key);
            }
            ControlFlow::Continue(())
        });
        let count = sure.len() as i64;
        // A row with an unknown part is at least one combination, if it is the only one.
        Span { lo: count, hi: if known { count + maybe } else { i64::MAX } }
    }

    fn key_of(&mut self, node: NodeId) -> Key {
        // Where the table was not exported, two references still tell whether they are one.
        if let Node::Follow(row, table, field) = self.node(node)
            && let RowVal::Row(row) = self.row(*row)
            && let Some(Some(far)) = self.cx.store.rows(*table).far.get(*field)
            && let Some(key) = far.get(row as usize).filter(|key| key.is_text())
        {
            return Key::Far(*key);
        }
        match self.any_value(node) {
            Val::Span(s) if s.is_exact() => Key::Number(s.lo),
            Val::Text(TextVal::Known(t)) => Key::Text(t.to_owned()),
            Val::Text(TextVal::None) => Key::None,
            Val::Row(RowVal::Row(r)) => Key::Number(i64::from(r)),
            Val::Row(RowVal::Absent) => Key::None,
            Val::Truth(Truth::True) => Key::Number(1),
            Val::Truth(Truth::False) => Key::Number(0),
            _ => Key::Unknown,
        }
    }

    /// The value of a node whose type is seen from what it is.
    pub(super) fn any_value(&mut self, node: NodeId) -> Val<'c> {
        match self.node(node) {
            Node::TextCell(..) | Node::Text(_) | Node::Key(..) => Val::Text(self.text(node)),
            Node::Follow(..) | Node::Slot(_) | Node::Pick(..) | Node::RowIf(..) => Val::Row(self.row(node)),
            Node::Bool(..) | Node::And(_) | Node::Or(_) | Node::Not(_) | Node::Compare(..) => Val::Truth(self.truth(node)),
            Node::Var(var) => self.variable(*var),
            _ => Val::Span(self.span(node)),
        }
    }

    fn stretches(&mut self, spans: NodeId) -> Option<Vec<Stretch>> {
        match self.node(spans) {
            Node::Spans(set, start, end) => {
                let mut list = Vec::new();
                let known = self.each(set, |s, _, counts| {
                    let (start, end) = (s.span(*start), s.span(*end));
                    list.push(Stretch { start, end, counts });
                    ControlFlow::Continue(())
                });
                known.then_some(list)
            }
            Node::Join(a, b) => {
                let (mut a, b) = (self.stretches(*a), self.stretches(*b));
                if let (Some(a), Some(b)) = (&mut a, b) {
                    a.extend(b);
                    return Some(std::mem::take(a));
                }
                None
            }
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Number(i64),
    Text(String),
    Far(Sym),
    None,
    Unknown,
}

/// Whether two dates, one of them imprecise, may fall either way round.
fn overlapping(a: Span, b: Span) -> bool {
    !(a.is_absent() || b.is_absent() || (a.is_exact() && b.is_exact())) && a.lo <= b.hi && b.lo <= a.hi
}

/// Whether every span counts and is known to the day.
fn all_sure(list: &[Stretch]) -> bool {
    list.iter().all(|s| s.counts == Truth::True && s.start.is_exact() && s.end.is_exact())
}

/// The least that spans may come to: only those that surely count, from their latest start to the day after their earliest end.
fn shortest(list: &[Stretch], until: i64) -> Vec<(Day, Day)> {
    let sure = list.iter().filter(|s| s.counts == Truth::True);
    sure.filter_map(|s| half_open(s.start.hi, s.end.lo, until)).collect()
}

/// The most that spans may come to.
fn longest(list: &[Stretch], until: i64) -> Vec<(Day, Day)> {
    list.iter().filter_map(|s| half_open(s.start.lo, s.end.hi, until)).collect()
}

/// [start, end + 1日) cut at `until`; none when nothing is left.
fn half_open(start: i64, end: i64, until: i64) -> Option<(Day, Day)> {
    let (past, future) = (i64::from(Day::PAST.0), i64::from(Day::FUTURE.0));
    let after = if end >= future { future } else { end.saturating_add(1) };
    let end = after.min(until).clamp(past, future);
    let start = start.clamp(past, future);
    let day = |n: i64| Day(i32::try_from(n).unwrap_or(Day::FUTURE.0));
    (start < end).then(|| (day(start), day(end)))
}
