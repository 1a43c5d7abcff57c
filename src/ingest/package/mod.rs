//! Packages of the civil servants' information systems (`.hzb`, `.zb3`), unpacked: a folder with `gwyinfo.xml`, which says what the
//! package is, and `Table/<SET>.xml`, an information set each.

mod rows;

pub(super) use rows::{Rows, resolved};

use super::decode;
use super::endings::{Ending, is_hidden};
use super::error::IngestError;
use super::source::Named;
use crate::records::Problem;
use rows::Broken;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The file by which a package is known.
const INFO: &str = "gwyinfo.xml";
/// The folder of its tables.
const TABLES: &str = "table";
/// The set of persons, a row each.
const PERSONS: &str = "A01";
/// Bytes of one table. A hundred thousand people have some 300 MB of posts.
const LARGEST_TABLE: u64 = 1 << 30;
/// Bytes of `gwyinfo.xml` that are looked at.
const LARGEST_INFO: u64 = 1 << 20;

/// A package.
#[derive(Debug)]
pub(super) struct Package {
    pub info: Named,
    /// By name.
    pub tables: Vec<Named>,
}

/// The path of a folder's `gwyinfo.xml`, if it is a package.
pub(super) fn info_of(folder: &Path) -> Option<PathBuf> {
    child(folder, INFO).filter(|path| path.is_file())
}

/// The files of a package's tables, in no order; none if it has no folder of them.
///
/// # Errors
/// The folder cannot be listed.
pub(super) fn tables_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(below) = tables_folder(folder) else { return Ok(Vec::new()) };
    let mut paths = fs::read_dir(below)?.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>()?;
    let hidden = |path: &Path| path.file_name().is_some_and(|n| is_hidden(&n.to_string_lossy()));
    paths.retain(|path| Ending::of_path(path) == Some(Ending::Set) && path.is_file() && !hidden(path));
    Ok(paths)
}

fn tables_folder(folder: &Path) -> Option<PathBuf> {
    child(folder, TABLES).filter(|path| path.is_dir())
}

/// Whatever case it is written in: packages come from Windows.
fn child(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).collect();
    found.retain(|p| p.file_name().is_some_and(|n| n.eq_ignore_ascii_case(name)));
    found.sort();
    found.into_iter().next()
}

/// The files of a package. `called` is what stands before their names in findings.
///
/// # Errors
/// There is no table.
pub(super) fn find(folder: &Path, info: PathBuf, called: &str, source: &str) -> Result<Package, IngestError> {
    let no_table = |found: &str| IngestError::NoTable { path: source.to_owned(), found: found.to_owned() };
    let below = tables_folder(folder).ok_or_else(|| no_table("（有 gwyinfo.xml，没有 Table 文件夹）"))?;
    let named = |path: &Path| {
        let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let within = path.parent().filter(|p| *p != folder).and_then(Path::file_name);
        within.map_or_else(|| format!("{called}{file}"), |w| format!("{called}{}/{file}", w.to_string_lossy()))
    };
    let paths = tables_of(folder).map_err(|e| IngestError::io(&below, &e))?;
    let mut tables: Vec<Named> = paths.into_iter().map(|path| Named { name: named(&path), path }).collect();
    if tables.is_empty() {
        return Err(no_table("（Table 文件夹里没有 XML 文件）"));
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Package { info: Named { name: named(&info), path: info }, tables })
}

