//! Loading, against what the same rows cost at the least: stepping over them with rusqlite, and the csv crate's record loop.
//!
//!     cargo run --release --example county -- --people 100000 --out people.db
//!     cargo run --release --example county -- --people 100000 --csv people
//!     cargo bench --bench load
//!
//! Other data: `GUIJU_BENCH_DB=other.db GUIJU_BENCH_CSV=folder cargo bench --bench load`. Afterwards come the ratios, each the least of
//! several runs by turns, so that what else the machine does disturbs both alike.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a benchmark stops at the first thing that is not as it should be")]

use criterion::Criterion;
use guiju::diagnostic::Source;
use guiju::ingest::{self, Silent};
use guiju::records::{Schema, Wanted, parse_schema};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rounds for the ratios.
const ROUNDS: u32 = 5;

fn main() {
    let schema = schema();
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut ratios = Vec::new();
    for (kind, variable, usual, bar) in [("SQLite", "GUIJU_BENCH_DB", "people.db", 1.5), ("CSV", "GUIJU_BENCH_CSV", "people", 2.0)] {
        let source = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
        if !Path::new(&source).exists() {
            let option = if kind == "CSV" { "csv" } else { "out" };
            eprintln!("no {source}: cargo run --release --example county -- --people 100000 --{option} {usual}");
            continue;
        }
        let floor = || if kind == "CSV" { record_loop(&source) } else { step_over(&source) };
        let mut group = criterion.benchmark_group(format!("load/{kind}"));
        group.bench_function("floor", |b| b.iter(|| black_box(floor())));
        for threads in [1, 2] {
            let pool = pool(threads);
            group.bench_function(format!("guiju, {threads} threads"), |b| b.iter(|| pool.install(|| load(&source, &schema))));
        }
        group.finish();
        ratios.push((kind, bar, by_turns(&floor, &source, &schema)));
    }
    criterion.final_summary();
    for (kind, bar, (floor, one, two)) in ratios {
        let ratio = |time: Duration| time.as_secs_f64() / floor.as_secs_f64();
        println!(
            "{kind}: floor {:.3} s, one thread {:.3} s ({:.2}×), two {:.3} s ({:.2}×); the bar is {bar}×",
            floor.as_secs_f64(),
            one.as_secs_f64(),
            ratio(one),
            two.as_secs_f64(),
            ratio(two)
        );
    }
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

fn by_turns(floor: &dyn Fn() -> u64, source: &str, schema: &Arc<Schema>) -> (Duration, Duration, Duration) {
    let (one, two) = (pool(1), pool(2));
    let mut least = (Duration::MAX, Duration::MAX, Duration::MAX);
    let time = |work: &dyn Fn() -> u64| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    for _ in 0..ROUNDS {
        least.0 = least.0.min(time(floor));
        least.1 = least.1.min(time(&|| one.install(|| load(source, schema))));
        least.2 = least.2.min(time(&|| two.install(|| load(source, schema))));
    }
    least
}

fn schema() -> Arc<Schema> {
    let text = include_str!("../rules/schema.toml").to_owned();
    Arc::new(parse_schema(&[Arc::new(Source { name: "schema.toml".into(), text })]).unwrap())
}

/// How many rows there are.
fn load(source: &str, schema: &Arc<Schema>) -> u64 {
    let store = ingest::read(&[source.to_owned()], schema, &Wanted::all(schema), &Silent).unwrap();
    assert!(store.problems.is_empty(), "{:?}", store.problems.first());
    store.tallies.iter().map(|t| t.read).sum()
}

/// Every cell of every row fetched, and nothing made of it.
fn step_over(path: &str) -> u64 {
    let db = Connection::open(path).unwrap();
    let tables: Vec<String> = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut sum = 0u64;
    for table in tables {
        let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let width = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for i in 0..width {
                sum = sum.wrapping_add(match row.get_ref(i).unwrap() {
                    ValueRef::Text(text) => text.len() as u64,
                    ValueRef::Integer(i) => i as u64,
                    ValueRef::Real(x) => x as u64,
                    ValueRef::Null | ValueRef::Blob(_) => 0,
                });
            }
        }
    }
    sum
}

/// Every record of every file read as UTF-8, and nothing made of it.
fn record_loop(folder: &str) -> u64 {
    let mut sum = 0u64;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "csv") || path.file_name().is_some_and(|n| n == "EXPECTED.csv") {
            continue;
        }
        let mut reader = csv::Reader::from_path(path).unwrap();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).unwrap() {
            sum = sum.wrapping_add(record.iter().map(|cell| cell.len() as u64).sum());
        }
    }
    sum
}
