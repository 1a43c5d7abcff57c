//! The tree of expressions and statements, and how it is written.

use std::ops::Range;

/// An expression and where it starts in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Bytes of the file to underline.
    pub span: Range<usize>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A whole number.
    Int(i64),
    /// A decimal fraction, in thousandths.
    Number(i64),
    /// true, false.
    Bool(bool),
    /// Text in quotes.
    Text(String),
    /// Text with `${…}` in it.
    Template(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// A name.
    Name(String),
    /// `a.b`.
    Field(Box<Expr>, String),
    /// `f(a, b)`; `a.f(b)` is the same as `f(a, b)`.
    Call(String, Vec<Expr>),
    /// `a && b && …`.
    And(Vec<Expr>),
    /// `a || b || …`.
    Or(Vec<Expr>),
    /// `a op b`, and `!a`, `-a` with one argument.
    Operator(&'static str, Vec<Expr>),
    /// `a in list`.
    In(Box<Expr>, Box<Expr>),
    /// `if a { b } else { c }`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
}

/// A statement of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Bytes of the file to underline.
    pub span: Range<usize>,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// An expression for its effect.
    Expr(Expr),
    /// `let x = e;`.
    Let(String, Expr),
    /// `x = e;` (and `x += e;` spelt out).
    Assign(String, Expr),
    /// `if … {} else {}`.
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    /// `for x in e {}`.
    For(String, Expr, Vec<Stmt>),
    /// `while e {}`.
    While(Expr, Vec<Stmt>),
    /// `break;`.
    Break,
    /// `continue;`.
    Continue,
    /// `return;`.
    Return,
    /// A block.
    Block(Vec<Stmt>),
    /// Something rhai knows and we do not lower: the script must be interpreted.
    Foreign(&'static str),
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |items: &[Expr], between: &str| items.iter().map(Expr::to_string).collect::<Vec<_>>().join(between);
        match &self.kind {
            Kind::Int(i) => write!(f, "{i}"),
            Kind::Number(n) => write!(f, "{}", crate::records::show_thousandths(*n)),
            Kind::Bool(b) => write!(f, "{b}"),
            Kind::Text(t) => write!(f, "'{t}'"),
            Kind::Template(parts) => write!(f, "`{}`", list(parts, "")),
            Kind::List(items) => write!(f, "[{}]", list(items, ", ")),
            Kind::Name(n) => write!(f, "{n}"),
            Kind::Field(left, name) => write!(f, "{left}.{name}"),
            Kind::Call(name, args) => write!(f, "{name}({})", list(args, ", ")),
            Kind::And(items) => write!(f, "({})", list(items, " && ")),
            Kind::Or(items) => write!(f, "({})", list(items, " || ")),
            Kind::Operator(op, args) => match args.as_slice() {
                [one] => write!(f, "{op}{one}"),
                [a, b] => write!(f, "{a} {op} {b}"),
                _ => Ok(()),
            },
            Kind::In(item, set) => write!(f, "{item} in {set}"),
            Kind::If(c, a, b) => write!(f, "if {c} {{ {a} }} else {{ {b} }}"),
        }
    }
}
