//! What is evaluated for whole blocks: expressions over lanes, each worked out once a block however many rules use it.
//!
//! A lane is a subject, or a row of a set of some lane's. Every expression belongs to one set of lanes: the deepest that it depends on.
//! What it says of shallower lanes is lifted to deeper ones. Equal expressions are one.

use super::asks::Ask;
use super::filters::{Filter, FilterAt};
use super::parts;
use super::tallies::{Tally, TallyAt};
use crate::dates::Period;
use crate::records::{FieldId, TableId};
use crate::rules::ir::{Cmp, Pick};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// A set of lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SetId(pub u32);

/// The subjects of the block.
pub const SUBJECTS: SetId = SetId(0);

/// An expression that is true or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TruthAt(pub u32);

/// An expression that is a date, number or code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ValueAt(pub u32);

/// An expression that is a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowAt(pub u32);

/// A table of the latest rows by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KindsAt(pub u32);

/// A cell of the row that an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CellOf {
    /// Which row.
    pub row: RowAt,
    /// Its table.
    pub table: TableId,
    /// The field.
    pub field: FieldId,
}

/// How a truth comes about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TruthOp {
    /// Not for blocks to say.
    Open,
    /// A constant.
    Const(bool),
    /// By what a cell of one byte holds; where there is no row, the last.
    Byte(CellOf, Box<[u8; 256]>, u8),
    /// Whether a cell is filled.
    Filled(CellOf),
    /// All of them.
    And(Vec<TruthAt>),
    /// One of them.
    Or(Vec<TruthAt>),
    /// The opposite.
    Not(TruthAt),
    /// Of two values.
    Compare(Cmp, ValueAt, ValueAt),
    /// Of a value and a constant.
    CompareTo(Cmp, ValueAt, i32),
    /// A code among some.
    InCodes(ValueAt, [u64; 4]),
    /// A number among some.
    InInts(ValueAt, Vec<i64>),
    /// A row exists.
    HasRow(RowAt),
    /// A date or number is there, and is not "not happened".
    HasValue(ValueAt),
    /// A date is not absent.
    Dated(ValueAt),
    /// The same row.
    SameRow(RowAt, RowAt),
    /// The same text.
    SameText(CellOf, CellOf),
    /// What a text is asked.
    OfText(CellOf, TextTest),
    /// Keys of two tables' rows: the same, or the first before the second.
    Keys(Ordering, (TableId, RowAt), (TableId, RowAt)),
    /// A date may be that day.
    Covers(ValueAt, ValueAt),
    /// By condition.
    If(TruthAt, TruthAt, TruthAt),
    /// Open where the lane's row was refused or may not exist, if it is true.
    Sound(TableId, TruthAt),
    /// Some lane of a set.
    Any(SetId, TruthAt),
    /// Some lane of a tally has the key at this place.
    AnyTallied(TallyAt, u32),
    /// All lanes of a set that fulfil the first fulfil the second.
    All(SetId, TruthAt, TruthAt),
    /// Of a row: open where there is none.
    Of(RowAt, TruthAt),
    /// What a shallower lane says.
    Lift(TruthAt),
}

/// How a value comes about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ValueOp {
    /// Not for blocks to say.
    Open,
    /// A constant; absent is one.
    Const(i32),
    /// A cell.
    Cell(CellOf),
    /// The day of birth in an ID number.
    IdBirth(CellOf),
    /// A cell, or the other where it is blank.
    BlankAs(CellOf, ValueAt, ValueAt),
    /// The first that is there.
    FirstOf(Vec<ValueAt>),
    /// The least, absent ones left out.
    Min(Vec<ValueAt>),
    /// The greatest.
    Max(Vec<ValueAt>),
    /// A date some time later.
    AddPeriod(ValueAt, Period),
    /// From one value.
    One(One, ValueAt),
    /// From two values.
    Two(Two, ValueAt, ValueAt),
    /// A day of year, month and day.
    DateOf(ValueAt, ValueAt, ValueAt),
    /// By condition.
    If(TruthAt, ValueAt, ValueAt),
    /// How many lanes of a set.
    Count(SetId, TruthAt),
    /// How many lanes of a tally have the key at this place.
    Tallied(TallyAt, u32),
    /// The sum over the lanes of a set.
    Sum(SetId, TruthAt, ValueAt),
    /// The least over the lanes of a set.
    Least(SetId, TruthAt, ValueAt),
    /// The greatest.
    Greatest(SetId, TruthAt, ValueAt),
    /// Whole months of stretches until a day.
    HeldMonths(Vec<Stretch>, ValueAt),
    /// The day on which stretches reach so many months.
    Reaches(Vec<Stretch>, ValueAt),
    /// Of a row: absent where there is none.
    Of(RowAt, ValueAt),
    /// What a shallower lane says.
    Lift(ValueAt),
}

