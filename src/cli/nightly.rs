//! `nightly`: one command for a timer. Checks, compares with the run before, writes the reports asked for, and records.

use super::args::Common;
use super::args_ledger::Nightly;
use super::exit::Exit;
use super::night::Night;
use super::record;
use super::round::{self, Typed};
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{history, output, spare};
use crate::diagnostic::nearest;
use crate::ledger;
use crate::report::{self, Format, Paint, render_diff};
use std::path::PathBuf;

/// Runs one night.
pub(super) fn run(args: &Nightly, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let reports = args.report.iter().map(|text| wanted(text)).collect::<Result<Vec<_>, _>>()?;
    let typed = Typed {
        sources: &args.sources.sources,
        rules: &args.rules,
        as_of: args.as_of.as_of.as_deref(),
        scope: &args.scope,
        known: &args.known,
        common,
    };
    let mut round = round::prepare(&typed, screen)?;
    if round.known.ledger.is_none() {
        return Err(Trouble::Usage(
            Plain::new("usage::missing-argument", "缺少 --ledger <文件>").help("每夜的结果记入台账，才能与上一次比较"),
        ));
    }
    let gate = settings::gate(args.fail_on.as_deref(), &round.settings.config)?;
    round.night = round.known.ledger.as_deref().map(|ledger| Night::new(ledger, args.verify_full));
    let written = reports.iter().map(|(_, path)| Some(path.as_path())).chain([round.known.ledger.as_deref()]);
    spare::spare(&round.settings.sources, written)?;
    round.open()?;
    let mut closing = String::new();
    let (exit, recorded, _) = round.run(gate, |report| {
        closing = report::closing(report, screen.out);
        for (format, path) in &reports {
            output::write(Some(path), |out| report::render(report, *format, Paint::PLAIN, out))?;
        }
        Ok(())
    })?;
    output::write(None, |out| out.write_all(closing.as_bytes()))?;
    if let Some(night) = &mut round.night {
        output::aside(&format!("{}  {}\n", screen.err.label("核查"), night.told));
        night.remember().iter().for_each(|wrong| output::aside(&format!("{}  {wrong}\n", screen.err.label("提示"))));
    }
    let (Some(book), Some(recorded)) = (&round.book, recorded) else { return Ok(exit) };
    output::aside(&record::told(&recorded, screen));
    if let Some(previous) = &book.previous {
        let now = ledger::find_run(&book.ledger, &recorded.run.to_string())?;
        let difference = ledger::diff(&book.ledger, previous, &now)?;
        let names = history::names(&book.ledger, &now)?;
        output::write(None, |out| {
            writeln!(out)?;
            render_diff(&difference, &names, screen.out, out)
        })?;
    }
    Ok(exit)
}

/// `FORMAT=FILE`, or a file whose ending says the format.
fn wanted(text: &str) -> Result<(Format, PathBuf), Trouble> {
    let wrong = |why: String| {
        let names: Vec<&str> = Format::ALL.iter().map(|f| f.name()).collect();
        let help = format!("写成 xlsx=问题清单.xlsx 的样子；格式可以是：{}", names.join("、"));
        Trouble::Usage(Plain::new("usage::bad-value", why).help(help))
    };
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(wrong(format!("--report 不能是“{text}”")));
    };
    let format = Format::from_name(name).ok_or_else(|| {
        let near = nearest(name, Format::ALL.iter().map(|f| f.name())).map(|n| format!("，是否想写“{n}”？")).unwrap_or_default();
        wrong(format!("--report 没有“{name}”这种格式{near}"))
    })?;
    Ok((format, PathBuf::from(path)))
}
