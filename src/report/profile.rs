//! What the records hold and what they lack: every field's cells by what they say, and the rules that this starves. Blank, said to
//! be none, filled in wrongly and not exported are different things.

mod render;

pub use render::{ProfileFormat, render_profile};

use super::{Names, Starved, words};
use crate::dates::Fuzzy;
use crate::engine::Outcome;
use crate::records::{Blank, Column, FieldId, FieldTally, FieldType, Filled, Problem, RowId, Store, Table, TableId, Tally};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the records hold and lack.
#[derive(Debug, Serialize)]
pub struct Profile {
    /// The day the rules were asked on.
    pub as_of: String,
    /// Every table.
    pub tables: Vec<TableLine>,
    /// Every field.
    pub fields: Vec<FieldLine>,
    /// Rules that lack data.
    pub rules: Vec<Starving>,
    /// Rows counted, by file and table.
    pub tallies: Vec<Tally>,
    /// The fields of forms, counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub form_fields: Vec<FieldTally>,
    /// Everything wrong in the data, whatever column it is in.
    pub problems: Vec<Problem>,
    /// Chinese names.
    #[serde(skip)]
    pub names: Names,
}

/// A table.
#[derive(Debug, Serialize)]
pub struct TableLine {
    /// Its ASCII name.
    pub table: String,
    /// Whether a source had it.
    pub exported: bool,
    /// Rows kept.
    pub rows: u64,
}

/// The cells of a field, in the rows kept.
#[derive(Debug, Default, Serialize)]
pub struct FieldLine {
    /// The table's ASCII name.
    pub table: String,
    /// The field's ASCII name.
    pub field: String,
    /// Whether a source had the column. The counts are 0 if none had.
    pub exported: bool,
    /// Rows kept.
    pub rows: u64,
    /// Cells that hold a value.
    pub filled: u64,
    /// Cells that say outright that there is none.
    pub attested: u64,
    /// Blank cells where the schema says that a blank is a fact.
    pub none: u64,
    /// Blank cells that say nothing.
    pub blank: u64,
    /// Cells that could not be read, and cells of files that lack the column.
    pub wrong: u64,
    /// The earliest date, in its own precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest: Option<String>,
    /// The latest date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<String>,
    /// Values that are not in the code list, and how often they stand.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unlisted: BTreeMap<String, u64>,
}

/// A rule that lacks data.
#[derive(Debug, Serialize)]
pub struct Starving {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How many subjects it cannot decide.
    pub undecided: u64,
    /// What it lacks.
    pub lacks: Vec<Starver>,
}

/// What a rule lacks.
#[derive(Debug, Serialize)]
pub struct Starver {
    /// The table's ASCII name.
    pub table: String,
    /// The field's ASCII name; none for whole rows or tables.
    pub field: Option<String>,
    /// Whether it was exported.
    pub exported: bool,
    /// The share of rows with this cell filled, 0 to 1; none where it was not exported or has no rows.
    pub fill: Option<f64>,
    /// Cells filled with a date that is not known to the day; for people, not part of the contract.
    #[serde(skip)]
    pub coarse: u64,
    /// How many subjects cannot be decided for lack of it.
    pub undecided: u64,
}

/// What the records hold and lack, the rules having been run over them.
pub fn profile(store: &Store, outcome: &Outcome, starved: &[Starved], as_of: String, names: Names) -> Profile {
    // Contradictions are made, not exported: where there are none there is nothing to fill in.
    let made = |t: TableId| store.schema.identity.as_ref().is_some_and(|i| i.told.table == t) && store.rows(t).len == 0;
    let base = || store.schema.tables.iter().enumerate().filter(move |(t, table)| table.joined.is_none() && !made(*t));
    let kept = |t: TableId| (0..store.rows(t).len).filter(move |&r| RowId::try_from(r).is_ok_and(|r| !store.rows(t).is_ghost(r)));
    let tables = base()
        .map(|(t, def)| TableLine { table: def.name.clone(), exported: store.rows(t).exported, rows: kept(t).count() as u64 })
        .collect();
    let unlisted = unlisted(store);
    let mut fields = Vec::new();
    for (t, def) in base() {
        let rows: Vec<usize> = kept(t).collect();
        for f in 0..def.fields.len() {
            let mut line = field_line(store, t, def, f, &rows);
            line.unlisted = unlisted.get(&(t, f)).cloned().unwrap_or_default();
            fields.push(line);
        }
    }
    let rules = starved.iter().map(|s| starving(s, store, outcome)).collect();
    let (tallies, form_fields, problems) = (store.tallies.clone(), store.field_tallies.clone(), store.problems.clone());
    Profile { as_of, tables, fields, rules, tallies, form_fields, problems, names }
}

