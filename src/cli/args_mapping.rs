//! What was typed after `mapping`.

use super::args::{OutputFlags, RuleFlags, Sources, TEMPLATE};
use clap::{Args, Subcommand};

/// What the mapping commands are.
#[derive(Debug, Subcommand)]
pub enum Mapping {
    /// 看来源的表头和值，写一份映射草稿，每列注明把握有多大
    #[command(override_usage = "guiju mapping suggest [选项] <数据源>…", help_template = TEMPLATE, after_help = SUGGEST_EXAMPLES)]
    Suggest(Suggest),
    /// 查一份映射文件写得对不对，列出它管哪些表
    #[command(override_usage = "guiju mapping check [选项] <名称或文件>", help_template = TEMPLATE, after_help = CHECK_EXAMPLES)]
    Check(Check),
}

/// `mapping suggest`.
#[derive(Debug, Args)]
pub struct Suggest {
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `mapping check`.
#[derive(Debug, Args)]
pub struct Check {
    /// 自带的映射名（如 a01），或者映射文件
    #[arg(value_name = "名称或文件", help_heading = "参数")]
    pub file: String,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub output: OutputFlags,
}

const SUGGEST_EXAMPLES: &str = "\
示例:
  guiju mapping suggest 人事库.db --output 本县.映射.toml     写一份草稿，核对以后再用
  guiju check 人事库.db --mapping 本县.映射.toml";

const CHECK_EXAMPLES: &str = "\
示例:
  guiju mapping check 本县.映射.toml
  guiju mapping check a01                                     自带的映射管哪些表";
