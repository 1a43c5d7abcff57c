//! Why a rule did, or did not, find fault with a subject: every condition with its outcome, every value with its cell and place.
//! It is the same judging, watched; nothing is computed a second way.

use super::check::judge_watched;
use super::context::Context;
use super::finding::{Basis, Evidence, Missing, Subject};
use super::probe::{Kept, TraceStep, Watcher};
use super::report;
use super::ruling::Ruling;
use super::say;
use super::value::{RowVal, Truth};
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{FieldType, RowId, Store, masked};
use crate::rules::ir::{Node, NodeId, Ty, Unit};
use crate::rules::{Body, Dates, Rule, RuleSet, Version};
use std::collections::BTreeSet;

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
    /// As written in the rule; blank for a row that was tested.
    pub text: String,
    /// The row tested: table and key.
    pub row: Option<(String, String)>,
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
    /// The parameters of the version that judged: `minimum = 5`.
    pub parameters: Vec<String>,
    /// What to do about a finding.
    pub remedy: String,
    /// The steps, by section of the rule.
    pub sections: Vec<(String, Vec<TraceLine>)>,
}

/// The rulings of a rule on a row, each as a trace with the steps of its own part; the parts that share all their steps have them with
/// the first of these.
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
            let mut trace =
                blank(&cx, rule, row, verdict, finding.as_ref().map_or_else(|| why_none(verdict).to_owned(), |f| f.message.clone()));
            trace.part.clone_from(&ruling.part);
            trace.subject = report::subject(&cx, rule, row, ruling);
            trace.version = version.filter(|_| rule.dated || rule.since.is_some()).map(|v| in_force(v.from.or(rule.since), v.until));
            if let (Verdict::NotApplicable, Some(anchor), false) = (verdict, rulings.anchor, covered(rule, rulings.anchor)) {
                trace.message = format!("{anchor}没有本规则所据的条文在施行，不适用");
            }
            trace.basis = report::basis(&cx, version, rulings.cited(), ruling.matter);
            if let Some(finding) = &finding {
                trace.remedy = finding.remedy.to_string();
            }
            trace.missing = finding.map_or_else(|| report::lacking(&cx, &ruling.lacks), |f| f.missing);
            trace.due = ruling.due.map(say::date);
            trace.parameters = version.map_or_else(Vec::new, report::parameters_in_words);
            trace
        })
        .collect();
    let begun: BTreeSet<usize> = rulings.list.iter().map(|r| r.step).collect();
    let mut shown = BTreeSet::new();
    // What is worked out before the parts concerns them all.
    let common = steps.get(..begun.first().copied().unwrap_or(0)).unwrap_or_default();
    for (trace, ruling) in traces.iter_mut().zip(&rulings.list) {
        if !shown.insert(ruling.step) {
            continue;
        }
        let end = begun.range(ruling.step + 1..).next().copied().unwrap_or(steps.len());
        let own: Vec<TraceStep> = common.iter().chain(steps.get(ruling.step..end).unwrap_or_default()).cloned().collect();
        trace.sections = sections(&cx, rule, ruling, &own);
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
        parameters: Vec::new(),
        remedy: rule.remedy.clone(),
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

/// Whether some version is in force on the day that decides, as far as there is one.
fn covered(rule: &Rule, anchor: Option<Day>) -> bool {
    let from = |v: &Version| v.from.or(rule.since);
    anchor.is_none_or(|day| rule.versions.iter().any(|v| from(v).is_none_or(|f| f <= day) && v.until.is_none_or(|u| day <= u)))
}

fn in_force(from: Option<Day>, until: Option<Day>) -> String {
    match (from, until) {
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
    let mut seen = BTreeSet::new();
    let mut at = 0;
    while let Some(first) = steps.get(at) {
        let next = (at + 1..steps.len()).find(|&i| steps.get(i).is_some_and(|s| s.depth <= first.depth)).unwrap_or(steps.len());
        let branch = steps.get(at..next).unwrap_or_default();
        let name = match (roots.iter().find(|(n, _)| *n == first.node), first.row, &rule.versions.get(ruling.version).map(|v| &v.body)) {
            (Some((_, name)), _, _) => Some(*name),
            // A row that no condition was asked of shows nothing.
            (None, Some(_), _) => (branch.len() > 1).then_some("证据"),
            (None, None, Some(Body::Script(_))) => Some("脚本"),
            _ => None,
        };
        if let Some(name) = name {
            let mut lines = Vec::new();
            condense(cx, branch, first.depth, false, &mut seen, &mut lines);
            match sections.iter_mut().find(|(n, _)| n == name) {
                Some((_, known)) => {
                    // A deadline asks for the same evidence more than once.
                    let again = |l: &TraceLine| {
                        known.iter().any(|k| k.text == l.text && k.value == l.value && k.row == l.row && k.cells == l.cells)
                    };
                    if !lines.iter().all(again) {
                        known.extend(lines);
                    }
                }
                None => sections.push((name.to_owned(), lines)),
            }
        }
        at = next;
    }
    sections
}

/// Rows of one set that do not fit are listed up to this many; those that fit, or might, all are.
const MOST_ROWS: usize = 40;

/// A step's words and value, by which it is known when it comes again.
type Known = BTreeSet<(String, String)>;

/// The lines of some steps. What was worked out above is not worked out again; a row that was tested takes one line, unless it
/// fits for several reasons.
fn condense(cx: &Context<'_>, steps: &[TraceStep], root: usize, within_row: bool, seen: &mut Known, lines: &mut Vec<TraceLine>) {
    let mut rest = steps;
    let mut unfit = 0;
    while let Some((step, after)) = rest.split_first() {
        let below = after.iter().take_while(|s| s.depth > step.depth).count();
        let (children, next) = after.split_at(below);
        rest = next;
        if let Some(row) = step.row {
            let fits = children.first().is_none_or(|s| s.value != Kept::Truth(Truth::False));
            unfit += usize::from(!fits);
            if fits || unfit <= MOST_ROWS {
                tested(cx, (row, fits), children, step.depth.saturating_sub(root), root, (seen, lines));
            }
            continue;
        }
        let Some(line) = line(cx, step, children, root) else {
            condense(cx, children, root, within_row, seen, lines);
            continue;
        };
        if !within_row && below > 0 && !seen.insert((line.text.clone(), line.value.clone())) {
            lines.push(TraceLine { value: format!("{}（见上）", line.value), cells: Vec::new(), days: None, ..line });
            continue;
        }
        lines.push(line);
        condense(cx, children, root, within_row, seen, lines);
    }
    if unfit > MOST_ROWS {
        let depth = steps.first().map_or(0, |s| s.depth.saturating_sub(root));
        let text = format!("（另有{}行不符，从略）", unfit - MOST_ROWS);
        lines.push(TraceLine { depth, text, row: None, value: String::new(), mark: Mark::Fails, cells: Vec::new(), days: None });
    }
}

/// A row that was tested, with the cells that decided it.
fn tested(
    cx: &Context<'_>,
    ((table, row), fits): ((usize, RowId), bool),
    children: &[TraceStep],
    depth: usize,
    root: usize,
    (seen, lines): (&mut Known, &mut Vec<TraceLine>),
) {
    let mark = match children.first().map(|s| &s.value) {
        Some(Kept::Truth(Truth::True)) => Mark::Holds,
        Some(Kept::Truth(Truth::False)) => Mark::Fails,
        Some(Kept::Truth(Truth::Unknown)) => Mark::Unknown,
        _ => Mark::Value,
    };
    let name = cx.store.schema.tables.get(table).map_or_else(String::new, |t| t.name.clone());
    let row = Some((name, cx.store.key(table, row).to_owned()));
    let mut this = TraceLine { depth, text: String::new(), row, value: String::new(), mark, cells: Vec::new(), days: None };
    let conditions = children.iter().filter(|s| matches!(s.value, Kept::Truth(_))).count();
    if fits && conditions > 1 {
        lines.push(this);
        condense(cx, children, root, true, seen, lines);
        return;
    }
    let cells: Vec<_> = children.iter().flat_map(|s| s.cells.iter().copied()).collect();
    this.cells = report::evidence(cx, &cells);
    lines.push(this);
}

fn line(cx: &Context<'_>, step: &TraceStep, after: &[TraceStep], root: usize) -> Option<TraceLine> {
    let depth = step.depth.saturating_sub(root);
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
        Kept::Text(t) => (t.as_deref().map_or_else(|| "（不详）".into(), masked), Mark::Value),
        Kept::Row(r) => (row_words(cx, step.node, *r), Mark::Value),
        Kept::Nothing => return None,
    };
    let days = match node {
        Node::WorkdaysBetween(a, b) => counted(after, *a, *b, step.depth),
        _ => None,
    };
    Some(TraceLine { depth, text: words.clone(), row: None, value, mark, cells: report::evidence(cx, &step.cells), days })
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
        Node::AddPeriod(..)
        | Node::PlusMonths(..)
        | Node::ImpactEnd(..)
        | Node::DateOf(..)
        | Node::IdBirth(_)
        | Node::Reaches(..)
        | Node::AsOf => Ty::Date,
        _ => Ty::Int(Unit::Plain),
    }
}
