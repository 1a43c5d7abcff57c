//! Dates within a text, as notices write them: with and without year, in digits and in characters.

use crate::dates::Day;

/// A day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub year: Option<i32>,
    pub month: Option<u32>,
    pub day: u32,
}

impl Written {
    /// The day meant: what is not written is taken so that the day lies nearest to another.
    pub(super) fn near(self, other: Option<Day>) -> Option<Day> {
        if let (Some(y), Some(m)) = (self.year, self.month) {
            return Day::ymd(y, m, self.day);
        }
        let other = other?;
        let (y, m, _) = other.to_ymd();
        let days: Vec<Day> = match self.month {
            Some(month) => (y - 1..=y + 1).filter_map(|y| Day::ymd(y, month, self.day)).collect(),
            None => {
                let months = (y * 12 + m as i32 - 2)..=(y * 12 + m as i32);
                months.filter_map(|n| Day::ymd(n.div_euclid(12), n.rem_euclid(12) as u32 + 1, self.day)).collect()
            }
        };
        days.into_iter().min_by_key(|d| (d.days_since(other).abs(), *d))
    }
}

/// The date that a text begins with, and its bytes. A day alone (`8日`) is one, too.
pub(super) fn date(text: &str) -> Option<(Written, usize)> {
    let (first, digits, mut at) = number(text)?;
    let rest = |at: usize| text.get(at..).unwrap_or("");
    let c = rest(at).chars().next()?;
    match c {
        '年' if digits == 4 => {
            at += c.len_utf8();
            let (month, _, n) = number(rest(at))?;
            at += n;
            at += rest(at).strip_prefix('月').map(|_| '月'.len_utf8())?;
            let (day, n) = day(rest(at))?;
            Some((Written { year: i32::try_from(first).ok(), month: Some(month), day }, at + n))
        }
        '月' if digits <= 3 => {
            at += c.len_utf8();
            let (day, n) = day(rest(at))?;
            Some((Written { year: None, month: Some(first), day }, at + n))
        }
        '日' | '号' if digits <= 3 => Some((Written { year: None, month: None, day: first }, at + c.len_utf8())),
        '.' | '-' | '/' if digits == 4 => {
            let (month, _, n) = number(rest(at + 1))?;
            at += 1 + n;
            at += rest(at).strip_prefix(c).map(|_| 1)?;
            let (day, _, n) = number(rest(at))?;
            at += n;
            at += rest(at).strip_prefix('日').map_or(0, |_| '日'.len_utf8());
            Some((Written { year: i32::try_from(first).ok(), month: Some(month), day }, at))
        }
        _ => None,
    }
}

fn day(text: &str) -> Option<(u32, usize)> {
    let (day, _, n) = number(text)?;
    let named = text.get(n..)?.chars().next().filter(|c| matches!(c, '日' | '号'))?;
    Some((day, n + named.len_utf8()))
}

/// The number that a text begins with: its value, digits and bytes.
pub(super) fn number(text: &str) -> Option<(u32, usize, usize)> {
    let ascii: String = text.chars().take_while(char::is_ascii_digit).take(9).collect();
    if !ascii.is_empty() {
        return Some((ascii.parse().ok()?, ascii.len(), ascii.len()));
    }
    let spelled: Vec<(char, u32)> = text.chars().map_while(|c| Some((c, numeral(c)?))).take(9).collect();
    let bytes = spelled.iter().map(|(c, _)| c.len_utf8()).sum();
    if spelled.is_empty() {
        return None;
    }
    let Some(ten) = spelled.iter().position(|(_, n)| *n == 10) else {
        let value = spelled.iter().fold(0u32, |v, (_, n)| v.saturating_mul(10).saturating_add(*n));
        return Some((value, spelled.len(), bytes));
    };
    let one = |part: &[(char, u32)]| match part {
        [] => Some(None),
        [(_, n)] if *n < 10 => Some(Some(*n)),
        _ => None,
    };
    let tens = one(spelled.get(..ten)?)?.unwrap_or(1);
    let ones = one(spelled.get(ten + 1..)?)?.unwrap_or(0);
    Some((tens * 10 + ones, spelled.len(), bytes))
}

fn numeral(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '○' | '零' | 'Ｏ' => 0,
        '一' | '壹' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' | '伍' => 5,
        '六' => 6,
        '七' | '柒' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        _ => return None,
    })
}

/// Whether a byte begins a number, not goes on with one.
pub(super) fn begins(text: &str, at: usize) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || numeral(c).is_some();
    text.get(at..).and_then(|t| t.chars().next()).is_some_and(is_digit)
        && !text.get(..at).and_then(|t| t.chars().next_back()).is_some_and(|c| is_digit(c) || c == '.')
}

/// Past the day of the week in brackets, and the hour.
pub(super) fn past_hour(text: &str) -> &str {
    let mut rest = text;
    loop {
        let before = rest;
        for (open, close) in [('（', '）'), ('(', ')')] {
            if let Some(inner) = rest.strip_prefix(open)
                && let Some((inside, after)) = inner.split_once(close)
                && inside.chars().count() <= 8
                && !inside.contains("工作日")
            {
                rest = after;
            }
        }
        for word in ["上午", "下午", "晚上", "中午", "凌晨", "早上"] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        if let Some((_, _, n)) = number(rest)
            && let Some(after) = rest.get(n..)
            && let Some(c) = after.chars().next().filter(|c| matches!(c, ':' | '：' | '时' | '点'))
        {
            rest = after.get(c.len_utf8()..).unwrap_or("");
            if let Some((_, _, n)) = number(rest).filter(|_| true)
                && date(rest).is_none()
            {
                rest = rest.get(n..).unwrap_or("");
            }
            rest = rest.strip_prefix('分').or_else(|| rest.strip_prefix('整')).or_else(|| rest.strip_prefix('半')).unwrap_or(rest);
        }
        if rest == before {
            return rest;
        }
    }
}
