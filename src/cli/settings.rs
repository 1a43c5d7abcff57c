//! What was typed, joined with what `guiju.toml` says, means this. From here on nothing is optional that has a default.

use super::args::{Common, OutputFlags, RuleFlags, ScopeFlags};
use super::args_history::LedgerFile;
use super::args_ledger::{KnownFlags, WaiverFile};
use super::config::{self, Config};
use super::moment::today;
use super::trouble::{Plain, Trouble};
use crate::dates::{Calendar, Day, Fuzzy, Period, add};
use crate::diagnostic::nearest;
use crate::engine::Verdict;
use crate::ingest::{is_server, shown_source};
use crate::report::{Format, Paint};
use std::io::IsTerminal;
use std::path::PathBuf;

/// Which rules run over which records, on which day.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The sources, at least one where the command needs records.
    pub sources: Vec<String>,
    /// The folder of rules instead of the built-in ones.
    pub rules: Option<PathBuf>,
    /// What a county changes, and why.
    pub profile: Option<PathBuf>,
    /// The mapping of the sources: a name of a shipped one, or a file.
    pub mapping: Option<String>,
    /// The year of assessments that do not say it.
    pub year: Option<i32>,
    /// Further schema files.
    pub schema: Vec<PathBuf>,
    /// The day the question is asked on.
    pub as_of: Day,
    /// Codes, prefixes or packs to run; empty for all.
    pub select: Vec<String>,
    /// Codes, prefixes or packs to leave out.
    pub ignore: Vec<String>,
    /// Threads; none for one a core.
    pub jobs: Option<u16>,
    /// The rest of what `guiju.toml` says.
    pub config: Config,
}

/// What the screen is like.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Colours of standard output.
    pub out: Paint,
    /// Colours of standard error.
    pub err: Paint,
    /// Whether progress is shown.
    pub progress: bool,
}

/// From which findings on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// This verdict or a weightier one: 违规, then 提醒, then 待核.
    At(Verdict),
    /// No finding fails a run.
    Never,
}

impl Gate {
    /// The names on the command line.
    pub const NAMES: [&str; 4] = ["违规", "提醒", "待核", "never"];

    /// The gate of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "never" => Some(Self::Never),
            _ => Verdict::from_word(name).filter(|v| matches!(v, Verdict::Breach | Verdict::Advice | Verdict::Unverified)).map(Self::At),
        }
    }

    /// Whether a finding of this verdict fails the run. Warnings never do.
    pub fn fails(self, verdict: Verdict) -> bool {
        match self {
            Self::Never => false,
            // The order of verdicts is the order of weight.
            Self::At(gate) => verdict <= gate && verdict != Verdict::Warning,
        }
    }
}

/// Joins flags with `guiju.toml`. `as_of` is none for commands that ask on no day.
///
/// # Errors
/// A wrong value, or something wrong in `guiju.toml`.
pub fn settings(sources: &[String], rules: &RuleFlags, as_of: Option<&str>, common: &Common) -> Result<Settings, Trouble> {
    let config = config::load(sources)?;
    let as_of = match as_of {
        Some(text) => day("--as-of", text)?,
        None => config.as_of.unwrap_or_else(today),
    };
    let list = |flag: &[String], file: &Option<Vec<String>>| -> Vec<String> {
        let all = if flag.is_empty() { file.as_deref().unwrap_or(&[]) } else { flag };
        // Commas come full-width from a Chinese keyboard; no code, prefix or pack has any of these in it.
        let each = all.iter().flat_map(|s| s.split([',', '，', '、']));
        each.map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
    };
    Ok(Settings {
        sources: sources.to_vec(),
        rules: rules.rules.clone().or_else(|| config.rules.clone()),
        profile: rules.profile.clone().or_else(|| config.profile.clone()),
        mapping: rules.mapping.clone().or_else(|| config.mapping.clone()),
        year: rules.year,
        schema: if rules.schema.is_empty() { config.schema.clone().unwrap_or_default() } else { rules.schema.clone() },
        as_of,
        select: list(&rules.select, &config.select),
        ignore: list(&rules.ignore, &config.ignore),
        jobs: common.jobs.or(config.jobs),
        config,
    })
}

