//! Plain rows, and the worlds that they leave possible.
//!
//! A rule of the second opinion is written for records of which everything is known. Where it reads a cell that is imprecise, or blank
//! without the blank saying something, the world picks a value; the rule is asked again until every value has been picked. What it
//! says in every world is its verdict; what it says in some only cannot be told: 待核.

use crate::days::{self, Calendar, Day, ymd};
use crate::spoil::Plain;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub const LEVELS: &[&str] = &[
    "国家级正职",
    "国家级副职",
    "省部级正职",
    "省部级副职",
    "厅局级正职",
    "厅局级副职",
    "县处级正职",
    "县处级副职",
    "乡科级正职",
    "乡科级副职",
    "科员级",
    "办事员级",
];

/// A row: its table, its place there, and its cells as they are written.
pub struct Row {
    pub table: &'static str,
    fields: &'static [&'static str],
    cells: Vec<String>,
    number: usize,
}

impl Row {
    /// A cell as it is written; empty where it is blank.
    pub fn raw(&self, field: &str) -> &str {
        let at = self.fields.iter().position(|f| *f == field);
        &self.cells[at.unwrap_or_else(|| panic!("{} has no {field}", self.table))]
    }

    pub fn id(&self) -> &str {
        &self.cells[0]
    }

    pub fn has(&self, field: &str) -> bool {
        !self.raw(field).is_empty()
    }
}

/// All records, found by what they refer to.
pub struct Book {
    pub tables: BTreeMap<&'static str, Vec<Row>>,
    index: HashMap<(&'static str, &'static str), HashMap<String, Vec<usize>>>,
}

impl Book {
    /// Takes over the rows. A case that was broken off is outside every rule, and so is what belongs to it.
    pub fn new(tables: &[Plain]) -> Book {
        let mut book = Book { tables: BTreeMap::new(), index: HashMap::new() };
        let case = tables.iter().find(|t| t.0 == "case").expect("cases");
        let of = |fields: &[&str], name: &str| fields.iter().position(|f| *f == name);
        let (key, status) = (of(case.1, "case_id").expect("key"), of(case.1, "status").expect("status"));
        let ended: Vec<&String> = case.2.iter().filter(|c| c[status] == "终止").map(|c| &c[key]).collect();
        for (table, fields, rows) in tables {
            let owner = ["case", "step", "material", "opinion", "visit"].contains(table).then(|| of(fields, "case_id")).flatten();
            let kept = rows.iter().filter(|r| owner.is_none_or(|at| !ended.contains(&&r[at])));
            let rows: Vec<Row> = kept.enumerate().map(|(number, cells)| Row { table, fields, cells: cells.clone(), number }).collect();
            for field in fields.iter().filter(|f| f.ends_with("_id")) {
                let index = book.index.entry((table, field)).or_default();
                rows.iter().for_each(|r| index.entry(r.raw(field).to_owned()).or_default().push(r.number));
            }
            book.tables.insert(table, rows);
        }
        book
    }
}

/// One way things may have been.
pub struct World<'a> {
    pub book: &'a Book,
    pub calendar: &'a Calendar,
    pub as_of: Day,
    /// Which of several questions about one row is asked.
    pub nth: usize,
    picked: RefCell<HashMap<(&'static str, usize, &'static str), i64>>,
    /// Of how many values which, in the order in which they were asked for.
    trail: RefCell<Vec<(usize, usize)>>,
    at: Cell<usize>,
}

/// What a rule says: of whom or what, which part or year, and the verdict.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Said {
    pub id: String,
    pub part: String,
    pub verdict: &'static str,
}

/// So many worlds are looked at for one subject; a subject with more of them is left alone.
const MOST: usize = 300;

