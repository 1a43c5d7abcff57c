//! The records in memory: tables of columns, rows grouped by owner, links both ways, and where each cell came from.

use super::column::{BAD_ROW, BLANK_ROW, Column, Filled};
use super::origin::Origins;
use super::places::Places;
use super::problem::{FieldTally, Problem, Tally};
use super::schema::{Blank, FieldId, FieldType, Schema, TableId};
use super::text::{Keys, Sym, Texts};
use crate::dates::Fuzzy;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

/// A row of a table.
pub type RowId = u32;

/// All records of one run.
#[derive(Debug)]
pub struct Store {
    /// What there can be.
    pub schema: Arc<Schema>,
    /// What there is, by [`TableId`].
    pub tables: Vec<Rows>,
    /// Every text.
    pub texts: Texts,
    /// The files read, and how places in them are named.
    pub places: Places,
    /// What was wrong, sorted.
    pub problems: Vec<Problem>,
    /// Rows counted, by file and table.
    pub tallies: Vec<Tally>,
    /// The fields of forms, counted.
    pub field_tallies: Vec<FieldTally>,
    /// Columns that were not exported and read as blank all the same ("case.status").
    pub assumed_blank: Vec<String>,
    /// Tables of which rows were taken for identical though not all their columns were read.
    pub(crate) unseen_merges: Vec<TableId>,
    /// The hash of each row by itself, by table; worked out when first asked for.
    pub(super) hashes: OnceLock<Vec<Vec<u64>>>,
    /// The places of cells that were told to be wrong; gathered when first asked for.
    pub(super) told_wrong: OnceLock<HashSet<String>>,
}

/// The rows of one table.
#[derive(Debug, Default)]
pub struct Rows {
    /// Whether the table was exported: it has at least one row, or its source says that there is none.
    pub exported: bool,
    /// How many rows are kept (ghosts included).
    pub len: usize,
    /// By [`FieldId`]; none where the column was not exported.
    pub columns: Vec<Option<Column>>,
    /// The key of each row.
    pub keys: Keys,
    /// References into tables not exported keep their text here, by field.
    pub far: Vec<Option<Vec<Sym>>>,
    /// Cells that say outright that there is nothing: they read as blank.
    pub attested: BTreeSet<(RowId, FieldId)>,
    /// Imprecise dates like those that their blanks would stand for (a step from some day of a month to some day of it): two days, not one.
    pub apart: BTreeSet<(RowId, FieldId)>,
    /// Refused rows: what can be read of them is kept, but they prove nothing.
    pub ghost: Vec<bool>,
    /// Ghosts that were not refused but stand for rows their source does not tell; empty if there are none.
    pub open_ghosts: Vec<bool>,
    /// Rows outside every rule.
    pub void: Vec<bool>,
    /// Rows that may be outside every rule: what says so cannot be read, of them or of what they belong to.
    pub perhaps_void: Vec<bool>,
    /// Refused rows whose owner could not be read: they might belong to anyone.
    pub orphans: Vec<RowId>,
    /// File and line of each row.
    pub origin: Origins,
    /// Cells that were taken from the row of another source: the file and line they stand in.
    pub taken: BTreeMap<(RowId, FieldId), (u32, u32)>,
    /// For a derived table: the first and last row it was made of.
    pub made_of: Vec<(RowId, RowId)>,
    /// Rows that may count or not: of a derived table those that exist only if an imprecise join does not hold; of others those of which
    /// it cannot be read whether they are void.
    pub doubtful: Vec<bool>,
    /// For a derived table: by row, the cells of the base (its row and field) that leave the joining open.
    pub open: Vec<(RowId, RowId, FieldId)>,
    /// By [`FieldId`]: who refers here through that field of this table.
    pub links: Vec<OnceLock<Link>>,
    /// The hash of each key; worked out when first asked for.
    pub(super) key_hashes: OnceLock<Vec<u64>>,
}

/// The rows that refer to each row of a target table through one field.
#[derive(Debug)]
pub struct Link {
    offsets: Vec<u32>,
    /// None when the rows of one owner lie together: the range itself is the list.
    rows: Option<Vec<RowId>>,
    /// Rows whose reference is blank or could not be read: they may refer to anything.
    loose: Vec<RowId>,
}

/// The rows that refer to one row.
#[derive(Clone, Debug)]
pub enum Children<'a> {
    /// They lie together.
    Range(std::ops::Range<u32>),
    /// They are listed.
    List(std::slice::Iter<'a, RowId>),
}

