//! Runs recorded, one line each, with how many findings there were drawn as a line of bars.

use super::{Align, Grid, Paint, words};
use crate::ledger::RunRow;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The bars of a sparkline, from nothing to the most.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The verdicts that findings have.
const FOUND: [&str; 4] = ["违规", "提醒", "待核", "预警"];

/// Writes the runs as a table, and a sparkline of each verdict for every series of two or more; of `all` runs the `last` so many.
///
/// # Errors
/// What the writer says.
pub fn render_history(
    all: &[RunRow],
    last: Option<usize>,
    moved: &BTreeMap<i64, [i64; 3]>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (left, right) = (Align::Left, Align::Right);
    let mut grid = Grid::new([
        ("次", right),
        ("记入时间", left),
        ("截至", left),
        ("违规", right),
        ("提醒", right),
        ("待核", right),
        ("预警", right),
        ("已豁免", right),
        ("新增", right),
        ("变化", right),
        ("消失", right),
        ("用时", right),
        ("说明", left),
    ]);
    let by_id: BTreeMap<i64, &RunRow> = all.iter().map(|r| (r.id, r)).collect();
    let runs = last_of(all, last);
    for run in runs {
        let [breach, advice, open, warning] = found(run).map(|n| n.to_string());
        let [came, changed, gone] = moved.get(&run.id).copied().unwrap_or_default().map(|n| n.to_string());
        let previous = run.previous.and_then(|id| by_id.get(&id).copied());
        grid.row([
            run.id.to_string(),
            run.at.get(..16).unwrap_or(&run.at).replace('T', " "),
            run.as_of.clone(),
            breach,
            advice,
            open,
            warning,
            waived(run).to_string(),
            came,
            changed,
            gone,
            format!("{:.1}秒", run.seconds),
            notes(run, previous),
        ]);
    }
    grid.render(paint, out)?;
    let mut series: BTreeMap<&str, Vec<&RunRow>> = BTreeMap::new();
    runs.iter().for_each(|run| series.entry(&run.series).or_default().push(run));
    let mut series: Vec<Vec<&RunRow>> = series.into_values().filter(|runs| runs.len() > 1).collect();
    series.sort_by_key(|runs| runs.first().map(|run| run.id));
    for runs in series {
        writeln!(out)?;
        let (first, last) = (runs.first().map_or(0, |r| r.id), runs.last().map_or(0, |r| r.id));
        writeln!(out, "{}", paint.bold(format!("第 {first}–{last} 次 {}", scope(runs.first().copied())).trim_end()))?;
        for (i, verdict) in FOUND.iter().enumerate() {
            let counts: Vec<u64> = runs.iter().map(|run| found(run).get(i).copied().unwrap_or(0)).collect();
            let (from, to) = (counts.first().copied().unwrap_or(0), counts.last().copied().unwrap_or(0));
            writeln!(out, "  {}  {}  {} → {}", paint.label(verdict), spark(&counts), words::count(from), words::count(to))?;
        }
    }
    Ok(())
}

fn last_of(all: &[RunRow], last: Option<usize>) -> &[RunRow] {
    last.and_then(|last| all.get(all.len().saturating_sub(last)..)).unwrap_or(all)
}

/// Writes the runs as JSON, of `all` the `last` so many.
///
/// # Errors
/// What the writer says.
pub fn history_json(all: &[RunRow], last: Option<usize>, moved: &BTreeMap<i64, [i64; 3]>, out: &mut dyn Write) -> io::Result<()> {
    let one = |run: &RunRow| {
        let [came, changed, gone] = moved.get(&run.id).copied().unwrap_or_default();
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
        json!({
            "run": run.id, "previous": run.previous, "series": run.series, "at": run.at, "as_of": run.as_of, "guiju": run.program,
            "rules": run.rules, "profile": run.profile, "waivers": run.waivers, "data": run.data, "scope": parsed(&run.scope),
            "sources": parsed(&run.sources), "counts": parsed(&run.counts), "came": came, "changed": changed, "gone": gone,
            "partial": run.partial, "seconds": run.seconds,
        })
    };
    let runs: Vec<Value> = last_of(all, last).iter().map(one).collect();
    serde_json::to_writer_pretty(&mut *out, &runs)?;
    writeln!(out)
}

/// What differs from the run before in how the run was made.
fn notes(run: &RunRow, previous: Option<&RunRow>) -> String {
    let mut notes = Vec::new();
    match previous {
        None => {
            notes.push("首次".to_owned());
            let scope = scope(Some(run));
            if !scope.is_empty() {
                notes.push(scope);
            }
        }
        Some(before) => {
            let differs = [
                (run.rules != before.rules, "规则有变"),
                (run.profile != before.profile, "配置有变"),
                (run.waivers != before.waivers, "豁免有变"),
                (run.program != before.program, "程序有变"),
                (run.data.is_some() && run.data == before.data, "数据未变"),
            ];
            notes.extend(differs.into_iter().filter(|(differs, _)| *differs).map(|(_, word)| word.to_owned()));
        }
    }
    if run.partial {
        notes.push("只核查了一部分".to_owned());
    }
    notes.join("，")
}

/// What of the records and rules a run was confined to.
fn scope(run: Option<&RunRow>) -> String {
    let scope: Value = run.and_then(|run| serde_json::from_str(&run.scope).ok()).unwrap_or(Value::Null);
    let names = [
        ("select", "规则"),
        ("ignore", "不用规则"),
        ("unit", "单位"),
        ("person", "人员"),
        ("batch", "批次"),
        ("since", "自"),
        ("until", "至"),
    ];
    let value = |key: &str| match &scope[key] {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        _ => String::new(),
    };
    let said: Vec<String> =
        names.iter().map(|(key, name)| (name, value(key))).filter(|(_, v)| !v.is_empty()).map(|(n, v)| format!("{n} {v}")).collect();
    said.join(" ")
}

fn found(run: &RunRow) -> [u64; 4] {
    let counts: Value = serde_json::from_str(&run.counts).unwrap_or(Value::Null);
    FOUND.map(|verdict| counts["findings"][verdict].as_u64().unwrap_or(0))
}

fn waived(run: &RunRow) -> u64 {
    serde_json::from_str::<Value>(&run.counts).ok().and_then(|c| c["waived"].as_u64()).unwrap_or(0)
}

/// Counts as bars of eight heights; the last sixty.
fn spark(counts: &[u64]) -> String {
    let counts = counts.get(counts.len().saturating_sub(60)..).unwrap_or_default();
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |n: u64| {
        let height = n.saturating_mul(7).div_ceil(most);
        BARS.get(usize::try_from(height).unwrap_or(0)).copied().unwrap_or('█')
    };
    counts.iter().map(|n| bar(*n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_rise_with_counts_and_nothing_is_the_lowest() {
        assert_eq!(spark(&[0, 1, 4, 7]), "▁▂▅█");
        assert_eq!(spark(&[0, 0]), "▁▁");
        assert_eq!(spark(&[5]), "█");
        // What there is, however little, is not drawn as nothing.
        assert_eq!(spark(&[0, 1, 1000]), "▁▂█");
    }
}
