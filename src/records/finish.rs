//! From rows as read to records that rules can walk: keys made unique, references resolved, rows grouped by owner, void rows
//! marked, derived tables built.

use super::build::{Builder, Draft, UNREADABLE};
use super::column::{BAD_DATE, BAD_ROW, BLANK_DATE, BLANK_ROW, Column, FAR_ROW, NONE_CODE, NONE_ROW};
use super::joined;
use super::problem::{Fate, Problem, shown};
use super::schema::{Blank, FieldId, FieldType, Schema, TableId};
use super::store::{RowId, Rows, Store};
use super::text::Sym;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

impl Builder {
    /// Ends the filling.
    pub fn finish(mut self) -> Store {
        let schema = Arc::clone(&self.schema);
        for table in 0..schema.tables.len() {
            self.fill_same_as(table);
            self.refuse_duplicates(table);
        }
        let mut store = Store {
            schema: Arc::clone(&schema),
            tables: (0..schema.tables.len()).map(|_| Rows::default()).collect(),
            texts: std::mem::take(&mut self.texts),
            files: self.files.clone(),
            problems: Vec::new(),
            tallies: Vec::new(),
            assumed_blank: Vec::new(),
        };
        for table in by_owner_depth(&schema) {
            self.settle(table, &mut store);
        }
        for table in 0..schema.tables.len() {
            self.resolve_rest(table, &mut store);
        }
        mark_void(&mut store);
        for table in (0..schema.tables.len()).filter(|&t| schema.tables[t].joined.is_some()) {
            store.tables[table] = joined::build(&store, table);
        }
        self.problems.sort();
        self.problems.dedup();
        self.tallies.sort_by(|a, b| (&a.file, &a.table).cmp(&(&b.file, &b.table)));
        store.problems = self.problems;
        store.tallies = self.tallies;
        store
    }

    fn fill_same_as(&mut self, table: TableId) {
        let schema = Arc::clone(&self.schema);
        for (f, def) in schema.tables[table].fields.iter().enumerate() {
            let Blank::SameAs(other) = def.blank else { continue };
            let draft = &mut self.tables[table];
            let Some(Column::Date(source)) = draft.columns[other].clone() else { continue };
            if let Some(Column::Date(v)) = &mut draft.columns[f] {
                for (cell, same) in v.iter_mut().zip(source) {
                    if *cell == BLANK_DATE {
                        *cell = same;
                    }
                }
            }
        }
    }

    /// Of rows with one key all are refused, unless they are identical: then one is kept.
    fn refuse_duplicates(&mut self, table: TableId) {
        let draft = &self.tables[table];
        if draft.keys.ascending() {
            return;
        }
        let mut seen: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        seen.reserve(draft.len);
        for row in 0..draft.len {
            let key = draft.keys.get(row);
            if !key.is_empty() {
                seen.entry(key).or_default().push(row);
            }
        }
        let mut groups: Vec<Vec<usize>> = seen.into_values().filter(|rows| rows.len() > 1).collect();
        groups.sort();
        let mut merged = vec![false; draft.len];
        let mut refused = Vec::new();
        for rows in groups {
            let same = rows.iter().all(|&r| draft.identical(r, rows[0]));
            if same {
                rows.iter().skip(1).for_each(|&r| merged[r] = true);
            } else {
                refused.extend(rows);
            }
        }
        let key_name = self.schema.tables[table].fields[self.schema.tables[table].key].name.clone();
        for row in refused {
            let value = self.tables[table].keys.get(row).to_owned();
            self.refuse(table, row, &key_name, "data::duplicate-key", &value, "编码重复，内容不一致", "同一编码只能有一行");
        }
        if merged.iter().any(|&m| m) {
            for row in (0..merged.len()).filter(|&r| merged[r]) {
                let (file, _) = self.tables[table].origin[row];
                let already_refused = self.tables[table].ghost[row];
                if let Some(t) = self.tally(table, file) {
                    t.merged += 1;
                    if already_refused { t.refused -= 1 } else { t.kept -= 1 }
                }
            }
            let keep: Vec<u32> = (0..merged.len()).filter(|&r| !merged[r]).map(|r| r as u32).collect();
            self.tables[table].reorder(&keep);
        }
    }

    fn tally(&mut self, table: TableId, file: u16) -> Option<&mut super::problem::Tally> {
        let name = &self.schema.tables[table].name;
        let file = self.files.get(usize::from(file))?;
        self.tallies.iter_mut().find(|t| t.table == *name && t.file == *file)
    }

