//! `.docx`: a zip with the text in `word/document.xml`. Nothing that either says of itself is believed; no entity is ever looked up.

use super::{LARGEST, LONGEST, RESAVE, Wrong, numbered};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use std::io::{Cursor, Read};
use zip::ZipArchive;

const DOCUMENT: &str = "word/document.xml";
/// Entries of the zip. A document with pictures has some hundred.
const MOST_ENTRIES: usize = 5_000;
/// A document's XML packs to a twentieth; a bomb to a thousandth.
const MOST_RATIO: u64 = 200;
/// Below this no ratio tells anything.
const SMALL: u64 = 1024 * 1024;
/// Tables in text boxes in tables come to some forty.
const MOST_DEPTH: usize = 200;

/// The paragraphs that are not blank; the cells of a row of a table stand in one, with tabs between.
pub(super) fn lines(bytes: &[u8]) -> Result<Vec<(u32, String)>, Wrong> {
    let xml = document(bytes)?;
    let xml = std::str::from_utf8(&xml).map_err(|_| bad("正文不是 UTF-8"))?;
    Ok(numbered(text(xml.trim_start_matches('\u{feff}'))?.lines()))
}

fn bad(why: &str) -> Wrong {
    Wrong::new("notice::bad-docx", why, "请用 WPS 或 Word 打开后另存为 .docx")
}

fn document(bytes: &[u8]) -> Result<Vec<u8>, Wrong> {
    let bomb = |why: String| Wrong::new("notice::zip-bomb", why, "请核对文件来源");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| bad("文件不完整，可能没有传完"))?;
    if zip.len() > MOST_ENTRIES {
        return Err(bomb(format!("文件里有 {} 个部件，超过 {MOST_ENTRIES} 个", zip.len())));
    }
    let Some(index) = zip.index_for_name(DOCUMENT) else {
        return Err(Wrong::new("notice::unsupported", "是压缩包，但不是 Word 文件（.docx）", RESAVE));
    };
    let entry = zip.by_index(index).map_err(|_| bad("正文解不开，文件已损坏或者有密码"))?;
    let packed = entry.compressed_size();
    let mut xml = Vec::new();
    let read = entry.take(LARGEST + 1).read_to_end(&mut xml);
    let size = xml.len() as u64;
    if size > LARGEST || (size > SMALL && size > packed.saturating_mul(MOST_RATIO)) {
        return Err(bomb(format!("正文解开后超过 {} MB，或者压缩比超过 {MOST_RATIO} 倍", LARGEST >> 20)));
    }
    read.map_err(|_| bad("正文已损坏"))?;
    Ok(xml)
}

fn text(xml: &str) -> Result<String, Wrong> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut page = Page::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => page.start(start.name().local_name().as_ref())?,
            Ok(Event::End(end)) => page.end(end.name().local_name().as_ref()),
            Ok(Event::Text(text)) => page.add(&text.xml10_content())?,
            Ok(Event::CData(text)) => page.add(&text.xml10_content())?,
            Ok(Event::GeneralRef(entity)) => page.entity(&entity)?,
            Ok(Event::DocType(_)) => {
                return Err(Wrong::new("notice::doctype", "含有文档类型声明（DOCTYPE），不予读取", RESAVE));
            }
            Ok(Event::Eof) => break,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_)) => {}
            Err(_) => return Err(bad("正文的 XML 标记有误")),
        }
    }
    if page.depth > 0 {
        return Err(bad("正文不完整"));
    }
    Ok(page.text)
}

#[derive(Default)]
struct Page {
    text: String,
    depth: usize,
    /// Within `w:t`: only there is text that is shown. What was struck out stands in `w:delText`.
    is_run: bool,
    /// Rows of tables that are open.
    rows: usize,
    /// Text boxes stand twice; the second time, for old programs, in `mc:Fallback`.
    fallbacks: usize,
}

impl Page {
    fn start(&mut self, name: &str) -> Result<(), Wrong> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(bad("正文的标记嵌套太深"));
        }
        match name {
            "t" => self.is_run = true,
            "tr" => self.rows += 1,
            "Fallback" => self.fallbacks += 1,
            "tab" => self.put(" "),
            "br" | "cr" => self.put(if self.rows > 0 { " " } else { "\n" }),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        match name {
            "t" => self.is_run = false,
            "p" => self.put(if self.rows > 0 { " " } else { "\n" }),
            "tc" => self.put("\t"),
            "tr" => {
                self.rows = self.rows.saturating_sub(1);
                self.put("\n");
            }
            "Fallback" => self.fallbacks = self.fallbacks.saturating_sub(1),
            _ => {}
        }
    }

    fn put(&mut self, text: &str) {
        if self.fallbacks == 0 {
            self.text.push_str(text);
        }
    }

    fn add(&mut self, text: &str) -> Result<(), Wrong> {
        if self.is_run {
            if self.text.len() + text.len() > LONGEST {
                return Err(Wrong::too_long());
            }
            self.put(text);
        }
        Ok(())
    }

    fn entity(&mut self, entity: &BytesRef<'_>) -> Result<(), Wrong> {
        if let Ok(Some(c)) = entity.resolve_char_ref() {
            return self.add(c.encode_utf8(&mut [0; 4]));
        }
        let name = entity.xml10_content();
        let known = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("apos", "'")];
        match known.iter().find(|(n, _)| *n == name) {
            Some((_, text)) => self.add(text),
            None => self.add(&format!("&{name};")),
        }
    }
}
