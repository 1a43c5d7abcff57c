//! TOML read with its places: every key and value knows its bytes, and keys nobody asked for are reported.
//!
//! serde stops at the first error and forgets where it stood; people who write rules want all errors of all files at once.

use crate::diagnostic::{Diagnostic, Source};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and its place in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Bytes of the text it stands at, quotes included.
    pub span: Range<usize>,
}

/// A parsed TOML value with places.
pub type Value = Placed<Node>;

/// The kinds of TOML values.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A string.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// true or false.
    Bool(bool),
    /// A date (or date and time) as written.
    Date(String),
    /// An array.
    List(Vec<Value>),
    /// A table.
    Table(Table),
}

/// A table in the order written, which remembers the keys that were asked for.
#[derive(Debug, Default)]
pub struct Table {
    entries: Vec<(Placed<String>, Value)>,
    asked: Vec<AtomicBool>,
}

impl Clone for Table {
    fn clone(&self) -> Self {
        let asked = self.asked.iter().map(|a| AtomicBool::new(a.load(Ordering::Relaxed))).collect();
        Self { entries: self.entries.clone(), asked }
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

/// Reads a TOML text.
///
/// # Errors
/// The first syntax error, with its place.
pub fn parse(source: &Arc<Source>) -> Result<Table, Box<Diagnostic>> {
    match DeTable::parse(&source.text) {
        Ok(table) => Ok(convert_table(table.into_inner())),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            Err(Box::new(
                Diagnostic::new("toml::syntax", source, span, format!("TOML 语法错误：{}", in_chinese(error.message())))
                    .help("请对照手册检查引号、括号和等号"),
            ))
        }
    }
}

/// What the parser says of the mistakes that people make, in Chinese; of the others that there is one.
fn in_chinese(message: &str) -> &str {
    const SAID: [(&str, &str); 29] = [
        ("duplicate key", "同一个键写了两次"),
        ("unclosed array table", "表头没有写完，少了 ]]"),
        ("unclosed table", "表头没有写完，少了 ]"),
        ("unclosed array", "方括号没有合上，少了 ]"),
        ("unclosed inline table", "花括号没有合上，少了 }"),
        ("missing opening quote", "少了前面的引号"),
        ("invalid basic string", "引号没有合上，或者文字写法不对"),
        ("invalid literal string", "引号没有合上，或者文字写法不对"),
        ("invalid multi-line", "三个引号没有合上，或者文字写法不对"),
        ("missing escaped value", "反斜杠后面写法不对；文字写在单引号里，反斜杠就是它本身"),
        ("invalid date", "日期写法不对，写作 2026-06-30"),
        ("string values must be quoted", "等号后面要写值，文字写在英文引号里"),
        ("missing comma", "各项之间少了逗号"),
        ("extra assignment", "各项之间少了逗号"),
        ("missing assignment", "少了等号"),
        ("key with no value", "键后面没有写等号和值"),
        ("extra comma", "多了一个逗号"),
        ("unexpected key or value", "一行里多写了内容"),
        ("invalid unquoted key", "键里有不能用的字：键用英文字母、数字、- 和 _，其他的加引号"),
        ("unquoted keys cannot be empty", "这里少了键"),
        ("missing key", "这里少了键"),
        ("missing value", "等号后面少了值"),
        ("keys cannot be multi-line", "键不能写成几行"),
        ("extra `=`", "多了一个等号"),
        ("unexpected `=`", "多了一个等号"),
        ("unexpected leading zero", "数字前面多了 0"),
        ("unexpected content", "一行里多写了内容"),
        ("carriage return", "换行写法不对，请用记事本另存一次"),
        ("invalid comment character", "注释里有不能用的字符"),
    ];
    SAID.iter().find(|(begins, _)| message.starts_with(begins)).map_or("这里的写法不对", |(_, zh)| zh)
}

impl Table {
    /// The value of a key, if there; the key counts as asked for.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let i = self.entries.iter().position(|(k, _)| k.value == key)?;
        if let Some(asked) = self.asked.get(i) {
            asked.store(true, Ordering::Relaxed);
        }
        self.entries.get(i).map(|(_, v)| v)
    }

    /// The value of a key, if there, without asking for it.
    pub fn peek(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(k, _)| k.value == key).map(|(_, v)| v)
    }

    /// Every entry, in the order written, without asking for any.
    pub fn peek_all(&self) -> impl Iterator<Item = &(Placed<String>, Value)> {
        self.entries.iter()
    }

    /// Every entry, in the order written; all count as asked for.
    pub fn entries(&self) -> impl Iterator<Item = (&Placed<String>, &Value)> {
        self.asked.iter().for_each(|a| a.store(true, Ordering::Relaxed));
        self.entries.iter().map(|(k, v)| (k, v))
    }

    /// The entries whose keys are not among these; they count as asked for.
    pub fn rest_of(&self, known: &[&str]) -> Vec<(&Placed<String>, &Value)> {
        self.entries
            .iter()
            .zip(&self.asked)
            .filter(|((k, _), _)| !known.contains(&k.value.as_str()))
            .map(|((k, v), asked)| {
                asked.store(true, Ordering::Relaxed);
                (k, v)
            })
            .collect()
    }

    /// The entries nobody has asked for.
    pub fn rest(&self) -> Vec<(&Placed<String>, &Value)> {
        self.entries.iter().zip(&self.asked).filter(|(_, a)| !a.load(Ordering::Relaxed)).map(|((k, v), _)| (k, v)).collect()
    }
}

