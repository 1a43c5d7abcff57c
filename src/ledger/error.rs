//! What can be wrong with a ledger, for the people who keep it. Texts hold file names and ids, never names or ID numbers.

use super::item::{Kind, Stage};
use rusqlite::ErrorCode;
use std::path::Path;

/// Why a ledger cannot be opened, read or written. Displayed in Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// There is no such file.
    #[error("找不到台账“{file}”")]
    NotFound {
        /// As given.
        file: String,
    },
    /// The file is something else.
    #[error("“{file}”不是规矩的台账")]
    NotALedger {
        /// As given.
        file: String,
    },
    /// It was written by a later version of the program.
    #[error("台账“{file}”是第 {found} 版，本程序只认得到第 {known} 版")]
    Newer {
        /// As given.
        file: String,
        /// The version of the file.
        found: usize,
        /// The latest version known.
        known: usize,
    },
    /// It was written by an earlier version, and was opened for reading only.
    #[error("台账“{file}”是第 {found} 版，须先升级到第 {known} 版才能查看")]
    Older {
        /// As given.
        file: String,
        /// The version of the file.
        found: usize,
        /// The version wanted.
        known: usize,
    },
    /// The file or its folder cannot be written.
    #[error("台账“{file}”写不了：文件或所在目录只读，或者没有权限")]
    ReadOnly {
        /// As given.
        file: String,
    },
    /// The folder is not there, or the file is a folder.
    #[error("台账“{file}”打不开：目录不存在，或者没有权限")]
    CannotOpen {
        /// As given.
        file: String,
    },
    /// No space is left.
    #[error("台账“{file}”没有写成：磁盘已满")]
    DiskFull {
        /// As given.
        file: String,
    },
    /// The system could not read or write it: a quota, a limit to the size of files, a fault of the disk or of the network.
    #[error("台账“{file}”读写失败")]
    Io {
        /// As given.
        file: String,
    },
    /// Another run keeps it.
    #[error("台账“{file}”正由另一次运行使用")]
    Busy {
        /// As given.
        file: String,
    },
    /// Its pages are broken.
    #[error("台账“{file}”已损坏")]
    Damaged {
        /// As given.
        file: String,
    },
    /// Something that is never changed was to be changed.
    #[error("台账“{file}”中已记录的内容只增不改")]
    AppendOnly {
        /// As given.
        file: String,
    },
    /// A person who acts is not kept in the ledger.
    #[error("台账中没有名为“{name}”的用户")]
    UnknownUser {
        /// As given.
        name: String,
    },
    /// A person kept in the ledger may not act any more.
    #[error("用户“{name}”已停用")]
    InactiveUser {
        /// As given.
        name: String,
    },
    /// A run that is not recorded.
    #[error("台账中没有“{run}”这次运行")]
    UnknownRun {
        /// As given.
        run: String,
    },
    /// Another run was recorded while this one was at work.
    #[error("台账“{file}”在本次核查期间又记入了别的运行")]
    Overtaken {
        /// As given.
        file: String,
    },
    /// Something was to be done to what is to be mended, in nobody's name.
    #[error("没有写明经办人")]
    Nobody,
    /// There is nothing of that number to be mended.
    #[error("台账中没有整改事项“{item}”")]
    UnknownItem {
        /// As given.
        item: String,
    },
    /// A move that the table of moves does not permit.
    #[error("整改事项 {item} 现为“{}”，不能改为“{}”", from.word(), to.word())]
    IllegalMove {
        /// Its number.
        item: i64,
        /// Its state.
        from: Stage,
        /// The state wanted.
        to: Stage,
    },
    /// Something is to be struck off that the last run still found.
    #[error("整改事项 {item} 最近一次核查仍然发现，不能销号")]
    StillFound {
        /// Its number.
        item: i64,
    },
    /// Something is to be assigned to nobody.
    #[error("整改事项 {item} 还没有责任单位或者责任人，不能分派")]
    NoOwner {
        /// Its number.
        item: i64,
    },
    /// Something must have a day by which it is done, and has none.
    #[error("整改事项 {item} 的类型是“{}”，还没有整改时限", kind.word())]
    NoDay {
        /// Its number.
        item: i64,
        /// Its kind.
        kind: Kind,
    },
    /// Anything else that SQLite says.
    #[error("台账“{file}”出错：{why}")]
    Other {
        /// As given.
        file: String,
        /// As SQLite says it.
        why: String,
    },
}

