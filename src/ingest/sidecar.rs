//! What was read of a SQLite file, kept in a file of its own for the next time. It only saves time: where it is missing, damaged or of
//! something else, everything is read. Every block has its hash, which is looked at when the block is read.

use super::bytes::Hash;
use super::pages::{Layout, Leaf, Print};
use crate::records::Kept;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_128;

/// How the file begins and ends, with the version of what lies between.
const MAGIC: &[u8; 8] = b"gjreads1";

/// Bytes at the end: where the list of blocks begins, its hash, and [`MAGIC`].
const TAIL: usize = 8 + 16 + 8;

/// Where to keep, under which key, and whose permissions the file is to have: it holds what the records hold.
#[derive(Clone, Copy, Debug)]
pub struct Keep<'k> {
    /// The file.
    pub path: &'k Path,
    /// What was read under another key is read anew.
    pub key: &'k str,
    /// The file whose permissions it gets.
    pub like: &'k Path,
}

impl Keep<'_> {
    /// Removes what was kept, and what is left of one that was not ended.
    pub fn forget(&self) {
        // What is not there need not be removed; what cannot be is checked against the source all the same.
        let _ = fs::remove_file(self.path);
        let _ = fs::remove_file(self.beside());
    }

    /// Where it is written until it is whole.
    fn beside(&self) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".new");
        PathBuf::from(name)
    }
}

/// Everything but the rows.
#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    key: String,
    seed: u64,
    page: usize,
    reserved: u8,
    /// Where each block begins, its length, and its hash in two halves.
    blocks: Vec<(u64, u64, [u64; 2])>,
    /// The blocks of all pages' and pieces' hashes, and of the texts.
    pages: usize,
    pieces: usize,
    texts: usize,
    tables: Vec<Table>,
}

/// What is kept of a table.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Table {
    /// Its name in the database.
    pub name: String,
    /// Its rows.
    pub kept: Kept,
    leaves: usize,
    further: usize,
}

/// What was kept, opened.
pub(super) struct Recalled {
    path: PathBuf,
    /// The file's pages as they were.
    pub print: Print,
    /// How the file was divided.
    pub layout: Layout,
    list: List,
}

impl Recalled {
    /// Opens what was kept under a key; none where there is nothing of the kind.
    pub(super) fn open(keep: &Keep<'_>) -> Option<Self> {
        let mut file = File::open(keep.path).ok()?;
        let len = file.metadata().ok()?.len();
        let mut head = [0; MAGIC.len()];
        file.read_exact(&mut head).ok().filter(|()| head == *MAGIC)?;
        let mut tail = [0; TAIL];
        file.seek(SeekFrom::Start(len.checked_sub(TAIL as u64)?)).ok()?;
        file.read_exact(&mut tail).ok()?;
        let (begins, rest) = tail.split_first_chunk::<8>()?;
        let (hash, magic) = rest.split_first_chunk::<16>()?;
        let begins = u64::from_le_bytes(*begins);
        if magic != MAGIC {
            return None;
        }
        file.seek(SeekFrom::Start(begins)).ok()?;
        let mut text = Vec::new();
        file.take((len - TAIL as u64).checked_sub(begins)?).read_to_end(&mut text).ok()?;
        if xxh3_128(&text).to_le_bytes() != *hash {
            return None;
        }
        let list: List = serde_json::from_slice(&text).ok().filter(|list: &List| list.key == keep.key)?;
        let layout = Layout { page: list.page, reserved: list.reserved };
        let mut recalled = Self { path: keep.path.to_owned(), print: Print { seed: list.seed, ..Print::default() }, layout, list };
        let mut buffer = Vec::new();
        recalled.load(recalled.list.pages, &mut buffer)?;
        recalled.print.pages = buffer.as_chunks::<16>().0.iter().map(|page| u128::from_le_bytes(*page)).collect();
        recalled.load(recalled.list.pieces, &mut buffer)?;
        recalled.print.pieces = buffer.as_chunks::<32>().0.to_vec();
        Some(recalled)
    }

