//! A rule, compiled: what is asked, of whom, since when, and what is said when it was not so.

use super::interpreted::Interpreted;
use super::ir::{Action, Message, NodeId, Template};
use super::profile::Told;
use super::regulations::Reference;
use crate::dates::Day;
use crate::diagnostic::{Diagnostic, Source};
use crate::document;
use crate::records::TableId;
use std::ops::Range;
use std::sync::Arc;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// `GS002`.
    pub code: String,
    /// `notice-too-short`.
    pub slug: String,
    /// 任前公示期不足.
    pub title: String,
    /// `national`, `local`, or a county's own.
    pub pack: String,
    /// The folder: `GS`.
    pub family: String,
    /// The table judged row by row.
    pub subject: TableId,
    /// The table that findings name (a joined table's findings name its base).
    pub subject_name: String,
    /// What to do about a finding.
    pub remedy: String,
    /// Why the office itself must settle what is found, so that it is not sent to the unit concerned.
    pub confidential: Option<String>,
    /// Why it judges what came before any text that it cites.
    pub timeless: Option<String>,
    /// The file.
    pub source: Arc<Source>,
    /// The code's place in the file.
    pub span: Range<usize>,
    /// What of a subject is judged separately.
    pub each: Option<Each>,
    /// The date that picks the version, and by which the law is cited.
    pub anchor: Option<NodeId>,
    /// The date by which the law is cited where there is no anchor: when the subject began.
    pub begun: Option<NodeId>,
    /// Whether any version has a date: if none has, the anchor need not exist.
    pub dated: bool,
    /// Where no version has a date: the first day on which anything cited was in force. What is known to be older is not judged.
    pub since: Option<Day>,
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    /// How many named values one version has at most.
    pub lets: u8,
    /// The script's text, if it has one.
    pub script: Option<ScriptText>,
    /// What packs and the profile changed in it.
    pub changes: Vec<Told>,
}

impl Rule {
    /// The tests at the end of the file, with their places. They are read when asked for: most runs ask for none.
    ///
    /// # Errors
    /// The first mistake of grammar in the file.
    pub fn tests(&self) -> Result<Vec<(document::Table, Range<usize>)>, Diagnostic> {
        let doc = document::parse(&self.source).map_err(|error| *error)?;
        let mut sink = Vec::new();
        let tests = doc.get("test").map(|v| document::tables(&self.source, v, &mut sink)).unwrap_or_default();
        match sink.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(tests.into_iter().map(|(t, span)| (t.clone(), span)).collect()),
        }
    }

    /// The file's text before its tests.
    pub fn head(&self) -> &str {
        let text = self.source.text.as_str();
        text.find(&format!("\n{TEST_HEADER}")).and_then(|end| text.get(..end)).unwrap_or(text)
    }

    /// How many tests the file has.
    pub fn test_count(&self) -> usize {
        self.source.text.lines().filter(|line| line.trim_end() == TEST_HEADER).count()
    }
}

/// The line that begins a test.
pub(super) const TEST_HEADER: &str = "[[test]]";

/// A script as written.
#[derive(Clone, Debug)]
pub struct ScriptText {
    /// The file.
    pub source: Arc<Source>,
    /// Why it is interpreted, if it is; none: it was lowered.
    pub interpreted: Option<String>,
}

/// What of a subject is judged separately.
#[derive(Clone, Debug)]
pub enum Each {
    /// Each row of a set, bound to a slot.
    Rows {
        /// The rows.
        rows: NodeId,
        /// Their table.
        table: TableId,
        /// Where the row is bound.
        slot: u8,
        /// What tells the findings apart.
        part: Option<Template>,
    },
    /// Each element of a list, bound to a variable.
    List {
        /// The list.
        list: NodeId,
        /// Where the element is bound.
        var: u8,
        /// Whether the element is the subject's year.
        year: bool,
        /// The table that the findings name instead, with the element added to the id (`U12/县处级正职` of `quota`).
        under: Option<(String, Template)>,
        /// What tells the findings apart.
        part: Option<Template>,
    },
}

/// The law in force in a time.
#[derive(Debug)]
pub struct Version {
    /// First day, if any.
    pub from: Option<Day>,
    /// Last day, if any.
    pub until: Option<Day>,
    /// What is cited.
    pub basis: Vec<Reference>,
    /// Parameters, in the order written.
    pub params: Vec<(String, document::Node)>,
    /// Whether the rule asks anything of the subject.
    pub when: Option<NodeId>,
    /// Whether the matter has come so far.
    pub once: Option<NodeId>,
    /// What is asked.
    pub body: Body,
    /// Where the version stands in the file.
    pub span: Range<usize>,
}

