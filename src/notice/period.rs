//! The period of a notice: from day to day, "即日起", so many working days, or by when people may answer.

use super::date::{Written, begins, date, number, past_hour};
use super::paragraph::Paragraph;
use super::words::{Lists, find, leads};
use super::{Period, Read, Stated, Unread};
use crate::dates::{Calendar, Day, Period as Length, add};

/// One way in which a paragraph says when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// From a day to a day.
    Between(Written, Written),
    /// From now to a day.
    Until(Written),
    /// From a day on.
    From(Written),
    /// From now on.
    FromNow,
    /// Answers by a day; whether that day counts (an hour of it is named).
    By(Written, bool),
}

impl Said {
    /// What tells more comes first.
    fn rank(self) -> u8 {
        match self {
            Self::Between(..) => 0,
            Self::Until(_) => 1,
            Self::From(_) => 2,
            Self::By(..) => 3,
            Self::FromNow => 4,
        }
    }
}

/// Words that join two days.
const TO: [&str; 11] = ["至", "到", "——", "—", "--", "-", "–", "~", "～", "―", "－"];

/// Finds the period. `posted`: the day of posting, given or of the notice's foot.
pub(super) fn period(paragraphs: &[&Paragraph], words: &Lists, posted: Option<Day>, calendar: &Calendar) -> (Option<Period>, Vec<Unread>) {
    let mut unread = Vec::new();
    let mut said: Vec<(Said, u32, String)> = Vec::new();
    let mut stated: Vec<(Stated, u32, String)> = Vec::new();
    for p in paragraphs {
        if find(&p.text, &words.period).is_none() && find(&p.text, &words.from_now).is_none() {
            continue;
        }
        said.extend(all_said(&p.text, words).into_iter().map(|(s, at, text)| (s, p.line(at), text)));
        stated.extend(lengths(&p.text, words).into_iter().map(|(s, at, text)| (s, p.line(at), text)));
    }
    let Some(best) = said.iter().map(|s| s.0.rank()).min() else {
        unread.extend(stated.first().map(|(_, line, text)| Unread {
            line: *line,
            text: text.clone(),
            why: "只写了天数，没有写从哪一天起".to_owned(),
        }));
        return (None, unread);
    };
    let told = stated.first().map(|s| s.0);
    if let Some((_, line, text)) = stated.iter().find(|s| Some(s.0) != told) {
        unread.push(Unread { line: *line, text: text.clone(), why: "写了不同的天数，以先写的为准比对".to_owned() });
    }
    let mut made: Option<Period> = None;
    for (way, line, text) in said.iter().filter(|s| s.0.rank() == best) {
        match meant(*way, told, posted, calendar) {
            Err(why) => unread.push(Unread { line: *line, text: text.clone(), why: why.to_owned() }),
            Ok((start, ends)) => match &made {
                Some(known) if known.start != start || known.ends != ends => {
                    unread.push(Unread {
                        line: *line, text: text.clone(), why: "写了不止一个公示期，分不清以哪个为准".to_owned()
                    });
                    return (None, unread);
                }
                Some(_) => {}
                None => {
                    let shown: Vec<String> = ends.iter().map(Day::to_string).collect();
                    let end = if shown.is_empty() { "未写明".to_owned() } else { shown.join(" 或 ") };
                    let value = format!("{start} 至 {end}（“{text}”）");
                    let mut read = vec![Read { item: "公示期".to_owned(), value, line: *line }];
                    read.extend(stated.first().map(|(s, line, text)| {
                        let unit = if s.working { "个工作日" } else { "天" };
                        Read { item: "写明天数".to_owned(), value: format!("{}{unit}（“{text}”）", s.count), line: *line }
                    }));
                    made = Some(Period { start, ends, stated: told, read });
                }
            },
        }
    }
    (made, unread)
}

