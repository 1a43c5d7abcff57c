//! Workbooks: `.xlsx`, `.xls`, `.ods`, a sheet a table.

use super::error::IngestError;
use super::layout::{self, Merge, Reading};
use super::refused::{self, Original};
use super::source::Named;
use super::{Progress, header, parts, sheets};
use crate::dates::{Day, Fuzzy};
use crate::records::{Batch, Builder, Cell, Fate, FieldId, Problem, Schema, Sheet, Stood, TableId};
use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, SheetVisible, Xls, Xlsx, open_workbook};
use rustc_hash::FxHashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Titles may stand above the headers; they are looked for in so many rows.
const HEADER_ROWS: usize = 6;
/// No table is wider; a cell beyond is a slip.
const MOST_COLUMNS: usize = 1024;

/// Reads every sheet that is a table and has not been taken. Sheets known by their headers go to `known`, to be entered with those of
/// other sources.
pub(super) fn read(
    file: &Named,
    taken: &[String],
    builder: &mut Builder,
    known: &mut Vec<sheets::Sheet>,
    progress: &dyn Progress,
) -> Result<(), IngestError> {
    let fail = |why: &str| IngestError::Workbook { file: file.name.clone(), why: why.to_owned() };
    // A damaged file may bring down the library that reads it; it must not bring down the run.
    let read = catch_unwind(AssertUnwindSafe(|| read_sheets(file, taken, builder, progress)));
    let (batch, seen, of_file) = read.map_err(|_| fail("文件已损坏"))??;
    known.extend(of_file);
    for one in seen {
        one.wanted.iter().for_each(|&f| {
            builder.wants(one.table, f);
        });
        one.notes.into_iter().for_each(|n| builder.note(n));
    }
    builder.absorb(vec![batch]);
    Ok(())
}

/// What a sheet held besides its rows.
#[derive(Default)]
struct Seen {
    table: TableId,
    wanted: Vec<FieldId>,
    notes: Vec<Problem>,
}

/// What a workbook held: rows of tables, what is to be told of them, and sheets known by their headers.
type Taken = (Batch, Vec<Seen>, Vec<sheets::Sheet>);

pub(super) enum Book {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Xls(Box<Xls<BufReader<File>>>),
    Ods(Box<Ods<BufReader<File>>>),
}

impl Book {
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::Xlsx(b) => b.sheet_names(),
            Self::Xls(b) => b.sheet_names(),
            Self::Ods(b) => b.sheet_names(),
        }
    }

    /// The sheets that are not shown.
    fn hidden(&self) -> Vec<String> {
        let all = match self {
            Self::Xlsx(b) => b.sheets_metadata(),
            Self::Xls(b) => b.sheets_metadata(),
            Self::Ods(b) => b.sheets_metadata(),
        };
        all.iter().filter(|s| s.visible != SheetVisible::Visible).map(|s| s.name.clone()).collect()
    }

    /// Cells of a sheet that are one.
    pub(super) fn merges(&mut self, name: &str) -> Vec<Merge> {
        let found = match self {
            Self::Xlsx(b) => b.merge_cells_by_sheet_name(name).unwrap_or_default(),
            Self::Xls(b) => b.merge_cells_by_sheet_name(name).unwrap_or_default(),
            Self::Ods(_) => Vec::new(),
        };
        let merge = |d: calamine::Dimensions| Merge { rows: (d.start.0, d.end.0), columns: (d.start.1 as usize, d.end.1 as usize) };
        found.into_iter().map(merge).collect()
    }

    /// Whether days are counted from 1904.
    fn counts_from_1904(&self) -> bool {
        match self {
            Self::Xlsx(b) => b.has_1904_epoch(),
            Self::Xls(b) => b.has_1904_epoch(),
            Self::Ods(_) => false,
        }
    }
}

