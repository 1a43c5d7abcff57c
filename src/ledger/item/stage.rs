//! The states of what is to be mended, and the one table of moves between them. The words are the ledger's own.

use serde::{Deserialize, Serialize};

/// How far the mending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// Found; nobody has taken it on.
    #[serde(rename = "待认领")]
    Unclaimed,
    /// Somebody is to mend it, in some time.
    #[serde(rename = "已分派")]
    Assigned,
    /// Being mended.
    #[serde(rename = "整改中")]
    Working,
    /// Mended in the main, and going on; not counted as done.
    #[serde(rename = "基本完成")]
    Nearly,
    /// Said to be mended, or found no more; a person has yet to verify it.
    #[serde(rename = "待核验")]
    Verifying,
    /// Verified and struck off by a named person.
    #[serde(rename = "已销号")]
    Closed,
    /// Measures that go on without end.
    #[serde(rename = "长期坚持")]
    Lasting,
    /// Accepted by a waiver that holds.
    #[serde(rename = "已豁免")]
    Waived,
    /// Struck off, and back again.
    #[serde(rename = "重新出现")]
    Returned,
}

use Stage::{Assigned, Closed, Lasting, Nearly, Returned, Unclaimed, Verifying, Waived, Working};

/// Every permitted move: from, to where by a person, to where by a run.
const MOVES: [(Stage, &[Stage], &[Stage]); 9] = [
    (Unclaimed, &[Assigned], &[Verifying, Waived]),
    (Assigned, &[Unclaimed, Working, Nearly, Verifying, Lasting], &[Verifying, Waived]),
    (Working, &[Assigned, Nearly, Verifying, Lasting], &[Verifying, Waived]),
    (Nearly, &[Assigned, Working, Verifying, Lasting], &[Verifying, Waived]),
    (Verifying, &[Working, Closed], &[Unclaimed, Working, Waived]),
    (Closed, &[Returned], &[Returned, Waived]),
    (Lasting, &[Working, Verifying], &[Waived]),
    (Waived, &[], &[Unclaimed, Assigned, Verifying]),
    (Returned, &[Assigned], &[Verifying, Waived]),
];

impl Stage {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 9] = [Unclaimed, Assigned, Working, Nearly, Verifying, Closed, Lasting, Waived, Returned];
    /// Those in which a time limit runs.
    pub const RUNNING: [Self; 5] = [Unclaimed, Assigned, Working, Nearly, Returned];
    /// Those that the unit that mends may put down itself.
    pub const REPORTED: [Self; 4] = [Working, Nearly, Verifying, Lasting];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Unclaimed => "待认领",
            Assigned => "已分派",
            Working => "整改中",
            Nearly => "基本完成",
            Verifying => "待核验",
            Closed => "已销号",
            Lasting => "长期坚持",
            Waived => "已豁免",
            Returned => "重新出现",
        }
    }

    /// The state of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Where a person may move it.
    pub fn next(self) -> &'static [Self] {
        MOVES.iter().find(|(from, ..)| *from == self).map_or(&[], |(_, person, _)| person)
    }

    /// Whether a person may move it there; staying is no move.
    pub fn may(self, to: Self) -> bool {
        self == to || self.next().contains(&to)
    }

    /// Whether a run may move it there.
    pub(super) fn may_by_run(self, to: Self) -> bool {
        self == to || MOVES.iter().any(|(from, _, run)| *from == self && run.contains(&to))
    }
}

/// What sort of time the mending has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// At once.
    #[serde(rename = "立行立改")]
    AtOnce,
    /// By a day.
    #[serde(rename = "限期整改")]
    ByDay,
    /// Without end.
    #[serde(rename = "长期坚持")]
    Lasting,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::ByDay, Self::Lasting];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::AtOnce => "立行立改",
            Self::ByDay => "限期整改",
            Self::Lasting => "长期坚持",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }

    /// Whether there must be a day by which it is done.
    pub fn needs_day(self) -> bool {
        self != Self::Lasting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_what_they_stand_for() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_word(stage.word()), Some(stage));
            assert_eq!(serde_json::to_value(stage).ok(), Some(serde_json::Value::from(stage.word())));
            assert_eq!(MOVES.iter().filter(|(from, ..)| *from == stage).count(), 1);
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
            assert_eq!(serde_json::to_value(kind).ok(), Some(serde_json::Value::from(kind.word())));
        }
    }

    #[test]
    fn only_what_is_verified_is_struck_off_and_only_by_a_person() {
        for from in Stage::ALL.into_iter().filter(|s| *s != Closed) {
            assert_eq!(from.may(Closed), from == Verifying, "{from:?}");
            assert!(!from.may_by_run(Closed), "{from:?}");
            assert!(!from.may(Waived) || from == Waived, "only a waiver waives");
            assert!(from == Closed || !from.may(Returned) || from == Returned, "only what was closed returns");
        }
    }

    #[test]
    fn the_way_through_is_as_the_ledgers_of_offices_have_it() {
        let way = [Unclaimed, Assigned, Working, Nearly, Verifying, Closed];
        assert!(way.windows(2).all(|pair| matches!(pair, [from, to] if from.may(*to))));
        assert!(!Unclaimed.may(Working), "what nobody has taken on is not being mended");
    }
}
