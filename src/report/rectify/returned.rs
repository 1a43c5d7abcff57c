//! A workbook that came back: rows known by their mark wherever they stand, cells read by their headings, slips told by sheet, row and
//! column.

use super::columns::Column;
use crate::dates::{Day, Fuzzy};
use crate::ingest::{MOST_CELLS, too_much, too_wide};
use crate::ledger::item::{Given, Kind, Mark, Stage};
use calamine::{Cell, Data, DataRef, Range, Reader, Sheets, open_workbook_auto};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Titles may stand above the headings; they are looked for in so many rows.
const HEADER_ROWS: usize = 10;

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    /// Rows, as the ledger takes them.
    pub rows: Vec<Given>,
    /// Where each row stands.
    pub places: Vec<Place>,
    /// What could not be read.
    pub slips: Vec<Slip>,
}

/// Where a row stands, and where its columns are.
#[derive(Clone, Debug)]
pub struct Place {
    /// The sheet.
    pub sheet: String,
    /// The row, the first being 1.
    pub row: usize,
    columns: BTreeMap<Column, usize>,
}

/// A cell that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The sheet.
    pub sheet: String,
    /// The row, the first being 1.
    pub row: usize,
    /// The column: L 整改时限.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong, in Chinese.
    pub why: String,
}

impl Place {
    /// A slip in one of its cells.
    pub fn slip(&self, column: Column, value: impl Into<String>, why: impl Into<String>) -> Slip {
        let letter = self.columns.get(&column).map(|place| format!("{} ", Column::letter(*place))).unwrap_or_default();
        let column = format!("{letter}{}", column.title());
        Slip { sheet: self.sheet.clone(), row: self.row, column, value: value.into(), why: why.into() }
    }
}

/// Reads a workbook that came back.
///
/// # Errors
/// It cannot be opened, or no sheet has the column of marks; said in Chinese.
pub fn returned(path: &Path) -> Result<Returned, String> {
    let shown = path.display();
    // A reader that trips over a broken file must not take the program with it.
    let read = catch_unwind(AssertUnwindSafe(|| -> Result<Vec<(String, Range<Data>)>, String> {
        if let Some(why) = too_much(path) {
            return Err(why);
        }
        let mut book = open_workbook_auto(path).map_err(|_| "不是 Excel 工作簿，或者文件已损坏".to_owned())?;
        let names = book.sheet_names();
        names.into_iter().map(|name| sheet(&mut book, &name).map(|range| (name, range))).collect()
    }));
    let sheets = read.map_err(|_| format!("读不出工作簿“{shown}”：文件已损坏"))?.map_err(|e| format!("读不出工作簿“{shown}”：{e}"))?;
    let mut all = Returned::default();
    let mut marks = BTreeSet::new();
    let mut lists = 0;
    for (name, range) in &sheets {
        let Some((header, columns)) = header(range) else { continue };
        lists += 1;
        let top = range.start().map_or(0, |(row, _)| row as usize);
        for (i, cells) in range.rows().enumerate().skip(header + 1) {
            let place = Place { sheet: name.clone(), row: top + i + 1, columns: columns.1.clone() };
            row(cells, &columns.0, place, &mut marks, &mut all);
        }
    }
    if lists == 0 {
        return Err(format!("“{shown}”不是整改清单：没有“{}”一列", Column::Mark.title()));
    }
    Ok(all)
}

/// The cells of a sheet. Of an `.xlsx` nobody knows how far apart they lie before they were read.
fn sheet(book: &mut Sheets<BufReader<File>>, name: &str) -> Result<Range<Data>, String> {
    let broken = || "文件已损坏".to_owned();
    let Sheets::Xlsx(book) = book else { return book.worksheet_range(name).map_err(|_| broken()) };
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| broken())?;
    let (mut cells, mut rows, mut columns) = (Vec::new(), (u32::MAX, 0), (u32::MAX, 0));
    while let Some(cell) = reader.next_cell().map_err(|_| broken())? {
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        let (row, column) = cell.get_position();
        rows = (rows.0.min(row), rows.1.max(row));
        columns = (columns.0.min(column), columns.1.max(column));
        if u64::from(rows.1 - rows.0 + 1) * u64::from(columns.1 - columns.0 + 1) > MOST_CELLS {
            return Err(too_wide());
        }
        cells.push(Cell::new((row, column), Data::from(cell.get_value().clone())));
    }
    Ok(Range::from_sparse(cells))
}

/// The row of headings, the place of each column in a row, and as the spreadsheet counts it.
type Columns = (BTreeMap<Column, usize>, BTreeMap<Column, usize>);

