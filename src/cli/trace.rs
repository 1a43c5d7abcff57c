//! `trace`: why a rule did, or did not, find fault with a subject.

use super::args::{self, Common};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, run};
use crate::engine::{Trace, trace};
use crate::records::{FieldType, RowId, Store};
use crate::report::{Names, render_trace};
use crate::rules::Rule;

/// Explains a rule's verdict on a subject.
pub(super) fn run(args: &args::Trace, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?;
    let settings = settings.with_sources_after("对象", &args.subject)?;
    settings::plain_text(&args.output)?;
    let rules = run::rules(&settings)?.set;
    let code = run::known_code(&rules, &args.code)?;
    let (id, year) = subject(&args.subject);
    let store = run::records(&settings, &rules.schema, &rules.wanted(), screen)?;
    let found: Vec<(&Rule, RowId)> = rules.of_code(&code).filter_map(|rule| Some((rule, row_of(&store, rule, id)?))).collect();
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
    let traces: Vec<Trace> =
        found.into_iter().flat_map(|(rule, row)| one_year(trace(&rules, &store, settings.as_of, rule, row), year)).collect();
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

/// The row of a key; or of its owner's key and a code, as in `U12/县处级正职`.
pub(super) fn row_of(store: &Store, rule: &Rule, id: &str) -> Option<RowId> {
    let rows = store.rows(rule.subject);
    if let Some(row) = rows.find(id) {
        return Some(row);
    }
    let (owner, code) = id.split_once('/')?;
    let def = store.schema.tables.get(rule.subject)?;
    let codes: Vec<usize> =
        (0..def.fields.len()).filter(|&f| matches!(def.fields.get(f).map(|f| f.ty), Some(FieldType::Code(_)))).collect();
    let is = |row: RowId, field: usize, text: &str| store.show(rule.subject, row, field).as_deref() == Some(text);
    (0..rows.len)
        .filter_map(|r| RowId::try_from(r).ok())
        .find(|&row| def.owner.is_some_and(|f| is(row, f, owner)) && codes.iter().any(|&f| is(row, f, code)))
}

/// The rulings of one year, if one was asked for. The steps, which all rulings share, come with the first.
fn one_year(mut traces: Vec<Trace>, year: Option<i32>) -> Vec<Trace> {
    let Some(year) = year else { return traces };
    let steps = traces.first_mut().map(|t| std::mem::take(&mut t.sections)).unwrap_or_default();
    traces.retain(|t| t.subject.year == Some(year));
    if let Some(first) = traces.first_mut() {
        first.sections = steps;
    }
    traces
}
