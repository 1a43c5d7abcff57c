//! What was typed. Nothing here is checked beyond its form; [`super::settings`] says what it means.

use super::args_history::{DIFF_EXAMPLES, Diff, HISTORY_EXAMPLES, History, Ledger};
use super::args_ledger::{Baseline, KnownFlags, NIGHTLY_EXAMPLES, Nightly, Waive};
use super::args_mapping::Mapping;
use super::args_notice::Notice;
use super::args_rectify::Rectify;
use super::args_rules::Rules;
use clap::{Args, Parser, Subcommand, ValueHint};
use std::path::PathBuf;

/// The sections of every help page, in Chinese.
pub(super) const TEMPLATE: &str = "{about}\n\n用法: {usage}\n\n{all-args}{after-help}";

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "guiju",
    version,
    about = "规矩：按选人用人的法规，核查干部选拔任用记录",
    override_usage = "guiju <命令> [选项] [数据源]…",
    help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
    after_help = ROOT_EXAMPLES,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    subcommand_required = true
)]
pub struct Cli {
    /// 命令
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "通用选项")]
pub struct Common {
    /// 何时着色：auto（默认，终端上着色）、always、never
    #[arg(long, global = true, value_name = "何时", value_parser = ["auto", "always", "never"], hide_possible_values = true)]
    pub color: Option<String>,
    /// 不显示进度
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// 使用的线程数（默认：全部处理器核）
    #[arg(long, global = true, value_name = "个数", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// 显示帮助
    #[arg(short = 'h', long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// 显示版本
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 核查记录，报告问题
    #[command(override_usage = "guiju check [选项] <数据源>…", help_template = TEMPLATE, after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// 列出即将到期的事项
    #[command(override_usage = "guiju due [选项] <数据源>…", help_template = TEMPLATE, after_help = DUE_EXAMPLES)]
    Due(Due),
    /// 说明某条规则对某个对象为何得出这个结论
    #[command(override_usage = "guiju trace [选项] <规则> <对象> <数据源>…", help_template = TEMPLATE, after_help = TRACE_EXAMPLES)]
    Trace(Trace),
    /// 一页看清一个任免事项：每个程序、每项要求
    #[command(override_usage = "guiju case [选项] <任免事项编码> <数据源>…", help_template = TEMPLATE, after_help = CASE_EXAMPLES)]
    Case(Case),
    /// 解释一条规则：要求什么、依据哪条、怎样计算
    #[command(override_usage = "guiju explain [选项] <规则>", help_template = TEMPLATE, after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// 把导出的数据归一后存入一个 SQLite 库
    #[command(override_usage = "guiju import [选项] --to <文件> <数据源>…", help_template = TEMPLATE, after_help = IMPORT_EXAMPLES)]
    Import(Import),
    /// 各表各字段的填报率，以及因此不能判定的规则
    #[command(override_usage = "guiju profile [选项] <数据源>…", help_template = TEMPLATE, after_help = PROFILE_EXAMPLES)]
    Profile(Profile),
    /// 查看、测试、检查规则
    #[command(
        subcommand,
        override_usage = "guiju rules <命令> [选项]",
        help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
        disable_help_subcommand = true
    )]
    Rules(Rules),
    /// 每夜运行：核查、与上一次比较、写出报告、记入台账
    #[command(override_usage = "guiju nightly [选项] --ledger <文件> <数据源>…", help_template = TEMPLATE, after_help = NIGHTLY_EXAMPLES)]
    Nightly(Nightly),
    /// 映射：别的系统导出的表怎样对应
    #[command(
        subcommand,
        override_usage = "guiju mapping <命令> [选项]",
        help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
        disable_help_subcommand = true
    )]
    Mapping(Mapping),
    /// 任前公示稿：张贴之前核对
    #[command(
        subcommand,
        override_usage = "guiju notice <命令> [选项]",
        help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
        disable_help_subcommand = true
    )]
    Notice(Notice),
    /// 基线：把现有问题记为已知，以后只看新问题
    #[command(
        subcommand,
        override_usage = "guiju baseline <命令> [选项]",
        help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
        disable_help_subcommand = true
    )]
    Baseline(Baseline),
    /// 豁免：经批准的例外
    #[command(
        subcommand,
        override_usage = "guiju waive <命令> [选项]",
        help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
        disable_help_subcommand = true
    )]
    Waive(Waive),
    /// 台账中的历次运行：各级问题多少，变动多少
    #[command(override_usage = "guiju history [选项] --ledger <文件>", help_template = TEMPLATE, after_help = HISTORY_EXAMPLES)]
    History(History),
    /// 比较两次运行：问题为何新增、变化、消失
    #[command(override_usage = "guiju diff [选项] --ledger <文件> [<运行> <运行>]", help_template = TEMPLATE, after_help = DIFF_EXAMPLES)]
    Diff(Diff),
    /// 台账：核对有无改动，登记经办人
    #[command(
        subcommand,
        override_usage = "guiju ledger <命令> [选项]",
        help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
        disable_help_subcommand = true
    )]
    Ledger(Ledger),
    /// 整改台账：分派、进展、核验、销号，完成率
    #[command(
        subcommand,
        override_usage = "guiju rectify <命令> [选项] --ledger <文件>",
        help_template = "{about}\n\n用法: {usage}\n\n命令:\n{subcommands}\n\n选项:\n{options}{after-help}",
        disable_help_subcommand = true
    )]
    Rectify(Rectify),
    /// 生成命令补全脚本
    #[command(override_usage = "guiju completions <外壳>", help_template = TEMPLATE, after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
}

