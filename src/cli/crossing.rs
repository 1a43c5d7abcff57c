//! Why findings came or went: the new records are judged by the old rules and on the old day, and what then differs tells.

use super::limits;
use super::record::Book;
use super::run::{self, Checked};
use super::scope::Scope;
use super::settings::{Screen, Settings};
use super::trouble::Trouble;
use super::waivers::{self, InForce};
use crate::dates::Day;
use crate::diagnostic::Source;
use crate::engine::Finding;
use crate::ingest;
use crate::ledger::{self, Cause, Causes, Changes, Corners, Kept, Known, Records, RunRow, Standing, State, Waiver};
use crate::records::{Depth, Digest, Lookup, Store};
use crate::rules::{self, Files, Loading, RuleSet};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What the crossing is made of.
pub(super) struct Crossing<'a> {
    pub book: &'a Book,
    pub checked: &'a Checked,
    /// The waivers of this run.
    pub in_force: Option<&'a InForce>,
    pub settings: &'a Settings,
    pub scope: &'a Scope,
    pub screen: Screen,
    /// The rule files of this run.
    pub files: &'a [Kept],
    /// The profile of this run.
    pub profile: Option<&'a Kept>,
    /// What the records hold now.
    pub digest: &'a Digest,
    /// The hash of the names of the columns read.
    pub columns: &'a str,
}

type States = BTreeMap<String, State>;

/// How the findings concerned stand at the corners that had to be judged; none where a corner is that of another.
struct Judged {
    records: States,
    rules: States,
    day: States,
}

/// The causes of everything that came, changed or went, by fingerprint.
pub(super) fn why(cross: &Crossing<'_>, changes: &Changes<'_>) -> Result<BTreeMap<String, Causes>, Trouble> {
    let came = changes.came.iter().map(|f| f.fingerprint.clone());
    let Some(previous) = &cross.book.previous else {
        return Ok(came.map(|f| (f, Causes::only(Cause::First))).collect());
    };
    let subjects = subjects(cross, changes)?;
    if subjects.is_empty() {
        return Ok(BTreeMap::new());
    }
    let now = ledger::states(&cross.checked.report.outcome.findings);
    let codes: BTreeSet<&str> = subjects.values().map(|s| s.code.as_str()).collect();
    let judged = judge(cross, previous, &codes, &now)?;
    let records = Compared::new(cross, previous)?;
    let other_program = previous.program != cross.checked.report.run.guiju;
    let mut why = BTreeMap::new();
    for (fingerprint, subject) in &subjects {
        let known = Known { records: records.of(cross, subject), other_program };
        let at = |states: &'_ States| states.get(fingerprint).cloned();
        let before = cross.book.before.get(fingerprint).map(|s| s.state.clone());
        let after = at(&now);
        let causes = match &judged {
            Some(judged) => {
                let [records, rules, day] = [&judged.records, &judged.rules, &judged.day].map(at);
                let corners = Corners {
                    before: before.as_ref(),
                    records: records.as_ref(),
                    rules: rules.as_ref(),
                    day: day.as_ref(),
                    now: after.as_ref(),
                };
                ledger::causes(&corners, known, State::same_judged)
            }
            None => uncrossed(cross, previous, known),
        };
        why.insert(fingerprint.clone(), causes);
    }
    for (finding, stood) in &changes.changed {
        if stood.state.waived != finding.waived.is_some() {
            let judged = why.remove(&finding.fingerprint).unwrap_or_default();
            let causes = waived_otherwise(cross, previous, finding)?;
            why.insert(finding.fingerprint.clone(), judged.and(causes));
        }
    }
    Ok(why)
}

/// Whom or what a finding that differs is about.
struct Subject {
    code: String,
    table: String,
    key: String,
    person: Option<String>,
    unit: Option<String>,
}

fn subjects(cross: &Crossing<'_>, changes: &Changes<'_>) -> Result<BTreeMap<String, Subject>, Trouble> {
    let seen = changes.came.iter().copied().chain(changes.changed.iter().map(|(f, _)| *f));
    let of = |f: &Finding| Subject {
        code: f.code.clone(),
        table: f.subject.table.clone(),
        key: f.subject.id.clone(),
        person: f.person_id.clone(),
        unit: f.unit_id.clone(),
    };
    let mut all: BTreeMap<String, Subject> = seen.map(|f| (f.fingerprint.clone(), of(f))).collect();
    for (fingerprint, stood) in &changes.gone {
        all.insert(fingerprint.clone(), gone(cross, stood)?);
    }
    Ok(all)
}

