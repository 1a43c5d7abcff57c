//! 干部任免审批表: what their fields become.

mod files;
mod resumes;

use super::*;
use guiju::ingest::write_store;
use guiju::records::{FieldTally, Filled};

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
