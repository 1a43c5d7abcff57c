//! Filling a store: readers hand over rows cell by cell; each cell is read by its field's type, and each row kept or refused.

use super::column::{
    BAD_BOOL, BAD_CODE, BAD_DATE, BAD_INT, BAD_NUMBER, BLANK_BOOL, BLANK_CODE, BLANK_DATE, BLANK_INT, BLANK_NUMBER, Column,
    NONE_CODE,
};
use super::problem::{Fate, Problem, Tally, shown};
use super::schema::{Blank, Field, FieldId, FieldType, Schema, TableId};
use super::text::{Keys, Sym, Texts};
use crate::dates::{Fuzzy, parse_fast};
use std::sync::Arc;

/// Which fields are wanted: the rest are not read. By table, then field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(Vec<Vec<bool>>);

impl Wanted {
    /// Everything.
    pub fn all(schema: &Schema) -> Self {
        Self(schema.tables.iter().map(|t| vec![true; t.fields.len()]).collect())
    }

    /// Keys and owners only; rules then ask for more.
    pub fn keys(schema: &Schema) -> Self {
        let mut wanted = Self(schema.tables.iter().map(|t| vec![false; t.fields.len()]).collect());
        for (id, table) in schema.tables.iter().enumerate() {
            let void = table.void.as_ref().map(|v| v.field);
            let required = (0..table.fields.len()).filter(|&f| table.fields[f].required);
            required.chain([table.key]).chain(table.owner).chain(void).for_each(|f| wanted.add(id, f));
            // The dates that order the rows of a table order its `latest`.
            table.order.iter().for_each(|&f| wanted.add(id, f));
        }
        wanted
    }

    /// Asks for a field, and for what stands in for its blanks; for a derived table, for the fields it is made of.
    pub fn add(&mut self, table: TableId, field: FieldId) {
        if let Some(slot) = self.0.get_mut(table).and_then(|t| t.get_mut(field)) {
            *slot = true;
        }
    }

    /// Whether a field is wanted.
    pub fn has(&self, table: TableId, field: FieldId) -> bool {
        self.0.get(table).and_then(|t| t.get(field)).copied().unwrap_or(false)
    }
}

/// A cell as a reader found it.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Nothing there.
    Blank,
    /// Text, as in CSV.
    Text(&'a str),
    /// A whole number, as in SQLite.
    Int(i64),
    /// A fraction.
    Real(f64),
    /// Yes or no, as in JSON.
    Bool(bool),
    /// A day, as a workbook's date cell.
    Day(crate::dates::Day),
}

/// A store being filled.
#[derive(Debug)]
pub struct Builder {
    pub(super) schema: Arc<Schema>,
    pub(super) wanted: Wanted,
    pub(super) texts: Texts,
    pub(super) files: Vec<String>,
    pub(super) tables: Vec<Draft>,
    pub(super) problems: Vec<Problem>,
    pub(super) tallies: Vec<Tally>,
}

/// The rows of one table so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub keys: Keys,
    pub columns: Vec<Option<Column>>,
    /// References by key, before they are resolved.
    pub refs: Vec<Option<Keys>>,
    pub ghost: Vec<bool>,
    pub origin: Vec<(u16, u32)>,
    pub len: usize,
}

/// One table of one file being read. Rows are handed over one at a time: [`Reading::cell`] for each column, then [`Reading::end_row`].
#[derive(Debug)]
pub struct Reading<'b> {
    builder: &'b mut Builder,
    table: TableId,
    file: u16,
    tally: usize,
    columns: Vec<FieldId>,
    headers: Vec<String>,
    missing: Vec<FieldId>,
    line: u32,
    refused: bool,
}

impl Builder {
    /// An empty store for the wanted fields.
    pub fn new(schema: Arc<Schema>, wanted: Wanted) -> Self {
        let tables = schema
            .tables
            .iter()
            .map(|t| Draft {
                columns: vec![None; t.fields.len()],
                refs: vec![None; t.fields.len()],
                ..Draft::default()
            })
            .collect();
        Self { schema, wanted, texts: Texts::default(), files: Vec::new(), tables, problems: Vec::new(), tallies: Vec::new() }
    }

    /// The schema the store is built for.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Whether a field is to be read at all.
    pub fn wants(&self, table: TableId, field: FieldId) -> bool {
        self.wanted.has(table, field)
    }

