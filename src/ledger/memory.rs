//! What a night remembers for the next, in a file beside the ledger. It only saves time: where it is missing, damaged, of another
//! program, of other rules or columns, the next night judges everybody.

use crate::beside;
use crate::engine::{Memory, Pattern, Remembered};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How the file begins, with the version of what follows.
const MAGIC: &[u8; 8] = b"gjnight2";

/// Where what a night remembers lies: beside the ledger.
pub fn memory_path(ledger: &Path) -> PathBuf {
    let mut name = ledger.file_name().unwrap_or_default().to_os_string();
    name.push(".night");
    ledger.with_file_name(name)
}

/// Where a night keeps the rows that it read: beside the ledger.
pub fn rows_path(ledger: &Path) -> PathBuf {
    let mut name = ledger.file_name().unwrap_or_default().to_os_string();
    name.push(".rows");
    ledger.with_file_name(name)
}

/// What was remembered under a key; none where there is nothing of the kind, or it is not whole.
pub fn recall(path: &Path, key: &str) -> Option<Memory> {
    let bytes = fs::read(path).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (hash, rest) = rest.split_at_checked(32)?;
    if Sha256::digest(rest).as_slice() != hash {
        return None;
    }
    let mut reader = Reader(rest);
    if reader.bytes()? != key.as_bytes() {
        return None;
    }
    let memory = memory(&mut reader)?;
    reader.0.is_empty().then_some(memory)
}

/// Remembers, in a file with the permissions of the ledger, since it holds findings as well. The file is put in place whole: a run killed
/// on the way leaves the one before.
///
/// # Errors
/// The file cannot be written.
pub fn keep_memory(path: &Path, ledger: &Path, key: &str, memory: &Memory) -> io::Result<()> {
    let mut out = Vec::new();
    put_bytes(&mut out, key.as_bytes());
    put(&mut out, memory.patterns.len() as u64);
    for pattern in &memory.patterns {
        put(&mut out, u64::from(pattern.table));
        put(&mut out, pattern.said.len() as u64);
        pattern.said.iter().for_each(|&said| put_said(&mut out, said));
    }
    put(&mut out, memory.groups.len() as u64);
    for group in &memory.groups {
        out.extend(group.key.to_le_bytes());
        out.extend(group.read.to_le_bytes());
        out.extend(group.since.to_le_bytes());
        out.extend(group.until.to_le_bytes());
        put(&mut out, group.patterns.len() as u64);
        group.patterns.iter().for_each(|&pattern| put(&mut out, u64::from(pattern)));
        put(&mut out, group.daily.len() as u64);
        for (rule, place) in &group.daily {
            put(&mut out, u64::from(*rule));
            put(&mut out, u64::from(*place));
        }
        put(&mut out, group.findings.len() as u64);
        for (rule, finding) in &group.findings {
            put(&mut out, u64::from(*rule));
            put_bytes(&mut out, &serde_json::to_vec(finding)?);
            put_bytes(&mut out, finding.title.as_bytes());
            let unreadable: Vec<u8> = finding.evidence.iter().map(|e| u8::from(e.unreadable) | u8::from(e.absent) << 1).collect();
            put_bytes(&mut out, &unreadable);
        }
    }
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let mut file = beside::create(&new, ledger)?;
    file.write_all(MAGIC)?;
    file.write_all(Sha256::digest(&out).as_slice())?;
    file.write_all(&out)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)
}

/// Forgets what was remembered.
pub fn forget(path: &Path) {
    // What is not there need not be forgotten; what cannot be removed is checked against the records all the same.
    let _ = fs::remove_file(path);
}

