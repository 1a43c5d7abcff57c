//! Several sources of one person or row: who wins which cell, what is filled up, what contradicts, and who is who.

use super::{SCHEMA, adds_up, folder, read_all};
use guiju::ingest::{self, Asked, Silent};
use guiju::records::{Fate, RowId, Store, Wanted};
use std::path::Path;
use tempfile::TempDir;

const PEOPLE: &str = "person_id,name,id_number,gender,birth,party_date,work_date,native_place\n\
P1,欧阳甲,999999197003070017,男,1970-03-07,1995-07,,某省某市\n\
P2,巫马乙,999999197204060025,女,1972-04,,1993-08-01,\n\
P3,端木丙,,男,1975-09-01,,1996-07,\n";

/// The row of a person by key.
fn row(store: &Store, key: &str) -> RowId {
    let table = store.schema.table("person").unwrap();
    store.rows(table).find(key).unwrap_or_else(|| panic!("no {key}"))
}

/// What a cell of a person holds and where it came from, without its folder.
fn cell(store: &Store, key: &str, field: &str) -> (Option<String>, String) {
    let table = store.schema.table("person").unwrap();
    let field = store.schema.tables[table].field(field).unwrap();
    let row = row(store, key);
    let place = store.place(table, row, field);
    (store.show(table, row, field), place.rsplit('/').next().unwrap_or("").to_owned())
}

fn rows_of(store: &Store, table: &str) -> Vec<Vec<String>> {
    let id = store.schema.table(table).unwrap();
    let rows = store.rows(id);
    let fields = 0..store.schema.tables[id].fields.len();
    (0..rows.len as RowId)
        .filter(|&r| !rows.is_ghost(r))
        .map(|r| fields.clone().map(|f| store.show(id, r, f).unwrap_or_default()).collect())
        .collect()
}

