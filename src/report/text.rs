//! For reading on a screen: like a good compiler, one block a finding, by unit and then by matter, and a tally at the end.

use super::{Align, Grid, Paint, Report, tally, unexported, words};
use crate::engine::{Finding, Verdict};
use crate::records::{Fate, FieldTally};
use std::collections::BTreeMap;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Writes the report.
pub(super) fn render(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    // Units in order of id; what belongs to no unit comes last.
    let mut units: BTreeMap<(bool, Option<&str>), Vec<&Finding>> = BTreeMap::new();
    for finding in report.outcome.findings.iter().filter(|f| !unexported::is_grouped(f)) {
        let unit = finding.unit_id.as_deref();
        units.entry((unit.is_none(), unit)).or_default().push(finding);
    }
    for findings in units.values_mut() {
        // One person's findings together, and of these one matter's; the findings of one matter keep their order, which is by code.
        findings.sort_by(|a, b| (&a.person_id, &a.subject.table, &a.subject.id).cmp(&(&b.person_id, &b.subject.table, &b.subject.id)));
        heading(report, findings, paint, out)?;
        for finding in findings.iter() {
            block(report, finding, paint, out)?;
        }
    }
    not_exported(report, paint, out)?;
    rejections(report, paint, out)?;
    failures(report, paint, out)?;
    section(paint, "汇总", out)?;
    for (label, text) in report.tally() {
        let label = if label == tally::LACKING { paint.error(label) } else { paint.label(label) };
        writeln!(out, "  {label}  {text}")?;
    }
    Ok(())
}

/// What was read, file by file, and everything wrong in it.
///
/// # Errors
/// What the writer says.
pub fn render_reading(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    rejections(report, paint, out)?;
    let (left, right) = (Align::Left, Align::Right);
    let headers = [("文件", left), ("表", left), ("读入", right), ("采用", right), ("重复合并", right), ("拒收", right), ("已更正", right)];
    let all = report.rows();
    // Only sheets that people make have rows that are no records.
    let [.., aside] = all;
    let mut grid = Grid::new(headers);
    if aside > 0 {
        grid.column("不作数据", right);
    }
    let mut row = |names: [String; 2], [read, kept, merged, refused, corrected, aside]: [u64; 6]| {
        let [file, table] = names;
        let n = [read, kept, merged, refused, corrected, aside].map(words::count);
        let [read, kept, merged, refused, corrected, aside] = n;
        grid.row([file, table, read, kept, merged, refused, corrected, aside]);
    };
    for t in &report.tallies {
        let counts = [t.read, t.kept, t.merged, t.refused, t.corrected, t.put_aside()];
        row([t.file.clone(), report.names.table(&t.table).to_owned()], counts);
    }
    row(["合计".to_owned(), String::new()], all);
    grid.render(paint, out)?;
    writeln!(out, "{}", report.accounts())?;
    form_fields(&report.field_tallies, paint, out)
}

/// What became of the fields of forms; nothing where none were read.
fn form_fields(tallies: &[FieldTally], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if tallies.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("── 任免审批表各栏 ──"))?;
    let (left, right) = (Align::Left, Align::Right);
    let mut grid = Grid::new([("来源", left), ("栏目", left), ("填写", right), ("采用", right), ("有误", right), ("未采用", right)]);
    let n = words::count;
    for t in tallies {
        grid.row([t.file.clone(), t.field.clone(), n(t.read), n(t.kept), n(t.refused), n(t.untaken)]);
    }
    let [read, kept, refused, untaken] = tally::fields(tallies).map(n);
    grid.row(["合计".to_owned(), String::new(), read, kept, refused, untaken]);
    grid.render(paint, out)
}

fn heading(report: &Report, findings: &[&Finding], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let counts = tally::count(findings.iter().map(|f| f.verdict));
    let counts: Vec<String> = Verdict::ALL.iter().zip(counts).filter(|(_, n)| *n > 0).map(|(v, n)| format!("{} {n}", v.word())).collect();
    writeln!(out, "{} {}", paint.bold(&format!("━━ {} ━━", report.unit_of(first))), counts.join(" · "))?;
    writeln!(out)
}