impl Settings {
    /// The same, if it names a source after what else the command takes; a lone source in that place is told apart.
    ///
    /// # Errors
    /// No source.
    pub fn with_sources_after(self, what: &str, given: &str) -> Result<Self, Trouble> {
        if self.sources.is_empty() && (is_server(given) || std::path::Path::new(given).exists()) {
            return Err(Trouble::Usage(
                Plain::new("usage::missing-argument", format!("缺少 <{what}>")).help(format!("写在数据源“{}”的前面", shown_source(given))),
            ));
        }
        self.with_sources()
    }

    /// The same, if it names a source.
    ///
    /// # Errors
    /// No source.
    pub fn with_sources(self) -> Result<Self, Trouble> {
        if self.sources.is_empty() {
            return Err(Trouble::Usage(
                Plain::new("usage::missing-argument", "缺少 <数据源>")
                    .help("给出导出数据所在的文件夹、工作簿、SQLite 文件或 postgres:// 地址；- 表示标准输入"),
            ));
        }
        Ok(self)
    }
}

impl Screen {
    /// By `--color` and `--no-progress`, the terminal and `NO_COLOR`.
    pub fn new(color: Option<&str>, no_progress: bool) -> Self {
        let allowed = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) && std::env::var_os("TERM").is_none_or(|t| t != "dumb");
        let paint = |terminal: bool| Paint {
            on: match color {
                Some("always") => true,
                Some("never") => false,
                _ => terminal && allowed,
            },
        };
        let err = std::io::stderr().is_terminal();
        Self { out: paint(std::io::stdout().is_terminal()), err: paint(err), progress: err && !no_progress }
    }

    /// Colours of a result: a file has none.
    pub fn result(self, output: &OutputFlags) -> Paint {
        if output.output.is_some() { Paint::PLAIN } else { self.out }
    }
}

/// The day a flag gives.
///
/// # Errors
/// It is no day.
pub fn day(flag: &str, text: &str) -> Result<Day, Trouble> {
    // A day may be spelled here as in the records.
    let why = match Fuzzy::parse(text) {
        Ok(date) if date.lo == date.hi => return Ok(date.lo),
        Ok(_) => "没有写到日".to_owned(),
        Err(why) => why.to_string(),
    };
    Err(Trouble::Usage(Plain::new("usage::bad-date", format!("{flag} 不能是“{text}”：{why}")).help("写成 2026-06-30 的样子")))
}

/// The audit period.
///
/// # Errors
/// A flag that is no day, or a period that ends before it starts.
pub fn period(scope: &ScopeFlags) -> Result<(Option<Day>, Option<Day>), Trouble> {
    let since = scope.since.as_deref().map(|t| day("--since", t)).transpose()?;
    let until = scope.until.as_deref().map(|t| day("--until", t)).transpose()?;
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Trouble::Usage(Plain::new("usage::bad-date", format!("--since {since} 晚于 --until {until}"))));
    }
    Ok((since, until))
}

/// The day `text` after a day: `90d`, `90日`, `3个月`.
///
/// # Errors
/// It is no period.
pub fn within(from: Day, text: &str) -> Result<Day, Trouble> {
    let chinese = text.strip_suffix(['d', 'D']).map(|n| format!("{n}日"));
    let period = Period::parse(chinese.as_deref().unwrap_or(text)).filter(|p| !matches!(p, Period::Workdays(_)));
    period.and_then(|p| add(from, p, &Calendar::empty())).filter(|due| *due >= from && due.is_finite()).ok_or_else(|| {
        Trouble::Usage(Plain::new("usage::bad-period", format!("--within 不能是“{text}”")).help("写成 90d、90日、3个月 或 1年 的样子"))
    })
}

