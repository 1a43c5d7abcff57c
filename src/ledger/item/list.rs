//! Lists of what is to be mended, quick however many there are: numbers come from an index, and only what is shown is read whole.

use super::row::{self, Item};
use super::stage::Stage;
use crate::ledger::Ledger;
use crate::ledger::error::LedgerError;
use crate::ledger::log::{self, Logged};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

/// Which items. Everything that is none asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of a unit, by id.
    pub unit: Option<String>,
    /// Those in a state.
    pub stage: Option<Stage>,
    /// Those whose time ran out before this day.
    pub overdue: Option<String>,
    /// Those whose time runs out from the first day to the second.
    pub due: Option<(String, String)>,
    /// Those struck off while still found.
    pub forced: bool,
    /// At most so many; none for all.
    pub limit: Option<u32>,
}

/// An item with what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The item.
    pub item: Item,
    /// The finding's identity.
    pub fingerprint: String,
    /// The finding as it was last seen (JSON), and the rule's title.
    pub finding: Value,
    /// The title of the rule.
    pub title: String,
    /// The day of the run that told it so.
    pub told: String,
    /// What the unit is called.
    pub unit_name: Option<String>,
    /// What the unit that mends it is called, where that was put down as a unit's id.
    pub owner_name: Option<String>,
    /// What the person is called.
    pub person_name: Option<String>,
}

/// The items asked for, and how many there are without the limit.
///
/// # Errors
/// The ledger cannot be read.
pub fn items(ledger: &Ledger, filter: &Filter) -> Result<(Vec<Line>, u64), LedgerError> {
    let read = || -> rusqlite::Result<(Vec<Line>, u64)> {
        let connection = ledger.connection();
        let (condition, values) = condition(filter);
        let count = format!("SELECT count(*) FROM item WHERE {condition}");
        let total: i64 = connection.prepare(&count)?.query_row(params_from_iter(&values), |row| row.get(0))?;
        let mut statement = connection.prepare(&query(filter, &condition))?;
        let lines = statement.query_map(params_from_iter(&values), line)?.collect::<rusqlite::Result<_>>()?;
        Ok((lines, u64::try_from(total).unwrap_or(0)))
    };
    read().map_err(|e| ledger.error(&e))
}

/// One item, with all that was done to it in order.
///
/// # Errors
/// No such item, or the ledger cannot be read.
pub fn item(ledger: &Ledger, id: i64) -> Result<(Line, Vec<Logged>), LedgerError> {
    let connection = ledger.connection();
    let sql = format!("{WHOLE} WHERE item.id = ?1");
    let line = connection
        .prepare(&sql)
        .and_then(|mut s| rusqlite::OptionalExtension::optional(s.query_row([id], line)))
        .map_err(|e| ledger.error(&e))?
        .ok_or(LedgerError::UnknownItem { item: id.to_string() })?;
    let mut done = log::of(connection, ledger.path(), "item", &id.to_string())?;
    done.extend(within_many(connection, id).map_err(|e| ledger.error(&e))?);
    done.sort_by_key(|entry| entry.seq);
    Ok((line, done))
}

/// Entries on many items, as far as they are about this one. SQLite picks the one out: an entry may be on a hundred thousand.
fn within_many(connection: &Connection, id: i64) -> rusqlite::Result<Vec<Logged>> {
    const OWN: &str = "SELECT seq, at, machine, user, action, kind, id, why, before -> ?1, after -> ?1, previous, hash FROM log
        WHERE kind = 'items' AND after -> ?1 IS NOT NULL ORDER BY seq";
    let mut statement = connection.prepare(OWN)?;
    statement.query_map([format!("$.\"{id}\"")], log::read)?.collect()
}

const WHOLE: &str = "SELECT item.*, f.fingerprint, s.body, u.name, p.name, r.as_of, o.name
    FROM item JOIN finding f ON f.id = item.finding JOIN sight s ON s.id = item.sight
    JOIN run r ON r.id = s.run
    LEFT JOIN called u ON u.kind = 'unit' AND u.id = item.unit LEFT JOIN called p ON p.kind = 'person' AND p.id = item.person
    LEFT JOIN called o ON o.kind = 'unit' AND o.id = item.owner_unit";

