//! Files that are not what they should be: each is told with its place, and nothing else is lost by it.

use super::*;
use encoding_rs::GB18030;
use guiju::ingest::Progress;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

fn gb(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    (dir, path)
}

/// Code, sentence and advice of why a file cannot be read.
fn refusal(name: &str, bytes: &[u8]) -> (&'static str, String, &'static str) {
    let (_dir, path) = file(name, bytes);
    let error = read(&path).unwrap_err();
    (error.code(), error.to_string(), error.advice())
}

#[test]
fn lines_in_another_encoding_are_read_in_their_own_and_told() {
    let bytes = [
        gb("person_id,姓名,民族\nP1,张三,汉族\n"),
        "P2,李四,壮族\n".as_bytes().to_vec(),
        gb("P3,王五,\"汉族\n（存疑）\"\n"),
        "P4,赵六,苗族\n".as_bytes().to_vec(),
    ]
    .concat();
    let (_dir, path) = file("person.csv", &bytes);
    let store = read(&path).unwrap();
    for (key, name) in [("P1", "张三"), ("P2", "李四"), ("P3", "王五"), ("P4", "赵六")] {
        assert_eq!(cell(&store, "person", key, "name").as_deref(), Some(name));
    }
    assert_eq!(told(&store), [("data::mixed-encoding", 3, "", Fate::Noted)]);
    assert!(store.problems[0].why.contains("第3、6行共 2 行是 UTF-8"), "{}", store.problems[0].why);
}

#[test]
fn a_damaged_line_costs_its_own_cells_only() {
    let mut bytes = "person_id,姓名,民族\nP1,张三,汉族\nP2,李四光,壮族\nP3,王五,汉族\n".as_bytes().to_vec();
    let at = bytes.windows(3).position(|w| w == "四".as_bytes()).unwrap();
    bytes.remove(at);
    let (_dir, path) = file("person.csv", &bytes);
    let store = read(&path).unwrap();
    assert_eq!(told(&store), [("data::garbled", 3, "姓名", Fate::Refused)]);
    assert_eq!(tally(&store, "person"), (3, 2, 0, 1));
}

#[test]
fn tables_of_text_under_every_separator_and_encoding_hold_line_breaks_in_quotes() {
    let text = "person_id,姓名,民族\nP1,张三,\"汉族\n（待核）\"\nP2,李四,壮族\n";
    for separator in [',', '\t', ';'] {
        let text = text.replace(',', &separator.to_string());
        let utf16 = |big: bool| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), gb(&text), utf16(false), utf16(true)] {
            let (_dir, path) = file("person.csv", &bytes);
            let store = read(&path).unwrap();
            assert_eq!(cell(&store, "person", "P1", "ethnicity").as_deref(), Some("汉族\n（待核）"));
            assert_eq!(store.place(store.schema.table("person").unwrap(), row(&store, "person", "P2"), 1), "person.csv:4:姓名");
            assert!(store.problems.is_empty());
        }
    }
}

#[test]
fn a_file_under_another_kinds_name_is_told_what_it_is() {
    let table = "person_id,name\nP1,张三\n".as_bytes();
    let wrong = [
        ("person.xlsx", table, "文本文件（CSV）", "请把后缀改为 .csv"),
        ("person.xls", b"<html><table><tr><td>x</td></tr></table>" as &[u8], "网页（HTML）", "请用 Excel 或 WPS 打开后另存为 .xlsx"),
        ("person.xlsx", b"%PDF-1.7 x", "PDF 文件", "请从来源系统导出为 CSV 或工作簿"),
        ("person.csv", b"<!DOCTYPE html><table>", "网页（HTML）", "请用 Excel 或 WPS 打开后另存为 .xlsx"),
    ];
    for (name, bytes, what, right) in wrong {
        let (code, says, advice) = refusal(name, bytes);
        assert_eq!((code, advice), ("ingest::wrong-ending", right), "{name}");
        assert!(says.contains(what) && says.contains(name), "{says}");
    }
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("person").unwrap();
    for (column, (head, cell)) in (0u16..).zip([("person_id", "P1"), ("name", "张三")]) {
        sheet.write(0, column, head).unwrap().write(1, column, cell).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    // Named by itself it is read for what it is; as one table of a folder it cannot be.
    let (dir, path) = file("person.csv", &bytes);
    assert_eq!(cell(&read(&path).unwrap(), "person", "P1", "name").as_deref(), Some("张三"));
    let error = read(dir.path()).unwrap_err();
    assert_eq!(error.code(), "ingest::wrong-ending");
    assert!(error.to_string().contains("person.csv"), "{error}");
}

/// The shell that a workbook with a password comes in: a compound file (MS-CFB) that holds the stream `EncryptedPackage`.
fn locked_workbook() -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let mut file = vec![0u8; 512 * 4];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &1u32.to_le_bytes()); // one sector of the allocation table
    put(48, &1u32.to_le_bytes()); // the directory is in sector 1
    put(56, &4096u32.to_le_bytes());
    put(60, &END.to_le_bytes());
    put(68, &END.to_le_bytes());
    for i in 0..109u32 {
        let sector = if i == 0 { 0 } else { FREE };
        put(76 + 4 * i as usize, &sector.to_le_bytes());
    }
    for (i, next) in [0xffff_fffd, END, END].into_iter().chain(std::iter::repeat_n(FREE, 125)).enumerate() {
        put(512 + 4 * i, &u32::to_le_bytes(next));
    }
    let mut entry = |number: usize, name: &str, kind: u8, start: u32, child: u32| {
        let at = 1024 + 128 * number;
        let units: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        put(at, &units);
        put(at + 64, &(units.len() as u16).to_le_bytes());
        put(at + 66, &[kind, 1]);
        put(at + 68, &FREE.to_le_bytes());
        put(at + 72, &FREE.to_le_bytes());
        put(at + 76, &child.to_le_bytes());
        put(at + 116, &start.to_le_bytes());
    };
    entry(0, "Root Entry", 5, END, 1);
    entry(1, "EncryptedPackage", 2, 2, FREE);
    file
}

