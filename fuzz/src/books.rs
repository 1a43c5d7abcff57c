//! Workbooks. Bytes alone never get past the archive, so most targets make a whole one around what they are given.

use super::scratch::{Scratch, choice, parts, pieces};
use super::truth::{comes_back, is_one_in, read};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A sheet's XML as it stands, in a whole workbook; a second piece is its list of texts, a third the list of sheets itself.
pub fn xlsx_xml(input: &[u8]) {
    let (sheet, input) = choice(input, 4);
    let name = ["person", "干部名册", "年度考核", "A02"].get(sheet).copied().unwrap_or("person");
    let pieces = pieces(input);
    let empty: &[u8] = b"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>";
    let list = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"{name}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let sheets = [pieces.first().copied().unwrap_or_default()];
    let bytes = xlsx(pieces.get(2).copied().unwrap_or(list.as_bytes()), &sheets, pieces.get(1).copied().unwrap_or(empty));
    as_workbook("b.xlsx", &bytes, input, 8);
}

/// Workbooks made cell by cell: each piece a sheet, its name in the first line, its rows below, tabs between cells. A cell that begins with
/// `#` is a number, with `@` a date as a serial number, with `=` a formula without a result, with `?` one of the workbook's errors, with
/// `!` yes or no; a row that begins with `^` merges cells, with `_` hides a column.
pub fn xlsx_cells(input: &[u8]) {
    let sheets: Vec<(String, Vec<u8>)> = parts(input).into_iter().map(|(name, rows)| (name, sheet_xml(rows))).collect();
    as_workbook("b.xlsx", &book(&sheets), input, 8);
}

/// The workbook 干部大数据信息提取表 with other cells: each piece the rows of one of its sheets, below its own headers.
pub fn v2018(input: &[u8]) {
    let headers = parts(include_bytes!("v2018.sheets"));
    let rows = pieces(input);
    let sheets = headers.iter().enumerate().map(|(i, (name, own))| {
        let head = own.split_inclusive(|&b| b == b'\n').take(2).flatten().copied();
        let all: Vec<u8> = head.chain(rows.get(i).copied().unwrap_or_default().iter().copied()).collect();
        (name.clone(), sheet_xml(&all))
    });
    as_workbook("b.xlsx", &book(&sheets.collect::<Vec<_>>()), input, 8);
}

/// A file that is named as a workbook, whatever its bytes; the first says as which.
pub fn workbook_file(input: &[u8]) {
    let (ending, bytes) = choice(input, 5);
    let name = ["b.xlsx", "b.xls", "b.ods", "b.et", "b.xlsm"].get(ending).copied().unwrap_or("b.xls");
    as_workbook(name, bytes, input, 8);
}

/// The content of an `.ods`, in a whole one. Rows repeated a million times are a million rows, which takes its time and tells nothing new.
pub fn ods(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let many = |after: &str| after.bytes().skip_while(|b| !b.is_ascii_digit()).take_while(u8::is_ascii_digit).count() > 3;
    if text.split("repeated").skip(1).any(many) {
        return;
    }
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\">\
        <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/></manifest:manifest>";
    let files: [(&str, &[u8]); 3] = [
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", input),
    ];
    as_workbook("b.ods", &archive(&files), input, 8);
}

fn as_workbook(name: &str, bytes: &[u8], input: &[u8], many: u64) {
    let scratch = Scratch::new();
    let path = scratch.file(name, bytes);
    let Some(store) = read(&[&path], None, &[name]) else { return };
    if is_one_in(many, input) {
        comes_back(&store);
    }
}

/// A zip of these files, not packed.
///
/// # Panics
/// It cannot be made.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let how = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        // The same name twice is no archive; the first stands.
        if zip.start_file(*name, how).is_ok() {
            zip.write_all(bytes).unwrap_or_else(|e| panic!("not written: {e}"));
        }
    }
    zip.finish().unwrap_or_else(|e| panic!("not finished: {e}")).into_inner()
}