/// Asks a rule about a subject in every world. None: there are too many. Of a rule that says one thing at most nothing more is asked
/// once that has come out both ways.
pub fn ask(
    book: &Book,
    calendar: &Calendar,
    as_of: Day,
    nth: usize,
    one: bool,
    rule: impl Fn(&World<'_>) -> Vec<Said>,
) -> Option<Vec<Said>> {
    let world = World { book, calendar, as_of, nth, picked: RefCell::default(), trail: RefCell::default(), at: Cell::new(0) };
    let mut first: Option<Vec<Said>> = None;
    let mut open: BTreeSet<(String, String)> = BTreeSet::new();
    for n in 0.. {
        world.picked.borrow_mut().clear();
        world.at.set(0);
        let mut said = rule(&world);
        said.sort();
        if let Some(known) = &first {
            let apart = known.iter().filter(|s| !said.contains(s)).chain(said.iter().filter(|s| !known.contains(s)));
            open.extend(apart.map(|s| (s.id.clone(), s.part.clone())));
        } else {
            first = Some(said);
        }
        if one && !open.is_empty() || !next_world(&mut world.trail.borrow_mut()) {
            break;
        }
        if n > MOST {
            return None;
        }
    }
    let mut all = first.unwrap_or_default();
    all.retain(|s| !open.contains(&(s.id.clone(), s.part.clone())));
    all.extend(open.into_iter().map(|(id, part)| Said { id, part, verdict: "待核" }));
    Some(all)
}

/// Picks the next value of the last cell that has one left.
fn next_world(trail: &mut Vec<(usize, usize)>) -> bool {
    while trail.last().is_some_and(|(n, at)| at + 1 == *n) {
        trail.pop();
    }
    trail.last_mut().map(|last| last.1 += 1).is_some()
}

impl<'a> World<'a> {
    pub fn rows(&self, table: &'static str) -> &'a [Row] {
        &self.book.tables[table]
    }

    /// The rows of a table that name a key in a field.
    pub fn of(&self, table: &'static str, field: &'static str, key: &str) -> Vec<&'a Row> {
        let rows = &self.book.tables[table];
        let found = (!key.is_empty()).then(|| self.book.index[&(table, field)].get(key)).flatten();
        found.map(|f| f.iter().map(|n| &rows[*n]).collect()).unwrap_or_default()
    }

    pub fn get(&self, table: &'static str, field: &'static str, key: &str) -> Option<&'a Row> {
        self.of(table, field, key).into_iter().next()
    }

    fn choose(&self, n: usize) -> usize {
        let mut trail = self.trail.borrow_mut();
        let at = self.at.get();
        self.at.set(at + 1);
        if at == trail.len() {
            trail.push((n, 0));
        }
        trail[at].1
    }

    /// How many cells have been picked before this one.
    fn depth(&self) -> usize {
        self.at.get()
    }

    /// The value picked for a cell: always the same within a world.
    fn pick(&self, row: &Row, field: &'static str, values: impl FnOnce(usize) -> Vec<i64>) -> i64 {
        let place = (row.table, row.number, field);
        if let Some(known) = self.picked.borrow().get(&place) {
            return *known;
        }
        let values = values(self.depth());
        let value = values[self.choose(values.len())];
        self.picked.borrow_mut().insert(place, value);
        value
    }

    /// A date. None: the blank says that it has not come, or that there is none.
    pub fn day(&self, row: &Row, field: &'static str) -> Option<Day> {
        let Some((first, last)) = days::read(row.raw(field)) else {
            if field == "end" && ["step", "training"].contains(&row.table) {
                return self.day(row, "start");
            }
            return (!blank_says_none(row.table, field)).then(|| self.pick(row, field, any_day) as Day);
        };
        if first == last {
            return Some(first);
        }
        Some(self.pick(row, field, |depth| some_of(first, last, depth)) as Day)
    }

    /// Whether a date lies no later than a day. A date that need not be known more precisely for that is left as it is.
    pub fn by(&self, row: &Row, field: &'static str, day: Day) -> bool {
        match days::read(row.raw(field)) {
            Some((_, last)) if last <= day => true,
            Some((first, _)) if first > day => false,
            _ => self.day(row, field).is_some_and(|d| d <= day),
        }
    }

    /// A date that every row of the table has.
    pub fn date(&self, row: &Row, field: &'static str) -> Day {
        self.day(row, field).unwrap_or_else(|| panic!("{} {} has no {field}", row.table, row.id()))
    }

    /// The first day that a date may be, by which rows are put in order.
    pub fn first(&self, row: &Row, field: &'static str) -> Day {
        days::read(row.raw(field)).map_or_else(|| if field == "end" { self.first(row, "start") } else { Day::MIN }, |d| d.0)
    }

    pub fn yes(&self, row: &Row, field: &'static str) -> bool {
        match row.raw(field) {
            "" if blank_says_none(row.table, field) => false,
            "" => self.pick(row, field, |_| vec![0, 1]) == 1,
            text => text == "是" || text == "1",
        }
    }

    /// A code; empty where the blank says that there is none.
    pub fn code(&self, row: &'a Row, field: &'static str) -> &'a str {
        let text = row.raw(field);
        if !text.is_empty() || blank_says_none(row.table, field) {
            return text;
        }
        let list = codes(row.table, field);
        list[self.pick(row, field, |_| (0..list.len() as i64).collect()) as usize]
    }

    /// A level by its number; a higher one has the smaller number.
    pub fn level(&self, row: &'a Row) -> usize {
        level(self.code(row, "level"))
    }

    pub fn number(&self, row: &Row, field: &'static str) -> f64 {
        let text = row.raw(field);
        if text.is_empty() {
            self.pick(row, field, |_| (0..=60).chain([100, 1000]).collect()) as f64
        } else {
            text.parse().expect("a number")
        }
    }

    /// One of some things that the records leave open: which one, by the row and field that do.
    pub fn one_of(&self, row: &Row, field: &'static str, n: usize) -> usize {
        self.pick(row, field, |_| (0..n as i64).collect()) as usize
    }
}

