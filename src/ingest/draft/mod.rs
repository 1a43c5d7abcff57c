//! The text of a draft (txt, docx, html), paragraph by paragraph with its place. What the text says is for others to read.

mod docx;
mod html;

use super::decode;
use super::error::IngestError;
use std::path::Path;

/// Bytes of a draft. A notice has some thousand characters; a scan with pictures some megabytes.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Bytes of its text.
const LONGEST: usize = 1024 * 1024;

/// A draft's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Paragraphs or lines that are not blank, with their number, from 1.
    pub lines: Vec<(u32, String)>,
    /// What the numbers count, in Chinese: 行 or 段.
    pub counts: &'static str,
}

/// Why the text could not be had of a draft of a known format.
struct Wrong {
    code: &'static str,
    why: String,
    right: &'static str,
}

impl Wrong {
    fn new(code: &'static str, why: impl Into<String>, right: &'static str) -> Self {
        Self { code, why: why.into(), right }
    }

    fn too_long() -> Self {
        Self::new("notice::too-long", format!("文字超过 {} KB", LONGEST / 1024), "请核对它是不是任前公示稿")
    }
}

/// What is to be done with a file that is no draft of a known format.
const RESAVE: &str = "请用 WPS 或 Word 打开后另存为 .docx，或者把文字粘贴到 .txt 文件";

/// Reads the text of a draft: by what the file holds, not by how it is named.
///
/// # Errors
/// It cannot be opened, is of another format, damaged, or made to exhaust.
pub fn draft(path: &Path) -> Result<Draft, IngestError> {
    let file = path.display().to_string();
    let bytes = bytes(path, &file)?;
    let wrong = |w: Wrong| IngestError::Form { file: file.clone(), code: w.code, why: w.why, right: w.right };
    if bytes.starts_with(b"PK\x03\x04") {
        return docx::lines(&bytes).map(|lines| Draft { lines, counts: "段" }).map_err(wrong);
    }
    for (magic, what) in
        [(&b"\xd0\xcf\x11\xe0"[..], "是旧的 Word 文件（.doc）、WPS 文件，或者有密码"), (b"%PDF", "是 PDF 文件"), (b"{\\rtf", "是 RTF 文件")]
    {
        if bytes.starts_with(magic) {
            return Err(wrong(Wrong::new("notice::unsupported", what, RESAVE)));
        }
    }
    let text = decode::text(&bytes, &file)?;
    if text.contains('\0') {
        return Err(IngestError::Binary { file });
    }
    if text.len() > LONGEST {
        return Err(wrong(Wrong::too_long()));
    }
    let named_html = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm"));
    if named_html || html::is_html(&text) {
        return Ok(Draft { lines: numbered(html::text(&text).lines()), counts: "段" });
    }
    Ok(Draft { lines: numbered(text.lines()), counts: "行" })
}

fn bytes(path: &Path, file: &str) -> Result<Vec<u8>, IngestError> {
    let io = |e: std::io::Error| IngestError::io(path, &e);
    let about = std::fs::metadata(path).map_err(io)?;
    if about.is_dir() {
        return Err(IngestError::Unreadable { path: file.to_owned(), why: "它是文件夹".to_owned() });
    }
    if about.len() > LARGEST {
        let why = format!("文件超过 {} MB", LARGEST >> 20);
        return Err(IngestError::Form {
            file: file.to_owned(), code: "notice::too-long", why, right: "请核对它是不是任前公示稿"
        });
    }
    std::fs::read(path).map_err(io)
}

/// The lines that are not blank. Numbers count the blank ones, too.
fn numbered<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<(u32, String)> {
    (1u32..).zip(lines).filter(|(_, l)| !l.trim().is_empty()).map(|(n, l)| (n, l.to_owned())).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
