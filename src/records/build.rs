//! Filling a store: readers fill sheets, and a builder puts them together, table by table.

use super::column::{BAD_ROW, Column};
use super::correct::Stood;
use super::date::Remark;
use super::fill::Filled;
use super::origin::Origins;
use super::places::{Copied, Places};
use super::problem::{Fate, FieldTally, Problem, Tally};
use super::schema::{FieldId, Schema, TableId};
use super::sheet::{Part, Sheet};
use super::text::{Keys, RefKeys, Sym, Texts};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Which fields are wanted: the rest are not read. By table, then field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(Vec<Vec<bool>>);

impl Wanted {
    /// Everything.
    pub fn all(schema: &Schema) -> Self {
        Self(schema.tables.iter().map(|t| vec![true; t.fields.len()]).collect())
    }

    /// Keys, owners and what is required only; rules then ask for more.
    pub fn keys(schema: &Schema) -> Self {
        let mut wanted = Self(schema.tables.iter().map(|t| vec![false; t.fields.len()]).collect());
        for (id, table) in schema.tables.iter().enumerate() {
            let required = (0..table.fields.len()).filter(|&f| table.fields[f].required);
            required.chain([table.key]).chain(table.owner).for_each(|f| wanted.add(id, f));
            // The dates that order the rows of a table order its `latest`.
            table.order.iter().for_each(|&f| wanted.add(id, f));
            if let Some(void) = &table.void {
                wanted.add(id, void.field);
                for &child in &void.rows {
                    // What is void with its row here must be known to belong to it.
                    let leads_here = schema.tables[child].link_to(id);
                    leads_here.into_iter().for_each(|f| wanted.add(child, f));
                }
            }
            if let Some(joined) = &table.joined {
                let made_of = joined.by.iter().chain([&joined.start, &joined.end]);
                made_of.for_each(|&f| wanted.add(joined.from, f));
            }
        }
        wanted
    }

    /// Asks for a field.
    pub fn add(&mut self, table: TableId, field: FieldId) {
        if let Some(slot) = self.0.get_mut(table).and_then(|t| t.get_mut(field)) {
            *slot = true;
        }
    }

    /// Asks for every field of a table.
    pub fn add_table(&mut self, table: TableId) {
        if let Some(fields) = self.0.get_mut(table) {
            fields.fill(true);
        }
    }

    /// Whether a field is wanted.
    pub fn has(&self, table: TableId, field: FieldId) -> bool {
        self.0.get(table).and_then(|t| t.get(field)).copied().unwrap_or(false)
    }

    /// With what the wanted fields are made of: a derived table's fields come from its base, and some blanks stand for another field.
    fn completed(mut self, schema: &Schema) -> Self {
        for (id, table) in schema.tables.iter().enumerate() {
            for (f, field) in table.fields.iter().enumerate() {
                if !self.has(id, f) {
                    continue;
                }
                if let super::schema::Blank::SameAs(other) = field.blank {
                    self.add(id, other);
                }
                if let Some(joined) = &table.joined {
                    self.add(joined.from, f);
                }
            }
        }
        self
    }
}

/// A store being filled.
#[derive(Debug)]
pub struct Builder {
    pub(super) schema: Arc<Schema>,
    pub(super) wanted: Wanted,
    pub(super) texts: Texts,
    pub(super) places: Places,
    pub(super) tables: Vec<Draft>,
    pub(super) problems: Vec<Problem>,
    pub(super) tallies: Vec<Tally>,
    pub(super) field_tallies: Vec<FieldTally>,
    /// The source being read: earlier ones come before later ones.
    source: u32,
    /// What people of the sources without codes hold as their post, by key.
    pub(super) current_posts: BTreeMap<String, String>,
    /// Sources that tell of people in part, as forms and sheets do.
    pub(super) partial: BTreeSet<u32>,
    /// The lines of cells that were read though not written as they should be, by file, table and column.
    pub(super) remarks: BTreeMap<(String, String, String, Remark), Vec<u32>>,
}

/// The rows of one table so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// A source had the table, even if it holds no row.
    pub declared: bool,
    /// A source had columns that were not wanted.
    pub unseen: bool,
    pub keys: Keys,
    pub columns: Vec<Option<Column>>,
    /// References by key, before they are resolved.
    pub refs: Vec<Option<RefKeys>>,
    /// Rows refused; empty if none is.
    pub ghost: Vec<bool>,
    /// Ghosts that stand for rows their source does not tell; empty if none does.
    pub open: Vec<bool>,
    pub origins: Origins,
    pub len: usize,
    /// Where the rows stood that rows of a file stand for.
    pub corrected: Vec<(u32, Stood)>,
    /// Cells that say outright that there is nothing.
    pub attested: BTreeSet<(u32, FieldId)>,
    /// The source of each row.
    pub sources: Sources,
    /// Cells that were taken from another row of the same key: the file and line they stand in.
    pub taken: BTreeMap<(u32, FieldId), (u32, u32)>,
}

