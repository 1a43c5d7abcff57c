//! Why a rule did, or did not, find fault with a subject: every condition with its outcome, every value with its cell and place.
//! It is the same judging, watched; nothing is computed a second way.

use super::check::judge_watched;
use super::context::Context;
use super::finding::{Basis, Evidence, Missing, Subject};
use super::judge::Ruling;
use super::probe::{Kept, TraceStep, Watcher};
use super::report;
use super::say;
use super::value::{RowVal, Truth};
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{FieldType, RowId, Store};
use crate::rules::ir::{Node, NodeId, Ty, Unit};
use crate::rules::{Body, Dates, Rule, RuleSet, Version};

/// How a condition came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It is not known.
    Unknown,
    /// It is no condition.
    Value,
}

/// One step.
#[derive(Clone, Debug)]
pub struct TraceLine {
    /// How deep it lies, from 0.
    pub depth: usize,
    /// As written in the rule, or the row it stands for.
    pub text: String,
    /// What it came to, in words.
    pub value: String,
    /// How it came out.
    pub mark: Mark,
    /// The cells it read.
    pub cells: Vec<Evidence>,
    /// The days it counted.
    pub days: Option<(Day, Day)>,
}

/// A rule's whole way to its verdict on a subject, or on a part of it.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The rule's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Whom it judged.
    pub subject: Subject,
    /// Which part.
    pub part: Option<String>,
    /// What came out.
    pub verdict: Verdict,
    /// The sentence of a finding, or why there is none.
    pub message: String,
    /// The edition of the rule: from and until.
    pub version: Option<String>,
    /// The articles.
    pub basis: Vec<Basis>,
    /// What is lacking.
    pub missing: Vec<Missing>,
    /// When it falls due, for deadlines.
    pub due: Option<String>,
    /// The steps, by section of the rule.
    pub sections: Vec<(String, Vec<TraceLine>)>,
}

/// The rulings of a rule on a row, each as a trace; the steps are with the first.
pub fn trace(rules: &RuleSet, store: &Store, as_of: Day, rule: &Rule, row: RowId) -> Vec<Trace> {
    let cx = Context::new(rules, store, as_of);
    let (rulings, eval) = judge_watched(&cx, rule, row, Watcher::tracing());
    let steps = eval.probe.steps.as_deref().unwrap_or_default();
    if let Some(why) = &rulings.failure {
        return vec![blank(&cx, rule, row, Verdict::Failed, why.clone())];
    }
    let findings = report::findings(&cx, rule, row, &rulings);
    let mut found = findings.into_iter();
    let mut traces: Vec<Trace> = rulings
        .list
        .iter()
        .map(|ruling| {
            let verdict = ruling.verdict.unwrap_or(Verdict::NotApplicable);
            let finding = if verdict.is_finding() { found.next().map(|(f, _)| f) } else { None };
            let version = rule.versions.get(ruling.version);
            let mut trace = blank(&cx, rule, row, verdict, finding.as_ref().map_or_else(|| why_none(verdict).to_owned(), |f| f.message.clone()));
            trace.part.clone_from(&ruling.part);
            trace.subject.year = ruling.year;
            trace.version = version.filter(|_| rule.dated).map(in_force);
            trace.basis = report::basis(&cx, version, rulings.anchor);
            trace.missing = finding.map_or_else(|| report::lacking(&cx, &ruling.lacks), |f| f.missing);
            trace.due = ruling.due.map(say::date);
            trace
        })
        .collect();
    if let (Some(first), Some(ruling)) = (traces.first_mut(), rulings.list.first()) {
        first.sections = sections(&cx, rule, ruling, steps);
    }
    traces
}

fn blank(cx: &Context<'_>, rule: &Rule, row: RowId, verdict: Verdict, message: String) -> Trace {
    Trace {
        code: rule.code.clone(),
        title: rule.title.clone(),
        subject: Subject { table: rule.subject_name.clone(), id: cx.store.key(rule.subject, row).to_owned(), year: None },
        part: None,
        verdict,
        message,
        version: None,
        basis: Vec::new(),
        missing: Vec::new(),
        due: None,
        sections: Vec::new(),
    }
}

fn why_none(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Compliant => "符合要求",
        Verdict::NotApplicable => "不在本规则适用范围内",
        Verdict::Pending => "尚未到须满足本规则的节点",
        Verdict::Breach | Verdict::Advice | Verdict::Unverified | Verdict::Warning | Verdict::Failed => "",
    }
}

