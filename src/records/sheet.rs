//! One table of one file being read: cells come in row by row, are read by their field's type, and each row is kept or refused.
//! A sheet stands by itself, so that several can be filled at once; a [`super::Builder`] puts them together.

use super::cell::{self, Bad, Cell};
use super::column::{BAD_BOOL, BAD_CODE, BAD_DATE, BAD_INT, BAD_NUMBER, BAD_ROW, BLANK_ROW, Column, NONE_ROW};
use super::origin::Origins;
use super::problem::{Fate, Problem, shown};
use super::schema::{Blank, FieldId, FieldType, Schema, TableId};
use super::text::{Keys, RefKeys, Sym, Texts};
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
    refused: bool,
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
    pub len: usize,
    pub refused: u64,
    pub problems: Vec<Problem>,
}

/// One column being filled.
#[derive(Debug)]
pub(super) struct Fill {
    pub field: FieldId,
    pub header: String,
    required: bool,
    blank: Blank,
    pub cells: Cells,
}

#[derive(Debug)]
pub(super) enum Cells {
    /// The row's key goes to [`Part::keys`].
    Key,
    Refs(RefKeys),
    Typed(Column),
    Code(Vec<u8>, usize),
}

impl Sheet {
    /// Starts a table of a file. `fields` are the fields that will be given, in the order of the cells, with their headers. Texts go
    /// on from those of an earlier sheet.
    pub(super) fn new(schema: &Arc<Schema>, table: TableId, file: &str, fields: Vec<(FieldId, String)>, texts: Texts) -> Self {
        let part = Part {
            table,
            file: file.to_owned(),
            fills: Vec::new(),
            keys: Keys::default(),
            origins: Origins::default(),
            ghost: Vec::new(),
            len: 0,
            refused: 0,
            problems: Vec::new(),
        };
        let mut sheet = Self { schema: Arc::clone(schema), texts, part, line: 0, given: 0, refused: false, askew: false };
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
        let cells = match def.ty {
            FieldType::Id => Cells::Key,
            FieldType::Ref(_) => Cells::Refs(RefKeys::default()),
            FieldType::Code(list) => Cells::Code(Vec::new(), list),
            ty => Column::bad(ty, 0).map_or(Cells::Key, Cells::Typed),
        };
        let required = def.required || def.ty == FieldType::Id;
        let mut fill = Fill { field, header, required, blank: def.blank, cells };
        (0..self.part.len).for_each(|_| fill.push_blank());
        self.part.fills.push(fill);
        self.part.fills.len() - 1
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
        self.refused = false;
        self.askew = false;
    }

    /// Hands over the cell of the `index`-th column. Each column at most once a row; one left out is blank.
    #[inline]
    pub fn cell(&mut self, index: usize, cell: Cell<'_>) {
        let Some(fill) = self.part.fills.get_mut(index) else { return };
        self.given += 1;
        if let Err(bad) = fill.put(cell::trimmed(cell), &mut self.part.keys, &mut self.texts, &self.schema) {
            self.reject(index, cell, bad);
        }
    }

    /// The cell of the `index`-th column is not there at all: unknown.
    pub fn lost(&mut self, index: usize) {
        if let Some(fill) = self.part.fills.get_mut(index) {
            self.given += 1;
            fill.push_bad(&mut self.part.keys);
            self.refused |= fill.required;
        }
    }

    /// Refuses the current row for what its cells do not show (a short line). Called before its cells, of which no more is told.
    pub fn refuse_row(&mut self, code: &'static str, why: &str, right: &str) {
        self.refused = true;
        self.askew = true;
        self.tell("", code, Fate::Refused, String::new(), why.to_owned(), right.to_owned());
    }

    /// The current row was refused when it was first read, and that was told then.
    pub(crate) fn refuse_again(&mut self) {
        self.refused = true;
        self.askew = true;
    }

    /// Ends the row: it is now kept or refused.
    #[inline]
    pub fn end_row(&mut self) {
        let row = self.part.len;
        if self.given < self.part.fills.len() {
            self.blank_rest();
        }
        if self.part.keys.len() == row {
            self.no_key();
        }
        self.part.origins.push(0, self.line);
        self.part.len += 1;
        if self.refused {
            self.part.refused += 1;
            self.part.ghost.resize(row, false);
            self.part.ghost.push(true);
        }
    }

