//! A month of nights on the sample county (`samples/nightly/month.sh`): what each night says came, changed and went, and why; how things
//! stand at the end; and that the manual shows it as it is.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_guiju");

/// What each night says: change, verdict, rule, why, and whom (or how many). The script says what was done before each.
const NIGHTS: [(&str, &[&str]); 24] = [
    ("01", &[]),
    // The day after the first of a month known only by its name, nobody knows on which side of it one is.
    ("02", &["变化 违规→待核 HB001 时间推移 P0671", "变化 预警→待核 SJ002 时间推移 W1374"]),
    // The visits were found.
    ("03", &["消失 提醒 HF001 数据变化 C-2024-060"]),
    // Another file name, another order of rows: nothing.
    ("04", &[]),
    ("05", &[]),
    (
        "08",
        &[
            "新增 提醒 GS006 时间推移 C-2026-026",
            "变化 违规 JL001 豁免变化 W1414",
            "变化 提醒 JL003 豁免变化 W1480",
            // A deputy's post ended on the sixth.
            "消失 违规 ZS001 时间推移 U28/乡科级副职",
        ],
    ),
    ("09", &["新增 提醒 HF001 规则变化 12 个", "新增 预警 HF001 规则变化 C-2026-004、C-2026-028"]),
    ("10", &["新增 预警 SY001 时间推移 C-2025-027"]),
    // The row of a matter entered twice was taken out.
    ("11", &["消失 提醒 TH006 数据变化 E0047"]),
    ("12", &[]),
    (
        "15",
        &[
            // 15, 16, 17 and 18 June are working days, the 19th is 端午.
            "新增 违规 GS002 数据变化 C-2026-026",
            "新增 预警 PX003 时间推移 C-2025-031",
            "新增 预警 SJ002 时间推移 W1370",
            "消失 提醒 GS006 数据变化 C-2026-026",
            "消失 违规 ZS001 时间推移 U45/乡科级副职",
        ],
    ),
    ("16", &["消失 违规 GS002 数据变化 C-2026-026"]),
    ("17", &[]),
    // The values the waiver was granted on are others: it is stale.
    ("18", &["变化 提醒 JL003 数据变化 W1480"]),
    ("19", &[]),
    // The last day of a waiver, which is still its own.
    ("20", &[]),
    ("21", &["变化 预警→提醒 HF001 时间推移 C-2026-004、C-2026-028", "变化 违规 JL001 时间推移 W1414"]),
    // Five working days after 12 June: 15, 16, 17, 18 and, past the holiday, 22.
    ("22", &[]),
    ("23", &["新增 提醒 HF001 数据变化 C-2024-060", "新增 提醒 TH008 时间推移 T9001"]),
    ("24", &["变化 提醒 TH008 数据变化 T9001", "消失 提醒 TH001 数据变化 C-2024-047"]),
    // A matter whose person is not known may be anybody's.
    ("25", &["新增 待核 SY005 数据变化 68 个", "新增 预警 XC001 时间推移 I0036", "消失 违规 GS002 数据变化 C-2023-037"]),
    ("26", &["新增 违规 GS002 数据变化 C-2023-037", "消失 待核 SY005 数据变化 68 个"]),
    ("29", &[]),
    ("30", &[]),
];

#[test]
fn a_month_of_nights_makes_sense() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let month = Month { folder: folder.path().join("month") };
    let script = Path::new(ROOT).join("samples/nightly/month.sh");
    let out = Command::new("sh").arg(script).arg(&month.folder).arg(PROGRAM).output().expect("a shell");
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    nights(&month);
    mending(&month);
    told(&month);
    manual(&month);
}

struct Month {
    folder: PathBuf,
}

impl Month {
    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn json(&self, args: &[&str]) -> Value {
        let out = Command::new(PROGRAM).args(args).args(["--ledger", "台账.db", "--format", "json"]).current_dir(&self.folder).output();
        serde_json::from_slice(&out.expect("guiju can be run").stdout).expect("JSON")
    }
}

fn nights(month: &Month) {
    let history = month.json(&["history"]);
    let runs = history.as_array().expect("runs");
    assert_eq!(runs.len(), NIGHTS.len());
    for (n, ((night, said), run)) in NIGHTS.iter().zip(runs).enumerate() {
        assert_eq!(run["as_of"], format!("2026-06-{night}"));
        // Only the night on which a row was refused saw less than everything.
        let code = if *night == "25" { "5\n" } else { "1\n" };
        assert_eq!(month.text(&format!("夜/{night}.code")), code, "night {night}");
        if n > 0 {
            assert_eq!(differences(&month.json(&["diff", &n.to_string(), &(n + 1).to_string()])), *said, "night {night}");
        }
    }
}

/// One line for each kind of difference: whom it concerns, or how many if they are more than three.
fn differences(diff: &Value) -> Vec<String> {
    let word = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
    for item in diff["items"].as_array().expect("items") {
        let change = word(&item["change"]);
        let verdict = match (word(&item["before"]), word(&item["after"])) {
            (before, after) if before.is_empty() || before == after => after,
            (before, after) if after.is_empty() => before,
            (before, after) => format!("{before}→{after}"),
        };
        let causes = item["causes"]["proved"].as_array().expect("causes").iter().map(word).collect::<Vec<_>>().join("、");
        let kind = format!("{change} {verdict} {} {causes}", word(&item["code"]));
        let whom = word(&item["finding"]["subject"]["id"]);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, all)) => all.push(whom),
            None => kinds.push((kind, vec![whom])),
        }
    }
    let line = |(kind, all): (String, Vec<String>)| {
        let whom = if all.len() > 3 { format!("{} 个", all.len()) } else { all.join("、") };
        format!("{kind} {whom}")
    };
    kinds.into_iter().map(line).collect()
}

