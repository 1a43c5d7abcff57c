//! Evaluation of compiled expressions over the columns, in three values. Nodes are typed when rules load; a node asked for the
//! wrong kind of value answers unknown.

use super::context::Context;
use super::id_number::{self, IdNumber};
use super::probe::{Lack, Probe, Shown};
use super::quick::{Quick, compared, in_codes};
use super::value::{RowVal, Span, TextVal, Truth, equal};
use crate::dates::Day;
use crate::records::{
    BAD_CODE, BAD_INT, BAD_NUMBER, BLANK_CODE, BLANK_INT, BLANK_NUMBER, BLANK_ROW, Column, FAR_ROW, FieldId, Filled, NONE_CODE, NONE_ROW,
    RowId, Sym, TableId,
};
use crate::rules::ir::{DefId, Node, NodeId, Ty};

/// Slots of rows, and of variables, that one frame may use.
const FRAME: usize = 16;
/// How many frames may lie on each other (definitions used by definitions).
const FRAMES: usize = 12;
/// Subjects that one rule judges before the next rule takes its turn: enough that a processor knows the way through a rule, few
/// enough that what rules share of them is still remembered. A power of two.
pub(super) const BLOCK: usize = 64;
/// Remembered values of each definition: a power of two. Subjects come one after another, each with the rows around it.
const REMEMBERED: usize = 2 * BLOCK;
/// Owners whose rows by kind are remembered: a power of two.
const OWNERS: usize = 2 * BLOCK;

