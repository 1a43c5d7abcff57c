//! What `schema.toml` says of tables and how they belong together: who is who, which rows are void, which spans are joined.

use super::{entries, texts_at};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Placed};
use crate::records::schema::{Contradictions, FieldId, FieldType, Identity, Joined, Schema, Table, Void};
use std::sync::Arc;

/// Reads it all.
pub(super) fn read(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    if let Some(value) = doc.get("identity") {
        read_identity(source, schema, value, sink);
    }
    for (key, value) in entries(source, doc, "void", sink) {
        read_void(source, schema, key, value, sink);
    }
    for (key, value) in entries(source, doc, "joined", sink) {
        read_joined(source, schema, key, value, sink);
    }
}

/// The table of a name.
pub(super) fn known_table(source: &Arc<Source>, schema: &Schema, key: &Placed<String>, sink: &mut Vec<Diagnostic>) -> Option<usize> {
    let found = schema.table(&key.value);
    if found.is_none() {
        let names = schema.tables.iter().map(|t| t.name.as_str());
        sink.push(
            Diagnostic::new("schema::unknown-table", source, key.span.clone(), format!("没有“{}”这个表", key.value))
                .nearest(&key.value, names),
        );
    }
    found
}

/// The field of a table that is named so.
pub(super) fn known_field(source: &Arc<Source>, table: &Table, name: &Placed<String>, sink: &mut Vec<Diagnostic>) -> Option<FieldId> {
    let found = table.field(&name.value);
    if found.is_none() {
        let names = table.fields.iter().map(|f| f.name.as_str());
        let why = format!("{}表没有“{}”这个字段", table.zh, name.value);
        sink.push(Diagnostic::new("schema::unknown-field", source, name.span.clone(), why).nearest(&name.value, names));
    }
    found
}

/// Who is who: every name must be that of a table or field of its kind.
fn read_identity(source: &Arc<Source>, schema: &mut Schema, value: &document::Value, sink: &mut Vec<Diagnostic>) {
    const NAMES: [&str; 7] = ["people", "units", "posts", "contradictions", "id_number", "name", "birth"];
    let Some(spec) = document::table(source, value, sink) else { return };
    let name = |key: &str, sink: &mut Vec<Diagnostic>| spec.get(key).and_then(|v| document::text(source, v, sink)).unwrap_or("").to_owned();
    let names: Vec<String> = NAMES.iter().map(|key| name(key, sink)).collect();
    let found = identity(schema, &names.iter().map(String::as_str).collect::<Vec<_>>());
    if found.is_none() {
        sink.push(Diagnostic::new("schema::identity", source, value.span.clone(), "identity 写的表或字段没有，或者不是那一种"));
    }
    schema.identity = found;
    for (key, value) in entries(source, spec, "alike", sink) {
        let fields = document::texts(source, value, sink);
        let Some(id) = known_table(source, schema, key, sink) else { continue };
        let Some(table) = schema.tables.get(id) else { continue };
        let fields = fields.iter().filter_map(|name| known_field(source, table, name, sink)).collect();
        schema.alike.push((id, fields));
    }
    for name in texts_at(source, spec, "told_once", sink) {
        schema.told_once.extend(known_table(source, schema, &name, sink));
    }
    let more = ["alike", "told_once"];
    document::report_unknown_keys(source, spec, &[&NAMES[..], &more].concat(), sink);
}

fn identity(schema: &Schema, names: &[&str]) -> Option<Identity> {
    let [people, units, posts, contradictions, id_number, name, birth] = *names else { return None };
    let table = |name: &str| schema.table(name).and_then(|id| Some((id, schema.tables.get(id)?)));
    let ((people, person), (units, unit), (posts, post)) = (table(people)?, table(units)?, table(posts)?);
    let (told, contradiction) = table(contradictions)?;
    let field = contradiction.field("field")?;
    let FieldType::Code(fields) = contradiction.fields.get(field)?.ty else { return None };
    Some(Identity {
        table: people,
        id_number: person.field(id_number)?,
        name: person.field(name)?,
        birth: person.field(birth)?,
        unit: person.link_to(units)?,
        unit_name: (units, unit.field("name")?),
        posts: (posts, post.link_to(units)?, post.field("title")?),
        told: Contradictions {
            table: told,
            person: contradiction.link_to(people)?,
            field,
            fields,
            kept: contradiction.field("kept")?,
            other: contradiction.field("other")?,
        },
    })
}

/// Which code of a row says that it is void, and which rows are void with it.
fn read_void(source: &Arc<Source>, schema: &mut Schema, key: &Placed<String>, value: &document::Value, sink: &mut Vec<Diagnostic>) {
    let (Some(id), Some(spec)) = (known_table(source, schema, key, sink), document::table(source, value, sink)) else { return };
    let rows = texts_at(source, spec, "rows", sink).iter().filter_map(|name| known_table(source, schema, name, sink)).collect();
    let when = spec.get("when").and_then(|v| document::table(source, v, sink));
    let found = when.and_then(|w| {
        let (field, value) = w.entries().next()?;
        let Node::Text(code) = &value.value else { return None };
        let field = schema.tables.get(id)?.field(&field.value)?;
        let FieldType::Code(list) = schema.tables.get(id)?.fields.get(field)?.ty else { return None };
        Some((field, schema.lists.get(list)?.code(code)?))
    });
    match (found, schema.tables.get_mut(id)) {
        (Some((field, code)), Some(table)) => table.void = Some(Void { field, code, rows }),
        _ => sink.push(Diagnostic::new("schema::void", source, value.span.clone(), "when 应为 { 代码字段 = \"代码值\" }")),
    }
    document::report_unknown_keys(source, spec, &["when", "rows"], sink);
}

/// A table made of another: rows whose spans meet become one.
fn read_joined(source: &Arc<Source>, schema: &mut Schema, key: &Placed<String>, value: &document::Value, sink: &mut Vec<Diagnostic>) {
    let Some(spec) = document::table(source, value, sink) else { return };
    let zh = texts_at(source, spec, "zh", sink).first().map_or_else(|| key.value.clone(), |p| p.value.clone());
    let from = texts_at(source, spec, "from", sink);
    let Some(from) = from.first().and_then(|name| known_table(source, schema, name, sink)) else { return };
    let Some(base) = schema.tables.get(from) else { return };
    let mut fields = |name: &str| -> Vec<usize> {
        {
            let names = texts_at(source, spec, name, sink);
            names.iter().filter_map(|name| known_field(source, base, name, sink)).collect()
        }
    };
    let (by, first) = (fields("by"), fields("first"));
    let (Some(start), Some(end)) = (base.field("start"), base.field("end")) else {
        sink.push(Diagnostic::new("schema::joined", source, value.span.clone(), "合并的表须有 start 和 end 字段"));
        return;
    };
    let table = Table {
        name: key.value.clone(),
        zh,
        fields: base.fields.clone(),
        key: base.key,
        owner: base.owner,
        order: base.order.clone(),
        void: None,
        joined: Some(Joined { from, by, first, start, end }),
    };
    schema.tables.push(table);
    document::report_unknown_keys(source, spec, &["zh", "from", "by", "first"], sink);
}
