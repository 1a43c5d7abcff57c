//! The people of a notice, and what is said of each: in sentences, with labels, or in a table.

use super::date::date;
use super::paragraph::Paragraph;
use super::words::{Item, Words, find, leads};
use super::{Person, Read, Unread};
use crate::dates::spelled::leading;

/// What was found in the paragraphs.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub people: Vec<Person>,
    pub unread: Vec<Unread>,
    /// Which paragraphs are about a person, by their place.
    pub taken: Vec<bool>,
}

/// Marks between the pieces of what is said of a person.
const COMMAS: [char; 5] = ['，', ',', '；', ';', '。'];

/// Reads the people.
pub(super) fn people(paragraphs: &[Paragraph], words: &Words) -> Found {
    let mut reader = Reader { words, found: Found::default(), open: None, header: Vec::new() };
    for p in paragraphs {
        let taken = reader.paragraph(p);
        reader.found.taken.push(taken);
    }
    reader.found
}

struct Reader<'w> {
    words: &'w Words,
    found: Found,
    /// The item of the last person that goes on.
    open: Option<usize>,
    /// The items that the columns of a table hold.
    header: Vec<Option<usize>>,
}

impl Reader<'_> {
    /// Whether the paragraph is about a person.
    fn paragraph(&mut self, p: &Paragraph) -> bool {
        if let Some(cells) = p.cells() {
            return self.row(p, &cells);
        }
        self.header.clear();
        if let Some((name, rest)) = self.begins(&p.text) {
            self.start(name, p.line(0));
            self.pieces(p, p.text.len() - rest.len());
            return true;
        }
        if self.found.people.is_empty() || !self.goes_on(&p.text) {
            let list = &self.words.words;
            if list.proposed.iter().any(|w| p.text.contains(w.as_str())) && list.present.iter().any(|w| p.text.contains(w.as_str())) {
                self.unread(p.line(0), &p.text, "像是一名人选，但没有读出姓名");
            }
            self.open = None;
            return false;
        }
        if !self.is_resume_line(&p.text) {
            self.open = None;
        }
        self.pieces(p, 0);
        true
    }

    /// The name a paragraph on a person begins with, and what follows.
    fn begins<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let text = past_number(text);
        let text = self.name_item().and_then(|i| labelled(text, &i.labels)).unwrap_or(text);
        let end = text.find(['，', ',', '：', ':', '（', '('])?;
        let (name, rest) = text.split_at_checked(end)?;
        let name = name.strip_suffix("同志").unwrap_or(name);
        let is_about_one = {
            let mut pieces = rest.split(COMMAS).map(|s| s.trim_matches(['：', ':', '（', '(', '）', ')']));
            let is_sex = |s: &str| self.words.item.iter().any(|i| i.column == "person.gender" && (i.whole.iter().any(|w| w == s)));
            let says = |list: &[String]| rest.split(COMMAS).any(|s| leads(s, list).is_some());
            pieces.any(is_sex) || (says(&self.words.words.present) && says(&self.words.words.proposed))
        };
        (is_name(name) && is_about_one).then_some((name, rest.trim_start_matches(['，', ',', '：', ':'])))
    }

    fn name_item(&self) -> Option<&Item> {
        self.words.item.iter().find(|i| i.column == "person.name")
    }

    /// Whether a paragraph is a line of the résumé that is open.
    fn is_resume_line(&self, text: &str) -> bool {
        let is_open = self.open.and_then(|i| self.words.item.get(i)).is_some_and(|i| i.resume);
        let is_foot = date(text).is_some_and(|(_, n)| n == text.len());
        is_open && leading(text).is_some() && !is_foot && find(text, &self.words.words.period).is_none()
    }

    /// Whether a paragraph goes on about the last person.
    fn goes_on(&self, text: &str) -> bool {
        if self.is_resume_line(text) {
            return true;
        }
        let labels = |i: &Item| labelled(text, &i.labels).is_some();
        let opens = |i: &Item| leads(text, &i.opens).is_some();
        let is_exception = |i: &Item| i.holds.iter().any(|h| self.words.words.exception.contains(h) && text.contains(h.as_str()));
        // What is said of the last person already is said of another now.
        let is_new = |i: &Item| self.found.people.last().is_some_and(|p| p.items.iter().all(|r| r.item != i.field));
        self.words.item.iter().any(|i| (labels(i) || opens(i) || is_exception(i)) && is_new(i))
    }

    fn start(&mut self, name: &str, line: u32) {
        self.open = None;
        let mut person = Person { name: name.to_owned(), line, ..Person::default() };
        if let Some(item) = self.name_item() {
            person.items.push(Read { item: item.field.clone(), value: name.to_owned(), line });
        }
        self.found.people.push(person);
    }

    /// Reads the pieces of a paragraph from a byte on.
    fn pieces(&mut self, p: &Paragraph, from: usize) {
        let mut at = from;
        for piece in p.text.get(from..).unwrap_or("").split_inclusive(COMMAS) {
            let line = p.line(at);
            at += piece.len();
            let is_end = piece.ends_with('。');
            let bare = piece.trim_end_matches(COMMAS).trim_start_matches(['（', '(']);
            let bare = if bare.contains(['（', '(']) { bare } else { bare.trim_end_matches(['）', ')']) };
            if !bare.is_empty() {
                self.piece(bare, line);
            }
            if is_end && !self.open.and_then(|i| self.words.item.get(i)).is_some_and(|i| i.resume) {
                self.open = None;
            }
        }
    }

    fn piece(&mut self, piece: &str, line: u32) {
        // 男、汉族 in one piece.
        let parts: Vec<&str> = piece.split('、').collect();
        let is_item = |part: &&str| self.words.item.iter().any(|i| i.opens.is_empty() && i.is(part));
        if self.open.is_none() && parts.len() > 1 && !piece.contains(['：', ':']) && parts.iter().all(is_item) {
            parts.into_iter().for_each(|part| self.piece(part, line));
            return;
        }
        let is_in_resume = self.open.and_then(|i| self.words.item.get(i)).is_some_and(|i| i.resume);
        let found = self.words.item.iter().position(|i| i.is(piece));
        // A résumé tells of degrees and posts, too; only what is proposed, or has a label, comes after it.
        let found = found.filter(|&f| !is_in_resume || self.words.item.get(f).is_some_and(|i| i.ends_resume(piece)));
        match (found, self.open) {
            (Some(index), _) => {
                let Some(item) = self.words.item.get(index) else { return };
                let value = labelled(piece, &item.labels).unwrap_or(piece);
                self.open = (!item.opens.is_empty()).then_some(index);
                self.put(index, value, line);
            }
            (None, Some(open)) => self.append(open, piece, line),
            (None, None) => {
                if let Some(person) = self.found.people.last_mut() {
                    person.in_part = true;
                }
                self.unread(line, piece, "不知道是哪一项");
            }
        }
    }

    fn put(&mut self, index: usize, value: &str, line: u32) {
        let Some(item) = self.words.item.get(index) else { return };
        let is_empty = value.is_empty() || self.words.words.blanks.iter().any(|b| value.contains(b.as_str()));
        let is_wrong = item.dated && day_in(value).is_none();
        let (field, value) = (item.field.clone(), value.to_owned());
        if is_empty {
            // Left to be filled in: the draft has no such item yet, which is told apart.
            return;
        }
        if is_wrong {
            if let Some(person) = self.found.people.last_mut() {
                person.in_part = true;
            }
            self.unread(line, &value, &format!("“{field}”读不出日期"));
            return;
        }
        if let Some(person) = self.found.people.last_mut() {
            person.items.push(Read { item: field, value, line });
        }
    }

    fn append(&mut self, open: usize, piece: &str, line: u32) {
        let Some(item) = self.words.item.get(open) else { return };
        let last = self.found.people.last_mut().and_then(|p| p.items.iter_mut().rev().find(|r| r.item == item.field));
        match last {
            Some(read) => {
                read.value.push('，');
                read.value.push_str(piece);
            }
            // Its label stood alone.
            None => self.put(open, piece, line),
        }
    }

    /// A row of a table: its header, a person, or pairs of label and value.
    fn row(&mut self, p: &Paragraph, cells: &[&str]) -> bool {
        let line = p.line(0);
        let item_of = |cell: &str| self.words.item.iter().position(|i| i.labels.iter().any(|l| l == cell));
        let known: Vec<Option<usize>> = cells.iter().map(|c| item_of(c)).collect();
        let is_name = |i: &Option<usize>| i.and_then(|i| self.words.item.get(i)).is_some_and(|i| i.column == "person.name");
        if known.iter().flatten().count() >= 3
            && known.iter().any(is_name)
            && known.get(1).is_none_or(|k| k.is_some() || known.first().is_some_and(Option::is_none))
        {
            self.header = known;
            return true;
        }
        if !self.header.is_empty() {
            let header = self.header.clone();
            let name = header.iter().zip(cells).find(|(i, _)| is_name(i)).map(|(_, cell)| *cell).filter(|n| self::is_name(n));
            let Some(name) = name else {
                self.unread(line, &p.text.replace('\t', " "), "表格的这一行没有姓名");
                return false;
            };
            self.start(name, line);
            for (item, cell) in header.iter().zip(cells) {
                if let Some(index) = item.filter(|_| !is_name_at(self.words, *item) && !cell.is_empty()) {
                    self.put(index, cell, line);
                }
            }
            return true;
        }
        // 姓名 | 张三 | 性别 | 男
        if known.iter().step_by(2).flatten().count() == 0 {
            return false;
        }
        for (item, cell) in known.iter().zip(cells.iter().skip(1)).step_by(2) {
            match item {
                Some(_) if is_name_at(self.words, *item) => self.start(cell, line),
                Some(index) if !self.found.people.is_empty() => self.put(*index, cell, line),
                _ if cell.is_empty() => {}
                _ => self.unread(line, cell, "不知道是哪一项"),
            }
        }
        true
    }

    fn unread(&mut self, line: u32, text: &str, why: &str) {
        self.found.unread.push(Unread { line, text: text.to_owned(), why: why.to_owned() });
    }
}

