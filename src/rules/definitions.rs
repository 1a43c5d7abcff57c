//! `definitions.toml`: the shared words, terms that rules share, and lookups between code lists.

use super::compile::text_origin;
use super::profile::Told;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Table};
use crate::records::{ListId, Schema};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// The shared words of all packs.
#[derive(Debug, Default)]
pub struct Definitions {
    words: BTreeMap<(String, String), Word>,
    lookups: BTreeMap<String, Lookup>,
    shared: BTreeMap<String, Shared>,
    /// Words that could not be read, which was said: who names them says nothing wrong.
    lost: BTreeSet<String>,
    /// Words that packs changed.
    pub told: Vec<Told>,
}

/// Parameters and named values that several rules have alike: `[shared.name]`.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The file.
    pub source: Arc<Source>,
    /// The name's place.
    pub span: Range<usize>,
    /// The parameters; the named values under `let`.
    pub terms: Table,
}

/// A shared word as written.
#[derive(Clone, Debug)]
pub struct Word {
    /// The file.
    pub source: Arc<Source>,
    /// The name's place.
    pub span: Range<usize>,
    /// The expression.
    pub text: String,
    /// Where the expression starts.
    pub offset: usize,
    /// Names of its arguments.
    pub args: Vec<String>,
    /// The pack whose it is; none: it comes with the program.
    pub pack: Option<usize>,
}

/// Whose definitions file it is: its place among the packs, and what people call it.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The pack's place.
    pub pack: usize,
    /// The names of all packs.
    pub packs: &'a [super::profile::Pack],
}

/// A table from one code list to another.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The list of the keys.
    pub key: ListId,
    /// The list of the values.
    pub value: ListId,
    /// By key code; −1 where there is no value.
    pub codes: Vec<i16>,
    /// Where its name stands.
    pub place: Option<(Arc<Source>, Range<usize>)>,
}

/// What a word says of the one that it replaces.
struct WordOrder {
    reason: String,
    over: Option<String>,
    was: Option<String>,
}

impl Definitions {
    /// Reads a definitions file into these.
    pub fn read(&mut self, source: &Arc<Source>, schema: &Schema, owner: Option<Owner<'_>>, sink: &mut Vec<Diagnostic>) {
        let doc = match document::parse(source) {
            Ok(doc) => doc,
            Err(error) => return sink.push(*error),
        };
        for (key, value) in doc.entries() {
            let Some(table) = document::table(source, value, sink) else { continue };
            if key.value == "lookup" {
                for (name, value) in table.entries() {
                    if owner.is_some() && self.lookups.contains_key(&name.value) {
                        let message = format!("对照表“{}”已经有了", name.value);
                        sink.push(Diagnostic::new("rule::twice", source, name.span.clone(), message).help("换一个名字"));
                        continue;
                    }
                    if let Some(mut lookup) = read_lookup(source, value, schema, sink) {
                        lookup.place = Some((Arc::clone(source), name.span.clone()));
                        self.lookups.insert(name.value.clone(), lookup);
                    }
                }
                continue;
            }
            if key.value == "shared" {
                for (name, value) in table.entries() {
                    if let Some(terms) = document::table(source, value, sink) {
                        let shared = Shared { source: Arc::clone(source), span: name.span.clone(), terms: terms.clone() };
                        if self.shared.insert(name.value.clone(), shared).is_some() {
                            sink.push(Diagnostic::new("rule::twice", source, name.span.clone(), format!("“{}”定义了两次", name.value)));
                        }
                    }
                }
                continue;
            }
            let Some(def) = schema.table(&key.value).and_then(|t| schema.tables.get(t)) else {
                let names = schema.tables.iter().map(|t| t.name.as_str());
                sink.push(
                    Diagnostic::new("rule::unknown-table", source, key.span.clone(), format!("没有“{}”这个表", key.value))
                        .nearest(&key.value, names),
                );
                self.lost.extend(table.entries().map(|(name, _)| name.value.clone()));
                continue;
            };
            for (name, value) in table.entries() {
                if def.field(&name.value).is_some() {
                    sink.push(Diagnostic::new("rule::shadow", source, name.span.clone(), format!("“{}”已是字段名", name.value)));
                }
                let Some((word, order)) = read_word(source, name.span.clone(), value, owner, sink) else {
                    self.lost.insert(name.value.clone());
                    continue;
                };
                let place = (key.value.clone(), name.value.clone());
                if self.may_replace(&place, &word, order, owner, sink) {
                    self.words.insert(place, word);
                }
            }
        }
    }

