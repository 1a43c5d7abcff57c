//! Packages of information sets as the systems export them (hzb, zb3), unpacked.

use super::{SCHEMA, adds_up, cell, folder, read, tally, told};
use guiju::ingest::{self, Silent};
use guiju::records::{Fate, Store, Wanted};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/hzb");

/// A package of these tables.
fn package(psncount: &str, tables: &[(&str, &str)]) -> TempDir {
    let dir = folder(&[("gwyinfo.xml", &format!("<gwyinfo><type>hzb</type>{psncount}</gwyinfo>"))]);
    fs::create_dir(dir.path().join("Table")).unwrap();
    for (name, rows) in tables {
        fs::write(dir.path().join(format!("Table/{name}.xml")), format!("<?xml version=\"1.0\"?><xml><data>{rows}</data></xml>")).unwrap();
    }
    dir
}

fn place(store: &Store, table: &str, key: &str, field: &str) -> String {
    let t = store.schema.table(table).unwrap();
    let row = super::row(store, table, key) as usize;
    let (file, line) = store.places.row(&store.rows(t).origin, row).unwrap();
    let field = (store.schema.tables[t].field(field).unwrap(), field);
    format!("{file}:{line}:{}", store.places.header(&store.rows(t).origin, row, t, field).unwrap_or_default())
}

#[test]
fn a_package_is_read_as_it_comes() {
    let store = read(Path::new(SAMPLE)).unwrap();
    let count = |table| tally(&store, table);
    assert_eq!((count("person"), count("unit"), count("post")), ((3, 3, 0, 0), (3, 3, 0, 0), (5, 5, 0, 0)));
    // Levels (A0531 0) are no ranks, rewards no sanctions: counted, and not kept; 6A is no result.
    assert_eq!((count("rank"), count("sanction"), count("assessment")), ((3, 2, 0, 0), (2, 1, 0, 0), (7, 6, 0, 1)));
    assert_eq!((count("study"), count("kin"), count("quota")), ((4, 4, 0, 0), (3, 3, 0, 0), (6, 6, 0, 0)));
    let shown = |table, key, field| cell(&store, table, key, field).unwrap_or_default();
    let g1 = "{5A0F31C2-0001}";
    assert_eq!((shown("person", g1, "name"), shown("person", g1, "birth")), ("江远".into(), "1978-04".into()));
    assert_eq!((shown("person", g1, "education"), shown("person", g1, "party")), ("研究生".into(), "中共党员".into()));
    assert_eq!((shown("post", "W4", "start"), shown("post", "W4", "level")), ("2018-03-12".into(), "乡科级副职".into()));
    assert_eq!(place(&store, "post", "W4", "start"), "Table/A02.xml:4:A0243");
    assert_eq!(place(&store, "person", g1, "education"), "Table/A01.xml:1:A08.A0801B");
    let told = told(&store);
    // W5 has ended, nobody knows when.
    assert!(told.contains(&("data::needed-here", 5, "A0265", Fate::Blanked)), "{told:?}");
    assert!(told.contains(&("data::unlisted-code", 6, "A1517", Fate::Refused)), "{told:?}");
    let unread = store.problems.iter().find(|p| p.code == "data::unread-sets").unwrap();
    assert!(unread.why.ends_with("A30（退出管理的情况，人员状态取自 A01）、A57（照片）"), "{}", unread.why);
    assert!(told.iter().all(|(code, ..)| *code != "data::person-count"));
}

