//! 干部任免审批表: every style and encoding, résumés line by line, duplicates, and files made to harm.

use super::*;
use guiju::ingest::write_store;
use guiju::records::{FieldTally, Filled};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// A form in the editor's style, its fields by element.
fn lrmx(fields: &[(&str, &str)]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Person>\n".to_owned();
    for (element, value) in fields {
        text.push_str(&format!("  <{element}>{value}</{element}>\n"));
    }
    text + "</Person>"
}

const NAME: (&str, &str) = ("XingMing", "江远");
const ID: (&str, &str) = ("ShenFenZheng", "999999197804150136");

/// A form of a résumé and nothing else.
fn with_resume(resume: &str) -> String {
    let resume = resume.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    lrmx(&[NAME, ID, ("JianLi", &resume)])
}

/// Reads files of a folder. What was read adds up: rows by table, fields by form.
fn forms(files: &[(&str, &[u8])]) -> Store {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    checked(read_forms(dir.path()).unwrap())
}

fn read_forms(path: &Path) -> Result<Store, IngestError> {
    ingest::read(&[path.display().to_string()], &SCHEMA, &Wanted::all(&SCHEMA), &Silent)
}

fn checked(store: Store) -> Store {
    for t in &store.tallies {
        assert_eq!(t.read, t.kept + t.merged + t.refused, "{t:?}");
    }
    for t in &store.field_tallies {
        assert_eq!(t.read, t.kept + t.refused + t.untaken, "{t:?}");
        assert!(t.read > 0, "{t:?}");
    }
    for (rows, def) in store.tables.iter().zip(&store.schema.tables).filter(|(_, def)| def.joined.is_none()) {
        let refused: u64 = store.tallies.iter().filter(|t| t.table == def.name).map(|t| t.refused).sum();
        let ghosts = (0..rows.len as RowId).filter(|&r| rows.is_ghost(r) && !rows.is_open(r)).count() as u64;
        assert_eq!(ghosts, refused, "{}", def.name);
    }
    for p in &store.problems {
        assert!(!p.file.is_empty() && !p.why.is_empty() && !p.right.is_empty(), "{p:?}");
        assert!(p.value.chars().count() <= 41, "{p:?}");
    }
    store
}

fn form(text: &str) -> Store {
    forms(&[("表.lrmx", text.as_bytes())])
}

/// The rows kept of a table, cells joined by |; no key and no owner. A cell that is unknown, not blank, is ？.
fn rows(store: &Store, table: &str) -> Vec<String> {
    let t = store.schema.table(table).unwrap();
    let def = &store.schema.tables[t];
    let of = store.rows(t);
    let mut all = Vec::new();
    for row in (0..of.len as RowId).filter(|&r| !of.is_ghost(r)) {
        let said = |f: usize| {
            let name = format!("{}.{}", def.name, def.fields[f].name);
            f != def.key && Some(f) != def.owner && of.column(f).is_some() && !store.assumed_blank.contains(&name)
        };
        let cells = (0..def.fields.len()).filter(|&f| said(f)).map(|f| match store.filled(t, row, f) {
            Filled::Unknown => "？".to_owned(),
            _ => store.show(t, row, f).unwrap_or_default(),
        });
        all.push(cells.collect::<Vec<_>>().join("|"));
    }
    all
}

fn rows_open(store: &Store, table: &str) -> usize {
    let of = store.rows(store.schema.table(table).unwrap());
    (0..of.len as RowId).filter(|&r| of.is_open(r)).count()
}

/// The cells of the one person.
fn person(store: &Store, field: &str) -> Option<String> {
    let t = store.schema.table("person").unwrap();
    assert_eq!(store.rows(t).len, 1);
    store.show(t, 0, store.schema.tables[t].field(field).unwrap())
}

fn codes(store: &Store) -> Vec<(&'static str, Fate)> {
    store.problems.iter().map(|p| (p.code, p.fate)).collect()
}

