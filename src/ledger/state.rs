//! How a finding stands: its verdict and the values it rests on. Wording, parameters, severity by name, places in files and the days
//! that pass are no part of it: they tell nothing new.

use super::log::{absorb, hex};
use crate::engine::Finding;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The verdict's word.
    pub verdict: String,
    /// The hash of the cells it rests on, with their values, and of those lacking.
    pub cells: String,
    /// Whether a waiver holds.
    pub waived: bool,
}

impl State {
    /// How a finding stands.
    pub fn of(finding: &Finding) -> Self {
        Self { verdict: finding.verdict.word().to_owned(), cells: cells(finding), waived: finding.waived.is_some() }
    }

    /// Whether verdict and values are the same, waived or not.
    pub fn same_judged(&self, other: &Self) -> bool {
        self.verdict == other.verdict && self.cells == other.cells
    }
}

/// How all findings stand, by fingerprint.
pub fn states(findings: &[Finding]) -> BTreeMap<String, State> {
    findings.iter().map(|f| (f.fingerprint.clone(), State::of(f))).collect()
}

/// The hash of the cells a finding rests on, with their values, and of those lacking. The order of rows and the names of files are no
/// part of it.
pub fn cells(finding: &Finding) -> String {
    let mut cells: Vec<[Option<&str>; 4]> =
        finding.evidence.iter().map(|e| [Some(e.table.as_str()), Some(&e.id), Some(&e.field), e.value.as_deref()]).collect();
    cells.sort_unstable();
    cells.dedup();
    let mut lacking: Vec<[Option<&str>; 3]> =
        finding.missing.iter().map(|m| [Some(m.table.as_str()), m.id.as_deref(), m.field.as_deref()]).collect();
    lacking.sort_unstable();
    let mut hash = Sha256::new();
    cells.iter().flatten().for_each(|piece| absorb(&mut hash, *piece));
    hash.update(b"lacking");
    lacking.iter().flatten().for_each(|piece| absorb(&mut hash, *piece));
    hex(hash.finalize().get(..16).unwrap_or_default())
}
