//! Who watches an evaluation. Judging watches nothing and pays nothing; explaining keeps every value, where it came from, and what
//! was lacking.

use crate::records::{FieldId, RowId, TableId};
use crate::rules::ir::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// A cell, a row (no field) or a whole table (no row) that an answer lacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// A cell of a row.
    Cell(TableId, RowId, FieldId),
    /// A refused row.
    Row(TableId, RowId),
    /// A column that was not exported.
    Column(TableId, FieldId),
    /// A table that was not exported.
    Table(TableId),
    /// A year without a calendar.
    Calendar(i32),
    /// A row that does not exist, whose field was asked for.
    NoRow(TableId),
}

/// Watches an evaluation.
pub trait Probe {
    /// Whether anything is watched: what only a watcher needs is skipped otherwise.
    const WATCH: bool;
    /// Whether some cells are read as something else than they hold.
    const ASSUMES: bool = false;
    /// Whether the question is asked about several days at once, and it matters whether the answer is the same on all of them.
    const TIMED: bool = false;
    /// Whether nobody minds how an answer is come by: shortcuts are taken and values remembered.
    const QUICK: bool = !Self::WATCH && !Self::ASSUMES && !Self::TIMED;
    /// Whether only what is lacking and what an answer rests on is kept: what adds to neither may be come by in a shorter way.
    fn may_skip(&self) -> bool {
        Self::QUICK
    }
    /// What a cell is to be read as.
    fn assumed(&self, table: TableId, row: RowId, field: FieldId) -> Option<super::value::Span> {
        let _ = (table, row, field);
        None
    }
    /// A node is about to be evaluated.
    fn enter(&mut self, node: NodeId) -> usize;
    /// A node was evaluated; a definite value lacks nothing.
    fn leave(&mut self, node: NodeId, mark: usize, definite: bool, value: Shown<'_>);
    /// A cell was read.
    fn cell(&mut self, table: TableId, row: RowId, field: FieldId);
    /// Something was lacking.
    fn lack(&mut self, lack: Lack);
    /// A variable was set: what its value lacks is what has been lacking since a mark, and counts when the variable is read.
    fn keep_lacks(&mut self, place: usize, mark: usize) {
        let _ = (place, mark);
    }
    /// A variable is read.
    fn recall_lacks(&mut self, place: usize) {
        let _ = place;
    }
    /// Something of the rule came into play: a sentence was said, a severity chosen, evidence counted.
    fn pass<T>(&mut self, what: &T) {
        let _ = what;
    }
    /// A row of a set is about to be tested.
    fn enter_row(&mut self, table: TableId, row: RowId);
    /// It was tested.
    fn leave_row(&mut self);
}

/// What tells apart the pieces of a rule that stays where it is: where it is.
pub fn place<T>(what: &T) -> usize {
    std::ptr::from_ref(what).addr()
}

/// A value to be kept for a trace.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// A truth.
    Truth(super::value::Truth),
    /// A span.
    Span(super::value::Span),
    /// A text.
    Text(super::value::TextVal<'a>),
    /// A row.
    Row(super::value::RowVal),
}

/// Watches nothing.
#[derive(Debug, Default)]
pub struct Blind;

impl Probe for Blind {
    const WATCH: bool = false;
    #[inline]
    fn enter(&mut self, _: NodeId) -> usize {
        0
    }
    #[inline]
    fn leave(&mut self, _: NodeId, _: usize, _: bool, _: Shown<'_>) {}
    #[inline]
    fn cell(&mut self, _: TableId, _: RowId, _: FieldId) {}
    #[inline]
    fn lack(&mut self, _: Lack) {}
    #[inline]
    fn enter_row(&mut self, _: TableId, _: RowId) {}
    #[inline]
    fn leave_row(&mut self) {}
}

/// Watches nothing but whether the answer is the same on several days; keeps each ruling with its sentence.
#[derive(Debug, Default)]
pub struct Timing;

impl Probe for Timing {
    const WATCH: bool = false;
    const TIMED: bool = true;
    fn enter(&mut self, _: NodeId) -> usize {
        0
    }
    fn leave(&mut self, _: NodeId, _: usize, _: bool, _: Shown<'_>) {}
    fn cell(&mut self, _: TableId, _: RowId, _: FieldId) {}
    fn lack(&mut self, _: Lack) {}
    fn enter_row(&mut self, _: TableId, _: RowId) {}
    fn leave_row(&mut self) {}
}

/// Watches nothing, but keeps each ruling with its due date.
#[derive(Debug, Default)]
pub struct Noting;

impl Probe for Noting {
    const WATCH: bool = false;
    fn enter(&mut self, _: NodeId) -> usize {
        0
    }
    fn leave(&mut self, _: NodeId, _: usize, _: bool, _: Shown<'_>) {}
    fn cell(&mut self, _: TableId, _: RowId, _: FieldId) {}
    fn lack(&mut self, _: Lack) {}
    fn enter_row(&mut self, _: TableId, _: RowId) {}
    fn leave_row(&mut self) {}
}

/// Reads some cells as something definite: what would be the answer if they were that?
#[derive(Debug, Default)]
pub struct Assuming {
    /// The cells (as [`super::context::Context::settled`] names them) and what they are read as.
    pub cells: Vec<((TableId, RowId, FieldId), super::value::Span)>,
}

impl Probe for Assuming {
    const WATCH: bool = false;
    const ASSUMES: bool = true;
    fn assumed(&self, table: TableId, row: RowId, field: FieldId) -> Option<super::value::Span> {
        self.cells.iter().find(|(cell, _)| *cell == (table, row, field)).map(|(_, value)| *value)
    }
    fn enter(&mut self, _: NodeId) -> usize {
        0
    }
    fn leave(&mut self, _: NodeId, _: usize, _: bool, _: Shown<'_>) {}
    fn cell(&mut self, _: TableId, _: RowId, _: FieldId) {}
    fn lack(&mut self, _: Lack) {}
    fn enter_row(&mut self, _: TableId, _: RowId) {}
    fn leave_row(&mut self) {}
}

/// One node's evaluation, for a trace.
#[derive(Clone, Debug)]
pub struct TraceStep {
    /// The node.
    pub node: NodeId,
    /// How deep it lies.
    pub depth: usize,
    /// Its value, in words.
    pub value: Kept,
    /// The cells it read itself.
    pub cells: Vec<(TableId, RowId, FieldId)>,
    /// The row it tested, for steps that stand for a row of a set.
    pub row: Option<(TableId, RowId)>,
}

/// A value kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// A truth.
    Truth(super::value::Truth),
    /// A span.
    Span(super::value::Span),
    /// A text.
    Text(Option<String>),
    /// A row.
    Row(super::value::RowVal),
    /// Nothing.
    Nothing,
}

/// Keeps everything.
#[derive(Debug, Default)]
pub struct Watcher {
    /// What is lacking so far; what turns out not to matter is taken back.
    pub lacks: Vec<Lack>,
    /// The cells read outside of sets' conditions: what a finding rests on.
    pub evidence: Vec<(TableId, RowId, FieldId)>,
    /// Every evaluation, in the order begun; kept only for traces.
    pub steps: Option<Vec<TraceStep>>,
    /// The pieces of the rule that came into play; kept only for traces.
    pub passed: BTreeSet<usize>,
    open: Vec<usize>,
    rows: usize,
    /// What the values of variables lack, by place.
    kept: BTreeMap<usize, Vec<Lack>>,
}

impl Watcher {
    /// Keeps steps too.
    pub fn tracing() -> Self {
        Self { steps: Some(Vec::new()), ..Self::default() }
    }

