//! One row that several sources have: the first source that has it wins, and what it leaves blank or says less exactly is taken from the
//! next. Each cell taken keeps the place it came from. What differs is told, and about people entered as a contradiction.

use super::book::Book;
use super::column::{BLANK_DATE, BLANK_ROW, Column, Filled, NONE_CODE, NONE_ROW};
use super::draft::Draft;
use super::problem::{Problem, shown};
use super::schema::{Blank, FieldId, FieldType, Schema, TableId, squeeze};
use super::text::{Sym, Texts};
use crate::dates::spelled::half_width;
use std::collections::BTreeMap;

/// A file and a line in it, by number.
type At = (u32, u32);

/// Cells of one field of which the same became, between two files: the winner's and the other's.
type Cells = (TableId, FieldId, Became, String, String);

/// The first line in the other file, the header there, and the keys of the rows.
type Told = (u32, String, Vec<String>);

/// What is to be told of rows that several sources have.
#[derive(Debug, Default)]
pub(super) struct United {
    /// Rows by what became of their cells.
    cells: BTreeMap<Cells, Told>,
    /// Contradictions about people.
    pub contradictions: Vec<Contradiction>,
}

/// What becomes of a cell where another row of the key has it, too; nothing where that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Became {
    /// The other fills what the winner leaves open.
    Filled,
    /// The other says the same more exactly.
    Finer,
    /// The other differs.
    Differs,
}

/// Two sources that contradict each other about a person.
#[derive(Debug)]
pub(super) struct Contradiction {
    pub person: String,
    /// The code of the field.
    pub field: u8,
    pub kept: String,
    pub other: String,
    pub kept_at: (FieldId, At),
    pub other_at: (FieldId, At),
}

/// Makes the first of these rows of one key stand for all, if they are of different sources and may be one: true if it does. Rows of
/// people may differ in what is told of one person; other rows may not.
pub(super) fn unite(table: TableId, draft: &mut Draft, rows: &[u32], book: &mut Book, texts: &Texts) -> bool {
    let Some((&winner, others)) = rows.split_first() else { return false };
    let mut sources: Vec<u32> = rows.iter().map(|&r| draft.sources.of(r as usize)).collect();
    sources.dedup();
    if sources.len() < rows.len() || rows.iter().any(|&r| draft.is_ghost(r as usize)) {
        return false;
    }
    let schema = std::sync::Arc::clone(&book.schema);
    let Some(def) = schema.tables.get(table) else { return false };
    let people = schema.identity.as_ref().filter(|i| i.table == table);
    let fields: Vec<FieldId> = (0..def.fields.len()).filter(|&f| f != def.key).collect();
    let may_be_one = |a: u32, b: u32| {
        let differs = |f: FieldId| becomes(draft, book, &schema, texts, (table, f), (a, b)) == Some(Became::Differs);
        match people {
            Some(p) => !differs(p.name) || (!differs(p.birth) && !differs(p.id_number)),
            None => !fields.iter().any(|&f| differs(f)),
        }
    };
    // Each with each: where the first row is blank, the next two may still differ.
    if !rows.iter().enumerate().all(|(i, &a)| rows.iter().skip(i + 1).all(|&b| may_be_one(a, b))) {
        return false;
    }
    for &other in others {
        for &field in &fields {
            take(draft, book, &schema, texts, (table, field), (winner, other));
        }
    }
    true
}

