//! From a ruling to a finding: names instead of numbers, the law cited, the cells shown with their places.

use super::context::Context;
use super::finding::{Basis, Evidence, Finding, Missing, Subject, fingerprint};
use super::probe::Lack;
use super::ruling::{Ruling, Rulings};
use super::say;
use super::shared::Parameters;
use super::value::Span;
use super::verdict::Verdict;
use crate::dates::Day;
use crate::document;
use crate::records::{FieldId, FieldType, Filled, RowId, TableId, masked_text};
use crate::rules::{Body, Check, DayUnit, Each, Grade, Rule, Version};
use serde_json::{Map, Value};

/// The findings among a subject's rulings. Those that lack whole columns or tables are marked as shared.
pub fn findings(cx: &Context<'_>, rule: &Rule, subject: RowId, rulings: &Rulings) -> Vec<(Finding, bool)> {
    let found = rulings.list.iter().filter(|r| r.verdict.is_some_and(Verdict::is_finding));
    found.map(|r| finding(cx, rule, subject, rulings, r)).collect()
}

/// A ruling as a finding, whatever its verdict; and whether whole columns or tables are lacking.
pub fn finding(cx: &Context<'_>, rule: &Rule, row: RowId, rulings: &Rulings, ruling: &Ruling) -> (Finding, bool) {
    let verdict = ruling.verdict.unwrap_or(Verdict::Unverified);
    let subject = subject(cx, rule, row, ruling);
    let mut missing = lacking(cx, &ruling.lacks);
    let shared = ruling.lacks.iter().any(|l| matches!(l, Lack::Column(..) | Lack::Table(_)));
    let mut message = ruling.message.clone();
    if verdict == Verdict::Unverified {
        if missing.is_empty() {
            // The data contradict each other: the cells that do are what must be checked.
            missing = ruling.evidence.iter().map(|&(t, r, f)| named(cx, t, r, f)).collect();
            missing.sort();
            missing.dedup();
        } else {
            message = unverified(cx, rule, &ruling.lacks);
        }
    }
    let words = cx.words_of(rule);
    let (person_id, unit_id) = concerned(cx, rule.subject, row);
    let version = rule.versions.get(ruling.version);
    let basis = basis(cx, version, rulings.cited(), ruling.matter);
    let is_deadline = version.is_some_and(|v| matches!(v.body, Body::Deadline(_)));
    let finding = Finding {
        fingerprint: fingerprint(&rule.code, &subject, ruling.part.as_deref()),
        code: rule.code.clone(),
        rule: words.slug,
        pack: words.pack,
        verdict,
        subject,
        person_id,
        unit_id,
        part: ruling.part.clone(),
        message: masked_text(message),
        days: if verdict == Verdict::Unverified { None } else { ruling.days },
        basis,
        parameters: version.map_or_else(Parameters::default, |v| cx.parameters_of(v, ruling.unit.filter(|_| !is_deadline))),
        evidence: evidence(cx, &ruling.evidence),
        missing,
        due: ruling.due.filter(|d| !d.is_absent() && !d.is_unknown()).map(due),
        remedy: if verdict != Verdict::Unverified || version.is_some_and(is_of_data) {
            words.remedy
        } else {
            format!("补齐或者核实所缺数据后重新核查；查实有此问题的，{}", rule.remedy).into()
        },
        waived: None,
        confidential: rule.confidential.is_some(),
        title: words.title,
    };
    (finding, shared)
}

/// Whether all that a version can find is that the data contradict each other: its remedy is to verify them.
fn is_of_data(version: &Version) -> bool {
    let unverified = |check: &Check| check.severity.0.iter().all(|(_, grade)| *grade == Grade::Unverified);
    matches!(&version.body, Body::Checks(checks) if checks.iter().all(unverified))
}

