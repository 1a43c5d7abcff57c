//! What a notice says becomes records: a person, a matter and its 任前公示 for each candidate.

use super::people::day_in;
use super::words::Words;
use super::{Period, Person};
use crate::dates::Day;
use crate::records::{Builder, Cell, FieldId, Schema, Store, TableId, Wanted};
use std::sync::Arc;

/// What of a period one reading takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span<'p> {
    /// The first day; where none was read, a day of the edition that asks for the contents.
    pub start: Day,
    /// The last day; unknown where none was read.
    pub end: Option<Day>,
    pub period: Option<&'p Period>,
}

/// The records. Keys are the candidates' numbers, from 1.
pub(super) fn store(schema: &Arc<Schema>, file: &str, people: &[Person], span: Span<'_>, level: Option<&str>, words: &Words) -> Store {
    let mut wanted = Wanted::all(schema);
    schema.tables.iter().enumerate().for_each(|(t, _)| wanted.add_table(t));
    let mut builder = Builder::new(Arc::clone(schema), wanted);
    fill(&mut builder, schema, file, "person", people, |p, key| {
        let value = |column: &str| {
            let fields: Vec<&str> = words.item.iter().filter(|i| i.column == column).map(|i| i.field.as_str()).collect();
            p.items.iter().filter(move |r| fields.contains(&r.item.as_str())).map(|r| r.value.as_str())
        };
        let date = |column: &str| value(column).find_map(day_in).map(|d| d.to_string());
        vec![
            ("person_id", Some(key.to_owned())),
            ("name", Some(p.name.clone())),
            ("gender", value("person.gender").next().map(|g| g.chars().take(1).collect())),
            ("ethnicity", value("person.ethnicity").next().map(str::to_owned)),
            ("birth", date("person.birth")),
            ("party_date", date("person.party_date")),
            ("work_date", date("person.work_date")),
        ]
    });
    // The post proposed is held from the first day of the notice at the earliest.
    fill(&mut builder, schema, file, "post", people, |_, key| {
        vec![
            ("post_id", Some(key.to_owned())),
            ("person_id", Some(key.to_owned())),
            ("title", Some(words.record.step_kind.clone())),
            ("start", Some(span.start.to_string())),
        ]
    });
    fill(&mut builder, schema, file, "case", people, |p, key| {
        let is_exception = p.items.iter().any(|r| words.words.exception.iter().any(|w| r.value.contains(w.as_str())));
        vec![
            ("case_id", Some(key.to_owned())),
            ("person_id", Some(key.to_owned())),
            ("kind", Some(words.record.case_kind.clone())),
            ("level", level.map(str::to_owned)),
            ("exception", is_exception.then(|| words.record.exception.clone())),
        ]
    });
    fill(&mut builder, schema, file, "step", people, |p, key| {
        let mut fields: Vec<&str> = p.items.iter().map(|r| r.item.as_str()).collect();
        fields.dedup();
        let mut cells = vec![
            ("step_id", Some(key.to_owned())),
            ("case_id", Some(key.to_owned())),
            ("kind", Some(words.record.step_kind.clone())),
            ("start", Some(span.start.to_string())),
            ("fields", Some(fields.join("、"))),
        ];
        // A blank end would mean one day.
        cells.extend(span.end.map(|end| ("end", Some(end.to_string()))));
        cells
    });
    builder.finish()
}

/// Fills a table with a row a candidate. Cells without a value are blank: the notice does not say it.
fn fill(
    builder: &mut Builder,
    schema: &Schema,
    file: &str,
    table: &str,
    people: &[Person],
    row: impl Fn(&Person, &str) -> Vec<(&'static str, Option<String>)>,
) {
    let Some(t): Option<TableId> = schema.table(table) else { return };
    let Some(def) = schema.tables.get(t) else { return };
    let rows: Vec<_> = people.iter().zip(1..).map(|(p, n)| (p.line, row(p, &n.to_string()))).collect();
    let Some((_, first)) = rows.first() else { return };
    let columns: Vec<(&str, FieldId)> = first.iter().filter_map(|(name, _)| def.field(name).map(|f| (*name, f))).collect();
    let fields = columns.iter().map(|(name, f)| (*f, (*name).to_owned())).collect();
    let mut sheet = builder.reading(t, file, fields);
    for (line, cells) in &rows {
        sheet.start_row(*line);
        for (index, (name, _)) in columns.iter().enumerate() {
            match cells.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.as_deref()) {
                Some(text) => sheet.cell(index, Cell::Text(text)),
                None => sheet.cell(index, Cell::Blank),
            }
        }
        sheet.end_row();
    }
}
