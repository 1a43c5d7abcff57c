//! `case`: one matter on a page, from the records and the verdicts of every rule that asks something of it.

use super::args::{Case, Common};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, run, spare};
use crate::records::{FieldId, FieldType, RowId, Store, TableId, masked};
use crate::report::{CasePage, CaseStep, render_case};

/// The table of matters.
const CASES: &str = "case";

/// Writes the page.
pub(super) fn run(args: &Case, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?;
    let settings = settings.with_sources_after("任免事项编码", &args.id)?;
    settings::plain_text(&args.output)?;
    spare::spare(&settings.sources, [args.output.output.as_deref()])?;
    let rules = run::rules(&settings)?.set;
    run::check_selectors(&rules, &settings)?;
    let wanted = crate::records::Wanted::all(&rules.schema);
    let store = run::records(&settings, &rules.schema, &wanted, screen)?;
    let found = store.schema.table(CASES).and_then(|t| Some((t, store.rows(t).find(&args.id)?)));
    let Some((table, row)) = found else {
        let near = store.schema.table(CASES).and_then(|t| run::near_key(&store, t, &args.id));
        let help = near.map_or_else(|| "请核对任免事项编码".to_owned(), |key| format!("是否想写“{key}”？请核对任免事项编码"));
        return Err(Trouble::Usage(Plain::new("usage::unknown-subject", format!("没有任免事项“{}”", args.id)).help(help)));
    };
    let page = CasePage {
        heading: heading(&store, table, row),
        facts: cells(&store, table, row, &[]),
        steps: steps(&store, table, row),
        demands: run::demands(&rules, &store, &settings, table, row)?,
    };
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| render_case(&page, paint, out))?;
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}

/// The matter, and whose it is.
fn heading(store: &Store, table: TableId, row: RowId) -> String {
    let Some(def) = store.schema.tables.get(table) else { return String::new() };
    let mut text = format!("{} {}", def.zh, store.key(table, row));
    if let Some(owner) = def.owner
        && let Some(FieldType::Ref(whose)) = def.fields.get(owner).map(|f| f.ty)
        && let Some(person) = store.follow(table, row, owner)
    {
        let name = store.schema.tables.get(whose).and_then(|t| t.field("name")).and_then(|f| store.show(whose, person, f));
        text.push_str(&format!(" · {} {}", store.key(whose, person), name.unwrap_or_default()));
    }
    text.trim_end().to_owned()
}

/// The filled cells of a row, its key and some fields left out: names and values.
fn cells(store: &Store, table: TableId, row: RowId, without: &[FieldId]) -> Vec<(String, String)> {
    let Some(def) = store.schema.tables.get(table) else { return Vec::new() };
    let fields = def.fields.iter().enumerate().filter(|(f, field)| field.ty != FieldType::Id && !without.contains(f));
    fields.filter_map(|(f, field)| Some((field.zh.clone(), masked(&store.show(table, row, f)?)))).collect()
}

/// Every row that belongs to the matter, by date.
fn steps(store: &Store, cases: TableId, case: RowId) -> Vec<CaseStep> {
    let mut steps = Vec::new();
    for (t, def) in store.schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none()) {
        for (f, _) in def.fields.iter().enumerate().filter(|(_, field)| field.ty == FieldType::Ref(cases)) {
            let Some(link) = store.link(t, f) else { continue };
            let rows = link.children(case).filter(|&row| store.rows(t).is_sound(row));
            steps.extend(rows.map(|row| step(store, t, row, f)));
        }
    }
    // Undated rows come last.
    steps.sort_by(|a, b| (a.when.is_empty(), a).cmp(&(b.when.is_empty(), b)));
    steps
}

fn step(store: &Store, table: TableId, row: RowId, link: FieldId) -> CaseStep {
    let Some(def) = store.schema.tables.get(table) else {
        return CaseStep { when: String::new(), table: String::new(), id: String::new(), detail: String::new(), place: String::new() };
    };
    let mut without = def.order.clone();
    // Whose it is was said in the heading.
    without.extend(def.owner);
    without.push(link);
    let mut dates: Vec<String> = def.order.iter().filter_map(|&f| store.show(table, row, f)).collect();
    dates.dedup();
    // The first field that is neither key nor date says what the row is; its name would add nothing.
    let detail = cells(store, table, row, &without);
    let detail = detail.iter().enumerate().map(|(i, (name, value))| if i == 0 { value.clone() } else { format!("{name} {value}") });
    CaseStep {
        when: dates.join(" 至 "),
        table: def.zh.clone(),
        id: store.key(table, row).to_owned(),
        detail: detail.collect::<Vec<_>>().join("，"),
        place: store.row_place(table, row),
    }
}
