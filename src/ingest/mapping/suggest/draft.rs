//! The draft as a text that loads.

use super::guess::{Guess, Guessed};
use super::look::{Column, Looked};
use super::{Known, guess};
use crate::diagnostic::nearest;
use crate::ingest::mapping::names::folded;
use crate::records::{Field, FieldType, Schema, Table as Def, masked};
use std::fmt::Write as _;

/// A source table, and what it turned out to be.
pub(super) struct Table<'t> {
    pub looked: &'t Looked,
    pub what: What,
}

pub(super) enum What {
    /// A shipped mapping takes it.
    Shipped(&'static str),
    /// It is of the records already.
    Canonical,
    /// Nothing that anybody recognises.
    Unknown,
    Mapped(Guessed),
}

/// The whole draft.
pub(super) fn text(tables: &[Table<'_>], sources: &[String], schema: &Schema, known: &Known) -> String {
    let mut out = String::new();
    let names: Vec<&str> = sources.iter().map(String::as_str).collect();
    let _ = writeln!(out, "# 映射草稿，来源：{}", one_line(&names.join("、")));
    let _ = writeln!(out, "# 逐条核对以后再用。百分数是把握有多大；依据：同名、别名、近似（列名相近）、值形（值的样子）。");
    let _ = writeln!(out, "title = {}", quoted(&format!("{}的映射", called(names.first().copied().unwrap_or_default()))));
    let mut codes = String::new();
    for table in tables {
        let name = one_line(&table.looked.cited);
        match &table.what {
            What::Shipped(mapping) => {
                let _ = writeln!(out, "\n# {name}：自带的映射里有这张表，用 --mapping {mapping}");
            }
            What::Canonical => {
                let _ = writeln!(out, "\n# {name}：已经是规矩的表，不必映射");
            }
            What::Unknown => {
                let headers: Vec<String> = table.looked.columns.iter().map(|c| one_line(&c.header)).filter(|h| !h.is_empty()).collect();
                let _ = writeln!(out, "\n# {name}：看不出是什么表，没有写。列有：{}", headers.join("、"));
            }
            What::Mapped(guessed) => block(&mut out, &mut codes, table.looked, guessed, schema, known),
        }
    }
    out.push_str(&codes);
    out
}

fn block(out: &mut String, codes: &mut String, looked: &Looked, guessed: &Guessed, schema: &Schema, known: &Known) {
    let Some(def) = schema.tables.get(guessed.table) else { return };
    let (mut lines, mut own_codes): (Vec<String>, String) = (Vec::new(), String::new());
    let all: Vec<(&Column, &Guess)> = looked.columns.iter().zip(&guessed.fields).filter_map(|(c, g)| Some((c, g.as_ref()?))).collect();
    let (used, doubtful): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, g)| g.percent >= guess::CERTAIN);
    if !used.iter().any(|(_, g)| g.field == def.key) {
        lines.push(key(looked, guessed, def, &used));
    }
    lines.extend(owner(looked, guessed, def, schema));
    for (column, guess) in &used {
        let Some(field) = def.fields.get(guess.field) else { continue };
        let section = format!("{}.{}", looked.name, field.zh);
        let value = if coded(&mut own_codes, &section, column, guess, (guessed.table, field), schema, known) {
            format!("{{ column = {}, codes = {} }}", quoted(&column.header), quoted(&section))
        } else {
            quoted(&column.header)
        };
        lines.push(format!("{} = {value}   # {}", field.name, evidence(column, guess, field)));
    }
    let lacking: Vec<String> =
        guessed.lacking.iter().filter_map(|f| def.fields.get(*f)).map(|f| format!("{}（{}）", f.name, f.zh)).collect();
    let _ = writeln!(out, "\n# {}：{} 行，看来是{}（{}）", one_line(&looked.cited), looked.rows, def.zh, def.name);
    // What lacks a required field would not load.
    let mark = if lacking.is_empty() { "" } else { "# " };
    if !lacking.is_empty() {
        let _ = writeln!(out, "# 缺少必填的 {}，补写以后去掉各行前面的 #", lacking.join("、"));
    }
    let _ = writeln!(out, "{mark}[[map]]\n{mark}from = {}\n{mark}to = {}\n{mark}[map.fields]", quoted(&looked.name), quoted(&def.name));
    for line in lines {
        let _ = writeln!(out, "{mark}{line}");
    }
    // Nor would code tables that nothing uses.
    own_codes.lines().for_each(|line| codes.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("{mark}{line}\n") }));
    if !doubtful.is_empty() {
        let _ = writeln!(out, "# 以下把握不大，没有用；核实是这个字段的，去掉前面的 #");
    }
    for (column, guess) in doubtful {
        let Some(field) = def.fields.get(guess.field) else { continue };
        let _ = writeln!(out, "# {} = {}   # {}", field.name, quoted(&column.header), evidence(column, guess, field));
    }
    let unread =
        looked.columns.iter().zip(&guessed.fields).enumerate().filter(|(i, (_, guess))| guess.is_none() && guessed.person_by != Some(*i));
    let left: Vec<String> = unread.map(|(_, (column, _))| one_line(&column.header)).filter(|h| !h.is_empty()).collect();
    if !left.is_empty() {
        let _ = writeln!(out, "# 没有对应的列：{}", left.join("、"));
    }
}

