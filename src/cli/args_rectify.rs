//! What was typed for `rectify`: the life of what is to be mended.

use super::args::{AsOf, OutputFlags, TEMPLATE};
use super::args_history::{Acting, LedgerFile};
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

/// What the commands are.
#[derive(Debug, Subcommand)]
pub enum Rectify {
    /// 列出整改事项：按单位、状态，已超期的、快到期的
    #[command(override_usage = "guiju rectify list [选项] --ledger <文件>", help_template = TEMPLATE, after_help = EXAMPLES)]
    List(List),
    /// 看一个整改事项，和对它做过的每一件事
    #[command(override_usage = "guiju rectify show [选项] --ledger <文件> <序号>", help_template = TEMPLATE, after_help = EXAMPLES)]
    Show(Show),
    /// 分派：责任单位、责任人、整改类型和时限
    #[command(override_usage = "guiju rectify assign [选项] --ledger <文件> --as <姓名> <序号>…", help_template = TEMPLATE, after_help = EXAMPLES)]
    Assign(Assign),
    /// 记下整改进展：状态、完成情况、佐证材料
    #[command(override_usage = "guiju rectify progress [选项] --ledger <文件> --as <姓名> <序号>…", help_template = TEMPLATE, after_help = EXAMPLES)]
    Progress(Progress),
    /// 核验后销号；仍在发现的不能销号，除非 --force 并写明理由
    #[command(override_usage = "guiju rectify close [选项] --ledger <文件> --as <姓名> --opinion <意见> <序号>…", help_template = TEMPLATE, after_help = EXAMPLES)]
    Close(Close),
    /// 退回：核验没有通过的回到整改中，已销号的重新列入
    #[command(override_usage = "guiju rectify reopen [选项] --ledger <文件> --as <姓名> --reason <理由> <序号>…", help_template = TEMPLATE, after_help = EXAMPLES)]
    Reopen(Reopen),
    /// 附上佐证文件：记下文件名、大小和哈希
    #[command(override_usage = "guiju rectify attach [选项] --ledger <文件> --as <姓名> <序号> <佐证文件>…", help_template = TEMPLATE, after_help = EXAMPLES)]
    Attach(Attach),
    /// 按单位整理成问题清单：可填写的工作簿（.xlsx），或者整改通知（.docx）
    #[command(override_usage = "guiju rectify draft [选项] --ledger <文件> --output <文件.xlsx 或 文件.docx>", help_template = TEMPLATE, after_help = EXAMPLES)]
    Draft(Draft),
    /// 收回单位填好的工作簿：按编号对上，有冲突的列出来
    #[command(override_usage = "guiju rectify import [选项] --ledger <文件> --as <姓名> <工作簿>", help_template = TEMPLATE, after_help = EXAMPLES)]
    Import(Import),
    /// 完成率：基本完成的不算完成
    #[command(override_usage = "guiju rectify rates [选项] --ledger <文件>", help_template = TEMPLATE, after_help = EXAMPLES)]
    Rates(Rates),
}

/// Something done to items: to which, in which ledger, by whom.
#[derive(Debug, Args)]
pub struct Deed {
    /// 序号，见 guiju rectify list；可以写几个，也可以写 3-9
    #[arg(value_name = "序号", required = true, help_heading = "参数")]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub file: LedgerFile,
    #[command(flatten)]
    pub acting: Acting,
}

/// `rectify list`.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    pub file: LedgerFile,
    #[command(flatten)]
    pub which: Which,
    /// 最多列多少项，0 为全部（默认：200）
    #[arg(long, value_name = "项数", default_value_t = 200, hide_default_value = true, help_heading = "整改选项")]
    pub limit: u32,
    #[command(flatten)]
    pub as_of: AsOf,
    /// 格式：table（默认）、text、json、csv
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// Which items of a list.
#[derive(Debug, Args)]
#[command(next_help_heading = "整改选项")]
pub struct Which {
    /// 只列这个单位的（不含下级）
    #[arg(long, value_name = "单位编码")]
    pub unit: Option<String>,
    /// 只列这个状态的：待认领、已分派、整改中、基本完成、待核验、已销号、长期坚持、已豁免、重新出现
    #[arg(long, value_name = "状态")]
    pub state: Option<String>,
    /// 只列已超期的
    #[arg(long, conflicts_with = "within")]
    pub overdue: bool,
    /// 只列这段时间内到期的：30d、30日、1个月
    #[arg(long, value_name = "期限")]
    pub within: Option<String>,
    /// 只列仍在发现而强制销号的
    #[arg(long)]
    pub forced: bool,
}

