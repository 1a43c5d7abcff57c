//! CSV: one file a table, with a row of headers. Files are shared out over the threads.

mod known;
mod lines;

pub(super) use known::{is_sheet, sheet};
pub(super) use lines::{END, Lines};

use super::error::IngestError;
use super::header::{self, Header};
use super::refused::{self, Original};
use super::source::{CsvFiles, Named};
use super::{Progress, decode, kinds, layout, sheets};
use crate::records::{Batch, Builder, Cell, FieldId, FieldType, Problem, Schema, Sheet, Stood, TableId};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

/// Titles may stand above the headers; they are looked for in so many rows.
pub(super) const HEADER_ROWS: usize = 6;
/// Rows between two tellings of progress.
const STEP: u64 = 8192;

/// Reads the files of a folder, or one alone.
pub(super) fn read(files: &CsvFiles, builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
    files.notes.iter().for_each(|n| builder.note(n.clone()));
    let schema = Arc::clone(builder.schema());
    let job = Job { schema: &schema, builder, progress };
    let done: Vec<Result<Done, IngestError>> =
        shares(files, rayon::current_num_threads()).into_par_iter().map(|share| job.read_share(files, &share)).collect();
    let mut batches = Vec::new();
    // Of several bad files the first is told, whatever thread met it.
    let mut failed: Vec<(usize, IngestError)> = Vec::new();
    let mut seen = Vec::new();
    for done in done {
        let done = done?;
        failed.extend(done.failed);
        seen.extend(done.seen);
        batches.push(done.batch);
    }
    failed.sort_by_key(|(order, _)| *order);
    if let Some((_, error)) = failed.into_iter().next() {
        return Err(error);
    }
    seen.sort_by_key(|(order, ..)| *order);
    for (_, table, header) in seen {
        header.fields.iter().flatten().for_each(|&f| {
            builder.wants(table, f);
        });
        header.notes.into_iter().for_each(|n| builder.note(n));
    }
    builder.absorb(batches);
    Ok(())
}

/// Some rows as they stand.
pub(super) fn originals(files: &CsvFiles, schema: &Schema, wanted: &refused::Lines, found: &mut Vec<Original>) -> Result<(), IngestError> {
    for (table, file) in &files.files {
        let Some(lines) = wanted.get(&file.name) else { continue };
        let bytes = std::fs::read(&file.path).map_err(|e| IngestError::io(&file.path, &e))?;
        let mut text = decode::by_lines(&bytes, &file.name)?.0.into_bytes();
        let length = text.len();
        text.extend_from_slice(END.as_bytes());
        let skip = rows_above_header(schema, *table, &file.name, &text, length)?.unwrap_or(0);
        let mut reader = Lines::new(&text, length);
        let mut record = csv::ByteRecord::new();
        let cells = |record: &csv::ByteRecord| record.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>();
        for _ in 0..=skip {
            reader.next(&mut record, &file.name)?;
        }
        let mut original = Original { file: file.name.clone(), headers: cells(&record), rows: BTreeMap::new() };
        while let Some(line) = reader.next(&mut record, &file.name)? {
            if lines.contains(&line) {
                original.rows.insert(line, cells(&record));
            }
        }
        found.push(original);
    }
    Ok(())
}

/// Which files each thread reads: the largest first, each to the thread with the least to do.
fn shares(files: &CsvFiles, threads: usize) -> Vec<Vec<usize>> {
    let size = |i: usize| files.files.get(i).and_then(|(_, f)| f.path.metadata().ok()).map_or(0, |m| m.len());
    let mut order: Vec<(u64, usize)> = (0..files.files.len()).map(|i| (size(i), i)).collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut shares: Vec<(u64, Vec<usize>)> = vec![(0, Vec::new()); threads.clamp(1, order.len().max(1))];
    for (size, file) in order {
        if let Some(least) = shares.iter_mut().min_by_key(|(load, _)| *load) {
            least.0 += size.max(1);
            least.1.push(file);
        }
    }
    shares.into_iter().map(|(_, files)| files).collect()
}

/// What one thread has read.
struct Done {
    batch: Batch,
    seen: Vec<(usize, TableId, Header)>,
    failed: Option<(usize, IngestError)>,
}

/// What every thread needs to know.
struct Job<'j> {
    schema: &'j Arc<Schema>,
    builder: &'j Builder,
    progress: &'j dyn Progress,
}

