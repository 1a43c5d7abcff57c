//! `rules coverage`: the law article by article and which rules judge it; what the tests of the rules exercise and notice.

use super::args::{Common, RulesCoverage};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{output, run};
use crate::report::clauses as shown;
use crate::rules::Clauses;

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// Shows what is covered.
pub(super) fn run(args: &RulesCoverage, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&[], &args.rules, None, common)?;
    let known = [("text", Format::Text), ("json", Format::Json), ("markdown", Format::Markdown)];
    let format = settings::format(args.format.as_deref(), &args.output, Format::Text, &known, |_| false)?;
    let rules = run::rules(&settings)?;
    run::check_selectors(&rules.set, &settings)?;
    let clauses = Clauses::read(&rules.files, &rules.set).map_err(Trouble::Files)?;
    let law = &rules.set.regulations;
    output::write(args.output.output.as_deref(), |out| match format {
        Format::Text => shown::text(&clauses, law, screen.result(&args.output), out),
        Format::Json => shown::json(&clauses, law, out),
        Format::Markdown => shown::markdown(&clauses, law, out),
    })?;
    Ok(Exit::Clean)
}
