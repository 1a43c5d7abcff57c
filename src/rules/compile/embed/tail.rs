//! The last touch to a script for the interpreter: `&&` and `||` decide even if one side is unknown, islands are asked for without
//! looking a function up, and `switch` sees codes and dates as text.

use crate::rules::interpreted::{ALL, ANY, CALL, PLAIN, SHOWN};
use crate::rules::syntax::{self, Expr as Ours, Kind};
use rhai::{AST, CustomExpr, Dynamic, Expr, FnCallExpr, Position, Stmt};
use std::ops::Range;

/// Rewrites the statements of a script. Functions stay as they are: rhai does not let their bodies be changed.
///
/// A truth in a sentence may be unknown: it is shown as that.
pub fn finish(ast: &AST) -> AST {
    let mut statements = ast.statements().to_vec();
    statements.iter_mut().for_each(statement);
    AST::new(statements, ast.shared_lib().clone())
}

fn custom(key: &'static str, inputs: impl IntoIterator<Item = Expr>, state: Dynamic, at: Position) -> Expr {
    let custom = CustomExpr {
        inputs: inputs.into_iter().collect(),
        tokens: std::iter::once(key.into()).collect(),
        state,
        scope_may_be_changed: false,
        self_terminated: false,
    };
    Expr::Custom(Box::new(custom), at)
}

fn statement(stmt: &mut Stmt) {
    // A lone island has no effect and no value: it stays a call.
    match stmt {
        Stmt::Expr(e) => expr(e),
        Stmt::FnCall(call, _) => call.args.iter_mut().for_each(expr),
        Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, _, _) => {
            expr(&mut flow.expr);
            flow.body.statements_mut().iter_mut().for_each(statement);
            flow.branch.statements_mut().iter_mut().for_each(statement);
        }
        Stmt::Switch(parts, pos) => {
            expr(&mut parts.0);
            let subject = std::mem::take(&mut parts.0);
            parts.0 = custom(PLAIN, [subject], Dynamic::UNIT, *pos);
            for case in &mut parts.1.expressions {
                expr(&mut case.lhs);
                expr(&mut case.rhs);
            }
        }
        Stmt::For(parts, _) => {
            expr(&mut parts.2.expr);
            parts.2.body.statements_mut().iter_mut().for_each(statement);
        }
        Stmt::Var(def, _, _) => expr(&mut def.1),
        Stmt::Assignment(parts) => {
            expr(&mut parts.1.lhs);
            expr(&mut parts.1.rhs);
        }
        Stmt::Block(body) => body.statements_mut().iter_mut().for_each(statement),
        Stmt::BreakLoop(Some(value), _, _) | Stmt::Return(Some(value), _, _) => expr(value),
        _ => {}
    }
}

fn expr(e: &mut Expr) {
    let at = e.position();
    match e {
        Expr::And(items, _) | Expr::Or(items, _) => {
            items.iter_mut().for_each(expr);
            let key = if matches!(e, Expr::And(..)) { ALL } else { ANY };
            if let Expr::And(items, _) | Expr::Or(items, _) = std::mem::take(e) {
                *e = custom(key, *items, Dynamic::UNIT, at);
            }
        }
        Expr::Coalesce(items, _) => items.iter_mut().for_each(expr),
        Expr::FnCall(call, _) => {
            call.args.iter_mut().for_each(expr);
            if let Some(number) = island(call) {
                let inputs: Vec<Expr> = call.args.drain(1..).collect();
                *e = custom(CALL, inputs, Dynamic::from_int(number), at);
            }
        }
        Expr::InterpolatedString(items, _) => items.iter_mut().for_each(|item| {
            expr(item);
            if !matches!(item, Expr::StringConstant(..) | Expr::Variable(..)) {
                let at = item.position();
                *item = custom(SHOWN, [std::mem::take(item)], Dynamic::UNIT, at);
            }
        }),
        Expr::Array(items, _) => items.iter_mut().for_each(expr),
        Expr::Map(parts, _) => parts.0.iter_mut().for_each(|(_, e)| expr(e)),
        Expr::Stmt(body) => body.statements_mut().iter_mut().for_each(statement),
        Expr::Dot(parts, _, _) | Expr::Index(parts, _, _) => {
            expr(&mut parts.lhs);
            chain(&mut parts.rhs);
        }
        _ => {}
    }
}

/// What stands after a dot keeps its form; only its arguments and indexes are expressions.
fn chain(e: &mut Expr) {
    match e {
        Expr::MethodCall(call, _) => call.args.iter_mut().for_each(expr),
        Expr::Dot(parts, _, _) | Expr::Index(parts, _, _) => {
            chain(&mut parts.lhs);
            chain(&mut parts.rhs);
        }
        Expr::Property(..) => {}
        other => expr(other),
    }
}

fn island(call: &FnCallExpr) -> Option<i64> {
    if call.name != CALL {
        return None;
    }
    match call.args.first() {
        Some(Expr::IntegerConstant(number, _)) => Some(*number),
        _ => None,
    }
}

/// The bytes from the first to the last token of an expression, brackets around it aside. None where that does not show.
pub fn extent(expr: &Ours, text: &str) -> Option<Range<usize>> {
    let all = |items: &[Ours], start: usize| {
        items.iter().try_fold(start..start, |r, e| extent(e, text).map(|e| r.start.min(e.start)..r.end.max(e.end)))
    };
    match &expr.kind {
        Kind::Name(_) | Kind::Bool(_) | Kind::Text(_) => Some(expr.span.clone()),
        Kind::Int(i) => (*i >= 0).then(|| expr.span.clone()),
        Kind::Field(left, _) => Some(extent(left, text)?.start..expr.span.end),
        Kind::Call(_, args) => {
            let end = syntax::arguments(text, expr.span.start)?.last()?.end + 1;
            let range = all(args, expr.span.start)?;
            Some(range.start..range.end.max(end))
        }
        Kind::List(items) | Kind::And(items) | Kind::Or(items) | Kind::Operator(_, items) => {
            let range = all(items, expr.span.start)?;
            Some(range.start..range.end.max(expr.span.end))
        }
        Kind::In(a, b) => {
            let (a, b) = (extent(a, text)?, extent(b, text)?);
            Some(a.start..b.end)
        }
        Kind::Number(_) | Kind::Template(_) | Kind::If(..) => None,
    }
}