impl Iterator for Children<'_> {
    type Item = RowId;
    #[inline]
    fn next(&mut self) -> Option<RowId> {
        match self {
            Self::Range(r) => r.next(),
            Self::List(l) => l.next().copied(),
        }
    }
    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = match self {
            Self::Range(r) => r.len(),
            Self::List(l) => l.len(),
        };
        (len, Some(len))
    }
}

impl ExactSizeIterator for Children<'_> {}

impl Link {
    /// The rows whose reference is blank (where a blank says nothing) or could not be read, in order.
    pub fn loose(&self) -> &[RowId] {
        &self.loose
    }

    /// Whether the reference of a row is blank or could not be read.
    pub fn is_loose(&self, row: RowId) -> bool {
        self.loose.binary_search(&row).is_ok()
    }

    /// The rows that refer to `target`.
    #[inline]
    pub fn children(&self, target: RowId) -> Children<'_> {
        let t = target as usize;
        let (Some(&start), Some(&end)) = (self.offsets.get(t), self.offsets.get(t + 1)) else { return Children::Range(0..0) };
        match &self.rows {
            None => Children::Range(start..end),
            Some(rows) => Children::List(rows.get(start as usize..end as usize).unwrap_or(&[]).iter()),
        }
    }
}

impl Rows {
    /// Whether a row counts in rules: it is neither void nor doubtful nor a ghost.
    #[inline]
    pub fn is_sound(&self, row: RowId) -> bool {
        let flag = |v: &[bool]| v.get(row as usize).copied().unwrap_or(false);
        !flag(&self.ghost) && !flag(&self.void)
    }

    /// Whether a row was refused.
    #[inline]
    pub fn is_ghost(&self, row: RowId) -> bool {
        self.ghost.get(row as usize).copied().unwrap_or(false)
    }

    /// Whether a row stands for rows that its source does not tell.
    pub fn is_open(&self, row: RowId) -> bool {
        self.open_ghosts.get(row as usize).copied().unwrap_or(false)
    }

    /// Whether a row is outside every rule.
    #[inline]
    pub fn is_void(&self, row: RowId) -> bool {
        self.void.get(row as usize).copied().unwrap_or(false)
    }

    /// Whether it is open that a row is outside every rule.
    #[inline]
    pub fn may_be_void(&self, row: RowId) -> bool {
        self.perhaps_void.get(row as usize).copied().unwrap_or(false)
    }

    /// Whether a row may count or not: it exists only if an imprecise join does not hold, or may be outside every rule.
    #[inline]
    pub fn is_doubtful(&self, row: RowId) -> bool {
        self.doubtful.get(row as usize).copied().unwrap_or(false)
    }

    /// The cells of the base that leave it open what a row of a derived table was made of.
    pub fn left_open(&self, row: RowId) -> impl Iterator<Item = (RowId, FieldId)> {
        let at = self.open.partition_point(|&(r, ..)| r < row);
        self.open.get(at..).unwrap_or_default().iter().take_while(move |&&(r, ..)| r == row).map(|&(_, from, field)| (from, field))
    }

    /// The column of a field, if exported.
    #[inline]
    pub fn column(&self, field: FieldId) -> Option<&Column> {
        self.columns.get(field).and_then(Option::as_ref)
    }

    /// The row of a key, of a derived table the one that is not doubtful. Slow: for arguments and tests, not for rules.
    pub fn find(&self, key: &str) -> Option<RowId> {
        let of_key = |r: &RowId| self.keys.get(*r as usize) == key && !self.is_ghost(*r);
        let mut rows = (0..self.len as RowId).filter(of_key);
        rows.clone().find(|&r| !self.is_doubtful(r)).or_else(|| rows.next())
    }
}

impl Store {
    /// The rows of a table.
    #[inline]
    pub fn rows(&self, table: TableId) -> &Rows {
        // Every TableId comes from this schema; the store is built with one `Rows` each.
        &self.tables[table]
    }

    /// The rows of `table` that refer to a row through `field`; built when first asked for.
    pub fn link(&self, table: TableId, field: FieldId) -> Option<&Link> {
        let rows = self.rows(table);
        let slot = rows.links.get(field)?;
        Some(slot.get_or_init(|| self.build_link(table, field)))
    }

