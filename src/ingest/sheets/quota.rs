//! 领导职数配备情况表: offices, and how many chiefs and deputies each may have.

use super::Sheet;
use super::enter::{Entry, Given, Making, Refused, Said};
use crate::ingest::value::Value;
use crate::records::{Schema, squeeze};
use sha2::{Digest, Sha256};

/// The rows of such a sheet.
pub(super) fn rows(number: usize, sheet: &Sheet, schema: &Schema, made: &mut Making) {
    let columns = &sheet.columns;
    let levels = schema.list("level").and_then(|l| schema.lists.get(l));
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
}

/// The key of a unit that has none: made of its name.
fn key(name: &str) -> String {
    let digest = Sha256::digest(format!("unit {name}").as_bytes());
    let hex: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("D{hex}")
}