/// A key for rows that have none: of the person, or of what the row is about.
fn key(looked: &Looked, guessed: &Guessed, def: &Def, used: &[(&Column, &Guess)]) -> String {
    let key = def.fields.get(def.key).map_or("", |f| f.name.as_str());
    if def.name == "person" {
        if let Some(person) = person(looked, guessed) {
            return format!("{key} = {person}   # 来源没有编码，凭身份证号");
        }
        let of =
            |name: &str| used.iter().find(|(_, g)| def.fields.get(g.field).is_some_and(|f| f.name == name)).map(|(c, _)| quoted(&c.header));
        if let (Some(name), Some(birth)) = (of("name"), of("birth")) {
            return format!(
                "{key} = {{ person = {{ name = {name}, birth = {birth} }} }}   # 来源没有编码和身份证号，凭姓名和出生年月，同名同龄的分不开"
            );
        }
    }
    let by_person = guessed.person_by.and_then(|c| looked.columns.get(c)).map(|c| quoted(&c.header));
    // A year or a day tells the rows of one person apart, and is corrected less often than what was found.
    let required = || used.iter().filter_map(|(c, g)| Some((c, def.fields.get(g.field).filter(|f| f.required)?)));
    let dated = |f: &Field| matches!(f.ty, FieldType::Int | FieldType::Date | FieldType::Ref(_));
    let any_dated = required().any(|(_, f)| matches!(f.ty, FieldType::Int | FieldType::Date));
    let telling = required().filter(|(_, f)| !any_dated || dated(f)).map(|(c, _)| quoted(&c.header));
    let mut columns: Vec<String> = by_person.into_iter().chain(telling).collect();
    if columns.is_empty() {
        columns = used.iter().map(|(c, _)| quoted(&c.header)).collect();
    }
    columns.dedup();
    format!("{key} = {{ key = [{}] }}   # 来源没有编码，用这几列合成；分不清几行的，再加几列", columns.join(", "))
}

/// The person a row belongs to, by ID number.
fn owner(looked: &Looked, guessed: &Guessed, def: &Def, schema: &Schema) -> Option<String> {
    let persons = schema.table("person")?;
    let field = def.fields.iter().find(|f| f.required && f.ty == FieldType::Ref(persons))?;
    Some(format!("{} = {}   # 凭身份证号", field.name, person(looked, guessed)?))
}

fn person(looked: &Looked, guessed: &Guessed) -> Option<String> {
    let column = looked.columns.get(guessed.person_by?)?;
    Some(format!("{{ person = {{ id_number = {} }} }}", quoted(&column.header)))
}

/// Whether a column needs a code table, which is written then.
fn coded(
    codes: &mut String,
    section: &str,
    column: &Column,
    guess: &Guess,
    (table, field): (usize, &Field),
    schema: &Schema,
    known: &Known,
) -> bool {
    let strange: Vec<&String> = column.values.iter().filter(|v| !guess::reads_as(v, field, schema)).collect();
    if strange.is_empty() || !matches!(field.ty, FieldType::Code(_) | FieldType::Bool) {
        return false;
    }
    let shipped = known.codes(table, guess.field);
    let list = if let FieldType::Code(list) = field.ty { schema.lists.get(list) } else { None };
    let values: Vec<&str> = list.map_or_else(|| vec!["是", "否"], |l| l.values.iter().map(String::as_str).collect());
    let _ = writeln!(codes, "\n# 可用值：{}\n[codes.{}]", values.join("、"), quoted(section));
    for value in strange {
        let written = quoted(&masked(value));
        let said = list.and_then(|l| l.value(l.said(value)?));
        let line = match (said, shipped.get(&folded(value)), nearest(value, values.iter().copied())) {
            _ if masked(value) != *value => "# （有像身份证号的值，不写出来）".to_owned(),
            (Some(meant), ..) => format!("{written} = {}   # 别名", quoted(meant)),
            (None, Some(meant), _) => format!("{written} = {}   # 通用代码", quoted(meant)),
            (None, None, Some(near)) => format!("# {written} = {}   # 近似，核实以后去掉前面的 #", quoted(near)),
            (None, None, None) => format!("# {written} = \"\"   # 不认得，写明是什么以后去掉前面的 #"),
        };
        let _ = writeln!(codes, "{line}");
    }
    true
}

/// Why a column is taken for a field.
fn evidence(column: &Column, guess: &Guess, field: &Field) -> String {
    let of = match field.ty {
        FieldType::Date => "日期",
        FieldType::Int | FieldType::Number => "数字",
        FieldType::Code(_) => "代码表里的值",
        FieldType::Bool => "是否",
        _ => "身份证号",
    };
    let values = match (guess.fit, column.filled) {
        (_, 0) => "，这一列是空的".to_owned(),
        (Some(fit), n) => format!("，{n} 个值里 {fit}% 是{of}"),
        (None, n) => format!("，{n} 个值"),
    };
    format!("{}% {}：{}{values}", guess.percent, guess.basis, one_line(&field.zh))
}

/// The file or folder of a source, without its place.
fn called(source: &str) -> &str {
    source.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(source)
}

/// As a TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Fit for a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
