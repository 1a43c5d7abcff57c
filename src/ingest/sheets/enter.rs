//! Rows made of sheets go into the records, a sheet and table at a time.

use super::{Sheet, twice};
use crate::ingest::forms::FormValue;
use crate::ingest::value::Value;
use crate::records::{Batch, Builder, Cell, FieldId, Problem, squeeze};
use std::collections::{BTreeMap, BTreeSet};

/// A row of a table.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub line: u32,
    pub key: String,
    /// The key of its owner, which stands in no column; empty for a table without.
    pub owner: String,
    pub cells: Vec<Given>,
    pub refused: Option<Refused>,
}

/// Why a row cannot stand.
#[derive(Clone, Debug)]
pub(super) enum Refused {
    /// The column, a code, what is written, why and what would be right.
    Here { column: String, code: &'static str, text: String, why: String, right: String },
    /// For what is told of the whole sheet.
    Told(&'static str),
}

/// A cell of a field.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub field: &'static str,
    /// The column it was read from, as headed.
    pub header: String,
    pub said: Said,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    Text(String),
    /// As it stands in the sheet.
    Cell(Value),
    /// The sheet does not say it, and a blank would say something else.
    Unknown,
    /// Cannot be read: code, what is written, why, what would be right.
    Bad(&'static str, String, String, String),
}

impl Said {
    /// What a form's row says.
    pub(super) fn of(value: &FormValue) -> Self {
        match value {
            FormValue::Text(text) => Self::Text(text.clone()),
            FormValue::Date(date) => Self::Text(date.to_string()),
            FormValue::Int(n) => Self::Text(n.to_string()),
            FormValue::Unknown => Self::Unknown,
            FormValue::Bad(_, r) => Self::Bad(r.code, r.text.clone(), r.why.clone(), r.right.clone()),
        }
    }

    /// Whether it says nothing.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(t) if t.trim().is_empty())
    }
}

/// Everything made of all sheets.
#[derive(Debug, Default)]
pub(super) struct Making {
    /// By table and number of the sheet.
    rows: BTreeMap<(&'static str, usize), Vec<Entry>>,
    /// Of whom a table does not tell all rows, by table: the owners, and the sheet and line they stand in.
    open: BTreeMap<&'static str, BTreeMap<String, (usize, u32)>>,
    pub notes: Vec<Problem>,
    /// Rows that say again what another row says, by table and number of the sheet.
    merged: BTreeMap<(&'static str, usize), u64>,
    /// Of whom a table tells all rows: table and owner.
    whole: BTreeSet<(&'static str, String)>,
    /// The posts of each person: the title, and the sheet and place of the row.
    posts: BTreeMap<(String, String), (usize, usize)>,
    /// The units that sheets list, by name.
    pub units: BTreeMap<String, String>,
    /// The matters of each person: their keys, and what is to be taken up and left.
    pub cases: BTreeMap<String, Vec<(String, String)>>,
}

impl Making {
    pub(super) fn add(&mut self, table: &'static str, sheet: usize, entry: Entry) {
        self.rows.entry((table, sheet)).or_default().push(entry);
    }

    /// Adds the post of a person; one that stands in another row already goes with that.
    pub(super) fn add_post(&mut self, sheet: usize, title: &str, post: Entry) {
        let of = (post.owner.clone(), squeeze(title));
        if let Some(&(first, at)) = self.posts.get(&of)
            && let Some(known) = self.rows.get_mut(&("post", first)).and_then(|rows| rows.get_mut(at))
        {
            let whose = if first == sheet { format!("第{}行", post.line) } else { "另一张表".to_owned() };
            twice::take_in(known, post.cells, &whose);
            self.merge("post", sheet, 1);
            return;
        }
        let rows = self.rows.entry(("post", sheet)).or_default();
        self.posts.insert(of, (sheet, rows.len()));
        rows.push(post);
    }

    /// Counts rows that say again what another row says.
    pub(super) fn merge(&mut self, table: &'static str, sheet: usize, rows: u64) {
        *self.merged.entry((table, sheet)).or_default() += rows;
        self.rows.entry((table, sheet)).or_default();
    }

    /// A sheet tells all rows of a table that an owner has.
    pub(super) fn is_whole(&mut self, table: &'static str, owner: &str) {
        self.whole.insert((table, owner.to_owned()));
    }

    /// An owner may have rows of a table that no sheet tells.
    pub(super) fn leave_open(&mut self, table: &'static str, owner: &str, sheet: usize, line: u32) {
        if self.whole.contains(&(table, owner.to_owned())) {
            return;
        }
        self.open.entry(table).or_default().entry(owner.to_owned()).or_insert((sheet, line));
    }

    /// The tables that get rows.
    pub(super) fn tables(&self) -> BTreeSet<&'static str> {
        self.rows.keys().map(|(table, _)| *table).collect()
    }
}

/// The field that holds the owner of a table's rows.
fn owner_field(table: &str) -> &'static str {
    match table {
        "step" => "case_id",
        "quota" => "unit_id",
        _ => "person_id",
    }
}

/// Rows of one table and sheet, parted by what their cells are headed: each step of a process stands in columns of its own, and a cell is
/// cited by the column it was read from.
type Parted = ((&'static str, usize), u32, Vec<Entry>);

/// Fields and what their columns are headed.
type Heads = Vec<(&'static str, String)>;

fn headed_alike(rows: BTreeMap<(&'static str, usize), Vec<Entry>>) -> Vec<Parted> {
    let mut all = Vec::new();
    for (of, entries) in rows {
        let mut parts: BTreeMap<Heads, Vec<Entry>> = BTreeMap::new();
        for entry in entries {
            let mut heads: Heads = entry.cells.iter().map(|g| (g.field, g.header.clone())).collect();
            heads.sort();
            parts.entry(heads).or_default().push(entry);
        }
        if parts.is_empty() {
            parts.insert(Heads::new(), Vec::new());
        }
        all.extend((0u32..).zip(parts).map(|(variant, (_, entries))| (of, variant, entries)));
    }
    all
}

/// Hands everything to the records. A table that got no row is not declared, so no row of it is left open either.
pub(super) fn enter(made: Making, sheets: &[Sheet], builder: &mut Builder) {
    let mut batch = Batch::new(builder.schema());
    let mut order = 0;
    // Each sheet is a source: what one says may be filled up from the next.
    let sources: Vec<u32> = sheets.iter().map(|_| builder.next_source(true)).collect();
    let source = |number: usize| sources.get(number).copied().unwrap_or_default();
    let Making { rows, mut open, notes, merged, .. } = made;
    notes.into_iter().for_each(|n| builder.note(n));
    for ((table, number), variant, entries) in headed_alike(rows) {
        let (Some(sheet), Some(id)) = (sheets.get(number), builder.schema().table(table)) else { continue };
        let schema = std::sync::Arc::clone(builder.schema());
        let Some(def) = schema.tables.get(id) else { continue };
        // Every field any of the rows gives, in the order of the table, the key first.
        let mut heads: BTreeMap<FieldId, String> = BTreeMap::new();
        for given in entries.iter().flat_map(|e| &e.cells) {
            if let Some(field) = def.field(given.field) {
                heads.entry(field).or_insert_with(|| given.header.clone());
            }
        }
        let key = def.fields.get(def.key).map_or("", |f| f.name.as_str()).to_owned();
        let named = sheet.columns.named().next().map_or(String::new(), |c| sheet.columns.header_at(c).to_owned());
        heads.insert(def.key, named.clone());
        let owner = def.owner.and_then(|o| def.fields.get(o)).map(|f| f.name.clone()).filter(|o| *o != key && *o == owner_field(table));
        if let Some(field) = owner.as_deref().and_then(|o| def.field(o)) {
            heads.insert(field, named);
        }
        heads.keys().for_each(|&f| {
            builder.wants(id, f);
        });
        let wanted: Vec<(FieldId, String)> = heads.into_iter().filter(|(f, _)| builder.reads(id, *f)).collect();
        let fields: Vec<&str> = wanted.iter().map(|(f, _)| def.fields.get(*f).map_or("", |f| f.name.as_str())).collect();
        let mut to = batch.sheet(id, &sheet.cited, wanted.clone());
        to.variant(variant);
        to.of_source(source(number));
        if variant == 0 {
            to.merged(merged.get(&(table, number)).copied().unwrap_or(0));
        }
        // Rows that are no records are counted once, with the people or units of the sheet.
        if variant == 0 && matches!(table, "person" | "unit") {
            sheet.aside.iter().for_each(|(what, rows)| to.set_aside(what, *rows));
        }
        for entry in &entries {
            to.start_row(entry.line);
            match &entry.refused {
                None => {}
                Some(Refused::Here { column, code, text, why, right }) => to.refuse_text(column, code, text, why, right),
                Some(Refused::Told(code)) => to.refuse_told(code),
            }
            for (index, field) in fields.iter().enumerate() {
                if *field == key {
                    to.cell(index, Cell::Text(&entry.key));
                } else if owner.as_deref() == Some(*field) {
                    to.cell(index, Cell::Text(&entry.owner));
                } else {
                    match entry.cells.iter().find(|g| g.field == *field) {
                        None => to.unknown(index),
                        Some(Given { said: Said::Text(text), .. }) => to.cell(index, Cell::Text(text)),
                        Some(Given { said: Said::Cell(value), .. }) => to.cell(index, value.cell()),
                        Some(Given { said: Said::Unknown, .. }) => to.unknown(index),
                        Some(Given { said: Said::Bad(code, text, why, right), header, .. }) => {
                            to.unreadable(index, header, code, text, why, right);
                        }
                    }
                }
            }
            to.end_row();
        }
        let of_table = open.remove(table).unwrap_or_default();
        let (here, later): (BTreeMap<_, _>, BTreeMap<_, _>) = of_table.into_iter().partition(|(_, (s, _))| *s == number);
        for (owner, (_, line)) in here {
            to.open_row(line, &format!("{owner}-未列"), &owner);
        }
        if !later.is_empty() {
            open.insert(table, later);
        }
        batch.add(order, to);
        order += 1;
    }
    // Owners that stand in a sheet which has no row of the table itself.
    for (table, owners) in open {
        let Some(id) = builder.schema().table(table) else { continue };
        let told = batch.has(id);
        let mut by_sheet: BTreeMap<usize, Vec<(String, u32)>> = BTreeMap::new();
        owners.into_iter().for_each(|(owner, (sheet, line))| by_sheet.entry(sheet).or_default().push((owner, line)));
        for (number, owners) in by_sheet.into_iter().filter(|_| told) {
            let Some(sheet) = sheets.get(number) else { continue };
            let schema = std::sync::Arc::clone(builder.schema());
            let Some(def) = schema.tables.get(id) else { continue };
            let wanted = [Some(def.key), def.owner].into_iter().flatten().map(|f| (f, String::new())).collect();
            let mut to = batch.sheet(id, &sheet.cited, wanted);
            to.counted_as(&sheet.cited);
            to.of_source(source(number));
            for (owner, line) in owners {
                to.open_row(line, &format!("{owner}-未列"), &owner);
            }
            batch.add(order, to);
            order += 1;
        }
    }
    builder.absorb(vec![batch]);
}
