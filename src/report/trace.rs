//! Why a rule judged as it did: every condition with its value, every cell with its place, every count of working days drawn.

use super::{Names, Paint, strip, words};
use crate::dates::Calendar;
use crate::engine::{Mark, Trace, TraceLine, Verdict};
use std::io::{self, Write};

/// Writes a trace.
///
/// # Errors
/// What the writer says.
pub fn render_trace(trace: &Trace, names: &Names, calendar: &Calendar, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let part = trace.part.as_ref().map(|p| format!(" · {p}")).unwrap_or_default();
    let whom = words::subject(names, &trace.subject);
    writeln!(
        out,
        "{} {} · {whom}{part} → {}",
        paint.bold(&trace.code),
        paint.bold(&trace.title),
        paint.verdict(trace.verdict, trace.verdict.word())
    )?;
    if !trace.message.is_empty() {
        writeln!(out, "  {}", trace.message)?;
    }
    if let Some(version) = &trace.version {
        writeln!(out, "  {}  {version}", paint.label("版本"))?;
    }
    if !trace.parameters.is_empty() {
        writeln!(out, "  {}  {}", paint.label("参数"), trace.parameters.join("；"))?;
    }
    if let Some(due) = &trace.due {
        writeln!(out, "  {}  {due}", paint.label("到期"))?;
    }
    for basis in &trace.basis {
        writeln!(out, "  {}  {}", paint.label("依据"), words::basis(basis))?;
    }
    for missing in &trace.missing {
        writeln!(out, "  {}  {}", paint.label("缺少"), words::missing(names, missing))?;
    }
    for (section, lines) in &trace.sections {
        writeln!(out, "\n  {}", paint.bold(section))?;
        for l in lines {
            line(l, names, calendar, paint, out)?;
        }
    }
    writeln!(out)
}

fn line(l: &TraceLine, names: &Names, calendar: &Calendar, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let indent = 4 + 2 * l.depth;
    let pad = " ".repeat(indent);
    let mark = match l.mark {
        Mark::Holds => paint.good("✓"),
        Mark::Fails => paint.error("✗"),
        Mark::Unknown => paint.verdict(Verdict::Unverified, "?"),
        Mark::Value => "·".to_owned(),
    };
    if let (Some((table, id)), [cell]) = (&l.row, l.cells.as_slice()) {
        // A row tested by one cell takes one line.
        let name = names.field(&cell.table, &cell.field);
        return writeln!(out, "{pad}{mark} {} {id}  {name} {}  {}", names.table(table), words::value(cell), paint.dim(&cell.source));
    }
    let text = l.row.as_ref().map_or_else(|| l.text.clone(), |(table, id)| format!("{} {id}", names.table(table)));
    let value = if l.value.is_empty() { String::new() } else { format!(" = {}", paint.bold(&l.value)) };
    writeln!(out, "{pad}{mark} {text}{value}")?;
    for cell in &l.cells {
        writeln!(out, "{pad}    {}  {}  {}", words::cell(names, cell), words::value(cell), paint.dim(&cell.source))?;
    }
    if let Some((lo, hi)) = l.days {
        strip(calendar, lo, hi, indent + 4, paint, out)?;
    }
    Ok(())
}
