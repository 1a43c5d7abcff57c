//! Names after a dot whose row is known only when the script runs.

use super::super::Env;
use super::Embed;
use crate::diagnostic::Diagnostic;
use crate::rules::interpreted::Member;
use crate::rules::ir::Node;
use crate::rules::syntax::{self, Expr, Kind};
use std::collections::BTreeMap;

impl Embed<'_, '_> {
    /// The members that a name after a dot may be, for every table that has it.
    pub(super) fn members(&mut self) -> BTreeMap<(usize, String), Member> {
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
