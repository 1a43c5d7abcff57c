//! Who the people of several sheets are: by ID number, else by name and month of birth, else by name and post. Namesakes are told,
//! never taken for one.

use super::Sheet;
use super::enter::{Entry, Given, Making, Said};
use crate::ingest::forms::{Field, Form, namesake, person_key};
use crate::records::{Fate, Problem};
use std::collections::BTreeMap;

/// The people so far.
#[derive(Debug, Default)]
pub(super) struct People {
    all: Vec<Person>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// Namesakes: the sheet and line of the one, the line of the other, and whether they are taken for one.
    namesakes: Vec<(usize, u32, u32, bool)>,
}

#[derive(Debug)]
struct Person {
    key: String,
    id_number: String,
    birth: String,
    current: String,
    sheet: usize,
    entry: Entry,
}

impl People {
    /// The key of the person of a row; what the row says goes with what was said before. The row is that of a sheet and line; `is_list`
    /// where nobody stands in the sheet twice.
    pub(super) fn meet(
        &mut self,
        (sheet, line, is_list): (usize, u32, bool),
        form: &Form,
        cells: impl FnOnce(&str) -> Vec<Given>,
    ) -> String {
        let (name, birth) = namesake(form);
        let (id_number, current) = (form.squeezed(Field::IdNumber), form.squeezed(Field::Current));
        let of_name = self.by_name.get(&name).cloned().unwrap_or_default();
        let known: Vec<usize> =
            of_name.into_iter().filter(|&i| self.all.get(i).is_some_and(|p| p.may_be(&id_number, &birth, &current))).collect();
        if let [one] = known.as_slice()
            && let Some(person) = self.all.get_mut(*one)
        {
            let key = person.key.clone();
            if person.sheet == sheet && form.squeezed(Field::IdNumber).is_empty() && is_list {
                self.namesakes.push((sheet, line, person.entry.line, true));
            }
            let more = cells(&key);
            person.take_in(sheet, more);
            if person.id_number.is_empty() {
                person.id_number = id_number;
            }
            return key;
        }
        let key = person_key(form);
        let entry = Entry { line, key: key.clone(), owner: String::new(), cells: cells(&key), refused: None };
        let number = self.all.len();
        if let Some(other) = self.by_name.get(&name).and_then(|all| self.all.get(*all.first()?)) {
            self.namesakes.push((sheet, line, other.entry.line, false));
        }
        self.by_name.entry(name).or_default().push(number);
        self.all.push(Person { key: key.clone(), id_number, birth, current, sheet, entry });
        key
    }

    /// Hands the people over. Of all tables that sheets tell in part, what else there is of each is left open.
    pub(super) fn close(self, sheets: &[Sheet], made: &mut Making) {
        for (sheet, line, other, same) in self.namesakes {
            let why = match same {
                true => format!("与第{other}行同名，身份也没有写出不同，按一个人处理"),
                false => format!("与第{other}行（或另一张表）的人同名，身份不同或者无从核对，按另一个人处理"),
            };
            made.notes.push(Problem {
                file: sheets.get(sheet).map(|s| s.cited.clone()).unwrap_or_default(),
                table: "person".to_owned(),
                row: line,
                key: String::new(),
                column: String::new(),
                code: "sheet::namesakes",
                fate: Fate::Noted,
                value: String::new(),
                why,
                right: "请补上身份证号，或者统一出生年月、现任职务".to_owned(),
            });
        }
        let tables = made.tables();
        for person in self.all {
            for table in ["post", "rank", "case", "assessment"].into_iter().filter(|t| tables.contains(t)) {
                made.leave_open(table, &person.key, person.sheet, person.entry.line);
            }
            made.add("person", person.sheet, person.entry);
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

    /// What another row says fills what was blank; what differs is not believed.
    fn take_in(&mut self, sheet: usize, more: Vec<Given>) {
        let same_sheet = sheet == self.sheet;
        for given in more {
            if given.said.is_blank() || same_sheet {
                continue;
            }
            match self.entry.cells.iter_mut().find(|g| g.field == given.field) {
                None => self.entry.cells.push(given),
                Some(known) if known.said.is_blank() => *known = given,
                Some(known) if agree(&known.said, &given.said) => {}
                Some(known) => {
                    let (a, b) = (shown(&known.said), shown(&given.said));
                    let right = "请核对原件，改正写错的一处".to_owned();
                    known.said = Said::Bad("sheet::contradiction", a.clone(), format!("另一张表里写的是“{b}”，互相矛盾"), right);
                }
            }
        }
    }
}

/// Whether two cells say the same; of dates one may say it more exactly.
fn agree(a: &Said, b: &Said) -> bool {
    match (a, b) {
        (Said::Text(a), Said::Text(b)) => {
            let date = |t: &str| crate::dates::Fuzzy::parse(t).ok();
            a == b || matches!((date(a), date(b)), (Some(x), Some(y)) if x.lo <= y.hi && y.lo <= x.hi)
        }
        // What cannot be read says nothing against what can.
        _ => true,
    }
}

fn shown(said: &Said) -> String {
    match said {
        Said::Text(text) => crate::records::shown(text),
        _ => String::new(),
    }
}