fn block(report: &Report, f: &Finding, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let names = &report.names;
    writeln!(out, "{} {} {}", paint.verdict(f.verdict, f.verdict.word()), paint.bold(&f.code), paint.bold(&f.title))?;
    let mut whom = words::subject(names, &f.subject);
    if let (Some(person), true) = (&f.person_id, f.subject.table != "person") {
        whom.push_str(&format!(" · {} {}", names.table("person"), names.person(person)));
    }
    if let Some(part) = &f.part {
        whom.push_str(&format!(" · {part}"));
    }
    line(paint, "对象", &whom, out)?;
    line(paint, "事实", &f.message, out)?;
    if let Some(due) = &f.due {
        line(paint, "到期", due, out)?;
    }
    let cells: Vec<(String, &str)> = f.evidence.iter().map(|e| (words::cell(names, e), words::value(e))).collect();
    let wide = |pick: fn(&(String, &str)) -> usize| cells.iter().map(pick).max().unwrap_or(0);
    let (first, second) = (wide(|c| c.0.width()), wide(|c| c.1.width()));
    for (i, ((cell, value), evidence)) in cells.iter().zip(&f.evidence).enumerate() {
        let label = if i == 0 { "证据" } else { "    " };
        let text = format!("{}  {}  {}", padded(cell, first), padded(value, second), paint.dim(&evidence.source));
        line(paint, label, text.trim_end(), out)?;
    }
    for (i, missing) in f.missing.iter().enumerate() {
        line(paint, if i == 0 { "缺少" } else { "    " }, &words::missing(names, missing), out)?;
    }
    for (i, basis) in f.basis.iter().enumerate() {
        line(paint, if i == 0 { "依据" } else { "    " }, &words::basis(basis), out)?;
    }
    line(paint, "处理", &f.remedy, out)?;
    if let Some(waived) = &f.waived {
        line(paint, "豁免", &words::waived(waived), out)?;
    }
    writeln!(out)
}

fn line(paint: Paint, label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let text = text.replace('\n', "\n        ");
    writeln!(out, "  {}  {text}", paint.label(label))
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn section(paint: Paint, title: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", paint.bold(&format!("── {title} ──")))
}

fn rejections(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if report.problems.is_empty() {
        return Ok(());
    }
    section(paint, "数据问题", out)?;
    for problem in &report.problems {
        let fate = match problem.fate {
            Fate::Refused => paint.error("拒收行"),
            Fate::Blanked => paint.verdict(Verdict::Advice, "按未知"),
            Fate::Noted => paint.dim("提示  "),
        };
        let value = if problem.value.is_empty() { String::new() } else { format!("“{}”", problem.value) };
        let right = if problem.right.is_empty() { String::new() } else { format!("；{}", problem.right) };
        writeln!(out, "  {fate}  {}  {value}{}{right} {}", words::place(problem), problem.why, paint.dim(&format!("[{}]", problem.code)))?;
    }
    writeln!(out)
}

fn failures(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if report.outcome.failures.is_empty() {
        return Ok(());
    }
    section(paint, "出错的规则", out)?;
    for failure in &report.outcome.failures {
        let subject = words::subject(&report.names, &failure.subject);
        writeln!(out, "  {}  {subject} 等 {} 个对象：{}", paint.error(&failure.code), words::count(failure.subjects), failure.why)?;
    }
    writeln!(out)
}

/// What was not exported, each with the rules that it leaves undecided altogether. Single cells that are lacking are named by their
/// findings.
fn not_exported(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for group in unexported::groups(report) {
        let heading = format!("━━ 未导出：{} ━━", unexported::name(report, group.what));
        writeln!(out, "{} {} 条规则判不了", paint.bold(&heading), group.codes())?;
        writeln!(out)?;
        let wide = group.rules.iter().map(|r| r.title.width()).max().unwrap_or(0);
        for rule in &group.rules {
            let (title, whom, also) = (padded(rule.title, wide), rule.whom(report), rule.also(report));
            writeln!(out, "  {} {}  {title}  {whom}{also}", paint.verdict(Verdict::Unverified, "待核"), paint.bold(rule.code))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
