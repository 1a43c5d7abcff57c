//! One table of one file being read: cells come in row by row, are read by their field's type, and each row is kept or refused.
//! A sheet stands by itself, so that several can be filled at once; a [`super::Builder`] puts them together.

use super::cell::{self, Bad, Cell};
use super::correct::Stood;
use super::fill::Fill;
use super::origin::Origins;
use super::problem::{Fate, Problem, shown};
use super::schema::{FieldId, FieldType, Schema, TableId};
use super::text::{Keys, Texts};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One table of one file being read: [`Sheet::start_row`], [`Sheet::cell`] for each column, [`Sheet::end_row`].
#[derive(Debug)]
pub struct Sheet {
    schema: Arc<Schema>,
    texts: Texts,
    part: Part,
    line: u32,
    /// How many cells of this row have been given.
    given: usize,
    /// Why this row is refused, if it is.
    refused: Option<&'static str>,
    /// The cells of this row are not in their places: what is wrong with them is not told.
    askew: bool,
}

/// Some rows of one table, all from one file.
#[derive(Debug)]
pub(super) struct Part {
    pub table: TableId,
    pub file: String,
    pub fills: Vec<Fill>,
    pub keys: Keys,
    pub origins: Origins,
    /// Rows refused; empty if none is.
    pub ghost: Vec<bool>,
    /// Ghosts that stand for rows their source does not tell; empty if none does.
    pub open_rows: Vec<bool>,
    /// How many these are.
    pub open: usize,
    /// Rows that said again what one of these says.
    pub merged: u64,
    /// Tells apart sheets of one file and table whose columns are headed otherwise.
    pub variant: u32,
    /// What its rows are counted under, if not the file.
    pub counted_as: Option<String>,
    /// Its rows are named by their keys.
    pub by_key: bool,
    pub len: usize,
    pub refused: u64,
    /// Rows refused by what was found wrong first.
    pub reasons: BTreeMap<&'static str, u64>,
    pub problems: Vec<Problem>,
    /// Where the rows stood that these stand for.
    pub corrected: Vec<Stood>,
    /// Cells that say outright that there is nothing.
    pub attested: Vec<(u32, FieldId)>,
    /// The source it is of, if not the one being read.
    pub source: Option<u32>,
    /// Rows that are no records, by what they are.
    pub aside: BTreeMap<&'static str, u64>,
}

impl Part {
    /// No rows.
    pub(super) fn new(table: TableId, file: &str) -> Self {
        Self {
            table,
            file: file.to_owned(),
            fills: Vec::new(),
            keys: Keys::default(),
            origins: Origins::default(),
            ghost: Vec::new(),
            open_rows: Vec::new(),
            open: 0,
            merged: 0,
            variant: 0,
            counted_as: None,
            by_key: false,
            len: 0,
            refused: 0,
            reasons: BTreeMap::new(),
            problems: Vec::new(),
            corrected: Vec::new(),
            attested: Vec::new(),
            source: None,
            aside: BTreeMap::new(),
        }
    }
}

impl Sheet {
    /// Starts a table of a file. `fields` are the fields that will be given, in the order of the cells, with their headers. Texts go
    /// on from those of an earlier sheet.
    pub(super) fn new(schema: &Arc<Schema>, table: TableId, file: &str, fields: Vec<(FieldId, String)>, texts: Texts) -> Self {
        let part = Part::new(table, file);
        let mut sheet = Self { schema: Arc::clone(schema), texts, part, line: 0, given: 0, refused: None, askew: false };
        for (field, header) in fields {
            sheet.column(field, header);
        }
        sheet
    }

    /// Adds a column, blank in the rows so far; its number for [`Sheet::cell`].
    pub fn column(&mut self, field: FieldId, header: String) -> usize {
        let Some(def) = self.schema.tables.get(self.part.table).and_then(|t| t.fields.get(field)) else {
            return usize::MAX;
        };
        let mut fill = Fill::new(def, field, header);
        let required = fill.required;
        (0..self.part.len).for_each(|_| fill.push_blank());
        self.part.fills.push(fill);
        if required && def.ty != FieldType::Id {
            self.refuse_all_before();
        }
        self.part.fills.len() - 1
    }

