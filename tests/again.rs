//! A night judges only whose records changed or whose date has come, and says all the same what judging everybody says: over random
//! edits of a SQLite file and random steps of the date, and day by day over time alone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first thing that is not as it should be")]

use guiju::dates::Day;
use guiju::engine::{Again, Memory, Options, again, check};
use guiju::records::Store;
use guiju::rules::{Files, RuleSet, load};
use guiju::{ingest, ledger};
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| load(&Files::built_in()).unwrap_or_else(|errors| panic!("{}", errors[0].message)))
}

/// A SQLite file with an eighth of the sample county, and what the nights over it remember.
struct County {
    folder: tempfile::TempDir,
    memory: Memory,
}

impl County {
    fn new() -> Self {
        let county = Self { folder: tempfile::tempdir().unwrap(), memory: Memory::default() };
        let db = county.db();
        db.execute_batch("BEGIN").unwrap();
        let from = Path::new("samples/county");
        let slice = |person: &str| person.bytes().fold(7u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b))) % 8 == 0;
        let mut cases: HashSet<String> = HashSet::new();
        let mut files: Vec<PathBuf> = std::fs::read_dir(from).unwrap().map(|file| file.unwrap().path()).collect();
        // Cases come before the rows that belong to them.
        files.sort_by_key(|file| (file.file_stem() != Some("case".as_ref()), file.clone()));
        for file in files.iter().filter(|file| file.extension() == Some("csv".as_ref()) && file.file_stem() != Some("EXPECTED".as_ref())) {
            let table = file.file_stem().unwrap().to_str().unwrap();
            let mut reader = csv::Reader::from_path(file).unwrap();
            let header: Vec<String> = reader.headers().unwrap().iter().map(|h| h.trim_start_matches('\u{feff}').to_owned()).collect();
            let list = header.iter().map(|h| format!("\"{h}\"")).collect::<Vec<_>>().join(", ");
            db.execute_batch(&format!("CREATE TABLE \"{table}\" ({list})")).unwrap();
            let marks = vec!["nullif(?, '')"; header.len()].join(", ");
            let mut insert = db.prepare(&format!("INSERT INTO \"{table}\" VALUES ({marks})")).unwrap();
            let at = |name: &str| header.iter().position(|h| h == name);
            for row in reader.records().map(Result::unwrap) {
                let keep = match (at("person_id"), at("case_id")) {
                    (Some(person), _) => slice(&row[person]),
                    (_, Some(case)) => cases.contains(&row[case]),
                    _ => true,
                };
                if !keep {
                    continue;
                }
                if table == "case" {
                    cases.insert(row[0].to_owned());
                }
                insert.execute(rusqlite::params_from_iter(row.iter())).unwrap();
            }
        }
        db.execute_batch("COMMIT").unwrap();
        county
    }

    fn db(&self) -> Connection {
        Connection::open(self.folder.path().join("county.db")).unwrap()
    }

    fn read(&self) -> Store {
        let source = self.folder.path().join("county.db").to_str().unwrap().to_owned();
        ingest::read(&[source], &rules().schema, &rules().wanted(), &ingest::Silent).unwrap()
    }

    /// Reads as a night does; what was kept of the last time stays right whatever was done to the file. Also gives how many rows were
    /// read anew; none where all were.
    fn read_again(&self, what: &str) -> (Store, Option<u64>) {
        let (path, like) = (self.folder.path().join("l.rows"), self.folder.path().join("county.db"));
        let keep = ingest::Keep { path: &path, key: "key", like: &like };
        let source = like.to_str().unwrap().to_owned();
        let asked = ingest::Asked::default();
        let read = ingest::read_again(&[source], None, asked, &rules().schema, &rules().wanted(), &ingest::Silent, &keep);
        let (store, anew) = read.unwrap();
        let all = self.read();
        assert_eq!(store.problems, all.problems, "{what}");
        assert_eq!(store.tallies, all.tallies, "{what}");
        assert_eq!(store.assumed_blank, all.assumed_blank, "{what}");
        assert!(store.holds_what(&all), "{what}: what was read again is not what is there");
        if let Some(hash) = anew.hash {
            let bytes = ingest::hash_of(&mut std::fs::File::open(&like).unwrap()).unwrap();
            assert_eq!(hash, bytes, "{what}: the hash of what the file holds");
        }
        (store, anew.rows)
    }

    /// One night: what it remembers has been on the disk in between.
    fn night(&mut self, day: Day, what: &str) -> Again {
        let (store, _) = self.read_again(what);
        let options = Options::on(day);
        let all = check(rules(), &store, &options);
        let mut night = again(rules(), &store, &options, std::mem::take(&mut self.memory));
        let text = |findings: &[guiju::engine::Finding]| serde_json::to_string_pretty(findings).unwrap();
        let (full, again) = (text(&all.findings), text(&night.outcome.findings));
        let differs = full.lines().zip(again.lines()).find(|(a, b)| a != b);
        assert!(full == again, "{what}, {day}: everybody judged {differs:?} a night");
        assert!(all.findings == night.outcome.findings, "{what}, {day}: what is not written");
        let unlike = all.counts.iter().zip(&night.outcome.counts).find(|(a, b)| a != b);
        assert!(all.counts == night.outcome.counts, "{what}, {day}: everybody judged {unlike:?} a night");
        assert_eq!((&all.failures, &all.unexported), (&night.outcome.failures, &night.outcome.unexported), "{what}, {day}");
        let path = self.folder.path().join("l.night");
        let memory = night.memory.take().unwrap();
        ledger::keep_memory(&path, &self.folder.path().join("county.db"), "key", &memory).unwrap();
        self.memory = ledger::recall(&path, "key").unwrap();
        assert!(self.memory == memory, "{what}, {day}: what is kept is not what is recalled");
        night
    }
}

