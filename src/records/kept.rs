//! What was read of one file, kept as blocks of bytes and taken up again: rows that are what they were come from the blocks, the others
//! are read anew.

use super::build::Builder;
use super::column::Column;
use super::date::Remark;
use super::draft::Draft;
use super::fill::{Fill, Filled};
use super::packed::{Run, pack_column, pack_keys, pack_refs, rows_of, unpack_bytes, unpack_column, unpack_keys, unpack_refs};
use super::part::Part;
use super::problem::{CODES, Fate, Problem};
use super::schema::Schema;
use super::schema::{FieldId, FieldType, TableId};
use super::text::{Keys, RefKeys, Texts};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of texts that leave room for more.
const MOST_TEXT: usize = 3 << 30;

/// A table read from a file: which, as what the file is cited, and the fields read with their headers, in order.
#[derive(Clone, Copy, Debug)]
pub struct ReadAs<'f> {
    /// The table.
    pub table: TableId,
    /// As findings cite it.
    pub file: &'f str,
    /// The fields, with their headers.
    pub fields: &'f [(FieldId, String)],
}

/// Rows by the lines they stand on, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// Those kept that stand on lines after the first and up to the second.
    Kept(u32, u32),
    /// So many of those read anew.
    New(usize),
}

/// What is kept of a table besides its blocks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    /// The first of its blocks …
    pub first: usize,
    /// … and how many there are.
    pub blocks: usize,
    rows: usize,
    ghosts: bool,
    problems: Vec<Told>,
    /// By column and code of what is told: the lines.
    remarks: Vec<(String, String, Vec<u32>)>,
    attested: Vec<(u32, FieldId)>,
}

/// A problem as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    line: u32,
    column: String,
    code: String,
    refused: bool,
    value: String,
    why: String,
    right: String,
}

/// Gives a block by its number, in a buffer that is used again; none where it is not whole.
pub type Load<'l> = dyn Fn(usize, &mut Vec<u8>) -> Option<()> + Sync + 'l;

impl Builder {
    /// What is kept of a table that was read, all of it from one file and on lines that ascend; its blocks go to `blocks`. None where
    /// it was read in another way.
    pub fn keep(&self, read: ReadAs<'_>, blocks: &mut dyn FnMut(Vec<Vec<u8>>) -> Option<usize>) -> Option<Kept> {
        let (def, draft) = (self.schema.tables.get(read.table)?, self.tables.get(read.table)?);
        let lines = draft.origins.ascending()?;
        if !draft.open.is_empty() || !draft.corrected.is_empty() {
            return None;
        }
        let pack = |&(field, _): &(FieldId, String)| -> Option<Vec<Vec<u8>>> {
            match def.fields.get(field)?.ty {
                FieldType::Id => Some(Vec::new()),
                FieldType::Ref(_) if draft.len == 0 => Some(pack_refs(&RefKeys::default())?.into()),
                FieldType::Ref(_) => Some(pack_refs(draft.refs.get(field)?.as_ref()?)?.into()),
                ty if draft.len == 0 => Some(vec![pack_column(&Column::bad(ty, 0)?)]),
                _ => Some(vec![pack_column(draft.columns.get(field)?.as_ref()?)]),
            }
        };
        let columns = read.fields.par_iter().map(pack).collect::<Option<Vec<_>>>()?;
        let mut all = vec![pack_keys(&draft.keys), lines.iter().flat_map(|(row, line)| [*row, *line]).flat_map(u32::to_le_bytes).collect()];
        if !draft.ghost.is_empty() {
            all.push(draft.ghost.iter().map(|ghost| u8::from(*ghost)).collect());
        }
        all.extend(columns.into_iter().flatten());
        let count = all.len();
        let told = |p: &Problem| Told {
            line: p.row,
            column: p.column.clone(),
            code: p.code.to_owned(),
            refused: p.fate == Fate::Refused,
            value: p.value.clone(),
            why: p.why.clone(),
            right: p.right.clone(),
        };
        let of_file = self.problems.iter().filter(|p| p.file == read.file && p.row > 0);
        // What is told of a column as a whole is counted over all of its rows.
        if self.problems.iter().any(|p| p.code == "data::unreadable-at-import")
            || of_file.clone().any(|p| p.table != def.name || p.fate == Fate::Noted || !p.key.is_empty())
        {
            return None;
        }
        let remarks = self.remarks.iter().filter(|((file, ..), _)| file == read.file);
        Some(Kept {
            first: blocks(all)?,
            blocks: count,
            rows: draft.len,
            ghosts: !draft.ghost.is_empty(),
            problems: of_file.map(told).collect(),
            remarks: remarks.map(|((_, _, column, remark), lines)| (column.clone(), remark.code().to_owned(), lines.clone())).collect(),
            attested: draft.attested.iter().copied().collect(),
        })
    }