    fn build_link(&self, table: TableId, field: FieldId) -> Link {
        let rows = self.rows(table);
        let def = &self.schema.tables[table];
        let target = match def.fields.get(field).map(|f| f.ty) {
            Some(FieldType::Ref(t)) => self.rows(t).len,
            _ => 0,
        };
        let Some(Column::Ref(refs)) = rows.column(field) else {
            return Link { offsets: vec![0; target + 1], rows: None, loose: Vec::new() };
        };
        let loose: Vec<RowId> = (0..refs.len() as RowId)
            .filter(|&r| !rows.is_void(r) && matches!(refs.get(r as usize), Some(&(BLANK_ROW | BAD_ROW))))
            .collect();
        let counts = |row: usize| !rows.is_void(row as RowId) && (refs.get(row).copied().unwrap_or(u32::MAX) as usize) < target;
        let mut offsets = vec![0u32; target + 1];
        for row in (0..refs.len()).filter(|&r| counts(r)) {
            offsets[refs[row] as usize + 1] += 1;
        }
        for i in 1..offsets.len() {
            offsets[i] += offsets[i - 1];
        }
        let total = offsets.last().copied().unwrap_or(0) as usize;
        // Rows sorted by this owner, none left out between: ranges suffice.
        let together = def.owner == Some(field) && (0..total).all(|r| counts(r) && (r == 0 || refs[r - 1] <= refs[r]));
        if together {
            return Link { offsets, rows: None, loose };
        }
        let mut next = offsets.clone();
        let mut list = vec![0; total];
        for row in (0..refs.len()).filter(|&r| counts(r)) {
            let slot = &mut next[refs[row] as usize];
            list[*slot as usize] = row as RowId;
            *slot += 1;
        }
        Link { offsets, rows: Some(list), loose }
    }

    /// Whether another store holds the same, row by row, from the same places. Slow: to see that what should be the same is.
    pub fn holds_what(&self, other: &Self) -> bool {
        self.tables.len() == other.tables.len() && (0..self.tables.len()).all(|t| self.same_table(other, t))
    }

    fn same_table(&self, other: &Self, table: TableId) -> bool {
        let (a, b, fields) = (self.rows(table), other.rows(table), self.schema.tables[table].fields.len());
        let flags = |rows: &Rows, row: RowId| (rows.is_ghost(row), rows.is_open(row), rows.is_void(row), rows.is_doubtful(row));
        let same_cell = |row: RowId, field: FieldId| {
            self.filled(table, row, field) == other.filled(table, row, field)
                && self.show(table, row, field) == other.show(table, row, field)
        };
        let same_row = |row: RowId| {
            let r = row as usize;
            a.keys.get(r) == b.keys.get(r)
                && a.origin.get(r) == b.origin.get(r)
                && flags(a, row) == flags(b, row)
                && (0..fields).all(|field| same_cell(row, field))
        };
        a.len == b.len
            && a.exported == b.exported
            && (0..fields).all(|field| a.column(field).is_some() == b.column(field).is_some())
            && a.attested == b.attested
            && a.apart == b.apart
            && a.orphans == b.orphans
            && a.made_of == b.made_of
            && a.open == b.open
            && (0..a.len as RowId).into_par_iter().all(same_row)
    }

    /// The key of a row.
    pub fn key(&self, table: TableId, row: RowId) -> &str {
        self.rows(table).keys.get(row as usize)
    }

    /// Whether a cell is filled.
    pub fn filled(&self, table: TableId, row: RowId, field: FieldId) -> Filled {
        match self.rows(table).column(field) {
            Some(column) => column.filled(row as usize),
            None => Filled::Unknown,
        }
    }

    /// What a cell says that says outright that there is nothing; none for every other cell.
    pub fn attested(&self, table: TableId, row: RowId, field: FieldId) -> Option<&str> {
        let rows = self.rows(table);
        let says = !rows.attested.is_empty() && rows.attested.contains(&(row, field));
        says.then(|| self.schema.attested.first().map(String::as_str))?
    }

    /// The date of the row that a date is, because its blank stands for that date or because both are one day.
    pub fn stands_for(&self, table: TableId, row: RowId, field: FieldId) -> Option<FieldId> {
        let Blank::SameAs(other) = self.schema.tables.get(table)?.fields.get(field)?.blank else { return None };
        let rows = self.rows(table);
        let (Column::Date(own), Column::Date(others)) = (rows.column(field)?, rows.column(other)?) else { return None };
        let is_same = own.get(row as usize) == others.get(row as usize);
        (is_same && !rows.apart.contains(&(row, field))).then_some(other)
    }

    /// The row a reference leads to, if it leads to one.
    pub fn follow(&self, table: TableId, row: RowId, field: FieldId) -> Option<RowId> {
        let FieldType::Ref(target) = self.schema.tables.get(table)?.fields.get(field)?.ty else { return None };
        match self.rows(table).column(field)? {
            Column::Ref(v) => v.get(row as usize).copied().filter(|&r| (r as usize) < self.rows(target).len),
            _ => None,
        }
    }

