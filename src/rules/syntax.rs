//! Expressions and scripts as trees. The grammar is rhai's and so is the parser; this file alone knows rhai's own tree, which is
//! not a stable interface, and turns it into ours.

use crate::diagnostic::{Diagnostic, Source};
use rhai::{AST, Engine, Expr as RhaiExpr, OptimizationLevel, Position, Stmt as RhaiStmt};
use std::ops::Range;
use std::sync::Arc;

/// An expression and where it starts in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Bytes of the file to underline.
    pub span: Range<usize>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A whole number.
    Int(i64),
    /// A decimal fraction, in thousandths.
    Number(i64),
    /// true, false.
    Bool(bool),
    /// Text in quotes.
    Text(String),
    /// Text with `${…}` in it.
    Template(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// A name.
    Name(String),
    /// `a.b`.
    Field(Box<Expr>, String),
    /// `f(a, b)`; `a.f(b)` is the same as `f(a, b)`.
    Call(String, Vec<Expr>),
    /// `a && b && …`.
    And(Vec<Expr>),
    /// `a || b || …`.
    Or(Vec<Expr>),
    /// `a op b`, and `!a`, `-a` with one argument.
    Operator(&'static str, Vec<Expr>),
    /// `a in list`.
    In(Box<Expr>, Box<Expr>),
    /// `if a { b } else { c }`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
}

/// A statement of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Bytes of the file to underline.
    pub span: Range<usize>,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// An expression for its effect.
    Expr(Expr),
    /// `let x = e;`.
    Let(String, Expr),
    /// `x = e;` (and `x += e;` spelt out).
    Assign(String, Expr),
    /// `if … {} else {}`.
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    /// `for x in e {}`.
    For(String, Expr, Vec<Stmt>),
    /// `while e {}`.
    While(Expr, Vec<Stmt>),
    /// `break;`.
    Break,
    /// `continue;`.
    Continue,
    /// `return;`.
    Return,
    /// A block.
    Block(Vec<Stmt>),
    /// Something rhai knows and we do not lower: the script must be interpreted.
    Foreign(&'static str),
}

/// Where an expression's text stands in its file.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The file.
    pub source: &'a Arc<Source>,
    /// The byte at which the text starts.
    pub offset: usize,
}

/// Parses one expression.
///
/// # Errors
/// A diagnostic at the place rhai's parser stopped.
pub fn parse_expr(text: &str, at: Origin<'_>) -> Result<Expr, Box<Diagnostic>> {
    let statements = parse(text, at)?;
    let unfit = || Box::new(Diagnostic::new("rule::syntax", at.source, at.offset..at.offset + text.len(), "这里应是一个表达式"));
    match <[StmtNode; 1]>::try_from(statements) {
        Ok([node]) => node.into_expr().ok_or_else(unfit),
        Err(_) => Err(unfit()),
    }
}

/// Parses a script.
///
/// # Errors
/// A diagnostic at the place rhai's parser stopped.
pub fn parse_script(text: &str, at: Origin<'_>) -> Result<Vec<Stmt>, Box<Diagnostic>> {
    Ok(parse(text, at)?.into_iter().map(StmtNode::into_stmt).collect())
}

/// The text rhai gets: single quotes made double (rhai keeps them for characters, which rules do not have), and names that rhai
/// reserves (`case`) spelt with a full-width first letter. Every character keeps its place.
pub fn prepared(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (_, piece) in Pieces::of(text) {
        match piece {
            Piece::Quoted(inner) => {
                out.push('"');
                out.extend(inner.chars().map(|c| if c == '"' { LOOKALIKE } else { c }));
                out.push('"');
            }
            Piece::Word(word) if RESERVED.contains(&word) => out.extend(widen(word)),
            Piece::Template(text, _) | Piece::Word(text) | Piece::Comment(text) | Piece::Sign(text) => out.push_str(text),
        }
    }
    out
}

