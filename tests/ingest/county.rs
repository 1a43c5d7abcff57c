//! The sample county out of every kind of source is the same county.

use super::import::content;
use super::*;
use guiju::ingest::write_store;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A table of the county: its name, its headers, its rows.
type Rows = (String, Vec<String>, Vec<Vec<String>>);
/// Rows by table and key of their owner, each with its own table.
type Below = BTreeMap<(usize, String), Vec<(usize, Map<String, Value>)>>;

static FOLDER: LazyLock<&Path> = LazyLock::new(|| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/county")));
static COUNTY: LazyLock<Vec<String>> = LazyLock::new(|| sorted(&read(&FOLDER).unwrap()));

fn sorted(store: &Store) -> Vec<String> {
    assert!(store.problems.is_empty(), "{:?}", store.problems.first());
    let mut all = content(store);
    all.sort();
    all
}

fn tables() -> Vec<Rows> {
    let mut all = Vec::new();
    for def in SCHEMA.tables.iter().filter(|t| t.joined.is_none()) {
        let Ok(mut reader) = csv::Reader::from_path(FOLDER.join(format!("{}.csv", def.name))) else { continue };
        let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
        all.push((def.name.clone(), headers, rows));
    }
    assert!(all.len() > 20);
    all
}

#[test]
fn imported_into_a_database() {
    let dir = folder(&[]);
    let path = dir.path().join("county.db");
    write_store(&read(&FOLDER).unwrap(), &path).unwrap();
    assert_eq!(sorted(&read(&path).unwrap()), *COUNTY);
}

#[test]
fn as_excel_saves_csv_in_china_under_chinese_names() {
    let dir = folder(&[]);
    for (table, headers, rows) in tables() {
        let def = &SCHEMA.tables[SCHEMA.table(&table).unwrap()];
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(headers.iter().map(|h| def.fields[def.field(h).unwrap()].zh.as_str())).unwrap();
        rows.iter().for_each(|r| writer.write_record(r).unwrap());
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        fs::write(dir.path().join(format!("{}.csv", def.zh)), encoding_rs::GB18030.encode(&text).0).unwrap();
    }
    assert_eq!(sorted(&read(dir.path()).unwrap()), *COUNTY);
}

#[test]
fn as_a_workbook() {
    let dir = folder(&[]);
    let path = dir.path().join("county.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    for (table, headers, rows) in tables() {
        let sheet = book.add_worksheet().set_name(&SCHEMA.tables[SCHEMA.table(&table).unwrap()].zh).unwrap();
        sheet.write_row(0, 0, &headers).unwrap();
        for (r, row) in (1u32..).zip(&rows) {
            for (c, cell) in (0u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                // Numbers as a spreadsheet has them; years of birth and the like are text there, too.
                match cell.parse::<f64>() {
                    Ok(number) if !cell.contains('-') && cell.len() < 15 => sheet.write_number(r, c, number).map(drop).unwrap(),
                    _ => sheet.write_string(r, c, cell).map(drop).unwrap(),
                }
            }
        }
    }
    book.save(&path).unwrap();
    assert_eq!(sorted(&read(&path).unwrap()), *COUNTY);
}

#[test]
fn as_ndjson_a_person_a_line() {
    let mut below = Below::new();
    let mut lines = Vec::new();
    let mut people = Vec::new();
    for (table, headers, rows) in tables() {
        let id = SCHEMA.table(&table).unwrap();
        let def = &SCHEMA.tables[id];
        let objects = rows.iter().map(|row| -> Map<String, Value> {
            headers.iter().zip(row).map(|(h, c)| (h.clone(), if c.is_empty() { Value::Null } else { json!(c) })).collect()
        });
        let owner = def.owner.map(|f| &def.fields[f]).and_then(|f| match f.ty {
            guiju::records::FieldType::Ref(to) if ["person", "case", "post"].contains(&SCHEMA.tables[to].name.as_str()) => {
                Some((to, f.name.clone()))
            }
            _ => None,
        });
        match owner {
            _ if table == "person" => people.extend(objects),
            Some((to, field)) if table != "event" => {
                objects.for_each(|o| below.entry((to, o[&field].as_str().unwrap_or("").to_owned())).or_default().push((id, o)));
            }
            _ => lines.push(json!({ "table": table, "rows": objects.collect::<Vec<_>>() })),
        }
    }
    fn hang(table: usize, object: &mut Map<String, Value>, below: &mut Below) {
        let def = &SCHEMA.tables[table];
        let key = object[&def.fields[def.key].name].as_str().unwrap_or("").to_owned();
        for (child, mut row) in below.remove(&(table, key)).unwrap_or_default() {
            hang(child, &mut row, below);
            let rows = object.entry(SCHEMA.tables[child].name.clone()).or_insert_with(|| json!([]));
            rows.as_array_mut().unwrap().push(Value::Object(row));
        }
    }
    let person = SCHEMA.table("person").unwrap();
    for mut one in people {
        hang(person, &mut one, &mut below);
        lines.push(Value::Object(one));
    }
    assert!(below.is_empty(), "all hang under somebody");
    let text: String = lines.iter().map(|l| format!("{l}\n")).collect();
    let dir = folder(&[("county.ndjson", &text)]);
    assert_eq!(sorted(&read(&dir.path().join("county.ndjson")).unwrap()), *COUNTY);
}
