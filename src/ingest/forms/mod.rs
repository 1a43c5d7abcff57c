//! 干部任免审批表: `.lrmx` and `.lrm` files, folders and zips of them. A form has no codes: a person is known by the ID number, else by
//! name, birth and post. What a form says is entered; what it does not say is left unknown; what cannot be read is told by file, field
//! and line.
//!
//! A form tells some things of a person and not others: the years assessed lately, not all; the matter at hand, none before. So tables it
//! gives rows of get a further row for each person that stands for the rest, which nobody knows.

mod career;
mod conduct;
mod enter;
mod form;
mod gather;
mod lrm;
mod lrmx;
mod matters;
mod person;
mod row;
mod taken;
mod wrong;
mod yearly;
mod zipped;

pub(super) use career::rows as career_rows;
pub(super) use conduct::rows as conduct_rows;
pub(super) use form::{Field, Form, Kind as FormKind, Relative};
pub(super) use matters::kin as kin_rows;
pub(super) use person::{id_number, key as person_key, namesake, row as person_row};
pub(super) use row::{Row as FormRow, Value as FormValue, says_none};
pub(super) use yearly::rows as yearly_rows;

pub(super) use gather::{Files, FormFiles, begins_like_form, is_named_form, zip_holds_forms};

use super::Progress;
use super::error::IngestError;
use crate::records::{Builder, Problem, Schema};
use enter::{Entering, FormFile};
use form::Kind;
use row::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use taken::Taken;

/// Tables of which a form never tells all rows of a person.
const NEVER_WHOLE: [&str; 4] = ["rank", "case", "sanction", "assessment"];
/// The tables of a form in the order they are entered.
const ORDER: [&str; 8] = ["person", "post", "study", "rank", "case", "sanction", "assessment", "kin"];

/// A form among all that are read.
struct Filled {
    name: String,
    counted_as: String,
    form: Form,
    key: String,
    standing: Standing,
    rows: Vec<Row>,
    fields: Vec<(Field, Taken)>,
}

/// How a form stands with others of the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// It is the one.
    Alone,
    /// It says the same as another.
    Copy(String),
    /// Another says otherwise: neither is believed.
    Contradicted(String),
}

impl Filled {
    fn file(&self) -> FormFile<'_> {
        FormFile { name: &self.name, counted_as: &self.counted_as, kind: self.form.kind }
    }
}

/// Reads all forms of all sources.
///
/// # Errors
/// A file named alone, or a zip, cannot be read at all; or not one form of a folder can.
pub(super) fn read(sources: &[&FormFiles], builder: &mut Builder, progress: &dyn Progress) -> Result<(), IngestError> {
    let schema = Arc::clone(builder.schema());
    let (mut filled, mut refused) = (Vec::new(), Vec::new());
    for source in sources {
        for one in gather::gather(source, progress)? {
            match one.form {
                Ok(form) if form.squeezed(Field::Name).is_empty() => {
                    let no_name = wrong::Wrong::new("form::no-name", "没有姓名", "请补填姓名");
                    refused.push((one.name, source.counted_as.clone(), no_name));
                }
                Ok(form) => {
                    let (key, counted_as) = (person::key(&form), source.counted_as.clone());
                    filled.push(Filled {
                        name: one.name,
                        counted_as,
                        form,
                        key,
                        standing: Standing::Alone,
                        rows: Vec::new(),
                        fields: Vec::new(),
                    });
                }
                Err(wrong) => refused.push((one.name, source.counted_as.clone(), wrong)),
            }
        }
    }
    settle_same_persons(&mut filled);
    let mut notes = namesakes(&filled);
    for one in &mut filled {
        take_apart(one, &schema, &mut notes);
    }
    notes.extend(unknown_kinds(&filled));
    builder.count_fields(taken::tallies(filled.iter().map(|f| (f.counted_as.as_str(), f.fields.as_slice()))));
    notes.into_iter().for_each(|n| builder.note(n));
    enter_all(&filled, &refused, builder);
    Ok(())
}

