//! Reading `schema.toml`: every mistake of the file is reported at once, with its place.

use super::schema::{Blank, CodeList, Contradictions, Field, FieldType, Identity, Joined, Schema, Table, Void};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Placed};
use std::sync::Arc;

/// Reads the schema. County schema files of the same form may follow; they add tables, fields and code values.
///
/// # Errors
/// Everything wrong in any of the files.
pub fn parse(sources: &[Arc<Source>]) -> Result<Schema, Vec<Diagnostic>> {
    let mut sink = Vec::new();
    let mut schema = Schema::default();
    let mut documents = Vec::new();
    for source in sources {
        match document::parse(source) {
            Ok(doc) => documents.push((source, doc)),
            Err(error) => sink.push(*error),
        }
    }
    for (source, doc) in &documents {
        read_codes(source, doc, &mut schema, &mut sink);
        declare_tables(source, doc, &mut schema, &mut sink);
    }
    for (source, doc) in &documents {
        read_code_aliases(source, doc, &mut schema, &mut sink);
    }
    for (source, doc) in &documents {
        read_fields(source, doc, &mut schema, &mut sink);
    }
    for table in &mut schema.tables {
        settle_keys(table);
    }
    for (source, doc) in &documents {
        read_meanings(source, doc, &mut schema, &mut sink);
        document::report_unknown_keys(
            source,
            doc,
            &[
                "table",
                "codes",
                "ordered",
                "blank",
                "not_before",
                "order",
                "owner",
                "void",
                "names",
                "aliases",
                "code_aliases",
                "joined",
                "words",
                "headings",
                "sheet_steps",
                "identity",
            ],
            &mut sink,
        );
    }
    if sink.is_empty() { Ok(schema) } else { Err(sink) }
}

fn section<'a>(source: &Arc<Source>, doc: &'a document::Table, name: &str, sink: &mut Vec<Diagnostic>) -> Option<&'a document::Table> {
    doc.get(name).and_then(|v| document::table(source, v, sink))
}

fn read_codes(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    let ordered: Vec<String> = section(source, doc, "ordered", sink)
        .and_then(|t| t.get("lists"))
        .map(|v| document::texts(source, v, sink).into_iter().map(|p| p.value).collect())
        .unwrap_or_default();
    let Some(codes) = section(source, doc, "codes", sink) else { return };
    for (name, value) in codes.entries() {
        let values: Vec<String> = document::texts(source, value, sink).into_iter().map(|p| p.value).collect();
        match schema.list(&name.value) {
            // A county's file adds its values to the end of a list.
            Some(id) => {
                let Some(list) = schema.lists.get(id) else { continue };
                let mut all = list.values.clone();
                all.extend(values.into_iter().filter(|v| !list.values.contains(v)));
                // Aliases are read once all values are there.
                let merged = CodeList::new(list.name.clone(), all, list.ordered);
                if let Some(slot) = schema.lists.get_mut(id) {
                    *slot = merged;
                }
            }
            None => schema.lists.push(CodeList::new(name.value.clone(), values, ordered.contains(&name.value))),
        }
        if schema.list(&name.value).and_then(|id| schema.lists.get(id)).is_some_and(|l| l.values.len() > 250) {
            sink.push(Diagnostic::new("schema::long-list", source, value.span.clone(), "代码表最多250个值"));
        }
    }
}

/// What exports write for a code value: `"大学本科" = ["本科"]`, by list.
fn read_code_aliases(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    let Some(lists) = section(source, doc, "code_aliases", sink) else { return };
    for (name, value) in lists.entries() {
        let wrong = |span: &std::ops::Range<usize>, why: String| Diagnostic::new("schema::code-alias", source, span.clone(), why);
        let Some(list) = schema.list(&name.value).and_then(|id| schema.lists.get_mut(id)) else {
            let known: Vec<&str> = schema.lists.iter().map(|l| l.name.as_str()).collect();
            sink.push(wrong(&name.span, format!("没有“{}”这个代码表", name.value)).nearest(&name.value, known));
            continue;
        };
        let Some(table) = document::table(source, value, sink) else { continue };
        for (key, written) in table.entries() {
            let Some(code) = list.code(&key.value) else {
                let values = list.values.iter().map(String::as_str);
                sink.push(wrong(&key.span, format!("代码表里没有“{}”", key.value)).nearest(&key.value, values));
                continue;
            };
            for text in document::texts(source, written, sink) {
                if !list.alias(&text.value, code) {
                    sink.push(wrong(&text.span, format!("“{}”已经是一个代码值，或者已经代表另一个值", text.value)));
                }
            }
        }
    }
}

