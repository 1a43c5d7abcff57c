//! The rows of an information set: `<xml><data><row A0000="…" A0101="…"/>…</data></xml>`. The systems write their texts as they are:
//! line breaks, `<`, `&` and quotes stand raw in the attributes, where no conforming reader would take them. So an attribute ends at the
//! quote after which another attribute or the end of the row stands. A row that cannot be told apart so is wrong, and told; the next
//! one is read again.
//!
//! Only the five entities of XML and characters by number are known; nothing is ever looked up.

use std::borrow::Cow;

/// Bytes of one attribute. A résumé of a hundred lines has ten thousand.
const LONGEST_CELL: usize = 256 * 1024;
/// Attributes of one row; the widest set has two hundred.
const MOST_CELLS: usize = 1024;
/// What `<row>` lies in: `<xml>` and `<data>`.
const MOST_DEPTH: usize = 2;

/// What is wrong with a row within which the next one begins.
const UNENDED: &str = "有一个单元格没有写完，下一行已经开始";

/// A row as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) struct Row<'t> {
    /// Which of the file, from 1. Files are often written in one line, so this is its place.
    pub number: u32,
    /// Its attributes and their texts, entities not yet resolved.
    pub cells: Vec<(&'t str, &'t str)>,
    /// What is wrong with the row as a whole, in Chinese.
    pub wrong: Option<String>,
}

/// Why the rest of a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Broken {
    /// A document type is declared, by which entities could be made.
    Doctype,
    /// It ends within.
    Cut(String),
    /// It is not made as such files are.
    Other(String),
}

/// Reads rows one after the other.
#[derive(Debug)]
pub(in crate::ingest) struct Rows<'t> {
    text: &'t str,
    at: usize,
    number: u32,
    depth: usize,
    begun: bool,
    done: bool,
}

impl<'t> Rows<'t> {
    pub(in crate::ingest) fn new(text: &'t str) -> Self {
        Self { text, at: 0, number: 0, depth: 0, begun: false, done: false }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn other(&self, why: &str) -> Broken {
        Broken::Other(format!("第{}个 row 之后，{why}", self.number))
    }

    fn find(&mut self) -> Result<Option<Row<'t>>, Broken> {
        loop {
            self.skip_blanks();
            let rest = self.rest();
            if rest.is_empty() {
                return match (self.begun, self.depth) {
                    (true, 0) => Ok(None),
                    _ => Err(Broken::Cut(format!("读到第{}个 row，没有结束标记", self.number))),
                };
            }
            if let Some(after) = rest.strip_prefix("<?") {
                self.past(after, "?>")?;
            } else if let Some(after) = rest.strip_prefix("<!--") {
                self.past(after, "-->")?;
            } else if rest.get(..9).is_some_and(|t| t.eq_ignore_ascii_case("<!DOCTYPE")) {
                return Err(Broken::Doctype);
            } else if rest.strip_prefix("</").is_some() {
                self.close()?;
            } else if begins_row(rest) && self.depth > 0 {
                return Ok(Some(self.row()?));
            } else if rest.get(1..).is_some_and(|t| rest.starts_with('<') && t.starts_with(|c: char| c.is_ascii_alphabetic())) {
                self.open()?;
            } else {
                return Err(self.other("有不认得的内容"));
            }
        }
    }

    /// Goes past what ends a comment or an instruction.
    fn past(&mut self, after: &str, end: &str) -> Result<(), Broken> {
        let skipped = self.rest().len() - after.len();
        let at = after.find(end).ok_or_else(|| Broken::Cut("末尾断在标记中间".to_owned()))?;
        self.at += skipped + at + end.len();
        Ok(())
    }

