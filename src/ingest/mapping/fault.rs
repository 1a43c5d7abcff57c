//! Why a value cannot be given.

/// What is wrong with what stands in a row: told at the cell, in Chinese.
#[derive(Debug)]
pub(super) struct Fault {
    pub code: &'static str,
    /// The value, if it is to be shown.
    pub text: String,
    pub why: String,
    pub right: String,
}

impl Fault {
    pub(super) fn new(code: &'static str, why: impl Into<String>, right: &str) -> Self {
        Self { code, text: String::new(), why: why.into(), right: right.to_owned() }
    }

    /// A cell that is no text.
    pub(super) fn no_text() -> Self {
        Self::new("data::garbled", "内容不是可读的文字", "请核对原始记录后重新导出")
    }
}