/// The arguments of a call whose name starts at a byte; the last one ends where the closing parenthesis stands. A call without
/// arguments has one empty one.
pub(super) fn arguments(text: &str, start: usize) -> Option<Vec<Range<usize>>> {
    let (mut depth, mut from, mut found) = (0usize, 0, Vec::new());
    for (at, piece) in Pieces::of(text.get(start..)?) {
        let at = start + at;
        match piece {
            Piece::Sign("(" | "[" | "{") => {
                depth += 1;
                if depth == 1 {
                    from = at + 1;
                }
            }
            Piece::Sign(")" | "]" | "}") => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    found.push(from..at);
                    return Some(found);
                }
            }
            Piece::Sign(",") if depth == 1 => {
                found.push(from..at);
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// A stretch of text with the brackets that it opens or closes.
pub(super) fn balanced(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let (mut open, mut before) = (0usize, 0usize);
    for (_, piece) in Pieces::of(text.get(range.clone())?) {
        match piece {
            Piece::Sign("(" | "[") => open += 1,
            Piece::Sign(")" | "]") if open > 0 => open -= 1,
            Piece::Sign(")" | "]") => before += 1,
            _ => {}
        }
    }
    let (mut start, mut end) = (range.start, range.end);
    for _ in 0..before {
        start = text.get(..start)?.trim_end().strip_suffix(['(', '['])?.len();
    }
    for _ in 0..open {
        let rest = text.get(end..)?;
        end = text.len() - rest.trim_start().strip_prefix([')', ']'])?.len();
    }
    Some(start..end)
}

/// Stands for a double quote inside a text in single quotes until the text is parsed: a character nobody writes.
const LOOKALIKE: char = '\u{e022}';

/// A text as its author wrote it.
pub(super) fn unprepared(text: &str) -> String {
    text.replace(LOOKALIKE, "\"")
}

/// A piece of source text, as far as it matters to what rhai gets.
enum Piece<'a> {
    /// What stands between quotes.
    Quoted(&'a str),
    /// Words of a template with the quote or brace at either end; true: an expression follows.
    Template(&'a str, bool),
    /// A name or number.
    Word(&'a str),
    /// A comment.
    Comment(&'a str),
    /// Any other character.
    Sign(&'a str),
}

/// The pieces of a text, and where each starts.
struct Pieces<'a> {
    text: &'a str,
    at: usize,
    /// How many braces are open within each `${` of a template.
    templates: Vec<usize>,
}

impl<'a> Pieces<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0, templates: Vec::new() }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (usize, Piece<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let (piece, after) = next_piece(rest, self.templates.last() == Some(&0))?;
        let at = self.at;
        self.at = self.text.len() - after.len();
        match (&piece, self.templates.last_mut()) {
            (Piece::Template(words, goes_on), _) => {
                if words.starts_with('}') {
                    self.templates.pop();
                }
                if *goes_on {
                    self.templates.push(0);
                }
            }
            (Piece::Sign("{"), Some(open)) => *open += 1,
            (Piece::Sign("}"), Some(open)) => *open = open.saturating_sub(1),
            _ => {}
        }
        Some((at, piece))
    }
}

/// Takes the first piece off a text. `closes`: a `}` here ends an expression inside a template.
fn next_piece(text: &str, closes: bool) -> Option<(Piece<'_>, &str)> {
    let mut chars = text.char_indices();
    let (_, first) = chars.next()?;
    let cut = |at: usize| (text.get(..at).unwrap_or(text), text.get(at..).unwrap_or_default());
    Some(match first {
        '\'' | '"' => {
            let mut escaped = false;
            let end = chars.find(|(_, c)| {
                let closes = *c == first && !escaped;
                escaped = *c == '\\' && !escaped;
                closes
            });
            match end {
                Some((at, _)) => (Piece::Quoted(text.get(1..at).unwrap_or_default()), text.get(at + 1..).unwrap_or_default()),
                None => (Piece::Comment(text), ""),
            }
        }
        '`' | '}' if first == '`' || closes => {
            let mut before = ' ';
            let end = chars.find_map(|(at, c)| {
                let found = (c == '`').then_some((at + 1, false)).or((before == '$' && c == '{').then_some((at + 1, true)));
                before = c;
                found
            });
            let (at, goes_on) = end.unwrap_or((text.len(), false));
            let (words, rest) = cut(at);
            (Piece::Template(words, goes_on), rest)
        }
        '/' if text.starts_with("//") => {
            let (comment, rest) = cut(text.find('\n').unwrap_or(text.len()));
            (Piece::Comment(comment), rest)
        }
        '/' if text.starts_with("/*") => {
            let (comment, rest) = cut(text.find("*/").map_or(text.len(), |at| at + 2));
            (Piece::Comment(comment), rest)
        }
        c if c.is_alphanumeric() || c == '_' => {
            let (word, rest) = cut(chars.find(|(_, c)| !c.is_alphanumeric() && *c != '_').map_or(text.len(), |(at, _)| at));
            (Piece::Word(word), rest)
        }
        c => {
            let (sign, rest) = cut(c.len_utf8());
            (Piece::Sign(sign), rest)
        }
    })
}

/// How many operators one expression may have: trees lean to one side and are walked by recursion.
const MOST_OPERATORS: usize = 400;

/// The place where an expression has too many operators.
fn endless(text: &str) -> Option<usize> {
    let mut operators = 0;
    for (at, piece) in Pieces::of(text) {
        match piece {
            Piece::Sign(";" | "{" | "}") => operators = 0,
            Piece::Sign("+" | "-" | "*" | "/" | "%" | "<" | ">" | "=" | "!" | "&" | "|" | "^" | "." | "?" | "[" | "(") => operators += 1,
            Piece::Word("in" | "else") => operators += 1,
            _ => {}
        }
        if operators > MOST_OPERATORS {
            return Some(at);
        }
    }
    None
}

/// Names that rhai reserves and rules may want.
const RESERVED: [&str; 24] = [
    "case",
    "var",
    "static",
    "goto",
    "exit",
    "match",
    "public",
    "protected",
    "new",
    "use",
    "with",
    "is",
    "module",
    "package",
    "super",
    "thread",
    "spawn",
    "go",
    "await",
    "async",
    "sync",
    "yield",
    "default",
    "void",
];

/// How far the full-width letters lie from the plain ones.
const WIDE: u32 = 0xfee0;

fn widen(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().enumerate().map(|(i, c)| if i == 0 { char::from_u32(c as u32 + WIDE).unwrap_or(c) } else { c })
}

/// A name as its author wrote it.
pub(super) fn narrow(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(c @ '\u{ff41}'..='\u{ff5a}') => char::from_u32(c as u32 - WIDE).into_iter().chain(chars).collect(),
        _ => word.to_owned(),
    }
}

fn parser() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(64, 24);
    engine.disable_symbol("eval");
    engine
}

/// Whether two statements of rhai's are one of ours: expressions stand alone, the rest are statements.
enum StmtNode {
    Expr(Expr),
    Stmt(Stmt),
}

impl StmtNode {
    fn into_expr(self) -> Option<Expr> {
        match self {
            Self::Expr(e) => Some(e),
            Self::Stmt(s) => if_as_expr(s),
        }
    }

    fn into_stmt(self) -> Stmt {
        match self {
            Self::Expr(e) => Stmt { span: e.span.clone(), kind: StmtKind::Expr(e) },
            Self::Stmt(s) => s,
        }
    }
}

fn if_as_expr(stmt: Stmt) -> Option<Expr> {
    let one = |mut body: Vec<Stmt>| match (body.pop(), body.is_empty()) {
        (Some(Stmt { kind: StmtKind::Expr(e), .. }), true) => Some(Box::new(e)),
        (Some(inner), true) => if_as_expr(inner).map(Box::new),
        _ => None,
    };
    match stmt.kind {
        StmtKind::If(cond, yes, no) => Some(Expr { kind: Kind::If(Box::new(cond), one(yes)?, one(no)?), span: stmt.span }),
        StmtKind::Block(body) => one(body).map(|b| *b),
        _ => None,
    }
}

/// Parses a text as rhai does, names and quotes prepared.
///
/// # Errors
/// A diagnostic at the place rhai's parser stopped.
pub(super) fn tree(text: &str, at: Origin<'_>) -> Result<AST, Box<Diagnostic>> {
    thread_local! { static PARSER: Engine = parser(); }
    let places = Places::new(text, at.offset);
    if let Some(start) = endless(text) {
        let span = at.offset + start..at.offset + start + 1;
        return Err(Box::new(Diagnostic::new("rule::syntax", at.source, span, "这个表达式太长").help("请用 let 分成几步")));
    }
    PARSER.with(|p| p.compile(prepared(text))).map_err(|error| {
        let span = places.token(error.1);
        Box::new(
            Diagnostic::new("rule::syntax", at.source, span, format!("语法错误：{}", explain(&error)))
                .help("表达式用 && || ! 连接，文本加引号，括号须成对"),
        )
    })
}

fn parse(text: &str, at: Origin<'_>) -> Result<Vec<StmtNode>, Box<Diagnostic>> {
    let places = Places::new(text, at.offset);
    let ast = tree(text, at)?;
    if ast.has_functions() {
        return Ok(vec![StmtNode::Stmt(Stmt { kind: StmtKind::Foreign("fn"), span: at.offset..at.offset + text.len() })]);
    }
    Ok(ast.statements().iter().map(|s| statement(s, &places)).collect())
}

fn explain(error: &rhai::ParseError) -> String {
    use rhai::ParseErrorType as E;
    match &*error.0 {
        E::UnexpectedEOF => "没有写完".into(),
        E::BadInput(_) => "有不认识的符号".into(),
        E::MissingToken(token, _) => format!("缺少“{token}”"),
        E::Reserved(word) => format!("“{word}”是保留字，不能这样用"),
        E::UnknownOperator(op) => format!("不认识的运算符“{op}”"),
        E::ExprTooDeep => "嵌套太深".into(),
        _ => "此处写法不对".into(),
    }
}

/// From rhai's line and character to bytes of the file.
pub(super) struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
    offset: usize,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str, offset: usize) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { text, lines, offset }
    }

    /// The token that starts at a position.
    pub(super) fn token(&self, at: Position) -> Range<usize> {
        let start = at.line().and_then(|l| self.lines.get(l.checked_sub(1)?)).map(|&line| {
            let rest = self.text.get(line..).unwrap_or_default();
            let column = at.position().unwrap_or(1).saturating_sub(1);
            line + rest.char_indices().nth(column).map_or(rest.len(), |(i, _)| i)
        });
        let start = start.unwrap_or_default();
        let rest = self.text.get(start..).unwrap_or_default();
        let len = match rest.chars().next() {
            Some(quote @ ('\'' | '"' | '`')) => {
                rest.char_indices().skip(1).find(|(_, c)| *c == quote).map_or(rest.len(), |(i, c)| i + c.len_utf8())
            }
            Some(c) if c.is_alphanumeric() || c == '_' => {
                rest.char_indices().find(|(_, c)| !c.is_alphanumeric() && *c != '_').map_or(rest.len(), |(i, _)| i)
            }
            Some(c) => c.len_utf8(),
            None => 0,
        };
        self.offset + start..self.offset + start + len
    }
}

