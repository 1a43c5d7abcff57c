//! 奖惩情况: sanctions are entered where date and kind are said in so many words. Rewards have no place in the records.

use super::form::{Field, Form};
use super::row::{Refusal, Row, Value, says_none};
use crate::dates::{Fuzzy, spelled};
use crate::records::{CodeList, Schema};

/// Words that only rewards have.
const REWARD: [&str; 16] =
    ["等功", "嘉奖", "先进", "优秀", "表彰", "荣誉", "奖励", "称号", "模范", "标兵", "能手", "奖章", "劳模", "表扬", "获奖", "等奖"];
/// Words that sanctions have.
const SANCTION: [&str; 17] = [
    "处分", "警告", "记过", "诫勉", "撤职", "降级", "开除", "察看", "问责", "处理", "处罚", "批评", "检查", "停职", "辞职", "免职", "撤销",
];
const RIGHT: &str = "写作 2017年12月受党内警告处分，一事一句，用；隔开";

/// The rows of sanctions, and what only tells of rewards.
pub(in crate::ingest) fn rows(form: &Form, person: &str, schema: &Schema) -> (Vec<Row>, Vec<(u32, String)>) {
    let text = spelled::half_width(form.text(Field::Rewards));
    let Some(kinds) = schema.list("sanction_kind").and_then(|l| schema.lists.get(l)) else { return Default::default() };
    let (mut rows, mut rewards) = (Vec::new(), Vec::new());
    if says_none(&text) {
        return (rows, rewards);
    }
    let several = text.lines().filter(|l| !l.trim().is_empty()).count() > 1;
    for (number, line) in (1u32..).zip(text.lines()) {
        let line_number = if several { number } else { 0 };
        for clause in line.split(['；', ';', '。']).map(str::trim).filter(|c| !c.is_empty()) {
            let row = Row::new("sanction", Field::Rewards, line_number, format!("{person}-C{}", rows.len() + 1));
            let has = |words: &[&str]| words.iter().any(|w| clause.contains(w));
            match read(clause, kinds) {
                Some((date, kind)) => rows.push(row.text("kind", kind).with("date", Value::Date(date))),
                None if has(&REWARD) && !has(&SANCTION) => rewards.push((line_number, clause.to_owned())),
                None => {
                    let why = if has(&SANCTION) { "看不出何时受何种处分" } else { "看不出是奖是惩" };
                    let row = row.with("kind", Value::Unknown).with("date", Value::Unknown);
                    rows.push(row.refuse(Refusal::new("form::sanction", clause, why, RIGHT)));
                }
            }
        }
    }
    (rows, rewards)
}

/// `2017年受党内警告处分`: when, and of what kind; none if a word is left over.
fn read<'k>(clause: &str, kinds: &'k CodeList) -> Option<(Fuzzy, &'k str)> {
    let (date, length) = spelled::leading(clause)?;
    let mut rest = clause.get(length..)?.trim_start_matches(['，', ',', ' ']);
    // 因… gives the reason, up to the next comma.
    if let Some(reason) = rest.strip_prefix('因') {
        let end = reason.find(['，', ',']).map(|i| (i, reason.get(i..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8)));
        let at = end.map(|(i, comma)| i + comma).or_else(|| ["受到", "被", "受"].iter().filter_map(|w| reason.find(w)).min())?;
        rest = reason.get(at..)?.trim_start();
    }
    let rest =
        ["受到", "受过", "受", "被给予", "被", "给予", "曾受"].iter().find_map(|v| rest.strip_prefix(v)).unwrap_or(rest).trim_start();
    let (code, length) = kinds.begins(rest)?;
    let left = rest.get(length..)?.trim();
    let done = matches!(left, "" | "处分" | "处理" | "一次" | "1次" | "处分一次");
    kinds.value(code).filter(|_| done).and_then(|kind| Some((date.ok()?, kind)))
}
