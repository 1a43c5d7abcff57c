//! Which field a column holds, and which table a source table is: by name, by alias, by likeness, by what its values look like.

use super::Known;
use super::look::{Column, Looked};
use crate::ingest::mapping::names::folded;
use crate::records::{Field, FieldId, FieldType, Schema, Table, TableId, squeeze};

/// Below so many percent a guess is not worth writing down.
const LEAST: u8 = 45;
/// A guess so likely is written to be read; one below it as a comment, for somebody to decide.
pub(super) const CERTAIN: u8 = 80;
/// A column so likely to be of a table speaks for the table.
const TELLING: u8 = 60;
/// How much a table's name says, against columns.
const NAMED: u32 = 150;
/// A person's ID number in the table of something that belongs to a person.
const OWNED: u32 = 90;
/// From what likeness of names on (0 to 1) one may be meant for the other.
const ALIKE: f64 = 0.5;

/// A source table, guessed.
#[derive(Clone, Debug)]
pub(super) struct Guessed {
    pub table: TableId,
    /// By column: the field, if any.
    pub fields: Vec<Option<Guess>>,
    /// The column of ID numbers by which a person is known, where the table has no column of keys of persons.
    pub person_by: Option<usize>,
    /// Required fields that no column holds.
    pub lacking: Vec<FieldId>,
}

/// What a column may hold.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    pub field: FieldId,
    pub percent: u8,
    pub basis: &'static str,
    /// Of the values that are there, how many in a hundred read as the field's; none where any text would.
    pub fit: Option<u8>,
}

/// Whether a table is of the records already.
pub(super) fn is_canonical(table: &Looked, schema: &Schema) -> bool {
    let def = schema.table_called(&table.name).and_then(|t| schema.tables.get(t));
    def.is_some_and(|def| {
        let has = |f: FieldId| table.columns.iter().any(|c| def.field_called(&c.header) == Some(f));
        def.fields.iter().enumerate().all(|(f, field)| !field.required || has(f))
    })
}

/// The table it most likely is.
pub(super) fn guess(looked: &Looked, schema: &Schema, known: &Known) -> Option<Guessed> {
    let tables = schema.tables.iter().enumerate().filter(|(_, def)| def.joined.is_none());
    let scored = tables.filter_map(|(t, def)| {
        let guessed = as_table(looked, t, def, schema, known);
        let named = schema.table_called(&looked.name) == Some(t) || folded(&looked.name).contains(&folded(&def.zh));
        let telling = guessed.fields.iter().flatten().filter(|g| g.percent >= TELLING);
        let sum: u32 = telling.clone().map(|g| u32::from(g.percent)).sum();
        let owned = if guessed.person_by.is_some() && def.name != "person" { OWNED } else { 0 };
        let is_it = telling.count() + usize::from(named) + usize::from(owned > 0) >= 2 && sum > 0;
        is_it.then_some((sum + owned + if named { NAMED } else { 0 }, guessed))
    });
    // Of equals the first of the schema.
    scored
        .fold(None, |best: Option<(u32, Guessed)>, one| if best.as_ref().is_none_or(|b| one.0 > b.0) { Some(one) } else { best })
        .map(|b| b.1)
}

/// A source table as one of the records: each column the field that fits best, each field once.
fn as_table(looked: &Looked, table: TableId, def: &Table, schema: &Schema, known: &Known) -> Guessed {
    let mut pairs: Vec<(usize, Guess)> = Vec::new();
    for (c, column) in looked.columns.iter().enumerate().filter(|(_, c)| !c.header.is_empty()) {
        // What is called as one field is like no other.
        let called = def.field_called(&column.header);
        for (f, field) in def.fields.iter().enumerate().filter(|(f, _)| called.is_none_or(|called| called == *f)) {
            pairs.extend(pair(column, (table, f), field, schema, known).map(|g| (c, g)));
        }
    }
    pairs.sort_by(|a, b| b.1.percent.cmp(&a.1.percent).then(a.1.field.cmp(&b.1.field)).then(a.0.cmp(&b.0)));
    let mut fields: Vec<Option<Guess>> = vec![None; looked.columns.len()];
    let mut taken: Vec<FieldId> = Vec::new();
    for (c, guess) in pairs {
        if let Some(slot) = fields.get_mut(c).filter(|slot| slot.is_none())
            && !taken.contains(&guess.field)
        {
            taken.push(guess.field);
            *slot = Some(guess);
        }
    }
    let certain: Vec<FieldId> = fields.iter().flatten().filter(|g| g.percent >= CERTAIN).map(|g| g.field).collect();
    let persons = schema.table("person");
    let person_field = if Some(table) == persons {
        Some(def.key)
    } else {
        def.fields.iter().position(|f| f.required && persons.is_some_and(|p| f.ty == FieldType::Ref(p)))
    };
    let person_by = person_field.filter(|f| !certain.contains(f)).and_then(|_| id_numbers(looked, schema));
    let lacking = def
        .fields
        .iter()
        .enumerate()
        .filter(|(f, field)| field.required && *f != def.key && !certain.contains(f) && !(person_by.is_some() && person_field == Some(*f)))
        .map(|(f, _)| f)
        .collect();
    Guessed { table, fields, person_by, lacking }
}

