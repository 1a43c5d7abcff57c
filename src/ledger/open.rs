//! One SQLite file, opened. A rollback journal rather than a write-ahead log: the ledger is then one file at rest, can be copied and
//! read where nothing may be written, and a run killed at any moment leaves the last complete one.

use super::error::LedgerError;
use super::log::{self, Act, Entry};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::fs::{File, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Marks a file as a ledger: "gjl1".
const APPLICATION: i32 = 0x676a_6c31;
/// How every SQLite file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// How long another run may be writing.
const PATIENCE: Duration = Duration::from_secs(20);
/// The schema, step by step: a ledger's version is how many steps it has taken. A step that was released is never changed.
const MIGRATIONS: [&str; 2] = [include_str!("migrations/0001.sql"), include_str!("migrations/0002.sql")];

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
    /// The version it had before it was opened, where that was an earlier one.
    migrated_from: Option<usize>,
}

/// Keeps other runs waiting as long as it lives; the system takes it back however the run ends.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

impl Ledger {
    /// Opens a ledger for writing. One that is not there yet is made; one of an earlier version is brought up to date, which is logged.
    ///
    /// # Errors
    /// Not a ledger, of a later version, read-only, locked, damaged, or no space left.
    pub fn open(path: &Path, act: &Act<'_>) -> Result<Self, LedgerError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut ledger = Self::connect(path, flags)?;
        if ledger.connection.is_readonly("main").map_err(|e| ledger.error(&e))? {
            return Err(LedgerError::ReadOnly { file: path.display().to_string() });
        }
        ledger.migrate(act, &MIGRATIONS)?;
        Ok(ledger)
    }

    /// Opens a ledger that is there for reading alone: nothing is written, not even where it lies in a read-only folder.
    ///
    /// # Errors
    /// Not there, not a ledger, of another version, locked or damaged.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        let file = || path.display().to_string();
        if !path.exists() {
            return Err(LedgerError::NotFound { file: file() });
        }
        put_right(path);
        let ledger = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        match ledger.version()? {
            None => Err(LedgerError::NotALedger { file: file() }),
            Some(found) if found < MIGRATIONS.len() => Err(LedgerError::Older { file: file(), found, known: MIGRATIONS.len() }),
            Some(_) => Ok(ledger),
        }
    }

    /// Opens a ledger that must be there for writing: a mistyped name makes no new one.
    ///
    /// # Errors
    /// Not there, and those of [`Ledger::open`].
    pub fn existing(path: &Path, act: &Act<'_>) -> Result<Self, LedgerError> {
        if path.exists() { Self::open(path, act) } else { Err(LedgerError::NotFound { file: path.display().to_string() }) }
    }

    /// The version the ledger had before it was brought up to date, if it was.
    pub fn migrated_from(&self) -> Option<usize> {
        self.migrated_from
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For reading.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Does everything or nothing. The writer's lock is taken at once, so that what is read within still holds when it is written.
    ///
    /// # Errors
    /// What is done within says, or the ledger cannot be written.
    pub fn transaction<T>(&mut self, work: impl FnOnce(&Transaction<'_>, &Path) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
        let fail = |e: rusqlite::Error| LedgerError::of(&self.path, &e);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        let done = work(&transaction, &self.path)?;
        transaction.commit().map_err(fail)?;
        Ok(done)
    }

    /// What SQLite says, told of this ledger.
    pub(super) fn error(&self, error: &rusqlite::Error) -> LedgerError {
        LedgerError::of(&self.path, error)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, LedgerError> {
        let fail = |e: rusqlite::Error| LedgerError::of(path, &e);
        if path.is_dir() {
            return Err(LedgerError::NotALedger { file: path.display().to_string() });
        }
        if is_something_else(path) {
            return Err(LedgerError::NotALedger { file: path.display().to_string() });
        }
        let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
        connection.busy_timeout(PATIENCE).map_err(fail)?;
        connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON").map_err(fail)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, path: path.to_owned(), migrated_from: None })
    }

    /// The version; none for a file with nothing in it.
    fn version(&self) -> Result<Option<usize>, LedgerError> {
        let pragma = |name: &str| self.connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        let file = || self.path.display().to_string();
        let application = pragma("application_id").map_err(|e| self.error(&e))?;
        let objects: i64 =
            self.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(|e| self.error(&e))?;
        // A run killed before its first commit leaves a file with nothing in it.
        if application == 0 && objects == 0 {
            return Ok(None);
        }
        if application != i64::from(APPLICATION) {
            return Err(LedgerError::NotALedger { file: file() });
        }
        let found = usize::try_from(pragma("user_version").map_err(|e| self.error(&e))?).unwrap_or(0);
        if found > MIGRATIONS.len() {
            return Err(LedgerError::Newer { file: file(), found, known: MIGRATIONS.len() });
        }
        Ok(Some(found))
    }

    /// Takes the steps not taken yet, all or none.
    fn migrate(&mut self, act: &Act<'_>, steps: &[&str]) -> Result<(), LedgerError> {
        let before = self.version()?;
        if before == Some(steps.len()) {
            return self.settle();
        }
        // The file's first bytes are set outside a transaction, or not at all.
        self.settle()?;
        self.transaction(|tx, path| {
            let fail = |e: rusqlite::Error| LedgerError::of(path, &e);
            // Another run may have been faster.
            let taken: usize =
                tx.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).map_err(fail)?.try_into().unwrap_or(usize::MAX);
            for step in steps.iter().skip(taken) {
                tx.execute_batch(step).map_err(fail)?;
            }
            if taken < steps.len() {
                tx.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {}", steps.len())).map_err(fail)?;
                let (from, to) = (taken.to_string(), steps.len().to_string());
                let action = if taken == 0 { "create" } else { "migrate" };
                let entry =
                    Entry { action, kind: "ledger", id: "schema", why: None, before: (taken > 0).then_some(&from), after: Some(&to) };
                log::append(tx, path, act, &entry)?;
            }
            Ok(())
        })?;
        self.migrated_from = before;
        Ok(())
    }

    /// How writing is done: everything is on the disk before it counts.
    fn settle(&self) -> Result<(), LedgerError> {
        self.connection
            .execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA cache_size = -65536")
            .map_err(|e| self.error(&e))
    }
}

/// Takes back what a killed run left half written, which a reader alone may not. Where it cannot be done, reading says so.
fn put_right(path: &Path) {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-journal");
    if !Path::new(&beside).exists() {
        return;
    }
    if let Ok(connection) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX) {
        let _ = connection.busy_timeout(PATIENCE);
        let _ = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    }
}

