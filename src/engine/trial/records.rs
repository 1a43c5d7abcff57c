//! The records that a test lists, made into a store; what is wrong in how they are written.

use super::{scalar, texts};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{Node, Table, Value};
use crate::records::{Builder, Cell, FieldId, FieldType, Problem, Schema, Store, TableId, Wanted};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A row of a test: its cells as text, by field.
type Row = BTreeMap<FieldId, String>;

/// The records of a test. Tables not mentioned are exported and empty; rows referred to but not listed exist, all blank.
pub(super) fn records(schema: &Arc<Schema>, source: &Arc<Source>, test: &Table, mistakes: &mut Vec<Diagnostic>) -> Option<Store> {
    let mut relaxed = (**schema).clone();
    relaxed.tables.iter_mut().flat_map(|t| &mut t.fields).for_each(|f| f.required = f.ty == FieldType::Id);
    let relaxed = Arc::new(relaxed);
    let absent = texts(test.get("absent"));
    let without = texts(test.get("fields_absent"));
    let mut tables: Vec<Vec<Row>> = relaxed.tables.iter().map(|_| Vec::new()).collect();
    for (t, def) in relaxed.tables.iter().enumerate().filter(|(_, d)| d.joined.is_none()) {
        let Some(Value { value: Node::List(rows), .. }) = test.get(&def.name) else { continue };
        for (n, row) in rows.iter().enumerate() {
            let Node::Table(cells) = &row.value else { continue };
            let mut made = Row::new();
            for (key, value) in cells.entries() {
                match def.field(&key.value) {
                    Some(f) => {
                        made.insert(f, scalar(&value.value));
                    }
                    None => mistakes.push(
                        Diagnostic::new("rule::unknown-field", source, key.span.clone(), format!("{}没有字段“{}”", def.zh, key.value))
                            .nearest(&key.value, def.fields.iter().map(|f| f.name.as_str())),
                    ),
                }
            }
            made.entry(def.key).or_insert_with(|| format!("{}-{}", def.name, n + 1));
            tables[t].push(made);
        }
    }
    unknown_names(&relaxed, source, test, mistakes);
    own(&relaxed, &mut tables);
    complete(&relaxed, &mut tables, &absent);
    let mut builder = Builder::new(Arc::clone(&relaxed), Wanted::all(&relaxed));
    for (t, def) in relaxed.tables.iter().enumerate().filter(|(_, d)| d.joined.is_none()) {
        if absent.contains(&def.name) {
            continue;
        }
        builder.declare(t);
        let fields: Vec<FieldId> =
            (0..def.fields.len()).filter(|&f| !without.contains(&format!("{}.{}", def.name, def.fields[f].name))).collect();
        let headed = fields.iter().map(|&f| (f, def.fields[f].name.clone())).collect();
        let mut reading = builder.reading(t, &format!("{}.csv", def.name), headed);
        for (n, row) in tables[t].iter().enumerate() {
            reading.start_row(u32::try_from(n + 2).unwrap_or(u32::MAX));
            for (i, f) in fields.iter().enumerate() {
                reading.cell(i, row.get(f).map_or(Cell::Blank, |text| Cell::Text(text)));
            }
            reading.end_row();
        }
    }
    let store = builder.finish();
    mistakes.extend(store.problems.iter().map(|p| wrong_cell(source, test, p)));
    mistakes.is_empty().then_some(store)
}

/// Tables that there are not, as keys of the test and where it names what was not exported.
fn unknown_names(schema: &Schema, source: &Arc<Source>, test: &Table, mistakes: &mut Vec<Diagnostic>) {
    let tables = || schema.tables.iter().filter(|t| t.joined.is_none()).map(|t| t.name.as_str());
    for (key, _) in test.rest_of(&TEST_KEYS) {
        if schema.table(&key.value).is_none() {
            let said = Diagnostic::new("rule::unknown-table", source, key.span.clone(), format!("没有“{}”这个表或者键", key.value));
            mistakes.push(said.nearest(&key.value, tables().chain(TEST_KEYS)));
        }
    }
    for (list, is_field) in [("absent", false), ("fields_absent", true)] {
        for (name, span) in placed(test.get(list)) {
            let (table, field) = name.split_once('.').map_or((name.as_str(), None), |(t, f)| (t, Some(f)));
            let def = schema.table(table).and_then(|t| schema.tables.get(t));
            match (def, field) {
                (None, _) => mistakes
                    .push(Diagnostic::new("rule::unknown-table", source, span, format!("没有“{table}”这个表")).nearest(table, tables())),
                (Some(def), Some(field)) if is_field && def.field(field).is_none() => mistakes.push(
                    Diagnostic::new("rule::unknown-field", source, span, format!("{}没有字段“{field}”", def.zh))
                        .nearest(field, def.fields.iter().map(|f| f.name.as_str())),
                ),
                (Some(_), field) if is_field != field.is_some() => {
                    let form = if is_field { "应写作“表.字段”" } else { "应写表名" };
                    mistakes.push(Diagnostic::new("rule::unknown-table", source, span, form));
                }
                _ => {}
            }
        }
    }
}

