//! The same records out of every kind of source.

use super::*;
use encoding_rs::GB18030;

#[test]
fn a_folder_of_csv_is_read_by_table_name_and_chinese_name() {
    let store = csv(&[
        ("person.csv", "person_id,姓  名,出生年月\nP1,张三,1970-05\n"),
        ("任免事项.csv", "\u{feff}case_id,person_id,任免类型\nC1,P1,提拔\n"),
        ("EXPECTED.csv", "code\nGS001\n"),
        ("guiju.toml", "x = 1"),
        ("stuff.csv", "a,b\n1,2\n"),
    ]);
    assert_eq!(cell(&store, "person", "P1", "birth").as_deref(), Some("1970-05"));
    assert_eq!(cell(&store, "case", "C1", "kind").as_deref(), Some("提拔"));
    assert_eq!(told(&store), [("data::unknown-table", 0, "", Fate::Noted)]);
    assert_eq!(store.problems[0].file, "stuff.csv");
}

#[test]
fn csv_in_every_encoding_that_offices_write() {
    let text = "person_id,姓名,民族\nP1,张三,汉族\nP2,李㑇,壮族\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.replace(',', "\t").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let gb = GB18030.encode(text).0.into_owned();
    for (what, bytes) in
        [("utf-8", text.as_bytes().to_vec()), ("bom", format!("\u{feff}{text}").into_bytes()), ("gb18030", gb), ("utf-16", utf16)]
    {
        let dir = folder(&[]);
        fs::write(dir.path().join("人员.csv"), bytes).unwrap();
        let store = read(dir.path()).unwrap();
        assert_eq!(cell(&store, "person", "P2", "name").as_deref(), Some("李㑇"), "{what}");
        assert_eq!(cell(&store, "person", "P1", "ethnicity").as_deref(), Some("汉族"), "{what}");
        assert!(store.problems.is_empty(), "{what}: {:?}", store.problems);
    }
}

#[test]
fn places_are_physical_lines() {
    for end in ["\n", "\r\n"] {
        let text = "person_id,name,birth\n\n\nP1,\"张\n三\",1970\n\nP2,李四,七零年\n,,\nP3,王五,七一年\n".replace('\n', end);
        let store = csv(&[("person.csv", &text)]);
        assert_eq!(told(&store), [("data::bad-date", 7, "birth", Fate::Blanked), ("data::bad-date", 9, "birth", Fate::Blanked)]);
        let person = store.schema.table("person").unwrap();
        assert_eq!(store.place(person, 0, 0), "person.csv:4:person_id");
    }
}

#[test]
fn a_line_of_another_width_is_refused_and_no_more_is_made_of_it() {
    let store =
        csv(&[PERSON, ("talk.csv", "talk_id,person_id,kind,date\nT1,P1,诫勉,2020-01-01\nT2,P1,诫勉\nT3,P2,诫勉,2020-01-01,多,余\n")]);
    assert_eq!(told(&store), [("data::row-width", 3, "", Fate::Refused), ("data::row-width", 4, "", Fate::Refused)]);
    assert_eq!(tally(&store, "talk"), (3, 1, 0, 2));
    assert!(store.rows(store.schema.table("talk").unwrap()).orphans.is_empty(), "their owners could be read");
}

#[test]
fn unknown_and_double_columns_are_noted_with_the_nearest_name() {
    let store = csv(&[("person.csv", "person_id,name,性別,姓名,备忘\nP1,张三,男,李四,x\n")]);
    let notes: Vec<_> = store.problems.iter().map(|p| (p.code, p.column.as_str(), p.right.as_str())).collect();
    assert_eq!(
        notes,
        [
            ("data::unknown-column", "备忘", "不用的列可以保留，也可以删去"),
            ("data::duplicate-column", "姓名", "同一列只留一个"),
            ("data::unknown-column", "性別", "是否应为“性别”？"),
        ]
    );
    assert_eq!(cell(&store, "person", "P1", "name").as_deref(), Some("张三"));
}

