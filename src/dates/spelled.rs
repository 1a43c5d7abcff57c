//! Dates as people write them in forms: full-width digits, blanks between the parts, words after them. [`Fuzzy::parse`] reads what a
//! table should hold; this reads what stands in a text.

use super::day::DateError;
use super::fuzzy::Fuzzy;

/// A text with digits, dots, dashes, slashes and blanks of half width.
pub fn half_width(text: &str) -> String {
    text.chars().map(half).collect()
}

fn half(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '．' => '.',
        '／' => '/',
        '－' => '-',
        '\u{3000}' | '\u{a0}' | '\t' => ' ',
        c => c,
    }
}

/// Whether it says that something has no end yet: 至今, 现在, a dash, or nothing.
pub fn is_open_end(text: &str) -> bool {
    matches!(text.trim(), "" | "至今" | "今" | "现在" | "目前" | "现" | "—" | "-" | "--" | "——")
}

/// Reads a cell that holds a date and nothing else, of half or full width, perhaps with blanks between the parts.
///
/// # Errors
/// As [`Fuzzy::parse`].
pub fn whole(text: &str) -> Result<Fuzzy, DateError> {
    let text = half_width(text);
    let text = text.trim().trim_start_matches('\'');
    let strict = Fuzzy::parse(text);
    if strict.is_ok() {
        return strict;
    }
    match leading(text) {
        Some((date, length)) if text.get(length..).is_some_and(|rest| rest.trim().is_empty()) => date,
        _ => strict,
    }
}

/// The date a text of half width begins with, and its length in bytes; none if it begins with no date. A year alone is a date here only
/// with 年 after it, or where no digit follows.
///
/// The date may be none that exists (`2001.13`): that is told, not read as something else.
pub fn leading(text: &str) -> Option<(Result<Fuzzy, DateError>, usize)> {
    let mut at = Scanner { text, at: 0 };
    at.blanks();
    let digits = at.digits()?;
    match digits.len() {
        8 => return Some((Fuzzy::parse(digits), at.at)),
        6 => {
            at.suffix('月');
            return Some((Fuzzy::parse(digits), at.at));
        }
        4 => {}
        _ => return None,
    }
    let year = digits;
    let after_year = at.at;
    at.blanks();
    let Some(separator) = at.one_of(&['.', '/', '-', '年']) else { return Some((Fuzzy::parse(year), after_year)) };
    let year_end = if separator == '年' { at.at } else { after_year };
    let month_at = at.at;
    at.blanks();
    // A number holds no blank: 1990. 1 was typed, with a blank in the place of the zero.
    let padded = at.at > month_at;
    let month = match at.digits() {
        Some(month) if month.len() <= 2 => month,
        // 1998-2001: the dash joins two years.
        _ => return Some((Fuzzy::parse(year), year_end)),
    };
    let mut end = at.at;
    at.blanks();
    let named = at.suffix('月');
    if named {
        end = at.at;
    }
    at.blanks();
    let day_follows = if separator == '年' { named } else { at.suffix(separator) };
    if day_follows {
        at.blanks();
        if let Some(day) = at.digits().filter(|d| d.len() <= 2) {
            let after = at.at;
            let named = at.suffix('日') || at.suffix('号');
            if separator != '年' || named {
                return Some((Fuzzy::parse(&format!("{year}-{month}-{day}")), if named { at.at } else { after }));
            }
        }
    }
    // What was typed as the number 1990.10 shows as 1990.1.
    if separator == '.' && month == "1" && !named && !padded {
        return Some((Err(DateError::LostZero), end));
    }
    Some((Fuzzy::parse(&format!("{year}-{month}")), end))
}

