//! The log: who did what, when, why, before and after. Every entry carries the hash of the one before it, so that nothing can be
//! altered or left out unnoticed.

use super::error::LedgerError;
use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};
use std::path::Path;

/// What stands before the first entry.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Who acts, and when. The ledger reads no clock.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The moment, as `2026-06-30T22:00:00+08:00`.
    pub at: &'a str,
    /// The machine's user.
    pub machine: &'a str,
    /// The named user; none where the program acts by itself.
    pub user: Option<&'a str>,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The verb: `record`, `assign`, `close`.
    pub action: &'a str,
    /// What sort of thing it is done to: `run`, `item`, `user`.
    pub kind: &'a str,
    /// Which one.
    pub id: &'a str,
    /// The reason given.
    pub why: Option<&'a str>,
    /// As it was, as JSON; none for what is new.
    pub before: Option<&'a str>,
    /// As it is now, as JSON; none for what is gone.
    pub after: Option<&'a str>,
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at: String,
    /// The machine's user.
    pub machine: String,
    /// The named user.
    pub user: Option<String>,
    /// The verb.
    pub action: String,
    /// What sort of thing it was done to.
    pub kind: String,
    /// Which one.
    pub id: String,
    /// The reason given.
    pub why: Option<String>,
    /// As it was.
    pub before: Option<String>,
    /// As it was then.
    pub after: Option<String>,
    /// The hash of the entry before.
    pub previous: String,
    /// The hash of `previous` and of everything above.
    pub hash: String,
}

/// Adds an entry. Gives its number.
///
/// # Errors
/// The ledger cannot be written.
pub fn append(connection: &Connection, path: &Path, act: &Act<'_>, entry: &Entry<'_>) -> Result<i64, LedgerError> {
    let fail = |e: rusqlite::Error| LedgerError::of(path, &e);
    let last = connection
        .prepare_cached("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1")
        .and_then(|mut s| s.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).optional())
        .map_err(fail)?;
    let (seq, previous) = last.map_or_else(|| (1, GENESIS.to_owned()), |(seq, hash)| (seq.saturating_add(1), hash));
    let own = |t: Option<&str>| t.map(str::to_owned);
    let mut logged = Logged {
        seq,
        at: act.at.to_owned(),
        machine: act.machine.to_owned(),
        user: own(act.user),
        action: entry.action.to_owned(),
        kind: entry.kind.to_owned(),
        id: entry.id.to_owned(),
        why: own(entry.why),
        before: own(entry.before),
        after: own(entry.after),
        previous,
        hash: String::new(),
    };
    logged.hash = hash(&logged);
    let l = &logged;
    connection
        .prepare_cached("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
        .and_then(|mut s| {
            s.execute(rusqlite::params![
                l.seq, l.at, l.machine, l.user, l.action, l.kind, l.id, l.why, l.before, l.after, l.previous, l.hash
            ])
        })
        .map_err(fail)?;
    Ok(seq)
}

/// What was done to one thing, in order.
///
/// # Errors
/// The ledger cannot be read.
pub fn of(connection: &Connection, path: &Path, kind: &str, id: &str) -> Result<Vec<Logged>, LedgerError> {
    connection
        .prepare_cached("SELECT * FROM log WHERE kind = ?1 AND id = ?2 ORDER BY seq")
        .and_then(|mut s| s.query_map([kind, id], read)?.collect())
        .map_err(|e| LedgerError::of(path, &e))
}

/// A row of the log.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Logged> {
    Ok(Logged {
        seq: row.get(0)?,
        at: row.get(1)?,
        machine: row.get(2)?,
        user: row.get(3)?,
        action: row.get(4)?,
        kind: row.get(5)?,
        id: row.get(6)?,
        why: row.get(7)?,
        before: row.get(8)?,
        after: row.get(9)?,
        previous: row.get(10)?,
        hash: row.get(11)?,
    })
}

/// The hash of an entry: of the hash before it and of each of its fields, none told from empty and no field running into the next.
pub(super) fn hash(l: &Logged) -> String {
    let mut hash = Sha256::new();
    let seq = l.seq.to_string();
    let some = [&l.previous, &seq, &l.at, &l.machine, &l.action, &l.kind, &l.id].map(|t| Some(t.as_str()));
    let maybe = [&l.user, &l.why, &l.before, &l.after].map(|t| t.as_deref());
    for piece in some.into_iter().chain(maybe) {
        absorb(&mut hash, piece);
    }
    hex(&hash.finalize())
}

/// Takes one field into a hash.
pub(super) fn absorb(hash: &mut Sha256, piece: Option<&str>) {
    match piece {
        None => hash.update([0]),
        Some(text) => {
            hash.update([1]);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
    }
}

/// Bytes as digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |n: u8| DIGITS.get(usize::from(n & 15)).copied().unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}