/// Of forms of one person all are refused, unless they say the same: then the first is taken.
fn settle_same_persons(filled: &mut [Filled]) {
    let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, one) in filled.iter().enumerate() {
        by_key.entry(one.key.clone()).or_default().push(i);
    }
    for forms in by_key.into_values().filter(|forms| forms.len() > 1) {
        let said: Vec<Vec<(Field, String)>> = forms.iter().filter_map(|&i| filled.get(i)).map(|f| what_counts(&f.form)).collect();
        let kin = |i: &usize| filled.get(*i).map(|f| f.form.kin.iter().map(|(_, r)| r.clone()).collect::<Vec<_>>());
        let same =
            said.windows(2).all(|w| w.first() == w.last()) && forms.windows(2).all(|w| w.first().and_then(kin) == w.last().and_then(kin));
        let name = |i: Option<&usize>| i.and_then(|&i| filled.get(i)).map(|f| f.name.clone()).unwrap_or_default();
        let (first, second) = (name(forms.first()), name(forms.get(1)));
        for (n, i) in forms.into_iter().enumerate() {
            let Some(one) = filled.get_mut(i) else { continue };
            one.standing = match (same, n) {
                (true, 0) => Standing::Alone,
                (true, _) => Standing::Copy(first.clone()),
                (false, 0) => Standing::Contradicted(second.clone()),
                (false, _) => Standing::Contradicted(first.clone()),
            };
        }
    }
}

/// What two forms of a person must agree in: everything but what the program that wrote them adds.
fn what_counts(form: &Form) -> Vec<(Field, String)> {
    let own = [Field::Photo, Field::Version];
    let mut all: Vec<(Field, String)> =
        form.filled().filter(|(field, _)| !own.contains(field)).map(|(field, text)| (field, text.replace('\r', ""))).collect();
    all.sort();
    all
}

/// People of one name and month of birth that are taken for several.
fn namesakes(filled: &[Filled]) -> Vec<Problem> {
    let mut by_name: BTreeMap<(String, String), Vec<&Filled>> = BTreeMap::new();
    for one in filled {
        by_name.entry(person::namesake(&one.form)).or_default().push(one);
    }
    let mut notes = Vec::new();
    for forms in by_name.into_values() {
        let keys: BTreeSet<&str> = forms.iter().map(|f| f.key.as_str()).collect();
        let Some((first, others)) = forms.split_first().filter(|_| keys.len() > 1) else { continue };
        for other in others.iter().filter(|o| o.key != first.key) {
            let why = format!("与“{}”同名、同出生年月，身份证号或现任职务不同，按两个人处理", first.name);
            notes.push(note(other, Field::Name, 0, "form::namesakes", "", &why, "是同一个人的，请统一身份证号后只留一份"));
        }
    }
    notes
}

/// The rows of a form, and what became of its fields.
fn take_apart(one: &mut Filled, schema: &Schema, notes: &mut Vec<Problem>) {
    let form = &one.form;
    match &one.standing {
        Standing::Alone => {}
        Standing::Copy(first) => {
            let why = format!("与“{first}”内容相同，只取一份");
            notes.push(note(one, Field::Name, 0, "form::copy", "", &why, "可以删去一份"));
            one.rows = vec![person::row(form, &one.key, schema)];
            one.fields = taken::of(form, &one.rows, false, schema);
            return;
        }
        Standing::Contradicted(_) => {
            one.fields = form.filled().map(|(field, _)| (field, Taken::Refused)).collect();
            return;
        }
    }
    let (mut rows, waiting) = career::rows(form, &one.key, schema);
    let case = matters::case(form, &one.key, &rows, schema);
    rows.insert(0, person::row(form, &one.key, schema));
    rows.extend(case);
    let (sanctions, rewards) = conduct::rows(form, &one.key, schema);
    let only_rewards = sanctions.is_empty() && !rewards.is_empty();
    rows.extend(sanctions);
    rows.extend(yearly::rows(form, &one.key, schema));
    rows.extend(matters::kin(form, &one.key, schema));
    for (line, text) in waiting {
        notes.push(note(one, Field::Resume, line, "form::resume-waiting", &text, "不是任职也不是学习，未作经历", "不必改动"));
    }
    if says_none(form.text(Field::Resume)) {
        notes.push(note(one, Field::Resume, 0, "form::no-resume", "", "简历是空的，任职经历按未知处理", "请补填简历"));
    }
    for name in &form.strange {
        notes.push(note(one, Field::Name, 0, "form::unknown-field", name, "不认得的栏，未读取", "不必改动"));
    }
    one.fields = taken::of(form, &rows, only_rewards, schema);
    one.rows = rows;
}

