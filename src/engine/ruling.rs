//! What a rule says of a subject, and of each part of it.

use super::probe::{Lack, Watched};
use super::value::Span;
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::{FieldId, RowId, TableId};
use crate::rules::DayUnit;

/// What a rule says of one subject, or of one part of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ruling {
    /// The version that judged.
    pub version: usize,
    /// What tells it apart.
    pub part: Option<String>,
    /// The year, for yearly rules.
    pub year: Option<i32>,
    /// What is added to the subject's id, for rules over a unit's levels.
    pub under: Option<String>,
    /// Whether it is not known that the rule applies.
    pub unsure: bool,
    /// The verdict.
    pub verdict: Option<Verdict>,
    /// The sentence.
    pub message: String,
    /// Actual less required.
    pub days: Option<i64>,
    /// What the days count.
    pub unit: Option<DayUnit>,
    /// The due date, with its precision.
    pub due: Option<Span>,
    /// What was lacking when this was decided.
    pub lacks: Vec<Lack>,
    /// The cells it rests on.
    pub evidence: Vec<(TableId, RowId, FieldId)>,
    /// The day of the matter that set a deadline running, where something was to be done by then.
    pub matter: Option<Day>,
    /// With which step of the trace its part begins.
    pub step: usize,
}

/// What judging one subject comes to.
#[derive(Clone, Debug, Default)]
pub struct Rulings {
    /// How many parts had each verdict, in the order of [`Verdict::ALL`].
    pub counts: [u32; 8],
    /// Each part, kept when somebody watches.
    pub list: Vec<Ruling>,
    /// The rule failed, and why.
    pub failure: Option<String>,
    /// It failed because its script used up all the steps that it may take.
    pub exhausted: bool,
    /// The date by which the law is cited.
    pub anchor: Option<Day>,
    /// The date by which it is cited where there is no anchor.
    pub begun: Option<Day>,
}

impl Rulings {
    /// Forgets everything, for the next subject.
    pub fn clear(&mut self) {
        self.counts = [0; 8];
        self.list.clear();
        self.failure = None;
        self.exhausted = false;
        self.anchor = None;
        self.begun = None;
    }

    /// The day of the law that is cited; none where nothing says it.
    pub fn cited(&self) -> Option<Day> {
        self.anchor.or(self.begun)
    }

    /// Whether anything was found.
    pub fn found(&self) -> bool {
        let [breach, advice, unverified, warning, ..] = self.counts;
        breach + advice + unverified + warning > 0
    }

    /// The verdict of the whole subject: the weightiest of its parts.
    pub fn verdict(&self) -> Verdict {
        if self.failure.is_some() {
            return Verdict::Failed;
        }
        let weighty = Verdict::ALL.into_iter().zip(self.counts).find(|(_, n)| *n > 0);
        weighty.map_or(Verdict::NotApplicable, |(v, _)| v)
    }

    /// Adds a ruling.
    pub(super) fn add(&mut self, ruling: Ruling, keep: bool) {
        let Some(verdict) = ruling.verdict else { return };
        self.count(verdict);
        if keep {
            self.list.push(ruling);
        }
    }

    #[inline]
    pub(super) fn count(&mut self, verdict: Verdict) {
        if let Some(count) = self.counts.get_mut(verdict as usize) {
            *count += 1;
        }
    }

    /// Adds a verdict; the ruling around it is only made when it is kept.
    #[inline]
    pub(super) fn tell<P: Watched>(&mut self, verdict: Verdict, ruling: impl FnOnce() -> Ruling) {
        self.count(verdict);
        if P::KEEPS {
            self.list.push(Ruling { verdict: Some(verdict), ..ruling() });
        }
    }

    /// The script used up its steps.
    pub(super) fn exhaust(&mut self, why: String) {
        self.failure = Some(why);
        self.exhausted = true;
    }
}
