//! The program from outside, where files are written, pipes closed or runs compared: what `tests/cmd` cannot say.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Two promotions, one announced for four working days and one for five.
const CASES: [(&str, &str); 4] = [
    ("unit.csv", "unit_id,name,parent_id\nU1,青石县,\nU2,青石镇,U1\n"),
    ("person.csv", "person_id,name,unit_id\nP1,王示例,U2\nP2,李示例,U2\n"),
    ("case.csv", "case_id,person_id,unit_id,kind,leader,batch_id,status\nC1,P1,U2,提拔,是,B1,\nC2,P2,U2,提拔,是,B1,\n"),
    ("step.csv", "step_id,case_id,kind,start,end\nS1,C1,任前公示,2024-03-04,2024-03-07\nS2,C2,任前公示,2024-03-04,2024-03-08\n"),
];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn guiju(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guiju")).current_dir(dir).args(args).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn an_imported_database_gives_the_findings_of_its_files() {
    let dir = folder(&CASES);
    let imported = guiju(dir.path(), &["import", ".", "--to", "records.db"]);
    assert_eq!(code(&imported), 0, "{}", text(&imported.stderr));
    assert!(text(&imported.stdout).contains("已存入 records.db"));
    let check = |source: &str| guiju(dir.path(), &["check", source, "--as-of", "2026-06-30", "--select", "GS002", "--format", "jsonl"]);
    let (files, database) = (check("."), check("records.db"));
    assert_eq!((code(&files), code(&database)), (1, 1));
    assert_eq!(text(&files.stdout).lines().count(), 1);
    assert_eq!(text(&files.stdout), text(&database.stdout));
    assert!(text(&database.stdout).contains("step.csv:2:end"));
}

#[test]
fn an_imported_database_tells_what_was_refused_of_its_files() {
    let dir = folder(&[
        CASES[0],
        ("person.csv", "人员编码,姓名,出生日期,所在单位编码\nP1,王示例,七零年,U2\nP2,李示例,1970-01,U2\nP2,李示例,1970-02,U2\n"),
        ("case.csv", "case_id,person_id,unit_id,kind,leader,status\nC1,P1,U2,提拔,是,\nC2,P2,U2,提拔,是,\nC3,P9,U2,提拔,是,\n"),
        (
            "step.csv",
            "step_id,case_id,kind,start,end,注\nS1,C1,任前公示,2024-03-04,2024-03-07,\nS1,C1,任前公示,2024-03-04,2024-03-07,\nS3,C1,动议,\n",
        ),
    ]);
    let report = |source: &str| -> serde_json::Value {
        let output = guiju(dir.path(), &["check", source, "--as-of", "2026-06-30", "--format", "json"]);
        assert_eq!(code(&output), 5, "{}", text(&output.stderr));
        let mut whole: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for key in ["sources", "data", "seconds"] {
            assert!(whole["run"].as_object_mut().unwrap().remove(key).is_some());
        }
        whole
    };
    assert_eq!(code(&guiju(dir.path(), &["import", ".", "--to", "records.db"])), 5);
    let (files, database) = (report("."), report("records.db"));
    assert_eq!(files["rejected"].as_array().unwrap().len(), 5, "{}", files["rejected"]);
    assert_eq!(files, database);
}

