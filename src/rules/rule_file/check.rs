//! One condition of a version, and how grave it is not to meet it.

use super::super::compile::{Compiler, Env};
use super::super::ir::{Given, Ty, Unit};
use super::super::rule::{Check, DayUnit, Days, Grade, Severity};
use super::super::syntax::{Expr, Kind};
use super::Draft;
use crate::diagnostic::Diagnostic;
use crate::document::{self, Placed, Table};

impl Draft<'_> {
    pub(super) fn check(
        &self,
        env: &Env,
        table: &Table,
        fallback: Option<&Severity>,
        span: &std::ops::Range<usize>,
        compiler: &mut Compiler<'_>,
    ) -> Option<Check> {
        let severity = match (table.get("severity").is_some(), fallback) {
            (false, Some(severity)) => severity.clone(),
            _ => self.need_severity(env, table, span, compiler),
        };
        let part = table.get("part").and_then(|v| document::text(self.source, v, &mut compiler.sink)).map(str::to_owned);
        let when = if fallback.is_some() { self.condition(env, table.get("when"), compiler) } else { None };
        let Some(require) = table.get("require") else {
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, span.clone(), "缺少 require（要求）"));
            return None;
        };
        let expr = self.parse(require, compiler)?;
        let node = compiler.truth(env, &expr);
        let days = match table.get("days") {
            Some(value) => self.value(env, Some(value), Ty::Int(Unit::Plain), compiler).map(Days::Value),
            None => node.and_then(|_| difference(&expr, env, compiler)),
        };
        let message = self.sentence(env, table.get("message"), &[("days", Given::Days)], compiler);
        if message.is_none() && table.get("message").is_none() {
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, span.clone(), "缺少 message（事实表述）"));
        }
        Some(Check { part, when, require: node?, severity, message: message?, days })
    }

    /// The severity of a table, which must have one.
    pub(super) fn need_severity(&self, env: &Env, table: &Table, span: &std::ops::Range<usize>, compiler: &mut Compiler<'_>) -> Severity {
        if let Some(severity) = self.severity(env, table, compiler) {
            return severity;
        }
        if table.get("severity").is_none() {
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, span.clone(), "缺少 severity（等级）"));
        }
        Severity(vec![(None, Grade::Unverified)])
    }

    fn severity(&self, env: &Env, table: &Table, compiler: &mut Compiler<'_>) -> Option<Severity> {
        let value = table.get("severity")?;
        let grade = |text: &Placed<String>, compiler: &mut Compiler<'_>| match text.value.as_str() {
            "违规" => Some(Grade::Breach),
            "提醒" => Some(Grade::Advice),
            "待核" => Some(Grade::Unverified),
            other => {
                let message = format!("没有“{other}”这个等级");
                compiler
                    .sink
                    .push(Diagnostic::new("rule::severity", self.source, text.span.clone(), message).help("可用：违规、提醒、待核"));
                None
            }
        };
        if let document::Node::Text(text) = &value.value {
            let placed = Placed { value: text.clone(), span: value.span.clone() };
            return Some(Severity(vec![(None, grade(&placed, compiler)?)]));
        }
        let mut steps = Vec::new();
        for (step, span) in document::tables(self.source, value, &mut compiler.sink) {
            let when = self.condition(env, step.get("when"), compiler);
            let is = step.get("is").and_then(|v| document::text(self.source, v, &mut compiler.sink).map(str::to_owned));
            let is = is.map(|value| Placed { value, span });
            steps.extend(is.and_then(|is| grade(&is, compiler)).map(|g| (when, g)));
            document::report_unknown_keys(self.source, step, &["when", "is"], &mut compiler.sink);
        }
        if let Some((Some(_), _)) = steps.last() {
            let help = "在最后加一项没有 when 的，如 { is = \"提醒\" }";
            let message = "最后一个等级也有条件：都不成立时没有等级";
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, value.span.clone(), message).help(help));
        }
        Some(Severity(steps))
    }
}

/// The two sides of a comparison of days, working days or dates: their difference is the shortfall.
fn difference(expr: &Expr, env: &Env, compiler: &mut Compiler<'_>) -> Option<Days> {
    let Kind::Operator("<" | "<=" | ">" | ">=", sides) = &expr.kind else { return None };
    let [a, b] = sides.as_slice() else { return None };
    let complaints = compiler.sink.len();
    let pair = (|| {
        let (x, ty) = compiler.expr(env, a, None)?;
        let (y, other) = compiler.expr(env, b, Some(ty))?;
        let unit = match (ty, other) {
            (Ty::Int(Unit::Workdays), _) | (_, Ty::Int(Unit::Workdays)) => DayUnit::Working,
            (Ty::Int(Unit::Days), _) | (_, Ty::Int(Unit::Days)) | (Ty::Date, Ty::Date) => DayUnit::Calendar,
            _ => return None,
        };
        Some(Days::Difference(x, y, unit))
    })();
    // What is wrong in them has been said when the condition itself was compiled.
    compiler.sink.truncate(complaints);
    pair
}