    /// Notes something wrong with a file as a whole or a column of it.
    pub fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Starts reading a table of a file. `fields` are the fields that will be given, in the order of the cells, with their headers.
    pub fn reading(&mut self, table: TableId, file: &str, fields: Vec<(FieldId, String)>) -> Reading<'_> {
        let file_id = self.files.iter().position(|f| f == file).unwrap_or_else(|| {
            self.files.push(file.to_owned());
            self.files.len() - 1
        });
        let name = self.schema.tables[table].name.clone();
        self.tallies.push(Tally { file: file.to_owned(), table: name, ..Tally::default() });
        let tally = self.tallies.len() - 1;
        let (columns, headers): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        let schema = Arc::clone(&self.schema);
        let def = &schema.tables[table];
        let draft = &mut self.tables[table];
        for &f in &columns {
            draft.open_column(f, &def.fields[f]);
        }
        // Columns another file had and this one has not: unknown in every row of this file.
        let missing = (0..def.fields.len()).filter(|f| !columns.contains(f) && *f != def.key).collect();
        Reading {
            builder: self,
            table,
            file: u16::try_from(file_id).unwrap_or(u16::MAX),
            tally,
            columns,
            headers,
            missing,
            line: 0,
            refused: false,
        }
    }
}

impl Draft {
    /// Makes the column of a field, with unknown cells for the rows already there.
    fn open_column(&mut self, field: FieldId, def: &Field) {
        let n = self.len;
        match def.ty {
            FieldType::Id => {}
            FieldType::Ref(_) => {
                let slot = &mut self.refs[field];
                if slot.is_none() {
                    let mut keys = Keys::default();
                    (0..n).for_each(|_| keys.push(UNREADABLE));
                    *slot = Some(keys);
                }
            }
            ty => {
                let slot = &mut self.columns[field];
                if slot.is_none() {
                    *slot = Some(match ty {
                        FieldType::Date => Column::Date(vec![BAD_DATE; n]),
                        FieldType::Int => Column::Int(vec![BAD_INT; n]),
                        FieldType::Number => Column::Number(vec![BAD_NUMBER; n]),
                        FieldType::Bool => Column::Bool(vec![BAD_BOOL; n]),
                        FieldType::Code(_) => Column::Code(vec![BAD_CODE; n]),
                        FieldType::Text | FieldType::Id | FieldType::Ref(_) => Column::Text(vec![Sym::BAD; n]),
                    });
                }
            }
        }
    }
}

/// A reference that could not be read, while keys are still text.
pub(super) const UNREADABLE: &str = "\u{0}";