fn sample(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

// ---- Résumés ----

/// What a résumé becomes: J a post (title, kind, start, end), X study, R a rank, ! a line that cannot be read, - one that is neither.
fn career(resume: &str) -> Vec<String> {
    let store = form(&with_resume(resume));
    let mut all: Vec<String> = rows(&store, "post").into_iter().map(|r| format!("J {r}")).collect();
    all.extend(rows(&store, "study").into_iter().map(|r| format!("X {r}")));
    all.extend(rows(&store, "rank").into_iter().map(|r| format!("R {r}")));
    for p in &store.problems {
        match p.code {
            "form::resume-line" => all.push(format!("! {} {}", p.row, p.value)),
            "form::resume-waiting" => all.push(format!("- {} {}", p.row, p.value)),
            "data::bad-date" | "data::ambiguous-date" => all.push(format!("? {} {}", p.row, p.value)),
            "form::no-resume" => {}
            other => panic!("{other}: {resume}"),
        }
    }
    all
}

#[test]
fn every_shape_of_line_becomes_what_it_says() {
    let indent = " ".repeat(18);
    let cases: Vec<(String, Vec<&str>)> = vec![
        // The standard line, and dashes and digits of every width.
        ("2003.05--2007.11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05-2007.11 某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05—2007.11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05——2007.11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05–2007.11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05－2007.11　某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05─2007.11某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05~2007.11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05～2007.11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003.05至2007.11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("２００３．０５－－２００７．１１　　某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003年5月至2007年11月，某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003年05月—2007年11月：某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("200305--200711  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003. 5 -- 2007. 11  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003-05 至 2007-11 某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        ("2003/05-2007/11 某镇政府科员".into(), vec!["J 某镇政府科员||2003-05|2007-11"]),
        // The precision that is written is kept.
        ("2003.05.12--2007.11.30  某镇政府科员".into(), vec!["J 某镇政府科员||2003-05-12|2007-11-30"]),
        ("2003-2007 某镇政府科员".into(), vec!["J 某镇政府科员||2003|2007"]),
        ("2003年--2007年  某镇政府科员".into(), vec!["J 某镇政府科员||2003|2007"]),
        // Open ends.
        ("2020.01--         某局局长".into(), vec!["J 某局局长||2020-01|"]),
        ("2020.01至今  某局局长".into(), vec!["J 某局局长||2020-01|"]),
        ("2020.01--今 某局局长".into(), vec!["J 某局局长||2020-01|"]),
        ("2020.01—现在 某局局长".into(), vec!["J 某局局长||2020-01|"]),
        ("2020年1月至今，某局局长".into(), vec!["J 某局局长||2020-01|"]),
        ("2020.01- 某局局长".into(), vec!["J 某局局长||2020-01|"]),
        // One date: that it ended is not said, nor that it did not.
        ("2020.01 任某局局长".into(), vec!["J 任某局局长||2020-01|？"]),
        ("2020.01起任某局局长".into(), vec!["J 任某局局长||2020-01|？"]),
        ("2020年1月至某县挂职任副县长".into(), vec!["J 至某县挂职任副县长|挂职|2020-01|？"]),
        ("2014.05任三级主任科员".into(), vec!["R 三级主任科员|2014-05|？"]),
        ("2014.05晋升四级调研员".into(), vec!["R 四级调研员|2014-05|？"]),
        // Study.
        ("1996.09--2000.07  某大学中文系汉语言文学专业学习".into(), vec!["X 某大学中文系汉语言文学专业学习|1996-09|2000-07"]),
        ("1996.09--2000.07  某大学中文系学生".into(), vec!["X 某大学中文系学生|1996-09|2000-07"]),
        ("1996.09--2000.07  某师范学院数学专业".into(), vec!["X 某师范学院数学专业|1996-09|2000-07"]),
        (
            "2012.09--2015.01  在某大学会计专业学习，获管理学硕士学位".into(),
            vec!["X 在某大学会计专业学习，获管理学硕士学位|2012-09|2015-01"],
        ),
        ("2000.07--2003.05  某大学学生处处长".into(), vec!["J 某大学学生处处长||2000-07|2003-05"]),
        ("2000.07--2003.05  某县委党校培训部主任".into(), vec!["J 某县委党校培训部主任||2000-07|2003-05"]),
        // The kind, where a word says it.
        ("2018.03--2019.03  挂职任某市某科副科长".into(), vec!["J 挂职任某市某科副科长|挂职|2018-03|2019-03"]),
        ("2018.03--2019.03  某局副局长（主持工作）".into(), vec!["J 某局副局长（主持工作）|主持工作|2018-03|2019-03"]),
        ("2018.03--2019.03  某局副局长(试用期一年)".into(), vec!["J 某局副局长（试用期一年）|试任|2018-03|2019-03"]),
        ("2018.03--2019.03  某局副局长（正科级）".into(), vec!["J 某局副局长（正科级）||2018-03|2019-03"]),
        // Wrapped lines.
        (format!("2007.11--2012.03  某镇党委委员、\n{indent}宣传委员"), vec!["J 某镇党委委员、宣传委员||2007-11|2012-03"]),
        (
            format!("2007.11--2012.03  某镇党委委员、\r\n{indent}宣传委员\r\n2012.03--  某乡乡长"),
            vec!["J 某镇党委委员、宣传委员||2007-11|2012-03", "J 某乡乡长||2012-03|"],
        ),
        ("2007.11--2012.03  某镇党委委员、\n　　　　　　　　　宣传委员".into(), vec!["J 某镇党委委员、宣传委员||2007-11|2012-03"]),
        (
            "2007.11--2012.03  某镇党委委员、\n宣传委员\n2012.03--  某乡乡长".into(),
            vec!["J 某镇党委委员、宣传委员||2007-11|2012-03", "J 某乡乡长||2012-03|"],
        ),
        (format!("2016.08--2020.01  某局副局长，\n{indent}2018年被评为先进"), vec!["J 某局副局长，2018年被评为先进||2016-08|2020-01"]),
        // Meanwhile.
        (
            "2011.02--2015.06  某局副局长（其间：2012.09--2015.01在某大学在职研究生班学习）".into(),
            vec!["J 某局副局长||2011-02|2015-06", "X 在某大学在职研究生班学习|2012-09|2015-01"],
        ),
        (
            "2011.02--2015.06  某局副局长(期间:2012.09-2015.01在某大学在职研究生班学习)".into(),
            vec!["J 某局副局长||2011-02|2015-06", "X 在某大学在职研究生班学习|2012-09|2015-01"],
        ),
        (
            format!("2016.08--2020.01  某局副局长（其间：2018.03--2019.03\n{indent}挂职任某委综合科副科长）"),
            vec!["J 某局副局长||2016-08|2020-01", "J 挂职任某委综合科副科长|挂职|2018-03|2019-03"],
        ),
        (
            "2011.02--2015.06  某局副局长（2012.09--2015.01在某大学会计专业学习，获管理学硕士学位；2014.05任三级主任科员）".into(),
            vec!["J 某局副局长||2011-02|2015-06", "X 在某大学会计专业学习，获管理学硕士学位|2012-09|2015-01", "R 三级主任科员|2014-05|？"],
        ),
        (
            format!("2011.02--2015.06  某局副局长\n{indent}（其间：2014.05任三级主任科员）"),
            vec!["J 某局副局长||2011-02|2015-06", "R 三级主任科员|2014-05|？"],
        ),
        (
            "2011.02--2015.06  某局副局长（其间：2012.09--2013.01在某党校（市情班）学习，2013.03--2013.09抽调到巡察组）".into(),
            vec!["J 某局副局长||2011-02|2015-06", "J 抽调到巡察组||2013-03|2013-09", "X 在某党校（市情班）学习|2012-09|2013-01"],
        ),
        // A bracket left open costs the next line nothing.
        (
            "2011.02--2015.06  某局副局长（其间：2012.09--2015.01在某大学学习\n2015.06--  某局局长".into(),
            vec!["J 某局副局长||2011-02|2015-06", "J 某局局长||2015-06|", "X 在某大学学习|2012-09|2015-01"],
        ),
        // A parallel line, with or without indent.
        (
            format!("2011.02--2015.06  某局副局长\n{indent}2012.09--2015.01 在某大学学习"),
            vec!["J 某局副局长||2011-02|2015-06", "X 在某大学学习|2012-09|2015-01"],
        ),
        // Line breaks that were lost or written otherwise.
        (
            "1998.07--2001.03  某镇科员<br/>2001.03--2004.02  某乡科员<br>2004.02--  某局科员".into(),
            vec!["J 某镇科员||1998-07|2001-03", "J 某乡科员||2001-03|2004-02", "J 某局科员||2004-02|"],
        ),
        (
            "1998.07--2001.03  某镇科员 2001.03--2004.02  某乡科员（其间：2002.03--2003.01在某校学习） 2004.02--  某局科员".into(),
            vec!["J 某镇科员||1998-07|2001-03", "J 某乡科员||2001-03|2004-02", "J 某局科员||2004-02|", "X 在某校学习|2002-03|2003-01"],
        ),
        // Neither post nor study.
        ("1996.07--1997.02  待分配\n1997.02--  某镇科员".into(), vec!["J 某镇科员||1997-02|", "- 1 待分配"]),
        ("1996.07--1997.02  待分配某局局长\n1997.02--  待业在家".into(), vec!["J 待分配某局局长||1996-07|1997-02", "- 2 待业在家"]),
        // What cannot be read is told by line; no date is made up.
        ("2003.05--2007.11  某镇科员\n第十届县委委员".into(), vec!["J 某镇科员||2003-05|2007-11", "! 2 第十届县委委员"]),
        ("个人简历\n2003.05--2007.11  某镇科员".into(), vec!["J 某镇科员||2003-05|2007-11", "! 1 个人简历"]),
        (
            "2003.05--2007.11  某镇科员\n工作经历：\n2007.11--  某局科员".into(),
            vec!["J 某镇科员||2003-05|2007-11", "J 某局科员||2007-11|", "! 2 工作经历："],
        ),
        ("98.07--01.03  某镇科员\n2001.03--  某乡科员".into(), vec!["J 某乡科员||2001-03|", "! 1 98.07--01.03  某镇科员"]),
        ("2003.13--2007.11  某镇科员".into(), vec!["! 1 2003.13--2007.11  某镇科员"]),
        ("2003.1--2007.11  某镇科员".into(), vec!["! 1 2003.1--2007.11  某镇科员"]),
        ("--2007.11  某镇科员".into(), vec!["! 1 --2007.11  某镇科员"]),
        ("2007.11--2003.05  某镇科员".into(), vec!["! 1 2007.11--2003.05  某镇科员"]),
        ("2003.05--2007.11".into(), vec!["! 1 2003.05--2007.11"]),
        ("2015.03 免去某局副局长职务".into(), vec!["! 1 2015.03 免去某局副局长职务"]),
        ("2003.05--2007.13  某镇科员".into(), vec!["J 某镇科员||2003-05|？", "? 1 2007.13"]),
        ("2003.05--07.11  某镇科员".into(), vec!["J 某镇科员||2003-05|？", "? 1 07.11"]),
        ("2011.02--2015.06  某局副局长（其间：主持全面工作）".into(), vec!["J 某局副局长||2011-02|2015-06", "! 1 主持全面工作"]),
    ];
    for (resume, expected) in cases {
        assert_eq!(career(&resume), expected, "{resume}");
    }
}

#[test]
fn a_one_digit_month_is_a_month_unless_october_may_have_lost_its_zero() {
    assert_eq!(career("2003.5--2007.9  某镇科员"), ["J 某镇科员||2003-05|2007-09"]);
    assert_eq!(career("2003.5--2007.1  某镇科员"), ["J 某镇科员||2003-05|？", "? 1 2007.1"]);
    // Written with 月 it was typed.
    assert_eq!(career("2003年1月--2007年9月  某镇科员"), ["J 某镇科员||2003-01|2007-09"]);
}

#[test]
fn a_resume_that_is_blank_leaves_the_posts_open() {
    let store = form(&lrmx(&[NAME, ID]));
    assert_eq!(codes(&store), [("form::no-resume", Fate::Noted)]);
    assert!(rows(&store, "post").is_empty());
    let two = forms(&[("a.lrmx", with_resume("2003.05--  某镇科员").as_bytes()), ("b.lrmx", lrmx(&[("XingMing", "何样")]).as_bytes())]);
    assert_eq!((rows(&two, "post").len(), rows_open(&two, "post")), (1, 1));
}

#[test]
fn places_name_file_field_and_line() {
    let store = form(&with_resume("2003.05--2007.11  某镇科员\n2007.11--  某局科员"));
    let post = store.schema.table("post").unwrap();
    let field = |table: usize, name| store.schema.tables[table].field(name).unwrap();
    assert_eq!(store.place(post, 1, field(post, "start")), "表.lrmx:2:JianLi");
    let person = store.schema.table("person").unwrap();
    assert_eq!(store.place(person, 0, field(person, "name")), "表.lrmx:XingMing");
}

// ---- Other fields ----

#[test]
fn parties_and_their_dates() {
    let cases = [
        ("2000.06", "中共党员", "2000-06"),
        ("200006", "中共党员", "2000-06"),
        (" 200006", "中共党员", "2000-06"),
        ("（民建）", "民建", ""),
        ("(民建、民盟)", "民建、民盟", ""),
        ("民建", "民建", ""),
        ("民建；民盟", "民建、民盟", ""),
        ("200108；民建", "中共党员、民建", "2001-08"),
        ("200108；民建；民革", "中共党员、民建、民革", "2001-08"),
        ("民建2001.08", "民建", "2001-08"),
        ("民建200108", "民建", "2001-08"),
        ("中共党员", "中共党员", ""),
        ("群众", "群众", ""),
        ("无党派", "无党派", ""),
        ("", "", ""),
    ];
    for (text, party, date) in cases {
        let store = form(&lrmx(&[NAME, ID, ("RuDangShiJian", text), ("JianLi", "2003.05--  某")]));
        let shown = |field| person(&store, field).unwrap_or_default();
        assert_eq!((shown("party").as_str(), shown("party_date").as_str()), (party, date), "{text}");
        assert!(store.problems.is_empty(), "{text}");
    }
    for wrong in ["2001.13", "预备期满于2001年转正并按期交纳党费", "民建2001.08；民盟2003.05"] {
        let store = form(&lrmx(&[NAME, ID, ("RuDangShiJian", wrong), ("JianLi", "2003.05--  某")]));
        assert_eq!(codes(&store), [("form::party", Fate::Blanked)], "{wrong}");
        let t = store.schema.table("person").unwrap();
        assert_eq!(store.filled(t, 0, store.schema.tables[t].field("party_date").unwrap()), Filled::Unknown);
    }
}

#[test]
fn the_person_is_read_from_every_field_that_has_a_place() {
    let store = form(&lrmx(&[
        ("XingMing", "欧阳 静"),
        ("XingBie", "女"),
        ("ChuShengNianYue", "1982.06（43岁）"),
        ("CanJiaGongZuoShiJian", "2004年7月"),
        ("QuanRiZhiJiaoYu_XueLi", "大专"),
        ("ZaiZhiJiaoYu_XueLi", "省委党校研究生"),
        ("QuanRiZhiJiaoYu_XueWei", "文学学士"),
        ("ZaiZhiJiaoYu_XueWei", "管理学硕士"),
        ("ZhuanYeJiShuZhiWu", "会计师"),
        ("ShenFenZheng", " 99999919820609022x "),
        ("JianLi", "2004.07--  某"),
    ]));
    let expected = [
        ("name", "欧阳静"),
        ("gender", "女"),
        ("birth", "1982-06"),
        ("work_date", "2004-07"),
        ("education", "研究生"),
        ("degree", "文学学士、管理学硕士"),
        ("technical", "会计师"),
        ("id_number", "99999919820609022X"),
    ];
    for (field, value) in expected {
        assert_eq!(person(&store, field).as_deref(), Some(value), "{field}");
    }
    // The key tells neither name nor number.
    let t = store.schema.table("person").unwrap();
    assert!(!store.key(t, 0).contains("9820609"));
    let odd = form(&lrmx(&[NAME, ID, ("ChuShengNianYue", "1990.13"), ("QuanRiZhiJiaoYu_XueLi", "函授夜大"), ("JianLi", "2004.07--  某")]));
    assert_eq!(codes(&odd), [("data::bad-date", Fate::Blanked), ("data::bad-code", Fate::Blanked)]);
}

#[test]
fn yearly_assessments_are_read_or_told() {
    let read = |text: &str| {
        let store = form(&lrmx(&[NAME, ID, ("NianDuKaoHeJieGuo", text), ("JianLi", "2004.07--  某")]));
        let unread = store.problems.iter().filter(|p| p.code == "form::assessment").map(|p| format!("! {}", p.value)).collect::<Vec<_>>();
        [rows(&store, "assessment"), unread].concat()
    };
    let cases: [(&str, &[&str]); 18] = [
        ("2021年度称职、2022年度优秀", &["2021|称职", "2022|优秀"]),
        ("2016年称职；2017年优秀", &["2016|称职", "2017|优秀"]),
        ("2021、2022、2023年年度考核均为称职", &["2021|称职", "2022|称职", "2023|称职"]),
        ("2021年度考核结果为基本称职。2022年度考核结果为不称职。", &["2021|基本称职", "2022|不称职"]),
        ("2021-2023年均为合格", &["2021|称职", "2022|称职", "2023|称职"]),
        ("２０２１年度优秀", &["2021|优秀"]),
        ("2021年度不确定等次", &["2021|不定等次"]),
        ("2021年度称职\n2022年度优秀", &["2021|称职", "2022|优秀"]),
        ("2021：称职，2022：称职", &["2021|称职", "2022|称职"]),
        ("(无)", &[]),
        ("无", &[]),
        ("近三年均为称职", &["! 近三年均为称职"]),
        ("优秀：2021、2022；称职：2023", &["! 优秀：2021、2022", "! 称职：2023"]),
        ("2021、2022年分别为称职、优秀", &["! 2021、2022年分别为称职、优秀"]),
        ("2021年度称职；2022年度未参加", &["2021|称职", "! 2022年度未参加"]),
        ("2021年度称职；2021年度优秀", &["! 2021年优秀", "! 2021年称职"]),
        ("21年称职", &["! 21年称职"]),
        ("2021年度", &["! 2021年度"]),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn sanctions_are_entered_only_where_date_and_kind_are_said() {
    let read = |text: &str| {
        let store = form(&lrmx(&[NAME, ID, ("JiangChengQingKuang", text), ("JianLi", "2004.07--  某")]));
        let unread = store.problems.iter().filter(|p| p.code == "form::sanction").map(|p| format!("! {}", p.value)).collect::<Vec<_>>();
        [rows(&store, "sanction"), unread].concat()
    };
    let cases: [(&str, &[&str]); 14] = [
        ("2017年受党内警告处分", &["党内警告|2017"]),
        ("2020年12月受政务记过处分；2023年被评为县先进工作者", &["政务记过|2020-12"]),
        ("2019.03.05，因违反工作纪律，受到党内严重警告处分", &["党内严重警告|2019-03-05"]),
        ("2019.03因履职不力受诫勉谈话", &["诫勉|2019-03"]),
        ("2015年记三等功一次", &[]),
        ("无", &[]),
        ("无此类情况", &[]),
        ("（无此情况。）", &[]),
        ("", &[]),
        ("曾受党内警告处分", &["! 曾受党内警告处分"]),
        // What a 警告 of unsaid nature was is not guessed, nor what 行政 was.
        ("2017年受警告处分", &["! 2017年受警告处分"]),
        ("2010年受行政记过处分", &["! 2010年受行政记过处分"]),
        ("2017年受党内警告处分，2018年解除", &["! 2017年受党内警告处分，2018年解除"]),
        ("本人无异议", &["! 本人无异议"]),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected, "{text}");
    }
    // A form is no register of sanctions: that it tells of none proves nothing of another's.
    let two = forms(&[
        ("a.lrmx", lrmx(&[NAME, ID, ("JiangChengQingKuang", "2017年受党内警告处分")]).as_bytes()),
        ("b.lrmx", lrmx(&[("XingMing", "何样"), ("JiangChengQingKuang", "无")]).as_bytes()),
    ]);
    assert_eq!((rows(&two, "sanction").len(), rows_open(&two, "sanction")), (1, 2));
}

#[test]
fn relatives_become_kin_and_an_unknown_relation_is_told() {
    let item = |relation: &str, name: &str, work: &str| {
        format!(
            "<Item><ChengWei>{relation}</ChengWei><XingMing>{name}</XingMing><GongZuoDanWeiJiZhiWu>{work}</GongZuoDanWeiJiZhiWu></Item>"
        )
    };
    let kin = [item("妻子", "沈清", "某小学教师"), item("", "", ""), item("长子", "江 小", ""), item("干爹", "宋老", "务农")].concat();
    let store = form(&lrmx(&[NAME, ID, ("JianLi", "2004.07--  某"), ("JiaTingChengYuan", &kin)]));
    assert_eq!(rows(&store, "kin"), ["配偶|沈清|某小学教师", "儿子|江小|"]);
    assert_eq!(told(&store), [("form::relation", 4, "JiaTingChengYuan", Fate::Refused)]);
}

#[test]
fn what_is_proposed_becomes_a_matter_of_unknown_kind() {
    let resume = ("JianLi", "2016.08--2020.01  某局副局长\n2020.01--  某局党组成员、副局长");
    let store = form(&lrmx(&[NAME, ID, resume, ("NiRenZhiWu", "某县财政局局长"), ("NiMianZhiWu", "某局党组成员、副局长")]));
    let case = store.schema.table("case").unwrap();
    assert_eq!(rows(&store, "case").len(), 1);
    let key = store.key(case, 0).to_owned();
    assert!(key.ends_with("-RM"));
    assert_eq!(cell(&store, "case", &key, "title").as_deref(), Some("某县财政局局长"));
    assert!(cell(&store, "case", &key, "from_post_id").unwrap().ends_with("-J2"));
    assert_eq!(store.filled(case, 0, store.schema.tables[case].field("kind").unwrap()), Filled::Unknown);
    assert_eq!(codes(&store), [("form::case-kind", Fate::Noted)]);
    // A removal alone says what it is; a post removed in other words than the résumé's leads to none.
    let store = form(&lrmx(&[NAME, ID, resume, ("NiRenZhiWu", "无"), ("NiMianZhiWu", "某局副局长")]));
    let key = store.key(case, 0).to_owned();
    assert_eq!(cell(&store, "case", &key, "kind").as_deref(), Some("免职"));
    assert_eq!(cell(&store, "case", &key, "from_post_id"), None);
    assert!(store.problems.is_empty());
    let none = form(&lrmx(&[NAME, ID, resume]));
    assert!(rows(&none, "case").is_empty());
}

#[test]
fn every_filled_field_is_kept_refused_or_untaken() {
    let store = form(&lrmx(&[
        NAME,
        ID,
        ("ChuShengNianYue", "1990.13"),
        ("JianKangZhuangKuang", "健康"),
        ("JianLi", "2004.07--  某\n不知何时在某处"),
        ("ZhaoPian", "AAAA"),
        ("XinZengLan", "x"),
    ]));
    let of = |field: &str| {
        let t = store.field_tallies.iter().find(|t: &&FieldTally| t.field == field).unwrap();
        (t.read, t.kept, t.refused, t.untaken)
    };
    assert_eq!((of("姓名"), of("出生年月"), of("健康状况")), ((1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)));
    assert_eq!((of("简历"), of("照片"), of("身份证")), ((1, 0, 1, 0), (1, 0, 0, 1), (1, 1, 0, 0)));
    assert!(store.problems.iter().any(|p| p.code == "form::unknown-field" && p.value == "XinZengLan"));
    assert!(!store.field_tallies.iter().any(|t| t.field == "民族"));
}

// ---- Files ----

const PLAIN: &str = "1998.07--2001.03  某镇科员\n2001.03--  某乡科员";

/// What a form of PLAIN is read as, in whatever file.
fn is_plain(store: &Store, note: &str) {
    assert_eq!(rows(store, "post"), ["某镇科员||1998-07|2001-03", "某乡科员||2001-03|"], "{note}");
    assert_eq!(person(store, "name").as_deref(), Some("江远"), "{note}");
    assert!(store.problems.is_empty(), "{note}: {:?}", store.problems);
}

#[test]
fn every_encoding_with_and_without_bom() {
    let text = with_resume(PLAIN);
    let wide = |big: bool| -> Vec<u8> { text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect() };
    let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("UTF-8", text.clone().into_bytes()),
        ("UTF-8 BOM", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16LE BOM", [&b"\xff\xfe"[..], &wide(false)].concat()),
        ("UTF-16BE BOM", [&b"\xfe\xff"[..], &wide(true)].concat()),
        ("UTF-16LE", wide(false)),
        ("UTF-16BE", wide(true)),
        ("GBK declared", gbk(&text.replace("utf-8", "GBK"))),
        ("GB2312 declared", gbk(&text.replace("utf-8", "gb2312"))),
        ("GBK declared as UTF-8", gbk(&text)),
        ("UTF-8 declared as GBK", text.replace("utf-8", "GB18030").into_bytes()),
        ("nothing declared", text.split_once('\n').unwrap().1.as_bytes().to_vec()),
        ("GBK, nothing declared", gbk(text.split_once('\n').unwrap().1)),
    ];
    for (note, bytes) in cases {
        is_plain(&forms(&[("表.lrmx", &bytes)]), note);
    }
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("a.lrmx");
    fs::write(&other, gbk(&text.replace("utf-8", "Big5"))).unwrap();
    assert_eq!(read_forms(&other).unwrap_err().code(), "form::encoding");
    fs::write(&other, [text.as_bytes(), b"\xff\xff\xff"].concat()).unwrap();
    assert_eq!(read_forms(&other).unwrap_err().code(), "form::encoding");
}

#[test]
fn every_style_of_blank_and_escape() {
    let one_line = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Person><XingMing>江 远</XingMing><NiRenZhiWu/><NiMianZhiWu></NiMianZhiWu><JianLi>1998.07--2001.03  某镇科员&#13;\n2001.03--         某乡科员</JianLi><ShenFenZheng>999999197804150136</ShenFenZheng></Person>";
    is_plain(&form(one_line), "server");
    is_plain(&form(&one_line.replace("<NiRenZhiWu/>", "<NiRenZhiWu>\n  </NiRenZhiWu>")), "blank on two lines");
    is_plain(&form(&one_line.replace("&#13;\n", "<br/>")), "breaks as elements");
    is_plain(&form(&one_line.replace("&#13;\n", "&lt;br /&gt;")), "breaks as text");
    is_plain(&form(&one_line.replace("<XingMing>江 远</XingMing>", "<XingMing><![CDATA[江远]]></XingMing>")), "CDATA");
    is_plain(&form(&one_line.replace("<Person>", "<!-- 注 --><Person><ZhaoPian>AAAA</ZhaoPian>")), "comment and photo");
    // Escaped twice, by the database and by the writer; and an ampersand that nobody escaped.
    let twice = form(&lrmx(&[NAME, ID, ("JianLi", "2015.06--  某局副局长&amp;lt;正科级&amp;gt;")]));
    assert_eq!(rows(&twice, "post"), ["某局副局长<正科级>||2015-06|"]);
    let raw = form(&lrmx(&[NAME, ID, ("JianLi", "2015.06--  某R&D中心主任")]));
    assert_eq!(rows(&raw, "post"), ["某R&D中心主任||2015-06|"]);
}

fn lrm(resume: &str) -> String {
    let mut fields = vec![String::new(); 34];
    for (at, text) in [(0, "江远"), (1, "男"), (2, "197804"), (9, "大学#文学学士@省委党校研究生#"), (17, resume), (33, ID.1)]
    {
        fields[at] = text.to_owned();
    }
    for (at, text) in [(20, "妻子@儿子@@@"), (21, "沈清@江小@@@"), (24, "某校\"名师\",教研员@@@@")] {
        fields[at] = text.to_owned();
    }
    fields.iter().map(|f| format!("\"{f}\"")).collect::<Vec<_>>().join(",")
}

#[test]
fn old_records_with_quotes_commas_and_line_breaks_within() {
    let bytes = encoding_rs::GBK.encode(&lrm("1998.07--2001.03  某镇\"两办\",科员\r\n2001.03--  某乡科员")).0.into_owned();
    let store = forms(&[("表.lrm", &bytes)]);
    assert_eq!(rows(&store, "post"), ["某镇\"两办\",科员||1998-07|2001-03", "某乡科员||2001-03|"]);
    assert_eq!(rows(&store, "kin"), ["配偶|沈清|某校\"名师\",教研员", "儿子|江小|"]);
    assert_eq!(person(&store, "education").as_deref(), Some("研究生"));
    let post = store.schema.table("post").unwrap();
    assert_eq!(store.place(post, 0, store.schema.tables[post].field("start").unwrap()), "表.lrm:1:简历");
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, encoding_rs::GBK.encode(text).0).unwrap();
        read_forms(&path)
    };
    // What is a form is told by what is in it.
    assert!(at("没有后缀", &lrm(PLAIN)).is_ok());
    let whole = lrm(PLAIN);
    assert_eq!(at("a.lrm", &whole[..whole.len() - 1]).unwrap_err().code(), "form::truncated");
    assert_eq!(at("b.lrm", "\"江远\",\"男\"").unwrap_err().code(), "form::truncated");
    assert_eq!(at("c.lrm", &lrm("甲\",\"乙\",\"丙")).unwrap_err().code(), "form::ambiguous");
    assert_eq!(at("d.lrm", "江远").unwrap_err().code(), "form::not-a-form");
}

#[test]
fn one_bad_form_among_others_costs_nothing_else() {
    let good = with_resume(PLAIN);
    let store = forms(&[
        ("a.lrmx", good.as_bytes()),
        ("b.lrmx", &good.as_bytes()[..good.len() / 2]),
        ("c.lrmx", b""),
        ("d.lrmx", b"PK\x03\x04..."),
        ("e.lrmx", b"\xff\xd8\xff\xe0"),
        ("f.lrmx", lrmx(&[ID]).as_bytes()),
        ("g.lrmx", b"<html></html>"),
        ("._a.lrmx", b"\0\0"),
        ("a.pic", b"\xff\xd8"),
    ]);
    assert_eq!(tally(&store, "person"), (7, 1, 0, 6));
    assert_eq!(rows(&store, "post").len(), 2);
    let refused: Vec<(&str, &str)> = store.problems.iter().map(|p| (p.file.as_str(), p.code)).collect();
    let expected = [
        ("b.lrmx", "form::truncated"),
        ("c.lrmx", "form::empty"),
        ("d.lrmx", "form::not-a-form"),
        ("e.lrmx", "form::not-a-form"),
        ("f.lrmx", "form::no-name"),
        ("g.lrmx", "form::not-a-form"),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn two_forms_of_one_person_are_one_or_none() {
    let good = with_resume(PLAIN);
    let later = with_resume("1998.07--2001.03  某镇科员\n2001.03--2024.02  某乡科员");
    // The same said twice, in another file and style.
    let copy = good.replace('\n', "\r\n").replace("</Person>", "<Version>3.2.1.16</Version></Person>");
    let store = forms(&[("a.lrmx", good.as_bytes()), ("b.lrmx", copy.as_bytes())]);
    assert_eq!(tally(&store, "person"), (2, 1, 1, 0));
    assert_eq!((rows(&store, "post").len(), codes(&store)), (2, vec![("form::copy", Fate::Noted)]));
    // Different: neither is believed.
    let store = forms(&[("a.lrmx", good.as_bytes()), ("b.lrmx", later.as_bytes())]);
    assert_eq!(tally(&store, "person"), (2, 0, 0, 2));
    assert!(rows(&store, "post").is_empty());
    assert_eq!(codes(&store), [("form::two-of-one", Fate::Refused), ("form::two-of-one", Fate::Refused)]);
    // Wherever they lie.
    let dir = tempfile::tempdir().unwrap();
    let paths = [dir.path().join("a.lrmx"), dir.path().join("b.lrmx")];
    fs::write(&paths[0], &good).unwrap();
    fs::write(&paths[1], &later).unwrap();
    let sources: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let store = checked(ingest::read(&sources, &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap());
    assert_eq!(tally(&store, "person"), (2, 0, 0, 2));
}

#[test]
fn namesakes_are_told_and_not_merged() {
    let of = |id: &str, post: &str| {
        lrmx(&[NAME, ("ChuShengNianYue", "197804"), ("XianRenZhiWu", post), ("ShenFenZheng", id), ("JianLi", "2001.03--  某乡科员")])
    };
    let (one, other, none) = (of(ID.1, "甲"), of("999999197804220018", "乙"), of("", "甲"));
    let store = forms(&[("a.lrmx", one.as_bytes()), ("b.lrmx", other.as_bytes()), ("c.lrmx", none.as_bytes())]);
    assert_eq!(tally(&store, "person"), (3, 3, 0, 0));
    assert_eq!(codes(&store), [("form::namesakes", Fate::Noted), ("form::namesakes", Fate::Noted)]);
}

// ---- Zips ----

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read_zip(name: &str, bytes: &[u8]) -> Result<Store, IngestError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    read_forms(&path).map(checked)
}

#[test]
fn a_zip_of_forms_is_read_as_its_folder_would_be() {
    let good = with_resume(PLAIN);
    let bytes = zipped(&[("表/江远.lrmx", good.as_bytes()), ("表/江远.pic", b"\xff\xd8"), ("表/坏.lrmx", b"<Person>")]);
    let store = read_zip("名单.zip", &bytes).unwrap();
    assert_eq!((tally(&store, "person"), rows(&store, "post").len()), ((2, 1, 0, 1), 2));
    assert_eq!(store.problems[0].file, "名单.zip/表/坏.lrmx");
    // The ending does not matter.
    assert!(read_zip("名单", &bytes).is_ok());
    // Names in GBK.
    let gbk = read_forms(&sample("forms.zip")).map(checked).unwrap();
    assert!(gbk.places.files.iter().any(|f| f == "forms.zip/任免表/温良.lrmx"), "{:?}", gbk.places.files);
    assert_eq!(read_zip("空.zip", &zipped(&[("说明.txt", b"x")])).unwrap_err().code(), "form::not-a-form");
}

#[test]
fn zips_that_are_cut_or_made_to_exhaust_are_refused() {
    let good = with_resume(PLAIN);
    let bytes = zipped(&[("a.lrmx", good.as_bytes()), ("b.lrmx", good.as_bytes())]);
    for cut in [30, bytes.len() / 2, bytes.len() - 10] {
        assert_eq!(read_zip("cut.zip", &bytes[..cut]).unwrap_err().code(), "form::truncated", "{cut}");
    }
    // Thirty megabytes of blanks pack to thirty thousand bytes.
    let bomb = zipped(&[("bomb.lrmx", &vec![b' '; 30 << 20])]);
    assert!(bomb.len() < 100_000);
    let error = read_zip("bomb.zip", &bomb).unwrap_err();
    assert_eq!(error.code(), "form::zip-bomb");
    assert!(error.to_string().contains("压缩比"), "{error}");
    // Twenty thousand and one entries.
    let names: Vec<String> = (0..20_001).map(|i| format!("{i}.lrmx")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
    assert_eq!(read_zip("many.zip", &zipped(&many)).unwrap_err().code(), "form::zip-bomb");
    // Damage anywhere brings nothing down.
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x5a;
        if let Err(error) = read_zip("broken.zip", &broken) {
            assert!(!error.code().is_empty() && !error.advice().is_empty());
        }
    }
}

// ---- Files made to harm ----

#[test]
fn entities_and_document_types_are_never_followed() {
    let error = |text: &str| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.lrmx");
        fs::write(&path, text).unwrap();
        read_forms(&path).unwrap_err()
    };
    let secret =
        "<?xml version=\"1.0\"?><!DOCTYPE Person [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Person><XingMing>&x;</XingMing></Person>";
    assert_eq!(error(secret).code(), "form::doctype");
    let laughs =
        "<!DOCTYPE Person [<!ENTITY a \"哈哈哈哈\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><Person><XingMing>&b;</XingMing></Person>";
    assert_eq!(error(laughs).code(), "form::doctype");
    assert_eq!(error("<Person><XingMing>江</XingMing></Person><Person></Person>").code(), "form::not-a-form");
    assert_eq!(error("<Person><XingMing>江</XinMing></Person>").code(), "form::bad-xml");
    assert_eq!(error("<Person><XingMing>江</XingMing><XingMing>远</XingMing></Person>").code(), "form::field-twice");
    let deep = format!("<Person>{}</Person>", "<a>".repeat(100_000));
    assert_eq!(error(&deep).code(), "form::bad-xml");
    // An entity nobody declared stands for itself.
    let store = form(&lrmx(&[("XingMing", "江&x;远"), ("JianLi", "2001.03--  某")]));
    assert_eq!(person(&store, "name").as_deref(), Some("江&x;远"));
}

#[test]
fn fields_of_megabytes_are_refused_and_a_photo_is_not() {
    let long = |element: &str, c: &str| lrmx(&[NAME, ID, (element, &c.repeat(10 << 20)), ("JianLi", "2001.03--  某")]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.lrmx");
    fs::write(&path, long("JianLi", "x")).unwrap();
    assert_eq!(read_forms(&path).unwrap_err().code(), "form::too-long");
    fs::write(&path, long("ChengBaoDanWei", "x")).unwrap();
    assert_eq!(read_forms(&path).unwrap_err().code(), "form::too-long");
    fs::write(&path, long("ZhaoPian", "A")).unwrap();
    let store = read_forms(&path).map(checked).unwrap();
    assert!(store.problems.is_empty());
    fs::write(&path, vec![b' '; 17 << 20]).unwrap();
    assert!(read_forms(&path).is_err());
}

#[test]
fn a_named_file_that_is_no_form_is_an_error_with_its_name() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, code) in
        [("a.lrmx", &b"%PDF-1.7"[..], "form::not-a-form"), ("b.lrmx", b"", "ingest::empty"), ("c.lrmx", b"hello", "form::not-a-form")]
    {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = read_forms(&path).unwrap_err();
        assert_eq!(error.code(), code, "{name}");
        assert!(error.to_string().contains(name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in a résumé, every line that is not blank is a row or told.
    #[test]
    fn no_line_of_a_resume_is_lost(resume in "((19|20)[0-9]{2}[.．年]?[0-9]{0,2}月?|--|—|至今|至|（其间：|（|）|；|，|某局局长|在某校学习|任三级主任科员|待分配| {1,20}|　|[0-9]|\n|\r\n|<br/>|&|<){0,40}") {
        let store = form(&with_resume(&resume));
        let plain = resume.trim().replace("\r\n", "\n").replace("<br/>", "\n");
        let lines: Vec<u32> = (1..).zip(plain.lines()).filter(|(_, l)| !l.trim().is_empty()).map(|(n, _)| n).collect();
        let mut starts: Vec<u32> = store.problems.iter().filter(|p| p.column == "JianLi").map(|p| p.row).collect();
        let mut kept = 0;
        for table in ["post", "study", "rank"] {
            let of = store.rows(store.schema.table(table).unwrap());
            starts.extend((0..of.len).filter_map(|r| of.origin.get(r)).map(|(_, line)| line));
            kept += (0..of.len as RowId).filter(|&r| !of.is_open(r)).count();
        }
        // The first line begins something; every further one begins something or goes on with what stands before it.
        if let Some(first) = lines.first() {
            prop_assert!(starts.contains(first), "{plain:?}: {starts:?}");
        }
        prop_assert!(starts.iter().all(|s| *s == 0 || lines.contains(s)), "{plain:?}: {starts:?}");
        // No character of it is lost: what is kept, or told to be no post (of a long text the beginning), holds every word that says what was done.
        let waiting = || store.problems.iter().filter(|p| p.code == "form::resume-waiting");
        let is_shortened = waiting().any(|p| p.value.ends_with('…'));
        let words = plain.matches("某局局长").count();
        let post = store.schema.table("post").unwrap();
        let title = store.schema.tables[post].field("title").unwrap();
        let study = store.schema.table("study").unwrap();
        let study_title = store.schema.tables[study].field("title").unwrap();
        let mut found = waiting().map(|p| p.value.matches("某局局长").count()).sum::<usize>();
        for (t, f) in [(post, title), (study, study_title)] {
            found += (0..store.rows(t).len as RowId).filter_map(|r| store.show(t, r, f)).map(|t| t.matches("某局局长").count()).sum::<usize>();
        }
        prop_assert!(found >= words || is_shortened, "{plain:?}: {words} words, {found} found, {kept} rows");
    }

    #[test]
    fn changed_bytes_of_forms(changes in prop::collection::vec((0usize..1200, any::<u8>()), 1..8), cut in any::<Option<u16>>()) {
        let dir = tempfile::tempdir().unwrap();
        for name in ["02欧阳静.lrmx", "04卢青.lrm"] {
            let mut bytes = fs::read(sample("forms").join(name)).unwrap();
            for &(at, byte) in &changes {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            bytes.truncate(cut.map_or(bytes.len(), |c| usize::from(c) % bytes.len()));
            let path = dir.path().join(name);
            fs::write(&path, &bytes).unwrap();
            if let Ok(store) = read_forms(&path) {
                checked(store);
            }
        }
    }
}

// ---- Records that forms become ----

#[test]
fn the_sample_is_read_whole() {
    let store = read_forms(&sample("forms")).map(checked).unwrap();
    assert_eq!(tally(&store, "person"), (5, 5, 0, 0));
    assert_eq!(tally(&store, "post"), (23, 21, 0, 2));
    assert_eq!(tally(&store, "study"), (8, 8, 0, 0));
    assert_eq!(tally(&store, "case"), (3, 3, 0, 0));
    assert_eq!(tally(&store, "sanction"), (2, 2, 0, 0));
    assert_eq!(tally(&store, "assessment"), (16, 15, 0, 1));
    assert_eq!(tally(&store, "kin"), (9, 8, 0, 1));
    assert_eq!(tally(&store, "rank"), (1, 1, 0, 0));
}

#[test]
fn forms_come_back_from_an_import_as_they_were() {
    let store = read_forms(&sample("forms")).map(checked).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    write_store(&store, &path).unwrap();
    let back = read_forms(&path).map(checked).unwrap();
    for table in ["person", "post", "study", "rank", "case", "sanction", "assessment", "kin"] {
        assert_eq!(rows(&back, table), rows(&store, table), "{table}");
        assert_eq!(rows_open(&back, table), rows_open(&store, table), "{table}");
    }
    assert_eq!(back.problems, store.problems);
    assert_eq!((back.tallies, back.field_tallies), (store.tallies, store.field_tallies));
}
