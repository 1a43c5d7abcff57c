//! What was typed for the commands that read the ledger: its runs, what moved between them, whether it still stands.

use super::args::{OutputFlags, TEMPLATE};
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

/// `history`.
#[derive(Debug, Args)]
pub struct History {
    #[command(flatten)]
    pub file: LedgerFile,
    /// 只列最近这么多次
    #[arg(long, value_name = "次数", help_heading = "台账选项")]
    pub last: Option<usize>,
    /// 格式：table（默认）、json
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// 前一次：序号、prev（上一次）或 last（最近一次）
    #[arg(value_name = "运行", default_value = "prev", hide_default_value = true, help_heading = "参数")]
    pub from: String,
    /// 后一次，写法同上；两个都不写就是 prev last
    #[arg(value_name = "运行", default_value = "last", hide_default_value = true, help_heading = "参数")]
    pub to: String,
    #[command(flatten)]
    pub file: LedgerFile,
    /// 格式：text（默认）、table、json
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// What the ledger commands are.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// 核对台账：证明所记内容没有被改动、删除，指出第一处断开的地方
    #[command(override_usage = "guiju ledger verify [选项] --ledger <文件>", help_template = TEMPLATE, after_help = LEDGER_EXAMPLES)]
    Verify(LedgerVerify),
    /// 登记、停用经办人；不写姓名则列出
    #[command(override_usage = "guiju ledger user [选项] --ledger <文件> [姓名]", help_template = TEMPLATE, after_help = LEDGER_EXAMPLES)]
    User(LedgerUser),
}

/// Which ledger.
#[derive(Debug, Args)]
#[command(next_help_heading = "台账选项")]
pub struct LedgerFile {
    /// 台账文件
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub ledger: Option<PathBuf>,
}

/// Who acts.
#[derive(Debug, Args)]
#[command(next_help_heading = "台账选项")]
pub struct Acting {
    /// 经办人（须已用 guiju ledger user 登记）
    #[arg(long = "as", value_name = "姓名")]
    pub acting: Option<String>,
}

/// `ledger verify`.
#[derive(Debug, Args)]
pub struct LedgerVerify {
    #[command(flatten)]
    pub file: LedgerFile,
    /// 以前抄存的末条哈希：证明那一条及以前的记录仍在
    #[arg(long, value_name = "哈希", help_heading = "台账选项")]
    pub expect: Option<String>,
}

/// `ledger user`.
#[derive(Debug, Args)]
pub struct LedgerUser {
    #[command(flatten)]
    pub file: LedgerFile,
    /// 经办人姓名；不写则列出全部经办人
    #[arg(value_name = "姓名", help_heading = "参数")]
    pub name: Option<String>,
    /// 职务，如 干部监督科科长
    #[arg(long, value_name = "职务", help_heading = "台账选项")]
    pub post: Option<String>,
    /// 停用：此后不能再以此人名义办理
    #[arg(long, help_heading = "台账选项")]
    pub retire: bool,
    #[command(flatten)]
    pub acting: Acting,
}

pub(super) const HISTORY_EXAMPLES: &str = "\
示例:
  guiju history --ledger 台账.db                  历次运行和走势
  guiju history --ledger 台账.db --last 30 --format json";

pub(super) const DIFF_EXAMPLES: &str = "\
示例:
  guiju diff --ledger 台账.db                     最近两次
  guiju diff 12 last --ledger 台账.db             第 12 次与最近一次
  guiju diff prev last --ledger 台账.db --format table";

const LEDGER_EXAMPLES: &str = "\
示例:
  guiju ledger user 王五 --post 干部监督科科长 --ledger 台账.db    登记经办人
  guiju ledger verify --ledger 台账.db                             核对有无改动
  guiju ledger verify --ledger 台账.db --expect 3f1c…              与抄存的末条哈希核对";
