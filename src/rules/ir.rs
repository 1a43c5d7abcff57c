//! Compiled rules: typed nodes in one arena, ready to be evaluated over columns. Types are settled; nothing here can fail for
//! its type. The engine evaluates; this only says what.

mod walk;

use crate::dates::{Day, Period};
use crate::records::{FieldId, ListId, TableId};

/// A node's number in its [`Program`].
pub type NodeId = u32;
/// A definition's number in [`Program::definitions`].
pub type DefId = u32;

/// The type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// True, false or unknown.
    Truth,
    /// A date.
    Date,
    /// A whole number, and what it counts.
    Int(Unit),
    /// A decimal number (thousandths).
    Number,
    /// A code of a list.
    Code(ListId),
    /// Text.
    Text,
    /// A row of a table.
    Row(TableId),
    /// Rows of a table.
    Rows(TableId),
    /// Spans of time.
    Spans,
    /// A list of codes.
    Codes(ListId),
    /// A list of texts.
    Texts,
    /// A range of whole numbers.
    Ints,
}

/// What a whole number counts. Days are not months: they do not compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nothing in particular.
    Plain,
    /// Calendar days.
    Days,
    /// Working days.
    Workdays,
    /// Whole months.
    Months,
    /// Whole years.
    Years,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cmp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Which row of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pick {
    /// The last in the table's order.
    Latest,
    /// The first in the table's order.
    Earliest,
}

/// One operation. Children are earlier nodes of the same arena.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    // Truth
    /// A constant.
    Truth(bool),
    /// All of them.
    And(Vec<NodeId>),
    /// One of them.
    Or(Vec<NodeId>),
    /// The opposite.
    Not(NodeId),
    /// Dates, numbers and codes by number.
    Compare(Cmp, NodeId, NodeId),
    /// Texts: equal or not.
    SameText(NodeId, NodeId),
    /// The first text comes before the second, by bytes.
    TextBefore(NodeId, NodeId),
    /// Texts: equal when all blanks are dropped.
    SameTextLoosely(NodeId, NodeId),
    /// Texts: one holds the other, blanks dropped.
    Overlaps(NodeId, NodeId),
    /// Texts: the first holds the second.
    Contains(NodeId, NodeId),
    /// A text is an ID number as the standard makes them.
    IdValid(NodeId),
    /// An ID number is a man's.
    IdMale(NodeId),
    /// A date, however imprecise, may be that day.
    Covers(NodeId, NodeId),
    /// A table, or a column of it, was exported.
    Exported(TableId, Option<FieldId>),
    /// Rows: the same row.
    SameRow(NodeId, NodeId),
    /// A code among constants (one bit a code).
    InCodes(NodeId, [u64; 4]),
    /// A text among constants.
    InTexts(NodeId, Vec<u32>),
    /// A whole number among constants.
    InInts(NodeId, Vec<i64>),
    /// A yes/no cell.
    Bool(NodeId, TableId, FieldId),
    /// A row exists.
    HasRow(NodeId),
    /// A cell is filled.
    HasCell(NodeId, TableId, FieldId),
    /// A date or number is there (not absent, not "not happened").
    HasValue(NodeId),
    /// Some row of a set fulfils the condition.
    Any(Set),
    /// Every row that fulfils the first condition fulfils the second.
    All(Set, NodeId),
    /// Some element of a list fulfils the condition; the element is bound to the slot.
    AnyOf(NodeId, u8, NodeId),
    /// Every element does.
    AllOf(NodeId, u8, NodeId),
    // Dates, numbers, codes
    /// A constant.
    Int(i64),
    /// A day that stands for "no value": what is read from a row that does not exist.
    Absent,
    /// The day the question is asked on.
    AsOf,
    /// A date, number or code cell.
    Cell(NodeId, TableId, FieldId),
    /// The earliest (latest) of several, absent ones left out.
    Min(Vec<NodeId>),
    /// See [`Node::Min`].
    Max(Vec<NodeId>),
    /// The first that is there.
    FirstOf(Vec<NodeId>),
    /// A date some time later (earlier if negative).
    AddPeriod(NodeId, Period),
    /// A date some months later.
    PlusMonths(NodeId, NodeId),
    /// The last day of an impact period of some months.
    ImpactEnd(NodeId, NodeId),
    /// Sum, difference, product, quotient (towards −∞).
    Arithmetic(char, NodeId, NodeId),
    /// Calendar days, both ends counted.
    DaysBetween(NodeId, NodeId),
    /// Working days, both ends counted.
    WorkdaysBetween(NodeId, NodeId),
    /// Whole months.
    MonthsBetween(NodeId, NodeId),
    /// Whole years.
    YearsBetween(NodeId, NodeId),
    /// The year of a date.
    YearOf(NodeId),
    /// The month of a date.
    MonthOf(NodeId),
    /// The day of birth in an ID number; absent where there is none.
    IdBirth(NodeId),
    /// A date of year, month, day.
    DateOf(NodeId, NodeId, NodeId),
    /// How many rows.
    Count(Set),
    /// How many different combinations of cells.
    Distinct(Set, Vec<NodeId>),
    /// The sum of a number over rows.
    Sum(Set, NodeId),
    /// The least of a value over rows (the highest of a code).
    Least(Set, NodeId),
    /// The greatest.
    Greatest(Set, NodeId),
    /// A code some steps lower (positive) or higher in its list of this many.
    Shift(NodeId, i64, u8),
    /// A code by a table: for each key code a code, −1 where there is none.
    Lookup(NodeId, Vec<i16>, ListId),
    /// Whole months of merged spans, cut at a date.
    HeldMonths(NodeId, NodeId),
    /// The day on which merged spans reach a number of months.
    Reaches(NodeId, NodeId),
    /// How many elements a list has.
    Size(NodeId),
    /// The value when the cell is filled, else the constant.
    BlankAs(NodeId, NodeId),
    /// By condition: truth, date, number, code, text or row.
    If(NodeId, NodeId, NodeId),
    // Text
    /// A constant, by number in [`Program::texts`].
    Text(u32),
    /// A text cell.
    TextCell(NodeId, TableId, FieldId),
    /// A row's key.
    Key(NodeId, TableId),
    // Rows
    /// The row bound to a slot of the frame.
    Slot(u8),
    /// The row that a reference leads to.
    Follow(NodeId, TableId, FieldId),
    /// The latest or earliest row of a set, by the table's order or by a date.
    Pick(Pick, Set, Option<NodeId>),
    /// The row, or none when the condition is false.
    RowIf(NodeId, NodeId),
    // Sets
    /// The rows of a table that refer to a row through a field.
    Children(NodeId, TableId, FieldId),
    /// Every row of a table.
    AllRows(TableId),
    /// The rows of a table with the same value of a text field as the row.
    Peers(NodeId, TableId, FieldId),
    /// The rows of a set that fulfil its condition.
    Rows(Set),
    // Spans
    /// A span for each row of a set.
    Spans(Set, NodeId, NodeId),
    /// Both.
    Join(NodeId, NodeId),
    // Lists
    /// Codes.
    CodeList(Vec<u8>),
    /// Texts, by number.
    TextList(Vec<u32>),
    /// Whole numbers.
    IntList(Vec<i64>),
    /// The years from one to another, both counted.
    Years(NodeId, NodeId),
    /// The complete years before as-of.
    LastYears(NodeId),
    /// The elements that fulfil a condition.
    PickOf(NodeId, u8, NodeId),
    /// The items of the list that a separated text does not hold.
    Lacking(NodeId, NodeId),
    /// The items of a separated text.
    Items(NodeId),
    // Sharing
    /// A definition's value for a row.
    Def(DefId, NodeId),
    /// A named value of the rule, computed once a subject.
    Let(u8, NodeId),
    /// A variable of a script.
    Var(u8),
}

