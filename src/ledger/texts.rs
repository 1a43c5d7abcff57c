//! Texts in force, each kept once by its hash: rule files, profiles, waivers.

use super::error::LedgerError;
use super::log::hex;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// A file of a set of files in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The path within the set.
    pub path: String,
    /// The name by which people know it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// What is kept of a file: where its text is.
#[derive(Serialize, Deserialize)]
struct Place {
    path: String,
    name: String,
    text: String,
}

/// The hash of a text.
pub fn text_hash(body: &str) -> String {
    hex(&Sha256::digest(body.as_bytes()))
}

/// Keeps a text. Gives its hash.
pub(super) fn put(connection: &Connection, path: &Path, body: &str) -> Result<String, LedgerError> {
    let hash = text_hash(body);
    connection
        .prepare_cached("INSERT INTO text VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING")
        .and_then(|mut s| s.execute([&hash, body]))
        .map_err(|e| LedgerError::of(path, &e))?;
    Ok(hash)
}

/// The text of a hash.
pub(super) fn get(connection: &Connection, path: &Path, hash: &str) -> Result<Option<String>, LedgerError> {
    connection
        .prepare_cached("SELECT body FROM text WHERE hash = ?1")
        .and_then(|mut s| s.query_row([hash], |row| row.get(0)).optional())
        .map_err(|e| LedgerError::of(path, &e))
}

/// Keeps a set of files. Gives the hash of the list of them.
pub(super) fn put_files(connection: &Connection, path: &Path, files: &[Kept]) -> Result<String, LedgerError> {
    let mut list = Vec::new();
    for file in files {
        list.push(Place { path: file.path.clone(), name: file.name.clone(), text: put(connection, path, &file.text)? });
    }
    put(connection, path, &listed(&list))
}

/// The hash that a set of files would be kept by.
pub fn files_hash(files: &[Kept]) -> String {
    let list: Vec<Place> = files.iter().map(|f| Place { path: f.path.clone(), name: f.name.clone(), text: text_hash(&f.text) }).collect();
    text_hash(&listed(&list))
}

/// The set of files of a hash; none where it is not whole.
pub(super) fn get_files(connection: &Connection, path: &Path, hash: &str) -> Result<Option<Vec<Kept>>, LedgerError> {
    let Some(list) = get(connection, path, hash)? else { return Ok(None) };
    let Ok(list) = serde_json::from_str::<Vec<Place>>(&list) else { return Ok(None) };
    let mut files = Vec::new();
    for place in list {
        let Some(text) = get(connection, path, &place.text)? else { return Ok(None) };
        files.push(Kept { path: place.path, name: place.name, text });
    }
    Ok(Some(files))
}

fn listed(list: &[Place]) -> String {
    serde_json::to_string(list).unwrap_or_default()
}
