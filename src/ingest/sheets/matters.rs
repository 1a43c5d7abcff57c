//! Sheets of people: posts held, posts to be taken up or left, and the steps on the way.

use super::enter::{Entry, Given, Making, Refused, Said};
use super::people::People;
use super::{Asked, Record, Sheet, Template, dates, life, person};
use crate::dates::{Fuzzy, spelled};
use crate::ingest::forms::{self, says_none};
use crate::ingest::value::Value;
use crate::records::{Schema, squeeze};
use std::collections::BTreeMap;

/// The rows of such a sheet.
pub(super) fn rows(number: usize, sheet: &Sheet, schema: &Schema, asked: Asked, people: &mut People, made: &mut Making) {
    let columns = &sheet.columns;
    let (mut unsaid, mut first) = (0u64, 0u32);
    for record in &sheet.records {
        let form = person::form(columns, record, asked, schema);
        // Of the unit named above a row only the name is known; where another sheet lists it, it is that one.
        let unit = record.group.as_ref().and_then(|g| made.units.get(g)).map(|key| Given {
            field: "unit_id",
            header: columns.header("name").to_owned(),
            said: Said::Text(key.clone()),
        });
        let key = people.meet((number, record.line, sheet.template == Template::Roster), &form, |key| {
            let mut cells = person::cells(columns, record, &form, key, schema);
            cells.extend(unit.clone());
            cells
        });
        if squeeze(&columns.cell(record, "name").shown()).is_empty() {
            // The row of the person is refused for its name, which says all.
            continue;
        }
        // A résumé tells of the post held now, too.
        if !life::has_resume(sheet, record)
            && let Some(mut post) = post(sheet, record, &key, asked)
        {
            post.cells.extend(unit);
            made.add_post(number, &columns.cell(record, "current").shown(), post);
        }
        let case = case(sheet, record, &key, schema);
        let left = case.as_ref().map_or("", |(.., left)| left.as_str());
        let from = life::rows((number, sheet), record, &key, left, schema, made);
        let known = made.cases.entry(key.clone()).or_default();
        let Some((mut case, matter, _)) = case else { continue };
        if let Some(from) = from {
            let header = ["removed", "moved"].into_iter().map(|of| columns.header(of)).find(|h| !h.is_empty()).unwrap_or("").to_owned();
            case.cells.push(Given { field: "from_post_id", header, said: Said::Text(from) });
        }
        let before = known.iter().find(|(_, m)| *m == matter).map(|(key, _)| key.clone());
        let is_new = before.is_none();
        case.key = before.unwrap_or_else(|| if known.is_empty() { format!("{key}-RM") } else { format!("{key}-RM{}", known.len() + 1) });
        if is_new {
            known.push((case.key.clone(), matter));
        } else {
            // The same matter on another sheet: a slate says what, and the record of the process how.
            if sheet.template == Template::Process {
                steps(number, sheet, record, &case.key, asked, made);
            }
            continue;
        }
        if !case.cells.iter().any(|g| g.field == "kind") {
            unsaid += 1;
            first = if first == 0 { record.line } else { first };
        }
        if sheet.template == Template::Process {
            steps(number, sheet, record, &case.key, asked, made);
        }
        made.add("case", number, case);
    }
    if unsaid > 0 {
        made.notes.push(forms::unknown_kind(&sheet.cited, unsaid).at_row(first));
    }
}

/// The post held, if the sheet says since when.
fn post(sheet: &Sheet, record: &Record, person: &str, asked: Asked) -> Option<Entry> {
    let columns = &sheet.columns;
    if !columns.has("current") || !columns.has("post_since") {
        return None;
    }
    let title = columns.cell(record, "current").shown().split_whitespace().collect::<String>();
    if says_none(&title) {
        return None;
    }
    let since = columns.cell(record, "post_since");
    let given = |field, of: &str, said| Given { field, header: columns.header(of).to_owned(), said };
    let cells = vec![
        given("title", "current", Said::Text(title)),
        given("start", "post_since", date(&dates::month(since), asked)),
        // Posts that people hold now have no end.
        given("end", "current", Said::Text(String::new())),
    ];
    Some(Entry {
        line: columns.line(record, "current"),
        key: format!("{person}-J1-{}", record.line),
        owner: person.to_owned(),
        cells,
        refused: None,
    })
}

