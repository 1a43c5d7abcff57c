//! What `schema.toml` says of fields and words beyond their types: what a blank means, other names, orders, headings.

use super::relations::known_table;
use super::{entries, section, texts_at};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Placed};
use crate::records::schema::{Blank, Field, Schema};
use std::sync::Arc;

/// Reads them all.
pub(super) fn read(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    if let Some(blank) = section(source, doc, "blank", sink) {
        read_blank(source, blank, schema, sink);
    }
    for (key, value) in entries(source, doc, "aliases", sink) {
        let names: Vec<String> = document::texts(source, value, sink).into_iter().map(|p| p.value).collect();
        with_field(source, schema, key, sink, |_, f| f.aliases.extend(names));
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
        let Some(other) = document::text(source, value, sink) else { continue };
        with_field(source, schema, key, sink, |ids, f| f.not_before = ids.iter().position(|n| n == other));
    }
    for (key, value) in entries(source, doc, "order", sink) {
        let names = document::texts(source, value, sink);
        let Some(id) = known_table(source, schema, key, sink) else { continue };
        let Some(table) = schema.tables.get_mut(id) else { continue };
        table.order = names.iter().filter_map(|n| table.field(&n.value)).collect();
    }
    for (key, value) in entries(source, doc, "owner", sink) {
        let (Some(name), Some(id)) = (document::text(source, value, sink), known_table(source, schema, key, sink)) else { continue };
        let Some(table) = schema.tables.get_mut(id) else { continue };
        table.owner = table.field(name);
    }
}

/// What a blank cell means, and words that stand for one.
fn read_blank(source: &Arc<Source>, blank: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    for (key, meaning) in [("not_happened", Blank::NotHappened), ("since_ever", Blank::SinceEver), ("none", Blank::None)] {
        for place in texts_at(source, blank, key, sink) {
            with_field(source, schema, &place, sink, |_, f| f.blank = meaning);
        }
    }
    for (key, value) in entries(source, blank, "same_as", sink) {
        let Some(other) = document::text(source, value, sink) else { continue };
        let other = other.split_once('.').map_or(other, |(_, f)| f);
        with_field(source, schema, key, sink, |ids, f| {
            if let Some(id) = ids.iter().position(|n| n == other) {
                f.blank = Blank::SameAs(id);
            }
        });
    }
    for place in texts_at(source, blank, "even_unexported", sink) {
        with_field(source, schema, &place, sink, |_, f| f.even_unexported = true);
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

/// Changes a field, given the names of all fields of its table.
fn with_field(
    source: &Arc<Source>,
    schema: &mut Schema,
    place: &Placed<String>,
    sink: &mut Vec<Diagnostic>,
    change: impl FnOnce(&[String], &mut Field),
) {
    let found = place.value.split_once('.').and_then(|(t, f)| {
        let table = schema.table(t)?;
        Some((table, schema.tables.get(table)?.field(f)?))
    });
    let Some((table, field)) = found else {
        sink.push(Diagnostic::new(
            "schema::unknown-field",
            source,
            place.span.clone(),
            format!("没有“{}”这个字段（写法：表.字段）", place.value),
        ));
        return;
    };
    let Some(table) = schema.tables.get_mut(table) else { return };
    let names: Vec<String> = table.fields.iter().map(|f| f.name.clone()).collect();
    if let Some(field) = table.fields.get_mut(field) {
        change(&names, field);
    }
}
