//! What a node is made of: its children, and the set it walks.

use super::{Node, NodeId, Set};

impl Node {
    /// Calls `f` with each node that this one is made of, those of conditions over rows included.
    pub fn each_part(&self, mut f: impl FnMut(NodeId)) {
        let set = |set: &Set, f: &mut dyn FnMut(NodeId)| {
            f(set.rows);
            set.cond.into_iter().for_each(f);
        };
        match self {
            Self::Truth(_)
            | Self::Exported(..)
            | Self::Int(_)
            | Self::Absent
            | Self::AsOf
            | Self::Text(_)
            | Self::Slot(_)
            | Self::AllRows(_)
            | Self::CodeList(_)
            | Self::TextList(_)
            | Self::IntList(_)
            | Self::Var(_) => {}
            Self::And(all) | Self::Or(all) | Self::Min(all) | Self::Max(all) | Self::FirstOf(all) => all.iter().for_each(|&n| f(n)),
            Self::Not(a)
            | Self::IdValid(a)
            | Self::IdMale(a)
            | Self::InCodes(a, _)
            | Self::InTexts(a, _)
            | Self::InInts(a, _)
            | Self::Bool(a, ..)
            | Self::HasRow(a)
            | Self::HasCell(a, ..)
            | Self::HasValue(a)
            | Self::Cell(a, ..)
            | Self::AddPeriod(a, _)
            | Self::YearOf(a)
            | Self::MonthOf(a)
            | Self::IdBirth(a)
            | Self::Shift(a, ..)
            | Self::Lookup(a, ..)
            | Self::Size(a)
            | Self::TextCell(a, ..)
            | Self::Key(a, _)
            | Self::Follow(a, ..)
            | Self::Children(a, ..)
            | Self::Peers(a, ..)
            | Self::LastYears(a)
            | Self::Items(a)
            | Self::Def(_, a)
            | Self::Let(_, a) => f(*a),
            Self::Compare(_, a, b)
            | Self::SameText(a, b)
            | Self::TextBefore(a, b)
            | Self::SameTextLoosely(a, b)
            | Self::Overlaps(a, b)
            | Self::Contains(a, b)
            | Self::Covers(a, b)
            | Self::SameRow(a, b)
            | Self::AnyOf(a, _, b)
            | Self::AllOf(a, _, b)
            | Self::PlusMonths(a, b)
            | Self::ImpactEnd(a, b)
            | Self::Arithmetic(_, a, b)
            | Self::DaysBetween(a, b)
            | Self::WorkdaysBetween(a, b)
            | Self::MonthsBetween(a, b)
            | Self::YearsBetween(a, b)
            | Self::HeldMonths(a, b)
            | Self::Reaches(a, b)
            | Self::BlankAs(a, b)
            | Self::RowIf(a, b)
            | Self::Join(a, b)
            | Self::Years(a, b)
            | Self::PickOf(a, _, b)
            | Self::Lacking(a, b) => [*a, *b].into_iter().for_each(f),
            Self::DateOf(a, b, c) | Self::If(a, b, c) => [*a, *b, *c].into_iter().for_each(f),
            Self::Any(s) | Self::Count(s) | Self::Rows(s) => set(s, &mut f),
            Self::All(s, a) | Self::Sum(s, a) | Self::Least(s, a) | Self::Greatest(s, a) => {
                set(s, &mut f);
                f(*a);
            }
            Self::Distinct(s, all) => {
                set(s, &mut f);
                all.iter().for_each(|&n| f(n));
            }
            Self::Pick(_, s, by) => {
                set(s, &mut f);
                by.iter().for_each(|&n| f(n));
            }
            Self::Spans(s, a, b) => {
                set(s, &mut f);
                f(*a);
                f(*b);
            }
        }
    }

    /// The set that this node walks itself, if it walks one.
    pub fn set(&self) -> Option<&Set> {
        match self {
            Self::Any(s)
            | Self::Count(s)
            | Self::Rows(s)
            | Self::All(s, _)
            | Self::Sum(s, _)
            | Self::Least(s, _)
            | Self::Greatest(s, _)
            | Self::Distinct(s, _)
            | Self::Pick(_, s, _)
            | Self::Spans(s, ..) => Some(s),
            _ => None,
        }
    }
}
