//! Where each field is found, as it is written in a mapping, checked against the schema.

use super::file::{Reader, WrittenCodes, made, scalar, written_codes};
use super::names::{Said, folded};
use super::{Assigned, Codes, Condition, Lookup, Mapping, Origin, PersonColumns, Pick, Way};
use crate::dates::Fuzzy;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Placed, Table, Value};
use crate::records::{CodeList, Field, FieldId, FieldType, TableId};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// What a value may be made of: one of these is written.
const ORIGINS: [&str; 6] = ["lookup", "column", "value", "join", "key", "person"];
/// Everything that may be written of a field.
const KEYS: [&str; 15] = [
    "column",
    "value",
    "join",
    "with",
    "key",
    "prefix",
    "person",
    "lookup",
    "by",
    "only",
    "pick",
    "codes",
    "unlisted",
    "filled_when",
    "blank_when",
];
/// The separator of joined texts, if none is written.
const WITH: &str = "-";

/// A condition on a column: a text, several of them, or `""` for blank and `"*"` for anything.
pub(super) fn condition(source: &Arc<Source>, column: &Placed<String>, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<Condition> {
    let any_of: Vec<Said> = match &value.value {
        Node::List(items) => items.iter().filter_map(|v| scalar(source, v, sink)).map(|t| Said::parse(&t.value)).collect(),
        _ => vec![Said::parse(&scalar(source, value, sink)?.value)],
    };
    if any_of.is_empty() {
        sink.push(Diagnostic::new("mapping::bad-value", source, value.span.clone(), "没有写值，任何行都不会符合"));
    }
    Some(Condition { column: folded(&column.value), shown: column.value.clone(), any_of })
}

/// The fields of one canonical table being read.
pub(super) struct Fields<'r> {
    pub reader: &'r Reader<'r>,
    pub table: TableId,
    /// The block.
    pub span: &'r Range<usize>,
}