/// A set of rows with a condition: the row is bound to the slot while the condition is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set {
    /// The rows, a [`Ty::Rows`] node.
    pub rows: NodeId,
    /// Their table.
    pub table: TableId,
    /// Where the row is bound.
    pub slot: u8,
    /// The condition, if there is one.
    pub cond: Option<NodeId>,
}

/// A definition: a named value of each row of a table.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Whose rows.
    pub table: TableId,
    /// Its type.
    pub ty: Ty,
    /// Its value, with the row in slot 0.
    pub body: NodeId,
    /// Its text, for traces.
    pub text: String,
}

/// The arena of nodes, and what they share.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// What each node was written as, for traces; empty for what nobody wrote.
    pub words: Vec<String>,
    /// The constants of text nodes.
    pub texts: Vec<String>,
    /// The shared definitions.
    pub definitions: Vec<Definition>,
}

impl Program {
    /// Adds a node.
    pub fn add(&mut self, node: Node, words: impl Into<String>) -> NodeId {
        self.nodes.push(node);
        self.words.push(words.into());
        NodeId::try_from(self.nodes.len() - 1).unwrap_or(NodeId::MAX)
    }

    /// The number of a constant text.
    pub fn text(&mut self, text: &str) -> u32 {
        let found = self.texts.iter().position(|t| t == text);
        let id = found.unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        u32::try_from(id).unwrap_or(u32::MAX)
    }
}

/// A sentence with values in it.
#[derive(Clone, Debug, Default)]
pub struct Template(pub Vec<Piece>);

/// Sentences by condition: the first whose condition holds.
#[derive(Clone, Debug, Default)]
pub struct Message(pub Vec<(Option<NodeId>, Template)>);

/// A piece of a sentence.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A value.
    Value(NodeId, Ty),
    /// A value the engine supplies (`due`, `days`).
    Given(Given),
}

/// What the engine supplies to the sentences of deadlines and sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The due date.
    Due,
    /// The late date.
    EvidenceDate,
    /// Days past due; or of a shortfall.
    Days,
    /// The stage at fault.
    Stage,
    /// The earlier stage.
    Earlier,
    /// The later stage.
    Later,
    /// The later stage's start.
    Start,
    /// The earlier stage's end.
    End,
}

/// A statement of a lowered script.
#[derive(Clone, Debug)]
pub enum Action {
    /// Sets a variable.
    Set(u8, NodeId, Ty),
    /// Branches.
    If(NodeId, Vec<Action>, Vec<Action>),
    /// Binds each row of a set to a slot.
    ForRows(Set, Vec<Action>),
    /// Sets a variable to each number from..to.
    ForInts(u8, NodeId, NodeId, Vec<Action>),
    /// Sets a variable to each element of a list.
    ForList(u8, NodeId, Vec<Action>),
    /// Repeats.
    While(NodeId, Vec<Action>),
    /// Leaves the loop.
    Break,
    /// Next turn of the loop.
    Continue,
    /// Ends the script.
    Return,
    /// Names the part that the next finding is about.
    Part(Template),
    /// A finding of the version's severity.
    Violation(Template),
    /// A finding that only reminds.
    Advise(Template),
    /// Cannot be decided.
    Unverified,
}

/// A day as a constant node.
pub fn day_node(day: Day) -> Node {
    Node::Int(i64::from(day.0))
}
