//! Scripts lowered to actions over typed nodes. What cannot be lowered says so, and the script is interpreted instead.

use super::{Bound, Compiler, Env};
use crate::rules::ir::{Action, Node, Ty, Unit};
use crate::rules::syntax::{Expr, Kind, Stmt, StmtKind};

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
        if let Some(what) = body.iter().find_map(foreign) {
            return Err(NotLowered::Foreign(what));
        }
        let errors = self.sink.len();
        let mut env = env.clone();
        env.strict = true;
        let actions = self.block(&mut env, body);
        if self.sink.len() > errors { Err(NotLowered::Wrong) } else { Ok(actions) }
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
                let var = self.new_variable(env, name, ty);
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
            let var = self.new_variable(&mut inner, name, int);
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
                inner.names.push((name.to_owned(), Bound::Value(row, Ty::Row(table))));
                let body = self.block(&mut inner, body);
                Some(Action::ForRows(set, body))
            }
            Ty::Codes(list) => {
                let var = self.new_variable(&mut inner, name, Ty::Code(list));
                let body = self.block(&mut inner, body);
                Some(Action::ForList(var, node, body))
            }
            Ty::Texts | Ty::Ints => {
                let element = if ty == Ty::Texts { Ty::Text } else { Ty::Int(Unit::Plain) };
                let var = self.new_variable(&mut inner, name, element);
                let body = self.block(&mut inner, body);
                Some(Action::ForList(var, node, body))
            }
            _ => self.fail(env, over, "rule::type", format!("不能逐一取{}", self.ty_name(ty))),
        }
    }

    fn new_variable(&mut self, env: &mut Env, name: &str, ty: Ty) -> u8 {
        let var = env.next_var;
        env.next_var = var.saturating_add(1);
        env.names.push((name.to_owned(), Bound::Variable(var, ty)));
        var
    }
}

fn foreign(stmt: &Stmt) -> Option<String> {
    match &stmt.kind {
        StmtKind::Foreign(what) => Some((*what).to_owned()),
        StmtKind::If(_, a, b) => a.iter().chain(b).find_map(foreign),
        StmtKind::For(_, _, body) | StmtKind::While(_, body) | StmtKind::Block(body) => body.iter().find_map(foreign),
        _ => None,
    }
}