/// Whether a file holds something that is no database. SQLite would take one of a few bytes for an empty one, and write over it. With a
/// journal beside it, it is what a killed run left, and SQLite puts it right.
fn is_something_else(path: &Path) -> bool {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-journal");
    let mut first = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut first));
    read.is_ok() && !first.is_empty() && first != MAGIC && !Path::new(&beside).exists()
}

/// Keeps other runs from working with this ledger, waiting for one that is at work. `told` is called once if there is one.
///
/// # Errors
/// The other run is still at work after `patience`, or the folder cannot be written.
pub fn hold(path: &Path, patience: Duration, told: impl FnOnce()) -> Result<Held, LedgerError> {
    let file = path.display().to_string();
    // A file of its own: closing a second handle on the ledger itself would drop SQLite's locks.
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".lock");
    let lock = File::options().create(true).truncate(false).write(true).open(path.with_file_name(name));
    let lock = lock.map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => LedgerError::DiskFull { file: file.clone() },
        std::io::ErrorKind::NotFound => LedgerError::CannotOpen { file: file.clone() },
        _ => LedgerError::ReadOnly { file: file.clone() },
    })?;
    let mut told = Some(told);
    let mut left = patience;
    let step = Duration::from_millis(100);
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Held { _file: lock }),
            // A file system without locks leaves it to SQLite's own.
            Err(TryLockError::Error(_)) => return Ok(Held { _file: lock }),
            Err(TryLockError::WouldBlock) if left.is_zero() => return Err(LedgerError::Busy { file }),
            Err(TryLockError::WouldBlock) => {
                if let Some(told) = told.take() {
                    told();
                }
                std::thread::sleep(step.min(left));
                left = left.saturating_sub(step);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ACT: Act<'static> = Act { at: "2026-06-30T22:00:00+08:00", machine: "tester", user: None };

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        (folder, path)
    }

    #[test]
    fn a_new_ledger_is_made_and_opens_again() {
        let (_folder, path) = folder();
        Ledger::open(&path, &ACT).unwrap();
        let again = Ledger::open(&path, &ACT).unwrap();
        assert_eq!(again.migrated_from(), None);
        assert_eq!(again.version().unwrap(), Some(MIGRATIONS.len()));
        Ledger::read(&path).unwrap();
        // One file at rest.
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_not_a_ledger_is_left_alone() {
        let (_folder, path) = folder();
        assert_eq!(Ledger::read(&path).unwrap_err().code(), "ledger::not-found");
        for text in ["person_id,name\nP1,甲\n".repeat(200), String::from("x")] {
            std::fs::write(&path, &text).unwrap();
            assert_eq!(Ledger::open(&path, &ACT).unwrap_err().code(), "ledger::not-a-ledger");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        std::fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE person (person_id TEXT)").unwrap();
        assert_eq!(Ledger::open(&path, &ACT).unwrap_err().code(), "ledger::not-a-ledger");
        assert_eq!(Ledger::open(path.parent().unwrap(), &ACT).unwrap_err().code(), "ledger::not-a-ledger");
        assert_eq!(Ledger::open(&path.with_file_name("no/ledger.db"), &ACT).unwrap_err().code(), "ledger::cannot-open");
    }

    #[test]
    fn an_empty_file_that_a_killed_run_left_becomes_a_ledger() {
        let (_folder, path) = folder();
        std::fs::write(&path, "").unwrap();
        assert_eq!(Ledger::read(&path).unwrap_err().code(), "ledger::not-a-ledger");
        Ledger::open(&path, &ACT).unwrap();
    }

    #[test]
    fn a_later_version_is_not_touched_and_an_earlier_one_is_brought_up_to_date() {
        let (_folder, path) = folder();
        Ledger::open(&path, &ACT).unwrap().connection.execute_batch("PRAGMA user_version = 99").unwrap();
        let error = Ledger::open(&path, &ACT).unwrap_err();
        assert_eq!((error.code(), error.to_string().contains("第 99 版")), ("ledger::newer", true));
        std::fs::remove_file(&path).unwrap();

        // As an earlier program made it, one step back.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        Ledger::connect(&path, flags).unwrap().migrate(&ACT, &MIGRATIONS[..1]).unwrap();
        let further = [MIGRATIONS.as_slice(), &["CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;"]].concat();
        let mut ledger = Ledger::connect(&path, flags).unwrap();
        ledger.migrate(&ACT, &further).unwrap();
        assert_eq!(ledger.migrated_from(), Some(1));
        let last: (String, String, String) = ledger
            .connection
            .query_row("SELECT action, before, after FROM log ORDER BY seq DESC", [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap();
        assert_eq!(last, ("migrate".into(), "1".into(), further.len().to_string()));
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before() {
        let (_folder, path) = folder();
        let mut ledger = Ledger::open(&path, &ACT).unwrap();
        let broken = [MIGRATIONS.as_slice(), &["CREATE TABLE half (id INTEGER); CREATE TABLE log (seq INTEGER);"]].concat();
        assert!(ledger.migrate(&ACT, &broken).is_err());
        assert_eq!(ledger.version().unwrap(), Some(MIGRATIONS.len()));
        assert!(ledger.connection.prepare("SELECT * FROM half").is_err());
    }

    #[test]
    fn a_full_disk_leaves_what_was_complete() {
        let (_folder, path) = folder();
        let mut ledger = Ledger::open(&path, &ACT).unwrap();
        let pages: i64 = ledger.connection.query_row("PRAGMA page_count", [], |r| r.get(0)).unwrap();
        ledger.connection.execute_batch(&format!("PRAGMA max_page_count = {pages}")).unwrap();
        let full = ledger.transaction(|tx, path| {
            tx.execute("INSERT INTO text VALUES ('h', ?1)", ["x".repeat(1 << 16)]).map_err(|e| LedgerError::of(path, &e))
        });
        assert_eq!(full.unwrap_err().code(), "ledger::disk-full");
        drop(ledger);
        let texts: i64 = Ledger::read(&path).unwrap().connection.query_row("SELECT count(*) FROM text", [], |r| r.get(0)).unwrap();
        assert_eq!(texts, 0);
    }

    #[test]
    fn a_ledger_that_may_only_be_read_is_told() {
        let (_folder, path) = folder();
        Ledger::open(&path, &ACT).unwrap();
        let mut ledger = Ledger::read(&path).unwrap();
        let act = |ledger: &mut Ledger| {
            ledger.transaction(|tx, path| {
                tx.execute("INSERT INTO user VALUES ('甲', '', 1)", []).map(|_| ()).map_err(|e| LedgerError::of(path, &e))
            })
        };
        assert_eq!(act(&mut ledger).unwrap_err().code(), "ledger::read-only");
    }

    #[test]
    fn a_ledger_of_an_earlier_version_is_not_shown_as_if_it_were_of_this_one() {
        let (_folder, path) = folder();
        Ledger::open(&path, &ACT).unwrap().connection.execute_batch("PRAGMA user_version = 0").unwrap();
        assert_eq!(Ledger::read(&path).unwrap_err().code(), "ledger::older");
    }

    #[test]
    fn one_run_waits_for_another_and_says_so() {
        let (_folder, path) = folder();
        let first = hold(&path, Duration::ZERO, || {}).unwrap();
        let mut told = 0;
        assert_eq!(hold(&path, Duration::from_millis(150), || told += 1).unwrap_err().code(), "ledger::busy");
        assert_eq!(told, 1);
        drop(first);
        hold(&path, Duration::ZERO, || told += 1).unwrap();
        assert_eq!(told, 1);
    }
}
