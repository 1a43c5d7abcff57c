//! From bytes to text: BOM, then strict UTF-8, then GB18030, which is what Excel writes in China.

use super::error::IngestError;
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

/// Whether the bytes may be read as UTF-8 as they are: no other BOM, and not cut within a character. Whether they are UTF-8,
/// reading will tell.
///
/// # Errors
/// Nothing there, or bytes no text has.
pub(super) fn may_be_utf8(bytes: &[u8], file: &str) -> Result<bool, IngestError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Ok(false);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.trim_ascii().is_empty() {
        return Err(IngestError::Empty { file: file.to_owned() });
    }
    if text.contains(&0) {
        return Err(IngestError::Binary { file: file.to_owned() });
    }
    Ok(!ends_within_a_character(bytes))
}

fn ends_within_a_character(bytes: &[u8]) -> bool {
    let lead = bytes.iter().rev().zip(1u8..=4).find(|(b, _)| **b & 0xc0 != 0x80);
    lead.is_some_and(|(b, given)| match b {
        0xc0..=0xdf => given < 2,
        0xe0..=0xef => given < 3,
        0xf0..=0xff => given < 4,
        _ => false,
    })
}

/// The text of a file without its BOM. Bytes that are no text within what is text otherwise become U+FFFD; see [`is_damaged`].
///
/// # Errors
/// No encoding known, or cut within a character.
pub(super) fn text(bytes: &[u8], file: &str) -> Result<String, IngestError> {
    let text = if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        utf16(UTF_16LE, rest, file)?
    } else if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        utf16(UTF_16BE, rest, file)?
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(error) => not_utf8(bytes, error.error_len().is_none(), file)?,
        }
    };
    if text.trim().is_empty() {
        return Err(IngestError::Empty { file: file.to_owned() });
    }
    Ok(text)
}

/// Whether bytes of a text were none: where they stood is U+FFFD.
pub(super) fn is_damaged(text: &[u8]) -> bool {
    memchr::memmem::find(text, "\u{fffd}".as_bytes()).is_some()
}

fn utf16(encoding: &'static Encoding, bytes: &[u8], file: &str) -> Result<String, IngestError> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        return Err(IngestError::Encoding { file: file.to_owned() });
    }
    if text.contains('\0') {
        return Err(IngestError::Binary { file: file.to_owned() });
    }
    Ok(text.into_owned())
}

fn not_utf8(bytes: &[u8], cut: bool, file: &str) -> Result<String, IngestError> {
    let truncated = || IngestError::Truncated { file: file.to_owned(), why: "末尾断在一个汉字中间".to_owned() };
    // GB18030 read as UTF-8 breaks at nearly every Chinese character; UTF-8 with a few damaged bytes does not.
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if bytes.starts_with(b"\xef\xbb\xbf") || whole > broken * 10 {
        if cut && broken == 1 {
            return Err(truncated());
        }
        return Ok(String::from_utf8_lossy(bytes).trim_start_matches('\u{feff}').to_owned());
    }
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    if !broken {
        return Ok(text.into_owned());
    }
    let damage = text.matches('\u{fffd}').count();
    if damage == 1 && text.trim_end().ends_with('\u{fffd}') {
        return Err(truncated());
    }
    let chinese = text.chars().filter(|c| ('\u{4e00}'..'\u{a000}').contains(c)).count();
    if chinese > damage * 10 {
        return Ok(text.into_owned());
    }
    Err(IngestError::Encoding { file: file.to_owned() })
}
