//! What becomes of each row and cell.

use super::*;
use guiju::records::{Column, FAR_ROW, Filled};

#[test]
fn a_bad_optional_cell_is_unknown_and_its_row_is_kept() {
    let store = csv(&[PERSON, ("post.csv", "post_id,person_id,title,start,end,leader\nA,P1,局长,2010-01,2012-13-01,有\n")]);
    assert_eq!(told(&store), [("data::bad-date", 2, "end", Fate::Blanked), ("data::bad-bool", 2, "leader", Fate::Blanked)]);
    let post = store.schema.table("post").unwrap();
    let field = |name| store.schema.tables[post].field(name).unwrap();
    // An unreadable end is not "still held", which is what a blank end says.
    assert_eq!(store.filled(post, row(&store, "post", "A"), field("end")), Filled::Unknown);
    assert_eq!(cell(&store, "post", "A", "start").as_deref(), Some("2010-01"));
    assert_eq!(tally(&store, "post"), (1, 1, 0, 0));
    let store = csv(&[PERSON, ("assessment.csv", "assessment_id,person_id,year,result\nA,P1,去年,优秀\nB,P1,2023,优秀\n")]);
    assert_eq!((told(&store), tally(&store, "assessment")), (vec![("data::bad-int", 2, "year", Fate::Refused)], (2, 1, 0, 1)));
}

#[test]
fn a_bad_key_required_cell_or_owner_refuses_the_row() {
    let store = csv(&[
        PERSON,
        CASE,
        (
            "step.csv",
            "step_id,case_id,kind,start\nS1,C1,动议,2020-01-01\n,C1,动议,2020-01-01\nS3,C1,动仪,2020-01-01\nS4,C1,动议,去年\nS5,C9,动议,2020-01-01\nS6,,动议,2020-01-01\n",
        ),
    ]);
    assert_eq!(
        told(&store),
        [
            ("data::missing", 3, "step_id", Fate::Refused),
            ("data::bad-code", 4, "kind", Fate::Refused),
            ("data::bad-date", 5, "start", Fate::Refused),
            ("data::unknown-owner", 6, "case_id", Fate::Refused),
            ("data::missing", 7, "case_id", Fate::Refused),
        ]
    );
    assert_eq!(tally(&store, "step"), (6, 1, 0, 5));
    assert!(store.problems.iter().any(|p| p.right.contains("动议") && p.value == "动仪"), "the nearest code is offered");
}

#[test]
fn a_refused_row_stays_with_its_owner_and_one_without_an_owner_might_be_anyones() {
    let store = csv(&[
        PERSON,
        CASE,
        ("step.csv", "step_id,case_id,kind,start\nS1,C1,动议,去年\nS2,C9,动议,2020-01-01\nS3,,动议,2020-01-01\nS4,C2,动议,2020-01-01\n"),
    ]);
    let step = store.schema.table("step").unwrap();
    let rows = store.rows(step);
    let owner = store.schema.tables[step].owner.unwrap();
    let of_c1: Vec<&str> = store.link(step, owner).unwrap().children(row(&store, "case", "C1")).map(|r| store.key(step, r)).collect();
    assert_eq!(of_c1, ["S1"]);
    assert!((0..rows.len as RowId).filter(|&r| store.key(step, r) != "S4").all(|r| rows.is_ghost(r)));
    let mut orphans: Vec<&str> = rows.orphans.iter().map(|&r| store.key(step, r)).collect();
    orphans.sort_unstable();
    assert_eq!(orphans, ["S2", "S3"]);
}

#[test]
fn of_rows_with_one_key_all_are_refused_unless_identical() {
    let store = csv(&[("person.csv", "person_id,name\nP1,张三\nP2,李四\nP1,张三\nP3,王五\nP3,王五五\nP3,王五\n")]);
    assert_eq!(tally(&store, "person"), (6, 2, 1, 3));
    let codes = told(&store);
    assert_eq!(
        codes,
        [
            ("data::duplicate-key", 5, "person_id", Fate::Refused),
            ("data::duplicate-key", 6, "person_id", Fate::Refused),
            ("data::duplicate-key", 7, "person_id", Fate::Refused)
        ]
    );
    // What belongs to the refused is not without an owner.
    let store = csv(&[
        ("person.csv", "person_id,name\nP3,王五\nP3,王五五\n"),
        ("talk.csv", "talk_id,person_id,kind,date\nT1,P3,诫勉,2020-01-01\n"),
    ]);
    assert_eq!(tally(&store, "talk"), (1, 1, 0, 0));
}

