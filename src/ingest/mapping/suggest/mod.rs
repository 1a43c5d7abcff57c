//! The first draft of a mapping, guessed from headers and values. Every guess says how sure it is and why: somebody decides, not the draft.

mod draft;
mod guess;
mod look;

use super::{Block, Mapping, read, shipped, shipped_names};
use crate::diagnostic::Source as Text;
use crate::ingest::error::IngestError;
use crate::ingest::source;
use crate::records::Schema;
use look::{Looked, Looking};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A draft.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The mapping as TOML.
    pub text: String,
    /// How many source tables it maps, those aside that lack something required: without one it is no mapping yet.
    pub mapped: usize,
}

/// Drafts a mapping of all tables of some sources.
///
/// # Errors
/// A source that cannot be opened or understood at all.
pub fn suggest(sources: &[String], schema: &Schema) -> Result<Suggestion, IngestError> {
    let found = source::find(sources, schema, Some(&everything()))?;
    let mut looking = Looking::new(schema);
    for source in &found {
        read::visit(source, &mut looking)?;
    }
    let known = Known::new(schema);
    let tables: Vec<draft::Table<'_>> = looking.tables.iter().map(|t| draft::Table { looked: t, what: known.what(t, schema) }).collect();
    let mapped = tables.iter().filter(|t| matches!(&t.what, draft::What::Mapped(guessed) if guessed.lacking.is_empty())).count();
    let shown: Vec<String> = sources.iter().map(|s| crate::ingest::shown_source(s)).collect();
    Ok(Suggestion { text: draft::text(&tables, &shown, schema, &known), mapped })
}

/// What takes every table, so that each is shown.
fn everything() -> Mapping {
    let all = super::names::Names::new(vec!["*".to_owned()]);
    let block = Block {
        from: all,
        headers: Vec::new(),
        only: Vec::new(),
        except: Vec::new(),
        to: 0,
        fields: Vec::new(),
        lists_people: false,
        variant: 0,
    };
    Mapping {
        title: String::new(),
        source: Arc::new(Text { name: String::new(), text: String::new() }),
        blocks: vec![block],
        lookups: Vec::new(),
        aside: std::collections::BTreeMap::new(),
    }
}

/// The shipped mappings, and what codes they know.
struct Known {
    mappings: Vec<(&'static str, Mapping)>,
}

impl Known {
    fn new(schema: &Schema) -> Self {
        let loaded = shipped_names().into_iter().filter_map(|name| Some((name, shipped(name, schema)?.ok()?)));
        Self { mappings: loaded.collect() }
    }

    fn what(&self, table: &Looked, schema: &Schema) -> draft::What {
        if let Some((name, _)) = self.mappings.iter().find(|(_, m)| m.takes(&table.name) == Some(true)) {
            return draft::What::Shipped(name);
        }
        if guess::is_canonical(table, schema) {
            return draft::What::Canonical;
        }
        guess::guess(table, schema, self).map_or(draft::What::Unknown, draft::What::Mapped)
    }

    /// What source values mean for a field, by the shipped mappings; the values folded.
    fn codes(&self, table: usize, field: usize) -> BTreeMap<String, String> {
        let blocks = self.mappings.iter().flat_map(|(_, m)| &m.blocks).filter(|b| b.to == table);
        let ways = blocks.flat_map(|b| &b.fields).filter(|f| f.field == field).flat_map(|f| &f.ways);
        let codes = ways.filter_map(|w| w.codes.as_ref());
        codes.flat_map(|c| c.meant.iter().map(|(k, v)| (k.clone(), v.clone()))).collect()
    }
}