fn field_line(store: &Store, t: TableId, def: &Table, f: FieldId, rows: &[usize]) -> FieldLine {
    let Some(field) = def.fields.get(f) else { return FieldLine::default() };
    let mut line = FieldLine { table: def.name.clone(), field: field.name.clone(), rows: rows.len() as u64, ..FieldLine::default() };
    if field.ty == FieldType::Id {
        // Filled in every row kept, or the row would have been refused.
        line.exported = store.rows(t).exported;
        line.filled = line.rows;
        return line;
    }
    let assumed = store.assumed_blank.contains(&format!("{}.{}", def.name, field.name));
    let Some(column) = store.rows(t).column(f).filter(|_| !assumed) else { return line };
    line.exported = true;
    // What a form does not say and what is blank in it is to be filled in alike.
    let is_unsaid = |row: usize| RowId::try_from(row).is_ok_and(|r| store.has_column(t, r, f) && !store.is_told_wrong(t, r, f));
    for &row in rows {
        match column.filled(row) {
            Filled::Yes => line.filled += 1,
            Filled::Unknown if is_unsaid(row) => line.blank += 1,
            Filled::Unknown => line.wrong += 1,
            Filled::No if RowId::try_from(row).is_ok_and(|r| store.attested(t, r, f).is_some()) => line.attested += 1,
            Filled::No if field.blank == Blank::Unknown => line.blank += 1,
            Filled::No => line.none += 1,
        }
    }
    if let Column::Date(dates) = column {
        let known = || rows.iter().filter(|&&r| column.filled(r) == Filled::Yes).filter_map(|&r| dates.get(r));
        line.earliest = known().min_by_key(|d| d.lo).map(Fuzzy::to_string);
        line.latest = known().max_by_key(|d| d.hi).map(Fuzzy::to_string);
    }
    line
}

/// Values that are not in their code lists, by table and field.
fn unlisted(store: &Store) -> BTreeMap<(TableId, FieldId), BTreeMap<String, u64>> {
    let mut all: BTreeMap<(TableId, FieldId), BTreeMap<String, u64>> = BTreeMap::new();
    for p in store.problems.iter().filter(|p| p.code == "data::bad-code") {
        let field = store.schema.table(&p.table).and_then(|t| Some((t, store.schema.tables.get(t)?.field_called(&p.column)?)));
        if let Some(at) = field {
            *all.entry(at).or_default().entry(p.value.clone()).or_default() += 1;
        }
    }
    all
}

/// How many cells of a field hold a date that is not known to the day.
fn coarse(store: &Store, table: &str, field: &str) -> u64 {
    let Some(t) = store.schema.table(table) else { return 0 };
    let column = store.schema.tables.get(t).and_then(|def| store.rows(t).column(def.field(field)?));
    let Some(column @ Column::Date(dates)) = column else { return 0 };
    let known = |(row, date): &(usize, &Fuzzy)| {
        !date.is_exact() && column.filled(*row) == Filled::Yes && RowId::try_from(*row).is_ok_and(|r| !store.rows(t).is_ghost(r))
    };
    dates.iter().enumerate().filter(known).count() as u64
}

fn starving(rule: &Starved, store: &Store, outcome: &Outcome) -> Starving {
    let unexported = || outcome.unexported.iter().filter(|u| u.code == rule.code);
    let shared: u64 = unexported().map(|u| u.subjects).sum();
    let grouped = unexported().filter(|u| u.subjects > 0).count() as u64;
    let lacks = rule.lacks.iter().map(|lack| {
        let of_this = |u: &&crate::engine::Unexported| u.missing.iter().any(|m| m.table == lack.table && m.field == lack.field);
        Starver {
            table: lack.table.clone(),
            field: lack.field.clone(),
            exported: lack.exported,
            fill: lack.fill,
            coarse: lack.field.as_deref().map_or(0, |field| coarse(store, &lack.table, field)),
            undecided: if lack.exported { lack.findings } else { unexported().filter(of_this).map(|u| u.subjects).sum() },
        }
    });
    Starving {
        code: rule.code.clone(),
        title: rule.title.clone(),
        // A finding that stands for many subjects is counted by them.
        undecided: rule.unverified.saturating_sub(grouped) + shared,
        lacks: lacks.collect(),
    }
}

impl FieldLine {
    /// 37.0%; 未导出; — where there are no rows.
    pub(super) fn rate(&self) -> String {
        match (self.exported, self.rows) {
            (false, _) => "未导出".to_owned(),
            (true, 0) => "—".to_owned(),
            (true, rows) => format!("{:.1}%", self.filled as f64 / rows as f64 * 100.0),
        }
    }

    /// 2003-01-02 至 2026-05; empty for what is no date.
    pub(super) fn range(&self) -> String {
        match (&self.earliest, &self.latest) {
            (Some(from), Some(to)) => format!("{from} 至 {to}"),
            _ => String::new(),
        }
    }

    /// 局级（3）、处长（1）.
    pub(super) fn odd(&self) -> String {
        self.unlisted.iter().map(|(value, n)| format!("{value}（{n}）")).collect::<Vec<_>>().join("、")
    }
}

impl Starver {
    /// 程序节点.结束日期，填报率37.0%（其中3格没有写到日），214件无法判定.
    pub(super) fn words(&self, names: &Names) -> String {
        let table = names.table(&self.table);
        let name = match &self.field {
            Some(field) => format!("{table}.{}", names.field(&self.table, field)),
            None => table.to_owned(),
        };
        let state = match (self.exported, self.fill) {
            (false, _) => "，未导出".to_owned(),
            (true, Some(fill)) if self.coarse > 0 => {
                format!("，填报率{:.1}%（其中{}格没有写到日）", fill * 100.0, words::count(self.coarse))
            }
            (true, Some(fill)) => format!("，填报率{:.1}%", fill * 100.0),
            (true, None) => String::new(),
        };
        let undecided = match (self.exported, self.undecided) {
            (false, 0) => "，没有可判的对象".to_owned(),
            (_, n) => format!("，{}件无法判定", words::count(n)),
        };
        format!("{name}{state}{undecided}")
    }
}
