//! What forms and sheets tell of people of whom an earlier source tells the same: a row that is another one's again takes its key; of
//! tables that one source tells as a whole the rows of later ones are set aside. Nothing counts twice.

use super::book::{Book, Recount};
use super::draft::Draft;
use super::problem::Problem;
use super::schema::{FieldId, Table, TableId};
use super::unite::some;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Settles the rows of sources that tell of people in part.
pub(super) fn set_aside(drafts: &mut [Draft], book: &mut Book, partial: &BTreeSet<u32>) {
    let schema = std::sync::Arc::clone(&book.schema);
    let tables: Vec<(TableId, &[FieldId])> = schema
        .alike
        .iter()
        .map(|(table, fields)| (*table, fields.as_slice()))
        .chain(schema.told_once.iter().map(|table| (*table, &[][..])))
        .collect();
    for (table, alike) in tables {
        let (Some(draft), Some(def)) = (drafts.get_mut(table), schema.tables.get(table)) else { continue };
        if draft.sources.are_several() && (0..draft.len).any(|row| partial.contains(&draft.sources.of(row))) {
            settle(table, def, alike, draft, book, partial);
        }
    }
}

fn settle(table: TableId, def: &Table, alike: &[FieldId], draft: &mut Draft, book: &mut Book, partial: &BTreeSet<u32>) {
    let Some(owners) = def.owner.and_then(|o| draft.refs.get(o)).and_then(Option::as_ref) else { return };
    let is_open = |row: usize| draft.open.get(row).copied().unwrap_or(false);
    let in_part: BTreeSet<&str> =
        (0..draft.len).filter(|&row| partial.contains(&draft.sources.of(row))).map(|row| owners.get(row)).collect();
    // The rows of each owner that stands in such a source, in the order of the sources.
    let mut of_owner: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for row in (0..draft.len).filter(|&row| in_part.contains(owners.get(row)) && !owners.get(row).is_empty()) {
        of_owner.entry(owners.get(row)).or_default().push(row);
    }
    let (mut gone, mut keys): (BTreeSet<u32>, BTreeMap<u32, String>) = Default::default();
    for rows in of_owner.into_values() {
        let first = rows.iter().filter(|&&r| !draft.is_ghost(r)).map(|&r| draft.sources.of(r)).min();
        let Some(first) = first else { continue };
        // A source that leaves open what more there is of the owner does not tell all.
        let tells_all = !rows.iter().any(|&r| is_open(r) && draft.sources.of(r) == first);
        for &row in rows.iter().filter(|&&r| draft.sources.of(r) > first && partial.contains(&draft.sources.of(r))) {
            if is_open(row) {
                if tells_all {
                    gone.insert(row as u32);
                }
            } else if draft.is_ghost(row) {
                // Refused: that stays told.
            } else if alike.is_empty() {
                gone.insert(row as u32);
            } else {
                let mut same = rows.iter().filter(|&&r| draft.sources.of(r) < draft.sources.of(row) && !draft.is_ghost(r));
                if let Some(&other) = same.find(|&&r| alike.iter().all(|&f| agree(draft, f, r, row))) {
                    let key = keys.get(&(other as u32)).cloned().unwrap_or_else(|| draft.keys.get(other).to_owned());
                    keys.insert(row as u32, key);
                }
            }
        }
    }
    tell(table, def, draft, book, &gone);
    if !keys.is_empty() {
        let mut all = super::text::Keys::default();
        (0..draft.len).for_each(|row| all.push(keys.get(&(row as u32)).map_or(draft.keys.get(row), String::as_str)));
        draft.keys = all;
    }
    if !gone.is_empty() {
        let keep: Vec<u32> = (0..draft.len as u32).filter(|row| !gone.contains(row)).collect();
        draft.reorder(&keep);
    }
}

fn agree(draft: &Draft, field: FieldId, a: usize, b: usize) -> bool {
    match draft.columns.get(field) {
        Some(Some(column)) => column.same(a, b) && column.filled(a) == super::column::Filled::Yes,
        _ => false,
    }
}

/// Counts the rows set aside, and says of whom they are, by file.
fn tell(table: TableId, def: &Table, draft: &Draft, book: &mut Book, gone: &BTreeSet<u32>) {
    let Some(owners) = def.owner.and_then(|o| draft.refs.get(o)).and_then(Option::as_ref) else { return };
    let mut by_file: BTreeMap<String, (u32, u64, Vec<String>)> = BTreeMap::new();
    for &row in gone.iter().filter(|&&row| !draft.open.get(row as usize).copied().unwrap_or(false)) {
        book.recount(table, row, &draft.origins, Recount::SetAside("told-before"));
        let file = book.places.counted_as(&draft.origins, row as usize).unwrap_or_default();
        let line = book.places.row(&draft.origins, row as usize).map_or(0, |(_, line)| line);
        let told = by_file.entry(file).or_insert((line, 0, Vec::new()));
        told.1 += 1;
        if told.2.last().map(String::as_str) != Some(owners.get(row as usize)) {
            told.2.push(owners.get(row as usize).to_owned());
        }
    }
    for (file, (row, n, mut who)) in by_file {
        who.sort();
        who.dedup();
        let why = format!("{n} 行的人，前面的来源已有{}，以前面的为准，这里的没有采用：{}", def.zh, some(&who));
        let right = "不必改动；前面的来源不全的，补到那里";
        book.problems.push(Problem::noted(file, "merge::told-before", why, right).of_table(&def.name).at_row(row));
    }
}
