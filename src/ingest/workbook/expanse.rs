//! How many cells a workbook spreads out to once it is opened. The library that reads `.xls` and `.ods` makes room for every cell between
//! the outermost, and for each that a count repeats: a file of a few bytes may ask for more than any machine has.

use super::book::MOST_CELLS;
use super::compound::{Circle, Compound};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Counting ends where nobody would open the workbook.
const MOST: u64 = MOST_CELLS;

/// Records of a cell by row and column, and of several in one row.
const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, 0x0006];
const ROW_OF_CELLS: u16 = 0x00bd;
/// A sheet begins; the book is locked.
const BEGIN: u16 = 0x0809;
const LOCKED: u16 = 0x002f;

/// Cells of an `.xls`; 0 where the file is none.
///
/// # Errors
/// Its chains lead in a circle.
pub(super) fn of_xls(path: &Path) -> Result<u64, Circle> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|mut f| {
        f.by_ref().take(8).read_to_end(&mut bytes)?;
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") { f.read_to_end(&mut bytes) } else { Ok(0) }
    });
    if read.is_err() {
        return Ok(0);
    }
    let Some(file) = Compound::open(&bytes)? else { return Ok(0) };
    Ok(file.stream("Workbook").or_else(|| file.stream("Book")).map_or(0, |book| of_records(&book)))
}

fn of_records(book: &[u8]) -> u64 {
    let (mut all, mut sheet) = (0u64, Outline::default());
    let mut rest = book;
    while let Some((head, after)) = rest.split_first_chunk::<4>() {
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let data = after.get(..length).unwrap_or(after);
        rest = after.get(length..).unwrap_or_default();
        let at = |i: usize| data.get(i..i + 2).map(|b| u64::from(u16::from_le_bytes([b[0], b[1]])));
        match (kind, at(0), at(2)) {
            // What a locked book holds cannot be told, nor is it opened.
            (LOCKED, Some(1..), _) => return 0,
            (BEGIN, ..) => all += std::mem::take(&mut sheet).cells(),
            (ROW_OF_CELLS, Some(row), Some(column)) => {
                sheet.add(row, column);
                sheet.add(row, at(data.len().saturating_sub(2)).unwrap_or(column).max(column));
            }
            (kind, Some(row), Some(column)) if CELLS.contains(&kind) => sheet.add(row, column),
            _ => {}
        }
    }
    all + sheet.cells()
}

/// The outermost rows and columns of a sheet.
#[derive(Default)]
struct Outline(Option<[u64; 4]>);

impl Outline {
    fn add(&mut self, row: u64, column: u64) {
        let [top, bottom, left, right] = self.0.unwrap_or([row, row, column, column]);
        self.0 = Some([top.min(row), bottom.max(row), left.min(column), right.max(column)]);
    }

    fn cells(self) -> u64 {
        self.0.map_or(0, |[top, bottom, left, right]| (bottom - top + 1) * (right - left + 1))
    }
}

/// The content of an `.ods` ends within something, or its marks do not match: the library would look for the end for ever.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endless;

/// Cells of an `.ods`; 0 where the file is none.
///
/// # Errors
/// Its content is not whole.
pub(super) fn of_ods(path: &Path) -> Result<u64, Endless> {
    let zip = File::open(path).ok().and_then(|file| zip::ZipArchive::new(BufReader::new(file)).ok());
    let Some(mut zip) = zip else { return Ok(0) };
    match zip.by_name("content.xml") {
        Ok(part) => of_content(BufReader::new(part)),
        Err(_) => Ok(0),
    }
}

fn of_content(content: impl BufRead) -> Result<u64, Endless> {
    let mut reader = Reader::from_reader(content);
    let mut buffer = Vec::new();
    let (mut all, mut sheet, mut depth) = (0u64, Repeats::default(), 0u64);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| Endless)? {
            Event::Start(tag) => {
                depth += 1;
                sheet.tag(&tag, false);
            }
            Event::Empty(tag) => sheet.tag(&tag, true),
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                match tag.name().local_name().as_ref() {
                    "table-row" => sheet.end_row(),
                    "table" => all = all.saturating_add(std::mem::take(&mut sheet).cells()),
                    _ => {}
                }
            }
            Event::Eof if depth > 0 => return Err(Endless),
            Event::Eof => return Ok(all.saturating_add(sheet.cells())),
            _ => {}
        }
        if all.saturating_add(sheet.stored) > MOST {
            return Ok(u64::MAX);
        }
    }
}