    /// Cells not given are blank.
    #[cold]
    fn blank_rest(&mut self) {
        let row = self.part.len;
        for index in 0..self.part.fills.len() {
            if self.part.fills.get(index).is_some_and(|f| f.cells.len() == row) {
                self.cell(index, Cell::Blank);
            }
        }
    }

    /// The row has no key, because its cell was not given or the file has no such column.
    #[cold]
    fn no_key(&mut self) {
        if let Some(index) = self.part.fills.iter().position(|f| matches!(f.cells, Cells::Key)) {
            self.cell(index, Cell::Blank);
            return;
        }
        self.part.keys.push("");
        self.refused = true;
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
        self.part.problems.push(Problem { file, table, row, column: column.to_owned(), code, fate, value, why, right });
    }

    #[cold]
    fn reject(&mut self, index: usize, cell: Cell<'_>, bad: Bad) {
        let Some(fill) = self.part.fills.get(index) else { return };
        let (required, field, header) = (fill.required, fill.field, fill.header.clone());
        self.refused |= required;
        if self.askew {
            return;
        }
        let fate = if required { Fate::Refused } else { Fate::Blanked };
        let value = match cell {
            Cell::Blank | Cell::Garbled => String::new(),
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

impl Fill {
    #[inline]
    fn put(&mut self, cell: Cell<'_>, keys: &mut Keys, texts: &mut Texts, schema: &Schema) -> Result<(), Bad> {
        if matches!(cell, Cell::Blank) {
            if matches!(self.cells, Cells::Key) {
                keys.push("");
            } else {
                self.push_blank();
            }
            return if self.required { Err(Bad::Missing) } else { Ok(()) };
        }
        match &mut self.cells {
            Cells::Key => cell::text(cell, |t| keys.push(t)).inspect_err(|_| keys.push("")),
            Cells::Refs(refs) => cell::text(cell, |t| refs.push(t)).inspect_err(|_| refs.mark(BAD_ROW)),
            Cells::Code(v, list) => {
                let code = match cell {
                    Cell::Text(t) => schema.lists.get(*list).and_then(|l| l.code(t)),
                    _ => None,
                };
                push(v, code.ok_or(Bad::Code), BAD_CODE)
            }
            Cells::Typed(Column::Date(v)) => push(v, cell::date(cell), BAD_DATE),
            Cells::Typed(Column::Text(v)) => push(v, cell::text(cell, |t| texts.intern(t)), Sym::BAD),
            Cells::Typed(Column::Int(v)) => push(v, cell::int(cell), BAD_INT),
            Cells::Typed(Column::Bool(v)) => push(v, cell::yes_no(cell), BAD_BOOL),
            Cells::Typed(Column::Number(v)) => push(v, cell::number(cell), BAD_NUMBER),
            Cells::Typed(Column::Code(_) | Column::Ref(_)) => Ok(()),
        }
    }

    fn push_blank(&mut self) {
        match &mut self.cells {
            Cells::Key => {}
            Cells::Refs(refs) => refs.mark(if self.blank == Blank::None { NONE_ROW } else { BLANK_ROW }),
            Cells::Code(v, _) => v.push(if self.blank == Blank::None { super::column::NONE_CODE } else { super::column::BLANK_CODE }),
            Cells::Typed(column) => column.push_blank(self.blank),
        }
    }

    fn push_bad(&mut self, keys: &mut Keys) {
        match &mut self.cells {
            Cells::Key => keys.push(""),
            Cells::Refs(refs) => refs.mark(BAD_ROW),
            Cells::Code(v, _) => v.push(BAD_CODE),
            Cells::Typed(column) => column.push_bad(1),
        }
    }
}

impl Cells {
    #[inline]
    fn len(&self) -> usize {
        match self {
            Self::Key => usize::MAX,
            Self::Refs(refs) => refs.at.len(),
            Self::Code(v, _) => v.len(),
            Self::Typed(column) => column.len(),
        }
    }
}

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
