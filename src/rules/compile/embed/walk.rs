//! Every statement and expression of a script, its own functions included.

use super::super::Bound;
use super::{Embed, Local};
use crate::rules::interpreted::CALL;
use crate::rules::ir::{Ty, Unit};
use crate::rules::syntax::{self, Expr, Kind};
use rhai::{ASTFlags, Expr as RhaiExpr, Position, Stmt};

impl Embed<'_, '_> {
    pub(super) fn block(&mut self, statements: &[Stmt]) {
        let outer = self.locals.len();
        for statement in statements {
            self.statement(statement);
        }
        self.locals.truncate(outer);
    }

    pub(super) fn expr(&mut self, expr: &RhaiExpr) {
        self.check(expr);
        if self.whole && self.in_one_go(expr) {
            return;
        }
        match expr {
            RhaiExpr::Variable(name, _, pos) => self.variable(&syntax::narrow(&name.1), *pos),
            RhaiExpr::FnCall(call, pos) => self.call(call, *pos),
            RhaiExpr::And(items, _) | RhaiExpr::Or(items, _) | RhaiExpr::Coalesce(items, _) => items.iter().for_each(|e| self.expr(e)),
            RhaiExpr::InterpolatedString(items, _) | RhaiExpr::Array(items, _) => items.iter().for_each(|e| self.expr(e)),
            RhaiExpr::Map(parts, _) => parts.0.iter().for_each(|(_, e)| self.expr(e)),
            RhaiExpr::Stmt(body) => self.block(body.statements()),
            RhaiExpr::Dot(..) if self.path(expr) => {}
            RhaiExpr::Dot(parts, _, _) => {
                self.expr(&parts.lhs);
                self.chain(&parts.rhs);
            }
            RhaiExpr::Index(parts, _, _) => {
                self.expr(&parts.lhs);
                self.expr(&parts.rhs);
            }
            RhaiExpr::DynamicConstant(value, _) => {
                if let Some(pointer) = value.read_lock::<rhai::FnPtr>() {
                    self.function(pointer.fn_name(), 0);
                }
            }
            _ => {}
        }
    }

    /// A function or closure, whose first parameters are what it captures.
    pub(super) fn function(&mut self, name: &str, captures: usize) {
        let Some(function) = self.functions.get_mut(name) else { return };
        let (params, body) = (function.params.clone(), std::mem::take(&mut function.body));
        // What a closure captures is a variable, or else a name of the records.
        let (captured, own) = params.split_at_checked(captures).unwrap_or((&[], &params));
        let captured: Vec<Local> = captured.iter().filter_map(|n| self.locals.iter().rev().find(|l| l.name == *n).cloned()).collect();
        let outer = std::mem::replace(&mut self.locals, captured);
        for param in own {
            let at = body.first().map_or(Position::NONE, Stmt::position);
            self.declare(param, at, None);
        }
        self.block(&body);
        self.locals = outer;
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(e) => self.expr(e),
            Stmt::FnCall(call, pos) => self.call(call, *pos),
            Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, _, _) => {
                self.expr(&flow.expr);
                self.block(flow.body.statements());
                self.block(flow.branch.statements());
            }
            Stmt::Switch(parts, _) => {
                self.expr(&parts.0);
                for case in &parts.1.expressions {
                    self.expr(&case.lhs);
                    self.expr(&case.rhs);
                }
            }
            Stmt::For(parts, _) => {
                let (name, counter, flow) = &**parts;
                self.expr(&flow.expr);
                let element = match self.type_of(&flow.expr) {
                    Some(Ty::Rows(table)) => Some(Ty::Row(table)),
                    Some(Ty::Ints) => Some(Ty::Int(Unit::Plain)),
                    Some(Ty::Codes(list)) => Some(Ty::Code(list)),
                    Some(Ty::Texts) => Some(Ty::Text),
                    _ => None,
                };
                let outer = self.locals.len();
                self.declare(&name.name, name.pos, element);
                if let Some(counter) = counter {
                    self.declare(&counter.name, counter.pos, Some(Ty::Int(Unit::Plain)));
                }
                self.block(flow.body.statements());
                self.locals.truncate(outer);
            }
            Stmt::Var(def, _, _) => {
                self.expr(&def.1);
                let ty = self.type_of(&def.1).filter(|t| kept(*t));
                self.declare(&def.0.name, def.0.pos, ty);
            }
            Stmt::Assignment(parts) => {
                if let RhaiExpr::Variable(name, _, pos) = &parts.1.lhs {
                    let name = syntax::narrow(&name.1);
                    if !self.locals.iter().any(|l| l.name == name) {
                        self.complain(*pos, "rule::assign", format!("“{name}”不是用 let 定义的变量"));
                    }
                } else {
                    self.expr(&parts.1.lhs);
                }
                self.expr(&parts.1.rhs);
            }
            Stmt::Block(body) => self.block(body.statements()),
            Stmt::BreakLoop(value, _, _) => value.iter().for_each(|e| self.expr(e)),
            Stmt::Return(value, flags, pos) => {
                if flags.contains(ASTFlags::BREAK) {
                    self.complain(*pos, "rule::foreign", "规则脚本里不能用 throw");
                }
                value.iter().for_each(|e| self.expr(e));
            }
            Stmt::TryCatch(_, pos) => self.complain(*pos, "rule::foreign", "规则脚本里不能用 try"),
            Stmt::Import(_, pos) => self.complain(*pos, "rule::foreign", "规则脚本里不能用 import"),
            Stmt::Export(_, pos) => self.complain(*pos, "rule::foreign", "规则脚本里不能用 export"),
            // What closures capture shows in the closure itself.
            Stmt::Share(_) | Stmt::Noop(_) => {}
            _ => self.complain(statement.position(), "rule::foreign", "规则脚本里不能用这种写法"),
        }
    }

    fn declare(&mut self, name: &str, at: Position, ty: Option<Ty>) {
        let name = syntax::narrow(name);
        if self.compiler.row_member(&self.env, &name) {
            self.complain(at, "rule::shadow", format!("“{name}”已是字段或共用定义的名字"));
        }
        self.locals.push(Local { name, ty });
    }

    fn variable(&mut self, name: &str, at: Position) {
        if self.locals.iter().any(|l| l.name == name) || self.functions.contains_key(name) {
            return;
        }
        let span = self.places.token(at);
        let expr = Expr { kind: Kind::Name(name.to_owned()), span: span.clone() };
        if let Some(Bound::Literal(kind)) = self.compiler.lookup(&self.env, name)
            && let Some(text) = literal(&kind)
        {
            self.env.used.borrow_mut().insert(name.to_owned());
            self.edits.push((span, text));
            return;
        }
        if let Some(number) = self.island(&expr, &[]) {
            self.edits.push((span, format!("{CALL}({number})")));
        }
    }
}

/// Whether a variable keeps values of a type as the engine does.
fn kept(ty: Ty) -> bool {
    !matches!(ty, Ty::Rows(_) | Ty::Spans | Ty::Codes(_) | Ty::Texts | Ty::Ints)
}

/// A parameter as rhai writes it.
fn literal(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Int(i) => format!("({i})"),
        Kind::Bool(b) => b.to_string(),
        Kind::Text(t) => format!("{t:?}"),
        Kind::List(items) => format!("[{}]", items.iter().map(|e| literal(&e.kind)).collect::<Option<Vec<_>>>()?.join(", ")),
        _ => return None,
    })
}
