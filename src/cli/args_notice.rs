//! What was typed after `notice`.

use super::args::{OutputFlags, RuleFlags};
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

/// What the notice commands are.
#[derive(Debug, Subcommand)]
pub enum Notice {
    /// 核对一份任前公示稿：公示期、内容、日期
    #[command(
        override_usage = "guiju notice check [选项] <文件>",
        help_template = "{about}\n\n用法: {usage}\n\n{all-args}{after-help}",
        after_help = NOTICE_EXAMPLES
    )]
    Check(NoticeCheck),
}

/// `notice check`.
#[derive(Debug, Args)]
pub struct NoticeCheck {
    /// 公示稿：.txt、.docx 或 .html
    #[arg(value_name = "文件", value_hint = ValueHint::FilePath, help_heading = "参数")]
    pub file: PathBuf,
    /// 张贴日期（默认：落款日期）；“即日起”从这一天算，没有写年份的日期也靠它推定
    #[arg(long, value_name = "日期", allow_hyphen_values = true, help_heading = "公示选项")]
    pub posted: Option<String>,
    /// 拟任职务层次，如 县处级副职；乡科级可以不写简历
    #[arg(long, value_name = "层次", help_heading = "公示选项")]
    pub level: Option<String>,
    #[command(flatten)]
    pub rules: RuleFlags,
    /// 格式：text（默认）、json
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
    /// 有哪一级问题时退出码为 1：违规（默认）、提醒、待核、never
    #[arg(long, value_name = "级别", help_heading = "输出选项")]
    pub fail_on: Option<String>,
}

const NOTICE_EXAMPLES: &str = "\
示例:
  guiju notice check 公示稿.docx                         张贴之前核对一遍
  guiju notice check 公示稿.txt --posted 2026-03-02      “即日起”从这一天算
  guiju notice check 公示稿.html --level 乡科级副职 --format json

读出的每一项都列出所在的行或段，读不出的也列出，不猜；读不全的，退出码为 5。";
