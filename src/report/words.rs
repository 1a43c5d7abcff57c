//! The sentences that several formats share.

use super::{Lack, Names};
use crate::engine::{Basis, Evidence, Finding, Missing, Subject, Waived};
use crate::records::{Fate, Problem, Tally};
use std::collections::BTreeMap;

/// 《title》（edition）article（条号未核实，what must be said with it）.
pub fn basis(basis: &Basis) -> String {
    let mut text = if basis.regulation.starts_with('《') { basis.regulation.to_string() } else { format!("《{}》", basis.regulation) };
    if let Some(version) = &basis.version {
        text.push_str(&format!("（{version}）"));
    }
    text.push_str(basis.article.as_deref().unwrap_or(""));
    // Where no edition was in force, there is no number to doubt.
    let none = basis.article.is_none() && basis.version.is_none() && basis.note.is_some();
    let doubt = (basis.verified == Some(false) && !none).then_some("条号未核实");
    let said: Vec<&str> = doubt.into_iter().chain(basis.note.as_deref()).collect();
    if !said.is_empty() {
        text.push_str(&format!("（{}）", said.join("，")));
    }
    text
}

/// Every article, joined.
pub(super) fn bases(finding: &Finding) -> String {
    finding.basis.iter().map(basis).collect::<Vec<_>>().join("；")
}

/// 任免事项 C1, or 人员 P1（2023年）.
pub(super) fn subject(names: &Names, subject: &Subject) -> String {
    let id = match (subject.table.as_str(), subject.id.as_str()) {
        (_, "*") => "全部".to_owned(),
        ("person", id) => names.person(id),
        ("unit", id) => names.unit(id),
        (_, id) => id.to_owned(),
    };
    let year = subject.year.map(|y| format!("（{y}年）")).unwrap_or_default();
    format!("{} {id}{year}", names.table(&subject.table))
}

/// 程序节点 S88 结束日期.
pub(super) fn cell(names: &Names, evidence: &Evidence) -> String {
    format!("{} {} {}", names.table(&evidence.table), evidence.id, names.field(&evidence.table, &evidence.field))
}

/// A cell's value, or why there is none.
pub(super) fn value(evidence: &Evidence) -> &str {
    evidence.value.as_deref().unwrap_or(match (evidence.absent, evidence.unreadable) {
        (true, true) => "（没有写明）",
        (true, false) => "（表上没有这一栏）",
        (false, true) => "（填写有误）",
        (false, false) => "（空）",
    })
}

/// Every cell with its place, joined.
pub(super) fn evidence(names: &Names, finding: &Finding) -> String {
    let one = |e: &Evidence| format!("{}：{}（{}）", cell(names, e), value(e), e.source);
    finding.evidence.iter().map(one).collect::<Vec<_>>().join("；")
}

/// What is lacking, for people.
pub(super) fn missing(names: &Names, missing: &Missing) -> String {
    let table = names.table(&missing.table);
    if missing.table == "calendar" {
        let year = missing.id.as_ref().map_or_else(|| "所涉年份".to_owned(), |year| format!("{year}年"));
        return format!("{table}没有{year}");
    }
    match (&missing.id, &missing.field) {
        (Some(id), Some(field)) => format!("{table} {id} {}", names.field(&missing.table, field)),
        (Some(id), None) => format!("{table} {id}"),
        (None, Some(field)) => format!("{table}“{}”一列未导出", names.field(&missing.table, field)),
        (None, None) if names.exported.contains(&missing.table) => format!("没有相应的{table}记录"),
        (None, None) => format!("{table}一表未导出"),
    }
}

/// Everything lacking, joined.
pub(super) fn all_missing(names: &Names, finding: &Finding) -> String {
    finding.missing.iter().map(|m| missing(names, m)).collect::<Vec<_>>().join("；")
}

/// A whole number with a comma every three digits.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text cell that no spreadsheet takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

/// A column that rules lack, with its fill rate.
pub(super) fn lack(names: &Names, lack: &Lack) -> String {
    let table = names.table(&lack.table);
    let name = match &lack.field {
        Some(field) => format!("{table}.{}", names.field(&lack.table, field)),
        None => table.to_owned(),
    };
    match (lack.exported, lack.fill) {
        (false, _) => format!("{name}（未导出）"),
        (true, Some(fill)) => format!("{name}（填报率 {:.1}%）", fill * 100.0),
        (true, None) => name,
    }
}

/// File, line and column of a problem.
pub(super) fn place(problem: &Problem) -> String {
    let mut place = problem.file.clone();
    let row = row(problem);
    if !row.is_empty() {
        place.push_str(&format!(":{row}"));
    }
    if !problem.column.is_empty() {
        place.push_str(&format!(":{}", problem.column));
    }
    place
}