    /// A table as it was, by its name in the database.
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.list.tables.iter().find(|table| table.name == name)
    }

    /// How many tables there were.
    pub(super) fn tables(&self) -> usize {
        self.list.tables.len()
    }

    /// The pages of a table as they were, and the further ones of its long rows.
    #[allow(clippy::type_complexity, reason = "two lists, each used at once")]
    pub(super) fn pages_of(&self, table: &Table) -> Option<(Vec<Leaf>, Vec<(u32, u32)>)> {
        let mut buffer = Vec::new();
        self.load(table.leaves, &mut buffer)?;
        let leaf = |bytes: &[u8; 12]| {
            let (page, upto) = (bytes.first_chunk()?, bytes.last_chunk()?);
            Some(Leaf { page: u32::from_le_bytes(*page), upto: i64::from_le_bytes(*upto) })
        };
        let leaves = buffer.as_chunks::<12>().0.iter().map(leaf).collect::<Option<_>>()?;
        self.load(table.further, &mut buffer)?;
        let pair = |bytes: &[u8; 8]| Some((u32::from_le_bytes(*bytes.first_chunk()?), u32::from_le_bytes(*bytes.last_chunk()?)));
        Some((leaves, buffer.as_chunks::<8>().0.iter().map(pair).collect::<Option<_>>()?))
    }

    /// The texts.
    pub(super) fn texts(&self) -> Option<Vec<u8>> {
        let mut buffer = Vec::new();
        self.load(self.list.texts, &mut buffer).map(|()| buffer)
    }

    /// A block; none where it is not whole.
    pub(super) fn load(&self, block: usize, buffer: &mut Vec<u8>) -> Option<()> {
        let &(at, len, hash) = self.list.blocks.get(block)?;
        let mut file = File::open(&self.path).ok()?;
        file.seek(SeekFrom::Start(at)).ok()?;
        buffer.clear();
        buffer.reserve(usize::try_from(len).ok()?);
        file.take(len).read_to_end(buffer).ok()?;
        (halves(buffer) == hash).then_some(())
    }
}

/// A file being written. It is put in place once it is whole.
pub(super) struct Keeping {
    file: BufWriter<File>,
    beside: PathBuf,
    at: u64,
    list: List,
}

impl Keeping {
    /// Begins to write.
    pub(super) fn begin(keep: &Keep<'_>, layout: Layout, print: &Print) -> io::Result<Self> {
        let beside = keep.beside();
        let file = crate::beside::create(&beside, keep.like)?;
        let list = List { key: keep.key.to_owned(), seed: print.seed, page: layout.page, reserved: layout.reserved, ..List::default() };
        let mut keeping = Self { file: BufWriter::with_capacity(1 << 20, file), beside, at: 0, list };
        keeping.write(MAGIC)?;
        let pages: Vec<u8> = print.pages.iter().flat_map(|page| page.to_le_bytes()).collect();
        keeping.list.pages = keeping.block(&pages)?;
        let pieces: Vec<u8> = print.pieces.iter().flat_map(|piece: &Hash| *piece).collect();
        keeping.list.pieces = keeping.block(&pieces)?;
        Ok(keeping)
    }

    /// Adds a block; gives its number.
    pub(super) fn block(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.list.blocks.push((self.at, bytes.len() as u64, halves(bytes)));
        self.write(bytes)?;
        Ok(self.list.blocks.len() - 1)
    }

    /// Adds a table, whose blocks were added.
    pub(super) fn table(&mut self, name: &str, kept: Kept, leaves: &[Leaf], further: &[(u32, u32)]) -> io::Result<()> {
        let leaves: Vec<u8> = leaves.iter().flat_map(|l| l.page.to_le_bytes().into_iter().chain(l.upto.to_le_bytes())).collect();
        let further: Vec<u8> = further.iter().flat_map(|(leaf, page)| [*leaf, *page]).flat_map(u32::to_le_bytes).collect();
        let (leaves, further) = (self.block(&leaves)?, self.block(&further)?);
        self.list.tables.push(Table { name: name.to_owned(), kept, leaves, further });
        Ok(())
    }

    /// Ends with the texts, and puts the file in place.
    pub(super) fn end(mut self, texts: &[u8], path: &Path) -> io::Result<()> {
        self.list.texts = self.block(texts)?;
        let begins = self.at;
        let list = serde_json::to_vec(&self.list)?;
        self.write(&list)?;
        self.write(&begins.to_le_bytes())?;
        self.write(&xxh3_128(&list).to_le_bytes())?;
        self.write(MAGIC)?;
        self.file.flush()?;
        // What a crash leaves of it is not whole, and is seen to be so.
        drop(self.file);
        fs::rename(&self.beside, path)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.file.write_all(bytes)
    }
}

fn halves(bytes: &[u8]) -> [u64; 2] {
    let hash = xxh3_128(bytes);
    [hash as u64, (hash >> 64) as u64]
}
