//! One finding a line, as Excel opens it: UTF-8 with its mark, and no cell that Excel would take for a formula.

use super::{Report, words};
use std::io::{self, Write};

/// The columns, shared with the workbook.
pub(super) const HEADERS: [&str; 16] = [
    "结论",
    "规则",
    "规则名称",
    "单位编码",
    "单位",
    "人员编码",
    "姓名",
    "对象",
    "区分",
    "问题",
    "相差天数",
    "到期日",
    "依据",
    "证据",
    "处理意见",
    "豁免",
];

/// Writes the findings.
pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    sheet(&HEADERS, report.outcome.findings.iter().map(|f| cells(report, f)), &[DAYS], out)
}

/// Writes headers and rows. The `numbers` are columns of numbers: a minus sign there starts no formula.
pub(super) fn sheet<const N: usize>(
    headers: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
    numbers: &[usize],
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(headers).map_err(as_io)?;
    for row in rows {
        let cells = row.iter().enumerate().map(|(i, cell)| if numbers.contains(&i) { cell.clone() } else { words::harmless(cell) });
        writer.write_record(cells).map_err(as_io)?;
    }
    writer.flush()
}

/// What the writer below said: a reader that went away is told from a full disk.
pub(super) fn as_io(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The number of the column of days.
pub(super) const DAYS: usize = 10;

/// The cells of a finding.
pub(super) fn cells(report: &Report, f: &crate::engine::Finding) -> [String; 16] {
    let names = &report.names;
    let person = f.person_id.as_deref();
    let unit = f.unit_id.as_deref();
    let message =
        if f.missing.is_empty() { f.message.clone() } else { format!("{}（缺少：{}）", f.message, words::all_missing(names, f)) };
    [
        f.verdict.word().to_owned(),
        f.code.clone(),
        f.title.to_string(),
        unit.unwrap_or_default().to_owned(),
        unit.and_then(|id| names.units.get(id)).cloned().unwrap_or_default(),
        person.unwrap_or_default().to_owned(),
        person.and_then(|id| names.persons.get(id)).cloned().unwrap_or_default(),
        words::subject(names, &f.subject),
        f.part.clone().unwrap_or_default(),
        message,
        f.days.map(|d| d.to_string()).unwrap_or_default(),
        f.due.clone().unwrap_or_default(),
        words::bases(f),
        words::evidence(names, f),
        f.remedy.to_string(),
        f.waived.as_ref().map(words::waived).unwrap_or_default(),
    ]
}
