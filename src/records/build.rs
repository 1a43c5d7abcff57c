//! Filling a store: readers fill sheets, and a builder puts them together, table by table.

use super::date::Remark;
use super::draft::Draft;
use super::part::Part;
use super::places::{Copied, Places};
use super::problem::{FieldTally, Problem, Tally};
use super::schema::{FieldId, Schema, TableId};
use super::sheet::Sheet;
use super::text::Texts;
use super::wanted::Wanted;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

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
            let problem = Problem::noted(file, remark.code(), remark.why(count), remark.right());
            self.problems.push(problem.of_table(table).at_row(row).in_column(column));
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
