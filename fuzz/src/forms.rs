//! Forms (干部任免审批表), zips of them, résumés, and packages of information sets.

use super::books::{archive, escaped};
use super::scratch::{Scratch, parts, pieces, safe};
use super::truth::{comes_back, is_one_in, read};
use encoding_rs::GB18030;
use guiju::records::Store;

/// A `.lrmx` file, whatever its bytes.
pub fn lrmx(input: &[u8]) {
    form("f.lrmx", input, input);
}

/// A `.lrm` file; begun with `g`, it is written in GBK.
pub fn lrm(input: &[u8]) {
    match input.strip_prefix(b"g") {
        Some(rest) => form("f.lrm", &GB18030.encode(&String::from_utf8_lossy(rest)).0, input),
        None => form("f.lrm", input, input),
    }
}

fn form(name: &str, bytes: &[u8], input: &[u8]) {
    let scratch = Scratch::new();
    let path = scratch.file(name, bytes);
    let Some(store) = read(&[&path], None, &[name]) else { return };
    fields_add_up(&store);
    if is_one_in(8, input) {
        comes_back(&store);
    }
}

/// What stands in a field is kept, refused or told as not taken.
fn fields_add_up(store: &Store) {
    for f in &store.field_tallies {
        assert!(f.read >= f.refused && f.read >= f.untaken, "{f:?}");
    }
}

/// A 简历 in a whole form; further pieces are its 奖惩情况, 年度考核结果, 现任职务 and 拟任职务.
pub fn resume(input: &[u8]) {
    let names = ["JianLi", "JiangChengQingKuang", "NianDuKaoHeJieGuo", "XianRenZhiWu", "NiRenZhiWu"];
    let fields: String = names
        .iter()
        .zip(pieces(input))
        .map(|(name, text)| format!("<{name}>{}</{name}>", escaped_lines(&String::from_utf8_lossy(text))))
        .collect();
    let form_text =
        format!("<Person><XingMing>江远</XingMing><ChuShengNianYue>197804</ChuShengNianYue><XingBie>男</XingBie>{fields}</Person>");
    form("f.lrmx", form_text.as_bytes(), input);
}

fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// A zip: begun with `r` its bytes as they are, else made of these files.
pub fn zipped(input: &[u8]) {
    let scratch = Scratch::new();
    let bytes = match input.strip_prefix(b"r") {
        Some(raw) => raw.to_vec(),
        None => {
            let parts = parts(input);
            let files: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
            archive(&files)
        }
    };
    let path = scratch.file("z.zip", &bytes);
    let Some(store) = read(&[&path], None, &["z.zip"]) else { return };
    fields_add_up(&store);
    if is_one_in(8, input) {
        comes_back(&store);
    }
}

/// An unpacked package (hzb, zb3): the first piece is its `gwyinfo.xml`, the others are tables by name. Begun with `s`, their rows stand in
/// tables that are whole.
pub fn package(input: &[u8]) {
    let whole = input.first() == Some(&b's');
    let scratch = Scratch::new();
    let mut files = parts(input.get(1..).unwrap_or_default());
    if files.is_empty() {
        return;
    }
    let (_, info) = files.remove(0);
    scratch.file("gwyinfo.xml", info);
    let mut names = vec!["gwyinfo.xml".to_owned(), scratch.path().display().to_string()];
    for (name, bytes) in &files {
        let name = format!("{}.xml", safe(name).trim_end_matches(".xml"));
        if whole {
            scratch.file(&format!("Table/{name}"), &[b"<?xml version=\"1.0\"?><xml><data>", *bytes, b"</data></xml>"].concat());
        } else {
            scratch.file(&format!("Table/{name}"), bytes);
        }
        names.push(name);
    }
    let named: Vec<&str> = names.iter().map(String::as_str).collect();
    let Some(store) = read(&[scratch.path()], None, &named) else { return };
    if is_one_in(8, input) {
        comes_back(&store);
    }
}
