//! `definitions.toml`: the shared words, terms that rules share, and lookups between code lists.

use super::compile::text_origin;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Node, Table};
use crate::records::{ListId, Schema};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The shared words of all packs.
#[derive(Debug, Default)]
pub struct Definitions {
    words: BTreeMap<(String, String), Word>,
    lookups: BTreeMap<String, Lookup>,
    shared: BTreeMap<String, Shared>,
}

/// Parameters and named values that several rules have alike: `[shared.name]`.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The file.
    pub source: Arc<Source>,
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
}

impl Definitions {
    /// Reads a definitions file into these.
    pub fn read(&mut self, source: &Arc<Source>, schema: &Schema, sink: &mut Vec<Diagnostic>) {
        let doc = match document::parse(source) {
            Ok(doc) => doc,
            Err(error) => return sink.push(*error),
        };
        for (key, value) in doc.entries() {
            let Some(table) = document::table(source, value, sink) else { continue };
            if key.value == "lookup" {
                for (name, value) in table.entries() {
                    if let Some(lookup) = read_lookup(source, value, schema, sink) {
                        self.lookups.insert(name.value.clone(), lookup);
                    }
                }
                continue;
            }
            if key.value == "shared" {
                for (name, value) in table.entries() {
                    if let Some(terms) = document::table(source, value, sink) {
                        let shared = Shared { source: Arc::clone(source), terms: terms.clone() };
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
                continue;
            };
            for (name, value) in table.entries() {
                if def.field(&name.value).is_some() {
                    sink.push(Diagnostic::new("rule::shadow", source, name.span.clone(), format!("“{}”已是字段名", name.value)));
                }
                let Some(word) = read_word(source, name.span.clone(), value, sink) else { continue };
                let place = (key.value.clone(), name.value.clone());
                if self.words.insert(place, word).is_some() {
                    sink.push(Diagnostic::new("rule::twice", source, name.span.clone(), format!("“{}”定义了两次", name.value)));
                }
            }
        }
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

fn read_word(source: &Arc<Source>, span: Range<usize>, value: &document::Value, sink: &mut Vec<Diagnostic>) -> Option<Word> {
    let (text, args) = match &value.value {
        Node::Text(_) => (value, Vec::new()),
        _ => {
            let table = document::table(source, value, sink)?;
            let args = table.get("args").map(|v| document::texts(source, v, sink)).unwrap_or_default();
            let text = table.get("is");
            document::report_unknown_keys(source, table, &["args", "is"], sink);
            let Some(text) = text else {
                sink.push(Diagnostic::new("rule::missing-key", source, span, "缺少 is"));
                return None;
            };
            (text, args.into_iter().map(|a| a.value).collect())
        }
    };
    let body = document::text(source, text, sink)?;
    Some(Word { source: Arc::clone(source), span, text: body.to_owned(), offset: text_origin(source, text, body), args })
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
    Some(Lookup { key, value: to, codes })
}
