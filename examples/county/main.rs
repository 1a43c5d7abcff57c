//! Makes an invented county's personnel records: the sample that the program is held to, or as many people as a benchmark wants.
//!
//! - `cargo run --example county -- --out samples/county` writes the sample and EXPECTED.csv, the findings that it must give as of 2026-06-30.
//! - `cargo run --example county -- --case --out samples/case` writes one person's case with a few breaches, and its EXPECTED.csv.
//! - `cargo run --release --example county -- --people 100000 --out people.db` writes that many people into one SQLite file; `--csv DIR` into a folder.
//!
//!   With `--core`, only the tables that the benchmark's twelve rules read; the others stay empty.
//!
//! - With `--as a01`, `--case` and the sample are written as the information sets A01, A02 … of a civil servants' system.
//!
//! The same arguments always give the same bytes: nothing here reads the clock.
#![allow(clippy::panic, missing_docs, reason = "a generator run by developers: a plan that contradicts itself should stop it at once")]

mod bulk;
mod career;
mod case;
mod climb;
mod close;
mod county;
mod day;
mod fates;
mod faults;
mod life;
mod names;
mod one;
mod person;
mod rng;
mod sample;
mod sets;
mod special;
mod steps;
mod table;
mod units;
mod upkeep;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use county::County;
use day::Workdays;
use sets::Fields;
use table::{ALL, Cell, Row};
use write::{Database, Failure, Folder, Sink};

const USAGE: &str = "usage: county [--people N] [--core] [--case] [--as a01] [--seed N] (--out DIR | --out FILE.db | --csv DIR)";

struct Arguments {
    people: Option<usize>,
    seed: u64,
    out: PathBuf,
    csv: bool,
    core: bool,
    case: bool,
    sets: bool,
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("county: {e}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1);
    let mut found = Arguments { people: None, seed: 2026, out: PathBuf::new(), csv: false, core: false, case: false, sets: false };
    while let Some(flag) = given.next() {
        match flag.as_str() {
            "--core" => found.core = true,
            "--case" => found.case = true,
            "--as" if given.next()? == "a01" => found.sets = true,
            "--people" => found.people = Some(given.next()?.parse().ok()?),
            "--seed" => found.seed = given.next()?.parse().ok()?,
            "--out" | "--csv" => {
                let path = given.next()?;
                found.csv = flag == "--csv" || !path.ends_with(".db");
                found.out = path.into();
            }
            _ => return None,
        }
    }
    (!found.out.as_os_str().is_empty()).then_some(found)
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let days = Workdays::load();
    if arguments.sets {
        let county = if arguments.case { one::make(&days, arguments.seed) } else { sample::sample(&days, arguments.seed) };
        return write_sets(&arguments.out, &county);
    }
    let mut sink: Box<dyn Sink> =
        if arguments.csv { Box::new(Folder::create(&arguments.out)?) } else { Box::new(Database::create(&arguments.out)?) };
    let dir = arguments.csv.then_some(arguments.out.as_path());
    match arguments.people {
        Some(people) => bulk::write(&days, arguments.seed, people, arguments.core, sink.as_mut())?,
        None if arguments.case => store(&one::make(&days, arguments.seed), sink.as_mut(), dir)?,
        None => store(&sample::sample(&days, arguments.seed), sink.as_mut(), dir)?,
    }
    sink.finish()
}

/// Writes every table, with the findings expected beside them when they go into a folder.
fn store(county: &County, sink: &mut dyn Sink, dir: Option<&Path>) -> Result<(), Failure> {
    for table in ALL {
        sink.rows(*table, county.of(*table))?;
    }
    match dir {
        Some(dir) => write::expected(&dir.join("EXPECTED.csv"), &county.expected),
        None => Ok(()),
    }
}

/// The county as information sets, a CSV file each.
fn write_sets(dir: &Path, county: &County) -> Result<(), Failure> {
    std::fs::create_dir_all(dir)?;
    let rows = |name: &str| -> Vec<Fields> {
        let rows = ALL.iter().find(|t| t.name() == name).map_or(&[][..], |t| county.of(*t));
        let named = |row: &Row| row.table.fields().iter().map(|f| (*f).to_string()).zip(row.cells.iter().map(Cell::text)).collect();
        rows.iter().map(named).collect()
    };
    for set in sets::sets(&rows) {
        let mut file = csv::Writer::from_path(dir.join(format!("{}.csv", set.name)))?;
        file.write_record(&set.header)?;
        for row in &set.rows {
            file.write_record(row)?;
        }
        file.flush()?;
    }
    Ok(())
}
