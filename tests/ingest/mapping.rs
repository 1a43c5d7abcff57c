//! Mapping files: what each kind of entry makes of a row, where its cells are cited, and what is told of a mapping that is wrong.

use super::{SCHEMA, adds_up, cell, folder, told};
use guiju::diagnostic::{Diagnostic, Source};
use guiju::ingest::{self, Mapping, Silent, parse_mapping, shipped, shipped_names};
use guiju::records::{Fate, Store, Wanted};
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

fn mapping(text: &str) -> Result<Mapping, Vec<Diagnostic>> {
    parse_mapping(&Arc::new(Source { name: "映射.toml".into(), text: text.into() }), &SCHEMA)
}

fn sound(text: &str) -> Mapping {
    mapping(text).unwrap_or_else(|errors| panic!("{}", drawn(&errors)))
}

fn drawn(errors: &[Diagnostic]) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(120);
    let mut out = String::new();
    for error in errors {
        handler.render_report(&mut out, error).unwrap();
    }
    out
}

/// Reads a folder through a mapping. Every row read is accounted for.
fn through(mapping: &Mapping, path: &Path) -> Store {
    let store = ingest::read_mapped(&[path.display().to_string()], Some(mapping), &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
    adds_up(&store);
    store
}

fn of(text: &str, files: &[(&str, &str)]) -> Store {
    through(&sound(text), folder(files).path())
}

/// Where a cell is cited: file, row, column.
fn place(store: &Store, table: &str, key: &str, field: &str) -> String {
    let t = store.schema.table(table).unwrap();
    let row = super::row(store, table, key) as usize;
    let (file, line) = store.places.row(&store.rows(t).origin, row).unwrap();
    let field = (store.schema.tables[t].field(field).unwrap(), field);
    format!("{file}:{line}:{}", store.places.header(&store.rows(t).origin, row, t, field).unwrap_or_default())
}

const PERSON: &str = "[[map]]\nfrom = '花名册*'\nto = 'person'\n[map.fields]\nperson_id = '编号'\nname = '姓名'\n";

#[test]
fn columns_by_other_names_keep_their_places() {
    let store = of(
        &format!("{PERSON}'出生日期' = ['生日', '出生年月']\nparty = {{ value = '群众' }}\n"),
        &[("花名册2024.csv", "某县干部花名册,,\n编 号,姓名,出生\u{3000}年月,备注\nP1,江远,1978.04,甲\nP2,欧静,199001,乙\n")],
    );
    assert_eq!(cell(&store, "person", "P2", "birth").as_deref(), Some("1990-01"));
    assert_eq!(cell(&store, "person", "P1", "party").as_deref(), Some("群众"));
    assert_eq!(place(&store, "person", "P2", "birth"), "花名册2024.csv:4:出生\u{3000}年月");
    assert_eq!(place(&store, "person", "P2", "party"), "花名册2024.csv:4:（映射中的固定值）");
    assert_eq!(told(&store), [("data::unmapped-columns", 2, "", Fate::Noted)]);
}

#[test]
fn a_value_that_no_code_table_lists_is_told_and_unknown() {
    let store = of(
        &format!(
            "{PERSON}gender = {{ column = '性别', codes = 'XB' }}\nparty = {{ column = '面貌', codes = {{ 1 = '中共党员' }}, unlisted = 'keep' }}\n[codes.XB]\n1 = '男'\n2 = '女'\n9 = ''\n"
        ),
        &[("花名册.csv", "编号,姓名,性别,面貌\nP1,甲,１,1\nP2,乙,3,民建\nP3,丙,9,\nP4,丁,女,1\nP5,戊,,\n")],
    );
    let gender = |key| cell(&store, "person", key, "gender");
    assert_eq!((gender("P1").as_deref(), gender("P4").as_deref()), (Some("男"), Some("女")));
    assert_eq!((gender("P3"), gender("P5")), (None, None));
    assert_eq!(cell(&store, "person", "P1", "party").as_deref(), Some("中共党员"));
    assert_eq!(cell(&store, "person", "P2", "party").as_deref(), Some("民建"));
    assert_eq!(told(&store), [("data::unlisted-code", 3, "性别", Fate::Blanked)]);
}

#[test]
fn a_required_cell_that_is_not_listed_refuses_its_row() {
    let store = of(
        "[[map]]\nfrom = '考核'\nto = 'assessment'\n[map.fields]\nassessment_id = { key = ['编号', '年'], prefix = 'H' }\nperson_id = '编号'\nyear = '年'\nresult = { column = '等次', codes = { 'A' = '优秀' } }\n",
        &[("考核.csv", "编号,年,等次\nP1,2023,A\nP1,2024,X\n"), ("person.csv", "person_id,name\nP1,甲\n")],
    );
    assert_eq!(super::tally(&store, "assessment"), (2, 1, 0, 1));
    assert_eq!(told(&store), [("data::unlisted-code", 3, "等次", Fate::Refused)]);
}

#[test]
fn one_row_becomes_rows_of_two_tables_and_rows_that_no_condition_takes_are_counted() {
    let text = "[[map]]\nfrom = '变动'\nonly = { '类别' = ['任', '任免'] }\nto = 'post'\n[map.fields]\npost_id = { join = ['编号', '职务'], prefix = 'W-' }\nperson_id = '编号'\ntitle = '职务'\nstart = '日期'\n\
        [[map]]\nfrom = '变动'\nonly = { '职级' = '*', '类别' = '任*' }\nto = 'rank'\n[map.fields]\nrank_id = { key = ['编号', '职级'] }\nperson_id = '编号'\nrank = '职级'\nstart = '日期'\n";
    let store = of(
        text,
        &[
            ("变动.csv", "编号,类别,职务,职级,日期\nP1,任,局长,一级主任科员,2020-01\nP1,免,科长,,2019-01\nP1,任免,科长,,2018-01\n"),
            ("person.csv", "person_id,name\nP1,甲\n"),
        ],
    );
    assert_eq!((super::tally(&store, "post"), super::tally(&store, "rank")), ((3, 2, 0, 0), (1, 1, 0, 0)));
    assert_eq!(cell(&store, "post", "W-P1-局长", "start").as_deref(), Some("2020-01"));
    assert_eq!(place(&store, "post", "W-P1-局长", "post_id"), "变动.csv:2:编号+职务");
    assert_eq!(told(&store), [("data::left-out", 0, "", Fate::Noted)]);
    assert!(store.problems[0].why.starts_with("共3行，其中1行"), "{}", store.problems[0].why);
}

#[test]
fn a_row_of_one_table_that_holds_what_another_asks_for_is_told_where_it_gets_none() {
    let text = "[[map]]\nfrom = '机构'\nto = 'unit'\n[map.fields]\nunit_id = '代码'\nname = '名称'\n\
        [[map]]\nfrom = '机构'\nonly = { '正职' = '*', '级别' = '县处级' }\nto = 'quota'\n[map.fields]\n\
        quota_id = { join = ['代码'], prefix = '正职-' }\nunit_id = '代码'\nlevel = { value = '县处级正职' }\napproved = '正职'\n";
    let store = of(text, &[("机构.csv", "代码,名称,级别,正职\nU1,甲,县处级,1\nU2,乙,副处级,1\nU3,丙,副处级,\n")]);
    assert_eq!(super::tally(&store, "quota"), (1, 1, 0, 0));
    let told: Vec<_> = store.problems.iter().filter(|p| p.code == "data::left-out").map(|p| (p.column.as_str(), p.why.as_str())).collect();
    assert_eq!(told, [("正职", "有1行的正职有值，但不符合映射的其他条件（only），没有从这里读领导职数；第一行是第3行")]);
}

#[test]
fn a_lookup_finds_by_key_and_tells_what_it_cannot_find() {
    let text = format!(
        "{PERSON}unit_id = {{ lookup = '机构', by = {{ '名称' = '单位' }}, column = '代码' }}\n\
        education = {{ lookup = '学历', by = {{ '人' = '编号' }}, column = '层次', codes = {{ 21 = '大学本科', 11 = '研究生', 61 = '高中' }}, pick = 'highest' }}\n"
    );
    let store = of(
        &text,
        &[
            ("花名册.csv", "编号,姓名,单位\nP1,甲,财政局\nP2,乙,农业局\nP3,丙,民政局\nP4,丁,\n"),
            ("机构.csv", "代码,名称\nU1,财政局\nU2,民政局\nU3,民政局\n"),
            ("学历.csv", "人,层次\nP1,61\nP1,11\nP1,21\nP2,99\nP2,21\n"),
            ("unit.csv", "unit_id,name\nU1,财政局\n"),
        ],
    );
    assert_eq!(cell(&store, "person", "P1", "unit_id").as_deref(), Some("U1"));
    assert_eq!(cell(&store, "person", "P1", "education").as_deref(), Some("研究生"));
    assert_eq!(place(&store, "person", "P1", "education"), "花名册.csv:2:学历.层次");
    let told = told(&store);
    assert!(told.contains(&("data::no-match", 3, "机构.代码", Fate::Blanked)), "{told:?}");
    assert!(told.contains(&("data::several-matches", 4, "机构.代码", Fate::Blanked)), "{told:?}");
    // 99 might be higher than 21.
    assert!(told.contains(&("data::unlisted-code", 3, "学历.层次", Fate::Blanked)), "{told:?}");
    assert_eq!(told.len(), 3);
}

#[test]
fn a_blank_that_is_a_gap_is_not_taken_for_a_fact() {
    let text = "[[map]]\nfrom = '职务'\nto = 'post'\n[map.fields]\npost_id = '号'\nperson_id = '人'\ntitle = '职务'\nstart = '任'\n\
        end = { column = '免', filled_when = { '状态' = ['0', ''] }, blank_when = { '状态' = '1' } }\n";
    let store = of(
        text,
        &[
            (
                "职务.csv",
                "号,人,职务,任,免,状态\nW1,P1,甲,2020-01,,1\nW2,P1,乙,2018-01,2019-12,0\nW3,P1,丙,2017-01,,0\nW4,P1,丁,2016-01,2016-12,1\nW5,P1,戊,2015-01,,\n",
            ),
            ("person.csv", "person_id,name\nP1,甲\n"),
        ],
    );
    assert_eq!(cell(&store, "post", "W2", "end").as_deref(), Some("2019-12"));
    let of_code = |code| told(&store).iter().filter(|(c, ..)| *c == code).map(|(_, row, ..)| *row).collect::<Vec<_>>();
    assert_eq!(of_code("data::needed-here"), [4, 6]);
    assert_eq!(of_code("data::out-of-place"), [5]);
}

#[test]
fn a_table_is_known_by_its_headers_whatever_it_is_called() {
    let text = "[[map]]\nheaders = ['姓名', '身份证号', '现任职务']\nto = 'person'\n[map.fields]\nperson_id = { person = { id_number = '身份证号' } }\nname = '姓名'\nid_number = '身份证号'\n";
    let mapping = sound(text);
    let store = through(
        &mapping,
        folder(&[("导出(3).csv", "姓名,身份证号,现任职务\n江远,110101197804010010,局长\n欧静,,科长\n"), ("别的.csv", "甲,乙\n1,2\n")])
            .path(),
    );
    assert_eq!(super::tally(&store, "person"), (2, 1, 0, 1));
    let told: Vec<&str> = told(&store).iter().map(|(code, ..)| *code).collect();
    assert_eq!(told, ["data::unknown-table", "data::missing"]);
    // The same key as the person's form has, which does not tell the number.
    let key = store.key(store.schema.table("person").unwrap(), 0).to_owned();
    let form = folder(&[("江远.lrmx", "<Person><XingMing>江远</XingMing><ShenFenZheng>110101197804010010</ShenFenZheng></Person>")]);
    let of_form = super::read(form.path()).unwrap();
    assert_eq!(cell(&of_form, "person", &key, "name").as_deref(), Some("江远"));
}

#[test]
fn workbooks_and_databases_are_mapped_alike() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("库.db");
    let open = rusqlite::Connection::open(&db).unwrap();
    open.execute_batch(
        "CREATE TABLE 花名册(编号 TEXT, 姓名 TEXT, 性别 INTEGER, 照片 BLOB); CREATE TABLE unit(unit_id TEXT, name TEXT);
        INSERT INTO 花名册 VALUES('P1', '江远', 1, x'ff'), ('P2', '欧静', 2, NULL); INSERT INTO unit VALUES('U1', '财政局');",
    )
    .unwrap();
    drop(open);
    let book = dir.path().join("册.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("花名册").unwrap();
    for (r, row) in [["编号", "姓名", "性别"], ["P1", "江远", "1"], ["P2", "欧静", "2"]].iter().enumerate() {
        for (c, text) in row.iter().enumerate() {
            sheet.write(r as u32, c as u16, *text).unwrap();
        }
    }
    workbook.save(&book).unwrap();
    let mapping = sound(&format!("{PERSON}gender = {{ column = '性别', codes = {{ 1 = '男', 2 = '女' }} }}\n"));
    for (path, cited) in [(&db, "库.db/花名册:2:性别"), (&book, "册.xlsx/花名册:3:性别")] {
        let store = through(&mapping, path);
        assert_eq!(cell(&store, "person", "P2", "gender").as_deref(), Some("女"), "{}", path.display());
        assert_eq!(place(&store, "person", "P2", "gender"), cited);
    }
    assert_eq!(super::tally(&through(&mapping, &db), "unit"), (1, 1, 0, 0));
}

#[test]
fn refused_rows_of_a_mapped_table_are_corrected_and_read_again() {
    let mapping = sound(&format!("{PERSON}birth = '出生'\n"));
    let dir = folder(&[("花名册.csv", "编号,姓名,出生\nP1,甲,1990-01\n,乙,1991-01\n")]);
    let sources = [dir.path().display().to_string()];
    let store = through(&mapping, dir.path());
    let refused = ingest::refused_mapped(&sources, Some(&mapping), &store).unwrap();
    assert_eq!((refused.files.len(), refused.elsewhere), (1, 0));
    let file = &refused.files[0];
    assert_eq!(
        (file.table.as_str(), &file.headers[..], &file.rows[0].cells[..]),
        ("花名册", &["编号", "姓名", "出生"].map(str::to_owned)[..], &["", "乙", "1991-01"].map(str::to_owned)[..])
    );
    let mended = folder(&[("花名册.csv", &format!("编号,姓名,出生,原位置\nP2,乙,1991-01,{}\n", file.rows[0].stood.written()))]);
    let both = [dir.path().display().to_string(), mended.path().display().to_string()];
    let store = ingest::read_mapped(&both, Some(&mapping), &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
    adds_up(&store);
    assert_eq!(cell(&store, "person", "P2", "birth").as_deref(), Some("1991-01"));
    assert!(store.problems.iter().all(|p| p.fate == Fate::Noted), "{:?}", store.problems);
}

#[test]
fn everything_wrong_in_a_mapping_is_underlined_at_once() {
    let text = r#"titel = "写错的映射"

[codes.XB]
1 = "男"
2 = "女性别"

[codes."没用"]
1 = "是"

[[map]]
from = "花名册"
to   = "persn"
[map.fields]
name = "姓名"

[[map]]
to   = "post"
only = { "状态" = [] }
[map.fields]
post_id   = { key = ["编号"], column = "号" }
title     = 3
statr     = "任职时间"
level     = { column = "层次", codes = "CC", unlisted = "keep" }
leader    = { value = "有" }
unit_id   = { lookup = "机构", column = "代码" }

[[map]]
from = "人员"
to   = "person"
[map.fields]
person_id = { person = { name = "姓名" } }
name      = ""
gender    = { column = "性别", codes = "XB" }
birth     = { column = "出生", code = "XB" }
education = { lookup = "学历", by = {}, column = "层次", pick = "lowest" }
"#;
    insta::assert_snapshot!(drawn(&mapping(text).unwrap_err()));
}

#[test]
fn a_mapping_of_nothing_or_nonsense_brings_nobody_down() {
    for text in [
        "",
        "map = 1",
        "[map]\n",
        "[[map]]\n",
        "[[map]]\nfrom = 1\nto = 2\nfields = 3\nonly = 4\n",
        "[[map]]\nfrom = ''\nto = ''\n[map.fields]\n'' = ''\n",
        "[codes]\nx = 1\n",
        "[codes.x]\na = {}\n",
        "[[map]]\nfrom = 'a'\nto = 'person'\nfields = { name = { lookup = [], by = { a = 1 }, column = [] } }\n",
        "[[map]]\nfrom = 'a'\nto = 'person'\nfields = { name = [[[]]] }\n",
        "[[map]]\nfrom = '**'\nto = 'post_joined'\nfields = { name = { person = {} } }\n",
        "\u{feff}[[map]]\u{0}",
    ] {
        let errors = mapping(text).unwrap_err();
        assert!(!errors.is_empty() && !drawn(&errors).is_empty(), "{text}");
    }
    // Columns that swallow one another, and a table mapped onto itself.
    let text = "[[map]]\nfrom = '*'\nto = 'person'\n[map.fields]\nperson_id = { join = ['name', 'name', 'name'] }\nname = { lookup = '*', by = { name = 'name' }, column = 'name' }\n";
    let store = of(text, &[("person.csv", "name\n甲\n乙\n")]);
    assert_eq!(cell(&store, "person", "甲-甲-甲", "name").as_deref(), Some("甲"));
}

#[test]
fn every_shipped_mapping_loads() {
    assert!(shipped_names().contains(&"a01"));
    for name in shipped_names() {
        if let Err(errors) = shipped(name, &SCHEMA).unwrap() {
            panic!("{}", drawn(&errors));
        }
    }
    assert!(shipped("b01", &SCHEMA).is_none());
}

/// The information sets of two people, as their system exports them.
fn sets() -> TempDir {
    folder(&[
        (
            "A01.csv",
            "A0000,A0101,A0104,A0107,A0117,A0134,A0141,A0144,A0160,A0163,A0184,A0195,A0197\nG1,江远,1,197804,01,199907,01,200001,1,1,110101197804010010,001.001,1\nG2,欧静,2,19820315,11,200407,13,,B9,1,,001.001.001,0\n",
        ),
        (
            "A02.csv",
            "A0200,A0000,A0201B,A0201E,A0215A,A0219,A0221,A0243,A0255,A0265\nW1,G1,001.001,3,副县长,1,1A32,202001,1,\nW2,G1,001.001.001,1,局长,1,0141,201501,0,201912\nW3,G2,-1,,科长,0,,201201,0,\n",
        ),
        ("A05.csv", "A0000,A0531,A0501B,A0504,A0517,A0524\nG1,0,1A32,202001,,1\nG2,1,19,201901,,1\nG2,1,24,201601,201812,0\n"),
        (
            "A08.csv",
            "A0000,A0801A,A0801B,A0804,A0807,A0814,A0824\nG1,大学,21,199509,199907,云泽大学,法学\nG1,研究生,11,200309,200607,云泽大学,法学\nG2,高中,61,,,,\n",
        ),
        ("A14.csv", "A0000,A1404A,A1404B,A1407,A1424\nG1,记三等功,01114,201801,\nG1,记过,02112,20190305,\n"),
        ("A15.csv", "A0000,A1517,A1521\nG1,1,2023\nG1,6A,2022\n"),
        ("A36.csv", "A0000,A3604A,A3601,A3611\nG1,04,林某,教师\nG1,岳父,林某某,退休\n"),
        ("B01.csv", "B0111,B0121,B0101,B0127,B0183,B0185\n001.001,-1,县政府,107,1,6\n001.001.001,001.001,县发改局,109,1,\n"),
    ])
}

#[test]
fn the_information_sets_are_read_as_they_come() {
    let mapping = shipped("a01", &SCHEMA).unwrap().unwrap();
    let dir = sets();
    let store = through(&mapping, dir.path());
    let shown = |table, key, field| cell(&store, table, key, field).unwrap_or_default();
    let said = ["gender", "ethnicity", "party"].map(|f| shown("person", "G1", f));
    assert_eq!(said, ["男", "汉族", "中共党员"]);
    assert_eq!((shown("person", "G1", "birth"), shown("person", "G2", "birth")), ("1978-04".into(), "1982-03-15".into()));
    assert_eq!((shown("person", "G1", "education"), shown("person", "G2", "education")), ("研究生".into(), "高中".into()));
    assert_eq!((shown("post", "W1", "level"), shown("post", "W2", "level")), ("县处级副职".into(), "乡科级正职".into()));
    assert_eq!((shown("quota", "正职-001.001", "approved"), shown("quota", "副职-001.001", "level")), ("1".into(), "县处级副职".into()));
    assert_eq!(place(&store, "quota", "副职-001.001", "approved"), "B01.csv:2:B0185");
    assert_eq!(place(&store, "quota", "正职-001.001", "approved"), "B01.csv:2:B0183");
    let count = |table| super::tally(&store, table);
    assert_eq!(
        (count("rank"), count("assessment"), count("sanction"), count("kin"), count("quota")),
        ((3, 1, 0, 1), (2, 1, 0, 1), (2, 1, 0, 0), (2, 2, 0, 0), (3, 3, 0, 0))
    );
}

#[test]
fn a_store_imported_through_a_mapping_says_the_same() {
    let mapping = shipped("a01", &SCHEMA).unwrap().unwrap();
    let dir = sets();
    let store = through(&mapping, dir.path());
    let db = dir.path().join("records.db");
    ingest::write_store(&store, &db).unwrap();
    let again = super::read(&db).unwrap();
    assert_eq!(again.tallies, store.tallies);
    assert_eq!(place(&again, "post", "W2", "end"), "A02.csv:3:A0265");
    assert_eq!(place(&again, "quota", "副职-001.001", "approved"), "B01.csv:2:B0185");
    assert_eq!(place(&again, "quota", "正职-001.001", "approved"), "B01.csv:2:B0183");
}

/// Drafts a mapping of files, which must load.
fn drafted(files: &[(&str, &str)]) -> String {
    let dir = folder(files);
    let draft = ingest::suggest(&[dir.path().display().to_string()], &SCHEMA).unwrap();
    if draft.mapped > 0 {
        sound(&draft.text);
        through(&sound(&draft.text), dir.path());
    }
    draft.text
}

/// A table that lacks something required is drafted as a remark, code tables and all: without another it is no mapping yet.
#[test]
fn a_draft_of_a_table_that_lacks_something_still_loads() {
    let lacking = ("乙.csv", "出生年月,性别\n1970-05,1\n1971-06,2\n");
    let text = drafted(&[("甲.csv", "姓名,出生年月,性别\n张三,1970-05,1\n李四,1971-06,2\n"), lacking]);
    assert!(text.contains("\n[codes.\"甲.性别\"]\n") && text.contains("\n# [codes.\"乙.性别\"]\n"), "{text}");
    let dir = folder(&[lacking]);
    let draft = ingest::suggest(&[dir.path().display().to_string()], &SCHEMA).unwrap();
    assert_eq!(draft.mapped, 0, "{}", draft.text);
}

#[test]
fn a_draft_loads_whatever_the_tables_are_called() {
    let text = drafted(&[
        (
            "花名册\"引号\\.csv",
            "姓 名,身份证号,\"性别\n(男/女)\",\"\"\"备\\注\"\"\"\n江远,110101197804010010,男,x\n欧静,110101198203150027,雌,y\n",
        ),
        ("空.csv", "甲,乙,丙\n1,2,3\n"),
        ("奖惩表.csv", "姓名,身份证号,处分种类\n江远,110101197804010010,记过\n"),
    ]);
    assert!(text.contains("name = \"姓名\"") && text.contains("100% 同名"), "{text}");
    assert!(text.contains("看不出是什么表"), "{text}");
    // What is no value of the list is not guessed, and an ID number is written nowhere.
    assert!(!text.contains("110101197804010010"), "{text}");
    assert!(drafted(&[("A01.csv", "A0000,A0101\n1,甲\n")]).contains("--mapping a01"));
}

#[test]
fn values_speak_where_headers_do_not_and_against_those_that_mislead() {
    let text = drafted(&[(
        "名册.csv",
        "姓名,列二,出生年月,序号\n江远,110101197804010010,局长,1\n欧静,110101198203150027,科长,2\n卢青,110101198003150045,处长,3\n",
    )]);
    assert!(text.contains("\nid_number = \"列二\"   # 80% 值形"), "{text}");
    // Posts are no dates, whatever their column is called; running numbers are no codes.
    assert!(
        text.contains("没有对应的列：序号") && text.contains("\n# birth = \"出生年月\"   # 55% 别名：出生日期，3 个值里 0% 是日期"),
        "{text}"
    );
}

#[test]
fn what_is_not_certain_waits_for_somebody_to_decide() {
    let text = drafted(&[(
        "干部信息.csv",
        "编码,姓名,性别,任职时间,何时工作,现在单位,公示起\nP1,江远,男,2020-03,2001-08,某县财政局,2020-02-01\nP2,欧静,女,2019-11,2004-07,某县审计局,2019-10-08\n",
    )]);
    let live: Vec<&str> = text.lines().filter(|l| !l.starts_with('#') && l.contains(" = ")).collect();
    assert!(live.iter().any(|l| l.starts_with("work_date = \"何时工作\"")), "{text}");
    // Names are no codes of units, and days no lists of words.
    assert!(!text.contains("unit_id") && !live.iter().any(|l| l.contains("任职时间") || l.contains("现在单位")), "{text}");
    let text = drafted(&[("程序.csv", "节点编码,任免事项编码,节点类型,开始日期,公示起\nS1,C1,任前公示,2020-02-01,2020-02-01\n")]);
    assert!(!text.contains("channels"), "{text}");
}

#[test]
fn headers_of_two_rows_are_named_by_both() {
    let text = format!("{PERSON}education = '全日制教育/学历'\nbirth = '出生年月'\n");
    let csv = "某县干部花名册,,,,\n编号,姓名,全日制教育,,出生年月\n,,学历,毕业院校,\nP1,江远,大学,云泽大学,1978.04\nP2,欧静,大专,云泽学院,1982.03\n";
    let store = of(&text, &[("花名册.csv", csv)]);
    assert_eq!(cell(&store, "person", "P2", "education").as_deref(), Some("大学专科"));
    assert_eq!(place(&store, "person", "P2", "education"), "花名册.csv:5:全日制教育/学历");
    let dir = tempfile::tempdir().unwrap();
    let book = dir.path().join("册.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("花名册").unwrap();
    for (r, line) in csv.lines().enumerate() {
        for (c, text) in line.split(',').enumerate().filter(|(_, t)| !t.is_empty()) {
            sheet.write(r as u32, c as u16, text).unwrap();
        }
    }
    sheet.merge_range(1, 2, 1, 3, "全日制教育", &rust_xlsxwriter::Format::new()).unwrap();
    workbook.save(&book).unwrap();
    let store = through(&sound(&text), &book);
    assert_eq!(place(&store, "person", "P2", "education"), "册.xlsx/花名册:5:全日制教育/学历");
}

#[test]
fn no_cut_or_spoilt_mapping_brings_the_reader_down() {
    let text = std::fs::read_to_string("rules/mappings/a01.toml").unwrap();
    let dir = sets();
    let chars: Vec<char> = text.chars().collect();
    let mut seed = 7u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below.max(1)
    };
    let mut loaded = 0;
    for _ in 0..300 {
        let mut spoilt = chars.clone();
        for _ in 0..=next(3) {
            let at = next(spoilt.len());
            match next(3) {
                0 => spoilt.truncate(at.max(200)),
                1 => {
                    spoilt.remove(at);
                }
                _ => spoilt.insert(at, ['"', '[', '=', '*', 'A', '\n', '{', '表'][next(8)]),
            }
        }
        let spoilt: String = spoilt.into_iter().collect();
        match mapping(&spoilt) {
            Ok(mapping) => {
                loaded += 1;
                through(&mapping, dir.path());
            }
            Err(errors) => assert!(!drawn(&errors).is_empty()),
        }
    }
    assert!(loaded > 0);
}
