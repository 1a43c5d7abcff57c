//! `due`: what falls due next, by date, from the same rules that judge the past.

use super::args::{Common, Due};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{output, run, scope, spare};
use crate::report::{DueFormat, Names, render_due, sort_due};
use std::collections::BTreeMap;

/// The rules whose deadlines are not all known: an empty list of what falls due must not look like an all-clear.
fn undecided(rules: &BTreeMap<String, Option<u64>>) -> String {
    let one = |(code, subjects): (&String, &Option<u64>)| match subjects {
        Some(n) => format!("{code}（{n}个对象）"),
        None => format!("{code}（未导出）"),
    };
    let all: Vec<String> = rules.iter().map(one).collect();
    format!("另有 {} 条规则因缺数据不能确定期限：{}；用 guiju profile 查看缺什么\n", all.len(), all.join("、"))
}

/// Lists what falls due.
pub(super) fn run(args: &Due, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    let scope = scope::scope(&args.scope)?;
    let until = settings::within(settings.as_of, &args.within)?;
    let format = settings::format(args.format.as_deref(), &args.output, DueFormat::Table, &DueFormat::ALL, DueFormat::is_binary)?;
    spare::spare(&settings.sources, [args.output.output.as_deref()])?;
    let (store, found) = run::due(&settings, &scope, until, screen)?;
    let mut due = found.open;
    sort_due(&mut due);
    let names = Names::of(&due, &store);
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| render_due(&due, &names, settings.as_of, format, paint, out))?;
    if !found.overdue.is_empty() {
        output::aside(&format!("另有 {} 项已超期，用 guiju check 查看\n", found.overdue.len()));
    }
    if !found.undecided.is_empty() {
        output::aside(&undecided(&found.undecided));
    }
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}
