//! Judging alone: the twelve rules from their TOML against the same rules by hand, over the same records in memory.
//!
//!     cargo run --release --example county -- --people 100000 --out people.db
//!     cargo bench --bench judge
//!
//! First comes the ratio, each side's least time of many runs taken in turn (other work on the machine only ever adds), then criterion's
//! report. `GUIJU_BENCH_ROUNDS=50` takes more runs, `GUIJU_BENCH_BY_RULE=1` times each rule alone.
//!
//! Another database: `GUIJU_BENCH_DB=other.db cargo bench --bench judge`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a benchmark stops at the first thing that is not as it should be")]

mod clock;
mod yardstick;

use clock::once;
use criterion::{Criterion, criterion_group, criterion_main};
use guiju::dates::Day;
use guiju::engine::{Options, Outcome, check};
use guiju::ingest;
use guiju::records::Store;
use guiju::rules::{Files, RuleSet, load_some};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use yardstick::{CODES, Columns, Found};

fn twelve_rules() -> RuleSet {
    let wanted = |path: &str| CODES.iter().any(|c| path.ends_with(&format!("/{c}.toml")));
    load_some(&Files::built_in(), &wanted, &[]).unwrap_or_else(|errors| panic!("{}", errors[0].message))
}

/// A variable of the environment, or what it is without.
fn setting(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

/// Both sides in turn, with one thread and with two; gives the times with two.
fn ratios(records: &Records<'_>) -> (f64, f64) {
    let rounds: usize = setting("GUIJU_BENCH_ROUNDS", "20").parse().unwrap();
    let (mut single, mut last) = ((f64::INFINITY, f64::INFINITY), (0.0, 0.0));
    println!("threads  by hand  from TOML  ratio  second thread (by hand, from TOML)");
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (mut hand, mut toml) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..rounds {
            hand = hand.min(once(&pool, || records.by_hand()));
            toml = toml.min(once(&pool, || records.by_rules(None)));
        }
        last = (hand, toml);
        if threads == 1 {
            single = last;
        }
        println!("{threads:>7}  {hand:>5.1} ms  {toml:>6.1} ms  {:>5.2}  {:.2} {:.2}", toml / hand, single.0 / hand, single.1 / toml);
        if threads == 1 && !setting("GUIJU_BENCH_BY_RULE", "").is_empty() {
            for (i, rule) in records.rules.rules.iter().enumerate() {
                let one = (0..rounds).map(|_| once(&pool, || records.by_rules(Some(&[i])))).fold(f64::INFINITY, f64::min);
                println!("         {} {one:>7.1} ms", rule.code);
            }
        }
    }
    last
}

struct Records<'a> {
    rules: &'a RuleSet,
    store: &'a Store,
    columns: Columns<'a>,
    day: Day,
}

impl Records<'_> {
    fn by_hand(&self) -> Vec<Found> {
        yardstick::judge(&self.columns, &self.rules.calendar, self.day)
    }
    fn by_rules(&self, chosen: Option<&[usize]>) -> Outcome {
        check(self.rules, self.store, &Options { rules: chosen, ..Options::on(self.day) })
    }
}

fn judging(c: &mut Criterion) {
    let source = setting("GUIJU_BENCH_DB", "people.db");
    if !Path::new(&source).exists() {
        eprintln!("no {source}: cargo run --release --example county -- --people 100000 --out people.db");
        return;
    }
    let rules = twelve_rules();
    let begun = Instant::now();
    let store = ingest::read(&[source], &rules.schema, &rules.wanted(), &ingest::Silent).unwrap();
    let loading = begun.elapsed().as_secs_f64() * 1000.0;
    let columns = Columns::of(&store).unwrap_or_else(|| panic!("a column is not there, or a row was refused"));
    let day = "2026-06-30".parse().unwrap();
    let records = Records { rules: &rules, store: &store, columns, day };
    println!("findings: {} by hand, {} from TOML", records.by_hand().len(), records.by_rules(None).findings.len());
    let (hand, by_rules) = ratios(&records);
    println!("loading {loading:.0} ms; with it, on two threads, {:.2} times by hand", (loading + by_rules) / (loading + hand));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut group = c.benchmark_group(format!("judge/{threads}"));
        group.sample_size(20);
        group.bench_function("by hand", |b| b.iter(|| pool.install(|| black_box(records.by_hand()))));
        group.bench_function("from TOML", |b| b.iter(|| pool.install(|| black_box(records.by_rules(None)))));
        group.finish();
    }
}

criterion_group!(benches, judging);
criterion_main!(benches);
