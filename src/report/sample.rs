//! A hand-made report with one of everything, for the tests of the renderers.

use super::{FieldLine, Names, Profile, Report, Run, Starved, Starver, Starving, TableLine, starved::Lack};
use crate::diagnostic::Source;
use crate::engine::{Basis, Evidence, Failure, Finding, Missing, Outcome, RuleCount, Subject, Unexported, Verdict, fingerprint};
use crate::records::{Fate, Problem, Tally, parse_schema};
use serde_json::json;
use std::sync::Arc;

const SCHEMA: &str = r#"
[table.unit]
unit_id = "id+ 单位编码"
name = "text+ 单位名称"
[table.person]
person_id = "id+ 人员编码"
name = "text+ 姓名"
[table.case]
case_id = "id+ 任免事项编码"
person_id = "ref:person+ 人员编码"
[table.step]
step_id = "id+ 节点编码"
case_id = "ref:case+ 任免事项编码"
start = "date 开始日期"
end = "date 结束日期"
[table.talk]
talk_id = "id+ 谈话编码"
date = "date 谈话日期"
[names]
case = "任免事项"
step = "程序节点"
talk = "谈话"
person = "人员"
unit = "单位"
"#;

/// One of everything.
pub(super) fn report() -> Report {
    let schema = parse_schema(&[Arc::new(Source { name: "schema.toml".into(), text: SCHEMA.into() })]).unwrap_or_default();
    let findings = vec![breach(), late(), unverified(), undecided(), warning()];
    Report {
        outcome: Outcome {
            findings,
            counts: vec![
                RuleCount { code: "GS002".into(), title: "任前公示期不足".into(), verdicts: [1, 0, 0, 0, 1204, 30, 2, 0] },
                RuleCount { code: "HF001".into(), title: "任职回访超期".into(), verdicts: [0, 1, 0, 1, 20, 5, 1, 0] },
                RuleCount { code: "TH001".into(), title: "未进行任职谈话".into(), verdicts: [0, 0, 1, 0, 8, 0, 0, 0] },
            ],
            failures: vec![Failure {
                code: "JL002".into(),
                subject: Subject { table: "person".into(), id: "P0009".into(), year: None },
                why: "脚本超过了运行步数上限".into(),
                subjects: 1,
            }],
            unexported: vec![Unexported {
                code: "TH001".into(),
                title: "未进行任职谈话".into(),
                table: "case".into(),
                missing: vec![
                    Missing { table: "talk".into(), id: None, field: Some("date".into()) },
                    Missing { table: "visit".into(), id: None, field: None },
                ],
                subjects: 1204,
            }],
        },
        run: Run {
            guiju: "0.1.0".into(),
            rules: "sha256:aa".into(),
            data: Some("sha256:bb".into()),
            as_of: "2026-06-30".into(),
            sources: vec!["samples/case".into()],
            profile: None,
            rule_count: 3,
            seconds: 0.25,
        },
        problems: vec![
            Problem::noted("case.csv", "data::bad-owner", "人员表中没有此编码", "应为人员表中的编码")
                .of_table("case")
                .at_row(7)
                .in_column("人员编码")
                .of_value("P9999")
                .fated(Fate::Refused),
            Problem::noted("step.csv", "data::bad-date", "不是日期", "应为 2024-03-04、2024-03 或 2024")
                .of_table("step")
                .at_row(413)
                .in_column("end")
                .of_value("2024-13-01")
                .fated(Fate::Blanked),
            Problem::noted("talk.csv", "data::unknown-column", "不认识的列", "是否为“谈话日期”？")
                .of_table("talk")
                .at_row(1)
                .in_column("谈话时问"),
        ],
        field_tallies: Vec::new(),
        tallies: vec![Tally {
            file: "step.csv".into(),
            table: "step".into(),
            read: 1240,
            kept: 1237,
            merged: 2,
            refused: 1,
            corrected: 0,
            reasons: [("data::missing".to_owned(), 1)].into(),
            aside: [].into(),
        }],
        is_partly_read: true,
        notices: Vec::new(),
        hidden: 0,
        assumed_blank: vec!["case.status".into()],
        starved: vec![Starved {
            code: "TH001".into(),
            title: "未进行任职谈话".into(),
            unverified: 1,
            lacks: vec![
                Lack { table: "talk".into(), field: Some("date".into()), exported: true, findings: 1, fill: Some(0.875) },
                Lack { table: "visit".into(), field: None, exported: false, findings: 1, fill: None },
            ],
        }],
        names: Names {
            schema: Some(Arc::new(schema)),
            persons: [("P0031".to_owned(), "王示例".to_owned())].into(),
            units: [("U12".to_owned(), "青石镇/人民政府".to_owned())].into(),
            exported: ["case".to_owned(), "step".to_owned(), "talk".to_owned()].into(),
        },
    }
}

