//! Scripts that rhai's interpreter runs. What a script asks of the records (names, fields, the language's functions with their
//! conditions) is compiled to nodes like everything else and put into the script's text as numbered calls; rhai runs what is left:
//! loops, functions, arrays, maps, texts. So a name means the same in both, and an unknown one is refused when the rule loads.

use super::{Compiler, Env};
use crate::diagnostic::{Diagnostic, Source};
use crate::rules::interpreted::{Interpreted, Island};
use crate::rules::ir::Ty;
use crate::rules::syntax::{self, Origin, Places};
use rhai::{AST, Expr as RhaiExpr, Position, Stmt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod calls;
mod islands;
pub(super) mod known;
mod members;
mod tail;
mod walk;

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

/// A variable of the script; its type where it is known.
#[derive(Clone, Debug)]
struct Local {
    name: String,
    ty: Option<Ty>,
}

/// A function of the script.
struct Function {
    params: Vec<String>,
    body: Vec<Stmt>,
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
}

fn last_property(expr: &RhaiExpr) -> Option<String> {
    match expr {
        RhaiExpr::Property(name, _) => Some(syntax::narrow(&name.2)),
        RhaiExpr::Dot(parts, _, _) | RhaiExpr::Index(parts, _, _) => last_property(&parts.rhs),
        _ => None,
    }
}
