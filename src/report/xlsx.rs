//! A workbook to hand over: a summary, every finding, and a sheet for each unit. The same findings make the same bytes.

use super::csv::{DAYS, HEADERS, cells};
use super::{Report, tally, unexported, words};
use crate::engine::{Finding, Verdict};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Excel holds no more characters in a cell.
const CELL: usize = 32_767;
/// Past this many, sheets for units help nobody: the sheet of all findings has a filter.
const UNIT_SHEETS: usize = 250;
/// Column widths, in characters, by [`HEADERS`].
const WIDTHS: [f64; 16] = [6.0, 9.0, 24.0, 10.0, 20.0, 10.0, 10.0, 24.0, 14.0, 48.0, 9.0, 12.0, 40.0, 48.0, 32.0, 32.0];

/// Writes the workbook.
pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let bytes = workbook(report).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn workbook(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = new_book()?;
    let styles = Styles::new();
    let mut units: BTreeMap<(bool, Option<&str>), Vec<&Finding>> = BTreeMap::new();
    for finding in report.outcome.findings.iter().filter(|f| !unexported::is_grouped(f)) {
        let unit = finding.unit_id.as_deref();
        units.entry((unit.is_none(), unit)).or_default().push(finding);
    }
    let mut taken = BTreeSet::new();
    summary(report, &units, &styles, book.add_worksheet().set_name(sheet_name("汇总", &mut taken))?)?;
    let all: Vec<&Finding> = report.outcome.findings.iter().collect();
    findings(report, &all, &styles, book.add_worksheet().set_name(sheet_name("全部问题", &mut taken))?)?;
    if !report.outcome.unexported.is_empty() {
        not_exported(report, &styles, book.add_worksheet().set_name(sheet_name("未导出", &mut taken))?)?;
    }
    problems(report, &styles, book.add_worksheet().set_name(sheet_name("数据问题", &mut taken))?)?;
    if units.len() <= UNIT_SHEETS {
        for found in units.values() {
            let name = found.first().map(|f| report.unit_of(f)).unwrap_or_default();
            findings(report, found, &styles, book.add_worksheet().set_name(sheet_name(&name, &mut taken))?)?;
        }
    }
    book.save_to_buffer()
}

pub(super) fn new_book() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // The clock must not get into the bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title("规矩检查结果").set_creation_datetime(&made));
    Ok(book)
}

struct Styles {
    head: Format,
    text: Format,
    bold: Format,
}

impl Styles {
    fn new() -> Self {
        let text = Format::new().set_align(FormatAlign::Top).set_text_wrap();
        let head =
            Format::new().set_bold().set_background_color("D9E1F2").set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        Self { head, text, bold: Format::new().set_bold() }
    }
}

fn summary(
    report: &Report,
    units: &BTreeMap<(bool, Option<&str>), Vec<&Finding>>,
    styles: &Styles,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    sheet.set_column_width(0, 28.0)?.set_column_width(1, 30.0)?;
    let mut row = 0;
    for (label, text) in report.tally() {
        put(sheet, row, 0, label, &styles.bold)?;
        put(sheet, row, 1, &text, &Format::new())?;
        row += 1;
    }
    if units.len() > UNIT_SHEETS {
        put(sheet, row, 0, "说明", &styles.bold)?;
        put(sheet, row, 1, &format!("单位超过{UNIT_SHEETS}个，未分页；请在“全部问题”页按单位筛选"), &Format::new())?;
        row += 1;
    }
    row += 1;
    // What was not exported concerns no unit in particular; it has a sheet of its own.
    let by_unit = units.values().filter_map(|found| Some((report.unit_of(found.first()?), found.as_slice())));
    row = counts(sheet, styles, row, ["单位", ""], by_unit.map(|(unit, found)| ([unit, String::new()], found)))?;
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.outcome.findings {
        rules.entry(&finding.code).or_default().push(finding);
    }
    let by_rule =
        rules.values().filter_map(|found| Some(([found.first()?.code.clone(), found.first()?.title.to_string()], found.as_slice())));
    counts(sheet, styles, row + 1, ["规则", "规则名称"], by_rule)?;
    Ok(())
}

/// A table of findings counted by verdict; gives the row after it.
fn counts<'a>(
    sheet: &mut Worksheet,
    styles: &Styles,
    start: u32,
    heads: [&str; 2],
    lines: impl Iterator<Item = ([String; 2], &'a [&'a Finding])>,
) -> Result<u32, XlsxError> {
    let (shown, _) = Verdict::ALL.split_at(4);
    let titles = heads.into_iter().chain(shown.iter().map(|v| v.word())).chain(["合计"]);
    for (column, title) in (0u16..).zip(titles) {
        put(sheet, start, column, title, &styles.head)?;
    }
    let mut row = start + 1;
    for (names, found) in lines {
        for (column, name) in (0u16..).zip(&names) {
            put(sheet, row, column, name, &Format::new())?;
        }
        let counts = tally::count(found.iter().map(|f| f.verdict));
        let numbers = counts.into_iter().take(4).chain([found.len() as u64]);
        for (column, n) in (2u16..).zip(numbers) {
            sheet.write_number(row, column, n as f64)?;
        }
        row += 1;
    }
    Ok(row)
}

fn findings(report: &Report, found: &[&Finding], styles: &Styles, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    fill(sheet, styles, &HEADERS, &WIDTHS, found.iter().map(|f| cells(report, f)), &[DAYS])
}