fn header(range: &Range<Data>) -> Option<(usize, Columns)> {
    let left = range.start().map_or(0, |(_, column)| column as usize);
    range.rows().take(HEADER_ROWS).enumerate().find_map(|(n, cells)| {
        let mut places = BTreeMap::new();
        for (i, cell) in cells.iter().enumerate() {
            let title = shown(cell);
            if let Some(column) = Column::ALL.into_iter().find(|column| column.title() == title) {
                places.entry(column).or_insert(i);
            }
        }
        places.contains_key(&Column::Mark).then(|| {
            let absolute = places.iter().map(|(column, i)| (*column, left + i)).collect();
            (n, (places, absolute))
        })
    })
}

fn row(cells: &[Data], columns: &BTreeMap<Column, usize>, place: Place, marks: &mut BTreeSet<i64>, all: &mut Returned) {
    let cell = |column: Column| columns.get(&column).and_then(|i| cells.get(*i)).unwrap_or(&Data::Empty);
    let text = |column: Column| Some(shown(cell(column))).filter(|t| !t.is_empty());
    let mut slips = Vec::new();
    let written = text(Column::Mark);
    let Some(written) = written else {
        let filled = [Column::Measures, Column::Unit, Column::Owner, Column::Stage, Column::Progress, Column::Problem].map(text);
        if filled.iter().any(Option::is_some) {
            all.slips.push(place.slip(Column::Mark, "", "没有编号，认不出是哪一项"));
        }
        return;
    };
    let known: Option<Vec<Mark>> = written.split_whitespace().map(mark).collect();
    let Some(known) = known else {
        all.slips.push(place.slip(Column::Mark, written, "编号被改动，认不出是哪一项"));
        return;
    };
    if let Some(twice) = known.iter().find(|mark| !marks.insert(mark.id)) {
        slips.push(place.slip(Column::Mark, written, format!("整改事项 {} 在清单中出现了两次", twice.id)));
    }
    let mut given = Given {
        marks: known,
        stage: None,
        kind: None,
        due: None,
        measures: text(Column::Measures),
        owner_unit: text(Column::Unit),
        leader: text(Column::Leader),
        owner: text(Column::Owner),
        progress: text(Column::Progress),
        material: text(Column::Material),
    };
    if let Some(word) = text(Column::Stage) {
        given.stage = Stage::from_word(&word);
        if given.stage.is_none() {
            slips.push(place.slip(Column::Stage, word, format!("没有这个状态；可以填：{}", Stage::REPORTED.map(Stage::word).join("、"))));
        }
    }
    if let Some(word) = text(Column::Kind) {
        given.kind = Kind::from_word(&word);
        if given.kind.is_none() {
            slips.push(place.slip(Column::Kind, word, format!("没有这个类型；可以填：{}", Kind::ALL.map(Kind::word).join("、"))));
        }
    }
    match day(cell(Column::Due)) {
        Ok(day) => given.due = day.map(|d| d.to_string()),
        Err((value, why)) => slips.push(place.slip(Column::Due, value, why)),
    }
    if slips.is_empty() {
        all.rows.push(given);
        all.places.push(place);
    }
    all.slips.append(&mut slips);
}

/// `3@2~3f1c9a07`.
fn mark(text: &str) -> Option<Mark> {
    let (id, rest) = text.split_once('@')?;
    let (version, head) = rest.split_once('~')?;
    Some(Mark { id: id.parse().ok()?, version: version.parse().ok()?, head: head.to_owned() })
}

/// A cell as text.
fn shown(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(x) if x.fract() == 0.0 => format!("{x:.0}"),
        other => other.to_string().trim().to_owned(),
    }
}

/// A day, as a date or in words; none where nothing is written.
fn day(cell: &Data) -> Result<Option<Day>, (String, String)> {
    if let Data::DateTime(date) = cell {
        let (y, m, d, ..) = date.to_ymd_hms_milli();
        let day = date.is_datetime().then(|| Day::ymd(i32::from(y), u32::from(m), u32::from(d))).flatten();
        return day.map(Some).ok_or_else(|| (cell.to_string(), "不是日期".to_owned()));
    }
    let text = shown(cell);
    if text.is_empty() {
        return Ok(None);
    }
    match Fuzzy::parse(&text) {
        Ok(date) if date.lo == date.hi => Ok(Some(date.lo)),
        Ok(_) => Err((text, "没有写到日".to_owned())),
        Err(why) => Err((text, why.to_string())),
    }
}