pub fn level(name: &str) -> usize {
    LEVELS.iter().position(|l| *l == name).unwrap_or_else(|| panic!("no level {name}"))
}

/// Days of an imprecise date: all of them, or the telling ones where other cells are open as well.
fn some_of(first: Day, last: Day, depth: usize) -> Vec<i64> {
    let all = i64::from(first)..=i64::from(last);
    match (last - first, depth) {
        (..31, ..2) | (_, 0) => all.collect(),
        (..31, _) => vec![i64::from(first), i64::from(first) + 14, i64::from(last)],
        _ => all.filter(|d| [1, 15, 28, 31].contains(&days::civil(*d as Day).2)).collect(),
    }
}

/// Days that a date of which nothing is known may be.
fn any_day(depth: usize) -> Vec<i64> {
    let step = if depth == 0 { 7 } else { 180 };
    let near = (ymd(1995, 1, 1)..ymd(2028, 1, 1)).step_by(step).map(i64::from);
    [i64::from(ymd(1900, 1, 1)), i64::from(ymd(2100, 1, 1))].into_iter().chain(near).collect()
}

/// Cells whose blank is a fact.
fn blank_says_none(table: &str, field: &str) -> bool {
    matches!(
        (table, field),
        ("post" | "rank" | "quota", "end")
            | ("sanction", "date")
            | ("sanction", "ends")
            | ("audit", "entrusted" | "reported" | "rectified")
            | ("petition", "concluded" | "fed_back")
            | ("talk", "replied" | "followed_up")
            | ("opinion", "replied")
            | ("material", "archived")
            | ("issue", "closed" | "evidence")
            | ("reserve", "inspected" | "adjusted" | "left")
            | ("quota", "start")
            | ("person", "family_abroad_since")
            | ("exam", "valid_until")
            | ("case", "exception" | "committee" | "special_post" | "reshuffle" | "batch_id" | "status")
            | ("step", "exempt_reason" | "note" | "result")
            | ("training", "makeup")
            | ("assessment", "class")
            | ("post", "case_id" | "duties")
            | ("unit", "parent_id")
            | ("kin", "relative_id")
            | ("disclosure" | "petition", "result")
            | ("evaluation", "person_id")
    )
}

fn codes(table: &str, field: &str) -> &'static [&'static str] {
    match (table, field) {
        (_, "level") => LEVELS,
        ("person", "gender") => &["男", "女"],
        ("person", "status") => &["在职"],
        ("post", "kind") => &["任职", "主持工作", "挂职", "兼职", "试任"],
        ("case", "mode") => &["委任", "选任", "聘任", "公开选拔", "竞争上岗"],
        ("unit", "kind") => &[
            "党委",
            "人大",
            "政府",
            "政协",
            "纪委监委",
            "法院",
            "检察院",
            "党委工作部门",
            "政府工作部门",
            "群团",
            "乡镇",
            "街道",
            "事业单位",
            "国有企业",
        ],
        ("opinion", "result") => &["无异议", "有异议", "其他"],
        ("person", "education") => &["博士研究生", "硕士研究生", "研究生", "大学本科", "大学专科", "中专", "高中", "初中及以下"],
        _ => panic!("no codes of {table}.{field}"),
    }
}