/// Evaluates the nodes of a run for one subject after another.
pub struct Eval<'c, P> {
    /// What all evaluations share.
    pub cx: &'c Context<'c>,
    /// Who watches.
    pub probe: P,
    rows: [RowId; FRAME * FRAMES],
    vars: [Val<'c>; FRAME * FRAMES],
    pub(super) base: usize,
    lets: Vec<(u32, Val<'c>)>,
    /// Room for dates, used again and again.
    pub(super) spare: Vec<(Span, Truth)>,
    generation: u32,
    /// Whether the row of a set last visited fulfils the condition for sure, whatever else keeps it from counting.
    pub(super) surely_meant: bool,
    memory: Vec<Vec<(RowId, Val<'c>)>>,
    latest: Vec<Vec<Latest>>,
}

/// The latest row of each kind of one owner.
#[derive(Clone, Debug)]
struct Latest {
    owner: RowId,
    /// Whether a row's kind is not known: then the shortcut is none.
    open: bool,
    /// By kind; `RowId::MAX` where there is none.
    rows: Vec<RowId>,
}

/// A value kept: of a let, a definition or a variable.
#[derive(Clone, Copy, Debug)]
pub enum Val<'a> {
    /// A truth.
    Truth(Truth),
    /// A date, number or code.
    Span(Span),
    /// A text.
    Text(TextVal<'a>),
    /// A row.
    Row(RowVal),
}

impl Latest {
    fn none(kinds: usize) -> Self {
        Self { owner: RowId::MAX, open: false, rows: vec![RowId::MAX; kinds] }
    }
}

impl<'c, P: Probe> Eval<'c, P> {
    /// An evaluator that remembers nothing yet.
    pub fn new(cx: &'c Context<'c>, probe: P) -> Self {
        Self {
            cx,
            probe,
            rows: [0; FRAME * FRAMES],
            vars: [Val::Span(Span::ABSENT); FRAME * FRAMES],
            base: 0,
            lets: vec![(0, Val::Truth(Truth::Unknown)); 256],
            spare: Vec::new(),
            generation: 1,
            surely_meant: true,
            memory: vec![Vec::new(); cx.rules.program.definitions.len()],
            latest: cx.shortcuts.kinds.iter().map(|k| vec![Latest::none(k.count); OWNERS]).collect(),
        }
    }

    /// Binds the subject; named values are forgotten.
    #[inline]
    pub fn begin(&mut self, subject: RowId) {
        self.base = 0;
        self.rows[0] = subject;
        self.forget();
    }

    /// Forgets the named values.
    #[inline]
    pub fn forget(&mut self) {
        self.generation = self.generation.wrapping_add(1);
    }

    /// Binds a row to a slot of the frame.
    #[inline]
    pub fn bind_row(&mut self, slot: u8, row: RowId) {
        if let Some(place) = self.rows.get_mut(self.base + usize::from(slot)) {
            *place = row;
        }
    }

    /// Sets a variable of the frame.
    #[inline]
    pub fn bind_var(&mut self, var: u8, value: Val<'c>) {
        if P::WATCH {
            let mark = usize::MAX;
            self.probe.keep_lacks(self.base + usize::from(var), mark);
        }
        if let Some(place) = self.vars.get_mut(self.base + usize::from(var)) {
            *place = value;
        }
    }

    /// Sets a variable of the frame to a value that lacks what has been lacking since a mark.
    #[inline]
    pub fn bind_var_since(&mut self, var: u8, value: Val<'c>, mark: usize) {
        self.bind_var(var, value);
        self.probe.keep_lacks(self.base + usize::from(var), mark);
    }

    pub(super) fn bound_row(&self, slot: u8) -> RowId {
        self.rows.get(self.base + usize::from(slot)).copied().unwrap_or_default()
    }

    pub(super) fn variable(&mut self, var: u8) -> Val<'c> {
        if P::WATCH {
            self.probe.recall_lacks(self.base + usize::from(var));
        }
        self.vars.get(self.base + usize::from(var)).copied().unwrap_or(Val::Span(Span::UNKNOWN))
    }

    #[inline]
    pub(super) fn node(&self, id: NodeId) -> &'c Node {
        // Node numbers come from the arena itself.
        &self.cx.rules.program.nodes[id as usize]
    }

    /// A condition.
    #[inline]
    pub fn truth(&mut self, id: NodeId) -> Truth {
        if P::QUICK {
            match &self.cx.shortcuts.of[id as usize] {
                Quick::Tests(tests) => {
                    let mut all = Truth::True;
                    for test in tests {
                        all = all.and(test.of(self.rows[self.base + usize::from(test.slot)]));
                        if all == Truth::False {
                            break;
                        }
                    }
                    return all;
                }
                Quick::Cell(row, table) => {
                    return match self.row(*row) {
                        RowVal::Row(row) => table.of(row),
                        RowVal::Absent => table.absent,
                        RowVal::Unknown => Truth::Unknown,
                    };
                }
                _ => {}
            }
        }
        self.truth_walked(id)
    }

    #[inline(never)]
    fn truth_walked(&mut self, id: NodeId) -> Truth {
        if !P::WATCH {
            return self.truth_of(id);
        }
        let mark = self.probe.enter(id);
        let value = self.truth_of(id);
        self.probe.leave(id, mark, value != Truth::Unknown, Shown::Truth(value));
        value
    }

    /// A date, number or code.
    #[inline]
    pub fn span(&mut self, id: NodeId) -> Span {
        if P::QUICK {
            match &self.cx.shortcuts.of[id as usize] {
                Quick::Date(slot, cells) => {
                    let row = self.rows[self.base + usize::from(*slot)];
                    return cells.get(row as usize).map_or(Span::UNKNOWN, |date| Span::of_date(*date));
                }
                Quick::DateOf(row, cells) => {
                    return match self.row(*row) {
                        RowVal::Row(row) => cells.get(row as usize).map_or(Span::UNKNOWN, |date| Span::of_date(*date)),
                        RowVal::Absent => Span::ABSENT,
                        RowVal::Unknown => Span::UNKNOWN,
                    };
                }
                _ => {}
            }
        }
        self.span_walked(id)
    }

    #[inline(never)]
    fn span_walked(&mut self, id: NodeId) -> Span {
        if !P::WATCH {
            return self.span_of(id);
        }
        let mark = self.probe.enter(id);
        let value = self.span_of(id);
        self.probe.leave(id, mark, value.is_exact(), Shown::Span(value));
        value
    }

    /// A text.
    pub fn text(&mut self, id: NodeId) -> TextVal<'c> {
        let mark = if P::WATCH { self.probe.enter(id) } else { 0 };
        let value = self.text_of(id);
        if P::WATCH {
            self.probe.leave(id, mark, value != TextVal::Unknown, Shown::Text(value));
        }
        value
    }

    /// A row.
    #[inline(always)]
    pub fn row(&mut self, id: NodeId) -> RowVal {
        if let Node::Slot(slot) = self.node(id) {
            return RowVal::Row(self.rows[self.base + usize::from(*slot)]);
        }
        if P::QUICK
            && let Quick::Latest(kinds, owner, codes) = &self.cx.shortcuts.of[id as usize]
            && let Some(found) = self.latest_of(*kinds, *owner, codes)
        {
            return found;
        }
        self.row_walked(id)
    }

    #[inline(never)]
    fn row_walked(&mut self, id: NodeId) -> RowVal {
        if !P::WATCH {
            return self.row_of(id);
        }
        let mark = self.probe.enter(id);
        let value = self.row_of(id);
        self.probe.leave(id, mark, value != RowVal::Unknown, Shown::Row(value));
        value
    }

    fn truth_of(&mut self, id: NodeId) -> Truth {
        match self.node(id) {
            Node::Truth(b) => Truth::of(*b),
            Node::And(items) => {
                let mut all = Truth::True;
                for &item in items {
                    all = all.and(self.truth(item));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Node::Or(items) => {
                let mut any = Truth::False;
                for &item in items {
                    any = any.or(self.truth(item));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Node::Not(one) => !self.truth(*one),
            Node::Compare(cmp, a, b) => {
                let (a, b) = (self.span(*a), self.span(*b));
                compared(*cmp, a, b)
            }
            Node::InCodes(code, mask) => in_codes(self.span(*code), mask),
            Node::InInts(value, list) => {
                let value = self.span(*value);
                list.iter().fold(Truth::False, |t, &i| t.or(equal(value, Span::exact(i))))
            }
            Node::Bool(row, table, field) => self.bool_cell(id, *row, *table, *field),
            Node::HasRow(row) => match self.row(*row) {
                RowVal::Row(_) => Truth::True,
                RowVal::Absent => Truth::False,
                RowVal::Unknown => Truth::Unknown,
            },
            Node::HasCell(row, table, field) => self.has_cell(id, *row, *table, *field),
            Node::HasValue(value) => {
                let value = self.span(*value);
                if value.is_absent() || value == Span::exact(i64::from(Day::FUTURE.0)) || value == Span::exact(i64::from(Day::PAST.0)) {
                    Truth::False
                } else if value.is_unknown() {
                    Truth::Unknown
                } else {
                    Truth::True
                }
            }
            Node::SameText(a, b) => self.compare_texts(*a, *b, |a, b| a == b),
            Node::TextBefore(a, b) => self.compare_texts(*a, *b, |a, b| a < b),
            Node::SameTextLoosely(a, b) => self.compare_texts(*a, *b, |a, b| squeezed(a).eq(squeezed(b))),
            Node::Overlaps(a, b) => self.compare_texts(*a, *b, |a, b| {
                let (a, b): (String, String) = (squeezed(a).collect(), squeezed(b).collect());
                a.contains(&b) || b.contains(&a)
            }),
            Node::IdValid(text) => self.id_number(*text, |n| Truth::of(n.is_some())),
            Node::IdMale(text) => self.id_number(*text, |n| n.map_or(Truth::Unknown, |n| Truth::of(n.male))),
            Node::Covers(date, day) => covers(self.span(*date), self.span(*day)),
            Node::Exported(table, field) => {
                let rows = self.cx.store.rows(*table);
                Truth::of(rows.exported && field.is_none_or(|f| rows.column(f).is_some()))
            }
            Node::Contains(a, b) => self.compare_texts(*a, *b, |a, b| a.contains(b)),
            Node::InTexts(text, list) => match self.text(*text) {
                TextVal::Known(text) => Truth::of(list.iter().any(|&t| self.constant(t) == text)),
                TextVal::None => Truth::False,
                TextVal::Unknown => Truth::Unknown,
            },
            Node::SameRow(a, b) => match (self.row(*a), self.row(*b)) {
                (RowVal::Unknown, _) | (_, RowVal::Unknown) => Truth::Unknown,
                (RowVal::Row(a), RowVal::Row(b)) => Truth::of(a == b),
                _ => Truth::False,
            },
            Node::Any(set) => self.any(set),
            Node::All(set, must) => self.all(set, *must),
            Node::AnyOf(list, var, cond) => self.over_list(*list, *var, *cond, Truth::False),
            Node::AllOf(list, var, cond) => self.over_list(*list, *var, *cond, Truth::True),
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.truth(*yes),
                Truth::False => self.truth(*no),
                Truth::Unknown => {
                    let (yes, no) = (self.truth(*yes), self.truth(*no));
                    if yes == no { yes } else { Truth::Unknown }
                }
            },
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Truth(t)) => t,
                _ => Truth::Unknown,
            },
            Node::Let(slot, body) => match self.named(*slot, |s| Val::Truth(s.truth(*body))) {
                Val::Truth(t) => t,
                _ => Truth::Unknown,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Truth(t) => t,
                _ => Truth::Unknown,
            },
            _ => Truth::Unknown,
        }
    }

    fn span_of(&mut self, id: NodeId) -> Span {
        match self.node(id) {
            Node::Int(i) => Span::exact(*i),
            Node::Absent => Span::ABSENT,
            Node::AsOf => Span::exact(i64::from(self.cx.as_of.0)),
            Node::Cell(row, table, field) => self.cell(id, *row, *table, *field),
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.span(*yes),
                Truth::False => self.span(*no),
                Truth::Unknown => self.span(*yes).hull(self.span(*no)),
            },
            Node::FirstOf(items) => {
                let mut found = Span::ABSENT;
                for &item in items {
                    found = self.span(item);
                    if !found.is_absent() {
                        break;
                    }
                }
                found
            }
            Node::Min(items) => self.merged(items, |a, b| Span { lo: a.lo.min(b.lo), hi: a.hi.min(b.hi) }),
            Node::Max(items) => self.merged(items, |a, b| Span { lo: a.lo.max(b.lo), hi: a.hi.max(b.hi) }),
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Span(s)) => s,
                Some(_) => Span::UNKNOWN,
                None => Span::ABSENT,
            },
            Node::Let(slot, body) => match self.named(*slot, |s| Val::Span(s.span(*body))) {
                Val::Span(s) => s,
                _ => Span::UNKNOWN,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Span(s) => s,
                _ => Span::UNKNOWN,
            },
            Node::BlankAs(cell, other) => self.blank_as(*cell, *other),
            Node::Count(_)
            | Node::Distinct(..)
            | Node::Sum(..)
            | Node::Least(..)
            | Node::Greatest(..)
            | Node::HeldMonths(..)
            | Node::Reaches(..) => self.aggregate(id),
            Node::Size(list) => self.list_size(*list),
            Node::IdBirth(text) => match self.text(*text) {
                TextVal::Known(text) => id_number::read(text).map_or(Span::ABSENT, |n| Span::exact(i64::from(n.birth.0))),
                TextVal::None => Span::ABSENT,
                TextVal::Unknown => Span::UNKNOWN,
            },
            _ => self.computed(id),
        }
    }

    fn text_of(&mut self, id: NodeId) -> TextVal<'c> {
        match self.node(id) {
            Node::Text(t) => TextVal::Known(self.constant(*t)),
            Node::TextCell(row, table, field) => {
                let Some(row) = self.cell_row(*row, *table) else { return TextVal::Unknown };
                if P::WATCH {
                    self.probe.cell(*table, row, *field);
                }
                let sym = match self.cx.column(id) {
                    Some(Column::Text(v)) => v.get(row as usize).copied().unwrap_or(Sym::BAD),
                    _ => {
                        self.probe.lack(Lack::Column(*table, *field));
                        return TextVal::Unknown;
                    }
                };
                match self.cx.store.texts.get(sym) {
                    Some(text) => TextVal::Known(text),
                    None if sym == Sym::NONE => TextVal::None,
                    None => {
                        self.probe.lack(Lack::Cell(*table, row, *field));
                        TextVal::Unknown
                    }
                }
            }
            Node::Key(row, table) => match self.row(*row) {
                RowVal::Row(row) => TextVal::Known(self.cx.store.key(*table, row)),
                RowVal::Absent => TextVal::None,
                RowVal::Unknown => TextVal::Unknown,
            },
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Text(t)) => t,
                _ => TextVal::Unknown,
            },
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.text(*yes),
                Truth::False => self.text(*no),
                Truth::Unknown => TextVal::Unknown,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Text(t) => t,
                _ => TextVal::Unknown,
            },
            _ => TextVal::Unknown,
        }
    }

    fn row_of(&mut self, id: NodeId) -> RowVal {
        match self.node(id) {
            Node::Slot(slot) => RowVal::Row(self.rows[self.base + usize::from(*slot)]),
            Node::Follow(row, table, field) => self.follow(id, *row, *table, *field),
            Node::Pick(pick, set, by) => self.pick(*pick, set, *by),
            Node::RowIf(row, cond) => match self.row(*row) {
                RowVal::Absent => RowVal::Absent,
                found => match self.truth(*cond) {
                    Truth::True => found,
                    Truth::False => RowVal::Absent,
                    Truth::Unknown => RowVal::Unknown,
                },
            },
            Node::FirstOf(items) => {
                let mut found = RowVal::Absent;
                for &item in items {
                    found = self.row(item);
                    if found != RowVal::Absent {
                        break;
                    }
                }
                found
            }
            Node::If(cond, yes, no) => match self.truth(*cond) {
                Truth::True => self.row(*yes),
                Truth::False => self.row(*no),
                Truth::Unknown => {
                    let (yes, no) = (self.row(*yes), self.row(*no));
                    if yes == no { yes } else { RowVal::Unknown }
                }
            },
            Node::Def(def, row) => match self.definition(*def, *row) {
                Some(Val::Row(r)) => r,
                Some(_) => RowVal::Unknown,
                None => RowVal::Absent,
            },
            Node::Let(slot, body) => match self.named(*slot, |s| Val::Row(s.row(*body))) {
                Val::Row(r) => r,
                _ => RowVal::Unknown,
            },
            Node::Var(var) => match self.variable(*var) {
                Val::Row(r) => r,
                _ => RowVal::Unknown,
            },
            _ => RowVal::Unknown,
        }
    }

    /// The row whose cell is read: none when there is no row, or it is not known which.
    #[inline]
    pub(super) fn cell_row(&mut self, row: NodeId, table: TableId) -> Option<RowId> {
        match self.row(row) {
            RowVal::Row(row) => Some(row),
            RowVal::Absent => {
                self.probe.lack(Lack::NoRow(table));
                None
            }
            RowVal::Unknown => None,
        }
    }

    #[inline]
    fn cell(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> Span {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            RowVal::Absent => {
                self.probe.lack(Lack::NoRow(table));
                return Span::ABSENT;
            }
            RowVal::Unknown => return Span::UNKNOWN,
        };
        if P::WATCH {
            self.probe.cell(table, row, field);
        }
        if P::ASSUMES
            && let Some(value) = self.assumed(table, row, field)
        {
            return value;
        }
        let at = row as usize;
        let value = match self.cx.column(id) {
            Some(Column::Date(v)) => v.get(at).map_or(Span::UNKNOWN, |d| Span::of_date(*d)),
            Some(Column::Int(v)) => match v.get(at).copied() {
                None | Some(BAD_INT | BLANK_INT) => Span::UNKNOWN,
                Some(i) => Span::exact(i64::from(i)),
            },
            Some(Column::Number(v)) => match v.get(at).copied() {
                None | Some(BAD_NUMBER | BLANK_NUMBER) => Span::UNKNOWN,
                Some(n) => Span::exact(n),
            },
            Some(Column::Code(v)) => match v.get(at).copied() {
                Some(NONE_CODE) => Span::exact(-1),
                None | Some(BAD_CODE | BLANK_CODE) => self.any_code(table, field),
                Some(code) => Span::exact(i64::from(code)),
            },
            _ => {
                self.probe.lack(Lack::Column(table, field));
                return self.any_code(table, field);
            }
        };
        if P::WATCH && !value.is_exact() {
            self.lack_cell(table, row, field);
        }
        value
    }

    /// A cell is not known exactly: for the start of a derived row, what leaves the joining open is why.
    fn lack_cell(&mut self, table: TableId, row: RowId, field: FieldId) {
        if !self.starts_open(table, row, field) || !self.lack_joining(table, row) {
            self.probe.lack(Lack::Cell(table, row, field));
        }
    }

    /// Whether a cell is the start of rows of which it is open whether they are one.
    fn starts_open(&self, table: TableId, row: RowId, field: FieldId) -> bool {
        let start = self.cx.store.schema.tables.get(table).and_then(|t| t.joined.as_ref()).map(|j| j.start);
        start == Some(field) && self.cx.store.rows(table).left_open(row).next().is_some()
    }

    /// Says what leaves it open whether rows are one; false if nothing does.
    pub(super) fn lack_joining(&mut self, table: TableId, row: RowId) -> bool {
        let store = self.cx.store;
        let Some(from) = store.schema.tables.get(table).and_then(|t| t.joined.as_ref()).map(|j| j.from) else { return false };
        let mut any = false;
        for (cause, field) in store.rows(table).left_open(row) {
            any = true;
            self.probe.lack(match store.rows(from).column(field) {
                Some(_) => Lack::Cell(from, cause, field),
                None => Lack::Column(from, field),
            });
        }
        any
    }

    fn assumed(&self, table: TableId, row: RowId, field: FieldId) -> Option<Span> {
        // The start of rows that may be one is not the start of the first of them, whatever that is.
        if self.starts_open(table, row, field) {
            return None;
        }
        let (table, row, field) = self.cx.settled(table, row, field);
        self.probe.assumed(table, row, field)
    }

    /// What an unknown cell of a field may be: any of its codes, or anything.
    fn any_code(&self, table: TableId, field: FieldId) -> Span {
        let schema = &self.cx.store.schema;
        let list = schema.tables.get(table).and_then(|t| t.fields.get(field)).and_then(|f| match f.ty {
            crate::records::FieldType::Code(list) => schema.lists.get(list),
            _ => None,
        });
        match list {
            Some(list) => Span { lo: 0, hi: list.values.len() as i64 - 1 },
            None => Span::UNKNOWN,
        }
    }

    #[inline]
    fn bool_cell(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> Truth {
        let Some(row) = self.cell_row(row, table) else { return Truth::Unknown };
        if P::WATCH {
            self.probe.cell(table, row, field);
        }
        if P::ASSUMES
            && let Some(value) = self.assumed(table, row, field)
        {
            return Truth::of(value.lo == 1);
        }
        match self.cx.column(id) {
            Some(Column::Bool(v)) => match v.get(row as usize) {
                Some(0) => Truth::False,
                Some(1) => Truth::True,
                _ => {
                    self.probe.lack(Lack::Cell(table, row, field));
                    Truth::Unknown
                }
            },
            _ => {
                self.probe.lack(Lack::Column(table, field));
                Truth::Unknown
            }
        }
    }

    fn has_cell(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> Truth {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            RowVal::Absent => return Truth::False,
            RowVal::Unknown => return Truth::Unknown,
        };
        if P::WATCH {
            self.probe.cell(table, row, field);
        }
        let Some(column) = self.cx.column(id) else {
            self.probe.lack(Lack::Column(table, field));
            return Truth::Unknown;
        };
        match column.filled(row as usize) {
            Filled::Yes => Truth::True,
            Filled::No => Truth::False,
            Filled::Unknown => {
                self.probe.lack(Lack::Cell(table, row, field));
                Truth::Unknown
            }
        }
    }

    #[inline]
    fn follow(&mut self, id: NodeId, row: NodeId, table: TableId, field: FieldId) -> RowVal {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            other => return other,
        };
        match self.cx.column(id) {
            Some(Column::Ref(v)) => match v.get(row as usize).copied().unwrap_or(BLANK_ROW) {
                NONE_ROW => RowVal::Absent,
                FAR_ROW => {
                    let target = match self.cx.store.schema.tables[table].fields[field].ty {
                        crate::records::FieldType::Ref(target) => target,
                        _ => table,
                    };
                    self.probe.lack(Lack::Table(target));
                    RowVal::Unknown
                }
                to if to > FAR_ROW => {
                    self.probe.lack(Lack::Cell(table, row, field));
                    RowVal::Unknown
                }
                to => RowVal::Row(to),
            },
            _ => {
                self.probe.lack(Lack::Column(table, field));
                RowVal::Unknown
            }
        }
    }

    fn blank_as(&mut self, cell: NodeId, other: NodeId) -> Span {
        if let Node::Cell(row, table, field) = self.node(cell) {
            let (row, table, field) = (*row, *table, *field);
            if let RowVal::Row(r) = self.row(row)
                && self.cx.column(cell).is_some_and(|c| c.filled(r as usize) == Filled::No)
            {
                if P::WATCH {
                    self.probe.cell(table, r, field);
                }
                return self.span(other);
            }
        }
        match self.span(cell) {
            absent if absent.is_absent() => self.span(other),
            value => value,
        }
    }

    fn merged(&mut self, items: &[NodeId], both: impl Fn(Span, Span) -> Span) -> Span {
        let mut result = Span::ABSENT;
        for &item in items {
            let value = self.span(item);
            result = match (result.is_absent(), value.is_absent()) {
                (true, _) => value,
                (_, true) => result,
                _ => both(result, value),
            };
        }
        result
    }

    fn compare_texts(&mut self, a: NodeId, b: NodeId, holds: impl Fn(&str, &str) -> bool) -> Truth {
        match (self.text(a), self.text(b)) {
            (TextVal::Unknown, _) | (_, TextVal::Unknown) => Truth::Unknown,
            (TextVal::Known(a), TextVal::Known(b)) => Truth::of(holds(a, b)),
            _ => Truth::False,
        }
    }

    fn id_number(&mut self, text: NodeId, says: impl Fn(Option<IdNumber>) -> Truth) -> Truth {
        match self.text(text) {
            TextVal::Known(text) => says(id_number::read(text)),
            TextVal::None => says(None),
            TextVal::Unknown => Truth::Unknown,
        }
    }

    pub(super) fn constant(&self, text: u32) -> &'c str {
        self.cx.rules.program.texts.get(text as usize).map_or("", String::as_str)
    }

    #[inline]
    fn named(&mut self, slot: u8, make: impl FnOnce(&mut Self) -> Val<'c>) -> Val<'c> {
        let (generation, value) = self.lets[usize::from(slot)];
        // A watcher wants to see how the value came about, each time it is used.
        if P::QUICK && generation == self.generation {
            return value;
        }
        let value = make(self);
        self.lets[usize::from(slot)] = (self.generation, value);
        value
    }

    /// The latest row of some kinds of an owner; none where that has to be found out the long way.
    fn latest_of(&mut self, kinds: usize, owner: NodeId, codes: &[u8]) -> Option<RowVal> {
        let owner = match self.node(owner) {
            Node::Slot(slot) => self.rows[self.base + usize::from(*slot)],
            _ => match self.row_walked(owner) {
                RowVal::Row(row) => row,
                other => return Some(other),
            },
        };
        let at = owner as usize & (OWNERS - 1);
        if self.latest[kinds][at].owner != owner {
            self.find_latest(kinds, owner, at);
        }
        let known = &self.latest[kinds][at];
        if known.open {
            return None;
        }
        if let [code] = codes {
            let row = known.rows.get(usize::from(*code)).copied().unwrap_or(RowId::MAX);
            return Some(if row == RowId::MAX { RowVal::Absent } else { RowVal::Row(row) });
        }
        let table = self.cx.shortcuts.kinds[kinds].table;
        let mut best = RowId::MAX;
        for row in codes.iter().filter_map(|&code| known.rows.get(usize::from(code)).copied()).filter(|&row| row != RowId::MAX) {
            if best == RowId::MAX || self.compare(table, best, row).is_lt() {
                best = row;
            }
        }
        Some(if best == RowId::MAX { RowVal::Absent } else { RowVal::Row(best) })
    }

    #[inline(never)]
    fn find_latest(&mut self, kinds: usize, owner: RowId, at: usize) {
        let cx = self.cx;
        let kinds_of = &cx.shortcuts.kinds[kinds];
        let mut found = std::mem::replace(&mut self.latest[kinds][at], Latest::none(0));
        (found.owner, found.open) = (owner, false);
        found.rows.fill(RowId::MAX);
        for row in kinds_of.link.children(owner) {
            let kind = kinds_of.cells.get(row as usize).copied().unwrap_or(BAD_CODE);
            found.open |= matches!(kind, BAD_CODE | BLANK_CODE);
            if let Some(known) = found.rows.get_mut(usize::from(kind))
                && (*known == RowId::MAX || self.compare(kinds_of.table, *known, row).is_lt())
            {
                *known = row;
            }
        }
        self.latest[kinds][at] = found;
    }

    /// A definition's value for a row; none for no row. Remembered by row: many rules ask the same.
    fn definition(&mut self, def: DefId, row: NodeId) -> Option<Val<'c>> {
        let row = match self.row(row) {
            RowVal::Row(row) => row,
            RowVal::Absent => {
                self.probe.lack(Lack::NoRow(self.cx.rules.program.definitions[def as usize].table));
                return None;
            }
            RowVal::Unknown => return Some(Val::Truth(Truth::Unknown)),
        };
        let at = row as usize & (REMEMBERED - 1);
        let remembers = P::QUICK;
        if remembers {
            let memory = &mut self.memory[def as usize];
            if memory.is_empty() {
                memory.resize(REMEMBERED, (RowId::MAX, Val::Truth(Truth::Unknown)));
            }
            let (known, value) = memory[at];
            if known == row {
                return Some(value);
            }
        }
        let definition = &self.cx.rules.program.definitions[def as usize];
        let value = self.in_frame(row, |s| match definition.ty {
            Ty::Truth => Val::Truth(s.truth(definition.body)),
            Ty::Text => Val::Text(s.text(definition.body)),
            Ty::Row(_) => Val::Row(s.row(definition.body)),
            _ => Val::Span(s.span(definition.body)),
        });
        if remembers {
            self.memory[def as usize][at] = (row, value);
        }
        Some(value)
    }

    /// Evaluates with a row as the subject of a frame of its own.
    pub(super) fn in_frame<T>(&mut self, row: RowId, f: impl FnOnce(&mut Self) -> T) -> T {
        let base = self.base;
        // Circles among definitions are refused at load; what is left is no deeper than the definitions are many.
        self.base = (base + FRAME).min(FRAME * (FRAMES - 1));
        let saved = self.rows[self.base];
        self.rows[self.base] = row;
        let value = f(self);
        self.rows[self.base] = saved;
        self.base = base;
        value
    }
}

/// Whether a day is one of those that a date may stand for.
fn covers(date: Span, day: Span) -> Truth {
    if date.is_absent() || date.is_unknown() || !day.is_exact() {
        return Truth::Unknown;
    }
    Truth::of(date.lo <= day.lo && day.lo <= date.hi)
}

fn squeezed(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}
