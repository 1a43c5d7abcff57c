//! The functions that rules may call.

use super::{Bound, Compiler, Env, Typed};
use crate::dates::Day;
use crate::diagnostic::Diagnostic;
use crate::records::FieldType;
use crate::rules::functions;
use crate::rules::ir::{Node, NodeId, Pick, Ty, Unit};
use crate::rules::syntax::{Expr, Kind};
use std::cell::Cell as Slot;
use std::rc::Rc;

impl Compiler<'_> {
    pub(super) fn call(&mut self, env: &Env, expr: &Expr, name: &str, args: &[Expr], want: Option<Ty>) -> Option<Typed> {
        if let Some(found) = self.call_definition(env, expr, name, args) {
            return found;
        }
        // What is not in the list of functions is none, whatever is written below.
        if functions::function(name).is_none() {
            return self.unknown_function(env, expr, name);
        }
        match (name, args) {
            ("any" | "none" | "all" | "pick", [list, cond]) if self.is_list(env, list) => self.over_list(env, expr, name, list, cond),
            ("any", [rows]) => self.any(env, expr, rows, None),
            ("any", [rows, cond]) => self.any(env, expr, rows, Some(cond)),
            ("none", [rows, rest @ ..]) if rest.len() <= 1 => {
                let (node, _) = self.any(env, expr, rows, rest.first())?;
                Some((self.add(Node::Not(node), expr), Ty::Truth))
            }
            ("all", [rows, must]) => self.all(env, expr, rows, None, must),
            ("all", [rows, cond, must]) => self.all(env, expr, rows, Some(cond), must),
            ("count", [rows, rest @ ..]) if rest.len() <= 1 => {
                let (set, _) = self.set(env, rows, rest.first())?;
                Some((self.add(Node::Count(set), expr), Ty::Int(Unit::Plain)))
            }
            ("where", [rows, cond]) => {
                let (set, _) = self.set(env, rows, Some(cond))?;
                Some((self.add(Node::Rows(set), expr), Ty::Rows(set.table)))
            }
            ("latest" | "earliest", [rows, rest @ ..]) if rest.len() <= 1 => {
                let (set, _) = self.set(env, rows, rest.first())?;
                let pick = if name == "latest" { Pick::Latest } else { Pick::Earliest };
                Some((self.add(Node::Pick(pick, set, None), expr), Ty::Row(set.table)))
            }
            ("latest_by" | "earliest_by", [rows, cond, by]) => {
                let (set, inner) = self.set(env, rows, Some(cond))?;
                let by = self.expect(&inner, by, Ty::Date)?;
                let pick = if name == "latest_by" { Pick::Latest } else { Pick::Earliest };
                Some((self.add(Node::Pick(pick, set, Some(by)), expr), Ty::Row(set.table)))
            }
            ("highest" | "lowest" | "first_date" | "last_date", [rows, cond, value]) => self.extreme(env, expr, name, [rows, cond, value]),
            ("sum", [rows, cond, value]) => {
                let (set, inner) = self.set(env, rows, Some(cond))?;
                let (value, ty) = self.expr(&inner, value, None)?;
                match ty {
                    Ty::Int(_) | Ty::Number => Some((self.add(Node::Sum(set, value), expr), ty)),
                    _ => self.fail(env, expr, "rule::type", "只能对数字求和"),
                }
            }
            ("distinct", [rows, cond, keys @ ..]) if !keys.is_empty() => {
                let (set, inner) = self.set(env, rows, Some(cond))?;
                let keys: Vec<Option<Typed>> = keys.iter().map(|k| self.expr(&inner, k, None)).collect();
                let keys = keys.into_iter().map(|k| k.map(|(node, _)| node)).collect::<Option<Vec<NodeId>>>()?;
                Some((self.add(Node::Distinct(set, keys), expr), Ty::Int(Unit::Plain)))
            }
            ("spans", [rows, cond, start, end]) => {
                let (set, inner) = self.set(env, rows, Some(cond))?;
                let (start, end) = (self.expect(&inner, start, Ty::Date), self.expect(&inner, end, Ty::Date));
                Some((self.add(Node::Spans(set, start?, end?), expr), Ty::Spans))
            }
            ("held_months", [spans, until]) => {
                let (spans, until) = (self.expect(env, spans, Ty::Spans)?, self.expect(env, until, Ty::Date)?);
                Some((self.add(Node::HeldMonths(spans, until), expr), Ty::Int(Unit::Months)))
            }
            ("reaches", [spans, months]) => {
                let (spans, months) = (self.expect(env, spans, Ty::Spans)?, self.expect(env, months, Ty::Int(Unit::Months))?);
                Some((self.add(Node::Reaches(spans, months), expr), Ty::Date))
            }
            ("rows_of", [table]) => self.rows_of(env, expr, table),
            ("peers", [table, field]) => self.peers(env, expr, table, field),
            ("exported", [what]) => self.exported(env, expr, what),
            ("has", [what]) => self.has(env, expr, what),
            ("row_if", [row, cond]) => {
                let (row, ty) = self.expr(env, row, None)?;
                let cond = self.truth(env, cond)?;
                match ty {
                    Ty::Row(_) => Some((self.add(Node::RowIf(row, cond), expr), ty)),
                    _ => self.fail(env, expr, "rule::type", "row_if 的第一个参数应为一行"),
                }
            }
            ("first_of" | "min" | "max" | "higher_of", [_, ..]) => self.choose_among(env, expr, name, args, want),
            ("lookup", [table, code]) => self.table_lookup(env, expr, table, code),
            ("below" | "above", [code, steps]) => self.shift_code(env, expr, name, code, steps),
            ("steps", [a, b]) => {
                let (a, ty) = self.expr(env, a, None)?;
                let b = self.expect(env, b, ty)?;
                match ty {
                    // The first of a list is the highest: a is higher by b − a numbers.
                    Ty::Code(_) => Some((self.add(Node::Arithmetic('-', b, a), expr), Ty::Int(Unit::Plain))),
                    _ => self.fail(env, expr, "rule::type", "steps 要两个代码"),
                }
            }
            ("between", [date, from, to]) => {
                let date = self.expect(env, date, Ty::Date)?;
                let (from, to) = (self.expect(env, from, Ty::Date)?, self.expect(env, to, Ty::Date)?);
                let low = self.add_silent(Node::Compare(crate::rules::ir::Cmp::Ge, date, from));
                let high = self.add_silent(Node::Compare(crate::rules::ir::Cmp::Le, date, to));
                Some((self.add(Node::And(vec![low, high]), expr), Ty::Truth))
            }
            ("blank_as", [cell, other]) => {
                let (cell, ty) = self.expr(env, cell, None)?;
                let other = self.expect(env, other, ty)?;
                Some((self.add(Node::BlankAs(cell, other), expr), ty))
            }
            ("date", [y, m, d]) => {
                let int = Ty::Int(Unit::Plain);
                let (y, m, d) = (self.expect(env, y, int)?, self.expect(env, m, int)?, self.expect(env, d, int)?);
                if !self.may_be_a_day([y, m, d]) {
                    return self.fail(env, expr, "rule::date", format!("没有 {expr} 这一天"));
                }
                Some((self.add(Node::DateOf(y, m, d), expr), Ty::Date))
            }
            ("size", [list]) => {
                let (list, ty) = self.expr(env, list, None)?;
                match ty {
                    Ty::Codes(_) | Ty::Texts | Ty::Ints => Some((self.add(Node::Size(list), expr), Ty::Int(Unit::Plain))),
                    _ => self.fail(env, expr, "rule::type", "size 要一个列表"),
                }
            }
            _ => match simple(name, args.len()) {
                Some(simple) => self.simple_call(env, expr, &simple, args),
                None => self.wrong_arguments(env, expr, name),
            },
        }
    }

    /// Whether there is a day of this year, month and day, as far as these are constants.
    fn may_be_a_day(&self, parts: [NodeId; 3]) -> bool {
        let [year, month, day] = parts.map(|part| self.constant(part));
        // A leap year has every day that any year has; January has every day that any month has.
        let number = |n: Option<i64>, any: u32| n.map_or(Some(any), |n| u32::try_from(n).ok());
        let year = year.map_or(Some(2000), |y| i32::try_from(y).ok());
        let (Some(year), Some(month), Some(day)) = (year, number(month, 1), number(day, 1)) else { return false };
        Day::ymd(year, month, day).is_some()
    }

    /// A number that is written out.
    fn constant(&self, node: NodeId) -> Option<i64> {
        match self.program.nodes.get(node as usize)? {
            Node::Int(n) => Some(*n),
            Node::Let(_, inner) => self.constant(*inner),
            _ => None,
        }
    }

    fn simple_call(&mut self, env: &Env, expr: &Expr, simple: &Simple, args: &[Expr]) -> Option<Typed> {
        let nodes: Vec<Option<NodeId>> = args.iter().zip(simple.args).map(|(arg, ty)| self.expect(env, arg, *ty)).collect();
        let nodes = nodes.into_iter().collect::<Option<Vec<NodeId>>>()?;
        let node = match nodes.as_slice() {
            [a] => (simple.make)(*a, *a),
            [a, b] => (simple.make)(*a, *b),
            _ => return None,
        };
        Some((self.add(node, expr), simple.result))
    }

    fn unknown_function(&mut self, env: &Env, expr: &Expr, name: &str) -> Option<Typed> {
        if self.definitions.is_lost(name) {
            return None;
        }
        let message = format!("没有函数“{name}”");
        let diagnostic = Diagnostic::new("rule::unknown-function", &env.source, expr.span.clone(), message);
        self.sink.push(diagnostic.nearest(name, functions::names()));
        None
    }

    fn wrong_arguments(&mut self, env: &Env, expr: &Expr, name: &str) -> Option<Typed> {
        let message = format!("{name} 的参数个数不对");
        let diagnostic = Diagnostic::new("rule::arguments", &env.source, expr.span.clone(), message);
        self.sink.push(diagnostic.help("见手册“算式”一节"));
        None
    }

    fn any(&mut self, env: &Env, expr: &Expr, rows: &Expr, cond: Option<&Expr>) -> Option<Typed> {
        let (set, _) = self.set(env, rows, cond)?;
        Some((self.add(Node::Any(set), expr), Ty::Truth))
    }

    fn all(&mut self, env: &Env, expr: &Expr, rows: &Expr, cond: Option<&Expr>, must: &Expr) -> Option<Typed> {
        let (set, inner) = self.set(env, rows, cond)?;
        let must = self.truth(&inner, must)?;
        Some((self.add(Node::All(set, must), expr), Ty::Truth))
    }

    fn is_list(&self, env: &Env, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::List(_) => true,
            Kind::Name(name) => match self.lookup(env, name) {
                Some(Bound::Literal(Kind::List(_))) => true,
                Some(Bound::Value(_, ty)) => matches!(ty, Ty::Codes(_) | Ty::Texts | Ty::Ints),
                _ => false,
            },
            Kind::Call(name, _) => matches!(name.as_str(), "lacking" | "items" | "pick" | "last_years" | "years"),
            _ => false,
        }
    }

    /// `all(kinds, …it…)`: the list takes the type that `it` is compared with.
    fn over_list(&mut self, env: &Env, expr: &Expr, name: &str, list: &Expr, cond: &Expr) -> Option<Typed> {
        let settled: Rc<Slot<Option<Ty>>> = Rc::default();
        if !self.is_open(env, list) {
            let (_, ty) = self.expr(env, list, None)?;
            settled.set(element(ty));
        }
        let var = env.next_var;
        let mut inner = env.with("it", Bound::Element(var, Rc::clone(&settled)));
        inner.next_var = var.saturating_add(1);
        let cond = self.truth(&inner, cond)?;
        let want = match settled.get() {
            Some(Ty::Code(l)) => Ty::Codes(l),
            Some(Ty::Int(_)) => Ty::Ints,
            _ => Ty::Texts,
        };
        let (node, ty) = self.expr(env, list, Some(want))?;
        let made = match name {
            "all" => Node::AllOf(node, var, cond),
            "any" => Node::AnyOf(node, var, cond),
            "none" => {
                let any = self.add_silent(Node::AnyOf(node, var, cond));
                Node::Not(any)
            }
            _ => return Some((self.add(Node::PickOf(node, var, cond), expr), ty)),
        };
        Some((self.add(made, expr), Ty::Truth))
    }

    fn extreme(&mut self, env: &Env, expr: &Expr, name: &str, [rows, cond, value]: [&Expr; 3]) -> Option<Typed> {
        let (set, inner) = self.set(env, rows, Some(cond))?;
        let (value, ty) = self.expr(&inner, value, None)?;
        let least = match (name, ty) {
            ("highest", Ty::Code(_)) | ("first_date", Ty::Date) => true,
            ("lowest", Ty::Code(_)) | ("last_date", Ty::Date) => false,
            _ => return self.fail(env, expr, "rule::type", "highest/lowest 要代码，first_date/last_date 要日期"),
        };
        let node = if least { Node::Least(set, value) } else { Node::Greatest(set, value) };
        Some((self.add(node, expr), ty))
    }

    fn rows_of(&mut self, env: &Env, expr: &Expr, table: &Expr) -> Option<Typed> {
        let id = self.table_arg(env, table)?;
        Some((self.add(Node::AllRows(id), expr), Ty::Rows(id)))
    }

    fn table_arg(&mut self, env: &Env, expr: &Expr) -> Option<usize> {
        let Kind::Name(name) = &expr.kind else { return self.fail(env, expr, "rule::type", "这里应为表名") };
        let found = self.schema.table(name);
        if found.is_none() {
            let known = self.schema.tables.iter().map(|t| t.name.as_str());
            let diagnostic =
                Diagnostic::new("rule::unknown-table", &env.source, expr.span.clone(), format!("没有“{name}”这个表")).nearest(name, known);
            self.sink.push(diagnostic);
        }
        found
    }

    /// `exported(quota)`, `exported(training.credits)`.
    fn exported(&mut self, env: &Env, expr: &Expr, what: &Expr) -> Option<Typed> {
        let Kind::Field(table, name) = &what.kind else {
            let table = self.table_arg(env, what)?;
            return Some((self.add(Node::Exported(table, None), expr), Ty::Truth));
        };
        let table = self.table_arg(env, table)?;
        let Some(field) = self.schema.tables[table].field(name) else {
            return self.fail(env, what, "rule::unknown-field", format!("没有字段“{name}”"));
        };
        Some((self.add(Node::Exported(table, Some(field)), expr), Ty::Truth))
    }

    fn peers(&mut self, env: &Env, expr: &Expr, table: &Expr, field: &Expr) -> Option<Typed> {
        let id = self.table_arg(env, table)?;
        let Kind::Name(name) = &field.kind else { return self.fail(env, field, "rule::type", "这里应为字段名") };
        let found = self.schema.tables[id].field(name).filter(|&f| self.schema.tables[id].fields[f].ty == FieldType::Text);
        let Some(field_id) = found else {
            return self.fail(env, field, "rule::unknown-field", format!("没有文本字段“{name}”"));
        };
        let Some(scope) = env.scopes.iter().rev().find(|s| s.table == id) else {
            return self.fail(env, expr, "rule::type", "peers 只能用于当前行所在的表");
        };
        Some((self.add(Node::Peers(scope.row, id, field_id), expr), Ty::Rows(id)))
    }

    fn has(&mut self, env: &Env, expr: &Expr, what: &Expr) -> Option<Typed> {
        let (node, ty) = self.expr(env, what, None)?;
        let made = match (self.program.nodes.get(node as usize), ty) {
            (Some(&(Node::Cell(row, t, f) | Node::TextCell(row, t, f) | Node::Bool(row, t, f) | Node::Follow(row, t, f))), _) => {
                Node::HasCell(row, t, f)
            }
            (_, Ty::Row(_)) => Node::HasRow(node),
            (_, Ty::Date | Ty::Int(_) | Ty::Number | Ty::Code(_)) => Node::HasValue(node),
            (_, Ty::Rows(_)) => return self.any(env, expr, what, None),
            _ => return self.fail(env, expr, "rule::type", format!("has 不能用于{}", self.ty_name(ty))),
        };
        Some((self.add(made, expr), Ty::Truth))
    }

    fn choose_among(&mut self, env: &Env, expr: &Expr, name: &str, args: &[Expr], want: Option<Ty>) -> Option<Typed> {
        let lead = args.iter().find(|a| !self.is_open(env, a)).or(args.first())?;
        let (_, ty) = self.expr(env, lead, want)?;
        let nodes: Vec<Option<NodeId>> = args.iter().map(|a| self.expect(env, a, ty)).collect();
        let nodes = nodes.into_iter().collect::<Option<Vec<NodeId>>>()?;
        let node = match (name, ty) {
            ("first_of", Ty::Date | Ty::Int(_) | Ty::Code(_) | Ty::Row(_)) => Node::FirstOf(nodes),
            ("min", Ty::Date | Ty::Int(_) | Ty::Number) | ("higher_of", Ty::Code(_)) => Node::Min(nodes),
            ("max", Ty::Date | Ty::Int(_) | Ty::Number) => Node::Max(nodes),
            _ => return self.fail(env, expr, "rule::type", format!("{name} 不能用于{}", self.ty_name(ty))),
        };
        Some((self.add(node, expr), ty))
    }

    fn table_lookup(&mut self, env: &Env, expr: &Expr, table: &Expr, code: &Expr) -> Option<Typed> {
        let Kind::Name(name) = &table.kind else { return self.fail(env, table, "rule::type", "这里应为对照表的名字") };
        self.looked_up.insert(name.clone());
        let Some(lookup) = self.definitions.lookup(name) else {
            let known: Vec<String> = self.definitions.lookup_names().map(str::to_owned).collect();
            let diagnostic = Diagnostic::new("rule::unknown-lookup", &env.source, table.span.clone(), format!("没有对照表“{name}”"))
                .nearest(name, known.iter().map(String::as_str));
            self.sink.push(diagnostic);
            return None;
        };
        let (key, value, codes) = (lookup.key, lookup.value, lookup.codes.clone());
        let code = self.expect(env, code, Ty::Code(key))?;
        Some((self.add(Node::Lookup(code, codes, value), expr), Ty::Code(value)))
    }

    fn shift_code(&mut self, env: &Env, expr: &Expr, name: &str, code: &Expr, steps: &Expr) -> Option<Typed> {
        let (code, ty) = self.expr(env, code, None)?;
        let Ty::Code(list) = ty else { return self.fail(env, expr, "rule::type", format!("{name} 要一个代码")) };
        let steps_node = self.expect(env, steps, Ty::Int(Unit::Plain))?;
        let Some(&Node::Int(n)) = self.program.nodes.get(steps_node as usize) else {
            return self.fail(env, steps, "rule::type", "级数应为整数");
        };
        let len = u8::try_from(self.schema.lists[list].values.len()).unwrap_or(u8::MAX);
        if n.unsigned_abs() >= u64::from(len) {
            return self.fail(env, steps, "rule::type", format!("代码表 {} 只有{len}级", self.schema.lists[list].name));
        }
        let by = if name == "below" { n } else { -n };
        Some((self.add(Node::Shift(code, by, len), expr), ty))
    }
}

