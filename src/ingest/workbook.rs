//! Workbooks: `.xlsx`, `.xls`, `.ods`, a sheet a table.

mod book;
mod cells;
mod compound;
mod expanse;
mod filling;

use super::error::IngestError;
use super::refused::{self, Original};
use super::source::Named;
use super::value::Value;
use super::{Progress, header, parts, sheets};
use crate::records::{Batch, Builder, Problem, Schema, TableId};
pub(super) use book::{Book, names_if, open};
pub use book::{MOST_CELLS, too_much, too_wide};
use calamine::{Data, DataRef, Reader, Xlsx};
use cells::{FromData, Precision, value_of};
use filling::{Filling, Seen};
use rustc_hash::FxHashSet;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};

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

/// What a workbook held: rows of tables, what is to be told of them, and sheets known by their headers.
type Taken = (Batch, Vec<Seen>, Vec<sheets::Sheet>);

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

/// Told of a workbook of a folder that holds no table.
pub(super) fn no_table(file: &Named, found: &str) -> Problem {
    let why = format!("工作簿里没有认得的表{found}，未读取");
    Problem::noted(&file.name, "data::unknown-table", why, "是要核查的数据的，请更正工作表名或表头")
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

/// The rows of a sheet, as far as one that is printed on paper may reach.
fn page(book: &mut Book, name: &str) -> Result<Vec<(u32, Vec<Value>)>, u32> {
    const LONGEST: usize = 300;
    let mut rows = Vec::new();
    walk(book, name, &mut |number, row| {
        if !row.iter().all(Value::is_blank) {
            rows.push((number, row.to_vec()));
        }
        rows.len() < LONGEST
    })?;
    Ok(rows)
}

/// A sheet that is known by its headers, if it is one; else the last row read.
fn read_known(book: &mut Book, file: &Named, schema: &Schema, name: &str) -> Result<Option<sheets::Sheet>, u32> {
    let (leading, merges) = (leading(book, name), book.merges(name));
    if let Some(template) = sheets::paper::titled(schema, &leading)
        && let Some(form) = sheets::paper::read(schema, (template, &format!("{}/{name}", file.name), name), &page(book, name)?, &merges)
    {
        return Ok(Some(form));
    }
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
    Problem::noted(cited, "sheet::hidden", "是隐藏的工作表，照样读取", "不该交来的，请删去而不是隐藏")
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
