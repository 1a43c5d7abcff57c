//! What a script holds in its variables besides rhai's own numbers, truths, texts, arrays and maps.

use super::super::probe::Lack;
use super::super::value::{RowVal, Span, Truth};
use crate::records::{RowId, TableId};
use crate::rules::ir::Ty;
use rhai::{Dynamic, EvalAltResult, Position};
use std::sync::Arc;

/// A value of the records: read-only, and it knows what it lacks.
#[derive(Clone, Debug)]
pub(super) struct Value {
    /// It.
    pub kind: Kind,
    /// What is missing to know it better.
    pub lacks: Lacks,
}

/// What a value lacks: mostly nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Lacks(Option<Arc<[Lack]>>);

impl Lacks {
    pub fn iter(&self) -> impl Iterator<Item = &Lack> {
        self.0.iter().flat_map(|l| l.iter())
    }
}

impl From<Vec<Lack>> for Lacks {
    fn from(list: Vec<Lack>) -> Self {
        Self(if list.is_empty() { None } else { Some(list.into()) })
    }
}

/// A value of the records.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A date, code or number, or a whole number that is not known exactly.
    Span(Span, Ty),
    /// A row.
    Row(RowVal, TableId),
    /// A text that is blank; true: it is not known which.
    Text(bool),
}

impl Value {
    pub fn new(kind: Kind) -> Self {
        Self { kind, lacks: Lacks::default() }
    }

    /// What is read from a row that does not exist.
    pub fn nothing(ty: Ty) -> Self {
        Self::new(match ty {
            Ty::Row(table) => Kind::Row(RowVal::Absent, table),
            Ty::Text => Kind::Text(false),
            _ => Kind::Span(Span::ABSENT, ty),
        })
    }

    /// What is read from a row that is not known.
    pub fn unknown(ty: Ty) -> Self {
        Self::new(match ty {
            Ty::Row(table) => Kind::Row(RowVal::Unknown, table),
            Ty::Text => Kind::Text(true),
            _ => Kind::Span(Span::UNKNOWN, ty),
        })
    }

    /// With the lacks of another value.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.lacks = Stop::at([&self, other]).lacks;
        self
    }

    /// For the script.
    pub fn dynamic(self) -> Dynamic {
        Dynamic::from(self)
    }

    /// For the script; a truth that is not known stops it.
    pub fn checked(self) -> super::Fallible<Dynamic> {
        match self.kind {
            Kind::Span(_, Ty::Truth) => Err(Stop::at([&self]).error()),
            _ => Ok(self.dynamic()),
        }
    }
}

/// A number, date or code that is known.
pub(super) fn exact(number: i64, ty: Ty) -> Dynamic {
    match ty {
        Ty::Int(_) => Dynamic::from_int(number),
        _ => Value::new(Kind::Span(Span::exact(number), ty)).dynamic(),
    }
}

/// What a value lacks.
pub(super) fn lacks(value: &Dynamic) -> Vec<Lack> {
    value.read_lock::<Value>().map(|v| v.lacks.iter().copied().collect()).unwrap_or_default()
}

/// Why a script stops as 待核.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    /// What is missing.
    pub lacks: Lacks,
}

impl Stop {
    /// For want of what some values lack.
    pub fn at<'v>(values: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut all: Vec<Lack> = Vec::new();
        for lack in values.into_iter().flat_map(|v| v.lacks.iter()) {
            if !all.contains(lack) {
                all.push(*lack);
            }
        }
        Self { lacks: all.into() }
    }

    /// For want of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let all: Vec<Lack> = self.lacks.iter().chain(other.lacks.iter()).copied().collect();
        Self { lacks: all.into() }
    }

    /// As an error that a script cannot catch.
    pub fn error(self) -> Box<EvalAltResult> {
        Box::new(EvalAltResult::ErrorTerminated(Dynamic::from(self), Position::NONE))
    }

    /// If an error is a stop.
    pub fn of(error: &EvalAltResult) -> Option<Self> {
        match error.unwrap_inner() {
            EvalAltResult::ErrorTerminated(token, _) => token.read_lock::<Self>().map(|s| s.clone()),
            _ => None,
        }
    }
}

/// Rows in their table's order.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    table: TableId,
    rows: Arc<[(RowId, Truth)]>,
    known: bool,
    lacks: Lacks,
}

impl Rows {
    /// The rows listed; none where they are not wholly known.
    pub fn new(table: TableId, list: Option<Vec<(RowId, Truth)>>, lacks: Lacks) -> Self {
        let known = list.is_some();
        Self { table, rows: list.unwrap_or_default().into(), known, lacks }
    }

    /// How many there are.
    pub fn len(&self) -> super::Fallible<i64> {
        if self.known && self.rows.iter().all(|(_, t)| *t == Truth::True) {
            Ok(i64::try_from(self.rows.len()).unwrap_or(i64::MAX))
        } else {
            Err(Stop { lacks: self.lacks.clone() }.error())
        }
    }

    /// The row at a place; from the end if negative.
    pub fn at(&self, index: i64) -> super::Fallible<Dynamic> {
        let len = self.len()?;
        let place = if index < 0 { index + len } else { index };
        match usize::try_from(place).ok().and_then(|p| self.rows.get(p)) {
            Some((row, _)) => Ok(Value::new(Kind::Row(RowVal::Row(*row), self.table)).dynamic()),
            None => Err(Box::new(EvalAltResult::ErrorArrayBounds(usize::try_from(len).unwrap_or(0), index, Position::NONE))),
        }
    }
}

/// One after the other; a row that only perhaps belongs stops the script.
impl IntoIterator for Rows {
    type Item = super::Fallible<Dynamic>;
    type IntoIter = Box<dyn Iterator<Item = Self::Item>>;

    fn into_iter(self) -> Self::IntoIter {
        let stop = Stop { lacks: self.lacks };
        let (rows, table) = (self.rows, self.table);
        let unknown = (!self.known).then(|| Err(stop.clone().error()));
        let all = (0..rows.len()).map(move |i| match rows.get(i) {
            Some((row, Truth::True)) => Ok(Value::new(Kind::Row(RowVal::Row(*row), table)).dynamic()),
            _ => Err(stop.clone().error()),
        });
        Box::new(unknown.into_iter().chain(all))
    }
}