/// Whom a ruling is about: the row, or the row with what is judged of it.
pub fn subject(cx: &Context<'_>, rule: &Rule, row: RowId, ruling: &Ruling) -> Subject {
    let key = cx.store.key(rule.subject, row);
    match (&rule.each, &ruling.under) {
        (Some(Each::List { under: Some((table, _)), .. }), Some(under)) => {
            Subject { table: table.clone(), id: format!("{key}/{under}"), year: ruling.year }
        }
        _ => Subject { table: rule.subject_name.clone(), id: key.to_owned(), year: ruling.year },
    }
}

/// The articles of a version, in the edition in force on the day given (on the day the question is asked, where there is none; where
/// the version was not in force then, on its own nearest day).
pub fn basis(cx: &Context<'_>, version: Option<&Version>, anchor: Option<Day>, matter: Option<Day>) -> Vec<Basis> {
    let asked = anchor.unwrap_or(cx.as_of);
    let earliest = version.and_then(|v| v.from).map_or(asked, |from| asked.max(from));
    let on = version.and_then(|v| v.until).map_or(earliest, |until| earliest.min(until));
    version.map_or_else(Vec::new, |version| cx.cited(version, on, matter))
}

/// One finding for all the subjects that a table or column not exported leaves undecided.
pub fn shared(cx: &Context<'_>, rule: &Rule, like: Finding, missing: Vec<Missing>, subjects: u64) -> Finding {
    let table = match &rule.each {
        Some(Each::List { under: Some((table, _)), .. }) => table.clone(),
        _ => rule.subject_name.clone(),
    };
    let subject = Subject { table, id: "*".into(), year: None };
    let names: Vec<String> = missing.iter().map(|m| name_of(cx, m)).collect();
    Finding {
        fingerprint: fingerprint(&rule.code, &subject, None),
        subject,
        person_id: None,
        unit_id: None,
        part: None,
        message: format!("未导出{}，{subjects}个对象无法判定“{}”", names.join("、"), rule.title),
        days: None,
        evidence: Vec::new(),
        missing,
        due: None,
        ..like
    }
}