/// Headers and rows, the headers frozen and filtered. The `numbers` are columns of numbers.
fn fill<const N: usize>(
    sheet: &mut Worksheet,
    styles: &Styles,
    headers: &[&str; N],
    widths: &[f64; N],
    rows: impl Iterator<Item = [String; N]>,
    numbers: &[usize],
) -> Result<(), XlsxError> {
    for ((column, title), width) in (0u16..).zip(headers).zip(widths) {
        put(sheet, 0, column, title, &styles.head)?;
        sheet.set_column_width(column, *width)?;
    }
    let mut last = 0;
    for (row, cells) in (1u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(&cells) {
            match cell.parse::<f64>() {
                Ok(n) if numbers.contains(&usize::from(column)) => {
                    sheet.write_number_with_format(row, column, n, &styles.text).map(|_| ())?
                }
                _ => put(sheet, row, column, cell, &styles.text)?,
            }
        }
        last = row;
    }
    let columns = u16::try_from(N.saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_freeze_panes(1, 0)?.autofilter(0, 0, last.max(1), columns)?;
    Ok(())
}

/// A workbook of one sheet.
pub(super) fn sheet<const N: usize>(
    name: &str,
    headers: &[&str; N],
    widths: &[f64; N],
    rows: impl Iterator<Item = [String; N]>,
    numbers: &[usize],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut book = new_book().map_err(io::Error::other)?;
    let sheet = book.add_worksheet().set_name(sheet_name(name, &mut BTreeSet::new())).map_err(io::Error::other)?;
    fill(sheet, &Styles::new(), headers, widths, rows, numbers).map_err(io::Error::other)?;
    out.write_all(&book.save_to_buffer().map_err(io::Error::other)?)
}

/// What was not exported, and the rules that it leaves undecided.
fn not_exported(report: &Report, styles: &Styles, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let headers = ["未导出", "规则", "规则名称", "判不了的对象", "还缺"];
    let groups = unexported::groups(report);
    let rows = groups.iter().flat_map(|group| {
        group.rules.iter().map(|rule| {
            let also: Vec<String> = rule.also.iter().map(|m| unexported::name(report, m)).collect();
            let what = unexported::name(report, group.what);
            [what, rule.code.to_owned(), rule.title.to_owned(), rule.whom(report), also.join("、")]
        })
    });
    fill(sheet, styles, &headers, &[28.0, 9.0, 32.0, 24.0, 40.0], rows, &[])
}

/// A workbook of sheets of texts: names, headers and rows.
pub(super) fn texts(sheets: impl Iterator<Item = (String, Vec<String>, Vec<Vec<String>>)>, out: &mut dyn Write) -> io::Result<()> {
    let written = || -> Result<Vec<u8>, XlsxError> {
        let mut book = new_book()?;
        let (styles, mut taken) = (Styles::new(), BTreeSet::new());
        let typed = Format::new().set_num_format("@");
        for (name, headers, rows) in sheets {
            let sheet = book.add_worksheet().set_name(sheet_name(&name, &mut taken))?;
            for (column, title) in (0u16..).zip(&headers) {
                put(sheet, 0, column, title, &styles.head)?;
                sheet.set_column_width(column, 16.0)?;
            }
            for (row, cells) in (1u32..).zip(&rows) {
                for (column, cell) in (0u16..).zip(cells) {
                    put(sheet, row, column, cell, &typed)?;
                }
            }
            sheet.set_freeze_panes(1, 0)?;
        }
        book.save_to_buffer()
    };
    out.write_all(&written().map_err(io::Error::other)?)
}

fn problems(report: &Report, styles: &Styles, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let heads = [("文件", 20.0), ("表", 16.0), ("行", 8.0), ("列", 16.0), ("值", 24.0), ("结果", 12.0), ("原因", 40.0), ("应为", 40.0)];
    for (column, (title, width)) in (0u16..).zip(heads) {
        put(sheet, 0, column, title, &styles.head)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, p) in (1u32..).zip(&report.problems) {
        let line = words::row(p);
        let cells = [&p.file, report.names.table(&p.table), &line, &p.column, &p.value, words::fate(p.fate), &p.why, &p.right];
        for (column, cell) in (0u16..).zip(cells) {
            put(sheet, row, column, cell, &styles.text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A text cell: never a formula or a link, whatever it begins with.
pub(super) fn put(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    let long = text.chars().count() > CELL;
    let cut: String = if long { text.chars().take(CELL - 1).chain(['…']).collect() } else { text.to_owned() };
    sheet.write_string_with_format(row, column, cut, format)?;
    Ok(())
}

/// A name that Excel takes for a sheet: at most 31 characters, none of `[]:*?/\`, not in quotes, not used yet.
pub(super) fn sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let safe: String = wanted.chars().map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { '_' } else { c }).collect();
    let safe = if safe.trim().is_empty() { "_".to_owned() } else { safe };
    let mut name: String = utf16_cut(&safe, 31);
    let mut n = 2;
    // Excel compares names without case, and keeps "History" for itself.
    while name.eq_ignore_ascii_case("history") || !taken.insert(name.to_lowercase()) {
        let tail = format!("_{n}");
        name = format!("{}{tail}", utf16_cut(&safe, 31 - tail.len()));
        n += 1;
    }
    name
}

/// The longest head of a text that has at most `most` UTF-16 units.
fn utf16_cut(text: &str, most: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= most
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_safe_and_differ() {
        let mut taken = BTreeSet::new();
        assert_eq!(sheet_name("U1 甲/乙[丙]:局", &mut taken), "U1 甲_乙_丙__局");
        assert_eq!(sheet_name("u1 甲_乙_丙__局", &mut taken), "u1 甲_乙_丙__局_2");
        let long = "县".repeat(40);
        assert_eq!(sheet_name(&long, &mut taken).chars().count(), 31);
        let again = sheet_name(&long, &mut taken);
        assert_eq!((again.chars().count(), again.ends_with("_2")), (31, true));
        assert_eq!(sheet_name("History", &mut taken), "History_2");
        assert_eq!(sheet_name(" ", &mut taken), "_");
    }
}
