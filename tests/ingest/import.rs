//! A store written to a database and read back is the same store.

use super::*;
use guiju::ingest::write_store;

/// Every sound row as text, by key; whether it is void; and the keys of the refused.
pub fn content(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for (t, def) in store.schema.tables.iter().enumerate() {
        let rows = store.rows(t);
        all.push(format!("{} exported {}", def.name, rows.exported));
        for r in 0..rows.len as RowId {
            let cells: Vec<String> = (0..def.fields.len())
                .map(|f| format!("{:?}/{:?}", store.show(t, r, f), rows.column(f).map(|c| c.filled(r as usize))))
                .collect();
            let ghost = rows.is_ghost(r);
            let orphan = rows.orphans.contains(&r);
            all.push(format!(
                "{} {} ghost {ghost} orphan {orphan} void {} {}",
                def.name,
                store.key(t, r),
                rows.is_void(r),
                cells.join(" ")
            ));
        }
    }
    all
}

fn through_import(store: &Store) -> Store {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a.db"), dir.path().join("b.db"));
    write_store(store, &a).unwrap();
    write_store(store, &b).unwrap();
    assert_eq!(fs::read(&a).unwrap(), fs::read(&b).unwrap(), "the same records make the same bytes");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no draft is left behind");
    read(&a).unwrap()
}

#[test]
fn clean_records_come_back_as_they_were() {
    let store = csv(&[
        ("person.csv", "person_id,name,birth,family_abroad,unit_id\nP2,李四,1971-02-03,否,U1\nP1,张三,1970-05,,U9\n"),
        CASE,
        ("unit.csv", "unit_id,name,parent_id\nU1,甲局,\nU9,乙局,U1\n"),
        ("step.csv", "step_id,case_id,kind,start,end,present,ballot\nS1,C1,动议,2020,,9,是\nS2,C2,动议,2020-02-29,2020-03-01,,\n"),
        ("post.csv", "post_id,person_id,unit_id,title,start,end\nA,P1,U1,局长,2010-01-01,\n"),
        ("evaluation.csv", "evaluation_id,unit_id,year,satisfied,dissatisfied\nE1,U1,2023,66.667,0\n"),
        ("talk.csv", "talk_id,person_id,kind,date,event_id\nT1,P1,诫勉,2020-01-01,V7\n"),
    ]);
    assert!(store.problems.is_empty(), "{:?}", store.problems);
    let back = through_import(&store);
    assert_eq!(content(&back), content(&store));
    assert!(back.problems.is_empty(), "{:?}", back.problems);
    assert_eq!(back.assumed_blank, store.assumed_blank);
}

#[test]
fn what_was_refused_or_unreadable_stays_so() {
    let store = csv(&[
        ("person.csv", "person_id,name,birth\nP1,张三,七零年\nP2,,1970\nP3,王五,1970\nP3,王五五,1970\n"),
        ("post.csv", "post_id,person_id,title,start,end\nA,P1,局长,2010-01-01,去年\nB,P2,局长,2010-01-01,\nC,P9,局长,2010-01-01,\n"),
        ("talk.csv", "talk_id,person_id,kind,date\nT1,P3,诫勉,2020-01-01\n"),
    ]);
    assert_eq!(tally(&store, "post"), (3, 2, 0, 1));
    let back = through_import(&store);
    let sorted = |store: &Store| {
        let mut all = content(store);
        all.sort();
        all
    };
    assert_eq!(sorted(&back), sorted(&store));
    // As if the sources had been read again: the same places, the same reasons, the same counts.
    assert_eq!(back.problems, store.problems);
    assert_eq!(back.tallies, store.tallies);
    let again = through_import(&back);
    assert_eq!((again.problems, again.tallies), (back.problems, back.tallies));
}

/// What tells them apart could not be read, so that an import does not hold it.
#[test]
fn refused_rows_that_look_alike_once_imported_are_still_two() {
    let store = csv(&[("training.csv", "training_id,person_id,course,start\nX3,P1,网络学院,2025-0\nX3,P1,网络学院,2021-07-16,2,0\n")]);
    assert_eq!(tally(&store, "training"), (2, 0, 0, 2));
    let back = through_import(&store);
    assert_eq!(content(&back), content(&store));
    assert_eq!((back.problems, back.tallies), (store.problems, store.tallies));
}

/// Nobody but an import writes such a table; somebody may have had it in his hands since.
#[test]
fn a_row_that_stands_for_others_and_lacks_what_it_must_have_is_not_counted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    write_store(&csv(&[PERSON]), &path).unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("CREATE TABLE guiju_open_post(post_id, person_id); INSERT INTO guiju_open_post VALUES(NULL, 'P1')").unwrap();
    drop(db);
    assert_eq!(tally(&read(&path).unwrap(), "post"), (0, 0, 0, 0));
}