fn declare_tables(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    let names = section(source, doc, "names", sink);
    let Some(tables) = section(source, doc, "table", sink) else { return };
    for (name, _) in tables.entries() {
        let zh = names.and_then(|n| n.get(&name.value)).and_then(|v| document::text(source, v, sink));
        if schema.table(&name.value).is_none() {
            schema.tables.push(Table {
                name: name.value.clone(),
                zh: zh.unwrap_or(&name.value).to_owned(),
                fields: Vec::new(),
                key: 0,
                owner: None,
                order: Vec::new(),
                void: None,
                joined: None,
            });
        }
    }
}

fn read_fields(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    let Some(tables) = section(source, doc, "table", sink) else { return };
    for (name, value) in tables.entries() {
        let (Some(id), Some(fields)) = (schema.table(&name.value), document::table(source, value, sink)) else { continue };
        for (key, value) in fields.entries() {
            let Some(text) = document::text(source, value, sink) else { continue };
            let Some(field) = parse_field(&key.value, text, schema) else {
                sink.push(
                    Diagnostic::new("schema::field-type", source, value.span.clone(), format!("看不懂的字段类型“{text}”"))
                        .help("写法：类型[+] 中文名；类型为 id、text、date、int、number、bool、code:代码表、ref:表"),
                );
                continue;
            };
            if let Some(table) = schema.tables.get_mut(id) {
                match table.field(&field.name).and_then(|f| table.fields.get_mut(f)) {
                    Some(old) => *old = field,
                    None => table.fields.push(field),
                }
            }
        }
    }
}

fn parse_field(name: &str, text: &str, schema: &Schema) -> Option<Field> {
    let (ty, zh) = text.split_once(char::is_whitespace)?;
    let required = ty.ends_with('+');
    let ty = match ty.trim_end_matches('+') {
        "id" => FieldType::Id,
        "text" => FieldType::Text,
        "date" => FieldType::Date,
        "int" => FieldType::Int,
        "number" => FieldType::Number,
        "bool" => FieldType::Bool,
        other => match other.split_once(':')? {
            ("code", list) => FieldType::Code(schema.list(list)?),
            ("ref", table) => FieldType::Ref(schema.table(table)?),
            _ => return None,
        },
    };
    Some(Field {
        name: name.to_owned(),
        zh: zh.trim().to_owned(),
        aliases: Vec::new(),
        ty,
        required,
        blank: Blank::Unknown,
        even_unexported: false,
        not_before: None,
    })
}

fn settle_keys(table: &mut Table) {
    table.key = table.fields.iter().position(|f| f.ty == FieldType::Id).unwrap_or(0);
    table.owner = table.fields.iter().position(|f| matches!(f.ty, FieldType::Ref(_)) && f.required);
}

