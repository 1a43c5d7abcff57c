//! What was typed for the commands about the rules themselves.

use super::args::{AsOf, OutputFlags, RuleFlags, TEMPLATE};
use clap::{Args, Subcommand, ValueHint};

/// What the rule commands are.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// 列出全部规则
    #[command(override_usage = "guiju rules list [选项]", help_template = TEMPLATE, after_help = LIST_EXAMPLES)]
    List(RulesList),
    /// 运行规则自带的测试
    #[command(override_usage = "guiju rules test [选项]", help_template = TEMPLATE, after_help = TEST_EXAMPLES)]
    Test(RulesTest),
    /// 法规逐条由哪些规则判；规则的测试没有跑到、没有察觉的地方
    #[command(override_usage = "guiju rules coverage [选项] [数据源]…", help_template = TEMPLATE, after_help = COVERAGE_EXAMPLES)]
    Coverage(RulesCoverage),
    /// 检查规则写得是否周全：依据、处理意见、测试、版本衔接、多余的名字
    #[command(override_usage = "guiju rules lint [选项]", help_template = TEMPLATE, after_help = LINT_EXAMPLES)]
    Lint(RulesLint),
}

/// `rules list`.
#[derive(Debug, Args)]
pub struct RulesList {
    #[command(flatten)]
    pub rules: RuleFlags,
    /// 格式：table（默认）、json
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `rules test`.
#[derive(Debug, Args)]
pub struct RulesTest {
    #[command(flatten)]
    pub rules: RuleFlags,
}

/// `rules coverage`.
#[derive(Debug, Args)]
pub struct RulesCoverage {
    /// 数据源：除规则自带的测试外，还看这些记录跑到了哪里
    #[arg(value_name = "数据源", value_hint = ValueHint::AnyPath, help_heading = "参数")]
    pub sources: Vec<String>,
    /// 逐条列出法规，各由哪些规则判
    #[arg(long, conflicts_with_all = ["mutate", "sources"], help_heading = "范围选项")]
    pub clauses: bool,
    /// 把每个数字、期限和日期逐一改动一点，列出没有测试察觉的改动
    #[arg(long, conflicts_with = "sources", help_heading = "范围选项")]
    pub mutate: bool,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    /// 格式：text（默认）、json、markdown
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `rules lint`.
#[derive(Debug, Args)]
pub struct RulesLint {
    #[command(flatten)]
    pub rules: RuleFlags,
}

const LIST_EXAMPLES: &str = "\
示例:
  guiju rules list --select GS                    列出公示类规则
  guiju rules list --profile 本县.toml            连同本县的规则包，以及改了什么、为什么";

const TEST_EXAMPLES: &str = "\
示例:
  guiju rules test --select GS                    只测公示类规则
  guiju rules test --rules 我的规则目录           测试一个规则目录
  guiju rules test --profile 本县.toml            连同本县的规则包一起测试";

const COVERAGE_EXAMPLES: &str = "\
示例:
  guiju rules coverage --clauses                  法规逐条由哪些规则判，哪些不宜机判
  guiju rules coverage --select GS                公示类规则的测试没有跑到的地方
  guiju rules coverage --select GS samples/county 再加上这些记录
  guiju rules coverage --mutate --select GS       改动门槛而没有测试察觉的";

const LINT_EXAMPLES: &str = "\
示例:
  guiju rules lint                                检查自带的规则
  guiju rules lint --profile 本县.toml            连同本县的规则包一起检查";
