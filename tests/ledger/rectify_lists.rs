//! The list that goes out to the units and comes back: as a workbook read cell by cell, and as a letter read as XML.

use super::kit::World;
use super::rectify::{done, found, items, mend, rectify, stages};
use calamine::{Data, Reader, open_workbook_auto};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::fs::File;
use std::io::Read;

const MARK: &str = "编号（勿改）";

/// Every sheet as texts.
fn sheets(world: &World, name: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book = open_workbook_auto(world.path(name)).expect("a workbook");
    let names = book.sheet_names();
    let rows = |range: calamine::Range<Data>| range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    names.into_iter().map(|name| (name.clone(), rows(book.worksheet_range(&name).expect("a sheet")))).collect()
}

/// The list as a unit sends it back: all on one sheet under a title, in another order, with a column of its own, cells changed.
fn send_back(world: &World, changes: &[(usize, &str, &str)]) {
    let all = sheets(world, "list.xlsx");
    let header: Vec<String> = all[0].1[0].clone();
    let mut rows: Vec<Vec<String>> = all.iter().flat_map(|(_, rows)| rows.iter().skip(1).cloned()).collect();
    for (row, title, text) in changes {
        let column = header.iter().position(|h| h == title).expect("a column");
        rows[*row][column] = (*text).to_owned();
    }
    rows.reverse();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("反馈").expect("a name");
    sheet.write_string(0, 1, "青石县整改情况反馈").expect("a title");
    for (r, row) in std::iter::once(&header).chain(&rows).enumerate() {
        let line = u32::try_from(r).expect("a row") + 2;
        sheet.write_string(line, 0, "自用").expect("a cell");
        for (c, text) in row.iter().enumerate() {
            sheet.write_string(line, u16::try_from(c).expect("a column") + 1, text).expect("a cell");
        }
    }
    book.save(world.path("back.xlsx")).expect("a workbook");
}

