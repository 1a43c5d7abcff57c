//! Expressions in Chinese words, for people who read what a rule computes and do not write rules.
//!
//! Fields and tables are called as the schema calls them, shared words as `words.toml` does. What has no wording of its own is shown as
//! it is written.

use super::files::Files;
use super::load::RuleSet;
use super::syntax::{self, Expr, Kind, Origin};
use crate::dates::Period;
use crate::diagnostic::Source;
use crate::document::{self, Node};
use crate::records::{FieldType, TableId};
use crate::rules::ir::Ty;
use std::collections::BTreeMap;
use std::sync::Arc;

mod calls;

/// Reads the expressions of one rule aloud.
pub struct Reader<'a> {
    rules: &'a RuleSet,
    words: BTreeMap<String, String>,
    /// The names of the arguments of shared words that have any.
    arguments: BTreeMap<String, Vec<String>>,
    /// The rule whose own words come first, by its code.
    code: String,
    /// Parameters and named values of the rule, by name.
    given: BTreeMap<String, Said>,
}

/// What kind of thing words stand for, as far as the wording depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Row(TableId),
    Rows(TableId),
    Date,
    Ordered,
    Truth,
    Cell,
    /// A shared word that holds or does not.
    Holds,
    Other,
}

type Said = (String, Is);

impl<'a> Reader<'a> {
    /// A reader with the words of these files.
    pub fn new(files: &Files, rules: &'a RuleSet) -> Self {
        let doc = files.get("words.toml").and_then(|source| document::parse(source).ok());
        let words = doc.iter().flat_map(|doc| doc.entries()).filter_map(|(key, value)| match &value.value {
            Node::Text(text) => Some((key.value.clone(), text.clone())),
            _ => None,
        });
        let arguments = files.all().filter(|(path, _)| path.ends_with("definitions.toml")).flat_map(|(_, source)| arguments(source));
        Self { rules, words: words.collect(), arguments: arguments.collect(), code: String::new(), given: BTreeMap::new() }
    }

    /// With the words that one rule has of its own.
    pub fn of_rule(mut self, code: &str) -> Self {
        code.clone_into(&mut self.code);
        self
    }

    /// What a name stands for in the expressions read next.
    pub fn give(&mut self, name: &str, words: &str) {
        // Within an item of a list `|` stands between words either of which will do.
        self.given.insert(name.to_owned(), (words.replace('|', "或"), Is::Other));
    }

    /// What goes by a name while the elements of a set are gone through one by one.
    pub fn give_element(&mut self, table: TableId, name: &str, set: &str) {
        let source = Arc::new(Source { name: String::new(), text: set.to_owned() });
        let rows = syntax::parse_expr(set, Origin { source: &source, offset: 0 }).map(|expr| self.say(&expr, &[table]).1);
        let is = if let Ok(Is::Rows(t)) = rows { Is::Row(t) } else { Is::Other };
        self.given.insert(name.to_owned(), (self.word(name).to_owned(), is));
    }

    /// A named value of a row of the table: gives what it is in words. Read next, it is called by its name.
    pub fn give_value(&mut self, table: TableId, name: &str, text: &str) -> String {
        let source = Arc::new(Source { name: String::new(), text: text.to_owned() });
        let Ok(expr) = syntax::parse_expr(text, Origin { source: &source, offset: 0 }) else { return text.trim().to_owned() };
        let is = self.say(&expr, &[table]).1;
        // A named condition is no cell that is yes or no.
        let is = if is == Is::Truth { Is::Other } else { is };
        self.given.insert(name.to_owned(), (self.word(name).to_owned(), is));
        self.condition(&expr, &[table])
    }

    /// What people call a shared word or a named value; the name itself where it has no word.
    pub fn word<'b>(&'b self, name: &'b str) -> &'b str {
        self.own(name).or_else(|| self.words.get(name).map(String::as_str)).unwrap_or(name)
    }

    /// What people call a parameter, if it is called anything.
    pub fn word_of_parameter(&self, name: &str) -> Option<&str> {
        self.own(name).or_else(|| self.words.get(name).map(String::as_str))
    }

    /// What a name is called in the rule at hand alone.
    fn own(&self, name: &str) -> Option<&str> {
        self.words.get(&format!("{}.{name}", self.code)).map(String::as_str)
    }

