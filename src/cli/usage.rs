//! Wrong command lines, said in Chinese: clap finds what is wrong, we find the words.

use super::trouble::Plain;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// What a command-line error means to a person.
pub fn explain(error: &Error) -> Plain {
    let arg = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    let plain = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => Plain::new("usage::missing-value", format!("{arg} 后面缺少值")),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => Plain::new("usage::bad-value", format!("{arg} 不能是“{value}”")),
        ErrorKind::UnknownArgument => Plain::new("usage::unknown-option", format!("不认识的选项“{arg}”")),
        ErrorKind::InvalidSubcommand => {
            Plain::new("usage::unknown-command", format!("不认识的命令“{}”", text(error, ContextKind::InvalidSubcommand)))
        }
        ErrorKind::NoEquals => Plain::new("usage::missing-value", format!("{arg} 要用等号给值")),
        ErrorKind::TooManyValues => Plain::new("usage::too-many-values", format!("{arg} 给多了值：“{value}”")),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => Plain::new("usage::missing-value", format!("{arg} 缺少值")),
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg) {
            prior if prior.is_empty() || prior == arg => Plain::new("usage::repeated-option", format!("{arg} 只能给一次")),
            prior => Plain::new("usage::conflict", format!("{arg} 不能与 {prior} 同用")),
        },
        ErrorKind::MissingRequiredArgument => Plain::new("usage::missing-argument", format!("缺少 {arg}")),
        ErrorKind::MissingSubcommand => Plain::new("usage::missing-command", "缺少命令"),
        ErrorKind::InvalidUtf8 => Plain::new("usage::not-utf8", "命令行中有不是 UTF-8 的文字"),
        _ => Plain::new("usage::wrong", "命令行有误"),
    };
    match advice(error) {
        Some(help) => plain.help(help),
        None => plain,
    }
}

/// Whether help or the version was asked for, which is no error.
pub fn is_answer(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
}

/// Whether the program was called with nothing to do: the help says more than an error.
pub fn is_bare(error: &Error) -> bool {
    error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

/// How the command is used.
pub fn form(error: &Error) -> String {
    let usage = text(error, ContextKind::Usage);
    let form = usage.trim().strip_prefix("Usage:").unwrap_or("guiju <命令> [选项] [数据源]…").trim().to_owned();
    let command: Vec<&str> = form.split_whitespace().take_while(|w| !w.starts_with(['[', '<'])).collect();
    format!("{form}（详见 {} --help）", command.join(" "))
}

fn advice(error: &Error) -> Option<String> {
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .map(|kind| text(error, kind))
        .find(|t| !t.is_empty());
    let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand].into_iter().map(|kind| text(error, kind)).find(|t| !t.is_empty());
    match (near, valid) {
        (Some(near), _) => Some(format!("是否想写“{near}”？")),
        (None, Some(valid)) => Some(format!("可以是：{valid}")),
        (None, None) => None,
    }
}

fn text(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(one)) => one.clone(),
        Some(ContextValue::Strings(all)) => all.join("、"),
        Some(ContextValue::StyledStr(styled)) => styled.to_string(),
        Some(ContextValue::Number(n)) => n.to_string(),
        _ => String::new(),
    }
}
