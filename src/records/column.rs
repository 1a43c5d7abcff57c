//! Typed columns. A cell that is blank or could not be read keeps its place with a marker; which marker says why.

use super::schema::FieldType;
use super::text::Sym;
use crate::dates::{Day, Fuzzy};

/// A date cell that was blank and whose blank says nothing.
pub const BLANK_DATE: Fuzzy = Fuzzy { lo: Day(i32::MIN), hi: Day(i32::MAX - 1) };
/// A date cell that could not be read, or was not exported for this row.
pub const BAD_DATE: Fuzzy = Fuzzy::UNKNOWN;
/// A whole number that was blank.
pub const BLANK_INT: i32 = i32::MIN + 1;
/// A whole number that could not be read.
pub const BAD_INT: i32 = i32::MIN;
/// A number (in thousandths) that was blank.
pub const BLANK_NUMBER: i64 = i64::MIN + 1;
/// A number that could not be read.
pub const BAD_NUMBER: i64 = i64::MIN;
/// A yes/no that was blank.
pub const BLANK_BOOL: u8 = 2;
/// A yes/no that could not be read.
pub const BAD_BOOL: u8 = 3;
/// A code that is blank where the blank means "none".
pub const NONE_CODE: u8 = 252;
/// A code that was blank.
pub const BLANK_CODE: u8 = 254;
/// A code that could not be read.
pub const BAD_CODE: u8 = 255;
/// A reference that is blank where the blank means "none".
pub const NONE_ROW: u32 = u32::MAX - 2;
/// A reference that was blank.
pub const BLANK_ROW: u32 = u32::MAX - 1;
/// A reference that could not be read, or leads to nothing.
pub const BAD_ROW: u32 = u32::MAX;
/// A reference into a table that was not exported: something is there, but nothing is known of it.
pub const FAR_ROW: u32 = u32::MAX - 3;

/// The cells of one field, one a row.
#[derive(Clone, Debug)]
pub enum Column {
    /// Dates.
    Date(Vec<Fuzzy>),
    /// Whole numbers.
    Int(Vec<i32>),
    /// Numbers, in thousandths.
    Number(Vec<i64>),
    /// Yes/no: 0, 1 or a marker.
    Bool(Vec<u8>),
    /// Codes: the number in the list, or a marker.
    Code(Vec<u8>),
    /// Texts.
    Text(Vec<Sym>),
    /// References: the row of the target table, or a marker.
    Ref(Vec<u32>),
}

/// Whether a cell is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// It holds a value.
    Yes,
    /// It is blank.
    No,
    /// It could not be read, or was not exported.
    Unknown,
}

impl Column {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Date(v) => v.len(),
            Self::Int(v) => v.len(),
            Self::Number(v) => v.len(),
            Self::Bool(v) | Self::Code(v) => v.len(),
            Self::Text(v) => v.len(),
            Self::Ref(v) => v.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the cell of a row is filled.
    pub fn filled(&self, row: usize) -> Filled {
        let (blank, bad) = match self {
            Self::Date(v) => match v.get(row) {
                Some(d) => (*d == BLANK_DATE || *d == Fuzzy::FUTURE || *d == Fuzzy::PAST, *d == BAD_DATE),
                None => (false, true),
            },
            Self::Int(v) => v.get(row).map_or((false, true), |x| (*x == BLANK_INT, *x == BAD_INT)),
            Self::Number(v) => v.get(row).map_or((false, true), |x| (*x == BLANK_NUMBER, *x == BAD_NUMBER)),
            Self::Bool(v) => v.get(row).map_or((false, true), |x| (*x == BLANK_BOOL, *x == BAD_BOOL)),
            Self::Code(v) => v.get(row).map_or((false, true), |x| (*x == BLANK_CODE || *x == NONE_CODE, *x == BAD_CODE)),
            Self::Text(v) => v.get(row).map_or((false, true), |x| (*x == Sym::BLANK || *x == Sym::NONE, *x == Sym::BAD)),
            Self::Ref(v) => v.get(row).map_or((false, true), |x| (*x == BLANK_ROW || *x == NONE_ROW, *x == BAD_ROW)),
        };
        match (blank, bad) {
            (_, true) => Filled::Unknown,
            (true, _) => Filled::No,
            _ => Filled::Yes,
        }
    }

    /// A column of unreadable cells; none for keys and references, which are kept as texts until they are resolved.
    pub(super) fn bad(ty: FieldType, rows: usize) -> Option<Self> {
        let mut column = match ty {
            FieldType::Date => Self::Date(Vec::new()),
            FieldType::Int => Self::Int(Vec::new()),
            FieldType::Number => Self::Number(Vec::new()),
            FieldType::Bool => Self::Bool(Vec::new()),
            FieldType::Code(_) => Self::Code(Vec::new()),
            FieldType::Text => Self::Text(Vec::new()),
            FieldType::Id | FieldType::Ref(_) => return None,
        };
        column.push_bad(rows);
        Some(column)
    }

