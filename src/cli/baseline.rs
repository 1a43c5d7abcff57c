//! `baseline`: findings known on a day, of which no more is made.

use super::args::Common;
use super::args_ledger::{Baseline as Command, BaselineShrink, BaselineWrite};
use super::exit::Exit;
use super::run::{self, Checked};
use super::scope::Scope;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, spare};
use crate::diagnostic::Source;
use crate::ledger::Baseline;
use crate::report::Report;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Writes a baseline or shrinks it.
pub(super) fn run(command: &Command, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    match command {
        Command::Write(args) => write(args, common, screen),
        Command::Shrink(args) => shrink(args, common, screen),
    }
}

fn write(args: &BaselineWrite, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    if args.file.exists() && !args.replace {
        return Err(Trouble::Usage(
            Plain::new("usage::baseline-exists", format!("已有基线 {}", args.file.display()))
                .help("基线只减不增：去掉已整改的用 guiju baseline shrink；确要重新认定已知问题，加 --replace"),
        ));
    }
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    spare::spare(&settings.sources, [Some(args.file.as_path())])?;
    let checked = run::check(&settings, &Scope::default(), screen)?;
    let baseline = Baseline::of(&checked.report.outcome.findings);
    put(&args.file, &baseline)?;
    output::write(None, |out| writeln!(out, "已写入 {}：{} 个问题记为已知", args.file.display(), baseline.len()))?;
    Ok(exit(&checked))
}

fn shrink(args: &BaselineShrink, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let baseline = read(&args.file)?;
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    let checked = run::check(&settings, &Scope::default(), screen)?;
    let report = &checked.report;
    if report.is_partial() {
        // What was refused may be what is not found.
        output::write(None, |out| {
            writeln!(out, "只核查了一部分：有的行、单元格没有采用，或者有规则出错；基线没有改动")?;
            writeln!(out, "先按 guiju check 列出的数据问题更正，再收缩基线")
        })?;
        return Ok(Exit::Partial);
    }
    let shrunk = baseline.shrunk(&report.outcome.findings, &asked(report));
    let slack = baseline.slack(&report.outcome.findings, &asked(report));
    if shrunk != baseline {
        put(&args.file, &shrunk)?;
    }
    output::write(None, |out| {
        writeln!(out, "{}：去掉 {} 个，改轻 {} 个，还有 {} 个已知问题", args.file.display(), slack.gone, slack.lighter, shrunk.len())
    })?;
    Ok(Exit::Clean)
}

/// Reads a baseline.
///
/// # Errors
/// It cannot be read, or is none.
pub(super) fn read(path: &Path) -> Result<Baseline, Trouble> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Trouble::Rules(Plain::new("baseline::unreadable", format!("读不了基线 {shown}：{}", output::reason(&e)))))?;
    Baseline::parse(&Arc::new(Source { name: shown, text })).map_err(Trouble::Files)
}

/// The rules that could judge every subject they are asked of.
pub(super) fn asked(report: &Report) -> BTreeSet<&str> {
    let failed: BTreeSet<&str> = report.outcome.failures.iter().map(|f| f.code.as_str()).collect();
    let unasked: BTreeSet<&str> = report.outcome.unexported.iter().map(|u| u.code.as_str()).collect();
    let codes = report.outcome.counts.iter().map(|c| c.code.as_str());
    codes.filter(|c| !failed.contains(c) && !unasked.contains(c)).collect()
}

fn put(path: &Path, baseline: &Baseline) -> Result<(), Trouble> {
    output::write(Some(path), |out| out.write_all(baseline.text().as_bytes()))
}

fn exit(checked: &Checked) -> Exit {
    if checked.report.is_partial() { Exit::Partial } else { Exit::Clean }
}
