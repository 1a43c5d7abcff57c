//! `import`: exports become one database of records; every row refused is reported.

use super::args::{Common, Import};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, run};
use crate::ingest;
use crate::records::Wanted;
use crate::report::{Names, Report, render_reading};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Reads the sources and writes the database.
pub(super) fn run(args: &Import, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, None, common)?.with_sources()?;
    refuse_other_files(&args.to)?;
    let rules = run::rules(&settings)?.set;
    let store = run::records(&settings, &rules.schema, &Wanted::all(&rules.schema), screen)?;
    ingest::write_store(&store, &args.to).map_err(|e| Trouble::Output(Plain::new(e.code(), e.to_string()).help(e.advice())))?;
    let names = Names { schema: Some(Arc::clone(&store.schema)), ..Names::default() };
    let report = Report { problems: store.problems.clone(), tallies: store.tallies.clone(), names, ..Report::default() };
    output::write(None, |out| {
        render_reading(&report, screen.out, out)?;
        writeln!(out, "已存入 {}", args.to.display())
    })?;
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}

/// A slip in `--to` must not cost anybody an export: only a database is replaced.
fn refuse_other_files(to: &Path) -> Result<(), Trouble> {
    let mut head = Vec::new();
    let read = File::open(to).and_then(|file| file.take(16).read_to_end(&mut head));
    if read.is_err() || head.is_empty() || head.starts_with(b"SQLite format 3\0") {
        return Ok(());
    }
    let message = format!("{} 已存在，且不是 SQLite 数据库，不能替换", to.display());
    Err(Trouble::Usage(Plain::new("usage::not-a-database", message).help("换一个文件名，如 records.db")))
}
