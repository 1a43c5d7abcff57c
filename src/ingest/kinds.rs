//! What a file is by its first bytes, whatever it is named.

/// What is written over many systems' "exports to Excel".
const HTML: (&str, &str) = ("网页（HTML）", "请用 Excel 或 WPS 打开后另存为 .xlsx");
const XML: (&str, &str) = ("XML 文件", "请用 Excel 或 WPS 打开后另存为 .xlsx");

/// What a file named as a text table is, if it is none, and what to do about it.
pub(super) fn not_text(head: &[u8]) -> Option<(&'static str, &'static str)> {
    if head.starts_with(b"PK\x03\x04") {
        return Some(("Excel 工作簿或压缩包", "是工作簿的，请把后缀改为 .xlsx，再直接给出该文件"));
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(("旧式的 Excel 工作簿", "请把后缀改为 .xls，再直接给出该文件"));
    }
    if head.starts_with(b"SQLite format 3\0") {
        return Some(("SQLite 数据库", "请把后缀改为 .db，再直接给出该文件"));
    }
    if head.starts_with(b"%PDF") {
        return Some(("PDF 文件", "请从来源系统导出为 CSV 或工作簿"));
    }
    markup(head)
}

/// What a file named as a workbook is, if it begins like none, and what to do about it.
pub(super) fn not_workbook(head: &[u8]) -> Option<(&'static str, &'static str)> {
    if head.starts_with(b"PK") || head.starts_with(b"\xd0\xcf\x11\xe0") {
        return None;
    }
    if head.starts_with(b"%PDF") {
        return Some(("PDF 文件", "请从来源系统导出为 CSV 或工作簿"));
    }
    if head.starts_with(b"Rar!") || head.starts_with(b"7z\xbc\xaf") {
        return Some(("压缩包", "请先解压，再给出里面的文件"));
    }
    if let Some(found) = markup(head) {
        return Some(found);
    }
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let text = wide || !head.iter().any(|b| *b == 0 || (*b < b' ' && !matches!(b, b'\t' | b'\r' | b'\n')));
    text.then_some(("文本文件（CSV）", "请把后缀改为 .csv"))
}

fn markup(head: &[u8]) -> Option<(&'static str, &'static str)> {
    // Of UTF-16 every other byte is zero.
    let plain: Vec<u8> = head.iter().copied().filter(|b| b.is_ascii() && *b != 0).take(1024).collect();
    let text = plain.trim_ascii_start();
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|t| t.eq_ignore_ascii_case(with));
    if [&b"<html"[..], b"<!doctype", b"<table", b"<head", b"<meta", b"<body", b"<style", b"<div"].into_iter().any(begins) {
        return Some(HTML);
    }
    begins(b"<?xml").then(|| {
        // Pages of some systems begin as XML.
        let page = memchr::memmem::find(&text.to_ascii_lowercase(), b"<html").is_some();
        if page { HTML } else { XML }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let of_text = |bytes: &[u8]| not_text(bytes).map(|(what, _)| what);
        assert_eq!(of_text(b"PK\x03\x04rest"), Some("Excel 工作簿或压缩包"));
        assert_eq!(of_text(b"\xef\xbb\xbf\r\n<HTML><table>"), Some("网页（HTML）"));
        assert_eq!(of_text(b"person_id,name\n"), None);
        assert_eq!(of_text("姓名,性别\n".as_bytes()), None);
        let of_book = |bytes: &[u8]| not_workbook(bytes).map(|(what, _)| what);
        assert_eq!(of_book(b"PK\x03\x04rest"), None);
        assert_eq!(of_book(b"\xd0\xcf\x11\xe0rest"), None);
        assert_eq!(of_book("姓名,性别\n张三,男\n".as_bytes()), Some("文本文件（CSV）"));
        assert_eq!(of_book(b"\xff\xfe\x2d\x4e"), Some("文本文件（CSV）"));
        assert_eq!(of_book(b"<table border=1>"), Some("网页（HTML）"));
        assert_eq!(of_book(b"<?xml version=\"1.0\"?><Workbook>"), Some("XML 文件"));
        assert_eq!(of_book(b"\x01\x02\x00nonsense"), None);
    }
}