    /// All texts so far, as bytes.
    pub fn keep_texts(&self) -> Vec<u8> {
        pack_keys(self.texts.all())
    }

    /// Begins with the texts that were kept. None where they are not whole.
    pub fn recall_texts(&mut self, bytes: &[u8]) -> Option<()> {
        let count = usize::try_from(u64::from_le_bytes(*bytes.first_chunk::<8>()?)).ok()?;
        let all = [Run::Kept(0..count)];
        self.texts = Texts::of(unpack_keys(bytes, count, &all, &Keys::default())?);
        Some(())
    }

    /// Takes up tables that were kept, with what was read anew of them. None where something is not as it should be: then nothing can
    /// be said of what was taken up.
    pub fn recall(&mut self, tables: &[(ReadAs<'_>, Kept, Vec<Stretch>)], mut new: Self, load: &Load<'_>) -> Option<()> {
        if new.problems.iter().any(|p| p.row == 0) {
            return None;
        }
        // Texts of rows that are gone are among those kept: they must not take the room of others.
        if self.texts.all().all().len() + new.texts.all().all().len() > MOST_TEXT {
            return None;
        }
        let numbers = self.texts.take_in(&new.texts);
        for column in new.tables.iter_mut().flat_map(|draft| draft.columns.iter_mut().flatten()) {
            column.renumber(&numbers);
        }
        let plans = tables.iter().map(|(read, kept, stretches)| Plan::new(*read, kept, stretches, load)).collect::<Option<Vec<_>>>()?;
        let mut work: Vec<(usize, usize)> = Vec::new();
        for (p, plan) in plans.iter().enumerate() {
            work.extend((0..plan.read.fields.len()).map(|column| (p, column)));
        }
        let schema = Arc::clone(&self.schema);
        let (new_ref, plans_ref) = (&new, &plans);
        let fills = work.into_par_iter().map_init(Default::default, |buffers, (p, column)| {
            let plan = plans_ref.get(p)?;
            plan.column(&schema, new_ref.tables.get(plan.read.table)?, column, buffers, load).map(|filled| (p, column, filled))
        });
        let mut filled: BTreeMap<(usize, usize), Filled> =
            fills.collect::<Option<Vec<_>>>()?.into_iter().map(|(p, c, f)| ((p, c), f)).collect();
        let mut buffer = Vec::new();
        for (p, plan) in plans.iter().enumerate() {
            let draft = new.tables.get(plan.read.table)?;
            let name = &schema.tables.get(plan.read.table)?.name;
            let mut part = plan.part(name, draft, &new.problems, load, &mut buffer)?;
            for (column, (field, header)) in plan.read.fields.iter().enumerate() {
                let def = schema.tables.get(plan.read.table)?.fields.get(*field)?;
                part.fills.push(Fill::filled(def, *field, header.clone(), filled.remove(&(p, column))?)?);
            }
            for ((_, _, column, remark), lines) in new.remarks.iter().filter(|((file, ..), _)| file == plan.read.file) {
                self.remark(plan.read.file, name, column, *remark, lines.clone());
            }
            for (column, code, lines) in &plan.kept.remarks {
                let remark = Remark::ALL.into_iter().find(|remark| remark.code() == code)?;
                self.remark(plan.read.file, name, column, remark, lines.iter().copied().filter(|line| plan.keeps(*line)).collect());
            }
            self.add(part);
        }
        Some(())
    }

    fn remark(&mut self, file: &str, table: &str, column: &str, remark: Remark, lines: Vec<u32>) {
        if !lines.is_empty() {
            self.remarks.entry((file.to_owned(), table.to_owned(), column.to_owned(), remark)).or_default().extend(lines);
        }
    }
}

/// How a table is put together.
struct Plan<'p> {
    read: ReadAs<'p>,
    kept: &'p Kept,
    lines: Lines,
    runs: Vec<Run>,
    /// Of the kept ones those that stay.
    stay: Vec<Range<usize>>,
}

impl<'p> Plan<'p> {
    fn new(read: ReadAs<'p>, kept: &'p Kept, stretches: &[Stretch], load: &Load<'_>) -> Option<Self> {
        let mut buffer = Vec::new();
        load(kept.first + 1, &mut buffer)?;
        let number = |bytes: [u8; 4]| u32::from_le_bytes(bytes);
        let pair = |pair: &[u8; 8]| Some((number(*pair.first_chunk()?), number(*pair.last_chunk()?)));
        let (pairs, []) = buffer.as_chunks::<8>() else { return None };
        let lines = Lines { runs: pairs.iter().map(pair).collect::<Option<_>>()?, rows: kept.rows };
        let (mut runs, mut stay, mut new) = (Vec::new(), Vec::new(), 0);
        for stretch in stretches {
            match *stretch {
                Stretch::Kept(after, upto) => {
                    let rows = lines.first_after(after)..lines.first_after(upto);
                    stay.push(rows.clone());
                    runs.push(Run::Kept(rows));
                }
                Stretch::New(rows) => {
                    runs.push(Run::New(new..new + rows));
                    new += rows;
                }
            }
        }
        stay.is_sorted_by(|a, b| a.start <= a.end && a.end <= b.start).then_some(Self { read, kept, lines, runs, stay })
    }

