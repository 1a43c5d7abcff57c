//! What a row tells of a person's life as forms do: 简历, 奖惩情况, assessments of several years, relatives.

use super::enter::{Entry, Given, Making, Refused, Said};
use super::{Record, Sheet, Template};
use crate::ingest::forms::{Field, Form, FormKind, FormRow, FormValue, career_rows, conduct_rows, kin_rows, says_none, yearly_rows};
use crate::records::{Problem, Schema, shown, squeeze};

/// Enters the rows of a person's life. The post that is left, if the résumé has it in these words and as held still.
pub(super) fn rows(
    (number, sheet): (usize, &Sheet),
    record: &Record,
    person: &str,
    left: &str,
    schema: &Schema,
    made: &mut Making,
) -> Option<String> {
    let columns = &sheet.columns;
    let mut form = Form::new(FormKind::Lrmx);
    let places = [(Field::Resume, "resume"), (Field::Rewards, "rewards"), (Field::Assessments, assessments(sheet.template))];
    for (field, of) in places {
        form.fill(field, &columns.cell(record, of).shown());
    }
    let place = |field: Field| places.iter().find(|(f, _)| *f == field).map_or("", |(_, of)| of);
    form.kin.clone_from(&record.kin);
    let mut tell = |code, field: Field, value: &str, why: String, right: &str| {
        let note = Problem::noted(sheet.cited.as_str(), code, why, right).at_row(columns.line(record, place(field)));
        made.notes.push(note.in_column(columns.header(place(field))).of_value(value));
    };
    let (mut all, waiting) = career_rows(&form, person, schema);
    for (_, text) in waiting {
        tell("form::resume-waiting", Field::Resume, &text, "不是任职也不是学习，未作经历".to_owned(), "不必改动");
    }
    let (sanctions, rewards) = conduct_rows(&form, person, schema);
    if !rewards.is_empty() {
        tell("sheet::unused-columns", Field::Rewards, "", format!("奖励 {} 处没有用到", rewards.len()), "不必改动");
    }
    all.extend(sanctions);
    all.extend(yearly_rows(&form, person, schema));
    all.extend(kin_rows(&form, person, schema));
    if !says_none(form.text(Field::Resume)) {
        made.is_whole("post", person);
        made.is_whole("study", person);
    }
    if !form.kin.is_empty() {
        made.is_whole("kin", person);
    }
    let from = is_left(&all, left);
    for row in all {
        let (header, line) = match row.field {
            // A relative's number is the line.
            Field::Kin => (schema.headings("kin").first().cloned().unwrap_or_default(), row.line),
            field => (columns.header(place(field)).to_owned(), columns.line(record, place(field))),
        };
        made.add(row.table, number, entry(row, person, &header, line));
    }
    from
}

/// Which column tells of several years: of a 任免审批表 what is otherwise the result of one.
fn assessments(template: Template) -> &'static str {
    if template == Template::Approval { "result" } else { "assessments" }
}

/// Whether a row tells the career itself, so that the post held now stands in it.
pub(super) fn has_resume(sheet: &Sheet, record: &Record) -> bool {
    !says_none(&sheet.columns.cell(record, "resume").shown())
}

/// The one post held still that is called so.
fn is_left(rows: &[FormRow], left: &str) -> Option<String> {
    let left = squeeze(left);
    let text = |row: &FormRow, field: &str| {
        row.cells
            .iter()
            .find(|(name, _)| *name == field)
            .and_then(|(_, v)| if let FormValue::Text(t) = v { Some(squeeze(t)) } else { None })
    };
    let held = |row: &&FormRow| {
        row.table == "post"
            && row.refused.is_none()
            && text(row, "end").is_some_and(|t| t.is_empty())
            && text(row, "title") == Some(left.clone())
    };
    let mut found = rows.iter().filter(held);
    found.next().filter(|_| !left.is_empty() && found.next().is_none()).map(|row| row.key.clone())
}

fn entry(row: FormRow, person: &str, header: &str, line: u32) -> Entry {
    let given = |(field, value): &(&'static str, FormValue)| Given { field, header: header.to_owned(), said: Said::of(value) };
    let refused = row.refused.as_ref().map(|r| Refused::Here {
        column: header.to_owned(),
        code: r.code,
        text: shown(&r.text),
        why: r.why.clone(),
        right: r.right.clone(),
    });
    Entry { line, key: row.key.clone(), owner: person.to_owned(), cells: row.cells.iter().map(given).collect(), refused }
}