fn memory(reader: &mut Reader<'_>) -> Option<Memory> {
    let mut memory = Memory::default();
    for _ in 0..reader.number()? {
        let table = u32::try_from(reader.number()?).ok()?;
        let said = (0..reader.number()?).map(|_| reader.said()).collect::<Option<Vec<u64>>>()?;
        memory.patterns.push(Pattern { table, said: said.into() });
    }
    for _ in 0..reader.number()? {
        let mut group = Remembered {
            key: u64::from_le_bytes(reader.fixed()?),
            read: u64::from_le_bytes(reader.fixed()?),
            since: i32::from_le_bytes(reader.fixed()?),
            until: i32::from_le_bytes(reader.fixed()?),
            ..Remembered::default()
        };
        for _ in 0..reader.number()? {
            let pattern = u32::try_from(reader.number()?).ok().filter(|&p| (p as usize) < memory.patterns.len())?;
            group.patterns.push(pattern);
        }
        for _ in 0..reader.number()? {
            group.daily.push((u32::try_from(reader.number()?).ok()?, u32::try_from(reader.number()?).ok()?));
        }
        for _ in 0..reader.number()? {
            let rule = u32::try_from(reader.number()?).ok()?;
            let mut finding: crate::engine::Finding =
                serde_json::from_value(serde_json::from_slice::<Value>(reader.bytes()?).ok()?).ok()?;
            finding.title = std::str::from_utf8(reader.bytes()?).ok()?.into();
            let unreadable = reader.bytes()?;
            for (evidence, flags) in finding.evidence.iter_mut().zip(unreadable) {
                (evidence.unreadable, evidence.absent) = (flags & 1 != 0, flags & 2 != 0);
            }
            group.findings.push((rule, finding));
        }
        memory.groups.push(group);
    }
    Some(memory)
}

/// A number in as few bytes as it needs, seven bits each.
fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Mostly one part with one verdict: which.
fn put_said(out: &mut Vec<u8>, said: u64) {
    match (0..8u8).find(|verdict| said == 1 << (8 * verdict)) {
        Some(verdict) => out.push(verdict),
        None => {
            out.push(u8::MAX);
            out.extend(said.to_le_bytes());
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.fixed::<1>()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn said(&mut self) -> Option<u64> {
        match self.fixed::<1>()? {
            [verdict @ 0..8] => Some(1 << (8 * verdict)),
            [u8::MAX] => Some(u64::from_le_bytes(self.fixed()?)),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn some() -> Memory {
        let group = |key| Remembered {
            key,
            read: u64::MAX,
            since: -3,
            until: 21_000,
            patterns: vec![0, 1, 1],
            daily: vec![(300, 2)],
            findings: Vec::new(),
        };
        let pattern = |said: &[u64]| Pattern { table: 4, said: said.into() };
        Memory { groups: vec![group(1), group(u64::MAX)], patterns: vec![pattern(&[1 << 40, 1]), pattern(&[0x0102, 0])] }
    }

    #[test]
    fn what_is_kept_is_recalled_under_its_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = memory_path(&folder.path().join("l.db"));
        assert_eq!(recall(&path, "k"), None);
        keep_memory(&path, &folder.path().join("l.db"), "k", &some()).unwrap();
        assert_eq!(recall(&path, "k"), Some(some()));
        assert_eq!(recall(&path, "other"), None);
        forget(&path);
        assert_eq!(recall(&path, "k"), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_kept_is_read_by_whoever_may_read_the_ledger() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("l.db");
        let path = memory_path(&ledger);
        fs::write(&ledger, "").unwrap();
        for mode in [0o600, 0o640] {
            fs::set_permissions(&ledger, fs::Permissions::from_mode(mode)).unwrap();
            // What a run that was killed left there is nobody's example.
            fs::write(folder.path().join("l.db.night.new"), "").unwrap();
            keep_memory(&path, &ledger, "k", &some()).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[test]
    fn what_is_damaged_anywhere_is_not_recalled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.db.night");
        keep_memory(&path, &folder.path().join("l.db"), "k", &some()).unwrap();
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&path, &bytes).unwrap();
            assert_eq!(recall(&path, "k"), None, "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(recall(&path, "k"), None, "cut at {at}");
        }
    }
}
