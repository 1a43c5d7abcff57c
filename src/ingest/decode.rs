//! From bytes to text: BOM, then strict UTF-8, then GB18030, which is what Excel writes in China.

use super::error::IngestError;
use super::gbk;
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
    match plain_gb18030(bytes) {
        Some(text) => not_empty(text, file),
        None => closely(bytes, file),
    }
}

/// The text of a file that is GB18030 at the first look.
fn plain_gb18030(bytes: &[u8]) -> Option<String> {
    gbk::throughout(bytes, |line| encoding_of(line) == Line::Utf8)
}

fn closely(bytes: &[u8], file: &str) -> Result<String, IngestError> {
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
    not_empty(text, file)
}

fn not_empty(text: String, file: &str) -> Result<String, IngestError> {
    if text.trim().is_empty() {
        return Err(IngestError::Empty { file: file.to_owned() });
    }
    Ok(text)
}

/// The text of a file without its BOM, as [`text`]; but one whose lines are in two encodings is read line by line, and told of.
///
/// # Errors
/// As of [`text`].
pub(super) fn by_lines(bytes: &[u8], file: &str) -> Result<(String, Option<Mixed>), IngestError> {
    if let Some(text) = plain_gb18030(bytes) {
        return not_empty(text, file).map(|text| (text, None));
    }
    match mixed(bytes) {
        Some((text, mixed)) => Ok((text, Some(mixed))),
        None => closely(bytes, file).map(|text| (text, None)),
    }
}

/// A file whose lines are in two encodings, each read in its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mixed {
    /// Lines in the encoding that fewer of them have, from 1.
    pub fewer: Vec<u32>,
    /// Which that is.
    pub called: &'static str,
}

/// The encoding a line is in, as far as its bytes tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Utf8,
    Gb,
    /// ASCII, or nobody can tell.
    Either,
}

/// Reads a file line by line, if some lines are surely UTF-8 and others surely GB18030, as happens where exports of two programs are
/// joined. Read in one encoding, the lines in the other would come out as wrong characters, not always as damage.
fn mixed(bytes: &[u8]) -> Option<(String, Mixed)> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let lines: Vec<(Line, &[u8])> = bytes.split_inclusive(|&b| b == b'\n').map(|line| (encoding_of(line), line)).collect();
    let count = |which| lines.iter().filter(|(of, _)| *of == which).count();
    let (utf8, gb) = (count(Line::Utf8), count(Line::Gb));
    if utf8 == 0 || gb == 0 {
        return None;
    }
    let most = if utf8 >= gb { Line::Utf8 } else { Line::Gb };
    let mut text = String::new();
    for (of, line) in &lines {
        match if *of == Line::Either { most } else { *of } {
            Line::Gb => text.push_str(&GB18030.decode_without_bom_handling(line).0),
            _ => text.push_str(&String::from_utf8_lossy(line)),
        }
    }
    let fewer = (1u32..).zip(&lines).filter(|(_, (of, _))| *of != Line::Either && *of != most).map(|(number, _)| number).collect();
    let called = if most == Line::Utf8 { "GB18030（GBK）" } else { "UTF-8" };
    Some((text.trim_start_matches('\u{feff}').to_owned(), Mixed { fewer, called }))
}

fn encoding_of(line: &[u8]) -> Line {
    if line.is_ascii() {
        return Line::Either;
    }
    let (as_gb, broken) = GB18030.decode_without_bom_handling(line);
    let ideograph = |c: &char| ('\u{4e00}'..'\u{a000}').contains(c);
    if let Ok(text) = std::str::from_utf8(line) {
        // Pairs of bytes of GBK that happen to be UTF-8 are letters of Latin to Arabic, hardly ever ideographs.
        let foreign = text.chars().any(|c| ('\u{80}'..'\u{800}').contains(&c));
        let sure = broken || (!foreign && text.chars().filter(ideograph).count() >= 2);
        return if sure { Line::Utf8 } else { Line::Either };
    }
    if broken {
        return Line::Either;
    }
    // A damaged line of UTF-8 may be read as GBK, too: then few of its characters are common, and many of it are whole in UTF-8.
    let all = as_gb.chars().filter(|c| !c.is_ascii()).count();
    let common = pairs(line).filter(|(lead, trail)| matches!(lead, 0xa1..=0xa9 | 0xb0..=0xd7) && *trail >= 0xa1).count();
    let whole: usize = line.utf8_chunks().map(|chunk| chunk.valid().chars().filter(ideograph).count()).sum();
    if all >= 2 && common * 5 >= all * 4 && whole * 10 <= all { Line::Gb } else { Line::Either }
}