/// The names of a workbook's sheets, if they are as asked for; none where they are not, or it cannot be opened. Of a zip no more is read
/// than the list.
pub(super) fn names_if(file: &Named, asked: &dyn Fn(&[String]) -> bool) -> Vec<String> {
    let names = sheets_of_zip(file)
        .unwrap_or_else(|| catch_unwind(AssertUnwindSafe(|| open(file).map(|book| book.names()).unwrap_or_default())).unwrap_or_default());
    if asked(&names) { names } else { Vec::new() }
}

fn sheets_of_zip(file: &Named) -> Option<Vec<String>> {
    /// Bytes of the list of sheets.
    const LIST: u64 = 1 << 20;
    let mut zip = zip::ZipArchive::new(BufReader::new(File::open(&file.path).ok()?)).ok()?;
    let mut text = String::new();
    zip.by_name("xl/workbook.xml").ok()?.take(LIST).read_to_string(&mut text).ok()?;
    let sheets = text.split("<sheet ").skip(1).filter_map(|tag| tag.split_once('>')?.0.split_once("name=\"")?.1.split_once('"'));
    Some(sheets.map(|(name, _)| name.to_owned()).collect())
}

pub(super) fn open(file: &Named) -> Result<Book, IngestError> {
    let fail = |why: &str| IngestError::Workbook { file: file.name.clone(), why: why.to_owned() };
    if let Some(size) = parts::unpacked(&file.path).filter(|size| *size > parts::LARGEST) {
        return Err(fail(&format!("解开后有 {} GB，超过 {} GB 的上限", size >> 30, parts::LARGEST >> 30)));
    }
    let locked = || IngestError::Password { file: file.name.clone() };
    match open_workbook::<Xlsx<_>, _>(&file.path) {
        Ok(book) => return Ok(Book::Xlsx(Box::new(book))),
        Err(calamine::XlsxError::Password) => return Err(locked()),
        Err(_) => {}
    }
    match open_workbook::<Xls<_>, _>(&file.path) {
        Ok(book) => return Ok(Book::Xls(Box::new(book))),
        Err(calamine::XlsError::Password) => return Err(locked()),
        Err(_) => {}
    }
    match open_workbook::<Ods<_>, _>(&file.path) {
        Ok(book) => Ok(Book::Ods(Box::new(book))),
        Err(calamine::OdsError::Password) => Err(locked()),
        Err(_) if is_cut(file) => Err(fail("文件不完整，末尾缺少压缩包的目录，可能没有传完")),
        Err(_) => Err(fail("不是工作簿，或文件已损坏")),
    }
}

/// Whether the file is a zip whose end is gone: the directory stands there.
fn is_cut(file: &Named) -> bool {
    /// The directory's end may be followed by a comment of so many bytes.
    const TAIL: u64 = 22 + 65_535;
    let tail = File::open(&file.path).and_then(|mut f| {
        let mut head = [0; 2];
        f.read_exact(&mut head)?;
        let length = f.seek(SeekFrom::End(0))?;
        f.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut tail = Vec::new();
        f.read_to_end(&mut tail)?;
        Ok((head, tail))
    });
    tail.is_ok_and(|(head, tail)| head == *b"PK" && memchr::memmem::find(&tail, b"PK\x05\x06").is_none())
}

