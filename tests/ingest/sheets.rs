//! Sheets as people make them.

use super::*;
use guiju::ingest::Asked;
use guiju::records::{Filled, TableId};
use std::path::PathBuf;

#[path = "../../examples/workbooks/books.rs"]
#[allow(dead_code, clippy::expect_used)]
mod books;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

pub(super) fn read_asked(paths: &[PathBuf], asked: Asked) -> Result<Store, IngestError> {
    let sources: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let store = ingest::read_asked(&sources, None, asked, &SCHEMA, &Wanted::all(&SCHEMA), &Silent)?;
    adds_up(&store);
    Ok(store)
}

pub(super) const NOW: Asked = Asked { year: None, now: Some(2026) };

/// The key of the one row of a table whose field says so.
pub(super) fn key_of(store: &Store, table: &str, field: &str, says: &str) -> String {
    let t: TableId = store.schema.table(table).unwrap();
    let f = store.schema.tables[t].field(field).unwrap();
    let found: Vec<RowId> = (0..store.rows(t).len as RowId).filter(|&r| store.show(t, r, f).as_deref() == Some(says)).collect();
    assert_eq!(found.len(), 1, "{table} {field} {says}: {:?}", store.problems);
    store.key(t, found[0]).to_owned()
}

pub(super) fn of(store: &Store, name: &str, field: &str) -> Option<String> {
    cell(store, "person", &key_of(store, "person", "name", name), field)
}

#[test]
fn the_samples_are_what_their_generator_writes() {
    for (name, bytes) in books::all() {
        assert!(fs::read(sample(name)).unwrap() == bytes, "{name} differs; run: cargo run --example workbooks -- samples");
    }
}

#[test]
fn a_workbook_of_sheets_as_people_make_them() {
    let store = read_asked(&[sample("workbooks/干部名册.xlsx")], NOW).unwrap();
    let problems: Vec<String> =
        store.problems.iter().map(|p| format!("{} {} {} {} {:?} {}", p.file, p.row, p.column, p.code, p.fate, p.why)).collect();
    insta::assert_snapshot!(problems.join("\n"));
    // Six people, one of whom stands on the slate only.
    // Of the nine rows that name them three say more of the same; ten are titles, groups, totals and notes.
    assert_eq!(tally(&store, "person"), (19, 6, 3, 0));
    assert_eq!(of(&store, "司空明远", "birth").as_deref(), Some("1971-05"));
    assert_eq!(of(&store, "司空明远", "education").as_deref(), Some("大学本科"));
    assert_eq!(of(&store, "司空明远", "degree").as_deref(), Some("经济学学士"));
    assert_eq!(of(&store, "司空明远", "party_date").as_deref(), Some("1998-06"));
    assert_eq!(of(&store, "漆雕宁", "work_date").as_deref(), Some("1999-08"));
    assert_eq!(of(&store, "巫马长青", "birth").as_deref(), Some("1968-11"));
    assert_eq!(of(&store, "巫马长青", "party").as_deref(), Some("民建"));
    assert_eq!(of(&store, "夹谷一", "birth").as_deref(), Some("1966-06"));
    assert_eq!(of(&store, "夹谷一", "party_date").as_deref(), Some("1992-07"));
    // 1986.1 as a number is January or October: nobody can say.
    assert_eq!(of(&store, "亓官海", "birth"), None);
    // Posts are those held now, since the day or month written.
    let post = key_of(&store, "post", "title", "云溪镇镇长");
    assert_eq!(cell(&store, "post", &post, "start").as_deref(), Some("2023-09"));
    let t = store.schema.table("post").unwrap();
    let end = store.schema.tables[t].field("end").unwrap();
    assert_eq!(store.filled(t, row(&store, "post", &post), end), Filled::No);
    let post = key_of(&store, "post", "title", "县财政局四级调研员");
    assert_eq!(cell(&store, "post", &post, "start").as_deref(), Some("2020-01"));
    // What is to be taken up and left.
    let case = key_of(&store, "case", "title", "三级调研员");
    assert_eq!(cell(&store, "case", &case, "rank").as_deref(), Some("三级调研员"));
    let cases = store.schema.table("case").unwrap();
    let kind = store.schema.tables[cases].field("kind").unwrap();
    let kinds: Vec<_> = (0..store.rows(cases).len as RowId).filter_map(|r| store.show(cases, r, kind)).collect();
    assert_eq!(kinds, ["免职"]);
    // The slate and the record of the process tell of one matter.
    assert_eq!(tally(&store, "case"), (3, 3, 0, 0));
    let case = key_of(&store, "case", "title", "县审计局局长");
    let meeting = key_of(&store, "step", "kind", "讨论决定");
    let (steps, owner) = (store.schema.table("step").unwrap(), store.schema.tables[store.schema.table("step").unwrap()].owner.unwrap());
    let of_case: Vec<&str> = store.link(steps, owner).unwrap().children(row(&store, "case", &case)).map(|r| store.key(steps, r)).collect();
    assert!(of_case.contains(&meeting.as_str()), "{of_case:?}");
    // Offices and their leaders.
    // A title and a total besides.
    assert_eq!(tally(&store, "unit"), (5, 3, 0, 0));
    assert_eq!(tally(&store, "quota"), (6, 4, 0, 2));
    let finance = key_of(&store, "unit", "name", "云岭县财政局");
    let quota = cell(&store, "quota", &format!("{finance}-F"), "approved");
    assert_eq!((quota.as_deref(), cell(&store, "quota", &format!("{finance}-F"), "level").as_deref()), (Some("3"), Some("乡科级副职")));
    assert_eq!(of(&store, "司空明远", "unit_id"), Some(finance));
    // Steps.
    assert_eq!(tally(&store, "step"), (6, 6, 0, 0));
    let step = key_of(&store, "step", "kind", "讨论决定");
    assert_eq!(cell(&store, "step", &step, "start").as_deref(), Some("2026-02-06"));
    assert_eq!(
        (cell(&store, "step", &step, "due").as_deref(), cell(&store, "step", &step, "present").as_deref()),
        (Some("11"), Some("10"))
    );
    let notice = key_of(&store, "step", "kind", "任前公示");
    assert_eq!(cell(&store, "step", &notice, "end").as_deref(), Some("2026-02-13"));
}

