//! Which files are forms, and their texts.

use super::form::{Form, Kind};
use super::wrong::Wrong;
use super::{lrm, lrmx, zipped};
use crate::ingest::endings::{Ending, is_hidden};
use crate::ingest::error::IngestError;
use crate::ingest::source::Named;
use crate::ingest::{Progress, decode};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use rayon::prelude::*;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Forms that belong together: a file, those of a folder, or those of a zip.
#[derive(Clone, Debug)]
pub(in crate::ingest) struct FormFiles {
    /// What their rows are counted under: `任免表/`, `名单.zip`.
    pub counted_as: String,
    /// Where they are.
    pub files: Files,
}

/// Where forms are.
#[derive(Clone, Debug)]
pub(in crate::ingest) enum Files {
    /// One file, which is all the user named.
    One(Named),
    /// Files of a folder, by name.
    Folder(Vec<Named>),
    /// A zip.
    Zip(Named),
}

/// A file and the form it holds, or why it holds none.
pub(super) struct Gathered {
    pub name: String,
    pub form: Result<Form, Wrong>,
}

/// Whether a file is named as forms are.
pub(in crate::ingest) fn is_named_form(name: &str) -> bool {
    let plain = name.rsplit(['/', '\\']).next().unwrap_or(name);
    Ending::of(plain) == Some(Ending::Form) && !is_hidden(plain)
}

/// Whether a file begins like a form, whatever it is named.
pub(in crate::ingest) fn begins_like_form(head: &[u8]) -> bool {
    let plain: Vec<u8> = head.iter().copied().filter(|b| *b != 0).collect();
    let plain = plain.strip_prefix(b"\xef\xbb\xbf").or_else(|| plain.strip_prefix(b"\xff\xfe")).or_else(|| plain.strip_prefix(b"\xfe\xff"));
    let plain = plain.map_or_else(|| head.iter().copied().filter(|b| *b != 0).collect(), <[u8]>::to_vec);
    let text = plain.trim_ascii_start();
    let is_record = || memchr::memmem::find_iter(text, b"\",\"").take(8).count() == 8 && text.starts_with(b"\"") && !text.contains(&b';');
    (text.starts_with(b"<") && memchr::memmem::find(text, b"<Person").is_some()) || (is_record() && gendered(text))
}

/// The second text of an old record is the sex, in GBK or UTF-8.
fn gendered(text: &[u8]) -> bool {
    let second = memchr::memmem::find(text, b"\",\"").and_then(|i| text.get(i + 3..));
    second.is_some_and(|t| [&b"\xc4\xd0\""[..], b"\xc5\xae\"", "男\"".as_bytes(), "女\"".as_bytes()].iter().any(|g| t.starts_with(g)))
}

/// Whether a zip holds forms; none if it cannot be opened.
pub(in crate::ingest) fn zip_holds_forms(path: &Path) -> Option<bool> {
    let zip = zip::ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
    let holds = zip.file_names_raw().any(|raw| is_named_form(&zipped::name_of(raw)));
    Some(holds)
}

/// Reads the forms.
///
/// # Errors
/// The one file named, or the zip, cannot be read; or not one file of several can.
pub(super) fn gather(source: &FormFiles, progress: &dyn Progress) -> Result<Vec<Gathered>, IngestError> {
    let gathered = match &source.files {
        Files::One(file) => {
            progress.file(&file.name);
            let form = read_file(&file.path, &file.name).map_err(|wrong| wrong.alone(&file.name))?;
            return Ok(vec![Gathered { name: file.name.clone(), form: Ok(form) }]);
        }
        Files::Folder(files) => files
            .par_iter()
            .map(|file| {
                progress.rows(1);
                Gathered { name: file.name.clone(), form: read_file(&file.path, &file.name) }
            })
            .collect(),
        Files::Zip(file) => zip(file, progress)?,
    };
    let whole = |g: &Gathered| g.form.is_ok();
    match gathered.iter().find(|g| !whole(g)) {
        Some(first) if !gathered.iter().any(whole) => match &first.form {
            Err(wrong) => Err(wrong.clone().alone(&first.name)),
            Ok(_) => Ok(gathered),
        },
        _ => Ok(gathered),
    }
}

