//! A block of a mapping meets a source table: which of its columns hold what.

use super::lookup::{Finds, Found};
use super::names::{Said, folded, said};
use super::people::{People, PersonAt};
use super::{Block, Codes, Condition, Mapping, Origin, Way};
use crate::records::{Cell, CodeList, FieldId, FieldType, Schema, TableId};
use std::borrow::Cow;
use std::sync::Arc;

/// The headers of a source table.
pub(in crate::ingest) struct Headers {
    /// As they stand.
    pub plain: Vec<String>,
    folded: Vec<String>,
}

impl Headers {
    pub(in crate::ingest) fn new<'h>(headers: impl IntoIterator<Item = &'h str>) -> Self {
        let plain: Vec<String> = headers.into_iter().map(|h| h.trim().to_owned()).collect();
        let folded = plain.iter().map(|h| folded(h)).collect();
        Self { plain, folded }
    }

    /// The column of a header, folded.
    pub(super) fn at(&self, header: &str) -> Option<usize> {
        self.folded.iter().position(|h| h == header)
    }

    fn all(&self, headers: &[String]) -> Option<Vec<usize>> {
        headers.iter().map(|h| self.at(h)).collect()
    }

    fn cited(&self, columns: &[usize]) -> String {
        let all: Vec<&str> = columns.iter().filter_map(|&c| self.plain.get(c)).map(String::as_str).collect();
        all.join("+")
    }
}

/// A condition on a column of a table; one that the table lacks is blank in every row.
#[derive(Debug)]
pub(super) struct Test<'m> {
    pub column: Option<usize>,
    any_of: &'m [Said],
}

impl<'m> Test<'m> {
    pub(super) fn all(conditions: &'m [Condition], headers: &Headers) -> Vec<Self> {
        conditions.iter().map(|c| Self { column: headers.at(&c.column), any_of: &c.any_of }).collect()
    }

    /// Whether it asks for anything at all in its column.
    pub(super) fn asks_for_anything(&self) -> bool {
        self.any_of.iter().all(|s| matches!(s, Said::Anything))
    }

    /// Whether a row meets it; none if its cell is no text.
    pub(super) fn holds(&self, cells: &[Cell<'_>]) -> Option<bool> {
        let text = self.column.map_or(Some(Cow::Borrowed("")), |c| said(cells.get(c).unwrap_or(&Cell::Blank)))?;
        Some(self.any_of.iter().any(|s| s.is(&text)))
    }
}

/// Whether a row meets any of some conditions.
pub(super) fn any_holds(tests: &[Test<'_>], cells: &[Cell<'_>]) -> bool {
    tests.iter().any(|t| t.holds(cells) == Some(true))
}

/// A field whose columns are known.
#[derive(Debug)]
pub(super) struct Bound<'m> {
    pub field: FieldId,
    /// As findings cite the column.
    pub header: String,
    pub origin: From<'m>,
    pub codes: Option<&'m Arc<Codes>>,
    /// The code list of the field, if it has one.
    pub list: Option<&'m CodeList>,
    pub filled_when: Vec<Test<'m>>,
    pub blank_when: Vec<Test<'m>>,
}

/// Where a value comes from, by column.
#[derive(Debug)]
pub(super) enum From<'m> {
    Column(usize),
    Constant(&'m str),
    Joined {
        columns: Vec<usize>,
        with: &'m str,
        prefix: &'m str,
    },
    Key {
        columns: Vec<usize>,
        prefix: &'m str,
    },
    /// `lists` in tables that list people.
    Person {
        at: PersonAt,
        people: &'m People,
        lists: bool,
    },
    Lookup {
        found: &'m Found,
        by: Vec<usize>,
    },
}

impl Bound<'_> {
    /// Whether the cell of the column goes to the records as it stands.
    pub(super) fn plain(&self) -> Option<usize> {
        match self.origin {
            From::Column(c) if self.codes.is_none() && self.filled_when.is_empty() && self.blank_when.is_empty() => Some(c),
            _ => None,
        }
    }
}

impl Mapping {
    /// The blocks that take rows of a source table.
    pub(super) fn blocks_of(&self, name: &str, headers: &Headers) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |b| (b.from.is_empty() || b.from.mean(name)) && headers.all(&b.headers).is_some())
    }

    /// Whether a source table of this name is mapped; none if that depends on its headers.
    pub(in crate::ingest) fn takes(&self, name: &str) -> Option<bool> {
        if self.lookups.iter().any(|l| l.from.mean(name)) || self.blocks.iter().any(|b| b.headers.is_empty() && b.from.mean(name)) {
            return Some(true);
        }
        let may = |b: &Block| !b.headers.is_empty() && (b.from.is_empty() || b.from.mean(name));
        if self.blocks.iter().any(may) { None } else { Some(false) }
    }

    /// Whether one of the rows is of headers by which a source table is known.
    pub(in crate::ingest) fn knows(&self, name: &str, rows: &[Vec<String>]) -> bool {
        rows.iter().any(|row| self.blocks_of(name, &Headers::new(row.iter().map(String::as_str))).any(|b| !b.headers.is_empty()))
    }

    /// Whether the mapping names a column of a source table of this name.
    pub(super) fn names_column(&self, name: &str, header: &str) -> bool {
        let header = folded(header);
        !header.is_empty()
            && (self.blocks.iter().any(|b| (b.from.is_empty() || b.from.mean(name)) && b.columns().any(|c| c == header))
                || self.lookups.iter().any(|l| l.from.mean(name) && (l.column == header || l.by.contains(&header))))
    }
}

