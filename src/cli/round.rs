//! One round: check, waive, tell what is new, write the reports, record. Reports come before the record: a round whose reports could
//! not be written is not recorded, and the next tells the same news again.

use super::args::{Common, RuleFlags, ScopeFlags};
use super::args_ledger::KnownFlags;
use super::exit::Exit;
use super::newness::{self, Newness};
use super::night::Night;
use super::record::{self, Book};
use super::run;
use super::scope::{self, Scope};
use super::settings::{self, Gate, Screen, Settings};
use super::trouble::Trouble;
use super::waivers::{self, InForce};
use crate::ledger::Recorded;
use crate::report::Report;

/// What a round is made of.
pub(super) struct Round {
    /// Which rules over which records, on which day.
    pub settings: Settings,
    /// What is known already: as typed, else as `guiju.toml` says.
    pub known: KnownFlags,
    /// Which subjects.
    pub scope: Scope,
    newness: Newness,
    in_force: Option<InForce>,
    /// The ledger, if the round is to be recorded.
    pub book: Option<Book>,
    /// How a night judges; none: everybody is judged.
    pub night: Option<Night>,
    screen: Screen,
}

/// What was typed.
pub(super) struct Typed<'a> {
    pub sources: &'a [String],
    pub rules: &'a RuleFlags,
    pub as_of: Option<&'a str>,
    pub scope: &'a ScopeFlags,
    pub known: &'a KnownFlags,
    pub common: &'a Common,
}

/// Reads what was typed, the baseline and the waivers.
///
/// # Errors
/// Wrong usage, or a file that is wrong.
pub(super) fn prepare(typed: &Typed<'_>, screen: Screen) -> Result<Round, Trouble> {
    let settings = settings::settings(typed.sources, typed.rules, typed.as_of, typed.common)?.with_sources()?;
    let scope = scope::scope(typed.scope)?;
    let known = settings::known(typed.known, &settings.config);
    let newness = newness::newness(&known)?;
    let in_force = known.waivers.as_deref().map(waivers::read).transpose()?;
    Ok(Round { settings, known, scope, newness, in_force, book: None, night: None, screen })
}

impl Round {
    /// Opens the ledger, if one is given: other runs wait from here on.
    ///
    /// # Errors
    /// The ledger cannot be opened.
    pub(super) fn open(&mut self) -> Result<(), Trouble> {
        self.book = self.known.ledger.as_deref().map(|path| record::open(path, &self.settings, &self.scope, self.screen)).transpose()?;
        Ok(())
    }

    /// Checks, lets the reports be written, and records.
    ///
    /// # Errors
    /// Whatever keeps it from being done.
    pub(super) fn run(
        &mut self,
        gate: Gate,
        write: impl FnOnce(&Report) -> Result<(), Trouble>,
    ) -> Result<(Exit, Option<Recorded>, Report), Trouble> {
        let (settings, scope) = (&self.settings, &self.scope);
        let mut checked = run::check_by(settings, scope, self.screen, self.night.as_mut())?;
        if let Some(in_force) = &self.in_force {
            waivers::apply(in_force, &mut checked, settings, scope);
        }
        let known = self.newness.apply(&mut checked.report, self.book.as_ref(), scope);
        write(&checked.report)?;
        let exit = exit(&checked.report, gate);
        newness::restore(&mut checked.report, known);
        let in_force = self.in_force.as_ref();
        let recorded = match &mut self.book {
            Some(book) => Some(record::record(book, &checked, in_force, settings, scope, self.screen)?),
            None => None,
        };
        Ok((exit, recorded, checked.report))
    }
}

/// A partial run beats findings: what was not seen may hold worse.
pub(super) fn exit(report: &Report, gate: Gate) -> Exit {
    let found = report.outcome.findings.iter().any(|f| f.waived.is_none() && gate.fails(f.verdict));
    match (report.is_partial(), found) {
        (true, _) => Exit::Partial,
        (false, true) => Exit::Found,
        (false, false) => Exit::Clean,
    }
}
