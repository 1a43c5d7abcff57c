//! Forms that are printed from a sheet, and what people write into the cells of lists: free words, stretches of days, counts with units.

use super::sheets::{NOW, book, key_of, of, read_asked};
use super::*;

/// The rows of a table: these fields of each, joined by |.
fn rows(store: &Store, table: &str, fields: &[&str]) -> Vec<String> {
    let t = store.schema.table(table).unwrap();
    let rows = (0..store.rows(t).len as RowId).filter(|&r| !store.rows(t).is_ghost(r));
    let shown = rows.map(|r| {
        let cells = fields.iter().map(|f| store.show(t, r, store.schema.tables[t].field(f).unwrap()).unwrap_or_default());
        cells.collect::<Vec<_>>().join("|")
    });
    let mut all: Vec<String> = shown.collect();
    all.sort();
    all
}

const RESUME: &str = "1998.09--2002.07  某大学会计学专业学习\n2002.07--2019.05  某县审计局科员（其间：2016.03--2017.03挂职某镇副镇长）\n2019.05--         某县审计局副局长\n                  （2020.06任四级主任科员）";

#[test]
fn the_meeting_of_an_office_is_not_that_of_the_committee() {
    let (_dir, path) = book(
        "纪实",
        &[
            &["干部选拔任用工作全程纪实表"],
            &["姓名", "公冶某", "性别", "男", "出生年月", "1980.03"],
            &["现任职务", "某县审计局副局长", "拟任职务", "某县审计局局长", "拟免职务", "某县审计局副局长"],
            &["简历", RESUME],
            &["家庭成员", "称谓", "姓名", "出生年月", "政治面貌", "工作单位及职务"],
            &["", "妻子", "司马某", "1981.05", "群众", "某县医院医生"],
            &["", "干爹", "夏侯某", "", "", ""],
            &["考察", "考察时间", "2026年1月20日至23日", "近三年年度考核情况", "2023年优秀、2024年称职"],
            &["讨论决定", "", "时间", "参加人数", "表决情况"],
            &["", "组织（人事）部门研究", "2026-02-03", "5", "同意5票"],
            &["", "党委（党组）讨论决定", "2026-02-06", "", "应到11人，实到9人，同意9票"],
            &["任职", "公示时间", "2026-02-09至2026-02-13", "任职时间", "2026-02-20"],
        ],
    );
    let store = read_asked(&[path], NOW).unwrap();
    let step = |kind: &str, field: &str| cell(&store, "step", &key_of(&store, "step", "kind", kind), field);
    assert_eq!(step("讨论决定", "start").as_deref(), Some("2026-02-06"));
    let counts = ["due", "present", "ayes"].map(|f| step("讨论决定", f));
    assert_eq!(counts, ["11", "9", "9"].map(|n| Some(n.to_owned())));
    assert_eq!((step("考察", "start"), step("考察", "end")), (Some("2026-01-20".into()), Some("2026-01-23".into())));
    // The life it tells is read as that of a form is.
    assert_eq!(
        rows(&store, "post", &["title", "kind", "start", "end"]),
        ["挂职某镇副镇长|挂职|2016-03|2017-03", "某县审计局副局长||2019-05|", "某县审计局科员||2002-07|2019-05"]
    );
    assert_eq!(rows(&store, "study", &["title"]), ["某大学会计学专业学习"]);
    assert_eq!(rows(&store, "rank", &["rank", "start"]), ["四级主任科员|2020-06"]);
    assert_eq!(rows(&store, "assessment", &["year", "result"]), ["2023|优秀", "2024|称职"]);
    assert_eq!(rows(&store, "kin", &["relation", "name", "title"]), ["配偶|司马某|某县医院医生"]);
    assert_eq!(tally(&store, "kin"), (2, 1, 0, 1));
    let case = key_of(&store, "case", "title", "某县审计局局长");
    let left = cell(&store, "case", &case, "from_post_id").unwrap();
    assert_eq!(cell(&store, "post", &left, "title").as_deref(), Some("某县审计局副局长"));
    // The other meeting is told by its label, and nobody's name is.
    let unused = store.problems.iter().find(|p| p.code == "sheet::unused-columns").unwrap();
    assert!(unused.why.contains("第10行“组织（人事）部门研究”"), "{}", unused.why);
    assert!(store.problems.iter().all(|p| !p.why.contains("司马") && !p.why.contains("夏侯")), "{:?}", store.problems);
}