fn zip(file: &Named, progress: &dyn Progress) -> Result<Vec<Gathered>, IngestError> {
    progress.file(&file.name);
    let opened = File::open(&file.path).map_err(|e| IngestError::io(&file.path, &e))?;
    let mut gathered = Vec::new();
    let each = |name: &str, bytes: Result<Vec<u8>, Wrong>| {
        progress.rows(1);
        let name = format!("{}/{name}", file.name);
        let form = bytes.and_then(|bytes| read_bytes(&bytes, &name));
        gathered.push(Gathered { name, form });
    };
    zipped::each(BufReader::new(opened), is_named_form, each).map_err(|wrong| wrong.alone(&file.name))?;
    gathered.sort_by(|a, b| a.name.cmp(&b.name));
    // Two entries of one name cannot be told apart in what is said of them.
    for i in 1..gathered.len() {
        let twice = gathered.get(i - 1).map(|g| &g.name) == gathered.get(i).map(|g| &g.name);
        if let (true, Some(second)) = (twice, gathered.get_mut(i)) {
            second.name.push_str(&format!("（第{}个）", i + 1));
        }
    }
    Ok(gathered)
}

fn read_file(path: &Path, name: &str) -> Result<Form, Wrong> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|f| f.take(zipped::LARGEST_FORM + 1).read_to_end(&mut bytes));
    read.map_err(|e| Wrong::of(&IngestError::io(path, &e)))?;
    if bytes.len() as u64 > zipped::LARGEST_FORM {
        return Err(zipped::too_large());
    }
    read_bytes(&bytes, name)
}

/// Reads a form of bytes.
fn read_bytes(bytes: &[u8], name: &str) -> Result<Form, Wrong> {
    if let Some(what) = something_else(bytes) {
        return Err(Wrong::other(what));
    }
    let text = text(bytes, name)?;
    match kind(&text) {
        Kind::Lrmx => lrmx::read(&text),
        Kind::Lrm => lrm::read(&text),
    }
}

/// By what stands first: a file may bear the other's ending.
fn kind(text: &str) -> Kind {
    if text.trim_start().starts_with('"') { Kind::Lrm } else { Kind::Lrmx }
}

/// What a file of another kind is.
fn something_else(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 7] = [
        (b"PK\x03\x04", "其实是压缩包、工作簿或 Word 文档"),
        (b"\xd0\xcf\x11\xe0", "其实是旧式的 Excel 或 Word 文件"),
        (b"%PDF", "其实是 PDF"),
        (b"\xff\xd8\xff", "其实是照片"),
        (b"\x89PNG", "其实是图片"),
        (b"SQLite format 3\0", "其实是数据库"),
        (b"Rar!", "其实是压缩包"),
    ];
    known.into_iter().find(|(head, _)| bytes.starts_with(head)).map(|(_, what)| what)
}

/// The text of a form: by its BOM, by zeros that only UTF-16 has, else UTF-8 or GB18030, whatever it declares.
fn text(bytes: &[u8], name: &str) -> Result<String, Wrong> {
    let wide: Option<&'static Encoding> = match bytes {
        [b'<' | b'"', 0, ..] => Some(UTF_16LE),
        [0, b'<' | b'"', ..] => Some(UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = wide {
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        return if broken || bytes.len() % 2 == 1 { Err(Wrong::cut("末尾断在一个字中间")) } else { Ok(text.into_owned()) };
    }
    let text = decode::may_be_utf8(bytes, name).and_then(|_| decode::text(bytes, name)).map_err(|e| Wrong::of(&e))?;
    let utf8 = std::str::from_utf8(bytes).is_ok();
    match declared(&text) {
        Some(label) if !utf8 && !reads_as(label) => Err(Wrong::of(&IngestError::Encoding { file: name.to_owned() })),
        _ if decode::is_damaged(text.as_bytes()) => {
            Err(Wrong::new("form::encoding", "有些字节不是文字，文件已损坏", "请重新导出或重新拷贝"))
        }
        _ => Ok(text),
    }
}

/// The encoding an XML file says it has.
fn declared(text: &str) -> Option<&str> {
    let head = text.get(..text.find("?>")?)?;
    let rest = head.strip_prefix("<?xml")?.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split(quote).next()
}

/// Whether bytes that are no UTF-8 may be read as GB18030 or UTF-16 though their file says this.
fn reads_as(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    ["utf", "gb", "cp936", "ms936", "936"].iter().any(|l| label.starts_with(l))
}
