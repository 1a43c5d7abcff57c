//! Mapping files as they are written. Everything wrong is reported at once, with its place.

use super::field::{Fields, condition};
use super::names::{Names, folded};
use super::{Assigned, Block, Codes, Condition, Mapping, Origin};
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Placed, Table, Value};
use crate::records::{Schema, TableId};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Keys of a block.
const BLOCK_KEYS: [&str; 6] = ["from", "headers", "to", "only", "except", "fields"];

/// A code table as written: what each source value means, with its place.
pub(super) struct WrittenCodes {
    pub name: Placed<String>,
    pub meant: Vec<(Placed<String>, Placed<String>)>,
    pub is_used: Cell<bool>,
}

/// Reads a mapping.
///
/// # Errors
/// Everything wrong in it: what is no TOML, and every name that neither the file nor the schema knows.
pub fn parse(source: &Arc<Source>, schema: &Schema) -> Result<Mapping, Vec<Diagnostic>> {
    let doc = document::parse(source).map_err(|error| vec![*error])?;
    let mut sink = Vec::new();
    let title = doc.get("title").and_then(|v| document::text(source, v, &mut sink)).unwrap_or_default().to_owned();
    let codes = codes(source, &doc, &mut sink);
    let reader = Reader { source, schema, codes: &codes };
    let aside = aside(source, &doc, &mut sink);
    let mut mapping = Mapping { title, source: Arc::clone(source), blocks: Vec::new(), lookups: Vec::new(), aside };
    match doc.get("map") {
        Some(value) => {
            for (table, span) in document::tables(source, value, &mut sink) {
                if let Some(block) = reader.block(table, &span, &mut mapping, &mut sink) {
                    mapping.blocks.push(block);
                }
            }
        }
        None => {
            let missing = Diagnostic::new("mapping::missing-key", source, 0..0, "没有一节 [[map]]");
            sink.push(missing.help("每节写明 from（来源表）、to（规矩的表）和 [map.fields]（各字段取哪一列）"));
        }
    }
    for unused in codes.values().filter(|c| !c.is_used.get()) {
        let message = format!("代码表“{}”没有用到", unused.name.value);
        let help = "在字段里写 codes = \"名称\"，或者删去这一节";
        sink.push(Diagnostic::new("mapping::unused-codes", source, unused.name.span.clone(), message).help(help));
    }
    document::report_unknown_keys(source, &doc, &["title", "codes", "map", "aside"], &mut sink);
    number_variants(&mut mapping.blocks);
    if sink.is_empty() { Ok(mapping) } else { Err(sink) }
}

/// Blocks that make rows of one table are told apart: a field may be found in another column of the same source table.
fn number_variants(blocks: &mut [Block]) {
    let mut seen: BTreeMap<TableId, u32> = BTreeMap::new();
    for block in blocks {
        let next = seen.entry(block.to).or_default();
        block.variant = *next;
        *next += 1;
    }
}

/// `[aside]`: source tables that are not read, and why.
fn aside(source: &Arc<Source>, doc: &Table, sink: &mut Vec<Diagnostic>) -> BTreeMap<String, String> {
    let Some(all) = doc.get("aside").and_then(|v| document::table(source, v, sink)) else { return BTreeMap::new() };
    all.entries().filter_map(|(name, why)| Some((name.value.clone(), document::text(source, why, sink)?.to_owned()))).collect()
}

/// `[codes.NAME]`.
fn codes(source: &Arc<Source>, doc: &Table, sink: &mut Vec<Diagnostic>) -> BTreeMap<String, WrittenCodes> {
    let Some(all) = doc.get("codes").and_then(|v| document::table(source, v, sink)) else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    for (name, value) in all.entries() {
        let Some(table) = document::table(source, value, sink) else { continue };
        let meant = written_codes(source, table, sink);
        found.insert(name.value.clone(), WrittenCodes { name: name.clone(), meant, is_used: Cell::new(false) });
    }
    found
}

/// The entries of a code table: source value = canonical value.
pub(super) fn written_codes(source: &Arc<Source>, table: &Table, sink: &mut Vec<Diagnostic>) -> Vec<(Placed<String>, Placed<String>)> {
    let mut found: Vec<(Placed<String>, Placed<String>)> = Vec::new();
    for (key, value) in table.entries() {
        let Some(text) = scalar(source, value, sink) else { continue };
        if let Some((first, _)) = found.iter().find(|(k, _)| folded(&k.value) == folded(&key.value)) {
            let message = format!("“{}”与“{}”是同一个值", key.value, first.value);
            sink.push(Diagnostic::new("mapping::duplicate", source, key.span.clone(), message).help("只留一个"));
            continue;
        }
        found.push((key.clone(), text));
    }
    found
}

