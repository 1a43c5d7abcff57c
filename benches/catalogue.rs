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
use guiju::engine::{Options, check};
use guiju::ingest;
use guiju::records::Store;
use guiju::rules::{Files, RuleSet, load};
use std::path::Path;

/// The rules that the yardstick does by hand.
const TWELVE: [&str; 12] = ["GS002", "SY001", "JD003", "JD004", "SX001", "RZ001", "ZG004", "ZG005", "RQ001", "RQ002", "TH001", "SJ001"];

/// A rule's cost.
struct Cost<'r> {
    code: &'r str,
    table: &'r str,
    subjects: f64,
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
    let mut costs = costs(&rules, &store);
    costs.sort_by(|a, b| b.each().total_cmp(&a.each()));
    let of = |name: &str, costs: &[&Cost<'_>]| {
        let (ms, asked) = costs.iter().fold((0.0, 0.0), |(ms, asked), c| (ms + c.ms, asked + c.subjects));
        println!("{name}: {} rules, {ms:.0} ms, {:.1} ns a rule and subject", costs.len(), ms * 1e6 / asked);
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

fn costs<'r>(rules: &'r RuleSet, store: &Store) -> Vec<Cost<'r>> {
    let rounds: usize = std::env::var("GUIJU_BENCH_ROUNDS").map_or(5, |n| n.parse().unwrap());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let day = "2026-06-30".parse().unwrap();
    let least = |chosen: &[usize]| {
        let run = || check(rules, store, &Options { rules: Some(chosen), ..Options::on(day) });
        (0..rounds).map(|_| once(&pool, run)).fold(f64::INFINITY, f64::min)
    };
    let nothing = least(&[]);
    println!("no rule at all: {nothing:.1} ms");
    let only = std::env::var("GUIJU_BENCH_RULES").ok();
    let meant = |code: &str| only.as_deref().is_none_or(|only| only.split(',').any(|c| c == code));
    let mut costs = Vec::new();
    for (i, rule) in rules.rules.iter().enumerate().filter(|(_, rule)| meant(&rule.code)) {
        let subjects = store.rows(rule.subject).len;
        if subjects > 0 {
            let ms = (least(&[i]) - nothing).max(0.0);
            costs.push(Cost { code: &rule.code, table: &rule.subject_name, subjects: subjects as f64, ms });
        }
    }
    costs
}

fn tell(cost: &Cost<'_>) {
    println!("  {} {:>8.1} ns × {:>9} {:<8} = {:>7.1} ms", cost.code, cost.each(), cost.subjects, cost.table, cost.ms);
}