fn date(cell: &Value, asked: Asked) -> Said {
    if matches!(cell, Value::Uncomputed | Value::Garbled | Value::Day(_)) {
        return Said::Cell(cell.clone());
    }
    let text = dates::text(cell, asked.now);
    match (spelled::whole(&text), cell) {
        (Ok(date), _) => Said::Text(date.to_string()),
        // A number may be that of a day.
        (Err(_), Value::Real(x)) if text == x.to_string() => Said::Cell(cell.clone()),
        _ => Said::Text(text),
    }
}

/// The matter at hand, without its key; what tells it apart from others of the person; and the post that is left.
fn case(sheet: &Sheet, record: &Record, person: &str, schema: &Schema) -> Option<(Entry, String, String)> {
    let columns = &sheet.columns;
    let text = |of: &str| columns.cell(record, of).shown().lines().map(str::trim).collect::<String>();
    let (mut proposed, mut removed) = (text("proposed"), text("removed"));
    let moved = text("moved");
    let mut refused = None;
    let header = ["proposed", "moved", "removed"].into_iter().find(|of| columns.has(of))?;
    if !says_none(&moved) {
        match taken_and_left(&moved, schema) {
            // 免 and no more: the post held now is left.
            Some((taken, left)) if taken.is_empty() && left.is_empty() && !text("current").is_empty() && leaves(&moved, schema) => {
                removed.push_str(&text("current"));
            }
            Some((taken, left)) if !(taken.is_empty() && left.is_empty()) => {
                proposed.push_str(&taken);
                removed.push_str(&left);
            }
            _ => {
                let (why, right) = ("看不出是任还是免".to_owned(), "写作 任某职务，免某职务".to_owned());
                let (column, text) = (columns.header("moved").to_owned(), crate::records::shown(&moved));
                refused = Some(Refused::Here { column, code: "sheet::moved", text, why, right });
            }
        }
    }
    if says_none(&proposed) && says_none(&removed) && refused.is_none() {
        return None;
    }
    // What is taken up tells matters apart; what is left, where nothing is taken up.
    let matter = squeeze(if says_none(&proposed) { &removed } else { &proposed });
    let list = |name| schema.list(name).and_then(|l| schema.lists.get(l));
    let only_removed = list("case_kind").filter(|_| says_none(&proposed)).and_then(|l| l.value(l.said("拟免")?));
    let given = |field, of: &str, said| Given { field, header: columns.header(of).to_owned(), said };
    let rank = list("rank").and_then(|l| l.value(l.code(&squeeze(&proposed))?));
    let mut cells = vec![given("title", header, Said::Text(if says_none(&proposed) { String::new() } else { proposed }))];
    // What no column says is not given: it is unknown.
    let said = [("kind", only_removed), ("rank", rank)];
    cells.extend(said.into_iter().filter_map(|(field, said)| Some(given(field, header, Said::Text(said?.to_owned())))));
    let entry = Entry { line: columns.line(record, header), key: String::new(), owner: person.to_owned(), cells, refused };
    Some((entry, matter, removed))
}

/// Whether a text begins with a word for leaving.
fn leaves(text: &str, schema: &Schema) -> bool {
    schema.headings("leaving").iter().any(|w| text.trim().starts_with(w.as_str()))
}

