//! Scripts lowered to actions over typed nodes. What cannot be lowered says so, and the script is interpreted instead.

use super::embed::known::{EFFECTS, METHODS};
use super::{Bound, Compiler, Env};
use crate::rules::functions;
use crate::rules::ir::{Action, Node, Ty, Unit};
use crate::rules::syntax::{Expr, Kind, Stmt, StmtKind};

/// The code of what is no mistake in a script, but more than can be lowered.
pub(super) const ONLY_INTERPRETED: &str = "rule::only-interpreted";

/// Variables that one frame of the engine holds.
const FRAME: u8 = 16;

/// Why a script was not lowered.
#[derive(Debug)]
pub enum NotLowered {
    /// It uses something only the interpreter knows.
    Foreign(String),
    /// It is wrong; the diagnostics say how.
    Wrong,
}

impl Compiler<'_> {
    /// Lowers a script.
    pub fn script(&mut self, env: &Env, body: &[Stmt]) -> Result<Vec<Action>, NotLowered> {
        if let Some(what) = foreign(body) {
            return Err(NotLowered::Foreign(what));
        }
        let errors = self.sink.len();
        let mut env = env.clone();
        env.strict = true;
        let actions = self.block(&mut env, body);
        let new = self.sink.get(errors..).unwrap_or_default();
        if let Some(only) = new.iter().find(|d| d.code == ONLY_INTERPRETED) {
            let why = only.message.clone();
            self.sink.truncate(errors);
            return Err(NotLowered::Foreign(why));
        }
        if new.is_empty() { Ok(actions) } else { Err(NotLowered::Wrong) }
    }

    fn block(&mut self, env: &mut Env, body: &[Stmt]) -> Vec<Action> {
        let outer = env.names.len();
        let mut actions = Vec::new();
        for stmt in body {
            if let Some(action) = self.action(env, stmt) {
                actions.push(action);
            }
        }
        env.names.truncate(outer);
        actions
    }

    fn action(&mut self, env: &mut Env, stmt: &Stmt) -> Option<Action> {
        match &stmt.kind {
            StmtKind::Let(name, value) => {
                let (node, ty) = self.expr(env, value, None)?;
                if matches!(ty, Ty::Rows(_) | Ty::Spans | Ty::Codes(_) | Ty::Texts | Ty::Ints) {
                    return self.fail(env, value, ONLY_INTERPRETED, format!("{}放进变量", self.ty_name(ty)));
                }
                let var = self.new_variable(env, value, name, ty);
                Some(Action::Set(var, node, ty))
            }
            StmtKind::Assign(name, value) => match self.lookup(env, name) {
                Some(Bound::Variable(var, ty)) => {
                    let node = self.expect(env, value, ty)?;
                    Some(Action::Set(var, node, ty))
                }
                _ => self.fail(env, value, "rule::assign", format!("“{name}”不是用 let 定义的变量")),
            },
            StmtKind::If(cond, yes, no) => {
                let cond = self.truth(env, cond);
                let (yes, no) = (self.block(env, yes), self.block(env, no));
                Some(Action::If(cond?, yes, no))
            }
            StmtKind::For(name, over, body) => self.for_loop(env, name, over, body),
            StmtKind::While(cond, body) => {
                let cond = self.truth(env, cond);
                let body = self.block(env, body);
                Some(Action::While(cond?, body))
            }
            StmtKind::Break => Some(Action::Break),
            StmtKind::Continue => Some(Action::Continue),
            StmtKind::Return => Some(Action::Return),
            StmtKind::Block(body) => {
                let always = self.add_silent(Node::Truth(true));
                Some(Action::If(always, self.block(env, body), Vec::new()))
            }
            StmtKind::Expr(expr) => self.effect(env, expr),
            StmtKind::Foreign(_) => None,
        }
    }

    fn effect(&mut self, env: &mut Env, expr: &Expr) -> Option<Action> {
        match &expr.kind {
            Kind::Call(name, args) => match (name.as_str(), args.as_slice()) {
                ("part", [text]) => self.script_text(env, text).map(Action::Part),
                ("violation", [text]) => self.script_text(env, text).map(Action::Violation),
                ("advise", [text]) => self.script_text(env, text).map(Action::Advise),
                ("unverified", []) => Some(Action::Unverified),
                _ => self.fail(env, expr, "rule::effect", format!("单独一行的“{name}(…)”没有作用")),
            },
            Kind::If(..) => self.fail(env, expr, "rule::effect", "if 的分支里应是语句"),
            _ => self.fail(env, expr, "rule::effect", "单独一行的表达式没有作用"),
        }
    }

    fn for_loop(&mut self, env: &mut Env, name: &str, over: &Expr, body: &[Stmt]) -> Option<Action> {
        if let Kind::Operator(op @ (".." | "..="), ends) = &over.kind
            && let [from, to] = ends.as_slice()
        {
            let int = Ty::Int(Unit::Plain);
            let from = self.expect(env, from, int)?;
            let mut to = self.expect(env, to, int)?;
            if *op == "..=" {
                let one = self.add_silent(Node::Int(1));
                to = self.add_silent(Node::Arithmetic('+', to, one));
            }
            let mut inner = env.clone();
            let var = self.new_variable(&mut inner, over, name, int);
            let body = self.block(&mut inner, body);
            return Some(Action::ForInts(var, from, to, body));
        }
        let (node, ty) = self.expr(env, over, None)?;
        let mut inner = env.clone();
        match ty {
            Ty::Rows(table) => {
                let set = crate::rules::ir::Set { rows: node, table, slot: env.next_slot, cond: None };
                let row = self.add_silent(Node::Slot(set.slot));
                inner.next_slot = set.slot.saturating_add(1);
                self.refuse_shadow(&inner, over, name);
                inner.names.push((name.to_owned(), Bound::Value(row, Ty::Row(table))));
                let body = self.block(&mut inner, body);
                Some(Action::ForRows(set, body))
            }
            Ty::Codes(list) => {
                let var = self.new_variable(&mut inner, over, name, Ty::Code(list));
                let body = self.block(&mut inner, body);
                Some(Action::ForList(var, node, body))
            }
            Ty::Texts | Ty::Ints => {
                let element = if ty == Ty::Texts { Ty::Text } else { Ty::Int(Unit::Plain) };
                let var = self.new_variable(&mut inner, over, name, element);
                let body = self.block(&mut inner, body);
                Some(Action::ForList(var, node, body))
            }
            _ => self.fail(env, over, "rule::type", format!("不能逐一取{}", self.ty_name(ty))),
        }
    }

    fn new_variable(&mut self, env: &mut Env, at: &Expr, name: &str, ty: Ty) -> u8 {
        let var = env.next_var;
        if var >= FRAME {
            self.complain(env, at.span.clone(), ONLY_INTERPRETED, "变量太多");
        }
        self.refuse_shadow(env, at, name);
        env.next_var = var.saturating_add(1);
        env.names.push((name.to_owned(), Bound::Variable(var, ty)));
        var
    }

    /// A variable cannot be called like a field: the field would win everywhere.
    fn refuse_shadow(&mut self, env: &Env, at: &Expr, name: &str) {
        if self.row_member(env, name) {
            self.complain(env, at.span.clone(), "rule::shadow", format!("“{name}”已是字段或共用定义的名字"));
        }
    }
}

