//! From settings to records, rules and answers: the one place where the command line meets the engine.

use super::data_hash::{data_hash, data_hash_of};
use super::limits;
use super::night::Night;
use super::progress::Progress;
use super::scope::Scope;
use super::settings::{Screen, Settings};
use super::trouble::{Plain, Trouble};
use super::unseen;
use crate::dates::Day;
use crate::diagnostic::{Source, nearest};
use crate::engine::{self, Due, Options, Outcome, Trace, Verdict, trace};
use crate::ingest::{self, Asked, Keep, Mapping};
use crate::records::{Fate, FieldType, RowId, Schema, Store, TableId, Wanted};
use crate::report::{Demand, Names, PackRun, ProfileRun, Report, Run, starved};
use crate::rules::{self, Files, InForce, Loading, Profile, Rule, RuleSet};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Rules, and what they were made of.
pub(super) struct Rules {
    /// The rules.
    pub set: RuleSet,
    /// The files they were made of.
    pub files: Files,
    /// The profile in force.
    pub profile: Option<Profile>,
    /// `sha256:…` of all files.
    pub hash: String,
}

/// Loads the rules: the built-in ones, or a folder's, with the schema files that the settings add.
pub(super) fn rules(settings: &Settings) -> Result<Rules, Trouble> {
    if let Some(jobs) = settings.jobs {
        // Fails only if the pool exists already, and then its size is settled.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs)).build_global();
    }
    let mut files = match &settings.rules {
        None => Files::built_in(),
        Some(folder) => Files::folder(folder).map_err(|e| Trouble::Rules(Plain::new("rules::unreadable", e.to_string())))?,
    };
    for (i, path) in settings.schema.iter().enumerate() {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|e| Trouble::Rules(Plain::new("rules::unreadable", format!("读不了 {shown}：{}", super::output::reason(&e)))))?;
        // Schema files are read in order of path, the rules' own first.
        files.add_as(&format!("schema/{i:03}.schema.toml"), &shown.to_string(), &text);
    }
    let profile = settings.profile.as_deref().map(|path| profile(path, &mut files)).transpose()?;
    let mut hash = Sha256::new();
    let written = profile.as_ref().map(|p| ("profile", &p.source));
    for (path, source) in files.all().chain(written) {
        for piece in [path, source.text.as_str()] {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece.as_bytes());
        }
    }
    let set = rules::load_as(&files, &Loading { profile: profile.as_ref(), ..Loading::default() }).map_err(Trouble::Files)?;
    Ok(Rules { set, files, profile, hash: hex(&hash.finalize()) })
}

/// Reads a profile and mounts its packs.
fn profile(path: &Path, files: &mut Files) -> Result<Profile, Trouble> {
    let unreadable = |why: String| Trouble::Rules(Plain::new("profile::unreadable", why).help("核对 --profile 或者 guiju.toml 里的路径"));
    let text = Files::read_text(path).map_err(|e| unreadable(format!("读不了口径文件 {}：{}", e.path, e.why)))?;
    let source = Arc::new(Source { name: path.display().to_string(), text });
    rules::read_profile(&source, path.parent().unwrap_or(Path::new("")), files).map_err(Trouble::Files)
}

/// Reads the sources.
pub(super) fn records(settings: &Settings, schema: &Arc<Schema>, wanted: &Wanted, screen: Screen) -> Result<Store, Trouble> {
    let progress = Progress::new(screen.progress);
    let mapping = mapping(settings, schema)?;
    let asked = Asked { year: settings.year, now: Some(settings.as_of.to_ymd().0) };
    let read = ingest::read_asked(&settings.sources, mapping.as_ref(), asked, schema, wanted, &progress);
    progress.done();
    read.map_err(|error| Trouble::Records(Plain::new(error.code(), error.to_string()).help(error.advice())))
}

