//! Operators and small functions over values of the records, as rhai calls them. What is not decided stops the script.

use super::super::value::{RowVal, Span, Truth, equal, less};
use super::value::{Kind, Stop, Value, exact};
use super::{Fallible, desk};
use crate::dates::{Day, Period};
use crate::rules::ir::{Cmp, Ty, Unit};
use rhai::{Dynamic, EvalAltResult, ImmutableString};

/// One side of an operator.
enum Side {
    Value(Value),
    Text(ImmutableString),
    Number(i64),
    Decimal(f64),
    Nothing,
    Other,
}

fn side(value: &Dynamic) -> Side {
    if let Some(value) = value.read_lock::<Value>() {
        return Side::Value(value.clone());
    }
    if let Ok(number) = value.as_int() {
        return Side::Number(number);
    }
    if let Ok(number) = value.as_float() {
        return Side::Decimal(number);
    }
    if value.is_unit() {
        return Side::Nothing;
    }
    value.read_lock::<ImmutableString>().map_or(Side::Other, |t| Side::Text(t.clone()))
}

/// A comparison of two values, one of them of the records.
pub(super) fn compare(cmp: Cmp, a: &Dynamic, b: &Dynamic) -> Fallible<bool> {
    let (a, b) = (side(a), side(b));
    let truth = match (&a, &b) {
        (Side::Value(x), Side::Nothing) | (Side::Nothing, Side::Value(x)) => against_nothing(cmp, x)?,
        (Side::Value(x), Side::Value(y)) => match (x.kind, y.kind) {
            (Kind::Row(p, _), Kind::Row(q, _)) => rows(cmp, p, q)?,
            (Kind::Text(p), Kind::Text(q)) => texts(cmp, p || q)?,
            (Kind::Span(p, of), Kind::Span(q, other)) => {
                let (p, q) = scaled(p, of, q, other)?;
                ordered(cmp, of, p, q)
            }
            _ => return Err(unlike()),
        },
        (Side::Value(Value { kind: Kind::Text(unknown), .. }), Side::Text(_))
        | (Side::Text(_), Side::Value(Value { kind: Kind::Text(unknown), .. })) => texts(cmp, *unknown)?,
        (Side::Value(Value { kind: Kind::Span(span, ty), .. }), other) => ordered(cmp, *ty, *span, constant(other, *ty)?),
        (other, Side::Value(Value { kind: Kind::Span(span, ty), .. })) => ordered(cmp, *ty, constant(other, *ty)?, *span),
        _ => return Err(unlike()),
    };
    decided(truth, [&a, &b])
}

fn decided(truth: Truth, sides: [&Side; 2]) -> Fallible<bool> {
    match truth {
        Truth::True => Ok(true),
        Truth::False => Ok(false),
        Truth::Unknown => {
            let values = sides.into_iter().filter_map(|s| if let Side::Value(v) = s { Some(v) } else { None });
            Err(Stop::at(values).error())
        }
    }
}

fn unlike() -> Box<EvalAltResult> {
    "两边的值不能比较".into()
}

fn against_nothing(cmp: Cmp, value: &Value) -> Fallible<Truth> {
    let absent = match value.kind {
        Kind::Row(RowVal::Absent, _) => Truth::True,
        Kind::Row(RowVal::Row(_), _) => Truth::False,
        Kind::Span(span, _) if span.is_absent() => Truth::True,
        Kind::Span(span, _) if !span.is_unknown() => Truth::False,
        Kind::Text(false) => Truth::True,
        _ => Truth::Unknown,
    };
    match cmp {
        Cmp::Eq => Ok(absent),
        Cmp::Ne => Ok(!absent),
        _ => Err(unlike()),
    }
}

fn rows(cmp: Cmp, a: RowVal, b: RowVal) -> Fallible<Truth> {
    let same = match (a, b) {
        (RowVal::Unknown, _) | (_, RowVal::Unknown) => Truth::Unknown,
        (RowVal::Row(a), RowVal::Row(b)) => Truth::of(a == b),
        _ => Truth::False,
    };
    match cmp {
        Cmp::Eq => Ok(same),
        Cmp::Ne => Ok(!same),
        _ => Err(unlike()),
    }
}

/// A blank text against any other.
fn texts(cmp: Cmp, unknown: bool) -> Fallible<Truth> {
    let same = if unknown { Truth::Unknown } else { Truth::False };
    match cmp {
        Cmp::Eq => Ok(same),
        Cmp::Ne => Ok(!same),
        _ => Err(unlike()),
    }
}

