//! Proof that what is to be mended stands as the log says: the log's entries played again, and held against the table; and what
//! items held at an earlier version.

use super::row;
use crate::ledger::log::{self, Logged};
use rusqlite::Connection;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Items as the log tells them.
#[derive(Default)]
pub(in crate::ledger) struct Replay {
    items: BTreeMap<i64, Map<String, Value>>,
}

impl Replay {
    /// Takes in an entry of the log; what is not about items changes nothing.
    pub(in crate::ledger) fn absorb(&mut self, entry: &Logged) {
        let after = || entry.after.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
        match entry.kind.as_str() {
            "item" => {
                if let (Ok(id), Some(Value::Object(fields))) = (entry.id.parse(), after()) {
                    self.merge(id, fields);
                }
            }
            "items" => {
                let Some(Value::Object(all)) = after() else { return };
                for (id, fields) in all {
                    if let (Ok(id), Value::Object(fields)) = (id.parse(), fields) {
                        self.merge(id, fields);
                    }
                }
            }
            _ => {}
        }
    }

    fn merge(&mut self, id: i64, fields: Map<String, Value>) {
        let item = self.items.entry(id).or_default();
        for (name, value) in fields {
            match value {
                Value::Null => item.remove(&name),
                value => item.insert(name, value),
            };
        }
    }

    /// What of the table is not as the log tells it, in Chinese.
    pub(in crate::ledger) fn against(mut self, connection: &Connection) -> rusqlite::Result<Vec<String>> {
        let mut broken = Vec::new();
        let mut ids = connection.prepare("SELECT id FROM item ORDER BY id")?;
        let ids: Vec<i64> = ids.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for id in ids {
            // A row that cannot be read is not as the program wrote it.
            let now = row::get(connection, id).ok().flatten().map(|item| item.fields());
            match (self.items.remove(&id), now) {
                (None, _) => broken.push(format!("整改事项 {id} 没有记入日志")),
                (Some(then), Some(now)) if same(&then, &now) => {}
                (Some(_), _) => broken.push(format!("整改事项 {id} 与日志所记不符")),
            }
        }
        broken.extend(self.items.keys().map(|id| format!("整改事项 {id} 已被删去")));
        Ok(broken)
    }
}

/// What items held at earlier versions (by number), as the log tells it. One that never had that version is left out.
pub(super) fn at_version(connection: &Connection, wanted: &BTreeMap<i64, i64>) -> rusqlite::Result<BTreeMap<i64, Map<String, Value>>> {
    let mut then = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(then);
    }
    let mut replay = Replay::default();
    let mut statement = connection.prepare("SELECT * FROM log WHERE kind IN ('item', 'items') ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        replay.absorb(&log::read(row)?);
        for (id, version) in wanted {
            let at = |item: &&Map<String, Value>| item.get("version").and_then(Value::as_i64) == Some(*version);
            if let Some(item) = replay.items.get(id).filter(at) {
                then.entry(*id).or_insert_with(|| item.clone());
            }
        }
    }
    Ok(then)
}

/// Whether two hold the same, in whatever order.
fn same(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    a.len() == b.len() && a.iter().all(|(name, value)| b.get(name) == Some(value))
}
