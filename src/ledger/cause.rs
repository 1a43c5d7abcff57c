//! Why a finding came, changed or went. Found by crossing: the new records are judged by the old rules and on the old day, and what
//! then differs can only come from what differs between the two. Nothing is guessed; what cannot be settled is said to be unsettled.

use serde::{Deserialize, Serialize};

/// A cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// The records changed.
    #[serde(rename = "数据变化")]
    Data,
    /// The rules (or the profile) changed.
    #[serde(rename = "规则变化")]
    Rules,
    /// The day changed.
    #[serde(rename = "时间推移")]
    Time,
    /// The waivers changed.
    #[serde(rename = "豁免变化")]
    Waivers,
    /// The scope or the choice of rules changed.
    #[serde(rename = "范围变化")]
    Scope,
    /// The program changed.
    #[serde(rename = "程序变化")]
    Program,
    /// The first run: nothing went before it.
    #[serde(rename = "首次核查")]
    First,
}

impl Cause {
    /// The Chinese word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "数据变化",
            Self::Rules => "规则变化",
            Self::Time => "时间推移",
            Self::Waivers => "豁免变化",
            Self::Scope => "范围变化",
            Self::Program => "程序变化",
            Self::First => "首次核查",
        }
    }
}

/// The causes of one change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Causes {
    /// Proved: without it the change would not be what it is, or it alone would have made it.
    pub proved: Vec<Cause>,
    /// Not ruled out: something changed there too, and what was before is not kept whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub possible: Vec<Cause>,
}

/// Whether what the records hold of a subject is what they held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// Shown to be the same.
    Same,
    /// Something of it changed.
    Changed,
    /// The subject is new, or is no more.
    Other,
    /// Cannot be told.
    Unknown,
}

/// How a finding stands at each corner of the crossing; none where it is not found.
#[derive(Clone, Copy, Debug)]
pub struct Corners<'a, S> {
    /// Old records, rules and day: as recorded.
    pub before: Option<&'a S>,
    /// New records, old rules, old day.
    pub records: Option<&'a S>,
    /// New records and rules, old day.
    pub rules: Option<&'a S>,
    /// New records, old rules, new day.
    pub day: Option<&'a S>,
    /// All new: as found now.
    pub now: Option<&'a S>,
}

/// What else is known of a change.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// What the records hold of the subject.
    pub records: Records,
    /// Whether another version of the program judged.
    pub other_program: bool,
}

/// The causes of a change of what was judged.
pub fn causes<S>(corners: &Corners<'_, S>, known: Known, same: impl Fn(&S, &S) -> bool) -> Causes {
    let equal = |a: Option<&S>, b: Option<&S>| match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    };
    let mut causes = Causes::default();
    if equal(corners.before, corners.now) {
        return causes;
    }
    // The same rules on the same day: only the records can have made a difference, or the program.
    let by_records = !equal(corners.before, corners.records);
    if by_records {
        match (known.records, known.other_program) {
            (Records::Same, true) => causes.proved.push(Cause::Program),
            (_, true) => {
                causes.proved.push(Cause::Data);
                causes.possible.push(Cause::Program);
            }
            (_, false) => causes.proved.push(Cause::Data),
        }
    }
    if !equal(corners.records, corners.now) {
        let needs_rules = !equal(corners.day, corners.now);
        let needs_day = !equal(corners.rules, corners.now);
        // Neither is needed where each alone would have done: both are then named.
        let either = !needs_rules && !needs_day;
        if needs_rules || either {
            causes.proved.push(Cause::Rules);
        }
        if needs_day || either {
            causes.proved.push(Cause::Time);
        }
        if !by_records {
            match known.records {
                // There was no such subject to find anything of, or there is none any more.
                Records::Other => causes.proved.push(Cause::Data),
                Records::Changed | Records::Unknown => causes.possible.push(Cause::Data),
                Records::Same => {}
            }
        }
    }
    causes.proved.sort();
    causes.possible.sort();
    causes
}

impl Causes {
    /// One cause, proved.
    pub fn only(cause: Cause) -> Self {
        Self { proved: vec![cause], possible: Vec::new() }
    }

    /// These and others.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.proved.extend(other.proved);
        self.possible.extend(other.possible);
        self.proved.sort();
        self.proved.dedup();
        self.possible.sort();
        self.possible.dedup();
        self.possible.retain(|c| !self.proved.contains(c));
        self
    }

    /// In words: 时间推移、规则变化（数据变化未能排除）.
    pub fn words(&self) -> String {
        let list = |causes: &[Cause]| causes.iter().map(|c| c.word()).collect::<Vec<_>>().join("、");
        match (self.proved.is_empty(), self.possible.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("未能判明（可能：{}）", list(&self.possible)),
            (false, true) => list(&self.proved),
            (false, false) => format!("{}（{}未能排除）", list(&self.proved), list(&self.possible)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME: Known = Known { records: Records::Same, other_program: false };

    fn found(corners: [Option<&u8>; 5], known: Known) -> String {
        let [before, records, rules, day, now] = corners;
        causes(&Corners { before, records, rules, day, now }, known, |a, b| a == b).words()
    }

    #[test]
    fn what_differs_with_old_rules_on_the_old_day_is_of_the_records() {
        assert_eq!(found([None, Some(&1), Some(&1), Some(&1), Some(&1)], SAME), "数据变化");
        assert_eq!(found([Some(&1), None, None, None, None], SAME), "数据变化");
        assert_eq!(found([Some(&1), Some(&2), Some(&2), Some(&2), Some(&2)], SAME), "数据变化");
    }

    #[test]
    fn what_the_old_rules_do_not_find_today_is_of_the_rules() {
        assert_eq!(found([None, None, Some(&1), None, Some(&1)], SAME), "规则变化");
        assert_eq!(found([Some(&1), Some(&1), None, Some(&1), None], SAME), "规则变化");
    }

    #[test]
    fn what_the_new_rules_do_not_find_on_the_old_day_is_of_the_day() {
        assert_eq!(found([None, None, None, Some(&1), Some(&1)], SAME), "时间推移");
    }

    #[test]
    fn several_causes_are_all_named() {
        // Neither the rules nor the day alone.
        assert_eq!(found([None, None, None, None, Some(&1)], SAME), "规则变化、时间推移");
        // Each alone would have done.
        assert_eq!(found([None, None, Some(&1), Some(&1), Some(&1)], SAME), "规则变化、时间推移");
        // The records first, then the day.
        assert_eq!(found([None, Some(&1), Some(&1), Some(&2), Some(&2)], SAME), "数据变化、时间推移");
        let new = Known { records: Records::Other, ..SAME };
        assert_eq!(found([None, None, None, Some(&1), Some(&1)], new), "数据变化、时间推移");
    }

    #[test]
    fn what_cannot_be_settled_is_said_to_be_so() {
        let touched = Known { records: Records::Changed, ..SAME };
        assert_eq!(found([None, None, None, Some(&1), Some(&1)], touched), "时间推移（数据变化未能排除）");
        let other = Known { records: Records::Same, other_program: true };
        assert_eq!(found([None, Some(&1), Some(&1), Some(&1), Some(&1)], other), "程序变化");
        let both = Known { records: Records::Changed, other_program: true };
        assert_eq!(found([None, Some(&1), Some(&1), Some(&1), Some(&1)], both), "数据变化（程序变化未能排除）");
    }

    #[test]
    fn nothing_changed_for_no_cause() {
        assert_eq!(found([Some(&1); 5], SAME), "");
    }
}
