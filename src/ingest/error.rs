//! Why the records could not be read at all: nothing was checked, exit code 4.

use std::io;
use std::path::Path;

/// A source that cannot be read. Displayed in Chinese; holds no cell values.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// There is no such file or folder.
    #[error("找不到“{path}”")]
    NotFound {
        /// As given.
        path: String,
    },
    /// The system refuses to open or read it.
    #[error("打不开“{path}”：{why}")]
    Unreadable {
        /// As given.
        path: String,
        /// In Chinese.
        why: String,
    },
    /// The file has no bytes, or only blanks.
    #[error("“{file}”是空文件")]
    Empty {
        /// The file.
        file: String,
    },
    /// It holds bytes that no text has.
    #[error("“{file}”不是文本文件")]
    Binary {
        /// The file.
        file: String,
    },
    /// Text in no encoding known.
    #[error("“{file}”的文字编码无法识别：既不是 UTF-8，也不是 GB18030（GBK）")]
    Encoding {
        /// The file.
        file: String,
    },
    /// It stops in the middle.
    #[error("“{file}”不完整：{why}")]
    Truncated {
        /// The file.
        file: String,
        /// What shows it, in Chinese.
        why: String,
    },
    /// Not one table of the schema.
    #[error("“{path}”里没有认得的表{found}")]
    NoTable {
        /// The source.
        path: String,
        /// What there was instead, in Chinese; empty if nothing.
        found: String,
    },
    /// Neither a folder of CSV, nor CSV, workbook, SQLite or NDJSON.
    #[error("认不出“{path}”是什么文件")]
    Unknown {
        /// As given.
        path: String,
    },
    /// SQLite would not have it.
    #[error("数据库“{file}”读不出来：{why}")]
    Database {
        /// The file.
        file: String,
        /// In Chinese.
        why: String,
    },
    /// Another process keeps the database locked.
    #[error("数据库“{file}”一直被其他程序锁定")]
    Busy {
        /// The file.
        file: String,
    },
    /// The workbook cannot be opened or one of its sheets not be read.
    #[error("工作簿“{file}”读不出来：{why}")]
    Workbook {
        /// The file.
        file: String,
        /// In Chinese.
        why: String,
    },
    /// The workbook asks for a password.
    #[error("工作簿“{file}”设有打开密码")]
    Password {
        /// The file.
        file: String,
    },
    /// A file of another kind than its name says.
    #[error("“{path}”的内容与后缀不符：其实是{what}")]
    WrongEnding {
        /// The file.
        path: String,
        /// What it is, in Chinese.
        what: &'static str,
        /// What to do about it, in Chinese.
        right: &'static str,
    },
    /// Somebody wrote to the file while it was read.
    #[error("“{file}”在读取过程中被改动")]
    Changed {
        /// The file.
        file: String,
    },
    /// A line of NDJSON is not JSON, or not of the form expected.
    #[error("“{file}”第{line}行不是约定的 JSON：{why}")]
    Json {
        /// The file, or standard input.
        file: String,
        /// The line, from 1.
        line: u64,
        /// In Chinese.
        why: String,
    },
    /// A form (干部任免审批表) that cannot be read, or a zip of them.
    #[error("“{file}”读不了：{why}")]
    Form {
        /// The file.
        file: String,
        /// A stable code of its own, listed in the manual.
        code: &'static str,
        /// In Chinese.
        why: String,
        /// What to do about it, in Chinese.
        right: &'static str,
    },
    /// A database server that cannot be read.
    #[error("数据库 {address} 读不了：{why}")]
    Postgres {
        /// Without user and password.
        address: String,
        /// A stable code of its own, listed in the manual.
        code: &'static str,
        /// In Chinese.
        why: String,
        /// What to do about it, in Chinese.
        right: &'static str,
    },
    /// A shipped mapping that fits the source by itself cannot be used: a county's own schema contradicts it.
    #[error("自带的映射“{name}”用不上：{why}")]
    Mapping {
        /// The mapping.
        name: String,
        /// In Chinese.
        why: String,
    },
    /// Standard input was named twice.
    #[error("标准输入“-”只能用一次")]
    StdinTwice,
    /// No source at all.
    #[error("没有给出数据来源")]
    NoSource,
}

