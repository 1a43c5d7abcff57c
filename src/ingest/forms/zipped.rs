//! Forms in a zip. Nothing of what a zip says of itself is believed: entries, sizes and ratios are limited while unpacking.

use super::wrong::Wrong;
use encoding_rs::GB18030;
use std::io::{Read, Seek};
use zip::{CompressionMethod, ZipArchive};

/// Entries of a zip. A county has some thousand officials.
const MOST_ENTRIES: usize = 20_000;
/// Bytes of one form unpacked, the photo included.
pub(super) const LARGEST_FORM: u64 = 16 * 1024 * 1024;
/// Bytes of all forms unpacked.
const LARGEST_ALL: u64 = 2 * 1024 * 1024 * 1024;
/// A text packs to a tenth, one of blanks to a hundredth; a bomb to a thousandth.
const MOST_RATIO: u64 = 200;
/// Below this no ratio tells anything.
const SMALL: u64 = 1024 * 1024;

/// Hands every file of a zip that is named as a form to `with`: its name, and its bytes or why these cannot be had.
///
/// # Errors
/// The zip cannot be opened, holds no form, or is made to exhaust.
pub(super) fn each(
    file: impl Read + Seek,
    is_form: impl Fn(&str) -> bool,
    mut with: impl FnMut(&str, Result<Vec<u8>, Wrong>),
) -> Result<(), Wrong> {
    let mut zip = ZipArchive::new(file).map_err(|_| Wrong::cut("压缩包打不开，可能没有传完"))?;
    let bomb = |why: String| Wrong::new("form::zip-bomb", why, "请解压后核对，再把表所在的文件夹交给程序");
    if zip.len() > MOST_ENTRIES {
        return Err(bomb(format!("压缩包里有 {} 个文件，超过 {MOST_ENTRIES} 个", zip.len())));
    }
    let (mut forms, mut all) = (0usize, 0u64);
    for i in 0..zip.len() {
        let Ok(entry) = zip.by_index_raw(i) else {
            return Err(Wrong::cut("压缩包的目录有误"));
        };
        let name = name_of(entry.name_raw());
        if entry.is_dir() || !is_form(&name) {
            continue;
        }
        forms += 1;
        if entry.encrypted() {
            with(&name, Err(Wrong::new("form::zip-password", "压缩包有密码", "请先解压，再把文件夹交给程序")));
            continue;
        }
        let packed = entry.compressed_size();
        drop(entry);
        let bytes = unpack(&mut zip, i, packed, &bomb)?;
        all += bytes.as_ref().map_or(0, |b| b.len() as u64);
        if all > LARGEST_ALL {
            return Err(bomb(format!("压缩包解开后超过 {} GB", LARGEST_ALL >> 30)));
        }
        with(&name, bytes);
    }
    if forms == 0 {
        return Err(Wrong::other("压缩包里没有 .lrmx 或 .lrm 文件"));
    }
    Ok(())
}

fn unpack<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    index: usize,
    packed: u64,
    bomb: &impl Fn(String) -> Wrong,
) -> Result<Result<Vec<u8>, Wrong>, Wrong> {
    // That a method is not known shows only when the entry is read, and then like damage.
    let is_known = |method| matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated);
    let Some(entry) = zip.by_index(index).ok().filter(|entry| is_known(entry.compression())) else {
        return Ok(Err(Wrong::new("form::zip-method", "压缩包里的这个文件解不开", "请先解压，再把文件夹交给程序")));
    };
    let mut bytes = Vec::new();
    let read = entry.take(LARGEST_FORM + 1).read_to_end(&mut bytes);
    let size = bytes.len() as u64;
    if size > SMALL && size > packed.saturating_mul(MOST_RATIO) {
        return Err(bomb(format!("压缩比超过 {MOST_RATIO} 倍")));
    }
    if size > LARGEST_FORM {
        return Ok(Err(too_large()));
    }
    Ok(match read {
        Ok(_) => Ok(bytes),
        Err(_) => Err(Wrong::cut("压缩包里的这个文件已损坏")),
    })
}

/// The form is larger than any form.
pub(super) fn too_large() -> Wrong {
    Wrong::new("form::too-long", format!("文件超过 {} MB", LARGEST_FORM >> 20), "请核对它是不是任免审批表")
}

/// Names are UTF-8, or GBK as packed by Chinese Windows.
pub(super) fn name_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}