/// The statement that reads what is shown: numbers first, so that nothing else is sorted or skipped over.
fn query(filter: &Filter, condition: &str) -> String {
    let by = if filter.overdue.is_some() || filter.due.is_some() { "item.due, item.id" } else { "item.id" };
    let limit = filter.limit.map(|n| format!(" LIMIT {n}")).unwrap_or_default();
    format!("{WHOLE} WHERE item.id IN (SELECT id FROM item WHERE {condition} ORDER BY {by}{limit}) ORDER BY {by}")
}

/// The condition, with the values it speaks of.
fn condition(filter: &Filter) -> (String, Vec<Sql>) {
    let mut all = vec!["1".to_owned()];
    let mut values: Vec<Sql> = Vec::new();
    let mut with = |all: &mut Vec<String>, text: &str, value: &str| {
        values.push(Sql::Text(value.to_owned()));
        all.push(text.replace('?', &format!("?{}", values.len())));
    };
    if let Some(unit) = &filter.unit {
        with(&mut all, "unit = ?", unit);
    }
    if let Some(stage) = filter.stage {
        with(&mut all, "stage = ?", stage.word());
    }
    let running = Stage::RUNNING.map(|s| format!("'{}'", s.word())).join(", ");
    if let Some(day) = &filter.overdue {
        with(&mut all, &format!("due < ? AND stage IN ({running})"), day);
    }
    if let Some((from, to)) = &filter.due {
        with(&mut all, &format!("due >= ? AND stage IN ({running})"), from);
        with(&mut all, "due <= ?", to);
    }
    if filter.forced {
        all.push("forced = 1".to_owned());
    }
    (all.join(" AND "), values)
}

fn line(row: &rusqlite::Row<'_>) -> rusqlite::Result<Line> {
    let body: Option<String> = row.get(27)?;
    let mut body: Value = body.and_then(|b| serde_json::from_str(&b).ok()).unwrap_or(Value::Null);
    let finding = body.get_mut("finding").map(Value::take).unwrap_or(Value::Null);
    Ok(Line {
        item: row::read(row)?,
        fingerprint: row.get(26)?,
        title: body.get("title").and_then(Value::as_str).unwrap_or_default().to_owned(),
        finding,
        unit_name: row.get(28)?,
        person_name: row.get(29)?,
        told: row.get(30)?,
        owner_name: row.get(31)?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ledger::Act;

    const ACT: Act<'static> = Act { at: "2026-06-30T22:00:00+08:00", machine: "tester", user: None };

    /// How SQLite goes about a list: through an index, and what it sorts is what it shows.
    fn plan(filter: &Filter) -> String {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("l.db"), &ACT).unwrap();
        let (condition, values) = condition(filter);
        let sql = format!("EXPLAIN QUERY PLAN {}", query(filter, &condition));
        let mut statement = ledger.connection().prepare(&sql).unwrap();
        let steps = statement.query_map(params_from_iter(&values), |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n")
    }

    #[test]
    fn lists_are_read_through_indexes() {
        let limited = Filter { limit: Some(100), ..Filter::default() };
        let by_unit = Filter { unit: Some("U1".into()), ..limited.clone() };
        let by_stage = Filter { stage: Some(Stage::Working), ..limited.clone() };
        let overdue = Filter { overdue: Some("2026-06-30".into()), ..limited.clone() };
        let soon = Filter { due: Some(("2026-06-30".into(), "2026-07-30".into())), ..limited.clone() };
        let late_by_unit = Filter { unit: Some("U1".into()), ..overdue.clone() };
        let stages = [(by_stage, "item_stage"), (overdue, "item_stage"), (soon, "item_stage")];
        for (filter, index) in stages.into_iter().chain([(by_unit, "item_unit"), (late_by_unit, "item_unit")]) {
            let plan = plan(&filter);
            assert!(plan.contains(&format!("USING COVERING INDEX {index}")), "{filter:?}: {plan}");
            // Whole rows are read by number alone, and so only those shown.
            assert!(plan.contains("SEARCH item USING INTEGER PRIMARY KEY") && !plan.contains("SCAN item"), "{filter:?}: {plan}");
        }
        // Without a condition the first are read and no more.
        assert!(!plan(&limited).contains("TEMP B-TREE"), "{}", plan(&limited));
    }
}
