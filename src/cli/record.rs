//! A run recorded in the ledger: what the run before it saw, why findings came or went, and the record itself.

use super::crossing;
use super::moment::Moment;
use super::output;
use super::run::Checked;
use super::scope::Scope;
use super::seen;
use super::settings::{Screen, Settings};
use super::trouble::Trouble;
use super::waivers::InForce;
use crate::engine::Verdict;
use crate::ledger::{self, Held, Kept, Ledger, NewRun, Recorded, RunRow, Standing};
use crate::records::{Digest, Lookup, columns};
use crate::report::Report;
use crate::rules::Files;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// How long a run waits for another to be done with the ledger.
const PATIENCE: Duration = Duration::from_secs(600);

/// An open ledger, and how findings stood after the last run of the series.
pub(super) struct Book {
    /// The ledger.
    pub ledger: Ledger,
    /// The run before, if there is one.
    pub previous: Option<RunRow>,
    /// How findings stood after it.
    pub before: BTreeMap<String, Standing>,
    moment: Moment,
    scope: String,
    _held: Held,
}

/// Opens the ledger for one run: other runs wait.
pub(super) fn open(path: &Path, settings: &Settings, scope: &Scope, screen: Screen) -> Result<Book, Trouble> {
    let held = ledger::hold(path, PATIENCE, || {
        output::aside(&format!("{} 另一次运行正在使用台账，等它结束\n", screen.err.label("等待")));
    })?;
    let moment = Moment::now();
    let ledger = Ledger::open(path, &moment.act(None))?;
    if let Some(from) = ledger.migrated_from() {
        output::aside(&format!("{} 台账已从第 {from} 版升级\n", screen.err.label("台账")));
    }
    let scope = scope_text(settings, scope);
    let previous = ledger::last_run(&ledger, &ledger::series_of(&scope))?;
    let before = previous.as_ref().map_or_else(|| Ok(BTreeMap::new()), |run| ledger::standing(&ledger, run))?;
    Ok(Book { ledger, previous, before, moment, scope, _held: held })
}

/// Records a run.
pub(super) fn record(
    book: &mut Book,
    checked: &Checked,
    in_force: Option<&InForce>,
    settings: &Settings,
    scope: &Scope,
    screen: Screen,
) -> Result<Recorded, Trouble> {
    let report = &checked.report;
    let files = kept(&checked.rules.files);
    let profile = profile(checked);
    let columns = ledger::text_hash(&columns(&checked.store).join("\n"));
    let is_same = holds_the_same(book, checked, &files, profile.as_ref(), &columns)?;
    // What is the same needs not be told from what it was.
    let digest = if is_same { Digest::default() } else { Digest::of(&checked.store) };
    let changes = ledger::changes(&book.before, &report.outcome.findings);
    let cross = crossing::Crossing {
        book,
        checked,
        in_force,
        settings,
        scope,
        screen,
        files: &files,
        profile: profile.as_ref(),
        digest: &digest,
        columns: &columns,
    };
    let why = crossing::why(&cross, &changes)?;
    let sources = json!(report.run.sources).to_string();
    let held = (!is_same).then(|| digest.to_bytes());
    let new = NewRun {
        as_of: &report.run.as_of,
        program: &report.run.guiju,
        rules: &files,
        profile: profile.as_ref(),
        waivers: in_force.map(|w| w.text.as_str()),
        data: report.run.data.as_deref(),
        columns: &columns,
        scope: &book.scope,
        sources: &sources,
        counts: &counts(report),
        partial: report.is_partial(),
        seconds: report.run.seconds,
        held: held.as_deref(),
    };
    let previous = book.previous.as_ref().map(|run| run.id);
    let lookup = Lookup::new(&checked.store);
    let judged = seen::judged(checked, &lookup, scope)?;
    let seen = ledger::item::Seen {
        findings: &report.outcome.findings,
        judged: &judged,
        matter: &|finding| seen::matter(&lookup, finding),
        called: [&report.names.persons, &report.names.units],
    };
    Ok(ledger::record(&mut book.ledger, &book.moment.act(None), &new, previous, &changes, &why, &seen)?)
}

