//! Expressions and scripts as trees. The grammar is rhai's and so is the parser; `lift` turns its tree into ours.

use crate::diagnostic::{Diagnostic, Source};
pub use ast::{Expr, Kind, Stmt, StmtKind};
pub use lexer::prepared;
pub(super) use lexer::{arguments, balanced, narrow};
use lift::{StmtNode, statement};
pub(super) use lift::{expression, written_in};
pub(super) use places::Places;
use rhai::{AST, Engine, OptimizationLevel};
use std::sync::Arc;

mod ast;
mod lexer;
mod lift;
mod places;

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

/// Parses a text as rhai does, names and quotes prepared.
///
/// # Errors
/// A diagnostic at the place rhai's parser stopped.
pub(super) fn tree(text: &str, at: Origin<'_>) -> Result<AST, Box<Diagnostic>> {
    thread_local! { static PARSER: Engine = parser(); }
    let places = Places::new(text, at.offset);
    if let Some(start) = lexer::endless(text) {
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

fn parser() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(64, 24);
    engine.disable_symbol("eval");
    engine
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