/// Settles one cell of the winner against that of another row.
fn take(
    draft: &mut Draft,
    book: &mut Book,
    schema: &Schema,
    texts: &Texts,
    (table, field): (TableId, FieldId),
    (winner, other): (u32, u32),
) {
    let Some(became) = becomes(draft, book, schema, texts, (table, field), (winner, other)) else { return };
    let came = |row: u32| draft.taken.get(&(row, field)).copied().or_else(|| draft.origins.get(row as usize));
    let (Some(kept_at), Some(other_at)) = (came(winner), came(other)) else { return };
    let name = schema.tables.get(table).and_then(|t| t.fields.get(field)).map(|f| (f.name.as_str(), f.zh.as_str())).unwrap_or_default();
    let counted = |at: At, row: u32| match draft.taken.contains_key(&(row, field)) {
        true => book.places.at(at.0, at.1).map(|(file, _)| file).unwrap_or_default(),
        false => book.places.counted_as(&draft.origins, row as usize).unwrap_or_default(),
    };
    let files = (counted(kept_at, winner), counted(other_at, other));
    let line = book.places.at(other_at.0, other_at.1).map_or(0, |(_, line)| line);
    let header = book.places.header_at(other_at, table, (field, name.0)).unwrap_or_else(|| name.1.to_owned());
    let key = draft.keys.get(winner as usize).to_owned();
    if became == Became::Differs {
        let entered = schema.identity.as_ref().filter(|i| i.table == table);
        let code = entered.and_then(|i| schema.lists.get(i.told.fields)).and_then(|list| list.code(name.1));
        if let (Some(identity), Some(field_code)) = (entered, code) {
            let said = |row: u32| {
                let text = said(draft, schema, texts, (table, field), row);
                if field == identity.name { covered(&text) } else { shown(&text) }
            };
            let (kept, mut differing) = (said(winner), said(other));
            if kept == differing {
                // What makes the difference is covered.
                differing.push_str("（不同）");
            }
            book.united.contradictions.push(Contradiction {
                person: key.clone(),
                field: field_code,
                kept,
                other: differing,
                kept_at: (field, kept_at),
                other_at: (field, other_at),
            });
        }
    }
    // That the one who says something says there is nothing is no news.
    if became == Became::Differs || filled(draft, field, other) == Filled::Yes {
        let told = book.united.cells.entry((table, field, became, files.0, files.1)).or_insert((line, header, Vec::new()));
        told.2.push(key);
    }
    if became != Became::Differs {
        copy(draft, field, winner as usize, other as usize);
        draft.taken.insert((winner, field), other_at);
        draft.attested.remove(&(winner, field));
    }
}

/// A name of which only the first character is shown.
fn covered(name: &str) -> String {
    name.chars().enumerate().map(|(i, c)| if i == 0 { c } else { '＊' }).collect()
}

/// What becomes of the cell of the first row beside that of the second.
fn becomes(
    draft: &Draft,
    book: &Book,
    schema: &Schema,
    texts: &Texts,
    (table, field): (TableId, FieldId),
    (a, b): (u32, u32),
) -> Option<Became> {
    let def = schema.tables.get(table).and_then(|t| t.fields.get(field))?;
    // A source that has no such column says nothing; one whose cell cannot be read says something that nobody knows.
    let has = |row: u32| {
        draft.taken.contains_key(&(row, field)) || book.places.header(&draft.origins, row as usize, table, (field, &def.name)).is_some()
    };
    // A blank that stands for a date nobody knows says nothing either.
    let says = !matches!(def.blank, Blank::Unknown | Blank::SameAs(_));
    let is_fact = |row: u32| says || draft.attested.contains(&(row, field));
    match (filled(draft, field, a), filled(draft, field, b)) {
        (_, Filled::Unknown) | (Filled::No, Filled::No) => None,
        (Filled::Unknown, Filled::Yes) => Some(Became::Filled),
        (Filled::Unknown, Filled::No) => (!has(a)).then_some(Became::Filled),
        (Filled::No, Filled::Yes) => Some(if is_fact(a) { Became::Differs } else { Became::Filled }),
        (Filled::Yes, Filled::No) => is_fact(b).then_some(Became::Differs),
        (Filled::Yes, Filled::Yes) => compare(draft, schema, texts, (table, field), (a, b)),
    }
}

fn filled(draft: &Draft, field: FieldId, row: u32) -> Filled {
    if let Some(Some(column)) = draft.columns.get(field) {
        return column.filled(row as usize);
    }
    match draft.refs.get(field) {
        Some(Some(refs)) if !refs.get(row as usize).is_empty() => Filled::Yes,
        Some(Some(refs)) => match refs.at.get(row as usize) {
            Some(&(BLANK_ROW | NONE_ROW)) => Filled::No,
            _ => Filled::Unknown,
        },
        _ => Filled::Unknown,
    }
}