/// What a text is asked. Texts to hold it against by their number in the program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// Whether it is an ID number.
    IdValid,
    /// Whether it is a man's ID number.
    IdMale,
    /// Whether it is one of some.
    Among(Vec<u32>),
    /// Whether it holds another.
    Holds(u32),
    /// Whether any of some items is not among its own.
    Lacks(Vec<u32>),
    /// Whether any of its items is (or is not) one of some.
    AnyItem(bool, Vec<u32>),
}

/// A function of one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum One {
    /// The year of a date.
    Year,
    /// The month of a date.
    Month,
    /// A code some steps lower in its list of so many.
    Shift(i64, u8),
    /// A code by a table.
    Lookup(Vec<i16>),
}

/// A function of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Two {
    /// A date some months later.
    PlusMonths,
    /// The last day of an impact period.
    ImpactEnd,
    /// Sum, difference, product, quotient.
    Arithmetic(char),
    /// Calendar days.
    Days,
    /// Working days.
    Workdays,
    /// Whole months.
    Months,
    /// Whole years.
    Years,
}

/// A span of time for each lane of a set that fulfils a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// The lanes.
    pub set: SetId,
    /// Which of them.
    pub cond: TruthAt,
    /// From …
    pub start: ValueAt,
    /// … to, both counted.
    pub end: ValueAt,
}

/// How a row comes about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RowOp {
    /// Not for blocks to say.
    Open,
    /// The lane's own.
    Lane,
    /// Where a reference leads.
    Follow(CellOf),
    /// The latest of some kinds.
    Latest(KindsAt, Vec<u8>),
    /// The latest or earliest lane of a set, by the table's order or by a date.
    Pick(Pick, SetId, TruthAt, Option<ValueAt>),
    /// The row, where a condition holds.
    RowIf(RowAt, TruthAt),
    /// The first that is there.
    FirstOf(Vec<RowAt>),
    /// By condition.
    If(TruthAt, RowAt, RowAt),
    /// Of a row: none where there is none.
    Of(RowAt, RowAt),
    /// The row; open where there is none.
    Must(RowAt),
    /// What a shallower lane says.
    Lift(RowAt),
}

/// How rows belong to a lane's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// They refer to it.
    Reference,
    /// They have the same text.
    Text,
}

/// Lanes made of lanes: the rows of a table around each lane's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expansion {
    /// The lanes.
    pub parent: SetId,
    /// Their row.
    pub owner: RowAt,
    /// The table …
    pub table: TableId,
    /// … and the field that refers to the row, or has its text.
    pub field: FieldId,
    /// Which of the two.
    pub by: By,
    /// Which of these rows need not become lanes.
    pub filter: Option<FilterAt>,
    /// Where this is open there may be other rows.
    pub guard: Option<TruthAt>,
}

/// An expression, and the lanes it belongs to.
#[derive(Debug)]
pub struct Expr<Op> {
    /// How it comes about.
    pub op: Op,
    /// Whose it is.
    pub set: SetId,
    /// Whether it is sooner worked out for all lanes than for many.
    pub light: bool,
}

/// Expressions of one kind.
#[derive(Debug)]
pub struct Exprs<Op> {
    /// All of them: each after those it uses.
    pub all: Vec<Expr<Op>>,
    known: FxHashMap<(Op, SetId), u32>,
}

impl<Op> Default for Exprs<Op> {
    fn default() -> Self {
        Self { all: Vec::new(), known: FxHashMap::default() }
    }
}

impl<Op: Clone + Eq + Hash> Exprs<Op> {
    /// An expression of a set; one that is known already is that one.
    pub fn add(&mut self, op: Op, set: SetId) -> u32 {
        self.add_weighed(op, set, false)
    }

    /// The same; `light`: it is sooner worked out for all lanes than for many.
    fn add_weighed(&mut self, op: Op, set: SetId, light: bool) -> u32 {
        let id = self.all.len() as u32;
        match self.known.entry((op, set)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.all.push(Expr { op: new.key().0.clone(), set, light });
                *new.insert(id)
            }
        }
    }
}

/// Everything that the rules over one table ask of its rows.
#[derive(Debug, Default)]
pub struct Plan {
    /// Truths.
    pub truths: Exprs<TruthOp>,
    /// Values.
    pub values: Exprs<ValueOp>,
    /// Rows.
    pub rows: Exprs<RowOp>,
    /// Sets, less the subjects.
    pub sets: Vec<Expansion>,
    /// Tables of the latest rows by kind: of which owner, and by which of the run's kinds.
    pub kinds: Vec<(RowAt, usize)>,
    /// Lanes counted by key.
    pub tallies: Vec<Tally>,
    /// Tests on rows before they become lanes.
    pub filters: Vec<Filter>,
    /// What is asked of parts of subjects, all at once.
    pub parts: parts::Plan,
    /// Conditions on the rows of sets without which they become no lanes.
    pub screens: FxHashMap<SetId, Ask>,
    /// Conditions on the rows of sets that are asked while these are walked, and make lanes of none.
    pub walks: FxHashMap<(SetId, TruthAt), Ask>,
}