/// Which records.
#[derive(Debug, Args)]
#[command(next_help_heading = "参数")]
pub struct Sources {
    /// 数据源：CSV 文件夹、.xlsx/.xls/.ods 工作簿、SQLite 文件、PostgreSQL 数据库（postgres://用户@主机/数据库）、任免审批表（.lrmx、.lrm，它们的文件夹或 .zip），或 -（标准输入的 NDJSON）；可给多个，合并使用
    // Shown after what goes before it on the command line: by itself, clap sorts positional arguments by name.
    #[arg(value_name = "数据源", value_hint = ValueHint::AnyPath, display_order = 1000)]
    pub sources: Vec<String>,
}

/// Which rules, on which day.
#[derive(Debug, Args)]
#[command(next_help_heading = "规则选项")]
pub struct RuleFlags {
    /// 规则目录（代替内置规则）
    #[arg(long, value_name = "目录", value_hint = ValueHint::DirPath)]
    pub rules: Option<PathBuf>,
    /// 本地口径文件：用哪些规则包和规则，改了哪些参数、等级，为什么
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub profile: Option<PathBuf>,
    /// 来源的表和列怎样对应：自带的映射名（如 a01），或者映射文件
    #[arg(long, value_name = "名称或文件", value_hint = ValueHint::FilePath)]
    pub mapping: Option<String>,
    /// 年度考核表上没有写的年度
    #[arg(long, value_name = "年度", value_parser = clap::value_parser!(i32).range(1990..=2100))]
    pub year: Option<i32>,
    /// 补充的数据表定义（可给多个）
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub schema: Vec<PathBuf>,
    /// 只用这些规则：编码、前缀（如 GS）或规则包（如 national），用逗号分隔
    #[arg(long, value_name = "规则")]
    pub select: Vec<String>,
    /// 不用这些规则，写法同 --select
    #[arg(long, value_name = "规则")]
    pub ignore: Vec<String>,
}

/// On which day.
#[derive(Debug, Args)]
#[command(next_help_heading = "规则选项")]
pub struct AsOf {
    /// 截至日期（默认：今天）
    #[arg(long, value_name = "日期", allow_hyphen_values = true)]
    pub as_of: Option<String>,
}

/// Which subjects.
#[derive(Debug, Args)]
#[command(next_help_heading = "范围选项")]
pub struct ScopeFlags {
    /// 只看这一天及以后的事项
    #[arg(long, value_name = "日期", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// 只看这一天及以前的事项
    #[arg(long, value_name = "日期", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// 只看这个单位（含下级单位）
    #[arg(long, value_name = "单位编码")]
    pub unit: Option<String>,
    /// 只看这个人
    #[arg(long, value_name = "人员编码")]
    pub person: Option<String>,
    /// 只看这个批次
    #[arg(long, value_name = "批次")]
    pub batch: Option<String>,
}

/// Where the result goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "输出选项")]
pub struct OutputFlags {
    /// 写入文件（默认：标准输出）
    #[arg(long, short = 'o', value_name = "文件", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    #[command(flatten)]
    pub scope: ScopeFlags,
    /// 格式：text（默认）、table、json、jsonl、csv、xlsx、markdown
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
    /// 有哪一级问题时退出码为 1：违规（默认）、提醒、待核、never
    #[arg(long, value_name = "级别", help_heading = "输出选项")]
    pub fail_on: Option<String>,
    #[command(flatten)]
    pub known: KnownFlags,
}

