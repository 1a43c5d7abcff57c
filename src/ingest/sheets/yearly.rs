//! 年度考核表: who was assessed how. The year stands in a column, above the headers, or is the user's to say.

use super::enter::{Entry, Given, Making, Refused, Said};
use super::people::People;
use super::{Asked, Sheet, person};
use crate::dates::spelled::half_width;
use crate::ingest::value::Value;
use crate::records::{Fate, Problem, Schema, squeeze};
use std::collections::BTreeSet;

/// The rows of such a sheet. Without a year all are refused: who stands there was assessed, but nobody knows when.
pub(super) fn rows(number: usize, sheet: &Sheet, schema: &Schema, asked: Asked, people: &mut People, made: &mut Making) {
    let columns = &sheet.columns;
    let of_sheet = if columns.has("year") { None } else { year(sheet, asked, made) };
    let no_year = !columns.has("year") && of_sheet.is_none();
    let results = schema.list("assessment_result").and_then(|l| schema.lists.get(l));
    for record in &sheet.records {
        let form = person::form(columns, record, asked, schema);
        let key = people.meet((number, record.line, true), &form, |key| person::cells(columns, record, &form, key, schema));
        if squeeze(&columns.cell(record, "name").shown()).is_empty() {
            // The row of the person is refused for its name, which says all.
            continue;
        }
        // A blank is refused as what is required: whoever stands here was assessed.
        let said = match columns.cell(record, "result") {
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
        let refused = no_year.then_some(Refused::Told(NEEDS_YEAR));
        let of = if shown.is_empty() { format!("{key}-K{number}-{}", record.line) } else { format!("{key}-K{shown}") };
        made.add("assessment", number, Entry { line: record.line, key: of, owner: key, cells, refused });
    }
}

/// The code of what is told of a sheet without a year.
const NEEDS_YEAR: &str = "sheet::needs-year";

/// The year of the whole sheet: the one that is named above its headers or in its name, else the one that the user says. Told are a user
/// who says another than the sheet, and a sheet of which nobody can tell.
fn year(sheet: &Sheet, asked: Asked, made: &mut Making) -> Option<i32> {
    let named: BTreeSet<i32> = sheet.above.iter().flat_map(|text| years(text)).collect();
    let written = || named.iter().map(|y| format!("“{y}年度”")).collect::<Vec<_>>().join("、");
    let (year, told) = match (named.iter().collect::<Vec<_>>().as_slice(), asked.year) {
        ([], Some(asked)) => (Some(asked), None),
        ([year], Some(asked)) if asked != **year => {
            let why = format!("标题里写的是{}，--year 写的是 {asked}，以标题为准", written());
            (Some(**year), Some(("sheet::year-differs", Fate::Noted, why, "请核对；标题写错的，改正标题")))
        }
        ([year], _) => (Some(**year), None),
        (years, Some(asked)) if years.contains(&&asked) => (Some(asked), None),
        (years, asked) => {
            let why = match (years, asked) {
                ([], _) => "表上没有写是哪一年度的".to_owned(),
                (_, None) => format!("标题里写了几个年度：{}，不知道是哪一年度的", written()),
                (_, Some(asked)) => format!("标题里写了几个年度：{}，没有 --year 写的 {asked}，不知道是哪一年度的", written()),
            };
            let why = format!("{why}，{} 行考核结果没有读入", sheet.records.len());
            let right = "请加 --year 写明年度，如 --year 2025；或者在表的标题里写“2025年度”，或者加一列“年度”";
            (None, Some((NEEDS_YEAR, Fate::Refused, why, right)))
        }
    };
    let problem = |(code, fate, why, right)| Problem::noted(&sheet.cited, code, why, right as &str).of_table("assessment").fated(fate);
    made.notes.extend(told.map(problem));
    year
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