/// The source of each row, by number: mostly one for all.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// That of all rows, until there is another.
    one: u32,
    each: Vec<u32>,
}

impl Sources {
    /// The source of a row.
    pub(super) fn of(&self, row: usize) -> u32 {
        self.each.get(row).copied().unwrap_or(self.one)
    }

    /// Whether rows are of several sources.
    pub(super) fn are_several(&self) -> bool {
        !self.each.is_empty()
    }

    fn add(&mut self, before: usize, rows: usize, source: u32) {
        if before == 0 {
            self.one = source;
        } else if self.one != source || self.are_several() {
            self.each.resize(before, self.one);
            self.each.resize(before + rows, source);
        }
    }

    fn reorder(&mut self, order: &[u32]) {
        if self.are_several() {
            self.each = order.iter().map(|&row| self.of(row as usize)).collect();
        }
    }
}

/// A [`Sheet`] that joins its builder when dropped: for readers that read one table after another.
#[derive(Debug)]
pub struct Reading<'b> {
    builder: &'b mut Builder,
    sheet: Sheet,
}

impl Deref for Reading<'_> {
    type Target = Sheet;
    fn deref(&self) -> &Sheet {
        &self.sheet
    }
}

impl DerefMut for Reading<'_> {
    fn deref_mut(&mut self) -> &mut Sheet {
        &mut self.sheet
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let nothing = Sheet::new(&self.builder.schema, 0, "", Vec::new(), Texts::default());
        let (part, texts) = std::mem::replace(&mut self.sheet, nothing).close();
        self.builder.texts = texts;
        self.builder.add(part);
    }
}

/// Sheets filled apart from the builder, on a thread of their own, with texts of their own.
#[derive(Debug)]
pub struct Batch {
    schema: Arc<Schema>,
    texts: Texts,
    parts: Vec<(usize, Part)>,
}

impl Batch {
    /// No sheets.
    pub fn new(schema: &Arc<Schema>) -> Self {
        Self { schema: Arc::clone(schema), texts: Texts::default(), parts: Vec::new() }
    }

    /// Starts a table of a file, or some rows of one. One sheet at a time: hand it back with [`Batch::add`].
    pub fn sheet(&mut self, table: TableId, file: &str, fields: Vec<(FieldId, String)>) -> Sheet {
        Sheet::new(&self.schema, table, file, fields, std::mem::take(&mut self.texts))
    }

    /// Whether it holds rows of a table.
    pub fn has(&self, table: TableId) -> bool {
        self.parts.iter().any(|(_, part)| part.table == table)
    }

    /// Forgets a sheet begun, but for its texts, which do no harm.
    pub fn take_back(&mut self, sheet: Sheet) {
        self.texts = sheet.close().1;
    }

    /// Takes a filled sheet. Sheets of all batches are put together in the order of `order`.
    pub fn add(&mut self, order: usize, sheet: Sheet) {
        let (part, texts) = sheet.close();
        self.texts = texts;
        self.parts.push((order, part));
    }
}

impl Builder {
    /// An empty store for the wanted fields.
    pub fn new(schema: Arc<Schema>, wanted: Wanted) -> Self {
        let draft = |fields| Draft { columns: vec![None; fields], refs: vec![None; fields], ..Draft::default() };
        let tables = schema.tables.iter().map(|t| draft(t.fields.len())).collect();
        let wanted = wanted.completed(&schema);
        Self {
            schema,
            wanted,
            texts: Texts::default(),
            places: Places::default(),
            tables,
            problems: Vec::new(),
            tallies: Vec::new(),
            field_tallies: Vec::new(),
            remarks: BTreeMap::new(),
            source: 0,
            current_posts: BTreeMap::new(),
            partial: BTreeSet::new(),
        }
    }

    /// What is read from here on is of the next source: what earlier ones say goes before it. `in_part` where it does not tell all that
    /// there is of the people it names.
    pub fn next_source(&mut self, in_part: bool) -> u32 {
        self.source += 1;
        if in_part {
            self.partial.insert(self.source);
        }
        self.source
    }

    /// What a person whose key was made holds as a post: helps to know who it is.
    pub fn holds(&mut self, person: &str, post: &str) {
        if !post.is_empty() {
            self.current_posts.insert(person.to_owned(), post.to_owned());
        }
    }

