//! What `schema.toml` says of fields and words beyond their types: what a blank means, other names, orders, headings.

use super::relations::{known_field, known_table};
use super::{entries, section, texts_at};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Placed, Value};
use crate::records::schema::{Blank, Field, FieldId, Schema};
use std::sync::Arc;

/// Reads them all.
pub(super) fn read(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    if let Some(blank) = section(source, doc, "blank", sink) {
        read_blank(source, blank, schema, sink);
    }
    for (key, value) in entries(source, doc, "aliases", sink) {
        let names: Vec<String> = document::texts(source, value, sink).into_iter().map(|p| p.value).collect();
        with_field(source, schema, key, sink, |f| f.aliases.extend(names));
    }
    for (list, value) in entries(source, doc, "words", sink) {
        read_words(source, schema, list, value, sink);
    }
    for (key, value) in entries(source, doc, "headings", sink) {
        let texts = document::texts(source, value, sink).into_iter().map(|p| p.value);
        schema.headings.entry(key.value.clone()).or_default().extend(texts);
    }
    for (kind, value) in entries(source, doc, "sheet_steps", sink) {
        let Some(fields) = document::table(source, value, sink) else { continue };
        for (field, headings) in fields.entries() {
            let texts: Vec<String> = document::texts(source, headings, sink).into_iter().map(|p| p.value).collect();
            schema.sheet_steps.push((kind.value.clone(), field.value.clone(), texts));
        }
    }
    for (key, value) in entries(source, doc, "not_before", sink) {
        let Some(other) = beside(source, schema, key, value, sink) else { continue };
        with_field(source, schema, key, sink, |f| f.not_before = Some(other));
    }
    for (key, value) in entries(source, doc, "order", sink) {
        let names = document::texts(source, value, sink);
        let Some(table) = known_table(source, schema, key, sink).and_then(|id| schema.tables.get_mut(id)) else { continue };
        table.order = names.iter().filter_map(|name| known_field(source, table, name, sink)).collect();
    }
    for (key, value) in entries(source, doc, "owner", sink) {
        let names = document::texts(source, value, sink);
        let Some(table) = known_table(source, schema, key, sink).and_then(|id| schema.tables.get_mut(id)) else { continue };
        table.owner = names.first().and_then(|name| known_field(source, table, name, sink));
    }
}

/// What a blank cell means, and words that stand for one.
fn read_blank(source: &Arc<Source>, blank: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    for (key, meaning) in [("not_happened", Blank::NotHappened), ("since_ever", Blank::SinceEver), ("none", Blank::None)] {
        for place in texts_at(source, blank, key, sink) {
            with_field(source, schema, &place, sink, |f| f.blank = meaning);
        }
    }
    for (key, value) in entries(source, blank, "same_as", sink) {
        let Some(other) = beside(source, schema, key, value, sink) else { continue };
        with_field(source, schema, key, sink, |f| f.blank = Blank::SameAs(other));
    }
    for place in texts_at(source, blank, "even_unexported", sink) {
        with_field(source, schema, &place, sink, |f| f.even_unexported = true);
    }
    let Schema { attested, still, nothing, unknown, after_date, .. } = &mut *schema;
    for (key, words) in [("attested", attested), ("still", still), ("nothing", nothing), ("unknown", unknown), ("after_date", after_date)] {
        words.extend(texts_at(source, blank, key, sink).into_iter().map(|p| p.value));
    }
    document::report_unknown_keys(
        source,
        blank,
        &["not_happened", "since_ever", "none", "same_as", "even_unexported", "attested", "still", "nothing", "unknown", "after_date"],
        sink,
    );
}

/// Words by which people's own sheets say a code.
fn read_words(source: &Arc<Source>, schema: &mut Schema, name: &Placed<String>, value: &document::Value, sink: &mut Vec<Diagnostic>) {
    let Some(list) = schema.list(&name.value) else {
        let names = schema.lists.iter().map(|l| l.name.as_str());
        let unknown = Diagnostic::new("schema::unknown-list", source, name.span.clone(), format!("没有“{}”这个代码表", name.value));
        sink.push(unknown.nearest(&name.value, names));
        return;
    };
    let Some(of_values) = document::table(source, value, sink) else { return };
    for (code, words) in of_values.entries() {
        let words: Vec<String> = document::texts(source, words, sink).into_iter().map(|p| p.value).collect();
        let Some(list) = schema.lists.get_mut(list) else { return };
        match list.code(&code.value) {
            Some(number) => list.add_words(number, words),
            None => {
                let unknown = Diagnostic::new("schema::unknown-value", source, code.span.clone(), format!("代码表里没有“{}”", code.value));
                sink.push(unknown.nearest(&code.value, list.values.iter().map(String::as_str)));
            }
        }
    }
}

/// The field of the same table that stands for one: `start`, or `step.start`.
fn beside(source: &Arc<Source>, schema: &Schema, key: &Placed<String>, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<FieldId> {
    let named = document::text(source, value, sink)?;
    let of = key.value.split_once('.').and_then(|(of, _)| Some((of, schema.tables.get(schema.table(of)?)?)));
    let Some((of, table)) = of else {
        sink.push(no_field(source, key));
        return None;
    };
    let field = named.split_once('.').filter(|(name, _)| *name == of).map_or(named, |(_, field)| field);
    known_field(source, table, &Placed { value: field.to_owned(), span: value.span.clone() }, sink)
}

/// Changes a field.
fn with_field(
    source: &Arc<Source>,
    schema: &mut Schema,
    place: &Placed<String>,
    sink: &mut Vec<Diagnostic>,
    change: impl FnOnce(&mut Field),
) {
    let found = place.value.split_once('.').and_then(|(table, field)| {
        let table = schema.table(table).and_then(|id| schema.tables.get_mut(id))?;
        table.field(field).and_then(|field| table.fields.get_mut(field))
    });
    match found {
        Some(field) => change(field),
        None => sink.push(no_field(source, place)),
    }
}

fn no_field(source: &Arc<Source>, place: &Placed<String>) -> Diagnostic {
    let why = format!("没有“{}”这个字段（写法：表.字段）", place.value);
    Diagnostic::new("schema::unknown-field", source, place.span.clone(), why)
}
