//! Why a file is no form that can be read.

use crate::ingest::error::IngestError;

/// Why not: a code listed in the manual, what is wrong and what would be right, in Chinese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub code: &'static str,
    pub why: String,
    pub right: &'static str,
}

impl Wrong {
    pub(super) fn new(code: &'static str, why: impl Into<String>, right: &'static str) -> Self {
        Self { code, why: why.into(), right }
    }

    /// The file stops in the middle.
    pub(super) fn cut(why: &str) -> Self {
        Self::new("form::truncated", format!("文件不完整：{why}"), "文件可能没有传完或被截断，请重新导出或重新拷贝")
    }

    /// Something else than a form.
    pub(super) fn other(what: &str) -> Self {
        Self::new("form::not-a-form", format!("不是任免审批表：{what}"), "请给出任免审批表编辑器保存的 .lrmx 或 .lrm 文件")
    }

    /// A reader's error of a file that stands among others.
    pub(super) fn of(error: &IngestError) -> Self {
        match error {
            IngestError::Empty { .. } => Self::new("form::empty", "空文件", "请重新导出"),
            IngestError::Truncated { why, .. } => Self::cut(why),
            IngestError::Encoding { .. } => Self::new(
                "form::encoding",
                "文字编码无法识别：既不是 UTF-8、UTF-16，也不是 GB18030（GBK）",
                "请用任免审批表编辑器打开后另存",
            ),
            IngestError::Binary { .. } => Self::other("不是文本文件"),
            other => Self::new("form::unreadable", other.to_string(), "请检查文件权限，或先关闭正在使用它的程序"),
        }
    }

    /// The same where the file is all that was named.
    pub(super) fn alone(self, file: &str) -> IngestError {
        IngestError::Form { file: file.to_owned(), code: self.code, why: self.why, right: self.right }
    }
}
