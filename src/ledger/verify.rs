//! Proof that nothing recorded was altered or removed: the chain of the log, and everything the log speaks of held against it.

use super::error::LedgerError;
use super::item::Replay;
use super::log::{self, GENESIS, Logged};
use super::open::Ledger;
use super::record;
use super::runs::{self, RunRow};
use super::texts::text_hash;
use super::users;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries of the log.
    pub entries: u64,
    /// The hash of the last entry: noted elsewhere, it proves later that nothing was cut off.
    pub head: String,
    /// What is broken, the first broken link first; empty if nothing is.
    pub broken: Vec<Broken>,
}

/// Something that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The entry of the log, where it is one.
    pub seq: Option<i64>,
    /// What is wrong, in Chinese.
    pub why: String,
}

/// A kind of thing whose present state the log's last entry on it must tell: its rows as (id, canonical JSON).
type Kept = (&'static str, &'static str, fn(&Connection) -> rusqlite::Result<Vec<(String, String)>>);

/// Everything that changes by being logged: as the log calls it, as people do, and what there is of it.
const KEPT: [Kept; 1] = [("user", "经办人", kept_users)];

/// Verifies the whole ledger. `expected` is the hash of an entry noted earlier, which must still be there.
///
/// # Errors
/// The ledger cannot be read at all.
pub fn verify(ledger: &Ledger, expected: Option<&str>) -> Result<Verified, LedgerError> {
    let connection = ledger.connection();
    let fail = |e: rusqlite::Error| ledger.error(&e);
    let mut verified = Verified { head: GENESIS.to_owned(), ..Verified::default() };
    let sound: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(fail)?;
    if sound != "ok" {
        verified.broken.push(Broken { seq: None, why: format!("文件结构已损坏：{sound}") });
    }
    let mut last: BTreeMap<(String, String), Option<String>> = BTreeMap::new();
    let mut recorded: BTreeMap<String, String> = BTreeMap::new();
    let mut met = expected.is_none();
    let mut items = Replay::default();
    chain(connection, &mut verified, |entry| {
        met |= expected == Some(entry.hash.as_str());
        items.absorb(entry);
        if entry.kind == "run" {
            let content = entry.after.as_deref().and_then(|after| serde_json::from_str::<serde_json::Value>(after).ok());
            let content = content.and_then(|v| v.get("content")?.as_str().map(str::to_owned)).unwrap_or_default();
            recorded.insert(entry.id.clone(), content);
        }
        if KEPT.iter().any(|(kind, ..)| *kind == entry.kind) {
            last.insert((entry.kind.clone(), entry.id.clone()), entry.after.clone());
        }
    })
    .map_err(fail)?;
    if !met {
        verified
            .broken
            .push(Broken { seq: None, why: "日志中没有所给的哈希：其后的记录可能被截去或替换".to_owned() });
    }
    cut_off(connection, &mut verified).map_err(fail)?;
    for (kind, called, rows) in KEPT {
        let rows: BTreeMap<String, String> = rows(connection).map_err(fail)?.into_iter().collect();
        against((kind, called), &rows, &last, &mut verified.broken);
    }
    let moved = items.against(connection).map_err(fail)?;
    verified.broken.extend(moved.into_iter().map(|why| Broken { seq: None, why }));
    texts_hold(connection, &mut verified.broken).map_err(fail)?;
    runs_hold(connection, &recorded, &mut verified.broken).map_err(fail)?;
    Ok(verified)
}

/// Texts are what their hashes say.
fn texts_hold(connection: &Connection, broken: &mut Vec<Broken>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT hash, body FROM text ORDER BY hash")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (hash, body): (String, String) = (row.get(0)?, row.get(1)?);
        if text_hash(&body) != hash {
            broken.push(Broken { seq: None, why: format!("原文 {} 被改动", hash.get(..12).unwrap_or(&hash)) });
        }
    }
    Ok(())
}