    /// An empty one for the same fields.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(Arc::clone(&self.schema), self.wanted.clone())
    }

    /// The schema the store is built for.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Whether a field is to be read at all. Asked of every field a source has: what is not read may tell rows apart.
    pub fn wants(&mut self, table: TableId, field: FieldId) -> bool {
        let wanted = self.wanted.has(table, field);
        if let Some(draft) = self.tables.get_mut(table) {
            draft.unseen |= !wanted;
        }
        wanted
    }

    /// Whether a field is to be read at all.
    pub fn reads(&self, table: TableId, field: FieldId) -> bool {
        self.wanted.has(table, field)
    }

    /// Notes something wrong with a file as a whole or a column of it.
    pub fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A file is a copy: places in it are told, and its rows counted, as of where they were before.
    pub fn is_copied(&mut self, file: &str, copied: Arc<dyn Copied>) {
        self.places.is_copied(file, copied);
    }

    /// Enters how the fields of forms were taken.
    pub fn count_fields(&mut self, tallies: Vec<FieldTally>) {
        self.field_tallies.extend(tallies);
    }

    /// Tells of the cells that were read though not written as they should be.
    pub(super) fn tell_remarks(&mut self) {
        for ((file, table, column, remark), lines) in std::mem::take(&mut self.remarks) {
            let (count, row) = (lines.len() as u64, lines.iter().copied().min().unwrap_or(0));
            let (code, why, right) = (remark.code(), remark.why(count), remark.right().to_owned());
            self.problems.push(Problem {
                file,
                table,
                row,
                key: String::new(),
                column,
                code,
                fate: Fate::Noted,
                value: String::new(),
                why,
                right,
            });
        }
    }

    /// Counts rows that were read before, where they were before.
    pub fn count(&mut self, tally: Tally) {
        match self.tallies.iter_mut().find(|t| t.file == tally.file && t.table == tally.table) {
            Some(known) => known.add(&tally),
            None => self.tallies.push(tally),
        }
    }

    /// A source holds the table, perhaps without a row: then none was recorded, which is not the same as not exported.
    pub fn declare(&mut self, table: TableId) {
        if let Some(draft) = self.tables.get_mut(table) {
            draft.declared = true;
        }
    }

    /// Starts reading a table of a file. `fields` are the fields that will be given, in the order of the cells, with their headers.
    pub fn reading(&mut self, table: TableId, file: &str, fields: Vec<(FieldId, String)>) -> Reading<'_> {
        let sheet = Sheet::new(&self.schema, table, file, fields, std::mem::take(&mut self.texts));
        Reading { builder: self, sheet }
    }

    /// Takes in sheets filled apart.
    pub fn absorb(&mut self, batches: Vec<Batch>) {
        let mut parts = Vec::new();
        for batch in batches {
            let numbers = if self.texts.is_empty() {
                self.texts = batch.texts;
                None
            } else {
                Some(Arc::new(self.texts.take_in(&batch.texts)))
            };
            parts.extend(batch.parts.into_iter().map(|(order, part)| (order, part, numbers.clone())));
        }
        parts.sort_by_key(|(order, ..)| *order);
        for (_, mut part, numbers) in parts {
            if let Some(numbers) = numbers {
                part.renumber(&numbers);
            }
            self.add(part);
        }
    }

    pub(super) fn add(&mut self, mut part: Part) {
        let Some(name) = self.schema.tables.get(part.table).map(|t| t.name.clone()) else { return };
        part.source.get_or_insert(self.source);
        let Some(draft) = self.tables.get_mut(part.table) else { return };
        let file = self.places.file_as(&part.file, part.variant);
        self.problems.append(&mut part.problems);
        for fill in &part.fills {
            for (remark, rows) in &fill.remarks {
                let lines = rows.iter().map(|row| part.origins.get(*row as usize).map_or(0, |(_, line)| line));
                let of = (part.file.clone(), name.clone(), fill.header.clone(), *remark);
                self.remarks.entry(of).or_default().extend(lines);
            }
            self.places.head(part.table, file, fill.field, &fill.header);
        }
        if part.by_key {
            self.places.name_by_key(file);
        }
        if self.places.is_copy(file) {
            // Counted where its rows were before.
            return draft.add(part, file);
        }
        let told = (part.len - part.open) as u64;
        if let Some(name) = &part.counted_as {
            self.places.count_as(file, name);
            if told == 0 {
                // Rows that nobody told are not counted.
                return draft.add(part, file);
            }
        }
        let counted_as = part.counted_as.as_ref().unwrap_or(&part.file);
        // Of the sheets of many forms one is counted as the one before: from the end it is found at once.
        let at = self.tallies.iter().rposition(|t| t.table == name && t.file == *counted_as).unwrap_or_else(|| {
            self.tallies.push(Tally { file: counted_as.clone(), table: name, ..Tally::default() });
            self.tallies.len() - 1
        });
        if let Some(tally) = self.tallies.get_mut(at) {
            tally.read += told + part.merged;
            tally.merged += part.merged;
            tally.refused += part.refused;
            tally.kept += told - part.refused;
            tally.read += part.aside.values().sum::<u64>();
            part.aside.iter().for_each(|(what, n)| tally.set_aside(what, *n));
            for (code, n) in &part.reasons {
                *tally.reasons.entry((*code).to_owned()).or_default() += n;
            }
        }
        draft.add(part, file);
    }
}