fn gone(cross: &Crossing<'_>, stood: &Standing) -> Result<Subject, Trouble> {
    let body = ledger::body(&cross.book.ledger, stood.sight)?;
    let id = |name: &str| body["finding"][name].as_str().map(str::to_owned);
    Ok(Subject {
        code: stood.code.clone(),
        table: stood.table.clone(),
        key: stood.key.clone(),
        person: id("person_id"),
        unit: id("unit_id"),
    })
}

/// Judges the corners, as far as they differ. None where the old rules are not to be had, or the records cannot be read again.
fn judge(cross: &Crossing<'_>, previous: &RunRow, codes: &BTreeSet<&str>, now: &States) -> Result<Option<Judged>, Trouble> {
    let same_rules = is_ruled_alike(cross, previous);
    let Ok(old_day) = previous.as_of.parse::<Day>() else { return Ok(None) };
    let day = cross.settings.as_of;
    let (new_rules, store) = (&cross.checked.rules.set, &cross.checked.store);
    let rules = if old_day == day { now.clone() } else { found(cross, new_rules, store, codes, old_day)? };
    if same_rules {
        return Ok(Some(Judged { records: rules.clone(), rules, day: now.clone() }));
    }
    // Standard input is read once, and a server may hold other records by now.
    if cross.settings.sources.iter().any(|s| s == "-" || ingest::is_server(s)) {
        return Ok(None);
    }
    let Some(old_rules) = old_rules(cross, previous)? else { return Ok(None) };
    // With the columns and codes that the old rules know.
    let mut wanted = old_rules.wanted();
    cross.scope.want(&old_rules.schema, &mut wanted);
    limits::want(old_rules.in_force.as_ref(), &old_rules.schema, &mut wanted);
    let Ok(old_store) = run::records(cross.settings, &old_rules.schema, &wanted, cross.screen) else { return Ok(None) };
    let on_new_day = found(cross, &old_rules, &old_store, codes, day)?;
    let records = if old_day == day { on_new_day.clone() } else { found(cross, &old_rules, &old_store, codes, old_day)? };
    Ok(Some(Judged { records, rules, day: on_new_day }))
}

fn old_rules(cross: &Crossing<'_>, previous: &RunRow) -> Result<Option<RuleSet>, Trouble> {
    let Some(kept) = ledger::rules_of(&cross.book.ledger, previous)? else { return Ok(None) };
    let mut files = Files::default();
    for file in kept {
        files.add_as(&file.path, &file.name, &file.text);
    }
    let kept = ledger::profile_of(&cross.book.ledger, previous)?;
    if kept.is_none() && previous.profile.is_some() {
        return Ok(None);
    }
    // What an earlier program understood, this one may not.
    let Some(kept) = kept else { return Ok(rules::load(&files).ok()) };
    let source = Arc::new(Source { name: kept.name, text: kept.text });
    let folder = Path::new(&source.name).parent().unwrap_or(Path::new("")).to_owned();
    let Ok(profile) = rules::recall_profile(&source, &folder, &mut files) else { return Ok(None) };
    Ok(rules::load_as(&files, &Loading { profile: Some(&profile), ..Loading::default() }).ok())
}

/// Whether the rules and the profile are those of the run before.
fn is_ruled_alike(cross: &Crossing<'_>, previous: &RunRow) -> bool {
    let profile = cross.profile.map(|file| ledger::files_hash(std::slice::from_ref(file)));
    previous.rules == ledger::files_hash(cross.files) && previous.profile == profile
}

/// How the findings of some rules stand on a day.
fn found(cross: &Crossing<'_>, set: &RuleSet, store: &Store, codes: &BTreeSet<&str>, day: Day) -> Result<States, Trouble> {
    let concerned = set.rules.iter().enumerate().filter(|(_, r)| run::selected(r, cross.settings) && codes.contains(r.code.as_str()));
    let concerned: Vec<usize> = concerned.map(|(i, _)| i).collect();
    let settings = Settings { as_of: day, ..cross.settings.clone() };
    let outcome = run::judge(set, store, &concerned, &settings, cross.scope, cross.screen)?;
    Ok(ledger::states(&outcome.findings))
}

