//! What fuzzing asks of every reader, asked again: of the whole corpus (samples, what reaches code that nothing else reaches, and whatever
//! once broke something), and of what chance makes of it. The same inputs every time, as many as counted, whatever the clock says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test says what went wrong by panicking")]

#[path = "../fuzz/src/lib.rs"]
mod readers;

use readers::{TARGETS, run};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

/// Inputs made by chance of each target's corpus.
const MADE: usize = 150;

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// Runs one input; where it fails, says which.
fn tried(target: fn(&[u8]), called: &str, input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| run(target, input))) {
        eprintln!("{called}: {:?}", String::from_utf8_lossy(input));
        resume_unwind(panic);
    }
}

/// A number after another, the same on every machine (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    /// An input with some bytes changed, dropped, doubled, or taken from another.
    fn spoilt(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        const TELLING: [&[u8]; 16] = [
            b"\0",
            b"\xff",
            b"\n",
            b"\t",
            b",",
            b"\"",
            b"<",
            b">",
            b"&",
            b"]",
            b"9999999999",
            b"-1",
            "：".as_bytes(),
            b"\xef\xbf\xbd",
            b"'",
            b"=",
        ];
        let mut bytes = input.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(24)).min(bytes.len());
            match self.below(5) {
                0 => drop(bytes.drain(at..end)),
                1 => drop(bytes.splice(at..at, TELLING[self.below(TELLING.len())].iter().copied())),
                2 => {
                    let from = self.below(other.len() + 1);
                    let until = (from + self.below(40)).min(other.len());
                    drop(bytes.splice(at..end, other[from..until].iter().copied()));
                }
                3 => {
                    let again = bytes[at..end].to_vec();
                    drop(bytes.splice(at..at, again));
                }
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }
            }
        }
        bytes
    }
}

fn replayed(name: &str) {
    let (_, target) = TARGETS.into_iter().find(|(n, _)| *n == name).unwrap();
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "no corpus for {name}");
    for (path, input) in &corpus {
        tried(target, &path.display().to_string(), input);
    }
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for _ in 0..MADE {
        let (input, other) = (&corpus[chance.below(corpus.len())].1, &corpus[chance.below(corpus.len())].1);
        let made = chance.spoilt(input, other);
        tried(target, "made", &made);
    }
}

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            replayed(stringify!($name));
        })+

        /// Every target is replayed, and is a program of the fuzzer's.
        #[test]
        fn none_is_left_out() {
            let replayed = [$(stringify!($name)),+];
            assert_eq!(TARGETS.map(|(name, _)| name), replayed);
            let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
            let cargo = fs::read_to_string(here.join("Cargo.toml")).unwrap();
            for name in replayed {
                assert!(here.join(format!("fuzz_targets/{name}.rs")).is_file(), "{name}");
                assert!(cargo.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
            }
        }
    };
}

targets!(
    csv,
    encodings,
    lines,
    ndjson,
    mapping,
    sqlite_file,
    sqlite_cells,
    copied,
    xlsx_xml,
    xlsx_cells,
    workbook_file,
    ods,
    v2018,
    lrmx,
    lrm,
    resume,
    zipped,
    package,
    notice_text,
    notice_docx,
    dates,
    schema,
    rules,
    profile,
    waivers,
    returned,
    memory,
);
