//! 年度考核结果: `2021年度称职、2022年度优秀`, `2021、2022、2023年年度考核均为称职`.

use super::form::{Field, Form};
use super::row::{Refusal, Row, Value, says_none};
use crate::dates::spelled;
use crate::records::{CodeList, Schema};
use std::ops::RangeInclusive;

/// Words between years and results that say nothing more; the longest first.
const FILLERS: [&str; 26] = [
    "年度考核结果",
    "年年度考核",
    "年度考核",
    "考核结果",
    "考核等次",
    "年度",
    "均被评为",
    "均评为",
    "均确定为",
    "均定为",
    "确定为",
    "被评为",
    "评定为",
    "评为",
    "定为",
    "均为",
    "结果",
    "等次",
    "考核",
    "公务员",
    "均",
    "为",
    "年",
    "是",
    "、",
    "，",
];
const RIGHT: &str = "写作 2021年度称职、2022年度优秀";
/// Years an assessment can be of.
const YEARS: RangeInclusive<i32> = 1990..=2100;

/// The rows of the yearly assessments.
pub(in crate::ingest) fn rows(form: &Form, person: &str, schema: &Schema) -> Vec<Row> {
    let text = spelled::half_width(form.text(Field::Assessments));
    let Some(results) = schema.list("assessment_result").and_then(|l| schema.lists.get(l)) else { return Vec::new() };
    if says_none(&text) {
        return Vec::new();
    }
    let mut found: Vec<(i32, u8, u32)> = Vec::new();
    let mut rows = Vec::new();
    let row = |line, key: String| Row::new("assessment", Field::Assessments, line, key);
    let several = text.lines().filter(|l| !l.trim().is_empty()).count() > 1;
    let mut unread = 0;
    for (number, line) in (1u32..).zip(text.lines()) {
        let line_number = if several { number } else { 0 };
        for clause in line.split(['；', ';', '。']).map(str::trim).filter(|c| !c.is_empty()) {
            match read(clause, results) {
                Some(all) => found.extend(all.into_iter().map(|(year, result)| (year, result, line_number))),
                None => {
                    unread += 1;
                    let refusal = Refusal::new("form::assessment", clause, "看不出哪一年是什么等次", RIGHT);
                    let blank =
                        row(line_number, format!("{person}-K?{unread}")).with("year", Value::Unknown).with("result", Value::Unknown);
                    rows.push(blank.refuse(refusal));
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|(year, result, _)| (*year, *result));
    for (i, &(year, result, line)) in found.iter().enumerate() {
        let value = results.value(result).unwrap_or("");
        let again = found.iter().enumerate().any(|(j, other)| j != i && other.0 == year);
        let key = if again { format!("{person}-K{year}-{i}") } else { format!("{person}-K{year}") };
        let row = row(line, key).with("year", Value::Int(year)).text("result", value);
        rows.push(if again {
            row.refuse(Refusal::new("form::assessment", &format!("{year}年{value}"), "同一年写了两种等次", RIGHT))
        } else {
            row
        });
    }
    rows
}

/// Years and their results: each result is that of all years since the one before. None if the clause says anything else.
fn read(clause: &str, results: &CodeList) -> Option<Vec<(i32, u8)>> {
    let (mut rest, mut years, mut read) = (clause, Vec::new(), Vec::new());
    let mut range = false;
    while !rest.is_empty() {
        rest = rest.trim_start_matches([' ', ',', ':', '：', '.']);
        if let Some(digits) = year_at(rest) {
            let year: i32 = digits.parse().ok().filter(|y| YEARS.contains(y))?;
            if range {
                let first = *years.last()?;
                if first >= year || year - first > 30 {
                    return None;
                }
                years.extend(first + 1..=year);
            } else {
                years.push(year);
            }
            range = false;
            rest = rest.get(4..)?;
        } else if let Some((code, length)) = results.begins(rest) {
            if years.is_empty() || range {
                return None;
            }
            read.extend(years.drain(..).map(|y| (y, code)));
            rest = rest.get(length..)?;
        } else if let Some(dash) = ["至", "到", "--", "—", "-", "~", "～"].into_iter().find(|d| rest.starts_with(d)) {
            if years.is_empty() || range {
                return None;
            }
            range = true;
            rest = rest.get(dash.len()..)?;
        } else if let Some(filler) = FILLERS.into_iter().find(|f| rest.starts_with(f)) {
            rest = rest.get(filler.len()..)?;
        } else if !rest.is_empty() {
            return None;
        }
    }
    (years.is_empty() && !range && !read.is_empty()).then_some(read)
}

fn year_at(text: &str) -> Option<&str> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits).filter(|d| d.len() == 4)
}
