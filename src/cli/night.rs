//! The judging of a night: what the night before remembered is used where it still holds, and the outcome is that of judging everybody.

use super::run::{self, Rules};
use super::scope::Scope;
use super::settings::{Screen, Settings};
use super::trouble::{Plain, Trouble};
use crate::engine::{self, Memory, Options, Outcome};
use crate::ingest::Keep;
use crate::ledger;
use crate::records::{Store, Wanted, columns};
use serde_json::json;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

/// How a night judges.
pub(super) struct Night {
    /// The ledger.
    ledger: PathBuf,
    /// Where it remembers.
    path: PathBuf,
    /// How many rows were read anew; none where all were.
    rows: Option<u64>,
    /// Everybody is judged as well, and both must come to the same.
    verify: bool,
    /// What is to be remembered once the run is recorded, under its key.
    next: Option<(String, Memory)>,
    /// What is said of how much was judged anew.
    pub told: String,
}

impl Night {
    /// A night that remembers beside a ledger.
    pub(super) fn new(ledger: &std::path::Path, verify: bool) -> Self {
        Self { ledger: ledger.to_owned(), path: ledger::memory_path(ledger), rows: None, verify, next: None, told: String::new() }
    }

    /// Reads the sources and hashes their bytes: of a SQLite file only what has changed since it was kept.
    ///
    /// # Errors
    /// Those of reading everything.
    pub(super) fn read(
        &mut self,
        rules: &Rules,
        wanted: &Wanted,
        settings: &Settings,
        screen: Screen,
    ) -> Result<(Store, Option<String>), Trouble> {
        let key = json!({
            "program": [env!("CARGO_PKG_VERSION"), &program()],
            "rules": &rules.hash,
            "wanted": format!("{wanted:?}"),
            "sources": &settings.sources,
        });
        let (path, key) = (ledger::rows_path(&self.ledger), key.to_string());
        let keep = Keep { path: &path, key: &key, like: &self.ledger };
        let (store, data, rows) = run::read_again(settings, &rules.set.schema, wanted, screen, &keep)?;
        self.rows = rows;
        if self.verify {
            let afresh = run::records(settings, &rules.set.schema, wanted, screen)?;
            if !same_records(&store, &afresh) {
                keep.forget();
                ledger::forget(&self.path);
                return Err(differs());
            }
        }
        Ok((store, data))
    }

    /// Judges.
    ///
    /// # Errors
    /// Judging everybody came to something else.
    pub(super) fn judge(
        &mut self,
        rules: &Rules,
        store: &Store,
        chosen: &[usize],
        (settings, scope): (&Settings, &Scope),
        options: &Options<'_>,
    ) -> Result<Outcome, Trouble> {
        if !scope.is_everything() || options.limits.is_some() || options.scope.is_some() {
            "只核查一部分，全部重判".clone_into(&mut self.told);
            return Ok(engine::check(&rules.set, store, options));
        }
        let key = key(rules, store, chosen, settings);
        let before = ledger::recall(&self.path, &key);
        let first = before.is_none();
        let again = engine::again(&rules.set, store, options, before.unwrap_or_default());
        if self.verify {
            let all = engine::check(&rules.set, store, options);
            if !same(&all, &again.outcome) {
                ledger::forget(&self.path);
                return Err(differs());
            }
        }
        let verified = if self.verify { "；与全部重判的结果一致" } else { "" };
        self.told = match (first, &again.memory) {
            (_, None) => format!("有规则出错，全部重判{verified}"),
            (true, _) => format!("没有可用的上次结果，{} 组记录全部判过{verified}", again.groups),
            (false, _) => format!("{} 组记录中重判 {} 组，其余沿用{verified}", again.groups, again.judged),
        };
        if let Some(rows) = self.rows {
            self.told = format!("{}；数据文件重读 {rows} 行", self.told);
        }
        match again.memory {
            Some(memory) => self.next = Some((key, memory)),
            None => ledger::forget(&self.path),
        }
        Ok(again.outcome)
    }

    /// Remembers for the next night; gives what is wrong if that cannot be done, which costs only time.
    pub(super) fn remember(&mut self) -> Option<String> {
        let (key, memory) = self.next.take()?;
        let kept = ledger::keep_memory(&self.path, &self.ledger, &key, &memory);
        kept.err().map(|e| format!("增量所记的写不进 {}（{}），下次全部重判", self.path.display(), super::output::reason(&e)))
    }
}

fn differs() -> Trouble {
    Trouble::Output(
        Plain::new("nightly::differs", "增量核查与全部重判的结果不一致，这次没有记入台账")
            .help("增量所记的已经清除，再运行一次即是全部重判；请把这一情况报告给维护人员"),
    )
}

/// Whether two readings of the records hold the same, and tell the same of what was wrong.
fn same_records(a: &Store, b: &Store) -> bool {
    let told = |s: &Store| (s.problems.clone(), s.tallies.clone(), s.assumed_blank.clone(), columns(s));
    told(a) == told(b) && a.holds_what(b)
}

/// Whether two outcomes say the same.
fn same(a: &Outcome, b: &Outcome) -> bool {
    let said = |o: &Outcome| serde_json::to_vec(&o.findings).ok();
    a.findings == b.findings && said(a) == said(b) && a.counts == b.counts && a.failures == b.failures && a.unexported == b.unexported
}

/// Everything besides records and dates that a verdict depends on.
fn key(rules: &Rules, store: &Store, chosen: &[usize], settings: &Settings) -> String {
    let codes: Vec<&str> = chosen.iter().filter_map(|&r| rules.set.rules.get(r)).map(|r| r.code.as_str()).collect();
    let exported: Vec<&str> = (0..store.tables.len())
        .filter(|&t| store.rows(t).exported)
        .filter_map(|t| store.schema.tables.get(t))
        .map(|def| def.name.as_str())
        .collect();
    json!({
        "program": [env!("CARGO_PKG_VERSION"), &program()],
        "rules": &rules.hash,
        "chosen": codes,
        "select": &settings.select,
        "exported": exported,
        "columns": columns(store),
        "assumed": &store.assumed_blank,
        "files": &store.places.files,
    })
    .to_string()
}

/// This very program: one built otherwise may judge otherwise. Nothing where it cannot be looked at: then the version must do.
fn program() -> String {
    let seen = std::env::current_exe().and_then(std::fs::metadata);
    let told = seen.and_then(|m| Ok((m.len(), m.modified()?)));
    let told = told.ok().and_then(|(len, at)| Some((len, at.duration_since(UNIX_EPOCH).ok()?.as_nanos())));
    told.map_or_else(String::new, |(len, at)| format!("{len}/{at}"))
}
