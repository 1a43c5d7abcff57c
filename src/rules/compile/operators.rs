//! Operators: comparison by type, arithmetic on dates and numbers, membership.

use super::{Compiler, Env, Typed};
use crate::dates::Period;
use crate::rules::ir::{Cmp, Node, NodeId, Ty, Unit};
use crate::rules::syntax::{Expr, Kind};

impl Compiler<'_> {
    pub(super) fn operator(&mut self, env: &Env, expr: &Expr, op: &str, args: &[Expr], want: Option<Ty>) -> Option<Typed> {
        match (op, args) {
            ("!", [one]) => {
                let node = self.truth(env, one)?;
                Some((self.add(Node::Not(node), expr), Ty::Truth))
            }
            ("-", [one]) => {
                let (node, ty) = self.expr(env, one, want)?;
                let zero = self.add_silent(Node::Int(0));
                match ty {
                    Ty::Int(_) | Ty::Number => Some((self.add(Node::Arithmetic('-', zero, node), expr), ty)),
                    _ => self.fail(env, expr, "rule::type", "负号后应为数字"),
                }
            }
            ("+" | "-" | "*" | "/", [a, b]) => self.arithmetic(env, expr, op, a, b, want),
            (_, [a, b]) => match comparison(op) {
                Some(cmp) => self.compare(env, expr, cmp, a, b),
                None => self.fail(env, expr, "rule::operator", format!("这里不能用“{op}”")),
            },
            _ => self.fail(env, expr, "rule::operator", format!("这里不能用“{op}”")),
        }
    }

    fn compare(&mut self, env: &Env, expr: &Expr, cmp: Cmp, a: &Expr, b: &Expr) -> Option<Typed> {
        let (left, right, ty) = self.pair(env, a, b)?;
        let node = match (ty, cmp) {
            (Ty::Date | Ty::Int(_) | Ty::Number, _) => Node::Compare(cmp, left, right),
            (Ty::Code(_), Cmp::Eq | Cmp::Ne) => Node::Compare(cmp, left, right),
            (Ty::Code(list), _) => {
                let def = self.schema.lists.get(list)?;
                if !def.ordered {
                    let message = format!("代码表 {} 没有高低，不能比大小", def.name);
                    return self.fail(env, expr, "rule::unordered", message);
                }
                // The first of a list is the highest: as high or higher means an equal or smaller number.
                Node::Compare(turned(cmp), left, right)
            }
            (Ty::Text, Cmp::Eq) => Node::SameText(left, right),
            (Ty::Text, Cmp::Lt) => Node::TextBefore(left, right),
            (Ty::Text, Cmp::Gt) => Node::TextBefore(right, left),
            (Ty::Row(_), Cmp::Eq) => Node::SameRow(left, right),
            (Ty::Text, Cmp::Ne) => {
                let same = self.add_silent(Node::SameText(left, right));
                Node::Not(same)
            }
            (Ty::Row(_), Cmp::Ne) => {
                let same = self.add_silent(Node::SameRow(left, right));
                Node::Not(same)
            }
            (Ty::Truth, Cmp::Eq | Cmp::Ne) => {
                return self.fail(env, expr, "rule::type", "是/否不用比较：直接写名字，或在前面加 !");
            }
            _ => return self.fail(env, expr, "rule::type", format!("{}不能这样比较", self.ty_name(ty))),
        };
        Some((self.add(node, expr), Ty::Truth))
    }

    /// Two sides of one type; a literal takes the type of the other side.
    fn pair(&mut self, env: &Env, a: &Expr, b: &Expr) -> Option<(NodeId, NodeId, Ty)> {
        let swap = self.is_open(env, a) && !self.is_open(env, b);
        let (first, second) = if swap { (b, a) } else { (a, b) };
        let Some((x, ty)) = self.expr(env, first, None) else {
            // Still look at the other side: all errors at once.
            if !self.is_open(env, second) {
                self.expr(env, second, None);
            }
            return None;
        };
        let (y, other) = self.expr(env, second, Some(ty))?;
        let (x, y, ty) = match (ty, other) {
            (Ty::Int(p), Ty::Int(q)) if p == q || p == Unit::Plain || q == Unit::Plain => (x, y, ty),
            (Ty::Number, Ty::Int(Unit::Plain)) => (x, self.scaled(y, second), Ty::Number),
            (Ty::Int(Unit::Plain), Ty::Number) => (self.scaled(x, first), y, Ty::Number),
            (p, q) if p == q => (x, y, ty),
            (p, q) => {
                let message = format!("{}不能与{}比较", self.ty_name(p), self.ty_name(q));
                return self.fail(env, second, "rule::type", message);
            }
        };
        Some(if swap { (y, x, ty) } else { (x, y, ty) })
    }

    fn arithmetic(&mut self, env: &Env, expr: &Expr, op: &str, a: &Expr, b: &Expr, want: Option<Ty>) -> Option<Typed> {
        let (left, ty) = self.expr(env, a, want.filter(|w| matches!(w, Ty::Int(_) | Ty::Number)))?;
        match ty {
            Ty::Date => self.shift_date(env, expr, op, left, b),
            Ty::Spans if op == "+" => {
                let right = self.expect(env, b, Ty::Spans)?;
                Some((self.add(Node::Join(left, right), expr), Ty::Spans))
            }
            Ty::Int(unit) => {
                let (right, other) = self.expr(env, b, Some(ty))?;
                let result = match (unit, other) {
                    (p, Ty::Int(q)) if p == q || q == Unit::Plain => Ty::Int(p),
                    (Unit::Plain, Ty::Int(q)) => Ty::Int(q),
                    (_, other) => {
                        let message = format!("{}不能与{}相加减", self.ty_name(ty), self.ty_name(other));
                        return self.fail(env, b, "rule::type", message);
                    }
                };
                if op == "/" && matches!(self.program.nodes.get(right as usize), Some(Node::Int(0))) {
                    return self.fail(env, b, "rule::type", "不能除以0");
                }
                let op = op.chars().next().unwrap_or('+');
                Some((self.add(Node::Arithmetic(op, left, right), expr), result))
            }
            Ty::Number if matches!(op, "+" | "-") => {
                let right = self.expect(env, b, Ty::Number)?;
                let op = op.chars().next().unwrap_or('+');
                Some((self.add(Node::Arithmetic(op, left, right), expr), Ty::Number))
            }
            Ty::Text if env.strict && op == "+" => self.fail(env, expr, super::script::ONLY_INTERPRETED, "拼接文本"),
            _ => self.fail(env, expr, "rule::type", format!("{}不能做“{op}”", self.ty_name(ty))),
        }
    }

    fn shift_date(&mut self, env: &Env, expr: &Expr, op: &str, date: NodeId, by: &Expr) -> Option<Typed> {
        if let Some(period) = self.period(env, by) {
            let period = if op == "-" { negative(period) } else { period };
            return Some((self.add(Node::AddPeriod(date, period), expr), Ty::Date));
        }
        if let Kind::Name(name) = &by.kind
            && matches!(self.lookup(env, name), Some(super::Bound::Failed))
        {
            return None;
        }
        self.fail(env, by, "rule::period", "日期只能加减时长，写作 '5个工作日'、'30日'、'2个月'、'1年'")
    }

    /// A length of time: a text literal, or a parameter that is one.
    pub fn period(&mut self, env: &Env, expr: &Expr) -> Option<Period> {
        match &expr.kind {
            Kind::Text(text) => Period::parse(text),
            Kind::Name(name) => match self.lookup(env, name) {
                Some(super::Bound::Literal(Kind::Text(text))) => {
                    env.used.borrow_mut().insert(name.clone());
                    Period::parse(&text)
                }
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn membership(&mut self, env: &Env, expr: &Expr, item: &Expr, list: &Expr) -> Option<Typed> {
        let (node, ty) = self.expr(env, item, None)?;
        let (list_node, list_ty) = self.expr(env, list, Some(ty))?;
        let result = match (self.program.nodes.get(list_node as usize), ty, list_ty) {
            (Some(Node::CodeList(codes)), Ty::Code(p), Ty::Codes(q)) if p == q => Node::InCodes(node, mask(codes)),
            (Some(Node::TextList(texts)), Ty::Text, Ty::Texts) => Node::InTexts(node, texts.clone()),
            (Some(Node::IntList(ints)), Ty::Int(_), Ty::Ints) => Node::InInts(node, ints.clone()),
            _ => {
                let message = format!("in 右边应为{}的列表", self.ty_name(ty));
                return self.fail(env, list, "rule::type", message);
            }
        };
        Some((self.add(result, expr), Ty::Truth))
    }
}

/// One bit a code.
fn mask(codes: &[u8]) -> [u64; 4] {
    let mut bits = [0u64; 4];
    for &code in codes {
        if let Some(word) = bits.get_mut(usize::from(code / 64)) {
            *word |= 1 << (code % 64);
        }
    }
    bits
}

fn comparison(op: &str) -> Option<Cmp> {
    Some(match op {
        "==" => Cmp::Eq,
        "!=" => Cmp::Ne,
        "<" => Cmp::Lt,
        "<=" => Cmp::Le,
        ">" => Cmp::Gt,
        ">=" => Cmp::Ge,
        _ => return None,
    })
}

fn turned(cmp: Cmp) -> Cmp {
    match cmp {
        Cmp::Lt => Cmp::Gt,
        Cmp::Le => Cmp::Ge,
        Cmp::Gt => Cmp::Lt,
        Cmp::Ge => Cmp::Le,
        same => same,
    }
}

fn negative(period: Period) -> Period {
    match period {
        Period::Days(n) => Period::Days(-n),
        Period::Workdays(n) => Period::Workdays(-n),
        Period::Months(n) => Period::Months(-n),
        Period::Years(n) => Period::Years(-n),
    }
}
