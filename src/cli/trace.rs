//! `trace`: why a rule did, or did not, find fault with a subject.

use super::args::{self, Common};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, run, spare};
use crate::engine::{Trace, trace};
use crate::records::{RowId, TableId};
use crate::report::{Names, render_trace};
use crate::rules::{Each, Rule};
use std::collections::BTreeSet;

/// Explains a rule's verdict on a subject.
pub(super) fn run(args: &args::Trace, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?;
    let settings = settings.with_sources_after("对象", &args.subject)?;
    settings::plain_text(&args.output)?;
    spare::spare(&settings.sources, [args.output.output.as_deref()])?;
    let rules = run::rules(&settings)?.set;
    let code = run::known_code(&rules, &args.code)?;
    let (id, year) = subject(&args.subject);
    let store = run::records(&settings, &rules.schema, &rules.wanted(), screen)?;
    let find = |table: TableId, key: &str| store.rows(table).find(key);
    let found = rules.of_code(&code).filter_map(|rule| Some((rule, row_of(rule, id, find)?)));
    let judged = |(rule, row): (&Rule, RowId)| {
        let traces = trace(&rules, &store, settings.as_of, rule, row);
        // Of what is judged of each, the one asked for; of a whole subject, all.
        if store.key(rule.subject, row) == id { traces } else { only(traces, |t| t.subject.id == id) }
    };
    let found: Vec<Trace> = found.flat_map(judged).collect();
    if found.is_empty() {
        let tables: Vec<&str> = rules.of_code(&code).filter_map(|r| store.schema.tables.get(r.subject)).map(|t| t.zh.as_str()).collect();
        let near = rules.of_code(&code).find_map(|r| run::near_key(&store, r.subject, id));
        let near = near.map(|key| format!("是否想写“{key}”？")).unwrap_or_default();
        let message = format!("{}中没有“{id}”", tables.join("、"));
        return Err(Trouble::Usage(
            Plain::new("usage::unknown-subject", message)
                .help(format!("{near}对象写作 C-2024-017、U12/县处级正职 或 P0031@2023；请核对编码")),
        ));
    }
    let years: BTreeSet<i32> = found.iter().filter_map(|t| t.subject.year).collect();
    let traces = one_year(found, year);
    if let Some(year) = year.filter(|_| traces.is_empty()) {
        let years: Vec<String> = years.iter().map(i32::to_string).collect();
        let help = match years.as_slice() {
            [] => "这条规则不分年度；去掉 @ 和年度".to_owned(),
            _ => format!("可写的年度：{}", years.join("、")),
        };
        return Err(Trouble::Usage(Plain::new("usage::unknown-subject", format!("规则 {code} 对“{id}”没有{year}年度的结论")).help(help)));
    }
    let names = Names::of_tables(&store);
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| {
        traces.iter().try_for_each(|t| render_trace(t, &names, &rules.calendar, paint, out))
    })?;
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}

/// `P1@2023`: the id and the year.
fn subject(text: &str) -> (&str, Option<i32>) {
    match text.rsplit_once('@') {
        Some((id, year)) => year.parse().map_or((text, None), |year| (id, Some(year))),
        None => (text, None),
    }
}

/// The row that a subject's id names: its key; or that of its owner, for what is judged of each, as in `U12/县处级正职`.
pub(super) fn row_of(rule: &Rule, id: &str, find: impl Fn(TableId, &str) -> Option<RowId>) -> Option<RowId> {
    find(rule.subject, id).or_else(|| match &rule.each {
        Some(Each::List { under: Some(_), .. }) => find(rule.subject, id.rsplit_once('/')?.0),
        _ => None,
    })
}

/// The rulings of one year, if one was asked for.
fn one_year(traces: Vec<Trace>, year: Option<i32>) -> Vec<Trace> {
    match year {
        Some(year) => only(traces, |t| t.subject.year == Some(year)),
        None => traces,
    }
}

/// Some of the rulings, each with its own steps.
fn only(mut traces: Vec<Trace>, keep: impl Fn(&Trace) -> bool) -> Vec<Trace> {
    traces.retain(keep);
    traces
}
