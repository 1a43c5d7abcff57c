//! Packs: read from their folders, put in order, and kept from changing what they do not own. A pack adds names; the rules of the
//! layers above do not see them, so that no new column can change what an older rule means.

use super::file::Reader;
use super::{Layer, Pack, Profile};
use crate::diagnostic::{Diagnostic, Source, nearest};
use crate::document::{self, Node, Placed, Table};
use crate::rules::files::{Files, FolderError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Where packs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// Their folders.
    Disk,
    /// The files of the rules, among which they were mounted when the profile was in force.
    Mounted,
}

/// Reads the packs that a profile names, mounts their files and puts those above first.
pub(super) fn read_packs(
    profile: &Arc<Source>,
    (folder, from): (&Path, From),
    paths: &[Placed<String>],
    files: &mut Files,
    sink: &mut Vec<Diagnostic>,
) -> Vec<Pack> {
    let taken: BTreeSet<String> = files.all().filter_map(|(p, _)| p.split_once('/')).map(|(top, _)| top.to_owned()).collect();
    let mut found: Vec<(Pack, Option<Placed<String>>)> = Vec::new();
    for path in paths {
        let place = folder.join(&path.value);
        let head = place.join("pack.toml");
        let text = match from {
            From::Disk => Files::read_text(&head),
            From::Mounted => kept(files, &shown_path(&head)),
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                let help = "packs 里写规则包的文件夹，相对于本文件；文件夹里要有 pack.toml";
                sink.push(Diagnostic::new("pack::unreadable", profile, path.span.clone(), error.to_string()).help(help));
                continue;
            }
        };
        let source = Arc::new(Source { name: shown_path(&head), text });
        let Some((pack, parent)) = read_head(&source, sink) else { continue };
        let other = found.iter().find(|(p, _)| p.name == pack.name);
        if (from == From::Disk && taken.contains(&pack.name)) || other.is_some() {
            let mut diagnostic = Diagnostic::new("pack::taken", &source, pack.span.clone(), format!("已有名为“{}”的规则包", pack.name));
            if let Some((other, _)) = other {
                diagnostic = diagnostic.also(&other.source, other.span.clone(), "先列的规则包");
            }
            sink.push(diagnostic.help("换一个名字"));
            continue;
        }
        if from == From::Disk
            && let Err(error) = files.mount(&pack.name, &place)
        {
            sink.push(Diagnostic::new("pack::unreadable", profile, path.span.clone(), error.to_string()));
            continue;
        }
        check_layout(files, &pack.name, sink);
        found.push((pack, parent));
    }
    in_order(found, sink)
}

/// The text of a file that was mounted under this name.
fn kept(files: &Files, name: &str) -> Result<String, FolderError> {
    let file = files.all().find(|(_, source)| source.name == name);
    file.map(|(_, source)| source.text.clone()).ok_or_else(|| FolderError { path: name.to_owned(), why: "没有留存".to_owned() })
}

