//! 年度考核表: who was assessed how. The year stands in a column, above the headers, or is the user's to say.

use super::enter::{Entry, Given, Making, Said};
use super::people::People;
use super::{Asked, Sheet, person};
use crate::dates::spelled::half_width;
use crate::ingest::error::IngestError;
use crate::ingest::value::Value;
use crate::records::{Schema, squeeze};
use std::collections::BTreeSet;

/// The rows of such a sheet.
///
/// # Errors
/// Nothing says of which year it is.
pub(super) fn rows(
    number: usize,
    sheet: &Sheet,
    schema: &Schema,
    asked: Asked,
    people: &mut People,
    made: &mut Making,
) -> Result<(), IngestError> {
    let columns = &sheet.columns;
    let of_sheet = if columns.has("year") { None } else { Some(year(sheet, asked)?) };
    let results = schema.list("assessment_result").and_then(|l| schema.lists.get(l));
    for record in &sheet.records {
        let form = person::form(columns, record, asked, schema);
        let key = people.meet((number, record.line, true), &form, |key| person::cells(columns, record, &form, key, schema));
        let name = squeeze(&columns.cell(record, "name").shown());
        let result = columns.cell(record, "result");
        if name.is_empty() || result.is_blank() {
            continue;
        }
        let said = match result {
            Value::Text(text) => {
                let text = squeeze(text);
                let meant = results.and_then(|l| l.value(l.said(&text)?));
                Said::Text(meant.map_or(text.clone(), str::to_owned))
            }
            other => Said::Cell(other.clone()),
        };
        let of_row = columns.cell(record, "year");
        let (year, shown) = match of_sheet {
            Some(year) => (Said::Text(year.to_string()), year.to_string()),
            None => {
                let text = half_width(&of_row.shown()).trim().trim_end_matches("年度").trim_end_matches('年').to_owned();
                (Said::Text(text.clone()), text)
            }
        };
        let head = |of: &str| columns.header(of).to_owned();
        let year_head = if columns.has("year") { head("year") } else { head("result") };
        let cells = vec![Given { field: "year", header: year_head, said: year }, Given { field: "result", header: head("result"), said }];
        made.add("assessment", number, Entry { line: record.line, key: format!("{key}-K{shown}"), owner: key, cells, refused: None });
    }
    Ok(())
}

/// The year of the whole sheet: as the user says, else the one that is named above its headers or in its name.
fn year(sheet: &Sheet, asked: Asked) -> Result<i32, IngestError> {
    if let Some(year) = asked.year {
        return Ok(year);
    }
    let named: BTreeSet<i32> = sheet.above.iter().flat_map(|text| years(text)).collect();
    match named.iter().collect::<Vec<_>>().as_slice() {
        [year] => Ok(**year),
        _ => Err(IngestError::NeedsYear { file: sheet.cited.clone() }),
    }
}

/// The years that a text says something is of: 2023年度.
fn years(text: &str) -> Vec<i32> {
    let text = half_width(&squeeze(text));
    let before = text.match_indices("年度").filter_map(|(at, _)| text.get(at.checked_sub(4)?..at));
    before.filter(|y| y.bytes().all(|b| b.is_ascii_digit())).filter_map(|y| y.parse().ok()).filter(|y| (1990..=2100).contains(y)).collect()
}

#[cfg(test)]
mod tests {
    use super::years;

    #[test]
    fn a_year_is_named_by_the_word_after_it() {
        assert_eq!(years("某县２０２３年 度公务员考核情况表"), [2023]);
        assert_eq!(years("2022年度、2023年度"), [2022, 2023]);
        assert!(years("填表日期：2024年1月5日").is_empty());
        assert!(years("年度考核").is_empty());
    }
}