impl Reading<'_> {
    /// The fields of the cells, in order.
    pub fn columns(&self) -> &[FieldId] {
        &self.columns
    }

    /// Starts the row on this physical line (or row number).
    #[inline]
    pub fn start_row(&mut self, line: u32) {
        self.line = line;
        self.refused = false;
    }

    /// Hands over the cell of the `index`-th column. Each column once a row.
    #[inline]
    pub fn cell(&mut self, index: usize, cell: Cell<'_>) {
        let field = self.columns[index];
        if let Err(bad) = self.store(field, cell) {
            self.reject(field, index, cell, bad);
        }
    }

    /// Ends the row: it is now kept or refused.
    #[inline]
    pub fn end_row(&mut self) {
        let draft = &mut self.builder.tables[self.table];
        for &f in &self.missing {
            if let Some(keys) = &mut draft.refs[f] {
                keys.push(UNREADABLE);
            }
            if let Some(column) = &mut draft.columns[f] {
                push_bad(column);
            }
        }
        draft.origin.push((self.file, self.line));
        draft.ghost.push(self.refused);
        draft.len += 1;
        if draft.keys.len() < draft.len {
            draft.keys.push("");
        }
        let tally = &mut self.builder.tallies[self.tally];
        tally.read += 1;
        if self.refused {
            tally.refused += 1;
        } else {
            tally.kept += 1;
        }
    }

    /// Notes something wrong at the current row that the cells do not show (a short line). The row is refused.
    pub fn refuse_row(&mut self, code: &'static str, why: &str, right: &str) {
        self.refused = true;
        let problem = self.problem("", code, Fate::Refused, String::new(), why, right);
        self.builder.problems.push(problem);
    }

    fn problem(&self, column: &str, code: &'static str, fate: Fate, value: String, why: &str, right: &str) -> Problem {
        Problem {
            file: self.builder.files.get(usize::from(self.file)).cloned().unwrap_or_default(),
            table: self.builder.schema.tables[self.table].name.clone(),
            row: self.line,
            column: column.to_owned(),
            code,
            fate,
            value,
            why: why.to_owned(),
            right: right.to_owned(),
        }
    }

    #[cold]
    fn reject(&mut self, field: FieldId, index: usize, cell: Cell<'_>, bad: Bad) {
        let schema = Arc::clone(&self.builder.schema);
        let def = &schema.tables[self.table].fields[field];
        let fate = if def.required { Fate::Refused } else { Fate::Blanked };
        self.refused |= def.required;
        let header = self.headers.get(index).cloned().unwrap_or_default();
        let value = match cell {
            Cell::Blank => String::new(),
            Cell::Text(t) => shown(t),
            Cell::Int(i) => shown(&i.to_string()),
            Cell::Real(x) => shown(&x.to_string()),
            Cell::Bool(b) => b.to_string(),
            Cell::Day(d) => d.to_string(),
        };
        let right = match def.ty {
            FieldType::Date => "日期写作 2024-03-04、2024-03 或 2024".to_owned(),
            FieldType::Int => "应为整数".to_owned(),
            FieldType::Number => "应为数字，至多三位小数".to_owned(),
            FieldType::Bool => "应为 是/否（true/false、1/0、Y/N 亦可）".to_owned(),
            FieldType::Code(list) => {
                let values = &schema.lists[list].values;
                let near = crate::diagnostic::nearest(value.as_str(), values.iter().map(String::as_str));
                match near {
                    Some(near) => format!("是否应为“{near}”？可用值：{}", values.join("、")),
                    None => format!("可用值：{}", values.join("、")),
                }
            }
            FieldType::Id | FieldType::Ref(_) | FieldType::Text => "不能为空".to_owned(),
        };
        let problem = self.problem(&header, bad.code, fate, value, bad.why, &right);
        self.builder.problems.push(problem);
    }

    #[inline]
    fn store(&mut self, field: FieldId, cell: Cell<'_>) -> Result<(), Bad> {
        let builder = &mut *self.builder;
        let def = &builder.schema.tables[self.table].fields[field];
        let draft = &mut builder.tables[self.table];
        let cell = match cell {
            Cell::Text(t) => {
                let t = t.trim();
                if t.is_empty() { Cell::Blank } else { Cell::Text(t) }
            }
            other => other,
        };
        let blank = matches!(cell, Cell::Blank);
        let missing = if blank && def.required { Err(MISSING) } else { Ok(()) };
        match def.ty {
            FieldType::Id => {
                push_key(&mut draft.keys, cell);
                return missing;
            }
            FieldType::Ref(_) => {
                if let Some(keys) = &mut draft.refs[field] {
                    push_key(keys, cell);
                }
                return missing;
            }
            _ => {}
        }
        let Some(column) = &mut draft.columns[field] else { return Ok(()) };
        if blank {
            push_blank(column, def.blank);
            return missing;
        }
        match column {
            Column::Date(v) => push(v, read_date(cell), BAD_DATE),
            Column::Int(v) => push(v, read_int(cell), BAD_INT),
            Column::Number(v) => push(v, read_number(cell), BAD_NUMBER),
            Column::Bool(v) => push(v, read_bool(cell), BAD_BOOL),
            Column::Code(v) => {
                let FieldType::Code(list) = def.ty else { return Ok(()) };
                let code = match cell {
                    Cell::Text(t) => builder.schema.lists[list].code(t),
                    _ => None,
                };
                push(v, code.ok_or(BAD_VALUE), BAD_CODE)
            }
            Column::Text(v) => {
                let sym = match cell {
                    Cell::Text(t) => builder.texts.intern(t),
                    other => builder.texts.intern(&plain(other)),
                };
                v.push(sym);
                Ok(())
            }
            Column::Ref(_) => Ok(()),
        }
    }
}

/// Why a cell cannot stand.
#[derive(Clone, Copy, Debug)]
struct Bad {
    code: &'static str,
    why: &'static str,
}

const MISSING: Bad = Bad { code: "data::missing", why: "必填项为空" };
const BAD_VALUE: Bad = Bad { code: "data::bad-code", why: "不在代码表中" };
const NOT_A_DATE: Bad = Bad { code: "data::bad-date", why: "不是日期" };
const AMBIGUOUS_DATE: Bad = Bad { code: "data::ambiguous-date", why: "分不清是1月还是10月" };
const NOT_AN_INT: Bad = Bad { code: "data::bad-int", why: "不是整数" };
const NOT_A_NUMBER: Bad = Bad { code: "data::bad-number", why: "不是数字" };
const NOT_A_BOOL: Bad = Bad { code: "data::bad-bool", why: "不是“是/否”" };