    fn column(&self, schema: &Schema, new: &Draft, column: usize, (one, two): &mut (Vec<u8>, Vec<u8>), load: &Load<'_>) -> Option<Filled> {
        let fields = &schema.tables.get(self.read.table)?.fields;
        let blocks = |(field, _): &(FieldId, String)| match fields.get(*field).map(|f| f.ty) {
            Some(FieldType::Id) => 0,
            Some(FieldType::Ref(_)) => 2,
            _ => 1,
        };
        let before: usize = self.read.fields.iter().take(column).map(blocks).sum();
        let block = self.kept.first + 2 + usize::from(self.kept.ghosts) + before;
        let &(field, _) = self.read.fields.get(column)?;
        match fields.get(field)?.ty {
            FieldType::Id => Some(Filled::Key),
            FieldType::Ref(_) => {
                load(block, one)?;
                load(block + 1, two)?;
                Some(Filled::Refs(unpack_refs(one, two, self.kept.rows, &self.runs, new.refs.get(field)?.as_ref())?))
            }
            ty => {
                load(block, one)?;
                let like = Column::bad(ty, 0)?;
                Some(Filled::Column(unpack_column(one, self.kept.rows, &like, &self.runs, new.columns.get(field)?.as_ref())?))
            }
        }
    }

    /// All but the columns.
    fn part(&self, table: &str, new: &Draft, problems: &[Problem], load: &Load<'_>, buffer: &mut Vec<u8>) -> Option<Part> {
        let (kept, len) = (self.kept, rows_of(&self.runs));
        let mut part = Part::new(self.read.table, self.read.file);
        part.len = len;
        load(kept.first, buffer)?;
        part.keys = unpack_keys(buffer, kept.rows, &self.runs, &new.keys)?;
        if kept.ghosts || !new.ghost.is_empty() {
            match kept.ghosts {
                true => load(kept.first + 2, buffer)?,
                false => {
                    buffer.clear();
                    buffer.resize(kept.rows, 0);
                }
            }
            let mut anew: Vec<u8> = new.ghost.iter().map(|ghost| u8::from(*ghost)).collect();
            anew.resize(new.len, 0);
            let ghost = unpack_bytes(buffer, kept.rows, &self.runs, &anew)?;
            part.ghost = ghost.into_iter().map(|ghost| ghost == 1).collect();
        }
        let mut refused: BTreeSet<u32> = BTreeSet::new();
        let mut tell = |problem: Problem| {
            // A row is counted by what was found wrong first.
            if problem.fate == Fate::Refused && refused.insert(problem.row) {
                *part.reasons.entry(problem.code).or_default() += 1;
            }
            part.problems.push(problem);
        };
        for told in kept.problems.iter().filter(|told| self.keeps(told.line)) {
            tell(Problem {
                file: self.read.file.to_owned(),
                table: table.to_owned(),
                row: told.line,
                key: String::new(),
                column: told.column.clone(),
                code: CODES.iter().find(|code| **code == told.code)?,
                fate: if told.refused { Fate::Refused } else { Fate::Blanked },
                value: told.value.clone(),
                why: told.why.clone(),
                right: told.right.clone(),
            });
        }
        for problem in problems.iter().filter(|p| p.file == self.read.file && p.row > 0) {
            tell(problem.clone());
        }
        part.refused = part.ghost.iter().filter(|ghost| **ghost).count() as u64;
        (part.refused == refused.len() as u64).then_some(())?;
        let mut begins = 0;
        for run in &self.runs {
            match run {
                Run::Kept(rows) => {
                    self.lines.each(rows.clone(), |line, count| part.origins.push_run(0, line, count));
                    let attested = kept.attested.iter().filter(|(row, _)| rows.contains(&(*row as usize)));
                    part.attested.extend(attested.map(|&(row, field)| ((row as usize - rows.start + begins) as u32, field)));
                    begins += rows.len();
                }
                Run::New(rows) => {
                    for row in rows.clone() {
                        part.origins.push(0, new.origins.get(row)?.1);
                    }
                    let attested = new.attested.range((rows.start as u32, 0)..(rows.end as u32, 0));
                    part.attested.extend(attested.map(|&(row, field)| ((row as usize - rows.start + begins) as u32, field)));
                    begins += rows.len();
                }
            }
        }
        (part.keys.len() == len && part.origins.len() == len).then_some(part)
    }

