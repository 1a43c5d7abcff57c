//! A SQLite file page by page: which pages are others than they were, and which rows lie in them. Only what is simple is understood:
//! plain tables with rowids, in a file that no write-ahead log adds to; everything else is for SQLite alone to read.
//!
//! The file is read past SQLite, within a transaction that keeps writers from changing it. On POSIX systems all locks of a process on
//! a file go when any handle of it is closed: the handles here are to be kept until the transaction has ended.

use super::bytes::{self, Hash, LARGE, PIECE};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// Bytes read at once: whole pages and whole pieces.
const BLOCK: usize = 1 << 20;

/// How deep a tree of pages may be.
const DEEPEST: u32 = 20;

const LEAF: u8 = 0x0d;
const INTERIOR: u8 = 0x05;

/// How a file is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Bytes of a page: a power of two from 512 to 65,536.
    pub page: usize,
    /// Bytes at the end of each page that SQLite leaves alone.
    pub reserved: u8,
}

/// The pages of a file at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Print {
    /// What the hashes of pages begin with: nobody knows it beforehand.
    pub seed: u64,
    /// The hash of each page.
    pub pages: Vec<u128>,
    /// The hash of each piece of a large file.
    pub pieces: Vec<Hash>,
}

/// A page of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Its number, from 1.
    pub page: u32,
    /// Its rows have rowids up to this one, from after that of the page before.
    pub upto: i64,
}

/// Handles of a file: opened before the transaction begins, closed after it has ended.
pub(super) fn handles(path: &Path) -> io::Result<Vec<File>> {
    (0..rayon::current_num_threads().clamp(1, 8)).map(|_| File::open(path)).collect()
}

/// A file being looked at.
pub(super) struct Pages<'f> {
    files: &'f mut [File],
    /// How it is divided.
    pub layout: Layout,
    len: u64,
    /// The first byte of each page: of which kind it is.
    kinds: Vec<u8>,
}

impl<'f> Pages<'f> {
    /// Takes up a file within a transaction. None where it is not as simple as it must be.
    pub(super) fn of(path: &Path, files: &'f mut [File]) -> io::Result<Option<Self>> {
        let Some(file) = files.first_mut() else { return Ok(None) };
        let len = file.metadata()?.len();
        let mut head = [0; 100];
        file.seek(SeekFrom::Start(0))?;
        if bytes::fill(file, &mut head)? < head.len() || !head.starts_with(b"SQLite format 3\0") {
            return Ok(None);
        }
        let page = match u16_at(&head, 16) {
            Some(1) => 1 << 16,
            Some(n) if n.is_power_of_two() && n >= 512 => usize::from(n),
            _ => return Ok(None),
        };
        // A log with something in it belongs to the file.
        if head.get(19) == Some(&2) && beside(path, "-wal").metadata().is_ok_and(|m| m.len() > 0) {
            return Ok(None);
        }
        let counted = u32_at(&head, 28).map_or(0, u64::from) * page as u64;
        let layout = Layout { page, reserved: head.get(20).copied().unwrap_or(0) };
        Ok((counted == len && len > 0).then_some(Self { files, layout, len, kinds: Vec::new() }))
    }