    fn refuse(&mut self, table: TableId, row: usize, column: &str, code: &'static str, value: &str, why: &str, right: &str) {
        let (file, line) = self.tables[table].origin[row];
        let problem = Problem {
            file: self.files.get(usize::from(file)).cloned().unwrap_or_default(),
            table: self.schema.tables[table].name.clone(),
            row: line,
            column: column.to_owned(),
            code,
            fate: Fate::Refused,
            value: shown(value),
            why: why.to_owned(),
            right: right.to_owned(),
        };
        self.problems.push(problem);
        if !std::mem::replace(&mut self.tables[table].ghost[row], true)
            && let Some(t) = self.tally(table, file)
        {
            t.kept -= 1;
            t.refused += 1;
        }
    }

    /// Resolves the owner references of a table, groups its rows by owner and hands them to the store.
    fn settle(&mut self, table: TableId, store: &mut Store) {
        let schema = Arc::clone(&self.schema);
        let def = &schema.tables[table];
        let mut owners = None;
        if let Some(field) = def.owner
            && let FieldType::Ref(target) = def.fields[field].ty
            && self.tables[table].refs[field].is_some()
        {
            let column = self.resolve(table, field, target, store);
            owners = Some((field, column));
        }
        let draft = &mut self.tables[table];
        let mut orphans = Vec::new();
        if let Some((field, column)) = owners {
            let order = grouped(&column);
            draft.columns[field] = Some(Column::Ref(column));
            if let Some(order) = order {
                draft.reorder(&order);
            }
            if let Some(Column::Ref(v)) = &draft.columns[field] {
                orphans = (0..draft.len).filter(|&r| draft.ghost[r] && v[r] >= NONE_ROW).map(|r| r as RowId).collect();
            }
        }
        let any_ghost = draft.ghost.iter().any(|&g| g);
        let rows = &mut store.tables[table];
        rows.len = draft.len;
        rows.exported = draft.len > 0;
        rows.keys = std::mem::take(&mut draft.keys);
        rows.origin = std::mem::take(&mut draft.origin);
        rows.ghost = if any_ghost { draft.ghost.clone() } else { Vec::new() };
        rows.orphans = orphans;
        rows.columns = vec![None; def.fields.len()];
        rows.far = (0..def.fields.len()).map(|_| None).collect();
        rows.links = (0..def.fields.len()).map(|_| OnceLock::new()).collect();
        for (f, field) in def.fields.iter().enumerate() {
            rows.columns[f] = draft.columns[f].take();
            if rows.columns[f].is_none() && field.even_unexported && rows.exported && draft.refs[f].is_none() && self.wanted.has(table, f) {
                rows.columns[f] = blank_column(field.ty, rows.len);
                store.assumed_blank.push(format!("{}.{}", def.name, field.name));
            }
        }
    }

    fn resolve_rest(&mut self, table: TableId, store: &mut Store) {
        let schema = Arc::clone(&self.schema);
        for (f, field) in schema.tables[table].fields.iter().enumerate() {
            let FieldType::Ref(target) = field.ty else { continue };
            if self.tables[table].refs[f].is_none() {
                continue;
            }
            if store.tables[table].columns[f].is_none() {
                let column = self.resolve(table, f, target, store);
                store.tables[table].columns[f] = Some(Column::Ref(column));
            }
            self.keep_far_keys(table, f, store);
        }
    }

    /// The rows that a column's keys lead to. A key that leads to nothing: an optional reference reads as unknown, an owner refuses the row.
    fn resolve(&mut self, table: TableId, field: FieldId, target: TableId, store: &Store) -> Vec<u32> {
        let schema = Arc::clone(&self.schema);
        let def = &schema.tables[table].fields[field];
        let Some(keys) = self.tables[table].refs[field].take() else { return Vec::new() };
        let own = target == table && !store.tables[table].exported;
        let target_keys = if own { &self.tables[table].keys } else { &store.tables[target].keys };
        let exported = !target_keys.is_empty();
        let index: FxHashMap<&str, u32> = (0..target_keys.len()).map(|r| (target_keys.get(r), r as u32)).collect();
        let mut column = Vec::with_capacity(keys.len());
        let mut lost = Vec::new();
        let mut last = ("", BLANK_ROW);
        for row in 0..keys.len() {
            let key = keys.get(row);
            if key == last.0 && row > 0 {
                column.push(last.1);
                if last.1 == BAD_ROW && key != UNREADABLE {
                    lost.push(row);
                }
                continue;
            }
            let to = match key {
                "" if def.blank == Blank::None => NONE_ROW,
                "" => BLANK_ROW,
                UNREADABLE => BAD_ROW,
                key => match index.get(key) {
                    Some(&row) => row,
                    None if !exported => FAR_ROW,
                    None => {
                        lost.push(row);
                        BAD_ROW
                    }
                },
            };
            last = (key, to);
            column.push(to);
        }
        drop(index);
        let target_name = schema.tables[target].zh.clone();
        for row in lost {
            let right = format!("应为{target_name}表中已有的编码");
            if def.required {
                self.refuse(table, row, &def.name, "data::unknown-owner", keys.get(row), "所属的编码不存在", &right);
            } else {
                self.blanked(table, row, &def.name, store, keys.get(row), &right);
            }
        }
        self.tables[table].refs[field] = Some(keys);
        column
    }