/// The names of what is lacking, sorted.
pub fn lacking(cx: &Context<'_>, lacks: &[Lack]) -> Vec<Missing> {
    let schema = &cx.store.schema;
    let table = |t: TableId| {
        let base = schema.tables.get(t).and_then(|d| d.joined.as_ref()).map_or(t, |j| j.from);
        schema.tables.get(base).map_or_else(String::new, |d| d.name.clone())
    };
    let field = |t: TableId, f: FieldId| schema.tables.get(t).and_then(|d| d.fields.get(f)).map(|f| f.name.clone());
    let only_rows = lacks.iter().all(|l| matches!(l, Lack::NoRow(_)));
    let mut all: Vec<Missing> = lacks
        .iter()
        .filter(|l| (only_rows || !matches!(l, Lack::NoRow(_))) && !within_refused(l, lacks))
        .map(|lack| match *lack {
            Lack::Cell(t, r, f) => named(cx, t, r, f),
            Lack::Row(t, r) => doubtful(cx, t, r),
            Lack::Column(t, f) => Missing { table: table(t), id: None, field: field(t, f) },
            Lack::Table(t) | Lack::NoRow(t) => Missing { table: table(t), id: None, field: None },
            Lack::Calendar(year) => Missing { table: "calendar".into(), id: Some(year.to_string()), field: None },
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Whether a cell lies in a row that is itself lacking as a whole.
fn within_refused(lack: &Lack, lacks: &[Lack]) -> bool {
    matches!(*lack, Lack::Cell(t, r, _) if lacks.contains(&Lack::Row(t, r)))
}

/// A refused row; or, of a derived table, the end whose imprecision leaves the joining open.
fn doubtful(cx: &Context<'_>, table: TableId, row: RowId) -> Missing {
    let end = cx.store.schema.tables.get(table).and_then(|t| t.joined.as_ref()).map(|j| j.end);
    match end {
        Some(end) => named(cx, table, row, end),
        None => {
            let name = cx.store.schema.tables.get(table).map_or_else(String::new, |t| t.name.clone());
            Missing { table: name, id: Some(cx.store.key(table, row).to_owned()), field: None }
        }
    }
}

/// A cell by names; of a derived table, the cell it was taken from.
fn named(cx: &Context<'_>, table: TableId, row: RowId, field: FieldId) -> Missing {
    let (table, row, field) = cx.settled(table, row, field);
    let def = &cx.store.schema.tables[table];
    Missing { table: def.name.clone(), id: Some(cx.store.key(table, row).to_owned()), field: def.fields.get(field).map(|f| f.name.clone()) }
}

/// Cells as people read them, with their places.
pub fn evidence(cx: &Context<'_>, cells: &[(TableId, RowId, FieldId)]) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::with_capacity(cells.len());
    let mut places: Vec<(TableId, RowId, FieldId)> = Vec::with_capacity(cells.len());
    for &(t, r, f) in cells {
        let (table, row, f) = cx.settled(t, r, f);
        // What stands in a refused row proves nothing.
        if cx.store.rows(table).is_ghost(row) || places.contains(&(table, row, f)) {
            continue;
        }
        let Some((table_name, field)) = cx.names_of(table, f) else { continue };
        let unknown = cx.store.rows(table).column(f).is_some() && cx.store.filled(table, row, f) == Filled::Unknown;
        let absent = unknown && !cx.store.has_column(table, row, f);
        let unsaid = unknown && !absent && !cx.store.is_told_wrong(table, row, f);
        let cell = Evidence {
            table: table_name,
            id: cx.store.key(table, row).to_owned(),
            field,
            value: cx.store.show(table, row, f).map(masked_text).or_else(|| cx.store.attested(table, row, f).map(str::to_owned)),
            // A cell that has no column stands nowhere in its row.
            source: if absent { cx.store.row_place(table, row) } else { cx.store.place(table, row, f) },
            unreadable: unknown && !absent,
            absent: absent || unsaid,
        };
        // Rows of one key may say the same from the same place.
        let alike = |((t, _, other), known): (&(TableId, RowId, FieldId), &Evidence)| *t == table && *other == f && *known == cell;
        if !places.iter().zip(&all).any(alike) {
            places.push((table, row, f));
            all.push(cell);
        }
    }
    all
}

/// The sentence of a 待核: which cells are blank, unreadable or not exact enough.
fn unverified(cx: &Context<'_>, rule: &Rule, lacks: &[Lack]) -> String {
    let only_rows = lacks.iter().all(|l| matches!(l, Lack::NoRow(_)));
    let mut clauses: Vec<String> = Vec::new();
    for lack in lacks {
        if within_refused(lack, lacks) {
            continue;
        }
        let clause = match *lack {
            Lack::Cell(t, r, f) => {
                let (t, r, f) = cx.settled(t, r, f);
                let name = name_of(cx, &named(cx, t, r, f));
                match (cx.store.show(t, r, f), cx.store.filled(t, r, f)) {
                    (Some(value), _) => format!("{name}只记为{value}"),
                    (None, Filled::No) => format!("{name}空缺"),
                    (None, _) => format!("{name}不详"),
                }
            }
            Lack::NoRow(_) if !only_rows => continue,
            Lack::NoRow(_) => {
                let names: Vec<String> = lacking(cx, std::slice::from_ref(lack)).iter().map(|m| name_of(cx, m)).collect();
                format!("未见相应的{}记录", names.join("、"))
            }
            _ => {
                let names: Vec<String> = lacking(cx, std::slice::from_ref(lack)).iter().map(|m| name_of(cx, m)).collect();
                let why = match lack {
                    Lack::Row(t, r) if cx.store.rows(*t).is_open(*r) => "来源没有列全",
                    Lack::Row(..) => "有误未采用",
                    Lack::Column(..) | Lack::Table(_) => "未导出",
                    Lack::Calendar(_) => "",
                    Lack::Cell(..) | Lack::NoRow(_) => "不详",
                };
                format!("{}{why}", names.join("、"))
            }
        };
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    // The order of rows in a file is no part of what is said.
    clauses.sort();
    let more = if clauses.len() > 6 { format!("等{}处", clauses.len()) } else { String::new() };
    let shown: Vec<String> = clauses.into_iter().take(6).collect();
    format!("{}{more}，无法判定“{}”", shown.join("，"), rule.title)
}

fn name_of(cx: &Context<'_>, missing: &Missing) -> String {
    let schema = &cx.store.schema;
    let Some(def) = schema.table(&missing.table).and_then(|t| schema.tables.get(t)) else {
        let year = missing.id.as_ref().map_or_else(|| "所涉年份".to_owned(), |year| format!("{year}年"));
        return format!("工作日安排文件 calendar/holidays.csv 没有{year}");
    };
    let field = missing.field.as_deref().and_then(|f| def.field(f)).and_then(|f| def.fields.get(f));
    let id = missing.id.as_deref().map_or_else(String::new, |id| format!(" {id} "));
    match field {
        Some(field) => format!("{}{id}{}", def.zh, field.zh),
        None => format!("{}{}", def.zh, id.trim_end()),
    }
}

/// The person and the unit a subject concerns: the case's, else its own, else the person's.
pub fn concerned(cx: &Context<'_>, table: TableId, row: RowId) -> (Option<String>, Option<String>) {
    let store = cx.store;
    let schema = &store.schema;
    let Some(def) = schema.tables.get(table) else { return (None, None) };
    // A row that belongs to a case concerns whom the case concerns.
    if let Some(owner) = def.owner
        && let FieldType::Ref(target) = def.fields[owner].ty
        && schema.tables[target].owner.is_some()
        && let Some(up) = store.follow(table, row, owner)
    {
        return concerned(cx, target, up);
    }
    let link = |name: &str| def.field(name).filter(|&f| matches!(def.fields[f].ty, FieldType::Ref(_)));
    let own_key = |wanted: &str| (def.fields[def.key].name == wanted).then(|| store.key(table, row).to_owned());
    let person = own_key("person_id").or_else(|| link("person_id").and_then(|f| store.show(table, row, f)));
    let mut unit = own_key("unit_id").or_else(|| link("unit_id").and_then(|f| store.show(table, row, f)));
    if unit.is_none()
        && let Some(f) = link("person_id")
        && let FieldType::Ref(people) = def.fields[f].ty
        && let Some(up) = store.follow(table, row, f)
        && let Some(theirs) = schema.tables[people].field("unit_id")
    {
        unit = store.show(people, up, theirs);
    }
    (person, unit)
}

fn due(due: Span) -> String {
    say::date(due)
}

/// The parameters of a version, and what its days count.
pub(super) fn parameters(params: &[(String, document::Node)], unit: Option<DayUnit>) -> Map<String, Value> {
    let mut map: Map<String, Value> = params.iter().map(|(k, v)| (k.clone(), json(v))).collect();
    if let Some(unit) = unit.filter(|_| !map.is_empty()) {
        let word = match unit {
            DayUnit::Calendar => "日",
            DayUnit::Working => "工作日",
        };
        map.insert("unit".into(), Value::from(word));
    }
    map
}

/// The parameters of a version: `minimum = 5`.
pub fn parameters_in_words(version: &Version) -> Vec<String> {
    let words = |node: &document::Node| match json(node) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    version.params.iter().map(|(name, node)| format!("{name} = {}", words(node))).collect()
}

fn json(node: &document::Node) -> Value {
    match node {
        document::Node::Text(t) | document::Node::Date(t) => Value::from(t.as_str()),
        document::Node::Int(i) => Value::from(*i),
        document::Node::Float(x) => Value::from(*x),
        document::Node::Bool(b) => Value::from(*b),
        document::Node::List(items) => Value::Array(items.iter().map(|v| json(&v.value)).collect()),
        document::Node::Table(_) => Value::Null,
    }
}
