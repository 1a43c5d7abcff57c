//! `rectify draft` and `rectify import`: the list that goes out to the units, and what comes back.

use super::args_rectify::{Draft, Import};
use super::exit::Exit;
use super::moment::Moment;
use super::output;
use super::rectify::{day_asked, filter, unknown};
use super::settings::{self, Screen};
use super::spare::spare_filled_in;
use super::trouble::{Plain, Trouble};
use crate::ledger::item::{self, Line, Merged, Stage, Take};
use crate::ledger::{Ledger, LedgerError};
use crate::report::rectify::{self as report, Column, Letter, Returned, Slip};
use crate::report::{Align, Grid, Paint};
use crate::rules::{Files, load};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Within so many days a time limit is coloured.
const SOON: u16 = 30;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Xlsx,
    Docx,
}

/// Writes the list of problems, by unit. What is struck off or waived is left out, unless it is asked for; so is from a letter, which
/// asks for what is still to be done, whatever waits to be verified. What the office itself must settle does not go to the unit
/// concerned, unless that is asked for outright.
pub(super) fn draft(args: &Draft) -> Result<Exit, Trouble> {
    let known = [("xlsx", Form::Xlsx), ("docx", Form::Docx)];
    let form = settings::format(args.format.as_deref(), &args.output, Form::Xlsx, &known, |_| true)?;
    spare_filled_in("rectify::list-exists", args.output.output.as_deref())?;
    let as_of = day_asked(args.as_of.as_of.as_deref())?;
    let reply_by = args.reply_by.as_deref().map(|text| settings::day("--reply-by", text)).transpose()?;
    let filter = filter(&args.which, as_of)?;
    let (mut lines, _) = item::items(&Ledger::read(&settings::ledger(&args.file)?)?, &filter)?;
    let mut waiting = 0;
    if filter.stage.is_none() && !filter.forced {
        lines.retain(|line| !matches!(line.item.stage, Stage::Closed | Stage::Waived));
        if form == Form::Docx {
            let all = lines.len();
            lines.retain(|line| line.item.stage != Stage::Verifying);
            waiting = all - lines.len();
        }
    }
    let mut left_out = if waiting > 0 { format!("；{waiting} 项待核验，不列入通知") } else { String::new() };
    if !args.confidential {
        let kept = kept_back(&mut lines)?;
        if kept > 0 {
            left_out.push_str(&format!("；{kept} 项应由组织部门自行处理（信访举报、立案调查等），不发给单位"));
        }
    }
    if let (true, Some(unit)) = (lines.is_empty(), &args.which.unit) {
        // An empty list must not pass for a unit in order when its code was mistyped.
        let why = format!("台账里没有单位“{unit}”待整改的问题，没有写出清单{left_out}");
        return Err(Trouble::Usage(Plain::new("usage::bad-value", why).help("用 guiju rectify list 看台账里的问题和单位编码")));
    }
    let units = report::by_unit(&lines);
    let letter = Letter { issuer: args.issuer.clone(), on: as_of, reply_by };
    output::write(args.output.output.as_deref(), |out| match form {
        Form::Xlsx => report::draft_xlsx(&units, SOON, out),
        Form::Docx => report::draft_docx(&units, &letter, out),
    })?;
    let problems: usize = units.iter().map(|unit| unit.problems.len()).sum();
    output::aside(&format!("{} 个单位，{problems} 个问题（{} 项）{left_out}\n", units.len(), lines.len()));
    Ok(Exit::Clean)
}

/// Takes out what the office itself must settle; gives how many. A ledger written before rules said so is told by the rules of today.
fn kept_back(lines: &mut Vec<Line>) -> Result<usize, Trouble> {
    let rules = load(&Files::built_in()).map_err(Trouble::Files)?;
    let codes: BTreeSet<&str> = rules.rules.iter().filter(|r| r.confidential.is_some()).map(|r| r.code.as_str()).collect();
    let all = lines.len();
    lines.retain(|line| {
        let said = line.finding.get("confidential").is_some_and(|v| *v == serde_json::Value::Bool(true));
        !said && !line.finding.get("code").and_then(serde_json::Value::as_str).is_some_and(|code| codes.contains(code))
    });
    Ok(all - lines.len())
}