/// Every run is in the log, with everything it found; and every run in the log is there, with the texts it was judged by.
fn runs_hold(connection: &Connection, recorded: &BTreeMap<String, String>, broken: &mut Vec<Broken>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT * FROM run ORDER BY id")?;
    let runs: Vec<RunRow> = statement.query_map([], runs::read_run)?.collect::<rusqlite::Result<_>>()?;
    let mut text = connection.prepare("SELECT count(*) FROM text WHERE hash = ?1")?;
    let mut no = |why: String| broken.push(Broken { seq: None, why });
    for run in &runs {
        match recorded.get(&run.id.to_string()) {
            None => no(format!("第 {} 次运行没有记入日志", run.id)),
            Some(then) if *then != record::content(connection, run)? => no(format!("第 {} 次运行的记录被改动", run.id)),
            Some(_) => {}
        }
        for hash in [Some(&run.rules), run.profile.as_ref(), run.waivers.as_ref()].into_iter().flatten() {
            if text.query_row([hash], |row| row.get::<_, i64>(0))? == 0 {
                no(format!("第 {} 次运行所用的原文已被删去", run.id));
            }
        }
    }
    for id in recorded.keys().filter(|id| !runs.iter().any(|run| run.id.to_string() == **id)) {
        no(format!("第 {id} 次运行已被删去"));
    }
    Ok(())
}

/// Follows the chain. A broken link is told once: everything after an entry that is gone would be wrong for the same reason.
fn chain(connection: &Connection, verified: &mut Verified, mut each: impl FnMut(&Logged)) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT * FROM log ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut next = 1;
    while let Some(row) = rows.next()? {
        let entry = log::read(row)?;
        let why = if entry.seq != next {
            Some(format!("第 {next} 条缺失"))
        } else if entry.previous != verified.head {
            Some(format!("第 {} 条与前一条不衔接", entry.seq))
        } else if log::hash(&entry) != entry.hash {
            Some(format!("第 {} 条内容被改动", entry.seq))
        } else {
            None
        };
        if let Some(why) = why {
            verified.broken.push(Broken { seq: Some(entry.seq.min(next)), why });
        }
        next = entry.seq.saturating_add(1);
        verified.entries = verified.entries.saturating_add(1);
        each(&entry);
        verified.head = entry.hash;
    }
    Ok(())
}

/// SQLite remembers the highest number it gave out: entries cut off at the end are missed by it.
fn cut_off(connection: &Connection, verified: &mut Verified) -> rusqlite::Result<()> {
    let given: i64 = connection.query_row("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'log'), 0)", [], |r| r.get(0))?;
    let there: i64 = connection.query_row("SELECT coalesce(max(seq), 0) FROM log", [], |r| r.get(0))?;
    if given > there {
        verified
            .broken
            .push(Broken { seq: Some(there.saturating_add(1)), why: format!("第 {} 条起被截去", there.saturating_add(1)) });
    }
    Ok(())
}

fn against(
    (kind, called): (&str, &str),
    rows: &BTreeMap<String, String>,
    last: &BTreeMap<(String, String), Option<String>>,
    broken: &mut Vec<Broken>,
) {
    for (id, now) in rows {
        match last.get(&(kind.to_owned(), id.clone())) {
            Some(Some(then)) if then == now => {}
            Some(_) => broken.push(Broken { seq: None, why: format!("{called} {id} 与日志所记不符") }),
            None => broken.push(Broken { seq: None, why: format!("{called} {id} 没有记入日志") }),
        }
    }
    for ((_, id), _) in last.iter().filter(|((k, id), then)| k == kind && then.is_some() && !rows.contains_key(id)) {
        broken.push(Broken { seq: None, why: format!("{called} {id} 已被删去") });
    }
}