/// Reads the sources, and hashes their bytes.
pub(super) fn read(settings: &Settings, schema: &Arc<Schema>, wanted: &Wanted, screen: Screen) -> Result<(Store, Option<String>), Trouble> {
    let mapped_by = mapping(settings, schema)?.map(|m| m.source);
    // What was opened is closed once all is read.
    let mut open = Vec::new();
    // Hashing the files waits on the disk; reading them waits on the processor.
    let (store, data) = std::thread::scope(|threads| {
        let hash = threads.spawn(|| data_hash(&settings.sources, mapped_by.as_deref(), &mut open));
        let store = records(settings, schema, wanted, screen);
        (store, hash.join().ok().flatten())
    });
    Ok((store?, data))
}

/// Reads the sources with what was kept of the last time, and hashes their bytes. Also tells how many rows were read anew; none where
/// all were.
pub(super) fn read_again(
    settings: &Settings,
    schema: &Arc<Schema>,
    wanted: &Wanted,
    screen: Screen,
    keep: &Keep<'_>,
) -> Result<(Store, Option<String>, Option<u64>), Trouble> {
    if settings.mapping.is_some() || settings.sources.len() != 1 {
        return read(settings, schema, wanted, screen).map(|(store, data)| (store, data, None));
    }
    let progress = Progress::new(screen.progress);
    let asked = Asked { year: settings.year, now: Some(settings.as_of.to_ymd().0) };
    let read = ingest::read_again(&settings.sources, None, asked, schema, wanted, &progress, keep);
    progress.done();
    let (store, anew) = read.map_err(|error| Trouble::Records(Plain::new(error.code(), error.to_string()).help(error.advice())))?;
    let data = match (anew.hash, settings.sources.as_slice()) {
        (Some(bytes), [source]) => data_hash_of(source, bytes),
        _ => data_hash(&settings.sources, None, &mut Vec::new()),
    };
    Ok((store, data, anew.rows))
}

/// The mapping of the sources, if they have one.
///
/// # Errors
/// A file that cannot be read, or everything wrong in it.
pub(super) fn mapping(settings: &Settings, schema: &Schema) -> Result<Option<Mapping>, Trouble> {
    let Some(named) = settings.mapping.as_deref() else { return Ok(None) };
    if let Some(shipped) = ingest::shipped(named, schema) {
        return shipped.map(Some).map_err(Trouble::Files);
    }
    let path = Path::new(named);
    let text = Files::read_text(path).map_err(|e| {
        let plain = Plain::new("mapping::unreadable", format!("读不了映射文件 {}：{}", e.path, e.why));
        Trouble::Rules(plain.help(format!("核对 --mapping 或者 guiju.toml 里的路径；自带的映射有：{}", ingest::shipped_names().join("、"))))
    })?;
    let source = Arc::new(Source { name: path.display().to_string(), text });
    ingest::parse_mapping(&source, schema).map(Some).map_err(Trouble::Files)
}

/// Whether rows or cells were rejected.
pub(super) fn partial(store: &Store) -> bool {
    store.problems.iter().any(|p| p.fate != Fate::Noted)
}

/// A rule's code as the rules write it.
pub(super) fn known_code(rules: &RuleSet, code: &str) -> Result<String, Trouble> {
    let found = rules.rules.iter().find(|r| r.code.eq_ignore_ascii_case(code) || r.slug == code);
    found.map(|r| r.code.clone()).ok_or_else(|| unknown(rules, code))
}

/// Whether a rule is to run.
pub(super) fn selected(rule: &Rule, settings: &Settings) -> bool {
    let hit = |all: &[String]| all.iter().any(|s| names(rule, s));
    (settings.select.is_empty() || hit(&settings.select)) && !hit(&settings.ignore)
}

/// The same of a rule that is not in force.
pub(super) fn selects(settings: &Settings, code: &str, pack: &str) -> bool {
    let hit = |all: &[String]| all.iter().any(|s| rules::names_rule(s, code, pack));
    (settings.select.is_empty() || hit(&settings.select)) && !hit(&settings.ignore)
}

/// Refuses what names no rule in `--select` and `--ignore`.
pub(super) fn check_selectors(rules: &RuleSet, settings: &Settings) -> Result<(), Trouble> {
    let nothing = settings.select.iter().chain(&settings.ignore).find(|s| !rules.rules.iter().any(|r| names(r, s)));
    nothing.map_or(Ok(()), |s| Err(unknown(rules, s)))
}

