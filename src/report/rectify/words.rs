//! How what is to be mended is worded: by level, several findings of one matter as one problem. The word 违规 stands only where the
//! rule's level is that.

use crate::dates::Day;
use crate::engine::{Basis, Shared, Verdict};
use crate::ledger::item::{Line, Stage};
use crate::report::words;
use serde::Deserialize as _;
use serde_json::Value;

/// A text of the finding.
pub(super) fn text<'a>(line: &'a Line, key: &str) -> &'a str {
    line.finding.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What the finding is about: P0031@2023, U12/县处级正职.
pub(super) fn subject(line: &Line) -> String {
    let subject = line.finding.get("subject");
    let id = subject.and_then(|s| s.get("id")).and_then(Value::as_str).unwrap_or_default();
    let year = subject.and_then(|s| s.get("year")).and_then(Value::as_i64).map(|year| format!("@{year}")).unwrap_or_default();
    let part = line.finding.get("part").and_then(Value::as_str).map(|part| format!(" {part}")).unwrap_or_default();
    format!("{id}{year}{part}")
}

/// 王示例（P1）, or the id alone.
pub(super) fn person(line: &Line) -> Option<String> {
    let id = line.item.person.as_deref()?;
    Some(line.person_name.as_ref().map_or_else(|| id.to_owned(), |name| format!("{name}（{id}）")))
}

/// 青石镇（U2）, or the id alone.
pub(super) fn unit(line: &Line) -> String {
    let Some(id) = line.item.unit.as_deref() else { return "未关联单位".to_owned() };
    line.unit_name.as_ref().map_or_else(|| id.to_owned(), |name| format!("{name}（{id}）"))
}

/// The unit that mends it: as it was put down, with what it is called where that is a unit's id.
pub(super) fn owner_unit(line: &Line) -> String {
    let Some(put) = line.item.owner_unit.as_deref() else { return String::new() };
    line.owner_name.as_ref().map_or_else(|| put.to_owned(), |name| format!("{name}（{put}）"))
}

/// The articles, each once: 《…》（2019）第四十二条.
pub(super) fn basis(lines: &[&Line]) -> String {
    let mut all: Vec<String> = Vec::new();
    for basis in lines.iter().flat_map(|line| bases(line)) {
        let said = words::basis(&basis);
        if !all.contains(&said) {
            all.push(said);
        }
    }
    all.join("；")
}

fn bases(line: &Line) -> Vec<Basis> {
    let own = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).map(Shared::from);
    let one = |v: &Value| Basis {
        regulation: own(v, "regulation").unwrap_or_default(),
        version: own(v, "version"),
        article: own(v, "article"),
        verified: v.get("verified").and_then(|b| bool::deserialize(b).ok()),
        note: own(v, "note"),
    };
    line.finding.get("basis").and_then(Value::as_array).map(|all| all.iter().map(one).collect()).unwrap_or_default()
}

/// The weightiest verdict: 违规, 提醒 or 待核.
pub(super) fn verdict(lines: &[&Line]) -> &'static str {
    let worst = lines.iter().filter_map(|line| Verdict::from_word(&line.item.verdict)).min();
    worst.map_or("", Verdict::word)
}

/// What kinds of problem: the rules' titles, each once.
pub(super) fn kinds(lines: &[&Line]) -> String {
    each(lines, |line| line.title.clone())
}

/// What the rules say to do, each once.
pub(super) fn remedies(lines: &[&Line]) -> String {
    each(lines, |line| text(line, "remedy").to_owned())
}