impl Block {
    /// Whether its conditions can hold of any row of a table of these headers: one on a column that is not there may not.
    pub(super) fn may_hold(&self, headers: &Headers) -> bool {
        Test::all(&self.only, headers).iter().all(|t| t.column.is_some() || t.holds(&[]) == Some(true))
    }

    /// Every column it names.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let ways = self.fields.iter().flat_map(|f| &f.ways);
        let conditions = self.only.iter().chain(&self.except).chain(ways.clone().flat_map(|w| w.filled_when.iter().chain(&w.blank_when)));
        let named = conditions.map(|c| c.column.as_str());
        named.chain(ways.flat_map(|w| w.origin.columns())).chain(self.headers.iter().map(String::as_str))
    }

    /// Where a table of these headers tells whom each row is about, if the block lists people.
    pub(super) fn person_at(&self, headers: &Headers) -> Option<PersonAt> {
        let mut ways = self.fields.iter().filter(|_| self.lists_people).flat_map(|f| &f.ways);
        ways.find_map(|w| if let Origin::Person(columns) = &w.origin { PersonAt::new(columns, headers) } else { None })
    }

    /// The fields that are to be read and found in a table of these headers.
    pub(super) fn bound<'m>(
        &'m self,
        headers: &Headers,
        schema: &'m Schema,
        found: &'m Finds,
        reads: &dyn Fn(TableId, FieldId) -> bool,
    ) -> Vec<Bound<'m>> {
        let Some(def) = schema.tables.get(self.to) else { return Vec::new() };
        let mut bound = Vec::new();
        for assigned in self.fields.iter().filter(|f| reads(self.to, f.field)) {
            let list = match def.fields.get(assigned.field).map(|f| f.ty) {
                Some(FieldType::Code(list)) => schema.lists.get(list),
                _ => None,
            };
            let first = assigned.ways.iter().find_map(|w| Some((w, w.origin.bound(headers, found, self.lists_people)?)));
            let Some((way, (origin, header))) = first else { continue };
            let Way { codes, filled_when, blank_when, .. } = way;
            let (filled_when, blank_when) = (Test::all(filled_when, headers), Test::all(blank_when, headers));
            bound.push(Bound { field: assigned.field, header, origin, codes: codes.as_ref(), list, filled_when, blank_when });
        }
        bound
    }

    /// Fields that a table of these headers holds, read or not.
    pub(super) fn found_fields<'m>(&'m self, headers: &'m Headers, found: &'m Finds) -> impl Iterator<Item = FieldId> + 'm {
        self.fields
            .iter()
            .filter(move |f| f.ways.iter().any(|w| w.origin.bound(headers, found, self.lists_people).is_some()))
            .map(|f| f.field)
    }
}

impl Origin {
    /// The columns it needs.
    fn columns(&self) -> Vec<&str> {
        match self {
            Self::Column(c) => vec![c],
            Self::Constant(_) => Vec::new(),
            Self::Joined { columns, .. } | Self::Key { columns, .. } | Self::Lookup { by: columns, .. } => {
                columns.iter().map(String::as_str).collect()
            }
            Self::Person(p) => [&p.id_number, &p.name, &p.birth, &p.post].into_iter().flatten().map(String::as_str).collect(),
        }
    }

    /// By column, and how it is cited; none where the table lacks a column.
    fn bound<'m>(&'m self, headers: &Headers, found: &'m Finds, lists: bool) -> Option<(From<'m>, String)> {
        Some(match self {
            Self::Column(column) => {
                let at = headers.at(column)?;
                (From::Column(at), headers.plain.get(at)?.clone())
            }
            Self::Constant(value) => (From::Constant(value), "（映射中的固定值）".to_owned()),
            Self::Joined { columns, with, prefix } => {
                let columns = headers.all(columns)?;
                let cited = headers.cited(&columns);
                (From::Joined { columns, with, prefix }, cited)
            }
            Self::Key { columns, prefix } => {
                let columns = headers.all(columns)?;
                let cited = headers.cited(&columns);
                (From::Key { columns, prefix }, cited)
            }
            Self::Person(columns) => {
                let at = PersonAt::new(columns, headers)?;
                let cited = headers.cited(&at.columns().collect::<Vec<_>>());
                (From::Person { at, people: &found.people, lists }, cited)
            }
            Self::Lookup { lookup, by } => {
                let found = found.lookups.get(*lookup).filter(|f| f.is_there)?;
                (From::Lookup { found, by: headers.all(by)? }, found.cited.clone())
            }
        })
    }
}
