//! What the reader of workbooks does not tell of an `.xlsx` sheet: hidden columns and rows, and formulas whose result was not saved.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// What a sheet hides, and what it does not hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extras {
    /// Columns from 0, both ends included.
    pub hidden_columns: Vec<(usize, usize)>,
    /// Numbers of rows, from 1, of those with cells.
    pub hidden_rows: Vec<u32>,
    /// Cells with a formula and no result: row from 1, column from 0.
    pub uncomputed: FxHashSet<(u32, usize)>,
}

/// No workbook is larger once unpacked: a million rows of a hundred columns are less.
pub(super) const LARGEST: u64 = 8 << 30;

/// How large an archive says it is once unpacked; none if it is no archive.
pub(super) fn unpacked(path: &Path) -> Option<u64> {
    let mut zip = open(path)?;
    let sizes = (0..zip.len()).map(|i| zip.by_index_raw(i).map_or(0, |part| part.size()));
    Some(sizes.fold(0, u64::saturating_add))
}

impl Extras {
    /// Whether a column is hidden.
    pub(super) fn hides(&self, column: usize) -> bool {
        self.hidden_columns.iter().any(|&(first, last)| (first..=last).contains(&column))
    }
}

/// The extras of a sheet; nothing where the file is no `.xlsx` or cannot be read so far: whether it can be read, others tell.
pub(super) fn extras(path: &Path, sheet: &str) -> Extras {
    let mut found = Extras::default();
    let Some(mut zip) = open(path) else { return found };
    let Some(part) = part_of(&mut zip, sheet) else { return found };
    if let Ok(part) = zip.by_name(&part) {
        scan(BufReader::new(part), &mut found);
    }
    found
}

/// Whether a sheet holds a formula at all: far quicker to tell than which of them were computed.
pub(super) fn has_formulas(path: &Path, sheet: &str) -> bool {
    let found = open(path).and_then(|mut zip| {
        let name = part_of(&mut zip, sheet)?;
        let mut part = zip.by_name(&name).ok()?;
        let (mut block, mut kept) = (vec![0u8; 1 << 16], 0);
        loop {
            let read = part.read(block.get_mut(kept..)?).ok()?;
            let all = block.get(..kept + read)?;
            let formula = |ends: &[u8]| memchr::memmem::find(all, ends).is_some();
            if formula(b"<f>") || formula(b"<f ") || formula(b":f>") || formula(b":f ") {
                return Some(true);
            }
            if read == 0 {
                return Some(false);
            }
            // A tag may lie across two blocks.
            let tail = all.len().saturating_sub(3);
            kept = all.len() - tail;
            block.copy_within(tail..tail + kept, 0);
        }
    });
    found.unwrap_or(false)
}

fn open(path: &Path) -> Option<ZipArchive<BufReader<File>>> {
    ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()
}

/// The part of the archive that holds a sheet.
fn part_of(zip: &mut ZipArchive<BufReader<File>>, sheet: &str) -> Option<String> {
    let book = text(zip, "xl/workbook.xml")?;
    let mut id = None;
    each_tag(&book, |tag| {
        if tag.local_name().as_ref() == "sheet" && attribute(tag, "name").as_deref() == Some(sheet) {
            id = attribute(tag, "id");
        }
    });
    let (id, mut target) = (id?, None);
    each_tag(&text(zip, "xl/_rels/workbook.xml.rels")?, |tag| {
        if tag.local_name().as_ref() == "Relationship" && attribute(tag, "Id").as_deref() == Some(id.as_str()) {
            target = attribute(tag, "Target");
        }
    });
    let target = target?;
    Some(match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    })
}

/// A small part of the archive.
fn text(zip: &mut ZipArchive<BufReader<File>>, name: &str) -> Option<String> {
    const LARGEST: u64 = 16 << 20;
    let mut text = String::new();
    zip.by_name(name).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

fn each_tag(text: &str, mut with: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_str(text);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) | Event::Empty(tag) => with(&tag),
            Event::Eof => break,
            _ => {}
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).filter_map(Result::ok).find(|a| a.key.local_name().as_ref() == name)?;
    quick_xml::escape::unescape(found.value.as_ref()).ok().map(std::borrow::Cow::into_owned)
}

fn scan(part: impl std::io::BufRead, found: &mut Extras) {
    let mut reader = Reader::from_reader(part);
    let mut buffer = Vec::new();
    let (mut row, mut column) = (0u32, 0usize);
    // Of the cell being read: whether it has a formula, and whether a value.
    let (mut formula, mut value, mut in_value, mut hidden) = (false, false, false, false);
    let truthy = |tag: &BytesStart<'_>| attribute(tag, "hidden").is_some_and(|h| h == "1" || h == "true");
    loop {
        buffer.clear();
        let Ok(event) = reader.read_event_into(&mut buffer) else { break };
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "col" if truthy(&tag) => {
                    let at = |name| attribute(&tag, name).and_then(|n| n.parse::<usize>().ok()).filter(|n| *n > 0);
                    if let (Some(first), Some(last)) = (at("min"), at("max")) {
                        found.hidden_columns.push((first - 1, last - 1));
                    }
                }
                "row" => {
                    row = attribute(&tag, "r").and_then(|r| r.parse().ok()).unwrap_or(row + 1);
                    column = 0;
                    hidden = truthy(&tag);
                }
                "c" => {
                    column = attribute(&tag, "r").and_then(|r| column_of(&r)).unwrap_or(column);
                    (formula, value) = (false, false);
                    if empty {
                        column += 1;
                    }
                }
                "f" => formula = true,
                "v" | "t" => in_value = !empty,
                _ => {}
            },
            Event::Text(text) => value |= in_value && !text.as_ref().trim_ascii().is_empty(),
            Event::GeneralRef(_) | Event::CData(_) => value |= in_value,
            Event::End(tag) => match tag.local_name().as_ref() {
                "v" | "t" => in_value = false,
                "c" => {
                    if formula && !value {
                        found.uncomputed.insert((row, column));
                    }
                    if hidden && value && found.hidden_rows.last() != Some(&row) {
                        found.hidden_rows.push(row);
                    }
                    column += 1;
                }
                "sheetData" => break,
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
}

/// The column of a place like `AB12`, from 0.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    let number = letters.fold(0usize, |n, b| n.saturating_mul(26).saturating_add(usize::from(b - b'A') + 1));
    number.checked_sub(1)
}
