//! Calls: of the language, of the script's own functions, of rhai's.

use super::islands::mentions;
use super::{Embed, known};
use crate::diagnostic::Diagnostic;
use crate::rules::functions;
use crate::rules::interpreted::CALL;
use crate::rules::syntax::{self, Expr, Kind};
use rhai::{Expr as RhaiExpr, FnCallExpr, Position};
use std::ops::Range;

impl Embed<'_, '_> {
    /// A call: of the language (it becomes an island), of the script's own functions or of rhai's.
    pub(super) fn call(&mut self, call: &FnCallExpr, at: Position) {
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

    /// What stands after a dot.
    pub(super) fn chain(&mut self, expr: &RhaiExpr) {
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
                    if functions::function(&name).is_some() {
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

    pub(super) fn is_language(&self, name: &str) -> bool {
        functions::function(name).is_some() || self.compiler.definitions.takes_arguments(name)
    }

    fn unknown_function(&mut self, name: &str, at: Position) {
        let own: Vec<String> = self.functions.keys().cloned().collect();
        let all = functions::names().chain(known::METHODS).chain(known::EFFECTS).chain(own.iter().map(String::as_str));
        let span = self.places.token(at);
        let diagnostic = Diagnostic::new("rule::unknown-function", &self.env.source, span, format!("没有函数“{name}”")).nearest(name, all);
        self.compiler.sink.push(diagnostic);
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

    fn language_call(&mut self, call: &FnCallExpr, name: &str, at: Position) {
        let mut inputs: Vec<(String, String)> = Vec::new();
        let mut args = Vec::new();
        let is_filter = functions::function(name).is_some_and(|f| f.filters);
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
    fn call_range(&self, at: Position) -> Option<Range<usize>> {
        let start = self.places.token(at).start;
        let ends = syntax::arguments(self.text, start)?;
        ends.last().map(|last| start..last.end + 1)
    }

    fn argument_range(&self, _: &FnCallExpr, at: Position, index: usize) -> Option<Range<usize>> {
        syntax::arguments(self.text, self.places.token(at).start)?.get(index).cloned()
    }
}

/// The end of a chain after a dot.
fn last(expr: &RhaiExpr) -> Option<&RhaiExpr> {
    match expr {
        RhaiExpr::Dot(parts, ..) | RhaiExpr::Index(parts, ..) => last(&parts.rhs),
        other => Some(other),
    }
}

/// A stretch of text with its edits made.
fn edited(text: &str, range: Range<usize>, edits: &[(Range<usize>, String)]) -> String {
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