fn kept_users(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    Ok(users::all(connection)?.into_iter().map(|u| (u.name.clone(), users::canonical(&u))).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::users::{User, keep_user};
    use super::super::{Act, Ledger};
    use super::*;
    use std::path::{Path, PathBuf};

    const ACT: Act<'static> = Act { at: "2026-06-30T22:00:00+08:00", machine: "tester", user: Some("李四") };

    fn ledger() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let mut ledger = Ledger::open(&path, &ACT).unwrap();
        for (name, active) in [("李四", true), ("王五", true), ("王五", false)] {
            keep_user(&mut ledger, &ACT, &User { name: name.into(), post: "干部监督科".into(), active }).unwrap();
        }
        (folder, path)
    }

    fn broken(path: &Path) -> Vec<String> {
        verify(&Ledger::read(path).unwrap(), None).unwrap().broken.into_iter().map(|b| b.why).collect()
    }

    /// Changes the file behind the ledger's back.
    fn tamper(path: &Path, sql: &str) {
        let drop = "DROP TRIGGER log_no_update; DROP TRIGGER log_no_delete;";
        Connection::open(path).unwrap().execute_batch(&format!("{drop}{sql}")).unwrap();
    }

    #[test]
    fn an_untouched_ledger_holds() {
        let (_folder, path) = ledger();
        let verified = verify(&Ledger::read(&path).unwrap(), None).unwrap();
        assert_eq!((verified.entries, verified.broken), (4, Vec::new()));
        assert!(verify(&Ledger::read(&path).unwrap(), Some(&verified.head)).unwrap().broken.is_empty());
    }

    #[test]
    fn the_log_refuses_to_be_changed() {
        let (_folder, path) = ledger();
        let connection = Connection::open(&path).unwrap();
        for sql in ["UPDATE log SET why = 'x'", "DELETE FROM log", "DELETE FROM run", "UPDATE text SET body = ''"] {
            // Empty tables have nothing to refuse.
            let refused = connection.execute_batch(sql).is_err();
            assert_eq!(refused, sql.contains("log"), "{sql}");
        }
    }

    #[test]
    fn the_first_broken_link_is_named() {
        let (_folder, path) = ledger();
        tamper(&path, "UPDATE log SET at = '2026-01-01T00:00:00+08:00' WHERE seq = 2");
        assert_eq!(broken(&path), ["第 2 条内容被改动"]);
    }

    #[test]
    fn an_entry_taken_out_is_missed() {
        let (_folder, path) = ledger();
        tamper(&path, "DELETE FROM log WHERE seq = 3");
        assert_eq!(broken(&path).first().map(String::as_str), Some("第 3 条缺失"));
    }

    #[test]
    fn an_entry_rewritten_with_its_own_hash_breaks_the_next() {
        let (_folder, path) = ledger();
        let connection = Connection::open(&path).unwrap();
        let mut entry = connection.query_row("SELECT * FROM log WHERE seq = 2", [], log::read).unwrap();
        entry.machine = "someone".into();
        entry.hash = log::hash(&entry);
        tamper(&path, &format!("UPDATE log SET machine = 'someone', hash = '{}' WHERE seq = 2", entry.hash));
        assert_eq!(broken(&path), ["第 3 条与前一条不衔接"]);
    }

    #[test]
    fn entries_cut_off_at_the_end_are_missed() {
        let (_folder, path) = ledger();
        let head = verify(&Ledger::read(&path).unwrap(), None).unwrap().head;
        tamper(&path, "DELETE FROM log WHERE seq = 4; UPDATE user SET active = 1");
        assert_eq!(broken(&path), ["第 4 条起被截去"]);
        // Even where the counter is set back, the hash noted elsewhere is not there any more.
        tamper_counter(&path);
        assert!(broken(&path).is_empty());
        assert_eq!(verify(&Ledger::read(&path).unwrap(), Some(&head)).unwrap().broken.len(), 1);
    }

    fn tamper_counter(path: &Path) {
        Connection::open(path).unwrap().execute_batch("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'log'").unwrap();
    }

    #[test]
    fn what_the_log_speaks_of_is_held_against_it() {
        let (_folder, path) = ledger();
        tamper(&path, "UPDATE user SET active = 1 WHERE name = '王五'");
        assert_eq!(broken(&path), ["经办人 王五 与日志所记不符"]);
        Connection::open(&path).unwrap().execute_batch("DELETE FROM user WHERE name = '王五'").unwrap();
        assert_eq!(broken(&path), ["经办人 王五 已被删去"]);
        Connection::open(&path).unwrap().execute_batch("INSERT INTO user VALUES ('王五', '干部监督科', 0), ('赵六', '', 1)").unwrap();
        assert_eq!(broken(&path), ["经办人 赵六 没有记入日志"]);
    }
}