/// The column of ID numbers.
fn id_numbers(looked: &Looked, schema: &Schema) -> Option<usize> {
    let person = schema.table("person").and_then(|t| schema.tables.get(t))?;
    let field = person.field("id_number")?;
    looked.columns.iter().position(|c| {
        let shaped = c.filled > 0 && u64::from(c.id_numbers) * 10 >= u64::from(c.filled) * 9;
        shaped || (person.field_called(&c.header) == Some(field) && c.filled == 0)
    })
}

/// How likely a column holds a field.
fn pair(column: &Column, (table, id): (TableId, FieldId), field: &Field, schema: &Schema, known: &Known) -> Option<Guess> {
    let fit = fit(column, (table, id), field, schema, known);
    let (percent, basis) = by_name(&column.header, field);
    if basis == "近似" && contradicts(column, field, fit) {
        return None;
    }
    let (percent, basis) = match fit {
        // A name says nothing against values that are something else.
        Some(fit) if fit < 50 && column.filled > 0 => (percent.saturating_sub(40), basis),
        Some(fit) if fit >= 95 && percent == 0 => (by_shape(column, field, schema), "值形"),
        Some(fit) if fit >= 95 && percent < 90 => (percent.saturating_add(10), basis),
        _ => (percent, basis),
    };
    (percent >= LEAST).then_some(Guess { field: id, percent, basis, fit })
}

/// Whether values are something else than a field of a like name holds: no date among dates, dates or numbers for words, names for codes.
fn contradicts(column: &Column, field: &Field, fit: Option<u8>) -> bool {
    let most = |n: usize, of: usize| of > 0 && n * 2 > of;
    let filled = column.filled as usize;
    let named = column.values.iter().filter(|v| v.chars().any(|c| matches!(c, '一'..='鿿')));
    match field.ty {
        FieldType::Id | FieldType::Ref(_) => most(named.count(), column.values.len()) || most(column.dates as usize, filled),
        FieldType::Text => most(column.dates as usize, filled) && field.name != "id_number",
        _ => fit.is_some_and(|fit| fit < 50),
    }
}

fn by_name(header: &str, field: &Field) -> (u8, &'static str) {
    if field.name.eq_ignore_ascii_case(header) || field.zh == header {
        return (100, "同名");
    }
    if field.aliases.iter().any(|a| squeeze(a) == header) {
        return (95, "别名");
    }
    let names = [field.zh.as_str(), field.name.as_str()].into_iter().chain(field.aliases.iter().map(String::as_str));
    let likeness = names.map(|name| alike(header, name)).fold(0.0, f64::max);
    if likeness >= ALIKE { ((40.0 + likeness * 40.0) as u8, "近似") } else { (0, "值形") }
}

fn alike(a: &str, b: &str) -> f64 {
    let both = a.chars().count().min(b.chars().count()) >= 2;
    let within = if both && (a.contains(b) || b.contains(a)) { 0.6 } else { 0.0 };
    strsim::normalized_damerau_levenshtein(&a.to_lowercase(), b).max(within)
}

/// How much values alone say: a code list says something where several of its values are there, an ID number much.
fn by_shape(column: &Column, field: &Field, schema: &Schema) -> u8 {
    // Numbers are codes of anything.
    let spoken = || column.values.iter().all(|v| reads_as(v, field, schema));
    match field.ty {
        FieldType::Code(_) if column.filled >= 3 && column.values.len() >= 2 && spoken() => 50,
        FieldType::Text if field.name == "id_number" => 80,
        _ => 0,
    }
}

/// How many of a hundred values read as the field's.
fn fit(column: &Column, (table, id): (TableId, FieldId), field: &Field, schema: &Schema, known: &Known) -> Option<u8> {
    if column.filled == 0 {
        return None;
    }
    let part = |n: u32| (u64::from(n) * 100 / u64::from(column.filled)).min(100) as u8;
    match field.ty {
        FieldType::Date => Some(part(column.dates)),
        FieldType::Int => Some(part(column.ints)),
        FieldType::Text if field.name == "id_number" => Some(part(column.id_numbers)),
        FieldType::Code(_) | FieldType::Bool => {
            let codes = known.codes(table, id);
            let reads = column.values.iter().filter(|v| reads_as(v, field, schema) || codes.contains_key(&folded(v))).count();
            let fits = (reads * 100 / column.values.len().max(1)).min(100) as u8;
            Some(if column.more { fits.min(40) } else { fits })
        }
        FieldType::Number => {
            let numbers = column.values.iter().filter(|v| v.trim_end_matches(['%', '％']).parse::<f64>().is_ok()).count();
            Some((numbers * 100 / column.values.len().max(1)).min(100) as u8)
        }
        FieldType::Text | FieldType::Id | FieldType::Ref(_) => None,
    }
}

/// Whether a value needs no code table.
pub(super) fn reads_as(value: &str, field: &Field, schema: &Schema) -> bool {
    match field.ty {
        FieldType::Code(list) => schema.lists.get(list).is_some_and(|l| l.code_meant(value.as_bytes()).is_some()),
        FieldType::Bool => {
            matches!(value, "是" | "否" | "1" | "0" | "true" | "false" | "TRUE" | "FALSE" | "True" | "False" | "Y" | "N" | "y" | "n")
        }
        _ => true,
    }
}