fn read_sheets(file: &Named, taken: &[String], builder: &Builder, progress: &dyn Progress) -> Result<Taken, IngestError> {
    let fail = |why: String| IngestError::Workbook { file: file.name.clone(), why };
    let schema = builder.schema();
    let mut book = open(file)?;
    let names = book.names();
    let (mut batch, mut seen, mut known) = (Batch::new(schema), Vec::new(), Vec::new());
    let hidden = book.hidden();
    let mut tables = taken.len();
    for (order, name) in names.iter().enumerate().filter(|(_, name)| !taken.contains(name)) {
        let cited = format!("{}/{name}", file.name);
        let broken = |last: u32| fail(format!("工作表“{name}”在第{last}行之后已损坏"));
        let table = header::table_called(schema, name);
        // A sheet may be named like a table and be none: 年度考核 without codes.
        if table.is_none_or(|t| !leads_to(&mut book, name, schema, t)) {
            progress.file(&cited);
            if let Some(sheet) = read_known(&mut book, file, schema, name).map_err(broken)? {
                known.push(sheet);
                seen.extend(hidden.contains(name).then(|| Seen { notes: vec![hidden_sheet(&cited)], ..Seen::default() }));
                continue;
            }
        }
        let Some(table) = table else {
            seen.push(Seen { notes: vec![header::unknown_table(schema, &cited, name)], ..Seen::default() });
            continue;
        };
        tables += 1;
        progress.file(&cited);
        let mut read = |uncomputed: &FxHashSet<(u32, usize)>, batch: &mut Batch| {
            let mut filling = Filling::new(schema, builder, table, cited.clone(), book.counts_from_1904());
            let empties = walk(&mut book, name, &mut |number, row| {
                filling.row_with(number, row, uncomputed, batch);
                true
            });
            empties.map(|empties| (empties, filling.close(batch))).map_err(broken)
        };
        let (empties, mut filled) = read(&FxHashSet::default(), &mut batch)?;
        // A formula without a result looks like a blank cell, which says something else.
        if empties && parts::has_formulas(&file.path, name) {
            let uncomputed = parts::extras(&file.path, name).uncomputed;
            if !uncomputed.is_empty() {
                filled.0.into_iter().for_each(|sheet| batch.take_back(sheet));
                filled = read(&uncomputed, &mut batch)?.1;
            }
        }
        let (sheet, mut what) = filled;
        if let Some(sheet) = sheet {
            progress.rows(sheet.rows() as u64);
            batch.add(order, sheet);
        }
        what.notes.extend(hidden.contains(name).then(|| hidden_sheet(&cited)));
        seen.push(what);
    }
    if tables == 0 && known.is_empty() {
        let found = format!("（有 {} 个工作表，名称都不是表名，表头也不是认得的表）", names.len());
        return Err(IngestError::NoTable { path: file.name.clone(), found });
    }
    Ok((batch, seen, known))
}

/// Whether the headers of a sheet hold the key of the table it is named after.
fn leads_to(book: &mut Book, name: &str, schema: &Schema, table: TableId) -> bool {
    let Some(def) = schema.tables.get(table) else { return false };
    let leading = leading(book, name);
    leading.iter().take(HEADER_ROWS).any(|(_, row)| row.iter().any(|v| def.field_called(v.text()) == Some(def.key)))
}

/// The first rows with cells; nothing where they cannot be read.
fn leading(book: &mut Book, name: &str) -> Vec<(u32, Vec<Value>)> {
    let mut rows: Vec<(u32, Vec<Value>)> = Vec::new();
    let _ = walk(book, name, &mut |number, row| {
        if !row.iter().all(Value::is_blank) {
            rows.push((number, row.to_vec()));
        }
        rows.len() < sheets::LEADING
    });
    rows
}

/// A sheet that is known by its headers, if it is one; else the last row read.
fn read_known(book: &mut Book, file: &Named, schema: &Schema, name: &str) -> Result<Option<sheets::Sheet>, u32> {
    let (leading, merges) = (leading(book, name), book.merges(name));
    let Some(head) = sheets::recognise(schema, &leading, &merges) else { return Ok(None) };
    let extras = if matches!(book, Book::Xlsx(_)) { parts::extras(&file.path, name) } else { parts::Extras::default() };
    let cited = format!("{}/{name}", file.name);
    let Some(mut sheeting) = sheets::Sheeting::new(schema, cited, &head, &merges, &extras) else { return Ok(None) };
    walk(book, name, &mut |number, row| {
        sheeting.row(number, row);
        true
    })?;
    Ok(Some(sheeting.close(name)))
}

