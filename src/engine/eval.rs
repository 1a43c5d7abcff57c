//! Evaluation of compiled expressions over the columns, in three values. Nodes are typed when rules load; a node asked for the
//! wrong kind of value answers unknown.

use super::context::Context;
use super::probe::{Probe, Shown};
use super::quick::{Quick, Test, compared};
use super::value::{RowVal, Span, TextVal, Truth};
use crate::records::RowId;
use crate::rules::ir::{Cmp, Node, NodeId};
pub(super) use days::Doubt;
use memo::Latest;

mod cells;
mod days;
mod memo;
mod nodes;

/// Slots of rows, and of variables, that one frame may use.
const FRAME: usize = 16;
/// How many frames may lie on each other (definitions used by definitions).
const FRAMES: usize = 12;

/// Subjects that one rule judges before the next rule takes its turn: enough that a processor knows the way through a rule, few
/// enough that what rules share of them is still remembered. A power of two.
pub(super) const BLOCK: usize = 64;

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
    /// Room for rows, used again and again.
    pub(super) lists: Vec<Vec<(RowId, Truth)>>,
    generation: u32,
    /// Whether the row of a set last visited fulfils the condition for sure, whatever else keeps it from counting.
    pub(super) surely_meant: bool,
    /// Where several days are asked about: what is not the same on all of them.
    pub(super) doubt: Doubt,
    /// Whether conditions that are joined with others are doubted, too: what they read tells in what is found.
    pub(super) strict: bool,
    memory: Vec<Vec<(RowId, Val<'c>)>>,
    latest: Vec<Vec<Latest>>,
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
            lists: Vec::new(),
            generation: 1,
            surely_meant: true,
            doubt: Doubt::default(),
            strict: false,
            memory: vec![Vec::new(); cx.rules.program.definitions.len()],
            latest: vec![Vec::new(); cx.shortcuts.kinds.len()],
        }
    }

    /// Binds the subject; named values are forgotten.
    #[inline]
    pub fn begin(&mut self, subject: RowId) {
        self.base = 0;
        self.rows[0] = subject;
        self.forget();
    }

    /// Starts anew with whoever watches now. Only evaluators that remember nothing of definitions can do so.
    pub fn watched_by(&mut self, probe: P) {
        debug_assert!(!P::QUICK, "what is remembered was remembered for another");
        self.probe = probe;
        self.surely_meant = true;
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

    /// A condition.
    #[inline]
    pub fn truth(&mut self, id: NodeId) -> Truth {
        if P::TIMED {
            return self.truth_timed(id);
        }
        if P::QUICK {
            match &self.cx.shortcuts.of[id as usize] {
                Quick::Tests(tests) => return self.tested(tests),
                Quick::Compared(cmp, a, b) => return self.compared(*cmp, *a, *b),
                Quick::All(items) => return self.all_of(items),
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

    /// Conditions on cells of rows that are bound.
    #[inline]
    fn tested(&self, tests: &[Test<'_>]) -> Truth {
        let mut all = Truth::True;
        for test in tests {
            all = all.and(test.of(self.rows[self.base + usize::from(test.slot)]));
            if all == Truth::False {
                break;
            }
        }
        all
    }

    /// A condition on a row of a set. What it reads is no evidence, and known it lacks nothing: a watcher misses nothing if it is
    /// answered from the cells alone.
    pub(super) fn condition_of_row(&mut self, id: NodeId) -> Truth {
        if self.probe.may_skip()
            && let Quick::Tests(tests) = &self.cx.shortcuts.of[id as usize]
        {
            let known = self.tested(tests);
            if known != Truth::Unknown {
                return known;
            }
        }
        self.truth(id)
    }

    #[inline(never)]
    fn compared(&mut self, cmp: Cmp, a: NodeId, b: NodeId) -> Truth {
        let (a, b) = (self.span(a), self.span(b));
        compared(cmp, a, b)
    }

    #[inline(never)]
    fn all_of(&mut self, items: &[NodeId]) -> Truth {
        let mut all = Truth::True;
        for &item in items {
            all = all.and(self.truth(item));
            if all == Truth::False {
                break;
            }
        }
        all
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
                Quick::Var(var) => {
                    return match self.vars.get(self.base + usize::from(*var)) {
                        Some(Val::Span(span)) => *span,
                        _ => Span::UNKNOWN,
                    };
                }
                Quick::Later(date, period) => {
                    let date = self.span(*date);
                    return self.shifted(date, *period);
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
            return self.hardened(|s| s.span_of(id));
        }
        let mark = self.probe.enter(id);
        let value = self.span_of(id);
        self.probe.leave(id, mark, value.is_exact(), Shown::Span(value));
        value
    }

    /// A text.
    pub fn text(&mut self, id: NodeId) -> TextVal<'c> {
        let mark = if P::WATCH { self.probe.enter(id) } else { 0 };
        let value = self.hardened(|s| s.text_of(id));
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
        // Conditions of sets leave no evidence, and a row found lacks nothing: a watcher need not see how.
        if self.probe.may_skip()
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
            return self.hardened(|s| s.row_of(id));
        }
        let mark = self.probe.enter(id);
        let value = self.row_of(id);
        self.probe.leave(id, mark, value != RowVal::Unknown, Shown::Row(value));
        value
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

    pub(super) fn constant(&self, text: u32) -> &'c str {
        self.cx.rules.program.texts.get(text as usize).map_or("", String::as_str)
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
