//! Refused rows as a file to correct and read again: their own columns, then why each was refused and where it stood.

use super::csv::as_io;
use super::xlsx;
use crate::ingest::RefusedRows;
use crate::records::{REASON, STOOD};
use std::io::{self, Write};

/// What each file or sheet is called: by its table, further ones of one table numbered, as the readers know them.
pub fn refused_names(files: &[RefusedRows]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for file in files {
        let mut name = file.table.clone();
        let mut n = 2;
        while names.contains(&name) {
            name = format!("{}.{n}", file.table);
            n += 1;
        }
        names.push(name);
    }
    names
}

/// The headers, and the two columns added.
fn headers(file: &RefusedRows) -> Vec<String> {
    file.headers.iter().cloned().chain([REASON.to_owned(), STOOD.to_owned()]).collect()
}

/// The cells of a row in its columns; a row too short or too long is made to fit, what hangs over goes into the last column.
fn cells(file: &RefusedRows, row: usize) -> Vec<String> {
    let Some(row) = file.rows.get(row) else { return Vec::new() };
    let width = file.headers.len();
    let mut cells: Vec<String> = row.cells.iter().take(width).cloned().collect();
    cells.resize(width, String::new());
    let over = row.cells.get(width..).unwrap_or_default();
    let why = if over.is_empty() { row.why.clone() } else { format!("{}；多出来的单元格：{}", row.why, over.join("、")) };
    cells.extend([why, row.stood.written()]);
    cells
}

/// One file or sheet as CSV: UTF-8 with its mark, as Excel opens it. Cells stand as they are, for they are read again.
///
/// # Errors
/// What the writer says.
pub fn refused_csv(file: &RefusedRows, out: &mut dyn Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(headers(file)).map_err(as_io)?;
    for row in 0..file.rows.len() {
        writer.write_record(cells(file, row)).map_err(as_io)?;
    }
    writer.flush()
}

/// All of them as a workbook of texts: no ID number loses its last digits to the program that opens it.
///
/// # Errors
/// What the writer says.
pub fn refused_xlsx(files: &[RefusedRows], out: &mut dyn Write) -> io::Result<()> {
    let sheets = files.iter().zip(refused_names(files)).map(|(file, name)| {
        let rows = (0..file.rows.len()).map(|row| cells(file, row)).collect();
        (name, headers(file), rows)
    });
    xlsx::texts(sheets, out)
}