#[test]
fn a_workbook_with_a_password_is_told_as_such() {
    let (code, says, advice) = refusal("person.xlsx", &locked_workbook());
    assert_eq!(code, "ingest::password");
    assert!(says.contains("person.xlsx") && says.contains("密码") && advice.contains("去掉密码"), "{says} {advice}");
}

#[test]
fn a_cut_workbook_is_told_as_such() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("person").unwrap();
    for row in 0..2000u32 {
        sheet.write(row, 0, format!("P{row}")).unwrap().write(row, 1, format!("人{row}")).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    for part in [1, 3, 5, 9] {
        let (code, says, _) = refusal("person.xlsx", &bytes[..bytes.len() * part / 10]);
        assert_eq!(code, "ingest::workbook");
        assert!(says.contains("不完整"), "{says}");
    }
}

/// Writes to the file when its reading begins.
struct Meddler {
    path: PathBuf,
    done: AtomicBool,
}

impl Progress for Meddler {
    fn file(&self, _: &str) {
        if !self.done.swap(true, Ordering::Relaxed) {
            fs::OpenOptions::new().append(true).open(&self.path).unwrap().write_all(b"P9,\xe9\x92\xb1\xe4\xb9\x9d\n").unwrap();
        }
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_believed() {
    let (dir, path) = file("person.csv", "person_id,name\nP1,张三\n".as_bytes());
    let meddler = Meddler { path: path.clone(), done: AtomicBool::new(false) };
    let sources = [dir.path().display().to_string()];
    let error = ingest::read(&sources, &SCHEMA, &Wanted::all(&SCHEMA), &meddler).unwrap_err();
    assert_eq!(error.code(), "ingest::changed");
    assert!(error.to_string().contains("person.csv"), "{error}");
    // Left alone, it is read as it is now.
    assert_eq!(tally(&read(&path).unwrap(), "person"), (2, 2, 0, 0));
}

/// An `.xlsx` of one sheet, whose XML is given.
fn workbook_of(name: &str, sheet: &str) -> Vec<u8> {
    const PART: &str = "xl/worksheets/sheet1.xml";
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name(name).unwrap();
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(book.save_to_buffer().unwrap())).unwrap();
    let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..old.len() {
        let part = old.by_index_raw(number).unwrap();
        if part.name().unwrap() != PART {
            new.raw_copy_file(part).unwrap();
        }
    }
    new.start_file(PART, zip::write::SimpleFileOptions::default()).unwrap();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    new.write_all(format!("<?xml version=\"1.0\"?><worksheet xmlns=\"{main}\">{sheet}</worksheet>").as_bytes()).unwrap();
    new.finish().unwrap().into_inner()
}

fn inline(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn a_formula_whose_result_was_not_saved_is_told_by_its_cell() {
    let head =
        ["人员编码", "姓名", "出生日期", "民族"].iter().zip(["A1", "B1", "C1", "D1"]).map(|(h, at)| inline(at, h)).collect::<String>();
    let sheet = format!(
        "<sheetData><row r=\"1\">{head}</row><row r=\"2\">{}{}<c r=\"C2\"><f>DATE(1970,5,1)</f><v></v></c><c r=\"D2\" t=\"str\"><f>E2</f></c></row><row r=\"3\">{}{}<c r=\"C3\"><f>1990+1</f><v>1991</v></c><c r=\"D3\"/></row></sheetData>",
        inline("A2", "P1"),
        inline("B2", "张三"),
        inline("A3", "P2"),
        inline("B3", "李四"),
    );
    let (_dir, path) = file("person.xlsx", &workbook_of("人员", &sheet));
    let store = read(&path).unwrap();
    assert_eq!(told(&store), [("data::no-result", 2, "出生日期", Fate::Blanked), ("data::no-result", 2, "民族", Fate::Blanked)]);
    assert_eq!(cell(&store, "person", "P2", "birth").as_deref(), Some("1991"));
    // The same in a sheet known by its headers.
    let sheet = sheet.replace("人员编码", "备注");
    let (_dir, path) = file("person.xlsx", &workbook_of("名册", &sheet));
    let store = read(&path).unwrap();
    let lost: Vec<_> = store.problems.iter().filter(|p| p.code == "data::no-result").map(|p| (p.row, p.column.as_str())).collect();
    assert_eq!(lost, [(2, "出生日期"), (2, "民族")]);
}

#[test]
fn a_million_rows_of_nothing_take_no_room() {
    let mut sheet = String::from("<sheetData><row r=\"1\">");
    sheet.push_str(&["人员编码", "姓名"].iter().zip(["A1", "B1"]).map(|(h, at)| inline(at, h)).collect::<String>());
    sheet.push_str("</row>");
    for row in 2..=1_048_575u32 {
        sheet.push_str(&format!("<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/></row>"));
    }
    sheet.push_str(&format!("<row r=\"1048576\">{}{}</row></sheetData>", inline("A1048576", "P1"), inline("B1048576", "张三")));
    let (_dir, path) = file("person.xlsx", &workbook_of("人员", &sheet));
    drop(sheet);
    let store = read(&path).unwrap();
    assert_eq!(tally(&store, "person"), (1, 1, 0, 0));
    assert_eq!(store.place(store.schema.table("person").unwrap(), 0, 1), "person.xlsx/人员:1048576:姓名");
}

#[test]
fn a_damaged_sheet_is_told_with_the_last_row_read() {
    let head = ["人员编码", "姓名"].iter().zip(["A1", "B1"]).map(|(h, at)| inline(at, h)).collect::<String>();
    let sheet =
        format!("<sheetData><row r=\"1\">{head}</row><row r=\"2\">{}</row><row r=\"3\"><c r=\"A3\"><oops/></c>", inline("A2", "P1"));
    let (code, says, _) = refusal("person.xlsx", &workbook_of("人员", &sheet));
    assert_eq!(code, "ingest::workbook");
    assert!(says.contains("“人员”") && says.contains("第2行之后"), "{says}");
}

#[test]
fn an_old_workbook_whose_chain_is_a_circle_is_refused() {
    let sample = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/workbooks/信息提取表.xls")).unwrap();
    let number = |at: usize| u32::from_le_bytes(sample[at..at + 4].try_into().unwrap());
    let table = (number(76) as usize + 1) * 512;
    // Every sector in turn follows itself: where that is one in use, the library would never come to an end of it.
    let mut refused = 0;
    for sector in 0..sample.len() / 512 - 1 {
        let mut bytes = sample.clone();
        bytes[table + sector * 4..table + sector * 4 + 4].copy_from_slice(&(sector as u32).to_le_bytes());
        let (_dir, path) = file("b.xls", &bytes);
        if let Err(error) = read(&path) {
            assert_eq!(error.code(), "ingest::workbook");
            refused += usize::from(error.to_string().contains("首尾相接"));
        }
    }
    assert!(refused > 20, "{refused}");
}

/// An `.ods` of one sheet, of these rows.
fn open_document(rows: &str) -> Vec<u8> {
    let names = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
                 xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"";
    let content = format!(
        "<office:document-content {names}><office:body><office:spreadsheet><table:table table:name=\"person\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    part("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    part("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>");
    part("content.xml", &content);
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_cell_repeated_to_fill_all_memory_is_refused() {
    let cell = |text: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
    let row = |cells: &[&str]| format!("<table:table-row>{}</table:table-row>", cells.iter().map(|c| cell(c)).collect::<String>());
    let plain = format!("{}{}", row(&["person_id", "name"]), row(&["P1", "张三"]));
    let (_dir, path) = file("b.ods", &open_document(&plain));
    assert_eq!(tally(&read(&path).unwrap(), "person"), (1, 1, 0, 0));
    // Blanks to the last row and column, as every program writes them, are nothing.
    let blanks = "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let (_dir, path) = file("b.ods", &open_document(&format!("{plain}{blanks}")));
    assert_eq!(tally(&read(&path).unwrap(), "person"), (1, 1, 0, 0));
    let bomb = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16000\" office:value-type=\"string\" office:string-value=\"x\"/></table:table-row>";
    let (code, says, _) = refusal("b.ods", &open_document(&format!("{plain}{bomb}")));
    assert_eq!(code, "ingest::workbook");
    assert!(says.contains("b.ods") && says.contains("万格"), "{says}");
}

#[test]
fn an_open_document_that_ends_within_its_sheet_is_refused() {
    let (code, says, _) = refusal("b.ods", &open_document("<table:table-row><table:table-cell/></table:table-row></guiju>"));
    assert_eq!(code, "ingest::workbook");
    assert!(says.contains("b.ods") && says.contains("不完整"), "{says}");
}