/// Two filled cells.
fn compare(draft: &Draft, schema: &Schema, texts: &Texts, of: (TableId, FieldId), (a, b): (u32, u32)) -> Option<Became> {
    let (x, y) = (a as usize, b as usize);
    let unless = |same: bool| (!same).then_some(Became::Differs);
    match draft.columns.get(of.1) {
        Some(Some(Column::Date(dates))) => {
            let (one, other) = (dates.get(x)?, dates.get(y)?);
            let finer = one != other && one.lo <= other.lo && other.hi <= one.hi;
            if finer { Some(Became::Finer) } else { unless(one.lo <= other.hi && other.lo <= one.hi) }
        }
        Some(Some(Column::Text(_))) => {
            let plain = |row| squeeze(&half_width(&said(draft, schema, texts, of, row))).to_uppercase();
            unless(plain(a) == plain(b))
        }
        Some(Some(column)) => unless(column.same(x, y)),
        _ => unless(said(draft, schema, texts, of, a) == said(draft, schema, texts, of, b)),
    }
}

/// What a filled cell says.
fn said(draft: &Draft, schema: &Schema, texts: &Texts, (table, field): (TableId, FieldId), row: u32) -> String {
    let at = row as usize;
    match draft.columns.get(field) {
        Some(Some(Column::Date(dates))) => dates.get(at).filter(|d| **d != BLANK_DATE).map(ToString::to_string),
        Some(Some(Column::Text(syms))) => syms.get(at).copied().filter(|s: &Sym| s.is_text()).and_then(|s| texts.get(s)).map(str::to_owned),
        Some(Some(Column::Code(codes))) => match schema.tables.get(table).and_then(|t| t.fields.get(field)).map(|f| f.ty) {
            Some(FieldType::Code(list)) => {
                codes.get(at).filter(|c| **c != NONE_CODE).and_then(|c| schema.lists.get(list)?.value(*c)).map(str::to_owned)
            }
            _ => None,
        },
        Some(Some(_)) => None,
        _ => draft.refs.get(field).and_then(Option::as_ref).map(|refs| refs.get(at).to_owned()),
    }
    .unwrap_or_default()
}

/// Puts the cell of one row into another.
fn copy(draft: &mut Draft, field: FieldId, to: usize, from: usize) {
    fn set<T: Copy>(cells: &mut [T], to: usize, from: usize) {
        if let (Some(&cell), true) = (cells.get(from), to < cells.len()) {
            cells[to] = cell;
        }
    }
    match draft.columns.get_mut(field) {
        Some(Some(Column::Date(v))) => set(v, to, from),
        Some(Some(Column::Int(v))) => set(v, to, from),
        Some(Some(Column::Number(v))) => set(v, to, from),
        Some(Some(Column::Bool(v) | Column::Code(v))) => set(v, to, from),
        Some(Some(Column::Text(v))) => set(v, to, from),
        Some(Some(Column::Ref(v))) => set(v, to, from),
        _ => {
            if let Some(Some(refs)) = draft.refs.get_mut(field) {
                set(&mut refs.at, to, from);
            }
        }
    }
}

/// Tells what became of the cells of rows that several sources have.
pub(super) fn tell(book: &mut Book) {
    for ((table, field, became, winner, file), (row, column, keys)) in std::mem::take(&mut book.united.cells) {
        let Some(def) = book.schema.tables.get(table) else { continue };
        let zh = def.fields.get(field).map_or("", |f| f.zh.as_str());
        let (n, which) = (keys.len(), some(&keys));
        let (code, why, right) = match became {
            Became::Filled => ("merge::filled", format!("“{winner}”没有写{zh}的 {n} 行，{zh}取自这里：{which}"), "不必改动"),
            Became::Finer => ("merge::finer", format!("{zh}比“{winner}”精确而不矛盾的 {n} 行，{zh}取自这里：{which}"), "不必改动"),
            Became::Differs => (
                "merge::differs",
                format!("{n} 行的{zh}与“{winner}”不同，按来源的先后采用“{winner}”的：{which}"),
                "请核对原件，改正写错的一处",
            ),
        };
        book.problems.push(Problem::noted(file, code, why, right).of_table(&def.name).at_row(row).in_column(column));
    }
}

/// `P1、P2等`: at most twenty keys.
pub(super) fn some(keys: &[String]) -> String {
    let shown: Vec<&str> = keys.iter().take(20).map(String::as_str).collect();
    format!("{}{}", shown.join("、"), if keys.len() > shown.len() { "等" } else { "" })
}