    /// What people call a shared word of a table.
    pub fn word_of<'b>(&'b self, table: &str, name: &'b str) -> &'b str {
        self.words.get(&format!("{table}.{name}")).map_or_else(|| self.word(name), String::as_str)
    }

    /// Whether a shared word has a word in Chinese.
    pub fn knows(&self, table: &str, name: &str) -> bool {
        self.words.contains_key(name) || self.words.contains_key(&format!("{table}.{name}"))
    }

    /// An expression about a row of the table in words; as written where it does not parse.
    pub fn read(&self, table: TableId, text: &str) -> String {
        let source = Arc::new(Source { name: String::new(), text: text.to_owned() });
        match syntax::parse_expr(text, Origin { source: &source, offset: 0 }) {
            Ok(expr) => self.condition(&expr, &[table]),
            Err(_) => text.trim().to_owned(),
        }
    }

    /// A field of the rows of a set in words.
    pub fn read_of(&self, table: TableId, set: &str, field: &str) -> String {
        let source = Arc::new(Source { name: String::new(), text: set.to_owned() });
        let rows = syntax::parse_expr(set, Origin { source: &source, offset: 0 }).map(|expr| self.say(&expr, &[table]).1);
        match rows {
            Ok(Is::Rows(t) | Is::Row(t)) => self.member(t, field).map_or_else(|| field.to_owned(), |(words, _)| words),
            _ => field.to_owned(),
        }
    }

