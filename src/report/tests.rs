//! Every renderer over one report that has one of everything.

#![allow(clippy::unwrap_used)]

use super::sample::{profile_of, report};
use super::{
    CasePage, CaseStep, Demand, DueFormat, Format, Paint, ProfileFormat, Report, Wanted, jsonl_asides, render, render_case, render_due,
    render_profile, render_reading, render_trace, sort_due, supplement_xlsx, words,
};
use crate::dates::{Calendar, Day};
use crate::engine::{Mark, Missing, Trace, TraceLine, Verdict};
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

fn bytes(report: &Report, format: Format, paint: Paint) -> Vec<u8> {
    let mut out = Vec::new();
    render(report, format, paint, &mut out).unwrap();
    out
}

fn rendered(format: Format) -> String {
    String::from_utf8(bytes(&report(), format, Paint::PLAIN)).unwrap()
}

#[test]
fn text() {
    insta::assert_snapshot!(rendered(Format::Text));
}

#[test]
fn text_in_colour_says_the_same() {
    let coloured = String::from_utf8(bytes(&report(), Format::Text, Paint { on: true })).unwrap();
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, tail)| tail);
    }
    plain.push_str(rest);
    assert_eq!(plain, rendered(Format::Text));
    assert_ne!(coloured, plain);
}

#[test]
fn text_of_nothing_found() {
    let empty = Report { run: report().run, ..Report::default() };
    insta::assert_snapshot!(String::from_utf8(bytes(&empty, Format::Text, Paint::PLAIN)).unwrap());
}

#[test]
fn table() {
    insta::assert_snapshot!(rendered(Format::Table));
}

#[test]
fn json() {
    insta::assert_snapshot!(rendered(Format::Json));
}

#[test]
fn jsonl() {
    let mut asides = Vec::new();
    jsonl_asides(&report(), &mut asides).unwrap();
    insta::assert_snapshot!(format!("{}--- standard error\n{}", rendered(Format::Jsonl), String::from_utf8(asides).unwrap()));
}

#[test]
fn csv() {
    let text = rendered(Format::Csv);
    assert!(text.starts_with('\u{feff}'));
    insta::assert_snapshot!(text.replace('\r', ""));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(rendered(Format::Markdown));
}

/// The contract's example of a finding, field for field and in order.
#[test]
fn finding_has_the_fields_of_the_contract() {
    let line = rendered(Format::Jsonl).lines().next().map(str::to_owned).unwrap();
    let finding: serde_json::Value = serde_json::from_str(&line).unwrap();
    let keys: Vec<&str> = finding.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "fingerprint",
            "code",
            "rule",
            "pack",
            "verdict",
            "subject",
            "person_id",
            "unit_id",
            "part",
            "message",
            "days",
            "basis",
            "parameters",
            "evidence",
            "due",
            "remedy",
            "waived",
        ]
    );
    assert!(finding["fingerprint"].as_str().unwrap().starts_with("gj1:"));
    assert_eq!(finding["verdict"], "违规");
    assert_eq!(finding["days"], -1);
    assert_eq!(finding["basis"][0]["article"], "第四十二条");
    assert!(finding["basis"][0].get("verified").is_none());
}

fn sheets(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    names
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            (name, range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect())
        })
        .collect()
}

#[test]
fn xlsx_reads_back_by_unit() {
    let sheets = sheets(bytes(&report(), Format::Xlsx, Paint::PLAIN));
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["汇总", "全部问题", "未导出", "数据问题", "U12 青石镇_人民政府", "U13", "未关联单位"]);
    let lines: Vec<String> = sheets
        .iter()
        .flat_map(|(name, rows)| std::iter::once(format!("## {name}")).chain(rows.iter().map(|row| row.join(" | "))).collect::<Vec<_>>())
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn xlsx_holds_no_formula() {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes(&report(), Format::Xlsx, Paint::PLAIN))).unwrap();
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert!(formulas.rows().flatten().all(String::is_empty), "{name}");
    }
}

