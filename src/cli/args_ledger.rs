//! What was typed for the commands that keep findings: baselines and waivers.

use super::args::{AsOf, RuleFlags, Sources};
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

const TEMPLATE: &str = "{about}\n\n用法: {usage}\n\n{all-args}{after-help}";

/// What the baseline commands are.
#[derive(Debug, Subcommand)]
pub enum Baseline {
    /// 把今天的全部问题记为已知，写成基线
    #[command(override_usage = "guiju baseline write [选项] <基线> <数据源>…", help_template = TEMPLATE, after_help = BASELINE_EXAMPLES)]
    Write(BaselineWrite),
    /// 把已不再发现的问题从基线中去掉
    #[command(override_usage = "guiju baseline shrink [选项] <基线> <数据源>…", help_template = TEMPLATE, after_help = BASELINE_EXAMPLES)]
    Shrink(BaselineShrink),
}

/// `baseline write`.
#[derive(Debug, Args)]
pub struct BaselineWrite {
    /// 基线文件
    #[arg(value_name = "基线", help_heading = "参数", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    /// 代替已有的基线：其中没有的问题从此也算已知
    #[arg(long, help_heading = "输出选项")]
    pub replace: bool,
}

/// `baseline shrink`.
#[derive(Debug, Args)]
pub struct BaselineShrink {
    /// 基线文件
    #[arg(value_name = "基线", help_heading = "参数", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
}

/// What is known already, and what is accepted.
#[derive(Debug, Args)]
#[command(next_help_heading = "台账选项")]
pub struct KnownFlags {
    /// 记入这个台账，并与上一次比较
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub ledger: Option<PathBuf>,
    /// 已知问题的基线（由 guiju baseline write 写出）
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// 只列新问题、只按新问题定退出码：基线里没有的；没有给基线的，台账上一次没有的
    #[arg(long)]
    pub new_only: bool,
}

const BASELINE_EXAMPLES: &str = "\
示例:
  guiju baseline write 基线.txt 导出目录                     今天的问题都算已知
  guiju check 导出目录 --baseline 基线.txt --new-only        以后只看新问题
  guiju baseline shrink 基线.txt 导出目录                    整改好的从基线中去掉";
