//! One rule on one subject: which version, whether it applies, whether it is met, and what is said when it is not.

use super::eval::{Eval, Val};
use super::probe::{Lack, Probe};
use super::say::{Facts, say};
use super::value::{Span, Truth};
use super::verdict::Verdict;
use crate::dates::Day;
use crate::records::RowId;
use crate::rules::ir::{Message, Template};
use crate::rules::{Body, Check, DayUnit, Days, Each, Grade, Rule, Severity, Version};

/// What a rule says of one subject, or of one part of it.
#[derive(Clone, Debug, Default)]
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
    pub evidence: Vec<(crate::records::TableId, RowId, crate::records::FieldId)>,
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
}

impl Rulings {
    /// Forgets everything, for the next subject.
    pub fn clear(&mut self) {
        self.counts = [0; 8];
        self.list.clear();
        self.failure = None;
        self.exhausted = false;
        self.anchor = None;
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
}

/// Judges a rule on a row of its subject table.
pub fn judge<P: Watched>(eval: &mut Eval<'_, P>, rule: &Rule, subject: RowId, out: &mut Rulings) {
    let rows = eval.cx.store.rows(rule.subject);
    if rows.is_void(subject) {
        out.tell::<P>(Verdict::NotApplicable, Ruling::default);
        return;
    }
    eval.begin(subject);
    let anchor = rule.anchor.map_or(Span::ABSENT, |node| eval.span(node));
    if !anchor.is_absent() && !anchor.is_unknown() {
        out.anchor = i32::try_from(anchor.lo).ok().map(Day);
    }
    // A row that exists only if an imprecise join does not hold: all it says is open.
    let exists = if rows.is_doubtful(subject) { Truth::Unknown } else { Truth::True };
    let mark = eval.probe.lacking();
    let candidates = versions(rule, anchor);
    match candidates {
        Candidates::One(version) => {
            eval.probe.forget_lacks(mark);
            judge_parts(eval, rule, version, subject, exists, out);
        }
        Candidates::None => out.tell::<P>(Verdict::NotApplicable, Ruling::default),
        Candidates::NotYet => {
            // No anchor: not applicable if the rule asks nothing of the subject in any case, else not yet.
            let applies = rule.versions.last().map_or(Truth::True, |v| applies(eval, v, exists));
            let verdict = if applies == Truth::False { Verdict::NotApplicable } else { Verdict::Pending };
            out.tell::<P>(verdict, Ruling::default);
        }
        Candidates::Several(versions, gap) => undecided_version(eval, rule, &versions, gap, subject, exists, out),
    }
}

/// A cell by its numbers.
type Place = (crate::records::TableId, RowId, crate::records::FieldId);

/// A probe whose list of what is lacking can be asked and cut back. One that watches nothing lacks nothing.
pub trait Watched: Probe {
    /// Whether each ruling is kept, not only counted.
    const KEEPS: bool = Self::WATCH;
    /// How many things are lacking.
    fn lacking(&self) -> usize {
        0
    }
    /// Forgets what was lacking since a mark.
    fn forget_lacks(&mut self, _: usize) {}
    /// What has been lacking since a mark.
    fn lacks_since(&self, _: usize) -> Vec<Lack> {
        Vec::new()
    }
    /// Forgets the cells read so far.
    fn clear_evidence(&mut self) {}
    /// The cells read since.
    fn evidence(&self) -> Vec<Place> {
        Vec::new()
    }
}

impl Watched for super::probe::Blind {}

impl Watched for super::probe::Noting {
    const KEEPS: bool = true;
}

impl Watched for super::probe::Assuming {
    const KEEPS: bool = true;
}

impl Watched for super::probe::Watcher {
    fn lacking(&self) -> usize {
        self.lacks.len()
    }
    fn forget_lacks(&mut self, mark: usize) {
        self.lacks.truncate(mark);
    }
    fn lacks_since(&self, mark: usize) -> Vec<Lack> {
        self.lacks.get(mark..).unwrap_or_default().to_vec()
    }
    fn clear_evidence(&mut self) {
        self.evidence.clear();
    }
    fn evidence(&self) -> Vec<Place> {
        self.evidence.clone()
    }
}

/// The versions that an anchor may pick.
enum Candidates {
    One(usize),
    /// Some of these; and whether on some days none is in force.
    Several(Vec<usize>, bool),
    /// None in force on that day.
    None,
    /// There is no anchor (yet).
    NotYet,
}

fn versions(rule: &Rule, anchor: Span) -> Candidates {
    if !rule.dated {
        return if rule.versions.is_empty() { Candidates::None } else { Candidates::One(0) };
    }
    if anchor.is_absent() {
        return Candidates::NotYet;
    }
    let bounds = |v: &Version| (v.from.map_or(i64::MIN, |d| i64::from(d.0)), v.until.map_or(i64::MAX, |d| i64::from(d.0)));
    let reaches = |i: &usize| {
        let (from, until) = bounds(&rule.versions[*i]);
        from <= anchor.hi && anchor.lo <= until
    };
    let mut reaching = (0..rule.versions.len()).filter(reaches);
    // Nearly always one, and the whole of the anchor in it.
    if let (Some(one), None) = (reaching.next(), reaching.next())
        && bounds(&rule.versions[one]).0 <= anchor.lo
        && anchor.hi <= bounds(&rule.versions[one]).1
    {
        return Candidates::One(one);
    }
    let reached: Vec<usize> = (0..rule.versions.len()).filter(reaches).collect();
    // Days of the anchor that no version covers.
    let mut uncovered = anchor.lo;
    for &i in &reached {
        let (from, until) = bounds(&rule.versions[i]);
        if from > uncovered {
            return Candidates::Several(reached, true);
        }
        uncovered = until.saturating_add(1);
    }
    let gap = uncovered <= anchor.hi && uncovered != i64::MAX;
    match (reached.as_slice(), gap) {
        ([], _) => Candidates::None,
        ([one], false) => Candidates::One(*one),
        _ => Candidates::Several(reached, gap),
    }
}

/// The anchor does not decide the version: each is tried; what comes out the same in all stands, else it is 待核.
fn undecided_version<P: Watched>(
    eval: &mut Eval<'_, P>,
    rule: &Rule,
    versions: &[usize],
    gap: bool,
    subject: RowId,
    exists: Truth,
    out: &mut Rulings,
) {
    let mut tried: Vec<Rulings> = Vec::new();
    for &version in versions {
        let mut one = Rulings::default();
        eval.forget();
        judge_parts(eval, rule, version, subject, exists, &mut one);
        tried.push(one);
    }
    let first = tried.first().map(|r| r.counts);
    let same = tried.iter().all(|r| Some(r.counts) == first);
    let found = tried.iter().any(Rulings::found);
    if same && !(gap && found) {
        let failure = tried.iter_mut().find_map(|r| r.failure.take());
        let exhausted = tried.iter().any(|r| r.exhausted);
        if let Some(mut one) = tried.into_iter().next() {
            out.counts = one.counts;
            out.list.append(&mut one.list);
            out.failure = failure;
            out.exhausted = exhausted;
        }
        return;
    }
    if !found {
        out.tell::<P>(Verdict::Pending, Ruling::default);
        return;
    }
    let mark = eval.probe.lacking();
    if let Some(anchor) = rule.anchor {
        eval.span(anchor);
    }
    let version = versions.first().copied().unwrap_or(0);
    let lacks = eval.probe.lacks_since(mark);
    out.add(Ruling { version, verdict: Some(Verdict::Unverified), lacks, ..Ruling::default() }, P::KEEPS);
}

fn applies<P: Watched>(eval: &mut Eval<'_, P>, version: &Version, exists: Truth) -> Truth {
    version.when.map_or(exists, |when| exists.and(eval.truth(when)))
}

/// Judges each part of the subject under one version.
fn judge_parts<P: Watched>(eval: &mut Eval<'_, P>, rule: &Rule, version: usize, subject: RowId, exists: Truth, out: &mut Rulings) {
    let Some(law) = rule.versions.get(version) else { return };
    let doubtful = eval.cx.store.rows(rule.subject).is_doubtful(subject).then_some((rule.subject, subject));
    match &rule.each {
        None => judge_one(eval, law, version, exists, Label { doubtful, ..Label::default() }, out),
        Some(Each::Rows { rows, table, slot, part }) => {
            let set = crate::rules::ir::Set { rows: *rows, table: *table, slot: *slot, cond: None };
            let Some(list) = eval.ordered(&set) else {
                let lacks = eval.probe.lacks_since(0);
                out.add(Ruling { version, verdict: Some(Verdict::Unverified), lacks, ..Ruling::default() }, P::KEEPS);
                return;
            };
            for (row, counts) in list {
                eval.begin(subject);
                eval.bind_row(*slot, row);
                let part = part.as_ref().map(|p| say(eval, p, &Facts::default()));
                judge_one(eval, law, version, exists.and(counts), Label { part, doubtful, ..Label::default() }, out);
            }
        }
        Some(Each::List { list, var, year, under, part }) => {
            let Some(elements) = eval.elements(*list) else {
                let lacks = eval.probe.lacks_since(0);
                out.add(Ruling { version, verdict: Some(Verdict::Unverified), lacks, ..Ruling::default() }, P::KEEPS);
                return;
            };
            for element in elements {
                eval.begin(subject);
                eval.bind_var(*var, element);
                let number = match element {
                    Val::Span(s) if *year => i32::try_from(s.lo).ok(),
                    _ => None,
                };
                let part = part.as_ref().map(|p| say(eval, p, &Facts::default()));
                let under = under.as_ref().map(|(_, element)| say(eval, element, &Facts::default()));
                judge_one(eval, law, version, exists, Label { part, year: number, under, doubtful }, out);
            }
        }
    }
    if out.counts.iter().all(|n| *n == 0) && out.failure.is_none() {
        out.add(Ruling { version, verdict: Some(Verdict::NotApplicable), ..Ruling::default() }, P::KEEPS);
    }
}

/// What tells a part apart.
#[derive(Default)]
struct Label {
    part: Option<String>,
    year: Option<i32>,
    under: Option<String>,
    /// The subject, where it may not exist.
    doubtful: Option<(crate::records::TableId, RowId)>,
}

impl Label {
    /// A ruling of this part, still without a verdict.
    fn ruling(&self, version: usize) -> Ruling {
        Ruling { version, part: self.part.clone(), year: self.year, under: self.under.clone(), ..Ruling::default() }
    }
}

fn judge_one<P: Watched>(eval: &mut Eval<'_, P>, law: &Version, version: usize, exists: Truth, label: Label, out: &mut Rulings) {
    let mark = eval.probe.lacking();
    if let Some((table, subject)) = label.doubtful {
        eval.lack_joining(table, subject);
    }
    let applies = applies(eval, law, exists);
    if applies == Truth::False {
        return out.tell::<P>(Verdict::NotApplicable, || label.ruling(version));
    }
    let reached = law.once.map_or(Truth::True, |once| eval.truth(once));
    if reached == Truth::False {
        return out.tell::<P>(Verdict::Pending, || label.ruling(version));
    }
    let asked = applies.and(reached);
    let asking = Asking { asked, mark, version, label };
    // A finding rests on what is asked, not on what made the rule apply.
    eval.probe.clear_evidence();
    match &law.body {
        Body::Checks(checks) => checks.iter().for_each(|check| judge_check(eval, check, &asking, out)),
        Body::Deadline(deadline) => super::deadline::judge_deadline(eval, deadline, &asking, out),
        Body::Sequence(sequence) => super::sequence::judge_sequence(eval, sequence, &asking, out),
        Body::Script(script) => super::script::run(eval, script, &asking, out),
    }
}

/// What is asked of a part: whether it is asked at all, and what was lacking in knowing that.
pub(super) struct Asking {
    /// True or unknown.
    pub asked: Truth,
    mark: usize,
    version: usize,
    label: Label,
}

impl Asking {
    /// What a verdict comes to where it is open whether anything is asked.
    #[inline]
    pub(super) fn weighed(&self, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Breach | Verdict::Advice | Verdict::Unverified | Verdict::Warning if self.asked == Truth::Unknown => {
                Verdict::Unverified
            }
            other => other,
        }
    }

