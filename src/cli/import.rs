//! `import`: exports become one database of records; every row refused is reported.

use super::args::{Common, Import};
use super::exit::Exit;
use super::settings::{self, Screen, Settings};
use super::trouble::{Plain, Trouble};
use super::{output, run, spare};
use crate::ingest;
use crate::records::{Store, Wanted};
use crate::report::{Names, Report, refused_csv, refused_names, refused_xlsx, render_reading};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Reads the sources and writes the database.
pub(super) fn run(args: &Import, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, None, common)?.with_sources()?;
    refuse_other_files(&args.to)?;
    spare::spare(&settings.sources, [Some(args.to.as_path()), args.refused.as_deref()])?;
    args.refused.as_deref().map_or(Ok(()), refuse_other_endings)?;
    let rules = run::rules(&settings)?.set;
    let store = run::records(&settings, &rules.schema, &Wanted::all(&rules.schema), screen)?;
    ingest::write_store(&store, &args.to).map_err(|e| Trouble::Output(Plain::new(e.code(), e.to_string()).help(e.advice())))?;
    let names = Names::of_tables(&store);
    let report = Report {
        problems: store.problems.clone(),
        tallies: store.tallies.clone(),
        field_tallies: store.field_tallies.clone(),
        names,
        ..Report::default()
    };
    let saved = args.refused.as_deref().map(|to| save_refused(&settings, &store, to)).transpose()?;
    output::write(None, |out| {
        render_reading(&report, screen.out, out)?;
        writeln!(out, "已存入 {}", args.to.display())?;
        saved.iter().flatten().try_for_each(|line| writeln!(out, "{line}"))
    })?;
    Ok(if run::partial(&store) { Exit::Partial } else { Exit::Clean })
}

/// Saves the refused rows for correction; says what was done.
fn save_refused(settings: &Settings, store: &Store, to: &Path) -> Result<Vec<String>, Trouble> {
    let mapping = run::mapping(settings, &store.schema)?;
    let refused = ingest::refused_mapped(&settings.sources, mapping.as_ref(), store)
        .map_err(|e| Trouble::Records(Plain::new(e.code(), e.to_string()).help(e.advice())))?;
    let rows: usize = refused.files.iter().map(|f| f.rows.len()).sum();
    let mut said = Vec::new();
    if rows > 0 {
        if to.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
            output::write(Some(to), |out| refused_xlsx(&refused.files, out))?;
        } else {
            std::fs::create_dir_all(to).map_err(|e| output::failed(&to.display().to_string(), &e))?;
            for (file, name) in refused.files.iter().zip(refused_names(&refused.files)) {
                output::write(Some(&to.join(format!("{name}.csv"))), |out| refused_csv(file, out))?;
            }
        }
        said.push(format!("拒收的 {rows} 行另存于 {}，改正后与原来的数据一起读入，即代替原来的行", to.display()));
    } else {
        said.push("没有可以另存的拒收行".to_owned());
    }
    if refused.elsewhere > 0 {
        said.push(format!(
            "另有 {} 行不在表格里（标准输入、JSON、任免审批表、名册等没有编码的表，数据库里没有编码的行，或者早先导入的库），请在来源改正",
            refused.elsewhere
        ));
    }
    Ok(said)
}

/// Only a folder or a workbook can be read again whatever tables the rows are of.
fn refuse_other_endings(to: &Path) -> Result<(), Trouble> {
    let ending = to.extension().map(|e| e.to_string_lossy().to_lowercase());
    if to.is_dir() || matches!(ending.as_deref(), None | Some("xlsx")) {
        return Ok(());
    }
    let message = format!("--refused 不能是“{}”", to.display());
    Err(Trouble::Usage(Plain::new("usage::bad-value", message).help("给出一个文件夹（每张表一个 CSV），或者 .xlsx 工作簿")))
}

/// A slip in `--to` must not cost anybody an export or a ledger: only what `import` wrote is replaced.
fn refuse_other_files(to: &Path) -> Result<(), Trouble> {
    let mut head = Vec::new();
    let read = File::open(to).and_then(|file| file.take(16).read_to_end(&mut head));
    if read.is_err() || head.is_empty() || ingest::is_store(to) {
        return Ok(());
    }
    let what = if head.starts_with(b"SQLite format 3\0") { "是别的数据库（如台账）" } else { "不是数据库" };
    let message = format!("{} 已存在，{what}，不是 guiju import 写出的，不能替换", to.display());
    Err(Trouble::Usage(Plain::new("usage::not-a-database", message).help("换一个文件名，如 records.db；原文件没有改动")))
}
