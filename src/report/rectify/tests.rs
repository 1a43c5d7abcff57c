//! What lists look like.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::dates::Day;
use crate::ledger::Logged;
use crate::ledger::item::{Attached, Item, Kind, Line, Rates, Stage};
use crate::report::Paint;
use serde_json::json;

fn item(id: i64, stage: Stage, verdict: &str, matter: &str) -> Item {
    let fresh = json!({
        "id": id, "version": 1, "finding": id, "sight": id, "stage": stage, "verdict": verdict, "found": true, "forced": false,
        "unit": "U2", "person": "P1", "matter": matter, "opened": "2024-04-10",
    });
    serde_json::from_value(fresh).unwrap()
}

fn line(item: Item, title: &str, message: &str) -> Line {
    let basis = json!([{"regulation": "党政领导干部选拔任用工作条例", "version": "2019", "article": "第四十二条"}]);
    Line {
        told: "2026-06-30".into(),
        owner_name: None,
        fingerprint: format!("gj1:{:032x}", item.id),
        finding: json!({"message": message, "basis": basis, "remedy": "重新公示"}),
        title: title.to_owned(),
        unit_name: Some("青石镇".to_owned()),
        person_name: Some("王示例".to_owned()),
        item,
    }
}

/// One of each kind that a reader has to tell apart.
fn lines() -> Vec<Line> {
    let mut late = item(1, Stage::Working, "违规", "case/C1");
    (late.owner_unit, late.leader, late.owner) = (Some("青石镇".into()), Some("钱七".into()), Some("赵六".into()));
    (late.kind, late.due, late.measures) = (Some(Kind::ByDay), Some("2024-04-30".into()), Some("重新公示".into()));
    late.progress = Some("=已拟定方案".into());
    let missing = item(2, Stage::Unclaimed, "待核", "case/C1");
    let mut gone = item(3, Stage::Verifying, "提醒", "case/C2");
    (gone.found, gone.gone) = (false, Some("第 3 次运行（2024-04-12）起不再发现，数据变化".into()));
    let mut forced = item(4, Stage::Closed, "违规", "person/P1");
    (forced.forced, forced.closed_by, forced.closed_on) = (true, Some("王五".into()), Some("2024-04-20".into()));
    (forced.document, forced.opinion) = (Some("组〔2024〕8号".into()), Some("历史遗留".into()));
    forced.files = vec![Attached { name: "会议纪要.pdf".into(), sha256: "ab".repeat(32), size: 3 }];
    forced.unit = None;
    let mut forced = line(forced, "职务名称不符", "任职名称与文件不符");
    forced.unit_name = None;
    vec![
        line(late, "任前公示期不足", "任前公示2024-03-04至2024-03-07，共4个工作日，少于5个工作日"),
        line(missing, "提拔未谈话", "谈话日期空缺，无法判定“提拔未谈话”"),
        line(gone, "提拔未谈话", "2024-03-20任职，15日内未见谈话记录"),
        forced,
    ]
}

fn on() -> Day {
    "2024-05-03".parse().unwrap()
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_list_as_a_table() {
    insta::assert_snapshot!(text(|out| items_table(&lines(), 250, on(), Paint::PLAIN, out)));
}

#[test]
fn a_list_as_text() {
    insta::assert_snapshot!(text(|out| items_text(&lines(), 4, on(), Paint::PLAIN, out)));
}

#[test]
fn a_list_as_csv() {
    insta::assert_snapshot!(text(|out| items_csv(&lines(), on(), out)));
}

#[test]
fn a_list_as_json() {
    insta::assert_snapshot!(text(|out| items_json(&lines()[..1], 4, on(), out)));
}

#[test]
fn one_item_with_what_was_done_to_it() {
    let entry = |seq: i64, user: Option<&str>, action: &str, why: Option<&str>, before: &str, after: &str| Logged {
        seq,
        at: "2024-04-20T09:30:00+08:00".into(),
        machine: "tester".into(),
        user: user.map(str::to_owned),
        action: action.into(),
        kind: "item".into(),
        id: "4".into(),
        why: why.map(str::to_owned),
        before: Some(before.into()),
        after: Some(after.into()),
        previous: String::new(),
        hash: String::new(),
    };
    let done = [
        entry(2, None, "follow", None, "null", r#"{"stage":"待认领","verdict":"违规","version":1}"#),
        entry(5, Some("王五"), "attach", None, r#"{"files":null}"#, r#"{"files":[{"name":"会议纪要.pdf","sha256":"abab","size":3}]}"#),
        entry(
            6,
            Some("王五"),
            "close",
            Some("经部务会研究"),
            r#"{"forced":false,"stage":"待认领"}"#,
            r#"{"forced":true,"stage":"已销号"}"#,
        ),
    ];
    let all = lines();
    insta::assert_snapshot!(text(|out| render_item(&all[3], &done, on(), Paint::PLAIN, out)));
}

#[test]
fn rates_by_unit() {
    let of = |done, nearly, open, forced| {
        let mut rates = Rates::default();
        rates.add(Stage::Closed, done, forced);
        rates.add(Stage::Nearly, nearly, 0);
        rates.add(Stage::Working, open, 0);
        rates
    };
    let mut units = crate::ledger::item::ByUnit::new();
    units.insert((Some("U1".into()), Some("青石县".into())), of(1, 0, 0, 1));
    units.insert((Some("U2".into()), None), of(687, 4, 5, 0));
    let all = of(688, 4, 5, 1);
    insta::assert_snapshot!(text(|out| rates_table(&all, &units, Paint::PLAIN, out)));
    insta::assert_snapshot!(text(|out| rates_json(&all, &units, out)));
}

#[test]
fn findings_are_grouped_by_matter_and_by_what_people_put_down() {
    let mut all = lines();
    // C1's two findings stand differently: two problems.
    assert_eq!(by_unit(&all).iter().map(|u| u.problems.len()).collect::<Vec<_>>(), [3, 1]);
    all[0].item = item(1, Stage::Unclaimed, "违规", "case/C1");
    let units = by_unit(&all);
    assert_eq!(units.iter().map(|u| (u.name.as_str(), u.problems.len())).collect::<Vec<_>>(), [("青石镇（U2）", 2), ("未关联单位", 1)]);
    assert_eq!(units[0].problems[0].mark(), "1@1~00000000 2@1~00000000");
}

/// Two cells at the ends of a sheet: everything between them would be more than any machine has.
#[test]
fn a_workbook_whose_cells_lie_far_apart_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, Column::Mark.title()).unwrap().write(1_048_575, 16_383, "x").unwrap();
    book.save(&path).unwrap();
    let said = returned(&path).unwrap_err();
    assert!(said.contains("r.xlsx") && said.contains("万格"), "{said}");
}
