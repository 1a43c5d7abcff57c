//! `rectify`: the life of what is to be mended, from being taken on to being struck off.

use super::args_rectify::{Assign, Attach, Close, Deed, List, Progress, Rates, Rectify, Reopen, Show, Which};
use super::exit::Exit;
use super::moment::{Moment, today};
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, rectify_lists};
use crate::dates::Day;
use crate::diagnostic::nearest;
use crate::ledger::item::{self, Assignment, Attached, Closing, Filter, Kind, Stage};
use crate::ledger::{Ledger, LedgerError};
use crate::report::rectify as report;
use sha2::{Digest, Sha256};
use std::path::Path;

#[derive(Clone, Copy)]
enum Form {
    Text,
    Table,
    Json,
    Csv,
}

/// Runs one of the commands.
pub(super) fn run(command: &Rectify, screen: Screen) -> Result<Exit, Trouble> {
    match command {
        Rectify::List(args) => list(args, screen),
        Rectify::Show(args) => show(args, screen),
        Rectify::Assign(args) => assign(args, screen),
        Rectify::Progress(args) => progress(args),
        Rectify::Close(args) => close(args),
        Rectify::Reopen(args) => reopen(args),
        Rectify::Attach(args) => attach(args),
        Rectify::Draft(args) => rectify_lists::draft(args),
        Rectify::Import(args) => rectify_lists::import(args, screen),
        Rectify::Rates(args) => rates(args, screen),
    }
}

fn list(args: &List, screen: Screen) -> Result<Exit, Trouble> {
    let known = [("table", Form::Table), ("text", Form::Text), ("json", Form::Json), ("csv", Form::Csv)];
    let form = settings::format(args.format.as_deref(), &args.output, Form::Table, &known, |_| false)?;
    let as_of = day_asked(args.as_of.as_of.as_deref())?;
    let filter = Filter { limit: Some(args.limit).filter(|n| *n > 0), ..filter(&args.which, as_of)? };
    let ledger = Ledger::read(&settings::ledger(&args.file)?)?;
    let (lines, total) = item::items(&ledger, &filter)?;
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| match form {
        Form::Table => report::items_table(&lines, total, as_of, paint, out),
        Form::Text => report::items_text(&lines, total, as_of, paint, out),
        Form::Json => report::items_json(&lines, total, as_of, out),
        Form::Csv => report::items_csv(&lines, as_of, out),
    })?;
    if matches!(form, Form::Json | Form::Csv) && (lines.len() as u64) < total {
        let said = format!("共 {total} 项，只列出前 {} 项（--limit 0 列出全部）", lines.len());
        output::aside(&format!("{} {said}\n", screen.err.label("提示")));
    }
    Ok(Exit::Clean)
}

fn show(args: &Show, screen: Screen) -> Result<Exit, Trouble> {
    let known = [("text", Form::Text), ("json", Form::Json)];
    let form = settings::format(args.format.as_deref(), &args.output, Form::Text, &known, |_| false)?;
    let ledger = Ledger::read(&settings::ledger(&args.file)?)?;
    let (line, done) = item::item(&ledger, args.id)?;
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| match form {
        Form::Json => report::item_json(&line, &done, today(), out),
        _ => report::render_item(&line, &done, today(), paint, out),
    })?;
    Ok(Exit::Clean)
}

fn assign(args: &Assign, screen: Screen) -> Result<Exit, Trouble> {
    let due = args.due.as_deref().map(|text| settings::day("--due", text)).transpose()?;
    let to = Assignment {
        unit: args.to.clone(),
        leader: args.leader.clone(),
        owner: args.person.clone(),
        kind: args.kind.as_deref().map(kind).transpose()?,
        due: due.map(|day| day.to_string()),
        measures: args.measures.clone(),
    };
    if to == Assignment::default() {
        return Err(nothing("--to、--leader、--person、--kind、--due、--measures"));
    }
    let done = deed(&args.deed, |ledger, act, ids| item::assign(ledger, act, ids, &to))?;
    if let Some(past) = due.filter(|day| *day < today()) {
        // What was agreed long ago may be put down late; a slip in the year must be seen.
        output::aside(&format!("{} 整改时限 {past} 已经过去，这些事项现在就算超期；写错了的，再分派一次改正\n", screen.err.label("提示")));
    }
    Ok(done)
}

fn progress(args: &Progress) -> Result<Exit, Trouble> {
    let to = item::Progress {
        stage: args.state.as_deref().map(stage).transpose()?,
        progress: args.progress.clone(),
        measures: args.measures.clone(),
        material: args.material.clone(),
    };
    if to == item::Progress::default() {
        return Err(nothing("--state、--progress、--measures、--material"));
    }
    deed(&args.deed, |ledger, act, ids| item::progress(ledger, act, ids, &to))
}

fn close(args: &Close) -> Result<Exit, Trouble> {
    let on = Closing { opinion: args.opinion.clone(), document: args.document.clone(), forced: args.reason.clone() };
    deed(&args.deed, |ledger, act, ids| item::close(ledger, act, ids, &on))
}

fn reopen(args: &Reopen) -> Result<Exit, Trouble> {
    deed(&args.deed, |ledger, act, ids| item::reopen(ledger, act, ids, &args.reason))
}

