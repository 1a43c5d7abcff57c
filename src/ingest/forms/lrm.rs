//! `.lrm`: one record of thirty-three texts in quotes, joined by commas; the thirty-fourth, the ID number, only some programs write.
//! Quotes and commas within a text are not escaped, so it is split at `","` and never read as CSV.

use super::form::{Field, Form, Kind, Relative};
use super::wrong::Wrong;

/// How many texts a record has.
const FIELDS: usize = 33;
/// Where one text ends and the next begins.
const BETWEEN: &str = "\",\"";
/// Bytes of one text.
const LONGEST_FIELD: usize = 256 * 1024;

/// The texts that are one field each, by their place.
const SINGLE: [(usize, Field); 21] = [
    (0, Field::Name),
    (1, Field::Gender),
    (2, Field::Birth),
    (3, Field::Ethnicity),
    (4, Field::NativePlace),
    (5, Field::Party),
    (6, Field::Health),
    (7, Field::Birthplace),
    (8, Field::WorkDate),
    (11, Field::Technical),
    (16, Field::Skills),
    (17, Field::Resume),
    (18, Field::Rewards),
    (19, Field::Assessments),
    (25, Field::Current),
    (26, Field::Proposed),
    (27, Field::Removed),
    (28, Field::Reason),
    (29, Field::ReportedBy),
    (30, Field::AgeOn),
    (31, Field::FilledBy),
];

/// Reads a form.
pub(super) fn read(text: &str) -> Result<Form, Wrong> {
    let text = text.trim();
    let inner = text.strip_prefix('"').ok_or_else(|| Wrong::other("开头不是引号"))?;
    let inner = inner.strip_suffix('"').ok_or_else(|| Wrong::cut("末尾没有引号"))?;
    let texts: Vec<&str> = inner.split(BETWEEN).collect();
    if texts.len() < FIELDS {
        return Err(Wrong::cut(&format!("应有 {FIELDS} 项，只有 {} 项", texts.len())));
    }
    if texts.len() > FIELDS + 1 {
        let why = format!("应有 {FIELDS} 项，却有 {} 项：某一项的文字里有 \",\"，无法分清", texts.len());
        return Err(Wrong::new("form::ambiguous", why, "请在任免审批表编辑器里打开，另存为 .lrmx"));
    }
    if texts.iter().any(|t| t.len() > LONGEST_FIELD) {
        return Err(Wrong::new("form::too-long", format!("有一项超过 {} KB", LONGEST_FIELD / 1024), "请核对文件"));
    }
    let at = |i: usize| texts.get(i).copied().unwrap_or("");
    let mut form = Form::new(Kind::Lrm);
    for (i, field) in SINGLE {
        form.fill(field, at(i));
    }
    form.fill(Field::FilledOn, at(32));
    form.fill(Field::IdNumber, at(33));
    let [education, degree, part_education, part_degree] = four(at(9));
    form.fill(Field::FullTimeEducation, education);
    form.fill(Field::FullTimeDegree, degree);
    form.fill(Field::PartTimeEducation, part_education);
    form.fill(Field::PartTimeDegree, part_degree);
    let [school, degree_school, part_school, part_degree_school] = four(at(10));
    form.fill(Field::FullTimeSchool, school);
    form.fill(Field::FullTimeDegreeSchool, degree_school);
    form.fill(Field::PartTimeSchool, part_school);
    form.fill(Field::PartTimeDegreeSchool, part_degree_school);
    kin(&mut form, [at(20), at(21), at(22), at(23), at(24)])?;
    Ok(form)
}

/// `全日制学历#学位@在职学历#学位`.
fn four(text: &str) -> [&str; 4] {
    let (full, part) = text.split_once('@').unwrap_or((text, ""));
    let two = |t| str::split_once(t, '#').unwrap_or((t, ""));
    let ((a, b), (c, d)) = (two(full), two(part));
    [a, b, c, d]
}

/// Relatives lie in columns, each joined by `@` and padded.
fn kin(form: &mut Form, columns: [&str; 5]) -> Result<(), Wrong> {
    let columns = columns.map(|c| c.split('@').collect::<Vec<_>>());
    let most = columns.iter().map(Vec::len).max().unwrap_or(0);
    if most > 100 {
        return Err(Wrong::new("form::too-long", "家庭成员超过 100 人", "请核对文件"));
    }
    for i in 0..most {
        let [relation, name, birth, party, work] =
            columns.each_ref().map(|c| c.get(i).copied().unwrap_or("").replace('#', "").trim().to_owned());
        form.add_kin(u32::try_from(i + 1).unwrap_or(0), Relative { relation, name, birth, party, work });
    }
    Ok(())
}
