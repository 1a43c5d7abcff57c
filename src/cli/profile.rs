//! `profile`: how well each table and field is filled, which rules that starves, and what to fill in.

use super::args::{Common, Profile};
use super::exit::Exit;
use super::scope::Scope;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, run, spare};
use crate::records::Wanted;
use crate::report::{Names, ProfileFormat, profile, render_profile, starved, supplement, supplement_xlsx};
use std::path::Path;

/// Writes the profile, and the list of what to fill in if it is asked for.
pub(super) fn run(args: &Profile, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    let format = settings::format(args.format.as_deref(), &args.output, ProfileFormat::Table, &ProfileFormat::ALL, |_| false)?;
    args.supplement.as_deref().map_or(Ok(()), refuse_other_endings)?;
    spare::spare(&settings.sources, [args.supplement.as_deref(), args.output.output.as_deref()])?;
    let rules = run::rules(&settings)?.set;
    let schema = &rules.schema;
    let store = run::records(&settings, schema, &Wanted::all(schema), screen)?;
    let chosen = run::chosen(&rules, &settings)?;
    let outcome = run::judge(&rules, &store, &chosen, &settings, &Scope::default(), screen)?;
    let starved = starved(&outcome, &store);
    let names = Names::of(&outcome.findings, &store);
    if let Some(to) = args.supplement.as_deref() {
        let wanted = supplement(&outcome, &store, &names);
        output::write(Some(to), |out| supplement_xlsx(&wanted, out))?;
        output::aside(&format!("补充材料清单 {} 项，存于 {}\n", wanted.len(), to.display()));
    }
    let found = profile(&store, &outcome, &starved, settings.as_of.to_string(), names);
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| render_profile(&found, format, paint, out))?;
    if let Some(to) = &args.output.output {
        output::aside(&format!("填报情况 存于 {}\n", to.display()));
    }
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}

/// The list is a workbook, with a sheet for each unit.
fn refuse_other_endings(to: &Path) -> Result<(), Trouble> {
    if to.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return Ok(());
    }
    let message = format!("--supplement 不能是“{}”", to.display());
    Err(Trouble::Usage(Plain::new("usage::bad-value", message).help("补充材料清单是工作簿，后缀用 .xlsx")))
}
