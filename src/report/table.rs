//! One line a finding, in columns that stay straight with wide characters; and the grid that does it for every command.

use super::{Paint, Report, words};
use crate::engine::Verdict;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// On which side a column is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows in columns as wide as their widest cell. Widths are measured on the plain text, so that colours do not count.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<(String, Option<Verdict>)>>,
}

impl Grid {
    /// A grid with these headers.
    pub fn new<const N: usize>(columns: [(&str, Align); N]) -> Self {
        Self { columns: columns.into_iter().map(|(name, align)| (name.to_owned(), align)).collect(), rows: Vec::new() }
    }

    /// Adds a column on the right.
    pub fn column(&mut self, name: &str, align: Align) {
        self.columns.push((name.to_owned(), align));
    }

    /// Adds a row; cells beyond the columns are left out.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into_iter().take(self.columns.len()).map(|text| (text, None)).collect());
    }

    /// Adds a row whose first cell is a verdict.
    pub fn verdict_row<const N: usize>(&mut self, verdict: Verdict, cells: [String; N]) {
        let first = (verdict.word().to_owned(), Some(verdict));
        self.rows.push(std::iter::once(first).chain(cells.into_iter().map(|text| (text, None))).collect());
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes the headers and rows. The last column is not padded.
    ///
    /// # Errors
    /// What the writer says.
    pub fn render(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        let mut widths: Vec<usize> = self.columns.iter().map(|(name, _)| name.width()).collect();
        for row in &self.rows {
            widths.iter_mut().zip(row).for_each(|(w, (text, _))| *w = (*w).max(text.width()));
        }
        let headers: Vec<_> = self.columns.iter().map(|(name, _)| (name.as_str(), paint.bold(name))).collect();
        self.line(&widths, &headers, out)?;
        for row in &self.rows {
            let colour = |(text, verdict): &(String, Option<Verdict>)| verdict.map_or_else(|| text.clone(), |v| paint.verdict(v, text));
            let cells: Vec<_> = row.iter().map(|cell| (cell.0.as_str(), colour(cell))).collect();
            self.line(&widths, &cells, out)?;
        }
        Ok(())
    }

    fn line(&self, widths: &[usize], cells: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
        let mut line = String::new();
        for (i, ((plain, coloured), ((_, align), width))) in cells.iter().zip(self.columns.iter().zip(widths)).enumerate() {
            let pad = " ".repeat(width.saturating_sub(plain.width()));
            let last = i + 1 == self.columns.len();
            match align {
                Align::Right => line.push_str(&format!("{pad}{coloured}")),
                Align::Left if last => line.push_str(coloured),
                Align::Left => line.push_str(&format!("{coloured}{pad}")),
            }
            if !last {
                line.push_str("  ");
            }
        }
        writeln!(out, "{}", line.trim_end())
    }
}

/// Writes the findings and the tally.
pub(super) fn render(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let (left, right) = (Align::Left, Align::Right);
    let mut grid = Grid::new([
        ("结论", left),
        ("规则", left),
        ("单位", left),
        ("人员", left),
        ("对象", left),
        ("区分", left),
        ("天数", right),
        ("到期", left),
        ("问题", left),
    ]);
    for f in &report.outcome.findings {
        let person = f.person_id.as_deref().map(|id| report.names.person(id)).unwrap_or_default();
        grid.verdict_row(
            f.verdict,
            [
                f.code.clone(),
                f.unit_id.as_deref().map(|id| report.names.unit(id)).unwrap_or_default(),
                person,
                words::subject(&report.names, &f.subject),
                f.part.clone().unwrap_or_default(),
                f.days.map(|d| d.to_string()).unwrap_or_default(),
                f.due.clone().unwrap_or_default(),
                format!("{}{}", f.message, words::waived_short(f)),
            ],
        );
    }
    if !grid.is_empty() {
        grid.render(paint, out)?;
        writeln!(out)?;
    }
    for (label, text) in report.tally() {
        writeln!(out, "{}  {text}", paint.label(label))?;
    }
    Ok(())
}