#[test]
fn an_import_of_a_package_says_the_same() {
    let store = read(Path::new(SAMPLE)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("records.db");
    ingest::write_store(&store, &db).unwrap();
    let again = read(&db).unwrap();
    assert_eq!(again.tallies, store.tallies);
    assert_eq!(place(&again, "post", "W2", "end"), "Table/A02.xml:2:A0265");
}

#[test]
fn raw_texts_break_no_row() {
    let dir = package(
        "<psncount>2</psncount>",
        &[(
            "a01",
            "<row A0000=\"G1\" A0101=\"江远\" A0111A=\"甲<乙&丙\r\n丁 \"老\" 区\" A0107=\"197804\" />\n<row A0000='G2' A0101='欧静' A0107=''></row>",
        )],
    );
    let store = read(dir.path()).unwrap();
    assert_eq!(cell(&store, "person", "G1", "birth").as_deref(), Some("1978-04"));
    assert_eq!(cell(&store, "person", "G1", "native_place").as_deref(), Some("甲<乙&丙\r\n丁 \"老\" 区"));
    assert_eq!(cell(&store, "person", "G2", "birth"), None);
}

#[test]
fn a_row_that_is_damaged_is_refused_alone() {
    let rows = "<row A0000=\"G1\" A0101=\"甲\"/><row A0000=\"G2\" A0101=\"乙/><row A0000=\"G3\" A0101=\"丙\"/><row A0000=\"G4\" A0101=\"丁\" A0101=\"戊\"/>";
    let store = read(package("<psncount>5</psncount>", &[("A01", rows)]).path()).unwrap();
    assert_eq!(tally(&store, "person"), (4, 2, 0, 2));
    let told = told(&store);
    assert!(told.contains(&("data::bad-row", 2, "", Fate::Refused)) && told.contains(&("data::bad-row", 4, "", Fate::Refused)), "{told:?}");
    assert!(told.contains(&("data::person-count", 0, "psncount", Fate::Noted)), "{told:?}");
}

#[test]
fn a_set_without_rows_is_exported_and_one_that_is_missing_is_not() {
    let store = read(package("", &[("A01", "<row A0000=\"G1\" A0101=\"甲\"/>"), ("A14", "")]).path()).unwrap();
    let exported = |table| store.rows(store.schema.table(table).unwrap()).exported;
    assert!(exported("sanction") && !exported("assessment"));
    assert!(told(&store).iter().all(|(_, _, column, _)| *column != "处分种类"), "{:?}", told(&store));
}

#[test]
fn a_mapping_given_goes_before_the_shipped_one_and_other_sources_keep_theirs() {
    let text = "[[map]]\nfrom = 'A01'\nto = 'person'\n[map.fields]\nperson_id = 'A0000'\nname = { join = ['A0101', 'A0192'] }\n";
    let source = guiju::diagnostic::Source { name: "映射.toml".into(), text: text.into() };
    let mapping = ingest::parse_mapping(&std::sync::Arc::new(source), &SCHEMA).unwrap();
    let of = |sources: &[String]| {
        let store = ingest::read_mapped(sources, Some(&mapping), &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
        adds_up(&store);
        store
    };
    let store = of(&[SAMPLE.to_owned()]);
    assert_eq!(cell(&store, "person", "{5A0F31C2-0001}", "name").as_deref(), Some("江远-副县长"));
    assert_eq!(tally(&store, "post"), (0, 0, 0, 0));
    // Of two sources the places say which.
    let other = folder(&[("case.csv", "case_id,person_id,kind\nC1,{5A0F31C2-0001},提拔\n")]);
    let both = super::read_all(&[Path::new(SAMPLE), other.path()]).unwrap();
    assert_eq!(place(&both, "post", "W4", "start"), format!("{SAMPLE}/Table/A02.xml:4:A0243"));
    assert_eq!(tally(&both, "case"), (1, 1, 0, 0));
}

fn fails(dir: &TempDir) -> (&'static str, String) {
    let error = read(dir.path()).unwrap_err();
    assert!(!error.advice().is_empty());
    (error.code(), error.to_string())
}

#[test]
fn tables_that_cannot_be_trusted_are_refused_whole() {
    let raw = |text: &str| {
        let dir = package("", &[]);
        fs::write(dir.path().join("Table/A01.xml"), text).unwrap();
        fails(&dir)
    };
    let bomb = "<!DOCTYPE xml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><xml><data><row A0000=\"&b;\"/></data></xml>";
    assert_eq!(raw(bomb).0, "package::doctype");
    let outside = "<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><xml><data><row A0000=\"&x;\"/></data></xml>";
    assert_eq!(raw(outside).0, "package::doctype");
    assert_eq!(raw(&"<a>".repeat(100_000)).0, "package::bad-xml");
    let (code, said) = raw("<xml><data><row A0000=\"G1\" A0101=\"甲\"/><row A0000=\"G2\"");
    assert_eq!(
        (code, said.as_str()),
        ("ingest::truncated", "“A01.xml”不完整：第2个 row 没有写完".replace("A01.xml", "Table/A01.xml").as_str())
    );
    assert_eq!(raw("").0, "ingest::empty");
    assert_eq!(raw("<xml>\u{0}</xml>").0, "ingest::binary");
    let wide: String = (0..3000).map(|i| format!(" C{i}=\"\"")).collect();
    assert!(["package::too-long", "package::bad-xml"].contains(&raw(&format!("<xml><data><row{wide}/><row/></data></xml>")).0));
    assert_eq!(fails(&package("", &[])).0, "ingest::no-table");
    let (code, said) = fails(&folder(&[("GWYINFO.xml", "<gwyinfo/>")]));
    assert!(code == "ingest::no-table" && said.contains("没有 Table 文件夹"), "{said}");
}

#[test]
fn an_entity_nobody_declared_stands_as_it_is() {
    let store = read(package("", &[("A01", "<row A0000=\"G1\" A0101=\"甲\" A0111A=\"&xxe;&nbsp;&#20113;&lt;\"/>")]).path()).unwrap();
    assert_eq!(cell(&store, "person", "G1", "native_place").as_deref(), Some("&xxe;&nbsp;云<"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Cut anywhere, or with bytes changed, a table is refused or read with every row accounted for.
    #[test]
    fn damaged_bytes_bring_nobody_down(table in 0usize..4, cut in 0usize..4000, changes in prop::collection::vec((0usize..4000, any::<u8>()), 0..6)) {
        let name = ["A01", "A02", "A15", "B01"][table];
        let mut bytes = fs::read(format!("{SAMPLE}/Table/{name}.xml")).unwrap();
        for (at, byte) in changes {
            let len = bytes.len();
            bytes[at % len] = byte;
        }
        bytes.truncate(cut);
        let dir = package("<psncount>x</psncount>", &[]);
        fs::write(dir.path().join(format!("Table/{name}.xml")), bytes).unwrap();
        // `read` itself holds the account to add up.
        match read(dir.path()) {
            Ok(_) => {}
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
