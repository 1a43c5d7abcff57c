//! Loading, against what the same rows cost at the least: stepping over them with rusqlite, and the csv crate's record loop.
//!
//!     cargo run --release --example county -- --people 100000 --out people.db
//!     cargo run --release --example county -- --people 100000 --csv people
//!     cargo bench --bench load
//!
//! `benches/postgres.sh` adds a PostgreSQL database: `GUIJU_BENCH_PG=postgres://…`, against psql copying the same tables to nowhere.
//! Then a workbook and a GB18030 table of 100,000 invented people, made on the spot (`GUIJU_BENCH_PEOPLE` for another number, 0 for none), against calamine,
//! and against the csv crate over what encoding_rs decodes, over the same cells.
//!
//! Other data: `GUIJU_BENCH_DB=other.db GUIJU_BENCH_CSV=folder cargo bench --bench load`. First come the ratios, each the least of
//! several runs by turns, on one thread by its time on a core; then criterion's report. `GUIJU_BENCH_ROUNDS=20` takes more runs.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a benchmark stops at the first thing that is not as it should be")]

mod clock;

use clock::once;
use criterion::Criterion;
use guiju::diagnostic::Source;
use guiju::ingest::{self, Silent};
use guiju::records::{Schema, Wanted, parse_schema};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let schema = schema();
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut sources = Vec::new();
    for (kind, variable, usual, bar) in [("SQLite", "GUIJU_BENCH_DB", "people.db", 1.5), ("CSV", "GUIJU_BENCH_CSV", "people", 2.0)] {
        let source = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
        if !Path::new(&source).exists() {
            let option = if kind == "CSV" { "csv" } else { "out" };
            eprintln!("no {source}: cargo run --release --example county -- --people 100000 --{option} {usual}");
            continue;
        }
        by_turns(kind, bar, &source, &schema);
        sources.push((kind, source));
    }
    if let Ok(address) = std::env::var("GUIJU_BENCH_PG") {
        out_of_postgres(&address, &schema);
    }
    let dir = tempfile::tempdir().unwrap();
    if people() > 0 {
        for (kind, source) in [("workbook", people_book(dir.path())), ("GB18030", people_gb18030(dir.path()))] {
            by_turns(kind, 3.0, &source, &schema);
            sources.push((kind, source));
        }
        println!("peak memory {} MB", peak_memory());
    }
    for (kind, source) in &sources {
        let mut group = criterion.benchmark_group(format!("load/{kind}"));
        group.bench_function("floor", |b| b.iter(|| black_box(floor(source))));
        for threads in [1, 2] {
            let pool = pool(threads);
            group.bench_function(format!("guiju, {threads} threads"), |b| b.iter(|| pool.install(|| load(source, &schema))));
        }
        group.finish();
    }
    criterion.final_summary();
}

/// Both sides by turns, by the clock on the wall: the server is a process of its own.
fn out_of_postgres(address: &str, schema: &Arc<Schema>) {
    let rounds: usize = std::env::var("GUIJU_BENCH_ROUNDS").map_or(7, |n| n.parse().unwrap());
    let mut least = [f64::INFINITY; 2];
    for _ in 0..rounds {
        let mut timed = |side: usize, run: &dyn Fn()| {
            let begun = Instant::now();
            run();
            least[side] = least[side].min(begun.elapsed().as_secs_f64() * 1000.0);
        };
        timed(0, &|| copy_to_nowhere(address, schema));
        timed(1, &|| {
            black_box(load(address, schema));
        });
    }
    let [floor, read] = least;
    println!("PostgreSQL: COPY {floor:.0} ms, guiju {read:.0} ms: {:.0}% of its rate; the bar is 60%", 100.0 * floor / read);
}

/// `COPY … TO STDOUT` of every table, by psql.
fn copy_to_nowhere(address: &str, schema: &Schema) {
    let tables = schema.tables.iter().filter(|t| t.joined.is_none() && t.name != "study");
    let copies: String = tables.map(|t| format!("COPY \"{}\" TO STDOUT;\n", t.name)).collect();
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", address])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(copies.as_bytes()).unwrap();
    assert!(psql.wait().unwrap().success());
}

