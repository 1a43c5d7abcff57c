//! One column being filled: cells of a field's type, and what a blank one reads as.

use super::cell::{self, Bad, Cell};
use super::column::{
    BAD_BOOL, BAD_CODE, BAD_DATE, BAD_INT, BAD_NUMBER, BAD_ROW, BLANK_BOOL, BLANK_CODE, BLANK_DATE, BLANK_INT, BLANK_NUMBER, BLANK_ROW,
    Column, NONE_CODE, NONE_ROW,
};
use super::date::{Remark, SINCE_1904, Written, written};
use super::schema::{Blank, Field, FieldId, FieldType, ListId, Schema};
use super::text::{Keys, RefKeys, Sym, Texts};
use crate::dates::{Fuzzy, parse_fast};
use std::collections::BTreeMap;

/// One column being filled.
#[derive(Debug)]
pub(super) struct Fill {
    pub field: FieldId,
    pub header: String,
    pub required: bool,
    /// A blank is the fact that there is nothing, which may be said outright.
    pub may_be_none: bool,
    /// Cells that were not written as they should be and were read all the same, by their rows.
    pub remarks: BTreeMap<Remark, Vec<u32>>,
    /// What a blank date says, if a word may say it, too.
    blank: Blank,
    /// Holds ID numbers, of which spreadsheets lose the last digits.
    ids: bool,
    /// Added to serial numbers of days.
    behind: i64,
    cells: Cells,
}

/// The cells so far, and what a blank one reads as.
#[derive(Debug)]
enum Cells {
    /// The row's key goes to [`Part::keys`].
    Key,
    Refs(RefKeys, u32),
    Date(Vec<Fuzzy>, Fuzzy),
    Int(Vec<i32>),
    Number(Vec<i64>),
    Bool(Vec<u8>, u8),
    Code(Vec<u8>, u8, ListId),
    Text(Vec<Sym>, Sym),
}

/// The cells of a column, all read.
pub(super) enum Filled {
    Key,
    Refs(RefKeys),
    Column(Column),
}

impl Fill {
    /// A column of no cells.
    pub(super) fn new(def: &Field, field: FieldId, header: String) -> Self {
        let none = def.blank == Blank::None;
        let cells = match def.ty {
            FieldType::Id => Cells::Key,
            FieldType::Ref(_) => Cells::Refs(RefKeys::default(), if none { NONE_ROW } else { BLANK_ROW }),
            FieldType::Code(list) => Cells::Code(Vec::new(), if none { NONE_CODE } else { BLANK_CODE }, list),
            FieldType::Text => Cells::Text(Vec::new(), if none { Sym::NONE } else { Sym::BLANK }),
            FieldType::Bool => Cells::Bool(Vec::new(), if none { 0 } else { BLANK_BOOL }),
            FieldType::Int => Cells::Int(Vec::new()),
            FieldType::Number => Cells::Number(Vec::new()),
            FieldType::Date => Cells::Date(
                Vec::new(),
                match def.blank {
                    Blank::NotHappened => Fuzzy::FUTURE,
                    Blank::SinceEver => Fuzzy::PAST,
                    // `same_as` is filled in once the row's other dates are there.
                    Blank::Unknown | Blank::None | Blank::SameAs(_) => BLANK_DATE,
                },
            ),
        };
        let required = def.required || def.ty == FieldType::Id;
        let may_be_none = !required && matches!(def.blank, Blank::NotHappened | Blank::None);
        let ids = def.name == "id_number";
        Self { field, header, required, may_be_none, remarks: BTreeMap::new(), blank: def.blank, ids, behind: 0, cells }
    }

    /// A column of cells that were read before; none where they are not of its kind.
    pub(super) fn filled(def: &Field, field: FieldId, header: String, cells: Filled) -> Option<Self> {
        let mut fill = Self::new(def, field, header);
        match (&mut fill.cells, cells) {
            (Cells::Key, Filled::Key) => {}
            (Cells::Refs(refs, _), Filled::Refs(read)) => *refs = read,
            (Cells::Date(v, _), Filled::Column(Column::Date(read))) => *v = read,
            (Cells::Int(v), Filled::Column(Column::Int(read))) => *v = read,
            (Cells::Number(v), Filled::Column(Column::Number(read))) => *v = read,
            (Cells::Bool(v, _), Filled::Column(Column::Bool(read))) => *v = read,
            (Cells::Code(v, ..), Filled::Column(Column::Code(read))) => *v = read,
            (Cells::Text(v, _), Filled::Column(Column::Text(read))) => *v = read,
            _ => return None,
        }
        Some(fill)
    }

