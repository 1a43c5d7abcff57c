//! 家庭成员 become kin; 拟任 and 拟免 become a matter.

use super::form::{Field, Form};
use super::row::{Refusal, Row, Value, says_none};
use crate::records::{Schema, squeeze};

/// The rows of relatives.
pub(in crate::ingest) fn kin(form: &Form, person: &str, schema: &Schema) -> Vec<Row> {
    let Some(relations) = schema.list("relation").and_then(|l| schema.lists.get(l)) else { return Vec::new() };
    let mut rows = Vec::new();
    for (number, relative) in &form.kin {
        let row = Row::new("kin", Field::Kin, *number, format!("{person}-Q{number}"));
        let row = row.text("name", squeeze(&relative.name)).text("title", relative.work.as_str());
        let said = squeeze(&relative.relation);
        rows.push(match relations.said(&said).and_then(|code| relations.value(code)) {
            Some(relation) => row.text("relation", relation),
            None => {
                let why = if said.is_empty() { "没有写称谓" } else { "看不懂这个称谓" };
                let text = if said.is_empty() { &relative.name } else { &said };
                let right = format!("写作 妻子、儿子、父亲等；可用值：{}", relations.values.join("、"));
                row.with("relation", Value::Unknown).refuse(Refusal::new("form::relation", text, why, right))
            }
        });
    }
    rows
}

/// The row of the matter the form is for, if it is for one. The kind of matter has no field on the form: only a removal says its own.
pub(super) fn case(form: &Form, person: &str, career: &[Row], schema: &Schema) -> Option<Row> {
    let text = |field| Some(form.text(field)).filter(|t| !says_none(t));
    let (proposed, removed) = (text(Field::Proposed), text(Field::Removed));
    let field = match (proposed, removed) {
        (Some(_), _) => Field::Proposed,
        (None, Some(_)) => Field::Removed,
        (None, None) => return None,
    };
    let list = |name| schema.list(name).and_then(|l| schema.lists.get(l));
    let mut row = Row::new("case", field, 0, format!("{person}-RM"));
    let only_removed = list("case_kind").filter(|_| proposed.is_none()).and_then(|l| l.value(l.said("拟免")?));
    row = match only_removed {
        Some(kind) => row.text("kind", kind),
        None => row.with("kind", Value::Unknown),
    };
    if let Some(proposed) = proposed {
        row = row.text("title", squeeze_lines(proposed));
        if let Some(rank) = list("rank").and_then(|l| l.value(l.code(&squeeze(proposed))?)) {
            row = row.text("rank", rank);
        }
    }
    // The post left is named by its very words, or not at all.
    if let Some(removed) = removed.map(squeeze) {
        let is = |r: &&Row| {
            r.table == "post"
                && r.refused.is_none()
                && r.cells.iter().any(|(name, v)| *name == "title" && matches!(v, Value::Text(t) if squeeze(t) == removed))
                && r.cells.iter().any(|(name, v)| *name == "end" && matches!(v, Value::Text(t) if t.is_empty()))
        };
        let mut same = career.iter().filter(is);
        if let (Some(post), None) = (same.next(), same.next()) {
            row = row.text("from_post_id", post.key.as_str());
        }
    }
    Some(row)
}

/// A text without its line breaks, which only wrap it.
fn squeeze_lines(text: &str) -> String {
    text.lines().map(str::trim).collect()
}