fn in_force(version: &Version) -> String {
    match (version.from, version.until) {
        (Some(from), Some(until)) => format!("{from}至{until}"),
        (Some(from), None) => format!("{from}起"),
        (None, Some(until)) => format!("至{until}"),
        (None, None) => "不限".to_owned(),
    }
}

/// The roots of a rule's evaluation, by what they are for.
fn roots(rule: &Rule, version: usize) -> Vec<(NodeId, &'static str)> {
    let mut roots = Vec::new();
    roots.extend(rule.anchor.map(|n| (n, "锚点日期")));
    let Some(version) = rule.versions.get(version) else { return roots };
    roots.extend(version.when.map(|n| (n, "适用条件")));
    roots.extend(version.once.map(|n| (n, "节点条件")));
    match &version.body {
        Body::Checks(checks) => {
            for check in checks {
                roots.extend(check.when.map(|n| (n, "适用条件")));
                roots.push((check.require, "要求"));
            }
        }
        Body::Deadline(deadline) => {
            roots.extend(deadline.starts.map(|n| (n, "起算日")));
            roots.push((deadline.due, "到期日"));
            roots.extend(deadline.warn.map(|n| (n, "预警起始日")));
            for evidence in &deadline.evidence {
                match &evidence.dates {
                    Dates::One(n) => roots.push((*n, "完成日期")),
                    Dates::OfRows(set, nodes) => {
                        roots.extend(set.cond.map(|n| (n, "证据")));
                        roots.extend(nodes.iter().map(|n| (*n, "证据日期")));
                    }
                }
                roots.extend(evidence.opens.map(|n| (n, "不早于")));
                roots.extend(evidence.closes.map(|n| (n, "不晚于")));
            }
        }
        Body::Sequence(sequence) => {
            for stage in &sequence.stages {
                roots.push((stage.start, "环节开始"));
                roots.push((stage.end, "环节结束"));
            }
        }
        Body::Script(_) => {}
    }
    roots
}

fn sections(cx: &Context<'_>, rule: &Rule, ruling: &Ruling, steps: &[TraceStep]) -> Vec<(String, Vec<TraceLine>)> {
    let roots = roots(rule, ruling.version);
    let mut sections: Vec<(String, Vec<TraceLine>)> = Vec::new();
    let mut at = 0;
    while let Some(first) = steps.get(at) {
        let next = (at + 1..steps.len()).find(|&i| steps.get(i).is_some_and(|s| s.depth <= first.depth)).unwrap_or(steps.len());
        let branch = steps.get(at..next).unwrap_or_default();
        let name = match (roots.iter().find(|(n, _)| *n == first.node), first.row, &rule.versions.get(ruling.version).map(|v| &v.body)) {
            (Some((_, name)), _, _) => Some(*name),
            (None, Some(_), _) => Some("证据"),
            (None, None, Some(Body::Script(_))) => Some("脚本"),
            _ => None,
        };
        if let Some(name) = name {
            let lines = lines(cx, branch, first.depth);
            match sections.last_mut().filter(|(n, _)| n == name) {
                Some((_, known)) => known.extend(lines),
                None => sections.push((name.to_owned(), lines)),
            }
        }
        at = next;
    }
    sections
}

/// Rows of one set beyond this many are not listed one by one.
const MOST_ROWS: usize = 12;

fn lines(cx: &Context<'_>, branch: &[TraceStep], root: usize) -> Vec<TraceLine> {
    let mut lines: Vec<TraceLine> = Vec::new();
    let mut seen_rows = 0;
    let mut skip_below: Option<usize> = None;
    for (i, step) in branch.iter().enumerate() {
        if skip_below.is_some_and(|d| step.depth > d) {
            continue;
        }
        skip_below = None;
        if step.row.is_some() {
            seen_rows += 1;
            if seen_rows > MOST_ROWS {
                skip_below = Some(step.depth);
                continue;
            }
        }
        if let Some(line) = line(cx, step, branch.get(i + 1..).unwrap_or_default(), root)
            && lines.last().is_none_or(|l| l.text != line.text || l.value != line.value)
        {
            lines.push(line);
        }
    }
    if seen_rows > MOST_ROWS {
        let text = format!("（另有{}行从略）", seen_rows - MOST_ROWS);
        lines.push(TraceLine { depth: 1, text, value: String::new(), mark: Mark::Value, cells: Vec::new(), days: None });
    }
    lines
}

