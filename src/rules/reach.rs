//! How far a rule looks and whether it minds the day, told from its text alone: what can change its answer is then known beforehand.
//!
//! Rows of one owner are a group (a person with posts, matters, steps; a unit with quotas). Every step that may lead from a row of one
//! group to a row of another counts one. Of rules that look far it is told on which ways, and which fields they read at their ends. What
//! is told is never less than what the rule does.

use super::ir::{Action, Message, Node, NodeId, Program, Set, Template};
use super::load::RuleSet;
use super::rule::{Body, Dates, Days, Each, Rule, Run, Severity};
use crate::records::{FieldId, FieldType, Hop, Schema, TableId, Ways};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Beyond what is counted: any row of the records may matter.
pub const EVERYWHERE: u32 = 100;

/// How far a rule looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// How many steps from group to group, at most; [`EVERYWHERE`] if there is no saying.
    pub steps: u32,
    /// The tables read in other groups than the subject's own.
    pub elsewhere: BTreeSet<TableId>,
    /// The text fields by which rows of several groups are brought together.
    pub peers: BTreeSet<(TableId, FieldId)>,
    /// The references that are gone through backwards, to all rows that refer to one.
    pub gathered: BTreeSet<(TableId, FieldId)>,
    /// Whether the day on which the question is asked can matter.
    pub timed: bool,
    /// On which ways from the subject it leaves its group, with the fields read at their ends; none if there is no saying.
    pub ways: Option<Ways>,
}

/// Of each node, whether its value can depend on the day on which the question is asked. Variables may hold anything.
pub fn timed(program: &Program) -> Vec<bool> {
    let mut timed = vec![false; program.nodes.len()];
    loop {
        let mut more = false;
        for (id, node) in program.nodes.iter().enumerate() {
            let of = |n: NodeId| timed.get(n as usize).copied().unwrap_or(true);
            let mut now = matches!(node, Node::AsOf | Node::LastYears(_) | Node::Var(_));
            node.each_part(|part| now |= of(part));
            if let Node::Def(def, _) = node {
                now |= program.definitions.get(*def as usize).is_none_or(|d| of(d.body));
            }
            if let Some(known) = timed.get_mut(id).filter(|known| now && !**known) {
                *known = true;
                more = true;
            }
        }
        if !more {
            return timed;
        }
    }
}

/// How far a rule looks. `timed` is what [`timed`] tells of the program.
pub fn reach(rules: &RuleSet, rule: &Rule, timed: &[bool]) -> Reach {
    let reach = Reach { ways: Some(Ways::new()), ..Reach::default() };
    let mut walk = Walk { program: &rules.program, schema: &rules.schema, reach, known: BTreeMap::new() };
    let own = BTreeMap::from([(0, At::subject())]);
    let mut is_timed = false;
    parts(rule, &mut |part| match part {
        Part::Node(node) => {
            is_timed |= timed.get(node as usize).copied().unwrap_or(true);
            walk.node(node, &own);
        }
        Part::Slot(rows, slot, node) => {
            is_timed |= timed.get(node as usize).copied().unwrap_or(true);
            let mut around = own.clone();
            rows.iter().chain([&(slot.0, slot.1)]).for_each(|&(rows, slot)| {
                let at = walk.node(rows, &around);
                around.insert(slot, at);
            });
            walk.node(node, &around);
        }
        Part::Today => is_timed = true,
        Part::Ordered => walk.reach.ways = None,
        Part::Anything => {
            is_timed = true;
            walk.reach.steps = EVERYWHERE;
            walk.reach.ways = None;
        }
    });
    Reach { timed: is_timed, ..walk.reach }
}

/// A piece of a rule.
enum Part<'a> {
    /// A node over the subject.
    Node(NodeId),
    /// A node over the rows bound around it (outermost first) and those of a set in a slot.
    Slot(&'a [(NodeId, u8)], (NodeId, u8), NodeId),
    /// The day on which the question is asked.
    Today,
    /// Rows are gone through in their order.
    Ordered,
    /// What cannot be seen through.
    Anything,
}

