//! What becomes of rows and cells.

use super::*;
use guiju::records::{Fate, RowId};
use std::sync::atomic::{AtomicBool, Ordering};

fn row(store: &Store, table: &str, key: &str) -> RowId {
    store.rows(store.schema.table(table).unwrap()).find(key).unwrap_or_else(|| panic!("no {table} {key}"))
}

fn cell(store: &Store, table: &str, key: &str, field: &str) -> Option<String> {
    let t = store.schema.table(table).unwrap();
    store.show(t, row(store, table, key), store.schema.tables[t].field(field).unwrap())
}

/// Code, place of the row, column and fate of each problem.
fn told(store: &Store) -> Vec<(&str, &str, u32, &str, Fate)> {
    store.problems.iter().map(|p| (p.code, p.key.as_str(), p.row, p.column.as_str(), p.fate)).collect()
}

#[test]
fn every_type_is_read_for_what_it_says() {
    let sql = r"
        CREATE DOMAIN yes_no AS boolean;
        CREATE TYPE kind AS ENUM ('提醒', '诫勉');
        CREATE TABLE 人员(人员编码 bigint, 姓名 character(10), 出生日期 timestamp, 入党时间 timestamptz, 参加工作时间 numeric(6,2),
            性别 varchar, family_abroad yes_no, 移居起始日期 date, 籍贯 text, 备注二 text);
        INSERT INTO 人员 VALUES
            (110101195001010012, '张三', '1970-03-04 13:30', '1995-06-30 16:00+00', 1992.07, '男', true, 'infinity', E'甲\t乙\\丙\n丁', ''),
            (2, '李四', NULL, '1995-07-01 00:00+08', 1992.10, '', NULL, '2001-02-03', '\N', NULL);
        CREATE TABLE 任职经历(post_id text, person_id numeric(20,2), title text, start text, leader smallint, chief text);
        INSERT INTO 任职经历 VALUES ('W1', 2.00, '局长', '2010-01', 1, 't'), ('W2', 2, '副局长', '2012-01', 0, '否');
        CREATE TABLE training(training_id uuid, person_id text, start date, hours double precision, credits numeric(8,4), course text[]);
        INSERT INTO training VALUES
            ('00000000-0000-0000-0000-000000000001', '2', '2020-02-29', 0.1, 12.5000, '{a,b}'),
            ('00000000-0000-0000-0000-000000000002', '2', '0044-03-15 BC', 'NaN', 12.3456, NULL);
        CREATE TABLE talk(talk_id text, person_id text, kind kind, date date, by bytea);
        INSERT INTO talk VALUES ('T1', '2', '诫勉', '2020-01-01', '\x41');
        CREATE TABLE 人员表(x int); CREATE VIEW 单位 AS SELECT 'U1'::text AS unit_id, '县委'::text AS name;
        CREATE TABLE dropped(x int); DROP TABLE dropped;";
    let store = read(&database("types", sql)).unwrap();
    let id = "110101195001010012";
    let of = |key: &str, field: &str| cell(&store, "person", key, field).unwrap_or_default();
    assert_eq!(of(id, "name"), "张三");
    assert_eq!(of(id, "birth"), "1970-03-04", "the day of a time");
    // Four in the afternoon in London is midnight in Peking, where the day counts.
    assert_eq!((of(id, "party_date"), of("2", "party_date")), ("1995-07-01".to_owned(), "1995-07-01".to_owned()));
    assert_eq!((of(id, "work_date"), of("2", "work_date")), ("1992-07".to_owned(), String::new()));
    assert_eq!((of(id, "family_abroad"), of("2", "family_abroad")), ("是".to_owned(), String::new()));
    assert_eq!(of(id, "native_place"), "甲\t乙\\丙\n丁");
    assert_eq!(of("2", "native_place"), "\\N", "a text is no NULL");
    assert_eq!(of("2", "family_abroad_since"), "2001-02-03");
    let of = |key: &str, field: &str| cell(&store, "post", key, field).unwrap_or_default();
    assert_eq!((of("W1", "person_id"), of("W1", "leader"), of("W2", "leader")), ("2".to_owned(), "是".to_owned(), "否".to_owned()));
    assert_eq!(cell(&store, "training", "00000000-0000-0000-0000-000000000001", "hours").as_deref(), Some("0.1"));
    assert_eq!(cell(&store, "training", "00000000-0000-0000-0000-000000000001", "credits").as_deref(), Some("12.5"));
    assert_eq!(cell(&store, "talk", "T1", "kind").as_deref(), Some("诫勉"));
    assert_eq!(cell(&store, "unit", "U1", "name").as_deref(), Some("县委"), "a view");
    let mut expected = vec![
        ("data::ambiguous-date", "2", 2, "参加工作时间", Fate::Blanked),
        ("data::bad-date", "110101********12", 1, "移居起始日期", Fate::Blanked),
        ("data::unknown-column", "", 0, "备注二", Fate::Noted),
        ("data::bad-bool", "W1", 1, "chief", Fate::Blanked),
        ("data::garbled", "000000********01", 1, "course", Fate::Blanked),
        ("data::bad-date", "000000********02", 2, "start", Fate::Refused),
        ("data::bad-number", "000000********02", 2, "hours", Fate::Blanked),
        ("data::bad-number", "000000********02", 2, "credits", Fate::Blanked),
        ("data::garbled", "T1", 1, "by", Fate::Blanked),
        ("data::unknown-table", "", 0, "", Fate::Noted),
    ];
    let mut told: Vec<_> = told(&store).into_iter().filter(|t| t.0 != "data::missing-column").collect();
    expected.sort();
    told.sort();
    assert_eq!(told, expected);
}

