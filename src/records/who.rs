//! Who is who in several sources: a person without a code is the one of another source with the same ID number, else with the same name and
//! month of birth, else with the same name and a post of the same unit; if there is exactly one. Codes are never taken for one another:
//! one ID number under two codes is told.

use super::book::Book;
use super::column::{BAD_DATE, BLANK_DATE, Column};
use super::draft::Draft;
use super::id_number::whole_id_number;
use super::problem::Problem;
use super::schema::{FieldType, Identity, squeeze};
use super::text::{Sym, Texts};
use super::unite::{Contradiction, some};
use crate::dates::Fuzzy;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody by one key.
#[derive(Debug)]
struct One {
    key: String,
    /// The first row of the key.
    row: u32,
    sources: BTreeSet<u32>,
    id_number: String,
    name: String,
    birth: Option<Fuzzy>,
}

/// By what two were known to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    IdNumber,
    Birth,
    Post,
}

/// Whether a key was made of what is known of a person, not given by a source: `F` and twelve digits of base 16.
fn is_made(key: &str) -> bool {
    let digits = key.strip_prefix('F').unwrap_or("");
    digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Gives people of several sources the key under which the first source has them. `posts`: what people with made keys hold.
pub(super) fn settle(drafts: &mut [Draft], book: &mut Book, texts: &Texts, posts: &BTreeMap<String, String>) {
    let Some(identity) = book.schema.identity.clone() else { return };
    let Some(draft) = drafts.get(identity.table) else { return };
    if !draft.sources.are_several() {
        return tell_shared_numbers(&shared_numbers(draft, texts, &identity), drafts, book, &identity);
    }
    let people = people(draft, texts, &identity);
    let mut by_number: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_name: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (i, one) in people.iter().enumerate() {
        if !one.id_number.is_empty() {
            by_number.entry(&one.id_number).or_default().push(i);
        }
        by_name.entry(&one.name).or_default().push(i);
    }
    let mut same: BTreeMap<String, String> = BTreeMap::new();
    let mut told: BTreeMap<(By, String, String), Vec<String>> = BTreeMap::new();
    let mut namesakes: Vec<(usize, usize)> = Vec::new();
    for (i, one) in people.iter().enumerate().filter(|(_, one)| is_made(&one.key)) {
        let stands = |&o: &usize| o != i && people.get(o).is_some_and(|other| is_before(other, one) && !same.contains_key(&other.key));
        let of_number: Vec<usize> = by_number.get(one.id_number.as_str()).into_iter().flatten().copied().filter(stands).collect();
        let found = if of_number.is_empty() {
            let of_name: Vec<usize> = by_name.get(one.name.as_str()).into_iter().flatten().copied().filter(stands).collect();
            by_what_is_known(&people, one, &of_name, drafts, texts, &identity, posts)
        } else {
            of_number.into_iter().map(|o| (o, By::IdNumber)).collect()
        };
        match found.as_slice() {
            [(o, by)] => {
                let Some(other) = people.get(*o) else { continue };
                if *by == By::IdNumber && one.name != other.name && disjoint(one.birth, other.birth) {
                    // The number may be wrong in one of them: nothing says that they are one.
                    namesakes.push((i, *o));
                    continue;
                }
                let files = [one.row, other.row].map(|row| book.places.counted_as(&draft.origins, row as usize).unwrap_or_default());
                let [file, first] = files;
                told.entry((*by, file, first)).or_default().push(format!("{}即{}", one.key, other.key));
                same.insert(one.key.clone(), other.key.clone());
            }
            [] => {}
            [(o, _), ..] => namesakes.push((i, *o)),
        }
    }
    let shared: Vec<Vec<u32>> = by_number
        .values()
        .map(|all| all.iter().filter_map(|&i| people.get(i)).filter(|one| !same.contains_key(&one.key)).map(|one| one.row).collect())
        .filter(|rows: &Vec<u32>| rows.len() > 1)
        .collect();
    tell_namesakes(&namesakes, &people, draft, book, &identity);
    tell_same(told, book, &identity);
    tell_shared_numbers(&shared, drafts, book, &identity);
    rename(drafts, book, &identity, &same);
}

/// Codes go before made keys, and of these the one that an earlier source has.
fn is_before(other: &One, one: &One) -> bool {
    !is_made(&other.key) || other.row < one.row
}

fn disjoint(a: Option<Fuzzy>, b: Option<Fuzzy>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.lo > b.hi || b.lo > a.hi)
}