    /// A ruling of this part, still without a verdict.
    pub(super) fn blank(&self) -> Ruling {
        self.label.ruling(self.version)
    }

    /// A ruling of this part: unmet and surely asked stands; unmet and perhaps asked is 待核.
    pub fn rule<P: Watched>(&self, eval: &Eval<'_, P>, verdict: Verdict) -> Ruling {
        let verdict = self.weighed(verdict);
        let lacks = if verdict == Verdict::Unverified { eval.probe.lacks_since(self.mark) } else { Vec::new() };
        Ruling { verdict: Some(verdict), lacks, unsure: self.asked == Truth::Unknown, ..self.blank() }
    }
}

fn judge_check<P: Watched>(eval: &mut Eval<'_, P>, check: &Check, asking: &Asking, out: &mut Rulings) {
    let when = check.when.map_or(Truth::True, |w| eval.truth(w));
    if when == Truth::False {
        return out.tell::<P>(Verdict::NotApplicable, || asking.blank());
    }
    let met = eval.truth(check.require);
    let verdict = match met {
        Truth::True => Verdict::Compliant,
        Truth::False if when == Truth::True => grade(eval, &check.severity),
        _ => Verdict::Unverified,
    };
    if !P::KEEPS {
        return out.count(asking.weighed(verdict));
    }
    let mut ruling = asking.rule(eval, verdict);
    ruling.part = check.part.clone().or(ruling.part);
    if P::WATCH && ruling.verdict.is_some_and(Verdict::is_finding) {
        let (days, unit) = days(eval, check.days);
        (ruling.days, ruling.unit) = (days, unit);
        let facts = Facts { days, ..Facts::default() };
        ruling.message = if met == Truth::False && verdict == Verdict::Unverified {
            contradiction(eval, &check.message, &facts)
        } else {
            sentence(eval, &check.message, &facts)
        };
        ruling.evidence = eval.probe.evidence();
    }
    out.add(ruling, P::KEEPS);
}

