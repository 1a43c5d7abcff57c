//! What is wrong in the data: each refused row and blanked cell, with its place and what would be right.

use serde::Serialize;
use std::collections::BTreeMap;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The row was refused: what its absence would decide is unknown.
    Refused,
    /// The cell reads as unknown; the row was kept.
    Blanked,
    /// Nothing was lost to the rules, but somebody should look (an unknown column).
    Noted,
}

/// One thing wrong in the data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file as named on the command line or within it (`step.csv`).
    pub file: String,
    /// The table, by ASCII name.
    pub table: String,
    /// The physical line or row, the header being 1; 0 where there is none.
    pub row: u32,
    /// The key of the row where rows are named by their keys, as in a database server; empty where they are named by their lines.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The column as headed in the file; empty where the whole row or file is meant.
    pub column: String,
    /// A stable code, listed in the manual (`data::bad-date`).
    pub code: &'static str,
    /// What became of it.
    pub fate: Fate,
    /// The value found, shortened; never shown in logs.
    pub value: String,
    /// Why it cannot stand, in Chinese.
    pub why: String,
    /// What would be right, in Chinese.
    pub right: String,
}

impl Problem {
    /// Something of a file as a whole that somebody should look at: no more is said of where it is, and nothing was lost.
    pub fn noted(file: impl Into<String>, code: &'static str, why: impl Into<String>, right: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            table: String::new(),
            row: 0,
            key: String::new(),
            column: String::new(),
            code,
            fate: Fate::Noted,
            value: String::new(),
            why: why.into(),
            right: right.into(),
        }
    }

    /// The same of a table, by ASCII name.
    #[must_use]
    pub fn of_table(self, table: impl Into<String>) -> Self {
        Self { table: table.into(), ..self }
    }

    /// The same of a line or row, the header being 1.
    #[must_use]
    pub fn at_row(self, row: u32) -> Self {
        Self { row, ..self }
    }

    /// The same of a column, as headed in the file.
    #[must_use]
    pub fn in_column(self, column: impl Into<String>) -> Self {
        Self { column: column.into(), ..self }
    }

    /// The same of a value found, shortened for showing.
    #[must_use]
    pub fn of_value(self, value: &str) -> Self {
        Self { value: shown(value), ..self }
    }

    /// The same, but this became of it.
    #[must_use]
    pub fn fated(self, fate: Fate) -> Self {
        Self { fate, ..self }
    }
}

/// Rows of one file, counted: read = kept + merged + refused + corrected + those set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The file.
    pub file: String,
    /// The table.
    pub table: String,
    /// Rows read.
    pub read: u64,
    /// Rows kept.
    pub kept: u64,
    /// Rows identical to one kept.
    pub merged: u64,
    /// Rows refused.
    pub refused: u64,
    /// Rows that a corrected one, read from another file, stands for.
    pub corrected: u64,
    /// Rows refused by the code of what was found wrong first; together as many as are refused.
    pub reasons: BTreeMap<String, u64>,
    /// Rows that are no records (titles, groups, totals, notes), or that an earlier source tells better, by why.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub aside: BTreeMap<String, u64>,
}

impl Tally {
    /// How many rows were set aside.
    pub fn put_aside(&self) -> u64 {
        self.aside.values().sum()
    }

    /// Sets rows aside.
    pub(crate) fn set_aside(&mut self, code: &str, rows: u64) {
        *self.aside.entry(code.to_owned()).or_default() += rows;
    }

    /// Takes in the rows of another.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.kept += other.kept;
        self.merged += other.merged;
        self.refused += other.refused;
        self.corrected += other.corrected;
        other.reasons.iter().for_each(|(code, n)| *self.reasons.entry(code.clone()).or_default() += n);
        other.aside.iter().for_each(|(code, n)| self.set_aside(code, *n));
    }

    /// A row is refused for this.
    pub(super) fn refuse(&mut self, code: &str) {
        self.refused += 1;
        *self.reasons.entry(code.to_owned()).or_default() += 1;
    }

    /// A row refused for this is refused no more.
    pub(super) fn forgive(&mut self, code: &str) {
        self.refused = self.refused.saturating_sub(1);
        let of_code = self.reasons.get_mut(code).map(|n| {
            *n = n.saturating_sub(1);
            *n
        });
        if of_code == Some(0) {
            self.reasons.remove(code);
        }
    }
}