    /// Whether a word is new, or replaces one of a layer above and says why.
    fn may_replace(
        &mut self,
        (table, name): &(String, String),
        word: &Word,
        order: Option<WordOrder>,
        owner: Option<Owner<'_>>,
        sink: &mut Vec<Diagnostic>,
    ) -> bool {
        let complaint = |code, message: String| Diagnostic::new(code, &word.source, word.span.clone(), message);
        let Some(old) = self.words.get(&(table.clone(), name.clone())) else {
            if order.is_some() {
                let known = self.words.keys().filter(|(t, _)| t == table).map(|(_, n)| n.as_str());
                sink.push(complaint("profile::stale", format!("没有可以代替的共用说法“{table}.{name}”")).nearest(name, known));
            }
            return true;
        };
        let old_place = |d: Diagnostic| d.also(&old.source, old.span.clone(), "原来的定义");
        let (Some(order), Some(owner)) = (order, owner) else {
            let help = "要代替它的，写成 { is = \"…\", overrides = true, reason = \"…\" }；否则换一个名字";
            let twice = old_place(complaint("rule::twice", format!("“{name}”定义了两次")));
            sink.push(if owner.is_some() { twice.help(help) } else { twice });
            return owner.is_none();
        };
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let by = old.pack.and_then(|p| owner.packs.get(p));
        if let Some(was) = order.was.filter(|was| squeezed(was) != squeezed(&old.text)) {
            let message = format!("“{name}”的定义已经不是 {}", was.trim());
            sink.push(old_place(complaint("profile::stale", message)).help("核对新的定义，再改 was 和本定义"));
        } else if squeezed(&old.text) == squeezed(&word.text) {
            sink.push(old_place(complaint("profile::no-change", format!("“{name}”本来就是这样定义的"))).help("删去这一项"));
        } else if old.pack == Some(owner.pack) {
            sink.push(old_place(complaint("rule::twice", format!("“{name}”定义了两次"))));
        } else if order.over.as_deref() != by.map(|p| p.name.as_str()) {
            let (message, help) = match by {
                Some(by) => {
                    (format!("“{}”已经改过“{name}”，没有写明以谁为准", by.title), format!("以这里为准的，写 over = \"{}\"", by.name))
                }
                None => (format!("还没有规则包改过“{name}”"), "删去 over".to_owned()),
            };
            sink.push(old_place(complaint("profile::conflict", message)).help(help));
        } else if old.args != word.args {
            sink.push(old_place(complaint("profile::bad-value", format!("“{name}”的参数与原来的不同"))).help("args 要与原来的一样"));
        }
        let place = crate::diagnostic::line_of(&word.source.text, word.span.start);
        self.told.push(Told {
            what: format!("{table}.{name}"),
            version: None,
            was: old.text.trim().to_owned(),
            now: word.text.trim().to_owned(),
            by: owner.packs.get(owner.pack).map_or_else(String::new, |p| p.title.clone()),
            file: word.source.name.clone(),
            line: place,
            reason: order.reason,
        });
        true
    }

    /// Whether there is a word of this name that could not be read.
    pub fn is_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    /// Where a lookup stands.
    pub fn lookups(&self) -> impl Iterator<Item = (&str, &Lookup)> {
        self.lookups.iter().map(|(n, l)| (n.as_str(), l))
    }

    /// Whether a table has the word.
    pub fn has(&self, table: &str, name: &str) -> bool {
        self.word(table, name).is_some()
    }

    /// The word of a table.
    pub fn word(&self, table: &str, name: &str) -> Option<&Word> {
        self.words.get(&(table.to_owned(), name.to_owned()))
    }

    /// The arguments of a word.
    pub fn args(&self, table: &str, name: &str) -> Option<&[String]> {
        self.word(table, name).map(|w| w.args.as_slice())
    }

    /// Whether some table has a word of this name that takes arguments.
    pub fn takes_arguments(&self, name: &str) -> bool {
        self.words.iter().any(|((_, n), word)| n == name && !word.args.is_empty())
    }

    /// The words of a table.
    pub fn names(&self, table: &str) -> impl Iterator<Item = &str> {
        self.words.keys().filter(move |(t, _)| t == table).map(|(_, n)| n.as_str())
    }

