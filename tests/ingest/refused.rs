//! Refused rows as their sources hold them, whatever the source.

use super::*;
use guiju::ingest::{Refused, refused};
use guiju::report::{refused_csv, refused_names, refused_xlsx};

const HEADERS: [&str; 4] = ["人员编码", "姓名", "出生日期", "备注"];
const ROWS: [[&str; 4]; 3] = [["P1", "张三", "1970-05", "甲"], ["P2", "", "1971-05-01", "乙"], ["", "王五", "七零年", ""]];

fn workbook(path: &Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("人员").unwrap();
    sheet.write_string(0, 0, "某县干部名册").unwrap();
    for (r, row) in [HEADERS].iter().chain(&ROWS).enumerate() {
        for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(r as u32 + 1, c as u16, *cell).unwrap();
        }
    }
    book.save(path).unwrap();
}

fn database(path: &Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch("CREATE TABLE 人员(人员编码 TEXT, 姓名 TEXT, 出生日期 TEXT, 备注 TEXT)").unwrap();
    for row in ROWS {
        db.execute("INSERT INTO 人员 VALUES(?1, ?2, ?3, ?4)", row).unwrap();
    }
}

fn of(path: &Path) -> (Store, Refused) {
    let store = read(path).unwrap();
    let found = refused(&[path.display().to_string()], &store).unwrap();
    (store, found)
}

#[test]
fn they_are_found_again_in_every_format_and_replace_themselves_once_corrected() {
    let dir = tempfile::tempdir().unwrap();
    let (book, db, csv) = (dir.path().join("a.xlsx"), dir.path().join("a.db"), dir.path().join("a"));
    workbook(&book);
    database(&db);
    fs::create_dir(&csv).unwrap();
    let line = |row: &[&str; 4]| format!("{}\n", row.join("\t"));
    let text: String = [HEADERS].iter().chain(&ROWS).map(line).collect();
    fs::write(csv.join("人员.csv"), encoding_rs::GB18030.encode(&text).0).unwrap();
    for (source, first) in [(&book, 4), (&db, 2), (&csv, 3)] {
        let (store, found) = of(source);
        // A title above the headers is counted, but is none of the rows.
        let titles = store.tallies.iter().map(guiju::records::Tally::put_aside).sum::<u64>();
        let (read, kept, merged, refused) = tally(&store, "person");
        assert_eq!((read - titles, kept, merged, refused), (3, 1, 0, 2), "{}", source.display());
        assert_eq!((found.files.len(), found.elsewhere), (1, 0));
        let file = &found.files[0];
        assert_eq!((file.table.as_str(), &file.headers[..]), ("人员", &HEADERS.map(str::to_owned)[..]));
        let cells: Vec<Vec<&str>> = file.rows.iter().map(|r| r.cells.iter().map(String::as_str).collect()).collect();
        // A workbook's row ends with its last cell.
        assert_eq!(cells[0], ROWS[1]);
        assert_eq!(cells[1].join(" ").trim_end(), ROWS[2].join(" ").trim_end());
        assert_eq!((file.rows[0].stood.line, file.rows[0].stood.key.as_str()), (first, "P2"));
        assert!(file.rows[1].why.contains("出生日期"), "what is wrong besides is told, too: {}", file.rows[1].why);
        let mut corrected = found.clone();
        corrected.files[0].rows[0].cells[1] = "李四".into();
        corrected.files[0].rows[1].cells[0] = "P3".into();
        corrected.files[0].rows[1].cells[2] = "1970".into();
        let again = dir.path().join("again.xlsx");
        refused_xlsx(&corrected.files, &mut fs::File::create(&again).unwrap()).unwrap();
        let both = read_all(&[source, &again]).unwrap();
        assert!(both.problems.iter().all(|p| p.fate == Fate::Noted), "{:?}", both.problems);
        let rows = both.rows(both.schema.table("person").unwrap());
        assert_eq!((rows.len, both.tallies.iter().map(|t| t.corrected).sum::<u64>()), (3, 2));
    }
}

#[test]
fn a_row_elsewhere_or_of_another_key_is_not_replaced() {
    let dir = folder(&[("person.csv", "person_id,name\nP1,张三\nP2,\n")]);
    let more = |stood: &str| {
        let text = format!("person_id,name,拒收原因,原位置\nP2,李四,,{stood}\n");
        fs::create_dir_all(dir.path().join("more")).unwrap();
        fs::write(dir.path().join("more/person.csv"), text).unwrap();
        let store = read_all(&[dir.path(), &dir.path().join("more")]).unwrap();
        store.tallies.iter().map(|t| (t.kept, t.refused, t.corrected)).fold((0, 0, 0), |a, t| (a.0 + t.0, a.1 + t.1, a.2 + t.2))
    };
    assert_eq!(more("person.csv 第3行 P2"), (2, 0, 1));
    // Else both stand, and rows of one key are refused.
    for other in ["person.csv 第2行 P2", "person.csv 第3行 P9", "post.csv 第3行 P2", ""] {
        assert_eq!(more(other), (1, 2, 0), "{other}");
    }
}

#[test]
fn files_of_one_table_with_other_columns_stay_apart() {
    let store_of = |dir: &TempDir| {
        let sources = ["a", "b"].map(|d| dir.path().join(d).display().to_string());
        let store = ingest::read(&sources, &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap();
        let found = refused(&sources, &store).unwrap();
        (store, found)
    };
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [("a", "person_id,name\nP1,\n"), ("b", "person_id,name,birth\nP2,,1970\nP3,王五,1971\n")] {
        fs::create_dir(dir.path().join(name)).unwrap();
        fs::write(dir.path().join(name).join("person.csv"), text).unwrap();
    }
    let (_, found) = store_of(&dir);
    assert_eq!(refused_names(&found.files), ["人员", "人员.2"]);
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    for (file, name) in found.files.iter().zip(refused_names(&found.files)) {
        refused_csv(file, &mut fs::File::create(out.join(format!("{name}.csv"))).unwrap()).unwrap();
    }
    let again = read(&out).unwrap();
    assert_eq!(again.tallies.iter().map(|t| (t.file.as_str(), t.read)).collect::<Vec<_>>(), [("人员.2.csv", 1), ("人员.csv", 1)]);
}

#[test]
fn of_rows_of_one_key_the_one_that_comes_back_stands_for_all() {
    let dir = folder(&[("person.csv", "person_id,name,party\nP1,张三,群众\nP4,李四,群众\nP4,李四,中共党员\n")]);
    let more = dir.path().join("more");
    fs::create_dir_all(&more).unwrap();
    let back = |key: &str| {
        let text = format!("person_id,name,party,拒收原因,原位置\n{key},李四,群众,,person.csv 第3行 P4\n");
        fs::write(more.join("person.csv"), text).unwrap();
        let store = read_all(&[dir.path(), &more]).unwrap();
        let people = store.rows(store.schema.table("person").unwrap());
        let party = |key: &str| people.find(key).and_then(|_| cell(&store, "person", key, "party"));
        let sum = |of: fn(&guiju::records::Tally) -> u64| store.tallies.iter().map(of).sum::<u64>();
        ([sum(|t| t.kept), sum(|t| t.refused), sum(|t| t.corrected)], party("P4"), party("P5"))
    };
    // The office says which of the two it is, and deletes the other: not what was deleted holds.
    assert_eq!(back("P4"), ([2, 0, 2], Some("群众".into()), None));
    // Two people: one gets a key of its own, the other keeps the old one.
    assert_eq!(back("P5"), ([3, 0, 1], Some("中共党员".into()), Some("群众".into())));
}