    /// The same with nothing seen so far, and with the room that there was for it.
    pub fn cleared(mut self) -> Self {
        self.lacks.clear();
        self.evidence.clear();
        self.steps.iter_mut().for_each(Vec::clear);
        self.passed.clear();
        self.open.clear();
        self.rows = 0;
        self.kept.clear();
        self
    }
}

impl Probe for Watcher {
    const WATCH: bool = true;

    #[inline]
    fn may_skip(&self) -> bool {
        self.steps.is_none()
    }

    fn enter(&mut self, node: NodeId) -> usize {
        if let Some(steps) = &mut self.steps {
            self.open.push(steps.len());
            let depth = self.open.len();
            steps.push(TraceStep { node, depth, value: Kept::Nothing, cells: Vec::new(), row: None });
        }
        self.lacks.len()
    }

    fn leave(&mut self, _: NodeId, mark: usize, definite: bool, value: Shown<'_>) {
        if definite {
            self.lacks.truncate(mark);
        }
        if let (Some(steps), Some(at)) = (&mut self.steps, self.open.pop())
            && let Some(step) = steps.get_mut(at)
        {
            step.value = match value {
                Shown::Truth(t) => Kept::Truth(t),
                Shown::Span(s) => Kept::Span(s),
                Shown::Text(super::value::TextVal::Known(t)) => Kept::Text(Some(t.to_owned())),
                Shown::Text(_) => Kept::Text(None),
                Shown::Row(r) => Kept::Row(r),
            };
        }
    }

