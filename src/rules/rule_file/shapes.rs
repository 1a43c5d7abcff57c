//! What a version asks: conditions, a deadline, a sequence or a script.

use super::super::compile::{Bound, Compiler, Env, NotLowered};
use super::super::ir::{Given, Node, Ty};
use super::super::load::Interpret;
use super::super::rule::{Body, Dates, Deadline, Evidence, Grade, Run, Script, Sequence, Severity, Stage};
use super::super::syntax::{self, Origin};
use super::Draft;
use crate::dates::Period;
use crate::diagnostic::{Diagnostic, Source};
use crate::document::{self, Table, Value};
use std::ops::Range;
use std::sync::Arc;

type Made = (Body, Option<Arc<Source>>, Option<String>);

impl Draft<'_> {
    pub(super) fn body(&self, index: usize, version: &Table, span: &Range<usize>, env: &Env, compiler: &mut Compiler<'_>) -> Option<Made> {
        let shape = ["deadline", "sequence", "script"].into_iter().find(|key| self.doc.get(key).is_some() || version.get(key).is_some());
        if let Some(shape) = shape {
            self.refuse_beside(shape, version, compiler);
        }
        if self.doc.get("deadline").is_some() || version.get("deadline").is_some() {
            let severity = self.need_severity(env, version, span, compiler);
            let deadline = self.deadline(index, version, severity, env, compiler)?;
            return Some((Body::Deadline(Box::new(deadline)), None, None));
        }
        if let Some(value) = self.doc.get("sequence") {
            let severity = self.need_severity(env, version, span, compiler);
            let table = document::table(self.source, value, &mut compiler.sink)?;
            let sequence = self.sequence(table, &value.span, severity, env, compiler)?;
            return Some((Body::Sequence(Box::new(sequence)), None, None));
        }
        if let Some(value) = self.doc.get("script") {
            let severity = self.need_severity(env, version, span, compiler);
            return self.script(value, severity, env, compiler);
        }
        let Some(checks) = version.get("check") else {
            let check = self.check(env, version, None, span, compiler)?;
            return Some((Body::Checks(vec![check]), None, None));
        };
        let severity = match version.get("severity") {
            Some(_) => self.need_severity(env, version, span, compiler),
            None => Severity(Vec::new()),
        };
        let mut made = Vec::new();
        for (table, span) in document::tables(self.source, checks, &mut compiler.sink) {
            made.extend(self.check(env, table, Some(&severity), &span, compiler));
            let known = ["part", "when", "require", "severity", "message", "days"];
            document::report_unknown_keys(self.source, table, &known, &mut compiler.sink);
        }
        Some((Body::Checks(made), None, None))
    }

    /// What a version demands by itself is not asked where the rule is a deadline, a sequence or a script.
    fn refuse_beside(&self, shape: &str, version: &Table, compiler: &mut Compiler<'_>) {
        for (key, _) in version.peek_all().filter(|(key, _)| ["require", "message", "check", "days"].contains(&key.value.as_str())) {
            let message = format!("有 {shape} 的规则不看 {}", key.value);
            let help = format!("要求写在 {shape} 里；另有要求的，另写一条规则");
            compiler.sink.push(Diagnostic::new("rule::beside", self.source, key.span.clone(), message).help(help));
        }
    }

    fn deadline(&self, index: usize, version: &Table, severity: Severity, env: &Env, compiler: &mut Compiler<'_>) -> Option<Deadline> {
        // A version's own [version.deadline] overrides the rule's keys one by one.
        let tables: Vec<(&Table, Range<usize>)> = [version.get("deadline"), self.doc.get("deadline")]
            .into_iter()
            .flatten()
            .filter_map(|v| document::table(self.source, v, &mut compiler.sink).map(|t| (t, v.span.clone())))
            .collect();
        let get = |key: &str| tables.iter().find_map(|(t, _)| t.get(key)).map(|v| self.setting.changes.param(index, key).unwrap_or(v));
        let span = tables.first().map(|(_, s)| s.clone()).unwrap_or_default();
        let mut env = env.clone();
        let starts = self.value(&env, get("starts"), Ty::Date, compiler);
        if get("starts").is_some() {
            env.names.push(("starts".into(), starts.map_or(Bound::Failed, |starts| Bound::Value(starts, Ty::Date))));
        }
        let due = match (get("due"), get("within"), starts) {
            (Some(due), _, _) => self.value(&env, Some(due), Ty::Date, compiler),
            (None, Some(within), Some(starts)) => {
                let period = self.period(&env, within, compiler)?;
                Some(compiler.program.add(Node::AddPeriod(starts, period), "due"))
            }
            _ => {
                if get("starts").is_none() || starts.is_some() {
                    compiler.complain(&env, span.clone(), "rule::missing-key", "期限要有 due，或 starts 和 within");
                }
                None
            }
        }?;
        env.names.push(("due".into(), Bound::Value(due, Ty::Date)));
        let warn = match get("remind") {
            Some(remind) => {
                let period = self.period(&env, remind, compiler)?;
                Some(compiler.program.add(Node::AddPeriod(due, minus(period)), "warn"))
            }
            None => None,
        };
        let strict = get("strict").and_then(|v| document::boolean(self.source, v, &mut compiler.sink)).unwrap_or(false);
        let mut evidence = Vec::new();
        if let Some(met) = get("met") {
            let date = self.value(&env, Some(met), Ty::Date, compiler)?;
            evidence.push(Evidence { dates: Dates::One(date), opens: None, closes: None });
        }
        if let Some(value) = get("evidence") {
            for (table, span) in document::tables(self.source, value, &mut compiler.sink) {
                evidence.extend(self.evidence(table, &span, &env, compiler));
            }
        }
        let given = [("due", Given::Due), ("evidence", Given::EvidenceDate), ("days", Given::Days)];
        let message = get("message").and_then(|v| document::table(self.source, v, &mut compiler.sink));
        let mut sentence = |key: &str| self.sentence(&env, message.and_then(|m| m.get(key)), &given, compiler);
        let (late, absent, soon) = (sentence("late"), sentence("absent"), sentence("soon"));
        let Some(absent) = absent else {
            compiler.complain(&env, span, "rule::missing-key", "期限要有 message.absent");
            return None;
        };
        if let Some(message) = message {
            document::report_unknown_keys(self.source, message, &["late", "absent", "soon"], &mut compiler.sink);
        }
        let known = ["starts", "within", "due", "remind", "strict", "met", "evidence", "message"];
        tables.iter().for_each(|(t, _)| document::report_unknown_keys(self.source, t, &known, &mut compiler.sink));
        Some(Deadline { starts, due, strict, warn, evidence, severity, late, absent, soon })
    }

    fn evidence(&self, table: &Table, span: &Range<usize>, env: &Env, compiler: &mut Compiler<'_>) -> Option<Evidence> {
        let dates = match (table.get("rows"), table.get("date")) {
            (Some(rows), _) => {
                let rows = self.parse(rows, compiler)?;
                let cond = table.get("where").and_then(|v| self.parse(v, compiler));
                let (set, inner) = compiler.set(env, &rows, cond.as_ref())?;
                let Some(on) = table.get("on") else {
                    compiler.complain(env, span.clone(), "rule::missing-key", "缺少 on（哪个日期算数）");
                    return None;
                };
                let mut nodes = Vec::new();
                for text in document::texts(self.source, on, &mut compiler.sink) {
                    let value = Value { value: document::Node::Text(text.value), span: text.span };
                    nodes.extend(self.value(&inner, Some(&value), Ty::Date, compiler));
                }
                Dates::OfRows(set, nodes)
            }
            (None, Some(date)) => Dates::One(self.value(env, Some(date), Ty::Date, compiler)?),
            (None, None) => {
                compiler.complain(env, span.clone(), "rule::missing-key", "缺少 rows 或 date");
                return None;
            }
        };
        let opens = self.value(env, table.get("opens"), Ty::Date, compiler);
        let closes = self.value(env, table.get("closes"), Ty::Date, compiler);
        document::report_unknown_keys(self.source, table, &["rows", "where", "on", "date", "opens", "closes"], &mut compiler.sink);
        Some(Evidence { dates, opens, closes })
    }

    fn period(&self, env: &Env, value: &Value, compiler: &mut Compiler<'_>) -> Option<Period> {
        let expr = self.parse_period(value, compiler)?;
        let period = compiler.period(env, &expr);
        match period {
            Some(period) if !period.is_negative() => Some(period),
            Some(_) => {
                compiler.complain(env, value.span.clone(), "rule::period", "时长不能是负的");
                None
            }
            None => {
                compiler.complain(env, value.span.clone(), "rule::period", "应为时长，如 '5个工作日'、'30日'、'2个月'、'1年'");
                None
            }
        }
    }

    /// `"2个月"` is a length of time as it stands; `"limit"` names a parameter that holds one.
    fn parse_period(&self, value: &Value, compiler: &mut Compiler<'_>) -> Option<syntax::Expr> {
        let text = document::text(self.source, value, &mut compiler.sink)?;
        let kind = match Period::parse(text) {
            Some(_) => syntax::Kind::Text(text.to_owned()),
            None => syntax::Kind::Name(text.to_owned()),
        };
        Some(syntax::Expr { kind, span: value.span.clone() })
    }

    fn sequence(&self, table: &Table, span: &Range<usize>, severity: Severity, env: &Env, compiler: &mut Compiler<'_>) -> Option<Sequence> {
        let stages = table.get("stages").map(|v| document::tables(self.source, v, &mut compiler.sink)).unwrap_or_default();
        let mut made = Vec::new();
        for (stage, span) in stages {
            let name = stage.get("name").and_then(|v| document::text(self.source, v, &mut compiler.sink));
            let start = self.value(env, stage.get("start"), Ty::Date, compiler);
            let end = match stage.get("end") {
                Some(end) => self.value(env, Some(end), Ty::Date, compiler),
                None => start,
            };
            let skip = self.condition(env, stage.get("skip"), compiler);
            document::report_unknown_keys(self.source, stage, &["name", "start", "end", "skip"], &mut compiler.sink);
            match (name, start, end) {
                (Some(name), Some(start), Some(end)) => made.push(Stage { name: name.to_owned(), start, end, skip }),
                _ => compiler.complain(env, span, "rule::missing-key", "每个环节要有 name 和 start"),
            }
        }
        let part = table.get("part").and_then(|v| Some((document::text(self.source, v, &mut compiler.sink)?, v.span.clone())));
        let by_stage = matches!(part, Some(("stage", _)));
        if let Some((other, span)) = part.filter(|(part, _)| !["stage", "pair"].contains(part)) {
            let message = format!("part 不能是“{other}”");
            let unknown =
                Diagnostic::new("rule::unknown-name", self.source, span, message).help("可用：pair（每一对环节）、stage（每个环节）");
            compiler.sink.push(unknown.nearest(other, ["pair", "stage"]));
        }
        let given = [
            ("stage", Given::Stage),
            ("earlier", Given::Earlier),
            ("later", Given::Later),
            ("start", Given::Start),
            ("end", Given::End),
            ("days", Given::Days),
        ];
        let missing = self.sentence(env, table.get("missing"), &given, compiler);
        let message = self.sentence(env, table.get("message"), &given, compiler);
        document::report_unknown_keys(self.source, table, &["stages", "part", "missing", "message"], &mut compiler.sink);
        let Some(message) = message else {
            compiler.complain(env, span.clone(), "rule::missing-key", "缺少 message");
            return None;
        };
        Some(Sequence { stages: made, by_stage, missing, message, severity })
    }

    fn script(&self, value: &Value, severity: Severity, env: &Env, compiler: &mut Compiler<'_>) -> Option<Made> {
        let name = document::text(self.source, value, &mut compiler.sink)?;
        let Some(source) = (self.setting.scripts)(name) else {
            compiler.complain(env, value.span.clone(), "rule::no-script", format!("规则旁边没有脚本 {name}"));
            return None;
        };
        let body = match syntax::parse_script(&source.text, Origin { source: &source, offset: 0 }) {
            Ok(body) => body,
            Err(error) => {
                compiler.sink.push(*error);
                return None;
            }
        };
        let mut inside = env.clone();
        inside.source = Arc::clone(&source);
        let lowered = compiler.script(&inside, &body);
        let why = match lowered {
            Ok(actions) if self.setting.interpret == Interpret::WhereNeeded => {
                return Some((Body::Script(Script { run: Run::Lowered(actions), severity, advice: Grade::Advice }), Some(source), None));
            }
            Ok(_) => String::new(),
            Err(NotLowered::Foreign(what)) => what,
            Err(NotLowered::Wrong) => return None,
        };
        let interpreted = compiler.interpreted(&inside, &source, self.setting.interpret != Interpret::Plainly)?;
        let script = Script { run: Run::Interpreted(Box::new(interpreted)), severity, advice: Grade::Advice };
        Some((Body::Script(script), Some(source), Some(why)))
    }
}

fn minus(period: Period) -> Period {
    match period {
        Period::Days(n) => Period::Days(-n),
        Period::Workdays(n) => Period::Workdays(-n),
        Period::Months(n) => Period::Months(-n),
        Period::Years(n) => Period::Years(-n),
    }
}
