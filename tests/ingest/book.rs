//! The workbook 干部大数据信息提取表 (V2018.11), known by its sheets; and people without codes, known by number or name.

use super::{SCHEMA, adds_up, cell, folder, read, tally, told};
use guiju::diagnostic::Source;
use guiju::ingest::{self, Silent};
use guiju::records::{Fate, RowId, Store, Wanted};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[path = "../../examples/workbooks/sets.rs"]
#[allow(clippy::unwrap_used)]
mod sets;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/workbooks").join(name)
}

/// Every text of a field, in order.
fn all(store: &Store, table: &str, field: &str) -> Vec<String> {
    let t = store.schema.table(table).unwrap();
    let f = store.schema.tables[t].field(field).unwrap();
    let rows = store.rows(t);
    let kept = (0..rows.len as RowId).filter(|&r| !rows.is_ghost(r));
    let mut all: Vec<String> = kept.map(|r| store.show(t, r, f).unwrap_or_default()).collect();
    all.sort();
    all
}

/// What a field of the one row says whose other field says so.
fn of(store: &Store, table: &str, (by, says): (&str, &str), field: &str) -> Option<String> {
    let t = store.schema.table(table).unwrap();
    let at = |name| store.schema.tables[t].field(name).unwrap();
    let found: Vec<RowId> = (0..store.rows(t).len as RowId)
        .filter(|&r| store.show(t, r, at(by)).as_deref() == Some(says) && !store.rows(t).is_ghost(r))
        .collect();
    assert_eq!(found.len(), 1, "{table} {by} {says}");
    store.show(t, found[0], at(field))
}

#[test]
fn the_sample_is_what_its_generator_writes() {
    let written = std::fs::read(sample("信息提取表.xlsx")).unwrap();
    assert!(written == sets::book().unwrap(), "run: cargo run --example workbooks -- samples");
}

#[test]
fn the_workbook_is_read_as_it_comes_in_both_formats() {
    for name in ["信息提取表.xlsx", "信息提取表.xls"] {
        let store = read(&sample(name)).unwrap();
        // Of ranks and sanctions one row each is none, and is counted all the same.
        let count = |table| tally(&store, table);
        assert_eq!((count("unit"), count("quota"), count("person")), ((2, 2, 0, 0), (2, 2, 0, 0), (5, 5, 0, 0)), "{name}");
        assert_eq!((count("post"), count("rank"), count("sanction")), ((6, 4, 0, 2), (3, 2, 0, 0), (3, 1, 0, 1)), "{name}");
        assert_eq!((count("assessment"), count("kin")), ((4, 4, 0, 0), (2, 2, 0, 0)), "{name}");
        assert_eq!(all(&store, "quota", "level"), ["乡科级副职", "乡科级正职"]);
        assert_eq!(all(&store, "assessment", "result"), ["优秀", "称职", "称职", "称职"]);
        assert_eq!(all(&store, "kin", "relation"), ["配偶", "配偶"]);
        let chief = of(&store, "person", ("name", "申屠望"), "person_id").unwrap();
        assert_eq!(of(&store, "post", ("title", "局长"), "person_id").as_deref(), Some(chief.as_str()));
        assert_eq!(of(&store, "post", ("title", "局长"), "start").as_deref(), Some("2019-11-08"));
        assert_eq!(of(&store, "post", ("title", "局长"), "unit_id").as_deref(), Some("B01.001"));
        assert_eq!(of(&store, "post", ("title", "局长"), "chief").as_deref(), Some("是"));
        assert_eq!(of(&store, "person", ("name", "申屠望"), "work_date").as_deref(), Some("1997-07"));
        // Without an ID number, but the only one of the name.
        let alone = of(&store, "person", ("name", "公西平"), "person_id").unwrap();
        assert_eq!(of(&store, "post", ("title", "主任"), "person_id").as_deref(), Some(alone.as_str()));
        let told = told(&store);
        assert!(told.contains(&("data::namesakes", 7, "姓名", Fate::Noted)), "{told:?}");
        assert!(told.contains(&("data::namesakes", 7, "身份证号+姓名", Fate::Refused)), "{told:?}");
        assert!(told.contains(&("data::name-differs", 8, "身份证号+姓名", Fate::Refused)), "{told:?}");
        assert!(told.contains(&("data::unlisted-code", 5, "奖惩名称代码", Fate::Refused)), "{told:?}");
        let place = store.problems.iter().find(|p| p.code == "data::name-differs").map(|p| p.file.as_str());
        assert_eq!(place, Some(format!("{name}/A02职务").as_str()));
        assert!(store.problems.iter().any(|p| p.code == "data::unknown-table" && p.file.ends_with("/A06专业技术")));
    }
}

