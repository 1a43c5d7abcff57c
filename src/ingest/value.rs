//! A cell as a sheet holds it, whatever library read it.

use crate::dates::Day;
use crate::records::Cell;

/// A cell taken out of its sheet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Blank,
    Text(String),
    Int(i64),
    Real(f64),
    Bool(bool),
    Day(Day),
    Garbled,
    /// A formula whose result was not saved.
    Uncomputed,
}

impl Value {
    pub(super) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Blank => Cell::Blank,
            Self::Text(t) => Cell::Text(t),
            Self::Int(i) => Cell::Int(*i),
            Self::Real(x) => Cell::Real(*x),
            Self::Bool(b) => Cell::Bool(*b),
            Self::Day(d) => Cell::Day(*d),
            Self::Garbled => Cell::Garbled,
            Self::Uncomputed => Cell::Uncomputed,
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(t) => t,
            _ => "",
        }
    }

    /// As somebody would type it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Blank | Self::Garbled | Self::Uncomputed => String::new(),
            Self::Text(t) => t.clone(),
            Self::Int(i) => i.to_string(),
            Self::Real(x) => x.to_string(),
            Self::Bool(b) => if *b { "是" } else { "否" }.to_owned(),
            Self::Day(d) => d.to_string(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Blank) || matches!(self, Self::Text(t) if t.trim().is_empty())
    }
}
