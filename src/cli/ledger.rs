//! `ledger`: whether what was recorded still stands, and who may act.

use super::args_history::{Ledger as Command, LedgerUser, LedgerVerify};
use super::exit::Exit;
use super::moment::Moment;
use super::output;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use crate::ledger::{self, Ledger, User, keep_user, users};
use crate::report::{Align, Grid};

/// Verifies, or keeps a user.
pub(super) fn run(command: &Command, screen: Screen) -> Result<Exit, Trouble> {
    match command {
        Command::Verify(args) => verify(args, screen),
        Command::User(args) => user(args, screen),
    }
}

fn verify(args: &LedgerVerify, screen: Screen) -> Result<Exit, Trouble> {
    let verified = ledger::verify(&Ledger::read(&settings::ledger(&args.file)?)?, args.expect.as_deref())?;
    let paint = screen.out;
    output::write(None, |out| {
        if let Some(first) = verified.broken.first() {
            writeln!(out, "{} 台账有改动，第一处：{}", paint.error("不符"), paint.bold(&first.why))?;
            for other in verified.broken.iter().skip(1) {
                writeln!(out, "      {}", other.why)?;
            }
            return Ok(());
        }
        writeln!(out, "{} 日志 {} 条首尾相接，所记内容无改动、无删除", paint.good("相符"), verified.entries)?;
        writeln!(out, "末条哈希  {}", verified.head)?;
        writeln!(out, "请把末条哈希抄存在别处，以后用 --expect 核对，可发现整体替换或截尾")
    })?;
    Ok(if verified.broken.is_empty() { Exit::Clean } else { Exit::Found })
}

fn user(args: &LedgerUser, screen: Screen) -> Result<Exit, Trouble> {
    let Some(name) = args.name.as_deref().map(str::trim).filter(|n| !n.is_empty()) else {
        return list(args, screen);
    };
    let moment = Moment::now();
    let act = moment.act(args.acting.acting.as_deref());
    let mut ledger = Ledger::open(&settings::ledger(&args.file)?, &act)?;
    let known = users(&ledger)?.into_iter().find(|u| u.name == name);
    if known.is_none() && args.retire {
        return Err(ledger::LedgerError::UnknownUser { name: name.to_owned() }.into());
    }
    let post = match (&args.post, &known) {
        (Some(post), _) => post.clone(),
        (None, Some(known)) => known.post.clone(),
        (None, None) => {
            return Err(Trouble::Usage(
                Plain::new("usage::missing-argument", "登记经办人缺少 --post").help("写明职务，如 --post 干部监督科科长"),
            ));
        }
    };
    keep_user(&mut ledger, &act, &User { name: name.to_owned(), post, active: !args.retire })?;
    output::write(None, |out| writeln!(out, "已{}经办人 {name}", if args.retire { "停用" } else { "登记" }))?;
    Ok(Exit::Clean)
}

fn list(args: &LedgerUser, screen: Screen) -> Result<Exit, Trouble> {
    let mut grid = Grid::new([("姓名", Align::Left), ("职务", Align::Left), ("状态", Align::Left)]);
    for user in users(&Ledger::read(&settings::ledger(&args.file)?)?)? {
        grid.row([user.name, user.post, if user.active { "在岗" } else { "停用" }.to_owned()]);
    }
    output::write(None, |out| grid.render(screen.out, out))?;
    Ok(Exit::Clean)
}
