//! The profile as a table for the screen, as JSON, and as one page of HTML that needs nothing from elsewhere.

use super::{FieldLine, Profile};
use crate::records::{Fate, Problem, Tally};
use crate::report::{Align, Grid, Paint, Report, render_reading, words};
use std::fmt::Write as _;
use std::io::{self, Write};

/// How a profile is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFormat {
    /// For reading on a screen.
    Table,
    /// For programs.
    Json,
    /// A page.
    Html,
}

impl ProfileFormat {
    /// By name, in the order shown in help.
    pub const ALL: [(&'static str, Self); 3] = [("table", Self::Table), ("json", Self::Json), ("html", Self::Html)];
}

/// The columns of fields.
const HEADERS: [(&str, Align); 12] = [
    ("表", Align::Left),
    ("字段", Align::Left),
    ("", Align::Left),
    ("行数", Align::Right),
    ("已填", Align::Right),
    ("无此类情况", Align::Right),
    ("空白即无", Align::Right),
    ("空白", Align::Right),
    ("填错", Align::Right),
    ("填报率", Align::Right),
    ("日期范围", Align::Left),
    ("不在代码表中的值", Align::Left),
];

/// Writes a profile.
///
/// # Errors
/// What the writer says.
pub fn render_profile(profile: &Profile, format: ProfileFormat, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    match format {
        ProfileFormat::Table => table(profile, paint, out),
        ProfileFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, profile)?;
            writeln!(out)
        }
        ProfileFormat::Html => out.write_all(html(profile).as_bytes()),
    }
}

fn cells(profile: &Profile, line: &FieldLine) -> [String; 12] {
    let names = &profile.names;
    let n = |n: u64| if line.exported { words::count(n) } else { String::new() };
    [
        names.table(&line.table).to_owned(),
        names.field(&line.table, &line.field).to_owned(),
        format!("{}.{}", line.table, line.field),
        words::count(line.rows),
        n(line.filled),
        n(line.attested),
        n(line.none),
        n(line.blank),
        n(line.wrong),
        line.rate(),
        line.range(),
        line.odd(),
    ]
}

fn table(profile: &Profile, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut grid = Grid::new(HEADERS);
    for line in profile.fields.iter().filter(|line| is_of_exported(profile, line)) {
        grid.row(cells(profile, line));
    }
    if !grid.is_empty() {
        grid.render(paint, out)?;
    }
    let absent = absent(profile);
    if !absent.is_empty() {
        writeln!(out, "\n{}  {}", paint.bold("整张表未导出"), absent.join("、"))?;
    }
    writeln!(out)?;
    let report = Report {
        problems: profile.problems.clone(),
        tallies: profile.tallies.clone(),
        field_tallies: profile.form_fields.clone(),
        names: profile.names.clone(),
        ..Report::default()
    };
    render_reading(&report, paint, out)?;
    if profile.rules.is_empty() {
        return writeln!(out, "\n没有规则因缺数据而判不了");
    }
    writeln!(out, "\n{}", paint.bold("── 因缺数据受影响的规则 ──"))?;
    let mut grid = Grid::new([("规则", Align::Left), ("名称", Align::Left), ("无法判定", Align::Right), ("缺少", Align::Left)]);
    for rule in &profile.rules {
        let mut head = [rule.code.clone(), rule.title.clone(), words::count(rule.undecided)];
        for lack in &rule.lacks {
            let [code, title, undecided] = std::mem::take(&mut head);
            grid.row([code, title, undecided, lack.words(&profile.names)]);
        }
    }
    grid.render(paint, out)
}

/// Whether the table of a field was exported: of one that was not, no field was.
fn is_of_exported(profile: &Profile, line: &FieldLine) -> bool {
    profile.tables.iter().any(|t| t.table == line.table && t.exported)
}

/// The tables that were not exported, by Chinese name.
fn absent(profile: &Profile) -> Vec<String> {
    let absent = profile.tables.iter().filter(|t| !t.exported);
    absent.map(|t| format!("{}（{}）", profile.names.table(&t.table), t.table)).collect()
}

const STYLE: &str = "body{font:14px/1.6 sans-serif;margin:2em;color:#222}table{border-collapse:collapse;margin:1em 0}\
th,td{border:1px solid #ccc;padding:2px 8px;vertical-align:top;text-align:left}th{background:#d9e1f2}td.n{text-align:right}\
tr.absent td{color:#999}tr.low td.rate{background:#fde2e2}h2{margin-top:2em}";