    /// Its serial numbers of days count from 1904.
    pub(super) fn count_from_1904(&mut self) {
        self.behind = SINCE_1904;
    }

    /// Reads a cell that is not blank.
    #[inline(always)]
    pub(super) fn put(&mut self, cell: Cell<'_>, keys: &mut Keys, texts: &mut Texts, schema: &Schema) -> Result<(), Bad> {
        match &mut self.cells {
            Cells::Date(v, _) => match cell::date(cell) {
                Ok(date) => {
                    v.push(date);
                    Ok(())
                }
                Err(strict) => self.put_written(cell, strict, schema),
            },
            Cells::Text(v, _) if self.ids && matches!(cell, Cell::Text(t) if cell::is_rounded_id(t)) => {
                v.push(Sym::BAD);
                Err(Bad::LostDigits)
            }
            Cells::Text(v, _) => put(v, cell::text(cell, |t| texts.intern(t)), Sym::BAD),
            Cells::Code(v, _, list) => {
                let code = match cell {
                    Cell::Text(t) => schema.lists.get(*list).and_then(|l| l.code_meant(t.as_bytes())),
                    _ => None,
                };
                put(v, code.ok_or(Bad::Code), BAD_CODE)
            }
            Cells::Int(v) => put(v, cell::int(cell), BAD_INT),
            Cells::Bool(v, _) => put(v, cell::yes_no(cell), BAD_BOOL),
            Cells::Number(v) => put(v, cell::number(cell), BAD_NUMBER),
            Cells::Refs(refs, _) => cell::text(cell, |t| refs.push(t)).inspect_err(|_| refs.mark(BAD_ROW)),
            Cells::Key => cell::text(cell, |t| keys.push(t)).inspect_err(|_| keys.push("")),
        }
    }

    /// Reads a date that is not written as it should be.
    #[cold]
    fn put_written(&mut self, cell: Cell<'_>, strict: Bad, schema: &Schema) -> Result<(), Bad> {
        let Cells::Date(v, blank) = &mut self.cells else { return Err(strict) };
        let row = v.len();
        let (date, said) = match written(cell, strict, schema, self.behind) {
            Ok(Written::Date(date, remark)) => {
                if let Some(remark) = remark {
                    self.remarks.entry(remark).or_default().push(row as u32);
                }
                (date, Ok(()))
            }
            Ok(Written::Nothing | Written::Unknown) if self.required => (BAD_DATE, Err(Bad::Missing)),
            Ok(Written::Unknown) if self.blank == Blank::Unknown => (*blank, Ok(())),
            Ok(Written::Unknown) => {
                self.remarks.entry(Remark::Unknown).or_default().push(row as u32);
                (BAD_DATE, Ok(()))
            }
            Ok(Written::Nothing) if matches!(self.blank, Blank::Unknown | Blank::NotHappened) => (*blank, Ok(())),
            Ok(Written::Still) if self.blank == Blank::NotHappened => (*blank, Ok(())),
            Ok(Written::Still | Written::Nothing) => (BAD_DATE, Err(strict)),
            Err(bad) => (BAD_DATE, Err(bad)),
        };
        v.push(date);
        said
    }

    /// Reads a cell given as bytes if that takes no more than a look at them: what was read before is known to be text, and plain keys
    /// are; whether it did.
    #[inline(always)]
    pub(super) fn put_bytes(&mut self, bytes: &[u8], keys: &mut Keys, texts: &Texts, schema: &Schema) -> bool {
        let stored = match &mut self.cells {
            Cells::Refs(refs, _) => {
                let plain = || plain_key(bytes).filter(|_| !self.may_be_none);
                return refs.push_again(bytes) || plain().map(|key| refs.push(key)).is_some();
            }
            Cells::Key => plain_key(bytes).map(|key| keys.push(key)),
            Cells::Text(v, _) if !self.ids => texts.find_bytes(bytes).map(|sym| v.push(sym)),
            Cells::Date(v, _) => parse_fast(bytes).map(|date| v.push(date)),
            Cells::Code(v, _, list) => schema.lists.get(*list).and_then(|l| l.code_meant(bytes)).map(|code| v.push(code)),
            _ => None,
        };
        stored.is_some()
    }

