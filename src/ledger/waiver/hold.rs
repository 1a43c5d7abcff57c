//! Whether a waiver holds for a finding, and what is to be told of waivers: those that do not hold, are not used, or soon run out.

use super::file::{Target, Waiver, Waivers};
use crate::dates::{Calendar, Day, Period, add};
use crate::engine::{Finding, Verdict, Waived};
use crate::ledger::state::cells;
use std::collections::BTreeSet;

/// How many days before its end a waiver is announced.
const SOON: i32 = 30;

/// How long a finding of a verdict may be waived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Not at all.
    Never,
    /// At most so long from the approval.
    Within(Period),
    /// As long as one likes.
    Free,
}

/// How long findings may be waived, by verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// 违规.
    pub breach: Cap,
    /// 提醒 and 预警.
    pub advice: Cap,
    /// 待核.
    pub unverified: Cap,
}

impl Default for Caps {
    /// Where no profile says otherwise: half a year for what the text forbids and what cannot be decided, a year for the rest.
    fn default() -> Self {
        Self { breach: Cap::Within(Period::Months(6)), advice: Cap::Within(Period::Years(1)), unverified: Cap::Within(Period::Months(6)) }
    }
}

impl Caps {
    fn of(self, verdict: Verdict) -> Cap {
        match verdict {
            Verdict::Breach => self.breach,
            Verdict::Unverified => self.unverified,
            _ => self.advice,
        }
    }
}

/// What a finding is about, beyond what it says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The matter.
    pub case: Option<String>,
    /// The kind of the matter.
    pub kind: Option<String>,
}

/// Why a waiver does not hold for a finding that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// It ends before it begins.
    Backwards,
    /// It was not approved yet on that day.
    NotYet,
    /// It ran out.
    Expired,
    /// Findings of this verdict may not be waived.
    Never,
    /// It is longer than findings of this verdict may be waived.
    TooLong,
    /// The values it was granted on are others now, or the verdict is weightier.
    Stale,
}

/// How a waiver stands on a day, whatever it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Holds,
    /// It holds for so many days more, the day itself not counted.
    EndsSoon(i32),
    /// It does not.
    Refused(Refusal),
}

/// Something to be told of the waivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// A stable code.
    pub code: &'static str,
    /// What, in Chinese.
    pub message: String,
}

/// How a waiver stands on a day.
pub fn standing(waiver: &Waiver, as_of: Day) -> Standing {
    let left = waiver.expires.days_since(as_of);
    if waiver.expires < waiver.approved {
        Standing::Refused(Refusal::Backwards)
    } else if as_of < waiver.approved {
        Standing::Refused(Refusal::NotYet)
    } else if left < 0 {
        Standing::Refused(Refusal::Expired)
    } else if left <= SOON {
        Standing::EndsSoon(left)
    } else {
        Standing::Holds
    }
}

/// Why a waiver does not hold for a finding on a day; none where it holds.
pub fn refusal(waiver: &Waiver, finding: &Finding, as_of: Day, caps: Caps) -> Option<Refusal> {
    if let Standing::Refused(refusal) = standing(waiver, as_of) {
        return Some(refusal);
    }
    match caps.of(finding.verdict) {
        Cap::Free => {}
        Cap::Never => return Some(Refusal::Never),
        Cap::Within(_) => {
            if last_day(waiver, finding.verdict, caps).is_none_or(|last| waiver.expires > last) {
                return Some(Refusal::TooLong);
            }
        }
    }
    let granted = waiver.granted.iter().find(|g| g.fingerprint == finding.fingerprint)?;
    // The order of verdicts is the order of weight.
    (finding.verdict < granted.verdict || cells(finding) != granted.cells).then_some(Refusal::Stale)
}

/// The last day to which findings of a verdict may be waived, counted from the approval; none where there is no such day.
pub fn last_day(waiver: &Waiver, verdict: Verdict, caps: Caps) -> Option<Day> {
    match caps.of(verdict) {
        Cap::Within(longest) => add(waiver.approved, longest, &Calendar::empty()),
        Cap::Free | Cap::Never => None,
    }
}

/// Whether a waiver names a finding.
fn names(waiver: &Waiver, finding: &Finding, about: &dyn Fn(&Finding) -> About) -> bool {
    let (rule, selector) = match &waiver.target {
        Target::Finding(fingerprint) => return *fingerprint == finding.fingerprint,
        Target::Rule(rule, selector) => (rule, selector),
    };
    let fits = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
    if *rule != finding.code || !fits(&selector.unit, &finding.unit_id) || !fits(&selector.person, &finding.person_id) {
        return false;
    }
    if selector.case.is_none() && selector.kind.is_none() {
        return true;
    }
    let about = about(finding);
    fits(&selector.case, &about.case) && (fits(&selector.kind, &about.kind) || fits(&selector.kind, &finding.part))
}