/// The filled fields of one name in forms, counted: read = kept + refused + untaken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FieldTally {
    /// What the forms are counted under: their folder, zip or file.
    pub file: String,
    /// The field, in Chinese.
    pub field: String,
    /// Forms in which it is filled.
    pub read: u64,
    /// Of which all of it went into the records.
    pub kept: u64,
    /// Of which some of it could not be read.
    pub refused: u64,
    /// Of which the records have no place for it.
    pub untaken: u64,
}

/// Every code that a problem can have.
pub const CODES: [&str; 86] = [
    "data::ambiguous-date",
    "data::bad-bool",
    "data::bad-code",
    "data::bad-date",
    "data::bad-int",
    "data::bad-number",
    "data::bad-row",
    "data::date-words",
    "data::duplicate-column",
    "data::duplicate-key",
    "data::file-not-read",
    "data::garbled",
    "data::left-out",
    "data::lost-digits",
    "data::missing",
    "data::missing-column",
    "data::mixed-encoding",
    "data::name-differs",
    "data::namesakes",
    "data::needed-here",
    "data::no-match",
    "data::no-result",
    "data::not-a-row",
    "data::one-id",
    "data::out-of-place",
    "data::owner-mismatch",
    "data::person-count",
    "data::refused-at-import",
    "data::reversed",
    "data::row-width",
    "data::serial-date",
    "data::unknown-date",
    "data::several-matches",
    "data::unknown-column",
    "data::unknown-owner",
    "data::unknown-reference",
    "data::unknown-table",
    "data::unlisted-code",
    "data::unmapped-columns",
    "data::unread-sets",
    "data::unreadable-at-import",
    "form::ambiguous",
    "form::assessment",
    "form::bad-xml",
    "form::case-kind",
    "form::copy",
    "form::doctype",
    "form::empty",
    "form::encoding",
    "form::field-twice",
    "form::folder-not-read",
    "form::namesakes",
    "form::no-name",
    "form::no-resume",
    "form::not-a-form",
    "form::party",
    "form::relation",
    "form::resume-line",
    "form::resume-waiting",
    "form::sanction",
    "form::too-long",
    "form::truncated",
    "form::two-of-one",
    "form::unknown-field",
    "form::unreadable",
    "form::zip-bomb",
    "form::zip-method",
    "form::zip-password",
    "merge::differs",
    "merge::filled",
    "merge::finer",
    "merge::namesakes",
    "merge::same-person",
    "merge::told-before",
    "merge::two-codes",
    "sheet::contradiction",
    "sheet::hidden",
    "sheet::moved",
    "sheet::namesakes",
    "sheet::needs-year",
    "sheet::recognised",
    "sheet::set-aside",
    "sheet::sum-differs",
    "sheet::unit-level",
    "sheet::unused-columns",
    "sheet::year-differs",
];

/// A value shortened for showing: at most 40 characters, no line breaks; what looks like an ID number loses its middle.
pub fn shown(value: &str) -> String {
    let value = value.trim();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 15 {
        let head: String = value.chars().take(6).collect();
        let tail: Vec<char> = value.chars().rev().take(2).collect();
        return format!("{head}********{}", tail.iter().rev().collect::<String>());
    }
    let mut text: String = value.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if value.chars().nth(40).is_some() {
        text.push('…');
    }
    text
}

/// Digits in a row that may be an ID number.
const LONG: usize = 15;

/// Whether a number in a text is as long as an ID number.
fn has_long_number(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|b| {
        run = if b.is_ascii_digit() { run + 1 } else { 0 };
        run >= LONG
    })
}

/// The same as [`masked`], of a text that is not needed any more.
pub fn masked_text(text: String) -> String {
    if has_long_number(&text) { masked(&text) } else { text }
}

/// A text in which every number as long as an ID number (15 digits and more) has lost its middle.
pub fn masked(text: &str) -> String {
    if !has_long_number(text) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (digits, after) = from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
        safe.push_str(before);
        match (digits.get(..6), digits.get(digits.len().saturating_sub(2)..)) {
            (Some(head), Some(tail)) if digits.len() >= LONG => safe.extend([head, "********", tail]),
            _ => safe.push_str(digits),
        }
        rest = after;
    }
    safe.push_str(rest);
    safe
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn id_numbers_lose_their_middle_and_dates_do_not() {
        assert_eq!(masked("身份证号110101199003070011、11010119900307001X"), "身份证号110101********11、110101********01X");
        assert_eq!(masked("2024-03-04至2024-03-07，共4个工作日"), "2024-03-04至2024-03-07，共4个工作日");
        assert_eq!(masked("云组任〔2022〕32号 20240304120000"), "云组任〔2022〕32号 20240304120000");
    }
}