/// A workbook of these sheets.
///
/// # Panics
/// It cannot be made.
pub fn book(sheets: &[(String, Vec<u8>)]) -> Vec<u8> {
    let list: String = sheets
        .iter()
        .enumerate()
        .map(|(i, (name, _))| format!("<sheet name=\"{}\" sheetId=\"{}\" r:id=\"rId{}\"/>", escaped(name), i + 1, i + 1))
        .collect();
    let list = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{list}</sheets></workbook>"
    );
    let bytes: Vec<&[u8]> = sheets.iter().map(|(_, xml)| xml.as_slice()).collect();
    xlsx(list.as_bytes(), &bytes, b"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>")
}

fn xlsx(list: &[u8], sheets: &[&[u8]], texts: &[u8]) -> Vec<u8> {
    const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
        <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/></Types>";
    const ROOT: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    // Of two formats, the second a day's.
    const STYLES: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs count=\"2\">\
        <xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>";
    let sheet = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut links: String = (1..=sheets.len())
        .map(|i| format!("<Relationship Id=\"rId{i}\" Type=\"{sheet}/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>"))
        .collect();
    links.push_str(&format!(
        "<Relationship Id=\"rId901\" Type=\"{sheet}/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId902\" Type=\"{sheet}/sharedStrings\" Target=\"sharedStrings.xml\"/>"
    ));
    let links = format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{links}</Relationships>");
    let names: Vec<String> = (1..=sheets.len()).map(|i| format!("xl/worksheets/sheet{i}.xml")).collect();
    let mut files: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", list),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/sharedStrings.xml", texts),
    ];
    files.extend(names.iter().map(String::as_str).zip(sheets.iter().copied()));
    archive(&files)
}

/// A sheet of these rows; see [`xlsx_cells`].
pub fn sheet_xml(rows: &[u8]) -> Vec<u8> {
    let (mut columns, mut data, mut merges) = (String::new(), String::new(), String::new());
    let mut number = 0;
    for line in rows.split(|&b| b == b'\n').take(200) {
        let line = String::from_utf8_lossy(line);
        if let Some(range) = line.strip_prefix('^') {
            merges.push_str(&format!("<mergeCell ref=\"{}\"/>", escaped(range)));
        } else if let Some(column) = line.strip_prefix('_') {
            let column = escaped(column);
            columns.push_str(&format!("<col min=\"{column}\" max=\"{column}\" hidden=\"1\"/>"));
        } else {
            number += 1;
            let cells: String = line.split('\t').take(60).enumerate().map(|(i, cell)| cell_xml(number, i, cell)).collect();
            data.push_str(&format!("<row r=\"{number}\">{cells}</row>"));
        }
    }
    let wrap = |name: &str, inner: &str| if inner.is_empty() { String::new() } else { format!("<{name}>{inner}</{name}>") };
    format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{}<sheetData>{data}</sheetData>{}</worksheet>",
        wrap("cols", &columns),
        wrap("mergeCells", &merges)
    )
    .into_bytes()
}

fn cell_xml(row: usize, column: usize, cell: &str) -> String {
    let letter = |n: usize| char::from(b'A' + (n % 26) as u8);
    let place =
        if column < 26 { format!("{}{row}", letter(column)) } else { format!("{}{}{row}", letter(column / 26 - 1), letter(column)) };
    let rest = || escaped(cell.get(1..).unwrap_or_default());
    match cell.as_bytes().first() {
        None => String::new(),
        Some(b'#') => format!("<c r=\"{place}\"><v>{}</v></c>", rest()),
        Some(b'@') => format!("<c r=\"{place}\" s=\"1\"><v>{}</v></c>", rest()),
        Some(b'=') => format!("<c r=\"{place}\"><f>{}</f></c>", rest()),
        Some(b'?') => format!("<c r=\"{place}\" t=\"e\"><v>{}</v></c>", rest()),
        Some(b'!') => format!("<c r=\"{place}\" t=\"b\"><v>{}</v></c>", rest()),
        Some(_) => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>", escaped(cell)),
    }
}

/// As text of XML. `|` stands for a line break, which would end the row of the input.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '|' => out.push('\n'),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}