/// Whether the run before read the same bytes in the same way, and kept what the records held.
fn holds_the_same(book: &Book, checked: &Checked, files: &[Kept], profile: Option<&Kept>, columns: &str) -> Result<bool, Trouble> {
    let Some(previous) = &book.previous else { return Ok(false) };
    let run = &checked.report.run;
    let is_same = run.data.is_some()
        && (&run.data, run.guiju.as_str(), columns) == (&previous.data, previous.program.as_str(), previous.columns.as_str())
        && ledger::files_hash(files) == previous.rules
        && profile.map(|file| ledger::files_hash(std::slice::from_ref(file))) == previous.profile;
    Ok(is_same && ledger::is_held_at(&book.ledger, previous)?)
}

/// One line on what was recorded.
pub(super) fn told(recorded: &Recorded, screen: Screen) -> String {
    let compared = match recorded.previous {
        None => format!("首次，{} 个问题全部记入", recorded.came),
        Some(previous) => {
            format!("比第 {previous} 次 新增 {} · 变化 {} · 消失 {}", recorded.came, recorded.changed, recorded.gone)
        }
    };
    let items = match recorded.items {
        Some(0) => String::new(),
        Some(n) => format!("；整改事项 改动 {n} 项"),
        None => "；截至日期早于以前的运行，整改事项没有跟着改动".to_owned(),
    };
    format!("{}  第 {} 次运行已记入；{compared}{items}\n", screen.err.label("台账"), recorded.run)
}

/// The profile as the ledger keeps it.
fn profile(checked: &Checked) -> Option<Kept> {
    let source = &checked.rules.profile.as_ref()?.source;
    Some(Kept { path: "profile".to_owned(), name: source.name.clone(), text: source.text.clone() })
}

/// The rule files as the ledger keeps them.
fn kept(files: &Files) -> Vec<Kept> {
    let kept = |(path, source): (&str, &std::sync::Arc<crate::diagnostic::Source>)| Kept {
        path: path.to_owned(),
        name: source.name.clone(),
        text: source.text.clone(),
    };
    files.all().map(kept).collect()
}

/// What makes a series: runs over the same scope, with the same choice of rules, are compared.
fn scope_text(settings: &Settings, scope: &Scope) -> String {
    let sorted = |all: &[String]| {
        let mut all: Vec<String> = all.to_vec();
        all.sort();
        all.dedup();
        all
    };
    let day = |day: Option<crate::dates::Day>| day.map(|d| d.to_string());
    json!({
        "select": sorted(&settings.select), "ignore": sorted(&settings.ignore),
        "unit": scope.unit, "person": scope.person, "batch": scope.batch, "since": day(scope.since), "until": day(scope.until),
    })
    .to_string()
}

/// Findings and subjects by verdict.
fn counts(report: &Report) -> String {
    let mut findings: Map<String, Value> = Map::new();
    for verdict in Verdict::ALL.into_iter().filter(|v| v.is_finding()) {
        let n = report.outcome.findings.iter().filter(|f| f.verdict == verdict).count();
        findings.insert(verdict.word().to_owned(), Value::from(n));
    }
    let mut subjects: Map<String, Value> = Map::new();
    for (i, verdict) in Verdict::ALL.into_iter().enumerate() {
        let n: u64 = report.outcome.counts.iter().filter_map(|c| c.verdicts.get(i)).sum();
        subjects.insert(verdict.word().to_owned(), Value::from(n));
    }
    let waived = report.outcome.findings.iter().filter(|f| f.waived.is_some()).count();
    json!({"findings": findings, "waived": waived, "subjects": subjects}).to_string()
}