/// The sentence of data that contradict each other: the cells that do are those that it, or the condition that chose it, reads.
fn contradiction<P: Watched>(eval: &mut Eval<'_, P>, message: &Message, facts: &Facts) -> String {
    let mark = eval.probe.lacking();
    let mut text = String::new();
    for (when, template) in &message.0 {
        eval.probe.clear_evidence();
        if when.is_none_or(|w| eval.truth(w) == Truth::True) {
            text = say(eval, template, facts);
            break;
        }
    }
    eval.probe.forget_lacks(mark);
    text
}

/// The severity that applies; 待核 where it is unknown which of two.
pub(super) fn grade<P: Watched>(eval: &mut Eval<'_, P>, severity: &Severity) -> Verdict {
    let verdict = |g: Grade| match g {
        Grade::Breach => Verdict::Breach,
        Grade::Advice => Verdict::Advice,
        Grade::Unverified => Verdict::Unverified,
    };
    let mut possible: Option<Verdict> = None;
    for (when, grade) in &severity.0 {
        let holds = when.map_or(Truth::True, |w| eval.truth(w));
        if holds == Truth::False {
            continue;
        }
        let this = verdict(*grade);
        match possible {
            Some(other) if other != this => return Verdict::Unverified,
            _ => possible = Some(this),
        }
        if holds == Truth::True {
            break;
        }
    }
    possible.unwrap_or(Verdict::Unverified)
}