/// Of namesakes in other sources those that may be the person, and by what.
fn by_what_is_known(
    people: &[One],
    one: &One,
    of_name: &[usize],
    drafts: &[Draft],
    texts: &Texts,
    identity: &Identity,
    posts: &BTreeMap<String, String>,
) -> Vec<(usize, By)> {
    /// A birth that is known by the year says too little.
    const A_MONTH: i32 = 31;
    let mut found = Vec::new();
    for &o in of_name {
        let Some(other) = people.get(o) else { continue };
        let numbers_differ = !one.id_number.is_empty() && !other.id_number.is_empty();
        if one.name.is_empty() || numbers_differ || !one.sources.is_disjoint(&other.sources) {
            continue;
        }
        match (one.birth, other.birth) {
            (Some(a), Some(b)) => {
                if !disjoint(one.birth, other.birth) && [a, b].iter().all(|d| d.hi.0 - d.lo.0 < A_MONTH) {
                    found.push((o, By::Birth));
                }
            }
            _ => {
                let Some(post) = posts.get(&one.key) else { continue };
                if holds(drafts, texts, identity, &other.key, post) || posts.get(&other.key).is_some_and(|p| p == post) {
                    found.push((o, By::Post));
                }
            }
        }
    }
    found
}

/// Whether a person of a source with codes is of a unit that the post names, and a post there has that title.
fn holds(drafts: &[Draft], texts: &Texts, identity: &Identity, key: &str, post: &str) -> bool {
    let ((units, unit_name), (table, unit, title)) = (identity.unit_name, identity.posts);
    let (Some(units), Some(all)) = (drafts.get(units), drafts.get(table)) else { return false };
    let Some(owner) = all.refs.iter().flatten().find(|refs| (0..refs.distinct.len()).any(|i| refs.distinct.get(i) == key)) else {
        return false;
    };
    let text = |draft: &Draft, field: usize, row: usize| match draft.columns.get(field) {
        Some(Some(Column::Text(syms))) => syms.get(row).copied().and_then(|s| texts.get(s)).map(squeeze),
        _ => None,
    };
    (0..all.len).filter(|&row| owner.get(row) == key).any(|row| {
        let Some(title) = text(all, title, row) else { return false };
        let of_unit = all.refs.get(unit).and_then(Option::as_ref).map(|refs| refs.get(row)).filter(|u| !u.is_empty());
        let named = of_unit.and_then(|u| (0..units.len).find(|&r| units.keys.get(r) == u)).and_then(|r| text(units, unit_name, r));
        title == post || named.is_some_and(|unit| post.strip_prefix(unit.as_str()).is_some_and(|rest| rest == title))
    })
}

/// The people by their keys, in the order of their first rows.
fn people(draft: &Draft, texts: &Texts, identity: &Identity) -> Vec<One> {
    let text = |field: usize, row: usize| match draft.columns.get(field) {
        Some(Some(Column::Text(syms))) => syms.get(row).copied().filter(|s: &Sym| s.is_text()).and_then(|s| texts.get(s)).unwrap_or(""),
        _ => "",
    };
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    let mut people: Vec<One> = Vec::new();
    for row in (0..draft.len).filter(|&row| !draft.is_ghost(row) && !draft.keys.get(row).is_empty()) {
        let key = draft.keys.get(row);
        let at = *known.entry(key).or_insert_with(|| {
            people.push(One {
                key: key.to_owned(),
                row: row as u32,
                sources: BTreeSet::new(),
                id_number: String::new(),
                name: String::new(),
                birth: None,
            });
            people.len() - 1
        });
        let Some(one) = people.get_mut(at) else { continue };
        one.sources.insert(draft.sources.of(row));
        if one.id_number.is_empty() {
            one.id_number = whole_id_number(text(identity.id_number, row)).unwrap_or_default();
        }
        if one.name.is_empty() {
            one.name = squeeze(text(identity.name, row));
        }
        if let (None, Some(Some(Column::Date(dates)))) = (one.birth, draft.columns.get(identity.birth)) {
            one.birth = dates.get(row).copied().filter(|d| *d != BAD_DATE && *d != BLANK_DATE);
        }
    }
    people
}

/// Rows of one source that share an ID number under several keys.
fn shared_numbers(draft: &Draft, texts: &Texts, identity: &Identity) -> Vec<Vec<u32>> {
    let Some(Some(Column::Text(numbers))) = draft.columns.get(identity.id_number) else { return Vec::new() };
    let mut first: FxHashMap<Sym, u32> = FxHashMap::default();
    let mut shared: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (row, &number) in (0u32..).zip(numbers).filter(|(row, n)| n.is_text() && !draft.is_ghost(*row as usize)) {
        match first.get(&number) {
            // What many write who have none is no number.
            Some(_) if texts.get(number).and_then(whole_id_number).is_none() => {}
            Some(&known) if draft.keys.get(known as usize) != draft.keys.get(row as usize) => {
                shared.entry(known).or_insert_with(|| vec![known]).push(row);
            }
            Some(_) => {}
            None => {
                first.insert(number, row);
            }
        }
    }
    shared.into_values().collect()
}

