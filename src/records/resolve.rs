//! From the keys of references to the rows they lead to.

use super::column::{BAD_ROW, FAR_ROW};
use super::text::{KeyIndex, Keys, RefKeys};

/// References resolved.
pub(super) struct Resolved {
    /// The row each leads to, or a marker.
    pub column: Vec<u32>,
    /// Rows whose key leads to nothing, with the key; by row.
    pub lost: Vec<(u32, String)>,
    /// The keys again, where the target was not exported and they lead out of the records.
    pub far: Option<RefKeys>,
}

/// How far ahead of the last row found the next is looked for before the keys are indexed.
const AHEAD: usize = 8;

/// Finds the rows that keys lead to. Where the target was not exported, they lead far away, which is no mistake.
pub(super) fn resolve(refs: RefKeys, target: &Keys, exported: bool) -> Resolved {
    if !exported {
        let known = refs.distinct.len() as u32;
        let column: Vec<u32> = refs.at.iter().map(|&i| if i < known { FAR_ROW } else { i }).collect();
        let far = column.contains(&FAR_ROW).then_some(refs);
        return Resolved { column, lost: Vec::new(), far };
    }
    let rows = find_all(&refs.distinct, target);
    let mut lost = Vec::new();
    if rows.contains(&BAD_ROW) {
        for (row, &i) in (0u32..).zip(&refs.at) {
            if rows.get(i as usize) == Some(&BAD_ROW) {
                lost.push((row, refs.distinct.get(i as usize).to_owned()));
            }
        }
    }
    let mut column = refs.at;
    for to in &mut column {
        *to = rows.get(*to as usize).copied().unwrap_or(*to);
    }
    Resolved { column, lost, far: None }
}

/// The row of each key. Files mostly list owners and owned in one order, so the next row is looked at before any index.
fn find_all(keys: &Keys, target: &Keys) -> Vec<u32> {
    let mut index: Option<KeyIndex<'_>> = None;
    let mut near = 0;
    let mut found = Vec::with_capacity(keys.len());
    for i in 0..keys.len() {
        let key = keys.get(i);
        let ahead = if index.is_some() { 2 } else { AHEAD };
        let row = match (near..near + ahead).find(|&r| target.get(r) == key) {
            Some(row) => Some(row as u32),
            None => index.get_or_insert_with(|| target.index()).get(key),
        };
        if let Some(row) = row {
            near = row as usize;
        }
        found.push(row.unwrap_or(BAD_ROW));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(all: &[&str]) -> Keys {
        let mut keys = Keys::default();
        all.iter().for_each(|k| keys.push(k));
        keys
    }

    #[test]
    fn keys_in_any_order_lead_to_their_rows() {
        let names: Vec<String> = (0..500).map(|i| format!("P{i}")).collect();
        let target = keys(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let mut refs = RefKeys::default();
        let wanted: Vec<u32> = (0..500).map(|i| (i * 7) % 500).collect();
        wanted.iter().for_each(|i| refs.push(&format!("P{i}")));
        let resolved = resolve(refs, &target, true);
        assert_eq!(resolved.column, wanted);
        assert!(resolved.lost.is_empty());
    }

    #[test]
    fn a_key_that_leads_to_nothing_is_lost_in_each_of_its_rows() {
        let mut refs = RefKeys::default();
        ["a", "x", "x", "b"].iter().for_each(|k| refs.push(k));
        refs.mark(BAD_ROW);
        let resolved = resolve(refs, &keys(&["a", "b"]), true);
        assert_eq!(resolved.column, [0, BAD_ROW, BAD_ROW, 1, BAD_ROW]);
        assert_eq!(resolved.lost, [(1, "x".to_owned()), (2, "x".to_owned())]);
    }

    #[test]
    fn references_out_of_the_export_keep_their_keys() {
        let mut refs = RefKeys::default();
        refs.push("U9");
        refs.mark(super::super::column::BLANK_ROW);
        let resolved = resolve(refs, &Keys::default(), false);
        assert_eq!(resolved.column, [FAR_ROW, super::super::column::BLANK_ROW]);
        assert_eq!(resolved.far.map(|f| f.get(0).to_owned()).as_deref(), Some("U9"));
    }
}