fn read_with(files: &[(&str, &str)], sources: &[&str]) -> (TempDir, Store) {
    let dir = folder(files);
    let paths: Vec<_> = sources.iter().map(|s| dir.path().join(s).display().to_string()).collect();
    let asked = Asked { year: None, now: Some(2026) };
    let store = ingest::read_asked(&paths, None, asked, &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
    adds_up(&store);
    (dir, store)
}

fn codes(store: &Store) -> Vec<&str> {
    let mut all: Vec<&str> = store.problems.iter().map(|p| p.code).filter(|c| c.starts_with("merge::")).collect();
    all.dedup();
    all
}

#[test]
fn the_first_source_wins_and_its_blanks_are_filled_from_the_next_cell_by_cell() {
    let more = "人员编码,姓名,出生日期,参加工作时间,籍贯\nP1,欧阳甲,1970-03,1992-07-01,某省\nP2,巫马乙,1972-04-06,1993-08,某省某县\n";
    let (_dir, store) = read_with(&[("person.csv", PEOPLE), ("人员.csv", more)], &["person.csv", "人员.csv"]);
    // A blank is filled, and cited where it stands.
    assert_eq!(cell(&store, "P1", "work_date"), (Some("1992-07-01".into()), "人员.csv:2:参加工作时间".into()));
    assert_eq!(cell(&store, "P2", "native_place"), (Some("某省某县".into()), "人员.csv:3:籍贯".into()));
    // What differs stays the first's; a month says nothing against a day of it, and a day is taken for its month.
    assert_eq!(cell(&store, "P1", "native_place"), (Some("某省某市".into()), "person.csv:2:native_place".into()));
    assert_eq!(cell(&store, "P1", "birth"), (Some("1970-03-07".into()), "person.csv:2:birth".into()));
    assert_eq!(cell(&store, "P2", "birth"), (Some("1972-04-06".into()), "人员.csv:3:出生日期".into()));
    assert_eq!(cell(&store, "P2", "work_date"), (Some("1993-08-01".into()), "person.csv:3:work_date".into()));
    assert!(rows_of(&store, "discrepancy").is_empty());
    let differs: Vec<_> = store.problems.iter().filter(|p| p.code == "merge::differs").map(|p| (p.row, p.column.as_str())).collect();
    assert_eq!(differs, [(2, "籍贯")]);
    // Each cell taken is told with the header it came from and by the keys of its rows.
    let mut taken: Vec<_> = store.problems.iter().filter(|p| ["merge::filled", "merge::finer"].contains(&p.code)).collect();
    taken.sort_by_key(|p| (p.code, p.column.clone()));
    let taken: Vec<_> = taken.into_iter().map(|p| (p.code, p.column.as_str(), p.row, p.why.rsplit('：').next().unwrap_or(""))).collect();
    let finer = ("merge::finer", "出生日期", 3, "P2");
    assert_eq!(taken, [("merge::filled", "参加工作时间", 2, "P1"), ("merge::filled", "籍贯", 3, "P2"), finer]);
    assert!(store.problems.iter().all(|p| !p.why.contains("欧阳") && !p.why.contains("1970")), "{:?}", store.problems);
    // Named the other way round, the other wins.
    let (_dir, store) = read_with(&[("person.csv", PEOPLE), ("人员.csv", more)], &["人员.csv", "person.csv"]);
    assert_eq!(cell(&store, "P1", "native_place").0.as_deref(), Some("某省"));
}

#[test]
fn contradictions_about_a_person_become_records_with_both_places() {
    let more = "人员编码,姓名,身份证号,出生日期,入党时间\nP1,欧阳贾,999999197003070017,1970-03-07,1996-07\nP2,巫马乙,999999197204060025,1973-04,\n";
    let (_dir, store) = read_with(&[("person.csv", PEOPLE), ("人员.csv", more)], &["person.csv", "人员.csv"]);
    let text = |v: &[String]| v.iter().skip(2).cloned().collect::<Vec<_>>().join(" ");
    let told: Vec<String> = rows_of(&store, "discrepancy").iter().map(|r| text(r)).collect();
    assert_eq!(told, ["姓名 欧＊＊ 欧＊＊（不同）", "入党时间 1995-07 1996-07", "出生日期 1972-04 1973-04"]);
    let id = store.schema.table("discrepancy").unwrap();
    let place = |row: RowId, field: &str| {
        let place = store.place(id, row, store.schema.tables[id].field(field).unwrap());
        place.rsplit('/').next().unwrap_or("").to_owned()
    };
    assert_eq!((place(1, "kept"), place(1, "other")), ("person.csv:2:party_date".into(), "人员.csv:2:入党时间".into()));
    assert_eq!((place(2, "kept"), place(2, "other")), ("person.csv:3:birth".into(), "人员.csv:3:出生日期".into()));
}

#[test]
fn contradictions_found_are_not_mixed_up_with_rows_of_a_source() {
    // A table of contradictions that says of nobody whose they are.
    let before = "discrepancy_id,field,kept,other\nX1,姓名,甲,乙\n";
    let files = [("discrepancy.csv", before), ("person.csv", PEOPLE), ("人员.csv", "人员编码,姓名,出生日期\nP1,欧阳甲,1971-03-07\n")];
    let (_dir, store) = read_with(&files, &["discrepancy.csv", "person.csv", "人员.csv"]);
    let told: Vec<String> = rows_of(&store, "discrepancy").iter().map(|row| row[1..].join(" ")).collect();
    assert_eq!(told, ["P1 出生日期 1970-03-07 1971-03-07"]);
    assert_eq!(store.problems.iter().filter(|p| p.table == "discrepancy" && p.fate == Fate::Refused).count(), 1);
}

#[test]
fn an_imported_database_still_knows_where_each_cell_stood() {
    let more = "人员编码,姓名,出生日期,参加工作时间\nP1,欧阳甲,1971-03,1992-07-01\n";
    let (dir, store) = read_with(&[("person.csv", PEOPLE), ("人员.csv", more)], &["person.csv", "人员.csv"]);
    let to = dir.path().join("all.db");
    ingest::write_store(&store, &to).unwrap();
    let again = read_all(&[&to]).unwrap();
    for (key, field) in [("P1", "work_date"), ("P1", "birth"), ("P2", "work_date")] {
        assert_eq!(cell(&again, key, field), cell(&store, key, field));
    }
    assert_eq!(rows_of(&again, "discrepancy"), rows_of(&store, "discrepancy"));
    assert_eq!((&again.problems, &again.tallies), (&store.problems, &store.tallies));
}

#[test]
fn rows_of_one_key_that_are_not_one_person_or_contradict_are_refused_as_ever() {
    let other = "人员编码,姓名,身份证号,出生日期\nP1,公孙丁,999999198001010033,1980-01-01\n";
    let (_dir, store) = read_with(&[("person.csv", PEOPLE), ("人员.csv", other)], &["person.csv", "人员.csv"]);
    let refused: Vec<_> = store.problems.iter().filter(|p| p.code == "data::duplicate-key").map(|p| p.row).collect();
    assert_eq!(refused, [2, 2]);
    // Of other tables nobody can say which of two rows is right; rows that complete each other are one.
    let posts = "post_id,person_id,title,start,end\nJ1,P1,局长,2015-03-01,2016-01-01\nJ2,P2,科长,2015-03,\n";
    let more = "任职编码,人员编码,职务名称,任职起始,任职终止,任职类型\nJ1,P1,局长,2015-03,,任职\nJ2,P2,科长,2015-03-09,,任职\n";
    let files = [("person.csv", PEOPLE), ("post.csv", posts), ("任职经历.csv", more)];
    let (_dir, store) = read_with(&files, &["person.csv", "post.csv", "任职经历.csv"]);
    // An end that is blank says that the post is still held.
    let kept: Vec<String> = rows_of(&store, "post").iter().map(|r| r.join(" ")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].contains("J2") && kept[0].contains("2015-03-09") && kept[0].contains("任职"), "{kept:?}");
}