fn is_name_at(words: &Words, item: Option<usize>) -> bool {
    item.and_then(|i| words.item.get(i)).is_some_and(|i| i.column == "person.name")
}

impl Item {
    /// Whether a piece of text is this item.
    fn is(&self, piece: &str) -> bool {
        if labelled(piece, &self.labels).is_some() {
            return true;
        }
        if leads(piece, &self.opens).is_some() || self.whole.iter().any(|w| w == piece) {
            return true;
        }
        let after_date = leading(piece).and_then(|(_, n)| piece.get(n..));
        if after_date.is_some_and(|rest| self.after.iter().any(|a| a == rest)) {
            return true;
        }
        let holds = leads(piece, &self.starts).is_some()
            || self.ends.iter().any(|e| piece.ends_with(e.as_str()))
            || self.holds.iter().any(|h| piece.contains(h.as_str())) && (self.with.is_empty() || find(piece, &self.with).is_some());
        holds && (!self.dated || piece.contains(|c: char| c.is_ascii_digit()))
    }

    /// Whether a piece of a résumé is no more of it.
    fn ends_resume(&self, piece: &str) -> bool {
        labelled(piece, &self.labels).is_some() || (!self.resume && leads(piece, &self.opens).is_some_and(|_| leading(piece).is_none()))
    }
}

/// What follows a label and a colon.
fn labelled<'t>(text: &'t str, labels: &[String]) -> Option<&'t str> {
    let label = leads(text, labels)?;
    text.get(label.len()..)?.strip_prefix(['：', ':'])
}

/// 1. 一、（一）
fn past_number(text: &str) -> &str {
    let rest = text.trim_start_matches(['（', '(']);
    let bare = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let after = bare.trim_start_matches(['）', ')', '、', '.', '．']);
    if bare.len() < rest.len() && after.len() < bare.len() { after } else { text }
}

/// Two to four characters; names with a dot between are longer.
fn is_name(name: &str) -> bool {
    let han = |c: char| ('\u{3400}'..'\u{a000}').contains(&c) || c > '\u{ffff}';
    let count = name.chars().count();
    let most = if name.contains(['·', '•', '・']) { 20 } else { 4 };
    (2..=most).contains(&count) && name.chars().all(|c| han(c) || "·•・".contains(c))
}

/// The date within a text.
pub(super) fn day_in(text: &str) -> Option<crate::dates::Fuzzy> {
    let at = text.find(|c: char| c.is_ascii_digit())?;
    leading(text.get(at..)?).and_then(|(date, _)| date.ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