/// A profile with one of everything.
pub(super) fn profile_of(report: &Report) -> Profile {
    let line = |field: &str, counts: [u64; 5]| FieldLine {
        table: "step".into(),
        field: field.into(),
        exported: true,
        rows: counts.iter().sum(),
        filled: counts[0],
        attested: counts[1],
        none: counts[2],
        blank: counts[3],
        wrong: counts[4],
        ..FieldLine::default()
    };
    Profile {
        as_of: "2026-06-30".into(),
        tables: [("step", true, 1237), ("talk", false, 0)]
            .map(|(table, exported, rows)| TableLine { table: table.into(), exported, rows })
            .into(),
        fields: vec![
            FieldLine { earliest: Some("2003-01".into()), latest: Some("2026-05-31".into()), ..line("start", [1237, 0, 0, 0, 0]) },
            line("end", [457, 7, 23, 749, 1]),
            FieldLine { unlisted: [("<甲>".to_owned(), 2)].into(), ..line("step_id", [1235, 0, 0, 0, 2]) },
            FieldLine { exported: false, ..line("case_id", [0, 0, 0, 0, 0]) },
        ],
        rules: vec![Starving {
            code: "GS002".into(),
            title: "任前公示期不足".into(),
            undecided: 1418,
            lacks: vec![
                Starver { table: "step".into(), field: Some("end".into()), exported: true, fill: Some(0.3694), coarse: 12, undecided: 214 },
                Starver { table: "talk".into(), field: None, exported: false, fill: None, coarse: 0, undecided: 1204 },
            ],
        }],
        form_fields: Vec::new(),
        tallies: report.tallies.clone(),
        problems: report.problems.clone(),
        names: report.names.clone(),
    }
}

fn breach() -> Finding {
    let subject = Subject { table: "case".into(), id: "C-2024-017".into(), year: None };
    Finding {
        fingerprint: fingerprint("GS002", &subject, None),
        code: "GS002".into(),
        rule: "notice-too-short".into(),
        pack: "national".into(),
        verdict: Verdict::Breach,
        subject,
        person_id: Some("P0031".into()),
        unit_id: Some("U12".into()),
        part: None,
        message: "任前公示2024-03-04至2024-03-07，共4个工作日，少于5个工作日".into(),
        days: Some(-1),
        basis: vec![Basis {
            regulation: "党政领导干部选拔任用工作条例".into(),
            version: Some("2019".into()),
            article: Some("第四十二条".into()),
            verified: None,
            note: None,
        }],
        parameters: json!({ "minimum": 5 }).as_object().cloned().unwrap_or_default().into(),
        evidence: vec![evidence("start", "2024-03-04"), Evidence { value: None, ..evidence("end", "") }],
        missing: Vec::new(),
        due: None,
        remedy: "重新公示，公示期重新计算".into(),
        waived: None,
        confidential: false,
        title: "任前公示期不足".into(),
    }
}

fn evidence(field: &str, value: &str) -> Evidence {
    let source = format!("step.csv:412:{field}");
    Evidence {
        table: "step".into(),
        id: "S88".into(),
        field: field.into(),
        value: Some(value.into()),
        source,
        unreadable: false,
        absent: false,
    }
}

fn late() -> Finding {
    let subject = Subject { table: "person".into(), id: "P0032".into(), year: Some(2023) };
    Finding {
        fingerprint: fingerprint("HF001", &subject, Some("=甲")),
        code: "HF001".into(),
        rule: "visit-late".into(),
        pack: "local".into(),
        verdict: Verdict::Advice,
        subject,
        person_id: Some("P0032".into()),
        unit_id: None,
        part: Some("=甲".into()),
        // Hostile on purpose: spreadsheets must not take it for a formula, nor Markdown for a table.
        message: "=HYPERLINK(\"x\")|到岗后75日才回访".into(),
        days: Some(14),
        basis: vec![Basis {
            regulation: "《任职回访制度》".into(),
            version: None,
            article: Some("第八条".into()),
            verified: Some(false),
            note: None,
        }],
        parameters: Default::default(),
        evidence: Vec::new(),
        missing: Vec::new(),
        due: Some("2024-05-01".into()),
        remedy: "补做回访".into(),
        waived: Some(crate::engine::Waived {
            reason: "编制调整期间".into(),
            document: "组〔2024〕3号".into(),
            approver: "李四".into(),
            approved: "2024-04-01".into(),
            expires: "2024-09-30".into(),
        }),
        confidential: false,
        title: "任职回访超期".into(),
    }
}

fn unverified() -> Finding {
    let subject = Subject { table: "case".into(), id: "C-2024-018".into(), year: None };
    Finding {
        fingerprint: fingerprint("TH001", &subject, None),
        code: "TH001".into(),
        rule: "no-talk".into(),
        verdict: Verdict::Unverified,
        subject,
        message: "谈话日期不明，不能判定".into(),
        days: None,
        evidence: Vec::new(),
        missing: vec![Missing { table: "talk".into(), id: Some("T3".into()), field: Some("date".into()) }],
        remedy: "补谈并建档".into(),
        title: "未进行任职谈话".into(),
        parameters: Default::default(),
        ..breach()
    }
}

/// For all subjects that something not exported leaves undecided.
fn undecided() -> Finding {
    let subject = Subject { table: "case".into(), id: "*".into(), year: None };
    Finding {
        fingerprint: fingerprint("TH001", &subject, None),
        subject,
        person_id: None,
        unit_id: None,
        message: "未导出谈话谈话日期、visit，1204个对象无法判定“未进行任职谈话”".into(),
        missing: vec![
            Missing { table: "talk".into(), id: None, field: Some("date".into()) },
            Missing { table: "visit".into(), id: None, field: None },
        ],
        ..unverified()
    }
}

fn warning() -> Finding {
    let subject = Subject { table: "case".into(), id: "*".into(), year: None };
    Finding {
        fingerprint: fingerprint("HF001", &subject, None),
        verdict: Verdict::Warning,
        subject,
        person_id: None,
        unit_id: Some("U13".into()),
        part: None,
        message: "须在2026-07-15前回访".into(),
        days: None,
        due: Some("2026-07-15".into()),
        waived: None,
        confidential: false,
        ..late()
    }
}
