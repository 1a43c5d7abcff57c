//! The person of a form: who it is, and the row of the person.

use super::form::{Field, Form};
use super::row::{Refusal, Row, Value, date, says_none};
use crate::dates::{Fuzzy, spelled};
use crate::ingest::mapping::person_key;
use crate::records::{Schema, whole_id_number};

/// A date alone in 入党时间 is that of entering the Communist Party; the form asks other parties to be named. No rule reads this.
const COMMUNIST: &str = "中共党员";

/// The key of a form's person: made of the ID number if there is one, else of name, birth and post. It tells neither.
pub(in crate::ingest) fn key(form: &Form) -> String {
    let id = id_number(form);
    person_key(id.as_deref(), &form.squeezed(Field::Name), &birth(form), &form.squeezed(Field::Current))
}

/// The ID number, if it has the form of one.
pub(in crate::ingest) fn id_number(form: &Form) -> Option<String> {
    whole_id_number(form.text(Field::IdNumber))
}

/// What namesakes share: name and month of birth.
pub(in crate::ingest) fn namesake(form: &Form) -> (String, String) {
    (form.squeezed(Field::Name), birth(form))
}

/// The month of birth, or what stands in its place.
fn birth(form: &Form) -> String {
    match date(form.text(Field::Birth)) {
        Value::Date(date) => date.to_string().get(..7).map_or_else(|| date.to_string(), str::to_owned),
        _ => form.squeezed(Field::Birth),
    }
}

/// The row of the person.
pub(in crate::ingest) fn row(form: &Form, key: &str, schema: &Schema) -> Row {
    let (party, party_date) = party(form);
    let plain = |field| {
        let text = form.text(field);
        if says_none(text) { String::new() } else { text.to_owned() }
    };
    Row::new("person", Field::Name, 0, key.to_owned())
        .text("name", form.squeezed(Field::Name))
        .text("id_number", spelled::half_width(&form.squeezed(Field::IdNumber)).to_uppercase())
        .text("gender", form.squeezed(Field::Gender))
        .text("ethnicity", plain(Field::Ethnicity))
        .text("native_place", plain(Field::NativePlace))
        .text("birthplace", plain(Field::Birthplace))
        .with("birth", date(form.text(Field::Birth)))
        .with("party", party)
        .with("party_date", party_date)
        .with("work_date", date(form.text(Field::WorkDate)))
        .with("education", education(form, schema))
        .text("degree", degree(form))
        .text("technical", plain(Field::Technical))
}

fn degree(form: &Form) -> String {
    let both = [Field::FullTimeDegree, Field::PartTimeDegree].map(|f| form.text(f));
    let mut said: Vec<&str> = both.into_iter().filter(|t| !says_none(t)).collect();
    said.dedup();
    said.join("、")
}

/// The higher of the two educations. One that cannot be read might be the higher.
fn education(form: &Form, schema: &Schema) -> Value {
    let Some(list) = schema.list("education").and_then(|l| schema.lists.get(l)) else { return Value::Unknown };
    let mut best: Option<u8> = None;
    for field in [Field::FullTimeEducation, Field::PartTimeEducation] {
        let text = form.squeezed(field);
        if says_none(&text) {
            continue;
        }
        match list.said(&text) {
            Some(code) => best = Some(best.map_or(code, |b| b.min(code))),
            None => {
                let right = format!("可用值：{}", list.values.join("、"));
                return Value::Bad(field, Refusal::new("data::bad-code", &text, "看不懂这种学历，最高学历按未知处理", right));
            }
        }
    }
    Value::Text(best.and_then(|b| list.value(b)).unwrap_or("").to_owned())
}

/// 政治面貌 and 入党时间, of a field that may hold either or both: `200108`, `民建`, `（民建、民盟）`, `200108；民建`, `民建2001.08`.
fn party(form: &Form) -> (Value, Value) {
    let text = spelled::half_width(form.text(Field::Party));
    let stated = form.text(Field::Affiliation);
    if says_none(&text) {
        let party = if says_none(stated) { String::new() } else { stated.to_owned() };
        return (Value::Text(party), Value::Text(String::new()));
    }
    let Some((mut names, date)) = parties(&text) else {
        let bad = Refusal::new("form::party", form.text(Field::Party), "看不出入党时间或者党派", "写作 200108、民建，或 200108；民建");
        let party = if says_none(stated) { Value::Unknown } else { Value::Text(stated.to_owned()) };
        return (party, Value::Bad(Field::Party, bad));
    };
    names.dedup();
    (Value::Text(names.join("、")), date.map_or_else(|| Value::Text(String::new()), Value::Date))
}

/// The parties named, and the one date; none if the text says something else.
fn parties(text: &str) -> Option<(Vec<String>, Option<Fuzzy>)> {
    let (mut names, mut bare, mut dated) = (Vec::new(), Vec::new(), Vec::new());
    let parts = text.split(['；', ';', '、', '，', ',', '（', '）', '(', ')', '\n']).map(str::trim).filter(|p| !p.is_empty());
    for part in parts {
        let digits = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        let (name, date) = (part.get(..digits)?.trim(), part.get(digits..)?.trim());
        if name.chars().count() > 10 || !name.chars().all(char::is_alphabetic) {
            return None;
        }
        let date = match date.strip_suffix("入党").unwrap_or(date) {
            "" => None,
            date => Some(spelled::whole(date).ok()?),
        };
        match (name, date) {
            ("", Some(date)) => {
                bare.push(date);
                names.push(COMMUNIST.to_owned());
            }
            (name, Some(date)) => {
                dated.push(date);
                names.push(name.to_owned());
            }
            (name, None) => names.push(name.to_owned()),
        }
    }
    let date = match (bare.as_slice(), dated.as_slice()) {
        ([date], _) | ([], [date]) => Some(*date),
        ([], []) => None,
        _ => return None,
    };
    (!names.is_empty()).then_some((names, date))
}
