//! From rows as read to records that rules can walk: keys made unique, references resolved, rows grouped by owner, void rows
//! marked, derived tables built.

use super::book::{Book, Lost};
use super::build::Builder;
use super::column::{BAD_CODE, BAD_DATE, BAD_ROW, Column, NONE_CODE, NONE_ROW};
use super::correct::take_out_corrected;
use super::draft::Draft;
use super::joined;
use super::places::Places;
use super::problem::{Fate, shown};
use super::resolve::{Resolved, resolve};
use super::schema::{FieldId, FieldType, Schema, TableId};
use super::store::{RowId, Rows, Store};
use super::text::{RefKeys, Sym};
use super::unique::make_unique;
use super::unite::{self, United};
use super::wanted::Wanted;
use super::{contradiction, told_before, who};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

impl Builder {
    /// Ends the filling.
    pub fn finish(mut self) -> Store {
        let schema = Arc::clone(&self.schema);
        self.texts.shrink();
        self.tell_remarks();
        let mut book = Book {
            schema: Arc::clone(&schema),
            places: self.places,
            problems: self.problems,
            tallies: self.tallies,
            united: United::default(),
        };
        let mut drafts = self.tables;
        take_out_corrected(&mut drafts, &mut book);
        who::settle(&mut drafts, &mut book, &self.texts, &self.current_posts);
        told_before::set_aside(&mut drafts, &mut book, &self.partial);
        let unseen_merges = make_unique(&mut drafts, &mut book, &self.texts);
        unite::tell(&mut book);
        contradiction::enter(&mut drafts, &mut book, &mut self.texts);
        let mut store = Store {
            schema: Arc::clone(&schema),
            tables: (0..schema.tables.len()).map(|_| Rows::default()).collect(),
            texts: self.texts,
            places: Places::default(),
            problems: Vec::new(),
            tallies: Vec::new(),
            field_tallies: self.field_tallies,
            assumed_blank: Vec::new(),
            unseen_merges,
            hashes: OnceLock::new(),
            told_wrong: OnceLock::new(),
        };
        let mut refs: Vec<Vec<Option<RefKeys>>> = schema.tables.iter().map(|t| vec![None; t.fields.len()]).collect();
        for level in by_owner_depth(&schema) {
            let work: Vec<(TableId, Draft)> = level.iter().filter_map(|&t| drafts.get_mut(t).map(|d| (t, std::mem::take(d)))).collect();
            let settled: Vec<Settled> = work.into_par_iter().map(|(t, draft)| settle(&schema, t, draft, &store, &self.wanted)).collect();
            for mut done in settled {
                book.enter(done.table, &done.lost, &mut done.rows);
                store.assumed_blank.append(&mut done.assumed_blank);
                if let (Some(slot), Some(rows)) = (refs.get_mut(done.table), store.tables.get_mut(done.table)) {
                    *slot = done.refs;
                    *rows = done.rows;
                }
            }
        }
        resolve_rest(&schema, refs, &mut store, &mut book);
        mark_orphans(&mut store);
        mark_void(&mut store);
        for table in (0..schema.tables.len()).filter(|&t| schema.tables[t].joined.is_some()) {
            store.tables[table] = joined::build(&store, table, &self.wanted);
        }
        store.assumed_blank.sort();
        store.places = book.places;
        store.problems = book.problems;
        name_by_key(&mut store);
        store.problems.sort();
        store.problems.dedup_by(|a, b| a.fate == Fate::Noted && a == b);
        store.tallies = book.tallies;
        store.tallies.sort_by(|a, b| (&a.file, &a.table).cmp(&(&b.file, &b.table)));
        store
    }
}

/// Gives the problems of rows that are named by their keys these keys.
fn name_by_key(store: &mut Store) {
    if !store.places.names_by_key() {
        return;
    }
    let mut problems = std::mem::take(&mut store.problems);
    for (t, def) in store.schema.tables.iter().enumerate() {
        let mut of_line: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        for (i, p) in problems.iter().enumerate().filter(|(_, p)| p.row > 0 && p.key.is_empty() && p.table == def.name) {
            of_line.entry(p.row).or_default().push(i);
        }
        let rows = store.rows(t);
        for row in (0..rows.len).filter(|_| !of_line.is_empty()) {
            let Some((file, line)) = store.places.keyed_row(&rows.origin, row) else { continue };
            for &i in of_line.get(&line).into_iter().flatten() {
                if problems[i].file == file {
                    problems[i].key = shown(store.key(t, row as RowId));
                }
            }
        }
    }
    store.problems = problems;
}

