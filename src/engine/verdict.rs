//! What can be said of a subject under a rule.

use serde::{Deserialize, Serialize};

/// The answer of one rule on one subject. Matched exhaustively everywhere: there is no "maybe".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// The text forbids or demands, and it was not so.
    #[serde(rename = "违规")]
    Breach,
    /// The text says 一般 or 原则上, or the mechanism is local: somebody should look.
    #[serde(rename = "提醒")]
    Advice,
    /// Cannot be decided from the data; the cells lacking are named.
    #[serde(rename = "待核")]
    Unverified,
    /// Falls due soon.
    #[serde(rename = "预警")]
    Warning,
    /// Asked, and in order.
    #[serde(rename = "合规")]
    Compliant,
    /// The rule does not ask this of the subject.
    #[serde(rename = "不适用")]
    NotApplicable,
    /// The matter has not come to the point the rule asks about.
    #[serde(rename = "未到节点")]
    Pending,
    /// The rule failed on this subject.
    #[serde(rename = "出错")]
    Failed,
}

impl Verdict {
    /// All of them, in order of weight.
    pub const ALL: [Self; 8] =
        [Self::Breach, Self::Advice, Self::Unverified, Self::Warning, Self::Compliant, Self::NotApplicable, Self::Pending, Self::Failed];

    /// The Chinese word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Breach => "违规",
            Self::Advice => "提醒",
            Self::Unverified => "待核",
            Self::Warning => "预警",
            Self::Compliant => "合规",
            Self::NotApplicable => "不适用",
            Self::Pending => "未到节点",
            Self::Failed => "出错",
        }
    }

    /// The verdict of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.word() == word)
    }

    /// Whether it is shown among the findings.
    pub fn is_finding(self) -> bool {
        matches!(self, Self::Breach | Self::Advice | Self::Unverified | Self::Warning)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}