    fn blanked(&mut self, table: TableId, row: usize, column: &str, store: &Store, value: &str, right: &str) {
        // Origins have moved into the store once the table is settled.
        let origin = store.tables[table].origin.get(row).or_else(|| self.tables[table].origin.get(row)).copied();
        let (file, line) = origin.unwrap_or((u16::MAX, 0));
        self.problems.push(Problem {
            file: store.files.get(usize::from(file)).cloned().unwrap_or_default(),
            table: self.schema.tables[table].name.clone(),
            row: line,
            column: column.to_owned(),
            code: "data::unknown-reference",
            fate: Fate::Blanked,
            value: shown(value),
            why: "引用的编码不存在".to_owned(),
            right: right.to_owned(),
        });
    }

    fn keep_far_keys(&mut self, table: TableId, field: FieldId, store: &mut Store) {
        let Some(Column::Ref(column)) = &store.tables[table].columns[field] else { return };
        if !column.contains(&FAR_ROW) {
            return;
        }
        let Some(keys) = &self.tables[table].refs[field] else { return };
        let far = column
            .iter()
            .enumerate()
            .map(|(row, &to)| if to == FAR_ROW { store.texts.intern(keys.get(row)) } else { Sym::NONE })
            .collect();
        store.tables[table].far[field] = Some(far);
    }
}

impl Draft {
    fn identical(&self, a: usize, b: usize) -> bool {
        let same_refs = self.refs.iter().flatten().all(|k| k.get(a) == k.get(b));
        let same_cells = self.columns.iter().flatten().all(|c| match c {
            Column::Date(v) => v.get(a) == v.get(b),
            Column::Int(v) => v.get(a) == v.get(b),
            Column::Number(v) => v.get(a) == v.get(b),
            Column::Bool(v) | Column::Code(v) => v.get(a) == v.get(b),
            Column::Text(v) => v.get(a) == v.get(b),
            Column::Ref(v) => v.get(a) == v.get(b),
        });
        same_refs && same_cells && self.ghost.get(a) == self.ghost.get(b)
    }

    fn reorder(&mut self, order: &[u32]) {
        self.keys = self.keys.reordered(order);
        for column in self.columns.iter_mut().flatten() {
            *column = column.reordered(order);
        }
        for keys in self.refs.iter_mut().flatten() {
            *keys = keys.reordered(order);
        }
        self.ghost = order.iter().filter_map(|&i| self.ghost.get(i as usize).copied()).collect();
        self.origin = order.iter().filter_map(|&i| self.origin.get(i as usize).copied()).collect();
        self.len = order.len();
    }
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

fn by_owner_depth(schema: &Schema) -> Vec<TableId> {
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
    let mut tables: Vec<TableId> = (0..schema.tables.len()).collect();
    tables.sort_by_key(|&t| (depth(t), t));
    tables
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

fn mark_void(store: &mut Store) {
    let schema = Arc::clone(&store.schema);
    for (t, def) in schema.tables.iter().enumerate() {
        let Some(void) = &def.void else { continue };
        let Some(Column::Code(codes)) = store.tables[t].column(void.field) else { continue };
        let dead: Vec<bool> = codes.iter().map(|&c| c == void.code).collect();
        if !dead.iter().any(|&d| d) {
            continue;
        }
        for &child in &void.rows {
            // A visit belongs to a person, but it is void with its case: by the field that leads to the void table.
            let Some(field) = schema.tables[child].fields.iter().position(|f| f.ty == FieldType::Ref(t)) else { continue };
            let Some(Column::Ref(refs)) = store.tables[child].column(field) else { continue };
            let void = refs.iter().map(|&r| dead.get(r as usize).copied().unwrap_or(false)).collect();
            store.tables[child].void = void;
        }
        store.tables[t].void = dead;
    }
}