fn statement(stmt: &RhaiStmt, places: &Places<'_>) -> StmtNode {
    let span = places.token(stmt.position());
    let kind = match stmt {
        RhaiStmt::Expr(e) => return StmtNode::Expr(expression(e, places)),
        RhaiStmt::FnCall(call, pos) => {
            return StmtNode::Expr(Expr { kind: call_kind(call, places), span: places.token(*pos) });
        }
        RhaiStmt::If(flow, _) => {
            StmtKind::If(expression(&flow.expr, places), block(flow.body.statements(), places), block(flow.branch.statements(), places))
        }
        RhaiStmt::Var(def, _, _) => StmtKind::Let(narrow(def.0.as_str()), expression(&def.1, places)),
        RhaiStmt::Assignment(parts) => {
            let (op, sides) = &**parts;
            let target = expression(&sides.lhs, places);
            let value = expression(&sides.rhs, places);
            match (target.kind, op.get_op_assignment_info()) {
                (Kind::Name(name), None) => StmtKind::Assign(name, value),
                (Kind::Name(name), Some((_, _, _, _, token, _))) => match operator(token) {
                    Some(op) => {
                        let old = Expr { kind: Kind::Name(name.clone()), span: target.span };
                        let span = value.span.clone();
                        StmtKind::Assign(name, Expr { kind: Kind::Operator(op, vec![old, value]), span })
                    }
                    None => StmtKind::Foreign("assignment"),
                },
                _ => StmtKind::Foreign("assignment"),
            }
        }
        RhaiStmt::For(parts, _) => {
            let (name, counter, flow) = &**parts;
            if counter.is_some() {
                StmtKind::Foreign("for")
            } else {
                StmtKind::For(narrow(name.as_str()), expression(&flow.expr, places), block(flow.body.statements(), places))
            }
        }
        RhaiStmt::While(flow, _) if !matches!(flow.expr, RhaiExpr::Unit(_)) => {
            StmtKind::While(expression(&flow.expr, places), block(flow.body.statements(), places))
        }
        RhaiStmt::BreakLoop(None, flags, _) if flags.contains(rhai::ASTFlags::BREAK) => StmtKind::Break,
        RhaiStmt::BreakLoop(None, _, _) => StmtKind::Continue,
        RhaiStmt::Return(None, flags, _) if !flags.contains(rhai::ASTFlags::BREAK) => StmtKind::Return,
        RhaiStmt::Block(body) => StmtKind::Block(block(body.statements(), places)),
        RhaiStmt::Noop(_) => StmtKind::Block(Vec::new()),
        _ => StmtKind::Foreign("statement"),
    };
    StmtNode::Stmt(Stmt { kind, span })
}

