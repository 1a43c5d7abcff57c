//! `waive`: accepted exceptions, added with the values they are granted on, listed and removed.

use super::args::Common;
use super::args_ledger::{Waive as Command, WaiveAdd, WaiveList, WaiveRemove};
use super::exit::Exit;
use super::moment::{Moment, today};
use super::run;
use super::scope::Scope;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{config, output, waivers};
use crate::dates::Day;
use crate::engine::{Finding, fingerprint};
use crate::ledger::{
    self, Granted, Ledger, Refusal, Selector, Target, Waiver, WaiverStanding, append_waiver, cells, last_day, refusal, remove_waiver,
    waiver_standing,
};
use crate::records::Lookup;
use crate::report::{Align, Grid};
use std::path::Path;

/// Adds, lists or removes waivers.
pub(super) fn run(command: &Command, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    match command {
        Command::Add(args) => add(args, common, screen),
        Command::List(args) => list(args, screen),
        Command::Remove(args) => remove(args),
    }
}

fn add(args: &WaiveAdd, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    let files = settings::waiver_files(&args.file, &settings.config)?;
    let approved = args.approved.as_deref().map_or(Ok(settings.as_of), |text| settings::day("--approved", text))?;
    let expires = settings::day("--expires", &args.expires)?;
    let selector = Selector { unit: args.unit.clone(), person: args.person.clone(), case: args.case.clone(), kind: args.kind.clone() };
    let target =
        if args.target.starts_with("gj1:") { Target::Finding(args.target.clone()) } else { Target::Rule(args.target.clone(), selector) };
    if matches!(&target, Target::Rule(_, s) if *s == Selector::default()) {
        let plain = Plain::new("usage::cannot-waive", "豁免不能及于整条规则");
        return Err(Trouble::Usage(
            plain.help("用 --unit、--person、--case 或 --kind 写明对谁；只豁免一个问题的，写它的指纹（见 guiju check --format json）"),
        ));
    }
    let text = |text: &str| text.trim().to_owned();
    let (reason, document, approver) = (text(&args.reason), text(&args.document), text(&args.approver));
    let mut waiver = Waiver { target, reason, document, approver, approved, expires, granted: Vec::new(), line: 0 };
    let before = match std::fs::read_to_string(&files.waivers) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let message = format!("读不了豁免文件 {}：{}", files.waivers.display(), output::reason(&error));
            return Err(Trouble::Rules(Plain::new("waiver::unreadable", message)));
        }
    };
    let name = files.waivers.display().to_string();
    waivers::parse(name.clone(), before.clone())?;
    let checked = run::check(&settings, &Scope::default(), screen)?;
    if let Target::Rule(code, _) = &mut waiver.target {
        *code = run::known_code(&checked.rules.set, code)?;
    }
    let lookup = Lookup::new(&checked.store);
    let named: Vec<&Finding> = ledger::named_by(&waiver, &checked.report.outcome.findings, &|f| waivers::about(&lookup, f));
    if named.is_empty() {
        let help = "指纹见 guiju check --format json；范围见 --unit、--person、--case、--kind";
        return Err(Trouble::Usage(Plain::new("usage::nothing-to-waive", format!("现在没有“{}”所指的问题", args.target)).help(help)));
    }
    waiver.granted = named.iter().map(|f| Granted { fingerprint: f.fingerprint.clone(), verdict: f.verdict, cells: cells(f) }).collect();
    let caps = waivers::caps(&checked.rules.set);
    let refused = named.iter().find_map(|f| refusal(&waiver, f, settings.as_of, caps).map(|why| (why, *f)));
    if let Some((why, finding)) = refused {
        let plain = Plain::new("usage::cannot-waive", why_not(why, finding.verdict.word(), &waiver));
        let last = (why == Refusal::TooLong).then(|| last_day(&waiver, finding.verdict, caps)).flatten();
        return Err(Trouble::Usage(match last {
            Some(day) => plain.help(format!("从批准日期 {} 算起，最迟到 {day}", waiver.approved)),
            None => plain,
        }));
    }
    let after = append_waiver(&before, &waiver);
    let whole = waivers::parse(name, after.clone())?;
    // The log first: whoever may not act changes nothing.
    logged(files.ledger.as_deref(), args.file.acting.as_deref(), "waive", &waiver, true)?;
    put(&files.waivers, &after)?;
    output::write(None, |out| {
        writeln!(out, "已添加第 {} 项豁免，涉及 {} 个问题，至 {} 止", whole.waivers.list.len(), named.len(), waiver.expires)
    })?;
    Ok(Exit::Clean)
}

