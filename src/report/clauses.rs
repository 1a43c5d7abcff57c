//! The regulations article by article, and which rules judge them: for the terminal, for papers and for programs.

use super::Paint;
use super::markdown::escaped;
use crate::rules::{Clause, Clauses, Coverage, Edition, Regulations};
use serde::Serialize;
use std::io::{self, Write};

/// 《title》（2019）.
fn title(edition: &Edition) -> String {
    let version = edition.version.as_ref().map(|v| format!("（{v}）")).unwrap_or_default();
    format!("《{}》{version}", edition.title)
}

/// 2014-01-14 至 2019-03-02.
pub fn in_force(edition: &Edition) -> String {
    match (edition.from, edition.until) {
        (Some(from), Some(until)) => format!("{from} 至 {until}"),
        (Some(from), None) => format!("{from} 起"),
        (None, Some(until)) => format!("{until} 以前"),
        (None, None) => String::new(),
    }
}

/// 71条，可判7条，部分22条，不宜机判42条; of a text that is not listed in full, what is listed.
fn summary(coverage: &Coverage) -> String {
    let tally = coverage.tally();
    let listed = match (coverage.whole, coverage.articles) {
        (true, Some(articles)) => format!("{articles}条"),
        (false, Some(articles)) => format!("全文{articles}条，列出{}条", tally.listed),
        _ => format!("列出{}条", tally.listed),
    };
    format!("{listed}，可判{}条，部分{}条，不宜机判{}条", tally.full, tally.part, tally.none)
}

fn doubt(clause: &Clause) -> &'static str {
    if clause.verified { "" } else { "（未核实）" }
}

/// The regulations listed, each with its edition, in the order of the files.
fn known<'a>(clauses: &'a Clauses, regulations: &'a Regulations) -> Vec<(&'a Coverage, &'a Edition)> {
    clauses.regulations.iter().filter_map(|c| Some((c, regulations.edition(&c.key)?))).collect()
}

/// For the terminal: every article, and a line for every regulation at the end.
///
/// # Errors
/// What the writer says.
pub fn text(clauses: &Clauses, regulations: &Regulations, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let known = known(clauses, regulations);
    for (coverage, edition) in &known {
        writeln!(out, "{} {}", paint.bold(&title(edition)), paint.dim(&in_force(edition)))?;
        if let Some(note) = &coverage.note {
            writeln!(out, "  {}", paint.dim(note))?;
        }
        for clause in &coverage.clauses {
            let rules = clause.rules.join(" ");
            let head = format!("  {}  {}  {rules}", paint.label(&clause.name()), clause.judged.word());
            writeln!(out, "{}", head.trim_end())?;
            writeln!(out, "      {}{}", clause.text, doubt(clause))?;
            if let Some(why) = &clause.why {
                writeln!(out, "      {}", paint.dim(&format!("— {why}")))?;
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", paint.bold("── 汇总 ──"))?;
    for (coverage, edition) in &known {
        writeln!(out, "  {}：{}", title(edition), summary(coverage))?;
    }
    Ok(())
}

/// For papers: a table a regulation.
///
/// # Errors
/// What the writer says.
pub fn markdown(clauses: &Clauses, regulations: &Regulations, out: &mut dyn Write) -> io::Result<()> {
    for (coverage, edition) in known(clauses, regulations) {
        writeln!(out, "## {}\n", title(edition))?;
        let force = in_force(edition);
        let force = if force.is_empty() { String::new() } else { format!("{force}。") };
        writeln!(out, "{force}{}。{}\n", summary(coverage), coverage.note.as_deref().map(|n| format!("{n}。")).unwrap_or_default())?;
        writeln!(out, "| 条文 | 要求 | 判定 | 规则 | 说明 |\n|---|---|---|---|---|")?;
        for c in &coverage.clauses {
            let demands = format!("{}{}", c.text, doubt(c));
            let rules = c.rules.join("、");
            let cells = [&c.name(), &demands, c.judged.word(), &rules, c.why.as_deref().unwrap_or("")].map(escaped);
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// For the manual: one line a regulation.
///
/// # Errors
/// What the writer says.
pub fn summaries(clauses: &Clauses, regulations: &Regulations, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| 法规 | 全文条数 | 列出 | 可判 | 部分 | 不宜机判 |\n|---|--:|--:|--:|--:|--:|")?;
    for (coverage, edition) in known(clauses, regulations) {
        let t = coverage.tally();
        let articles = coverage.articles.map(|n| n.to_string()).unwrap_or_default();
        writeln!(out, "| {} | {articles} | {} | {} | {} | {} |", escaped(&title(edition)), t.listed, t.full, t.part, t.none)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Shown<'a> {
    regulation: &'a str,
    title: &'a str,
    version: Option<&'a str>,
    articles: Option<u32>,
    whole: bool,
    note: Option<&'a str>,
    listed: u32,
    full: u32,
    part: u32,
    none: u32,
    clauses: Vec<ShownClause<'a>>,
}

#[derive(Serialize)]
struct ShownClause<'a> {
    article: &'a str,
    name: String,
    text: &'a str,
    verified: bool,
    judged: &'static str,
    rules: &'a [String],
    why: Option<&'a str>,
}

/// For programs.
///
/// # Errors
/// What the writer says.
pub fn json(clauses: &Clauses, regulations: &Regulations, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<Shown<'_>> = known(clauses, regulations)
        .into_iter()
        .map(|(coverage, edition)| {
            let tally = coverage.tally();
            let clauses = coverage.clauses.iter().map(|c| ShownClause {
                article: &c.article,
                name: c.name(),
                text: &c.text,
                verified: c.verified,
                judged: c.judged.word(),
                rules: &c.rules,
                why: c.why.as_deref(),
            });
            Shown {
                regulation: &coverage.key,
                title: &edition.title,
                version: edition.version.as_deref(),
                articles: coverage.articles,
                whole: coverage.whole,
                note: coverage.note.as_deref(),
                listed: tally.listed,
                full: tally.full,
                part: tally.part,
                none: tally.none,
                clauses: clauses.collect(),
            }
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &shown)?;
    writeln!(out)
}
