//! The sample county out of a server gives the findings that it gives out of a SQLite file.

use super::*;
use guiju::records::FieldType;
use serde_json::Value;

/// A table of the county: its name, its headers, its rows.
type Rows = (String, Vec<String>, Vec<Vec<String>>);

fn tables() -> Vec<Rows> {
    let mut all = Vec::new();
    for def in SCHEMA.tables.iter().filter(|t| t.joined.is_none()) {
        let Ok(mut reader) = csv::Reader::from_path(Path::new(ROOT).join(format!("samples/county/{}.csv", def.name))) else { continue };
        let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
        all.push((def.name.clone(), headers, rows));
    }
    assert!(all.len() > 20);
    all
}

/// How a database holds the county.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// All text, under the names of the schema.
    Text,
    /// Each column in the narrowest type that holds it.
    Typed,
    /// All text, under Chinese names.
    Chinese,
}

/// The type of a column and how its text becomes one.
fn column_type(ty: FieldType, whole_days: bool) -> (&'static str, &'static str) {
    match ty {
        FieldType::Int => ("integer", "::integer"),
        FieldType::Number => ("numeric(12,4)", "::numeric"),
        FieldType::Bool => ("boolean", " = '是'"),
        FieldType::Date if whole_days => ("date", "::date"),
        FieldType::Id => ("varchar(40)", ""),
        FieldType::Ref(_) => ("character(24)", ""),
        _ => ("text", ""),
    }
}

fn sql(form: Form) -> String {
    let mut sql = String::new();
    for (table, headers, rows) in tables() {
        let def = &SCHEMA.tables[SCHEMA.table(&table).unwrap()];
        let fields: Vec<_> = headers.iter().map(|h| &def.fields[def.field(h).unwrap()]).collect();
        let named = |zh: &str, name: &str| if form == Form::Chinese { zh.to_owned() } else { name.to_owned() };
        let name = named(&def.zh, &table);
        let list = |with: &dyn Fn(usize) -> String| (0..fields.len()).map(with).collect::<Vec<_>>().join(", ");
        let columns = list(&|c| format!("\"{}\" text", named(&fields[c].zh, &fields[c].name)));
        sql.push_str(&format!("CREATE TABLE \"{name}\"({columns});\nCOPY \"{name}\" FROM STDIN WITH (FORMAT csv);\n"));
        let mut writer = csv::Writer::from_writer(Vec::new());
        rows.iter().for_each(|r| writer.write_record(r).unwrap());
        sql.push_str(&String::from_utf8(writer.into_inner().unwrap()).unwrap());
        sql.push_str("\\.\n");
        if form == Form::Typed {
            let typed = |c: usize| {
                let whole_days = rows.iter().all(|r| r[c].is_empty() || r[c].len() == 10);
                let (ty, how) = column_type(fields[c].ty, whole_days);
                format!("ALTER \"{0}\" TYPE {ty} USING \"{0}\"{how}", fields[c].name)
            };
            sql.push_str(&format!("ALTER TABLE \"{name}\" {};\n", list(&typed)));
        }
    }
    sql
}

/// The findings, line by line, without places; and the places, each with what stands there.
fn findings(source: &str) -> (Vec<String>, Vec<(String, [String; 3])>) {
    let done = guiju(&["check", source, "--as-of", "2026-06-30", "--format", "jsonl"], &[]);
    assert_eq!(done.status.code(), Some(1), "{}", said(&done.stderr));
    let mut places = Vec::new();
    let lines = said(&done.stdout).lines().map(|line| {
        let mut finding: Value = serde_json::from_str(line).unwrap();
        for list in ["evidence", "missing"] {
            for one in finding[list].as_array_mut().into_iter().flatten() {
                let of = ["table", "id", "field"].map(|k| one[k].as_str().unwrap_or_default().to_owned());
                if let Some(Value::String(place)) = one.as_object_mut().unwrap().remove("source") {
                    places.push((place, of));
                }
            }
        }
        finding.to_string()
    });
    (lines.collect(), places)
}

/// The findings in the county as a SQLite file.
static IN_SQLITE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("county.db").display().to_string();
    let done = guiju(&["import", &format!("{ROOT}/samples/county"), "--to", &file], &[]);
    assert!(done.status.success(), "{}", said(&done.stderr));
    let (found, _) = findings(&file);
    assert!(found.len() > 200);
    found
});

/// How a cell out of the database at this address is cited.
fn cited(address: &str, table: &str, key: &str, column: &str) -> String {
    let place = ingest::shown_source(address).replacen("postgres://", "postgres ", 1);
    format!("{place} {table}:{key}:{column}")
}

#[test]
fn as_text() {
    let address = database("county_text", &sql(Form::Text));
    let (found, places) = findings(&address);
    assert_eq!(found, *IN_SQLITE);
    assert!(places.len() > 500);
    for (place, [table, id, field]) in places.into_iter().filter(|(_, [table, ..])| SCHEMA.table(table).is_some_and(is_read)) {
        assert_eq!(place, cited(&address, &table, &id, &field));
    }
}

/// Whether a table is one of the database, and not made of others.
fn is_read(table: usize) -> bool {
    SCHEMA.tables[table].joined.is_none()
}

#[test]
fn in_types_of_their_own() {
    let (found, _) = findings(&database("county_typed", &sql(Form::Typed)));
    assert_eq!(found, *IN_SQLITE);
}

#[test]
fn under_chinese_names_in_a_schema_of_their_own() {
    let sql = sql(Form::Chinese);
    let address = database("county_chinese", &format!("CREATE SCHEMA 干部; SET search_path = 干部;\n{sql}"));
    assert_eq!(code(&address), "ingest::no-table", "the schema is not on the search path");
    let (found, places) = findings(&format!("{address}?schema=%E5%B9%B2%E9%83%A8"));
    assert_eq!(found, *IN_SQLITE);
    let (place, [_, id, _]) = places.iter().find(|(_, [table, _, field])| table == "step" && field == "start").unwrap();
    assert_eq!(*place, format!("postgres 127.0.0.1:{}/county_chinese 干部.程序节点:{id}:开始日期", SERVER.port));
    // Who has it on the search path need not name it.
    SERVER.run("county_chinese", "ALTER DATABASE county_chinese SET search_path = 干部, public");
    assert_eq!(findings(&address).0, *IN_SQLITE);
}

#[test]
fn rows_are_counted_as_out_of_a_folder() {
    let address = database("county_counted", &sql(Form::Text));
    let counted = |source: &str| {
        let store = read(source).unwrap();
        assert!(store.problems.is_empty(), "{:?}", store.problems.first());
        let mut all: Vec<_> = store.tallies.iter().map(|t| (t.table.clone(), t.read, t.kept, t.merged, t.refused)).collect();
        all.sort();
        all
    };
    assert_eq!(counted(&address), counted(&format!("{ROOT}/samples/county")));
}

#[test]
fn imported_it_remembers_its_places() {
    let address = database("county_imported", &sql(Form::Text));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("county.db").display().to_string();
    let done = guiju(&["import", &address, "--to", &file], &[]);
    assert!(done.status.success(), "{}", said(&done.stderr));
    assert_eq!(findings(&file), findings(&address));
}
