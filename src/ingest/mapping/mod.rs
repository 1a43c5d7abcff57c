//! Mapping files: how the tables, columns and codes of somebody else's export become those of the records. A mapping is a TOML file,
//! checked against the schema before anything is read; it says of each canonical table which source table its rows come from and where
//! each field is found. It is applied between the readers of tables and the records, row by row, so that every cell keeps its place.
//!
//! Nothing here guesses: a value that the mapping does not list is told and reads as unknown.

mod again;
mod apply;
mod bind;
mod choice;
mod fault;
mod field;
mod file;
mod key;
mod lookup;
mod names;
mod people;
mod read;
mod shipped;
mod suggest;
mod tables;

pub use file::parse as parse_mapping;
pub use shipped::{shipped, shipped_names};
pub use suggest::{Suggestion, suggest};

pub(super) use bind::Headers;
pub(super) use choice::{Choice, Ready};
pub(super) use key::person_key;
pub(super) use read::originals;
pub(super) use tables::{Visitor, csv_head};

use crate::diagnostic::Source;
use crate::records::{FieldId, TableId};
use names::{Names, Said};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A mapping file, checked against a schema.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// What people call it.
    pub title: String,
    /// The file.
    pub source: Arc<Source>,
    blocks: Vec<Block>,
    lookups: Vec<Lookup>,
    /// Source tables that are not read, and why.
    aside: BTreeMap<String, String>,
}

impl Mapping {
    /// Why a source table is not read, if the mapping says so.
    pub(super) fn why_aside(&self, table: &str) -> Option<&str> {
        self.aside.get(table).map(String::as_str)
    }

    /// What it does, a line a block: the source tables, and the number of the canonical table and how many fields it fills.
    pub fn outline(&self) -> Vec<(String, TableId, usize)> {
        let by_headers = |b: &Block| if b.from.is_empty() { format!("有列 {}", b.headers.join("、")) } else { b.from.shown.join("、") };
        self.blocks.iter().map(|b| (by_headers(b), b.to, b.fields.len())).collect()
    }
}

/// Rows of one canonical table, made of rows of a source table.
#[derive(Clone, Debug)]
struct Block {
    /// The source tables, by name; empty for those known by their headers.
    from: Names,
    /// Headers that the source table must have, folded.
    headers: Vec<String>,
    /// Only these rows.
    only: Vec<Condition>,
    /// Not these.
    except: Vec<Condition>,
    /// The canonical table.
    to: TableId,
    fields: Vec<Assigned>,
    /// Its rows are people, known by ID number or name: rows of other tables that tell no more than a name are of one of them.
    lists_people: bool,
    /// How many blocks before it make rows of the same table: their columns must be told apart.
    variant: u32,
}

/// Where a field is found.
#[derive(Clone, Debug)]
struct Assigned {
    field: FieldId,
    /// The first way whose columns the source table has is taken.
    ways: Vec<Way>,
}

/// One way to find a field.
#[derive(Clone, Debug)]
struct Way {
    origin: Origin,
    codes: Option<Arc<Codes>>,
    /// A blank is a fact unless one of these holds: then it is a gap.
    filled_when: Vec<Condition>,
    /// A value contradicts one of these.
    blank_when: Vec<Condition>,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
enum Origin {
    /// A column.
    Column(String),
    /// The same in every row.
    Constant(String),
    /// The texts of several columns, one after the other.
    Joined { columns: Vec<String>, with: String, prefix: String },
    /// A key made of what stands in several columns; it does not show what.
    Key { columns: Vec<String>, prefix: String },
    /// The key of a person, as forms have it: of the ID number, else of name, birth and post.
    Person(PersonColumns),
    /// Another source table: the number of the lookup, and the columns here whose values it is asked by.
    Lookup { lookup: usize, by: Vec<String> },
}

/// The columns a person is known by. Without the last three, the ID number alone.
#[derive(Clone, Debug, Default)]
struct PersonColumns {
    id_number: Option<String>,
    name: Option<String>,
    birth: Option<String>,
    post: Option<String>,
}

/// What is looked up in another source table.
#[derive(Clone, Debug)]
struct Lookup {
    from: Names,
    /// Its columns that are compared.
    by: Vec<String>,
    /// Only these rows.
    only: Vec<Condition>,
    column: String,
    pick: Pick,
    /// As findings cite its cells: `A08.A0801B`.
    cited: String,
}

/// Which of several rows found is meant.
#[derive(Clone, Debug)]
enum Pick {
    /// They must agree.
    Only,
    /// The one that stands first in an ordered code list: where each value stands there, and the list.
    Highest { worth: FxHashMap<String, u8>, values: Vec<String> },
}

/// A code table: what the source writes, folded, and what it means.
#[derive(Clone, Debug, Default)]
struct Codes {
    meant: FxHashMap<String, String>,
    /// What is not listed stands as it is; else it is refused, unless it is a canonical value itself.
    keeps_others: bool,
}

/// A column holds one of some texts.
#[derive(Clone, Debug)]
struct Condition {
    /// As headed, folded.
    column: String,
    /// As written.
    shown: String,
    any_of: Vec<Said>,
}
