//! What falls due, as an iCalendar file (RFC 5545): one all-day event a matter. The same matters make the same bytes.

use super::{Names, words};
use crate::dates::Day;
use crate::engine::Finding;
use std::io::{self, Write};

/// Writes the calendar. `as_of` stands in for the clock where the format demands a time of writing.
pub(super) fn render(due: &[Finding], names: &Names, as_of: Day, out: &mut dyn Write) -> io::Result<()> {
    let stamp = format!("{}T000000Z", compact(as_of));
    fold("BEGIN:VCALENDAR", out)?;
    fold("VERSION:2.0", out)?;
    fold("PRODID:-//guiju//guiju//ZH", out)?;
    fold("CALSCALE:GREGORIAN", out)?;
    for f in due {
        let Some(day) = f.due.as_deref().and_then(|d| d.parse::<Day>().ok()) else { continue };
        let whom = f.person_id.as_deref().map(|id| names.person(id)).unwrap_or_default();
        let summary = [f.title.as_str(), &whom].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ");
        let subject = words::subject(names, &f.subject);
        let description = format!("{}\n{subject}\n{}\n{}（{}）", f.message, f.remedy, words::bases(f), f.code);
        fold("BEGIN:VEVENT", out)?;
        fold(&format!("UID:{}@guiju", f.fingerprint.replace(':', "-")), out)?;
        fold(&format!("DTSTAMP:{stamp}"), out)?;
        fold(&format!("DTSTART;VALUE=DATE:{}", compact(day)), out)?;
        fold(&format!("DTEND;VALUE=DATE:{}", compact(day.add_days(1))), out)?;
        fold(&format!("SUMMARY:{}", escaped(&summary)), out)?;
        fold(&format!("DESCRIPTION:{}", escaped(&description)), out)?;
        fold(&format!("CATEGORIES:{}", escaped(&f.code)), out)?;
        fold("END:VEVENT", out)?;
    }
    fold("END:VCALENDAR", out)
}

fn compact(day: Day) -> String {
    let (y, m, d) = day.to_ymd();
    format!("{y:04}{m:02}{d:02}")
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\r', "").replace('\n', "\\n")
}

/// A content line: no longer than 75 octets, continued on lines that begin with a blank, never cut within a character.
fn fold(line: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > 75 {
            folded.push_str("\r\n ");
            octets = 1;
        }
        octets += c.len_utf8();
        folded.push(c);
    }
    write!(out, "{folded}\r\n")
}