/// A text, number or truth as text.
pub(super) fn scalar(source: &Arc<Source>, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<Placed<String>> {
    let text = match &value.value {
        Node::Text(t) | Node::Date(t) => t.clone(),
        Node::Int(n) => n.to_string(),
        Node::Bool(b) => if *b { "是" } else { "否" }.to_owned(),
        Node::Float(_) | Node::List(_) | Node::Table(_) => {
            sink.push(Diagnostic::new("toml::wrong-type", source, value.span.clone(), "应为文本（加引号）"));
            return None;
        }
    };
    Some(Placed { value: text, span: value.span.clone() })
}

/// Makes a code table of its entries.
pub(super) fn made(entries: &[(Placed<String>, Placed<String>)], keeps_others: bool) -> Codes {
    let meant = entries.iter().map(|(from, to)| (folded(&from.value), to.value.trim().to_owned())).collect();
    Codes { meant, keeps_others }
}

/// Reads the parts of one file.
pub(super) struct Reader<'a> {
    pub source: &'a Arc<Source>,
    pub schema: &'a Schema,
    pub codes: &'a BTreeMap<String, WrittenCodes>,
}

impl Reader<'_> {
    pub fn wrong(&self, code: &'static str, span: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.source, span.clone(), message)
    }

    fn block(&self, table: &Table, span: &Range<usize>, mapping: &mut Mapping, sink: &mut Vec<Diagnostic>) -> Option<Block> {
        let from = self.names(table, "from", sink);
        let headers: Vec<String> = self.texts(table, "headers", sink).iter().map(|h| folded(&h.value)).collect();
        if from.is_empty() && headers.is_empty() {
            let missing = self.wrong("mapping::missing-key", span, "缺少 from");
            sink.push(
                missing.help("写来源表的名称（文件名、工作表名或者数据库表名，* 代表任意字）；名称不定的，用 headers 列出认表的几个表头"),
            );
        }
        let only = self.conditions(table, "only", sink);
        let except = self.conditions(table, "except", sink);
        let to = match table.get("to") {
            Some(value) => document::text(self.source, value, sink).and_then(|name| self.table(name, &value.span, sink)),
            None => {
                sink.push(self.wrong("mapping::missing-key", span, "缺少 to").help("写规矩的表名，如 person（人员）、post（任职经历）"));
                None
            }
        };
        let written = match table.get("fields") {
            Some(value) => document::table(self.source, value, sink),
            None => {
                sink.push(self.wrong("mapping::missing-key", span, "缺少 [map.fields]").help("写各字段取哪一列，如 name = \"姓名\""));
                None
            }
        };
        document::report_unknown_keys(self.source, table, &BLOCK_KEYS, sink);
        let (to, written) = (to?, written?);
        let fields = Fields { reader: self, table: to, span }.read(written, mapping, sink);
        let is_person = |f: &Assigned| f.ways.iter().any(|w| matches!(w.origin, Origin::Person(_)));
        let lists_people = self.schema.table("person") == Some(to) && fields.iter().any(is_person);
        Some(Block { from, headers, only, except, to, fields, lists_people, variant: 0 })
    }

    /// The canonical table of a name.
    fn table(&self, name: &str, span: &Range<usize>, sink: &mut Vec<Diagnostic>) -> Option<TableId> {
        let found = self.schema.table_called(name);
        if found.is_none() {
            let own = self.schema.tables.iter().filter(|t| t.joined.is_none());
            let names: Vec<&str> = own.flat_map(|t| [t.name.as_str(), t.zh.as_str()]).collect();
            sink.push(self.wrong("mapping::unknown-table", span, format!("没有“{name}”这个表")).nearest(name, names));
        }
        found
    }

    pub fn texts(&self, table: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Vec<Placed<String>> {
        let all = table.get(key).map(|v| document::texts(self.source, v, sink)).unwrap_or_default();
        for empty in all.iter().filter(|t| t.value.trim().is_empty()) {
            sink.push(self.wrong("mapping::bad-value", &empty.span, "不能是空的"));
        }
        all
    }

    pub fn names(&self, table: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Names {
        Names::new(self.texts(table, key, sink).into_iter().map(|n| n.value).collect())
    }

    /// `{ column = value or values }`.
    pub fn conditions(&self, table: &Table, key: &str, sink: &mut Vec<Diagnostic>) -> Vec<Condition> {
        let Some(written) = table.get(key).and_then(|v| document::table(self.source, v, sink)) else { return Vec::new() };
        written.entries().filter_map(|(column, value)| condition(self.source, column, value, sink)).collect()
    }
}