    /// A sentence with `{…}` in it, these in words between 〔 and 〕.
    pub fn sentence(&self, table: TableId, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inside, behind)) = after.split_once('}') else { break };
            out.push_str(before);
            out.push_str(&format!("〔{}〕", self.read(table, inside)));
            rest = behind;
        }
        out + rest
    }

    /// A condition: a bare yes-or-no cell is said to be so.
    fn condition(&self, expr: &Expr, scope: &[TableId]) -> String {
        match self.say(expr, scope) {
            (words, Is::Truth) if matches!(expr.kind, Kind::Field(..)) || self.is_cell(expr, scope) => format!("{words}为是"),
            (words, _) => words,
        }
    }

    fn is_cell(&self, expr: &Expr, scope: &[TableId]) -> bool {
        let Kind::Name(name) = &expr.kind else { return false };
        scope.iter().rev().any(|&t| self.rules.schema.tables.get(t).is_some_and(|def| def.field(name).is_some()))
    }

    fn say(&self, expr: &Expr, scope: &[TableId]) -> Said {
        let other = |words: String| (words, Is::Other);
        match &expr.kind {
            Kind::Text(text) => (if text.is_empty() { "空白".to_owned() } else { text.clone() }, self.kind_of_text(text)),
            Kind::Name(name) => self.name(name, scope),
            Kind::Field(left, name) => match self.say(left, scope) {
                (words, Is::Row(table) | Is::Rows(table)) => {
                    let (member, is) = self.member(table, name).unwrap_or_else(|| (self.word(name).to_owned(), Is::Other));
                    (if is == Is::Holds { format!("{words}{member}") } else { format!("{words}的{member}") }, is)
                }
                // Of what is not known: what tables are called is known all the same.
                (words, _) => match self.rules.schema.table(name).filter(|_| self.word(name) == name) {
                    Some(table) => (format!("{words}的{}", self.table(table)), Is::Rows(table)),
                    None => other(format!("{words}的{}", self.word(name))),
                },
            },
            Kind::List(items) => other(items.iter().map(|e| self.say(e, scope).0).collect::<Vec<_>>().join("、")),
            Kind::And(items) => (self.joined(items, "，且", scope), Is::Truth),
            Kind::Or(items) => (self.joined(items, "，或者", scope), Is::Truth),
            Kind::In(item, list) => (format!("{}为{}", self.say(item, scope).0, self.one_of(list, scope)), Is::Truth),
            Kind::If(c, a, b) => {
                let (then, is) = self.say(a, scope);
                (format!("{}的，{then}；否则，{}", self.condition(c, scope), self.say(b, scope).0), is)
            }
            Kind::Operator(op, args) => self.operator(op, args, scope),
            Kind::Call(name, args) => self.call(name, args, scope),
            _ => other(expr.to_string()),
        }
    }

    /// A value of an ordered list is higher or lower than another, not more or less.
    fn kind_of_text(&self, text: &str) -> Is {
        let ordered = self.rules.schema.lists.iter().any(|list| list.ordered && list.values.iter().any(|v| v == text));
        if ordered { Is::Ordered } else { Is::Other }
    }

    fn one_of(&self, list: &Expr, scope: &[TableId]) -> String {
        let words = self.say(list, scope).0;
        let several = words.contains('、');
        if several { format!("{words}之一") } else { words }
    }

    fn joined(&self, items: &[Expr], between: &str, scope: &[TableId]) -> String {
        let part = |e: &Expr| {
            let words = self.condition(e, scope);
            if several(e) || matches!(e.kind, Kind::If(..)) { format!("（{words}）") } else { words }
        };
        items.iter().map(part).collect::<Vec<_>>().join(between)
    }

    fn all_denied(&self, items: &[Expr], between: &str, scope: &[TableId]) -> String {
        let part = |e: &Expr| {
            let words = self.denied(e, scope);
            if several(e) { format!("（{words}）") } else { words }
        };
        items.iter().map(part).collect::<Vec<_>>().join(between)
    }

    fn name(&self, name: &str, scope: &[TableId]) -> Said {
        match name {
            "as_of" => return ("截至日".to_owned(), Is::Date),
            "self" => {
                let table = scope.first().copied().unwrap_or_default();
                return (format!("本{}", self.table(table)), Is::Row(table));
            }
            "it" => return ("该项".to_owned(), Is::Other),
            _ => {}
        }
        for &table in scope.iter().rev() {
            if let Some(found) = self.member(table, name) {
                return found;
            }
            if self.rules.schema.tables.get(table).is_some_and(|t| t.name == name) {
                return (self.table(table), Is::Row(table));
            }
        }
        if let Some(said) = self.given.get(name) {
            return said.clone();
        }
        match self.rules.schema.table(name).filter(|_| self.word(name) == name) {
            Some(table) => (self.table(table), Is::Rows(table)),
            None => (self.word(name).to_owned(), Is::Other),
        }
    }

    fn table(&self, table: TableId) -> String {
        self.rules.schema.tables.get(table).map(|t| t.zh.clone()).unwrap_or_default()
    }

    fn member(&self, table: TableId, name: &str) -> Option<Said> {
        let schema = &self.rules.schema;
        let def = schema.tables.get(table)?;
        if let Some(field) = def.field(name).and_then(|f| def.fields.get(f)) {
            let is = match field.ty {
                FieldType::Date => Is::Date,
                FieldType::Bool => Is::Truth,
                FieldType::Code(list) if schema.lists.get(list).is_some_and(|l| l.ordered) => Is::Ordered,
                _ => Is::Cell,
            };
            return Some((field.zh.clone(), is));
        }
        if let Some(field) = def.link(name).and_then(|f| def.fields.get(f))
            && let FieldType::Ref(target) = field.ty
        {
            return Some((field.zh.trim_end_matches("编码").to_owned(), Is::Row(target)));
        }
        if let Some(word) = self.rules.program.definitions.iter().find(|d| d.table == table && d.name == name) {
            let is = match word.ty {
                Ty::Row(t) => Is::Row(t),
                Ty::Rows(t) => Is::Rows(t),
                Ty::Date => Is::Date,
                Ty::Truth => Is::Holds,
                _ => Is::Other,
            };
            return Some((self.word_of(&def.name, name).to_owned(), is));
        }
        let child = schema.table(name)?;
        schema.tables.get(child)?.link_to(table)?;
        Some((self.table(child), Is::Rows(child)))
    }

    fn operator(&self, op: &str, args: &[Expr], scope: &[TableId]) -> Said {
        match args {
            [one] if op == "!" => (self.denied(one, scope), Is::Truth),
            [one] => (format!("{op}{}", self.say(one, scope).0), Is::Other),
            [a, b] => {
                let side = |e: &Expr| {
                    let (words, is) = self.say(e, scope);
                    (if matches!(e.kind, Kind::If(..)) { format!("（{words}）") } else { words }, is)
                };
                let ((left, l), (right, r)) = (side(a), side(b));
                let word = match (op, l == Is::Date || r == Is::Date, l == Is::Ordered || r == Is::Ordered) {
                    ("==", ..) => "为",
                    ("!=", ..) => "不为",
                    ("+" | "-", ..) if Period::parse(&right).is_some() => {
                        let way = if op == "+" { "之后" } else { "之前" };
                        return (format!("{left}{way}{right}"), Is::Date);
                    }
                    ("+" | "-", true, _) => {
                        return (format!("{left}{}{right}", if op == "+" { "之后" } else { "之前" }), Is::Date);
                    }
                    ("<", true, _) => "早于",
                    ("<=", true, _) => "不晚于",
                    (">", true, _) => "晚于",
                    (">=", true, _) => "不早于",
                    ("<", _, true) => "低于",
                    (">", _, true) => "高于",
                    ("<=", _, true) => return (format!("{left}在{right}以下（含）"), Is::Truth),
                    (">=", _, true) => return (format!("{left}在{right}以上（含）"), Is::Truth),
                    ("<", ..) => "少于",
                    ("<=", ..) => "不超过",
                    (">", ..) => "超过",
                    (">=", ..) => "不少于",
                    ("*", ..) => "×",
                    ("/", ..) => "÷",
                    ("+", ..) => "＋",
                    ("-", ..) => "－",
                    _ => op,
                };
                let is = if matches!(op, "+" | "-" | "*" | "/") { Is::Other } else { Is::Truth };
                (format!("{left}{word}{right}"), is)
            }
            _ => (op.to_owned(), Is::Other),
        }
    }

    fn denied(&self, expr: &Expr, scope: &[TableId]) -> String {
        match &expr.kind {
            Kind::Call(name, args) if name == "has" && args.len() == 1 => {
                let (words, is) = args.first().map(|a| self.say(a, scope)).unwrap_or_else(nothing);
                if matches!(is, Is::Row(_) | Is::Rows(_) | Is::Other) { format!("没有{words}") } else { format!("{words}未填") }
            }
            Kind::Call(name, args) if name == "any" => self.call("none", args, scope).0,
            Kind::Call(name, args) if name == "none" => self.call("any", args, scope).0,
            Kind::In(item, list) => format!("{}不为{}", self.say(item, scope).0, self.one_of(list, scope)),
            // Not both: one of them is not; neither: both are not.
            Kind::And(items) => self.all_denied(items, "，或者", scope),
            Kind::Or(items) => self.all_denied(items, "，且", scope),
            Kind::Operator(op, args) if *op == "!" && args.len() == 1 => args.first().map(|a| self.condition(a, scope)).unwrap_or_default(),
            Kind::Operator(op, args) if opposite(op).is_some() && args.len() == 2 => {
                self.operator(opposite(op).unwrap_or(op), args, scope).0
            }
            _ => match self.say(expr, scope) {
                (words, Is::Truth) if self.is_cell(expr, scope) || matches!(expr.kind, Kind::Field(..)) => format!("{words}为否"),
                (words, _) if words.contains('，') => format!("并非（{words}）"),
                (words, _) => format!("并非{words}"),
            },
        }
    }
}