#[test]
fn titles_may_stand_above_the_headers_and_other_separators_between_cells() {
    let store =
        csv(&[("person.csv", "某县干部名册,,\n单位：某局,,\n人员编码,姓名,性别\nP1,张三,男\n"), ("unit.csv", "unit_id;name\nU1;甲局\n")]);
    assert_eq!(cell(&store, "person", "P1", "gender").as_deref(), Some("男"));
    assert_eq!(store.place(store.schema.table("person").unwrap(), 0, 0), "person.csv:4:人员编码");
    assert_eq!(cell(&store, "unit", "U1", "name").as_deref(), Some("甲局"));
}

#[test]
fn code_values_under_other_names_that_mean_nothing_else_are_those_values() {
    let store = csv(&[(
        "person.csv",
        "person_id,name,gender,education\nP1,张三,男性,本科\nP2,李四,女,大学本科\nP3,王五,女,大专\nP4,赵六,女,博士\n",
    )]);
    let education = |key: &str| cell(&store, "person", key, "education");
    assert_eq!((education("P1").as_deref(), education("P2").as_deref()), (Some("大学本科"), Some("大学本科")));
    assert_eq!(education("P3").as_deref(), Some("大学专科"));
    assert_eq!(cell(&store, "person", "P1", "gender").as_deref(), Some("男"));
    // 博士 is a degree, which an education may be without.
    assert_eq!(education("P4"), None);
    assert_eq!(store.problems.len(), 1);
}

#[test]
fn an_id_number_kept_as_a_number_is_not_taken_for_text() {
    let store = csv(&[("person.csv", "person_id,name,id_number\nP1,张三,1.10105E+17\nP2,李四,110105194912310025\n")]);
    assert_eq!(told(&store), [("data::lost-digits", 2, "id_number", Fate::Blanked)]);
    assert_eq!(cell(&store, "person", "P1", "id_number"), None);
    assert_eq!(cell(&store, "person", "P2", "id_number").as_deref(), Some("110105194912310025"));
}

#[test]
fn a_single_csv_file_is_its_table() {
    let dir = folder(&[PERSON]);
    let store = read(&dir.path().join("person.csv")).unwrap();
    assert_eq!(tally(&store, "person"), (2, 2, 0, 0));
    assert_eq!(store.places.files, ["person.csv"]);
}

#[test]
fn a_sqlite_file_is_read_like_the_same_csv() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE 人员(person_id TEXT, 姓名 TEXT, birth TEXT, id_number REAL); INSERT INTO 人员 VALUES('P1','张三','1970-05',110105194912310025);
         CREATE TABLE post(post_id TEXT, person_id TEXT, title TEXT, leader INTEGER, start TEXT, \"odd\" TEXT);
         INSERT INTO post VALUES('A','P1','局长',1,'2010-01-02',''),('B','P1','局长',NULL,'2010-13-02','x'),('C','P1',x'00ff',0,2011,'');
         CREATE TABLE kin(kin_id TEXT PRIMARY KEY, person_id, relation) WITHOUT ROWID; INSERT INTO kin VALUES('K1','P1','配偶');
         CREATE VIEW talk AS SELECT 'T1' AS talk_id, 'P1' AS person_id, '诫勉' AS kind, '2020-01-01' AS date;
         CREATE TABLE log(x);",
    )
    .unwrap();
    let store = read(&path).unwrap();
    assert_eq!(cell(&store, "person", "P1", "birth").as_deref(), Some("1970-05"));
    assert_eq!(cell(&store, "post", "A", "leader").as_deref(), Some("是"));
    assert_eq!(tally(&store, "kin"), (1, 1, 0, 0));
    assert_eq!(tally(&store, "talk"), (1, 1, 0, 0));
    let found: Vec<_> = store.problems.iter().map(|p| (p.file.as_str(), p.row, p.column.as_str(), p.code)).collect();
    assert_eq!(
        found,
        [
            ("people.db/log", 0, "", "data::unknown-table"),
            ("people.db/post", 0, "odd", "data::unknown-column"),
            ("people.db/post", 2, "start", "data::bad-date"),
            ("people.db/post", 3, "title", "data::garbled"),
            ("people.db/人员", 1, "id_number", "data::lost-digits"),
        ]
    );
}