#[test]
fn two_later_rows_that_contradict_each_other_are_refused_though_the_first_is_blank() {
    let of = |level: &str| format!("post_id,person_id,title,level,start\nJ1,P1,局长,{level},2015-03-01\n");
    let (blank, one, other) = (of(""), of("乡科级正职"), of("县处级副职"));
    let kept = |posts: [&str; 3]| {
        let files = [("person.csv", PEOPLE), ("post.csv", posts[0]), ("post.2.csv", posts[1]), ("post.3.csv", posts[2])];
        let (_dir, store) = read_with(&files, &["person.csv", "post.csv", "post.2.csv", "post.3.csv"]);
        let levels: Vec<String> = rows_of(&store, "post").into_iter().map(|row| row[4].clone()).collect();
        (levels, store.problems.iter().filter(|p| p.code == "data::duplicate-key").count())
    };
    // Of two nobody can say which is right; a third that says nothing settles nothing, wherever it is named.
    for posts in [[&blank, &one, &other], [&one, &blank, &other], [&one, &other, &blank]] {
        assert_eq!(kept(posts.map(String::as_str)), (Vec::new(), 3), "{posts:?}");
    }
    // Where those that say it agree, it is taken.
    assert_eq!(kept([&blank, &one, &one].map(String::as_str)), (vec!["乡科级正职".to_owned()], 0));
}

#[test]
fn a_blank_end_is_the_start_that_another_source_knows() {
    let cases = "case_id,person_id,kind\nC1,P1,提拔\n";
    let (ends, starts) = ("step_id,case_id,kind,end\nS1,C1,考察,\n", "step_id,case_id,kind,start\nS1,C1,考察,2024-03-04\n");
    let other = "step_id,case_id,kind,end\nS1,C1,考察,2024-03-07\n";
    let end = |steps: [&str; 2]| {
        let files = [("person.csv", PEOPLE), ("case.csv", cases), ("step.csv", steps[0]), ("step.2.csv", steps[1])];
        let (_dir, store) = read_with(&files, &["person.csv", "case.csv", "step.csv", "step.2.csv"]);
        super::cell(&store, "step", "S1", "end")
    };
    assert_eq!(end([ends, starts]).as_deref(), Some("2024-03-04"));
    assert_eq!(end([starts, ends]).as_deref(), Some("2024-03-04"));
    // Who knows no start and says nothing of the end does not contradict who does.
    assert_eq!(end([ends, other]).as_deref(), Some("2024-03-07"));
    assert_eq!(end([other, ends]).as_deref(), Some("2024-03-07"));
    assert_eq!(end([ends, ends]), None);
}

