//! Lists of what is to be mended, for people and programs; and one item with everything done to it.

use super::words;
use crate::dates::Day;
use crate::ledger::Logged;
use crate::ledger::item::{Kind, Line};
use crate::report::{Align, Grid, Paint, csv};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The columns of a ledger of problems as offices keep them.
const HEADERS: [&str; 23] = [
    "序号",
    "反馈问题",
    "结论",
    "问题类型",
    "依据",
    "整改措施",
    "责任单位",
    "责任领导",
    "责任人",
    "整改类型",
    "整改时限",
    "状态",
    "完成情况",
    "佐证材料",
    "销号",
    "说明",
    "单位编码",
    "单位",
    "人员编码",
    "姓名",
    "规则",
    "对象",
    "指纹",
];

/// Writes one line an item, and how many there are.
///
/// # Errors
/// What the writer says.
pub fn items_table(lines: &[Line], total: u64, as_of: Day, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let (left, right) = (Align::Left, Align::Right);
    let mut grid = Grid::new([
        ("序号", right),
        ("状态", left),
        ("结论", left),
        ("单位", left),
        ("人员", left),
        ("责任单位", left),
        ("责任人", left),
        ("时限", left),
        ("说明", left),
        ("问题", left),
    ]);
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    for line in lines {
        let item = &line.item;
        grid.row([
            item.id.to_string(),
            item.stage.word().to_owned(),
            item.verdict.clone(),
            words::unit(line),
            words::person(line).unwrap_or_default(),
            words::owner_unit(line),
            own(&item.owner),
            own(&item.due),
            words::notes(line, as_of),
            words::message(line),
        ]);
    }
    if !grid.is_empty() {
        grid.render(paint, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}  共 {total} 项{}", paint.label("合计"), cut(lines, total))
}

/// Writes a paragraph an item.
///
/// # Errors
/// What the writer says.
pub fn items_text(lines: &[Line], total: u64, as_of: Day, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for line in lines {
        one(line, as_of, paint, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}  共 {total} 项{}", paint.label("合计"), cut(lines, total))
}

/// Writes the columns of a ledger of problems, for Excel.
///
/// # Errors
/// What the writer says.
pub fn items_csv(lines: &[Line], as_of: Day, out: &mut dyn Write) -> io::Result<()> {
    csv::sheet(&HEADERS, lines.iter().map(|line| cells(line, as_of)), &[0], out)
}

/// Writes everything as JSON: `total` counts what is there, `items` holds what is shown.
///
/// # Errors
/// What the writer says.
pub fn items_json(lines: &[Line], total: u64, as_of: Day, out: &mut dyn Write) -> io::Result<()> {
    let items: Vec<Value> = lines.iter().map(|line| as_json(line, as_of)).collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"total": total, "as_of": as_of.to_string(), "items": items}))?;
    writeln!(out)
}

/// Writes one item and everything done to it.
///
/// # Errors
/// What the writer says.
pub fn render_item(line: &Line, done: &[Logged], as_of: Day, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    one(line, as_of, paint, out)?;
    writeln!(out)?;
    writeln!(out, "{}", paint.bold("── 经过 ──"))?;
    for entry in done {
        let who = entry.user.clone().unwrap_or_else(|| "程序".to_owned());
        let run = entry.id.strip_prefix("run ").map(|n| format!("第 {n} 次运行"));
        let why = entry.why.clone().or(run).map(|w| format!("（{w}）")).unwrap_or_default();
        writeln!(out, "{}  {who}  {}{why}", entry.at.get(..16).unwrap_or(&entry.at).replace('T', " "), deed(&entry.action))?;
        for (name, from, to) in differences(entry) {
            let from = from.map(|from| format!("{from} → ")).unwrap_or_default();
            writeln!(out, "    {}  {from}{to}", paint.label(name))?;
        }
    }
    Ok(())
}

/// Writes one item and everything done to it as JSON.
///
/// # Errors
/// What the writer says.
pub fn item_json(line: &Line, done: &[Logged], as_of: Day, out: &mut dyn Write) -> io::Result<()> {
    let parsed = |text: &Option<String>| text.as_deref().and_then(|t| serde_json::from_str::<Value>(t).ok()).unwrap_or(Value::Null);
    let entry = |e: &Logged| {
        json!({
            "seq": e.seq, "at": e.at, "machine": e.machine, "user": e.user, "action": e.action, "why": e.why,
            "before": parsed(&e.before), "after": parsed(&e.after),
        })
    };
    let mut value = as_json(line, as_of);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("log".to_owned(), done.iter().map(entry).collect());
    }
    serde_json::to_writer_pretty(&mut *out, &value)?;
    writeln!(out)
}

fn cut(lines: &[Line], total: u64) -> String {
    let shown = lines.len() as u64;
    if shown < total { format!("，只列出前 {shown} 项（--limit 0 列出全部）") } else { String::new() }
}

