//! What became of each filled field of a form: read = kept + refused + untaken.

use super::form::{Field, Form};
use super::row::{Row, Value, date, says_none};
use crate::records::{FieldTally, Schema};

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// All of it went into the records.
    Kept,
    /// Some of it could not be read.
    Refused,
    /// The records have no place for it.
    Not,
}

/// Every filled field of a form and what became of it.
pub(super) fn of(form: &Form, rows: &[Row], only_rewards: bool, schema: &Schema) -> Vec<(Field, Taken)> {
    let refused = |field: Field| {
        rows.iter().any(|row| {
            let of_cell = |value: &Value| matches!(value, Value::Bad(f, _) if *f == field);
            (row.refused.is_some() && row.field == field) || row.cells.iter().any(|(_, v)| of_cell(v))
        })
    };
    let bad_date = |field| matches!(date(form.text(field)), Value::Text(text) if !text.is_empty());
    let one = |(field, text): (Field, &str)| {
        let taken = match field {
            field if refused(field) => Taken::Refused,
            Field::Birth | Field::WorkDate if bad_date(field) => Taken::Refused,
            Field::Gender if schema.list("gender").and_then(|l| schema.lists.get(l)).is_none_or(|l| l.code(text).is_none()) => {
                Taken::Refused
            }
            Field::Affiliation if !says_none(form.text(Field::Party)) => Taken::Not,
            Field::Rewards if only_rewards => Taken::Not,
            Field::Removed if !says_none(text) && !removal_used(form, rows) => Taken::Not,
            field if UNTAKEN.contains(&field) => Taken::Not,
            _ => Taken::Kept,
        };
        (field, taken)
    };
    let kin = (!form.kin.is_empty()).then_some((Field::Kin, ""));
    form.filled().chain(kin).map(one).collect()
}

/// Fields that the records have no place for.
const UNTAKEN: [Field; 16] = [
    Field::Health,
    Field::Skills,
    Field::FullTimeSchool,
    Field::FullTimeDegreeSchool,
    Field::PartTimeSchool,
    Field::PartTimeDegreeSchool,
    Field::Current,
    Field::Reason,
    Field::ReportedBy,
    Field::AgeOn,
    Field::FilledOn,
    Field::FilledBy,
    Field::RetiresOn,
    Field::AgeLimit,
    Field::Photo,
    Field::Version,
];

/// Whether what is to be left was found among the posts, or is the matter itself.
fn removal_used(form: &Form, rows: &[Row]) -> bool {
    let found = rows.iter().any(|r| r.table == "case" && r.cells.iter().any(|(name, _)| *name == "from_post_id"));
    found || says_none(form.text(Field::Proposed))
}

/// The fields of forms that are counted as one, in the order of the form.
pub(super) fn tallies<'t>(all: impl Iterator<Item = (&'t str, &'t [(Field, Taken)])>) -> Vec<FieldTally> {
    let mut found: Vec<(String, Field, FieldTally)> = Vec::new();
    for (file, fields) in all {
        for (field, taken) in fields {
            let at = found.iter().position(|(f, g, _)| f == file && g == field).unwrap_or_else(|| {
                let tally = FieldTally { file: file.to_owned(), field: field.zh().to_owned(), ..FieldTally::default() };
                found.push((file.to_owned(), *field, tally));
                found.len() - 1
            });
            if let Some((_, _, tally)) = found.get_mut(at) {
                tally.read += 1;
                match taken {
                    Taken::Kept => tally.kept += 1,
                    Taken::Refused => tally.refused += 1,
                    Taken::Not => tally.untaken += 1,
                }
            }
        }
    }
    found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    found.into_iter().map(|(.., tally)| tally).collect()
}