#[test]
fn import_replaces_a_database_and_nothing_else() {
    let dir = folder(&CASES);
    assert_eq!(code(&guiju(dir.path(), &["import", ".", "--to", "records.db"])), 0);
    assert_eq!(code(&guiju(dir.path(), &["import", ".", "--to", "records.db"])), 0);
    let before = std::fs::read(dir.path().join("step.csv")).unwrap();
    let refused = guiju(dir.path(), &["import", ".", "--to", "step.csv"]);
    assert_eq!(code(&refused), 2);
    assert!(text(&refused.stderr).contains("usage::not-a-database"));
    assert_eq!(std::fs::read(dir.path().join("step.csv")).unwrap(), before);
    assert_eq!(code(&guiju(dir.path(), &["import", ".", "--to", "nowhere/records.db"])), 6);
    // A ledger is a SQLite database, too.
    assert_eq!(code(&guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--select", "GS002", "--ledger", "book.db"])), 1);
    let before = std::fs::read(dir.path().join("book.db")).unwrap();
    let refused = guiju(dir.path(), &["import", ".", "--to", "book.db"]);
    assert!(code(&refused) == 2 && text(&refused.stderr).contains("usage::not-a-database"), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read(dir.path().join("book.db")).unwrap(), before);
}

#[test]
fn of_rows_with_one_key_only_what_they_say_alike_counts_in_whatever_order() {
    let rows = ["P1,王示例,U2,2023-08-01,1980-01-02", "P1,王示例,U2,1990-08-01,1980-01-02"];
    let verdict = |first: usize| {
        let person = format!("person_id,name,unit_id,work_date,birth\n{}\n{}\n", rows[first], rows[1 - first]);
        let dir = folder(&[
            CASES[0],
            ("person.csv", &person),
            ("case.csv", "case_id,person_id,unit_id,kind,leader,level,exception,status\nC1,P1,U2,提拔,是,县处级副职,,\n"),
            ("step.csv", "step_id,case_id,kind,start,end,result\nS1,C1,讨论决定,2024-03-04,,通过\n"),
        ]);
        let out = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--select", "ZG001", "--format", "json"]);
        assert_eq!(code(&out), 5);
        let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        let found = report["findings"].as_array().unwrap().clone();
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0]["verdict"].clone(), found[0]["missing"].clone())
    };
    // Work begun in 2023 or in 1990: whether three years had passed by March 2024 cannot be known.
    let (found, missing) = verdict(0);
    assert_eq!(found, "待核");
    assert!(missing.to_string().contains("work_date"), "{missing}");
    assert_eq!(verdict(0), verdict(1));
}

#[test]
fn subjects_whose_rows_were_refused_are_named_and_a_run_of_no_rule_is_none() {
    let dir = folder(&[CASES[0], CASES[1], ("case.csv", "case_id,person_id,unit_id,kind\nC1,P1,U2,提拨\nC2,P1,U2,提拔\n")]);
    let out = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--select", "GS002"]);
    assert!(text(&out.stdout).contains("有 1 个对象因所在的行被拒收，没有核查，不等于没有问题：任免事项 C1"), "{}", text(&out.stdout));
    let out = guiju(dir.path(), &["check", ".", "--select", "GS", "--ignore", "GS"]);
    assert!(code(&out) == 2 && text(&out.stderr).contains("usage::no-rules"), "{}", text(&out.stderr));
}

#[test]
fn rules_that_know_no_day_of_their_own_are_named_where_a_period_is_asked_about() {
    let dir = folder(&CASES);
    let out = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--until", "2026-06-29", "--select", "GS002,ZS001"]);
    let said = text(&out.stdout);
    assert!(said.contains("截至日期不在这段时期内，没有核查：ZS001"), "{said}");
}

#[test]
fn nothing_is_written_over_what_is_read() {
    let dir = folder(&CASES);
    let before = std::fs::read(dir.path().join("step.csv")).unwrap();
    let commands: [&[&str]; 5] = [
        &["check", ".", "--output", "step.csv"],
        &["nightly", ".", "--ledger", "book.db", "--report", "csv=step.csv"],
        &["due", ".", "--within", "30d", "--output", "step.csv"],
        &["mapping", "suggest", ".", "--output", "step.csv"],
        &["baseline", "write", "step.csv", ".", "--replace"],
    ];
    for args in commands {
        let refused = guiju(dir.path(), args);
        let said = text(&refused.stderr);
        assert!(code(&refused) == 2 && said.contains("usage::source-as-output") && said.contains("step.csv"), "{args:?}: {said}");
        assert_eq!(std::fs::read(dir.path().join("step.csv")).unwrap(), before, "{args:?}");
    }
}