/// The findings that a waiver names, whether it holds for them or not.
pub fn named_by<'f>(waiver: &Waiver, findings: &'f [Finding], about: &dyn Fn(&Finding) -> About) -> Vec<&'f Finding> {
    findings.iter().filter(|f| names(waiver, f, about)).collect()
}

/// Marks the findings that are waived, and tells of the waivers. `asked` are the rules that could judge everything: of others a waiver
/// without a finding is not unused; none where the run was not over everything.
pub fn waive(
    waivers: &Waivers,
    findings: &mut [Finding],
    (as_of, caps): (Day, Caps),
    about: &dyn Fn(&Finding) -> About,
    asked: Option<&BTreeSet<&str>>,
) -> Vec<Told> {
    let mut told = Vec::new();
    for (i, waiver) in waivers.list.iter().enumerate() {
        let mut used = false;
        let mut refused: Vec<(Refusal, &str)> = Vec::new();
        for finding in findings.iter_mut().filter(|f| names(waiver, f, about)) {
            used = true;
            match refusal(waiver, finding, as_of, caps) {
                None if finding.waived.is_none() => finding.waived = Some(granted(waiver)),
                None => {}
                Some(why) => refused.push((why, finding.verdict.word())),
            }
        }
        told.extend(tell(i + 1, waiver, as_of, used, refused, asked));
    }
    told
}

fn granted(waiver: &Waiver) -> Waived {
    Waived {
        reason: waiver.reason.clone(),
        document: waiver.document.clone(),
        approver: waiver.approver.clone(),
        approved: waiver.approved.to_string(),
        expires: waiver.expires.to_string(),
    }
}

/// What is to be told of one waiver.
fn tell(
    number: usize,
    waiver: &Waiver,
    as_of: Day,
    used: bool,
    refused: Vec<(Refusal, &str)>,
    asked: Option<&BTreeSet<&str>>,
) -> Vec<Told> {
    let name = format!("第 {number} 项豁免（{}）", waiver.document);
    let mut told = Vec::new();
    let mut say = |code: &'static str, message: String| told.push(Told { code, message });
    match standing(waiver, as_of) {
        Standing::Refused(Refusal::Backwards) => {
            say("waiver::invalid", format!("{name}截止日期 {} 早于批准日期 {}，不起作用", waiver.expires, waiver.approved));
            return told;
        }
        Standing::Refused(Refusal::NotYet) => {
            say("waiver::not-yet", format!("{name}自 {} 起才有效，现在不起作用", waiver.approved));
            return told;
        }
        Standing::Refused(_) => {
            say("waiver::expired", format!("{name}已于 {} 到期，不再起作用", waiver.expires));
            return told;
        }
        Standing::EndsSoon(0) => say("waiver::expires-soon", format!("{name}今天（{}）到期，明天起不再起作用", waiver.expires)),
        Standing::EndsSoon(left) => say("waiver::expires-soon", format!("{name}将于 {} 到期，还有 {left} 天", waiver.expires)),
        Standing::Holds => {}
    }
    let count = |why: Refusal| refused.iter().filter(|(r, _)| *r == why).count();
    let words = |why: Refusal| {
        let words: BTreeSet<&str> = refused.iter().filter(|(r, _)| *r == why).map(|(_, word)| *word).collect();
        words.into_iter().collect::<Vec<_>>().join("、")
    };
    if count(Refusal::Never) > 0 {
        say("waiver::not-allowed", format!("{name}所指的 {} 个问题是{}，不得豁免", count(Refusal::Never), words(Refusal::Never)));
    }
    if count(Refusal::TooLong) > 0 {
        let n = count(Refusal::TooLong);
        say("waiver::too-long", format!("{name}的期限超过{}允许的最长时间，对 {n} 个问题不起作用", words(Refusal::TooLong)));
    }
    if count(Refusal::Stale) > 0 {
        let n = count(Refusal::Stale);
        say("waiver::stale", format!("{name}批准后，{n} 个问题所依据的数据或者结论有变，须重新批准"));
    }
    if !used && asked.is_some_and(|asked| is_asked(waiver, asked)) {
        say("waiver::unused", format!("{name}没有用上：本次没有它所指的问题，可用 guiju waive remove {number} 去掉"));
    }
    told
}

fn is_asked(waiver: &Waiver, asked: &BTreeSet<&str>) -> bool {
    match &waiver.target {
        Target::Rule(rule, _) => asked.contains(rule.as_str()),
        // Of which rule it was cannot be told by the fingerprint.
        Target::Finding(_) => true,
    }
}
