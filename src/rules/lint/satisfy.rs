//! Whether a condition can be true at all: constants are folded, and what one cell would have to be at once is put together. It errs
//! on the side of yes: what it does not understand may be true.

use crate::dates::Day;
use crate::rules::ir::{Cmp, Node, NodeId, Program};
use std::collections::BTreeMap;

/// Branches followed before the answer is yes.
const PATIENCE: u32 = 20_000;

/// Whether all of these can be true of one subject.
pub fn possible(program: &Program, nodes: &[NodeId]) -> bool {
    let todo = nodes.iter().map(|n| (*n, true)).collect();
    Search { program, patience: PATIENCE }.possible(todo, Facts::default())
}

/// What the conditions so far demand.
#[derive(Clone, Default)]
struct Facts {
    /// The codes that a value may be.
    codes: BTreeMap<String, [u64; 4]>,
    /// The numbers that a value may lie between.
    between: BTreeMap<String, (i64, i64)>,
    /// What is neither: true or not.
    truths: BTreeMap<String, bool>,
}

impl Facts {
    fn codes(&mut self, key: String, mask: [u64; 4]) -> bool {
        let now = self.codes.entry(key.clone()).or_insert([u64::MAX; 4]);
        now.iter_mut().zip(mask).for_each(|(a, b)| *a &= b);
        self.agree(&key)
    }

    fn between(&mut self, key: String, (lo, hi): (i64, i64)) -> bool {
        let now = self.between.entry(key.clone()).or_insert((i64::MIN, i64::MAX));
        *now = (now.0.max(lo), now.1.min(hi));
        self.agree(&key)
    }

    /// Whether some value fulfils what is asked of it.
    fn agree(&self, key: &str) -> bool {
        let (lo, hi) = self.between.get(key).copied().unwrap_or((i64::MIN, i64::MAX));
        let Some(mask) = self.codes.get(key) else { return lo <= hi };
        (0u8..=255).any(|code| bit(mask, code) && lo <= i64::from(code) && i64::from(code) <= hi)
    }

    fn truth(&mut self, key: String, is: bool) -> bool {
        *self.truths.entry(key).or_insert(is) == is
    }
}

fn bit(mask: &[u64; 4], code: u8) -> bool {
    mask.get(usize::from(code / 64)).is_some_and(|word| word >> (code % 64) & 1 == 1)
}

struct Search<'a> {
    program: &'a Program,
    patience: u32,
}