/// A small generator of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % n
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// Changes a record: a cell, or a whole row gone or made.
    fn edit(&mut self, db: &Connection) -> String {
        let names =
            |sql: &str| -> Vec<String> { db.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect() };
        let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        // The tables that matter to units and to several people more often.
        let often = ["post", "case", "unit", "person", "step", "kin", "event", "quota", "evaluation"];
        let table = if self.below(2) == 0 { (*self.of(&often)).to_owned() } else { self.of(&tables).clone() };
        let columns = names(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
        let rows: Vec<i64> = db
            .prepare(&format!("SELECT rowid FROM \"{table}\""))
            .unwrap()
            .query_map([], |r| r.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        if rows.is_empty() {
            return String::new();
        }
        let (row, other) = (*self.of(&rows), *self.of(&rows));
        let column = self.of(&columns).clone();
        let day = self.below(1200);
        let sql = match self.below(10) {
            0 => format!("DELETE FROM \"{table}\" WHERE rowid = {row}"),
            1 => {
                let key = format!("'N{}'", self.below(1_000_000));
                let rest = columns.iter().skip(1).map(|c| format!(", \"{c}\"")).collect::<String>();
                format!("INSERT INTO \"{table}\" SELECT {key}{rest} FROM \"{table}\" WHERE rowid = {row}")
            }
            2 => format!("UPDATE \"{table}\" SET \"{column}\" = NULL WHERE rowid = {row}"),
            3 => format!("UPDATE \"{table}\" SET \"{column}\" = '?' WHERE rowid = {row}"),
            // Precise to the month or the year only.
            4 => {
                format!("UPDATE \"{table}\" SET \"{column}\" = substr(\"{column}\", 1, {}) WHERE rowid = {row}", [4, 7][(day % 2) as usize])
            }
            5 | 6 => format!(
                "UPDATE \"{table}\" SET \"{column}\" = coalesce(date(\"{column}\", '{} days'), \"{column}\") WHERE rowid = {row}",
                day as i64 - 600
            ),
            _ => format!(
                "UPDATE \"{table}\" SET \"{column}\" = (SELECT \"{column}\" FROM \"{table}\" WHERE rowid = {other}) WHERE rowid = {row}"
            ),
        };
        db.execute_batch(&sql).unwrap();
        sql
    }
}

/// Whatever may be done to a database besides changing a cell.
fn upheaval(dice: &mut Dice, db: &Connection) -> String {
    let table = *dice.of(&["post", "case", "unit", "person", "step", "kin", "event", "talk", "material"]);
    let column = |i: u64| -> String {
        let mut names = db.prepare(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid")).unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names[i as usize % names.len()].clone()
    };
    let key = column(0);
    let cell = column(dice.below(20));
    let some = format!("rowid % 97 = {}", dice.below(97));
    let sql = match dice.below(19) {
        0 => "VACUUM".to_owned(),
        1 => format!("ALTER TABLE \"{table}\" ADD COLUMN \"more{}\" TEXT DEFAULT 'x'", dice.below(1_000_000)),
        // Rows too long for their pages; then only their ends are changed.
        2 | 3 => format!("UPDATE \"{table}\" SET \"{cell}\" = printf('%.*c', {}, '长') WHERE {some}", 2000 + dice.below(9000)),
        4 | 5 => {
            let to = format!("substr(\"{cell}\", 1, length(\"{cell}\") - 1) || '{}'", dice.below(10));
            format!("UPDATE \"{table}\" SET \"{cell}\" = {to} WHERE length(\"{cell}\") > 1500")
        }
        // Rows refused, and taken back.
        6 => format!("UPDATE \"{table}\" SET \"{key}\" = NULL WHERE {some}"),
        7 => format!("UPDATE \"{table}\" SET \"{key}\" = 'R' || rowid WHERE \"{key}\" IS NULL"),
        // Two rows of one key, alike or not.
        8 => format!("INSERT INTO \"{table}\" SELECT * FROM \"{table}\" WHERE {some}"),
        9 => format!("UPDATE \"{table}\" SET \"{key}\" = (SELECT min(\"{key}\") FROM \"{table}\") WHERE rowid = {}", dice.below(300)),
        10 => format!("DELETE FROM \"{table}\" WHERE {some}"),
        11 => format!("DELETE FROM \"{table}\" WHERE rowid > (SELECT max(rowid) FROM \"{table}\") - 40"),
        // Rows moved to other rowids, some of them out of range.
        12 => format!("UPDATE \"{table}\" SET rowid = rowid + 5000000 WHERE rowid = (SELECT max(rowid) FROM \"{table}\")"),
        13 => format!("UPDATE \"{table}\" SET rowid = {} WHERE rowid = (SELECT min(rowid) FROM \"{table}\")", dice.of(&[-5i64, 0, 1])),
        14 => format!("UPDATE \"{table}\" SET \"{cell}\" = x'00ff' WHERE {some}"),
        // Dates with words after them, and serial numbers of days.
        15 => format!("UPDATE \"{table}\" SET \"{cell}\" = \"{cell}\" || ' 前后' WHERE {some}"),
        16 => format!("UPDATE \"{table}\" SET \"{cell}\" = 45000 + rowid % 100 WHERE {some}"),
        17 => format!("PRAGMA journal_mode = {}", dice.of(&["WAL", "DELETE"])),
        _ => {
            let again = format!("CREATE TABLE again AS SELECT * FROM \"{table}\" ORDER BY random()");
            format!("{again}; DROP TABLE \"{table}\"; ALTER TABLE again RENAME TO \"{table}\"")
        }
    };
    db.execute_batch(&sql).unwrap();
    sql
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_a_file_reading_it_again_reads_what_is_there(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let county = County::new();
        let mut told = format!("seed {seed}");
        for _ in 0..14 {
            county.read_again(&told);
            let db = county.db();
            for _ in 0..dice.below(3) {
                told = format!("{told}; {}", dice.edit(&db));
            }
            if dice.below(3) > 0 {
                told = format!("{told}; {}", upheaval(&mut dice, &db));
            }
            // A log that is written back only later.
            if dice.below(4) == 0 {
                county.read_again(&format!("{told}; while it is open"));
            }
        }
    }
}

#[test]
fn only_what_changed_is_read_again() {
    let county = County::new();
    let rows = |sql: &str| {
        county.db().execute_batch(sql).unwrap();
        county.read_again(sql).1
    };
    assert_eq!(rows(""), None, "nothing was kept");
    assert_eq!(rows(""), Some(0));
    let some = |read: Option<u64>| read.is_some_and(|rows| (1..500).contains(&rows));
    assert!(some(rows("UPDATE post SET title = title || '一' WHERE rowid = 40")));
    assert!(some(rows("DELETE FROM step WHERE rowid = 77")));
    assert!(some(rows(
        "INSERT INTO step SELECT 'N1', * FROM (SELECT case_id FROM \"case\" LIMIT 1)"
            .replace("SELECT 'N1', *", "(step_id, case_id) SELECT 'N1', *")
            .as_str()
    )));
    assert!(some(rows("UPDATE \"case\" SET case_id = 'N2' WHERE rowid = 5")));
    assert!(some(rows("UPDATE step SET case_id = 'nobody' WHERE rowid IN (3, 300)")));
    assert!(some(rows("UPDATE talk SET talk_id = NULL WHERE rowid = 3")));
    // A log that belongs to the file; once it is written back and gone, the pages tell.
    let open = county.db();
    open.execute_batch("PRAGMA journal_mode = WAL; UPDATE person SET name = '王一' WHERE rowid = 9").unwrap();
    assert_eq!(rows(""), None);
    drop(open);
    assert_eq!(rows(""), None, "nothing was kept while there was a log");
    assert_eq!(rows(""), Some(0));
    assert!(some(rows("UPDATE person SET name = '王二' WHERE rowid = 9")));
    // Another schema, another file.
    assert_eq!(rows("ALTER TABLE person ADD COLUMN more TEXT"), None);
    assert_eq!(rows(""), Some(0));
    assert_eq!(rows("PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM"), None);
    assert_eq!(rows(""), Some(0));
    assert!(some(rows("UPDATE person SET name = '王三' WHERE rowid = 9")));
}

#[test]
fn what_was_kept_and_is_damaged_is_not_used() {
    let county = County::new();
    let path = county.folder.path().join("l.rows");
    assert_eq!(county.read_again("first").1, None);
    let whole = std::fs::read(&path).unwrap();
    let mut dice = Dice(7);
    for _ in 0..60 {
        let mut bytes = whole.clone();
        let at = dice.below(bytes.len() as u64) as usize;
        if dice.below(3) == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << dice.below(8);
        }
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(county.read_again("damaged").1, None, "byte {at}");
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(county.read_again("mended").1, Some(0), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn nights_over_random_edits_and_dates_say_what_judging_everybody_says(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut county = County::new();
        let mut day: Day = "2025-09-15".parse().unwrap();
        let mut told = String::from("first");
        for _ in 0..7 {
            county.night(day, &told);
            told = format!("seed {seed}");
            let db = county.db();
            for _ in 0..*dice.of(&[0, 1, 1, 3, 20]) {
                told = format!("{told}; {}", dice.edit(&db));
            }
            day = day.add_days(*dice.of(&[0, 1, 1, 2, 9, 30, 45, 200, 900, -20]));
        }
    }
}

#[test]
fn time_alone_changes_nothing_unnoticed() {
    let mut county = County::new();
    let mut day: Day = "2026-11-20".parse().unwrap();
    let (mut judged, mut groups) = (0, 0);
    for night in 0..50 {
        let night_said = county.night(day, "time alone");
        if night > 0 {
            judged += night_said.judged;
            groups += night_said.groups;
        }
        day = day.add_days(1);
    }
    assert!(judged * 3 < groups, "{judged} of {groups} groups were judged anew though nothing changed");
}

#[test]
fn the_same_night_again_judges_almost_nobody() {
    let mut county = County::new();
    let day: Day = "2026-06-30".parse().unwrap();
    let first = county.night(day, "first");
    assert_eq!(first.judged, first.groups);
    let second = county.night(day, "again");
    assert!(second.judged * 20 < second.groups, "{} of {}", second.judged, second.groups);
    // An earlier day is not one that the night before looked ahead to.
    let earlier = county.night(day.add_days(-1), "earlier");
    assert_eq!(earlier.judged, earlier.groups);
}

#[test]
fn what_only_rules_that_look_far_can_see_is_seen() {
    let mut county = County::new();
    let day: Day = "2026-06-30".parse().unwrap();
    let of = |night: &Again, code: &str| night.outcome.findings.iter().filter(|f| f.code == code).count();
    let first = county.night(day, "first");
    // Cases in a unit, by what its quota says.
    let unit: String = county
        .db()
        .query_row(
            "SELECT unit_id FROM \"case\" JOIN quota USING (unit_id) WHERE \"case\".kind = '提拔' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    county.db().execute("UPDATE quota SET approved = 0 WHERE unit_id = ?1", [&unit]).unwrap();
    let second = county.night(day, "no quota");
    assert!(of(&second, "ZS002") > of(&first, "ZS002"), "{} and {}", of(&second, "ZS002"), of(&first, "ZS002"));
    assert!(second.judged < second.groups, "{} of {}", second.judged, second.groups);
    // Whoever was promoted, by evaluations of other people; a cell of theirs that no such rule reads concerns nobody else.
    county.db().execute_batch("UPDATE evaluation SET satisfied = satisfied + 1 WHERE rowid = 1").unwrap();
    let third = county.night(day, "one more is satisfied");
    assert!(third.judged * 4 < third.groups, "{} of {}", third.judged, third.groups);
    county.db().execute_batch("UPDATE evaluation SET year = 1999").unwrap();
    let fourth = county.night(day, "nobody was evaluated of late");
    assert!(fourth.judged > third.judged, "{} and {}", fourth.judged, third.judged);
}