/// Takes back a workbook.
pub(super) fn import(args: &Import, screen: Screen) -> Result<Exit, Trouble> {
    let take = match args.take.as_deref() {
        None => Take::Neither,
        Some("台账") => Take::Ledger,
        Some("清单") => Take::List,
        Some(word) => return Err(unknown("--take", word, &["台账", "清单"])),
    };
    let shown = args.workbook.display();
    let bytes = std::fs::read(&args.workbook).map_err(|e| {
        let why = format!("读不出工作簿“{shown}”：{}", output::reason(&e));
        Trouble::Records(Plain::new("rectify::unreadable-list", why).help("请核对路径；文件正被 Excel 打开的，先关闭"))
    })?;
    let back = report::returned(&args.workbook).map_err(|why| {
        Trouble::Records(
            Plain::new("rectify::unreadable-list", why).help("请用 guiju rectify draft 写出的工作簿；标题行和编号一列不要删改"),
        )
    })?;
    let moment = Moment::now();
    let act = moment.act(Some(args.acting.acting.as_deref().ok_or(LedgerError::Nobody)?));
    let mut ledger = Ledger::existing(&settings::ledger(&args.file)?, &act)?;
    let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    let name = args.workbook.file_name().unwrap_or_default().to_string_lossy();
    let why = format!("清单 {name} sha256:{hash}");
    // A list with slips is weighed all the same, so that everything that is wrong is told at once.
    let dry = args.dry_run || !back.slips.is_empty();
    let merged = item::merge(&mut ledger, &act, &why, &back.rows, take, dry)?;
    let slips = slips(&back, &merged);
    let failed = !slips.is_empty() || merged.is_refused(take);
    output::write(None, |out| tell(&back, &merged, &slips, (failed, args.dry_run), screen.out, out))?;
    Ok(if failed { Exit::Found } else { Exit::Clean })
}

/// What is wrong in the list: cells that cannot be read, and rows that the ledger does not take.
fn slips(back: &Returned, merged: &Merged) -> Vec<Slip> {
    let mut slips = back.slips.clone();
    for (row, error) in &merged.refused {
        let (Some(place), Some(given)) = (back.places.get(*row), back.rows.get(*row)) else { continue };
        let (column, value) = match error {
            LedgerError::IllegalMove { to, .. } => (Column::Stage, to.word().to_owned()),
            LedgerError::NoDay { .. } => (Column::Due, String::new()),
            LedgerError::UnknownItem { item } => (Column::Mark, item.clone()),
            _ => (Column::Mark, given.marks.first().map(|m| m.id.to_string()).unwrap_or_default()),
        };
        let help = match error {
            LedgerError::IllegalMove { from: Stage::Unclaimed | Stage::Returned, .. } => "；同一行填上责任单位或者责任人，就算认领",
            _ => "",
        };
        slips.push(place.slip(column, value, format!("{error}{help}")));
    }
    slips.sort_by(|a, b| (&a.sheet, a.row, &a.column).cmp(&(&b.sheet, b.row, &b.column)));
    slips
}

fn tell(
    back: &Returned,
    merged: &Merged,
    slips: &[Slip],
    (failed, dry): (bool, bool),
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (left, right) = (Align::Left, Align::Right);
    if !slips.is_empty() {
        let mut grid = Grid::new([("工作表", left), ("行", right), ("列", left), ("所填", left), ("原因", left)]);
        for s in slips {
            grid.row([s.sheet.clone(), s.row.to_string(), s.column.clone(), s.value.clone(), s.why.clone()]);
        }
        writeln!(out, "{}", paint.bold(&format!("── 有误 {} 处 ──", slips.len())))?;
        grid.render(paint, out)?;
        writeln!(out)?;
    }
    if !merged.conflicts.is_empty() {
        let mut grid =
            Grid::new([("工作表", left), ("行", right), ("事项", right), ("栏目", left), ("台账现在", left), ("清单所填", left)]);
        for c in &merged.conflicts {
            let Some(place) = back.places.get(c.row) else { continue };
            let field = report::field_name(&c.field).to_owned();
            grid.row([place.sheet.clone(), place.row.to_string(), c.item.to_string(), field, c.ledger.clone(), c.list.clone()]);
        }
        writeln!(out, "{}", paint.bold(&format!("── 冲突 {} 处：发出清单以后台账又有改动 ──", merged.conflicts.len())))?;
        grid.render(paint, out)?;
        writeln!(out)?;
    }
    let (same, kept) = (merged.same, merged.kept);
    match (failed, dry) {
        (true, _) if slips.is_empty() => writeln!(out, "没有写入；用 --take 台账 或 --take 清单 写明以哪边为准"),
        (true, _) => writeln!(out, "没有写入；请改正后再收"),
        (false, true) => writeln!(out, "核对无误，没有写入（--dry-run）"),
        (false, false) => writeln!(out, "已收回：改动 {} 项，没有变化 {same} 项，以台账为准 {kept} 项", merged.changed),
    }
}