impl Job<'_> {
    fn read_share(&self, files: &CsvFiles, share: &[usize]) -> Result<Done, IngestError> {
        let mut done = Done { batch: Batch::new(self.schema), seen: Vec::new(), failed: None };
        let mut bytes = Vec::new();
        for &order in share {
            let Some((table, file)) = files.files.get(order) else { continue };
            self.progress.file(&file.name);
            match self.read_file(*table, file, &mut bytes, &mut done.batch) {
                Ok((sheet, header)) => {
                    done.batch.add(order, sheet);
                    done.seen.push((order, *table, header));
                }
                Err(error) if done.failed.as_ref().is_none_or(|(first, _)| order < *first) => done.failed = Some((order, error)),
                Err(_) => {}
            }
        }
        Ok(done)
    }

    fn read_file(&self, table: TableId, file: &Named, bytes: &mut Vec<u8>, batch: &mut Batch) -> Result<(Sheet, Header), IngestError> {
        bytes.clear();
        File::open(&file.path).and_then(|mut f| f.read_to_end(bytes)).map_err(|e| IngestError::io(&file.path, &e))?;
        if let Some((what, right)) = kinds::not_text(bytes) {
            return Err(IngestError::WrongEnding { path: file.name.clone(), what, right });
        }
        let plain = decode::may_be_utf8(bytes, &file.name)?;
        if plain {
            let length = bytes.len();
            bytes.extend_from_slice(END.as_bytes());
            match self.read_text(table, &file.name, bytes, length, batch)? {
                Some(read) => return Ok(read),
                None => bytes.truncate(length),
            }
        }
        let (text, mixed) = decode::by_lines(bytes, &file.name)?;
        let note = mixed.map(|m| mixed_encoding(self.schema.tables.get(table).map_or("", |t| &t.name), &file.name, &m));
        let mut text = text.into_bytes();
        let length = text.len();
        text.extend_from_slice(END.as_bytes());
        let read = self.read_text(table, &file.name, &text, length, batch)?;
        let Some((sheet, mut header)) = read else { return Err(IngestError::Encoding { file: file.name.clone() }) };
        header.notes.extend(note);
        Ok((sheet, header))
    }

    /// Reads a file's text; none if it turns out not to be UTF-8.
    fn read_text(
        &self,
        table: TableId,
        file: &str,
        text: &[u8],
        length: usize,
        batch: &mut Batch,
    ) -> Result<Option<(Sheet, Header)>, IngestError> {
        let Some(skip) = rows_above_header(self.schema, table, file, text, length)? else { return Ok(None) };
        let mut lines = Lines::new(text, length);
        let mut record = csv::ByteRecord::new();
        let mut header = Header { fields: Vec::new(), notes: Vec::new() };
        let (mut width, mut header_line) = (0, 0);
        for _ in 0..=skip {
            if let Some(line) = lines.next(&mut record, file)? {
                (width, header_line) = (record.len(), line);
            }
        }
        let Some(headers) = texts(&record) else { return Ok(None) };
        if width > 0 {
            header = header::understand(self.schema, table, file, header_line, headers.iter().copied());
            let lacking = header::lacking(self.schema, table, file, header_line, &header, headers.iter().copied());
            header.notes.extend(lacking);
        }
        let (at, fields) = self.wanted(table, &header, &headers);
        let mut sheet = batch.sheet(table, file, fields);
        let stood = header::stood(headers.iter().copied());
        let refs = references(self.schema, table, &header);
        let layout = Layout { width, at, stood, refs, damaged: decode::is_damaged(text) };
        let mut totals = Vec::new();
        while let Some(line) = lines.next(&mut record, file)? {
            if is_total(self.schema, &record, &layout) {
                totals.push(line);
                continue;
            }
            if !read_row(&record, line, &layout, &mut sheet) {
                batch.take_back(sheet);
                return Ok(None);
            }
            if (sheet.rows() as u64).is_multiple_of(STEP) {
                self.progress.rows(STEP);
            }
        }
        self.progress.rows(sheet.rows() as u64 % STEP);
        sheet.set_aside("title", skip as u64);
        sheet.set_aside("total", totals.len() as u64);
        header.notes.extend(sheets::totals(file, self.schema.tables.get(table).map_or("", |t| t.name.as_str()), &totals));
        Ok(Some((sheet, header)))
    }

    /// Where the wanted columns are in a row, and which fields they hold.
    fn wanted(&self, table: TableId, header: &Header, headers: &[&str]) -> (Vec<usize>, Vec<(FieldId, String)>) {
        let columns = header.fields.iter().enumerate().filter_map(|(i, field)| {
            let field = field.filter(|&f| self.builder.reads(table, f))?;
            Some((i, (field, headers.get(i).map_or("", |h| h.trim()).to_owned())))
        });
        columns.unzip()
    }
}