impl IngestError {
    /// A stable code, listed in the manual.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "ingest::not-found",
            Self::Unreadable { .. } => "ingest::unreadable",
            Self::Empty { .. } => "ingest::empty",
            Self::Binary { .. } => "ingest::binary",
            Self::Encoding { .. } => "ingest::encoding",
            Self::Truncated { .. } => "ingest::truncated",
            Self::NoTable { .. } => "ingest::no-table",
            Self::Unknown { .. } => "ingest::unknown-format",
            Self::Database { .. } => "ingest::database",
            Self::Busy { .. } => "ingest::busy",
            Self::Workbook { .. } => "ingest::workbook",
            Self::Password { .. } => "ingest::password",
            Self::WrongEnding { .. } => "ingest::wrong-ending",
            Self::Changed { .. } => "ingest::changed",
            Self::Json { .. } => "ingest::json",
            Self::Form { code, .. } | Self::Postgres { code, .. } => code,
            Self::Mapping { .. } => "ingest::mapping",
            Self::StdinTwice => "ingest::stdin-twice",
            Self::NoSource => "ingest::no-source",
        }
    }

    /// What to do about it, in Chinese.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "请核对路径；路径里有空格时要加引号",
            Self::Unreadable { .. } => "请检查文件权限，或先关闭正在使用它的程序",
            Self::Empty { .. } => "请重新导出；确实没有数据的表，不要放空文件，或只保留表头",
            Self::Binary { .. } => "请另存为 CSV（UTF-8）后再试；Excel 工作簿请保留 .xlsx 或 .xls 后缀",
            Self::Encoding { .. } => "请用 Excel“另存为 CSV UTF-8（逗号分隔）”重新保存",
            Self::Truncated { .. } => "文件可能没有传完或被截断，请重新导出或重新拷贝",
            Self::NoTable { .. } => "文件（或工作表、数据库表）应以表名命名，如 person.csv 或 人员.csv、case.csv 或 任免事项.csv",
            Self::Unknown { .. } => {
                "可用：CSV 文件夹、单个 .csv、.xlsx/.xls/.ods 工作簿、SQLite 数据库、任免审批表（.lrmx、.lrm 文件，它们的文件夹或 .zip），解开的 hzb、zb3 文件夹，postgres:// 地址，或用 - 从标准输入读 NDJSON"
            }
            Self::Database { .. } => "请确认它是 SQLite 数据库且没有损坏；可用 sqlite3 的 PRAGMA integrity_check 检查",
            Self::Busy { .. } => "请等写入的程序结束后再试",
            Self::Workbook { .. } => "请用 Excel 或 WPS 打开后另存一份再试",
            Self::Password { .. } => "请用 Excel 或 WPS 打开，去掉密码后另存一份再试",
            Self::WrongEnding { right, .. } => right,
            Self::Changed { .. } => "请等写入的程序结束后再试，或者先拷贝一份再核查",
            Self::Json { .. } => {
                "每行一个人员对象，如 {\"person_id\":\"P1\",\"name\":\"…\",\"post\":[…]}；单位类表一行写作 {\"table\":\"unit\",\"rows\":[…]}"
            }
            Self::Form { right, .. } | Self::Postgres { right, .. } => right,
            Self::Mapping { .. } => "核对用 --schema 带上的数据表定义，或者用 --mapping 给出自己的映射文件",
            Self::StdinTwice => "请只保留一个 -",
            Self::NoSource => "请给出一个文件夹、文件，或 -",
        }
    }

    /// An error of the file system, told in Chinese.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        let path = path.display().to_string();
        let why = match error.kind() {
            io::ErrorKind::NotFound => return Self::NotFound { path },
            io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
            io::ErrorKind::IsADirectory => "它是文件夹".to_owned(),
            io::ErrorKind::Interrupted | io::ErrorKind::TimedOut => "读取中断".to_owned(),
            io::ErrorKind::OutOfMemory => "内存不足".to_owned(),
            _ => match error.raw_os_error() {
                Some(number) => format!("系统报告错误 {number}"),
                None => "读取出错".to_owned(),
            },
        };
        Self::Unreadable { path, why }
    }
}
