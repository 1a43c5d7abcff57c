//! Reading `schema.toml`: every mistake of the file is reported at once, with its place.

mod meanings;
mod relations;

use super::schema::{Blank, CodeList, Field, FieldType, Schema, Table};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Placed, Value};
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
        meanings::read(source, doc, &mut schema, &mut sink);
        relations::read(source, doc, &mut schema, &mut sink);
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

/// The keys and values of a section, if the file has it.
fn entries<'a>(
    source: &Arc<Source>,
    doc: &'a document::Table,
    name: &str,
    sink: &mut Vec<Diagnostic>,
) -> impl Iterator<Item = (&'a Placed<String>, &'a Value)> + use<'a> {
    section(source, doc, name, sink).into_iter().flat_map(document::Table::entries)
}

/// The texts under a key; none where there is no such key.
fn texts_at(source: &Arc<Source>, table: &document::Table, key: &str, sink: &mut Vec<Diagnostic>) -> Vec<Placed<String>> {
    table.get(key).map(|v| document::texts(source, v, sink)).unwrap_or_default()
}

fn read_codes(source: &Arc<Source>, doc: &document::Table, schema: &mut Schema, sink: &mut Vec<Diagnostic>) {
    let ordered = section(source, doc, "ordered", sink).map(|t| texts_at(source, t, "lists", sink)).unwrap_or_default();
    let ordered: Vec<String> = ordered.into_iter().map(|p| p.value).collect();
    for (name, value) in entries(source, doc, "codes", sink) {
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
    for (name, value) in entries(source, doc, "code_aliases", sink) {
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
    for (name, _) in entries(source, doc, "table", sink) {
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
    for (name, value) in entries(source, doc, "table", sink) {
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
                if field.ty == FieldType::Id && table.fields.iter().any(|f| f.ty == FieldType::Id && f.name != field.name) {
                    sink.push(
                        Diagnostic::new("schema::field-type", source, value.span.clone(), "一张表只能有一个 id 字段")
                            .help("另一个编码写作 text；是别的表的编码的，写作 ref:表"),
                    );
                    continue;
                }
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

    #[test]
    fn a_name_that_means_nothing_is_refused_wherever_it_stands() {
        let text = "[codes]\nkind = [\"甲\"]\n[table.post]\npost_id = \"id+ 编码\"\nstart = \"date 起\"\nend = \"date 止\"\n\
[order]\npost = [\"strat\"]\n[owner]\npost = \"person_id\"\n[not_before]\n\"post.end\" = \"begin\"\n\"pots.end\" = \"start\"\n\
[blank.same_as]\n\"post.end\" = \"post.strat\"\n[joined.posting]\nzh = \"段\"\nfrom = \"post\"\nby = [\"unit\"]\nfrist = [\"end\"]\n";
        let source = Arc::new(Source { name: "schema.toml".into(), text: text.into() });
        let mut said: Vec<(&str, usize)> = parse(&[source]).err().unwrap_or_default().iter().map(|e| (e.code, e.line())).collect();
        said.sort_by_key(|(_, line)| *line);
        let unknown = |line| ("schema::unknown-field", line);
        assert_eq!(said, [unknown(8), unknown(10), unknown(12), unknown(13), unknown(15), unknown(19), ("toml::unknown-key", 20)]);
    }

    #[test]
    fn a_table_has_one_key() {
        let source = |text: &str| Arc::new(Source { name: "schema.toml".into(), text: text.into() });
        let first = source("[table.a]\na_id = \"id+ 编码\"\n");
        let again = source("[table.a]\na_id = \"id+ 甲编码\"\n");
        let other = source("[table.a]\nb_id = \"id 另一个编码\"\n");
        assert!(parse(&[Arc::clone(&first), again]).is_ok());
        let errors = parse(&[first, other]).err().unwrap_or_default();
        assert_eq!(errors.iter().map(|e| (e.code, e.line())).collect::<Vec<_>>(), [("schema::field-type", 2)]);
    }

    #[test]
    fn every_mistake_of_a_file_is_told_at_once_with_its_place() {
        let many: String = (0..251).map(|n| format!("\"{n}\",")).collect();
        let text = format!(
            "[codes]\nkind = [\"甲\"]\nlong = [{many}]\n[table.a]\na_id = \"id+ 编码\"\nkind = \"code:kind 类\"\nwhat = \"colour 色\"\n\
[words]\ncolour = {{ \"红\" = [\"赤\"] }}\nkind = {{ \"丙\" = [\"子\"] }}\n[order]\nb = [\"start\"]\n\
[void]\na = {{ when = {{ kind = \"丙\" }} }}\n[joined]\nc = {{ from = \"a\" }}\n[identity]\npeople = \"a\"\n"
        );
        let source = Arc::new(Source { name: "schema.toml".into(), text });
        let mut said: Vec<(&str, usize)> = parse(&[source]).err().unwrap_or_default().iter().map(|e| (e.code, e.line())).collect();
        said.sort_by_key(|(_, line)| *line);
        let expected = [
            ("schema::long-list", 3),
            ("schema::field-type", 7),
            ("schema::unknown-list", 9),
            ("schema::unknown-value", 10),
            ("schema::unknown-table", 12),
            ("schema::void", 14),
            ("schema::joined", 16),
            ("schema::identity", 17),
        ];
        assert_eq!(said, expected);
    }
}