/// `rectify show`.
#[derive(Debug, Args)]
pub struct Show {
    /// 序号
    #[arg(value_name = "序号", help_heading = "参数")]
    pub id: i64,
    #[command(flatten)]
    pub file: LedgerFile,
    /// 格式：text（默认）、json
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `rectify assign`.
#[derive(Debug, Args)]
pub struct Assign {
    #[command(flatten)]
    pub deed: Deed,
    /// 责任单位
    #[arg(long, value_name = "责任单位", help_heading = "整改选项")]
    pub to: Option<String>,
    /// 责任领导
    #[arg(long, value_name = "姓名", help_heading = "整改选项")]
    pub leader: Option<String>,
    /// 责任人
    #[arg(long, value_name = "姓名", help_heading = "整改选项")]
    pub person: Option<String>,
    /// 整改类型：立行立改、限期整改、长期坚持
    #[arg(long, value_name = "类型", help_heading = "整改选项")]
    pub kind: Option<String>,
    /// 整改时限，当天仍不算超期
    #[arg(long, value_name = "日期", help_heading = "整改选项")]
    pub due: Option<String>,
    /// 整改措施
    #[arg(long, value_name = "措施", help_heading = "整改选项")]
    pub measures: Option<String>,
}

/// `rectify progress`.
#[derive(Debug, Args)]
pub struct Progress {
    #[command(flatten)]
    pub deed: Deed,
    /// 状态：整改中、基本完成、待核验、长期坚持
    #[arg(long, value_name = "状态", help_heading = "整改选项")]
    pub state: Option<String>,
    /// 完成情况
    #[arg(long, value_name = "情况", help_heading = "整改选项")]
    pub progress: Option<String>,
    /// 整改措施
    #[arg(long, value_name = "措施", help_heading = "整改选项")]
    pub measures: Option<String>,
    /// 佐证材料的名称（文件用 guiju rectify attach 附上）
    #[arg(long, value_name = "材料", help_heading = "整改选项")]
    pub material: Option<String>,
}

/// `rectify close`.
#[derive(Debug, Args)]
pub struct Close {
    #[command(flatten)]
    pub deed: Deed,
    /// 核验意见
    #[arg(long, value_name = "意见", required = true, help_heading = "整改选项")]
    pub opinion: String,
    /// 文号
    #[arg(long, value_name = "文号", help_heading = "整改选项")]
    pub document: Option<String>,
    /// 仍在发现的也销号，列表中标明
    #[arg(long, requires = "reason", help_heading = "整改选项")]
    pub force: bool,
    /// 强制销号的理由
    #[arg(long, value_name = "理由", requires = "force", help_heading = "整改选项")]
    pub reason: Option<String>,
}

/// `rectify reopen`.
#[derive(Debug, Args)]
pub struct Reopen {
    #[command(flatten)]
    pub deed: Deed,
    /// 理由
    #[arg(long, value_name = "理由", required = true, help_heading = "整改选项")]
    pub reason: String,
}

/// `rectify attach`.
#[derive(Debug, Args)]
pub struct Attach {
    /// 序号
    #[arg(value_name = "序号", help_heading = "参数")]
    pub id: String,
    /// 佐证文件
    #[arg(value_name = "佐证文件", required = true, help_heading = "参数", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub file: LedgerFile,
    #[command(flatten)]
    pub acting: Acting,
    /// 另把文件复制到这个文件夹，以哈希为名
    #[arg(long, value_name = "文件夹", value_hint = ValueHint::DirPath, help_heading = "整改选项")]
    pub copy: Option<PathBuf>,
}

/// `rectify draft`.
#[derive(Debug, Args)]
pub struct Draft {
    #[command(flatten)]
    pub file: LedgerFile,
    #[command(flatten)]
    pub which: Which,
    /// 连同应由组织部门自行处理的（信访举报、立案调查等）；不写就不发给单位
    #[arg(long, help_heading = "整改选项")]
    pub confidential: bool,
    /// 落款单位（整改通知用）
    #[arg(long, value_name = "单位", help_heading = "整改选项")]
    pub issuer: Option<String>,
    /// 请单位在哪天以前反馈（整改通知用）
    #[arg(long, value_name = "日期", help_heading = "整改选项")]
    pub reply_by: Option<String>,
    #[command(flatten)]
    pub as_of: AsOf,
    /// 格式：xlsx、docx；不写就看输出文件的后缀
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

/// `rectify import`.
#[derive(Debug, Args)]
pub struct Import {
    /// 单位填好的工作簿
    #[arg(value_name = "工作簿", help_heading = "参数", value_hint = ValueHint::FilePath)]
    pub workbook: PathBuf,
    #[command(flatten)]
    pub file: LedgerFile,
    #[command(flatten)]
    pub acting: Acting,
    /// 发出清单以后台账又有改动的，以哪边为准：台账、清单；不写就都不动，只列出冲突
    #[arg(long, value_name = "哪边", help_heading = "整改选项")]
    pub take: Option<String>,
    /// 只核对，不写入
    #[arg(long, help_heading = "整改选项")]
    pub dry_run: bool,
}

/// `rectify rates`.
#[derive(Debug, Args)]
pub struct Rates {
    #[command(flatten)]
    pub file: LedgerFile,
    /// 格式：table（默认）、json
    #[arg(long, value_name = "格式", help_heading = "输出选项")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: OutputFlags,
}

const EXAMPLES: &str = "\
示例:
  guiju rectify list --ledger 台账.db --unit U12                     一个单位的
  guiju rectify list --ledger 台账.db --overdue                      已超期的
  guiju rectify assign 3 5-9 --ledger 台账.db --as 王五 --to 青石镇 --kind 限期整改 --due 2026-09-30
  guiju rectify progress 3 --ledger 台账.db --as 王五 --state 整改中 --progress 已重新公示
  guiju rectify attach 3 公示截图.png --ledger 台账.db --as 王五
  guiju rectify close 3 --ledger 台账.db --as 王五 --opinion 经核验已整改到位
  guiju rectify draft --ledger 台账.db --unit U12 --output 青石镇.xlsx
  guiju rectify draft --ledger 台账.db --issuer 组织部 --reply-by 2026-08-31 --output 通知.docx
  guiju rectify import 青石镇.xlsx --ledger 台账.db --as 王五
  guiju rectify rates --ledger 台账.db                               完成率";