/// Whether the words for it are several conditions in a row.
fn several(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::And(_) | Kind::Or(_) => true,
        Kind::Operator(op, args) if *op == "!" => args.first().is_some_and(several),
        _ => false,
    }
}

/// What holds when a comparison of what is known does not.
fn opposite(op: &str) -> Option<&'static str> {
    Some(match op {
        "==" => "!=",
        "!=" => "==",
        "<" => ">=",
        "<=" => ">",
        ">" => "<=",
        ">=" => "<",
        _ => return None,
    })
}

/// The shared words of a definitions file that have arguments, with their names.
fn arguments(source: &Arc<Source>) -> Vec<(String, Vec<String>)> {
    let Ok(doc) = document::parse(source) else { return Vec::new() };
    let tables = doc.entries().filter_map(|(_, words)| if let Node::Table(words) = &words.value { Some(words) } else { None });
    let words = tables.flat_map(|words| words.entries()).filter_map(|(name, word)| {
        let Node::Table(word) = &word.value else { return None };
        let Node::List(args) = &word.get("args")?.value else { return None };
        let args = args.iter().filter_map(|a| if let Node::Text(t) = &a.value { Some(t.clone()) } else { None });
        Some((name.value.clone(), args.collect()))
    });
    words.collect()
}

fn nothing() -> Said {
    (String::new(), Is::Other)
}
