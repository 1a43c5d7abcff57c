//! The units and posts that a profile looks at.

use super::scope::{cell, subtree, up};
use super::trouble::Trouble;
use crate::diagnostic::{Diagnostic, nearest};
use crate::engine::Limits;
use crate::records::{RowId, Schema, Store, TableId, Wanted};
use crate::rules::{InForce, Limit, names_rule};
use std::collections::BTreeSet;

/// Asks for the fields that the limits read.
pub(super) fn want(in_force: Option<&InForce>, schema: &Schema, wanted: &mut Wanted) {
    if in_force.is_none_or(|f| f.limits.is_empty()) {
        return;
    }
    for (table, field) in [("unit", "parent_id"), ("post", "title"), ("post", "end"), ("case", "title")] {
        if let Some(t) = schema.table(table)
            && let Some(f) = schema.tables.get(t).and_then(|def| def.field(field))
        {
            wanted.add(t, f);
        }
    }
}

/// What the profile looks at; none where it is everything.
///
/// # Errors
/// A unit or a post that the records do not hold: a slip of the pen would leave people out unseen.
pub(super) fn limits<'s>(in_force: Option<&'s InForce>, store: &'s Store) -> Result<Option<Box<Limits<'s>>>, Trouble> {
    let Some(in_force) = in_force.filter(|f| !f.limits.is_empty()) else { return Ok(None) };
    let mut sink = Vec::new();
    let made: Vec<(&Limit, BTreeSet<String>)> = in_force.limits.iter().map(|l| (l, units(l, store, &mut sink))).collect();
    in_force.limits.iter().for_each(|l| check_posts(l, store, &mut sink));
    if !sink.is_empty() {
        return Err(Trouble::Files(sink));
    }
    Ok(Some(Box::new(move |rule, row| {
        let of_rule = made.iter().find(|(l, _)| l.rules.is_empty() || l.rules.iter().any(|s| names_rule(&s.value, &rule.code, &rule.pack)));
        of_rule.is_none_or(|(limit, units)| is_in(limit, units, store, rule.subject, row))
    })))
}

/// In one of the units, or about one of the posts. What is not known stays in: it must not be left out unseen.
fn is_in(limit: &Limit, units: &BTreeSet<String>, store: &Store, table: TableId, row: RowId) -> bool {
    let by_unit = !limit.units.is_empty() && cell(store, table, row, "unit_id").is_none_or(|u| units.contains(&u));
    by_unit
        || !limit.posts.is_empty()
            && titles(store, table, row).is_none_or(|all| all.iter().any(|t| limit.posts.iter().any(|p| same(&p.value, t))))
}

fn same(a: &str, b: &str) -> bool {
    let bare = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    bare(a) == bare(b)
}

/// The posts that a subject is about: its own, that of its matter, or those that its person holds. None: it is about no post.
fn titles(store: &Store, table: TableId, row: RowId) -> Option<Vec<String>> {
    let def = store.schema.tables.get(table)?;
    let base = def.joined.as_ref().and_then(|j| store.schema.tables.get(j.from)).unwrap_or(def);
    if matches!(base.name.as_str(), "post" | "case") {
        return Some(vec![store.show(table, row, def.field("title")?)?]);
    }
    if let Some((cases, case)) = def.field("case_id").and_then(|f| up(store, table, row, f)) {
        return titles(store, cases, case);
    }
    let person = if base.name == "person" { row } else { up(store, table, row, def.field("person_id")?)?.1 };
    let posts = store.schema.table("post")?;
    let post = store.schema.tables.get(posts)?;
    let (owner, title, end) = (post.field("person_id")?, post.field("title")?, post.field("end")?);
    let held = store.link(posts, owner)?.children(person).filter(|&p| store.show(posts, p, end).is_none());
    Some(held.filter_map(|p| store.show(posts, p, title)).collect())
}

fn units(limit: &Limit, store: &Store, sink: &mut Vec<Diagnostic>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for unit in &limit.units {
        match subtree(store, &unit.value) {
            Ok(below) => all.extend(below),
            Err(_) => {
                let message = format!("记录中没有单位“{}”", unit.value);
                sink.push(Diagnostic::new("profile::unknown-unit", &limit.source, unit.span.clone(), message).help("核对单位编码"));
            }
        }
    }
    all
}

fn check_posts(limit: &Limit, store: &Store, sink: &mut Vec<Diagnostic>) {
    if limit.posts.is_empty() {
        return;
    }
    let mut known = BTreeSet::new();
    for name in ["post", "case"] {
        let Some(table) = store.schema.table(name) else { continue };
        let Some(title) = store.schema.tables.get(table).and_then(|d| d.field("title")) else { continue };
        known.extend((0..store.rows(table).len).filter_map(|r| store.show(table, RowId::try_from(r).ok()?, title)));
    }
    for post in &limit.posts {
        if !known.iter().any(|k| same(k, &post.value)) {
            let message = format!("记录中没有职务“{}”", post.value);
            let diagnostic = Diagnostic::new("profile::unknown-post", &limit.source, post.span.clone(), message);
            sink.push(match nearest(&post.value, known.iter().map(String::as_str)) {
                Some(near) => diagnostic.help(format!("是否想写“{near}”？职务名称要与记录一字不差")),
                None => diagnostic.help("职务名称要与记录一字不差"),
            });
        }
    }
}
