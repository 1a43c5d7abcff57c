//! Corrected rows take the place of the rows they were made from: who corrects a refused row reads it together with the source it
//! stands in, and the source is not touched. One that still bears its key stands for all rows of that file under that key: they were
//! refused because they disagree, and which of them holds is now said.

use super::book::{Book, Recount};
use super::draft::Draft;
use super::problem::Fate;
use std::collections::{BTreeMap, BTreeSet};

/// The column of a file of refused rows that says why each was refused. Not read.
pub const REASON: &str = "拒收原因";
/// The column of a file of refused rows that says where each stood.
pub const STOOD: &str = "原位置";

/// Where a refused row stood, and its key: a row elsewhere, or of another key, is another row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stood {
    /// The file, as cited when it was refused.
    pub file: String,
    /// The line or row.
    pub line: u32,
    /// Its key as read; empty where it had none.
    pub key: String,
}

impl Stood {
    /// As it is written: `step.csv 第412行 S00412`.
    pub fn written(&self) -> String {
        format!("{} 第{}行 {}", self.file, self.line, self.key)
    }

    /// From what is written; none if it is no such thing.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        for (at, mark) in text.match_indices(" 第") {
            let (file, rest) = (text.get(..at)?, text.get(at + mark.len()..)?);
            let Some((line, key)) = rest.split_once('行') else { continue };
            if let Ok(line) = line.parse() {
                return Some(Self { file: file.to_owned(), line, key: key.trim().to_owned() });
            }
        }
        None
    }

    /// Whether a file, as cited now, is the file it stood in: alone a file is cited by its name, of several by its path.
    fn is_of(&self, file: &str) -> bool {
        let within = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|head| head.is_empty() || head.ends_with('/'));
        within(file, &self.file) || within(&self.file, file)
    }
}

/// Takes out every row that a corrected one stands for. What was wrong with it is told no more.
pub(super) fn take_out_corrected(drafts: &mut [Draft], book: &mut Book) {
    for (table, draft) in drafts.iter_mut().enumerate() {
        let corrected = std::mem::take(&mut draft.corrected);
        if corrected.is_empty() {
            continue;
        }
        let mut by_line: BTreeMap<u32, Vec<&Stood>> = BTreeMap::new();
        corrected.iter().for_each(|(_, stood)| by_line.entry(stood.line).or_default().push(stood));
        // Rows named by their keys need not come in the same order again.
        let mut by_key: BTreeMap<&str, Vec<&Stood>> = BTreeMap::new();
        corrected.iter().filter(|(_, s)| !s.key.is_empty()).for_each(|(_, s)| by_key.entry(s.key.as_str()).or_default().push(s));
        let own: BTreeSet<u32> = corrected.iter().map(|(file, _)| *file).collect();
        let is_own = |row: usize| draft.origins.get(row).is_some_and(|(file, _)| own.contains(&file));
        let borne: BTreeSet<&str> = (0..draft.len).filter(|&row| is_own(row)).map(|row| draft.keys.get(row)).collect();
        let mut gone: Vec<u32> = Vec::new();
        // Keys of which it is said what holds, with the numbers of the files that told them otherwise.
        let mut decided: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for row in 0..draft.len {
            let Some((number, line)) = draft.origins.get(row).filter(|(file, _)| !own.contains(file)) else { continue };
            let key = draft.keys.get(row);
            let keyed = book.places.is_by_key(&draft.origins, row);
            let known = by_line.contains_key(&line) || keyed && by_key.contains_key(key);
            if !known && !book.places.is_copy(number) {
                continue;
            }
            let Some((file, line)) = book.places.row(&draft.origins, row) else { continue };
            if keyed && by_key.get(key).is_some_and(|all| all.iter().any(|s| s.is_of(&file))) {
                gone.push(row as u32);
                continue;
            }
            if by_line.get(&line).is_some_and(|all| all.iter().any(|s| s.key == key && s.is_of(&file))) {
                gone.push(row as u32);
                if borne.contains(key) {
                    decided.entry(key).or_default().insert(number);
                }
            }
        }
        if !decided.is_empty() {
            let is_decided = |row: usize| {
                let of_key = decided.get(draft.keys.get(row));
                of_key.is_some_and(|files| draft.origins.get(row).is_some_and(|(file, _)| files.contains(&file)))
            };
            gone.extend((0..draft.len).filter(|&row| is_decided(row)).map(|row| row as u32));
            gone.sort_unstable();
            gone.dedup();
        }
        for &row in &gone {
            let was_refused = draft.is_ghost(row as usize);
            book.recount(table, row, &draft.origins, if was_refused { Recount::GhostCorrected } else { Recount::Corrected });
        }
        let places: BTreeSet<(String, u32)> = gone.iter().filter_map(|&row| book.places.row(&draft.origins, row as usize)).collect();
        let name = book.schema.tables.get(table).map(|def| def.name.clone()).unwrap_or_default();
        book.problems.retain(|p| p.fate == Fate::Noted || p.table != name || !places.contains(&(p.file.clone(), p.row)));
        if !gone.is_empty() {
            let keep: Vec<u32> = (0..draft.len as u32).filter(|r| gone.binary_search(r).is_err()).collect();
            draft.reorder(&keep);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_row_stood_is_read_as_it_was_written() {
        for (file, key) in [("step.csv", "S1"), ("目录 第2行/步 第x行.csv", "甲行 第3行"), ("book.xlsx/程序节点", "")] {
            let stood = Stood { file: file.into(), line: 412, key: key.into() };
            let back = Stood::parse(&stood.written());
            if file.contains("第2行") {
                // A name made to look like a place is not taken for one silently: it names another file, and nothing is replaced.
                assert_ne!(back, Some(stood));
            } else {
                assert_eq!(back, Some(stood));
            }
        }
        assert_eq!(Stood::parse("第三行"), None);
    }

    #[test]
    fn a_file_is_the_same_by_its_name_and_by_its_path() {
        let stood = |file: &str| Stood { file: file.into(), line: 1, key: String::new() };
        assert!(stood("step.csv").is_of("export/step.csv") && stood("export/step.csv").is_of("step.csv"));
        assert!(!stood("step.csv").is_of("laststep.csv") && !stood("a/step.csv").is_of("b/step.csv"));
    }
}