fn note(of: &Filled, field: Field, line: u32, code: &'static str, value: &str, why: &str, right: &str) -> Problem {
    Problem::noted(&of.name, code, why, right).at_row(line).in_column(field.label(of.form.kind)).of_value(value)
}

/// Matters of which the form does not say of what kind they are: told once for all forms that are counted together.
fn unknown_kinds(filled: &[Filled]) -> Vec<Problem> {
    let mut counts: BTreeMap<&str, (u64, Kind)> = BTreeMap::new();
    for one in filled {
        let unsaid = |r: &&Row| r.table == "case" && r.cells.iter().any(|(name, v)| *name == "kind" && *v == row::Value::Unknown);
        if one.rows.iter().find(unsaid).is_some() {
            counts.entry(&one.counted_as).or_insert((0, one.form.kind)).0 += 1;
        }
    }
    counts.into_iter().map(|(file, (n, kind))| unknown_kind(file, n).in_column(Field::Proposed.label(kind))).collect()
}

/// Tells of so many matters of which a form or sheet does not say of what kind they are.
pub(super) fn unknown_kind(file: &str, matters: u64) -> Problem {
    let why = format!("表上没有任免类型一栏，{matters} 件拟任事项是提拔还是平级调整等，按未知处理");
    Problem::noted(file, "form::case-kind", why, "需要判定的，另在任免事项表里填写").of_table("case")
}

fn enter_all(filled: &[Filled], refused: &[(String, String, wrong::Wrong)], builder: &mut Builder) {
    let told: BTreeSet<&str> = filled.iter().flat_map(|f| &f.rows).map(|r| r.table).chain(["person"]).collect();
    filled.iter().for_each(|one| builder.holds(&one.key, &one.form.squeezed(Field::Current)));
    let mut entering = Entering::new(builder);
    entering.declare(&ORDER.into_iter().filter(|t| told.contains(t)).collect::<Vec<_>>());
    for (name, counted_as, wrong) in refused {
        entering.refused(FormFile { name, counted_as, kind: Kind::Lrmx }, wrong.code, &wrong.why, wrong.right);
    }
    for one in filled {
        if let Standing::Contradicted(other) = &one.standing {
            let why = format!("与“{other}”是同一个人，内容不同，都不采用");
            entering.refused(one.file(), "form::two-of-one", &why, "核实后只留一份；不是同一个人的，请更正身份证号");
            continue;
        }
        let copy = one.standing != Standing::Alone;
        for table in ORDER.into_iter().filter(|t| told.contains(t)) {
            let rows: Vec<&Row> = one.rows.iter().filter(|r| r.table == table).collect();
            let open = !copy && tells_in_part(one, table);
            if open || !rows.is_empty() {
                entering.rows(one.file(), table, &one.key, &rows, open);
            }
        }
    }
    entering.close();
}

/// Whether the person may have rows of a table that the form does not tell.
fn tells_in_part(one: &Filled, table: &str) -> bool {
    match table {
        "post" | "study" => says_none(one.form.text(Field::Resume)),
        "kin" => one.form.kin.is_empty(),
        table => NEVER_WHOLE.contains(&table),
    }
}