/// A path as people write it.
pub(super) fn shown_path(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

fn read_head(source: &Arc<Source>, sink: &mut Vec<Diagnostic>) -> Option<(Pack, Option<Placed<String>>)> {
    let doc = match document::parse(source) {
        Ok(doc) => doc,
        Err(error) => {
            sink.push(*error);
            return None;
        }
    };
    let reader = Reader { source };
    let name = reader.need_text(&doc, "name", 0..0, sink);
    let title = reader.need_text(&doc, "title", 0..0, sink);
    let layer = reader.need_text(&doc, "layer", 0..0, sink);
    let parent = doc.get("parent").and_then(|v| Some(Placed { value: document::text(source, v, sink)?.to_owned(), span: v.span.clone() }));
    let orders = reader.orders(&doc, sink);
    document::report_unknown_keys(source, &doc, &["name", "title", "layer", "parent", "off", "on", "change"], sink);
    let (name, title, layer) = (name?, title?, layer?);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.value.is_empty() || !name.value.chars().all(plain) {
        let help = "用小写英文字母、数字和连字符，如 yunze";
        sink.push(Diagnostic::new("pack::bad-name", source, name.span.clone(), format!("规则包不能叫“{}”", name.value)).help(help));
    }
    let Some(which) = Layer::ALL.into_iter().find(|l| l.word() == layer.value) else {
        let help = format!("可用：{}", Layer::ALL.map(Layer::word).join("、"));
        sink.push(Diagnostic::new("pack::layer", source, layer.span, format!("没有“{}”这一层", layer.value)).help(help));
        return None;
    };
    let pack =
        Pack { name: name.value, title: title.value, layer: which, parent: None, source: Arc::clone(source), span: name.span, orders };
    Some((pack, parent))
}

/// A file that nobody would read must not look as if it were in force.
fn check_layout(files: &Files, pack: &str, sink: &mut Vec<Diagnostic>) {
    let prefix = format!("{pack}/");
    for (path, source) in files.all().filter(|(p, _)| p.starts_with(&prefix)) {
        let inside = path.get(prefix.len()..).unwrap_or_default();
        let at_top = ["schema.toml", "regulations.toml", "definitions.toml"].iter().any(|n| inside.ends_with(n));
        let known = match inside.matches('/').count() {
            0 => inside == "pack.toml" || at_top,
            1 => !inside.ends_with(".csv"),
            _ => false,
        };
        if !known {
            let help = "规则写在 类/编码.toml，如 YZ/YZ001.toml；其余只有 pack.toml、schema.toml、regulations.toml、definitions.toml";
            sink.push(Diagnostic::new("pack::stray-file", source, 0..0, "这个位置的文件不会被读取").help(help));
        }
    }
}

/// Every pack after its parent; otherwise as they were listed.
fn in_order(found: Vec<(Pack, Option<Placed<String>>)>, sink: &mut Vec<Diagnostic>) -> Vec<Pack> {
    let names: Vec<String> = found.iter().map(|(p, _)| p.name.clone()).collect();
    let mut ordered: Vec<Pack> = Vec::new();
    let mut open = found;
    while !open.is_empty() {
        let ready = open.iter().position(|(_, parent)| parent.as_ref().is_none_or(|p| ordered.iter().any(|o| o.name == p.value)));
        let Some(ready) = ready else {
            for (pack, parent) in &open {
                let Some(parent) = parent else { continue };
                let (message, help) = if names.contains(&parent.value) {
                    (format!("上级“{}”绕回了自己", parent.value), "省、市、县逐级写明上级，不能循环".to_owned())
                } else {
                    let near =
                        nearest(&parent.value, names.iter().map(String::as_str)).map(|n| format!("是否想写“{n}”？")).unwrap_or_default();
                    (format!("上级规则包“{}”没有列在 packs 里", parent.value), format!("{near}口径文件的 packs 要列出各级规则包"))
                };
                sink.push(Diagnostic::new("pack::no-parent", &pack.source, parent.span.clone(), message).help(help));
            }
            return ordered;
        };
        let (mut pack, parent) = open.remove(ready);
        pack.parent = parent.as_ref().and_then(|p| ordered.iter().position(|o| o.name == p.value));
        if let (Some(above), Some(place)) = (pack.parent.and_then(|i| ordered.get(i)), &parent)
            && above.layer >= pack.layer
        {
            let message = format!("{}的规则包不能以{}的为上级", pack.layer.word(), above.layer.word());
            let diagnostic = Diagnostic::new("pack::layer", &pack.source, place.span.clone(), message);
            sink.push(diagnostic.also(&above.source, above.span.clone(), "上级规则包"));
        }
        ordered.push(pack);
    }
    ordered
}

/// Which names packs have added, and which packs a rule may know of.
#[derive(Clone, Debug, Default)]
pub struct Visible {
    /// Table and name (of a table itself: the empty name), and whose they are.
    added: BTreeMap<(String, String), usize>,
    /// Of each pack: itself and those above it.
    lineage: Vec<Vec<usize>>,
}

impl Visible {
    /// Whether the rules of a pack (none: the rules that come with the program) see a name of a table.
    pub fn sees(&self, who: Option<usize>, table: &str, name: &str) -> bool {
        if self.added.is_empty() {
            return true;
        }
        let may = |owner: &usize| who.and_then(|w| self.lineage.get(w)).is_some_and(|seen| seen.contains(owner));
        self.added.get(&(table.to_owned(), name.to_owned())).is_none_or(may)
    }
}

/// What the packs of a profile have added. Words that override a word of a layer above are no new names.
pub fn visible(profile: Option<&Profile>, files: &Files) -> Visible {
    let Some(profile) = profile else { return Visible::default() };
    let mut known = BTreeSet::new();
    let mut all = Visible::default();
    let parse = |source: &Arc<Source>| document::parse(source).ok();
    for (path, source) in files.all().filter(|(p, _)| pack_of(profile, p).is_none()) {
        if let Some(doc) = named(path).then(|| parse(source)).flatten() {
            known.extend(names_of(path, &doc));
        }
    }
    for (index, pack) in profile.packs.iter().enumerate() {
        let mut lineage = vec![index];
        lineage.extend(pack.parent.and_then(|p| all.lineage.get(p)).into_iter().flatten().copied());
        all.lineage.push(lineage);
        for (path, source) in files.all().filter(|(p, _)| pack_of(profile, p) == Some(index)) {
            let Some(doc) = named(path).then(|| parse(source)).flatten() else { continue };
            for place in names_of(path, &doc) {
                if !known.contains(&place) {
                    all.added.entry(place).or_insert(index);
                }
            }
        }
    }
    all
}

/// The pack that a file belongs to.
pub fn pack_of(profile: &Profile, path: &str) -> Option<usize> {
    let (top, _) = path.split_once('/')?;
    profile.packs.iter().position(|p| p.name == top)
}

fn named(path: &str) -> bool {
    path.ends_with("schema.toml") || path.ends_with("definitions.toml")
}

fn names_of(path: &str, doc: &Table) -> Vec<(String, String)> {
    let mut names = Vec::new();
    let mut of_table = |table: &str, inner: &Node, itself: bool| {
        if itself {
            names.push((table.to_owned(), String::new()));
        }
        if let Node::Table(inner) = inner {
            names.extend(inner.peek_all().map(|(k, _)| (table.to_owned(), k.value.clone())));
        }
    };
    if path.ends_with("definitions.toml") {
        doc.peek_all().filter(|(k, _)| k.value != "lookup" && k.value != "shared").for_each(|(k, v)| of_table(&k.value, &v.value, false));
    } else {
        section(doc, "table").into_iter().flat_map(Table::peek_all).for_each(|(k, v)| of_table(&k.value, &v.value, true));
        section(doc, "joined").into_iter().flat_map(Table::peek_all).for_each(|(k, _)| of_table(&k.value, &Node::Bool(true), true));
    }
    names
}

/// A field, table or code value as first declared.
type Place = (Arc<Source>, std::ops::Range<usize>);

/// Packs add tables, fields and code values; they take nothing away and change nothing of the layers above.
pub fn check_schemas(profile: &Profile, files: &Files, sink: &mut Vec<Diagnostic>) {
    let mut fields: BTreeMap<(String, String), Place> = BTreeMap::new();
    let mut codes: BTreeMap<(String, String), Place> = BTreeMap::new();
    let mut ordered: BTreeSet<String> = BTreeSet::new();
    let base = files.all().filter(|(p, _)| pack_of(profile, p).is_none()).map(|(p, s)| (p, s, false));
    let order = 0..profile.packs.len();
    let packs = order.flat_map(|i| files.all().filter(move |(p, _)| pack_of(profile, p) == Some(i)).map(|(p, s)| (p, s, true)));
    for (_, source, is_pack) in base.chain(packs).filter(|(p, _, _)| p.ends_with("schema.toml")) {
        let Ok(doc) = document::parse(source) else { continue };
        let own = read_fields(source, &doc, is_pack, &mut fields, sink);
        if let Some(Node::List(lists)) = section(&doc, "ordered").and_then(|t| t.peek("lists")).map(|v| &v.value) {
            ordered.extend(lists.iter().filter_map(|v| if let Node::Text(t) = &v.value { Some(t.clone()) } else { None }));
        }
        read_codes(source, &doc, is_pack.then_some(&ordered), &mut codes, sink);
        if is_pack {
            check_meanings(source, &doc, &own, sink);
        }
    }
}

fn section<'a>(doc: &'a Table, key: &str) -> Option<&'a Table> {
    if let Some(Node::Table(table)) = doc.peek(key).map(|v| &v.value) { Some(table) } else { None }
}