/// A table whose owner references are resolved and whose rows are grouped.
struct Settled {
    table: TableId,
    rows: Rows,
    refs: Vec<Option<RefKeys>>,
    lost: Vec<Lost>,
    assumed_blank: Vec<String>,
}

/// Resolves the owner references of a table, groups its rows by owner and hands them over.
fn settle(schema: &Schema, table: TableId, mut draft: Draft, store: &Store, wanted: &Wanted) -> Settled {
    let mut done = Settled { table, rows: Rows::default(), refs: Vec::new(), lost: Vec::new(), assumed_blank: Vec::new() };
    let Some(def) = schema.tables.get(table) else { return done };
    if let Some(field) = def.owner
        && let FieldType::Ref(target) = def.fields[field].ty
        && target != table
    {
        let required = def.fields[field].required;
        if draft.len > 0 && required && draft.refs[field].is_none() {
            draft.refs[field] = Some(RefKeys { at: vec![BAD_ROW; draft.len], ..RefKeys::default() });
        }
        if let Some(refs) = draft.refs[field].take() {
            let target_rows = store.rows(target);
            let resolved = resolve(refs, &target_rows.keys, target_rows.exported);
            done.lost = lost_references(schema, table, field, &resolved, |row| draft.is_ghost(row));
            let order = grouped(&resolved.column);
            if let Some(far) = resolved.far {
                // Their text is kept; see `resolve_rest`.
                draft.refs[field] = Some(far);
            }
            draft.columns[field] = Some(Column::Ref(resolved.column));
            if let Some(order) = order {
                draft.reorder(&order);
                let mut place = vec![0u32; order.len()];
                order.iter().zip(0u32..).for_each(|(&old, new)| place[old as usize] = new);
                done.lost.iter_mut().for_each(|l| l.row = place[l.row as usize]);
            }
        }
    }
    let rows = &mut done.rows;
    rows.len = draft.len;
    rows.exported = draft.len > 0 || draft.declared;
    rows.keys = draft.keys;
    rows.origin = draft.origins;
    rows.ghost = draft.ghost;
    rows.attested = draft.attested;
    rows.apart = draft.apart;
    rows.taken = draft.taken;
    rows.open_ghosts = draft.open;
    rows.columns = draft.columns;
    rows.far = (0..def.fields.len()).map(|_| None).collect();
    rows.links = (0..def.fields.len()).map(|_| OnceLock::new()).collect();
    for (f, field) in def.fields.iter().enumerate() {
        if rows.columns[f].is_some() || draft.refs[f].is_some() || !rows.exported || !wanted.has(table, f) {
            continue;
        }
        if rows.len == 0 {
            // Exported without a row: every column is there, with nothing in it.
            rows.columns[f] = empty_column(field.ty);
        } else if field.even_unexported {
            rows.columns[f] = blank_column(field.ty, rows.len);
            done.assumed_blank.push(format!("{}.{}", def.name, field.name));
        }
    }
    for (f, field) in def.fields.iter().enumerate() {
        if let Some(other) = field.not_before {
            done.lost.extend(forget_reversed(rows, f, other, &def.fields[other].zh));
        }
    }
    done.refs = draft.refs;
    done
}

/// Dates that lie before the one they should follow. Which of the two is wrong nobody can say: the later one reads as unknown.
fn forget_reversed(rows: &mut Rows, field: FieldId, other: FieldId, name: &str) -> Vec<Lost> {
    let (Some(Column::Date(starts)), Some(Column::Date(ends))) = (rows.column(other), rows.column(field)) else { return Vec::new() };
    let pairs = starts.iter().zip(ends).zip(0u32..);
    let reversed = pairs.filter(|((start, end), row)| end.hi < start.lo && !rows.is_ghost(*row));
    let lost: Vec<Lost> = reversed
        .map(|((start, end), row)| Lost {
            row,
            field,
            code: "data::reversed",
            fate: Fate::Blanked,
            value: end.to_string(),
            why: format!("早于{name}（{start}）"),
            right: format!("应不早于{name}，核对后改正其中一个"),
        })
        .collect();
    if let Some(Some(Column::Date(ends))) = rows.columns.get_mut(field) {
        lost.iter().for_each(|l| ends.get_mut(l.row as usize).into_iter().for_each(|end| *end = BAD_DATE));
    }
    lost
}