#[test]
fn xlsx_has_the_same_bytes_twice() {
    assert_eq!(bytes(&report(), Format::Xlsx, Paint::PLAIN), bytes(&report(), Format::Xlsx, Paint::PLAIN));
}

fn due(format: DueFormat) -> Vec<u8> {
    let report = report();
    let mut due: Vec<_> = report.outcome.findings.iter().rev().filter(|f| f.due.is_some()).cloned().collect();
    sort_due(&mut due);
    let mut out = Vec::new();
    render_due(&due, &report.names, Day::ymd(2026, 6, 30).unwrap(), format, Paint::PLAIN, &mut out).unwrap();
    out
}

#[test]
fn due_table() {
    insta::assert_snapshot!(String::from_utf8(due(DueFormat::Table)).unwrap());
}

#[test]
fn due_calendar_folds_lines_at_75_octets() {
    let text = String::from_utf8(due(DueFormat::Ics)).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    insta::assert_snapshot!(text.replace('\r', ""));
}

#[test]
fn due_workbook_reads_back() {
    let sheets = sheets(due(DueFormat::Xlsx));
    let (name, rows) = &sheets[0];
    assert_eq!((name.as_str(), rows.len()), ("到期事项", 3));
    assert_eq!(rows[1][..3], ["2024-05-01", "-790", "HF001"]);
    assert_eq!(rows[2][..3], ["2026-07-15", "15", "HF001"]);
}

