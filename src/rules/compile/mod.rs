//! From expressions to typed nodes. Unknown names, wrong types and unknown code values are reported here, with the place
//! underlined and the nearest name offered.

mod calls;
mod embed;
mod names;
mod operators;
mod script;
mod template;

use super::definitions::Definitions;
use super::ir::{DefId, Node, NodeId, Program, Set, Ty, Unit};
use super::profile::Visible;
use super::syntax::{Expr, Kind};
use crate::dates::Day;
use crate::diagnostic::{Diagnostic, Source};
use crate::records::{CodeList, FieldType, Schema, TableId};
use std::cell::Cell as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

pub use script::NotLowered;
pub use template::text_origin;

/// What to do about a value of the wrong kind.
const KINDS: &str = "字段是什么种类见手册 2.7；日期写作 date(2019, 3, 3)，时长写作 '2个月'，代码值、文字加引号";

/// A typed node.
pub type Typed = (NodeId, Ty);

/// A shared word: its table and its name.
pub type WordName = (String, String);

/// Everything expressions are compiled against, and where the results and complaints go.
pub struct Compiler<'a> {
    /// Tables, fields and codes.
    pub schema: &'a Schema,
    /// The shared words, as written.
    pub definitions: &'a Definitions,
    /// Where nodes go.
    pub program: Program,
    /// What is wrong.
    pub sink: Vec<Diagnostic>,
    /// Which names packs added, and who sees them.
    pub visible: Visible,
    /// The pack of the file being compiled; none: it comes with the program.
    pub pack: Option<usize>,
    /// Which shared words each shared word (none: the rules) names.
    pub asked: BTreeMap<Option<WordName>, BTreeSet<WordName>>,
    /// The lookups used.
    pub looked_up: BTreeSet<String>,
    /// Shared words already compiled (none: failed, and said so).
    compiled: BTreeMap<(TableId, String), Option<DefId>>,
    /// Shared words being compiled, to catch circles.
    open: Vec<(TableId, String)>,
    /// How many nodes there were when the outermost word with arguments was begun whose text is put in place.
    expanding: Option<usize>,
}

/// A row in scope: the filter row innermost, the subject outermost.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Its table.
    pub table: TableId,
    /// The node that gives it.
    pub row: NodeId,
}

/// What a bare name stands for.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A value.
    Value(NodeId, Ty),
    /// A parameter: a literal that takes the type it is compared with.
    Literal(Kind),
    /// The element of a list, whose type shows when it is first compared.
    Element(u8, Rc<Slot<Option<Ty>>>),
    /// A script's variable.
    Variable(u8, Ty),
    /// Something that could not be made out, which was said where it is written: what names it fails, and nothing more is said.
    Failed,
}

/// Names in force at a place.
#[derive(Clone, Debug)]
pub struct Env {
    /// The file, for complaints.
    pub source: Arc<Source>,
    /// Rows, outermost first.
    pub scopes: Vec<Scope>,
    /// The row that `self` names.
    pub this: Option<Scope>,
    /// Other names, the last one wins.
    pub names: Vec<(String, Bound)>,
    /// The next free slot for rows.
    pub next_slot: u8,
    /// The next free variable, elements of lists included.
    pub next_var: u8,
    /// Names used so far (parameters that nobody uses are reported).
    pub used: Rc<std::cell::RefCell<std::collections::BTreeSet<String>>>,
    /// In scripts, conditions must be decided.
    pub strict: bool,
}

impl Env {
    /// Names for a row of a table in slot 0.
    pub fn of(source: &Arc<Source>, table: TableId, row: NodeId) -> Self {
        let scope = Scope { table, row };
        Self {
            source: Arc::clone(source),
            scopes: vec![scope],
            this: Some(scope),
            names: Vec::new(),
            next_slot: 1,
            next_var: 0,
            used: Rc::default(),
            strict: false,
        }
    }

    /// The same with one more name.
    #[must_use]
    pub fn with(&self, name: &str, bound: Bound) -> Self {
        let mut env = self.clone();
        env.names.push((name.to_owned(), bound));
        env
    }
}