fn line(cx: &Context<'_>, step: &TraceStep, after: &[TraceStep], root: usize) -> Option<TraceLine> {
    let depth = step.depth.saturating_sub(root);
    if let Some((table, row)) = step.row {
        let def = cx.store.schema.tables.get(table)?;
        let text = format!("{} {}", def.zh, cx.store.key(table, row));
        return Some(TraceLine { depth, text, value: String::new(), mark: Mark::Value, cells: Vec::new(), days: None });
    }
    let node = cx.rules.program.nodes.get(step.node as usize)?;
    let words = cx.rules.program.words.get(step.node as usize)?;
    if words.is_empty() || matches!(node, Node::Int(_) | Node::Text(_) | Node::Truth(_) | Node::Slot(_) | Node::AsOf) {
        return None;
    }
    let (value, mark) = match &step.value {
        Kept::Truth(Truth::True) => ("是".to_owned(), Mark::Holds),
        Kept::Truth(Truth::False) => ("否".to_owned(), Mark::Fails),
        Kept::Truth(Truth::Unknown) => ("不详".to_owned(), Mark::Unknown),
        Kept::Span(s) => (say::of_type(&cx.store.schema, *s, ty(cx, step.node)), Mark::Value),
        Kept::Text(t) => (t.clone().unwrap_or_else(|| "（不详）".into()), Mark::Value),
        Kept::Row(r) => (row_words(cx, step.node, *r), Mark::Value),
        Kept::Nothing => return None,
    };
    let days = match node {
        Node::WorkdaysBetween(a, b) => counted(after, *a, *b, step.depth),
        _ => None,
    };
    Some(TraceLine { depth, text: words.clone(), value, mark, cells: report::evidence(cx, &step.cells), days })
}

/// The two days between which working days were counted: the values of the node's children.
fn counted(after: &[TraceStep], a: NodeId, b: NodeId, depth: usize) -> Option<(Day, Day)> {
    let value = |node: NodeId| {
        let step = after.iter().take_while(|s| s.depth > depth).find(|s| s.node == node)?;
        match step.value {
            Kept::Span(s) if s.is_exact() => i32::try_from(s.lo).ok().map(Day),
            _ => None,
        }
    };
    Some((value(a)?, value(b)?))
}

fn row_words(cx: &Context<'_>, node: NodeId, row: RowVal) -> String {
    match (row, ty(cx, node)) {
        (RowVal::Row(row), Ty::Row(table)) => {
            let zh = cx.store.schema.tables.get(table).map_or("", |t| t.zh.as_str());
            format!("{zh} {}", cx.store.key(table, row))
        }
        (RowVal::Row(_), _) => "有".to_owned(),
        (RowVal::Absent, _) => "无".to_owned(),
        (RowVal::Unknown, _) => "不详".to_owned(),
    }
}

/// The type of a node, as far as showing its value needs it.
fn ty(cx: &Context<'_>, id: NodeId) -> Ty {
    let Some(node) = cx.rules.program.nodes.get(id as usize) else { return Ty::Int(Unit::Plain) };
    let field = |t: usize, f: usize| cx.store.schema.tables.get(t).and_then(|d| d.fields.get(f)).map(|f| f.ty);
    match node {
        Node::Cell(_, t, f) => match field(*t, *f) {
            Some(FieldType::Date) => Ty::Date,
            Some(FieldType::Code(l)) => Ty::Code(l),
            Some(FieldType::Number) => Ty::Number,
            _ => Ty::Int(Unit::Plain),
        },
        Node::Follow(_, t, f) => match field(*t, *f) {
            Some(FieldType::Ref(target)) => Ty::Row(target),
            _ => Ty::Int(Unit::Plain),
        },
        Node::Pick(_, set, _) => Ty::Row(set.table),
        Node::RowIf(row, _) => ty(cx, *row),
        Node::Def(def, _) => cx.rules.program.definitions.get(*def as usize).map_or(Ty::Int(Unit::Plain), |d| d.ty),
        Node::Let(_, body) => ty(cx, *body),
        Node::If(_, yes, _) => ty(cx, *yes),
        Node::Min(items) | Node::Max(items) | Node::FirstOf(items) => items.first().map_or(Ty::Int(Unit::Plain), |&n| ty(cx, n)),
        Node::Least(_, value) | Node::Greatest(_, value) | Node::Sum(_, value) | Node::BlankAs(value, _) => ty(cx, *value),
        Node::Shift(code, ..) => ty(cx, *code),
        Node::Lookup(_, _, list) => Ty::Code(*list),
        Node::AddPeriod(..) | Node::PlusMonths(..) | Node::ImpactEnd(..) | Node::DateOf(..) | Node::Reaches(..) | Node::AsOf => Ty::Date,
        _ => Ty::Int(Unit::Plain),
    }
}
