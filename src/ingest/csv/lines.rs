//! The records of a text, each with the line it starts on.

use super::HEADER_ROWS;
use crate::ingest::error::IngestError;

/// Stands after the last line. A file that ends within quotes swallows it; no text file holds it.
pub(in crate::ingest) const END: &str = "\n\0\n";

/// The records of a text with the physical lines they start on.
pub(in crate::ingest) struct Lines<'t> {
    text: &'t [u8],
    length: usize,
    reader: csv::Reader<&'t [u8]>,
}

impl<'t> Lines<'t> {
    pub(in crate::ingest) fn new(text: &'t [u8], length: usize) -> Self {
        let delimiter = delimiter(text);
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
        Self { text, length, reader }
    }

    /// The next record, and the line it starts on; none at the end.
    #[inline]
    pub(in crate::ingest) fn next(&mut self, record: &mut csv::ByteRecord, file: &str) -> Result<Option<u32>, IngestError> {
        let truncated = |why: String| IngestError::Truncated { file: file.to_owned(), why };
        let more = self.reader.read_byte_record(record).map_err(|_| truncated("无法按 CSV 读取".to_owned()))?;
        let Some(position) = record.position().filter(|_| more) else { return Ok(None) };
        // Blank lines before a record belong to it as the crate counts.
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(self.length);
        let blank = self.text.get(start..).unwrap_or(&[]).iter().take_while(|b| matches!(b, b'\n' | b'\r'));
        let line = position.line() + blank.filter(|&&b| b == b'\n').count() as u64;
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        if usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX) > self.length {
            // The end mark may have been read: alone, it is the end; within a cell, the quotes were never closed.
            if record.len() == 1 && record.get(0) == Some(b"\0") {
                return Ok(None);
            }
            if record.iter().any(|c| c.contains(&0)) {
                return Err(truncated(format!("第{line}行开始的引号直到文件末尾也没有结束")));
            }
        }
        Ok(Some(line))
    }
}

/// Tab, semicolon or comma, whichever the first lines have most of.
fn delimiter(text: &[u8]) -> u8 {
    let lines = text.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(HEADER_ROWS);
    let (mut comma, mut tab, mut semicolon) = (0usize, 0usize, 0usize);
    for byte in lines.flatten() {
        comma += usize::from(*byte == b',');
        tab += usize::from(*byte == b'\t');
        semicolon += usize::from(*byte == b';');
    }
    if tab > comma && tab >= semicolon {
        b'\t'
    } else if semicolon > comma {
        b';'
    } else {
        b','
    }
}
