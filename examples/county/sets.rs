//! The county as the information sets of a civil servants' system (A01, A02 …) hold it: other tables, other columns, codes for words. The
//! other way round from the shipped mapping `a01`, and written apart from it, so that each proves the other.

use std::collections::BTreeMap;

/// A row of the records: fields by name.
pub type Fields = BTreeMap<String, String>;

/// One information set.
pub struct Set {
    pub name: &'static str,
    pub header: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// What the records call by a word, and the systems by a code.
const LEVELS: [(&str, &str, &str); 12] = [
    ("国家级正职", "1A01", "101"),
    ("国家级副职", "1A02", "102"),
    ("省部级正职", "1A11", "104A"),
    ("省部级副职", "1A12", "104B"),
    ("厅局级正职", "1A21", "105"),
    ("厅局级副职", "1A22", "106"),
    ("县处级正职", "1A31", "107"),
    ("县处级副职", "1A32", "108"),
    ("乡科级正职", "1A41", "109"),
    ("乡科级副职", "1A42", "110"),
    ("科员级", "1A50", "999"),
    ("办事员级", "1A60", "999"),
];
const RANKS: [(&str, &str); 12] = [
    ("一级巡视员", "11"),
    ("二级巡视员", "12"),
    ("一级调研员", "13"),
    ("二级调研员", "14"),
    ("三级调研员", "15"),
    ("四级调研员", "16"),
    ("一级主任科员", "17"),
    ("二级主任科员", "18"),
    ("三级主任科员", "19"),
    ("四级主任科员", "1A"),
    ("一级科员", "1B"),
    ("二级科员", "1C"),
];
const ETHNICITIES: [(&str, &str); 4] = [("汉族", "01"), ("回族", "03"), ("苗族", "06"), ("满族", "11")];
const PARTIES: [(&str, &str); 3] = [("中共党员", "01"), ("民建", "06"), ("群众", "13")];
/// Degrees of schooling above 研究生 have no code of their own.
const EDUCATIONS: [(&str, &str); 8] = [
    ("博士研究生", "11"),
    ("硕士研究生", "11"),
    ("研究生", "11"),
    ("大学本科", "21"),
    ("大学专科", "31"),
    ("中专", "41"),
    ("高中", "61"),
    ("初中及以下", "71"),
];
const CATEGORIES: [(&str, &str); 5] = [("公务员", "1"), ("参公人员", "5"), ("事业人员", "7"), ("国企人员", "A4"), ("其他", "A0")];
/// What is neither is 其他人员 (5).
const STATUSES: [(&str, &str); 4] = [("在职", "1"), ("退休", "2"), ("调出", "3"), ("去世", "4")];
const RESULTS: [(&str, &str); 5] = [("优秀", "1"), ("称职", "2"), ("基本称职", "3"), ("不称职", "4"), ("不定等次", "5")];
const SANCTIONS: [(&str, &str); 11] = [
    ("政务警告", "02110"),
    ("政务记过", "02112"),
    ("政务记大过", "02113"),
    ("政务降级", "02114"),
    ("政务撤职", "02117"),
    ("政务开除", "02119"),
    ("党内警告", "02250"),
    ("党内严重警告", "02251"),
    ("撤销党内职务", "02257"),
    ("留党察看", "02258"),
    ("开除党籍", "02259"),
];
const RELATIONS: [(&str, &str); 14] = [
    ("配偶", "12"),
    ("父亲", "01"),
    ("母亲", "02"),
    ("儿子", "14"),
    ("女儿", "26"),
    ("兄弟", "08"),
    ("姐妹", "09"),
    ("祖父母", "55"),
    ("孙子女", "34"),
    ("伯叔姑舅姨", "74"),
    ("堂表兄弟姐妹", "85"),
    ("侄甥", "92"),
    ("配偶父母", "46"),
    ("其他", "94"),
];

fn code(list: &[(&str, &str)], word: &str, otherwise: &str) -> String {
    list.iter().find(|(w, _)| *w == word).map_or(if word.is_empty() { "" } else { otherwise }, |(_, c)| c).to_owned()
}

/// `1969-09-14` as 19690914, `1990-10` as 199010.
fn date(text: &str) -> String {
    text.replace('-', "")
}

/// 是 as 1; 否 as this.
fn yes(text: &str, no: &str) -> String {
    match text {
        "是" => "1".to_owned(),
        "否" => no.to_owned(),
        _ => String::new(),
    }
}

/// Whether the sets have a place for a row.
pub fn is_told(table: &str, row: &Fields) -> bool {
    let has = |list: &[(&str, &str)], field: &str| list.iter().any(|(w, _)| *w == row[field]);
    match table {
        "sanction" => has(&SANCTIONS, "kind"),
        "kin" => has(&RELATIONS, "relation"),
        _ => true,
    }
}

/// Every set, of the rows of tables of the records.
pub fn sets(rows: &dyn Fn(&str) -> Vec<Fields>) -> Vec<Set> {
    let told = |table: &str| rows(table).into_iter().filter(|r| is_told(table, r)).collect::<Vec<_>>();
    let level = |word: &str| LEVELS.iter().find(|(w, ..)| *w == word).map_or(String::new(), |(_, c, _)| (*c).to_owned());
    let units = |r: &Fields| {
        let parent = if r["parent_id"].is_empty() { "-1".to_owned() } else { r["parent_id"].clone() };
        let level = LEVELS.iter().find(|(w, ..)| *w == r["level"]).map_or(String::new(), |(.., c)| (*c).to_owned());
        vec![r["unit_id"].clone(), parent, r["name"].clone(), level, "1".to_owned()]
    };
    let people = |r: &Fields| {
        vec![
            r["person_id"].clone(),
            r["name"].clone(),
            match r["gender"].as_str() {
                "男" => "1",
                "女" => "2",
                _ => "",
            }
            .to_owned(),
            date(&r["birth"]),
            r["native_place"].clone(),
            r["birthplace"].clone(),
            r["hometown"].clone(),
            code(&ETHNICITIES, &r["ethnicity"], "97"),
            date(&r["work_date"]),
            code(&PARTIES, &r["party"], "99"),
            date(&r["party_date"]),
            code(&CATEGORIES, &r["category"], "99"),
            code(&STATUSES, &r["status"], "5"),
            r["id_number"].clone(),
            r["unit_id"].clone(),
            yes(&r["grassroots_two_years"], "0"),
        ]
    };
    let posts = |r: &Fields| {
        let status = if r["end"].is_empty() { "1" } else { "0" };
        vec![
            r["post_id"].clone(),
            r["person_id"].clone(),
            if r["unit_id"].is_empty() { "-1".to_owned() } else { r["unit_id"].clone() },
            r["title"].clone(),
            yes(&r["leader"], "2"),
            yes(&r["chief"], "3"),
            level(&r["level"]),
            date(&r["start"]),
            status.to_owned(),
            date(&r["end"]),
        ]
    };
    // Levels of people are told here, too.
    let mut ranks: Vec<Vec<String>> = rows("post")
        .iter()
        .filter(|r| r["end"].is_empty() && !r["level"].is_empty())
        .map(|r| {
            let own = [format!("5{}", r["post_id"]), r["person_id"].clone(), "0".to_owned(), level(&r["level"])];
            own.into_iter().chain([date(&r["start"]), String::new(), "1".to_owned()]).collect()
        })
        .collect();
    ranks.extend(rows("rank").iter().map(|r| {
        let own = [r["rank_id"].clone(), r["person_id"].clone(), "1".to_owned(), code(&RANKS, &r["rank"], "")];
        let status = if r["end"].is_empty() { "1" } else { "0" };
        own.into_iter().chain([date(&r["start"]), date(&r["end"]), status.to_owned()]).collect()
    }));
    let schooling = |r: &Fields| (!r["education"].is_empty()).then(|| vec![r["person_id"].clone(), code(&EDUCATIONS, &r["education"], "")]);
    // Everybody has been to school before.
    let schools = rows("person").iter().filter_map(schooling).flat_map(|s| [vec![s[0].clone(), "71".to_owned()], s]).collect();
    let mut conduct: Vec<Vec<String>> = told("sanction")
        .iter()
        .map(|r| {
            vec![r["sanction_id"].clone(), r["person_id"].clone(), code(&SANCTIONS, &r["kind"], ""), date(&r["date"]), date(&r["ends"])]
        })
        .collect();
    // A reward stands among the sanctions.
    conduct.extend(
        rows("person").iter().take(1).map(|r| vec!["A1".into(), r["person_id"].clone(), "01114".into(), "201801".into(), String::new()]),
    );
    let years = |r: &Fields| vec![r["assessment_id"].clone(), r["person_id"].clone(), r["year"].clone(), code(&RESULTS, &r["result"], "7")];
    let kin = |r: &Fields| {
        vec![r["kin_id"].clone(), r["person_id"].clone(), code(&RELATIONS, &r["relation"], ""), r["name"].clone(), r["title"].clone()]
    };
    vec![
        Set { name: "B01", header: vec!["B0111", "B0121", "B0101", "B0127", "B0194"], rows: rows("unit").iter().map(units).collect() },
        Set {
            name: "A01",
            header: vec![
                "A0000", "A0101", "A0104", "A0107", "A0111A", "A0114A", "A0115A", "A0117", "A0134", "A0141", "A0144", "A0160", "A0163",
                "A0184", "A0195", "A0197",
            ],
            rows: rows("person").iter().map(people).collect(),
        },
        Set {
            name: "A02",
            header: vec!["A0200", "A0000", "A0201B", "A0215A", "A0219", "A0201E", "A0221", "A0243", "A0255", "A0265"],
            rows: rows("post").iter().map(posts).collect(),
        },
        Set { name: "A05", header: vec!["A0500", "A0000", "A0531", "A0501B", "A0504", "A0517", "A0524"], rows: ranks },
        Set { name: "A08", header: vec!["A0000", "A0801B"], rows: schools },
        Set { name: "A14", header: vec!["A1400", "A0000", "A1404B", "A1407", "A1424"], rows: conduct },
        Set { name: "A15", header: vec!["A1500", "A0000", "A1521", "A1517"], rows: rows("assessment").iter().map(years).collect() },
        Set { name: "A36", header: vec!["A3600", "A0000", "A3604A", "A3601", "A3611"], rows: told("kin").iter().map(kin).collect() },
    ]
}
