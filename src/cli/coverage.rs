//! `rules coverage`: the law article by article and which rules judge it; what the tests of the rules exercise, and which changes they
//! notice.

use super::args::Common;
use super::args_rules::RulesCoverage;
use super::exit::Exit;
use super::settings::{self, Screen, Settings};
use super::trouble::{Plain, Trouble};
use super::{output, run};
use crate::engine::{Branch, Unnoticed, exercised, unnoticed};
use crate::records::Wanted;
use crate::report::{Paint, clauses as shown};
use crate::rules::{Clauses, Rule};
use serde_json::json;
use std::io::{self, Write};

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// Shows what is covered.
pub(super) fn run(args: &RulesCoverage, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources, &args.rules, args.as_of.as_of.as_deref(), common)?;
    let known = [("text", Format::Text), ("json", Format::Json), ("markdown", Format::Markdown)];
    let format = settings::format(args.format.as_deref(), &args.output, Format::Text, &known, |_| false)?;
    if format == Format::Markdown && !args.clauses {
        let plain = Plain::new("usage::bad-value", "--format markdown 只用于 --clauses").help("可用 text 或 json");
        return Err(Trouble::Usage(plain));
    }
    let rules = run::rules(&settings)?;
    run::check_selectors(&rules.set, &settings)?;
    let paint = screen.result(&args.output);
    let to = args.output.output.as_deref();
    let chosen = |rule: &Rule| run::selected(rule, &settings);
    if args.clauses {
        let clauses = Clauses::read(&rules.files, &rules.set).map_err(Trouble::Files)?;
        let law = &rules.set.regulations;
        output::write(to, |out| match format {
            Format::Text => shown::text(&clauses, law, paint, out),
            Format::Json => shown::json(&clauses, law, out),
            Format::Markdown => shown::markdown(&clauses, law, out),
        })?;
    } else if args.mutate {
        let (moves, escaped) = unnoticed(&rules.files, &rules.set, &chosen);
        output::write(
            to,
            |out| if format == Format::Json { moves_json(moves, &escaped, out) } else { moves_text(moves, &escaped, paint, out) },
        )?;
    } else {
        let branches = branches(&rules, &settings, &chosen, screen)?;
        output::write(to, |out| if format == Format::Json { branches_json(&branches, out) } else { branches_text(&branches, paint, out) })?;
    }
    Ok(Exit::Clean)
}

fn branches(rules: &run::Rules, settings: &Settings, chosen: &dyn Fn(&Rule) -> bool, screen: Screen) -> Result<Vec<Branch>, Trouble> {
    if settings.sources.is_empty() {
        return Ok(exercised(&rules.set, chosen, None));
    }
    let store = run::records(settings, &rules.set.schema, &Wanted::all(&rules.set.schema), screen)?;
    Ok(exercised(&rules.set, chosen, Some((&store, settings.as_of))))
}

fn branches_text(branches: &[Branch], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let idle: Vec<&Branch> = branches.iter().filter(|b| !b.exercised).collect();
    for branch in &idle {
        writeln!(out, "{} {}  {}", paint.bold(&branch.code), branch.what, paint.dim(&format!("{}:{}", branch.file, branch.line)))?;
    }
    writeln!(out, "共 {} 处，跑到 {} 处，没有跑到 {} 处", branches.len(), branches.len() - idle.len(), idle.len())
}

fn branches_json(branches: &[Branch], out: &mut dyn Write) -> io::Result<()> {
    let idle: Vec<_> = branches.iter().filter(|b| !b.exercised).collect();
    let lines: Vec<_> = idle.iter().map(|b| json!({ "code": b.code, "file": b.file, "line": b.line, "what": b.what })).collect();
    serde_json::to_writer_pretty(
        &mut *out,
        &json!({ "branches": branches.len(), "exercised": branches.len() - idle.len(), "unexercised": lines }),
    )?;
    writeln!(out)
}

fn moves_text(moves: usize, escaped: &[Unnoticed], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for Unnoticed { name, what, worded } in escaped {
        let how = if *worded { "只有表述不同" } else { "没有察觉" };
        writeln!(out, "{} {} → {}  {how}  {}", paint.bold(name), what.from, what.to, paint.dim(&format!("{}:{}", what.path, what.line)))?;
        writeln!(out, "    {}", what.around)?;
    }
    let worded = escaped.iter().filter(|u| u.worded).count();
    writeln!(out, "共 {moves} 处改动，察觉 {} 处，只有表述不同 {worded} 处，没有察觉 {} 处", moves - escaped.len(), escaped.len() - worded)
}

fn moves_json(moves: usize, escaped: &[Unnoticed], out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<_> = escaped
        .iter()
        .map(|Unnoticed { name, what, worded }| json!({ "name": name, "file": what.path, "line": what.line, "from": what.from, "to": what.to, "worded": worded }))
        .collect();
    serde_json::to_writer_pretty(&mut *out, &json!({ "moves": moves, "noticed": moves - escaped.len(), "unnoticed": lines }))?;
    writeln!(out)
}