    /// The rows so far turn out to lack a required cell: that of the last column.
    fn refuse_all_before(&mut self) {
        let Some(header) = self.part.fills.last().map(|f| f.header.clone()) else { return };
        let line = self.line;
        for row in 0..self.part.len {
            self.line = self.part.origins.get(row).map_or(0, |(_, line)| line);
            self.tell(&header, Bad::Missing.code(), Fate::Refused, String::new(), Bad::Missing.why(), "不能为空".to_owned());
            if self.part.ghost.len() <= row {
                self.part.ghost.resize(row + 1, false);
            }
            if let Some(ghost) = self.part.ghost.get_mut(row)
                && !std::mem::replace(ghost, true)
            {
                self.part.refused += 1;
                *self.part.reasons.entry(Bad::Missing.code()).or_default() += 1;
            }
        }
        self.line = line;
    }

    /// One of several sheets of one file and table, whose fields stand in other columns of the file: cells are cited by those.
    pub fn variant(&mut self, number: u32) {
        self.part.variant = number;
    }

    /// It is of a source that was begun before.
    pub fn of_source(&mut self, source: u32) {
        self.part.source = Some(source);
    }

    /// It has so many rows that are no records, for what they are (a title, a total): counted, not read.
    pub fn set_aside(&mut self, what: &'static str, rows: u64) {
        if rows > 0 {
            *self.part.aside.entry(what).or_default() += rows;
        }
    }

    /// Its rows are counted under another name than the file's.
    pub fn counted_as(&mut self, name: &str) {
        self.part.counted_as = Some(name.to_owned());
    }

    /// So many more rows said again what others say, and went into those.
    pub fn merged(&mut self, rows: u64) {
        self.part.merged += rows;
    }

    /// Its rows are named by their keys: they have no lines that somebody could look up. Those without a key are named by the order they
    /// came in.
    pub fn by_key(&mut self) {
        self.part.by_key = true;
    }

    /// Makes room for so many rows, which are most likely to come.
    pub fn reserve(&mut self, rows: usize) {
        self.part.fills.iter_mut().for_each(|fill| fill.reserve(rows));
        self.part.keys.reserve(rows);
    }

    /// Serial numbers of days count from 1904, as in books of old Macintoshes.
    pub fn count_from_1904(&mut self) {
        self.part.fills.iter_mut().for_each(Fill::count_from_1904);
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.part.fills.len()
    }

    /// How many rows there are so far.
    pub fn rows(&self) -> usize {
        self.part.len
    }

    /// Starts the row on this physical line (or row number).
    #[inline]
    pub fn start_row(&mut self, line: u32) {
        self.line = line;
        self.given = 0;
        self.refused = None;
        self.askew = false;
    }

    /// Hands over the cell of the `index`-th column. Each column at most once a row; one left out is blank.
    // Inlined, so that a reader that knows what it has goes straight to it.
    #[inline(always)]
    pub fn cell(&mut self, index: usize, cell: Cell<'_>) {
        match cell {
            Cell::Blank => self.blank(index),
            Cell::Text(text) => self.text(index, text),
            cell => self.other(index, cell),
        }
    }

    #[inline(always)]
    fn blank(&mut self, index: usize) {
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        self.given += 1;
        fill.push_blank();
        if fill.required {
            self.lacking(index);
        }
    }

    /// A blank where there must be something: a key, or what the row cannot do without.
    #[cold]
    fn lacking(&mut self, index: usize) {
        if self.part.fills.get(index).is_some_and(Fill::is_key) {
            self.part.keys.push("");
        }
        self.reject(index, Cell::Blank, Bad::Missing);
    }

    fn text(&mut self, index: usize, text: &str) {
        let text = cell::trimmed(text);
        if text.is_empty() {
            return self.blank(index);
        }
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        if fill.may_be_none && self.schema.attests_none(text) {
            self.part.attested.push((self.part.len as u32, fill.field));
            return self.blank(index);
        }
        self.given += 1;
        if let Err(bad) = fill.put(Cell::Text(text), &mut self.part.keys, &mut self.texts, &self.schema) {
            self.reject(index, Cell::Text(text), bad);
        }
    }

