//! What the user named: which kind of source it is, and which files of it hold which table.

use super::endings::{self, Ending};
use super::error::IngestError;
use super::forms::{self, FormFiles};
use super::mapping::{Mapping, csv_head};
use super::package::{self, Package};
use super::postgres::{self, Server};
use super::write::is_store;
use super::{csv, decode, header, kinds};
use crate::records::{Problem, Schema, TableId};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One source, recognised.
#[derive(Debug)]
pub(super) enum Source {
    /// CSV files, each with its table.
    Csv(CsvFiles),
    /// A database.
    Sqlite(Named),
    /// A database server.
    Postgres(Box<Server>),
    /// A workbook. One of a folder need not hold a table: others of the folder may.
    Workbook { file: Named, in_folder: bool },
    /// NDJSON, read already (standard input cannot be read again), and what it is called.
    Ndjson(String, String),
    /// A sheet known by its headers, as CSV.
    Sheet(Named),
    /// An unpacked package of information sets.
    Package(Package),
    /// Forms: a file, or those of a folder or zip.
    Forms(FormFiles),
}

impl Source {
    /// The files it is read from, where a change while they are read would go unnoticed: a database is read as of one moment.
    pub(super) fn files(&self) -> Vec<&Named> {
        match self {
            Self::Csv(files) => files.files.iter().map(|(_, file)| file).chain(&files.mapped).collect(),
            Self::Workbook { file, .. } | Self::Sheet(file) => vec![file],
            Self::Forms(forms) => match &forms.files {
                forms::Files::One(file) | forms::Files::Zip(file) => vec![file],
                forms::Files::Folder(files) => files.iter().collect(),
            },
            Self::Package(package) => std::iter::once(&package.info).chain(&package.tables).collect(),
            Self::Sqlite(_) | Self::Postgres(_) | Self::Ndjson(..) => Vec::new(),
        }
    }
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
    /// Those that a mapping makes rows of, in the order of their names.
    pub mapped: Vec<Named>,
}

/// What tables are known by.
#[derive(Clone, Copy)]
struct Known<'k> {
    schema: &'k Schema,
    mapping: Option<&'k Mapping>,
}

impl Known<'_> {
    /// Whether a mapping makes rows of a CSV file.
    fn is_mapped(&self, path: &Path) -> bool {
        let Some(mapping) = self.mapping else { return false };
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        mapping.takes(&name).unwrap_or_else(|| mapping.knows(&name, &csv_head(path)))
    }
}

/// The files that a path named as a source is read from, by name.
///
/// # Errors
/// There is no such file or folder, or it cannot be listed.
pub fn files_of(source: &Path) -> io::Result<Vec<PathBuf>> {
    if !source.metadata()?.is_dir() {
        return if source.is_file() { Ok(vec![source.to_owned()]) } else { Err(io::ErrorKind::InvalidInput.into()) };
    }
    let mut files: Vec<PathBuf> = match package::info_of(source) {
        Some(info) => package::tables_of(source)?.into_iter().chain([info]).collect(),
        None => {
            let all = fs::read_dir(source)?.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>()?;
            all.into_iter().filter(|path| endings::is_read_with_folder(path)).collect()
        }
    };
    files.sort();
    Ok(files)
}

/// Recognises every source.
pub(super) fn find(sources: &[String], schema: &Schema, mapping: Option<&Mapping>) -> Result<Vec<Source>, IngestError> {
    if sources.is_empty() {
        return Err(IngestError::NoSource);
    }
    let several = sources.len() > 1;
    if sources.iter().filter(|s| *s == "-").count() > 1 {
        return Err(IngestError::StdinTwice);
    }
    let mut found = Vec::new();
    for source in sources {
        recognise(source, several, Known { schema, mapping }, &mut found)?;
    }
    Ok(found)
}

/// The same again, but for standard input, which is gone.
pub(super) fn find_again(sources: &[String], schema: &Schema, mapping: Option<&Mapping>) -> Result<Vec<Source>, IngestError> {
    let several = sources.len() > 1;
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| *s != "-") {
        recognise(source, several, Known { schema, mapping }, &mut found)?;
    }
    Ok(found)
}