    /// Makes room for so many cells more.
    pub(super) fn reserve(&mut self, rows: usize) {
        match &mut self.cells {
            Cells::Key => {}
            Cells::Refs(refs, _) => refs.at.reserve(rows),
            Cells::Date(v, _) => v.reserve(rows),
            Cells::Int(v) => v.reserve(rows),
            Cells::Number(v) => v.reserve(rows),
            Cells::Bool(v, _) | Cells::Code(v, ..) => v.reserve(rows),
            Cells::Text(v, _) => v.reserve(rows),
        }
    }

    /// Whether it is the key, whose cells are not here.
    #[inline]
    pub(super) fn is_key(&self) -> bool {
        matches!(self.cells, Cells::Key)
    }

    /// A blank; the key's is the sheet's affair.
    #[inline(always)]
    pub(super) fn push_blank(&mut self) {
        match &mut self.cells {
            Cells::Key => {}
            Cells::Refs(refs, blank) => refs.mark(*blank),
            Cells::Date(v, blank) => v.push(*blank),
            Cells::Int(v) => v.push(BLANK_INT),
            Cells::Number(v) => v.push(BLANK_NUMBER),
            Cells::Bool(v, blank) | Cells::Code(v, blank, _) => v.push(*blank),
            Cells::Text(v, blank) => v.push(*blank),
        }
    }

    pub(super) fn push_bad(&mut self, keys: &mut Keys) {
        match &mut self.cells {
            Cells::Key => keys.push(""),
            Cells::Refs(refs, _) => refs.mark(BAD_ROW),
            Cells::Date(v, _) => v.push(BAD_DATE),
            Cells::Int(v) => v.push(BAD_INT),
            Cells::Number(v) => v.push(BAD_NUMBER),
            Cells::Bool(v, _) => v.push(BAD_BOOL),
            Cells::Code(v, ..) => v.push(BAD_CODE),
            Cells::Text(v, _) => v.push(Sym::BAD),
        }
    }

    pub(super) fn len(&self) -> usize {
        match &self.cells {
            Cells::Key => usize::MAX,
            Cells::Refs(refs, _) => refs.at.len(),
            Cells::Date(v, _) => v.len(),
            Cells::Int(v) => v.len(),
            Cells::Number(v) => v.len(),
            Cells::Bool(v, _) | Cells::Code(v, ..) => v.len(),
            Cells::Text(v, _) => v.len(),
        }
    }

    /// What was read.
    pub(super) fn done(self) -> Filled {
        Filled::Column(match self.cells {
            Cells::Key => return Filled::Key,
            Cells::Refs(refs, _) => return Filled::Refs(refs),
            Cells::Date(v, _) => Column::Date(v),
            Cells::Int(v) => Column::Int(v),
            Cells::Number(v) => Column::Number(v),
            Cells::Bool(v, _) => Column::Bool(v),
            Cells::Code(v, ..) => Column::Code(v),
            Cells::Text(v, _) => Column::Text(v),
        })
    }

    /// Gives every text its number in another set.
    pub(super) fn renumber(&mut self, numbers: &[Sym]) {
        if let Cells::Text(v, _) = &mut self.cells {
            renumber(v, numbers);
        }
    }
}

/// Gives texts their numbers in another set.
pub(super) fn renumber(texts: &mut [Sym], numbers: &[Sym]) {
    texts.iter_mut().for_each(|s| *s = numbers.get(s.0 as usize).copied().unwrap_or(*s));
}

/// Bytes as a key that stands as it is: visible ASCII that begins with a letter, so neither blanks around it nor a number shown short.
#[inline(always)]
fn plain_key(bytes: &[u8]) -> Option<&str> {
    let plain = bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.iter().all(u8::is_ascii_graphic);
    if plain { std::str::from_utf8(bytes).ok() } else { None }
}

/// Adds a cell to a column: one that cannot stand as `bad`.
#[inline(always)]
fn put<T>(column: &mut Vec<T>, value: Result<T, Bad>, bad: T) -> Result<(), Bad> {
    match value {
        Ok(value) => {
            column.push(value);
            Ok(())
        }
        Err(why) => {
            column.push(bad);
            Err(why)
        }
    }
}
