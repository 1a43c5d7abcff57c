//! What the ending of a file's name says that it holds. The one list of endings: for reading files and folders, for the hash of what was
//! read, and for what must not be written over.

use std::path::Path;

/// What a file holds by the ending of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// A table as text.
    Table,
    /// The same, if it is named itself: in folders such files are mostly prose.
    Text,
    /// A workbook.
    Workbook,
    /// A form.
    Form,
    /// A table of a package.
    Set,
    /// A database.
    Database,
    /// Records as JSON, one a line.
    Lines,
    /// An archive, maybe of forms.
    Zip,
    /// An archive that is unpacked first.
    Archive,
}

const ENDINGS: [(&str, Ending); 21] = [
    ("csv", Ending::Table),
    ("tsv", Ending::Table),
    ("txt", Ending::Text),
    ("xlsx", Ending::Workbook),
    ("xlsm", Ending::Workbook),
    ("xls", Ending::Workbook),
    ("ods", Ending::Workbook),
    ("et", Ending::Workbook),
    ("lrmx", Ending::Form),
    ("lrm", Ending::Form),
    ("xml", Ending::Set),
    ("db", Ending::Database),
    ("db3", Ending::Database),
    ("sqlite", Ending::Database),
    ("sqlite3", Ending::Database),
    ("ndjson", Ending::Lines),
    ("jsonl", Ending::Lines),
    ("zip", Ending::Zip),
    ("7z", Ending::Archive),
    ("hzb", Ending::Archive),
    ("zb3", Ending::Archive),
];

impl Ending {
    /// That of a file's name, whatever case it is written in.
    pub(super) fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, what)| *what)
    }

    /// That of a path.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        Self::of(&name_of(path))
    }
}

/// Whether a file is another program's own: what a program that has a file open keeps beside it begins so.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '~'])
}

/// Whether a file is read with the folder it lies in. `EXPECTED.csv` lists what a sample should yield.
pub(super) fn is_read_with_folder(path: &Path) -> bool {
    let name = name_of(path);
    let holds_records = matches!(Ending::of(&name), Some(Ending::Table | Ending::Workbook | Ending::Form));
    holds_records && !is_hidden(&name) && name != "EXPECTED.csv" && !path.is_dir()
}

/// Whether a file may hold what somebody exported. Databases and lines of JSON may be this program's own, which it writes anew.
pub fn may_be_export(path: &Path) -> bool {
    Ending::of_path(path).is_some_and(|ending| !matches!(ending, Ending::Database | Ending::Lines))
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