    /// Reads and hashes all pages. Pieces whose pages are what they were have the hash that they had.
    pub(super) fn print(&mut self, before: Option<&Print>, seed: u64) -> io::Result<Print> {
        let (page, len) = (self.layout.page, self.len);
        let next = AtomicU64::new(0);
        let by_pieces = len > LARGE;
        let read = |file: &mut File| -> io::Result<Vec<(u64, Block)>> {
            let mut buffer = vec![0; BLOCK];
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let from = at * BLOCK as u64;
                if from >= len {
                    return Ok(done);
                }
                file.seek(SeekFrom::Start(from))?;
                let filled = bytes::fill(file, &mut buffer)?;
                if filled as u64 != (len - from).min(BLOCK as u64) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                done.push((at, Block::of(buffer.get(..filled).unwrap_or_default(), at as usize, page, by_pieces, before, seed)));
            }
        };
        let mut blocks: Vec<(u64, Block)> = Vec::new();
        for done in self.files.par_iter_mut().map(read).collect::<Vec<_>>() {
            blocks.extend(done?);
        }
        blocks.sort_by_key(|(at, _)| *at);
        let mut print = Print { seed, ..Print::default() };
        self.kinds.clear();
        for (_, block) in blocks {
            print.pages.extend(block.pages);
            print.pieces.extend(block.pieces);
            self.kinds.extend(block.kinds);
        }
        Ok(print)
    }

    /// The hash of what the file holds.
    pub(super) fn hash(&mut self, print: &Print) -> io::Result<Hash> {
        if self.len > LARGE {
            return Ok(bytes::hash_of_pieces(&print.pieces));
        }
        let Some(file) = self.files.first_mut() else { return Err(io::ErrorKind::NotFound.into()) };
        file.seek(SeekFrom::Start(0))?;
        bytes::hash_of(file)
    }

    /// The pages of rows of a table, in the order of their rows. None where the table is of another kind. Asked once the pages were
    /// hashed.
    pub(super) fn leaves(&mut self, root: u32) -> io::Result<Option<Vec<Leaf>>> {
        let mut leaves = Vec::new();
        let understood = self.descend(root, i64::MAX, 0, &mut leaves)?;
        Ok(understood.filter(|()| leaves.is_sorted_by(|a, b| a.upto < b.upto)).map(|()| leaves))
    }

    fn descend(&mut self, number: u32, upto: i64, depth: u32, leaves: &mut Vec<Leaf>) -> io::Result<Option<()>> {
        match self.kind(number) {
            Some(LEAF) => {
                leaves.push(Leaf { page: number, upto });
                // A page stands in a tree once.
                return Ok((leaves.len() <= self.kinds.len()).then_some(()));
            }
            Some(INTERIOR) if depth < DEEPEST => {}
            _ => return Ok(None),
        }
        let page = self.page(number)?;
        let Some(below) = below(&page) else { return Ok(None) };
        for (child, key) in below {
            if self.descend(child, key.unwrap_or(upto), depth + 1, leaves)?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    /// Further pages that hold the rest of long rows, each with the page of rows that it belongs to. None where a page is not as it
    /// should be.
    pub(super) fn further(&mut self, leaves: &[Leaf]) -> io::Result<Option<Vec<(u32, u32)>>> {
        let usable = self.layout.page.saturating_sub(usize::from(self.layout.reserved));
        let mut all = Vec::new();
        for leaf in leaves {
            let page = self.page(leaf.page)?;
            let Some(firsts) = firsts(&page, usable) else { return Ok(None) };
            for mut next in firsts {
                while next != 0 {
                    all.push((leaf.page, next));
                    if next as usize > self.kinds.len() || all.len() > self.kinds.len() {
                        return Ok(None);
                    }
                    next = u32_at(&self.page(next)?, 0).unwrap_or(0);
                }
            }
        }
        Ok(Some(all))
    }

    fn kind(&self, number: u32) -> Option<u8> {
        self.kinds.get((number as usize).checked_sub(1).filter(|&at| at > 0)?).copied()
    }

    fn page(&mut self, number: u32) -> io::Result<Vec<u8>> {
        let Some(file) = self.files.first_mut() else { return Err(io::ErrorKind::NotFound.into()) };
        let mut page = vec![0; self.layout.page];
        file.seek(SeekFrom::Start(u64::from(number.saturating_sub(1)) * self.layout.page as u64))?;
        file.read_exact(&mut page)?;
        Ok(page)
    }
}

/// What a block of a file comes to.
struct Block {
    pages: Vec<u128>,
    kinds: Vec<u8>,
    pieces: Vec<Hash>,
}

impl Block {
    fn of(block: &[u8], at: usize, page: usize, by_pieces: bool, before: Option<&Print>, seed: u64) -> Self {
        let pages: Vec<u128> = block.chunks(page).map(|page| xxh3_128_with_seed(page, seed)).collect();
        let kinds = block.chunks(page).map(|page| page.first().copied().unwrap_or(0)).collect();
        let first = at * (BLOCK / page);
        let known = |from: usize, to: usize| {
            // The pages that a piece lies in.
            let (from, to) = (from / page, to.div_ceil(page));
            let was = before.filter(|b| b.seed == seed)?.pages.get(first + from..first + to)?;
            (pages.get(from..to)? == was).then_some(())
        };
        let piece = |(i, piece): (usize, &[u8])| {
            let old = || before?.pieces.get(at * (BLOCK / PIECE) + i).filter(|_| piece.len() == PIECE).copied();
            let same = known(i * PIECE, i * PIECE + piece.len()).and_then(|()| old());
            same.unwrap_or_else(|| Sha256::digest(piece).into())
        };
        let pieces = if by_pieces { block.chunks(PIECE).enumerate().map(piece).collect() } else { Vec::new() };
        Self { pages, kinds, pieces }
    }
}

/// The pages below an interior page, each with the greatest rowid in it; none for the last.
fn below(page: &[u8]) -> Option<Vec<(u32, Option<i64>)>> {
    let count = usize::from(u16_at(page, 3)?);
    let mut all = Vec::with_capacity(count + 1);
    for i in 0..count {
        let cell = usize::from(u16_at(page, 12 + 2 * i)?);
        let (key, _) = varint(page.get(cell + 4..)?)?;
        all.push((u32_at(page, cell)?, Some(key as i64)));
    }
    all.push((u32_at(page, 8)?, None));
    Some(all)
}

/// The first of the further pages of each long row of a page.
fn firsts(page: &[u8], usable: usize) -> Option<Vec<u32>> {
    let count = usize::from(u16_at(page, 3)?);
    let (most, least) = (usable.checked_sub(35)?, (usable.checked_sub(12)? * 32 / 255).checked_sub(23)?);
    let mut all = Vec::new();
    for i in 0..count {
        let cell = page.get(usize::from(u16_at(page, 8 + 2 * i)?)..)?;
        let (payload, skip) = varint(cell)?;
        let payload = usize::try_from(payload).ok()?;
        if payload <= most {
            continue;
        }
        let (_, more) = varint(cell.get(skip..)?)?;
        let fits = least + (payload - least) % usable.checked_sub(4)?;
        let local = if fits <= most { fits } else { least };
        all.push(u32_at(cell, skip + more + local)?);
    }
    Some(all)
}

/// A number in one to nine bytes, and how many.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0u64;
    for (i, &byte) in bytes.iter().take(9).enumerate() {
        if i == 8 {
            return Some((number << 8 | u64::from(byte), 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((number, i + 1));
        }
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// A file beside another: its name goes on.
fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}
