//! What the program wrote and reads again, perhaps after people had it in their hands: waivers and baselines, workbooks of what is to be put
//! right, the memory of the last night.

use super::books::{book, sheet_xml};
use super::scratch::{Scratch, parts};
use super::truth::{placed, said, source};
use guiju::engine::Memory;
use guiju::ledger::{Baseline, Waivers, append_waiver, keep_memory, recall, remove_waiver};
use guiju::report::rectify::returned as read_returned;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file of waivers, and a baseline. What is read, written again reads the same.
///
/// # Panics
/// It does not.
pub fn waivers(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let file = source("w.toml", &text);
    match (Waivers::parse(&file), Waivers::parse(&file)) {
        (Ok(once), Ok(again)) => {
            assert_eq!(once, again);
            let written = once.list.iter().fold(String::new(), |text, waiver| append_waiver(&text, waiver));
            let back = Waivers::parse(&source("w.toml", &written));
            let back = back.unwrap_or_else(|e| panic!("what was written is no file: {:?}\n{written}", said(&e)));
            let plain = |waivers: &Waivers| -> Vec<String> { waivers.list.iter().map(guiju::ledger::Waiver::text).collect() };
            assert_eq!(plain(&back), plain(&once));
            if let Some(less) = remove_waiver(&written, 0) {
                let less =
                    Waivers::parse(&source("w.toml", &less)).unwrap_or_else(|e| panic!("one less is no file: {:?}\n{written}", said(&e)));
                assert_eq!(plain(&less), plain(&once)[1..]);
            }
        }
        (Err(once), Err(again)) => {
            placed(&once);
            assert_eq!(said(&once), said(&again));
        }
        _ => panic!("read once, and once not"),
    }
    match Baseline::parse(&file) {
        Ok(baseline) => {
            let written = baseline.text();
            let back = Baseline::parse(&source("b", &written)).unwrap_or_else(|e| panic!("{:?}\n{written}", said(&e)));
            assert_eq!(back.text(), written);
        }
        Err(errors) => placed(&errors),
    }
}

/// A workbook that came back, made cell by cell: what is taken or told stands in a sheet and row that there are.
///
/// # Panics
/// It does not.
pub fn returned(input: &[u8]) {
    let scratch = Scratch::new();
    let path = match input.strip_prefix(b"\0") {
        Some(raw) => scratch.file("r.xlsx", raw),
        None => {
            let sheets: Vec<(String, Vec<u8>)> = parts(input).into_iter().map(|(name, rows)| (name, sheet_xml(rows))).collect();
            scratch.file("r.xlsx", &book(&sheets))
        }
    };
    match (read_returned(&path), read_returned(&path)) {
        (Ok(once), Ok(again)) => {
            assert_eq!(format!("{once:?}"), format!("{again:?}"));
            assert_eq!(once.rows.len(), once.places.len());
            assert!(once.places.iter().all(|p| p.row > 0));
            assert!(once.slips.iter().all(|s| s.row > 0 && !s.why.is_empty() && !s.column.is_empty()));
            // A row that has a slip is not taken.
            for slip in &once.slips {
                assert!(!once.places.iter().any(|p| (&p.sheet, p.row) == (&slip.sheet, slip.row)), "{slip:?}");
            }
        }
        (Err(once), Err(again)) => {
            assert_eq!(once, again);
            assert!(once.contains("r.xlsx"), "{once}");
        }
        _ => panic!("read once, and once not"),
    }
}

const KEY: &str = "k";

/// What such a file begins with, and its body where nothing is remembered.
static EMPTY: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let scratch = Scratch::new();
    let path = scratch.path().join("m");
    keep_memory(&path, &path, KEY, &Memory::default()).unwrap_or_else(|e| panic!("{e}"));
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{e}"));
    // Key with its length, and two numbers.
    let body = bytes.len() - (1 + KEY.len() + 2);
    (bytes[..body - 32].to_vec(), bytes[body..].to_vec())
});

/// The memory of the last night, its sum made right: what is recalled, kept again is recalled the same.
///
/// # Panics
/// It is not.
pub fn memory(input: &[u8]) {
    let (magic, empty) = &*EMPTY;
    let key = &empty[..1 + KEY.len()];
    let body = [key, input].concat();
    let sum = Sha256::digest(&body);
    let scratch = Scratch::new();
    let path = scratch.file("m", &[magic, sum.as_slice(), &body].concat());
    let Some(memory) = recall(&path, KEY) else { return };
    keep_memory(&path, &path, KEY, &memory).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(recall(&path, KEY).as_ref(), Some(&memory));
    assert_eq!(recall(&path, "other"), None);
}