/// Gives the fields that this file declares.
fn read_fields(
    source: &Arc<Source>,
    doc: &Table,
    is_pack: bool,
    fields: &mut BTreeMap<(String, String), Place>,
    sink: &mut Vec<Diagnostic>,
) -> BTreeSet<String> {
    let mut own = BTreeSet::new();
    for (table, inner) in section(doc, "table").into_iter().flat_map(Table::peek_all) {
        let Node::Table(inner) = &inner.value else { continue };
        let is_old = fields.keys().any(|(t, _)| *t == table.value);
        let mut new = Vec::new();
        for (field, value) in inner.peek_all() {
            let place = (table.value.clone(), field.value.clone());
            match fields.get(&place) {
                Some((first, span)) if is_pack => sink.push(
                    Diagnostic::new("pack::redeclared", source, field.span.clone(), format!("字段 {}.{} 已经有了", place.0, place.1))
                        .also(first, span.clone(), "原来的字段")
                        .help("已有的字段不能改；换一个名字另设字段"),
                ),
                Some(_) => {}
                None => new.push((place.clone(), (Arc::clone(source), field.span.clone()))),
            }
            let required = matches!(&value.value, Node::Text(t) if t.split_whitespace().next().is_some_and(|ty| ty.ends_with('+')));
            if is_pack && is_old && required {
                let help = "去掉类型后面的 +：导出的数据没有这一列时，整行会被拒收";
                sink.push(Diagnostic::new("pack::required", source, value.span.clone(), "给已有的表增加的字段不能是必填").help(help));
            }
            own.insert(format!("{}.{}", place.0, place.1));
        }
        fields.extend(new);
        if !is_old {
            own.insert(table.value.clone());
        }
    }
    own
}