/// Below this share a field is coloured.
const LOW: f64 = 0.5;

fn html(profile: &Profile) -> String {
    let mut page = String::from("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>数据填报情况</title>\n");
    let _ = writeln!(page, "<style>{STYLE}</style>\n</head>\n<body>\n<h1>数据填报情况</h1>\n<p>截至 {}</p>", safe(&profile.as_of));
    page.push_str(
        "<p>“无此类情况”是写明没有；“空白即无”是空白本身就表示没有、尚未发生；“空白”是不知道；“未导出”是来源里没有这一列、这张表。</p>\n",
    );
    page.push_str("<h2>受影响的规则</h2>\n");
    if profile.rules.is_empty() {
        page.push_str("<p>没有规则因缺数据而判不了。</p>\n");
    } else {
        head(&mut page, &["规则", "名称", "无法判定", "缺少"]);
        for rule in &profile.rules {
            let lacks: Vec<String> = rule.lacks.iter().map(|l| safe(&l.words(&profile.names))).collect();
            let undecided = words::count(rule.undecided);
            let (code, title) = (safe(&rule.code), safe(&rule.title));
            let _ =
                writeln!(page, "<tr><td>{code}</td><td>{title}</td><td class=\"n\">{undecided}</td><td>{}</td></tr>", lacks.join("<br>"));
        }
        page.push_str("</table>\n");
    }
    page.push_str("<h2>各表各字段</h2>\n");
    let absent = absent(profile);
    if !absent.is_empty() {
        let _ = writeln!(page, "<p>整张表未导出：{}</p>", safe(&absent.join("、")));
    }
    head(&mut page, &HEADERS.map(|(title, _)| title));
    for line in profile.fields.iter().filter(|line| is_of_exported(profile, line)) {
        let low = line.rows > 0 && (line.filled + line.attested + line.none) as f64 / (line.rows as f64) < LOW;
        let class = if !line.exported {
            " class=\"absent\""
        } else if low {
            " class=\"low\""
        } else {
            ""
        };
        let _ = write!(page, "<tr{class}>");
        for ((cell, (title, align)), at) in cells(profile, line).iter().zip(HEADERS).zip(0..) {
            let class = match (title, align) {
                ("填报率", _) => " class=\"n rate\"",
                (_, Align::Right) => " class=\"n\"",
                _ => "",
            };
            let text = if at == 2 { format!("<code>{}</code>", safe(cell)) } else { safe(cell) };
            let _ = write!(page, "<td{class}>{text}</td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
    rows(profile, &mut page);
    page.push_str("</body>\n</html>\n");
    page
}

/// The rows of each file, and what was wrong in them.
fn rows(profile: &Profile, page: &mut String) {
    page.push_str("<h2>读入的行</h2>\n");
    head(page, &["文件", "表", "读入", "采用", "重复合并", "拒收", "已更正", "不作数据", "原因"]);
    for t in &profile.tallies {
        let numbers: String = [t.read, t.kept, t.merged, t.refused, t.corrected, t.put_aside()]
            .map(|n| format!("<td class=\"n\">{}</td>", words::count(n)))
            .concat();
        let (file, table, why) = (safe(&t.file), safe(profile.names.table(&t.table)), safe(&why(t)));
        let _ = writeln!(page, "<tr><td>{file}</td><td>{table}</td>{numbers}<td>{why}</td></tr>");
    }
    page.push_str("</table>\n");
    let wrong: Vec<&Problem> = profile.problems.iter().filter(|p| p.fate != Fate::Noted).collect();
    if wrong.is_empty() {
        return;
    }
    page.push_str("<h2>填错的行和单元格</h2>\n");
    head(page, &["位置", "值", "结果", "原因", "应为"]);
    for p in wrong {
        let cells = [words::place(p), p.value.clone(), words::fate(p.fate).to_owned(), p.why.clone(), p.right.clone()];
        let cells: String = cells.iter().map(|c| format!("<td>{}</td>", safe(c))).collect();
        let _ = writeln!(page, "<tr>{cells}</tr>");
    }
    page.push_str("</table>\n");
}

/// Why rows of a file were refused or set aside.
fn why(tally: &Tally) -> String {
    [words::reasons([tally]), words::asides([tally])].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join("；")
}

fn head(page: &mut String, titles: &[&str]) {
    page.push_str("<table>\n<tr>");
    titles.iter().for_each(|title| page.push_str(&format!("<th>{title}</th>")));
    page.push_str("</tr>\n");
}

/// A text that makes no markup.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}
