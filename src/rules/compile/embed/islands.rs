//! What of a script is asked of the records in one go: which expressions are wholly of the language, and what they are compiled to.

use super::super::script::ONLY_INTERPRETED;
use super::super::{Bound, Env};
use super::{Embed, tail};
use crate::rules::interpreted::{CALL, Island};
use crate::rules::ir::Ty;
use crate::rules::syntax::{self, Expr, Kind};
use rhai::Expr as RhaiExpr;
use std::cell::Cell as Slot;
use std::rc::Rc;

/// Variables that one frame of the engine holds.
const FRAME: u8 = 16;

/// A variable handed in: its number, and its type once it is settled.
type Passed = (u8, Rc<Slot<Option<Ty>>>);

impl Embed<'_, '_> {
    /// `a.b.c` of the language is one island.
    pub(super) fn path(&mut self, expr: &RhaiExpr) -> bool {
        let lifted = syntax::expression(expr, &self.places);
        if !is_path(&lifted) || !self.is_typed(&lifted) {
            return false;
        }
        let mut names = Vec::new();
        mentions(&lifted, &mut names);
        names.retain(|n| self.locals.iter().any(|l| l.name == *n));
        let range = self.places.token(expr.start_position()).start..lifted.span.end;
        // What is wrong in it has been reported already.
        if let Some(number) = self.island(&lifted, &names) {
            let list = names.iter().map(|n| format!(", {n}")).collect::<String>();
            self.edits.push((range, format!("{CALL}({number}{list})")));
        }
        true
    }

    /// Makes one island of a condition, sum or difference over the records.
    pub(super) fn in_one_go(&mut self, expr: &RhaiExpr) -> bool {
        let operator = match expr {
            RhaiExpr::And(..) | RhaiExpr::Or(..) => true,
            RhaiExpr::FnCall(call, _) => call.op_token.is_some() || (call.name == "contains" && syntax::written_in(call, &self.places)),
            _ => false,
        };
        if !operator {
            return false;
        }
        let lifted = syntax::expression(expr, &self.places);
        let mut names = Vec::new();
        mentions(&lifted, &mut names);
        if !self.is_pure(&lifted) || !self.is_typed(&lifted) || !names.iter().any(|n| self.is_of_records(n)) {
            return false;
        }
        let Some(range) = tail::extent(&lifted, self.text).and_then(|r| syntax::balanced(self.text, r)) else { return false };
        names.retain(|n| self.locals.iter().any(|l| l.name == *n));
        names.sort();
        names.dedup();
        // What is wrong in it has been reported already.
        let errors = self.compiler.sink.len();
        let island = self.island(&lifted, &names);
        self.compiler.sink.truncate(errors);
        let Some(number) = island else { return false };
        let list = names.iter().map(|n| format!(", {n}")).collect::<String>();
        self.edits.push((range, format!("{CALL}({number}{list})")));
        true
    }

    /// Compiles an expression with some variables of the script handed in.
    pub(super) fn island(&mut self, expr: &Expr, passed: &[String]) -> Option<usize> {
        let (env, slots) = self.inside(passed);
        if usize::from(env.next_var) > usize::from(FRAME) {
            self.compiler.complain(&self.env, expr.span.clone(), "rule::too-many", "这里用到的变量太多");
            return None;
        }
        let (node, ty) = self.compiler.expr(&env, expr, None)?;
        let inputs = slots.into_iter().map(|(var, ty)| (var, ty.get())).collect();
        self.islands.push(Island { node, ty, inputs, words: expr.to_string() });
        Some(self.islands.len() - 1)
    }

    /// Reports what is wrong in an expression that is wholly of the language: unknown code values, dates compared with numbers.
    pub(super) fn check(&mut self, expr: &RhaiExpr) {
        let operator = matches!(expr, RhaiExpr::FnCall(call, _) if call.op_token.is_some() || call.name == "contains")
            || matches!(expr, RhaiExpr::Dot(..));
        if !operator {
            return;
        }
        let lifted = syntax::expression(expr, &self.places);
        let mut names = Vec::new();
        mentions(&lifted, &mut names);
        let asks = !names.is_empty() && !matches!(lifted.kind, Kind::Operator(".." | "..=" | "%", _));
        if asks && self.is_pure(&lifted) && self.is_typed(&lifted) {
            let passed: Vec<String> = self.locals.iter().map(|l| l.name.clone()).filter(|n| names.contains(n)).collect();
            let (env, _) = self.inside(&passed);
            let errors = self.compiler.sink.len();
            self.compiler.expr(&env, &lifted, None);
            // What cannot be lowered is no mistake here.
            let new = self.compiler.sink.split_off(errors);
            self.compiler.sink.extend(new.into_iter().filter(|d| d.code != ONLY_INTERPRETED));
        }
    }