fn read_codes(
    source: &Arc<Source>,
    doc: &Table,
    ordered: Option<&BTreeSet<String>>,
    codes: &mut BTreeMap<(String, String), Place>,
    sink: &mut Vec<Diagnostic>,
) {
    for (list, values) in section(doc, "codes").into_iter().flat_map(Table::peek_all) {
        let is_old = codes.keys().any(|(l, _)| *l == list.value);
        if let Some(ordered) = ordered
            && is_old
            && ordered.contains(&list.value)
        {
            let help = "职务层次、职级、学历有高低次序，增加的值排不进去；需要的话用另一个字段记";
            let message = format!("代码表 {} 有高低次序，不能增加", list.value);
            sink.push(Diagnostic::new("pack::ordered-list", source, list.span.clone(), message).help(help));
            continue;
        }
        let Node::List(values) = &values.value else { continue };
        let mut new = Vec::new();
        for value in values {
            let Node::Text(text) = &value.value else { continue };
            let place = (list.value.clone(), text.clone());
            match codes.get(&place) {
                Some((first, span)) if ordered.is_some() => sink.push(
                    Diagnostic::new("pack::redeclared", source, value.span.clone(), format!("代码表 {} 里已有“{text}”", list.value))
                        .also(first, span.clone(), "原来的值")
                        .help("只写增加的值"),
                ),
                Some(_) => {}
                None => new.push((place, (Arc::clone(source), value.span.clone()))),
            }
        }
        codes.extend(new);
    }
}

/// What a blank means, how rows are ordered and whose they are is settled where the field was declared.
fn check_meanings(source: &Arc<Source>, doc: &Table, own: &BTreeSet<String>, sink: &mut Vec<Diagnostic>) {
    let mut foreign = |name: &str, span: &std::ops::Range<usize>| {
        if !own.contains(name) {
            let help = "规则包只能规定自己增加的字段、表";
            let message = format!("“{name}”不是本规则包增加的，不能改它的含义");
            sink.push(Diagnostic::new("pack::foreign", source, span.clone(), message).help(help));
        }
    };
    for (_, value) in section(doc, "blank").into_iter().flat_map(Table::peek_all) {
        match &value.value {
            Node::List(items) => items.iter().for_each(|item| {
                if let Node::Text(text) = &item.value {
                    foreign(text, &item.span);
                }
            }),
            Node::Table(pairs) => pairs.peek_all().for_each(|(k, _)| foreign(&k.value, &k.span)),
            Node::Text(text) => foreign(text, &value.span),
            _ => {}
        }
    }
    for key in ["order", "owner", "void", "names"] {
        section(doc, key).into_iter().flat_map(Table::peek_all).for_each(|(k, _)| foreign(&k.value, &k.span));
    }
}