fn each(lines: &[&Line], of: impl Fn(&Line) -> String) -> String {
    let mut all: Vec<String> = Vec::new();
    for text in lines.iter().map(|line| of(line)).filter(|t| !t.is_empty()) {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.join("；")
}

/// The problem as a unit is told it: whom it is about, then each fact; of several, numbered, with how many there are of each level.
pub(super) fn problem(lines: &[&Line]) -> String {
    let whom = lines.first().map(|line| whom(line)).unwrap_or_default();
    match lines {
        [] => String::new(),
        [one] => format!("{whom}：{}", fact(one)),
        many => {
            let facts: Vec<String> = many.iter().zip(1..).map(|(line, n)| format!("（{n}）{}", fact(line))).collect();
            format!("{whom}存在{}个问题（{}）：{}", many.len(), levels(many), facts.join(""))
        }
    }
}

/// 违规2个、提醒1个.
pub(super) fn levels(lines: &[&Line]) -> String {
    let count = |v: Verdict| lines.iter().filter(|line| line.item.verdict == v.word()).count();
    let said = [Verdict::Breach, Verdict::Advice, Verdict::Unverified].into_iter().map(|v| (v, count(v))).filter(|(_, n)| *n > 0);
    said.map(|(v, n)| format!("{}{n}个", v.word())).collect::<Vec<_>>().join("、")
}

fn whom(line: &Line) -> String {
    let matter = line.item.matter.split_once('/').map_or("", |(_, id)| id);
    match person(line) {
        Some(person) if line.item.person.as_deref() == Some(matter) => person,
        Some(person) => format!("{person}，{matter}"),
        None => matter.to_owned(),
    }
}

/// One fact. What is not a breach says how far it goes; what counts days, to which day.
fn fact(line: &Line) -> String {
    let message = text(line, "message").trim_end_matches('。');
    let level = match Verdict::from_word(&line.item.verdict) {
        Some(Verdict::Unverified) => Some("资料不全，请补充后核实".to_owned()),
        Some(Verdict::Advice) => Some("提醒，请核对".to_owned()),
        _ => None,
    };
    let said: Vec<String> = counted_to(line).into_iter().chain(level).collect();
    if said.is_empty() { format!("{message}。") } else { format!("{message}（{}）。", said.join("；")) }
}

/// The message, with the day to which it counts days.
pub(super) fn message(line: &Line) -> String {
    let message = text(line, "message");
    counted_to(line).map_or_else(|| message.to_owned(), |day| format!("{message}（{day}）"))
}

/// A finding is kept as it was when it came or changed: a number of days past a day was counted to that run's day, and grows since.
fn counted_to(line: &Line) -> Option<String> {
    let days = line.finding.get("days")?.as_i64().filter(|n| *n > 0)?;
    let due: Day = line.finding.get("due")?.as_str()?.parse().ok()?;
    let told: Day = line.told.parse().ok()?;
    let runs_on = i64::from(told.0) - i64::from(due.0) == days && text(line, "message").contains(&days.to_string());
    runs_on.then(|| format!("截至{told}"))
}

/// What the reader of a list should note: past its day, still found, struck off by force, back again.
pub(super) fn notes(line: &Line, as_of: Day) -> String {
    let item = &line.item;
    let mut notes = Vec::new();
    if let Some(days) = overdue(line, as_of) {
        notes.push(format!("超期{days}天"));
    }
    if item.forced {
        notes.push("强制销号，仍在发现".to_owned());
    } else if item.stage == Stage::Verifying && item.is_still_found() {
        notes.push("最近一次核查仍发现".to_owned());
    } else if item.stage == Stage::Verifying || (item.found && item.stage != Stage::Closed) {
        notes.push(item.gone.clone().unwrap_or_default());
    }
    if item.stage == Stage::Returned && item.closed_on.is_some() {
        notes.push("销号以后又发现".to_owned());
    }
    notes.retain(|n| !n.is_empty());
    notes.join("；")
}

/// By how many days it is past its day, if it is and still has to be mended.
pub(super) fn overdue(line: &Line, as_of: Day) -> Option<i32> {
    let due: Day = line.item.due.as_deref()?.parse().ok()?;
    (Stage::RUNNING.contains(&line.item.stage) && due < as_of).then(|| as_of.0.saturating_sub(due.0))
}

/// 王五 2026-07-01 组〔2026〕8号：经核验已整改到位.
pub(super) fn closing(line: &Line) -> String {
    let item = &line.item;
    let (Some(by), Some(on)) = (&item.closed_by, &item.closed_on) else { return String::new() };
    let document = item.document.as_ref().map(|d| format!(" {d}")).unwrap_or_default();
    let opinion = item.opinion.as_ref().map(|o| format!("：{o}")).unwrap_or_default();
    let once = if item.stage == Stage::Closed { "" } else { "曾于 " };
    format!("{once}{on} {by}{document}{opinion}")
}

/// What proves it: what the unit names, and the files attached.
pub(super) fn material(line: &Line) -> String {
    let named = line.item.material.iter().cloned();
    named.chain(line.item.files.iter().map(|f| f.name.clone())).collect::<Vec<_>>().join("；")
}