#[test]
fn rows_that_differ_only_in_columns_no_rule_reads_are_not_one() {
    let dir = folder(&[
        PERSON,
        (
            "talk.csv",
            "talk_id,person_id,kind,date,by\nT1,P1,诫勉,2020-01-01,甲\nT1,P1,诫勉,2020-01-01,乙\nT2,P2,诫勉,2020-01-01,甲\nT2,P2,诫勉,2020-01-01,甲\n",
        ),
    ]);
    let sources = [dir.path().display().to_string()];
    let store = ingest::read(&sources, &SCHEMA, &Wanted::keys(&SCHEMA), &Silent).unwrap();
    adds_up(&store);
    assert_eq!(tally(&store, "talk"), (4, 1, 1, 2));
}

#[test]
fn an_optional_reference_to_nothing_is_unknown_and_one_out_of_the_export_is_kept() {
    let store = csv(&[
        PERSON,
        ("case.csv", "case_id,person_id,kind,unit_id,from_post_id\nC1,P1,提拔,U1,A9\nC2,P2,提拔,,A1\n"),
        ("post.csv", "post_id,person_id,title,start\nA1,P2,局长,2010\n"),
    ]);
    assert_eq!(told(&store), [("data::unknown-reference", 2, "from_post_id", Fate::Blanked)]);
    let case = store.schema.table("case").unwrap();
    let unit = store.schema.tables[case].field("unit_id").unwrap();
    let c1 = row(&store, "case", "C1");
    let Some(Column::Ref(units)) = store.rows(case).column(unit) else { panic!("no column") };
    assert_eq!(units[c1 as usize], FAR_ROW);
    assert_eq!(cell(&store, "case", "C1", "unit_id").as_deref(), Some("U1"));
    assert_eq!(store.filled(case, c1, unit), Filled::Yes);
    assert_eq!(store.filled(case, row(&store, "case", "C2"), unit), Filled::No);
}

#[test]
fn a_table_without_a_row_was_not_exported() {
    let store =
        csv(&[PERSON, ("unit.csv", "unit_id,name\n"), ("event.csv", "event_id,person_id,unit_id,kind,date\nE1,P1,U1,离任,2020-01-01\n")]);
    assert!(!store.rows(store.schema.table("unit").unwrap()).exported);
    assert!(store.problems.is_empty());
}

#[test]
fn a_column_not_exported_is_none_and_some_read_as_blank_all_the_same() {
    let store = csv(&[PERSON, ("case.csv", "case_id,person_id,kind\nC1,P1,提拔\n")]);
    let case = store.schema.table("case").unwrap();
    let field = |name| store.schema.tables[case].field(name).unwrap();
    assert!(store.rows(case).column(field("unit_id")).is_none());
    assert_eq!(store.filled(case, 0, field("unit_id")), Filled::Unknown);
    assert_eq!(store.filled(case, 0, field("status")), Filled::No);
    assert_eq!(store.assumed_blank, ["case.batch_id", "case.status"]);
}

#[test]
fn a_column_that_one_of_two_files_lacks_is_unknown_in_its_rows() {
    let (a, b) = (
        folder(&[("person.csv", "person_id,name,party\nP1,张三,\n")]),
        folder(&[("person.csv", "person_id,name\nP2,李四\n"), ("post.csv", "post_id,title,start\nA,局长,2010\n")]),
    );
    for order in [[a.path(), b.path()], [b.path(), a.path()]] {
        let store = read_all(&order).unwrap();
        let person = store.schema.table("person").unwrap();
        let party = store.schema.tables[person].field("party").unwrap();
        assert_eq!(store.filled(person, row(&store, "person", "P1"), party), Filled::No);
        assert_eq!(store.filled(person, row(&store, "person", "P2"), party), Filled::Unknown);
        // A post of a file that does not say whose posts they are belongs to nobody known.
        assert_eq!(tally(&store, "post"), (1, 0, 0, 1));
        assert_eq!(store.rows(store.schema.table("post").unwrap()).orphans.len(), 1);
    }
}

#[test]
fn problems_name_the_column_as_the_file_heads_it() {
    let store = csv(&[PERSON, ("谈话.csv", "谈话编码,人员编码,谈话类型,谈话日期\nT1,P9,诫勉,2020-01-01\nT2,P1,诫勉,昨天\n")]);
    assert_eq!(told(&store), [("data::unknown-owner", 2, "人员编码", Fate::Refused), ("data::bad-date", 3, "谈话日期", Fate::Refused)]);
}

#[test]
fn a_file_without_its_key_column_is_refused_row_by_row() {
    let store = csv(&[("person.csv", "name,gender\n张三,男\n李四,女\n")]);
    assert_eq!(told(&store), [("data::missing", 2, "人员编码", Fate::Refused), ("data::missing", 3, "人员编码", Fate::Refused)]);
}

