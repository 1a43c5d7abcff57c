//! What was typed for the commands that keep findings: baselines and waivers.

use super::args::{AsOf, RuleFlags, ScopeFlags, Sources, TEMPLATE};
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

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

/// `nightly`.
#[derive(Debug, Args)]
pub struct Nightly {
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
    #[command(flatten)]
    pub scope: ScopeFlags,
    /// 写出报告：格式=文件，如 xlsx=问题清单.xlsx；可给多个
    #[arg(long, value_name = "格式=文件", help_heading = "输出选项")]
    pub report: Vec<String>,
    /// 有哪一级问题时退出码为 1：违规（默认）、提醒、待核、never
    #[arg(long, value_name = "级别", help_heading = "输出选项")]
    pub fail_on: Option<String>,
    /// 增量核查之外再全部重读、重判一遍，两者不一致就报错、不记台账
    #[arg(long, help_heading = "核查选项")]
    pub verify_full: bool,
    #[command(flatten)]
    pub known: KnownFlags,
}

/// What the waiver commands are.
#[derive(Debug, Subcommand)]
pub enum Waive {
    /// 添加一项豁免，连同批准时的数据
    #[command(override_usage = "guiju waive add [选项] --waivers <文件> <指纹或规则> <数据源>…", help_template = TEMPLATE, after_help = WAIVE_EXAMPLES)]
    Add(Box<WaiveAdd>),
    /// 列出豁免和它们的状态
    #[command(override_usage = "guiju waive list [选项] --waivers <文件>", help_template = TEMPLATE, after_help = WAIVE_EXAMPLES)]
    List(WaiveList),
    /// 去掉一项豁免
    #[command(override_usage = "guiju waive remove [选项] --waivers <文件> <序号>", help_template = TEMPLATE, after_help = WAIVE_EXAMPLES)]
    Remove(WaiveRemove),
}

/// Which waiver file, and where its changes are logged.
#[derive(Debug, Args)]
#[command(next_help_heading = "豁免选项")]
pub struct WaiverFile {
    /// 豁免文件
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub waivers: Option<PathBuf>,
    /// 把添加、去掉豁免记入这个台账的日志
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub ledger: Option<PathBuf>,
    /// 经办人（须已用 guiju ledger user 登记）
    #[arg(long = "as", value_name = "姓名")]
    pub acting: Option<String>,
}

/// `waive add`.
#[derive(Debug, Args)]
pub struct WaiveAdd {
    /// 一个问题的指纹（gj1:…），或者规则编码（要用 --unit 等写明对谁）
    #[arg(value_name = "指纹或规则", help_heading = "参数")]
    pub target: String,
    #[command(flatten)]
    pub sources: Sources,
    #[command(flatten)]
    pub file: WaiverFile,
    /// 理由
    #[arg(long, value_name = "理由", required = true, help_heading = "豁免选项")]
    pub reason: String,
    /// 文号，如 组〔2026〕3号
    #[arg(long, value_name = "文号", required = true, help_heading = "豁免选项")]
    pub document: String,
    /// 批准人
    #[arg(long, value_name = "姓名", required = true, help_heading = "豁免选项")]
    pub approver: String,
    /// 批准日期（默认：截至日期）
    #[arg(long, value_name = "日期", help_heading = "豁免选项")]
    pub approved: Option<String>,
    /// 截止日期，当天仍有效
    #[arg(long, value_name = "日期", required = true, help_heading = "豁免选项")]
    pub expires: String,
    /// 只对这个单位（不含下级）
    #[arg(long, value_name = "单位编码", help_heading = "豁免选项")]
    pub unit: Option<String>,
    /// 只对这个人
    #[arg(long, value_name = "人员编码", help_heading = "豁免选项")]
    pub person: Option<String>,
    /// 只对这个任免事项
    #[arg(long, value_name = "任免事项编码", help_heading = "豁免选项")]
    pub case: Option<String>,
    /// 只对这一类：任免类型，或者问题的“区分”
    #[arg(long, value_name = "类型", help_heading = "豁免选项")]
    pub kind: Option<String>,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub as_of: AsOf,
}

/// `waive list`.
#[derive(Debug, Args)]
pub struct WaiveList {
    #[command(flatten)]
    pub file: WaiverFile,
    #[command(flatten)]
    pub as_of: AsOf,
}

/// `waive remove`.
#[derive(Debug, Args)]
pub struct WaiveRemove {
    /// 序号，见 guiju waive list
    #[arg(value_name = "序号", help_heading = "参数")]
    pub number: usize,
    #[command(flatten)]
    pub file: WaiverFile,
}

/// What is known already, and what is accepted.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "台账选项")]
pub struct KnownFlags {
    /// 记入这个台账，并与上一次比较
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub ledger: Option<PathBuf>,
    /// 豁免文件（由 guiju waive add 写出，也可以手写）
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub waivers: Option<PathBuf>,
    /// 已知问题的基线（由 guiju baseline write 写出）
    #[arg(long, value_name = "文件", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// 只列新问题、只按新问题定退出码：基线里没有的；没有给基线的，台账上一次没有的
    #[arg(long)]
    pub new_only: bool,
}

pub(super) const NIGHTLY_EXAMPLES: &str = "\
示例:
  guiju nightly 导出目录 --ledger 台账.db --report xlsx=问题清单.xlsx --new-only
  guiju nightly records.db --ledger 台账.db --waivers 豁免.toml --fail-on 提醒

可放进 cron 或 systemd 定时器。另一次运行正在使用台账时，等它结束。
只重判数据变了的和日期到了的，SQLite 文件只重读变了的页，结果与全部重读、重判相同；
所记的放在台账旁的 .night 和 .rows 文件里（后者存有读入的记录，权限同台账），删掉也不要紧。";

const WAIVE_EXAMPLES: &str = "\
示例:
  guiju waive add gj1:3f1c… 导出目录 --waivers 豁免.toml --reason 机构改革过渡期 --document 组〔2026〕3号 --approver 王五 --expires 2026-12-30
  guiju waive add ZS001 导出目录 --unit U12 --waivers 豁免.toml --reason 机构改革过渡期 --document 组〔2026〕3号 --approver 王五 --expires 2026-12-30
  guiju waive list --waivers 豁免.toml
  guiju check 导出目录 --waivers 豁免.toml";

const BASELINE_EXAMPLES: &str = "\
示例:
  guiju baseline write 基线.txt 导出目录                     今天的问题都算已知
  guiju check 导出目录 --baseline 基线.txt --new-only        以后只看新问题
  guiju baseline shrink 基线.txt 导出目录                    整改好的从基线中去掉";
