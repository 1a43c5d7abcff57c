//! Several days asked about at once: whether an answer is the same on all of them.
//!
//! The day is then an interval like any imprecise date, and what is known of it is known on each of its days. Where a condition that
//! depends on the day comes out unknown, it may hold on one day and not on another. That does no harm where conditions are only joined
//! (in three values a known whole is right whatever its unknown parts are); but where such a condition chose a value, a row or a
//! sentence, the choice may be another on another day, and nothing that follows from it is relied on.

use super::super::probe::Probe;
use super::super::value::Truth;
use super::Eval;
use crate::rules::ir::{Node, NodeId};

/// What is not the same on all days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Doubt {
    /// Nothing.
    #[default]
    None,
    /// A condition, which may not matter in the end.
    Of,
    /// Something that was chosen by one.
    Beyond,
}

impl<P: Probe> Eval<'_, P> {
    /// A condition, and whether it is the same on all days.
    pub(super) fn truth_timed(&mut self, id: NodeId) -> Truth {
        let before = std::mem::take(&mut self.doubt);
        let value = self.truth_of(id);
        if value == Truth::Unknown {
            if self.cx.timed.get(id as usize).copied().unwrap_or(false) {
                self.doubt = self.doubt.max(Doubt::Of);
            }
        } else if self.doubt == Doubt::Of && !self.strict {
            let joins = matches!(self.node(id), Node::And(_) | Node::Or(_) | Node::Not(_) | Node::Any(_) | Node::All(..) | Node::If(..));
            if joins {
                self.doubt = Doubt::None;
            }
        }
        self.doubt = self.doubt.max(before);
        value
    }

    /// Something that is no condition: a doubtful condition within it may have chosen it.
    #[inline]
    pub(in crate::engine) fn hardened<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> T {
        if !P::TIMED {
            return value(self);
        }
        let before = std::mem::take(&mut self.doubt);
        let value = value(self);
        if self.doubt != Doubt::None {
            self.doubt = Doubt::Beyond;
        }
        self.doubt = self.doubt.max(before);
        value
    }

    /// Notes a comparison with the day that is made outside of conditions.
    #[inline]
    pub(in crate::engine) fn unsure(&mut self, truth: Truth) {
        if P::TIMED && truth == Truth::Unknown {
            self.doubt = Doubt::Beyond;
        }
    }
}
