//! Dates, and notices (任前公示) as drafts.

use super::books::archive;
use super::scratch::Scratch;
use super::truth::explained;
use guiju::dates::spelled::{half_width, leading, whole};
use guiju::dates::{Calendar, Day, Fuzzy, Period, parse_fast};
use guiju::ingest;
use guiju::notice::{self, Asked, Words};
use guiju::rules::{Files, RuleSet, load_some};
use std::path::Path;
use std::sync::LazyLock;

/// A date in every spelling, a period, and a calendar. What is read means days in order, is shown so that it reads back, and is the same
/// whichever reader reads it.
///
/// # Panics
/// It is not.
pub fn dates(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    for line in text.lines().take(20) {
        date(line);
    }
    if let Ok(calendar) = Calendar::parse_csv(&text) {
        let (lo, hi) = (Day::ymd(2023, 12, 1), Day::ymd(2026, 2, 1));
        if let (Some(lo), Some(hi)) = (lo, hi)
            && let Some(days) = calendar.workdays(lo, hi)
        {
            assert!((0..=hi.days_since(lo) + 1).contains(&days), "{days}");
        }
    }
}

fn date(text: &str) {
    let strict = Fuzzy::parse(text);
    if let Some(fast) = parse_fast(text.as_bytes()) {
        assert_eq!(Ok(fast), strict, "{text:?}");
    }
    if let Ok(date) = strict {
        assert!(date.lo <= date.hi, "{text:?}: {date}");
        if date.lo.is_finite() && date.hi.is_finite() {
            assert_eq!(Fuzzy::parse(&date.to_string()), Ok(date), "{text:?} shows as {date}");
        }
        // Whoever reads more spellings reads this one alike.
        assert_eq!(whole(text).ok(), Some(date), "{text:?}");
    }
    if let Ok(date) = whole(text) {
        assert!(date.lo <= date.hi, "{text:?}: {date}");
    }
    let half = half_width(text);
    if let Some((found, length)) = leading(&half) {
        assert!(length > 0 && half.is_char_boundary(length), "{half:?} at {length}");
        if let Ok(date) = found {
            assert!(date.lo <= date.hi, "{half:?}: {date}");
        }
    }
    let _ = Period::parse(text);
}

static RULES: LazyLock<(RuleSet, Words, Vec<usize>)> = LazyLock::new(|| {
    let files = Files::built_in();
    let words = Words::read(&files).unwrap_or_else(|e| panic!("{e}"));
    let wanted = |path: &str| words.period_rules.iter().chain(&words.contents_rules).any(|code| path.ends_with(&format!("{code}.toml")));
    let rules = load_some(&files, &wanted, &[]).unwrap_or_else(|_| panic!("the rules of notices do not load"));
    let all = (0..rules.rules.len()).collect();
    (rules, words, all)
});

/// A draft as text or HTML; begun with `h`, it is named as HTML.
pub fn notice_text(input: &[u8]) {
    let scratch = Scratch::new();
    let path = match input.strip_prefix(b"h") {
        Some(rest) => scratch.file("n.html", rest),
        None => scratch.file("n.txt", input),
    };
    judged(&path);
}

/// The text of a `.docx`, in a whole one; begun with `r`, all bytes as they are.
pub fn notice_docx(input: &[u8]) {
    let scratch = Scratch::new();
    let bytes = match input.strip_prefix(b"r") {
        Some(raw) => raw.to_vec(),
        None => archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", input)]),
    };
    judged(&scratch.file("n.docx", &bytes));
}

/// Every line that is read or left unread is one of the draft's; the same is said twice of the same.
fn judged(path: &Path) {
    let draft = match ingest::draft(path) {
        Ok(draft) => draft,
        Err(error) => return explained(&error, &[path.to_str().unwrap_or_default()]),
    };
    assert!(draft.lines.windows(2).all(|w| w[0].0 < w[1].0), "lines in order");
    assert_eq!(Ok(&draft), ingest::draft(path).as_ref().map_err(ToString::to_string));
    let last = draft.lines.last().map_or(0, |(n, _)| *n);
    let (rules, words, all) = &*RULES;
    let today = Day::ymd(2026, 6, 30).unwrap_or(Day::PAST);
    let ask = || notice::check(&draft, rules, all, words, Asked { file: "n", posted: None, today, level: None });
    let said = ask();
    for read in said.read.iter().chain(said.people.iter().flat_map(|p| &p.items)) {
        assert!((1..=last).contains(&read.line), "{read:?} of {last} lines");
    }
    for unread in &said.unread {
        assert!((1..=last).contains(&unread.line) && !unread.why.is_empty(), "{unread:?} of {last} lines");
    }
    assert_eq!(format!("{said:?}"), format!("{:?}", ask()));
}