/// Both sides by turns, the least of each.
fn by_turns(kind: &str, bar: f64, source: &str, schema: &Arc<Schema>) {
    let rounds: usize = std::env::var("GUIJU_BENCH_ROUNDS").map_or(7, |n| n.parse().unwrap());
    let (one, two) = (pool(1), pool(2));
    let mut least = [f64::INFINITY; 3];
    for _ in 0..rounds {
        let times = [once(&one, || floor(source)), once(&one, || load(source, schema)), once(&two, || load(source, schema))];
        least.iter_mut().zip(times).for_each(|(least, time)| *least = least.min(time));
    }
    let [floor, one, two] = least;
    let (first, second) = (one / floor, two / floor);
    println!("{kind}: floor {floor:.0} ms, one thread {one:.0} ms ({first:.2}×), two {two:.0} ms ({second:.2}×); the bar is {bar}×");
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
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

/// What reading costs at the least.
fn floor(source: &str) -> u64 {
    match Path::new(source).extension().and_then(|e| e.to_str()) {
        Some("xlsx") => cell_loop(source),
        Some("csv") => decoded_loop(source),
        _ if Path::new(source).is_dir() => record_loop(source),
        _ => step_over(source),
    }
}

/// The columns of a table of people, and the cells of the `i`-th of them.
const HEADERS: [&str; 14] = [
    "人员编码",
    "姓名",
    "身份证号",
    "性别",
    "民族",
    "籍贯",
    "出生日期",
    "政治面貌",
    "入党时间",
    "参加工作时间",
    "最高学历",
    "学位",
    "人员类别",
    "人员状态",
];

fn person(i: usize) -> [String; 14] {
    let pick = |of: &[&str], n: usize| of[n % of.len()].to_owned();
    let names = ["司空", "漆雕", "巫马", "公良", "亓官", "仲孙", "申屠", "夹谷"];
    let date = |from: usize, n: usize| format!("{}-{:02}-{:02}", from + n % 30, 1 + n % 12, 1 + n % 28);
    [
        format!("P{i:06}"),
        format!("{}{}{}", pick(&names, i), pick(&["明", "宁", "海", "芷", "远"], i / 8), pick(&["青", "一", "素", "望"], i / 40)),
        format!("53010019{:02}{:02}{:02}{:03}X", 60 + i % 40, 1 + i % 12, 1 + i % 28, i % 1000),
        pick(&["男", "女"], i),
        pick(&["汉族", "彝族", "白族"], i),
        pick(&["云南昆明", "云南大理", "云南楚雄"], i / 3),
        date(1960, i),
        pick(&["中共党员", "群众"], i / 7),
        date(1985, i / 2),
        date(1982, i / 3),
        pick(&["大学本科", "硕士研究生", "大学专科"], i),
        pick(&["法学学士", "工学学士", "管理学硕士"], i),
        pick(&["公务员", "参公人员"], i / 5),
        "在职".to_owned(),
    ]
}

fn people() -> usize {
    std::env::var("GUIJU_BENCH_PEOPLE").map_or(100_000, |n| n.parse().unwrap())
}

fn people_book(folder: &Path) -> String {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("人员").unwrap();
    sheet.write_row(0, 0, HEADERS).unwrap();
    for i in 0..people() {
        sheet.write_row(i as u32 + 1, 0, person(i)).unwrap();
    }
    let path = folder.join("people.xlsx");
    book.save(&path).unwrap();
    path.display().to_string()
}

fn people_gb18030(folder: &Path) -> String {
    let rows = (0..people()).map(|i| person(i).join(","));
    let text: String = std::iter::once(HEADERS.join(",")).chain(rows).map(|row| row + "\r\n").collect();
    let path = folder.join("人员.csv");
    std::fs::write(&path, encoding_rs::GB18030.encode(&text).0).unwrap();
    path.display().to_string()
}

/// The most memory this process has had, in megabytes; none where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    peak.unwrap_or(0) / 1024
}

/// Every cell of a sheet fetched, and nothing made of it.
fn cell_loop(path: &str) -> u64 {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    let mut cells = book.worksheet_cells_reader("人员").unwrap();
    let mut sum = 0u64;
    while let Some(cell) = cells.next_cell().unwrap() {
        sum = sum.wrapping_add(match cell.get_value() {
            calamine::DataRef::SharedString(text) => text.len() as u64,
            calamine::DataRef::String(text) => text.len() as u64,
            calamine::DataRef::Float(x) => *x as u64,
            _ => 0,
        });
    }
    sum
}

/// Every record of a file decoded and read, and nothing made of it.
fn decoded_loop(path: &str) -> u64 {
    let bytes = std::fs::read(path).unwrap();
    let text = encoding_rs::GB18030.decode(&bytes).0;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut sum = 0u64;
    while reader.read_record(&mut record).unwrap() {
        sum = sum.wrapping_add(record.iter().map(|cell| cell.len() as u64).sum());
    }
    sum
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
