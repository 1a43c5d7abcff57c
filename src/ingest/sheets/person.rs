//! The person of a row.

use super::columns::Columns;
use super::{Asked, Record, dates};
use crate::ingest::forms::{Field, Form, FormKind, person_row, says_none};
use crate::ingest::value::Value;
use crate::records::{CodeList, Schema};

/// The fields of persons and the columns they are read from: the first that the sheet has.
pub(super) const FIELDS: [(&str, &[&str]); 13] = [
    ("name", &["name"]),
    ("id_number", &["id_number"]),
    ("gender", &["gender"]),
    ("ethnicity", &["ethnicity"]),
    ("native_place", &["native_place"]),
    ("birthplace", &["birthplace"]),
    ("birth", &["birth"]),
    ("party", &["party", "party_date"]),
    ("party_date", &["party_date"]),
    ("work_date", &["work_date"]),
    ("education", &["full_time_education", "education", "part_time_education"]),
    ("degree", &["full_time_degree", "degree", "part_time_degree", "full_time_education", "education"]),
    ("technical", &["technical"]),
];

/// What a row says of its person, as a form does.
pub(super) fn form(columns: &Columns, record: &Record, asked: Asked, schema: &Schema) -> Form {
    let mut form = Form::new(FormKind::Lrmx);
    let text = |of: &str| columns.cell(record, of).shown();
    let date = |of: &str| dates::text(&dates::month(columns.cell(record, of)), asked.now);
    let plain = [
        (Field::Name, "name"),
        (Field::Gender, "gender"),
        (Field::Ethnicity, "ethnicity"),
        (Field::NativePlace, "native_place"),
        (Field::Birthplace, "birthplace"),
        (Field::Affiliation, "party"),
        (Field::Technical, "technical"),
        (Field::FullTimeDegree, "full_time_degree"),
        (Field::PartTimeDegree, "part_time_degree"),
    ];
    for (field, of) in plain {
        form.fill(field, &text(of));
    }
    form.fill(Field::Current, &text("current").split_whitespace().collect::<String>());
    for (field, of) in [(Field::Birth, "birth"), (Field::WorkDate, "work_date"), (Field::Party, "party_date")] {
        form.fill(field, &date(of));
    }
    // Of a number that lost its digits nothing is made, not even a key.
    if !matches!(columns.cell(record, "id_number"), Value::Real(_)) {
        form.fill(Field::IdNumber, &text("id_number"));
    }
    let list = schema.list("education").and_then(|l| schema.lists.get(l));
    for (education, degree, of) in [
        (Field::FullTimeEducation, Field::FullTimeDegree, "full_time_education"),
        (Field::PartTimeEducation, Field::PartTimeDegree, "part_time_education"),
        (Field::FullTimeEducation, Field::FullTimeDegree, "education"),
    ] {
        let (schooling, title) = schooling(&text(of), list);
        form.fill(education, &schooling);
        form.fill(degree, &title);
    }
    form.fill(Field::FullTimeDegree, &text("degree"));
    form
}

/// An education and a degree out of a cell that may hold both, one below the other: what is neither stays with the education.
fn schooling(text: &str, list: Option<&CodeList>) -> (String, String) {
    let whole: String = text.split_whitespace().collect();
    if says_none(&whole) || list.is_some_and(|l| l.said(&whole).is_some()) {
        return (whole, String::new());
    }
    let parts: Vec<&str> = text.split(|c: char| c.is_whitespace() || "、，,/；;".contains(c)).filter(|p| !p.is_empty()).collect();
    let is_degree = |p: &&&str| ["学士", "硕士", "博士"].iter().any(|d| p.ends_with(d)) && list.is_none_or(|l| l.said(p).is_none());
    let degrees: Vec<&str> = parts.iter().filter(is_degree).copied().collect();
    let others: Vec<&str> = parts.iter().filter(|p| !is_degree(p)).copied().collect();
    if parts.len() > 1 && others.len() <= 1 { (others.concat(), degrees.join("、")) } else { (whole, String::new()) }
}

/// The cells of the person's row: field and text, for the columns the sheet has.
pub(super) fn cells(columns: &Columns, record: &Record, form: &Form, key: &str, schema: &Schema) -> Vec<super::enter::Given> {
    use super::enter::{Given, Said};
    let row = person_row(form, key, schema);
    let has = |of: &[&str]| of.iter().any(|o| columns.has(o));
    let given = FIELDS.iter().filter(|(_, of)| has(of)).map(|(field, of)| {
        let header = of.iter().map(|o| columns.header(o)).find(|h| !h.is_empty()).unwrap_or("").to_owned();
        let raw = columns.cell(record, of.first().copied().unwrap_or(""));
        let said = match raw {
            Value::Uncomputed | Value::Garbled => Said::Cell(raw.clone()),
            Value::Real(_) if *field == "id_number" => Said::Cell(raw.clone()),
            _ => row.cells.iter().find(|(name, _)| name == field).map_or(Said::Text(String::new()), |(_, v)| Said::of(v)),
        };
        Given { field, header, said }
    });
    given.collect()
}