fn hidden_sheet(cited: &str) -> Problem {
    Problem {
        file: cited.to_owned(),
        table: String::new(),
        row: 0,
        key: String::new(),
        column: String::new(),
        code: "sheet::hidden",
        fate: Fate::Noted,
        value: String::new(),
        why: "是隐藏的工作表，照样读取".to_owned(),
        right: "不该交来的，请删去而不是隐藏".to_owned(),
    }
}

/// Some rows as they stand.
pub(super) fn originals(file: &Named, schema: &Schema, wanted: &refused::Lines, found: &mut Vec<Original>) -> Result<(), IngestError> {
    let broken = |why: &str| IngestError::Workbook { file: file.name.clone(), why: why.to_owned() };
    let read = catch_unwind(AssertUnwindSafe(|| -> Result<Vec<Original>, IngestError> {
        let mut book = open(file)?;
        let mut found = Vec::new();
        for name in book.names() {
            let cited = format!("{}/{name}", file.name);
            let (Some(lines), Some(table)) = (wanted.get(&cited), header::table_called(schema, &name)) else { continue };
            let mut rows: Vec<(u32, Vec<Value>)> = Vec::new();
            let mut headed: Option<Vec<Value>> = None;
            each_row(&mut book, &name, &mut |number, row| {
                if headed.is_none() && !row.iter().all(Value::is_blank) {
                    rows.push((number, row.to_vec()));
                    if names_fields(schema, table, row) || rows.len() >= HEADER_ROWS {
                        // Else the first of the leading rows is taken for the headers.
                        let at = if names_fields(schema, table, row) { rows.len() - 1 } else { 0 };
                        headed = Some(rows.remove(at).1);
                        rows.retain(|(number, _)| lines.contains(number));
                    }
                } else if lines.contains(&number) {
                    rows.push((number, row.to_vec()));
                }
            })
            .map_err(|()| broken("有工作表已损坏"))?;
            let headers = headed.unwrap_or_else(|| if rows.is_empty() { Vec::new() } else { rows.remove(0).1 });
            let show = |row: &[Value]| row.iter().map(Value::shown).collect::<Vec<_>>();
            let rows = rows.iter().map(|(number, row)| (*number, show(row))).collect();
            found.push(Original { file: cited, headers: show(&headers), rows });
        }
        Ok(found)
    }));
    found.extend(read.map_err(|_| broken("文件已损坏"))??);
    Ok(())
}

/// Hands over every row of a sheet that has cells.
pub(super) fn each_row(book: &mut Book, name: &str, take: &mut dyn FnMut(u32, &[Value])) -> Result<(), ()> {
    let mut all = |number: u32, row: &[Value]| {
        take(number, row);
        true
    };
    walk(book, name, &mut all).map(|_| ()).map_err(|_| ())
}

/// Hands over the rows of a sheet that has cells, as long as they are taken; whether there were cells without a value. On damage the
/// last row read.
fn walk(book: &mut Book, name: &str, take: &mut dyn FnMut(u32, &[Value]) -> bool) -> Result<bool, u32> {
    match book {
        Book::Xlsx(b) => read_xlsx(b, name, take),
        Book::Xls(b) => read_range(&b.worksheet_range(name).map_err(|_| 0u32)?, take),
        Book::Ods(b) => read_range(&b.worksheet_range(name).map_err(|_| 0u32)?, take),
    }
}

/// Whether a row names two fields, or all there is to name.
fn names_fields(schema: &Schema, table: TableId, row: &[Value]) -> bool {
    let known = header::known(schema, table, row.iter().map(Value::text));
    known >= 2 || (known == 1 && row.iter().filter(|v| !v.is_blank()).count() == 1)
}

