//! Inputs of several files, and files for readers that want a path.

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Stands between the files of an input. No text holds it.
pub const BREAK: &[u8] = b"\x1c\x1c\x1c\x1c";

/// The files of an input: each a line with its name, then its bytes.
pub fn parts(input: &[u8]) -> Vec<(String, &[u8])> {
    let mut found = Vec::new();
    for part in pieces(input) {
        let end = part.iter().position(|&b| b == b'\n').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        found.push((String::from_utf8_lossy(name).into_owned(), rest.get(1..).unwrap_or_default()));
    }
    found
}

/// The pieces between the breaks of an input; of very many, the first.
pub fn pieces(input: &[u8]) -> Vec<&[u8]> {
    const MOST: usize = 12;
    let mut found = Vec::new();
    let mut rest = input;
    while found.len() < MOST {
        match rest.windows(BREAK.len()).position(|w| w == BREAK) {
            Some(at) => {
                found.push(&rest[..at]);
                rest = &rest[at + BREAK.len()..];
            }
            None => {
                found.push(rest);
                break;
            }
        }
    }
    found
}

/// The number an input begins with, below a limit, and what follows; one nobody chose is 0.
pub fn choice(input: &[u8], below: u8) -> (usize, &[u8]) {
    match input {
        [first, rest @ ..] => (usize::from((first.wrapping_sub(b'0')) % below), rest),
        [] => (0, input),
    }
}

/// Files in a folder of their own that goes when this is dropped.
pub struct Scratch(TempDir);

impl Scratch {
    /// An empty folder, in memory where the system has room for files there.
    ///
    /// # Panics
    /// The folder cannot be made.
    pub fn new() -> Self {
        let shared = Path::new("/dev/shm");
        let made = if shared.is_dir() { TempDir::with_prefix_in("guiju", shared) } else { tempfile::tempdir() };
        Self(made.unwrap_or_else(|e| panic!("no folder to read from: {e}")))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file in it.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).unwrap_or_else(|e| panic!("no folder: {e}"));
        }
        fs::write(&path, bytes).unwrap_or_else(|e| panic!("not written: {e}"));
        path
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// A name a file may have: nothing that leads out of the folder, and not too long.
pub fn safe(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).take(40).collect();
    if plain.trim_matches(['.', ' ']).is_empty() { "person.csv".to_owned() } else { plain }
}