/// Two days of half or full width joined by 至, 到 or a dash, of which the second may leave out what it shares with the first:
/// `2025年3月17日至21日`, `2025.3.17-3.21`. None if either is no day, or the second comes before the first.
pub fn range(text: &str) -> Option<(Fuzzy, Fuzzy)> {
    let text = half_width(text);
    let text = text.trim();
    let (first, length) = leading(text)?;
    let first = first.ok().filter(|d| d.is_exact())?;
    let rest = text.get(length..)?.trim_start();
    let joined = |c: char| matches!(c, '-' | '—' | '–' | '~' | '～' | '〜');
    let second = rest.strip_prefix('至').or_else(|| rest.strip_prefix('到')).unwrap_or_else(|| rest.trim_start_matches(joined));
    let second = second.trim();
    if second.len() == rest.len() {
        return None;
    }
    let (year, month, _) = first.lo.to_ymd();
    let parts: Vec<&str> =
        second.split(['年', '月', '.', '/', '-']).map(|p| p.trim().trim_end_matches(['日', '号'])).filter(|p| !p.is_empty()).collect();
    let is_number = |p: &&str| p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit());
    let last = match parts.as_slice() {
        all if !all.iter().all(is_number) => return None,
        [day] => format!("{year}-{month}-{day}"),
        [month, day] => format!("{year}-{month}-{day}"),
        [year, month, day] => format!("{year}-{month}-{day}"),
        _ => return None,
    };
    let last = Fuzzy::parse(&last).ok().filter(|d| d.is_exact() && d.lo >= first.lo)?;
    Some((first, last))
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(' ').len();
    }

    fn digits(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).filter(|d| !d.is_empty())
    }

    fn one_of(&mut self, chars: &[char]) -> Option<char> {
        let found = self.rest().chars().next().filter(|c| chars.contains(c))?;
        self.at += found.len_utf8();
        Some(found)
    }

    fn suffix(&mut self, c: char) -> bool {
        self.one_of(&[c]).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_text_is_read_however_it_is_spaced() {
        for text in ["1990.04", "1990. 4", "１９９０．０４", "1990年4月", "1990 年 04 月", "199004", "'199004", "1990.4", "1990-4"]
        {
            assert_eq!(whole(text), Fuzzy::month(1990, 4).ok_or(DateError::NotADate), "{text}");
        }
        for text in ["1990.04.05", "1990-04-05 00:00:00", "1990年4月5日", "19900405"] {
            assert_eq!(whole(text).map(|d| d.to_string()), Ok("1990-04-05".to_owned()), "{text}");
        }
        assert_eq!(whole("1990年"), Fuzzy::year(1990).ok_or(DateError::NotADate));
        assert_eq!(whole("1990.1"), Err(DateError::LostZero));
        assert_eq!(whole("1990. 1"), Fuzzy::month(1990, 1).ok_or(DateError::NotADate));
        assert_eq!(whole("1990.13"), Err(DateError::Month));
        assert_eq!(whole("19900230"), Err(DateError::DayOfMonth));
        assert_eq!(whole("2013.04 正科"), Err(DateError::NotADate));
        assert_eq!(whole("不详"), Err(DateError::NotADate));
        assert_eq!(whole(" "), Err(DateError::Empty));
    }

    #[test]
    fn a_stretch_of_days_may_leave_out_what_both_share() {
        let read = |text: &str| range(text).map(|(a, b)| format!("{a} {b}"));
        for text in [
            "2025年3月17日至21日",
            "2025年3月17日至3月21日",
            "2025.3.17-3.21",
            "2025-03-17至2025-03-21",
            "２０２５．３．１７—２１",
            "20250317至2025.3.21",
        ] {
            assert_eq!(read(text).as_deref(), Some("2025-03-17 2025-03-21"), "{text}");
        }
        for none in [
            "2025年3月17日",
            "2025年3月至4月",
            "2025.3.17至3.32",
            "2025.3.17-16",
            "2025年3月17日上午至21日",
            "至2025.3.17",
            "2025.3.17至今",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_date_at_the_head_of_a_text_ends_where_it_ends() {
        let read =
            |text: &str| leading(text).map(|(date, length)| (date.map(|d| d.to_string()), text.get(length..).unwrap_or("").to_owned()));
        let ok = |date: &str, rest: &str| Some((Ok(date.to_owned()), rest.to_owned()));
        assert_eq!(read("2003.05--2007.11  某镇科员"), ok("2003-05", "--2007.11  某镇科员"));
        assert_eq!(read("1998-2001 某校"), ok("1998", "-2001 某校"));
        assert_eq!(read("1998-07-2001-03 某校"), ok("1998-07", "-2001-03 某校"));
        assert_eq!(read("1998年7月至2001年3月"), ok("1998-07", "至2001年3月"));
        assert_eq!(read("2013.04 正科"), ok("2013-04", " 正科"));
        assert_eq!(read("2019.05起"), ok("2019-05", "起"));
        assert_eq!(read("2019年5月3日起"), ok("2019-05-03", "起"));
        assert_eq!(read("2019.05.03.某"), ok("2019-05-03", ".某"));
        assert_eq!(read("2001.13--"), Some((Err(DateError::Month), "--".to_owned())));
        for none in ["", "某局", "98.07", "12345", "第1990届"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
