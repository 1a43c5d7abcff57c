//! Rows of forms go into the sheets of the records, a sheet a form and table.

use super::form::{Field, Kind};
use super::row::{Row, Value};
use crate::records::{Batch, Builder, Cell, FieldId, Schema, Sheet, TableId};

/// The tables that forms fill, each with its fields and where on the form these stand: the key first, then the owner.
const TABLES: [(&str, &[(&str, Field)]); 8] = [
    (
        "person",
        &[
            ("person_id", Field::IdNumber),
            ("name", Field::Name),
            ("id_number", Field::IdNumber),
            ("gender", Field::Gender),
            ("ethnicity", Field::Ethnicity),
            ("native_place", Field::NativePlace),
            ("birthplace", Field::Birthplace),
            ("birth", Field::Birth),
            ("party", Field::Party),
            ("party_date", Field::Party),
            ("work_date", Field::WorkDate),
            ("education", Field::FullTimeEducation),
            ("degree", Field::FullTimeDegree),
            ("technical", Field::Technical),
        ],
    ),
    (
        "post",
        &[
            ("post_id", Field::Resume),
            ("person_id", Field::Resume),
            ("title", Field::Resume),
            ("kind", Field::Resume),
            ("start", Field::Resume),
            ("end", Field::Resume),
        ],
    ),
    (
        "study",
        &[
            ("study_id", Field::Resume),
            ("person_id", Field::Resume),
            ("title", Field::Resume),
            ("start", Field::Resume),
            ("end", Field::Resume),
        ],
    ),
    (
        "rank",
        &[
            ("rank_id", Field::Resume),
            ("person_id", Field::Resume),
            ("rank", Field::Resume),
            ("start", Field::Resume),
            ("end", Field::Resume),
        ],
    ),
    (
        "case",
        &[
            ("case_id", Field::Proposed),
            ("person_id", Field::Proposed),
            ("kind", Field::Proposed),
            ("title", Field::Proposed),
            ("rank", Field::Proposed),
            ("from_post_id", Field::Removed),
        ],
    ),
    ("sanction", &[("sanction_id", Field::Rewards), ("person_id", Field::Rewards), ("kind", Field::Rewards), ("date", Field::Rewards)]),
    (
        "assessment",
        &[
            ("assessment_id", Field::Assessments),
            ("person_id", Field::Assessments),
            ("year", Field::Assessments),
            ("result", Field::Assessments),
        ],
    ),
    ("kin", &[("kin_id", Field::Kin), ("person_id", Field::Kin), ("relation", Field::Kin), ("name", Field::Kin), ("title", Field::Kin)]),
];

/// A file that goes into the records.
#[derive(Clone, Copy, Debug)]
pub(super) struct FormFile<'f> {
    pub name: &'f str,
    pub counted_as: &'f str,
    pub kind: Kind,
}

/// The sheets being filled.
pub(super) struct Entering<'e> {
    builder: &'e mut Builder,
    batch: Batch,
}

impl<'e> Entering<'e> {
    pub(super) fn new(builder: &'e mut Builder) -> Self {
        let batch = Batch::new(builder.schema());
        Self { builder, batch }
    }

    /// Says that forms hold these tables, and which fields of them.
    pub(super) fn declare(&mut self, tables: &[&str]) {
        for (name, fields) in TABLES.iter().filter(|(name, _)| tables.contains(name)) {
            let Some(table) = self.builder.schema().table(name) else { continue };
            for (field, _) in *fields {
                let id = self.builder.schema().tables.get(table).and_then(|t| t.field(field));
                if let Some(id) = id {
                    self.builder.wants(table, id);
                }
            }
        }
    }

    /// Enters the rows that one form has for a table; `open` where the form does not tell all rows of the person.
    pub(super) fn rows(&mut self, file: FormFile<'_>, table: &str, person: &str, rows: &[&Row], open: bool) {
        let Some((id, columns, mut sheet)) = self.sheet(file, table) else { return };
        for row in rows {
            enter(row, person, &columns, file.kind, &mut sheet);
        }
        if open {
            sheet.open_row(0, &format!("{person}-未列"), person);
        }
        self.batch.add(id, sheet);
    }

    /// Enters a form of which nothing can be used.
    pub(super) fn refused(&mut self, file: FormFile<'_>, code: &'static str, why: &str, right: &str) {
        let Some((id, _, mut sheet)) = self.sheet(file, "person") else { return };
        sheet.start_row(0);
        sheet.refuse_text("", code, "", why, right);
        sheet.end_row();
        self.batch.add(id, sheet);
    }

    fn sheet(&mut self, file: FormFile<'_>, table: &str) -> Option<(TableId, Vec<&'static str>, Sheet)> {
        let (_, fields) = TABLES.iter().find(|(name, _)| *name == table)?;
        let schema: &Schema = self.builder.schema();
        let id = schema.table(table)?;
        let def = schema.tables.get(id)?;
        let wanted = fields.iter().filter_map(|(name, place)| {
            let field = def.field(name).filter(|&f| self.builder.reads(id, f))?;
            Some((*name, (field, place.label(file.kind).to_owned())))
        });
        let (columns, fields): (Vec<&'static str>, Vec<(FieldId, String)>) = wanted.unzip();
        let mut sheet = self.batch.sheet(id, file.name, fields);
        sheet.counted_as(file.counted_as);
        Some((id, columns, sheet))
    }

    /// Hands everything over.
    pub(super) fn close(self) {
        self.builder.absorb(vec![self.batch]);
    }
}

fn enter(row: &Row, person: &str, columns: &[&'static str], kind: Kind, sheet: &mut Sheet) {
    sheet.start_row(row.line);
    if let Some(r) = &row.refused {
        sheet.refuse_text(row.field.label(kind), r.code, &r.text, &r.why, &r.right);
    }
    for (index, name) in columns.iter().enumerate() {
        // The key stands first, and the owner after it; a person owns itself.
        if index == 0 {
            sheet.cell(index, Cell::Text(&row.key));
            continue;
        }
        if *name == "person_id" {
            sheet.cell(index, Cell::Text(person));
            continue;
        }
        match row.cells.iter().find(|(cell, _)| cell == name).map(|(_, value)| value) {
            None => sheet.cell(index, Cell::Blank),
            Some(Value::Text(text)) => sheet.cell(index, Cell::Text(text)),
            Some(Value::Date(date)) => sheet.cell(index, Cell::Text(&date.to_string())),
            Some(Value::Int(n)) => sheet.cell(index, Cell::Int(i64::from(*n))),
            Some(Value::Unknown) => sheet.unknown(index),
            Some(Value::Bad(field, r)) => sheet.unreadable(index, field.label(kind), r.code, &r.text, &r.why, &r.right),
        }
    }
    sheet.end_row();
}