/// Which days are meant.
fn meant(said: Said, stated: Option<Stated>, posted: Option<Day>, calendar: &Calendar) -> Result<(Day, Vec<Day>), &'static str> {
    const NO_DAY: &str = "日历上没有这一天";
    const NO_YEAR: &str = "没有写年份，也没有张贴日期可推，请用 --posted 给出";
    const NO_START: &str = "要有张贴日期才知道从哪一天起：请用 --posted 给出，或者写上落款日期";
    let lacks = |w: Written| if w.year.is_none() && posted.is_none() { NO_YEAR } else { NO_DAY };
    match said {
        Said::Between(from, to) => {
            // A year written behind goes for the day before it, too.
            let near = posted.filter(|_| to.year.is_none()).or_else(|| to.near(None));
            let start = from.near(near.or(posted)).ok_or_else(|| lacks(from))?;
            Ok((start, vec![to.near(Some(start)).ok_or(NO_DAY)?]))
        }
        Said::Until(to) => {
            let start = posted.ok_or(NO_START)?;
            Ok((start, vec![to.near(Some(start)).ok_or(NO_DAY)?]))
        }
        Said::By(to, whole) => {
            let start = posted.ok_or(NO_START)?;
            let end = to.near(Some(start)).ok_or(NO_DAY)?;
            // "before the 15th" may leave out the 15th.
            Ok((start, if whole { vec![end] } else { vec![end.add_days(-1), end] }))
        }
        Said::From(from) => {
            let start = from.near(posted).ok_or_else(|| lacks(from))?;
            Ok((start, after(start, stated, calendar)))
        }
        Said::FromNow => {
            let start = posted.ok_or(NO_START)?;
            Ok((start, after(start, stated, calendar)))
        }
    }
}

/// The last of so many days: the first counted, and not counted. Nothing says which is meant.
fn after(start: Day, stated: Option<Stated>, calendar: &Calendar) -> Vec<Day> {
    let Some(stated) = stated else { return Vec::new() };
    let Ok(count) = i32::try_from(stated.count) else { return Vec::new() };
    let length = if stated.working { Length::Workdays(count) } else { Length::Days(count) };
    let ends: Option<Vec<Day>> = [start.add_days(-1), start].into_iter().map(|from| add(from, length, calendar)).collect();
    let mut ends = ends.unwrap_or_default();
    ends.dedup();
    ends
}

fn all_said(text: &str, words: &Lists) -> Vec<(Said, usize, String)> {
    let mut all = Vec::new();
    let mut past = 0;
    for (at, _) in text.char_indices() {
        if at < past || !begins(text, at) {
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let Some((from, n)) = date(rest).filter(|(w, _)| w.month.is_some()) else { continue };
        let tail = rest.get(n..).unwrap_or("");
        let joined = past_hour(tail);
        let joined = joined.strip_prefix('起').or_else(|| joined.strip_prefix("开始")).unwrap_or(joined);
        let joined = joined.strip_prefix(['，', ',']).unwrap_or(joined);
        let to = TO.iter().find_map(|t| joined.strip_prefix(t)).and_then(|j| date(j).map(|(to, n)| (to, j.get(n..).unwrap_or(""))));
        let (said, left) = match to {
            Some((to, left)) => (Said::Between(from, to), left),
            None => {
                let hour = past_hour(tail);
                if let Some(by) = leads(hour, &words.by) {
                    (Said::By(from, hour.len() != tail.len()), hour.get(by.len()..).unwrap_or(""))
                } else if let Some(left) = tail.strip_prefix('起').or_else(|| tail.strip_prefix("开始")) {
                    (Said::From(from), left)
                } else {
                    continue;
                }
            }
        };
        past = text.len() - left.len();
        all.push((said, at, text.get(at..past).unwrap_or("").to_owned()));
    }
    let now = find(text, &words.from_now);
    if let Some((at, word)) = now {
        let rest = text.get(at + word.len()..).unwrap_or("");
        let rest = rest.strip_prefix(['，', ',']).unwrap_or(rest);
        let to = TO.iter().find_map(|t| rest.strip_prefix(t)).and_then(|r| date(r).map(|(to, n)| (to, r.get(n..).unwrap_or(""))));
        let (said, left) = to.map_or((Said::FromNow, rest), |(to, left)| (Said::Until(to), left));
        all.push((said, at, text.get(at..text.len() - left.len()).unwrap_or("").to_owned()));
    }
    all
}

fn lengths(text: &str, words: &Lists) -> Vec<(Stated, usize, String)> {
    let mut all = Vec::new();
    for (at, _) in text.char_indices().filter(|(at, _)| begins(text, *at)) {
        let rest = text.get(at..).unwrap_or("");
        let Some((count, _, n)) = number(rest) else { continue };
        let unit = rest.get(n..).unwrap_or("");
        let shown = |word: &str| rest.get(..n + word.len()).unwrap_or("").to_owned();
        if let Some(word) = leads(unit, &words.workdays) {
            all.push((Stated { count, working: true }, at, shown(word)));
        } else if let Some(word) = leads(unit, &words.days) {
            let before = text.get(..at).unwrap_or("").trim_end_matches(['为', '是', '限', '：', ':', '共']);
            if words.length.iter().any(|w| before.ends_with(w.as_str())) {
                all.push((Stated { count, working: false }, at, shown(word)));
            }
        }
    }
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