/// `due`.
#[derive(Debug, Args)]
pub struct Due {
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    #[command(flatten)]
    pub scope: ScopeFlags,
    /// 多久以内到期，如 90d、90日、3个月、1年（默认：90d）
    #[arg(long, value_name = "期限", default_value = "90d", hide_default_value = true, help_heading = "范围选项")]
    pub within: String,
    /// 格式：table（默认）、json、csv、xlsx、ics
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `trace`.
#[derive(Debug, Args)]
pub struct Trace {
    /// 规则编码，如 GS002
    #[arg(value_name = "规则", help_heading = "参数")]
    pub code: String,
    /// 对象：任免事项 C-1、职数 U12/县处级正职、某年 P1@2023
    #[arg(value_name = "对象", help_heading = "参数")]
    pub subject: String,
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `case`.
#[derive(Debug, Args)]
pub struct Case {
    /// 任免事项编码
    #[arg(value_name = "任免事项编码", help_heading = "参数")]
    pub id: String,
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// 规则编码，如 GS002
    #[arg(value_name = "规则", help_heading = "参数")]
    pub code: String,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `import`.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    pub sources: Sources,
    /// 存入的 SQLite 文件（已有则替换）
    #[arg(long, value_name = "文件", required = true, value_hint = ValueHint::FilePath, help_heading = "输出选项")]
    pub to: PathBuf,
    /// 拒收的行另存一份，供改正后重新读入：文件夹（每张表一个 CSV）或 .xlsx 工作簿
    #[arg(long, value_name = "文件夹或工作簿", value_hint = ValueHint::AnyPath, help_heading = "输出选项")]
    pub refused: Option<PathBuf>,
    #[command(flatten)]
    pub rules: RuleFlags,
}

/// `profile`.
#[derive(Debug, Args)]
pub struct Profile {
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    /// 格式：table（默认）、json、html
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
    /// 另存一份补充材料清单（.xlsx）：每个单位要补哪些格子
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath, help_heading = "输出选项")]
    pub supplement: Option<PathBuf>,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// 外壳：bash、zsh、fish、powershell、elvish
    #[arg(value_name = "外壳", value_parser = ["bash", "zsh", "fish", "powershell", "elvish"], hide_possible_values = true, help_heading = "参数")]
    pub shell: String,
}

const ROOT_EXAMPLES: &str = "\
示例:
  guiju check samples/county --as-of 2026-06-30     核查一个县的记录
  guiju explain GS002                               解释一条规则
  guiju trace GS002 C-2024-017 samples/county       这条规则为何如此判定
  guiju check --help                                某个命令的全部选项

退出码: 0 无问题；1 有问题；2 用法不对；3 规则有错；4 数据读不了；5 只核查了一部分；
        6 结果写不出，台账读写不了";

const CHECK_EXAMPLES: &str = "\
示例:
  guiju check 导出目录                                  在终端上看
  guiju check 导出目录 --output 问题清单.xlsx           按单位分页的工作簿
  guiju check 人员.xlsx 事项.xlsx --select GS,SY        两个工作簿合并，只查公示和试用期
  guiju check records.db --unit U12 --since 2024-01-01  一个单位及其下级，2024年以来
  guiju check - --format jsonl < 人员.ndjson            供程序使用

常用选项可写入数据目录或当前目录的 guiju.toml。";

const DUE_EXAMPLES: &str = "\
示例:
  guiju due 导出目录                              今后 90 天内到期的事项
  guiju due 导出目录 --within 6个月 --output 到期.xlsx
  guiju due 导出目录 --output 到期.ics            导入日历";

const TRACE_EXAMPLES: &str = "\
示例:
  guiju trace GS002 C-2024-017 导出目录
  guiju trace BG001 P0031@2023 导出目录           某人某年";

const CASE_EXAMPLES: &str = "\
示例:
  guiju case C-2024-017 导出目录                  上会之前，看还差什么";

const EXPLAIN_EXAMPLES: &str = "\
示例:
  guiju explain GS002";

const IMPORT_EXAMPLES: &str = "\
示例:
  guiju import 导出目录 --to records.db           以后直接 guiju check records.db
  guiju import 导出目录 --to records.db --refused 拒收.xlsx   拒收的行另存，供改正
  guiju import 导出目录 拒收.xlsx --to records.db             改正以后一起读入";

const PROFILE_EXAMPLES: &str = "\
示例:
  guiju profile 导出目录                          哪些字段没填，哪些规则因此判不了
  guiju profile 导出目录 --output 填报情况.html   一页网页
  guiju profile 导出目录 --supplement 补充材料清单.xlsx";

const COMPLETIONS_EXAMPLES: &str = "\
示例:
  guiju completions bash > /etc/bash_completion.d/guiju";