/// The information set a file holds.
pub(super) fn set_of(file: &Named) -> String {
    file.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The text of a table.
///
/// # Errors
/// Too large, no text, or not to be opened.
pub(super) fn text_of(file: &Named) -> Result<String, IngestError> {
    let length = file.path.metadata().map_err(|e| IngestError::io(&file.path, &e))?.len();
    if length > LARGEST_TABLE {
        let why = format!("超过 {} GB", LARGEST_TABLE >> 30);
        return Err(refused(file, "package::too-long", why, "请按机构分几次导出"));
    }
    let bytes = fs::read(&file.path).map_err(|e| IngestError::io(&file.path, &e))?;
    decode::may_be_utf8(&bytes, &file.name)?;
    decode::text(&bytes, &file.name)
}

/// The columns of a table: each that one of its rows has.
///
/// # Errors
/// It is not made as such tables are, or cut.
pub(super) fn columns<'t>(text: &'t str, file: &Named) -> Result<Vec<&'t str>, IngestError> {
    let mut names: Vec<&str> = Vec::new();
    for row in Rows::new(text) {
        let row = row.map_err(|broken| broken_file(file, broken))?;
        for (i, (name, _)) in row.cells.iter().enumerate() {
            // Most rows have the same in the same order.
            if names.get(i) != Some(name) && !names.contains(name) {
                names.push(name);
            }
        }
        if names.len() > MOST_COLUMNS {
            let why = format!("超过 {MOST_COLUMNS} 列");
            return Err(refused(file, "package::too-long", why, "请核对这个文件是不是信息集"));
        }
    }
    Ok(names)
}

/// No set is wider.
const MOST_COLUMNS: usize = 1024;

/// A table that cannot be read.
pub(super) fn broken_file(file: &Named, broken: Broken) -> IngestError {
    match broken {
        Broken::Cut(why) => IngestError::Truncated { file: file.name.clone(), why },
        Broken::Doctype => refused(
            file,
            "package::doctype",
            "含有文档类型声明（DOCTYPE），不予读取".to_owned(),
            "导出的信息集不该有这种声明；请从来源系统重新导出",
        ),
        Broken::Other(why) => refused(file, "package::bad-xml", why, "信息集应为 <xml><data><row …/></data></xml>；请从来源系统重新导出"),
    }
}

fn refused(file: &Named, code: &'static str, why: String, right: &'static str) -> IngestError {
    IngestError::Form { file: file.name.clone(), code, why, right }
}

/// Tells where the number of persons is another than the package says. `rows` of each table, in order.
pub(super) fn count_differs(package: &Package, rows: &[u64]) -> Option<Problem> {
    let said = persons_said(&package.info.path)?;
    let persons = package.tables.iter().zip(rows).find(|(file, _)| set_of(file).eq_ignore_ascii_case(PERSONS));
    let read = persons.map_or(0, |(_, rows)| *rows);
    (said != read).then(|| {
        let why = format!("写明有 {said} 人，人员信息集里有 {read} 行");
        Problem::noted(&package.info.name, "data::person-count", why, "可能没有导出完整，请重新导出或者核实").in_column("psncount")
    })
}

/// Tells which tables were not read.
pub(super) fn unread<'w>(package: &Package, taken: &[String], why: impl Fn(&str) -> Option<&'w str>) -> Option<Problem> {
    let left = package.tables.iter().map(set_of).filter(|set| !taken.contains(set));
    let left: Vec<String> = left.map(|set| why(&set).map_or_else(|| set.clone(), |why| format!("{set}（{why}）"))).collect();
    let folder = package.tables.first().and_then(|t| t.name.rsplit_once('/')).map_or("", |(folder, _)| folder);
    (!left.is_empty()).then(|| {
        let why = format!("有{}个信息集没有用到，未读取：{}", left.len(), left.join("、"));
        Problem::noted(format!("{folder}/"), "data::unread-sets", why, "不用的可以保留")
    })
}

/// How many persons the package says it holds; none if it does not.
fn persons_said(info: &Path) -> Option<u64> {
    let mut bytes = Vec::new();
    File::open(info).and_then(|f| f.take(LARGEST_INFO).read_to_end(&mut bytes)).ok()?;
    let text = decode::text(&bytes, "").ok()?;
    let lower = text.to_ascii_lowercase();
    let (_, rest) = lower.split_once("<psncount>")?;
    rest.split_once('<')?.0.trim().parse().ok()
}
