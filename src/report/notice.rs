//! A draft notice: what was read, what was not, and what is wrong with it.

use super::{Paint, words};
use crate::engine::Verdict;
use crate::notice::{Judged, Read};
use std::io::{self, Write};

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl NoticeFormat {
    /// All, by name.
    pub const ALL: [(&'static str, Self); 2] = [("text", Self::Text), ("json", Self::Json)];
}

/// Writes what is said of a draft.
///
/// # Errors
/// It cannot be written.
pub fn render_notice(judged: &Judged, format: NoticeFormat, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    match format {
        NoticeFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, judged)?;
            writeln!(out)
        }
        NoticeFormat::Text => text(judged, paint, out),
    }
}

fn text(judged: &Judged, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let place = |line: u32| paint.dim(&format!("第{line}{}", judged.counts));
    let line = |out: &mut dyn Write, read: &Read| writeln!(out, "  {} {}  {}", place(read.line), paint.label(&read.item), read.value);
    writeln!(out, "{}  {}，按 {} 施行的规定核对", paint.bold("任前公示稿"), judged.file, judged.as_of)?;
    writeln!(out, "\n{}", paint.bold("读到的内容（请核对）"))?;
    judged.read.iter().try_for_each(|read| line(out, read))?;
    for (n, person) in judged.people.iter().enumerate() {
        writeln!(out, "{}", paint.bold(&format!("人选{} {}", n + 1, person.name)))?;
        person.items.iter().try_for_each(|read| line(out, read))?;
    }
    if judged.read.is_empty() && judged.people.is_empty() {
        writeln!(out, "  无")?;
    }
    if !judged.unread.is_empty() {
        writeln!(out, "\n{}", paint.bold("没有读出的内容（没有据以判定）"))?;
        for unread in &judged.unread {
            writeln!(out, "  {} {}：{}", place(unread.line), unread.why, unread.text)?;
        }
    }
    writeln!(out)?;
    // What is said alike of several people is said once.
    let mut said: Vec<(&crate::engine::Finding, Vec<&str>)> = Vec::new();
    for finding in &judged.findings {
        let name = finding.subject.id.parse::<usize>().ok().and_then(|n| judged.people.get(n.checked_sub(1)?)).map(|p| p.name.as_str());
        match said.iter_mut().find(|(f, _)| f.code == finding.code && f.message == finding.message && f.verdict == finding.verdict) {
            Some((_, names)) => names.extend(name),
            None => said.push((finding, name.into_iter().collect())),
        }
    }
    for (finding, names) in said {
        let whom = if names.is_empty() { String::new() } else { format!("  {}", names.join("、")) };
        let word = finding.verdict.word();
        writeln!(out, "{} {} {}{whom}", paint.verdict(finding.verdict, word), paint.bold(&finding.code), finding.title)?;
        writeln!(out, "  {}", finding.message)?;
        if !finding.basis.is_empty() {
            writeln!(out, "  {}{}", paint.label("依据："), words::bases(finding))?;
        }
        if !finding.remedy.is_empty() {
            writeln!(out, "  {}{}", paint.label("处理："), finding.remedy)?;
        }
    }
    let count = |v: Verdict| judged.findings.iter().filter(|f| f.verdict == v).count();
    let counts = [Verdict::Breach, Verdict::Advice, Verdict::Unverified].map(|v| format!("{} {}", v.word(), count(v)));
    let unread = if judged.unread.is_empty() { String::new() } else { format!("，没有读出 {} 处", judged.unread.len()) };
    writeln!(out, "{}  人选 {} 名，{}{unread}", paint.bold("合计"), judged.people.len(), counts.join(" · "))
}