/// Cell by cell, so that a sheet whose cells lie far apart takes no room for what lies between.
fn read_xlsx(book: &mut Xlsx<BufReader<File>>, name: &str, take: &mut dyn FnMut(u32, &[Value]) -> bool) -> Result<bool, u32> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|_| 0u32)?;
    let shown: Vec<Precision> =
        cells.styles().iter().map(|s| s.number_format.as_ref().map_or(Precision::Day, |f| Precision::of(&f.format_code))).collect();
    let mut row: Vec<Value> = Vec::new();
    let (mut number, mut empties) = (0u32, false);
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|_| number)? {
        let (at, column) = (cell.get_position().0.saturating_add(1), cell.get_position().1 as usize);
        if at != number {
            if !take(number, &row) {
                return Ok(empties);
            }
            row.clear();
            number = at;
        }
        let value = value_of(cell.get_value(), shown.get(style).copied().unwrap_or(Precision::Day));
        if matches!(value, Value::Blank) {
            empties = true;
        } else if column < MOST_COLUMNS {
            row.resize_with(row.len().max(column + 1), || Value::Blank);
            if let Some(slot) = row.get_mut(column) {
                *slot = value;
            }
        }
    }
    take(number, &row);
    Ok(empties)
}

fn read_range(range: &calamine::Range<Data>, take: &mut dyn FnMut(u32, &[Value]) -> bool) -> Result<bool, u32> {
    let (top, left) = range.start().unwrap_or((0, 0));
    for (number, cells) in (top.saturating_add(1)..).zip(range.rows()) {
        let mut row: Vec<Value> = Vec::new();
        row.resize_with((left as usize).min(MOST_COLUMNS), || Value::Blank);
        row.extend(cells.iter().take(MOST_COLUMNS).map(|c| value_of(&DataRef::from_data(c), Precision::Day)));
        if !take(number, &row) {
            break;
        }
    }
    Ok(false)
}

/// A cell taken out of its workbook.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Blank,
    Text(String),
    Int(i64),
    Real(f64),
    Bool(bool),
    Day(Day),
    Garbled,
    /// A formula whose result was not saved.
    Uncomputed,
}

impl Value {
    pub(super) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Blank => Cell::Blank,
            Self::Text(t) => Cell::Text(t),
            Self::Int(i) => Cell::Int(*i),
            Self::Real(x) => Cell::Real(*x),
            Self::Bool(b) => Cell::Bool(*b),
            Self::Day(d) => Cell::Day(*d),
            Self::Garbled => Cell::Garbled,
            Self::Uncomputed => Cell::Uncomputed,
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(t) => t,
            _ => "",
        }
    }

    /// As somebody would type it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Blank | Self::Garbled | Self::Uncomputed => String::new(),
            Self::Text(t) => t.clone(),
            Self::Int(i) => i.to_string(),
            Self::Real(x) => x.to_string(),
            Self::Bool(b) => if *b { "是" } else { "否" }.to_owned(),
            Self::Day(d) => d.to_string(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Blank) || matches!(self, Self::Text(t) if t.trim().is_empty())
    }
}

trait FromData<'d> {
    fn from_data(data: &'d Data) -> Self;
}

impl<'d> FromData<'d> for DataRef<'d> {
    fn from_data(data: &'d Data) -> Self {
        match data {
            Data::Int(i) => Self::Int(*i),
            Data::Float(x) => Self::Float(*x),
            Data::String(t) => Self::SharedString(t),
            Data::Bool(b) => Self::Bool(*b),
            Data::DateTime(d) => Self::DateTime(*d),
            Data::DateTimeIso(t) => Self::DateTimeIso(t.clone()),
            Data::DurationIso(t) => Self::DurationIso(t.clone()),
            Data::Error(e) => Self::Error(e.clone()),
            Data::Empty => Self::Empty,
        }
    }
}

fn value_of(data: &DataRef<'_>, shown: Precision) -> Value {
    match data {
        DataRef::Empty => Value::Blank,
        DataRef::Int(i) => Value::Int(*i),
        DataRef::Float(x) => Value::Real(*x),
        DataRef::String(t) => Value::Text(t.clone()),
        DataRef::SharedString(t) => Value::Text((*t).to_owned()),
        DataRef::Bool(b) => Value::Bool(*b),
        DataRef::DateTime(date) => day_of(date, shown),
        DataRef::DateTimeIso(t) => Value::Text(t.clone()),
        DataRef::DurationIso(_) | DataRef::Error(_) => Value::Garbled,
    }
}