/// Drafts the list anew.
fn draft(world: &World) {
    let _ = std::fs::remove_file(world.path("list.xlsx"));
    let out = rectify(world, &["draft", "--output", "list.xlsx"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// Takes the list back; gives the exit code and what is said.
fn import(world: &World, more: &[&str]) -> (Option<i32>, String) {
    let out = rectify(world, &[&["import", "back.xlsx", "--as", "王五"], more].concat());
    (out.status.code(), format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
}

#[test]
fn the_workbook_holds_a_sheet_a_unit_in_the_columns_of_such_lists() {
    let world = found();
    draft(&world);
    let sheets = sheets(&world, "list.xlsx");
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["青石县（U1）", "青石镇（U2）"]);
    let [header, row] = sheets[1].1.as_slice() else { panic!("{sheets:?}") };
    let expected = [
        ("序号", "1"),
        ("反馈问题", "王示例（P1），C1：任前公示2024-03-04至2024-03-07，共4个工作日，少于5个工作日。"),
        ("结论", "违规"),
        ("问题类型", "任前公示期不足"),
        ("依据", "《党政领导干部选拔任用工作条例》（2019）第四十二条"),
        ("整改建议", "重新公示"),
        ("整改措施", ""),
        ("责任单位", ""),
        ("责任领导", ""),
        ("责任人", ""),
        ("整改类型", ""),
        ("整改时限", ""),
        ("整改状态", "待认领"),
        ("完成情况", ""),
        ("佐证材料", ""),
        ("销号", ""),
    ];
    for (n, (title, text)) in expected.into_iter().enumerate() {
        assert_eq!((header[n].as_str(), row[n].as_str()), (title, text));
    }
    assert_eq!(header[16], MARK);
    assert!(row[16].starts_with("1@1~") && row[16].len() == 12, "{}", row[16]);
    // What is only a reminder is not called a breach.
    let reminder = &sheets[0].1[1];
    assert!(reminder[1].ends_with("（提醒，请核对）。") && !reminder[1].contains("违规") && reminder[2] == "提醒", "{reminder:?}");
    // Frozen, with choices and colours.
    let xml = part(&world, "list.xlsx", "xl/worksheets/sheet2.xml");
    for piece in ["state=\"frozen\"", "整改中,基本完成,待核验,长期坚持", "立行立改,限期整改,长期坚持", "TODAY()", "<autoFilter"]
    {
        assert!(xml.contains(piece), "{piece}: {xml}");
    }
}

#[test]
fn findings_of_one_matter_are_one_problem_and_one_row_for_all() {
    let world = World::new();
    // C1 is appointed, and nobody talked: a second finding of the same matter.
    world.edit("data/step.csv", "S4,C3", "S5,C1,任职通知,2024-03-08,\nS4,C3");
    world.edit("data/talk.csv", "T1,P1", "T1,P2");
    world.check("2024-04-10", &[]);
    world.run(&["ledger", "user", "王五", "--post", "科长", "--ledger", "l.db"]);
    draft(&world);
    let all = sheets(&world, "list.xlsx");
    let rows = &all.iter().find(|(name, _)| name == "青石镇（U2）").expect("a sheet").1;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(
        rows[1][1],
        "王示例（P1），C1存在2个问题（违规1个、提醒1个）：（1）任前公示2024-03-04至2024-03-07，共4个工作日，少于5个工作日。\
         （2）2024-03-08任职，15日内未见谈话记录（提醒，请核对）。"
    );
    assert_eq!(rows[1][2], "违规");
    assert_eq!(rows[1][16].split(' ').count(), 2);
    // What the unit puts down for the row holds for both.
    let row = all.iter().flat_map(|(_, rows)| rows.iter().skip(1)).position(|r| r[16] == rows[1][16]).expect("the row");
    send_back(&world, &[(row, "责任人", "赵六"), (row, "整改状态", "整改中")]);
    let (code, said) = import(&world, &[]);
    assert_eq!((code, said.contains("改动 2 项")), (Some(0), true), "{said}");
    assert_eq!(items(&world).iter().filter(|i| i["owner"] == "赵六" && i["stage"] == "整改中").count(), 2);
    // Once they stand differently they are told apart.
    let id = items(&world).iter().find(|i| i["owner"] == "赵六").and_then(|i| i["id"].as_i64()).expect("an item").to_string();
    done(&world, &["progress", &id, "--state", "待核验"]);
    draft(&world);
    assert_eq!(sheets(&world, "list.xlsx").iter().find(|(name, _)| name == "青石镇（U2）").expect("a sheet").1.len(), 3);
    assert!(world.verifies());
}

#[test]
fn a_list_sorted_anew_is_taken_back_row_by_row() {
    let world = found();
    draft(&world);
    // Row 0 is C3 (item 2), row 1 is C1 (item 1).
    send_back(
        &world,
        &[
            (1, "责任单位", "青石镇"),
            (1, "责任人", "赵六"),
            (1, "整改类型", "限期整改"),
            (1, "整改时限", "2024年5月31日"),
            (1, "整改措施", "重新公示"),
            (1, "整改状态", "基本完成"),
            (1, "完成情况", "已重新公示"),
            (1, "佐证材料", "公示截图"),
            (1, "序号", "99"),
        ],
    );
    let before = items(&world);
    let (code, said) = import(&world, &["--dry-run"]);
    assert_eq!((code, items(&world) == before), (Some(0), true), "{said}");
    let (code, said) = import(&world, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("改动 1 项，没有变化 1 项"), "{said}");
    let all = items(&world);
    let of = |field: &str| all[0][field].as_str().unwrap_or_default().to_owned();
    assert_eq!(["stage", "owner_unit", "owner", "kind", "due"].map(of), ["基本完成", "青石镇", "赵六", "限期整改", "2024-05-31"]);
    assert_eq!(["measures", "progress", "material"].map(of), ["重新公示", "已重新公示", "公示截图"]);
    assert_eq!(all[1], before[1]);
    // Again, it changes nothing; and it conflicts with nothing, as it asks for what is there.
    let (code, said) = import(&world, &[]);
    assert!(code == Some(0) && said.contains("改动 0 项"), "{said}");
    assert!(world.verifies());
    let shown = world.json(&["rectify", "show", "1", "--ledger", "l.db", "--format", "json"]);
    let entry = &shown["log"][1];
    assert!(entry["user"] == "王五" && entry["why"].as_str().is_some_and(|w| w.starts_with("清单 back.xlsx sha256:")), "{entry}");
}

#[test]
fn what_was_changed_since_the_list_went_out_conflicts() {
    let world = found();
    draft(&world);
    done(&world, &["assign", "1", "--to", "青石镇", "--person", "钱七"]);
    let all = [(1, "责任人", "赵六"), (0, "责任人", "孙八")];
    send_back(&world, &all);
    let before = items(&world);
    let (code, said) = import(&world, &[]);
    assert_eq!((code, items(&world) == before), (Some(1), true), "{said}");
    assert!(said.contains("冲突 1 处") && said.contains("责任人  钱七      赵六"), "{said}");
    // What the list leaves as it went out is no conflict, though the ledger has moved on.
    assert!(!said.contains("待认领") && !said.contains("责任单位"), "{said}");
    // The ledger has the last word: the other row is taken.
    let (code, said) = import(&world, &["--take", "台账"]);
    assert!(code == Some(0) && said.contains("改动 1 项，没有变化 0 项，以台账为准 1 项"), "{said}");
    assert_eq!((items(&world)[0]["owner"].as_str(), items(&world)[1]["owner"].as_str()), (Some("钱七"), Some("孙八")));
    let (code, said) = import(&world, &["--take", "清单"]);
    assert_eq!((code, items(&world)[0]["owner"].as_str()), (Some(0), Some("赵六")), "{said}");
    assert!(world.verifies());
}

#[test]
fn what_only_the_list_changed_is_taken_though_the_item_was_changed_since() {
    let world = found();
    draft(&world);
    done(&world, &["assign", "1", "--to", "青石镇", "--person", "钱七"]);
    send_back(&world, &[(1, "完成情况", "已重新公示"), (1, "整改状态", "待认领")]);
    let (code, said) = import(&world, &[]);
    assert!(code == Some(0) && said.contains("改动 1 项"), "{said}");
    let item = &items(&world)[0];
    let of = |field: &str| item[field].as_str().unwrap_or_default().to_owned();
    assert_eq!(["stage", "owner", "progress"].map(of), ["已分派", "钱七", "已重新公示"]);
}

#[test]
fn a_run_since_the_list_went_out_is_no_less_a_change() {
    let world = found();
    done(&world, &["assign", "1", "--to", "青石镇"]);
    draft(&world);
    mend(&world);
    world.check("2024-04-12", &[]);
    send_back(&world, &[(1, "整改状态", "整改中")]);
    let (code, said) = import(&world, &[]);
    assert!(code == Some(1) && said.contains("待核验") && said.contains("冲突"), "{said}");
    done(&world, &["close", "1", "--opinion", "已整改到位"]);
    let (code, said) = import(&world, &["--take", "台账"]);
    assert_eq!((code, stages(&world)[0].as_str()), (Some(0), "已销号"), "{said}");
    let (code, said) = import(&world, &["--take", "清单"]);
    assert_eq!((code, stages(&world)[0].as_str()), (Some(1), "已销号"), "nobody is made to reopen by a list: {said}");
}

#[test]
fn slips_are_told_by_sheet_row_and_column_and_nothing_is_taken() {
    let slips = [
        ("整改时限", "2024-02-30", "M 整改时限"),
        ("整改时限", "2024-05", "没有写到日"),
        ("整改状态", "差不多", "没有这个状态"),
        ("整改状态", "已销号", "不能改为“已销号”"),
        ("整改状态", "整改中", "现为“待认领”，不能改为“整改中”"),
        ("整改类型", "立即", "没有这个类型"),
        ("整改类型", "限期整改", "还没有整改时限"),
        (MARK, "7@1~00000000", "台账中没有整改事项“7”"),
        (MARK, "1@1~00000000", "台账中没有整改事项“1”"),
        (MARK, "第一项", "编号被改动"),
        (MARK, "", "没有编号"),
    ];
    let world = found();
    draft(&world);
    let before = items(&world);
    for (title, text, told) in slips {
        // The other row is in order, and not taken either.
        send_back(&world, &[(1, title, text), (0, "责任人", "孙八")]);
        let (code, said) = import(&world, &[]);
        assert_eq!((code, items(&world) == before), (Some(1), true), "{title} {text}: {said}");
        let line = said.lines().find(|line| line.starts_with("反馈")).unwrap_or_else(|| panic!("{said}"));
        assert!(said.contains(told) && line.split_whitespace().nth(1) == Some("4"), "{title} {text}: {said}");
    }
    // The same row twice.
    let twice = sheets(&world, "list.xlsx")[1].1[1][16].clone();
    send_back(&world, &[(0, MARK, &twice)]);
    let (code, said) = import(&world, &[]);
    assert!(code == Some(1) && said.contains("出现了两次"), "{said}");
}

#[test]
fn a_date_is_taken_as_excel_keeps_it_and_what_is_no_list_is_refused() {
    let world = found();
    draft(&world);
    let mark = sheets(&world, "list.xlsx")[1].1[1][16].clone();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy/m/d");
    for (column, title) in [(0, "整改时限"), (1, "责任人"), (2, MARK)] {
        sheet.write_string(0, column, title).expect("a cell");
    }
    let date = ExcelDateTime::from_ymd(2024, 5, 31).expect("a date");
    sheet.write_datetime_with_format(1, 0, date, &day).expect("a cell");
    sheet.write_string(1, 1, "赵六").expect("a cell");
    sheet.write_string(1, 2, mark).expect("a cell");
    book.save(world.path("back.xlsx")).expect("a workbook");
    let (code, said) = import(&world, &[]);
    assert_eq!((code, items(&world)[0]["due"].as_str(), stages(&world)[0].as_str()), (Some(0), Some("2024-05-31"), "已分派"), "{said}");
    for (name, text) in [("data/case.csv", None), ("broken.xlsx", Some("PK\u{3}\u{4} no workbook")), ("none.xlsx", None)] {
        text.iter().for_each(|text| world.write(name, text));
        let out = rectify(&world, &["import", name, "--as", "王五"]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(4) && said.contains("rectify::unreadable-list"), "{name}: {said}");
    }
}

#[test]
fn no_list_is_written_for_a_unit_that_has_nothing_to_mend() {
    let world = found();
    let out = rectify(&world, &["draft", "--output", "none.xlsx", "--unit", "U99"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(2) && said.contains("usage::bad-value") && said.contains("U99"), "{said}");
    assert!(!world.path("none.xlsx").exists());
    assert!(rectify(&world, &["draft", "--output", "some.xlsx", "--unit", "U2"]).status.success());
}

#[test]
fn a_list_that_may_be_filled_in_is_not_written_over() {
    let world = found();
    for name in ["list.xlsx", "letter.docx"] {
        world.write(name, "filled in");
        let out = rectify(&world, &["draft", "--output", name]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(2) && said.contains("rectify::list-exists") && said.contains(name), "{said}");
        assert_eq!(std::fs::read(world.path(name)).expect("the file"), b"filled in");
    }
}

#[test]
fn the_letter_is_sound_xml_and_says_what_is_asked_of_each_unit() {
    let world = found();
    let letter =
        ["draft", "--output", "notice.docx", "--issuer", "中共青石县委组织部", "--reply-by", "2024-05-31", "--as-of", "2024-04-11"];
    let out = rectify(&world, &letter);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let bytes = std::fs::read(world.path("notice.docx")).expect("a file");
    rectify(&world, &letter);
    assert_eq!(std::fs::read(world.path("notice.docx")).expect("a file"), bytes, "the same list makes the same bytes");
    for name in ["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "docProps/core.xml"] {
        texts(&part(&world, "notice.docx", name));
    }
    insta::assert_snapshot!(texts(&part(&world, "notice.docx", "word/document.xml")).join("\n"));
}

#[test]
fn the_letter_asks_for_nothing_that_only_waits_to_be_verified() {
    let world = found();
    let letter = |name: &str, more: &[&str]| {
        let out = rectify(&world, &[&["draft", "--output", name, "--as-of", "2024-04-11"], more].concat());
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let words = |name: &str| texts(&part(&world, name, "word/document.xml")).join("\n");
    let (_, said) = letter("before.docx", &[]);
    assert!(words("before.docx").contains("任前公示") && !said.contains("待核验"), "{said}");
    let notice = items(&world).iter().position(|i| i["code"] == "GS002").expect("an item") + 1;
    done(&world, &["assign", &notice.to_string(), "--person", "赵六"]);
    done(&world, &["progress", &notice.to_string(), "--state", "待核验"]);
    let (code, said) = letter("after.docx", &[]);
    assert!(code == Some(0) && said.contains("1 个单位，1 个问题（1 项）；1 项待核验，不列入通知"), "{said}");
    assert!(!words("after.docx").contains("任前公示"));
    // Of a unit that has nothing else to mend none is written; whoever asks for this state gets it.
    let (code, said) = letter("none.docx", &["--unit", "U2"]);
    assert!(code == Some(2) && said.contains("1 项待核验，不列入通知") && !world.path("none.docx").exists(), "{said}");
    assert_eq!(letter("asked.docx", &["--state", "待核验"]).0, Some(0));
    assert!(words("asked.docx").contains("任前公示"));
    // The list in which progress is kept holds it.
    assert_eq!(letter("list.xlsx", &[]).0, Some(0));
    assert_eq!(sheets(&world, "list.xlsx").len(), 2);
}

/// A part of a zipped document.
fn part(world: &World, file: &str, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(File::open(world.path(file)).expect("a file")).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect("a part").read_to_string(&mut text).expect("UTF-8");
    text
}

/// The paragraphs of a document; panics where the XML is not sound.
fn texts(xml: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut paragraphs, mut open) = (Vec::new(), 0);
    loop {
        match reader.read_event().expect("sound XML") {
            Event::Eof => break,
            Event::Start(tag) => {
                open += 1;
                if tag.name().as_ref() == "w:p" {
                    paragraphs.push(String::new());
                }
            }
            Event::End(_) => open -= 1,
            Event::Text(text) => {
                if let Some(last) = paragraphs.last_mut() {
                    last.push_str(&text);
                }
            }
            _ => {}
        }
    }
    assert_eq!(open, 0, "every element is closed");
    paragraphs
}

#[test]
fn what_the_office_itself_must_settle_does_not_go_to_the_unit() {
    let world = World::new();
    world.edit("rules/local/TH/TH001.toml", "remedy  =", "confidential = '由组织部门自行办理'\nremedy  =");
    world.check("2024-04-10", &[]);
    // The ledger keeps it, and the list of the office shows it.
    assert!(items(&world).iter().any(|i| i["code"] == "TH001"));
    let draft = |name: &str, more: &[&str]| {
        let out = rectify(&world, &[&["draft", "--output", name], more].concat());
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let words = |name: &str| texts(&part(&world, name, "word/document.xml")).join("\n");
    let rows = |name: &str| sheets(&world, name).iter().map(|(_, rows)| rows.len() - 1).sum::<usize>();
    let (code, said) = draft("list.xlsx", &[]);
    assert!(code == Some(0) && said.contains("1 项应由组织部门自行处理"), "{said}");
    assert_eq!(rows("list.xlsx"), 1);
    let (code, said) = draft("letter.docx", &[]);
    assert!(code == Some(0) && said.contains("1 项应由组织部门自行处理"), "{said}");
    assert!(!words("letter.docx").contains("谈话"));
    // A unit that nothing else is asked of gets none, and it is said why.
    let (code, said) = draft("none.docx", &["--unit", "U1"]);
    assert!(code == Some(2) && said.contains("1 项应由组织部门自行处理") && !world.path("none.docx").exists(), "{said}");
    // Whoever asks for it outright gets it.
    let (code, said) = draft("all.xlsx", &["--confidential"]);
    assert!(code == Some(0) && !said.contains("自行处理"), "{said}");
    assert_eq!(rows("all.xlsx"), 2);
}

#[test]
fn who_names_those_responsible_may_say_that_it_is_assigned_and_who_does_not_is_told_to() {
    let world = found();
    draft(&world);
    send_back(&world, &[(0, "整改状态", "整改中")]);
    let (code, said) = import(&world, &[]);
    assert!(code == Some(1) && said.contains("不能改为“整改中”") && said.contains("同一行填上责任单位或者责任人"), "{said}");
    send_back(&world, &[(0, "整改状态", "已分派"), (0, "责任人", "赵六")]);
    let (code, said) = import(&world, &[]);
    assert_eq!((code, said.contains("改动 1 项")), (Some(0), true), "{said}");
}
