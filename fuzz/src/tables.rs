//! Tables as text: CSV in its encodings, NDJSON, and what mappings make of tables.

use super::scratch::{Scratch, choice, parts, safe};
use super::truth::{self, SCHEMA, comes_back, is_one_in, placed, read, said, source};
use encoding_rs::GB18030;
use guiju::ingest::{self, parse_mapping};
use guiju::records::Store;
use std::path::Path;

/// A folder of files as they stand; of one file, the file alone. Rows add up, are told by file and row, and read the same twice.
pub fn csv(input: &[u8]) {
    let scratch = Scratch::new();
    let parts = parts(input);
    for (name, bytes) in &parts {
        scratch.file(&safe(name), bytes);
    }
    let folder = scratch.path().display().to_string();
    let alone = parts.first().filter(|_| parts.len() == 1).map(|(name, _)| scratch.path().join(safe(name)));
    let names: Vec<String> = parts.iter().map(|(name, _)| safe(name)).collect();
    let named: Vec<&str> = names.iter().map(String::as_str).chain([folder.as_str()]).collect();
    let store = read(&[alone.as_deref().unwrap_or(scratch.path())], None, &named);
    if let Some(store) = store.filter(|_| is_one_in(8, input)) {
        comes_back(&store);
        refusals_are_found(scratch.path(), &store);
    }
}

/// Every refused row stands in its file, and its cells can be had.
fn refusals_are_found(folder: &Path, store: &Store) {
    let sources = [folder.display().to_string()];
    let Ok(found) = ingest::refused(&sources, store) else { return };
    let refused: u64 = store.tallies.iter().map(|t| t.refused).sum();
    let rows: u64 = found.files.iter().map(|f| f.rows.len() as u64).sum();
    assert!(rows + found.elsewhere <= refused, "{rows} and {} of {refused}", found.elsewhere);
    assert!(found.files.iter().flat_map(|f| &f.rows).all(|row| !row.why.is_empty()));
}

/// One table of common characters in every encoding and with every separator: all read the same.
///
/// # Panics
/// They do not.
pub fn encodings(input: &[u8]) {
    let (_, input) = choice(input, 1);
    let text: String = String::from_utf8_lossy(input).chars().filter(|c| is_common(*c)).take(4000).collect();
    let rows = |separator: &str| format!("人员编码,姓名,出生日期,民族,籍贯\n{text}").replace(',', separator);
    let plain = Scratch::new();
    let plain = of_bytes(&plain, rows(",").as_bytes());
    let utf16 =
        |text: &str, to: fn(u16) -> [u8; 2]| -> Vec<u8> { std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(to).collect() };
    for separator in [",", "\t", ";"] {
        let text = rows(separator);
        let forms = [
            text.clone().into_bytes(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            GB18030.encode(&text).0.into_owned(),
            utf16(&text, u16::to_le_bytes),
            utf16(&text, u16::to_be_bytes),
        ];
        for (number, bytes) in forms.iter().enumerate() {
            let scratch = Scratch::new();
            let got = of_bytes(&scratch, bytes);
            assert_eq!(got, plain, "form {number} with {separator:?}");
        }
    }
}

/// Letters that every encoding has and none takes for another's: ASCII without separators of their own, and the commonest ideographs.
fn is_common(c: char) -> bool {
    if c.is_ascii() {
        return c == '\n' || (c.is_ascii_graphic() && !matches!(c, ';' | '"')) || c == ' ';
    }
    // Two bytes of GB2312's first level.
    let mut buffer = [0; 4];
    let (bytes, _, broken) = GB18030.encode(c.encode_utf8(&mut buffer));
    !broken && matches!(bytes.as_ref(), [0xb0..=0xd7, 0xa1..=0xfe])
}

type Read = Option<(Vec<String>, Vec<(u32, String, String)>)>;

fn of_bytes(scratch: &Scratch, bytes: &[u8]) -> Read {
    let path = scratch.file("人员.csv", bytes);
    let store = truth::read(&[&path], None, &["人员.csv"])?;
    let told = store.problems.iter().map(|p| (p.row, p.column.clone(), format!("{} {:?} {} {}", p.code, p.fate, p.value, p.why)));
    Some((truth::content(&store), told.collect()))
}

/// Lines that are in UTF-8 or GB18030 each for itself: a line that begins with `g` or `u` is surely in that encoding. Rows add up, and
/// where a mixture was noticed the lines named are there.
pub fn lines(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut bytes = Vec::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix('g') {
            Some(line) => bytes.extend_from_slice(&GB18030.encode(line).0),
            None => bytes.extend_from_slice(line.strip_prefix('u').unwrap_or(line).as_bytes()),
        }
    }
    let scratch = Scratch::new();
    let path = scratch.file("person.csv", &bytes);
    let Some(store) = read(&[&path], None, &["person.csv"]) else { return };
    let count = bytes.split(|&b| b == b'\n').count() as u32;
    for note in store.problems.iter().filter(|p| p.code == "data::mixed-encoding") {
        assert!((1..=count).contains(&note.row), "{note:?} of {count} lines");
    }
}

/// Lines of JSON.
pub fn ndjson(input: &[u8]) {
    let scratch = Scratch::new();
    let path = scratch.file("p.ndjson", input);
    let Some(store) = read(&[&path], None, &["p.ndjson"]) else { return };
    if is_one_in(8, input) {
        comes_back(&store);
    }
}

/// A mapping file, and tables for it: what it maps adds up. A draft of a mapping of the same tables is a mapping.
///
/// # Panics
/// It is not.
pub fn mapping(input: &[u8]) {
    let mut parts = parts(input);
    if parts.is_empty() {
        return;
    }
    let (_, toml) = parts.remove(0);
    let text = String::from_utf8_lossy(toml);
    let parse = || parse_mapping(&source("m.toml", &text), &SCHEMA);
    let (once, again) = (parse(), parse());
    assert_eq!(once.as_ref().err().map(|e| said(e)), again.as_ref().err().map(|e| said(e)));
    if let Err(errors) = &once {
        placed(errors);
    }
    let scratch = Scratch::new();
    for (name, bytes) in &parts {
        scratch.file(&format!("{}.csv", safe(name).trim_end_matches(".csv")), bytes);
    }
    if parts.is_empty() {
        return;
    }
    let folder = scratch.path().display().to_string();
    let names: Vec<String> = parts.iter().map(|(name, _)| safe(name).trim_end_matches(".csv").to_owned()).collect();
    let named: Vec<&str> = names.iter().map(String::as_str).chain([folder.as_str()]).collect();
    if let Ok(mapping) = &once {
        let store = read(&[scratch.path()], Some(mapping), &named);
        if let Some(store) = store.filter(|_| is_one_in(8, input)) {
            comes_back(&store);
        }
    }
    let sources = [folder.clone()];
    match ingest::suggest(&sources, &SCHEMA) {
        Ok(draft) if draft.mapped > 0 => {
            let parsed = parse_mapping(&source("draft.toml", &draft.text), &SCHEMA);
            assert!(parsed.is_ok(), "a draft is no mapping: {:?}\n{}", parsed.err().map(|e| said(&e)), draft.text);
        }
        Ok(_) => {}
        Err(error) => truth::explained(&error, &named),
    }
}