/// The same where rules that are not in force are shown, too.
pub(super) fn check_selectors_or_off(rules: &RuleSet, settings: &Settings) -> Result<(), Trouble> {
    let off = |s: &str| rules.in_force.iter().flat_map(|f| &f.off).any(|off| rules::names_rule(s, &off.code, &off.pack));
    let nothing = settings.select.iter().chain(&settings.ignore).find(|s| !off(s) && !rules.rules.iter().any(|r| names(r, s)));
    nothing.map_or(Ok(()), |s| Err(unknown(rules, s)))
}

/// Whether a code, a prefix of codes or a pack names a rule.
fn names(rule: &Rule, selector: &str) -> bool {
    rules::names_rule(selector, &rule.code, &rule.pack)
}

fn unknown(rules: &RuleSet, wrong: &str) -> Trouble {
    let known: BTreeSet<&str> = rules.rules.iter().flat_map(|r| [r.code.as_str(), r.family.as_str(), r.pack.as_str()]).collect();
    let off = rules.in_force.iter().flat_map(|f| &f.off).find(|off| rules::names_rule(wrong, &off.code, &off.pack));
    if let Some(off) = off {
        let told = &off.told;
        let how = off.replaced_by.as_ref().map_or_else(|| "停用".to_owned(), |by| format!("由 {by} 代替"));
        let message = format!("规则“{wrong}”不在用：{}:{} {how}（{}）", told.file, told.line, told.reason);
        return Trouble::Usage(Plain::new("usage::unknown-rule", message).help("可用 guiju rules list --profile 查看在用的规则"));
    }
    let plain = Plain::new("usage::unknown-rule", format!("没有规则“{wrong}”"));
    let list = "可用 guiju rules list 查看全部规则";
    Trouble::Usage(match nearest(wrong, known) {
        Some(near) => plain.help(format!("是否想写“{near}”？{list}")),
        None => plain.help(list),
    })
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256:{digits}")
}

/// The columns that the chosen rules read.
fn wanted(rules: &Rules, chosen: &[usize]) -> Wanted {
    if chosen.len() == rules.set.rules.len() {
        return rules.set.wanted();
    }
    let files: Vec<&Arc<Source>> = chosen.iter().filter_map(|&i| rules.set.rules.get(i)).map(|r| &r.source).collect();
    let is_chosen = |path: &str| rules.files.get(path).is_some_and(|file| files.iter().any(|f| Arc::ptr_eq(f, file)));
    // All of them load, so some of them do.
    let how = Loading { wanted: &is_chosen, profile: rules.profile.as_ref(), ..Loading::default() };
    rules::load_as(&rules.files, &how).map_or_else(|_| rules.set.wanted(), |some| some.wanted())
}

/// What was found, and what it was found in and by.
pub(super) struct Checked {
    /// Everything a report says.
    pub report: Report,
    /// The rules.
    pub rules: Rules,
    /// The records.
    pub store: Store,
}

/// Checks the records: everything a report says.
pub(super) fn check(settings: &Settings, scope: &Scope, screen: Screen) -> Result<Checked, Trouble> {
    check_by(settings, scope, screen, None)
}