/// Every piece of a rule.
fn parts(rule: &Rule, tell: &mut dyn FnMut(Part<'_>)) {
    let mut bound: Vec<(NodeId, u8)> = Vec::new();
    rule.anchor.into_iter().for_each(|n| tell(Part::Node(n)));
    // Where the law has no day of its own, it is cited as of the day on which the question is asked.
    if rule.anchor.is_none() {
        tell(Part::Today);
    }
    match &rule.each {
        None => {}
        Some(Each::Rows { rows, slot, part, .. }) => {
            tell(Part::Node(*rows));
            bound.push((*rows, *slot));
            template(part.as_ref(), &bound, tell);
        }
        Some(Each::List { list, under, part, .. }) => {
            tell(Part::Node(*list));
            template(part.as_ref(), &bound, tell);
            template(under.as_ref().map(|(_, t)| t), &bound, tell);
        }
    }
    for version in &rule.versions {
        version.when.into_iter().chain(version.once).for_each(|n| node(n, &bound, tell));
        match &version.body {
            Body::Checks(checks) => {
                for check in checks {
                    check.when.into_iter().chain([check.require]).for_each(|n| node(n, &bound, tell));
                    severity(&check.severity, &bound, tell);
                    message(Some(&check.message), &bound, tell);
                    match check.days {
                        Some(Days::Difference(a, b, _)) => [a, b].into_iter().for_each(|n| node(n, &bound, tell)),
                        Some(Days::Value(a)) => node(a, &bound, tell),
                        None => {}
                    }
                }
            }
            Body::Deadline(deadline) => {
                tell(Part::Today);
                deadline.starts.into_iter().chain([deadline.due]).chain(deadline.warn).for_each(|n| node(n, &bound, tell));
                for evidence in &deadline.evidence {
                    evidence.opens.into_iter().chain(evidence.closes).for_each(|n| node(n, &bound, tell));
                    match &evidence.dates {
                        Dates::One(n) => node(*n, &bound, tell),
                        Dates::OfRows(set, nodes) => {
                            node(set.rows, &bound, tell);
                            set.cond.iter().chain(nodes).for_each(|&n| within(set, n, &bound, tell));
                        }
                    }
                }
                severity(&deadline.severity, &bound, tell);
                [deadline.late.as_ref(), Some(&deadline.absent), deadline.soon.as_ref()].into_iter().for_each(|m| message(m, &bound, tell));
            }
            Body::Sequence(sequence) => {
                for stage in &sequence.stages {
                    [stage.start, stage.end].into_iter().chain(stage.skip).for_each(|n| node(n, &bound, tell));
                }
                severity(&sequence.severity, &bound, tell);
                message(sequence.missing.as_ref(), &bound, tell);
                message(Some(&sequence.message), &bound, tell);
            }
            Body::Script(script) => {
                severity(&script.severity, &bound, tell);
                match &script.run {
                    Run::Lowered(actions) => statements(actions, &mut bound, tell),
                    Run::Interpreted(_) => tell(Part::Anything),
                }
            }
        }
    }
}

fn statements(actions: &[Action], bound: &mut Vec<(NodeId, u8)>, tell: &mut dyn FnMut(Part<'_>)) {
    for action in actions {
        match action {
            // A row kept in a variable is a row like any other; where it is used nobody can tell which.
            Action::Set(_, _, super::ir::Ty::Row(_)) => tell(Part::Anything),
            Action::Set(_, n, _) => node(*n, bound, tell),
            Action::If(cond, yes, no) => {
                node(*cond, bound, tell);
                statements(yes, bound, tell);
                statements(no, bound, tell);
            }
            Action::ForRows(set, body) => {
                tell(Part::Ordered);
                node(set.rows, bound, tell);
                set.cond.into_iter().for_each(|n| within(set, n, bound, tell));
                bound.push((set.rows, set.slot));
                statements(body, bound, tell);
                bound.pop();
            }
            Action::ForInts(_, from, to, body) => {
                [*from, *to].into_iter().for_each(|n| node(n, bound, tell));
                statements(body, bound, tell);
            }
            Action::ForList(_, list, body) => {
                node(*list, bound, tell);
                statements(body, bound, tell);
            }
            Action::While(cond, body) => {
                node(*cond, bound, tell);
                statements(body, bound, tell);
            }
            Action::Part(t) | Action::Violation(t) | Action::Advise(t) => template(Some(t), bound, tell),
            Action::Break | Action::Continue | Action::Return | Action::Unverified => {}
        }
    }
}

fn node(node: NodeId, bound: &[(NodeId, u8)], tell: &mut dyn FnMut(Part<'_>)) {
    match bound.split_last() {
        None => tell(Part::Node(node)),
        Some((last, outer)) => tell(Part::Slot(outer, *last, node)),
    }
}

fn within(set: &Set, node: NodeId, bound: &[(NodeId, u8)], tell: &mut dyn FnMut(Part<'_>)) {
    tell(Part::Slot(bound, (set.rows, set.slot), node));
}

fn template(template: Option<&Template>, bound: &[(NodeId, u8)], tell: &mut dyn FnMut(Part<'_>)) {
    for piece in template.into_iter().flat_map(|t| &t.0) {
        if let super::ir::Piece::Value(value, _) = piece {
            node(*value, bound, tell);
        }
    }
}

fn message(message: Option<&Message>, bound: &[(NodeId, u8)], tell: &mut dyn FnMut(Part<'_>)) {
    for (when, words) in message.into_iter().flat_map(|m| &m.0) {
        when.iter().for_each(|&n| node(n, bound, tell));
        template(Some(words), bound, tell);
    }
}

fn severity(severity: &Severity, bound: &[(NodeId, u8)], tell: &mut dyn FnMut(Part<'_>)) {
    severity.0.iter().filter_map(|(when, _)| *when).for_each(|n| node(n, bound, tell));
}

/// Ways from the subject, each with whether it has left the subject's group.
type Paths = BTreeSet<(Vec<Hop>, bool)>;

/// Where rows may lie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct At {
    /// How many steps from the subject's group, at most.
    steps: u32,
    /// On which ways; none if there is no saying.
    ways: Option<Rc<Paths>>,
}

impl At {
    /// The subject itself.
    fn subject() -> Self {
        Self { steps: 0, ways: Some(Rc::new(BTreeSet::from([(Vec::new(), false)]))) }
    }

    /// What is no row.
    fn nowhere() -> Self {
        Self { steps: 0, ways: Some(Rc::default()) }
    }

    fn everywhere() -> Self {
        Self { steps: EVERYWHERE, ways: None }
    }

    /// Further on by a hop, of so many steps.
    fn on(&self, hop: Hop, steps: u32) -> Self {
        let on = |(way, left): &(Vec<Hop>, bool)| (way.iter().copied().chain([hop]).collect(), *left || steps > 0);
        let ways = self.ways.as_ref().filter(|ways| ways.iter().all(|(way, _)| way.len() < LONGEST));
        Self { steps: (self.steps + steps).min(EVERYWHERE), ways: ways.map(|ways| Rc::new(ways.iter().map(on).collect())) }
    }

    /// Here or there.
    fn or(self, other: Self) -> Self {
        let both = |(a, b): (Rc<Paths>, Rc<Paths>)| if b.is_empty() { a } else { Rc::new(a.union(&b).cloned().collect()) };
        Self { steps: self.steps.max(other.steps), ways: self.ways.zip(other.ways).map(both) }
    }
}

/// Hops of the longest way that is told.
const LONGEST: usize = 12;

/// Walks nodes with the rows that are bound around them: by slot, where they may lie.
struct Walk<'a> {
    program: &'a Program,
    schema: &'a Schema,
    reach: Reach,
    /// What definitions come to, by definition and by where their row lies.
    known: BTreeMap<(u32, At), At>,
}

impl Walk<'_> {
    /// Notes all that a node reads; gives where the rows that it comes to may lie.
    fn node(&mut self, id: NodeId, around: &BTreeMap<u8, At>) -> At {
        let program = self.program;
        let Some(node) = program.nodes.get(id as usize) else { return At::everywhere() };
        match node {
            Node::Slot(slot) => around.get(slot).cloned().unwrap_or_else(At::everywhere),
            Node::Var(_) => At::nowhere(),
            Node::Follow(row, table, field) => {
                let at = self.node(*row, around);
                self.read(*table, &at, Some(*field));
                let to = at.on(Hop::Follow(*table, *field), self.step(*table, *field));
                if let Some(FieldType::Ref(target)) = self.schema.tables.get(*table).and_then(|t| t.fields.get(*field)).map(|f| f.ty) {
                    self.read(target, &to, None);
                }
                to
            }
            Node::Children(row, child, field) => {
                let at = self.node(*row, around).on(Hop::Children(*child, *field), self.step(*child, *field));
                self.reach.gathered.insert((*child, *field));
                self.read(*child, &at, Some(*field));
                at
            }
            Node::Peers(row, table, field) => {
                let at = self.node(*row, around);
                self.read(*table, &at, Some(*field));
                self.reach.peers.insert((*table, *field));
                // To whatever has the text, and from there.
                let to = at.on(Hop::Peers(*table, *field), 2);
                self.read(*table, &to, Some(*field));
                to
            }
            Node::AllRows(table) => {
                let all = At { steps: EVERYWHERE, ways: Some(Rc::new(BTreeSet::from([(vec![Hop::All(*table)], true)]))) };
                self.read(*table, &all, None);
                all
            }
            Node::Cell(row, table, field)
            | Node::Bool(row, table, field)
            | Node::TextCell(row, table, field)
            | Node::HasCell(row, table, field) => {
                let at = self.node(*row, around);
                self.read(*table, &at, Some(*field));
                At::nowhere()
            }
            Node::Key(row, table) => {
                let at = self.node(*row, around);
                self.read(*table, &at, None);
                At::nowhere()
            }
            Node::Def(def, row) => {
                let at = self.node(*row, around);
                let Some(definition) = program.definitions.get(*def as usize) else { return At::everywhere() };
                if let Some(known) = self.known.get(&(*def, at.clone())) {
                    return known.clone();
                }
                self.read(definition.table, &at, None);
                let found = self.node(definition.body, &BTreeMap::from([(0, at.clone())]));
                self.known.insert((*def, at), found.clone());
                found
            }
            _ => match node.set() {
                Some(set) => self.over(node, *set, around),
                None => {
                    let mut parts = Vec::new();
                    node.each_part(|part| parts.push(part));
                    parts.into_iter().map(|part| self.node(part, around)).fold(At::nowhere(), At::or)
                }
            },
        }
    }

    /// A node that walks a set: whatever it is made of is asked of its rows, or of what is bound around them.
    fn over(&mut self, node: &Node, set: Set, around: &BTreeMap<u8, At>) -> At {
        let rows = self.node(set.rows, around);
        self.read(set.table, &rows, None);
        // The first or the last of them is that by the order of the table; for all else their order is nothing.
        if let Node::Pick(..) = node {
            let order = self.schema.tables.get(set.table).map(|t| t.order.clone()).unwrap_or_default();
            order.into_iter().for_each(|field| self.read(set.table, &rows, Some(field)));
        }
        let mut inside = around.clone();
        inside.insert(set.slot, rows.clone());
        let mut parts = Vec::new();
        node.each_part(|part| parts.push(part));
        parts.into_iter().filter(|part| *part != set.rows).for_each(|part| {
            self.node(part, &inside);
        });
        rows
    }

    /// Whether following a field may lead into another group.
    fn step(&self, table: TableId, field: FieldId) -> u32 {
        u32::from(self.schema.tables.get(table).is_none_or(|t| t.owner != Some(field)))
    }

    /// Notes that a row is read, and a field of it.
    fn read(&mut self, table: TableId, at: &At, field: Option<FieldId>) {
        self.reach.steps = self.reach.steps.max(at.steps.min(EVERYWHERE));
        if at.steps > 0 {
            let base = self.schema.tables.get(table).and_then(|t| t.joined.as_ref()).map_or(table, |j| j.from);
            self.reach.elsewhere.insert(base);
        }
        let Some(told) = &mut self.reach.ways else { return };
        let Some(ways) = &at.ways else {
            self.reach.ways = None;
            return;
        };
        for (way, _) in ways.iter().filter(|(_, left)| *left) {
            told.entry(way.clone()).or_default().extend(field);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::{Files, load};

    #[test]
    fn rules_over_one_persons_records_look_no_further_and_others_say_where() {
        let rules = load(&Files::built_in()).unwrap();
        let timed = timed(&rules.program);
        let of = |code: &str| reach(&rules, rules.of_code(code).next().unwrap(), &timed);
        let table = |name: &str| rules.schema.table(name).unwrap();
        // The length of a notice: its case and its steps, on whatever day it is asked.
        assert_eq!((of("GS002").steps, of("GS002").timed), (0, false));
        assert!(of("GS002").elsewhere.is_empty());
        // A talk that falls due.
        assert_eq!((of("TH001").steps, of("TH001").timed), (0, true));
        // The posts of a unit, and those who hold them.
        let posts = of("ZS001");
        assert!((1..EVERYWHERE).contains(&posts.steps) && posts.elsewhere.contains(&table("post")));
        assert!(posts.gathered.contains(&(table("post"), rules.schema.tables[table("post")].field("unit_id").unwrap())));
        // All evaluations of whatever unit, of which two cells are read.
        let evaluations = of("PY002");
        assert_eq!(evaluations.steps, EVERYWHERE);
        let fields = ["year", "person_id"].map(|name| rules.schema.tables[table("evaluation")].field(name).unwrap());
        assert_eq!(evaluations.ways.unwrap()[&vec![Hop::All(table("evaluation"))]], BTreeSet::from(fields));
        // Of every rule that looks far it is told on which ways.
        let told = |reach: Reach| reach.steps <= 1 || reach.ways.is_some();
        assert!(rules.rules.iter().all(|rule| told(reach(&rules, rule, &timed))));
    }
}
