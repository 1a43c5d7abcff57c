//! Dates and ID numbers as exports hold them.

use super::*;
use guiju::records::Filled;

/// The dates of births and ends as one column of a CSV file each.
fn births(texts: &[&str]) -> Store {
    let rows: String = texts.iter().enumerate().map(|(i, t)| format!("P{i},人{i},{t}\n")).collect();
    csv(&[("person.csv", &format!("person_id,name,birth\n{rows}"))])
}

#[test]
fn every_form_of_a_date_is_read_at_its_precision() {
    let forms = [
        ("199001", "1990-01"),
        ("19900115", "1990-01-15"),
        ("1990", "1990"),
        ("1990.01", "1990-01"),
        ("1990.01.15", "1990-01-15"),
        ("1990-1-5", "1990-01-05"),
        ("1990/1/1", "1990-01-01"),
        ("1990/01/01 00:00:00", "1990-01-01"),
        ("1990-01-15 08:30:00.123", "1990-01-15"),
        ("1990年1月", "1990-01"),
        ("1990年01月15日", "1990-01-15"),
        ("1990年", "1990"),
        ("1990. 1", "1990-01"),
        ("１９９０．０１", "1990-01"),
        ("'199001", "1990-01"),
        ("199001.0", "1990-01"),
    ];
    let store = births(&forms.map(|(text, _)| text));
    for (i, (text, means)) in forms.into_iter().enumerate() {
        assert_eq!(cell(&store, "person", &format!("P{i}"), "birth").as_deref(), Some(means), "{text}");
    }
    assert!(store.problems.is_empty(), "{:?}", store.problems);
}

#[test]
fn january_or_october_is_not_told_and_stays_unknown() {
    let store = births(&["1990.1", "１９９０．１"]);
    assert_eq!(told(&store), [("data::ambiguous-date", 2, "birth", Fate::Blanked), ("data::ambiguous-date", 3, "birth", Fate::Blanked)]);
    assert!(store.problems[0].why.contains("分不清 1 月还是 10 月"), "{}", store.problems[0].why);
    let person = store.schema.table("person").unwrap();
    assert_eq!(store.filled(person, 0, store.schema.tables[person].field("birth").unwrap()), Filled::Unknown);
}

#[test]
fn months_and_days_that_are_none_are_not_bent_into_some() {
    let store = births(&["199013", "19900230", "1990.00", "1990年13月", "１９９０．１３", "76.06", "约1990年", "1990.05前"]);
    assert_eq!(store.problems.len(), 8);
    assert!(store.problems.iter().all(|p| p.code == "data::bad-date" && p.fate == Fate::Blanked && p.row > 1));
}

#[test]
fn serial_numbers_of_days_are_read_and_told_once_a_column() {
    let store = births(&["32874", "32888", "1990-02", "32889.0", "9999"]);
    let birth = |key| cell(&store, "person", key, "birth");
    // Who types 1990-01 into a spreadsheet gets the number of the first of January: only the month is believed.
    assert_eq!(
        (birth("P0").as_deref(), birth("P1").as_deref(), birth("P3").as_deref()),
        (Some("1990-01"), Some("1990-01-15"), Some("1990-01-16"))
    );
    assert_eq!(told(&store), [("data::serial-date", 2, "birth", Fate::Noted), ("data::bad-date", 6, "birth", Fate::Blanked)]);
    assert!(store.problems[0].why.contains("3 格"), "{}", store.problems[0].why);
}

#[test]
fn a_date_that_is_not_known_is_no_date_that_has_not_come() {
    let notice = "post_id,person_id,unit_id,title,start,end\nA,P1,U1,局长,2015-03,不详\nB,P1,U1,科长,2010-03,/\n";
    let store = csv(&[PERSON, ("unit.csv", "unit_id,name\nU1,青石县\n"), ("post.csv", notice)]);
    let filled = |key, field| {
        let posts = store.schema.table("post").unwrap();
        let column = store.rows(posts).columns[store.schema.tables[posts].field(field).unwrap()].as_ref().unwrap();
        column.filled(row(&store, "post", key) as usize)
    };
    let end = |key| filled(key, "end");
    assert_eq!((end("A"), end("B")), (Filled::Unknown, Filled::No));
    assert_eq!(told(&store), [("data::unknown-date", 2, "end", Fate::Noted)]);
}

#[test]
fn words_after_a_date_are_left_out_and_told() {
    let store = csv(&[
        PERSON,
        ("rank.csv", "rank_id,person_id,rank,start,end\nR1,P1,四级调研员,2019.06起,\nR2,P2,三级调研员,2020.03 四级调研员,\n"),
    ]);
    assert_eq!(cell(&store, "rank", "R1", "start").as_deref(), Some("2019-06"));
    assert_eq!(cell(&store, "rank", "R2", "start").as_deref(), Some("2020-03"));
    assert_eq!(told(&store), [("data::date-words", 2, "start", Fate::Noted)]);
}

#[test]
fn up_to_now_is_an_open_end_and_no_birth() {
    let words = ["至今", "现在", "今", "—", "-", ""];
    let rows: String = words.iter().enumerate().map(|(i, w)| format!("A{i},P1,局长,2010-01,{w}\n")).collect();
    let store = csv(&[PERSON, ("post.csv", &format!("post_id,person_id,title,start,end\n{rows}B,P1,局长,至今,\nC,P1,局长,-,\n"))]);
    let post = store.schema.table("post").unwrap();
    let end = store.schema.tables[post].field("end").unwrap();
    for (i, word) in words.iter().enumerate() {
        assert_eq!(store.filled(post, row(&store, "post", &format!("A{i}")), end), Filled::No, "{word}");
    }
    assert_eq!(told(&store), [("data::bad-date", 8, "start", Fate::Refused), ("data::missing", 9, "start", Fate::Refused)]);
    let store = births(&["不详", "无", "/", "至今"]);
    assert_eq!(told(&store), [("data::bad-date", 5, "birth", Fate::Blanked)]);
}

#[test]
fn id_numbers_that_lost_digits_are_refused_in_whatever_guise() {
    // 110105194912310025 with its last three digits gone, as a spreadsheet writes it out.
    let rows = "P1,张三,1.10105E+17\nP2,李四,110105194912310000\nP3,王五,11010519491231002X\nP4,赵六,110105194912310000\n";
    let store = csv(&[("person.csv", &format!("person_id,name,id_number\n{rows}"))]);
    let lost = |row| ("data::lost-digits", row, "id_number", Fate::Blanked);
    assert_eq!(told(&store), [lost(2), lost(3), lost(5)]);
    assert_eq!(cell(&store, "person", "P3", "id_number").as_deref(), Some("11010519491231002X"));
    assert_eq!(cell(&store, "person", "P2", "id_number"), None);
}