#[inline]
fn push<T>(column: &mut Vec<T>, value: Result<T, Bad>, bad: T) -> Result<(), Bad> {
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

fn push_key(keys: &mut Keys, cell: Cell<'_>) {
    match cell {
        Cell::Blank => keys.push(""),
        Cell::Text(t) => keys.push(t),
        other => keys.push(&plain(other)),
    }
}

fn push_blank(column: &mut Column, blank: Blank) {
    match column {
        Column::Date(v) => v.push(match blank {
            Blank::NotHappened => Fuzzy::FUTURE,
            Blank::SinceEver => Fuzzy::PAST,
            // `same_as` is filled in once the row's other dates are there.
            Blank::Unknown | Blank::None | Blank::SameAs(_) => BLANK_DATE,
        }),
        Column::Int(v) => v.push(BLANK_INT),
        Column::Number(v) => v.push(BLANK_NUMBER),
        Column::Bool(v) => v.push(if blank == Blank::None { 0 } else { BLANK_BOOL }),
        Column::Code(v) => v.push(if blank == Blank::None { NONE_CODE } else { BLANK_CODE }),
        Column::Text(v) => v.push(if blank == Blank::None { Sym::NONE } else { Sym::BLANK }),
        Column::Ref(_) => {}
    }
}

fn push_bad(column: &mut Column) {
    match column {
        Column::Date(v) => v.push(BAD_DATE),
        Column::Int(v) => v.push(BAD_INT),
        Column::Number(v) => v.push(BAD_NUMBER),
        Column::Bool(v) => v.push(BAD_BOOL),
        Column::Code(v) => v.push(BAD_CODE),
        Column::Text(v) => v.push(Sym::BAD),
        Column::Ref(_) => {}
    }
}

fn plain(cell: Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(t) => t.to_owned(),
        Cell::Int(i) => i.to_string(),
        Cell::Real(x) => x.to_string(),
        Cell::Bool(b) => if b { "是" } else { "否" }.to_owned(),
        Cell::Day(d) => d.to_string(),
    }
}

#[inline]
fn read_date(cell: Cell<'_>) -> Result<Fuzzy, Bad> {
    match cell {
        Cell::Text(t) => match parse_fast(t.as_bytes()) {
            Some(date) => Ok(date),
            None => Fuzzy::parse(t).map_err(|e| match e {
                crate::dates::DateError::LostZero => AMBIGUOUS_DATE,
                _ => NOT_A_DATE,
            }),
        },
        Cell::Day(day) => Ok(Fuzzy::exact(day)),
        // 2019, 201903 or 20190305 stored as a number; never a fraction, which cannot tell January from October.
        Cell::Int(i) => Fuzzy::parse(&i.to_string()).map_err(|_| NOT_A_DATE),
        Cell::Real(x) if x.fract() == 0.0 => Fuzzy::parse(&format!("{x:.0}")).map_err(|_| NOT_A_DATE),
        Cell::Real(_) => Err(AMBIGUOUS_DATE),
        Cell::Bool(_) | Cell::Blank => Err(NOT_A_DATE),
    }
}

#[inline]
fn read_int(cell: Cell<'_>) -> Result<i32, Bad> {
    let value = match cell {
        Cell::Int(i) => i32::try_from(i).ok(),
        Cell::Real(x) if x.fract() == 0.0 && x.abs() < 1e9 => Some(x as i32),
        Cell::Text(t) => t.parse().ok().or_else(|| t.strip_suffix(".0").and_then(|t| t.parse().ok())),
        _ => None,
    };
    value.filter(|&v| v > BLANK_INT).ok_or(NOT_AN_INT)
}

fn read_number(cell: Cell<'_>) -> Result<i64, Bad> {
    match cell {
        Cell::Int(i) => i.checked_mul(1000).ok_or(NOT_A_NUMBER),
        Cell::Real(x) => thousandths(&x.to_string()),
        Cell::Text(t) => thousandths(t.trim_end_matches('%')),
        _ => Err(NOT_A_NUMBER),
    }
}

/// A decimal text as thousandths; more decimals than three are refused rather than rounded across a threshold.
fn thousandths(text: &str) -> Result<i64, Bad> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 3 || !plain(whole) || !plain(part) {
        return Err(NOT_A_NUMBER);
    }
    let whole: i64 = whole.parse().map_err(|_| NOT_A_NUMBER)?;
    let part: i64 = format!("{part:0<3}").parse().map_err(|_| NOT_A_NUMBER)?;
    let value = whole * 1000 + part;
    Ok(if negative { -value } else { value })
}

#[inline]
fn read_bool(cell: Cell<'_>) -> Result<u8, Bad> {
    match cell {
        Cell::Bool(b) => Ok(u8::from(b)),
        Cell::Int(1) => Ok(1),
        Cell::Int(0) => Ok(0),
        Cell::Text("是" | "true" | "TRUE" | "True" | "1" | "Y" | "y") => Ok(1),
        Cell::Text("否" | "false" | "FALSE" | "False" | "0" | "N" | "n") => Ok(0),
        _ => Err(NOT_A_BOOL),
    }
}