impl Search<'_> {
    fn possible(&mut self, mut todo: Vec<(NodeId, bool)>, mut facts: Facts) -> bool {
        while let Some((id, want)) = todo.pop() {
            self.patience = self.patience.saturating_sub(1);
            if self.patience == 0 {
                return true;
            }
            let Some(node) = self.program.nodes.get(id as usize) else { continue };
            let holds = match node {
                Node::Truth(is) => *is == want,
                Node::Not(inner) => {
                    todo.push((*inner, !want));
                    true
                }
                Node::And(all) if want => {
                    todo.extend(all.iter().map(|n| (*n, true)));
                    true
                }
                Node::Or(all) if !want => {
                    todo.extend(all.iter().map(|n| (*n, false)));
                    true
                }
                Node::And(all) | Node::Or(all) => {
                    return all.iter().any(|n| {
                        let mut branch = todo.clone();
                        branch.push((*n, want));
                        self.possible(branch, facts.clone())
                    });
                }
                Node::Let(_, inner) => {
                    todo.push((*inner, want));
                    true
                }
                Node::Def(def, row) if self.is_subject(*row) => match self.program.definitions.get(*def as usize) {
                    Some(definition) => {
                        todo.push((definition.body, want));
                        true
                    }
                    None => true,
                },
                Node::InCodes(value, mask) => facts.codes(self.key(*value), mask.map(|m| if want { m } else { !m })),
                Node::Compare(cmp, a, b) => self.compare(*cmp, *a, *b, want, &mut facts),
                _ => facts.truth(self.key(id), want),
            };
            if !holds {
                return false;
            }
        }
        true
    }

    fn compare(&self, cmp: Cmp, a: NodeId, b: NodeId, want: bool, facts: &mut Facts) -> bool {
        let cmp = if want { cmp } else { opposite(cmp) };
        match (self.constant(a), self.constant(b)) {
            (Some(a), Some(b)) => match cmp {
                Cmp::Eq => a == b,
                Cmp::Ne => a != b,
                Cmp::Lt => a < b,
                Cmp::Le => a <= b,
                Cmp::Gt => a > b,
                Cmp::Ge => a >= b,
            },
            (None, Some(b)) => self.bound(cmp, a, b, facts),
            (Some(a), None) => self.bound(turned(cmp), b, a, facts),
            (None, None) => true,
        }
    }

    fn bound(&self, cmp: Cmp, value: NodeId, to: i64, facts: &mut Facts) -> bool {
        let key = self.key(value);
        match cmp {
            Cmp::Eq => facts.between(key, (to, to)),
            Cmp::Lt => facts.between(key, (i64::MIN, to.saturating_sub(1))),
            Cmp::Le => facts.between(key, (i64::MIN, to)),
            Cmp::Gt => facts.between(key, (to.saturating_add(1), i64::MAX)),
            Cmp::Ge => facts.between(key, (to, i64::MAX)),
            Cmp::Ne => facts.between.get(&key) != Some(&(to, to)),
        }
    }

    fn constant(&self, id: NodeId) -> Option<i64> {
        match self.program.nodes.get(id as usize)? {
            Node::Int(i) => Some(*i),
            Node::Let(_, inner) => self.constant(*inner),
            Node::DateOf(y, m, d) => {
                let (y, m, d) = (self.constant(*y)?, self.constant(*m)?, self.constant(*d)?);
                let day = Day::ymd(i32::try_from(y).ok()?, u32::try_from(m).ok()?, u32::try_from(d).ok()?)?;
                Some(i64::from(day.0))
            }
            _ => None,
        }
    }

    fn is_subject(&self, row: NodeId) -> bool {
        matches!(self.program.nodes.get(row as usize), Some(Node::Slot(0)))
    }

    /// What tells values apart: two nodes with one key have one value.
    fn key(&self, id: NodeId) -> String {
        let Some(node) = self.program.nodes.get(id as usize) else { return format!("#{id}") };
        match node {
            Node::Slot(n) => format!("s{n}"),
            Node::Cell(row, t, f) | Node::TextCell(row, t, f) | Node::Follow(row, t, f) => format!("{}.{t}.{f}", self.key(*row)),
            Node::Bool(row, t, f) => format!("{}.{t}.{f}?", self.key(*row)),
            Node::HasCell(row, t, f) => format!("has {}.{t}.{f}", self.key(*row)),
            Node::HasRow(row) => format!("has {}", self.key(*row)),
            Node::Let(_, inner) => self.key(*inner),
            Node::Def(def, row) => format!("d{def}({})", self.key(*row)),
            Node::AsOf => "as_of".to_owned(),
            _ => format!("#{id}"),
        }
    }
}

fn opposite(cmp: Cmp) -> Cmp {
    match cmp {
        Cmp::Eq => Cmp::Ne,
        Cmp::Ne => Cmp::Eq,
        Cmp::Lt => Cmp::Ge,
        Cmp::Le => Cmp::Gt,
        Cmp::Gt => Cmp::Le,
        Cmp::Ge => Cmp::Lt,
    }
}

fn turned(cmp: Cmp) -> Cmp {
    match cmp {
        Cmp::Eq | Cmp::Ne => cmp,
        Cmp::Lt => Cmp::Gt,
        Cmp::Le => Cmp::Ge,
        Cmp::Gt => Cmp::Lt,
        Cmp::Ge => Cmp::Le,
    }
}