/// What in a script only the interpreter knows, if there is anything.
fn foreign(body: &[Stmt]) -> Option<String> {
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Foreign(what) => Some((*what).to_owned()),
        StmtKind::Expr(Expr { kind: Kind::Call(name, args), .. }) if EFFECTS.contains(&name.as_str()) => {
            args.iter().find_map(|arg| match &arg.kind {
                Kind::Template(parts) => parts.iter().find_map(foreign_expr),
                _ => foreign_expr(arg),
            })
        }
        StmtKind::Let(_, Expr { kind: Kind::List(_), .. }) => Some("数组".to_owned()),
        StmtKind::Expr(e) | StmtKind::Let(_, e) | StmtKind::Assign(_, e) => foreign_expr(e),
        StmtKind::If(e, a, b) => foreign_expr(e).or_else(|| foreign(a)).or_else(|| foreign(b)),
        StmtKind::For(_, e, inner) | StmtKind::While(e, inner) => foreign_expr(e).or_else(|| foreign(inner)),
        StmtKind::Block(inner) => foreign(inner),
        StmtKind::Break | StmtKind::Continue | StmtKind::Return => None,
    })
}

fn foreign_expr(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Template(_) => Some("拼接文本".to_owned()),
        Kind::Operator(op @ "%", _) => Some((*op).to_owned()),
        Kind::Call(name, args) => match name.as_str() {
            "?" | "{}" => Some("rhai 的写法".to_owned()),
            name if METHODS.contains(&name) && functions::function(name).is_none() => Some(name.to_owned()),
            _ => args.iter().find_map(foreign_expr),
        },
        Kind::List(items) | Kind::And(items) | Kind::Or(items) | Kind::Operator(_, items) => items.iter().find_map(foreign_expr),
        Kind::Field(left, _) => foreign_expr(left),
        Kind::In(a, b) => [a, b].into_iter().find_map(|e| foreign_expr(e)),
        Kind::If(a, b, c) => [a, b, c].into_iter().find_map(|e| foreign_expr(e)),
        Kind::Int(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Text(_) | Kind::Name(_) => None,
    }
}