fn ordered(cmp: Cmp, ty: Ty, a: Span, b: Span) -> Truth {
    // The first of a list of codes is the highest.
    let (a, b) = if matches!(ty, Ty::Code(_)) && !matches!(cmp, Cmp::Eq | Cmp::Ne) { (b, a) } else { (a, b) };
    match cmp {
        Cmp::Eq => equal(a, b),
        Cmp::Ne => !equal(a, b),
        Cmp::Lt => less(a, b),
        Cmp::Ge => !less(a, b),
        Cmp::Gt => less(b, a),
        Cmp::Le => !less(b, a),
    }
}

fn thousandths(span: Span) -> Span {
    span.map(|n| n.saturating_mul(1000))
}

/// Two spans in one measure.
fn scaled(a: Span, of: Ty, b: Span, other: Ty) -> Fallible<(Span, Span)> {
    match (of, other) {
        (Ty::Number, Ty::Int(_)) => Ok((a, thousandths(b))),
        (Ty::Int(_), Ty::Number) => Ok((thousandths(a), b)),
        (Ty::Int(_), Ty::Int(_)) => Ok((a, b)),
        (p, q) if p == q => Ok((a, b)),
        _ => Err(unlike()),
    }
}

/// A constant of the script beside a value of the records.
fn constant(side: &Side, ty: Ty) -> Fallible<Span> {
    match (side, ty) {
        (Side::Number(n), Ty::Int(_)) => Ok(Span::exact(*n)),
        (Side::Number(n), Ty::Number) => Ok(thousandths(Span::exact(*n))),
        (Side::Decimal(x), Ty::Number) => Ok(Span::exact((x * 1000.0).round() as i64)),
        (Side::Text(text), Ty::Code(list)) => {
            desk(|d| d.code(list, text)).map(Span::exact).ok_or_else(|| format!("没有“{text}”这个代码").into())
        }
        (Side::Text(text), Ty::Date) => {
            text.parse::<Day>().map(|d| Span::exact(i64::from(d.0))).map_err(|_| format!("“{text}”不是日期").into())
        }
        _ => Err(unlike()),
    }
}

/// Sums and differences: dates and lengths of time, numbers that are not known exactly, decimal numbers; and texts joined.
pub(super) fn add(sign: char, a: &Dynamic, b: &Dynamic) -> Fallible<Dynamic> {
    let (x, y) = (side(a), side(b));
    match (&x, &y) {
        (Side::Value(v @ Value { kind: Kind::Span(date, Ty::Date), .. }), Side::Text(text)) => {
            let Some(period) = Period::parse(text) else {
                return Err(format!("日期只能加减时长，“{text}”不是时长").into());
            };
            let moved = desk(|d| d.shift(*date, if sign == '-' { negative(period) } else { period }));
            let lacks = v.lacks.clone();
            Ok(Value { kind: Kind::Span(moved, Ty::Date), lacks }.dynamic())
        }
        (Side::Text(text), Side::Value(v)) if sign == '+' => Ok(Dynamic::from(format!("{text}{}", show(v)))),
        (Side::Value(v), Side::Text(text)) if sign == '+' => Ok(Dynamic::from(format!("{}{text}", show(v)))),
        _ => arithmetic(sign, &x, &y),
    }
}

/// Numbers of which one is of the records.
pub(super) fn calculate(op: char, a: &Dynamic, b: &Dynamic) -> Fallible<Dynamic> {
    arithmetic(op, &side(a), &side(b))
}

fn arithmetic(op: char, a: &Side, b: &Side) -> Fallible<Dynamic> {
    let of = |s: &Side| match s {
        Side::Value(Value { kind: Kind::Span(span, ty @ (Ty::Int(_) | Ty::Number)), .. }) => Some((*span, *ty)),
        Side::Number(n) => Some((Span::exact(*n), Ty::Int(Unit::Plain))),
        Side::Decimal(x) => Some((Span::exact((x * 1000.0).round() as i64), Ty::Number)),
        _ => None,
    };
    let (Some((x, p)), Some((y, q))) = (of(a), of(b)) else { return Err("这两个值不能这样计算".into()) };
    let decimal = p == Ty::Number || q == Ty::Number;
    if decimal && !matches!(op, '+' | '-') {
        return Err("小数只能加减".into());
    }
    let (x, y) = scaled(x, p, y, q)?;
    let result = super::super::compute::arithmetic(op, x, y);
    let ty = if decimal { Ty::Number } else { p };
    if result.is_exact() {
        return Ok(exact(result.lo, ty));
    }
    let values = [a, b].into_iter().filter_map(|s| if let Side::Value(v) = s { Some(v) } else { None });
    Ok(Value { kind: Kind::Span(result, ty), lacks: Stop::at(values).lacks }.dynamic())
}

