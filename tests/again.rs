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

    /// One night: what it remembers has been on the disk in between.
    fn night(&mut self, day: Day, what: &str) -> Again {
        let store = self.read();
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
        ledger::keep_memory(&path, "key", &memory).unwrap();
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
        let often = ["post", "case", "unit", "person", "step", "kin", "event"];
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