fn attach(args: &Attach) -> Result<Exit, Trouble> {
    let ids = ids(std::slice::from_ref(&args.id))?;
    let mut files = Vec::new();
    for path in &args.files {
        let shown = path.display();
        let bytes = std::fs::read(path).map_err(|e| {
            let why = format!("读不出佐证文件“{shown}”：{}", output::reason(&e));
            Trouble::Usage(Plain::new("rectify::unreadable-file", why).help("请核对路径和权限；没有改动"))
        })?;
        let sha256: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        if let Some(folder) = &args.copy {
            let ending = path.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
            let to = folder.join(format!("{sha256}{ending}"));
            output::write(Some(&to), |out| out.write_all(&bytes))?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push(Attached { name, sha256, size: bytes.len() as u64 });
    }
    acting(&settings::ledger(&args.file)?, args.acting.acting.as_deref(), |ledger, act| item::attach(ledger, act, &ids, &files))
}

fn rates(args: &Rates, screen: Screen) -> Result<Exit, Trouble> {
    let known = [("table", Form::Table), ("json", Form::Json)];
    let form = settings::format(args.format.as_deref(), &args.output, Form::Table, &known, |_| false)?;
    let (all, units) = item::rates(&Ledger::read(&settings::ledger(&args.file)?)?)?;
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| match form {
        Form::Json => report::rates_json(&all, &units, out),
        _ => report::rates_table(&all, &units, paint, out),
    })?;
    Ok(Exit::Clean)
}

/// Does something to the items named.
fn deed(
    deed: &Deed,
    work: impl FnOnce(&mut Ledger, &crate::ledger::Act<'_>, &[i64]) -> Result<usize, LedgerError>,
) -> Result<Exit, Trouble> {
    let ids = ids(&deed.ids)?;
    acting(&settings::ledger(&deed.file)?, deed.acting.acting.as_deref(), |ledger, act| work(ledger, act, &ids))
}

/// Does something in a named person's name, and says of how many items.
fn acting(
    path: &Path,
    name: Option<&str>,
    work: impl FnOnce(&mut Ledger, &crate::ledger::Act<'_>) -> Result<usize, LedgerError>,
) -> Result<Exit, Trouble> {
    let moment = Moment::now();
    let act = moment.act(Some(name.ok_or(LedgerError::Nobody)?));
    let mut ledger = Ledger::existing(path, &act)?;
    let changed = work(&mut ledger, &act)?;
    let said = if changed == 0 { "没有改动".to_owned() } else { format!("已记入 {changed} 项") };
    output::write(None, |out| writeln!(out, "{said}"))?;
    Ok(Exit::Clean)
}

/// What the flags of a list ask for.
pub(super) fn filter(which: &Which, as_of: Day) -> Result<Filter, Trouble> {
    let due = which.within.as_deref().map(|text| settings::within(as_of, text)).transpose()?;
    Ok(Filter {
        unit: which.unit.clone(),
        stage: which.state.as_deref().map(stage).transpose()?,
        overdue: which.overdue.then(|| as_of.to_string()),
        due: due.map(|until| (as_of.to_string(), until.to_string())),
        forced: which.forced,
        limit: None,
    })
}

/// The day a list is asked on.
pub(super) fn day_asked(text: Option<&str>) -> Result<Day, Trouble> {
    text.map_or_else(|| Ok(today()), |text| settings::day("--as-of", text))
}

/// `3 5-9`: numbers in order, each once.
fn ids(texts: &[String]) -> Result<Vec<i64>, Trouble> {
    /// No office has a list of more by hand.
    const MOST: i64 = 1_000_000;
    let wrong = |text: &str| {
        Trouble::Usage(
            Plain::new("usage::bad-value", format!("序号不能是“{text}”")).help("写成 3 或 3-9 的样子；序号见 guiju rectify list"),
        )
    };
    let mut all = std::collections::BTreeSet::new();
    for text in texts {
        let number = |t: &str| t.parse::<i64>().ok().filter(|n| *n > 0).ok_or_else(|| wrong(text));
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let (from, to) = (number(from)?, number(to)?);
        if to < from || to - from > MOST {
            return Err(wrong(text));
        }
        all.extend(from..=to);
    }
    Ok(all.into_iter().collect())
}

fn stage(word: &str) -> Result<Stage, Trouble> {
    Stage::from_word(word).ok_or_else(|| unknown("--state", word, &Stage::ALL.map(Stage::word)))
}

fn kind(word: &str) -> Result<Kind, Trouble> {
    Kind::from_word(word).ok_or_else(|| unknown("--kind", word, &Kind::ALL.map(Kind::word)))
}

pub(super) fn unknown(flag: &str, word: &str, known: &[&str]) -> Trouble {
    let near = nearest(word, known.iter().copied()).map(|n| format!("；是否想写“{n}”？")).unwrap_or_default();
    Trouble::Usage(Plain::new("usage::bad-value", format!("{flag} 不能是“{word}”")).help(format!("可以是：{}{near}", known.join("、"))))
}

fn nothing(flags: &str) -> Trouble {
    Trouble::Usage(Plain::new("usage::missing-argument", "没有写明要记什么").help(format!("至少给出其中一项：{flags}")))
}