fn element(list: Ty) -> Option<Ty> {
    match list {
        Ty::Codes(l) => Some(Ty::Code(l)),
        Ty::Texts => Some(Ty::Text),
        Ty::Ints => Some(Ty::Int(Unit::Plain)),
        _ => None,
    }
}

/// Makes the node of a function of one or two values.
type Make = fn(NodeId, NodeId) -> Node;

/// A function of one or two values of fixed types.
struct Simple {
    args: &'static [Ty],
    result: Ty,
    make: Make,
}

fn simple(name: &str, args: usize) -> Option<Simple> {
    const DATES: &[Ty] = &[Ty::Date, Ty::Date];
    const DATE: &[Ty] = &[Ty::Date];
    const TEXTS: &[Ty] = &[Ty::Text, Ty::Text];
    const TEXT: &[Ty] = &[Ty::Text];
    const INT: &[Ty] = &[Ty::Int(Unit::Plain)];
    const INTS: &[Ty] = &[Ty::Int(Unit::Plain), Ty::Int(Unit::Plain)];
    const DATE_INT: &[Ty] = &[Ty::Date, Ty::Int(Unit::Plain)];
    let (arg_types, result, make): (&'static [Ty], Ty, Make) = match name {
        "workdays" => (DATES, Ty::Int(Unit::Workdays), Node::WorkdaysBetween),
        "days" => (DATES, Ty::Int(Unit::Days), Node::DaysBetween),
        "whole_months" => (DATES, Ty::Int(Unit::Months), Node::MonthsBetween),
        "whole_years" => (DATES, Ty::Int(Unit::Years), Node::YearsBetween),
        "year" => (DATE, Ty::Int(Unit::Plain), |a, _| Node::YearOf(a)),
        "month" => (DATE, Ty::Int(Unit::Plain), |a, _| Node::MonthOf(a)),
        "plus_months" => (DATE_INT, Ty::Date, Node::PlusMonths),
        "impact_end" => (DATE_INT, Ty::Date, Node::ImpactEnd),
        "years" => (INTS, Ty::Ints, Node::Years),
        "last_years" => (INT, Ty::Ints, |a, _| Node::LastYears(a)),
        "covers" => (DATES, Ty::Truth, Node::Covers),
        "id_number_valid" => (TEXT, Ty::Truth, |a, _| Node::IdValid(a)),
        "id_number_male" => (TEXT, Ty::Truth, |a, _| Node::IdMale(a)),
        "id_number_birth" => (TEXT, Ty::Date, |a, _| Node::IdBirth(a)),
        "contains" => (TEXTS, Ty::Truth, Node::Contains),
        "same_text" => (TEXTS, Ty::Truth, Node::SameTextLoosely),
        "overlaps" => (TEXTS, Ty::Truth, Node::Overlaps),
        "lacking" => (&[Ty::Text, Ty::Texts], Ty::Texts, Node::Lacking),
        "items" => (&[Ty::Text], Ty::Texts, |a, _| Node::Items(a)),
        _ => return None,
    };
    (arg_types.len() == args).then_some(Simple { args: arg_types, result, make })
}