    /// Hands over the cell of the `index`-th column as bytes that ought to be UTF-8; false if they are not, and no text. Dates, codes
    /// and what was read before need no proof of it.
    pub fn bytes(&mut self, index: usize, bytes: &[u8]) -> bool {
        let Some(fill) = self.part.fills.get_mut(index) else { return true };
        if fill.put_bytes(bytes, &mut self.part.keys, &self.texts, &self.schema) {
            self.given += 1;
            return true;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                self.text(index, text);
                true
            }
            Err(_) => {
                self.other(index, Cell::Garbled);
                false
            }
        }
    }

    fn other(&mut self, index: usize, cell: Cell<'_>) {
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        self.given += 1;
        if matches!(cell, Cell::Uncomputed) {
            fill.push_bad(&mut self.part.keys);
            return self.reject(index, cell, Bad::Uncomputed);
        }
        if let Err(bad) = fill.put(cell, &mut self.part.keys, &mut self.texts, &self.schema) {
            self.reject(index, cell, bad);
        }
    }

    /// The cell of the `index`-th column is not there at all: unknown.
    pub fn lost(&mut self, index: usize) {
        if let Some(fill) = self.part.fills.get_mut(index) {
            self.given += 1;
            fill.push_bad(&mut self.part.keys);
            if fill.required {
                self.refused.get_or_insert(Bad::Missing.code());
            }
        }
    }

    /// The cell of the `index`-th column is known to be unreadable, which was told before: it reads as unknown, and no more is made of it.
    pub fn unknown(&mut self, index: usize) {
        if let Some(fill) = self.part.fills.get_mut(index) {
            self.given += 1;
            fill.push_bad(&mut self.part.keys);
        }
    }

    /// The cell of the `index`-th column cannot stand for a reason that its field does not know: unknown, and the row is refused if the
    /// field is required.
    pub fn wrong(&mut self, index: usize, code: &'static str, text: &str, why: &str, right: &str) {
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        self.given += 1;
        fill.push_bad(&mut self.part.keys);
        let (required, header) = (fill.required, fill.header.clone());
        if required {
            self.refused.get_or_insert(code);
        }
        if !self.askew {
            let fate = if required { Fate::Refused } else { Fate::Blanked };
            self.tell(&header, code, fate, shown(text), why.to_owned(), right.to_owned());
        }
    }

    /// Notes something of the file as a whole or a column of it.
    pub fn note(&mut self, problem: Problem) {
        self.part.problems.push(problem);
    }

    /// Refuses the current row for what its cells do not show (a short line). Called before its cells, of which no more is told.
    pub fn refuse_row(&mut self, code: &'static str, why: &str, right: &str) {
        self.refused.get_or_insert(code);
        self.askew = true;
        self.tell("", code, Fate::Refused, String::new(), why.to_owned(), right.to_owned());
    }

    /// Refuses the current row for what was told before. Called before its cells, of which no more is told.
    pub fn refuse_again(&mut self) {
        self.refuse_told("data::refused-at-import");
    }

    /// Refuses the current row for what is told of the whole sheet. Called before its cells, of which no more is told.
    pub fn refuse_told(&mut self, code: &'static str) {
        self.refused.get_or_insert(code);
        self.askew = true;
    }

    /// The current row stands for one that was refused, and stood there.
    pub fn corrects(&mut self, stood: Stood) {
        self.part.corrected.push(stood);
    }

    /// Refuses the current row, naming the column meant and what stands there. Called before its cells, of which no more is told.
    pub fn refuse_text(&mut self, column: &str, code: &'static str, text: &str, why: &str, right: &str) {
        self.refused = Some(code);
        self.askew = true;
        self.tell(column, code, Fate::Refused, shown(text), why.to_owned(), right.to_owned());
    }

    /// The cell of the `index`-th column cannot be read for what its text says: unknown.
    pub fn unreadable(&mut self, index: usize, column: &str, code: &'static str, text: &str, why: &str, right: &str) {
        self.unknown(index);
        self.tell(column, code, Fate::Blanked, shown(text), why.to_owned(), right.to_owned());
    }

    /// Ends the row: it is now kept or refused.
    #[inline]
    pub fn end_row(&mut self) {
        let row = self.part.len;
        self.close_row();
        if let Some(code) = self.refused {
            self.part.refused += 1;
            *self.part.reasons.entry(code).or_default() += 1;
            self.part.ghost.resize(row, false);
            self.part.ghost.push(true);
        }
    }

    #[inline]
    fn close_row(&mut self) {
        let row = self.part.len;
        if self.given < self.part.fills.len() {
            self.blank_rest();
        }
        if self.part.keys.len() == row {
            self.no_key();
        }
        self.part.origins.push(0, self.line);
        self.part.len += 1;
    }

    /// Adds a row that stands for rows of `owner` that the source does not tell, as a form lists recent years only: what their absence
    /// would decide is unknown. It has a key of its own and an owner, proves nothing and is counted nowhere.
    pub fn open_row(&mut self, line: u32, key: &str, owner: &str) {
        self.start_row(line);
        let of = |field: FieldId| self.schema.tables.get(self.part.table).is_some_and(|t| t.owner == Some(field));
        let owners: Vec<bool> = self.part.fills.iter().map(|f| of(f.field)).collect();
        for (index, is_owner) in owners.into_iter().enumerate() {
            if self.part.fills.get(index).is_some_and(Fill::is_key) {
                self.cell(index, Cell::Text(key));
            } else if is_owner {
                self.cell(index, Cell::Text(owner));
            } else {
                self.unknown(index);
            }
        }
        self.end_open_row();
    }

    /// Ends a row as [`Sheet::open_row`] does.
    pub fn end_open_row(&mut self) {
        let row = self.part.len;
        self.close_row();
        // Whatever its cells are: it is not counted among the refused either.
        self.refused = None;
        self.part.ghost.resize(row, false);
        self.part.ghost.push(true);
        self.part.open_rows.resize(row, false);
        self.part.open_rows.push(true);
        self.part.open += 1;
    }

    /// Cells not given are blank.
    #[cold]
    fn blank_rest(&mut self) {
        let row = self.part.len;
        for index in 0..self.part.fills.len() {
            if self.part.fills.get(index).is_some_and(|f| f.len() == row) {
                self.cell(index, Cell::Blank);
            }
        }
    }

    /// The row has no key, because its cell was not given or the file has no such column.
    #[cold]
    fn no_key(&mut self) {
        if let Some(index) = self.part.fills.iter().position(Fill::is_key) {
            self.cell(index, Cell::Blank);
            return;
        }
        self.part.keys.push("");
        self.refused.get_or_insert("data::missing");
        let zh = self.schema.tables.get(self.part.table).and_then(|t| t.fields.get(t.key)).map_or("", |f| f.zh.as_str()).to_owned();
        self.tell(&zh, "data::missing", Fate::Refused, String::new(), "文件没有编码列".to_owned(), format!("应有“{zh}”列"));
    }

    /// What has been read, and the texts for the next sheet.
    pub(super) fn close(mut self) -> (Part, Texts) {
        if !self.part.ghost.is_empty() {
            self.part.ghost.resize(self.part.len, false);
        }
        (self.part, self.texts)
    }

    fn tell(&mut self, column: &str, code: &'static str, fate: Fate, value: String, why: String, right: String) {
        let table = self.schema.tables.get(self.part.table).map(|t| t.name.clone()).unwrap_or_default();
        let (file, row) = (self.part.file.clone(), self.line);
        self.part.problems.push(Problem { file, table, row, key: String::new(), column: column.to_owned(), code, fate, value, why, right });
    }

    #[cold]
    fn reject(&mut self, index: usize, cell: Cell<'_>, bad: Bad) {
        let Some(fill) = self.part.fills.get(index) else { return };
        let (required, field, header) = (fill.required, fill.field, fill.header.clone());
        if required {
            self.refused.get_or_insert(bad.code());
        }
        if self.askew {
            return;
        }
        let fate = if required { Fate::Refused } else { Fate::Blanked };
        let value = match cell {
            Cell::Blank | Cell::Garbled | Cell::Uncomputed => String::new(),
            Cell::Text(t) => shown(t),
            Cell::Int(i) => shown(&i.to_string()),
            Cell::Real(x) => shown(&x.to_string()),
            Cell::Bool(b) => b.to_string(),
            Cell::Day(d) => d.to_string(),
        };
        let right = self.right(field, bad, &value);
        self.tell(&header, bad.code(), fate, value, bad.why(), right);
    }

    fn right(&self, field: FieldId, bad: Bad, value: &str) -> String {
        match bad {
            Bad::Missing => "不能为空".to_owned(),
            Bad::Date(_) => "日期写作 2024-03-04、2024-03 或 2024".to_owned(),
            Bad::Int => "应为整数".to_owned(),
            Bad::Number => "应为数字，至多三位小数".to_owned(),
            Bad::Bool => "应为 是/否（true/false、1/0、Y/N 亦可）".to_owned(),
            Bad::LostDigits => "请把这一列设为文本格式后重新填写、导出".to_owned(),
            Bad::Garbled => "请核对原始记录后重新导出".to_owned(),
            Bad::Uncomputed => "请用 Excel 或 WPS 打开，重新计算并保存，或者把公式改成数值".to_owned(),
            Bad::Code => {
                let ty = self.schema.tables.get(self.part.table).and_then(|t| t.fields.get(field)).map(|f| f.ty);
                let Some(FieldType::Code(list)) = ty else { return String::new() };
                let Some(list) = self.schema.lists.get(list) else { return String::new() };
                match crate::diagnostic::nearest(value, list.values.iter().map(String::as_str)) {
                    Some(near) => format!("是否应为“{near}”？可用值：{}", list.values.join("、")),
                    None => format!("可用值：{}", list.values.join("、")),
                }
            }
        }
    }
}
