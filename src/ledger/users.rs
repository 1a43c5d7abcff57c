//! People who act: named users, kept in the ledger. Nobody acts under a name that is not there.

use super::error::LedgerError;
use super::log::{self, Act, Entry};
use super::open::Ledger;
use rusqlite::{Connection, OptionalExtension};
use serde_json::json;
use std::path::Path;

/// A person who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// By which he or she is known.
    pub name: String,
    /// What he or she is: 干部监督科科长.
    pub post: String,
    /// Whether he or she may still act.
    pub active: bool,
}

/// Adds a user, or changes what is kept of one.
///
/// # Errors
/// Whoever acts may not, or the ledger cannot be written.
pub fn keep_user(ledger: &mut Ledger, act: &Act<'_>, user: &User) -> Result<(), LedgerError> {
    ledger.transaction(|tx, path| {
        let before = find(tx, path, &user.name)?;
        // Whoever enters the first user is known to nobody yet.
        if let (Some(name), false) = (act.user, all(tx).map_err(|e| LedgerError::of(path, &e))?.is_empty()) {
            acting(tx, path, name)?;
        }
        if before.as_ref() == Some(user) {
            return Ok(());
        }
        tx.execute(
            "INSERT INTO user VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET post = ?2, active = ?3",
            rusqlite::params![user.name, user.post, user.active],
        )
        .map_err(|e| LedgerError::of(path, &e))?;
        let (was, is) = (before.as_ref().map(canonical), canonical(user));
        let entry = Entry { action: "keep", kind: "user", id: &user.name, why: None, before: was.as_deref(), after: Some(&is) };
        log::append(tx, path, act, &entry).map(|_| ())
    })
}

/// Every user, by name.
///
/// # Errors
/// The ledger cannot be read.
pub fn users(ledger: &Ledger) -> Result<Vec<User>, LedgerError> {
    all(ledger.connection()).map_err(|e| ledger.error(&e))
}

/// The user of a name, if he or she may act.
///
/// # Errors
/// Nobody of that name, or no longer active; or the ledger cannot be read.
pub fn acting(connection: &Connection, path: &Path, name: &str) -> Result<User, LedgerError> {
    match find(connection, path, name)? {
        None => Err(LedgerError::UnknownUser { name: name.to_owned() }),
        Some(user) if !user.active => Err(LedgerError::InactiveUser { name: name.to_owned() }),
        Some(user) => Ok(user),
    }
}

/// A user as the log keeps it.
pub(super) fn canonical(user: &User) -> String {
    json!({"name": user.name, "post": user.post, "active": user.active}).to_string()
}

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<User>> {
    let mut statement = connection.prepare("SELECT name, post, active FROM user ORDER BY name")?;
    statement.query_map([], |row| Ok(User { name: row.get(0)?, post: row.get(1)?, active: row.get(2)? }))?.collect()
}

fn find(connection: &Connection, path: &Path, name: &str) -> Result<Option<User>, LedgerError> {
    connection
        .query_row("SELECT name, post, active FROM user WHERE name = ?1", [name], |row| {
            Ok(User { name: row.get(0)?, post: row.get(1)?, active: row.get(2)? })
        })
        .optional()
        .map_err(|e| LedgerError::of(path, &e))
}
