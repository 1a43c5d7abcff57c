//! The hash of the data a run was made of: names and bytes of every file, wherever they lie.

use crate::diagnostic::Source;
use crate::ingest::{Hash, hash_of};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The hash of all sources, in the order named; none where one is no file (standard input, a server) or cannot be read.
///
/// Where a database is locked to be read, closing another handle of it gives up the lock: such handles go to `open`.
pub(super) fn data_hash(sources: &[String], mapping: Option<&Source>, open: &mut Vec<File>) -> Option<String> {
    hash_by(sources, mapping, |path| of_file(path, open).ok())
}

/// The same of one file whose bytes have this hash.
pub(super) fn data_hash_of(source: &str, bytes: Hash) -> Option<String> {
    hash_by(&[source.to_owned()], None, |_| Some(bytes))
}

fn hash_by(sources: &[String], mapping: Option<&Source>, mut of_file: impl FnMut(&Path) -> Option<Hash>) -> Option<String> {
    let mut whole = Sha256::new();
    // The same files mean something else under another mapping.
    mapping.into_iter().for_each(|m| whole.update(Sha256::digest(m.text.as_bytes())));
    for source in sources {
        for path in files(Path::new(source)).ok()? {
            let name = path.file_name()?.to_string_lossy().into_owned();
            whole.update((name.len() as u64).to_be_bytes());
            whole.update(name.as_bytes());
            whole.update(of_file(&path)?);
        }
    }
    let digits: String = whole.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Some(format!("sha256:{digits}"))
}

/// Endings of the files of a folder that are read.
const DATA: [&str; 4] = ["csv", "tsv", "lrmx", "lrm"];

/// The file itself, or the tables and forms of a folder by name; what else lies there is not data.
fn files(source: &Path) -> io::Result<Vec<PathBuf>> {
    if !source.metadata()?.is_dir() {
        return if source.is_file() { Ok(vec![source.to_owned()]) } else { Err(io::ErrorKind::InvalidInput.into()) };
    }
    let mut files = files_of(source, &DATA)?;
    // An unpacked package: what it is, and its tables in a folder of their own.
    let named = |path: &Path, name: &str| path.file_name().is_some_and(|n| n.eq_ignore_ascii_case(name));
    let below: Vec<PathBuf> = std::fs::read_dir(source)?.map(|e| Ok(e?.path())).collect::<io::Result<_>>()?;
    if let Some(info) = below.iter().find(|p| named(p, "gwyinfo.xml")) {
        files.push(info.clone());
        for folder in below.iter().filter(|p| named(p, "Table") && p.is_dir()) {
            files.extend(files_of(folder, &["xml"])?);
        }
    }
    files.sort();
    Ok(files)
}

fn files_of(folder: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let table = path.extension().is_some_and(|e| endings.iter().any(|known| e.eq_ignore_ascii_case(known)));
        if table && path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

fn of_file(path: &Path, open: &mut Vec<File>) -> io::Result<Hash> {
    let mut file = File::open(path)?;
    let mut head = [0; 16];
    let is_database = file.read(&mut head)? == head.len() && head == *b"SQLite format 3\0";
    file.seek(SeekFrom::Start(0))?;
    let hash = hash_of(&mut file);
    if is_database {
        open.push(file);
    }
    hash
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_names_and_bytes_and_nothing_else() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let hash = |dir: &tempfile::TempDir| data_hash(&[dir.path().display().to_string()], None, &mut Vec::new()).unwrap();
        for dir in [&one, &two] {
            std::fs::write(dir.path().join("case.csv"), "case_id\nC1\n").unwrap();
        }
        let before = hash(&one);
        assert_eq!(before, hash(&two));
        std::fs::write(one.path().join("guiju.toml"), "jobs = 1").unwrap();
        assert_eq!(before, hash(&one));
        std::fs::write(one.path().join("case.csv"), "case_id\nC2\n").unwrap();
        assert_ne!(before, hash(&one));
        std::fs::rename(two.path().join("case.csv"), two.path().join("step.csv")).unwrap();
        assert_ne!(before, hash(&two));
        assert_eq!(data_hash(&["-".to_owned()], None, &mut Vec::new()), None);
    }
}