    fn cell(&mut self, table: TableId, row: RowId, field: FieldId) {
        if self.rows == 0 && !self.evidence.contains(&(table, row, field)) {
            self.evidence.push((table, row, field));
        }
        if let (Some(steps), Some(&at)) = (&mut self.steps, self.open.last())
            && let Some(step) = steps.get_mut(at)
        {
            step.cells.push((table, row, field));
        }
    }

    fn lack(&mut self, lack: Lack) {
        self.lacks.push(lack);
    }

    fn keep_lacks(&mut self, place: usize, mark: usize) {
        self.kept.insert(place, self.lacks.split_off(mark.min(self.lacks.len())));
    }

    fn recall_lacks(&mut self, place: usize) {
        if let Some(kept) = self.kept.get(&place) {
            self.lacks.extend(kept);
        }
    }

    fn pass<T>(&mut self, what: &T) {
        if self.steps.is_some() {
            self.passed.insert(place(what));
        }
    }

    fn enter_row(&mut self, table: TableId, row: RowId) {
        self.rows += 1;
        if let Some(steps) = &mut self.steps {
            let depth = self.open.len() + 1;
            let step = TraceStep { node: NodeId::MAX, depth, value: Kept::Nothing, cells: Vec::new(), row: Some((table, row)) };
            self.open.push(steps.len());
            steps.push(step);
        }
    }

    fn leave_row(&mut self) {
        self.rows = self.rows.saturating_sub(1);
        if self.steps.is_some() {
            self.open.pop();
        }
    }
}

/// A cell by its numbers.
type Place = (TableId, RowId, FieldId);

/// A probe whose list of what is lacking can be asked and cut back. One that watches nothing lacks nothing.
pub trait Watched: Probe {
    /// Whether each ruling is kept, not only counted.
    const KEEPS: bool = Self::WATCH;
    /// How many things are lacking.
    fn lacking(&self) -> usize {
        0
    }
    /// Forgets what was lacking since a mark.
    fn forget_lacks(&mut self, _: usize) {}
    /// What has been lacking since a mark.
    fn lacks_since(&self, _: usize) -> Vec<Lack> {
        Vec::new()
    }
    /// Forgets the cells read so far.
    fn clear_evidence(&mut self) {}
    /// How many steps were kept so far.
    fn steps_taken(&self) -> usize {
        0
    }
    /// The cells read since.
    fn evidence(&self) -> Vec<Place> {
        Vec::new()
    }
}

impl Watched for Blind {}

impl Watched for Timing {
    const KEEPS: bool = true;
}

impl Watched for Noting {
    const KEEPS: bool = true;
}

impl Watched for Assuming {
    const KEEPS: bool = true;
}

impl Watched for Watcher {
    fn lacking(&self) -> usize {
        self.lacks.len()
    }
    fn forget_lacks(&mut self, mark: usize) {
        self.lacks.truncate(mark);
    }
    fn lacks_since(&self, mark: usize) -> Vec<Lack> {
        self.lacks.get(mark..).unwrap_or_default().to_vec()
    }
    fn clear_evidence(&mut self) {
        self.evidence.clear();
    }
    fn steps_taken(&self) -> usize {
        self.steps.as_ref().map_or(0, Vec::len)
    }
    fn evidence(&self) -> Vec<Place> {
        self.evidence.clone()
    }
}