fn list(args: &WaiveList, screen: Screen) -> Result<Exit, Trouble> {
    let config = config::load(&[])?;
    let in_force = waivers::read(&settings::waiver_files(&args.file, &config)?.waivers)?;
    let as_of = args.as_of.as_of.as_deref().map_or_else(|| Ok(today()), |text| settings::day("--as-of", text))?;
    let left = Align::Left;
    let columns = [
        ("序号", Align::Right),
        ("状态", left),
        ("豁免", left),
        ("文号", left),
        ("批准人", left),
        ("批准", left),
        ("截止", left),
        ("理由", left),
    ];
    let mut grid = Grid::new(columns);
    for (i, w) in in_force.waivers.list.iter().enumerate() {
        grid.row([
            (i + 1).to_string(),
            state(w, as_of),
            target(&w.target),
            w.document.clone(),
            w.approver.clone(),
            w.approved.to_string(),
            w.expires.to_string(),
            w.reason.clone(),
        ]);
    }
    output::write(None, |out| grid.render(screen.out, out))?;
    Ok(Exit::Clean)
}

fn remove(args: &WaiveRemove) -> Result<Exit, Trouble> {
    let files = settings::waiver_files(&args.file, &config::load(&[])?)?;
    let in_force = waivers::read(&files.waivers)?;
    let list = &in_force.waivers.list;
    let wrong = || {
        let message = format!("没有第 {} 项豁免", args.number);
        Trouble::Usage(Plain::new("usage::no-waiver", message).help("用 guiju waive list 查看序号"))
    };
    let n = args.number.checked_sub(1).filter(|n| *n < list.len()).ok_or_else(wrong)?;
    let mut left = list.clone();
    let removed = left.remove(n);
    let after = remove_waiver(&in_force.text, n).ok_or_else(wrong)?;
    let kept = waivers::parse(files.waivers.display().to_string(), after.clone())?;
    // Written in another manner than line by line, a file is not touched.
    let same = kept.waivers.list.iter().zip(&left).all(|(a, b)| Waiver { line: 0, ..a.clone() } == Waiver { line: 0, ..b.clone() });
    if kept.waivers.list.len() != left.len() || !same {
        let message = format!("{} 不是逐项写成 [[waiver]] 的，不能自动去掉", files.waivers.display());
        return Err(Trouble::Usage(Plain::new("usage::no-waiver", message).help("请手工修改文件")));
    }
    logged(files.ledger.as_deref(), args.file.acting.as_deref(), "unwaive", &removed, false)?;
    put(&files.waivers, &after)?;
    output::write(None, |out| writeln!(out, "已去掉第 {} 项豁免（{}）", args.number, removed.document))?;
    Ok(Exit::Clean)
}

fn put(path: &Path, text: &str) -> Result<(), Trouble> {
    output::write(Some(path), |out| out.write_all(text.as_bytes()))
}

/// Writes to the log of the ledger who added or removed a waiver.
fn logged(ledger: Option<&Path>, acting: Option<&str>, action: &str, waiver: &Waiver, added: bool) -> Result<(), Trouble> {
    let Some(path) = ledger else { return Ok(()) };
    let moment = Moment::now();
    let act = moment.act(acting);
    let mut ledger = Ledger::open(path, &act)?;
    let text = waiver.text();
    // By what it is for and its document.
    let subject = crate::engine::Subject { table: target(&waiver.target), id: waiver.document.clone(), year: None };
    let id = fingerprint("waiver", &subject, None);
    let (before, after) = if added { (None, Some(text.as_str())) } else { (Some(text.as_str()), None) };
    let entry = ledger::Entry { action, kind: "waiver", id: &id, why: Some(&waiver.reason), before, after };
    ledger.transaction(|tx, path| {
        if let Some(name) = act.user {
            ledger::acting(tx, path, name)?;
        }
        ledger::append(tx, path, &act, &entry).map(|_| ())
    })?;
    Ok(())
}

/// What a waiver is for, in words.
fn target(target: &Target) -> String {
    match target {
        Target::Finding(fingerprint) => fingerprint.clone(),
        Target::Rule(rule, s) => {
            let parts = [("单位", &s.unit), ("人员", &s.person), ("事项", &s.case), ("类型", &s.kind)];
            let parts = parts.into_iter().filter_map(|(name, value)| Some(format!(" {name} {}", value.as_deref()?)));
            format!("{rule}{}", parts.collect::<String>())
        }
    }
}

fn state(waiver: &Waiver, as_of: Day) -> String {
    match waiver_standing(waiver, as_of) {
        WaiverStanding::Holds => "未到期".to_owned(),
        WaiverStanding::EndsSoon(left) => format!("还有 {left} 天"),
        WaiverStanding::Refused(Refusal::Expired) => "已到期".to_owned(),
        WaiverStanding::Refused(Refusal::NotYet) => "未生效".to_owned(),
        WaiverStanding::Refused(_) => "无效".to_owned(),
    }
}

fn why_not(why: Refusal, verdict: &str, waiver: &Waiver) -> String {
    match why {
        Refusal::Backwards => format!("截止日期 {} 早于批准日期 {}", waiver.expires, waiver.approved),
        Refusal::NotYet => format!("批准日期 {} 还没有到", waiver.approved),
        Refusal::Expired => format!("截止日期 {} 已经过了", waiver.expires),
        Refusal::Never => format!("{verdict}问题不得豁免"),
        Refusal::TooLong => format!("豁免至 {} 太长：超过{verdict}问题允许的最长时间", waiver.expires),
        Refusal::Stale => "数据已变".to_owned(),
    }
}