    /// Adds unreadable cells.
    pub(super) fn push_bad(&mut self, rows: usize) {
        let len = self.len() + rows;
        match self {
            Self::Date(v) => v.resize(len, BAD_DATE),
            Self::Int(v) => v.resize(len, BAD_INT),
            Self::Number(v) => v.resize(len, BAD_NUMBER),
            Self::Bool(v) => v.resize(len, BAD_BOOL),
            Self::Code(v) => v.resize(len, BAD_CODE),
            Self::Text(v) => v.resize(len, Sym::BAD),
            Self::Ref(v) => v.resize(len, BAD_ROW),
        }
    }

    /// Adds the rows of another column of the same field.
    pub(super) fn append(&mut self, other: Self) {
        let rows = other.len();
        match (&mut *self, other) {
            (Self::Date(a), Self::Date(b)) => a.extend(b),
            (Self::Int(a), Self::Int(b)) => a.extend(b),
            (Self::Number(a), Self::Number(b)) => a.extend(b),
            (Self::Bool(a), Self::Bool(b)) | (Self::Code(a), Self::Code(b)) => a.extend(b),
            (Self::Text(a), Self::Text(b)) => a.extend(b),
            (Self::Ref(a), Self::Ref(b)) => a.extend(b),
            // Columns of one field are of one type; if ever they were not, nothing would be known of the rows.
            (column, _) => column.push_bad(rows),
        }
    }

    /// These cells after so many unreadable ones.
    pub(super) fn after_bad(self, rows: usize) -> Self {
        let mut all = match &self {
            Self::Date(_) => Self::Date(Vec::new()),
            Self::Int(_) => Self::Int(Vec::new()),
            Self::Number(_) => Self::Number(Vec::new()),
            Self::Bool(_) => Self::Bool(Vec::new()),
            Self::Code(_) => Self::Code(Vec::new()),
            Self::Text(_) => Self::Text(Vec::new()),
            Self::Ref(_) => Self::Ref(Vec::new()),
        };
        all.push_bad(rows);
        all.append(self);
        all
    }

    /// Makes the cells of some rows unreadable.
    pub(super) fn spoil(&mut self, rows: &[u32]) {
        fn put<T: Copy>(cells: &mut [T], rows: &[u32], bad: T) {
            rows.iter().for_each(|&row| cells.get_mut(row as usize).into_iter().for_each(|cell| *cell = bad));
        }
        match self {
            Self::Date(v) => put(v, rows, BAD_DATE),
            Self::Int(v) => put(v, rows, BAD_INT),
            Self::Number(v) => put(v, rows, BAD_NUMBER),
            Self::Bool(v) => put(v, rows, BAD_BOOL),
            Self::Code(v) => put(v, rows, BAD_CODE),
            Self::Text(v) => put(v, rows, Sym::BAD),
            Self::Ref(v) => put(v, rows, BAD_ROW),
        }
    }

    /// Gives every text its number in another set.
    pub(super) fn renumber(&mut self, numbers: &[Sym]) {
        if let Self::Text(v) = self {
            super::fill::renumber(v, numbers);
        }
    }

    /// Whether two rows hold the same.
    pub(super) fn same(&self, a: usize, b: usize) -> bool {
        match self {
            Self::Date(v) => v.get(a) == v.get(b),
            Self::Int(v) => v.get(a) == v.get(b),
            Self::Number(v) => v.get(a) == v.get(b),
            Self::Bool(v) | Self::Code(v) => v.get(a) == v.get(b),
            Self::Text(v) => v.get(a) == v.get(b),
            Self::Ref(v) => v.get(a) == v.get(b),
        }
    }

    /// The same rows in another order: row `i` of the result is row `order[i]` of this.
    #[must_use]
    pub fn reordered(&self, order: &[u32]) -> Self {
        fn pick<T: Copy>(v: &[T], order: &[u32]) -> Vec<T> {
            order.iter().filter_map(|&i| v.get(i as usize).copied()).collect()
        }
        match self {
            Self::Date(v) => Self::Date(pick(v, order)),
            Self::Int(v) => Self::Int(pick(v, order)),
            Self::Number(v) => Self::Number(pick(v, order)),
            Self::Bool(v) => Self::Bool(pick(v, order)),
            Self::Code(v) => Self::Code(pick(v, order)),
            Self::Text(v) => Self::Text(pick(v, order)),
            Self::Ref(v) => Self::Ref(pick(v, order)),
        }
    }
}