/// Texts with their places: one alone, or a list.
pub(super) fn placed(value: Option<&Value>) -> Vec<(String, Range<usize>)> {
    match value.map(|v| (&v.value, v)) {
        Some((Node::List(items), _)) => items.iter().map(|v| (scalar(&v.value), v.span.clone())).collect(),
        Some((_, v)) => vec![(scalar(&v.value), v.span.clone())],
        None => Vec::new(),
    }
}

/// A cell of a test that cannot stand: underlined where it is written, else the row, else the test.
fn wrong_cell(source: &Arc<Source>, test: &Table, problem: &Problem) -> Diagnostic {
    let rows = test.get(&problem.table).map(|v| (&v.value, v.span.clone()));
    let row = match rows {
        Some((Node::List(rows), _)) => usize::try_from(problem.row).ok().and_then(|n| rows.get(n.checked_sub(2)?)),
        _ => None,
    };
    let cell = row.and_then(|row| match &row.value {
        Node::Table(cells) => cells.get(&problem.column).map(|v| v.span.clone()),
        _ => None,
    });
    let span = cell.or_else(|| row.map(|r| r.span.clone())).or(rows.map(|(_, span)| span)).unwrap_or(0..0);
    let value = if problem.value.is_empty() { String::new() } else { format!("“{}”", problem.value) };
    let code = if problem.code == "data::bad-code" { "rule::unknown-code" } else { problem.code };
    Diagnostic::new(code, source, span, format!("{value}{}", problem.why)).help(problem.right.clone())
}

/// Keys of a test that are not tables.
const TEST_KEYS: [&str; 17] = [
    "name",
    "as_of",
    "expect",
    "subject",
    "subjects",
    "part",
    "parts",
    "year",
    "message",
    "days",
    "due",
    "missing",
    "params",
    "trace",
    "absent",
    "fields_absent",
    "note",
];

/// A row that does not say whose it is belongs to the first row of its owner's table.
fn own(schema: &Schema, tables: &mut [Vec<Row>]) {
    for (t, def) in schema.tables.iter().enumerate() {
        let Some(owner) = def.owner else { continue };
        let FieldType::Ref(target) = def.fields[owner].ty else { continue };
        let key = schema.tables[target].key;
        let first = tables[target].first().and_then(|r| r.get(&key)).cloned();
        let made = first.unwrap_or_else(|| format!("{}-1", schema.tables[target].name));
        let optional = def.name == "event";
        if let Some(rows) = tables.get_mut(t).filter(|_| !optional) {
            rows.iter_mut().for_each(|row| {
                row.entry(owner).or_insert_with(|| made.clone());
            });
        }
    }
}

/// Rows that are referred to but not listed.
fn complete(schema: &Schema, tables: &mut [Vec<Row>], absent: &[String]) {
    loop {
        let mut lacking: Vec<(TableId, String)> = Vec::new();
        for (t, def) in schema.tables.iter().enumerate().filter(|(_, d)| d.joined.is_none()) {
            for (f, field) in def.fields.iter().enumerate() {
                let FieldType::Ref(target) = field.ty else { continue };
                let key = schema.tables[target].key;
                for value in tables[t].iter().filter_map(|r| r.get(&f)).filter(|v| !v.is_empty()) {
                    let known = tables[target].iter().any(|r| r.get(&key) == Some(value));
                    let wanted = (target, value.clone());
                    if !known && !absent.contains(&schema.tables[target].name) && !lacking.contains(&wanted) {
                        lacking.push(wanted);
                    }
                }
            }
        }
        if lacking.is_empty() {
            return;
        }
        for (target, key) in lacking {
            tables[target].push(Row::from([(schema.tables[target].key, key)]));
        }
        own(schema, tables);
    }
}
