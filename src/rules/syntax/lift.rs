//! rhai's own tree, which is not a stable interface, turned into ours.

use super::ast::{Expr, Kind, Stmt, StmtKind};
use super::lexer::{narrow, unprepared};
use super::places::Places;
use rhai::{Expr as RhaiExpr, Stmt as RhaiStmt};

/// One of rhai's expressions as one of ours.
pub(in crate::rules) fn expression(expr: &RhaiExpr, places: &Places<'_>) -> Expr {
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

/// Whether a `contains` call was written as `in`: then its list stands after its item.
pub(in crate::rules) fn written_in(call: &rhai::FnCallExpr, places: &Places<'_>) -> bool {
    match (call.args.first(), call.args.get(1)) {
        (Some(list), Some(item)) => places.token(item.start_position()).start < places.token(list.start_position()).start,
        _ => false,
    }
}

pub(super) fn statement(stmt: &RhaiStmt, places: &Places<'_>) -> StmtNode {
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

/// Whether two statements of rhai's are one of ours: expressions stand alone, the rest are statements.
pub(super) enum StmtNode {
    Expr(Expr),
    Stmt(Stmt),
}

impl StmtNode {
    pub(super) fn into_expr(self) -> Option<Expr> {
        match self {
            Self::Expr(e) => Some(e),
            Self::Stmt(s) => if_as_expr(s),
        }
    }

    pub(super) fn into_stmt(self) -> Stmt {
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

fn block(statements: &[RhaiStmt], places: &Places<'_>) -> Vec<Stmt> {
    statements.iter().map(|s| statement(s, places).into_stmt()).collect()
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