fn days<P: Watched>(eval: &mut Eval<'_, P>, days: Option<Days>) -> (Option<i64>, Option<DayUnit>) {
    match days {
        Some(Days::Difference(a, b, unit)) => {
            let (a, b) = (eval.span(a), eval.span(b));
            let difference = (a.is_exact() && b.is_exact()).then(|| a.lo.saturating_sub(b.lo));
            (difference.filter(|d| d.abs() < 1_000_000), Some(unit))
        }
        Some(Days::Value(node)) => {
            let value = eval.span(node);
            (value.is_exact().then_some(value.lo), None)
        }
        None => (None, None),
    }
}

/// The first sentence whose condition holds; unknown counts as no.
pub(super) fn sentence<P: Watched>(eval: &mut Eval<'_, P>, message: &Message, facts: &Facts) -> String {
    let mark = eval.probe.lacking();
    let mut chosen: Option<&Template> = None;
    for (when, template) in &message.0 {
        if when.is_none_or(|w| eval.truth(w) == Truth::True) {
            chosen = Some(template);
            break;
        }
    }
    let text = chosen.map_or_else(String::new, |t| say(eval, t, facts));
    eval.probe.forget_lacks(mark);
    text
}

impl Rulings {
    /// The script used up its steps.
    pub(super) fn exhaust(&mut self, why: String) {
        self.failure = Some(why);
        self.exhausted = true;
    }

    /// Adds a script's ruling.
    pub(super) fn add_from_script(&mut self, ruling: Ruling, keep: bool) {
        self.add(ruling, keep);
    }
}