    /// Every word: table and name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.keys().map(|(t, n)| (t.as_str(), n.as_str()))
    }

    /// The shared terms of a name.
    pub fn shared(&self, name: &str) -> Option<&Shared> {
        self.shared.get(name)
    }

    /// The names of the shared terms.
    pub fn shared_names(&self) -> impl Iterator<Item = &str> {
        self.shared.keys().map(String::as_str)
    }

    /// The lookup of a name.
    pub fn lookup(&self, name: &str) -> Option<&Lookup> {
        self.lookups.get(name)
    }

    /// The names of the lookups.
    pub fn lookup_names(&self) -> impl Iterator<Item = &str> {
        self.lookups.keys().map(String::as_str)
    }
}

fn read_word(
    source: &Arc<Source>,
    span: Range<usize>,
    value: &document::Value,
    owner: Option<Owner<'_>>,
    sink: &mut Vec<Diagnostic>,
) -> Option<(Word, Option<WordOrder>)> {
    let mut order = None;
    let (text, args) = match &value.value {
        Node::Text(_) => (value, Vec::new()),
        _ => {
            let table = document::table(source, value, sink)?;
            let args = table.get("args").map(|v| document::texts(source, v, sink)).unwrap_or_default();
            let text = table.get("is");
            if owner.is_some() {
                order = read_order(source, table, sink);
            }
            document::report_unknown_keys(source, table, &["args", "is"], sink);
            let Some(text) = text else {
                sink.push(Diagnostic::new("rule::missing-key", source, span, "缺少 is"));
                return None;
            };
            (text, args.into_iter().map(|a| a.value).collect())
        }
    };
    let body = document::text(source, text, sink)?;
    let offset = text_origin(source, text, body);
    let word = Word { source: Arc::clone(source), span, text: body.to_owned(), offset, args, pack: owner.map(|o| o.pack) };
    Some((word, order))
}

/// `overrides = true`, why, of whom, and what it was.
fn read_order(source: &Arc<Source>, table: &document::Table, sink: &mut Vec<Diagnostic>) -> Option<WordOrder> {
    let text = |key: &str, sink: &mut Vec<Diagnostic>| table.get(key).and_then(|v| document::text(source, v, sink)).map(str::to_owned);
    let (reason, over, was) = (text("reason", sink), text("over", sink), text("was", sink));
    let overrides = table.get("overrides")?;
    if !document::boolean(source, overrides, sink)? {
        return None;
    }
    let reason = reason.map(|r| r.trim().to_owned()).unwrap_or_default();
    if reason.is_empty() {
        sink.push(Diagnostic::new("profile::no-reason", source, overrides.span.clone(), "没有写明理由").help("写明 reason：为什么改"));
    }
    Some(WordOrder { reason, over, was })
}

fn read_lookup(source: &Arc<Source>, value: &document::Value, schema: &Schema, sink: &mut Vec<Diagnostic>) -> Option<Lookup> {
    let table = document::table(source, value, sink)?;
    let list = |key: &str, sink: &mut Vec<Diagnostic>| -> Option<ListId> {
        let value = table.get(key)?;
        let name = document::text(source, value, sink)?;
        let found = schema.list(name);
        if found.is_none() {
            sink.push(Diagnostic::new("rule::unknown-list", source, value.span.clone(), format!("没有代码表“{name}”")));
        }
        found
    };
    let (key, to) = (list("key", sink)?, list("value", sink)?);
    let mut codes = vec![-1i16; schema.lists[key].values.len()];
    if let Some(document::Placed { value: Node::List(pairs), .. }) = table.get("pairs") {
        for pair in pairs {
            let items = document::texts(source, pair, sink);
            let [from, into] = items.as_slice() else {
                sink.push(Diagnostic::new("rule::lookup", source, pair.span.clone(), "每一对应为 [\"键\", \"值\"]"));
                continue;
            };
            match (schema.lists[key].code(&from.value), schema.lists[to].code(&into.value)) {
                (Some(k), Some(v)) => {
                    if let Some(slot) = codes.get_mut(usize::from(k)) {
                        *slot = i16::from(v);
                    }
                }
                (k, _) => {
                    let (wrong, id) = if k.is_none() { (from, key) } else { (into, to) };
                    let known = schema.lists[id].values.iter().map(String::as_str);
                    sink.push(
                        Diagnostic::new("rule::unknown-code", source, wrong.span.clone(), format!("代码表中没有“{}”", wrong.value))
                            .nearest(&wrong.value, known),
                    );
                }
            }
        }
    }
    document::report_unknown_keys(source, table, &["key", "value", "pairs"], sink);
    Some(Lookup { key, value: to, codes, place: None })
}