/// How what was to be mended stands at the end.
fn mending(month: &Month) {
    let list = month.json(&["rectify", "list", "--limit", "0", "--as-of", "2026-06-30"]);
    let items = list["items"].as_array().expect("items");
    let one = |code: &str, id: &str| {
        let mut found = items.iter().filter(|i| i["code"] == code && i["subject"]["id"] == id);
        let item = found.next().unwrap_or_else(|| panic!("no item of {code} {id}"));
        assert!(found.next().is_none(), "{code} {id} twice");
        item
    };
    let stages = [
        // Struck off on the 5th, back on the 23rd.
        ("HF001", "C-2024-060", "重新出现"),
        ("TH001", "C-2024-047", "已销号"),
        ("ZS001", "U08/县处级副职", "待核验"),
        // Gone by itself: a named person strikes it off, or nobody.
        ("ZS001", "U28/乡科级副职", "待核验"),
        ("ZS001", "U45/乡科级副职", "待核验"),
        ("GS006", "C-2026-026", "待核验"),
        ("GS002", "C-2026-026", "待核验"),
        // The row is not there any more, which mends nothing.
        ("TH006", "E0047", "已分派"),
        // Both waivers are over.
        ("JL001", "W1414", "待认领"),
        ("JL003", "W1480", "待认领"),
        ("TH008", "T9001", "待认领"),
        // Refused for a night, which says nothing of it.
        ("GS002", "C-2023-037", "待认领"),
    ];
    for (code, id, stage) in stages {
        assert_eq!(one(code, id)["stage"], stage, "{code} {id}");
    }
    assert!(one("TH006", "E0047")["gone"].as_str().expect("a note").contains("2026-06-11"));
    assert_eq!(one("GS002", "C-2023-037")["gone"], Value::Null);
    // What a row refused for a night left undecided is nobody's to mend.
    assert!(items.iter().all(|i| i["code"] != "SY005" || !i["problem"].as_str().unwrap_or_default().contains("未采用")));
    assert_eq!(one("TH001", "C-2024-047")["closed_by"], "王五");
    let life = month.json(&["rectify", "show", &one("HF001", "C-2024-060")["id"].to_string()]);
    let stages: Vec<&str> = life["log"].as_array().expect("a log").iter().filter_map(|e| e["after"]["stage"].as_str()).collect();
    assert_eq!(stages, ["待认领", "已分派", "待核验", "已销号", "重新出现"]);
    let log = life["log"].as_array().expect("a log");
    let digest = "d7e0b8ae3b8bee95c73b759858968acab6bdd22d0953f8e96e0997fd55cb70fd";
    assert!(log.iter().any(|e| e["after"]["files"][0]["sha256"] == digest), "{log:?}");
}

/// What people read.
fn told(month: &Month) {
    assert!(month.text("拒绝.txt").contains("rectify::still-found"));
    assert!(month.text("月/核对.txt").starts_with("相符"));
    assert!(month.text("月/已超期.txt").contains("共 1 项"));
    let waived: BTreeMap<&str, &str> = BTreeMap::from([
        ("08", "将于 2026-06-20 到期，还有 12 天"),
        ("18", "所依据的数据或者结论有变，须重新批准"),
        ("20", "今天（2026-06-20）到期"),
        ("21", "已于 2026-06-20 到期，不再起作用"),
    ]);
    for (night, said) in waived {
        assert!(month.text(&format!("夜/{night}.txt")).contains(said), "night {night}");
    }
    // Of many the same is said once.
    let refused = month.text("夜/25.txt");
    assert_eq!(refused.matches("无法判定“试用期内提拔或者调整”").count(), 1, "{refused}");
    assert!(refused.contains("……共 68 个") && refused.contains("只核查了一部分"), "{refused}");
    // A number of days is told with the day it was counted to.
    let list = month.text("月/整改台账.txt");
    assert!(list.contains("未见回访记录，已超过时限624日（截至2026-06-23）"), "{list}");
}

/// The manual shows the month as it was; the time at which it was played, and how long it took, are its own.
fn manual(month: &Month) {
    let manual = fs::read_to_string(Path::new(ROOT).join("README.zh-CN.md")).expect("the manual");
    for (mark, file) in [("history", "月/历次.txt"), ("life", "月/一项始末.txt")] {
        let begin = format!("<!-- month: {mark} -->\n```text\n");
        let shown = manual.split_once(&begin).and_then(|(_, rest)| rest.split_once("\n```")).map(|(shown, _)| masked(shown));
        let shown = shown.unwrap_or_else(|| panic!("the manual does not show {mark}"));
        let made = masked(&month.text(file));
        assert!(made.contains(&shown), "the manual shows of {mark}\n{shown}\nwhich is\n{made}");
    }
}

/// Without clock times, and days that are not of the month.
fn masked(text: &str) -> String {
    let line = |line: &str| -> String {
        let words = line.split(' ').filter(|w| !w.is_empty());
        let own = |w: &str| {
            w.contains(':') || w.ends_with('秒') || (w.starts_with("20") && w.get(4..5) == Some("-") && !w.starts_with("2026-06"))
        };
        words.map(|w| if own(w) || w.starts_with("超期") { "…" } else { w }).collect::<Vec<_>>().join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n").trim().to_owned()
}