fn block(statements: &[RhaiStmt], places: &Places<'_>) -> Vec<Stmt> {
    statements.iter().map(|s| statement(s, places).into_stmt()).collect()
}

/// One of rhai's expressions as one of ours.
pub(super) fn expression(expr: &RhaiExpr, places: &Places<'_>) -> Expr {
    let span = places.token(expr.start_position());
    let all = |list: &[RhaiExpr]| -> Vec<Expr> { list.iter().map(|e| expression(e, places)).collect() };
    let kind = match expr {
        RhaiExpr::IntegerConstant(i, _) => Kind::Int(*i),
        RhaiExpr::FloatConstant(x, _) => Kind::Number((**x * 1000.0).round() as i64),
        RhaiExpr::BoolConstant(b, _) => Kind::Bool(*b),
        RhaiExpr::StringConstant(s, _) => Kind::Text(unprepared(s)),
        RhaiExpr::InterpolatedString(parts, _) => Kind::Template(all(parts)),
        RhaiExpr::Array(items, _) => Kind::List(all(items)),
        RhaiExpr::Variable(name, _, _) => Kind::Name(narrow(name.1.as_str())),
        RhaiExpr::FnCall(call, _) => call_kind(call, places),
        RhaiExpr::And(items, _) => Kind::And(all(items)),
        RhaiExpr::Or(items, _) => Kind::Or(all(items)),
        RhaiExpr::Dot(parts, _, _) => return dotted(expression(&parts.lhs, places), &parts.rhs, places),
        RhaiExpr::Stmt(body) => {
            let mut inner: Vec<StmtNode> = body.statements().iter().map(|s| statement(s, places)).collect();
            match inner.pop().filter(|_| inner.is_empty()).and_then(StmtNode::into_expr) {
                Some(inner) => return inner,
                None => Kind::Call("{}".into(), Vec::new()),
            }
        }
        _ => Kind::Call("?".into(), Vec::new()),
    };
    Expr { kind, span }
}

