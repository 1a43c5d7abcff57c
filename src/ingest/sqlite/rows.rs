//! The rows of a table, taken where SQLite comes to them: as an aggregate function it is handed each row within its own loop. Stepping
//! from row to row from without, and asking for cell after cell, takes half as long again.

use super::{Found, place, quoted};
use crate::ingest::Progress;
use crate::ingest::write::UNREADABLE;
use crate::records::{Cell, Fate, Problem, Sheet};
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

/// What SQL calls it.
const TAKE: &str = "guiju_take";
/// Rowids between two tellings of progress, at the least.
const STEP: i64 = 1 << 14;
/// Tellings of progress at the most: rowids may have wide gaps.
const MOST_STEPS: i64 = 1 << 10;

/// A connection whose rows can be taken.
pub(in crate::ingest) struct Rows<'c> {
    connection: &'c Connection,
    hands: Hands,
}

/// Where the table being filled is between two queries.
#[derive(Clone, Default)]
struct Hands(Arc<Mutex<Option<Filling>>>);

/// A table being filled.
struct Filling {
    sheet: Sheet,
    kind: Kind,
    count: u64,
    /// By column, the cells that are known to be unreadable.
    unknown: Vec<u64>,
}

/// What the rows of a table are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kept,
    Refused,
    /// Refused, and what was wrong with them has been told.
    RefusedAndTold,
    /// They stand for what the source did not tell.
    Open,
}

impl<'c> Rows<'c> {
    pub(in crate::ingest) fn of(connection: &'c Connection) -> rusqlite::Result<Self> {
        let hands = Hands::default();
        // What a file from elsewhere holds may not call it.
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
        connection.create_aggregate_function(TAKE, -1, flags, hands.clone())?;
        Ok(Self { connection, hands })
    }

    /// Fills a sheet with the rows of a table, or with those of a range of rowids.
    pub(super) fn take(&self, table: &Found, rows: Option<(i64, i64)>, sheet: Sheet, progress: &dyn Progress) -> rusqlite::Result<Sheet> {
        match table.rowids {
            Some((_, low, high)) => {
                let (from, until) = rows.unwrap_or((low, high));
                self.take_ranges(table, stretches(from, until), sheet, progress).map(|(sheet, _)| sheet)
            }
            // A view, or a table without rowids: rows are counted.
            None => {
                self.begin(table, sheet);
                let sql = format!("SELECT {TAKE}(NULL{}) FROM {}", list(table), quoted(&table.name));
                let taken: i64 = self.connection.query_row(&sql, [], |row| row.get(0))?;
                progress.rows(u64::try_from(taken).unwrap_or(0));
                self.end(table)
            }
        }
    }

    /// The same with several ranges of rowids, each from the first to the last; how many rows there are in each.
    pub(in crate::ingest) fn take_ranges(
        &self,
        table: &Found,
        ranges: impl Iterator<Item = (i64, i64)>,
        sheet: Sheet,
        progress: &dyn Progress,
    ) -> rusqlite::Result<(Sheet, Vec<usize>)> {
        self.begin(table, sheet);
        let mut counts = Vec::new();
        let (list, name) = (list(table), quoted(&table.name));
        // Of a table without a row it does not matter what its rowid is called.
        let id = table.rowids.map_or("rowid", |(id, ..)| id);
        // By rowid whatever indexes there are: the order of the rows is that of the table.
        let sql = format!("SELECT {TAKE}({id}{list}) FROM {name} NOT INDEXED WHERE {id} BETWEEN ?1 AND ?2");
        let mut statement = self.connection.prepare(&sql)?;
        for (from, until) in ranges {
            let taken: i64 = statement.query_row((from, until), |row| row.get(0))?;
            progress.rows(u64::try_from(taken).unwrap_or(0));
            counts.push(usize::try_from(taken).unwrap_or(0));
        }
        self.end(table).map(|sheet| (sheet, counts))
    }

    fn begin(&self, table: &Found, sheet: Sheet) {
        let kind = match (table.refused, table.open) {
            (true, _) if table.told => Kind::RefusedAndTold,
            (true, _) => Kind::Refused,
            (false, true) => Kind::Open,
            (false, false) => Kind::Kept,
        };
        self.hands.put(Filling { sheet, kind, count: 0, unknown: vec![0; table.columns.len()] });
    }

    fn end(&self, table: &Found) -> rusqlite::Result<Sheet> {
        let Filling { mut sheet, unknown, .. } = self.hands.take()?;
        for ((_, column), &cells) in table.columns.iter().zip(&unknown).filter(|(_, n)| **n > 0 && !table.told) {
            sheet.note(unknown_cells(table, column, cells));
        }
        Ok(sheet)
    }
}