impl<'a> Compiler<'a> {
    /// A compiler with nothing compiled.
    pub fn new(schema: &'a Schema, definitions: &'a Definitions) -> Self {
        Self {
            schema,
            definitions,
            program: Program::default(),
            sink: Vec::new(),
            visible: Visible::default(),
            pack: None,
            asked: BTreeMap::new(),
            looked_up: BTreeSet::new(),
            compiled: BTreeMap::new(),
            open: Vec::new(),
            expanding: None,
        }
    }

    /// Whether what is being compiled sees a name of a table (of the table itself: the empty name).
    pub(super) fn sees(&self, table: &str, name: &str) -> bool {
        self.visible.sees(self.pack, table, name)
    }

    /// Notes that a shared word is named here.
    pub(super) fn note_word(&mut self, table: &str, name: &str) {
        let by = self.open.last().and_then(|(t, n)| Some((self.schema.tables.get(*t)?.name.clone(), n.clone())));
        self.asked.entry(by).or_default().insert((table.to_owned(), name.to_owned()));
    }

    /// Compiles an expression that must have a type.
    pub fn expect(&mut self, env: &Env, expr: &Expr, ty: Ty) -> Option<NodeId> {
        let (node, got) = self.expr(env, expr, Some(ty))?;
        if same_kind(got, ty) {
            return Some(node);
        }
        // A row or a set where a condition is wanted means that it exists.
        match (ty, got) {
            (Ty::Int(_), Ty::Int(_)) => Some(node),
            (Ty::Number, Ty::Int(_)) => Some(self.scaled(node, expr)),
            _ => self.fail(env, expr, "rule::type", format!("这里应为{}，却是{}", self.ty_name(ty), self.ty_name(got))),
        }
    }

    /// Compiles an expression; `want` is the type a literal takes.
    pub fn expr(&mut self, env: &Env, expr: &Expr, want: Option<Ty>) -> Option<Typed> {
        match &expr.kind {
            Kind::Int(i) => Some(match want {
                Some(Ty::Number) => (self.add(Node::Int(i.saturating_mul(1000)), expr), Ty::Number),
                Some(Ty::Int(unit)) => (self.add(Node::Int(*i), expr), Ty::Int(unit)),
                _ => (self.add(Node::Int(*i), expr), Ty::Int(Unit::Plain)),
            }),
            Kind::Number(n) => Some((self.add(Node::Int(*n), expr), Ty::Number)),
            Kind::Bool(b) => Some((self.add(Node::Truth(*b), expr), Ty::Truth)),
            Kind::Text(text) => self.literal(env, expr, text, want),
            Kind::List(items) => self.list(env, expr, items, want),
            Kind::Name(name) => self.name(env, expr, name, want),
            Kind::Field(left, name) => self.field(env, expr, left, name),
            Kind::And(items) => self.logic(env, expr, items, Node::And),
            Kind::Or(items) => self.logic(env, expr, items, Node::Or),
            Kind::Operator(op, args) => self.operator(env, expr, op, args, want),
            Kind::In(item, list) => self.membership(env, expr, item, list),
            Kind::If(cond, yes, no) => self.choice(env, expr, [cond, yes, no], want),
            Kind::Call(name, args) => self.call(env, expr, name, args, want),
            Kind::Template(_) => self.fail(env, expr, "rule::type", "带 ${} 的文本只能用在 violation、advise 和 part 里"),
        }
    }

    /// Compiles a condition.
    pub fn truth(&mut self, env: &Env, expr: &Expr) -> Option<NodeId> {
        self.expect(env, expr, Ty::Truth)
    }

    fn logic(&mut self, env: &Env, expr: &Expr, items: &[Expr], make: fn(Vec<NodeId>) -> Node) -> Option<Typed> {
        // Every item is compiled even when one fails: all errors at once.
        let nodes: Vec<Option<NodeId>> = items.iter().map(|e| self.truth(env, e)).collect();
        let nodes: Option<Vec<NodeId>> = nodes.into_iter().collect();
        Some((self.add(make(nodes?), expr), Ty::Truth))
    }

    fn choice(&mut self, env: &Env, expr: &Expr, [cond, yes, no]: [&Expr; 3], want: Option<Ty>) -> Option<Typed> {
        let cond = self.truth(env, cond);
        let first = if self.is_open(env, yes) { no } else { yes };
        let (_, ty) = self.expr(env, first, want)?;
        let yes = self.expect(env, yes, ty);
        let no = self.expect(env, no, ty);
        Some((self.add(Node::If(cond?, yes?, no?), expr), ty))
    }

