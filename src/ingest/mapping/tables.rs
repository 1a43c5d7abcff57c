//! The tables of a source as they stand, row by row, whatever they are called: what a mapping is applied to.

use super::bind::Headers;
use crate::ingest::csv::{END, HEADER_ROWS, Lines, mixed_encoding};
use crate::ingest::error::IngestError;
use crate::ingest::layout::{self, Merge, Numbered};
use crate::ingest::source::Named;
use crate::ingest::value::Value;
use crate::ingest::workbook;
use crate::ingest::{Progress, decode, package, sqlite};
use crate::records::{Cell, Problem};
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows between two tellings of progress.
const STEP: u64 = 8192;

/// What is wrong with a row as a whole.
pub(in crate::ingest) struct Askew<'a> {
    pub code: &'static str,
    pub why: &'a str,
    pub right: &'static str,
}

/// Takes the rows of tables, one table after another.
pub(in crate::ingest) trait Visitor {
    /// Whether a table is looked at.
    fn begin(&mut self, name: &str, cited: &str) -> bool;
    /// Its rows have no lines that somebody could look up.
    fn by_key(&mut self) {}
    /// Whether a header of the table is one that it looks for.
    fn knows(&self, header: &str) -> bool;
    /// The headers of the table; false if its rows are of no use.
    fn head(&mut self, line: u32, headers: Headers) -> bool;
    /// Whether a column is used.
    fn needs(&self, column: usize) -> bool;
    /// A row, and what is wrong with it as a whole.
    fn row(&mut self, line: u32, cells: &[Cell<'_>], wrong: Option<&Askew<'_>>);
    /// Something that somebody should look at.
    fn note(&mut self, _problem: Problem) {}
    /// No more rows of the table.
    fn end(&mut self) {}
}

/// Whether a row is of headers: two are known, or all there is.
fn is_header<'h>(to: &dyn Visitor, cells: impl Iterator<Item = &'h str>) -> bool {
    let (mut known, mut filled) = (0, 0);
    for cell in cells.filter(|c| !c.trim().is_empty()) {
        filled += 1;
        known += usize::from(to.knows(cell));
    }
    known >= 2 || (known == 1 && filled == 1)
}

/// A CSV file.
pub(super) fn csv(file: &Named, to: &mut dyn Visitor, progress: &dyn Progress) -> Result<(), IngestError> {
    let stem = file.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    if !to.begin(&stem, &file.name) {
        return Ok(());
    }
    progress.file(&file.name);
    let bytes = std::fs::read(&file.path).map_err(|e| IngestError::io(&file.path, &e))?;
    decode::may_be_utf8(&bytes, &file.name)?;
    let (mut text, mixed) = decode::by_lines(&bytes, &file.name)?;
    mixed.iter().for_each(|m| to.note(mixed_encoding("", &file.name, m)));
    drop(bytes);
    let (length, damaged) = (text.len(), decode::is_damaged(text.as_bytes()));
    text.push_str(END);
    let mut record = ::csv::ByteRecord::new();
    let (headers, header_line, above) = csv_headers(to, &text, length, &file.name)?;
    let mut lines = Lines::new(text.as_bytes(), length);
    let mut width = 0;
    for _ in 0..above {
        lines.next(&mut record, &file.name)?;
        width = record.len();
    }
    if !to.head(header_line, Headers::new(headers.iter().map(String::as_str))) {
        to.end();
        return Ok(());
    }
    let mut count = 0u64;
    while let Some(line) = lines.next(&mut record, &file.name)? {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let cells: Vec<Cell<'_>> = record
            .iter()
            .map(|cell| match std::str::from_utf8(cell) {
                Ok("") => Cell::Blank,
                Ok(_) if damaged && decode::is_damaged(cell) => Cell::Garbled,
                Ok(text) => Cell::Text(text),
                Err(_) => Cell::Garbled,
            })
            .collect();
        let wrong = (cells.len() != width).then(|| format!("这一行有{}列，表头有{width}列", cells.len()));
        let right = "列数应与表头相同；单元格里的逗号、引号要用引号括起来";
        to.row(line, &cells, wrong.as_deref().map(|why| Askew { code: "data::row-width", why, right }).as_ref());
        count += 1;
        if count.is_multiple_of(STEP) {
            progress.rows(STEP);
        }
    }
    progress.rows(count % STEP);
    to.end();
    Ok(())
}

/// The headers of a CSV file, their line, and how many records they and what stands above them take: two rows of headers are one.
fn csv_headers(to: &dyn Visitor, text: &str, length: usize, file: &str) -> Result<(Vec<String>, u32, usize), IngestError> {
    let mut lines = Lines::new(text.as_bytes(), length);
    let mut record = ::csv::ByteRecord::new();
    let mut leading: Vec<Numbered> = Vec::new();
    let mut number = 0;
    let mut numbers: Vec<usize> = Vec::new();
    while leading.len() <= HEADER_ROWS
        && let Some(line) = lines.next(&mut record, file)?
    {
        number += 1;
        if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
            let value = |cell: &str| if cell.trim().is_empty() { Value::Blank } else { Value::Text(cell.to_owned()) };
            leading.push((line, cells_of(&record).into_iter().map(value).collect()));
            numbers.push(number);
        }
    }
    let (headers, line, rows) = headers_among(to, &leading, &[]);
    Ok((headers, line, rows.checked_sub(1).and_then(|last| numbers.get(last)).copied().unwrap_or(0)))
}

