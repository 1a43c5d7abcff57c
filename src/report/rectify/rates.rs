//! How much is done, of all and by unit.

use crate::ledger::item::{ByUnit, Rates};
use crate::report::{Align, Grid, Paint};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a line a unit, all of them together last.
///
/// # Errors
/// What the writer says.
pub fn rates_table(all: &Rates, units: &ByUnit, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let (left, right) = (Align::Left, Align::Right);
    let mut grid = Grid::new([
        ("单位", left),
        ("总数", right),
        ("完成", right),
        ("基本完成", right),
        ("长期坚持", right),
        ("未完成", right),
        ("完成率", right),
        ("已豁免", right),
        ("说明", left),
    ]);
    let mut row = |name: String, r: &Rates| {
        let [total, done, nearly, lasting, open, waived] = [r.total, r.done, r.nearly, r.lasting, r.open, r.waived].map(|n| n.to_string());
        let note = if r.forced > 0 { format!("完成中 {} 个为强制销号，仍在发现", r.forced) } else { String::new() };
        grid.row([name, total, done, nearly, lasting, open, r.percent(), waived, note]);
    };
    // Those of no unit last.
    let (none, some): (Vec<_>, Vec<_>) = units.iter().partition(|((id, _), _)| id.is_none());
    for ((id, name), rates) in some.into_iter().chain(none) {
        let id = id.clone().unwrap_or_else(|| "未关联单位".to_owned());
        row(name.as_ref().map_or_else(|| id.clone(), |name| format!("{name}（{id}）")), rates);
    }
    row("合计".to_owned(), all);
    grid.render(paint, out)?;
    writeln!(out)?;
    writeln!(out, "{}  完成率 = 完成（已销号）÷ 总数；基本完成、长期坚持不计入完成，已豁免不计入总数", paint.label("口径"))
}

/// Writes the same as JSON.
///
/// # Errors
/// What the writer says.
pub fn rates_json(all: &Rates, units: &ByUnit, out: &mut dyn Write) -> io::Result<()> {
    let one = |r: &Rates| {
        let mut value = serde_json::to_value(r).unwrap_or(Value::Null);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("rate".to_owned(), r.hundredths().map_or(Value::Null, |_| Value::from(r.percent())));
        }
        value
    };
    let units: Vec<Value> = units
        .iter()
        .map(|((id, name), r)| {
            let mut value = json!({"unit": id, "name": name});
            if let (Some(fields), Value::Object(rest)) = (value.as_object_mut(), one(r)) {
                fields.extend(rest);
            }
            value
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"all": one(all), "units": units}))?;
    writeln!(out)
}