/// What a sheet repeats. Blank cells after the last of a row, and blank rows after the last of a sheet, take no room.
#[derive(Default)]
struct Repeats {
    /// How often the row occurs, its cells, and blanks that count if a cell follows.
    times: u64,
    cells: u64,
    blanks: u64,
    /// Rows so far, and blank ones that count if a row follows.
    rows: u64,
    blank_rows: u64,
    widest: u64,
    /// Cells that are stored while reading, each row once.
    stored: u64,
}

impl Repeats {
    fn tag(&mut self, tag: &BytesStart<'_>, empty: bool) {
        let count = |name: &str| {
            let said = tag.attributes().with_checks(false).filter_map(Result::ok).find(|a| a.key.local_name().as_ref() == name);
            said.and_then(|a| a.value.as_ref().parse::<u64>().ok()).unwrap_or(1)
        };
        match tag.name().local_name().as_ref() {
            "table-row" => {
                (self.times, self.cells, self.blanks) = (count("number-rows-repeated"), 0, 0);
                if empty {
                    self.end_row();
                }
            }
            "table-cell" | "covered-table-cell" => {
                let repeated = count("number-columns-repeated").min(MOST);
                let valued = tag.attributes().with_checks(false).filter_map(Result::ok).any(|a| {
                    let name = a.key.local_name();
                    name.as_ref().ends_with("value") || name.as_ref() == "value-type" || name.as_ref() == "formula"
                });
                if empty && !valued {
                    self.blanks = self.blanks.saturating_add(repeated);
                } else {
                    self.cells = self.cells.saturating_add(self.blanks).saturating_add(repeated);
                    self.blanks = 0;
                    self.stored = self.stored.saturating_add(repeated);
                }
            }
            _ => {}
        }
    }

    fn end_row(&mut self) {
        if self.cells == 0 {
            self.blank_rows = self.blank_rows.saturating_add(self.times);
        } else {
            self.rows = self.rows.saturating_add(self.blank_rows).saturating_add(self.times);
            self.blank_rows = 0;
            self.widest = self.widest.max(self.cells);
            self.stored = self.stored.saturating_add(self.cells);
        }
        (self.times, self.cells, self.blanks) = (0, 0, 0);
    }

    fn cells(self) -> u64 {
        self.rows.saturating_mul(self.widest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u16]) -> Vec<u8> {
        let data: Vec<u8> = data.iter().flat_map(|n| n.to_le_bytes()).collect();
        [kind.to_le_bytes().to_vec(), (data.len() as u16).to_le_bytes().to_vec(), data].concat()
    }

    #[test]
    fn cells_of_an_old_book_are_those_between_the_outermost() {
        let book = [record(BEGIN, &[]), record(BEGIN, &[]), record(0x0203, &[1, 2, 0]), record(ROW_OF_CELLS, &[4, 0, 0, 0, 3])].concat();
        assert_eq!(of_records(&book), 4 * 4);
        let far = [record(BEGIN, &[]), record(0x0203, &[0, 0]), record(0x0203, &[65_535, 65_535])].concat();
        assert_eq!(of_records(&far), 1 << 32);
        assert_eq!(of_records(&[record(LOCKED, &[1]), far].concat()), 0);
    }

    #[test]
    fn cells_of_an_open_document_are_those_that_are_repeated() {
        let of = |rows: &str| of_content(format!("<c><table:table>{rows}</table:table></c>").as_bytes()).unwrap_or(0);
        let row = |times: u32, cells: &str| format!("<table:table-row table:number-rows-repeated=\"{times}\">{cells}</table:table-row>");
        let (text, blanks) = (
            "<table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell>",
            "<table:table-cell table:number-columns-repeated=\"16000\"/>",
        );
        assert_eq!(of(&row(3, &text.repeat(2))), 6);
        // As every program writes them: blanks to the end of the row, and rows to the end of the sheet.
        assert_eq!(of(&format!("{}{}", row(1, &format!("{text}{blanks}")), row(1_048_575, blanks))), 1);
        assert_eq!(of(&format!("{}{}", row(1, &format!("{blanks}{text}")), row(1, text))), 2 * 16_001);
        assert_eq!(of_content("<c><table:table></c>".as_bytes()), Err(Endless));
        assert_eq!(of_content("<c><table:table>".as_bytes()), Err(Endless));
        assert!(of(&row(1_000_000, &format!("{blanks}{text}"))) > MOST);
    }
}