/// Tells of lines in another encoding than the rest.
pub(super) fn mixed_encoding(table: &str, file: &str, mixed: &decode::Mixed) -> Problem {
    let lines: Vec<String> = mixed.fewer.iter().take(5).map(u32::to_string).collect();
    let more = if mixed.fewer.len() > lines.len() { "等" } else { "" };
    let why = format!(
        "文件里混有两种文字编码：第{}行{more}共 {} 行是 {}，与其余各行不同，已逐行分别读出",
        lines.join("、"),
        mixed.fewer.len(),
        mixed.called
    );
    let problem = Problem::noted(file, "data::mixed-encoding", why, "请核对这些行，再统一另存为 CSV UTF-8");
    problem.of_table(table).at_row(mixed.fewer.first().copied().unwrap_or(0))
}

/// How many rows stand above the headers: these are the first of the leading rows that name two fields, or all there is to
/// name; else the very first row. None if the text is not UTF-8.
fn rows_above_header(schema: &Schema, table: TableId, file: &str, text: &[u8], length: usize) -> Result<Option<usize>, IngestError> {
    let mut lines = Lines::new(text, length);
    let mut record = csv::ByteRecord::new();
    for row in 0..HEADER_ROWS {
        if lines.next(&mut record, file)?.is_none() {
            break;
        }
        let Some(headers) = texts(&record) else { return Ok(None) };
        let known = header::known(schema, table, headers.iter().copied());
        if known >= 2 || (known == 1 && record.len() == 1) {
            return Ok(Some(row));
        }
    }
    Ok(Some(0))
}

/// How the rows of a file are laid out.
struct Layout {
    /// How many cells a row has.
    width: usize,
    /// Where the columns of the sheet are.
    at: Vec<usize>,
    /// Which column says where the row stood that this one stands for.
    stood: Option<usize>,
    /// Columns that name rows of other tables.
    refs: Vec<usize>,
    /// Some bytes of the file are no text.
    damaged: bool,
}

/// Which columns name rows of other tables.
fn references(schema: &Schema, table: TableId, header: &Header) -> Vec<usize> {
    let Some(def) = schema.tables.get(table) else { return Vec::new() };
    let names = |f: FieldId| def.fields.get(f).is_some_and(|f| matches!(f.ty, FieldType::Ref(_)));
    header.fields.iter().enumerate().filter(|(_, f)| f.is_some_and(names)).map(|(column, _)| column).collect()
}

/// Whether a row adds up those above it: it begins with a word of totals, and belongs to nothing.
#[inline]
fn is_total(schema: &Schema, record: &csv::ByteRecord, layout: &Layout) -> bool {
    let is_blank = |cell: &[u8]| cell.trim_ascii().is_empty();
    match record.iter().find(|cell| !is_blank(cell)) {
        // Keys are mostly of letters and digits.
        Some(first) if first.trim_ascii_start().first().is_some_and(|b| !b.is_ascii()) => {
            std::str::from_utf8(first).is_ok_and(|text| layout::is_total(schema, &layout::plain(text)))
                && layout.refs.iter().all(|&column| record.get(column).is_none_or(is_blank))
        }
        _ => false,
    }
}

/// The cells of a record, if all are UTF-8.
fn texts(record: &csv::ByteRecord) -> Option<Vec<&str>> {
    record.iter().map(|cell| std::str::from_utf8(cell).ok()).collect()
}

/// Reads a row; false if a cell is not UTF-8.
#[inline]
fn read_row(record: &csv::ByteRecord, line: u32, layout: &Layout, sheet: &mut Sheet) -> bool {
    if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
        // Spreadsheets write rows of commas below the last.
        return true;
    }
    sheet.start_row(line);
    if record.len() != layout.width {
        let why = format!("这一行有{}列，表头有{}列", record.len(), layout.width);
        sheet.refuse_row("data::row-width", &why, "列数应与表头相同；单元格里的逗号、引号要用引号括起来");
    }
    if let Some(column) = layout.stood
        && let Some(stood) = record.get(column).and_then(|cell| Stood::parse(std::str::from_utf8(cell).ok()?))
    {
        sheet.corrects(stood);
    }
    let mut utf8 = true;
    for (i, &column) in layout.at.iter().enumerate() {
        match record.get(column) {
            Some([]) => sheet.cell(i, Cell::Blank),
            Some(cell) if layout.damaged && decode::is_damaged(cell) => sheet.cell(i, Cell::Garbled),
            Some(cell) => utf8 &= sheet.bytes(i, cell),
            None => sheet.lost(i),
        }
    }
    sheet.end_row();
    utf8
}
