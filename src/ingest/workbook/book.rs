//! Opening a workbook, and what it says of its sheets.

use super::expanse;
use crate::ingest::error::IngestError;
use crate::ingest::layout::Merge;
use crate::ingest::parts;
use crate::ingest::source::Named;
use calamine::{Ods, Reader, SheetVisible, Xls, Xlsx, open_workbook};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

pub(in crate::ingest) enum Book {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Xls(Box<Xls<BufReader<File>>>),
    Ods(Box<Ods<BufReader<File>>>),
}

impl Book {
    pub(in crate::ingest) fn names(&self) -> Vec<String> {
        match self {
            Self::Xlsx(b) => b.sheet_names(),
            Self::Xls(b) => b.sheet_names(),
            Self::Ods(b) => b.sheet_names(),
        }
    }

    /// The sheets that are not shown.
    pub(in crate::ingest) fn hidden(&self) -> Vec<String> {
        let all = match self {
            Self::Xlsx(b) => b.sheets_metadata(),
            Self::Xls(b) => b.sheets_metadata(),
            Self::Ods(b) => b.sheets_metadata(),
        };
        all.iter().filter(|s| s.visible != SheetVisible::Visible).map(|s| s.name.clone()).collect()
    }

    /// Cells of a sheet that are one.
    pub(in crate::ingest) fn merges(&mut self, name: &str) -> Vec<Merge> {
        let found = match self {
            Self::Xlsx(b) => b.merge_cells_by_sheet_name(name).unwrap_or_default(),
            Self::Xls(b) => b.merge_cells_by_sheet_name(name).unwrap_or_default(),
            Self::Ods(_) => Vec::new(),
        };
        let merge = |d: calamine::Dimensions| Merge { rows: (d.start.0, d.end.0), columns: (d.start.1 as usize, d.end.1 as usize) };
        found.into_iter().map(merge).collect()
    }

    /// Whether days are counted from 1904.
    pub(in crate::ingest) fn counts_from_1904(&self) -> bool {
        match self {
            Self::Xlsx(b) => b.has_1904_epoch(),
            Self::Xls(b) => b.has_1904_epoch(),
            Self::Ods(_) => false,
        }
    }
}

/// The names of a workbook's sheets, if they are as asked for; none where they are not, or it cannot be opened. Of a zip no more is read
/// than the list.
pub(in crate::ingest) fn names_if(file: &Named, asked: &dyn Fn(&[String]) -> bool) -> Vec<String> {
    let names = sheets_of_zip(file)
        .unwrap_or_else(|| catch_unwind(AssertUnwindSafe(|| open(file).map(|book| book.names()).unwrap_or_default())).unwrap_or_default());
    if asked(&names) { names } else { Vec::new() }
}

fn sheets_of_zip(file: &Named) -> Option<Vec<String>> {
    /// Bytes of the list of sheets.
    const LIST: u64 = 1 << 20;
    let mut zip = zip::ZipArchive::new(BufReader::new(File::open(&file.path).ok()?)).ok()?;
    let mut text = String::new();
    zip.by_name("xl/workbook.xml").ok()?.take(LIST).read_to_string(&mut text).ok()?;
    let sheets = text.split("<sheet ").skip(1).filter_map(|tag| tag.split_once('>')?.0.split_once("name=\"")?.1.split_once('"'));
    let names: Vec<String> = sheets.map(|(name, _)| name.to_owned()).collect();
    // Written otherwise, the list is for the library to read.
    (!names.is_empty()).then_some(names)
}

pub(in crate::ingest) fn open(file: &Named) -> Result<Book, IngestError> {
    let fail = |why: &str| IngestError::Workbook { file: file.name.clone(), why: why.to_owned() };
    if let Some(why) = too_much(&file.path) {
        return Err(fail(&why));
    }
    let locked = || IngestError::Password { file: file.name.clone() };
    match open_workbook::<Xlsx<_>, _>(&file.path) {
        Ok(book) => return Ok(Book::Xlsx(Box::new(book))),
        Err(calamine::XlsxError::Password) => return Err(locked()),
        Err(_) => {}
    }
    match open_workbook::<Xls<_>, _>(&file.path) {
        Ok(book) => return Ok(Book::Xls(Box::new(book))),
        Err(calamine::XlsError::Password) => return Err(locked()),
        Err(_) => {}
    }
    match open_workbook::<Ods<_>, _>(&file.path) {
        Ok(book) => Ok(Book::Ods(Box::new(book))),
        Err(calamine::OdsError::Password) => Err(locked()),
        Err(_) if is_cut(file) => Err(fail("文件不完整，末尾缺少压缩包的目录，可能没有传完")),
        Err(_) => Err(fail("不是工作簿，或文件已损坏")),
    }
}

/// Why a workbook must not be opened: it would fill all memory, or be read for ever. In Chinese.
pub fn too_much(path: &Path) -> Option<String> {
    if let Some(size) = parts::unpacked(path).filter(|size| *size > parts::LARGEST) {
        return Some(format!("解开后有 {} GB，超过 {} GB 的上限", size >> 30, parts::LARGEST >> 30));
    }
    let Ok(old) = expanse::of_xls(path) else { return Some("文件已损坏：有一段内容首尾相接，读不到头".to_owned()) };
    let Ok(open) = expanse::of_ods(path) else { return Some("文件已损坏：内容不完整，或者标记有误".to_owned()) };
    (old.max(open) > MOST_CELLS).then(too_wide)
}

/// Cells of all sheets of a workbook that is read at once. A hundred thousand people take four million; these take some hundred megabytes.
pub const MOST_CELLS: u64 = 8_000_000;

/// Why a workbook with more cells is not read. In Chinese.
pub fn too_wide() -> String {
    let most = MOST_CELLS / 10_000;
    format!("工作表展开后超过 {most} 万格：有的单元格离表格太远，或者一格重复了太多次；请删去表格以外的单元格")
}

/// Whether the file is a zip whose end is gone: the directory stands there.
fn is_cut(file: &Named) -> bool {
    /// The directory's end may be followed by a comment of so many bytes.
    const TAIL: u64 = 22 + 65_535;
    let tail = File::open(&file.path).and_then(|mut f| {
        let mut head = [0; 2];
        f.read_exact(&mut head)?;
        let length = f.seek(SeekFrom::End(0))?;
        f.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut tail = Vec::new();
        f.read_to_end(&mut tail)?;
        Ok((head, tail))
    });
    tail.is_ok_and(|(head, tail)| head == *b"PK" && memchr::memmem::find(&tail, b"PK\x05\x06").is_none())
}