#[test]
fn a_row_that_is_headed_otherwise_is_not_the_sections() {
    let (_dir, path) = book(
        "纪实",
        &[
            &["全程纪实表"],
            &["姓名", "公冶某", "性别", "男"],
            &["现任职务", "副局长", "拟任职务", "局长"],
            &["考察", "考察时间", "2026-01-20"],
            &["讨论决定", "", "时间", "参加人数"],
            &["", "局长办公会", "2026-02-03", "5"],
            &["任职", "任职时间", "2026-02-20"],
        ],
    );
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(rows(&store, "step", &["kind"]), ["任职通知", "考察"]);
    assert!(store.problems.iter().any(|p| p.code == "sheet::unused-columns" && p.why.contains("第6行")), "{:?}", store.problems);
}

#[test]
fn an_appointment_form_in_a_sheet_is_read_as_the_form_is() {
    let (_dir, path) = book(
        "审批表",
        &[
            &["干 部 任 免 审 批 表"],
            &["姓  名", "公冶某", "性  别", "男", "出生年月\n（  岁）", "1980.03\n（46岁）"],
            &["民  族", "汉族", "籍  贯", "某省某县", "出 生 地", "某省某县"],
            &["入  党\n时  间", "2004.06", "参加工\n作时间", "2002.07", "健康状况", "健康"],
            &["学历\n学位", "全日制\n教  育", "大学\n管理学学士", "毕业院校\n系及专业", "某大学会计学专业"],
            &["", "在  职\n教  育", "研究生", "毕业院校\n系及专业", "某党校"],
            &["现 任 职 务", "某县审计局副局长"],
            &["拟 任 职 务", "某县审计局局长"],
            &["拟 免 职 务", "某县审计局副局长"],
            &["简  历", RESUME],
            &["奖惩\n情况", "2019年12月受党内警告处分；2021年嘉奖"],
            &["年度\n考核\n结果", "2023年优秀、2024年称职"],
            &["家庭\n主要\n成员", "称  谓", "姓  名", "出生年月", "政治面貌", "工作单位及职务"],
            &["", "妻子", "司马某", "1981.05", "群众", "某县医院医生"],
            &["呈报\n单位", "中共某县委组织部"],
            &["填表人：端木某"],
        ],
    );
    let store = read_asked(&[path], NOW).unwrap();
    let person = ["birth", "work_date", "party_date", "education", "degree"].map(|f| of(&store, "公冶某", f).unwrap());
    assert_eq!(person, ["1980-03", "2002-07", "2004-06", "研究生", "管理学学士"]);
    assert_eq!(rows(&store, "post", &["title"]).len(), 3);
    assert_eq!(rows(&store, "sanction", &["kind", "date"]), ["党内警告|2019-12"]);
    assert_eq!(rows(&store, "assessment", &["year", "result"]), ["2023|优秀", "2024|称职"]);
    assert_eq!(rows(&store, "kin", &["relation", "name"]), ["配偶|司马某"]);
    key_of(&store, "case", "title", "某县审计局局长");
    let mut codes: Vec<_> = store.problems.iter().map(|p| p.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["form::case-kind", "sheet::recognised", "sheet::unused-columns", "sheet::unused-columns"]);
    assert!(store.problems.iter().all(|p| !p.why.contains("端木")), "{:?}", store.problems);
}

#[test]
fn removals_and_nominations_of_a_slate_are_matters() {
    let head = ["姓名", "现任职务", "拟任免职务", "性别", "出生年月", "现职时间"];
    let (_dir, path) = book(
        "名单",
        &[
            &head,
            &["公冶某", "某镇副书记", "免", "男", "70.06", "2015.06"],
            &["端木某", "某局副局长", "提名为某局局长", "男", "75.3", "2019.3"],
            &["司马某", "某局科员", "待定", "女", "80.1", "2019.1"],
        ],
    );
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(rows(&store, "case", &["kind", "title"]), ["|某局局长", "免职|"]);
    assert_eq!(tally(&store, "case"), (3, 2, 0, 1));
    // Of a text a month of one digit is one; only 1 may have been 10.
    assert_eq!(of(&store, "端木某", "birth").as_deref(), Some("1975-03"));
    assert_eq!(rows(&store, "post", &["start"]), ["2015-06", "2019-03"]);
    let lost: Vec<_> = store.problems.iter().filter(|p| p.code == "data::ambiguous-date").map(|p| (p.row, p.column.as_str())).collect();
    assert_eq!(lost, [(4, "出生年月"), (4, "现职时间")]);
}

