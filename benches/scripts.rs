//! The shipped scripts four ways: lowered; interpreted as those are that must be; interpreted with every comparison left to rhai; and
//! embedded in rhai the plain way by a program of their own.
//!
//!     cargo bench --bench scripts
//!
//! Afterwards come the ratios, each the least of several runs by turns, by the time on a core.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a benchmark stops at the first thing that is not as it should be")]

use clock::once;
use criterion::Criterion;
use guiju::engine::{Options, check};
use guiju::records::{Builder, Cell, Store, Wanted};
use guiju::rules::{Files, Interpret, Loading, RuleSet, load_as};
use std::hint::black_box;

mod clock;
#[path = "scripts/plain.rs"]
mod plain;

/// Secondments judged in one go.
const POSTS: usize = 4096;
/// Reports of each.
const REPORTS: usize = 8;
/// Rounds for the ratios.
const ROUNDS: u32 = 15;
const AS_OF: &str = "2026-06-30";

/// One way of judging everything; gives the number of findings.
type Way<'a> = Box<dyn Fn() -> usize + Send + Sync + 'a>;

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (lowered, interpreted, plainly) = (rules(Interpret::WhereNeeded), rules(Interpret::Always), rules(Interpret::Plainly));
    let store = secondments(&lowered);
    let files = Files::built_in();
    let script = &files.get("local/JL/JL002.rhai").unwrap().text;
    let plain = plain::Plain::new(script, &dates(), AS_OF);
    assert_eq!((judge(&lowered, &store), judge(&interpreted, &store), plain.judge()), (0, 0, 0), "all keep their reports");

    let ways: Vec<(&str, Way<'_>)> = vec![
        ("lowered", Box::new(|| judge(&lowered, &store))),
        ("interpreted", Box::new(|| judge(&interpreted, &store))),
        ("interpreted plainly", Box::new(|| judge(&plainly, &store))),
        ("plain embedding", Box::new(|| plain.judge())),
    ];
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("JL002");
    for (name, way) in &ways {
        group.bench_function(*name, |b| b.iter(|| pool.install(|| black_box(way()))));
    }
    group.finish();
    criterion.final_summary();

    let mut least = vec![f64::INFINITY; ways.len()];
    for _ in 0..ROUNDS {
        for ((_, way), least) in ways.iter().zip(&mut least) {
            *least = once(&pool, way).min(*least);
        }
    }
    let each = |ms: f64| ms * 1e3 / POSTS as f64;
    let [lowered, interpreted, plainly, plain] = least.as_slice() else { return };
    println!(
        "JL002 a post with {REPORTS} reports: lowered {:.3} µs, interpreted {:.2} µs (plainly {:.2} µs), plain embedding {:.2} µs",
        each(*lowered),
        each(*interpreted),
        each(*plainly),
        each(*plain)
    );
    let ratio = |a: &f64, b: &f64| a / b;
    println!(
        "÷ lowered (bar: at least 30): plain embedding {:.1}, interpreted plainly {:.1}, interpreted {:.1}",
        ratio(plain, lowered),
        ratio(plainly, lowered),
        ratio(interpreted, lowered)
    );
    println!("interpreted ÷ plain {:.2} (bar: at most 1.1)", ratio(interpreted, plain));
}

fn rules(interpret: Interpret) -> RuleSet {
    let wanted = |path: &str| path.ends_with("JL002.toml");
    load_as(&Files::built_in(), &Loading { wanted: &wanted, interpret, ..Loading::default() })
        .unwrap_or_else(|e| panic!("{}", e[0].message))
}

fn judge(rules: &RuleSet, store: &Store) -> usize {
    let outcome = check(rules, store, &Options::on(AS_OF.parse().unwrap()));
    assert!(outcome.failures.is_empty());
    outcome.findings.len()
}

/// Start, end and the days of the reports of each post, in time every time.
fn dates() -> Vec<(String, String, Vec<String>)> {
    let month = |m: usize, d: usize| format!("{}-{:02}-{d:02}", 2019 + (m - 1) / 12, (m - 1) % 12 + 1);
    let post = |n: usize| {
        let (first, day) = (1 + n % 24, 1 + n % 28);
        let reports = (1..=REPORTS).map(|r| month(first + 3 * r, day)).collect();
        (month(first, day), month(first + 3 * REPORTS + 2, day), reports)
    };
    (0..POSTS).map(post).collect()
}

fn secondments(rules: &RuleSet) -> Store {
    let schema = &rules.schema;
    let mut builder = Builder::new(schema.clone(), Wanted::all(schema));
    let mut table = |name: &str, fields: &[&str], rows: &[Vec<String>]| {
        let id = schema.table(name).unwrap();
        builder.declare(id);
        let headed = fields.iter().map(|f| (schema.tables[id].field(f).unwrap(), (*f).to_owned())).collect();
        let mut reading = builder.reading(id, &format!("{name}.csv"), headed);
        for (n, row) in rows.iter().enumerate() {
            reading.start_row(n as u32 + 2);
            row.iter().enumerate().for_each(|(i, text)| reading.cell(i, Cell::Text(text)));
            reading.end_row();
        }
    };
    let dates = dates();
    let people: Vec<Vec<String>> = (0..POSTS).map(|n| vec![format!("P{n}"), "某甲".into()]).collect();
    table("person", &["person_id", "name"], &people);
    let posts: Vec<Vec<String>> = dates
        .iter()
        .enumerate()
        .map(|(n, (start, end, _))| vec![format!("S{n}"), format!("P{n}"), "挂职".into(), "挂职".into(), start.clone(), end.clone()])
        .collect();
    table("post", &["post_id", "person_id", "title", "kind", "start", "end"], &posts);
    let reports = dates.iter().enumerate().flat_map(|(n, (.., days))| days.iter().map(move |d| (n, d)));
    let reports: Vec<Vec<String>> = reports.enumerate().map(|(r, (n, day))| vec![format!("R{r}"), format!("S{n}"), day.clone()]).collect();
    table("secondment_report", &["report_id", "post_id", "date"], &reports);
    builder.finish()
}
