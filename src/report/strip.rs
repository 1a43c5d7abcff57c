//! A count of working days, drawn day by day, so that anyone can check it with a finger on a wall calendar.

use super::Paint;
use crate::dates::{Calendar, Day, DayKind};
use crate::engine::Verdict;
use std::io::{self, Write};

/// Days on one line.
const WIDE: usize = 10;
/// Longer strips are drawn by their ends; the count between is given.
const LONG: usize = 60;

/// Draws the days from `lo` to `hi`, both counted, each with what it is and how many working days there are up to it.
///
/// # Errors
/// What the writer says.
pub fn strip(calendar: &Calendar, lo: Day, hi: Day, indent: usize, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let days = calendar.strip(lo, hi);
    let pad = " ".repeat(indent);
    let mut count = 0;
    let counted: Vec<(Day, DayKind<'_>, Option<u32>)> = days
        .into_iter()
        .map(|(day, kind)| {
            let works = matches!(kind, DayKind::Workday | DayKind::MakeUp(_));
            count += u32::from(works);
            (day, kind, works.then_some(count))
        })
        .collect();
    let lines: Vec<&[(Day, DayKind<'_>, Option<u32>)]> = counted.chunks(WIDE).collect();
    for (i, line) in lines.iter().enumerate() {
        if counted.len() > LONG && i >= 2 && i + 2 < lines.len() {
            if i == 2 {
                writeln!(out, "{pad}……（略去 {} 天）", counted.len() - WIDE * 3 - lines.last().map_or(0, |l| l.len()))?;
            }
            continue;
        }
        row(
            &pad,
            "日期",
            line.iter().map(|(d, _, _)| {
                let (_, m, d) = d.to_ymd();
                format!("{m:02}-{d:02}")
            }),
            out,
        )?;
        row(&pad, "星期", line.iter().map(|(d, _, _)| weekday(*d).to_owned()), out)?;
        row(&pad, "性质", line.iter().map(|(_, kind, _)| coloured(*kind, paint)), out)?;
        row(&pad, "累计", line.iter().map(|(_, _, n)| n.map_or_else(String::new, |n| n.to_string())), out)?;
    }
    let mut named: Vec<String> = Vec::new();
    for (day, kind, _) in &counted {
        let text = match kind {
            DayKind::Holiday(name) if !name.is_empty() => format!("节 {name}"),
            DayKind::MakeUp(name) if !name.is_empty() => format!("班 {day} 调休上班（{name}）"),
            _ => continue,
        };
        if !named.contains(&text) {
            named.push(text);
        }
    }
    let named = if named.is_empty() { String::new() } else { format!("；{}", named.join("；")) };
    writeln!(out, "{pad}{}", paint.dim(&format!("共 {count} 个工作日（工 工作日，末 周末，节 法定节假日，班 调休上班{named}）")))
}

fn row(pad: &str, label: &str, cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    let mut line = format!("{pad}{label}");
    for cell in cells {
        // Every cell is five columns wide; colours and Chinese characters are measured, not counted.
        let wide = anstyle_free_width(&cell);
        line.push_str("  ");
        line.push_str(&cell);
        line.push_str(&" ".repeat(5usize.saturating_sub(wide)));
    }
    writeln!(out, "{}", line.trim_end())
}

/// The columns a text takes, its colours left out.
fn anstyle_free_width(text: &str) -> usize {
    use unicode_width::UnicodeWidthStr;
    let mut wide = 0;
    for (i, piece) in text.split('\u{1b}').enumerate() {
        let plain = if i == 0 { piece } else { piece.split_once('m').map_or("", |(_, tail)| tail) };
        wide += plain.width();
    }
    wide
}

fn weekday(day: Day) -> &'static str {
    ["一", "二", "三", "四", "五", "六", "日"].get(usize::from(day.weekday()).saturating_sub(1)).copied().unwrap_or("")
}

fn coloured(kind: DayKind<'_>, paint: Paint) -> String {
    match kind {
        DayKind::Workday => paint.good("工"),
        DayKind::Weekend => paint.dim("末"),
        DayKind::Holiday(_) => paint.verdict(Verdict::Breach, "节"),
        DayKind::MakeUp(_) => paint.verdict(Verdict::Advice, "班"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The May holidays of 2024: off 1 to 5 May, worked on 28 April and 11 May.
    const MAY: &str = include_str!("../../rules/calendar/holidays.csv");

    fn drawn(lo: (i32, u32, u32), hi: (i32, u32, u32), on: bool) -> String {
        let calendar = Calendar::parse_csv(MAY).unwrap();
        let day = |(y, m, d)| Day::ymd(y, m, d).unwrap();
        let mut out = Vec::new();
        strip(&calendar, day(lo), day(hi), 2, Paint { on }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_may_holidays_and_their_make_up_days_are_drawn() {
        insta::assert_snapshot!(drawn((2024, 4, 26), (2024, 5, 11), false));
    }

    #[test]
    fn a_long_strip_is_drawn_by_its_ends() {
        let text = drawn((2024, 1, 1), (2024, 6, 30), false);
        assert!(text.lines().count() < 20, "{text}");
        // 182 days: nineteen lines of ten, the last with two days; the first two and the last two are drawn.
        assert!(text.contains("略去 150 天"), "{text}");
    }

    #[test]
    fn colours_do_not_move_the_columns() {
        let coloured = drawn((2024, 4, 26), (2024, 5, 11), true);
        assert!(coloured.contains('\u{1b}'));
        let widths = |text: &str| text.lines().map(anstyle_free_width).collect::<Vec<_>>();
        assert_eq!(widths(&coloured), widths(&drawn((2024, 4, 26), (2024, 5, 11), false)));
    }
}