    fn tag(&mut self) -> Result<&'t str, Broken> {
        let rest = self.rest();
        let end = rest.find('>').ok_or_else(|| Broken::Cut("末尾断在标记中间".to_owned()))?;
        self.at += end + 1;
        Ok(rest.get(..end).unwrap_or(""))
    }

    fn close(&mut self) -> Result<(), Broken> {
        let tag = self.tag()?;
        if tag.trim_end() == "</row" {
            return Ok(());
        }
        self.depth = self.depth.checked_sub(1).ok_or_else(|| self.other("结束标记多了"))?;
        Ok(())
    }

    fn open(&mut self) -> Result<(), Broken> {
        if self.depth == 0 && self.begun {
            return Err(self.other("最外层不止一个标记"));
        }
        if begins_row(self.rest()) {
            return Err(self.other("row 不在任何标记里"));
        }
        let tag = self.tag()?;
        if self.depth >= MOST_DEPTH {
            let name: String = tag.chars().skip(1).take_while(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
            return Err(self.other(&format!("有不认得的标记“{name}”")));
        }
        self.begun = true;
        if !tag.ends_with('/') {
            self.depth += 1;
        }
        Ok(())
    }

    fn row(&mut self) -> Result<Row<'t>, Broken> {
        self.number = self.number.saturating_add(1);
        let mut row = Row { number: self.number, ..Row::default() };
        let begin = self.at;
        self.at += "<row".len();
        let rest = self.rest();
        let next = rest.match_indices("<row").map(|(at, _)| at).find(|&at| begins_row(rest.get(at..).unwrap_or("")));
        // What has not ended where the next row begins will not end: so each text is looked through but once.
        let limit = next.map(|at| self.at + at);
        loop {
            let before = self.at;
            self.skip_blanks();
            let rest = self.rest();
            if rest.is_empty() {
                return Err(Broken::Cut(format!("第{}个 row 没有写完", self.number)));
            }
            if limit.is_some_and(|limit| self.at >= limit) {
                self.resync(begin + 1, &mut row, UNENDED);
                return Ok(row);
            }
            let end = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>'));
            if let Some(after) = end {
                self.at += rest.len() - after.len();
                let next = after.trim_start();
                if !next.is_empty() && !next.starts_with('<') {
                    self.resync(self.at, &mut row, "有一个单元格里的引号和尖括号分不清是内容还是标记");
                }
                return Ok(row);
            }
            match self.cell(before != self.at, limit) {
                Ok(cell) => row.cells.push(cell),
                Err(Some(why)) => {
                    self.resync(begin + 1, &mut row, why);
                    return Ok(row);
                }
                Err(None) => return Err(Broken::Cut(format!("第{}个 row 没有写完", self.number))),
            }
            if row.cells.len() > MOST_CELLS {
                self.resync(begin + 1, &mut row, "列数太多");
                return Ok(row);
            }
        }
    }

    /// One attribute; what is wrong with it, or none where the file ends in it.
    fn cell(&mut self, apart: bool, limit: Option<usize>) -> Result<(&'t str, &'t str), Option<&'static str>> {
        let rest = self.text.get(self.at..limit.unwrap_or(self.text.len())).unwrap_or("");
        let (name, quote, given) = attribute(rest).filter(|_| apart).ok_or(Some("有一处不是 列名=\"内容\" 的写法"))?;
        let text = rest.get(given..).unwrap_or("");
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|t| t.find(quote)) {
            let at = from + at;
            let after = text.get(at + 1..).unwrap_or("");
            if ends_cell(after) {
                let value = text.get(..at).unwrap_or("");
                if value.len() > LONGEST_CELL {
                    return Err(Some("有一个单元格超过 256 KB"));
                }
                self.at += given + at + 1;
                return Ok((name, value));
            }
            if attribute(after).is_some_and(|(_, q, _)| q == quote) {
                return Err(Some("两个单元格之间没有空格"));
            }
            from = at + 1;
        }
        Err(limit.map(|_| UNENDED))
    }

    /// Marks a row as wrong and goes on where the next one begins, or the rows end.
    fn resync(&mut self, from: usize, row: &mut Row<'t>, why: &str) {
        row.wrong = Some(why.to_owned());
        let rest = self.text.get(from..).unwrap_or("");
        let next = rest.match_indices('<').map(|(at, _)| at).find(|&at| {
            let here = rest.get(at..).unwrap_or("");
            begins_row(here) || ["</row>", "</data>", "</xml>"].iter().any(|end| here.starts_with(end))
        });
        self.at = from + next.unwrap_or(rest.len());
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Result<Row<'t>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let found = self.find().transpose();
        self.done = !matches!(found, Some(Ok(_)));
        found
    }
}

fn begins_row(text: &str) -> bool {
    text.strip_prefix("<row").is_some_and(|t| t.starts_with(|c: char| c.is_whitespace() || c == '/' || c == '>'))
}

/// The name of the attribute a text begins with, its quote, and where its text begins.
fn attribute(text: &str) -> Option<(&str, char, usize)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':')))?;
    let name = text.get(..end).filter(|n| n.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && n.len() <= 64)?;
    let rest = text.get(end..)?.strip_prefix('=')?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some((name, quote, end + 2))
}

