//! Files that somebody writes to while they are read: what was read of them is neither the old state nor the new.

use super::error::IngestError;
use super::source::Source;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What files were like before they were read.
pub(super) struct Stamps(Vec<(PathBuf, String, Option<Stamp>)>);

/// What changes when a file is written: length and time.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, Option<SystemTime>);

impl Stamps {
    /// Of every file of these sources.
    pub(super) fn take(sources: &[Source]) -> Self {
        let files = sources.iter().flat_map(Source::files);
        Self(files.map(|file| (file.path.clone(), file.name.clone(), stamp(&file.path))).collect())
    }

    /// What was read, unless a file has changed since: then that explains what else may be wrong with it.
    pub(super) fn unless_changed<T>(&self, read: Result<T, IngestError>) -> Result<T, IngestError> {
        match self.0.iter().find(|(path, _, before)| stamp(path) != *before) {
            Some((_, name, _)) => Err(IngestError::Changed { file: name.clone() }),
            None => read,
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = path.metadata().ok()?;
    Some(Stamp(meta.len(), meta.modified().ok()))
}
