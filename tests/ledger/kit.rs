//! A small county in a temporary folder, and the program run over it.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with records, rules and a ledger.
pub struct World {
    folder: tempfile::TempDir,
}

const NOTICE: &str = r#"
code    = "GS002"
slug    = "notice-too-short"
title   = "任前公示期不足"
subject = "case"
when    = "has(notice)"
anchor  = "notice.start"
remedy  = "重新公示"

[[version]]
basis    = ["tj2019#42"]
severity = "违规"
minimum  = 5
let.notice_days = "workdays(notice.start, notice.end)"
require  = "notice_days >= minimum"
message  = "任前公示{notice.start}至{notice.end}，共{notice_days}个工作日，少于{minimum}个工作日"
"#;

const TALK: &str = r#"
code    = "TH001"
slug    = "talk-on-change"
title   = "提拔未谈话"
subject = "case"
when    = "kind == '提拔'"
remedy  = "补谈"

[deadline]
starts  = "appointment.start"
within  = "window"
message = { late = "{starts}任职，{evidence}才谈话", absent = "{starts}任职，{window}内未见谈话记录" }

[[deadline.evidence]]
rows  = "person.talk"
on    = ["date"]

[[version]]
basis    = ["local-five-talks#提拔交流调整"]
severity = "提醒"
window   = "15日"
"#;

impl World {
    /// Case C1's notice is a day short; C2's and C3's are in order; C3's talk falls due on 2024-04-04.
    pub fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        world.write("data/unit.csv", "unit_id,name,parent_id,kind,level\nU1,青石县,,,\nU2,青石镇,U1,,\n");
        world.write("data/person.csv", "person_id,name,unit_id\nP1,王示例,U2\nP2,李示例,U2\n");
        world.write("data/case.csv", "case_id,person_id,unit_id,kind\nC1,P1,U2,提拔\nC2,P2,U2,平级调整\nC3,P2,U1,提拔\n");
        world.write(
            "data/step.csv",
            "step_id,case_id,kind,start,end\nS1,C1,任前公示,2024-03-04,2024-03-07\nS2,C2,任前公示,2024-03-04,2024-03-08\n\
             S3,C3,任前公示,2024-03-11,2024-03-15\nS4,C3,任职通知,2024-03-20,\n",
        );
        world.write("data/talk.csv", "talk_id,person_id,case_id,kind,date\nT1,P1,,任前谈话,2024-03-20\n");
        world.write("rules/local/GS/GS002.toml", NOTICE);
        world.write("rules/local/TH/TH001.toml", TALK);
        world
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// A file's text.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }

    /// Puts one text in place of another, which must be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, &text.replace(from, to));
    }

    /// Runs the program in the folder.
    pub fn run(&self, args: &[&str]) -> Output {
        Command::new(program()).args(args).current_dir(self.folder.path()).output().expect("guiju can be run")
    }

    /// Checks on a day and records it; gives the exit code.
    pub fn check(&self, as_of: &str, more: &[&str]) -> i32 {
        let args = ["check", "data", "--rules", "rules", "--as-of", as_of, "--ledger", "l.db", "--format", "json", "-o", "out.json"];
        let out = self.run(&[&args, more].concat());
        out.status.code().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&out.stderr)))
    }

    /// What `check` wrote last.
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.text("out.json")).expect("JSON")
    }

    /// What a command prints as JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.run(args);
        let text = String::from_utf8(out.stdout).expect("UTF-8");
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}{}", String::from_utf8_lossy(&out.stderr)))
    }

    /// The last two runs compared: change, code, subject and causes of each finding that differs.
    pub fn diff(&self) -> Vec<String> {
        self.diff_of("prev", "last")
    }

    /// Two runs compared.
    pub fn diff_of(&self, from: &str, to: &str) -> Vec<String> {
        let diff = self.json(&["diff", from, to, "--ledger", "l.db", "--format", "json"]);
        let list = |v: &Value| v.as_array().map_or_else(String::new, |a| a.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、"));
        let item = |i: &Value| {
            let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
            let possible = list(&i["causes"]["possible"]);
            let possible = if possible.is_empty() { possible } else { format!("?{possible}") };
            let subject = text(&i["finding"]["subject"]["id"]);
            format!("{} {} {subject} {}{possible}", text(&i["change"]), text(&i["code"]), list(&i["causes"]["proved"]))
        };
        diff["items"].as_array().expect("items").iter().map(item).collect()
    }

    /// Whether the ledger verifies.
    pub fn verifies(&self) -> bool {
        self.run(&["ledger", "verify", "--ledger", "l.db"]).status.success()
    }
}

/// The program.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_guiju"))
}