/// The row of a problem: its key where rows are named by theirs, else its line; empty for a whole file.
pub(super) fn row(problem: &Problem) -> String {
    match (problem.key.as_str(), problem.row) {
        ("", 0) => String::new(),
        ("", line) => line.to_string(),
        (key, _) => key.to_owned(),
    }
}

/// Why rows were refused, each with how many: 编码重复 2 行、必填项缺失 1 行.
pub(super) fn reasons<'t>(tallies: impl IntoIterator<Item = &'t Tally>) -> String {
    counted(tallies.into_iter().flat_map(|t| &t.reasons))
}

/// Why rows were set aside, likewise: 合计行 1 行、标题行 2 行.
pub(super) fn asides<'t>(tallies: impl IntoIterator<Item = &'t Tally>) -> String {
    counted(tallies.into_iter().flat_map(|t| &t.aside))
}

fn counted<'t>(codes: impl Iterator<Item = (&'t String, &'t u64)>) -> String {
    let mut all: BTreeMap<&str, u64> = BTreeMap::new();
    // Several codes may have one word for people.
    codes.for_each(|(code, n)| *all.entry(reason(code)).or_default() += n);
    all.iter().map(|(why, n)| format!("{why} {} 行", count(*n))).collect::<Vec<_>>().join("、")
}

fn reason(code: &str) -> &str {
    match code {
        "data::missing" => "缺编码、所属或必填项",
        "data::duplicate-key" => "编码重复",
        "data::unknown-owner" => "所属不存在",
        "data::row-width" => "列数不符",
        "data::bad-row" => "分不清内容和标记",
        "data::missing-column" => "缺必填列",
        "data::namesakes" => "同名的分不清是谁",
        "data::one-id" => "一个身份证号几个姓名",
        "data::name-differs" => "姓名与身份证号不符",
        "data::no-match" => "另一张表里找不到",
        "data::several-matches" => "另一张表里找到几行",
        "data::needed-here" => "应有值而空着",
        "data::out-of-place" => "应空着而有值",
        "data::reversed" => "起止颠倒",
        "data::unknown-reference" => "引用的编码不存在",
        "data::unreadable-at-import" => "导入时已无法识别",
        "data::bad-code" | "data::unlisted-code" => "代码值有误",
        "data::bad-date" | "data::ambiguous-date" => "日期有误",
        "data::bad-int" | "data::bad-number" => "数字有误",
        "data::bad-bool" => "是否有误",
        "data::lost-digits" => "长编码丢了数字",
        "data::garbled" => "内容无法识别",
        "data::not-a-row" => "不是一行记录",
        "data::owner-mismatch" => "所属与外层不同",
        "data::refused-at-import" => "导入时已拒收",
        "data::no-result" => "公式没有结果",
        "group" => "分组行",
        "total" => "合计行",
        "header" => "重复的表头",
        "note" => "说明行",
        "title" => "标题行",
        "told-before" => "前面的来源已有",
        "left-out" => "不符合映射的条件",
        "sheet::moved" => "看不出是任是免",
        "sheet::unit-level" => "机构级别看不懂",
        "sheet::contradiction" => "互相矛盾",
        "sheet::needs-year" => "不知道年度",
        "form::assessment" => "考核结果看不懂",
        "form::no-name" => "没有姓名",
        "form::relation" => "称谓看不懂",
        "form::resume-line" => "简历看不懂",
        "form::sanction" => "奖惩看不懂",
        "form::two-of-one" => "一人两份而不同",
        // What is left says of a whole form that it cannot be read.
        form if form.starts_with("form::") => "表读不了",
        _ => "其他原因",
    }
}

/// A waiver: 文号，批准人，至哪天，理由.
pub(super) fn waived(waived: &Waived) -> String {
    let Waived { reason, document, approver, approved, expires } = waived;
    format!("{document}，{approver} {approved} 批准，至 {expires}：{reason}")
}

/// A waiver in short, after a sentence.
pub(super) fn waived_short(finding: &Finding) -> String {
    finding.waived.as_ref().map_or_else(String::new, |w| format!("〔已豁免：{}，至 {}〕", w.document, w.expires))
}

/// What became of a row or cell.
pub(super) fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Refused => "拒收行",
        Fate::Blanked => "按未知处理",
        Fate::Noted => "提示",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::CODES;

    #[test]
    fn reasons_are_words_and_each_is_told_once() {
        let mut tally = Tally::default();
        tally.reasons.extend([("data::bad-date", 1), ("data::ambiguous-date", 2), ("data::namesakes", 1)].map(|(c, n)| (c.to_owned(), n)));
        assert_eq!(reasons([&tally, &tally]), "同名的分不清是谁 2 行、日期有误 6 行");
        assert!(CODES.iter().all(|code| !reason(code).contains("::")));
    }
}
