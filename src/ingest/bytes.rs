//! The hash of a file's bytes. A large file is hashed piece by piece, and the hashes of its pieces are: of a piece that did not change
//! the hash need not be worked out again.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};

/// A SHA-256.
pub type Hash = [u8; 32];

/// Bytes of a piece.
pub(super) const PIECE: usize = 16 << 10;

/// A file of more bytes is hashed by pieces.
pub(super) const LARGE: u64 = 16 << 20;

/// The hash of what a file holds.
///
/// # Errors
/// It cannot be read.
pub fn hash_of(file: &mut File) -> io::Result<Hash> {
    let by_pieces = file.metadata()?.len() > LARGE;
    let mut whole = Sha256::new();
    let mut buffer = vec![0; PIECE];
    loop {
        let filled = fill(file, &mut buffer)?;
        let read = buffer.get(..filled).unwrap_or_default();
        match (filled, by_pieces) {
            (0, _) => return Ok(whole.finalize().into()),
            (_, true) => whole.update(Sha256::digest(read)),
            (_, false) => whole.update(read),
        }
    }
}

/// The hash of a large file from those of its pieces.
pub(super) fn hash_of_pieces(pieces: &[Hash]) -> Hash {
    let mut whole = Sha256::new();
    pieces.iter().for_each(|piece| whole.update(piece));
    whole.finalize().into()
}

/// Reads until the buffer is full or the file ends; how much was read.
pub(super) fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_small_file_is_hashed_as_it_is_and_a_large_one_by_pieces() {
        let hash = |bytes: &[u8]| {
            let file = tempfile::NamedTempFile::new().unwrap();
            file.as_file().write_all(bytes).unwrap();
            hash_of(&mut File::open(file.path()).unwrap()).unwrap()
        };
        assert_eq!(hash(b"abc"), <Hash>::from(Sha256::digest(b"abc")));
        let large: Vec<u8> = (0..LARGE as usize + 5).map(|i| (i % 251) as u8).collect();
        let pieces: Vec<Hash> = large.chunks(PIECE).map(|piece| Sha256::digest(piece).into()).collect();
        assert_eq!(pieces.last(), Some(&Sha256::digest(&large[LARGE as usize..]).into()));
        assert_eq!(hash(&large), hash_of_pieces(&pieces));
    }
}