/// Reports every key of the table that was not asked for, offering the nearest known one.
pub fn report_unknown_keys(source: &Arc<Source>, table: &Table, known: &[&str], sink: &mut Vec<Diagnostic>) {
    for (key, _) in table.rest() {
        sink.push(
            Diagnostic::new("toml::unknown-key", source, key.span.clone(), format!("不认识的键“{}”", key.value))
                .nearest(&key.value, known.iter().copied()),
        );
    }
}

/// The text of a value, or a diagnostic that says what should stand there.
pub fn text<'a>(source: &Arc<Source>, value: &'a Value, sink: &mut Vec<Diagnostic>) -> Option<&'a str> {
    match &value.value {
        Node::Text(t) => Some(t),
        _ => wrong(source, value, "应为文本（加引号）", sink),
    }
}

/// The items of a list of texts; a single text counts as a list of one.
pub fn texts(source: &Arc<Source>, value: &Value, sink: &mut Vec<Diagnostic>) -> Vec<Placed<String>> {
    match &value.value {
        Node::Text(t) => vec![Placed { value: t.clone(), span: value.span.clone() }],
        Node::List(items) => {
            items.iter().filter_map(|v| text(source, v, sink).map(|t| Placed { value: t.to_owned(), span: v.span.clone() })).collect()
        }
        _ => wrong(source, value, "应为文本或文本列表", sink).unwrap_or_default(),
    }
}

/// The boolean of a value.
pub fn boolean(source: &Arc<Source>, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<bool> {
    match value.value {
        Node::Bool(b) => Some(b),
        _ => wrong(source, value, "应为 true 或 false", sink),
    }
}

/// The table of a value.
pub fn table<'a>(source: &Arc<Source>, value: &'a Value, sink: &mut Vec<Diagnostic>) -> Option<&'a Table> {
    match &value.value {
        Node::Table(t) => Some(t),
        _ => wrong(source, value, "应为表", sink),
    }
}

/// The list of tables of a value (`[[name]]`).
pub fn tables<'a>(source: &Arc<Source>, value: &'a Value, sink: &mut Vec<Diagnostic>) -> Vec<(&'a Table, Range<usize>)> {
    match &value.value {
        Node::List(items) => items.iter().filter_map(|v| table(source, v, sink).map(|t| (t, v.span.clone()))).collect(),
        Node::Table(t) => vec![(t, value.span.clone())],
        _ => wrong(source, value, "应为表的列表（[[…]]）", sink).unwrap_or_default(),
    }
}

/// The day of a value: a TOML date or its text.
pub fn day(source: &Arc<Source>, value: &Value, sink: &mut Vec<Diagnostic>) -> Option<crate::dates::Day> {
    let parsed = match &value.value {
        Node::Date(t) | Node::Text(t) => t.parse().ok(),
        _ => None,
    };
    parsed.or_else(|| wrong(source, value, "应为日期，如 2019-03-03", sink))
}

fn wrong<T>(source: &Arc<Source>, value: &Value, expected: &str, sink: &mut Vec<Diagnostic>) -> Option<T> {
    sink.push(Diagnostic::new("toml::wrong-type", source, value.span.clone(), expected.to_owned()));
    None
}

fn convert_table(table: DeTable<'_>) -> Table {
    let entries: Vec<_> = table
        .into_iter()
        .map(|(key, value)| {
            let span = key.span();
            (Placed { value: key.into_inner().into_owned(), span }, convert(value))
        })
        .collect();
    let asked = entries.iter().map(|_| AtomicBool::new(false)).collect();
    Table { entries, asked }
}

fn convert(value: Spanned<DeValue<'_>>) -> Value {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(s) => Node::Text(s.into_owned()),
        DeValue::Integer(i) => match i64::from_str_radix(i.as_str(), i.radix()) {
            Ok(i) => Node::Int(i),
            Err(_) => Node::Text(i.as_str().to_owned()),
        },
        DeValue::Float(x) => match x.as_str().parse() {
            Ok(x) => Node::Float(x),
            Err(_) => Node::Text(x.as_str().to_owned()),
        },
        DeValue::Boolean(b) => Node::Bool(b),
        DeValue::Datetime(d) => Node::Date(d.to_string()),
        DeValue::Array(items) => Node::List(items.into_iter().map(convert).collect()),
        DeValue::Table(table) => Node::Table(convert_table(table)),
    };
    Placed { value, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_told_in_chinese() {
        for text in [
            "a = 1\na = 2\n",
            "[[off]\n",
            "[off\n",
            "a = [1\n",
            "a = { b = 1\n",
            "a = x\"\n",
            "a = \"x\n",
            "a = 'x\n",
            "a = \"\"\"x\n",
            "a =\n",
            "a = 口径\n",
            "a = “口径”\n",
            "a\n",
            "a \"x\"\n",
            "a = [1 2]\n",
            "a = { b = 1 c = 2 }\n",
            "a = [1,,2]\n",
            "a = 1 b = 2\n",
            "标题 = 1\n",
            "a = 2026-13-01\n",
            "a = \"C:\\下载\"\n",
            "[[\n",
            "= 1\n",
            "a = = 1\n",
            "a = 007\n",
            "a = 0XFF\n",
            "a = 1__0\n",
            "a = +-1\n",
            "a = [1 = 2]\n",
            "a\rb = 1\n",
            "a = \"\\u12\"\n",
            "a = { b = 1 }\na.c = 2\n",
            "# \u{1}\n",
        ] {
            let told =
                parse(&Arc::new(Source { name: "a.toml".into(), text: text.into() })).err().map(|d| d.message.clone()).unwrap_or_default();
            assert!(told.starts_with("TOML 语法错误：") && !told.chars().any(|c| c.is_ascii_lowercase()), "{text}: {told}");
        }
    }
}