#[test]
fn assessments_ask_for_their_year() {
    let both = [sample("workbooks/干部名册.xlsx"), sample("workbooks/年度考核.xlsx")];
    // Nothing says of which year: nobody's assessment counts, everything else does.
    let store = read_asked(&both, NOW).unwrap();
    assert_eq!((tally(&store, "assessment"), tally(&store, "person"), tally(&store, "step")), ((4, 0, 0, 4), (24, 6, 7, 0), (6, 6, 0, 0)));
    let told: Vec<_> = store.problems.iter().filter(|p| p.code == "sheet::needs-year").collect();
    assert_eq!((told.len(), told[0].fate, told[0].file.ends_with("年度考核.xlsx/考核")), (1, Fate::Refused, true));
    let store = read_asked(&both, Asked { year: Some(2025), ..NOW }).unwrap();
    assert_eq!(tally(&store, "assessment"), (4, 3, 0, 1));
    let of = key_of(&store, "person", "name", "公良芷");
    assert_eq!(cell(&store, "assessment", &format!("{of}-K2025"), "result").as_deref(), Some("称职"));
    let refused: Vec<_> = store.problems.iter().filter(|p| p.fate == Fate::Refused && p.table == "assessment").collect();
    assert_eq!(
        (refused[0].code, refused[0].row, refused[0].column.as_str(), refused[0].value.as_str()),
        ("data::bad-code", 6, "等次", "待定")
    );
    // The same people, not others of the same names: those of the other sheets are theirs; the rest are titles, groups, totals, notes.
    assert_eq!(tally(&store, "person"), (24, 6, 7, 0));
}