#[test]
fn a_report_file_appears_whole_or_not_at_all() {
    let dir = folder(&CASES);
    let made = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--select", "GS002", "--output", "found.xlsx"]);
    assert_eq!(code(&made), 1);
    assert!(made.stdout.is_empty());
    assert!(std::fs::read(dir.path().join("found.xlsx")).unwrap().starts_with(b"PK"));
    let failed = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--select", "GS002", "--output", "nowhere/found.xlsx"]);
    assert_eq!(code(&failed), 6);
    let left: Vec<String> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| !name.contains("partial")), "{left:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_number_of_threads() {
    let dir = folder(&CASES);
    for format in ["text", "table", "json", "jsonl", "csv", "xlsx", "markdown"] {
        let run = |jobs| {
            let out = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--format", format, "--jobs", jobs]).stdout;
            if format != "json" {
                return out;
            }
            // How long it took is the one thing that may differ.
            let lines: Vec<String> = text(&out).lines().map(str::to_owned).collect();
            let timeless: Vec<&str> = lines.iter().map(String::as_str).filter(|l| !l.starts_with("    \"seconds\": ")).collect();
            assert_eq!(timeless.len() + 1, lines.len());
            timeless.join("\n").into_bytes()
        };
        let one = run("1");
        assert!(!one.is_empty());
        assert_eq!(one, run("1"), "{format} twice");
        assert_eq!(one, run("4"), "{format} on four threads");
    }
}

/// What is written to a reader that has gone is nobody's error: the findings were found all the same.
#[test]
fn a_closed_pipe_is_no_error() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let check = ["check", "samples/county", "--as-of", "2026-06-30", "--format", "csv", "--no-progress"];
    for (args, code) in [(&["rules", "list", "--format", "json"][..], 0), (&check, 1)] {
        let command = &mut Command::new(env!("CARGO_BIN_EXE_guiju"));
        let mut child = command.current_dir(root).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut first = [0; 1];
        out.read_exact(&mut first).unwrap();
        drop(out);
        let ended = child.wait_with_output().unwrap();
        let said = text(&ended.stderr);
        assert!(ended.status.code() == Some(code) && !said.contains("错误"), "{args:?}: {said}");
    }
}