/// What a text like 任…，免… says is taken up and left; none if it begins with neither.
fn taken_and_left(text: &str, schema: &Schema) -> Option<(String, String)> {
    let (mut taken, mut left, mut now) = (Vec::new(), Vec::new(), None);
    for clause in text.split(['，', ',', '；', ';', '。', '\n']).map(str::trim).filter(|c| !c.is_empty()) {
        let begins = |of: &str| schema.headings(of).iter().filter_map(|w| clause.strip_prefix(w.as_str())).min_by_key(|rest| rest.len());
        let (leaves, rest) = match (begins("leaving"), begins("taking")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            // Goes on from the clause before: 任甲局局长、党组书记，兼…
            (None, None) => (now?, clause),
        };
        now = Some(leaves);
        let rest = rest.trim_start_matches(['：', ':', '其', ' ']).trim_end_matches("职务");
        if leaves { &mut left } else { &mut taken }.push(rest.to_owned());
    }
    now.map(|_| (taken.join("，"), left.join("，")))
}

/// The steps that a row tells of.
fn steps(number: usize, sheet: &Sheet, record: &Record, case: &str, asked: Asked, made: &mut Making) {
    let columns = &sheet.columns;
    let mut by_kind: BTreeMap<&str, Vec<(&'static str, usize)>> = BTreeMap::new();
    for (kind, field, column) in columns.steps() {
        let known = ["start", "end", "due", "present", "ayes", "document"].into_iter().find(|f| f == field);
        if let Some(field) = known {
            by_kind.entry(kind).or_default().push((field, *column));
        }
    }
    for (nth, (kind, fields)) in by_kind.into_iter().enumerate() {
        let cell = |column: usize| record.cells.get(column).unwrap_or(&Value::Blank);
        let filled = |field: &str| fields.iter().find(|(f, _)| *f == field).map(|(_, c)| cell(*c)).filter(|v| !says_none(&v.shown()));
        if fields.iter().all(|(f, _)| filled(f).is_none()) {
            continue;
        }
        let head = |column: usize| columns.header_at(column).to_owned();
        let start = fields.iter().find(|(f, _)| *f == "start").map_or(String::new(), |(_, c)| head(*c));
        let mut cells = vec![Given { field: "kind", header: start, said: Said::Text(kind.to_owned()) }];
        for (field, column) in &fields {
            let value = cell(*column);
            let said = match *field {
                "start" => started(value, asked),
                // An end that is not written might be another day than the start.
                "end" if says_none(&value.shown()) => Said::Unknown,
                "end" => date(value, asked),
                "document" => Said::Cell(value.clone()),
                _ => counted(value),
            };
            cells.push(Given { field, header: head(*column), said });
        }
        // 2025年3月17日至21日 in the one cell that the sheet has for a step.
        if !fields.iter().any(|(field, _)| *field == "end")
            && let Some((column, (_, last))) = fields.iter().find(|(f, _)| *f == "start").and_then(|(_, c)| Some((*c, range(cell(*c))?)))
        {
            cells.push(Given { field: "end", header: head(column), said: Said::Text(last.to_string()) });
        }
        let key = format!("{case}-B{}", nth + 1);
        let line = fields.iter().find(|(f, _)| *f == "start").or(fields.first()).map_or(record.line, |(_, c)| record.line_of(*c));
        made.add("step", number, Entry { line, key, owner: case.to_owned(), cells, refused: None });
    }
    // The sheet has no columns for some steps.
    made.leave_open("step", case, number, record.line);
}

/// When a step began: of two days in one cell the first.
fn started(value: &Value, asked: Asked) -> Said {
    range(value).map_or_else(|| date(value, asked), |(first, _)| Said::Text(first.to_string()))
}

/// The two days of a cell that holds a stretch of time.
fn range(value: &Value) -> Option<(Fuzzy, Fuzzy)> {
    spelled::range(value.text())
}

/// A number of people or votes: 9人, 11票. A word for nothing is a blank.
fn counted(value: &Value) -> Said {
    let Value::Text(text) = value else { return Said::Cell(value.clone()) };
    let plain = squeeze(&spelled::half_width(text));
    let count = plain.trim_end_matches(['人', '票', '名']);
    match () {
        () if says_none(&plain) => Said::Text(String::new()),
        () if count.bytes().all(|b| b.is_ascii_digit()) => Said::Text(count.to_owned()),
        () => Said::Cell(value.clone()),
    }
}
