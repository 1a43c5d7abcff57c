//! The hash of the data a run was made of: names and bytes of every file, wherever they lie.

use crate::diagnostic::Source;
use crate::ingest::{Hash, files_of, hash_of};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

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
        for path in files_of(Path::new(source)).ok()? {
            let name = path.file_name()?.to_string_lossy().into_owned();
            whole.update((name.len() as u64).to_be_bytes());
            whole.update(name.as_bytes());
            whole.update(of_file(&path)?);
        }
    }
    let digits: String = whole.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Some(format!("sha256:{digits}"))
}

fn of_file(path: &Path, open: &mut Vec<File>) -> io::Result<Hash> {
    let mut file = File::open(path)?;
    let mut head = [0; 20];
    let is_database = file.read(&mut head)? == head.len() && head.starts_with(b"SQLite format 3\0");
    file.seek(SeekFrom::Start(0))?;
    let hash = hash_of(&mut file);
    if !is_database {
        return hash;
    }
    open.push(file);
    // What was written last may stand in a log beside the file, if the file says that it keeps one.
    let mut beside = path.as_os_str().to_owned();
    beside.push("-wal");
    match File::open(beside) {
        Ok(mut log) if head.last() == Some(&2) && log.metadata()?.len() > 0 => {
            Ok(Sha256::new_with_prefix(hash?).chain_update(hash_of(&mut log)?).finalize().into())
        }
        _ => hash,
    }
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
        // Whatever a folder is read for: books and forms as well as tables. What a program keeps beside an open book is not read.
        for name in ["book.XLSX", "old.xls", "book.ods", "book.et", "form.lrmx", "old.lrm", "table.tsv"] {
            std::fs::write(one.path().join(name), "before").unwrap();
            let before = hash(&one);
            std::fs::write(one.path().join(name), "after").unwrap();
            assert_ne!(before, hash(&one), "{name}");
        }
        let before = hash(&one);
        for name in ["~$book.xlsx", ".case.csv", "EXPECTED.csv", "report.json", "ledger.db", "notes.txt"] {
            std::fs::write(one.path().join(name), "other").unwrap();
        }
        assert_eq!(before, hash(&one));
        assert_eq!(data_hash(&["-".to_owned()], None, &mut Vec::new()), None);
    }

    #[test]
    fn the_log_of_a_database_belongs_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.db");
        let hash = || data_hash(&[path.display().to_string()], None, &mut Vec::new()).unwrap();
        let db = rusqlite::Connection::open(&path).unwrap();
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE person(person_id); PRAGMA wal_checkpoint(TRUNCATE)",
        )
        .unwrap();
        let (bytes, before) = (std::fs::read(&path).unwrap(), hash());
        db.execute_batch("INSERT INTO person VALUES('P1')").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_ne!(hash(), before);
        // Where the file keeps no log, one that was left behind says nothing.
        db.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
        let whole = hash();
        std::fs::write(folder.path().join("people.db-wal"), "left behind").unwrap();
        assert_eq!(hash(), whole);
    }

    #[test]
    fn of_a_package_the_hash_follows_what_it_is_and_its_tables() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let hash = || data_hash(&[folder.path().display().to_string()], None, &mut Vec::new()).unwrap();
        std::fs::create_dir(folder.path().join("Table")).unwrap();
        write("gwyinfo.xml", "<info/>");
        write("Table/A01.xml", "<xml/>");
        let mut seen = vec![hash()];
        for (name, text) in [("Table/A01.xml", "<xml></xml>"), ("gwyinfo.xml", "<info></info>"), ("Table/A02.XML", "<xml/>")] {
            write(name, text);
            assert!(!seen.contains(&hash()), "{name}");
            seen.push(hash());
        }
        // A package is read for nothing else.
        write("case.csv", "case_id\nC1\n");
        assert_eq!(seen.last(), Some(&hash()));
    }
}
