//! The county while it is being made: its rows, the next key of each table, and what is expected of it.

use std::collections::BTreeMap;

use crate::day::{Day, Workdays, ymd};
use crate::rng::Rng;
use crate::table::{ALL, Cell, Row, T};

/// The day the county is judged on. Nothing happens after it but what is planned.
pub const AS_OF: Day = ymd(2026, 6, 30);

/// A finding that the county was made to give.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Expected {
    pub code: &'static str,
    pub table: &'static str,
    pub id: String,
    pub year: String,
    pub part: String,
    pub verdict: &'static str,
    pub why: String,
}

pub struct County<'a> {
    pub days: &'a Workdays,
    pub seed: u64,
    /// Goes into every key, so that many counties can share one set of files.
    prefix: String,
    next: [u32; ALL.len()],
    case_next: BTreeMap<i32, u32>,
    pub rows: Vec<Vec<Row>>,
    pub expected: Vec<Expected>,
}

impl<'a> County<'a> {
    pub fn new(days: &'a Workdays, seed: u64, prefix: String) -> County<'a> {
        County {
            days,
            seed,
            prefix,
            next: [0; ALL.len()],
            case_next: BTreeMap::new(),
            rows: vec![Vec::new(); ALL.len()],
            expected: Vec::new(),
        }
    }

    /// Adds the row under the next key of its table, unless it already has one, and returns the key.
    pub fn push(&mut self, mut row: Row) -> String {
        let at = row.table as usize;
        if row.cells[0] == Cell::Blank {
            self.next[at] += 1;
            let width = match row.table {
                T::Step | T::Opinion | T::Material | T::Visit | T::Assessment => 5,
                _ => 4,
            };
            row.cells[0] = Cell::Text(format!("{}{}{:0width$}", row.table.letter(), self.prefix, self.next[at]));
        }
        let id = row.id();
        self.rows[at].push(row);
        id
    }

    pub fn unit_id(&self, unit: usize) -> String {
        format!("U{}{:02}", self.prefix, unit + 1)
    }

    /// A case is numbered within the year of its decision.
    pub fn case_id(&mut self, year: i32) -> String {
        let next = self.case_next.entry(year).or_default();
        *next += 1;
        format!("C{}-{year}-{next:03}", self.prefix)
    }

    /// The name of the batch of cases that a day falls into.
    pub fn batch_id(&self, day: Day) -> String {
        let (y, m, _) = day.civil();
        format!("{}{y}-{}", self.prefix, (m + 1) / 2)
    }

    /// A stream of numbers for the next person, whatever came before.
    pub fn rng_for_next_person(&self) -> Rng {
        Rng::named(self.seed, &format!("person {}", self.next[T::Person as usize] + 1))
    }

    pub fn of(&self, table: T) -> &[Row] {
        &self.rows[table as usize]
    }

    pub fn of_mut(&mut self, table: T) -> &mut Vec<Row> {
        &mut self.rows[table as usize]
    }

    pub fn get(&self, table: T, id: &str) -> &Row {
        let found = self.of(table).iter().find(|r| r.cells[0].is(id));
        found.unwrap_or_else(|| panic!("no {} {id}", table.name()))
    }

    pub fn set(&mut self, table: T, id: &str, field: &str, value: impl Into<Cell>) {
        let found = self.of_mut(table).iter_mut().find(|r| r.cells[0].is(id));
        found.unwrap_or_else(|| panic!("no {} {id}", table.name())).set(field, value);
    }

    /// The key of the only row of the table with these cells.
    pub fn find(&self, table: T, cells: &[(&str, &str)]) -> String {
        let mut found = self.of(table).iter().filter(|r| cells.iter().all(|(f, v)| r.get(f).is(v)));
        match (found.next(), found.next()) {
            (Some(row), None) => row.id(),
            (None, _) => panic!("no {} with {cells:?}", table.name()),
            _ => panic!("several {} with {cells:?}", table.name()),
        }
    }

    /// Removes the rows of the table with these cells; there must be some.
    pub fn drop_rows(&mut self, table: T, cells: &[(&str, &str)]) {
        let rows = self.of_mut(table);
        let before = rows.len();
        rows.retain(|r| !cells.iter().all(|(f, v)| r.get(f).is(v)));
        assert!(rows.len() < before, "no {} with {cells:?} to drop", table.name());
    }

    pub fn expect(&mut self, code: &'static str, table: T, id: &str, part: &str, verdict: &'static str, why: &str) {
        self.expected.push(Expected {
            code,
            table: table.name(),
            id: id.to_string(),
            year: String::new(),
            part: part.to_string(),
            verdict,
            why: why.to_string(),
        });
    }

    /// A finding about one year of its subject.
    pub fn expect_year(&mut self, code: &'static str, table: T, id: &str, year: i32, verdict: &'static str, why: &str) {
        self.expect(code, table, id, "", verdict, why);
        if let Some(last) = self.expected.last_mut() {
            last.year = year.to_string();
        }
    }
}
