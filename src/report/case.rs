//! One matter on a page: what was done, step by step, and how it stands with every requirement.

use super::Paint;
use crate::engine::Verdict;
use std::collections::BTreeSet;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// One matter.
#[derive(Clone, Debug, Default)]
pub struct CasePage {
    /// Its id, and whom it concerns.
    pub heading: String,
    /// The filled fields of the matter: name and value.
    pub facts: Vec<(String, String)>,
    /// What was done, by date.
    pub steps: Vec<CaseStep>,
    /// Every requirement.
    pub demands: Vec<Demand>,
}

/// A row that belongs to the matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseStep {
    /// When: one date or two; blank where it is not known.
    pub when: String,
    /// The table's name.
    pub table: String,
    /// The row's id.
    pub id: String,
    /// Its other filled fields.
    pub detail: String,
    /// File and line.
    pub place: String,
}

/// How the matter stands with a rule, or a part of it.
#[derive(Clone, Debug)]
pub struct Demand {
    /// What came out.
    pub verdict: Verdict,
    /// The rule's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Which part.
    pub part: Option<String>,
    /// The row that was judged, where it is not the matter itself.
    pub row: Option<String>,
    /// The sentence, where there is one.
    pub message: String,
    /// When it falls due.
    pub due: Option<String>,
    /// What to do, where something is to be done.
    pub remedy: String,
}

/// Writes the page.
///
/// # Errors
/// What the writer says.
pub fn render_case(page: &CasePage, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", paint.bold(&page.heading))?;
    let wide = page.facts.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    for (name, value) in &page.facts {
        writeln!(out, "  {}{}  {value}", paint.label(name), " ".repeat(wide - name.width().min(wide)))?;
    }
    writeln!(out, "\n{}", paint.bold("── 已有记录 ──"))?;
    let column = |pick: fn(&CaseStep) -> usize| page.steps.iter().map(pick).max().unwrap_or(0);
    let (when, table, id) = (column(|s| s.when.width()), column(|s| s.table.width()), column(|s| s.id.width()));
    let pad = |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.width())));
    for step in &page.steps {
        writeln!(
            out,
            "  {}  {}  {}  {}  {}",
            pad(&step.when, when),
            pad(&step.table, table),
            pad(&step.id, id),
            step.detail,
            paint.dim(&step.place)
        )?;
    }
    if page.steps.is_empty() {
        writeln!(out, "  （没有）")?;
    }
    for (title, verdicts) in GROUPS {
        let demands: Vec<&Demand> = page.demands.iter().filter(|d| verdicts.contains(&d.verdict)).collect();
        if demands.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", paint.bold(&format!("── {title}（{}）──", demands.len())))?;
        // Rows that all meet the same requirement take one line.
        for alike in
            demands.chunk_by(|a, b| a.verdict == Verdict::Compliant && (&a.code, &a.part, a.verdict) == (&b.code, &b.part, b.verdict))
        {
            if let Some(first) = alike.first() {
                demand(first, alike.len(), paint, out)?;
            }
        }
    }
    let unasked: BTreeSet<&str> = page.demands.iter().filter(|d| d.verdict == Verdict::NotApplicable).map(|d| d.code.as_str()).collect();
    if !unasked.is_empty() {
        writeln!(out, "\n{}", paint.dim(&format!("不适用（{}）：{}", unasked.len(), unasked.into_iter().collect::<Vec<_>>().join("、"))))?;
    }
    Ok(())
}

/// What a page shows first is what somebody must act on.
const GROUPS: [(&str, &[Verdict]); 5] = [
    ("有问题", &[Verdict::Breach, Verdict::Advice]),
    ("待核", &[Verdict::Unverified]),
    ("尚待办理", &[Verdict::Warning, Verdict::Pending]),
    ("已符合", &[Verdict::Compliant]),
    ("规则出错", &[Verdict::Failed]),
];

fn demand(demand: &Demand, times: usize, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mark = match demand.verdict {
        Verdict::Breach | Verdict::Advice | Verdict::Failed => "✗",
        Verdict::Unverified => "?",
        Verdict::Warning | Verdict::Pending => "○",
        Verdict::Compliant => "✓",
        Verdict::NotApplicable => "–",
    };
    let part = demand.part.as_ref().map(|p| format!(" · {p}")).unwrap_or_default();
    let row = match (&demand.row, times) {
        (Some(_), 2..) => format!(" · {times} 行"),
        (Some(row), _) => format!(" · {row}"),
        (None, _) => String::new(),
    };
    let due = demand.due.as_ref().map(|d| format!("（{d} 到期）")).unwrap_or_default();
    let word = paint.verdict(demand.verdict, demand.verdict.word());
    writeln!(out, "  {} {word} {} {}{row}{part}{due}", paint.verdict(demand.verdict, mark), demand.code, demand.title)?;
    for text in [&demand.message, &demand.remedy].into_iter().filter(|t| !t.is_empty()) {
        writeln!(out, "      {text}")?;
    }
    Ok(())
}