/// Tells of ID numbers that stand under several keys, and enters each as a contradiction.
fn tell_shared_numbers(shared: &[Vec<u32>], drafts: &[Draft], book: &mut Book, identity: &Identity) {
    let Some(draft) = drafts.get(identity.table) else { return };
    let schema = std::sync::Arc::clone(&book.schema);
    let key_name = schema.tables.get(identity.table).and_then(|t| t.fields.get(t.key)).map_or("", |f| f.zh.as_str());
    let code = schema.lists.get(identity.told.fields).and_then(|l| l.code(key_name));
    for rows in shared {
        let Some((&first, others)) = rows.split_first() else { continue };
        for &row in others {
            let (key, other) = (draft.keys.get(first as usize).to_owned(), draft.keys.get(row as usize).to_owned());
            let why = format!("与 {key} 的身份证号相同，编码不同，按两个人处理");
            let right = "是同一个人的，统一编码后只留一行；不是的，更正身份证号";
            note(book, draft, identity, row, identity.id_number, ("merge::two-codes", why, right));
            if let (Some(field), Some(a), Some(b)) = (code, draft.origins.get(first as usize), draft.origins.get(row as usize)) {
                let (kept_at, other_at) = ((identity.id_number, a), (identity.id_number, b));
                book.united.contradictions.push(Contradiction { person: key.clone(), field, kept: key, other, kept_at, other_at });
            }
        }
    }
}

fn tell_namesakes(found: &[(usize, usize)], people: &[One], draft: &Draft, book: &mut Book, identity: &Identity) {
    for (i, o) in found {
        let (Some(one), Some(other)) = (people.get(*i), people.get(*o)) else { continue };
        let why = match one.id_number.is_empty() || one.id_number != other.id_number {
            true => format!("别的来源里同名的不止一人（{} 等），分不清是谁，按另一个人处理", other.key),
            false => format!("身份证号与 {} 相同，姓名和出生日期都不同，按另一个人处理", other.key),
        };
        let right = "请补上或者更正身份证号";
        note(book, draft, identity, one.row, identity.name, ("merge::namesakes", why, right));
    }
}

fn tell_same(told: BTreeMap<(By, String, String), Vec<String>>, book: &mut Book, identity: &Identity) {
    let table = book.schema.tables.get(identity.table).map(|t| t.name.clone()).unwrap_or_default();
    for ((by, file, first), pairs) in told {
        let (by, right) = match by {
            By::IdNumber => ("身份证号", "不必改动"),
            By::Birth => ("姓名和出生年月", "不是同一个人的，请补上身份证号"),
            By::Post => ("姓名和现任职务", "不是同一个人的，请补上身份证号"),
        };
        let why = format!("凭{by}，{} 人与“{first}”里的是同一个人：{}", pairs.len(), some(&pairs));
        book.problems.push(Problem::noted(file, "merge::same-person", why, right).of_table(&table));
    }
}

fn note(book: &mut Book, draft: &Draft, identity: &Identity, row: u32, field: usize, (code, why, right): (&'static str, String, &str)) {
    let Some(def) = book.schema.tables.get(identity.table) else { return };
    let (file, line) = book.places.row(&draft.origins, row as usize).unwrap_or_default();
    let name = def.fields.get(field).map_or("", |f| f.name.as_str());
    let column = book.places.header(&draft.origins, row as usize, identity.table, (field, name)).unwrap_or_default();
    book.problems.push(Problem::noted(file, code, why, right).of_table(&def.name).at_row(line).in_column(column));
}

/// Gives people, and whatever is theirs, the keys under which they are known.
fn rename(drafts: &mut [Draft], book: &Book, identity: &Identity, same: &BTreeMap<String, String>) {
    if same.is_empty() {
        return;
    }
    let new = |key: &str| same.get(key).map(String::as_str);
    for (table, draft) in drafts.iter_mut().enumerate() {
        let Some(def) = book.schema.tables.get(table) else { continue };
        if table == identity.table {
            draft.keys = renamed(&draft.keys, &new);
        }
        for (field, refs) in draft.refs.iter_mut().enumerate() {
            let to_people = def.fields.get(field).is_some_and(|f| f.ty == FieldType::Ref(identity.table));
            if let (true, Some(refs)) = (to_people, refs) {
                refs.distinct = renamed(&refs.distinct, &new);
            }
        }
    }
}

fn renamed<'n>(keys: &super::text::Keys, new: &impl Fn(&str) -> Option<&'n str>) -> super::text::Keys {
    let mut all = super::text::Keys::default();
    (0..keys.len()).map(|row| keys.get(row)).for_each(|key| all.push(new(key).unwrap_or(key)));
    all
}