impl Part {
    fn renumber(&mut self, numbers: &[Sym]) {
        self.fills.iter_mut().for_each(|fill| fill.renumber(numbers));
    }
}

impl Draft {
    /// Takes in the rows of a part. A column that only one of the two has is unknown in the rows of the other.
    fn add(&mut self, part: Part, file: u32) {
        self.corrected.extend(part.corrected.into_iter().map(|stood| (file, stood)));
        let (before, rows) = (self.len, part.len);
        self.sources.add(before, rows, part.source.unwrap_or(0));
        self.attested.extend(part.attested.iter().map(|&(row, field)| (row + before as u32, field)));
        for fill in part.fills {
            let field = fill.field;
            match fill.done() {
                Filled::Key => {}
                Filled::Refs(refs) => {
                    let Some(slot) = self.refs.get_mut(field) else { continue };
                    match slot {
                        Some(all) => all.append(&refs),
                        None if before == 0 => *slot = Some(refs),
                        None => {
                            let mut all = RefKeys::default();
                            all.at.resize(before, BAD_ROW);
                            all.append(&refs);
                            *slot = Some(all);
                        }
                    }
                }
                Filled::Column(column) => self.add_column(field, column),
            }
        }
        self.len += rows;
        for refs in self.refs.iter_mut().flatten() {
            refs.at.resize(self.len, BAD_ROW);
        }
        for column in self.columns.iter_mut().flatten() {
            column.push_bad(self.len - column.len());
        }
        if before == 0 {
            self.keys = part.keys;
        } else {
            self.keys.append(&part.keys);
        }
        self.origins.append_as(file, &part.origins);
        if !part.ghost.is_empty() || !self.ghost.is_empty() {
            self.ghost.resize(before, false);
            self.ghost.extend(part.ghost);
            self.ghost.resize(self.len, false);
        }
        if !part.open_rows.is_empty() || !self.open.is_empty() {
            self.open.resize(before, false);
            self.open.extend(part.open_rows);
            self.open.resize(self.len, false);
        }
    }

    fn add_column(&mut self, field: FieldId, column: Column) {
        let before = self.len;
        let Some(slot) = self.columns.get_mut(field) else { return };
        match slot {
            Some(all) => all.append(column),
            None if before == 0 => *slot = Some(column),
            None => *slot = Some(column.after_bad(before)),
        }
    }

    /// Refuses a row; whether it stood until now.
    pub(super) fn refuse(&mut self, row: usize) -> bool {
        if self.ghost.is_empty() {
            self.ghost.resize(self.len, false);
        }
        self.ghost.get_mut(row).is_some_and(|g| !std::mem::replace(g, true))
    }

    /// Whether a row is refused.
    pub(super) fn is_ghost(&self, row: usize) -> bool {
        self.ghost.get(row).copied().unwrap_or(false)
    }

    pub(super) fn reorder(&mut self, order: &[u32]) {
        self.keys = self.keys.reordered(order);
        self.sources.reorder(order);
        if !self.taken.is_empty() {
            let cells = |row: u32| self.taken.range((row, 0)..=(row, FieldId::MAX)).map(|(&(_, field), &at)| (field, at));
            self.taken = (0u32..).zip(order).flat_map(|(new, &old)| cells(old).map(move |(field, at)| ((new, field), at))).collect();
        }
        for column in self.columns.iter_mut().flatten() {
            *column = column.reordered(order);
        }
        for refs in self.refs.iter_mut().flatten() {
            refs.reorder(order);
        }
        if !self.ghost.is_empty() {
            self.ghost = order.iter().filter_map(|&i| self.ghost.get(i as usize).copied()).collect();
        }
        if !self.attested.is_empty() {
            let fields = |row: u32| self.attested.range((row, 0)..=(row, FieldId::MAX)).map(|&(_, field)| field);
            self.attested = (0u32..).zip(order).flat_map(|(new, &old)| fields(old).map(move |field| (new, field))).collect();
        }
        if !self.open.is_empty() {
            self.open = order.iter().filter_map(|&i| self.open.get(i as usize).copied()).collect();
        }
        self.origins = self.origins.reordered(order);
        self.len = order.len();
    }
}
