//! `notice check`: a draft public notice, judged before it is posted.

use super::args::Common;
use super::args_notice::{Notice, NoticeCheck};
use super::exit::Exit;
use super::settings::{self, Screen};
use super::trouble::{Plain, Trouble};
use super::{output, run};
use crate::diagnostic::nearest;
use crate::ingest;
use crate::notice::{Asked, Words, check};
use crate::records::Schema;
use crate::report::{NoticeFormat, render_notice};

/// Runs one of the notice commands.
pub(super) fn run(command: &Notice, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let Notice::Check(args) = command;
    draft(args, common, screen)
}

fn draft(args: &NoticeCheck, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&[], &args.rules, None, common)?;
    let posted = args.posted.as_deref().map(|text| settings::day("--posted", text)).transpose()?;
    let gate = settings::gate(args.fail_on.as_deref(), &settings.config)?;
    let format = settings::format(args.format.as_deref(), &args.output, NoticeFormat::Text, &NoticeFormat::ALL, |_| false)?;
    let rules = run::rules(&settings)?;
    let words = Words::read(&rules.files).map_err(|e| Trouble::Rules(Plain::new("notice::bad-words", e.to_string())))?;
    let chosen = run::chosen(&rules.set, &settings)?;
    args.level.as_deref().map_or(Ok(()), |level| known_level(&rules.set.schema, level))?;
    let read = ingest::draft(&args.file);
    let draft = read.map_err(|e| Trouble::Records(Plain::new(e.code(), e.to_string()).help(advice(&e))))?;
    let file = args.file.display().to_string();
    let asked = Asked { file: &file, posted, today: settings.as_of, level: args.level.as_deref() };
    let judged = check(&draft, &rules.set, &chosen, &words, asked);
    let paint = screen.result(&args.output);
    output::write(args.output.output.as_deref(), |out| render_notice(&judged, format, paint, out))?;
    Ok(if judged.in_part {
        Exit::Partial
    } else if judged.findings.iter().any(|f| gate.fails(f.verdict)) {
        Exit::Found
    } else {
        Exit::Clean
    })
}

/// What to do about a draft that cannot be read: the advice for tables does not fit it.
fn advice(error: &ingest::IngestError) -> &'static str {
    use ingest::IngestError as E;
    match error {
        E::Binary { .. } | E::Encoding { .. } | E::Truncated { .. } => "请用 WPS 或 Word 打开后另存为 .docx，或者把文字粘贴到 .txt 文件",
        E::Empty { .. } => "请核对是不是选错了文件",
        other => other.advice(),
    }
}

fn known_level(schema: &Schema, level: &str) -> Result<(), Trouble> {
    let Some(list) = schema.list("level").and_then(|l| schema.lists.get(l)) else { return Ok(()) };
    if list.code(level).is_some() {
        return Ok(());
    }
    let values = list.values.join("、");
    let near = nearest(level, list.values.iter().map(String::as_str)).map(|n| format!("；是否想写“{n}”？")).unwrap_or_default();
    Err(Trouble::Usage(Plain::new("usage::bad-value", format!("--level 不能是“{level}”")).help(format!("可以是：{values}{near}"))))
}