/// The same with what a night remembers.
pub(super) fn check_by(settings: &Settings, scope: &Scope, screen: Screen, mut night: Option<&mut Night>) -> Result<Checked, Trouble> {
    let begun = Instant::now();
    let rules = rules(settings)?;
    let chosen = chosen(&rules.set, settings)?;
    let mut wanted = wanted(&rules, &chosen);
    scope.want(&rules.set.schema, &mut wanted);
    limits::want(rules.set.in_force.as_ref(), &rules.set.schema, &mut wanted);
    let (mut store, data) = match &mut night {
        Some(night) => night.read(&rules, &wanted, settings, screen)?,
        None => read(settings, &rules.set.schema, &wanted, screen)?,
    };
    let outcome = judge_as(&rules.set, &store, &chosen, (settings, scope), screen, |options| match night {
        Some(night) => night.judge(&rules, &store, &chosen, (settings, scope), options),
        None => Ok(engine::check(&rules.set, &store, options)),
    })?;
    let run = Run {
        guiju: env!("CARGO_PKG_VERSION").to_owned(),
        rules: rules.hash.clone(),
        data,
        as_of: settings.as_of.to_string(),
        sources: settings.sources.iter().map(|s| ingest::shown_source(s)).collect(),
        profile: rules.set.in_force.as_ref().map(profile_run),
        rule_count: chosen.iter().filter_map(|&i| rules.set.rules.get(i)).map(|r| r.code.as_str()).collect::<BTreeSet<_>>().len(),
        seconds: begun.elapsed().as_secs_f64(),
    };
    let starved = starved(&outcome, &store);
    let names = Names::of(&outcome.findings, &store);
    let notices = unseen::unseen(&rules.set, &store, &chosen, (settings, scope));
    let (problems, tallies) = (std::mem::take(&mut store.problems), std::mem::take(&mut store.tallies));
    let (field_tallies, assumed_blank) = (std::mem::take(&mut store.field_tallies), std::mem::take(&mut store.assumed_blank));
    let report =
        Report { outcome, run, problems, tallies, field_tallies, assumed_blank, is_partly_read: true, notices, hidden: 0, starved, names };
    Ok(Checked { report, rules, store })
}

/// The profile as the report names it.
fn profile_run(in_force: &InForce) -> ProfileRun {
    let packs = in_force.packs.iter();
    ProfileRun {
        title: in_force.title.clone(),
        file: in_force.file.clone(),
        packs: packs.map(|p| PackRun { name: p.name.clone(), title: p.title.clone(), layer: p.layer.word().to_owned() }).collect(),
        limits: in_force.limits.len(),
    }
}

/// Runs the chosen rules over the rows in scope.
pub(super) fn judge(
    rules: &RuleSet,
    store: &Store,
    chosen: &[usize],
    settings: &Settings,
    scope: &Scope,
    screen: Screen,
) -> Result<Outcome, Trouble> {
    judge_as(rules, store, chosen, (settings, scope), screen, |options| Ok(engine::check(rules, store, options)))
}

/// The same in a way of one's own.
fn judge_as(
    rules: &RuleSet,
    store: &Store,
    chosen: &[usize],
    (settings, scope): (&Settings, &Scope),
    screen: Screen,
    how: impl FnOnce(&Options<'_>) -> Result<Outcome, Trouble>,
) -> Result<Outcome, Trouble> {
    let rows = scope.rows(store)?;
    let limits = limits::limits(rules.in_force.as_ref(), store)?;
    let progress = Progress::new(screen.progress);
    progress.say("核查");
    let judged = |n: u64| progress.judged(n);
    let options = Options {
        rules: Some(chosen),
        scope: rows.as_deref(),
        limits: limits.as_deref(),
        since: scope.since,
        until: scope.until,
        progress: Some(&judged),
        ..Options::on(settings.as_of)
    };
    let outcome = how(&options);
    progress.done();
    outcome
}

/// The rules to run, by their place in the set.
///
/// # Errors
/// A selector that names no rule, or none is left.
pub(super) fn chosen(rules: &RuleSet, settings: &Settings) -> Result<Vec<usize>, Trouble> {
    check_selectors(rules, settings)?;
    let chosen: Vec<usize> = rules.rules.iter().enumerate().filter(|(_, r)| selected(r, settings)).map(|(i, _)| i).collect();
    if chosen.is_empty() {
        // A run of no rule finds nothing, which must not pass for records in order.
        let said = Plain::new("usage::no-rules", "没有要执行的规则：--select 选中的都被 --ignore 略去了，或者都已停用");
        return Err(Trouble::Usage(said.help("用 guiju rules list 看有哪些规则")));
    }
    Ok(chosen)
}

/// What falls due from the day asked on to `until`.
pub(super) fn due(settings: &Settings, scope: &Scope, until: Day, screen: Screen) -> Result<(Store, Due), Trouble> {
    let rules = rules(settings)?.set;
    let chosen = chosen(&rules, settings)?;
    let mut wanted = rules.wanted();
    scope.want(&rules.schema, &mut wanted);
    limits::want(rules.in_force.as_ref(), &rules.schema, &mut wanted);
    let store = records(settings, &rules.schema, &wanted, screen)?;
    let due = {
        let rows = scope.rows(&store)?;
        let limits = limits::limits(rules.in_force.as_ref(), &store)?;
        let options = Options {
            rules: Some(&chosen),
            scope: rows.as_deref(),
            limits: limits.as_deref(),
            since: scope.since,
            until: scope.until,
            ..Options::on(settings.as_of)
        };
        engine::due(&rules, &store, &options, until)
    };
    Ok((store, due))
}

/// The key of a table nearest to one that it does not hold.
pub(super) fn near_key<'s>(store: &'s Store, table: TableId, wrong: &str) -> Option<&'s str> {
    let rows = store.rows(table);
    let near = nearest(wrong, (0..rows.len).filter(|&r| RowId::try_from(r).is_ok_and(|r| !rows.is_ghost(r))).map(|r| rows.keys.get(r)));
    // Codes are alike by nature: one letter out of two says nothing.
    near.filter(|key| strsim::normalized_damerau_levenshtein(wrong, key) >= ALIKE)
}