#[test]
fn places_are_those_of_the_sources_in_the_words_of_their_headers() {
    let store = csv(&[
        ("person.csv", "名册\n人员编码,姓名,出 生 日 期\nP1,张三,1970-05-01\nP2,,1971-05-01\nP3,王五,\n"),
        ("post.csv", "post_id,person_id,title,start,end\nB,P3,局长,2010-01-01,\nA,P1,局长,2010-01-01,\n"),
    ]);
    for store in [through_import(&store), store] {
        let place = |table: &str, key: &str, field: &str| {
            let t = store.schema.table(table).unwrap();
            let row = (0..store.rows(t).len as RowId).find(|&r| store.key(t, r) == key).unwrap();
            store.place(t, row, store.schema.tables[t].field(field).unwrap())
        };
        assert_eq!(place("person", "P3", "birth"), "person.csv:5:出 生 日 期");
        assert_eq!(place("person", "P2", "name"), "person.csv:4:姓名");
        assert_eq!((place("post", "B", "start"), place("post", "A", "end")), ("post.csv:2:start".into(), "post.csv:3:end".into()));
        // No such column: by its name in the schema.
        assert_eq!(place("post", "A", "level"), "post.csv:3:level");
    }
}

#[test]
fn of_a_database_imported_before_sources_were_remembered_refusals_are_still_told() {
    let store = csv(&[
        ("person.csv", "person_id,name,birth\nP1,张三,七零年\nP2,,1970\n"),
        ("post.csv", "post_id,person_id,title,start,end\nA,P1,局长,2010-01-01,去年\nB,P2,局长,2010-01-01,\n"),
    ]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("old.db");
    write_store(&store, &path).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("UPDATE guiju_import SET format = 1").unwrap();
    let back = read(&path).unwrap();
    let codes: Vec<_> = back.problems.iter().map(|p| (p.table.as_str(), p.code)).collect();
    assert!(codes.contains(&("person", "data::refused-at-import")), "{codes:?}");
    assert!(codes.contains(&("post", "data::unreadable-at-import")), "{codes:?}");
    assert_eq!(back.tallies.iter().map(|t| t.refused).sum::<u64>(), store.tallies.iter().map(|t| t.refused).sum::<u64>());
}

#[test]
fn a_table_exported_without_rows_stays_exported() {
    let dir = folder(&[("p.ndjson", "{\"person_id\":\"P1\",\"name\":\"张三\",\"post\":[]}\n")]);
    let store = read(&dir.path().join("p.ndjson")).unwrap();
    let back = through_import(&store);
    assert_eq!(content(&back), content(&store));
}

#[test]
fn a_folder_that_is_not_there_is_told_and_an_old_file_stands() {
    let store = csv(&[PERSON]);
    let dir = tempfile::tempdir().unwrap();
    let error = write_store(&store, &dir.path().join("no/such.db")).unwrap_err();
    assert_eq!(error.code(), "ingest::write");
    assert!(error.to_string().contains("文件夹不存在"), "{error}");
}

/// Blank, said to be none, wrong and not exported: judged alike where they mean alike, and told apart all the same.
#[test]
fn a_cell_that_says_there_is_nothing_is_told_from_a_blank_one() {
    let store = csv(&[
        ("person.csv", "person_id,name,birth\nP2,李四,无此类情况\nP1,张三,1970-05\n"),
        ("post.csv", "post_id,person_id,title,start,end\nB,P1,局长,2010-01-01,无此情形\nA,P2,局长,2010-01-01,\n"),
        ("petition.csv", "petition_id,person_id,received,result\nX,P1,2020-01-01,无此类情况\n"),
    ]);
    // Nobody was never born.
    assert_eq!(store.problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["data::bad-date"]);
    for store in [through_import(&store), store] {
        let said = |table: &str, key: &str, field: &str| {
            let t = store.schema.table(table).unwrap();
            let (row, f) = (store.rows(t).find(key).unwrap(), store.schema.tables[t].field(field).unwrap());
            (store.filled(t, row, f), store.attested(t, row, f).map(str::to_owned))
        };
        let none = Some("无此类情况".to_owned());
        assert_eq!(said("post", "B", "end"), (guiju::records::Filled::No, none.clone()));
        assert_eq!(said("post", "A", "end"), (guiju::records::Filled::No, None));
        assert_eq!(said("petition", "X", "result"), (guiju::records::Filled::No, none));
        assert_eq!(said("person", "P2", "birth"), (guiju::records::Filled::Unknown, None));
    }
}