impl Plan {
    /// A truth of a set.
    pub fn truth(&mut self, op: TruthOp, set: SetId) -> TruthAt {
        let light = self.is_light_truth(&op);
        TruthAt(self.truths.add_weighed(op, set, light))
    }

    /// A value of a set.
    pub fn value(&mut self, op: ValueOp, set: SetId) -> ValueAt {
        let light = self.is_light_value(&op);
        ValueAt(self.values.add_weighed(op, set, light))
    }

    /// A row of a set.
    pub fn row(&mut self, op: RowOp, set: SetId) -> RowAt {
        let light = self.is_light_row(&op, set);
        RowAt(self.rows.add_weighed(op, set, light))
    }

    /// A set made of another.
    pub fn set(&mut self, made: Expansion) -> SetId {
        let known = self.sets.iter().position(|s| *s == made);
        let at = known.unwrap_or_else(|| {
            self.sets.push(made);
            self.sets.len() - 1
        });
        SetId(at as u32 + 1)
    }

    /// A table of the latest rows by kind.
    pub fn kinds(&mut self, owner: RowAt, kinds: usize) -> KindsAt {
        let known = self.kinds.iter().position(|k| *k == (owner, kinds));
        KindsAt(known.unwrap_or_else(|| {
            self.kinds.push((owner, kinds));
            self.kinds.len() - 1
        }) as u32)
    }

    /// How a set is made; none for the subjects.
    pub fn made(&self, set: SetId) -> Option<&Expansion> {
        self.sets.get((set.0 as usize).checked_sub(1)?)
    }

    /// How a truth comes about.
    pub fn truth_op(&self, at: TruthAt) -> &TruthOp {
        &self.truths.all[at.0 as usize].op
    }

    /// How a value comes about.
    pub fn value_op(&self, at: ValueAt) -> &ValueOp {
        &self.values.all[at.0 as usize].op
    }

    /// How a row comes about.
    pub fn row_op(&self, at: RowAt) -> &RowOp {
        &self.rows.all[at.0 as usize].op
    }

    /// Whose a truth is.
    pub fn set_of_truth(&self, at: TruthAt) -> SetId {
        self.truths.all[at.0 as usize].set
    }

    /// Whose a value is.
    pub fn set_of_value(&self, at: ValueAt) -> SetId {
        self.values.all[at.0 as usize].set
    }

    /// Whose a row is.
    pub fn set_of_row(&self, at: RowAt) -> SetId {
        self.rows.all[at.0 as usize].set
    }

    /// How many sets lie above one.
    pub fn depth(&self, set: SetId) -> usize {
        std::iter::successors(self.made(set), |made| self.made(made.parent)).count()
    }

    /// Whether a set is another or lies above it.
    pub fn is_above(&self, above: SetId, set: SetId) -> bool {
        above == set || self.made(set).is_some_and(|made| self.is_above(above, made.parent))
    }

    /// A truth, said of deeper lanes.
    pub fn lift_truth(&mut self, at: TruthAt, to: SetId) -> TruthAt {
        match (self.set_of_truth(at) == to, self.truth_op(at), self.made(to).map(|m| m.parent)) {
            (true, ..) | (.., None) => at,
            (_, op @ (TruthOp::Const(_) | TruthOp::Open), _) => {
                let op = op.clone();
                self.truth(op, to)
            }
            (.., Some(parent)) => {
                let above = self.lift_truth(at, parent);
                self.truth(TruthOp::Lift(above), to)
            }
        }
    }

    /// A value, said of deeper lanes.
    pub fn lift_value(&mut self, at: ValueAt, to: SetId) -> ValueAt {
        match (self.set_of_value(at) == to, self.value_op(at), self.made(to).map(|m| m.parent)) {
            (true, ..) | (.., None) => at,
            (_, op @ (ValueOp::Const(_) | ValueOp::Open), _) => {
                let op = op.clone();
                self.value(op, to)
            }
            (.., Some(parent)) => {
                let above = self.lift_value(at, parent);
                self.value(ValueOp::Lift(above), to)
            }
        }
    }

    /// A row, said of deeper lanes.
    pub fn lift_row(&mut self, at: RowAt, to: SetId) -> RowAt {
        match (self.set_of_row(at) == to, self.made(to).map(|m| m.parent)) {
            (true, _) | (_, None) => at,
            (_, Some(parent)) => {
                let above = self.lift_row(at, parent);
                self.row(RowOp::Lift(above), to)
            }
        }
    }
}