#[test]
fn people_without_codes_are_known_by_number_then_by_name_and_birth_then_by_post() {
    let units = "unit_id,name\nU1,某县教育局\n";
    let posts = "post_id,person_id,unit_id,title,start,end\nJ1,P1,U1,局长,2015-03-01,\nJ3,P3,U1,副局长,2017-03-01,\n";
    let roster = "姓名,身份证号,性别,出生年月,籍贯,现任职务,任现职时间\n\
欧阳甲,999999197003070017,男,1970.03,,某县教育局局长,2015.03\n巫马乙,,女,1972.04,某县,某县某局副局长,2016.03\n公孙丁,,男,1972.04,,某县某局科员,2018.01\n";
    let yearly = "2023年度考核\n序号,姓名,单位及职务,等次\n1,端木丙,某县教育局副局长,优秀\n2,端木丙,某县卫生局副局长,称职\n";
    let files = [("person.csv", PEOPLE), ("unit.csv", units), ("post.csv", posts), ("名册.csv", roster), ("考核.csv", yearly)];
    let (_dir, store) = read_with(&files, &["person.csv", "unit.csv", "post.csv", "名册.csv", "考核.csv"]);
    let mut people: Vec<String> = rows_of(&store, "person").iter().map(|r| format!("{} {}", &r[0][..1], r[1])).collect();
    people.sort();
    // Who is in another unit is a namesake until somebody says otherwise.
    assert_eq!(people, ["F 公孙丁", "F 端木丙", "P 巫马乙", "P 欧阳甲", "P 端木丙"]);
    assert_eq!(cell(&store, "P2", "native_place").0.as_deref(), Some("某县"));
    let assessed: Vec<String> = rows_of(&store, "assessment").iter().map(|r| format!("{} {}", r[1], r[3])).collect();
    assert!(assessed.contains(&"P3 优秀".to_owned()), "{assessed:?}");
    assert!(codes(&store).contains(&"merge::same-person"));
    // The posts of somebody whose posts a table tells are not counted twice.
    let held: Vec<String> = rows_of(&store, "post").iter().filter(|r| r[1] == "P1").map(|r| r[0].clone()).collect();
    assert_eq!(held, ["J1"]);
    let aside: Vec<_> = store.tallies.iter().filter(|t| t.aside.contains_key("told-before")).map(|t| t.aside["told-before"]).collect();
    assert_eq!(aside, [1]);
    let told: Vec<_> = store.problems.iter().filter(|p| p.code == "merge::told-before").map(|p| (p.file.as_str(), p.row)).collect();
    assert!(matches!(told[..], [(file, 2)] if file.ends_with("名册.csv")), "{told:?}");
}

#[test]
fn one_number_under_two_codes_is_told_and_not_merged() {
    let text = format!("{PEOPLE}P4,端木丙,999999197003070017,男,1975-09-01,,,\n");
    for (files, sources) in [
        (vec![("person.csv", text.as_str())], vec!["person.csv"]),
        (
            vec![("person.csv", PEOPLE), ("人员.csv", "人员编码,姓名,身份证号\nP4,欧阳甲,999999197003070017\n")],
            vec!["person.csv", "人员.csv"],
        ),
    ] {
        let (dir, store) = read_with(&files, &sources);
        assert_eq!(rows_of(&store, "person").len(), 4);
        assert_eq!(codes(&store), ["merge::two-codes"]);
        let told: Vec<String> = rows_of(&store, "discrepancy").iter().map(|r| r[1..].join(" ")).collect();
        assert_eq!(told, ["P1 人员编码 P1 P4"]);
        // Once imported it is found again, and told once.
        let to = dir.path().join("all.db");
        ingest::write_store(&store, &to).unwrap();
        assert_eq!(rows_of(&read_all(&[&to]).unwrap(), "discrepancy"), rows_of(&store, "discrepancy"));
    }
}

