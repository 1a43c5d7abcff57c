//! Names: fields, definitions, links and child tables of the rows in scope, innermost first; then parameters and named values.

use super::{Bound, Compiler, Env, Scope, Typed};
use crate::diagnostic::Diagnostic;
use crate::records::{FieldId, FieldType, TableId};
use crate::rules::definitions::Word;
use crate::rules::ir::{DefId, Definition, Node, NodeId, Ty};
use crate::rules::syntax::{self, Expr, Kind};

/// How many nodes come of a shared word with arguments, put in place with all that it names, at most: those shipped have some hundreds.
const MOST_NODES: usize = 20_000;

impl Compiler<'_> {
    pub(super) fn name(&mut self, env: &Env, expr: &Expr, name: &str, want: Option<Ty>) -> Option<Typed> {
        match name {
            "as_of" => return Some((self.add(Node::AsOf, expr), Ty::Date)),
            "self" => {
                if let Some(this) = env.this {
                    return Some((this.row, Ty::Row(this.table)));
                }
            }
            _ => {}
        }
        for scope in env.scopes.iter().rev() {
            if let Some(found) = self.member(env, expr, *scope, name) {
                return found;
            }
            if self.schema.tables.get(scope.table).is_some_and(|t| t.name == name) {
                return Some((scope.row, Ty::Row(scope.table)));
            }
        }
        let Some(bound) = env.names.iter().rev().find(|(n, _)| n == name).map(|(_, b)| b.clone()) else {
            return self.unknown_name(env, expr, name);
        };
        env.used.borrow_mut().insert(name.to_owned());
        match bound {
            Bound::Value(node, ty) => Some((node, ty)),
            Bound::Literal(kind) => self.expr(env, &Expr { kind, span: expr.span.clone() }, want),
            Bound::Variable(var, ty) => Some((self.add(Node::Var(var), expr), ty)),
            Bound::Failed => None,
            Bound::Element(var, ty) => {
                let settled = ty.get().or(want.map(|w| match w {
                    Ty::Codes(l) => Ty::Code(l),
                    Ty::Texts => Ty::Text,
                    other => other,
                }));
                let Some(settled) = settled else {
                    let name = name.trim_start_matches(char::is_control);
                    return self.fail(env, expr, "rule::type", format!("请先把 {name} 与一个字段比较，才知道它是什么"));
                };
                ty.set(Some(settled));
                Some((self.add(Node::Var(var), expr), settled))
            }
        }
    }

    /// Whether a row in scope has a member of this name (which then hides a name of the environment).
    pub(super) fn row_member(&self, env: &Env, name: &str) -> bool {
        env.scopes.iter().any(|s| self.has_member(s.table, name))
    }

    /// Whether a row of the table has its own member of this name.
    pub fn has_own_member(&self, table: TableId, name: &str) -> bool {
        self.has_member(table, name)
    }

    fn has_member(&self, table: TableId, name: &str) -> bool {
        if !self.is_visible(table, name) {
            return false;
        }
        self.schema.tables.get(table).is_some_and(|t| t.field(name).is_some() || t.link(name).is_some())
            || self.definitions.has(&self.schema.tables[table].name, name)
            || self.children_field(table, name).is_some()
    }

    /// Whether a field or definition of a table is not hidden: what packs add is seen by their own rules only. A link is hidden with its
    /// field.
    fn is_visible(&self, table: TableId, name: &str) -> bool {
        let Some(def) = self.schema.tables.get(table) else { return false };
        self.sees(&def.name, name) && (def.field(name).is_some() || self.sees(&def.name, &format!("{name}_id")))
    }

    pub(super) fn field(&mut self, env: &Env, expr: &Expr, left: &Expr, name: &str) -> Option<Typed> {
        let (row, ty) = self.expr(env, left, None)?;
        let Ty::Row(table) = ty else {
            return self.fail(env, expr, "rule::type", format!("“{left}”是{}，没有“{name}”", self.ty_name(ty)));
        };
        match self.member(env, expr, Scope { table, row }, name) {
            Some(found) => found,
            None => self.unknown_member(env, expr, table, name),
        }
    }

    /// A member of a row: none if there is no such name; none inside if it is there but wrong.
    fn member(&mut self, env: &Env, expr: &Expr, scope: Scope, name: &str) -> Option<Option<Typed>> {
        let table = self.schema.tables.get(scope.table)?;
        if !self.is_visible(scope.table, name) {
            return None;
        }
        if let Some(field) = table.field(name) {
            return Some(Some(self.cell(expr, scope, field)));
        }
        if self.definitions.has(&table.name, name) {
            return Some(self.definition(env, expr, scope, name));
        }
        if let Some(field) = table.link(name) {
            return Some(Some(self.cell(expr, scope, field)));
        }
        let (child, field) = self.children_field(scope.table, name)?;
        Some(Some((self.add(Node::Children(scope.row, child, field), expr), Ty::Rows(child))))
    }

    fn cell(&mut self, expr: &Expr, scope: Scope, field: FieldId) -> Typed {
        let (row, table) = (scope.row, scope.table);
        let ty = self.schema.tables[table].fields[field].ty;
        let node = match ty {
            FieldType::Id => Node::Key(row, table),
            FieldType::Text => Node::TextCell(row, table, field),
            FieldType::Bool => Node::Bool(row, table, field),
            FieldType::Ref(_) => Node::Follow(row, table, field),
            FieldType::Date | FieldType::Int | FieldType::Number | FieldType::Code(_) => Node::Cell(row, table, field),
        };
        (self.add(node, expr), Self::field_ty(ty))
    }

    /// The child table of a name and the field through which it refers to `table` (its owner field, if that is it).
    pub(super) fn children_field(&self, table: TableId, name: &str) -> Option<(TableId, FieldId)> {
        let child = self.schema.table(name)?;
        let def = &self.schema.tables[child];
        if !self.sees(name, "") {
            return None;
        }
        let refers = |f: &FieldId| def.fields[*f].ty == FieldType::Ref(table) && self.sees(name, &def.fields[*f].name);
        let field = def.owner.filter(refers).or_else(|| (0..def.fields.len()).find(refers))?;
        Some((child, field))
    }

    fn definition(&mut self, env: &Env, expr: &Expr, scope: Scope, name: &str) -> Option<Typed> {
        let table = self.schema.tables[scope.table].name.clone();
        if self.definitions.args(&table, name).is_some_and(|args| !args.is_empty()) {
            return self.fail(env, expr, "rule::arguments", format!("“{name}”要带参数，如 {name}(…)"));
        }
        self.note_word(&table, name);
        let def = self.compile_definition(scope.table, name)?;
        let ty = self.program.definitions.get(def as usize)?.ty;
        Some((self.add(Node::Def(def, scope.row), expr), ty))
    }

    /// Compiles a shared word of a table, once.
    pub fn compile_definition(&mut self, table: TableId, name: &str) -> Option<DefId> {
        let key = (table, name.to_owned());
        if let Some(done) = self.compiled.get(&key) {
            return *done;
        }
        let table_name = self.schema.tables.get(table)?.name.clone();
        let word = self.definitions.word(&table_name, name)?;
        if self.open.contains(&key) {
            self.report_circle(word, name);
            return None;
        }
        self.open.push(key.clone());
        let outer = std::mem::replace(&mut self.pack, word.pack);
        let compiled = self.compile_body(table, name);
        self.pack = outer;
        self.open.pop();
        self.compiled.insert(key, compiled);
        compiled
    }

    fn compile_body(&mut self, table: TableId, name: &str) -> Option<DefId> {
        let table_name = self.schema.tables.get(table)?.name.clone();
        let word = self.definitions.word(&table_name, name)?;
        let origin = syntax::Origin { source: &word.source, offset: word.offset };
        let expr = match syntax::parse_expr(&word.text, origin) {
            Ok(expr) => expr,
            Err(error) => {
                self.sink.push(*error);
                return None;
            }
        };
        let row = self.add_silent(Node::Slot(0));
        let env = Env::of(&word.source, table, row);
        let (body, ty) = self.expr(&env, &expr, None)?;
        let definition = Definition { name: name.to_owned(), table, ty, body, text: word.text.clone() };
        self.program.definitions.push(definition);
        DefId::try_from(self.program.definitions.len() - 1).ok()
    }

    /// Uses a shared word with arguments: its text is compiled in place, with the arguments under their names.
    pub(super) fn call_definition(&mut self, env: &Env, expr: &Expr, name: &str, args: &[Expr]) -> Option<Option<Typed>> {
        let scope = env.scopes.iter().rev().copied().find(|s| {
            self.schema
                .tables
                .get(s.table)
                .is_some_and(|t| self.sees(&t.name, name) && self.definitions.args(&t.name, name).is_some_and(|a| !a.is_empty()))
        })?;
        let table_name = self.schema.tables[scope.table].name.clone();
        let word = self.definitions.word(&table_name, name)?;
        if word.args.len() != args.len() {
            return Some(self.fail(env, expr, "rule::arguments", format!("“{name}”要{}个参数", word.args.len())));
        }
        let key = (scope.table, name.to_owned());
        if self.open.contains(&key) {
            self.report_circle(word, name);
            return Some(None);
        }
        // What is put in place may hold others of its kind twice, these again, and so on.
        let outermost = self.expanding.is_none();
        let begun = *self.expanding.get_or_insert(self.program.nodes.len());
        let made = match self.program.nodes.len() - begun {
            0..=MOST_NODES => self.expand(env, key, word, args),
            _ => self.fail(env, expr, "rule::too-large", format!("“{name}”一层套一层，展开后太大")),
        };
        if outermost {
            self.expanding = None;
        }
        Some(made)
    }

    /// The text of a shared word in place, with its arguments under their names.
    fn expand(&mut self, env: &Env, (table, name): (TableId, String), word: &Word, args: &[Expr]) -> Option<Typed> {
        let scope = env.scopes.iter().rev().copied().find(|s| s.table == table)?;
        let mut inner = Env::of(&word.source, scope.table, scope.row);
        inner.next_slot = env.next_slot;
        inner.next_var = env.next_var;
        for (arg, value) in word.args.iter().zip(args) {
            let bound = match (&value.kind, self.is_open(env, value)) {
                (Kind::Name(n), true) => {
                    env.used.borrow_mut().insert(n.clone());
                    self.lookup(env, n)
                }
                (kind, true) => Some(Bound::Literal(kind.clone())),
                _ => self.expr(env, value, None).map(|(node, ty)| Bound::Value(node, ty)),
            };
            inner.names.push((arg.clone(), bound?));
        }
        let origin = syntax::Origin { source: &word.source, offset: word.offset };
        let body = match syntax::parse_expr(&word.text, origin) {
            Ok(body) => body,
            Err(error) => {
                self.sink.push(*error);
                return None;
            }
        };
        let table_name = self.schema.tables.get(table)?.name.clone();
        self.note_word(&table_name, &name);
        self.open.push((table, name));
        let outer = std::mem::replace(&mut self.pack, word.pack);
        let typed = self.expr(&inner, &body, None);
        self.pack = outer;
        self.open.pop();
        typed
    }

    fn report_circle(&mut self, word: &Word, name: &str) {
        let message = format!("“{name}”的定义绕回了自己");
        self.sink.push(Diagnostic::new("rule::circle", &word.source, word.span.clone(), message).help("定义之间不能循环引用"));
    }

    fn unknown_name(&mut self, env: &Env, expr: &Expr, name: &str) -> Option<Typed> {
        if self.definitions.is_lost(name) {
            return None;
        }
        let mut known: Vec<String> = env.names.iter().map(|(n, _)| n.clone()).collect();
        for scope in &env.scopes {
            known.extend(self.members(scope.table));
        }
        known.extend(["as_of".to_owned(), "self".to_owned()]);
        let diagnostic = Diagnostic::new("rule::unknown-name", &env.source, expr.span.clone(), format!("不认识的名字“{name}”"))
            .nearest(name, known.iter().map(String::as_str));
        self.sink.push(diagnostic);
        None
    }

    fn unknown_member(&mut self, env: &Env, expr: &Expr, table: TableId, name: &str) -> Option<Typed> {
        if self.definitions.is_lost(name) {
            return None;
        }
        let known = self.members(table);
        let zh = self.schema.tables.get(table).map_or("", |t| t.zh.as_str());
        let diagnostic = Diagnostic::new("rule::unknown-field", &env.source, expr.span.clone(), format!("{zh}没有“{name}”"))
            .nearest(name, known.iter().map(String::as_str));
        self.sink.push(diagnostic);
        None
    }

    fn members(&self, table: TableId) -> Vec<String> {
        let Some(def) = self.schema.tables.get(table) else { return Vec::new() };
        let mut names: Vec<String> = def.fields.iter().map(|f| f.name.clone()).collect();
        names.extend(def.fields.iter().filter_map(|f| f.name.strip_suffix("_id").map(str::to_owned)));
        names.extend(self.definitions.names(&def.name).map(str::to_owned));
        names.extend(self.schema.tables.iter().filter(|t| self.children_field(table, &t.name).is_some()).map(|t| t.name.clone()));
        names
    }

    /// The row node and table of `self`, for rules over derived subjects.
    pub fn slot_row(&mut self, slot: u8) -> NodeId {
        self.add_silent(Node::Slot(slot))
    }
}