/// rhai nests `a.b.c` to the right; we read it from the left.
fn dotted(left: Expr, right: &RhaiExpr, places: &Places<'_>) -> Expr {
    let span = places.token(right.start_position());
    match right {
        RhaiExpr::Property(name, _) => Expr { kind: Kind::Field(Box::new(left), narrow(name.2.as_str())), span },
        RhaiExpr::Dot(parts, _, _) => dotted(dotted(left, &parts.lhs, places), &parts.rhs, places),
        RhaiExpr::MethodCall(call, _) => {
            let mut args = vec![left];
            args.extend(call.args.iter().map(|e| expression(e, places)));
            Expr { kind: Kind::Call(narrow(call.name.as_str()), args), span }
        }
        _ => Expr { kind: Kind::Call("?".into(), Vec::new()), span },
    }
}

fn call_kind(call: &rhai::FnCallExpr, places: &Places<'_>) -> Kind {
    let mut args: Vec<Expr> = call.args.iter().map(|e| expression(e, places)).collect();
    if let Some(op) = call.op_token.as_ref().and_then(operator) {
        return Kind::Operator(op, args);
    }
    // `a in b` arrives as contains(b, a), without an operator token; a call written out has its name at the place itself.
    if call.name == "contains" && args.len() == 2 && written_in(call, places) {
        let (item, list) = (args.pop(), args.pop());
        if let (Some(item), Some(list)) = (item, list) {
            return Kind::In(Box::new(item), Box::new(list));
        }
    }
    Kind::Call(narrow(call.name.as_str()), args)
}