#[test]
fn what_is_no_whole_number_is_nobodys() {
    // Two of one name, of whom a table and two sheets say the same that is no number.
    for none in ["无", "不详", "999999********0017"] {
        let people = format!("person_id,name,id_number,birth\nP1,欧阳甲,{none},1970-03-07\nP2,巫马乙,{none},1972-04-06\n");
        let (_dir, store) = read_with(&[("person.csv", people.as_str())], &["person.csv"]);
        assert_eq!((codes(&store), rows_of(&store, "discrepancy").len()), (Vec::new(), 0), "{none}");
        let roster = format!("姓名,身份证号,性别,出生年月\n欧阳甲,{none},男,1985.05\n欧阳甲,{none},男,1981.05\n");
        let files = [("person.csv", people.as_str()), ("名册.csv", &roster)];
        let (_dir, store) = read_with(&files, &["person.csv", "名册.csv"]);
        assert_eq!(rows_of(&store, "person").len(), 4, "{none}");
        assert!(!codes(&store).contains(&"merge::same-person"), "{none}");
    }
}

#[test]
fn two_that_may_be_the_one_are_told_and_not_chosen_between() {
    let people = "person_id,name,birth\nP1,欧阳甲,1970-03-07\nP2,欧阳甲,1970-03-20\n";
    let roster = "姓名,性别,出生年月,民族\n欧阳甲,男,1970.03,汉族\n";
    let (_dir, store) = read_with(&[("person.csv", people), ("名册.csv", roster)], &["person.csv", "名册.csv"]);
    assert_eq!(rows_of(&store, "person").len(), 3);
    assert_eq!(codes(&store), ["merge::namesakes"]);
}

#[test]
fn one_number_with_another_name_and_birth_is_another_person() {
    let roster = "姓名,身份证号,性别,出生年月\n公孙丁,999999197003070017,男,1981.05\n";
    let (_dir, store) = read_with(&[("person.csv", PEOPLE), ("名册.csv", roster)], &["person.csv", "名册.csv"]);
    assert_eq!(rows_of(&store, "person").len(), 4);
    assert!(codes(&store).contains(&"merge::namesakes"));
}

#[test]
fn a_folder_holds_tables_workbooks_sheets_and_forms_together() {
    let dir = folder(&[("person.csv", PEOPLE), ("名册.csv", "姓名,性别,出生年月,籍贯\n端木丙,男,1975.09,某市\n"), ("旧库.db", "x")]);
    let book = |name: &str, sheet: &str, rows: &[&[&str]]| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let to = book.add_worksheet().set_name(sheet).unwrap();
        for (at, cells) in (0u32..).zip(rows) {
            to.write_row(at, 0, cells.iter().copied()).unwrap();
        }
        book.save(dir.path().join(name)).unwrap();
    };
    book("任职.xlsx", "任职经历", &[&["任职编码", "人员编码", "职务名称", "任职起始"], &["J1", "P1", "局长", "2015-03-01"]]);
    book("问题清单.xlsx", "问题", &[&["规则", "对象"], &["GS002", "C1"]]);
    book("~$任职.xlsx", "任职经历", &[&["任职编码"], &["J1"]]);
    std::fs::copy("samples/forms/02欧阳静.lrmx", dir.path().join("02欧阳静.lrmx")).unwrap();
    let source = [dir.path().display().to_string()];
    let asked = Asked { year: None, now: Some(2026) };
    let store = ingest::read_asked(&source, None, asked, &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
    adds_up(&store);
    assert_eq!(rows_of(&store, "person").len(), 4);
    assert!(rows_of(&store, "post").iter().any(|r| r[0] == "J1"));
    assert_eq!(cell(&store, "P3", "native_place").0.as_deref(), Some("某市"));
    let mut told: Vec<_> = store.problems.iter().map(|p| (p.code, p.file.as_str())).collect();
    told.retain(|(code, _)| matches!(*code, "data::unknown-table" | "data::file-not-read"));
    assert_eq!(told, [("data::file-not-read", "旧库.db"), ("data::unknown-table", "问题清单.xlsx")]);
    // Workbooks of something else alone are no source.
    let dir = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "别的").unwrap();
    book.save(dir.path().join("a.xlsx")).unwrap();
    assert!(read_all(&[Path::new(dir.path())]).is_err());
}