impl Fields<'_> {
    /// Reads `[map.fields]`.
    pub(super) fn read(&self, written: &Table, mapping: &mut Mapping, sink: &mut Vec<Diagnostic>) -> Vec<Assigned> {
        let reader = self.reader;
        let Some(def) = reader.schema.tables.get(self.table) else { return Vec::new() };
        let mut fields: Vec<Assigned> = Vec::new();
        for (key, value) in written.entries() {
            let Some(id) = def.fields.iter().position(|f| f.name == key.value || f.zh == key.value) else {
                let names: Vec<&str> = def.fields.iter().flat_map(|f| [f.name.as_str(), f.zh.as_str()]).collect();
                let unknown = reader.wrong("mapping::unknown-field", &key.span, format!("{}没有“{}”这个字段", def.zh, key.value));
                sink.push(unknown.nearest(&key.value, names));
                continue;
            };
            if fields.iter().any(|f| f.field == id) {
                let twice = format!("“{}”写了两次", def.fields.get(id).map_or("", |f| f.zh.as_str()));
                sink.push(reader.wrong("mapping::duplicate", &key.span, twice).help("有几列可选的，写成列表，如 [\"A0192A\", \"A0192\"]"));
                continue;
            }
            let ways = self.ways(id, value, mapping, sink);
            if !ways.is_empty() {
                fields.push(Assigned { field: id, ways });
            }
        }
        let is_there =
            |f: FieldId| written.peek_all().any(|(k, _)| def.fields.get(f).is_some_and(|d| d.name == k.value || d.zh == k.value));
        let lacking: Vec<&Field> =
            def.fields.iter().enumerate().filter(|(f, d)| (d.required || *f == def.key) && !is_there(*f)).map(|(_, d)| d).collect();
        if !lacking.is_empty() {
            let names = lacking.iter().map(|f| format!("{}（{}）", f.name, f.zh)).collect::<Vec<_>>().join("、");
            let missing = reader.wrong("mapping::missing-field", self.span, format!("{}的必填字段没有写：{names}", def.zh));
            sink.push(missing.help("写明取哪一列；来源没有编码的，用 key = [几列] 合成"));
        }
        fields
    }

    fn field(&self, id: FieldId) -> Option<&Field> {
        self.reader.schema.tables.get(self.table)?.fields.get(id)
    }

    fn ways(&self, id: FieldId, value: &Value, mapping: &mut Mapping, sink: &mut Vec<Diagnostic>) -> Vec<Way> {
        match &value.value {
            Node::List(items) => items.iter().filter_map(|v| self.way(id, v, mapping, sink)).collect(),
            _ => self.way(id, value, mapping, sink).into_iter().collect(),
        }
    }

    fn way(&self, id: FieldId, value: &Value, mapping: &mut Mapping, sink: &mut Vec<Diagnostic>) -> Option<Way> {
        let source = self.reader.source;
        match &value.value {
            Node::Text(column) => {
                if column.trim().is_empty() {
                    sink.push(self.reader.wrong("mapping::bad-value", &value.span, "列名不能是空的"));
                    return None;
                }
                Some(Way { origin: Origin::Column(folded(column)), codes: None, filled_when: Vec::new(), blank_when: Vec::new() })
            }
            Node::Table(table) => self.written_out(id, table, &value.span, mapping, sink),
            _ => {
                let wrong = Diagnostic::new("toml::wrong-type", source, value.span.clone(), "应为列名（加引号）、{ … } 或者它们的列表");
                sink.push(wrong);
                None
            }
        }
    }

    /// `{ column = …, codes = … }` and the like.
    fn written_out(
        &self,
        id: FieldId,
        table: &Table,
        span: &Range<usize>,
        mapping: &mut Mapping,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Way> {
        let reader = self.reader;
        let entries = self.entries(id, table, sink);
        let origin = self.origin(id, table, span, entries.as_deref(), mapping, sink);
        let filled_when = reader.conditions(table, "filled_when", sink);
        let blank_when = reader.conditions(table, "blank_when", sink);
        let keeps_others = self.keeps_others(id, table, sink);
        self.tell_useless(table, sink);
        document::report_unknown_keys(reader.source, table, &KEYS, sink);
        // Where the highest is picked, the codes are applied there.
        let picked = table.peek("pick").is_some();
        let codes: Option<Codes> = entries.filter(|_| !picked).map(|e| made(&e, keeps_others));
        Some(Way { origin: origin?, codes: codes.map(Arc::new), filled_when, blank_when })
    }

    /// Keys that say nothing beside those they stand with.
    fn tell_useless(&self, table: &Table, sink: &mut Vec<Diagnostic>) {
        const NEEDED: [(&str, &[&str]); 6] = [
            ("with", &["join"]),
            ("prefix", &["join", "key"]),
            ("by", &["lookup"]),
            ("only", &["lookup"]),
            ("pick", &["lookup"]),
            ("unlisted", &["codes"]),
        ];
        for (key, value) in table.peek_all() {
            let needed = NEEDED.iter().find(|(k, _)| *k == key.value).map(|(_, needed)| *needed);
            if let Some(needed) = needed.filter(|all| !all.iter().any(|k| table.peek(k).is_some())) {
                let message = format!("没有写 {}，{} 用不上", needed.join("、"), key.value);
                sink.push(self.reader.wrong("mapping::origin", &value.span, message).help("删去它，或者写全"));
            }
        }
        // What is wrong with the others has been told.
        KEYS.iter().for_each(|k| {
            table.get(k);
        });
    }

    fn origin(
        &self,
        id: FieldId,
        table: &Table,
        span: &Range<usize>,
        entries: Option<&[Entry]>,
        mapping: &mut Mapping,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Origin> {
        let reader = self.reader;
        let written: Vec<&str> = ORIGINS.into_iter().filter(|k| table.peek(k).is_some()).collect();
        let columns = |key: &str, sink: &mut Vec<Diagnostic>| -> Vec<String> {
            reader.texts(table, key, sink).iter().map(|t| folded(&t.value)).collect()
        };
        let prefix = |sink: &mut Vec<Diagnostic>| {
            table.get("prefix").and_then(|v| document::text(reader.source, v, sink)).unwrap_or_default().to_owned()
        };
        match written.as_slice() {
            ["lookup", "column"] => self.lookup(id, table, span, entries, mapping, sink),
            ["column"] => {
                let value = table.get("column")?;
                document::text(reader.source, value, sink).map(|c| Origin::Column(folded(c)))
            }
            ["value"] => self.constant(id, table.get("value")?, entries, sink),
            ["join"] => {
                let with = table.get("with").and_then(|v| document::text(reader.source, v, sink)).unwrap_or(WITH).to_owned();
                Some(Origin::Joined { columns: columns("join", sink), with, prefix: prefix(sink) })
            }
            ["key"] => Some(Origin::Key { columns: columns("key", sink), prefix: prefix(sink) }),
            ["person"] => self.person(table.get("person")?, sink),
            _ => {
                let message = match written.as_slice() {
                    [] => "没有写取自哪里".to_owned(),
                    ["lookup"] => "缺少 column".to_owned(),
                    several => format!("{} 只能写一个", several.join("、")),
                };
                let help =
                    "column 一列；value 固定值；join 几列连起来；key 几列合成编码；person 人员编码；lookup 另一张来源表（写 by 和 column）";
                sink.push(reader.wrong("mapping::origin", span, message).help(help));
                None
            }
        }
    }

    /// The same value in every row: it must be one of the field's.
    fn constant(&self, id: FieldId, value: &Value, entries: Option<&[Entry]>, sink: &mut Vec<Diagnostic>) -> Option<Origin> {
        let text = scalar(self.reader.source, value, sink)?;
        if entries.is_some() {
            sink.push(self.reader.wrong("mapping::origin", &value.span, "固定值不用代码表").help("直接写规矩的值，删去 codes"));
        }
        self.check_value(id, &text, sink).then(|| Origin::Constant(text.value.trim().to_owned()))
    }

    fn person(&self, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<Origin> {
        let source = self.reader.source;
        let table = document::table(source, value, sink)?;
        let column = |key: &str, sink: &mut Vec<Diagnostic>| {
            table.get(key).and_then(|v| document::text(source, v, sink)).map(folded).filter(|c| !c.is_empty())
        };
        let known = PersonColumns {
            id_number: column("id_number", sink),
            name: column("name", sink),
            birth: column("birth", sink),
            post: column("post", sink),
        };
        document::report_unknown_keys(source, table, &["id_number", "name", "birth", "post"], sink);
        if known.id_number.is_none() && (known.name.is_none() || known.birth.is_none()) {
            let message = "凭这些列认不出人";
            sink.push(
                self.reader
                    .wrong("mapping::origin", &value.span, message)
                    .help("写 id_number（身份证号），或者 name、birth（出生年月）和 post（现任职务）"),
            );
            return None;
        }
        Some(Origin::Person(known))
    }

    fn lookup(
        &self,
        id: FieldId,
        table: &Table,
        span: &Range<usize>,
        entries: Option<&[Entry]>,
        mapping: &mut Mapping,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Origin> {
        let reader = self.reader;
        let from = reader.names(table, "lookup", sink);
        let column = table.get("column").and_then(|v| document::text(reader.source, v, sink)).map(folded)?;
        let only = reader.conditions(table, "only", sink);
        let pick = match table.get("pick") {
            None => Pick::Only,
            Some(value) => self.highest(id, value, entries, sink)?,
        };
        let Some(by) = table.get("by").and_then(|v| document::table(reader.source, v, sink)) else {
            let missing = reader.wrong("mapping::missing-key", span, "缺少 by");
            sink.push(missing.help("写明凭哪一列去找：by = { 那张表的列 = \"这张表的列\" }"));
            return None;
        };
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (there, here) in by.entries() {
            let here = document::text(reader.source, here, sink)?;
            pairs.push((folded(&there.value), folded(here)));
        }
        if pairs.is_empty() {
            sink.push(reader.wrong("mapping::missing-key", span, "by 是空的"));
            return None;
        }
        let (there, here) = pairs.into_iter().unzip();
        let said = |key: &str| table.peek(key).and_then(first_text).unwrap_or_default();
        let cited = format!("{}.{}", said("lookup"), said("column"));
        mapping.lookups.push(Lookup { from, by: there, only, column, pick, cited });
        Some(Origin::Lookup { lookup: mapping.lookups.len() - 1, by: here })
    }

    /// `pick = "highest"`: of an ordered code list.
    fn highest(&self, id: FieldId, value: &Value, entries: Option<&[Entry]>, sink: &mut Vec<Diagnostic>) -> Option<Pick> {
        let reader = self.reader;
        let text = document::text(reader.source, value, sink)?;
        if text != "highest" {
            sink.push(reader.wrong("mapping::bad-value", &value.span, format!("pick 不能是“{text}”")).help("可以是：highest（取最高的）"));
            return None;
        }
        let Some(list) = self.list(id).filter(|l| l.ordered) else {
            sink.push(reader.wrong("mapping::bad-value", &value.span, "这个字段不分高低，不能取最高的"));
            return None;
        };
        let mut worth: FxHashMap<String, u8> = FxHashMap::default();
        for (value, code) in list.values.iter().zip(0u8..) {
            worth.insert(folded(value), code);
            list.aliases_of(code).for_each(|alias| {
                worth.insert(folded(alias), code);
            });
        }
        for (from, to) in entries.unwrap_or_default() {
            worth.extend(list.code_meant(to.value.as_bytes()).map(|code| (folded(&from.value), code)));
        }
        Some(Pick::Highest { worth, values: list.values.clone() })
    }

    fn list(&self, id: FieldId) -> Option<&CodeList> {
        match self.field(id)?.ty {
            FieldType::Code(list) => self.reader.schema.lists.get(list),
            _ => None,
        }
    }

    /// The code table of a field: named, or written in place. Its values must be the field's.
    fn entries(&self, id: FieldId, table: &Table, sink: &mut Vec<Diagnostic>) -> Option<Vec<Entry>> {
        let reader = self.reader;
        let value = table.get("codes")?;
        let entries = match &value.value {
            Node::Text(name) => {
                let Some(codes) = reader.codes.get(name) else {
                    let names: Vec<&str> = reader.codes.keys().map(String::as_str).collect();
                    let unknown = reader.wrong("mapping::unknown-codes", &value.span, format!("没有 [codes.{name}] 这一节"));
                    sink.push(unknown.nearest(name, names));
                    return None;
                };
                codes.is_used.set(true);
                let WrittenCodes { meant, .. } = codes;
                meant.clone()
            }
            Node::Table(inline) => written_codes(reader.source, inline, sink),
            _ => {
                sink.push(reader.wrong("toml::wrong-type", &value.span, "应为代码表的名称（加引号），或者 { 来源值 = \"规矩的值\" }"));
                return None;
            }
        };
        for (_, to) in entries.iter().filter(|(_, to)| !to.value.trim().is_empty()) {
            self.check_value(id, to, sink);
        }
        Some(entries)
    }

    /// `unlisted = "keep"` or `"refuse"`, which is so anyway.
    fn keeps_others(&self, id: FieldId, table: &Table, sink: &mut Vec<Diagnostic>) -> bool {
        let reader = self.reader;
        let Some(value) = table.get("unlisted") else { return false };
        let Some(text) = document::text(reader.source, value, sink) else { return false };
        if !["keep", "refuse"].contains(&text) {
            let wrong = reader.wrong("mapping::bad-value", &value.span, format!("unlisted 不能是“{text}”"));
            sink.push(wrong.help("refuse（默认）：没有列出的值拒收；keep：没有列出的值照原样"));
        }
        if text == "keep" && self.list(id).is_some() {
            let wrong = reader.wrong("mapping::bad-value", &value.span, "代码字段只有代码表里的值，没有列出的不能照原样");
            sink.push(wrong.help("删去 unlisted"));
        }
        text == "keep"
    }

    /// Whether a text is a value of the field; told if not.
    fn check_value(&self, id: FieldId, text: &Placed<String>, sink: &mut Vec<Diagnostic>) -> bool {
        let Some(field) = self.field(id) else { return false };
        let said = text.value.trim();
        let wrong = |message: String| self.reader.wrong("mapping::bad-value", &text.span, message);
        let told = match field.ty {
            FieldType::Code(_) => {
                let Some(list) = self.list(id) else { return false };
                let values = || list.values.iter().map(String::as_str);
                let unknown = || {
                    let message = format!("“{said}”不是{}的值", field.zh);
                    match crate::diagnostic::nearest(said, values()) {
                        Some(near) => wrong(message).help(format!("是否想写“{near}”？可用值：{}", list.values.join("、"))),
                        None => wrong(message).help(format!("可用值：{}", list.values.join("、"))),
                    }
                };
                list.code_meant(said.as_bytes()).is_none().then(unknown)
            }
            FieldType::Bool if !["是", "否"].contains(&said) => Some(wrong(format!("“{said}”不是{}的值", field.zh)).help("写 是 或 否")),
            FieldType::Date if Fuzzy::parse(said).is_err() => {
                Some(wrong(format!("“{said}”不是日期")).help("写成 2024-03-04、2024-03 或 2024"))
            }
            FieldType::Int if said.parse::<i32>().is_err() => Some(wrong(format!("“{said}”不是整数"))),
            FieldType::Number if said.parse::<f64>().is_err() => Some(wrong(format!("“{said}”不是数字"))),
            _ => None,
        };
        let Some(told) = told else { return true };
        // A code table that several fields use is told of once.
        if !sink.iter().any(|d| d.span == told.span && d.message == told.message) {
            sink.push(told);
        }
        false
    }
}

/// A source value and what it means.
type Entry = (Placed<String>, Placed<String>);

/// The text of a value, or the first of a list.
fn first_text(value: &Value) -> Option<&str> {
    match &value.value {
        Node::Text(text) => Some(text),
        Node::List(items) => items.first().and_then(first_text),
        _ => None,
    }
}
