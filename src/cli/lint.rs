//! `rules lint`: whether the rules are written with care.

use super::args::Common;
use super::args_rules::RulesLint;
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::{self, Trouble};
use super::{output, run};
use crate::rules::lint;
use std::collections::BTreeSet;

/// Lints the rules chosen.
pub(super) fn run(args: &RulesLint, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&[], &args.rules, None, common)?;
    let rules = run::rules(&settings)?;
    run::check_selectors(&rules.set, &settings)?;
    let found = lint(&rules.files, &rules.set, &|rule| run::selected(rule, &settings));
    let looked: BTreeSet<&str> = rules.set.rules.iter().filter(|r| run::selected(r, &settings)).map(|r| r.code.as_str()).collect();
    output::write(None, |out| {
        write!(out, "{}", trouble::drawn(&found, screen.out))?;
        writeln!(out, "{} 条规则，{} 处需要改", looked.len(), found.len())
    })?;
    Ok(if found.is_empty() { Exit::Clean } else { Exit::Found })
}
