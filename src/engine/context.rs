//! What every evaluation of a run shares: the rules bound to the records. Columns are looked up once a node, not once a cell.

use super::quick::Shortcuts;
use super::texts::Texts;
use super::value::{Span, Truth};
use crate::dates::{Calendar, Day};
use crate::records::{Column, FieldId, FieldType, RowId, Store, Sym, TableId};
use crate::rules::ir::{Node, NodeId};
use crate::rules::{RuleSet, timed};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::sync::OnceLock;

/// Rules bound to records, and the day the question is asked on.
pub struct Context<'a> {
    /// The rules.
    pub rules: &'a RuleSet,
    /// The records.
    pub store: &'a Store,
    /// The day the question is asked on.
    pub as_of: Day,
    /// The last day on which it is asked: where it is a later one, what the answer is on all of these days.
    pub until: Day,
    /// Of each node, whether its value can depend on the day; empty where one day is asked about.
    pub(super) timed: Vec<bool>,
    columns: Vec<Option<&'a Column>>,
    orders: Vec<Vec<&'a Column>>,
    peers: Vec<((TableId, FieldId), OnceLock<Peers>)>,
    pub(super) shortcuts: Shortcuts<'a>,
    pub(super) texts: Texts,
}

fn span_of(from: Day, until: Day) -> Span {
    Span { lo: i64::from(from.0), hi: i64::from(until.0) }
}

/// The rows of a table, those with the same text together.
#[derive(Debug, Default)]
struct Peers {
    /// By text: where its rows begin, and how many there are.
    of: FxHashMap<Sym, (u32, u32)>,
    rows: Vec<RowId>,
}

impl Peers {
    fn new(store: &Store, table: TableId, field: FieldId) -> Self {
        let known = store.rows(table);
        let mut all = Self::default();
        let Some(Column::Text(texts)) = known.column(field) else { return all };
        let sound = || {
            let rows = (0u32..).zip(texts);
            rows.filter(|&(row, text)| text.is_text() && !known.is_void(row) && !known.is_ghost(row))
        };
        for (_, text) in sound() {
            all.of.entry(*text).or_default().1 += 1;
        }
        let mut next = 0;
        for (first, count) in all.of.values_mut() {
            (*first, next) = (next, next + std::mem::take(count));
        }
        all.rows.resize(next as usize, 0);
        for (row, text) in sound() {
            if let Some((first, count)) = all.of.get_mut(text) {
                all.rows[(*first + *count) as usize] = row;
                *count += 1;
            }
        }
        all
    }
}

impl<'a> Context<'a> {
    /// Binds rules to records.
    pub fn new(rules: &'a RuleSet, store: &'a Store, as_of: Day) -> Self {
        Self::within(rules, store, as_of, as_of)
    }

    /// Binds rules to records and asks about every day from one to another.
    pub(super) fn within(rules: &'a RuleSet, store: &'a Store, as_of: Day, until: Day) -> Self {
        let column = |t: TableId, f: FieldId| store.rows(t).column(f);
        let columns = rules
            .program
            .nodes
            .iter()
            .map(|node| match node {
                Node::Cell(_, t, f) | Node::Bool(_, t, f) | Node::TextCell(_, t, f) | Node::HasCell(_, t, f) | Node::Follow(_, t, f) => {
                    column(*t, *f)
                }
                _ => None,
            })
            .collect();
        let orders =
            (0..store.schema.tables.len()).map(|t| store.schema.tables[t].order.iter().filter_map(|&f| column(t, f)).collect()).collect();
        let mut peers: Vec<((TableId, FieldId), OnceLock<Peers>)> = Vec::new();
        for node in &rules.program.nodes {
            if let Node::Peers(_, table, field) = node
                && !peers.iter().any(|(of, _)| *of == (*table, *field))
            {
                peers.push(((*table, *field), OnceLock::new()));
            }
        }
        let shortcuts = Shortcuts::new(rules, store, span_of(as_of, until));
        let timed = if as_of == until { Vec::new() } else { timed(&rules.program) };
        Self { rules, store, as_of, until, timed, columns, orders, peers, shortcuts, texts: Texts::default() }
    }

    /// The day on which the question is asked, or all of them.
    #[inline]
    pub fn today(&self) -> Span {
        span_of(self.as_of, self.until)
    }

    /// The column a node reads, if it was exported.
    #[inline]
    pub fn column(&self, node: NodeId) -> Option<&'a Column> {
        self.columns.get(node as usize).copied().flatten()
    }

    /// Whether a cell of a subject's own shows that a rule asks nothing of it.
    #[inline]
    pub(super) fn is_screened_out(&self, rule: usize, subject: RowId) -> bool {
        self.shortcuts.screens.get(rule).is_some_and(|tests| tests.iter().any(|t| t.of(subject) == Truth::False))
    }

    /// The columns that order the rows of a table.
    pub fn order(&self, table: TableId) -> &[&'a Column] {
        self.orders.get(table).map_or(&[], Vec::as_slice)
    }

    /// The table's order: its dates (imprecise ones by their first day), then the key.
    pub(super) fn compare(&self, table: TableId, a: RowId, b: RowId) -> Ordering {
        for column in self.order(table) {
            if let Column::Date(v) = column {
                let first = |r: RowId| v.get(r as usize).map_or(Day(i32::MIN), |d| d.lo);
                match first(a).cmp(&first(b)) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
        }
        self.store.key(table, a).cmp(self.store.key(table, b))
    }

    /// The rows whose reference is blank or unreadable and that may be `owner`'s: not those that are known to be another person's.
    pub(super) fn loose(&self, child: TableId, field: FieldId, owner: RowId) -> Vec<RowId> {
        let store = self.store;
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

    /// The cell that another stands for: a derived table's cell is its base's; a date that is blank and means the same as another is
    /// that other.
    pub fn settled(&self, table: TableId, row: RowId, field: FieldId) -> (TableId, RowId, FieldId) {
        let schema = &self.store.schema;
        let (mut table, mut row, mut field) = (table, row, field);
        if let Some(joined) = schema.tables.get(table).and_then(|t| t.joined.as_ref())
            && let Some(&(first, last)) = self.store.rows(table).made_of.get(row as usize)
        {
            row = if joined.first.contains(&field) { first } else { last };
            table = joined.from;
        }
        if let Some(other) = self.store.stands_for(table, row, field) {
            field = other;
        }
        (table, row, field)
    }

    /// The calendar.
    pub fn calendar(&self) -> &'a Calendar {
        &self.rules.calendar
    }

    /// The rows with the same text in a field; none for blanks.
    pub fn peers(&self, table: TableId, field: FieldId, text: Sym) -> &[RowId] {
        let Some((_, slot)) = self.peers.iter().find(|(of, _)| *of == (table, field)) else { return &[] };
        let index = slot.get_or_init(|| Peers::new(self.store, table, field));
        let Some(&(first, count)) = index.of.get(&text) else { return &[] };
        index.rows.get(first as usize..(first + count) as usize).unwrap_or_default()
    }
}
