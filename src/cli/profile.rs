//! `profile`: how well each table and field is filled, and which rules that starves.

use super::args::{Common, Profile};
use super::exit::Exit;
use super::scope::Scope;
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{output, run};
use crate::records::{FieldType, Store, Wanted};
use crate::report::{Align, Grid, Names, Paint, Starved, filled_of, starved};
use serde::Serialize;
use std::io::{self, Write};
use std::sync::Arc;

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Table,
    Json,
}

#[derive(Debug, Serialize)]
struct Whole<'a> {
    fields: Vec<Line<'a>>,
    rules: &'a [Starved],
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    table: &'a str,
    field: &'a str,
    #[serde(skip)]
    table_zh: &'a str,
    #[serde(skip)]
    field_zh: &'a str,
    exported: bool,
    filled: u64,
    rows: u64,
}

/// Writes the fill rates.
pub(super) fn run(args: &Profile, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    let known = [("table", Format::Table), ("json", Format::Json)];
    let format = settings::format(args.format.as_deref(), &args.output, Format::Table, &known, |_| false)?;
    let rules = run::rules(&settings)?.set;
    let schema = &rules.schema;
    let store = run::records(&settings, schema, &Wanted::all(schema), screen)?;
    let chosen = run::chosen(&rules, &settings)?;
    let outcome = run::judge(&rules, &store, &chosen, &settings, &Scope::default(), screen)?;
    let starved = starved(&outcome, &store);
    let names = Names { schema: Some(Arc::clone(&store.schema)), ..Names::default() };
    let whole = Whole { fields: lines(&store), rules: &starved };
    output::write(args.output.output.as_deref(), |out| match format {
        Format::Table => table(&whole, &names, screen.result(&args.output), out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &whole)?;
            writeln!(out)
        }
    })?;
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}

fn lines(store: &Store) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for (t, table) in store.schema.tables.iter().enumerate().filter(|(_, table)| table.joined.is_none()) {
        for (f, field) in table.fields.iter().enumerate() {
            // Keys are filled in every row kept, or the row would have been refused.
            let counts = if field.ty == FieldType::Id {
                let rows = store.rows(t).len as u64;
                store.rows(t).exported.then_some((rows, rows))
            } else {
                filled_of(store, t, f)
            };
            let (filled, rows) = counts.unwrap_or((0, 0));
            lines.push(Line {
                table: &table.name,
                field: &field.name,
                table_zh: &table.zh,
                field_zh: &field.zh,
                exported: counts.is_some(),
                filled,
                rows,
            });
        }
    }
    lines
}

fn table(whole: &Whole<'_>, names: &Names, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut grid = Grid::new([
        ("表", Align::Left),
        ("字段", Align::Left),
        ("", Align::Left),
        ("已填", Align::Right),
        ("行数", Align::Right),
        ("填报率", Align::Right),
    ]);
    for line in &whole.fields {
        let rate = match (line.exported, line.rows) {
            (false, _) => "未导出".to_owned(),
            (true, 0) => "—".to_owned(),
            (true, rows) => format!("{:.1}%", line.filled as f64 / rows as f64 * 100.0),
        };
        grid.row([
            line.table_zh.to_owned(),
            line.field_zh.to_owned(),
            format!("{}.{}", line.table, line.field),
            line.filled.to_string(),
            line.rows.to_string(),
            rate,
        ]);
    }
    grid.render(paint, out)?;
    if whole.rules.is_empty() {
        return writeln!(out, "\n没有规则因缺数据而判不了");
    }
    writeln!(out, "\n{}", paint.bold("── 因缺数据受影响的规则 ──"))?;
    let mut grid = Grid::new([("规则", Align::Left), ("名称", Align::Left), ("待核", Align::Right), ("缺少", Align::Left)]);
    for rule in whole.rules {
        let lacks: Vec<String> = rule.lacks.iter().map(|l| l.words(names)).collect();
        grid.row([rule.code.clone(), rule.title.clone(), rule.unverified.to_string(), lacks.join("、")]);
    }
    grid.render(paint, out)
}
