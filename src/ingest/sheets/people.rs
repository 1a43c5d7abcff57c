//! Who the people of several sheets are: by ID number, else by name and month of birth, else by name and post. Namesakes are told,
//! never taken for one.

use super::enter::{Entry, Given, Making};
use super::{Sheet, twice};
use crate::ingest::forms::{Field, Form, id_number, namesake, person_key};
use crate::records::{Builder, Problem, Schema};
use std::collections::BTreeMap;

/// Tables of which a sheet does not tell all rows of a person.
const OPEN: [&str; 7] = ["post", "study", "rank", "case", "sanction", "assessment", "kin"];

/// The people so far.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The names of ranks, which people append to posts.
    ranks: Vec<String>,
    all: Vec<Person>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// Namesakes: the sheet and line of the one, the line of the other, and whether they are taken for one.
    namesakes: Vec<(usize, u32, u32, bool)>,
    /// How many rows of each sheet are of somebody who stands there in a row before.
    again: BTreeMap<usize, u64>,
}

#[derive(Debug)]
struct Person {
    key: String,
    id_number: String,
    birth: String,
    current: String,
    /// The row of each sheet that has the person.
    entries: Vec<(usize, Entry)>,
}

impl People {
    /// Nobody so far.
    pub(super) fn new(schema: &Schema) -> Self {
        let ranks = schema.list("rank").and_then(|l| schema.lists.get(l)).map(|l| l.values.clone()).unwrap_or_default();
        Self { ranks, ..Self::default() }
    }

    /// A post without the rank or level appended to it: …副局长、四级调研员, …副局长（正科级）.
    fn office<'t>(&self, post: &'t str) -> &'t str {
        let level = post.strip_suffix(['）', ')']).and_then(|t| t.rsplit_once(['（', '('])).filter(|(_, level)| level.ends_with('级'));
        let rank = post.rsplit_once(['、', '，', ',']).filter(|(_, rank)| self.ranks.iter().any(|r| r == rank));
        match level.or(rank) {
            Some((before, _)) if !before.is_empty() => self.office(before),
            _ => post,
        }
    }

    /// The key of the person of a row; what the row says goes with what was said before. The row is that of a sheet and line; `is_list`
    /// where nobody stands in the sheet twice.
    pub(super) fn meet(
        &mut self,
        (sheet, line, is_list): (usize, u32, bool),
        form: &Form,
        cells: impl FnOnce(&str) -> Vec<Given>,
    ) -> String {
        let (name, birth) = namesake(form);
        let (id_number, current) = (id_number(form).unwrap_or_default(), self.office(&form.squeezed(Field::Current)).to_owned());
        let of_name = self.by_name.get(&name).cloned().unwrap_or_default();
        let known: Vec<usize> =
            of_name.into_iter().filter(|&i| self.all.get(i).is_some_and(|p| p.may_be(&id_number, &birth, &current))).collect();
        if let [one] = known.as_slice()
            && let Some(person) = self.all.get_mut(*one)
        {
            let key = person.key.clone();
            match person.entries.iter_mut().find(|(of, _)| *of == sheet) {
                Some((_, first)) => {
                    if id_number.is_empty() && is_list {
                        self.namesakes.push((sheet, line, first.line, true));
                    }
                    *self.again.entry(sheet).or_default() += 1;
                    twice::take_in(first, cells(&key), &format!("第{line}行"));
                }
                None => {
                    let entry = Entry { line, key: key.clone(), owner: String::new(), cells: cells(&key), refused: None };
                    person.entries.push((sheet, entry));
                }
            }
            if person.id_number.is_empty() {
                person.id_number = id_number;
            }
            if person.birth.is_empty() {
                person.birth = birth;
            }
            return key;
        }
        let key = person_key(form);
        let entry = Entry { line, key: key.clone(), owner: String::new(), cells: cells(&key), refused: None };
        let number = self.all.len();
        if let Some(other) = self.by_name.get(&name).and_then(|all| self.all.get(*all.first()?)) {
            self.namesakes.push((sheet, line, other.entries.first().map_or(0, |(_, e)| e.line), false));
        }
        self.by_name.entry(name).or_default().push(number);
        self.all.push(Person { key: key.clone(), id_number, birth, current, entries: vec![(sheet, entry)] });
        key
    }

    /// Hands the people over. Of all tables that sheets tell in part, what else there is of each is left open.
    pub(super) fn close(self, sheets: &[Sheet], made: &mut Making, builder: &mut Builder) {
        for (sheet, line, other, same) in self.namesakes {
            let why = match same {
                true => format!("与第{other}行同名，身份也没有写出不同，按一个人处理"),
                false => format!("与第{other}行（或另一张表）的人同名，身份不同或者无从核对，按另一个人处理"),
            };
            let file = sheets.get(sheet).map_or("", |s| s.cited.as_str());
            let problem = Problem::noted(file, "sheet::namesakes", why, "请补上身份证号，或者统一出生年月、现任职务");
            made.notes.push(problem.of_table("person").at_row(line));
        }
        self.again.into_iter().for_each(|(sheet, rows)| made.merge("person", sheet, rows));
        let tables = made.tables();
        for person in self.all {
            builder.holds(&person.key, &person.current);
            let first = person.entries.first().map_or((0, 0), |(sheet, entry)| (*sheet, entry.line));
            for table in OPEN.into_iter().filter(|t| tables.contains(t)) {
                made.leave_open(table, &person.key, first.0, first.1);
            }
            person.entries.into_iter().for_each(|(sheet, entry)| made.add("person", sheet, entry));
        }
    }
}

impl Person {
    /// Whether a row of the same name may be of this person: nothing that both say differs, and they agree in more than the name.
    fn may_be(&self, id_number: &str, birth: &str, current: &str) -> bool {
        let both = |a: &str, b: &str| !a.is_empty() && !b.is_empty();
        if both(&self.id_number, id_number) {
            return self.id_number == id_number;
        }
        if both(&self.birth, birth) {
            return self.birth == birth;
        }
        both(&self.current, current) && (self.current == current || self.current.ends_with(current) || current.ends_with(&self.current))
    }
}
