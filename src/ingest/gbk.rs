//! Files that are GB18030 throughout, which most that are not UTF-8 are: told by one look at their bytes, before any is decoded.

use encoding_rs::GB18030;

/// The text of a file that is GB18030 without a byte amiss, and of which neither the whole nor any line may be UTF-8. None if it must be
/// looked at more closely. `may_be_utf8` is asked of lines whose bytes fit both.
pub(super) fn throughout(bytes: &[u8], may_be_utf8: impl Fn(&[u8]) -> bool) -> Option<String> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return None;
    }
    let (mut characters, mut not_utf8) = (0, 0);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1));
        let found = characters_in(line)?;
        if found.not_utf8 == 0 && found.characters > 0 && may_be_utf8(line) {
            return None;
        }
        characters += found.characters;
        not_utf8 += found.not_utf8;
        rest = after;
    }
    // Damaged UTF-8 is whole for the most part, and there are no more whole characters of UTF-8 than there are characters here.
    if not_utf8 == 0 || characters > not_utf8 * 10 {
        return None;
    }
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    (!broken).then(|| text.into_owned())
}

/// What the bytes of a line are, read as GB18030.
#[derive(Default)]
struct Found {
    /// Characters that are not ASCII.
    characters: usize,
    /// Those that no text of UTF-8 holds, whatever stands before and after: a first byte of a character, and no second.
    not_utf8: usize,
}

/// None if a byte does not fit.
fn characters_in(line: &[u8]) -> Option<Found> {
    let mut found = Found::default();
    let mut rest = line;
    loop {
        match rest {
            [] => return Some(found),
            [..=0x7f, after @ ..] => rest = after,
            [lead @ 0x81..=0xfe, trail @ (0x40..=0x7e | 0x80..=0xfe), after @ ..] => {
                found.characters += 1;
                found.not_utf8 += usize::from(*lead >= 0xc0 && !(0x80..0xc0).contains(trail));
                rest = after;
            }
            // Four bytes, of which the second and the last are digits: the third stands alone among ASCII.
            [0x81..=0xfe, b'0'..=b'9', 0x81..=0xfe, b'0'..=b'9', after @ ..] => {
                found.characters += 1;
                found.not_utf8 += 1;
                rest = after;
            }
            _ => return None,
        }
    }
}