fn read_meanings(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    if let Some(blank) = section(source, doc, "blank", sink) {
        for (key, meaning) in [("not_happened", Blank::NotHappened), ("since_ever", Blank::SinceEver), ("none", Blank::None)] {
            for place in blank.get(key).map(|v| document::texts(source, v, sink)).unwrap_or_default() {
                with_field(source, schema, &place, sink, |_, f| f.blank = meaning);
            }
        }
        if let Some(same) = blank.get("same_as").and_then(|v| document::table(source, v, sink)) {
            for (key, value) in same.entries() {
                let Some(other) = document::text(source, value, sink) else { continue };
                let other = other.split_once('.').map_or(other, |(_, f)| f).to_owned();
                with_field(source, schema, key, sink, |ids, f| {
                    if let Some(id) = ids.iter().position(|n| *n == other) {
                        f.blank = Blank::SameAs(id);
                    }
                });
            }
        }
        let attested = blank.get("attested").map(|v| document::texts(source, v, sink)).unwrap_or_default();
        schema.attested.extend(attested.into_iter().map(|p| p.value));
        let Schema { still, nothing, unknown, after_date, .. } = &mut *schema;
        for (key, words) in [("still", still), ("nothing", nothing), ("unknown", unknown), ("after_date", after_date)] {
            let given = blank.get(key).map(|v| document::texts(source, v, sink)).unwrap_or_default();
            words.extend(given.into_iter().map(|p| p.value));
        }
        for place in blank.get("even_unexported").map(|v| document::texts(source, v, sink)).unwrap_or_default() {
            with_field(source, schema, &place, sink, |_, f| f.even_unexported = true);
        }
        document::report_unknown_keys(
            source,
            blank,
            &["not_happened", "since_ever", "none", "same_as", "even_unexported", "attested", "still", "nothing", "unknown", "after_date"],
            sink,
        );
    }
    if let Some(aliases) = section(source, doc, "aliases", sink) {
        for (key, value) in aliases.entries() {
            let names: Vec<String> = document::texts(source, value, sink).into_iter().map(|p| p.value).collect();
            with_field(source, schema, key, sink, |_, f| f.aliases.extend(names.clone()));
        }
    }
    if let Some(words) = section(source, doc, "words", sink) {
        for (list, value) in words.entries() {
            read_words(source, schema, list, value, sink);
        }
    }
    if let Some(headings) = section(source, doc, "headings", sink) {
        for (key, value) in headings.entries() {
            let texts = document::texts(source, value, sink).into_iter().map(|p| p.value);
            schema.headings.entry(key.value.clone()).or_default().extend(texts);
        }
    }
    if let Some(steps) = section(source, doc, "sheet_steps", sink) {
        for (kind, value) in steps.entries() {
            let Some(fields) = document::table(source, value, sink) else { continue };
            for (field, headings) in fields.entries() {
                let texts: Vec<String> = document::texts(source, headings, sink).into_iter().map(|p| p.value).collect();
                schema.sheet_steps.push((kind.value.clone(), field.value.clone(), texts));
            }
        }
    }
    if let Some(dates) = section(source, doc, "not_before", sink) {
        for (key, value) in dates.entries() {
            let Some(other) = document::text(source, value, sink) else { continue };
            with_field(source, schema, key, sink, |ids, f| f.not_before = ids.iter().position(|n| n == other));
        }
    }
    if let Some(order) = section(source, doc, "order", sink) {
        for (key, value) in order.entries() {
            let names = document::texts(source, value, sink);
            let Some(id) = known_table(source, schema, key, sink) else { continue };
            let Some(table) = schema.tables.get_mut(id) else { continue };
            table.order = names.iter().filter_map(|n| table.field(&n.value)).collect();
        }
    }
    if let Some(owners) = section(source, doc, "owner", sink) {
        for (key, value) in owners.entries() {
            let (Some(name), Some(id)) = (document::text(source, value, sink), known_table(source, schema, key, sink)) else { continue };
            let Some(table) = schema.tables.get_mut(id) else { continue };
            table.owner = table.field(name);
        }
    }
    if let Some(value) = doc.get("identity") {
        read_identity(source, schema, value, sink);
    }
    if let Some(void) = section(source, doc, "void", sink) {
        for (key, value) in void.entries() {
            read_void(source, schema, key, value, sink);
        }
    }
    if let Some(joined) = section(source, doc, "joined", sink) {
        for (key, value) in joined.entries() {
            read_joined(source, schema, key, value, sink);
        }
    }
}