fn recognise(source: &str, several: bool, known: Known<'_>, found: &mut Vec<Source>) -> Result<(), IngestError> {
    if source == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| IngestError::io(Path::new("-"), &e))?;
        found.push(ndjson(&bytes, "-".to_owned())?);
        return Ok(());
    }
    if postgres::is_server(source) {
        found.push(Source::Postgres(Box::new(Server::at(source)?)));
        return Ok(());
    }
    let path = Path::new(source);
    let meta = fs::metadata(path).map_err(|e| IngestError::io(path, &e))?;
    if meta.is_dir()
        && let Some(info) = package::info_of(path)
    {
        let called = if several { format!("{}/", source.trim_end_matches('/')) } else { String::new() };
        found.push(Source::Package(package::find(path, info, &called, source)?));
        return Ok(());
    }
    if meta.is_dir() {
        return folder(path, source, several, known, found);
    }
    let named = Named { path: path.to_owned(), name: name_of(path, several) };
    let one = match kind(path, &named.name)? {
        Kind::Sqlite => Source::Sqlite(named),
        Kind::Csv if !known.is_mapped(path) && csv::is_sheet(path, known.schema) => Source::Sheet(named),
        Kind::Csv => Source::Csv(single(named, path, known)?),
        Kind::Workbook => Source::Workbook { file: named, in_folder: false },
        Kind::Form => Source::Forms(FormFiles { counted_as: named.name.clone(), files: forms::Files::One(named) }),
        Kind::Forms => Source::Forms(FormFiles { counted_as: named.name.clone(), files: forms::Files::Zip(named) }),
        Kind::Ndjson => {
            let bytes = fs::read(path).map_err(|e| IngestError::io(path, &e))?;
            ndjson(&bytes, named.name)?
        }
        Kind::Empty => return Err(IngestError::Empty { file: named.name }),
        Kind::Unknown => return Err(IngestError::Unknown { path: source.to_owned() }),
    };
    found.push(one);
    Ok(())
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
    /// One form.
    Form,
    /// A zip of forms.
    Forms,
    Empty,
    Unknown,
}

/// Bytes at the beginning of a file that tell what it is.
const HEAD: u64 = 2048;

/// By its first bytes, which do not lie; where they say nothing, by its ending.
fn kind(path: &Path, name: &str) -> Result<Kind, IngestError> {
    let mut head = Vec::new();
    File::open(path).and_then(|f| f.take(HEAD).read_to_end(&mut head)).map_err(|e| IngestError::io(path, &e))?;
    let ending = Ending::of_path(path);
    let named_workbook = ending == Some(Ending::Workbook);
    if named_workbook
        && !head.starts_with(b"SQLite format 3\0")
        && !forms::begins_like_form(&head)
        && !head.is_empty()
        && let Some((what, right)) = kinds::not_workbook(&head)
    {
        return Err(IngestError::WrongEnding { path: name.to_owned(), what, right });
    }
    if head.is_empty() {
        return Ok(Kind::Empty);
    }
    if head.starts_with(b"SQLite format 3\0") || ending == Some(Ending::Database) {
        return Ok(Kind::Sqlite);
    }
    if forms::begins_like_form(&head) {
        return Ok(Kind::Form);
    }
    if head.starts_with(b"PK") {
        // A zip is a workbook unless forms lie in it, or it is named as an archive.
        let of_forms = ending == Some(Ending::Zip) || forms::zip_holds_forms(path) == Some(true);
        return Ok(if of_forms { Kind::Forms } else { Kind::Workbook });
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Ok(Kind::Workbook);
    }
    Ok(match ending {
        Some(Ending::Workbook) => Kind::Workbook,
        Some(Ending::Form) => Kind::Form,
        Some(Ending::Zip) => Kind::Forms,
        Some(Ending::Table | Ending::Text) => Kind::Csv,
        Some(Ending::Lines) => Kind::Ndjson,
        Some(Ending::Database | Ending::Set | Ending::Archive) | None => Kind::Unknown,
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

fn single(named: Named, path: &Path, known: Known<'_>) -> Result<CsvFiles, IngestError> {
    if known.is_mapped(path) {
        return Ok(CsvFiles { files: Vec::new(), notes: Vec::new(), mapped: vec![named] });
    }
    match table_of(path, known.schema) {
        Some(table) => Ok(CsvFiles { files: vec![(table, named)], notes: Vec::new(), mapped: Vec::new() }),
        None => Err(IngestError::NoTable { path: named.name, found: String::new() }),
    }
}

fn folder(path: &Path, source: &str, several: bool, known: Known<'_>, into: &mut Vec<Source>) -> Result<(), IngestError> {
    let schema = known.schema;
    let entries = fs::read_dir(path).map_err(|e| IngestError::io(path, &e))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|e| IngestError::io(path, &e))?.path());
    }
    paths.sort();
    let mut found = CsvFiles { files: Vec::new(), notes: Vec::new(), mapped: Vec::new() };
    let mut others = 0;
    let mut forms: Vec<Named> = Vec::new();
    let mut sheets: Vec<Source> = Vec::new();
    let mut books: Vec<Source> = Vec::new();
    for file in paths {
        let short = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let name = if several { format!("{}/{short}", source.trim_end_matches('/')) } else { short.clone() };
        if file.is_dir() {
            found.notes.extend(holds_forms(&file).then(|| folder_not_read(&name)));
            continue;
        }
        let ending = Ending::of(&short);
        if !endings::is_read_with_folder(&file) {
            let holds_more = matches!(ending, Some(Ending::Database | Ending::Zip | Ending::Archive));
            if holds_more && !endings::is_hidden(&short) && !is_ours(&file) {
                others += 1;
                found.notes.push(file_not_read(&name));
            }
            continue;
        }
        match ending {
            Some(Ending::Form) => {
                forms.push(Named { path: file, name });
                continue;
            }
            Some(Ending::Workbook) => {
                books.push(workbook(Named { path: file, name })?);
                continue;
            }
            _ => {}
        }
        if known.is_mapped(&file) {
            found.mapped.push(Named { path: file, name });
            continue;
        }
        if csv::is_sheet(&file, schema) {
            sheets.push(Source::Sheet(Named { path: file, name }));
            continue;
        }
        match table_of(&file, schema) {
            Some(table) => found.files.push((table, Named { path: file, name })),
            None => {
                let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
                found.notes.push(header::unknown_table(schema, &name, &stem));
            }
        }
    }
    if found.files.is_empty() && found.mapped.is_empty() && forms.is_empty() && sheets.is_empty() && books.is_empty() {
        let unknown = found.notes.iter().filter(|n| n.code == "data::unknown-table").count();
        let below = below(path, schema);
        let seen = match (unknown, others) {
            (0, _) if !below.is_empty() => format!("（子文件夹{}里有：请直接给出子文件夹）", below.concat()),
            (0, 0) => "（没有 CSV 文件）".to_owned(),
            (0, _) => "（里面有数据库或压缩包：请直接给出该文件）".to_owned(),
            (n, _) => format!("（有 {n} 个 CSV 文件，文件名都不是表名）"),
        };
        return Err(IngestError::NoTable { path: source.to_owned(), found: seen });
    }
    if !found.files.is_empty() || !found.mapped.is_empty() || !found.notes.is_empty() {
        into.push(Source::Csv(found));
    }
    into.append(&mut books);
    into.append(&mut sheets);
    if !forms.is_empty() {
        let counted_as = format!("{}/", name_of(path, several).trim_end_matches('/'));
        into.push(Source::Forms(FormFiles { counted_as, files: forms::Files::Folder(forms) }));
    }
    Ok(())
}