#[test]
fn a_column_called_rowid_hides_no_row() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE person(rowid TEXT, person_id TEXT, name TEXT); CREATE INDEX by_name ON person(name, person_id);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO person SELECT 'AAAB' || i, 'P' || i, '人' || (5000 - i) FROM n;
         CREATE TABLE unit(rowid, _rowid_, oid, unit_id, name); INSERT INTO unit VALUES(1, 2, 3, 'U1', '甲局');",
    )
    .unwrap();
    let store = read(&path).unwrap();
    assert_eq!(tally(&store, "person"), (5000, 5000, 0, 0));
    assert_eq!(store.key(store.schema.table("person").unwrap(), 0), "P1", "in the order of the table, not of an index");
    assert_eq!(tally(&store, "unit"), (1, 1, 0, 0));
}

#[test]
fn a_view_is_read_in_its_own_order_and_runs_nothing_of_ours() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE log(id, told); INSERT INTO log VALUES('P1', 2), ('P2', 3), ('P3', 1);
         CREATE VIEW person AS SELECT id AS person_id, '张三' AS name FROM log ORDER BY told DESC;",
    )
    .unwrap();
    let store = read(&path).unwrap();
    let person = store.schema.table("person").unwrap();
    assert_eq!([0, 1, 2].map(|row| store.key(person, row)), ["P2", "P1", "P3"]);
    db.execute_batch("DROP VIEW person; CREATE VIEW person AS SELECT guiju_take(id) AS person_id FROM log;").unwrap();
    let error = read(&path).unwrap_err();
    assert!(matches!(error, IngestError::Database { .. }), "{error:?}");
}

#[test]
fn rows_whose_numbers_are_none_of_a_row_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE person(person_id TEXT, name TEXT); INSERT INTO person(rowid, person_id, name) VALUES(-7, 'P1', NULL), (0, 'P2', NULL);
         CREATE TABLE unit(unit_id TEXT, name TEXT); INSERT INTO unit(rowid, unit_id, name) VALUES(5, 'U1', '甲局'), (4294967296, 'U2', NULL);",
    )
    .unwrap();
    let store = read(&path).unwrap();
    let found: Vec<_> = store.problems.iter().map(|p| (p.table.as_str(), p.row, p.code)).collect();
    assert_eq!(found, [("person", 1, "data::missing"), ("person", 2, "data::missing"), ("unit", 2, "data::missing")]);
}

#[test]
fn a_large_table_is_the_same_however_many_connections_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE person(person_id TEXT, name TEXT, party TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
         INSERT INTO person(rowid, person_id, name, party) SELECT i * 3, 'P' || i, '人' || (i % 700), CASE i % 3 WHEN 0 THEN '群众' END FROM n;",
    )
    .unwrap();
    let read_with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| read(&path).unwrap())
    };
    let (one, three) = (read_with(1), read_with(3));
    let person = one.schema.table("person").unwrap();
    assert_eq!(tally(&three, "person"), (9000, 9000, 0, 0));
    for r in (0..9000).step_by(7) {
        assert_eq!(one.key(person, r), three.key(person, r));
        assert_eq!(one.place(person, r, 1), three.place(person, r, 1));
        assert_eq!(one.show(person, r, 1), three.show(person, r, 1));
        assert_eq!(one.show(person, r, 9), three.show(person, r, 9));
    }
    assert_eq!(one.place(person, 8999, 0), "people.db/person:27000:person_id");
}

