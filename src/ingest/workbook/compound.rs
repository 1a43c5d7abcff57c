//! Compound files, in which `.xls` workbooks and locked ones of any kind lie: a small file system of sectors in chains. The library that
//! reads workbooks follows a chain wherever it leads; one that a damaged byte makes lead in a circle would fill all memory.

/// What compound files begin with.
const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Numbers of sectors from here on are marks: the end of a chain, a free sector.
const MARKS: u32 = 0xffff_fffa;
/// Streams that are shorter lie in the chain of the first entry, in small sectors.
const SMALL: usize = 4096;
/// Bytes of a small sector.
const SMALL_SECTOR: usize = 64;

/// A compound file whose chains end.
pub(super) struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    small_fat: Vec<u32>,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

/// A stream of the file.
struct Entry {
    name: String,
    start: u32,
    length: usize,
}

/// A chain of sectors leads in a circle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Circle;

impl<'b> Compound<'b> {
    /// Reads the directory; none where the file is no compound file, or too damaged to have one, which others tell.
    ///
    /// # Errors
    /// A chain leads in a circle.
    pub fn open(bytes: &'b [u8]) -> Result<Option<Self>, Circle> {
        let header = |at: usize| number(bytes, at);
        let (Some(head), Some(shift)) = (bytes.get(..512), bytes.get(30)) else { return Ok(None) };
        if !head.starts_with(MAGIC) || !matches!(shift, 9 | 12) {
            return Ok(None);
        }
        let mut file = Self { bytes, sector: 1 << shift, fat: Vec::new(), small_fat: Vec::new(), small: Vec::new(), entries: Vec::new() };
        let mut places: Vec<u32> = (76..512).step_by(4).filter_map(header).collect();
        let (mut more, mut seen) = (header(68).unwrap_or(MARKS), 0);
        while more < MARKS {
            let Some(sector) = file.sector(more) else { break };
            seen += 1;
            if seen > bytes.len() / file.sector {
                return Err(Circle);
            }
            let mut next = numbers(sector);
            more = next.pop().unwrap_or(MARKS);
            places.append(&mut next);
        }
        file.fat = places.iter().filter(|p| **p < MARKS).filter_map(|p| file.sector(*p)).flat_map(numbers).collect();
        let directory = file.chain(header(48).unwrap_or(MARKS), usize::MAX)?;
        // Only files of large sectors hold streams of more than four gigabytes.
        file.entries = directory.chunks_exact(128).filter_map(|bytes| entry(bytes, file.sector > 512)).collect();
        for entry in file.entries.iter().filter(|e| e.length >= SMALL) {
            file.chain(entry.start, usize::MAX)?;
        }
        file.small_fat = numbers(&file.chain(header(60).unwrap_or(MARKS), usize::MAX)?);
        if let Some(first) = file.entries.first() {
            file.small = file.chain(first.start, first.length)?;
        }
        Ok(Some(file))
    }

    /// The bytes of a stream, as far as they are there.
    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|e| e.name.eq_ignore_ascii_case(name))?;
        if entry.length >= SMALL {
            return self.chain(entry.start, entry.length).ok();
        }
        let sector = |at: u32| {
            let from = (at as usize).checked_mul(SMALL_SECTOR)?;
            self.small.get(from..from + SMALL_SECTOR)
        };
        follow(entry.start, &self.small_fat, sector, entry.length).ok()
    }

    fn chain(&self, start: u32, length: usize) -> Result<Vec<u8>, Circle> {
        follow(start, &self.fat, |at| self.sector(at), length)
    }

    /// A sector; the last of a file may be cut.
    fn sector(&self, at: u32) -> Option<&'b [u8]> {
        let from = (at as usize).checked_add(1)?.checked_mul(self.sector)?;
        self.bytes.get(from..self.bytes.len().min(from + self.sector))
    }
}

/// The bytes of a chain. What a sector lacks that lies beyond the end of the file does not end the chain for the library either.
fn follow<'s>(start: u32, fat: &[u32], sector: impl Fn(u32) -> Option<&'s [u8]>, length: usize) -> Result<Vec<u8>, Circle> {
    let (mut all, mut at, mut seen) = (Vec::new(), start, 0);
    while at < MARKS && all.len() < length {
        seen += 1;
        if seen > fat.len().max(1) {
            return Err(Circle);
        }
        all.extend_from_slice(sector(at).unwrap_or_default());
        at = fat.get(at as usize).copied().unwrap_or(MARKS);
    }
    all.truncate(length);
    Ok(all)
}

fn entry(bytes: &[u8], is_large: bool) -> Option<Entry> {
    let units: Vec<u16> = bytes.get(..64)?.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).take_while(|u| *u != 0).collect();
    let (low, high) = (u64::from(number(bytes, 120)?), u64::from(number(bytes, 124)?));
    let length = usize::try_from(if is_large { high << 32 | low } else { low }).unwrap_or(usize::MAX);
    Some(Entry { name: String::from_utf16_lossy(&units), start: number(bytes, 116)?, length })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|c| c.try_into().ok().map(u32::from_le_bytes)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/workbooks/信息提取表.xls")).unwrap()
    }

    #[test]
    fn the_sample_holds_its_book() {
        let bytes = sample();
        let file = Compound::open(&bytes).unwrap().unwrap();
        let book = file.stream("workbook").unwrap();
        // Records begin with that of a beginning.
        assert_eq!(book[..2], [0x09, 0x08]);
    }

    #[test]
    fn a_chain_in_a_circle_is_noticed_wherever_it_is() {
        let bytes = sample();
        let file = Compound::open(&bytes).unwrap().unwrap();
        let place = number(&bytes, 76).unwrap() as usize;
        for entry in file.entries.iter().filter(|e| e.length >= SMALL) {
            let mut broken = bytes.clone();
            // The first sector of the stream follows itself.
            let at = (place + 1) * file.sector + entry.start as usize * 4;
            broken[at..at + 4].copy_from_slice(&entry.start.to_le_bytes());
            assert!(Compound::open(&broken).is_err_and(|e| e == Circle), "{}", entry.name);
        }
    }
}