/// A workbook of a folder, if it is one.
///
/// # Errors
/// It cannot be opened, or is something else than its ending says.
fn workbook(named: Named) -> Result<Source, IngestError> {
    match kind(&named.path, &named.name)? {
        Kind::Empty => Err(IngestError::Empty { file: named.name }),
        Kind::Workbook => Ok(Source::Workbook { file: named, in_folder: true }),
        Kind::Sqlite => Ok(Source::Sqlite(named)),
        Kind::Form => Ok(Source::Forms(FormFiles { counted_as: named.name.clone(), files: forms::Files::One(named) })),
        Kind::Forms => Ok(Source::Forms(FormFiles { counted_as: named.name.clone(), files: forms::Files::Zip(named) })),
        Kind::Csv | Kind::Ndjson | Kind::Unknown => Err(IngestError::Unknown { path: named.name }),
    }
}

/// The folders within a folder that hold tables or forms, each in quotes, in the order of their names.
fn below(path: &Path, schema: &Schema) -> Vec<String> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders.retain(|folder| package::info_of(folder).is_some() || holds_forms(folder) || holds_tables(folder, schema));
    folders.iter().filter_map(|f| Some(format!("“{}”", f.file_name()?.to_string_lossy()))).collect()
}

fn holds_tables(folder: &Path, schema: &Schema) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| e.path()).any(|p| Ending::of_path(&p) == Some(Ending::Table) && table_of(&p, schema).is_some())
}

fn holds_forms(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|e| forms::is_named_form(&e.file_name().to_string_lossy()))
}

/// Whether a file is a database of this program: an import, or one that says whose it is, as a ledger does.
fn is_ours(file: &Path) -> bool {
    let mut head = [0; 72];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut head));
    let (magic, program) = (b"SQLite format 3\0", head.get(68..).unwrap_or_default());
    read.is_ok() && head.starts_with(magic) && (program.iter().any(|b| *b != 0) || is_store(file))
}

/// A database or archive in a folder of other files: whether it is another copy of the same records nobody can say.
fn file_not_read(name: &str) -> Problem {
    Problem::noted(name, "data::file-not-read", "文件夹里的数据库、压缩包不随文件夹读取", "要用的，请把它也列在命令里")
}

/// Forms in a folder within the folder named.
fn folder_not_read(name: &str) -> Problem {
    Problem::noted(name, "form::folder-not-read", "子文件夹里有任免审批表，未读取", "请把子文件夹也列在命令里")
}