/// What the format of a date cell shows of it. Who types 2019-03 gets a cell that holds the first of March and shows the month:
/// the day was never recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    Day,
    Month,
    Year,
}

impl Precision {
    fn of(format: &str) -> Self {
        // What stands in quotes or brackets, or after a backslash, is not part of the date.
        let mut letters = String::new();
        let (mut quoted, mut bracket, mut escaped) = (false, false, false);
        for c in format.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                '[' if !quoted => bracket = true,
                ']' if !quoted => bracket = false,
                ';' if !quoted => break,
                c if !quoted && !bracket => letters.push(c.to_ascii_lowercase()),
                _ => {}
            }
        }
        if letters == "general" {
            return Self::Day;
        }
        let has = |c: char| letters.contains(c);
        match (has('y') || has('e'), has('m'), has('d') || has('h')) {
            (true, true, false) => Self::Month,
            (true, false, false) => Self::Year,
            _ => Self::Day,
        }
    }
}

fn day_of(date: &ExcelDateTime, shown: Precision) -> Value {
    if !date.is_datetime() {
        return Value::Garbled;
    }
    let (y, m, d, ..) = date.to_ymd_hms_milli();
    let day = Day::ymd(i32::from(y), u32::from(m), u32::from(d));
    let text = |fuzzy: Option<Fuzzy>| fuzzy.map_or(Value::Garbled, |f| Value::Text(f.to_string()));
    match shown {
        Precision::Day => day.map_or(Value::Garbled, Value::Day),
        Precision::Month => text(Fuzzy::month(i32::from(y), u32::from(m))),
        Precision::Year => text(Fuzzy::year(i32::from(y))),
    }
}

/// One sheet of the workbook becoming one of the records: headers are looked for first, then rows come in.
struct Filling<'f> {
    schema: &'f Arc<Schema>,
    builder: &'f Builder,
    file: String,
    /// Rows before the headers are found.
    leading: Vec<(u32, Vec<Value>)>,
    /// The columns read, by their place in the row, and the sheet they go to.
    ready: Option<(Vec<usize>, Sheet)>,
    /// Which column says where the row stood that this one stands for.
    stood: Option<usize>,
    seen: Seen,
    from_1904: bool,
    /// Tells totals and notes from records: only a row that lacks a required cell, by these columns, may be one.
    aside: Option<(Reading<'f>, Vec<usize>)>,
}

impl<'f> Filling<'f> {
    fn new(schema: &'f Arc<Schema>, builder: &'f Builder, table: TableId, file: String, from_1904: bool) -> Self {
        let seen = Seen { table, ..Seen::default() };
        Self { schema, builder, file, leading: Vec::new(), ready: None, stood: None, seen, from_1904, aside: None }
    }

    /// A row, with its formulas without result.
    fn row_with(&mut self, number: u32, row: &[Value], uncomputed: &FxHashSet<(u32, usize)>, batch: &mut Batch) {
        if uncomputed.is_empty() {
            return self.row(number, row, batch);
        }
        let mut row = row.to_vec();
        for &(_, column) in uncomputed.iter().filter(|(at, column)| *at == number && *column < MOST_COLUMNS) {
            row.resize(row.len().max(column + 1), Value::Blank);
            if let Some(cell) = row.get_mut(column) {
                *cell = Value::Uncomputed;
            }
        }
        self.row(number, &row, batch);
    }

    fn row(&mut self, number: u32, row: &[Value], batch: &mut Batch) {
        if row.iter().all(Value::is_blank) {
            return;
        }
        if self.ready.is_some() {
            self.read(number, row);
            return;
        }
        self.leading.push((number, row.to_vec()));
        if names_fields(self.schema, self.seen.table, row) {
            self.leading.drain(..self.leading.len() - 1);
            self.begin(batch);
        } else if self.leading.len() >= HEADER_ROWS {
            self.begin(batch);
        }
    }