/// The headers among the leading rows, the line of the last of them, and how many of the rows they and what stands above them take.
fn headers_among(to: &dyn Visitor, leading: &[Numbered], merges: &[Merge]) -> (Vec<String>, u32, usize) {
    let texts = |row: &[Value]| row.iter().map(|v| v.text().to_owned()).collect::<Vec<_>>();
    if let Some(head) = layout::find(leading, merges, &|header| to.knows(header))
        && head.headers.iter().any(|h| h.contains('/') && to.knows(h))
    {
        return (head.headers, head.line, head.rows);
    }
    let found = leading.iter().take(HEADER_ROWS).position(|(_, row)| is_header(to, row.iter().map(Value::text)));
    match leading.get(found.unwrap_or(0)) {
        Some((line, row)) => (texts(row), *line, found.unwrap_or(0) + 1),
        None => (Vec::new(), 0, 0),
    }
}

fn cells_of(record: &::csv::ByteRecord) -> Vec<&str> {
    record.iter().map(|cell| std::str::from_utf8(cell).unwrap_or("")).collect()
}

/// The leading rows of a CSV file, as far as they can be read.
pub(in crate::ingest) fn csv_head(path: &std::path::Path) -> Vec<Vec<String>> {
    use std::io::Read;
    const HEAD: u64 = 1 << 16;
    let mut bytes = Vec::new();
    if std::fs::File::open(path).and_then(|f| f.take(HEAD).read_to_end(&mut bytes)).is_err() {
        return Vec::new();
    }
    if bytes.len() as u64 == HEAD {
        // A character may be cut at the end.
        bytes.truncate(bytes.iter().rposition(|&b| b == b'\n').map_or(bytes.len(), |at| at + 1));
    }
    let Ok(mut text) = decode::text(&bytes, "") else { return Vec::new() };
    let length = text.len();
    text.push_str(END);
    let mut lines = Lines::new(text.as_bytes(), length);
    let mut record = ::csv::ByteRecord::new();
    let mut rows = Vec::new();
    while rows.len() < HEADER_ROWS && matches!(lines.next(&mut record, ""), Ok(Some(_))) {
        rows.push(cells_of(&record).into_iter().map(str::to_owned).collect());
    }
    rows
}

/// An information set of a package; how many rows it has. Rows are known by their number, for all may stand in one line.
pub(super) fn set(file: &Named, to: &mut dyn Visitor, progress: &dyn Progress) -> Result<u64, IngestError> {
    if !to.begin(&package::set_of(file), &file.name) {
        return Ok(0);
    }
    progress.file(&file.name);
    let text = package::text_of(file)?;
    let columns = package::columns(&text, file)?;
    if !to.head(0, Headers::new(columns.iter().copied())) {
        to.end();
        return Ok(0);
    }
    let at: FxHashMap<&str, usize> = columns.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let damaged = decode::is_damaged(text.as_bytes());
    let mut count = 0u64;
    let mut given: Vec<Option<Cow<'_, str>>> = Vec::new();
    for row in package::Rows::new(&text) {
        let row = row.map_err(|broken| package::broken_file(file, broken))?;
        given.clear();
        given.resize(columns.len(), None);
        let mut twice = None;
        for (name, text) in &row.cells {
            let Some(slot) = at.get(name).and_then(|&i| given.get_mut(i)) else { continue };
            if slot.replace(package::resolved(text)).is_some() {
                twice = Some(format!("“{name}”写了两次"));
            }
        }
        let cells: Vec<Cell<'_>> = given
            .iter()
            .map(|text| match text.as_deref() {
                None | Some("") => Cell::Blank,
                Some(text) if damaged && decode::is_damaged(text.as_bytes()) => Cell::Garbled,
                Some(text) => Cell::Text(text),
            })
            .collect();
        let wrong = row.wrong.as_deref().or(twice.as_deref());
        let right = "请在来源系统里核对这条记录后重新导出";
        to.row(row.number, &cells, wrong.map(|why| Askew { code: "data::bad-row", why, right }).as_ref());
        count += 1;
        if count.is_multiple_of(STEP) {
            progress.rows(STEP);
        }
    }
    progress.rows(count % STEP);
    to.end();
    Ok(count)
}

/// Every sheet of a workbook.
pub(super) fn workbook(file: &Named, to: &mut dyn Visitor, progress: &dyn Progress) -> Result<(), IngestError> {
    let fail = |why: &str| IngestError::Workbook { file: file.name.clone(), why: why.to_owned() };
    // A damaged file may bring down the library that reads it; it must not bring down the run.
    catch_unwind(AssertUnwindSafe(|| sheets(file, to, progress))).map_err(|_| fail("文件已损坏"))?
}

