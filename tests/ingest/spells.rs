//! Consecutive posts of one unit and title are one: start and id of the first, everything else of the last.

use super::*;

/// The spells of P1: id, start, end, and whether it only may exist.
fn spells(posts: &str) -> Vec<(String, String, Option<String>, bool)> {
    let header = "post_id,person_id,unit_id,title,level,start,end\n";
    let store = csv(&[PERSON, ("unit.csv", "unit_id,name\nU1,甲局\nU2,乙局\n"), ("post.csv", &format!("{header}{posts}"))]);
    assert!(store.problems.iter().all(|p| p.fate != Fate::Refused), "{:?}", store.problems);
    let spell = store.schema.table("spell").unwrap();
    let field = |name| store.schema.tables[spell].field(name).unwrap();
    let rows = store.rows(spell);
    (0..rows.len as RowId)
        .map(|r| {
            let start = store.show(spell, r, field("start")).unwrap_or_default();
            (store.key(spell, r).to_owned(), start, store.show(spell, r, field("end")), rows.is_doubtful(r))
        })
        .collect()
}

fn spell(id: &str, start: &str, end: Option<&str>) -> (String, String, Option<String>, bool) {
    (id.to_owned(), start.to_owned(), end.map(str::to_owned), false)
}

#[test]
fn posts_that_touch_are_one() {
    let found = spells("A,P1,U1,局长,县处级副职,2010-01-01,2014-12-31\nB,P1,U1,局长,县处级正职,2015-01-01,2018-06-30\n");
    assert_eq!(found, [spell("A", "2010-01-01", Some("2018-06-30"))]);
}

#[test]
fn a_day_between_parts_them() {
    let found = spells("A,P1,U1,局长,县处级正职,2010-01-01,2014-12-30\nB,P1,U1,局长,县处级正职,2015-01-01,\n");
    assert_eq!(found, [spell("A", "2010-01-01", Some("2014-12-30")), spell("B", "2015-01-01", None)]);
}

#[test]
fn a_post_without_end_is_joined_by_every_later_one() {
    let found = spells("A,P1,U1,局长,县处级正职,2010-01-01,\nB,P1,U1,局长,县处级正职,2019-05-01,2020-01-01\n");
    assert_eq!(found, [spell("A", "2010-01-01", Some("2020-01-01"))]);
}

#[test]
fn another_unit_or_title_is_another_post_even_between() {
    let found = spells(
        "A,P1,U1,局长,县处级正职,2010-01-01,2012-12-31\nX,P1,U2,局长,县处级正职,2012-01-01,2013-12-31\nB,P1,U1,局长,县处级正职,2013-01-01,\nY,P1,U1,书记,县处级正职,2013-01-01,\n",
    );
    assert_eq!(found, [spell("A", "2010-01-01", None), spell("X", "2012-01-01", Some("2013-12-31")), spell("Y", "2013-01-01", None),]);
}

#[test]
fn a_post_without_end_holds_beyond_a_shorter_one() {
    let found =
        spells("A,P1,U1,局长,县处级正职,2010-01-01,\nB,P1,U1,局长,县处级正职,2011-05-01,2012-01-01\nC,P1,U1,局长,县处级正职,2019-05-01,\n");
    assert_eq!(found, [spell("A", "2010-01-01", None)]);
}

#[test]
fn a_blank_unit_leaves_open_whether_the_posts_are_one() {
    let found = spells("A,P1,,局长,县处级正职,2010-01-01,2012-12-31\nB,P1,,局长,县处级正职,2013-01-01,\n");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].3), ("A", true), "the earlier part alone is doubtful");
    assert_eq!((found[1].0.as_str(), found[1].1.as_str(), found[1].3), ("A", "2010-01-01..2013-01-01", false));
    // Another title, or a day between: two posts, whatever the unit.
    assert!(spells("A,P1,,局长,县处级正职,2010-01-01,2012-12-31\nB,P1,,书记,县处级正职,2013-01-01,\n").iter().all(|s| !s.3));
    assert!(spells("A,P1,,局长,县处级正职,2010-01-01,2012-12-30\nB,P1,,局长,县处级正职,2013-01-01,\n").iter().all(|s| !s.3));
}

#[test]
fn months_that_meet_leave_open_whether_the_posts_do() {
    // Ended some day of June, begun some day of July: they touch only if it was 30 June and 1 July.
    let found = spells("A,P1,U1,局长,县处级正职,2010-01,2014-06\nB,P1,U1,局长,县处级正职,2014-07,2018-01\n");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].3), ("A", true), "the earlier part alone is doubtful");
    assert_eq!((found[1].0.as_str(), found[1].3), ("A", false));
    assert_eq!(found[1].1, "2010-01-01..2014-07-31", "it begins with one or with the other");
    // Ended and begun within one month: it may have been otherwise, too.
    assert!(spells("A,P1,U1,局长,县处级正职,2010-01,2014-06\nB,P1,U1,局长,县处级正职,2014-06,\n").iter().any(|s| s.3));
    // Certain: begun in a month that ended before.
    let found = spells("A,P1,U1,局长,县处级正职,2010-01,2014-06\nB,P1,U1,局长,县处级正职,2014-05,\n");
    assert_eq!(found, [spell("A", "2010-01", None)]);
}