#[test]
fn what_belongs_to_a_terminated_case_is_void_with_it() {
    let store = csv(&[
        PERSON,
        CASE,
        ("step.csv", "step_id,case_id,kind,start\nS1,C1,动议,2020-01-01\nS2,C2,动议,2020-01-01\n"),
        (
            "visit.csv",
            "visit_id,person_id,case_id,kind,date\nV1,P1,C1,个别谈话,2020-01-01\nV2,P1,C2,个别谈话,2020-01-01\nV3,P2,,个别谈话,2020-01-01\n",
        ),
    ]);
    let void = |table: &str, key: &str| store.rows(store.schema.table(table).unwrap()).is_void(row(&store, table, key));
    assert_eq!([void("case", "C1"), void("case", "C2")], [false, true]);
    assert_eq!([void("step", "S1"), void("step", "S2")], [false, true]);
    // By its case, not by the person whose visit it is.
    assert_eq!([void("visit", "V1"), void("visit", "V2"), void("visit", "V3")], [false, true, false]);
    let step = store.schema.table("step").unwrap();
    let link = store.link(step, store.schema.tables[step].owner.unwrap()).unwrap();
    assert_eq!(link.children(row(&store, "case", "C2")).count(), 0);
}

#[test]
fn rows_of_one_owner_lie_together_in_the_order_of_the_file() {
    let store = csv(&[
        PERSON,
        (
            "talk.csv",
            "talk_id,person_id,kind,date\nT3,P2,诫勉,2020-01-01\nT1,P1,诫勉,2020-01-01\nT2,P2,函询,2020-01-02\nT0,P1,诫勉,2020-01-03\n",
        ),
    ]);
    let talk = store.schema.table("talk").unwrap();
    let keys: Vec<&str> = (0..4).map(|r| store.key(talk, r)).collect();
    assert_eq!(keys, ["T1", "T0", "T3", "T2"]);
    let kind = store.schema.tables[talk].field("kind").unwrap();
    assert_eq!(store.place(talk, 3, kind), "talk.csv:4:kind");
}

#[test]
fn blanks_that_are_facts_are_told_from_the_unknown() {
    let store = csv(&[
        PERSON,
        CASE,
        ("post.csv", "post_id,person_id,title,start,end\nA,P1,局长,2010-01-02,\n"),
        ("step.csv", "step_id,case_id,kind,start,end\nS1,C1,动议,2020-01-02,\nS2,C1,动议,2020-01-02,不详\n"),
        ("exam.csv", "exam_id,person_id,date,passed,valid_until\nE1,P1,2020-01-01,是,\n"),
    ]);
    let date = |table: &str, key: &str, field: &str| {
        let t = store.schema.table(table).unwrap();
        match store.rows(t).column(store.schema.tables[t].field(field).unwrap()) {
            Some(Column::Date(v)) => v[row(&store, table, key) as usize],
            _ => panic!("no dates"),
        }
    };
    assert_eq!(date("post", "A", "end"), guiju::dates::Fuzzy::FUTURE);
    assert_eq!(date("exam", "E1", "valid_until"), guiju::dates::Fuzzy::FUTURE);
    // Empty: the same day.
    assert_eq!(cell(&store, "step", "S1", "end").as_deref(), Some("2020-01-02"));
    assert!(date("step", "S2", "end").is_unknown());
}

#[test]
fn the_same_folder_twice_is_the_same_rows_once() {
    let dir = folder(&[PERSON, CASE]);
    let store = read_all(&[dir.path(), dir.path()]).unwrap();
    assert_eq!(tally(&store, "person"), (4, 2, 2, 0));
    assert_eq!(tally(&store, "case"), (4, 2, 2, 0));
}

#[test]
fn a_total_below_a_table_with_codes_is_set_aside_and_told() {
    let store = csv(&[
        PERSON,
        CASE,
        (
            "step.csv",
            "step_id,case_id,kind,start,present\nS1,C1,动议,2020-01-02,5\n合计,,,,5\n,,,,\n合计,C1,动议,2020-01-03,\n总计局,,动议,2020-01-03,\n",
        ),
    ]);
    // What belongs to something, or begins with a longer word, is a row.
    assert_eq!(tally(&store, "step"), (4, 2, 0, 1));
    assert_eq!(store.tallies.iter().find(|t| t.table == "step").unwrap().aside, [("total".to_owned(), 1)].into());
    let told: Vec<_> = store.problems.iter().filter(|p| p.table == "step").map(|p| (p.code, p.row, p.fate)).collect();
    assert!(told.contains(&("sheet::set-aside", 3, Fate::Noted)) && told.contains(&("data::missing", 6, Fate::Refused)), "{told:?}");
}