#[test]
fn records_come_in_by_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let lines = concat!(
        r#"{"person_id":"P1","name":"王示例","case":[{"case_id":"C1","kind":"提拔","leader":true,"status":null,"#,
        r#""step":[{"step_id":"S1","kind":"任前公示","start":"2024-03-04","end":"2024-03-07"}]}]}"#,
        "\n"
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_guiju"))
        .current_dir(dir.path())
        .args(["check", "-", "--as-of", "2026-06-30", "--select", "GS002", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let found: Vec<serde_json::Value> = text(&ended.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(found.len(), 1, "{}", text(&ended.stderr));
    assert_eq!((&found[0]["subject"]["id"], &found[0]["verdict"]), (&"C1".into(), &"违规".into()));
    assert_eq!(ended.status.code(), Some(1));
}

/// Every line of standard error under `jsonl` is a JSON object with a type, the last being the run.
#[test]
fn asides_of_jsonl_are_json_lines() {
    let dir = folder(&CASES);
    let ended = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--format", "jsonl"]);
    let asides: Vec<serde_json::Value> = text(&ended.stderr).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(asides.iter().all(|a| a["type"].is_string()));
    let run = asides.last().unwrap();
    assert_eq!(run["type"], "run");
    assert_eq!(run["value"]["as_of"], "2026-06-30");
    assert!(run["value"]["data"].as_str().unwrap().starts_with("sha256:"));
}

/// The samples name the day they are meant to be asked on, so that they say the same whenever they are tried.
#[test]
fn the_samples_bring_their_day() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for sample in ["samples/case", "samples/county"] {
        let plain = guiju(root, &["check", sample]);
        let dated = guiju(root, &["check", sample, "--as-of", "2026-06-30"]);
        assert_eq!((code(&plain), &plain.stdout), (code(&dated), &dated.stdout));
        assert!(text(&plain.stdout).contains("截至  2026-06-30"));
    }
}

/// A county's own field is read, and a mistake in its schema file is shown under that file's name.
#[test]
fn a_county_adds_a_field_in_its_own_schema_file() {
    let dir = folder(&CASES);
    std::fs::write(dir.path().join("case.csv"), "case_id,person_id,unit_id,kind,leader,status,领导批示\nC1,P1,U2,提拔,是,,同意\n").unwrap();
    let noted = |output: &Output| text(&output.stderr).lines().any(|l| l.contains(r#""type":"note""#) && l.contains("领导批示"));
    let check = |more: &[&str]| {
        let mut args = vec!["check", ".", "--as-of", "2026-06-30", "--select", "GS002", "--format", "jsonl"];
        args.extend(more);
        guiju(dir.path(), &args)
    };
    assert!(noted(&check(&[])));
    std::fs::write(dir.path().join("county.toml"), "[table.case]\nremark = \"text 领导批示\"\n").unwrap();
    assert!(!noted(&check(&["--schema", "county.toml"])));
    std::fs::write(dir.path().join("county.toml"), "[table.case]\nremark = \"txt 领导批示\"\n").unwrap();
    let wrong = check(&["--schema", "county.toml"]);
    assert_eq!(code(&wrong), 3);
    assert!(text(&wrong.stderr).contains("county.toml:2"), "{}", text(&wrong.stderr));
}

/// Wrong in every way that refuses a row, then put right in the file of refused rows: nothing is lost, nothing counted twice.
#[test]
fn refused_rows_are_corrected_and_read_with_their_source() {
    let dir = folder(&[
        CASES[0],
        ("person.csv", "名册\n人员编码,姓名,所在单位编码,备注\nP1,王示例,U2,\nP2,,U2,甲\nP3,李示例,U2,\nP3,李例示,U2,\n"),
        ("case.csv", "case_id,person_id,unit_id,kind,leader\nC1,P1,U2,提拔,是\nC2,P9,U2,提拔,是\nC3,P1,U2,提拔\n"),
        ("step.csv", "step_id,case_id,kind,start,end\nS1,C1,任前公示,2024-03-04,2024-03-07\n,C1,动议,2024-01-02,\n"),
    ]);
    let import = |args: &[&str]| {
        let output = guiju(dir.path(), &[&["import", "."], args].concat());
        (code(&output), text(&output.stdout))
    };
    let (ended, said) = import(&["--to", "before.db", "--refused", "refused"]);
    assert_eq!(ended, 5);
    assert!(said.contains("读入 12 行 = 采用 5 + 重复合并 0 + 拒收 6"), "{said}");
    assert!(said.contains("编码重复 2 行") && said.contains("拒收的 6 行另存于 refused"), "{said}");
    let at = |name: &str| dir.path().join("refused").join(name);
    let people = std::fs::read_to_string(at("人员.csv")).unwrap();
    assert!(people.starts_with("\u{feff}人员编码,姓名,所在单位编码,备注,拒收原因,原位置\r\n"), "{people}");
    assert!(people.contains("P2,,U2,甲,姓名：必填项为空（不能为空）,person.csv 第4行 P2"), "{people}");
    // Unread, the file of refused rows changes nothing.
    assert_eq!(
        import(&["--to", "again.db"]).1.replace("again", "before"),
        said.lines().take(said.lines().count() - 1).map(|l| format!("{l}\n")).collect::<String>()
    );
    let correct = |name: &str, wrong: &str, right: &str| {
        let all = std::fs::read_to_string(at(name)).unwrap();
        assert!(all.contains(wrong), "{all}");
        std::fs::write(at(name), all.replacen(wrong, right, 1)).unwrap();
    };
    correct("人员.csv", "P2,,", "P2,赵示例,");
    correct("人员.csv", "P3,李例示", "P4,李例示");
    correct("任免事项.csv", "C2,P9,", "C2,P2,");
    correct("任免事项.csv", "C3,P1,U2,提拔,,", "C3,P1,U2,提拔,是,");
    correct("程序节点.csv", ",C1,动议", "S2,C1,动议");
    let (ended, said) = import(&["refused", "--to", "after.db"]);
    assert_eq!(ended, 0, "{said}");
    assert!(said.contains("读入 18 行 = 采用 11 + 重复合并 0 + 拒收 0 + 已由更正的行代替 6"), "{said}");
    let output = guiju(dir.path(), &["check", "after.db", "--as-of", "2026-06-30", "--select", "GS002", "--format", "json"]);
    let whole: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code(&output), whole["rejected"].as_array().unwrap().len()), (1, 0));
    let tallies = whole["run"]["tallies"].as_array().unwrap();
    let sum = |key: &str| tallies.iter().map(|t| t[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!(["read", "kept", "merged", "refused", "corrected"].map(sum), [18, 11, 0, 0, 6]);
}

#[test]
fn refused_rows_go_to_a_folder_or_a_workbook_and_nowhere_else() {
    let dir = folder(&CASES);
    let output = guiju(dir.path(), &["import", ".", "--to", "records.db", "--refused", "refused.csv"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("给出一个文件夹"), "{}", text(&output.stderr));
    let output = guiju(dir.path(), &["import", ".", "--to", "records.db", "--refused", "refused"]);
    assert_eq!((code(&output), dir.path().join("refused").exists()), (0, false));
    assert!(text(&output.stdout).contains("没有可以另存的拒收行"));
}

/// A blank, a date known to the month, a wrong cell: each is one line of the list, under its unit, with the rules that wait for it.
#[test]
fn the_list_of_what_to_fill_in_names_every_cell() {
    use calamine::{Reader, Xlsx, open_workbook};
    let dir = folder(&[
        CASES[0],
        CASES[1],
        ("case.csv", "case_id,person_id,unit_id,kind,leader,status\nC1,P1,U2,提拔,是,\nC2,P2,U1,提拔,是,\n"),
        (
            "程序节点.csv",
            "节点编码,任免事项编码,节点类型,开始日期,结束日期\nS1,C1,任前公示,2024-03,2024-03-07\nS2,C2,任前公示,2024-03-04,三月\n",
        ),
    ]);
    let args = ["profile", ".", "--as-of", "2026-06-30", "--select", "GS002", "--supplement", "list.xlsx"];
    let output = guiju(dir.path(), &args);
    assert_eq!(code(&output), 5, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("程序节点.结束日期，填报率50.0%，1件无法判定"), "{}", text(&output.stdout));
    let mut book: Xlsx<_> = open_workbook(dir.path().join("list.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["补充材料清单", "U1 青石县", "U2 青石镇"]);
    let mut lines = |sheet: &str| -> Vec<String> {
        let range = book.worksheet_range(sheet).unwrap();
        range.rows().skip(1).map(|row| row.iter().take(9).map(ToString::to_string).collect::<Vec<_>>().join("|")).collect()
    };
    let first = "U2 青石镇|P1 王示例|任免事项 C1|程序节点|S1|开始日期|2024-03|程序节点.csv:2:开始日期|GS002";
    let second = "U1 青石县|P2 李示例|任免事项 C2|程序节点|S2|结束日期|填写有误|程序节点.csv:3:结束日期|GS002";
    assert_eq!((lines("U2 青石镇"), lines("U1 青石县")), (vec![first.to_owned()], vec![second.to_owned()]));
    assert_eq!(lines("补充材料清单"), [second, first]);
    assert_eq!(code(&guiju(dir.path(), &["profile", ".", "--supplement", "list.csv"])), 2);
}

/// Nothing due is no all-clear where the rules cannot tell.
#[test]
fn due_names_the_rules_that_cannot_tell() {
    let dir = folder(&CASES);
    let output = guiju(dir.path(), &["due", ".", "--as-of", "2026-06-30", "--select", "XC001,HF001"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("XC001（未导出）"), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("用 guiju profile 查看缺什么"));
}

#[test]
fn a_trace_shows_the_part_asked_for() {
    let dir = folder(&[
        ("unit.csv", "unit_id,name,kind\nU1,中共青石县委,党委\n"),
        ("evaluation.csv", "evaluation_id,unit_id,person_id,year\nL1,U1,,2023\nL2,U1,,2025\n"),
    ]);
    let trace = |subject: &str| text(&guiju(dir.path(), &["trace", "PY001", subject, ".", "--as-of", "2026-06-30"]).stdout);
    let missed = trace("U1@2024");
    assert!(missed.contains("（2024年） → 违规") && missed.contains("年度 2023"), "{missed}");
    // Of 2024, and of no other year: its condition does not hold, and nothing says that it does.
    assert!(missed.contains("✗ any(evaluation, (year == y && !has(person))) = 否"), "{missed}");
    assert!(!missed.contains("✓ any(evaluation") && !missed.contains("见上"), "{missed}");
    let held = trace("U1@2023");
    assert!(held.contains("（2023年） → 合规") && held.contains("✓ any(evaluation") && !held.contains("✗ any(evaluation"), "{held}");
    // Of all years each comes with its own steps.
    let all = trace("U1");
    assert_eq!((all.matches("✓ any(evaluation").count(), all.matches("✗ any(evaluation").count()), (2, 1), "{all}");
}

#[test]
fn no_text_is_cited_that_was_not_in_force_then() {
    let dir = folder(&[
        ("person.csv", "person_id,name\nP1,王示例\n"),
        (
            "case.csv",
            "case_id,person_id,kind,leader,level,mode\nC1,P1,提拔,是,乡科级正职,委任\nC2,P1,提拔,是,乡科级正职,委任\nC3,P1,提拔,是,县处级副职,委任\n",
        ),
        (
            "step.csv",
            "step_id,case_id,kind,start,end,result\nS1,C1,讨论决定,2011-11-17,,通过\nS2,C2,讨论决定,2001-05-08,,通过\nS3,C2,任职通知,2001-05-01,,\nS4,C3,讨论决定,2018-03-01,,通过\n",
        ),
        (
            "disclosure.csv",
            "disclosure_id,person_id,kind,year,date,verified,result\nD1,P1,年度报告,2010,2011-01-10,2011-03-04,瞒报\nD2,P1,年度报告,2016,2017-01-10,2017-09-04,瞒报\n",
        ),
        ("sanction.csv", "sanction_id,person_id,kind,date,ends\nN1,P1,党内警告,2001-01-04,\n"),
    ]);
    let check = |more: &[&str]| {
        let out = guiju(dir.path(), &[&["check", ".", "--as-of", "2026-06-30", "--format", "jsonl"], more].concat());
        let lines: Vec<serde_json::Value> = text(&out.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        lines
    };
    // No text of 2011 told what follows from hiding something: of the two only the decision of 2018 is judged.
    let hidden: Vec<_> = check(&["--select", "BG003"]).iter().map(|f| f["subject"]["id"].clone()).collect();
    assert_eq!(hidden, ["C3"]);
    let trace = text(&guiju(dir.path(), &["trace", "BG003", "C1", ".", "--as-of", "2026-06-30"]).stdout);
    assert!(
        trace.contains("→ 不适用") && trace.contains("2011-11-17没有本规则所据的条文在施行") && trace.contains("当时尚未施行"),
        "{trace}"
    );
    // What holds at all times is judged, and cites what there was, or says that there was nothing.
    let cited = |code: &str| {
        let found = check(&["--select", code]);
        let one = found.iter().find(|f| f["subject"]["id"] == "C2").unwrap();
        one["basis"].clone()
    };
    let law = "中华人民共和国公务员法";
    assert_eq!(cited("SX001"), serde_json::json!([{ "regulation": law, "verified": false, "note": "2006-01-01起施行，当时尚未施行" }]));
    let old = "党政领导干部选拔任用工作暂行条例";
    let sanctioned = serde_json::json!([{ "regulation": old, "version": "1995", "verified": false, "note": "2019年版为第二十四条(六)" }]);
    assert_eq!(cited("KC013"), sanctioned);
    let talked = serde_json::json!([{ "regulation": old, "version": "1995", "verified": false, "note": "2019年版为第十八条" }]);
    assert_eq!(cited("TJ002"), talked);
    for finding in check(&[]) {
        let early = finding["subject"]["id"] == "C2";
        let pretends = |b: &serde_json::Value| early && b["version"].as_str().is_some_and(|v| v > "2002");
        assert!(!finding["basis"].as_array().unwrap().iter().any(pretends), "{finding}");
    }
}

#[test]
fn what_waits_for_a_cell_names_that_cell_and_asks_for_it_first() {
    let dir = folder(&[
        ("person.csv", "person_id,name\nP1,王示例\nP2,李示例\n"),
        ("case.csv", "case_id,person_id,kind,leader\nC1,P1,提拔,是\nC2,P2,提拔,是\n"),
        ("step.csv", "step_id,case_id,kind,start,end,result,note\nS1,C1,讨论决定,2024-06-03,,通过,\nS2,C2,讨论决定,2024-06-03,,通过,\n"),
        (
            "opinion.csv",
            "opinion_id,case_id,office,requested,replied,result\nO1,C1,税务,2024-05-01,2024-05-20,\nO2,C2,公安,2024-05-01,,有异议\n",
        ),
        ("sanction.csv", "sanction_id,person_id,kind,date,ends\nN1,P1,留党察看,2021-01-04,\n"),
    ]);
    let check = guiju(dir.path(), &["check", ".", "--as-of", "2026-06-30", "--select", "KC012,KC013", "--format", "jsonl"]);
    let found: Vec<serde_json::Value> = text(&check.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let lacks: Vec<_> = found.iter().map(|f| (f["code"].as_str().unwrap(), f["verdict"].as_str().unwrap(), f["missing"].clone())).collect();
    let cell = |table: &str, id: &str, field: &str| serde_json::json!([{ "table": table, "id": id, "field": field }]);
    assert_eq!(
        lacks,
        [
            ("KC012", "待核", cell("opinion", "O1", "result")),
            ("KC012", "待核", cell("opinion", "O2", "replied")),
            ("KC013", "待核", cell("sanction", "N1", "ends"))
        ]
    );
    let case = text(&guiju(dir.path(), &["case", "C1", ".", "--as-of", "2026-06-30"]).stdout);
    let asked =
        case.lines().filter(|line| line.contains("终止程序，影响期满后") || line.contains("暂缓任职，查清有关问题")).collect::<Vec<_>>();
    assert!(!asked.is_empty() && asked.iter().all(|line| line.contains("补齐或者核实所缺数据后重新核查；查实有此问题的，")), "{asked:?}");
}

#[test]
fn sources_that_contradict_each_other_are_found_with_both_places_and_no_whole_name() {
    let dir = folder(&[
        (
            "person.csv",
            "person_id,name,id_number,birth\nP1,欧阳甲,999999197003070017,1970-03-07\nP2,巫马乙,999999197204060025,1972-04\nP4,端木丙,999999197003070017,1975-09-01\n",
        ),
        ("人员.csv", "人员编码,姓名,身份证号,出生日期\nP1,欧阳甲,999999197003070017,1970-03-08\nP2,巫马贾,,1972-04-06\n"),
    ]);
    let args = ["check", "person.csv", "人员.csv", "--as-of", "2026-06-30", "--select", "DA005,DA006", "--format", "jsonl"];
    let ended = guiju(dir.path(), &args);
    let mut found: Vec<(String, Vec<String>)> = text(&ended.stdout)
        .lines()
        .map(|line| {
            let f: serde_json::Value = serde_json::from_str(line).unwrap();
            let places = f["evidence"].as_array().unwrap().iter().map(|e| e["source"].as_str().unwrap().to_owned()).collect();
            let of = |key: &str| f[key].as_str().unwrap().to_owned();
            (format!("{} {} {} {}", of("code"), of("verdict"), of("person_id"), of("message")), places)
        })
        .collect();
    found.sort();
    let expected = [
        (
            "DA005 待核 P1 出生日期在两个来源里不同：采用的一处是1970-03-07，另一处是1970-03-08",
            ["person.csv:2:birth", "人员.csv:2:出生日期"],
        ),
        ("DA005 待核 P2 姓名在两个来源里不同：采用的一处是巫＊＊，另一处是巫＊＊（不同）", ["person.csv:3:name", "人员.csv:3:姓名"]),
        ("DA006 待核 P1 人员P1与P4的身份证号相同", ["person.csv:2:id_number", "person.csv:4:id_number"]),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((said, places), (expected, both)) in found.iter().zip(expected) {
        assert_eq!(said, expected);
        assert!(both.iter().all(|place| places.iter().any(|p| p == place)), "{places:?}");
    }
    // A birth known by the day says nothing against its month; and no name is told whole, here or among what was merged.
    assert!(![&ended.stdout, &ended.stderr].iter().any(|out| text(out).contains("巫马")));
}
