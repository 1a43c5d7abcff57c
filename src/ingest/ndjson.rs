//! NDJSON: one person a line with everything of theirs nested by table, and what belongs to units on lines of its own,
//! `{"table":"unit","rows":[…]}`.
//!
//! A table or field seen on no line was not exported; `[]` was, with no rows for that person. Where others have a field and a row
//! has not, it is blank.

use super::error::IngestError;
use super::{Progress, header};
use crate::records::{Batch, Builder, Cell, FieldId, FieldType, Problem, Schema, Sheet, TableId};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Reads the lines of a text.
pub(super) fn read(text: &str, file: &str, builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
    let schema = Arc::clone(builder.schema());
    let Some(person) = schema.table("person") else { return Ok(()) };
    progress.file(file);
    let mut reader = Reader {
        schema: &schema,
        builder,
        file,
        line: 0,
        tables: schema.tables.iter().map(|_| Filling::default()).collect(),
        seen: Vec::new(),
        notes: Vec::new(),
    };
    let mut any = false;
    for (number, line) in (1u64..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        any = true;
        reader.line = u32::try_from(number).unwrap_or(0);
        let wrong = |why: String| IngestError::Json { file: file.to_owned(), line: number, why };
        let value: Value = serde_json::from_str(line).map_err(|e| wrong(syntax(&e)))?;
        let Value::Object(object) = value else { return Err(wrong("应为 {…} 对象".to_owned())) };
        match (object.get("table"), object.get("rows")) {
            (Some(Value::String(name)), Some(Value::Array(rows))) => reader.unit_level(name, rows),
            _ => reader.row(person, &object, None),
        }
        progress.rows(1);
    }
    if !any {
        return Err(IngestError::Empty { file: file.to_owned() });
    }
    let Reader { tables, seen, notes, .. } = reader;
    if tables.iter().all(|t| t.sheet.is_none() && !t.declared) {
        return Err(IngestError::NoTable { path: file.to_owned(), found: String::new() });
    }
    notes.into_iter().for_each(|n| builder.note(n));
    for (table, field) in seen {
        builder.wants(table, field);
    }
    let mut batches = Vec::new();
    for (table, filling) in tables.into_iter().enumerate() {
        if filling.declared {
            builder.declare(table);
        }
        if let Some((mut batch, sheet)) = filling.sheet {
            batch.add(table, sheet);
            batches.push(batch);
        }
    }
    builder.absorb(batches);
    Ok(())
}

fn syntax(error: &serde_json::Error) -> String {
    if error.is_eof() { "这一行没有写完".to_owned() } else { format!("第{}个字符处格式有误", error.column()) }
}

/// One table being filled.
#[derive(Default)]
struct Filling {
    /// Seen, even if only as `[]`.
    declared: bool,
    sheet: Option<(Batch, Sheet)>,
    /// The column of each key seen; none for those not read.
    columns: FxHashMap<String, Option<(FieldId, usize)>>,
    /// The column of each field read.
    fields: FxHashMap<FieldId, usize>,
}

struct Reader<'r> {
    schema: &'r Arc<Schema>,
    builder: &'r Builder,
    file: &'r str,
    line: u32,
    tables: Vec<Filling>,
    seen: Vec<(TableId, FieldId)>,
    notes: Vec<Problem>,
}

/// The row that the rows nested in it belong to.
#[derive(Clone, Copy)]
struct Owner<'o> {
    table: TableId,
    key: &'o Value,
}

