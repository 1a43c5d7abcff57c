//! Which column of a file is which field.

use crate::diagnostic::nearest;
use crate::records::{FieldId, Problem, REASON, STOOD, Schema, TableId, shown};

/// One row of headers, understood.
#[derive(Debug)]
pub(super) struct Header {
    /// For each column of the file the field it holds, if any.
    pub fields: Vec<Option<FieldId>>,
    /// What somebody should look at: unknown columns, columns given twice.
    pub notes: Vec<Problem>,
}

/// Understands the headers of a table's file. `line` is where they stand.
pub(super) fn understand<'h>(schema: &Schema, table: TableId, file: &str, line: u32, headers: impl IntoIterator<Item = &'h str>) -> Header {
    let Some(def) = schema.tables.get(table) else { return Header { fields: Vec::new(), notes: Vec::new() } };
    let mut fields: Vec<Option<FieldId>> = Vec::new();
    let mut notes = Vec::new();
    let note = |column: &str, code, why: &str, right: &str| {
        Problem::noted(file, code, why, right).of_table(&def.name).at_row(line).in_column(column)
    };
    for header in headers {
        let found = def.field_called(header);
        let column = shown(header);
        match found {
            Some(field) if fields.contains(&Some(field)) => {
                let name = def.fields.get(field).map_or("", |f| f.zh.as_str());
                notes.push(note(&column, "data::duplicate-column", &format!("“{name}”列不止一个，只读第一个"), "同一列只留一个"));
                fields.push(None);
            }
            Some(field) => fields.push(Some(field)),
            None => {
                // Columns that we add to files of refused rows are no slips.
                if !column.is_empty() && ![REASON, STOOD].contains(&column.as_str()) {
                    let names = def
                        .fields
                        .iter()
                        .flat_map(|f| [f.name.as_str(), f.zh.as_str()].into_iter().chain(f.aliases.iter().map(String::as_str)));
                    let right = match nearest(&column, names) {
                        Some(near) => format!("是否应为“{near}”？"),
                        None => "不用的列可以保留，也可以删去".to_owned(),
                    };
                    notes.push(note(&column, "data::unknown-column", "不认得的列，未读取", &right));
                }
                fields.push(None);
            }
        }
    }
    Header { fields, notes }
}

/// Required columns that a table's file lacks. The key and the owner are told row by row, for their rows are refused.
pub(super) fn lacking<'h>(
    schema: &Schema,
    table: TableId,
    file: &str,
    line: u32,
    header: &Header,
    headers: impl IntoIterator<Item = &'h str>,
) -> Vec<Problem> {
    let Some(def) = schema.tables.get(table) else { return Vec::new() };
    let unknown: Vec<&str> = headers.into_iter().zip(&header.fields).filter(|(_, f)| f.is_none()).map(|(h, _)| h.trim()).collect();
    let told = [Some(def.key), def.owner];
    let missing = def
        .fields
        .iter()
        .enumerate()
        .filter(|(f, field)| field.required && !told.contains(&Some(*f)) && !header.fields.contains(&Some(*f)));
    missing
        .map(|(_, field)| {
            let names = [field.zh.as_str(), field.name.as_str()].into_iter().chain(field.aliases.iter().map(String::as_str));
            let near = names.filter_map(|name| nearest(name, unknown.iter().copied().filter(|h| !h.is_empty()))).next();
            let right = match near {
                Some(near) => format!("是否写成了“{}”？表头应写“{}”", shown(near), field.zh),
                None => format!("请补导出，表头写“{}”", field.zh),
            };
            let problem = Problem::noted(file, "data::missing-column", "没有这个必填列，视为未导出", right);
            problem.of_table(&def.name).at_row(line).in_column(&field.zh)
        })
        .collect()
}

/// A file, sheet or database table that holds no table of the schema.
pub(super) fn unknown_table(schema: &Schema, file: &str, name: &str) -> Problem {
    let names = schema.tables.iter().filter(|t| t.joined.is_none()).flat_map(|t| [t.name.as_str(), t.zh.as_str()]);
    let right = match nearest(name, names) {
        Some(near) => format!("是否应为“{near}”？"),
        None => "文件名、工作表名应为表名，如 person 或 人员".to_owned(),
    };
    Problem::noted(file, "data::unknown-table", "不是认得的表，未读取", right)
}

/// The table that a file, sheet or database table of this name holds. Several of one table are numbered: `step`, `step.2`.
pub(super) fn table_called(schema: &Schema, name: &str) -> Option<TableId> {
    schema.table_called(name).or_else(|| {
        let (name, number) = name.rsplit_once('.')?;
        number.bytes().all(|b| b.is_ascii_digit()).then(|| schema.table_called(name))?
    })
}

/// Which of a row of headers holds `STOOD`, where a row stood before.
pub(super) fn stood<'h>(headers: impl IntoIterator<Item = &'h str>) -> Option<usize> {
    headers.into_iter().position(|h| h.trim() == STOOD)
}

/// How many columns of a row of headers are fields of the table.
pub(super) fn known<'h>(schema: &Schema, table: TableId, headers: impl IntoIterator<Item = &'h str>) -> usize {
    let Some(def) = schema.tables.get(table) else { return 0 };
    headers.into_iter().filter(|h| def.field_called(h).is_some()).count()
}
