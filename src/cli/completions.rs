//! `completions`: the script that completes commands and options in a shell.

use super::args::Completions;
use super::exit::Exit;
use super::output;
use super::trouble::{Plain, Trouble};
use clap_complete::{Shell, generate};

/// Writes the script.
pub(super) fn run(args: &Completions) -> Result<Exit, Trouble> {
    let shell: Shell =
        args.shell.parse().map_err(|_| Trouble::Usage(Plain::new("usage::bad-value", format!("不认识的外壳“{}”", args.shell))))?;
    let mut script = Vec::new();
    generate(shell, &mut super::command(), "guiju", &mut script);
    output::write(None, |out| out.write_all(&script))?;
    Ok(Exit::Clean)
}
