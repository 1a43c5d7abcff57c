//! CSV files that are sheets known by their headers, as people keep them.

use super::{END, HEADER_ROWS, Lines, mixed_encoding};
use crate::ingest::error::IngestError;
use crate::ingest::layout::Numbered;
use crate::ingest::parts::Extras;
use crate::ingest::source::Named;
use crate::ingest::value::Value;
use crate::ingest::{Progress, decode, header, sheets};
use crate::records::{Schema, Table};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Whether a file is a sheet known by its headers: not where it holds the table it is named after.
pub(in crate::ingest) fn is_sheet(path: &Path, schema: &Schema) -> bool {
    /// Headers stand in the first bytes.
    const HEAD: u64 = 1 << 16;
    let mut bytes = Vec::new();
    if File::open(path).and_then(|f| f.take(HEAD).read_to_end(&mut bytes)).is_err() {
        return false;
    }
    if bytes.len() as u64 == HEAD {
        // A character may be cut at the end.
        bytes.truncate(bytes.iter().rposition(|&b| b == b'\n').map_or(bytes.len(), |at| at + 1));
    }
    let Ok((text, _)) = decode::by_lines(&bytes, "") else { return false };
    let table = path.file_stem().and_then(|stem| schema.tables.get(header::table_called(schema, &stem.to_string_lossy())?));
    let mut leading: Vec<Numbered> = Vec::new();
    // A file cut here may end within quotes.
    let _ = each_record(text, "", &mut |line, row| {
        leading.extend((!row.iter().all(Value::is_blank)).then_some((line, row)));
        leading.len() < sheets::LEADING
    });
    let keyed =
        |def: &Table| leading.iter().take(HEADER_ROWS).any(|(_, row)| row.iter().any(|v| def.field_called(v.text()) == Some(def.key)));
    !table.is_some_and(keyed) && sheets::recognise(schema, &leading, &[]).is_some()
}

/// Reads a sheet known by its headers.
pub(in crate::ingest) fn sheet(file: &Named, schema: &Schema, progress: &dyn Progress) -> Result<Option<sheets::Sheet>, IngestError> {
    progress.file(&file.name);
    let bytes = std::fs::read(&file.path).map_err(|e| IngestError::io(&file.path, &e))?;
    decode::may_be_utf8(&bytes, &file.name)?;
    let (text, mixed) = decode::by_lines(&bytes, &file.name)?;
    let note = mixed.map(|m| mixed_encoding("", &file.name, &m));
    drop(bytes);
    let mut leading: Vec<Numbered> = Vec::new();
    each_record(text.clone(), &file.name, &mut |line, row| {
        leading.extend((!row.iter().all(Value::is_blank)).then_some((line, row)));
        leading.len() < sheets::LEADING
    })?;
    let Some(head) = sheets::recognise(schema, &leading, &[]) else { return Ok(None) };
    let extras = Extras::default();
    let Some(mut sheeting) = sheets::Sheeting::new(schema, file.name.clone(), &head, &[], &extras) else { return Ok(None) };
    each_record(text, &file.name, &mut |line, row| {
        sheeting.row(line, &row);
        true
    })?;
    let stem = file.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let mut sheet = sheeting.close(&stem);
    sheet.tell(note);
    Ok(Some(sheet))
}

/// Hands over the records of a text as cells, as long as they are taken.
fn each_record(text: String, file: &str, take: &mut dyn FnMut(u32, Vec<Value>) -> bool) -> Result<(), IngestError> {
    let mut bytes = text.into_bytes();
    let length = bytes.len();
    bytes.extend_from_slice(END.as_bytes());
    let mut lines = Lines::new(&bytes, length);
    let mut record = csv::ByteRecord::new();
    while let Some(line) = lines.next(&mut record, file)? {
        let cell = |cell: &[u8]| match std::str::from_utf8(cell) {
            Ok(text) if text.trim().is_empty() => Value::Blank,
            Ok(_) if decode::is_damaged(cell) => Value::Garbled,
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Garbled,
        };
        if !take(line, record.iter().map(cell).collect()) {
            break;
        }
    }
    Ok(())
}