#[test]
fn rows_refused_are_counted_and_named_by_their_keys() {
    let sql = "
        CREATE TABLE person(person_id text, name text);
        INSERT INTO person VALUES ('P1', '张三'), ('P2', NULL), (NULL, '王五'), ('P4', '赵六'), ('P4', '赵六'), ('P5', '甲'), ('P5', '乙');
        CREATE TABLE talk(talk_id text, person_id text, kind text, date text);
        INSERT INTO talk VALUES ('T1', 'P9', '诫勉', '2020-01-01'), ('T2', 'P1', '诫勉', '2020-13-01');";
    let address = database("refusals", sql);
    let store = read(&address).unwrap();
    let expected = [
        ("data::missing", "P2", 2, "name", Fate::Refused),
        ("data::missing", "", 3, "person_id", Fate::Refused),
        ("data::duplicate-key", "P5", 6, "person_id", Fate::Refused),
        ("data::duplicate-key", "P5", 7, "person_id", Fate::Refused),
        ("data::unknown-owner", "T1", 1, "person_id", Fate::Refused),
        ("data::bad-date", "T2", 2, "date", Fate::Refused),
    ];
    assert_eq!(told(&store), expected);
    let person = &store.tallies[0];
    assert_eq!((person.read, person.kept, person.merged, person.refused), (7, 2, 1, 4));
    let done = guiju(&["check", &address, "--as-of", "2026-06-30"], &[]);
    assert_eq!(done.status.code(), Some(5));
    let place = format!("拒收行  postgres 127.0.0.1:{}/refusals talk:T2:date", SERVER.port);
    assert!(said(&done.stdout).contains(&place), "{}", said(&done.stdout));
}

#[test]
fn a_column_of_no_wanted_field_and_a_table_without_rows() {
    let store = read(&database(
        "empty",
        "CREATE TABLE person(person_id text, name text); CREATE TABLE talk(x int); INSERT INTO talk VALUES (1), (2)",
    ))
    .unwrap();
    assert!(store.rows(store.schema.table("person").unwrap()).exported, "a table without rows was exported");
    let talk = store.tallies.iter().find(|t| t.table == "talk").unwrap();
    assert_eq!((talk.read, talk.refused), (2, 2));
}