/// The characters of two bytes in a line of GBK.
fn pairs(line: &[u8]) -> impl Iterator<Item = (u8, u8)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        loop {
            match rest {
                [] | [_] => return None,
                [lead, trail, after @ ..] if *lead >= 0x80 => {
                    rest = after;
                    return Some((*lead, *trail));
                }
                [_, after @ ..] => rest = after,
            }
        }
    })
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
    // In a short text one damaged character weighs more than that: there whole lines tell.
    let lines = |which| bytes.split(|&b| b == b'\n').filter(|line| encoding_of(line) == which).count();
    if bytes.starts_with(b"\xef\xbb\xbf") || whole > broken * 10 || (lines(Line::Utf8) > 0 && lines(Line::Gb) == 0) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn lines_of_two_encodings_are_each_read_in_their_own() {
        let bytes = [gb("人员编码,姓名\nP1,张三\n"), "P2,李四\n".as_bytes().to_vec(), gb("P3,王五\n")].concat();
        let read = mixed(&bytes).map(|(text, m)| (text, m.fewer, m.called));
        assert_eq!(read, Some(("人员编码,姓名\nP1,张三\nP2,李四\nP3,王五\n".to_owned(), vec![3], "UTF-8")));
        let bytes = ["人员编码,姓名\nP1,张三\n".as_bytes().to_vec(), gb("P2,李四\n"), "P3,王五\n".as_bytes().to_vec()].concat();
        let read = mixed(&bytes).map(|(text, m)| (text, m.fewer, m.called));
        assert_eq!(read, Some(("人员编码,姓名\nP1,张三\nP2,李四\nP3,王五\n".to_owned(), vec![3], "GB18030（GBK）")));
    }

    #[test]
    fn one_encoding_is_not_taken_for_two() {
        assert_eq!(mixed("人员编码,姓名\nP1,张三\n".as_bytes()), None);
        assert_eq!(mixed(&gb("人员编码,姓名\nP1,张三\nP2,某县财政局局长、党组书记，路·联通\n")), None);
        // A line of UTF-8 that lost a byte is damaged, not GBK.
        let whole = "人员编码,姓名\nP1,张三丰\n".as_bytes();
        for lost in 1..=3 {
            let mut cut = whole.to_vec();
            cut.remove(whole.len() - 1 - lost);
            assert_eq!(mixed(&cut), None, "{lost}");
        }
    }

    /// Lines of all kinds: of GB18030 in two bytes a character and in four, of UTF-8, of ASCII, cut, and of letters that may be either.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        let chinese = "[男女中共党员汉族云南昆明大学本科张三李四王五任免职务\u{e000}-\u{e0ff}]{0,8}";
        let rare = "[张李\u{20000}-\u{20100}\u{fffd}ऀ]{0,4}";
        prop_oneof![
            4 => chinese.prop_map(|t| gb(&t)),
            1 => rare.prop_map(|t| gb(&t)),
            1 => chinese.prop_map(String::into_bytes),
            1 => "[a-z0-9,\"]{0,8}".prop_map(String::into_bytes),
            1 => proptest::collection::vec(0xc4u8..0xe0, 0..6),
            1 => proptest::collection::vec(any::<u8>(), 0..6),
        ]
    }

    proptest! {
        /// What is read as GB18030 at the first look would be so at a closer one.
        #[test]
        fn the_first_look_agrees_with_the_closer_one(lines in proptest::collection::vec(line(), 1..5)) {
            let bytes = lines.join(&b'\n');
            if let Some(text) = plain_gb18030(&bytes) {
                prop_assert_eq!(mixed(&bytes), None);
                prop_assert_eq!(closely(&bytes, "").ok(), Some(text.clone()).filter(|t| !t.trim().is_empty()));
            }
        }
    }

    #[test]
    fn a_table_of_gb18030_is_known_at_the_first_look() {
        let row = "P1,司空明青,男,汉族,云南昆明,1960-01-01,中共党员,大学本科,在职";
        assert_eq!(plain_gb18030(&gb(row)).as_deref(), Some(row));
        // The second name takes four bytes.
        let rare = format!("{row}\r\nP2,张\u{20000},女");
        assert_eq!(plain_gb18030(&gb(&rare)), Some(rare));
        assert_eq!(plain_gb18030(row.as_bytes()), None);
        assert_eq!(plain_gb18030(&[gb(row), b"\n".to_vec(), row.as_bytes().to_vec()].concat()), None);
        assert_eq!(plain_gb18030(&gb(row)[..5]), None);
    }
}