    /// The type of an expression of the language, if it is one; nothing is reported.
    pub(super) fn type_of(&mut self, expr: &RhaiExpr) -> Option<Ty> {
        let lifted = syntax::expression(expr, &self.places);
        if !self.is_pure(&lifted) || !self.is_typed(&lifted) {
            return None;
        }
        let errors = self.compiler.sink.len();
        let passed: Vec<String> = self.locals.iter().map(|l| l.name.clone()).take(usize::from(FRAME / 2)).collect();
        let (env, _) = self.inside(&passed);
        let found = self.compiler.expr(&env, &lifted, None);
        self.compiler.sink.truncate(errors);
        found.map(|(_, ty)| ty)
    }

    /// Whether an expression is wholly of the language.
    pub(super) fn is_pure(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Int(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Text(_) | Kind::Name(_) => true,
            Kind::Template(_) => false,
            Kind::List(items) | Kind::And(items) | Kind::Or(items) => items.iter().all(|e| self.is_pure(e)),
            Kind::Operator(".." | "..=" | "%", _) => false,
            Kind::Operator(_, items) => items.iter().all(|e| self.is_pure(e)),
            Kind::Field(left, _) => self.is_pure(left) && self.is_typed(left),
            Kind::In(item, list) => self.is_pure(item) && self.is_pure(list),
            Kind::If(a, b, c) => [a, b, c].into_iter().all(|e| self.is_pure(e)),
            Kind::Call(name, args) => self.is_language(name) && !self.functions.contains_key(name) && args.iter().all(|e| self.is_pure(e)),
        }
    }

    /// Whether the types of all variables in an expression are known.
    pub(super) fn is_typed(&self, expr: &Expr) -> bool {
        let mut names = Vec::new();
        mentions(expr, &mut names);
        self.is_pure_shape(expr) && names.iter().all(|n| self.locals.iter().rev().find(|l| l.name == *n).is_none_or(|l| l.ty.is_some()))
    }

    /// The names in force, variables of the script included.
    fn inside(&self, passed: &[String]) -> (Env, Vec<Passed>) {
        let mut env = self.env.clone();
        env.strict = true;
        let mut slots = Vec::new();
        for name in passed {
            let known = self.locals.iter().rev().find(|l| l.name == *name).and_then(|l| l.ty);
            let var = env.next_var;
            env.next_var = var.saturating_add(1);
            let slot = Rc::new(Slot::new(known));
            let bound = match known {
                Some(ty) => Bound::Variable(var, ty),
                None => Bound::Element(var, Rc::clone(&slot)),
            };
            env.names.push((name.clone(), bound));
            slots.push((var, slot));
        }
        (env, slots)
    }

    /// Whether a name stands for something of the records, not for a count of the script's own.
    fn is_of_records(&self, name: &str) -> bool {
        match self.locals.iter().rev().find(|l| l.name == name) {
            Some(local) => !matches!(local.ty, Some(Ty::Int(_) | Ty::Truth)),
            None => !matches!(self.compiler.lookup(&self.env, name), Some(Bound::Literal(_))),
        }
    }

    fn is_pure_shape(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Call(name, args) => self.is_language(name) && args.iter().all(|e| self.is_pure_shape(e)),
            Kind::Field(left, _) => self.is_pure_shape(left),
            Kind::Template(_) => false,
            _ => true,
        }
    }
}

/// Every name in an expression.
pub(super) fn mentions(expr: &Expr, names: &mut Vec<String>) {
    match &expr.kind {
        Kind::Name(name) => names.push(name.clone()),
        Kind::List(items)
        | Kind::And(items)
        | Kind::Or(items)
        | Kind::Operator(_, items)
        | Kind::Call(_, items)
        | Kind::Template(items) => {
            items.iter().for_each(|e| mentions(e, names));
        }
        Kind::Field(left, _) => mentions(left, names),
        Kind::In(a, b) => [a, b].into_iter().for_each(|e| mentions(e, names)),
        Kind::If(a, b, c) => [a, b, c].into_iter().for_each(|e| mentions(e, names)),
        Kind::Int(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Text(_) => {}
    }
}

fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Field(left, _) => matches!(left.kind, Kind::Name(_)) || is_path(left),
        _ => false,
    }
}