#[test]
fn counts_with_units_and_stretches_of_days_are_read() {
    let (_dir, path) = book(
        "纪实",
        &[
            &["姓名", "现任职务", "拟任职务", "会议推荐", "", "", "考察", "讨论决定", ""],
            &["", "", "", "推荐时间", "参加人数", "得票数", "考察时间", "时间", "同意"],
            &["公冶某", "副局长", "局长", "2026.1.12", "50人", "/", "2026.1.13-1.15", "2026.2.3", "11票"],
            &["端木某", "科员", "副局长", "2026.1.12", "约50", "46票", "2026.1.13上午", "无", ""],
        ],
    );
    let store = read_asked(&[path], NOW).unwrap();
    let steps = rows(&store, "step", &["kind", "start", "end", "present", "ayes"]);
    assert_eq!(steps, ["会议推荐|2026-01-12||50|", "会议推荐|2026-01-12|||46", "考察|2026-01-13|2026-01-15||", "讨论决定|2026-02-03|||11"]);
    let told: Vec<_> = store.problems.iter().filter(|p| p.fate != Fate::Noted).map(|p| (p.row, p.value.as_str(), p.fate)).collect();
    assert_eq!(told, [(4, "约50", Fate::Blanked), (4, "2026.1.13上午", Fate::Refused)]);
}

#[test]
fn of_a_day_cell_on_the_first_in_a_column_of_months_only_the_month_is_believed() {
    let mut made = rust_xlsxwriter::Workbook::new();
    let sheet = made.add_worksheet();
    sheet.write_row(0, 0, ["姓名", "性别", "民族", "出生年月", "现任职务", "任现职时间"]).unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
    for (row, day) in [(1, "1982-03-01"), (2, "1982-03-15")] {
        sheet.write_row(row, 0, [["公冶某", "端木某"][row as usize - 1], "男", "汉族"]).unwrap();
        let day = rust_xlsxwriter::ExcelDateTime::parse_from_str(day).unwrap();
        sheet.write_datetime_with_format(row, 3, &day, &date).unwrap();
        sheet.write(row, 4, "科长").unwrap();
        sheet.write_datetime_with_format(row, 5, &day, &date).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("名册.xlsx");
    made.save(&path).unwrap();
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(["公冶某", "端木某"].map(|n| of(&store, n, "birth").unwrap()), ["1982-03", "1982-03-15"]);
    assert_eq!(rows(&store, "post", &["start"]), ["1982-03", "1982-03-15"]);
}

#[test]
fn a_rank_behind_a_post_and_a_count_behind_a_unit_are_no_part_of_them() {
    let mut made = rust_xlsxwriter::Workbook::new();
    let sheets: [(&str, &[&[&str]]); 3] = [
        (
            "名册",
            &[
                &["姓名", "现任职务", "性别", "民族", "任现职时间"],
                &["某县审计局（2人）"],
                &["公冶某", "某县审计局副局长、四级调研员", "男", "汉族", "2019.05"],
                &["端木某", "某县审计局副局长（正科级）", "女", "汉族", "2020.05"],
            ],
        ),
        (
            "考核",
            &[
                &["2025年度考核结果"],
                &["姓名", "单位及职务", "等次"],
                &["公冶某", "某县审计局副局长", "优秀"],
                &["端木某", "某县审计局副局长", "称职"],
                &["端木某", "某县审计局科员", "称职"],
            ],
        ),
        ("职数", &[&["机构名称", "机构级别", "正职领导职数"], &["某县审计局", "正科级", "1"]]),
    ];
    for (name, rows) in sheets {
        let sheet = made.add_worksheet().set_name(name).unwrap();
        for (at, cells) in (0u32..).zip(rows) {
            sheet.write_row(at, 0, cells.iter().copied()).unwrap();
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("表.xlsx");
    made.save(&path).unwrap();
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(rows(&store, "person", &["name", "unit_id"]).len(), 3);
    let unit = key_of(&store, "unit", "name", "某县审计局");
    assert_eq!(of(&store, "公冶某", "unit_id"), Some(unit));
    assert_eq!(rows(&store, "assessment", &["result"]), ["优秀", "称职", "称职"]);
    assert_eq!(store.problems.iter().filter(|p| p.code == "sheet::namesakes").map(|p| p.row).collect::<Vec<_>>(), [5]);
}

#[test]
fn a_sum_that_is_wrong_is_told_and_the_parts_are_taken() {
    let (_dir, path) = book(
        "职数",
        &[
            &["机构名称", "机构级别", "领导职数", "", "正职", "副职"],
            &["", "", "应配", "实配", "应配", "应配"],
            &["某县审计局", "正科", "4", "4", "1", "3"],
            &["某县民政局", "正科级", "5名", "4", "1", "3"],
            &["合计", "", "9", "8", "2", "6"],
        ],
    );
    let store = read_asked(&[path], NOW).unwrap();
    assert_eq!(tally(&store, "quota"), (4, 4, 0, 0));
    assert_eq!(rows(&store, "quota", &["level", "approved"]), ["乡科级副职|3", "乡科级副职|3", "乡科级正职|1", "乡科级正职|1"]);
    let told: Vec<_> = store.problems.iter().filter(|p| p.code == "sheet::sum-differs").map(|p| (p.row, p.column.as_str())).collect();
    assert_eq!(told, [(4, "领导职数/应配")]);
}
