//! Every row read is accounted for.

use guiju::records::{Fate, RowId, Store, Tally};

/// Read is kept, merged, corrected or refused; every refusal is told with its file and row; and the tables hold as many rows as counted.
///
/// # Panics
/// They do not.
pub fn adds_up(store: &Store) {
    for t in &store.tallies {
        assert_eq!(t.read, t.kept + t.merged + t.refused + t.corrected + t.put_aside(), "{t:?}");
        assert_eq!(t.refused, t.reasons.values().sum::<u64>(), "{t:?}");
        // Forms are counted under their folder or zip and told by their own names.
        let within =
            |file: &str| file == t.file || file.strip_prefix(t.file.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'));
        let told = store.problems.iter().filter(|p| p.fate == Fate::Refused && within(&p.file) && p.table == t.table);
        let mut rows: Vec<u32> = told.map(|p| p.row).collect();
        rows.sort_unstable();
        rows.dedup();
        assert!(rows.len() as u64 >= t.refused.min(1), "{t:?} but {rows:?}");
    }
    // Contradictions are made, not read.
    let read = |def: &guiju::records::Table| def.joined.is_none() && def.name != "discrepancy";
    for (rows, def) in store.tables.iter().zip(&store.schema.tables).filter(|(_, def)| read(def)) {
        let of = |count: fn(&Tally) -> u64| -> u64 { store.tallies.iter().filter(|t| t.table == def.name).map(count).sum() };
        let ghosts = rows.ghost.iter().filter(|g| **g).count() as u64;
        // Rows that stand for what sheets do not tell are counted nowhere.
        let open = (0..rows.len as RowId).filter(|&r| rows.is_open(r)).count() as u64;
        assert_eq!(rows.len as u64 - open, of(|t| t.kept) + of(|t| t.refused), "{}", def.name);
        assert_eq!(ghosts - open, of(|t| t.refused), "{}", def.name);
        for column in rows.columns.iter().flatten() {
            assert_eq!(column.len(), rows.len, "{}", def.name);
        }
        assert_eq!(rows.keys.len(), rows.len);
    }
}
