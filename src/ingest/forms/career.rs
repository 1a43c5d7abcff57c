//! 简历: posts, studies and ranks.

use super::form::{Field, Form};
use super::row::{Refusal, Row, Value};
use crate::ingest::resume::{self, End, Entry, What};
use crate::records::{CodeList, Schema};

/// What a line should look like.
const RIGHT: &str = "写作 2003.05--2007.11  单位职务，起止时间到月";
/// What a text about one day that names a rank begins with.
const RANK_VERBS: [&str; 9] = ["任", "晋升为", "晋升", "定为", "确定为", "套转为", "转任", "转为", "职级晋升为"];

/// The rows of a résumé, and the lines that tell of neither post nor study.
pub(in crate::ingest) fn rows(form: &Form, person: &str, schema: &Schema) -> (Vec<Row>, Vec<(u32, String)>) {
    let list = |name| schema.list(name).and_then(|l| schema.lists.get(l));
    let (kinds, ranks) = (list("post_kind"), list("rank"));
    let resume = resume::read(form.text(Field::Resume));
    let (mut rows, mut waiting) = (Vec::new(), Vec::new());
    let mut numbers = (0, 0, 0);
    let mut next = |table: &'static str, line| {
        let (n, letter) = match table {
            "study" => (&mut numbers.1, 'X'),
            "rank" => (&mut numbers.2, 'R'),
            _ => (&mut numbers.0, 'J'),
        };
        *n += 1;
        Row::new(table, Field::Resume, line, format!("{person}-{letter}{n}"))
    };
    for entry in &resume.entries {
        match (entry.what, rank(entry, ranks)) {
            (What::Waiting, _) => waiting.push((entry.line, entry.text.clone())),
            (What::Study, _) => {
                let row = next("study", entry.line).text("title", entry.text.as_str()).with("start", Value::Date(entry.start));
                rows.push(row.with("end", end(&entry.end)));
            }
            (What::Post, Some(rank)) => {
                let row = next("rank", entry.line).text("rank", rank).with("start", Value::Date(entry.start));
                rows.push(row.with("end", Value::Unknown));
            }
            (What::Post, None) => {
                let row = next("post", entry.line).text("title", entry.text.as_str()).with("start", Value::Date(entry.start));
                rows.push(row.with("end", end(&entry.end)).with("kind", kind(&entry.text, kinds)));
            }
        }
    }
    for unread in resume.unread {
        let refusal = Refusal::new("form::resume-line", &unread.text, unread.why, RIGHT);
        let row = next("post", unread.line).text("title", unread.text).with("start", Value::Unknown).with("end", Value::Unknown);
        rows.push(row.with("kind", Value::Unknown).refuse(refusal));
    }
    (rows, waiting)
}

/// Blank is still held; so what is not said must not be blank.
fn end(end: &End) -> Value {
    match end {
        End::At(date) => Value::Date(*date),
        End::Open => Value::Text(String::new()),
        End::Unsaid => Value::Unknown,
        End::Bad(text) => Value::Text(if text.is_empty() { "？".to_owned() } else { text.clone() }),
    }
}

/// The rank that an entry about one day says was given, and no more: 任三级主任科员.
fn rank(entry: &Entry, ranks: Option<&CodeList>) -> Option<String> {
    if entry.end != End::Unsaid {
        return None;
    }
    let plain = RANK_VERBS.iter().find_map(|verb| entry.text.strip_prefix(verb)).unwrap_or(&entry.text).trim();
    let ranks = ranks?;
    ranks.code(plain).and_then(|code| ranks.value(code)).map(str::to_owned)
}

/// The kind of post that the words of an entry name, if they name one. That they name none says nothing.
fn kind(text: &str, kinds: Option<&CodeList>) -> Value {
    let Some(kinds) = kinds else { return Value::Text(String::new()) };
    let mut said: Vec<u8> = kinds.words.iter().filter(|(word, _)| text.contains(word.as_str())).map(|(_, code)| *code).collect();
    said.sort_unstable();
    said.dedup();
    match said.as_slice() {
        [one] => Value::Text(kinds.value(*one).unwrap_or("").to_owned()),
        _ => Value::Text(String::new()),
    }
}
