//! Scripts that rhai's interpreter runs. What a script asks of the records (names, fields, the language's functions with their
//! conditions) is compiled to nodes like everything else and put into the script's text as numbered calls; rhai runs what is left:
//! loops, functions, arrays, maps, texts. So a name means the same in both, and an unknown one is refused when the rule loads.

use super::calls::FUNCTIONS;
use super::script::ONLY_INTERPRETED;
use super::{Bound, Compiler, Env};
use crate::diagnostic::{Diagnostic, Source};
use crate::rules::interpreted::{CALL, Interpreted, Island, Member};
use crate::rules::ir::{Node, Ty};
use crate::rules::syntax::{self, Expr, Kind, Origin, Places};
use rhai::{AST, ASTFlags, Expr as RhaiExpr, FnCallExpr, Position, Stmt};
use std::cell::Cell as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

pub(super) mod known;
mod tail;

/// Variables that one frame of the engine holds.
const FRAME: u8 = 16;

/// A variable of the script; its type where it is known.
#[derive(Clone, Debug)]
struct Local {
    name: String,
    ty: Option<Ty>,
}

/// A variable handed in: its number, and its type once it is settled.
type Passed = (u8, Rc<Slot<Option<Ty>>>);

/// A function of the script.
struct Function {
    params: Vec<String>,
    body: Vec<Stmt>,
}

struct Embed<'e, 'a> {
    compiler: &'e mut Compiler<'a>,
    env: Env,
    places: Places<'e>,
    text: &'e str,
    whole: bool,
    islands: Vec<Island>,
    locals: Vec<Local>,
    functions: BTreeMap<String, Function>,
    /// Names after a dot whose row is known only when the script runs.
    properties: BTreeMap<String, Position>,
    /// Keys that maps of the script have.
    keys: BTreeSet<String>,
    /// Bytes of the text and what stands there instead.
    edits: Vec<(std::ops::Range<usize>, String)>,
}

impl Compiler<'_> {
    /// Prepares a script for the interpreter. None: it is wrong, and the sink tells how.
    ///
    /// `whole`: conditions and sums that are wholly of the language are asked of the records in one go; otherwise rhai takes them
    /// apart.
    pub fn interpreted(&mut self, env: &Env, source: &Arc<Source>, whole: bool) -> Option<Interpreted> {
        let errors = self.sink.len();
        let text = source.text.as_str();
        let origin = Origin { source, offset: 0 };
        let ast = match syntax::tree(text, origin) {
            Ok(ast) => ast,
            Err(error) => {
                self.sink.push(*error);
                return None;
            }
        };
        let mut embed = Embed {
            compiler: self,
            env: env.clone(),
            places: Places::new(text, 0),
            text,
            whole,
            islands: Vec::new(),
            locals: Vec::new(),
            functions: functions(&ast),
            properties: BTreeMap::new(),
            keys: BTreeSet::new(),
            edits: Vec::new(),
        };
        embed.keys(&ast);
        embed.block(ast.statements());
        let named: Vec<String> = embed.functions.keys().filter(|n| !n.starts_with("anon$")).cloned().collect();
        for name in named {
            embed.function(&name, 0);
        }
        let members = embed.members();
        let (islands, mut edits) = (embed.islands, embed.edits);
        edits.sort_by_key(|(range, _)| range.start);
        edits.dedup();
        if self.sink.len() > errors {
            return None;
        }
        let mut changed = String::with_capacity(text.len() + 16 * edits.len());
        let mut at = 0;
        for (range, new) in edits {
            // What lies inside something already replaced went with it.
            if range.start >= at {
                changed.push_str(text.get(at..range.start).unwrap_or_default());
                changed.push_str(&new);
                at = range.end;
            }
        }
        changed.push_str(text.get(at..).unwrap_or_default());
        match syntax::tree(&changed, origin) {
            Ok(ast) => Some(Interpreted { ast: tail::finish(&ast), islands, members }),
            Err(error) => {
                self.sink.push(Diagnostic::new(error.code, source, 0..0, error.message.clone()));
                None
            }
        }
    }
}

/// The functions of a script, closures among them.
fn functions(ast: &AST) -> BTreeMap<String, Function> {
    let mut all = BTreeMap::new();
    for function in ast.iter_functions() {
        let (name, params) = (function.name.to_owned(), function.params.iter().map(|p| syntax::narrow(p)).collect());
        let mut only = ast.clone();
        only.clear_statements();
        only.retain_functions(|_, _, n, count| n == function.name && count == function.params.len());
        let mut body = Vec::new();
        only.walk(&mut |path| {
            if let [rhai::ASTNode::Stmt(stmt)] = path {
                body.push((*stmt).clone());
            }
            true
        });
        all.insert(name, Function { params, body });
    }
    all
}

