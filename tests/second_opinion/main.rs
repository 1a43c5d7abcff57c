//! A second opinion: seventy of the harder rules, written again as plain code over plain rows, with days, calendar and words of its own,
//! and asked about counties that were made and then spoilt at random. Both must say the same of everything.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]
#![allow(dead_code, missing_docs, reason = "of the generator of counties only some is used")]

// The generator of counties, whose parts name each other from the root.
#[path = "../../examples/county/bulk.rs"]
mod bulk;
#[path = "../../examples/county/career.rs"]
mod career;
#[path = "../../examples/county/case.rs"]
mod case;
#[path = "../../examples/county/climb.rs"]
mod climb;
#[path = "../../examples/county/close.rs"]
mod close;
#[path = "../../examples/county/county.rs"]
mod county;
#[path = "../../examples/county/day.rs"]
mod day;
#[path = "../../examples/county/fates.rs"]
mod fates;
#[path = "../../examples/county/faults/mod.rs"]
mod faults;
#[path = "../../examples/county/life.rs"]
mod life;
#[path = "../../examples/county/names.rs"]
mod names;
#[path = "../../examples/county/person.rs"]
mod person;
#[path = "../../examples/county/rng.rs"]
mod rng;
#[path = "../../examples/county/sample.rs"]
mod sample;
#[path = "../../examples/county/special.rs"]
mod special;
#[path = "../../examples/county/steps.rs"]
mod steps;
#[path = "../../examples/county/table.rs"]
mod table;
#[path = "../../examples/county/units.rs"]
mod units;
#[path = "../../examples/county/upkeep.rs"]
mod upkeep;
#[path = "../../examples/county/write.rs"]
mod write;

mod days;
mod inspection;
mod offices;
mod procedure;
mod qualification;
mod spoil;
mod words;
mod world;
mod yearly;

use guiju::engine::{Missing, Options, Verdict, check};
use guiju::ingest;
use guiju::rules::{Files, RuleSet, load_some};
use rusqlite::Connection;
use spoil::{Chances, Plain};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use world::{Book, Row, Said, World, ask};

