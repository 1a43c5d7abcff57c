//! What the user named: which kind of source it is, and which files of it hold which table.

use super::error::IngestError;
use super::{decode, header};
use crate::records::{Problem, Schema, TableId};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// One source, recognised.
#[derive(Debug)]
pub(super) enum Source {
    /// CSV files, each with its table.
    Csv(CsvFiles),
    /// A database.
    Sqlite(Named),
    /// A workbook.
    Workbook(Named),
    /// NDJSON, read already (standard input cannot be read again), and what it is called.
    Ndjson(String, String),
}

/// A file and the name it goes by in findings and problems.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// Where it is.
    pub path: PathBuf,
    /// `step.csv`; with its source before it where several sources would be confused.
    pub name: String,
}

/// The CSV files of a folder, or one alone.
#[derive(Debug)]
pub(super) struct CsvFiles {
    /// In the order of their names.
    pub files: Vec<(TableId, Named)>,
    /// CSV files that hold no known table.
    pub notes: Vec<Problem>,
}

/// Recognises every source.
pub(super) fn find(sources: &[String], schema: &Schema) -> Result<Vec<Source>, IngestError> {
    if sources.is_empty() {
        return Err(IngestError::NoSource);
    }
    let several = sources.len() > 1;
    if sources.iter().filter(|s| *s == "-").count() > 1 {
        return Err(IngestError::StdinTwice);
    }
    sources.iter().map(|s| recognise(s, several, schema)).collect()
}

/// The same again, but for standard input, which is gone.
pub(super) fn find_again(sources: &[String], schema: &Schema) -> Result<Vec<Source>, IngestError> {
    let several = sources.len() > 1;
    sources.iter().filter(|s| *s != "-").map(|s| recognise(s, several, schema)).collect()
}

fn recognise(source: &str, several: bool, schema: &Schema) -> Result<Source, IngestError> {
    if source == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| IngestError::io(Path::new("-"), &e))?;
        return ndjson(&bytes, "-".to_owned());
    }
    if source.starts_with("postgres://") || source.starts_with("postgresql://") {
        return Err(IngestError::Unsupported { path: "postgres://…".to_owned(), why: "还不能直接连接 PostgreSQL".to_owned() });
    }
    let path = Path::new(source);
    let meta = fs::metadata(path).map_err(|e| IngestError::io(path, &e))?;
    if meta.is_dir() {
        return folder(path, source, several, schema).map(Source::Csv);
    }
    let named = Named { path: path.to_owned(), name: name_of(path, several) };
    match kind(path)? {
        Kind::Sqlite => Ok(Source::Sqlite(named)),
        Kind::Csv => single(named, path, schema).map(Source::Csv),
        Kind::Workbook => Ok(Source::Workbook(named)),
        Kind::Ndjson => {
            let bytes = fs::read(path).map_err(|e| IngestError::io(path, &e))?;
            ndjson(&bytes, named.name)
        }
        Kind::Empty => Err(IngestError::Empty { file: named.name }),
        Kind::Unknown => Err(IngestError::Unknown { path: source.to_owned() }),
    }
}

fn ndjson(bytes: &[u8], name: String) -> Result<Source, IngestError> {
    decode::may_be_utf8(bytes, &name)?;
    Ok(Source::Ndjson(decode::text(bytes, &name)?, name))
}

enum Kind {
    Sqlite,
    Csv,
    Workbook,
    Ndjson,
    Empty,
    Unknown,
}

/// By its first bytes, which do not lie; where they say nothing, by its ending.
fn kind(path: &Path) -> Result<Kind, IngestError> {
    let mut head = Vec::new();
    File::open(path).and_then(|f| f.take(16).read_to_end(&mut head)).map_err(|e| IngestError::io(path, &e))?;
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    Ok(if head.is_empty() {
        Kind::Empty
    } else if head.starts_with(b"SQLite format 3\0") || matches!(ending.as_str(), "db" | "sqlite" | "sqlite3" | "db3") {
        Kind::Sqlite
    } else if head.starts_with(b"PK") || head.starts_with(b"\xd0\xcf\x11\xe0") || matches!(ending.as_str(), "xlsx" | "xls" | "ods" | "xlsm")
    {
        Kind::Workbook
    } else if matches!(ending.as_str(), "csv" | "tsv" | "txt") {
        Kind::Csv
    } else if matches!(ending.as_str(), "ndjson" | "jsonl") {
        Kind::Ndjson
    } else {
        Kind::Unknown
    })
}

fn name_of(path: &Path, several: bool) -> String {
    if several {
        return path.display().to_string();
    }
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// The table a file is named after.
fn table_of(path: &Path, schema: &Schema) -> Option<TableId> {
    header::table_called(schema, &path.file_stem()?.to_string_lossy())
}

fn single(named: Named, path: &Path, schema: &Schema) -> Result<CsvFiles, IngestError> {
    match table_of(path, schema) {
        Some(table) => Ok(CsvFiles { files: vec![(table, named)], notes: Vec::new() }),
        None => Err(IngestError::NoTable { path: named.name, found: String::new() }),
    }
}

fn folder(path: &Path, source: &str, several: bool, schema: &Schema) -> Result<CsvFiles, IngestError> {
    let entries = fs::read_dir(path).map_err(|e| IngestError::io(path, &e))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|e| IngestError::io(path, &e))?.path());
    }
    paths.sort();
    let mut found = CsvFiles { files: Vec::new(), notes: Vec::new() };
    let mut others = 0;
    for file in paths {
        let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if !matches!(ending.as_str(), "csv" | "tsv") || file.is_dir() {
            others += usize::from(matches!(ending.as_str(), "xlsx" | "xls" | "ods" | "db" | "sqlite"));
            continue;
        }
        let short = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        // Hidden files are other programs' own; EXPECTED.csv lists what a sample should yield.
        if short.starts_with(['.', '~']) || short == "EXPECTED.csv" {
            continue;
        }
        let name = if several { format!("{}/{short}", source.trim_end_matches('/')) } else { short };
        match table_of(&file, schema) {
            Some(table) => found.files.push((table, Named { path: file, name })),
            None => {
                let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
                found.notes.push(header::unknown_table(schema, &name, &stem));
            }
        }
    }
    if found.files.is_empty() {
        let seen = match (found.notes.len(), others) {
            (0, 0) => "（没有 CSV 文件）".to_owned(),
            (0, _) => "（里面有工作簿或数据库：请直接给出该文件）".to_owned(),
            (n, _) => format!("（有 {n} 个 CSV 文件，文件名都不是表名）"),
        };
        return Err(IngestError::NoTable { path: source.to_owned(), found: seen });
    }
    Ok(found)
}