    /// Whether the row on a line is kept.
    fn keeps(&self, line: u32) -> bool {
        let row = self.lines.first_after(line.saturating_sub(1));
        let at = self.stay.partition_point(|rows| rows.end <= row);
        self.stay.get(at).is_some_and(|rows| rows.contains(&row))
    }
}

/// The lines that rows stand on.
struct Lines {
    /// Runs of rows on lines that follow one another: the first row and its line.
    runs: Vec<(u32, u32)>,
    rows: usize,
}

impl Lines {
    /// The first row that stands after a line.
    fn first_after(&self, line: u32) -> usize {
        let Some(at) = self.runs.partition_point(|(_, from)| *from <= line).checked_sub(1) else { return 0 };
        let (row, from) = self.runs.get(at).copied().unwrap_or_default();
        (row as usize + (line - from) as usize + 1).min(self.end(at))
    }

    fn end(&self, run: usize) -> usize {
        self.runs.get(run + 1).map_or(self.rows, |(row, _)| *row as usize)
    }

    /// The lines of some rows: the first of each run, and how many there are.
    fn each(&self, rows: Range<usize>, mut tell: impl FnMut(u32, u32)) {
        let mut row = rows.start;
        let mut at = self.runs.partition_point(|(first, _)| *first as usize <= row).saturating_sub(1);
        while row < rows.end {
            let Some(&(first, line)) = self.runs.get(at) else { return };
            let end = self.end(at).min(rows.end);
            tell(line + (row as u32 - first), (end - row) as u32);
            (row, at) = (end, at + 1);
        }
    }
}
