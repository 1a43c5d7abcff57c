//! The list as a workbook to be filled in and sent back: a sheet a unit, headers frozen, states to choose from, time limits coloured.

use super::columns::Column;
use super::draft::{Problem, UnitDraft};
use super::words;
use crate::dates::Day;
use crate::ledger::item::{Item, Kind, Stage};
use crate::report::xlsx::{new_book, put, sheet_name};
use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError,
};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Past this many, sheets for units help nobody: one sheet holds all, with a filter.
const UNIT_SHEETS: usize = 250;

/// Writes the workbook. Within `soon` days a time limit is coloured.
///
/// # Errors
/// What the writer says.
pub fn draft_xlsx(units: &[UnitDraft<'_>], soon: u16, out: &mut dyn Write) -> io::Result<()> {
    let written = || -> Result<Vec<u8>, XlsxError> {
        let mut book = new_book()?;
        let (styles, mut taken) = (Styles::new(), BTreeSet::new());
        if units.is_empty() || units.len() > UNIT_SHEETS {
            let all: Vec<&Problem<'_>> = units.iter().flat_map(|unit| &unit.problems).collect();
            sheet(book.add_worksheet().set_name(sheet_name("整改清单", &mut taken))?, &all, &styles, soon)?;
        } else {
            for unit in units {
                let all: Vec<&Problem<'_>> = unit.problems.iter().collect();
                sheet(book.add_worksheet().set_name(sheet_name(&unit.name, &mut taken))?, &all, &styles, soon)?;
            }
        }
        book.save_to_buffer()
    };
    out.write_all(&written().map_err(io::Error::other)?)
}

struct Styles {
    head: Format,
    fixed: Format,
    open: Format,
    day: Format,
    mark: Format,
    late: Format,
    soon: Format,
}

impl Styles {
    fn new() -> Self {
        let cell = Format::new().set_align(FormatAlign::Top).set_text_wrap().set_border(FormatBorder::Thin);
        let fixed = cell.clone().set_background_color("F2F2F2");
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_background_color("D9E1F2")
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter),
            day: cell.clone().set_num_format("yyyy-mm-dd"),
            mark: fixed.clone().set_font_color("808080").set_num_format("@"),
            open: cell,
            fixed,
            late: Format::new().set_background_color("FFC7CE").set_font_color("9C0006"),
            soon: Format::new().set_background_color("FFEB9C").set_font_color("7F6000"),
        }
    }
}

fn sheet(sheet: &mut Worksheet, problems: &[&Problem<'_>], styles: &Styles, soon: u16) -> Result<(), XlsxError> {
    for (column, place) in Column::ALL.into_iter().zip(0u16..) {
        put(sheet, 0, place, column.title(), &styles.head)?;
        sheet.set_column_width(place, column.width())?;
    }
    let mut last = 0;
    for (row, (problem, number)) in (1u32..).zip(problems.iter().zip(1u32..)) {
        let Some(item) = problem.item() else { continue };
        for (column, place) in Column::ALL.into_iter().zip(0u16..) {
            match (column, item.due.as_deref().and_then(|due| due.parse::<Day>().ok())) {
                (Column::Number, _) => sheet.write_number_with_format(row, place, f64::from(number), &styles.fixed).map(|_| ())?,
                (Column::Due, Some(day)) => {
                    sheet.write_datetime_with_format(row, place, ExcelDateTime::parse_from_str(&day.to_string())?, &styles.day)?;
                }
                (Column::Due, None) => put(sheet, row, place, "", &styles.day)?,
                _ => put(sheet, row, place, &text(column, problem, item), style(column, styles))?,
            }
        }
        last = row;
    }
    let columns = Column::Mark.place();
    sheet.set_freeze_panes(1, 2)?.autofilter(0, 0, last.max(1), columns)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    choices(sheet, last.max(1), styles, soon)
}

/// What may be chosen, and what is coloured.
fn choices(sheet: &mut Worksheet, last: u32, styles: &Styles, soon: u16) -> Result<(), XlsxError> {
    let chosen = |words: &[&str], wrong: &str| -> Result<DataValidation, XlsxError> {
        DataValidation::new().allow_list_strings(words)?.set_error_title("不在可选范围")?.set_error_message(wrong)
    };
    let (stage, kind, due) = (Column::Stage.place(), Column::Kind.place(), Column::Due.place());
    let reported = Stage::REPORTED.map(Stage::word);
    sheet.add_data_validation(1, stage, last, stage, &chosen(&reported, "请从下拉框中选择；销号由督办单位核验后办理")?)?;
    sheet.add_data_validation(1, kind, last, kind, &chosen(&Kind::ALL.map(Kind::word), "请从下拉框中选择")?)?;
    let (d, s) = (Column::letter(usize::from(due)), Column::letter(usize::from(stage)));
    let running = Stage::RUNNING.map(|stage| format!("${s}2=\"{}\"", stage.word())).join(",");
    let rule = |when: &str, format: &Format| {
        let formula = format!("=AND(ISNUMBER(${d}2),{when},OR({running}))");
        ConditionalFormatFormula::new().set_rule(Formula::new(formula)).set_format(format)
    };
    sheet.add_conditional_format(1, due, last, due, &rule(&format!("${d}2<TODAY()"), &styles.late))?;
    let near = format!("${d}2>=TODAY(),${d}2<=TODAY()+{soon}");
    sheet.add_conditional_format(1, due, last, due, &rule(&near, &styles.soon))?;
    Ok(())
}

fn text(column: Column, problem: &Problem<'_>, item: &Item) -> String {
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    match column {
        Column::Number | Column::Due => String::new(),
        Column::Problem => words::problem(&problem.lines),
        Column::Verdict => words::verdict(&problem.lines).to_owned(),
        Column::Type => words::kinds(&problem.lines),
        Column::Basis => words::basis(&problem.lines),
        Column::Advice => words::remedies(&problem.lines),
        Column::Measures => own(&item.measures),
        Column::Unit => own(&item.owner_unit),
        Column::Leader => own(&item.leader),
        Column::Owner => own(&item.owner),
        Column::Kind => item.kind.map(Kind::word).unwrap_or_default().to_owned(),
        Column::Stage => item.stage.word().to_owned(),
        Column::Progress => own(&item.progress),
        Column::Material => own(&item.material),
        Column::Closing => problem.lines.first().map(|line| words::closing(line)).unwrap_or_default(),
        Column::Mark => problem.mark(),
    }
}

fn style(column: Column, styles: &Styles) -> &Format {
    match column {
        Column::Number | Column::Problem | Column::Verdict | Column::Type | Column::Basis | Column::Advice | Column::Closing => {
            &styles.fixed
        }
        Column::Mark => &styles.mark,
        _ => &styles.open,
    }
}
