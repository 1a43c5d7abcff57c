//! `history` and `diff`: what the ledger tells of runs.

use super::args_history::{Diff, History};
use super::exit::Exit;
use super::output;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use crate::ledger::{self, Ledger, RunRow};
use crate::records::parse_schema;
use crate::report::{Names, diff_json, diff_table, history_json, render_diff, render_history};
use crate::rules::Files;
use std::sync::Arc;

/// How a list of runs is written.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Table,
    Json,
}

/// Lists the runs.
pub(super) fn history(args: &History, screen: Screen) -> Result<Exit, Trouble> {
    let known = [("table", Form::Table), ("json", Form::Json)];
    let form = settings::format(args.format.as_deref(), &args.output, Form::Table, &known, |_| false)?;
    let ledger = Ledger::read(&settings::ledger(&args.file)?)?;
    let runs = ledger::runs(&ledger)?;
    let moved = ledger::movements(&ledger)?;
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| match form {
        Form::Json => history_json(&runs, args.last, &moved, out),
        Form::Text | Form::Table => render_history(&runs, args.last, &moved, paint, out),
    })?;
    Ok(Exit::Clean)
}

/// Compares two runs.
pub(super) fn diff(args: &Diff, screen: Screen) -> Result<Exit, Trouble> {
    let known = [("text", Form::Text), ("table", Form::Table), ("json", Form::Json)];
    let form = settings::format(args.format.as_deref(), &args.output, Form::Text, &known, |_| false)?;
    let ledger = Ledger::read(&settings::ledger(&args.file)?)?;
    let (from, to) = (ledger::find_run(&ledger, &args.from)?, ledger::find_run(&ledger, &args.to)?);
    let difference = ledger::diff(&ledger, &from, &to)?;
    let names = names(&ledger, &difference.to)?;
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| match form {
        Form::Text => render_diff(&difference, &names, paint, out),
        Form::Table => diff_table(&difference, &names, paint, out),
        Form::Json => diff_json(&difference, out),
    })?;
    Ok(Exit::Clean)
}

/// Tables and fields as the rules in force called them.
pub(super) fn names(ledger: &Ledger, run: &RunRow) -> Result<Names, Trouble> {
    let mut files = Files::default();
    for file in ledger::rules_of(ledger, run)?.unwrap_or_default() {
        files.add_as(&file.path, &file.name, &file.text);
    }
    let schema: Vec<_> = files.all().filter(|(path, _)| path.ends_with("schema.toml")).map(|(_, s)| Arc::clone(s)).collect();
    Ok(Names { schema: parse_schema(&schema).ok().map(Arc::new), ..Names::default() })
}
