//! Two runs compared, for people and programs.

use super::{Align, Grid, Names, Paint};
use crate::engine::Verdict;
use crate::ledger::{Change, Difference, Item};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes what came, changed and went, each with why.
///
/// # Errors
/// What the writer says.
pub fn render_diff(diff: &Difference, names: &Names, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    head(diff, paint, out)?;
    for change in [Change::Came, Change::Changed, Change::Gone] {
        let items: Vec<&Item> = diff.items.iter().filter(|i| i.change == change).collect();
        if items.is_empty() {
            continue;
        }
        writeln!(out)?;
        writeln!(out, "{} {}", paint.bold(&format!("── {} {} ──", change.word(), items.len())), causes(&items))?;
        for alike in alike(&items) {
            block(&alike, names, paint, out)?;
        }
    }
    Ok(())
}

/// Writes one line a finding.
///
/// # Errors
/// What the writer says.
pub fn diff_table(diff: &Difference, names: &Names, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let left = Align::Left;
    let mut grid =
        Grid::new([("变动", left), ("结论", left), ("规则", left), ("单位", left), ("对象", left), ("缘由", left), ("问题", left)]);
    for item in &diff.items {
        grid.row([
            item.change.word().to_owned(),
            verdicts(item),
            item.code.clone(),
            text(&item.finding["unit_id"]).to_owned(),
            whom(item, names),
            item.causes.words(),
            text(&item.finding["message"]).to_owned(),
        ]);
    }
    if !grid.is_empty() {
        grid.render(paint, out)?;
        writeln!(out)?;
    }
    head(diff, paint, out)
}

/// Writes everything as JSON.
///
/// # Errors
/// What the writer says.
pub fn diff_json(diff: &Difference, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, diff)?;
    writeln!(out)
}

fn head(diff: &Difference, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let (a, b) = (&diff.from, &diff.to);
    writeln!(out, "{} 第 {} 次（截至 {}）→ 第 {} 次（截至 {}）", paint.label("比较"), a.id, a.as_of, b.id, b.as_of)?;
    let n = |change| diff.items.iter().filter(|i| i.change == change).count();
    let counted = format!("新增 {} · 变化 {} · 消失 {}", n(Change::Came), n(Change::Changed), n(Change::Gone));
    writeln!(out, "{} {counted}", paint.label("变动"))?;
    if b.partial {
        let said = format!("第 {} 次只核查了一部分（有的行没有采用），消失的不一定是整改好的", b.id);
        writeln!(out, "{} {said}", paint.label("注意"))?;
    }
    if a.series != b.series {
        writeln!(out, "{} 两次的范围或所选规则不同，有的问题可能只是不在范围内", paint.label("注意"))?;
    }
    Ok(())
}

/// How many findings each cause accounts for; one of several causes counts for each.
fn causes(items: &[&Item]) -> String {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    let mut open = 0;
    for item in items {
        item.causes.proved.iter().for_each(|cause| *counts.entry(*cause).or_default() += 1);
        open += usize::from(item.causes.proved.is_empty());
    }
    let mut said: Vec<String> = counts.into_iter().map(|(cause, n)| format!("{} {n}", cause.word())).collect();
    if open > 0 {
        said.push(format!("未能判明 {open}"));
    }
    said.join(" · ")
}

/// What many are told in one block: neighbours of which the same is said. A row refused may leave hundreds undecided.
fn alike<'a>(items: &[&'a Item]) -> Vec<Vec<&'a Item>> {
    let said = |item: &&Item| {
        let words = (item.finding["message"].as_str(), item.causes.words(), verdicts(item));
        (item.code.clone(), words.0.map(str::to_owned), words.1, words.2, item.waived, item.cells.clone(), item.was.clone())
    };
    items.chunk_by(|a, b| said(a) == said(b)).map(<[_]>::to_vec).collect()
}

fn block(alike: &[&Item], names: &Names, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    /// So many of those of which the same is said are named.
    const NAMED: usize = 5;
    let Some(item) = alike.first() else { return Ok(()) };
    writeln!(out)?;
    let verdict = item.after.as_deref().or(item.before.as_deref()).and_then(Verdict::from_word);
    let shown = verdict.map_or_else(|| verdicts(item), |v| paint.verdict(v, &verdicts(item)));
    writeln!(out, "{shown} {} {}", paint.bold(&item.code), paint.bold(&item.title))?;
    let line = |out: &mut dyn Write, label: &str, text: &str| writeln!(out, "  {}  {text}", paint.label(label));
    let mut whom: Vec<String> = alike.iter().take(NAMED).map(|item| whom(item, names)).collect();
    if alike.len() > NAMED {
        whom.push(format!("……共 {} 个，全部的用 --format table 列出", alike.len()));
    }
    for (i, whom) in whom.iter().enumerate() {
        line(out, if i == 0 { "对象" } else { "    " }, whom)?;
    }
    line(out, if item.change == Change::Gone { "原为" } else { "事实" }, text(&item.finding["message"]))?;
    if let Some(was) = &item.was {
        line(out, "原为", was)?;
    }
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "（空）".to_owned());
    for (i, cell) in item.cells.iter().enumerate() {
        let name = format!("{} {} {}", names.table(&cell.table), cell.id, names.field(&cell.table, &cell.field));
        line(out, if i == 0 { "数值" } else { "    " }, &format!("{name}  {} → {}", shown(&cell.before), shown(&cell.after)))?;
    }
    match item.waived {
        [false, true] => line(out, "豁免", "现已豁免")?,
        [true, false] => line(out, "豁免", "不再豁免")?,
        _ => {}
    }
    line(out, "缘由", &item.causes.words())
}

/// 违规, or 预警→违规.
fn verdicts(item: &Item) -> String {
    match (&item.before, &item.after) {
        (Some(before), Some(after)) if before != after => format!("{before}→{after}"),
        (_, Some(verdict)) | (Some(verdict), None) => verdict.clone(),
        (None, None) => String::new(),
    }
}

fn whom(item: &Item, names: &Names) -> String {
    let subject = &item.finding["subject"];
    let id = match text(&subject["id"]) {
        "*" => "全部",
        id => id,
    };
    let mut whom = format!("{} {id}", names.table(text(&subject["table"])));
    if let Some(year) = subject["year"].as_i64() {
        whom.push_str(&format!("（{year}年）"));
    }
    if let (Some(person), true) = (item.finding["person_id"].as_str(), text(&subject["table"]) != "person") {
        whom.push_str(&format!(" · {} {person}", names.table("person")));
    }
    if let Some(part) = item.finding["part"].as_str() {
        whom.push_str(&format!(" · {part}"));
    }
    whom
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
