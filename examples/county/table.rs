//! The tables that are written, their columns in order, and a row of one of them.

use crate::day::Day;

macro_rules! tables {
    ($($name:ident $table:literal $letter:literal [$($field:literal)+])+) => {
        /// A table of the records.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum T { $($name),+ }
        pub const ALL: &[T] = &[$(T::$name),+];
        const SPECS: &[(&str, &str, &[&str])] = &[$(($table, $letter, &[$($field),+])),+];
    };
}

tables! {
    Unit "unit" "U" ["unit_id" "name" "parent_id" "kind" "level" "region"]
    Quota "quota" "Q" ["quota_id" "unit_id" "level" "approved" "start" "end" "document"]
    Person "person" "P" ["person_id" "name" "id_number" "gender" "ethnicity" "native_place" "birthplace" "hometown" "birth" "party"
        "party_date" "work_date" "education" "degree" "unit_id" "category" "status" "grassroots_two_years" "family_abroad" "family_abroad_since"]
    Post "post" "W" ["post_id" "person_id" "unit_id" "title" "level" "leader" "chief" "kind" "grassroots" "duties" "start" "end" "case_id"]
    Rank "rank" "R" ["rank_id" "person_id" "rank" "start" "end"]
    Case "case" "C" ["case_id" "person_id" "kind" "mode" "batch_id" "unit_id" "title" "level" "leader" "chief" "rank" "committee"
        "exception" "special_post" "reshuffle" "from_post_id" "status"]
    Step "step" "S" ["step_id" "case_id" "kind" "start" "end" "organ" "form" "due" "present" "ayes" "nays" "abstain" "ballot" "team"
        "target" "channels" "fields" "result" "document" "exempt_reason" "secretary_signed" "discipline_signed" "note"]
    Opinion "opinion" "Y" ["opinion_id" "case_id" "office" "requested" "replied" "result"]
    Material "material" "M" ["material_id" "case_id" "kind" "made" "archived" "signed"]
    Talk "talk" "T" ["talk_id" "person_id" "kind" "date" "by" "case_id" "event_id" "replied" "followed_up"]
    Event "event" "E" ["event_id" "person_id" "unit_id" "kind" "date" "note"]
    Sanction "sanction" "N" ["sanction_id" "person_id" "kind" "filed" "date" "conduct_start" "conduct_end" "ends" "document"]
    Audit "audit" "A" ["audit_id" "person_id" "unit_id" "kind" "entrusted" "reported" "problems" "rectified"]
    Visit "visit" "V" ["visit_id" "person_id" "case_id" "kind" "date"]
    Training "training" "X" ["training_id" "person_id" "course" "start" "end" "hours" "credits" "makeup"]
    Exam "exam" "K" ["exam_id" "person_id" "level" "date" "passed" "valid_until"]
    Assessment "assessment" "H" ["assessment_id" "person_id" "year" "result" "class" "followed_up"]
    Evaluation "evaluation" "L" ["evaluation_id" "unit_id" "year" "date" "person_id" "satisfied" "dissatisfied"]
    Petition "petition" "F" ["petition_id" "person_id" "received" "specific" "named" "concluded" "result" "fed_back"]
    Reserve "reserve" "B" ["reserve_id" "person_id" "level" "entered" "inspected" "adjusted" "left"]
    Kin "kin" "J" ["kin_id" "person_id" "relation" "name" "relative_id" "unit_id" "title"]
    Disclosure "disclosure" "D" ["disclosure_id" "person_id" "kind" "year" "changed" "date" "verified" "result"]
    SecondmentReport "secondment_report" "Z" ["report_id" "post_id" "date"]
    Issue "issue" "I" ["issue_id" "unit_id" "source" "summary" "found" "deadline" "closed" "evidence"]
}

impl T {
    pub fn name(self) -> &'static str {
        SPECS[self as usize].0
    }

    /// The letter that its keys begin with.
    pub fn letter(self) -> &'static str {
        SPECS[self as usize].1
    }

    pub fn fields(self) -> &'static [&'static str] {
        SPECS[self as usize].2
    }

    fn column(self, field: &str) -> usize {
        let found = self.fields().iter().position(|f| *f == field);
        found.unwrap_or_else(|| panic!("no field {field} in {}", self.name()))
    }
}

#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    Blank,
    Code(&'static str),
    Text(String),
    Day(Day),
    Int(i64),
    Bool(bool),
}

impl From<&'static str> for Cell {
    fn from(v: &'static str) -> Cell {
        Cell::Code(v)
    }
}
impl From<String> for Cell {
    fn from(v: String) -> Cell {
        Cell::Text(v)
    }
}
impl From<&String> for Cell {
    fn from(v: &String) -> Cell {
        Cell::Text(v.clone())
    }
}
impl From<Day> for Cell {
    fn from(v: Day) -> Cell {
        Cell::Day(v)
    }
}
impl From<i32> for Cell {
    fn from(v: i32) -> Cell {
        Cell::Int(v.into())
    }
}
impl From<bool> for Cell {
    fn from(v: bool) -> Cell {
        Cell::Bool(v)
    }
}
impl<V: Into<Cell>> From<Option<V>> for Cell {
    fn from(v: Option<V>) -> Cell {
        v.map_or(Cell::Blank, Into::into)
    }
}

impl Cell {
    pub fn text(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Code(v) => (*v).to_string(),
            Cell::Text(v) => v.clone(),
            Cell::Day(v) => v.text(),
            Cell::Int(v) => v.to_string(),
            Cell::Bool(v) => if *v { "是" } else { "否" }.to_string(),
        }
    }

    pub fn is(&self, text: &str) -> bool {
        match self {
            Cell::Code(v) => *v == text,
            Cell::Text(v) => v == text,
            _ => false,
        }
    }

    /// First and last day that a date cell may stand for.
    pub fn days(&self) -> Option<(Day, Day)> {
        let text = match self {
            Cell::Day(v) => return Some((*v, *v)),
            Cell::Text(v) => v.as_str(),
            Cell::Code(v) => v,
            _ => return None,
        };
        let part: Vec<i32> = text.split('-').filter_map(|p| p.parse().ok()).collect();
        match part[..] {
            [y] => Some((crate::day::ymd(y, 1, 1), crate::day::ymd(y, 12, 31))),
            [y, m] => {
                let first = crate::day::ymd(y, m, 1);
                Some((first, first.months(1).plus(-1)))
            }
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Row {
    pub table: T,
    pub cells: Vec<Cell>,
}

/// A row of the table with every cell blank.
pub fn row(table: T) -> Row {
    Row { table, cells: vec![Cell::Blank; table.fields().len()] }
}

impl Row {
    pub fn with(mut self, field: &str, value: impl Into<Cell>) -> Row {
        self.set(field, value);
        self
    }

    pub fn set(&mut self, field: &str, value: impl Into<Cell>) {
        let at = self.table.column(field);
        self.cells[at] = value.into();
    }

    pub fn get(&self, field: &str) -> &Cell {
        &self.cells[self.table.column(field)]
    }

    pub fn day(&self, field: &str) -> Day {
        match self.get(field) {
            Cell::Day(day) => *day,
            other => panic!("{}.{field} of {} is no day: {other:?}", self.table.name(), self.id()),
        }
    }

    pub fn id(&self) -> String {
        self.cells[0].text()
    }
}