#[test]
fn parts_of_a_table_are_read_once() {
    let sql = "
        CREATE TABLE person(person_id text, name text) PARTITION BY LIST (name);
        CREATE TABLE 人员 PARTITION OF person FOR VALUES IN ('张三');
        CREATE TABLE others PARTITION OF person DEFAULT;
        INSERT INTO person VALUES ('P1', '张三'), ('P2', '李四');";
    let store = read(&database("parts", sql)).unwrap();
    assert_eq!(store.tallies.iter().map(|t| (t.read, t.kept)).collect::<Vec<_>>(), [(2, 2)]);
    assert!(store.problems.is_empty(), "{:?}", store.problems);
}

/// Somebody who writes into the database once reading has begun.
struct Writer(AtomicBool);

impl Progress for Writer {
    fn file(&self, _: &str) {
        if !self.0.swap(true, Ordering::SeqCst) {
            SERVER.run("moment", "INSERT INTO person VALUES ('P3', '王五'); DELETE FROM talk; DROP TABLE IF EXISTS nothing");
        }
    }
}

#[test]
fn all_tables_are_as_of_one_moment() {
    let sql = "CREATE TABLE talk(talk_id text, person_id text, kind text, date text); INSERT INTO talk VALUES ('T1', 'P1', '诫勉', '2020-01-01');";
    let address = database("moment", &format!("{PEOPLE}{sql}"));
    let writer = Writer(AtomicBool::new(false));
    let counts = |store: &Store| store.tallies.iter().map(|t| t.read).collect::<Vec<_>>();
    assert_eq!(counts(&read_watched(&address, &writer).unwrap()), [2, 1]);
    assert_eq!(counts(&read(&address).unwrap()), [3, 0], "and afterwards as it is then");
}