/// Whether a quote before this text ends its attribute. The next one may have other quotes: XML writers take those that its text lacks.
fn ends_cell(after: &str) -> bool {
    let next = after.trim_start();
    if let Some(beyond) = next.strip_prefix("/>").or_else(|| next.strip_prefix('>')) {
        let beyond = beyond.trim_start();
        return beyond.is_empty() || beyond.starts_with('<');
    }
    next.len() < after.len() && attribute(next).is_some()
}

/// A text with its entities resolved: the five of XML, and characters by number. All else stands as it is.
pub(in crate::ingest) fn resolved(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at + 1..).unwrap_or("");
        let entity = rest.bytes().take(10).position(|b| b == b';').and_then(|end| Some((rest.get(..end)?, end)));
        match entity.and_then(|(name, end)| Some((character(name)?, end))) {
            Some((c, end)) => {
                plain.push(c);
                rest = rest.get(end + 1..).unwrap_or("");
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))?
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Row<'_>>, Broken> {
        Rows::new(text).collect()
    }

    fn whole(inner: &str) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml><data>{inner}</data></xml>\n")
    }

    #[test]
    fn raw_texts_stay_in_their_cells() {
        let text = whole("<row A=\"1\" B=\"甲<乙 & 丙\n丁\" C=\"说\"好\"了\"/><row A=\"2\" B=\"a>b\" C='\"' ></row>");
        let rows = rows(&text).unwrap();
        assert_eq!(rows[0].cells, [("A", "1"), ("B", "甲<乙 & 丙\n丁"), ("C", "说\"好\"了")]);
        assert_eq!(rows[1].cells, [("A", "2"), ("B", "a>b"), ("C", "\"")]);
        assert_eq!(rows.iter().map(|r| (r.number, r.wrong.is_none())).collect::<Vec<_>>(), [(1, true), (2, true)]);
    }

    #[test]
    fn a_row_that_cannot_be_told_apart_loses_no_other() {
        let text =
            whole("<row A=\"1\" B=\"x/><row A=\"2\" B=\"y\"/><row A=\"3\"B=\"4\"/><row 5/><row A=\"6\" B=\"甲\">乙\"/><row A=\"7\"/>");
        let rows = rows(&text).unwrap();
        let numbers: Vec<(u32, bool)> = rows.iter().map(|r| (r.number, r.wrong.is_some())).collect();
        assert_eq!(numbers, [(1, true), (2, false), (3, true), (4, true), (5, false), (6, false)]);
        assert_eq!(rows[0].cells, [("A", "1")]);
        assert_eq!(rows[4].cells, [("A", "6"), ("B", "甲\">乙")]);
    }

    #[test]
    fn files_that_are_cut_or_made_otherwise_are_refused() {
        for cut in
            ["<xml>", "<xml><data><row A=\"1\"/>", "<xml><data><row A=\"1", "<xml><data><row A=\"1\"", "<xml><da", "<?xml", "<xml><!-- "]
        {
            assert!(matches!(rows(cut), Err(Broken::Cut(_))), "{cut}");
        }
        assert_eq!(rows("<!doctype x [<!ENTITY a \"b\">]><xml/>"), Err(Broken::Doctype));
        for other in [
            "甲",
            "<xml/><xml/>",
            "<xml></xml></xml>",
            "<xml><data><table/></data></xml>",
            "<a><b><c><d>",
            "<xml><![CDATA[a]]></xml>",
            "<row A=\"1\"/>",
            "<xml><data>甲</data></xml>",
        ] {
            assert!(matches!(rows(other), Err(Broken::Other(_))), "{other}: {:?}", rows(other));
        }
        assert_eq!(rows("<xml><data/></xml>"), Ok(Vec::new()));
        assert_eq!(rows("<xml/>"), Ok(Vec::new()));
    }

    #[test]
    fn only_the_entities_of_xml_are_known() {
        assert_eq!(resolved("甲&lt;乙&amp;丙&#10;丁&#x4e00;&quot;&apos;&gt;"), "甲<乙&丙\n丁一\"'>");
        assert_eq!(resolved("甲&乙&nbsp;&xxe;&#0;&#x110000;&"), "甲&乙&nbsp;&xxe;&#0;&#x110000;&");
    }
}