#[test]
fn a_database_being_written_is_read_as_of_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE person(person_id TEXT, name TEXT); CREATE TABLE talk(talk_id, person_id, kind, date)",
    )
    .unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let done = &done;
        scope.spawn(move || {
            let mut i = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                // A person and the talk with them come in one transaction.
                db.execute_batch(&format!(
                    "BEGIN; INSERT INTO person VALUES('P{i}','人'); INSERT INTO talk VALUES('T{i}','P{i}','诫勉','2020-01-01'); COMMIT;"
                ))
                .unwrap();
                i += 1;
            }
        });
        for _ in 0..30 {
            let store = read(&path).unwrap();
            assert_eq!(tally(&store, "person"), tally(&store, "talk"));
            assert!(store.problems.is_empty());
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_workbook_has_a_sheet_a_table() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("county.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("人员").unwrap();
    sheet.write_row(0, 0, ["某县干部名册"]).unwrap();
    sheet.write_row(1, 0, ["人员编码", "姓名", "出生日期", "参加工作\n时间", "身份证号", "入党时间"]).unwrap();
    let date = |y, m, d| ExcelDateTime::from_ymd(y, m, d).unwrap();
    let (day, month) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("yyyy\"年\"m\"月\""));
    sheet.write_row(2, 0, ["P1", "张三"]).unwrap();
    sheet.write_with_format(2, 2, date(1970, 5, 6), &day).unwrap();
    sheet.write_with_format(2, 3, date(1990, 7, 1), &month).unwrap();
    sheet.write_number(2, 4, 1.101_051_949_123_1e17).unwrap();
    sheet.write_number(2, 5, 1995.1).unwrap();
    sheet.write_row(4, 0, ["P2", "", "1971-02"]).unwrap();
    let sheet = book.add_worksheet().set_name("assessment").unwrap();
    sheet.write_row(0, 0, ["assessment_id", "person_id", "year", "result"]).unwrap();
    sheet.write_number(1, 0, 1001).unwrap();
    sheet.write_row(1, 1, ["P1"]).unwrap();
    sheet.write_number(1, 2, 2023).unwrap();
    sheet.write_row(1, 3, ["称职"]).unwrap();
    book.add_worksheet().set_name("说明").unwrap();
    book.save(&path).unwrap();
    let store = read(&path).unwrap();
    assert_eq!(cell(&store, "person", "P1", "birth").as_deref(), Some("1970-05-06"));
    // The cell holds the first of July, but shows the month that was typed.
    assert_eq!(cell(&store, "person", "P1", "work_date").as_deref(), Some("1990-07"));
    assert_eq!(cell(&store, "assessment", "1001", "year").as_deref(), Some("2023"));
    let found: Vec<_> = store.problems.iter().map(|p| (p.file.as_str(), p.row, p.column.as_str(), p.code)).collect();
    assert_eq!(
        found,
        [
            ("county.xlsx/人员", 3, "入党时间", "data::ambiguous-date"),
            ("county.xlsx/人员", 3, "身份证号", "data::lost-digits"),
            ("county.xlsx/人员", 5, "姓名", "data::missing"),
            ("county.xlsx/说明", 0, "", "data::unknown-table"),
        ]
    );
    // The title is counted, too.
    assert_eq!(tally(&store, "person"), (3, 1, 0, 1));
}

fn ndjson(lines: &str) -> Result<Store, IngestError> {
    let dir = folder(&[("people.ndjson", lines)]);
    read(&dir.path().join("people.ndjson"))
}

#[test]
fn ndjson_is_a_person_a_line_with_everything_of_theirs() {
    let store = ndjson(
        r#"{"table":"unit","rows":[{"unit_id":"U1","name":"甲局"}]}
{"person_id":"P1","姓名":"张三","unit_id":"U1","post":[{"post_id":"A","title":"局长","start":"2010-01"}],"case":[{"case_id":"C1","kind":"提拔","leader":true,"step":[{"step_id":"S1","kind":"动议","start":"2020-01-02","present":9,"channels":["网站","公告栏"]}],"opinion":[]}]}
{"person_id":"P2","name":"李四","post":[],"talk":[]}
"#,
    )
    .unwrap();
    assert!(store.problems.is_empty(), "{:?}", store.problems);
    assert_eq!(cell(&store, "step", "S1", "case_id").as_deref(), Some("C1"));
    assert_eq!(cell(&store, "step", "S1", "present").as_deref(), Some("9"));
    assert_eq!(cell(&store, "step", "S1", "channels").as_deref(), Some("网站、公告栏"));
    assert_eq!(cell(&store, "case", "C1", "person_id").as_deref(), Some("P1"));
    assert_eq!(cell(&store, "post", "A", "person_id").as_deref(), Some("P1"));
    let exported = |t: &str| store.rows(store.schema.table(t).unwrap()).exported;
    // `[]` was exported without rows; a key seen on no line was not exported.
    assert!(exported("opinion") && exported("talk") && !exported("material"));
    let opinion = store.schema.table("opinion").unwrap();
    assert!(store.rows(opinion).columns.iter().flatten().count() > 3, "its columns are there, without rows");
}

