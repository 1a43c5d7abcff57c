//! Résumés (简历): lines of a span of time and what was done in it become posts and studies. One entry a line; wrapped lines go on from
//! the line before; what happened meanwhile stands in brackets (其间：…). What cannot be read is told line by line, nothing is guessed.
//!
//! Knows texts and dates only, so that every reader that meets a résumé can use it.

mod head;
mod lines;
mod meanwhile;
mod what;

pub(super) use what::What;

use crate::dates::Fuzzy;

/// A résumé, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Resume {
    /// What could be read, in the order of the text.
    pub entries: Vec<Entry>,
    /// What could not, in the order of the text.
    pub unread: Vec<Unread>,
}

/// Something done from one time to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line of the text, from 1.
    pub line: u32,
    /// It stands in brackets within another entry and overlaps it.
    pub meanwhile: bool,
    /// When it began.
    pub start: Fuzzy,
    /// When it ended.
    pub end: End,
    /// What was done, as written.
    pub text: String,
    /// Of what nature that is.
    pub what: What,
}

/// When an entry ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Then.
    At(Fuzzy),
    /// Not yet: `2019.05--`, 至今.
    Open,
    /// Not said: `2014.05任…`, `2014.05起…`.
    Unsaid,
    /// What stands there is no date.
    Bad(String),
}

/// Lines, or a part of one, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// The line of the text, from 1.
    pub line: u32,
    /// As written.
    pub text: String,
    /// Why not, in Chinese.
    pub why: String,
}

/// Reads a résumé.
pub(super) fn read(text: &str) -> Resume {
    let mut resume = Resume::default();
    for item in lines::items(text) {
        match item.head {
            Ok(head) => entry(&head, &item.text, &mut resume),
            Err(why) => resume.unread.push(Unread { line: item.text.line_at(0), text: item.text.plain().trim().to_owned(), why }),
        }
    }
    resume
}

fn entry(head: &head::Head, text: &lines::Joined, resume: &mut Resume) {
    let line = text.line_at(0);
    let (title, inner) = meanwhile::split(text, head.length);
    let title = title.trim_matches(|c: char| c.is_whitespace() || matches!(c, '，' | ',' | '；' | '。' | '、')).to_owned();
    let unread = |why: &str| Unread { line, text: text.plain().trim().to_owned(), why: why.to_owned() };
    match settle(head, line, title, false) {
        Ok(entry) => resume.entries.push(entry),
        Err(why) => resume.unread.push(unread(&why)),
    }
    for piece in inner {
        match piece.head {
            Ok(head) => {
                let title = piece.text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '，' | ',' | '；' | '。')).to_owned();
                match settle(&head, piece.line, title, true) {
                    Ok(entry) => resume.entries.push(entry),
                    Err(why) => resume.unread.push(Unread { line: piece.line, text: piece.whole, why }),
                }
            }
            Err(why) => resume.unread.push(Unread { line: piece.line, text: piece.whole, why }),
        }
    }
}

/// An entry of a head and a text, if these make sense together.
fn settle(head: &head::Head, line: u32, text: String, meanwhile: bool) -> Result<Entry, String> {
    let start = match &head.start {
        Some(Ok(start)) => *start,
        Some(Err(error)) => return Err(format!("起始时间{error}")),
        None => return Err("没有起始时间".to_owned()),
    };
    if text.is_empty() {
        return Err("只有时间，没有内容".to_owned());
    }
    if let End::At(end) = head.end
        && end.hi < start.lo
    {
        return Err("终止时间早于起始时间".to_owned());
    }
    let what = what::of(&text);
    if head.end == End::Unsaid && what::is_leaving(&text) {
        return Err("免职、离任等单个时点，不是一段经历".to_owned());
    }
    Ok(Entry { line, meanwhile, start, end: head.end.clone(), text, what })
}