/// What is asked.
#[derive(Debug)]
pub enum Body {
    /// Conditions.
    Checks(Vec<Check>),
    /// A deadline.
    Deadline(Box<Deadline>),
    /// An order of stages.
    Sequence(Box<Sequence>),
    /// A script.
    Script(Script),
}

/// One condition.
#[derive(Debug)]
pub struct Check {
    /// What tells its finding apart.
    pub part: Option<String>,
    /// When it is asked at all.
    pub when: Option<NodeId>,
    /// What must hold.
    pub require: NodeId,
    /// How bad it is when it does not.
    pub severity: Severity,
    /// The sentence.
    pub message: Message,
    /// Actual less required.
    pub days: Option<Days>,
}

/// How `days` is got.
#[derive(Clone, Copy, Debug)]
pub enum Days {
    /// The difference of two numbers of days or dates, and what it counts.
    Difference(NodeId, NodeId, DayUnit),
    /// A number.
    Value(NodeId),
}

/// What `days` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayUnit {
    /// Calendar days.
    Calendar,
    /// Working days.
    Working,
}

/// How bad it is: the first whose condition holds.
#[derive(Clone, Debug)]
pub struct Severity(pub Vec<(Option<NodeId>, Grade)>);

/// The weight of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// 违规.
    Breach,
    /// 提醒.
    Advice,
    /// 待核: the data contradict themselves.
    Unverified,
}

impl Grade {
    /// All of them, the weightiest first.
    pub const ALL: [Self; 3] = [Self::Breach, Self::Advice, Self::Unverified];

    /// Its name in rule files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Breach => "违规",
            Self::Advice => "提醒",
            Self::Unverified => "待核",
        }
    }

    /// The weight of a name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.word() == word)
    }
}

/// A deadline: a trigger, a window, evidence.
#[derive(Debug)]
pub struct Deadline {
    /// The trigger; none for a plain due date.
    pub starts: Option<NodeId>,
    /// The due date.
    pub due: NodeId,
    /// Breached on the due day itself.
    pub strict: bool,
    /// From when it is warned of.
    pub warn: Option<NodeId>,
    /// What meets it. None: a plain limit.
    pub evidence: Vec<Evidence>,
    /// How bad it is.
    pub severity: Severity,
    /// The sentence when the evidence came late.
    pub late: Option<Message>,
    /// The sentence when it did not come.
    pub absent: Message,
    /// The sentence when it is due soon.
    pub soon: Option<Message>,
}

/// What meets a deadline.
#[derive(Debug)]
pub struct Evidence {
    /// Rows and the dates of each that count; or one date.
    pub dates: Dates,
    /// Not before this.
    pub opens: Option<NodeId>,
    /// Not after this; none: the due date, after which it is late.
    pub closes: Option<NodeId>,
}

/// Dates that may meet a deadline.
#[derive(Debug)]
pub enum Dates {
    /// Some dates of each row of a set.
    OfRows(super::ir::Set, Vec<NodeId>),
    /// One date.
    One(NodeId),
}

/// Stages that must follow each other.
#[derive(Debug)]
pub struct Sequence {
    /// In order.
    pub stages: Vec<Stage>,
    /// Findings are told apart by stage rather than by pair.
    pub by_stage: bool,
    /// The sentence when a stage is absent, if that is a finding.
    pub missing: Option<Message>,
    /// The sentence when a stage comes too early.
    pub message: Message,
    /// How bad it is.
    pub severity: Severity,
}

/// One stage.
#[derive(Debug)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// When it starts; absent: the stage did not take place.
    pub start: NodeId,
    /// When it ends.
    pub end: NodeId,
    /// When it is left out.
    pub skip: Option<NodeId>,
}

/// A script.
#[derive(Debug)]
pub struct Script {
    /// How it is run.
    pub run: Run,
    /// How bad a `violation` is.
    pub severity: Severity,
    /// How bad what it advises is: 提醒, unless a profile says otherwise.
    pub advice: Grade,
}

/// How a script is run.
#[derive(Debug)]
pub enum Run {
    /// Lowered to native statements.
    Lowered(Vec<Action>),
    /// By rhai's interpreter.
    Interpreted(Box<Interpreted>),
}