/// Who is who: every name must be that of a table or field of its kind.
fn read_identity(source: &Arc<Source>, schema: &mut Schema, value: &document::Value, sink: &mut Vec<Diagnostic>) {
    let Some(spec) = document::table(source, value, sink) else { return };
    let name = |key: &str, sink: &mut Vec<Diagnostic>| spec.get(key).and_then(|v| document::text(source, v, sink)).unwrap_or("").to_owned();
    let names: Vec<String> =
        ["people", "units", "posts", "contradictions", "id_number", "name", "birth"].iter().map(|key| name(key, sink)).collect();
    let found = identity(schema, &names.iter().map(String::as_str).collect::<Vec<_>>());
    if found.is_none() {
        sink.push(Diagnostic::new("schema::identity", source, value.span.clone(), "identity 写的表或字段没有，或者不是那一种"));
    }
    schema.identity = found;
    if let Some(alike) = spec.get("alike").and_then(|v| document::table(source, v, sink)) {
        for (key, value) in alike.entries() {
            let fields = document::texts(source, value, sink);
            let Some(id) = known_table(source, schema, key, sink) else { continue };
            let Some(table) = schema.tables.get(id) else { continue };
            let fields = fields.iter().filter_map(|f| table.field(&f.value)).collect();
            schema.alike.push((id, fields));
        }
    }
    for name in spec.get("told_once").map(|v| document::texts(source, v, sink)).unwrap_or_default() {
        schema.told_once.extend(known_table(source, schema, &name, sink));
    }
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

fn known_table(source: &Arc<Source>, schema: &Schema, key: &Placed<String>, sink: &mut Vec<Diagnostic>) -> Option<usize> {
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

fn with_field(
    source: &Arc<Source>,
    schema: &mut Schema,
    place: &Placed<String>,
    sink: &mut Vec<Diagnostic>,
    mut change: impl FnMut(&[String], &mut Field),
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

fn read_void(source: &Arc<Source>, schema: &mut Schema, key: &Placed<String>, value: &document::Value, sink: &mut Vec<Diagnostic>) {
    let (Some(id), Some(spec)) = (known_table(source, schema, key, sink), document::table(source, value, sink)) else { return };
    let rows = spec
        .get("rows")
        .map(|v| document::texts(source, v, sink))
        .unwrap_or_default()
        .iter()
        .filter_map(|name| known_table(source, schema, name, sink))
        .collect();
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
}

fn read_joined(source: &Arc<Source>, schema: &mut Schema, key: &Placed<String>, value: &document::Value, sink: &mut Vec<Diagnostic>) {
    let Some(spec) = document::table(source, value, sink) else { return };
    let texts = |name: &str, sink: &mut Vec<Diagnostic>| spec.get(name).map(|v| document::texts(source, v, sink)).unwrap_or_default();
    let zh = texts("zh", sink).first().map_or_else(|| key.value.clone(), |p| p.value.clone());
    let from = texts("from", sink);
    let Some(from) = from.first().and_then(|name| known_table(source, schema, name, sink)) else { return };
    let Some(base) = schema.tables.get(from) else { return };
    let mut fields = |name: &str| -> Vec<usize> { texts(name, sink).iter().filter_map(|n| base.field(&n.value)).collect() };
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_of_writing_that_could_mean_something_else_is_refused_with_its_place() {
        let text = "[codes]\nkind = [\"甲\", \"乙\"]\n[code_aliases.kind]\n\"甲\" = [\"子\", \"乙\"]\n\"乙\" = [\"子\"]\n\"丙\" = []\n[code_aliases.kin]\n";
        let source = Arc::new(Source { name: "schema.toml".into(), text: text.into() });
        let errors = parse(&[source]).err().unwrap_or_default();
        let said: Vec<(&str, usize)> = errors.iter().map(|e| (e.code, e.line())).collect();
        assert_eq!(said, [("schema::code-alias", 4), ("schema::code-alias", 5), ("schema::code-alias", 6), ("schema::code-alias", 7)]);
        assert_eq!(errors.last().and_then(|e| e.help.as_deref()), Some("是否想写“kind”？"));
    }
}