impl LedgerError {
    /// Whether what was asked for may not be done: nothing is wrong with the file, and nothing was changed.
    pub fn is_refusal(&self) -> bool {
        self.code().starts_with("rectify::")
    }

    /// A stable code, listed in the manual.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "ledger::not-found",
            Self::NotALedger { .. } => "ledger::not-a-ledger",
            Self::Newer { .. } => "ledger::newer",
            Self::Older { .. } => "ledger::older",
            Self::ReadOnly { .. } => "ledger::read-only",
            Self::CannotOpen { .. } => "ledger::cannot-open",
            Self::DiskFull { .. } => "ledger::disk-full",
            Self::Io { .. } => "ledger::io",
            Self::Busy { .. } => "ledger::busy",
            Self::Damaged { .. } => "ledger::damaged",
            Self::AppendOnly { .. } => "ledger::append-only",
            Self::UnknownUser { .. } => "ledger::unknown-user",
            Self::InactiveUser { .. } => "ledger::inactive-user",
            Self::UnknownRun { .. } => "ledger::unknown-run",
            Self::Overtaken { .. } => "ledger::overtaken",
            Self::Nobody => "rectify::nobody",
            Self::UnknownItem { .. } => "rectify::unknown-item",
            Self::IllegalMove { .. } => "rectify::illegal-move",
            Self::StillFound { .. } => "rectify::still-found",
            Self::NoOwner { .. } => "rectify::no-owner",
            Self::NoDay { .. } => "rectify::no-day",
            Self::Other { .. } => "ledger::database",
        }
    }

    /// What to do about it, in Chinese.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "请核对路径；台账由第一次 guiju check … --ledger 文件 建立",
            Self::NotALedger { .. } => "请另给一个文件名；原文件没有改动",
            Self::Newer { .. } => "请改用较新版本的程序；台账没有改动",
            Self::Older { .. } => "用 guiju check … --ledger 记一次运行即自动升级；升级前请先备份",
            Self::ReadOnly { .. } | Self::CannotOpen { .. } => "请检查目录是否存在、是否可写，或把台账放到可写的目录",
            Self::DiskFull { .. } => "请清理磁盘后重新运行；台账仍是上一次完整的内容",
            Self::Io { .. } => "可能是磁盘配额已满、文件大小受限，或者磁盘、网络盘有故障；排除后重新运行，台账仍是上一次完整的内容",
            Self::Busy { .. } => "请等那次运行结束后再试",
            Self::Damaged { .. } => "请从备份恢复",
            Self::AppendOnly { .. } => "更正请另记一笔，不改旧记录",
            Self::UnknownUser { .. } => "用 guiju ledger user 姓名 登记后再试",
            Self::InactiveUser { .. } => "请由在岗的经办人办理",
            Self::UnknownRun { .. } => "可用 guiju history 查看；也可写 last（最近一次）、prev（上一次）",
            Self::Overtaken { .. } => "请重新运行一次",
            Self::Nobody => "加上 --as 姓名；姓名先用 guiju ledger user 登记",
            Self::UnknownItem { .. } => "序号见 guiju rectify list",
            Self::IllegalMove { .. } => "各状态能改为什么，见使用手册“整改台账”一节；没有改动",
            Self::StillFound { .. } => "请整改、更正数据后再核查一次；确需销号的，用 --force --reason 理由，列表中会标明",
            Self::NoOwner { .. } => "加上 --to 责任单位 或者 --person 责任人",
            Self::NoDay { .. } => "加上 --due 日期；没有期限的用 --kind 长期坚持",
            Self::Other { .. } => "请确认文件没有损坏；可先备份，再用 guiju ledger verify 检查",
        }
    }

    /// What SQLite says, told of this file.
    pub(super) fn of(file: &Path, error: &rusqlite::Error) -> Self {
        let file = file.display().to_string();
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotALedger { file },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly { file },
            Some(ErrorCode::CannotOpen) => Self::CannotOpen { file },
            Some(ErrorCode::DiskFull) => Self::DiskFull { file },
            Some(ErrorCode::SystemIoFailure) => Self::Io { file },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { file },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { file },
            _ if why.contains("append-only") => Self::AppendOnly { file },
            _ => Self::Other { file, why },
        }
    }
}
