//! 领导职数配备情况表: offices, and how many chiefs and deputies each may have.

use super::Sheet;
use super::enter::{Entry, Given, Making, Refused, Said};
use crate::ingest::value::Value;
use crate::records::{Problem, Schema, squeeze};
use sha2::{Digest, Sha256};

/// The rows of such a sheet.
pub(super) fn rows(number: usize, sheet: &Sheet, schema: &Schema, made: &mut Making) {
    let columns = &sheet.columns;
    let levels = schema.list("level").and_then(|l| schema.lists.get(l));
    let mut wrong_sums = Vec::new();
    for record in &sheet.records {
        let head = |of: &str| columns.header(of).to_owned();
        let name = columns.cell(record, "unit").shown().split_whitespace().collect::<String>();
        let unit = key(&name);
        let cells = vec![Given { field: "name", header: head("unit"), said: Said::Text(name.clone()) }];
        made.add("unit", number, Entry { line: record.line, key: unit.clone(), owner: String::new(), cells, refused: None });
        if name.is_empty() {
            continue;
        }
        made.units.insert(name.clone(), unit.clone());
        let counts = ["total_approved", "chief_approved", "deputy_approved"].map(|of| count(columns.cell(record, of)));
        if let [Some(total), Some(chiefs), Some(deputies)] = counts
            && total != chiefs + deputies
        {
            wrong_sums.push(record.line);
        }
        let written = squeeze(&columns.cell(record, "unit_level").shown());
        let office = schema.headings.iter().find(|(of, words)| of.starts_with("office ") && words.contains(&written));
        let office = office.and_then(|(of, _)| of.strip_prefix("office "));
        for (of, which) in [("chief_approved", "正职"), ("deputy_approved", "副职")] {
            let value = columns.cell(record, of);
            if !columns.has(of) || value.is_blank() {
                continue;
            }
            let level = office.map(|o| format!("{o}{which}")).filter(|l| levels.is_some_and(|all| all.code(l).is_some()));
            let refused = level.is_none().then(|| {
                let why = if written.is_empty() {
                    "没有机构级别，不知道是哪一级的职数"
                } else {
                    "看不懂这个机构级别，不知道是哪一级的职数"
                };
                let right = "机构级别写作 正处级、正科级 等".to_owned();
                let (column, text) = (head("unit_level"), crate::records::shown(&written));
                Refused::Here { column, code: "sheet::unit-level", text, why: why.to_owned(), right }
            });
            let approved = match value {
                Value::Text(text) => Said::Text(squeeze(text).trim_end_matches(['名', '人', '个']).to_owned()),
                other => Said::Cell(other.clone()),
            };
            let cells = vec![
                Given { field: "level", header: head(of), said: level.map_or(Said::Unknown, Said::Text) },
                Given { field: "approved", header: head(of), said: approved },
            ];
            made.add(
                "quota",
                number,
                Entry {
                    line: record.line,
                    key: format!("{unit}-{}", if which == "正职" { "Z" } else { "F" }),
                    owner: unit.clone(),
                    cells,
                    refused,
                },
            );
        }
    }
    if let Some(&first) = wrong_sums.first() {
        let why = format!("领导职数的合计与正职、副职之和不符，按正职、副职的数采用：{}", super::lines(&wrong_sums));
        let note = Problem::noted(sheet.cited.as_str(), "sheet::sum-differs", why, "请核对原件，改正写错的数");
        made.notes.push(note.of_table("quota").at_row(first).in_column(columns.header("total_approved")));
    }
}

/// A whole number of a cell.
fn count(cell: &Value) -> Option<i64> {
    match cell {
        Value::Int(n) => Some(*n),
        Value::Real(x) if x.fract() == 0.0 && x.abs() < 1e6 => Some(*x as i64),
        Value::Text(text) => squeeze(text).trim_end_matches(['名', '人', '个']).parse().ok(),
        _ => None,
    }
}

/// The key of a unit that has none: made of its name.
fn key(name: &str) -> String {
    let digest = Sha256::digest(format!("unit {name}").as_bytes());
    let hex: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("D{hex}")
}