impl Embed<'_, '_> {
    fn complain(&mut self, at: Position, code: &'static str, message: impl Into<String>) {
        let span = self.places.token(at);
        self.compiler.complain(&self.env, span, code, message);
    }

    /// Every key that a map of the script may have.
    fn keys(&mut self, ast: &AST) {
        let keys = &mut self.keys;
        ast.walk(&mut |path| {
            match path.last() {
                Some(rhai::ASTNode::Expr(RhaiExpr::Map(parts, _))) => keys.extend(parts.0.iter().map(|(k, _)| syntax::narrow(&k.name))),
                Some(rhai::ASTNode::Stmt(Stmt::Assignment(parts))) => {
                    if let Some(name) = last_property(&parts.1.lhs) {
                        keys.insert(name);
                    }
                }
                _ => {}
            }
            true
        });
    }

    /// A function or closure, whose first parameters are what it captures.
    fn function(&mut self, name: &str, captures: usize) {
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

    fn block(&mut self, statements: &[Stmt]) {
        let outer = self.locals.len();
        for statement in statements {
            self.statement(statement);
        }
        self.locals.truncate(outer);
    }

    fn declare(&mut self, name: &str, at: Position, ty: Option<Ty>) {
        let name = syntax::narrow(name);
        if self.compiler.row_member(&self.env, &name) {
            self.complain(at, "rule::shadow", format!("“{name}”已是字段或共用定义的名字"));
        }
        self.locals.push(Local { name, ty });
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
                    Some(Ty::Ints) => Some(Ty::Int(crate::rules::ir::Unit::Plain)),
                    Some(Ty::Codes(list)) => Some(Ty::Code(list)),
                    Some(Ty::Texts) => Some(Ty::Text),
                    _ => None,
                };
                let outer = self.locals.len();
                self.declare(&name.name, name.pos, element);
                if let Some(counter) = counter {
                    self.declare(&counter.name, counter.pos, Some(Ty::Int(crate::rules::ir::Unit::Plain)));
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

    fn expr(&mut self, expr: &RhaiExpr) {
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

    /// `a.b.c` of the language is one island.
    fn path(&mut self, expr: &RhaiExpr) -> bool {
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

    /// What stands after a dot.
    fn chain(&mut self, expr: &RhaiExpr) {
        match expr {
            RhaiExpr::Property(name, pos) => {
                self.properties.entry(name.2.to_string()).or_insert(*pos);
            }
            RhaiExpr::Dot(parts, _, _) => {
                self.chain(&parts.lhs);
                self.chain(&parts.rhs);
            }
            RhaiExpr::Index(parts, _, _) => {
                self.chain(&parts.lhs);
                self.expr(&parts.rhs);
            }
            RhaiExpr::MethodCall(call, pos) => {
                let name = syntax::narrow(&call.name);
                if !known::METHODS.contains(&name.as_str()) {
                    if FUNCTIONS.contains(&name.as_str()) {
                        self.complain(*pos, "rule::arguments", format!("请写作 {name}(…, …)，不写在点后面"));
                    } else if !self.functions.contains_key(&name) {
                        self.unknown_function(&name, *pos);
                    }
                }
                call.args.iter().for_each(|e| self.expr(e));
            }
            other => self.expr(other),
        }
    }

    fn unknown_function(&mut self, name: &str, at: Position) {
        let own: Vec<String> = self.functions.keys().cloned().collect();
        let all = FUNCTIONS.into_iter().chain(known::METHODS).chain(known::EFFECTS).chain(own.iter().map(String::as_str));
        let span = self.places.token(at);
        let diagnostic = Diagnostic::new("rule::unknown-function", &self.env.source, span, format!("没有函数“{name}”")).nearest(name, all);
        self.compiler.sink.push(diagnostic);
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

    /// A call: of the language (it becomes an island), of the script's own functions or of rhai's.
    fn call(&mut self, call: &FnCallExpr, at: Position) {
        let name = syntax::narrow(&call.name);
        if call.op_token.is_some() || known::EFFECTS.contains(&name.as_str()) {
            call.args.iter().for_each(|e| self.expr(e));
            return;
        }
        if name == "curry" {
            self.closure(call);
            return;
        }
        let own = self.functions.contains_key(&name) || self.locals.iter().any(|l| l.name == name);
        let is_in = name == "contains" && call.args.len() == 2 && syntax::written_in(call, &self.places);
        if own || is_in || self.is_plain(&name, call) {
            call.args.iter().for_each(|e| self.expr(e));
            if let (false, "has", [RhaiExpr::Dot(parts, ..) | RhaiExpr::Index(parts, ..)]) = (own, name.as_str(), call.args.as_slice())
                && let Some(RhaiExpr::Property(member, pos)) = last(&parts.rhs)
            {
                self.ask_member(&member.2, *pos);
            }
            return;
        }
        if !self.is_language(&name) {
            if !known::METHODS.contains(&name.as_str()) {
                self.unknown_function(&name, at);
            }
            call.args.iter().for_each(|e| self.expr(e));
            return;
        }
        self.language_call(call, &name, at);
    }

    /// `has(row.field)` asks the row, since a blank cell has no value to ask: `has(row, "field")`.
    fn ask_member(&mut self, member: &str, at: Position) {
        let token = self.places.token(at);
        let Some(dot) = self.text.get(..token.start).and_then(|t| t.rfind('.')) else { return };
        self.edits.push((dot..token.end, format!(", {member:?}")));
    }

    /// A function that rhai can do itself, with values that only rhai knows.
    fn is_plain(&self, name: &str, call: &FnCallExpr) -> bool {
        let dynamic = |e: &RhaiExpr| !self.is_typed(&syntax::expression(e, &self.places));
        match name {
            "min" | "max" | "first_of" => call.args.iter().all(|e| dynamic(e) || e.is_constant()),
            "has" | "size" | "contains" => call.args.first().is_some_and(dynamic),
            _ => false,
        }
    }

    fn is_language(&self, name: &str) -> bool {
        FUNCTIONS.contains(&name) || self.compiler.definitions.takes_arguments(name)
    }

    fn language_call(&mut self, call: &FnCallExpr, name: &str, at: Position) {
        let mut inputs: Vec<(String, String)> = Vec::new();
        let mut args = Vec::new();
        let is_filter = known::FILTERS.contains(&name);
        for (i, arg) in call.args.iter().enumerate() {
            let lifted = syntax::expression(arg, &self.places);
            if self.is_pure(&lifted) {
                args.push(lifted);
            } else if is_filter {
                self.complain(
                    arg.start_position(),
                    "rule::foreign",
                    format!("{name} 里只能用规则语言的写法，不能用脚本的数组、映射和函数"),
                );
                return;
            } else {
                // The text of the argument is edited like the rest, and goes in as it then is.
                let before = self.edits.len();
                self.expr(arg);
                let Some(range) = self.argument_range(call, at, i) else { return };
                let mut own: Vec<_> = self.edits.drain(before..).collect();
                own.sort_by_key(|(r, _)| r.start);
                let placeholder = format!("\u{1}{i}");
                args.push(Expr { kind: Kind::Name(placeholder.clone()), span: lifted.span.clone() });
                inputs.push((placeholder, edited(self.text, range, &own)));
            }
        }
        let expr = Expr { kind: Kind::Call(name.to_owned(), args), span: self.places.token(at) };
        let names: Vec<String> = inputs.iter().map(|(n, _)| n.clone()).collect();
        let mut mentioned = Vec::new();
        mentions(&expr, &mut mentioned);
        let mut passed: Vec<String> = names.clone();
        passed.extend(self.locals.iter().map(|l| l.name.clone()).filter(|n| mentioned.contains(n)));
        passed.dedup();
        let Some(number) = self.island(&expr, &passed) else { return };
        let Some(range) = self.call_range(at) else { return };
        let words: Vec<String> =
            passed.iter().map(|n| inputs.iter().find(|(p, _)| p == n).map_or_else(|| n.clone(), |(_, text)| text.clone())).collect();
        let list = words.iter().map(|w| format!(", {w}")).collect::<String>();
        self.edits.push((range, format!("{CALL}({number}{list})")));
    }

    /// A closure with what it captures.
    fn closure(&mut self, call: &FnCallExpr) {
        let Some((first, captures)) = call.args.split_first() else { return };
        let RhaiExpr::DynamicConstant(value, _) = first else {
            call.args.iter().for_each(|e| self.expr(e));
            return;
        };
        if let Some(pointer) = value.read_lock::<rhai::FnPtr>() {
            self.function(pointer.fn_name(), captures.len());
        }
    }

    /// The bytes from a function's name to its closing parenthesis.
    fn call_range(&self, at: Position) -> Option<std::ops::Range<usize>> {
        let start = self.places.token(at).start;
        let ends = syntax::arguments(self.text, start)?;
        ends.last().map(|last| start..last.end + 1)
    }

    fn argument_range(&self, _: &FnCallExpr, at: Position, index: usize) -> Option<std::ops::Range<usize>> {
        syntax::arguments(self.text, self.places.token(at).start)?.get(index).cloned()
    }

    /// Compiles an expression with some variables of the script handed in.
    fn island(&mut self, expr: &Expr, passed: &[String]) -> Option<usize> {
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

    /// The type of an expression of the language, if it is one; nothing is reported.
    fn type_of(&mut self, expr: &RhaiExpr) -> Option<Ty> {
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

    /// Reports what is wrong in an expression that is wholly of the language: unknown code values, dates compared with numbers.
    fn check(&mut self, expr: &RhaiExpr) {
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

    /// Makes one island of a condition, sum or difference over the records.
    fn in_one_go(&mut self, expr: &RhaiExpr) -> bool {
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

    /// Whether a name stands for something of the records, not for a count of the script's own.
    fn is_of_records(&self, name: &str) -> bool {
        match self.locals.iter().rev().find(|l| l.name == name) {
            Some(local) => !matches!(local.ty, Some(Ty::Int(_) | Ty::Truth)),
            None => !matches!(self.compiler.lookup(&self.env, name), Some(Bound::Literal(_))),
        }
    }

    /// Whether an expression is wholly of the language.
    fn is_pure(&self, expr: &Expr) -> bool {
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
    fn is_typed(&self, expr: &Expr) -> bool {
        let mut names = Vec::new();
        mentions(expr, &mut names);
        self.is_pure_shape(expr) && names.iter().all(|n| self.locals.iter().rev().find(|l| l.name == *n).is_none_or(|l| l.ty.is_some()))
    }

    fn is_pure_shape(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Call(name, args) => self.is_language(name) && args.iter().all(|e| self.is_pure_shape(e)),
            Kind::Field(left, _) => self.is_pure_shape(left),
            Kind::Template(_) => false,
            _ => true,
        }
    }

    /// The members that a name after a dot may be, for every table that has it.
    fn members(&mut self) -> BTreeMap<(usize, String), Member> {
        let mut members = BTreeMap::new();
        for (written, at) in std::mem::take(&mut self.properties) {
            let name = syntax::narrow(&written);
            let mut found = false;
            for table in 0..self.compiler.schema.tables.len() {
                let row = self.compiler.slot_row(0);
                let env = Env::of(&self.env.source, table, row);
                let expr = Expr { kind: Kind::Name(name.clone()), span: self.places.token(at) };
                if !self.compiler.row_member(&env, &name) {
                    continue;
                }
                let errors = self.compiler.sink.len();
                let made = self.compiler.expr(&env, &expr, None);
                self.compiler.sink.truncate(errors);
                let Some((node, ty)) = made else { continue };
                found = true;
                let has = match self.compiler.program.nodes.get(node as usize) {
                    Some(&(Node::Cell(r, t, f) | Node::TextCell(r, t, f) | Node::Bool(r, t, f) | Node::Follow(r, t, f))) => {
                        Some(self.compiler.add_silent(Node::HasCell(r, t, f)))
                    }
                    _ => None,
                };
                members.insert((table, written.clone()), Member { node, ty, has });
            }
            if !found && !self.keys.contains(&name) {
                let tables = self.compiler.schema.tables.iter();
                let fields: Vec<&str> = tables.flat_map(|t| t.fields.iter().map(|f| f.name.as_str())).collect();
                let known = fields.into_iter().chain(self.keys.iter().map(String::as_str));
                let span = self.places.token(at);
                let diagnostic =
                    Diagnostic::new("rule::unknown-field", &self.env.source, span, format!("没有“{name}”这个字段")).nearest(&name, known);
                self.compiler.sink.push(diagnostic);
            }
        }
        members
    }
}

/// The end of a chain after a dot.
fn last(expr: &RhaiExpr) -> Option<&RhaiExpr> {
    match expr {
        RhaiExpr::Dot(parts, ..) | RhaiExpr::Index(parts, ..) => last(&parts.rhs),
        other => Some(other),
    }
}

fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Field(left, _) => matches!(left.kind, Kind::Name(_)) || is_path(left),
        _ => false,
    }
}

fn last_property(expr: &RhaiExpr) -> Option<String> {
    match expr {
        RhaiExpr::Property(name, _) => Some(syntax::narrow(&name.2)),
        RhaiExpr::Dot(parts, _, _) | RhaiExpr::Index(parts, _, _) => last_property(&parts.rhs),
        _ => None,
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

/// Every name in an expression.
fn mentions(expr: &Expr, names: &mut Vec<String>) {
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

/// A stretch of text with its edits made.
fn edited(text: &str, range: std::ops::Range<usize>, edits: &[(std::ops::Range<usize>, String)]) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for (r, new) in edits {
        if r.start >= at && r.end <= range.end {
            out.push_str(text.get(at..r.start).unwrap_or_default());
            out.push_str(new);
            at = r.end;
        }
    }
    out.push_str(text.get(at..range.end).unwrap_or_default());
    out
}