/// From what likeness on (0 to 1) one code may be meant for another.
const ALIKE: f64 = 0.6;

/// How a matter stands with every chosen rule that is asked of it or of a row that belongs to it.
///
/// # Errors
/// A unit or post of the profile that the records do not hold.
pub(super) fn demands(rules: &RuleSet, store: &Store, settings: &Settings, cases: TableId, case: RowId) -> Result<Vec<Demand>, Trouble> {
    let limits = limits::limits(rules.in_force.as_ref(), store)?;
    let mut demands = Vec::new();
    let zh = |t: TableId| store.schema.tables.get(t).map_or("", |def| def.zh.as_str());
    for rule in rules.rules.iter().filter(|r| selected(r, settings)) {
        let rows = rows_of_case(store, rule.subject, cases, case);
        for row in rows.into_iter().filter(|&row| limits.as_ref().is_none_or(|l| l(rule, row))) {
            let label = (rule.subject != cases).then(|| format!("{} {}", zh(rule.subject), store.key(rule.subject, row)));
            demands.extend(trace(rules, store, settings.as_of, rule, row).into_iter().map(|t| demand(t, label.clone())));
        }
    }
    Ok(demands)
}

fn demand(trace: Trace, row: Option<String>) -> Demand {
    let settled = matches!(trace.verdict, Verdict::Compliant | Verdict::NotApplicable);
    let act = trace.verdict.is_finding() && trace.verdict != Verdict::Warning;
    Demand {
        verdict: trace.verdict,
        code: trace.code,
        title: trace.title,
        part: trace.part,
        row,
        // Why there is no finding is said by the heading it stands under.
        message: if trace.verdict.is_finding() || trace.verdict == Verdict::Failed { trace.message } else { String::new() },
        due: trace.due.filter(|_| !settled),
        remedy: if act { trace.remedy } else { String::new() },
    }
}

/// The rows of a table that are the matter, or belong to it.
fn rows_of_case(store: &Store, table: TableId, cases: TableId, case: RowId) -> Vec<RowId> {
    if table == cases {
        return vec![case];
    }
    let Some(def) = store.schema.tables.get(table) else { return Vec::new() };
    let mut rows: Vec<RowId> = Vec::new();
    for (f, _) in def.fields.iter().enumerate().filter(|(_, field)| field.ty == FieldType::Ref(cases)) {
        rows.extend(store.link(table, f).into_iter().flat_map(|link| link.children(case)));
    }
    rows.retain(|&row| store.rows(table).is_sound(row));
    rows.sort_unstable();
    rows.dedup();
    rows
}
