//! CSV: one file a table, with a row of headers.

use super::error::IngestError;
use super::source::CsvFiles;
use super::{Progress, decode, header};
use crate::records::{Builder, Cell, FieldId, TableId};
use std::fs;

/// Stands after the last line. A file that ends within quotes swallows it; no text file holds it.
const END: &str = "\n\0\n";
/// Titles may stand above the headers; they are looked for in so many rows.
const HEADER_ROWS: usize = 6;

/// Reads the files of a folder, or one alone.
pub(super) fn read(files: &CsvFiles, builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
    files.notes.iter().for_each(|n| builder.note(n.clone()));
    for (table, file) in &files.files {
        progress.file(&file.name);
        let bytes = fs::read(&file.path).map_err(|e| IngestError::io(&file.path, &e))?;
        if bytes.is_empty() {
            return Err(IngestError::Empty { file: file.name.clone() });
        }
        let text = decode::text(bytes, &file.name)?;
        read_text(*table, &file.name, text, builder, progress)?;
    }
    Ok(())
}

/// Reads the text of one file.
pub(super) fn read_text(
    table: TableId,
    file: &str,
    mut text: String,
    builder: &mut Builder,
    progress: &dyn Progress,
) -> Result<(), IngestError> {
    let length = text.len();
    text.push_str(END);
    let mut lines = Lines::new(&text, length);
    let mut record = csv::ByteRecord::new();
    let Some((headers, header_line)) = find_header(table, file, &mut lines, builder)? else { return Ok(()) };
    let texts: Vec<&str> = headers.iter().map(|h| std::str::from_utf8(h).unwrap_or("")).collect();
    let understood = header::understand(builder.schema(), table, file, header_line, texts.iter().copied());
    understood.notes.into_iter().for_each(|n| builder.note(n));
    let mut at: Vec<usize> = Vec::new();
    let mut fields: Vec<(FieldId, String)> = Vec::new();
    for (i, field) in understood.fields.iter().enumerate() {
        if let Some(field) = *field
            && builder.wants(table, field)
        {
            at.push(i);
            fields.push((field, texts.get(i).map(|t| t.trim().to_owned()).unwrap_or_default()));
        }
    }
    let width = headers.len();
    let mut reading = builder.reading(table, file, fields);
    let mut count = 0u64;
    while let Some(line) = lines.next(&mut record, file)? {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        reading.start_row(line);
        if record.len() != width {
            let why = format!("这一行有{}列，表头有{width}列", record.len());
            reading.refuse_row("data::row-width", &why, "列数应与表头相同；单元格里的逗号、引号要用引号括起来");
        }
        for (i, &column) in at.iter().enumerate() {
            match record.get(column) {
                Some(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => reading.cell(i, Cell::Text(text)),
                    Err(_) => reading.cell(i, Cell::Blank),
                },
                None => reading.cell(i, Cell::Blank),
            }
        }
        reading.end_row();
        count += 1;
        if count.is_multiple_of(4096) {
            progress.rows(4096);
        }
    }
    progress.rows(count % 4096);
    Ok(())
}

/// The row of headers: the first of the leading rows that names two fields, or the key; else the very first row.
fn find_header(table: TableId, file: &str, lines: &mut Lines<'_>, builder: &Builder) -> Result<Option<(csv::ByteRecord, u32)>, IngestError> {
    let mut probe = lines.clone_at_start();
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    for row in 0..HEADER_ROWS {
        let Some(_) = probe.next(&mut record, file)? else { break };
        let texts = record.iter().map(|h| std::str::from_utf8(h).unwrap_or(""));
        let known = header::known(builder.schema(), table, texts);
        if known >= 2 || (known == 1 && record.len() == 1) {
            rows = row;
            break;
        }
    }
    for _ in 0..rows {
        lines.next(&mut record, file)?;
    }
    Ok(lines.next(&mut record, file)?.map(|line| (record, line)))
}

/// The records of a text with the physical lines they start on.
struct Lines<'t> {
    text: &'t str,
    length: usize,
    delimiter: u8,
    reader: csv::Reader<&'t [u8]>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, length: usize) -> Self {
        let delimiter = delimiter(text);
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        Self { text, length, delimiter, reader }
    }

    fn clone_at_start(&self) -> Self {
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(self.delimiter).from_reader(self.text.as_bytes());
        Self { text: self.text, length: self.length, delimiter: self.delimiter, reader }
    }

    /// The next record and its line; none at the end.
    fn next(&mut self, record: &mut csv::ByteRecord, file: &str) -> Result<Option<u32>, IngestError> {
        let broken = |why: &str| IngestError::Truncated { file: file.to_owned(), why: why.to_owned() };
        let more = self.reader.read_byte_record(record).map_err(|_| broken("无法按 CSV 读取"))?;
        let Some(position) = record.position().filter(|_| more) else { return Ok(None) };
        // Blank lines before a record belong to it as the crate counts.
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(self.length);
        let blank = self.text.as_bytes().get(start..).unwrap_or(&[]).iter().take_while(|b| matches!(b, b'\n' | b'\r'));
        let line = position.line() + blank.filter(|&&b| b == b'\n').count() as u64;
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let end = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        if end > self.length {
            // The end mark has been read: alone, it is the end; within a cell, the quotes were never closed.
            let alone = record.len() == 1 && record.get(0) == Some(b"\0");
            return if alone { Ok(None) } else if record.iter().any(|c| c.contains(&0)) {
                Err(broken(&format!("第{line}行开始的引号直到文件末尾也没有结束")))
            } else {
                Ok(Some(line))
            };
        }
        Ok(Some(line))
    }
}

/// Tab, semicolon or comma, whichever the first line has most of.
fn delimiter(text: &str) -> u8 {
    let line = text.trim_start().lines().next().unwrap_or("");
    let count = |d: u8| line.bytes().filter(|&b| b == d).count();
    let (comma, tab, semicolon) = (count(b','), count(b'\t'), count(b';'));
    if tab > comma && tab >= semicolon {
        b'\t'
    } else if semicolon > comma {
        b';'
    } else {
        b','
    }
}