/// A rule written again, and the rows that it is asked about.
struct Opinion {
    code: &'static str,
    table: &'static str,
    judge: fn(&World<'_>, &Row) -> Vec<Said>,
}

macro_rules! opinions {
    ($($code:literal $table:literal $judge:path),+ $(,)?) => { &[$(Opinion { code: $code, table: $table, judge: $judge }),+] };
}

const OPINIONS: &[Opinion] = opinions![
    "ZG001" "case" qualification::zg001,
    "ZG002" "case" qualification::zg002,
    "ZG003" "case" qualification::zg003,
    "ZG004" "case" qualification::zg004,
    "ZG005" "case" qualification::zg005,
    "ZG008" "case" qualification::zg008,
    "ZG010" "case" qualification::zg010,
    "ZG011" "case" qualification::zg011,
    "ZG012" "case" qualification::zg012,
    "ZG013" "case" qualification::zg013,
    "ZS001" "unit" qualification::zs001,
    "ZS002" "case" qualification::zs002,
    "ZS003" "unit" qualification::zs003,
    "DY001" "case" qualification::dy001,
    "TJ001" "case" qualification::tj001,
    "TJ003" "case" qualification::tj003,
    "SY005" "case" qualification::sy005,
    "KC001" "case" inspection::kc001,
    "KC004" "case" inspection::kc004,
    "KC005" "case" inspection::kc005,
    "KC009" "case" inspection::kc009,
    "KC010" "case" inspection::kc010,
    "KC012" "case" inspection::kc012,
    "KC013" "case" inspection::kc013,
    "KC014" "case" inspection::kc014,
    "KC015" "case" inspection::kc015,
    "CF001" "sanction" inspection::cf001,
    "CF002" "case" inspection::cf002,
    "BG003" "case" inspection::bg003,
    "JD001" "case" procedure::jd001,
    "JD003" "case" procedure::jd003,
    "JD004" "case" procedure::jd004,
    "SX001" "case" procedure::sx001,
    "SX002" "case" procedure::sx002,
    "GS001" "case" procedure::gs001,
    "GS002" "case" procedure::gs002,
    "GS004" "case" procedure::gs004,
    "GS005" "case" procedure::gs005,
    "GS008" "case" procedure::gs008,
    "SY001" "case" procedure::sy001,
    "SY002" "case" procedure::sy002,
    "SY003" "case" procedure::sy003,
    "TH001" "case" procedure::th001,
    "TH003" "case" procedure::th003,
    "TH003" "event" procedure::th003_event,
    "TH004" "sanction" procedure::th004,
    "TH007" "talk" procedure::th007,
    "TH009" "talk" procedure::th009,
    "HF001" "case" procedure::hf001,
    "HF002" "case" procedure::hf002,
    "SJ002" "person" offices::sj002,
    "SJ003" "person" offices::sj003,
    "RQ001" "person" offices::rq001,
    "RQ002" "person" offices::rq002,
    "RQ003" "case" offices::rq003,
    "RQ004" "person" offices::rq004,
    "RQ005" "person" offices::rq005,
    "JL001" "person" offices::jl001,
    "JL002" "post" offices::jl002,
    "JL003" "person" offices::jl003,
    "HB001" "person" offices::hb001,
    "HB002" "person" offices::hb002,
    "DA003" "person" offices::da003,
    "DA004" "person" offices::da004,
    "PX001" "person" yearly::px001,
    "KH001" "person" yearly::kh001,
    "KH002" "person" yearly::kh002,
    "KH004" "unit" yearly::kh004,
    "BG001" "person" yearly::bg001,
    "BC001" "reserve" yearly::bc001,
    "BC002" "reserve" yearly::bc002,
    "ZJ001" "rank" yearly::zj001,
    "ZJ002" "rank" yearly::zj002,
    "XC001" "issue" yearly::xc001,
];

/// Rules that may say several things of what they are asked about.
const SEVERAL: [&str; 13] =
    ["SX001", "HF002", "JL002", "HB001", "HB002", "KH001", "BG001", "SJ002", "SJ003", "RQ001", "RQ005", "JL001", "JL003"];

/// How many questions a rule asks about one row: about each level of a unit, about each year of it.
fn questions(code: &str, as_of: days::Day) -> usize {
    match code {
        "ZS001" | "ZS003" => world::LEVELS.len(),
        "KH004" => usize::try_from(days::year(as_of) - yearly::FIRST_ASSESSED + 1).expect("after them"),
        _ => 1,
    }
}

/// Code, subject's key, part or year; and the verdict.
type Answers = BTreeMap<(String, String, String), String>;

#[test]
fn both_opinions_agree_on_counties_with_planted_faults() {
    let calm = Chances { moved: 0, coarse: 0, emptied: 0, changed: 0, lost: 0 };
    let said = compare("sample", sample_county(2026), 2026, &calm, &["2026-06-30"]);
    for opinion in OPINIONS {
        let fault =
            |(key, verdict): (&(String, String, String), &String)| key.0 == opinion.code && ["违规", "提醒"].contains(&verdict.as_str());
        assert!(said.iter().any(fault), "no fault of {}", opinion.code);
    }
}

#[test]
fn both_opinions_agree_on_counties_shaken_up() {
    let shaken = Chances { moved: 600, coarse: 0, emptied: 0, changed: 250, lost: 400 };
    compare("shaken", sample_county(7), 7, &shaken, &["2026-06-30", "2023-12-31"]);
}

#[test]
fn both_opinions_agree_on_counties_only_half_known() {
    let blurred = Chances { moved: 200, coarse: 200, emptied: 120, changed: 80, lost: 100 };
    let said = compare("blurred", sample_county(11), 11, &blurred, &["2026-06-30"]);
    let open: BTreeSet<&str> = said.iter().filter(|(_, verdict)| *verdict == words::OPEN).map(|(key, _)| key.0.as_str()).collect();
    assert!(open.len() > 50, "only of {open:?} anything is left open");
    compare("many", many_people(340, 5), 5, &blurred, &["2025-03-01"]);
}

/// Where a blank code leaves open whether a rule asks anything at all, the engine says 待核 although no value of it would make a breach:
/// 合规 and 不适用 are two answers. The plain code knows only whether there is something to find.
fn is_blank_code(book: &Book, missing: &Missing) -> bool {
    let Missing { table, id: Some(id), field: Some(field) } = missing else { return false };
    let code = ["level", "kind", "leader", "chief", "mode"].contains(&field.as_str());
    code && book.tables[table.as_str()].iter().any(|r| r.id() == id && !r.has(field))
}

/// Of a hundred answers at most so many may be open for that reason alone.
const CAUTIOUS: usize = 2;

/// Asks both, on each day, and lists what only one of them says. Returns what both say of the last day.
fn compare(name: &str, mut tables: Vec<Plain>, seed: u64, chances: &Chances, days: &[&str]) -> Answers {
    spoil::spoil(&mut tables, seed, chances);
    let rules = rules();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("county.db");
    write_database(&file, &tables);
    let store = ingest::read(&[file.display().to_string()], &rules.schema, &rules.wanted(), &ingest::Silent).expect("it can be read");
    assert!(store.problems.is_empty(), "{:?}", store.problems);
    let book = Book::new(&tables);
    let mut last = Answers::new();
    for day in days {
        let outcome = check(&rules, &store, &Options::on(day.parse().expect("a day")));
        let (ours, undecided) = second_opinion(&book, days::read(day).expect("a day").0);
        let mut theirs = Answers::new();
        let mut cautious = BTreeSet::new();
        for f in outcome.findings {
            if f.verdict == Verdict::Unverified && f.missing.iter().any(|m| is_blank_code(&book, m)) {
                cautious.insert((f.code.clone(), f.subject.id.clone()));
            }
            let part = f.part.unwrap_or_else(|| f.subject.year.map_or_else(String::new, |y| y.to_string()));
            theirs.insert((f.code, f.subject.id, part), f.verdict.to_string());
        }
        let settled = |k: &&(String, String, String)| !undecided.iter().any(|(code, id)| k.0 == *code && k.1.split('/').next() == Some(id));
        let all: BTreeSet<&(String, String, String)> = ours.keys().chain(theirs.keys()).filter(settled).collect();
        let beyond = |k: &(String, String, String)| !ours.contains_key(k) && cautious.contains(&(k.0.clone(), k.1.clone()));
        // A script stops at the first thing that it cannot tell, and leaves what follows unsaid.
        let stopped = |k: &(String, String, String)| {
            k.0 == "JL002" && ours.get(k).is_some_and(|v| v == words::OPEN) && theirs.iter().any(|(t, v)| t.1 == k.1 && v == words::OPEN)
        };
        let number = all.iter().filter(|k| beyond(k)).count();
        assert!(number * 100 <= all.len() * CAUTIOUS, "{name}: {number} of {} are left open by the engine alone", all.len());
        let differ = all.iter().filter(|k| ours.get(**k) != theirs.get(**k) && !stopped(k) && !beyond(k));
        let lines: Vec<String> = differ.map(|k| format!("{k:?}: here {:?}, engine {:?}", ours.get(*k), theirs.get(*k))).collect();
        assert!(lines.is_empty(), "{name} as of {day}: {} of {} differ:\n{}", lines.len(), all.len(), lines.join("\n"));
        last = ours;
    }
    last
}

/// What the second opinion says; and of which subjects it says nothing, since too much of them is unknown.
fn second_opinion(book: &Book, as_of: days::Day) -> (Answers, BTreeSet<(String, String)>) {
    let calendar = days::Calendar::load();
    let (mut answers, mut undecided) = (Answers::new(), BTreeSet::new());
    for opinion in OPINIONS {
        let questions = questions(opinion.code, as_of);
        let asked = book.tables[opinion.table].iter().flat_map(|row| (0..questions).map(move |nth| (row, nth)));
        for (row, nth) in asked {
            let one = !SEVERAL.contains(&opinion.code);
            let Some(said) = ask(book, &calendar, as_of, nth, one, |w| (opinion.judge)(w, row)) else {
                // Rules asked about a person may speak of the posts.
                let posts = book.tables["post"].iter().filter(|p| p.raw("person_id") == row.id()).map(Row::id);
                undecided.extend(posts.chain([row.id()]).map(|id| (opinion.code.to_owned(), id.to_owned())));
                continue;
            };
            for s in said {
                answers.insert((opinion.code.to_owned(), s.id, s.part), s.verdict.to_owned());
            }
        }
    }
    (answers, undecided)
}

fn rules() -> RuleSet {
    let wanted = |path: &str| OPINIONS.iter().any(|o| path.contains(&format!("/{}", o.code)));
    load_some(&Files::built_in(), &wanted, &[]).unwrap_or_else(|errors| panic!("{}", errors[0].message))
}

fn plain(rows: Vec<Vec<table::Row>>) -> Vec<Plain> {
    let texts = |rows: Vec<table::Row>| rows.iter().map(|r| r.cells.iter().map(table::Cell::text).collect()).collect();
    table::ALL.iter().zip(rows).map(|(t, rows)| (t.name(), t.fields(), texts(rows))).collect()
}

fn sample_county(seed: u64) -> Vec<Plain> {
    plain(sample::sample(&day::Workdays::load(), seed).rows)
}

/// Keeps the rows that a generator writes.
struct Kept<'a>(&'a mut Vec<Vec<table::Row>>);

