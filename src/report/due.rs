//! What falls due, by date: a table to read, a workbook to hand over, a calendar to import.

use super::{Align, Grid, Names, Paint, calendar, csv, words, xlsx};
use crate::dates::Day;
use crate::engine::Finding;
use std::io::{self, Write};

/// How a list of what falls due is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueFormat {
    /// For reading on a screen.
    Table,
    /// For programs.
    Json,
    /// For Excel.
    Csv,
    /// A workbook.
    Xlsx,
    /// iCalendar.
    Ics,
}

impl DueFormat {
    /// By name, in the order shown in help.
    pub const ALL: [(&'static str, Self); 5] =
        [("table", Self::Table), ("json", Self::Json), ("csv", Self::Csv), ("xlsx", Self::Xlsx), ("ics", Self::Ics)];

    /// Whether it is bytes that no terminal should be sent.
    pub fn is_binary(self) -> bool {
        self == Self::Xlsx
    }
}

/// The columns.
const HEADERS: [&str; 8] = ["到期日", "剩余天数", "规则", "规则名称", "单位", "人员", "对象", "事项"];

/// Sorts what falls due by date, then as findings are.
pub fn sort_due(due: &mut [Finding]) {
    due.sort_by(|a, b| {
        let key = |f: &Finding| (f.due.clone(), f.code.clone(), f.subject.clone(), f.part.clone());
        key(a).cmp(&key(b))
    });
}

/// Writes what falls due, which is sorted.
///
/// # Errors
/// What the writer says.
pub fn render_due(due: &[Finding], names: &Names, as_of: Day, format: DueFormat, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    match format {
        DueFormat::Table => table(due, names, as_of, paint, out),
        DueFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, due)?;
            writeln!(out)
        }
        DueFormat::Csv => csv::sheet(&HEADERS, due.iter().map(|f| cells(f, names, as_of)), &[LEFT], out),
        DueFormat::Xlsx => xlsx::sheet("到期事项", &HEADERS, &WIDTHS, due.iter().map(|f| cells(f, names, as_of)), &[LEFT], out),
        DueFormat::Ics => calendar::render(due, names, as_of, out),
    }
}

/// The number of the column of days left.
const LEFT: usize = 1;
const WIDTHS: [f64; 8] = [12.0, 9.0, 9.0, 24.0, 24.0, 16.0, 28.0, 48.0];

fn cells(f: &Finding, names: &Names, as_of: Day) -> [String; 8] {
    let due = f.due.clone().unwrap_or_default();
    let left = due.parse::<Day>().map(|d| d.days_since(as_of).to_string()).unwrap_or_default();
    [
        due,
        left,
        f.code.clone(),
        f.title.to_string(),
        f.unit_id.as_deref().map(|id| names.unit(id)).unwrap_or_default(),
        f.person_id.as_deref().map(|id| names.person(id)).unwrap_or_default(),
        format!("{}{}", words::subject(names, &f.subject), f.part.as_ref().map(|p| format!(" · {p}")).unwrap_or_default()),
        f.message.clone(),
    ]
}

fn table(due: &[Finding], names: &Names, as_of: Day, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut grid = Grid::new(HEADERS.map(|h| (h, if h == "剩余天数" { Align::Right } else { Align::Left })));
    due.iter().for_each(|f| grid.row(cells(f, names, as_of)));
    if !grid.is_empty() {
        grid.render(paint, out)?;
        writeln!(out)?;
    }
    writeln!(out, "截至 {as_of}，共 {} 项", due.len())
}