    /// Adds a node under the words of an expression.
    pub(super) fn add(&mut self, node: Node, expr: &Expr) -> NodeId {
        self.program.add(node, expr.to_string())
    }

    /// Adds a node nobody wrote.
    pub(super) fn add_silent(&mut self, node: Node) -> NodeId {
        self.program.add(node, String::new())
    }

    pub(super) fn scaled(&mut self, node: NodeId, expr: &Expr) -> NodeId {
        let thousand = self.add_silent(Node::Int(1000));
        self.add(Node::Arithmetic('*', node, thousand), expr)
    }

    /// Reports and gives nothing.
    pub(super) fn fail<T>(&mut self, env: &Env, expr: &Expr, code: &'static str, message: impl Into<String>) -> Option<T> {
        self.complain(env, expr.span.clone(), code, message);
        None
    }

    /// Reports at a place.
    pub fn complain(&mut self, env: &Env, span: Range<usize>, code: &'static str, message: impl Into<String>) {
        let said = Diagnostic::new(code, &env.source, span, message);
        self.sink.push(if code == "rule::type" { said.help(KINDS) } else { said });
    }

    /// Whether an expression is a literal whose type its surroundings decide.
    pub(super) fn is_open(&self, env: &Env, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Text(_) | Kind::Int(_) => true,
            Kind::List(items) => items.iter().all(|e| self.is_open(env, e)),
            Kind::Name(name) => match self.lookup(env, name) {
                Some(Bound::Literal(_)) => true,
                Some(Bound::Element(_, ty)) => ty.get().is_none(),
                _ => false,
            },
            _ => false,
        }
    }

    /// A name of the environment that is not a field or definition of a row in scope.
    pub(super) fn lookup(&self, env: &Env, name: &str) -> Option<Bound> {
        if self.row_member(env, name) {
            return None;
        }
        env.names.iter().rev().find(|(n, _)| n == name).map(|(_, b)| b.clone())
    }

    fn literal(&mut self, env: &Env, expr: &Expr, text: &str, want: Option<Ty>) -> Option<Typed> {
        match want {
            Some(Ty::Code(list)) => {
                let code = self.code(env, expr, text, list)?;
                Some((self.add(Node::Int(i64::from(code)), expr), Ty::Code(list)))
            }
            Some(Ty::Date) => match text.parse::<Day>() {
                Ok(day) => Some((self.add(super::ir::day_node(day), expr), Ty::Date)),
                Err(_) => self.fail(env, expr, "rule::date", format!("“{text}”不是日期，应写作 2019-03-03")),
            },
            Some(Ty::Texts) => self.list(env, expr, std::slice::from_ref(expr), want),
            Some(Ty::Codes(_)) => self.list(env, expr, std::slice::from_ref(expr), want),
            _ => {
                let id = self.program.text(text);
                Some((self.add(Node::Text(id), expr), Ty::Text))
            }
        }
    }

    /// The number of a code value; an unknown one is reported with the nearest.
    pub(super) fn code(&mut self, env: &Env, expr: &Expr, text: &str, list: usize) -> Option<u8> {
        let values: &CodeList = self.schema.lists.get(list)?;
        if let Some(code) = values.code(text) {
            return Some(code);
        }
        let known = values.values.iter().map(String::as_str);
        let mut diagnostic =
            Diagnostic::new("rule::unknown-code", &env.source, expr.span.clone(), format!("代码表 {} 中没有“{text}”", values.name));
        diagnostic = match crate::diagnostic::nearest(text, known.clone()) {
            Some(near) => diagnostic.help(format!("是否想写“{near}”？可用值：{}", values.values.join("、"))),
            None => diagnostic.help(format!("可用值：{}", values.values.join("、"))),
        };
        self.sink.push(diagnostic);
        None
    }

    pub(super) fn list(&mut self, env: &Env, expr: &Expr, items: &[Expr], want: Option<Ty>) -> Option<Typed> {
        match want {
            Some(Ty::Code(list) | Ty::Codes(list)) => {
                let codes: Vec<Option<u8>> = items
                    .iter()
                    .map(|e| match &e.kind {
                        Kind::Text(t) => self.code(env, e, t, list),
                        _ => self.fail(env, e, "rule::type", "列表里应为代码值（加引号）"),
                    })
                    .collect();
                let codes = codes.into_iter().collect::<Option<Vec<u8>>>()?;
                Some((self.add(Node::CodeList(codes), expr), Ty::Codes(list)))
            }
            Some(Ty::Int(_)) | Some(Ty::Ints) => {
                let ints = items.iter().map(|e| if let Kind::Int(i) = e.kind { Some(i) } else { None }).collect::<Option<Vec<i64>>>();
                match ints {
                    Some(ints) => Some((self.add(Node::IntList(ints), expr), Ty::Ints)),
                    None => self.fail(env, expr, "rule::type", "列表里应为整数"),
                }
            }
            _ => {
                let texts = items.iter().map(|e| if let Kind::Text(t) = &e.kind { Some(self.program.text(t)) } else { None });
                match texts.collect::<Option<Vec<u32>>>() {
                    Some(texts) => Some((self.add(Node::TextList(texts), expr), Ty::Texts)),
                    None => self.fail(env, expr, "rule::type", "列表里应为文本"),
                }
            }
        }
    }

    /// A set with its condition: the first two arguments of `any`, `latest`, ….
    pub fn set(&mut self, env: &Env, rows: &Expr, cond: Option<&Expr>) -> Option<(Set, Env)> {
        let (node, ty) = self.expr(env, rows, None)?;
        let Ty::Rows(table) = ty else {
            return self.fail(env, rows, "rule::type", format!("这里应为一组行（如 step、person.talk），却是{}", self.ty_name(ty)));
        };
        let slot = env.next_slot;
        let row = self.add_silent(Node::Slot(slot));
        let mut inner = env.clone();
        inner.next_slot = slot.saturating_add(1);
        inner.scopes.push(Scope { table, row });
        let cond = match cond {
            Some(cond) => Some(self.truth(&inner, cond)?),
            None => None,
        };
        Some((Set { rows: node, table, slot, cond }, inner))
    }

    /// A type as people call it.
    pub fn ty_name(&self, ty: Ty) -> String {
        let table = |t: TableId| self.schema.tables.get(t).map_or("", |t| t.zh.as_str());
        let list = |l: usize| self.schema.lists.get(l).map_or("", |l| l.name.as_str());
        match ty {
            Ty::Truth => "是/否".into(),
            Ty::Date => "日期".into(),
            Ty::Int(Unit::Plain) => "整数".into(),
            Ty::Int(Unit::Days) => "天数".into(),
            Ty::Int(Unit::Workdays) => "工作日数".into(),
            Ty::Int(Unit::Months) => "月数".into(),
            Ty::Int(Unit::Years) => "年数".into(),
            Ty::Number => "数字".into(),
            Ty::Code(l) => format!("代码（{}）", list(l)),
            Ty::Text => "文本".into(),
            Ty::Row(t) => format!("{}的一行", table(t)),
            Ty::Rows(t) => format!("{}的若干行", table(t)),
            Ty::Spans => "时间段".into(),
            Ty::Codes(l) => format!("代码列表（{}）", list(l)),
            Ty::Texts => "文本列表".into(),
            Ty::Ints => "整数列表".into(),
        }
    }

    /// The type of a field's cells.
    pub(super) fn field_ty(field: FieldType) -> Ty {
        match field {
            FieldType::Id | FieldType::Text => Ty::Text,
            FieldType::Date => Ty::Date,
            FieldType::Int => Ty::Int(Unit::Plain),
            FieldType::Number => Ty::Number,
            FieldType::Bool => Ty::Truth,
            FieldType::Code(list) => Ty::Code(list),
            FieldType::Ref(table) => Ty::Row(table),
        }
    }
}

/// Whether a value of one type may stand for the other. A plain number counts anything; days do not count months.
fn same_kind(got: Ty, want: Ty) -> bool {
    match (got, want) {
        (Ty::Int(a), Ty::Int(b)) => a == b || a == Unit::Plain || b == Unit::Plain,
        (a, b) => a == b,
    }
}
