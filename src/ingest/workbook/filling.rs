//! One sheet becomes one of the records.

use super::{HEADER_ROWS, MOST_COLUMNS, names_fields};
use crate::ingest::layout::{self, Reading};
use crate::ingest::value::Value;
use crate::ingest::{header, sheets};
use crate::records::{Batch, Builder, Cell, FieldId, Problem, Schema, Sheet, Stood, TableId};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// One sheet of the workbook becoming one of the records: headers are looked for first, then rows come in.
pub(super) struct Filling<'f> {
    schema: &'f Arc<Schema>,
    builder: &'f Builder,
    file: String,
    /// Rows before the headers are found.
    leading: Vec<(u32, Vec<Value>)>,
    /// The columns read, by their place in the row, and the sheet they go to.
    ready: Option<(Vec<usize>, Sheet)>,
    /// Which column says where the row stood that this one stands for.
    stood: Option<usize>,
    seen: Seen,
    from_1904: bool,
    /// Rows above the headers.
    titles: u64,
    /// Tells totals and notes from records: only a row that lacks a required cell, by these columns, may be one.
    aside: Option<(Reading<'f>, Vec<usize>)>,
}

impl<'f> Filling<'f> {
    pub(super) fn new(schema: &'f Arc<Schema>, builder: &'f Builder, table: TableId, file: String, from_1904: bool) -> Self {
        let seen = Seen { table, ..Seen::default() };
        Self { schema, builder, file, leading: Vec::new(), ready: None, stood: None, seen, from_1904, titles: 0, aside: None }
    }

    /// A row, with its formulas without result.
    pub(super) fn row_with(&mut self, number: u32, row: &[Value], uncomputed: &FxHashSet<(u32, usize)>, batch: &mut Batch) {
        if uncomputed.is_empty() {
            return self.row(number, row, batch);
        }
        let mut row = row.to_vec();
        for &(_, column) in uncomputed.iter().filter(|(at, column)| *at == number && *column < MOST_COLUMNS) {
            row.resize(row.len().max(column + 1), Value::Blank);
            if let Some(cell) = row.get_mut(column) {
                *cell = Value::Uncomputed;
            }
        }
        self.row(number, &row, batch);
    }

    pub(super) fn row(&mut self, number: u32, row: &[Value], batch: &mut Batch) {
        if row.iter().all(Value::is_blank) {
            return;
        }
        if self.ready.is_some() {
            self.read(number, row);
            return;
        }
        self.leading.push((number, row.to_vec()));
        if names_fields(self.schema, self.seen.table, row) {
            self.titles = self.leading.len() as u64 - 1;
            self.leading.drain(..self.leading.len() - 1);
            self.begin(batch);
        } else if self.leading.len() >= HEADER_ROWS {
            self.begin(batch);
        }
    }

    /// Takes the first of the leading rows for the headers.
    fn begin(&mut self, batch: &mut Batch) {
        if self.leading.is_empty() {
            return;
        }
        let rest = self.leading.split_off(1);
        let Some((line, headers)) = self.leading.pop() else { return };
        let mut header = header::understand(self.schema, self.seen.table, &self.file, line, headers.iter().map(Value::text));
        let lacking = header::lacking(self.schema, self.seen.table, &self.file, line, &header, headers.iter().map(Value::text));
        header.notes.extend(lacking);
        let columns = header.fields.iter().enumerate().filter_map(|(i, field)| {
            let field = field.filter(|&f| self.builder.reads(self.seen.table, f))?;
            Some((i, (field, headers.get(i).map_or("", Value::text).trim().to_owned())))
        });
        let (at, fields): (Vec<usize>, Vec<(FieldId, String)>) = columns.unzip();
        self.seen.wanted = header.fields.iter().flatten().copied().collect();
        self.seen.notes = header.notes;
        self.stood = header::stood(headers.iter().map(Value::text));
        if let Some(def) = self.schema.tables.get(self.seen.table) {
            let plain: Vec<String> = headers.iter().map(|v| layout::plain(v.text())).collect();
            let required = |f: &Option<FieldId>| f.and_then(|f| def.fields.get(f)).is_some_and(|f| f.required);
            let needed = header.fields.iter().enumerate().filter(|(_, f)| required(f)).map(|(i, _)| i).collect();
            let key = header.fields.iter().position(|f| *f == Some(def.key)).into_iter().collect();
            self.aside = Some((Reading::new(self.schema, plain, Vec::new(), key), needed));
        }
        let mut sheet = batch.sheet(self.seen.table, &self.file, fields);
        if self.from_1904 {
            sheet.count_from_1904();
        }
        self.ready = Some((at, sheet));
        rest.iter().for_each(|(number, row)| self.read(*number, row));
    }

    fn read(&mut self, number: u32, row: &[Value]) {
        let Some((at, sheet)) = &mut self.ready else { return };
        if let Some((reading, needed)) = &mut self.aside
            && needed.iter().any(|&i| row.get(i).is_none_or(Value::is_blank))
            && reading.is_aside(number, row)
        {
            return;
        }
        sheet.start_row(number);
        if let Some(stood) = self.stood.and_then(|column| Stood::parse(row.get(column)?.text())) {
            sheet.corrects(stood);
        }
        for (i, &column) in at.iter().enumerate() {
            sheet.cell(i, row.get(column).map_or(Cell::Blank, Value::cell));
        }
        sheet.end_row();
    }

    pub(super) fn close(mut self, batch: &mut Batch) -> (Option<Sheet>, Seen) {
        if self.ready.is_none() {
            self.begin(batch);
        }
        if let Some((reading, _)) = &self.aside {
            let table = self.schema.tables.get(self.seen.table).map_or("", |t| t.name.as_str());
            self.seen.notes.extend(sheets::notes_below(&self.file, table, reading));
            if let Some((_, sheet)) = &mut self.ready {
                sheets::aside(self.titles, reading).into_iter().for_each(|(what, rows)| sheet.set_aside(what, rows));
            }
        }
        (self.ready.map(|(_, sheet)| sheet), self.seen)
    }
}

/// What a sheet held besides its rows.
#[derive(Default)]
pub(super) struct Seen {
    pub table: TableId,
    pub wanted: Vec<FieldId>,
    pub notes: Vec<Problem>,
}
