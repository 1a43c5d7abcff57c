//! For notes: a table of findings and the tally.

use super::{Report, unexported, words};
use std::io::{self, Write};

/// Writes the report.
pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# 检查结果（截至 {}）\n", report.run.as_of)?;
    for (label, text) in report.tally() {
        writeln!(out, "- {label}：{}", escaped(&text))?;
    }
    let mut findings = report.outcome.findings.iter().filter(|f| !unexported::is_grouped(f)).peekable();
    if findings.peek().is_some() {
        writeln!(out, "\n| 结论 | 规则 | 单位 | 对象 | 问题 | 依据 | 处理意见 |\n|---|---|---|---|---|---|---|")?;
    }
    for f in findings {
        let rule = format!("{} {}", f.code, f.title);
        let missing = if f.missing.is_empty() { String::new() } else { format!("（缺少：{}）", words::all_missing(&report.names, f)) };
        let message = format!("{}{missing}{}", f.message, words::waived_short(f));
        let subject = words::subject(&report.names, &f.subject);
        let cells = [f.verdict.word(), &rule, &report.unit_of(f), &subject, &message, &words::bases(f), &f.remedy].map(escaped);
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    for group in unexported::groups(report) {
        writeln!(out, "\n## 未导出：{}\n", escaped(&unexported::name(report, group.what)))?;
        for rule in &group.rules {
            writeln!(out, "- {} {}：{}{}", rule.code, escaped(rule.title), escaped(&rule.whom(report)), escaped(&rule.also(report)))?;
        }
    }
    if !report.problems.is_empty() {
        writeln!(out, "\n## 数据问题\n")?;
    }
    for problem in &report.problems {
        writeln!(out, "- {} {}：{}", escaped(&words::place(problem)), escaped(&problem.value), escaped(&problem.why))?;
    }
    Ok(())
}

/// A text that breaks no table and makes no markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' => safe.extend(['\\', c]),
            '\n' | '\r' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
