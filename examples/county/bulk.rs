//! Any number of people for benchmarks: county after county, each made, spoilt a little and written before the next, so that memory stays bounded.

use std::collections::{BTreeSet, HashSet};
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::career::{self, Sizes};
use crate::close;
use crate::county::County;
use crate::day::{Workdays, ymd};
use crate::fates;
use crate::life;
use crate::names;
use crate::person::Written;
use crate::rng::Rng;
use crate::table::{ALL, Cell, Row, T};
use crate::units;
use crate::write::{Failure, Sink};

/// Cases in a hundred that get a fault.
const SPOILT: u32 = 2;

/// What notices, probation, quorum and majority, order of steps, talks, tenure, terms and audits are judged from.
const CORE: &[T] = &[T::Unit, T::Quota, T::Person, T::Post, T::Rank, T::Case, T::Step, T::Talk, T::Audit];

/// Writes `people` people, to the core tables alone if so asked. One thread makes counties while the other writes them.
pub fn write(days: &Workdays, seed: u64, people: usize, core: bool, sink: &mut dyn Sink) -> Result<(), Failure> {
    thread::scope(|scope| {
        let (send, receive) = sync_channel::<Vec<Vec<Row>>>(2);
        scope.spawn(move || {
            let mut left = people;
            for number in 0.. {
                let rows = one(days, seed.wrapping_add(number), number, left);
                left = left.saturating_sub(rows[T::Person as usize].len());
                // A receiver that is gone has reported why.
                if send.send(rows).is_err() || left == 0 {
                    return;
                }
            }
        });
        let mut taken = HashSet::new();
        for mut rows in receive {
            number_apart(&mut rows[T::Person as usize], &mut taken);
            for table in if core { CORE } else { ALL } {
                sink.rows(*table, &rows[*table as usize])?;
            }
        }
        Ok(())
    })
}

/// Gives whoever has the ID number of somebody before the next free one: among so many people, chance alone would make some alike.
fn number_apart(people: &mut [Row], taken: &mut HashSet<String>) {
    for person in people {
        let mut number = person.get("id_number").text();
        // Some have none, or a wrong one, on purpose.
        if number.len() != 18 {
            continue;
        }
        while !taken.insert(number.clone()) {
            number = names::next_id_number(&number);
            person.set("id_number", number.clone());
        }
    }
}

/// One county of a little over three hundred people, or as many as are still wanted.
fn one(days: &Workdays, seed: u64, number: u64, wanted: usize) -> Vec<Vec<Row>> {
    let mut county = County::new(days, seed, format!("{number:04}N"));
    units::write(&mut county);
    let sizes = Sizes { retired: 40, staff: 45, moved: 45, from_elsewhere: 5, every_slot: true };
    let written = career::write(&mut county, &sizes);
    life::write(&mut county, &written);
    let (mut rng, lent) = (Rng::named(county.seed, "lent"), &written[written.len() - 1]);
    fates::secondment(&mut county, &mut rng, lent, ymd(2025, 11, 12), None);
    close::write_evaluations(&mut county);
    close::mark_excellent(&mut county);
    close::write_quotas(&mut county);
    spoil(&mut county, &written);
    if county.of(T::Person).len() > wanted {
        cut(&mut county, wanted);
    }
    county.rows
}

/// Keeps the first people and what is theirs.
fn cut(county: &mut County, wanted: usize) {
    let kept: BTreeSet<String> = county.of(T::Person).iter().take(wanted).map(Row::id).collect();
    let of_kept =
        |rows: &[Row]| -> BTreeSet<String> { rows.iter().filter(|r| kept.contains(&r.get("person_id").text())).map(Row::id).collect() };
    let (cases, posts) = (of_kept(county.of(T::Case)), of_kept(county.of(T::Post)));
    for table in ALL {
        let fields = table.fields();
        county.of_mut(*table).retain(|r| match table {
            T::SecondmentReport => posts.contains(&r.get("post_id").text()),
            T::Step | T::Opinion | T::Material => cases.contains(&r.get("case_id").text()),
            _ if fields.contains(&"person_id") => {
                let owner = r.get("person_id").text();
                let relative = if *table == T::Kin { r.get("relative_id").text() } else { String::new() };
                (owner.is_empty() || kept.contains(&owner)) && (relative.is_empty() || kept.contains(&relative))
            }
            _ => true,
        });
    }
}

/// Faults of many kinds on a few cases, for something to be found.
fn spoil(county: &mut County, written: &[Written]) {
    let mut rng = Rng::named(county.seed, "spoil");
    for one in written {
        for (case, t) in &one.cases {
            if !rng.percent(SPOILT) {
                continue;
            }
            let step =
                |c: &County, kind: &str| c.of(T::Step).iter().find(|s| s.get("case_id").is(case) && s.get("kind").is(kind)).map(Row::id);
            match rng.below(9) {
                0 => {
                    if let Some(id) = step(county, "任前公示") {
                        county.set(T::Step, &id, "end", t.notice.0.plus(1));
                    }
                }
                1 => remove(county, T::Step, case, &["试用期满考核", "试用期满公示", "正式任职"]),
                2 => tally(county, step(county, "讨论决定"), [("due", 11), ("present", 7), ("ayes", 7)]),
                3 => tally(county, step(county, "讨论决定"), [("due", 11), ("present", 11), ("ayes", 5)]),
                4 => {
                    if let Some(id) = step(county, "动议") {
                        county.set(T::Step, &id, "start", t.inspected.1);
                    }
                }
                5 => remove(county, T::Talk, case, &["任前谈话", "提拔谈话", "交流谈话", "调整谈话"]),
                6 => county.of_mut(T::Audit).retain(|a| !a.get("person_id").is(&one.person)),
                7 => remove(county, T::Visit, case, &["征求意见", "反馈意见"]),
                _ => later(county, one),
            }
        }
        if rng.percent(SPOILT) {
            earlier(county, one);
        }
    }
}

fn remove(county: &mut County, table: T, case: &str, kinds: &[&str]) {
    county.of_mut(table).retain(|r| !(r.get("case_id").is(case) && kinds.iter().any(|k| r.get("kind").is(k))));
}

fn tally(county: &mut County, step: Option<String>, counts: [(&str, i32); 3]) {
    let Some(id) = step else { return };
    for (field, value) in counts {
        county.set(T::Step, &id, field, value);
    }
    county.set(T::Step, &id, "nays", 0);
}

/// Posts before the last begin twenty months later: too short a tenure.
fn later(county: &mut County, one: &Written) {
    for post in county.of_mut(T::Post).iter_mut().filter(|p| p.get("person_id").is(&one.person) && *p.get("end") != Cell::Blank) {
        if let (Cell::Day(start), Cell::Day(end)) = (post.get("start"), post.get("end")) {
            // A post shorter than that shrinks to its last day: none ends before it began.
            let moved = start.months(20).min(*end);
            post.set("start", moved);
        }
    }
}

/// The present post began eight years earlier: too long in it.
fn earlier(county: &mut County, one: &Written) {
    let last = one.post();
    if let Cell::Day(start) = *county.get(T::Post, last).get("start") {
        county.set(T::Post, last, "start", start.months(-96));
    }
}
