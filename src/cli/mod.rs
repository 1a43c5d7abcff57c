//! The command line: what was typed becomes calls, and what they answer becomes text and an exit code. One file a command.

mod args;
mod args_history;
mod args_ledger;
mod args_mapping;
mod args_notice;
mod args_rectify;
mod args_rules;
mod baseline;
mod case;
mod check;
mod completions;
mod config;
mod coverage;
mod crossing;
mod data_hash;
mod due;
mod exit;
mod explain;
mod history;
mod import;
mod in_force;
mod ledger;
mod limits;
mod lint;
mod mapping;
mod moment;
mod newness;
mod night;
mod nightly;
mod notice;
mod output;
mod profile;
mod progress;
mod record;
mod rectify;
mod rectify_lists;
mod round;
mod rules;
mod run;
mod scope;
mod seen;
mod settings;
mod spare;
mod trace;
mod trouble;
mod unseen;
mod usage;
mod waive;
mod waivers;

pub use exit::Exit;

use crate::report::Paint;
use args::{Cli, Command};
use args_rules::Rules;
use clap::{CommandFactory, Parser};
use settings::Screen;
use std::ffi::OsString;
use trouble::Trouble;

/// Runs the program with these arguments, the first being its own name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let screen = Screen::new(cli.common.color.as_deref(), cli.common.no_progress);
    match dispatch(cli, screen) {
        Ok(exit) => exit,
        Err(trouble) => {
            output::aside(&trouble.render(screen.err));
            trouble.exit()
        }
    }
}

fn dispatch(cli: Cli, screen: Screen) -> Result<Exit, Trouble> {
    let common = &cli.common;
    match cli.command {
        Command::Check(args) => check::run(&args, common, screen),
        Command::Due(args) => due::run(&args, common, screen),
        Command::Trace(args) => trace::run(&args, common, screen),
        Command::Case(args) => case::run(&args, common, screen),
        Command::Import(args) => import::run(&args, common, screen),
        Command::Explain(args) => explain::run(&args, common, screen),
        Command::Rules(Rules::List(args)) => rules::list(&args, common, screen),
        Command::Rules(Rules::Test(args)) => rules::test(&args, common, screen),
        Command::Rules(Rules::Coverage(args)) => coverage::run(&args, common, screen),
        Command::Rules(Rules::Lint(args)) => lint::run(&args, common, screen),
        Command::Profile(args) => profile::run(&args, common, screen),
        Command::Nightly(args) => nightly::run(&args, common, screen),
        Command::Mapping(args) => mapping::run(&args, common),
        Command::Notice(args) => notice::run(&args, common, screen),
        Command::Baseline(args) => baseline::run(&args, common, screen),
        Command::Waive(args) => waive::run(&args, common, screen),
        Command::History(args) => history::history(&args, screen),
        Command::Diff(args) => history::diff(&args, screen),
        Command::Ledger(args) => ledger::run(&args, screen),
        Command::Rectify(args) => rectify::run(&args, screen),
        Command::Completions(args) => completions::run(&args),
    }
}

/// Help and the version are answers; the rest is wrong usage, explained in Chinese.
fn refuse(error: &clap::Error) -> Exit {
    let screen = Screen::new(None, true);
    let text = error.render();
    let shown = |paint: Paint| format!("{}\n", (if paint.on { text.ansi().to_string() } else { text.to_string() }).trim_end());
    if usage::is_answer(error) {
        let written = output::write(None, |out| out.write_all(shown(screen.out).as_bytes()));
        return written.map_or_else(|trouble| trouble.exit(), |()| Exit::Clean);
    }
    if usage::is_bare(error) {
        output::aside(&shown(screen.err));
        return Exit::Usage;
    }
    output::aside(&trouble::plain(&usage::explain(error), screen.err));
    output::aside(&format!("  {}{}\n", screen.err.label("用法："), usage::form(error)));
    Exit::Usage
}

/// The definition of the command line, for help and completions.
fn command() -> clap::Command {
    Cli::command()
}