/// References that lead nowhere: an optional one reads as unknown, a required one refuses the row.
fn lost_references(schema: &Schema, table: TableId, field: FieldId, resolved: &Resolved, is_ghost: impl Fn(usize) -> bool) -> Vec<Lost> {
    let Some(def) = schema.tables.get(table).and_then(|t| t.fields.get(field)) else { return Vec::new() };
    let FieldType::Ref(target) = def.ty else { return Vec::new() };
    let target_name = schema.tables.get(target).map_or("", |t| t.zh.as_str());
    let (code, fate, why) = if def.required {
        ("data::unknown-owner", Fate::Refused, "所属的编码不存在")
    } else {
        ("data::unknown-reference", Fate::Blanked, "引用的编码不存在")
    };
    let mut all: Vec<Lost> = resolved
        .lost
        .iter()
        .map(|(row, value)| Lost {
            row: *row,
            field,
            code,
            fate,
            value: value.clone(),
            why: why.to_owned(),
            right: format!("应为{target_name}表中已有的编码"),
        })
        .collect();
    if def.required {
        // Rows of a file without this column belong to nobody known. (A cell that could not be read has refused its row already.)
        let nowhere = resolved.column.iter().zip(0u32..).filter(|(to, _)| **to == BAD_ROW);
        let lost: Vec<u32> = all.iter().map(|l| l.row).collect();
        let missing = nowhere.filter(|(_, row)| !is_ghost(*row as usize) && lost.binary_search(row).is_err());
        let missing: Vec<Lost> = missing
            .map(|(_, row)| Lost {
                row,
                field,
                code: "data::missing",
                fate: Fate::Refused,
                value: String::new(),
                why: "文件没有这一列，不知道属于谁".to_owned(),
                right: format!("应有“{}”列", def.zh),
            })
            .collect();
        all.extend(missing);
    }
    all
}

/// Resolves every reference but those of owners.
fn resolve_rest(schema: &Schema, refs: Vec<Vec<Option<RefKeys>>>, store: &mut Store, book: &mut Book) {
    let mut work: Vec<(TableId, FieldId, TableId, RefKeys)> = Vec::new();
    for (t, fields) in refs.into_iter().enumerate() {
        for (f, keys) in fields.into_iter().enumerate() {
            let (Some(keys), FieldType::Ref(target)) = (keys, schema.tables[t].fields[f].ty) else { continue };
            if store.rows(t).column(f).is_some() {
                keep_far_keys(t, f, &keys, store);
            } else {
                work.push((t, f, target, keys));
            }
        }
    }
    let known: &Store = store;
    let done: Vec<(TableId, FieldId, Resolved, Vec<Lost>)> = work
        .into_par_iter()
        .map(|(t, f, target, keys)| {
            let rows = known.rows(target);
            let resolved = resolve(keys, &rows.keys, rows.exported);
            let lost = lost_references(schema, t, f, &resolved, |row| known.rows(t).is_ghost(row as RowId));
            (t, f, resolved, lost)
        })
        .collect();
    for (t, f, resolved, lost) in done {
        let Some(rows) = store.tables.get_mut(t) else { continue };
        book.enter(t, &lost, rows);
        rows.columns[f] = Some(Column::Ref(resolved.column));
        if let Some(far) = resolved.far {
            keep_far_keys(t, f, &far, store);
        }
    }
}

fn keep_far_keys(table: TableId, field: FieldId, keys: &RefKeys, store: &mut Store) {
    let syms: Vec<Sym> = (0..keys.distinct.len()).map(|i| store.texts.intern(keys.distinct.get(i))).collect();
    let far = keys.at.iter().map(|&i| syms.get(i as usize).copied().unwrap_or(Sym::NONE)).collect();
    store.tables[table].far[field] = Some(far);
}