/// The format asked for: by name, else by the ending of the output file, else the default.
///
/// # Errors
/// An unknown name, or bytes for a terminal.
pub fn format<T: Copy>(
    flag: Option<&str>,
    output: &OutputFlags,
    fallback: T,
    known: &[(&str, T)],
    is_binary: impl Fn(T) -> bool,
) -> Result<T, Trouble> {
    let of = |name: &str| known.iter().find(|(n, _)| *n == name).map(|(_, f)| *f);
    let format = match flag {
        Some(name) => of(name).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|(n, _)| *n).collect();
            let near = nearest(name, names.iter().copied()).map(|n| format!("；是否想写“{n}”？")).unwrap_or_default();
            Trouble::Usage(
                Plain::new("usage::bad-value", format!("--format 不能是“{name}”")).help(format!("可以是：{}{near}", names.join("、"))),
            )
        })?,
        None => match ending(output) {
            None => fallback,
            Some(ending) if PLAIN.contains(&ending.as_str()) => fallback,
            Some(ending) => of(named(&ending)).ok_or_else(|| unknown_ending(output, known))?,
        },
    };
    if let (Some(name), Some(ending)) = (flag, ending(output))
        && named(&ending) != name
        && (DOCUMENTS.contains(&ending.as_str()) || of(named(&ending)).is_some())
    {
        let path = output.output.as_ref().map_or_else(String::new, |p| p.display().to_string());
        return Err(Trouble::Usage(
            Plain::new("usage::bad-value", format!("--format {name} 与输出文件“{path}”的后缀不一致"))
                .help(format!("去掉 --format，或者把后缀改为 .{}", ending_of(name))),
        ));
    }
    if is_binary(format) && output.output.is_none() && std::io::stdout().is_terminal() {
        return Err(Trouble::Usage(
            Plain::new("usage::binary-to-terminal", "工作簿不能显示在终端上").help("用 --output 文件.xlsx 写入文件"),
        ));
    }
    Ok(format)
}

/// Refuses an output file whose ending promises more than the plain text that the command writes.
///
/// # Errors
/// An ending that is not one of plain text.
pub fn plain_text(output: &OutputFlags) -> Result<(), Trouble> {
    format(None, output, (), &[("txt", ())], |()| false)
}

/// Endings that say no more than that it is text.
const PLAIN: [&str; 3] = ["txt", "text", "log"];
/// Endings of documents: who names one expects it.
const DOCUMENTS: [&str; 10] = ["json", "jsonl", "csv", "xlsx", "xls", "md", "html", "docx", "pdf", "ics"];

/// The ending of the output file.
fn ending(output: &OutputFlags) -> Option<String> {
    output.output.as_ref()?.extension()?.to_str().map(str::to_lowercase)
}

/// The format that an ending is called by.
fn named(ending: &str) -> &str {
    match ending {
        "md" => "markdown",
        "htm" => "html",
        "ndjson" => "jsonl",
        other => other,
    }
}

/// The ending of a format's files.
fn ending_of(name: &str) -> &str {
    match name {
        "markdown" => "md",
        "text" | "table" => "txt",
        other => other,
    }
}

fn unknown_ending<T>(output: &OutputFlags, known: &[(&str, T)]) -> Trouble {
    let path = output.output.as_ref().map_or_else(String::new, |p| p.display().to_string());
    let names: Vec<&str> = known.iter().map(|(n, _)| *n).collect();
    let help = match names.as_slice() {
        [only] => format!("这个命令的结果是文字，后缀用 .{only}"),
        names => format!("后缀或者 --format 可以是：{}", names.join("、")),
    };
    Trouble::Usage(Plain::new("usage::bad-value", format!("不知道用什么格式写“{path}”")).help(help))
}

