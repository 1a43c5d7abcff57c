//! What a run could have found again, and the matter that a finding belongs to: what moves what is to be mended.

use super::run::Checked;
use super::scope::Scope;
use super::trace::row_of;
use super::trouble::Trouble;
use crate::engine::Finding;
use crate::records::{FieldType, Lookup};
use crate::rules::{Each, Rule};
use std::collections::BTreeSet;

/// Whether a run judged a subject (table, key) by a rule (code).
pub(super) type Judged<'c> = Box<dyn Fn(&str, &str, &str) -> bool + 'c>;

/// Says whether a run judged a subject (table, key) by a rule (code): the rule ran and could decide, the subject is there and in scope.
/// Runs over an audit period judge by a day that the records tell, which may have moved out of it: of what they do not find, nothing is
/// said.
pub(super) fn judged<'c>(checked: &'c Checked, lookup: &'c Lookup<'c>, scope: &Scope) -> Result<Judged<'c>, Trouble> {
    let outcome = &checked.report.outcome;
    let blind: BTreeSet<&str> =
        outcome.failures.iter().map(|f| f.code.as_str()).chain(outcome.unexported.iter().map(|u| u.code.as_str())).collect();
    let ran: BTreeSet<&str> = outcome.counts.iter().map(|c| c.code.as_str()).filter(|code| !blind.contains(code)).collect();
    let whole_time = scope.since.is_none() && scope.until.is_none();
    let store = lookup.store();
    let in_scope = scope.rows(store)?;
    Ok(Box::new(move |code, table, key| {
        let of_table = |rule: &&Rule| match &rule.each {
            Some(Each::List { under: Some((under, _)), .. }) => under == table,
            _ => rule.subject_name == table,
        };
        let rules = checked.rules.set.of_code(code).filter(of_table);
        let mut there = rules.filter_map(|rule| Some((rule.subject, row_of(rule, key, |t, k| lookup.find(t, k))?)));
        whole_time
            && ran.contains(code)
            && there.any(|(t, row)| store.rows(t).is_sound(row) && in_scope.as_ref().is_none_or(|scope| scope(t, row)))
    }))
}

/// The matter that a finding belongs to: that which its subject is or leads to, else the subject itself.
pub(super) fn matter(lookup: &Lookup<'_>, finding: &Finding) -> String {
    let store = lookup.store();
    let own = format!("{}/{}", finding.subject.table, finding.subject.id);
    let Some(table) = store.schema.table(&finding.subject.table) else { return own };
    let (Some(def), Some(cases)) = (store.schema.tables.get(table), store.schema.table("case")) else { return own };
    let led = def.fields.iter().position(|field| field.ty == FieldType::Ref(cases)).and_then(|field| {
        let row = lookup.find(table, &finding.subject.id)?;
        store.follow(table, row, field)
    });
    led.map_or(own, |case| format!("case/{}", store.key(cases, case)))
}