/// The order that brings rows of one owner together (owners in their own order, rows in file order), or none if they lie so already.
fn grouped(owners: &[u32]) -> Option<Vec<u32>> {
    if owners.is_sorted() {
        return None;
    }
    let mut order: Vec<u32> = (0..owners.len() as u32).collect();
    order.sort_by_key(|&r| owners.get(r as usize).copied().unwrap_or(u32::MAX));
    Some(order)
}

/// Tables by the length of their chain of owners: owners come first.
fn by_owner_depth(schema: &Schema) -> Vec<Vec<TableId>> {
    let depth = |mut t: TableId| {
        let mut d = 0;
        while let Some(f) = schema.tables[t].owner
            && let FieldType::Ref(target) = schema.tables[t].fields[f].ty
            && target != t
            && d < schema.tables.len()
        {
            t = target;
            d += 1;
        }
        d
    };
    let mut levels: Vec<Vec<TableId>> = vec![Vec::new(); schema.tables.len() + 1];
    (0..schema.tables.len()).filter(|&t| schema.tables[t].joined.is_none()).for_each(|t| levels[depth(t)].push(t));
    levels.retain(|level| !level.is_empty());
    levels
}

fn empty_column(ty: FieldType) -> Option<Column> {
    match ty {
        FieldType::Ref(_) => Some(Column::Ref(Vec::new())),
        ty => Column::bad(ty, 0),
    }
}

fn blank_column(ty: FieldType, len: usize) -> Option<Column> {
    Some(match ty {
        FieldType::Bool => Column::Bool(vec![0; len]),
        FieldType::Code(_) => Column::Code(vec![NONE_CODE; len]),
        FieldType::Text => Column::Text(vec![Sym::NONE; len]),
        FieldType::Ref(_) => Column::Ref(vec![NONE_ROW; len]),
        FieldType::Date => Column::Date(vec![BAD_DATE; len]),
        FieldType::Id | FieldType::Int | FieldType::Number => return None,
    })
}

/// Refused rows that belong to nobody known might belong to anyone.
fn mark_orphans(store: &mut Store) {
    let schema = Arc::clone(&store.schema);
    for (rows, def) in store.tables.iter_mut().zip(&schema.tables) {
        let Some(Some(Column::Ref(owners))) = def.owner.and_then(|f| rows.columns.get(f)) else { continue };
        let nobody = |row: usize| owners.get(row).is_none_or(|&to| to >= NONE_ROW);
        rows.orphans = rows.ghost.iter().zip(0u32..).filter(|(ghost, row)| **ghost && nobody(*row as usize)).map(|(_, r)| r).collect();
    }
}

fn mark_void(store: &mut Store) {
    let schema = Arc::clone(&store.schema);
    for (t, def) in schema.tables.iter().enumerate() {
        let Some(void) = &def.void else { continue };
        let Some(Column::Code(codes)) = store.tables[t].column(void.field) else { continue };
        let dead: Vec<bool> = codes.iter().map(|&c| c == void.code).collect();
        // What cannot be read may be the code that makes a row void.
        let perhaps: Vec<bool> = codes.iter().map(|&c| c == BAD_CODE).collect();
        let (some_dead, some_perhaps) = (dead.contains(&true), perhaps.contains(&true));
        for &child in &void.rows {
            // A visit belongs to a person, but it is void with its case: by the field that leads to the void table.
            let Some(field) = schema.tables[child].link_to(t) else { continue };
            let Some(Column::Ref(refs)) = store.tables[child].column(field) else { continue };
            let of = |flags: &[bool]| refs.iter().map(|&r| flags.get(r as usize).copied().unwrap_or(false)).collect();
            let (void, perhaps) = (some_dead.then(|| of(&dead)), some_perhaps.then(|| of(&perhaps)));
            store.tables[child].void = void.unwrap_or_default();
            store.tables[child].perhaps_void = perhaps.unwrap_or_default();
        }
        if some_dead {
            store.tables[t].void = dead;
        }
        if some_perhaps {
            store.tables[t].doubtful.clone_from(&perhaps);
            store.tables[t].perhaps_void = perhaps;
        }
    }
}