#[test]
fn trace_shows_conditions_cells_and_days() {
    let report = report();
    let finding = &report.outcome.findings[0];
    let line = |depth, text: &str, value: &str, mark| TraceLine {
        depth,
        text: text.into(),
        row: None,
        value: value.into(),
        mark,
        cells: Vec::new(),
        days: None,
    };
    let trace = Trace {
        code: finding.code.clone(),
        title: finding.title.to_string(),
        subject: finding.subject.clone(),
        part: None,
        verdict: finding.verdict,
        message: finding.message.clone(),
        version: Some("2014-01-14 起".into()),
        basis: finding.basis.clone(),
        missing: report.outcome.findings[2].missing.clone(),
        due: None,
        parameters: vec!["minimum = 5".into()],
        remedy: "重新公示".into(),
        sections: vec![
            ("适用".into(), vec![line(0, "has(notice)", "是", Mark::Holds)]),
            (
                "要求".into(),
                vec![
                    line(0, "notice_days >= minimum", "否", Mark::Fails),
                    TraceLine {
                        cells: finding.evidence.clone(),
                        days: Day::ymd(2024, 3, 4).zip(Day::ymd(2024, 3, 7)),
                        ..line(1, "workdays(notice.start, notice.end)", "4", Mark::Value)
                    },
                    line(1, "minimum", "未知", Mark::Unknown),
                ],
            ),
        ],
    };
    let calendar = Calendar::parse_csv(include_str!("../../rules/calendar/holidays.csv")).unwrap();
    let mut out = Vec::new();
    render_trace(&trace, &report.names, &calendar, Paint::PLAIN, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn case_page_puts_first_what_is_to_be_done() {
    let demand = |verdict, code: &str, message: &str| Demand {
        verdict,
        code: code.into(),
        title: "任前公示期不足".into(),
        part: None,
        row: None,
        message: message.into(),
        due: None,
        remedy: String::new(),
    };
    let page = CasePage {
        heading: "任免事项 C1 · 人员 P1 王示例".into(),
        facts: vec![("任免类型".into(), "提拔".into()), ("拟任职务层次".into(), "乡科级副职".into())],
        steps: vec![
            CaseStep {
                when: "2024-03-04 至 2024-03-07".into(),
                table: "程序节点".into(),
                id: "S1".into(),
                detail: "任前公示".into(),
                place: "step.csv:2".into(),
            },
            CaseStep {
                when: "2024-03".into(),
                table: "谈话".into(),
                id: "T10".into(),
                detail: "任前谈话".into(),
                place: "talk.csv:2".into(),
            },
        ],
        demands: vec![
            demand(Verdict::Compliant, "GS001", ""),
            Demand { remedy: "重新公示".into(), ..demand(Verdict::Breach, "GS002", "共4个工作日，少于5个工作日") },
            demand(Verdict::NotApplicable, "GS003", ""),
            Demand { row: Some("全程纪实材料 M1".into()), ..demand(Verdict::Compliant, "RZ003", "") },
            Demand { row: Some("全程纪实材料 M2".into()), ..demand(Verdict::Compliant, "RZ003", "") },
            Demand { due: Some("2026-07-15".into()), ..demand(Verdict::Warning, "HF001", "须在2026-07-15前回访") },
            Demand { part: Some("考察→讨论决定".into()), ..demand(Verdict::Unverified, "SX001", "") },
        ],
    };
    let mut out = Vec::new();
    render_case(&page, Paint::PLAIN, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn reading_adds_up() {
    let mut out = Vec::new();
    render_reading(&report(), Paint::PLAIN, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn profile_tells_blank_none_wrong_and_not_exported_apart() {
    let mut out = Vec::new();
    render_profile(&profile_of(&report()), ProfileFormat::Table, Paint::PLAIN, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn profile_is_a_page_that_needs_nothing_from_elsewhere() {
    let mut out = Vec::new();
    render_profile(&profile_of(&report()), ProfileFormat::Html, Paint::PLAIN, &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    assert!(!page.contains("<script") && !page.contains("http") && !page.contains("src=") && !page.contains("<甲>"), "{page}");
    insta::assert_snapshot!(page);
}

#[test]
fn supplement_has_a_sheet_for_each_unit() {
    let one = |unit: Option<&str>, id: &str| Wanted {
        unit: unit.map(str::to_owned),
        person: "P0031 王示例".into(),
        subjects: ["任免事项 C1".to_owned(), "任免事项 C2".to_owned()].into(),
        table: "程序节点".into(),
        id: id.into(),
        field: "结束日期".into(),
        now: "空白".into(),
        place: format!("step.csv:412:{id}"),
        rules: ["GS002".to_owned(), "GS004".to_owned()].into(),
        confidential: false,
    };
    let mut out = Vec::new();
    // What the office itself must settle stands on no unit's sheet, and a unit that is asked for nothing else has none.
    let kept = |unit, id: &str| Wanted { confidential: true, ..one(Some(unit), id) };
    let wanted =
        [one(None, "S1"), one(Some("U12 青石镇"), "S2"), one(Some("U12 青石镇"), "S3"), kept("U12 青石镇", "S4"), kept("U13 白水镇", "S5")];
    supplement_xlsx(&wanted, &mut out).unwrap();
    let found: Vec<(String, Vec<String>)> =
        sheets(out).into_iter().map(|(name, rows)| (name, rows.into_iter().skip(1).map(|row| row.join("|")).collect())).collect();
    let line = |unit: &str, id: &str| {
        format!("{unit}|P0031 王示例|任免事项 C1、任免事项 C2|程序节点|{id}|结束日期|空白|step.csv:412:{id}|GS002、GS004|")
    };
    let (of_unit, alone) = (vec![line("U12 青石镇", "S2"), line("U12 青石镇", "S3")], vec![line("", "S1")]);
    let all = [of_unit.clone(), vec![line("U12 青石镇", "S4"), line("U13 白水镇", "S5")], alone.clone()].concat();
    assert_eq!(found, [("补充材料清单".to_owned(), all), ("U12 青石镇".to_owned(), of_unit), ("未关联单位".to_owned(), alone)]);
}

#[test]
fn a_row_that_is_not_there_is_told_from_a_table_that_was_not_exported() {
    let names = report().names;
    let lacking = |table: &str| words::missing(&names, &Missing { table: table.into(), id: None, field: None });
    assert_eq!(lacking("step"), "没有相应的程序节点记录");
    assert_eq!(lacking("visit"), "visit一表未导出");
}