/// Why a finding is waived now and was not, or the other way: the old waivers today, and the new ones on the old day, tell. Where
/// neither does, the finding itself changed.
fn waived_otherwise(cross: &Crossing<'_>, previous: &RunRow, finding: &Finding) -> Result<Causes, Trouble> {
    let old = previous.waivers.as_deref().map(|hash| ledger::text_of(&cross.book.ledger, hash)).transpose()?.flatten();
    let old = old.and_then(|text| waivers::parse(String::new(), text).ok());
    let lookup = Lookup::new(&cross.checked.store);
    // A waiver granted since the run before is new: that it was not granted yet on the old day says nothing more.
    let granted = |w: &Waiver| old.as_ref().is_some_and(|old| old.waivers.list.contains(w));
    let holds = |in_force: Option<&InForce>, day: Day| {
        let about = |f: &Finding| waivers::about(&lookup, f);
        let holding = |w: &Waiver| {
            let day = if granted(w) { day } else { day.max(w.approved) };
            ledger::refusal(w, finding, day, waivers::caps(&cross.checked.rules.set)).is_none()
                && !ledger::named_by(w, std::slice::from_ref(finding), &about).is_empty()
        };
        in_force.is_some_and(|all| all.waivers.list.iter().any(holding))
    };
    let now = finding.waived.is_some();
    let Ok(old_day) = previous.as_of.parse::<Day>() else { return Ok(Causes::default()) };
    let needs_waivers = holds(old.as_ref(), cross.settings.as_of) != now;
    let needs_day = holds(cross.in_force, old_day) != now;
    let mut causes = Causes::default();
    if needs_waivers {
        causes.proved.push(Cause::Waivers);
    }
    if needs_day && old_day != cross.settings.as_of {
        causes.proved.push(Cause::Time);
    }
    // Each alone would have done it.
    let judged_same = cross.book.before.get(&finding.fingerprint).is_some_and(|stood| stood.state.same_judged(&State::of(finding)));
    if causes.proved.is_empty() && judged_same {
        causes.proved = vec![Cause::Time, Cause::Waivers];
    }
    causes.proved.sort();
    Ok(causes)
}

/// Without a crossing only what is left when all else is ruled out is proved.
fn uncrossed(cross: &Crossing<'_>, previous: &RunRow, known: Known) -> Causes {
    let mut open = Vec::new();
    if known.records != Records::Same {
        open.push(Cause::Data);
    }
    if !is_ruled_alike(cross, previous) {
        open.push(Cause::Rules);
    }
    if previous.as_of != cross.checked.report.run.as_of {
        open.push(Cause::Time);
    }
    if known.other_program {
        open.push(Cause::Program);
    }
    match open.as_slice() {
        [only] => Causes::only(*only),
        _ => Causes { proved: Vec::new(), possible: open },
    }
}

/// What the records hold, compared with what they held.
struct Compared {
    /// All of it is shown to be the same.
    same: bool,
    /// What they held; none where it cannot be compared.
    old: Option<Digest>,
}

impl Compared {
    fn new(cross: &Crossing<'_>, previous: &RunRow) -> Result<Self, Trouble> {
        let data = &cross.checked.report.run.data;
        let same_bytes = data.is_some() && previous.data == *data;
        let old = if previous.columns == cross.columns { ledger::held_at(&cross.book.ledger, previous)? } else { None };
        let old = old.and_then(|bytes| Digest::from_bytes(&bytes));
        let same = same_bytes || old.as_ref().is_some_and(|old| old.whole().is_some() && old.whole() == cross.digest.whole());
        Ok(Self { same, old })
    }

    fn of(&self, cross: &Crossing<'_>, subject: &Subject) -> Records {
        if self.same {
            return Records::Same;
        }
        let Some(old) = &self.old else { return Records::Unknown };
        // unit×level is of the unit.
        let (table, key) = match subject.key.split_once('/') {
            Some((unit, _)) if subject.table == "quota" => ("unit", unit),
            _ => (subject.table.as_str(), subject.key.as_str()),
        };
        if key == "*" {
            return Records::Changed;
        }
        let held = |digest: &Digest, table: &str, key: &str, depth| digest.get(table, key, depth);
        match (held(old, table, key, Depth::Row), held(cross.digest, table, key, Depth::Row)) {
            (None, Some(_)) | (Some(_), None) => return Records::Other,
            _ => {}
        }
        // A rule that names units may read all of one.
        let rule = cross.checked.rules.set.rules.iter().find(|r| r.code == subject.code);
        let of_unit = if rule.is_none_or(|r| r.source.text.contains("unit_id")) { Depth::Everything } else { Depth::Row };
        let person = subject.person.as_deref().map(|p| ("person", p, Depth::Everything));
        let unit = subject.unit.as_deref().map(|u| ("unit", u, if table == "unit" { Depth::Everything } else { of_unit }));
        let chain = [Some((table, key, Depth::Everything)), person, unit];
        let mut known = false;
        for (table, key, depth) in chain.into_iter().flatten() {
            let (was, is) = (held(old, table, key, depth), held(cross.digest, table, key, depth));
            if was != is {
                return Records::Changed;
            }
            known |= was.is_some();
        }
        if known { Records::Same } else { Records::Unknown }
    }
}