fn sheets(file: &Named, to: &mut dyn Visitor, progress: &dyn Progress) -> Result<(), IngestError> {
    let mut book = workbook::open(file)?;
    for name in book.names() {
        let cited = format!("{}/{name}", file.name);
        if !to.begin(&name, &cited) {
            continue;
        }
        progress.file(&cited);
        let merges = book.merges(&name);
        let mut sheet = SheetRows { to: &mut *to, leading: Vec::new(), merges, state: State::Leading, count: 0 };
        let read = workbook::each_row(&mut book, &name, &mut |number, row| sheet.row(number, row));
        read.map_err(|()| IngestError::Workbook { file: file.name.clone(), why: format!("工作表“{name}”已损坏") })?;
        sheet.close();
        progress.rows(sheet.count);
        to.end();
    }
    Ok(())
}

/// A sheet being read: headers are looked for first, then rows come in.
struct SheetRows<'v> {
    to: &'v mut dyn Visitor,
    leading: Vec<Numbered>,
    merges: Vec<Merge>,
    state: State,
    count: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Leading,
    Rows,
    OfNoUse,
}

impl SheetRows<'_> {
    fn row(&mut self, number: u32, row: &[Value]) {
        if self.state == State::OfNoUse || row.iter().all(Value::is_blank) {
            return;
        }
        if self.state == State::Rows {
            return self.give(number, row);
        }
        self.leading.push((number, row.to_vec()));
        if self.leading.len() > HEADER_ROWS {
            self.begin();
        }
    }

    /// Finds the headers among the leading rows; the rest of these are rows.
    fn begin(&mut self) {
        if self.leading.is_empty() {
            return;
        }
        let leading = std::mem::take(&mut self.leading);
        let (headers, line, rows) = headers_among(self.to, &leading, &self.merges);
        let is_used = self.to.head(line, Headers::new(headers.iter().map(String::as_str)));
        self.state = if is_used { State::Rows } else { State::OfNoUse };
        if is_used {
            leading.iter().skip(rows).for_each(|(number, row)| self.give(*number, row));
        }
    }

    fn give(&mut self, number: u32, row: &[Value]) {
        let cells: Vec<Cell<'_>> = row.iter().map(Value::cell).collect();
        self.to.row(number, &cells, None);
        self.count += 1;
    }

    fn close(&mut self) {
        if self.state == State::Leading {
            self.begin();
        }
    }
}

/// Every table and view of a database. One that this program made is of the records already.
pub(super) fn database(file: &Named, to: &mut dyn Visitor, progress: &dyn Progress) -> Result<(), IngestError> {
    let fail = |e: rusqlite::Error| sqlite::error(&file.name, &e);
    let db = sqlite::begin(file)?;
    let names: Vec<String> = db
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
        .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
        .map_err(fail)?;
    if names.iter().any(|n| n == crate::ingest::write::MARK) {
        return Ok(());
    }
    for name in names {
        let cited = format!("{}/{name}", file.name);
        if !to.begin(&name, &cited) {
            continue;
        }
        progress.file(&cited);
        let columns = sqlite::columns(&db, &name).map_err(fail)?;
        let rowid = sqlite::rowids(&db, &name, &columns).map(|(id, ..)| id);
        if to.head(0, Headers::new(columns.iter().map(String::as_str))) {
            rows_of(&db, &name, (&columns, rowid), to, progress).map_err(fail)?;
        }
        to.end();
    }
    Ok(())
}

fn rows_of(
    db: &rusqlite::Connection,
    name: &str,
    (columns, rowid): (&[String], Option<&str>),
    to: &mut dyn Visitor,
    progress: &dyn Progress,
) -> rusqlite::Result<()> {
    // Photographs and the like are not fetched.
    let list: String = (0..columns.len())
        .zip(columns)
        .map(|(i, c)| if to.needs(i) { format!(", {}", sqlite::quoted(c)) } else { ", NULL".to_owned() })
        .collect();
    let order = if rowid.is_some() { " NOT INDEXED" } else { "" };
    let mut statement = db.prepare(&format!("SELECT {}{list} FROM {}{order}", rowid.unwrap_or("NULL"), sqlite::quoted(name)))?;
    let mut rows = statement.query([])?;
    let mut count = 0u64;
    while let Some(row) = rows.next()? {
        count += 1;
        let line = sqlite::place(row.get_ref(0)?, count);
        let cells: Vec<Cell<'_>> = (0..columns.len()).map(|i| row.get_ref(i + 1).map(cell_of)).collect::<rusqlite::Result<_>>()?;
        to.row(line, &cells, None);
        if count.is_multiple_of(STEP) {
            progress.rows(STEP);
        }
    }
    progress.rows(count % STEP);
    Ok(())
}

fn cell_of(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Blank,
        ValueRef::Integer(i) => Cell::Int(i),
        ValueRef::Real(x) => Cell::Real(x),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_or(Cell::Garbled, Cell::Text),
        ValueRef::Blob(_) => Cell::Garbled,
    }
}