/// Whether a `contains` call was written as `in`: then its list stands after its item.
pub(super) fn written_in(call: &rhai::FnCallExpr, places: &Places<'_>) -> bool {
    match (call.args.first(), call.args.get(1)) {
        (Some(list), Some(item)) => places.token(item.start_position()).start < places.token(list.start_position()).start,
        _ => false,
    }
}

fn operator(token: &rhai::Token) -> Option<&'static str> {
    use rhai::Token as T;
    Some(match token {
        T::EqualsTo => "==",
        T::NotEqualsTo => "!=",
        T::LessThan => "<",
        T::LessThanEqualsTo => "<=",
        T::GreaterThan => ">",
        T::GreaterThanEqualsTo => ">=",
        T::Plus => "+",
        T::Minus | T::UnaryMinus => "-",
        T::Multiply => "*",
        T::Divide => "/",
        T::Modulo => "%",
        T::Bang => "!",
        T::ExclusiveRange => "..",
        T::InclusiveRange => "..=",
        _ => return None,
    })
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |items: &[Expr], between: &str| items.iter().map(Expr::to_string).collect::<Vec<_>>().join(between);
        match &self.kind {
            Kind::Int(i) => write!(f, "{i}"),
            Kind::Number(n) => write!(f, "{}", crate::records::show_thousandths(*n)),
            Kind::Bool(b) => write!(f, "{b}"),
            Kind::Text(t) => write!(f, "'{t}'"),
            Kind::Template(parts) => write!(f, "`{}`", list(parts, "")),
            Kind::List(items) => write!(f, "[{}]", list(items, ", ")),
            Kind::Name(n) => write!(f, "{n}"),
            Kind::Field(left, name) => write!(f, "{left}.{name}"),
            Kind::Call(name, args) => write!(f, "{name}({})", list(args, ", ")),
            Kind::And(items) => write!(f, "({})", list(items, " && ")),
            Kind::Or(items) => write!(f, "({})", list(items, " || ")),
            Kind::Operator(op, args) => match args.as_slice() {
                [one] => write!(f, "{op}{one}"),
                [a, b] => write!(f, "{a} {op} {b}"),
                _ => Ok(()),
            },
            Kind::In(item, set) => write!(f, "{item} in {set}"),
            Kind::If(c, a, b) => write!(f, "if {c} {{ {a} }} else {{ {b} }}"),
        }
    }
}