#[test]
fn the_same_sheets_as_csv_in_gb18030() {
    let store = read_asked(&[sample("gb18030")], Asked { year: Some(2025), ..NOW }).unwrap();
    // Two of the other sheet are the same; four rows are titles, totals and notes.
    assert_eq!(tally(&store, "person"), (8, 2, 2, 0));
    assert_eq!(of(&store, "申屠望", "birth").as_deref(), Some("1972-08"));
    // 1979.3 lost no zero: there is no month 30.
    let told: Vec<_> = store.problems.iter().filter(|p| p.fate != Fate::Noted).map(|p| (p.code, p.row, p.column.as_str())).collect();
    assert_eq!(told, []);
    assert_eq!(of(&store, "仲孙素", "birth").as_deref(), Some("1979-03"));
    assert_eq!(of(&store, "仲孙素", "work_date").as_deref(), Some("2002-08"));
    assert_eq!(of(&store, "仲孙素", "education").as_deref(), Some("大学本科"));
    let post = key_of(&store, "post", "title", "县林草局局长");
    assert_eq!(cell(&store, "post", &post, "start").as_deref(), Some("2019-11"));
    assert_eq!(tally(&store, "assessment"), (2, 2, 0, 0));
}

#[test]
fn totals_and_notes_below_a_table_with_codes_are_no_records() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("人员").unwrap();
    let rows =
        [["人员编码", "姓名", "民族"], ["P1", "张三", "汉族"], ["P2", "", "汉族"], ["合计", "", "2人"], ["注：本表由组织部门填写", "", ""]];
    for (at, cells) in (0u32..).zip(&rows) {
        for (column, cell) in (0u16..).zip(cells).filter(|(_, c)| !c.is_empty()) {
            sheet.write(at, column, *cell).unwrap();
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("book.xlsx");
    book.save(&path).unwrap();
    let store = read(&path).unwrap();
    // A person without a name is refused as ever; what is set aside is told.
    assert_eq!(tally(&store, "person"), (4, 1, 0, 1));
    let aside: Vec<_> = store.tallies[0].aside.iter().map(|(what, n)| (what.as_str(), *n)).collect();
    assert_eq!(aside, [("note", 1), ("total", 1)]);
    assert_eq!(told(&store), [("data::missing", 3, "姓名", Fate::Refused), ("sheet::set-aside", 5, "", Fate::Noted)]);
}

#[test]
fn who_stands_in_a_form_and_on_a_roster_is_one_person_and_it_is_told_whose_word_holds() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("名册").unwrap();
    let rows = [
        ["姓名", "身份证号", "性别", "民族", "出生年月", "参加工作时间", "入党时间", "现任职务"],
        ["欧阳静", "99999919820609022X", "女", "汉族", "1982.06", "2004.07", "", "南溪县审计局副局长"],
        ["巫马长青", "", "男", "汉族", "1968.11", "1990.07", "", "南溪县统计局局长"],
    ];
    for (at, cells) in (0u32..).zip(&rows) {
        sheet.write_row(at, 0, *cells).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("book.xlsx");
    book.save(&path).unwrap();
    let store = read_asked(&[sample("forms/02欧阳静.lrmx"), path], NOW).unwrap();
    assert_eq!(tally(&store, "person"), (3, 2, 1, 0));
    // The form's word.
    assert_eq!(of(&store, "欧阳静", "ethnicity").as_deref(), Some("壮族"));
    let told: Vec<_> = store.problems.iter().filter(|p| p.code == "merge::differs").map(|p| (p.row, p.column.as_str(), p.fate)).collect();
    assert_eq!(told, [(2, "民族", Fate::Noted)]);
}

/// A book of one sheet.
pub(super) fn book(name: &str, rows: &[&[&str]]) -> (tempfile::TempDir, PathBuf) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name(name).unwrap();
    for (at, cells) in (0u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(*cells).filter(|(_, c)| !c.is_empty()) {
            sheet.write(at, column, *cell).unwrap();
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("表.xlsx");
    book.save(&path).unwrap();
    (dir, path)
}

fn problems<'s>(store: &'s Store, code: &str) -> Vec<(u32, &'s str, Fate, &'s str)> {
    store.problems.iter().filter(|p| p.code == code).map(|p| (p.row, p.column.as_str(), p.fate, p.why.as_str())).collect()
}

#[test]
fn a_blank_assessment_is_refused_and_not_passed_over() {
    let rows: &[&[&str]] = &[
        &["2024年度考核结果"],
        &["序号", "姓名", "单位及职务", "等次"],
        &["1", "江远", "某局局长", "优秀"],
        &["2", "欧静", "某局副局长", ""],
    ];
    let (_dir, path) = book("考核", rows);
    let store = read_asked(&[path], NOW).unwrap();
    // The title is counted with the people.
    assert_eq!((tally(&store, "person"), tally(&store, "assessment")), ((3, 2, 0, 0), (2, 1, 0, 1)));
    let told: Vec<_> = problems(&store, "data::missing").into_iter().map(|(row, column, fate, _)| (row, column, fate)).collect();
    assert_eq!(told, [(4, "等次", Fate::Refused)]);
    // Whose row it is is known, so nobody may say that no assessment was made.
    let t = store.schema.table("assessment").unwrap();
    let owner = store.schema.tables[t].owner.unwrap();
    let of = row(&store, "person", &key_of(&store, "person", "name", "欧静"));
    assert_eq!(store.link(t, owner).unwrap().children(of).filter(|r| store.rows(t).is_ghost(*r) && !store.rows(t).is_open(*r)).count(), 1);
}

#[test]
fn the_year_of_the_title_goes_before_that_of_the_user_and_it_is_told() {
    let rows: &[&[&str]] = &[&["2024年度考核结果"], &["序号", "姓名", "单位及职务", "等次"], &["1", "江远", "某局局长", "优秀"]];
    let (_dir, path) = book("考核", rows);
    let years = |year| {
        let store = read_asked(std::slice::from_ref(&path), Asked { year, ..NOW }).unwrap();
        let t = store.schema.table("assessment").unwrap();
        let told = problems(&store, "sheet::year-differs").into_iter().map(|p| p.3.to_owned()).collect::<Vec<_>>();
        (store.show(t, 0, store.schema.tables[t].field("year").unwrap()), told)
    };
    let title = Some("2024".to_owned());
    assert_eq!(years(None), (title.clone(), vec![]));
    assert_eq!(years(Some(2024)), (title.clone(), vec![]));
    assert_eq!(years(Some(2023)), (title, vec!["标题里写的是“2024年度”，--year 写的是 2023，以标题为准".to_owned()]));
}

#[test]
fn each_step_of_a_process_is_cited_by_its_own_columns() {
    let rows: &[&[&str]] = &[
        &[
            "姓名",
            "身份证号",
            "拟任职务",
            "会议推荐时间",
            "参加人数",
            "考察时间",
            "讨论决定时间",
            "应到人数",
            "参加人数",
            "同意",
            "任前公示开始时间",
            "任前公示结束时间",
        ],
        &[
            "江远",
            "110101197804010010",
            "某局局长",
            "2026.01.12",
            "36",
            "2026.13.40",
            "2026.02.06",
            "11",
            "10",
            "9",
            "2026.02.07",
            "2026.02.13",
        ],
    ];
    let (_dir, path) = book("纪实", rows);
    let store = read_asked(&[path], NOW).unwrap();
    let places = |kind: &str, fields: [&str; 4]| {
        let (t, key) = (store.schema.table("step").unwrap(), key_of(&store, "step", "kind", kind));
        let r = row(&store, "step", &key);
        fields.map(|field| {
            let f = store.schema.tables[t].field(field).unwrap();
            let column = store.place(t, r, f).rsplit(':').next().unwrap().to_owned();
            if store.has_column(t, r, f) { format!("{column} {}", store.show(t, r, f).unwrap_or_default()) } else { String::new() }
        })
    };
    let all = ["start", "present", "due", "end"];
    assert_eq!(places("会议推荐", all), ["会议推荐时间 2026-01-12", "参加人数 36", "", ""]);
    assert_eq!(places("讨论决定", all), ["讨论决定时间 2026-02-06", "参加人数 10", "应到人数 11", ""]);
    assert_eq!(places("任前公示", all), ["任前公示开始时间 2026-02-07", "", "", "任前公示结束时间 2026-02-13"]);
    let wrong: Vec<_> = store.problems.iter().filter(|p| p.code == "data::bad-date").map(|p| (p.row, p.column.as_str())).collect();
    assert_eq!(wrong, [(2, "考察时间")]);
    assert!(problems(&store, "sheet::unused-columns").is_empty());
}

#[test]
fn columns_that_may_be_meant_are_named() {
    let rows: &[&[&str]] = &[
        &["姓名", "性别", "出生日", "参加工作日", "现任职务", "任现职务起", "爱好"],
        &["江远", "男", "1978.04", "2001.08", "某局局长", "2020.03", "棋"],
    ];
    let (_dir, path) = book("名册", rows);
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(of(&store, "江远", "birth").as_deref(), Some("1978-04"));
    assert_eq!(of(&store, "江远", "work_date").as_deref(), Some("2001-08"));
    let told: Vec<_> =
        store.problems.iter().filter(|p| p.code == "sheet::unused-columns").map(|p| (p.why.as_str(), p.right.as_str())).collect();
    let right = "“任现职务起”是否就是“任现职务时间”？是的，请改表头；没有认出这些栏：入党时间、任现职时间，表上有的，请按此改表头";
    assert_eq!(told, [("这些列没有用到：任现职务起、爱好", right)]);
}

#[test]
fn who_stands_in_one_table_twice_is_believed_only_where_both_rows_agree() {
    let head: &[&str] = &["姓名", "身份证号", "性别", "出生年月", "参加工作时间", "学历", "现任职务", "任现职时间"];
    let one: &[&str] = &["江远", "110101197804010010", "男", "1965.05", "", "大专", "某局局长", "2020.03"];
    let other: &[&str] = &["江远", "110101197804010010", "男", "1980.05", "2001.08", "研究生", "某局局长", "2020.03"];
    let third: &[&str] = &["欧静", "", "女", "1982.03", "2004.07", "大学", "某局副局长", "2021.05"];
    for rows in [[head, one, other, third], [head, other, one, third]] {
        let (_dir, path) = book("名册", &rows);
        let store = read_asked(&[path], NOW).unwrap();
        assert_eq!((tally(&store, "person"), tally(&store, "post")), ((3, 2, 1, 0), (3, 2, 1, 0)));
        let known = |field| of(&store, "江远", field);
        assert_eq!((known("birth"), known("education")), (None, None));
        // What only one of them says holds.
        assert_eq!((known("gender").as_deref(), known("work_date").as_deref()), (Some("男"), Some("2001-08")));
        let told: Vec<_> = problems(&store, "sheet::contradiction")
            .into_iter()
            .map(|(row, column, fate, why)| (row, column, fate, why.contains("第3行")))
            .collect();
        assert_eq!(told, [(2, "出生年月", Fate::Blanked, true), (2, "学历", Fate::Blanked, true)]);
    }
}

#[test]
fn a_post_that_two_sheets_tell_of_is_one() {
    let store = read_asked(&[sample("workbooks/干部名册.xlsx")], NOW).unwrap();
    let t = store.schema.table("post").unwrap();
    let title = store.schema.tables[t].field("title").unwrap();
    let owner = store.schema.tables[t].owner.unwrap();
    for name in ["漆雕宁", "公良芷"] {
        let person = row(&store, "person", &key_of(&store, "person", "name", name));
        let posts: Vec<_> = store.link(t, owner).unwrap().children(person).filter_map(|r| store.show(t, r, title)).collect();
        assert_eq!(posts.len(), 1, "{name}: {posts:?}");
    }
}

#[test]
fn the_record_of_a_process_as_it_is_printed_is_read_like_the_table() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("张某纪实").unwrap();
    let rows: [&[&str]; 14] = [
        &["干部选拔任用工作全程纪实表"],
        &["文书档案编码", "2026-003"],
        &["姓  名", "公冶某", "性别", "男", "出生年月", "1980.03"],
        &["民族", "汉族", "籍贯", "某省某县", "入党时间", "2004.06"],
        &["工作时间", "2002.07", "学历学位", "大学", "现任职务", "某县审计局副局长"],
        &["拟任职务", "某县审计局局长", "", "", "人员身份", "公务员"],
        &["家庭成员", "称谓", "姓名", "出生年月", "政治面貌"],
        &["", "妻子", "司马某", "1981.05", "群众"],
        &["民主推荐", "", "推荐时间", "参加人数", "有效票数", "得票数"],
        &["", "个别谈话推荐", "2026-01-12", "12", "12", "11"],
        &["", "会议推荐", "2026-01-13", "40", "39", "37"],
        &["考察", "考察时间", "2026-01-20"],
        &["党委（党组）讨论决定", "时间", "2026-02-06", "应到人数", "11", "参加人数"],
        &["任职", "公示时间", "2026-02-09至2026-02-13", "任职时间", "2026-02-20"],
    ];
    for (at, cells) in (0u32..).zip(rows) {
        sheet.write_row(at, 0, cells.iter().copied()).unwrap();
    }
    sheet.merge_range(8, 0, 10, 0, "民主推荐", &rust_xlsxwriter::Format::new()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("纪实.xlsx");
    book.save(&path).unwrap();
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(tally(&store, "person"), (1, 1, 0, 0));
    assert_eq!(of(&store, "公冶某", "birth").as_deref(), Some("1980-03"));
    assert_eq!(of(&store, "公冶某", "work_date").as_deref(), Some("2002-07"));
    assert_eq!(of(&store, "公冶某", "party_date").as_deref(), Some("2004-06"));
    key_of(&store, "case", "title", "某县审计局局长");
    let step = |kind: &str, field: &str| cell(&store, "step", &key_of(&store, "step", "kind", kind), field);
    assert_eq!(step("谈话推荐", "start").as_deref(), Some("2026-01-12"));
    assert_eq!((step("会议推荐", "present"), step("会议推荐", "ayes")), (Some("40".into()), Some("37".into())));
    assert_eq!(step("考察", "start").as_deref(), Some("2026-01-20"));
    assert_eq!((step("讨论决定", "start"), step("讨论决定", "due")), (Some("2026-02-06".into()), Some("11".into())));
    assert_eq!((step("任前公示", "start"), step("任前公示", "end")), (Some("2026-02-09".into()), Some("2026-02-13".into())));
    assert_eq!(step("任职通知", "start").as_deref(), Some("2026-02-20"));
    // Cells are cited where they stand; what is not used is told by its label, and nobody's name is.
    let steps = store.schema.table("step").unwrap();
    let meeting = row(&store, "step", &key_of(&store, "step", "kind", "讨论决定"));
    let start = store.schema.tables[steps].field("start").unwrap();
    assert!(
        store.place(steps, meeting, start).ends_with("张某纪实:13:党委（党组）讨论决定/时间"),
        "{}",
        store.place(steps, meeting, start)
    );
    assert_eq!(told(&store).iter().filter(|t| t.0 == "sheet::unused-columns").count(), 1);
    assert!(store.problems.iter().all(|p| !p.why.contains("司马")), "{:?}", store.problems);
}

#[test]
fn what_is_to_be_taken_up_or_left_is_not_guessed() {
    let rows: &[&[&str]] = &[
        &["姓名", "身份证号", "出生年月", "现任职务", "拟任免职务"],
        &["江远", "999999197804010010", "1978.04", "某局副局长", "任某局局长，免副局长"],
        &["欧静", "999999198203010026", "1982.03", "某局科长", "某局副局长"],
    ];
    let (_dir, path) = book("讨论名单", rows);
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(tally(&store, "case"), (2, 1, 0, 1));
    let told: Vec<_> = problems(&store, "sheet::moved").into_iter().map(|(row, column, fate, _)| (row, column, fate)).collect();
    assert_eq!(told, [(3, "拟任免职务", Fate::Refused)]);
    let case = key_of(&store, "case", "title", "某局局长");
    assert_eq!(cell(&store, "case", &case, "person_id"), Some(key_of(&store, "person", "name", "江远")));
}

#[test]
fn namesakes_of_one_sheet_are_told_with_both_rows() {
    let rows: &[&[&str]] = &[
        &["姓名", "性别", "出生年月", "现任职务", "任现职时间"],
        &["江远", "男", "1978.04", "某局局长", "2020.03"],
        &["江远", "男", "1985.06", "某局科长", "2021.05"],
    ];
    let (_dir, path) = book("名册", rows);
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(tally(&store, "person"), (2, 2, 0, 0));
    let told = problems(&store, "sheet::namesakes");
    assert!(matches!(told[..], [(3, "", Fate::Noted, why)] if why.contains("第2行") && why.contains("按另一个人处理")), "{told:?}");
}