/// The gate asked for.
///
/// # Errors
/// An unknown name.
pub fn gate(flag: Option<&str>, config: &Config) -> Result<Gate, Trouble> {
    let Some(name) = flag else { return Ok(config.fail_on.unwrap_or(Gate::At(Verdict::Breach))) };
    Gate::from_name(name).ok_or_else(|| {
        Trouble::Usage(
            Plain::new("usage::bad-value", format!("--fail-on 不能是“{name}”")).help(format!("可以是：{}", Gate::NAMES.join("、"))),
        )
    })
}

/// What is known already: the flags, and what `guiju.toml` says where they are silent.
pub fn known(flags: &KnownFlags, config: &Config) -> KnownFlags {
    KnownFlags {
        ledger: flags.ledger.clone().or_else(|| config.ledger.clone()),
        waivers: flags.waivers.clone().or_else(|| config.waivers.clone()),
        baseline: flags.baseline.clone().or_else(|| config.baseline.clone()),
        new_only: flags.new_only,
    }
}

/// The ledger asked for. A command that reads no records looks into the working folder's `guiju.toml` only.
///
/// # Errors
/// None is named, or something is wrong in `guiju.toml`.
pub fn ledger(file: &LedgerFile) -> Result<PathBuf, Trouble> {
    match &file.ledger {
        Some(path) => Ok(path.clone()),
        None => config::load(&[])?.ledger.ok_or_else(|| nameless("--ledger", "ledger")),
    }
}

/// A waiver file and the log of its changes, found.
pub struct WaiverFiles {
    /// The waivers.
    pub waivers: PathBuf,
    /// The ledger, if changes are logged.
    pub ledger: Option<PathBuf>,
}

/// The waiver file asked for, and the ledger.
///
/// # Errors
/// No waiver file is named, or somebody acts and no ledger is.
pub fn waiver_files(file: &WaiverFile, config: &Config) -> Result<WaiverFiles, Trouble> {
    let waivers = file.waivers.clone().or_else(|| config.waivers.clone()).ok_or_else(|| nameless("--waivers", "waivers"))?;
    let ledger = file.ledger.clone().or_else(|| config.ledger.clone());
    if file.acting.is_some() && ledger.is_none() {
        return Err(nameless("--ledger", "ledger"));
    }
    Ok(WaiverFiles { waivers, ledger })
}

fn nameless(flag: &str, key: &str) -> Trouble {
    Trouble::Usage(
        Plain::new("usage::missing-argument", format!("缺少 {flag} <文件>")).help(format!("也可以写在 guiju.toml 里：{key} = \"文件\"")),
    )
}

/// The formats of a report, by name.
pub fn report_formats() -> Vec<(&'static str, Format)> {
    Format::ALL.map(|f| (f.name(), f)).to_vec()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_lets_lighter_findings_pass_and_warnings_always() {
        let gate = |name| Gate::from_name(name).unwrap();
        let failing =
            |name| Verdict::ALL.into_iter().filter(|v| v.is_finding() && gate(name).fails(*v)).map(Verdict::word).collect::<Vec<_>>();
        assert_eq!(failing("违规"), ["违规"]);
        assert_eq!(failing("提醒"), ["违规", "提醒"]);
        assert_eq!(failing("待核"), ["违规", "提醒", "待核"]);
        assert!(failing("never").is_empty());
        assert_eq!(Gate::from_name("预警"), None);
    }

    #[test]
    fn within_takes_days_months_and_years() {
        let from = Day::ymd(2026, 6, 30).unwrap();
        let to = |text: &str| within(from, text).ok().map(|d| d.to_string());
        assert_eq!(to("90d").as_deref(), Some("2026-09-28"));
        assert_eq!(to("90日").as_deref(), Some("2026-09-28"));
        assert_eq!(to("3个月").as_deref(), Some("2026-09-30"));
        assert_eq!(to("1年").as_deref(), Some("2027-06-30"));
        assert_eq!(to("soon"), None);
        assert_eq!(to("-3d"), None);
        // Working days would need the calendar of years to come.
        assert_eq!(to("5个工作日"), None);
    }
}