#[test]
fn a_mapping_makes_rows_of_tables_of_other_names() {
    let sql = r"
        CREATE TABLE A01(人员标识 numeric(10,2), A0101 character(12), A0107 timestamp, A0104 smallint, 在编 boolean, 照片 bytea, A0111 text);
        INSERT INTO A01 VALUES (7.00, '张三', '1970-03-04 00:00', 1, true, '\x41', E'甲\t乙'), (8, '李四', '1971-05-06 07:08:09.5', 2, false, NULL, NULL);
        CREATE TABLE gender(code int, meaning text); INSERT INTO gender VALUES (1, '男'), (2, '女');
        CREATE TABLE talk(talk_id text, person_id text, kind text, date text); INSERT INTO talk VALUES ('T1', '7', '诫勉', '2020-01-01');";
    let address = database("mapped", sql);
    let mapping = r#"
title = "别的系统"
[[map]]
from = "A01"
to = "person"
[map.fields]
person_id = "人员标识"
name = "A0101"
birth = "A0107"
native_place = "A0111"
family_abroad = "在编"
gender = { lookup = "gender", by = { code = "A0104" }, column = "meaning" }
"#;
    let source = Arc::new(Source { name: "m.toml".into(), text: mapping.into() });
    let mapping = ingest::parse_mapping(&source, &SCHEMA).unwrap();
    let store = ingest::read_mapped(std::slice::from_ref(&address), Some(&mapping), &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
    let of = |key: &str| {
        ["name", "birth", "gender", "family_abroad", "native_place"].map(|f| cell(&store, "person", key, f).unwrap_or_default())
    };
    assert_eq!(of("7"), ["张三", "1970-03-04", "男", "是", "甲\t乙"]);
    assert_eq!(of("8"), ["李四", "1971-05-06", "女", "否", ""]);
    assert_eq!(cell(&store, "talk", "T1", "kind").as_deref(), Some("诫勉"), "tables that the mapping does not name are read as ever");
    let person = store.schema.table("person").unwrap();
    let name = store.schema.tables[person].field("name").unwrap();
    assert_eq!(store.place(person, row(&store, "person", "8"), name), format!("postgres 127.0.0.1:{}/mapped a01:8:a0101", SERVER.port));
}

#[test]
fn nothing_is_ever_written() {
    let sql = "
        CREATE TABLE seen(x int); CREATE FUNCTION note() RETURNS text LANGUAGE sql VOLATILE AS $$ INSERT INTO seen VALUES (1) RETURNING '张三' $$;
        CREATE VIEW person AS SELECT 'P1'::text AS person_id, note() AS name;";
    assert_eq!(code(&database("writing", sql)), "postgres::failed");
}

#[test]
fn refused_rows_are_saved_by_their_keys_and_replaced_by_the_corrected() {
    let sql = "
        CREATE TABLE person(person_id text, name text, birth date, family_abroad bool);
        INSERT INTO person VALUES ('P1', '张三', NULL, false), ('P2', NULL, '1980-05-06', true), (NULL, '王五', NULL, NULL),
          ('P5', '甲', NULL, NULL), ('P5', '乙', NULL, NULL);";
    let address = database("corrections", sql);
    let folder = tempfile::tempdir().unwrap();
    let (to, saved) = (folder.path().join("all.db"), folder.path().join("refused"));
    let run = |sources: &[&str], to: &std::path::Path| {
        let mut args = vec!["import"];
        args.extend(sources);
        let (to, saved) = (to.display().to_string(), saved.display().to_string());
        args.extend(["--to", &to]);
        if sources.len() == 1 {
            args.extend(["--refused", &saved]);
        }
        said(&guiju(&args, &[]).stdout).to_owned()
    };
    let printed = run(&[&address], &to);
    assert!(printed.contains("拒收的 3 行另存于") && printed.contains("另有 1 行"), "{printed}");
    // The server moves its rows about: the corrected are known by their keys all the same.
    SERVER.run("corrections", "UPDATE person SET name = '张三丰' WHERE person_id = 'P1'");
    let file = saved.join("人员.csv");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("P2,,1980-05-06,true,"), "{text}");
    let lines: Vec<String> = text.lines().filter(|l| !l.contains(",乙,")).map(|l| l.replace("P2,,", "P2,李四,")).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let both = ingest::read(&[address, saved.display().to_string()], &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
    let kept: u64 = both.tallies.iter().filter(|t| t.table == "person").map(|t| t.kept).sum();
    let corrected: u64 = both.tallies.iter().map(|t| t.corrected).sum();
    assert_eq!((kept, corrected), (3, 3));
}

#[test]
fn refused_rows_of_a_mapped_server_are_saved_by_the_keys_made_of_them() {
    let sql = r#"
        CREATE TABLE "A01"("A0000" text, "A0101" text, "A0104" text);
        INSERT INTO "A01" VALUES ('P1', '张三', '1');
        CREATE TABLE "A15"("A1500" text, "A0000" text, "A1521" text, "A1517" text, photo bytea);
        INSERT INTO "A15" VALUES ('H1', 'P1', '2021', '2'), ('H2', 'P1', '2022', '6A'), ('H3', 'P1', '202X', '2'), (NULL, 'P1', '2020', '2');"#;
    let address = database("mapped_corrections", sql);
    let folder = tempfile::tempdir().unwrap();
    let (to, saved) = (folder.path().join("all.db").display().to_string(), folder.path().join("refused"));
    let printed = guiju(&["import", &address, "--mapping", "a01", "--to", &to, "--refused", &saved.display().to_string()], &[]);
    let printed = said(&printed.stdout);
    assert!(printed.contains("拒收的 2 行另存于") && printed.contains("另有 1 行"), "{printed}");
    let file = saved.join("A15.csv");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("H2,P1,2022,6A,") && text.contains("H3,P1,202X,2,"), "{text}");
    fs::write(&file, text.replace("2022,6A", "2022,1").replace("202X", "2023")).unwrap();
    let done = guiju(&["import", &address, &saved.display().to_string(), "--mapping", "a01", "--to", &to], &[]);
    let printed = said(&done.stdout);
    assert!(printed.contains("采用 4 ") && printed.contains("已由更正的行代替 2"), "{printed}");
}