const ROSTER: &str = "[[map]]\nfrom = '名单'\nto = 'person'\n[map.fields]\nperson_id = { person = { id_number = '身份证号', name = '姓名', birth = '出生', post = '单位' } }\nname = '姓名'\nid_number = '身份证号'\nbirth = '出生'\n\
    [[map]]\nfrom = '考核'\nto = 'assessment'\n[map.fields]\nassessment_id = { key = ['姓名', '身份证号', '年度'] }\nperson_id = { person = { id_number = '身份证号', name = '姓名', birth = '出生' } }\nyear = '年度'\nresult = '等次'\n";

fn through(people: &str, assessed: &str) -> Store {
    let source = Source { name: "映射.toml".into(), text: ROSTER.into() };
    let mapping = ingest::parse_mapping(&Arc::new(source), &SCHEMA).unwrap();
    let dir = folder(&[
        ("名单.csv", &format!("姓名,身份证号,出生,单位\n{people}")),
        ("考核.csv", &format!("姓名,身份证号,出生,年度,等次\n{assessed}")),
    ]);
    let sources = [dir.path().display().to_string()];
    let store = ingest::read_mapped(&sources, Some(&mapping), &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
    adds_up(&store);
    store
}

#[test]
fn two_people_with_one_number_are_refused_with_all_that_is_theirs() {
    let id = "110101197804010010";
    let store = through(&format!("江远,{id},1978-04,甲局\n欧静,{id},1978-04,乙局\n"), &format!("江远,{id},,2023,称职\n"));
    assert_eq!((tally(&store, "person"), tally(&store, "assessment")), ((2, 0, 0, 2), (1, 0, 0, 1)));
    let told = told(&store);
    let column = "身份证号+姓名+出生+单位";
    assert!(
        told.contains(&("data::one-id", 2, column, Fate::Refused)) && told.contains(&("data::one-id", 3, column, Fate::Refused)),
        "{told:?}"
    );
    assert!(told.contains(&("data::one-id", 2, "身份证号+姓名+出生", Fate::Refused)), "{told:?}");
    assert!(store.problems.iter().all(|p| !p.value.contains(id)));
}

#[test]
fn namesakes_are_told_apart_by_birth_or_not_at_all() {
    let store = through(
        "江远,,1978-04,甲局\n江 远,,1982-05,乙局\n欧静,,1980-01,甲局\n欧静,,1980-01,乙局\n",
        "江远,,197805,2021,称职\n江远,,1982年5月,2023,优秀\n江远,,,2022,称职\n欧静,,1980-01,2023,称职\n卢青,,,2023,称职\n",
    );
    assert_eq!((tally(&store, "person"), tally(&store, "assessment")), ((4, 4, 0, 0), (5, 1, 0, 4)));
    let younger = of(&store, "person", ("birth", "1982-05"), "person_id");
    assert_eq!(of(&store, "assessment", ("result", "优秀"), "person_id"), younger);
    let told = told(&store);
    let column = "身份证号+姓名+出生";
    assert!(told.contains(&("data::namesakes", 5, "姓名", Fate::Noted)), "{told:?}");
    assert!(
        told.contains(&("data::namesakes", 4, column, Fate::Refused)) && told.contains(&("data::namesakes", 5, column, Fate::Refused)),
        "{told:?}"
    );
    // Nobody of the name and month, or nobody of the name at all.
    assert!(
        told.contains(&("data::unknown-owner", 2, column, Fate::Refused)) && told.contains(&("data::missing", 6, column, Fate::Refused)),
        "{told:?}"
    );
}

#[test]
fn a_number_that_lost_its_digits_makes_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("册.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("A01人员").unwrap();
    for (column, header) in ["姓名", "身份证号", "出生年月"].into_iter().enumerate() {
        sheet.write(0, column as u16, header).unwrap();
    }
    sheet.write(1, 0, "江远").unwrap();
    sheet.write(1, 1, 110_101_197_804_010_010.0).unwrap();
    sheet.write(1, 2, "197804").unwrap();
    book.add_worksheet().set_name("B01单位").unwrap();
    book.save(&path).unwrap();
    let store = read(&path).unwrap();
    assert_eq!(tally(&store, "person"), (1, 0, 0, 1));
    assert!(told(&store).iter().any(|(code, row, ..)| *code == "data::lost-digits" && *row == 2), "{:?}", told(&store));
}

#[test]
fn a_workbook_of_other_sheets_is_not_taken_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("集.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["A01", "A02", "人员"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (column, text) in ["人员编码", "姓名"].into_iter().enumerate() {
            sheet.write(0, column as u16, text).unwrap();
            sheet.write(1, column as u16, format!("{text}1")).unwrap();
        }
    }
    book.save(&path).unwrap();
    let store = read(&path).unwrap();
    assert_eq!(tally(&store, "person"), (1, 1, 0, 0));
    assert_eq!(cell(&store, "person", "人员编码1", "name").as_deref(), Some("姓名1"));
}