impl Reader<'_> {
    fn unit_level(&mut self, name: &str, rows: &[Value]) {
        match self.schema.table_called(name) {
            Some(table) => self.rows(table, rows, None),
            None => {
                let note = header::unknown_table(self.schema, self.file, name);
                self.note(note.of_value(name));
            }
        }
    }

    fn rows(&mut self, table: TableId, rows: &[Value], owner: Option<Owner<'_>>) {
        if let Some(filling) = self.tables.get_mut(table) {
            filling.declared = true;
        }
        for row in rows {
            match row {
                Value::Object(object) => self.row(table, object, owner),
                _ => self.no_row(table),
            }
        }
    }

    /// Something stands where a row should.
    fn no_row(&mut self, table: TableId) {
        let line = self.line;
        let Some((sheet, _)) = self.sheet(table) else { return };
        sheet.start_row(line);
        sheet.refuse_row("data::not-a-row", "这里应是一行记录", "应写作 {\"字段\":值,…}");
        sheet.end_row();
    }

    fn row(&mut self, table: TableId, object: &Map<String, Value>, owner: Option<Owner<'_>>) {
        let Some(def) = self.schema.tables.get(table) else { return };
        let mut cells: Vec<(usize, &Value)> = Vec::with_capacity(object.len() + 1);
        let mut nested: Vec<(TableId, &[Value])> = Vec::new();
        let mut key = &Value::Null;
        let belongs = owner.and_then(|o| {
            let main = def.owner.filter(|&f| def.fields.get(f).is_some_and(|f| f.ty == FieldType::Ref(o.table)));
            Some((main.or_else(|| def.link_to(o.table))?, o.key))
        });
        let mut strange = false;
        for (name, value) in object {
            if let Some(rows) = rows_of(value)
                && let Some(child) = self.schema.table_called(name)
            {
                nested.push((child, rows));
                continue;
            }
            let Some((field, column)) = self.column(table, name) else { continue };
            if field == def.key {
                key = value;
            }
            if let Some((owner_field, owner_key)) = belongs
                && owner_field == field
            {
                strange |= !value.is_null() && value != owner_key;
                continue;
            }
            if let Some(column) = column {
                cells.push((column, value));
            }
        }
        if let Some((field, owner_key)) = belongs
            && let Some(name) = def.fields.get(field).map(|f| f.name.clone())
            && let Some((_, Some(column))) = self.column(table, &name)
        {
            cells.push((column, owner_key));
        }
        let line = self.line;
        if let Some((sheet, mut taken)) = self.sheet(table) {
            sheet.start_row(line);
            if strange {
                sheet.refuse_row("data::owner-mismatch", "所属编码与它所在的上级对象不同", "嵌套的记录应属于外层对象；可省略所属编码");
            }
            for (column, value) in cells {
                // Two names of one field in one row: the first counts.
                if taken.get(column).is_none_or(|&t| t) {
                    continue;
                }
                if let Some(slot) = taken.get_mut(column) {
                    *slot = true;
                }
                give(sheet, column, value);
            }
            sheet.end_row();
        }
        for (child, rows) in nested {
            self.rows(child, rows, Some(Owner { table, key }));
        }
    }

    /// The sheet of a table, and which of its columns have been given in this row: none yet.
    fn sheet(&mut self, table: TableId) -> Option<(&mut Sheet, Vec<bool>)> {
        let filling = self.tables.get_mut(table)?;
        filling.declared = true;
        let (_, sheet) = filling.sheet.get_or_insert_with(|| {
            let mut batch = Batch::new(self.schema);
            let sheet = batch.sheet(table, self.file, Vec::new());
            (batch, sheet)
        });
        let taken = vec![false; sheet.width()];
        Some((sheet, taken))
    }

    /// The field a key means, and its column if it is read. Unknown keys are noted once.
    fn column(&mut self, table: TableId, name: &str) -> Option<(FieldId, Option<usize>)> {
        let known = self.tables.get(table)?.columns.get(name);
        if let Some(known) = known {
            return known.map(|(field, column)| (field, (column != usize::MAX).then_some(column)));
        }
        let understood = header::understand(self.schema, table, self.file, self.line, [name]);
        let found = understood.fields.first().copied().flatten();
        understood.notes.into_iter().for_each(|n| self.note(n));
        let entry = found.map(|field| {
            self.seen.push((table, field));
            if !self.builder.reads(table, field) {
                return (field, usize::MAX);
            }
            let taken = self.tables.get(table).and_then(|f| f.fields.get(&field).copied());
            let column = taken.or_else(|| self.sheet(table).map(|(sheet, _)| sheet.column(field, name.to_owned())));
            (field, column.unwrap_or(usize::MAX))
        });
        let filling = self.tables.get_mut(table)?;
        if let Some((field, column)) = entry
            && column != usize::MAX
        {
            filling.fields.insert(field, column);
        }
        filling.columns.insert(name.to_owned(), entry);
        entry.map(|(field, column)| (field, (column != usize::MAX).then_some(column)))
    }

    fn note(&mut self, problem: Problem) {
        self.notes.push(problem);
    }
}

/// The rows nested under a key: a list of objects, a list of none, or an object alone.
fn rows_of(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(rows) if rows.iter().all(|r| matches!(r, Value::Object(_))) => Some(rows),
        Value::Array(rows) if rows.iter().any(|r| matches!(r, Value::Object(_) | Value::Array(_))) => Some(rows),
        Value::Object(_) => Some(std::slice::from_ref(value)),
        _ => None,
    }
}

fn give(sheet: &mut Sheet, column: usize, value: &Value) {
    match value {
        Value::Null => sheet.cell(column, Cell::Blank),
        Value::Bool(b) => sheet.cell(column, Cell::Bool(*b)),
        Value::String(text) => sheet.cell(column, Cell::Text(text)),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => sheet.cell(column, Cell::Int(int)),
            // Beyond 64 bits: as it stands.
            (None, _) if number.is_u64() => sheet.cell(column, Cell::Text(&number.to_string())),
            (None, Some(real)) => sheet.cell(column, Cell::Real(real)),
            (None, None) => sheet.cell(column, Cell::Garbled),
        },
        // ["网站","公告栏"] for 网站、公告栏.
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let all: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            sheet.cell(column, Cell::Text(&all.join("、")));
        }
        Value::Array(_) | Value::Object(_) => sheet.cell(column, Cell::Garbled),
    }
}
