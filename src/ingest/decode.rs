//! From bytes to text: BOM, then strict UTF-8, then GB18030, which is what Excel writes in China.

use super::error::IngestError;
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

/// The text of a file without its BOM.
///
/// # Errors
/// Nothing there, bytes no text has, no encoding known, or cut within a character.
pub(super) fn text(bytes: Vec<u8>, file: &str) -> Result<String, IngestError> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(UTF_16LE, rest, file);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(UTF_16BE, rest, file);
    }
    if bytes.contains(&0) {
        return Err(IngestError::Binary { file: file.to_owned() });
    }
    let text = match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            text
        }
        Err(error) => {
            let cut = error.utf8_error().error_len().is_none();
            not_utf8(&error.into_bytes(), cut, file)?
        }
    };
    if text.trim().is_empty() {
        return Err(IngestError::Empty { file: file.to_owned() });
    }
    Ok(text)
}

fn utf16(encoding: &'static encoding_rs::Encoding, bytes: &[u8], file: &str) -> Result<String, IngestError> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        return Err(IngestError::Encoding { file: file.to_owned() });
    }
    if text.contains('\0') {
        return Err(IngestError::Binary { file: file.to_owned() });
    }
    if text.trim().is_empty() {
        return Err(IngestError::Empty { file: file.to_owned() });
    }
    Ok(text.into_owned())
}

fn not_utf8(bytes: &[u8], cut: bool, file: &str) -> Result<String, IngestError> {
    // GB18030 read as UTF-8 breaks at nearly every Chinese character; UTF-8 with a few damaged bytes does not.
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    let mostly_utf8 = bytes.starts_with(b"\xef\xbb\xbf") || whole > broken * 10;
    if mostly_utf8 {
        if cut && broken == 1 {
            return Err(IngestError::Truncated { file: file.to_owned(), why: "末尾断在一个汉字中间".to_owned() });
        }
        // The damaged cells are refused one by one, by the replacement character.
        let text = String::from_utf8_lossy(bytes);
        return Ok(text.trim_start_matches('\u{feff}').to_owned());
    }
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    if !broken {
        return Ok(text.into_owned());
    }
    let damage = text.matches('\u{fffd}').count();
    if damage == 1 && text.trim_end().ends_with('\u{fffd}') {
        return Err(IngestError::Truncated { file: file.to_owned(), why: "末尾断在一个汉字中间".to_owned() });
    }
    let chinese = text.chars().filter(|c| ('\u{4e00}'..'\u{a000}').contains(c)).count();
    if chinese > damage * 10 {
        return Ok(text.into_owned());
    }
    Err(IngestError::Encoding { file: file.to_owned() })
}