#[test]
fn in_ndjson_a_field_that_others_have_is_blank_and_may_be_required() {
    let store = ndjson(
        "{\"person_id\":\"P1\",\"name\":\"张三\",\"talk\":[{\"talk_id\":\"T1\",\"kind\":\"诫勉\"},{\"talk_id\":\"T2\",\"kind\":\"诫勉\",\"date\":\"2020-01-01\",\"by\":\"甲\"},{\"talk_id\":\"T3\",\"date\":null},7]}\n{\"person_id\":\"P2\",\"name\":\"李四\",\"talk\":[{\"talk_id\":\"T4\",\"person_id\":\"P1\",\"kind\":\"诫勉\",\"date\":\"2020-01-01\"}],\"xyz\":1}\n",
    )
    .unwrap();
    let found: Vec<_> = told(&store).into_iter().filter(|p| p.3 != Fate::Noted).collect();
    assert_eq!(
        found,
        [
            ("data::not-a-row", 1, "", Fate::Refused),
            ("data::missing", 1, "date", Fate::Refused),
            ("data::missing", 1, "date", Fate::Refused),
            ("data::missing", 1, "kind", Fate::Refused),
            ("data::owner-mismatch", 2, "", Fate::Refused),
        ]
    );
    assert_eq!(tally(&store, "talk"), (5, 1, 0, 4));
    assert!(told(&store).contains(&("data::unknown-column", 2, "xyz", Fate::Noted)));
    assert_eq!(cell(&store, "talk", "T2", "by").as_deref(), Some("甲"));
}

#[test]
fn what_cannot_be_read_at_all_is_told_apart() {
    let code = |files: &[(&str, &[u8])], what: &str| {
        let dir = folder(&[]);
        for (name, bytes) in files {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        let error = read(&dir.path().join(what)).unwrap_err();
        assert!(!error.advice().is_empty() && !error.to_string().is_empty());
        error.code()
    };
    assert_eq!(code(&[], "nowhere"), "ingest::not-found");
    assert_eq!(code(&[], ""), "ingest::no-table");
    assert_eq!(code(&[("stuff.csv", b"a,b\n1,2\n")], ""), "ingest::no-table");
    assert_eq!(code(&[("person.csv", b"")], ""), "ingest::empty");
    assert_eq!(code(&[("person.csv", b"\xef\xbb\xbf \r\n \n")], ""), "ingest::empty");
    assert_eq!(code(&[("person.csv", b"person_id,name\nP1,\0\x01\x02\n")], ""), "ingest::binary");
    assert_eq!(code(&[("person.csv", b"person_id,name\nP1,\xff\xff\xfe\xff\xff\xff\n")], ""), "ingest::encoding");
    assert_eq!(code(&[("person.csv", "person_id,name\nP1,\"张三\nP2,李四\n".as_bytes())], ""), "ingest::truncated");
    let cut = "person_id,name\nP1,张三\nP2,李四".as_bytes();
    assert_eq!(code(&[("person.csv", &cut[..cut.len() - 1])], ""), "ingest::truncated");
    assert_eq!(code(&[("people.db", b"SQLite format 3\0 and then nonsense")], "people.db"), "ingest::database");
    assert_eq!(code(&[("people.db", b"")], "people.db"), "ingest::empty");
    assert_eq!(code(&[("people.xlsx", b"PK\x03\x04 nonsense")], "people.xlsx"), "ingest::workbook");
    assert_eq!(code(&[("notes.txt2", b"hello")], "notes.txt2"), "ingest::unknown-format");
    assert_eq!(code(&[("p.ndjson", b"{\"person_id\":\"P1\"")], "p.ndjson"), "ingest::json");
    assert_eq!(code(&[("p.ndjson", b"[1]")], "p.ndjson"), "ingest::json");
    let twice = ["-".to_owned(), "-".to_owned()];
    let error = ingest::read(&twice, &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap_err();
    assert_eq!(error.code(), "ingest::stdin-twice");
    let error = ingest::read(&["postgres://u:sec@ret@127.0.0.1:1/db".to_owned()], &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap_err();
    assert_eq!(error.code(), "postgres::unreachable");
    assert_eq!(error.to_string(), "数据库 postgres://127.0.0.1:1/db 读不了：连接不上：没有服务器在这个端口应答");
    let error = ingest::read(&["postgres://u:sec/ret@host/db".to_owned()], &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap_err();
    assert_eq!(error.code(), "postgres::address");
    assert!(!error.to_string().contains("ret"));
}