    /// Takes the first of the leading rows for the headers.
    fn begin(&mut self, batch: &mut Batch) {
        if self.leading.is_empty() {
            return;
        }
        let rest = self.leading.split_off(1);
        let Some((line, headers)) = self.leading.pop() else { return };
        let mut header = header::understand(self.schema, self.seen.table, &self.file, line, headers.iter().map(Value::text));
        let lacking = header::lacking(self.schema, self.seen.table, &self.file, line, &header, headers.iter().map(Value::text));
        header.notes.extend(lacking);
        let columns = header.fields.iter().enumerate().filter_map(|(i, field)| {
            let field = field.filter(|&f| self.builder.reads(self.seen.table, f))?;
            Some((i, (field, headers.get(i).map_or("", Value::text).trim().to_owned())))
        });
        let (at, fields): (Vec<usize>, Vec<(FieldId, String)>) = columns.unzip();
        self.seen.wanted = header.fields.iter().flatten().copied().collect();
        self.seen.notes = header.notes;
        self.stood = header::stood(headers.iter().map(Value::text));
        if let Some(def) = self.schema.tables.get(self.seen.table) {
            let plain: Vec<String> = headers.iter().map(|v| layout::plain(v.text())).collect();
            let required = |f: &Option<FieldId>| f.and_then(|f| def.fields.get(f)).is_some_and(|f| f.required);
            let needed = header.fields.iter().enumerate().filter(|(_, f)| required(f)).map(|(i, _)| i).collect();
            let key = header.fields.iter().position(|f| *f == Some(def.key)).into_iter().collect();
            self.aside = Some((Reading::new(self.schema, plain, Vec::new(), key), needed));
        }
        let mut sheet = batch.sheet(self.seen.table, &self.file, fields);
        if self.from_1904 {
            sheet.count_from_1904();
        }
        self.ready = Some((at, sheet));
        rest.iter().for_each(|(number, row)| self.read(*number, row));
    }

    fn read(&mut self, number: u32, row: &[Value]) {
        let Some((at, sheet)) = &mut self.ready else { return };
        if let Some((reading, needed)) = &mut self.aside
            && needed.iter().any(|&i| row.get(i).is_none_or(Value::is_blank))
            && reading.is_aside(number, row)
        {
            return;
        }
        sheet.start_row(number);
        if let Some(stood) = self.stood.and_then(|column| Stood::parse(row.get(column)?.text())) {
            sheet.corrects(stood);
        }
        for (i, &column) in at.iter().enumerate() {
            sheet.cell(i, row.get(column).map_or(Cell::Blank, Value::cell));
        }
        sheet.end_row();
    }

    fn close(mut self, batch: &mut Batch) -> (Option<Sheet>, Seen) {
        if self.ready.is_none() {
            self.begin(batch);
        }
        if let Some((reading, _)) = &self.aside {
            let table = self.schema.tables.get(self.seen.table).map_or("", |t| t.name.as_str());
            self.seen.notes.extend(sheets::set_aside(&self.file, table, reading));
        }
        (self.ready.map(|(_, sheet)| sheet), self.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_without_a_day_shows_a_month() {
        for month in ["yyyy-mm", "yyyy\"年\"m\"月\"", "yyyy/m;@", "[$-804]yyyy\"年\"m\"月\";@", "mmm-yy", "yyyy\\-mm"] {
            assert_eq!(Precision::of(month), Precision::Month, "{month}");
        }
        for day in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "m/d/yy", "General", "yyyy/m/d h:mm", "h:mm"] {
            assert_eq!(Precision::of(day), Precision::Day, "{day}");
        }
        assert_eq!(Precision::of("yyyy"), Precision::Year);
    }
}
