//! What each rule of the whole catalogue costs, a rule and a subject at a time, beside the twelve of `judge`.
//!
//!     cargo run --release --example county -- --people 100000 --out people.db
//!     cargo bench --bench catalogue
//!
//! One thread, by its time on a core; the least of several runs of each rule alone, less a run of no rule at all. Another database:
//! `GUIJU_BENCH_DB=other.db`; more runs: `GUIJU_BENCH_ROUNDS=10`; only some rules: `GUIJU_BENCH_RULES=KH001,ZS002`; every rule's cost:
//! `GUIJU_BENCH_ALL=1`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a benchmark stops at the first thing that is not as it should be")]

mod clock;

use clock::once;
use guiju::engine::{Options, Outcome, check};
use guiju::ingest;
use guiju::records::Store;
use guiju::rules::{Files, RuleSet, load};
use std::path::Path;

/// The rules that the yardstick does by hand.
const TWELVE: [&str; 12] = ["GS002", "SY001", "JD003", "JD004", "SX001", "RZ001", "ZG004", "ZG005", "RQ001", "RQ002", "TH001", "SJ001"];

/// A rule's cost.
struct Cost<'r> {
    rule: usize,
    code: &'r str,
    table: &'r str,
    subjects: f64,
    /// Subjects, or their parts where a rule judges each part apart.
    parts: f64,
    ms: f64,
}

impl Cost<'_> {
    /// Nanoseconds a subject.
    fn each(&self) -> f64 {
        self.ms * 1e6 / self.subjects
    }
}

fn main() {
    let source = std::env::var("GUIJU_BENCH_DB").unwrap_or_else(|_| "people.db".to_owned());
    if !Path::new(&source).exists() {
        eprintln!("no {source}: cargo run --release --example county -- --people 100000 --out people.db");
        return;
    }
    let rules = load(&Files::built_in()).unwrap_or_else(|errors| panic!("{}", errors[0].message));
    let store = ingest::read(&[source], &rules.schema, &rules.wanted(), &ingest::Silent).unwrap();
    let run = Run::new(&rules, &store);
    let mut costs = run.costs();
    costs.sort_by(|a, b| b.each().total_cmp(&a.each()));
    let of = |name: &str, costs: &[&Cost<'_>]| {
        let ms: f64 = costs.iter().map(|c| c.ms).sum();
        let (subjects, parts) = costs.iter().fold((0.0, 0.0), |(s, p), c| (s + c.subjects, p + c.parts));
        let chosen: Vec<usize> = costs.iter().map(|c| c.rule).collect();
        let together = run.takes(&chosen);
        println!("{name}: {} rules, {subjects:.0} subjects, {parts:.0} subjects and parts", costs.len());
        println!(
            "   each alone: {ms:.0} ms, {:.1} ns a rule and subject, {:.1} a rule, subject and part",
            ms * 1e6 / subjects,
            ms * 1e6 / parts
        );
        println!("   in one run: {together:.0} ms, {:.1} ns, {:.1}", together * 1e6 / subjects, together * 1e6 / parts);
    };
    of("whole catalogue", &costs.iter().collect::<Vec<_>>());
    of("the twelve     ", &costs.iter().filter(|c| TWELVE.contains(&c.code)).collect::<Vec<_>>());
    let each: Vec<f64> = costs.iter().map(Cost::each).collect();
    for (share, name) in [(1.0, "least"), (0.75, "quarter"), (0.5, "half"), (0.25, "three quarters"), (0.1, "nine tenths"), (0.0, "most")] {
        let at = (share * (each.len() - 1) as f64).round() as usize;
        println!("{name:>15} {:>7.1} ns a subject", each[at]);
    }
    println!("dearest a subject");
    costs.iter().take(10).for_each(tell);
    costs.sort_by(|a, b| b.ms.total_cmp(&a.ms));
    println!("dearest in all");
    let most = if std::env::var_os("GUIJU_BENCH_ALL").is_some() { costs.len() } else { 10 };
    costs.iter().take(most).for_each(tell);
}

/// Rules over records, on one thread.
struct Run<'r> {
    rules: &'r RuleSet,
    store: &'r Store,
    rounds: usize,
    pool: rayon::ThreadPool,
    /// What a run of no rule at all takes.
    nothing: f64,
}

impl<'r> Run<'r> {
    fn new(rules: &'r RuleSet, store: &'r Store) -> Self {
        let rounds = std::env::var("GUIJU_BENCH_ROUNDS").map_or(5, |n| n.parse().unwrap());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let mut run = Self { rules, store, rounds, pool, nothing: 0.0 };
        run.nothing = run.takes(&[]);
        println!("no rule at all: {:.1} ms", run.nothing);
        run
    }

    fn check(&self, chosen: &[usize]) -> Outcome {
        let day = "2026-06-30".parse().unwrap();
        check(self.rules, self.store, &Options { rules: Some(chosen), ..Options::on(day) })
    }

    /// What some rules take in one run, in milliseconds.
    fn takes(&self, chosen: &[usize]) -> f64 {
        let least = (0..self.rounds).map(|_| once(&self.pool, || self.check(chosen))).fold(f64::INFINITY, f64::min);
        (least - self.nothing).max(0.0)
    }

    fn costs(&self) -> Vec<Cost<'r>> {
        let only = std::env::var("GUIJU_BENCH_RULES").ok();
        let meant = |code: &str| only.as_deref().is_none_or(|only| only.split(',').any(|c| c == code));
        let mut costs = Vec::new();
        for (i, rule) in self.rules.rules.iter().enumerate().filter(|(_, rule)| meant(&rule.code)) {
            let subjects = self.store.rows(rule.subject).len as f64;
            if subjects > 0.0 {
                // Rules with several checks count each, but they ask them of one and the same subject.
                let counted = self.check(&[i]).counts.iter().flat_map(|c| c.verdicts).sum::<u64>() as f64;
                let parts = if rule.each.is_some() { counted.max(subjects) } else { subjects };
                costs.push(Cost { rule: i, code: &rule.code, table: &rule.subject_name, subjects, parts, ms: self.takes(&[i]) });
            }
        }
        costs
    }
}

fn tell(cost: &Cost<'_>) {
    println!("  {} {:>8.1} ns × {:>9} {:<8} = {:>7.1} ms", cost.code, cost.each(), cost.subjects, cost.table, cost.ms);
}