/// The columns of a table after another.
fn list(table: &Found) -> String {
    table.columns.iter().map(|(_, name)| format!(", {}", quoted(name))).collect()
}

/// A range of rowids in stretches to tell progress by.
fn stretches(from: i64, until: i64) -> impl Iterator<Item = (i64, i64)> {
    let step = (until.saturating_sub(from) / MOST_STEPS).max(STEP);
    let mut next = Some(from).filter(|&from| from <= until);
    std::iter::from_fn(move || {
        let from = next?;
        let last = from.saturating_add(step - 1).min(until);
        next = (last < until).then(|| last.saturating_add(1));
        Some((from, last))
    })
}

impl Hands {
    fn put(&self, filling: Filling) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(filling);
    }

    /// # Errors
    /// Nobody put it there: it was lost on the way.
    fn take(&self) -> rusqlite::Result<Filling> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(Error::QueryReturnedNoRows)
    }
}

/// How many rows it took.
impl Aggregate<AssertUnwindSafe<(Filling, u64)>, i64> for Hands {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<AssertUnwindSafe<(Filling, u64)>> {
        let filling = self.take()?;
        let before = filling.count;
        Ok(AssertUnwindSafe((filling, before)))
    }

    fn step(&self, row: &mut Context<'_>, taken: &mut AssertUnwindSafe<(Filling, u64)>) -> rusqlite::Result<()> {
        let (filling, _) = &mut taken.0;
        filling.row(row);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, taken: Option<AssertUnwindSafe<(Filling, u64)>>) -> rusqlite::Result<i64> {
        let Some(AssertUnwindSafe((filling, before))) = taken else { return Ok(0) };
        let rows = i64::try_from(filling.count - before).unwrap_or(i64::MAX);
        self.put(filling);
        Ok(rows)
    }
}

impl Filling {
    /// Takes the next row: the rowid, if there are any, and the cells.
    #[inline]
    fn row(&mut self, row: &Context<'_>) {
        let Self { sheet, kind, count, unknown } = self;
        *count += 1;
        sheet.start_row(place(row.get_raw(0), *count));
        match kind {
            Kind::Kept => {}
            Kind::Refused => sheet.refuse_row("data::refused-at-import", "导入时已拒收", "请改正来源后重新导入"),
            Kind::RefusedAndTold => sheet.refuse_again(),
            Kind::Open => {}
        }
        for (i, unknown) in unknown.iter_mut().enumerate() {
            match row.get_raw(i + 1) {
                ValueRef::Text(bytes) => {
                    sheet.bytes(i, bytes);
                }
                ValueRef::Null => sheet.cell(i, Cell::Blank),
                ValueRef::Integer(value) => sheet.cell(i, Cell::Int(value)),
                ValueRef::Real(value) => sheet.cell(i, Cell::Real(value)),
                ValueRef::Blob(UNREADABLE) => {
                    // What is not told of a row that stands for others is no loss.
                    *unknown += u64::from(*kind != Kind::Open);
                    sheet.unknown(i);
                }
                ValueRef::Blob(_) => sheet.cell(i, Cell::Garbled),
            }
        }
        if *kind == Kind::Open { sheet.end_open_row() } else { sheet.end_row() }
    }
}

/// Cells that could not be read when they were imported. They were told one by one then.
fn unknown_cells(table: &Found, column: &str, cells: u64) -> Problem {
    let why = format!("有{cells}个单元格在导入时就无法识别，按未知处理");
    let problem = Problem::noted(&table.file, "data::unreadable-at-import", why, "请改正来源后重新导入");
    problem.of_table(&table.name).in_column(column).fated(Fate::Blanked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_cover_a_range_once_and_are_never_many() {
        for (from, until) in [(1, 1), (1, STEP), (1, STEP + 1), (-5, 100_000), (i64::MIN, i64::MAX), (i64::MAX - 1, i64::MAX)] {
            let all: Vec<(i64, i64)> = stretches(from, until).collect();
            assert_eq!((all.first().map(|s| s.0), all.last().map(|s| s.1)), (Some(from), Some(until)));
            assert!(all.iter().all(|(from, until)| from <= until));
            assert!(all.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
            assert!(all.len() as i64 <= 2 * MOST_STEPS + 2, "{}", all.len());
        }
        assert_eq!(stretches(1, 0).count(), 0);
    }
}