impl write::Sink for Kept<'_> {
    fn rows(&mut self, table: table::T, rows: &[table::Row]) -> Result<(), write::Failure> {
        self.0[table as usize].extend_from_slice(rows);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), write::Failure> {
        Ok(())
    }
}

fn many_people(people: usize, seed: u64) -> Vec<Plain> {
    let mut rows = vec![Vec::new(); table::ALL.len()];
    bulk::write(&day::Workdays::load(), seed, people, false, &mut Kept(&mut rows)).expect("it is only kept");
    plain(rows)
}

fn write_database(path: &Path, tables: &[Plain]) {
    let db = Connection::open(path).expect("a database");
    db.execute_batch("PRAGMA synchronous = OFF; BEGIN").expect("begun");
    for (table, fields, rows) in tables {
        let columns: Vec<String> = fields.iter().map(|f| format!("\"{f}\" TEXT")).collect();
        db.execute_batch(&format!("CREATE TABLE \"{table}\" ({})", columns.join(", "))).expect("a table");
        let places = vec!["?"; fields.len()].join(", ");
        let mut insert = db.prepare(&format!("INSERT INTO \"{table}\" VALUES ({places})")).expect("a statement");
        for row in rows {
            let cells = row.iter().map(|c| (!c.is_empty()).then_some(c));
            insert.execute(rusqlite::params_from_iter(cells)).expect("a row");
        }
    }
    db.execute_batch("COMMIT").expect("written");
}
