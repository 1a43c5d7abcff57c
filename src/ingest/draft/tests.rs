use super::*;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn read(name: &str, bytes: &[u8]) -> Result<Draft, IngestError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    draft(&path)
}

fn lines(name: &str, bytes: &[u8]) -> Vec<String> {
    read(name, bytes).unwrap().lines.into_iter().map(|(_, l)| l.trim().to_owned()).collect()
}

fn code(name: &str, bytes: &[u8]) -> &'static str {
    let error = read(name, bytes).unwrap_err();
    assert!(!error.advice().is_empty() && error.to_string().contains(name), "{error}");
    error.code()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    zipped(&[(
        "word/document.xml",
        format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>").as_bytes(),
    )])
}

#[test]
fn text_is_read_in_every_encoding() {
    let text = "任前公示\n\n公示期";
    let (gbk, ..) = encoding_rs::GB18030.encode(text);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes(), &gbk, &utf16, format!("\u{feff}{text}").as_bytes()] {
        let draft = read("稿.txt", bytes).unwrap();
        assert_eq!(draft.lines, [(1, "任前公示".to_owned()), (3, "公示期".to_owned())]);
        assert_eq!(draft.counts, "行");
    }
}

#[test]
fn a_document_gives_what_is_shown_and_rows_of_tables() {
    let body = "<w:p><w:r><w:t>任前</w:t></w:r><w:r><w:t>公示&amp;&#x4e00;</w:t></w:r></w:p>\
        <w:p><w:r><w:delText>删掉的</w:delText><w:instrText>PAGE</w:instrText><w:t xml:space=\"preserve\"> 留下的 </w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>姓名</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>性别</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><mc:AlternateContent><mc:Choice><w:t>框</w:t></mc:Choice><mc:Fallback><w:t>框</w:t></mc:Fallback></mc:AlternateContent></w:p>";
    // Named as text: what the file holds decides.
    assert_eq!(lines("稿.txt", &docx(body)), ["任前公示&一", "留下的", "姓名 \t性别", "框"]);
}

#[test]
fn a_page_gives_what_is_shown_and_rows_of_tables() {
    let html = "<!doctype html><head><style>p { 红 }</style><script>if (a<b) document.write('<p>假</p>')</script></head>\
        <p>任前&nbsp;公示<br>第二行<p>没有结束标记<table><tr><td>姓<br>名<td>性别</td></tr><tr><th>甲</th><th>男</th></tr></table><!-- 注 -->末";
    let found = lines("稿.html", html.as_bytes());
    assert_eq!(found.first().map(String::as_str), Some("任前\u{a0}公示"));
    assert!(
        found.contains(&"第二行".to_owned()) && found.contains(&"没有结束标记".to_owned()) && found.contains(&"甲\t男".to_owned()),
        "{found:?}"
    );
    assert!(!found.iter().any(|l| l.contains('红') || l.contains('假') || l.contains('注')), "{found:?}");
    assert!(lines("稿.txt", html.as_bytes()).contains(&"末".to_owned()), "known by its beginning");
}

#[test]
fn files_that_are_no_drafts_are_refused() {
    assert_eq!(code("稿.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), "notice::unsupported");
    assert_eq!(code("稿.pdf", b"%PDF-1.7"), "notice::unsupported");
    assert_eq!(code("稿.rtf", b"{\\rtf1"), "notice::unsupported");
    assert_eq!(code("表.xlsx", &zipped(&[("xl/workbook.xml", b"<x/>")])), "notice::unsupported");
    assert_eq!(code("空.txt", b" \n"), "ingest::empty");
    assert_eq!(code("乱.txt", b"\x00\x01\x02"), "ingest::binary");
    assert_eq!(code("长.txt", "公示".repeat(400_000).as_bytes()), "notice::too-long");
}

#[test]
fn documents_made_to_do_harm_are_refused() {
    let whole = docx("<w:p><w:t>任前公示</w:t></w:p>");
    for cut in [10, whole.len() / 2, whole.len() - 5] {
        assert_eq!(code("断.docx", &whole[..cut]), "notice::bad-docx");
    }
    let bomb = vec![b' '; 20 * 1024 * 1024];
    assert_eq!(code("弹.docx", &zipped(&[("word/document.xml", &bomb)])), "notice::zip-bomb");
    let doctype = b"<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><w><t>&x;</t></w>";
    assert_eq!(code("引.docx", &zipped(&[("word/document.xml", doctype)])), "notice::doctype");
    assert_eq!(code("深.docx", &docx(&"<w:p>".repeat(100_000))), "notice::bad-docx");
    assert_eq!(code("错.docx", &docx("<w:p><w:t>未关")), "notice::bad-docx");
    assert_eq!(code("码.docx", &zipped(&[("word/document.xml", b"<w>\xff\xfe</w>")])), "notice::bad-docx");
    let long =
        format!("<w:p><w:t>{}</w:t></w:p>", (0..400_000).map(|n| char::from_u32(0x4e00 + n * 7 % 20_000).unwrap()).collect::<String>());
    assert_eq!(code("长.docx", &docx(&long)), "notice::too-long");
    let entity = docx("<w:p><w:t>&unknown;</w:t></w:p>");
    assert_eq!(lines("实.docx", &entity), ["&unknown;"]);
}
