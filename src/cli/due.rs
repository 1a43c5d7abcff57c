//! `due`: what falls due next, by date, from the same rules that judge the past.

use super::args::{Common, Due};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{output, run, scope};
use crate::report::{DueFormat, Names, render_due, sort_due};

/// Lists what falls due.
pub(super) fn run(args: &Due, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    let scope = scope::scope(&args.scope)?;
    let until = settings::within(settings.as_of, &args.within)?;
    let format = settings::format(args.format.as_deref(), &args.output, DueFormat::Table, &DueFormat::ALL, DueFormat::is_binary)?;
    let (store, found) = run::due(&settings, &scope, until, screen)?;
    let mut due = found.open;
    sort_due(&mut due);
    let names = Names::of(&due, &store);
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| render_due(&due, &names, settings.as_of, format, paint, out))?;
    if !found.overdue.is_empty() {
        output::aside(&format!("另有 {} 项已超期，用 guiju check 查看\n", found.overdue.len()));
    }
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}