/// Whole numbers divide towards −∞, as everywhere in the language; by zero it is not known what comes out.
pub(super) fn divide(a: i64, b: i64) -> Fallible<Dynamic> {
    calculate('/', &Dynamic::from_int(a), &Dynamic::from_int(b))
}

/// Whether a value is there.
pub(super) fn has(value: &Dynamic) -> Fallible<bool> {
    match side(value) {
        Side::Nothing => Ok(false),
        Side::Value(v) => match v.kind {
            Kind::Row(RowVal::Row(_), _) => Ok(true),
            Kind::Row(RowVal::Absent, _) | Kind::Text(false) => Ok(false),
            Kind::Span(s, _) if s.is_absent() || s == Span::exact(i64::from(Day::FUTURE.0)) || s == Span::exact(i64::from(Day::PAST.0)) => {
                Ok(false)
            }
            // A code that may be any of its list was not filled in, or could not be read.
            Kind::Span(s, ty) if !s.is_unknown() && (s.is_exact() || !matches!(ty, Ty::Code(_))) => Ok(true),
            _ => Err(Stop::at([&v]).error()),
        },
        _ => Ok(true),
    }
}

/// The lesser or greater of two dates or numbers; an absent one is left out.
pub(super) fn extreme(least: bool, a: &Dynamic, b: &Dynamic) -> Fallible<Dynamic> {
    let (x, y) = (side(a), side(b));
    let (Side::Value(Value { kind: Kind::Span(p, of), .. }), Side::Value(Value { kind: Kind::Span(q, other), .. })) = (&x, &y) else {
        return Err("min、max 的值须是同一种日期或数字".into());
    };
    let (p, q) = scaled(*p, *of, *q, *other)?;
    let choose = if least { i64::min } else { i64::max };
    let span = match (p.is_absent(), q.is_absent()) {
        (true, _) => q,
        (_, true) => p,
        _ => Span { lo: choose(p.lo, q.lo), hi: choose(p.hi, q.hi) },
    };
    let values = [&x, &y].into_iter().filter_map(|s| if let Side::Value(v) = s { Some(v) } else { None });
    Ok(Value { kind: Kind::Span(span, *of), lacks: Stop::at(values).lacks }.dynamic())
}

/// Whether an array holds a value. A pair that is not decided leaves it open, unless another one decides.
pub(super) fn holds(array: &[Dynamic], value: &Dynamic) -> Fallible<bool> {
    let mut open = None;
    for item in array {
        match compare(Cmp::Eq, value, item) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) if Stop::of(&error).is_some() => open = Some(error),
            Err(error) => return Err(error),
        }
    }
    open.map_or(Ok(false), Err)
}

/// A value for `switch`: codes and dates as text, numbers as numbers.
pub(super) fn plain(value: Dynamic) -> Fallible<Dynamic> {
    let Side::Value(v) = side(&value) else { return Ok(value) };
    match v.kind {
        Kind::Span(span, Ty::Code(_) | Ty::Date) if span.is_exact() => Ok(Dynamic::from(show(&v))),
        Kind::Span(span, _) if span.is_absent() => Ok(Dynamic::UNIT),
        Kind::Row(RowVal::Absent, _) | Kind::Text(false) => Ok(Dynamic::UNIT),
        Kind::Row(RowVal::Row(_), _) => Ok(Dynamic::from(show(&v))),
        _ => Err(Stop::at([&v]).error()),
    }
}

/// A value in words.
pub(super) fn show(value: &Value) -> String {
    desk(|d| d.show(value))
}

fn negative(period: Period) -> Period {
    match period {
        Period::Days(n) => Period::Days(-n),
        Period::Workdays(n) => Period::Workdays(-n),
        Period::Months(n) => Period::Months(-n),
        Period::Years(n) => Period::Years(-n),
    }
}