    /// A cell as people read it; none where it is blank or unknown. Dates keep their precision.
    pub fn show(&self, table: TableId, row: RowId, field: FieldId) -> Option<String> {
        let def = self.schema.tables.get(table)?.fields.get(field)?;
        let r = row as usize;
        if def.ty == FieldType::Id {
            return Some(self.key(table, row).to_owned());
        }
        let column = self.rows(table).column(field)?;
        if column.filled(r) != Filled::Yes {
            return None;
        }
        match column {
            Column::Date(v) => v.get(r).map(Fuzzy::to_string),
            Column::Int(v) => v.get(r).map(i32::to_string),
            Column::Number(v) => v.get(r).map(|n| show_thousandths(*n)),
            Column::Bool(v) => v.get(r).map(|b| if *b == 1 { "是".to_owned() } else { "否".to_owned() }),
            Column::Code(v) => match def.ty {
                FieldType::Code(list) => self.schema.lists.get(list)?.value(*v.get(r)?).map(str::to_owned),
                _ => None,
            },
            Column::Text(v) => self.texts.get(*v.get(r)?).map(str::to_owned),
            Column::Ref(v) => {
                let FieldType::Ref(target) = def.ty else { return None };
                let to = *v.get(r)?;
                if (to as usize) < self.rows(target).len {
                    return Some(self.key(target, to).to_owned());
                }
                let far = self.rows(table).far.get(field)?.as_ref()?;
                self.texts.get(*far.get(r)?).map(str::to_owned)
            }
        }
    }

    /// Where a row came from: `step.csv:412`, or `postgres db/records step:S412` where rows have no lines; empty for what came from no
    /// file.
    pub fn row_place(&self, table: TableId, row: RowId) -> String {
        let origins = &self.rows(table).origin;
        let Some((file, line)) = self.places.named_row(origins, row as usize) else { return String::new() };
        let mut place = String::with_capacity(file.len() + PLACE);
        place.push_str(&file);
        match self.key(table, row) {
            key if !key.is_empty() && self.places.is_by_key(origins, row as usize) => place.extend([":", key]),
            _ if line == 0 => {}
            _ => place.extend([":", &line.to_string()]),
        }
        place
    }

    /// Whether the source of a row has a column of the field.
    pub fn has_column(&self, table: TableId, row: RowId, field: FieldId) -> bool {
        let Some(def) = self.schema.tables.get(table) else { return false };
        let name = def.fields.get(field).map_or("", |f| f.name.as_str());
        self.places.header(&self.rows(table).origin, row as usize, table, (field, name)).is_some()
    }

    /// The file, line and header of a cell that was taken from the row of another source, here or before it was copied.
    pub fn taken_from(&self, table: TableId, row: RowId, field: FieldId) -> Option<(String, u32, Option<String>)> {
        let rows = self.rows(table);
        let name = self.schema.tables.get(table)?.fields.get(field)?.name.as_str();
        if let Some(&(file, line)) = rows.taken.get(&(row, field)).filter(|_| !rows.taken.is_empty()) {
            let (named, at) = self.places.at(file, line)?;
            return Some((named, at, self.places.header_at((file, line), table, (field, name))));
        }
        let (file, line) = rows.origin.get(row as usize)?;
        self.places.copied_cell(file, line, name)
    }

    /// Where a cell came from: `step.csv:412:end`, the column as it is headed there.
    pub fn place(&self, table: TableId, row: RowId, field: FieldId) -> String {
        let Some(def) = self.schema.tables.get(table) else { return String::new() };
        let rows = self.rows(table);
        if let (Some(joined), Some(&(first, last))) = (&def.joined, rows.made_of.get(row as usize)) {
            let from = if joined.first.contains(&field) { first } else { last };
            return self.place(joined.from, from, field);
        }
        let name = def.fields.get(field).map_or("", |f| f.name.as_str());
        if let Some((file, line, header)) = self.taken_from(table, row, field) {
            let line = if line == 0 { String::new() } else { format!(":{line}") };
            return format!("{file}{line}:{}", header.as_deref().unwrap_or(name));
        }
        let mut place = self.row_place(table, row);
        if place.is_empty() {
            return place;
        }
        let at = rows.origin.get(row as usize);
        let header = at.and_then(|at| self.places.named_header(at, table, (field, name)));
        place.push(':');
        place.push_str(header.as_deref().unwrap_or(name));
        place
    }
}

/// Room for what comes after the file's name in a place: the line and the column.
const PLACE: usize = 24;

/// A number of thousandths without needless zeros.
pub fn show_thousandths(n: i64) -> String {
    let (sign, n) = if n < 0 { ("-", n.unsigned_abs()) } else { ("", n.unsigned_abs()) };
    let (whole, part) = (n / 1000, n % 1000);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{}", format!("{part:03}").trim_end_matches('0'))
}