fn one(line: &Line, as_of: Day, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let item = &line.item;
    writeln!(out, "{} {} · {} · {}", paint.bold(&format!("整改事项 {}", item.id)), item.stage.word(), item.verdict, words::unit(line))?;
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let pairs = [
        ("反馈问题", words::problem(&[line])),
        ("问题类型", line.title.clone()),
        ("依据", words::basis(&[line])),
        ("建议", words::text(line, "remedy").to_owned()),
        ("整改措施", said(&item.measures)),
        ("责任单位", words::owner_unit(line)),
        ("责任领导", said(&item.leader)),
        ("责任人", said(&item.owner)),
        ("整改类型", item.kind.map(Kind::word).unwrap_or_default().to_owned()),
        ("整改时限", said(&item.due)),
        ("完成情况", said(&item.progress)),
        ("佐证材料", words::material(line)),
        ("销号", words::closing(line)),
        ("说明", words::notes(line, as_of)),
    ];
    for (label, text) in pairs.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "  {}  {text}", paint.label(label))?;
    }
    Ok(())
}

fn cells(line: &Line, as_of: Day) -> [String; 23] {
    let item = &line.item;
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        item.id.to_string(),
        words::problem(&[line]),
        item.verdict.clone(),
        line.title.clone(),
        words::basis(&[line]),
        own(&item.measures),
        words::owner_unit(line),
        own(&item.leader),
        own(&item.owner),
        item.kind.map(Kind::word).unwrap_or_default().to_owned(),
        own(&item.due),
        item.stage.word().to_owned(),
        own(&item.progress),
        words::material(line),
        words::closing(line),
        words::notes(line, as_of),
        own(&item.unit),
        own(&line.unit_name),
        own(&item.person),
        own(&line.person_name),
        words::text(line, "code").to_owned(),
        words::subject(line),
        line.fingerprint.clone(),
    ]
}

fn as_json(line: &Line, as_of: Day) -> Value {
    let mut value = serde_json::to_value(&line.item).unwrap_or(Value::Null);
    if let Some(fields) = value.as_object_mut() {
        // Numbers of rows are the ledger's own business.
        fields.shift_remove("finding");
        fields.shift_remove("sight");
        fields.insert("overdue_days".to_owned(), words::overdue(line, as_of).map_or(Value::Null, Value::from));
        fields.insert("fingerprint".to_owned(), Value::from(line.fingerprint.clone()));
        for key in ["code", "subject", "part"] {
            fields.insert(key.to_owned(), line.finding.get(key).cloned().unwrap_or(Value::Null));
        }
        fields.insert("problem".to_owned(), Value::from(words::problem(&[line])));
        fields.insert("title".to_owned(), Value::from(line.title.clone()));
        fields.insert("basis".to_owned(), Value::from(words::basis(&[line])));
    }
    value
}

fn deed(action: &str) -> &str {
    match action {
        "follow" => "核查",
        "assign" => "分派",
        "progress" => "进展",
        "close" => "销号",
        "reopen" => "退回",
        "attach" => "附佐证",
        "import" => "收回清单",
        other => other,
    }
}

/// The fields of an item that people speak of.
const NAMES: [(&str, &str); 18] = [
    ("stage", "状态"),
    ("verdict", "结论"),
    ("found", "仍发现"),
    ("forced", "强制销号"),
    ("gone", "不再发现"),
    ("kind", "整改类型"),
    ("due", "整改时限"),
    ("measures", "整改措施"),
    ("owner_unit", "责任单位"),
    ("leader", "责任领导"),
    ("owner", "责任人"),
    ("progress", "完成情况"),
    ("material", "佐证材料"),
    ("files", "佐证文件"),
    ("closed_by", "销号人"),
    ("closed_on", "销号日期"),
    ("document", "文号"),
    ("opinion", "核验意见"),
];

/// What people call a field of an item.
pub fn field_name(field: &str) -> &str {
    NAMES.iter().find(|(key, _)| *key == field).map_or(field, |(_, name)| name)
}

/// What an entry changed, in words: field, as it was unless it was new then, as it is.
fn differences(entry: &Logged) -> Vec<(&'static str, Option<String>, String)> {
    let parsed = |text: &Option<String>| text.as_deref().and_then(|t| serde_json::from_str::<Value>(t).ok()).unwrap_or(Value::Null);
    let (before, after) = (parsed(&entry.before), parsed(&entry.after));
    let shown = |v: Option<&Value>| match v {
        None | Some(Value::Null) => "（空）".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        Some(Value::Array(files)) => files
            .iter()
            .filter_map(|f| Some(format!("{} sha256:{}", f["name"].as_str()?, f["sha256"].as_str()?)))
            .collect::<Vec<_>>()
            .join("；"),
        Some(other) => other.to_string(),
    };
    let new = before.as_object().is_none_or(serde_json::Map::is_empty);
    // What a new item is not goes without saying.
    let told = |key: &str| after.get(key).is_some_and(|value| !(new && *value == Value::Bool(false)));
    let changed = NAMES.iter().filter(|(key, _)| told(key));
    changed.map(|(key, name)| (*name, (!new).then(|| shown(before.get(key))), shown(after.get(key)))).collect()
}
